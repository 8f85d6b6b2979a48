//! The networks one by one, and the calendar of their events.

use super::document::{Block, Cell, Section, Table};
use super::language::Language;
use super::pictures::{label, labels};
use super::survey::Scene;
use crate::views::figures::{Membership, calendar as months_of, is_published};
use crate::views::{Gathered, Record, Text};
use comin_protocol::ids::RecordKey;
use comin_protocol::schema::vocabulary;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn section(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("networks", scene.phrase("networks-title"));
    let networks = in_order(scene.all, scene.language);
    if networks.is_empty() {
        section.add(Block::Note(scene.phrase("survey-nothing")));
    }
    let (lists, none) = (Lists::of(scene), Of::default());
    let of = |network: &Record| lists.of.get(&network.key).unwrap_or(&none);
    section.parts = networks.iter().enumerate().map(|(n, network)| one(scene, n + 1, network, of(network))).collect();
    let others = others(scene, &lists.others);
    if !others.blocks.is_empty() {
        section.parts.push(others);
    }
    section
}

/// The networks as the document numbers them: the widest first, and those of one reach by name.
pub fn in_order(all: &Gathered, language: Language) -> Vec<&Record> {
    let mut networks: Vec<&Record> = all.by_title("network", language.code()).collect();
    networks.sort_by_key(|network| std::cmp::Reverse(reach(network)));
    networks
}

/// What belongs to each network, and what to none that is here, found in one go through all of it.
#[derive(Default)]
struct Lists<'a> {
    of: BTreeMap<RecordKey, Of<'a>>,
    others: Of<'a>,
}

#[derive(Default)]
struct Of<'a> {
    /// Memberships in force.
    ties: Vec<&'a Membership>,
    /// In order of time; those without a time last.
    events: Vec<&'a Record>,
    /// Published ones, by title.
    practices: Vec<&'a Record>,
    /// By title.
    programmes: Vec<&'a Record>,
}

impl<'a> Lists<'a> {
    fn of(scene: &Scene<'a>) -> Self {
        let (mut lists, code) = (Self::default(), scene.language.code());
        for tie in scene.members.ties.iter().filter(|tie| tie.is_in_force) {
            lists.of.entry(tie.ends.1.clone()).or_default().ties.push(tie);
        }
        let mut events: Vec<&Record> = scene.all.of_kind("event").collect();
        events.sort_by_key(|event| (event.start().is_none(), event.start(), &event.key));
        for event in events {
            lists.add(scene, event.references("networks"), |of| of.events.push(event));
        }
        for practice in scene.all.by_title("practice", code).filter(|practice| is_published(practice)) {
            lists.add(scene, practice.reference("network").into_iter(), |of| of.practices.push(practice));
        }
        for programme in scene.all.by_title("programme", code) {
            lists.add(scene, programme.references("networks"), |of| of.programmes.push(programme));
        }
        lists
    }

    /// Puts something to each of its networks that are here, else to the others.
    fn add(&mut self, scene: &Scene<'_>, networks: impl Iterator<Item = RecordKey>, put: impl Fn(&mut Of<'a>)) {
        let here = networks.filter(|key| scene.all.get(key).is_some());
        let here: BTreeSet<RecordKey> = here.map(|key| scene.all.one(&key)).collect();
        if here.is_empty() {
            put(&mut self.others);
        }
        here.into_iter().for_each(|key| put(self.of.entry(key).or_default()));
    }
}

/// A title behind its number in the document.
pub fn numbered(number: usize, title: Text) -> Text {
    Text { text: format!("{number}. {}", title.text), lang: title.lang }
}

/// How far a network reaches: the last of its levels in the order of international, national, sectoral, territorial,
/// regional, local.
fn reach(network: &Record) -> usize {
    const WIDE: [&str; 6] = ["local", "regional", "territorial", "sectoral", "national", "international"];
    network.set("levels").filter_map(|level| WIDE.iter().position(|wide| *wide == level)).max().unwrap_or(0)
}

