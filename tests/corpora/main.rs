//! The shipped signatures over public lists of user-agents: programs are found, and no person is.
//!
//! `bash tests/run corpora` fetches the lists; docs/corpora.md is what comes out (`UPDATE_CORPORA=1` writes it).

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may panic and read files, in its helpers too"
)]

mod catalogue;
mod left_out;
mod network;
mod page;
mod read;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use linklatch::diag::{Diagnostics, SourceMap};
use linklatch::gate::checks::Checks;
use linklatch::gate::verdict::{self, Finding, Name};
use linklatch::load;
use linklatch::signatures::{Action, Signatures};
use linklatch::visit::VisitBuf;
use regex::{RegexSet, RegexSetBuilder};

use self::catalogue::{CORPORA, Corpus, Side};
use self::left_out::LeftOut;
use self::read::Sample;

/// What came out for one corpus.
struct Measured {
    corpus: &'static Corpus,
    /// Different samples, without those left out.
    samples: usize,
    /// How many each reason left out, in the catalogue's order.
    left_out: Vec<usize>,
    /// Those of `samples` that look like a machine: a score of 50 or more, or refused.
    found: usize,
    /// People that do, or programs that don't.
    wrong: Vec<Sample>,
    /// How many of `wrong` score something, yet less than 50.
    hinted: usize,
}

impl Measured {
    /// Found of all, in percent.
    #[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
    fn percent(&self) -> f64 {
        100.0 * self.found as f64 / self.samples as f64
    }
}

static MEASURED: LazyLock<Vec<Measured>> = LazyLock::new(|| {
    let signatures = load::signatures(None, &mut SourceMap::default(), &mut Diagnostics::default());
    let folders: Vec<_> = CORPORA.iter().map(|corpus| catalogue::folder(corpus.package)).collect();
    let corpora = CORPORA.iter().zip(&folders);
    corpora
        .map(|(corpus, folder)| measure(corpus, folder, &signatures))
        .collect()
});

fn measure(corpus: &'static Corpus, folder: &Path, signatures: &Signatures) -> Measured {
    let mut samples = (corpus.read)(folder);
    samples.sort();
    samples.dedup_by(|one, other| one.fields == other.fields);
    let mut left_out = vec![0; corpus.left_out.len()];
    let reasons = Reasons::of(corpus);
    samples.retain(|sample| {
        reasons
            .of_sample(sample)
            .inspect(|reason| left_out[*reason] += 1)
            .is_none()
    });
    let scores = scores(&samples, corpus.side, signatures);
    let wrong = |score: &i32| (*score >= FOUND) != (corpus.side == Side::Programs);
    Measured {
        corpus,
        samples: samples.len(),
        left_out,
        found: scores.iter().filter(|score| **score >= FOUND).count(),
        hinted: scores
            .iter()
            .filter(|score| wrong(score) && (1..FOUND).contains(*score))
            .count(),
        wrong: samples
            .into_iter()
            .zip(&scores)
            .filter(|(_, score)| wrong(score))
            .map(|(sample, _)| sample)
            .collect(),
    }
}

/// The samples' scores, on all cores.
fn scores(samples: &[Sample], side: Side, signatures: &Signatures) -> Vec<i32> {
    let cores = std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        let parts: Vec<_> = samples
            .chunks(samples.len().div_ceil(cores).max(1))
            .map(|part| {
                scope.spawn(|| {
                    part.iter()
                        .map(|sample| score(sample, side, signatures))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

/// A corpus's reasons to leave samples out, compiled.
struct Reasons {
    patterns: RegexSet,
    unless: RegexSet,
}

impl Reasons {
    fn of(corpus: &Corpus) -> Self {
        let set = |part: fn(&LeftOut) -> &'static str| {
            let patterns = corpus.left_out.iter().map(part);
            RegexSetBuilder::new(patterns)
                .case_insensitive(true)
                .multi_line(true)
                .build()
                .unwrap()
        };
        Self {
            patterns: set(|left| left.pattern),
            unless: set(|left| left.unless),
        }
    }

    /// The first reason that holds.
    fn of_sample(&self, sample: &Sample) -> Option<usize> {
        let text = sample.text();
        let unless = self.unless.matches(&text);
        self.patterns
            .matches(&text)
            .iter()
            .find(|reason| !unless.matched(*reason))
    }
}

/// The score from which a visit is no longer ordinary.
const FOUND: i32 = 50;

/// The score of a first visit that is ordinary but for the sample's fields: by the signatures alone where programs are to be
/// found; with the built-in checks, as people meet them, where nobody is.
fn score(sample: &Sample, side: Side, signatures: &Signatures) -> i32 {
    let mut visit = VisitBuf::ordinary();
    for (name, value) in &sample.fields {
        match value {
            Some(value) => visit.set(name, value),
            None => visit.remove(name),
        }
    }
    let verdict = verdict::judge(&visit.as_visit(), signatures, &Checks::default());
    let agent = sample.user_agent();
    assert_eq!(
        verdict.action(),
        Action::Weigh,
        "{agent}: no shipped signature decides alone"
    );
    match side {
        Side::People => verdict.score,
        Side::Programs => {
            let by_signatures = |finding: &&Finding| matches!(finding.name, Name::Signature(_));
            verdict
                .findings
                .iter()
                .filter(by_signatures)
                .map(|finding| finding.weight)
                .sum()
        }
    }
}

#[test]
fn programs_are_found() {
    for measured in MEASURED
        .iter()
        .filter(|measured| measured.corpus.side == Side::Programs)
    {
        let name = measured.corpus.name;
        let missed: Vec<_> = measured.wrong.iter().map(Sample::user_agent).collect();
        assert!(measured.samples >= 100, "{name}: {} samples", measured.samples);
        assert!(
            measured.percent() >= 99.0,
            "{name}: {:.2} % found; not found:\n{}",
            measured.percent(),
            missed.join("\n")
        );
    }
}

#[test]
fn no_person_is_taken_for_a_program() {
    for measured in MEASURED.iter().filter(|measured| measured.corpus.side == Side::People) {
        let name = measured.corpus.name;
        assert!(measured.samples >= 100, "{name}: {} samples", measured.samples);
        let wrong: Vec<_> = measured.wrong.iter().map(Sample::text).collect();
        assert_eq!(wrong, [""; 0], "{name}");
    }
}

#[test]
fn every_package_is_measured_and_every_reason_leaves_something_out() {
    let packages: BTreeSet<_> = catalogue::packages().collect();
    let measured: BTreeSet<_> = CORPORA.iter().map(|corpus| corpus.package).collect();
    assert_eq!(packages, measured);
    for measured in MEASURED.iter() {
        for (left, count) in measured.corpus.left_out.iter().zip(&measured.left_out) {
            assert_ne!(*count, 0, "{}: {}", measured.corpus.name, left.why);
        }
    }
}

#[test]
fn the_page_says_what_is_measured() {
    const PAGE: &str = "docs/corpora.md";
    let page = page::of(&MEASURED);
    if std::env::var_os("UPDATE_CORPORA").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    let differs = page.lines().find(|line| !written.lines().any(|known| known == *line));
    assert!(
        written == page,
        "`UPDATE_CORPORA=1 bash tests/run corpora` writes {PAGE} anew: {}",
        differs.unwrap_or("a line is too many")
    );
}
