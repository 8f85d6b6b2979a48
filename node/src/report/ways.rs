//! How organisations came in: event, interest, membership.

use super::document::{Block, Cell, Section, Table};
use super::pictures::label;
use super::survey::Scene;
use crate::views::Record;
use crate::views::figures::received;
use comin_protocol::ids::RecordKey;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn section(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("ways", scene.phrase("ways-title"));
    section.add(Block::Lead(scene.phrase("ways-lead")));
    let interests: Vec<&Record> = scene.all.of_kind("interest").collect();
    let ends = |interest: &Record| scene.all.ends(interest);
    let asked: BTreeSet<(RecordKey, RecordKey)> = interests.iter().filter_map(|interest| ends(interest)).collect();
    let from_event = interests.iter().filter(|interest| interest.text("origin_event").is_some()).count();
    let members = interests.iter().filter_map(|i| ends(i)).filter(|pair| scene.members.all.contains(pair)).count();
    let others = scene.members.all.difference(&asked).count();
    let counts = [
        ("ways-interests", interests.len()),
        ("ways-from-event", from_event),
        ("ways-members", members),
        ("ways-others", others),
    ];
    section.add(Block::Facts(counts.iter().map(|(key, n)| (scene.phrase(key), vec![Cell::from(*n)])).collect()));
    if interests.is_empty() {
        return section;
    }
    let of_now = scene.members.ties.iter().filter(|tie| scene.members.all.contains(&tie.ends));
    let since: BTreeMap<&(RecordKey, RecordKey), Option<&str>> =
        of_now.map(|tie| (&tie.ends, tie.since.as_deref())).collect();
    let head = scene.head(&["member-name", "ways-network", "ways-event", "ways-received", "ways-state", "ways-member"]);
    let mut table = Table::new(scene.phrase("ways-title"), &head);
    let mut rows: Vec<((String, String), Vec<Cell>)> = Vec::new();
    for interest in interests {
        let organisation = scene.title_of(interest.reference("organisation"));
        let member = match ends(interest).and_then(|pair| since.get(&pair).copied()) {
            Some(Some(day)) => scene.day(Some(day)),
            Some(None) => Cell::plain(scene.phrase("ways-member-undated")),
            None => Cell::plain(""),
        };
        let day = received(interest);
        let order = (day.unwrap_or("~").to_owned(), scene.language.order(&organisation.text));
        let row = vec![
            organisation.into(),
            scene.title_of(interest.reference("network")).into(),
            event(scene, interest),
            scene.day(day),
            Cell::plain(states(scene, interest)),
            member,
        ];
        rows.push((order, row));
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    table.rows = rows.into_iter().map(|(_, row)| row).collect();
    section.add(Block::Table(table));
    section
}

fn event(scene: &Scene<'_>, interest: &Record) -> Cell {
    match interest.text("origin_event") {
        None => Cell::plain(scene.phrase("ways-no-event")),
        Some(_) => scene.title_of(interest.reference("origin_event")).into(),
    }
}

/// The states that a log of transitions is in: those to which steps lead that no other step follows.
fn states(scene: &Scene<'_>, interest: &Record) -> String {
    let steps: Vec<&Value> = interest.entries("transitions").collect();
    let followed: BTreeSet<&str> =
        steps.iter().filter_map(|step| step.get("from")?.as_array()).flatten().filter_map(Value::as_str).collect();
    let is_end = |step: &&&Value| step.get("id").and_then(Value::as_str).is_none_or(|id| !followed.contains(id));
    let codes: BTreeSet<&str> = steps.iter().filter(is_end).filter_map(|step| step.get("to")?.as_str()).collect();
    codes.into_iter().map(|code| label("interest_status", code, scene.language)).collect::<Vec<_>>().join(" / ")
}
