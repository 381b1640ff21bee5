//! The fields of products, expenses and the shop, as forms and clash cards say and read them.

use crate::domain::{Day, Money, shop::Banknotes};
use crate::ui::format::{number, parse_amount};
use serde_json::Value;

/// The fields an edit can clash on, as the forms call them.
pub fn field_name(field: &str) -> &'static str {
    match field {
        "name" => t!("Nom"),
        "barcodes" => t!("Codes-barres"),
        "category" => t!("Catégorie"),
        "sale_price" => t!("Prix de vente"),
        "purchase_price" => t!("Prix d’achat"),
        "threshold" => t!("Seuil d’alerte"),
        "opening" => t!("Il y en a maintenant"),
        "kind" => t!("Type de dépense"),
        "amount" => t!("Montant"),
        "note" => t!("Note"),
        "day" => t!("Jour de la dépense"),
        "address" => t!("Adresse"),
        "phone" => t!("Téléphone"),
        "foot" => t!("Bas du reçu"),
        "banknotes" => t!("Billets proposés"),
        "answer_wait" => t!("Attente du serveur"),
        "beyond_stock" => t!("Vendre plus que le stock connu, hors ligne"),
        "stock_check" => t!("Contrôle du stock par le serveur"),
        "retry_automatically" => t!("Réessayer les ventes refusées"),
        "employees_decide" => t!("Les employés décident"),
        "employees_count" => t!("Les employés comptent"),
        _ => t!("Autre"),
    }
}

/// What is wrong with what was typed into a field.
pub fn field_wrong(field: &str) -> &'static str {
    match field {
        "name" => t!("Un nom, de 400 lettres au plus"),
        "sale_price" | "purchase_price" | "amount" => {
            t!("Un montant entier, par exemple 15.000")
        }
        "threshold" | "opening" => t!("Un nombre en chiffres"),
        "quantity" => t!("Un nombre en chiffres, de 1 à 1 000 000"),
        "barcodes" => t!("Au plus 20 codes, séparés par une espace"),
        _ => t!("Trop long"),
    }
}

/// Whether a field's value is a figure.
pub fn is_figure(field: &str) -> bool {
    matches!(field, "sale_price" | "purchase_price" | "threshold" | "amount")
}

/// A field's value as people write it.
pub fn field_value(field: &str, value: &Value) -> String {
    let unit = if is_figure(field) && field != "threshold" { "\u{202f}GNF" } else { "" };
    match value {
        Value::Number(seconds) if field == "answer_wait" => format!("{seconds}\u{202f}s"),
        Value::String(word) if is_choice(field) => match word.as_str() {
            "ask" => t!("Demander").into(),
            "never" => t!("Jamais").into(),
            "enforce" => t!("Refuser").into(),
            "warn" => t!("Garder et signaler").into(),
            other => other.to_owned(),
        },
        Value::Number(day) if field == "day" => Day(day.as_i64().unwrap_or_default()).to_string(),
        Value::Number(figure) => format!("{}{unit}", number(figure.as_i64().unwrap_or_default())),
        Value::String(text) if !text.is_empty() => text.clone(),
        Value::Array(items) if !items.is_empty() => {
            let said = |item: &Value| item.as_str().map_or_else(|| field_value(field, item), str::to_owned);
            items.iter().map(said).collect::<Vec<_>>().join(", ")
        }
        Value::Bool(true) => t!("Oui").into(),
        Value::Bool(false) => t!("Non").into(),
        _ => t!("(rien)").into(),
    }
}

/// Whether a field has few values, which are chosen and not typed.
pub fn is_choice(field: &str) -> bool {
    const CHOICES: [&str; 6] =
        ["answer_wait", "beyond_stock", "stock_check", "retry_automatically", "employees_decide", "employees_count"];
    CHOICES.contains(&field)
}

/// What a person typed, as a value of the field; `None` where it is none.
pub fn typed_value(field: &str, typed: &str) -> Option<Value> {
    let typed = typed.trim();
    match field {
        _ if typed.is_empty() => None,
        "barcodes" => Some(codes(typed).map(Value::from).collect()),
        "banknotes" => banknotes(typed).map(|notes| notes.iter().map(Money::get).collect()),
        "day" => Day::parse(typed).map(|day| day.0.into()),
        figure if is_figure(figure) => parse_amount(typed).map(|amount| amount.get().into()),
        _ => Some(typed.into()),
    }
}

/// Barcodes as people type them: apart by spaces or commas.
pub fn codes(typed: &str) -> impl Iterator<Item = &str> {
    typed.split(|c: char| c.is_whitespace() || c == ',' || c == ';').filter(|code| !code.is_empty())
}

/// Banknotes as people type them: apart by commas, since a space is within a figure.
pub fn banknotes(typed: &str) -> Option<Banknotes> {
    let notes: Option<Vec<Money>> = typed.split([',', ';']).map(parse_amount).collect();
    Banknotes::new(notes?).ok()
}

/// As [`banknotes`] reads them.
pub fn banknotes_said(notes: &Banknotes) -> String {
    notes.iter().map(|note| number(note.get())).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banknotes_are_read_as_they_are_written() {
        let said = banknotes_said(&Banknotes::default());
        assert_eq!(said, "5\u{202f}000, 10\u{202f}000, 20\u{202f}000");
        assert_eq!(banknotes(&said), Some(Banknotes::default()));
        assert_eq!(
            banknotes("20 000; 500,1000").as_ref().map(banknotes_said).unwrap(),
            "500, 1\u{202f}000, 20\u{202f}000"
        );
        for wrong in ["", "500,", "0", "cinq cents", "1,2,3,4,5,6,7"] {
            assert_eq!(banknotes(wrong), None, "{wrong}");
        }
        let value = typed_value("banknotes", "500, 1 000").unwrap();
        assert_eq!(
            (value.to_string(), field_value("banknotes", &value)),
            ("[500,1000]".into(), "500, 1\u{202f}000".into())
        );
    }
}
