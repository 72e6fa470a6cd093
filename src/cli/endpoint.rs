//! Where a service is asked instead of at AWS, if the environment says so.

use url::Url;

use crate::config::{Origin, Sourced, endpoint};
use crate::error::{Error, Kind};
use crate::world::World;

/// Returns what the service's own variable says, else the one for all services.
/// Source: SDKs and Tools Reference Guide, "Service-specific endpoints".
pub(super) fn of_service(variable: &str, world: &World) -> Result<Option<Sourced<Url>>, Error> {
    let ignored = world.env.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    let set = [variable, "AWS_ENDPOINT_URL"].iter().find_map(|name| Some((*name, world.env.text(name)?)));
    let Some((name, text)) = set else { return Ok(None) };
    let url = endpoint(text).map_err(|reason| Error::text(Kind::Config, format!("${name}: {reason}")))?;
    Ok(Some(Sourced::new(url, Origin::Environment(name.to_owned()))))
}
