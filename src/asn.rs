//! The operator's database of autonomous systems, in MaxMind's format.

use std::net::IpAddr;

use maxminddb::{PathElement, Reader};
use serde::Deserialize;

use crate::time::Timestamp;
use crate::visit::Fact;

/// A database, in memory. It never changes; a new one takes its place.
#[derive(Debug)]
pub struct AsnDatabase(Reader<Vec<u8>>);

impl AsnDatabase {
    /// A database file's content, or what is wrong with it.
    pub fn read(content: Vec<u8>) -> Result<Self, String> {
        let database = Self(Reader::from_source(content).map_err(|error| error.to_string())?);
        let networks = database
            .0
            .networks(maxminddb::WithinOptions::default())
            .map_err(|error| error.to_string())?;
        // A database of cities is understood as well, and would say nothing of systems for ever.
        for network in networks.take(PROBED) {
            if number(&network.map_err(|error| error.to_string())?)?.is_some() {
                return Ok(database);
            }
        }
        let kind = &database.0.metadata().database_type;
        Err(format!("`{kind}` holds no autonomous systems"))
    }

    /// When it was built.
    #[must_use]
    pub fn built(&self) -> Timestamp {
        let seconds = i64::try_from(self.0.metadata().build_epoch).unwrap_or(i64::MAX);
        Timestamp::from_millis(seconds.saturating_mul(1000))
    }

    /// The number of the autonomous system that an address belongs to; 0 where the database has none.
    #[must_use]
    pub fn number(&self, address: IpAddr) -> Fact<u32> {
        let found = self.0.lookup(address).map_err(|error| error.to_string());
        match found.and_then(|entry| number(&entry)) {
            Ok(number) => Fact::Known(number.unwrap_or(0)),
            // An IPv6 address and a database of IPv4, or a damaged place.
            Err(_) => Fact::Unrecorded,
        }
    }
}

/// GeoLite2 and DB-IP have a number, IPinfo a text such as `AS64500`.
fn number(entry: &maxminddb::LookupResult<'_, Vec<u8>>) -> Result<Option<u32>, String> {
    let plain = entry.decode_path(&[PathElement::Key("autonomous_system_number")]);
    if let Some(number) = plain.map_err(|error| error.to_string())? {
        return Ok(Some(number));
    }
    let written: Option<Written<'_>> = entry
        .decode_path(&[PathElement::Key("asn")])
        .map_err(|error| error.to_string())?;
    Ok(match written {
        Some(Written::Number(number)) => Some(number),
        Some(Written::Text(text)) => text.trim_start_matches("AS").parse().ok(),
        None => None,
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written<'d> {
    Number(u32),
    Text(&'d str),
}

/// Networks that are looked at to see whether it holds systems at all; some have none.
const PROBED: usize = 10_000;
