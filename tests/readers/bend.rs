//! Spellings of the link and of the call: products of small bends, each a way in which servers are known to differ.
//!
//! All of it comes from a seed: the same seed makes the same spellings.

/// A request in parts, before it is written.
#[derive(Clone, Debug)]
struct Draft {
    method: &'static str,
    /// What stands before the path: a scheme and a host, or nothing.
    origin: &'static str,
    path: Vec<u8>,
    /// What starts the query.
    mark: Vec<u8>,
    field: Field,
    body: Body,
}

/// The field that holds the token, in a query or in a body.
#[derive(Clone, Debug)]
struct Field {
    before: Vec<u8>,
    name: Vec<u8>,
    equals: &'static str,
    value: Vec<u8>,
    after: Vec<u8>,
}

/// Where a call has its field; the link has it in the query.
#[derive(Clone, Debug)]
enum Body {
    None,
    Form {
        kind: &'static str,
    },
    Json {
        kind: &'static str,
        around: [&'static str; 2],
    },
    Parts {
        kind: &'static str,
        disposition: &'static str,
    },
}

/// One spelling.
#[derive(Clone, Debug)]
pub(crate) struct Spelling {
    /// A token of its own.
    pub(crate) token: String,
    base: usize,
    /// Which bends, each with a seed of its own: one left out does not change the others.
    bends: Vec<(usize, u64)>,
}

impl Spelling {
    /// The spelling number `number` of a seed.
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(0x1_0000_0001).wrapping_add(number));
        random.next();
        let base = random.below(BASES);
        let count = 1 + random.below(4);
        let bends = (0..count).map(|_| (random.below(BENDS.len()), random.next())).collect();
        Self {
            token: format!("T{:016x}{:016x}", random.next(), number),
            base,
            bends,
        }
    }

    /// The same with fewer bends, one left out at a time.
    pub(crate) fn simpler(&self) -> impl Iterator<Item = Self> {
        (0..self.bends.len()).map(|left_out| {
            let mut simpler = self.clone();
            simpler.bends.remove(left_out);
            simpler
        })
    }

    /// As a request.
    pub(crate) fn request(&self) -> Request {
        let mut draft = base(self.base, &self.token);
        for (bend, seed) in &self.bends {
            BENDS[*bend](&mut draft, &mut Random(*seed));
        }
        draft.write()
    }
}

/// A request as it goes over the wire, but for the fields that are always the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: Vec<u8>,
    /// The body's type, if there is a body.
    pub(crate) kind: String,
    pub(crate) body: Vec<u8>,
}

impl Draft {
    fn write(&self) -> Request {
        let field = &self.field;
        let pair = [
            &field.before,
            &field.name,
            field.equals.as_bytes(),
            &field.value,
            &field.after,
        ]
        .concat();
        let mut target = [self.origin.as_bytes(), &self.path].concat();
        let (kind, body) = match self.body {
            Body::None => {
                target.extend([self.mark.as_slice(), &pair].concat());
                ("", Vec::new())
            }
            Body::Form { kind } => (kind, pair),
            Body::Json { kind, around } => {
                let quoted = [b"\"", field.name.as_slice(), b"\":\"", &field.value, b"\""].concat();
                (kind, [around[0].as_bytes(), &quoted, around[1].as_bytes()].concat())
            }
            Body::Parts { kind, disposition } => {
                let named = disposition.replace("NAME", &String::from_utf8_lossy(&field.name));
                let head = format!("--b\r\nContent-Disposition: form-data; {named}\r\n\r\n");
                (kind, [head.as_bytes(), &field.value, b"\r\n--b--\r\n"].concat())
            }
        };
        Request {
            method: self.method.to_owned(),
            target,
            kind: kind.to_owned(),
            body,
        }
    }
}

const BASES: usize = 8;

