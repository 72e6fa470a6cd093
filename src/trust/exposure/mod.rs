//! Exposure: what IAM Access Analyzer finds in roles, and what it means beside what we know of accounts.
//!
//! Findings come in by [`look`], and are put together here: a role's finding stands in every Region that has an analyzer,
//! and is one. Who is let in is named by the accounts of the config and the partner registry; whether an external ID is
//! demanded, and when the role was used, the role itself tells where it may be read, since Access Analyzer counts neither;
//! else the finding's condition. What was archived has its reason in a file of ours ([`Accepted`]): `UpdateFindings` has no
//! field for one.

mod accepted;
mod calls;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

pub use accepted::{Accepted, AcceptedError};
pub use calls::{archive, look};

use super::roles::{IamRole, UseKnown};
use crate::config::Accounts;
use crate::policy::lint::{Around, demands_external_id};

/// One analyzer in one Region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Analyzer {
    /// Its ARN.
    pub arn: String,
    /// What it looks for, as AWS calls it: `ACCOUNT`, `ORGANIZATION_UNUSED_ACCESS`, …
    pub kind: String,
    /// Its Region.
    pub region: String,
}

/// One finding, as one analyzer has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Its id at that analyzer.
    pub id: String,
    /// The analyzer.
    pub analyzer: String,
    /// The analyzer's Region.
    pub region: String,
    /// What it was found in: an ARN.
    pub resource: String,
    /// What kind of thing that is: `AWS::IAM::Role`, …
    pub resource_type: String,
    /// Whether somebody archived it.
    pub is_archived: bool,
    /// What was found.
    pub what: What,
}

/// What was found.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum What {
    /// Somebody from outside is let in.
    External {
        /// Kind and name: `AWS` and an account, an ARN or `*`; `Federated` and a provider; …
        principal: Vec<(String, String)>,
        /// The keys of the conditions, and their values.
        conditions: BTreeMap<String, String>,
        /// Whether that is everybody.
        is_public: bool,
    },
    /// A role that nobody uses.
    UnusedRole {
        /// When somebody did, if ever.
        last_used: Option<String>,
    },
    /// Something else, by AWS's name for it.
    Other(String),
}

/// The same thing, in however many Regions.
#[derive(Clone, Debug)]
pub struct Exposure<'a> {
    /// The finding, as the first analyzer has it.
    pub finding: &'a Finding,
    /// Where it stands.
    pub regions: BTreeSet<&'a str>,
    /// What it means.
    pub meaning: Meaning,
    /// Its ids at all analyzers.
    pub ids: BTreeSet<&'a str>,
    /// Whether the role is used, where that is known.
    pub used: Used,
}

/// Whether a role is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Used {
    /// Nobody says.
    Unknown,
    /// Within the last 90 days, or it is newer than that.
    Yes,
    /// Not for 90 days: since then, or ever.
    No {
        /// When it was used last.
        since: Option<SystemTime>,
    },
}

/// What is known beside the findings.
#[derive(Clone, Debug)]
pub struct Known<'a> {
    /// Whose accounts are whose.
    pub accounts: &'a Accounts,
    /// The roles that could be read, by ARN.
    pub roles: &'a BTreeMap<String, IamRole>,
    /// What time it is.
    pub now: SystemTime,
}

/// What nobody used for so long is said to be unused.
const LONG: Duration = Duration::from_secs(90 * 86_400);

impl Known<'_> {
    fn used(&self, arn: &str) -> Used {
        let Some(UseKnown::Yes { made, last }) = self.roles.get(arn).map(|role| role.used) else {
            return Used::Unknown;
        };
        let is_old = self.now.duration_since(last.unwrap_or(made)).is_ok_and(|since| since > LONG);
        if is_old { Used::No { since: last } } else { Used::Yes }
    }

    /// What the role's own policy says, which the finding's conditions only name the keys of.
    fn external_id(&self, finding: &Finding, account: &str) -> Option<bool> {
        let role = self.roles.get(&finding.resource)?;
        let around = Around { role_arn: Some(role.arn.clone()), ..Around::default() };
        demands_external_id(&role.policy, &around, account)
    }
}

