//! Signature files: the shipped ones, and the operator's folder laid over them.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Watched;
use super::folder;
use crate::diag::{Diagnostics, FileId, SourceMap};
use crate::signatures::{SHIPPED, Signatures, SourceFile, compile};
use crate::time::Clock;

/// Compiles the shipped signatures and those of `folder`. What is wrong is in `diagnostics`.
pub fn signatures(folder: Option<&Path>, sources: &mut SourceMap, diagnostics: &mut Diagnostics) -> Signatures {
    let signatures = watched(folder, sources, &mut Watched::default(), diagnostics);
    super::echoes::drop(diagnostics, sources);
    signatures
}

/// Compiles the shipped signatures and those of `folder`, whose files are added to `watched`. What is wrong is in `diagnostics`.
pub(super) fn watched(
    folder: Option<&Path>,
    sources: &mut SourceMap,
    watched: &mut Watched,
    diagnostics: &mut Diagnostics,
) -> Signatures {
    let mut files = Vec::new();
    let mut homes: BTreeMap<usize, PathBuf> = BTreeMap::new();
    for (name, text) in SHIPPED {
        files.push(SourceFile {
            file: sources.add(format!("{name}{SHIPPED_MARK}"), *text),
            layer: 0,
        });
    }
    for (layer, folder) in folder
        .into_iter()
        .flat_map(|folder| [(1, folder.to_owned()), (2, folder.join("local"))])
    {
        watched.add(&folder);
        for path in listed(&folder, layer, diagnostics) {
            let name = path.display().to_string();
            match watched.text(&path, FILE) {
                Ok(text) => {
                    let file = sources.add(name, text.as_str());
                    homes.insert(files.len(), folder.clone());
                    files.push(SourceFile { file, layer });
                }
                Err(reason) => {
                    let help = "make it readable for this user, or smaller, or move it away; long lists of addresses belong into files of \
                                their own: network-file";
                    diagnostics.error("file-unreadable", None, format!("can't read `{name}`: {reason}"), help);
                }
            }
        }
    }
    let home = |file: FileId| {
        let place = files.iter().position(|known| known.file == file)?;
        homes.get(&place)
    };
    let mut read_list = |file: FileId, name: &str| {
        let home = home(file).ok_or("shipped files have no lists beside them")?;
        let path = home.join(name);
        watched.text(&path, LIST).map(|text| text.to_string())
    };
    compile(&files, sources, &mut read_list, Clock::System.now().date(), diagnostics)
}

/// Whether a source's name is that of a shipped file.
pub fn is_shipped(name: &str) -> bool {
    name.ends_with(SHIPPED_MARK)
}

const SHIPPED_MARK: &str = " (shipped)";

/// The signature files of a folder, by name.
fn listed(folder: &Path, layer: u8, diagnostics: &mut Diagnostics) -> Vec<PathBuf> {
    match folder::files(folder, "toml") {
        Ok(files) => files,
        // Whoever has nothing of their own needs no `local`; of a folder that is none, one word is enough.
        Err(error) if layer == 2 && matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Vec::new()
        }
        Err(error) => {
            let message = format!("can't read the folder `{}`: {}", folder.display(), super::plain(&error));
            let help = "name the folder in which your signature files stand; in a configuration file, the path is seen from \
                        that file's folder";
            diagnostics.error("folder-unreadable", None, message, help);
            Vec::new()
        }
    }
}

/// Bytes of a signature file.
const FILE: usize = 8 * super::MIB;
/// Bytes of an address list.
const LIST: usize = 64 * super::MIB;
