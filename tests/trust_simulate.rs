//! `assume trust simulate` and `assume trust test` over snapshots and accounts: all sides have a say, and the one that decides
//! is named.

use serde_json::Value;

use crate::support::home::{Home, Ran};
use crate::support::sandbox::Sandbox;

const ESTATE: &str = r#"
[[account]]
id = "111122223333"
organization = "o-a1b2c3d4e5"
[[account.user]]
name = "alice"
tags = { team = "core" }
[account.user.policies]
Switch = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"},{"Sid":"NotThere","Effect":"Deny","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/Forbidden"}]}'
Read = '{"Statement":[{"Effect":"Allow","Action":"iam:GetAccountAuthorizationDetails","Resource":"*"}]}'
[[account.user]]
name = "bob"
boundary = { Narrow = '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }
policies = { All = '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}' }
[[account.user]]
name = "carol"
policies = { Buckets = '{"Statement":[{"Effect":"Allow","Action":["s3:*","iam:GetRole"],"Resource":"*"}]}' }
[[account.role]]
name = "teams/Deploy"
policies = { All = '{"Statement":[{"Effect":"Allow","Action":"sts:*","Resource":"*"}]}' }
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
[[account.role]]
name = "Forbidden"
trust = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}]}'
[[account.role]]
name = "Core"
trust = '{"Version":"2012-10-17","Statement":[{"Sid":"Team","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:PrincipalTag/team":"core"},"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}'
[[account]]
id = "444455556666"
organization = "o-a1b2c3d4e5"
[[account.role]]
name = "partners/Reports"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["111122223333","777788889999"]},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"E-12345"}}}]}'
[[account.role]]
name = "Closed"
trust = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}'

[[organization]]
id = "o-a1b2c3d4e5"
management = "999999999999"
[[organization.unit]]
name = "Partners"
accounts = ["444455556666"]
[[organization.service_control_policy]]
name = "NoTags"
policy = '{"Version":"2012-10-17","Statement":[{"Sid":"Untagged","Effect":"Deny","Action":"sts:TagSession","Resource":"*"}]}'
targets = ["111122223333"]
[[organization.resource_control_policy]]
name = "Perimeter"
policy = '{"Version":"2012-10-17","Statement":[{"Sid":"OursOnly","Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}]}'
targets = ["Partners"]
"#;

fn home() -> Home {
    let home = Home::new();
    home.write("snapshot.toml", ESTATE);
    home
}

fn simulate(home: &Home, arguments: &[&str]) -> Ran {
    home.run(&[&["trust", "simulate", "--snapshot", "snapshot.toml"], arguments].concat())
}

