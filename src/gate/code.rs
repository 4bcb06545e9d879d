//! The code: a few digits that a page shows as text, for a person to read and type.

use std::fmt;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::keys::{LinkId, Random};
use super::submission::{Again, Unsealed};
use super::ticket::Ticket;
use crate::time::Timestamp;

/// The name of the form field that the code is typed into.
pub const CODE_FIELD: &str = "linklatch-code";

/// Four or eight digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits([u8; LONG]);

impl Digits {
    /// Of 64 random bits: a remainder by 10^8 leans by less than one in 10^11.
    fn draw(random: u64, long: bool) -> Self {
        let length = if long { LONG } else { SHORT };
        let (mut digits, mut rest) = ([0; LONG], random);
        for digit in digits.iter_mut().take(length) {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        Self(digits)
    }

    /// Of [`Digits::bytes`]; `None` if they are no code.
    pub(super) fn from_bytes(bytes: [u8; LONG]) -> Option<Self> {
        let digits = Self(bytes);
        let length = digits.len();
        let whole = matches!(length, SHORT | LONG) && bytes[length..].iter().all(|byte| *byte == 0);
        whole.then_some(digits)
    }

    pub(super) const fn bytes(&self) -> &[u8; LONG] {
        &self.0
    }

    /// With spaces between, so that they are read out one by one.
    #[must_use]
    pub fn spaced(&self) -> String {
        let mut text = String::with_capacity(2 * LONG);
        for digit in &self.0[..self.len()] {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push(char::from(*digit));
        }
        text
    }

    fn len(&self) -> usize {
        self.0.iter().take_while(|byte| byte.is_ascii_digit()).count()
    }
}

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..self.len()]
            .iter()
            .try_for_each(|digit| write!(f, "{}", char::from(*digit)))
    }
}

/// What stood in the code's field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Nothing, or no field.
    Nothing,
    /// Digits of any script, at most eight.
    Digits(Digits),
    /// What can't be a code.
    Other,
}

impl Typed {
    /// Reads what was typed: any script's decimal digits; spaces and invisible characters don't count.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (mut digits, mut length) = ([0; LONG], 0);
        for c in text.chars().filter(|c| !is_blank(*c)) {
            match (digit(c), digits.get_mut(length)) {
                (Some(value), Some(place)) => *place = b'0' + value,
                _ => return Self::Other,
            }
            length += 1;
        }
        if length == 0 {
            Self::Nothing
        } else {
            Self::Digits(Digits(digits))
        }
    }

    /// In the same time wherever the difference lies.
    fn is(&self, digits: &Digits) -> bool {
        matches!(self, Self::Digits(typed) if verify_slices_are_equal(&typed.0, &digits.0).is_ok())
    }
}

/// A page's code. Those that follow it on the same page's answers are of its family: their wrong tries count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// What is to be typed.
    pub digits: Digits,
    /// Its family.
    pub family: Family,
    /// The family's wrong tries before this code was drawn.
    pub before: u32,
}

/// Tells one family of codes from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Family(pub(super) u64);

impl Code {
    /// The first code of a family. `of_link` are the wrong tries that its link has seen.
    #[must_use]
    pub fn new(of_link: u32, random: &Random) -> Self {
        let [digits, family] = halves(random);
        Self {
            digits: Digits::draw(digits, of_link >= MANY),
            family: Family(family),
            before: 0,
        }
    }

    /// The code that takes this one's place.
    fn next(self, tally: &Tally, random: &Random) -> Self {
        Self {
            family: self.family,
            before: tally.of_family,
            ..Self::new(tally.of_link, random)
        }
    }
}

/// Wrong tries, as they are remembered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those of the code's family.
    pub of_family: u32,
    /// When the family's last one was.
    pub last: Option<Timestamp>,
    /// Those of the link.
    pub of_link: u32,
}

impl Tally {
    /// Whether the family's next try comes too soon. The wait hangs on nothing that a stranger can reach.
    fn is_too_soon(&self, now: Timestamp) -> bool {
        let wait = match self.of_family {
            ..TRIES => return false,
            3 => 2,
            4 => 4,
            5 => 8,
            6.. => 10,
        };
        // A clock that was set back must not lengthen the wait.
        self.last
            .is_some_and(|last| last <= now && now.since(last) < Duration::from_secs(wait))
    }

