//! A table of people and where their codes went before: CSV with a header. Whatever is wrong with one row is said
//! of that row; only a table that cannot be read at all is refused.

use std::collections::HashSet;

use csv_core::{Reader, ReaderBuilder};
use serde::Serialize;

use super::destination::{MAX_BYTES as MAX_CELL, Unusable};
use crate::platform::masked::Masked;

/// The largest table, in bytes.
pub const MAX_TABLE: usize = 16 * 1024 * 1024;
/// The most rows of a table, the header left out.
pub const MAX_ROWS: usize = 100_000;
/// What a column may be called; other columns are not looked at.
const COLUMNS: [&str; 4] = ["user", "email", "phone", "channel"];

/// Somebody, and where their codes went. What is empty was not given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRow {
    /// Keycloak's id of the person, or the name they sign in with.
    pub user: Masked<String>,
    /// The address they sign in with.
    pub email: Masked<String>,
    /// Their number.
    pub phone: Masked<String>,
    /// `sms`, which is meant when nothing is said, or `email`.
    pub channel: String,
}

/// Why a table is not read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Past [`MAX_TABLE`].
    #[error("the table is larger than {} MiB: split it", MAX_TABLE / 1024 / 1024)]
    TooLarge,
    /// Past [`MAX_ROWS`].
    #[error("the table has more than {MAX_ROWS} rows: split it")]
    TooLong,
    /// It has the byte order mark of UTF-16, or its header is no UTF-8.
    #[error("the table is not in UTF-8: save it as \"CSV UTF-8\"")]
    Encoding,
    /// No header names whom the rows are about.
    #[error("the first line must name the columns: user or email, phone, channel")]
    NoHeader,
    /// A column is there twice.
    #[error("the column {0} is there twice")]
    ColumnTwice(&'static str),
}

/// What is wrong with one row. The texts are for whoever imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the texts say it")]
pub enum RowProblem {
    #[error("the line is not in UTF-8")]
    Encoding,
    #[error("a cell is longer than {MAX_CELL} bytes or holds control characters")]
    Cell,
    #[error("it names nobody")]
    Nobody,
    #[error("nobody is known by that name; was everybody read in before?")]
    Unknown,
    #[error("user and email are two people")]
    TwoPeople,
    #[error("the channel is neither sms nor email")]
    Channel,
    #[error("the number is missing")]
    NoNumber,
    #[error("the person has no address to sign in with")]
    NoAddress,
    #[error("the number or address is none")]
    Malformed,
    #[error("the number's country is not in otp.countries")]
    Country,
    #[error("the number takes no ordinary text messages")]
    NumberType,
    #[error("staff disabled this number or address for this person")]
    Barred,
    #[error("the person and channel were in the table before")]
    Repeated,
}

/// A line of a table, the header being line 1, with its row or what is wrong with it.
pub type Line = (u64, Result<ImportRow, RowProblem>);

impl From<Unusable> for RowProblem {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Malformed => Self::Malformed,
            Unusable::Country => Self::Country,
            Unusable::NumberType => Self::NumberType,
            Unusable::Barred | Unusable::Cooling => Self::Barred,
        }
    }
}

/// Reads a table: each row with its line, the header being line 1. Blank lines are left out.
///
/// A cell never goes over the end of its line, so that a forgotten quotation mark spoils one row, not the rest.
///
/// # Errors
/// [`TableError`] when the whole of it cannot be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Line>, TableError> {
    if bytes.len() > MAX_TABLE {
        return Err(TableError::TooLarge);
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(TableError::Encoding);
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut lines = (1..).zip(bytes.split(|byte| *byte == b'\n')).filter(|(_, line)| !is_blank(line));
    let (_, header) = lines.next().ok_or(TableError::NoHeader)?;
    let header = std::str::from_utf8(header).map_err(|_| TableError::Encoding)?;
    let mut places = Places::of(header)?;
    let mut rows = Vec::new();
    for (number, line) in lines {
        if rows.len() == MAX_ROWS {
            return Err(TableError::TooLong);
        }
        rows.push((number, places.row(line)));
    }
    Ok(rows)
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b',' | b';'))
}

/// Where each column is, and who tells cells apart.
struct Places {
    reader: Reader,
    columns: [Option<usize>; COLUMNS.len()],
}

impl Places {
    fn of(header: &str) -> Result<Self, TableError> {
        // Spreadsheets in Indonesian write semicolons.
        let separator = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
        let mut reader = ReaderBuilder::new().delimiter(separator).build();
        let named: Vec<String> =
            cells(&mut reader, header).iter().map(|cell| cell.to_ascii_lowercase()).collect();
        let mut seen = HashSet::new();
        for name in named.iter().filter_map(|name| COLUMNS.into_iter().find(|column| column == name)) {
            if !seen.insert(name) {
                return Err(TableError::ColumnTwice(name));
            }
        }
        let columns = COLUMNS.map(|column| named.iter().position(|name| name == column));
        let [user, email, phone, channel] = columns;
        let is_complete = (user.is_some() || email.is_some()) && (phone.is_some() || channel.is_some());
        if is_complete { Ok(Self { reader, columns }) } else { Err(TableError::NoHeader) }
    }

