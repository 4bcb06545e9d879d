//! `tests/scenarios`: what was reported of scanners and of people, played through the real server.

mod file;
mod run;
mod table;
mod tokens;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::task::JoinSet;

use self::file::Scenario;

const FOLDER: &str = "tests/scenarios";

fn files() -> Vec<(String, String)> {
    let entries = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, text(path))
    };
    files.iter().map(read).collect()
}

#[expect(clippy::disallowed_methods, reason = "a test reads its files")]
fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn scenarios() -> Vec<(String, Scenario)> {
    let read = |(name, text): &(String, String)| {
        let scenario = Scenario::read(&format!("{FOLDER}/{name}.toml"), text);
        (name.clone(), scenario.unwrap_or_else(|wrong| panic!("{wrong}")))
    };
    files().iter().map(read).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_scenario_comes_out_as_it_should() {
    let scenarios = Arc::new(scenarios());
    assert!(scenarios.len() >= 25, "{}", scenarios.len());
    let mut playing = JoinSet::new();
    for at in 0..scenarios.len() {
        let scenarios = Arc::clone(&scenarios);
        playing.spawn(async move {
            let (name, scenario) = &scenarios[at];
            run::play(name, scenario).await
        });
    }
    let mut wrong: Vec<String> = playing.join_all().await.concat();
    wrong.sort();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Set `UPDATE_SCENARIOS` to write the table anew; then read what changed.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its own switch")]
fn the_table_shows_every_scenario() {
    let path = Path::new("docs/scenarios.md");
    let table = table::of(&scenarios());
    if std::env::var_os("UPDATE_SCENARIOS").is_some() {
        fs::write(path, &table).unwrap();
    }
    assert_eq!(text(path), table, "docs/scenarios.md");
}

const SMALL: &str = r#"about = "a"
source = ["https://a.example/1"]
seen = 2026-07-03
[actor.a]
address = "192.0.2.1"
[[event]]
at = "1s"
who = "a"
does = "GET"
class = "unknown"
[expect]
upstream = 0
"#;

#[test]
fn a_wrong_file_says_where() {
    let wrong = |from: &str, to: &str| {
        assert!(SMALL.contains(from), "{from}");
        Scenario::read("s.toml", &SMALL.replace(from, to)).unwrap_err()
    };
    assert!(Scenario::read("s.toml", SMALL).is_ok());
    for (from, to, place, part) in [
        ("does = \"GET\"", "does = \"GET\"\nfinds = 1", "s.toml:10: ", "finds"),
        ("does = \"GET\"", "does = \"LOOK\"", "s.toml:9: ", "LOOK"),
        ("\"1s\"", "\"soon\"", "s.toml:7: ", "soon"),
        ("2026-07-03", "\"today\"", "s.toml:3: ", ""),
        ("source = [\"https://a.example/1\"]\n", "", "s.toml:", "source"),
        ("[\"https://a.example/1\"]", "[]", "s.toml: ", "source"),
        ("[\"https://a.example/1\"]", "[\"hearsay\"]", "s.toml: ", "source"),
        ("who = \"a\"", "who = \"b\"", "s.toml: ", "nobody is called b"),
        ("class = \"unknown\"\n", "", "s.toml: ", "class"),
    ] {
        let said = wrong(from, to);
        assert!(said.starts_with(place) && said.contains(part), "{to}: {said}");
    }
}

#[tokio::test]
async fn what_does_not_come_out_is_told() {
    for (from, to, part) in [
        (
            "class = \"unknown\"",
            "class = \"scanner\"",
            "event 1 (a GET): it looks",
        ),
        (
            "class = \"unknown\"",
            "class = \"unknown\"\nfindings = [\"head\"]",
            "found are",
        ),
        (
            "class = \"unknown\"",
            "class = \"unknown\"\noutcome = \"refused\"",
            "it was",
        ),
        ("class = \"unknown\"", "class = \"unknown\"\nupstream = 1", "0 tokens"),
        ("upstream = 0", "upstream = 1", "tokens were sent upstream by []"),
        ("[actor.a]", "[actor.a]\nperson = \"Ann\"", "Ann did not get in"),
        ("seen =", "known-gap = \"none\"\nseen =", "a machine got through: false"),
        ("seen =", "code-is-fair = \"no\"\nseen =", "a code was typed: false"),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let scenario = Scenario::read("s", &SMALL.replace(from, to)).unwrap();
        let wrong = run::play("s", &scenario).await;
        assert!(wrong.iter().any(|line| line.contains(part)), "{to}: {wrong:?}");
    }
    let scenario = Scenario::read("s", SMALL).unwrap();
    assert_eq!(run::play("s", &scenario).await, [""; 0]);
}
