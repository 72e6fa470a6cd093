//! AWS Organizations: what the scenario's organizations are, for those who may read that.
//!
//! Everybody in an organization may describe it; all else is for the management account and for delegated administrators.
//! The protocol is JSON, and the operation stands in a header.
//! Source: AWS Organizations API Reference and its model, version 2016-11-28.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::answer::{Answer, Content, Refusal};
use super::call::Call;
use super::caller::Caller;
use super::estate::Estate;
use super::log::Record;
use super::organization::{Law, Organization};
use super::sts::is_allowed;
use crate::policy::Control;
use crate::terms::Partition;

/// What can be asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Operation {
    DescribeAccount,
    DescribeOrganization,
    DescribeOrganizationalUnit,
    DescribePolicy,
    ListAccounts,
    ListAccountsForParent,
    ListOrganizationalUnitsForParent,
    ListParents,
    ListPolicies,
    ListPoliciesForTarget,
    ListRoots,
    ListTargetsForPolicy,
}

impl Operation {
    const ALL: [Self; 12] = [
        Self::DescribeAccount,
        Self::DescribeOrganization,
        Self::DescribeOrganizationalUnit,
        Self::DescribePolicy,
        Self::ListAccounts,
        Self::ListAccountsForParent,
        Self::ListOrganizationalUnitsForParent,
        Self::ListParents,
        Self::ListPolicies,
        Self::ListPoliciesForTarget,
        Self::ListRoots,
        Self::ListTargetsForPolicy,
    ];

    /// Returns the operation that a request's header names.
    pub(super) fn of(call: &Call) -> Option<Self> {
        let (service, operation) = call.header("x-amz-target")?.rsplit_once('.')?;
        let found = Self::ALL.into_iter().find(|known| known.name() == operation);
        found.filter(|_| service == "AWSOrganizationsV20161128")
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DescribeAccount => "DescribeAccount",
            Self::DescribeOrganization => "DescribeOrganization",
            Self::DescribeOrganizationalUnit => "DescribeOrganizationalUnit",
            Self::DescribePolicy => "DescribePolicy",
            Self::ListAccounts => "ListAccounts",
            Self::ListAccountsForParent => "ListAccountsForParent",
            Self::ListOrganizationalUnitsForParent => "ListOrganizationalUnitsForParent",
            Self::ListParents => "ListParents",
            Self::ListPolicies => "ListPolicies",
            Self::ListPoliciesForTarget => "ListPoliciesForTarget",
            Self::ListRoots => "ListRoots",
            Self::ListTargetsForPolicy => "ListTargetsForPolicy",
        }
    }
}

/// Answers one request.
pub(super) fn answer(
    operation: Operation,
    call: &Call,
    estate: &Estate,
    now: SystemTime,
    record: &mut Record,
) -> Answer {
    match made(operation, call, estate, now, record) {
        Ok(value) => Answer::json(&value),
        Err(refusal) => refuse(&refusal),
    }
}

/// Returns a refusal as the service words it.
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    let code = match refusal.code {
        "Throttling" => "TooManyRequestsException",
        "AccessDenied" => "AccessDeniedException",
        "ValidationError" => "InvalidInputException",
        "InvalidClientTokenId" => "UnrecognizedClientException",
        "ExpiredToken" => "ExpiredTokenException",
        code => code,
    };
    let body = json!({ "__type": code, "Message": refusal.message }).to_string();
    let status = if refusal.status == 403 { 400 } else { refusal.status };
    Answer { status, content: Content::Json, body, headers: Vec::new(), code: Some(code.to_owned()) }
}

