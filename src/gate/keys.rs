//! The key ring, and the digests by which links are known.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use super::recognise::Values;
use super::template::TOKEN;
use crate::secret::SecretKey;
use crate::visit::history::Digest;

/// Fresh random bytes that the shell brings, one for each sealing.
pub type Random = [u8; 16];

/// The keyed digest of a token and what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkId([u8; 16]);

/// The keyed digest of a link's host, path and query as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TargetId([u8; 16]);

/// The keyed digest of a browser's secret: who a confirmation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Owner([u8; 16]);

/// What only one browser's tickets and cookie hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BrowserSecret(pub(crate) Random);

impl std::fmt::Debug for BrowserSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BrowserSecret(…)")
    }
}

impl std::fmt::Display for LinkId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl LinkId {
    /// From the form in which the log has it.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        let length = HEXLOWER
            .decode_len(text.len())
            .ok()
            .filter(|length| *length == bytes.len())?;
        HEXLOWER.decode_mut(text.as_bytes(), &mut bytes[..length]).ok()?;
        Some(Self(bytes))
    }

    /// A short form, to tell few links apart.
    #[must_use]
    pub const fn digest(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }

    pub(super) const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(super) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl TargetId {
    pub(crate) const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What a sealed text is for; one can't be passed off as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Ticket,
    Opening,
    Asked,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Ticket => b"linklatch ticket 2",
            Self::Opening => b"linklatch opening 1",
            Self::Asked => b"linklatch asked 1",
        }
    }
}

/// All keys of the gate: the first seals, every one opens. What this process remembers is known by a key of its own,
/// which no rotation changes.
pub struct KeyRing {
    keys: Vec<Key>,
    memory: Digests,
}

struct Key {
    id: [u8; 4],
    seal: LessSafeKey,
    digests: Digests,
}

/// Makes keyed digests.
#[derive(Clone)]
struct Digests(hmac::Key);

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRing")
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

impl KeyRing {
    /// The ring of these keys, newest first; `None` if there are none.
    #[must_use]
    pub fn new(keys: &[SecretKey]) -> Option<Self> {
        let memory = Digests(derived(keys.first()?, b"memory"));
        let keys = keys.iter().map(Key::new).collect::<Option<_>>()?;
        Some(Self { keys, memory })
    }

    /// The ring of other keys for the same process: what it remembers stays known. `None` if there are none.
    #[must_use]
    pub fn rotated(&self, keys: &[SecretKey]) -> Option<Self> {
        let rotated = Self::new(keys)?;
        Some(Self {
            memory: self.memory.clone(),
            ..rotated
        })
    }

    fn newest(&self) -> &Key {
        &self.keys[0]
    }

    fn digests(&self) -> impl Iterator<Item = &Digests> {
        let keys = self.keys.iter().map(|key| &key.digests);
        keys.chain(std::iter::once(&self.memory))
    }

    /// The digests of a token and the holes that belong to it: by every key, newest first, and last by the memory's.
    pub(super) fn link_ids(&self, values: &Values, belongs: &[String]) -> impl Iterator<Item = LinkId> {
        let holes = std::iter::once(TOKEN).chain(belongs.iter().map(String::as_str));
        let parts: Vec<&[u8]> = holes
            .map(|hole| values.get(hole).unwrap_or_default().trim().as_bytes())
            .collect();
        self.digests().map(move |key| LinkId(key.of(b"link", &parts)))
    }

    /// The digests of a link's target: by every key, newest first, and last by the memory's.
    pub(super) fn target_ids(&self, host: &str, target: &str) -> impl Iterator<Item = TargetId> {
        self.digests().map(move |key| target_by(key, host, target))
    }

    /// The digest of a link's target by the newest key.
    pub(super) fn target_id(&self, host: &str, target: &str) -> TargetId {
        target_by(&self.newest().digests, host, target)
    }

