//! Who asks for which role and with what, as `trust simulate` and the rows of `trust test` say it; and who decides.

use std::path::{Path, PathBuf};

use super::pull::{self, Wanted};
use super::{live, subject};
use crate::config::{Catalog, Declared};
use crate::error::{Error, Kind};
use crate::person;
use crate::policy::paths::Member;
use crate::policy::sides::{Case, Judged, facts, principal_of};
use crate::policy::simulate::{action_of, principal};
use crate::policy::{Context, Document, Lawbook, Own, Principal, Request};
use crate::sandbox::Scenario;
use crate::terms::{ExternalId, RoleArn, SessionName, SourceIdentity, Tag, parse_duration};
use crate::world::World;

/// What a request carries.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct With {
    /// What is asked for, if not to assume the role: sts:TagSession, sts:SetSourceIdentity
    #[arg(long, value_name = "ACTION")]
    pub(super) action: Option<String>,
    /// The external ID that is sent
    #[arg(long, value_name = "ID")]
    pub(super) external_id: Option<ExternalId>,
    /// They gave an MFA code, a moment or so long ago
    #[arg(long, value_name = "AGO", num_args = 0..=1, default_missing_value = "0s")]
    pub(super) mfa: Option<String>,
    /// The session name that is sent
    #[arg(long, value_name = "NAME")]
    pub(super) session_name: Option<SessionName>,
    /// The source identity that is sent
    #[arg(long, value_name = "IDENTITY")]
    pub(super) source_identity: Option<SourceIdentity>,
    /// A tag that is sent; may be given again
    #[arg(long, value_name = "KEY=VALUE", value_parser = crate::cli::overrides::tag)]
    pub(super) tag: Vec<Tag>,
    /// The organization of the one who asks
    #[arg(long, value_name = "ID")]
    pub(super) organization: Option<String>,
    /// The address that the call comes from
    #[arg(long, value_name = "ADDRESS")]
    pub(super) source_ip: Option<String>,
    /// Any other condition key and its value, such as aws:PrincipalTag/team=core; may be given again, for a key of several
    /// values too
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) context: Vec<String>,
}

/// Somebody asks for a role.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) who: String,
    /// A file, or a role by what it is called.
    pub(super) role: String,
    /// The role's ARN, where a file does not tell it.
    pub(super) role_arn: Option<RoleArn>,
    pub(super) with: With,
}

/// The users, roles and control policies that are known.
#[derive(Debug)]
pub(super) struct Ground {
    members: Vec<Member>,
    laws: Lawbook,
    /// Where they are known from; nothing: nobody is known.
    from: Option<String>,
}

/// What came of a question.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) judged: Judged,
    /// As it was typed.
    pub(super) who: String,
    /// The role's ARN, or a word for it.
    pub(super) role: String,
    pub(super) trust: Document,
    /// What the policies of the one who asks are called, and their boundary.
    pub(super) names: Vec<String>,
    /// Their `Sid`s, by policy and statement.
    pub(super) own: Vec<Document>,
    /// What was taken as absent.
    pub(super) unsaid: Vec<String>,
    /// Where the sides beside the trust policy are known from.
    pub(super) from: Option<String>,
}

impl Ground {
    /// Nobody is known: files speak for themselves.
    pub(super) fn nobody() -> Self {
        Self { members: Vec::new(), laws: Lawbook::default(), from: None }
    }

    /// Those of a file that `trust pull` made.
    pub(super) fn snapshot(file: &Path) -> Result<Self, Error> {
        Ok(Self::of(&Scenario::read(file)?, file.display().to_string()))
    }

    fn of(scenario: &Scenario, from: String) -> Self {
        Self { members: scenario.members(), laws: scenario.laws(), from: Some(from) }
    }

