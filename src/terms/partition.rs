//! Partitions and Regions.

use std::fmt;
use std::str::FromStr;

/// A separate AWS, with its own accounts, hosts and console.
///
/// Source: botocore `partitions.json`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub enum Partition {
    /// `aws`, the commercial one.
    Aws,
    /// `aws-cn`, China.
    AwsCn,
    /// `aws-us-gov`, GovCloud.
    AwsUsGov,
    /// `aws-eusc`, the European Sovereign Cloud.
    AwsEusc,
    /// `aws-iso`.
    AwsIso,
    /// `aws-iso-b`.
    AwsIsoB,
    /// `aws-iso-e`.
    AwsIsoE,
    /// `aws-iso-f`.
    AwsIsoF,
}

impl Partition {
    /// Every partition that AWS has published.
    pub const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
    ];

    /// Returns the name that stands second in an ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
        }
    }

    /// Returns the partition that an ARN names so, if AWS has one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == name)
    }

    /// Returns what the host names of its services end with.
    /// Source: botocore `partitions.json`, `dnsSuffix` and `dualStackDnsSuffix`.
    pub fn dns_suffix(self, dual_stack: bool) -> &'static str {
        match (self, dual_stack) {
            (Self::Aws | Self::AwsUsGov, false) => "amazonaws.com",
            (Self::Aws | Self::AwsUsGov, true) => "api.aws",
            (Self::AwsCn, false) => "amazonaws.com.cn",
            (Self::AwsCn, true) => "api.amazonwebservices.com.cn",
            (Self::AwsEusc, false) => "amazonaws.eu",
            (Self::AwsEusc, true) => "api.amazonwebservices.eu",
            (Self::AwsIso, _) => "c2s.ic.gov",
            (Self::AwsIsoB, _) => "sc2s.sgov.gov",
            (Self::AwsIsoE, _) => "cloud.adc-e.uk",
            (Self::AwsIsoF, _) => "csp.hci.ic.gov",
        }
    }

    /// Returns the Region that answers for a partition when none was declared: the one its global services are signed for.
    /// Source: botocore `partitions.json`, `implicitGlobalRegion`.
    pub fn implicit_region(self) -> Region {
        Region(
            match self {
                Self::Aws => "us-east-1",
                Self::AwsCn => "cn-northwest-1",
                Self::AwsUsGov => "us-gov-west-1",
                Self::AwsEusc => "eusc-de-east-1",
                Self::AwsIso => "us-iso-east-1",
                Self::AwsIsoB => "us-isob-east-1",
                Self::AwsIsoE => "eu-isoe-west-1",
                Self::AwsIsoF => "us-isof-south-1",
            }
            .to_owned(),
        )
    }

    /// Returns the partition that a Region belongs to, by its prefix.
    /// Source: botocore `partitions.json`, `regionRegex`.
    pub fn of_region(region: &Region) -> Self {
        let name = region.as_str();
        let prefixes = [
            ("cn-", Self::AwsCn),
            ("us-gov-", Self::AwsUsGov),
            ("eusc-", Self::AwsEusc),
            ("us-isob-", Self::AwsIsoB),
            ("us-isof-", Self::AwsIsoF),
            ("eu-isoe-", Self::AwsIsoE),
            ("us-iso-", Self::AwsIso),
        ];
        prefixes.into_iter().find(|(prefix, _)| name.starts_with(prefix)).map_or(Self::Aws, |(_, partition)| partition)
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A Region code, such as `eu-west-1`, or `aws-global` for the global STS host.
///
/// Lower-case letters, digits and single hyphens inside, 1 to 63 characters: it becomes part of a host name.
/// Source: RFC 1123 2.1 (host labels); AWS's list of Regions grows, so none is refused for being unknown.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Region(String);

/// Why a text is no Region.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is no Region code; one looks like `eu-west-1`")]
pub struct InvalidRegion {
    text: String,
}

impl Region {
    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let label = (1..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if label { Ok(Self(text.to_owned())) } else { Err(InvalidRegion { text: text.to_owned() }) }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
