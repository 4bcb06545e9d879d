//! Samples of each vendor, encoders to go there and back, and texts that nobody meant to be links.

mod samples;

use proptest::prelude::*;

use self::samples::{MAILINBLACK, OPAQUE, SAMPLES, TOKEN};
use super::*;

fn target(vendor: &'static str, url: &str) -> Unwrapped {
    let url = url.to_owned();
    Unwrapped::Target { vendor, url }
}

#[test]
fn each_vendors_links_are_undone() {
    for (vendor, url, inside) in SAMPLES {
        assert_eq!(unwrap_once(url), target(vendor, inside), "{url}");
    }
    let url = format!("https://mibc-fr-11.mailinblack.com/securelink/?url=https://www.example.com&key={MAILINBLACK}");
    assert_eq!(
        unwrap_once(&url),
        target("Mailinblack", "https://www.example.com/a?b=c")
    );
    for (vendor, url) in OPAQUE {
        assert_eq!(unwrap_once(url), Unwrapped::Opaque { vendor }, "{url}");
    }
    for Known { vendor, undone, .. } in known().filter(|known| known.vendor != "Mailinblack") {
        let sampled = SAMPLES.iter().any(|sample| sample.0 == vendor);
        let opaque = OPAQUE.iter().any(|sample| sample.0 == vendor);
        assert_eq!((sampled, opaque), (undone, !undone), "{vendor}");
    }
}

#[test]
fn what_only_looks_like_a_wrapper_is_none() {
    for url in [
        "",
        "https://",
        "not a link",
        "https://auth.example.com/v?url=https%3A%2F%2Fa.example",
        "https://notsafelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "https://nam.notsafelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "https://nam.safelinks.protection.outlook.com.evil.example/?url=https%3A%2F%2Fa.example",
        "https://nam.safelinks.protection.outlook.com@evil.example/?url=https%3A%2F%2Fa.example",
        "https://evil.example\\.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "https://evil.example#.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "https://.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "ftp://nam.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "nam.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example",
        "https://xurldefense.com/v3/__https://a.example__;!!o!i$",
        "https://www.urldefense.com/v3/__https://a.example__;!!o!i$",
        "https://urldefense.com/v4/__https://a.example__;!!o!i$",
        "https://protect.mimecast.com/s/x",
        "https://evil.example/https://secure-web.cisco.com/1x/https%3A%2F%2Fa.example",
    ] {
        assert_eq!(unwrap_once(url), Unwrapped::NotAWrapper, "{url}");
    }
}

#[test]
fn what_can_t_be_read_is_damaged() {
    for (vendor, url) in [
        (
            "Microsoft Safe Links",
            "https://nam.safelinks.protection.outlook.com/?data=05",
        ),
        (
            "Microsoft Safe Links",
            "https://nam.safelinks.protection.outlook.com/?url=",
        ),
        (
            "Microsoft Safe Links",
            "https://nam.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)",
        ),
        (
            "Microsoft Safe Links",
            "https://nam.safelinks.protection.outlook.com/?url=https%3A%2F%2F",
        ),
        (
            "Proofpoint URL Defense",
            "https://urldefense.com/v3/__https://a.example/__",
        ),
        // A star too many, one too few, a run that is none, base64 that is none.
        (
            "Proofpoint URL Defense",
            "https://urldefense.com/v3/__https://a.example/*__;!!o!i$",
        ),
        (
            "Proofpoint URL Defense",
            "https://urldefense.com/v3/__https://a.example/2F__;JQ!!o!i$",
        ),
        (
            "Proofpoint URL Defense",
            "https://urldefense.com/v3/__https://a.example/**.__;JSUl!!o!i$",
        ),
        (
            "Proofpoint URL Defense",
            "https://urldefense.com/v3/__https://a.example/*__;J!!o!i$",
        ),
        (
            "Sophos Email",
            "https://us-east-2.protection.sophos.com/?d=a.example&b=990&x=55&q=4b",
        ),
        (
            "Sophos Email",
            "https://us-east-2.protection.sophos.com/?d=a.example&u=aHR0cHM6",
        ),
        (
            "Mailinblack",
            "https://mibc-fr-11.mailinblack.com/securelink/?url=https://a.example&key=abc",
        ),
        ("Cisco Secure Email", "https://secure-web.cisco.com/1rpFFtn1JZDE"),
        ("Check Point Harmony Email", "https://protect.checkpoint.com/v2/r01/"),
        ("Symantec Click-time Protection", "https://clicktime.symantec.com/"),
    ] {
        assert_eq!(unwrap_once(url), Unwrapped::Damaged { vendor }, "{url}");
    }
}

