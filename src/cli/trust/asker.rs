//! Who asks IAM, and how it is reached.

use crate::aws::Line;
use crate::cli::became::{self, Consumer};
use crate::cli::begin;
use crate::cli::endpoint;
use crate::cli::overrides::OverrideArgs;
use crate::config::{Catalog, Declared};
use crate::error::{Error, Kind};
use crate::plan::{Reach, plan_token};
use crate::session::Credentials;
use crate::terms::RoleArn;
use crate::trust::roles::Iam;
use crate::world::World;

/// Somebody's credentials, and the way to IAM.
#[derive(Debug)]
pub(super) struct Asker {
    /// The profile, as it was named.
    pub(super) profile: String,
    /// The credentials.
    pub(super) credentials: Credentials,
    /// Where the profile says that calls go.
    pub(super) reach: Reach,
    endpoint: Option<url::Url>,
}

impl Asker {
    /// Becomes the profile, or the default identity. `world` is the one before the first switch.
    pub(super) fn of(profile: Option<&str>, catalog: &Catalog, world: &World) -> Result<Self, Error> {
        let default = || catalog.defaults().identity.as_ref().map(|identity| identity.value.clone());
        let profile = profile.map(str::to_owned).or_else(default).ok_or_else(|| {
            Error::text(Kind::Usage, "who is to ask IAM is not said").with_hint("say it: --profile PROFILE".to_owned())
        })?;
        let overrides = OverrideArgs::default();
        let (plan, reach) = plan_token(catalog, &profile, &overrides.overrides()?, &became::who(world))
            .map_err(|error| begin::no_plan(error, catalog, world))?;
        let became = became::of_plan(plan, catalog, None, Consumer::Keeps, world)?;
        let endpoint = endpoint::of_service("AWS_ENDPOINT_URL_IAM", world)?.map(|url| url.value);
        Ok(Self { profile, credentials: became.credentials, reach, endpoint })
    }

    /// IAM, on that line.
    pub(super) fn iam<'a>(&'a self, line: &'a Line<'a>) -> Iam<'a> {
        Iam { line, reach: &self.reach, endpoint: self.endpoint.as_ref(), by: &self.credentials }
    }
}

/// A role that somebody names: by a profile of ours, an ARN, or its name.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// Its name without its path, as IAM wants it.
    pub(super) name: String,
    /// Its ARN, where that is said.
    pub(super) arn: Option<RoleArn>,
}

impl Named {
    /// Reads what was typed.
    pub(super) fn of(text: &str, catalog: &Catalog) -> Result<Self, Error> {
        let by_arn = |arn: RoleArn| Self { name: arn.name().name().to_owned(), arn: Some(arn) };
        if let Ok(Some(Declared::Role(role))) = catalog.find(text) {
            return Ok(by_arn(role.call.role_arn.value.clone()));
        }
        if text.starts_with("arn:") {
            return Ok(by_arn(text.parse().map_err(|error| Error::new(Kind::Usage, error))?));
        }
        let name = text.rsplit('/').next().unwrap_or(text);
        Ok(Self { name: name.to_owned(), arn: None })
    }
}
