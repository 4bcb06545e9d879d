//! The packages' files into samples.

use std::path::Path;

use serde_json::Value;

/// What one client sends: fields that are its own, or that it does not send (`None`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sample {
    /// The fields, `user-agent` first.
    pub(crate) fields: Vec<(String, Option<String>)>,
    /// What the corpus calls its kind; empty where it says nothing.
    pub(crate) label: String,
}

impl Sample {
    /// A client of which only the user-agent is known.
    pub(crate) fn new(user_agent: &str, label: &str) -> Self {
        Self {
            fields: vec![("user-agent".to_owned(), Some(user_agent.trim().to_owned()))],
            label: label.to_owned(),
        }
    }

    /// All that is known of it, for the catalogue's patterns: a line `kind: …`, then its fields.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("kind: {}", self.label);
        for (name, value) in &self.fields {
            text.extend(value.iter().map(|value| format!("\n{name}: {value}")));
        }
        text
    }

    /// Whether its user-agent begins as a browser's does.
    pub(crate) fn is_browser_like(&self) -> bool {
        ["Mozilla/", "Opera/"]
            .iter()
            .any(|start| self.user_agent().starts_with(start))
    }

    /// Its user-agent.
    pub(crate) fn user_agent(&self) -> &str {
        self.fields[0].1.as_deref().unwrap_or_default()
    }
}

/// A file's text.
pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file's JSON.
pub(crate) fn json(path: &Path) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// One user-agent a line.
pub(crate) fn lines(path: &Path) -> Vec<Sample> {
    let text = text(path);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| Sample::new(line, "")).collect()
}

/// The texts of a JSON list, or those under `key` of its objects.
pub(crate) fn list(value: &Value, key: &str) -> Vec<Sample> {
    let items = value.as_array().unwrap().iter();
    items
        .map(|item| Sample::new(item.as_str().or_else(|| item[key].as_str()).unwrap(), ""))
        .collect()
}

/// One JSON object a line.
pub(crate) fn json_lines(path: &Path, key: &str) -> Vec<Sample> {
    let text = text(path);
    let objects = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects
        .map(|object| Sample::new(object[key].as_str().unwrap(), ""))
        .collect()
}

/// The records of a Matomo test file. Its YAML is of one shape: a record begins with `-`, and a value is on its key's line or,
/// after `|`, on the next.
pub(crate) fn matomo(path: &Path) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    let (mut part, mut is_text) = (String::new(), false);
    for line in text(path).lines().filter(|line| *line != "---") {
        let indent = line.len() - line.trim_start_matches([' ', '-']).len();
        let line = line.trim_start_matches([' ', '-']);
        if is_text {
            is_text = false;
            samples.push(Sample::new(line, ""));
            continue;
        }
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        if indent <= 2 {
            key.clone_into(&mut part);
        }
        let value = scalar(value.trim());
        match (&*part, key, samples.last_mut()) {
            ("user_agent", _, _) if value == "|" => is_text = true,
            ("user_agent", _, _) => samples.push(Sample::new(&value, "")),
            ("headers", name, Some(sample)) if indent > 2 => {
                sample.fields.push((name.to_ascii_lowercase(), Some(value)));
            }
            ("client", "type", Some(sample)) => sample.label = value,
            _ => {}
        }
    }
    samples
}

/// A YAML scalar without its quotes.
fn scalar(value: &str) -> String {
    let within = |quote: char| value.strip_prefix(quote).and_then(|value| value.strip_suffix(quote));
    match (within('\''), within('"')) {
        (Some(single), _) => single.replace("''", "'"),
        (None, Some(double)) => double.replace("\\\"", "\"").replace("\\\\", "\\"),
        (None, None) => value.to_owned(),
    }
}
