//! `assume trust check`, as people and CI run it.

use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::{Home, Ran, ran};

const OPEN: &str = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Acme",
      "Effect": "Allow",
      "Principal": { "AWS": "arn:aws:iam::444455556666:role/Scanner" },
      "Action": "sts:AssumeRole"
    }
  ]
}"#;

const SHUT: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
    "Principal": {"AWS": "arn:aws:iam::444455556666:role/Scanner"},
    "Condition": {"StringEquals": {"sts:ExternalId": "5b0b6c1e-6a0e-4a4e-9d53-0d6c8f1f3c11"}}}]}"#;

fn home() -> Home {
    let home = Home::new();
    home.config("[accounts]\nown = [\"111122223333\"]\nknown = { \"444455556666\" = \"Acme\" }\n");
    home.write("open.json", OPEN);
    home.write("shut.json", SHUT);
    home
}

fn ids(ran: &Ran) -> Vec<String> {
    let found: Value = serde_json::from_str(&ran.stdout).unwrap();
    found.as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_finding_fails_the_command_and_says_where_it_is_and_what_to_do() {
    let ran = home().run(&["trust", "check", "open.json", "shut.json"]);
    assert_eq!(ran.code, 1);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[..3],
        [
            "open.json",
            "  high     TP-NO-EXTID  line 7, Statement[0] (Acme).Principal",
            "           account 444455556666 (Acme) gets in without an external ID",
        ]
    );
    assert!(lines.iter().any(|line| line.trim_start().starts_with("fix: ")), "{}", ran.stdout);
    assert_eq!(ran.stderr, "assume: note: 2 policies checked, 1 finding (1 high)\n");
}

#[test]
fn exit_codes_are_what_ci_asked_for() {
    let home = home();
    let code = |arguments: &[&str]| home.run(&[&["trust", "check"], arguments].concat()).code;
    assert_eq!(code(&["shut.json"]), 0);
    assert_eq!(code(&["open.json"]), 1);
    assert_eq!(code(&["open.json", "--fail-on", "high"]), 1);
    assert_eq!(code(&["open.json", "--fail-on", "critical"]), 0);
    assert_eq!(code(&["open.json", "--fail-on", "none"]), 0);
    assert_eq!(code(&["open.json", "--own", "444455556666"]), 0);
    assert_eq!(code(&["open.json", "--fail-on", "bad"]), 2);
    assert_eq!(code(&["nowhere.json"]), 2);
}

#[test]
fn whoever_is_ours_is_not_known_unless_somebody_says_so() {
    let home = Home::new();
    let ran = home.run_with_input(&["trust", "check", "-"], OPEN);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("accounts.own"), "{}", ran.stderr);
}

#[test]
fn policies_are_found_in_what_people_have() {
    let home = home();
    let role = |policy: &str| {
        format!(
            r#"{{"Role": {{"RoleName": "R", "Arn": "arn:aws:iam::111122223333:role/R", "AssumeRolePolicyDocument": {policy}}}}}"#
        )
    };
    let template = format!(
        r#"{{"Resources": {{"R": {{"Type": "AWS::IAM::Role", "Properties": {{"AssumeRolePolicyDocument": {OPEN}}}}}}}}}"#
    );
    let plan = serde_json::json!({"planned_values": {"root_module": {"resources": [
        {"address": "aws_iam_role.r", "type": "aws_iam_role", "values": {"assume_role_policy": OPEN}},
    ]}}});
    for (file, text) in [("role.json", role(OPEN)), ("template.json", template), ("plan.json", plan.to_string())] {
        home.write(file, &text);
        let ran = home.run(&["trust", "check", file, "--format", "json"]);
        assert_eq!((ran.code, ids(&ran)), (1, vec!["TP-NO-EXTID".to_owned()]), "{file}: {}", ran.stderr);
    }
}

/// A template whose role has an external ID only where a condition holds.
const TEMPLATE: &str = "\
Parameters:
  Partner: {Type: String}
  Id: {Type: String, Default: ''}
Conditions:
  HasId: !Not [!Equals [!Ref Id, '']]
Resources:
  Reader:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Sub 'arn:aws:iam::${Partner}:role/Reader'
            Action: sts:AssumeRole
            Condition: !If
              - HasId
              - StringEquals: {sts:ExternalId: !Ref Id}
              - !Ref AWS::NoValue
";

