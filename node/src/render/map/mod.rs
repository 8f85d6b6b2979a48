//! The picture of where organisations are: coasts and borders from Natural Earth, and a sign for each place.
//!
//! Organisations of one place and one mark share a sign whose size and number say how many they are. Signs that would
//! lie on one another step aside and stay tied to their place by a line. Names of places are written where they are
//! free; what has no name here is in the table beside the picture.

mod outlines;
mod projection;

use super::measure::{shortened, width, wrapped};
use super::place::{Rect, part};
use super::svg::{Anchor, Canvas, Type, number, tag_width};
use super::{LabelOf, Mark, Picture, Say};
use projection::{Frame, Point};
use std::collections::BTreeMap;
use std::fmt::Write;

/// An organisation, or whatever else has a place.
#[derive(Clone, PartialEq, Debug)]
pub struct Spot {
    /// What it is called.
    pub name: String,
    /// What its place is called.
    pub place: String,
    /// Degrees north and east; `None` where nobody has said.
    pub position: Option<(f64, f64)>,
    /// Index into [`Map::marks`].
    pub mark: usize,
}

/// What is drawn.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Map {
    /// Everything that has, or could have, a place.
    pub spots: Vec<Spot>,
    /// What signs stand for.
    pub marks: Vec<Mark>,
}

const TITLE: Type = Type { size: 20.0, bold: true, colour: "#1c2733" };
const TEXT: Type = Type { size: 11.5, bold: false, colour: "#3c4854" };
const PLACE: Type = Type { size: 11.5, bold: false, colour: "#1c2733" };
const COUNT: Type = Type { size: 10.5, bold: true, colour: "#ffffff" };
const SHEET_MARGIN: f64 = 24.0;
const HEAD: f64 = 68.0;
/// Width of the map itself in pixels.
const MAP_WIDTH: f64 = 1000.0;
/// More organisations do not make a sign larger.
const RADIUS_MAX: f64 = 24.0;

impl Map {
    /// How many have no position, or one that lies off the map.
    pub fn without_place(&self) -> usize {
        self.spots.iter().filter(|spot| spot.position.and_then(projection::on_map).is_none()).count()
    }

    /// Draws it.
    pub fn draw(&self, say: &Say<'_>) -> Picture {
        let mut signs = self.signs();
        let frame = Frame::of(signs.iter().map(|sign| sign.at), MAP_WIDTH);
        for sign in &mut signs {
            sign.home = frame.place(sign.at);
        }
        let shown = settled(&signs, &frame);
        let mut canvas = Canvas::default();
        let sheet = MAP_WIDTH + 2.0 * SHEET_MARGIN;
        let title = say("map-title", 0);
        canvas.text(
            &shortened(&title, TITLE.size, true, MAP_WIDTH),
            (SHEET_MARGIN, 34.0),
            TITLE,
            Anchor::Start,
            LabelOf::Other,
        );
        let subtitle = shortened(&say("map-subtitle", 0), TEXT.size, false, MAP_WIDTH);
        canvas.text(&subtitle, (SHEET_MARGIN, 53.0), TEXT, Anchor::Start, LabelOf::Other);
        land(&mut canvas, &frame);
        let map = Rect { x: SHEET_MARGIN, y: HEAD, width: MAP_WIDTH, height: frame.height };
        self.draw_signs(&mut canvas, &signs, &shown, map, say);
        scale(&mut canvas, &frame, map);
        let height = map.bottom() + self.legend(&mut canvas, map.bottom() + 24.0, say) + SHEET_MARGIN + 12.0;
        let mut description = vec![say("map-organisations", self.spots.len() as u64)];
        description.push(say("map-places", signs.len() as u64));
        if self.without_place() > 0 {
            description.push(say("map-without-place", self.without_place() as u64));
        }
        description.push(say("map-table", 0));
        let (svg, labels) = canvas.document((sheet, height), &title, &description.join(" "));
        Picture { svg, width: sheet, height, labels }
    }

    /// One sign for each place and mark: those with the most organisations first.
    fn signs(&self) -> Vec<Sign> {
        let mut groups: BTreeMap<(i64, i64, usize), Sign> = BTreeMap::new();
        for spot in &self.spots {
            let Some((position, at)) = spot.position.and_then(|p| Some((p, projection::on_map(p)?))) else { continue };
            let thousandth = |degrees: f64| (degrees * 1000.0).round() as i64;
            let sign = groups.entry((thousandth(position.0), thousandth(position.1), spot.mark)).or_insert_with(|| {
                Sign { at, home: (0.0, 0.0), mark: spot.mark, place: spot.place.clone(), names: Vec::new() }
            });
            sign.names.push(spot.name.clone());
        }
        let mut signs: Vec<Sign> = groups.into_values().collect();
        signs.sort_by(|a, b| b.names.len().cmp(&a.names.len()).then_with(|| a.place.cmp(&b.place)));
        signs
    }

