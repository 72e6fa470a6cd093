//! `assume partner pack`: all that a customer needs to let the partner in, and nobody else.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{Kept, RegistryArgs, WhoArgs};
use crate::cli::stdout;
use crate::error::{Error, Kind};
use crate::policy::write::{AwsGuards, AwsPrincipal, Grant, InfraRole, TrustWanted, cloudformation_yaml, hcl_string};
use crate::terms::{ExternalId, PolicyArn, Region, RoleArn};
use crate::trust::registry::Entry;
use crate::world::World;

/// Write what a customer needs: trust policy, CloudFormation, Terraform, instructions
#[derive(Debug, clap::Args)]
pub(super) struct PackArgs {
    #[command(flatten)]
    who: WhoArgs,
    /// The folder to write into; it is made if it is not there
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
    /// Where role.yaml lies, for a link that opens CloudFormation with it. AWS takes it from S3 only
    #[arg(long, value_name = "URL", value_parser = s3_url)]
    template_url: Option<url::Url>,
    /// The Region that the link opens CloudFormation in
    #[arg(long, value_name = "REGION")]
    region: Option<Region>,
    #[command(flatten)]
    registry: RegistryArgs,
}

/// Source: CloudFormation User Guide, "Create quick-create links for stacks": the template has to lie in S3.
fn s3_url(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    let host = url.host_str().unwrap_or_default();
    let awss = [".amazonaws.com", ".amazonaws.com.cn"].iter().any(|suffix| host.ends_with(suffix));
    let is_s3 = host.split('.').any(|label| label == "s3" || label.starts_with("s3-"));
    if url.scheme() == "https" && awss && is_s3 {
        Ok(url)
    } else {
        Err("it is the https URL of an object in S3, such as https://BUCKET.s3.eu-west-1.amazonaws.com/role.yaml"
            .to_owned())
    }
}

/// Runs the command.
pub(super) fn run(args: &PackArgs, world: &World) -> Result<ExitCode, Error> {
    let kept = Kept::open_existing(&args.registry, world)?;
    let entry =
        kept.registry.served(&args.who.customer, args.who.account.as_ref()).map_err(|error| kept.told(error))?;
    let says = |key: &str, flag: &str| {
        Error::text(Kind::Config, format!("the registry does not say {key}"))
            .because(format!("registry: {}", kept.path.display()))
            .with_hint(format!("add `{key} = \"…\"` at its top, or say it with the next customer: {flag}"))
    };
    let terms = &kept.registry.terms;
    let principal = terms.principal.clone().ok_or_else(|| says("principal", "--principal ARN"))?;
    let role = entry.role(terms).ok_or_else(|| says("role_name", "--role-name NAME"))?;
    let pack = Pack { entry, principal, role, policy_arns: &terms.policy_arns };
    let region = args.region.clone().unwrap_or_else(|| pack.role.partition().implicit_region());
    let link = args.template_url.as_ref().map(|url| pack.quick_create(url, &region));
    let files = pack.files(link.as_deref())?;
    let mut text = String::new();
    for (name, content) in &files {
        let path = args.to.join(name);
        write(&path, content)
            .map_err(|error| Error::text(Kind::System, format!("cannot write {}: {error}", path.display())))?;
        text += &format!("{}\n", path.display());
    }
    stdout::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, content: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, content)
}

/// What a customer needs to know.
struct Pack<'a> {
    entry: &'a Entry,
    principal: RoleArn,
    role: RoleArn,
    policy_arns: &'a [PolicyArn],
}

