//! What a command in the sandbox finds around it: everything of its own, and no way to AWS. Pure functions over `Env`.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use crate::config::StoreName;
use crate::world::Env;

/// What the surroundings are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    /// The throwaway home folder.
    pub(super) folder: &'a Path,
    /// The server's address: `http://127.0.0.1:PORT`.
    pub(super) url: &'a str,
    /// The file that the server writes a line into for each request.
    pub(super) log: &'a Path,
    /// The name that all secrets of this sandbox lie under.
    pub(super) vault_name: &'a str,
    /// The store that keeps them.
    pub(super) store: StoreName,
}

/// Where each service is: those that programs of AWS's know, and the one for all of them.
const ENDPOINTS: [&str; 9] = [
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_ACCESSANALYZER",
    "AWS_ENDPOINT_URL_CLOUDTRAIL",
    "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
    "AWS_ENDPOINT_URL_IAM",
    "AWS_ENDPOINT_URL_SIGNIN",
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_SSO_OIDC",
    "AWS_ENDPOINT_URL_STS",
];

/// The Region of everything in the sandbox.
pub(super) const REGION: &str = "eu-west-1";

/// Returns the environment of a command in the sandbox.
///
/// What could lead to AWS, to the person's own config, or out of the sandbox by a shell's start-up files is gone. A proxy
/// stays, since a command may fetch something else through it, but loopback never goes through one.
pub(super) fn surroundings(parent: &Env, setting: &Setting<'_>) -> Env {
    let mut env = Env::default();
    for (name, value) in parent.iter().filter(|(name, _)| stays(name)) {
        env.set(name, value);
    }
    let Setting { folder, url, log, vault_name, store } = *setting;
    env.set("PATH", with_first(&folder.join("bin"), parent.os("PATH")));
    env.set("HOME", folder);
    env.set("XDG_CONFIG_HOME", folder.join(".config"));
    env.set("XDG_STATE_HOME", folder.join(".local/state"));
    env.set("XDG_DATA_HOME", folder.join(".local/share"));
    env.set("XDG_CACHE_HOME", folder.join(".cache"));
    for name in ENDPOINTS {
        env.set(name, url);
    }
    env.set("AWS_EC2_METADATA_DISABLED", "true");
    env.set("AWS_REGION", REGION);
    env.set("AWS_DEFAULT_REGION", REGION);
    env.set("AWS_CONFIG_FILE", folder.join(AWS_CONFIG));
    env.set("AWS_SHARED_CREDENTIALS_FILE", folder.join(".aws/credentials"));
    env.set("ASSUME_CONFIG", folder.join(OUR_CONFIG));
    env.set("ASSUME_VAULT", store.as_str());
    env.set("ASSUME_VAULT_NAME", vault_name);
    if store == StoreName::File {
        env.set("ASSUME_AGE_IDENTITY_FILE", folder.join(AGE_IDENTITY));
    }
    env.set("ASSUME_SANDBOX_LOG", log);
    env.set("ASSUME_SANDBOX_URL", url);
    for name in ["NO_PROXY", "no_proxy"] {
        let before = parent.text(name).map(|hosts| format!("{hosts},")).unwrap_or_default();
        env.set(name, format!("{before}127.0.0.1,localhost"));
    }
    env
}

/// Our config file, within the folder.
pub(super) const OUR_CONFIG: &str = ".config/assume/config.toml";
/// The AWS config file, within the folder.
pub(super) const AWS_CONFIG: &str = ".aws/config";
/// What opens the encrypted file, where that is the store; in another folder than the file.
pub(super) const AGE_IDENTITY: &str = ".config/assume/age-identity.txt";

fn stays(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return true };
    // Variables of Windows have no case.
    let upper = name.to_ascii_uppercase();
    let is_ours = ["AWS_", "ASSUME_", "XDG_CONFIG_", "XDG_DATA_"].iter().any(|prefix| upper.starts_with(prefix));
    !is_ours && !ELSEWHERE.contains(&upper.as_str())
}

/// Start-up files of shells and configs of AWS programs that lie outside.
const ELSEWHERE: [&str; 4] = ["BASH_ENV", "ENV", "ZDOTDIR", "BOTO_CONFIG"];

/// Where a Unix looks for programs if nobody says where.
const SYSTEM_PATH: &str = "/usr/bin:/bin";

