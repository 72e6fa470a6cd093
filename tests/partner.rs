//! `assume partner`: from a customer's first external ID to its last, as the partner and as the customer.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::home::{Home, Ran, ran};
use crate::support::python;
use crate::support::sandbox::Sandbox;

const NEW: [&str; 8] = [
    "--principal",
    "arn:aws:iam::111122223333:role/Scanner",
    "--prefix",
    "acme",
    "--role-name",
    "AcmeReader",
    "--policy-arn",
    "arn:aws:iam::aws:policy/SecurityAudit",
];

fn partner(home: &Home, words: &[&str]) -> Ran {
    let mut all = vec!["partner"];
    all.extend(words);
    home.run(&all)
}

/// Does it, and returns what it printed.
fn done(home: &Home, words: &[&str]) -> String {
    let ran = partner(home, words);
    assert_eq!(ran.code, 0, "{words:?}: {}", ran.stderr);
    ran.stdout
}

fn registry(home: &Home) -> PathBuf {
    home.path().join(".config/assume/partners.toml")
}

fn text(home: &Home) -> String {
    std::fs::read_to_string(registry(home)).unwrap()
}

fn with_three(home: &Home) {
    let mut words = vec!["new", "globex", "222222222222"];
    words.extend(NEW);
    done(home, &words);
    done(home, &["new", "initech", "333333333333"]);
    done(home, &["new", "globex", "444444444444"]);
}

#[test]
fn an_id_goes_its_way_from_new_to_retired() {
    let home = Home::new();
    assert_eq!(partner(&home, &["list"]).code, 3, "there is no registry yet");
    with_three(&home);
    let listed: Value = serde_json::from_str(&done(&home, &["list", "--json"])).unwrap();
    let first = listed["customers"][0]["external_id"].as_str().unwrap().to_owned();
    assert!(first.starts_with("acme-") && first.len() == 37, "{first}");
    assert_eq!(listed["customers"][0]["role_arn"], "arn:aws:iam::222222222222:role/AcmeReader");
    assert_eq!(listed["problems"], serde_json::json!([]));

    let refused = partner(&home, &["new", "globex", "222222222222"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""));
    assert!(refused.stderr.contains("globex 222222222222 has an external ID already"), "{}", refused.stderr);
    let which = partner(&home, &["show", "globex"]);
    assert!(which.code == 2 && which.stderr.contains("222222222222, 444444444444"), "{}", which.stderr);
    let unknown = partner(&home, &["show", "initec"]);
    assert!(unknown.stderr.contains("did you mean `initech`?"), "{}", unknown.stderr);
    let other = partner(&home, &["new", "hooli", "555555555555", "--prefix", "other"]);
    assert!(other.code == 2 && other.stderr.contains("prefix = acme already"), "{}", other.stderr);

    let second = done(&home, &["rotate", "globex", "222222222222"]);
    let shown: Value = serde_json::from_str(&done(&home, &["show", "globex", "222222222222", "--json"])).unwrap();
    assert_eq!(
        (shown["external_id"].as_str(), shown["previous"].as_str()),
        (Some(second.trim()), Some(first.as_str()))
    );
    done(&home, &["rotate", "globex", "222222222222", "--finish"]);
    done(&home, &["retire", "globex", "222222222222"]);
    assert!(done(&home, &["show", "globex", "222222222222"]).contains("external ID  retired"));
    let third = done(&home, &["new", "globex", "222222222222"]);
    assert!(third != second && third.trim() != first);
    let file = text(&home);
    for id in [first.as_str(), second.trim()] {
        assert_eq!(file.matches(id).count(), 1, "{file}");
    }
}

#[test]
fn there_is_no_way_to_set_an_id_and_one_that_was_written_in_is_flagged() {
    let home = Home::new();
    with_three(&home);
    for flag in ["--external-id", "--id"] {
        assert_eq!(partner(&home, &["new", "hooli", "555555555555", flag, "hooli-prod"]).code, 2);
    }
    let id = done(&home, &["show", "initech", "--json"]);
    let id: Value = serde_json::from_str(&id).unwrap();
    let edited = text(&home).replace(id["external_id"].as_str().unwrap(), "initech-2026");
    std::fs::write(registry(&home), edited).unwrap();
    let listed = partner(&home, &["list"]);
    assert_eq!(listed.code, 1);
    assert!(
        listed.stderr.contains("the external ID of initech 333333333333, initech-2026, can be guessed"),
        "{}",
        listed.stderr
    );
    let folder = home.path().join("pack");
    let refused = partner(&home, &["pack", "initech", "--to", folder.to_str().unwrap()]);
    assert!(refused.code == 3 && !folder.exists(), "{}", refused.stderr);
    // It is mended by a new one, once the old one is gone.
    done(&home, &["rotate", "initech"]);
    done(&home, &["rotate", "initech", "--finish"]);
    assert_eq!(partner(&home, &["list"]).code, 0);
    done(&home, &["pack", "initech", "--to", folder.to_str().unwrap()]);
}