    fn draw_signs(&self, canvas: &mut Canvas, signs: &[Sign], shown: &[Rect], map: Rect, say: &Say<'_>) {
        let on_sheet = |(x, y): (f64, f64)| (x + map.x, y + map.y);
        for (sign, rect) in signs.iter().zip(shown) {
            let (home, at) = (on_sheet(sign.home), on_sheet(rect.centre()));
            if (home.0 - at.0).abs() + (home.1 - at.1).abs() > 3.0 {
                canvas.line(home, at, "#4b5865", 1.0);
                canvas.circle(home, 1.8, "#4b5865");
            }
        }
        let mut taken: Vec<Rect> = shown.iter().map(|rect| moved(*rect, map)).collect();
        let mut named: Vec<(&Sign, Rect)> = Vec::new();
        for (sign, rect) in signs.iter().zip(shown) {
            let rect = moved(*rect, map);
            let many = sign.names.len();
            canvas.begin(&format!("{}: {} ({})", sign.place, sign.names.join(", "), say("map-count", many as u64)));
            if let Some(mark) = self.marks.get(sign.mark) {
                shape(canvas, sign.mark, rect, mark.colour);
            }
            if many > 1 {
                canvas.text(
                    &many.to_string(),
                    (rect.centre().0, rect.centre().1 + 3.7),
                    COUNT,
                    Anchor::Middle,
                    LabelOf::Other,
                );
            }
            canvas.end();
            // Neighbours of one name, such as two marks in one town, are named once.
            let near = |(other, place): &(&Sign, Rect)| {
                other.place == sign.place && (place.x - rect.x).abs() + (place.y - rect.y).abs() < 90.0
            };
            if !named.iter().any(near) && !sign.place.is_empty() {
                named.push((sign, rect));
            }
        }
        for (sign, rect) in named {
            name_place(canvas, &sign.place, rect, map, &mut taken);
        }
    }

    fn legend(&self, canvas: &mut Canvas, top: f64, say: &Say<'_>) -> f64 {
        let (mut x, mut y) = (SHEET_MARGIN, top);
        let used = |n: &usize| self.spots.iter().any(|spot| spot.mark == *n);
        for (n, mark) in (0..self.marks.len()).filter(used).filter_map(|n| Some((n, self.marks.get(n)?))) {
            let label = shortened(&mark.label, TEXT.size, false, MAP_WIDTH / 2.0);
            let wide = 22.0 + tag_width(&mark.tag) + width(&label, TEXT.size, false) + 26.0;
            if x > SHEET_MARGIN && x + wide > SHEET_MARGIN + MAP_WIDTH {
                (x, y) = (SHEET_MARGIN, y + 21.0);
            }
            shape(canvas, n, Rect { x, y: y - 11.0, width: 14.0, height: 14.0 }, mark.colour);
            let tag = canvas.tag(&mark.tag, mark.colour, (x + 19.0, y - 10.0));
            canvas.text(&label, (x + 24.0 + tag, y), TEXT, Anchor::Start, LabelOf::Other);
            x += wide;
        }
        y += 21.0;
        let mut notes = vec![say("map-sign", 0)];
        if self.without_place() > 0 {
            notes.push(say("map-without-place", self.without_place() as u64));
        }
        notes.push(say("map-source", 0));
        for line in notes.iter().flat_map(|note| wrapped(note, TEXT.size, false, MAP_WIDTH, 3)) {
            canvas.text(&line, (SHEET_MARGIN, y), TEXT, Anchor::Start, LabelOf::Other);
            y += 17.0;
        }
        y - top
    }
}

/// Organisations of one place and mark.
struct Sign {
    at: Point,
    home: (f64, f64),
    mark: usize,
    place: String,
    names: Vec<String>,
}

impl Sign {
    fn radius(&self) -> f64 {
        match self.names.len() {
            1 => 5.5,
            many => (6.0 + 2.0 * (many as f64).sqrt()).min(RADIUS_MAX),
        }
    }
}

fn moved(rect: Rect, by: Rect) -> Rect {
    Rect { x: rect.x + by.x, y: rect.y + by.y, ..rect }
}

/// Where the signs stand once none lies on another, all of them within the frame.
fn settled(signs: &[Sign], frame: &Frame) -> Vec<Rect> {
    let square = |sign: &Sign| Rect::around(sign.home, (2.0 * sign.radius(), 2.0 * sign.radius()));
    let mut rects: Vec<Rect> = signs.iter().map(square).collect();
    part(&mut rects, 1.5);
    let fits = rects.iter().all(|r| r.x >= 0.0 && r.y >= 0.0 && r.right() <= frame.width && r.bottom() <= frame.height);
    if fits { rects } else { signs.iter().map(square).collect() }
}

