use super::Failure;
use crate::{
    domain::{Barcode, Category, Label, Money, Name, Pin, Product, ProductId, Units},
    server::{
        ServerError,
        catalogue::{self, Opening},
        clock::now_ms,
        db::Db,
        enrol,
        people::{self, FindShopError},
    },
};
use clap::Args;
use std::process::ExitCode;
use uuid::Uuid;

const SHOP: &str = "Boutique Kaloum";
const OWNER: (&str, &str) = ("Mariama Diallo", "2580");
const EMPLOYEE: (&str, &str) = ("Ibrahima Camara", "1470");

#[derive(Debug, Args)]
pub struct Demo {
    /// The shop's name; where a shop of that name is there already, it is left as it is.
    #[arg(long, default_value = SHOP)]
    shop: String,
}

impl Demo {
    pub async fn run(self, db: &Db) -> Result<ExitCode, Failure> {
        let shop = match people::find_shop(db, Some(&self.shop)).await {
            Ok(shop) => shop.id,
            Err(FindShopError::None | FindShopError::Unknown(..)) => self.create(db).await?,
            Err(error) => return Err(error.into()),
        };
        let code = enrol::create_code(db, shop, true, now_ms()).await?;
        println!("{}: enrol a phone with the code {code} within 15 minutes, then sign in as", self.shop);
        for (name, pin) in [OWNER, EMPLOYEE] {
            println!("  {name}, PIN {pin}");
        }
        println!("More phones: comptoir device code --shop \"{}\"", self.shop);
        Ok(ExitCode::SUCCESS)
    }

    async fn create(&self, db: &Db) -> Result<crate::domain::ShopId, Failure> {
        let person = |(name, pin): (&str, &str)| Ok::<_, Failure>((Label::new(name)?, Pin::new(pin)?));
        let (owner, pin) = person(OWNER)?;
        let (shop, owner) = people::create_shop(db, &Label::clean(&self.shop)?, &owner, &pin, now_ms()).await?;
        let (employee, pin) = person(EMPLOYEE)?;
        people::add_user(db, shop, &employee, crate::domain::Role::Employee, &pin).await?;
        let products = PRODUCTS.iter().map(opening).collect::<Result<Vec<_>, _>>()?;
        catalogue::add(db, shop, owner, &products, now_ms()).await?;
        Ok(shop)
    }
}

