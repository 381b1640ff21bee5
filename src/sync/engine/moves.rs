//! What moved the stock, as a device keeps it.
//!
//! As with products ([`super::goods`]), what was read from the start lies many to a row, a line each, by the first and the
//! last product of them; what came since has a row of its own. A movement never changes: where two rows tell of one, either
//! will do.

use super::{
    memory::Memory,
    sound,
    storage::{LocalTx, Store, Write, json, keys},
};
use crate::{domain::ProductId, sync::wire::MovementRow};
use std::{collections::BTreeMap, ops::RangeInclusive};

/// Movements of one row.
const MOVES_A_ROW: usize = 50;

/// Where a generation's movements lie.
pub fn places(generation: u32) -> [String; 2] {
    [keys::all_moves(generation), keys::all_movements(generation)]
}

/// Writes the movements of a part of the shop as it stood.
pub(super) fn write(tx: &mut LocalTx, generation: u32, rows: &[MovementRow]) {
    let mut rows: Vec<&MovementRow> = rows.iter().collect();
    rows.sort_by_key(|row| (row.product, row.change));
    for rows in rows.chunks(MOVES_A_ROW) {
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            let lines: Vec<String> = rows.iter().map(json).collect();
            let key = keys::moves(generation, first.product, last.product, first.change);
            tx.writes.push(Write::Put { store: Store::Confirmed, key, value: lines.join("\n") });
        }
    }
}

/// The products a row may tell of, by its key.
pub fn told_of(key: &str) -> Option<RangeInclusive<ProductId>> {
    let mut parts = key.split('/').skip(1);
    let kind = parts.next()?;
    let first: ProductId = parts.next()?.parse().ok()?;
    let last = match kind {
        "moves" => parts.next()?.parse().ok()?,
        "movement" => first,
        _ => return None,
    };
    (first <= last).then_some(first..=last)
}

/// What a row says, as far as it reads; then why the rest does not.
pub fn read(key: &str, text: &str) -> (Vec<MovementRow>, Result<(), String>) {
    sound::lines(text, |text| if is_of_many(key) { line(key, text) } else { sound::moved(key, text) })
}

fn is_of_many(key: &str) -> bool {
    key.split('/').nth(1) == Some("moves")
}

fn line(key: &str, text: &str) -> Result<MovementRow, String> {
    let row: MovementRow = sound::read(text)?;
    match told_of(key) {
        Some(products) if products.contains(&row.product) => Ok(row),
        _ => Err(format!("its row does not tell of {}", row.product)),
    }
}

/// A row of many without the lines that do not read.
pub(super) fn mended(key: &str, text: &str) -> Option<String> {
    is_of_many(key).then(|| sound::sound_lines(text, |text| line(key, text))).flatten()
}

/// What moved a product's stock, by change, in a storage in memory.
pub fn of(memory: &Memory, generation: u32, product: ProductId) -> Result<Vec<MovementRow>, String> {
    let mut rows = all(memory, generation)?;
    rows.retain(|(of, _), _| *of == product);
    Ok(rows.into_values().collect())
}

/// All movements of a storage in memory, by product and change.
pub fn all(memory: &Memory, generation: u32) -> Result<BTreeMap<(ProductId, u64), MovementRow>, String> {
    let mut rows = BTreeMap::new();
    for place in places(generation) {
        for (key, text) in memory.scan(Store::Confirmed, &place) {
            let (said, sound) = read(&key, &text);
            sound.map_err(|problem| format!("{key}: {problem}"))?;
            rows.extend(said.into_iter().map(|row| ((row.product, row.change), row)));
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{Cause, Note, UserId},
        sync::engine::samples::product,
    };
    use uuid::Uuid;

    fn moved(of: u64, change: u64) -> MovementRow {
        let (cause, note, actor) = (Cause::Received, Note::default(), UserId(Uuid::nil()));
        MovementRow { change, product: product(of), delta: 1, stock_after: 1, cause, note, actor, at_ms: 0 }
    }

    /// As a page brings them: by change, products in between each other.
    fn written(rows: &[MovementRow]) -> LocalTx {
        let mut tx = LocalTx::strict();
        write(&mut tx, 3, rows);
        tx
    }

    #[test]
    fn a_products_movements_are_found_in_rows_of_many_and_of_one() {
        let page: Vec<_> = (1..=120).map(|change| moved(change % 4 + 1, change)).collect();
        let mut tx = written(&page);
        assert_eq!(tx.writes.len(), 3);
        // What is read from the start while it happens is told again.
        for row in [moved(2, 117), moved(2, 121)] {
            tx.put(Store::Confirmed, keys::movement(3, row.product, row.change), &row);
        }
        let mut memory = Memory::default();
        memory.commit(&tx).unwrap();
        let changes: Vec<u64> = of(&memory, 3, product(2)).unwrap().iter().map(|row| row.change).collect();
        let expected: Vec<u64> = (1..=121).filter(|change| change % 4 == 1).collect();
        assert_eq!(changes, expected);
        let told = memory.scan(Store::Confirmed, "").into_iter().filter(|(key, text)| {
            let tells = read(key, text).0.iter().any(|row| row.product == product(2));
            assert!(!tells || told_of(key).unwrap().contains(&product(2)), "{key}");
            tells
        });
        assert_eq!(told.count(), 4);
        assert_eq!(told_of(&keys::goods(3, product(2))), None);
        assert_eq!(told_of(&keys::moves(3, product(2), product(1), 1)), None, "no range goes back");
    }

    #[test]
    fn a_line_that_does_not_read_takes_no_other_with_it() {
        let tx = written(&[moved(1, 1), moved(2, 2), moved(3, 3)]);
        let [Write::Put { key, value, .. }] = &*tx.writes else { panic!("{tx:?}") };
        assert_eq!(mended(key, value).as_deref(), Some(&**value));
        let of_another = product(9).to_string();
        for (sound, damaged) in [("\"change\"", "\"chang\""), (&*product(2).to_string(), &*of_another)] {
            let damaged = value.replacen(sound, damaged, 1);
            let (said, problem) = read(key, &damaged);
            assert_eq!((said.len(), problem.is_err()), (2, true));
            assert_eq!(read(key, &mended(key, &damaged).unwrap()), (said, Ok(())));
        }
        let own = keys::movement(3, product(1), 1);
        assert_eq!((read(&own, &json(&moved(1, 2))).1.is_err(), mended(&own, &json(&moved(1, 2)))), (true, None));
    }
}
