//! Where in the console somebody lands.

use url::Url;

use super::hosts::{console_host, domain};
use crate::terms::{Partition, Region};

/// A page of the console.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Destination {
    /// Its home page.
    Home,
    /// A service by its name in the console: `s3`, `ec2`.
    Service(String),
    /// Any page of it.
    Page(Url),
}

/// Why somebody cannot land there.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidDestination {
    /// A service's name is a word.
    #[error("`{0}` is no service: the console's addresses name them by a word, such as s3 or cloudwatch")]
    Service(String),
    /// Not an https address.
    #[error("{0} is no https address")]
    NotHttps(Url),
    /// A page that is not the console's: the sign-in service would refuse it.
    #[error("{host} is no host of the console ({domain})")]
    Elsewhere {
        /// The host.
        host: String,
        /// Where the console's pages are.
        domain: &'static str,
    },
}

/// Services whose pages bear another name than people give them.
const OTHER_NAMES: [(&str, &str); 16] = [
    ("apigw", "apigateway"),
    ("cfn", "cloudformation"),
    ("ddb", "dynamodbv2"),
    ("dynamodb", "dynamodbv2"),
    ("eventbridge", "events"),
    ("identity-center", "singlesignon"),
    ("logs", "cloudwatch/home#logsV2:log-groups"),
    ("org", "organizations/v2"),
    ("organizations", "organizations/v2"),
    ("r53", "route53/v2"),
    ("route53", "route53/v2"),
    ("secrets", "secretsmanager"),
    ("ssm", "systems-manager"),
    ("sso", "singlesignon"),
    ("stepfunctions", "states"),
    ("sfn", "states"),
];

impl Destination {
    /// Returns its address in that partition.
    pub fn address(&self, partition: Partition, region: &Region) -> Result<String, InvalidDestination> {
        let host = console_host(partition);
        let query = format!("region={}", region.as_str());
        match self {
            Self::Home => Ok(format!("https://{host}/console/home?{query}")),
            Self::Service(name) => {
                let name = name.to_ascii_lowercase();
                let is_word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
                if !is_word {
                    return Err(InvalidDestination::Service(name));
                }
                let path = OTHER_NAMES.iter().find(|(known, _)| *known == name).map_or(name.as_str(), |(_, path)| path);
                Ok(match path.split_once('#') {
                    Some((path, place)) => format!("https://{host}/{path}?{query}#{place}"),
                    None => format!("https://{host}/{path}/home?{query}"),
                })
            }
            Self::Page(url) => {
                if url.scheme() != "https" {
                    return Err(InvalidDestination::NotHttps(url.clone()));
                }
                let (found, domain) = (url.host_str().unwrap_or_default(), domain(partition));
                let is_within = found == domain || found.ends_with(&format!(".{domain}"));
                let elsewhere = || InvalidDestination::Elsewhere { host: found.to_owned(), domain };
                if is_within { Ok(url.to_string()) } else { Err(elsewhere()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_lands_on_a_page_of_the_right_console_or_nowhere() {
        let region = "eu-west-1".parse().unwrap();
        let service = |name: &str| Destination::Service(name.to_owned());
        let page = |url: &str| Destination::Page(url.parse().unwrap());
        let cases = [
            (Destination::Home, Ok("https://console.aws.amazon.com/console/home?region=eu-west-1")),
            (service("S3"), Ok("https://console.aws.amazon.com/s3/home?region=eu-west-1")),
            (service("ddb"), Ok("https://console.aws.amazon.com/dynamodbv2/home?region=eu-west-1")),
            (service("logs"), Ok("https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups")),
            (
                service("../iam"),
                Err("`../iam` is no service: the console's addresses name them by a word, such as s3 or cloudwatch"),
            ),
            (
                page("https://eu-west-1.console.aws.amazon.com/s3/buckets/b?tab=objects"),
                Ok("https://eu-west-1.console.aws.amazon.com/s3/buckets/b?tab=objects"),
            ),
            (page("https://eu-west-1.quicksight.aws.amazon.com/"), Ok("https://eu-west-1.quicksight.aws.amazon.com/")),
            (page("http://console.aws.amazon.com/"), Err("http://console.aws.amazon.com/ is no https address")),
            (
                page("https://console.aws.amazon.com.evil.example/"),
                Err("console.aws.amazon.com.evil.example is no host of the console (aws.amazon.com)"),
            ),
            (
                page("https://console.amazonaws.cn/s3"),
                Err("console.amazonaws.cn is no host of the console (aws.amazon.com)"),
            ),
        ];
        for (destination, expected) in cases {
            let said = destination.address(Partition::Aws, &region).map_err(|error| error.to_string());
            assert_eq!(said.as_deref().map_err(String::as_str), expected, "{destination:?}");
        }
    }
}
