//! `assume trust policy`: writes the trust policy that lets in exactly whom it should.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;

use crate::cli::stdout;
use crate::error::{Error, Kind};
use crate::person;
use crate::policy::lint::{Around, Finding, Severity, check};
use crate::policy::write::{
    AwsGuards, AwsPrincipal, Grant, InfraRole, Mfa, OidcGrant, Preset, PresetAsk, Ref, ServiceSource, TrustWanted,
    cloudformation_json, cloudformation_yaml, saml_audiences, terraform,
};
use crate::policy::{Document, Judgement, judge};
use crate::terms::{AccountId, ExternalId, Partition, RoleArn, RoleName, TagKey, parse_duration};
use crate::world::World;

/// Write a role's trust policy: whom to let in, with the guards that belong to it
///
/// Say whom: accounts and roles of yours, a partner, a SAML or OpenID Connect provider, a service of AWS's, or a preset for a
/// provider that many trust. The policy goes to standard output, as JSON, Terraform or CloudFormation.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("whom").required(true).multiple(true)))]
pub(in crate::cli) struct PolicyArgs {
    /// An account of yours: whomever its own policies let; may be given again
    #[arg(long, value_name = "ACCOUNT", group = "whom")]
    account: Vec<AccountId>,
    /// A role of yours, by its ARN; may be given again
    #[arg(long, value_name = "ARN", group = "whom")]
    role: Vec<RoleArn>,
    /// A partner's role (or, where it has none, its account), which has to send an external ID
    #[arg(long, value_name = "ARN|ACCOUNT", group = "whom", value_parser = Whose::parse, conflicts_with_all = ["account", "role"])]
    partner: Option<Whose>,
    /// A SAML provider, by its ARN
    #[arg(long, value_name = "ARN", group = "whom", value_parser = saml_provider, conflicts_with_all = ["account", "role", "partner"])]
    saml: Option<Provider>,
    /// An OpenID Connect provider, by its ARN
    #[arg(long, value_name = "ARN", group = "whom", value_parser = oidc_provider, conflicts_with_all = ["account", "role", "partner", "saml"])]
    oidc: Option<Provider>,
    /// A service of AWS's, such as scheduler.amazonaws.com
    #[arg(long, value_name = "NAME", group = "whom", value_parser = service, conflicts_with_all = ["account", "role", "partner", "saml", "oidc"])]
    service: Option<String>,
    /// A provider that many trust
    #[arg(long, value_name = "NAME", group = "whom", conflicts_with_all = ["account", "role", "partner", "saml", "oidc", "service"])]
    preset: Option<PresetName>,

    /// What they have to send as external ID; twice while one is being rotated
    #[arg(long, value_name = "ID")]
    external_id: Vec<ExternalId>,
    /// Demand MFA
    #[arg(long)]
    mfa: bool,
    /// Demand MFA that is not older than this
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    mfa_max_age: Option<Duration>,
    /// Demand that they are (or, for a service, that the resource is) of this organization
    #[arg(long, value_name = "ID", value_parser = organization)]
    organization: Option<String>,
    /// For a service: the account on whose behalf it asks; may be given again
    #[arg(long, value_name = "ACCOUNT")]
    source_account: Vec<AccountId>,
    /// For a service: the resource on whose behalf it asks; * may stand in it; may be given again
    #[arg(long, value_name = "ARN", value_parser = arn)]
    source_arn: Vec<String>,
    /// For a provider: whom its tokens or assertions are for; may be given again
    #[arg(long, value_name = "AUDIENCE")]
    audience: Vec<String>,
    /// For a provider: whom its tokens or assertions are about; * may stand in it; may be given again
    #[arg(long, value_name = "SUBJECT")]
    subject: Vec<String>,
    /// The source identity that they have to send; * may stand in it; may be given again
    #[arg(long, value_name = "NAME", value_parser = source_identity)]
    source_identity: Vec<String>,
    /// A session tag that they may send, with one of these values (a,b); may be given again. Others are refused
    #[arg(long, value_name = "KEY=VALUES", value_parser = tag)]
    session_tag: Vec<(TagKey, Vec<String>)>,

    /// For a preset: the project, as the provider names it (OWNER/REPOSITORY, NAMESPACE/SERVICE_ACCOUNT, …)
    #[arg(long, value_name = "PROJECT", requires = "preset")]
    project: Option<String>,
    /// For a preset: runs on this branch
    #[arg(long, value_name = "NAME", requires = "preset", group = "runs")]
    branch: Option<String>,
    /// For a preset: runs on this tag
    #[arg(long, value_name = "NAME", requires = "preset", group = "runs")]
    git_tag: Option<String>,
    /// For a preset: runs in this environment
    #[arg(long, value_name = "NAME", requires = "preset", group = "runs")]
    environment: Option<String>,
    /// For a preset: runs of pull requests, which anybody may open
    #[arg(long, requires = "preset", group = "runs")]
    pull_request: bool,
    /// For a preset: the issuer's URL, where each customer has another one
    #[arg(long, value_name = "URL", requires = "preset")]
    issuer: Option<String>,
    /// For a preset: the account that the role and its provider are in
    #[arg(long, value_name = "ACCOUNT", requires = "preset")]
    in_account: Option<AccountId>,
    /// The partition, where no ARN says it
    #[arg(long, value_name = "NAME", default_value = "aws", value_parser = partition)]
    partition: Partition,

