//! A stated limit on every size, count and time. `docs/PROTOCOL.md` repeats those a client must know; a test compares.

/// Largest amount of money in one value, in whole GNF (about 100 million euro).
pub const MONEY_MAX_GNF: i64 = 1_000_000_000_000;
/// Largest quantity in one line, in units.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// Largest stock of one product, in units.
pub const STOCK_MAX_UNITS: i64 = 1_000_000_000;
/// Lines in one sale or one delivery.
pub const LINES_MAX: usize = 200;
/// Tenders in one sale.
pub const TENDERS_MAX: usize = 4;
/// Barcodes of one product.
pub const BARCODES_MAX: usize = 20;
/// Characters in a product's name (real medicines reach 378).
pub const NAME_MAX_CHARS: usize = 400;
/// Banknotes a shop offers where it takes money.
pub const BANKNOTES_MAX: usize = 6;
pub const CATEGORY_MAX_CHARS: usize = 100;
pub const BARCODE_MAX_CHARS: usize = 64;
pub const REFERENCE_MAX_CHARS: usize = 60;
pub const NOTE_MAX_CHARS: usize = 500;
pub const LABEL_MAX_CHARS: usize = 100;

/// Days an expense may be dated back, from the day it is recorded: as many as a phone holds.
pub const EXPENSE_BACK_MAX_DAYS: i64 = 90;

/// Largest number on a receipt.
pub const RECEIPT_MAX: u64 = 999_999_999;

/// Latest device time accepted: 31/12/9999. What lies beyond is a broken clock, not a sale.
pub const TIME_MAX_MS: i64 = 253_402_300_799_999;
