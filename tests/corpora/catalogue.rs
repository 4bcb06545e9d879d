//! Which corpora there are, how they are read, and what is left out of each and why.

use std::path::{Path, PathBuf};

use crate::left_out::{self, LeftOut};
use crate::network;
use crate::read::{self, Sample};

/// Who sends what a corpus holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Crawlers, previews, libraries: to be found.
    Programs,
    /// People's browsers and apps: never to be found.
    People,
}

/// One corpus.
pub(crate) struct Corpus {
    /// What it is, for the page.
    pub(crate) name: &'static str,
    /// Its package, as packages.txt names it.
    pub(crate) package: &'static str,
    /// The licence that the package states.
    pub(crate) licence: &'static str,
    /// Who sends it.
    pub(crate) side: Side,
    /// Reads it from the package's folder.
    pub(crate) read: fn(&Path) -> Vec<Sample>,
    /// What does not belong there.
    pub(crate) left_out: &'static [LeftOut],
}

const PACKAGES: &str = include_str!("packages.txt");

fn lines() -> impl Iterator<Item = [&'static str; 3]> {
    let lines = PACKAGES.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(' ').collect::<Vec<_>>().try_into().unwrap())
}

/// All packages.
pub(crate) fn packages() -> impl Iterator<Item = &'static str> {
    lines().map(|[_, name, _]| name)
}

/// A package's registry and version.
pub(crate) fn package(package: &str) -> (&'static str, &'static str) {
    let [registry, _, version] = lines().find(|[_, name, _]| *name == package).unwrap();
    (registry, version)
}

/// A package's folder.
pub(crate) fn folder(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpora");
    let folder = root.join(format!("{name}-{}", package(name).1));
    assert!(
        folder.is_dir(),
        "the corpus {name} is not there: `bash tests/run corpora` fetches it into target/corpora"
    );
    folder
}

/// The corpora, programs first.
pub(crate) const CORPORA: &[Corpus] = &[
    Corpus {
        name: "crawler-user-agents",
        package: "crawler-user-agents",
        licence: "MIT",
        side: Side::Programs,
        read: crawler_user_agents,
        left_out: left_out::CRAWLER_USER_AGENTS,
    },
    Corpus {
        name: "Matomo Device Detector, bots",
        package: "device-detector",
        licence: "LGPL-3.0-or-later",
        side: Side::Programs,
        read: |folder| read::matomo(&folder.join(MATOMO).join("bots.yml")),
        left_out: left_out::MATOMO_BOTS,
    },
    Corpus {
        name: "isbot, crawlers",
        package: "isbot",
        licence: "MIT",
        side: Side::Programs,
        read: |folder| read::lines(&folder.join("crawlers.txt")),
        left_out: left_out::ISBOT,
    },
    Corpus {
        name: "Crawler-Detect, crawlers",
        package: "crawlerdetect",
        licence: "MIT",
        side: Side::Programs,
        read: |folder| read::lines(&folder.join("tests/fixtures/user_agent/crawlers.txt")),
        left_out: left_out::CRAWLER_DETECT,
    },
    Corpus {
        name: "top-crawler-agents",
        package: "top-crawler-agents",
        licence: "MIT",
        side: Side::Programs,
        read: |folder| read::list(&read::json(&folder.join("index.json")), ""),
        left_out: &[],
    },
    Corpus {
        name: "AI Crawler Index",
        package: "ai-crawler-index",
        licence: "MIT, data CC0-1.0",
        side: Side::Programs,
        read: |folder| {
            read::list(
                &read::json(&folder.join("ai_crawler_index/data.json"))["crawlers"],
                "ua",
            )
        },
        left_out: &[],
    },
    Corpus {
        name: "user-agents",
        package: "user-agents",
        licence: "BSD-2-Clause",
        side: Side::People,
        read: |folder| read::list(&read::json(&folder.join("dist/user-agents.json")), "userAgent"),
        left_out: &[],
    },
    Corpus {
        name: "top-user-agents",
        package: "top-user-agents",
        licence: "MIT",
        side: Side::People,
        read: |folder| read::list(&read::json(&folder.join("src/index.json")), ""),
        left_out: &[],
    },
    Corpus {
        name: "@ulixee/real-user-agents",
        package: "@ulixee/real-user-agents",
        licence: "MIT",
        side: Side::People,
        read: real_user_agents,
        left_out: &[],
    },
    Corpus {
        name: "fake-useragent",
        package: "fake-useragent",
        licence: "Apache-2.0",
        side: Side::People,
        read: |folder| read::json_lines(&folder.join("fake_useragent/data/browsers.jsonl"), "useragent"),
        left_out: &[],
    },
    Corpus {
        name: "header-generator, whole header sets",
        package: "header-generator",
        licence: "Apache-2.0",
        side: Side::People,
        read: network::header_sets,
        left_out: left_out::HEADER_GENERATOR,
    },
    Corpus {
        name: "Matomo Device Detector, people's devices",
        package: "device-detector",
        licence: "LGPL-3.0-or-later",
        side: Side::People,
        read: matomo_people,
        left_out: left_out::MATOMO_PEOPLE,
    },
    Corpus {
        name: "Crawler-Detect, devices",
        package: "crawlerdetect",
        licence: "MIT",
        side: Side::People,
        read: |folder| read::lines(&folder.join("tests/fixtures/user_agent/devices.txt")),
        left_out: left_out::CRAWLER_DETECT_DEVICES,
    },
    Corpus {
        name: "is-crawler, browsers",
        package: "is-crawler",
        licence: "Apache-2.0",
        side: Side::People,
        read: |folder| {
            let mut samples = read::lines(&folder.join("tests/fixtures/browser_user_agents.txt"));
            samples.extend(read::lines(
                &folder.join("tests/fixtures/browser_user_agents_extended.txt"),
            ));
            samples
        },
        left_out: left_out::IS_CRAWLER_BROWSERS,
    },
];

const MATOMO: &str = "device_detector/tests/fixtures/upstream";

/// The sample strings, labelled with their entry's pattern.
fn crawler_user_agents(folder: &Path) -> Vec<Sample> {
    let entries = read::json(&folder.join("crawleruseragents/crawler-user-agents.json"));
    let samples = |entry: &serde_json::Value| -> Vec<_> {
        let label = entry["pattern"].as_str().unwrap();
        let instances = entry["instances"].as_array().into_iter().flatten();
        instances
            .map(|instance| Sample::new(instance.as_str().unwrap(), label))
            .collect()
    };
    entries.as_array().unwrap().iter().flat_map(samples).collect()
}

/// The newest browsers of each system; where a version has many builds, with the first of them.
fn real_user_agents(folder: &Path) -> Vec<Sample> {
    let all = read::json(&folder.join("data/userAgentsById.json"));
    let pattern = |agent: &serde_json::Value| {
        let build = agent["allPatchVersions"][0].to_string();
        Sample::new(&agent["pattern"].as_str().unwrap().replace("$patch$", &build), "")
    };
    all.as_object().unwrap().values().map(pattern).collect()
}

/// All files but that of bots, labelled with the kind of client.
fn matomo_people(folder: &Path) -> Vec<Sample> {
    let files = std::fs::read_dir(folder.join(MATOMO)).unwrap();
    let files = files.map(|entry| entry.unwrap().path());
    let people = |path: &PathBuf| {
        path.extension().is_some_and(|end| end == "yml") && path.file_stem().is_some_and(|stem| stem != "bots")
    };
    files.filter(people).flat_map(|path| read::matomo(&path)).collect()
}
