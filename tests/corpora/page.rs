//! docs/corpora.md, of what was measured.

use std::fmt::Write as _;

use crate::Measured;
use crate::catalogue::{self, Side};

const ABOUT: &str = "# Corpora

What the shipped signatures (`scanner-signatures/`) make of public lists of user-agents. Every string is a first
visit that is otherwise an ordinary browser's, and counts as found from a score of 50: `suspect` or `scanner` in the log.
Programs are judged by the signatures alone, people by the built-in checks as well.

**What this can't show.** No list has the link checks of Safe Links, Proofpoint, Mimecast, Cisco, Symantec or Sophos: they send
a browser's user-agent. Such visits look like people's here, and like people they get the page, and spend nothing. The figures
say how many programs that give themselves away are found, and that people are not taken for programs.

`bash tests/run corpora` fetches the packages and measures again. It fails where less than 99 % of a list of programs is found,
where a single person is, and where this page says something else; `UPDATE_CORPORA=1 bash tests/run corpora` writes it.
";

/// The page.
pub(crate) fn of(all: &[Measured]) -> String {
    let mut page = ABOUT.to_owned();
    let side = |side| all.iter().filter(move |measured| measured.corpus.side == side);
    page.push_str("\n## Programs\n\n| corpus | package | licence | strings | found | % |\n|---|---|---|--:|--:|--:|\n");
    for measured in side(Side::Programs) {
        row(
            &mut page,
            measured,
            &format!("{} | {:.2}", measured.found, measured.percent()),
        );
    }
    page.push_str(
        "\n## People\n\n| corpus | package | licence | strings | taken for programs |\n|---|---|---|--:|--:|\n",
    );
    for measured in side(Side::People) {
        row(&mut page, measured, &measured.found.to_string());
    }
    page.push_str(
        "\nheader-generator's are whole header sets: each user-agent with all values of Accept, Accept-Encoding, Sec-CH-UA and\n\
         more that were seen with it. Matomo's have their client hints where it knows them.\n\
         \n## Left out\n\nWhat a list has that belongs to the other side; `tests/corpora/left_out.rs` has the patterns.\n\n\
         | corpus | strings | why |\n|---|--:|---|\n",
    );
    for measured in all {
        for (left, count) in measured.corpus.left_out.iter().zip(&measured.left_out) {
            let _ = writeln!(page, "| {} | {count} | {} |", measured.corpus.name, left.why);
        }
    }
    page.push_str(
        "\n## Not found\n\nA *hint* is a score below 50: libraries that people's apps use too, and a network that passes people on \
         under its own name.\nThe others name an old browser or a phone and little else.\n\n\
         | corpus | a hint | a browser's line | others |\n|---|--:|--:|--:|\n",
    );
    for measured in side(Side::Programs) {
        let browsers = measured.wrong.iter().filter(|missed| missed.is_browser_like()).count();
        let others = measured.wrong.len() - measured.hinted - browsers;
        let _ = writeln!(
            page,
            "| {} | {} | {browsers} | {others} |",
            measured.corpus.name, measured.hinted
        );
    }
    page
}

fn row(page: &mut String, measured: &Measured, result: &str) {
    let corpus = measured.corpus;
    let (registry, version) = catalogue::package(corpus.package);
    let registry = if registry == "npm" { "npm" } else { "PyPI" };
    let _ = writeln!(
        page,
        "| {} | {registry} `{}` {version} | {} | {} | {result} |",
        corpus.name, corpus.package, corpus.licence, measured.samples
    );
}
