//! What `docs/SECURITY.md` names as the test of a promise is there.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may stop")]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| {
        if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        }
    };
    entries.flat_map(below).collect()
}

#[test]
fn every_test_that_the_threat_model_names_exists() {
    let files: Vec<PathBuf> = ["crates", "bins", "tests"]
        .iter()
        .flat_map(|folder| sources(&project().join(folder)))
        .filter(|path| path.extension().is_some_and(|kind| kind == "rs"))
        .collect();
    let code: String = files
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let page = fs::read_to_string(project().join("docs/SECURITY.md")).unwrap();
    let named: Vec<&str> = page
        .split('`')
        .filter(|word| word.contains("::") && !word.contains(' '))
        .filter_map(|word| word.rsplit("::").next())
        .filter(|word| !word.is_empty())
        .collect();
    assert!(named.len() > 20, "the page names {} tests", named.len());
    let is_there = |name: &&str| {
        code.contains(&format!("fn {name}("))
            || code.contains(&format!("mod {name}"))
            || files
                .iter()
                .any(|path| path.file_stem().is_some_and(|stem| stem == *name))
    };
    let missing: Vec<_> = named.iter().filter(|name| !is_there(name)).collect();
    assert_eq!(missing, Vec::<&&str>::new());
}
