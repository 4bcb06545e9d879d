//! Durations and sizes as people write them: "15m", "250ms", "64KiB".

use std::time::Duration;

/// How a duration is written.
pub(crate) const DURATION_HELP: &str =
    "write a number and a unit, ms, s, m, h or d: \"250ms\", \"30s\", \"15m\", \"1h30m\"";
/// How a size is written.
pub(crate) const SIZE_HELP: &str = "write a number and a unit, B, KiB or MiB: \"64KiB\"";

/// Reads a duration: one or several numbers with their units, without spaces.
#[must_use]
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let mut total: u64 = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (number, unit_on) = split_number(rest)?;
        let unit_end = unit_on.find(|c: char| c.is_ascii_digit()).unwrap_or(unit_on.len());
        let millis = match &unit_on[..unit_end] {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(millis)?)?;
        rest = &unit_on[unit_end..];
    }
    (!text.is_empty()).then(|| Duration::from_millis(total))
}

/// Reads a size in bytes.
#[must_use]
pub(crate) fn size(text: &str) -> Option<usize> {
    let (number, unit) = split_number(text)?;
    let bytes = match unit {
        "B" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        _ => return None,
    };
    usize::try_from(number).ok()?.checked_mul(bytes)
}

/// Writes a size the way it is read.
#[must_use]
pub(crate) fn show_size(bytes: usize) -> String {
    let (unit, name) = [(1024 * 1024, "MiB"), (1024, "KiB")]
        .into_iter()
        .find(|(unit, _)| bytes >= *unit && bytes.is_multiple_of(*unit))
        .unwrap_or((1, "B"));
    format!("{}{name}", bytes / unit)
}

fn split_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, millis) in [
            ("250ms", 250),
            ("30s", 30_000),
            ("15m", 900_000),
            ("1h", 3_600_000),
            ("2d", 172_800_000),
        ] {
            assert_eq!(duration(text), Some(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(duration("1h30m"), Some(Duration::from_secs(5_400)));
        for text in [
            "",
            "15",
            "m",
            "15 m",
            "1.5h",
            "-1s",
            "15min",
            "99999999999999999999s",
            "999999999999999999d",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes) in [("100B", 100), ("64KiB", 65_536), ("1MiB", 1_048_576)] {
            assert_eq!(size(text), Some(bytes), "{text}");
            assert_eq!(show_size(bytes), text);
        }
        for text in ["", "64", "64kb", "64 KiB", "KiB", "99999999999999999MiB"] {
            assert_eq!(size(text), None, "{text}");
        }
    }
}