fn one(scene: &Scene<'_>, number: usize, network: &Record, of: &Of<'_>) -> Section {
    let code = scene.language.code();
    let mut section = Section {
        title: numbered(number, network.title(code)),
        ..Section::new(&format!("network-{number}"), String::new())
    };
    section.add(Block::Facts(facts(scene, network)));
    let texts = [
        ("description", None),
        ("vision", Some("vision-vision")),
        ("strategy", Some("vision-strategy")),
        ("contribution", Some("vision-contribution")),
    ];
    let opens = scene.vision.as_ref() == Some(&network.key);
    if opens {
        let title = scene.phrase("vision-title");
        section.add(Block::Note(scene.language.phrase_with("vision-see", &[("title", title.into())])));
    }
    // What opens the document is not said twice.
    for (field, key) in texts.into_iter().filter(|(_, key)| key.is_none() || !opens) {
        if let Some(text) = network.translated(field, code) {
            section.add(Block::Prose(key.map(|key| scene.phrase(key)).unwrap_or_default(), text));
        }
    }
    section.blocks.extend(members(scene, network, &of.ties));
    section.blocks.extend(event_table(scene, scene.phrase("network-events"), &of.events));
    section.blocks.extend(practice_blocks(scene, &of.practices));
    section.blocks.extend(programme_blocks(scene, &of.programmes));
    section
}

fn facts(scene: &Scene<'_>, network: &Record) -> Vec<(String, Vec<Cell>)> {
    let language = scene.language;
    let plain = |text: String| vec![Cell::plain(text)];
    let mut coordinators: Vec<Text> = network.references("coordinators").map(|key| scene.title_of(Some(key))).collect();
    coordinators.sort_by_key(|text| language.order(&text.text));
    coordinators.retain(|text| !text.text.is_empty());
    let mut links: Vec<&str> = network.set("links").collect();
    links.sort_unstable();
    let facts = [
        ("network-level", plain(labels(network, "levels", "network_level", language))),
        ("figures-country", plain(network.text("country").map(|code| language.country(code)).unwrap_or_default())),
        ("network-since", plain(network.text("since").map(|month| language.month(month)).unwrap_or_default())),
        ("network-groups", plain(labels(network, "target_groups", "target_group", language))),
        ("network-coordinators", coordinators.into_iter().map(Cell::from).collect()),
        ("network-links", links.into_iter().map(|link| Cell::Link(link.to_owned())).collect()),
    ];
    let has = |(_, cells): &(&str, Vec<Cell>)| cells.iter().any(|cell| !cell.is_empty());
    facts.into_iter().filter(has).map(|(key, cells)| (scene.phrase(key), cells)).collect()
}

