//! What the demo's auth API remembers: digests of tokens and sessions, bounded, in memory.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use aws_lc_rs::{digest, rand};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::secret::Token;
use crate::time::Timestamp;

/// How long a one-time token may be spent.
pub(super) const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);
/// How long a session lasts.
pub(super) const SESSION_LIFE: Duration = Duration::from_secs(12 * 60 * 60);
/// Tokens, and sessions, remembered at a time; the oldest go first.
const REMEMBERED: usize = 10_000;

/// SHA-256 of a token or a session's cookie.
pub(super) type Digest = [u8; 32];

/// How a one-time token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenState {
    /// It may still be spent.
    Whole,
    /// It was spent.
    Spent,
    /// Its time has passed.
    Expired,
    /// It was never issued, is forgotten, or nobody could be asked.
    Unknown,
}

/// A fresh session.
#[derive(Debug)]
pub(super) struct Session {
    /// The cookie's value.
    pub(super) cookie: Token,
    pub(super) email: String,
    pub(super) expires: Timestamp,
}

#[derive(Debug)]
struct Issued {
    email: String,
    expires: Timestamp,
    spent: bool,
}

#[derive(Debug)]
struct SignedIn {
    email: String,
    expires: Timestamp,
}

/// Tokens and sessions.
#[derive(Debug)]
pub(super) struct Store {
    tokens: Bounded<Digest, Issued>,
    sessions: Bounded<Digest, SignedIn>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            tokens: Bounded::new(REMEMBERED),
            sessions: Bounded::new(REMEMBERED),
        }
    }
}

impl Store {
    /// Makes a one-time token for a mail address.
    pub(super) fn issue(&mut self, email: String, now: Timestamp) -> Token {
        let token = random();
        let issued = Issued {
            email,
            expires: now.after(TOKEN_LIFE),
            spent: false,
        };
        self.tokens.insert(sha256(token.expose()), issued);
        token
    }

    /// Spends a token: the first time, and in time, it makes a session.
    pub(super) fn spend(&mut self, token: &str, now: Timestamp) -> Option<Session> {
        let issued = self.tokens.map.get_mut(&sha256(token))?;
        if issued.spent || now >= issued.expires {
            return None;
        }
        issued.spent = true;
        let session = Session {
            cookie: random(),
            email: issued.email.clone(),
            expires: now.after(SESSION_LIFE),
        };
        let signed_in = SignedIn {
            email: session.email.clone(),
            expires: session.expires,
        };
        self.sessions.insert(sha256(session.cookie.expose()), signed_in);
        Some(session)
    }

    /// How the token with this digest stands.
    pub(super) fn state(&self, digest: &Digest, now: Timestamp) -> TokenState {
        match self.tokens.map.get(digest) {
            None => TokenState::Unknown,
            Some(issued) if issued.spent => TokenState::Spent,
            Some(issued) if now >= issued.expires => TokenState::Expired,
            Some(_) => TokenState::Whole,
        }
    }

    /// Whose session a cookie is.
    pub(super) fn signed_in(&self, cookie: &str, now: Timestamp) -> Option<String> {
        let session = self.sessions.map.get(&sha256(cookie))?;
        (now < session.expires).then(|| session.email.clone())
    }

    /// Ends a session.
    pub(super) fn sign_out(&mut self, cookie: &str) {
        self.sessions.remove(&sha256(cookie));
    }
}

/// The digest by which a token is known.
pub(super) fn sha256(text: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    bytes
}

/// 256 random bits as 43 characters.
#[expect(clippy::expect_used, reason = "a machine without randomness can't make tokens")]
fn random() -> Token {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).expect("the system gives random bytes");
    Token::new(BASE64URL_NOPAD.encode(&bytes))
}

/// A map that forgets its oldest entry when it is full.
#[derive(Debug)]
struct Bounded<K, V> {
    map: HashMap<K, V>,
    order: VecDeque<K>,
    limit: usize,
}

impl<K: Copy + Eq + Hash, V> Bounded<K, V> {
    fn new(limit: usize) -> Self {
        Self {
            map: HashMap::new(),
            order: VecDeque::new(),
            limit,
        }
    }

    fn insert(&mut self, key: K, value: V) {
        if self.order.len() == self.limit
            && let Some(oldest) = self.order.pop_front()
        {
            self.map.remove(&oldest);
        }
        if self.map.insert(key, value).is_none() {
            self.order.push_back(key);
        }
    }

    fn remove(&mut self, key: &K) {
        if self.map.remove(key).is_some() {
            self.order.retain(|kept| kept != key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_000_000);

    #[test]
    fn a_token_is_spent_once() {
        let mut store = Store::default();
        let token = store.issue("ann@example.com".into(), START);
        assert_eq!(token.expose().len(), 43);
        let digest = sha256(token.expose());
        assert_eq!(store.state(&digest, START), TokenState::Whole);
        let session = store.spend(token.expose(), START).unwrap();
        assert_eq!(
            store.signed_in(session.cookie.expose(), START).as_deref(),
            Some("ann@example.com")
        );
        assert_eq!(store.state(&digest, START), TokenState::Spent);
        assert!(store.spend(token.expose(), START).is_none());
        store.sign_out(session.cookie.expose());
        assert_eq!(store.signed_in(session.cookie.expose(), START), None);
    }

    #[test]
    fn tokens_and_sessions_end() {
        let mut store = Store::default();
        let token = store.issue("ann@example.com".into(), START);
        let last = Timestamp::from_millis(START.after(TOKEN_LIFE).as_millis() - 1);
        assert_eq!(store.state(&sha256(token.expose()), last), TokenState::Whole);
        let late = START.after(TOKEN_LIFE);
        assert_eq!(store.state(&sha256(token.expose()), late), TokenState::Expired);
        assert!(store.spend(token.expose(), late).is_none());
        let session = store.spend(token.expose(), last).unwrap();
        assert_eq!(store.signed_in(session.cookie.expose(), last.after(SESSION_LIFE)), None);
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut store = Store::default();
        let first = store.issue("ann@example.com".into(), START);
        let second = store.issue("bea@example.com".into(), START);
        for _ in 0..REMEMBERED - 1 {
            store.issue("eve@example.com".into(), START);
        }
        assert_eq!(store.state(&sha256(first.expose()), START), TokenState::Unknown);
        assert_eq!(store.state(&sha256(second.expose()), START), TokenState::Whole);
        assert_eq!(store.tokens.map.len(), REMEMBERED);
    }
}
