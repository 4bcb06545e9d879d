//! The header fields of the gate's own answers: pages, their files, and envelopes for programs.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::ENVELOPE_TYPE;

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The page's script writes the link to the clipboard where a person asks for it (`press.js`), and uses nothing else
/// that a browser gives only to some pages. Names are those that browsers know; others make them warn.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(self), \
    display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), \
    identity-credentials-get=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), \
    serial=(), storage-access=(), usb=(), xr-spatial-tracking=()";

/// Sets what every answer of the gate's own carries: it is what it says it is, and no other site's page may load it.
/// Calls that a browser makes for another site's script are not affected where CORS allows them.
pub(super) fn own(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
}

/// Sets what every envelope carries.
pub fn envelope_headers(headers: &mut HeaderMap) {
    own(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(ENVELOPE_TYPE));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Sets what every page of the gate carries, beside its own `policy`.
///
/// `strict-origin`: with `no-referrer`, browsers post the page's form with `Origin: null`.
///
/// There is no Cross-Origin-Opener-Policy. An app may open the sign-in in a pop-up and wait for its word. Any value but
/// the default `unsafe-none`, `same-origin-allow-popups` too, puts a pop-up's page into another browsing context group
/// than its opener's, for good: `window.opener` is null on the app's page after the press as well (HTML standard,
/// section 7.1.3). What an opener can do without it is to navigate the window, which it could before; the page listens
/// to no messages.
pub(super) fn security_headers(headers: &mut HeaderMap, policy: HeaderValue) {
    own(headers);
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(X_ROBOTS_TAG, HeaderValue::from_static("noindex, nofollow"));
}

/// The policy of a page whose only resources are its inline `styles` and, of the gate's own, `more`: script or picture.
pub(super) fn policy<'s>(styles: impl Iterator<Item = &'s str>, more: &[&str]) -> String {
    let hashes = styles.map(|style| {
        format!(
            " 'sha256-{}'",
            BASE64.encode(digest(&SHA256, style.as_bytes()).as_ref())
        )
    });
    let (hashes, more): (String, String) = (
        hashes.collect(),
        more.iter().map(|what| format!("{what}-src 'self'; ")).collect(),
    );
    format!("default-src 'none'; {more}style-src{hashes}; frame-ancestors 'none'; base-uri 'none'")
}

/// `policy` as a header; one that can't be a header allows nothing at all.
pub(super) fn policy_header(policy: &str) -> HeaderValue {
    HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static(
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    ))
}
