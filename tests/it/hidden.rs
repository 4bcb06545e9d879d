//! Characters that can't be seen, or that change how others are shown, in everything that a client sends.

use crate::support::{Gate, Upstream, events};

/// Controls above ASCII, formats, separators of lines, tags, and what fonts leave out: the general categories Cc, Cf, Zl and
/// Zp, and `Default_Ignorable_Code_Point`, of Unicode 16.
fn hidden() -> Vec<char> {
    let ranges = [
        0x80..=0x9f,
        0xad..=0xad,
        0x34f..=0x34f,
        0x600..=0x605,
        0x61c..=0x61c,
        0x6dd..=0x6dd,
        0x70f..=0x70f,
        0x180b..=0x180f,
        0x200b..=0x200f,
        0x2028..=0x202e,
        0x2060..=0x206f,
        0x3164..=0x3164,
        0xfe00..=0xfe0f,
        0xfeff..=0xfeff,
        0xfff9..=0xfffb,
        0x1_d173..=0x1_d17a,
        0xe_0001..=0xe_007f,
        0xe_0100..=0xe_01ef,
    ];
    ranges.into_iter().flatten().filter_map(char::from_u32).collect()
}

#[tokio::test]
async fn no_field_of_a_request_brings_a_hidden_character_into_the_log() {
    let upstream = Upstream::plain().await;
    let gate = Gate::before(&upstream).await;
    let (hidden, link) = (hidden(), gate.link(&gate.token()));
    for c in &hidden {
        let escaped: String = c.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
        for target in [
            link.as_str(),
            &format!("/a{c}b/page"),
            &format!("/a{escaped}b/page?q={c}"),
        ] {
            let mut request = format!("GET {target} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n");
            for name in [
                "User-Agent",
                "Referer",
                "Via",
                "Accept",
                "Accept-Language",
                "Purpose",
                "Sec-Fetch-Site",
                "Sec-CH-UA",
                "X-Forwarded-For",
                "X-Forwarded-Host",
                "Forwarded",
                "X-Request-Id",
                "Cookie",
            ] {
                request += &format!("{name}: a{c}b\r\n");
            }
            let mut client = gate.dial().await;
            client.send(request + "\r\n").await;
            let answer = client.rest().await;
            assert!(answer.starts_with("HTTP/1.1 "), "{target}: {answer}");
        }
    }
    let said = gate.log_text() + &events();
    let lines = gate.records().len();
    assert!(lines >= hidden.len(), "{lines}");
    for c in hidden {
        assert!(!said.contains(c), "U+{:04X} stands in the log", u32::from(c));
    }
    let shown = gate
        .records()
        .iter()
        .any(|record| record["user_agent.original"] == "a\u{202e}b");
    assert!(shown, "an escape means the character that came");
    gate.finish(&upstream).await;
}
