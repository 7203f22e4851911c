//! Documents name the tests that prove what they promise. A name that is no test's is a promise without proof.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Where tests are, each with what stands before the names of its modules in documents.
const PLACES: &[(&str, &str)] = &[("tests/it", ""), ("tests/keycloak", ""), ("src", "src::")];

/// The tests that a document names and that there are not: `module::test` of `tests/`, or `src::module::test`.
pub fn missing_proofs(document: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(document)).unwrap();
    let named = names(&text);
    assert!(!named.is_empty(), "{document} names no test");
    let tests = all_tests(root);
    named.into_iter().filter(|name| !tests.contains(name)).collect()
}

/// What stands between backticks and looks like the path of a test.
fn names(text: &str) -> Vec<String> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_path = |name: &&str| {
        let is_word =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        name.contains("::") && name.split("::").all(is_word)
    };
    quoted.filter(is_path).map(str::to_owned).collect()
}

/// Every test, by the modules of its file and its name.
fn all_tests(root: &Path) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    for (place, before) in PLACES {
        let folder = root.join(place);
        let mut files = Vec::new();
        sources(&folder, &mut files);
        for file in files {
            let path = file.strip_prefix(&folder).unwrap().with_extension("");
            let modules: Vec<String> = path
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .filter(|part| !matches!(part.as_str(), "mod" | "main" | "lib"))
                .collect();
            let source = fs::read_to_string(&file).unwrap();
            for attribute in ["#[test]", "#[tokio::test"] {
                for after in source.split(attribute).skip(1) {
                    let Some(name) = after.split("fn ").nth(1).and_then(|rest| rest.split('(').next()) else {
                        continue;
                    };
                    let path: Vec<&str> = modules.iter().map(String::as_str).chain([name]).collect();
                    tests.insert(format!("{before}{}", path.join("::")));
                }
            }
        }
    }
    tests
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