    /// What to write
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: Format,
    /// For Terraform and CloudFormation: what the role is called
    #[arg(long, value_name = "NAME", default_value = "Role", value_parser = role_name)]
    role_name: String,
}

/// What to write.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// The policy document
    Json,
    /// An `aws_iam_role` resource
    Terraform,
    /// A CloudFormation template in YAML
    Cloudformation,
    /// A CloudFormation template in JSON
    CloudformationJson,
}

#[derive(Clone, Copy, Debug)]
struct PresetName(Preset);

impl ValueEnum for PresetName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [PresetName; Preset::ALL.len()] = {
            let mut all = [PresetName(Preset::GithubActions); Preset::ALL.len()];
            let mut at = 0;
            while at < all.len() {
                all[at] = PresetName(Preset::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.as_str()))
    }
}

/// A partner's principal.
#[derive(Clone, Debug)]
pub(in crate::cli) enum Whose {
    /// Its account.
    Account(AccountId),
    /// Its role.
    Role(RoleArn),
}

impl Whose {
    pub(in crate::cli) fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("arn:") {
            return text.parse().map(Self::Role).map_err(|error: crate::terms::InvalidRoleArn| error.to_string());
        }
        text.parse().map(Self::Account).map_err(|error: crate::terms::InvalidAccountId| error.to_string())
    }

    pub(in crate::cli) fn principal(&self, partition: Partition) -> AwsPrincipal {
        match self {
            Self::Account(account) => AwsPrincipal::Account(partition, account.clone()),
            Self::Role(arn) => AwsPrincipal::Role(arn.clone()),
        }
    }
}

/// An identity provider's ARN.
#[derive(Clone, Debug)]
struct Provider {
    arn: String,
    partition: Partition,
    name: String,
}

fn provider(text: &str, kind: &str) -> Result<Provider, String> {
    let wrong = || format!("it is the provider's ARN: arn:aws:iam::123456789012:{kind}/NAME");
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts[..] else { return Err(wrong()) };
    let partition = Partition::from_name(partition).ok_or_else(wrong)?;
    account.parse::<AccountId>().map_err(|error| error.to_string())?;
    let name = resource.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')).ok_or_else(wrong)?;
    let is_plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/:".contains(&b));
    if !is_plain {
        return Err(wrong());
    }
    Ok(Provider { arn: text.to_owned(), partition, name: name.to_owned() })
}

fn saml_provider(text: &str) -> Result<Provider, String> {
    provider(text, "saml-provider")
}

fn oidc_provider(text: &str) -> Result<Provider, String> {
    provider(text, "oidc-provider")
}

