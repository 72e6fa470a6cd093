//! Who became what: the ledger of this machine, files of a trail, and CloudTrail itself.

mod bucket;
mod files;
mod lake;
mod ledger;
mod live;
mod regions;
