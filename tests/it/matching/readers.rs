//! Readers of targets, each as its documentation or source says how it reads: which targets and fields are the link's
//! `/auth/verify?token=…` to it. They share nothing with the gate.

/// Whether a reader takes a target for the link.
pub(super) type Reader = fn(&str) -> bool;

/// All of them, by name.
pub(super) const READERS: &[(&str, Reader)] = &[
    ("strict", strict),
    ("lenient", lenient),
    ("WHATWG URL parser: hapi, Hono", whatwg),
    ("Go path.Clean, posix.normalize", go_clean),
    ("nginx: merge_slashes", nginx),
    ("Fastify 4", fastify4),
    ("restify", restify),
    ("Bottle", bottle),
    ("RFC 3986 section 5.2.4", rfc3986),
    ("Tomcat", tomcat),
];

/// The name of the field that a raw name stands for, at its root.
pub(super) type Naming = fn(&str) -> String;

/// Parsers of a query or form.
pub(super) const NAMES: &[(&str, Naming)] = &[
    ("plain", |raw| decode(&raw.replace('+', " "))),
    ("qs", qs),
    ("Rack 2.2", rack),
    ("PHP", php),
];

/// A router to the letter: one decoding of each segment and field, nothing else.
pub(super) fn strict(target: &str) -> bool {
    let (path, query) = cut(target);
    let decoded: Vec<String> = path.split('/').map(decode).collect();
    decoded == ["", "auth", "verify"] && carried(query)
}

/// Routers that forgive everything that any known one forgives, each in its own order of merging, climbing and cutting.
pub(super) fn lenient(target: &str) -> bool {
    let own_query = cut(target).1;
    [decode, decode_what_is_text].into_iter().any(|decode| {
        let mut texts = vec![target.to_owned()];
        for _ in 0..4 {
            texts.push(decode(texts.last().unwrap()));
        }
        texts.iter().any(|text| {
            let text = text.replace('\\', "/");
            let text = &text[..text.find(['#', '\0']).unwrap_or(text.len())];
            let (path, query) = cut(text);
            let mut ways = vec![(path, query)];
            ways.extend(path.split_once(';'));
            ways.iter().any(|(path, query)| {
                [false, true].iter().any(|count| is_route(path, *count)) && (forgiven(query) || forgiven(own_query))
            })
        })
    })
}

fn is_route(path: &str, count_empty: bool) -> bool {
    let mut segments: Vec<String> = Vec::new();
    for segment in path.strip_prefix('/').unwrap_or(path).split('/') {
        let segment = segment.split(';').next().unwrap();
        let segment: String = segment.chars().filter(|c| !c.is_control()).collect();
        match segment.trim() {
            "" if !count_empty => {}
            "." => {}
            ".." => drop(segments.pop()),
            plain => {
                let stem = plain.trim_end_matches('.');
                segments.push(if stem.is_empty() { plain } else { stem }.to_lowercase());
            }
        }
    }
    segments.retain(|segment| !segment.is_empty());
    let last = segments
        .last_mut()
        .map(|last| last.split('.').next().unwrap().to_owned());
    segments.len() == 2 && segments[0] == "auth" && last.as_deref() == Some("verify")
}

fn forgiven(query: &str) -> bool {
    query.split(['&', ';']).any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(&decode(&decode(&name.replace('+', " "))));
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let name = name.trim().split('[').next().unwrap().to_lowercase();
        name == "token" && !decode(value).trim().is_empty()
    })
}

/// The path state of <https://url.spec.whatwg.org/#path-state>, then a router that decodes segments and compares them.
fn whatwg(target: &str) -> bool {
    let (path, query) = cut(target);
    let path = path.replace('\\', "/");
    let path = match path.strip_prefix("//") {
        // The authority state takes what stands before the next slash.
        Some(rest) => {
            let rest = rest.trim_start_matches('/');
            rest.find('/').map_or("/", |at| &rest[at..])
        }
        None => &path,
    };
    let mut segments: Vec<&str> = Vec::new();
    let raw: Vec<&str> = path[1..].split('/').collect();
    for (at, segment) in raw.iter().enumerate() {
        let is_last = at + 1 == raw.len();
        match segment.to_ascii_lowercase().as_str() {
            ".." | ".%2e" | "%2e." | "%2e%2e" => {
                segments.pop();
                if is_last {
                    segments.push("");
                }
            }
            "." | "%2e" => {
                if is_last {
                    segments.push("");
                }
            }
            _ => segments.push(segment),
        }
    }
    if segments.last() == Some(&"") {
        segments.pop();
    }
    segments.iter().map(|segment| decode(segment)).eq(["auth", "verify"]) && carried(query)
}

/// Decoded once, then cleaned: <https://pkg.go.dev/path#Clean>.
fn go_clean(target: &str) -> bool {
    let (path, query) = cut(target);
    clean(&decode(path)) == ["auth", "verify"] && carried(query)
}

