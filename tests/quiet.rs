//! What is done quietly: under strace, commands that need no network open none, and those that need no secret read none.

use crate::support::lane::{Lane, LaneHome, on_each_lane};
use crate::support::sandbox::Sandbox;

on_each_lane!(
    what_only_explains_opens_no_network_no_bus_and_no_secret,
    a_warm_answer_opens_no_network_reads_one_store_once_and_writes_nothing,
);

/// A home whose store holds the session of update-app, before a sandbox that it came from.
struct Place {
    home: LaneHome,
    _sandbox: Sandbox,
}

impl Place {
    fn new(lane: Lane) -> Self {
        let sandbox = Sandbox::classic();
        let mut home = lane.home();
        let config =
            "[role.update-app]\nidentity = \"alice\"\nrole_arn = \"arn:aws:iam::123456789012:role/UpdateApp\"\n";
        home.config(config);
        let credentials = std::fs::read_to_string(sandbox.home.path().join(".aws/credentials")).unwrap();
        home.aws_credentials(&credentials);
        home.set("AWS_ENDPOINT_URL_STS", sandbox.url()).set("AWS_REGION", "eu-west-1");
        let place = Self { home, _sandbox: sandbox };
        let cold = place.home.run(&["credential-process", "update-app"]);
        assert_eq!((cold.code, cold.stderr.as_str()), (0, ""));
        place
    }

    /// Runs the program, and returns the system calls that it and its threads made, one on each line.
    fn calls(&self, words: &[&str]) -> Calls {
        let trace = tempfile::NamedTempFile::new().unwrap();
        let mut strace = self.home.program("strace");
        // Long enough for a D-Bus message's head.
        strace.args([
            "-f",
            "-qq",
            "-s",
            "512",
            "-e",
            "trace=%network,%file,writev,keyctl,add_key,request_key,ftruncate",
        ]);
        strace.arg("-o").arg(trace.path()).arg(crate::support::home::assume()).args(words);
        let output = strace.output().expect("the package `strace` is needed");
        assert!(output.status.success(), "{words:?}: {output:?}");
        let text = std::fs::read_to_string(trace.path()).unwrap();
        let calls = Calls(
            text.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| call.trim().to_owned()).collect(),
        );
        // Or it would be silent because nothing was seen.
        assert!((1..=2).contains(&calls.with(&["execve("])) && calls.with(&["openat("]) > 1, "{text}");
        calls
    }
}

/// System calls, as strace writes them.
struct Calls(Vec<String>);

impl Calls {
    /// How many of them hold each of these.
    fn with(&self, parts: &[&str]) -> usize {
        self.0.iter().filter(|call| parts.iter().all(|part| call.contains(part))).count()
    }

    fn beginning(&self, names: &[&str]) -> Vec<&String> {
        self.0.iter().filter(|call| names.iter().any(|name| call.starts_with(&format!("{name}(")))).collect()
    }

    #[track_caller]
    fn open_no_network(&self) {
        assert_eq!(self.with(&["socket(AF_INET"]), 0, "{:#?}", self.0);
        // Not even a name is looked up, by whatever way.
        for file in ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl"] {
            assert_eq!(self.with(&["open", file]), 0, "{:#?}", self.0);
        }
    }

    #[track_caller]
    fn touch_no_store(&self) {
        assert_eq!(self.with(&["socket("]) + self.with(&["connect("]), 0, "{:#?}", self.0);
        let keys = self.beginning(&["keyctl", "add_key", "request_key"]);
        assert!(keys.is_empty(), "{keys:#?}");
        assert_eq!(self.with(&["open", ".age\""]), 0, "{:#?}", self.0);
    }

    #[track_caller]
    fn write_nothing(&self) {
        let writing = |call: &&String| {
            let opens = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag));
            opens && !call.contains("\"/dev/")
        };
        let opened: Vec<&String> =
            self.beginning(&["open", "openat", "openat2", "creat"]).into_iter().filter(writing).collect();
        assert!(opened.is_empty(), "{opened:#?}");
        let changing = [
            "rename",
            "renameat",
            "renameat2",
            "unlink",
            "unlinkat",
            "mkdir",
            "mkdirat",
            "rmdir",
            "link",
            "linkat",
            "symlink",
            "symlinkat",
            "chmod",
            "fchmodat",
            "utimensat",
            "truncate",
            "ftruncate",
            "add_key",
        ];
        let changed = self.beginning(&changing);
        assert!(changed.is_empty(), "{changed:#?}");
    }
}

fn what_only_explains_opens_no_network_no_bus_and_no_secret(lane: Lane) {
    let place = Place::new(lane);
    let quiet: [&[&str]; 6] = [
        &["--help"],
        &["--version"],
        &["--hook=complete", "--", "assume", ""],
        &["--hook=complete", "--", "assume", "exec", "up"],
        &["explain", "update-app"],
        &["explain", "update-app", "--json"],
    ];
    for words in quiet {
        let calls = place.calls(words);
        calls.open_no_network();
        calls.touch_no_store();
        calls.write_nothing();
    }
}

fn a_warm_answer_opens_no_network_reads_one_store_once_and_writes_nothing(lane: Lane) {
    let place = Place::new(lane);
    if let Lane::Kernel = lane {
        place.home.until_the_way_is_known("update-app");
    }
    let calls = place.calls(&["credential-process", "update-app"]);
    calls.open_no_network();
    calls.write_nothing();
    // What is near at hand is answered by the program that was started, and its config is not even read.
    let near = matches!(lane, Lane::Kernel);
    assert_eq!(calls.with(&["execve("]), if near { 1 } else { 2 }, "{:#?}", calls.0);
    assert_eq!(calls.with(&["open", "config.toml\""]), if near { 0 } else { 2 }, "{:#?}", calls.0);
    let reads = [calls.with(&["keyctl(KEYCTL_READ"]), calls.with(&["GetSecret"]), calls.with(&["openat(", ".age\""])];
    let once = match lane {
        Lane::Kernel => [1, 0, 0],
        Lane::SecretService => [0, 1, 0],
        Lane::File => [0, 0, 1],
    };
    assert_eq!(reads, once, "{:#?}", calls.0);
    let keys = calls.beginning(&["keyctl", "add_key", "request_key"]);
    let sockets = calls.beginning(&["socket", "connect"]);
    match lane {
        Lane::Kernel => assert!(sockets.is_empty(), "{sockets:#?}"),
        Lane::SecretService => assert!(keys.is_empty(), "{keys:#?}"),
        Lane::File => assert!(keys.is_empty() && sockets.is_empty(), "{keys:#?} {sockets:#?}"),
    }
}
