//! Lists: which records there are, filtered, in the order in which people read them.
//!
//! The index holds a summary of each record of the kinds that a page has asked for. It is made from the rows
//! on first use and kept current from the node's events: what changed is read again, everything where events
//! were missed. Nothing in it decides anything; dropping it costs one scan.

use super::changes::{Changed, Changes};
use super::collate::sort_key;
use super::fields;
use super::figures::InForce;
use super::fold::fold;
use super::leading::Leading;
use super::ties::{Tie, Ties};
use crate::api::limits::SCAN_ROWS;
use crate::i18n::Lang;
use crate::runtime::Event;
use crate::store::{Store, StoreError};
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, FieldType};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// What a list is filtered by. Empty fields let everything through, except that deleted records are left out
/// unless `deleted` is set.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Filter {
    /// Kind.
    pub kind: Option<String>,
    /// Register that holds the record.
    pub register: Option<RegisterId>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Code of the vocabulary `target_group`.
    pub target_group: Option<String>,
    /// A network's record: what refers to it, and the organisations that are its members.
    pub network: Option<RecordKey>,
    /// Code of the state that it is in: its field `state`, or where its log has led.
    pub state: Option<String>,
    /// A language in which it has a text, by code.
    pub language: Option<String>,
    /// Text somewhere in the record, without regard to case and accents.
    pub q: Option<String>,
    /// Deleted records too.
    pub deleted: bool,
}

/// A record in brief.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// The record.
    pub key: RecordKey,
    /// Its title in each language, folded.
    titles: Spoken,
    /// Where its title stands in a list of each language.
    order: Spoken,
    country: Option<Box<str>>,
    target_groups: Vec<Box<str>>,
    networks: Vec<RecordKey>,
    states: Vec<Box<str>>,
    languages: Vec<Box<str>>,
    registers: Vec<RegisterId>,
    deleted: bool,
}

/// A text in each of [`Lang::ALL`]; those that are the same lie there once, as most do.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Spoken {
    texts: Box<[Box<str>]>,
    /// Which of the texts is that of each language.
    of: [u8; Lang::ALL.len()],
}

impl Spoken {
    fn of(all: [String; Lang::ALL.len()]) -> Self {
        let mut texts: Vec<Box<str>> = Vec::new();
        let of = all.map(|text| {
            let known = texts.iter().position(|known| **known == *text);
            let at = known.unwrap_or_else(|| {
                texts.push(text.into());
                texts.len() - 1
            });
            u8::try_from(at).unwrap_or_default() // INVARIANT: no more texts than languages.
        });
        Self { texts: texts.into(), of }
    }

    fn text(&self, lang: Lang) -> &str {
        let of = Lang::ALL.iter().zip(self.of).find(|(known, _)| **known == lang);
        of.and_then(|(_, at)| self.texts.get(usize::from(at))).map_or("", |text| &**text)
    }
}

/// Which memberships a list shows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Memberships {
    /// Those of this network.
    pub network: Option<RecordKey>,
    /// Those that stand so on `today`.
    pub state: Option<InForce>,
    /// Text in what one of the ends is called, folded.
    pub q: Option<String>,
    /// As `YYYY-MM-DD`.
    pub today: String,
}

impl Memberships {
    fn has(&self, ties: &[Tie]) -> bool {
        ties.iter().any(|tie| {
            tie.is_listed
                && self.network.as_ref().is_none_or(|network| tie.network.as_ref() == Some(network))
                && self
                    .state
                    .is_none_or(|state| InForce::of(tie.since.as_deref(), tie.until.as_deref(), &self.today) == state)
        })
    }
}

/// A membership of a record: its key, the other end, and the code of the role.
pub type Membership = (RecordKey, RecordKey, Option<String>);

/// One page of a list.
#[derive(Clone, PartialEq, Debug)]
pub struct ListPage {
    /// The records' rows, grouped.
    pub groups: Vec<Vec<Row>>,
    /// Records in the whole list.
    pub total: usize,
    /// This page, from 1.
    pub page: usize,
    /// Pages in all, at least 1.
    pub pages: usize,
}

impl ListPage {
    /// The page of a list of which all keys are known.
    fn of(store: &dyn Store, keys: Vec<RecordKey>, page: usize, page_rows: usize) -> Result<Self, StoreError> {
        let (total, pages) = (keys.len(), keys.len().div_ceil(page_rows.max(1)).max(1));
        let page = page.clamp(1, pages);
        let shown = keys.into_iter().skip((page - 1) * page_rows).take(page_rows);
        let groups = shown.map(|key| store.rows_of(&key)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { groups: groups.into_iter().filter(|rows| !rows.is_empty()).collect(), total, page, pages })
    }
}

