//! Sales as screens list them: confirmed + pending, each counted once.

use super::Pending;
use crate::{
    domain::{Day, Money, ProductId, Sale, SaleId, Tender, UserId, limits::TIME_MAX_MS, text::fold},
    sync::{
        mutation::{Body, VoidSale},
        wire::SaleRow,
    },
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq)]
pub struct ListedSale {
    pub sale: Sale,
    pub actor: UserId,
    pub at_ms: i64,
    pub day: Day,
    /// The server has not answered.
    pub waiting: bool,
    /// Shown, and counted nowhere.
    pub voided: bool,
}

/// What sales brought in. Sums in GNF, which may be larger than one [`Money`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Takings {
    pub count: i64,
    pub cash_gnf: i64,
    pub orange_money_gnf: i64,
    /// Sold, and not paid yet.
    pub credit_gnf: i64,
}

impl Takings {
    pub fn total_gnf(&self) -> i64 {
        self.cash_gnf + self.orange_money_gnf + self.credit_gnf
    }

    pub(super) fn add(&mut self, tender: &Tender) {
        match tender {
            Tender::Cash { amount, .. } => self.cash_gnf += amount.get(),
            Tender::OrangeMoney { amount, .. } => self.orange_money_gnf += amount.get(),
            Tender::Credit { amount, .. } => self.credit_gnf += amount.get(),
        }
    }
}

/// Sale prices less purchase prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Margin {
    pub gnf: i64,
    /// Units sold whose purchase price nobody entered: they are left out.
    pub unknown_units: i64,
}

/// One day's sales, the latest first.
#[derive(Debug, Clone, PartialEq)]
pub struct SalesDay {
    pub day: Day,
    pub takings: Takings,
    pub sales: Vec<ListedSale>,
}

/// Sales of these rows and of the outbox. Those that were refused, or whose receipt was not shown yet, are none.
pub fn list_sales(rows: impl IntoIterator<Item = SaleRow>, pending: &Pending) -> Vec<ListedSale> {
    let void = |(_, body): &(_, Body)| match body {
        Body::VoidSale(VoidSale { sale, .. }) => Some(*sale),
        _ => None,
    };
    let voided: BTreeSet<SaleId> = pending.entries().filter_map(void).collect();
    let confirmed = rows.into_iter().map(|row| {
        let voided = row.voided.is_some() || voided.contains(&row.sale.id);
        let SaleRow { sale, actor, at_ms, day, .. } = row;
        ListedSale { sale, actor, at_ms, day, waiting: false, voided }
    });
    let mut found: BTreeMap<SaleId, ListedSale> = confirmed.map(|listed| (listed.sale.id, listed)).collect();
    for (entry, sale) in pending.shown_sales() {
        // As the server will book it, if it comes in time.
        let at_ms = entry.mutation.made.booked(TIME_MAX_MS).at_ms;
        let (actor, waiting) = (entry.mutation.origin.actor, entry.verdict.is_none());
        let voided = voided.contains(&sale.id);
        let listed = ListedSale { sale: sale.clone(), actor, at_ms, day: Day::of_ms(at_ms), waiting, voided };
        found.insert(sale.id, listed);
    }
    found.into_values().collect()
}

/// The day in the text of a [`SaleRow`], without reading the rest. A quotation mark inside a text is escaped, so this is
/// the field and nothing else. A row without one is damaged: it comes with the latest, is read, and found to be so.
pub fn booked_day(text: &str) -> Day {
    let digits = text.rsplit_once("\"day\":").and_then(|(_, after)| after.split(|c: char| !c.is_ascii_digit()).next());
    digits.and_then(|digits| digits.parse().ok()).map_or(Day(i64::MAX), Day)
}

/// Whole days, the latest first.
pub fn by_day(sales: impl IntoIterator<Item = ListedSale>) -> Vec<SalesDay> {
    let mut days: BTreeMap<Day, Vec<ListedSale>> = BTreeMap::new();
    for listed in sales {
        days.entry(listed.day).or_default().push(listed);
    }
    let day = |(day, mut sales): (Day, Vec<ListedSale>)| {
        sales.sort_by_key(|listed| std::cmp::Reverse((listed.at_ms, listed.sale.id)));
        SalesDay { day, takings: takings(&sales), sales }
    };
    days.into_iter().rev().map(day).collect()
}

pub fn takings<'s>(sales: impl IntoIterator<Item = &'s ListedSale>) -> Takings {
    let mut sum = Takings::default();
    for listed in sales.into_iter().filter(|listed| !listed.voided) {
        sum.count += 1;
        for tender in &listed.sale.tenders {
            sum.add(tender);
        }
    }
    sum
}

/// `purchase_price` is a product's as it is now: a device does not hold what it was when it was sold.
pub fn margin<'s>(
    sales: impl IntoIterator<Item = &'s ListedSale>,
    purchase_price: impl Fn(ProductId) -> Option<Money>,
) -> Margin {
    let mut sum = Margin::default();
    for line in sales.into_iter().filter(|listed| !listed.voided).flat_map(|listed| &listed.sale.lines) {
        let units = line.quantity.get();
        match purchase_price(line.product) {
            // Both factors are bounded: 10^12 × 10^6 fits.
            Some(cost) => sum.gnf += (line.unit_price.get() - cost.get()) * units,
            None => sum.unknown_units += units,
        }
    }
    sum
}

