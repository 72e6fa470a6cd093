//! The pages where a person signs in: plain forms, no script.

use std::fmt::Write as _;
use std::time::SystemTime;

use super::directory::{Code, Directory, Outcome, PATIENCE, secret};
use super::oidc::loopback;
use crate::sandbox::answer::{Answer, escaped};
use crate::sandbox::call::Call;

/// `/authorize`: shows the form, and sends its answer back to the client's loopback address.
pub(super) fn authorize(call: &Call, directory: &mut Directory, now: SystemTime) -> Answer {
    let asked = |name: &str| call.parameters.text(name).unwrap_or_default();
    let client_id = asked("client_id");
    // What is wrong with the client or its address is said here: nobody is sent to an address that was not registered.
    let Ok(client) = directory.client(client_id, None, now) else {
        return said(400, "Cannot sign in", "The client is not registered.");
    };
    let redirect = asked("redirect_uri");
    let known = |registered: &String| loopback(registered).is_some() && loopback(registered) == loopback(redirect);
    if !client.redirects.iter().any(known) {
        return said(400, "Cannot sign in", "The redirect URI is not registered.");
    }
    let back = |pairs: &[(&str, &str)]| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs).append_pair("state", asked("state"));
        Answer::redirect(format!("{redirect}?{}", query.finish()))
    };
    if asked("response_type") != "code"
        || asked("code_challenge_method") != "S256"
        || asked("code_challenge").is_empty()
    {
        return back(&[("error", "invalid_request"), ("error_description", "PKCE with S256 is needed")]);
    }
    match (call.method.as_str(), asked("decision")) {
        ("POST", "allow") => {
            let person = asked("user");
            if directory.person(person).is_none() {
                return said(400, "Cannot sign in", "Nobody of that name is in the directory.");
            }
            let code = secret("cod");
            let waiting = Code {
                client: client_id.to_owned(),
                redirect: redirect.to_owned(),
                challenge: asked("code_challenge").to_owned(),
                person: person.to_owned(),
                expires: now + PATIENCE,
            };
            directory.codes.insert(code.clone(), waiting);
            back(&[("code", &code)])
        }
        ("POST", _) => back(&[("error", "access_denied"), ("error_description", "The person denied access.")]),
        _ => {
            let kept =
                ["response_type", "client_id", "redirect_uri", "state", "code_challenge", "code_challenge_method"];
            let kept: Vec<(&str, &str)> = kept.into_iter().map(|name| (name, asked(name))).collect();
            form(directory, "/authorize", "A program on this machine wants to act as you in your AWS accounts.", &kept)
        }
    }
}

/// `/device`: shows the code that the device shows, and takes the person's answer.
pub(super) fn device(call: &Call, directory: &mut Directory, now: SystemTime) -> Answer {
    let asked = |name: &str| call.parameters.text(name).unwrap_or_default();
    let user_code = asked("user_code").trim().to_ascii_uppercase();
    if user_code.is_empty() {
        let field = "<p><label>Code: <input name=\"user_code\" autofocus></label> <button>Next</button></p>";
        return page(200, "Authorize a device", &format!("<form action=\"/device\">{field}</form>"));
    }
    let is_known = |device: &super::directory::Device| device.user_code == user_code && device.expires > now;
    if !directory.devices.values().any(is_known) {
        return said(400, "Cannot sign in", "The code is wrong or has expired.");
    }
    if call.method != "POST" {
        let what = format!("A device shows the code {}. Go on only if it is yours.", escaped(&user_code));
        return form(directory, "/device", &what, &[("user_code", &user_code)]);
    }
    let person = asked("user").to_owned();
    let allowed = asked("decision") == "allow";
    if allowed && directory.person(&person).is_none() {
        return said(400, "Cannot sign in", "Nobody of that name is in the directory.");
    }
    if let Some(device) = directory.devices.values_mut().find(|device| is_known(device)) {
        device.outcome = if allowed { Outcome::Allowed(person) } else { Outcome::Denied };
    }
    match allowed {
        true => said(200, "Request approved", "You can close this window."),
        false => said(200, "Request denied", "You can close this window."),
    }
}

/// Source: `what` is ours, or escaped.
fn form(directory: &Directory, action: &str, what: &str, kept: &[(&str, &str)]) -> Answer {
    let mut inner = format!("<p>{what}</p><form method=\"post\" action=\"{action}\">");
    for (name, value) in kept {
        // Writing into a string never fails.
        let _ = write!(inner, "<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value));
    }
    inner.push_str("<p><label>Sign in as <select name=\"user\" id=\"user\">");
    for person in &directory.people {
        let name = escaped(&person.name);
        let _ = write!(inner, "<option value=\"{name}\">{name}</option>");
    }
    inner.push_str(
        "</select></label></p><p><button id=\"allow\" name=\"decision\" value=\"allow\">Allow access</button> \
         <button id=\"deny\" name=\"decision\" value=\"deny\">Deny access</button></p></form>",
    );
    page(200, "Sign in to the sandbox's Identity Center", &inner)
}

fn said(status: u16, title: &str, text: &str) -> Answer {
    page(status, title, &format!("<p>{}</p>", escaped(text)))
}

fn page(status: u16, title: &str, inner: &str) -> Answer {
    let style =
        "body{font:16px/1.5 sans-serif;max-width:32rem;margin:4rem auto}button{font:inherit;padding:.3rem 1rem}";
    Answer::page(
        status,
        format!(
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{style}</style></head><body><h1>{title}</h1>{inner}</body></html>"
        ),
    )
}
