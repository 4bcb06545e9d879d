//! What the compiler can't hold: who alone calls what. The sources against a table.

use std::fs;
use std::path::{Path, PathBuf};

/// A call, the files that may hold it, and why no others.
const CALLED_IN: &[(&str, &[&str], &str)] = &[
    (
        "FirstSpend::claimed(",
        &["src/memory/mod.rs"],
        "a spend is the first one only where a claim was just made",
    ),
    (
        "NamedClientProof::check(",
        &["src/proxy/calls.rs"],
        "a named client is found by its address or secret",
    ),
    (
        "ClientAddress::of(",
        &["src/proxy/client.rs"],
        "one place decides whose address identifies a client",
    ),
    (
        ".into_request()",
        &["src/proxy/forward.rs"],
        "what may go upstream is unwrapped where it is sent",
    ),
    (
        "upstream.send(",
        &["src/proxy/forward.rs"],
        "a passage alone is forwarded",
    ),
    (
        ".send_once(",
        &["src/proxy/send.rs"],
        "a confirmation alone is sent once",
    ),
    (
        "OpenTarget {",
        &[
            "src/gate/ticket.rs",
            "src/memory/mod.rs",
            "src/proxy/confirm.rs",
            "src/proxy/send.rs",
        ],
        "a confirmation, a link's mode, or a sealed cookie opens a target",
    ),
    (
        "Opening {",
        &["src/gate/ticket.rs", "src/proxy/confirm.rs", "src/proxy/send.rs"],
        "a confirmation, a link's mode, or a sealed cookie opens calls",
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The program's own lines of a file: no tests, no comments, no definitions.
#[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
fn own_lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let own = text.split("#[cfg(test)]").next().unwrap_or_default();
    let is_call = |line: &&str| {
        !["//", "pub struct ", "impl ", "pub fn ", "pub async fn "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    own.lines().map(str::trim).filter(is_call).map(str::to_owned).collect()
}

#[test]
fn what_rests_on_convention_is_called_where_it_may_be() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    files.retain(|path| !path.ends_with("tests.rs") && !path.components().any(|part| part.as_os_str() == "tests"));
    assert!(files.len() > 100, "{}", files.len());
    let called_in = |call: &str| -> Vec<String> {
        let calls = |path: &&PathBuf| own_lines(path).iter().any(|line| line.contains(call));
        let mut found: Vec<_> = files
            .iter()
            .filter(calls)
            .map(|path| path.to_str().unwrap().replace('\\', "/"))
            .collect();
        found.sort();
        found
    };
    for (call, allowed, why) in CALLED_IN {
        assert_eq!(called_in(call), *allowed, "`{call}`: {why}");
    }
}
