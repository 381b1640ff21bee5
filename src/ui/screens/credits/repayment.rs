//! Taking what a customer brings for what they owe.

use super::account::{Asked, gnf};
use crate::{
    device::{
        Till,
        handle::{AccountBook, Act},
    },
    domain::{Label, Money, Reference, Repayment, RepaymentId, Tender, credit},
    sync::view::Account,
    ui::{
        components::{field_error, money_field, notice, orange_money_reference, segments},
        erase::{erase, live, on},
        format, icons, text,
    },
};
use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
};

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Means {
    #[default]
    Cash,
    OrangeMoney,
}

/// What is typed of one customer's repayment.
#[derive(Clone, Copy, Default)]
pub struct Typed {
    customer: RwSignal<Option<Label>>,
    brought: RwSignal<String>,
    means: RwSignal<Means>,
    reference: RwSignal<String>,
}

impl Typed {
    /// Forgets what was typed of another customer.
    pub(super) fn of(self, customer: &Label) -> Self {
        let same = |typed: &Option<Label>| typed.as_ref().is_some_and(|typed| credit::is_same(typed, customer));
        if !self.customer.with_untracked(same) {
            self.forget();
            self.customer.set(Some(customer.clone()));
        }
        self
    }

    fn forget(self) {
        self.means.set(Means::Cash);
        for typed in [self.brought, self.reference] {
            typed.set(String::new());
        }
    }

    fn amount(self) -> Option<Money> {
        self.brought.with(|typed| format::parse_amount(typed)).filter(|amount| *amount > Money::ZERO)
    }

    fn tender(self) -> Option<Tender> {
        let amount = self.amount()?;
        Some(match self.means.get() {
            Means::Cash => Tender::Cash { amount, given: amount },
            Means::OrangeMoney => {
                let reference = self.reference.with(|typed| Reference::clean(typed).ok())?;
                Tender::OrangeMoney { amount, reference }
            }
        })
    }
}

#[derive(Clone, Copy)]
pub(super) struct Form {
    till: Till,
    book: Memo<Option<AccountBook>>,
    asked: Asked,
    typed: Typed,
    /// What was brought just now, and the account as it left it: it is read again a moment later.
    pub thanks: RwSignal<Option<(Money, Account)>>,
}

impl Form {
    pub fn new(till: Till, book: Memo<Option<AccountBook>>, asked: Asked, typed: Typed) -> Self {
        Self { till, book, asked, typed, thanks: RwSignal::default() }
    }

    pub fn draw(self) -> AnyView {
        let Typed { brought, means, reference, .. } = self.typed;
        let tender = Memo::new(move |_| self.typed.tender());
        let owed = Memo::new(move |_| self.book.with(|book| book.as_ref().map_or(0, |book| book.account.owed_gnf)));
        let all = live(move || {
            let all = Money::new(owed.get()).ok().filter(|all| *all > Money::ZERO)?;
            let tap = on(move |_: MouseEvent| brought.set(format::number(all.get())));
            let said = t!("Tout : {all}", all = format::money(all));
            Some(erase(view! { <button class="btn" type="button" on:click=tap>{said}</button> }))
        });
        let left = live(move || {
            let said = standing(owed.get() - self.typed.amount()?.get());
            Some(erase(view! { <output class="change">{said}</output> }))
        });
        let reference_field =
            live(move || (means.get() == Means::OrangeMoney).then(|| orange_money_reference(reference)));
        let wrong = live(move || {
            let typed = brought.with(|typed| !typed.trim().is_empty());
            (typed && self.typed.amount().is_none()).then(|| field_error(text::field_wrong("amount")))
        });
        let says = live(move || match self.typed.amount() {
            Some(amount) => t!("Encaisser {total}", total = format::money(amount)),
            None => t!("Encaisser").to_owned(),
        });
        let save = on(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(tender) = tender.get_untracked() {
                self.take(tender);
            }
        });
        let by = [(t!("Espèces"), Means::Cash), ("Orange Money", Means::OrangeMoney)];
        let busy = self.asked.busy;
        erase(view! {
            {self.thanks()}
            <form class="card" aria-label=t!("Remboursement") on:submit=save>
                {money_field("montant", t!("Montant reçu"), brought)} {wrong} <div class="btns">{all}</div>
                {segments("moyen", t!("Moyen de paiement"), &by, means)} {reference_field} {left}
                <button
                    class="btn btn--main btn--wide"
                    type="submit"
                    disabled=live(move || busy.get() || tender.with(Option::is_none))
                >
                    {says}
                </button>
            </form>
        })
    }

    fn take(self, tender: Tender) {
        // As the account has it.
        let account = self.book.with_untracked(|book| book.as_ref().map(|book| book.account.clone()));
        let (Some(commands), Some(mut account)) = (self.till.commands(), account) else { return };
        let amount = tender.amount();
        let repayment = Repayment { id: RepaymentId(commands.new_id()), customer: account.customer.clone(), tender };
        account.owed_gnf -= amount.get();
        self.asked.act(Act::RecordRepayment { repayment }, move || {
            self.typed.forget();
            let _ = self.thanks.try_set(Some((amount, account)));
        });
    }

    /// What was brought just now, and a message of it for who brought it.
    fn thanks(self) -> AnyView {
        erase(live(move || {
            self.thanks.get().map(|(paid, account)| {
                let share = live(move || {
                    let shop = self.till.status.with(|status| status.shop.as_ref().map(|shop| shop.name.to_string()));
                    let said = message(shop.as_deref().unwrap_or_default(), &account, paid);
                    format!("https://wa.me/?text={}", format::in_address(&said))
                });
                erase(view! {
                    {notice("ok", t!("{paid} reçus.", paid = format::money(paid)), Vec::new())}
                    <a class="btn btn--wide" target="_blank" rel="noopener" href=share>{icons::message_circle()} "WhatsApp"</a>
                })
            })
        }))
    }
}

/// What is left to pay.
fn standing(owed_gnf: i64) -> String {
    match owed_gnf {
        0 => t!("Ne doit plus rien").to_owned(),
        ..0 => t!("{more} d’avance", more = gnf(owed_gnf.saturating_abs())),
        owed => t!("Reste dû : {owed}", owed = gnf(owed)),
    }
}

/// What somebody who paid takes along.
fn message(shop: &str, account: &Account, paid: Money) -> String {
    let received = t!("Payé par {customer} : {paid}", customer = account.customer, paid = format::money(paid));
    let lines = [shop.to_owned(), received, standing(account.owed_gnf)];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_says_what_was_paid_and_what_is_left() {
        let account = |owed_gnf| Account { customer: Label::new("Awa").unwrap(), owed_gnf, at_ms: 0, waiting: false };
        let said = |owed| message("Kaloum", &account(owed), Money::new(20_000).unwrap()).replace('\u{202f}', " ");
        assert_eq!(said(55_000), "Kaloum\nPayé par Awa : 20 000 GNF\nReste dû : 55 000 GNF");
        assert_eq!(said(0), "Kaloum\nPayé par Awa : 20 000 GNF\nNe doit plus rien");
        assert_eq!(said(-500), "Kaloum\nPayé par Awa : 20 000 GNF\n500 GNF d’avance");
    }
}
