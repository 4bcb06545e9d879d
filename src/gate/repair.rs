//! Links that arrive damaged, mended where one reading alone is left.
//!
//! Only what certainly is, or could be, this very link is looked at, and what comes out is its plain spelling: a wrong
//! guess could at worst send a token that the upstream does not know. Where a link says what its tokens look like, that
//! decides. Else a mend must show by itself that it is right: what it undoes is in no whole link, or the token that is
//! left has a form that nothing else has ([`Form`]).

mod form;
mod mends;
#[cfg(test)]
mod tests;

use http::uri::PathAndQuery;
use http::{Request, Uri};

use self::form::Form;
use self::mends::{Mend, Place};
use super::link::Link;
use super::passage::Protected;
use super::recognise::{Match, Target, Values};
use super::template::TOKEN;
use super::{Gate, path_and_query, spelling};

/// What was done to a link on its way, and undone here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// `&` kept as `&amp;`.
    HtmlEscape,
    /// `=` kept as `=3D`, or a line break with its `=`.
    QuotedPrintable,
    /// Percent-encoded twice, or signs between the fields encoded.
    PercentEncoding,
    /// Signs of the text around it.
    Punctuation,
    /// A line break or white space put in.
    WhiteSpace,
    /// `+` turned into a space.
    Plus,
    /// A second query joined with `?`.
    SecondQuery,
    /// The rest of a Markdown link.
    Markdown,
    /// The link, or a wrapper around it, as the token's value.
    Wrapper,
}

impl Repair {
    /// Every repair.
    pub const ALL: [Self; 9] = [
        Self::HtmlEscape,
        Self::QuotedPrintable,
        Self::PercentEncoding,
        Self::Punctuation,
        Self::WhiteSpace,
        Self::Plus,
        Self::SecondQuery,
        Self::Markdown,
        Self::Wrapper,
    ];

    /// The word for it in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HtmlEscape => "html_escape",
            Self::QuotedPrintable => "quoted_printable",
            Self::PercentEncoding => "percent_encoding",
            Self::Punctuation => "punctuation",
            Self::WhiteSpace => "white_space",
            Self::Plus => "plus",
            Self::SecondQuery => "second_query",
            Self::Markdown => "markdown",
            Self::Wrapper => "wrapper",
        }
    }
}

/// A damaged link's one reading.
#[derive(Clone, Debug)]
pub(super) struct Mended {
    pub(super) target: PathAndQuery,
    pub(super) values: Values,
    pub(super) by: Vec<Repair>,
}

impl Gate {
    /// What a damaged link was: what it fits but for its token, else the only link that it can be.
    pub(super) fn mend(&self, host: &str, uri: &Uri, fits: Option<&(usize, Values)>) -> Option<(usize, Mended)> {
        let target = path_and_query(uri);
        // No mail program puts them in: whoever sends them wants something else.
        if spelling::has_controls(target) {
            return None;
        }
        let first = |mended: &Mended| {
            let mended = Uri::from(mended.target.clone());
            let target = Target::new(&mended);
            let mut served = self.served(host);
            served.find_map(|(index, link)| matches!(target.link(link), Match::Fits(_)).then_some(index))
        };
        let mend = |index: usize, values: Option<&Values>| {
            let mended = mend_link(&self.links[index], host, target, values)?;
            // It must be the same link to whoever reads it again.
            (first(&mended) == Some(index)).then_some((index, mended))
        };
        if let Some((index, values)) = fits {
            return mend(*index, Some(values));
        }
        let mut all = self.served(host).filter_map(|(index, _)| mend(index, None));
        all.next().filter(|_| all.next().is_none())
    }

    pub(super) fn protect_mended<B>(
        &self,
        mut request: Request<B>,
        link: usize,
        host: &str,
        mended: Mended,
    ) -> Protected<B> {
        let came = request.uri().clone();
        let mut parts = came.clone().into_parts();
        parts.path_and_query = Some(mended.target);
        // Only path and query change, and they were read as such.
        *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
        Protected {
            mended: Some((came, mended.by)),
            ..self.protect(request, link, host, mended.values)
        }
    }
}

/// The link's one whole reading, where it arrived damaged. `values` are those that it has as it came, if it fits.
fn mend_link(link: &Link, host: &str, target: &str, values: Option<&Values>) -> Option<Mended> {
    if target.len() > MAX_LENGTH || !may_be_damaged(link, target, values) {
        return None;
    }
    let mut search = Search {
        link,
        host,
        seen: Vec::new(),
        left: MAX_WORK / target.len().max(MAX_WORK / MAX_READINGS),
    };
    let mut readings = search.readings(mends::of_escaped_name(link, target).unwrap_or_else(|| Mend::none(target)));
    if search.left == 0 {
        return None;
    }
    readings.sort_by_key(|mended| mended.by.len());
    let mut readings = readings.into_iter();
    let first = readings.next()?;
    let same = |hole: &str, other: &Mended| other.values.get(hole) == first.values.get(hole);
    let holes = || std::iter::once(TOKEN).chain(link.belongs.iter().map(String::as_str));
    readings
        .all(|other| holes().all(|hole| same(hole, &other)))
        .then_some(first)
}

