//! Where an address leads, as far as secrets are concerned.

use std::net::IpAddr;

use url::{Host, Url};

/// Whether the address is one of this machine's own. A name that only begins like one (`127.example.com`) is not.
pub fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Whether nobody on the way reads what is sent there: it goes over https, or does not leave this machine.
pub fn is_confidential(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => is_this_machine(url),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_over_https_or_stays_on_this_machine() {
        for (text, expected) in [
            ("https://sts.eu-west-1.amazonaws.com", true),
            ("http://127.0.0.1:4566", true),
            ("http://127.3.2.1", true),
            ("http://[::1]:80/path", true),
            ("http://localhost", true),
            ("http://sts.amazonaws.com", false),
            ("http://127.example.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_confidential(&text.parse().unwrap()), expected, "{text}");
        }
    }
}