#[test]
fn what_two_people_added_is_merged_by_git() {
    let home = Home::new();
    with_three(&home);
    let base = text(&home);
    let added = |customer: &str, account: &str, name: &str| {
        std::fs::write(registry(&home), &base).unwrap();
        done(&home, &["new", customer, account]);
        let path = home.write(name, &text(&home));
        path.to_str().unwrap().to_owned()
    };
    let (ours, theirs) = (added("aperture", "555555555555", "ours"), added("umbrella", "666666666666", "theirs"));
    let base_path = home.write("base", &base);
    let merged =
        Command::new("git").args(["merge-file", "-p", &ours, base_path.to_str().unwrap(), &theirs]).output().unwrap();
    assert!(merged.status.success(), "{merged:?}");
    std::fs::write(registry(&home), merged.stdout).unwrap();
    let listed: Value = serde_json::from_str(&done(&home, &["list", "--json"])).unwrap();
    let names: Vec<&str> =
        listed["customers"].as_array().unwrap().iter().map(|e| e["customer"].as_str().unwrap()).collect();
    assert_eq!(names, ["aperture", "globex", "globex", "initech", "umbrella"]);
}

#[test]
fn a_pack_holds_the_same_policy_in_each_form_and_says_what_to_do() {
    let home = Home::new();
    with_three(&home);
    let old: Value = serde_json::from_str(&done(&home, &["show", "initech", "--json"])).unwrap();
    let new = done(&home, &["rotate", "initech"]);
    let folder = home.path().join("pack");
    let url = "https://acme-public.s3.eu-west-1.amazonaws.com/initech/role.yaml";
    let words = ["pack", "initech", "--to", folder.to_str().unwrap(), "--template-url", url, "--region", "eu-west-1"];
    assert_eq!(done(&home, &words).lines().count(), 5);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let policy: Value = serde_json::from_str(&read("trust-policy.json")).unwrap();
    let statement = &policy["Statement"][0];
    assert_eq!(statement["Principal"]["AWS"], "arn:aws:iam::111122223333:role/Scanner");
    let ids = &statement["Condition"]["StringEquals"]["sts:ExternalId"];
    assert_eq!(*ids, serde_json::json!([new.trim(), old["external_id"]]), "both are accepted while it is replaced");

    let template = ran(
        &mut python::script(&home, "import json, sys, yaml\nprint(json.dumps(yaml.safe_load(sys.stdin)))\n"),
        &read("role.yaml"),
    );
    let template: Value = serde_json::from_str(&template.stdout).unwrap();
    let role = &template["Resources"]["Role"]["Properties"];
    assert_eq!(role["AssumeRolePolicyDocument"], policy);
    assert_eq!(role["ManagedPolicyArns"], serde_json::json!(["arn:aws:iam::aws:policy/SecurityAudit"]));
    let call = read("terraform/main.tf");
    assert!(call.contains(&format!("external_ids = [\"{}\", {}]", new.trim(), old["external_id"])), "{call}");
    assert!(read("terraform/role/main.tf").contains("assume_role_policy"));
    let page = read("README.md");
    let link = "https://eu-west-1.console.aws.amazon.com/cloudformation/home?region=eu-west-1#/stacks/quickcreate?templateURL=https%3A%2F%2Facme-public.s3.eu-west-1.amazonaws.com%2Finitech%2Frole.yaml&stackName=AcmeReader";
    for expected in [link, new.trim(), "333333333333", "arn:aws:iam::333333333333:role/AcmeReader", "made by us"] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    for elsewhere in ["https://example.com/role.yaml", "http://b.s3.amazonaws.com/r", "https://s3.example.com/r"] {
        assert_eq!(
            partner(&home, &["pack", "initech", "--to", "x", "--template-url", elsewhere]).code,
            2,
            "{elsewhere}"
        );
    }
}

