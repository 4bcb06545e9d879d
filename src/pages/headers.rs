//! The headers of the gate's own pages.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

const X_ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

/// Sets what every page of the gate carries, beside its own `policy`.
///
/// `strict-origin`: with `no-referrer`, browsers post the page's form with `Origin: null`. There is no
/// Cross-Origin-Opener-Policy: it would cut a sign-in pop-up from the window that waits for it.
pub(super) fn security_headers(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
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
