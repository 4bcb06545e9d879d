//! The configuration as written: every value with its place, nothing checked yet but its type.

use crate::brand::Part;
use crate::diag::read::{self, At, Fields, ReadTable, Table};
use crate::diag::{Diagnostics, FileId, SourceMap};
use crate::gate::checks::Check;
use crate::gate::evidence::Doubt;

/// The keys that stand before the first table.
pub(super) const TOP_LEVEL: [&str; 7] = [
    "listen",
    "upstream",
    "public-url",
    "hosts",
    "trusted-proxies",
    "tls-fingerprint-header",
    "watch",
];

/// The keys of `[times]`.
pub(super) const TIMES: [&str; 8] = [
    "ticket",
    "answer",
    "opening",
    "handshake",
    "header",
    "body",
    "stall",
    "shutdown",
];
/// The keys of `[limits]` that count.
pub(super) const COUNTS: [&str; 6] = [
    "connections",
    "connections-per-address",
    "in-flight",
    "in-flight-per-address",
    "remembered",
    "used-once",
];
/// The keys of `[limits]` that are sizes.
pub(super) const SIZES: [&str; 6] = ["target", "head", "body", "answer", "answers", "least-rate"];

type Text = Option<At<String>>;
type Flag = Option<At<bool>>;
type Texts = Vec<At<String>>;