/// The partner's and four customers' accounts: one role as it should be, one with the ID before, one that does not look at
/// the ID, and none.
fn with_customers() -> (Sandbox, Home) {
    let scratch = Home::new();
    let mut words = vec!["new", "globex", "222222222222"];
    words.extend(NEW);
    done(&scratch, &words);
    for (customer, account) in [("initech", "333333333333"), ("hooli", "444444444444"), ("umbrella", "555555555555")] {
        done(&scratch, &["new", customer, account]);
    }
    let id = |customer: &str| {
        let shown: Value = serde_json::from_str(&done(&scratch, &["show", customer, "--json"])).unwrap();
        shown["external_id"].as_str().unwrap().to_owned()
    };
    let customer = |account: &str, condition: &str| {
        format!(
            "[[account]]\nid = \"{account}\"\n[[account.role]]\nname = \"AcmeReader\"\ntrust = '{{\"Statement\": {{\"Effect\": \"Allow\", \
             \"Principal\": {{\"AWS\": \"arn:aws:iam::111122223333:role/Scanner\"}}, \"Action\": \"sts:AssumeRole\"{condition}}}}}'\n"
        )
    };
    let exact = |id: &str| format!(", \"Condition\": {{\"StringEquals\": {{\"sts:ExternalId\": \"{id}\"}}}}");
    let customers = [
        customer("222222222222", &exact(&id("globex"))),
        customer("333333333333", &exact(&id("initech"))),
        customer("444444444444", ""),
    ];
    done(&scratch, &["rotate", "initech"]);
    let may = r#"'{"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}'"#;
    let sandbox = Sandbox::of(&format!(
        "{}\n[[account]]\nid = \"111122223333\"\n[[account.user]]\nname = \"vendor\"\npolicies = {{ May = {may} }}\n\
         [[account.role]]\nname = \"Scanner\"\npolicies = {{ May = {may} }}\ntrust = '{{\"Statement\": {{\"Effect\": \"Allow\", \"Principal\": \
         {{\"AWS\": \"111122223333\"}}, \"Action\": \"sts:AssumeRole\"}}}}'\n",
        customers.concat()
    ));
    sandbox
        .home
        .config("[role.scanner]\nidentity = \"vendor\"\nrole_arn = \"arn:aws:iam::111122223333:role/Scanner\"\n");
    sandbox.home.write(".config/assume/partners.toml", &text(&scratch));
    (sandbox, scratch)
}

#[test]
fn verify_probes_every_customer_and_keeps_the_last_result() {
    let (sandbox, _scratch) = with_customers();
    let home = &sandbox.home;
    let verified = partner(home, &["verify", "--as", "scanner"]);
    assert_eq!(verified.code, 1, "{}", verified.stderr);
    let lines: Vec<&str> = verified.stdout.lines().collect();
    assert_eq!(
        lines,
        [
            "globex 222222222222    as-expected",
            "hooli 444444444444     open: lets in missing, random, decoy, case, prefix, one-character",
            "initech 333333333333   as-expected: with the ID before, still",
            "umbrella 555555555555  control-refused",
        ]
    );
    assert!(verified.stderr.contains("4 of 4: "), "{}", verified.stderr);
    let report = || -> Value {
        let path = registry(home).with_extension("report.json");
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    assert_eq!(report()["customers"]["hooli 444444444444"]["judgement"], "open");
    // No ID of another customer was ever sent: what each was asked with is its own, or nobody's.
    let again = partner(home, &["verify", "globex", "--as", "scanner", "--json"]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    let kept = report();
    assert_eq!(kept["customers"].as_object().unwrap().len(), 4, "the results of the others are kept");
    assert!(
        kept["customers"]["globex 222222222222"]["at"].as_str()
            >= kept["customers"]["hooli 444444444444"]["at"].as_str()
    );

    sandbox.fail("throttle*forever@AssumeRole");
    let throttled = partner(home, &["verify", "globex", "--as", "scanner"]);
    assert_eq!(throttled.code, 5, "{throttled:?}");
}

#[test]
fn what_a_stopped_verify_has_proved_is_kept() {
    let (sandbox, _scratch) = with_customers();
    let home = &sandbox.home;
    let mut verify = home.command(&["partner", "verify", "--as", "scanner", "--jobs", "1"]);
    let mut running = verify.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let told = BufReader::new(running.stderr.take().unwrap()).lines().map(Result::unwrap);
    let first = told.into_iter().find(|line| line.contains("1 of 4: ")).unwrap();
    running.kill().unwrap();
    running.wait().unwrap();
    assert!(first.ends_with("globex 222222222222 as-expected"), "{first}");
    let kept = std::fs::read_to_string(registry(home).with_extension("report.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["customers"]["globex 222222222222"]["judgement"], "as-expected");
}

#[test]
fn results_that_cannot_be_kept_are_shown_all_the_same() {
    let (sandbox, _scratch) = with_customers();
    let home = &sandbox.home;
    let report = registry(home).with_extension("report.json");
    std::os::unix::fs::symlink("/proc/nowhere/report.json", &report).unwrap();
    let verified = partner(home, &["verify", "globex", "--as", "scanner"]);
    assert_eq!(
        (verified.code, verified.stdout.as_str()),
        (0, "globex 222222222222  as-expected\n"),
        "{}",
        verified.stderr
    );
    assert!(verified.stderr.contains("the results are not kept: "), "{}", verified.stderr);
}
