//! `tests/fixtures/bad`: the whole catalogue of what is said about wrong files.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use linklatch::diag::{Diagnostics, SourceMap, render};
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

/// Folders of signature files, laid over the shipped ones; some are only warned of.
const SIGNATURES: &str = "tests/fixtures/bad-signatures";

/// A wrong file or folder, and all that is said about it.
struct Bad {
    path: PathBuf,
    diagnostics: Diagnostics,
    sources: SourceMap,
}

fn all_bad() -> Vec<Bad> {
    // How open a checkout leaves its files is the umask's business, and is warned of.
    for entry in fs::read_dir(FOLDER).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "key" || end == "secret") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    let files = bad_files().into_iter().map(|path| {
        let report = load::config(&path, &Environment::default()).expect_err("a bad file is refused");
        Bad {
            path,
            diagnostics: report.diagnostics,
            sources: report.sources,
        }
    });
    let mut folders: Vec<_> = fs::read_dir(SIGNATURES)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty());
    let folders = folders.into_iter().map(|path| {
        let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
        load::signatures(Some(&path), &mut sources, &mut diagnostics);
        diagnostics.sort();
        Bad {
            path,
            diagnostics,
            sources,
        }
    });
    files.chain(folders).collect()
}

/// Set `UPDATE_FIXTURES` to write the texts anew; then read what changed.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures and its own switch")]
fn every_bad_file_gets_its_text() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    assert!(!bad_files().is_empty());
    for bad in all_bad() {
        let text = render::all(&bad.diagnostics, &bad.sources, false);
        let expected = bad.path.with_extension("txt");
        if update {
            fs::write(&expected, &text).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap_or_default();
        assert!(!text.is_empty(), "{}", bad.path.display());
        assert_eq!(text, expected, "{}", bad.path.display());
    }
}

#[test]
fn every_problem_has_a_remedy_and_fits_a_log_line() {
    for bad in all_bad() {
        for diagnostic in bad.diagnostics.iter() {
            let line = render::line(diagnostic, &bad.sources);
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
    for bad in all_bad() {
        for diagnostic in bad.diagnostics.iter() {
            assert!(page.contains(&format!("`{}`", diagnostic.code)), "{}", diagnostic.code);
        }
    }
}
