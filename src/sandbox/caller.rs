//! Who calls, once their signature, key, token and clock have been looked at.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use crate::policy::{Context, Document, Own, Principal};
use crate::terms::{ExposeSecret, Partition, Region, SecretString, show_time};

use super::answer::Refusal;
use super::call::Call;
use super::estate::{Estate, LiveAccount, RoleSession, SessionOf};
use super::sigv4::{Signature, Unsigned, write_time};

/// Somebody who is who they say.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) who: Who,
    /// When the session began, where it is one.
    pub(super) issued: Option<SystemTime>,
    /// When it ends.
    pub(super) ends: Option<SystemTime>,
    /// The Region that the request was signed for.
    pub(super) region: String,
}

/// What stands behind a key.
#[derive(Debug)]
pub(super) enum Who {
    /// A user (or root) by a long-term key.
    User { user: usize },
    /// A user by a session of GetSessionToken.
    UserSession { user: usize, mfa_at: Option<SystemTime> },
    /// A role's session.
    Role(RoleSession),
    /// The root of an account, for one task.
    Root { account: usize },
}

/// How far a clock may be off.
const TOLERANCE: Duration = Duration::from_secs(300);

impl Caller {
    /// Says who signed the request to the service of that signing name, or why they are not let in.
    pub(super) fn of(call: &Call, service: &str, estate: &Estate, now: SystemTime) -> Result<Self, Refusal> {
        let signature = Signature::of(call).map_err(|unsigned| match unsigned {
            Unsigned::Missing => {
                Refusal::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
            }
            Unsigned::Incomplete(message) => Refusal::new(400, "IncompleteSignature", message),
        })?;
        check_scope(&signature, service)?;
        let found = find(&signature, estate, now)?;
        check_time(&signature, now)?;
        if !signature.matches(call, &found.secret) {
            return Err(mismatch(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details.",
            ));
        }
        let caller = Self { who: found.who, issued: found.issued, ends: found.ends, region: signature.region };
        caller.check_region(service, estate)?;
        Ok(caller)
    }

