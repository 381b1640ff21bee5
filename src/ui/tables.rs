//! What the columns of the files are called (`domain::export`), in the words of the screens.

use super::text;
use crate::domain::export::{File, State, Words};

pub fn words() -> Words {
    Words {
        name: t!("Nom"),
        category: t!("Catégorie"),
        barcodes: t!("Code-barres"),
        sale_price: t!("Prix de vente"),
        stock: t!("Stock"),
        threshold: t!("Seuil"),
        purchase_price: t!("Prix d’achat"),
        receipt: t!("Reçu"),
        date: t!("Date"),
        seller: t!("Vendeur"),
        state: t!("État"),
        product: t!("Produit"),
        quantity: t!("Quantité"),
        unit_price: t!("Prix unitaire"),
        total: t!("Total"),
        cash: t!("Espèces"),
        orange_money: "Orange Money",
        credit: t!("À crédit"),
        customer: t!("Client"),
        reference: t!("Référence"),
        movement: t!("Mouvement"),
        delta: t!("Variation"),
        stock_after: t!("Stock après"),
        who: t!("Qui"),
        note: t!("Note"),
        recorded: t!("Saisie le"),
        kind: t!("Type"),
        amount: t!("Montant"),
        states: |file, state| match state {
            State::Confirmed if matches!(file, File::Movements | File::Repayments) => t!("Confirmé"),
            State::Confirmed => t!("Confirmée"),
            State::Waiting => t!("En attente"),
            State::Voided => t!("Annulée"),
        },
        causes: text::cause,
    }
}