fn with_first(first: &Path, path: Option<&OsStr>) -> OsString {
    let path = path.or_else(|| cfg!(unix).then_some(OsStr::new(SYSTEM_PATH)));
    let rest = path.map(std::env::split_paths).into_iter().flatten();
    let joined = std::env::join_paths(std::iter::once(first.to_owned()).chain(rest));
    // A folder with the separator in its name cannot be on a path.
    joined.unwrap_or_else(|_| path.map(OsStr::to_owned).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(parent: &[(&str, &str)], store: StoreName) -> Env {
        let parent: Env = parent.iter().copied().collect();
        surroundings(
            &parent,
            &Setting {
                folder: Path::new("/tmp/box"),
                url: "http://127.0.0.1:4000",
                log: Path::new("/tmp/box/requests.jsonl"),
                vault_name: "assume-sandbox-7",
                store,
            },
        )
    }

    #[test]
    fn nothing_that_leads_to_aws_or_to_the_persons_own_config_stays() {
        let parent = [
            ("AWS_ACCESS_KEY_ID", "AKIAREAL"),
            ("AWS_PROFILE", "real"),
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.2/x"),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"),
            ("AWS_ENDPOINT_URL_S3", "https://s3.example.com"),
            ("aws_session_token", "real"),
            ("ASSUME_BEFORE", "stash"),
            ("ASSUME_VAULT_PASSPHRASE", "real"),
            ("BASH_ENV", "/home/alice/.env"),
            ("BOTO_CONFIG", "/home/alice/.boto"),
            ("LANG", "C.UTF-8"),
        ];
        let env = within(&parent, StoreName::Kernel);
        for (name, value) in &parent[..10] {
            assert_ne!(env.text(name), Some(*value), "{name}");
        }
        assert_eq!(env.text("LANG"), Some("C.UTF-8"));
        let names: Vec<&str> = env.iter().filter_map(|(name, _)| name.to_str()).collect();
        let aws: Vec<&str> = names.into_iter().filter(|name| name.to_uppercase().starts_with("AWS_")).collect();
        let expected = [
            "AWS_CONFIG_FILE",
            "AWS_DEFAULT_REGION",
            "AWS_EC2_METADATA_DISABLED",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_ACCESSANALYZER",
            "AWS_ENDPOINT_URL_CLOUDTRAIL",
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY",
            "AWS_ENDPOINT_URL_IAM",
            "AWS_ENDPOINT_URL_SIGNIN",
            "AWS_ENDPOINT_URL_SSO",
            "AWS_ENDPOINT_URL_SSO_OIDC",
            "AWS_ENDPOINT_URL_STS",
            "AWS_REGION",
            "AWS_SHARED_CREDENTIALS_FILE",
        ];
        assert_eq!(aws, expected);
    }

    #[test]
    fn every_path_leads_into_the_throwaway_home() {
        let env = within(&[("PATH", "/usr/bin:/bin"), ("HOME", "/home/alice")], StoreName::File);
        let names = [
            "HOME",
            "XDG_CONFIG_HOME",
            "XDG_STATE_HOME",
            "XDG_DATA_HOME",
            "XDG_CACHE_HOME",
            "AWS_CONFIG_FILE",
            "AWS_SHARED_CREDENTIALS_FILE",
            "ASSUME_CONFIG",
            "ASSUME_AGE_IDENTITY_FILE",
            "ASSUME_SANDBOX_LOG",
        ];
        for name in names {
            assert!(env.text(name).unwrap().starts_with("/tmp/box"), "{name}");
        }
        assert_eq!(env.text("PATH"), Some("/tmp/box/bin:/usr/bin:/bin"));
        assert_eq!((env.text("ASSUME_VAULT"), env.text("ASSUME_VAULT_NAME")), (Some("file"), Some("assume-sandbox-7")));
    }

    #[test]
    fn programs_are_found_even_where_nobody_said_where_they_are() {
        assert_eq!(within(&[], StoreName::Kernel).text("PATH"), Some("/tmp/box/bin:/usr/bin:/bin"));
    }

    #[test]
    fn loopback_goes_through_no_proxy() {
        let env = within(&[("HTTPS_PROXY", "http://proxy:3128"), ("NO_PROXY", "intranet")], StoreName::Kernel);
        assert_eq!(env.text("HTTPS_PROXY"), Some("http://proxy:3128"));
        assert_eq!(env.text("NO_PROXY"), Some("intranet,127.0.0.1,localhost"));
        assert_eq!(env.text("no_proxy"), Some("127.0.0.1,localhost"));
    }
}
