//! Who may import whom: the sources against the table in `src/lib.rs`, here as data.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up. A module imports from the layers below its own, and never from its neighbours.
const LAYERS: &[&[&str]] = &[
    &["diag", "secret", "tasks", "time"],
    &["certificates", "visit"],
    &["asn", "brand", "locales", "signatures"],
    &["gate"],
    &["config", "pages", "records"],
    &["addresses", "load", "memory", "telemetry"],
    &["proxy"],
    &["server"],
    &["demo", "preview"],
    &["cli", "fuzzing"],
    &["main"],
];

/// Modules that may import less than their layer: the demo is a stranger to the gate that it shows.
const ONLY: &[(&str, &[&str])] = &[("demo", &["secret", "tasks", "time"])];

/// What modules must not name, and why.
const BANS: &[Ban] = &[
    Ban {
        modules: &["visit", "asn", "brand", "locales", "signatures", "gate"],
        words: &[
            "tokio",
            "tokio_util",
            "hyper",
            "hyper_util",
            "http_body",
            "http_body_util",
            "moka",
            "arc_swap",
            "rustls",
            "tracing",
            "jiff::Timestamp",
            "uuid",
            "std::fs",
            "std::io",
            "std::env",
            "std::thread",
            "std::process",
            "TcpListener",
            "TcpStream",
            "UdpSocket",
            "ToSocketAddrs",
            "SystemTime",
            "Instant",
            "aws_lc_rs::rand",
        ],
        why: "what decides does no I/O, reads no clock and draws no randomness",
    },
    Ban {
        modules: &["diag", "secret", "time", "certificates", "config", "pages", "records"],
        words: &[
            "tokio",
            "tokio_util",
            "hyper",
            "hyper_util",
            "moka",
            "tracing",
            "std::fs",
            "std::env",
        ],
        why: "values and texts need no runtime, no network and no disk",
    },
    Ban {
        modules: &["addresses", "load", "memory", "telemetry"],
        words: &["hyper", "hyper_util", "http_body_util"],
        why: "HTTP is spoken above",
    },
    Ban {
        modules: &[
            "diag",
            "secret",
            "tasks",
            "time",
            "certificates",
            "visit",
            "signatures",
            "asn",
            "brand",
            "locales",
            "gate",
            "config",
            "pages",
            "records",
            "addresses",
            "load",
            "memory",
            "telemetry",
            "proxy",
            "server",
            "preview",
        ],
        words: &["clap", "anyhow"],
        why: "the command line is not the program",
    },
];

struct Ban {
    modules: &'static [&'static str],
    words: &'static [&'static str],
    why: &'static str,
}

#[test]
fn every_module_imports_from_below_alone() {
    let mut files = Vec::new();
    rust_files(Path::new("src"), &mut files);
    assert!(files.len() > 50);
    let mut problems = String::new();
    for file in files.iter().filter(|file| !is_test(file)) {
        problems += &check(file, &read(file));
    }
    assert!(problems.is_empty(), "\n{problems}");
}

#[test]
fn every_module_has_its_place_and_its_line_in_the_map() {
    let map = read(Path::new("src/lib.rs"));
    let declared = map
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    for module in declared {
        assert!(layer(module).is_some(), "`{module}` stands in no layer");
        // Documentation leaves out what is for fuzzing alone, so nothing can link to it.
        let entry = match module {
            "fuzzing" => format!("`{module}`"),
            _ => format!("[`{module}`]"),
        };
        assert!(
            map.contains(&format!("//! | {entry} |")),
            "`{module}` is missing in the map"
        );
    }
}

