//! What roles are called, so that no two names are the same and none is somebody else's. A pure function: what is called
//! what depends on what is reached and on nothing that was before.

use std::collections::{BTreeMap, BTreeSet};

use super::{Reached, Settings};
use crate::config::Origin;

/// A role and its name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Named {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub reached: Reached,
}

/// A role that is not called what the template says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Renamed {
    /// What the template says.
    pub wanted: String,
    /// What it is called instead.
    pub name: String,
    /// Where the name is taken; `None` where another role of these would be called the same.
    pub taken: Option<Origin>,
}

/// Returns what each is called, in their order, and which of them are not called what the template says.
///
/// A name that several would have, or that is taken, ends in the account's id; where that is not enough, in a number.
pub fn named(
    reached: Vec<Reached>,
    settings: &Settings,
    taken: &BTreeMap<String, Origin>,
) -> (Vec<Named>, Vec<Renamed>) {
    let wanted: Vec<String> = reached.iter().map(|one| settings.template.name(one, &settings.sign_in)).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    wanted.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    let is_free = |name: &str| counts.get(name) == Some(&1) && !taken.contains_key(name);
    // Whoever has a name to itself keeps it, whatever the others have to be called.
    let mut used: BTreeSet<String> = wanted.iter().filter(|name| is_free(name)).cloned().collect();
    let mut all = Vec::with_capacity(reached.len());
    let mut renamed = Vec::new();
    for (reached, wanted) in reached.into_iter().zip(&wanted) {
        let name = if is_free(wanted) {
            wanted.clone()
        } else {
            let name =
                another(wanted, reached.account_id.as_str(), |name| !used.contains(name) && !taken.contains_key(name));
            used.insert(name.clone());
            renamed.push(Renamed { wanted: wanted.clone(), name: name.clone(), taken: taken.get(wanted).cloned() });
            name
        };
        all.push(Named { name, reached });
    }
    (all, renamed)
}

fn another(wanted: &str, id: &str, is_free: impl Fn(&str) -> bool) -> String {
    let mut name = format!("{wanted}-{id}");
    let mut number = 2_usize;
    while !is_free(&name) {
        name = format!("{wanted}-{id}-{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(account: &str, id: &str, role: &str) -> Reached {
        Reached { account_name: account.to_owned(), account_id: id.parse().unwrap(), role: role.parse().unwrap() }
    }

    fn names(reached: Vec<Reached>, taken: &[&str]) -> Vec<String> {
        let taken = taken.iter().map(|name| ((*name).to_owned(), Origin::Default)).collect();
        named(reached, &Settings::default(), &taken).0.into_iter().map(|named| named.name).collect()
    }

    #[test]
    fn those_that_would_be_called_the_same_end_in_their_account_and_nobody_else_changes() {
        let all = vec![
            reached("dev", "111122223333", "Admin"),
            reached("dev", "111122223333", "admin"),
            reached("dev", "111122223333", "read"),
            reached("dev", "444455556666", "Admin"),
            reached("dev-admin", "777788889999", "111122223333"),
        ];
        let expected = [
            "dev-admin-111122223333-2",
            "dev-admin-111122223333-3",
            "dev-read",
            "dev-admin-444455556666",
            "dev-admin-111122223333",
        ];
        assert_eq!(names(all, &[]), expected);
    }

    #[test]
    fn a_name_that_is_taken_is_left_to_whoever_has_it() {
        let all = || vec![reached("dev", "111122223333", "Admin")];
        assert_eq!(names(all(), &["dev-admin"]), ["dev-admin-111122223333"]);
        assert_eq!(names(all(), &["dev-admin", "dev-admin-111122223333"]), ["dev-admin-111122223333-2"]);
        let taken = BTreeMap::from([("dev-admin".to_owned(), Origin::Flag("x"))]);
        let (_, renamed) = named(all(), &Settings::default(), &taken);
        assert_eq!(renamed[0].taken, Some(Origin::Flag("x")));
    }
}
