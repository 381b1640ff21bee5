//! Goods taken on credit, and the money brought for them later. An account is a name: who is written the same but for
//! accents, case and punctuation owes on the same account, whichever phone wrote it, so that two phones without network
//! cannot open two.

use super::{Invalid, Label, Money, RepaymentId, Tender, limits::LABEL_MAX_CHARS, text::fold};
use serde::{Deserialize, Serialize};

/// Money that somebody brought for what they owe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repayment {
    pub id: RepaymentId,
    pub customer: Label,
    /// Never credit.
    pub tender: Tender,
}

impl Repayment {
    pub fn validate(&self) -> Result<(), Invalid> {
        account(&self.customer)?;
        self.tender.validate()?;
        match self.tender {
            Tender::Credit { .. } => Err(Invalid::PaidOnCredit),
            _ if self.tender.amount() == Money::ZERO => Err(Invalid::Money(0)),
            _ => Ok(()),
        }
    }
}

/// What names the account of a customer.
pub fn account(customer: &Label) -> Result<String, Invalid> {
    let folded = fold(customer.as_str());
    if folded.is_empty() { Err(Invalid::TextLength { chars: 0, min: 1, max: LABEL_MAX_CHARS }) } else { Ok(folded) }
}

/// Whether two names are of one account.
pub fn is_same(one: &Label, other: &Label) -> bool {
    account(one).is_ok_and(|one| account(other) == Ok(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Reference;
    use uuid::Uuid;

    fn label(text: &str) -> Label {
        Label::new(text).unwrap()
    }

    #[test]
    fn one_name_is_one_account_however_it_is_written() {
        let same = |one, other| is_same(&label(one), &label(other));
        assert!(same("Mamadou  DIALLO", "mamadou diallo") && same("Fatoumata Béavogui", "FATOUMATA BEAVOGUI."));
        assert!(!same("Mamadou Diallo", "Mamadou Bah") && !same("...", "..."));
    }

    #[test]
    fn a_repayment_is_of_money() {
        let money = |gnf| Money::new(gnf).unwrap();
        let of = |tender| Repayment { id: RepaymentId(Uuid::from_u128(1)), customer: label("Awa"), tender }.validate();
        assert_eq!(of(Tender::Cash { amount: money(5_000), given: money(10_000) }), Ok(()));
        assert_eq!(of(Tender::OrangeMoney { amount: money(1), reference: Reference::new("PP1").unwrap() }), Ok(()));
        assert!(of(Tender::Cash { amount: money(0), given: money(0) }).is_err());
        assert!(of(Tender::Cash { amount: money(2), given: money(1) }).is_err());
        assert_eq!(of(Tender::Credit { amount: money(5_000), customer: label("Awa") }), Err(Invalid::PaidOnCredit));
    }
}
