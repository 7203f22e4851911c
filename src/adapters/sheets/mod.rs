//! Google Sheets: the cells of one sheet, read and written by the Sheets API v4.

mod client;
mod config;
mod memory;
mod token;

use async_trait::async_trait;
use serde::Deserialize;

pub use client::{NoSheets, SheetsClient};
pub use config::SheetsConfig;
pub use memory::{MemorySheets, SheetState};

/// The most rows that are read; more is refused, never cut.
pub const MOST_ROWS: usize = 100_000;

/// One sheet of a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetPlace {
    /// The spreadsheet's id: the part of its address between `/d/` and `/edit`.
    pub spreadsheet: String,
    /// The title of the sheet.
    pub sheet: String,
}

/// A cell and the text that it shall hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Its row, counted from 1.
    pub row: usize,
    /// Its column, counted from 0.
    pub column: usize,
    /// What it shall hold; taken as text, never as a formula.
    pub text: String,
}

impl SheetPlace {
    /// The columns A to ZZ of the sheet in A1 notation, in which a quote in the title is doubled.
    pub(super) fn all(&self) -> String {
        format!("{}!A:ZZ", self.quoted())
    }

    /// One cell in A1 notation.
    pub(super) fn at(&self, cell: &Cell) -> String {
        format!("{}!{}{}", self.quoted(), letters(cell.column), cell.row)
    }

    fn quoted(&self) -> String {
        format!("'{}'", self.sheet.replace('\'', "''"))
    }
}

/// The letters of a column: A, …, Z, AA, …
fn letters(column: usize) -> String {
    let (more, last) = (column / 26, column % 26);
    let last = char::from(b'A' + u8::try_from(last).unwrap_or_default());
    if more == 0 { last.to_string() } else { format!("{}{last}", letters(more - 1)) }
}

/// Reads and writes cells.
#[async_trait]
pub trait Sheets: Send + Sync {
    /// Every row up to the last that holds something, as people see it. Rows end at their last cell that holds something.
    async fn read(&self, place: &SheetPlace) -> Result<Vec<Vec<String>>, SheetsError>;

    /// Writes cells in one call: all or none.
    async fn write(&self, place: &SheetPlace, cells: &[Cell]) -> Result<(), SheetsError>;
}

/// Google did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetsError {
    /// It cannot be reached, or did not answer in time.
    #[error("Google Sheets does not answer")]
    Unreachable,
    /// The key of the service account is not taken.
    #[error("Google does not take the key of the service account ({0})")]
    Account(String),
    /// The account may not see the spreadsheet, or may not write.
    #[error("the spreadsheet is not shared with {account} as an editor")]
    Forbidden {
        /// The address of the service account, with which it must be shared.
        account: String,
    },
    /// There is no such spreadsheet.
    #[error("there is no spreadsheet with this id")]
    NotFound,
    /// It asks us to come less often, and did so each time.
    #[error("Google Sheets asks to come less often")]
    TooOften,
    /// It refuses the range: no sheet of that title, or a column beyond its last.
    #[error("Google Sheets refuses the range: is there a sheet of that title, with a column for each field?")]
    Range,
    /// It answered otherwise.
    #[error("Google Sheets answered {0}")]
    Refused(u16),
    /// It answered with something that we cannot read, or with too much.
    #[error("the answer of Google Sheets cannot be read, or the sheet is too large")]
    Unreadable,
}

impl SheetsError {
    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable | Self::TooOften | Self::Refused(500..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_a1_notation() {
        let place = SheetPlace { spreadsheet: "id".to_owned(), sheet: "Siti's answers".to_owned() };
        let at = |row, column| place.at(&Cell { row, column, text: String::new() });
        assert_eq!(at(2, 0), "'Siti''s answers'!A2");
        assert_eq!(at(10, 25), "'Siti''s answers'!Z10");
        assert_eq!(at(10, 26), "'Siti''s answers'!AA10");
        assert_eq!(letters(701), "ZZ");
        assert_eq!(letters(702), "AAA");
    }
}
