//! What kind of world a seed is. Swarm testing (Groce, Zhang, Eide, Chen and Regehr, "Swarm Testing", ISSTA 2012): each
//! seed leaves out some kinds of trouble and has others often, since a run with a little of everything finds less.

use super::{
    chance::{Chance, Odds},
    people::{ACTS, Act},
    stage::Strike,
};

#[derive(Debug, Clone)]
pub struct Nature {
    pub phones: usize,
    pub products: usize,
    /// Units each product begins with, at most: little makes sales meet.
    pub opening_units: i64,
    /// Things people do until the world heals.
    pub acts: usize,
    /// Between two things one person does, on average.
    pub pause_ms: i64,
    /// A request's time on the way, on average, in each direction.
    pub delay_ms: i64,
    pub request_lost: Odds,
    pub answer_lost: Odds,
    pub sent_twice: Odds,
    /// The browser knows streams, and nothing between it and the server cuts them all.
    pub streams: bool,
    /// A local transaction takes so long that something comes in between.
    pub slow_storage: Odds,
    /// The longest a phone is cut off.
    pub cut_off_ms: i64,
    /// How often each thing people can do is done, beside each other.
    pub acts_weights: [u32; ACTS.len()],
    /// The odds of each strike, at every act.
    pub strikes: Vec<(Strike, Odds)>,
}

const STRIKES: [(Strike, Odds); 13] = [
    (Strike::PowerCut, 300),
    (Strike::Reload, 300),
    (Strike::OtherTab, 400),
    (Strike::Freeze, 400),
    (Strike::CutOff, 500),
    (Strike::Clock, 200),
    (Strike::SessionEnds, 200),
    (Strike::ServerKilled, 150),
    (Strike::DatabaseFails, 400),
    (Strike::KeysEvicted, 200),
    (Strike::BackedUp, 100),
    (Strike::Cloned, 60),
    (Strike::Revoked, 20),
];
/// What people of some worlds do most, and to how many products: edits meet where little is edited much.
const QUARREL: [Act; 4] = [Act::EditProduct, Act::EditShop, Act::EditExpense, Act::Cancel];
const QUARREL_WEIGHT: u32 = 40;
const QUARRELLED_OVER: usize = 2;
const SECOND_MS: i64 = 1_000;
const DAY_MS: i64 = 86_400 * SECOND_MS;

impl Nature {
    pub fn draw(chance: &mut Chance) -> Self {
        let odds = |chance: &mut Chance, most: Odds| match chance.below(3) {
            0 => 0,
            1 => most / 10,
            _ => most,
        };
        let mut strikes: Vec<_> = STRIKES.iter().map(|(strike, most)| (*strike, odds(chance, *most))).collect();
        if let Some((_, backed_up)) = strikes.iter().find(|(strike, _)| *strike == Strike::BackedUp) {
            strikes.push((Strike::SetBack, *backed_up));
        }
        strikes.retain(|(_, odds)| *odds > 0);
        let (phones, products) = (1 + chance.below(8), 1 + chance.below(8));
        let (opening_units, acts) = ([0, 3, 10, 100][chance.below(4)], 30 + chance.below(170));
        // What comes without a draw leaves the other seeds what they found.
        if acts % 4 == 3 {
            strikes.push((Strike::HandedIn, 300));
        }
        if acts % 8 == 5 {
            strikes.push((Strike::CostsGiven, 300));
        }
        let quarrels = acts % 16 == 6;
        let products = if quarrels { products.min(QUARRELLED_OVER) } else { products };
        Self {
            phones,
            products,
            opening_units,
            acts,
            pause_ms: [300, 2 * SECOND_MS, 20 * SECOND_MS, 600 * SECOND_MS, DAY_MS / 12][chance.below(5)],
            delay_ms: [5, 100, 700, 4 * SECOND_MS][chance.below(4)],
            request_lost: odds(chance, 3_000),
            answer_lost: odds(chance, 3_000),
            sent_twice: odds(chance, 2_000),
            streams: chance.below(4) > 0,
            slow_storage: odds(chance, 2_000),
            cut_off_ms: [10 * SECOND_MS, 3_600 * SECOND_MS, 2 * DAY_MS, 14 * DAY_MS][chance.below(4)],
            acts_weights: ACTS.map(|(act, weight)| match chance.below(5) {
                _ if quarrels && QUARREL.contains(&act) => QUARREL_WEIGHT,
                0 => 0,
                _ => weight,
            }),
            strikes,
        }
    }
}
