//! The pictures: who works with whom ([`graph`]), and where ([`map`]), as SVG.
//!
//! Both are pure functions: the same data gives the same bytes. Nothing is drawn by chance, and numbers are written
//! with one decimal. Words come from outside ([`Say`]), so that a picture speaks the language of what it stands in.
//! Colour never speaks alone: every mark carries the short text that the legend explains. A picture is no help to who
//! cannot see it; whoever shows one shows beside it the table of the same data (`report::tables`).

pub mod chart;
pub mod graph;
pub mod map;
mod measure;
mod place;
mod svg;

pub use place::Rect;

/// The words of a picture: the key of a message and the number in it.
pub type Say<'a> = dyn Fn(&str, u64) -> String + 'a;

/// What colours and tags stand for: a country, or a target group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// What stands in the tag: one to three characters.
    pub tag: String,
    /// What the legend says of it.
    pub label: String,
    /// Its colour, dark enough for white text: `#` and six hex digits.
    pub colour: &'static str,
}

/// A text of a picture and the place that it takes.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// What it says.
    pub text: String,
    /// Whose it is.
    pub of: LabelOf,
    /// Where it stands, in the picture's pixels, by the widest of the usual fonts.
    pub rect: Rect,
}

/// Whose label it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LabelOf {
    /// A network.
    Network,
    /// An organisation of several networks.
    Bridge,
    /// Another organisation.
    Organisation,
    /// A place on the map.
    Place,
    /// Title, legend, counts.
    Other,
}

/// A picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    /// The SVG document.
    pub svg: String,
    /// Width in pixels.
    pub width: f64,
    /// Height in pixels.
    pub height: f64,
    /// All its texts.
    pub labels: Vec<Label>,
}

/// Colours for marks, each with a contrast of more than 4.5 to white. The first three are those of the partnership's
/// countries.
pub const COLOURS: [&str; 8] = ["#1b6e3a", "#1f5fa8", "#a63d14", "#6b3fa0", "#0e6f7c", "#866000", "#a3216a", "#4b5865"];