/// Each mark has a shape of its own, so that nobody needs to see its colour.
fn shape(canvas: &mut Canvas, mark: usize, rect: Rect, colour: &str) {
    let (x, y) = rect.centre();
    let r = rect.width / 2.0;
    match mark % 4 {
        0 => canvas.circle((x, y), r, colour),
        1 => canvas.rect(rect.grown(-0.08 * r), 1.5, colour, Some(("#ffffff", 1.0))),
        2 => polygon(canvas, &[(x, y - r * 1.2), (x + r * 1.2, y), (x, y + r * 1.2), (x - r * 1.2, y)], colour),
        _ => polygon(canvas, &[(x, y - r * 1.15), (x + r * 1.15, y + r), (x - r * 1.15, y + r)], colour),
    }
}

fn polygon(canvas: &mut Canvas, points: &[(f64, f64)], colour: &str) {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
    canvas.raw(&format!(
        "<polygon points=\"{}\" fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"1\"/>",
        points.join(" ")
    ));
}

fn land(canvas: &mut Canvas, frame: &Frame) {
    let mut paths: BTreeMap<&str, String> = BTreeMap::new();
    for (country, ring) in outlines::rings() {
        let points: Vec<(f64, f64)> = ring.iter().map(|p| frame.place(projection::project(*p))).collect();
        let sheet = Rect { x: 0.0, y: 0.0, width: frame.width, height: frame.height };
        let around = points.iter().map(|p| Rect { x: p.0, y: p.1, width: 0.1, height: 0.1 }).reduce(|a, b| a.with(&b));
        if !around.is_some_and(|around| around.overlaps(&sheet)) {
            continue;
        }
        let path = paths.entry(country).or_default();
        for (n, (x, y)) in points.iter().enumerate() {
            let _ = write!(path, "{}{} {}", if n == 0 { "M" } else { "L" }, number(*x), number(*y));
        }
        path.push('Z');
    }
    let [w, h] = [frame.width, frame.height].map(number);
    // A nested picture cuts off what lies beyond it.
    canvas.raw(&format!(
        "<svg x=\"{}\" y=\"{}\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" aria-hidden=\"true\">\
         <rect width=\"{w}\" height=\"{h}\" fill=\"#dfeaf2\"/>\
         <g fill=\"#fbfaf6\" stroke=\"#aab4bd\" stroke-width=\"0.9\" stroke-linejoin=\"round\">",
        number(SHEET_MARGIN),
        number(HEAD)
    ));
    for path in paths.into_values() {
        canvas.raw(&format!("<path d=\"{path}\"/>"));
    }
    canvas.raw(&format!("</g><rect width=\"{w}\" height=\"{h}\" fill=\"none\" stroke=\"#8a96a1\"/></svg>"));
}

/// Writes the name of a place beside its sign, where that is free.
fn name_place(canvas: &mut Canvas, place: &str, sign: Rect, map: Rect, taken: &mut Vec<Rect>) {
    let text = shortened(place, PLACE.size, false, 170.0);
    let wide = width(&text, PLACE.size, false);
    let (x, y) = sign.centre();
    let (right, left, middle) = (sign.right() + 3.0, sign.x - 3.0 - wide, x - wide / 2.0);
    let (above, beneath, level) = (sign.y - 4.0, sign.bottom() + 11.0, y + 4.0);
    let tries = [
        (right, level),
        (left, level),
        (middle, above),
        (middle, beneath),
        (right, above),
        (right, beneath),
        (left, above),
        (left, beneath),
    ];
    for (x, base) in tries {
        let rect = Rect { x, y: base - 0.8 * PLACE.size, width: wide, height: PLACE.size };
        let inside = rect.x > map.x && rect.right() < map.right() && rect.y > map.y && rect.bottom() < map.bottom();
        if inside && !taken.iter().any(|other| other.overlaps(&rect)) {
            canvas.halo(&text, (x, base), PLACE, LabelOf::Place);
            taken.push(rect);
            return;
        }
    }
}

/// A bar of a round number of kilometres in the lower left corner.
fn scale(canvas: &mut Canvas, frame: &Frame, map: Rect) {
    let fits = |km: &f64| km * frame.pixels_per_km <= 160.0;
    let km = [500.0, 200.0, 100.0, 50.0, 20.0, 10.0].into_iter().find(fits).unwrap_or(5.0);
    let (x, y, wide) = (map.x + 16.0, map.bottom() - 16.0, km * frame.pixels_per_km);
    canvas.line((x, y), (x + wide, y), "#3c4854", 2.0);
    canvas.line((x, y - 5.0), (x, y + 1.0), "#3c4854", 2.0);
    canvas.line((x + wide, y - 5.0), (x + wide, y + 1.0), "#3c4854", 2.0);
    canvas.halo(&format!("{} km", number(km)), (x + 6.0, y - 6.0), TEXT, LabelOf::Other);
}

#[cfg(test)]
mod tests;
