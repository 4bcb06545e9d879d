//! Lines of all kinds of logs.

use std::fs;

use linklatch::records::read::Reader;

use super::{LINK, core, linklatch, logged, path, people_and_scanners, replayed, text};
use crate::support::{Gate, Upstream};

#[tokio::test]
async fn a_log_that_cannot_tell_who_pressed_is_no_all_clear() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, LINK).await;
    gate.person().get(&gate.link(&gate.token())).await;
    let (log, config) = logged(&gate);
    let nginx = path(&gate, "nginx.log");
    let line = r#"192.0.2.9 - - [26/Nov/2026:01:27:01 +0000] "GET /auth/verify?token=0123456789abcdefghij HTTP/1.1" 200 512 "-" "x (0123456789abcdefghij)""#;
    fs::write(&nginx, format!("{line}\n{line}\n")).unwrap();
    let core = core(&gate);
    let seen = Reader::new(&core, false).read(line.as_bytes()).unwrap().unwrap();
    assert!(
        seen.as_visit().header("user-agent").unwrap().contains("abcdefghij"),
        "the whole is judged"
    );
    assert!(!format!("{seen:?}").contains("abcdefghij"), "and never printed");
    for (log, said) in [
        (&nginx, "this log can't tell who pressed: nothing is known about people"),
        (&log, "nobody pressed in this log: nothing is known about people"),
    ] {
        let output = linklatch(&["replay", log, "--config", &config, "--new-config", &config]);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(
            text(&output.stdout).starts_with(&format!("conclusion\n  {said}\n")),
            "{output:?}"
        );
    }
    gate.finish(&upstream).await;
}

#[tokio::test]
async fn lines_are_read_as_containers_and_journals_write_them() {
    let upstream = Upstream::plain().await;
    let gate = Gate::with(&upstream, LINK).await;
    people_and_scanners(&gate).await;
    let (log, config) = logged(&gate);
    let (told, code) = replayed(&[&log, "--config", &config, "--new-config", &config]);
    let id = gate.last_record()["request_id"].as_str().unwrap().to_owned();
    let explain = |log: &str| {
        let output = linklatch(&["explain", "--request-id", &id, "--log", log, "--config", &config]);
        (output.status.code(), text(&output.stdout))
    };
    let plain = explain(&log);
    assert_eq!((code, plain.0), (Some(0), Some(0)));
    let journald = |line: &str| serde_json::json!({ "PRIORITY": "6", "MESSAGE": line }).to_string();
    let docker = |line: &str| serde_json::json!({ "log": format!("{line}\n"), "stream": "stdout" }).to_string();
    let writers: [&dyn Fn(&str) -> String; 6] = [
        &|line| format!("\u{1b}[36mlinklatch-1  | \u{1b}[0m{line}"),
        &|line| format!("2026-11-26T01:27:01.507123456Z {line}"),
        &|line| format!("2026-11-26T01:27:01.507123456+01:00 stdout F {line}"),
        &|line| format!("Nov 26 01:27:01 host linklatch[123]: {line}"),
        &journald,
        &docker,
    ];
    for write in writers {
        let lines: String = gate.log_text().lines().map(|line| write(line) + "\n").collect();
        let wrapped = path(&gate, "wrapped.log");
        fs::write(&wrapped, &lines).unwrap();
        let (again, code) = replayed(&[&wrapped, "--config", &config, "--new-config", &config]);
        assert_eq!((&again, code), (&told, Some(0)), "{lines}");
        assert_eq!(explain(&wrapped), plain, "{lines}");
    }
    gate.finish(&upstream).await;
}
