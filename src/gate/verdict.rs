//! What a visit looks like, and why.

use std::sync::Arc;

use super::checks::{Check, Checks};
use crate::signatures::{Action, Found, Signatures};
use crate::visit::Visit;

/// How much a visit looks like an automated fetcher. There is no word for "person": a GET proves nothing about one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nothing speaks for a machine: a score below 50.
    #[default]
    Unknown,
    /// Some things do: from 50.
    Suspect,
    /// Most things do: from 100.
    Scanner,
}

/// Something that speaks for a machine, or for a person's network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub name: Name,
    /// How much it adds to the score; 0 where it is only observed.
    pub weight: i32,
}

/// The stable name of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    /// A built-in check.
    Check(Check),
    /// A signature's id.
    Signature(Arc<str>),
}

impl Name {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Check(check) => check.name(),
            Self::Signature(id) => id,
        }
    }
}

/// All findings of a visit and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the findings add up to.
    pub score: i32,
    /// The class.
    pub class: Class,
    /// Everything that matched, not the first.
    pub findings: Vec<Finding>,
    /// What signatures say of it beyond weighing. Private, so that nobody else can say "let it pass".
    action: Action,
}

impl Verdict {
    /// What is done with the visit; a refusal wins over leave to pass.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }

    /// Whether a check holds.
    #[must_use]
    pub fn has(&self, check: Check) -> bool {
        self.findings.iter().any(|finding| finding.name == Name::Check(check))
    }

    /// The score as far as it speaks for a machine, as tickets and logs keep it.
    #[must_use]
    pub fn machine_score(&self) -> u8 {
        u8::try_from(self.score.clamp(0, 255)).unwrap_or(u8::MAX)
    }

    /// The class that it would have without one of its findings.
    #[must_use]
    pub fn class_without(&self, finding: &Finding) -> Class {
        Class::of(score(self.findings.iter().filter(|other| other.name != finding.name)))
    }

    /// What all findings weigh, those for a machine and those for people apart.
    #[must_use]
    pub fn sums(&self) -> (i32, i32) {
        let sum = |part: fn(i32) -> i32| self.findings.iter().map(|finding| part(finding.weight)).sum();
        (sum(|weight| weight.max(0)), sum(|weight| weight.min(0)))
    }

    /// Whether the visit looks like a machine by itself, not only by what came before it.
    #[must_use]
    pub fn is_machine(&self) -> bool {
        let own = |finding: &&Finding| !matches!(finding.name, Name::Check(check) if check.is_shared());
        Class::of(score(self.findings.iter().filter(own))) != Class::Unknown
    }
}

impl Class {
    /// The class of a score.
    #[must_use]
    pub const fn of(score: i32) -> Self {
        match score {
            ..50 => Self::Unknown,
            50..100 => Self::Suspect,
            100.. => Self::Scanner,
        }
    }

    /// The class that a log's word names.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let all = [Self::Unknown, Self::Suspect, Self::Scanner];
        all.into_iter().find(|class| class.as_str() == word)
    }

    /// The word for it in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Suspect => "suspect",
            Self::Scanner => "scanner",
        }
    }
}

/// Judges a visit: signatures and built-in checks add up.
#[must_use]
pub fn judge(visit: &Visit<'_>, signatures: &Signatures, checks: &Checks) -> Verdict {
    judge_found(visit, &signatures.find(visit), checks, Recalled::NOTHING)
}

/// What a log says was found. It answers for what can't be judged again, because the log does not have all that the
/// verdict hung on.
#[derive(Clone, Copy, Debug)]
pub struct Recalled<'l> {
    /// Names of findings.
    pub findings: &'l [String],
    /// Names of the doubts about a press.
    pub doubts: &'l [String],
}

impl Recalled<'_> {
    /// Nothing is said.
    pub const NOTHING: Self = Self {
        findings: &[],
        doubts: &[],
    };

    /// Whether something was found.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.findings.iter().any(|known| known == name)
    }

    /// Whether a doubt was found.
    #[must_use]
    pub fn has_doubt(&self, name: &str) -> bool {
        self.doubts.iter().any(|known| known == name)
    }
}

/// Judges a visit for which the signatures are found already.
#[must_use]
pub fn judge_found(visit: &Visit<'_>, found: &Found<'_>, checks: &Checks, recalled: Recalled<'_>) -> Verdict {
    let mut findings = Vec::new();
    let mut action = Action::Weigh;
    for signature in &found.signatures {
        let weighs = !signature.observed && signature.action == Action::Weigh;
        let weight = if weighs { signature.weight } else { 0 };
        if !signature.observed && signature.action != Action::Weigh && action != Action::Refuse {
            action = signature.action;
        }
        findings.push(Finding {
            name: Name::Signature(Arc::clone(&signature.id)),
            weight,
        });
    }
    findings.extend(checks.find(visit, recalled).map(|check| Finding {
        name: Name::Check(check),
        weight: checks.weight(check),
    }));
    let score = score(findings.iter());
    Verdict {
        score,
        class: Class::of(score),
        findings,
        action,
    }
}

