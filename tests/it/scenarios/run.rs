//! Plays a scenario through the real server: real sockets, virtual time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::time::Duration;

use http::{HeaderName, Method};
use linklatch::time::Timestamp;
use regex::Regex;

use super::file::{self, Class, Does, Event, Field, Outcome, Scenario, TokenKind};
use super::tokens::{jwt, uuid_v7};
use crate::support::upstream::{ok, signed_in};
use crate::support::{Actor, Gate, Reply, Upstream, mmdb};

/// Plays a scenario; what did not come out as its file says.
pub(super) async fn play(name: &str, scenario: &Scenario) -> Vec<String> {
    let upstream = Upstream::start(|request| {
        if request.method == Method::POST {
            ok("sent").into()
        } else {
            signed_in("/home").into()
        }
    })
    .await;
    let gate = gate(&upstream, scenario).await;
    let start = gate.clock.now();
    let mut stage = Stage {
        name,
        scenario,
        start,
        gate: &gate,
        upstream: &upstream,
        actors: HashMap::new(),
        addresses: BTreeMap::new(),
        mails: BTreeMap::new(),
        pages: HashMap::new(),
        sent_by: Vec::new(),
        people_in: BTreeSet::new(),
        code_typed: false,
        crowds: 0,
        wrong: Vec::new(),
    };
    stage.play().await;
    let wrong = stage.wrong;
    gate.finish(&upstream).await;
    wrong
}

async fn gate(upstream: &Upstream, scenario: &Scenario) -> Gate {
    let folder = tempfile::tempdir().unwrap();
    let mut toml = format!(
        "listen = \"127.0.0.1:0\"\nupstream = \"http://{}\"\ntrusted-proxies = [\"127.0.0.1\"]\n\
         tls-fingerprint-header = \"x-ja4\"\n",
        upstream.address
    );
    let systems: BTreeMap<String, u32> = scenario.actor.values().filter_map(system).collect();
    if !systems.is_empty() {
        let entries: Vec<_> = systems.iter().map(|(net, asn)| (&**net, mmdb::geolite(*asn))).collect();
        mmdb::write(&folder.path().join("asn.mmdb"), mmdb::today(), &entries);
        toml.push_str("[signatures]\nasn-database = \"asn.mmdb\"\n");
    }
    let _ = writeln!(toml, "[[link]]\nname = \"sign-in\"\nurl = {:?}", scenario.link);
    if let Some(shape) = &scenario.shape {
        let _ = writeln!(toml, "token = '{shape}'");
    }
    if scenario.ask {
        let _ = writeln!(toml, "ask = \"POST {ASK}\"");
    }
    Gate::of(&toml, folder).await
}

/// The network of an actor's address, and the system that it belongs to.
fn system(actor: &file::Actor) -> Option<(String, u32)> {
    let (network, _) = actor.address.rsplit_once('.')?;
    Some((format!("{network}.0/24"), actor.asn?))
}

struct Stage<'s> {
    name: &'s str,
    scenario: &'s Scenario,
    start: Timestamp,
    gate: &'s Gate,
    upstream: &'s Upstream,
    actors: HashMap<String, Actor>,
    addresses: BTreeMap<String, String>,
    /// Tokens, by mail.
    mails: BTreeMap<String, String>,
    /// The page that somebody got last for a mail's link.
    pages: HashMap<(String, String), Reply>,
    sent_by: Vec<String>,
    people_in: BTreeSet<String>,
    code_typed: bool,
    crowds: u32,
    wrong: Vec<String>,
}