impl Summary {
    /// From the rows of one record, which must not be empty.
    pub fn of(rows: &[Row]) -> Option<Self> {
        let first = rows.first()?;
        let titles = Lang::ALL.map(|lang| (lang, fields::title(first, lang)));
        let words = |field: &str| rows.iter().flat_map(|row| fields::words(row, field)).collect::<Vec<_>>();
        let networks = ["network", "networks"].iter().flat_map(|field| words(field));
        Some(Self {
            key: first.key.clone(),
            titles: Spoken::of(titles.each_ref().map(|(_, title)| fold(title))),
            order: Spoken::of(titles.map(|(lang, title)| sort_key(lang, &title))),
            country: words("country").into_iter().next().map(String::into_boxed_str),
            target_groups: words("target_groups").into_iter().map(String::into_boxed_str).collect(),
            networks: networks.filter_map(|text| RecordKey::parse(&text)).collect(),
            states: sorted(rows.iter().flat_map(states_of)),
            languages: sorted(rows.iter().flat_map(languages_of)),
            registers: rows.iter().map(|row| row.doc.register).collect(),
            deleted: !rows.iter().any(Row::is_listed),
        })
    }

    /// Its title in a language, folded.
    pub fn title(&self, lang: Lang) -> &str {
        self.titles.text(lang)
    }

    /// Where its title stands in a list of a language: of two records, the one with the lesser text goes first.
    pub fn order(&self, lang: Lang) -> &str {
        self.order.text(lang)
    }

    /// Whether the record belongs into the list, its text aside. `members`: the organisations of the filter's
    /// network.
    pub fn matches(&self, filter: &Filter, members: &HashSet<RecordKey>) -> bool {
        let kind = filter.kind.as_ref().is_none_or(|kind| *kind == self.key.kind);
        let register = filter.register.as_ref().is_none_or(|register| self.registers.contains(register));
        let country = filter.country.as_deref().is_none_or(|country| self.country.as_deref() == Some(country));
        let group = filter.target_group.as_deref().is_none_or(|code| self.target_groups.iter().any(|g| **g == *code));
        let network = filter.network.as_ref().is_none_or(|network| {
            self.key == *network || self.networks.contains(network) || members.contains(&self.key)
        });
        let state = filter.state.as_deref().is_none_or(|state| self.states.iter().any(|s| **s == *state));
        let language = filter.language.as_deref().is_none_or(|lang| self.languages.iter().any(|l| **l == *lang));
        kind && register && country && group && network && state && language && (filter.deleted || !self.deleted)
    }
}

fn sorted(words: impl Iterator<Item = Box<str>>) -> Vec<Box<str>> {
    let words: BTreeSet<Box<str>> = words.collect();
    words.into_iter().collect()
}

/// The states in which a record is: several where two people led its log on without knowing of one another.
fn states_of(row: &Row) -> Vec<Box<str>> {
    let log =
        schema::kind(&row.key.kind).into_iter().flat_map(|kind| kind.fields).find_map(|field| match field.field_type {
            FieldType::Log(list) => Some(schema::steps(row, field, list)),
            _ => None,
        });
    match &log {
        Some(steps) => schema::states(steps).into_iter().map(Box::from).collect(),
        None => row.text("state").map(Box::from).into_iter().collect(),
    }
}

fn languages_of(row: &Row) -> impl Iterator<Item = Box<str>> + '_ {
    let original = row.text("original_language").map(Box::from);
    let translated = row.fields.keys().filter(|key| row.value(key).is_some());
    original.into_iter().chain(translated.filter_map(|key| Some(Box::from(key.split_once('@')?.1))))
}

/// Whether any text of the record contains the filter's text.
pub fn text_matches(rows: &[Row], folded: &str) -> bool {
    rows.iter().any(|row| {
        row.fields.values().flatten().any(|cell| cell.value.as_str().is_some_and(|text| fold(text).contains(folded)))
    })
}

/// The organisations that a membership ties to the network.
fn members_of(store: &dyn Store, network: &RecordKey) -> Result<HashSet<RecordKey>, StoreError> {
    let (mut members, id) = (HashSet::new(), network.to_string());
    for_each_group(store, "membership", |rows| {
        let of_network = |row: &&Row| fields::words(row, "network").contains(&id);
        for row in rows.iter().filter(of_network).filter(|row| !row.is_deleted()) {
            members.extend(fields::words(row, "organisation").iter().filter_map(|text| RecordKey::parse(text)));
        }
    })?;
    Ok(members)
}

