//! Provided contexts: what others assert about the user of a session goes into AssumeRole, and stays out of everything else.

use crate::support::home::Ran;
use crate::support::sandbox::Sandbox;

const SCENARIO: &str = r#"
[[account]]
id = "111122223333"
[[account.user]]
name = "alice"
policies = { All = '{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}' }
[[account.role]]
name = "Propagates"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":["sts:AssumeRole","sts:SetContext"]}}'
[[account.role]]
name = "Plain"
trust = '{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}}'
"#;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::of(SCENARIO);
    let role = |name: &str, context: &str| {
        format!(
            "[role.{name}]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::111122223333:role/{name}\"\n\
             provided_contexts = [{{ provider_arn = \"arn:aws:iam::aws:contextProvider/IdentityCenter\", {context} }}]\n"
        )
    };
    let config = role("Propagates", "token_file = \"~/context\"") + &role("Plain", "token_command = \"cat context\"");
    sandbox.home.config(&config);
    sandbox
}

fn calls(sandbox: &Sandbox) -> usize {
    sandbox.operations().iter().filter(|name| *name == "AssumeRole").count()
}

fn process(sandbox: &Sandbox, profile: &str) -> Ran {
    sandbox.home.run(&["credential-process", profile])
}

#[test]
fn another_users_context_gets_a_session_of_its_own() {
    let sandbox = sandbox();
    let missing = process(&sandbox, "Propagates");
    assert_eq!((missing.code, calls(&sandbox)), (9, 0), "{missing:?}");
    assert!(missing.stderr.contains("context cannot be read"), "{}", missing.stderr);

    sandbox.home.write("context", "context-of-carol");
    let carol = process(&sandbox, "Propagates");
    assert_eq!(carol.code, 0, "{carol:?}");
    assert_eq!(process(&sandbox, "Propagates").stdout, carol.stdout);
    assert_eq!(calls(&sandbox), 1);
    sandbox.home.write("context", "context-of-dave");
    let dave = process(&sandbox, "Propagates");
    assert_eq!((dave.code, calls(&sandbox)), (0, 2), "{dave:?}");
    assert_ne!(dave.stdout, carol.stdout);

    let explained = sandbox.home.run(&["explain", "Propagates", "--json"]);
    assert!(explained.stdout.contains("contextProvider/IdentityCenter"), "{}", explained.stdout);
    for ran in [&carol, &dave, &explained] {
        assert!(!ran.stderr.contains("context-of-") && !ran.stdout.contains("context-of-"), "{ran:?}");
    }
}

#[test]
fn a_role_that_takes_no_context_says_which_permission_it_lacks() {
    let sandbox = sandbox();
    sandbox.home.write("context", "context-of-carol");
    let refused = process(&sandbox, "Plain");
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(refused.stderr.contains("sts:SetContext"), "{}", refused.stderr);
    assert!(refused.stderr.contains("must allow sts:SetContext"), "{}", refused.stderr);
}
