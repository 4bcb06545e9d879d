//! The routers of `tests/it/matching.rs`.
fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

fn fields(query: &str, separators: &str) -> Vec<(String, String)> {
    let pairs = query.split(|c| separators.contains(c));
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(&name.replace('+', " ")), decode(value))
        })
        .collect()
}

/// A router to the letter: one decoding of each segment and field, nothing else.
pub fn strict(target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let decoded: Vec<String> = path.split('/').map(decode).collect();
    decoded == ["", "auth", "verify"]
        && fields(query, "&")
            .iter()
            .any(|(name, value)| name == "token" && !value.is_empty())
}

/// A router that forgives everything that any known one forgives.
pub fn lenient(target: &str) -> bool {
    let mut texts = vec![target.to_owned()];
    for _ in 0..4 {
        texts.push(decode(texts.last().unwrap()));
    }
    texts.iter().any(|text| {
        let text = text.replace('\\', "/");
        let cut = text.find(['#', '\0']).map_or(text.as_str(), |at| &text[..at]);
        let (path, query) = cut.split_once('?').unwrap_or((cut, ""));
        let own_query = target.split_once('?').map_or("", |(_, query)| query);
        let mut segments: Vec<String> = Vec::new();
        for segment in path.split('/') {
            let segment: String = segment
                .split(';')
                .next()
                .unwrap()
                .chars()
                .filter(|c| !c.is_control())
                .collect();
            match segment.trim() {
                "" | "." => {}
                ".." => drop(segments.pop()),
                plain => segments.push(plain.trim_end_matches('.').to_lowercase()),
            }
        }
        let last = segments
            .last_mut()
            .map(|last| last.split('.').next().unwrap().to_owned());
        let routed = segments.len() == 2 && segments[0] == "auth" && last.as_deref() == Some("verify");
        let carried = |query: &str| {
            fields(query, "&;").iter().any(|(name, value)| {
                let name: String = decode(&decode(name)).chars().filter(|c| !c.is_control()).collect();
                let name = name.trim().split('[').next().unwrap().to_lowercase();
                name == "token" && !value.trim().is_empty()
            })
        };
        routed && (carried(query) || carried(own_query))
    })
}
