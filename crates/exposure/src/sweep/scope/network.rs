//! Ranges of IP addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Deserializer, de};

/// A range of addresses.
///
/// # Shape
///
/// `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    first: IpAddr,
    bits: u8,
}

impl Network {
    fn of(text: &str) -> Option<Self> {
        let (first, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let first: IpAddr = first.parse().ok()?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
        (bits <= most).then_some(Self { first, bits })
    }

    pub(super) fn holds(self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differ = u32::from(first) ^ u32::from(address);
                differ.checked_shr(32 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differ = u128::from(first) ^ u128::from(address);
                differ.checked_shr(128 - u32::from(self.bits)).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || de::Error::custom("a network is written as 10.0.0.0/8");
        Self::of(&text).ok_or_else(wrong)
    }
}

/// Whether an address is one that everybody can reach.
///
/// # Source
///
/// The special-purpose registries of IANA (RFC 6890 and what came after it).
pub(super) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    // Addresses that wrap one of version 4 lead to that one.
    let wrapped = match segments {
        [0x64, 0xff9b, 0, 0, 0, 0, a, b] | [0x2002, a, b, ..] | [0, 0, 0, 0, 0, 0, a, b] => {
            Some(Ipv4Addr::from(u32::from(a) << 16 | u32::from(b)))
        }
        _ => None,
    };
    if let Some(wrapped) = wrapped {
        return is_public_v4(wrapped) && segments[0] != 0;
    }
    // Only this eighth of all addresses is given out, but for its ranges of other use.
    segments[0] & 0xe000 == 0x2000
        && !(segments[0] == 0x2001 && segments[1] < 0x200)
        && !(segments[0] == 0x2001 && segments[1] == 0xdb8)
        && segments[0] != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_is_what_everybody_can_reach() {
        #[rustfmt::skip]
        let cases = [
            ("164.100.58.1",           true),
            ("2405:8a00::1",           true),
            ("127.0.0.1",              false),
            ("10.1.2.3",               false),
            ("172.31.0.1",             false),
            ("192.168.1.1",            false),
            ("169.254.169.254",        false),  // where clouds keep their secrets
            ("100.100.100.200",        false),
            ("0.0.0.0",                false),
            ("255.255.255.255",        false),
            ("224.0.0.1",              false),
            ("198.18.0.1",             false),
            ("::1",                    false),
            ("::",                     false),
            ("fd00::1",                false),
            ("fe80::1",                false),
            ("ff02::1",                false),
            ("::ffff:127.0.0.1",       false),  // one of version 4 in the clothes of version 6
            ("::ffff:164.100.58.1",    true),
            ("64:ff9b::a9fe:a9fe",     false),
            ("64:ff9b::a464:3a01",     true),
            ("2002:7f00:1::",          false),
            ("2001:db8::1",            false),
        ];
        for (address, public) in cases {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn a_network_holds_its_own() {
        let holds = |network: &str, address: &str| {
            Network::of(network).unwrap().holds(address.parse().unwrap())
        };
        assert!(holds("127.0.0.0/8", "127.9.9.9") && !holds("127.0.0.0/8", "128.0.0.0"));
        assert!(holds("0.0.0.0/0", "1.2.3.4") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("10.0.0.5", "10.0.0.5") && !holds("10.0.0.5", "10.0.0.4"));
        assert!(holds("127.0.0.0/8", "::ffff:127.0.0.1"));
        assert!(holds("fd00::/8", "fdff::1") && !holds("fd00::/8", "fe00::1"));
        assert_eq!(Network::of("10.0.0.0/33"), None);
        assert_eq!(Network::of("ten"), None);
    }
}
