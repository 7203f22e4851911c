//! Which column of a table holds what. The sheets of old are ready made; any other is a matter of configuration.

use std::collections::BTreeMap;

use super::Kind;

/// The title of the column for outcomes, where none is configured.
pub(super) const OUTCOME: &str = "Gatehouse";
/// The fields that we write, and that say nothing of what is asked.
const OURS: [&str; 3] = ["notified", "reminded", "outcome"];

/// A field and the column that holds it in the application sheet, counted from 0.
const ACCESS: [(&str, &str); 21] = [
    ("approved", "0"),
    ("notified", "1"),
    ("reminded", "2"),
    ("timestamp", "3"),
    ("email", "4"),
    ("first_name", "5"),
    ("last_name", "6"),
    ("has_account", "7"),
    ("organization", "8"),
    ("role", "9"),
    ("phone", "10"),
    ("sponsor", "11"),
    ("pin", "12"),
    ("comment", "13"),
    ("navigation", "14"),
    ("new_project", "15"),
    ("description", "16"),
    ("extra_users", "17"),
    ("project", "18"),
    ("contact_name", "19"),
    ("contact_email", "20"),
];

/// The same for the sheet of quotas.
const QUOTA: [(&str, &str); 20] = [
    ("approved", "0"),
    ("notified", "1"),
    ("reminded", "2"),
    ("timestamp", "3"),
    ("email", "4"),
    ("first_name", "5"),
    ("last_name", "6"),
    ("phone", "7"),
    ("project", "8"),
    ("duration", "9"),
    ("end_date", "10"),
    ("compute.instances", "11"),
    ("compute.cores", "12"),
    ("compute.ram", "13"),
    ("network.floatingip", "14"),
    ("network.network", "15"),
    ("network.port", "16"),
    ("volume.volumes", "17"),
    ("volume.snapshots", "18"),
    ("volume.gigabytes", "19"),
];

/// Finds the cell of a field.
#[derive(Debug, Clone)]
pub struct Columns {
    places: BTreeMap<String, String>,
}

/// The columns of one table, after its header was read.
#[derive(Debug, Clone, Default)]
pub struct Places(BTreeMap<String, usize>);

impl Columns {
    /// The columns of a kind, some of them elsewhere: each field with a column's title or its number, counted from 0.
    #[must_use]
    pub fn of(kind: Kind, elsewhere: &BTreeMap<String, String>) -> Self {
        let ready: Vec<(&str, &str)> = match kind {
            Kind::Access => ACCESS.to_vec(),
            Kind::Quota => QUOTA.to_vec(),
        };
        let mut places: BTreeMap<String, String> =
            ready.into_iter().map(|(field, place)| (field.to_owned(), place.to_owned())).collect();
        places.insert("outcome".to_owned(), OUTCOME.to_owned());
        places.extend(elsewhere.clone());
        Self { places }
    }

    /// The columns of a table whose titles are the names of its fields, and which has no others.
    #[must_use]
    pub fn named<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        Self { places: fields.into_iter().map(|field| (field.to_owned(), field.to_owned())).collect() }
    }

    /// Finds each field in a header. Fields whose title is not there have no column.
    #[must_use]
    pub fn find(&self, header: &[String]) -> Places {
        let place = |wanted: &String| {
            let by_title = header.iter().position(|title| title.trim().eq_ignore_ascii_case(wanted.trim()));
            by_title.or_else(|| wanted.parse().ok())
        };
        Places(self.places.iter().filter_map(|(field, at)| Some((field.clone(), place(at)?))).collect())
    }
}

impl Places {
    /// The cell of a field, cleaned; empty when there is none.
    #[must_use]
    pub fn cell(&self, row: &[String], field: &str) -> String {
        self.0.get(field).and_then(|place| row.get(*place)).map(|cell| clean(cell)).unwrap_or_default()
    }

    /// Whether nothing is asked in a row, whatever we wrote there.
    #[must_use]
    pub fn is_blank(&self, row: &[String]) -> bool {
        let ours: Vec<usize> = OURS.iter().filter_map(|field| self.column(field)).collect();
        row.iter().enumerate().all(|(at, cell)| ours.contains(&at) || clean(cell).is_empty())
    }

    /// The fields that are quotas, with service and resource.
    pub fn quotas(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.keys().filter_map(|field| {
            let (service, resource) = field.split_once('.')?;
            Some((field.as_str(), service, resource))
        })
    }

    /// The column of a field, counted from 0.
    #[must_use]
    pub fn column(&self, field: &str) -> Option<usize> {
        self.0.get(field).copied()
    }
}

/// A cell without blanks at its ends; a no-break space is a blank, and `None` is what sheets of old wrote for empty.
fn clean(cell: &str) -> String {
    let cell = cell.replace('\u{a0}', " ");
    let cell = cell.trim();
    if cell == "None" { String::new() } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_found_by_title_or_number() {
        let elsewhere = BTreeMap::from([("email".to_owned(), "E-mail".to_owned())]);
        let columns = Columns::of(Kind::Access, &elsewhere);
        let header = ["Approved", "e-mail"].map(str::to_owned);
        let row = [" yes\u{a0}", "\u{a0}siti@contoh.example "].map(str::to_owned);
        let places = columns.find(&header);
        assert_eq!(places.cell(&row, "email"), "siti@contoh.example");
        assert_eq!(places.cell(&row, "approved"), "yes");
        assert_eq!(places.cell(&row, "contact_email"), "");
        assert_eq!(clean("None"), "");
    }
}
