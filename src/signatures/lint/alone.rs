//! What of a signature is enough by itself: no other condition narrows it.

use crate::signatures::raw::RawCondition;

/// The tables of a condition of which each is enough alone; in each of them, what stands there is all that is asked.
pub(super) fn enough(raw: &RawCondition) -> Vec<&RawCondition> {
    let tables = [&raw.any, &raw.all, &raw.not].map(Vec::len);
    match (kinds(raw), tables) {
        (1, [0, 0, 0]) => vec![raw],
        (0, [_, 0, 0]) => raw.any.iter().flat_map(|one| enough(&one.value)).collect(),
        (0, [0, 1, 0]) => enough(&raw.all[0].value),
        _ => Vec::new(),
    }
}

/// How many kinds of plain conditions stand in a table.
fn kinds(raw: &RawCondition) -> usize {
    let there = [
        !raw.user_agent.is_empty(),
        raw.user_agent_absent.as_ref().is_some_and(|absent| absent.value),
        !raw.network.is_empty() || !raw.network_file.is_empty(),
        !raw.asn.is_empty(),
        !raw.reverse_dns.is_empty(),
        !raw.method.is_empty(),
        !raw.http_version.is_empty(),
        !raw.tls.is_empty(),
        raw.header.is_some(),
        raw.history.is_some(),
    ];
    there.into_iter().filter(|there| *there).count()
}