/// A whole file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raw {
    pub(crate) signatures: RawSignatures,
    pub(crate) checks: RawChecks,
    pub(crate) evidence: RawEvidence,
    pub(crate) listen: Text,
    pub(crate) upstream: Text,
    pub(crate) public_url: Text,
    pub(crate) hosts: Texts,
    pub(crate) trusted_proxies: Texts,
    pub(crate) watch: Flag,
    pub(crate) tls_fingerprint_header: Text,
    pub(crate) headers: RawHeaders,
    pub(crate) page: RawPage,
    pub(crate) keys: RawKeys,
    pub(crate) times: RawTimes,
    pub(crate) limits: RawLimits,
    pub(crate) log: RawLog,
    pub(crate) listeners: Vec<At<RawListener>>,
    pub(crate) upstreams: Vec<At<RawUpstream>>,
    pub(crate) clients: Vec<At<RawClient>>,
    pub(crate) links: Vec<At<RawLink>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawSignatures {
    pub(crate) folder: Text,
    pub(crate) asn_database: Text,
    pub(crate) reverse_dns: Flag,
    pub(crate) nameservers: Texts,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawChecks {
    pub(crate) weights: Vec<(Check, At<u64>)>,
    pub(crate) early_within: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawEvidence(pub(crate) Vec<(Doubt, At<u64>)>);

#[derive(Clone, Debug, Default)]
pub(crate) struct RawPage {
    pub(crate) site_name: Text,
    pub(crate) language: Text,
    pub(crate) locales: Text,
    pub(crate) logo: Text,
    pub(crate) template: Text,
    /// In light and in dark.
    pub(crate) colours: Vec<(Part, [Text; 2])>,
    pub(crate) assets: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawHeaders {
    pub(crate) pass: Texts,
    pub(crate) drop: Texts,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawKeys {
    pub(crate) file: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawTimes(pub(crate) Vec<(&'static str, At<String>)>);

#[derive(Clone, Debug, Default)]
pub(crate) struct RawLimits {
    pub(crate) counts: Vec<(&'static str, At<u64>)>,
    pub(crate) sizes: Vec<(&'static str, At<String>)>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawLog {
    pub(crate) format: Text,
    pub(crate) requests: Flag,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawListener {
    pub(crate) address: Text,
    pub(crate) certificates: Vec<At<RawCertificate>>,
    pub(crate) proxy_protocol: Flag,
    pub(crate) redirect_to_https: Flag,
    pub(crate) h2c: Flag,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawCertificate {
    pub(crate) certificate: Text,
    pub(crate) key: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawUpstream {
    pub(crate) name: Text,
    pub(crate) url: Text,
    pub(crate) hosts: Texts,
    pub(crate) paths: Texts,
    pub(crate) h2: Flag,
    pub(crate) h2c: Flag,
    pub(crate) connections: Option<At<u64>>,
    pub(crate) ca_file: Text,
    pub(crate) connect_timeout: Text,
    pub(crate) response_timeout: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawClient {
    pub(crate) name: Text,
    pub(crate) networks: Texts,
    pub(crate) secret_file: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawLink {
    pub(crate) name: Text,
    pub(crate) purpose: Text,
    pub(crate) url: Text,
    pub(crate) host: Text,
    pub(crate) upstream: Text,
    pub(crate) token: Text,
    pub(crate) belongs: Texts,
    pub(crate) ask: Text,
    pub(crate) issued: Text,
    pub(crate) mode: Text,
    pub(crate) same_browser: Text,
    pub(crate) lifetime: Text,
    pub(crate) case_sensitive: Flag,
    pub(crate) min_length: Option<At<u64>>,
    pub(crate) new_link: Text,
    pub(crate) redirects_to: Texts,
    pub(crate) once: Flag,
    pub(crate) one_click_unsubscribe: Flag,
    pub(crate) confirm: Option<At<RawConfirm>>,
    pub(crate) calls: Vec<At<RawCall>>,
    pub(crate) success: Option<At<RawOutcome>>,
    pub(crate) failure: Option<At<RawOutcome>>,
    pub(crate) used: Option<At<RawOutcome>>,
    pub(crate) expired: Option<At<RawOutcome>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawConfirm {
    pub(crate) r#as: Text,
    pub(crate) request: Text,
    pub(crate) fields: Option<At<Fields>>,
    pub(crate) then: Text,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawCall {
    pub(crate) request: Text,
    pub(crate) json: Option<At<Fields>>,
    pub(crate) form: Option<At<Fields>>,
    pub(crate) headers: Option<At<Fields>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct RawOutcome {
    pub(crate) empty: bool,
    pub(crate) status: Vec<At<u64>>,
    pub(crate) location: Text,
    pub(crate) cookie: Text,
    pub(crate) json: Text,
}

/// Reads a file: every slip of its syntax, every wrong type and every unknown key.
pub(crate) fn parse(file: FileId, sources: &SourceMap, diagnostics: &mut Diagnostics) -> Raw {
    read::parse(file, sources, &TOP_LEVEL, diagnostics)
}

impl ReadTable for Raw {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        let (upstream, upstreams) = table.text_or_tables("upstream");
        Self {
            signatures: table.table("signatures").map(|at| at.value).unwrap_or_default(),
            evidence: table.table("evidence").map(|at| at.value).unwrap_or_default(),
            checks: table.table("checks").map(|at| at.value).unwrap_or_default(),
            listen: table.take("listen"),
            upstream,
            public_url: table.take("public-url"),
            hosts: table.list("hosts"),
            trusted_proxies: table.list("trusted-proxies"),
            watch: table.take("watch"),
            tls_fingerprint_header: table.take("tls-fingerprint-header"),
            headers: table.table("headers").map(|at| at.value).unwrap_or_default(),
            page: table.table("page").map(|at| at.value).unwrap_or_default(),
            keys: table.table("keys").map(|at| at.value).unwrap_or_default(),
            times: table.table("times").map(|at| at.value).unwrap_or_default(),
            limits: table.table("limits").map(|at| at.value).unwrap_or_default(),
            log: table.table("log").map(|at| at.value).unwrap_or_default(),
            listeners: table.tables("listener"),
            upstreams,
            clients: table.tables("client"),
            links: table.tables("link"),
        }
    }
}

impl ReadTable for RawSignatures {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            folder: table.take("folder"),
            asn_database: table.take("asn-database"),
            reverse_dns: table.take("reverse-dns"),
            nameservers: table.list("nameservers"),
        }
    }
}

impl ReadTable for RawChecks {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            weights: Check::ALL
                .into_iter()
                .filter_map(|check| Some((check, table.take(check.name())?)))
                .collect(),
            early_within: table.measure("early-within", "s"),
        }
    }
}

impl ReadTable for RawEvidence {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        let doubts = Doubt::ALL.into_iter();
        Self(
            doubts
                .filter_map(|doubt| Some((doubt, table.take(doubt.name())?)))
                .collect(),
        )
    }
}

impl ReadTable for RawPage {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            site_name: table.take("site-name"),
            language: table.take("language"),
            locales: table.take("locales"),
            logo: table.take("logo"),
            template: table.take("template"),
            colours: Part::ALL
                .into_iter()
                .map(|part| (part, part.keys().map(|key| table.take(key))))
                .collect(),
            assets: table.take("assets"),
        }
    }
}

impl ReadTable for RawHeaders {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            pass: table.list("pass"),
            drop: table.list("drop"),
        }
    }
}

impl ReadTable for RawKeys {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            file: table.take("file"),
        }
    }
}

impl ReadTable for RawTimes {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self(
            TIMES
                .into_iter()
                .filter_map(|key| Some((key, table.measure(key, if key == "ticket" { "m" } else { "s" })?)))
                .collect(),
        )
    }
}

impl ReadTable for RawLimits {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            counts: COUNTS
                .into_iter()
                .filter_map(|key| Some((key, table.take(key)?)))
                .collect(),
            sizes: SIZES
                .into_iter()
                .filter_map(|key| Some((key, table.measure(key, "B")?)))
                .collect(),
        }
    }
}

impl ReadTable for RawLog {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            format: table.take("format"),
            requests: table.take("requests"),
        }
    }
}