/// The roles of the analyzers' own accounts that somebody from outside is let into, by name.
pub fn roles_to_read(findings: &[Finding]) -> BTreeSet<String> {
    let is_own = |finding: &&Finding| {
        finding.resource_type == "AWS::IAM::Role" && account_of(&finding.resource) == account_of(&finding.analyzer)
    };
    let external = findings.iter().filter(is_own).filter(|finding| matches!(finding.what, What::External { .. }));
    external.filter_map(|finding| finding.resource.rsplit('/').next().map(str::to_owned)).collect()
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// What a finding means beside what we know.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Meaning {
    /// Anybody is let in.
    Public,
    /// An account that nobody named.
    Stranger {
        /// The account, or whoever else.
        who: String,
        /// Whether it has to bring an external ID.
        external_id: bool,
    },
    /// An account of the config's `accounts.known`.
    Partner {
        /// What it is called.
        name: String,
        /// The account.
        account: String,
        /// Whether it has to bring an external ID.
        external_id: bool,
    },
    /// An account of the config's `accounts.own`.
    Own(String),
    /// Whoever an identity provider vouches for.
    Federated(String),
    /// Nobody uses it.
    Unused {
        /// When somebody did.
        last_used: Option<String>,
    },
    /// Something that we know nothing more of.
    Other(String),
}

impl Meaning {
    /// Whether somebody has to see to it: a partner without an external ID, a stranger, everybody.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Public | Self::Stranger { .. } => true,
            Self::Partner { external_id, .. } => !external_id,
            Self::Own(_) | Self::Federated(_) | Self::Unused { .. } | Self::Other(_) => false,
        }
    }
}

/// Puts the findings of all analyzers together: what stands in several Regions is one. The most urgent first.
pub fn exposures<'a>(findings: &'a [Finding], known: &Known<'_>) -> Vec<Exposure<'a>> {
    let unused: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| matches!(finding.what, What::UnusedRole { .. }))
        .map(|finding| finding.resource.as_str())
        .collect();
    let used = |arn: &str| match known.used(arn) {
        Used::Unknown if unused.contains(arn) => Used::No { since: None },
        used => used,
    };
    let mut all: BTreeMap<(&str, &What), Exposure<'a>> = BTreeMap::new();
    for finding in findings {
        let one = all.entry((&finding.resource, &finding.what)).or_insert_with(|| Exposure {
            finding,
            regions: BTreeSet::new(),
            meaning: meaning(finding, known),
            ids: BTreeSet::new(),
            used: used(&finding.resource),
        });
        one.regions.insert(&finding.region);
        one.ids.insert(&finding.id);
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by(|a, b| (&a.meaning, &a.finding.resource).cmp(&(&b.meaning, &b.finding.resource)));
    all
}

fn meaning(finding: &Finding, known: &Known<'_>) -> Meaning {
    match &finding.what {
        What::External { is_public: true, .. } => Meaning::Public,
        What::External { principal, conditions, is_public: false } => {
            let by_condition = conditions.keys().any(|key| key.eq_ignore_ascii_case("sts:ExternalId"));
            match principal.first() {
                Some((kind, provider)) if kind == "Federated" => Meaning::Federated(provider.clone()),
                Some((_, who)) => {
                    let account = account_of(who).unwrap_or(who);
                    let external_id = known.external_id(finding, account).unwrap_or(by_condition);
                    of_account(who, account, external_id, known.accounts)
                }
                None => Meaning::Stranger { who: "somebody".to_owned(), external_id: by_condition },
            }
        }
        What::UnusedRole { last_used } => Meaning::Unused { last_used: last_used.clone() },
        What::Other(kind) => Meaning::Other(kind.clone()),
    }
}

