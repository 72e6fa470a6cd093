//! Who asks, and who is meant.

/// Who asks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Principal {
    /// An IAM user, by long-term keys or by a session of GetSessionToken.
    User {
        /// `arn:aws:iam::111122223333:user/alice`.
        arn: String,
        /// Its account.
        account: String,
    },
    /// A role's session.
    AssumedRole {
        /// `arn:aws:sts::111122223333:assumed-role/Admin/alice`.
        session_arn: String,
        /// `arn:aws:iam::111122223333:role/Admin`, with the role's path.
        role_arn: String,
        /// The role's account.
        account: String,
    },
    /// An account's root user.
    Root {
        /// The account.
        account: String,
    },
    /// Whoever an identity provider vouches for.
    Federated {
        /// The provider: its ARN, or the host name of one that IAM knows by itself.
        provider: String,
    },
    /// An AWS service.
    Service {
        /// `ec2.amazonaws.com`.
        name: String,
    },
    /// Nobody in particular: an unsigned request.
    Anonymous,
}

impl Principal {
    /// The account that the principal belongs to, where it belongs to one.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::User { account, .. } | Self::AssumedRole { account, .. } | Self::Root { account } => Some(account),
            Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => None,
        }
    }

    /// Returns `aws:PrincipalArn`: for a session, its role's ARN.
    pub(super) fn principal_arn(&self) -> Option<String> {
        match self {
            Self::User { arn, .. } => Some(arn.clone()),
            Self::AssumedRole { role_arn, .. } => Some(role_arn.clone()),
            Self::Root { account } => Some(format!("arn:aws:iam::{account}:root")),
            Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => None,
        }
    }

    /// `aws:PrincipalType`.
    pub(super) fn kind(&self) -> Option<&'static str> {
        match self {
            Self::User { .. } => Some("User"),
            Self::AssumedRole { .. } => Some("AssumedRole"),
            Self::Root { .. } => Some("Account"),
            Self::Anonymous => Some("Anonymous"),
            Self::Federated { .. } | Self::Service { .. } => None,
        }
    }

    /// `aws:username`: what only a user has.
    pub(super) fn user_name(&self) -> Option<&str> {
        match self {
            Self::User { arn, .. } => arn.rsplit('/').next(),
            Self::AssumedRole { .. }
            | Self::Root { .. }
            | Self::Federated { .. }
            | Self::Service { .. }
            | Self::Anonymous => None,
        }
    }

    /// The ARNs that name the principal itself: a user's, or a session's and its role's.
    fn arns(&self) -> Vec<&str> {
        match self {
            Self::User { arn, .. } => vec![arn],
            Self::AssumedRole { session_arn, role_arn, .. } => vec![session_arn, role_arn],
            Self::Root { .. } | Self::Federated { .. } | Self::Service { .. } | Self::Anonymous => Vec::new(),
        }
    }

    /// The partition, where an ARN tells it.
    fn partition(&self) -> Option<&str> {
        self.arns().first().and_then(|arn| arn.split(':').nth(1))
    }
}

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Principals {
    /// These.
    Only(Vec<PrincipalPattern>),
    /// Everyone but these.
    AllBut(Vec<PrincipalPattern>),
}

/// One principal as a policy names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PrincipalPattern {
    /// `*`, or `{"AWS": "*"}`: everyone.
    Everyone,
    /// An account, and with it whomever its administrators let: `111122223333`, or its `:root` ARN.
    Account {
        /// The partition, where the ARN form was used.
        partition: Option<String>,
        /// The account.
        account: String,
    },
    /// A user, a role or a session, by its exact ARN.
    Arn(String),
    /// The unique id of a principal that was deleted (`AIDA…`, `AROA…`). It names nobody any more.
    Deleted(String),
    /// An ARN with a wildcard in it. AWS matches none of them.
    WildcardArn(String),
    /// An identity provider.
    Federated(String),
    /// An AWS service.
    Service(String),
    /// A canonical user id, which only S3 knows.
    CanonicalUser(String),
}

/// How closely a policy names the one who asks.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Naming {
    /// By its account: the account's own policies have a say.
    ByAccount,
    /// By itself, or as one of everyone: nobody else has a say within the account.
    Itself,
}