#[test]
fn a_wrong_import_is_found_with_its_line() {
    let wrong = [
        ("src/gate/mod.rs", "use crate::proxy::Proxy;"),
        ("src/gate/mod.rs", "    let now = std::time::Instant::now();"),
        ("src/gate/mod.rs", "use super::proxy::Proxy;"),
        ("src/memory.rs", "use super::load::config;"),
        ("src/pages/mod.rs", "use crate::config::Config;"),
        ("src/visit.rs", "use tokio::time::sleep;"),
        ("src/demo/site.rs", "use crate::gate::Gate;"),
        ("src/server/tls.rs", "use crate::{gate, proxy};"),
        ("src/proxy/mod.rs", "use clap::Parser;"),
        ("src/unheard_of.rs", "use crate::time::Clock;"),
    ];
    for (file, line) in wrong {
        let found = check(Path::new(file), &format!("//! A file.\n\n{line}\n"));
        assert!(found.starts_with(&format!("{file}:3: ")), "{file} {line}: {found:?}");
    }
    let right = [
        ("src/gate/mod.rs", "use crate::visit::Visit;"),
        ("src/gate/mod.rs", "/// See [`crate::proxy::Proxy`] and tokio."),
        ("src/gate/keys.rs", "use super::link::Link;"),
        (
            "src/gate/keys.rs",
            "#[cfg(test)]\nmod tests { use crate::proxy::Proxy; }",
        ),
        ("src/tasks.rs", "use tokio_util::sync::CancellationToken;"),
        ("src/main.rs", "    linklatch::cli::main()"),
    ];
    for (file, line) in right {
        assert_eq!(check(Path::new(file), line), "");
    }
}

/// All that is wrong with a file, a line each: `file:line: what`.
fn check(file: &Path, text: &str) -> String {
    let mut problems = String::new();
    let module = module_of(file);
    for (number, line) in code(text) {
        for problem in problems_of(&module, file, line) {
            let _ = writeln!(problems, "{}:{number}: {problem}", file.display());
        }
    }
    problems
}

fn problems_of(module: &str, file: &Path, line: &str) -> Vec<String> {
    let mut problems = Vec::new();
    for root in ["crate", "linklatch"] {
        for rest in after(line, root).filter_map(|rest| rest.strip_prefix("::")) {
            let imported = rest.split(|c: char| !is_word(c)).next().unwrap_or_default();
            if rest.starts_with('{') {
                problems.push("import one module a line, so that this test can read it".to_owned());
            } else if imported != module && !may_import(module, imported) {
                problems.push(format!("`{module}` must not import `{imported}`"));
            }
        }
    }
    // In a module's own file `super` is the whole crate.
    let is_top = file.components().count() == 2 || (file.ends_with("mod.rs") && file.components().count() == 3);
    if is_top && module != "lib" && after(line, "super").next().is_some() && !line.contains("pub(super)") {
        problems.push("write `crate::…` in place of `super::…` here".to_owned());
    }
    for ban in BANS.iter().filter(|ban| ban.modules.contains(&module)) {
        for word in ban.words.iter().filter(|word| after(line, word).next().is_some()) {
            problems.push(format!("`{module}` must not name `{word}`: {}", ban.why));
        }
    }
    problems
}

fn may_import(module: &str, imported: &str) -> bool {
    if let Some((_, only)) = ONLY.iter().find(|(restricted, _)| *restricted == module) {
        return only.contains(&imported);
    }
    matches!((layer(module), layer(imported)), (Some(own), Some(other)) if other < own)
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&module))
}

/// `src/gate/keys.rs` and `src/gate/mod.rs` are `gate`.
fn module_of(file: &Path) -> String {
    let below = file.components().nth(1).unwrap().as_os_str();
    Path::new(below).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The lines of code with their numbers, without comments; the tests at a file's foot may use what they like.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    let inline_tests = |line: &str| line.starts_with("#[cfg(test)]");
    let foot = text
        .lines()
        .zip(text.lines().skip(1))
        .position(|(line, next)| inline_tests(line) && next.starts_with("mod ") && next.contains('{'));
    lines
        .take(foot.unwrap_or(usize::MAX))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// What follows each place where `word` stands as a whole path or name.
fn after<'l>(line: &'l str, word: &'l str) -> impl Iterator<Item = &'l str> {
    line.match_indices(word).filter_map(move |(at, _)| {
        let rest = &line[at + word.len()..];
        let starts = !line[..at].ends_with(is_word);
        (starts && !rest.starts_with(is_word)).then_some(rest)
    })
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_test(file: &Path) -> bool {
    let names = ["tests", "tests.rs", "testing.rs"];
    file.components()
        .any(|part| names.iter().any(|name| part.as_os_str() == *name))
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap()
}
