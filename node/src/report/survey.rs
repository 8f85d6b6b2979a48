//! The whole document: first page, vision, and the order of what follows.

use super::document::{Block, Cell, Document, Figure, Section, Table};
use super::language::Language;
use super::pictures::{Colouring, drawn_graph, drawn_map};
use super::{directory, networks, numbers, ways};
use crate::views::figures::{Figures, Members};
use crate::views::{self, Audience, Gathered, Record, Text};
use comin_protocol::engine::Lag;
use comin_protocol::ids::{PartnerId, RecordKey};

/// A partner and how fresh its data is here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerState {
    /// Its id.
    pub id: PartnerId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Whether it is the one whose node writes.
    pub is_own: bool,
    /// When it was last heard, in milliseconds since the Unix epoch.
    pub heard_ms: Option<u64>,
    /// What it is known to have and this node has not.
    pub missing: Lag,
}

/// What the survey is written from.
pub struct Survey<'a> {
    /// All data, with its day.
    pub scene: &'a views::Scene,
    /// The federation's name.
    pub federation: Option<&'a str>,
    /// The partners, by name.
    pub partners: &'a [PartnerState],
    /// For whom it is.
    pub audience: Audience,
    /// Its language.
    pub language: Language,
}

/// What the parts of the document are written from.
pub(super) struct Scene<'a> {
    pub all: &'a Gathered,
    pub members: &'a Members,
    pub figures: &'a Figures,
    pub language: Language,
    /// The network whose vision opens the document.
    pub vision: Option<RecordKey>,
}

impl Scene<'_> {
    pub fn phrase(&self, key: &str) -> String {
        self.language.phrase(key)
    }

    /// Several messages, for the head of a table.
    pub fn head(&self, keys: &[&str]) -> Vec<String> {
        keys.iter().map(|key| self.phrase(key)).collect()
    }

    /// What a record that another one refers to is called; nothing where it is not here.
    pub fn title_of(&self, key: Option<RecordKey>) -> Text {
        key.and_then(|key| self.all.get(&key)).map(|record| record.title(self.language.code())).unwrap_or_default()
    }

    pub fn day(&self, text: Option<&str>) -> Cell {
        Cell::plain(text.map(|day| self.language.day(day)).unwrap_or_default())
    }
}

impl Survey<'_> {
    /// All that the document says beside its scene: where it is the same, so is the document.
    pub fn beside(&self) -> String {
        let said = |partner: &PartnerState| {
            let heard = partner.heard_ms.map(|ms| self.language.day_of(ms));
            (partner.id, partner.name.clone(), partner.country.clone(), partner.is_own, heard, partner.missing)
        };
        let partners: Vec<_> = self.partners.iter().map(said).collect();
        format!("{:?} {:?} {:?} {partners:?}", self.language, self.audience, self.federation)
    }

    /// Writes the document.
    pub fn document(&self) -> Document {
        let (all, members) = (&self.scene.all, &self.scene.members);
        let scene = Scene {
            all,
            members,
            figures: self.scene.figures(),
            language: self.language,
            vision: common(all, members, self.language).map(|record| record.key.clone()),
        };
        let mut cover = vec![
            self.federation.unwrap_or_default().to_owned(),
            self.language.phrase_with("survey-as-of", &[("day", self.language.day(&self.scene.as_of).into())]),
        ];
        if self.audience == Audience::Public {
            cover.push(scene.phrase("survey-public"));
        }
        cover.retain(|line| !line.is_empty());
        let partner = |partner: &PartnerState| match partner.country.is_empty() {
            true => partner.name.clone(),
            false => format!("{} ({})", partner.name, self.language.country(&partner.country)),
        };
        let sections = vec![
            vision(&scene),
            numbers::section(&scene),
            picture_section(self.scene, &scene),
            networks::section(&scene),
            ways::section(&scene),
            networks::calendar(&scene),
            directory::contacts(&scene),
            directory::section(&scene),
            self.freshness(&scene),
        ];
        Document {
            lang: self.language.code(),
            title: scene.phrase("survey-title"),
            subtitle: scene.phrase("survey-subtitle"),
            cover,
            cover_list: (scene.phrase("survey-partners"), self.partners.iter().map(partner).collect()),
            contents: scene.phrase("survey-contents"),
            sections,
            closing: scene.phrase("survey-made"),
        }
    }

    fn freshness(&self, scene: &Scene<'_>) -> Section {
        let head = ["fresh-partner", "fresh-records", "fresh-newest", "fresh-heard", "fresh-missing"];
        let mut table = Table::new(scene.phrase("fresh-title"), &scene.head(&head));
        for partner in self.partners {
            let share = self.scene.all.shares.get(&partner.id).copied().unwrap_or_default();
            let day = |ms: u64| if ms == 0 { "–".to_owned() } else { self.language.day_of(ms) };
            let heard = match (partner.is_own, partner.heard_ms) {
                (true, _) => scene.phrase("fresh-own"),
                (false, Some(ms)) => day(ms),
                (false, None) => scene.phrase("fresh-never"),
            };
            table.rows.push(vec![
                Cell::plain(&partner.name),
                share.records.into(),
                Cell::plain(day(share.newest_ms)),
                Cell::plain(heard),
                Cell::plain(missing(scene, partner)),
            ]);
        }
        let mut section = Section::new("freshness", scene.phrase("fresh-title"));
        section.add(Block::Lead(scene.phrase("fresh-lead")));
        section.add(Block::Table(table));
        section
    }
}

