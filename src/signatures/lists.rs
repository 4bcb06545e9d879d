//! Address lists in the forms in which their vendors publish them.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

/// A published form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// <https://endpoints.office.com/endpoints/worldwide>: `[{"ips": ["…"]}]`.
    Microsoft365,
    /// Azure IP ranges and service tags: `{"values": [{"properties": {"addressPrefixes": ["…"]}}]}`.
    AzureServiceTags,
    /// <https://ip-ranges.amazonaws.com/ip-ranges.json>: `prefixes[].ip_prefix`, `ipv6_prefixes[].ipv6_prefix`.
    Aws,
    /// <https://www.gstatic.com/ipranges/goog.json>: `prefixes[].ipv4Prefix` or `.ipv6Prefix`.
    Google,
    /// A MISP warning list: `{"list": ["…"]}`.
    Misp,
    /// One network a line; `#` starts a comment.
    Text,
}

impl Form {
    pub(super) const NAMES: [(&'static str, Self); 6] = [
        ("microsoft-365", Self::Microsoft365),
        ("azure-service-tags", Self::AzureServiceTags),
        ("aws", Self::Aws),
        ("google", Self::Google),
        ("misp", Self::Misp),
        ("text", Self::Text),
    ];

    /// The networks of a list, or what is wrong with it.
    pub(super) fn read(self, text: &str) -> Result<Vec<IpNet>, String> {
        let texts = match self {
            Self::Text => lines(text),
            Self::Microsoft365 | Self::AzureServiceTags | Self::Aws | Self::Google | Self::Misp => {
                if text.len() > JSON {
                    return Err(format!("as JSON it may be {} MiB at most", JSON / (1024 * 1024)));
                }
                let json: Value = serde_json::from_str(text).map_err(|error| format!("it is no JSON: {error}"))?;
                self.texts(&json).into_iter().map(|text| (None, text)).collect()
            }
        };
        if texts.is_empty() {
            return Err("no networks stand in it in this form".to_owned());
        }
        texts
            .into_iter()
            .map(|(line, text)| {
                let network = text
                    .parse::<IpNet>()
                    .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
                let place = line.map_or_else(String::new, |line| format!("line {line}: "));
                network
                    .map(|network| network.trunc())
                    .map_err(|_| format!("{place}`{}` is no network", shown(&text)))
            })
            .collect()
    }

    fn texts(self, json: &Value) -> Vec<String> {
        let all = |values: &Value, key: &str| -> Vec<String> {
            let entries = values
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.get(key));
            entries.flat_map(strings).collect()
        };
        match self {
            Self::Microsoft365 => all(json, "ips"),
            Self::AzureServiceTags => {
                let values = json.get("values").and_then(Value::as_array).into_iter().flatten();
                values
                    .filter_map(|value| value.pointer("/properties/addressPrefixes"))
                    .flat_map(strings)
                    .collect()
            }
            Self::Aws => [("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix")]
                .iter()
                .flat_map(|(list, key)| all(&json[*list], key))
                .collect(),
            Self::Google => ["ipv4Prefix", "ipv6Prefix"]
                .iter()
                .flat_map(|key| all(&json["prefixes"], key))
                .collect(),
            Self::Misp => strings(&json["list"]),
            Self::Text => Vec::new(),
        }
    }
}

/// A text's beginning, to be quoted.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(QUOTED).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

fn lines(text: &str) -> Vec<(Option<usize>, String)> {
    let lines = text
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default().trim()));
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(at, line)| (Some(at), line.to_owned()))
        .collect()
}

/// Characters of a wrong value that are quoted.
const QUOTED: usize = 60;
/// Bytes of a list in JSON: read, it takes many times as much.
const JSON: usize = 16 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_published_form_is_read() {
        let cases = [
            (
                Form::Microsoft365,
                r#"[{"id": 1, "ips": ["40.92.0.0/15", "2a01:111:f400::/48"]}, {"urls": ["x"]}]"#,
            ),
            (
                Form::AzureServiceTags,
                r#"{"values": [{"name": "A", "properties": {"addressPrefixes": ["40.92.0.0/15", "2a01:111:f400::/48"]}}]}"#,
            ),
            (
                Form::Aws,
                r#"{"prefixes": [{"ip_prefix": "40.92.0.0/15"}], "ipv6_prefixes": [{"ipv6_prefix": "2a01:111:f400::/48"}]}"#,
            ),
            (
                Form::Google,
                r#"{"prefixes": [{"ipv4Prefix": "40.92.0.0/15"}, {"ipv6Prefix": "2a01:111:f400::/48"}]}"#,
            ),
            (
                Form::Misp,
                r#"{"name": "x", "list": ["40.92.0.0/15", "2a01:111:f400::/48"]}"#,
            ),
            (Form::Text, "# a comment\n40.92.0.0/15 # one\n\n2a01:111:f400::/48\n"),
        ];
        let expected: Vec<IpNet> = vec!["40.92.0.0/15".parse().unwrap(), "2a01:111:f400::/48".parse().unwrap()];
        for (form, text) in cases {
            assert_eq!(form.read(text), Ok(expected.clone()), "{form:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            Form::Text.read("1.2.3.0/24\nnonsense\n"),
            Err("line 2: `nonsense` is no network".to_owned())
        );
        let garbage = format!("192.0.2.0/24\n{}\nmore\n", "x".repeat(1_000_000));
        let said = Form::Text.read(&garbage).unwrap_err();
        assert!(said.starts_with("line 2: `xxx") && said.len() < 200, "{said}");
        let deep = "[".repeat(100_000);
        assert!(Form::Misp.read(&deep).unwrap_err().contains("no JSON"));
        let bomb = format!("[{}[]]", "[],".repeat(JSON / 3 + 1));
        assert_eq!(
            Form::Misp.read(&bomb),
            Err("as JSON it may be 16 MiB at most".to_owned())
        );
        assert!(Form::Aws.read("[]").unwrap_err().contains("no networks"));
        assert!(Form::Aws.read("{").unwrap_err().contains("no JSON"));
    }
}
