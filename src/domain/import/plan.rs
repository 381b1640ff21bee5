//! What each line of a file becomes, given the products that are there.
//!
//! A line is of the product that has one of its barcodes; else of the one that has its name, unless both have barcodes
//! and share none, as two sizes of one medicine do. What could be meant in two ways is reported, never guessed. So a file
//! that was imported in part is imported further by choosing it again: what is there already is found.

use super::{BadLine, Column, FileError, Reader, Reason, Row, printable};
use crate::domain::{
    Product, ProductId, Units,
    product::barcodes_fit,
    text::{fold, whole_code},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What is to become of lines whose product is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Known {
    /// It becomes as the line says; its stock stays.
    Update,
    /// It stays as it is.
    #[default]
    Leave,
}

/// What a good line becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Becomes {
    New {
        product: Product,
        opening: Units,
    },
    /// The product as it was found, and as the line wants it.
    Changed {
        seen: Arc<Product>,
        wanted: Product,
    },
    /// Nothing to do: the product is so already.
    Same {
        product: Arc<Product>,
    },
    /// The product was taken out of the catalogue, and stays out.
    Retired {
        product: Arc<Product>,
    },
    /// That line says the same of the same product.
    Again {
        name: String,
        line: u64,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub line: u64,
    pub becomes: Becomes,
}

/// How many lines become what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    pub new: usize,
    pub changed: usize,
    pub same: usize,
    pub retired: usize,
    pub again: usize,
    pub bad: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// In the order of their lines.
    pub lines: Vec<Planned>,
    pub bad: Vec<BadLine>,
    pub counts: Counts,
    /// Headings that are not read.
    pub ignored: Vec<String>,
    /// The file says how much there is, which changes nothing of products that are there: stock is moved, never set.
    pub stock_left: bool,
    /// The file has purchase prices, which this device does not keep.
    pub costs_left: bool,
}

impl Plan {
    /// The lines that do something.
    pub fn to_do(self, known: Known) -> impl Iterator<Item = Planned> {
        self.lines.into_iter().filter(move |line| does(&line.becomes, known))
    }

    /// How many lines do something.
    pub fn count_to_do(&self, known: Known) -> usize {
        self.counts.new + if known == Known::Update { self.counts.changed } else { 0 }
    }
}

fn does(becomes: &Becomes, known: Known) -> bool {
    match becomes {
        Becomes::New { .. } => true,
        Becomes::Changed { .. } => known == Known::Update,
        Becomes::Same { .. } | Becomes::Retired { .. } | Becomes::Again { .. } => false,
    }
}

/// A product of the shop, or one that an earlier line makes.
struct Thing {
    product: Arc<Product>,
    /// The line that was of it.
    line: Option<Row>,
}

/// A file on its way to a plan, line by line, so that a phone can draw in between.
pub struct Planning<'a> {
    reader: Reader<'a>,
    /// Purchase prices are kept here.
    costs: bool,
    things: Vec<Thing>,
    by_code: BTreeMap<String, Vec<usize>>,
    by_name: BTreeMap<String, Vec<usize>>,
    plan: Plan,
}

impl<'a> Planning<'a> {
    /// `products` are all of the shop, retired ones among them.
    pub fn new(reader: Reader<'a>, products: impl IntoIterator<Item = Arc<Product>>, costs: bool) -> Self {
        let plan = Plan {
            ignored: reader.ignored(),
            costs_left: reader.has(Column::PurchasePrice) && !costs,
            ..Plan::default()
        };
        let (things, by_code, by_name) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        let mut planning = Self { reader, costs, things, by_code, by_name, plan };
        products.into_iter().for_each(|product| planning.put(product, None));
        planning
    }

    /// Lines read so far.
    pub fn lines(&self) -> usize {
        self.reader.lines()
    }

    /// Plans the next line; `false` at the end. `id` is of the product it may make.
    pub fn step(&mut self, id: impl FnOnce() -> ProductId) -> Result<bool, FileError> {
        let Some(read) = self.reader.next_row()? else { return Ok(false) };
        let planned = read.and_then(|row| {
            let line = row.line;
            self.becomes(row, id).map_err(|(column, reason)| self.reader.bad(line, column, reason)).map(|it| (line, it))
        });
        let counts = &mut self.plan.counts;
        match planned {
            Ok((line, becomes)) => {
                *match &becomes {
                    Becomes::New { .. } => &mut counts.new,
                    Becomes::Changed { .. } => &mut counts.changed,
                    Becomes::Same { .. } => &mut counts.same,
                    Becomes::Retired { .. } => &mut counts.retired,
                    Becomes::Again { .. } => &mut counts.again,
                } += 1;
                self.plan.lines.push(Planned { line, becomes });
            }
            Err(bad) => {
                counts.bad += 1;
                self.plan.bad.push(bad);
            }
        }
        Ok(true)
    }

