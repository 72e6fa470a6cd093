//! The Regions that an account may use, as AWS tells them: what is done in one leaves no trace in another.

use aws_sdk_account::types::RegionOptStatus;

use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::session::Credentials;
use crate::terms::Region;

/// Returns the Regions that the caller's account has enabled, by name: those that are by default, those that somebody opted
/// into, and those that are being switched off, where something may have been done until now. `region` is any of the
/// partition; `endpoint` is for another host than AWS's own. Needs `account:ListRegions`.
///
/// Source: AWS Account Management API Reference, `ListRegions`: pages of at most 50.
pub fn enabled(
    line: &Line<'_>,
    region: &Region,
    endpoint: Option<&url::Url>,
    by: &Credentials,
) -> Result<Vec<Region>, AwsError> {
    let mut regions = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let answer = line.call(|clients| {
            let call = clients.account(region, endpoint, by, Tries::Several).list_regions();
            let call = call
                .region_opt_status_contains(RegionOptStatus::Enabled)
                .region_opt_status_contains(RegionOptStatus::EnabledByDefault)
                .region_opt_status_contains(RegionOptStatus::Disabling);
            call.max_results(50).set_next_token(token.clone()).send()
        })?;
        let page = answer.map_err(|error| from_sdk("Account Management", "ListRegions", error))?;
        // What is no name of a Region cannot be asked.
        regions.extend(page.regions().iter().filter_map(|region| region.region_name()?.parse().ok()));
        let next = page.next_token().map(str::to_owned);
        if next.is_none() || next == token {
            regions.sort_unstable_by(|one: &Region, other| one.as_str().cmp(other.as_str()));
            regions.dedup();
            return Ok(regions);
        }
        token = next;
    }
}
