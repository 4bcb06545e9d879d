//! Where a path ends, what starts the query, and what is taken for the host.

use super::Work;
use super::climb::{Dots, Walk};

/// A path on its way to a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) path: String,
    /// What stands behind the sign that ended it.
    pub(super) query: Option<String>,
    /// Whether only a careless router gets here.
    pub(super) odd: bool,
}

/// What is done before anything is decoded: a `;` ends the path (restify, Fastify 4), and literal dot segments climb,
/// while escaped ones are names (RFC 3986 section 5.2.4 without the normalisation of section 6.2.2).
pub(super) fn starts(path: &str) -> Vec<Draft> {
    let came = Draft {
        path: path.to_owned(),
        query: None,
        odd: false,
    };
    let mut starts = vec![came];
    double(&mut starts, |draft| cut_at(draft, ';'));
    let came = starts.clone();
    for strip in [false, true] {
        for dots in [Dots::Merged, Dots::Counted] {
            let trim = false;
            let climbed = came.iter().filter_map(|draft| climb(draft, Walk { strip, trim, dots }));
            for draft in climbed {
                if !starts.contains(&draft) {
                    starts.push(draft);
                }
            }
        }
    }
    starts
}

/// The path without dot segments as they are written, if it has any.
fn climb(draft: &Draft, walk: Walk) -> Option<Draft> {
    let name = |raw: &'_ str| raw.split(';').next().is_some_and(|name| matches!(name, "." | ".."));
    if !draft.path.split('/').any(name) {
        return None;
    }
    let path = format!("/{}", walk.over(&draft.path).segments.join("/"));
    (path != draft.path).then(|| odd(draft, path))
}

/// A decoded path in the product of these habits. `None` if there are too many.
pub(super) fn drafts(draft: Draft, work: &mut Work) -> Option<Vec<Draft>> {
    let mut drafts = vec![draft];
    for habit in HABITS {
        double(&mut drafts, habit);
        let bytes = drafts.iter().map(|draft| draft.path.len()).sum();
        work.take(bytes)?;
    }
    for draft in &mut drafts {
        draft.odd |= draft.path.starts_with("//") || !draft.path.starts_with('/');
    }
    Some(drafts)
}

type Habit = fn(&Draft) -> Option<Draft>;

/// In the order in which readers do these things; each tells what it changes a path to.
const HABITS: [Habit; 6] = [
    split_at_escaped_slashes,
    split_at_backslashes,
    without_host,
    |draft| cut_at(draft, '?'),
    |draft| cut_at(draft, '#'),
    |draft| cut_at(draft, ';'),
];

/// Adds what a habit makes of each draft.
fn double(drafts: &mut Vec<Draft>, habit: impl Fn(&Draft) -> Option<Draft>) {
    let changed: Vec<Draft> = drafts.iter().filter_map(habit).collect();
    drafts.extend(changed);
}

/// Whoever decodes before splitting; whoever splits first keeps the slash inside its segment. Both are sane.
fn split_at_escaped_slashes(draft: &Draft) -> Option<Draft> {
    let path = super::decode::with_slashes(&draft.path);
    (path != draft.path).then(|| Draft { path, ..draft.clone() })
}

/// WHATWG's URL parser, and Windows.
fn split_at_backslashes(draft: &Draft) -> Option<Draft> {
    let path = draft.path.replace('\\', "/");
    (path != draft.path).then(|| odd(draft, path))
}

/// URL parsers that resolve the target as a reference take the first segment behind `//` for the host.
fn without_host(draft: &Draft) -> Option<Draft> {
    let path = &draft.path;
    if path.starts_with('/') && !path.starts_with("//") {
        return None;
    }
    let (_, rest) = path.trim_start_matches('/').split_once('/')?;
    Some(odd(draft, format!("/{rest}")))
}

/// Decoders that come before the split take an escaped `?` or `#` for the end, and some routers a `;`. What stands
/// behind the first such sign is then the query, or the query that came, or both.
fn cut_at(draft: &Draft, sign: char) -> Option<Draft> {
    let (before, after) = draft.path.split_once(sign)?;
    Some(Draft {
        query: Some(draft.query.clone().unwrap_or_else(|| after.to_owned())),
        ..odd(draft, before.to_owned())
    })
}

fn odd(draft: &Draft, path: String) -> Draft {
    Draft {
        path,
        query: draft.query.clone(),
        odd: true,
    }
}
