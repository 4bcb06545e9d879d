//! Ways to bend a target.

use proptest::prelude::*;
use proptest::sample::Index;

/// One way to bend a target: which, and where.
pub(super) type Bend = (u8, Index);

pub(super) fn bend() -> impl Strategy<Value = Bend> {
    (0u8..64, any::<Index>())
}

pub(super) fn bent(target: &str, (how, at): &Bend) -> String {
    match how {
        0..24 => spelled(target, *how, at),
        24..40 => damaged(target, *how, at),
        40..52 => dotted(target, *how, at),
        _ => careless(target, *how, at),
    }
}

fn spelled(target: &str, how: u8, at: &Index) -> String {
    let path_len = path_len(target);
    let slash = slash(target, at);
    match how {
        0 => insert(target, slash, "/"),
        1 => insert(target, slash, "/."),
        2 => insert(target, slash, "/x/.."),
        3 => insert(target, slash, ";v=1"),
        4 => insert(target, path_len, "/"),
        5 => insert(target, path_len, ".json"),
        6 => insert(target, path_len, "."),
        7 => insert(target, path_len, "%20"),
        8 | 9 => encoded(target, at),
        10 => target.replacen('%', "%25", 1),
        11 => insert(target, path_len, "%00"),
        12 => insert(target, in_path(target, at).max(1), "%0a"),
        13 => format!("{}%5c{}", &target[..slash], target.get(slash + 1..).unwrap_or_default()),
        14 => format!("/..{target}"),
        15 => format!("/{target}"),
        16 => format!("//evil.example{target}"),
        17 => target.to_uppercase(),
        18 => insert(target, path_len, "%3Ftoken=x"),
        19 => target.replacen("token=", "token[]=", 1),
        20 => target.replacen("token=", "a=1;token=", 1),
        21 => format!("{target}&token=other"),
        22 => target.replacen("token=", "+token=", 1),
        _ => format!("{}%2f{}", &target[..slash], target.get(slash + 1..).unwrap_or_default()),
    }
}

/// What mail programs and gateways do to links.
fn damaged(target: &str, how: u8, at: &Index) -> String {
    let anywhere = anywhere(target, at);
    match how {
        24 => target.replace('&', "&amp;"),
        25 => target.replacen("token=", "a=1&amp;token=", 1),
        26 => target.replace('=', "=3D"),
        27 => target.replace('=', "%3D"),
        28 => target.replacen('?', "%3F", 1),
        29 => format!("{target}{}", [".", "%3E", ")", "'", "].", "%22", "!", ","][at.index(8)]),
        30 => target.replacen("token=", "token=%3C", 1),
        31 => {
            let put = ["=%0D%0A", "%0A", "%20", "+", "%E2%80%8B"][at.index(5)];
            insert(target, anywhere, put)
        }
        32 => target.replace('%', "%25"),
        33 => format!("{target}?utm_source=x"),
        34 => format!("{target}](https://auth.example{target})"),
        35 => format!(
            "/auth/verify?token=https%3A%2F%2Fauth.example{}",
            target.bytes().map(|b| format!("%{b:02X}")).collect::<String>()
        ),
        36 => target[..anywhere.max(1)].to_owned(),
        37 => format!("{target}&amp;token=other"),
        38 => target.replacen("token=", "token%3D", 1),
        _ => target.replacen("token=", "utm_source=x?token=", 1),
    }
}

/// Segments of little parts, in front of, between and behind the link's own.
fn dotted(target: &str, how: u8, at: &Index) -> String {
    let part = |n: usize| {
        let parts = [
            "", "x", "%20", ";a", ".", "%2e", "..", "%2e%2e", "..;a", ".%2E", "%20..", "%09",
        ];
        parts[n % parts.len()]
    };
    let at = at.index(usize::MAX);
    let put = format!("/{}/{}", part(at), part(at / 12));
    let put = if how.is_multiple_of(2) {
        put
    } else {
        format!("{put}/{}", part(at / 144))
    };
    match how / 2 % 3 {
        0 => insert(target, path_len(target), &put),
        1 => format!("{put}{target}"),
        _ => insert(target, target[1..].find('/').map_or(0, |slash| slash + 1), &put),
    }
}

/// What only some readers drop, fold, or take for the query's start, and brackets around names.
fn careless(target: &str, how: u8, at: &Index) -> String {
    let unseen = ["%ff", "%c3", "%E2%80%8B", "%C2%AD", "%EF%BB%BF", "%", "%1f", "%80"][at.index(8)];
    let name = target.find("token=").unwrap_or(0);
    match how {
        52 => insert(target, path_len(target), unseen),
        53 => insert(target, in_path(target, at).max(1), unseen),
        54 => insert(target, name, unseen),
        55 => insert(target, anywhere(target, at), unseen),
        56 => target.replacen('?', ";", 1),
        57 => insert(
            target,
            path_len(target),
            [";", ";a=b", ";x=1/y", ";/../..", ";token=x"][at.index(5)],
        ),
        58 => insert(
            target,
            name,
            ["[", "[]", "]", "[[", "%5B", "?", "%20", "."][at.index(8)],
        ),
        59 => target.replacen(
            "token=",
            ["[token]=", "%5Btoken%5D=", "[[token]]=", "token]x="][at.index(4)],
            1,
        ),
        60 => format!("/\\evil.example{target}"),
        61 => {
            let from = in_path(target, at).max(1);
            let wide = |c: char| match c {
                '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap().to_string(),
                other => other.to_string(),
            };
            let c = target[from..].chars().next().map(wide).unwrap_or_default();
            let c: String = c.bytes().map(|b| format!("%{b:02X}")).collect();
            format!("{}{c}{}", &target[..from], target.get(from + 1..).unwrap_or_default())
        }
        62 => insert(
            target,
            path_len(target),
            ["%23", "%3F", "%3Ba=b", "%2Fx%2F.."][at.index(4)],
        ),
        _ => format!("{target}&[token]=x"),
    }
}

fn path_len(target: &str) -> usize {
    target.find('?').unwrap_or(target.len())
}

fn boundary(target: &str, index: usize) -> usize {
    (index..=target.len()).find(|at| target.is_char_boundary(*at)).unwrap()
}

fn anywhere(target: &str, at: &Index) -> usize {
    boundary(target, at.index(target.len().max(1)).min(target.len()))
}

fn in_path(target: &str, at: &Index) -> usize {
    boundary(target, at.index(path_len(target).max(1)).min(target.len()))
}

fn slash(target: &str, at: &Index) -> usize {
    let slashes: Vec<usize> = target[..path_len(target)]
        .match_indices('/')
        .map(|(at, _)| at)
        .collect();
    if slashes.is_empty() {
        0
    } else {
        slashes[at.index(slashes.len())]
    }
}

fn insert(target: &str, at: usize, text: &str) -> String {
    let at = boundary(target, at.min(target.len()));
    format!("{}{text}{}", &target[..at], &target[at..])
}

fn encoded(target: &str, at: &Index) -> String {
    let from = anywhere(target, at);
    let next = target[from..].chars().next().map_or(from, |c| from + c.len_utf8());
    let escapes: String = target[from..next].bytes().map(|b| format!("%{b:02X}")).collect();
    format!("{}{escapes}{}", &target[..from], &target[next..])
}