/// Cheap, and right for what is whole: most requests are no links, and most links are whole.
fn may_be_damaged(link: &Link, target: &str, values: Option<&Values>) -> bool {
    let Some(values) = values else {
        return mends::has_trace(target);
    };
    let token = values.get(TOKEN).unwrap_or_default();
    let whole = match &link.token_shape {
        Some(shape) => shape.is_match(token),
        None => Form::is_whole(token),
    };
    !whole || mends::of_escaped_name(link, target).is_some()
}

struct Search<'l> {
    link: &'l Link,
    host: &'l str,
    seen: Vec<Seen>,
    /// How many more targets may be looked at.
    left: usize,
}

/// A target that was looked at, and what came of it.
struct Seen {
    target: String,
    needs: Form,
    readings: Vec<Mended>,
}

impl Search<'_> {
    /// What a target may have been.
    fn readings(&mut self, mend: Mend) -> Vec<Mended> {
        let known = |seen: &&Seen| seen.target == mend.target && seen.needs <= mend.needs;
        if let Some(seen) = self.seen.iter().find(known) {
            return seen.readings.clone();
        }
        if self.left == 0 {
            return Vec::new();
        }
        self.left -= 1;
        let (target, needs) = (mend.target.clone(), mend.needs);
        let readings = self.look(mend);
        self.seen.push(Seen {
            target,
            needs,
            readings: readings.clone(),
        });
        readings
    }

    /// A whole link ends the search. Where nothing says how tokens look, it ends with nothing left to mend.
    fn look(&mut self, mend: Mend) -> Vec<Mended> {
        let Ok(target) = mend.target.parse::<PathAndQuery>() else {
            return Vec::new();
        };
        let place = Place::of_token(self.link, &mend.target);
        let token = place.as_ref().and_then(|place| place.token(&mend.target));
        let looks = token.as_ref().is_some_and(|token| self.looks(token, &mend));
        let fits = looks.then(|| self.fits(&target)).flatten();
        let is_final = self.link.token_shape.is_some() || token.as_deref().is_some_and(Form::is_rigid);
        if let Some(values) = fits.clone().filter(|_| is_final) {
            return Vec::from_iter(mend.finished(target, values));
        }
        let mut next = mends::of_whole(self.link, &mend.target, token.is_some());
        match &place {
            Some(place) if !looks || !is_final => next.extend(mends::of_value(&mend.target, place, self.host)),
            _ => next.extend(mends::of_end(&mend.target)),
        }
        let mut readings = Vec::new();
        for next in next {
            readings.extend(self.readings(mend.and(next)));
        }
        match fits {
            Some(values) if readings.is_empty() => Vec::from_iter(mend.finished(target, values)),
            _ => readings,
        }
    }

    fn looks(&self, token: &str, mend: &Mend) -> bool {
        match &self.link.token_shape {
            Some(shape) => shape.is_match(token),
            None => Form::of(token) >= mend.needs,
        }
    }

    fn fits(&self, target: &PathAndQuery) -> Option<Values> {
        match Target::new(&Uri::from(target.clone())).link(self.link) {
            Match::Fits(values) => Some(values),
            Match::No | Match::Ambiguous(_) => None,
        }
    }
}

impl Mend {
    fn none(target: &str) -> Self {
        Self {
            target: target.to_owned(),
            by: Vec::new(),
            needs: Form::Any,
        }
    }

    /// This mend and one more.
    fn and(&self, next: Self) -> Self {
        let mut by = self.by.clone();
        by.extend(next.by);
        by.sort_unstable();
        by.dedup();
        Self {
            target: next.target,
            by,
            needs: self.needs.max(next.needs),
        }
    }

    /// What came whole is no mend.
    fn finished(self, target: PathAndQuery, values: Values) -> Option<Mended> {
        (!self.by.is_empty()).then_some(Mended {
            target,
            values,
            by: self.by,
        })
    }
}

/// Longer targets are not looked at, in bytes.
const MAX_LENGTH: usize = 4096;
/// Where there are more to look at, none counts.
const MAX_READINGS: usize = 48;
/// All targets that are looked at, in bytes.
const MAX_WORK: usize = 48 * 1024;
