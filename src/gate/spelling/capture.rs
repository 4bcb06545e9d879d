//! Which endings a segment may have, and what stands in a template's holes.

use crate::gate::template::Pattern;

/// What `patterns` capture from `segments`, hole by hole; `None` if they don't fit.
///
/// A segment that ends in plain text also fits with dots or spaces behind it, and the last one with a format suffix
/// (`verify.json`): routers cut these off.
pub(in crate::gate) fn capture<'t>(
    patterns: &[Pattern],
    segments: impl Iterator<Item = &'t str>,
    fold: bool,
) -> Option<Vec<&'t str>> {
    let mut captured = Vec::new();
    let mut segments = segments.peekable();
    for pattern in patterns {
        let segment = segments.next()?;
        let last = segments.peek().is_none();
        let text = if pattern.ends_in_hole() {
            pattern.capture(segment, fold)?
        } else {
            endings(segment, last).find_map(|ending| pattern.capture(ending, fold))?
        };
        if pattern.hole().is_some() {
            captured.push(text);
        }
    }
    segments.next().is_none().then_some(captured)
}

/// A segment as it stands, and without what routers cut off its end.
fn endings(segment: &str, last: bool) -> impl Iterator<Item = &str> {
    let trim = |text: &'_ str| text.trim_end_matches(['.', ' ']).len();
    let trimmed = segment.trim();
    let trimmed = &trimmed[..trim(trimmed)];
    let shorter = std::iter::successors(last.then_some(trimmed), move |text| {
        let (stem, _) = text.rsplit_once('.')?;
        (!stem.is_empty()).then(|| &stem[..trim(stem)])
    });
    [segment, trimmed].into_iter().chain(shorter)
}