    /// The ARN that GetCallerIdentity says.
    pub(super) fn arn(&self, estate: &Estate) -> String {
        match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => estate.users[*user].arn.clone(),
            Who::Role(session) => session.arn(estate),
            Who::Root { account } => {
                let account = &estate.accounts[*account];
                format!("arn:{}:sts::{}:assumed-root", account.partition, account.id)
            }
        }
    }

    /// The unique id that GetCallerIdentity says.
    pub(super) fn user_id(&self, estate: &Estate) -> String {
        match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => estate.users[*user].id.clone(),
            Who::Role(session) => session.user_id(estate),
            Who::Root { account } => estate.accounts[*account].id.to_string(),
        }
    }

    pub(super) fn account<'a>(&self, estate: &'a Estate) -> &'a LiveAccount {
        match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => estate.account_of_user(*user),
            Who::Role(session) => estate.account_of_role(session.role),
            Who::Root { account } => &estate.accounts[*account],
        }
    }

    /// The user behind it, where it is one.
    pub(super) fn user(&self) -> Option<usize> {
        match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => Some(*user),
            Who::Role(_) | Who::Root { .. } => None,
        }
    }

    pub(super) fn role_session(&self) -> Option<&RoleSession> {
        match &self.who {
            Who::Role(session) => Some(session),
            Who::User { .. } | Who::UserSession { .. } | Who::Root { .. } => None,
        }
    }

    pub(super) fn is_root(&self, estate: &Estate) -> bool {
        self.user().is_some_and(|user| estate.users[user].is_root)
    }

    /// Whether the call is made with temporary credentials.
    pub(super) fn is_session(&self) -> bool {
        match self.who {
            Who::User { .. } => false,
            Who::UserSession { .. } | Who::Role(_) | Who::Root { .. } => true,
        }
    }

    pub(super) fn principal(&self, estate: &Estate) -> Principal {
        let account = self.account(estate).id.to_string();
        match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => match &estate.users[*user] {
                user if user.is_root => Principal::Root { account },
                user => Principal::User { arn: user.arn.clone(), account },
            },
            Who::Root { .. } => Principal::Root { account },
            Who::Role(session) => Principal::AssumedRole {
                session_arn: session.arn(estate),
                role_arn: estate.roles[session.role].role.arn.to_string(),
                account,
            },
        }
    }

    /// The identity policies of the user or the role.
    pub(super) fn policies<'a>(&self, estate: &'a Estate) -> &'a [Document] {
        match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => &estate.users[*user].policies.documents,
            Who::Role(session) => &estate.roles[session.role].role.policies.documents,
            Who::Root { .. } => &[],
        }
    }

    /// Those, and the permissions boundary that bounds them.
    pub(super) fn own<'a>(&self, estate: &'a Estate) -> Own<'a> {
        let boundary = match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => estate.users[*user].boundary.as_ref(),
            Who::Role(session) => estate.roles[session.role].role.boundary.as_ref(),
            Who::Root { .. } => None,
        };
        Own { policies: self.policies(estate), boundary: boundary.map(|boundary| &boundary.document) }
    }

    /// The circumstances that come with the caller, whatever they ask.
    ///
    /// MFA is absent, not false, for a long-term key; a session says whether it was made with it, and a role's session
    /// never was.
    /// Source: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent`.
    pub(super) fn context(&self, estate: &Estate, now: SystemTime) -> Context {
        let mut context = Context::new()
            .at(now)
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", "false")
            .with("aws:SourceIp", "127.0.0.1")
            .with("aws:RequestedRegion", self.region.as_str())
            .with("aws:userid", self.user_id(estate));
        if let Some(organization) = &self.account(estate).organization {
            context = context.with("aws:PrincipalOrgID", organization.as_str());
        }
        if let Some(place) = estate.laws.0.get(self.account(estate).id.as_str()) {
            context = context.with("aws:PrincipalOrgPaths", place.path.as_str());
        }
        if let Some(issued) = self.issued {
            context = context.with("aws:TokenIssueTime", show_time(issued));
        }
        let tags = match &self.who {
            Who::User { user } | Who::UserSession { user, .. } => estate.users[*user].tags.clone(),
            Who::Root { .. } => BTreeMap::new(),
            Who::Role(session) => {
                let mut tags = estate.roles[session.role].role.tags.clone();
                tags.retain(|key, _| !session.tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(key)));
                tags.extend(session.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
                tags
            }
        };
        for (key, value) in tags {
            context = context.with(&format!("aws:PrincipalTag/{key}"), value);
        }
        match &self.who {
            Who::User { .. } => context,
            Who::UserSession { mfa_at: None, .. } => context.with("aws:MultiFactorAuthPresent", "false"),
            Who::UserSession { mfa_at: Some(at), .. } => with_mfa(context, *at, now),
            Who::Root { .. } => context,
            Who::Role(session) => {
                let context = context.with("aws:MultiFactorAuthPresent", "false");
                match &session.source_identity {
                    Some(identity) => context.with("aws:SourceIdentity", identity.as_str()),
                    None => context,
                }
            }
        }
    }

    /// A Region's STS may be switched off for an account, and keys of one partition are unknown in another.
    fn check_region(&self, service: &str, estate: &Estate) -> Result<(), Refusal> {
        let account = self.account(estate);
        let partition = self.region.parse::<Region>().map(|region| Partition::of_region(&region));
        if partition != Ok(account.partition) {
            return Err(Refusal::unknown_key());
        }
        if service == "sts" && account.disabled_regions.contains(&self.region) {
            return Err(Refusal::new(
                403,
                "RegionDisabledException",
                format!(
                    "STS is not activated in this region for account:{}. Your account administrator can activate STS in \
                     this region using the IAM Console.",
                    account.id
                ),
            ));
        }
        Ok(())
    }
}

impl RoleSession {
    /// `arn:aws:sts::111122223333:assumed-role/Admin/alice`: the role's path is lost.
    pub(super) fn arn(&self, estate: &Estate) -> String {
        let account = estate.account_of_role(self.role);
        let role = estate.roles[self.role].role.arn.name().name();
        format!("arn:{}:sts::{}:assumed-role/{role}/{}", account.partition, account.id, self.name)
    }