    /// The digest by which the memory knows a link's target.
    pub(super) fn remembered_target(&self, host: &str, target: &str) -> TargetId {
        target_by(&self.memory, host, target)
    }

    #[cfg(test)]
    pub(crate) fn test_link_id(&self, token: &str) -> LinkId {
        let values = Values(vec![(TOKEN.to_owned(), token.to_owned())]);
        self.link_ids(&values, &[]).next().unwrap()
    }

    #[cfg(test)]
    pub(crate) fn test_target_id(&self, target: &str) -> TargetId {
        self.target_id("auth.example", target)
    }

    /// The digest by which the memory knows a browser.
    #[must_use]
    pub fn owner(&self, browser: BrowserSecret) -> Owner {
        Owner(self.memory.of(b"owner", &[&browser.0]))
    }

    /// Seals `plain` for `purpose`: key id, nonce, ciphertext and tag, as base64url.
    pub(crate) fn seal(&self, purpose: Purpose, mut plain: Vec<u8>, random: &Random) -> String {
        let key = self.newest();
        let nonce = nonce(random);
        let mut out = Vec::with_capacity(key.id.len() + NONCE_LEN + plain.len() + 16);
        out.extend_from_slice(&key.id);
        out.extend_from_slice(nonce.as_ref());
        if key
            .seal
            .seal_in_place_append_tag(nonce, Aad::from(purpose.label()), &mut plain)
            .is_err()
        {
            return String::new();
        }
        out.extend_from_slice(&plain);
        BASE64URL_NOPAD.encode(&out)
    }

    /// Opens what [`KeyRing::seal`] made, in its one spelling only.
    pub(super) fn open(&self, purpose: Purpose, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (id, rest) = bytes.split_at_mut_checked(4)?;
        let key = self.keys.iter().find(|key| key.id == *id)?;
        let (nonce, ciphertext) = rest.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let plain = key
            .seal
            .open_in_place(nonce, Aad::from(purpose.label()), ciphertext)
            .ok()?;
        Some(plain.to_vec())
    }

    /// Seals an answer so that only `browser` (with this target) opens it, in this process.
    #[must_use]
    pub fn seal_answer(
        &self,
        browser: BrowserSecret,
        target: TargetId,
        mut plain: Vec<u8>,
        random: &Random,
    ) -> Vec<u8> {
        let Some(key) = self.answer_key(browser, target) else {
            return Vec::new();
        };
        let nonce = nonce(random);
        let mut out = nonce.as_ref().to_vec();
        if key.seal_in_place_append_tag(nonce, Aad::empty(), &mut plain).is_err() {
            return Vec::new();
        }
        out.extend_from_slice(&plain);
        out
    }

    /// Opens a kept answer.
    #[must_use]
    pub fn open_answer(&self, browser: BrowserSecret, target: TargetId, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, ciphertext) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut bytes = ciphertext.to_vec();
        let plain = self
            .answer_key(browser, target)?
            .open_in_place(nonce, Aad::empty(), &mut bytes)
            .ok()?;
        Some(plain.to_vec())
    }

    fn answer_key(&self, browser: BrowserSecret, target: TargetId) -> Option<LessSafeKey> {
        let first = self.memory.of(b"answer 1", &[&browser.0, target.bytes()]);
        let second = self.memory.of(b"answer 2", &[&browser.0, target.bytes()]);
        UnboundKey::new(&AES_256_GCM_SIV, &[first, second].concat())
            .ok()
            .map(LessSafeKey::new)
    }
}

impl Key {
    fn new(secret: &SecretKey) -> Option<Self> {
        let seal = UnboundKey::new(&AES_256_GCM_SIV, derive(secret, b"seal").as_ref()).ok()?;
        let mut id = [0; 4];
        id.copy_from_slice(&digest(&SHA256, derive(secret, b"id").as_ref()).as_ref()[..4]);
        Some(Self {
            id,
            seal: LessSafeKey::new(seal),
            digests: Digests(derived(secret, b"digest")),
        })
    }
}

