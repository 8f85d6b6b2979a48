//! The partnership in numbers: by country, by level, by target group, over time; and its events by month.

use super::gathered::Gathered;
use super::record::Record;
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
        let mut tally = Tally::default();
        for network in all.of_kind("network") {
            let memberships = members.of_network(&network.key).len();
            tally.add(network, |counts| {
                counts.networks += 1;
                counts.memberships += memberships;
            });
        }
        for organisation in all.of_kind("organisation") {
            let is_bridge = members.networks_of(&organisation.key).len() > 1;
            tally.add(organisation, |counts| {
                counts.organisations += 1;
                counts.bridges += usize::from(is_bridge);
            });
        }
        practices.iter().for_each(|practice| tally.add(practice, |counts| counts.practices += 1));
        for event in &events {
            // Events have no target group of their own: they count with the networks that they are for.
            let networks: Vec<&Record> = event.references("networks").filter_map(|key| all.get(&key)).collect();
            let groups = networks.iter().flat_map(|network| network.set("target_groups")).collect();
            tally.add_with(event, groups, |counts| counts.events += 1);
        }
        let group =
            |code: &str| Row { code: code.to_owned(), counts: tally.groups.get(code).copied().unwrap_or_default() };
        Self {
            as_of: as_of.to_owned(),
            total: tally.total,
            countries: tally.countries(),
            levels: codes("network_level").map(|code| level(all, members, code, &events, &practices)).collect(),
            target_groups: codes("target_group").map(group).collect(),
            event_types: codes("event_type").map(|code| of_type(&events, code)).collect(),
            undated: undated(members),
            months: months(all, members, &events, as_of),
        }
    }
}

/// Counts of all, of each country and of each target group, in one go through the records.
#[derive(Default)]
struct Tally<'a> {
    total: Counts,
    countries: BTreeMap<&'a str, Counts>,
    groups: BTreeMap<&'a str, Counts>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, record: &'a Record, count: impl Fn(&mut Counts)) {
        self.add_with(record, record.set("target_groups").collect(), count);
    }

    fn add_with(&mut self, record: &'a Record, groups: BTreeSet<&'a str>, count: impl Fn(&mut Counts)) {
        count(&mut self.total);
        count(self.countries.entry(record.text("country").unwrap_or_default()).or_default());
        groups.into_iter().for_each(|group| count(self.groups.entry(group).or_default()));
    }

    /// Those that something was counted of, by code; of records without a country last.
    fn countries(&self) -> Vec<Row> {
        let row = |(code, counts): (&&str, &Counts)| Row { code: (*code).to_owned(), counts: *counts };
        let mut rows: Vec<Row> = self.countries.iter().map(row).collect();
        rows.sort_by_key(|row| row.code.is_empty());
        rows
    }
}

static NONE: BTreeSet<RecordKey> = BTreeSet::new();

/// Who belongs where.
pub struct Members {
    /// (organisation, network) of memberships in force between records that are here.
    pub all: BTreeSet<(RecordKey, RecordKey)>,
    /// Every membership, in force or not, by its key.
    pub ties: Vec<Membership>,
    by_organisation: BTreeMap<RecordKey, BTreeSet<RecordKey>>,
    by_network: BTreeMap<RecordKey, BTreeSet<RecordKey>>,
}

/// A membership.
pub struct Membership {
    /// Its record.
    pub membership: RecordKey,
    /// Organisation and network.
    pub ends: (RecordKey, RecordKey),
    /// Whether both are here.
    pub is_known: bool,
    /// Whether it has begun and not ended.
    pub is_in_force: bool,
    /// The day on which it began, where somebody has said.
    pub since: Option<Box<str>>,
    /// The last day.
    pub until: Option<Box<str>>,
}

