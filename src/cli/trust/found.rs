//! What a probe found, as a person reads it, as a script does, and as an exit code.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::stdout;
use crate::error::{Error, Kind};
use crate::person::plain;
use crate::plan::Hop;
use crate::policy::Document;
use crate::terms::{ExternalId, RoleArn};
use crate::trust::probe::{Attempt, Expected, Judgement, Outcome, Variation, attack, facts, trail};

/// What a probe found.
pub(in crate::cli) struct Found<'a> {
    /// The role.
    pub(in crate::cli) role: &'a RoleArn,
    /// Who asked.
    pub(in crate::cli) who: &'a str,
    /// The call as it should be.
    pub(in crate::cli) session: &'a Hop,
    /// Each attempt, and what came of it.
    pub(in crate::cli) all: &'a [(Attempt, Outcome)],
    /// What that proves.
    pub(in crate::cli) judgement: Judgement,
    /// The trust policy that ends it.
    pub(in crate::cli) mended: Option<&'a Document>,
}

impl Found<'_> {
    pub(in crate::cli) fn too_much(&self) -> impl Iterator<Item = &Attempt> {
        let too_much = |(attempt, outcome): &&(Attempt, Outcome)| {
            attempt.expected == Expected::KeptOut && *outcome == Outcome::LetIn
        };
        self.all.iter().filter(too_much).map(|(attempt, _)| attempt)
    }

    /// Where no ID is needed, or any will do, it says nothing that a similar one does too.
    fn goes_without_saying(&self, attempt: &Attempt) -> bool {
        let is_open = |wanted: &str| self.too_much().any(|open| open.variation.as_str() == wanted);
        match attempt.variation {
            Variation::Random => is_open("missing"),
            Variation::Decoy | Variation::Case | Variation::Prefix | Variation::OneCharacter => is_open("random"),
            Variation::Control | Variation::Missing | Variation::Extra(_) => false,
        }
    }

    fn trail(&self) -> Vec<String> {
        let region = self.session.reach.region.value.as_str();
        trail(self.role, self.who, self.session.session_name.value.as_str(), region)
    }

    pub(in crate::cli) fn text(&self) -> String {
        let mut text = String::from("\n");
        let others = self.all.len().saturating_sub(1);
        match self.judgement {
            Judgement::AsExpected => {
                text += &format!("As it should be: the control was let in, and all {others} others were refused.\n");
            }
            Judgement::LetsInTooMuch => {
                let count = self.too_much().count();
                text += &format!("OPEN: {count} of {others} attempts that have to be refused were let in.\n");
                for attempt in self.too_much().filter(|attempt| !self.goes_without_saying(attempt)) {
                    text += &format!("- {attempt}: {}\n", attack(attempt, self.role, self.who));
                }
            }
            Judgement::ControlRefused | Judgement::Inconclusive => text += "Nothing is proved.\n",
        }
        let mut facts_of_it = self.trail();
        if self.judgement != Judgement::ControlRefused {
            facts_of_it.extend(facts().map(str::to_owned));
        }
        for fact in facts_of_it {
            text += &format!("- {fact}\n");
        }
        let text = lines(&text);
        match self.mended {
            Some(mended) => text + "\nThe trust policy that ends it:\n" + &stdout::json(&mended.to_json()),
            None => text,
        }
    }

    pub(in crate::cli) fn json(&self) -> Value {
        let attempts = self.all.iter().map(|(attempt, outcome)| {
            let (came, request_id, because) = match outcome {
                Outcome::LetIn => ("let-in", None, None),
                Outcome::KeptOut { request_id } => ("refused", request_id.as_deref(), None),
                Outcome::Inconclusive { because } => ("inconclusive", None, Some(because.as_str())),
            };
            let is_too_much = attempt.expected == Expected::KeptOut && *outcome == Outcome::LetIn;
            json!({
                "attempt": attempt.variation.as_str(),
                "says": attempt.to_string(),
                "external_id": attempt.external_id.as_ref().map(ExternalId::as_str),
                "expected": match attempt.expected { Expected::LetIn => "let-in", Expected::KeptOut => "refused" },
                "outcome": came,
                "request_id": request_id,
                "because": because,
                "attack": is_too_much.then(|| attack(attempt, self.role, self.who)),
            })
        });
        json!({
            "role_arn": self.role.to_string(),
            "caller": self.who,
            "session_name": self.session.session_name.value.as_str(),
            "judgement": name(self.judgement),
            "attempts": attempts.collect::<Vec<_>>(),
            "mended_policy": self.mended.map(Document::to_json),
            "trail": self.trail(),
        })
    }

    pub(in crate::cli) fn exit(&self, role: &str) -> Result<ExitCode, Error> {
        let unclear = self.all.iter().find_map(|(attempt, outcome)| match outcome {
            Outcome::Inconclusive { because } => Some((attempt.to_string(), because.clone())),
            Outcome::LetIn | Outcome::KeptOut { .. } => None,
        });
        match (self.judgement, unclear) {
            (Judgement::AsExpected, _) => Ok(ExitCode::SUCCESS),
            (Judgement::LetsInTooMuch, _) => Ok(ExitCode::from(OPEN)),
            (Judgement::ControlRefused, _) => {
                Err(Error::text(Kind::Refused, format!("{role} refused even what has to be let in, so nothing is proved"))
                    .because("AWS does not say why: the role may not exist, may not trust the caller, may demand another external ID, or the caller may not call sts:AssumeRole")
                    .with_hint(format!("`assume explain {role}` shows what is sent; after a change of the policy, wait a minute")))
            }
            (Judgement::Inconclusive, Some((attempt, because))) => {
                Err(Error::text(Kind::Unreachable, format!("not proved: {attempt}, had no answer that counts"))
                    .because(because)
                    .with_hint("run the probe again".to_owned()))
            }
            (Judgement::Inconclusive, None) => Err(Error::text(Kind::Unreachable, "nothing was tried")),
        }
    }
}

/// The exit code of a role that lets in too much.
pub(in crate::cli) const OPEN: u8 = 1;

/// Returns the judgement's name, stable for scripts.
pub(in crate::cli) fn name(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::AsExpected => "as-expected",
        Judgement::LetsInTooMuch => "open",
        Judgement::ControlRefused => "control-refused",
        Judgement::Inconclusive => "inconclusive",
    }
}

/// Whatever a line quotes, it stays one.
pub(in crate::cli) fn lines(text: &str) -> String {
    text.split('\n').map(plain).collect::<Vec<_>>().join("\n")
}
