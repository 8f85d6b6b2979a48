//! Contacts of function, and the tables that say what the pictures show.

use super::document::{Block, Cell, Section, Table};
use super::language::Language;
use super::networks::{in_order, numbered, place};
use super::pictures::labels;
use super::survey::Scene;
use crate::views::figures::Members;
use crate::views::{Gathered, Record};
use comin_protocol::ids::RecordKey;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Whom to write to about a network: its coordinators.
pub fn contacts(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("contacts", scene.phrase("contacts-title"));
    section.add(Block::Lead(scene.phrase("contacts-lead")));
    let named = scene.all.of_kind("network").flat_map(|network| network.references("coordinators"));
    let keys: BTreeSet<RecordKey> = named.map(|key| scene.all.one(&key)).collect();
    let mut coordinators: Vec<&Record> = keys.iter().filter_map(|key| scene.all.get(key)).collect();
    coordinators.sort_by_key(|record| scene.language.order(&record.title(scene.language.code()).text));
    let head = scene.head(&["member-name", "member-place", "contact-email", "contact-phone", "contact-website"]);
    let mut table = Table::new(scene.phrase("contacts-coordinators"), &head);
    table.rows = coordinators.iter().map(|record| contact(record, scene.language)).collect();
    section.add(if table.rows.is_empty() { Block::Note(scene.phrase("survey-nothing")) } else { Block::Table(table) });
    section
}

fn contact(record: &Record, language: Language) -> Vec<Cell> {
    let text = |field: &str| record.text(field).unwrap_or_default().to_owned();
    vec![
        record.title(language.code()).into(),
        Cell::plain(place(record, language)),
        Cell::Email(text("email")),
        Cell::plain(text("phone")),
        Cell::Link(text("website")),
    ]
}

/// The tables of all networks and organisations.
pub fn section(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("tables", scene.phrase("tables-title"));
    section.add(Block::Table(networks(scene.all, scene.members, scene.language)));
    let all = organisations(scene.all, scene.members, scene.language, 0..usize::MAX);
    section.add(Block::Table(all));
    section
}

/// What the picture of networks says: their members, and with whom they share them.
pub fn networks(all: &Gathered, members: &Members, language: Language) -> Table {
    let keys = [
        "ways-network",
        "network-level",
        "figures-country",
        "figures-organisations",
        "figures-bridges",
        "table-shared",
    ];
    let mut table = Table::new(language.phrase("table-networks"), &keys.map(|key| language.phrase(key)));
    let numbers = numbers(all, language);
    for (n, network) in in_order(all, language).into_iter().enumerate() {
        let mine: Vec<&RecordKey> = members.of_network(&network.key).collect();
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for other in mine.iter().flat_map(|organisation| members.networks_of(organisation)) {
            if let Some(number) = numbers.get(other).filter(|_| *other != network.key) {
                *shared.entry(*number).or_default() += 1;
            }
        }
        let shared: Vec<String> = shared.iter().map(|(number, many)| format!("{number}: {many}")).collect();
        table.rows.push(vec![
            numbered(n + 1, network.title(language.code())).into(),
            Cell::plain(labels(network, "levels", "network_level", language)),
            Cell::plain(network.text("country").map(|code| language.country(code)).unwrap_or_default()),
            mine.len().into(),
            mine.iter().filter(|organisation| members.networks_of(organisation).len() > 1).count().into(),
            Cell::plain(shared.join("; ")),
        ]);
    }
    table
}

/// What both pictures say of organisations. `shown`: which of them, in the order of their names.
pub fn organisations(all: &Gathered, members: &Members, language: Language, shown: Range<usize>) -> Table {
    let keys = ["member-name", "member-place", "network-groups", "table-numbers", "table-position"];
    let mut table = Table::new(language.phrase("table-organisations"), &keys.map(|key| language.phrase(key)));
    let numbers = numbers(all, language);
    let ordered = all.by_title("organisation", language.code());
    for organisation in ordered.skip(shown.start).take(shown.len()) {
        let mine: BTreeSet<usize> =
            members.networks_of(&organisation.key).filter_map(|key| numbers.get(key).copied()).collect();
        let networks: Vec<String> = mine.iter().map(usize::to_string).collect();
        let position = organisation.position().map(|(lat, lon)| format!("{lat:.3}, {lon:.3}"));
        table.rows.push(vec![
            organisation.title(language.code()).into(),
            Cell::plain(place(organisation, language)),
            Cell::plain(labels(organisation, "target_groups", "target_group", language)),
            Cell::plain(networks.join(", ")),
            Cell::plain(position.unwrap_or_default()),
        ]);
    }
    table
}

/// The number that each network has in the document.
fn numbers(all: &Gathered, language: Language) -> BTreeMap<RecordKey, usize> {
    in_order(all, language).into_iter().enumerate().map(|(n, network)| (network.key.clone(), n + 1)).collect()
}
