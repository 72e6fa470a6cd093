//! Whom a probe is about: a role, and all that comes before it.

use std::time::Duration;

use crate::aws::Line;
use crate::cli::became::{self, Consumer};
use crate::cli::begin;
use crate::config::{Catalog, Origin, Sourced};
use crate::error::{Error, Kind};
use crate::mfa::GivenCode;
use crate::plan::{Hop, Overrides, Plan, PlanError, Start, plan, plan_via};
use crate::policy::Document;
use crate::policy::write::{AwsGuards, AwsPrincipal, Grant, Mfa, TrustWanted, demand_external_id};
use crate::session::Credentials;
use crate::sts;
use crate::terms::{AccountId, Partition, RoleDuration};
use crate::trust::probe::{Asked, Attempt, Extra, Outcome, Variation};
use crate::world::World;

/// The role, and whoever asks for it.
#[derive(Debug)]
pub(in crate::cli) struct Target {
    /// The call for the role.
    pub(in crate::cli) hop: Hop,
    /// All that comes before it.
    pub(in crate::cli) caller: Plan,
}

impl Target {
    /// Plans the way to a role, and divides it before the last call.
    pub(in crate::cli) fn planned(
        catalog: &Catalog,
        role: &str,
        asks: Option<&str>,
        overrides: Overrides,
        world: &World,
    ) -> Result<Self, Error> {
        // So short that an MFA session serves: a code serves for one call, and there are several.
        let shortest =
            RoleDuration::try_from(Duration::from_secs(900)).map_err(|error| Error::new(Kind::System, error))?;
        let overrides = Overrides { duration: Some(Sourced::by_default(shortest)), ..overrides };
        let who = became::who(world);
        let planned = match asks {
            Some(asks) => {
                let via = Sourced::new(asks.to_owned(), Origin::Flag("--as"));
                plan_via(catalog, role, &via, &overrides, &who)
            }
            None => plan(catalog, role, &overrides, &who),
        };
        let no_role = || {
            Error::text(Kind::Usage, format!("\"{role}\" is no role that is assumed with AssumeRole"))
                .with_hint("name a role, or its ARN, and who asks for it: --as PROFILE".to_owned())
        };
        let mut caller = planned.map_err(|error| match error {
            // Of the flags that an identity refuses, the length of the session is ours.
            PlanError::FlagRefused { .. } => no_role(),
            other => begin::no_plan(other, catalog, world),
        })?;
        catalog.tell_of_what_is_set_aside();
        let mut hop = caller.hops.pop().ok_or_else(no_role)?;
        if let Some(device) = &hop.mfa {
            let text = format!("\"{role}\" takes an MFA code in the call itself, and each attempt would spend one");
            return Err(Error::text(Kind::Usage, text).at(&device.serial.origin).with_hint(
                "ask with a long-term key, whose MFA session serves all attempts: --as PROFILE".to_owned(),
            ));
        }
        if hop.session_name.origin == Origin::Default
            && let Ok(name) = SESSION_NAME.parse()
        {
            hop.session_name = Sourced::by_default(name);
        }
        caller.profile = asks.map_or_else(|| caller.start.name().to_owned(), str::to_owned);
        // Nothing is handed over.
        caller.confirm = None;
        Ok(Self { hop, caller })
    }

    /// Returns the way there without the MFA session.
    pub(in crate::cli) fn without_mfa(&self) -> Result<Plan, Error> {
        match &self.caller.start {
            Start::MfaSession(session) => Ok(Plan { start: Start::Keys(session.keys.clone()), ..self.caller.clone() }),
            Start::Keys(_) | Start::SignIn(_) => Err(Error::text(
                Kind::Usage,
                format!("{} has no MFA session that could be left out", self.caller.profile),
            )),
        }
    }

    /// Who asks, as AWS knows them; as we call them where AWS does not say.
    pub(in crate::cli) fn who(&self, line: &Line<'_>, deputy: &Credentials) -> String {
        let told = || sts::caller_arn(line, &self.hop.reach, deputy).ok();
        deputy.arn.clone().or_else(told).unwrap_or_else(|| self.caller.profile.clone())
    }

    /// The principal that the role's trust policy should name.
    fn principal(&self, who: &str) -> Option<AwsPrincipal> {
        if let Some(hop) = self.caller.hops.last() {
            return Some(AwsPrincipal::Role(hop.role_arn.value.clone()));
        }
        let parts: Vec<&str> = who.splitn(6, ':').collect();
        let ["arn", partition, _, _, account, _] = parts[..] else { return None };
        Some(AwsPrincipal::Account(Partition::from_name(partition)?, account.parse::<AccountId>().ok()?))
    }

    /// Returns the trust policy that ends what was found: the present one mended, or one written anew.
    pub(in crate::cli) fn mended(
        &self,
        present: Option<&Document>,
        asked: &Asked,
        all: &[(Attempt, Outcome)],
        who: &str,
    ) -> Result<Document, Error> {
        let failed = |error| Error::new(Kind::System, error);
        if let (Some(present), Some(id)) = (present, &asked.external_id) {
            return demand_external_id(present, id).map_err(failed);
        }
        let needs_mfa = all.iter().any(|(attempt, outcome)| {
            matches!(attempt.variation, Variation::Extra(Extra::WithoutMfa)) && *outcome == Outcome::LetIn
        });
        let guards = AwsGuards {
            external_ids: asked.external_id.iter().cloned().collect(),
            mfa: needs_mfa.then_some(Mfa { max_age: None }),
            organization: None,
        };
        let principal = self.principal(who).ok_or_else(|| {
            Error::text(Kind::Unreachable, "STS did not say who asks, so no trust policy can be written for them")
        })?;
        let mut wanted = TrustWanted::of(Grant::Aws { principals: vec![principal], guards });
        if let Some(identity) = &self.hop.source_identity {
            wanted.source_identities = vec![identity.value.to_string()];
        }
        for tag in &self.hop.tags {
            wanted.tags.insert(tag.value.key().clone(), vec![tag.value.value().to_owned()]);
        }
        wanted.document().map_err(failed)
    }
}

const SESSION_NAME: &str = "assume-trust-probe";

/// Returns the credentials that a plan leads to. Those of the role itself are not among them.
pub(in crate::cli) fn credentials(
    plan: Plan,
    catalog: &Catalog,
    code: Option<GivenCode>,
    world: &World,
) -> Result<Credentials, Error> {
    Ok(became::of_plan(plan, catalog, code, Consumer::Keeps, world)?.credentials)
}
