//! Which program a browser is, and the words that start it. Pure but for looking what is on the path.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Browser, BrowserError, BrowserProfile};
use crate::world::Env;

/// Whose flags a browser understands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Maker {
    /// Chromium, Chrome, Edge, Brave and others made from Chromium.
    Chromium,
    /// Firefox and its relatives.
    Mozilla,
}

/// A browser by its name in config, and the programs that it may be.
struct Known {
    name: &'static str,
    maker: Maker,
    programs: &'static [&'static str],
    macos: &'static str,
}

const KNOWN: [Known; 5] = [
    Known {
        name: "chrome",
        maker: Maker::Chromium,
        programs: &["google-chrome-stable", "google-chrome", "chrome"],
        macos: "Google Chrome",
    },
    Known { name: "chromium", maker: Maker::Chromium, programs: &["chromium", "chromium-browser"], macos: "Chromium" },
    Known {
        name: "edge",
        maker: Maker::Chromium,
        programs: &["microsoft-edge-stable", "microsoft-edge", "msedge"],
        macos: "Microsoft Edge",
    },
    Known {
        name: "brave",
        maker: Maker::Chromium,
        programs: &["brave-browser-stable", "brave-browser", "brave"],
        macos: "Brave Browser",
    },
    Known { name: "firefox", maker: Maker::Mozilla, programs: &["firefox", "firefox-esr"], macos: "Firefox" },
];

/// Returns the program of a browser by its name (`chrome`, `chromium`, `edge`, `brave`, `firefox`), or of any program by
/// its own name or path, if it is on this machine.
pub fn find_program(name: &str, env: &Env) -> Option<PathBuf> {
    let Some(known) = KNOWN.iter().find(|known| known.name == name) else {
        return on_path(name, env);
    };
    let bundle = Path::new("/Applications").join(format!("{0}.app/Contents/MacOS/{0}", known.macos));
    let installed = || windows_folders(env).into_iter().find_map(|folder| windows_program(&folder, known.name));
    let there = || (cfg!(target_os = "macos") && bundle.exists()).then(|| bundle.clone());
    known.programs.iter().find_map(|program| on_path(program, env)).or_else(there).or_else(installed)
}

/// Returns whose flags a program understands, by its name.
fn maker(program: &str) -> Option<Maker> {
    if let Some(known) = KNOWN.iter().find(|known| known.name == program) {
        return Some(known.maker);
    }
    let name = Path::new(program).file_stem()?.to_str()?.to_ascii_lowercase();
    let has = |part: &&str| name.contains(part);
    if ["firefox", "librewolf", "waterfox"].iter().any(&has) {
        return Some(Maker::Mozilla);
    }
    ["chrom", "edge", "brave", "vivaldi", "opera"].iter().any(has).then_some(Maker::Chromium)
}

/// Returns the words that open an address in a browser.
///
/// Source: Chromium's switches `--profile-directory` and `--user-data-dir`; Firefox's `-P` and `--profile`; for containers
/// the address form of the add-on "Open external links in a container".
pub(super) fn opener(browser: &Browser, address: &str, env: &Env) -> Result<Vec<OsString>, BrowserError> {
    let Browser { program, profile, container } = browser;
    let Some(name) = program else {
        return match (profile, container) {
            (None, None) => Ok(chosen(address, env)
                .unwrap_or_else(|| default_opener(env).into_iter().chain([address]).map(OsString::from).collect())),
            (Some(_), _) => Err(BrowserError::Cannot { what: "a browser profile", needs: "a browser that is named" }),
            (None, Some(_)) => Err(BrowserError::Cannot { what: "a container", needs: "a Firefox that is named" }),
        };
    };
    let path = find_program(name, env).ok_or_else(|| BrowserError::NotFound { program: name.clone() })?;
    let mut words: Vec<OsString> = vec![path.into()];
    let maker = maker(name);
    match (profile, maker) {
        (None, _) => {}
        (Some(BrowserProfile::Named(name)), Some(Maker::Chromium)) => {
            words.push(format!("--profile-directory={name}").into());
        }
        (Some(BrowserProfile::Folder(folder)), Some(Maker::Chromium)) => {
            let mut word = OsString::from("--user-data-dir=");
            word.push(folder);
            words.extend([word, "--no-first-run".into(), "--no-default-browser-check".into()]);
        }
        (Some(BrowserProfile::Named(name)), Some(Maker::Mozilla)) => {
            words.extend(["-P".into(), name.into()]);
        }
        (Some(BrowserProfile::Folder(folder)), Some(Maker::Mozilla)) => {
            words.extend(["--profile".into(), folder.clone().into_os_string()]);
        }
        (Some(_), None) => {
            return Err(BrowserError::Cannot { what: "a browser profile", needs: "a browser that is known" });
        }
    }
    match (container, maker) {
        (None, _) => words.push(address.into()),
        (Some(container), Some(Maker::Mozilla)) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("name", container).append_pair("url", address);
            words.push(format!("ext+container:{}", query.finish()).into());
        }
        (Some(_), Some(Maker::Chromium) | None) => {
            return Err(BrowserError::Cannot { what: "a container", needs: "Firefox" });
        }
    }
    Ok(words)
}

