//! From what is gathered to what the pictures draw.

use super::language::Language;
use crate::i18n::COUNTRIES;
use crate::render::graph::{self, Graph};
use crate::render::map::{Map, Spot};
use crate::render::{COLOURS, Mark};
use crate::views::figures::Members;
use crate::views::{Gathered, Made, Record, Scene};
use comin_protocol::ids::RecordKey;
use comin_protocol::schema::vocabulary;
use std::collections::{BTreeMap, BTreeSet};

/// What tags and colours of the graph stand for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Colouring {
    /// The country of an organisation.
    #[default]
    Country,
    /// Its target groups.
    TargetGroup,
}

/// The picture of organisations and networks.
pub fn drawn_graph(scene: &Scene, language: Language, colour: Colouring) -> Made {
    let draw = || graph(&scene.all, &scene.members, language, colour).draw(&language.words()).svg;
    scene.drawn(format!("graph {} {colour:?}", language.code()), draw)
}

/// The picture of where organisations are.
pub fn drawn_map(scene: &Scene, language: Language) -> Made {
    scene.drawn(format!("map {}", language.code()), || map(&scene.all, language).draw(&language.words()).svg)
}

/// Who works with whom.
fn graph(all: &Gathered, members: &Members, language: Language, colouring: Colouring) -> Graph {
    let networks: Vec<&Record> = all.by_title("network", language.code()).collect();
    let place: BTreeMap<&RecordKey, usize> = networks.iter().enumerate().map(|(n, record)| (&record.key, n)).collect();
    let (codes, marks) = match colouring {
        Colouring::Country => countries(all, language),
        Colouring::TargetGroup => groups(language),
    };
    let none = codes.len();
    let marks_of = |record: &Record| -> Vec<usize> {
        let mine: BTreeSet<&str> = match colouring {
            Colouring::Country => BTreeSet::from([record.text("country").unwrap_or_default()]),
            Colouring::TargetGroup => record.set("target_groups").collect(),
        };
        let found: Vec<usize> =
            codes.iter().enumerate().filter(|(_, code)| mine.contains(code.as_str())).map(|(n, _)| n).collect();
        if found.is_empty() { vec![none] } else { found }
    };
    let organisation = |record: &Record| {
        let networks = members.networks_of(&record.key).filter_map(|key| place.get(key).copied());
        let mut networks: Vec<usize> = networks.collect();
        networks.sort_unstable();
        graph::Organisation { name: record.title(language.code()).text, marks: marks_of(record), networks }
    };
    Graph {
        organisations: all.by_title("organisation", language.code()).map(organisation).collect(),
        networks: networks.iter().map(|record| network(record, language)).collect(),
        marks,
    }
}

fn network(record: &Record, language: Language) -> graph::Network {
    let mut detail = vec![labels(record, "levels", "network_level", language)];
    detail.extend(record.text("country").map(|code| language.country(code)));
    detail.retain(|part| !part.is_empty());
    graph::Network { name: record.title(language.code()).text, detail: detail.join(" · ") }
}

/// Where organisations are.
fn map(all: &Gathered, language: Language) -> Map {
    let (codes, marks) = countries(all, language);
    let spot = |record: &Record| {
        let country = record.text("country").unwrap_or_default();
        let name = record.title(language.code()).text;
        Spot {
            place: record.text("city").map_or_else(|| name.clone(), str::to_owned),
            position: record.position(),
            mark: codes.iter().position(|code| code == country).unwrap_or(codes.len()),
            name,
        }
    };
    Map { spots: all.by_title("organisation", language.code()).map(spot).collect(), marks }
}

/// The countries of organisations, and a mark for each; one more for those that name none.
fn countries(all: &Gathered, language: Language) -> (Vec<String>, Vec<Mark>) {
    let found: BTreeSet<&str> = all.of_kind("organisation").filter_map(|record| record.text("country")).collect();
    let others = found.iter().copied().filter(|code| !COUNTRIES.contains(code));
    // The colours of the partnership's countries never change.
    let codes: Vec<String> = COUNTRIES.into_iter().chain(others).map(str::to_owned).collect();
    let mark =
        |(n, code): (usize, &String)| Mark { tag: code.clone(), label: language.country(code), colour: colour(n) };
    let marks = codes.iter().enumerate().map(mark).chain([none(language.country(""))]).collect();
    (codes, marks)
}

/// The target groups, each with a letter.
fn groups(language: Language) -> (Vec<String>, Vec<Mark>) {
    let terms = vocabulary("target_group").map_or(&[][..], |vocabulary| vocabulary.terms);
    let mark = |(n, term): (usize, &comin_protocol::schema::Term)| Mark {
        tag: char::from(b'A' + (n % 26) as u8).to_string(),
        label: term.label(language.code()).to_owned(),
        colour: colour(n),
    };
    let marks = terms.iter().enumerate().map(mark).chain([none(language.phrase("mark-none"))]).collect();
    (terms.iter().map(|term| term.code.to_owned()).collect(), marks)
}

fn colour(n: usize) -> &'static str {
    COLOURS.get(n % COLOURS.len()).copied().unwrap_or("#4b5865")
}

fn none(label: String) -> Mark {
    Mark { tag: "–".to_owned(), label, colour: "#5d6771" }
}

/// The labels of a set of codes.
pub fn labels(record: &Record, field: &str, list: &str, language: Language) -> String {
    let chosen: BTreeSet<&str> = record.set(field).collect();
    // In the order of the vocabulary, whatever the order in the record.
    let terms = vocabulary(list).map_or(&[][..], |vocabulary| vocabulary.terms);
    let labels = terms.iter().filter(|term| chosen.contains(term.code)).map(|term| term.label(language.code()));
    labels.collect::<Vec<_>>().join(", ")
}

/// The label of a code; the code itself where its vocabulary does not know it.
pub fn label(list: &str, code: &str, language: Language) -> String {
    let term = vocabulary(list).and_then(|vocabulary| vocabulary.term(code));
    term.map_or(code, |term| term.label(language.code())).to_owned()
}
