//! `assume console`: the AWS console as a role, in a browser.

use std::path::PathBuf;
use std::process::ExitCode;

use super::became::{self, Consumer};
use super::engine::Here;
use super::overrides::OverrideArgs;
use super::profile_ref;
use super::stdout::print;
use crate::aws::Line;
use crate::config::{Catalog, ConsoleSettings, Origin, OwnOrNamed, Sourced};
use crate::console::{Color, Destination, Federation, Stay, sign_in_link, switch_role_link};
use crate::error::{Error, Kind};
use crate::handover::before_first_switch;
use crate::person;
use crate::person::browser::{self, Browser, BrowserProfile, Screen};
use crate::terms::{ExposeSecret, Partition, Region, RoleDuration, is_this_machine, show_time};
use crate::world::World;

/// Open the AWS console as a role
///
/// A sign-in link of the right partition is had for the role's credentials and opened in a browser. The link is a secret: no
/// other user of this machine can read it, it is in no log, and it is gone after 30 seconds. Over SSH, without a display and
/// with --print it goes to standard output.
#[derive(Debug, clap::Args)]
pub(super) struct ConsoleArgs {
    /// What to become: a role, a profile of ~/.aws/config, or a role's ARN
    #[arg(value_name = "PROFILE", add = profile_ref::names())]
    profile: String,
    /// The service to land at: s3, ec2, cloudwatch
    #[arg(long, value_name = "NAME", conflicts_with = "url")]
    service: Option<String>,
    /// The console's page to land at
    #[arg(long, value_name = "URL")]
    url: Option<url::Url>,
    /// Print the link instead of opening it
    #[arg(long)]
    print: bool,
    /// Give the link by which somebody who is signed in switches to the role; needs no credentials
    #[arg(long, conflicts_with_all = ["service", "url", "console_duration"])]
    switch_role: bool,
    /// How long the console session should last, where AWS takes one: 15m to 12h
    #[arg(long, value_name = "DURATION")]
    console_duration: Option<RoleDuration>,
    /// What the console's bar says, in a switch-role link
    #[arg(long, value_name = "TEXT", requires = "switch_role")]
    display_name: Option<String>,
    /// The colour of the console's bar, in a switch-role link: red, orange, yellow, green, blue or RRGGBB
    #[arg(long, value_name = "COLOR", requires = "switch_role")]
    color: Option<String>,
    /// The browser: firefox, chrome, chromium, edge, brave, or a program
    #[arg(long, value_name = "BROWSER")]
    browser: Option<String>,
    /// The browser's profile
    #[arg(long, value_name = "NAME")]
    browser_profile: Option<String>,
    /// The Firefox container (with the add-on "Open external links in a container")
    #[arg(long, value_name = "NAME")]
    container: Option<String>,
    #[command(flatten)]
    overrides: OverrideArgs,
}