    /// Those of the accounts that these profiles lead to; the default identity's, if none is named. Where an account may not
    /// be read as a whole, one role may be read alone.
    pub(super) fn accounts(profiles: &[String], alone: Option<&str>, world: &World) -> Result<Self, Error> {
        let wanted = Wanted { profiles, organization: None };
        let pulled = match pull::pulled(&wanted, world) {
            Ok(pulled) => pulled,
            Err(error) => {
                let role = alone.filter(|_| error.kind() == Kind::Refused).ok_or(error)?;
                person::note(
                    "the account cannot be read as a whole, which takes iam:GetAccountAuthorizationDetails: of the \
                              one who asks nothing is known",
                );
                return Self::alone(profiles, role, world);
            }
        };
        let scenario = Scenario::parse(&pulled.text)?;
        Ok(Self::of(&scenario, format!("account {}", pulled.accounts.join(", "))))
    }

    /// A role, of which nothing is known but what `GetRole` says.
    fn alone(profiles: &[String], role: &str, world: &World) -> Result<Self, Error> {
        let catalog = Catalog::open(world)?;
        let around = subject::known(&catalog.defaults().accounts, &[]);
        let whose = live::Whose { whose: vec![role.to_owned()], all: false, profile: profiles.first().cloned() };
        let mut members = Vec::new();
        for found in live::subjects(&whose, live::Needs::Policies, &around, &catalog, world)? {
            let trust = readable(&found)?;
            let arn = found.around.role_arn.clone().unwrap_or_default();
            members.push(Member {
                account: arn.split(':').nth(4).unwrap_or_default().to_owned(),
                arn,
                organization: None,
                trust: Some(trust),
                policies: Vec::new(),
                names: Vec::new(),
                boundary: None,
                boundary_name: None,
                tags: Default::default(),
            });
        }
        Ok(Self { members, laws: Lawbook::default(), from: None })
    }

    /// Says what comes of a question. The folder is where files are looked for.
    pub(super) fn answer(&self, question: &Question, folder: &Path, world: &World) -> Result<Answer, Error> {
        let catalog = Catalog::open(world)?;
        let (role, trust) = self.role(question, folder, &catalog, world)?;
        let (who, member) = self.who(&question.who, &catalog)?;
        let facts = member.map(|member| facts(member, &self.laws)).unwrap_or_default();
        let mut context = question.with.context(world)?;
        self.add_facts(&mut context, &who, &role, member, &facts);
        let request = Request {
            action: question.with.action.clone().unwrap_or_else(|| action_of(&who).to_owned()),
            resource: role.clone(),
            context,
            principal: who,
        };
        let own = self.from.as_ref().and_then(|_| match (member, request.principal.account()) {
            (Some(member), _) => Some(Own { policies: &member.policies, boundary: member.boundary.as_ref() }),
            // Whoever comes from a provider or a service has no policies of their own.
            (None, None) => Some(Own { policies: &[], boundary: None }),
            (None, Some(_)) => None,
        });
        let judged = Case { trust: &trust, own, laws: &self.laws, facts: &facts, request: &request }.judge();
        let documents: Vec<Document> =
            own.into_iter().flat_map(|own| own.policies.iter().chain(own.boundary)).cloned().collect();
        let mut unsaid: Vec<String> = judged.absent.iter().cloned().collect();
        unsaid.retain(|key| !key.eq_ignore_ascii_case("sts:ExternalId") && !is_fact(key, &facts));
        let names = member.map(|one| one.names.iter().chain(&one.boundary_name).cloned().collect()).unwrap_or_default();
        let (who, from) = (question.who.clone(), self.from.clone());
        Ok(Answer { judged, who, role, trust, names, own: documents, unsaid, from })
    }

