//! Which language a browser gets: lookup (RFC 4647, section 3.4) over Accept-Language (RFC 9110, section 12.5.4).

use smallvec::SmallVec;

use super::tag::{current, is_same, is_traditional, language, speaks};

/// The place in `tags` of what `field` wishes for most; `default` where nothing fits.
pub(super) fn choose(field: &str, tags: &[&str], default: usize) -> usize {
    let mut wishes: SmallVec<[Wish<'_>; MOST]> = field.split(',').take(MOST).filter_map(Wish::read).collect();
    // Stable: of equal wishes the first counts.
    wishes.sort_by_key(|wish| std::cmp::Reverse(wish.weight));
    let is_unwanted = |at: usize| {
        let mut unwanted = wishes.iter().filter(|wish| wish.weight == 0);
        unwanted.any(|wish| covers(wish.range, tags[at]))
    };
    for wish in wishes.iter().take_while(|wish| wish.weight > 0) {
        let found = if wish.range == "*" {
            std::iter::once(default)
                .chain(0..tags.len())
                .find(|at| !is_unwanted(*at))
        } else {
            lookup(wish.range, tags).filter(|at| !is_unwanted(*at))
        };
        if let Some(at) = found {
            return at;
        }
    }
    default
}

/// One wish of a field.
#[derive(Clone, Copy, Debug)]
struct Wish<'f> {
    range: &'f str,
    /// Thousandths.
    weight: u16,
}

impl<'f> Wish<'f> {
    fn read(text: &'f str) -> Option<Self> {
        let (range, parameters) = text.split_once(';').unwrap_or((text, ""));
        let range = range.trim();
        let weight = if parameters.trim().is_empty() {
            1000
        } else {
            weight(parameters)?
        };
        let is_range = !range.is_empty() && range.len() <= LONGEST;
        is_range.then_some(Self { range, weight })
    }
}

/// `q=0.8` in thousandths.
fn weight(text: &str) -> Option<u16> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim();
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if !name.trim().eq_ignore_ascii_case("q") || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = part
        .bytes()
        .chain(*b"000")
        .take(3)
        .fold(0, |sum, b| sum * 10 + u16::from(b - b'0'));
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// The tag that a range means, of `tags` in their one spelling: itself, or what is left when parts are cut off from its end.
fn lookup(range: &str, tags: &[&str]) -> Option<usize> {
    let spoken = language(range);
    let now = current(spoken);
    let speaks = |tag: &str| language(tag).eq_ignore_ascii_case(now);
    let same = |part: &str| {
        let more = &part[spoken.len()..];
        let is_same = |tag: &&str| speaks(tag) && tag[now.len()..].eq_ignore_ascii_case(more);
        tags.iter().position(is_same)
    };
    if now.eq_ignore_ascii_case("zh") {
        // Those who read one kind of characters are not served by the other.
        let reads = |tag: &&str| speaks(tag) && is_traditional(tag) == is_traditional(range);
        return same(range).or_else(|| tags.iter().position(reads));
    }
    let mut part = range;
    loop {
        if let Some(at) = same(part) {
            return Some(at);
        }
        match part.rsplit_once('-') {
            Some((rest, _)) => part = rest,
            // Whoever asks for a language takes what there is of it.
            None if spoken == range => return tags.iter().position(|tag| speaks(tag)),
            None => return None,
        }
    }
}

/// Whether a range is a tag, or the beginning of one.
fn covers(range: &str, tag: &str) -> bool {
    is_same(range, tag)
        || (!range.contains('-') && speaks(range, language(tag)))
        || tag
            .get(..range.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(range) && tag[range.len()..].starts_with('-'))
}

/// Wishes that are looked at; people have a handful.
const MOST: usize = 24;
/// Characters of a range.
const LONGEST: usize = 35;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAGS: [&str; 8] = ["en", "de", "pt", "he", "zh-CN", "fr", "sr-Latn", "fr-CA"];

    fn chosen(field: &str) -> &'static str {
        TAGS[choose(field, &TAGS, 0)]
    }

    #[test]
    fn wishes_are_met() {
        for (field, tag) in [
            ("", "en"),
            ("de", "de"),
            ("DE", "de"),
            ("de-CH", "de"),
            ("de-Latn-CH-1996", "de"),
            ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
            ("ro, de;q=0.5, fr;q=0.7", "fr"),
            ("de;q=0.7, fr;q=0.7", "de"),
            ("fr-CA", "fr-CA"),
            ("fr-BE", "fr"),
            ("iw", "he"),
            ("he-IL", "he"),
            ("nb-NO,nb;q=0.9,no;q=0.8,de;q=0.6", "de"),
            ("zh", "zh-CN"),
            ("zh-CN", "zh-CN"),
            ("zh-Hans", "zh-CN"),
            ("zh-Hans-SG", "zh-CN"),
            ("zh-SG", "zh-CN"),
            ("cmn-Hans", "zh-CN"),
            ("zh-TW, de;q=0.5", "de"),
            ("zh-Hant", "en"),
            ("zh-Hant-CN, de;q=0.1", "de"),
            ("zh-HK,zh;q=0.9", "zh-CN"),
            ("sr", "sr-Latn"),
            ("sr-Cyrl, de;q=0.5", "de"),
            ("de;q=0, fr", "fr"),
            ("de;q=0", "en"),
            ("de-CH, de;q=0, pt;q=0.1", "pt"),
            ("en;q=0, *", "de"),
            ("en;q=0, de;q=0, *;q=0.1", "pt"),
            ("*", "en"),
            ("xx, *;q=0.5", "en"),
            ("*;q=0.5, fr", "fr"),
            ("*;q=0", "en"),
            ("de;q=0.000, fr;q=0.001", "fr"),
            ("de;q=1.000", "de"),
            (" de ; q = 0.5 , fr ; Q=0.4 ", "de"),
            ("de;q=2, fr;q=0.1", "fr"),
            ("de;q=x, fr;q=0.1", "fr"),
            ("de;q=0.1234, fr;q=0.1", "fr"),
            ("de;level=1, fr;q=0.1", "fr"),
            ("de;, fr;q=0.1", "de"),
            ("de; , fr;q=0.1", "de"),
            (",,,de", "de"),
            ("*-CH, de", "de"),
        ] {
            assert_eq!(chosen(field), tag, "{field}");
        }
    }

    #[test]
    fn a_hostile_field_costs_little() {
        assert_eq!(chosen(&("xx,".repeat(100_000) + "de")), "en");
        assert_eq!(chosen(&"d".repeat(100_000)), "en");
        assert_eq!(chosen(&format!("{},de", "a-".repeat(50_000))), "de");
    }

    #[test]
    fn an_ordinary_choice_allocates_nothing() {
        let cost = allocation_counter::measure(|| {
            assert_eq!(choose("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", &TAGS, 0), 1);
        });
        assert_eq!(cost.count_total, 0);
    }

    proptest! {
        #[test]
        fn any_field_chooses_one_of_the_languages(
            field in prop_oneof![".{0,200}", "([a-zA-Z*]{1,3}[-;,=q0-9. ]{0,3}){0,60}"],
            default in 0..TAGS.len(),
        ) {
            prop_assert!(choose(&field, &TAGS, default) < TAGS.len());
        }
    }
}
