//! The partnership in numbers: by country, by level, by target group, over time; and its events by month.

use super::gathered::{Gathered, Record};
use comin_protocol::ids::RecordKey;
use comin_protocol::schema::vocabulary;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// All numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Figures {
    /// The day up to which memberships count, as `YYYY-MM-DD`.
    pub as_of: String,
    /// All together.
    pub total: Counts,
    /// By country (ISO 3166-1 alpha-2; empty: none is named), in the order of codes, that one last.
    pub countries: Vec<Row>,
    /// By level of network, in the order of the vocabulary.
    pub levels: Vec<Row>,
    /// By target group, in the order of the vocabulary.
    pub target_groups: Vec<Row>,
    /// Events by their type, in the order of the vocabulary.
    pub event_types: Vec<TypeRow>,
    /// Memberships in force of which nobody has said when they began: they are in no month.
    pub undated: usize,
    /// By month from the first to the last in which something happened, without gaps.
    pub months: Vec<Month>,
}

/// How many there are. An organisation counts once, in however many networks it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Counts {
    /// Networks.
    pub networks: usize,
    /// Organisations (of a level: those that belong to a network of that level).
    pub organisations: usize,
    /// Memberships in force.
    pub memberships: usize,
    /// Organisations of more than one network.
    pub bridges: usize,
    /// Events that were not cancelled.
    pub events: usize,
    /// Published good practices.
    pub practices: usize,
}

/// The numbers of a country, a level or a target group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Row {
    /// Its code.
    pub code: String,
    /// Its numbers.
    #[serde(flatten)]
    pub counts: Counts,
}

/// The events of a type.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TypeRow {
    /// Its code.
    pub code: String,
    /// Events that were not cancelled.
    pub events: usize,
    /// People counted there, where somebody has counted them.
    pub attendance: i64,
}

/// What happened in a month.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Month {
    /// As `YYYY-MM`.
    pub month: String,
    /// Events that began in it.
    pub events: usize,
    /// Expressions of interest received.
    pub interests: usize,
    /// Memberships that began.
    pub joined: usize,
    /// Memberships in force at its end, of those whose beginning is known; `None` of months that are still to come.
    pub members: Option<usize>,
}

/// Most months that [`Figures::months`] covers, which end a year after its day: a slip in one year must not make a table
/// of centuries. The last ones stay.
const MONTHS_MAX: usize = 240;

impl Figures {
    /// Counts. `members`: those of the same day; `as_of`: the day, as `YYYY-MM-DD`.
    pub fn of(all: &Gathered, members: &Members, as_of: &str) -> Self {
        let events: Vec<&Record> = all.of_kind("event").filter(|event| is_on(event)).collect();
        let practices: Vec<&Record> = all.of_kind("practice").filter(|practice| is_published(practice)).collect();
        let count = |network: &dyn Fn(&Record) -> bool, has: &dyn Fn(&Record) -> bool| Counts {
            networks: all.of_kind("network").filter(|record| network(record)).count(),
            organisations: all.of_kind("organisation").filter(|record| has(record)).count(),
            memberships: members.all.iter().filter(|(_, key)| all.get(key).is_some_and(network)).count(),
            bridges: all.of_kind("organisation").filter(|r| has(r) && members.networks_of(&r.key).len() > 1).count(),
            events: events.iter().filter(|event| has(event)).count(),
            practices: practices.iter().filter(|practice| has(practice)).count(),
        };
        let by_country = |code: &str| {
            let of = |record: &Record| record.text("country").unwrap_or_default() == code;
            Row { code: code.to_owned(), counts: count(&of, &of) }
        };
        let by_group = |code: &str| {
            let of = |record: &Record| record.set("target_groups").any(|group| group == code);
            // Events have no target group of their own: they count with the networks that they are for.
            let counts = count(&of, &of);
            let of_event = |event: &&&Record| event.references("networks").any(|key| all.get(&key).is_some_and(of));
            Row { code: code.to_owned(), counts: Counts { events: events.iter().filter(of_event).count(), ..counts } }
        };
        Self {
            as_of: as_of.to_owned(),
            total: count(&|_| true, &|_| true),
            countries: countries(all).iter().map(|code| by_country(code)).filter(Row::is_some).collect(),
            levels: codes("network_level").map(|code| level(all, members, code, &events, &practices)).collect(),
            target_groups: codes("target_group").map(by_group).collect(),
            event_types: codes("event_type").map(|code| of_type(&events, code)).collect(),
            undated: undated(all, members),
            months: months(all, members, &events, as_of),
        }
    }
}

impl Row {
    fn is_some(&self) -> bool {
        self.counts != Counts::default()
    }
}

static NONE: BTreeSet<RecordKey> = BTreeSet::new();

