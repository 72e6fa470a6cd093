//! `assume exposure`: what Access Analyzer finds, put together with what we know; and the sandbox's analyzers, as the AWS
//! CLI sees them.

use serde_json::Value;

use crate::support::aws_cli;
use crate::support::home::Ran;
use crate::support::sandbox::Sandbox;

const SCENARIO: &str = r#"
[[account]]
id = "111122223333"
analyzers = ["ACCOUNT", "ACCOUNT_UNUSED_ACCESS"]
[[account.user]]
name = "alice"
policies = { All = '{"Statement":{"Effect":"Allow","Action":["access-analyzer:*","sts:AssumeRole","account:ListRegions","iam:GetRole"],"Resource":"*"}}' }
[[account.user]]
name = "bob"
[[account.role]]
name = "Guarded"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"b7e2c1f4-5d3a"}}}}'
[[account.role]]
name = "Open"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}}'
[[account.role]]
name = "Inside"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}}'
[[account]]
id = "444455556666"
[[account.user]]
name = "carol"
policies = { All = '{"Statement":{"Effect":"Allow","Action":"access-analyzer:*","Resource":"*"}}' }
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::of(SCENARIO);
    sandbox.home.config(
        "default_identity = \"alice\"\nregion = \"eu-west-1\"\n[accounts]\nknown = { \"444455556666\" = \"Acme\" }\n\
         [role.inside]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::111122223333:role/Inside\"\n",
    );
    sandbox
}

fn exposure(sandbox: &Sandbox, words: &[&str]) -> Ran {
    sandbox.home.run(&[&["exposure"], words].concat())
}

fn line<'a>(ran: &'a Ran, role: &str) -> &'a str {
    ran.stdout.lines().find(|line| line.contains(&format!("role/{role} "))).unwrap_or_default()
}

#[test]
fn a_partner_without_an_external_id_stands_out_and_two_regions_show_one_finding() {
    let sandbox = sandbox();
    let shown = exposure(&sandbox, &["--in", "eu-west-1", "--in", "us-east-1"]);
    assert_eq!(shown.code, 1, "{shown:?}");
    let open = "Acme (444455556666), WITHOUT an external ID, UNUSED  [eu-west-1, us-east-1]";
    assert!(line(&shown, "Open").contains(open), "{}", shown.stdout);
    assert!(line(&shown, "Guarded").contains("Acme (444455556666), with an external ID"));
    assert!(line(&shown, "Inside").contains("never used"), "{}", shown.stdout);
    assert!(shown.stdout.lines().next().unwrap().contains("WITHOUT"), "the most urgent first: {}", shown.stdout);
    assert!(shown.stderr.contains("5 findings of 4 analyzers, 1 of them open"), "{}", shown.stderr);

    // Once somebody has become it, it is used.
    assert_eq!(sandbox.home.run(&["credential-process", "inside"]).code, 0);
    assert_eq!(line(&exposure(&sandbox, &[]), "Inside"), "");
}

#[test]
fn what_is_archived_keeps_its_reason_and_is_shown_no_more() {
    let sandbox = sandbox();
    let json = exposure(&sandbox, &["--json"]);
    let shown: Value = serde_json::from_str(&json.stdout).unwrap();
    let open = shown["exposures"].as_array().unwrap().iter().find(|one| one["open"] == true).unwrap();
    let id = open["ids"][0].as_str().unwrap();
    let why = "Acme is being moved to a role of its own";
    let archived = exposure(&sandbox, &["--archive", id, "--reason", why]);
    assert_eq!(archived.code, 0, "{archived:?}");
    let kept = std::fs::read_to_string(sandbox.home.path().join(".config/assume/exposure.toml")).unwrap();
    assert!(kept.contains(why) && kept.contains("role/Open"), "{kept}");
    let after = exposure(&sandbox, &[]);
    assert_eq!((after.code, after.stdout.contains("WITHOUT")), (0, false), "{after:?}");
    let all = exposure(&sandbox, &["--all"]);
    assert!(line(&all, "Open").contains("WITHOUT") && all.stdout.contains(&format!("accepted: {why}")), "{all:?}");
    let unknown = exposure(&sandbox, &["--archive", "nothing", "--reason", "x"]);
    assert_eq!(unknown.code, 2, "{unknown:?}");
}