    fn role(
        &self,
        question: &Question,
        folder: &Path,
        catalog: &Catalog,
        world: &World,
    ) -> Result<(String, Document), Error> {
        let is_role = |member: &&Member| member.trust.is_some();
        let known = one_of(&self.members, &question.role, is_role)
            .or_else(|| one_of(&self.members, &of_profile(&question.role, catalog)?, is_role));
        if let Some((member, trust)) = known.and_then(|member| Some((member, member.trust.clone()?))) {
            return Ok((member.arn.clone(), trust));
        }
        let file = if question.role == "-" { PathBuf::from("-") } else { folder.join(&question.role) };
        if !live::is_file(&question.role) && !file.is_file() {
            let text = match &self.from {
                Some(from) => format!("there is no one role `{}` in {from}", question.role),
                None => format!("`{}` is neither a file nor a role that is known", question.role),
            };
            let hint = "name a role by its ARN, or a file; --snapshot FILE says where roles are known from".to_owned();
            return Err(Error::text(Kind::Usage, text).with_hint(hint));
        }
        let around = subject::known(&catalog.defaults().accounts, &[]);
        let mut found = subject::in_file(&file, &around, world)?;
        let (Some(subject), true) = (found.pop(), found.is_empty()) else {
            return Err(Error::text(Kind::Usage, format!("there are several roles in {}", file.display())));
        };
        let told = question.role_arn.as_ref().map(RoleArn::to_string).or_else(|| subject.around.role_arn.clone());
        Ok((told.unwrap_or_else(|| "arn:aws:iam:::role/this".to_owned()), readable(&subject)?))
    }

    /// Returns the one who asks, and the member that they are, where one is known.
    fn who(&self, text: &str, catalog: &Catalog) -> Result<(Principal, Option<&Member>), Error> {
        let is_ours = self.from.is_some();
        let known = |name: &str| one_of(&self.members, name, |_| is_ours);
        if let Some(member) = known(text).or_else(|| known(&of_profile(text, catalog)?)) {
            return Ok((principal_of(member, None), Some(member)));
        }
        let asks = principal(text).ok_or_else(|| {
            let text = format!(
                "--as: `{text}` is no ARN of a user, a role, a session or a provider, no account and no service"
            );
            let names = self.from.as_ref().map(|from| format!("of {from}, a user or role may be named by its name"));
            Error::text(Kind::Usage, text).with_hint(names)
        })?;
        let session = match &asks {
            Principal::AssumedRole { session_arn, .. } if is_ours && text.contains(":assumed-role/") => session_arn,
            Principal::User { .. } | Principal::AssumedRole { .. } => {
                return self.not_a_stranger(text, &asks).map(|()| (asks, None));
            }
            Principal::Root { .. } | Principal::Federated { .. } | Principal::Service { .. } | Principal::Anonymous => {
                return Ok((asks, None));
            }
        };
        // A session's ARN has no path of its role.
        let name = session.split('/').nth(1).unwrap_or_default();
        let account = asks.account().unwrap_or_default();
        let mut roles = self.members.iter().filter(|member| {
            member.trust.is_some() && member.account == account && member.arn.rsplit('/').next() == Some(name)
        });
        match (roles.next(), roles.next()) {
            (Some(role), None) => Ok((principal_of(role, session.splitn(3, '/').nth(2)), Some(role))),
            _ => self.not_a_stranger(text, &asks).map(|()| (asks, None)),
        }
    }

