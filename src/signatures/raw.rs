//! Signature files as written: every value with its place.

use jiff::civil::Date;
use toml::de::DeValue;

use crate::diag::read::{self, At, Fields, Read, ReadTable, Table};
use crate::diag::{Diagnostics, FileId, SourceMap, Span};

type Text = Option<At<String>>;
type Texts = Vec<At<String>>;

/// A whole file.
#[derive(Clone, Debug, Default)]
pub(super) struct RawFile {
    pub(super) signatures: Vec<At<RawSignature>>,
    pub(super) disabled: Vec<At<RawDisable>>,
    pub(super) reweighed: Vec<At<RawReweigh>>,
    pub(super) excepted: Vec<At<RawExcept>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawSignature {
    pub(super) id: Text,
    pub(super) title: Text,
    pub(super) confidence: Text,
    pub(super) kind: Text,
    pub(super) source: Texts,
    pub(super) seen: Option<At<Date>>,
    pub(super) expires: Option<At<Date>>,
    pub(super) weight: Option<At<u64>>,
    pub(super) people: Option<At<bool>>,
    pub(super) action: Text,
    pub(super) mode: Text,
    pub(super) condition: RawCondition,
    pub(super) matching: Vec<At<RawExample>>,
    pub(super) not_matching: Vec<At<RawExample>>,
    pub(super) known_gaps: Vec<At<RawExample>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawCondition {
    pub(super) user_agent: Texts,
    pub(super) user_agent_absent: Option<At<bool>>,
    pub(super) network: Texts,
    pub(super) network_file: Vec<At<RawList>>,
    pub(super) asn: Vec<At<u64>>,
    pub(super) reverse_dns: Texts,
    pub(super) method: Texts,
    pub(super) http_version: Texts,
    pub(super) tls: Texts,
    pub(super) header: Option<At<Fields>>,
    pub(super) history: Option<At<RawHistory>>,
    pub(super) all: Vec<At<Self>>,
    pub(super) any: Vec<At<Self>>,
    pub(super) not: Vec<At<Self>>,
}

/// What is asked of the visits before.
#[derive(Clone, Debug, Default)]
pub(super) struct RawHistory {
    pub(super) age_below: Text,
    pub(super) within: Text,
    pub(super) visits: Option<At<u64>>,
    pub(super) networks: Option<At<u64>>,
    pub(super) user_agents: Option<At<u64>>,
    pub(super) links: Option<At<u64>>,
    pub(super) head_before: Option<At<bool>>,
    pub(super) machine_before: Option<At<bool>>,
    pub(super) pair: Option<At<bool>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawList {
    pub(super) file: Text,
    pub(super) format: Text,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawExample {
    pub(super) user_agent: Text,
    pub(super) client: Text,
    pub(super) method: Text,
    pub(super) http_version: Text,
    pub(super) header: Option<At<Fields>>,
    pub(super) tls: Text,
    pub(super) asn: Option<At<u64>>,
    pub(super) reverse_dns: Text,
    pub(super) age: Text,
    pub(super) before: Text,
    pub(super) link: Text,
    pub(super) machine: Option<At<bool>>,
    pub(super) earlier: Vec<At<Self>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawDisable {
    pub(super) id: Text,
    pub(super) reason: Text,
    pub(super) until: Option<At<Date>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawReweigh {
    pub(super) id: Text,
    pub(super) weight: Option<At<u64>>,
    pub(super) confidence: Text,
    pub(super) reason: Text,
    pub(super) until: Option<At<Date>>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct RawExcept {
    pub(super) id: Texts,
    pub(super) reason: Text,
    pub(super) until: Option<At<Date>>,
    pub(super) condition: RawCondition,
}

/// Reads a file.
pub(super) fn parse(file: FileId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> RawFile {
    read::parse(file, sources, &[], diagnostics)
}

impl ReadTable for RawFile {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        let _: Option<At<About>> = table.table("file");
        Self {
            signatures: table.tables("signature"),
            disabled: table.tables("disable"),
            reweighed: table.tables("reweigh"),
            excepted: table.tables("except"),
        }
    }
}

/// What a file says of itself: for people, and checked for its words only.
struct About;

impl ReadTable for About {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        let _: (Text, Text, Option<At<Date>>) = (table.take("vendor"), table.take("about"), table.take("updated"));
        Self
    }
}

impl ReadTable for RawSignature {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            id: table.take("id"),
            title: table.take("title"),
            confidence: table.take("confidence"),
            kind: table.take("kind"),
            source: table.list("source"),
            seen: table.take("seen"),
            expires: table.take("expires"),
            weight: table.take("weight"),
            people: table.take("people"),
            action: table.take("action"),
            mode: table.take("mode"),
            condition: RawCondition::read_table(table),
            matching: table.tables("match"),
            not_matching: table.tables("not-match"),
            known_gaps: table.tables("known-gap"),
        }
    }
}

impl ReadTable for RawCondition {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            user_agent: table.list("user-agent"),
            user_agent_absent: table.take("user-agent-absent"),
            network: table.list("network"),
            network_file: table.tables("network-file"),
            asn: table.list("asn"),
            reverse_dns: table.list("reverse-dns"),
            method: table.list("method"),
            http_version: table.list("http-version"),
            tls: table.list("tls"),
            header: table.take("header"),
            history: table.table("history"),
            all: table.tables("all"),
            any: table.tables("any"),
            not: table.tables("not"),
        }
    }
}

impl ReadTable for RawHistory {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            age_below: table.measure("age-below", "s"),
            within: table.measure("within", "s"),
            visits: table.take("visits"),
            networks: table.take("networks"),
            user_agents: table.take("user-agents"),
            links: table.take("links"),
            head_before: table.take("head-before"),
            machine_before: table.take("machine-before"),
            pair: table.take("pair"),
        }
    }
}

impl ReadTable for RawList {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            file: table.take("file"),
            format: table.take("format"),
        }
    }
}

impl ReadTable for RawExample {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            user_agent: table.take("user-agent"),
            client: table.take("client"),
            method: table.take("method"),
            http_version: table.take("http-version"),
            header: table.take("header"),
            tls: table.take("tls"),
            asn: table.take("asn"),
            reverse_dns: table.take("reverse-dns"),
            age: table.measure("age", "s"),
            before: table.measure("before", "s"),
            link: table.take("link"),
            machine: table.take("machine"),
            earlier: table.tables("earlier"),
        }
    }
}

impl ReadTable for RawDisable {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            id: table.take("id"),
            reason: table.take("reason"),
            until: table.take("until"),
        }
    }
}

impl ReadTable for RawReweigh {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            id: table.take("id"),
            weight: table.take("weight"),
            confidence: table.take("confidence"),
            reason: table.take("reason"),
            until: table.take("until"),
        }
    }
}

impl ReadTable for RawExcept {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            id: table.list("id"),
            reason: table.take("reason"),
            until: table.take("until"),
            condition: RawCondition::read_table(table),
        }
    }
}

impl Read for Date {
    const KIND: &'static str = "a date";
    const HELP: &'static str = "write it as 2026-08-11, without quotes";

    fn read(value: &DeValue<'_>, _: Span, _: &mut Diagnostics) -> Option<Self> {
        match value {
            DeValue::Datetime(time) => time.date?.to_string().parse().ok(),
            _ => None,
        }
    }
}
