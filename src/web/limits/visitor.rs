//! Where a visitor comes from, as far as it can be believed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;

use crate::config::Network;

/// The address by which a visitor is counted: an IPv4 address, or the network that an
/// IPv6 customer is given whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Visitor(IpAddr);

/// Who sent this request. The word of a proxy is believed only if it is one of ours.
#[must_use]
pub fn visitor(request: &HttpRequest, proxies: &[Network]) -> Visitor {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let forwarded = request.headers().get_all("x-forwarded-for");
    let said: Vec<&str> = forwarded
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    Visitor::of(peer, &said, proxies)
}

impl From<Ipv4Addr> for Visitor {
    fn from(address: Ipv4Addr) -> Self {
        Self(IpAddr::V4(address))
    }
}

impl Visitor {
    /// The nearest address that is none of our proxies'. Every proxy adds whom it spoke to at
    /// the end; what stands before that is the visitor's own word.
    fn of(peer: IpAddr, forwarded: &[&str], proxies: &[Network]) -> Self {
        let is_ours = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
        let mut nearest = peer;
        let mut said = forwarded.iter().rev();
        while is_ours(nearest) {
            match said.next().and_then(|text| text.trim().parse().ok()) {
                Some(before) => nearest = before,
                None => break,
            }
        }
        Self::counted(nearest)
    }

    fn counted(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
            address @ IpAddr::V4(_) => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, forwarded: &[&str]) -> String {
        let proxies = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        Visitor::of(peer.parse().unwrap(), forwarded, &proxies)
            .0
            .to_string()
    }

    #[test]
    fn a_stranger_is_who_knocks_whatever_he_says() {
        assert_eq!(of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn our_proxies_say_whom_they_spoke_to() {
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["1.2.3.4", " 198.51.100.1", " 10.0.0.2"]), "198.51.100.1");
        assert_eq!(of("::1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["what"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn one_customer_is_one_visitor() {
        assert_eq!(of("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(of("::ffff:203.0.113.9", &[]), "203.0.113.9");
    }
}
