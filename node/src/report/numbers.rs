//! The section of numbers.

use super::document::{Block, Cell, Figure, Section, Table};
use super::pictures::label;
use super::survey::Scene;
use crate::render::chart;
use crate::views::figures::{Counts, Row};

const COLUMNS: [&str; 6] = [
    "figures-networks",
    "figures-organisations",
    "figures-memberships",
    "figures-bridges",
    "figures-events",
    "figures-practices",
];
/// Months in the document: more than two years make a table that nobody reads. The API has them all.
const MONTHS_SHOWN: usize = 24;

pub fn section(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("figures", scene.phrase("figures-title"));
    section.add(Block::Lead(scene.phrase("figures-lead")));
    let figures = &scene.figures;
    let country = |code: &str| scene.language.country(code);
    let level = |code: &str| label("network_level", code, scene.language);
    let group = |code: &str| label("target_group", code, scene.language);
    section.add(table(
        scene,
        "figures-by-country",
        "figures-country",
        &figures.countries,
        country,
        Some(figures.total),
    ));
    section.add(table(scene, "figures-by-level", "figures-level", &figures.levels, level, None));
    section.add(table(scene, "figures-by-group", "figures-group", &figures.target_groups, group, None));
    section.add(Block::Note(scene.phrase("figures-overlap")));
    section.add(types(scene));
    over_time(scene, &mut section);
    section
}

fn table(
    scene: &Scene<'_>,
    caption: &str,
    first: &str,
    rows: &[Row],
    name: impl Fn(&str) -> String,
    total: Option<Counts>,
) -> Block {
    let mut head = vec![scene.phrase(first)];
    head.extend(scene.head(&COLUMNS));
    let mut table = Table::new(scene.phrase(caption), &head);
    table.rows = rows.iter().map(|row| cells(name(&row.code), row.counts)).collect();
    if let Some(total) = total {
        table.rows.push(cells(scene.phrase("figures-total"), total));
        table.has_total = true;
    }
    Block::Table(table)
}

fn cells(name: String, counts: Counts) -> Vec<Cell> {
    let Counts { networks, organisations, memberships, bridges, events, practices } = counts;
    let numbers = [networks, organisations, memberships, bridges, events, practices];
    std::iter::once(Cell::plain(name)).chain(numbers.map(Cell::from)).collect()
}

fn types(scene: &Scene<'_>) -> Block {
    let head = scene.head(&["figures-type", "figures-events", "figures-attendance"]);
    let mut table = Table::new(scene.phrase("figures-by-type"), &head);
    for row in &scene.figures.event_types {
        let name = label("event_type", &row.code, scene.language);
        table.rows.push(vec![
            Cell::plain(name),
            row.events.into(),
            usize::try_from(row.attendance).unwrap_or(0).into(),
        ]);
    }
    Block::Table(table)
}

fn over_time(scene: &Scene<'_>, section: &mut Section) {
    let months = &scene.figures.months;
    let shown = months.get(months.len().saturating_sub(MONTHS_SHOWN)..).unwrap_or_default();
    if shown.is_empty() {
        return;
    }
    let title = scene.phrase("figures-chart");
    let bars: Vec<(String, usize)> = shown.iter().map(|month| (month.month.clone(), month.events)).collect();
    let same = scene.language.phrase_with("pictures-same-one", &[("table", scene.phrase("figures-over-time").into())]);
    let svg = chart::by_month(&bars, &title, &same).svg;
    section.add(Block::Picture(Figure { svg, title, same, is_wide: false }));
    let head = ["figures-month", "figures-events", "figures-interests", "figures-joined", "figures-members"];
    let mut table = Table::new(scene.phrase("figures-over-time"), &scene.head(&head));
    for month in shown {
        let numbers = [month.events, month.interests, month.joined].map(Cell::from);
        let members = month.members.map_or_else(|| Cell::plain(""), Cell::from);
        let name = Cell::plain(scene.language.month(&month.month));
        table.rows.push(std::iter::once(name).chain(numbers).chain([members]).collect());
    }
    section.add(Block::Table(table));
    if scene.figures.undated > 0 {
        section.add(Block::Note(scene.language.phrase_n("figures-undated", scene.figures.undated)));
    }
}
