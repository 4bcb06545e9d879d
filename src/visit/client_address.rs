//! Whose address a request has.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Fact;

/// The address that tells one client from all others, where there is one.
///
/// Every request has a peer, but the peer's address is often a proxy's: the address of everybody behind it. Whatever
/// tells clients apart by address (networks of named clients and signatures, history, limits, look-ups, the log)
/// takes this type, and so says what happens where no client is known.
///
/// `proxy::client` decides which address is a client's. The peer's own address, for those who need just that, is
/// `proxy::Connection::peer`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(Option<IpAddr>);

impl ClientAddress {
    /// Nobody says who the client is.
    pub const UNKNOWN: Self = Self(None);

    /// A client's own address. An IPv4-mapped one is IPv4; the unspecified ones (`0.0.0.0`, `::`) are nobody's.
    #[must_use]
    pub fn of(client: IpAddr) -> Self {
        let client = client.to_canonical();
        Self(Some(client).filter(|client| !client.is_unspecified()))
    }

    /// The address, where it identifies a client.
    #[must_use]
    pub const fn known(self) -> Option<IpAddr> {
        self.0
    }

    /// Whether the client is in one of these networks. An unknown client is in none.
    #[must_use]
    pub fn is_in(self, networks: &[IpNet]) -> bool {
        self.0
            .is_some_and(|client| networks.iter().any(|network| network.contains(&client)))
    }
}

impl From<ClientAddress> for Fact<IpAddr> {
    fn from(address: ClientAddress) -> Self {
        Self::of(address.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_no_address_and_is_in_no_network() {
        let everywhere = ["0.0.0.0/0", "::/0"].map(|network| network.parse().unwrap());
        for nobody in ["0.0.0.0", "::", "::ffff:0.0.0.0"].map(|text| ClientAddress::of(text.parse().unwrap())) {
            assert_eq!(nobody, ClientAddress::UNKNOWN);
            assert_eq!(nobody.known(), None);
            assert_eq!(Fact::from(nobody), Fact::Unrecorded);
            assert!(!nobody.is_in(&everywhere));
        }
    }

    #[test]
    fn a_client_is_in_its_networks_however_its_address_is_written() {
        let networks = ["192.0.2.0/24", "2001:db8::/32"].map(|network| network.parse().unwrap());
        for (address, inside) in [
            ("192.0.2.7", true),
            ("::ffff:192.0.2.7", true),
            ("2001:db8::7", true),
            ("198.51.100.7", false),
        ] {
            let client = ClientAddress::of(address.parse().unwrap());
            assert_eq!(client.is_in(&networks), inside, "{address}");
            assert_eq!(
                client.known().is_some_and(|known| known.is_ipv4()),
                !address.contains("db8")
            );
        }
    }
}
