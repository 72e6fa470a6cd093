//! The trust policies that a command is about: from files, from standard input, from IAM.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use crate::config::Accounts;
use crate::error::{Error, Kind};
use crate::policy::found::{FoundPolicy, NoPolicy, policies_in};
use crate::policy::lint::{Around, Place, Step, UseOfRole, line_of};
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
    lines: Option<Lines>,
}

/// Where it stands in its file.
#[derive(Clone, Debug)]
struct Lines {
    text: Rc<str>,
    steps: Vec<Step>,
    in_string: bool,
}

impl Subject {
    /// Returns a role as IAM has it.
    pub(super) fn of_role(name: String, policy: String, around: Around) -> Self {
        let known = around.role_arn.clone().unwrap_or_else(|| name.clone());
        Self { name: known, file: None, role: Some(name), policy, around, supposed: Vec::new(), lines: None }
    }

    /// The line of a place in its file.
    pub(super) fn line(&self, place: &Place) -> Option<usize> {
        let lines = self.lines.as_ref()?;
        let mut steps = lines.steps.clone();
        if !lines.in_string {
            steps.extend(place.steps());
        }
        Some(line_of(&lines.text, &steps))
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
    Around { own, known, ..Around::default() }
}

/// Returns the trust policies in a file; `-` is standard input.
pub(super) fn in_file(file: &Path, around: &Around, world: &World) -> Result<Vec<Subject>, Error> {
    let is_input = file == Path::new("-");
    let text = if is_input {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let name = if is_input { "standard input".to_owned() } else { file.to_string_lossy().into_owned() };
    let text = text.map_err(|error| Error::text(Kind::System, format!("{name} cannot be read: {error}")))?;
    let own_account = around.own.iter().next().filter(|_| around.own.len() == 1);
    let found = policies_in(&text, own_account.map(String::as_str)).map_err(|error| {
        let hint = match error {
            NoPolicy::Yaml => Some("for a CloudFormation template: `cfn-flip FILE | assume trust check -`".to_owned()),
            NoPolicy::NotJson(_) | NoPolicy::UnknownForm | NoPolicy::NoRole => None,
        };
        Error::new(Kind::Usage, error).while_doing(format!("{name} cannot be checked")).with_hint(hint)
    })?;
    let text: Rc<str> = text.into();
    let file = (!is_input).then(|| name.clone());
    let subject = |found: FoundPolicy| {
        let name = found.role.as_ref().map_or_else(|| name.clone(), |role| format!("{name}: {role}"));
        let use_of_role =
            found.used.and_then(|used| UseOfRole::read(&used.made, used.last.as_deref(), world.clock.now()));
        Subject {
            name,
            file: file.clone(),
            role: found.role,
            policy: found.text,
            around: Around { role_arn: found.role_arn, use_of_role, ..around.clone() },
            supposed: found.supposed,
            lines: Some(Lines { text: text.clone(), steps: found.steps, in_string: found.in_string }),
        }
    };
    Ok(found.into_iter().map(subject).collect())
}
