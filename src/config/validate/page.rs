//! What people see: the site's name, and colours that are held against each other.

use std::sync::Arc;

use crate::brand::{Brand, Colour, Low, Palette, Part, Wished};
use crate::config::PageSettings;
use crate::config::raw::RawPage;
use crate::diag::Diagnostics;
use crate::diag::read::At;
use crate::locales::Locales;

/// What people see; languages and files of the operator's are not read here.
pub(super) fn page(raw: &RawPage, diagnostics: &mut Diagnostics) -> PageSettings {
    PageSettings {
        site_name: site_name(raw, diagnostics),
        locales: Arc::new(Locales::shipped()),
        brand: Brand {
            palette: palette(raw, diagnostics),
            ..Brand::default()
        },
        assets: assets(raw, diagnostics),
    }
}

fn site_name(raw: &RawPage, diagnostics: &mut Diagnostics) -> Option<String> {
    let at = raw.site_name.as_ref()?;
    let length = at.value.chars().count();
    if at.value.trim().is_empty() || length > 80 || at.value.chars().any(char::is_control) {
        let help = "write the name that people know, up to 80 characters on one line";
        diagnostics.error("site-name-invalid", at.span, "that is no name for a page", help);
        return None;
    }
    Some(at.value.trim().to_owned())
}

fn assets(raw: &RawPage, diagnostics: &mut Diagnostics) -> String {
    let default = PageSettings::default().assets;
    let Some(at) = &raw.assets else { return default };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let whole = at.value.starts_with('/') && at.value.ends_with('/') && at.value.len() > 1;
    let dots = at.value.split('/').any(|segment| segment == "." || segment == "..");
    if !whole || dots || at.value.contains("//") || !at.value.chars().all(plain) {
        let help = "write a path between slashes that your upstream does not use: \"/.linklatch/\"";
        diagnostics.error(
            "path-invalid",
            at.span,
            format!("`{}` is no folder for files", at.value),
            help,
        );
        return default;
    }
    at.value.clone()
}

/// The palette of the colours in a file; what can't be read on what is an error.
fn palette(raw: &RawPage, diagnostics: &mut Diagnostics) -> Palette {
    let (mut light, mut dark) = (Wished::default(), Wished::default());
    for (part, [in_light, in_dark]) in &raw.colours {
        light[*part as usize] = in_light.as_ref().and_then(|at| colour(at, diagnostics));
        dark[*part as usize] = in_dark.as_ref().and_then(|at| colour(at, diagnostics));
    }
    let palette = Palette::new(&light, &dark);
    let both = [(palette.light, light), (palette.dark, dark)];
    for (scheme, (drawn, wished)) in both.into_iter().enumerate() {
        let mut told: Vec<Part> = Vec::new();
        for low in drawn.low(&wished) {
            if !told.contains(&low.part) {
                tell(raw, scheme, &low, diagnostics);
            }
            told.push(low.part);
        }
    }
    palette
}

fn colour(at: &At<String>, diagnostics: &mut Diagnostics) -> Option<Colour> {
    let colour = at.value.parse();
    if colour.is_err() {
        let help = "write a # and six hexadecimal digits: \"#1d55b8\"";
        diagnostics.error("colour-invalid", at.span, format!("`{}` is no colour", at.value), help);
    }
    colour.ok()
}

/// Says that a pair is too low; `scheme` is 0 in light and 1 in dark.
fn tell(raw: &RawPage, scheme: usize, low: &Low, diagnostics: &mut Diagnostics) {
    let named = raw.colours.iter().find(|(part, _)| *part == low.part);
    let at = named.and_then(|(_, keys)| keys[scheme].as_ref());
    let (key, other) = (low.part.keys()[scheme], low.other.keys()[scheme]);
    // Cut, not rounded: 4.499 is not 4.5.
    let found = (low.contrast * 100.0).floor() / 100.0;
    let message = format!(
        "`{key}` and `{other}` have a contrast of {found}:1, and need {}:1",
        low.least
    );
    let help = match low.nearest {
        Some(colour) => format!("use \"{colour}\", the nearest colour that can be told apart"),
        None => format!("choose `{key}` and what it meets anew: no colour can be read on both of these"),
    };
    diagnostics.error("contrast-low", at.map(|at| at.span), message, help);
}
