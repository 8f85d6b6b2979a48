//! From degrees to pixels: Lambert's conformal conic projection, which keeps angles and, between its two standard
//! parallels, nearly keeps distances. It is what Europe's own maps use.

/// The standard parallels, and the meridian that stands upright, in degrees.
const PARALLELS: (f64, f64) = (43.5, 48.5);
const MERIDIAN: f64 = 9.0;
/// Mean radius of the earth in kilometres.
const EARTH_KM: f64 = 6371.0;
/// What the outlines cover, in degrees: west, south, east, north.
const OUTLINES: (f64, f64, f64, f64) = (-11.0, 35.0, 25.0, 56.0);
/// What is shown where there are no points: from Lyon to Ljubljana.
const NOTHING: [(f64, f64); 2] = [(43.8, 2.0), (47.2, 16.0)];
/// Least width of what is shown in kilometres, so that one town is not the whole map.
const WIDTH_MIN_KM: f64 = 300.0;
/// Least and greatest height of a map by its width.
const HEIGHTS: (f64, f64) = (0.46, 0.85);

/// A point on the plane, in kilometres east and north.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

/// Where degrees north and east are on the plane; `None` beyond the outlines.
pub fn on_map((lat, lon): (f64, f64)) -> Option<Point> {
    let (west, south, east, north) = OUTLINES;
    ((south..=north).contains(&lat) && (west..=east).contains(&lon)).then(|| project((lat, lon)))
}

/// Where degrees north and east are on the plane.
pub fn project((lat, lon): (f64, f64)) -> Point {
    let radius = |lat: f64, n: f64, f: f64| EARTH_KM * f / turned(lat).powf(n);
    let (a, b) = (PARALLELS.0.to_radians(), PARALLELS.1.to_radians());
    let n = (a.cos() / b.cos()).ln() / (turned(PARALLELS.1) / turned(PARALLELS.0)).ln();
    let f = a.cos() * turned(PARALLELS.0).powf(n) / n;
    let angle = n * (lon - MERIDIAN).to_radians();
    let (here, middle) = (radius(lat, n, f), radius(46.0, n, f));
    Point { x: here * angle.sin(), y: middle - here * angle.cos() }
}

fn turned(lat: f64) -> f64 {
    (std::f64::consts::FRAC_PI_4 + lat.to_radians() / 2.0).tan()
}

/// The part of the plane that is shown.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame {
    west: f64,
    north: f64,
    /// Pixels of a kilometre.
    pub pixels_per_km: f64,
    /// In pixels.
    pub width: f64,
    /// In pixels.
    pub height: f64,
}

impl Frame {
    /// Around points, with room at the edges.
    pub fn of(points: impl Iterator<Item = Point>, width: f64) -> Self {
        let mut points: Vec<Point> = points.collect();
        if points.is_empty() {
            points = NOTHING.map(project).into();
        }
        let fold =
            |pick: fn(&Point) -> f64, best: fn(f64, f64) -> f64| points.iter().map(pick).reduce(best).unwrap_or(0.0);
        let (mut west, mut east) = (fold(|p| p.x, f64::min), fold(|p| p.x, f64::max));
        let (mut south, mut north) = (fold(|p| p.y, f64::min), fold(|p| p.y, f64::max));
        let wide = ((east - west) * 1.16 + 30.0).max(WIDTH_MIN_KM).max(((north - south) * 1.16 + 30.0) / HEIGHTS.1);
        let high = ((north - south) * 1.16 + 30.0).max(wide * HEIGHTS.0);
        ((west, east), (south, north)) = (around(west, east, wide), around(south, north, high));
        let pixels_per_km = width / (east - west);
        Self { west, north, pixels_per_km, width, height: ((north - south) * pixels_per_km).round() }
    }

    /// A point in pixels from the left upper corner.
    pub fn place(&self, point: Point) -> (f64, f64) {
        ((point.x - self.west) * self.pixels_per_km, (self.north - point.y) * self.pixels_per_km)
    }
}

/// So much around the middle of two numbers.
fn around(low: f64, high: f64, size: f64) -> (f64, f64) {
    let middle = (low + high) / 2.0;
    (middle - size / 2.0, middle + size / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn km(a: (f64, f64), b: (f64, f64)) -> f64 {
        let (a, b) = (project(a), project(b));
        ((a.x - b.x).powi(2) + (a.y - b.y).powi(2)).sqrt()
    }

    #[test]
    fn distances_are_those_of_the_earth() {
        // Great circles: Lyon to Ljubljana 754 km, Padova to Trieste 146 km (by the haversine formula).
        let (lyon, ljubljana) = ((45.76, 4.84), (46.05, 14.51));
        let (padova, trieste) = ((45.41, 11.88), (45.65, 13.77));
        for (a, b) in [(lyon, ljubljana), (padova, trieste)] {
            let (real, drawn) = (haversine(a, b), km(a, b));
            assert!((real - drawn).abs() < real * 0.005, "{drawn} km on the map are {real} km");
        }
    }

    fn haversine(a: (f64, f64), b: (f64, f64)) -> f64 {
        let (p, q) = (a.0.to_radians(), b.0.to_radians());
        let (dp, dl) = ((q - p) / 2.0, (b.1 - a.1).to_radians() / 2.0);
        let h = dp.sin().powi(2) + p.cos() * q.cos() * dl.sin().powi(2);
        2.0 * EARTH_KM * h.sqrt().asin()
    }

    #[test]
    fn everything_lies_within_its_frame() {
        let towns = [(45.76, 4.84), (46.05, 14.51), (41.9, 12.5), (50.6, 3.06)].map(project);
        for many in 0..=towns.len() {
            let frame = Frame::of(towns.iter().take(many).copied(), 1000.0);
            let (low, high) = (frame.width * HEIGHTS.0 - 1.0, frame.width * HEIGHTS.1 + 1.0);
            assert!(frame.height >= low && frame.height <= high, "{many} points make a sheet: {frame:?}");
            for town in towns.iter().take(many) {
                let (x, y) = frame.place(*town);
                assert!(
                    x > 5.0 && y > 5.0 && x < frame.width - 5.0 && y < frame.height - 5.0,
                    "{x} {y} is in {frame:?}"
                );
            }
        }
        assert_eq!(on_map((60.0, 10.0)), None, "Oslo is beyond the outlines");
    }
}