fn made(
    operation: Operation,
    call: &Call,
    estate: &Estate,
    now: SystemTime,
    record: &mut Record,
) -> Result<Value, Refusal> {
    let caller = Caller::of(call, "organizations", estate, now)?;
    record.principal = Some(caller.arn(estate));
    record.region = Some(caller.region.clone());
    is_allowed(&format!("organizations:{}", operation.name()), "*", &caller, estate, now)?;
    let own = caller.account(estate);
    let organization = estate.organizations.iter().find(|one| one.parents.contains_key(&own.id));
    let organization = organization.ok_or_else(|| {
        let message = "Your account is not a member of an organization.";
        Refusal::new(400, "AWSOrganizationsNotInUseException", message)
    })?;
    let reads = own.id == organization.management || organization.delegated.contains(&own.id);
    if !reads && operation != Operation::DescribeOrganization {
        return Err(Refusal::denied("You don't have permissions to access this resource."));
    }
    let asked: Value =
        serde_json::from_slice(&call.body).map_err(|_| Refusal::invalid("The request body is not JSON."))?;
    Tree { organization, partition: own.partition, estate, asked: &asked }.answer(operation)
}

/// An organization, and what is asked of it.
struct Tree<'a> {
    organization: &'a Organization,
    partition: Partition,
    estate: &'a Estate,
    asked: &'a Value,
}