/// Half of all are links; of the calls most are forms and JSON.
fn base(number: usize, token: &str) -> Draft {
    let (method, path, body) = match number {
        0..=3 => ("GET", "/auth/verify", Body::None),
        4 | 5 => ("POST", "/v1/auth/verify", Body::Form { kind: FORM }),
        6 => {
            let body = Body::Json {
                kind: JSON,
                around: ["{", "}"],
            };
            ("POST", "/v1/auth/verify", body)
        }
        _ => {
            let body = Body::Parts {
                kind: PARTS,
                disposition: "name=\"NAME\"",
            };
            ("POST", "/v1/auth/verify", body)
        }
    };
    Draft {
        method,
        origin: "",
        path: path.into(),
        mark: b"?".to_vec(),
        field: Field {
            before: Vec::new(),
            name: b"token".to_vec(),
            equals: "=",
            value: token.into(),
            after: Vec::new(),
        },
        body,
    }
}

type Bend = fn(&mut Draft, &mut Random);

/// All bends; paths and names have most of the ways to differ, so they stand here more than once.
const BENDS: [Bend; 22] = [
    segment,
    segment,
    segment,
    slash,
    slash,
    letter_of_path,
    letter_of_path,
    sign_in_path,
    suffix,
    suffix,
    prefix,
    case,
    mark,
    mark,
    letter_of_name,
    sign_in_name,
    around_name,
    around_name,
    pairs,
    equals_and_value,
    method_or_origin,
    body,
];