/// People's networks lower the sum, never below what behaviour alone has earned.
fn score<'f>(findings: impl Iterator<Item = &'f Finding>) -> i32 {
    let (mut behaviour, mut sum) = (0, 0);
    for finding in findings {
        sum += finding.weight;
        if matches!(finding.name, Name::Check(check) if check.is_behaviour()) {
            behaviour += finding.weight;
        }
    }
    behaviour.max(sum)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;
    use crate::visit::history::{History, Mark, Track};
    use crate::visit::{ClientAddress, Fact, VisitBuf};

    fn judged(method: &Method, fields: &[(&'static str, &str)]) -> Verdict {
        let mut headers = HeaderMap::new();
        headers.insert("accept-language", "en".parse().unwrap());
        for (name, value) in fields {
            headers.insert(*name, value.parse().unwrap());
        }
        judge(
            &Visit::live(method, &headers, ClientAddress::UNKNOWN),
            &Signatures::none(),
            &Checks::default(),
        )
    }

    fn names(visit: &VisitBuf) -> Vec<&'static str> {
        let verdict = judge(&visit.as_visit(), &Signatures::none(), &Checks::default());
        let name = |finding: &Finding| match finding.name {
            Name::Check(check) => check.name(),
            Name::Signature(_) => unreachable!(),
        };
        verdict.findings.iter().map(name).collect()
    }

    #[test]
    fn a_first_visit_of_a_browser_scores_nothing() {
        assert_eq!(
            judged(&Method::GET, &[]),
            Verdict {
                score: 0,
                class: Class::Unknown,
                findings: Vec::new(),
                action: Action::Weigh
            }
        );
        assert_eq!(judged(&Method::HEAD, &[]).class, Class::Suspect);
        for agent in crate::visit::USER_AGENTS_OF_PEOPLE {
            let mut visit = VisitBuf::ordinary();
            visit.set("user-agent", agent);
            assert_eq!(names(&visit), Vec::<&str>::new(), "{agent}");
        }
    }

    #[test]
    fn a_prefetch_is_seen_and_weighs_nothing() {
        let verdict = judged(&Method::GET, &[("sec-purpose", "prefetch;prerender")]);
        assert_eq!(
            (verdict.class, verdict.findings[0].name.as_str()),
            (Class::Unknown, "prefetch")
        );
    }

    #[test]
    fn a_browser_is_missed_fields_of_only_where_it_sends_them() {
        let mut visit = VisitBuf::ordinary();
        for name in ["sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site"] {
            visit.remove(name);
        }
        assert_eq!(names(&visit), ["browser-fields"]);
        for secure in [Fact::Known(false), Fact::Unrecorded] {
            assert!(
                names(&VisitBuf {
                    secure,
                    ..visit.clone()
                })
                .is_empty()
            );
        }
        let unknown = VisitBuf {
            names: Fact::Unrecorded,
            ..visit.clone()
        };
        assert!(names(&unknown).is_empty(), "what was not recorded is not missing");
        visit.set("user-agent", "Lynx/2.9.0 libwww-FM/2.14");
        visit.remove("accept-language");
        assert_eq!(names(&visit), ["no-accept-language"]);
    }

    #[test]
    fn history_weighs_for_fetches_and_not_for_a_press() {
        let mark = |millis, head| Mark {
            at: crate::time::Timestamp::from_millis(millis),
            network: Fact::Known(1),
            address: Fact::Known(1),
            agent: 1,
            tls: Fact::Unrecorded,
            head,
            machine: head,
            score: 0,
        };
        let history = History {
            track: Track::default().after(mark(0, true)),
            issued: Some(crate::time::Timestamp::from_millis(-1_000)),
            ..History::first(mark(200, false))
        };
        let visit = VisitBuf {
            history: Fact::Known(history),
            ..VisitBuf::ordinary()
        };
        assert_eq!(names(&visit), ["head-before", "early-get", "pair"]);
        let press = VisitBuf {
            method: Method::POST,
            ..visit
        };
        assert_eq!(names(&press), ["head-before"]);
    }

    #[test]
    fn people_s_networks_never_outweigh_behaviour() {
        let finding = |name, weight| Finding { name, weight };
        let (behaviour, people) = (
            finding(Name::Check(Check::Head), 50),
            finding(Name::Signature("p".into()), -100),
        );
        let gateway = finding(Name::Signature("g".into()), 100);
        let class = |findings: &[Finding]| Class::of(score(findings.iter()));
        assert_eq!(class(&[behaviour, people.clone()]), Class::Suspect);
        assert_eq!(class(&[gateway.clone(), people]), Class::Unknown);
        assert_eq!(class(&[gateway]), Class::Scanner);
    }
}