/// Who belongs where.
pub struct Members {
    /// (organisation, network) of memberships in force between records that are here.
    pub all: BTreeSet<(RecordKey, RecordKey)>,
    by_organisation: BTreeMap<RecordKey, BTreeSet<RecordKey>>,
    by_network: BTreeMap<RecordKey, BTreeSet<RecordKey>>,
}

impl Members {
    /// Reads the memberships. `as_of`: the day on which they are to be in force.
    pub fn of(all: &Gathered, as_of: &str) -> Self {
        let ends = |membership: &Record| {
            let (organisation, network) = all.ends(membership)?;
            let known = all.get(&organisation).is_some() && all.get(&network).is_some();
            (known && is_in_force(membership, as_of)).then_some((organisation, network))
        };
        let pairs: BTreeSet<(RecordKey, RecordKey)> = all.of_kind("membership").filter_map(ends).collect();
        let mut by_organisation: BTreeMap<RecordKey, BTreeSet<RecordKey>> = BTreeMap::new();
        let mut by_network: BTreeMap<RecordKey, BTreeSet<RecordKey>> = BTreeMap::new();
        for (organisation, network) in &pairs {
            by_organisation.entry(organisation.clone()).or_default().insert(network.clone());
            by_network.entry(network.clone()).or_default().insert(organisation.clone());
        }
        Self { all: pairs, by_organisation, by_network }
    }

    /// The networks of an organisation.
    pub fn networks_of(&self, organisation: &RecordKey) -> impl ExactSizeIterator<Item = &RecordKey> {
        self.by_organisation.get(organisation).unwrap_or(&NONE).iter()
    }

    /// The organisations of a network, by key.
    pub fn of_network(&self, network: &RecordKey) -> impl ExactSizeIterator<Item = &RecordKey> {
        self.by_network.get(network).unwrap_or(&NONE).iter()
    }
}

/// Whether a membership has begun and not ended.
pub fn is_in_force(membership: &Record, as_of: &str) -> bool {
    InForce::of(membership.text("since"), membership.text("until"), as_of) == InForce::Now
}

/// How a membership stands on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InForce {
    /// It has begun and not ended; without days it is in force.
    Now,
    /// It is still to begin.
    ToCome,
    /// It has ended.
    Ended,
}

impl InForce {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Now, Self::ToCome, Self::Ended];

    /// How one stands that is in force from `since` to `until`, as `YYYY-MM-DD`, both included.
    pub fn of(since: Option<&str>, until: Option<&str>, as_of: &str) -> Self {
        match (since, until) {
            (_, Some(until)) if until < as_of => Self::Ended,
            (Some(since), _) if since > as_of => Self::ToCome,
            _ => Self::Now,
        }
    }

    /// A stable word for addresses; the message's key is `membership-` and this.
    pub fn code(self) -> &'static str {
        match self {
            Self::Now => "in-force",
            Self::ToCome => "to-come",
            Self::Ended => "ended",
        }
    }

    /// The one of a word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Whether an event takes or took place.
pub fn is_on(event: &Record) -> bool {
    event.text("state") != Some("cancelled")
}

/// Whether a practice is published; what has no state counts as published.
pub fn is_published(practice: &Record) -> bool {
    practice.text("state").is_none_or(|state| state == "published")
}

/// The day on which interest was received: that of the first transition.
pub fn received(interest: &Record) -> Option<&str> {
    let steps = interest.fields.get("transitions")?.as_array()?;
    steps.iter().filter_map(|step| step.get("at")?.as_str()).min()
}

fn codes(name: &str) -> impl Iterator<Item = &'static str> {
    vocabulary(name).into_iter().flat_map(|vocabulary| vocabulary.codes())
}

fn countries(all: &Gathered) -> Vec<String> {
    let kinds = ["network", "organisation", "event", "practice"];
    let records = kinds.iter().flat_map(|kind| all.of_kind(kind));
    let found: BTreeSet<String> = records.map(|record| record.text("country").unwrap_or_default().to_owned()).collect();
    let mut codes: Vec<String> = found.into_iter().collect();
    codes.sort_by_key(String::is_empty);
    codes
}

/// What has no level of its own counts with the networks that it belongs to.
fn level(all: &Gathered, members: &Members, code: &str, events: &[&Record], practices: &[&Record]) -> Row {
    let of = |key: &RecordKey| all.get(key).is_some_and(|network| network.set("levels").any(|level| level == code));
    let here: Vec<&(RecordKey, RecordKey)> = members.all.iter().filter(|(_, network)| of(network)).collect();
    let organisations: BTreeSet<&RecordKey> = here.iter().map(|(organisation, _)| organisation).collect();
    let counts = Counts {
        networks: all.of_kind("network").filter(|network| of(&network.key)).count(),
        organisations: organisations.len(),
        memberships: here.len(),
        bridges: organisations.iter().filter(|organisation| members.networks_of(organisation).len() > 1).count(),
        events: events.iter().filter(|event| event.references("networks").any(|key| of(&key))).count(),
        practices: practices
            .iter()
            .filter(|practice| practice.reference("network").is_some_and(|key| of(&key)))
            .count(),
    };
    Row { code: code.to_owned(), counts }
}

