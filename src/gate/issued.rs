//! When a link was issued, and when it ends, as far as its token says.

use data_encoding::BASE64URL_NOPAD;

use crate::time::Timestamp;

/// The time of issue that a token carries: a JWT's `iat` (RFC 7519), or the time in a UUID version 7 (RFC 9562), a
/// ULID or a KSUID. A random token that looks like one of these yields a random time, which is early for nobody.
pub(super) fn of_token(token: &str) -> Option<Timestamp> {
    jwt(token, "iat")
        .or_else(|| uuid_v7(token))
        .or_else(|| ulid(token))
        .or_else(|| ksuid(token))
}

/// When a token itself says that it ends: a JWT's `exp`.
pub(super) fn end_of_token(token: &str) -> Option<Timestamp> {
    jwt(token, "exp")
}

/// A time in a query field: seconds or milliseconds since 1970, or RFC 3339.
pub(super) fn of_field(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<i64>() {
        // Seconds reach 13 digits in the year 33658; milliseconds had them in 2001.
        let millis = if number.unsigned_abs() < 1_000_000_000_000 {
            number.checked_mul(1000)?
        } else {
            number
        };
        return Some(Timestamp::from_millis(millis));
    }
    let time: jiff::civil::DateTime = text.strip_suffix('Z')?.parse().ok()?;
    let time = time.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(Timestamp::from_millis(time.timestamp().as_millisecond()))
}

fn jwt(token: &str, claim: &str) -> Option<Timestamp> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let payload = BASE64URL_NOPAD.decode(payload.trim_end_matches('=').as_bytes()).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(&payload).ok()?;
    let seconds = claims.get(claim)?.as_f64()?;
    let millis = seconds * 1000.0;
    (millis.abs() < 1e15).then(|| Timestamp::from_millis(millis as i64))
}

fn uuid_v7(token: &str) -> Option<Timestamp> {
    let bytes = token.as_bytes();
    let dashed = bytes.len() == 36 && [8, 13, 18, 23].iter().all(|at| bytes[*at] == b'-');
    let digits: String = match bytes.len() {
        36 if dashed => token.replace('-', ""),
        32 => token.to_owned(),
        _ => return None,
    };
    let number = u128::from_str_radix(&digits, 16)
        .ok()
        .filter(|_| !digits.starts_with('+'))?;
    let (version, variant) = ((number >> 76) & 0xf, (number >> 62) & 0b11);
    if version != 7 || variant != 0b10 {
        return None;
    }
    i64::try_from(number >> 80).ok().map(Timestamp::from_millis)
}

/// Ten characters of Crockford's base32 are the milliseconds (github.com/ulid/spec).
fn ulid(token: &str) -> Option<Timestamp> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if token.len() != 26 {
        return None;
    }
    let mut millis = 0i64;
    for (place, byte) in token.bytes().enumerate() {
        let digit = DIGITS.iter().position(|known| known.eq_ignore_ascii_case(&byte))?;
        if place < 10 {
            millis = millis.checked_mul(32)?.checked_add(i64::try_from(digit).ok()?)?;
        }
    }
    (millis < 1 << 48).then(|| Timestamp::from_millis(millis))
}

/// The first 32 of 160 bits in base62 are seconds since 2014-05-13T16:53:20Z (github.com/segmentio/ksuid).
fn ksuid(token: &str) -> Option<Timestamp> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const EPOCH: i64 = 1_400_000_000;
    if token.len() != 27 {
        return None;
    }
    let mut number = [0u32; 5];
    for byte in token.bytes() {
        let mut carry = DIGITS.iter().position(|known| *known == byte)? as u64;
        for word in number.iter_mut().rev() {
            let product = u64::from(*word) * 62 + carry;
            *word = product as u32;
            carry = product >> 32;
        }
        if carry != 0 {
            return None;
        }
    }
    Some(Timestamp::from_millis((EPOCH + i64::from(number[0])) * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(token: &str) -> Option<i64> {
        of_token(token).map(|time| time.as_millis() / 1000)
    }

    #[test]
    fn tokens_that_carry_their_time_tell_it() {
        // RFC 9562 appendix A.6: Tuesday, February 22, 2022 2:22:22 PM GMT-05:00.
        assert_eq!(seconds("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), Some(1_645_557_742));
        assert_eq!(seconds("017f22e279b07cc398c4dc0c0c07398f"), Some(1_645_557_742));
        // The example of the ULID specification: 1469922850259 ms.
        assert_eq!(
            of_token("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            Some(Timestamp::from_millis(1_469_922_850_259))
        );
        // The example of the KSUID's description: 2017-10-09 21:00:47 -0700.
        assert_eq!(seconds("0ujtsYcgvSTl8PAuAdqWYSMnLOv"), Some(1_507_608_047));
        let claims = BASE64URL_NOPAD.encode(br#"{"sub":"a","iat":1700000000,"exp":1700000900}"#);
        let token = format!("eyJhbGciOiJIUzI1NiJ9.{claims}.c2ln");
        assert_eq!(seconds(&token), Some(1_700_000_000));
        assert_eq!(end_of_token(&token), Some(Timestamp::from_millis(1_700_000_900_000)));
    }

    #[test]
    fn other_tokens_tell_nothing() {
        for token in [
            "",
            "a.b.c",
            "550e8400-e29b-41d4-a716-446655440000",
            "zzzzzzzzzzzzzzzzzzzzzzzzzz",
            "zzzzzzzzzzzzzzzzzzzzzzzzzzz",
            "+17f22e279b07cc398c4dc0c0c07398f",
            "01ARZ3NDEKTSV4RRFFQ69G5FAÜ",
            "Ünïcode-of-thirty-six-bytes-long--xx",
        ] {
            assert_eq!((of_token(token), end_of_token(token)), (None, None), "{token}");
        }
    }

    #[test]
    fn a_field_is_seconds_milliseconds_or_rfc_3339() {
        let time = Some(Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(of_field("1700000000"), time);
        assert_eq!(of_field("1700000000000"), time);
        assert_eq!(of_field("2023-11-14T22:13:20Z"), time);
        assert_eq!(of_field("soon"), None);
        for number in [i64::MAX, i64::MIN] {
            assert_eq!(of_field(&number.to_string()), Some(Timestamp::from_millis(number)));
        }
    }
}
