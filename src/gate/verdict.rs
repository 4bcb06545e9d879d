//! What a visit looks like, and why.

use std::sync::Arc;

use http::Method;

use crate::signatures::{Action, Signatures};
use crate::visit::Visit;

/// How much a visit looks like an automated fetcher. There is no word for "person": a GET proves nothing about one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nothing speaks for a machine: a score below 50.
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
    Check(&'static str),
    /// A signature's id.
    Signature(Arc<str>),
}

impl Name {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Check(name) => name,
            Self::Signature(id) => id,
        }
    }
}

/// All findings of a visit and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
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
}

impl Class {
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

/// Judges a visit by itself: signatures and built-in checks add up.
#[must_use]
pub fn judge(visit: &Visit<'_>, signatures: &Signatures) -> Verdict {
    let mut findings = Vec::new();
    let mut action = Action::Weigh;
    for signature in signatures.find(visit).signatures {
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
    if visit.method == Method::HEAD {
        findings.push(Finding {
            name: Name::Check("head"),
            weight: PROBABLE,
        });
    }
    if ["sec-purpose", "purpose", "x-moz", "x-purpose"]
        .iter()
        .any(|name| says_prefetch(visit, name))
    {
        findings.push(Finding {
            name: Name::Check("prefetch"),
            weight: 0,
        });
    }
    Verdict {
        class: class(&findings),
        findings,
        action,
    }
}

/// People's networks lower the sum, never below what behaviour alone has earned.
fn class(findings: &[Finding]) -> Class {
    let sum = |names: fn(&Name) -> bool| -> i32 {
        findings
            .iter()
            .filter(|finding| names(&finding.name))
            .map(|finding| finding.weight)
            .sum()
    };
    let behaviour = sum(|name| matches!(name, Name::Check(_)));
    match behaviour.max(behaviour + sum(|name| matches!(name, Name::Signature(_)))) {
        ..50 => Class::Unknown,
        50..100 => Class::Suspect,
        100.. => Class::Scanner,
    }
}

/// Prefetches say so (`Sec-Purpose: prefetch;prerender`; older browsers `Purpose` and `X-Moz`).
fn says_prefetch(visit: &Visit<'_>, name: &str) -> bool {
    visit
        .header(name)
        .is_some_and(|value| value.starts_with("prefetch") || value == "preview")
}

const PROBABLE: i32 = 50;

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn judged(method: &Method, fields: &[(&'static str, &str)]) -> Verdict {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.insert(*name, value.parse().unwrap());
        }
        judge(
            &Visit::live(method, &headers, [192, 0, 2, 1].into()),
            &Signatures::none(),
        )
    }

    #[test]
    fn a_first_visit_of_a_browser_scores_nothing() {
        assert_eq!(
            judged(&Method::GET, &[]),
            Verdict {
                class: Class::Unknown,
                findings: Vec::new(),
                action: Action::Weigh
            }
        );
        assert_eq!(judged(&Method::HEAD, &[]).class, Class::Suspect);
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
    fn people_s_networks_never_outweigh_behaviour() {
        let finding = |name, weight| Finding { name, weight };
        let (behaviour, people) = (
            finding(Name::Check("head"), 50),
            finding(Name::Signature("p".into()), -100),
        );
        let gateway = finding(Name::Signature("g".into()), 100);
        assert_eq!(class(&[behaviour, people.clone()]), Class::Suspect);
        assert_eq!(class(&[gateway.clone(), people]), Class::Unknown);
        assert_eq!(class(&[gateway]), Class::Scanner);
    }
}