fn members(scene: &Scene<'_>, network: &Record, ties: &[&Membership]) -> Vec<Block> {
    let head = scene.head(&["member-name", "member-place", "member-role", "member-since"]);
    let mut table = Table::new(scene.phrase("network-members"), &head);
    let mut rows: Vec<((usize, String, RecordKey), Vec<Cell>)> = Vec::new();
    for tie in ties {
        let here = scene.all.get(&tie.membership).zip(scene.all.get(&tie.ends.0));
        let Some((membership, organisation)) = here else { continue };
        let title = organisation.title(scene.language.code());
        let role = membership.text("role").unwrap_or("member");
        let terms = vocabulary("membership_role").map_or(&[][..], |roles| roles.terms);
        let rank = terms.iter().position(|term| term.code == role).unwrap_or(terms.len());
        let mut said = label("membership_role", role, scene.language);
        // A membership in another register than the network's is only what somebody else says.
        if !membership.registers.iter().any(|register| network.registers.contains(register)) {
            said = format!("{said} ({})", scene.phrase("network-claimed"));
        }
        let row = vec![
            title.clone().into(),
            Cell::plain(place(organisation, scene.language)),
            Cell::plain(said),
            scene.day(membership.text("since")),
        ];
        rows.push(((rank, scene.language.order(&title.text), organisation.key.clone()), row));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    // Two records of one organisation, confirmed to be one, may have a membership each.
    rows.dedup_by(|a, b| a.0 == b.0);
    table.caption = format!("{} ({})", table.caption, rows.len());
    table.rows = rows.into_iter().map(|(_, row)| row).collect();
    if table.rows.is_empty() { Vec::new() } else { vec![Block::Table(table)] }
}

/// Town and country.
pub fn place(organisation: &Record, language: Language) -> String {
    let country = organisation.text("country").map(|code| language.country(code));
    let parts = [organisation.text("city").map(str::to_owned), country];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn event_table(scene: &Scene<'_>, caption: String, events: &[&Record]) -> Option<Block> {
    let head = scene.head(&["event-when", "event-what", "event-where", "event-attendance", "event-state"]);
    let mut table = Table::new(caption, &head);
    table.rows = events.iter().map(|event| event_row(scene, event)).collect();
    (!table.rows.is_empty()).then_some(Block::Table(table))
}

fn event_row(scene: &Scene<'_>, event: &Record) -> Vec<Cell> {
    let title = event.title(scene.language.code());
    let kind = label("event_type", event.text("type").unwrap_or_default(), scene.language);
    let when = event.begins().map_or_else(|| scene.phrase("event-no-date"), |day| scene.language.day(day));
    let attendance = event.number("attendance").and_then(|n| usize::try_from(n).ok());
    vec![
        Cell::plain(when),
        Text { text: format!("{} ({kind})", title.text), lang: title.lang }.into(),
        Cell::plain(event.text("place").unwrap_or_default()),
        attendance.map_or_else(|| Cell::plain(""), Cell::from),
        Cell::plain(event.text("state").map(|state| label("event_state", state, scene.language)).unwrap_or_default()),
    ]
}

fn practice_blocks(scene: &Scene<'_>, practices: &[&Record]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for practice in practices {
        let title = practice.title(scene.language.code());
        let by = scene.title_of(practice.reference("implementing_organisation")).text;
        let label = if by.is_empty() { title.text } else { format!("{} – {by}", title.text) };
        let text =
            ["summary", "description"].iter().find_map(|field| practice.translated(field, scene.language.code()));
        blocks.push(Block::Prose(label, text.unwrap_or_default()));
    }
    if !blocks.is_empty() {
        blocks.insert(0, Block::Heading(scene.phrase("network-practices")));
    }
    blocks
}

fn programme_blocks(scene: &Scene<'_>, programmes: &[&Record]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for programme in programmes {
        let title = programme.title(scene.language.code());
        let modules: Vec<&Value> = programme.entries("modules").collect();
        let hours: u64 = modules.iter().filter_map(|module| module.get("hours")?.as_u64()).sum();
        let mut said = vec![scene.language.phrase_n("modules", modules.len())];
        said.push(scene.language.phrase_n("hours", usize::try_from(hours).unwrap_or(0)));
        blocks.push(Block::Prose(title.text, Text { text: said.join(", "), lang: String::new() }));
    }
    if !blocks.is_empty() {
        blocks.insert(0, Block::Heading(scene.phrase("network-programmes")));
    }
    blocks
}

/// What belongs to no network that is here.
fn others(scene: &Scene<'_>, of: &Of<'_>) -> Section {
    let mut section = Section::new("others", scene.phrase("network-others"));
    section.blocks.extend(event_table(scene, scene.phrase("network-events"), &of.events));
    section.blocks.extend(practice_blocks(scene, &of.practices));
    section
}

/// Events month by month.
pub fn calendar(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("calendar", scene.phrase("calendar-title"));
    for (month, events) in months_of(scene.all) {
        section.blocks.extend(event_table(scene, scene.language.month(&month), &events));
    }
    if section.blocks.is_empty() {
        section.add(Block::Note(scene.phrase("survey-nothing")));
    }
    section
}
