//! Writing SVG: escaping, numbers, the few elements that the pictures need.

use super::{Label, LabelOf, Rect, measure};
use std::fmt::Write;

/// Fonts that look alike, from narrow to wide.
const FONTS: &str = "Arial, 'Liberation Sans', Helvetica, 'DejaVu Sans', sans-serif";
/// How much of a line's height is above its base line.
const ASCENT: f64 = 0.8;

/// A text as it stands in an element or attribute of XML or HTML. What XML cannot hold is left out.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

/// A number with at most one decimal.
pub fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let short = text.strip_suffix(".0").unwrap_or(&text);
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// How a text is set.
#[derive(Clone, Copy)]
pub struct Type {
    /// Font size in pixels.
    pub size: f64,
    /// Bold.
    pub bold: bool,
    /// Its colour.
    pub colour: &'static str,
}

/// Where a text stands to its point.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
}

/// A picture that is being drawn.
#[derive(Default)]
pub struct Canvas {
    body: String,
    /// The texts drawn.
    pub labels: Vec<Label>,
}

impl Canvas {
    /// Markup that needs no text of people.
    pub fn raw(&mut self, markup: &str) {
        self.body.push_str(markup);
    }

    /// A title that browsers show over what comes until [`Self::end`].
    pub fn begin(&mut self, title: &str) {
        let _ = write!(self.body, "<g><title>{}</title>", escaped(title));
    }

    /// Ends what [`Self::begin`] began.
    pub fn end(&mut self) {
        self.body.push_str("</g>");
    }

    /// A rectangle with round corners.
    pub fn rect(&mut self, rect: Rect, round: f64, fill: &str, stroke: Option<(&str, f64)>) {
        let [x, y, w, h, r] = [rect.x, rect.y, rect.width, rect.height, round].map(number);
        let line = stroke
            .map(|(colour, width)| format!(" stroke=\"{colour}\" stroke-width=\"{}\"", number(width)))
            .unwrap_or_default();
        let _ = write!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{r}\" fill=\"{fill}\"{line}/>"
        );
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        let [a, b, c, d, w] = [from.0, from.1, to.0, to.1, width].map(number);
        let _ = write!(
            self.body,
            "<line x1=\"{a}\" y1=\"{b}\" x2=\"{c}\" y2=\"{d}\" stroke=\"{colour}\" stroke-width=\"{w}\"/>"
        );
    }

    /// A circle with a white rim.
    pub fn circle(&mut self, centre: (f64, f64), radius: f64, fill: &str) {
        let [x, y, r] = [centre.0, centre.1, radius].map(number);
        let _ = write!(
            self.body,
            "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{fill}\" stroke=\"#ffffff\" stroke-width=\"1\"/>"
        );
    }

    /// A text on a base line.
    pub fn text(&mut self, text: &str, at: (f64, f64), set: Type, anchor: Anchor, of: LabelOf) {
        let width = measure::width(text, set.size, set.bold);
        let (left, word) = match anchor {
            Anchor::Start => (at.0, ""),
            Anchor::Middle => (at.0 - width / 2.0, " text-anchor=\"middle\""),
        };
        let rect = Rect { x: left, y: at.1 - ASCENT * set.size, width, height: set.size };
        let weight = if set.bold { " font-weight=\"bold\"" } else { "" };
        let [x, y, size] = [at.0, at.1, set.size].map(number);
        let _ = write!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{}\"{weight}{word}>{}</text>",
            set.colour,
            escaped(text)
        );
        self.labels.push(Label { text: text.to_owned(), of, rect });
    }

    /// A text that can be read on any ground: with a white rim.
    pub fn halo(&mut self, text: &str, at: (f64, f64), set: Type, of: LabelOf) {
        self.raw("<g stroke=\"#ffffff\" stroke-width=\"2.6\" stroke-linejoin=\"round\" paint-order=\"stroke\">");
        self.text(text, at, set, Anchor::Start, of);
        self.raw("</g>");
    }

    /// A small coloured plate with a short white text, its left upper corner at a point; gives its width.
    pub fn tag(&mut self, tag: &str, colour: &str, at: (f64, f64)) -> f64 {
        let width = tag_width(tag);
        self.rect(Rect { x: at.0, y: at.1, width, height: TAG_HEIGHT }, 2.0, colour, None);
        let set = Type { size: TAG_SIZE, bold: true, colour: "#ffffff" };
        self.text(tag, (at.0 + width / 2.0, at.1 + TAG_HEIGHT - 3.0), set, Anchor::Middle, LabelOf::Other);
        width
    }

    /// The whole document.
    pub fn document(self, (width, height): (f64, f64), title: &str, description: &str) -> (String, Vec<Label>) {
        let [w, h] = [width, height].map(|value| number(value.ceil()));
        let (title, description) = (escaped(title), escaped(description));
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
             role=\"img\" aria-label=\"{title}\" font-family=\"{FONTS}\">\n<title>{title}</title>\n\
             <desc>{description}</desc>\n<rect width=\"{w}\" height=\"{h}\" fill=\"#ffffff\"/>\n{}\n</svg>\n",
            self.body
        );
        (svg, self.labels)
    }
}

/// Height of a tag.
pub const TAG_HEIGHT: f64 = 12.0;
const TAG_SIZE: f64 = 8.5;

/// Width of a tag.
pub fn tag_width(tag: &str) -> f64 {
    (measure::width(tag, TAG_SIZE, true) + 4.0).max(13.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts() {
        assert_eq!(escaped("<b title=\"'&'\">"), "&lt;b title=&quot;&#39;&amp;&#39;&quot;&gt;", "no markup gets in");
        assert_eq!(escaped("a\u{0}\u{1b}b\n"), "ab ", "and nothing that would break the document");
    }

    #[test]
    fn numbers_are_short() {
        let all = [1.0, 0.25, -0.04, 99.96].map(number);
        assert_eq!(all, ["1", "0.2", "0", "100"], "at most one decimal, and no minus before nothing");
    }
}
