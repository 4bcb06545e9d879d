//! The table of wrappers, and how each holds its address.
//!
//! Each entry says where its format was seen: the vendor's documents, or links in public mail archives and
//! repositories.

use data_encoding::BASE64URL_NOPAD;
use percent_encoding::percent_decode_str;
use serde::Deserialize;

use super::{Parts, decoded, printable, unescape};

/// One kind of wrapper.
pub(super) struct Wrapper {
    /// As people know the product.
    pub(super) vendor: &'static str,
    /// Label by label; `*` stands for any text within one.
    pub(super) hosts: &'static [&'static str],
    /// `*` stands for any text.
    pub(super) paths: &'static [&'static str],
    pub(super) holds: Holds,
}

/// How a wrapper holds its address.
pub(super) enum Holds {
    /// Percent-encoded in this field.
    Field(&'static str),
    /// In a way of its own.
    Own(fn(&Parts<'_>) -> Option<String>),
    /// Not at all.
    Nothing,
}

impl Holds {
    /// The address, perhaps encoded more often than its format asks for.
    pub(super) fn read(&self, parts: &Parts<'_>) -> Option<String> {
        match self {
            Self::Field(name) => parts.field(name).map(decoded),
            Self::Own(read) => read(parts),
            Self::Nothing => None,
        }
    }
}

/// Sorted by vendor.
pub(super) const WRAPPERS: &[Wrapper] = &[
    // Tests of ninoseki/kachi; links that Supabase and Elsevier mail.
    Wrapper {
        vendor: "Amazon SES click tracking",
        hosts: &["*.r.*.awstrack.me"],
        paths: &["/L0/*", "/CL0/*"],
        holds: Holds::Own(amazon_ses),
    },
    // Links in public repositories; all behind `?` is sealed.
    Wrapper {
        vendor: "AppRiver",
        hosts: &["url.emailprotection.link"],
        paths: &["/"],
        holds: Holds::Nothing,
    },
    // Tests of ninoseki/kachi; lore.kernel.org. `c=E,1,<signature>&typo=1` follows.
    Wrapper {
        vendor: "Barracuda Link Protection",
        hosts: &["linkprotect.cudasvc.com"],
        paths: &["/url", "/"],
        holds: Holds::Field("a"),
    },
    // Links in public repositories.
    Wrapper {
        vendor: "Check Point Harmony Email",
        hosts: &["protect.checkpoint.com", "url.avanan.click"],
        paths: &["/v2/*"],
        holds: Holds::Own(check_point),
    },
    // The USRP-users list's archive.
    Wrapper {
        vendor: "Cisco Secure Email",
        hosts: &["secure-web.cisco.com"],
        paths: &["/1*"],
        holds: Holds::Own(cisco),
    },
    // Links in public repositories. Only the target's `&` and `=` are encoded.
    Wrapper {
        vendor: "EdgePilot",
        hosts: &["link.edgepilot.com"],
        paths: &["/s/*"],
        holds: Holds::Field("u"),
    },
    // Tests of ninoseki/kachi; lore.kernel.org. `k`, `q` and a GUID in `e` come before.
    Wrapper {
        vendor: "FireEye (Trellix) Email Security",
        hosts: &["protect.fireeye.com", "protect2.fireeye.com"],
        paths: &["/v1/url", "/url"],
        holds: Holds::Field("u"),
    },
    // Links in public repositories.
    Wrapper {
        vendor: "Hornetsecurity",
        hosts: &["atpscan.global.hornetsecurity.com"],
        paths: &["/"],
        holds: Holds::Field("u"),
    },
    // Links in public repositories. `t` is sealed, `domain` names the host alone.
    Wrapper {
        vendor: "Inky",
        hosts: &["shared.outlook.inky.com"],
        paths: &["/link"],
        holds: Holds::Nothing,
    },
    // Tests of ninoseki/kachi; lore.kernel.org.
    Wrapper {
        vendor: "Libraesva URLSand",
        hosts: &["urlsand.esvalabs.com"],
        paths: &["/"],
        holds: Holds::Field("u"),
    },
    // Links in public repositories. `url` names the origin alone.
    Wrapper {
        vendor: "Mailinblack",
        hosts: &["*.mailinblack.com"],
        paths: &["/securelink/", "/securelink"],
        holds: Holds::Own(mailinblack),
    },
    // Tests of ninoseki/kachi; links in public repositories.
    Wrapper {
        vendor: "Microsoft Azure mails",
        hosts: &["emails.azure.microsoft.com"],
        paths: &["/redirect/", "/redirect"],
        holds: Holds::Field("destination"),
    },
    // Microsoft Learn, "Safe Links in Microsoft Defender for Office 365"; lore.kernel.org for the United States
    // government's cloud. The `/ap/` path is that of Office documents.
    Wrapper {
        vendor: "Microsoft Safe Links",
        hosts: &[
            "*.safelinks.protection.outlook.com",
            "safelinks.protection.outlook.com",
            "*.safelinks.protection.office365.us",
        ],
        paths: &["/", "/ap/*"],
        holds: Holds::Field("url"),
    },
    // Links in public repositories: the page that Teams shows before a link.
    Wrapper {
        vendor: "Microsoft Safe Links",
        hosts: &["statics.teams.cdn.office.net", "teams.public.onecdn.static.microsoft"],
        paths: &["/evergreen-assets/safelinks/*"],
        holds: Holds::Field("url"),
    },
    // Links in public repositories. `domain` names the host alone.
    Wrapper {
        vendor: "Mimecast URL Protect",
        hosts: &["protect-*.mimecast.com", "url.*.m.mimecastprotect.com"],
        paths: &["/s/*"],
        holds: Holds::Nothing,
    },
    // The three formats: cardi/proofpoint-url-decoder, tests of ninoseki/kachi, lore.kernel.org.
    Wrapper {
        vendor: "Proofpoint URL Defense",
        hosts: &["urldefense.proofpoint.com", "urldefense.com", "urldefense.us"],
        paths: &["/v1/url"],
        holds: Holds::Own(url_defense_1),
    },
    Wrapper {
        vendor: "Proofpoint URL Defense",
        hosts: &["urldefense.proofpoint.com", "urldefense.com", "urldefense.us"],
        paths: &["/v2/url"],
        holds: Holds::Own(url_defense_2),
    },
    Wrapper {
        vendor: "Proofpoint URL Defense",
        hosts: &["urldefense.proofpoint.com", "urldefense.com", "urldefense.us"],
        paths: &["/v3/*"],
        holds: Holds::Own(url_defense_3),
    },
    // Tests of ninoseki/kachi; links in public repositories.
    Wrapper {
        vendor: "Sophos Email",
        hosts: &["*.protection.sophos.com"],
        paths: &["/"],
        holds: Holds::Own(sophos),
    },
    // Links in public repositories, with `h=<signature>` before or without.
    Wrapper {
        vendor: "Symantec Click-time Protection",
        hosts: &["clicktime.symantec.com"],
        paths: &["/*"],
        holds: Holds::Field("u"),
    },
    // Tests of ninoseki/kachi; lore.kernel.org.
    Wrapper {
        vendor: "Trend Micro",
        hosts: &["*-ctp.trendmicro.com"],
        paths: &["/wis/clicktime/v1/query"],
        holds: Holds::Field("url"),
    },
    // lore.kernel.org. Lower-case escapes, for dots too.
    Wrapper {
        vendor: "Trustwave MailMarshal",
        hosts: &["scanmail.trustwave.com"],
        paths: &["/"],
        holds: Holds::Field("u"),
    },
    // boostorg/beast issue 2340; `f`, `i`, `k`, `r` and `s` seal it.
    Wrapper {
        vendor: "Vade Secure",
        hosts: &["antiphishing.vadesecure.com"],
        paths: &["/v4"],
        holds: Holds::Field("u"),
    },
    Wrapper {
        vendor: "Vade Secure",
        hosts: &["m365.*.vadesecure.com", "gws.*.vadesecure.com"],
        paths: &["/safeproxy/v*"],
        holds: Holds::Field("u"),
    },
    // Tests of ninoseki/kachi. What a business profile's links go through.
    Wrapper {
        vendor: "WhatsApp",
        hosts: &["l.wl.co"],
        paths: &["/l"],
        holds: Holds::Field("u"),
    },
    // The tests of an open-source unwrapping library.
    Wrapper {
        vendor: "Zix",
        hosts: &["link.zixcentral.com"],
        paths: &["/u/*"],
        holds: Holds::Field("u"),
    },
];

/// `/L0/<encoded>/1/<message>/<signature>`.
fn amazon_ses(parts: &Parts<'_>) -> Option<String> {
    let (_, path) = parts.path.strip_prefix('/')?.split_once('/')?;
    path.split('/').next().map(decoded)
}

/// `/v2/r01/___<address as it is>___.<base64>`.
fn check_point(parts: &Parts<'_>) -> Option<String> {
    let (_, inside) = parts.rest.split_once("___")?;
    let (target, _) = inside.rsplit_once("___.").or_else(|| inside.rsplit_once("___"))?;
    Some(target.to_owned())
}

/// `/1<signature>/<encoded, now and then twice>`.
fn cisco(parts: &Parts<'_>) -> Option<String> {
    let (_, target) = parts.rest.strip_prefix('/')?.split_once('/')?;
    Some(target.to_owned())
}

/// `key=<base64 of JSON>`, whose `url` is the address.
fn mailinblack(parts: &Parts<'_>) -> Option<String> {
    #[derive(Deserialize)]
    struct Key {
        url: String,
    }
    let key: Key = serde_json::from_slice(&base64(parts.field("key")?)?).ok()?;
    Some(printable(key.url.as_bytes()))
}

/// `u=<base64>`.
fn sophos(parts: &Parts<'_>) -> Option<String> {
    base64(parts.field("u")?).map(|target| printable(&target))
}

/// `u=<percent-encoded text of an HTML attribute>`.
fn url_defense_1(parts: &Parts<'_>) -> Option<String> {
    let target = decoded(parts.field("u")?);
    Some(unescape(&target).into_owned())
}

/// The first format with `-` for `%` and `_` for `/`.
fn url_defense_2(parts: &Parts<'_>) -> Option<String> {
    let target = decoded(&parts.field("u")?.replace('-', "%").replace('_', "/"));
    Some(unescape(&target).into_owned())
}

/// `/v3/__<address>__;<base64>!!<organisation>!<id>$`: a `*` stands for one byte that the base64 holds, `**` and a digit of
/// base64 for a run of them.
fn url_defense_3(parts: &Parts<'_>) -> Option<String> {
    let inside = parts.rest.strip_prefix("/v3/__")?;
    let (target, tail) = inside.rsplit_once("__;")?;
    let mut held = base64(tail.split(['!', '$', '%']).next()?)?.into_iter();
    let mut out = Vec::with_capacity(target.len());
    let target: Vec<u8> = percent_decode_str(target).collect();
    let mut rest = target.as_slice();
    loop {
        let count = match *rest {
            [] => break,
            [b'*', b'*', digit, ref left @ ..] => {
                rest = left;
                run_length(digit)?
            }
            [b'*', ref left @ ..] => {
                rest = left;
                1
            }
            [byte, ref left @ ..] => {
                out.push(byte);
                rest = left;
                0
            }
        };
        for _ in 0..count {
            out.push(held.next()?);
        }
    }
    // A star that got lost on the way leaves a byte over.
    held.next().is_none().then(|| printable(&out))
}

/// `A` is a run of two; one more for each further digit.
fn run_length(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A' + 2),
        b'a'..=b'z' => Some(digit - b'a' + 28),
        b'0'..=b'9' => Some(digit - b'0' + 54),
        b'-' => Some(64),
        b'_' => Some(65),
        _ => None,
    }
}

/// Either alphabet, with or without padding, percent-encoded or not.
fn base64(text: &str) -> Option<Vec<u8>> {
    let plain: Vec<u8> = percent_decode_str(text)
        .filter(|byte| *byte != b'=')
        .map(|byte| match byte {
            b'+' | b' ' => b'-',
            b'/' => b'_',
            other => other,
        })
        .collect();
    BASE64URL_NOPAD.decode(&plain).ok()
}
