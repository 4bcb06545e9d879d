//! The tools around signature files, through the real binary.

use std::fs;

use crate::cli::{err, out, run};

const LISTED: &str = "network-file = [{ file = \"list.txt\", format = \"text\" }]";

fn signature(id: &str, more: &str) -> String {
    format!(
        "[[signature]]\nid = \"{id}\"\ntitle = \"Ours\"\nconfidence = \"probable\"\nkind = \"gateway\"\nsource = [\"s\"]\n\
         seen = 2026-08-11\n{more}\nmatch = [{{ user-agent = \"our-probe\", client = \"192.0.2.1\" }}]\n"
    )
}

#[test]
fn a_folder_of_signatures_is_checked_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    fs::create_dir(folder.path().join("local")).unwrap();
    let local = "[[disable]]\nid = \"microsoft-bingpreview\"\nreason = \"we like it\"\nuntil = 2999-01-31\n\
                 [[reweigh]]\nid = \"ours\"\nweight = 20\nreason = \"too much\"\n\
                 [[except]]\nnetwork = [\"192.0.2.9\"]\nreason = \"a colleague\"\n";
    fs::write(
        folder.path().join("ours.toml"),
        signature("ours", "user-agent = ['our-probe']"),
    )
    .unwrap();
    fs::write(folder.path().join("local/ours.toml"), local).unwrap();
    let output = run(&["check", "--signatures", &path]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(err(&output), "");
    let said = format!(
        "  disabled: microsoft-bingpreview until 2999-01-31; we like it, {path}/local/ours.toml:1\n  \
         weighs 20 in place of 50: ours; too much, {path}/local/ours.toml:5\n  \
         except some visits: all; a colleague, {path}/local/ours.toml:9\n"
    );
    assert!(out(&output).starts_with(&format!("{path} is fine\n\nknows scanners by\n  ")));
    assert!(out(&output).ends_with(&said), "{}", out(&output));
    let listed = out(&run(&["signatures", "list", "--signatures", &path]));
    assert!(
        listed.ends_with(&format!("\nchanged by your files\n{said}")),
        "{listed}"
    );

    let output = run(&["check", "--signatures", &path, "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let overrides = &answer["effective"]["signatures"]["overrides"];
    assert_eq!(overrides[0]["until"], "2999-01-31");
    assert_eq!(overrides[1]["from"], 50);
    assert_eq!(overrides[2]["ids"], serde_json::json!([]));

    let bad = run(&["check", "--signatures", "tests/fixtures/bad-signatures/entries"]);
    assert_eq!((bad.status.code(), out(&bad)), (Some(1), String::new()));
    let both = ["check", "--signatures", &path, "config/minimal.toml"];
    assert_eq!(run(&both).status.code(), Some(2));
}

#[test]
fn two_sets_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, text: &str| {
        fs::create_dir_all(folder.path().join(name).join("local")).unwrap();
        fs::write(folder.path().join(name).join("ours.toml"), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let old = make(
        "old",
        &(signature(
            "ours",
            "user-agent = ['our-probe']\nnetwork = [\"192.0.2.0/24\", \"203.0.113.0/24\"]",
        ) + &signature("gone", "user-agent = ['our-probe gone']")),
    );
    let new = make(
        "new",
        &(signature(
            "ours",
            "user-agent = ['our-probe', 'our-other']\nnetwork = [\"192.0.2.0/24\"]\nmode = \"observe\"",
        ) + &signature("more", LISTED)),
    );
    fs::write(folder.path().join("new/list.txt"), "192.0.2.1\n").unwrap();
    let local = "[[disable]]\nid = \"microsoft-bingpreview\"\nreason = \"we like it\"\n\
                 [[reweigh]]\nid = \"ours\"\nweight = 20\nreason = \"too much\"\n\
                 [[except]]\nid = [\"ours\"]\nnetwork = [\"192.0.2.9\"]\nreason = \"a colleague\"\n";
    fs::write(folder.path().join("new/local/ours.toml"), local).unwrap();
    let output = run(&["signatures", "diff", &old, &new]);
    assert_eq!(output.status.code(), Some(1), "{}", err(&output));
    assert_eq!(
        out(&output),
        "\
+ more, weight 50: Ours
- gone, weight 50: Ours
- microsoft-bingpreview, weight 100: Outlook.com link preview (BingPreview); disabled: we like it
~ ours
    except +1: + a colleague: network 192.0.2.9
    mode enforce -> observe
    network -1: - 203.0.113.0/24
    user-agent +1: + our-other
    weight 50 -> 20
1 added, 2 removed, 1 changed
"
    );
    let output = run(&["signatures", "diff", &old, &new, "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["same"], false);
    assert_eq!(answer["removed"][1]["disabled"], "we like it");
    assert_eq!(answer["changed"][0]["changes"][2]["removed"][0], "203.0.113.0/24");
}

#[test]
fn a_list_s_addresses_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, list: &str| {
        let own = folder.path().join(name);
        fs::create_dir_all(&own).unwrap();
        fs::write(own.join("ours.toml"), signature("ours", LISTED)).unwrap();
        fs::write(own.join("list.txt"), list).unwrap();
        own.display().to_string()
    };
    let (old, new) = (make("old", "192.0.2.1\n"), make("new", "192.0.2.1\n192.0.2.3\n"));
    let said = out(&run(&["signatures", "diff", &old, &new]));
    assert!(said.contains("~ ours\n    addresses +1: + 192.0.2.3/32\n"), "{said}");
}

#[test]
fn equal_sets_and_wrong_ones_are_told_apart() {
    let output = run(&["signatures", "diff", "shipped", "shipped"]);
    let same = "0 added, 0 removed, 0 changed\n".to_owned();
    assert_eq!((output.status.code(), out(&output)), (Some(0), same));
    let wrong = "tests/fixtures/bad-signatures/entries";
    assert_eq!(run(&["signatures", "diff", "shipped", wrong]).status.code(), Some(2));
}

#[test]
fn the_schema_is_json() {
    let output = run(&["signatures", "schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["$defs"]["signature"]["additionalProperties"], false);
}

#[test]
fn files_that_are_too_large_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let check = || {
        let output = run(&["check", "--signatures", &path]);
        assert_eq!(output.status.code(), Some(1));
        err(&output)
    };
    // Sparse: nothing of it is on the disk.
    let huge = |name: &str, bytes| {
        fs::File::create(folder.path().join(name))
            .unwrap()
            .set_len(bytes)
            .unwrap()
    };
    fs::write(folder.path().join("ours.toml"), signature("ours", LISTED)).unwrap();
    huge("list.txt", 65 * 1024 * 1024);
    assert!(check().contains("`list.txt` can't be used: it is larger than 64 MiB"));
    huge("huge.toml", 100 * 1024 * 1024);
    assert!(check().contains("huge.toml`: it is larger than 8 MiB"));
}

#[test]
fn a_vendor_is_found_by_a_word() {
    let listed = out(&run(&["signatures", "list", "ProofPoint"]));
    let (signatures, about) = listed.split_once("\n\n").unwrap();
    assert!(
        signatures.lines().all(|line| line.contains("proofpoint")),
        "{signatures}"
    );
    assert!(
        about.starts_with("Proofpoint, ") && about.contains("URL Defense"),
        "{about}"
    );
    let silent = out(&run(&["signatures", "list", "hornet"]));
    assert!(silent.contains("Hornetsecurity"), "{silent}");
    let none = run(&["signatures", "list", "no-such-vendor"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(err(&none).contains("nothing is known of `no-such-vendor`"));
    let shown = out(&run(&["signatures", "show", "proofpoint-network"]));
    assert!(shown.contains("\nProofpoint\n  URL Defense"), "{shown}");
    let wrong = err(&run(&["signatures", "show", "proofpoint"]));
    assert!(wrong.contains("`linklatch signatures list proofpoint`"), "{wrong}");
}

#[test]
fn check_says_which_signatures_are_yours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().display().to_string();
    let said = |rest: &str| {
        let text = out(&run(&["check", "--signatures", &path]));
        assert!(text.contains(rest), "{rest}: {text}");
    };
    fs::create_dir(folder.path().join("lokal")).unwrap();
    fs::write(folder.path().join("lokal/ours.toml"), "not read").unwrap();
    said("  none of them yours: no .toml file in ");
    let write = |text: &str| fs::write(folder.path().join("ours.toml"), text).unwrap();
    write("[[disable]]\nid = \"microsoft-bingpreview\"\nreason = \"we like it\"\n");
    said(&format!("  none of them yours; {path} changes shipped ones\n"));
    write(&signature("ours", "user-agent = ['our-probe']"));
    said(&format!("  1 of them yours, from {path}\n"));
    let both = signature("ours", "user-agent = ['our-probe']")
        + &signature("proofpoint-network", "user-agent = ['our-probe/2']");
    write(&both.replace(
        "match = [{ user-agent = \"our-probe\"",
        "match = [{ user-agent = \"our-probe/2\"",
    ));
    said(&format!(
        "  2 of them yours, from {path}, in a shipped one's place: proofpoint-network\n"
    ));
    assert_eq!(run(&["test", &path]).status.code(), Some(0));
}

#[test]
fn what_was_named_by_mistake_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("local")).unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("local/ours.toml"), signature("ours", "network = \"192.0.2.0/24\"")).unwrap();
    let here = path("").trim_end_matches('/').to_owned();
    let remedy = format!("--signatures {here}\n");
    let cases: [(&[&str], i32, &str, usize); 4] = [
        (&["check", &here], 2, &remedy, 1),
        (&["check", &path("local/ours.toml")], 1, &remedy, 1),
        (
            &["check", "--signatures", &path("local/ours.toml")],
            1,
            "not a directory",
            1,
        ),
        // That it asks nothing of a visit is no mistake of its own.
        (&["check", "--signatures", &here], 1, "put it into brackets", 1),
    ];
    for (arguments, code, said, errors) in cases {
        let output = run(arguments);
        let error = err(&output);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(said), "{arguments:?}: {error}");
        assert_eq!(error.matches("error[").count(), errors, "{error}");
    }
    let odd = "network = [\"192.0.2.0/255.255.255.0\", \"198.51.100.3-198.51.100.8\"]\nuser-agent = [\"a\\.b\"]";
    fs::write(path("local/ours.toml"), signature("ours", odd)).unwrap();
    let error = err(&run(&["check", "--signatures", &here]));
    for said in [
        "write \"192.0.2.0/24\"\n",
        "write \"198.51.100.3/32\", \"198.51.100.4/30\", \"198.51.100.8/32\"\n",
        "'single quotes'",
    ] {
        assert!(error.contains(said), "{said}: {error}");
    }
}

#[test]
fn what_is_no_file_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.toml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let output = run(&["check", "--signatures", &folder.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("pipe.toml`: it is no file"), "{}", err(&output));
}
