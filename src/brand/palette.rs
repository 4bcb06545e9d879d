//! The pages' colours, in light and in dark: what the operator wishes for, what follows from it, and whether it can be read.

use super::Colour;

/// What has a colour of the operator's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The button, and the mark.
    Accent,
    /// Around the card.
    Ground,
    /// What everything stands on.
    Card,
    /// Text.
    Ink,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Accent, Self::Ground, Self::Card, Self::Ink];

    /// Its key in light, then in dark.
    #[must_use]
    pub const fn keys(self) -> [&'static str; 2] {
        match self {
            Self::Accent => ["accent", "accent-dark"],
            Self::Ground => ["ground", "ground-dark"],
            Self::Card => ["card", "card-dark"],
            Self::Ink => ["ink", "ink-dark"],
        }
    }
}

/// What an operator wishes for, in the order of [`Part::ALL`].
pub type Wished = [Option<Colour>; Part::ALL.len()];

/// All colours of one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    ground: Colour,
    card: Colour,
    ink: Colour,
    /// Text that says less, and the border of a field.
    quiet: Colour,
    /// The card's edge: an ornament.
    line: Colour,
    accent: Colour,
    /// The button under a pointer.
    press: Colour,
    /// The button's text.
    on_accent: Colour,
    /// What was the matter.
    trouble: Colour,
}

/// The colours of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    /// For whoever wishes for nothing else.
    pub light: Scheme,
    /// For whoever wishes for dark pages.
    pub dark: Scheme,
}

/// A pair of colours that can't be told apart well enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Low {
    /// What is to be changed: what the operator chose.
    pub part: Part,
    /// What it stands on, or what stands on it.
    pub other: Part,
    /// Their contrast.
    pub contrast: f64,
    /// What the contrast must be.
    pub least: f64,
    /// The nearest colour for `part` that does.
    pub nearest: Option<Colour>,
}

impl Default for Palette {
    fn default() -> Self {
        Self {
            light: LIGHT,
            dark: DARK,
        }
    }
}

impl Palette {
    /// The palette of a light and a dark wish. A light accent without a dark one is made light enough for the dark card.
    #[must_use]
    pub fn new(light: &Wished, dark: &Wished) -> Self {
        let mut dark = *dark;
        let [accent, _, card, _] = &mut dark;
        let [light_accent, ..] = light;
        let own = light_accent.filter(|colour| *colour != LIGHT.accent);
        if let (None, Some(light)) = (&accent, own) {
            let card = card.unwrap_or(DARK.card);
            *accent = light.nearest(|colour| colour.contrast(card) >= DERIVED);
        }
        Self {
            light: Scheme::new(LIGHT, light),
            dark: Scheme::new(DARK, &dark),
        }
    }
}

impl Scheme {
    fn new(shipped: Self, wished: &Wished) -> Self {
        let [accent, ground, card, ink] = *wished;
        let mut scheme = shipped;
        scheme.ground = ground.unwrap_or(shipped.ground);
        scheme.card = card.unwrap_or(shipped.card);
        scheme.ink = ink.unwrap_or(shipped.ink);
        if scheme != shipped {
            let backs = [scheme.card, scheme.ground];
            let readable = |colour: &Colour| backs.iter().all(|back| colour.contrast(*back) >= TEXT);
            scheme.line = scheme.card.mixed(scheme.ink, 40);
            let quieter = (0..=80).rev().map(|parts| scheme.ink.mixed(scheme.card, parts));
            scheme.quiet = quieter.into_iter().find(readable).unwrap_or(scheme.ink);
            let trouble = shipped.trouble.nearest(|colour| colour.contrast(scheme.card) >= TEXT);
            scheme.trouble = trouble.unwrap_or(scheme.ink);
        }
        if let Some(accent) = accent.filter(|colour| *colour != shipped.accent) {
            scheme.accent = accent;
            let inks = [Colour::WHITE, NIGHT, Colour::BLACK];
            let readable = inks.into_iter().find(|ink| ink.contrast(accent) >= TEXT);
            scheme.on_accent = readable.unwrap_or(Colour::BLACK);
            let away = if scheme.on_accent == Colour::WHITE {
                Colour::BLACK
            } else {
                Colour::WHITE
            };
            scheme.press = accent.mixed(away, 50);
        }
        scheme
    }