#[test]
fn a_template_in_yaml_is_checked_both_ways_and_its_findings_have_lines() {
    let home = home();
    home.write("t.yaml", TEMPLATE);
    let ran = home.run(&["trust", "check", "t.yaml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "t.yaml: Reader, where not HasId");
    assert_eq!(lines[1], "  high     TP-NO-EXTID  line 14, Statement[0].Principal");
    assert!(lines[2].contains("(whatever Partner will be) gets in without an external ID"), "{}", ran.stdout);
    assert!(ran.stderr.contains("t.yaml: Reader: `Id` is not known"), "{}", ran.stderr);
    assert!(ran.stderr.ends_with("1 policy checked, 1 finding (1 high)\n"), "{}", ran.stderr);
    // What is found whatever holds is told once.
    home.write("t.yaml", &TEMPLATE.replace("${Partner}:role/Reader", "444455556666:root"));
    let ran = home.run(&["trust", "check", "t.yaml"]);
    assert_eq!(ran.stdout.matches("TP-THIRD-PARTY-ROOT").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.lines().any(|line| line == "t.yaml: Reader"), "{}", ran.stdout);

    home.write("t.yaml", TEMPLATE);
    let ran = home.run(&["trust", "check", "t.yaml", "--format", "github"]);
    assert!(ran.stdout.starts_with("::error file=t.yaml,line=14,title=TP-NO-EXTID (high)::"), "{}", ran.stdout);
    let ran = home.run(&["trust", "check", "t.yaml", "--format", "sarif"]);
    assert!(is_sarif(&home, &ran.stdout), "{}", ran.stdout);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"t.yaml".into(), &14.into()));

    let shown = home.run(&["trust", "show", "t.yaml"]);
    assert!(shown.stdout.contains("t.yaml: Reader, where HasId\n"), "{}", shown.stdout);
}