/// Runs the command.
pub(super) fn run(args: &ConsoleArgs, world: &World) -> Result<ExitCode, Error> {
    let before = world.with_env(before_first_switch(&world.env));
    let catalog = Catalog::open(&before)?;
    let settings = args.settings().or(&catalog.console(&args.profile)?);
    if args.switch_role {
        return switch_role(args, &settings, &catalog, &before);
    }
    // Before anybody is asked for a code.
    let way = way(args, &settings, &before)?;
    let became = became::credentials_in(&catalog, &args.profile, &args.overrides, Consumer::Keeps, &Here, &before)?;
    let credentials = &became.credentials;
    let partition = credentials.partition().or(became.region.as_ref().map(Partition::of_region));
    let partition = partition.unwrap_or(Partition::Aws);
    let region = became.region.filter(|region| Partition::of_region(region) == partition);
    let region = region.unwrap_or_else(|| partition.implicit_region());
    let destination = args.destination().address(partition, &region);
    let destination = destination.map_err(|error| Error::new(Kind::Usage, error))?;
    let stay = stay(credentials, settings.duration.as_ref())?;
    let federation = federation(&catalog, partition, &region)?;
    let link = sign_in_link(&Line::new(&before), &federation, credentials, stay, &destination)
        .map_err(|error| Error::from(error).while_doing(format!("no sign-in link for \"{}\"", args.profile)))?;
    match way {
        Way::Print => print(&format!("{}\n", link.expose_secret()))?,
        Way::Open(browser) => {
            browser::open_secret(&link, &browser, &before).map_err(|error| not_opened(error, &args.profile))?;
            let until = match (stay, credentials.expires_at()) {
                (Stay::For(length), _) => format!(" for {}", crate::terms::show_duration(length.get())),
                (Stay::WithCredentials, Some(end)) => format!(" until {}", show_time(end)),
                (Stay::WithCredentials, None) => String::new(),
            };
            person::note(&format!("the console is open as {}{until}", args.profile));
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl ConsoleArgs {
    fn destination(&self) -> Destination {
        match (&self.service, &self.url) {
            (Some(service), _) => Destination::Service(service.clone()),
            (None, Some(url)) => Destination::Page(url.clone()),
            (None, None) => Destination::Home,
        }
    }

    /// Returns the flags as settings.
    fn settings(&self) -> ConsoleSettings {
        fn flag<T>(name: &'static str, value: &Option<T>) -> Option<Sourced<T>>
        where
            T: Clone,
        {
            value.clone().map(|value| Sourced::new(value, Origin::Flag(name)))
        }
        let named = |name: &'static str, value: &Option<String>| flag(name, &value.clone().map(OwnOrNamed::Named));
        ConsoleSettings {
            browser: flag("--browser", &self.browser),
            profile: named("--browser-profile", &self.browser_profile),
            container: named("--container", &self.container),
            color: flag("--color", &self.color),
            duration: flag("--console-duration", &self.console_duration),
        }
    }
}

/// Where a link goes.
enum Way {
    Print,
    Open(Browser),
}

/// A browser that somebody chose is opened wherever this is; the default one only where it would be seen.
fn way(args: &ConsoleArgs, settings: &ConsoleSettings, world: &World) -> Result<Way, Error> {
    if args.print {
        return Ok(Way::Print);
    }
    let why = match (browser::screen(&world.env), &args.browser) {
        (Screen::Here, _) | (_, Some(_)) => return Ok(Way::Open(browser(&args.profile, settings, world))),
        (Screen::Ssh, None) => {
            "over SSH no browser is opened: open this link in yours, soon; it is as good as a password"
        }
        (Screen::None, None) => {
            "there is no display for a browser: open this link in one, soon; it is as good as a password"
        }
    };
    let is_set = |name: &&str| world.env.text(name).is_some_and(|value| value != "false");
    if let Some(ci) = ["CI", "GITHUB_ACTIONS", "GITLAB_CI"].into_iter().find(is_set) {
        return Err(Error::text(Kind::Usage, format!("{ci} is set, and a sign-in link would end up in a log"))
            .with_hint("--print prints it all the same".to_owned()));
    }
    person::note(why);
    Ok(Way::Print)
}

fn browser(profile: &str, settings: &ConsoleSettings, world: &World) -> Browser {
    Browser {
        program: settings.browser.as_ref().map(|browser| browser.value.clone()),
        profile: settings.profile.as_ref().map(|asked| match &asked.value {
            OwnOrNamed::Named(name) => BrowserProfile::Named(name.clone()),
            OwnOrNamed::Own => BrowserProfile::Folder(own_profile(profile, world)),
        }),
        container: settings.container.as_ref().map(|asked| match &asked.value {
            OwnOrNamed::Named(name) => name.clone(),
            OwnOrNamed::Own => profile.to_owned(),
        }),
    }
}

/// The folder of a role's own browser profile. A name may hold any character.
pub(super) fn own_profile(profile: &str, world: &World) -> PathBuf {
    let name: String = url::form_urlencoded::byte_serialize(profile.as_bytes()).collect();
    world.folders.data.join("browsers").join(format!("console-{name}"))
}

/// What a flag asks and AWS does not take is refused; what config wishes for all roles is told and left out.
fn stay(credentials: &crate::session::Credentials, asked: Option<&Sourced<RoleDuration>>) -> Result<Stay, Error> {
    use crate::console::ConsoleError;
    match (Stay::of(&credentials.lineage, asked.map(|asked| asked.value)), asked) {
        (Ok(stay), _) => Ok(stay),
        (Err(ConsoleError::NoLength { why }), Some(asked)) if !matches!(asked.origin, Origin::Flag(_)) => {
            person::note(&format!("the console session's duration ({}) is not asked for: {why}", asked.origin));
            Ok(Stay::WithCredentials)
        }
        (Err(error), Some(asked)) => Err(Error::from(error).at(&asked.origin)),
        (Err(error), None) => Err(error.into()),
    }
}

fn federation(catalog: &Catalog, partition: Partition, region: &Region) -> Result<Federation, Error> {
    let instead = catalog.sign_in_endpoint();
    let federation = Federation::of(partition, region, instead.map(|endpoint| &endpoint.value));
    let federation = federation.map_err(|error| match instead {
        Some(endpoint) => Error::from(error).at(&endpoint.origin),
        None => error.into(),
    })?;
    if let Some(endpoint) = instead.filter(|endpoint| !is_this_machine(&endpoint.value)) {
        let host = endpoint.value.host_str().unwrap_or_default();
        person::note(&format!("the sign-in link is asked for at {host}, which is not AWS's ({})", endpoint.origin));
    }
    Ok(federation)
}

fn not_opened(error: browser::BrowserError, profile: &str) -> Error {
    Error::from(error)
        .while_doing(format!("the console was not opened as \"{profile}\""))
        .with_hint(format!("`assume console {profile} --print` prints the link; --browser names another browser"))
}

fn switch_role(
    args: &ConsoleArgs,
    settings: &ConsoleSettings,
    catalog: &Catalog,
    world: &World,
) -> Result<ExitCode, Error> {
    let plan = became::planned(catalog, &args.profile, &args.overrides, world)?;
    let color: Option<Color> = match &settings.color {
        Some(color) => Some(color.value.parse().map_err(|error| Error::new(Kind::Config, error).at(&color.origin))?),
        None => None,
    };
    let switch = switch_role_link(&plan, args.display_name.as_deref(), color.as_ref())
        .map_err(|error| Error::from(error).while_doing(format!("no switch-role link for \"{}\"", args.profile)))?;
    for what in &switch.left_out {
        person::note(&format!("the link leaves out {what}"));
    }
    match (args.print, browser::screen(&world.env), &args.browser) {
        (false, Screen::Here, _) | (false, _, Some(_)) => {
            browser::open(switch.link.as_str(), &browser(&args.profile, settings, world), world)
                .map_err(|error| not_opened(error, &format!("{} --switch-role", args.profile)))?;
        }
        (true, _, _) | (false, Screen::Ssh | Screen::None, None) => print(&format!("{}\n", switch.link))?,
    }
    person::note("sign in first, as an IAM user or through your company; the root user cannot switch to a role");
    Ok(ExitCode::SUCCESS)
}
