//! Our reader of the AWS files against the Rust SDK's own: the same profiles, the same values, the same refusals.

use std::collections::{BTreeMap, BTreeSet};

use assume::config::{Catalog, Declared};
use assume::world::{Env, World};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_runtime::env_config::property::PropertiesKey;
use aws_runtime::env_config::section::EnvConfigSections;
use aws_runtime::env_config::source;
use aws_types::os_shim_internal;
use proptest::prelude::*;

/// Settings that any text will do for.
const KEYS: [&str; 3] = ["source_profile", "credential_process", "mfa_process"];

type Profiles = BTreeMap<String, BTreeMap<&'static str, String>>;

/// What the SDK's parser reads, or `None` where it refuses the file.
fn sdk(config: &str, credentials: &str) -> Option<Profiles> {
    let sections = sdk_sections(config, credentials)?;
    let settings = |profile: &str| {
        let profile = sections.get_profile(profile).unwrap();
        KEYS.into_iter().filter_map(|key| Some((key, profile.get(key)?.to_owned()))).collect()
    };
    Some(sections.profiles().map(|name| (name.to_owned(), settings(name))).collect())
}

fn sdk_sections(config: &str, credentials: &str) -> Option<EnvConfigSections> {
    let files = EnvConfigFiles::builder()
        .with_contents(EnvConfigFileKind::Config, config)
        .with_contents(EnvConfigFileKind::Credentials, credentials)
        .build();
    let (env, disk) = (os_shim_internal::Env::from_slice(&[]), os_shim_internal::Fs::from_slice(&[]));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let source = runtime.block_on(source::load(&env, &disk, &files)).unwrap();
    EnvConfigSections::parse(source).ok()
}

fn catalog(config: &str, credentials: &str) -> Option<Catalog> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string()
    };
    let env = Env::from_iter([
        ("HOME", folder.path().as_os_str().to_owned()),
        ("AWS_CONFIG_FILE", path("config", config)),
        ("AWS_SHARED_CREDENTIALS_FILE", path("credentials", credentials)),
    ]);
    Catalog::open(&World::new().with_env(env)).ok()
}

fn ours(config: &str, credentials: &str) -> Option<Profiles> {
    let catalog = catalog(config, credentials)?;
    // A file that cannot be understood stops whoever looks for a name in it.
    catalog.find("nobody").ok()?;
    let names: BTreeSet<String> = catalog.listings().into_iter().map(|listing| listing.name).collect();
    let settings = |name: &str| {
        let Some(Declared::AwsProfile(profile)) = catalog.find(name).unwrap() else { panic!("{name}") };
        let values = [profile.source_profile, profile.credential_process, profile.mfa_process];
        KEYS.into_iter().zip(values).filter_map(|(key, value)| Some((key, value?.value))).collect()
    };
    Some(names.into_iter().map(|name| (name.clone(), settings(&name))).collect())
}

/// An empty setting is none to us.
fn without_empty(profiles: Option<Profiles>) -> Option<Profiles> {
    profiles.map(|profiles| {
        let mut profiles = profiles;
        profiles.values_mut().for_each(|settings| settings.retain(|_, value| !value.is_empty()));
        profiles
    })
}

