//! The calls to IAM, and how long its report is waited for.

use std::thread::sleep;
use std::time::{Duration, SystemTime};

use aws_sdk_iam::operation::get_service_last_accessed_details::GetServiceLastAccessedDetailsOutput;
use aws_sdk_iam::types::{AccessAdvisorUsageGranularityType, JobStatusType};
use aws_smithy_types::DateTime;

use super::{Rights, Service, Unread, Use};
use crate::aws::{AwsError, Tries, from_sdk};
use crate::policy::found::decoded;
use crate::trust::patience::{Taken, patiently};
use crate::trust::roles::Iam;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum LeastError {
    /// A call was refused, or had no answer. The permission is what that call takes.
    #[error("what {what} takes is not known")]
    Aws {
        /// What was to be read.
        what: String,
        /// The permission that it takes.
        permission: &'static str,
        /// What came of it.
        source: AwsError,
    },
    /// The report was made in vain.
    #[error("IAM could not make the report: {code}: {message}")]
    Failed {
        /// IAM's code.
        code: String,
        /// IAM's own words.
        message: String,
    },
    /// The report takes too long.
    #[error("IAM's report was not ready after {} s", waited.as_secs())]
    NotReady {
        /// How long it was waited for.
        waited: Duration,
    },
}

/// Which role is meant.
#[derive(Clone, Copy, Debug)]
pub struct Role<'a> {
    /// Its name, without its path.
    pub name: &'a str,
    /// Its ARN, where it is known beforehand.
    pub arn: Option<&'a str>,
}

/// How long a report is waited for; most are there within seconds.
const PATIENCE: Duration = Duration::from_secs(120);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const SERVICE: &str = "IAM";

/// Reads what a role's rights were used for, and its policies. `tell` hears what is being waited for.
pub fn read(iam: &Iam<'_>, role: Role<'_>, mut tell: impl FnMut(&str)) -> Result<(Rights, Taken), LeastError> {
    let mut asking = Asking { iam, taken: Taken::default() };
    let mut rights = Rights { arn: role.arn.unwrap_or_default().to_owned(), ..Rights::default() };
    asking.role(role, &mut rights)?;
    let (job, tells_actions) = asking.begin(&rights.arn)?;
    rights.tells_actions = tells_actions;
    // What is being made there gives the time to read what it is to be compared with.
    tell("reading the role's policies");
    asking.policies(role.name, &mut rights)?;
    tell("waiting for IAM's report");
    rights.services = asking.report(&job)?;
    Ok((rights, asking.taken))
}

struct Asking<'a> {
    iam: &'a Iam<'a>,
    taken: Taken,
}

/// Sends one call of IAM, again where a refusal passes.
macro_rules! ask {
    ($asking:expr, $name:literal, |$client:ident| $call:expr) => {{
        let iam = $asking.iam;
        patiently(&mut $asking.taken, || {
            let answer = iam.line.call(|clients| {
                let $client = clients.iam(iam.reach, iam.endpoint, iam.by, Tries::Once);
                $call.send()
            })?;
            answer.map_err(|error| from_sdk(SERVICE, $name, error))
        })
    }};
}