fn of_account(who: &str, id: &str, external_id: bool, accounts: &Accounts) -> Meaning {
    let Ok(account) = id.parse() else { return Meaning::Stranger { who: who.to_owned(), external_id } };
    if accounts.own.contains(&account) {
        return Meaning::Own(who.to_owned());
    }
    match accounts.known.get(&account) {
        Some(name) => Meaning::Partner { name: name.clone(), account: id.to_owned(), external_id },
        None => Meaning::Stranger { who: who.to_owned(), external_id },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn external(who: &str, key: Option<&str>, region: &str) -> Finding {
        Finding {
            id: format!("{who}-{region}"),
            analyzer: "a".to_owned(),
            region: region.to_owned(),
            resource: "arn:aws:iam::111122223333:role/R".to_owned(),
            resource_type: "AWS::IAM::Role".to_owned(),
            is_archived: false,
            what: What::External {
                principal: vec![("AWS".to_owned(), who.to_owned())],
                conditions: key.map(|key| (key.to_owned(), "x".to_owned())).into_iter().collect(),
                is_public: who == "*",
            },
        }
    }

    #[test]
    fn a_finding_is_named_by_what_we_know_of_the_account() {
        let accounts = Accounts {
            own: ["222233334444".parse().unwrap()].into(),
            known: [("444455556666".parse().unwrap(), "Acme".to_owned())].into(),
            ..Accounts::default()
        };
        let acme =
            |external_id| Meaning::Partner { name: "Acme".to_owned(), account: "444455556666".to_owned(), external_id };
        for (who, key, expected, open) in [
            ("*", None, Meaning::Public, true),
            ("444455556666", None, acme(false), true),
            ("arn:aws:iam::444455556666:role/X", Some("STS:externalid"), acme(true), false),
            ("arn:aws:iam::222233334444:root", None, Meaning::Own("arn:aws:iam::222233334444:root".to_owned()), false),
            (
                "777788889999",
                Some("sts:ExternalId"),
                Meaning::Stranger { who: "777788889999".to_owned(), external_id: true },
                true,
            ),
        ] {
            let findings = [external(who, key, "eu-west-1")];
            let all = exposures(&findings, &known(&accounts, &BTreeMap::new()));
            assert_eq!((&all[0].meaning, all[0].meaning.is_open()), (&expected, open), "{who}");
        }
    }

    fn known<'a>(accounts: &'a Accounts, roles: &'a BTreeMap<String, IamRole>) -> Known<'a> {
        Known { accounts, roles, now: day(1_000) }
    }

    fn day(day: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400)
    }

    #[test]
    fn the_role_itself_says_what_it_demands_and_when_it_was_used() {
        let role = |condition: &str, used: UseKnown| {
            let policy = format!(
                r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"444455556666"}},"Action":"sts:AssumeRole"{condition}}}]}}"#
            );
            let arn = "arn:aws:iam::111122223333:role/R".to_owned();
            BTreeMap::from([(arn.clone(), IamRole { name: "R".to_owned(), arn, policy, used })])
        };
        let id = r#","Condition":{"StringEquals":{"sts:ExternalId":"b7e2c1f4-5d3a"}}"#;
        let soft = r#","Condition":{"StringLike":{"sts:ExternalId":"*"}}"#;
        let told = |last: Option<u64>, made: u64| UseKnown::Yes { made: day(made), last: last.map(day) };
        for (condition, used, expected, of_use) in [
            (id, UseKnown::No, true, Used::Unknown),
            (soft, told(Some(950), 0), false, Used::Yes),
            ("", told(Some(900), 0), false, Used::No { since: Some(day(900)) }),
            (id, told(None, 100), true, Used::No { since: None }),
            (id, told(None, 950), true, Used::Yes),
        ] {
            let findings = [external("444455556666", Some("sts:ExternalId"), "eu-west-1")];
            let (accounts, roles) = (Accounts::default(), role(condition, used));
            let all = exposures(&findings, &known(&accounts, &roles));
            let meaning = Meaning::Stranger { who: "444455556666".to_owned(), external_id: expected };
            assert_eq!((&all[0].meaning, all[0].used), (&meaning, of_use), "{condition} {used:?}");
        }
        let mut findings = vec![external("444455556666", None, "eu-west-1")];
        findings.push(Finding { what: What::UnusedRole { last_used: None }, ..findings[0].clone() });
        let accounts = Accounts::default();
        let all = exposures(&findings, &known(&accounts, &BTreeMap::new()));
        assert!(all.iter().all(|one| one.used == Used::No { since: None }), "an analyzer's word counts as well");
    }

    #[test]
    fn what_stands_in_several_regions_is_one_and_the_most_urgent_comes_first() {
        let findings = [
            external("444455556666", Some("sts:ExternalId"), "eu-west-1"),
            external("444455556666", Some("sts:ExternalId"), "us-east-1"),
            external("*", None, "us-east-1"),
        ];
        let accounts = Accounts::default();
        let all = exposures(&findings, &known(&accounts, &BTreeMap::new()));
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].meaning, Meaning::Public);
        assert_eq!(all[1].regions, BTreeSet::from(["eu-west-1", "us-east-1"]));
        assert_eq!(all[1].ids.len(), 2);
    }
}
