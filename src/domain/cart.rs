use super::{
    Invalid, Money, Name, Product, ProductId, Quantity, ReceiptNumber, Sale, SaleId, SaleLine, Tender,
    limits::LINES_MAX,
};
use serde::{Deserialize, Serialize};

/// What a customer is about to buy, at the prices the seller sees.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cart {
    lines: Vec<SaleLine>,
}

impl Cart {
    pub fn lines(&self) -> &[SaleLine] {
        &self.lines
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// One more of this product.
    pub fn add(&mut self, product: &Product) -> Result<(), Invalid> {
        let line = SaleLine {
            product: product.id,
            name: product.name.clone(),
            quantity: Quantity::ONE,
            unit_price: product.sale_price,
        };
        *self = self.with(line)?;
        Ok(())
    }

    /// One line more, or as many more of a product that is in it.
    fn with(&self, line: SaleLine) -> Result<Self, Invalid> {
        let mut with = self.clone();
        let count = with.lines.len() + 1;
        match with.lines.iter_mut().find(|one| one.product == line.product) {
            Some(one) => one.quantity = Quantity::new(one.quantity.get() + line.quantity.get())?,
            None if count > LINES_MAX => return Err(Invalid::Count { what: "lines", count, min: 1, max: LINES_MAX }),
            None => with.lines.push(line),
        }
        with.total()?; // a total no sale could have is refused here, not at the till
        Ok(with)
    }

    /// Sets how many of a product; zero or less takes it out.
    pub fn set(&mut self, product: ProductId, units: i64) -> Result<(), Invalid> {
        let mut with = self.clone();
        if units <= 0 {
            with.lines.retain(|line| line.product != product);
        } else {
            let quantity = Quantity::new(units)?;
            with.lines.iter_mut().filter(|line| line.product == product).for_each(|line| line.quantity = quantity);
        }
        with.total()?;
        *self = with;
        Ok(())
    }

    /// Puts the lines of an earlier cart before its own. What no cart can hold beside them is left out.
    pub fn behind(&mut self, earlier: &Self) {
        for line in std::mem::replace(self, earlier.clone()).lines {
            if let Ok(with) = self.with(line) {
                *self = with;
            }
        }
    }

    /// What was put in since it was that earlier cart.
    pub fn since(&self, earlier: &Self) -> Self {
        let more = |line: &SaleLine| {
            let quantity = Quantity::new(line.quantity.get() - earlier.units(line.product)).ok()?;
            Some(SaleLine { quantity, ..line.clone() })
        };
        Self { lines: self.lines.iter().filter_map(more).collect() }
    }

    /// How many of this product are in the cart.
    pub fn units(&self, product: ProductId) -> i64 {
        self.lines.iter().filter(|line| line.product == product).map(|line| line.quantity.get()).sum()
    }

    /// Units of all products together.
    pub fn count(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity.get()).sum()
    }

    pub fn total(&self) -> Result<Money, Invalid> {
        self.lines.iter().try_fold(Money::ZERO, |sum, line| sum.plus(line.total()?))
    }

    pub fn to_sale(&self, id: SaleId, receipt: ReceiptNumber, tenders: Vec<Tender>) -> Result<Sale, Invalid> {
        let sale = Sale { id, receipt, lines: self.lines.clone(), tenders, beyond_stock: false };
        sale.validate()?;
        Ok(sale)
    }

    /// The cart a sale was made of, to try again or to sell the same.
    pub fn from_sale(sale: &Sale) -> Self {
        Self::from_lines(sale.lines.clone())
    }

    pub fn from_lines(lines: Vec<SaleLine>) -> Self {
        Self { lines }
    }

    pub fn into_lines(self) -> Vec<SaleLine> {
        self.lines
    }

    /// The name the cart keeps for a product.
    pub fn name(&self, product: ProductId) -> Option<&Name> {
        self.lines.iter().find(|line| line.product == product).map(|line| &line.name)
    }
}

/// The amount paid in cash exactly: the shortest way to end a sale.
pub fn exact_cash(total: Money) -> Vec<Tender> {
    vec![Tender::Cash { amount: total, given: total }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(product: u128, units: i64) -> SaleLine {
        SaleLine {
            product: ProductId(uuid::Uuid::from_u128(product)),
            name: Name::clean("Riz").unwrap(),
            quantity: Quantity::new(units).unwrap(),
            unit_price: Money::new(1_000).unwrap(),
        }
    }

    #[test]
    fn what_was_tapped_before_the_kept_cart_was_read_comes_behind_it() {
        let mut cart = Cart { lines: vec![line(2, 1), line(3, 1)] };
        cart.behind(&Cart { lines: vec![line(1, 4), line(2, 2)] });
        assert_eq!(cart.lines, [line(1, 4), line(2, 3), line(3, 1)]);
    }

    #[test]
    fn what_was_tapped_since_a_cart_was_sold_or_put_by_is_what_is_left_of_it() {
        let (sold, now) = (vec![line(1, 2), line(2, 3)], vec![line(1, 2), line(2, 4), line(3, 1)]);
        assert_eq!(Cart { lines: now.clone() }.since(&Cart { lines: sold.clone() }).lines, [line(2, 1), line(3, 1)]);
        assert_eq!(Cart { lines: sold }.since(&Cart { lines: now }).lines, []);
    }
}
