//! Which Regions are looked into: those that are named, else all that the account has enabled.

use super::endpoint;
use crate::aws::{AwsError, Line};
use crate::error::Error;
use crate::person;
use crate::session::Credentials;
use crate::terms::{Partition, Region};
use crate::trust::regions;
use crate::world::World;

/// Returns the Regions that are named. If none is, all that the account has enabled; where AWS does not say which those
/// are, the profile's own and the one where calls to global hosts are logged, and that is said.
pub(super) fn wanted(
    named: &[Region],
    own: Option<&Region>,
    by: &Credentials,
    line: &Line<'_>,
    world: &World,
) -> Result<Vec<Region>, Error> {
    if !named.is_empty() {
        let mut regions = named.to_vec();
        regions.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        regions.dedup();
        return Ok(regions);
    }
    // The name of the global host is no Region's.
    let own = own.filter(|own| own.as_str() != "aws-global");
    let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_ACCOUNT", world)?;
    let asked = own.cloned().unwrap_or_else(|| Partition::Aws.implicit_region());
    match regions::enabled(line, &asked, endpoint.as_ref().map(|url| &url.value), by) {
        Ok(regions) if !regions.is_empty() => Ok(regions),
        Ok(_) => Ok(usual(own)),
        Err(AwsError::Refused(refusal)) if !refusal.is_passing() => {
            let usual = usual(own);
            let names: Vec<&str> = usual.iter().map(Region::as_str).collect();
            person::warn(&format!(
                "which Regions the account has enabled is not known ({refusal}): only {} looked into; name others by \
                 --region, or allow account:ListRegions",
                match names.as_slice() {
                    [one] => format!("{one} is"),
                    many => format!("{} are", many.join(" and ")),
                }
            ));
            Ok(usual)
        }
        Err(error) => Err(Error::from(error).while_doing("the account's Regions cannot be listed".to_owned())),
    }
}

/// The profile's Region, and the one where calls to the global host of STS are logged.
/// Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail".
fn usual(own: Option<&Region>) -> Vec<Region> {
    let partition = own.map_or(Partition::Aws, Partition::of_region);
    let mut regions: Vec<Region> = own.into_iter().cloned().collect();
    let global = partition.implicit_region();
    if !regions.contains(&global) {
        regions.push(global);
    }
    regions
}
