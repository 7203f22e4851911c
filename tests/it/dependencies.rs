//! Whose work the product stands on: by licences that let us use it, from the public registry, listed.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use spdx::{Expression, Licensee, ParseMode};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn read(file: &str) -> toml::Table {
    fs::read_to_string(root().join(file)).unwrap().parse().unwrap()
}

/// Name, version and licence of each crate that `cargo tree` finds.
fn crates(arguments: &[&str]) -> BTreeSet<(String, String, String)> {
    let cargo = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--locked", "--offline", "--prefix=none", "--format={p}|{l}"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let lines = String::from_utf8(cargo.stdout).unwrap();
    let ours = ["gatehouse", "xtask"];
    // Headings such as `[dev-dependencies]` stand between them.
    let parsed = lines.lines().filter(|line| line.contains('|')).map(|line| {
        // A crate that was shown before is marked.
        let (package, licence) =
            line.trim_end_matches(" (*)").split_once('|').unwrap_or_else(|| panic!("{line:?}"));
        let mut words = package.split(' ');
        let (name, version) = (words.next().unwrap(), words.next().unwrap());
        (name.to_owned(), version.trim_start_matches('v').to_owned(), licence.to_owned())
    });
    parsed.filter(|(name, ..)| !ours.contains(&name.as_str())).collect()
}

fn strings(list: &toml::Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry.as_str().unwrap()).collect()
}

#[test]
fn every_crate_may_be_used_by_its_licence() {
    let policy = read("deny.toml");
    let policy = &policy["licenses"];
    let may = |name: &str, licence: &str| {
        let mut allowed = strings(&policy["allow"]);
        let exceptions = policy["exceptions"].as_array().unwrap();
        let own = exceptions.iter().filter(|exception| exception["crate"].as_str() == Some(name));
        allowed.extend(own.flat_map(|exception| strings(&exception["allow"])));
        let allowed: Vec<Licensee> = allowed.into_iter().map(|id| Licensee::parse(id).unwrap()).collect();
        let expression = Expression::parse_mode(licence, ParseMode::LAX).unwrap();
        expression.evaluate(|asked| allowed.iter().any(|licensee| licensee.satisfies(asked)))
    };
    let all = crates(&["--workspace", "--edges=all"]);
    assert!(all.len() > 300, "only {} crates were found", all.len());
    let refused: Vec<_> = all.iter().filter(|(name, _, licence)| !may(name, licence)).collect();
    assert!(refused.is_empty(), "licences that deny.toml does not allow: {refused:#?}");
    assert!(!may("some-crate", "GPL-3.0-only"), "a licence that asks for more must be refused");
}

#[test]
fn every_crate_comes_from_the_public_registry() {
    let policy = read("deny.toml");
    let allowed: Vec<String> =
        strings(&policy["sources"]["allow-registry"]).iter().map(|url| format!("registry+{url}")).collect();
    let lock = read("Cargo.lock");
    for package in lock["package"].as_array().unwrap() {
        match package.get("source").and_then(toml::Value::as_str) {
            Some(source) => {
                assert!(allowed.iter().any(|url| url == source), "{package}");
                assert!(package.get("checksum").is_some(), "{package}");
            }
            None => assert!(["gatehouse", "xtask"].contains(&package["name"].as_str().unwrap()), "{package}"),
        }
    }
}

/// Written anew by `UPDATE_LICENCES=1`.
#[test]
fn the_list_of_licences_is_that_of_what_is_linked() {
    let mut list = String::from(
        "# Licences\n\nThe crates that are linked into the service, with their licences as they state them. Written by\n\
         `UPDATE_LICENCES=1 cargo test --test it dependencies::`; which licences may be is decided in `deny.toml`.\n\n\
         | crate | version | licence |\n|---|---|---|\n",
    );
    for (name, version, licence) in
        crates(&["--package=gatehouse", "--edges=normal", "--target=x86_64-unknown-linux-gnu"])
    {
        writeln!(list, "| {name} | {version} | {licence} |").unwrap();
    }
    let path = root().join("docs/licences.md");
    if std::env::var_os("UPDATE_LICENCES").is_some() {
        fs::write(&path, &list).unwrap();
    }
    let written = fs::read_to_string(path).unwrap_or_default();
    assert!(written == list, "docs/licences.md is not that of Cargo.lock: run this with UPDATE_LICENCES=1");
}
