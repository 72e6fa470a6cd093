//! The users and roles of a scenario, for whoever asks how one becomes another.

use super::organization::lawbook;
use super::scenario::{Account, Boundary, Policies, Scenario, user_arn};
use crate::policy::paths::Member;
use crate::policy::{Document, Lawbook};

impl Scenario {
    /// Returns its users and roles. Root users assume no roles, so they are none of them.
    pub fn members(&self) -> Vec<Member> {
        self.accounts.iter().flat_map(members_of).collect()
    }

    /// Returns what the control policies of its organizations are over each account.
    pub fn laws(&self) -> Lawbook {
        lawbook(&self.organizations)
    }
}

fn members_of(account: &Account) -> Vec<Member> {
    let member = |arn: String, trust: Option<&Document>, policies: &Policies, boundary: Option<&Boundary>| Member {
        arn,
        account: account.id.to_string(),
        organization: account.organization.clone(),
        trust: trust.cloned(),
        policies: policies.documents.clone(),
        names: policies.names.clone(),
        boundary: boundary.map(|boundary| boundary.document.clone()),
        boundary_name: boundary.map(|boundary| boundary.name.clone()),
        tags: Default::default(),
    };
    let users = account.users.iter().filter(|user| !user.is_root).map(|user| Member {
        tags: user.tags.clone(),
        ..member(user_arn(account, user), None, &user.policies, user.boundary.as_ref())
    });
    let roles = account.roles.iter().map(|role| Member {
        tags: role.tags.clone(),
        ..member(role.arn.to_string(), Some(&role.trust), &role.policies, role.boundary.as_ref())
    });
    users.chain(roles).collect()
}
