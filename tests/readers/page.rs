//! docs/readers.md, of the catalogue and of what is installed.

use std::fmt::Write as _;

use crate::catalogue::READERS;

const ABOUT: &str = "# Readers

What a path, a field's name or a body means is up to the server that reads it. These servers have the link's route
`/auth/verify?token=…` and the call `POST /v1/auth/verify`; `bash tests/run readers` installs them and sends them spellings
of both. Whatever one of them redeems must not pass the gate without a person.

The spellings are products of up to four bends, drawn from a seed: `LINKLATCH_READERS_SEED` and `LINKLATCH_READERS_COUNT` name
another seed and number. A fault is printed as a line for `tests/readers/cases.txt`, whose cases run every time.

A new reader needs a line in `tests/readers/catalogue.rs`, its code in `tests/readers/servers`, and its package in
`package.json` or `requirements.txt` there, or in `tests/run` for one of Debian's. `UPDATE_READERS=1 bash tests/run readers`
writes this page.

| reader | package | version | reads |
|---|---|---|---|
";

/// The page.
pub(crate) fn page() -> String {
    let read = |file| std::fs::read_to_string(format!("tests/readers/servers/{file}")).unwrap();
    let (lock, requirements) = (read("package-lock.json"), read("requirements.txt"));
    let lock: serde_json::Value = serde_json::from_str(&lock).unwrap();
    let mut page = ABOUT.to_owned();
    for reader in &READERS {
        let (registry, package) = reader.package.split_once(' ').unwrap();
        let (name, version) = match registry {
            "npm" => {
                let locked = &lock["packages"][format!("node_modules/{package}")];
                (locked["name"].as_str().unwrap_or(package), locked["version"].as_str())
            }
            "PyPI" => {
                let pin = requirements
                    .lines()
                    .find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
                (package, pin)
            }
            _ => (package, Some("the system's")),
        };
        let version = version.unwrap_or_else(|| panic!("{package} is not in the lists"));
        let _ = writeln!(
            page,
            "| {} | {registry} `{name}` | {version} | {} |",
            reader.name, reader.about
        );
    }
    page
}
