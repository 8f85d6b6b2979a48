//! Which record holds which word, and where; finding and ranking.

use super::Query;
use super::dictionary::{Dictionary, Fit};
use crate::i18n::Lang;
use crate::limits::SEARCH_WORD_CHARS_MAX;
use crate::store::{Store, StoreError};
use crate::views::{Summary, fold, for_each_record};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{self, FieldType, RECORD_FIELDS};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Where in a record a word stands: what a record is called counts most.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[repr(u8)]
enum Place {
    /// A label of a code, in one of the languages.
    Label = 0,
    /// A long text.
    Long = 1,
    /// A short text.
    Short = 2,
    /// Its name or title, or another name of it.
    Title = 3,
}

impl Place {
    const ALL: [Self; 4] = [Self::Label, Self::Long, Self::Short, Self::Title];

    fn weight(self) -> f32 {
        match self {
            Self::Label => 0.5,
            Self::Long => 1.0,
            Self::Short => 2.0,
            Self::Title => 5.0,
        }
    }
}

/// A slot, and where in its record a word stands, in four bytes: these are most of the index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Mark(u32);

impl Mark {
    fn new(slot: u32, place: Place) -> Self {
        Self(slot << 2 | place as u32)
    }

    fn slot(self) -> u32 {
        self.0 >> 2
    }

    fn place(self) -> Place {
        Place::ALL.get((self.0 & 3) as usize).copied().unwrap_or(Place::Long)
    }
}

/// A record that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// The record.
    pub key: RecordKey,
    /// How well it fits; only good for comparing within one answer.
    pub score: f32,
}

/// An entry of the index.
struct Slot {
    summary: Summary,
    /// The numbers of its words, ascending.
    words: Box<[u32]>,
}

/// The index: records in slots, words in a dictionary, and for each word the slots that hold it.
#[derive(Default)]
pub struct Index {
    dictionary: Dictionary,
    /// By the number of the word: slots, ascending, each with the word's best place there.
    postings: Vec<Vec<Mark>>,
    slots: Vec<Option<Slot>>,
    places: HashMap<RecordKey, u32>,
    free: Vec<u32>,
}

impl Index {
    /// The index of all records but persons.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of(store: &dyn Store) -> Result<Self, StoreError> {
        let mut index = Self::default();
        for_each_record(store, |rows| {
            if let Some(first) = rows.first() {
                index.put(&first.key, rows);
            }
        })?;
        // They grew word by word, and most will not grow again.
        index.postings.iter_mut().for_each(Vec::shrink_to_fit);
        Ok(index)
    }

    /// Records in it.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Takes the rows of a record in the place of what was known of it; no rows: it is gone.
    pub fn put(&mut self, key: &RecordKey, rows: &[Row]) {
        self.drop_record(key);
        let Some(summary) = Summary::of(rows) else { return };
        let words: BTreeMap<u32, Place> =
            said(rows).into_iter().map(|(word, place)| (self.dictionary.number(&word), place)).collect();
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
        });
        for (number, place) in &words {
            let number = *number as usize;
            if self.postings.len() <= number {
                self.postings.resize_with(number + 1, Vec::new);
            }
            if let Some(list) = self.postings.get_mut(number) {
                let at = list.partition_point(|mark| mark.slot() < slot);
                list.insert(at, Mark::new(slot, *place));
            }
        }
        if let Some(entry) = self.slots.get_mut(slot as usize) {
            *entry = Some(Slot { summary, words: words.into_keys().collect() });
            self.places.insert(key.clone(), slot);
        }
    }

    fn drop_record(&mut self, key: &RecordKey) {
        let Some(slot) = self.places.remove(key) else { return };
        let gone = self.slots.get_mut(slot as usize).and_then(Option::take);
        for number in gone.iter().flat_map(|gone| &gone.words) {
            if let Some(list) = self.postings.get_mut(*number as usize)
                && let Ok(at) = list.binary_search_by_key(&slot, |mark| mark.slot())
            {
                list.remove(at);
            }
        }
        self.free.push(slot);
    }

    /// In what it does not say just what the rows say, in words.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn differences(&self, store: &dyn Store) -> Result<Vec<String>, StoreError> {
        let (mut out, mut records) = (Vec::new(), 0);
        for_each_record(store, |rows| {
            let (Some(first), Some(summary)) = (rows.first(), Summary::of(rows)) else { return };
            records += 1;
            match self.places.get(&first.key).and_then(|slot| Some((*slot, self.slots.get(*slot as usize)?.as_ref()?)))
            {
                None => out.push(format!("{} is in the view and not in the search index", first.key)),
                Some((slot, entry)) => {
                    let is_same = entry.summary == summary && self.says(slot, entry) == Some(said(rows));
                    if !is_same {
                        out.push(format!("{} reads differently in the search index", first.key));
                    }
                }
            }
        })?;
        if self.places.len() > records {
            for key in self.places.keys() {
                if store.rows_of(key)?.is_empty() {
                    out.push(format!("{key} is in the search index and not in the view"));
                }
            }
        }
        let words: usize = self.slots.iter().flatten().map(|entry| entry.words.len()).sum();
        if self.postings.iter().map(Vec::len).sum::<usize>() != words {
            out.push("the search index holds words of no record".to_owned());
        }
        Ok(out)
    }

    /// The words of a record with their places, found by way of the words; `None` where one of them leads elsewhere.
    fn says(&self, slot: u32, entry: &Slot) -> Option<BTreeMap<String, Place>> {
        let word = |number: &u32| {
            let list = self.posting(*number);
            let at = list.binary_search_by_key(&slot, |mark| mark.slot()).ok()?;
            Some((self.dictionary.word(*number).to_owned(), list.get(at)?.place()))
        };
        entry.words.iter().map(word).collect()
    }

    /// The best `limit` records, and how many were found. `members`: the organisations of the filter's network.
    pub fn search(&self, query: &Query, members: &HashSet<RecordKey>, lang: Lang, limit: usize) -> (Vec<Hit>, usize) {
        let words = words_of(&query.text);
        let mut scores: Option<Vec<f32>> = None;
        for word in &words {
            scores = Some(self.scores(word, scores.as_deref()));
        }
        let whole = words.join(" ");
        let kept = |entry: &Slot| entry.summary.matches(&query.filter, members);
        let found = scores.into_iter().flatten().zip(&self.slots).filter(|(score, _)| *score > 0.0);
        let mut hits: Vec<(f32, &Summary)> = found
            .filter_map(|(score, slot)| Some((score, slot.as_ref().filter(|entry| kept(entry))?)))
            .map(|(score, entry)| (score * called(entry.summary.title(lang), &whole), &entry.summary))
            .collect();
        let total = hits.len();
        let better = |a: &(f32, &Summary), b: &(f32, &Summary)| {
            b.0.total_cmp(&a.0).then_with(|| a.1.order(lang).cmp(b.1.order(lang))).then_with(|| a.1.key.cmp(&b.1.key))
        };
        // Only what is shown is put in order.
        if hits.len() > limit && limit > 0 {
            hits.select_nth_unstable_by(limit - 1, better);
        }
        hits.truncate(limit);
        hits.sort_unstable_by(better);
        (hits.into_iter().map(|(score, summary)| Hit { key: summary.key.clone(), score }).collect(), total)
    }

    /// The score of each slot for one word of a query and those before it; 0 where one of them is not in it.
    fn scores(&self, word: &str, before: Option<&[f32]>) -> Vec<f32> {
        let mut fits = self.dictionary.holding(word);
        let any = |fits: &[(u32, Fit)]| fits.iter().any(|(number, _)| !self.posting(*number).is_empty());
        if !any(&fits) {
            fits = self.dictionary.near(word);
        }
        // What is in few records says more than what is everywhere.
        let spread: usize = fits.iter().map(|(number, _)| self.posting(*number).len()).sum();
        let rarity = (1.0 + self.places.len() as f32 / (1.0 + spread as f32)).ln();
        let mut scores = vec![0.0; self.slots.len()];
        for (number, fit) in fits {
            for mark in self.posting(number) {
                let slot = mark.slot() as usize;
                let sum = before.map_or(f32::MIN_POSITIVE, |before| before.get(slot).copied().unwrap_or_default());
                if let Some(best) = scores.get_mut(slot).filter(|_| sum > 0.0) {
                    *best = f32::max(*best, sum + rarity * mark.place().weight() * quality(fit));
                }
            }
        }
        scores
    }

    fn posting(&self, number: u32) -> &[Mark] {
        self.postings.get(number as usize).map_or(&[], Vec::as_slice)
    }
}

