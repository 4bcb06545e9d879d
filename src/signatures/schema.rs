//! A JSON Schema of signature files. Its keys are those that the reader asks for, their meanings stand in the folder's
//! README.

use std::any::TypeId;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Kind;
use super::compile::{ACTIONS, CONFIDENCES, METHODS, MODES, VERSIONS};
use super::lists::Form;
use super::raw::RawFile;
use crate::diag::read::{self, Key, Shape, TableType};

const README: &str = include_str!("../../scanner-signatures/README.md");

/// The schema, as of JSON Schema 2020-12.
#[must_use]
pub fn schema() -> Value {
    let mut tables = Tables::default();
    let mut root = tables.object("", &read::keys::<RawFile>());
    root.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    root.insert("title".to_owned(), json!("linklatch signature file"));
    root.insert("$defs".to_owned(), Value::Object(tables.done));
    Value::Object(root)
}

/// The kinds of tables that were met, each named by the key that led to it first.
#[derive(Default)]
struct Tables {
    names: HashMap<TypeId, &'static str>,
    done: Map<String, Value>,
}

impl Tables {
    fn object(&mut self, name: &str, keys: &[Key]) -> Map<String, Value> {
        let mut properties = Map::new();
        for key in keys {
            let mut property = self.property(key);
            if let Some(meaning) = meaning(name, key.name) {
                property["description"] = json!(meaning);
            }
            properties.insert(key.name.to_owned(), property);
        }
        let mut object = Map::new();
        object.insert("type".to_owned(), json!("object"));
        object.insert("additionalProperties".to_owned(), json!(false));
        object.insert("properties".to_owned(), Value::Object(properties));
        if let Some((_, required)) = REQUIRED.iter().find(|(table, _)| *table == name) {
            object.insert("required".to_owned(), json!(required));
        }
        if ["signature", "reweigh"].contains(&name) {
            let either = ["confidence", "weight"].map(|key| json!({ "required": [key] }));
            object.insert("anyOf".to_owned(), json!(either));
        }
        object
    }

    fn property(&mut self, key: &Key) -> Value {
        let words = words(key.name);
        let value = |kind: &str| match &words {
            Some(words) => json!({ "enum": words }),
            None => plain(kind),
        };
        match key.shape {
            Shape::Value(kind) => value(kind),
            Shape::List(kind) => json!({ "type": "array", "items": value(kind) }),
            Shape::Table(table) => self.reference(key.name, table),
            Shape::Tables(table) => json!({ "type": "array", "items": self.reference(key.name, table) }),
        }
    }

    fn reference(&mut self, key: &'static str, table: TableType) -> Value {
        let name = match self.names.get(&table.id) {
            Some(name) => name,
            None => {
                self.names.insert(table.id, key);
                let object = self.object(key, &(table.keys)());
                self.done.insert(key.to_owned(), Value::Object(object));
                key
            }
        };
        json!({ "$ref": format!("#/$defs/{name}") })
    }
}

/// A plain value by what the reader calls it.
fn plain(kind: &str) -> Value {
    match kind {
        "text" => json!({ "type": "string" }),
        "true or false" => json!({ "type": "boolean" }),
        "a whole number" => json!({ "type": "integer", "minimum": 0 }),
        "a date" => json!({ "type": "string", "format": "date" }),
        // Header fields, by their names.
        "a table" => json!({ "type": "object", "additionalProperties": { "type": ["string", "boolean"] } }),
        _ => json!({}),
    }
}

/// The words that a key may hold, where they are few.
fn words(key: &str) -> Option<Vec<&'static str>> {
    const fn first<T: Copy>((word, _): &(&'static str, T)) -> &'static str {
        word
    }
    Some(match key {
        "kind" => Kind::NAMES.iter().map(first).collect(),
        "confidence" => CONFIDENCES.iter().map(first).collect(),
        "action" => ACTIONS.iter().map(first).collect(),
        "mode" => MODES.iter().map(first).collect(),
        "format" => Form::NAMES.iter().map(first).collect(),
        "http-version" => VERSIONS.iter().map(first).collect(),
        "method" => METHODS.iter().map(http::Method::as_str).collect(),
        _ => return None,
    })
}

/// What a key of a table means: the row of it under the table's heading in the README.
fn meaning(table: &str, key: &str) -> Option<&'static str> {
    let headings: &[&str] = match table {
        "" => &["file"],
        "file" => &["`[file]`"],
        "signature" => &["`[[signature]]`", "condition"],
        "disable" | "reweigh" => &["override"],
        "except" => &["override", "condition"],
        "match" => &["example"],
        "history" => &["`history`"],
        "network-file" => &["`network-file`"],
        _ => &["condition"],
    };
    headings.iter().find_map(|heading| {
        let mut rows = rows(heading);
        rows.find_map(|(keys, meaning)| keys.contains(&key).then_some(meaning))
    })
}