/// The browser that `$BROWSER` names: the first of its list that is here, with `%s` for the address.
/// Source: `$BROWSER` as xdg-open(1) and sensible-browser(1) read it.
fn chosen(address: &str, env: &Env) -> Option<Vec<OsString>> {
    let list = env.text("BROWSER")?;
    // A colon in a path of Windows is none between two browsers.
    let entries: Vec<&str> = if cfg!(windows) { vec![list] } else { list.split(':').collect() };
    entries.into_iter().find_map(|entry| {
        let mut words = entry.split_whitespace();
        let mut line = vec![on_path(words.next()?, env)?.into_os_string()];
        line.extend(words.map(|word| OsString::from(word.replace("%s", address))));
        if !entry.contains("%s") {
            line.push(address.into());
        }
        Some(line)
    })
}

fn default_opener(env: &Env) -> Vec<&'static str> {
    if cfg!(target_os = "macos") {
        vec!["open"]
    } else if cfg!(windows) {
        vec!["rundll32.exe", "url.dll,FileProtocolHandler"]
    } else if env.os("WSL_DISTRO_NAME").is_some() {
        vec![if on_path("wslview", env).is_some() { "wslview" } else { "explorer.exe" }]
    } else {
        vec!["xdg-open"]
    }
}

/// Whether a browser cannot read a file of ours: one in a snap or a flatpak sees neither `/tmp` nor `/run`, one of Windows
/// sees no path of WSL's. Of the default browser only its desktop entry tells; where it is a snap's or a flatpak's, every
/// page goes by loopback.
pub(super) fn is_confined(browser: &Browser, env: &Env) -> bool {
    if env.os("WSL_DISTRO_NAME").is_some() {
        return true;
    }
    let confined = ["/snap/", "/var/lib/snapd/", "/flatpak/"];
    match &browser.program {
        Some(program) => find_program(program, env).is_some_and(|path| {
            let name = path.file_name().unwrap_or_default();
            let real = path.canonicalize().unwrap_or_else(|_| path.clone());
            // Ubuntu's /usr/bin/firefox is a script that starts the snap.
            let by_script = path.starts_with("/usr/bin") && Path::new("/snap/bin").join(name).exists();
            by_script
                || [&path, &real].iter().any(|path| confined.iter().any(|part| path.to_string_lossy().contains(part)))
        }),
        None => cfg!(target_os = "linux") && desktop_folders(env).iter().any(|folder| holds_a_browser(folder)),
    }
}

/// Where snaps and flatpaks put what starts them.
fn desktop_folders(env: &Env) -> Vec<PathBuf> {
    let home = env.path("HOME").map(|home| home.join(".local/share/flatpak/exports/share/applications"));
    let all = ["/var/lib/snapd/desktop/applications", "/var/lib/flatpak/exports/share/applications"];
    all.into_iter().map(PathBuf::from).chain(home).collect()
}

fn holds_a_browser(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| maker(&entry.file_name().to_string_lossy()).is_some())
}

/// Returns the program of that name or path.
fn on_path(name: &str, env: &Env) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.components().count() > 1 {
        return path.exists().then(|| path.to_owned());
    }
    let ending = if cfg!(windows) && path.extension().is_none() { ".exe" } else { "" };
    let folders = env.os("PATH").map(std::env::split_paths).into_iter().flatten();
    folders.map(|folder| folder.join(format!("{name}{ending}"))).find(|path| path.is_file())
}

