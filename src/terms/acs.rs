//! Where AWS takes in what a SAML provider vouches for, and what AWS is called there.

use url::Url;

use super::address::is_this_machine;
use super::partition::{Partition, Region};

/// Returns the partition whose assertion consumer service the address is: of the partition or of one of its Regions, and
/// with the path of one provider where assertions are encrypted (`/saml/acs/SAMLSP…`).
///
/// Source: IAM User Guide, "Configure SAML assertions for the authentication response", and "AWS Sign-In endpoints".
pub fn partition_of_acs(url: &Url) -> Option<Partition> {
    let host = url.host_str().filter(|_| url.scheme() == "https" && url.port().is_none() && is_saml(url.path()))?;
    SIGN_IN
        .iter()
        .find(|(known, partition)| {
            let Some(rest) = host.strip_suffix(known) else { return false };
            let region = rest.strip_suffix('.').and_then(|region| region.parse::<Region>().ok());
            rest.is_empty() || region.is_some_and(|region| Partition::of_region(&region) == *partition)
        })
        .map(|(_, partition)| *partition)
}

/// Whether the address is a sandbox's own assertion consumer service.
pub fn is_loopback_acs(url: &Url) -> bool {
    is_this_machine(url) && url.scheme() == "http" && is_saml(url.path())
}

/// Whether an assertion for that audience is meant for AWS: the name that AWS gives itself, or where it takes them in.
pub fn is_aws_audience(audience: &str) -> bool {
    audience == AUDIENCE
        || audience.strip_prefix(AUDIENCE).is_some_and(|rest| rest.starts_with(':'))
        || Url::parse(audience).is_ok_and(|url| partition_of_acs(&url).is_some() || is_loopback_acs(&url))
}

/// What AWS calls itself to SAML providers.
pub const AUDIENCE: &str = "urn:amazon:webservices";

const SIGN_IN: [(&str, Partition); 8] = [
    ("signin.aws.amazon.com", Partition::Aws),
    ("signin.amazonaws.cn", Partition::AwsCn),
    ("signin.amazonaws-us-gov.com", Partition::AwsUsGov),
    ("signin.amazonaws-eusc.eu", Partition::AwsEusc),
    ("signin.c2shome.ic.gov", Partition::AwsIso),
    ("signin.sc2shome.sgov.gov", Partition::AwsIsoB),
    ("signin.csphome.adc-e.uk", Partition::AwsIsoE),
    ("signin.csphome.hci.ic.gov", Partition::AwsIsoF),
];

fn is_saml(path: &str) -> bool {
    path == "/saml" || path.starts_with("/saml/acs/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_takes_assertions_in_every_partition_and_region_and_nobody_else_does() {
        let cases = [
            ("https://signin.aws.amazon.com/saml", Some(Partition::Aws)),
            ("https://eu-west-1.signin.aws.amazon.com/saml", Some(Partition::Aws)),
            ("https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLSPABCDEF", Some(Partition::Aws)),
            ("https://signin.amazonaws.cn/saml", Some(Partition::AwsCn)),
            ("https://cn-north-1.signin.amazonaws.cn/saml", Some(Partition::AwsCn)),
            ("https://signin.amazonaws-us-gov.com/saml", Some(Partition::AwsUsGov)),
            ("https://us-gov-west-1.signin.amazonaws-us-gov.com/saml", Some(Partition::AwsUsGov)),
            ("https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml", Some(Partition::AwsEusc)),
            ("https://signin.c2shome.ic.gov/saml", Some(Partition::AwsIso)),
            ("https://signin.sc2shome.sgov.gov/saml", Some(Partition::AwsIsoB)),
            ("https://signin.csphome.adc-e.uk/saml", Some(Partition::AwsIsoE)),
            ("https://signin.csphome.hci.ic.gov/saml", Some(Partition::AwsIsoF)),
            ("http://signin.aws.amazon.com/saml", None),
            ("https://signin.aws.amazon.com:8443/saml", None),
            ("https://signin.aws.amazon.com/federation", None),
            ("https://signin.aws.amazon.com/samlx", None),
            ("https://evilsignin.aws.amazon.com/saml", None),
            ("https://a.b.signin.aws.amazon.com/saml", None),
            ("https://cn-north-1.signin.aws.amazon.com/saml", None),
            ("https://signin.aws.amazon.com.example.com/saml", None),
        ];
        for (url, expected) in cases {
            assert_eq!(partition_of_acs(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn an_audience_is_awss_own_name_or_its_address() {
        for good in [
            "urn:amazon:webservices",
            "urn:amazon:webservices:cn-north-1",
            "urn:amazon:webservices:govcloud",
            "https://signin.aws.amazon.com/saml",
            "http://127.0.0.1:4000/saml",
        ] {
            assert!(is_aws_audience(good), "{good}");
        }
        for bad in ["urn:amazon:webservicesx", "https://example.com/saml", "", "http://192.0.2.1/saml"] {
            assert!(!is_aws_audience(bad), "{bad}");
        }
    }
}