const SEGMENTS: [&str; 42] = [
    "",
    ".",
    "..",
    "%20",
    "%2e",
    "%2E%2e",
    ".%2e",
    "%2e.",
    "x/..",
    "/..",
    "x//../..",
    "/x/../..",
    "%20/..",
    "x/%20/../..",
    "x/%2e%2e",
    "/%2e%2e",
    "%09/..",
    "%C2%A0/..",
    "..;",
    "..;x=1",
    "x/..;",
    ";x/..",
    ";",
    ";x=1",
    ";/..",
    ".;",
    "...",
    "%00",
    "%c0%ae%c0%ae",
    "%u002e",
    "x/%c0%ae%c0%ae",
    "x/%252e%252e",
    "x\\..",
    "x%5c..",
    "x%2f..",
    "x%2f%2e%2e",
    "%ff",
    "%c2%ad",
    "%e2%80%8b",
    "%ef%bc%8e%ef%bc%8e",
    "x",
    "index.php",
];
const SLASHES: [&str; 26] = [
    "//",
    "///",
    "/./",
    "/%2e/",
    "%2f",
    "%2F",
    "/%2f",
    "%2f/",
    "%5c",
    "\\",
    "\\/",
    "/\\",
    "%5C/",
    "%252f",
    "%255c",
    "%u002f",
    "%u2215",
    "%c0%af",
    "%e0%80%af",
    "%ef%bc%8f",
    "\u{ff0f}",
    "%e2%88%95",
    "/;/",
    "/%20/",
    ";/",
    "%3b/",
];
const SIGNS: [&str; 32] = [
    "%00",
    "%01",
    "%09",
    "%0a",
    "%0d",
    "%0d%0a",
    "%1f",
    "%7f",
    "%80",
    "%ff",
    "%c0",
    "%ef%bf",
    "%e2%80%8b",
    "%e2%80%8d",
    "%e2%81%a0",
    "%c2%ad",
    "%ef%bb%bf",
    "%",
    "%%",
    "%zz",
    "%2",
    "%u",
    "%u200b",
    "%20",
    "+",
    "%c2%85",
    "\u{200b}",
    "\u{ad}",
    "%cc%81",
    "%f0%9f%98%80",
    "'",
    "%5f",
];
const SUFFIXES: [&str; 48] = [
    "/",
    "//",
    "/.",
    "/..",
    "/./",
    "/%2e",
    "/x/..",
    "//..",
    "/x/../",
    "/%20/..",
    "/%20",
    "/;",
    ".json",
    ".html",
    ".",
    "..",
    ". ",
    "%20",
    "%2e",
    "%2E.",
    ".json/",
    ".JSON",
    ".;",
    ";",
    ";/",
    ";x",
    ";jsessionid=1",
    ";x=1/",
    "%3b",
    "%3Bx",
    ",",
    "%00",
    "%00.json",
    "%00/",
    "%0a",
    "%0d",
    "%09",
    "%23",
    "%3f",
    "%5c",
    "\\",
    "~",
    "*",
    "!",
    ":",
    "%ff",
    "%80/",
    "/%ff",
];
const PREFIXES: [&str; 30] = [
    "/",
    "//",
    "/\\",
    "\\",
    "/.",
    "/./",
    "/..",
    "/x/..",
    "/../x/..",
    "//..",
    "/%2e",
    "/%2e%2e",
    "/%2f",
    "%2f",
    "/%5c",
    "/;",
    "/;x",
    "/..;",
    "/x",
    "//x",
    "//auth.example",
    "/\\auth.example",
    "/http://auth.example",
    "/%20",
    "/%09",
    "/%00",
    "/%ff",
    "/%20/..",
    "/x//../..",
    "/auth/verify/../..",
];
const MARKS: [&str; 32] = [
    ";",
    ";x=1?",
    "%3f",
    "%3F",
    "??",
    "?&",
    "?;",
    "?&&",
    "#",
    "%23",
    "#?",
    "?#",
    "%253f",
    "%3f?",
    "?%3f",
    "&",
    ";?",
    ";&",
    "%3b",
    "%3B",
    "/?",
    "/;",
    "?x=1?",
    "?x=1&",
    "?x=1;",
    ";x=1/verify?",
    ";x=1/auth/verify?",
    "%3bx=1/verify?",
    "\u{ff1f}",
    "%ef%bc%9f",
    "%00?",
    "%u003f",
];
const NAMES: [&str; 50] = [
    "[N]",
    "[N",
    "[]N",
    "[[N]]",
    "]N",
    "N[]",
    "N[0]",
    "N[1]",
    "N[a]",
    "N[a][b]",
    "N]",
    "N[",
    "N[]x",
    "[][N]",
    "[N][]",
    "[N]x",
    "N[%00]",
    "%5bN%5d",
    "%5BN",
    "N%5b%5d",
    "N%5B0%5D",
    "%5b%5dN",
    "N%5b",
    "%255bN%255d",
    "N%255b%255d",
    "[]%5bN",
    ".N",
    "N.",
    "N.x",
    " N",
    "+N",
    "%20N",
    "N+",
    "N%20",
    "%09N",
    "%0aN",
    "N%0a",
    "%00N",
    "N%00",
    "N%00x",
    "?N",
    "%3fN",
    "%26N",
    "%3bN",
    "N%5d",
    "'N'",
    "\"N\"",
    "%22N%22",
    "$N",
    "N:",
];
const PAIRS: [[&str; 2]; 34] = [
    ["x=1&", ""],
    ["x=1;", ""],
    ["x;", ""],
    ["&", ""],
    ["&&", "&&"],
    [";", ";"],
    ["x=1&amp;", ""],
    ["x=1%26", ""],
    ["x=1%3b", ""],
    ["x=1?", ""],
    ["x=1,", ""],
    ["x=1%2526", ""],
    ["x=%26", ""],
    ["x=%00&", ""],
    ["=&", ""],
    ["%&", ""],
    ["%ff=%ff&", ""],
    ["x[=1&", ""],
    ["token=&", ""],
    ["token&", ""],
    ["token=x&", ""],
    ["TOKEN=x&", ""],
    ["token=;", ""],
    ["token[]=&", ""],
    ["", "&token="],
    ["", "&token"],
    ["", "&token=x"],
    ["", ";token=x"],
    ["", "&x=1"],
    ["", ";x=1"],
    ["", "#x"],
    ["", "%00"],
    ["x=1#", ""],
    ["x=1&__proto__[x]=1&", ""],
];
const METHODS: [&str; 9] = ["HEAD", "POST", "PUT", "PATCH", "DELETE", "get", "Post", "POST", "HEAD"];
const ORIGINS: [&str; 6] = [
    "http://auth.example",
    "https://auth.example",
    "HTTP://AUTH.EXAMPLE:80",
    "http://auth.example/",
    "http://x@auth.example",
    "http://auth.example/x/..",
];

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const PARTS: &str = "multipart/form-data; boundary=b";
const TYPES: [&str; 22] = [
    FORM,
    JSON,
    PARTS,
    "",
    "text/plain",
    "text/json",
    "application/vnd.api+json",
    "application/problem+json",
    "APPLICATION/JSON",
    "application/json;",
    "application/json; charset=utf-8",
    "application/json, text/plain",
    " application/json",
    "application/x-www-form-urlencoded; charset=utf-8",
    "Application/X-WWW-Form-Urlencoded",
    "application/x-www-form-urlencoded;x",
    "application/x-www-form-urlencoded, text/plain",
    "application/octet-stream",
    "multipart/form-data; boundary=\"b\"",
    "multipart/form-data;boundary=b;x=y",
    "Multipart/Form-Data; Boundary=b",
    "application/json; charset=utf-16",
];
const AROUND: [[&str; 2]; 20] = [
    [" {", "} "],
    ["\u{feff}{", "}"],
    ["\n\t{", "}\n"],
    ["{\"x\":1,", "}"],
    ["{", ",\"token\":\"\"}"],
    ["{\"token\":\"\",", "}"],
    ["{\"token\":null,", "}"],
    ["{", ",\"token\":null}"],
    ["[{", "}]"],
    ["{", ",}"],
    ["{/**/", "}"],
    ["{", "} x"],
    ["{", "}{}"],
    ["{\"x\":{", "}}"],
    ["{\"x\":NaN,", "}"],
    ["{\"x\":'1',", "}"],
    ["{\"x\":\"\u{1}\",", "}"],
    ["{\"__proto__\":{", "}}"],
    ["{\"x\":1e999,", "}"],
    ["{\"x\":\"\\ud800\",", "}"],
];
const DISPOSITIONS: [&str; 10] = [
    "name=NAME",
    "name='NAME'",
    "name=\"NAME\"; filename=\"x\"",
    "filename=\"x\"; name=\"NAME\"",
    "name*=UTF-8''NAME",
    "Name=\"NAME\"",
    "name = \"NAME\"",
    "name=\"x\"; name=\"NAME\"",
    "name=\"NAME\"; name=\"x\"",
    "name=\"NAME\\\"",
];

