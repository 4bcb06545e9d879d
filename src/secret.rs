//! Values that must never be shown: one-time tokens and keys.

use std::fmt;

use zeroize::Zeroize as _;

/// A one-time token, decoded. It can't be displayed, its `Debug` shows nothing, and it is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// Takes the token as it reads once decoded.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The token itself, for the upstream and for digests only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A 256-bit key. Its `Debug` shows nothing, and it is wiped on drop.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    /// Takes the key's bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, for cryptography only.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for SecretKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Token::new("t0ken-value".into())), "Token(…)");
        assert_eq!(format!("{:?}", SecretKey::new([7; 32])), "SecretKey(…)");
    }
}
