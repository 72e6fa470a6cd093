//! The calls to IAM Access Analyzer, word for word. Nothing is decided here.

use aws_sdk_accessanalyzer::types::{FindingDetails, FindingStatus, FindingStatusUpdate};
use aws_smithy_types::date_time::Format;
use tokio::task::JoinSet;

use super::{Analyzer, Finding, What};
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::plan::Reach;
use crate::session::Credentials;
use crate::trust::patience::patiently_with;

const SERVICE: &str = "Access Analyzer";

/// Returns the analyzers of a Region, and all that they found. `seen` is told how many findings were looked at.
pub fn look(
    line: &Line<'_>,
    reach: &Reach,
    by: &Credentials,
    mut seen: impl FnMut(usize),
) -> Result<(Vec<Analyzer>, Vec<Finding>), AwsError> {
    let analyzers = analyzers(line, reach, by)?;
    let mut findings = Vec::new();
    for analyzer in &analyzers {
        let mut token = None;
        loop {
            let answer = line.call(|clients| {
                let call = clients.access_analyzer(reach, by, Tries::Several).list_findings_v2();
                call.analyzer_arn(&analyzer.arn).set_next_token(token.take()).send()
            })?;
            let answer = answer.map_err(|error| from_sdk(SERVICE, "ListFindingsV2", error))?;
            let ids: Vec<String> = answer.findings().iter().map(|summary| summary.id().to_owned()).collect();
            let whats = details(line, reach, by, &analyzer.arn, &ids)?;
            for (summary, what) in answer.findings().iter().zip(whats) {
                let kind = summary.finding_type().map_or("", |kind| kind.as_str());
                findings.push(Finding {
                    id: summary.id().to_owned(),
                    analyzer: analyzer.arn.clone(),
                    region: analyzer.region.clone(),
                    resource: summary.resource().unwrap_or_default().to_owned(),
                    resource_type: summary.resource_type().as_str().to_owned(),
                    is_archived: *summary.status() == FindingStatus::Archived,
                    what: what.unwrap_or_else(|| What::Other(kind.to_owned())),
                });
            }
            seen(findings.len());
            token = answer.next_token().map(str::to_owned);
            if token.is_none() {
                break;
            }
        }
    }
    Ok((analyzers, findings))
}

fn analyzers(line: &Line<'_>, reach: &Reach, by: &Credentials) -> Result<Vec<Analyzer>, AwsError> {
    let (mut all, mut token) = (Vec::new(), None);
    loop {
        let answer = line.call(|clients| {
            let call = clients.access_analyzer(reach, by, Tries::Several).list_analyzers();
            call.set_next_token(token.take()).send()
        })?;
        let answer = answer.map_err(|error| from_sdk(SERVICE, "ListAnalyzers", error))?;
        all.extend(answer.analyzers().iter().map(|analyzer| Analyzer {
            arn: analyzer.arn().to_owned(),
            kind: analyzer.r#type().as_str().to_owned(),
            region: reach.region.value.as_str().to_owned(),
        }));
        token = answer.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// What each of these findings is about, several asked for at once.
fn details(
    line: &Line<'_>,
    reach: &Reach,
    by: &Credentials,
    analyzer: &str,
    ids: &[String],
) -> Result<Vec<Option<What>>, AwsError> {
    const AT_ONCE: usize = 8;
    line.call(|clients| {
        let client = clients.access_analyzer(reach, by, Tries::Once);
        async move {
            let mut waiting = ids.iter().cloned().enumerate();
            let mut running = JoinSet::new();
            let mut found = Vec::new();
            loop {
                while running.len() < AT_ONCE
                    && let Some((number, id)) = waiting.next()
                {
                    let call = client.get_finding_v2().analyzer_arn(analyzer).id(id);
                    running.spawn(async move {
                        let (answer, _) = patiently_with(|| {
                            let call = call.clone().send();
                            async move { call.await.map_err(|error| from_sdk(SERVICE, "GetFindingV2", error)) }
                        })
                        .await;
                        (number, answer)
                    });
                }
                let Some(done) = running.join_next().await else { break };
                let (number, answer) = done.map_err(|error| AwsError::Setup { reason: error.to_string() })?;
                found.push((number, answer?.finding_details().first().and_then(what)));
            }
            found.sort_by_key(|(number, _)| *number);
            Ok(found.into_iter().map(|(_, what)| what).collect())
        }
    })?
}

fn what(details: &FindingDetails) -> Option<What> {
    match details {
        FindingDetails::ExternalAccessDetails(external) => {
            let mut principal: Vec<(String, String)> =
                external.principal().into_iter().flatten().map(|(kind, name)| (kind.clone(), name.clone())).collect();
            principal.sort();
            Some(What::External {
                principal,
                conditions: external.condition().iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
                is_public: external.is_public().unwrap_or_default(),
            })
        }
        FindingDetails::UnusedIamRoleDetails(role) => {
            let last = role.last_accessed().and_then(|time| time.fmt(Format::DateTime).ok());
            Some(What::UnusedRole { last_used: last })
        }
        FindingDetails::UnusedPermissionDetails(unused) => {
            Some(What::Other(format!("what it may do with {} is not used", unused.service_namespace())))
        }
        FindingDetails::InternalAccessDetails(internal) => {
            let who: Vec<&str> = internal.principal().into_iter().flatten().map(|(_, name)| name.as_str()).collect();
            Some(What::Other(format!("{}, from inside", who.join(", "))))
        }
        // Another enumeration's, which may grow.
        _ => None,
    }
}

/// Archives a finding at its analyzer.
pub fn archive(line: &Line<'_>, reach: &Reach, by: &Credentials, finding: &Finding) -> Result<(), AwsError> {
    let answer = line.call(|clients| {
        let call = clients.access_analyzer(reach, by, Tries::Several).update_findings();
        call.analyzer_arn(&finding.analyzer).ids(&finding.id).status(FindingStatusUpdate::Archived).send()
    })?;
    answer.map(drop).map_err(|error| from_sdk(SERVICE, "UpdateFindings", error))
}
