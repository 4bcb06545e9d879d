//! A curl command as browsers copy it and people write it.

use super::request::Parsed;

/// The request that a command sends, curl's own fields with it.
pub(super) fn parse(command: &str) -> Result<Parsed, String> {
    let mut words = words(&without_carets(command))?.into_iter().peekable();
    words.next_if(|word| {
        word.rsplit(['/', '\\'])
            .next()
            .is_some_and(|name| name.starts_with("curl"))
    });
    let mut curl = Curl::default();
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, own) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (long, None),
            };
            let value = match own {
                Some(value) => value,
                None if VALUED.contains(&name) => words.next().unwrap_or_default(),
                None => String::new(),
            };
            curl.option(name, value);
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            for (at, letter) in letters.char_indices() {
                let name = SHORT.iter().find(|(short, _)| *short == letter).map(|(_, name)| *name);
                let Some(name) = name.filter(|name| VALUED.contains(name)) else {
                    curl.option(name.unwrap_or_default(), String::new());
                    continue;
                };
                let rest = &letters[at + letter.len_utf8()..];
                let value = if rest.is_empty() {
                    words.next().unwrap_or_default()
                } else {
                    rest.to_owned()
                };
                curl.option(name, value);
                break;
            }
        } else {
            curl.url = word;
        }
    }
    curl.request()
}

/// What the options have said so far.
#[derive(Default)]
struct Curl {
    url: String,
    method: Option<String>,
    fields: Vec<(String, String)>,
    agent: Option<String>,
    referer: Option<String>,
    head: bool,
    get: bool,
    body: Option<&'static str>,
    compressed: bool,
    authorised: bool,
    cookies: bool,
    version: Option<&'static str>,
}

impl Curl {
    fn option(&mut self, name: &str, value: String) {
        match name {
            "url" => self.url = value,
            "request" => self.method = Some(value),
            "header" => self.field(&value),
            "user-agent" => self.agent = Some(value),
            "referer" => self.referer = Some(value),
            "head" => self.head = true,
            "get" => self.get = true,
            "compressed" => self.compressed = true,
            "user" | "oauth2-bearer" => self.authorised = true,
            "cookie" => self.cookies = true,
            "data" | "data-raw" | "data-binary" | "data-urlencode" | "data-ascii" => {
                self.body = Some("application/x-www-form-urlencoded");
            }
            "form" => self.body = Some("multipart/form-data"),
            "json" => {
                self.body = Some("application/json");
                self.fields.push(("accept".to_owned(), "application/json".to_owned()));
            }
            "http1.0" => self.version = Some("1.0"),
            "http1.1" => self.version = Some("1.1"),
            "http2" | "http2-prior-knowledge" => self.version = Some("2"),
            _ => {}
        }
    }

    /// `Name: value`; `Name:` takes curl's own field out, `Name;` sends an empty one.
    fn field(&mut self, text: &str) {
        let (name, value) = match text.split_once(':') {
            Some((name, value)) => (name, value.trim()),
            None => match text.split_once(';') {
                Some((name, _)) => (name, ""),
                None => return,
            },
        };
        let name = name.trim().to_ascii_lowercase();
        // What a browser writes as a field of HTTP/2 itself.
        if !name.is_empty() {
            self.fields.push((name, value.to_owned()));
        }
    }

    fn request(self) -> Result<Parsed, String> {
        if self.url.is_empty() {
            return Err("the curl command names no URL".to_owned());
        }
        let (scheme, rest) = self.url.split_once("://").unwrap_or(("http", &self.url));
        let (rest, _) = rest.split_once('#').unwrap_or((rest, ""));
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let host = authority.rsplit('@').next().unwrap_or_default();
        let target = if target.starts_with('/') {
            target.to_owned()
        } else {
            format!("/{target}")
        };
        let secure = scheme.eq_ignore_ascii_case("https");
        let version = self.version.unwrap_or(if secure { "2" } else { "1.1" });
        let method = match (&self.method, self.head, self.body) {
            (Some(method), ..) => method.as_str(),
            (None, true, _) => "HEAD",
            (None, false, Some(_)) if !self.get => "POST",
            (None, false, _) => "GET",
        };
        let mut fields: Vec<(String, String)> = Vec::new();
        let mut own = |name: &str, value: Option<&str>| {
            fields.extend(value.map(|value| (name.to_owned(), value.to_owned())));
        };
        own("host", Some(host).filter(|_| version != "2"));
        own("authorization", Some("…").filter(|_| self.authorised));
        own(
            "user-agent",
            Some(self.agent.as_deref().unwrap_or("curl/8")).filter(|agent| !agent.is_empty()),
        );
        own("accept", Some("*/*"));
        own(
            "accept-encoding",
            Some("deflate, gzip, br, zstd").filter(|_| self.compressed),
        );
        own("referer", self.referer.as_deref());
        own("cookie", Some("…").filter(|_| self.cookies));
        own("content-type", self.body.filter(|_| !self.get));
        for (name, value) in self.fields {
            fields.retain(|(known, _)| *known != name);
            if !value.is_empty() {
                fields.push((name, value));
            }
        }
        Ok(Parsed {
            method: method.to_owned(),
            host: host.to_owned(),
            target,
            version: Some(version.to_owned()),
            secure: Some(secure),
            fields,
        })
    }
}