impl Asking<'_> {
    fn role(&mut self, role: Role<'_>, rights: &mut Rights) -> Result<(), LeastError> {
        let what = format!("the role {}", role.name);
        let answer = match ask!(self, "GetRole", |client| client.get_role().role_name(role.name)) {
            // Whoever gave the ARN can do without the rest.
            Err(error) if is_denied(&error) && role.arn.is_some() => {
                rights.unread.push(Unread { what, permission: "iam:GetRole" });
                return Ok(());
            }
            answer => answer.map_err(of(&what, "iam:GetRole"))?,
        };
        let Some(found) = answer.role() else {
            let reason = "the answer holds no role".to_owned();
            let source = AwsError::NoAnswer { service: SERVICE, operation: "GetRole", reason, sent: true };
            return Err(LeastError::Aws { what, permission: "iam:GetRole", source });
        };
        rights.arn = found.arn().to_owned();
        rights.made = time(Some(found.create_date()));
        rights.last_used = found.role_last_used().and_then(|used| use_of(used.last_used_date(), used.region()));
        let boundary = found.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
        rights.boundary = boundary.map(str::to_owned);
        Ok(())
    }

    /// Orders the report, by actions where IAM does that.
    fn begin(&mut self, arn: &str) -> Result<(String, bool), LeastError> {
        let name = "GenerateServiceLastAccessedDetails";
        let permission = "iam:GenerateServiceLastAccessedDetails";
        let by_actions = ask!(self, "GenerateServiceLastAccessedDetails", |client| client
            .generate_service_last_accessed_details()
            .arn(arn)
            .granularity(AccessAdvisorUsageGranularityType::ActionLevel));
        let (answer, tells_actions) = match by_actions {
            // Not every partition tells actions.
            Err(AwsError::Refused(refusal)) if ["InvalidInput", "ValidationError"].contains(&refusal.code.as_str()) => {
                let by_services = ask!(self, "GenerateServiceLastAccessedDetails", |client| client
                    .generate_service_last_accessed_details()
                    .arn(arn));
                (by_services, false)
            }
            answer => (answer, true),
        };
        let answer = answer.map_err(of(&format!("a report on {arn}"), permission))?;
        let job = answer.job_id().map(str::to_owned).ok_or_else(|| {
            let reason = "the answer names no job".to_owned();
            let source = AwsError::NoAnswer { service: SERVICE, operation: name, reason, sent: true };
            LeastError::Aws { what: format!("a report on {arn}"), permission, source }
        })?;
        Ok((job, tells_actions))
    }

    /// Waits for the report, and reads its pages.
    fn report(&mut self, job: &str) -> Result<Vec<Service>, LeastError> {
        let mut services = Vec::new();
        let (mut waited, mut pause) = (Duration::ZERO, Duration::from_millis(500));
        let mut marker: Option<String> = None;
        loop {
            let page = ask!(self, "GetServiceLastAccessedDetails", |client| client
                .get_service_last_accessed_details()
                .job_id(job)
                .max_items(1_000)
                .set_marker(marker.clone()));
            let page = page.map_err(of("the report", "iam:GetServiceLastAccessedDetails"))?;
            match page.job_status() {
                JobStatusType::Completed => {}
                JobStatusType::Failed => {
                    let text = |text: Option<&str>| text.unwrap_or("no reason is given").to_owned();
                    let error = page.error();
                    let code = text(error.map(|error| error.code()));
                    return Err(LeastError::Failed { code, message: text(error.map(|error| error.message())) });
                }
                // Another one than these is one that we do not know: it is waited for like the first.
                _ => {
                    if waited >= PATIENCE {
                        return Err(LeastError::NotReady { waited });
                    }
                    sleep(pause);
                    waited += pause;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                    continue;
                }
            }
            services.extend(services_of(&page));
            let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
            if next.is_none() || next == marker {
                return Ok(services);
            }
            marker = next;
        }
    }

    /// Reads the role's policies. What may not be read is written down; a call that fails otherwise ends it all.
    fn policies(&mut self, role: &str, rights: &mut Rights) -> Result<(), LeastError> {
        let unread = |what: &str, permission| Unread { what: what.to_owned(), permission };
        let names = self.inline_names(role);
        for name in
            allowed(names, "its inline policies", "iam:ListRolePolicies", &mut rights.unread)?.unwrap_or_default()
        {
            let answer =
                ask!(self, "GetRolePolicy", |client| client.get_role_policy().role_name(role).policy_name(&name));
            let what = format!("its inline policy {name}");
            if let Some(policy) = allowed(answer, &what, "iam:GetRolePolicy", &mut rights.unread)? {
                rights.policies.push((name, decoded(policy.policy_document())));
            }
        }
        let arns = self.attached(role);
        let arns = allowed(arns, "its managed policies", "iam:ListAttachedRolePolicies", &mut rights.unread)?;
        for arn in arns.unwrap_or_default() {
            let what = format!("its managed policy {arn}");
            let answer = ask!(self, "GetPolicy", |client| client.get_policy().policy_arn(&arn));
            let Some(policy) = allowed(answer, &what, "iam:GetPolicy", &mut rights.unread)? else { continue };
            let Some(version) = policy.policy().and_then(|policy| policy.default_version_id()) else {
                rights.unread.push(unread(&what, "iam:GetPolicy"));
                continue;
            };
            let answer = ask!(self, "GetPolicyVersion", |client| client
                .get_policy_version()
                .policy_arn(&arn)
                .version_id(version));
            let Some(answer) = allowed(answer, &what, "iam:GetPolicyVersion", &mut rights.unread)? else { continue };
            match answer.policy_version().and_then(|version| version.document()) {
                Some(document) => rights.policies.push((arn, decoded(document))),
                None => rights.unread.push(unread(&what, "iam:GetPolicyVersion")),
            }
        }
        Ok(())
    }

    fn inline_names(&mut self, role: &str) -> Result<Vec<String>, AwsError> {
        let (mut names, mut marker) = (Vec::new(), None::<String>);
        loop {
            let page = ask!(self, "ListRolePolicies", |client| client
                .list_role_policies()
                .role_name(role)
                .set_marker(marker.clone()))?;
            names.extend(page.policy_names().iter().cloned());
            let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
            if next.is_none() || next == marker {
                return Ok(names);
            }
            marker = next;
        }
    }

    fn attached(&mut self, role: &str) -> Result<Vec<String>, AwsError> {
        let (mut arns, mut marker) = (Vec::new(), None::<String>);
        loop {
            let page = ask!(self, "ListAttachedRolePolicies", |client| client
                .list_attached_role_policies()
                .role_name(role)
                .set_marker(marker.clone()))?;
            arns.extend(page.attached_policies().iter().filter_map(|one| one.policy_arn().map(str::to_owned)));
            let next = page.marker().filter(|_| page.is_truncated()).map(str::to_owned);
            if next.is_none() || next == marker {
                return Ok(arns);
            }
            marker = next;
        }
    }
}

