//! A log's line as it reaches us: a container's runtime, an orchestrator, journald or syslog may have written something
//! around ours.
//!
//! Docker Compose and `kubectl --timestamps`, CRI files, syslog and journald's short form write before it; journald's
//! JSON and Docker's `json-file` put it into a member of an object of their own. Terminals and `grep` add colour.

use std::borrow::Cow;

use super::line::{members, text};
use super::read::Unreadable;

/// What a line is, without what was written around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Plain<'l> {
    /// It begins as one of our lines does.
    Json(Cow<'l, [u8]>),
    /// It holds no JSON object.
    Other(Cow<'l, [u8]>),
}

/// Takes off what others wrote around a line.
pub(super) fn plain(line: &[u8]) -> Result<Plain<'_>, Unreadable> {
    let line = uncoloured(line);
    let Some(start) = object_in(&line) else {
        return Ok(Plain::Other(line));
    };
    let object = match line {
        Cow::Borrowed(line) => Cow::Borrowed(line[start..].trim_ascii_end()),
        Cow::Owned(line) => Cow::Owned(line[start..].trim_ascii_end().to_vec()),
    };
    if object.starts_with(OURS) {
        return Ok(Plain::Json(object));
    }
    Ok(match carried(&object)? {
        Some(inner) => match object_in(&inner) {
            Some(start) => Plain::Json(Cow::Owned(uncoloured(&inner[start..]).trim_ascii_end().to_vec())),
            None => Plain::Other(Cow::Owned(inner)),
        },
        None => Plain::Json(object),
    })
}

/// Where an object with members begins; older versions of journald write a space after its brace.
fn object_in(line: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'{', line).find(|at| line[at + 1..].trim_ascii_start().starts_with(b"\""))
}

/// The line that an object of somebody else's carries.
fn carried(object: &[u8]) -> Result<Option<Vec<u8>>, Unreadable> {
    let Ok(object) = std::str::from_utf8(object) else {
        return Ok(None);
    };
    let (mut carried, mut left_out) = (None, false);
    let _ = members(object, |key, value| match key {
        // journald writes what is no plain text as a list of its bytes.
        "MESSAGE" if value.starts_with('[') => carried = serde_json::from_str(value).ok(),
        "MESSAGE" if value == "null" => left_out = true,
        "MESSAGE" | "log" => carried = text(value).map(|text| text.into_owned().into_bytes()),
        _ => {}
    });
    if left_out {
        return Err(Unreadable(
            "journald left its message out, because it is long: add --all to journalctl",
        ));
    }
    Ok(carried)
}

/// A line without the escapes that colour it (ECMA-48, `ESC [ … m` and its like). Our own lines never hold an ESC: JSON
/// escapes it.
fn uncoloured(line: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(ESC, line).is_none() {
        return Cow::Borrowed(line);
    }
    let (mut plain, mut rest) = (Vec::with_capacity(line.len()), line);
    while let Some(at) = memchr::memchr(ESC, rest) {
        plain.extend_from_slice(&rest[..at]);
        let after = &rest[at + 1..];
        rest = match after.strip_prefix(b"[") {
            Some(sequence) => {
                let end = sequence.iter().position(|byte| (0x40..=0x7e).contains(byte));
                &sequence[end.map_or(sequence.len(), |end| end + 1)..]
            }
            None => after,
        };
    }
    plain.extend_from_slice(rest);
    Cow::Owned(plain)
}

const ESC: u8 = 0x1b;
/// How every line of ours begins.
const OURS: &[u8] = b"{\"timestamp\"";

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"timestamp":"2026-11-26T01:27:01.507Z","user_agent.original":"a {\"b\" [x] \u001b[0m"}"#;

    fn json(line: &str) -> String {
        match plain(line.as_bytes()).unwrap() {
            Plain::Json(json) => String::from_utf8(json.into_owned()).unwrap(),
            Plain::Other(other) => panic!("{other:?}"),
        }
    }

    /// What is written before a line: by Compose, by kubectl with time and pod, in CRI files, by journald's short forms,
    /// by syslog of both kinds.
    const BEFORE: [&str; 9] = [
        "",
        "linklatch-1  | ",
        "2026-11-26T01:27:01.507123456Z ",
        "[pod/linklatch-7d9/linklatch] 2026-11-26T01:27:01.507123456Z ",
        "2026-11-26T01:27:01.507123456+01:00 stdout F ",
        "Nov 26 01:27:01 host linklatch[123]: ",
        "2026-11-26T01:27:01+0100 host linklatch[123]: ",
        "<134>1 2026-11-26T01:27:01.507Z host linklatch 123 - - ",
        "<134>Nov 26 01:27:01 host linklatch{x}[123]: ",
    ];

    #[test]
    fn what_is_written_around_a_line_is_taken_off() {
        let plain = |line: &str| line.to_owned();
        let journald = |line: &str| {
            let message = serde_json::Value::from(line);
            format!(r#"{{ "__CURSOR" : "s=1", "MESSAGE" : {message}, "PRIORITY" : "6" }}"#)
        };
        let as_bytes = |line: &str| {
            let bytes = line.as_bytes();
            format!(r#"{{"PRIORITY":"6","MESSAGE":{bytes:?}}}"#)
        };
        let docker = |line: &str| {
            let log = serde_json::Value::from(format!("{line}\n"));
            format!(r#"{{"log":{log},"stream":"stdout","time":"2026-11-26T01:27:01.5Z"}}"#)
        };
        let carriers: [&dyn Fn(&str) -> String; 4] = [&plain, &journald, &as_bytes, &docker];
        for before in BEFORE {
            for (number, carrier) in carriers.iter().enumerate() {
                for after in ["", "\r", "  "] {
                    for colour in ["", "\u{1b}[36m", "\u{1b}[1;38;5;5m", "\u{1b}[m\u{1b}[K"] {
                        let carried = carrier(&format!("{colour}{LINE}{colour}"));
                        let line = format!("{colour}{before}{colour}{carried}{colour}{after}");
                        assert_eq!(json(&line), LINE, "{before} {number} {line}");
                    }
                }
            }
        }
    }

    #[test]
    fn events_of_our_own_and_other_programs_lines_stay_what_they_are() {
        let event = r#"{"timestamp":"2026-11-26T01:27:01Z","level":"INFO","message":"{\"x\":1}"}"#;
        assert_eq!(json(event), event);
        assert_eq!(json(r#"{"level":"info"}"#), r#"{"level":"info"}"#);
        for other in [
            "Attaching to linklatch-1",
            "",
            r#"1.2.3.4 - - [x] "GET /{\x22a HTTP/1.1" 200"#,
        ] {
            assert_eq!(
                plain(other.as_bytes()),
                Ok(Plain::Other(Cow::Borrowed(other.as_bytes())))
            );
        }
        let left_out = plain(br#"{"MESSAGE":null}"#).unwrap_err().to_string();
        assert!(left_out.contains("--all"), "{left_out}");
    }
}
