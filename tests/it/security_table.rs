//! The table of `docs/security.md` names tests. This holds it to them: each test it names exists where it says, each
//! numbered test stands in its row, and no row is without an answer.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// How many checks there are.
const CHECKS: usize = 50;
/// Rows without a test of their own: each says in words why.
const IN_WORDS: &[usize] = &[7, 35, 39, 45];

/// A numbered test: the word for its place, and its name with `_` between words.
#[derive(Debug, PartialEq, Eq)]
struct Test {
    place: &'static str,
    name: String,
}

impl Test {
    /// The checks in its name: `a06_26_a06_41_…` is about two, and so is `a06_12_and_13_…`.
    fn checks(&self) -> Vec<usize> {
        let mut words = self.name.split('_');
        let mut checks = Vec::new();
        while let Some("a06" | "and") = words.next() {
            match words.next().and_then(|word| word.parse().ok()) {
                Some(check) => checks.push(check),
                None => break,
            }
        }
        checks
    }
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let is_ours = !entry.file_name().to_string_lossy().starts_with("node_modules");
        if path.is_dir() && is_ours {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|it| it == extension) {
            found.push(path);
        }
    }
}

/// Every numbered test below a folder.
fn tests_below(place: &'static str, folder: &str, extension: &str, begins: &str, tests: &mut Vec<Test>) {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), extension, &mut found);
    for path in found {
        let source = fs::read_to_string(path).unwrap();
        for (start, _) in source.match_indices(&format!("{begins}a06_")) {
            let title: String = source[start + begins.len()..]
                .chars()
                .take_while(|sign| sign.is_alphanumeric() || matches!(sign, '_' | ' ' | ',' | '-'))
                .collect();
            tests.push(Test { place, name: title.trim().replace([' ', ',', '-'], "_") });
        }
    }
}

fn all_tests() -> Vec<Test> {
    let mut tests = Vec::new();
    tests_below("src", "src", "rs", "fn ", &mut tests);
    tests_below("it", "tests/it", "rs", "fn ", &mut tests);
    tests_below("keycloak", "tests/keycloak", "rs", "fn ", &mut tests);
    tests_below("browser", "tests/browser/specs", "ts", "test('", &mut tests);
    assert!(tests.len() > CHECKS, "the tests were not found: {tests:?}");
    tests
}

/// A test as the table names it; the end may be left out.
#[derive(Debug)]
struct Named {
    place: String,
    begins: String,
}

impl Named {
    fn is(&self, test: &Test) -> bool {
        self.place == test.place
            && match self.begins.strip_suffix('…') {
                Some(begins) => test.name.starts_with(begins),
                None => test.name == self.begins,
            }
    }
}

/// The tests that a cell names: the word of the place stands before them, up to the next semicolon.
fn named_in(cell: &str) -> Vec<Named> {
    let mut named = Vec::new();
    for part in cell.split(';') {
        let place = ["it", "keycloak", "browser"]
            .into_iter()
            .find(|place| part.split_whitespace().any(|word| word == *place));
        for name in part.split('`').skip(1).step_by(2).filter_map(|name| name.rsplit("::").next()) {
            if name.starts_with("a06_") {
                named.push(Named { place: place.unwrap_or("src").to_owned(), begins: name.to_owned() });
            }
        }
    }
    named
}

/// The rows by their number, with what the last cell says.
fn rows() -> BTreeMap<usize, String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, number, _, shown, _] = cells.as_slice() else { return None };
        Some((number.parse().ok()?, (*shown).to_owned()))
    };
    text.lines().filter_map(row).collect()
}

#[test]
fn every_check_has_a_row_and_every_row_a_test_or_a_reason() {
    let rows = rows();
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=CHECKS).collect::<Vec<_>>());
    for (number, shown) in &rows {
        let same_as = shown.strip_prefix("as ").and_then(|other| other.parse::<usize>().ok());
        let has_test =
            !named_in(shown).is_empty() || same_as.is_some_and(|other| !named_in(&rows[&other]).is_empty());
        let is_in_words = IN_WORDS.contains(number) && shown.split_whitespace().count() >= 5;
        assert!(has_test != is_in_words, "{number}: {shown}");
    }
}

#[test]
fn every_test_that_the_table_names_is_there() {
    let tests = all_tests();
    for (number, shown) in rows() {
        for named in named_in(&shown) {
            assert!(tests.iter().any(|test| named.is(test)), "row {number}: {named:?} is no test");
        }
    }
}

#[test]
fn every_numbered_test_stands_in_its_rows() {
    let rows = rows();
    for test in all_tests() {
        assert!(!test.checks().is_empty(), "{test:?} has no number");
        for check in test.checks() {
            let shown = &rows[&check];
            let same_as = shown.strip_prefix("as ").and_then(|other| other.parse::<usize>().ok());
            let stands = named_in(shown)
                .iter()
                .chain(&same_as.map(|other| named_in(&rows[&other])).unwrap_or_default())
                .any(|named| named.is(&test));
            assert!(stands, "row {check} does not name {test:?}");
        }
    }
}

/// The lines of the review of others' defects.
fn review() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap();
    let begins = text.find("| defect elsewhere |").unwrap();
    text[begins..].lines().skip(2).take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
}

#[test]
fn every_test_that_the_review_names_is_there() {
    let (tests, lines) = (all_tests(), review());
    assert!(lines.len() >= 15, "the review was not found");
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), "rs", &mut sources);
    let sources: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for line in lines {
        let cell = line.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap().to_owned();
        for named in named_in(&cell) {
            assert!(tests.iter().any(|test| named.is(test)), "{named:?} is no test");
        }
        for name in
            cell.split('`').skip(1).step_by(2).filter(|name| name.contains('_') && !name.starts_with("a06_"))
        {
            assert!(sources.contains(&format!("fn {name}(")), "{name} is no test");
        }
    }
}
