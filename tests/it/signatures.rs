//! Signature files: the shipped ones hold their own examples, and the operator's are laid over them.

use std::collections::BTreeMap;

use linklatch::diag::{Diagnostics, SourceMap};
use linklatch::load;
use linklatch::signatures::{Condition, Expectation, HeaderTest, SHIPPED, Signatures, Truth};

use crate::support::{Gate, Upstream};

fn shipped() -> (Signatures, Vec<String>) {
    let (mut sources, mut diagnostics) = (SourceMap::default(), Diagnostics::default());
    let signatures = load::signatures(None, &mut sources, &mut diagnostics);
    let problems = diagnostics
        .iter()
        .map(|problem| format!("{}: {}", problem.code, problem.message))
        .collect();
    (signatures, problems)
}

#[test]
fn every_file_of_the_folder_stands_in_the_program() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scanner-signatures");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeMap<_, _> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap();
            (
                format!("scanner-signatures/{name}"),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    let shipped: BTreeMap<_, _> = SHIPPED
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    assert_eq!(shipped.keys().collect::<Vec<_>>(), files.keys().collect::<Vec<_>>());
    assert_eq!(shipped, files);
}

#[test]
fn the_shipped_files_are_clean_and_hold_their_examples() {
    let (signatures, problems) = shipped();
    assert_eq!(problems, [""; 0]);
    assert!(signatures.entries().len() > 100);
    for example in signatures.examples() {
        let signature = &signatures.entries()[example.signature];
        let expected = match example.expectation {
            Expectation::Match => Truth::Yes,
            Expectation::NotMatch | Expectation::KnownGap => Truth::No,
        };
        let holds = signatures.holds(signature, &example.visit.as_visit());
        assert_eq!(holds, expected, "{}: {:?}", signature.id, example.visit);
    }
}

#[test]
fn the_log_has_every_value_that_shipped_signatures_look_at() {
    fn fields<'c>(condition: &'c Condition, found: &mut Vec<&'c str>) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| fields(part, found)),
            Condition::Not(inner) => fields(inner, found),
            Condition::Header(name, HeaderTest::Matches(_)) => found.push(name.as_str()),
            _ => {}
        }
    }
    let (signatures, _) = shipped();
    let mut asked = Vec::new();
    signatures
        .entries()
        .iter()
        .for_each(|entry| fields(&entry.condition, &mut asked));
    assert!(asked.len() > 3);
    for name in asked {
        assert!(
            linklatch::records::is_recorded(name),
            "add `{name}` to what is recorded"
        );
    }
}

#[tokio::test]
async fn a_declared_scanner_is_named_in_the_log() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let link = gate.link(&gate.token());
    let preview = "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/534+ (KHTML, like Gecko) BingPreview/1.0b";
    assert!(gate.actor().with("user-agent", preview).get(&link).await.is_held());
    let record = gate.last_record();
    let findings: Vec<_> = record["linklatch.verdict.findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|name| name.as_str())
        .collect();
    assert!(findings.iter().any(|name| name.contains("bingpreview")), "{findings:?}");
    assert_ne!(record["linklatch.verdict.class"], "unknown");
    assert!(gate.person().get(&link).await.is_held());
    assert_eq!(gate.last_record()["linklatch.verdict.class"], "unknown");
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn the_operator_s_folder_is_laid_over_the_shipped_set() {
    let upstream = Upstream::plain().await;
    let folder = tempfile::tempdir().unwrap();
    tokio::fs::create_dir_all(folder.path().join("own/local"))
        .await
        .unwrap();
    let own = "[[signature]]\nid = \"own-refused\"\ntitle = \"t\"\nconfidence = \"certain\"\nkind = \"crawler\"\n\
               source = [\"s\"]\nseen = 2026-08-11\naction = \"refuse\"\nuser-agent = ['unwanted']\n\
               match = [{ user-agent = \"unwanted\" }]\n\
               [[signature]]\nid = \"own-monitor\"\ntitle = \"t\"\nconfidence = \"certain\"\nkind = \"monitor\"\n\
               source = [\"s\"]\nseen = 2026-08-11\naction = \"allow\"\nnetwork = [\"127.0.1.0/24\"]\n\
               user-agent = ['our-monitor']\nmatch = [{ user-agent = \"our-monitor\", client = \"127.0.1.1\" }]\n";
    let local = "[[disable]]\nid = \"microsoft-bingpreview\"\nreason = \"we like it\"\n";
    tokio::fs::write(folder.path().join("own/own.toml"), own).await.unwrap();
    tokio::fs::write(folder.path().join("own/local/ours.toml"), local)
        .await
        .unwrap();
    let config = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\nsignatures.folder = \"own\"\n\
         [[link]]\nurl = \"/auth/verify?token={{token}}\"\n",
        upstream.address
    );
    let gate = Gate::of(&config, folder).await;
    let (monitor, other) = (gate.actor(), gate.actor());
    let token = gate.token();
    let link = gate.link(&token);
    assert_eq!(
        other.clone().with("user-agent", "unwanted").get(&link).await.status,
        403
    );
    assert_eq!(gate.last_record()["linklatch.reason"], "refused_by_signature");
    assert!(
        other.with("user-agent", "our-monitor").get(&link).await.is_held(),
        "a name alone is no reason"
    );
    gate.allow(&token);
    assert!(
        monitor
            .with("user-agent", "our-monitor")
            .get(&link)
            .await
            .is_from_upstream()
    );
    assert_eq!(gate.last_record()["linklatch.reason"], "allowed_by_signature");
    gate.finish(&upstream).await;
}
