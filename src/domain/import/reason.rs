//! Why a file, or a line of it, is no catalogue. The words here are the command's; the screens have their own.

use super::{Column, LINES_MAX};
use crate::domain::Invalid;
use std::fmt;

/// Why nothing of a file can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    #[error("the file is a spreadsheet's own; save it there as CSV")]
    Workbook,
    #[error("the file has no heading line")]
    Empty,
    /// The column, and what the file has instead.
    #[error("no heading of the file means {0}; say which with --column; there are: {list}", list = .1.join(", "))]
    Missing(Column, Vec<String>),
    /// The column, and the headings.
    #[error("two headings of the file mean {0}, {1:?} and {2:?}; say which with --column")]
    Twice(Column, String, String),
    #[error("the file has more than {LINES_MAX} lines; cut it in parts")]
    TooLong,
    #[error("line {0} cannot be read")]
    Malformed(u64),
}

/// A line that is no product, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// Counted from 1, the heading included, as a spreadsheet counts.
    pub line: u64,
    /// The heading of the column at fault, as the file has it; empty where it is the whole line.
    pub column: String,
    pub reason: Reason,
}

/// What is wrong with a line. Texts are pieces of the file or names of products, short enough to be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    #[error("{0:?} is no whole number")]
    NotWhole(String),
    #[error("a price is needed")]
    NoPrice,
    #[error("{cells} cells under {headings} headings")]
    Cells { cells: usize, headings: usize },
    /// `3,40095E+12`: the rest of the digits is lost.
    #[error("{0:?} is what a spreadsheet makes of a long number; format the column as text")]
    Rounded(String),
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Two of the products its barcodes are of.
    #[error("its barcodes are of several products: {0}; {1}")]
    CodesOfSeveral(String, String),
    /// The product that has its barcode.
    #[error("its barcode is that of {0}, its name that of another product")]
    CodeAndName(String),
    #[error("several products have this name; a barcode would tell which is meant")]
    NameOfSeveral,
    #[error("line {0} is of the same product, and says otherwise")]
    Contradicts(u64),
}

impl fmt::Display for BadLine {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column.as_str() {
            "" => write!(out, "line {}: {}", self.line, self.reason),
            column => write!(out, "line {}, column {column}: {}", self.line, self.reason),
        }
    }
}
