//! A quick hash with a seed that is drawn for each run: whoever fills a log can't steer it.

use std::hash::{BuildHasher, Hasher, RandomState};

/// A seed.
#[derive(Clone, Copy, Debug)]
pub struct Seed(u64);

/// What was hashed so far.
#[derive(Clone, Copy, Debug)]
pub struct Likeness(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl BuildHasher for Seed {
    type Hasher = Likeness;

    fn build_hasher(&self) -> Likeness {
        Likeness(self.0)
    }
}

impl Likeness {
    fn add(&mut self, word: u128) {
        let (one, two) = (word as u64, (word >> 64) as u64);
        let wide = u128::from(self.0 ^ one) * u128::from(two ^ 0x9e37_79b9_7f4a_7c15);
        self.0 = (wide as u64) ^ ((wide >> 64) as u64);
    }
}

impl Hasher for Likeness {
    fn write(&mut self, bytes: &[u8]) {
        let (pieces, rest) = bytes.as_chunks();
        for piece in pieces {
            self.add(u128::from_le_bytes(*piece));
        }
        let mut last = [0; 16];
        last[..rest.len()].copy_from_slice(rest);
        last[15] = bytes.len() as u8;
        self.add(u128::from_le_bytes(last));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(number.into());
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number.into());
    }

    fn finish(&self) -> u64 {
        let mut last = *self;
        last.add(0xd6e8_feb8_6659_fd93);
        last.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn what_differs_is_told_apart() {
        let seed = Seed::default();
        let texts: Vec<Vec<u8>> = (0u8..=255)
            .flat_map(|byte| (0usize..80).map(move |length| vec![byte; length]))
            .collect();
        let different: HashSet<&Vec<u8>> = texts.iter().collect();
        let hashes: HashSet<u64> = different.iter().map(|text| seed.hash_one(text)).collect();
        assert_eq!(hashes.len(), different.len());
        let numbers: HashSet<u64> = (0u32..100_000).map(|number| seed.hash_one(number)).collect();
        assert_eq!(numbers.len(), 100_000);
        assert_ne!(Seed::default().hash_one(1), seed.hash_one(1), "another seed");
    }
}