fn windows_folders(env: &Env) -> Vec<PathBuf> {
    if !cfg!(windows) {
        return Vec::new();
    }
    ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"].iter().filter_map(|name| env.path(name)).collect()
}

fn windows_program(folder: &Path, name: &str) -> Option<PathBuf> {
    let within = match name {
        "chrome" => r"Google\Chrome\Application\chrome.exe",
        "chromium" => r"Chromium\Application\chrome.exe",
        "edge" => r"Microsoft\Edge\Application\msedge.exe",
        "brave" => r"BraveSoftware\Brave-Browser\Application\brave.exe",
        _ => r"Mozilla Firefox\firefox.exe",
    };
    Some(folder.join(within)).filter(|path| path.is_file())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A path with these programs on it.
    fn env(folder: &Path, programs: &[&str]) -> Env {
        for program in programs {
            let path = folder.join(program);
            std::fs::write(&path, "").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Env::from_iter([("PATH", folder.as_os_str())])
    }

    fn browser(program: Option<&str>, profile: Option<BrowserProfile>, container: Option<&str>) -> Browser {
        Browser { program: program.map(str::to_owned), profile, container: container.map(str::to_owned) }
    }

    #[test]
    fn a_browser_is_started_with_its_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let env = env(folder.path(), &["google-chrome", "firefox", "dillo"]);
        let named = |name: &str| Some(BrowserProfile::Named(name.to_owned()));
        let own = || Some(BrowserProfile::Folder("/data/x".into()));
        let cases = [
            (browser(None, None, None), "xdg-open URL"),
            (browser(Some("chrome"), None, None), "BIN/google-chrome URL"),
            (browser(Some("chrome"), named("Profile 2"), None), "BIN/google-chrome --profile-directory=Profile 2 URL"),
            (
                browser(Some("chrome"), own(), None),
                "BIN/google-chrome --user-data-dir=/data/x --no-first-run --no-default-browser-check URL",
            ),
            (browser(Some("firefox"), named("work"), None), "BIN/firefox -P work URL"),
            (browser(Some("firefox"), own(), None), "BIN/firefox --profile /data/x URL"),
            (browser(Some("firefox"), None, Some("prod & co")), "BIN/firefox ext+container:name=prod+%26+co&url=URL"),
            (browser(Some("dillo"), None, None), "BIN/dillo URL"),
            (browser(Some("safari"), None, None), "there is no browser `safari` on this machine"),
            (browser(Some("dillo"), own(), None), "a browser profile needs a browser that is known"),
            (browser(None, own(), None), "a browser profile needs a browser that is named"),
            (browser(Some("chrome"), None, Some("prod")), "a container needs Firefox"),
            (browser(None, None, Some("prod")), "a container needs a Firefox that is named"),
        ];
        for (browser, expected) in cases {
            let said = match opener(&browser, "URL", &env) {
                Ok(words) => words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "),
                Err(error) => error.to_string(),
            };
            assert_eq!(said.replace(&folder.path().display().to_string(), "BIN"), expected, "{browser:?}");
        }
    }

    #[test]
    fn a_browser_that_the_environment_names_goes_before_the_systems() {
        let folder = tempfile::tempdir().unwrap();
        let mut env = env(folder.path(), &["firefox", "w3m"]);
        let cases = [
            ("gone:firefox --new-window %s:w3m", "BIN/firefox --new-window URL"),
            ("w3m", "BIN/w3m URL"),
            ("gone", "xdg-open URL"),
        ];
        for (list, expected) in cases {
            env.set("BROWSER", list);
            let words = opener(&browser(None, None, None), "URL", &env).unwrap();
            let line = words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
            assert_eq!(line.replace(&folder.path().display().to_string(), "BIN"), expected, "{list}");
        }
    }

    #[test]
    fn a_browser_that_reads_no_file_of_ours_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let snap = folder.path().join("snap/bin");
        std::fs::create_dir_all(&snap).unwrap();
        let confined = env(&snap, &["chromium"]);
        let plain = env(folder.path(), &["brave"]);
        assert!(is_confined(&browser(Some("chromium"), None, None), &confined));
        assert!(!is_confined(&browser(Some("brave"), None, None), &plain));
        let wsl = Env::from_iter([("WSL_DISTRO_NAME", "Debian")]);
        assert!(is_confined(&browser(None, None, None), &wsl));
    }
}