impl ReadTable for RawListener {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            address: table.take("address"),
            certificates: table.tables("certificates"),
            proxy_protocol: table.take("proxy-protocol"),
            redirect_to_https: table.take("redirect-to-https"),
            h2c: table.take("h2c"),
        }
    }
}

impl ReadTable for RawCertificate {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            certificate: table.take("certificate"),
            key: table.take("key"),
        }
    }
}

impl ReadTable for RawUpstream {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            name: table.take("name"),
            url: table.take("url"),
            hosts: table.list("hosts"),
            paths: table.list("paths"),
            h2: table.take("h2"),
            h2c: table.take("h2c"),
            connections: table.take("connections"),
            ca_file: table.take("ca-file"),
            connect_timeout: table.measure("connect-timeout", "s"),
            response_timeout: table.measure("response-timeout", "s"),
        }
    }
}

impl ReadTable for RawClient {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            name: table.take("name"),
            networks: table.list("networks"),
            secret_file: table.take("secret-file"),
        }
    }
}

impl ReadTable for RawLink {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            name: table.take("name"),
            purpose: table.take("purpose"),
            url: table.take("url"),
            host: table.take("host"),
            upstream: table.take("upstream"),
            token: table.take("token"),
            belongs: table.list("belongs"),
            ask: table.take("ask"),
            issued: table.take("issued"),
            mode: table.take("mode"),
            same_browser: table.take("same-browser"),
            lifetime: table.measure("lifetime", "m"),
            case_sensitive: table.take("case-sensitive"),
            min_length: table.take("min-length"),
            new_link: table.take("new-link"),
            redirects_to: table.list("redirects-to"),
            once: table.take("once"),
            one_click_unsubscribe: table.take("one-click-unsubscribe"),
            confirm: table.table("confirm"),
            calls: table.tables("call"),
            success: table.table("success"),
            failure: table.table("failure"),
            used: table.table("used"),
            expired: table.table("expired"),
        }
    }
}

impl ReadTable for RawConfirm {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            r#as: table.take("as"),
            request: table.take("request"),
            fields: table.take("fields"),
            then: table.take("then"),
        }
    }
}

impl ReadTable for RawCall {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            request: table.take("request"),
            json: table.take("json"),
            form: table.take("form"),
            headers: table.take("headers"),
        }
    }
}

impl ReadTable for RawOutcome {
    fn read_table(table: &mut Table<'_, '_>) -> Self {
        Self {
            empty: table.is_empty(),
            status: table.list("status"),
            location: table.take("location"),
            cookie: table.take("cookie"),
            json: table.take("json"),
        }
    }
}
