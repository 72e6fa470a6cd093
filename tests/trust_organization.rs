//! The control policies of an organization: STS enforces them, the AWS CLI reads them, and a snapshot has them.

use assume::policy::{Control, Lawbook};
use assume::sandbox::Scenario;
use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Ran, ran};
use crate::support::python;
use crate::support::sandbox::Sandbox;

/// Two units, one in the other; the inner one is for partners, has an allow list, and may not be entered from outside.
const ESTATE: &str = r#"
[[account]]
id = "999900001111"
name = "Management"
organization = "o-a1b2c3d4e5"
[[account.user]]
name = "admin"
policies = { All = '{"Statement":[{"Effect":"Allow","Action":["organizations:*","iam:*","sts:*"],"Resource":"*"}]}' }
[[account.role]]
name = "Audit"
trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":["999900001111","111122223333","777788889999"]},"Action":"sts:AssumeRole"}]}'
[[account]]
id = "111122223333"
name = "Development"
organization = "o-a1b2c3d4e5"
[[account.user]]
name = "alice"
policies = { All = '{"Statement":[{"Effect":"Allow","Action":["sts:*","iam:*","organizations:*"],"Resource":"*"}]}' }
[[account.role]]
name = "Deploy"
trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":["999900001111","111122223333","777788889999"]},"Action":["sts:AssumeRole","sts:TagSession"]}]}'
[[account]]
id = "444455556666"
name = "Partners"
organization = "o-a1b2c3d4e5"
[[account.user]]
name = "carol"
policies = { All = '{"Statement":[{"Effect":"Allow","Action":["sts:*","iam:*","organizations:*"],"Resource":"*"}]}' }
[[account.role]]
name = "Reports"
trust = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'
[[account]]
id = "777788889999"
name = "Outside"
[[account.user]]
name = "mallory"
policies = { All = '{"Statement":[{"Effect":"Allow","Action":["sts:*","organizations:*"],"Resource":"*"}]}' }

[[organization]]
id = "o-a1b2c3d4e5"
management = "999900001111"
delegated = ["111122223333"]
without_full_access = ["Partners"]
[[organization.unit]]
name = "Workloads"
accounts = ["111122223333"]
[[organization.unit]]
name = "Partners"
parent = "Workloads"
accounts = ["444455556666"]
[[organization.service_control_policy]]
name = "NoTags"
policy = '{"Version":"2012-10-17","Statement":[{"Sid":"Untagged","Effect":"Deny","Action":["sts:TagSession","iam:CreateAccessKey"],"Resource":"*"}]}'
targets = ["root"]
[[organization.service_control_policy]]
name = "OnlyReports"
policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/Reports"},{"Effect":"Allow","Action":["organizations:*","iam:*"],"Resource":"*"}]}'
targets = ["Partners"]
[[organization.resource_control_policy]]
name = "Perimeter"
policy = '{"Version":"2012-10-17","Statement":[{"Sid":"OursOnly","Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}'
targets = ["Partners", "999900001111"]
"#;

/// Who gets which role, as a sandbox answers; tagged for the second role of each.
const ASK: &str = "
import boto3, botocore
for who in ['admin', 'alice', 'carol', 'mallory']:
    sts = boto3.Session(profile_name=who).client('sts')
    for role in ['999900001111:role/Audit', '111122223333:role/Deploy', '444455556666:role/Reports']:
        for tags in [[], [{'Key': 'team', 'Value': 'core'}]]:
            if tags and 'Deploy' not in role: continue
            try:
                sts.assume_role(RoleArn='arn:aws:iam::' + role, RoleSessionName='test', Tags=tags)
                answer = 'let in'
            except botocore.exceptions.ClientError as error:
                answer = error.response['Error']['Message']
                answer = answer.split(role)[-1].strip() or 'no'
            print(who, role.split('/')[-1], len(tags), answer)
";

