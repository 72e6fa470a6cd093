//! The chains: from the role backwards, to whoever nobody else becomes.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Edge, Graph, Node};

/// How far it is looked.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// The most roles of a chain.
    pub hops: usize,
    /// The most chains.
    pub ways: usize,
}

/// A chain, from its first node to the role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Way {
    /// Its edges, in the order in which they are gone.
    pub edges: Vec<Edge>,
    /// Whether it may begin further back than was looked.
    pub is_cut: bool,
}

/// All chains that were found.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// The shortest first, then by names.
    pub ways: Vec<Way>,
    /// Whether there are more than were wanted.
    pub more: bool,
}

impl Graph<'_> {
    /// Returns the chains to that role. `is_start` says where a chain may begin; without it, each begins with whoever
    /// nobody becomes: a user, somebody from outside, a role that nobody gets.
    pub fn ways_to(&mut self, role_arn: &str, is_start: Option<&dyn Fn(&Node) -> bool>, bounds: Bounds) -> Ways {
        let into = self.backwards(role_arn, bounds.hops);
        let nearest = is_start.map(|is_start| nearest(&into, is_start));
        let mut search = Search { into: &into, is_start, nearest, bounds, found: Ways::default(), behind: Vec::new() };
        search.back_from(role_arn);
        let mut found = search.found;
        let names = |way: &Way| way.edges.iter().map(|edge| edge.from.clone()).collect::<Vec<_>>();
        found.ways.sort_by_cached_key(|way| (way.edges.len(), names(way)));
        found
    }

    /// Returns the edges into all roles on the way to that one, by the role.
    fn backwards(&mut self, role_arn: &str, hops: usize) -> BTreeMap<String, Vec<Edge>> {
        let mut into = BTreeMap::new();
        let mut next = BTreeSet::from([role_arn.to_owned()]);
        for _ in 0..hops {
            let mut further = BTreeSet::new();
            for role in std::mem::take(&mut next) {
                let edges = self.edges_into(&role).to_vec();
                let roles = edges.iter().filter_map(|edge| role_of(&edge.from)).map(str::to_owned);
                further.extend(roles);
                into.insert(role, edges);
            }
            next = further.into_iter().filter(|role| !into.contains_key(role)).collect();
        }
        into
    }
}

fn role_of(node: &Node) -> Option<&str> {
    match node {
        Node::Role(arn) => Some(arn),
        Node::User(_) | Node::Foreign(_) | Node::Account(_) | Node::Everyone | Node::Service(_) | Node::Provider(_) => {
            None
        }
    }
}

/// How many hops each role is from the nearest start. A role that is not there is not reached.
fn nearest(into: &BTreeMap<String, Vec<Edge>>, is_start: &dyn Fn(&Node) -> bool) -> BTreeMap<String, usize> {
    let mut out: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut distances = BTreeMap::new();
    let mut waiting = VecDeque::new();
    for (role, edges) in into {
        for edge in edges {
            if let Some(from) = role_of(&edge.from) {
                out.entry(from).or_default().push(role);
            }
        }
        if edges.iter().any(|edge| is_start(&edge.from)) {
            distances.insert(role.clone(), 1);
            waiting.push_back((role.as_str(), 1));
        }
    }
    while let Some((role, distance)) = waiting.pop_front() {
        for next in out.get(role).into_iter().flatten() {
            if !distances.contains_key(*next) {
                distances.insert((*next).to_owned(), distance + 1);
                waiting.push_back((*next, distance + 1));
            }
        }
    }
    distances
}

struct Search<'s> {
    into: &'s BTreeMap<String, Vec<Edge>>,
    is_start: Option<&'s dyn Fn(&Node) -> bool>,
    nearest: Option<BTreeMap<String, usize>>,
    bounds: Bounds,
    found: Ways,
    /// The edges that were gone back so far, the last one first.
    behind: Vec<&'s Edge>,
}

impl<'s> Search<'s> {
    /// Goes on backwards from that role.
    fn back_from(&mut self, role: &str) {
        let Some(edges) = self.into.get(role) else { return };
        for edge in edges {
            if self.found.more {
                return;
            }
            let from = role_of(&edge.from);
            if from.is_some_and(|from| self.is_behind(from)) {
                continue;
            }
            self.behind.push(edge);
            let is_start = self.is_start.is_some_and(|is_start| is_start(&edge.from));
            let further = from.filter(|from| !is_start && self.leads_on(from));
            match further {
                Some(further) if self.behind.len() < self.bounds.hops => {
                    if self.is_within(further) {
                        self.back_from(further);
                    }
                }
                Some(_) if self.is_start.is_none() => self.note(true),
                None if self.is_start.is_none() || is_start => self.note(false),
                Some(_) | None => {}
            }
            self.behind.pop();
        }
    }

    /// Whether that role is on this chain already.
    fn is_behind(&self, role: &str) -> bool {
        self.behind.iter().any(|edge| edge.to == role || role_of(&edge.from) == Some(role))
    }

    /// Whether somebody gets that role who is not on this chain. Of roles beyond the bound it is not known: they may be.
    fn leads_on(&self, role: &str) -> bool {
        let edges = self.into.get(role);
        edges.is_none_or(|edges| {
            edges.iter().any(|edge| role_of(&edge.from).is_none_or(|from| from != role && !self.is_behind(from)))
        })
    }

    /// Whether a start is near enough.
    fn is_within(&self, role: &str) -> bool {
        let Some(nearest) = &self.nearest else { return true };
        nearest.get(role).is_some_and(|distance| self.behind.len() + distance <= self.bounds.hops)
    }

    fn note(&mut self, is_cut: bool) {
        if self.found.ways.len() >= self.bounds.ways {
            self.found.more = true;
            return;
        }
        let edges = self.behind.iter().rev().map(|edge| (*edge).clone()).collect();
        self.found.ways.push(Way { edges, is_cut });
    }
}