/// How much more a record counts that is called just what was asked for, or begins so.
fn called(title: &str, whole: &str) -> f32 {
    match title.strip_prefix(whole) {
        Some("") => 2.0,
        Some(_) => 1.25,
        None => 1.0,
    }
}

fn quality(fit: Fit) -> f32 {
    match fit {
        Fit::Whole => 1.0,
        Fit::Begins => 0.8,
        Fit::Within => 0.5,
        Fit::OneSlip => 0.4,
        Fit::TwoSlips => 0.2,
    }
}

/// The words of a record, each with its best place.
fn said(rows: &[Row]) -> BTreeMap<String, Place> {
    let mut words: BTreeMap<String, Place> = BTreeMap::new();
    for row in rows {
        each_text(row, |text, place| {
            for word in words_of(text) {
                words.entry(word).and_modify(|known| *known = (*known).max(place)).or_insert(place);
            }
        });
    }
    words
}

/// The words of a text, folded. Beyond a length no person types, a word is cut.
pub fn words_of(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(SEARCH_WORD_CHARS_MAX).collect()).collect()
}

/// Every text of a row that people may look for, values in conflict included: texts, members of sets, labels of codes
/// in every language. Ids and what every record has are none.
fn each_text(row: &Row, mut each: impl FnMut(&str, Place)) {
    let kind = schema::kind(&row.key.kind);
    for (key, cells) in &row.fields {
        let base = schema::base_of(key);
        if RECORD_FIELDS.iter().any(|field| field.name == base) {
            continue;
        }
        let field = kind.and_then(|kind| kind.field(base));
        let is_title = kind.is_some_and(|kind| kind.title == base) || base == "other_names";
        let place = match field {
            _ if is_title => Place::Title,
            Some(field) if field.is_long() => Place::Long,
            _ => Place::Short,
        };
        let member = key.split_once('/').map(|(_, member)| member).filter(|_| row.value(key).is_some());
        for text in cells.iter().filter_map(|cell| cell.value.as_str()).chain(member) {
            match field.map(|field| field.field_type) {
                Some(FieldType::Code(list) | FieldType::Codes(list)) => {
                    each(text, Place::Label);
                    list.term(text)
                        .into_iter()
                        .flat_map(|term| term.labels)
                        .for_each(|label| each(label, Place::Label));
                }
                Some(FieldType::Reference(_) | FieldType::References(_)) => {}
                _ if RecordKey::parse(text).is_some() => {}
                _ => each(text, place),
            }
        }
    }
}

#[cfg(test)]
mod tests;
