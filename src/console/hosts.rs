//! Where each partition signs people in, and where its console is.
//!
//! Source: the endpoint rules of AWS's service `signin`; for the console's hosts the address bars of each partition.

use crate::terms::{Partition, Region};

/// Returns the host that signs people in.
///
/// The European Sovereign Cloud has one for each Region only; elsewhere the one without a Region serves all.
pub fn sign_in_host(partition: Partition, region: &Region) -> String {
    match partition {
        Partition::Aws => "signin.aws.amazon.com".to_owned(),
        Partition::AwsCn => "signin.amazonaws.cn".to_owned(),
        Partition::AwsUsGov => "signin.amazonaws-us-gov.com".to_owned(),
        Partition::AwsEusc => format!("{}.signin.amazonaws-eusc.eu", region.as_str()),
        Partition::AwsIso => "signin.c2shome.ic.gov".to_owned(),
        Partition::AwsIsoB => "signin.sc2shome.sgov.gov".to_owned(),
        Partition::AwsIsoE => "signin.csphome.adc-e.uk".to_owned(),
        Partition::AwsIsoF => "signin.csphome.hci.ic.gov".to_owned(),
    }
}

/// Returns the console's host.
pub fn console_host(partition: Partition) -> &'static str {
    match partition {
        Partition::Aws => "console.aws.amazon.com",
        Partition::AwsCn => "console.amazonaws.cn",
        Partition::AwsUsGov => "console.amazonaws-us-gov.com",
        Partition::AwsEusc => "console.amazonaws-eusc.eu",
        Partition::AwsIso => "console.c2shome.ic.gov",
        Partition::AwsIsoB => "console.sc2shome.sgov.gov",
        Partition::AwsIsoE => "console.csphome.adc-e.uk",
        Partition::AwsIsoF => "console.csphome.hci.ic.gov",
    }
}

/// The domain that all pages of a partition's console lie in.
pub(super) fn domain(partition: Partition) -> &'static str {
    console_host(partition).trim_start_matches("console.")
}
