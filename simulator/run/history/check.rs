//! Whether a history could have come from one shop that did one thing after another. Change numbers say in which order,
//! so that nothing has to be searched: the order is replayed, and held against what was asked before what.

use super::record::{Asked, History, What};
use crate::run::{
    guarantees::{Held, broken, named},
    model::Model,
    shop,
    stage::BEGIN_MS,
};
use comptoir::{
    domain::Key,
    sync::{
        Answer, Mutation,
        wire::{Page, Pulled, PushAnswer, PushRequest},
    },
};
use std::collections::BTreeMap;

/// Every check. Answers how many verdicts were replayed.
pub fn check(history: &History) -> Held<usize> {
    let verdicts = by_change(history)?;
    let model = replay(history, &verdicts)?;
    pages_are_right(history, &model)?;
    what_is_repeated_is_the_same(history, &verdicts)?;
    what_ended_first_is_before(history)?;
    reads_never_go_back(history)?;
    Ok(verdicts.len())
}

struct Judged<'a> {
    asked: &'a Asked,
    request: &'a PushRequest,
    said: &'a PushAnswer,
    mutation: &'a Mutation,
    answer: &'a Answer,
}

fn pushes(history: &History) -> impl Iterator<Item = Judged<'_>> {
    history.asked.iter().flat_map(|asked| {
        let pairs = match &asked.what {
            What::Push { request, answer } => Some((request, answer)),
            What::Pull { .. } => None,
        };
        pairs.into_iter().flat_map(move |(request, said)| {
            let both = request.mutations.iter().zip(&said.answers);
            both.map(move |(mutation, answer)| Judged { asked, request, said, mutation, answer })
        })
    })
}

/// The first verdict on each mutation, by its change number: no number is given twice.
fn by_change(history: &History) -> Held<BTreeMap<u64, Judged<'_>>> {
    let mut verdicts = BTreeMap::new();
    for judged in pushes(history).filter(|judged| !judged.answer.replayed) {
        let Some(change) = judged.answer.verdict.change() else { continue };
        let key = judged.mutation.key;
        if let Some(other) = verdicts.insert(change, judged) {
            return broken(named::COMMIT_ORDER, format!("{key} and {} at {change}", other.mutation.key));
        }
    }
    Ok(verdicts)
}

/// What was answered follows from what came before, in the order of the change numbers.
fn replay(history: &History, verdicts: &BTreeMap<u64, Judged>) -> Held<Model> {
    let mut model = Model::new(shop::HISTORY, history.counter, &history.opening, Vec::new());
    for judged in verdicts.values() {
        let request = PushRequest { mutations: vec![judged.mutation.clone()], ..judged.request.clone() };
        let answer = PushAnswer { answers: vec![judged.answer.clone()], ..judged.said.clone() };
        model.push(&request, &answer, false)?;
    }
    Ok(model)
}

fn pages(asked: &Asked) -> Option<&Page> {
    match &asked.what {
        What::Push { answer, .. } => match &answer.page {
            Some(Pulled::Page(page)) => Some(page),
            _ => None,
        },
        What::Pull { page } => Some(page),
    }
}

fn pages_are_right(history: &History, model: &Model) -> Held {
    history.asked.iter().filter_map(pages).try_for_each(|page| model.page(page, u64::MAX, BEGIN_MS))
}

/// A verdict that was repeated had been given by then, to a request that had begun.
fn what_is_repeated_is_the_same(history: &History, verdicts: &BTreeMap<u64, Judged>) -> Held {
    let first: BTreeMap<Key, &Judged> = verdicts.values().map(|judged| (judged.mutation.key, judged)).collect();
    for again in pushes(history).filter(|judged| judged.answer.replayed) {
        let before = first.get(&again.mutation.key);
        let same = before.is_some_and(|before| before.answer.verdict == again.answer.verdict);
        let begun = before.is_some_and(|before| before.asked.began < again.asked.ended);
        if !same || !begun {
            return broken(named::EXACTLY_ONCE, format!("{}: {:?}", again.mutation.key, again.answer));
        }
    }
    Ok(())
}

/// The real-time order: what had ended before another began stands before it; and a page, read after its own push was
/// judged, misses nothing that had ended before.
fn what_ended_first_is_before(history: &History) -> Held {
    let mut points: Vec<(u64, u64, u64)> = Vec::new(); // place in the order, began, ended
    for asked in &history.asked {
        if let What::Push { answer, .. } = &asked.what {
            let new = answer.answers.iter().filter(|answer| !answer.replayed);
            let changes = new.filter_map(|answer| answer.verdict.change());
            points.extend(changes.map(|change| (2 * change, asked.began, asked.ended)));
        }
        if let Some(page) = pages(asked).filter(|page| !page.more) {
            points.push((2 * page.to + 1, asked.began, asked.ended));
        }
    }
    points.sort_unstable();
    let mut last_began = 0;
    for (place, began, ended) in points {
        if ended < last_began {
            return broken(named::REAL_TIME, format!("at {} what had ended at {ended}, after {last_began}", place / 2));
        }
        last_began = last_began.max(began);
    }
    Ok(())
}

/// Requests of one phone that did not overlap read further and further.
fn reads_never_go_back(history: &History) -> Held {
    let mut read: BTreeMap<usize, Vec<(u64, u64, u64)>> = BTreeMap::new();
    for asked in &history.asked {
        let Some(page) = pages(asked) else { continue };
        read.entry(asked.client).or_default().push((asked.ended, asked.began, page.to));
    }
    for (client, mut reads) in read {
        reads.sort_unstable();
        let mut furthest = 0;
        let mut ended: std::collections::VecDeque<(u64, u64)> = std::collections::VecDeque::new();
        for (end, began, to) in reads {
            while let Some((_, earlier)) = ended.pop_front_if(|(end, _)| *end < began) {
                furthest = furthest.max(earlier);
            }
            if to < furthest {
                return broken(named::CURSORS, format!("client {client} read to {to}, after {furthest}"));
            }
            ended.push_back((end, to));
        }
    }
    Ok(())
}
