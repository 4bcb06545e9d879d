//! What the dates of a signature say.

use super::Builder;
use crate::diag::read::At;
use crate::signatures::raw::RawSignature;

impl Builder<'_> {
    /// Dates that can't be, or that are past.
    pub(super) fn dates(&mut self, raw: &RawSignature, id: &At<String>) {
        // Somewhere it is tomorrow already.
        let tomorrow = self.today.tomorrow().unwrap_or(self.today);
        if let Some(seen) = raw.seen.as_ref().filter(|seen| seen.value > tomorrow) {
            let message = format!("`{}` was seen on {}, which is yet to come", id.value, seen.value);
            let help = "write the day of the newest source";
            self.diagnostics.warning("date-conflict", seen.span, message, help);
        }
        if let (Some(seen), Some(expires)) = (&raw.seen, &raw.expires)
            && expires.value < seen.value
        {
            let message = format!("`{}` expires before it was seen", id.value);
            let help = format!("it was seen on {}: give it a later end", seen.value);
            self.diagnostics.warning("date-conflict", expires.span, message, help);
            return;
        }
        self.staleness(raw, id);
    }

    fn staleness(&mut self, raw: &RawSignature, id: &At<String>) {
        if let Some(expires) = raw.expires.as_ref().filter(|expires| expires.value < self.today) {
            let message = format!("`{}` expired on {}", id.value, expires.value);
            self.diagnostics.warning(
                "signature-expired",
                expires.span,
                message,
                "look whether it still holds, and renew the date",
            );
        }
        if let Some(seen) = &raw.seen {
            let months = (self.today.year() - seen.value.year()) as i32 * 12 + i32::from(self.today.month())
                - i32::from(seen.value.month());
            if !raw.condition.network_file.is_empty() && months > 12 {
                let message = format!("the list of `{}` is {months} months old", id.value);
                self.diagnostics
                    .warning("list-stale", seen.span, message, "fetch it anew from its source");
            }
        }
    }
}
