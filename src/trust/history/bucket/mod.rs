//! The bucket of a trail, read where it lies: only the accounts, Regions and days that are wanted, several files at once,
//! none of them held whole.
//!
//! Source: S3 API Reference, `HeadBucket`, `ListObjectsV2`, `GetObject`.

mod object;
mod pieces;
mod place;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use self::object::{Got, Pick, get};
use self::pieces::Pieces;
use super::event::Text;
use crate::aws::{AwsError, Line, Tries, from_sdk};
use crate::session::Credentials;
use crate::terms::{AccountId, Region, show_time};
use crate::world::World;

pub use self::object::Unread;
pub use self::place::{InvalidPlace, Place};

/// Why a bucket could not be read. What it told so far is kept.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The answer was no, or there was none.
    #[error("s3://{bucket} cannot be read")]
    Aws {
        /// The bucket.
        bucket: String,
        /// What came of it.
        source: AwsError,
    },
    /// Nothing of a trail lies there.
    #[error("nothing of a trail lies in {0}")]
    Empty(String),
    /// Another process does the same.
    #[error("another process reads the same at this moment")]
    Busy,
    /// What was read cannot be kept.
    #[error("what is read cannot be kept")]
    Kept(#[source] io::Error),
}

/// How a bucket is read.
#[derive(Debug)]
pub struct Bucket<'a> {
    /// The line.
    pub line: &'a Line<'a>,
    /// Who reads.
    pub by: &'a Credentials,
    /// Another host than AWS's own.
    pub endpoint: Option<&'a url::Url>,
    /// Where the files lie.
    pub place: &'a Place,
    /// Only these accounts; none is all.
    pub accounts: &'a [AccountId],
    /// Only these Regions; none is all.
    pub regions: &'a [Region],
    /// Nothing from before that day. `None` is from the beginning.
    pub from: Option<SystemTime>,
}

/// How far the reading is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Far {
    /// Files that were read.
    pub files: usize,
    /// Files that are known so far.
    pub of: usize,
    /// Events that were found in them.
    pub events: u64,
    /// Whether the reading goes on with one that was cut off.
    pub is_resumed: bool,
}

/// What was read.
#[derive(Debug)]
pub struct Told {
    pieces: Pieces,
    /// Files whose content nobody knows.
    pub unread: Vec<Unread>,
    /// How far it came.
    pub far: Far,
}

impl Told {
    /// Gives each event to `each`.
    pub fn read(&mut self, each: &mut dyn FnMut(&Value)) -> Result<(), BucketError> {
        self.pieces.read(each).map_err(BucketError::Kept)
    }

    /// Removes it, once all of it was shown.
    pub fn remove(self) {
        // What cannot be removed is gone on with by whoever asks the same.
        let _ = self.pieces.remove();
    }
}

/// How many requests are under way at once.
const AT_ONCE: usize = 8;
/// No further names are listed while so many files wait.
const WAITING: usize = 4_000;
/// Whoever may list and read nothing of the first so many files may read none.
const ENOUGH: usize = 20;

/// What is to be listed next.
#[derive(Clone, Debug)]
enum List {
    /// The folders of accounts, and of organizations, in a folder.
    Accounts(String),
    /// The folders of Regions of an account.
    Regions(String),
    /// The files of a Region, from a day on.
    Files(String),
}

enum Came {
    Listed(List, Result<Box<ListObjectsV2Output>, AwsError>),
    Got(String, Result<Got, AwsError>),
}

