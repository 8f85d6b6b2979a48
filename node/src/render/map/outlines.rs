//! Coasts and borders. The file is made by the script beside it (`node/data/outlines.py`), from public-domain data of
//! Natural Earth.

const OUTLINES: &str = include_str!("../../../data/outlines.txt");

/// Each ring with its country's code: degrees north and east.
pub fn rings() -> impl Iterator<Item = (&'static str, Vec<(f64, f64)>)> {
    OUTLINES.lines().filter_map(|line| {
        let (code, numbers) = line.split_once(' ')?;
        let mut numbers = numbers.split(' ').filter_map(|number| number.parse::<i32>().ok());
        let (mut lon, mut lat) = (0, 0);
        let mut ring = Vec::new();
        while let (Some(east), Some(north)) = (numbers.next(), numbers.next()) {
            lon += east;
            lat += north;
            ring.push((f64::from(lat) / 100.0, f64::from(lon) / 100.0));
        }
        Some((code, ring))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_countries_of_the_partnership_have_borders() {
        let codes: BTreeSet<&str> = rings().map(|(code, _)| code).collect();
        for code in ["SI", "IT", "FR", "AT", "HR", "HU", "CH", "DE", "ES"] {
            assert!(codes.contains(code), "{code} is drawn");
        }
        assert!(OUTLINES.len() < 150_000, "the program carries little of it: {} bytes", OUTLINES.len());
    }

    /// Towns near borders are in the country that they belong to: so the outlines are right to some kilometres.
    #[test]
    fn towns_lie_in_their_countries() {
        let inside = |ring: &[(f64, f64)], (lat, lon): (f64, f64)| {
            let ends = ring.iter().zip(ring.iter().cycle().skip(1));
            let crossed =
                ends.filter(|(a, b)| (a.0 > lat) != (b.0 > lat) && lon < (b.1 - a.1) * (lat - a.0) / (b.0 - a.0) + a.1);
            crossed.count() % 2 == 1
        };
        for (town, place, country) in [
            ("Ljubljana", (46.05, 14.51), "SI"),
            ("Maribor", (46.55, 15.65), "SI"),
            ("Padova", (45.41, 11.88), "IT"),
            ("Udine", (46.06, 13.24), "IT"),
            ("Lyon", (45.76, 4.84), "FR"),
            ("Grenoble", (45.19, 5.72), "FR"),
            ("Villach", (46.61, 13.85), "AT"),
        ] {
            let found: Vec<&str> = rings().filter(|(_, ring)| inside(ring, place)).map(|(code, _)| code).collect();
            assert_eq!(found, [country], "{town}");
        }
    }
}
