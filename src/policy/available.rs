//! Which condition keys a request to assume a role can have at all.
//!
//! Source: IAM User Guide, "IAM and AWS STS condition context keys" and "AWS global condition context keys": the
//! availability of each key.

use super::keys::{ConditionKey, issuer_of};
use super::principal::Principal;

/// What a trust policy can allow.
pub(super) const TRUST_ACTIONS: [&str; 6] =
    [ASSUME_ROLE, WITH_SAML, WITH_WEB_IDENTITY, "sts:TagSession", "sts:SetSourceIdentity", "sts:SetContext"];

pub(super) const ASSUME_ROLE: &str = "sts:AssumeRole";
pub(super) const WITH_SAML: &str = "sts:AssumeRoleWithSAML";
pub(super) const WITH_WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

/// How a principal can ask for a role.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// AssumeRole, signed by a user or a session.
    Signed,
    /// AssumeRole, by an AWS service.
    Service,
    /// AssumeRoleWithSAML.
    Saml,
    /// AssumeRoleWithWebIdentity.
    WebIdentity,
}

impl Way {
    /// Returns the way of whoever that provider vouches for: its ARN, or a host name that IAM knows by itself.
    pub(super) fn of_provider(provider: &str) -> Self {
        if provider.contains(":saml-provider/") { Self::Saml } else { Self::WebIdentity }
    }

    /// Returns the way of that principal. Nobody in particular has none.
    pub(super) fn of(principal: &Principal) -> Option<Self> {
        match principal {
            Principal::User { .. } | Principal::AssumedRole { .. } | Principal::Root { .. } => Some(Self::Signed),
            Principal::Federated { provider } => Some(Self::of_provider(provider)),
            Principal::Service { .. } => Some(Self::Service),
            Principal::Anonymous => None,
        }
    }

    /// The action that gives the role on this way.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::Signed | Self::Service => ASSUME_ROLE,
            Self::Saml => WITH_SAML,
            Self::WebIdentity => WITH_WEB_IDENTITY,
        }
    }

    /// Whether that action is the one that gives the role on this way, or comes with it.
    pub(super) fn takes(self, action: &str) -> bool {
        ![ASSUME_ROLE, WITH_SAML, WITH_WEB_IDENTITY].contains(&action) || action == self.action()
    }

    /// Whether a request on this way can have that key.
    pub(super) fn has(self, key: &ConditionKey) -> bool {
        let name = key.name();
        let principals = matches!(self, Self::Signed);
        if let Some(issuer) = issuer_of(&name) {
            // Whoever comes from a provider keeps some of its claims when they go on to another role.
            return matches!(self, Self::WebIdentity | Self::Signed) && !issuer.is_empty();
        }
        match name.as_str() {
            "saml:aud" | "saml:iss" | "saml:doc" => self == Self::Saml,
            "sts:externalid" => matches!(self, Self::Signed | Self::Service),
            "aws:multifactorauthpresent" | "aws:multifactorauthage" | "aws:userid" | "aws:username" => principals,
            "aws:principalorgid" | "aws:principalorgpaths" | "aws:principalaccount" => principals,
            "aws:principalarn" | "aws:sourceidentity" | "aws:tokenissuetime" => principals,
            "aws:sourcearn" | "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" => self == Self::Service,
            "aws:principalservicename" | "aws:principalservicenameslist" => self == Self::Service,
            "aws:principaltype" => !matches!(self, Self::Service),
            other if other.starts_with("saml:") => matches!(self, Self::Saml | Self::Signed),
            other if other.starts_with("aws:principaltag/") => principals,
            _ => true,
        }
    }
}

/// Whether a key follows from who asks and for which role, so that it cannot be anything else.
pub(super) fn is_implied(key: &str) -> bool {
    [
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:username",
        "aws:resourceaccount",
    ]
    .contains(&key)
}
