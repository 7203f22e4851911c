//! What processes have used, and what machine this is.

use std::{collections::HashMap, fs, path::PathBuf};

use anyhow::{Context as _, Result};

/// Linux counts time for user programs in hundredths of a second on every machine (`USER_HZ`, proc(5)).
const TICKS_PER_SECOND: f64 = 100.0;

/// A process with its parent and the ticks that it and its ended children have used.
struct Process {
    parent: u32,
    ticks: u64,
}

/// CPU seconds of a process, its children and theirs, the ended ones too.
pub fn cpu_seconds(root: u32) -> Result<f64> {
    let mut all = HashMap::new();
    for entry in fs::read_dir("/proc").context("CPU time is read from /proc: benchmarks need Linux")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // A process may end while it is looked at.
        if let Some(process) = read(pid) {
            all.insert(pid, process);
        }
    }
    anyhow::ensure!(all.contains_key(&root), "process {root} has ended");
    let belongs = |mut pid: u32| loop {
        if pid == root {
            return true;
        }
        match all.get(&pid) {
            Some(process) => pid = process.parent,
            None => return false,
        }
    };
    let ticks: u64 = all.iter().filter(|(pid, _)| belongs(**pid)).map(|(_, process)| process.ticks).sum();
    Ok(u32::try_from(ticks).map_or(f64::INFINITY, f64::from) / TICKS_PER_SECOND)
}

fn read(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name may hold blanks and brackets; what follows does not.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let parent = fields.get(1)?.parse().ok()?;
    let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Process { parent, ticks })
}

/// Resident memory of one process in MiB.
pub fn memory_mib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().context("VmRSS in kB")?;
    Ok(kib / 1024.0)
}

/// The program of a process and the environment that it was started with.
pub fn program_of(pid: u32) -> Result<(PathBuf, Vec<(String, String)>)> {
    let program = fs::read_link(format!("/proc/{pid}/exe")).context("the program of a process")?;
    let environment = fs::read(format!("/proc/{pid}/environ")).context("the environment of a process")?;
    let pairs = environment.split(|byte| *byte == 0).filter_map(|pair| {
        let (name, value) = std::str::from_utf8(pair).ok()?.split_once('=')?;
        Some((name.to_owned(), value.to_owned()))
    });
    Ok((program, pairs.collect()))
}

/// Processor, cores, memory and kernel, in one line.
pub fn description() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let model = model.trim_start_matches([' ', '\t', ':']).to_owned();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = memory.split_whitespace().nth(1).and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{cores} × {model}, {} GiB, Linux {}", kib / 1024 / 1024, kernel.trim())
}