fn missing(scene: &Scene<'_>, partner: &PartnerState) -> String {
    match partner.missing {
        Lag::Exactly(0) => scene.phrase("fresh-nothing-missing"),
        Lag::Exactly(n) | Lag::AtLeast(n) => {
            scene.language.phrase_n("fresh-changes", usize::try_from(n).unwrap_or(usize::MAX))
        }
        Lag::Unknown if partner.is_own => scene.phrase("fresh-nothing-missing"),
        Lag::Unknown => "–".to_owned(),
    }
}

/// What a common vision is made of.
const VISION: [&str; 3] = ["vision", "strategy", "contribution"];

/// The record that keeps the common vision and strategy: that of the international network; of several, of the one that
/// says most of them, then of the one with the most members.
fn common<'a>(all: &'a Gathered, members: &Members, language: Language) -> Option<&'a Record> {
    let says = |record: &Record| {
        VISION.iter().take(2).filter(|field| record.translated(field, language.code()).is_some()).count()
    };
    let size = |record: &Record| members.of_network(&record.key).len();
    let international = all.of_kind("network").filter(|r| r.set("levels").any(|level| level == "international"));
    let kept = international.filter(|record| says(record) > 0);
    kept.max_by_key(|record| (says(record), size(record), std::cmp::Reverse(record.key.clone())))
}

fn vision(scene: &Scene<'_>) -> Section {
    let mut section = Section::new("vision", scene.phrase("vision-title"));
    let Some(record) = scene.vision.as_ref().and_then(|key| scene.all.get(key)) else {
        section.add(Block::Note(scene.phrase("vision-none")));
        return section;
    };
    let code = scene.language.code();
    for field in VISION {
        if let Some(text) = record.translated(field, code) {
            section.add(Block::Prose(scene.phrase(&format!("vision-{field}")), text));
        }
    }
    let name = record.title(code).text;
    section.add(Block::Note(scene.language.phrase_with("vision-kept", &[("name", name.into())])));
    section
}

fn picture_section(whole: &views::Scene, scene: &Scene<'_>) -> Section {
    let graph = drawn_graph(whole, scene.language, Colouring::Country);
    let map = drawn_map(whole, scene.language);
    let tables =
        [("first", scene.phrase("table-networks").into()), ("second", scene.phrase("table-organisations").into())];
    let same = scene.language.phrase_with("pictures-same", &tables);
    let mut section = Section::new("pictures", scene.phrase("pictures-title"));
    for (picture, title) in [(graph, "graph-title"), (map, "map-title")] {
        let (title, same) = (scene.phrase(title), same.clone());
        section.add(Block::Picture(Figure { svg: picture.text().to_owned(), title, same, is_wide: true }));
    }
    section
}
