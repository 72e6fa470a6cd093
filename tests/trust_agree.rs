//! What `trust test` says of a file is what the sandbox's STS does with it: estates made at random, every side of them.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::support::home::ran;
use crate::support::python;
use crate::support::sandbox::Sandbox;

const OURS: [&str; 2] = ["111122223333", "444455556666"];
const OUTSIDE: &str = "777788889999";
const ESTATES: usize = 3;

/// Conditions on what a caller is, what they send, and where they stand.
fn conditions() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => Just("{}"),
        7 => prop::sample::select(vec![
            r#"{"StringEquals": {"sts:ExternalId": "id-one"}}"#,
            r#"{"StringNotEquals": {"sts:ExternalId": "id-one"}}"#,
            r#"{"StringLikeIfExists": {"sts:ExternalId": "id-*"}}"#,
            r#"{"Null": {"sts:ExternalId": "true"}}"#,
            r#"{"StringEquals": {"sts:RoleSessionName": "s1"}}"#,
            r#"{"StringEquals": {"aws:PrincipalTag/team": "core"}}"#,
            r#"{"StringNotEquals": {"aws:PrincipalTag/team": "core"}}"#,
            r#"{"StringEquals": {"aws:RequestTag/team": "core"}}"#,
            r#"{"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}"#,
            r#"{"StringLikeIfExists": {"sts:SourceIdentity": "ali*"}}"#,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
            r#"{"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#,
            r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-a1b2/ou-*"}}"#,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/u0"}}"#,
            r#"{"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}"#,
            r#"{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
            r#"{"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}"#,
            r#"{"NotIpAddress": {"aws:SourceIp": "127.0.0.1/32"}}"#,
            r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#,
            r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
        ]),
    ]
}

fn effects() -> impl Strategy<Value = &'static str> {
    prop_oneof![5 => Just("Allow"), 1 => Just("Deny")]
}