    /// A user or a role of an account that is known has to be one that is there; the account itself stands for anybody.
    fn not_a_stranger(&self, text: &str, asks: &Principal) -> Result<(), Error> {
        let account = asks.account().unwrap_or_default();
        let is_known = self.members.iter().any(|member| member.account == account);
        match &self.from {
            Some(from) if is_known && text != account => {
                let what = format!("there is no {text} in {from}, which has the users and roles of account {account}");
                Err(Error::text(Kind::Usage, what))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// What is so of a member whatever they send; of anybody, where their account stands.
    fn add_facts(
        &self,
        context: &mut Context,
        who: &Principal,
        role: &str,
        member: Option<&Member>,
        facts: &[(String, Option<String>)],
    ) {
        let mut put = |key: &str, value: &str| {
            if context.values(key).is_none() {
                context.set(key, [value]);
            }
        };
        for (key, value) in facts {
            if let Some(value) = value {
                put(key, value);
            }
        }
        for (key, value) in member.into_iter().flat_map(|member| &member.tags) {
            put(&format!("aws:PrincipalTag/{key}"), value);
        }
        if let Some(place) = who.account().and_then(|account| self.laws.0.get(account)) {
            put("aws:PrincipalOrgID", &place.organization);
            put("aws:PrincipalOrgPaths", &place.path);
        }
        let organization =
            self.members.iter().find(|member| member.arn == role).and_then(|one| one.organization.as_ref());
        if let Some(organization) = organization {
            put("aws:ResourceOrgID", organization);
        }
        if let Some(place) = role.split(':').nth(4).and_then(|account| self.laws.0.get(account)) {
            put("aws:ResourceOrgID", &place.organization);
            put("aws:ResourceOrgPaths", &place.path);
        }
    }
}

impl With {
    fn context(&self, world: &World) -> Result<Context, Error> {
        let mut context = Context::new().at(world.clock.now());
        if let Some(ago) = &self.mfa {
            let ago = parse_duration(ago).map_err(|error| Error::new(Kind::Usage, error).while_doing("--mfa"))?;
            context.set("aws:MultiFactorAuthPresent", ["true"]);
            context.set("aws:MultiFactorAuthAge", [ago.as_secs().to_string()]);
        }
        let texts = [
            ("sts:ExternalId", self.external_id.as_ref().map(ExternalId::as_str)),
            ("sts:RoleSessionName", self.session_name.as_ref().map(SessionName::as_str)),
            ("sts:SourceIdentity", self.source_identity.as_ref().map(SourceIdentity::as_str)),
            ("aws:PrincipalOrgID", self.organization.as_deref()),
            ("aws:SourceIp", self.source_ip.as_deref()),
        ];
        for (key, value) in texts {
            if let Some(value) = value {
                context.set(key, [value]);
            }
        }
        if !self.tag.is_empty() {
            context.set("aws:TagKeys", self.tag.iter().map(|tag| tag.key().as_str()));
        }
        for tag in &self.tag {
            context.set(&format!("aws:RequestTag/{}", tag.key().as_str()), [tag.value()]);
        }
        for pair in &self.context {
            let Some((key, value)) = pair.split_once('=') else {
                return Err(Error::text(Kind::Usage, format!("--context: `{pair}` is no KEY=VALUE")));
            };
            let mut values = context.values(key).map(<[String]>::to_vec).unwrap_or_default();
            values.push(value.to_owned());
            context.set(key, values);
        }
        Ok(context)
    }
}

/// Finds the one of that ARN, or of that name, where there is one of it.
pub(super) fn one_of<'m>(members: &'m [Member], name: &str, fits: impl Fn(&&Member) -> bool) -> Option<&'m Member> {
    let all = || members.iter().filter(|member| fits(member));
    if let Some(exact) = all().find(|member| member.arn == name) {
        return Some(exact);
    }
    let mut named = all().filter(|member| {
        let (_, path) = member.arn.split_once('/').unwrap_or_default();
        path == name || path.rsplit('/').next() == Some(name)
    });
    // Two of that name: neither can be meant.
    named.next().filter(|_| named.next().is_none())
}

/// The ARN of a role that config calls so.
fn of_profile(name: &str, catalog: &Catalog) -> Option<String> {
    match catalog.find(name) {
        Ok(Some(Declared::Role(role))) => Some(role.call.role_arn.value.to_string()),
        Ok(_) | Err(_) => None,
    }
}

fn is_fact(key: &str, facts: &[(String, Option<String>)]) -> bool {
    facts.iter().any(|(fact, _)| {
        let begins = fact.strip_suffix('*').map(str::to_ascii_lowercase);
        fact.eq_ignore_ascii_case(key) || begins.is_some_and(|begins| key.to_ascii_lowercase().starts_with(&begins))
    })
}

fn readable(subject: &subject::Subject) -> Result<Document, Error> {
    Document::parse_trust(&subject.policy)
        .map_err(|error| Error::new(Kind::Usage, error).while_doing(format!("{} cannot be simulated", subject.name)))
}
