//! How wide texts are. Which font a reader has is not known; the widths are those of DejaVu Sans, the widest of the
//! usual ones, so that what does not overlap by them overlaps with none.

use crate::views::fold;

/// Advance widths of the characters from blank to tilde in thousandths of the font's size: DejaVu Sans.
const WIDTHS: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636,
    636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863,
    748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635,
    615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636,
    337, 636, 838,
];
/// What bold letters are wider.
const BOLD: f64 = 1.14;
/// Characters that are no letters and not in the table, such as an ellipsis, and all other scripts.
const OTHER: u16 = 1000;

/// The width of a text in pixels at a font size.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    let thousandths: u32 = text.chars().map(|c| u32::from(width_of(c))).sum();
    f64::from(thousandths) / 1000.0 * size * if bold { BOLD } else { 1.0 }
}

fn width_of(c: char) -> u16 {
    let plain = |c: char| WIDTHS.get((c as usize).checked_sub(0x20)?).copied();
    if let Some(width) = plain(c) {
        return width;
    }
    // An accented letter is as wide as its base; a capital that folds to a small letter is taken as a capital.
    let folded = fold(&c.to_string());
    let mut sum = 0;
    for base in folded.chars() {
        let base = if c.is_uppercase() { base.to_ascii_uppercase() } else { base };
        sum += plain(base).unwrap_or(OTHER);
    }
    if folded.is_empty() { 0 } else { sum }
}

/// The text, or its beginning and an ellipsis, within a width.
pub fn shortened(text: &str, size: f64, bold: bool, width_max: f64) -> String {
    if width(text, size, bold) <= width_max {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        let longer = format!("{out}{c}");
        if width(&longer, size, bold) + width("…", size, bold) > width_max {
            break;
        }
        out = longer;
    }
    format!("{}…", out.trim_end())
}

/// The text in lines of at most a width, divided at blanks; what needs more lines ends with an ellipsis.
pub fn wrapped(text: &str, size: f64, bold: bool, width_max: f64, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let room = lines.len() < lines_max;
        let joined = lines.last().map(|line| format!("{line} {word}"));
        match (joined, lines.last_mut()) {
            (Some(joined), Some(line)) if width(&joined, size, bold) <= width_max => *line = joined,
            _ if room => lines.push(shortened(word, size, bold, width_max)),
            (_, Some(line)) => {
                let rest: Vec<&str> = std::iter::once(word).chain(words).collect();
                *line = shortened(&format!("{line} {}", rest.join(" ")), size, bold, width_max);
                return lines;
            }
            _ => return lines,
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_do_not_make_letters_wider() {
        assert_eq!(width("Čušž", 10.0, false), width("Cusz", 10.0, false), "as wide as the base letters");
        assert!(width("…", 10.0, false) > width("i", 10.0, false), "what is not known counts as wide");
        assert!(width("a", 10.0, true) > width("a", 10.0, false), "bold is wider");
    }

    #[test]
    fn lines_keep_to_their_width() {
        let text = "Rete territoriale per la promozione dell’occupazione delle persone DTE e lo scambio";
        let lines = wrapped(text, 12.0, true, 150.0, 3);
        assert_eq!(lines.len(), 3, "no more than three: {lines:?}");
        assert!(lines.iter().all(|line| width(line, 12.0, true) <= 150.0), "none is wider: {lines:?}");
        assert!(lines[2].ends_with('…'), "what is left out is marked: {lines:?}");
        assert_eq!(wrapped("Rete", 12.0, true, 150.0, 3), ["Rete"], "a short text stays as it is");
        let word = "x".repeat(200);
        assert!(width(&wrapped(&word, 12.0, false, 90.0, 2)[0], 12.0, false) <= 90.0, "a long word is shortened");
    }
}
