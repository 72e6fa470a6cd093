//! The server: one thread, loopback only, gone with its handle.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::oneshot;

use crate::mfa::Seed;
use crate::terms::SecretString;
use crate::world::Clock;

use super::error::SandboxError;
use super::estate::Estate;
use super::fault::Failure;
use super::http::{Shared, handle};
use super::log;
use super::scenario::Scenario;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The file that gets one line of JSON for each request.
    pub log: Option<PathBuf>,
    /// What time it is there.
    pub clock: Clock,
    /// How long STS does not know a key that IAM has just made.
    pub key_delay: Duration,
    /// How to fail, from the first request on.
    pub failures: Vec<Failure>,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, log: None, clock: Clock::System, key_delay: Duration::ZERO, failures: Vec::new() }
    }
}

/// A running STS and IAM. Dropping it stops it.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A long-term key of the scenario, with its secret half: throwaway, for the home that is made to try things out.
#[derive(Clone, Debug)]
pub struct Key {
    /// The ARN of the user that it belongs to.
    pub user_arn: String,
    /// `AKIA…`
    pub id: String,
    /// Its secret half.
    pub secret: SecretString,
    /// Whether it may be used.
    pub is_active: bool,
}

/// An MFA device of the scenario, with its seed.
#[derive(Clone, Debug)]
pub struct Device {
    /// The ARN of the user that it belongs to.
    pub user_arn: String,
    /// Its serial number.
    pub serial: String,
    /// What its codes are made from.
    pub seed: Seed,
}

impl Server {
    /// Starts a server on loopback that plays the scenario.
    pub fn start(scenario: &Scenario, options: Options) -> Result<Self, SandboxError> {
        let listen = |source| SandboxError::Listen { port: options.port, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let log = match options.log {
            Some(path) => Some(log::open(&path).map_err(|source| SandboxError::Log { path, source })?),
            None => None,
        };
        let mut estate = Estate::of(scenario, options.key_delay, options.clock.now());
        estate.identity_center.url = url_of(address);
        estate.issuer.url = url_of(address);
        let shared = Arc::new(Shared {
            estate: Mutex::new(estate),
            failures: Mutex::new(options.failures),
            log: log.map(Mutex::new),
            clock: options.clock,
            url: url_of(address),
        });
        let (stop, stopped) = oneshot::channel();
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SandboxError::Start)?;
        let served = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || runtime.block_on(serve(listener, served, stopped)))
            .map_err(SandboxError::Start)?;
        Ok(Self { shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it answers: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// The long-term keys that there are now, by user, oldest first.
    pub fn keys(&self) -> Vec<Key> {
        let estate = self.shared.estate();
        let of_user = |(index, arn): (usize, &String)| {
            let keys = estate.keys_of(index).into_iter();
            let key = |(id, key): (&String, &super::estate::LiveKey)| Key {
                user_arn: arn.clone(),
                id: id.clone(),
                secret: key.secret.clone(),
                is_active: key.is_active,
            };
            keys.map(key).collect::<Vec<_>>()
        };
        estate.users.iter().map(|user| &user.arn).enumerate().flat_map(of_user).collect()
    }

    /// The MFA devices.
    pub fn devices(&self) -> Vec<Device> {
        let estate = self.shared.estate();
        let users = estate.users.iter();
        users
            .flat_map(|user| {
                user.devices.iter().map(|(serial, seed)| Device {
                    user_arn: user.arn.clone(),
                    serial: serial.clone(),
                    seed: seed.clone(),
                })
            })
            .collect()
    }

    /// Tells it to fail.
    pub fn fail(&self, failure: Failure) {
        self.shared.failures().push(failure);
    }

    /// Tells it not to fail any more.
    pub fn recover(&self) {
        self.shared.failures().clear();
    }

    /// Ends every session that was handed out: whoever uses one hears `ExpiredToken`.
    pub fn expire_sessions(&self) {
        self.shared.estate().expire_sessions(self.now());
    }

    /// Where people of Identity Center begin to sign in, and its Region.
    pub fn identity_center(&self) -> (String, String) {
        let estate = self.shared.estate();
        (estate.identity_center.start_url(), estate.identity_center.region().to_owned())
    }

    /// Ends every access token of Identity Center; what refreshes them goes on.
    pub fn expire_tokens(&self) {
        self.shared.estate().identity_center.expire_tokens();
    }

    /// Gives a person of Identity Center a permission set in an account that somebody has there already, or takes it away.
    pub fn assign(&self, person: &str, account: &str, permission_set: &str, is_assigned: bool) {
        self.shared.estate().identity_center.assign(person, (account, permission_set), is_assigned);
    }

    /// Ends every sign-in at Identity Center.
    pub fn revoke_sign_ins(&self) {
        self.shared.estate().identity_center.revoke();
    }

    /// Adds an event to an account's trail: of the time that it says, else as if it had happened just now.
    pub fn record_event(&self, account: &str, region: &str, event: serde_json::Value) {
        let said = event["eventTime"].as_str().and_then(|time| humantime::parse_rfc3339(time).ok());
        self.shared.estate().trail.add(account, region, said.unwrap_or_else(|| self.now()), event);
    }

    /// Encodes a message that DecodeAuthorizationMessage of this server reads.
    pub fn encode_message(&self, message: &str) -> String {
        self.shared.estate().encode_message(message)
    }

    /// What time it is there.
    pub fn now(&self) -> SystemTime {
        self.shared.clock.now()
    }

    /// Stops it: open connections end, the port is free again.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    loop {
        let stream = tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = stream else {
            // Out of file descriptors: others may close theirs.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| handle(request, &shared));
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEADERS);
            // Cut connections are what was ordered, or the client's doing.
            let _ = http.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// How long a client may take for its headers; idle connections end so too.
const HEADERS: Duration = Duration::from_secs(120);

fn url_of(address: SocketAddr) -> String {
    format!("http://{address}")
}