impl Pack<'_> {
    fn files(&self, link: Option<&str>) -> Result<Vec<(&'static str, String)>, Error> {
        let guards = AwsGuards { external_ids: self.entry.accepted().cloned().collect(), ..AwsGuards::default() };
        let wanted =
            TrustWanted::of(Grant::Aws { principals: vec![AwsPrincipal::Role(self.principal.clone())], guards });
        let trust = wanted.document().map_err(|error| Error::new(Kind::System, error))?;
        let arns: Vec<String> = self.policy_arns.iter().map(|arn| arn.as_str().to_owned()).collect();
        let description = format!("Lets {} in, with the external ID of {}", self.principal, self.entry.title());
        let name = self.role.name().name();
        let role = InfraRole { name, description: &description, trust: &trust, policy_arns: &arns };
        Ok(vec![
            ("trust-policy.json", stdout::json(&trust.to_json())),
            ("role.yaml", cloudformation_yaml(role)),
            ("terraform/main.tf", self.module_call()),
            ("terraform/role/main.tf", MODULE.to_owned()),
            ("README.md", self.page(link)),
        ])
    }

    fn module_call(&self) -> String {
        let all = |texts: Vec<String>| texts.iter().map(|text| hcl_string(text)).collect::<Vec<_>>().join(", ");
        let ids = all(self.entry.accepted().map(ExternalId::to_string).collect());
        let arns = all(self.policy_arns.iter().map(|arn| arn.as_str().to_owned()).collect());
        format!(
            "module \"partner_role\" {{\n  source = \"./role\"\n\n  role_name    = {}\n  principal    = {}\n  external_ids = [{ids}]\n  policy_arns  = [{arns}]\n}}\n\noutput \"role_arn\" {{\n  value = module.partner_role.role_arn\n}}\n",
            hcl_string(self.role.name().name()),
            hcl_string(&self.principal.to_string()),
        )
    }

    /// Source: CloudFormation User Guide, "Create quick-create links for stacks".
    fn quick_create(&self, template: &url::Url, region: &Region) -> String {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let host = match self.role.partition() {
            crate::terms::Partition::Aws => format!("{region}.console.aws.amazon.com"),
            other => crate::console::console_host(other).to_owned(),
        };
        let stack: String =
            self.role.name().name().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!(
            "https://{host}/cloudformation/home?region={region}#/stacks/quickcreate?templateURL={}&stackName={stack}",
            encode(template.as_str())
        )
    }

    fn page(&self, link: Option<&str>) -> String {
        let Self { entry, principal, role, .. } = self;
        let account = &entry.account;
        let name = role.name().name();
        let ids: Vec<String> = entry.accepted().map(|id| format!("`{id}`")).collect();
        let ids = match ids.as_slice() {
            [new, old] => format!("{new} (and, until we say that the change is done, {old})"),
            other => other.concat(),
        };
        let quick = link.map_or(String::new(), |link| {
            format!("\n**With one click.** Signed in to the console of account {account}, open [this link]({link}), read what it makes, and create the stack.\n")
        });
        let partition = role.partition();
        let rights = if self.policy_arns.is_empty() {
            "It has no rights yet: attach those that we agreed on, and no others.".to_owned()
        } else {
            let arns: Vec<String> = self.policy_arns.iter().map(|arn| format!("`{}`", arn.as_str())).collect();
            format!("It gets {}.", arns.join(", "))
        };
        format!(
            "# A role for us in your account {account}\n\n\
             We work in your AWS account as a role that you make and that you can take away at any time. These files make it.\n\n\
             | | |\n|---|---|\n\
             | Your account | {account} |\n| The role | `{role}` |\n| Who assumes it (we) | `{principal}` |\n| Your external ID | {ids} |\n\n\
             {rights}\n\n\
             ## Make the role: choose one way\n{quick}\n\
             **CloudFormation.** `aws cloudformation deploy --template-file role.yaml --stack-name {name} --capabilities CAPABILITY_NAMED_IAM`\n\n\
             **Terraform.** `terraform/` holds a module and its call: `terraform init && terraform apply` in that folder, or take both over into your own.\n\n\
             **By hand.** `aws iam create-role --role-name {name} --assume-role-policy-document file://trust-policy.json`; then attach the rights.\n\n\
             Look that you are in account {account} first: `aws sts get-caller-identity`. Then tell us that the role is there.\n\n\
             ## What the external ID is for\n\n\
             We work for many customers. The ID tells AWS on whose behalf we ask: without it, somebody else could name your role as\n\
             theirs, and we would be let in for them. So:\n\n\
             - leave the condition in the trust policy as it is: `StringEquals`, this ID, this one principal;\n\
             - the ID is no secret, but it is yours alone, and made by us. Nobody of ours will ever ask you to choose or change one;\n\
             - another account, or the same one taken in anew, gets another ID.\n\n\
             ## What you will see\n\n\
             Before we use the role we test it, with your ID and without: with it we have to be let in, and in all other cases to be\n\
             refused. If your role let us in without the ID we would not use it, and tell you. CloudTrail in your account shows\n\
             `AssumeRole` events with our ID in `requestParameters.externalId`, and only those that succeeded: AWS does not log a refused\n\
             call from another account there.\n\n\
             Check the policy yourself: `assume trust check trust-policy.json`.\n\n\
             ## End it\n\n\
             Delete the role (`arn:{partition}:iam::{account}:role/…` above), and tell us, so that we retire the ID.\n"
        )
    }
}

/// A module that makes the role.
const MODULE: &str = include_str!("role.tf");