    /// The pairs of what the operator wished for that can't be told apart; all other colours follow from these.
    #[must_use]
    pub fn low(&self, wished: &Wished) -> Vec<Low> {
        let chosen = |part: Part| wished[part as usize].is_some();
        let low = PAIRS.iter().filter_map(|&(front, back, least)| {
            let contrast = self.part(front).contrast(self.part(back));
            if contrast >= least {
                return None;
            }
            let (part, other) = if chosen(front) { (front, back) } else { (back, front) };
            let nearest = self.part(part).nearest(|colour| self.does(part, colour));
            Some(Low {
                part,
                other,
                contrast,
                least,
                nearest,
            })
        });
        low.collect()
    }

    /// Whether all pairs of a part hold if it has this colour.
    fn does(&self, part: Part, colour: Colour) -> bool {
        let of = |other| if other == part { colour } else { self.part(other) };
        let pairs = PAIRS.iter().filter(|(front, back, _)| *front == part || *back == part);
        pairs
            .into_iter()
            .all(|&(front, back, least)| of(front).contrast(of(back)) >= least)
    }

    const fn part(&self, part: Part) -> Colour {
        match part {
            Part::Accent => self.accent,
            Part::Ground => self.ground,
            Part::Card => self.card,
            Part::Ink => self.ink,
        }
    }

    /// As the custom properties of the style sheet.
    #[must_use]
    pub fn css(&self) -> String {
        let named = [
            ("ground", self.ground),
            ("card", self.card),
            ("ink", self.ink),
            ("quiet", self.quiet),
            ("line", self.line),
            ("accent", self.accent),
            ("press", self.press),
            ("on-accent", self.on_accent),
            ("trouble", self.trouble),
        ];
        named
            .iter()
            .map(|(name, colour)| format!("--{name}:{colour};"))
            .collect()
    }
}

/// What is read, WCAG 2.2, 1.4.3.
const TEXT: f64 = 4.5;
/// What is recognised: controls and marks, 1.4.11. The focus is drawn in the ink, a field's border in the quiet one.
const CONTROL: f64 = 3.0;
/// How clear of the dark card a derived accent is.
const DERIVED: f64 = 6.0;

/// Which colours meet on the pages.
const PAIRS: [(Part, Part, f64); 3] = [
    (Part::Ink, Part::Card, TEXT),
    (Part::Ink, Part::Ground, TEXT),
    (Part::Accent, Part::Card, CONTROL),
];

/// Text on a light button: softer than black.
const NIGHT: Colour = Colour::rgb(0x000c_1a33);

const LIGHT: Scheme = Scheme {
    ground: Colour::rgb(0x00ee_f1f5),
    card: Colour::WHITE,
    ink: Colour::rgb(0x001a_2130),
    quiet: Colour::rgb(0x0052_5d70),
    line: Colour::rgb(0x00d9_dfe8),
    accent: Colour::rgb(0x001d_55b8),
    press: Colour::rgb(0x0017_4493),
    on_accent: Colour::WHITE,
    trouble: Colour::rgb(0x00a1_1616),
};