/// Name, barcode, category, sale price, purchase price, stock, threshold.
type Row = (&'static str, &'static str, &'static str, i64, i64, i64, i64);

fn opening(&(name, code, category, sale, purchase, stock, threshold): &Row) -> Result<Opening, ServerError> {
    let product = Product {
        id: ProductId(Uuid::now_v7()),
        name: Name::new(name)?,
        barcodes: if code.is_empty() { Vec::new() } else { vec![Barcode::new(code)?] },
        category: Category::new(category)?,
        sale_price: Money::new(sale)?,
        purchase_price: Some(Money::new(purchase)?),
        threshold: Units::new(threshold)?,
        retired: false,
    };
    Ok(Opening { product, units: Units::new(stock)? })
}

/// A small general shop in Kaloum, in GNF. Prices and barcodes are made up.
const PRODUCTS: &[Row] = &[
    ("Riz parfumé 25 kg", "6110004010005", "Alimentation", 285_000, 252_000, 14, 4),
    ("Riz local étuvé 50 kg", "6110004010371", "Alimentation", 460_000, 415_000, 6, 3),
    ("Riz importé 5 kg", "6110004010746", "Alimentation", 62_000, 53_000, 18, 5),
    ("Huile végétale 5 L", "6110004011118", "Alimentation", 98_000, 84_000, 22, 6),
    ("Huile végétale 1 L", "6110004011484", "Alimentation", 21_000, 17_500, 36, 10),
    ("Huile de palme rouge 1 L", "6110004011859", "Alimentation", 18_000, 14_500, 4, 5),
    ("Sucre en poudre 1 kg", "6110004012221", "Alimentation", 12_000, 9_800, 60, 12),
    ("Sucre en morceaux 1 kg boîte", "6110004012597", "Alimentation", 14_000, 11_500, 35, 8),
    ("Lait concentré sucré 397 g", "6110004012962", "Alimentation", 11_000, 8_800, 48, 12),
    ("Lait en poudre 400 g", "6110004013334", "Alimentation", 52_000, 44_500, 9, 4),
    ("Café soluble 50 g", "6110004013709", "Alimentation", 28_000, 23_000, 3, 4),
    ("Thé vert 25 sachets", "", "Alimentation", 15_000, 11_800, 20, 5),
    ("Thé vert en vrac 250 g", "", "Alimentation", 22_000, 17_000, 11, 4),
    ("Farine de blé 1 kg", "6110004014812", "Alimentation", 11_000, 8_900, 30, 8),
    ("Pâtes spaghetti 500 g", "6110004015185", "Alimentation", 9_000, 7_000, 42, 10),
    ("Couscous 1 kg", "6110004015550", "Alimentation", 17_000, 13_500, 16, 5),
    ("Concentré de tomate 70 g", "6110004015925", "Alimentation", 2_500, 1_800, 120, 30),
    ("Concentré de tomate 400 g", "6110004016298", "Alimentation", 13_000, 10_200, 25, 8),
    ("Bouillon en cube, paquet de 60", "6110004016663", "Alimentation", 18_000, 14_800, 26, 6),
    ("Sel fin 1 kg", "6110004017035", "Alimentation", 4_000, 2_700, 33, 8),
    ("Oignons 1 kg", "", "Frais", 12_000, 9_000, 24, 6),
    ("Pommes de terre 1 kg", "", "Frais", 11_000, 8_200, 20, 6),
    ("Ail 250 g", "", "Frais", 9_000, 6_500, 12, 4),
    ("Gingembre 250 g", "", "Frais", 6_000, 4_200, 9, 4),
    ("Œufs, plateau de 30", "", "Frais", 62_000, 54_000, 7, 3),
    ("Pain, baguette", "", "Frais", 3_000, 2_300, 40, 15),
    ("Sardines à l'huile 125 g", "6110004019626", "Conserves", 9_500, 7_400, 55, 12),
    ("Thon en boîte 160 g", "6110004019992", "Conserves", 16_000, 12_800, 18, 6),
    ("Corned-beef 340 g", "6110004020363", "Conserves", 34_000, 28_500, 8, 4),
    ("Petits pois 400 g", "6110004020738", "Conserves", 12_500, 9_800, 14, 5),
    ("Mayonnaise 250 ml", "6110004021100", "Conserves", 19_000, 15_000, 10, 4),
    ("Arachides grillées 200 g", "6110004021476", "Alimentation", 8_000, 5_800, 27, 8),
    ("Pâte d'arachide 500 g", "6110004021841", "Alimentation", 20_000, 15_500, 0, 5),
    ("Biscuits secs 150 g", "6110004022213", "Alimentation", 6_000, 4_300, 45, 12),
    ("Bonbons, sachet de 100", "", "Alimentation", 12_000, 8_800, 13, 4),
    ("Eau minérale 1,5 L", "6110004022954", "Boissons", 6_000, 4_300, 64, 18),
    ("Eau en sachet, paquet de 30", "", "Boissons", 12_000, 9_000, 19, 6),
    ("Soda cola 33 cl", "6110004023692", "Boissons", 7_000, 5_200, 48, 24),
    ("Jus de gingembre 50 cl", "6110004024064", "Boissons", 8_000, 5_500, 15, 6),
    ("Jus de bissap 50 cl", "6110004024439", "Boissons", 8_000, 5_500, 2, 6),
    ("Savon de Marseille 400 g", "6110004024804", "Hygiène", 2_000, 1_400, 80, 20),
    ("Savon de toilette 90 g", "6110004025177", "Hygiène", 5_000, 3_700, 52, 12),
    ("Lessive en poudre 1 kg", "6110004025542", "Hygiène", 22_000, 17_800, 17, 5),
    ("Lessive en sachet 30 g", "", "Hygiène", 1_500, 1_000, 150, 40),
    ("Eau de Javel 1 L", "6110004026280", "Hygiène", 9_000, 6_800, 21, 6),
    ("Dentifrice 100 ml", "6110004026655", "Hygiène", 11_000, 8_300, 19, 5),
    ("Brosse à dents", "6110004027027", "Hygiène", 5_000, 3_200, 26, 6),
    ("Papier hygiénique, 4 rouleaux", "6110004027393", "Hygiène", 13_000, 10_000, 23, 6),
    ("Serviettes hygiéniques, paquet de 10", "6110004027768", "Hygiène", 14_000, 10_800, 15, 5),
    ("Couches bébé taille 3, paquet de 30", "6110004028130", "Hygiène", 85_000, 73_000, 5, 2),
    ("Allumettes, paquet de 10", "6110004028505", "Maison", 3_000, 2_000, 38, 10),
    ("Bougies, paquet de 6", "6110004028871", "Maison", 9_000, 6_600, 29, 8),
    ("Piles AA, paquet de 4", "6110004029243", "Maison", 10_000, 7_000, 22, 6),
    ("Lampe solaire de poche", "6110004029618", "Maison", 65_000, 52_000, 4, 2),
    ("Ampoule LED 9 W", "6110004029984", "Maison", 15_000, 10_500, 16, 5),
    ("Câble de téléphone USB-C", "6110004030355", "Téléphonie", 20_000, 12_000, 11, 4),
    ("Chargeur de téléphone", "6110004030720", "Téléphonie", 35_000, 24_000, 6, 3),
    ("Carte SIM", "6110004031093", "Téléphonie", 10_000, 8_000, 25, 5),
    ("Crédit téléphonique 10 000", "", "Téléphonie", 10_000, 9_500, 100, 20),
    ("Charbon, sac de 5 kg", "", "Maison", 18_000, 14_000, 0, 4),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_is_one_and_its_barcode_is_an_ean_13() {
        assert!(PRODUCTS.len() >= 60);
        let mut codes = std::collections::BTreeSet::new();
        for row in PRODUCTS {
            assert!(opening(row).is_ok(), "{}", row.0);
            assert!(row.3 > row.4, "{} is sold at a loss", row.0);
            if !row.1.is_empty() {
                let digits: Vec<u32> = row.1.chars().map(|c| c.to_digit(10).unwrap()).collect();
                let sum: u32 =
                    digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| digit * weight).sum();
                assert_eq!((digits.len(), sum % 10), (13, 0), "{}", row.0);
                assert!(codes.insert(row.1), "{} has another's barcode", row.0);
            }
        }
    }
}