#[test]
fn a_target_can_t_steer_a_terminal() {
    let url = "https://l.wl.co/l?u=https%3A%2F%2Fa.example%2F%1B%5B2J%0A%00%E2%80%AE%FF%20%C3%A9";
    assert_eq!(
        unwrap_once(url),
        target(
            "WhatsApp",
            "https://a.example/%1B%5B2J%0A%00%E2%80%AE%FF%20%C3%A9"
                .replace("%5B", "[")
                .as_str()
        )
    );
    let chain = unwrap("\x1b[2Jhttps://a.example/\u{202e}\n");
    assert_eq!(chain.end, End::Plain("[2Jhttps://a.example/%E2%80%AE".to_owned()));
}

fn percent(text: &str) -> String {
    percent_encode(text.as_bytes(), percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn safe_link(url: &str) -> String {
    let url = percent(url);
    format!("https://nam12.safelinks.protection.outlook.com/?url={url}&data=05%7C02&reserved=0")
}

fn cisco(url: &str) -> String {
    format!("https://secure-web.cisco.com/1Ab_-9/{}", percent(url))
}

fn defense_1(url: &str) -> String {
    let url = percent(&url.replace('&', "&amp;"));
    format!("https://urldefense.proofpoint.com/v1/url?u={url}&k=a&r=b&m=c&s=d")
}

fn defense_2(url: &str) -> String {
    let escaped = percent(url).replace('%', "-").replace("-2F", "_");
    format!("https://urldefense.proofpoint.com/v2/url?u={escaped}&d=a&c=b&r=c&m=d&s=e&e=")
}

fn defense_3(url: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.?=&-_~@".contains(&byte);
    let (mut shown, mut held) = (String::new(), Vec::new());
    for run in url.as_bytes().chunk_by(|one, next| plain(*one) == plain(*next)) {
        if plain(run[0]) {
            shown.push_str(std::str::from_utf8(run).unwrap());
            continue;
        }
        held.extend_from_slice(run);
        for part in run.chunks(65) {
            match part.len() {
                1 => shown.push('*'),
                count => shown.extend(["**", std::str::from_utf8(&DIGITS[count - 2..=count - 2]).unwrap()]),
            }
        }
    }
    let held = data_encoding::BASE64URL_NOPAD.encode(&held);
    format!("https://urldefense.com/v3/__{shown}__;{held}!!Ab0-_!Cd1-_$")
}

#[test]
fn wrappers_around_wrappers_are_undone_up_to_five() {
    let mut url = TOKEN.to_owned();
    for wrap in [defense_1, safe_link, cisco, defense_2, defense_3] {
        url = wrap(&url);
    }
    let chain = unwrap(&format!(" <{url}>"));
    assert_eq!(chain.end, End::Plain(TOKEN.to_owned()));
    let vendors: Vec<_> = chain.levels.iter().map(|level| level.vendor).collect();
    let (defense, cisco) = ("Proofpoint URL Defense", "Cisco Secure Email");
    assert_eq!(vendors, [defense, defense, cisco, "Microsoft Safe Links", defense]);
    assert_eq!(chain.levels[0].url, url);
    assert_eq!(chain.levels[4].url, defense_1(TOKEN));

    let deeper = unwrap(&safe_link(&url));
    assert_eq!((deeper.levels.len(), deeper.end), (MAX_LEVELS, End::TooDeep));
}

#[test]
fn a_chain_ends_where_it_can_t_go_on() {
    let (_, opaque) = OPAQUE[0];
    let chain = unwrap(&safe_link(opaque));
    assert_eq!((chain.levels.len(), chain.end), (2, End::Opaque));
    assert_eq!(chain.levels[1].url, opaque);
    let chain = unwrap(&safe_link("https://urldefense.com/v3/__https://a.exam"));
    assert_eq!((chain.levels.len(), chain.end), (2, End::Damaged));
    let chain = unwrap(&safe_link(&"a".repeat(MAX_LENGTH)));
    assert_eq!((chain.levels.len(), chain.end), (0, End::TooLong));
    let plain = unwrap(TOKEN);
    assert_eq!((plain.levels.len(), plain.end), (0, End::Plain(TOKEN.to_owned())));
}

/// The page's table, made of the code's.
#[test]
fn the_page_names_every_wrapper() {
    let mut vendors: Vec<&str> = known().map(|known| known.vendor).collect();
    vendors.dedup();
    let mut rows = String::new();
    for vendor in vendors {
        let kinds: Vec<Known> = known().filter(|known| known.vendor == vendor).collect();
        let mut hosts: Vec<String> = Vec::new();
        for host in kinds.iter().flat_map(|kind| kind.hosts) {
            let host = format!("`{host}`");
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        let undone = if kinds.iter().all(|kind| kind.undone) {
            "yes"
        } else {
            "no"
        };
        rows += &format!("| {vendor} | {} | {undone} |\n", hosts.join(", "));
    }
    let page = include_str!("../../../docs/wrappers.md");
    let (_, table) = page.split_once("|---|---|---|\n").unwrap();
    let table: String = table
        .lines()
        .take_while(|line| line.starts_with('|'))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_eq!(table, rows, "docs/wrappers.md should have\n{rows}");
}

fn urls() -> impl Strategy<Value = String> {
    "https?://[a-z0-9]{1,8}\\.example(:[0-9]{1,4})?([/?][!-~]{0,60})?"
}

/// What stands before a vendor's address, for each kind and host.
fn prefixes() -> impl Strategy<Value = String> {
    let mut all = Vec::new();
    for wrapper in WRAPPERS {
        for host in wrapper.hosts {
            for path in wrapper.paths {
                let start = format!("https://{}{}", host.replace('*', "x1"), path.replace('*', ""));
                let field = match wrapper.holds {
                    Holds::Field(name) => name,
                    Holds::Own(_) | Holds::Nothing => "u",
                };
                all.push(format!("{start}?{field}="));
                if path.ends_with('*') {
                    all.push(format!("{start}__"));
                }
                all.push(start);
            }
        }
    }
    all.push("https://mibc-fr-11.mailinblack.com/securelink/?key=".to_owned());
    proptest::sample::select(all)
}

/// Texts with what the formats are made of.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop_oneof![
        Just("*"),
        Just("**"),
        Just("__;"),
        Just("___"),
        Just("___."),
        Just("%"),
        Just("%25"),
        Just("%C3"),
        Just("-"),
        Just("_"),
        Just("/"),
        Just("&amp;"),
        Just("&"),
        Just("!!"),
        Just("$"),
        Just("=="),
        Just("JSUl"),
        Just("é"),
        Just("https://"),
        Just("https%3A%2F%2F"),
        Just("http:/"),
        Just("a.example"),
        Just("\0"),
        Just("@"),
        Just("?u="),
    ];
    proptest::collection::vec(scrap, 0..24).prop_map(|scraps| scraps.concat())
}

fn stands(text: &str) -> Result<(), TestCaseError> {
    if let Unwrapped::Target { url, .. } = unwrap_once(text) {
        prop_assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
        prop_assert!(url.starts_with("http") && url.contains("://"), "{url}");
        prop_assert!(url.len() <= 3 * text.len() + 1, "{url}");
    }
    prop_assert!(unwrap(text).levels.len() <= MAX_LEVELS);
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_taken(text in "\\PC*", raw in any::<String>()) {
        stands(&text)?;
        stands(&raw)?;
    }

    #[test]
    fn any_text_in_a_wrapper_is_taken(prefix in prefixes(), text in prop_oneof!["\\PC*", "[ -~]*", scraps()]) {
        prop_assert_ne!(unwrap_once(&prefix), Unwrapped::NotAWrapper);
        stands(&format!("{prefix}{text}"))?;
    }

    #[test]
    fn what_was_wrapped_comes_back(url in urls()) {
        for wrap in [safe_link, cisco, defense_1, defense_3] {
            let wrapped = wrap(&url);
            let Unwrapped::Target { url: back, .. } = unwrap_once(&wrapped) else {
                return Err(TestCaseError::fail(wrapped));
            };
            prop_assert_eq!(&back, &url, "{}", wrapped);
        }
    }

    #[test]
    fn what_url_defense_2_wrapped_comes_back(url in urls().prop_map(|url| url.replace(';', "-"))) {
        prop_assert_eq!(unwrap_once(&defense_2(&url)), target("Proofpoint URL Defense", &url));
    }
}
