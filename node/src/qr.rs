//! A text as a QR code, for a ticket that is handed over from screen to screen.

use maud::{Markup, html};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, without which cameras do not find it.
const QUIET: usize = 4;

/// The colours of a line of the terminal's code: its blocks are the light modules.
const LIGHT_ON_DARK: &str = "\x1b[97;40m";
const RESET: &str = "\x1b[0m";

/// The modules, row by row, with the light ones around; `true` is dark.
struct Modules {
    width: usize,
    dark: Vec<bool>,
}

impl Modules {
    /// Screens do not get dirty: the least error correction gives the largest modules. Capitals take less room than
    /// small letters, and a ticket is read in either.
    fn of(text: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(text.to_ascii_uppercase(), EcLevel::L).ok()?;
        Some(Self { width: code.width(), dark: code.to_colors().into_iter().map(|c| c == Color::Dark).collect() })
    }

    fn size(&self) -> usize {
        self.width + 2 * QUIET
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < self.width);
        let Some((x, y)) = inside(x).zip(inside(y)) else { return false };
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }
}

/// The code as an SVG element with an accessible name; `None` where the text is too long for one.
pub fn svg(text: &str, name: &str) -> Option<Markup> {
    let modules = Modules::of(text)?;
    let size = modules.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| modules.is_dark(*x, y)).count();
            if run > 0 {
                path.push_str(&format!("M{x} {y}h{run}v1h-{run}z"));
            }
            x += run.max(1);
        }
    }
    Some(html! {
        svg.qr role="img" aria-label=(name) viewBox=(format!("0 0 {size} {size}")) shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

/// The code for a terminal, two rows of modules on each line, dark on light whatever the terminal's own colours are;
/// `None` where the text is too long for one.
pub fn terminal(text: &str) -> Option<String> {
    let modules = Modules::of(text)?;
    let size = modules.size();
    let mut out = String::new();
    for y in (0..size).step_by(2) {
        out.push_str(LIGHT_ON_DARK);
        for x in 0..size {
            let lower_is_light = y + 1 < size && !modules.is_dark(x, y + 1);
            out.push(match (!modules.is_dark(x, y), lower_is_light) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        out.push_str(RESET);
        out.push('\n');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_show_the_same_modules() {
        let text = "comin1-abc234";
        let modules = Modules::of(text).expect("fits");
        let shown = terminal(text).expect("fits");
        let lines: Vec<Vec<char>> = shown
            .lines()
            .filter_map(|line| line.strip_prefix(LIGHT_ON_DARK)?.strip_suffix(RESET))
            .map(|line| line.chars().collect())
            .collect();
        let drawn = svg(text, "Ticket").expect("fits").into_string();
        for (y, line) in lines.iter().enumerate().map(|(n, line)| (2 * n, line)) {
            for (x, block) in line.iter().enumerate() {
                let (upper, lower) = match block {
                    '█' => (false, false),
                    '▀' => (false, true),
                    '▄' => (true, false),
                    _ => (true, true),
                };
                assert_eq!(upper, modules.is_dark(x, y), "{x}, {y}");
                let last = y + 1 == modules.size();
                assert!(last || lower == modules.is_dark(x, y + 1), "{x}, {}", y + 1);
            }
        }
        let path = drawn.split(" d=\"").nth(1).and_then(|path| path.split('"').next()).expect("a path");
        let runs = path.split('h').skip(1).step_by(2).map(|run| run.split('v').next().expect("a run"));
        let dark: usize = runs.map(|run| run.parse::<usize>().expect("its length")).sum();
        let counted = modules.dark.iter().filter(|dark| **dark).count();
        assert_eq!(dark, counted, "every dark module is drawn once");
    }

    #[test]
    fn a_text_that_fits_no_code_gives_none() {
        assert!(terminal(&"x".repeat(5_000)).is_none(), "longer than the largest code");
    }
}
