//! Where IAM is asked.

use crate::config::endpoint;
use crate::error::{Error, Kind};
use crate::world::World;

/// Returns another host for IAM than AWS's own, where the environment names one.
///
/// Source: SDKs and Tools Reference Guide, "Service-specific endpoints".
pub(super) fn iam_endpoint(world: &World) -> Result<Option<url::Url>, Error> {
    let ignored = world.env.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let set = ["AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL"].iter().find_map(|name| Some((name, world.env.text(name)?)));
    let Some((name, text)) = set else { return Ok(None) };
    endpoint(text).map(Some).map_err(|reason| Error::text(Kind::Config, format!("${name}: {reason}")))
}
