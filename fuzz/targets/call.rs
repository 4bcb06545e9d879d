//! A call's body and query: a token that a careful reader finds is never overlooked.
//!
//! The first line is the Content-Type, the second the query, the rest the body.

#![no_main]

use std::borrow::Cow;

use http::{HeaderValue, Request, header};
use libfuzzer_sys::fuzz_target;
use linklatch::gate::keys::LinkId;
use linklatch::gate::{CallToken, Routed};
use linklatch_fuzz::{GATE, first_line};

/// From here on a value is a token.
const MIN_LENGTH: usize = 16;

fuzz_target!(|data: &[u8]| {
    let (kind, rest) = first_line(data);
    let (query, body) = first_line(rest);
    let Some(token) = judged(kind, query, body) else { return };
    assert_eq!(Some(&token), judged(kind, query, body).as_ref());
    let tokens = tokens(kind, query, body);
    match (token, tokens.as_slice()) {
        (CallToken::None, found) => assert!(found.is_empty(), "{found:?} is overlooked"),
        (CallToken::Links(links), [found]) => {
            assert!(
                links_of(found).is_none_or(|of| of == links),
                "{found:?} is known as another token"
            );
        }
        (CallToken::Links(_) | CallToken::Unclear, _) => {}
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

/// What careful readers find: each text once.
fn tokens(kind: &[u8], query: &[u8], body: &[u8]) -> Vec<String> {
    let form = |text| form_urlencoded::parse(text).filter(|(name, _)| name == "token");
    let mut found: Vec<String> = form(query).map(|(_, value)| value.into_owned()).collect();
    match kind {
        b"application/x-www-form-urlencoded" => {
            found.extend(form(body).map(|(_, value): (_, Cow<'_, str>)| value.into_owned()))
        }
        b"application/json" => {
            let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
            let token = json.as_ref().and_then(|json| json.get("token"));
            found.extend(token.and_then(|token| token.as_str()).map(str::to_owned));
        }
        _ => {}
    }
    found.retain(|value| value.trim().chars().count() >= MIN_LENGTH);
    found.sort();
    found.dedup();
    found
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
