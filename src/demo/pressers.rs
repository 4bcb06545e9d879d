//! Scanners that press: a robot that posts every form it finds, and a browser without a person that presses every button.

use std::sync::LazyLock;

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use regex::Regex;

use super::client::Got;
use super::climb::Rung;
use super::scanners::{Prey, Scanner, Witness, is_html, resolve, unescape};

const FORM_ROBOT: Scanner = Scanner::new("form robot", 15);
const PRESSER: Scanner = Scanner::new("presser", 16);

/// What a browser sends with a navigation, besides what every scanner sends.
const NAVIGATION: [(&str, &str); 3] = [
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-site", "none"),
];
/// What a page's script finds in a browser that a program drives and whose buttons a script clicks. No script runs here.
const SEEN: &str = "1 untrusted inactive webdriver hover brands moves=0 seen=310";
/// The button of a page's script that only a machine finds.
const UNSEEN: (&str, &str) = ("linklatch-note", "pressed");
const JUNK: &str = "John Doe";
/// Presses, one after the other, of whatever page came last.
const PRESSES: usize = 2;

/// Lets both at the link.
pub(super) async fn press(prey: &Prey<'_>, witness: &impl Witness) {
    let page = FORM_ROBOT.look(prey, &[], witness).await;
    FORM_ROBOT.press(prey, page, &[], witness, Form::filled).await;

    let page = PRESSER.look(prey, &NAVIGATION, witness).await;
    if let Some(script) = page.as_ref().and_then(script_of) {
        let _ = PRESSER.send(prey, Method::GET, &script, &[], None).await;
    }
    PRESSER.press(prey, page, &NAVIGATION, witness, Form::pressed).await;
}

type Fields = [(&'static str, &'static str)];

impl Scanner {
    async fn look(self, prey: &Prey<'_>, headers: &Fields, witness: &impl Witness) -> Option<Got> {
        let got = self.send(prey, Method::GET, prey.target, headers, None).await;
        let rung = got.as_ref().ok().and_then(Form::of).map(|_| Rung::Page);
        let state = witness.truth().await;
        witness.report(self.scan("GET", prey.target, &got, (rung, state)));
        got.ok()
    }

    async fn press(
        self,
        prey: &Prey<'_>,
        mut page: Option<Got>,
        headers: &Fields,
        witness: &impl Witness,
        fill: fn(&Form) -> String,
    ) {
        for _ in 0..PRESSES {
            let Some(form) = page.as_ref().and_then(Form::of) else {
                return;
            };
            let Some(target) = resolve(prey.site, prey.target, &form.action) else {
                return;
            };
            let body = fill(&form);
            let got = self.send(prey, Method::POST, &target, headers, Some(&body)).await;
            let types = form.fields.iter().any(|field| field.is_typed()) && body.contains(&encoded(JUNK));
            let rung = if types { Rung::Code } else { Rung::Press };
            let state = witness.truth().await;
            witness.report(self.scan("POST", &target, &got, (Some(rung), state)));
            page = got.ok();
        }
    }
}

/// A page's form that posts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    action: String,
    fields: Vec<Field>,
}

#[derive(Debug, PartialEq, Eq)]
struct Field {
    kind: String,
    name: String,
    value: String,
}

impl Field {
    /// Whether a person types into it.
    fn is_typed(&self) -> bool {
        !matches!(
            self.kind.as_str(),
            "hidden" | "submit" | "button" | "checkbox" | "radio"
        )
    }
}

impl Form {
    /// The first form of a page that posts.
    pub(super) fn of(got: &Got) -> Option<Self> {
        static FORM: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"(?is)(<form\b[^>]*\bpost\b[^>]*>)(.*?)</form>").ok());
        static INPUT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?is)<(?:input|button)\b[^>]*>").ok());
        let page = String::from_utf8_lossy(&got.body);
        let found = FORM.as_ref()?.captures(&page).filter(|_| is_html(got))?;
        let inputs = INPUT.as_ref()?.find_iter(&found[2]).map(|tag| tag.as_str());
        let field = |tag: &str| {
            Some(Field {
                kind: attribute(tag, "type").unwrap_or_default().to_ascii_lowercase(),
                name: attribute(tag, "name")?,
                value: attribute(tag, "value").unwrap_or_default(),
            })
        };
        Some(Self {
            action: attribute(&found[1], "action").unwrap_or_default(),
            fields: inputs.filter_map(field).collect(),
        })
    }

    /// All fields, with junk in the empty ones.
    fn filled(&self) -> String {
        let junk = |field: &Field| if field.value.is_empty() { JUNK } else { &field.value }.to_owned();
        encode(self.fields.iter().map(|field| (field.name.clone(), junk(field))))
    }

    /// All fields as a page's script leaves them, and the button that is nobody's.
    fn pressed(&self) -> String {
        let left = |field: &Field| match field.kind.as_str() {
            "hidden" if field.value.is_empty() => SEEN.to_owned(),
            _ => field.value.clone(),
        };
        let fields = self.fields.iter().map(|field| (field.name.clone(), left(field)));
        encode(fields.chain([(UNSEEN.0.to_owned(), UNSEEN.1.to_owned())]))
    }
}

/// The script that a page names.
fn script_of(page: &Got) -> Option<String> {
    let page = String::from_utf8_lossy(&page.body);
    let (_, tag) = page.split_once("<script")?;
    attribute(tag.split('>').next()?, "src").filter(|path| path.starts_with('/'))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = Regex::new(&format!(r#"(?i)\s{name}\s*=\s*(?:"([^"]*)"|'([^']*)')"#)).ok()?;
    let found = at.captures(tag)?;
    let value = found.get(1).or_else(|| found.get(2))?;
    Some(unescape(value.as_str()))
}

fn encode(fields: impl Iterator<Item = (String, String)>) -> String {
    let pairs = fields.map(|(name, value)| format!("{}={}", encoded(&name), encoded(&value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, StatusCode, header};

    use super::*;

    fn page(body: &'static str) -> Got {
        Got {
            status: StatusCode::OK,
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, "text/html".parse().unwrap())]),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    #[test]
    fn a_robot_fills_what_is_empty_and_a_presser_what_its_script_would() {
        let got = page(
            "<script src=\"/a/press-1.js\"></script><form action=/search><input name=q></form>\
             <form class=\"x\" METHOD=\"post\">\n<input type=\"hidden\" name=\"ticket\" value=\"a&amp;b\">\
             <input type='hidden' name='seen' value=''><input name=\"code\" inputmode=\"numeric\"><button>Go</button></form>",
        );
        let form = Form::of(&got).unwrap();
        assert_eq!(form.filled(), "ticket=a%26b&seen=John%20Doe&code=John%20Doe");
        let pressed = form.pressed();
        assert!(
            pressed.starts_with("ticket=a%26b&seen=1%20untrusted%20")
                && pressed.ends_with("&code=&linklatch%2Dnote=pressed"),
            "{pressed}"
        );
        assert_eq!(script_of(&got).as_deref(), Some("/a/press-1.js"));
        assert_eq!(Form::of(&page("<form method=\"get\"></form>")), None);
    }
}
