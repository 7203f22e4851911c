//! People in a CSV file (RFC 4180), as spreadsheets write it.

use super::{CompaniesError, NewInvitation};
use crate::{companies::Role, platform::masked::Masked};

/// The lines of a file, each a person or the word for what is wrong with it.
pub(super) fn read(
    file: &[u8],
    most: usize,
) -> Result<Vec<Result<NewInvitation, &'static str>>, CompaniesError> {
    // Some spreadsheets begin with a byte order mark, and some separate by semicolons.
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let heading = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if heading.contains(&b';') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(file);
    let unreadable = |_| CompaniesError::Invalid("file", "a CSV file in UTF-8 with a heading");
    let heading = reader.headers().map_err(unreadable)?.clone();
    let column = |name: &str| heading.iter().position(|column| column.eq_ignore_ascii_case(name));
    let email = column("email").ok_or(CompaniesError::Invalid("file", "a column named email"))?;
    let columns = (email, column("first_name"), column("last_name"), column("role"));
    let mut people = Vec::new();
    for record in reader.records() {
        if people.len() == most {
            return Err(CompaniesError::Invalid("people", "1 to 1000 people at once"));
        }
        people.push(person(&record.map_err(unreadable)?, columns));
    }
    Ok(people)
}

type Columns = (usize, Option<usize>, Option<usize>, Option<usize>);

fn person(
    record: &csv::StringRecord,
    (email, first_name, last_name, role): Columns,
) -> Result<NewInvitation, &'static str> {
    let text = |column: Option<usize>| column.and_then(|it| record.get(it)).filter(|text| !text.is_empty());
    let name = |column| text(column).map(|text| Masked::new(text.to_owned()));
    Ok(NewInvitation {
        email: Masked::new(record.get(email).unwrap_or_default().to_owned()),
        first_name: name(first_name),
        last_name: name(last_name),
        role: match text(role).map(str::to_lowercase).as_deref() {
            None | Some("user") => Role::User,
            Some("admin") => Role::Admin,
            Some(_) => return Err("invalid_role"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emails(file: &str) -> Vec<String> {
        let lines = read(file.as_bytes(), 10).unwrap();
        lines.into_iter().map(|line| line.map_or_else(str::to_owned, |it| it.email.into_inner())).collect()
    }

    #[test]
    fn files_of_any_spreadsheet_are_read() {
        let expected = ["siti@example.com", "budi@example.com"];
        for file in [
            "email\nsiti@example.com\nbudi@example.com\n",
            "\u{feff}Email,Role\r\nsiti@example.com,admin\r\n budi@example.com ,\r\n",
            "first_name;email;last_name\nSiti;siti@example.com;\"Contoh; Awan\"\nBudi;budi@example.com\n",
        ] {
            assert_eq!(emails(file), expected, "{file}");
        }
        assert_eq!(emails("email,role\nsiti@example.com,owner\n"), ["invalid_role"]);
    }

    #[test]
    fn what_is_no_list_of_people_is_refused() {
        assert!(read(b"name\nSiti\n", 10).is_err());
        assert!(read(b"", 10).is_err());
        assert!(read(b"email\n\xff\xfe\n", 10).is_err());
        assert!(read(b"email\na\nb\nc\n", 2).is_err());
    }
}
