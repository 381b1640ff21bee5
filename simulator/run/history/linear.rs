//! Short histories of one product, asked of stateright's linearizability tester: it knows nothing of change numbers, and
//! searches for an order.

use super::record::{History, What};
use comptoir::sync::{Body, Refusal, Verdict};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

/// One product's stock, as one who waits for each answer knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Stock(i64);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Op {
    Takes(i64),
    Adds(i64),
    Reads,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Ret {
    Done,
    /// There was only so much.
    Short(i64),
    Stands(i64),
}

impl SequentialSpec for Stock {
    type Op = Op;
    type Ret = Ret;

    fn invoke(&mut self, op: &Op) -> Ret {
        match op {
            Op::Takes(units) if *units > self.0 => return Ret::Short(self.0),
            Op::Takes(units) => self.0 -= units,
            Op::Adds(units) => self.0 += units,
            Op::Reads => return Ret::Stands(self.0),
        }
        Ret::Done
    }
}

/// Whether some order explains every answer.
pub fn is_linearizable(history: &History) -> bool {
    let opening = history.opening[0].1;
    let mut events = Vec::new();
    for asked in &history.asked {
        let (op, ret) = match &asked.what {
            What::Push { request, answer } => {
                let body = request.mutations[0].read().expect("it was queued so");
                let units: i64 = body.stock_deltas().iter().map(|(_, delta)| delta).sum();
                let op = if matches!(body, Body::RecordSale(_)) { Op::Takes(-units) } else { Op::Adds(units) };
                let ret = match &answer.answers[0].verdict {
                    Verdict::Applied { .. } => Ret::Done,
                    Verdict::Refused { refusal: Refusal::InsufficientStock { lines }, .. } => {
                        Ret::Short(lines[0].available)
                    }
                    other => unreachable!("not in a short history: {other:?}"),
                };
                (op, ret)
            }
            What::Pull { page } => {
                // It read from the very beginning.
                let stands = page.rows.movements.last().map_or(opening, |row| row.stock_after);
                (Op::Reads, Ret::Stands(stands))
            }
        };
        events.push((asked.began, asked.client, Ok(op)));
        events.push((asked.ended, asked.client, Err(ret)));
    }
    events.sort_by_key(|(at, ..)| *at);
    let mut tester = LinearizabilityTester::new(Stock(opening));
    for (_, client, event) in events {
        let heard = match event {
            Ok(op) => tester.on_invoke(client, op).map(drop),
            Err(ret) => tester.on_return(client, ret).map(drop),
        };
        heard.expect("a client does one thing after another");
    }
    tester.is_consistent()
}
