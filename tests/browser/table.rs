//! Everybody before the gate, in one table: `docs/people-and-machines.md`.

use std::fmt::Write as _;

use crate::drive::chromium::{Chromium, Manner};
use crate::drive::desktop::Desktop;
use crate::trial::{Kind, Row};
use crate::{machines, people};

const PAGE: &str = "docs/people-and-machines.md";

const HEADLESS: [&str; 5] = [
    "Chromium without a window: every field and button",
    "Chromium without a window: the largest button",
    "Chromium without a window: the largest button, after pointer moves",
    "Chromium without a window: the largest button, tapped",
    "Chromium without a window: the largest button, with keys",
];
const DISGUISED: [&str; 5] = [
    "Chromium without a window, in disguise: every field and button",
    "Chromium without a window, in disguise: the largest button",
    "Chromium without a window, in disguise: the largest button, after pointer moves",
    "Chromium without a window, in disguise: the largest button, tapped",
    "Chromium without a window, in disguise: the largest button, with keys",
];
const HEADED: [&str; 5] = [
    "Chromium with a window, in disguise: every field and button",
    "Chromium with a window, in disguise: the largest button",
    "Chromium with a window, in disguise: the largest button, after pointer moves",
    "Chromium with a window, in disguise: the largest button, tapped",
    "Chromium with a window, in disguise: the largest button, with keys",
];

/// Set `UPDATE_PEOPLE` to write the table anew; then read what changed.
#[tokio::test]
async fn people_get_in_and_machines_do_not() {
    let desktop = Desktop::start();
    let mut people = people::at_a_desktop(&desktop).await;
    people.extend(people::at_other_devices(&desktop).await);
    people.extend(people::at_a_terminal().await);
    let machines = all_machines(&desktop).await;
    let faults: Vec<_> = people.iter().chain(&machines).filter_map(Row::fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    is_written(&page(&people, &machines));
}

async fn all_machines(desktop: &Desktop) -> Vec<Row> {
    let held = [Kind::Machine; 5];
    let chromium = Chromium::start(Manner::Headed(&desktop.display)).await;
    let kinds = [
        Kind::Machine,
        Kind::Imitator,
        Kind::Imitator,
        Kind::Machine,
        Kind::Imitator,
    ];
    let headed = machines::pressers(&chromium, HEADED, kinds).await;
    let stopped = machines::stopped_imitators(&chromium).await;
    drop(chromium);
    let mut rows = machines::programs().await;
    let chromium = Chromium::start(Manner::Headless).await;
    rows.extend(machines::without_a_press(&chromium).await);
    rows.extend(machines::pressers(&chromium, HEADLESS, held).await);
    drop(chromium);
    let chromium = Chromium::start(Manner::Disguised).await;
    rows.extend(machines::scripts(&chromium).await);
    let kinds = [
        Kind::Machine,
        Kind::Machine,
        Kind::Machine,
        Kind::Machine,
        Kind::Imitator,
    ];
    rows.extend(machines::pressers(&chromium, DISGUISED, kinds).await);
    drop(chromium);
    rows.extend(machines::webdriver().await);
    rows.extend(headed.into_iter().chain(stopped));
    rows
}

const INTRODUCTION: &str = "\
# People and machines

Who comes through the gate and who does not: real clients, each with a fresh link before a gate with its defaults and a
recording API behind it. A test runs them and writes this page (`UPDATE_PEOPLE=1 bash tests/run browser`); another outcome
fails it. People use a real mouse, keyboard or screen reader's action, which a browser can't tell from anybody else's; touch
and slow networks come from DevTools. *The way* is what the [log](log.md) says of the requests, each word once: the page, then a press that was
enough (`press`), or that needed the code (`code_needed`), which was typed (`code`). *Signs* are what spoke for a machine.
*Calls* are requests for the link that reached the API.

";

const IMITATORS: &str = "
## What a trusted press means

A program can press with the browser's own trusted input, and a window makes its browser the same as a person's: nothing in the page
tells such a press from somebody at a mouse, a keyboard or a screen reader. The rows marked **in** are such programs. They exist: some
sandboxes press with the operating system's own mouse and keys. Without a window only keys get through, because some
people have no mouse either.

A verdict of `suspect` or `scanner` stops them: a HEAD within the same second, an address or a TLS fingerprint that a signature knows,
header fields that do not fit the browser's name. Then the page asks for the code, which a program that only presses does not
type. The verdict `unknown` does not stop them, and a hint or two (`pair`, `no-path`) may not either. `mode = \"strict\"` asks everybody
for the code but the browser that asked for the mail: use it where a stolen link costs more than four digits. A program
that reads the page and types the digits passes both.
";

fn page(people: &[Row], machines: &[Row]) -> String {
    let mut page = INTRODUCTION.to_owned();
    for (title, rows) in [("People", people), ("Machines", machines)] {
        let _ = writeln!(
            page,
            "## {title}\n\n| client | the way | signs | outcome | calls |\n|---|---|---|---|---|"
        );
        for row in rows {
            let way = row.way.join(", ");
            let signs: Vec<_> = row.signs.iter().map(|sign| format!("`{sign}`")).collect();
            let outcome = match (row.calls, row.kind) {
                (0, _) => "held",
                (_, Kind::Machine | Kind::Imitator) => "**in**",
                _ => "in",
            };
            let (client, signs, calls) = (row.client, signs.join(" "), row.calls);
            let _ = writeln!(page, "| {client} | {way} | {signs} | {outcome} | {calls} |");
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page + "\n" + IMITATORS
}

fn is_written(page: &str) {
    if std::env::var_os("UPDATE_PEOPLE").is_some() {
        std::fs::write(PAGE, page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    let differs = page.lines().find(|line| !written.lines().any(|known| known == *line));
    assert!(
        written == page,
        "`UPDATE_PEOPLE=1 bash tests/run browser` writes {PAGE} anew: {}",
        differs.unwrap_or("a line is too many")
    );
}
