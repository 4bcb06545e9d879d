//! A call's body and query: a token that a reader finds, whatever the type says, is never overlooked.
//!
//! The first line is the Content-Type, the second the query, the rest the body.

#![no_main]

use http::{HeaderValue, Request, header};
use libfuzzer_sys::fuzz_target;
use linklatch::gate::keys::LinkId;
use linklatch::gate::{CallToken, Routed};
use linklatch_fuzz::{GATE, first_line};

#[path = "../../tests/it/matching/readers.rs"]
#[expect(dead_code, reason = "the tests read more with it")]
mod readers;

/// From here on a value is a token.
const MIN_LENGTH: usize = 16;

fuzz_target!(|data: &[u8]| {
    let (kind, rest) = first_line(data);
    let (query, body) = first_line(rest);
    // HTTP's parser drops a fragment.
    let query = query.split(|byte| *byte == b'#').next().unwrap_or_default();
    let Some(token) = judged(kind, query, body) else { return };
    assert_eq!(Some(&token), judged(kind, query, body).as_ref());
    let tokens = tokens(query, body);
    match (token, tokens.as_slice()) {
        (CallToken::None, found) => assert!(found.is_empty(), "{found:?} is overlooked"),
        (CallToken::Links { ids, .. }, [found]) => {
            assert!(
                links_of(found).is_none_or(|of| of == ids),
                "{found:?} is known as another token"
            );
        }
        (CallToken::Links { .. } | CallToken::Unclear, _) => {}
    }
});

fn judged(kind: &[u8], query: &[u8], body: &[u8]) -> Option<CallToken> {
    let target = [b"/v1/auth/verify?", query].concat();
    let mut request = Request::post(target.as_slice()).body(()).ok()?;
    let kind = HeaderValue::from_bytes(kind).ok()?;
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    match GATE.route(request, "auth.example") {
        Routed::Call(mut call) => Some(GATE.call_token(&mut call, body)),
        _ => None,
    }
}

/// What readers find, each text once: forms and JSON, by any parser's idea of a name.
fn tokens(query: &[u8], body: &[u8]) -> Vec<String> {
    let mut found = [in_form(query), in_form(body)].concat();
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let json: Option<serde_json::Value> = serde_json::from_slice(text).ok();
    let token = json.as_ref().and_then(|json| json.get("token"));
    found.extend(token.and_then(|token| token.as_str()).map(str::to_owned));
    found.retain(|value| value.trim().chars().count() >= MIN_LENGTH);
    found.sort();
    found.dedup();
    found
}

fn in_form(text: &[u8]) -> Vec<String> {
    let Ok(text) = str::from_utf8(text) else {
        return Vec::new();
    };
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let named = pairs.filter(|(name, _)| readers::NAMES.iter().any(|(_, read)| read(name) == "token"));
    named
        .map(|(_, value)| readers::decode(&value.replace('+', " ")))
        .collect()
}

/// The digests of the link with this token, where it can be written.
fn links_of(token: &str) -> Option<Vec<LinkId>> {
    let text: String = form_urlencoded::byte_serialize(token.as_bytes()).collect();
    let request = Request::get(format!("/auth/verify?token={text}")).body(()).ok()?;
    match GATE.route(request, "auth.example") {
        Routed::Protected(protected) if protected.repaired().is_none() => Some(protected.link_ids().to_vec()),
        _ => None,
    }
}
