//! What differs between two builds, and where.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use anyhow::{Context as _, Result};

/// How much is shown from the first byte that differs.
const SHOWN_BYTES: usize = 60;

/// The names of the files of a folder, in order.
pub fn names(folder: &Path) -> Result<BTreeSet<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
}

/// One sentence for each file that is not the same in both folders.
pub fn folders(first: &Path, second: &Path) -> Result<Vec<String>> {
    let mut sentences = Vec::new();
    for name in names(first)?.union(&names(second)?) {
        let sentence = match (std::fs::read(first.join(name)), std::fs::read(second.join(name))) {
            (Ok(first), Ok(second)) => difference(&first, &second),
            (Ok(_), Err(_)) => Some("is missing the second time".to_owned()),
            (Err(_), _) => Some("was not there the first time".to_owned()),
        };
        sentences.extend(sentence.map(|sentence| format!("{name} {sentence}")));
    }
    Ok(sentences)
}

/// Where two contents part, with what stands there.
fn difference(first: &[u8], second: &[u8]) -> Option<String> {
    let shorter = first.len().min(second.len());
    let at = first.iter().zip(second).position(|(a, b)| a != b).unwrap_or(shorter);
    if at == first.len().max(second.len()) {
        return None;
    }
    let shown = |bytes: &[u8]| bytes[at..bytes.len().min(at + SHOWN_BYTES)].escape_ascii().to_string();
    let entry = entry(first, at).map_or_else(String::new, |entry| format!(" ({entry})"));
    let (a, b) = (first.len(), second.len());
    Some(format!(
        "differs from byte {at} on{entry}; it has {a} and {b} bytes\n  {}\n  {}",
        shown(first),
        shown(second)
    ))
}

/// The entry of an archive that holds this byte.
fn entry(archive: &[u8], byte: usize) -> Option<String> {
    let byte = u64::try_from(byte).ok()?;
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).ok()?;
    (0..zip.len()).find_map(|at| {
        let entry = zip.by_index(at).ok()?;
        let end = entry.data_start() + entry.compressed_size();
        (entry.header_start()..end).contains(&byte).then(|| entry.name().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::{difference, folders};

    #[test]
    fn what_is_the_same_differs_nowhere() {
        assert_eq!(difference(b"same", b"same"), None);
        assert_eq!(difference(b"", b""), None);
    }

    #[test]
    fn it_is_told_where_contents_part_and_what_stands_there() {
        let said = difference(b"built in /home/ani", b"built in /srv").unwrap();
        assert_eq!(said, "differs from byte 10 on; it has 18 and 13 bytes\n  home/ani\n  srv");
        assert!(difference(b"longer", b"long").unwrap().starts_with("differs from byte 4 on;"));
    }

    #[test]
    fn of_an_archive_the_entry_is_named() {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, text) in [("a.txt", "the first"), ("b.txt", "the second")] {
            zip.start_file(name, stored).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        let first = zip.finish().unwrap().into_inner();
        let mut second = first.clone();
        let at = first.windows(6).position(|bytes| bytes == b"second").unwrap();
        second[at] = b'S';
        assert!(difference(&first, &second).unwrap().contains("(b.txt)"));
    }

    #[test]
    fn a_file_of_one_folder_alone_is_named() {
        let folder = std::env::temp_dir().join(format!("gatehouse-compare-{}", std::process::id()));
        let [first, second] = ["first", "second"].map(|name| folder.join(name));
        for place in [&first, &second] {
            std::fs::create_dir_all(place).unwrap();
            std::fs::write(place.join("same"), "same").unwrap();
        }
        std::fs::write(first.join("gone"), "").unwrap();
        std::fs::write(second.join("new"), "").unwrap();
        let expected = ["gone is missing the second time", "new was not there the first time"];
        assert_eq!(folders(&first, &second).unwrap(), expected);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
