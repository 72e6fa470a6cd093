//! The trust policies that a command is about: from files, from standard input, from IAM.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use crate::cli::input;
use crate::config::Accounts;
use crate::error::{Error, Kind};
use crate::person;
use crate::policy::found::{FoundPolicy, Lines, NoPolicy, policies_in};
use crate::policy::lint::{Around, Place, UseOfRole};
use crate::terms::AccountId;
use crate::world::World;

/// A trust policy, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Subject {
    /// What it is called in what we say: a file, a role, or both.
    pub(super) name: String,
    /// The file that it stands in.
    pub(super) file: Option<String>,
    /// The role, as the file or AWS calls it.
    pub(super) role: Option<String>,
    pub(super) policy: String,
    pub(super) around: Around,
    /// What had to be supposed to read it.
    pub(super) supposed: Vec<String>,
    /// Which conditions of a template have to hold for this to be the role's policy.
    pub(super) when: Option<String>,
    /// The file's text, and where in it the policy stands.
    lines: Option<(Rc<str>, Lines)>,
}

impl Subject {
    /// Returns a role as IAM has it.
    pub(super) fn of_role(name: String, policy: String, around: Around) -> Self {
        let known = around.role_arn.clone().unwrap_or_else(|| name.clone());
        Self {
            name: known,
            file: None,
            role: Some(name),
            policy,
            around,
            supposed: Vec::new(),
            when: None,
            lines: None,
        }
    }

    /// The line of a place in its file.
    pub(super) fn line(&self, place: &Place) -> Option<usize> {
        let (text, lines) = self.lines.as_ref()?;
        Some(lines.line(text, place.steps()))
    }

    /// What it is called without the conditions of its template.
    pub(super) fn whatever_holds(&self) -> &str {
        let suffix = self.when.as_ref().map(|when| format!(", where {when}"));
        suffix.and_then(|suffix| self.name.strip_suffix(&suffix)).unwrap_or(&self.name)
    }

    /// Whether somebody who says that means this one: the role's name or ARN, or the file.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let arn = self.around.role_arn.as_deref();
        [Some(self.name.as_str()), self.file.as_deref(), self.role.as_deref(), arn].contains(&Some(name))
    }
}

/// What is known of accounts: from config, and from flags.
pub(super) fn known(accounts: &Accounts, own: &[AccountId]) -> Around {
    let known: BTreeMap<String, String> =
        accounts.known.iter().map(|(account, name)| (account.to_string(), name.clone())).collect();
    let own = accounts.own.iter().chain(own).map(AccountId::to_string).collect();
    Around { own, known, organizations: accounts.organizations.clone(), ..Around::default() }
}

/// Returns the trust policies in a file; `-` is standard input.
pub(super) fn in_file(file: &Path, around: &Around, world: &World) -> Result<Vec<Subject>, Error> {
    let (name, text) = input::text(file)?;
    let own_account = around.own.iter().next().filter(|_| around.own.len() == 1);
    let found = policies_in(&text, own_account.map(String::as_str)).map_err(|error| {
        let hint = match &error {
            NoPolicy::Terraform | NoPolicy::NotYetKnown(_) => Some(PLAN.to_owned()),
            NoPolicy::NotJson | NoPolicy::NotYaml(_) | NoPolicy::UnknownForm | NoPolicy::NoRole => {
                Some(FORMS.to_owned())
            }
        };
        Error::new(Kind::Usage, error).while_doing(format!("{name} cannot be checked")).with_hint(hint)
    })?;
    for role in &found.left_out {
        person::warn(&format!("{name}: what {role} trusts is not known before it is made: it is left out"));
    }
    let text: Rc<str> = text.into();
    let file = (file != Path::new("-")).then(|| name.clone());
    let subject = |found: FoundPolicy| {
        let name = found.role.as_ref().map_or_else(|| name.clone(), |role| format!("{name}: {role}"));
        let name = found.when.as_ref().map_or_else(|| name.clone(), |when| format!("{name}, where {when}"));
        let use_of_role =
            found.used.and_then(|used| UseOfRole::read(&used.made, used.last.as_deref(), world.clock.now()));
        let mut around = Around { role_arn: found.role_arn, use_of_role, ..around.clone() };
        around.known.extend(found.names);
        Subject {
            name,
            file: file.clone(),
            role: found.role,
            policy: found.text,
            around,
            supposed: found.supposed,
            when: found.when,
            lines: Some((text.clone(), found.lines)),
        }
    };
    Ok(found.policies.into_iter().map(subject).collect())
}

const PLAN: &str =
    "`terraform plan -out=tfplan && terraform show -json tfplan > plan.json`, then `assume trust check plan.json`";
const FORMS: &str = "it takes a trust policy, a role as `aws iam get-role` answers, a CloudFormation template (JSON or YAML), \
                     or a plan from `terraform show -json`";
