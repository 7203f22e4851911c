//! Requests: from the rows of a table to what is there, and back to whoever asked.

mod commands;
mod cut_everywhere;
mod decisions;
mod endings;
mod killed;
mod overdue;
mod quotas;
mod rows;
mod sheet;
mod staff;
mod whole_way;

use gatehouse::intake::{Imported, Kind, Outcome};

use crate::support::CloudHouse;

const HEADER: &str = "Approved,Notified,Reminder,Timestamp,Email,First,Last,Account,Org,Role,Phone,Sponsor,PIN,Comment,Nav,New Project,Description,Users,Project,Contact,Contact Email";

/// A row of the sheet of old: a new person who asks for a new project.
fn row(email: &str, project: &str) -> String {
    format!(
        ",,,22/11/2026,{email},Siti,Rahma,No,Universitas,Dosen,+6281234567890,Budi,1234,Tolong,,{project},Tempat kerja,,,,"
    )
}

fn table(rows: &[String]) -> Vec<Vec<String>> {
    let lines = std::iter::once(HEADER.to_owned()).chain(rows.iter().cloned());
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

async fn import(house: &CloudHouse, rows: &[String]) -> Imported {
    house.cloud.intake.import(Kind::Access, "requests.csv", &table(rows), false).await.unwrap()
}

fn words(imported: &Imported) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Skipped { problem, .. } => format!("{problem:?}"),
        other => format!("{other:?}"),
    };
    imported.rows.iter().map(|row| word(&row.outcome)).collect()
}