fn actions() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => Just(r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#),
        1 => prop::sample::select(vec![r#""sts:AssumeRole""#, r#""*""#, r#""sts:TagSession""#, r#"["sts:Assume*", "sts:Tag*"]"#]),
    ]
}

fn trusts() -> impl Strategy<Value = String> {
    let whom = prop::sample::select(vec![
        r#""*""#,
        r#"{"AWS": ["111122223333", "444455556666", "777788889999"]}"#,
        r#"{"AWS": "arn:aws:iam::111122223333:root"}"#,
        r#"{"AWS": ["arn:aws:iam::111122223333:user/u0", "arn:aws:iam::444455556666:user/u1"]}"#,
        r#"{"AWS": "arn:aws:iam::111122223333:role/app/S"}"#,
        r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/S/s1"}"#,
        r#"{"AWS": "arn:aws:iam::777788889999:user/u0"}"#,
    ]);
    let statement = (effects(), whom, actions(), conditions()).prop_map(|(effect, whom, action, condition)| {
        format!(r#"{{"Effect": "{effect}", "Principal": {whom}, "Action": {action}, "Condition": {condition}}}"#)
    });
    policies(prop::collection::vec(statement, 1..4))
}

fn with_resources(effect: impl Strategy<Value = &'static str>) -> impl Strategy<Value = String> {
    let resource = prop_oneof![
        4 => Just("*"),
        1 => Just("arn:aws:iam::444455556666:role/*"),
        1 => Just("arn:aws:iam::*:role/R1"),
        1 => Just("arn:aws:iam::*:role/${aws:PrincipalTag/team}"),
    ];
    (effect, actions(), resource, conditions()).prop_map(|(effect, action, resource, condition)| {
        format!(r#"{{"Effect": "{effect}", "Action": {action}, "Resource": "{resource}", "Condition": {condition}}}"#)
    })
}

fn identities() -> impl Strategy<Value = String> {
    policies(prop::collection::vec(with_resources(effects()), 1..3))
}

fn perimeters() -> impl Strategy<Value = String> {
    let statement = with_resources(Just("Deny")).prop_map(|text| text.replacen('{', r#"{"Principal": "*", "#, 1));
    policies(prop::collection::vec(
        statement.prop_map(|text| text.replace(r#""*", "Resource""#, r#""sts:*", "Resource""#)),
        1..2,
    ))
}

fn policies(statements: impl Strategy<Value = Vec<String>>) -> impl Strategy<Value = String> {
    statements.prop_map(|all| format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, all.join(", ")))
}

/// An estate: two accounts of an organization and one outside, with users, roles and laws.
fn estate(runner: &mut TestRunner) -> String {
    let mut one = |strategy: &mut dyn FnMut(&mut TestRunner) -> String| strategy(runner);
    let trust = &mut |runner: &mut TestRunner| trusts().new_tree(runner).unwrap().current();
    let identity = &mut |runner: &mut TestRunner| identities().new_tree(runner).unwrap().current();
    let scp = &mut |runner: &mut TestRunner| {
        policies(prop::collection::vec(with_resources(Just("Deny")), 1..2)).new_tree(runner).unwrap().current()
    };
    let rcp = &mut |runner: &mut TestRunner| perimeters().new_tree(runner).unwrap().current();
    const ALL: &str = r#"{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#;
    let mut text = String::new();
    for account in OURS.into_iter().chain([OUTSIDE]) {
        let organization = if account == OUTSIDE { "" } else { "organization = \"o-a1b2c3d4e5\"\n" };
        let _ = write!(text, "[[account]]\nid = \"{account}\"\n{organization}");
        for (user, team) in [("u0", "core"), ("u1", "R1")] {
            let own = if user == "u0" { ALL.to_owned() } else { one(identity) };
            let boundary =
                if user == "u1" { format!("boundary = {{ B = '{}' }}\n", one(identity)) } else { String::new() };
            let _ = write!(
                text,
                "[[account.user]]\nname = \"{user}\"\ntags = {{ team = \"{team}\" }}\npolicies = {{ P = '{own}' }}\n{boundary}"
            );
        }
        for role in ["R0", "R1", "R2", "R3"] {
            let _ = write!(text, "[[account.role]]\nname = \"{role}\"\ntrust = '{}'\n", one(trust));
        }
        let opens = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:user/u0"}},"Action":"sts:AssumeRole"}}}}"#
        );
        let _ = write!(
            text,
            "[[account.role]]\nname = \"app/S\"\ntags = {{ team = \"core\" }}\ntrust = '{opens}'\npolicies = {{ P = '{}', Q = '{}' }}\n",
            one(identity),
            one(identity)
        );
    }
    let _ = write!(
        text,
        "[[organization]]\nid = \"o-a1b2c3d4e5\"\nmanagement = \"999999999999\"\n[[organization.unit]]\nname = \"U\"\n\
         accounts = [\"111122223333\"]\n\
         [[organization.service_control_policy]]\nname = \"A\"\npolicy = '{}'\ntargets = [\"U\"]\n\
         [[organization.service_control_policy]]\nname = \"B\"\npolicy = '{}'\ntargets = [\"444455556666\"]\n\
         [[organization.resource_control_policy]]\nname = \"C\"\npolicy = '{}'\ntargets = [\"root\"]\n",
        one(scp),
        one(scp),
        one(rcp)
    );
    text
}

/// Everybody asks for every role, in several ways; sessions of the role S too, where its user gets it.
const ASK: &str = "
import boto3, botocore
ways = [dict(), dict(ExternalId='id-one'), dict(ExternalId='other', RoleSessionName='s2'),
        dict(Tags=[dict(Key='team', Value='core')]), dict(SourceIdentity='alice', ExternalId='id-one'),
        dict(Tags=[dict(Key='team', Value='R1'), dict(Key='cost', Value='1')], SourceIdentity='mallory')]
accounts = ['111122223333', '444455556666', '777788889999']
keys = {}
for line in open('users.txt'):
    arn, key, secret = line.split()
    keys[arn] = boto3.client('sts', aws_access_key_id=key, aws_secret_access_key=secret)
def ask(client, role, way):
    try:
        return client.assume_role(RoleArn=role, **{'RoleSessionName': 's1', **way})
    except botocore.exceptions.ClientError as error:
        assert error.response['Error']['Code'] == 'AccessDenied', error
callers = dict(keys)
for account in accounts:
    got = ask(keys['arn:aws:iam::%s:user/u0' % account], 'arn:aws:iam::%s:role/app/S' % account, {})
    if got:
        made = got['Credentials']
        callers[got['AssumedRoleUser']['Arn']] = boto3.client('sts', aws_access_key_id=made['AccessKeyId'],
            aws_secret_access_key=made['SecretAccessKey'], aws_session_token=made['SessionToken'])
for who, client in callers.items():
    for account in accounts:
        for name in ['R0', 'R1', 'R2', 'R3']:
            role = 'arn:aws:iam::%s:role/%s' % (account, name)
            for number, way in enumerate(ways):
                print(who, role, number, 'allowed' if ask(client, role, way) else 'refused')
";

/// The same ways, as rows say them.
const WAYS: [&str; 6] = [
    "session_name = \"s1\"",
    "session_name = \"s1\"\nexternal_id = \"id-one\"",
    "session_name = \"s2\"\nexternal_id = \"other\"",
    "session_name = \"s1\"\ntags = { team = \"core\" }",
    "session_name = \"s1\"\nexternal_id = \"id-one\"\nsource_identity = \"alice\"",
    "session_name = \"s1\"\ntags = { team = \"R1\", cost = \"1\" }\nsource_identity = \"mallory\"",
];

#[test]
fn what_is_said_of_a_snapshot_is_what_sts_does() {
    let mut runner = TestRunner::deterministic();
    let (mut asked, mut allowed) = (0, 0);
    for _ in 0..ESTATES {
        let text = estate(&mut runner);
        let sandbox = Sandbox::of(&text);
        use assume::terms::ExposeSecret;
        let line = |key: assume::sandbox::Key| format!("{} {} {}\n", key.user_arn, key.id, key.secret.expose_secret());
        sandbox.home.write("users.txt", &sandbox.server.keys().into_iter().map(line).collect::<String>());
        sandbox.home.write("estate.toml", &text);
        // Users of several accounts have one name here, and no profile.
        sandbox.home.aws_credentials("");
        let answers = ran(python::script(&sandbox.home, ASK).current_dir(sandbox.home.path()), "");
        assert_eq!(answers.code, 0, "{}", answers.stderr);
        let mut table = String::from("snapshot = \"estate.toml\"\n");
        for answer in answers.stdout.lines() {
            let [who, role, way, expect] = answer.split(' ').collect::<Vec<_>>()[..] else { panic!("{answer}") };
            asked += 1;
            allowed += usize::from(expect == "allowed");
            let way = WAYS[way.parse::<usize>().unwrap()];
            let _ = write!(
                table,
                "[[test]]\nas = \"{who}\"\nrole = \"{role}\"\nsource_ip = \"127.0.0.1\"\n{way}\nexpect = \"{expect}\"\n"
            );
        }
        sandbox.home.write("rules.toml", &table);
        let ran = sandbox.home.run(&["trust", "test", "rules.toml"]);
        let failed: String = ran
            .stdout
            .lines()
            .filter(|line| !line.starts_with("ok "))
            .fold(String::new(), |all, line| all + line + "\n");
        assert_eq!((ran.code, failed.as_str()), (0, ""), "{}\n{text}", ran.stderr);
    }
    assert!(asked >= ESTATES * 6 * 12 * 6, "{asked}");
    assert!(allowed > asked / 20 && allowed < asked * 3 / 4, "{allowed} of {asked}");
}
