use super::super::{COLOURS, Label, LabelOf, Rect};
use super::*;

/// Organisations in networks of three countries, as partners have them: most in one network, some in two or three. The
/// numbers come from a fixed series and not from chance.
fn graph(organisations: usize, networks: usize) -> Graph {
    let mut series = 20_261_128_u64;
    let mut next = |below: usize| {
        series = series.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (series >> 33) as usize % below
    };
    let mark = |(n, tag): (usize, &str)| Mark { tag: tag.into(), label: format!("Country {tag}"), colour: COLOURS[n] };
    let network = |n: usize| Network {
        name: format!("Rete territoriale numero {n} per la promozione dell’occupazione e lo scambio di pratiche"),
        detail: "territorial · Italia".into(),
    };
    let organisation = |n: usize| {
        let country = next(3);
        let mut of: Vec<usize> = vec![(next(networks) / 3 * 3 + country) % networks];
        of.extend((next(4) == 0).then(|| next(networks)));
        of.extend((next(12) == 0).then(|| next(networks)));
        of.sort_unstable();
        of.dedup();
        Organisation { name: format!("Cooperativa Sociale Čušćmontefaro {n}"), marks: vec![country], networks: of }
    };
    Graph {
        organisations: (0..organisations).map(organisation).collect(),
        networks: (0..networks).map(network).collect(),
        marks: ["SI", "IT", "FR"].into_iter().enumerate().map(mark).collect(),
    }
}

fn say(key: &str, n: u64) -> String {
    format!("{key} {n}")
}

/// The texts that overlap, of those chosen.
fn overlapping(labels: &[Label], chosen: impl Fn(&Label) -> bool) -> Vec<(&str, &str)> {
    let chosen: Vec<&Label> = labels.iter().filter(|label| chosen(label)).collect();
    let pairs = chosen.iter().enumerate().flat_map(|(n, a)| chosen.iter().skip(n + 1).map(move |b| (a, b)));
    pairs.filter(|(a, b)| a.rect.overlaps(&b.rect)).map(|(a, b)| (a.text.as_str(), b.text.as_str())).collect()
}

fn count(picture: &Picture, of: LabelOf) -> usize {
    picture.labels.iter().filter(|label| label.of == of).count()
}

#[test]
fn no_two_labels_overlap_at_30_organisations() {
    let graph = graph(30, 9);
    let drawn = graph.draw(&say);
    assert_eq!(overlapping(&drawn.labels, |_| true), [], "every text of the sheet stands free");
    let names = count(&drawn, LabelOf::Organisation) + count(&drawn, LabelOf::Bridge);
    assert_eq!(names, 30, "all organisations have their names");
    assert_eq!(count(&drawn, LabelOf::Bridge), graph.bridges(), "bridges are told from the others");
}

#[test]
fn at_300_organisations_no_label_of_a_network_or_bridge_overlaps_any_other() {
    let graph = graph(300, 15);
    let drawn = graph.draw(&say);
    assert_eq!(overlapping(&drawn.labels, |_| true), [], "nor does any other text");
    assert_eq!(count(&drawn, LabelOf::Organisation), 0, "organisations of one network are tags");
    assert!(graph.bridges() > 50, "there are many bridges: {}", graph.bridges());
    assert_eq!(count(&drawn, LabelOf::Bridge), graph.bridges(), "all of them have their names");
    assert!(count(&drawn, LabelOf::Network) >= 30, "networks have name and detail");
    assert!(drawn.svg.contains("graph-tags-only"), "and the picture says so");
}

#[test]
fn beyond_the_limit_boxes_say_how_many_they_stand_for() {
    let graph = graph(3_000, 40);
    let drawn = graph.draw(&say);
    assert_eq!(graph.detail(), Detail::Counts, "too many to be drawn");
    assert_eq!(overlapping(&drawn.labels, |_| true), [], "texts stand free");
    assert!(drawn.svg.contains("graph-counts-only 600"), "the picture says what it leaves out");
    let boxes = drawn.svg.matches("× ").count();
    assert!(boxes > 30 && boxes <= 3 * BOXES_MAX, "at most so many boxes: {boxes}");
    assert!(drawn.svg.len() < 200_000, "and stays small: {} bytes", drawn.svg.len());
}

#[test]
fn everything_is_on_the_sheet_whatever_there_is() {
    for (organisations, networks) in [(1, 1), (30, 1), (40, 9), (120, 30)] {
        let drawn = graph(organisations, networks).draw(&say);
        let sheet = Rect { x: 0.0, y: 0.0, width: drawn.width, height: drawn.height };
        for label in &drawn.labels {
            let inside = label.rect.x >= 0.0 && label.rect.y >= 0.0 && label.rect.right() <= sheet.width;
            assert!(
                inside && label.rect.bottom() <= sheet.height,
                "{} of {organisations}: {:?}",
                label.text,
                label.rect
            );
        }
    }
    let nothing = Graph::default().draw(&say);
    assert!(nothing.svg.starts_with("<svg"), "an empty partnership has a picture");
}

#[test]
fn the_same_data_gives_the_same_picture() {
    assert_eq!(graph(120, 12).draw(&say).svg, graph(120, 12).draw(&say).svg, "to the byte");
    assert_ne!(graph(120, 12).draw(&say).svg, graph(121, 12).draw(&say).svg, "and other data gives another one");
}

#[test]
fn what_people_wrote_is_text() {
    let mut graph = graph(3, 2);
    let nasty = "</text><script>alert(1)</script>\" onload=\"x";
    graph.networks[0].name = nasty.into();
    graph.networks[0].detail = nasty.into();
    graph.organisations.iter_mut().for_each(|organisation| organisation.name = nasty.into());
    graph.marks.iter_mut().for_each(|mark| (mark.tag, mark.label) = (nasty.into(), nasty.into()));
    let svg = graph.draw(&say).svg;
    assert!(!svg.contains("<script") && !svg.contains("\" onload"), "no markup and no attribute gets in");
    assert!(svg.contains("&lt;script&gt;"), "it is there as text");
}

#[test]
fn who_does_not_see_it_is_told_what_it_shows() {
    let svg = graph(30, 9).draw(&say).svg;
    for part in ["role=\"img\"", "<title>graph-title 0</title>", "graph-networks 9", "graph-organisations 30"] {
        assert!(svg.contains(part), "{part} is said");
    }
    for sign in ["graph-sign-network", "graph-sign-one", "graph-sign-bridge", "graph-sign-line", "Country SI"] {
        assert!(svg.contains(sign), "the legend explains {sign}");
    }
}

/// Contrast of a colour to white (WCAG 2.2, relative luminance).
fn contrast_to_white(colour: &str) -> f64 {
    let part = |at: usize| f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("hex")) / 255.0;
    let linear = |part: f64| if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
    let luminance = 0.2126 * linear(part(1)) + 0.7152 * linear(part(3)) + 0.0722 * linear(part(5));
    1.05 / (luminance + 0.05)
}

#[test]
fn white_letters_can_be_read_on_every_colour() {
    for colour in COLOURS {
        assert!(contrast_to_white(colour) >= 4.5, "{colour} has {:.2}", contrast_to_white(colour));
    }
    assert!(contrast_to_white("#c98a00") < 4.5, "the measure refuses what is too light");
}
