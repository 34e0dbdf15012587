//! An address or a range of addresses, as an operator writes it.

use std::net::IpAddr;
use std::str::FromStr;

/// A network (网段): all addresses that share their first bits with `address`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    /// Whether `address` lies in this network. An IPv4 address written as IPv6 is IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => same_start(
                u128::from(ours.to_bits()),
                u128::from(theirs.to_bits()),
                32 - self.prefix,
            ),
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                same_start(ours.to_bits(), theirs.to_bits(), 128 - self.prefix)
            }
            _ => false,
        }
    }
}

/// Whether two numbers are the same but for their last `free` bits.
fn same_start(left: u128, right: u128, free: u32) -> bool {
    (left ^ right).checked_shr(free).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("“{text}”不是 IP 地址或网段，应写成 10.0.0.1 或 10.0.0.0/8");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| bad())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.trim().parse().map_err(|_| bad())?,
            None => longest,
        };
        if prefix > longest {
            return Err(bad());
        }
        Ok(Self { address, prefix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        let network: Network = network.parse().unwrap();
        network.contains(address.parse().unwrap())
    }

    #[test]
    fn a_range_holds_the_addresses_that_share_its_first_bits() {
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("192.168.1.128/25", "192.168.1.200"));
        assert!(!holds("192.168.1.128/25", "192.168.1.100"));
        assert!(holds("fd00::/8", "fd12::1"));
        assert!(!holds("fd00::/8", "fe80::1"));
    }

    #[test]
    fn a_single_address_holds_itself_alone() {
        assert!(holds("127.0.0.1", "127.0.0.1"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("::1", "::1"));
        assert!(!holds("::1", "127.0.0.1"));
    }

    #[test]
    fn the_whole_net_holds_everything() {
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(holds("::/0", "2001:db8::1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "proxy",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
