//! Populated places of Slovenia, Italy and France: where a city lies, for records that say no more.
//!
//! The data come from GeoNames (<https://www.geonames.org>, CC BY 4.0) through `node/data/make-places`, which leaves of
//! each place its names in Latin letters, its position to a hundredth of a degree, and how large it is.

use crate::views;
use std::collections::HashMap;

/// Country, names with bars between, latitude and longitude in hundredths of a degree, logarithm of the population to
/// base 2: a line for each place, compressed.
const PLACES: &[u8] = include_bytes!("../data/places.tsv.zst");
/// The data unpacked in bytes, with room.
const PLACES_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Of several places of one name the largest is meant if it is so much larger than the next, in powers of two.
const CLEARLY_LARGER: u32 = 3;

/// Who is to be named where these positions are shown.
pub const CREDIT: &str = "GeoNames (https://www.geonames.org), CC BY 4.0";

/// The place that a city's name means.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Found {
    /// Its position in degrees, latitude and longitude.
    At(f64, f64),
    /// Several places have this name, and none is clearly the largest.
    Several,
    /// No place has this name.
    Unknown,
}

/// A place, packed.
#[derive(Clone, Copy)]
struct Place {
    lat: i16,
    lon: i16,
    size: u32,
}

/// What a name stands for in one country.
#[derive(Clone, Copy)]
struct Named {
    largest: Place,
    /// Whether it is the name itself of the largest, and not another one.
    proper: bool,
    /// How large the next is.
    next: Option<u32>,
}

/// The places by country and folded name. Takes some MB: made for an import, and let go of after it.
pub struct Gazetteer(HashMap<(String, String), Named>);

impl Gazetteer {
    /// Unpacks the data.
    pub fn load() -> Self {
        // The data are part of the program; a test reads them all.
        let text = zstd::bulk::decompress(PLACES, PLACES_BYTES_MAX).unwrap_or_default();
        Self::read(std::str::from_utf8(&text).unwrap_or_default())
    }

    fn read(text: &str) -> Self {
        let mut out = Self(HashMap::new());
        for line in text.lines() {
            let mut cells = line.split('\t');
            let (Some(country), Some(names)) = (cells.next(), cells.next()) else { continue };
            let mut number = || cells.next().and_then(|cell| cell.parse::<i16>().ok());
            let (Some(lat), Some(lon), Some(size)) = (number(), number(), number()) else { continue };
            let place = Place { lat, lon, size: u32::from(size.unsigned_abs()) };
            for (n, name) in names.split('|').enumerate() {
                out.insert(country, name, place, n == 0);
            }
        }
        out
    }

    fn insert(&mut self, country: &str, name: &str, place: Place, proper: bool) {
        let new = Named { largest: place, proper, next: None };
        let entry = self.0.entry((country.to_owned(), fold(name)));
        entry
            .and_modify(|known| {
                // A place's own name counts before what another one is called besides.
                let (first, second) = match (known.proper, proper) {
                    (true, false) => return,
                    (false, true) => (new, None),
                    _ if place.size > known.largest.size => (new, Some(known.largest.size)),
                    _ => (*known, Some(place.size)),
                };
                *known = Named { next: second.max(if second.is_some() { known.next } else { None }), ..first };
            })
            .or_insert(new);
    }

    /// Where a city lies, as people write it: with a postal code, a province or a second name.
    ///
    /// # Shape
    /// `country` is an ISO code; the answer is unknown for all but SI, IT and FR.
    pub fn find(&self, city: &str, country: &str) -> Found {
        let mut several = false;
        for form in forms(city) {
            match self.0.get(&(country.to_owned(), form)) {
                None => {}
                Some(named) if named.next.is_none_or(|next| named.largest.size >= next + CLEARLY_LARGER) => {
                    return Found::At(f64::from(named.largest.lat) / 100.0, f64::from(named.largest.lon) / 100.0);
                }
                Some(_) => several = true,
            }
        }
        if several { Found::Several } else { Found::Unknown }
    }
}

/// A name as names are compared: folded, without punctuation, `st` and `ste` written out.
fn fold(name: &str) -> String {
    let folded = views::fold_words(name);
    let full = folded.split(' ').map(|word| match word {
        "st" => "saint",
        "ste" => "sainte",
        word => word,
    });
    full.collect::<Vec<_>>().join(" ")
}

/// What a cell can mean, the whole first: without postal code and country before it, without a district or province
/// behind it, and each of two names.
fn forms(city: &str) -> Vec<String> {
    let bare = city.split(['(', ',']).next().unwrap_or_default();
    let without_code = |text: &str| {
        let words = text.split_whitespace().skip_while(|word| word.chars().any(|c| c.is_ascii_digit()));
        words.take_while(|word| !word.starts_with(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join(" ")
    };
    let mut out = vec![fold(city), fold(bare), fold(&without_code(bare))];
    out.extend(bare.split(['/', '|']).chain(bare.split(" - ")).map(|half| fold(&without_code(half))));
    // A province: two capitals at the end.
    if let Some((before, last)) = bare.trim().rsplit_once(' ') {
        let province = last.len() == 2 && last.chars().all(|c| c.is_ascii_uppercase());
        out.extend(province.then(|| fold(&without_code(before))));
    }
    out.retain(|form| !form.is_empty());
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_cities_of_three_countries() {
        let places = Gazetteer::load();
        let near = |city: &str, country: &str, lat: f64, lon: f64| match places.find(city, country) {
            Found::At(y, x) => assert!((y - lat).abs() < 0.06 && (x - lon).abs() < 0.06, "{city} is at {y},{x}"),
            other => panic!("{city} is found, not {other:?}"),
        };
        near("Ljubljana", "SI", 46.05, 14.51);
        near("ajdovscina", "SI", 45.89, 13.91);
        near("Koper / Capodistria", "SI", 45.55, 13.73);
        near("Capodistria", "SI", 45.55, 13.73);
        near("SI-5000 Nova Gorica", "SI", 45.96, 13.64);
        near("PADOVA (PD)", "IT", 45.41, 11.88);
        near("35100 Padova PD", "IT", 45.41, 11.88);
        near("Forli'", "IT", 44.22, 12.04);
        near("Gorica", "IT", 45.94, 13.62);
        near("Paris 12e", "FR", 48.85, 2.35);
        near("St-Étienne", "FR", 45.43, 4.39);
        near("Lione", "FR", 45.75, 4.85);
        assert_eq!(places.find("Atlantide", "IT"), Found::Unknown, "no such city");
        assert_eq!(places.find("Ljubljana", "IT"), Found::Unknown, "not in that country");
        assert_eq!(places.find("Wien", "AT"), Found::Unknown, "nor in a country that is not covered");
        assert!(places.0.len() > 30_000, "the data are whole: {} names", places.0.len());
    }

    #[test]
    fn of_several_places_only_a_clearly_larger_one_is_meant() {
        let places = Gazetteer::read(
            "IT\tSan Polo\t4500\t1000\t10\nIT\tSan Polo\t4400\t1100\t9\nIT\tPrato\t4388\t1109\t17\nIT\tPrato\t4600\t900\t9\nIT\tX|Prato\t100\t100\t20",
        );
        assert_eq!(places.find("San Polo", "IT"), Found::Several, "two of a size");
        assert_eq!(places.find("Prato", "IT"), Found::At(43.88, 11.09), "a city and a hamlet");
        assert_eq!(
            places.find("X", "IT"),
            Found::At(1.0, 1.0),
            "what is called so besides counts after those that are"
        );
    }
}
