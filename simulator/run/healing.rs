//! The end of a run: the world heals, everybody synchronises, and what they hold is compared.

use super::{
    guarantees::{self, Held, broken, named},
    observer,
    phone::TabEvent,
    shop,
    stage::Event,
    world::World,
};
use comptoir::sync::{engine::SessionState, wire::Cursor};

/// Within this time of a good network everybody has nothing left to say: a stream that fell silent before it, a request
/// that times out, a backoff and a tick of a minute. Less than a phone with a stream waits before it asks unprompted.
const PROGRESS_MS: i64 = 4 * 60_000;

impl World<'_> {
    /// The network is good, phones are on, people are signed in: what remains is to agree.
    pub async fn heals(&mut self) -> Held {
        self.stage.tell(format_args!("the world heals"));
        for n in 0..self.phones.len() {
            self.phones[n].looked_at(&mut self.stage)?;
        }
        (self.stage.healed, self.healed_ms) = (true, self.stage.now_ms);
        self.server.fails = None;
        for n in 0..self.phones.len() {
            self.phones[n].cut_off_until_ms = 0;
            self.online(n)?;
            if self.phones[n].tabs.is_empty() {
                self.phones[n].open_tab(&mut self.stage)?;
            }
            let tabs: Vec<u64> = self.phones[n].tabs.iter().map(|tab| tab.serial).collect();
            for tab in tabs {
                self.stage.tab(0, n, tab, TabEvent::Thaws);
            }
            let meta = self.phones[n].disk.device().meta;
            if meta.actor.is_none() || meta.session == SessionState::Ended {
                self.sign_in(n, 0).await?;
            }
        }
        self.stage.after(1_000, Event::Rests);
        Ok(())
    }

    pub async fn rests(&mut self) -> Held<bool> {
        let newest = Cursor { history: self.history, change: self.counter().await };
        if self.phones.iter().all(|phone| guarantees::is_at_rest(phone, newest)) {
            return Ok(true);
        }
        for n in 0..self.phones.len() {
            // An answer of before the healing may have ended a session: the person at the phone signs in again.
            if guarantees::waits_for_a_person(&self.phones[n]) {
                self.sign_in(n, 0).await?;
            }
        }
        let restless = self.phones.iter().find(|phone| !guarantees::is_at_rest(phone, newest));
        if let Some(restless) = restless
            && self.stage.now_ms - self.healed_ms > PROGRESS_MS
        {
            return broken(named::PROGRESS, guarantees::why_restless(restless));
        }
        Ok(false)
    }

    pub async fn ends(&mut self) -> Held {
        let (server, witness, model) = (&self.server, &self.stage.witness, &self.histories[&self.history]);
        guarantees::books_add_up(server, self.set_back).await?;
        guarantees::stock_stands(server, model).await?;
        guarantees::everything_made_was_received(server, witness, self.set_back).await?;
        guarantees::receipts_are_true(server, witness, &self.phones, model, self.set_back).await?;
        let fresh = [
            observer::reads_everything(server.db(), &shop::installation(0), self.stage.now_ms).await,
            observer::reads_everything(server.db(), &shop::installation(1), self.stage.now_ms).await,
        ];
        model.clashes_are_kept(&fresh[0])?;
        for phone in self.phones.iter().filter(|phone| !phone.revoked) {
            let own = phone.disk.device().meta.installation;
            let costs = own.is_some_and(|own| own.holds_costs);
            guarantees::confirmed_is_the_servers(phone, &fresh[usize::from(!costs)])?;
        }
        Ok(())
    }
}
