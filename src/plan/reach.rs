//! Which Region and host an STS call goes to.

use super::error::PlanError;
use super::model::Reach;
use super::planner::partition_of_device;
use crate::config::{Catalog, Connection, Identity, Sourced, StsEndpoints};
use crate::terms::{Partition, Region};

/// Whether the environment's Region outranks the profile's own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Family {
    /// Our file: what is declared for a role holds for it.
    Ours,
    /// The AWS files: the SDKs let the environment win.
    Aws,
}

/// What may say something about Region and endpoint, from the nearest to the farthest.
pub(super) struct Voices<'a> {
    pub(super) flag: Option<&'a Sourced<Region>>,
    pub(super) own: &'a Connection,
    pub(super) family: Family,
    pub(super) environment: &'a Connection,
    pub(super) default: Option<&'a Sourced<Region>>,
}

impl Voices<'_> {
    /// Returns the declared Region, if any voice declares one.
    pub(super) fn region(&self) -> Option<&Sourced<Region>> {
        let own = self.own.region.as_ref();
        let environment = self.environment.region.as_ref();
        let declared = match self.family {
            Family::Ours => own.or(environment),
            Family::Aws => environment.or(own),
        };
        self.flag.or(declared).or(self.default)
    }

    /// Returns how STS is reached in that partition.
    pub(super) fn reach(&self, partition: Partition) -> Result<Reach, PlanError> {
        let region = match self.region() {
            // A Region of another partition (a shell set to Europe, a role in China) cannot answer for this role.
            Some(region) if Partition::of_region(&region.value) == partition => region.clone(),
            _ => Sourced::by_default(partition.implicit_region()),
        };
        let environment = self.environment;
        let endpoint_url = environment.endpoint_url.as_ref().or(self.own.endpoint_url.as_ref()).cloned();
        let fips = environment.use_fips.as_ref().or(self.own.use_fips.as_ref()).is_some_and(|s| s.value);
        let dual_stack =
            environment.use_dual_stack.as_ref().or(self.own.use_dual_stack.as_ref()).is_some_and(|s| s.value);
        if let Some(endpoint) = &endpoint_url {
            for (set, setting) in [(fips, "use_fips_endpoint"), (dual_stack, "use_dualstack_endpoint")] {
                if set {
                    return Err(PlanError::EndpointConflict { setting, origin: endpoint.origin.clone() });
                }
            }
        }
        let endpoints = environment.sts_endpoints.as_ref().or(self.own.sts_endpoints.as_ref());
        let legacy = endpoints.is_some_and(|e| e.value == StsEndpoints::Legacy) && endpoint_url.is_none();
        let region = if legacy { to_global_host(region) } else { region };
        Ok(Reach { region, endpoint_url, fips, dual_stack })
    }
}

/// Returns how STS is reached for an identity of our file itself.
pub fn reach_of_identity(catalog: &Catalog, identity: &Identity) -> Result<Reach, PlanError> {
    let voices = Voices {
        flag: None,
        own: &identity.connection,
        family: Family::Ours,
        environment: catalog.environment(),
        default: catalog.defaults().region.as_ref(),
    };
    let of_device = identity.mfa_serial.as_ref().and_then(|serial| partition_of_device(serial.value.as_str()));
    let of_region = || voices.region().map(|region| Partition::of_region(&region.value));
    voices.reach(of_device.or_else(of_region).unwrap_or(Partition::Aws))
}

/// The Regions that `sts_regional_endpoints = legacy` sends to the global host.
/// Source: SDKs and Tools Reference Guide, "AWS STS Regional endpoints".
const LEGACY_REGIONS: [&str; 15] = [
    "ap-northeast-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

fn to_global_host(region: Sourced<Region>) -> Sourced<Region> {
    match (LEGACY_REGIONS.contains(&region.value.as_str()), "aws-global".parse()) {
        (true, Ok(global)) => Sourced::new(global, region.origin),
        _ => region,
    }
}
