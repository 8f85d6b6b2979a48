use super::super::COLOURS;
use super::*;

const TOWNS: [(&str, f64, f64, usize); 8] = [
    ("Ljubljana", 46.051, 14.506, 0),
    ("Nova Gorica", 45.956, 13.648, 0),
    ("Koper", 45.548, 13.730, 0),
    ("Gorizia", 45.941, 13.622, 1),
    ("Padova", 45.407, 11.876, 1),
    ("Venezia", 45.440, 12.332, 1),
    ("Lyon", 45.764, 4.836, 2),
    ("Grenoble", 45.188, 5.724, 2),
];

fn map(organisations: usize) -> Map {
    let spot = |n: usize| {
        let (place, lat, lon, mark) = TOWNS[n * 5 % TOWNS.len()];
        // Every third has an address of its own near the town.
        let off = if n.is_multiple_of(3) { n as f64 * 0.0021 } else { 0.0 };
        Spot { name: format!("Zavod {n}"), place: place.into(), position: Some((lat + off, lon - off)), mark }
    };
    let mark = |(n, tag): (usize, &str)| Mark { tag: tag.into(), label: format!("Country {tag}"), colour: COLOURS[n] };
    Map {
        spots: (0..organisations).map(spot).collect(),
        marks: ["SI", "IT", "FR"].into_iter().enumerate().map(mark).collect(),
    }
}

fn say(key: &str, n: u64) -> String {
    format!("{key} {n}")
}

#[test]
fn no_two_texts_overlap() {
    for many in [0, 1, 8, 40, 300] {
        let drawn = map(many).draw(&say);
        for (n, label) in drawn.labels.iter().enumerate() {
            let hit = drawn.labels.iter().skip(n + 1).find(|other| other.rect.overlaps(&label.rect));
            assert_eq!(hit.map(|other| &other.text), None, "{} stands free among {many}", label.text);
            let inside =
                label.rect.x >= 0.0 && label.rect.right() <= drawn.width && label.rect.bottom() <= drawn.height;
            assert!(inside, "{} is on the sheet", label.text);
        }
    }
}

#[test]
fn every_town_is_named_where_there_is_room() {
    let drawn = map(8).draw(&say);
    for (town, ..) in TOWNS {
        assert!(drawn.labels.iter().any(|label| label.of == LabelOf::Place && label.text == town), "{town} is named");
    }
}

#[test]
fn what_has_no_place_is_counted_and_not_drawn() {
    let mut map = map(8);
    map.spots.push(Spot { name: "Nowhere".into(), place: String::new(), position: None, mark: 0 });
    map.spots.push(Spot { name: "Oslo".into(), place: "Oslo".into(), position: Some((59.9, 10.7)), mark: 0 });
    let drawn = map.draw(&say);
    assert_eq!(map.without_place(), 2, "one without a position, one off the map");
    assert!(drawn.svg.contains("map-without-place 2"), "the picture says so");
    assert!(!drawn.labels.iter().any(|label| label.text == "Oslo"), "and does not draw it");
}

#[test]
fn the_same_data_gives_the_same_map() {
    assert_eq!(map(40).draw(&say).svg, map(40).draw(&say).svg, "to the byte");
}

#[test]
fn what_people_wrote_is_text() {
    let mut map = map(2);
    let nasty = "</text><script>alert(1)</script>\" onload=\"x";
    map.spots.iter_mut().for_each(|spot| (spot.name, spot.place) = (nasty.into(), nasty.into()));
    map.marks[0].label = nasty.into();
    let svg = map.draw(&say).svg;
    assert!(!svg.contains("<script") && !svg.contains("\" onload"), "no markup and no attribute gets in");
}

#[test]
fn the_map_names_its_source_and_its_scale() {
    let svg = map(8).draw(&say).svg;
    for part in ["map-source", " km</text>", "role=\"img\"", "<desc>map-organisations 8", "Country FR"] {
        assert!(svg.contains(part), "{part} is there");
    }
}