/// What somebody looks for among sales: a receipt number, an amount, or words of a product's or a customer's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    folded: String,
    /// Where nothing but digits, and perhaps the currency, was typed.
    digits: Option<String>,
}

impl Search {
    pub fn new(typed: &str) -> Self {
        let figure = typed.trim_end_matches(|c: char| c.is_whitespace() || "GNFgnf".contains(c));
        let digits: String = figure.chars().filter(|c| !c.is_whitespace()).collect();
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        Self { folded: fold(typed), digits: is_number.then_some(digits) }
    }

    /// Whether it looks for anything in particular.
    pub fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    pub fn finds(&self, sale: &Sale) -> bool {
        let in_receipt = fold(&sale.receipt.to_string()).contains(&self.folded);
        let is_amount = |digits: &String| {
            let total = sale.total().unwrap_or_default().get().to_string();
            total.starts_with(digits.as_str())
        };
        let in_name = |name: &str| self.folded.split(' ').all(|word| name.contains(word));
        in_receipt
            || self.digits.as_ref().is_some_and(is_amount)
            || sale.credit().is_some_and(|(customer, _)| in_name(&fold(customer.as_str())))
            || sale.lines.iter().any(|line| in_name(&fold(line.name.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{InstallationId, Name, Quantity, Reference, SaleLine, day::DAY_MS},
        sync::wire::Voided,
    };
    use uuid::Uuid;

    fn row(n: u128, at_ms: i64, name: &str, price: i64, orange: i64) -> SaleRow {
        let money = |gnf| Money::new(gnf).unwrap();
        let line = SaleLine {
            product: ProductId(Uuid::from_u128(7)),
            name: Name::new(name).unwrap(),
            quantity: Quantity::new(2).unwrap(),
            unit_price: money(price),
        };
        let (cash, orange) = (money(2 * price - orange), money(orange));
        let tenders = vec![
            Tender::Cash { amount: cash, given: cash },
            Tender::OrangeMoney { amount: orange, reference: Reference::new("PP1").unwrap() },
        ];
        let receipt = format!("A-{n:06}").parse().unwrap();
        SaleRow {
            sale: Sale { id: SaleId(Uuid::from_u128(n)), receipt, lines: vec![line], tenders, beyond_stock: false },
            installation: InstallationId(Uuid::nil()),
            actor: UserId(Uuid::nil()),
            at_ms,
            day: Day::of_ms(at_ms),
            clamped: false,
            voided: None,
        }
    }

    #[test]
    fn days_come_latest_first_and_a_voided_sale_counts_nowhere() {
        let voided = Some(Voided { by: UserId(Uuid::nil()), at_ms: 0, reason: String::new() });
        let rows = [
            row(1, 10, "Riz", 500, 0),
            row(2, DAY_MS + 5, "Ail", 1_000, 500),
            row(3, DAY_MS + 9, "Ail", 4_000, 0),
            SaleRow { voided, ..row(4, DAY_MS + 7, "Riz", 900, 0) },
        ];
        let days = by_day(list_sales(rows, &Pending::default()));
        let receipts: Vec<Vec<u128>> =
            days.iter().map(|day| day.sales.iter().map(|listed| listed.sale.id.0.as_u128()).collect()).collect();
        assert_eq!(receipts, [vec![3, 4, 2], vec![1]]);
        assert_eq!(days[0].takings, Takings { count: 2, cash_gnf: 9_500, orange_money_gnf: 500, credit_gnf: 0 });
        assert_eq!(days[0].takings.total_gnf(), 10_000);
    }

    #[test]
    fn a_rows_day_is_found_whatever_its_texts_say() {
        let voided = Some(Voided { by: UserId(Uuid::nil()), at_ms: 0, reason: "\"day\":3".to_owned() });
        let row = SaleRow { voided, clamped: true, ..row(1, 20_784 * DAY_MS, "Riz \"day\":7,", 500, 0) };
        assert_eq!(booked_day(&serde_json::to_string(&row).unwrap()), Day(20_784));
        assert_eq!(booked_day("{\"sale\":"), Day(i64::MAX));
    }

    #[test]
    fn the_margin_leaves_out_what_was_bought_at_an_unknown_price() {
        let sales = list_sales([row(1, 0, "Riz", 500, 0)], &Pending::default());
        let known = margin(&sales, |_| Some(Money::new(600).unwrap()));
        assert_eq!(known, Margin { gnf: -200, unknown_units: 0 });
        assert_eq!(margin(&sales, |_| None), Margin { gnf: 0, unknown_units: 2 });
    }

    #[test]
    fn a_sale_is_found_by_receipt_amount_or_words_without_accents() {
        let sale = row(12, 0, "Riz étuvé 25 kg", 7_500, 0).sale;
        for typed in ["A-000012", "a-0000", "12", "15 000 GNF", "15", "ETUVE riz", ""] {
            assert!(Search::new(typed).finds(&sale), "{typed}");
        }
        for typed in ["B-000012", "7500", "riz huile", "000 GNF"] {
            assert!(!Search::new(typed).finds(&sale), "{typed}");
        }
    }
}
