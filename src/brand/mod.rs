//! An operator's brand on the pages: colours that can be read, a logo, a page of their own.

mod colour;
mod logo;
mod markup;
mod palette;
mod rules;
mod template;

pub use colour::{Colour, NoColour};
pub use logo::{Logo, LogoKind};
pub use palette::{Low, Palette, Part, Scheme, Wished};
pub use template::PageTemplate;

/// How the pages of one configuration look.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// Their colours.
    pub palette: Palette,
    /// The operator's logo, in place of the mark.
    pub logo: Option<Logo>,
    /// The operator's own page, in place of the shipped one.
    pub template: Option<PageTemplate>,
}
