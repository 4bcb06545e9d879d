//! Colours, and how well they can be told apart (WCAG 2.2).

use std::fmt;
use std::str::FromStr;

/// An opaque colour of the sRGB space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    /// Red.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// A text that is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a colour: three or six hexadecimal digits after a #")]
pub struct NoColour;

impl Colour {
    /// White.
    pub const WHITE: Self = Self::rgb(0x00ff_ffff);
    /// Black.
    pub const BLACK: Self = Self::rgb(0);

    /// The colour of `0xrrggbb`.
    #[must_use]
    pub const fn rgb(value: u32) -> Self {
        let [_, red, green, blue] = value.to_be_bytes();
        Self { red, green, blue }
    }

    /// Relative luminance, from 0 (black) to 1 (white).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    /// Contrast ratio to `other`, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (own, other) = (self.luminance(), other.luminance());
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    /// This colour with `parts` of 256 of `other` in it.
    #[must_use]
    pub fn mixed(self, other: Self, parts: u16) -> Self {
        let parts = u32::from(parts.min(256));
        let mix = |own: u8, other: u8| {
            let sum = u32::from(own) * (256 - parts) + u32::from(other) * parts;
            u8::try_from((sum + 128) / 256).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// The nearest colour on the way to black or to white for which `will_do` holds; itself, if it does.
    #[must_use]
    pub fn nearest(self, will_do: impl Fn(Self) -> bool) -> Option<Self> {
        let towards = |end| move |parts| self.mixed(end, parts);
        let (black, white) = (towards(Self::BLACK), towards(Self::WHITE));
        (0..=256)
            .flat_map(|parts| [black(parts), white(parts)])
            .find(|colour| will_do(*colour))
    }
}

impl FromStr for Colour {
    type Err = NoColour;

    /// Reads `#15b` or `#1d55b8`.
    fn from_str(text: &str) -> Result<Self, NoColour> {
        let digits = text.strip_prefix('#').ok_or(NoColour)?;
        let long: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return Err(NoColour),
        };
        let hexadecimal = long.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = u32::from_str_radix(&long, 16).ok().filter(|_| hexadecimal);
        value.map(Self::rgb).ok_or(NoColour)
    }
}

/// As style sheets know it: `#1d55b8`.
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        // As the WebAIM checker and the WCAG techniques give them, cut after two digits.
        for (front, back, ratio) in [
            ("#000", "#fff", 21.0),
            ("#fff", "#fff", 1.0),
            ("#777777", "#ffffff", 4.47),
            ("#767676", "#ffffff", 4.54),
            ("#ff0000", "#ffffff", 3.99),
            ("#0000ff", "#ffffff", 8.59),
            ("#00ff00", "#ffffff", 1.37),
            ("#ffff00", "#0000ff", 8.00),
            ("#1d55b8", "#ffffff", 6.91),
        ] {
            let found = colour(front).contrast(colour(back));
            assert!((found - ratio).abs() < 0.011, "{front} on {back}: {found}");
        }
    }

    #[test]
    fn only_hexadecimal_colours_are_read() {
        assert_eq!(colour("#15B"), colour("#1155bb"));
        assert_eq!(colour("#1D55b8").to_string(), "#1d55b8");
        for text in [
            "",
            "#",
            "1d55b8",
            "#1d55b",
            "#1d55b8ff",
            "#+1d55b",
            "#ggg",
            "red",
            "#é1",
            "#12;}a",
        ] {
            assert_eq!(text.parse::<Colour>(), Err(NoColour), "{text}");
        }
    }

    #[test]
    fn the_nearest_colour_is_near() {
        let readable = |colour: Colour| colour.contrast(Colour::WHITE) >= 4.5;
        let nearest = colour("#3b82f6").nearest(readable).unwrap();
        assert!(readable(nearest) && nearest.contrast(Colour::WHITE) < 4.6, "{nearest}");
        assert_eq!(colour("#1d55b8").nearest(readable), Some(colour("#1d55b8")));
        assert_eq!(colour("#1d55b8").nearest(|_| false), None);
    }

    proptest! {
        #[test]
        fn black_or_white_can_be_read_on_everything(value in 0..0x0100_0000_u32) {
            let back = Colour::rgb(value);
            let best = back.contrast(Colour::BLACK).max(back.contrast(Colour::WHITE));
            prop_assert!(best >= 4.5);
            prop_assert_eq!(back.to_string().parse::<Colour>(), Ok(back));
        }

        #[test]
        fn no_text_breaks_the_reader(text in any::<String>()) {
            let _ = text.parse::<Colour>();
            let _ = format!("#{text}").parse::<Colour>();
        }
    }
}
