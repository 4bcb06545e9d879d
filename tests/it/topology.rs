//! What `docker-compose.yml` describes, as plain processes: gate, auth API and mailbox, each with an address of its own.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Output};

use regex::{Captures, Regex};

use crate::support::Actor;
use crate::support::demo::{Demo, token_and_target};
use crate::support::process::Process;

const FILE: &str = include_str!("../../docker-compose.yml");

type Commands = BTreeMap<String, Vec<String>>;

/// Each service's command, from a compose file whose commands are lists.
fn commands(yaml: &str) -> Commands {
    let mut found = Commands::new();
    let (mut services, mut listing, mut service) = (false, false, String::new());
    for line in yaml
        .lines()
        .filter(|line| !line.trim_start().starts_with('#') && !line.is_empty())
    {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        match text.strip_prefix("- ") {
            Some(item) if listing => {
                let item = item.trim_matches(['"', '\'']).to_owned();
                found.entry(service.clone()).or_default().push(item);
                continue;
            }
            _ => listing = services && text == "command:",
        }
        match indent {
            0 => services = text == "services:",
            2 if services => service = text.trim_end_matches(':').to_owned(),
            _ => {}
        }
    }
    found
}

/// The services' addresses: the file's ports, each on a loopback address of its service.
struct Network(BTreeMap<(String, String), SocketAddr>);

impl Network {
    fn of(commands: &Commands) -> Self {
        let listens = Regex::new(r"0\.0\.0\.0:(\d+)").unwrap();
        let mut held = Vec::new();
        for (at, (service, command)) in commands.iter().enumerate() {
            let text = command.join(" ");
            for port in listens.captures_iter(&text) {
                let free = TcpListener::bind((format!("127.0.9.{}", at + 1), 0)).unwrap();
                held.push(((service.clone(), port[1].to_owned()), free));
            }
        }
        Self(
            held.into_iter()
                .map(|(key, free)| (key, free.local_addr().unwrap()))
                .collect(),
        )
    }

    fn at(&self, service: &str, port: &str) -> SocketAddr {
        let key = (service.to_owned(), port.to_owned());
        *self
            .0
            .get(&key)
            .unwrap_or_else(|| panic!("{service} does not listen on {port}"))
    }

    /// An argument of `service` with this network's addresses in the place of the file's.
    fn translate(&self, service: &str, argument: &str) -> String {
        let address = Regex::new(r"(0\.0\.0\.0|localhost|gate|auth|mailbox):(\d+)").unwrap();
        let translated = address.replace(argument, |found: &Captures<'_>| {
            let (host, port) = (&found[1], &found[2]);
            let of = match host {
                "0.0.0.0" => service,
                "localhost" => self.published(port),
                other => other,
            };
            self.at(of, port).to_string()
        });
        translated.into_owned()
    }

    /// The service whose port is the host's too.
    fn published(&self, port: &str) -> &str {
        assert!(
            FILE.contains(&format!("\"127.0.0.1:{port}:{port}\"")),
            "{port} is not published"
        );
        let mut services = self.0.keys().filter(|(_, own)| own == port);
        &services.next().unwrap().0
    }
}

#[tokio::test]
async fn the_composed_services_sign_a_person_in() {
    let commands = commands(FILE);
    assert_eq!(commands.keys().collect::<Vec<_>>(), ["auth", "gate", "mailbox"]);
    let network = Network::of(&commands);
    let mut processes = Vec::new();
    for (service, command) in &commands {
        let arguments: Vec<_> = command
            .iter()
            .map(|argument| network.translate(service, argument))
            .collect();
        let process = Process::start(&arguments);
        process.says("listen").await;
        processes.push(process);
    }
    let demo = Demo {
        site: network.at("gate", "8080"),
        mailbox: network.at("mailbox", "8025"),
        processes,
    };

    let person = Actor::at(demo.site).with("accept", "text/html");
    let asked = person.post_form("/v1/auth/request", "email=ada%40example.com").await;
    assert_eq!(asked.header("location"), Some("/check-your-mail"), "{asked:?}");
    let mail = demo.scanned_mail().await;
    let scans = mail["scans"].as_array().unwrap();
    for presser in ["form robot", "presser"] {
        let pressed = scans
            .iter()
            .filter(|scan| scan["scanner"] == presser && scan["method"] == "POST");
        assert_eq!(pressed.count(), 2, "{mail}");
    }
    assert!(
        scans.len() >= 5 && scans.iter().all(|scan| scan["state"] == "whole"),
        "{mail}"
    );
    let (token, link) = token_and_target(&mail);
    assert_eq!(mail["link"], format!("http://{}{link}", demo.site));
    assert_eq!(person.sign_in(&link).await.header("location"), Some("/welcome"));
    let welcome = person.get("/welcome").await;
    assert!(welcome.body.contains("ada@example.com"), "{}", welcome.body);
    assert_eq!(demo.mails().await.json()[0]["state"], "spent");
    demo.has_kept(&token);
}

#[test]
fn the_compose_client_accepts_the_file() {
    let output = compose(&["config"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let read = commands(&String::from_utf8(output.stdout).unwrap());
    assert_eq!(read, commands(FILE), "the services' commands as the client reads them");
}

/// Runs docker's compose client: the plugin, or the program that Debian packages.
fn compose(arguments: &[&str]) -> Output {
    let run = |program: &str, first: &[&str]| {
        let mut command = Command::new(program);
        command
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(first)
            .args(arguments);
        command.output()
    };
    match run("docker", &["compose"]) {
        Ok(output) if output.status.success() => output,
        _ => run("docker-compose", &[])
            .unwrap_or_else(|error| panic!("no compose client ({error}): install docker-compose")),
    }
}