fn of_type(events: &[&Record], code: &str) -> TypeRow {
    let of: Vec<&&Record> = events.iter().filter(|event| event.text("type") == Some(code)).collect();
    let attendance = of.iter().filter_map(|event| event.fields.get("attendance")?.as_i64()).sum();
    TypeRow { code: code.to_owned(), events: of.len(), attendance }
}

fn undated(all: &Gathered, members: &Members) -> usize {
    let dated: BTreeSet<(RecordKey, RecordKey)> = all
        .of_kind("membership")
        .filter(|membership| membership.text("since").is_some())
        .filter_map(|membership| all.ends(membership))
        .collect();
    members.all.difference(&dated).count()
}

fn months(all: &Gathered, members: &Members, events: &[&Record], as_of: &str) -> Vec<Month> {
    let mut found: BTreeMap<String, Month> = BTreeMap::new();
    let mut note = |day: Option<&str>, count: fn(&mut Month)| {
        if let Some(month) = day.and_then(|day| day.get(..7)) {
            count(found.entry(month.to_owned()).or_default());
        }
    };
    for event in events {
        note(event.begins(), |month| month.events += 1);
    }
    for interest in all.of_kind("interest") {
        note(received(interest), |month| month.interests += 1);
    }
    let mut left: BTreeMap<String, usize> = BTreeMap::new();
    let mut seen: BTreeSet<(RecordKey, RecordKey, Option<&str>)> = BTreeSet::new();
    for membership in all.of_kind("membership") {
        let Some((organisation, network)) = all.ends(membership) else { continue };
        // Records that are one may have a membership each.
        if !seen.insert((organisation.clone(), network.clone(), membership.text("since"))) {
            continue;
        }
        let here = all.get(&organisation).is_some() && all.get(&network).is_some();
        // What has ended counts in the months in which it had not.
        let counts = members.all.contains(&(organisation, network));
        if !here || !(counts || membership.text("until").is_some()) {
            continue;
        }
        note(membership.text("since"), |month| month.joined += 1);
        if let (Some(_), Some(until)) =
            (membership.text("since"), membership.text("until").and_then(|day| day.get(..7)))
        {
            *left.entry(until.to_owned()).or_default() += 1;
        }
    }
    let Some((first, last)) = found.keys().next().cloned().zip(found.keys().next_back().cloned()) else {
        return Vec::new();
    };
    let last = year_after(as_of).map_or(last.clone(), |end| last.min(end));
    let mut all_months = vec![first];
    while let Some(month) = all_months.last().filter(|month| **month < last).map(|month| next(month)) {
        all_months.push(month);
    }
    let mut members = 0_usize;
    let filled = all_months.into_iter().map(|month| {
        let mut row = found.remove(&month).unwrap_or_default();
        members = (members + row.joined).saturating_sub(left.remove(&month).unwrap_or(0));
        row.members = (as_of.get(..7) >= Some(month.as_str())).then_some(members);
        row.month = month;
        row
    });
    let mut filled: Vec<Month> = filled.collect();
    filled.split_off(filled.len().saturating_sub(MONTHS_MAX))
}

/// The month a year after a day: events later than that are in the calendar, and here they would hide what has been.
fn year_after(day: &str) -> Option<String> {
    let year: u32 = day.get(..4)?.parse().ok()?;
    Some(format!("{:04}{}", year + 1, day.get(4..7)?))
}

/// The month after one that is written as `YYYY-MM`.
fn next(month: &str) -> String {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    match (number(month.get(..4)), number(month.get(5..))) {
        (Some(year), Some(month)) if month < 12 => format!("{year:04}-{:02}", month + 1),
        (Some(year), _) => format!("{:04}-01", year + 1),
        // INVARIANT: what the schema took as a day has digits there; a text after all others ends the count.
        _ => "~".to_owned(),
    }
}

/// The events that begin in each month, in order of time; those without a time are left out.
pub fn calendar<'a>(all: &'a Gathered) -> BTreeMap<String, Vec<&'a Record>> {
    let mut months: BTreeMap<String, Vec<&'a Record>> = BTreeMap::new();
    for event in all.of_kind("event") {
        if let Some(month) = event.begins().and_then(|day| day.get(..7)) {
            months.entry(month.to_owned()).or_default().push(event);
        }
    }
    for events in months.values_mut() {
        events.sort_by_key(|event| (event.start(), &event.key));
    }
    months
}