fn segment(draft: &mut Draft, random: &mut Random) {
    let at = random.pick(&slashes(&draft.path));
    let segment = random.pick(&SEGMENTS);
    draft.path.splice(at..at, format!("/{segment}").into_bytes());
}

fn slash(draft: &mut Draft, random: &mut Random) {
    let at = random.pick(&slashes(&draft.path));
    draft.path.splice(at..=at, random.pick(&SLASHES).bytes());
}

fn letter_of_path(draft: &mut Draft, random: &mut Random) {
    write_otherwise(&mut draft.path, random);
}

fn letter_of_name(draft: &mut Draft, random: &mut Random) {
    if random.below(4) == 0 {
        write_otherwise(&mut draft.field.value, random);
    } else if matches!(draft.body, Body::Json { .. }) {
        let at = random.below(draft.field.name.len());
        let escape = format!("\\u{:04x}", draft.field.name[at]);
        draft.field.name.splice(at..=at, escape.into_bytes());
    } else {
        write_otherwise(&mut draft.field.name, random);
    }
}

fn sign_in_path(draft: &mut Draft, random: &mut Random) {
    let at = 1 + random.below(draft.path.len());
    draft.path.splice(at..at, random.pick(&SIGNS).bytes());
}

fn sign_in_name(draft: &mut Draft, random: &mut Random) {
    let at = random.below(draft.field.name.len() + 1);
    draft.field.name.splice(at..at, random.pick(&SIGNS).bytes());
}

fn suffix(draft: &mut Draft, random: &mut Random) {
    draft.path.extend(random.pick(&SUFFIXES).bytes());
}