    fn row(&mut self, line: &[u8]) -> Result<ImportRow, RowProblem> {
        let line = std::str::from_utf8(line).map_err(|_| RowProblem::Encoding)?;
        let cells = cells(&mut self.reader, line);
        if cells.iter().any(|cell| cell.len() > MAX_CELL || cell.contains(char::is_control)) {
            return Err(RowProblem::Cell);
        }
        let cell =
            |place: Option<usize>| place.and_then(|place| cells.get(place)).cloned().unwrap_or_default();
        let [user, email, phone, channel] = self.columns.map(cell);
        Ok(ImportRow {
            user: Masked::new(user),
            email: Masked::new(email),
            phone: Masked::new(phone),
            channel: channel.to_ascii_lowercase(),
        })
    }
}

/// The cells of one line, without the blanks around them; the no-break space is one.
fn cells(reader: &mut Reader, line: &str) -> Vec<String> {
    reader.reset();
    // No cell is longer than its line, and there are fewer ends than signs, but for the last one.
    let (mut text, mut ends) = (vec![0; line.len() + 1], vec![0; line.len() + 1]);
    let (_, _, written, ended) = reader.read_record(line.as_bytes(), &mut text, &mut ends);
    let (_, _, _, last) = reader.read_record(&[], &mut text[written..], &mut ends[ended..]);
    let mut start = 0;
    let cell = |end: &usize| {
        let cell = String::from_utf8_lossy(text.get(start..*end).unwrap_or_default()).trim().to_owned();
        start = *end;
        cell
    };
    ends.iter().take(ended + last).map(cell).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(user: &str, email: &str, phone: &str, channel: &str) -> ImportRow {
        let masked = |text: &str| Masked::new(text.to_owned());
        ImportRow {
            user: masked(user),
            email: masked(email),
            phone: masked(phone),
            channel: channel.to_owned(),
        }
    }

    #[test]
    fn columns_are_found_by_name_in_any_order_and_others_are_not_looked_at() {
        let table =
            "\u{feff}Phone,note,CHANNEL,Email\r\n\"+62 812\",x,SMS,\u{a0}a@x.example \r\n\r\n,,,\r\n0812\r\n";
        let rows = read(table.as_bytes()).unwrap();
        assert_eq!(
            rows,
            [(2, Ok(row("", "a@x.example", "+62 812", "sms"))), (5, Ok(row("", "", "0812", "")))]
        );
        let rows = read(b"user;phone\nsiti;0812\n").unwrap();
        assert_eq!(rows, [(2, Ok(row("siti", "", "0812", "")))]);
    }

    #[test]
    fn a_bad_row_is_said_to_be_bad_and_the_rest_goes_on() {
        let table = b"user,phone\nsiti\xff,0812\n\"budi,0812\nani,08\x0012\ndewi,0813\n";
        let rows = read(table).unwrap();
        let expected = [
            (2, Err(RowProblem::Encoding)),
            (3, Ok(row("budi,0812", "", "", ""))),
            (4, Err(RowProblem::Cell)),
            (5, Ok(row("dewi", "", "0813", ""))),
        ];
        assert_eq!(rows, expected);
        let long = format!("user,phone\n{},0812\n", "x".repeat(MAX_CELL + 1));
        assert_eq!(read(long.as_bytes()).unwrap(), [(2, Err(RowProblem::Cell))]);
    }

    #[test]
    fn a_table_that_cannot_be_read_is_refused_with_what_to_do() {
        for (table, error) in [
            (&b""[..], TableError::NoHeader),
            (b"siti,0812\n", TableError::NoHeader),
            (b"user,email\n", TableError::NoHeader),
            (b"phone,channel\n", TableError::NoHeader),
            (b"user,phone,Phone\n", TableError::ColumnTwice("phone")),
            (b"\xff\xfeu\0s\0", TableError::Encoding),
            (b"us\xffer,phone\n", TableError::Encoding),
        ] {
            assert_eq!(read(table), Err(error));
        }
        let rows = |count: usize| format!("user,phone\n{}", "a,1\n".repeat(count));
        assert_eq!(read(rows(MAX_ROWS).as_bytes()).unwrap().len(), MAX_ROWS);
        assert_eq!(read(rows(MAX_ROWS + 1).as_bytes()), Err(TableError::TooLong));
        assert_eq!(read(&vec![b'a'; MAX_TABLE + 1]), Err(TableError::TooLarge));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let table = [b"user,phone\n".as_slice(), &bytes].concat();
            let rows = read(&table).unwrap();
            prop_assert!(rows.len() <= bytes.len() + 1);
        }
    }
}