fn derive(secret: &SecretKey, label: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.expose()), label)
}

fn derived(secret: &SecretKey, label: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, derive(secret, label).as_ref())
}

impl Digests {
    /// Keyed digest over length-prefixed parts, so that bytes can't move from one to the next.
    fn of(&self, label: &[u8], parts: &[&[u8]]) -> [u8; 16] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(&label).chain(parts) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut out = [0; 16];
        out.copy_from_slice(&context.sign().as_ref()[..16]);
        out
    }
}

fn target_by(key: &Digests, host: &str, target: &str) -> TargetId {
    TargetId(key.of(b"target", &[host.as_bytes(), target.as_bytes()]))
}

/// A short digest of a link's name, the same at every replica and under every key: it stands in sealed texts alone.
pub(super) fn link_name(name: &str) -> Digest {
    let name = digest(&SHA256, name.as_bytes());
    name.as_ref()
        .first_chunk()
        .map_or(0, |short| Digest::from_be_bytes(*short))
}

/// AES-GCM-SIV (RFC 8452) forgives a repeated nonce; random ones are safe for far more tickets than a key sees.
fn nonce(random: &Random) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes.copy_from_slice(&random[..NONCE_LEN]);
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(seeds: &[u8]) -> KeyRing {
        let keys: Vec<_> = seeds.iter().map(|seed| SecretKey::new([*seed; 32])).collect();
        KeyRing::new(&keys).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_with_any_key_of_the_ring() {
        let old = ring(&[1]);
        let sealed = old.seal(Purpose::Ticket, b"plain".to_vec(), &[9; 16]);
        let rotated = ring(&[2, 1]);
        assert_eq!(rotated.open(Purpose::Ticket, &sealed).as_deref(), Some(&b"plain"[..]));
        assert_eq!(rotated.open(Purpose::Opening, &sealed), None);
        assert_eq!(ring(&[3]).open(Purpose::Ticket, &sealed), None);
    }

    #[test]
    fn every_altered_byte_and_every_cut_is_refused() {
        let ring = ring(&[1]);
        let sealed = ring.seal(Purpose::Ticket, vec![7; 40], &[9; 16]);
        for at in 0..sealed.len() {
            let mut altered = sealed.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(ring.open(Purpose::Ticket, &altered), None, "byte {at}");
            assert_eq!(ring.open(Purpose::Ticket, &sealed[..at]), None, "cut at {at}");
        }
        for spelling in [
            format!("{sealed}="),
            format!(" {sealed}"),
            sealed.replace('-', "+").replace('_', "/") + "A",
        ] {
            assert_eq!(ring.open(Purpose::Ticket, &spelling), None);
        }
    }

    #[test]
    fn an_answer_opens_for_its_browser_and_target_only() {
        let ring = ring(&[1]);
        let (browser, other) = (BrowserSecret([1; 16]), BrowserSecret([2; 16]));
        let (target, elsewhere) = (ring.target_id("h", "/a?token=x"), ring.target_id("h", "/b?token=x"));
        let sealed = ring.seal_answer(browser, target, b"answer".to_vec(), &[3; 16]);
        assert_eq!(
            ring.open_answer(browser, target, &sealed).as_deref(),
            Some(&b"answer"[..])
        );
        assert_eq!(ring.open_answer(other, target, &sealed), None);
        assert_eq!(ring.open_answer(browser, elsewhere, &sealed), None);
    }

    #[test]
    fn bytes_do_not_move_between_the_parts_of_an_id() {
        let ring = ring(&[1]);
        let id = |token: &str, email: &str| {
            let values = Values(vec![(TOKEN.into(), token.into()), ("email".into(), email.into())]);
            ring.link_ids(&values, &["email".to_owned()]).next()
        };
        assert_ne!(id("ab", "c"), id("a", "bc"));
        assert_eq!(id("ab", "c"), id("ab", "c"));
    }
}
