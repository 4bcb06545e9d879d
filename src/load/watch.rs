//! What a configuration was read from, to notice that it changed.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The files and folders that were read, or looked for, and how they were just before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched(BTreeMap<PathBuf, Option<State>>);

/// Inode, length, and the times of the last change to the content and to all else.
type State = [i64; 6];

impl Watched {
    /// To be called before `path` is read, so that no change goes unseen.
    pub(super) fn add(&mut self, path: &Path) {
        self.0.insert(path.to_owned(), state(path));
    }

    /// Whether there is nothing to look at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same files as they are now. Links are followed; a folder changes when a name in it comes or goes.
    #[must_use]
    pub fn now(&self) -> Self {
        Self(self.0.keys().map(|path| (path.clone(), state(path))).collect())
    }

    /// These, and those of `others` that are not among them.
    #[must_use]
    pub fn or(self, mut others: Self) -> Self {
        others.0.extend(self.0);
        others
    }
}

fn state(path: &Path) -> Option<State> {
    let found = std::fs::metadata(path).ok()?;
    let length = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Some([
        found.ino().cast_signed(),
        length,
        found.mtime(),
        found.mtime_nsec(),
        found.ctime(),
        found.ctime_nsec(),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        let mut watched = Watched::default();
        for path in [&one, &two, folder.path()] {
            watched.add(path);
        }
        std::fs::write(&one, "a").unwrap();
        let mut states = vec![watched.now()];
        assert_eq!(states[0], watched.now());
        assert_ne!(states[0], watched);
        let mut changed = |watched: &Watched| {
            let now = watched.now();
            assert!(!states.contains(&now));
            states.push(now);
        };
        std::fs::write(&one, "ab").unwrap();
        changed(&watched);
        std::fs::write(&two, "").unwrap();
        changed(&watched);
        std::fs::rename(&two, &one).unwrap();
        changed(&watched);
        std::fs::remove_file(&one).unwrap();
        changed(&watched);
        // As container platforms do it: a link to a folder is turned over.
        let (old, new, link) = (
            folder.path().join("old"),
            folder.path().join("new"),
            folder.path().join("..data"),
        );
        for version in [&old, &new] {
            std::fs::create_dir(version).unwrap();
            std::fs::write(version.join("four"), "same").unwrap();
        }
        std::os::unix::fs::symlink(&old, &link).unwrap();
        let mut behind = Watched::default();
        behind.add(&link.join("four"));
        let before = behind.now();
        std::os::unix::fs::symlink(&new, folder.path().join("..next")).unwrap();
        std::fs::rename(folder.path().join("..next"), &link).unwrap();
        assert_ne!(before, behind.now());
        changed(&watched);
        std::fs::write(folder.path().join("three"), "").unwrap();
        changed(&watched);
    }
}
