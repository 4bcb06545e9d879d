//! Wrapped links: what is inside is printable, stays what it is, and can be wrapped again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linklatch::gate::wrapper::{End, MAX_LEVELS, Unwrapped, unwrap, unwrap_once};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

fuzz_target!(|link: &str| {
    let chain = unwrap(link);
    assert!(chain.levels.len() <= MAX_LEVELS);
    let mut urls: Vec<&str> = chain.levels.iter().map(|level| level.url.as_str()).collect();
    if let End::Plain(url) = &chain.end {
        urls.push(url);
        assert_eq!(unwrap_once(url), Unwrapped::NotAWrapper, "{url:?} is wrapped still");
    }
    for url in &urls {
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url:?}");
        // Three bytes for each that can't be printed, and the slash that a scheme lacks.
        assert!(url.len() <= 3 * link.len() + 1);
    }
    for pair in urls.windows(2) {
        let inside = unwrap_once(pair[0]);
        assert!(
            matches!(&inside, Unwrapped::Target { url, .. } if url == pair[1]),
            "{inside:?}"
        );
    }
    if let [.., inner] = urls[..]
        && let End::Plain(_) = chain.end
        && inner.starts_with("https://")
    {
        wrapped(inner);
    }
});

/// Wrapped by one more, the same link comes out.
fn wrapped(inner: &str) {
    let wrapped = format!(
        "https://eur01.safelinks.protection.outlook.com/?url={}&data=05%7C02&reserved=0",
        utf8_percent_encode(inner, NON_ALPHANUMERIC)
    );
    match unwrap_once(&wrapped) {
        Unwrapped::Target { url, .. } => assert_eq!(url, inner),
        // Too long for a link, or no whole address: a wrapper holds nothing else.
        Unwrapped::NotAWrapper => assert!(wrapped.len() > 64 * 1024),
        Unwrapped::Damaged { .. } => assert!(has_no_host(inner), "{inner:?}"),
        Unwrapped::Opaque { .. } => panic!("{wrapped}"),
    }
}

fn has_no_host(url: &str) -> bool {
    let rest = url.trim_start_matches("https:").trim_start_matches('/');
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    matches!(host.split(':').next(), None | Some("" | "."))
}
