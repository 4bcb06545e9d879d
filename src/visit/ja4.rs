//! JA4: what a client's TLS looks like, in 36 characters.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Bytes of a JA4.
const LENGTH: usize = 36;
/// All that may stand after the protocol: two signs for the version of TLS or DTLS.
const VERSIONS: [&[u8]; 10] = [b"13", b"12", b"11", b"10", b"s3", b"s2", b"d1", b"d2", b"d3", b"00"];

/// A JA4 fingerprint, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ja4([u8; LENGTH]);

/// What is not a JA4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a JA4: t, q or d; TLS version; d or i; two counts; ALPN; and two hashes of 12 lower-case hex digits")]
pub struct NoJa4;

impl Ja4 {
    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII gets in.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Ja4 {
    type Err = NoJa4;

    fn from_str(text: &str) -> Result<Self, NoJa4> {
        let bytes: [u8; LENGTH] = text.as_bytes().try_into().map_err(|_| NoJa4)?;
        let hex = |hash: &[u8]| hash.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let is_ja4 = matches!(bytes[0], b't' | b'q' | b'd')
            && VERSIONS.contains(&&bytes[1..3])
            && matches!(bytes[3], b'd' | b'i')
            && bytes[4..8].iter().all(u8::is_ascii_digit)
            && bytes[8..10].iter().all(u8::is_ascii_alphanumeric)
            && (bytes[10], bytes[23]) == (b'_', b'_')
            && hex(&bytes[11..23])
            && hex(&bytes[24..]);
        is_ja4.then_some(Self(bytes)).ok_or(NoJa4)
    }
}

impl fmt::Display for Ja4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Ja4 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ja4({self})")
    }
}

impl Serialize for Ja4 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_ja4_is_refused() {
        let good = "t13d1516h2_8daaf6152771_e5627efa2ab1";
        assert_eq!(good.parse::<Ja4>().unwrap().as_str(), good);
        for (at, other) in [
            (0, "x"),
            (1, "9"),
            (3, "x"),
            (5, "x"),
            (8, "-"),
            (10, "-"),
            (11, "A"),
            (23, "0"),
            (35, "g"),
        ] {
            let mut text = good.to_owned();
            text.replace_range(at..=at, other);
            assert_eq!(text.parse::<Ja4>(), Err(NoJa4), "{text}");
        }
        for text in [
            "",
            &good[1..],
            &format!("{good} "),
            "t13d1516h2_8daaf6152771_e5627efa2aé",
        ] {
            assert_eq!(text.parse::<Ja4>(), Err(NoJa4), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_stands_there(text in "[tqd]1[0-3][di][0-9]{4}[a-z0-9]{2}[_x][0-9a-g]{12}_[0-9a-f]{12}") {
            match text.parse::<Ja4>() {
                Ok(ja4) => prop_assert_eq!(ja4.as_str(), text),
                Err(NoJa4) => prop_assert!(text.contains(['x', 'g'])),
            }
        }
    }
}
