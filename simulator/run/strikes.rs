//! What goes wrong beside the network.

use super::{
    guarantees::{self, Held},
    network::{Called, Request},
    phone::{Phone, TabEvent},
    server::{Failure, TABLES},
    stage::{Event, Strike},
    world::World,
};
use comptoir::sync::handover::Handover;

const MINUTE_MS: i64 = 60_000;
const YEAR_MS: i64 = 365 * 86_400_000;
/// Less than a phone waits for an answer.
const ANSWERS_LATE_MS: i64 = 40_000;
/// As long as it takes to make room on a full disk.
const FAILS_MS: i64 = 10 * MINUTE_MS;
/// Phones there may be with all their copies.
pub const PHONES_MAX: usize = 12;

impl World<'_> {
    pub async fn strikes(&mut self, strike: Strike, phone: usize) -> Held {
        self.stage.tell(format_args!("phone {phone}: {strike:?}"));
        match strike {
            Strike::PowerCut => self.power_cut(phone),
            Strike::Reload | Strike::OtherTab => self.tabs(phone, strike),
            Strike::Freeze => self.freeze(phone),
            Strike::CutOff => {
                let (stage, index) = (&mut self.stage, phone);
                let away_ms = stage.chance.about(stage.nature.cut_off_ms);
                let phone = &mut self.phones[phone];
                phone.cut_off_until_ms = stage.now_ms + away_ms;
                phone.knows_offline |= stage.chance.below(2) == 0;
                stage.after(away_ms, Event::Online { phone: index });
                Ok(())
            }
            Strike::Clock => {
                let most_ms = [MINUTE_MS, 60 * MINUTE_MS, 3 * YEAR_MS][self.stage.chance.below(3)];
                self.phones[phone].clock_ms = self.stage.chance.between(-most_ms, most_ms);
                Ok(())
            }
            Strike::SessionEnds => {
                if let Some(cookie) = self.phones[phone].cookie.clone() {
                    self.server.forget_session(&cookie).await;
                }
                Ok(())
            }
            Strike::ServerKilled => {
                self.server.kill().await;
                self.streams_break();
                Ok(())
            }
            Strike::DatabaseFails => {
                let table = TABLES[self.stage.chance.below(TABLES.len())];
                let whole = self.stage.chance.below(2) == 0;
                let most_ms = [0, FAILS_MS][self.stage.chance.below(2)];
                let until_ms = self.stage.now_ms + self.stage.chance.between(0, most_ms);
                self.server.fails = Some(Failure { table, whole, until_ms });
                Ok(())
            }
            Strike::KeysEvicted => {
                self.server.evict_keys(self.stage.now_ms).await;
                Ok(())
            }
            Strike::BackedUp => {
                self.server.back_up().await;
                self.streams_break();
                self.backup = Some(self.model().clone());
                Ok(())
            }
            Strike::SetBack => self.set_back().await,
            Strike::Cloned => self.cloned(phone),
            Strike::Revoked => self.revoked(phone).await,
            Strike::HandedIn => self.handed_in(phone),
            Strike::CostsGiven => {
                let holds_costs = self.stage.chance.below(2) == 0;
                if let Some(own) = self.phones[phone].disk.device().meta.installation {
                    self.server.give_costs(own.id, holds_costs, self.stage.now_ms).await;
                }
                Ok(())
            }
        }
    }

    /// A file of what a phone holds is sent by another; whether the first comes back to life nobody knows.
    fn handed_in(&mut self, phone: usize) -> Held {
        let Some(file) = Handover::of(&self.phones[phone].disk.device()) else { return Ok(()) };
        let file = Handover::read(&serde_json::to_string(&file).expect("plain JSON")).expect("it was just written");
        let (by, stage) = (self.stage.chance.below(self.phones.len()), &mut self.stage);
        let by = &mut self.phones[by];
        let Some(tab) = by.tabs.first().map(|tab| tab.serial) else { return Ok(()) };
        for push in file.pushes(&by.disk.device(), "simulated") {
            by.next_request += 1;
            let (id, cookie, called) = (by.next_request, by.cookie.clone(), Called::Push(push));
            stage.send(Request { id, phone: by.index, tab, cookie, sent_ms: stage.now_ms, called }, by.reached(stage));
        }
        Ok(())
    }

    fn power_cut(&mut self, phone: usize) -> Held {
        let phone = &mut self.phones[phone];
        let before = super::witness::keys_on(&phone.disk);
        let survive = self.stage.chance.below(phone.disk.relaxed() + 1);
        phone.disk.lose_power(survive);
        phone.tabs.clear();
        phone.lock = None;
        guarantees::power_cuts_lose_nothing(&before, &phone.disk)
    }

    fn tabs(&mut self, phone: usize, strike: Strike) -> Held {
        let (phone, stage) = (&mut self.phones[phone], &mut self.stage);
        let tabs: Vec<u64> = phone.tabs.iter().map(|tab| tab.serial).collect();
        let close = strike == Strike::Reload || tabs.len() > 1;
        if let Some(tab) = stage.chance.pick(&tabs).filter(|_| close) {
            phone.close_tab(tab, stage)?;
        }
        if strike == Strike::Reload || !close { phone.open_tab(stage) } else { Ok(()) }
    }

    fn freeze(&mut self, phone: usize) -> Held {
        let (index, phone, stage) = (phone, &mut self.phones[phone], &mut self.stage);
        let tabs: Vec<u64> = phone.tabs.iter().map(|tab| tab.serial).collect();
        let Some(tab) = stage.chance.pick(&tabs) else { return Ok(()) };
        let (still_ms, told) = (stage.chance.about(MINUTE_MS), stage.chance.below(2) == 0);
        stage.tab(still_ms, index, tab, TabEvent::Thaws);
        phone.freeze(tab, told, stage)
    }

    /// The server's database is an older copy of itself (G19), whatever the phones are doing. What was under way is
    /// lost, or reaches the other server; an answer of before may still come.
    async fn set_back(&mut self) -> Held {
        let Some(mut model) = self.backup.clone() else { return Ok(()) };
        match self.stage.chance.below(3) {
            0 => self.stage.lose_what_is_under_way(),
            1 => self.stage.stall_answers(ANSWERS_LATE_MS),
            _ => {}
        }
        self.history = self.stage.chance.random_id();
        self.server.set_back(self.history).await;
        self.streams_break();
        model.history = self.history;
        self.histories.insert(self.history, model);
        self.set_back = true;
        Ok(())
    }

    /// The phone's storage is copied to another phone (G20).
    fn cloned(&mut self, phone: usize) -> Held {
        let index = self.phones.len();
        if index == PHONES_MAX {
            return Ok(());
        }
        let of = &mut self.phones[phone];
        of.cloned = true;
        let mut clone = Phone::new(index);
        (clone.disk, clone.cookie, clone.clock_ms) = (of.disk.clone(), of.cookie.clone(), of.clock_ms);
        (clone.cloned, clone.revoked) = (true, of.revoked);
        self.phones.push(clone);
        self.next_act(index);
        Ok(())
    }

    async fn revoked(&mut self, phone: usize) -> Held {
        let Some(own) = self.phones[phone].disk.device().meta.installation else { return Ok(()) };
        self.server.revoke(own.id, self.stage.now_ms).await;
        self.model().revoked.insert(own.id);
        for phone in &mut self.phones {
            phone.revoked |= phone.disk.device().meta.installation.is_some_and(|other| other.id == own.id);
        }
        Ok(())
    }
}
