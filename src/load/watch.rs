//! What a configuration was read from: to notice that it changed, and that it was emptied or cut.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{bytes_up_to, utf8};

/// The files and folders that were read, or looked for, and how they were just before.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    files: BTreeMap<PathBuf, Seen>,
    /// What is in force, which these are to replace.
    before: Option<Arc<BTreeMap<PathBuf, Seen>>>,
}

/// A file or folder.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Nothing where it was not there.
    state: Option<State>,
    /// What of it was read.
    content: Content,
}

/// Inode, length, and the times of the last change to the content and to all else. A folder has no length.
type State = [i64; 6];

/// What is remembered of a file's content.
#[derive(Clone, Copy, Debug, Default)]
struct Content {
    /// Whether there is more than white space and comments.
    says_something: bool,
    /// Whether its last line has an end.
    is_ended: bool,
}

impl PartialEq for Watched {
    fn eq(&self, other: &Self) -> bool {
        let states = |(path, seen): (_, &Seen)| (path, seen.state);
        self.files.iter().map(states).eq(other.files.iter().map(states))
    }
}

impl Eq for Watched {}

impl Watched {
    /// For what is to replace `in_force`.
    pub(super) fn after(in_force: &Self) -> Self {
        Self {
            files: BTreeMap::new(),
            before: Some(Arc::new(in_force.files.clone())),
        }
    }

    /// To be called before `path` is read, so that no change goes unseen.
    pub(super) fn add(&mut self, path: &Path) {
        let seen = Seen {
            state: state(path),
            content: Content::default(),
        };
        self.files.insert(path.to_owned(), seen);
    }

    /// Reads a text file of at most `limit` bytes. One that was emptied or cut since it was last in force is refused.
    pub(super) fn text(&mut self, path: &Path, limit: usize) -> Result<Zeroizing<String>, String> {
        self.add(path);
        let text = utf8(bytes_up_to(path, limit)?)?;
        let mut lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_start);
        let content = Content {
            says_something: lines.any(|line| !line.is_empty() && !line.starts_with('#')),
            is_ended: text.ends_with('\n'),
        };
        self.note(path, content)?;
        Ok(text)
    }

    /// Reads a file of at most `limit` bytes. One that was emptied since it was last in force is refused.
    pub(super) fn bytes(&mut self, path: &Path, limit: usize) -> Result<Vec<u8>, String> {
        self.add(path);
        let bytes = bytes_up_to(path, limit)?;
        let content = Content {
            says_something: !bytes.trim_ascii().is_empty(),
            is_ended: false,
        };
        self.note(path, content)?;
        Ok(bytes)
    }

    fn note(&mut self, path: &Path, content: Content) -> Result<(), String> {
        self.files.entry(path.to_owned()).or_default().content = content;
        let before = self.before.as_ref().and_then(|before| before.get(path));
        let before = before.map(|seen| seen.content).unwrap_or_default();
        if before.says_something && !content.says_something {
            return Err("it has lost its content; write it again, or remove it if it is no longer wanted".to_owned());
        }
        if before.says_something && before.is_ended && !content.is_ended {
            return Err("it was cut off: its last line has no end; write it again, whole".to_owned());
        }
        Ok(())
    }

    /// Whether there is nothing to look at.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The same files as they are now. Links are followed; a folder changes when a name in it comes or goes.
    #[must_use]
    pub fn now(&self) -> Self {
        let mut now = self.clone();
        for (path, seen) in &mut now.files {
            seen.state = state(path);
        }
        now
    }

    /// Whether a file here is shorter than it is in `other`.
    #[must_use]
    pub fn is_shorter_than(&self, other: &Self) -> bool {
        let length = |seen: &Seen| seen.state.map(|[_, length, ..]| length);
        self.files.iter().any(|(path, seen)| {
            let other = other.files.get(path).and_then(length);
            length(seen).is_some_and(|own| other.is_some_and(|other| own < other))
        })
    }

    /// The files that said something here, and are not there any more in `newer`.
    pub fn gone_from(&self, newer: &Self) -> impl Iterator<Item = &Path> {
        let said = self.files.iter().filter(|(_, seen)| seen.content.says_something);
        said.map(|(path, _)| path.as_path())
            .filter(|path| !newer.files.contains_key(*path) && state(path).is_none())
    }

    /// These, and those of `others` that are not among them.
    #[must_use]
    pub fn or(self, mut others: Self) -> Self {
        others.files.extend(self.files);
        others
    }
}

fn state(path: &Path) -> Option<State> {
    let found = std::fs::metadata(path).ok()?;
    let length = if found.is_file() { found.len() } else { 0 };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
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

    /// Whoever writes a file may be interrupted anywhere.
    #[test]
    fn a_text_that_was_emptied_or_cut_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let (old, new) = (
            "# ours\n\none = 1\ntwo = 22\n",
            "# ours\nthree = 333\n\n# more\nfour = 4\n",
        );
        let read = |content: &str, before: &Watched| {
            std::fs::write(&file, content).unwrap();
            let mut watched = Watched::after(before);
            watched.text(&file, 100).map(|_| watched)
        };
        let in_force = read(old, &Watched::default()).unwrap();
        for whole in [old, new] {
            for end in 0..=whole.len() {
                let cut = &whole[..end];
                let says = cut.lines().any(|line| line.starts_with(['o', 't', 'f']));
                let taken = read(cut, &in_force).is_ok();
                assert_eq!(taken, says && cut.ends_with('\n'), "{cut:?}");
                // What never had a last line's end, or nothing, needs none.
                for before in ["", "# ours\n", "one = 1"] {
                    let before = read(before, &Watched::default()).unwrap();
                    let said = before.files[&file].content.says_something;
                    assert_eq!(read(cut, &before).is_ok(), says || !said, "{cut:?}");
                }
            }
        }
        for blank in [" ", "\n", "\t\n \n", "#", "\u{feff}"] {
            assert!(read(blank, &in_force).is_err(), "{blank:?}");
        }
    }

    #[test]
    fn files_that_are_gone_or_shorter_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mut before = Watched::default();
        for (name, content) in [("one", "a = 1\n"), ("two", "b = 2\n"), ("empty", "")] {
            std::fs::write(path(name), content).unwrap();
            before.text(&path(name), 100).unwrap();
        }
        for name in ["one", "empty"] {
            std::fs::remove_file(path(name)).unwrap();
        }
        let mut after = Watched::after(&before);
        after.text(&path("two"), 100).unwrap();
        assert_eq!(before.gone_from(&after).collect::<Vec<_>>(), [path("one")]);
        std::fs::write(path("two"), "b = 22\n").unwrap();
        assert!(!before.now().is_shorter_than(&before));
        std::fs::write(path("two"), "b\n").unwrap();
        assert!(before.now().is_shorter_than(&before));
    }
}
