//! A spreadsheet in memory, for tests that are about something else.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Cell, SheetPlace, Sheets, SheetsError};

/// What it holds, open for tests to set and to look at.
#[derive(Debug, Default)]
pub struct SheetState {
    /// The rows of its only sheet.
    pub rows: Vec<Vec<String>>,
    /// Every call fails with it while it is set.
    pub fault: Option<SheetsError>,
    /// Somebody is quicker than the next write and puts this row at this place, counted from 0.
    pub comes_between: Option<(usize, Vec<String>)>,
    /// How many writes came.
    pub writes: usize,
}

/// A spreadsheet in memory, the same for every id and title.
#[derive(Debug, Default)]
pub struct MemorySheets(Mutex<SheetState>);

impl MemorySheets {
    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, SheetState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Sheets for MemorySheets {
    async fn read(&self, _: &SheetPlace) -> Result<Vec<Vec<String>>, SheetsError> {
        let state = self.state();
        state.fault.clone().map_or_else(|| Ok(state.rows.clone()), Err)
    }

    async fn write(&self, _: &SheetPlace, cells: &[Cell]) -> Result<(), SheetsError> {
        let mut state = self.state();
        if let Some(fault) = state.fault.clone() {
            return Err(fault);
        }
        state.writes += 1;
        if let Some((at, row)) = state.comes_between.take() {
            state.rows.insert(at, row);
        }
        for cell in cells {
            let row =
                cell.row.checked_sub(1).and_then(|row| state.rows.get_mut(row)).ok_or(SheetsError::Range)?;
            row.resize(row.len().max(cell.column + 1), String::new());
            row[cell.column].clone_from(&cell.text);
        }
        Ok(())
    }
}