impl PrincipalPattern {
    /// Reads what stands under `AWS`.
    pub(super) fn of_aws(name: &str) -> Option<Self> {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if name == "*" {
            return Some(Self::Everyone);
        }
        if is_account(name) {
            return Some(Self::Account { partition: None, account: name.to_owned() });
        }
        if name.len() >= 16 && (name.starts_with("AIDA") || name.starts_with("AROA")) {
            return name.bytes().all(|b| b.is_ascii_alphanumeric()).then(|| Self::Deleted(name.to_owned()));
        }
        let parts: Vec<&str> = name.splitn(6, ':').collect();
        let ["arn", partition, service @ ("iam" | "sts"), "", account, resource] = parts[..] else {
            return None;
        };
        if name.contains(['*', '?']) {
            return Some(Self::WildcardArn(name.to_owned()));
        }
        match (service, resource) {
            _ if !is_account(account) => None,
            ("iam", "root") => {
                Some(Self::Account { partition: Some(partition.to_owned()), account: account.to_owned() })
            }
            (_, resource) => {
                let (kind, rest) = resource.split_once('/')?;
                let known = match service {
                    "iam" => matches!(kind, "user" | "role"),
                    _ => matches!(kind, "assumed-role" | "federated-user"),
                };
                (known && !rest.is_empty()).then(|| Self::Arn(name.to_owned()))
            }
        }
    }

    /// Reads what stands under `Federated`: a provider's ARN, or the host name of one that IAM knows by itself.
    pub(super) fn of_provider(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::Everyone);
        }
        (!name.is_empty() && name.contains('.') || name.starts_with("arn:")).then(|| Self::Federated(name.to_owned()))
    }

    /// Reads what stands under `Service`.
    pub(super) fn of_service(name: &str) -> Option<Self> {
        if name == "*" {
            return Some(Self::Everyone);
        }
        name.contains('.').then(|| Self::Service(name.to_owned()))
    }

    /// Returns how closely this names that principal, or `None` if it does not.
    pub(super) fn names(&self, principal: &Principal) -> Option<Naming> {
        let itself = |named: bool| named.then_some(Naming::Itself);
        match self {
            Self::Everyone => Some(Naming::Itself),
            Self::Account { partition, account } => {
                let same_partition =
                    partition.as_deref().zip(principal.partition()).is_none_or(|(meant, asks)| meant == asks);
                (principal.account() == Some(account) && same_partition).then_some(Naming::ByAccount)
            }
            Self::Arn(arn) => itself(principal.arns().contains(&arn.as_str())),
            Self::Federated(provider) => {
                itself(matches!(principal, Principal::Federated { provider: asks } if asks == provider))
            }
            Self::Service(name) => itself(matches!(principal, Principal::Service { name: asks } if asks == name)),
            Self::Deleted(_) | Self::WildcardArn(_) | Self::CanonicalUser(_) => None,
        }
    }
}

impl Principals {
    /// Returns how closely an Allow with these names that principal, or `None` if it does not.
    pub(super) fn allow(&self, principal: &Principal) -> Option<Naming> {
        match self {
            Self::Only(patterns) => patterns.iter().filter_map(|pattern| pattern.names(principal)).max(),
            Self::AllBut(patterns) => {
                patterns.iter().all(|pattern| pattern.names(principal).is_none()).then_some(Naming::Itself)
            }
        }
    }

    /// Returns whether a Deny with these hits that principal.
    ///
    /// `NotPrincipal` spares only whom it names in full: a user with its account, a session with its role and account.
    /// Source: IAM User Guide, "NotPrincipal": name the account too, else the whole account is denied.
    pub(super) fn deny(&self, principal: &Principal) -> bool {
        match self {
            Self::Only(patterns) => patterns.iter().any(|pattern| pattern.names(principal).is_some()),
            Self::AllBut(patterns) => {
                let spared_by = |wanted: &PrincipalPattern| {
                    patterns.iter().any(|pattern| *pattern == PrincipalPattern::Everyone || pattern == wanted)
                };
                let account_spared = match principal.account() {
                    Some(_) => patterns.iter().any(|pattern| {
                        *pattern == PrincipalPattern::Everyone || pattern.names(principal) == Some(Naming::ByAccount)
                    }),
                    None => patterns.iter().any(|pattern| pattern.names(principal).is_some()),
                };
                let arns_spared =
                    principal.arns().iter().all(|arn| spared_by(&PrincipalPattern::Arn((*arn).to_owned())));
                !(account_spared && arns_spared)
            }
        }
    }
}