#[test]
fn an_account_without_an_analyzer_hears_how_to_make_one_and_a_refusal_what_it_takes() {
    let sandbox = sandbox();
    let none = exposure(&sandbox, &["--profile", "carol"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""), "{none:?}");
    let hint = "no analyzer is in any of 2 Regions: `aws accessanalyzer create-analyzer";
    assert!(none.stderr.contains(hint) && none.stderr.contains("or allow account:ListRegions"), "{}", none.stderr);
    let one = exposure(&sandbox, &["--profile", "carol", "--region", "eu-west-1"]);
    assert!(one.stderr.contains("no analyzer is in eu-west-1: `aws accessanalyzer"), "{}", one.stderr);
    let refused = exposure(&sandbox, &["--profile", "bob"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.stderr.contains("access-analyzer:ListAnalyzers"), "{}", refused.stderr);
    sandbox.fail("throttle*2@ListFindingsV2");
    let throttled = exposure(&sandbox, &[]);
    assert_eq!(throttled.code, 1, "{throttled:?}");
    assert!(throttled.stderr.contains("trying again"), "{}", throttled.stderr);
}

const JOINED: &str = r#"
[[account]]
id = "111122223333"
analyzers = ["ACCOUNT"]
[[account.user]]
name = "alice"
policies = { All = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["access-analyzer:*","account:ListRegions","iam:GetRole"],"Resource":"*"}]}' }
[[account.user]]
name = "bob"
policies = { All = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["access-analyzer:*","account:ListRegions"],"Resource":"*"}]}' }
[[account.user]]
name = "carol"
policies = { All = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["access-analyzer:*","account:ListRegions","iam:GetRole"],"Resource":"*"},{"Effect":"Deny","Action":"access-analyzer:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}}]}' }
[[account.role]]
name = "Seeming"
last_used = "2026-01-02T00:00:00Z"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole","Condition":{"StringLike":{"sts:ExternalId":"*"}}}]}'
[[account.role]]
name = "Globex"
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"b7e2c1f4-5d3a-4e9b"}}}]}'
"#;

#[test]
fn a_finding_is_joined_with_the_registry_the_roles_own_policy_and_its_last_use_in_all_regions() {
    let sandbox = Sandbox::of(JOINED);
    sandbox.home.config("default_identity = \"alice\"\nregion = \"eu-west-1\"\n");
    let made = sandbox.home.run(&["partner", "new", "globex", "777788889999"]);
    assert_eq!(made.code, 0, "{made:?}");
    let shown = exposure(&sandbox, &[]);
    assert_eq!(shown.code, 1, "{shown:?}");
    let seeming = line(&shown, "Seeming");
    assert!(
        seeming.contains("unknown 444455556666, WITHOUT an external ID, UNUSED since 2026-01-02T00:00:00Z  ["),
        "{seeming}"
    );
    assert!(line(&shown, "Globex").contains("globex (777788889999), with an external ID"), "{}", shown.stdout);
    assert_eq!(
        seeming.matches("-west-").count() + seeming.matches("-east-").count(),
        5 + 3,
        "every enabled Region: {seeming}"
    );
    assert_eq!(sandbox.operations().iter().filter(|asked| *asked == "GetRole").count(), 2, "once for each role");

    let bob: Value = serde_json::from_str(&exposure(&sandbox, &["--profile", "bob", "--json"]).stdout).unwrap();
    let seeming =
        bob["exposures"].as_array().unwrap().iter().find(|one| one["resource"].as_str().unwrap().ends_with("Seeming"));
    let seeming = seeming.unwrap();
    assert_eq!(
        (&seeming["external_id"], &seeming["unused"]),
        (&true.into(), &Value::Null),
        "all that the finding says"
    );
    let warned = exposure(&sandbox, &["--profile", "bob"]);
    assert!(
        warned.stderr.contains("2 of the roles cannot be read") && warned.stderr.contains("iam:GetRole"),
        "{}",
        warned.stderr
    );

    let carol = exposure(&sandbox, &["--profile", "carol"]);
    assert_eq!(carol.code, 4, "{carol:?}");
    assert!(carol.stderr.contains("Access Analyzer of us-west-2 cannot be read"), "{}", carol.stderr);
    assert!(line(&carol, "Seeming").contains("WITHOUT"), "what the others say is told: {}", carol.stdout);
}

#[test]
fn the_aws_cli_finds_the_sandboxs_analyzers_convincing() {
    let sandbox = sandbox();
    let aws = |words: &[&str]| -> Value {
        let program = aws_cli::program();
        let all = [&["exec", "alice", "--", program.to_str().unwrap(), "accessanalyzer"], words].concat();
        let ran = sandbox.home.run(&all);
        assert_eq!(ran.code, 0, "{ran:?}");
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let analyzers = aws(&["list-analyzers"]);
    let arn = analyzers["analyzers"][0]["arn"].as_str().unwrap();
    assert_eq!(analyzers["analyzers"][0]["type"], "ACCOUNT");
    let found = aws(&["list-findings-v2", "--analyzer-arn", arn, "--page-size", "1"]);
    assert_eq!(found["findings"].as_array().unwrap().len(), 2, "its pages are followed");
    let id = found["findings"][0]["id"].as_str().unwrap();
    let whole = aws(&["get-finding-v2", "--analyzer-arn", arn, "--id", id]);
    assert_eq!(whole["findingDetails"][0]["externalAccessDetails"]["principal"]["AWS"], "444455556666");
}