/// The side that decides, and what each of them says.
#[test]
fn of_a_snapshot_every_side_has_a_say_and_the_one_that_decides_is_named() {
    let home = home();
    let alice = "arn:aws:iam::111122223333:user/alice";
    let cases: &[(&[&str], i32, &str, &[&str])] = &[
        (
            &["--as", "alice", "--role", "Deploy"],
            0,
            "allowed: by the trust policy and their own policies",
            &["trust policy: Statement[0] allows it", "their policies: Switch, Statement[0] allows it"],
        ),
        (
            &["--as", alice, "--role", "Forbidden"],
            1,
            "refused: by their own policies",
            &[
                "their policies: Switch, Statement[1] (NotThere) denies it",
                "that Deny would have to spare sts:AssumeRole on arn:aws:iam::111122223333:role/Forbidden",
            ],
        ),
        (
            &["--as", "bob", "--role", "Deploy"],
            1,
            "refused: by their permissions boundary",
            &["their permissions boundary: no statement allows it", "the boundary would have to allow sts:AssumeRole"],
        ),
        (
            &["--as", "carol", "--role", "teams/Deploy"],
            1,
            "refused: by their own policies",
            &[
                "one of their policies would have to allow sts:AssumeRole on arn:aws:iam::111122223333:role/teams/Deploy",
            ],
        ),
        (
            &["--as", "alice", "--role", "Core"],
            1,
            "refused: by the trust policy",
            &[
                "trust policy: Statement[0] (Team): would allow it, but asks that aws:MultiFactorAuthPresent is `true`",
                "it would be allowed with aws:MultiFactorAuthPresent = `true`",
            ],
        ),
        (&["--as", "alice", "--role", "Core", "--mfa"], 0, "allowed: by the trust policy and their own policies", &[]),
        (
            &["--as", "Deploy", "--role", "Reports", "--external-id", "E-12345"],
            0,
            "allowed: by the trust policy and their own policies",
            &[],
        ),
        (
            &["--as", "arn:aws:sts::111122223333:assumed-role/Deploy/ci", "--role", "Reports"],
            1,
            "refused: by the trust policy",
            &["it would be allowed with sts:ExternalId = `E-12345`"],
        ),
        (
            &["--as", "alice", "--role", "Deploy", "--tag", "team=core"],
            1,
            "refused: by a service control policy",
            &[
                "it is about sts:TagSession",
                "the service control policy NoTags of the account 111122223333 denies it (Statement[0], Untagged)",
            ],
        ),
        (
            &["--as", "777788889999", "--role", "Reports", "--external-id", "E-12345", "--organization", "o-zz"],
            1,
            "refused: by a resource control policy",
            &["the resource control policy Perimeter of the unit Partners denies it (Statement[0], OursOnly)"],
        ),
        (
            &["--as", "777788889999", "--role", "Reports", "--external-id", "E-12345"],
            1,
            "refused: by a resource control policy",
            &["taken as absent: aws:PrincipalOrgID (--context KEY=VALUE)"],
        ),
        (
            &[
                "--as",
                "777788889999",
                "--role",
                "Reports",
                "--external-id",
                "E-12345",
                "--organization",
                "o-a1b2c3d4e5",
            ],
            0,
            "allowed, if the policies of the one who asks allow it too (they are not known: their account is not in snapshot.toml)",
            &[],
        ),
    ];
    for (arguments, code, first, lines) in cases {
        let ran = simulate(&home, arguments);
        assert_eq!((ran.code, ran.stderr.as_str()), (*code, ""), "{arguments:?}: {}", ran.stdout);
        assert_eq!(ran.stdout.lines().next(), Some(*first), "{arguments:?}: {}", ran.stdout);
        for line in *lines {
            assert!(ran.stdout.contains(line), "{arguments:?}: {line}\n{}", ran.stdout);
        }
    }
}

#[test]
fn programs_are_told_the_side_the_statement_and_what_would_change_it() {
    let home = home();
    let told = |arguments: &[&str]| -> Value {
        serde_json::from_str(&simulate(&home, &[arguments, &["--json"]].concat()).stdout).unwrap()
    };
    let denied = told(&["--as", "alice", "--role", "Forbidden"]);
    assert_eq!((&denied["outcome"], &denied["side"]), (&"refused".into(), &"identity".into()));
    assert_eq!(denied["identity"]["policy"], "Switch");
    assert_eq!(denied["identity"]["sid"], "NotThere");
    let bounded = told(&["--as", "bob", "--role", "Deploy"]);
    assert_eq!((&bounded["side"], &bounded["boundary"]["says"]), (&"boundary".into(), &"not-allowed".into()));
    let tagged = told(&["--as", "alice", "--role", "Deploy", "--tag", "a=b"]);
    assert_eq!(tagged["control_policy"]["policy"], "NoTags");
    assert_eq!(tagged["control_policy"]["level"], "the account 111122223333");
    let without_code = told(&["--as", "alice", "--role", "Core"]);
    assert_eq!(without_code["allowed_with"][0]["key"], "aws:MultiFactorAuthPresent");
}