/// Calls `each` with the rows of every record of a kind, in order of ids.
pub fn for_each_group(store: &dyn Store, kind: &str, each: impl FnMut(&[Row])) -> Result<(), StoreError> {
    for_each(store, Some(kind), each)
}

/// Calls `each` with the rows of every record but persons, by kind and id.
///
/// # Errors
/// [`StoreError`].
pub fn for_each_record(store: &dyn Store, each: impl FnMut(&[Row])) -> Result<(), StoreError> {
    for_each(store, None, each)
}

fn for_each(store: &dyn Store, kind: Option<&str>, mut each: impl FnMut(&[Row])) -> Result<(), StoreError> {
    let mut after: Option<(RecordKey, DocId)> = None;
    let mut group: Vec<Row> = Vec::new();
    loop {
        let rows = store.scan_rows(kind, after.as_ref(), SCAN_ROWS)?;
        let full = rows.len() == SCAN_ROWS;
        after = rows.last().map(|row| (row.key.clone(), row.doc));
        for row in rows {
            if group.first().is_some_and(|first| first.key != row.key) {
                each(&group);
                group.clear();
            }
            group.push(row);
        }
        if !full {
            if !group.is_empty() {
                each(&group);
            }
            return Ok(());
        }
    }
}

/// Up to `limit` records in order of ids after `after`, as groups of rows, and where to go on.
///
/// # Errors
/// [`StoreError`].
pub fn scan_groups(
    store: &dyn Store,
    filter: &Filter,
    after: Option<RecordKey>,
    limit: usize,
) -> Result<(Vec<Vec<Row>>, Option<RecordKey>), StoreError> {
    let members = match &filter.network {
        Some(network) => members_of(store, network)?,
        None => HashSet::new(),
    };
    let folded = filter.q.as_deref().map(fold).filter(|q| !q.is_empty());
    let wanted = |rows: &[Row]| {
        Summary::of(rows).is_some_and(|summary| summary.matches(filter, &members))
            && folded.as_deref().is_none_or(|q| text_matches(rows, q))
    };
    let mut found: Vec<Vec<Row>> = Vec::new();
    // After the last document of the record: no register's id is greater than all ones.
    let last = DocId { register: RegisterId([0xff; 32]), part: u32::MAX };
    let mut place = after.map(|key| (key, last));
    let mut group: Vec<Row> = Vec::new();
    loop {
        let rows = store.scan_rows(filter.kind.as_deref(), place.as_ref(), SCAN_ROWS)?;
        let full = rows.len() == SCAN_ROWS;
        place = rows.last().map(|row| (row.key.clone(), row.doc));
        for row in rows {
            if group.first().is_some_and(|first| first.key != row.key) {
                let done = std::mem::take(&mut group);
                if wanted(&done) {
                    let key = done.first().map(|row| row.key.clone());
                    found.push(done);
                    if found.len() == limit {
                        return Ok((found, key));
                    }
                }
            }
            group.push(row);
        }
        if !full {
            if wanted(&group) {
                found.push(group);
            }
            return Ok((found, None));
        }
    }
}

/// The summaries of the kinds asked for.
pub struct RecordIndex {
    changes: Changes,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    kinds: HashMap<String, BTreeMap<RecordKey, Summary>>,
    /// `None` until it is asked for, and again where events were missed.
    leading: Option<Leading>,
    /// The same.
    ties: Option<Ties>,
}

impl RecordIndex {
    /// An empty index; listens to a node's events.
    pub fn new(events: broadcast::Receiver<Event>) -> Self {
        Self { changes: Changes::new(events), kept: Mutex::default() }
    }

    /// Reads these records again before the next list: the caller has just written them.
    pub fn touch(&self, keys: impl IntoIterator<Item = RecordKey>) {
        self.changes.touch(keys);
    }

