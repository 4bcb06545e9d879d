//! When a certificate is valid. Read from its DER by hand: two fields are not worth an X.509 library.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::time::Timestamp;

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]`, the version.
const VERSION: u8 = 0xa0;

/// From when until when a certificate is valid (RFC 5280, section 4.1.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// Its first instant.
    pub start: Timestamp,
    /// Its last instant.
    pub end: Timestamp,
}

impl Validity {
    /// Of a certificate in DER; nothing if it can't be told.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let (_, certificate, _) = element(certificate)?;
        let (_, mut rest, _) = element(certificate)?;
        if rest.first() == Some(&VERSION) {
            rest = element(rest)?.2;
        }
        // Serial number, signature algorithm, issuer.
        for _ in 0..3 {
            rest = element(rest)?.2;
        }
        let (_, validity, _) = element(rest)?;
        let (start_tag, start, rest) = element(validity)?;
        let (end_tag, end, _) = element(rest)?;
        Some(Self {
            start: parse(start_tag, std::str::from_utf8(start).ok()?)?,
            end: parse(end_tag, std::str::from_utf8(end).ok()?)?,
        })
    }

    /// Whether clients accept it at an instant.
    #[must_use]
    pub fn holds(&self, now: Timestamp) -> bool {
        self.start <= now && now <= self.end
    }

    /// How long it still is valid; nothing once it has ended.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Duration {
        self.end.since(now)
    }
}

/// Tag, content, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (bytes, rest) = rest
            .split_at_checked(usize::from(first & 0x7f))
            .filter(|(bytes, _)| bytes.len() <= 4)?;
        (
            bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
            rest,
        )
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

fn parse(tag: u8, text: &str) -> Option<Timestamp> {
    let digits = text
        .strip_suffix('Z')
        .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let year: i16 = digits[..2].parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        (GENERALIZED_TIME, 14) => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let part = |at: usize| rest[at..at + 2].parse::<i8>().ok();
    let time = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, part(8)?, 0).ok()?;
    Some(Timestamp::from_millis(
        time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond(),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_dates_are_found_in_either_form() {
        for (year, expected) in [(2026, "2026-03-04T00:00:00.000Z"), (2050, "2050-03-04T00:00:00.000Z")] {
            let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(year, 3, 4);
            let certificate = params.self_signed(&rcgen::KeyPair::generate().unwrap()).unwrap();
            let validity = Validity::of(certificate.der()).unwrap();
            assert_eq!(validity.end.to_string(), expected);
            assert_eq!(validity.start.to_string(), "1975-01-01T00:00:00.000Z");
            assert!(validity.holds(validity.start) && validity.holds(validity.end));
            assert!(!validity.holds(validity.end.after(Duration::from_millis(1))));
            assert!(!validity.holds(validity.start.before(Duration::from_millis(1))));
        }
    }

    proptest! {
        #[test]
        fn junk_has_no_dates(bytes in prop::collection::vec(any::<u8>(), 0..100), text in "[0-9]{0,15}Z?") {
            let _ = Validity::of(&bytes);
            let _ = parse(UTC_TIME, &text);
            let _ = parse(GENERALIZED_TIME, &text);
        }
    }
}