impl Bucket<'_> {
    /// Reads the calls for a session, or the calls that were signed with one of these keys. `progress` hears of each file.
    pub fn read(
        &self,
        keys: Option<&BTreeSet<Text>>,
        home: &Region,
        world: &World,
        progress: &mut dyn FnMut(Far),
    ) -> Result<Told, BucketError> {
        let failed = |source| BucketError::Aws { bucket: self.place.bucket.clone(), source };
        let accounts: Vec<&str> = self.accounts.iter().map(AccountId::as_str).collect();
        let regions: Vec<&str> = self.regions.iter().map(Region::as_str).collect();
        let keys_of = |keys: &BTreeSet<Text>| keys.iter().map(|key| key.to_string()).collect::<Vec<_>>();
        let question = json!([1, format!("{:?}", self.place), accounts, regions, keys.map(keys_of)]);
        let pieces = Pieces::open(&question, world).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => BucketError::Busy,
            _ => BucketError::Kept(error),
        })?;
        let far = Far { events: pieces.events, is_resumed: pieces.objects() > 0, ..Far::default() };
        let told = Told { pieces, unread: Vec::new(), far };
        let client = |region: &Region| {
            let region = region.clone();
            self.line.call(move |clients| {
                let client = clients.s3(&region, self.endpoint, self.by, Tries::Several);
                std::future::ready(client)
            })
        };
        let mut reader = client(home).map_err(failed)?;
        if let Some(other) = self.home(&reader).map_err(failed)?.filter(|region| region != home) {
            reader = client(&other).map_err(failed)?;
        }
        let pick = Arc::new(keys.map_or(Pick::Sessions, |keys| Pick::Keys(keys.clone())));
        self.line.call(|_| self.all(reader, pick, told, progress)).map_err(failed)?
    }

    /// Returns the Region that the bucket lies in. AWS says it whether it lets in or not.
    fn home(&self, client: &Client) -> Result<Option<Region>, AwsError> {
        let answer = self.line.call(|_| client.head_bucket().bucket(&self.place.bucket).send())?;
        let named = match &answer {
            Ok(answer) => answer.bucket_region().map(str::to_owned),
            Err(error) => error.raw_response().and_then(|raw| raw.headers().get(REGION).map(str::to_owned)),
        };
        if let (Err(error @ (SdkError::DispatchFailure(_) | SdkError::TimeoutError(_))), None) = (answer, &named) {
            return Err(from_sdk("S3", "HeadBucket", error));
        }
        Ok(named.and_then(|name| name.parse().ok()))
    }

    fn first(&self) -> List {
        let Place { before, organization, account, region, .. } = self.place;
        let organization = organization.as_ref().map(|id| format!("{id}/")).unwrap_or_default();
        let folder = format!("{before}AWSLogs/{organization}");
        match (account, region) {
            (None, _) => List::Accounts(folder),
            (Some(account), None) => List::Regions(format!("{folder}{account}/CloudTrail/")),
            (Some(account), Some(region)) => List::Files(format!("{folder}{account}/CloudTrail/{region}/")),
        }
    }

    /// What is to be listed in a folder that was found.
    fn within(&self, list: &List, folder: &str) -> Option<List> {
        let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        match list {
            List::Accounts(_) if place::is_organization(name) => Some(List::Accounts(folder.to_owned())),
            List::Accounts(_) => {
                let wanted = self.accounts.is_empty() || self.accounts.iter().any(|account| account.as_str() == name);
                (wanted && place::is_account(name)).then(|| List::Regions(format!("{folder}CloudTrail/")))
            }
            List::Regions(_) => {
                let wanted = self.regions.is_empty() || self.regions.iter().any(|region| region.as_str() == name);
                wanted.then(|| List::Files(folder.to_owned()))
            }
            List::Files(_) => None,
        }
    }

    async fn all(
        &self,
        client: Client,
        pick: Arc<Pick>,
        mut told: Told,
        progress: &mut dyn FnMut(Far),
    ) -> Result<Told, BucketError> {
        let failed = |source| BucketError::Aws { bucket: self.place.bucket.clone(), source };
        let mut lists: VecDeque<(List, Option<String>)> = VecDeque::from([(self.first(), None)]);
        let mut files: VecDeque<String> = VecDeque::new();
        let mut asked: JoinSet<Came> = JoinSet::new();
        let mut refused = None;
        let mut is_trail = self.place.region.is_some();
        loop {
            while asked.len() < AT_ONCE {
                let (client, bucket) = (client.clone(), self.place.bucket.clone());
                let next_list = |lists: &mut VecDeque<_>| lists.pop_front();
                if files.len() < WAITING
                    && let Some((list, token)) = next_list(&mut lists)
                {
                    let after =
                        self.from.map(|from| show_time(from).chars().take(10).collect::<String>().replace('-', "/"));
                    asked.spawn(async move {
                        let listed = page(&client, &bucket, &list, token, after).await;
                        Came::Listed(list, listed.map(Box::new))
                    });
                } else if let Some(key) = files.pop_front() {
                    let pick = Arc::clone(&pick);
                    asked.spawn(async move {
                        let got = get(&client, &bucket, &key, pick).await;
                        Came::Got(key, got)
                    });
                } else {
                    break;
                }
            }
            let Some(came) = asked.join_next().await else { break };
            match came.map_err(|error| BucketError::Kept(io::Error::other(error)))? {
                Came::Listed(list, page) => {
                    let page = page.map_err(failed)?;
                    let folders = page.common_prefixes().iter().filter_map(|folder| folder.prefix());
                    let found: Vec<List> = folders.filter_map(|folder| self.within(&list, folder)).collect();
                    is_trail |= found.iter().any(|list| matches!(list, List::Files(_)));
                    lists.extend(found.into_iter().map(|list| (list, None)));
                    if let List::Files(folder) = &list {
                        let keys = page.contents().iter().filter_map(|object| object.key());
                        for key in keys.filter(|key| is_file(key, folder)) {
                            told.far.of += 1;
                            match told.pieces.has(key) {
                                true => told.far.files += 1,
                                false => files.push_back(key.to_owned()),
                            }
                        }
                    }
                    if let Some(token) = page.next_continuation_token() {
                        lists.push_front((list, Some(token.to_owned())));
                    }
                }
                Came::Got(key, Ok(got)) => {
                    match got {
                        Got::Events(events) => {
                            told.pieces.take(&key, &events).map_err(BucketError::Kept)?;
                            told.far.files += 1;
                        }
                        Got::Unread(unread) => told.unread.push(unread),
                        Got::Refused(unread, error) => {
                            told.unread.push(unread);
                            refused.get_or_insert(error);
                        }
                    }
                    if told.far.files == 0 && told.unread.len() >= ENOUGH {
                        break;
                    }
                }
                Came::Got(_, Err(error)) => return Err(failed(error)),
            }
            told.far.events = told.pieces.events;
            progress(told.far);
        }
        match refused {
            Some(error) if told.far.files == 0 => Err(failed(error)),
            _ if !is_trail => Err(BucketError::Empty(format!("s3://{}", self.place.bucket))),
            _ => Ok(told),
        }
    }
}

const REGION: &str = "x-amz-bucket-region";

async fn page(
    client: &Client,
    bucket: &str,
    list: &List,
    token: Option<String>,
    day: Option<String>,
) -> Result<ListObjectsV2Output, AwsError> {
    let call = client.list_objects_v2().bucket(bucket).set_continuation_token(token);
    let call = match list {
        List::Accounts(folder) | List::Regions(folder) => call.prefix(folder).delimiter("/"),
        // Names are in the order of time: what was before that day is not listed.
        List::Files(folder) => call.prefix(folder).set_start_after(day.map(|day| format!("{folder}{day}"))),
    };
    call.send().await.map_err(|error| from_sdk("S3", "ListObjectsV2", error))
}

/// Whether that is a file of a trail: `YYYY/MM/DD/NAME.json.gz` in that folder.
fn is_file(key: &str, folder: &str) -> bool {
    let rest = key.strip_prefix(folder).unwrap_or_default();
    let is_name = rest.ends_with(".json.gz") || rest.ends_with(".json");
    is_name && !key.chars().any(char::is_control)
}