    /// One page of the records of a kind, by title. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn list(
        &self,
        store: &dyn Store,
        filter: &Filter,
        lang: Lang,
        page: usize,
        page_rows: usize,
    ) -> Result<ListPage, StoreError> {
        let mut keys = self.keys(store, filter, lang)?;
        if let Some(folded) = filter.q.as_deref().map(fold).filter(|q| !q.is_empty()) {
            let mut found = Vec::new();
            for key in keys {
                if text_matches(&store.rows_of(&key)?, &folded) {
                    found.push(key);
                }
            }
            keys = found;
        }
        ListPage::of(store, keys, page, page_rows)
    }

    /// One page of the memberships, by what their networks are called and within one by the organisation. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn memberships(
        &self,
        store: &dyn Store,
        asked: &Memberships,
        lang: Lang,
        page: usize,
        page_rows: usize,
    ) -> Result<ListPage, StoreError> {
        let keys = {
            let mut kept = self.current(store)?;
            for kind in ["network", "organisation"] {
                kept.hold(store, kind)?;
            }
            kept.hold_ties(store)?;
            let (kinds, Some(ties)) = (&kept.kinds, &kept.ties) else { return ListPage::of(store, Vec::new(), 1, 1) };
            let summary = |end: &RecordKey| kinds.get(&end.kind)?.get(end);
            // What is not here is called by its id.
            let order = |end: &Option<RecordKey>| match end {
                Some(end) => match summary(end) {
                    Some(summary) => Cow::Borrowed(summary.order(lang)),
                    None => Cow::Owned(sort_key(lang, &end.to_string())),
                },
                None => Cow::Borrowed(""),
            };
            let is_called = |end: &RecordKey, text: &str| match summary(end) {
                Some(summary) => summary.title(lang).contains(text),
                None => end.to_string().contains(text),
            };
            let fits = |tie: &Tie| {
                let q = asked.q.as_deref();
                q.is_none_or(|q| [&tie.network, &tie.organisation].into_iter().flatten().any(|end| is_called(end, q)))
            };
            let mut found: Vec<(Cow<'_, str>, Cow<'_, str>, &RecordKey)> = ties
                .all()
                .filter(|(_, said)| asked.has(said))
                .filter_map(|(key, said)| Some((key, said.first().filter(|tie| fits(tie))?)))
                .map(|(key, tie)| (order(&tie.network), order(&tie.organisation), key))
                .collect();
            found.sort_unstable();
            found.into_iter().map(|(_, _, key)| key.clone()).collect()
        };
        ListPage::of(store, keys, page, page_rows)
    }

    /// The memberships that lists show of an organisation or a network, by id. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn memberships_of(&self, store: &dyn Store, key: &RecordKey) -> Result<Vec<Membership>, StoreError> {
        let mut kept = self.current(store)?;
        let ties = kept.hold_ties(store)?;
        let of_key = ties.of_end(key).filter_map(|(membership, said)| {
            let ends = |tie: &Tie| match tie.network.as_ref() == Some(key) {
                true => tie.organisation.clone(),
                false => tie.network.clone().filter(|_| tie.organisation.as_ref() == Some(key)),
            };
            let (tie, other) = said.iter().filter(|tie| tie.is_listed).find_map(|tie| Some((tie, ends(tie)?)))?;
            Some((membership.clone(), other, tie.role.as_deref().map(str::to_owned)))
        });
        Ok(of_key.collect())
    }

    /// The organisations that a membership ties to the network. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn members(&self, store: &dyn Store, network: &RecordKey) -> Result<HashSet<RecordKey>, StoreError> {
        let mut kept = self.current(store)?;
        let ties = kept.hold_ties(store)?.of_end(network).flat_map(|(_, said)| said);
        let of_network = ties.filter(|tie| !tie.is_deleted && tie.network.as_ref() == Some(network));
        Ok(of_network.filter_map(|tie| tie.organisation.clone()).collect())
    }

    /// The records that lead to this one: interests, notes, proposals and links of sameness that name it. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn leading_to(&self, store: &dyn Store, key: &RecordKey) -> Result<Vec<RecordKey>, StoreError> {
        Ok(self.current(store)?.hold_leading(store)?.to(key))
    }

    /// Reads what lists of these kinds and pages of records are made from, where it is not held yet. Blocks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare<'a>(&self, store: &dyn Store, kinds: impl IntoIterator<Item = &'a str>) -> Result<(), StoreError> {
        for kind in kinds {
            self.current(store)?.hold(store, kind)?;
        }
        self.current(store)?.hold_ties(store)?;
        self.current(store)?.hold_leading(store)?;
        Ok(())
    }

    fn keys(&self, store: &dyn Store, filter: &Filter, lang: Lang) -> Result<Vec<RecordKey>, StoreError> {
        let members = match &filter.network {
            Some(network) => self.members(store, network)?,
            None => HashSet::new(),
        };
        let kind = filter.kind.as_deref().unwrap_or_default();
        let mut kept = self.current(store)?;
        kept.hold(store, kind)?;
        let Some(summaries) = kept.kinds.get(kind) else { return Ok(Vec::new()) };
        let mut found: Vec<&Summary> = summaries.values().filter(|s| s.matches(filter, &members)).collect();
        found.sort_by(|a, b| a.order(lang).cmp(b.order(lang)).then_with(|| a.key.cmp(&b.key)));
        Ok(found.into_iter().map(|s| s.key.clone()).collect())
    }

    /// What is held, with what has changed read again. A failure leaves nothing behind: the next list makes it anew.
    fn current(&self, store: &dyn Store) -> Result<MutexGuard<'_, Kept>, StoreError> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match self.changes.take() {
            Changed::Records(keys) => kept.read_again(store, keys).map(|()| true),
            Changed::All => Ok(false),
        };
        if !matches!(read, Ok(true)) {
            *kept = Kept::default();
        }
        read.map(|_| kept)
    }
}

