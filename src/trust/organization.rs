//! The control policies over an account, as AWS Organizations tells them to its management account and to delegated
//! administrators.
//!
//! For an account: where it lies, level by level up to the root, and what is attached to each of them. A level is asked once,
//! however many accounts lie under it, and so is a policy.
//! Source: AWS Organizations API Reference, `DescribeOrganization`, `ListParents`, `ListPoliciesForTarget`, `DescribePolicy`.

use std::collections::BTreeMap;

use aws_sdk_organizations::types::{ParentType, PolicyType};

use super::patience::{Taken, patiently};
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Reach;
use crate::policy::Control;
use crate::session::Credentials;

/// Organizations, as somebody's credentials reach it.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The line to AWS.
    pub line: &'a Line<'a>,
    /// The partition that is asked.
    pub reach: &'a Reach,
    /// Another host than AWS's own.
    pub endpoint: Option<&'a url::Url>,
    /// Whose credentials.
    pub by: &'a Credentials,
}

/// What is known of an organization.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Organization {
    /// `o-a1b2c3d4e5`
    pub id: String,
    /// The management account.
    pub management: String,
    /// The root's id, once an account was looked up.
    pub root: Option<String>,
    /// Units, each after the one that it lies in.
    pub units: Vec<Unit>,
    /// Which unit, or root, each account lies in.
    pub parents: BTreeMap<String, String>,
    /// The control policies, by id.
    pub policies: BTreeMap<String, Policy>,
    /// What is attached to each level.
    pub attached: BTreeMap<String, Vec<String>>,
    /// What it took.
    pub taken: Taken,
}

/// A unit.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The unit, or the root, that it lies in.
    pub parent: String,
}

/// A control policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Policy {
    /// Which kind.
    pub control: Control,
    /// What it is called.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The policy that is attached everywhere unless somebody detached it.
pub const FULL_ACCESS: &str = "p-FullAWSAccess";
/// The one that nobody can detach.
const RCP_FULL_ACCESS: &str = "p-RCPFullAWSAccess";

impl Reader<'_> {
    /// Returns the organization of whoever asks; nothing where their account is in none.
    pub fn organization(&self) -> Result<Option<Organization>, AwsError> {
        let mut found = Organization::default();
        let told = self.ask(&mut found, |client| async move {
            client.describe_organization().send().await.map_err(|e| from_sdk(NAME, "DescribeOrganization", e))
        });
        let told = match told {
            Err(AwsError::Refused(refusal)) if refusal.code == "AWSOrganizationsNotInUseException" => return Ok(None),
            told => told?,
        };
        let of = told.organization();
        found.id = of.and_then(|of| of.id()).unwrap_or_default().to_owned();
        found.management = of.and_then(|of| of.master_account_id()).unwrap_or_default().to_owned();
        Ok(Some(found))
    }

    /// Looks for the levels over an account, and what is attached to them.
    pub fn add(&self, account: &str, found: &mut Organization) -> Result<(), AwsError> {
        let mut below: Vec<Unit> = Vec::new();
        let mut child = account.to_owned();
        loop {
            let (parent, is_root) = self.parent(&child, found)?;
            match below.last_mut() {
                Some(unit) => unit.parent.clone_from(&parent),
                None => drop(found.parents.insert(account.to_owned(), parent.clone())),
            }
            if is_root {
                found.root = Some(parent);
                break;
            }
            if found.units.iter().any(|unit| unit.id == parent) {
                break;
            }
            let name = self.unit_name(&parent, found)?;
            below.push(Unit { id: parent.clone(), name, parent: String::new() });
            child = parent;
        }
        found.units.extend(below.into_iter().rev());
        let mut levels = vec![account.to_owned()];
        let mut next = found.parents.get(account).cloned();
        while let Some(level) = next {
            next = found.units.iter().find(|unit| unit.id == level).map(|unit| unit.parent.clone());
            levels.push(level);
        }
        for level in levels {
            if !found.attached.contains_key(&level) {
                let attached = self.attached(&level, found)?;
                found.attached.insert(level, attached);
            }
        }
        Ok(())
    }

    fn parent(&self, child: &str, found: &mut Organization) -> Result<(String, bool), AwsError> {
        let told = self.ask(found, |client| async move {
            client.list_parents().child_id(child).send().await.map_err(|e| from_sdk(NAME, "ListParents", e))
        })?;
        let parent = told.parents().first().ok_or_else(|| strange("ListParents", "there is no parent in it"))?;
        let id = parent.id().unwrap_or_default().to_owned();
        Ok((id, parent.r#type() == Some(&ParentType::Root)))
    }

    fn unit_name(&self, id: &str, found: &mut Organization) -> Result<String, AwsError> {
        let told = self.ask(found, |client| async move {
            let call = client.describe_organizational_unit().organizational_unit_id(id);
            call.send().await.map_err(|e| from_sdk(NAME, "DescribeOrganizationalUnit", e))
        })?;
        let unit = told.organizational_unit();
        Ok(unit.and_then(|unit| unit.name()).unwrap_or(id).to_owned())
    }

    fn attached(&self, target: &str, found: &mut Organization) -> Result<Vec<String>, AwsError> {
        let mut attached = Vec::new();
        for (control, kind) in [
            (Control::Service, PolicyType::ServiceControlPolicy),
            (Control::Resource, PolicyType::ResourceControlPolicy),
        ] {
            let mut next: Option<String> = None;
            loop {
                let (page, filter) = (next.clone(), kind.clone());
                let told = self.ask(found, |client| {
                    let call = client.list_policies_for_target().target_id(target).filter(filter.clone());
                    let call = call.set_next_token(page.clone());
                    async move { call.send().await.map_err(|e| from_sdk(NAME, "ListPoliciesForTarget", e)) }
                })?;
                for policy in told.policies() {
                    let id = policy.id().unwrap_or_default().to_owned();
                    let is_known = [FULL_ACCESS, RCP_FULL_ACCESS].contains(&id.as_str());
                    if !is_known && !found.policies.contains_key(&id) {
                        let text = self.text(&id, found)?;
                        let name = policy.name().unwrap_or(&id).to_owned();
                        found.policies.insert(id.clone(), Policy { control, name, text });
                    }
                    attached.push(id);
                }
                let following = told.next_token().map(str::to_owned);
                if following.is_none() || following == next {
                    break;
                }
                next = following;
            }
        }
        Ok(attached)
    }

    fn text(&self, id: &str, found: &mut Organization) -> Result<String, AwsError> {
        let told = self.ask(found, |client| async move {
            client.describe_policy().policy_id(id).send().await.map_err(|e| from_sdk(NAME, "DescribePolicy", e))
        })?;
        let content = told.policy().and_then(|policy| policy.content());
        content.map(str::to_owned).ok_or_else(|| strange("DescribePolicy", "there is no text in it"))
    }

    fn ask<T, F, A>(&self, found: &mut Organization, call: F) -> Result<T, AwsError>
    where
        F: Fn(aws_sdk_organizations::Client) -> A,
        A: Future<Output = Result<T, AwsError>>,
    {
        patiently(&mut found.taken, || {
            self.line.call(|clients| call(clients.organizations(self.reach, self.endpoint, self.by, Tries::Once)))?
        })
    }
}

const NAME: &str = "Organizations";

fn strange(operation: &'static str, reason: &str) -> AwsError {
    AwsError::NoAnswer { service: NAME, operation, reason: reason.to_owned(), sent: true }
}
