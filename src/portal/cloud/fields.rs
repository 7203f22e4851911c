//! The forms of requests: which fields each has, and how they become the columns of a row.

use std::collections::BTreeMap;

use crate::{
    intake::{Kind, NotAsked, RowProblem},
    portal::{FieldProblem, Fields, words},
};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An account with a project of one's own.
    Account,
    /// A new project.
    Project,
    /// A place in a project.
    Join,
    /// Other quotas.
    Quota,
}

/// The amounts of a request for quotas: the field's id and the column.
const AMOUNTS: [(&str, &str); 8] = [
    ("instances", "compute.instances"),
    ("cores", "compute.cores"),
    ("ram", "compute.ram"),
    ("volumes", "volume.volumes"),
    ("gigabytes", "volume.gigabytes"),
    ("snapshots", "volume.snapshots"),
    ("floatingip", "network.floatingip"),
    ("network", "network.network"),
];

/// A field for an amount.
pub struct Amount {
    pub id: &'static str,
    pub label: &'static str,
    pub value: String,
}

impl What {
    /// The word in the address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Project => "project",
            Self::Join => "join",
            Self::Quota => "quota",
        }
    }

    /// What a word of the address means.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Account, Self::Project, Self::Join, Self::Quota].into_iter().find(|what| what.name() == name)
    }

    /// Which rules hold.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Quota => Kind::Quota,
            _ => Kind::Access,
        }
    }

    /// Its name and what it is.
    pub const fn words(self, words: &words::Cloud) -> (&'static str, &'static str) {
        match self {
            Self::Account => (words.account, words.account_help),
            Self::Project => (words.project, words.project_help),
            Self::Join => (words.join, words.join_help),
            Self::Quota => (words.quota, words.quota_help),
        }
    }

    /// Whether it is about a project that is there.
    pub const fn is_about_a_project(self) -> bool {
        matches!(self, Self::Join | Self::Quota)
    }

    /// The form as a row of a table. Only these fields are taken, whatever was sent.
    pub fn columns(self, form: &Fields) -> BTreeMap<&'static str, String> {
        let mut fields: Vec<(&str, &'static str)> = vec![("comment", "comment"), ("pin", "pin")];
        match self {
            Self::Account => {}
            Self::Project => fields.extend([
                ("new_project", "new_project"),
                ("description", "description"),
                ("extra_users", "extra_users"),
                ("end_date", "end_date"),
            ]),
            Self::Join => fields.push(("project", "project")),
            Self::Quota => {
                fields.extend([("project", "project"), ("end_date", "end_date")]);
                fields.extend(AMOUNTS);
            }
        }
        fields.into_iter().map(|(id, column)| (column, form.text(id).to_owned())).collect()
    }
}

/// The fields for amounts, as they were filled in.
pub fn amounts(words: &words::Cloud, form: &Fields) -> Vec<Amount> {
    let labels = [
        words.instances,
        words.cores,
        words.ram,
        words.volumes,
        words.gigabytes,
        words.snapshots,
        words.floatingip,
        words.network,
    ];
    let amount =
        |((id, _), label): ((&'static str, _), _)| Amount { id, label, value: form.text(id).to_owned() };
    AMOUNTS.into_iter().zip(labels).map(amount).collect()
}

/// What is wrong, at which field, in the person's words. None when it is our fault.
pub fn problem(what: What, refused: &NotAsked, words: &words::Cloud) -> Option<FieldProblem> {
    let at = |field, expected: &str| Some(FieldProblem { field, expected: expected.to_owned() });
    let problem = match refused {
        NotAsked::Database(_) => return None,
        NotAsked::TooMany => return at("comment", words.too_many),
        NotAsked::Wrong(problem) => *problem,
    };
    match problem {
        RowProblem::Pin => at("pin", words.pin_expected),
        RowProblem::ProjectName => at("new_project", words.name_expected),
        RowProblem::ProjectExists if what == What::Project => at("new_project", words.name_taken),
        RowProblem::ProjectMissing | RowProblem::NoProject => at("project", words.which_expected),
        RowProblem::Quota | RowProblem::NoQuota => at("instances", words.amount_expected),
        RowProblem::EndDate | RowProblem::Over => at("end_date", words.end_expected),
        RowProblem::TooLong => at("comment", words.too_long),
        _ => at("comment", words.not_possible),
    }
}
