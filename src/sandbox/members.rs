//! The users and roles of a scenario, for whoever asks how one becomes another.

use super::scenario::{Account, Boundary, Policies, Scenario, user_arn};
use crate::policy::Document;
use crate::policy::paths::Member;

impl Scenario {
    /// Returns its users and roles. Root users assume no roles, so they are none of them.
    pub fn members(&self) -> Vec<Member> {
        self.accounts.iter().flat_map(members_of).collect()
    }
}

fn members_of(account: &Account) -> Vec<Member> {
    let member = |arn: String, trust: Option<&Document>, policies: &Policies, boundary: Option<&Boundary>| Member {
        arn,
        account: account.id.to_string(),
        organization: account.organization.clone(),
        trust: trust.cloned(),
        policies: policies.documents.clone(),
        boundary: boundary.map(|boundary| boundary.document.clone()),
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