impl Tree<'_> {
    fn answer(&self, operation: Operation) -> Result<Value, Refusal> {
        let of = self.organization;
        match operation {
            Operation::DescribeOrganization => Ok(json!({ "Organization": self.described() })),
            Operation::DescribeAccount => {
                let id = self.text("AccountId")?;
                let known = of.parents.keys().any(|account| account.as_str() == id);
                let account = || json!({ "Account": self.account(id) });
                known.then(account).ok_or_else(|| none("AccountNotFoundException", "an account", id))
            }
            Operation::DescribeOrganizationalUnit => {
                let id = self.text("OrganizationalUnitId")?;
                let unit = of.units.iter().find(|unit| unit.id == id);
                let unit = unit.ok_or_else(|| none("OrganizationalUnitNotFoundException", "an OU", id))?;
                Ok(json!({ "OrganizationalUnit": self.unit(&unit.id, &unit.name) }))
            }
            Operation::DescribePolicy => {
                let id = self.text("PolicyId")?;
                let policies = self.policies(None);
                let policy = policies.into_iter().find(|(summary, _)| summary["Id"] == id);
                let (summary, content) = policy.ok_or_else(|| none("PolicyNotFoundException", "a policy", id))?;
                Ok(json!({ "Policy": { "PolicySummary": summary, "Content": content } }))
            }
            Operation::ListRoots => {
                let types = [Control::Service, Control::Resource]
                    .map(|control| json!({ "Type": kind(control), "Status": "ENABLED" }));
                let root =
                    json!({ "Id": of.root, "Arn": self.arn("root", &of.root), "Name": "Root", "PolicyTypes": types });
                self.page("Roots", vec![root])
            }
            Operation::ListAccounts => {
                self.page("Accounts", of.parents.keys().map(|id| self.account(id.as_str())).collect())
            }
            Operation::ListAccountsForParent => {
                let parent = self.parent()?;
                let here = of.parents.iter().filter(|(_, of)| *of == parent);
                self.page("Accounts", here.map(|(id, _)| self.account(id.as_str())).collect())
            }
            Operation::ListOrganizationalUnitsForParent => {
                let parent = self.parent()?;
                let here = of.units.iter().filter(|unit| unit.parent == parent);
                self.page("OrganizationalUnits", here.map(|unit| self.unit(&unit.id, &unit.name)).collect())
            }
            Operation::ListParents => {
                let id = self.text("ChildId")?;
                let unit = of.units.iter().find(|unit| unit.id == id).map(|unit| &unit.parent);
                let account = || of.parents.iter().find(|(account, _)| account.as_str() == id).map(|(_, of)| of);
                let parent = unit.or_else(account).ok_or_else(|| none("ChildNotFoundException", "a child", id))?;
                let kind = if *parent == of.root { "ROOT" } else { "ORGANIZATIONAL_UNIT" };
                self.page("Parents", vec![json!({ "Id": parent, "Type": kind })])
            }
            Operation::ListPolicies => {
                let policies = self.policies(Some(self.filter()?));
                self.page("Policies", policies.into_iter().map(|(summary, _)| summary).collect())
            }
            Operation::ListPoliciesForTarget => {
                let (target, control) = (self.text("TargetId")?, self.filter()?);
                if !self.targets().iter().any(|id| id == target) {
                    return Err(none("TargetNotFoundException", "a target", target));
                }
                let full = (control == Control::Resource || of.has_full_access(target)).then(|| self.full(control).0);
                let here = |law: &&Law| law.control == control && law.targets.iter().any(|id| id == target);
                let laws = of.laws.iter().filter(here).map(|law| self.law(law).0);
                self.page("Policies", full.into_iter().chain(laws).collect())
            }
            Operation::ListTargetsForPolicy => {
                let id = self.text("PolicyId")?;
                let law = of.laws.iter().find(|law| law.policy.id == id);
                let targets: Vec<String> = match law {
                    Some(law) => law.targets.clone(),
                    None if id == FULL_ACCESS.0 => {
                        self.targets().into_iter().filter(|target| of.has_full_access(target)).collect()
                    }
                    None if id == RCP_FULL_ACCESS.0 => self.targets(),
                    None => return Err(none("PolicyNotFoundException", "a policy", id)),
                };
                self.page("Targets", targets.iter().map(|id| self.target(id)).collect())
            }
        }
    }

    fn described(&self) -> Value {
        let Organization { id, management, .. } = self.organization;
        json!({
            "Id": id,
            "Arn": format!("arn:{}:organizations::{management}:organization/{id}", self.partition),
            "FeatureSet": "ALL",
            "MasterAccountArn": self.arn("account", management.as_str()),
            "MasterAccountId": management.as_str(),
            "MasterAccountEmail": format!("{management}@example.com"),
            "AvailablePolicyTypes": [{ "Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED" }],
        })
    }

    fn arn(&self, kind: &str, id: &str) -> String {
        let Organization { id: of, management, .. } = self.organization;
        format!("arn:{}:organizations::{management}:{kind}/{of}/{id}", self.partition)
    }

    fn account(&self, id: &str) -> Value {
        let known = self.estate.accounts.iter().find(|account| account.id.as_str() == id);
        let name = known.and_then(|account| account.name.clone()).unwrap_or_else(|| id.to_owned());
        let began = self.estate.began.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        json!({
            "Id": id,
            "Arn": self.arn("account", id),
            "Email": format!("{id}@example.com"),
            "Name": name,
            "Status": "ACTIVE",
            "State": "ACTIVE",
            "JoinedMethod": "CREATED",
            "JoinedTimestamp": began,
        })
    }

    fn unit(&self, id: &str, name: &str) -> Value {
        json!({ "Id": id, "Arn": self.arn("ou", id), "Name": name })
    }

    /// Everything that a policy can be attached to.
    fn targets(&self) -> Vec<String> {
        let units = self.organization.units.iter().map(|unit| unit.id.clone());
        let accounts = self.organization.parents.keys().map(ToString::to_string);
        std::iter::once(self.organization.root.clone()).chain(units).chain(accounts).collect()
    }

    fn target(&self, id: &str) -> Value {
        let unit = self.organization.units.iter().find(|unit| unit.id == id);
        let (kind, word, name) = match unit {
            Some(unit) => ("ORGANIZATIONAL_UNIT", "ou", unit.name.clone()),
            None if id == self.organization.root => ("ROOT", "root", "Root".to_owned()),
            None => ("ACCOUNT", "account", self.account(id)["Name"].as_str().unwrap_or_default().to_owned()),
        };
        json!({ "TargetId": id, "Arn": self.arn(word, id), "Name": name, "Type": kind })
    }

    /// Summaries and texts of the policies of that kind.
    fn policies(&self, control: Option<Control>) -> Vec<(Value, String)> {
        let full = [Control::Service, Control::Resource].into_iter().map(|kind| (kind, self.full(kind)));
        let laws = self.organization.laws.iter().map(|law| (law.control, self.law(law)));
        let is_meant = |kind: &Control| control.is_none_or(|control| control == *kind);
        full.chain(laws).filter(|(kind, _)| is_meant(kind)).map(|(_, policy)| policy).collect()
    }

    fn law(&self, law: &Law) -> (Value, String) {
        let path = kind(law.control).to_ascii_lowercase();
        let arn = self.arn("policy", &format!("{path}/{}", law.policy.id));
        let summary = json!({
            "Id": law.policy.id, "Arn": arn, "Name": law.policy.name, "Description": "", "Type": kind(law.control),
            "AwsManaged": false,
        });
        (summary, law.policy.document.to_json().to_string())
    }

    /// What AWS attaches everywhere.
    fn full(&self, control: Control) -> (Value, String) {
        let (id, content) = match control {
            Control::Service => FULL_ACCESS,
            Control::Resource => RCP_FULL_ACCESS,
        };
        let path = kind(control).to_ascii_lowercase();
        let summary = json!({
            "Id": id,
            "Arn": format!("arn:{}:organizations::aws:policy/{path}/{id}", self.partition),
            "Name": id.trim_start_matches("p-"),
            "Description": "Allows access to every operation",
            "Type": kind(control),
            "AwsManaged": true,
        });
        (summary, content.to_owned())
    }

    fn text(&self, name: &str) -> Result<&str, Refusal> {
        let missing = || Refusal::invalid(format!("You specified an invalid value: {name} is missing."));
        self.asked[name].as_str().ok_or_else(missing)
    }

    fn parent(&self) -> Result<&str, Refusal> {
        let id = self.text("ParentId")?;
        let known = id == self.organization.root || self.organization.units.iter().any(|unit| unit.id == id);
        if known { Ok(id) } else { Err(none("ParentNotFoundException", "a parent", id)) }
    }

    fn filter(&self) -> Result<Control, Refusal> {
        let wanted = self.text("Filter")?;
        let found = [Control::Service, Control::Resource].into_iter().find(|control| kind(*control) == wanted);
        found.ok_or_else(|| Refusal::invalid(format!("The sandbox has no policies of the type {wanted}.")))
    }

    /// Source: AWS Organizations API Reference, `MaxResults`: 20 at most.
    fn page(&self, name: &str, all: Vec<Value>) -> Result<Value, Refusal> {
        let wrong = || Refusal::invalid("You specified an invalid value for NextToken.");
        let begin = match self.asked["NextToken"].as_str() {
            Some(token) => token.parse::<usize>().map_err(|_| wrong())?,
            None => 0,
        };
        let most = self.asked["MaxResults"].as_u64().map_or(PAGE, |most| most as usize).clamp(1, PAGE);
        let page: Vec<&Value> = all.iter().skip(begin).take(most).collect();
        let mut answer = json!({ name: page });
        if begin + most < all.len() {
            answer["NextToken"] = json!((begin + most).to_string());
        }
        Ok(answer)
    }
}

const PAGE: usize = 20;

/// Ids and texts of the policies that AWS attaches everywhere.
/// Source: AWS Organizations User Guide, "SCP evaluation", "Resource control policies (RCPs)".
const FULL_ACCESS: (&str, &str) =
    ("p-FullAWSAccess", r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#);
const RCP_FULL_ACCESS: (&str, &str) = (
    "p-RCPFullAWSAccess",
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#,
);

fn kind(control: Control) -> &'static str {
    match control {
        Control::Service => "SERVICE_CONTROL_POLICY",
        Control::Resource => "RESOURCE_CONTROL_POLICY",
    }
}

fn none(code: &'static str, what: &str, id: &str) -> Refusal {
    Refusal::new(400, code, format!("You specified {what} that doesn't exist: {id}."))
}
