//! Exposure: what IAM Access Analyzer finds in roles, and what it means beside what we know of accounts.
//!
//! Findings come in by [`look`], and are put together here: a role's finding stands in every Region that has an analyzer,
//! and is one. Who is let in is named by the accounts of the config, and whether the finding's condition demands an external
//! ID is said, since Access Analyzer counts neither. What was archived has its reason in a file of ours ([`Accepted`]):
//! `UpdateFindings` has no field for one.

mod accepted;
mod calls;

use std::collections::{BTreeMap, BTreeSet};

pub use accepted::{Accepted, AcceptedError};
pub use calls::{archive, look};

use crate::config::Accounts;

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
pub fn exposures<'a>(findings: &'a [Finding], accounts: &Accounts) -> Vec<Exposure<'a>> {
    let mut all: BTreeMap<(&str, &What), Exposure<'a>> = BTreeMap::new();
    for finding in findings {
        let one = all.entry((&finding.resource, &finding.what)).or_insert_with(|| Exposure {
            finding,
            regions: BTreeSet::new(),
            meaning: meaning(&finding.what, accounts),
            ids: BTreeSet::new(),
        });
        one.regions.insert(&finding.region);
        one.ids.insert(&finding.id);
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by(|a, b| (&a.meaning, &a.finding.resource).cmp(&(&b.meaning, &b.finding.resource)));
    all
}

fn meaning(what: &What, accounts: &Accounts) -> Meaning {
    match what {
        What::External { is_public: true, .. } => Meaning::Public,
        What::External { principal, conditions, is_public: false } => {
            let external_id = conditions.keys().any(|key| key.eq_ignore_ascii_case("sts:ExternalId"));
            match principal.first() {
                Some((kind, provider)) if kind == "Federated" => Meaning::Federated(provider.clone()),
                Some((_, who)) => of_account(who, external_id, accounts),
                None => Meaning::Stranger { who: "somebody".to_owned(), external_id },
            }
        }
        What::UnusedRole { last_used } => Meaning::Unused { last_used: last_used.clone() },
        What::Other(kind) => Meaning::Other(kind.clone()),
    }
}

fn of_account(who: &str, external_id: bool, accounts: &Accounts) -> Meaning {
    let id = who.split(':').nth(4).unwrap_or(who);
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
            let all = exposures(&findings, &accounts);
            assert_eq!((&all[0].meaning, all[0].meaning.is_open()), (&expected, open), "{who}");
        }
    }

    #[test]
    fn what_stands_in_several_regions_is_one_and_the_most_urgent_comes_first() {
        let findings = [
            external("444455556666", Some("sts:ExternalId"), "eu-west-1"),
            external("444455556666", Some("sts:ExternalId"), "us-east-1"),
            external("*", None, "us-east-1"),
        ];
        let all = exposures(&findings, &Accounts::default());
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].meaning, Meaning::Public);
        assert_eq!(all[1].regions, BTreeSet::from(["eu-west-1", "us-east-1"]));
        assert_eq!(all[1].ids.len(), 2);
    }
}