const DARK: Scheme = Scheme {
    ground: Colour::rgb(0x0011_141a),
    card: Colour::rgb(0x001a_1f28),
    ink: Colour::rgb(0x00e9_edf3),
    quiet: Colour::rgb(0x00a6_b0c0),
    line: Colour::rgb(0x002c_3442),
    accent: Colour::rgb(0x008a_b4ff),
    press: Colour::rgb(0x00ad_cbff),
    on_accent: NIGHT,
    trouble: Colour::rgb(0x00ff_a39b),
};

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, prop_assert, proptest};

    use super::*;

    const NOTHING: Wished = [None; Part::ALL.len()];

    /// Every pair that the style sheet makes.
    fn unreadable(scheme: &Scheme) -> Vec<(&'static str, f64)> {
        let pairs = [
            ("ink on card", scheme.ink, scheme.card, TEXT),
            ("ink on ground", scheme.ink, scheme.ground, TEXT),
            ("quiet on card", scheme.quiet, scheme.card, TEXT),
            ("quiet on ground", scheme.quiet, scheme.ground, TEXT),
            ("button", scheme.on_accent, scheme.accent, TEXT),
            ("pressed button", scheme.on_accent, scheme.press, TEXT),
            ("trouble", scheme.trouble, scheme.card, TEXT),
            ("mark", scheme.accent, scheme.card, CONTROL),
            ("field's border", scheme.quiet, scheme.card, CONTROL),
            ("focus", scheme.ink, scheme.card, CONTROL),
            ("focus below", scheme.ink, scheme.ground, CONTROL),
        ];
        let low = pairs
            .into_iter()
            .map(|(name, front, back, least)| (name, front.contrast(back), least));
        low.filter(|(_, found, least)| found < least)
            .map(|(name, found, _)| (name, found))
            .collect()
    }

    fn wish(part: Part, colour: &str) -> Wished {
        let mut wished = NOTHING;
        wished[part as usize] = Some(colour.parse().unwrap());
        wished
    }

    #[test]
    fn the_shipped_colours_can_be_read() {
        let palette = Palette::new(&NOTHING, &NOTHING);
        assert_eq!(palette, Palette::default());
        for scheme in [palette.light, palette.dark] {
            assert!(unreadable(&scheme).is_empty(), "{:?}", unreadable(&scheme));
            assert!(scheme.ink.contrast(scheme.card) >= 7.0);
        }
    }

    #[test]
    fn an_accent_that_can_hardly_be_seen_is_refused_with_one_that_can() {
        let wished = wish(Part::Accent, "#ffd700");
        let palette = Palette::new(&wished, &NOTHING);
        let [low] = palette.light.low(&wished)[..] else {
            panic!("one pair")
        };
        assert_eq!((low.part, low.other, low.least), (Part::Accent, Part::Card, 3.0));
        let better = low.nearest.unwrap();
        assert!((3.0..3.1).contains(&better.contrast(Colour::WHITE)), "{better}");
        let wished = wish(Part::Accent, &better.to_string());
        assert!(Palette::new(&wished, &NOTHING).light.low(&wished).is_empty());
        // Yellow is fine on a dark card, where it is not made any lighter.
        assert_eq!(palette.dark.accent.to_string(), "#ffd700");
        assert!(unreadable(&palette.dark).is_empty());
    }

    #[test]
    fn what_the_operator_chose_is_to_blame() {
        let wished = wish(Part::Card, "#333333");
        let low = Palette::new(&wished, &NOTHING).light.low(&wished);
        assert!(low.iter().all(|low| low.part == Part::Card), "{low:?}");
        assert_eq!(low.len(), 2, "neither ink nor accent stands out");
        let mut both = wish(Part::Ground, "#808080");
        both[Part::Card as usize] = Some(Colour::BLACK);
        both[Part::Ink as usize] = Some(Colour::WHITE);
        let low = Palette::new(&both, &NOTHING).light.low(&both);
        assert_eq!(low[0].nearest, None, "no ink can be read on black and on grey");
    }

    #[test]
    fn a_dark_accent_follows_from_the_light_one() {
        let palette = Palette::new(&wish(Part::Accent, "#7a0019"), &NOTHING);
        assert!(palette.dark.accent.contrast(palette.dark.card) >= DERIVED);
        assert!(palette.dark.accent.red > palette.dark.accent.blue, "it stays a red");
        let own = Palette::new(&wish(Part::Accent, "#7a0019"), &wish(Part::Accent, "#ffb3c0"));
        assert_eq!(own.dark.accent.to_string(), "#ffb3c0");
    }

    proptest! {
        #[test]
        fn what_is_not_refused_can_be_read(values in any::<[Option<u32>; 8]>().prop_map(|values| {
            values.map(|value| value.map(|value| Colour::rgb(value & 0x00ff_ffff)))
        })) {
            let (light, dark) = ([values[0], values[1], values[2], values[3]], [values[4], values[5], values[6], values[7]]);
            let palette = Palette::new(&light, &dark);
            for (scheme, wished) in [(palette.light, light), (palette.dark, dark)] {
                if scheme.low(&wished).is_empty() {
                    let unreadable = unreadable(&scheme);
                    prop_assert!(unreadable.is_empty(), "{scheme:?}: {unreadable:?}");
                }
                for low in scheme.low(&wished) {
                    prop_assert!(wished[low.part as usize].is_some(), "{low:?}");
                }
            }
        }
    }
}
