//! What a visit looks like, and why.

use http::Method;

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

/// A check that matched a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check's stable name.
    pub check: &'static str,
    /// How much it adds to the score.
    pub weight: i32,
}

/// All findings of a visit and what they add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The class.
    pub class: Class,
    /// Everything that matched, not the first.
    pub findings: Vec<Finding>,
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

/// Judges a visit by itself.
#[must_use]
pub fn judge(visit: &Visit<'_>) -> Verdict {
    let mut findings = Vec::new();
    if visit.method == Method::HEAD {
        findings.push(Finding {
            check: "head",
            weight: PROBABLE,
        });
    }
    if ["sec-purpose", "purpose", "x-moz", "x-purpose"]
        .iter()
        .any(|name| says_prefetch(visit, name))
    {
        findings.push(Finding {
            check: "prefetch",
            weight: 0,
        });
    }
    let class = match findings.iter().map(|finding| finding.weight).sum::<i32>() {
        ..50 => Class::Unknown,
        50..100 => Class::Suspect,
        100.. => Class::Scanner,
    };
    Verdict { class, findings }
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

    #[test]
    fn a_first_visit_of_a_browser_scores_nothing() {
        let headers = HeaderMap::new();
        let visit = Visit {
            method: &Method::GET,
            headers: &headers,
            client: [192, 0, 2, 1].into(),
        };
        assert_eq!(
            judge(&visit),
            Verdict {
                class: Class::Unknown,
                findings: Vec::new()
            }
        );
        assert_eq!(
            judge(&Visit {
                method: &Method::HEAD,
                ..visit
            })
            .class,
            Class::Suspect
        );
    }

    #[test]
    fn a_prefetch_is_seen_and_weighs_nothing() {
        let mut headers = HeaderMap::new();
        headers.insert("sec-purpose", "prefetch;prerender".parse().unwrap());
        let verdict = judge(&Visit {
            method: &Method::GET,
            headers: &headers,
            client: [192, 0, 2, 1].into(),
        });
        assert_eq!((verdict.class, verdict.findings[0].check), (Class::Unknown, "prefetch"));
    }
}