    /// `AROA…:alice`
    pub(super) fn user_id(&self, estate: &Estate) -> String {
        format!("{}:{}", estate.roles[self.role].id, self.name)
    }
}

/// Returns the circumstances of somebody whose code was checked at that time.
pub(super) fn with_mfa(context: Context, at: SystemTime, now: SystemTime) -> Context {
    let age = now.duration_since(at).unwrap_or_default().as_secs();
    context.with("aws:MultiFactorAuthPresent", "true").with("aws:MultiFactorAuthAge", age.to_string())
}

/// What is known of a key.
struct Found {
    secret: SecretString,
    who: Who,
    issued: Option<SystemTime>,
    ends: Option<SystemTime>,
}

fn find(signature: &Signature, estate: &Estate, now: SystemTime) -> Result<Found, Refusal> {
    let token = signature.token.as_ref();
    if let Some(key) = estate.keys.get(&signature.key_id) {
        let good = key.is_active && key.known_from <= now && token.is_none();
        let found =
            || Found { secret: key.secret.clone(), who: Who::User { user: key.user }, issued: None, ends: None };
        return good.then(found).ok_or_else(Refusal::unknown_key);
    }
    let session = estate.sessions.get(&signature.key_id).ok_or_else(Refusal::unknown_key)?;
    if !token.is_some_and(|token| is_same(token, &session.token)) {
        return Err(Refusal::unknown_key());
    }
    if session.expires <= now {
        return Err(Refusal::new(403, "ExpiredToken", "The security token included in the request is expired"));
    }
    let who = match &session.of {
        SessionOf::User { user, mfa_at } => Who::UserSession { user: *user, mfa_at: *mfa_at },
        SessionOf::Role(role) => Who::Role(role.clone()),
        SessionOf::Root { account } => Who::Root { account: *account },
    };
    Ok(Found { secret: session.secret.clone(), who, issued: Some(session.issued), ends: Some(session.expires) })
}

/// Compares hashes, so that the time it takes says nothing of the token.
fn is_same(one: &SecretString, other: &SecretString) -> bool {
    Sha256::digest(one.expose_secret()) == Sha256::digest(other.expose_secret())
}

fn check_scope(signature: &Signature, service: &str) -> Result<(), Refusal> {
    if signature.service != service {
        return Err(mismatch(format!("Credential should be scoped to correct service: '{service}'. ")));
    }
    if !is_region(&signature.region) {
        return Err(mismatch(format!("Credential should be scoped to a valid region, not '{}'. ", signature.region)));
    }
    let day = signature.timestamp.get(..8).unwrap_or_default();
    if signature.date != day {
        return Err(mismatch(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{day}', \
             from '{}'.",
            signature.date, signature.timestamp
        )));
    }
    Ok(())
}

/// `eu-west-1`, `us-gov-east-1`. AWS's list grows, so the form has to do.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let is_word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let Some((number, words)) = parts.split_last() else { return false };
    (2..=3).contains(&words.len()) && words.iter().all(is_word) && number.parse::<u8>().is_ok()
}

fn check_time(signature: &Signature, now: SystemTime) -> Result<(), Refusal> {
    let (signed, today) = (&signature.timestamp, write_time(now));
    let oldest = match signature.expires {
        None => now - TOLERANCE,
        Some(seconds) => now - Duration::from_secs(seconds),
    };
    let minutes = now.duration_since(oldest).unwrap_or_default().as_secs() / 60;
    if signature.time < oldest {
        let oldest = write_time(oldest);
        return Err(mismatch(format!(
            "Signature expired: {signed} is now earlier than {oldest} ({today} - {minutes} min.)"
        )));
    }
    let newest = now + TOLERANCE;
    if signature.time > newest {
        let newest = write_time(newest);
        return Err(mismatch(format!(
            "Signature not yet current: {signed} is still later than {newest} ({today} + 5 min.)"
        )));
    }
    Ok(())
}

fn mismatch(message: impl Into<String>) -> Refusal {
    Refusal::new(403, "SignatureDoesNotMatch", message)
}