fn service(text: &str) -> Result<String, String> {
    let fits = text.contains(".amazonaws.com")
        && text
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    if fits { Ok(text.to_owned()) } else { Err("it is a service's name, such as scheduler.amazonaws.com".to_owned()) }
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

fn organization(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("o-").unwrap_or_default();
    let fits = (10..=32).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if fits { Ok(text.to_owned()) } else { Err("it is an organization's id, such as o-a1b2c3d4e5".to_owned()) }
}

fn arn(text: &str) -> Result<String, String> {
    let fits = text.starts_with("arn:")
        && text.splitn(6, ':').count() == 6
        && !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if fits { Ok(text.to_owned()) } else { Err("it is an ARN, in which * may stand".to_owned()) }
}

fn source_identity(text: &str) -> Result<String, String> {
    let fits = !text.is_empty()
        && text.len() <= 64
        && !text.starts_with("aws:")
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-*".contains(&b));
    if fits { Ok(text.to_owned()) } else { Err("it has 2 to 64 letters, digits and _+=,.@- and may have *".to_owned()) }
}

fn tag(text: &str) -> Result<(TagKey, Vec<String>), String> {
    let (key, values) = text.split_once('=').ok_or("it is KEY=VALUE or KEY=VALUE,VALUE")?;
    let values: Vec<String> = values.split(',').map(str::to_owned).collect();
    for value in &values {
        // `*` may stand in a value here: it is a pattern.
        format!("{key}={}", value.replace('*', "")).parse::<crate::terms::Tag>().map_err(|error| error.to_string())?;
    }
    Ok((key.parse().map_err(|error: crate::terms::InvalidTag| error.to_string())?, values))
}

fn partition(text: &str) -> Result<Partition, String> {
    Partition::from_name(text).ok_or_else(|| "it is an AWS partition, such as aws, aws-cn or aws-us-gov".to_owned())
}

pub(in crate::cli) fn role_name(text: &str) -> Result<String, String> {
    let name: RoleName = text.parse().map_err(|error: crate::terms::InvalidRoleName| error.to_string())?;
    if name.as_str().contains('/') { Err("it is a name without a path".to_owned()) } else { Ok(text.to_owned()) }
}

/// Runs the command.
pub(in crate::cli) fn run(args: &PolicyArgs, _world: &World) -> Result<ExitCode, Error> {
    let wanted = args.wanted()?;
    let document = wanted.document().map_err(|error| Error::new(Kind::Usage, error))?;
    let findings = args.findings(&document);
    let text = written(&document, args.format, &args.role_name, "Written by assume trust policy");
    let comments: String = match args.format {
        Format::Terraform | Format::Cloudformation => findings.iter().map(|finding| format!("# {finding}\n")).collect(),
        Format::Json | Format::CloudformationJson => String::new(),
    };
    stdout::print(&(comments + &text))?;
    for note in args.notes().iter().chain(&findings) {
        person::note(note);
    }
    let counted = document.counted_characters();
    if counted > QUOTA {
        person::warn(&format!(
            "the policy has {counted} characters, of {QUOTA} that IAM takes unless the account's quota was raised (L-C07B4B0D)"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Longest trust policy by default. Source: IAM User Guide, "IAM and AWS STS quotas".
const QUOTA: usize = 2_048;

/// Returns the policy in that format.
pub(in crate::cli) fn written(document: &Document, format: Format, name: &str, description: &str) -> String {
    let role = InfraRole { name, description, trust: document, policy_arns: &[] };
    match format {
        Format::Json => stdout::json(&document.to_json()),
        Format::Terraform => terraform(role),
        Format::Cloudformation => cloudformation_yaml(role),
        Format::CloudformationJson => cloudformation_json(role),
    }
}

/// The guards that a kind of principal can have.
type Belongs = &'static [&'static str];
const AWS: Belongs =
    &["--external-id", "--mfa", "--mfa-max-age", "--organization", "--source-identity", "--session-tag"];
const PARTNER: Belongs = &["--external-id", "--organization", "--source-identity", "--session-tag"];
const SAML: Belongs = &["--audience", "--subject", "--source-identity", "--session-tag"];
const OIDC: Belongs = &["--audience", "--subject", "--source-identity", "--session-tag"];
const SERVICE: Belongs = &["--organization", "--source-account", "--source-arn"];

impl PolicyArgs {
    fn wanted(&self) -> Result<TrustWanted, Error> {
        let guards = || AwsGuards {
            external_ids: self.external_id.clone(),
            mfa: (self.mfa || self.mfa_max_age.is_some()).then_some(Mfa { max_age: self.mfa_max_age }),
            organization: self.organization.clone(),
        };
        let grant = if let Some(partner) = &self.partner {
            self.only("a partner", PARTNER)?;
            self.external_ids_for_partner()?;
            Grant::Aws { principals: vec![partner.principal(self.partition)], guards: guards() }
        } else if let Some(provider) = &self.saml {
            self.only("a SAML provider", SAML)?;
            let audiences =
                if self.audience.is_empty() { saml_audiences(provider.partition) } else { self.audience.clone() };
            Grant::Saml { provider: provider.arn.clone(), audiences, subjects: self.subject.clone() }
        } else if let Some(provider) = &self.oidc {
            self.only("an OpenID Connect provider", OIDC)?;
            self.oidc_grant(provider)?
        } else if let Some(name) = &self.service {
            self.only("a service", SERVICE)?;
            let source = ServiceSource {
                accounts: self.source_account.clone(),
                arns: self.source_arn.clone(),
                organization: self.organization.clone(),
            };
            Grant::Service { name: name.clone(), source, sends: BTreeMap::new() }
        } else if let Some(PresetName(preset)) = self.preset {
            self.only("a preset", OIDC)?;
            preset.grant(&self.preset_ask()).map_err(|error| Error::new(Kind::Usage, error))?
        } else {
            self.only("accounts and roles", AWS)?;
            let accounts = self.account.iter().map(|account| AwsPrincipal::Account(self.partition, account.clone()));
            let roles = self.role.iter().map(|arn| AwsPrincipal::Role(arn.clone()));
            Grant::Aws { principals: accounts.chain(roles).collect(), guards: guards() }
        };
        Ok(TrustWanted {
            grant,
            tags: self.session_tag.iter().cloned().collect(),
            source_identities: self.source_identity.clone(),
        })
    }

    /// Refuses the guards that do not belong to that kind of principal: they would hold always, or never.
    fn only(&self, whom: &str, belongs: Belongs) -> Result<(), Error> {
        let given = [
            ("--external-id", !self.external_id.is_empty()),
            ("--mfa", self.mfa),
            ("--mfa-max-age", self.mfa_max_age.is_some()),
            ("--organization", self.organization.is_some()),
            ("--source-account", !self.source_account.is_empty()),
            ("--source-arn", !self.source_arn.is_empty()),
            ("--audience", !self.audience.is_empty()),
            ("--subject", !self.subject.is_empty()),
            ("--source-identity", !self.source_identity.is_empty()),
            ("--session-tag", !self.session_tag.is_empty()),
        ];
        match given.into_iter().find(|(flag, given)| *given && !belongs.contains(flag)) {
            Some((flag, _)) => {
                let why = match flag {
                    "--mfa" | "--mfa-max-age" => "MFA binds a person, and here none asks",
                    _ => "AWS does not see it in such calls",
                };
                Err(Error::text(Kind::Usage, format!("{flag} does not belong to {whom}: {why}"))
                    .with_hint(format!("what does: {}", belongs.join(", "))))
            }
            None => Ok(()),
        }
    }

    fn external_ids_for_partner(&self) -> Result<(), Error> {
        if self.external_id.is_empty() {
            return Err(Error::text(Kind::Usage, "a partner has to send an external ID, and none is given").with_hint(
                "ask the partner for the one that it made for you, and give it by --external-id".to_owned(),
            ));
        }
        for id in &self.external_id {
            if let Judgement::Weak(reasons) = judge(id.as_str()) {
                let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
                person::warn(&format!(
                    "somebody may guess the external ID {id}: {}. The partner should make one at random",
                    reasons.join("; ")
                ));
            }
        }
        Ok(())
    }

    fn oidc_grant(&self, provider: &Provider) -> Result<Grant, Error> {
        let needs = |flag: &str, what: &str| {
            Error::text(Kind::Usage, format!("an OpenID Connect provider needs {flag}: {what}"))
        };
        if self.audience.is_empty() {
            return Err(needs("--audience", "whom its tokens are for, such as sts.amazonaws.com"));
        }
        if self.subject.is_empty() {
            return Err(needs("--subject", "whom they are about, else everybody whom it knows is let in"));
        }
        Ok(Grant::Oidc(OidcGrant {
            provider: provider.arn.clone(),
            issuer: provider.name.clone(),
            audiences: self.audience.clone(),
            subjects: self.subject.clone(),
            any_of: Vec::new(),
        }))
    }

    fn preset_ask(&self) -> PresetAsk {
        let branch = self.branch.clone().map(Ref::Branch);
        let tag = self.git_tag.clone().map(Ref::Tag);
        let environment = self.environment.clone().map(Ref::Environment);
        PresetAsk {
            partition: self.partition,
            account: self.in_account.clone(),
            project: self.project.clone(),
            reference: branch.or(tag).or(environment).or(self.pull_request.then_some(Ref::PullRequest)),
            issuer: self.issuer.clone(),
            audiences: self.audience.clone(),
            subjects: self.subject.clone(),
        }
    }

    /// What `assume trust check` will find in the policy at its default level: asked for, so written, but not unsaid.
    fn findings(&self, document: &Document) -> Vec<String> {
        let roles = self.role.iter().map(|role| role.account().to_string());
        let own = self.account.iter().chain(&self.in_account).map(AccountId::to_string).chain(roles).collect();
        let around = Around { own, ..Around::default() };
        let found = check(&document.to_json().to_string(), &around).into_iter();
        // A weak external ID was warned of.
        let told = found.filter(|finding| finding.severity >= Severity::Medium && finding.rule.id != "TP-EXTID-WEAK");
        told.map(|finding| {
            let Finding { rule, severity, message, .. } = finding;
            format!("`assume trust check` will find {} ({severity}) here: {message}. To mend it: {}", rule.id, rule.fix)
        })
        .collect()
    }

    /// What a person should think of.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(Whose::Account(account)) = &self.partner {
            notes.push(format!(
                "everybody in {account} whom its administrators let may use this; a role of the partner's would be closer"
            ));
        }
        if (!self.account.is_empty() || !self.role.is_empty()) && self.external_id.is_empty() {
            notes.push(
                "an account or role that is not yours is a partner: use --partner with its external ID".to_owned(),
            );
        }
        if self.service.is_some()
            && self.source_account.is_empty()
            && self.source_arn.is_empty()
            && self.organization.is_none()
        {
            notes.push(
                "the service may ask on anybody's behalf; if it sends them, demand --source-account or --source-arn"
                    .to_owned(),
            );
        }
        if self.pull_request {
            notes.push("anybody who may open a pull request is let in".to_owned());
        }
        notes
    }
}
