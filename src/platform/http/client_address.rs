//! Where a request comes from, when proxies stand between (RFC 7239; `X-Forwarded-For`).
//!
//! A header says where a request comes from as far as a proxy of ours wrote it; what is left of that was
//! written by whoever sent the request. One header counts, the one that our proxies write, because a proxy
//! that writes one passes the other on as it came.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::platform::config::Findings;

/// The most entries of a header that are looked at.
const MAX_HOPS: usize = 20;

/// Which header our proxies write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedBy {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// The proxies before the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxies {
    /// Their networks, such as `10.0.0.0/8`; none: the address of the connection counts.
    #[serde(deserialize_with = "networks")]
    pub trusted: Vec<IpNet>,
    /// Which header they write.
    pub header: ForwardedBy,
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let parsed: Result<_, _> = texts.iter().map(|text| text.parse()).collect();
    parsed.map_err(|_| D::Error::custom("networks such as 10.0.0.0/8"))
}

impl Proxies {
    /// Adds what is wrong with this section to `findings`.
    pub fn validate(&self, findings: &mut Findings) {
        let everybody = self.trusted.iter().any(|network| network.prefix_len() == 0);
        findings.expect(!everybody, "http.proxies.trusted", "networks of your proxies, not everybody's");
    }

    /// Who sent a request that came over a connection of `peer`.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.is_trusted(peer) {
            return peer;
        }
        let mut nearest = peer;
        for hop in self.hops(headers).into_iter().rev().take(MAX_HOPS) {
            // What no proxy of ours could have written is nobody's address.
            let Some(address) = hop else { return nearest };
            nearest = address;
            if !self.is_trusted(address) {
                return nearest;
            }
        }
        nearest
    }

    fn is_trusted(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// The addresses of the header, the farthest first; none for what is no address.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            ForwardedBy::XForwardedFor => "x-forwarded-for",
            ForwardedBy::Forwarded => "forwarded",
        };
        let lines = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default());
        let entries = lines.flat_map(|line| line.split(','));
        entries
            .map(|entry| match self.header {
                ForwardedBy::XForwardedFor => address(entry),
                ForwardedBy::Forwarded => entry.split(';').find_map(node).and_then(address),
            })
            .collect()
    }
}

/// The node of a `for` parameter.
fn node(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
}

/// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:80`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let parsed = bare.unwrap_or(text).parse::<IpAddr>().ok();
    parsed.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip())).map(|ip| ip.to_canonical())
}

/// The network that counts as one client: the address itself, or the /64 of an IPv6 address
/// (RFC 4291, 2.5.1: the interface identifier is the client's to choose).
#[must_use]
pub fn network(client: IpAddr) -> String {
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Makes [`ConnectInfo`] name the client for everything behind this layer.
pub async fn follow(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let connected = request.extensions().get::<ConnectInfo<SocketAddr>>().copied();
    if let Some(ConnectInfo(peer)) = connected {
        let client = proxies.client(peer.ip(), request.headers());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, peer.port())));
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: ForwardedBy, peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap()).into();
        let name = if header == ForwardedBy::Forwarded { "forwarded" } else { "x-forwarded-for" };
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        Proxies { trusted, header }.client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_header_counts_as_far_as_our_proxies_wrote_it() {
        use ForwardedBy::{Forwarded, XForwardedFor};
        for (header, peer, lines, expected) in [
            (XForwardedFor, "203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            (XForwardedFor, "10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            (XForwardedFor, "10.0.0.1", vec!["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            (XForwardedFor, "10.0.0.1", vec!["1.2.3.4", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            (XForwardedFor, "10.0.0.1", vec!["198.51.100.1, nonsense"], "10.0.0.1"),
            (XForwardedFor, "10.0.0.1", vec![], "10.0.0.1"),
            (XForwardedFor, "::ffff:10.0.0.1", vec!["2001:db8::1"], "2001:db8::1"),
            (XForwardedFor, "fd00::1", vec!["198.51.100.1:4711"], "198.51.100.1"),
            (Forwarded, "10.0.0.1", vec!["for=1.2.3.4, for=198.51.100.1;proto=https"], "198.51.100.1"),
            (Forwarded, "10.0.0.1", vec![r#"For="[2001:db8::1]:4711""#], "2001:db8::1"),
            (Forwarded, "10.0.0.1", vec!["for=_hidden"], "10.0.0.1"),
            (Forwarded, "203.0.113.9", vec!["for=198.51.100.1"], "203.0.113.9"),
        ] {
            assert_eq!(client(header, peer, &lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        for (address, expected) in [
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("198.51.100.1", "198.51.100.1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
        ] {
            assert_eq!(network(address.parse().unwrap()), expected);
        }
    }
}
