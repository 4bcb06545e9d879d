//! How far everybody got with a link: page, press, code, in.

use serde::Serialize;

use super::mailbox::Mail;
use super::scanners::Scan;
use super::store::TokenState;

/// What a request climbed of the way to a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Rung {
    /// It has a page with a form.
    Page,
    /// It posted that form.
    Press,
    /// It typed something into it.
    Code,
}

/// Somebody's whole way.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Climb {
    pub(super) who: &'static str,
    /// A style class.
    pub(super) class: &'static str,
    pub(super) way: String,
}

/// Everybody's way: that of each scanner, and last the person's.
pub(super) fn climbs(mail: &Mail) -> Vec<Climb> {
    let mut lost = false;
    let of_scanners = mail.scans.chunk_by(|one, other| one.scanner == other.scanner);
    let mut climbs: Vec<Climb> = of_scanners
        .map(|scans| {
            let climb = of_scanner(scans, lost);
            lost |= scans.iter().any(|scan| scan.state == TokenState::Spent);
            climb
        })
        .collect();
    climbs.extend(mail.scanned.then(|| of_person(mail)));
    climbs
}

fn of_scanner(scans: &[Scan], lost: bool) -> Climb {
    let is = |state| scans.iter().any(|scan| scan.state == state);
    let highest = scans.iter().filter_map(|scan| scan.rung).max();
    let (class, end) = match highest {
        _ if lost => ("soft", "too late: the link was used up before"),
        _ if is(TokenState::Spent) => ("bad", "IN, and the link is used up"),
        _ if !is(TokenState::Whole) => ("soft", "not known"),
        None => ("good", "held: it saw no page"),
        Some(Rung::Page) => ("good", "held: it does not press"),
        Some(Rung::Press) => ("good", "held: a code is asked for"),
        Some(Rung::Code) => ("good", "held: its code is wrong"),
    };
    let rungs = [(Rung::Page, "page"), (Rung::Press, "press"), (Rung::Code, "code")];
    let climbed = rungs.iter().filter(|(rung, _)| Some(*rung) <= highest);
    let way: Vec<&str> = climbed.map(|(_, name)| *name).chain([end]).collect();
    Climb {
        who: scans.first().map_or("", |scan| scan.scanner),
        class,
        way: way.join(" → "),
    }
}

/// The mailbox sees of a person no more than that they are in.
fn of_person(mail: &Mail) -> Climb {
    let (class, way) = match mail.state {
        _ if mail.lost() => ("bad", "shut out: a scanner used the link up"),
        TokenState::Spent => ("good", "page → press, with the code if one was asked for → in"),
        TokenState::Whole => ("soft", "still to come: page → press → in"),
        TokenState::Expired => ("soft", "did not come in time"),
        TokenState::Unknown => ("soft", "not known"),
    };
    Climb {
        who: "you",
        class,
        way: way.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;

    fn scan(scanner: &'static str, rung: Option<Rung>, state: TokenState) -> Scan {
        Scan {
            scanner,
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            method: "GET",
            path: "/".to_owned(),
            answer: Some(200),
            rung,
            state,
        }
    }

    #[test]
    fn a_way_ends_where_its_scanner_fell() {
        use TokenState::{Spent, Whole};
        let way = |rungs: &[Option<Rung>], state, lost| {
            let scans: Vec<_> = rungs.iter().map(|rung| scan("x", *rung, state)).collect();
            of_scanner(&scans, lost).way
        };
        assert_eq!(way(&[None], Whole, false), "held: it saw no page");
        assert_eq!(way(&[Some(Rung::Page)], Whole, false), "page → held: it does not press");
        let presses = [Some(Rung::Page), Some(Rung::Press)];
        assert_eq!(way(&presses, Whole, false), "page → press → held: a code is asked for");
        assert_eq!(
            way(&[Some(Rung::Page), Some(Rung::Code)], Whole, false),
            "page → press → code → held: its code is wrong"
        );
        assert_eq!(
            way(&presses, Spent, false),
            "page → press → IN, and the link is used up"
        );
        assert_eq!(way(&[None], Spent, true), "too late: the link was used up before");
    }
}
