//! The servers of a run: real processes, killed and started again behind the proxy.

use super::{
    place::{Place, Serving},
    proxy::Proxy,
};
use comptoir::server::replay::chance::Chance;

pub struct Servers<'a> {
    place: &'a Place,
    proxy: &'a Proxy,
    /// The program that runs each of them, with its arguments.
    under: Vec<String>,
    serving: Vec<Option<Serving>>,
}

impl<'a> Servers<'a> {
    pub fn start(place: &'a Place, proxy: &'a Proxy, count: usize, under: Vec<String>) -> Self {
        let mut servers = Self { place, proxy, under, serving: (0..count).map(|_| None).collect() };
        servers.start_missing();
        servers
    }

    pub fn start_missing(&mut self) {
        let under: Vec<&str> = self.under.iter().map(String::as_str).collect();
        for (number, serving) in self.serving.iter_mut().enumerate() {
            if serving.is_none() {
                let started = self.place.serve_under(&under);
                self.proxy.route(number, Some(&started.url));
                *serving = Some(started);
            }
        }
    }

    /// `kill -9`. The proxy finds out as a real one does: nobody answers.
    pub fn kill(&mut self, number: usize) -> usize {
        match self.serving[number].take() {
            Some(serving) => {
                serving.kill_at_once();
                1
            }
            None => 0,
        }
    }

    pub fn kill_any(&mut self, chance: &mut Chance) -> usize {
        self.kill(chance.below(self.serving.len()))
    }

    /// Returns how many there were.
    pub fn kill_all(&mut self) -> usize {
        (0..self.serving.len()).map(|number| self.kill(number)).sum()
    }

    /// The process of the first server.
    pub fn pid(&self) -> Option<u32> {
        self.serving.first()?.as_ref().map(Serving::pid)
    }
}
