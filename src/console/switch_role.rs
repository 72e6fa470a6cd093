//! The link by which somebody who is signed in already becomes a role. It is no secret.
//!
//! Source: IAM User Guide, "Switch from a user to an IAM role (console)"; the colour is what the console's own links hold.

use std::fmt;
use std::str::FromStr;

use url::Url;

use super::ConsoleError;
use super::hosts::sign_in_host;
use crate::plan::{Plan, Start};

/// A switch-role link, and what it leaves out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SwitchRole {
    /// The link.
    pub link: Url,
    /// What the profile declares and the console does not send.
    pub left_out: Vec<&'static str>,
}

/// The colour of the console's bar while somebody is the role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Color(String);

/// Why a text is no colour.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no colour: one is red, orange, yellow, green, blue, or six hexadecimal digits")]
pub struct InvalidColor(String);

/// The five that the console's own form offers.
const COLORS: [(&str, &str); 5] =
    [("red", "F2B0A9"), ("orange", "FBBF93"), ("yellow", "FAD791"), ("green", "B7CA9D"), ("blue", "99BCE3")];

impl FromStr for Color {
    type Err = InvalidColor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((_, hex)) = COLORS.iter().find(|(name, _)| *name == text) {
            return Ok(Self((*hex).to_owned()));
        }
        let hex = text.strip_prefix('#').unwrap_or(text);
        let is_hex = hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hex { Ok(Self(hex.to_ascii_uppercase())) } else { Err(InvalidColor(text.to_owned())) }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The role's path and name together.
const LONGEST_ROLE: usize = 64;
/// The display name.
const LONGEST_NAME: usize = 64;

/// Returns the link to a plan's role, or why the console cannot switch to it.
pub fn switch_role_link(plan: &Plan, name: Option<&str>, color: Option<&Color>) -> Result<SwitchRole, ConsoleError> {
    let refused = |why| Err(ConsoleError::NoSwitch { why });
    let hop = match plan.hops.as_slice() {
        [] => return refused("it is an identity, and only a role is switched to"),
        [only] => only,
        [_, ..] => {
            return refused(
                "it is reached by way of another role, and the console switches from the one who signed in, never from \
                 a role",
            );
        }
    };
    if hop.external_id.is_some() {
        return refused("its owner demands an external ID, and the console sends none");
    }
    let role = hop.role_arn.value.name().as_str();
    if role.chars().count() > LONGEST_ROLE {
        return refused("its path and name have more than 64 characters together");
    }
    let region = plan.region.as_ref().map_or_else(|| hop.reach.region.value.clone(), |region| region.value.clone());
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("account", hop.role_arn.value.account().as_str()).append_pair("roleName", role);
    let name: String = name.unwrap_or(&plan.profile).chars().take(LONGEST_NAME).collect();
    query.append_pair("displayName", &name);
    if let Some(color) = color {
        query.append_pair("color", &color.0);
    }
    let partition = hop.role_arn.value.partition();
    let text = format!("https://{}/switchrole?{}", sign_in_host(partition, &region), query.finish());
    let Ok(link) = text.parse() else { return refused("its link would be none") };
    let left_out = [
        (
            "its session policies: the console gets all that the role may",
            hop.policy.is_some() || !hop.policy_arns.is_empty(),
        ),
        ("its session tags", !hop.tags.is_empty()),
        ("its source identity", hop.source_identity.is_some()),
        ("the MFA code: sign in to the console with the device", has_mfa(plan)),
    ];
    let left_out = left_out.into_iter().filter_map(|(what, is_declared)| is_declared.then_some(what)).collect();
    Ok(SwitchRole { link, left_out })
}

fn has_mfa(plan: &Plan) -> bool {
    matches!(plan.start, Start::MfaSession(_)) || plan.hops.iter().any(|hop| hop.mfa.is_some())
}