#[test]
fn what_terraform_alone_can_work_out_is_said_to_be_so() {
    let home = home();
    home.write("main.tf", "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n");
    let ran = home.run(&["trust", "check", "main.tf"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("terraform show -json tfplan > plan.json"), "{}", ran.stderr);
}

#[test]
fn a_project_says_what_it_accepts() {
    let home = home();
    let entry = |rule: &str, role: &str, until: &str| {
        format!(
            "[[suppress]]\nrule = \"{rule}\"\nrole = \"{role}\"\nreason = \"they move in May\"\nuntil = \"{until}\"\n"
        )
    };
    home.write("project/iam/open.json", OPEN);
    let check = |words: &[&str]| home.run(&[&["trust", "check", "--format", "json"], words].concat());
    let file = "project/iam/open.json";

    let accepted = entry("TP-NO-EXTID", "iam/open.json", "2999-12-31");
    home.write("project/.assume-trust.toml", &(accepted.clone() + &entry("TP-SIZE", "iam/other.json", "2020-01-31")));
    let ran = check(&[file]);
    assert_eq!((ran.code, ids(&ran)), (0, vec!["TP-NO-EXTID".to_owned()]), "of what is not checked nothing is said");
    assert!(ran.stdout.contains("\"suppressed\": \"they move in May\""), "{}", ran.stdout);
    assert_eq!(check(&[file, "--no-suppressions"]).code, 1);
    assert_eq!(check(&["open.json"]).code, 1, "it is about what lies beside and below it");

    home.write("project/.assume-trust.toml", &(accepted.clone() + &entry("TP-SIZE", "iam/open.json", "2999-12-31")));
    let ran = check(&[file]);
    assert_eq!((ran.code, ids(&ran)), (0, vec!["TP-NO-EXTID".to_owned(), "TP-SUPPRESSION".to_owned()]));
    home.write("project/.assume-trust.toml", &entry("TP-NO-EXTID", "iam/open.json", "2020-01-31"));
    assert_eq!(check(&[file]).code, 1, "its day is over");
    home.write("project/.assume-trust.toml", &accepted.replace("they move in May", " "));
    assert_eq!(check(&[file]).code, 3, "it has no reason");

    home.write("project/.assume-trust.toml", &accepted);
    home.write("empty.toml", "");
    assert_eq!(check(&[file, "--suppressions", "empty.toml"]).code, 1, "the file that is named is the only one");
    home.write("project/iam/.assume-trust.toml", "");
    assert_eq!(check(&[file]).code, 1, "the nearest counts");
    std::fs::remove_file(home.path().join("project/iam/.assume-trust.toml")).unwrap();
    std::fs::create_dir(home.path().join("project/iam/.git")).unwrap();
    assert_eq!(check(&[file]).code, 1, "another repository is another project");
}

#[test]
fn what_is_accepted_is_told_when_its_day_is_over() {
    let home = home();
    let until = |until: &str| {
        home.write(
            "accepted.toml",
            &format!("[[suppress]]\nrule = \"TP-NO-EXTID\"\nrole = \"open.json\"\nstatement = \"Acme\"\nreason = \"they move in May\"\nuntil = \"{until}\"\n"),
        );
        home.run(&["trust", "check", "open.json", "--suppressions", "accepted.toml", "--format", "json"])
    };
    let ran = until("2999-12-31");
    assert_eq!(ran.code, 0);
    assert!(ran.stderr.ends_with("1 policy checked, 0 findings, 1 suppressed\n"), "{}", ran.stderr);
    assert!(ran.stdout.contains("\"suppressed\": \"they move in May\""));
    let ran = until("2020-01-31");
    assert_eq!((ran.code, ids(&ran)), (1, vec!["TP-NO-EXTID".to_owned(), "TP-SUPPRESSION".to_owned()]));
    let ran = until("soon");
    assert_eq!(ran.code, 3, "{}", ran.stderr);

    home.write("accepted.toml", "[[suppress]]\nrule = \"TP-SIZE\"\nreason = \"x\"\nuntil = \"2999-12-31\"\n");
    let ran = home.run(&["trust", "check", "shut.json", "--suppressions", "accepted.toml", "--format", "json"]);
    assert_eq!((ran.code, ids(&ran)), (0, vec!["TP-SUPPRESSION".to_owned()]), "one that suppresses nothing is told");
}

/// Source: OASIS, SARIF 2.1.0, as its schema is published (`sarif-2.1.0-rtm.5.json` of the schema store).
#[test]
fn sarif_is_what_its_schema_says() {
    let home = home();
    home.write("odd name: #1.json", OPEN);
    home.write(
        "accepted.toml",
        "[[suppress]]\nrule = \"TP-NO-EXTID\"\nrole = \"open.json\"\nreason = \"x\"\nuntil = \"2999-12-31\"\n\
         [[suppress]]\nrule = \"TP-SIZE\"\nreason = \"y\"\nuntil = \"2020-12-31\"\n",
    );
    let ran = home.run(&[
        "trust",
        "check",
        "open.json",
        "shut.json",
        "odd name: #1.json",
        "--suppressions",
        "accepted.toml",
        "--format",
        "sarif",
    ]);
    assert_eq!(ran.code, 1);
    assert!(is_sarif(&home, &ran.stdout), "{}", ran.stdout);
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0]["suppressions"][0]["justification"], "x");
    let uri = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "./odd%20name:%20%231.json");
    let broken = ran.stdout.replace("\"error\"", "\"dreadful\"");
    assert!(broken != ran.stdout && !is_sarif(&home, &broken), "the schema is not what judges");
    let nothing = home.run(&["trust", "check", "shut.json", "--format", "sarif"]);
    assert!(is_sarif(&home, &nothing.stdout), "{}", nothing.stdout);
}

pub(crate) fn is_sarif(home: &Home, log: &str) -> bool {
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/trust/sarif-2.1.0.schema.json");
    let script = "import json, sys, jsonschema\n\
                  schema = json.load(open(sys.argv[1]))\n\
                  errors = list(jsonschema.Draft4Validator(schema).iter_errors(json.load(sys.stdin)))\n\
                  print(len(errors))\n";
    let mut command = home.program(aws_cli::python());
    command.args(["-c", script, schema]);
    let ran = ran(&mut command, log);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    ran.stdout.trim() == "0"
}

#[test]
fn annotations_name_file_and_line() {
    let home = home();
    home.write("a,b.json", OPEN);
    let ran = home.run(&["trust", "check", "a,b.json", "--format", "github"]);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(ran.stdout.starts_with("::error file=a%2Cb.json,line=7,title=TP-NO-EXTID (high)::"), "{}", ran.stdout);
}

/// A policy is somebody else's text.
#[test]
fn what_stands_in_a_policy_drives_neither_terminal_nor_workflow() {
    let home = Home::new();
    let hostile = OPEN.replace("Acme", "x\\u001b[2J\\n::stop-commands::y\\u202e");
    home.write("hostile.json", &hostile);
    for format in ["text", "github", "sarif", "json"] {
        let ran = home.run(&["trust", "check", "hostile.json", "--format", format]);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{format}: {:?}", ran.stdout);
        assert!(!ran.stdout.lines().any(|line| line.starts_with("::stop")), "{format}: {}", ran.stdout);
    }
}
