//! Who may do what. An owner may do everything; an employee sells, and undoes what is their own.

use super::case::Case;
use crate::domain::{Role, Rules};
use crate::faults::{self, Fault};
use crate::sync::Refusal;

/// What a mutation asks leave for. `own`: the thing was made by the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    RecordSale,
    CreateProduct,
    ReceiveStock,
    RecordExpense,
    VoidSale {
        own: bool,
    },
    /// `own`: their sale, or one of the phone they hold.
    SettleRefusal {
        own: bool,
    },
    EditExpense {
        own: bool,
    },
    VoidExpense {
        own: bool,
    },
    RecordRepayment,
    VoidRepayment {
        own: bool,
    },
    EditProduct {
        purchase_price: bool,
    },
    RetireProduct,
    AdjustStock,
    /// With a refused sale: what the count was short of.
    CorrectStock,
    EditShop,
}

pub(super) fn may(role: Role, holds_costs: bool, rules: Rules, act: Act) -> bool {
    match (role, act) {
        // A phone that does not hold purchase prices cannot have seen the one it wants to change.
        (_, Act::EditProduct { purchase_price: true }) if !holds_costs => false,
        (Role::Owner, _) => true,
        (Role::Employee, _) if faults::is(Fault::EmployeeMayAll) => true,
        (
            Role::Employee,
            Act::RecordSale | Act::CreateProduct | Act::ReceiveStock | Act::RecordExpense | Act::RecordRepayment,
        ) => true,
        (Role::Employee, Act::SettleRefusal { .. }) if rules.employees_decide => true,
        (Role::Employee, Act::AdjustStock) if rules.employees_count => true,
        (Role::Employee, Act::CorrectStock) => rules.lets_employees_correct(),
        (
            Role::Employee,
            Act::VoidSale { own }
            | Act::SettleRefusal { own }
            | Act::EditExpense { own }
            | Act::VoidExpense { own }
            | Act::VoidRepayment { own },
        ) => own,
        (Role::Employee, Act::EditProduct { .. } | Act::RetireProduct | Act::AdjustStock | Act::EditShop) => false,
    }
}

impl Case {
    pub fn require(&self, act: Act) -> Result<(), Refusal> {
        if may(self.role, self.holds_costs, self.rules, act) { Ok(()) } else { Err(Refusal::NotAllowed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_employee_sells_and_undoes_their_own_an_owner_does_everything() {
        use Act::*;
        let table = [
            (RecordSale, true),
            (CreateProduct, true),
            (ReceiveStock, true),
            (RecordExpense, true),
            (VoidSale { own: true }, true),
            (VoidSale { own: false }, false),
            (SettleRefusal { own: true }, true),
            (SettleRefusal { own: false }, false),
            (EditExpense { own: true }, true),
            (EditExpense { own: false }, false),
            (VoidExpense { own: true }, true),
            (VoidExpense { own: false }, false),
            (RecordRepayment, true),
            (VoidRepayment { own: true }, true),
            (VoidRepayment { own: false }, false),
            (EditProduct { purchase_price: false }, false),
            (EditProduct { purchase_price: true }, false),
            (RetireProduct, false),
            (AdjustStock, false),
            (CorrectStock, false),
            (EditShop, false),
        ];
        for (act, employee) in table {
            assert_eq!(may(Role::Employee, true, Rules::default(), act), employee, "{act:?}");
            assert!(may(Role::Owner, true, Rules::default(), act), "{act:?}");
        }
        assert!(!may(Role::Owner, false, Rules::default(), EditProduct { purchase_price: true }));
    }

    #[test]
    fn an_owner_lets_employees_decide_or_count() {
        use Act::*;
        let may = |rules, act| may(Role::Employee, false, rules, act);
        let decide = Rules { employees_decide: true, ..Rules::default() };
        let count = Rules { employees_count: true, ..Rules::default() };
        assert!(may(decide, SettleRefusal { own: false }) && may(decide, CorrectStock) && !may(decide, AdjustStock));
        assert!(may(count, AdjustStock) && may(count, CorrectStock) && !may(count, SettleRefusal { own: false }));
        assert!(!may(decide, EditShop) && !may(count, VoidSale { own: false }));
    }
}
