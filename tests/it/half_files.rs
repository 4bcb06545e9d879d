//! A file that was emptied or is half written does not replace what is in force, whatever it is for.

use std::fs;
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use linklatch::load::{self, Environment};

/// What becomes of a whole configuration when the file is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gone {
    IsRefused,
    IsNamed,
}

struct Kind {
    file: &'static str,
    old: String,
    new: String,
    gone: Gone,
}

fn signature(id: &str, more: &str) -> String {
    format!(
        "# ours\n[[signature]]\nid = \"{id}\"\ntitle = \"Acme\"\nkind = \"gateway\"\nconfidence = \"certain\"\n\
         source = [\"our mail team\"]\nseen = 2026-11-01\n{more}"
    )
}

fn kinds() -> Vec<Kind> {
    let kind = |file, old: &str, new: &str, gone| Kind {
        file,
        old: old.to_owned(),
        new: new.to_owned(),
        gone,
    };
    let key = |seed: u8| format!("# a key\n{}\n", BASE64URL_NOPAD.encode(&[seed; 32]));
    let config = "listen = \"127.0.0.1:0\"\nupstream = \"http://127.0.0.1:9\"\n[keys]\nfile = \"keys\"\n\
                  [signatures]\nfolder = \"signatures\"\n[page]\nlocales = \"locales\"\nlogo = \"logo.svg\"\n\
                  [[link]]\nurl = \"/auth/verify?token={token}\"\n\
                  [[client]]\nname = \"backend\"\nsecret-file = \"secret\"\n";
    let agent = "user-agent = ['\\bAcmeGate/']\nmatch = [{ user-agent = \"Firefox/140.0 AcmeGate/2\" }]\n";
    let network = "network-file = [{ file = \"acme.txt\", format = \"text\" }]\nmatch = [{ client = \"192.0.2.1\" }]\n";
    let logo = |size: u8| format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\">\n</svg>\n");
    vec![
        kind("linklatch.toml", config, &format!("{config}# more\n"), Gone::IsRefused),
        kind("keys", &key(1), &(key(2) + &key(1)), Gone::IsRefused),
        kind("secret", &key(3), &key(4), Gone::IsRefused),
        kind(
            "signatures/own.toml",
            &signature("acme-one", agent),
            &signature("acme-two", agent),
            Gone::IsNamed,
        ),
        kind(
            "signatures/local/own.toml",
            &signature("acme-three", network),
            &signature("acme-four", network),
            Gone::IsNamed,
        ),
        kind(
            "signatures/local/acme.txt",
            "# ours\n192.0.2.0/28\n",
            "192.0.2.0/29\n192.0.2.128/28\n",
            Gone::IsRefused,
        ),
        kind(
            "locales/en.ftl",
            "# ours\nhold-action = Go on\n",
            "hold-action = Further\n",
            Gone::IsNamed,
        ),
        kind("logo.svg", &logo(1), &logo(2), Gone::IsRefused),
    ]
}

/// Cuts that differ: at, before and behind each end of a line.
fn cuts(text: &str) -> impl Iterator<Item = &str> {
    let ends = text
        .match_indices('\n')
        .flat_map(|(at, _)| [at.saturating_sub(1), at, at + 1]);
    ends.filter(|end| *end < text.len()).map(|end| &text[..end])
}

#[test]
fn no_interruption_of_any_file_replaces_what_is_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["signatures/local", "locales"] {
        fs::create_dir_all(path(name)).unwrap();
    }
    for kind in kinds() {
        fs::write(path(kind.file), kind.old).unwrap();
    }
    let config = path("linklatch.toml");
    let environment = Environment::default();
    let start = load::config(&config, &environment).unwrap_or_else(|report| panic!("{}", report.text(false)));
    let again = || load::again(&config, &environment, &start.watched);
    for Kind { file, old, new, gone } in kinds() {
        let is_text = !file.ends_with(".svg");
        let emptied = ["", " \n\n"].into_iter().chain(is_text.then_some("# ours\n"));
        for content in emptied {
            fs::write(path(file), content).unwrap();
            let report = again().map(|_| ()).unwrap_err().text(false);
            let name = Path::new(file).file_name().unwrap().to_str().unwrap();
            assert!(report.contains(name), "{file}: {report}");
        }
        for cut in [&old, &new].into_iter().flat_map(|text| cuts(text)) {
            fs::write(path(file), cut).unwrap();
            let taken = again().is_ok();
            assert!(!taken || !is_text || cut.ends_with('\n'), "{file}: {cut:?}");
        }
        // Renamed over, and a link that is turned.
        for way in ["rename", "link"] {
            let next = path("next");
            match way {
                "rename" => fs::write(&next, &new).unwrap(),
                _ => {
                    fs::write(path("target"), &new).unwrap();
                    std::os::unix::fs::symlink(path("target"), &next).unwrap();
                }
            }
            fs::rename(&next, path(file)).unwrap();
            let taken = again().unwrap_or_else(|report| panic!("{file} {way}: {}", report.text(false)));
            assert_ne!(taken.watched, start.watched);
        }
        fs::remove_file(path(file)).unwrap();
        match (gone, again()) {
            (Gone::IsRefused, Err(_)) => {}
            (Gone::IsNamed, Ok(loaded)) => {
                let named: Vec<_> = start.watched.gone_from(&loaded.watched).collect();
                assert!(named.contains(&path(file).as_path()), "{named:?}");
            }
            (_, outcome) => panic!("{file}: {outcome:?}"),
        }
        fs::write(path(file), old).unwrap();
    }
}