#[test]
fn whoever_is_not_there_is_not_taken_for_somebody_else() {
    let home = home();
    for (arguments, says) in [
        (&["--as", "alicia", "--role", "Deploy"][..], "`alicia` is no ARN"),
        (
            &["--as", "arn:aws:iam::111122223333:user/alicia", "--role", "Deploy"],
            "there is no arn:aws:iam::111122223333:user/alicia",
        ),
        (&["--as", "alice", "--role", "Deplow"], "there is no one role `Deplow` in snapshot.toml"),
    ] {
        let ran = simulate(&home, arguments);
        assert_eq!(ran.code, 2, "{}", ran.stdout);
        assert!(
            ran.stderr.contains(says) && ran.stderr.contains("hint") | says.starts_with("there is no arn"),
            "{}",
            ran.stderr
        );
    }
}

#[test]
fn a_new_trust_policy_is_tried_with_the_callers_of_a_snapshot() {
    let home = home();
    home.write(
        "new.json",
        r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}"#,
    );
    let role = ["--role", "new.json", "--role-arn", "arn:aws:iam::111122223333:role/New"];
    assert_eq!(simulate(&home, &[&["--as", "alice"], &role[..]].concat()).code, 0);
    let carol = simulate(&home, &[&["--as", "carol"], &role[..]].concat());
    assert_eq!(carol.stdout.lines().next(), Some("refused: by their own policies"));
}

