//! Apify's network of whole header sets: which values of a field were seen beside which user-agent.

use std::collections::BTreeSet;
use std::path::Path;

use linklatch::visit::browser::Browser;
use serde_json::{Map, Value};

use crate::read::{self, Sample};

/// Every set of fields that the network can make of a user-agent. Sec-Fetch fields it leaves to its program; a browser that is
/// not known to send them comes with them and without.
pub(crate) fn header_sets(folder: &Path) -> Vec<Sample> {
    let network = read::json(&folder.join("data_files/header-network-definition.zip.files/network.json"));
    let nodes = network["nodes"].as_array().unwrap();
    let mut samples = Vec::new();
    // HTTP/2 spells names small, HTTP/1.1 large; each has nodes of its own.
    for name in ["user-agent", "User-Agent"] {
        let agents = nodes.iter().find(|node| node["name"] == name).unwrap();
        for agent in texts(&agents["possibleValues"]).filter(|agent| *agent != MISSING) {
            let mut sets = vec![Sample::new(agent, "")];
            for node in nodes
                .iter()
                .filter(|node| texts(&node["parentNames"]).any(|parent| parent == name))
            {
                let field = node["name"].as_str().unwrap().to_ascii_lowercase();
                let at = texts(&node["parentNames"]).position(|parent| parent == name).unwrap();
                sets = product(&sets, &field, &values(&node["conditionalProbabilities"], at, agent));
            }
            if !Browser::of(agent).is_some_and(|browser| browser.sends_fetch_metadata()) {
                samples.extend(sets.iter().cloned().map(without_sec_fetch));
            }
            samples.extend(sets);
        }
    }
    samples
}

const MISSING: &str = "*MISSING_VALUE*";

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().unwrap().iter().filter_map(Value::as_str)
}

/// A node's values where its parent number `at` is `given`: the tree has a level of `deeper` (by value) and `skip` (for a value
/// never seen) for each parent.
fn values(tree: &Value, at: usize, given: &str) -> BTreeSet<String> {
    let Some(tree) = tree.as_object() else {
        return BTreeSet::new();
    };
    let below = |tree: &Value| values(tree, at.saturating_sub(1), given);
    match (tree.get("deeper").and_then(Value::as_object), at) {
        (Some(deeper), 0) => deeper.get(given).map(leaves).unwrap_or_default(),
        (Some(deeper), _) => deeper.values().chain(tree.get("skip")).flat_map(below).collect(),
        (None, _) => BTreeSet::new(),
    }
}

fn leaves(tree: &Value) -> BTreeSet<String> {
    let tree: &Map<_, _> = tree.as_object().unwrap();
    match tree.get("deeper").and_then(Value::as_object) {
        Some(deeper) => deeper.values().chain(tree.get("skip")).flat_map(leaves).collect(),
        None => tree.keys().cloned().collect(),
    }
}

/// Every set with every value of the field; unchanged where no value is known.
fn product(sets: &[Sample], field: &str, values: &BTreeSet<String>) -> Vec<Sample> {
    if values.is_empty() {
        return sets.to_vec();
    }
    let with = |set: &Sample, value: &String| {
        let mut set = set.clone();
        let value = Some(value.clone()).filter(|value| value != MISSING);
        set.fields.push((field.to_owned(), value));
        set
    };
    sets.iter()
        .flat_map(|set| values.iter().map(move |value| with(set, value)))
        .collect()
}

fn without_sec_fetch(mut set: Sample) -> Sample {
    set.fields
        .extend(["sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site"].map(|name| (name.to_owned(), None)));
    set
}
