//! What people do at a phone, from what its screens show them.

use super::{
    guarantees::Held,
    phone::Phone,
    shop::{self, PEOPLE},
    stage::Stage,
    tasks::{Deed, What},
    view::View,
};
use comptoir::{
    domain::*,
    sync::{
        Body, Change, Refusal, Verdict, decide,
        engine::{Device, Trigger},
        merge,
        mutation::*,
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Sell,
    CreateProduct,
    EditProduct,
    RetireProduct,
    EditShop,
    Receive,
    Adjust,
    Count,
    Void,
    RecordExpense,
    EditExpense,
    VoidExpense,
    Repay,
    TakeBack,
    Retry,
    Cancel,
    EndWait,
    Synchronise,
    ReadAnew,
    SignOut,
    SignIn,
}

/// Each act, and how often it is done beside the others.
pub const ACTS: [(Act, u32); 21] = [
    (Act::Sell, 40),
    (Act::CreateProduct, 3),
    (Act::EditProduct, 6),
    (Act::RetireProduct, 1),
    (Act::EditShop, 3),
    (Act::Receive, 6),
    (Act::Adjust, 5),
    (Act::Count, 5),
    (Act::Void, 6),
    (Act::RecordExpense, 3),
    (Act::EditExpense, 2),
    (Act::VoidExpense, 2),
    (Act::Repay, 4),
    (Act::TakeBack, 2),
    (Act::Retry, 4),
    (Act::Cancel, 4),
    (Act::EndWait, 3),
    (Act::Synchronise, 3),
    (Act::ReadAnew, 1),
    (Act::SignOut, 1),
    (Act::SignIn, 3),
];
/// An outbox this long sends its people home.
const PATIENCE: usize = 60;

/// Who is at a phone, and what they remember.
#[derive(Default)]
pub struct Person {
    /// The last things done, to do them twice.
    voided: Option<SaleId>,
}

/// What only the world can do for somebody at a phone.
pub enum Wish {
    SignIn(usize),
    SignOut,
}

impl Phone {
    /// Somebody does something; the wishes go beyond the phone.
    pub fn act(&mut self, stage: &mut Stage) -> Held<Option<Wish>> {
        self.looked_at(stage)?;
        let device = self.disk.device();
        let Some(tab) = self.tab_at_hand(stage)? else { return Ok(None) };
        if device.meta.actor.is_none() {
            return Ok(Some(Wish::SignIn(stage.chance.below(PEOPLE))));
        }
        let act = self.choose(&device, stage);
        match act {
            Act::SignIn => return Ok(Some(Wish::SignIn(stage.chance.below(PEOPLE)))),
            Act::SignOut => {
                self.begin(tab, Deed::SignOut, stage)?;
                return Ok(Some(Wish::SignOut));
            }
            Act::Synchronise => self.trigger(tab, Trigger::Wake, stage)?,
            Act::ReadAnew => self.begin(tab, Deed::ReadsAnew, stage)?,
            Act::EndWait => self.end_wait(stage)?,
            Act::Retry | Act::Cancel => self.settle(tab, act, stage)?,
            _ if device.outbox.len() > PATIENCE => {}
            Act::Sell => {
                if let Some(what) = self.cart(&device, stage) {
                    let key = stage.chance.key();
                    self.begin(tab, Deed::Queue { key, what }, stage)?;
                }
            }
            act => {
                if let Some(body) = self.body(act, &device, stage) {
                    let key = stage.chance.key();
                    self.begin(tab, Deed::Queue { key, what: What::Other(Box::new(body)) }, stage)?;
                }
            }
        }
        Ok(None)
    }

    /// A tab that is awake and does not wait for a sale's answer. Where all stand still, people open another.
    fn tab_at_hand(&mut self, stage: &mut Stage) -> Held<Option<u64>> {
        if self.tabs.iter().all(|tab| tab.frozen.is_some()) {
            self.open_tab(stage)?;
        }
        let free = self.tabs.iter().filter(|tab| tab.frozen.is_none() && tab.selling.is_none());
        let free: Vec<u64> = free.map(|tab| tab.serial).collect();
        Ok(stage.chance.pick(&free))
    }

    fn choose(&self, device: &Device, stage: &mut Stage) -> Act {
        use comptoir::sync::engine::SessionState;
        if device.meta.session == SessionState::Ended && self.reached(stage) && stage.chance.below(3) == 0 {
            return Act::SignIn;
        }
        let weights = stage.nature.acts_weights;
        let mut drawn = stage.chance.below(weights.iter().sum::<u32>().max(1) as usize) as u32;
        for ((act, _), weight) in ACTS.iter().zip(weights) {
            if drawn < weight {
                return *act;
            }
            drawn -= weight;
        }
        Act::Sell
    }

    fn end_wait(&mut self, stage: &mut Stage) -> Held {
        let waiting = self.tabs.iter_mut().find(|tab| tab.frozen.is_none() && tab.selling.is_some());
        let Some(tab) = waiting else { return Ok(()) };
        if let Some(selling) = &mut tab.selling {
            selling.stopped = true;
        }
        let serial = tab.serial;
        self.look(serial, stage)
    }

    /// Decides on a refused mutation that this phone, or the shop, shows under "À décider".
    fn settle(&mut self, tab: u64, act: Act, stage: &mut Stage) -> Held {
        let view = View::of(&self.disk);
        let decisions = view.decisions();
        let Some(at) = (!decisions.is_empty()).then(|| stage.chance.below(decisions.len())) else { return Ok(()) };
        let (refused, sale) = decisions[at].clone();
        let key = stage.chance.key();
        let body = match (act, sale) {
            (Act::Retry, Some(sale)) => {
                let stock = |product| view.stock_of(product);
                // Kept whole, kept in part, or tried again as it was.
                let record = match stage.chance.below(3) {
                    0 => {
                        let corrections = decide::corrections(&sale, &Refusal::Expired, stock);
                        RecordSale { corrections, ..RecordSale::again(sale, refused) }
                    }
                    1 => RecordSale::again(decide::part(&sale, stock).unwrap_or(sale), refused),
                    _ => RecordSale::again(sale, refused),
                };
                Some(Body::RecordSale(record))
            }
            (Act::Retry, None) => return Ok(()),
            (_, Some(_)) => Some(Body::SettleRefusal(SettleRefusal { refused, became: Became::Cancelled })),
            (_, None) => self.settles(refused, stage),
        };
        self.begin(tab, Deed::Decide { refused, key, body }, stage)
    }

    /// The edit that settles a clash, where there is one to settle: each field as it stands, or as one wanted it.
    fn settles(&self, clash: Key, stage: &mut Stage) -> Option<Body> {
        let own = self.disk.parked().into_iter().find(|row| row.mutation.key == clash).and_then(|parked| {
            match (parked.mutation.read().ok()?.edit()?, parked.verdict) {
                ((of, _), Verdict::Conflict { fields, .. }) => Some((of, fields)),
                _ => None,
            }
        });
        let told = || View::of(&self.disk).clashes().into_iter().find(|row| row.key == clash);
        let (of, fields) = own.or_else(|| told().map(|row| (row.of, row.fields)))?;
        let chosen = fields.iter().map(|clash| match stage.chance.below(3) {
            0 => clash.theirs.clone(),
            1 => clash.before.clone(),
            _ => clash.mine.clone(),
        });
        Some(merge::settled(of, clash, &fields, &chosen.collect::<Vec<_>>()).expect("values of their fields"))
    }

    fn cart(&self, device: &Device, stage: &mut Stage) -> Option<What> {
        let shown = View::of(&self.disk).products();
        if shown.is_empty() {
            return None;
        }
        let mut cart = Cart::default();
        for _ in 0..1 + stage.chance.below(3) {
            let one = &shown[stage.chance.below(shown.len())];
            // Mostly what is there; now and then a seller knows better than the screen.
            let units = if stage.chance.below(6) == 0 {
                one.stock + 1
            } else {
                one.stock.min(1 + stage.chance.below(4) as i64)
            };
            cart.add(&one.product).ok()?;
            cart.set(one.product.id, units.clamp(1, 1_000)).ok()?;
        }
        let id = SaleId(stage.chance.id(self.now_ms(stage)));
        let total = cart.total().ok()?;
        device.meta.installation.as_ref()?;
        let tenders = match stage.chance.below(6) {
            0 => vec![Tender::Credit { amount: total, customer: customer(&mut stage.chance) }],
            _ => cart::exact_cash(total),
        };
        Some(What::Sale { id, lines: cart.lines().to_vec(), tenders })
    }

    fn body(&mut self, act: Act, device: &Device, stage: &mut Stage) -> Option<Body> {
        let view = View::of(&self.disk);
        let (now_ms, chance) = (self.now_ms(stage), &mut stage.chance);
        let shown = view.products();
        let product = (!shown.is_empty()).then(|| shown[chance.below(shown.len())].product.clone());
        let note = Note::new("because").ok()?;
        Some(match act {
            Act::CreateProduct => {
                let mut product = shop::openings(1, 0).remove(0).product;
                product.id = ProductId(chance.id(now_ms));
                product.name = Name::new(&format!("New {}", chance.below(1_000))).ok()?;
                Body::CreateProduct(CreateProduct { product, opening_units: Units::new(chance.between(0, 9)).ok()? })
            }
            Act::EditProduct => Body::EditProduct(edit(&*product?, device, chance)?),
            Act::EditShop => Body::EditShop(edit_rules(device, chance)?),
            Act::RetireProduct => Body::RetireProduct(RetireProduct { product: product?.id }),
            Act::Receive => {
                let lines = (0..1 + chance.below(2)).filter_map(|_| {
                    let one = &shown.get(chance.below(shown.len()))?.product;
                    Some(ReceivedLine { product: one.id, quantity: Quantity::new(chance.between(1, 9)).ok()? })
                });
                let lines: Vec<_> = lines.collect();
                (!lines.is_empty()).then_some(Body::ReceiveStock(ReceiveStock { lines, note }))?
            }
            Act::Adjust => {
                let delta = [-9, -3, -1, 1, 3][chance.below(5)];
                let delta = quantity::Delta::new(delta).ok()?;
                Body::AdjustStock(AdjustStock { product: product?.id, delta, reason: AdjustReason::Count, note })
            }
            Act::Count => {
                let (shown, at) = (shown.get(chance.below(shown.len().max(1)))?, device.shown()?.cursor);
                let counted = Units::new((shown.stock + [-2, -1, 0, 0, 1][chance.below(5)]).max(0)).ok()?;
                let (product, expected) = (shown.product.id, shown.stock - view.counted_delta(shown.product.id));
                Body::CountStock(CountStock { product, counted, expected, at, note })
            }
            Act::Void => {
                let sales = view.sales();
                let again = self.person.voided.filter(|_| chance.below(5) == 0);
                let sale = again.or_else(|| chance.pick(&sales))?;
                self.person.voided = Some(sale);
                Body::VoidSale(VoidSale { sale, reason: note })
            }
            Act::RecordExpense => {
                let (id, amount) = (ExpenseId(chance.id(now_ms)), Money::new(chance.between(1, 9) * 500).ok()?);
                Body::RecordExpense(RecordExpense {
                    expense: Expense { id, kind: shop::label("Transport"), amount, note },
                    day: None,
                })
            }
            Act::EditExpense => {
                let expenses = view.expenses();
                let expense = expenses.get(chance.below(expenses.len()))?;
                let amount = Change::between(expense.amount, Money::new(chance.between(1, 9) * 500).ok()?);
                Body::EditExpense(EditExpense {
                    expense: expense.id,
                    kind: None,
                    amount,
                    note: None,
                    day: None,
                    settles: None,
                })
            }
            Act::VoidExpense => {
                let expenses = view.expenses();
                let expense = expenses.get(chance.below(expenses.len()))?.id;
                Body::VoidExpense(VoidExpense { expense, reason: note })
            }
            Act::Repay => {
                let (id, amount) = (RepaymentId(chance.id(now_ms)), Money::new(chance.between(1, 9) * 500).ok()?);
                let tender = Tender::Cash { amount, given: amount };
                Body::RecordRepayment(RecordRepayment {
                    repayment: Repayment { id, customer: customer(chance), tender },
                })
            }
            Act::TakeBack => {
                let repayments = view.repayments();
                let repayment = *repayments.get(chance.below(repayments.len()))?;
                Body::VoidRepayment(VoidRepayment { repayment, reason: note })
            }
            _ => return None,
        })
    }
}

/// One of few people, each written in more than one way.
fn customer(chance: &mut super::chance::Chance) -> Label {
    shop::label(["Awa", "AWA.", "Mamadou Diallo", "mamadou  diallo", "Binta"][chance.below(5)])
}

fn edit(product: &Product, device: &Device, chance: &mut super::chance::Chance) -> Option<EditProduct> {
    let mut edit = EditProduct::of(product.id);
    let price = Money::new(chance.between(1, 5) * 500).ok()?;
    match chance.below(6) {
        0 => edit.name = Change::between(product.name.clone(), Name::new(&format!("Named {}", chance.below(9))).ok()?),
        1 => edit.threshold = Change::between(product.threshold, Units::new(chance.between(0, 5)).ok()?),
        2 => {
            let code = Barcode::new(&chance.below(9).to_string()).ok()?;
            edit.barcodes = Change::between(product.barcodes.clone(), vec![code]);
        }
        3 if device.meta.installation.as_ref()?.holds_costs => {
            edit.purchase_price = Change::between(product.purchase_price, Some(price));
        }
        _ => edit.sale_price = Change::between(product.sale_price, price),
    }
    Some(edit)
}

/// One rule changed to another value.
fn edit_rules(device: &Device, chance: &mut super::chance::Chance) -> Option<EditShop> {
    use comptoir::domain::shop::{AnswerWait, BeyondStock, StockCheck};
    let seen = device.shop()?;
    let (mut wanted, on) = (seen.clone(), chance.below(2) == 0);
    let rules = &mut wanted.rules;
    match chance.below(6) {
        0 => rules.answer_wait = AnswerWait::new([0, 2, 5, 30][chance.below(4)]).ok()?,
        1 => rules.beyond_stock = if on { BeyondStock::Ask } else { BeyondStock::Never },
        2 => rules.stock_check = if on { StockCheck::Enforce } else { StockCheck::Warn },
        3 => rules.retry_automatically = on,
        4 => rules.employees_decide = on,
        _ => rules.employees_count = on,
    }
    merge::between_shops(&seen, &wanted).pop()
}