    const fn add(&mut self, now: Timestamp) {
        self.of_family = self.of_family.saturating_add(1);
        self.of_link = self.of_link.saturating_add(1);
        self.last = Some(now);
    }
}

/// Why a typed code does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing was typed.
    Missing,
    /// It is wrong; it may be typed again at once.
    Wrong,
    /// It is wrong again; it may be typed again after the wait.
    WrongAgain,
    /// It is wrong, and another code takes its place.
    WrongAndReplaced,
    /// It came before the wait was over. Whether it is right is not said.
    TooSoon,
    /// Another code has taken its place.
    Replaced,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Missing,
        Self::Wrong,
        Self::WrongAgain,
        Self::WrongAndReplaced,
        Self::TooSoon,
        Self::Replaced,
    ];

    /// The word for it in logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "code_missing",
            Self::Wrong | Self::WrongAgain | Self::WrongAndReplaced => "code_wrong",
            Self::TooSoon => "code_too_soon",
            Self::Replaced => "code_replaced",
        }
    }
}

/// A press that brought a ticket with a code, and what was typed. It is judged once, against what is remembered.
#[derive(Debug)]
pub struct Attempt {
    pub(super) ticket: Ticket,
    pub(super) code: Code,
    pub(super) typed: Typed,
    pub(super) link: LinkId,
    pub(super) now: Timestamp,
}

impl Attempt {
    /// The code's family.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.code.family
    }

    /// The link.
    #[must_use]
    pub const fn link(&self) -> LinkId {
        self.link
    }

    /// Judges the try and counts it, if it is wrong. Nobody else may use the same tallies meanwhile.
    pub fn judge(self, tally: &mut Tally, random: &Random) -> Result<Unsealed, Again> {
        let code = self.code;
        // A ticket remembers the tries that a memory may have lost.
        tally.of_family = tally.of_family.max(code.before);
        let again = |trouble, code| Again::Code {
            trouble,
            code,
            typed: None,
        };
        let is_used_up = tally.of_family >= code.before.saturating_add(TRIES);
        if is_used_up || (code.digits.len() == SHORT && tally.of_link >= MANY) {
            return Err(again(Trouble::Replaced, code.next(tally, random)));
        }
        if self.typed == Typed::Nothing {
            return Err(again(Trouble::Missing, code));
        }
        if tally.is_too_soon(self.now) {
            let typed = match self.typed {
                Typed::Digits(digits) => Some(digits),
                Typed::Nothing | Typed::Other => None,
            };
            let trouble = Trouble::TooSoon;
            return Err(Again::Code { trouble, code, typed });
        }
        if self.typed.is(&code.digits) {
            return Ok(Unsealed::new(self.ticket));
        }
        tally.add(self.now);
        Err(if tally.of_family >= code.before.saturating_add(TRIES) {
            again(Trouble::WrongAndReplaced, code.next(tally, random))
        } else if tally.of_family > TRIES {
            again(Trouble::WrongAgain, code)
        } else {
            again(Trouble::Wrong, code)
        })
    }
}

fn halves(random: &Random) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, rest @ ..] = *random;
    [u64::from_be_bytes([a, b, c, d, e, f, g, h]), u64::from_be_bytes(rest)]
}

/// What may come along when a code is copied or typed: spaces, marks of direction and of joining.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// The value of a decimal digit of any script.
fn digit(c: char) -> Option<u8> {
    let at = ZEROS.partition_point(|zero| *zero <= u32::from(c));
    let value = u32::from(c) - ZEROS.get(at.checked_sub(1)?)?;
    u8::try_from(value).ok().filter(|value| *value < 10)
}

/// Every script's zero; the other nine follow it (Unicode 16, general category Nd).
const ZEROS: [u32; 76] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136,
    0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0,
    0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8,
    0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

const SHORT: usize = 4;
const LONG: usize = 8;
/// Wrong tries after which a code is replaced.
const TRIES: u32 = 3;
/// Wrong tries of a link after which its codes are long.
const MANY: u32 = 20;

#[cfg(test)]
mod tests;