impl Members {
    /// Reads the memberships. `as_of`: the day on which they are to be in force.
    pub fn of(all: &Gathered, as_of: &str) -> Self {
        let tie = |membership: &Record| {
            let ends = all.ends(membership)?;
            let (since, until) = (membership.text("since"), membership.text("until"));
            Some(Membership {
                membership: membership.key.clone(),
                is_known: all.get(&ends.0).is_some() && all.get(&ends.1).is_some(),
                ends,
                is_in_force: InForce::of(since, until, as_of) == InForce::Now,
                since: since.map(Box::from),
                until: until.map(Box::from),
            })
        };
        let ties: Vec<Membership> = all.of_kind("membership").filter_map(tie).collect();
        let counts = |tie: &&Membership| tie.is_known && tie.is_in_force;
        let pairs: BTreeSet<(RecordKey, RecordKey)> = ties.iter().filter(counts).map(|tie| tie.ends.clone()).collect();
        let mut by_organisation: BTreeMap<RecordKey, BTreeSet<RecordKey>> = BTreeMap::new();
        let mut by_network: BTreeMap<RecordKey, BTreeSet<RecordKey>> = BTreeMap::new();
        for (organisation, network) in &pairs {
            by_organisation.entry(organisation.clone()).or_default().insert(network.clone());
            by_network.entry(network.clone()).or_default().insert(organisation.clone());
        }
        Self { all: pairs, ties, by_organisation, by_network }
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
    interest.entries("transitions").filter_map(|step| step.get("at")?.as_str()).min()
}

fn codes(name: &str) -> impl Iterator<Item = &'static str> {
    vocabulary(name).into_iter().flat_map(|vocabulary| vocabulary.codes())
}

/// What has no level of its own counts with the networks that it belongs to.
fn level(all: &Gathered, members: &Members, code: &str, events: &[&Record], practices: &[&Record]) -> Row {
    let is_of = |network: &&Record| network.set("levels").any(|level| level == code);
    let networks: BTreeSet<&RecordKey> = all.of_kind("network").filter(is_of).map(|network| &network.key).collect();
    let here = |key: &RecordKey| networks.contains(&all.one(key));
    let organisations: BTreeSet<&RecordKey> = networks.iter().flat_map(|key| members.of_network(key)).collect();
    let counts = Counts {
        networks: networks.len(),
        organisations: organisations.len(),
        memberships: networks.iter().map(|key| members.of_network(key).len()).sum(),
        bridges: organisations.iter().filter(|organisation| members.networks_of(organisation).len() > 1).count(),
        events: events.iter().filter(|event| event.references("networks").any(|key| here(&key))).count(),
        practices: practices
            .iter()
            .filter(|practice| practice.reference("network").is_some_and(|key| here(&key)))
            .count(),
    };
    Row { code: code.to_owned(), counts }
}

fn of_type(events: &[&Record], code: &str) -> TypeRow {
    let of: Vec<&&Record> = events.iter().filter(|event| event.text("type") == Some(code)).collect();
    let attendance = of.iter().filter_map(|event| event.number("attendance")).sum();
    TypeRow { code: code.to_owned(), events: of.len(), attendance }
}

fn undated(members: &Members) -> usize {
    let dated: BTreeSet<&(RecordKey, RecordKey)> =
        members.ties.iter().filter(|tie| tie.since.is_some()).map(|tie| &tie.ends).collect();
    members.all.iter().filter(|pair| !dated.contains(pair)).count()
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
    let mut seen: BTreeSet<(&(RecordKey, RecordKey), Option<&str>)> = BTreeSet::new();
    for tie in &members.ties {
        let (since, until) = (tie.since.as_deref(), tie.until.as_deref());
        // Records that are one may have a membership each.
        if !seen.insert((&tie.ends, since)) {
            continue;
        }
        // What has ended counts in the months in which it had not.
        if !tie.is_known || !(members.all.contains(&tie.ends) || until.is_some()) {
            continue;
        }
        note(since, |month| month.joined += 1);
        if let (Some(_), Some(until)) = (since, until.and_then(|day| day.get(..7))) {
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
