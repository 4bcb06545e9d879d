//! `tests/fixtures/bad`: the whole catalogue of what is said about wrong files.

use std::fs;
use std::path::{Path, PathBuf};

use linklatch::load::{self, Environment};

const FOLDER: &str = "tests/fixtures/bad";

fn bad_files() -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    files
}

/// Set `UPDATE_FIXTURES` to write the texts anew; then read what changed.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures and its own switch")]
fn every_bad_file_gets_its_text() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let files = bad_files();
    assert!(!files.is_empty());
    for path in files {
        let report = load::config(&path, &Environment::default()).expect_err("a bad file is refused");
        let text = report.text(false);
        let expected = path.with_extension("txt");
        if update {
            fs::write(&expected, &text).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, expected, "{}", path.display());
    }
}

#[test]
fn every_problem_has_a_remedy_and_fits_a_log_line() {
    for path in bad_files() {
        let report = load::config(&path, &Environment::default()).unwrap_err();
        for (diagnostic, line) in report.diagnostics.iter().zip(report.lines()) {
            assert!(!diagnostic.help.is_empty(), "{line}");
            assert!(!line.contains('\n'), "{line}");
            assert!(line.contains(diagnostic.code), "{line}");
        }
    }
}

#[test]
fn a_wrong_key_is_never_quoted() {
    let report = load::config(&Path::new(FOLDER).join("clients.toml"), &Environment::default()).unwrap_err();
    assert!(report.text(false).contains("wrong.key:2:1"));
    assert!(!report.text(false).contains("perhaps-a-password"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the documentation")]
fn every_code_is_documented() {
    let page = fs::read_to_string("docs/configuration.md").unwrap();
    for path in bad_files() {
        let report = load::config(&path, &Environment::default()).unwrap_err();
        for diagnostic in report.diagnostics.iter() {
            assert!(page.contains(&format!("`{}`", diagnostic.code)), "{}", diagnostic.code);
        }
    }
}