fn prefix(draft: &mut Draft, random: &mut Random) {
    draft.path.splice(0..0, random.pick(&PREFIXES).bytes());
}

fn case(draft: &mut Draft, random: &mut Random) {
    match random.below(3) {
        0 => draft.path.make_ascii_uppercase(),
        1 => draft.field.name.make_ascii_uppercase(),
        _ => draft.field.name[..1].make_ascii_uppercase(),
    }
}

fn mark(draft: &mut Draft, random: &mut Random) {
    draft.mark = random.pick(&MARKS).into();
    if !matches!(draft.body, Body::None) {
        draft.path.extend([&*draft.mark, b"x=1"].concat());
    }
}

fn around_name(draft: &mut Draft, random: &mut Random) {
    let name = std::mem::take(&mut draft.field.name);
    let [before, after] = random
        .pick(&NAMES)
        .split_once('N')
        .map(|(before, after)| [before, after])
        .unwrap();
    draft.field.name = [before.as_bytes(), &name, after.as_bytes()].concat();
}

fn pairs(draft: &mut Draft, random: &mut Random) {
    let [before, after] = random.pick(&PAIRS);
    draft.field.before.extend(before.bytes());
    draft.field.after.extend(after.bytes());
}

fn equals_and_value(draft: &mut Draft, random: &mut Random) {
    if random.below(2) == 0 {
        draft.field.equals = random.pick(&[
            "%3d", "%3D", "==", ":", "%253d", "+=", "=+", "=%20", " = ", "[]=", "%00=", "%5b%5d=",
        ]);
    } else {
        let sign = random.pick(&SIGNS);
        let at = random.pick(&[0, draft.field.value.len()]);
        draft.field.value.splice(at..at, sign.bytes());
    }
}

fn method_or_origin(draft: &mut Draft, random: &mut Random) {
    if random.below(2) == 0 {
        draft.method = random.pick(&METHODS);
    } else {
        draft.origin = random.pick(&ORIGINS);
    }
}

fn body(draft: &mut Draft, random: &mut Random) {
    let other_type = random.below(2) == 0;
    match &mut draft.body {
        Body::None => mark(draft, random),
        Body::Form { kind } | Body::Json { kind, .. } | Body::Parts { kind, .. } if other_type => {
            *kind = random.pick(&TYPES)
        }
        Body::Form { .. } => pairs(draft, random),
        Body::Json { around, .. } => *around = random.pick(&AROUND),
        Body::Parts { disposition, .. } => *disposition = random.pick(&DISPOSITIONS),
    }
}

/// Where slashes stand; at the end if there are none.
fn slashes(path: &[u8]) -> Vec<usize> {
    let mut slashes: Vec<_> = (0..path.len()).filter(|&at| path[at] == b'/').collect();
    if slashes.is_empty() {
        slashes.push(path.len() - 1);
    }
    slashes
}

/// One letter in another way of writing.
fn write_otherwise(text: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(text.len());
    let byte = text[at];
    let fullwidth = char::from_u32(u32::from(byte) + 0xfee0)
        .filter(|_| byte.is_ascii_graphic())
        .unwrap_or('x');
    let mut utf8 = [0; 4];
    let escaped = fullwidth
        .encode_utf8(&mut utf8)
        .bytes()
        .map(|b| format!("%{b:02x}"))
        .collect::<String>();
    let written = match random.below(11) {
        0 | 1 => format!("%{byte:02x}"),
        2 => format!("%{byte:02X}"),
        3 => format!("%25{byte:02x}"),
        4 => format!("%2525{byte:02x}"),
        5 => format!("%u{byte:04x}"),
        6 => format!("%c{:x}%{:02x}", (byte >> 6) & 1, (byte & 0x3f) | 0x80),
        7 => escaped,
        8 => fullwidth.to_string(),
        9 => format!("&#{byte};"),
        _ => {
            text[at] ^= if byte.is_ascii_alphabetic() { 0x20 } else { 0 };
            return;
        }
    };
    text.splice(at..=at, written.into_bytes());
}

/// splitmix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).unwrap()).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
