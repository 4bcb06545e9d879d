//! What is looked up about clients' addresses: the database of autonomous systems, and nameservers.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use super::signatures::is_shipped;
use super::{Aim, MIB, Work, read_up_to};
use crate::asn::AsnDatabase;
use crate::config::Lookups;
use crate::config::raw::RawSignatures;
use crate::config::validate::net;
use crate::diag::read::At;
use crate::diag::{Diagnostics, Span};
use crate::signatures::{Signature, Signatures};
use crate::time::Clock;

impl Work<'_> {
    /// Reads what `[signatures]` names, and says what the operator's own signatures ask for in vain.
    pub(super) fn lookups(&mut self, raw: &RawSignatures, signatures: &Signatures) -> Lookups {
        let named = raw.asn_database.as_ref().filter(|_| self.aim == Aim::Serve);
        let asn = named.and_then(|at| self.asn_database(at));
        if raw.asn_database.is_none() {
            let help = "name a database: [signatures] asn-database = \"GeoLite2-ASN.mmdb\"";
            self.not_looked_up("asn", signatures.asking_asn(), help);
        }
        let mut nameservers = net::nameservers(&raw.nameservers, &mut self.diagnostics);
        match raw.reverse_dns.as_ref().filter(|wanted| wanted.value) {
            Some(at) if raw.nameservers.is_empty() => {
                nameservers = system_nameservers(Path::new(RESOLVER), at.span, &mut self.diagnostics);
            }
            Some(_) => {}
            None => {
                nameservers.clear();
                let help = "allow it: [signatures] reverse-dns = true; nameservers then learn visitors' addresses";
                self.not_looked_up("reverse-dns", signatures.asking_reverse_dns(), help);
            }
        }
        Lookups { asn, nameservers }
    }

    fn asn_database(&mut self, at: &At<String>) -> Option<Arc<AsnDatabase>> {
        let path = net::path(at, self.base);
        let content = match self.watched.bytes(&path, DATABASE) {
            Ok(content) => content,
            Err(reason) => {
                let message = format!("can't read `{}`: {reason}", at.value);
                let help =
                    "a path is seen from the folder of the configuration file, and must be readable for this user";
                self.diagnostics.error("file-unreadable", at.span, message, help);
                return None;
            }
        };
        let database = match AsnDatabase::read(content) {
            Ok(database) => database,
            Err(reason) => {
                let message = format!("`{}` can't be used: {reason}", at.value);
                let help = "bring a database of autonomous systems in MaxMind's format, whole: GeoLite2-ASN.mmdb, \
                            or one of DB-IP or IPinfo";
                self.diagnostics.error("asn-database-invalid", at.span, message, help);
                return None;
            }
        };
        let (built, today) = (database.built().date(), Clock::System.now().date());
        let months = i32::from(today.year() - built.year()) * 12 + i32::from(today.month()) - i32::from(built.month());
        if months > STALE {
            let message = format!("`{}` is of {built}, {months} months old", at.value);
            let help = "fetch it anew: networks change hands";
            self.diagnostics.warning("asn-database-stale", at.span, message, help);
        }
        Some(Arc::new(database))
    }

    /// One warning for all of the operator's own; the shipped ones are for whoever has a database.
    fn not_looked_up<'s>(&mut self, what: &str, asking: impl Iterator<Item = &'s Signature>, help: &str) {
        let sources = &self.sources;
        let mut own = asking.filter(|signature| !is_shipped(sources.name(signature.span.file)));
        let Some(first) = own.next() else { return };
        let more = match own.count() {
            0 => String::new(),
            1 => ", and so does another".to_owned(),
            more => format!(", and so do {more} others"),
        };
        let message = format!("`{}` asks for {what}, which is not looked up{more}", first.id);
        self.diagnostics.warning("not-looked-up", first.span, message, help);
    }
}

/// The nameservers that the system itself asks.
fn system_nameservers(file: &Path, span: Span, diagnostics: &mut Diagnostics) -> Vec<SocketAddr> {
    let nameservers = read_up_to(file, MIB).map_or_else(|_| Vec::new(), |text| named_in(&text));
    if nameservers.is_empty() {
        let message = format!("nobody can be asked for names: {} names no nameserver", file.display());
        let help = "name one: nameservers = [\"192.0.2.53\"]";
        diagnostics.error("missing-nameserver", span, message, help);
    }
    nameservers
}

/// The nameservers of a `resolv.conf`.
fn named_in(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| {
        let address = line.trim().strip_prefix("nameserver")?.strip_prefix([' ', '\t'])?;
        Some(net::nameserver(address.trim().parse().ok()?))
    });
    named.collect()
}

/// Bytes of a database.
const DATABASE: usize = 1024 * MIB;
/// Months after which a database is stale.
const STALE: i32 = 13;
/// Where the system says whom it asks.
const RESOLVER: &str = "/etc/resolv.conf";

#[cfg(test)]
mod tests {
    use crate::diag::{Diagnostics, SourceMap};

    #[test]
    fn a_system_without_a_nameserver_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let (file, mut sources) = (folder.path().join("resolv.conf"), SourceMap::default());
        let config = sources.add("linklatch.toml", "[signatures]\nreverse-dns = true\n");
        let found = || {
            let mut diagnostics = Diagnostics::default();
            let nameservers = super::system_nameservers(&file, sources.whole(config), &mut diagnostics);
            (nameservers, diagnostics)
        };
        for text in [None, Some("search example\n")] {
            if let Some(text) = text {
                std::fs::write(&file, text).unwrap();
            }
            let (nameservers, diagnostics) = found();
            assert!(nameservers.is_empty());
            let codes: Vec<_> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
            assert_eq!(codes, ["missing-nameserver"]);
        }
        std::fs::write(&file, "nameserver 192.0.2.53\n").unwrap();
        let (nameservers, diagnostics) = found();
        assert_eq!(nameservers, ["192.0.2.53:53".parse().unwrap()]);
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn the_system_s_nameservers_are_found_among_its_other_words() {
        let text = "# nameserver 192.0.2.1\nsearch example\nnameserver 192.0.2.53\n nameserver\t2001:db8::53 \n\
                    nameserver fe80::1%eth0\nnameservers 192.0.2.2\noptions edns0\n";
        let found: Vec<_> = super::named_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["192.0.2.53:53", "[2001:db8::53]:53"]);
    }
}
