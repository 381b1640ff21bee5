//! What a product that does not exist yet would be a second of.

use super::Till;
use crate::sync::view::Shown;
use leptos::prelude::*;

impl Till {
    /// Products of exactly this name, but for accents and case, and those that carry one of these codes; runs again when
    /// the catalogue changes.
    pub fn alike<'a>(&self, name: &str, codes: impl Iterator<Item = &'a str>, limit: usize) -> Vec<Shown> {
        self.catalogue_version.track();
        self.catalogue.with_value(|catalogue| {
            let mut alike: Vec<Shown> = Vec::new();
            for shown in catalogue.named(name).into_iter().chain(codes.flat_map(|code| catalogue.with_barcode(code))) {
                if alike.len() < limit && alike.iter().all(|one| one.product.id != shown.product.id) {
                    alike.push(shown);
                }
            }
            alike
        })
    }
}