/// The words of a command, as a POSIX shell splits them.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\n') => {}
                Some('\r') => drop(chars.next_if_eq(&'\n')),
                other => word.get_or_insert_default().extend(other),
            },
            '\'' => until(&mut chars, '\'', false, word.get_or_insert_default())?,
            '"' => until(&mut chars, '"', true, word.get_or_insert_default())?,
            '$' if chars.next_if_eq(&'\'').is_some() => {
                until(&mut chars, '\'', true, word.get_or_insert_default())?;
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Reads up to a quote; with `escapes`, a backslash makes the next character plain.
fn until(chars: &mut impl Iterator<Item = char>, quote: char, escapes: bool, word: &mut String) -> Result<(), String> {
    while let Some(c) = chars.next() {
        match c {
            c if c == quote => return Ok(()),
            '\\' if escapes => match chars.next() {
                Some('\n') | None => {}
                Some('u') => word.extend(code_point(chars)),
                Some(c @ ('"' | '\'' | '\\' | '$' | '`' | '!')) => word.push(c),
                Some(other) => word.extend(['\\', other]),
            },
            c => word.push(c),
        }
    }
    Err(format!("the curl command has a {quote} without its end"))
}

/// The character of `\u0021`, as browsers write it within `$'…'`.
fn code_point(chars: &mut impl Iterator<Item = char>) -> Option<char> {
    let digits: String = chars.by_ref().take(4).collect();
    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
}

/// "Copy as cURL (cmd)" puts a caret before what Windows' shell would take for its own.
fn without_carets(text: &str) -> String {
    if !(text.contains("^\"") || text.lines().any(|line| line.trim_end().ends_with('^'))) {
        return text.to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '^' => match chars.next() {
                Some('\r' | '\n') | None => plain.push(' '),
                Some(other) => plain.push(other),
            },
            c => plain.push(c),
        }
    }
    plain
}

const SHORT: [(char, &str); 17] = [
    ('X', "request"),
    ('H', "header"),
    ('A', "user-agent"),
    ('e', "referer"),
    ('I', "head"),
    ('G', "get"),
    ('u', "user"),
    ('b', "cookie"),
    ('d', "data"),
    ('F', "form"),
    ('0', "http1.0"),
    ('o', "output"),
    ('m', "max-time"),
    ('x', "proxy"),
    ('w', "write-out"),
    ('c', "cookie-jar"),
    ('E', "cert"),
];
const VALUED: [&str; 29] = [
    "request",
    "header",
    "user-agent",
    "referer",
    "user",
    "oauth2-bearer",
    "cookie",
    "data",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "data-ascii",
    "form",
    "json",
    "url",
    "output",
    "max-time",
    "connect-timeout",
    "proxy",
    "resolve",
    "connect-to",
    "cacert",
    "cert",
    "key",
    "write-out",
    "cookie-jar",
    "retry",
    "range",
    "interface",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(command: &str) -> String {
        let parsed = parse(command).unwrap();
        let fields: Vec<_> = parsed
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let version = parsed.version.unwrap();
        format!(
            "{} {} {} {version} {}",
            parsed.method,
            parsed.host,
            parsed.target,
            fields.join("|")
        )
    }

    #[test]
    fn curls_own_fields_apply() {
        assert_eq!(
            shown("curl -sSI http://a.example/v?token=x"),
            "HEAD a.example /v?token=x 1.1 host=a.example|user-agent=curl/8|accept=*/*"
        );
        assert_eq!(
            shown("curl https://a.example -A '' --compressed -H 'Accept:' -H 'X-Y: z' -e https://r.example/"),
            "GET a.example / 2 accept-encoding=deflate, gzip, br, zstd|referer=https://r.example/|x-y=z"
        );
        assert_eq!(
            shown("/usr/bin/curl -XPUT -d a=b --http1.1 https://u:p@a.example/v"),
            "PUT a.example /v 1.1 host=a.example|user-agent=curl/8|accept=*/*|content-type=application/x-www-form-urlencoded"
        );
    }

    #[test]
    fn what_browsers_copy_is_understood() {
        let bash = "curl 'https://a.example/v?token=x' \\\n  -H 'accept: text/html' \\\r\n  -H $'user-agent: It\\'s \\u0021' \\\n  -b 'sid=secret'";
        let expected = "GET a.example /v?token=x 2 cookie=…|accept=text/html|user-agent=It's !";
        assert_eq!(shown(bash), expected);
        let cmd = "curl ^\"https://a.example/v?token=x^\" ^\n  -H ^\"accept: text/html^\" ^\n  -H ^\"user-agent: It's ^!^\" ^\n  -b ^\"sid=secret^\"";
        assert_eq!(shown(cmd), expected);
    }

    #[test]
    fn what_is_no_command_is_told() {
        assert!(parse("curl -s").unwrap_err().contains("no URL"));
        assert!(
            parse("curl 'https://a.example")
                .unwrap_err()
                .contains("without its end")
        );
    }
}