fn answers(sandbox: &Sandbox) -> Vec<String> {
    let ran = ran(&mut python::script(&sandbox.home, ASK), "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.lines().map(str::to_owned).collect()
}

const EXPECTED: [&str; 16] = [
    "admin Audit 0 let in",
    "admin Deploy 0 let in",
    "admin Deploy 1 let in",
    "admin Reports 0 let in",
    "alice Audit 0 let in",
    "alice Deploy 0 let in",
    "alice Deploy 1 with an explicit deny in a service control policy",
    "alice Reports 0 let in",
    "carol Audit 0 because no service control policy allows the sts:AssumeRole action",
    "carol Deploy 0 because no service control policy allows the sts:AssumeRole action",
    "carol Deploy 1 because no service control policy allows the sts:AssumeRole action",
    "carol Reports 0 let in",
    "mallory Audit 0 let in",
    "mallory Deploy 0 let in",
    "mallory Deploy 1 let in",
    "mallory Reports 0 with an explicit deny in a resource control policy",
];

/// Source: AWS Organizations User Guide, "SCP evaluation", "RCP evaluation"; IAM User Guide, "Troubleshoot access denied error
/// messages".
#[test]
fn sts_enforces_control_policies_in_awss_words_and_never_on_the_management_account() {
    assert_eq!(answers(&Sandbox::of(ESTATE)), EXPECTED);
}

fn aws(sandbox: &Sandbox, profile: &str, arguments: &[&str]) -> Ran {
    let mut command = sandbox.home.program(aws_cli::program());
    command.env("AWS_PROFILE", profile).args(["--output", "json", "organizations"]).args(arguments);
    ran(&mut command, "")
}

#[test]
fn the_aws_cli_reads_an_organization_of_the_sandbox() {
    let sandbox = Sandbox::of(ESTATE);
    let read = |arguments: &[&str]| -> Value {
        let ran = aws(&sandbox, "admin", arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{arguments:?}");
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let organization = &read(&["describe-organization"])["Organization"];
    assert_eq!(
        (&organization["Id"], &organization["MasterAccountId"]),
        (&"o-a1b2c3d4e5".into(), &"999900001111".into())
    );
    let root = read(&["list-roots"])["Roots"][0]["Id"].as_str().unwrap().to_owned();
    let unit = |parent: &str| -> (String, String) {
        let units = read(&["list-organizational-units-for-parent", "--parent-id", parent]);
        let unit = &units["OrganizationalUnits"][0];
        (unit["Name"].as_str().unwrap().to_owned(), unit["Id"].as_str().unwrap().to_owned())
    };
    let (name, workloads) = unit(&root);
    let (inner, partners) = unit(&workloads);
    assert_eq!((name.as_str(), inner.as_str()), ("Workloads", "Partners"));
    let described = read(&["describe-organizational-unit", "--organizational-unit-id", &partners]);
    assert_eq!(described["OrganizationalUnit"]["Name"], "Partners");
    let ids = |told: &Value, list: &str, key: &str| -> Vec<String> {
        told[list].as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect()
    };
    let here = read(&["list-accounts-for-parent", "--parent-id", &partners]);
    assert_eq!(ids(&here, "Accounts", "Name"), ["Partners"]);
    let all = ["111122223333", "444455556666", "999900001111"];
    assert_eq!(ids(&read(&["list-accounts"]), "Accounts", "Id"), all);
    assert_eq!(ids(&read(&["list-accounts", "--page-size", "2"]), "Accounts", "Id"), all);
    assert_eq!(read(&["describe-account", "--account-id", "111122223333"])["Account"]["Name"], "Development");
    let parents = read(&["list-parents", "--child-id", "444455556666"]);
    assert_eq!(
        (&parents["Parents"][0]["Id"], &parents["Parents"][0]["Type"]),
        (&partners.as_str().into(), &"ORGANIZATIONAL_UNIT".into())
    );
    let (service, resource) = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY");
    let names = |told: &Value| ids(told, "Policies", "Name");
    assert_eq!(names(&read(&["list-policies", "--filter", service])), ["FullAWSAccess", "NoTags", "OnlyReports"]);
    let at = |target: &str, filter: &str| {
        names(&read(&["list-policies-for-target", "--target-id", target, "--filter", filter]))
    };
    assert_eq!(at(&partners, service), ["OnlyReports"]);
    assert_eq!(at(&root, service), ["FullAWSAccess", "NoTags"]);
    assert_eq!(at(&partners, resource), ["RCPFullAWSAccess", "Perimeter"]);
    let listed = read(&["list-policies", "--filter", resource]);
    let perimeter = listed["Policies"][1]["Id"].as_str().unwrap();
    let text = read(&["describe-policy", "--policy-id", perimeter])["Policy"]["Content"].as_str().unwrap().to_owned();
    assert!(text.contains("OursOnly"), "{text}");
    let targets = read(&["list-targets-for-policy", "--policy-id", perimeter]);
    assert_eq!(ids(&targets, "Targets", "Type"), ["ORGANIZATIONAL_UNIT", "ACCOUNT"]);

    for (who, arguments, expected) in [
        ("alice", &["list-roots"][..], ""),
        ("carol", &["describe-organization"], ""),
        (
            "carol",
            &["list-roots"],
            "(AccessDeniedException) when calling the ListRoots operation: You don't have permissions",
        ),
        ("mallory", &["describe-organization"], "(AWSOrganizationsNotInUseException)"),
        ("admin", &["list-parents", "--child-id", "777788889999"], "(ChildNotFoundException)"),
    ] {
        let ran = aws(&sandbox, who, arguments);
        assert_eq!(ran.code == 0, expected.is_empty(), "{who} {arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(expected), "{who} {arguments:?}: {}", ran.stderr);
    }
}

/// What is the same in two lawbooks: texts and levels.
fn short(book: &Lawbook) -> Vec<String> {
    let of = |(account, place): (&String, &assume::policy::Place)| {
        let tiers: Vec<String> = place
            .tiers
            .iter()
            .map(|tier| {
                let names = |all: &[std::sync::Arc<assume::policy::ControlPolicy>]| {
                    all.iter().map(|one| one.name.clone()).collect::<Vec<_>>().join("+")
                };
                format!("{}({},{},{})", tier.name, names(&tier.service), tier.full_access, names(&tier.resource))
            })
            .collect();
        format!("{account} {} {} {}", place.is_management, place.path, tiers.join(" "))
    };
    book.0.iter().map(of).collect()
}

#[test]
fn a_snapshot_has_the_control_policies_and_a_sandbox_of_it_enforces_them() {
    let first = Sandbox::of(ESTATE);
    let profiles = ["carol", "alice", "admin"].into_iter().flat_map(|profile| ["--profile", profile]);
    let words: Vec<&str> = ["trust", "pull"].into_iter().chain(profiles).collect();
    first.fail("throttle*2@ListPoliciesForTarget");
    let pulled = first.home.run(&words);
    assert_eq!(pulled.code, 0, "{}", pulled.stderr);
    assert!(pulled.stderr.ends_with("2 of them refused for a while; control policies: 3\n"), "{}", pulled.stderr);
    assert!(!pulled.stdout.contains("CreateAccessKey"), "{}", pulled.stdout);
    let (before, after) = (Scenario::parse(ESTATE).unwrap(), Scenario::parse(&pulled.stdout).unwrap());
    assert_eq!(short(&after.laws()), short(&before.laws()));
    // The stranger's account was not pulled: it comes from the first file.
    let stranger =
        &ESTATE[ESTATE.find("[[account]]\nid = \"777788889999\"").unwrap()..ESTATE.find("[[organization]]").unwrap()];
    let second = Sandbox::of(&format!("{}\n{stranger}", pulled.stdout));
    assert_eq!(answers(&second), EXPECTED);
    assert!(after.laws().0.values().flat_map(|place| &place.tiers).any(|tier| !tier.resource.is_empty()));
    assert_eq!(Control::Resource.to_string(), "resource control policy");
}

#[test]
fn where_control_policies_may_not_be_read_the_snapshot_says_that_it_lacks_them() {
    let sandbox = Sandbox::of(ESTATE);
    let pulled = sandbox.home.run(&["trust", "pull", "--profile", "carol"]);
    assert_eq!(pulled.code, 0, "{}", pulled.stderr);
    assert!(pulled.stderr.contains("not in the file: the control policies of o-a1b2c3d4e5"), "{}", pulled.stderr);
    assert!(pulled.stderr.contains("carol: AccessDeniedException: You don't have permissions"), "{}", pulled.stderr);
    assert!(pulled.stderr.contains("control policies were not read: name a profile"), "{}", pulled.stderr);
    assert!(pulled.stdout.contains("# not as in the account: the control policies of o-a1b2c3d4e5 are not in it"));
    assert!(pulled.stdout.contains("organization = \"o-a1b2c3d4e5\""), "{}", pulled.stdout);
    assert!(!pulled.stdout.contains("[[organization]]"), "{}", pulled.stdout);
}

#[test]
fn paths_end_where_a_control_policy_forbids_the_step() {
    let sandbox = Sandbox::of(ESTATE);
    sandbox.home.write("estate.toml", ESTATE);
    let paths = |to: &str| sandbox.home.run(&["trust", "paths", "--snapshot", "estate.toml", "--to", to]).stdout;
    let to_audit = paths("Audit");
    assert!(to_audit.contains(":user/alice") && to_audit.contains(":user/admin"), "{to_audit}");
    let to_deploy = paths("Deploy");
    assert!(to_deploy.contains(":user/admin") && !to_deploy.contains(":user/carol"), "{to_deploy}");
    let to_reports = paths("Reports");
    // A file need not say of an account which organization it is in: what that would have to be is a demand of the step.
    let outside = ":user/mallory\n   -> arn:aws:iam::444455556666:role/Reports\n        with aws:PrincipalOrgID not";
    assert!(to_reports.contains(":user/carol") && to_reports.contains(outside), "{to_reports}");
}