impl Stage<'_> {
    async fn play(&mut self) {
        if self.scenario.ask {
            let site = self.actor("the site", &self.scenario.actor.values().next().unwrap().clone());
            site.post_json(ASK, "{\"email\":\"a@b.example\"}").await;
        }
        for (at, event) in self.scenario.event.iter().enumerate() {
            let Some(crowd) = event.crowd else {
                self.event(at, event).await;
                continue;
            };
            for member in 0..crowd {
                self.crowds += 1;
                let own = format!("{} {}", event.who, self.crowds);
                let mut event = event.clone();
                event.at += event.every * member;
                event.mail.clone_from(&own);
                self.actors.remove(&event.who);
                self.event(at, &event).await;
            }
        }
        self.judge_the_end();
    }

    async fn event(&mut self, at: usize, event: &Event) {
        self.wait(at, event.at);
        if let Some(address) = &event.address {
            self.addresses.insert(event.who.clone(), address.clone());
        }
        let before = self.tokens_sent();
        let place = format!("event {} ({} {})", at + 1, event.who, event.does.words());
        let said = self.wrong.len();
        self.act(event).await;
        let sent = self.tokens_sent();
        for _ in before..sent {
            self.sent_by.push(event.who.clone());
        }
        if let Some(expected) = event.upstream
            && expected != sent
        {
            self.wrong
                .push(format!("{sent} tokens were sent upstream, not {expected}"));
        }
        for line in &mut self.wrong[said..] {
            *line = format!("{}: {place}: {line}", self.name);
        }
    }

    fn wait(&mut self, at: usize, until: Duration) {
        let now = self.gate.clock.now().since(self.start);
        match until.checked_sub(now) {
            Some(rest) => self.gate.clock.advance(rest),
            None => self
                .wrong
                .push(format!("{}: event {} goes back in time", self.name, at + 1)),
        }
    }

    async fn act(&mut self, event: &Event) {
        let actor = self.somebody(event);
        let target = self.target(event);
        let key = (event.who.clone(), event.mail.clone());
        match event.does {
            Does::Head | Does::Get | Does::Options | Does::Post => {
                let (method, form) = match event.does {
                    Does::Head => (Method::HEAD, ""),
                    Does::Options => (Method::OPTIONS, ""),
                    Does::Post => (Method::POST, "email=test%40example.com"),
                    _ => (Method::GET, ""),
                };
                let reply = request(&actor, method, &target, form).await;
                self.visited(event, &reply);
                if reply.is_held() {
                    self.pages.insert(key, reply);
                }
            }
            Does::Follow => {
                let page = self.pages.get(&key).expect("a page to follow").clone();
                let pointed = Regex::new(r#"(?:href|src|action)="([^"]*)""#).unwrap();
                for found in pointed.captures_iter(&page.body) {
                    let named = Some(found[1].replace("&amp;", "&")).filter(|named| !named.is_empty());
                    // An empty reference is the page's own address.
                    request(&actor, Method::GET, named.as_ref().unwrap_or(&target), "").await;
                }
            }
            Does::Press | Does::Fill | Does::Type => {
                let page = self.pages.get(&key).expect("a page to press on").clone();
                let reply = self.press(event, &actor, &target, &page).await;
                self.found(event, event.class);
                self.pressed(event, &reply);
                if reply.is_held() {
                    self.pages.insert(key, reply);
                }
            }
            Does::SignIn => {
                let page = request(&actor, Method::GET, &target, "").await;
                self.found(event, event.class);
                if !page.is_held() {
                    self.wrong.push(format!("it was not held: {}", page.status));
                    return;
                }
                self.step(event);
                let mut reply = self.press(event, &actor, &target, &page).await;
                if self.report(event, &actor).is_empty() && page.code().is_none() {
                    // Without a script a press needs the code.
                    reply = self.press(event, &actor, &target, &reply).await;
                }
                if event.class == Some(Class::Unknown)
                    && self.gate.last_record()["linklatch.verdict.class"] != "unknown"
                {
                    self.wrong.push("the press looks worse than its page".into());
                }
                self.pressed(event, &reply);
            }
        }
    }

    /// Posts a page's form.
    async fn press(&mut self, event: &Event, actor: &Actor, target: &str, page: &Reply) -> Reply {
        let typed = match (event.does, page.code()) {
            (Does::Type | Does::SignIn, Some(code)) => {
                self.code_typed = true;
                code.replace(' ', "+")
            }
            (Does::Fill, _) => "test".to_owned(),
            _ => String::new(),
        };
        let report = self.report(event, actor).replace(' ', "+");
        let form = format!(
            "linklatch-ticket={}&linklatch-code={typed}&linklatch-evidence={report}",
            page.ticket()
        );
        // What is pressed may go upstream; whose press may is said at the end.
        self.gate.allow(&self.mails[&event.mail]);
        request(actor, Method::POST, target, &form).await
    }

    /// What the page's script reports.
    fn report(&self, event: &Event, actor: &Actor) -> String {
        let who = &self.scenario.actor[&event.who];
        let person = who.person.is_some() && who.browser_fields;
        let usual = person.then(|| actor.report());
        event.report.clone().or(usual).unwrap_or_default()
    }

    /// What a visit or a POST without a ticket led to.
    fn visited(&mut self, event: &Event, reply: &Reply) {
        self.found(event, event.class);
        let record = self.gate.last_record();
        let expected = event.outcome.unwrap_or(Outcome::Held).as_str();
        if event.does != Does::Options && record["linklatch.outcome"] != expected {
            self.wrong
                .push(format!("it was {}, not {expected}", record["linklatch.outcome"]));
        }
        if reply.is_held() {
            self.step(event);
        }
    }

    /// The page asks for what the class calls for.
    fn step(&mut self, event: &Event) {
        let step = self.gate.last_record()["linklatch.step"].clone();
        let expected = if event.class == Some(Class::Unknown) {
            "press"
        } else {
            "press_and_code"
        };
        if step != expected {
            self.wrong.push(format!("the page asks for {step}, not {expected}"));
        }
    }

    fn pressed(&mut self, event: &Event, reply: &Reply) {
        let record = self.gate.last_record();
        let expected = event.outcome.unwrap_or(Outcome::Confirmed).as_str();
        if record["linklatch.outcome"] != expected {
            let (outcome, reason) = (&record["linklatch.outcome"], &record["linklatch.reason"]);
            self.wrong
                .push(format!("the press was {outcome} ({reason}), not {expected}"));
        }
        let person = self.scenario.actor[&event.who].person.as_ref();
        if let (Some(person), 302) = (person, reply.status.as_u16()) {
            self.people_in.insert(person.clone());
        }
    }

    /// The newest record's class and findings.
    fn found(&mut self, event: &Event, class: Option<Class>) {
        let record = self.gate.last_record();
        let findings = record["linklatch.verdict.findings"].as_array();
        let findings: BTreeSet<String> = findings
            .into_iter()
            .flatten()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect();
        let expected: BTreeSet<String> = event.findings.iter().cloned().collect();
        let is_person = self.scenario.actor[&event.who].person.is_some();
        let all_there = expected.is_subset(&findings);
        if !all_there || (is_person && expected != findings) {
            self.wrong.push(format!("found are {findings:?}, not {expected:?}"));
        }
        if let Some(class) = class
            && record["linklatch.verdict.class"] != class.as_str()
        {
            let (found, score) = (&record["linklatch.verdict.class"], &record["linklatch.verdict.score"]);
            let class = class.as_str();
            self.wrong
                .push(format!("it looks {found} ({score}: {findings:?}), not {class}"));
        }
    }

    fn judge_the_end(&mut self) {
        let (scenario, name) = (self.scenario, self.name);
        let mut say = |line: String| self.wrong.push(format!("{name}: {line}"));
        let sent_by: BTreeSet<&String> = self.sent_by.iter().collect();
        if self.sent_by.len() != scenario.expect.upstream || sent_by != scenario.expect.by.iter().collect() {
            let (sent, expected) = (&self.sent_by, &scenario.expect);
            say(format!("tokens were sent upstream by {sent:?}, not as in {expected:?}"));
        }
        for person in scenario.actor.values().filter_map(|actor| actor.person.as_ref()) {
            if !self.people_in.contains(person) {
                say(format!("{person} did not get in"));
            }
        }
        if self.code_typed != scenario.code_is_fair.is_some() {
            say(format!(
                "a code was typed: {}; `code-is-fair` says why",
                self.code_typed
            ));
        }
        let machine = sent_by.iter().any(|name| scenario.actor[*name].person.is_none());
        if machine != scenario.known_gap.is_some() {
            say(format!("a machine got through: {machine}; `known-gap` says why"));
        }
    }

    /// How many tokens the upstream has got, each as often as it got it.
    fn tokens_sent(&self) -> usize {
        let received = self.upstream.received();
        let holds = |token: &String| {
            received
                .iter()
                .filter(|request| request.text().contains(&**token))
                .count()
        };
        self.mails.values().map(holds).sum()
    }

    fn target(&mut self, event: &Event) -> String {
        let token = self.mails.entry(event.mail.clone()).or_insert_with(|| {
            let token = match self.scenario.token {
                TokenKind::Random => return self.gate.token(),
                TokenKind::Jwt => jwt(self.start),
                TokenKind::UuidV7 => uuid_v7(self.start),
            };
            self.gate.keep(&token);
            token
        });
        let cut = &token[..token.len() - 1];
        let other = if token.ends_with('x') { "y" } else { "x" };
        let template = event.target.as_deref().unwrap_or(&self.scenario.link);
        let target = template.replace("{token}", token).replace("{cut}", cut);
        target.replace("{damaged}", &format!("{cut}{other}"))
    }

    /// Whoever does something, as they are now.
    fn somebody(&mut self, event: &Event) -> Actor {
        let known = &self.scenario.actor[&event.who];
        let mut actor = self.actor(&event.who, known);
        set(&mut actor, &event.headers);
        let address = self.addresses.get(&event.who).unwrap_or(&known.address);
        actor.with("x-forwarded-for", address)
    }

    fn actor(&mut self, name: &str, known: &file::Actor) -> Actor {
        let fresh = || {
            let mut actor = self.gate.actor();
            actor.address = "127.0.0.1";
            actor.host = "auth.example.com".into();
            let mut actor = actor
                .with("x-forwarded-proto", "https")
                .with("x-forwarded-for", &known.address);
            if let Some(agent) = &known.user_agent {
                actor = actor.with("user-agent", agent);
            }
            if let Some(ja4) = &known.ja4 {
                actor = actor.with("x-ja4", ja4);
            }
            if known.browser_fields {
                for (name, value) in BROWSER_FIELDS {
                    actor = actor.with(name, value);
                }
            }
            set(&mut actor, &known.headers);
            actor
        };
        self.actors.entry(name.to_owned()).or_insert_with(fresh).clone()
    }
}

/// A request; a browser's POST comes from the page itself.
async fn request(actor: &Actor, method: Method, target: &str, form: &str) -> Reply {
    if method != Method::POST {
        return actor.send(method, target, &[], "").await;
    }
    let mut actor = actor.clone();
    if actor.headers.contains_key("sec-fetch-site") {
        actor = actor.with("sec-fetch-site", "same-origin").with("sec-fetch-user", "?1");
    }
    actor.post_form(target, form).await
}

fn set(actor: &mut Actor, fields: &BTreeMap<String, Field>) {
    for (name, field) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        match field {
            Field::Value(value) => drop(actor.headers.insert(name, value.parse().unwrap())),
            Field::Absent(_) => drop(actor.headers.remove(name)),
        }
    }
}

/// Where a mail is asked for.
const ASK: &str = "/auth/send-link";

/// What browsers send with a navigation from a mail program.
const BROWSER_FIELDS: [(&str, &str); 5] = [
    (
        "accept",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ),
    ("accept-language", "en-GB,en;q=0.9"),
    ("sec-fetch-dest", "document"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "none"),
];
