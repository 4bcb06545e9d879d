//! What a token shows of itself, where its link does not say how tokens look.

use data_encoding::BASE64URL_NOPAD;

/// How sure a token's form is, the surest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// Nothing is known of it.
    Any,
    /// Twenty or more of base64url's signs: brackets, quotes and line breaks are none of them, and no generator of
    /// tokens draws just one of those, at the end. A full stop it may draw (RFC 3986's unreserved signs).
    Plain,
    /// A UUID, a signed JWT (RFC 7519), or hexadecimal digits of one case: no other sign belongs to it.
    Rigid,
    /// What only a link's own shape can tell.
    Named,
}

impl Form {
    pub(super) fn of(token: &str) -> Self {
        if Self::is_rigid(token) {
            Self::Rigid
        } else if token.len() >= 20 && token.bytes().all(is_base64url) {
            Self::Plain
        } else {
            Self::Any
        }
    }

    pub(super) fn is_rigid(token: &str) -> bool {
        is_hex(token) || is_uuid(token) || is_jwt(token)
    }

    /// Whether there is certainly nothing to mend.
    pub(super) fn is_whole(token: &str) -> bool {
        let prefixed = token.starts_with("3D") || token.starts_with("3d");
        (!prefixed && token.bytes().all(is_base64url)) || Self::is_rigid(token)
    }
}

const fn is_base64url(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')
}

fn is_hex(token: &str) -> bool {
    let lower = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let upper = |b: u8| matches!(b, b'0'..=b'9' | b'A'..=b'F');
    token.len() >= 32 && token.len().is_multiple_of(2) && (token.bytes().all(lower) || token.bytes().all(upper))
}

fn is_uuid(token: &str) -> bool {
    let dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, b): (usize, u8)| if dash(at) { b == b'-' } else { b.is_ascii_hexdigit() };
    token.len() == 36 && token.bytes().enumerate().all(fits)
}

fn is_jwt(token: &str) -> bool {
    let parts: Vec<&str> = token.split('.').collect();
    let object = |part: &str| {
        let text = BASE64URL_NOPAD.decode(part.as_bytes());
        text.is_ok_and(|text| text.first() == Some(&b'{') && text.last() == Some(&b'}'))
    };
    let [header, claims, signature] = parts[..] else {
        return false;
    };
    object(header) && object(claims) && signature.len() >= 20 && signature.bytes().all(is_base64url)
}
