//! What is known of a client's address beyond the request: its autonomous system, and its name.

mod dns;
pub(crate) mod message;
mod names;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

pub use self::names::Names;
use crate::asn::AsnDatabase;
use crate::config::Lookups;
use crate::signatures::Signatures;
use crate::time::Timestamp;
use crate::visit::Fact;

/// What one generation of the configuration looks up: only what its signatures ask for.
#[derive(Debug)]
pub struct Addresses {
    asn: Option<Arc<AsnDatabase>>,
    names: Option<(Names, Arc<[SocketAddr]>)>,
}

/// What is known of an address.
#[derive(Clone, Debug, Default)]
pub struct AddressFacts {
    /// The number of its autonomous system; 0 where it has none.
    pub asn: Fact<u32>,
    /// Its forward-confirmed name; empty where it has none.
    pub reverse_dns: Fact<Arc<str>>,
}

impl Addresses {
    /// What these signatures ask for and the configuration allows. `names` outlive the configuration.
    #[must_use]
    pub fn new(lookups: &Lookups, signatures: &Signatures, names: &Names) -> Self {
        let asked = !lookups.nameservers.is_empty() && signatures.asking_reverse_dns().next().is_some();
        Self {
            asn: lookups.asn.clone().filter(|_| signatures.asking_asn().next().is_some()),
            names: asked.then(|| (names.clone(), Arc::from(lookups.nameservers.as_slice()))),
        }
    }

    /// What is known of an address now. A name that is not known yet is looked up for the next visit. Needs a runtime.
    #[must_use]
    pub fn of(&self, address: Fact<IpAddr>, now: Timestamp) -> AddressFacts {
        let Fact::Known(address) = address else {
            return AddressFacts::default();
        };
        let (asn, names) = (self.asn.as_ref(), self.names.as_ref());
        AddressFacts {
            asn: asn.map_or(Fact::Unrecorded, |database| database.number(address)),
            reverse_dns: names.map_or(Fact::Unrecorded, |(names, servers)| names.of(address, servers, now)),
        }
    }
}
