//! A catalogue as a spreadsheet saves it, and what each of its lines becomes in a shop: pure, so that the server's
//! command and the phone's screen read and plan alike.

mod columns;
mod encoding;
mod numbers;
mod plan;
mod reader;
mod reason;
mod sheet;

pub use columns::Column;
pub use encoding::{Encoding, is_workbook};
pub(crate) use numbers::read as whole_number;
pub use plan::{Becomes, Counts, Known, Plan, Planned, Planning};
pub use reader::{Reader, Row};
pub use reason::{BadLine, FileError, Reason};
pub use sheet::Sheet;

/// Bytes of a file: the 20 739 medicines of France take 3.7 MB.
pub const FILE_MAX_BYTES: u64 = 32 * 1024 * 1024;
/// Lines of a file.
pub const LINES_MAX: usize = 100_000;
/// Characters of a heading or cell that are repeated to whoever imports the file.
const REPEATED_MAX_CHARS: usize = 40;

/// A piece of a file as a terminal or a screen can show it: what a file holds must not move the cursor, nor fill the
/// screen.
fn printable(text: &str) -> String {
    text.chars().take(REPEATED_MAX_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
