//! Rectangles, and how they get out of each other's way.

/// A rectangle in pixels; `y` grows downwards.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Rect {
    /// Left.
    pub x: f64,
    /// Top.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// Around a centre.
    pub fn around(centre: (f64, f64), (width, height): (f64, f64)) -> Self {
        Self { x: centre.0 - width / 2.0, y: centre.1 - height / 2.0, width, height }
    }

    /// Its centre.
    pub fn centre(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// With so much more on each side.
    pub fn grown(&self, margin: f64) -> Self {
        Self {
            x: self.x - margin,
            y: self.y - margin,
            width: self.width + 2.0 * margin,
            height: self.height + 2.0 * margin,
        }
    }

    /// The right end.
    pub fn right(&self) -> f64 {
        self.x + self.width
    }

    /// The lower end.
    pub fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether the two share more than an edge.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    /// The smallest one that holds both.
    pub fn with(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// Whether a line between two points passes through.
    pub fn is_crossed(&self, from: (f64, f64), to: (f64, f64)) -> bool {
        // Liang and Barsky: the part of the line within each pair of sides.
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let (mut begin, mut end) = (0.0_f64, 1.0_f64);
        for (step, low, high) in
            [(dx, self.x - from.0, self.right() - from.0), (dy, self.y - from.1, self.bottom() - from.1)]
        {
            if step == 0.0 {
                if low >= 0.0 || high <= 0.0 {
                    return false;
                }
            } else {
                let (a, b) = (low / step, high / step);
                begin = begin.max(a.min(b));
                end = end.min(a.max(b));
            }
        }
        begin < end
    }
}

/// Moves rectangles until no two are nearer than a margin: each pair parts along the shorter way, and what that does
/// not solve in a bounded number of rounds is set in rows. So they never overlap in the end.
pub fn part(rects: &mut [Rect], margin: f64) {
    for _ in 0..ROUNDS_MAX {
        if !part_once(rects, margin) {
            return;
        }
    }
    in_rows(rects, margin);
}

/// More rounds than any picture within the limits was seen to need.
const ROUNDS_MAX: usize = 600;

/// One round over all pairs; whether anything had to move.
pub fn part_once(rects: &mut [Rect], margin: f64) -> bool {
    let mut moved = false;
    for i in 1..rects.len() {
        let (before, rest) = rects.split_at_mut(i);
        let Some(one) = rest.first_mut() else { continue };
        for other in before {
            let (a, b) = (one.centre(), other.centre());
            let over_x = (one.width + other.width) / 2.0 + margin - (a.0 - b.0).abs();
            let over_y = (one.height + other.height) / 2.0 + margin - (a.1 - b.1).abs();
            // Rounding must not keep two that touch apart for ever.
            if over_x <= 1e-6 || over_y <= 1e-6 {
                continue;
            }
            moved = true;
            if over_x < over_y {
                let step = if a.0 >= b.0 { over_x } else { -over_x } * 0.51;
                one.x += step;
                other.x -= step;
            } else {
                let step = if a.1 >= b.1 { over_y } else { -over_y } * 0.51;
                one.y += step;
                other.y -= step;
            }
        }
    }
    moved
}

fn in_rows(rects: &mut [Rect], margin: f64) {
    let area: f64 = rects.iter().map(|rect| (rect.width + margin) * (rect.height + margin)).sum();
    let wide = rects.iter().map(|rect| rect.width).fold((area * 1.6).sqrt(), f64::max);
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0_f64);
    for rect in rects {
        if x > 0.0 && x + rect.width > wide {
            (x, y, row) = (0.0, y + row + margin, 0.0);
        }
        (rect.x, rect.y) = (x, y);
        x += rect.width + margin;
        row = row.max(rect.height);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlapping(rects: &[Rect]) -> usize {
        let pairs = rects.iter().enumerate().flat_map(|(n, a)| rects.iter().skip(n + 1).map(move |b| (a, b)));
        pairs.filter(|(a, b)| a.overlaps(b)).count()
    }

    #[test]
    fn whatever_lies_on_one_heap_parts() {
        for many in [2, 40, 150] {
            let size = |n: usize| (20.0 + (n * 37 % 90) as f64, 10.0 + (n * 53 % 50) as f64);
            let mut rects: Vec<Rect> = (0..many).map(|n| Rect::around((0.0, 0.0), size(n))).collect();
            assert!(overlapping(&rects) > 0, "they begin on one another");
            part(&mut rects, 5.0);
            assert_eq!(overlapping(&rects), 0, "{many} lie beside one another");
        }
    }

    #[test]
    fn rows_hold_what_nothing_else_could_part() {
        let mut rects: Vec<Rect> = (0..30).map(|n| Rect::around((0.0, 0.0), (50.0 + n as f64, 20.0))).collect();
        in_rows(&mut rects, 4.0);
        assert_eq!(overlapping(&rects), 0, "the way out never overlaps");
    }

    #[test]
    fn a_line_crosses_what_it_passes_through() {
        let rect = Rect { x: 0.0, y: 0.0, width: 10.0, height: 10.0 };
        assert!(rect.is_crossed((-5.0, 5.0), (15.0, 6.0)), "through the middle");
        assert!(!rect.is_crossed((-5.0, 11.0), (15.0, 11.0)), "beneath it");
        assert!(!rect.is_crossed((-5.0, 5.0), (-1.0, 5.0)), "it ends before");
        assert!(!rect.is_crossed((0.0, -9.0), (0.0, 30.0)), "along its edge is not through it");
    }
}