impl Kept {
    /// Reads the summaries of a kind where they are not held yet.
    fn hold(&mut self, store: &dyn Store, kind: &str) -> Result<(), StoreError> {
        if !self.kinds.contains_key(kind) {
            let mut summaries = BTreeMap::new();
            for_each_group(store, kind, |rows| {
                if let Some(summary) = Summary::of(rows) {
                    summaries.insert(summary.key.clone(), summary);
                }
            })?;
            self.kinds.insert(kind.to_owned(), summaries);
        }
        Ok(())
    }

    /// The memberships, read where they are not held yet.
    fn hold_ties(&mut self, store: &dyn Store) -> Result<&Ties, StoreError> {
        let ties = match self.ties.take() {
            Some(ties) => ties,
            None => Ties::of(store)?,
        };
        Ok(self.ties.insert(ties))
    }

    /// What leads to records, read where it is not held yet.
    fn hold_leading(&mut self, store: &dyn Store) -> Result<&Leading, StoreError> {
        let leading = match self.leading.take() {
            Some(leading) => leading,
            None => Leading::of(store)?,
        };
        Ok(self.leading.insert(leading))
    }

    /// Reads again what has changed of what is held.
    fn read_again(&mut self, store: &dyn Store, keys: HashSet<RecordKey>) -> Result<(), StoreError> {
        for key in keys {
            let is_leading = self.leading.is_some() && Leading::has(&key.kind);
            let is_tie = self.ties.is_some() && key.kind == Ties::KIND;
            if !is_leading && !is_tie && !self.kinds.contains_key(&key.kind) {
                continue;
            }
            let rows = store.rows_of(&key)?;
            if let Some(leading) = self.leading.as_mut().filter(|_| is_leading) {
                leading.put(&key, &rows);
            }
            if let Some(ties) = self.ties.as_mut().filter(|_| is_tie) {
                ties.put(&key, &rows);
            }
            if let Some(summaries) = self.kinds.get_mut(&key.kind) {
                match Summary::of(&rows) {
                    Some(summary) => summaries.insert(key, summary),
                    None => summaries.remove(&key),
                };
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::ids::ActorId;
    use comin_protocol::record::{Cell, Origin, Scalar};

    fn organisation(name: &str) -> Summary {
        let cell = Cell { value: Scalar::from(name), origin: 0 };
        let row = Row {
            key: RecordKey { kind: "organisation".to_owned(), id: [1; 16] },
            doc: DocId { register: RegisterId([1; 32]), part: 1 },
            origins: vec![Origin { actor: ActorId([1; 16]), time_ms: 0 }],
            fields: [("name".to_owned(), vec![cell])].into_iter().collect(),
            unseen_edits: Vec::new(),
        };
        Summary::of(&[row]).unwrap()
    }

    #[test]
    fn lists_stand_in_the_order_of_their_language() {
        let mut all = ["Šola", "Szeged", "Sava"].map(organisation);
        let mut titles = |lang: Lang| {
            all.sort_by(|a, b| a.order(lang).cmp(b.order(lang)));
            all.each_ref().map(|summary| summary.title(lang).to_owned())
        };
        assert_eq!(titles(Lang::Sl), ["sava", "szeged", "sola"], "š comes behind all of s");
        assert_eq!(titles(Lang::It), ["sava", "sola", "szeged"], "and is an s elsewhere");
    }
}