/// The keys and meanings of a table in the README, by the first cell of its head.
fn rows(heading: &str) -> impl Iterator<Item = (Vec<&'static str>, &'static str)> {
    let head = format!("| {heading} | ");
    // A head has a rule under it; the same words may open a row of another table.
    let pairs = README.lines().zip(README.lines().skip(1));
    let table = pairs.skip_while(move |(line, next)| !(line.starts_with(&head) && next.starts_with("|---")));
    let table = table.skip(2).map(|(line, _)| line);
    table.map_while(|line| {
        let (keys, meaning) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((keys.split(", ").map(|key| key.trim_matches('`')).collect(), meaning))
    })
}

/// Keys without which a table is no use.
const REQUIRED: [(&str, &[&str]); 5] = [
    ("signature", &["id", "title", "kind", "source", "seen"]),
    ("network-file", &["file", "format"]),
    ("disable", &["id", "reason"]),
    ("reweigh", &["id", "reason"]),
    ("except", &["reason"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signatures::tests::{compiled, entry};

    fn tables() -> Vec<(String, Value)> {
        let schema = schema();
        let defs = schema["$defs"].as_object().unwrap().clone();
        let root = ("".to_owned(), schema);
        std::iter::once(root).chain(defs).collect()
    }

    #[test]
    fn every_key_has_its_kind_and_its_meaning() {
        let mut count = 0;
        for (table, schema) in tables() {
            for (key, property) in schema["properties"].as_object().unwrap() {
                count += 1;
                let text = property["description"].as_str().unwrap_or_default();
                assert!(
                    !text.is_empty(),
                    "`{key}` of `{table}` has no row in scanner-signatures/README.md"
                );
                let kinds = ["type", "enum", "$ref"]
                    .iter()
                    .filter(|kind| property.get(kind).is_some());
                assert_eq!(kinds.count(), 1, "`{key}` of `{table}`: {property}");
            }
        }
        assert!(count > 60, "{count}");
    }

    #[test]
    fn every_row_of_the_readme_is_a_key() {
        let tables = tables();
        let known = |key: &str| tables.iter().any(|(_, schema)| schema["properties"].get(key).is_some());
        let headings = [
            "file",
            "`[file]`",
            "`[[signature]]`",
            "condition",
            "`history`",
            "`network-file`",
            "example",
            "override",
        ];
        for heading in headings {
            assert!(rows(heading).count() > 1, "{heading}");
            for (keys, _) in rows(heading) {
                for key in keys {
                    assert!(known(key), "{heading}: {key}");
                }
            }
        }
    }

    #[test]
    fn what_is_required_is_missed_and_nothing_else() {
        let whole = entry("x", "user-agent = ['probe']\nmode = \"observe\"\naction = \"weigh\"");
        for line in whole.lines().filter(|line| line.contains(" = ")) {
            let key = line.split(' ').next().unwrap();
            let without = whole.replace(&format!("{line}\n"), "");
            let missed = compiled(&[(&without, 2)]).1.iter().any(|problem| {
                problem.contains(&format!("`{key}` is missing")) || problem.starts_with("missing-source")
            });
            let (_, required) = REQUIRED[0];
            let either = key == "confidence";
            assert_eq!(missed, required.contains(&key) || either, "{key}");
        }
    }

    #[test]
    fn words_are_listed_and_tables_may_stand_in_themselves() {
        let schema = schema();
        let signature = &schema["$defs"]["signature"]["properties"];
        assert_eq!(signature["mode"]["enum"], json!(["enforce", "observe"]));
        assert_eq!(signature["method"]["items"]["enum"][1], "HEAD");
        assert_eq!(signature["seen"]["format"], "date");
        let condition = signature["any"]["items"]["$ref"]
            .as_str()
            .unwrap()
            .trim_start_matches("#/$defs/");
        assert_eq!(
            schema["$defs"][condition]["properties"]["not"]["items"]["$ref"],
            signature["any"]["items"]["$ref"]
        );
    }
}
