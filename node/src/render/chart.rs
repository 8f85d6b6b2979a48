//! A column for each month.

use super::place::Rect;
use super::svg::{Anchor, Canvas, Type};
use super::{LabelOf, Picture};

const NUMBER: Type = Type { size: 11.0, bold: true, colour: "#1c2733" };
const MONTH: Type = Type { size: 10.0, bold: false, colour: "#3c4854" };
const YEAR: Type = Type { size: 10.0, bold: false, colour: "#3c4854" };
/// Wide enough for the number of a year.
const COLUMN: f64 = 30.0;
const HEIGHT: f64 = 120.0;
const TOP: f64 = 20.0;

/// Draws months (`YYYY-MM`) with their numbers. Title and description are for those who do not see it.
pub fn by_month(months: &[(String, usize)], title: &str, description: &str) -> Picture {
    let most = months.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let mut canvas = Canvas::default();
    let wide = months.len() as f64 * COLUMN;
    let ground = TOP + HEIGHT;
    let mut year = "";
    for (n, (month, number)) in months.iter().enumerate() {
        let left = 8.0 + n as f64 * COLUMN;
        let middle = left + COLUMN / 2.0;
        let high = (*number as f64 / most as f64 * (HEIGHT - 6.0)).max(if *number > 0 { 3.0 } else { 0.0 });
        if *number > 0 {
            let bar = Rect { x: left + 4.0, y: ground - high, width: COLUMN - 8.0, height: high };
            canvas.rect(bar, 1.5, "#1f5fa8", None);
            canvas.text(&number.to_string(), (middle, ground - high - 4.0), NUMBER, Anchor::Middle, LabelOf::Other);
        }
        canvas.text(month.get(5..).unwrap_or_default(), (middle, ground + 15.0), MONTH, Anchor::Middle, LabelOf::Other);
        let own = month.get(..4).unwrap_or_default();
        if own != year {
            canvas.line((left, ground), (left, ground + 34.0), "#93a0ac", 1.0);
            canvas.text(own, (left + 3.0, ground + 31.0), YEAR, Anchor::Start, LabelOf::Other);
            year = own;
        }
    }
    canvas.line((8.0, ground), (8.0 + wide, ground), "#3c4854", 1.0);
    // The last year's number may stand wider than its only month.
    let (width, height) = (wide + 16.0 + COLUMN, ground + 40.0);
    let (svg, labels) = canvas.document((width, height), title, description);
    Picture { svg, width, height, labels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_has_its_column_and_every_number_its_height() {
        let months: Vec<(String, usize)> =
            [("2025-12", 1), ("2026-01", 0), ("2026-02", 40)].map(|(month, n)| (month.to_owned(), n)).into();
        let drawn = by_month(&months, "Events", "In the table");
        let said: Vec<&str> = drawn.labels.iter().map(|label| label.text.as_str()).collect();
        assert_eq!(said, ["1", "12", "2025", "01", "2026", "40", "02"], "numbers, months, and each year once");
        for (n, label) in drawn.labels.iter().enumerate() {
            assert!(label.rect.x >= 0.0 && label.rect.right() <= drawn.width, "{} is on the sheet", label.text);
            let others = drawn.labels.iter().skip(n + 1);
            assert!(others.clone().all(|other| !other.rect.overlaps(&label.rect)), "{} stands free", label.text);
        }
        assert_eq!(drawn.svg.matches("<rect").count(), 3, "the sheet and two bars: nothing has no bar");
    }
}
