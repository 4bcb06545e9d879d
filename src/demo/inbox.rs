//! The mailbox's pages, and the terminal's line for a scan.

use std::fmt::Write as _;

use super::climb::climbs;
use super::html::{Frame, clock_time, escape};
use super::mailbox::Mail;
use super::scanners::Scan;
use super::store::TokenState;

/// All mails, newest first.
pub(super) fn list(mails: &[Mail], version: u64) -> String {
    let mut body = String::from("<h1>Mailbox</h1>\n<div class=\"card\" id=\"mails\" data-live>\n");
    if mails.is_empty() {
        body.push_str(
            "<p><b>No mail yet.</b></p>\n<p class=\"soft\">Ask the site for a sign-in link: it appears here, and what \
             scanners do to it.</p>\n",
        );
    } else {
        body.push_str("<ul class=\"mails\">\n");
        for mail in mails {
            let (class, state, _) = standing(mail);
            let (id, subject, to) = (mail.id, escape(&mail.subject), escape(&mail.to));
            let time = clock_time(mail.arrived);
            let _ = writeln!(
                body,
                "<li><a href=\"/mail/{id}\"><b>{subject}</b><span class=\"right {class}\">{state}</span>\
                 <span>to {to}</span><span class=\"right\">{time}</span></a></li>"
            );
        }
        body.push_str("</ul>\n");
    }
    body.push_str("</div>\n");
    framed("Mailbox", &body, version, true)
}

/// One mail, and what scanners did to its link.
pub(super) fn mail(mail: &Mail, version: u64) -> String {
    let (class, state, meaning) = standing(mail);
    let [to, subject, text, link] = [&mail.to, &mail.subject, &mail.text, &mail.link].map(|field| escape(field));
    let (time, rows, ways) = (clock_time(mail.arrived), rows(mail), ways(mail));
    let body = format!(
        "<p><a href=\"/\">All mails</a></p>\n<div id=\"state\" data-live aria-live=\"polite\">\n\
         <p class=\"state {class}\"><b>{state}</b>{meaning}</p>\n</div>\n\
         <article class=\"card\">\n<h1>{subject}</h1>\n\
         <dl><dt>From</dt><dd>Example Notes</dd><dt>To</dt><dd>{to}</dd><dt>Came</dt><dd>{time}</dd></dl>\n\
         <p>{text}</p>\n<p><a href=\"{link}\">{link}</a></p>\n</article>\n\
         <section class=\"card\">\n<h2>How far each of them got</h2>\n\
         <div id=\"ways\" data-live>\n{ways}</div>\n</section>\n\
         <section class=\"card\">\n<h2>What scanners did to this link</h2>\n\
         <div id=\"scans\" data-live>\n{rows}</div>\n</section>\n"
    );
    framed(&mail.subject, &body, version, !mail.scanned)
}

/// There is no such mail.
pub(super) fn missing() -> String {
    let body = "<div class=\"card\">\n<h1>No such mail</h1>\n<p><a href=\"/\">Back to the mailbox</a></p>\n</div>\n";
    framed("No such mail", body, 0, false)
}

/// A scan as the terminal tells it; `lost` if the token was lost before.
pub(super) fn scan_line(scan: &Scan, digest: &str, lost: bool) -> String {
    let Scan {
        scanner,
        address,
        method,
        path,
        ..
    } = scan;
    let answer = scan
        .answer
        .map_or_else(|| "none".to_owned(), |status| status.to_string());
    let (_, fate) = fate(scan, lost);
    format!("scanner   {scanner} ({address}): {method} {path} → {answer}, token {digest} {fate}")
}

/// Who climbed how far, scanners first.
fn ways(mail: &Mail) -> String {
    let mut list = String::from("<dl>\n");
    for climb in climbs(mail) {
        let (who, class, way) = (climb.who, climb.class, climb.way);
        let _ = writeln!(list, "<dt>{who}</dt><dd class=\"{class}\">{way}</dd>");
    }
    list.push_str("</dl>\n");
    list
}

fn rows(mail: &Mail) -> String {
    if mail.scans.is_empty() {
        let line = if mail.scanned {
            "There was no time for scanners."
        } else {
            "They are on their way."
        };
        return format!("<p class=\"soft\">{line}</p>\n");
    }
    let mut table = String::from(
        "<table>\n<thead><tr><th scope=\"col\">Who</th><th scope=\"col\">Request</th><th scope=\"col\">Answer</th>\
         <th scope=\"col\">Token</th></tr></thead>\n<tbody>\n",
    );
    let mut lost = false;
    for scan in &mail.scans {
        let Scan {
            scanner,
            address,
            method,
            path,
            ..
        } = scan;
        let path = escape(path);
        let answer = scan
            .answer
            .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let (class, fate) = fate(scan, lost);
        lost |= scan.state == TokenState::Spent;
        let _ = writeln!(
            table,
            "<tr><td>{scanner} <span class=\"soft\">{address}</span></td><td><code>{method} {path}</code></td>\
             <td>{answer}</td><td class=\"{class}\">{fate}</td></tr>"
        );
    }
    table.push_str("</tbody>\n</table>\n");
    table
}

/// A style class and words for what one scan did.
fn fate(scan: &Scan, lost: bool) -> (&'static str, &'static str) {
    match scan.state {
        TokenState::Whole => ("good", "still whole"),
        TokenState::Spent if lost => ("soft", "lost before"),
        TokenState::Spent => ("bad", "LOST"),
        TokenState::Expired => ("soft", "expired"),
        TokenState::Unknown => ("soft", "not known"),
    }
}

/// A style class, words, and their meaning for a mail as a whole.
fn standing(mail: &Mail) -> (&'static str, &'static str, &'static str) {
    match mail.state {
        TokenState::Whole if mail.scanned => (
            "good",
            "Token still whole",
            "Scanners opened the link, and it is still shut. Now open it yourself.",
        ),
        TokenState::Whole => ("good", "Scanners are at work", "The token is still whole."),
        TokenState::Spent if mail.lost() => (
            "bad",
            "Token LOST",
            "A scanner spent it. The link no longer signs anybody in.",
        ),
        TokenState::Spent => (
            "",
            "Link used",
            "No scanner spent the token; it was used after them, once.",
        ),
        TokenState::Expired => ("", "Link expired", "Nobody used it in time. Ask for a new one."),
        TokenState::Unknown => (
            "",
            "Token not known",
            "The auth API does not know it, or can't be asked.",
        ),
    }
}

/// The frame; a page that `moves` refreshes itself where scripts don't run.
fn framed(title: &str, body: &str, version: u64, moves: bool) -> String {
    let refresh = if moves {
        "<noscript><meta http-equiv=\"refresh\" content=\"3\"></noscript>\n"
    } else {
        ""
    };
    let head = format!("{refresh}<script src=\"/mailbox.js\" data-version=\"{version}\" defer></script>\n");
    let frame = Frame {
        brand: "Demo mailbox",
        aside: "scanners open every link",
        title,
        head: &head,
        narrow: false,
    };
    frame.around(body)
}