    pub fn finish(mut self) -> Plan {
        let known = self.plan.counts.changed + self.plan.counts.same;
        self.plan.stock_left = self.reader.has(Column::Stock) && known > 0;
        self.plan
    }

    fn put(&mut self, product: Arc<Product>, line: Option<Row>) {
        let at = self.things.len();
        for code in &product.barcodes {
            self.by_code.entry(whole_code(code.as_str()).into_owned()).or_default().push(at);
        }
        self.by_name.entry(fold(product.name.as_str())).or_default().push(at);
        self.things.push(Thing { product, line });
    }

    fn becomes(&mut self, mut row: Row, id: impl FnOnce() -> ProductId) -> Result<Becomes, (Option<Column>, Reason)> {
        if !self.costs {
            row.purchase_price = None;
        }
        let Some(at) = self.find(&row, false)? else {
            if let Ok(Some(at)) = self.find(&row, true) {
                let product = self.things[at].product.clone();
                self.put(Arc::new(row.product(product.id)), Some(row)); // later lines of it say the same, or contradict
                return Ok(Becomes::Retired { product });
            }
            let product = row.product(id());
            let opening = row.units.unwrap_or(Units::ZERO);
            self.put(Arc::new(product.clone()), Some(row));
            return Ok(Becomes::New { product, opening });
        };
        let Thing { product, line } = &mut self.things[at];
        if let Some(before) = line {
            let said = Row { line: before.line, ..row };
            return match said == *before {
                true => Ok(Becomes::Again { name: said.name.to_string(), line: said.line }),
                false => Err((None, Reason::Contradicts(said.line))),
            };
        }
        let wanted = row.changing(product);
        barcodes_fit(&wanted.barcodes).map_err(|invalid| (Some(Column::Barcode), invalid.into()))?;
        *line = Some(row);
        let seen = product.clone();
        if wanted == *seen {
            return Ok(Becomes::Same { product: seen });
        }
        // Later lines find it by what it is to be, too.
        for code in wanted.barcodes.iter().filter(|code| !seen.barcodes.contains(code)) {
            self.by_code.entry(whole_code(code.as_str()).into_owned()).or_default().push(at);
        }
        self.by_name.entry(fold(wanted.name.as_str())).or_default().push(at);
        Ok(Becomes::Changed { seen, wanted })
    }

    /// Which product a line is of, among those in use or those retired.
    fn find(&self, row: &Row, retired: bool) -> Result<Option<usize>, (Option<Column>, Reason)> {
        let of = |found: Option<&Vec<usize>>| -> BTreeSet<usize> {
            let found = found.into_iter().flatten().copied();
            found.filter(|at| self.things[*at].product.retired == retired).collect()
        };
        let coded = row.barcodes.iter().flat_map(|code| of(self.by_code.get(&*whole_code(code.as_str()))));
        let coded: BTreeSet<usize> = coded.collect();
        let named = of(self.by_name.get(&fold(row.name.as_str())));
        let name = |at: usize| printable(self.things[at].product.name.as_str());
        let mut codes = coded.iter().copied();
        match (codes.next(), codes.next()) {
            (Some(one), Some(other)) => {
                return Err((Some(Column::Barcode), Reason::CodesOfSeveral(name(one), name(other))));
            }
            (Some(at), None) if named.is_empty() || named.contains(&at) => return Ok(Some(at)),
            (Some(at), None) => return Err((Some(Column::Barcode), Reason::CodeAndName(name(at)))),
            (None, _) => {}
        }
        // Both have barcodes, and none in common: two products of one name.
        let mut fit =
            named.into_iter().filter(|at| row.barcodes.is_empty() || self.things[*at].product.barcodes.is_empty());
        match (fit.next(), fit.next()) {
            (Some(_), Some(_)) => Err((Some(Column::Name), Reason::NameOfSeveral)),
            (found, _) => Ok(found),
        }
    }
}

/// Drawn natively: in a browser only storage is tested.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod laws;
#[cfg(test)]
mod tests;