fn clean(path: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for element in path.split('/') {
        match element {
            "" | "." => {}
            ".." => drop(out.pop()),
            element => out.push(element),
        }
    }
    out
}

/// A normalised `$uri` in front of an exact location: decoded, merged, and climbed.
fn nginx(target: &str) -> bool {
    let (path, query) = cut(target);
    let decoded = decode(path);
    // What climbs higher than the path is, is a bad request.
    let depth = |depth: Option<i32>, element: &str| match (depth?, element) {
        (depth, "" | ".") => Some(depth),
        (0, "..") => None,
        (depth, "..") => Some(depth - 1),
        (depth, _) => Some(depth + 1),
    };
    let stays = decoded.split('/').fold(Some(0), depth).is_some();
    stays && !decoded.contains('\0') && clean(&decoded) == ["auth", "verify"] && carried(query)
}

/// find-my-way 7, `useSemicolonDelimiter`: the first of `?`, `;` and `#` starts the query.
fn fastify4(target: &str) -> bool {
    let at = target.find(['?', ';', '#']).unwrap_or(target.len());
    let query = target.get(at + 1..).unwrap_or_default();
    decode(&target[..at]) == "/auth/verify" && carried(query)
}

/// find-my-way 2 cuts as above to find the route; the query is that of node's `url.parse`.
fn restify(target: &str) -> bool {
    let at = target.find(['?', ';', '#']).unwrap_or(target.len());
    let query = cut(target).1;
    let named = query.split('&').any(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        qs(name) == "token" && !value.is_empty()
    });
    decode(&target[..at]) == "/auth/verify" && named
}

/// `environ["PATH_INFO"].encode("latin1").decode("utf8", "ignore")`.
fn bottle(target: &str) -> bool {
    let (path, query) = cut(target);
    decode_what_is_text(path) == "/auth/verify" && carried(query)
}

/// `remove_dot_segments` on the path as it came, then a router that merges slashes.
fn rfc3986(target: &str) -> bool {
    let (path, query) = cut(target);
    let mut input = path.to_owned();
    let mut output = String::new();
    while !input.is_empty() {
        if input.starts_with("/./") || input == "/." {
            input = format!("/{}", input.get(3..).unwrap_or_default());
        } else if input.starts_with("/../") || input == "/.." {
            input = format!("/{}", input.get(4..).unwrap_or_default());
            output.truncate(output.rfind('/').unwrap_or(0));
        } else {
            let end = input[1..].find('/').map_or(input.len(), |at| at + 1);
            output.push_str(&input[..end]);
            input.drain(..end);
        }
    }
    let segments = output.split('/').filter(|segment| !segment.is_empty());
    segments.map(decode).eq(["auth", "verify"]) && carried(query)
}

/// CoyoteAdapter: path parameters go, then the path is decoded, then normalised.
fn tomcat(target: &str) -> bool {
    let (path, query) = cut(target);
    let bare: Vec<&str> = path
        .split('/')
        .map(|segment| segment.split(';').next().unwrap())
        .collect();
    let decoded = decode(&bare.join("/"));
    clean(&decoded) == ["auth", "verify"] && carried(query)
}

fn carried(query: &str) -> bool {
    query.split('&').any(|pair| {
        let (raw, value) = pair.split_once('=').unwrap_or((pair, ""));
        !value.is_empty() && NAMES.iter().any(|(_, name)| name(raw) == "token")
    })
}

/// `parseKeys` of qs 6: what stands before the first whole `[…]`, or within it where nothing does.
fn qs(raw: &str) -> String {
    let key = decode(&raw.replace('+', " "));
    let mut from = 0;
    while let Some(open) = key[from..].find('[').map(|at| from + at) {
        match key[open + 1..].find(['[', ']']) {
            Some(close) if key.as_bytes()[open + 1 + close] == b']' => {
                return if open == 0 {
                    key[1..=close].to_owned()
                } else {
                    key[..open].to_owned()
                };
            }
            _ => from = open + 1,
        }
    }
    key
}

/// `normalize_params` of Rack 2.2: `name =~ %r(\A[\[\]]*([^\[\]]+)\]*)`.
fn rack(raw: &str) -> String {
    let name = decode(&raw.replace('+', " "));
    let start = name.trim_start_matches(['[', ']']);
    start[..start.find(['[', ']']).unwrap_or(start.len())].to_owned()
}

/// `php_register_variable_ex`: leading spaces go, dots and spaces become underscores, a NUL ends it, and so does `[`.
fn php(raw: &str) -> String {
    let name = decode(&raw.replace('+', " "));
    let name = name.trim_start_matches(' ').split('\0').next().unwrap().to_owned();
    match name.find('[') {
        Some(at) if at > 0 => name[..at].replace(['.', ' '], "_"),
        _ => name.replace(['.', ' ', '['], "_"),
    }
}

fn cut(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}

pub(super) fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// Without the bytes that are no UTF-8.
fn decode_what_is_text(text: &str) -> String {
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(text).collect();
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}