#[cfg(test)]
mod tests {
    use super::super::scenario::Scenario;
    use super::super::sigv4::Signer;
    use super::super::stage::{Credentials, Outcome, Stage, inside};
    use super::*;

    const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
    const UNKNOWN: &str = "403 InvalidClientTokenId: The security token included in the request is invalid.";

    fn signer<'a>(who: &'a Credentials, time: SystemTime) -> Signer<'a> {
        let token = who.token.as_deref();
        Signer { key_id: &who.id, secret: &who.secret, token, region: "eu-west-1", service: "sts", time }
    }

    fn refusal(outcome: Outcome) -> String {
        outcome.expect_err("a refusal")
    }

    #[test]
    fn a_signature_that_does_not_fit_is_refused_in_awss_words() {
        let mut stage = Stage::classic();
        let alice = stage.key_of("alice");
        let other = SecretString::from("another");
        let now = stage.now;
        let good = signer(&alice, now);
        let minutes = |n: u64| Duration::from_secs(n * 60);
        let cases = [
            (
                Signer { secret: &other, ..good.clone() },
                "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
            ),
            (Signer { key_id: "AKIANOBODYKNOWSTHIS0", ..good.clone() }, UNKNOWN),
            (
                Signer { service: "iam", ..good.clone() },
                "403 SignatureDoesNotMatch: Credential should be scoped to correct service: 'sts'. ",
            ),
            (
                Signer { region: "nowhere", ..good.clone() },
                "403 SignatureDoesNotMatch: Credential should be scoped to a valid region, not 'nowhere'. ",
            ),
            (Signer { region: "cn-north-1", ..good.clone() }, UNKNOWN),
            (
                Signer { time: now - minutes(6), ..good.clone() },
                "403 SignatureDoesNotMatch: Signature expired: 20251124T155400Z is now earlier than 20251124T155500Z (20251124T160000Z - 5 min.)",
            ),
            (
                Signer { time: now + minutes(6), ..good.clone() },
                "403 SignatureDoesNotMatch: Signature not yet current: 20251124T160600Z is still later than 20251124T160500Z (20251124T160000Z + 5 min.)",
            ),
            (Signer { token: Some("a-token"), ..good.clone() }, UNKNOWN),
        ];
        for (signer, expected) in cases {
            assert_eq!(refusal(stage.send(IDENTITY.to_owned(), &signer)), expected, "{signer:?}");
        }
        for time in [now - minutes(5), now + minutes(5)] {
            stage.send(IDENTITY.to_owned(), &Signer { time, ..good.clone() }).unwrap();
        }
        let unsigned = Call::new("POST", IDENTITY, Vec::new(), Vec::new());
        let expected = "403 MissingAuthenticationToken: Request is missing Authentication Token";
        assert_eq!(refusal(stage.deliver(&unsigned)), expected);
    }

    #[test]
    fn a_token_is_good_for_its_own_key_and_until_it_ends() {
        let mut stage = Stage::classic();
        let alice = stage.key_of("alice");
        let session = stage.session(&alice, "GetSessionToken", &[("DurationSeconds", "900")]);
        let other = stage.session(&alice, "GetSessionToken", &[]);
        let arn = stage.ask(&session, "GetCallerIdentity", &[]).map(|xml| inside(&xml, "Arn"));
        assert_eq!(arn.as_deref(), Ok("arn:aws:iam::111122223333:user/alice"));

        let without = Credentials { token: None, ..session.clone() };
        let swapped = Credentials { token: other.token.clone(), ..session.clone() };
        for who in [without, swapped] {
            assert_eq!(refusal(stage.ask(&who, "GetCallerIdentity", &[])), UNKNOWN);
        }
        stage.pass(900);
        let expected = "403 ExpiredToken: The security token included in the request is expired";
        assert_eq!(refusal(stage.ask(&session, "GetCallerIdentity", &[])), expected);
        stage.ask(&other, "GetCallerIdentity", &[]).unwrap();
    }

    #[test]
    fn a_key_that_is_switched_off_and_a_region_that_is_switched_off_are_refused() {
        let scenario = r#"
            [[account]]
            id = "111122223333"
            disabled_regions = ["eu-west-1"]
            [[account.user]]
            name = "alice"
            key = [{ id = "AKIAIOSFODNN7EXAMPLE", secret = "s" }]
            [[account.user]]
            name = "bob"
            key = [{ active = false }]
        "#;
        let mut stage = Stage::of(&Scenario::parse(scenario).unwrap());
        let (alice, bob) = (stage.key_of("alice"), stage.key_of("bob"));
        assert_eq!(alice.id, "AKIAIOSFODNN7EXAMPLE");
        assert_eq!(refusal(stage.ask(&bob, "GetCallerIdentity", &[])), UNKNOWN);
        let expected = "403 RegionDisabledException: STS is not activated in this region for account:111122223333. Your \
                        account administrator can activate STS in this region using the IAM Console.";
        assert_eq!(refusal(stage.ask(&alice, "GetCallerIdentity", &[])), expected);
        let signer = Signer { region: "us-east-1", ..signer(&alice, stage.now) };
        stage.send(IDENTITY.to_owned(), &signer).unwrap();
    }

    #[test]
    fn a_trust_policy_sees_tags_organization_region_and_time() {
        let trust = |condition: &str| {
            format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"*"}},"Action":"sts:AssumeRole","Condition":{{{condition}}}}}}}"#
            )
        };
        let cases = [
            (r#""StringEquals":{"aws:PrincipalTag/team":"core"}"#, true),
            (r#""StringEquals":{"aws:PrincipalTag/team":"other"}"#, false),
            (r#""StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}"#, true),
            (r#""StringEquals":{"aws:RequestedRegion":"eu-west-1"}"#, true),
            (r#""DateGreaterThan":{"aws:CurrentTime":"2025-11-24T15:59:59Z"}"#, true),
            (r#""DateGreaterThan":{"aws:CurrentTime":"2025-11-24T16:00:01Z"}"#, false),
            (r#""IpAddress":{"aws:SourceIp":"127.0.0.0/8"}"#, true),
            (r#""Null":{"aws:MultiFactorAuthPresent":"true"}"#, true),
            (r#""Null":{"aws:TokenIssueTime":"true"}"#, true),
            (r#""StringLike":{"aws:userid":"AIDA*"}"#, true),
        ];
        for (condition, fits) in cases {
            let scenario = format!(
                r#"
                [[account]]
                id = "111122223333"
                organization = "o-a1b2c3d4e5"
                [[account.user]]
                name = "alice"
                tags = {{ team = "core" }}
                [[account.role]]
                name = "R"
                trust = '{}'
                "#,
                trust(condition)
            );
            let mut stage = Stage::of(&Scenario::parse(&scenario).unwrap());
            let alice = stage.key_of("alice");
            let role = [("RoleArn", "arn:aws:iam::111122223333:role/R"), ("RoleSessionName", "test")];
            assert_eq!(stage.ask(&alice, "AssumeRole", &role).is_ok(), fits, "{condition}");
        }
    }

    #[test]
    fn what_is_not_asked_of_sts_or_iam_is_refused_before_anyone_is_let_in() {
        let mut stage = Stage::classic();
        let alice = stage.key_of("alice");
        let cases = [
            (
                "Action=BeKind&Version=2011-06-15",
                "sts",
                "400 InvalidAction: Could not find operation BeKind for version 2011-06-15",
            ),
            (
                "Action=AssumeRole&Version=2010-05-08",
                "iam",
                "400 InvalidAction: Could not find operation AssumeRole for version 2010-05-08",
            ),
            ("Action=AssumeRole", "sts", "400 InvalidAction: Could not find operation AssumeRole for version null"),
            ("", "sts", "400 MissingAction: The request must contain the parameter Action"),
            ("", "ec2", "501 NotImplemented: The sandbox answers for STS and IAM, not for ec2."),
        ];
        for (form, service, expected) in cases {
            let signer = Signer { service, ..signer(&alice, stage.now) };
            assert_eq!(refusal(stage.send(form.to_owned(), &signer)), expected, "{form}");
        }
    }
}
