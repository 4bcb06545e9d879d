//! What an empty or blank segment is, when dot segments climb, and whether `;parameters` count.

/// One way to walk through a path's segments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    /// Whether `;parameters` are cut off each segment first (Tomcat and other servlet containers).
    pub(super) strip: bool,
    /// Whether white space around a segment is no part of it: ` ` is empty then, and ` ..` climbs.
    pub(super) trim: bool,
    /// What dot segments do.
    pub(super) dots: Dots,
}

/// What dot segments do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dots {
    /// They climb, over segments that hold something: slashes are merged first (nginx, Go's `path.Clean`).
    Merged,
    /// They climb over empty segments too (RFC 3986 section 5.2.4; WHATWG's URL parser, so hapi and Hono).
    Counted,
    /// They are names like any other (Express).
    Kept,
}

/// What is left of a path.
#[derive(Debug)]
pub(super) struct Climbed<'p> {
    /// Empty ones are still there where they count.
    pub(super) segments: Vec<&'p str>,
    /// Whether dot segments climbed higher than the path is.
    pub(super) above_root: bool,
    trim: bool,
}

impl Walk {
    pub(super) fn over(self, path: &str) -> Climbed<'_> {
        let mut climbed = Climbed {
            segments: Vec::new(),
            above_root: false,
            trim: self.trim,
        };
        for raw in path.strip_prefix('/').unwrap_or(path).split('/') {
            let segment = if self.strip { without_parameters(raw) } else { raw };
            let name = if self.trim { segment.trim() } else { segment };
            match (name, self.dots) {
                ("", Dots::Merged) | (".", Dots::Merged | Dots::Counted) => {}
                ("..", Dots::Merged | Dots::Counted) => climbed.above_root |= climbed.segments.pop().is_none(),
                _ => climbed.segments.push(segment),
            }
        }
        climbed
    }
}

impl<'p> Climbed<'p> {
    /// The segments that hold something: routers merge slashes, at the latest when they compare.
    pub(super) fn names(&self) -> Vec<&'p str> {
        let holds = |segment: &&'p str| !(if self.trim { segment.trim() } else { segment }).is_empty();
        self.segments.iter().copied().filter(holds).collect()
    }
}

/// All walks that may end in different places on this path, the most usual first.
pub(super) fn walks(path: &str) -> Vec<Walk> {
    let bare = |raw| str::trim(without_parameters(raw));
    let has_dots = path.split('/').any(|raw| matches!(bare(raw), "." | ".."));
    let has_blank = has_dots
        && path
            .strip_prefix('/')
            .unwrap_or(path)
            .split('/')
            .any(|raw| bare(raw).is_empty());
    let both = |differ: bool| if differ { &[true, false][..] } else { &[true] };
    let dots: &[Dots] = match (has_dots, has_blank) {
        (false, _) => &[Dots::Merged],
        (true, false) => &[Dots::Merged, Dots::Kept],
        (true, true) => &[Dots::Merged, Dots::Counted, Dots::Kept],
    };
    let mut walks = Vec::new();
    for &dots in dots {
        for &strip in both(path.contains(';')) {
            for &trim in both(path.contains(char::is_whitespace)) {
                walks.push(Walk { strip, trim, dots });
            }
        }
    }
    walks
}

fn without_parameters(segment: &str) -> &str {
    segment.split(';').next().unwrap_or_default()
}