fn of<'w>(what: &'w str, permission: &'static str) -> impl Fn(AwsError) -> LeastError + use<'w> {
    move |source| LeastError::Aws { what: what.to_owned(), permission, source }
}

/// Returns the answer; or nothing, which is written down, where the caller may not have it.
fn allowed<T>(
    answer: Result<T, AwsError>,
    what: &str,
    permission: &'static str,
    unread: &mut Vec<Unread>,
) -> Result<Option<T>, LeastError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_denied(&error) => {
            unread.push(Unread { what: what.to_owned(), permission });
            Ok(None)
        }
        Err(error) => Err(of(what, permission)(error)),
    }
}

fn is_denied(error: &AwsError) -> bool {
    matches!(error, AwsError::Refused(refusal) if refusal.is_access_denied())
}

fn services_of(page: &GetServiceLastAccessedDetailsOutput) -> impl Iterator<Item = Service> {
    page.services_last_accessed().iter().map(|service| Service {
        namespace: service.service_namespace().to_owned(),
        name: service.service_name().to_owned(),
        last: use_of(service.last_authenticated(), service.last_authenticated_region()),
        actions: service
            .tracked_actions_last_accessed()
            .iter()
            .filter_map(|action| {
                let used = use_of(action.last_accessed_time(), action.last_accessed_region());
                Some((action.action_name()?.to_owned(), used))
            })
            .collect(),
    })
}

fn use_of(at: Option<&DateTime>, region: Option<&str>) -> Option<Use> {
    Some(Use { at: time(at)?, region: region.map(str::to_owned) })
}

fn time(date: Option<&DateTime>) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(date?.secs()).ok()?))
}
