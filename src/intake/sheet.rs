//! Requests from a Google Sheet, and what becomes of them written back into their own rows.
//!
//! People sort, insert and delete rows while we work. Nothing is remembered of where a row was: each time the sheet is
//! read anew, each row is known by what it says, and the sheet is read once more after writing, until it reads as it
//! should. A cell that reached another row because somebody was quicker is put right by that.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    Imported, Intake, Kind, Outcome, RequestId, RowResult, State,
    columns::{OUTCOME, Places},
    store::{self, Standing},
};
use crate::{
    adapters::sheets::{Cell, SheetPlace, Sheets, SheetsError},
    platform::db,
};

/// How often the sheet is read and written at most; whoever still moves rows then is served by the next run.
const ROUNDS: usize = 4;
/// The longest text that is written into a cell, in characters.
const LONGEST: usize = 500;
/// How the stamps of the sheets of old look.
const STAMP: &str = "%d %b %Y %H:%M:%S";

/// Why a sheet was not imported, or not told.
#[derive(Debug, thiserror::Error)]
pub enum SheetFailed {
    /// None is configured for this kind.
    #[error("intake.sheets.{}: expected a spreadsheet and a sheet, and sheets.key_file", .0.name())]
    NotConfigured(Kind),
    /// It could not be read; nothing was imported.
    #[error("nothing was imported: {0}")]
    NotRead(SheetsError),
    /// It was imported, and the outcome is not in its rows; the next run writes it.
    #[error("the outcome is not in the sheet yet: {0}")]
    NotTold(SheetsError),
    /// Our database is away.
    #[error("{}", db::describe(.0))]
    Database(#[from] sqlx::Error),
}

/// What we wrote in the rounds before: the text by row and column.
type WrittenCells = HashMap<(usize, usize), String>;

impl Intake {
    /// Imports the configured sheet and writes the outcome into its rows. A dry run writes nothing anywhere.
    pub async fn import_sheet(&self, kind: Kind, is_dry_run: bool) -> Result<Imported, SheetFailed> {
        let (sheets, place) = self.sheet(kind)?;
        let table = sheets.read(&place).await.map_err(SheetFailed::NotRead)?;
        let imported = self.import(kind, &format!("sheet {}", place.sheet), &table, is_dry_run).await?;
        if !is_dry_run {
            self.write_back(kind).await?;
        }
        Ok(imported)
    }

    /// Writes how each request stands into its row, where it does not stand there yet. Returns how many cells were written.
    pub async fn write_back(&self, kind: Kind) -> Result<usize, SheetFailed> {
        let (sheets, place) = self.sheet(kind)?;
        let (mut count, mut written) = (0, WrittenCells::new());
        for _ in 0..ROUNDS {
            let table = sheets.read(&place).await.map_err(SheetFailed::NotTold)?;
            let cells = self.wrong_cells(kind, &table, &written).await?;
            if cells.is_empty() {
                break;
            }
            sheets.write(&place, &cells).await.map_err(SheetFailed::NotTold)?;
            count += cells.len();
            written.extend(cells.into_iter().map(|cell| ((cell.row, cell.column), cell.text)));
        }
        Ok(count)
    }

    /// The kinds of tables that are looked into by ourselves.
    pub fn kinds_with_sheets(&self) -> impl Iterator<Item = Kind> {
        let sheets = &self.config().sheets;
        let kinds = [Kind::Access, Kind::Quota].into_iter();
        kinds.filter(|kind| sheets.every_minutes > 0 && sheets.place(*kind).is_some())
    }

    fn sheet(&self, kind: Kind) -> Result<(Arc<dyn Sheets>, SheetPlace), SheetFailed> {
        let place = self.config().sheets.place(kind).cloned();
        self.ports().sheets.clone().zip(place).ok_or(SheetFailed::NotConfigured(kind))
    }

    /// The cells that do not hold what they should.
    async fn wrong_cells(
        &self,
        kind: Kind,
        table: &[Vec<String>],
        written: &WrittenCells,
    ) -> Result<Vec<Cell>, SheetFailed> {
        let Some(header) = table.first() else { return Ok(Vec::new()) };
        let rows = self.import(kind, "", table, true).await?.rows; // a dry run: who is who
        let ids: Vec<RequestId> = rows.iter().filter_map(|row| row.request_id).collect();
        let mut conn = self.pool().acquire().await?;
        let standings: HashMap<RequestId, Standing> = store::standings(&mut conn, &ids)
            .await?
            .into_iter()
            .map(|standing| (standing.request_id, standing))
            .collect();
        drop(conn);
        let rows: BTreeMap<usize, &RowResult> = rows.iter().map(|row| (row.row, row)).collect();
        let places = self.config().columns(kind).find(header);
        let mut wanted = Vec::new();
        let outcome = outcome_column(table, &places, &mut wanted);
        for number in 2..=table.len() {
            let row = rows.get(&number);
            let standing = row.and_then(|row| standings.get(&row.request_id?));
            // What was meant for another row and reached this one, of which we know nothing yet, goes.
            let by_mistake = |column: usize| {
                let text = written.get(&(number, column))?;
                (text == cell_at(table, number, column)).then(String::new)
            };
            let text = match (row.map(|row| &row.outcome), standing) {
                (_, Some(standing)) => Some(standing_text(standing)),
                (Some(Outcome::Skipped { text, .. }), None) => Some(format!("skipped: {text}")),
                (Some(_), None) => by_mistake(outcome), // it came after the import: the next one takes it
                (None, None) => Some(String::new()),
            };
            wanted.extend(text.map(|text| Cell { row: number, column: outcome, text }));
            for (field, at) in self.stamps(standing) {
                let Some(column) = places.column(field) else { continue };
                let text = if standing.is_some() { at } else { by_mistake(column) };
                wanted.extend(text.map(|text| Cell { row: number, column, text }));
            }
        }
        wanted.retain(|cell| cell_at(table, cell.row, cell.column) != cell.text);
        Ok(wanted)
    }

    /// The stamps of the sheets of old: when the help desk was told, and when it was reminded.
    fn stamps(&self, standing: Option<&Standing>) -> [(&'static str, Option<String>); 2] {
        let zone = self.config().sheets.zone();
        let stamp = |at: Option<chrono::DateTime<chrono::Utc>>| {
            at.map(|at| at.with_timezone(&zone).format(STAMP).to_string())
        };
        [
            ("notified", stamp(standing.and_then(|standing| standing.notified_at))),
            ("reminded", stamp(standing.and_then(|standing| standing.reminded_at))),
        ]
    }
}

/// The column for outcomes. A sheet that has none gets one after its last.
fn outcome_column(table: &[Vec<String>], places: &Places, wanted: &mut Vec<Cell>) -> usize {
    places.column("outcome").unwrap_or_else(|| {
        let column = table.iter().map(Vec::len).max().unwrap_or_default();
        wanted.push(Cell { row: 1, column, text: OUTCOME.to_owned() });
        column
    })
}

fn standing_text(standing: &Standing) -> String {
    let state = State::named(&standing.state).unwrap_or(State::Failed);
    let reason = standing.reason.as_deref().filter(|_| matches!(state, State::Rejected | State::Failed));
    let text = reason.map_or_else(|| state.name().to_owned(), |reason| format!("{}: {reason}", state.name()));
    text.chars().take(LONGEST).collect()
}

/// A cell of a table, its row counted from 1; empty when there is none.
fn cell_at(table: &[Vec<String>], row: usize, column: usize) -> &str {
    table.get(row - 1).and_then(|row| row.get(column)).map_or("", String::as_str)
}