#[test]
fn the_account_itself_is_asked_and_a_role_alone_where_it_may_not_be_read() {
    let sandbox = Sandbox::of(ESTATE);
    let simulate = |arguments: &[&str]| sandbox.home.run(&[&["trust", "simulate", "--profile"], arguments].concat());
    let ran = simulate(&["alice", "--as", "bob", "--role", "Deploy"]);
    assert_eq!(
        (ran.code, ran.stdout.lines().next()),
        (1, Some("refused: by their permissions boundary")),
        "{}",
        ran.stderr
    );
    let ran = simulate(&["alice", "--as", "alice", "--role", "arn:aws:iam::111122223333:role/teams/Deploy"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let bob = "arn:aws:iam::111122223333:user/bob";
    let alone = simulate(&["carol", "--as", bob, "--role", "Deploy"]);
    assert_eq!(alone.code, 0, "{}", alone.stderr);
    assert!(alone.stdout.starts_with("allowed, if the policies of the one who asks"), "{}", alone.stdout);
    assert!(alone.stderr.contains("iam:GetAccountAuthorizationDetails"), "{}", alone.stderr);
}

const TABLE: &str = r#"
snapshot = "snapshot.toml"
role = "Reports"

[[test]]
says = "alice, with the external ID"
as = "alice"
external_id = "E-12345"
expect = "allowed"

[[test]]
says = "alice, without it"
as = "alice"
expect = "refused"
because = "sts:ExternalId"

[[test]]
says = "somebody of another organization"
as = "777788889999"
external_id = "E-12345"
organization = "o-zz"
expect = "refused"
because = "Perimeter"

[[test]]
as = "bob"
role = "Deploy"
expect = "refused"
because = "boundary"

[[test]]
says = "the team, with a code"
as = "alice"
role = "Core"
mfa = "5m"
expect = "allowed"
because = "Team"
"#;

#[test]
fn a_table_that_is_so_passes() {
    let home = home();
    home.write("rules.toml", TABLE);
    let ran = home.run(&["trust", "test", "rules.toml"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (
            0,
            "ok      alice, with the external ID\nok      alice, without it\nok      somebody of another organization\n\
             ok      bob for Deploy\nok      the team, with a code\n",
            "assume: note: 5 tests, 0 failed\n"
        )
    );
}

#[test]
fn a_row_that_is_not_so_says_what_was_expected_what_came_of_it_and_why() {
    let home = home();
    let wrong =
        TABLE.replace("because = \"boundary\"", "because = \"trust\"").replacen("\"E-12345\"", "\"E-1<>\\\"\"", 1);
    let wrong = wrong.replacen("E-1<>\\\"", "E-1", 1);
    home.write("rules.toml", &wrong);
    let ran = home.run(&["trust", "test", "rules.toml"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, "assume: note: 5 tests, 2 failed\n"));
    assert!(
        ran.stdout.starts_with(
            "FAILED  alice, with the external ID  (rules.toml:5)\n        expected allowed\n        \
             got      refused: by the trust policy\n                 trust policy: no statement allows it\n"
        ),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout.contains(
            "        expected refused, because of trust\n        got      refused: by their permissions boundary\n"
        ),
        "{}",
        ran.stdout
    );
    let formatted = |format: &str| home.run(&["trust", "test", "rules.toml", "--format", format]).stdout;
    let json: Value = serde_json::from_str(&formatted("json")).unwrap();
    assert_eq!((&json["tests"], &json["failed"], &json["rows"][0]["passed"]), (&5.into(), &2.into(), &false.into()));
    assert_eq!(json["rows"][3]["answer"]["side"], "boundary");
    let github = formatted("github");
    assert_eq!(github.lines().count(), 2, "{github}");
    assert!(
        github.starts_with(
            "::error file=rules.toml,line=5,title=alice%2C with the external ID::expected allowed%0Agot refused"
        ),
        "{github}"
    );
    home.write("junit.xml", &formatted("junit"));
    let script = "import xml.etree.ElementTree as E; r = E.parse('junit.xml').getroot(); \
                  print(r.tag, r.get('tests'), r.get('failures'), [c.get('name') for c in r.iter('testcase') if c.find('failure') is not None])";
    let read = crate::support::home::ran(crate::support::python::script(&home, script).current_dir(home.path()), "");
    assert_eq!(read.stdout, "testsuites 5 2 ['alice, with the external ID', 'bob for Deploy']\n", "{}", read.stderr);
}

#[test]
fn a_mistake_in_a_table_is_told_with_its_line_and_no_row_is_tried() {
    let home = home();
    for (text, says) in [
        (TABLE.replace("external_id", "extenal_id"), "rules.toml:8: unknown field `extenal_id`"),
        (TABLE.replace("as = \"bob\"", "as = \"bobby\""), "rules.toml:25: bobby for Deploy"),
        ("snapshot = \"snapshot.toml\"\n".to_owned(), "rules.toml has no [[test]]"),
        (TABLE.replacen("snapshot.toml", "gone.toml", 1), "gone.toml is not there"),
    ] {
        home.write("rules.toml", &text);
        let ran = home.run(&["trust", "test", "rules.toml"]);
        assert!(ran.code >= 2 && ran.stdout.is_empty(), "{} {}", ran.code, ran.stdout);
        assert!(ran.stderr.contains(says), "{says}\n{}", ran.stderr);
    }
    assert_eq!(home.run(&["trust", "test"]).code, 2);
}

#[test]
fn a_table_over_files_says_nothing_of_the_callers_own_side() {
    let home = home();
    home.write(
        "role.json",
        r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "E-12345"}}}}"#,
    );
    home.write(
        "rules.toml",
        "role = \"role.json\"\nas = \"arn:aws:iam::444455556666:role/S\"\n[[test]]\nexternal_id = \"E-12345\"\n\
         expect = \"allowed\"\n[[test]]\nexpect = \"refused\"\nbecause = \"trust\"\n",
    );
    let ran = home.run(&["trust", "test", "rules.toml"]);
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 2), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_table_may_ask_the_account_itself() {
    let sandbox = Sandbox::of(ESTATE);
    sandbox.home.write(
        "rules.toml",
        "profile = \"alice\"\nrole = \"Deploy\"\n[[test]]\nas = \"alice\"\nexpect = \"allowed\"\n[[test]]\nas = \"carol\"\n\
         expect = \"refused\"\nbecause = \"identity\"\n",
    );
    let ran = sandbox.home.run(&["trust", "test", "rules.toml"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "ok      alice for Deploy\nok      carol for Deploy\n"),
        "{}",
        ran.stderr
    );
    let reads = sandbox.operations().iter().filter(|name| *name == "GetAccountAuthorizationDetails").count();
    assert_eq!(reads, 1, "an account is read once");
}

#[test]
fn the_table_that_is_shipped_is_so() {
    let home = Home::new();
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/trust-tests.toml");
    let ran = home.run(&["trust", "test", table]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "assume: note: 7 tests, 0 failed\n"), "{}", ran.stdout);
}
