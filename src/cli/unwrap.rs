//! `linklatch unwrap`: what is inside the links that mail gateways write.
//!
//! It prints links with their tokens: they are what it was given, and what it was asked for.

use std::fmt::Write;
use std::io::{self, BufRead};

use anyhow::Context;
use serde_json::{Value, json};

use super::{Exit, Format, UnwrapArgs, render};
use crate::gate::wrapper::{self, Chain, End};

pub(super) fn run(args: &UnwrapArgs) -> anyhow::Result<Exit> {
    let links = links(&args.urls)?;
    if links.is_empty() {
        render::err("error: no link was given\n")?;
        return Ok(Exit::Usage);
    }
    let chains: Vec<Chain> = links.iter().map(|link| wrapper::unwrap(link)).collect();
    let answer = match args.format {
        Format::Text => chains.iter().map(text).collect::<Vec<_>>().join("\n"),
        Format::Json => render::json(&json!({ "links": chains.iter().map(value).collect::<Vec<_>>() })),
    };
    render::out(&answer)?;
    let undone = chains.iter().all(|chain| matches!(chain.end, End::Plain(_)));
    Ok(if undone { Exit::Fine } else { Exit::Bad })
}

/// The links of the command line, or a line each from standard input; empty lines are none.
fn links(given: &[String]) -> anyhow::Result<Vec<String>> {
    let from_input = given.is_empty() || matches!(given, [dash] if dash == "-");
    let mut links = given.to_vec();
    if from_input {
        links.clear();
        for line in io::stdin().lock().split(b'\n') {
            let line = line.context("standard input can't be read")?;
            links.push(String::from_utf8_lossy(&line).into_owned());
        }
    }
    links.retain(|link| !link.trim().is_empty());
    Ok(links)
}

fn text(chain: &Chain) -> String {
    let last = match &chain.end {
        End::Plain(url) if chain.levels.is_empty() => ("no known wrapper", url.clone()),
        End::Plain(url) => ("leads to", url.clone()),
        _ => ("stops here", why(chain)),
    };
    let mut lines: Vec<(&str, String)> = Vec::new();
    lines.extend(chain.levels.iter().map(|level| (level.vendor, level.url.clone())));
    lines.push(last);
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, url) in lines {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{name:width$}  {url}");
    }
    text
}

/// Why a chain ends before a plain link.
fn why(chain: &Chain) -> String {
    let vendor = chain.levels.last().map_or("its vendor", |level| level.vendor);
    match chain.end {
        End::Plain(_) => String::new(),
        End::Opaque => {
            format!("{vendor} keeps the address on its own servers, so only the vendor can undo it")
        }
        End::Damaged => format!(
            "no address can be read from this link of {vendor}: it was cut off or altered; copy it again from the mail"
        ),
        End::TooDeep => format!("more than {} wrappers around each other", wrapper::MAX_LEVELS),
        End::TooLong => format!("the link is longer than {} KiB", wrapper::MAX_LENGTH / 1024),
    }
}

fn value(chain: &Chain) -> Value {
    let (target, problem) = match &chain.end {
        End::Plain(url) => (Some(url), None),
        End::Opaque => (None, Some("opaque")),
        End::Damaged => (None, Some("damaged")),
        End::TooDeep => (None, Some("too_deep")),
        End::TooLong => (None, Some("too_long")),
    };
    let levels: Vec<Value> = chain
        .levels
        .iter()
        .map(|level| json!({ "vendor": level.vendor, "url": level.url }))
        .collect();
    json!({ "levels": levels, "target": target, "problem": problem })
}