#[test]
fn odd_files_are_read_as_the_sdk_reads_them() {
    for (config, credentials) in [
        ("", ""),
        ("[profile a]\nsource_profile = b\n", "[a]\nsource_profile = c\n[profile a]\nmfa_process = x\n"),
        ("[profile\ta]\nsource_profile=b", "[ a ]\nmfa_process =c"),
        ("[profilea]\nsource_profile=b\n[a]\nsource_profile=b", "[profilea]\nsource_profile=b"),
        ("[default]\nsource_profile = b\n[profile default]\nmfa_process = c", ""),
        ("[profile default]\nmfa_process = c\n[default]\nsource_profile = b", "[default]\nsource_profile = b"),
        ("[profile a b]\nsource_profile = b\n[profile a\u{e9}]\nsource_profile = b", "[in valid]\nsource_profile = b"),
        ("[profile a]\nSource_Profile = B\n[profile A]\nsource_profile = b", ""),
        ("[profile a]\nsource_profile = b\nsource_profile = c\n[profile a]\nmfa_process = d", ""),
        ("[profile a]\nsource_profile = b ; c\nmfa_process = d;e # f\n credential_process=x", ""),
        ("[profile a] # why\nsource_profile = b\n[profile b]; why\nmfa_process = c", "[a]#x\nmfa_process = c"),
        ("[profile a#b]\nsource_profile = b", ""),
        ("[profile a\nsource_profile = b", ""),
        ("source_profile = b\n[profile a]", ""),
        ("[profile a]\nsource_profile", ""),
        ("[profile a]\n= b", ""),
        ("[profile a]\n  source_profile = b", ""),
        ("[profile a]\nsource_profile = b\n  more # kept\n\n\n  and more", ""),
        ("[profile a]\nsource_profile =\n  b = c\n  d = e", ""),
        ("[profile a]\nsource_profile =\n  b", ""),
        ("[profile a]\nsource_profile = b\n# between\n  more\n; again\n\tand more\nmfa_process = x", ""),
        ("[profile a]\r\nsource_profile = b\r\n  more\r\n[profile b]\r\n", ""),
        (
            "[sso-session a]\nsource_profile = b\n[foo a]\nsource_profile = c\n[services x]\nsts =\n endpoint_url = y",
            "",
        ),
        ("[profile a/b.c%d@e:f+g]\nsource_profile = b = c", ""),
        ("[profile a]\nsource profile = b\nsource_profile = c", ""),
        ("[]\nsource_profile = b", "[]\nsource_profile = b"),
        ("[profile a]]\nsource_profile = b", ""),
        (" [profile a]\nsource_profile = b", ""),
        ("# only\n; comments\n\n", "   \n\t\n"),
        ("[profile a]\nsource_profile = b\u{a0}# c\nmfa_process = \"q # r\"", ""),
    ] {
        let expected = without_empty(sdk(config, credentials));
        assert_eq!(ours(config, credentials), expected, "{config:?} and {credentials:?}");
    }
}

#[test]
fn an_endpoint_of_a_services_section_is_read_as_the_sdk_reads_it() {
    for services in [
        "[services x]\nsts =\n  endpoint_url = http://127.0.0.1:1\n",
        "[services x]\ns3 =\n  endpoint_url = http://127.0.0.1:1\nsts =\n  other = 1\n  endpoint_url = http://127.0.0.1:2\n",
        "[services x]\nsts =\n  endpoint_url = http://127.0.0.1:1\n[services x]\nsts =\n  endpoint_url = http://127.0.0.1:2\n",
        "[services x]\nsts =\n  endpoint_url = http://127.0.0.1:1 # here\n",
        "[services y]\nsts =\n  endpoint_url = http://127.0.0.1:1\n",
        "[services x]\nsts =\n  other = 1\n",
    ] {
        let config = format!("[profile p]\nservices = x\n{services}");
        let key = PropertiesKey::builder().section_key("services").section_name("x").property_name("sts");
        let key = key.sub_property_name("endpoint_url").build().unwrap();
        let sections = sdk_sections(&config, "").unwrap();
        let theirs = sections.other_sections().get(&key).cloned();
        let Some(Declared::AwsProfile(profile)) = catalog(&config, "").unwrap().find("p").map_or(None, |found| found)
        else {
            // A comment in an indented line belongs to the value, which is then no endpoint.
            assert!(theirs.is_some_and(|url| url.contains('#')), "{services}");
            continue;
        };
        let own = profile.connection.endpoint_url.map(|url| url.value.to_string().trim_end_matches('/').to_owned());
        assert_eq!(own, theirs, "{services}");
    }
}

fn files() -> impl Strategy<Value = String> {
    let value = "[a-c=;# \\]\\t\"]{0,6}";
    let line = prop_oneof![
        3 => "(\\[profile [ab]\\]|\\[default\\]|\\[profile default\\]|\\[[ab]\\])( ?[#;] x)?",
        1 => "\\[[a-b \\]#;]{0,6}\\]?",
        4 => (prop_oneof![Just("source_profile"), Just("MFA_process"), Just("credential_process"), Just("x y"), Just("")], value)
            .prop_map(|(key, value)| format!("{key}={value}")),
        1 => (prop_oneof![Just("source_profile "), Just("mfa_process\t")], value).prop_map(|(key, value)| format!("{key}= {value}")),
        2 => (prop_oneof![Just(" "), Just("\t ")], value).prop_map(|(indent, value)| format!("{indent}{value}")),
        1 => "[#;] [a-c=]{0,4}",
        1 => Just(String::new()),
    ];
    (proptest::collection::vec(line, 0..9), any::<bool>())
        .prop_map(|(lines, windows)| lines.join(if windows { "\r\n" } else { "\n" }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_file_the_sdk_and_we_read_the_same(config in files(), credentials in files()) {
        prop_assert_eq!(ours(&config, &credentials), without_empty(sdk(&config, &credentials)));
    }
}
