//! Forms made from the schema table: one control per field, filled from a record or from what was just sent.

use crate::api::Problem;
use crate::i18n::Lang;
use crate::views::{self, scalar_text, words};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, Field, FieldType, Kind, LANGUAGES, base_of};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Before the names of controls that hold fields.
pub const PREFIX: &str = "f.";
/// Fields of every record that people do not set by hand.
const HIDDEN: [&str; 4] = ["deleted", "schema", "accepted_proposals", "declined_proposals"];
/// The parts of a moment range's controls, behind the field's name.
pub const START: &str = ".start";
/// See [`START`].
pub const END: &str = ".end";
/// See [`START`].
pub const ZONE: &str = ".zone";
/// The time of day, behind [`START`] or [`END`]; without one whole days are meant.
pub const TIME: &str = "_time";
/// What somebody looks for among the records that a reference may name, behind the field's name.
pub const FIND: &str = ".find";
/// The day of a log's first step, behind the field's name.
pub const AT: &str = ".at";
/// Whether an entry is to be removed, behind its id.
pub const REMOVE: &str = ".remove";
/// The ids under which a form holds entries that are not there yet.
pub const NEW_ENTRIES: [&str; 3] = ["new1", "new2", "new3"];

/// What stands in the controls, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    /// As a record stands.
    pub fn of_row(kind: &Kind, row: &Row) -> Self {
        let mut values = BTreeMap::new();
        for field in fields(kind) {
            if let FieldType::Entries(subs) = field.field_type {
                values.extend(of_entries(row, field, subs));
                continue;
            }
            for key in keys(field) {
                let texts = match field.is_set() {
                    true => words(row, field.name),
                    false => row.value(&key).map(scalar_text).into_iter().collect(),
                };
                values.insert(format!("{PREFIX}{key}"), texts);
            }
        }
        Self(values)
    }

    /// As a form was sent.
    pub fn of_pairs(pairs: &[(String, String)]) -> Self {
        let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
            values.entry(name.clone()).or_default().push(value.replace("\r\n", "\n"));
        }
        let starts: Vec<String> =
            values.keys().filter_map(|name| name.strip_suffix(START).map(str::to_owned)).collect();
        for name in starts {
            let mut take = |part: &str| {
                values.remove(&format!("{name}{part}")).and_then(|v| v.into_iter().next()).unwrap_or_default()
            };
            let (start, end, zone) = (take(START), take(END), take(ZONE));
            let times = (take(&format!("{START}{TIME}")), take(&format!("{END}{TIME}")));
            values.insert(name, vec![moment_range((&start, &end), (&times.0, &times.1), &zone)]);
        }
        Self(values)
    }

    /// What a form for a new record begins with.
    pub fn of_new(kind: &Kind, given: &[(String, String)], lang: Lang) -> Self {
        let mut values = Self::of_pairs(given);
        for field in kind.fields.iter().filter(|field| matches!(field.field_type, FieldType::Log(_))) {
            values.0.insert(format!("{PREFIX}{}{AT}", field.name), vec![crate::views::time::today().to_string()]);
        }
        let visibility = if kind.is_internal { "partner" } else { "federation" };
        for (key, value) in [("visibility", visibility), ("original_language", lang.code())] {
            values.0.insert(format!("{PREFIX}{key}"), vec![value.to_owned()]);
        }
        values
    }

    /// With the values of `other` for fields that the form does not show.
    pub fn with_missing(mut self, other: &Self, fields: &[&str]) -> Self {
        for field in fields {
            let name = format!("{PREFIX}{field}");
            if let Some(texts) = other.0.get(&name) {
                self.0.entry(name).or_insert_with(|| texts.clone());
            }
        }
        self
    }

    /// All of it as one text, which a form carries along as what it was first shown with.
    pub fn to_text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// What [`Values::to_text`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    /// What was changed in the form since it showed `was`, on top of what stands `now`: what others have written meanwhile
    /// and nobody touched here stays theirs.
    pub fn merged(mut self, kind: &Kind, was: &Self, now: &Self) -> Self {
        for field in fields(kind) {
            if let FieldType::Entries(subs) = field.field_type {
                for id in now.all(field.name) {
                    for (sub, key) in subs.iter().flat_map(|sub| keys(sub).into_iter().map(move |key| (sub, key))) {
                        self.take(sub, &format!("{}.{id}.{key}", field.name), was, now);
                    }
                }
                self.put(field.name, now);
                continue;
            }
            for key in keys(field) {
                self.take(field, &key, was, now);
            }
        }
        self
    }

    fn take(&mut self, field: &Field, key: &str, was: &Self, now: &Self) {
        if self.normal(field, key) == was.normal(field, key) {
            self.put(key, now);
        }
    }

    fn put(&mut self, key: &str, now: &Self) {
        let name = format!("{PREFIX}{key}");
        match now.0.get(&name) {
            Some(texts) => self.0.insert(name, texts.clone()),
            None => self.0.remove(&name),
        };
    }

    /// What stands in the controls of a flat key, in one text.
    pub fn text(&self, key: &str) -> String {
        self.all(key).join(", ")
    }

    /// Everything that stands in the controls of a flat key.
    pub fn all(&self, key: &str) -> &[String] {
        self.0.get(&format!("{PREFIX}{key}")).map_or(&[], Vec::as_slice)
    }

    /// The one text of a flat key; empty where there is none.
    pub fn one(&self, key: &str) -> &str {
        self.all(key).first().map_or("", String::as_str)
    }

    /// The fields that differ from `before`, as JSON for the schema. A form of old must not decide conflicts
    /// or write values that nobody touched, so only differences are sent.
    pub fn changed(&self, kind: &Kind, before: &Self) -> Map<String, Value> {
        let mut out = Map::new();
        for field in fields(kind) {
            match field.field_type {
                FieldType::Entries(subs) => self.changed_entries(field, subs, before, &mut out),
                // Only a form for a new record has a day for the first step.
                FieldType::Log(list) => {
                    let day = self.one(&format!("{}{AT}", field.name)).trim();
                    if let Some(first) = list.terms.first().filter(|_| !day.is_empty()) {
                        out.insert(field.name.to_owned(), json!([{"to": first.code, "at": day}]));
                    }
                    continue;
                }
                _ => {}
            }
            for key in keys(field) {
                let (now, then) = (self.normal(field, &key), before.normal(field, &key));
                if now != then {
                    out.insert(key, if field.is_set() { json!(now) } else { json!(now.first()) });
                }
            }
        }
        out
    }

    /// What was changed in entries that stand, which are to go, and what was written into the empty ones.
    fn changed_entries(&self, field: &Field, subs: &'static [Field], before: &Self, out: &mut Map<String, Value>) {
        let at = |id: &str, key: &str| format!("{}.{id}.{key}", field.name);
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for id in self.all(field.name) {
            if !self.one(&format!("{}.{id}{REMOVE}", field.name)).is_empty() {
                removed.push(json!(id));
                continue;
            }
            for sub in subs {
                for key in keys(sub) {
                    let key = at(id, &key);
                    let now = self.normal(sub, &key);
                    if now != before.normal(sub, &key) {
                        out.insert(key, json!(now.first()));
                    }
                }
            }
        }
        for id in NEW_ENTRIES {
            let mut entry = Map::new();
            for (sub, key) in subs.iter().flat_map(|sub| keys(sub).into_iter().map(move |key| (sub, key))) {
                if let Some(text) = self.normal(sub, &at(id, &key)).pop() {
                    entry.insert(key, json!(text));
                }
            }
            if !entry.is_empty() {
                added.push(Value::Object(entry));
            }
        }
        let steps = [("add", added), ("remove", removed)].into_iter().filter(|(_, items)| !items.is_empty());
        let steps: Map<String, Value> = steps.map(|(step, items)| (step.to_owned(), json!(items))).collect();
        if !steps.is_empty() {
            out.insert(field.name.to_owned(), Value::Object(steps));
        }
    }

    /// Whether the form begins this log, as that of a new record does.
    pub fn begins_log(&self, field: &Field) -> bool {
        self.0.contains_key(&format!("{PREFIX}{}{AT}", field.name))
    }

    /// The fields in which somebody looks for a record, with what they look for.
    pub fn looked_for(&self, kind: &Kind) -> Vec<(&'static Field, String)> {
        let asked = fields(kind).map(|field| (field, self.one(&format!("{}{FIND}", field.name)).trim().to_owned()));
        asked.filter(|(_, text)| !text.is_empty()).collect()
    }

    /// Names one more record in a reference, or the only one, and ends looking for it.
    pub fn refer(&mut self, field: &Field, key: &str) {
        self.0.remove(&format!("{PREFIX}{}{FIND}", field.name));
        let texts = self.0.entry(format!("{PREFIX}{}", field.name)).or_default();
        if !field.is_set() {
            texts.clear();
        }
        texts.push(key.to_owned());
    }

    /// The members of a set in order of their text, or the one text of another field; empty: nothing.
    fn normal(&self, field: &Field, key: &str) -> Vec<String> {
        let texts = self.all(key).iter();
        if !field.is_set() {
            return texts.take(1).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
        }
        let mut members: Vec<String> =
            texts.flat_map(|t| t.lines()).map(|t| t.trim().to_owned()).filter(|t| !t.is_empty()).collect();
        members.sort();
        members.dedup();
        members
    }
}

/// What the controls for days, times and zone say together; an end may be left out.
fn moment_range((first, last): (&str, &str), (from, to): (&str, &str), zone: &str) -> String {
    let at = |day: &str, time: &str| if time.is_empty() { day.to_owned() } else { format!("{day}T{time}") };
    let start = at(first, from);
    let end = match (last, to) {
        ("", "") => start.clone(),
        ("", to) => at(first, to),
        (last, to) => at(last, to),
    };
    match (first, start.contains('T') || end.contains('T')) {
        ("", _) => String::new(),
        (_, false) => format!("{start}/{end}"),
        (_, true) => format!("{start}/{end}[{zone}]"),
    }
}

/// The fields that forms show.
pub fn fields(kind: &Kind) -> impl Iterator<Item = &'static Field> {
    // Who reads a person is its scope, which is no field.
    let not_of_persons = ["visibility", "original_language"];
    let is_person = kind.name == comin_protocol::ids::PERSON_KIND;
    let is_hidden = move |field: &Field| {
        HIDDEN.contains(&field.name)
            || matches!(field.field_type, FieldType::Changes)
            || is_person && not_of_persons.contains(&field.name)
    };
    kind.all_fields().filter(move |field| !is_hidden(field))
}

/// The ids of a field's entries, and what stands in their parts.
fn of_entries(row: &Row, field: &Field, subs: &'static [Field]) -> Vec<(String, Vec<String>)> {
    let entries = schema::entries(row, field);
    let ids = entries.iter().map(|entry| entry.id.clone()).collect();
    let mut out = vec![(format!("{PREFIX}{}", field.name), ids)];
    for entry in &entries {
        for key in subs.iter().flat_map(keys) {
            let key = format!("{}.{}.{key}", field.name, entry.id);
            let texts = row.value(&key).map(scalar_text).into_iter().collect();
            out.push((format!("{PREFIX}{key}"), texts));
        }
    }
    out
}

/// The flat keys of a field's controls.
pub fn keys(field: &Field) -> Vec<String> {
    match field.is_translated() {
        true => LANGUAGES.iter().map(|lang| format!("{}@{lang}", field.name)).collect(),
        false => vec![field.name.to_owned()],
    }
}

/// Why a field's value was refused and what would be right, in the reader's language.
pub fn refusal(lang: Lang, kind: &Kind, problem: &Problem) -> String {
    let member = |name: &str| problem.more.get(name).and_then(Value::as_str).unwrap_or_default();
    let value = member("value");
    let Some(field) = leaf(kind, member("field")) else {
        return lang.text("problem-invalid");
    };
    views::refusal(lang, field, value, views::Place::Form)
}

/// The field of a flat key; of a part of an entry that part.
pub fn leaf(kind: &Kind, key: &str) -> Option<&'static Field> {
    let field = kind.field(base_of(key))?;
    match field.field_type {
        FieldType::Entries(subs) => {
            let part = key.rsplit('.').next().map(base_of).filter(|part| *part != field.name);
            part.map_or(Some(field), |part| subs.iter().find(|sub| sub.name == part))
        }
        _ => Some(field),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::schema::kind;

    fn values(pairs: &[(&str, &str)]) -> Values {
        let pairs: Vec<(String, String)> = pairs.iter().map(|(k, v)| (format!("{PREFIX}{k}"), (*v).into())).collect();
        Values::of_pairs(&pairs)
    }

    #[test]
    fn sends_only_what_was_changed() {
        let kind = kind("organisation").unwrap();
        let before = values(&[("name", "Zavod"), ("city", "Koper"), ("target_groups", "youth")]);
        let after =
            values(&[("name", "Zavod "), ("city", "Izola"), ("target_groups", "youth"), ("target_groups", "women")]);
        let changed = after.changed(kind, &before);
        assert_eq!(
            Value::Object(changed),
            json!({"city": "Izola", "target_groups": ["women", "youth"]}),
            "a blank at the end is no change; a set is sent whole"
        );
    }

    #[test]
    fn every_refusal_names_value_and_remedy_in_every_language() {
        for kind in comin_protocol::schema::KINDS {
            for field in fields(kind) {
                let problem = Problem::invalid("x").with("field", json!(field.name)).with("value", json!("Atlantis"));
                let [english, italian] = [Lang::En, Lang::It].map(|lang| refusal(lang, kind, &problem));
                assert_ne!(english, italian, "{} of {} is refused in two languages", field.name, kind.name);
                let is_range = matches!(field.field_type, FieldType::MomentRange);
                assert!(italian.contains("«Atlantis»") || is_range, "and says which value: {italian}");
            }
        }
    }

    #[test]
    fn an_emptied_field_is_cleared() {
        let kind = kind("organisation").unwrap();
        let before = values(&[("phone", "1"), ("target_groups", "youth"), ("description@it", "x")]);
        let changed = values(&[("phone", ""), ("description@it", " ")]).changed(kind, &before);
        assert_eq!(
            Value::Object(changed),
            json!({"phone": null, "target_groups": [], "description@it": null}),
            "a text to null, unchecked boxes to an empty set"
        );
    }

    #[test]
    fn start_end_and_zone_are_one_value() {
        let kind = kind("event").unwrap();
        let sent = |start, end| values(&[("when.start", start), ("when.end", end), ("when.zone", "Europe/Rome")]);
        let changed = |values: Values| Value::Object(values.changed(kind, &Values::default()));
        let whole = changed(sent("2026-02-11T09:00", "2026-02-11T12:00"));
        assert_eq!(whole, json!({"when": "2026-02-11T09:00/2026-02-11T12:00[Europe/Rome]"}), "as the record holds it");
        let open = changed(sent("2026-02-11T09:00", ""));
        assert_eq!(open, json!({"when": "2026-02-11T09:00/2026-02-11T09:00[Europe/Rome]"}), "an end may be left out");
        assert_eq!(changed(sent("", "")), json!({}), "a zone alone is nothing");
        assert_eq!(
            changed(sent("2026-02-11", "2026-02-13")),
            json!({"when": "2026-02-11/2026-02-13"}),
            "days without times are whole"
        );
        let timed = values(&[
            ("when.start", "2026-02-11"),
            ("when.start_time", "09:00"),
            ("when.end_time", "12:00"),
            ("when.zone", "Europe/Rome"),
        ]);
        assert_eq!(changed(timed), json!({"when": "2026-02-11T09:00/2026-02-11T12:00[Europe/Rome]"}), "on one day");
    }

    #[test]
    fn members_of_a_text_area_are_lines() {
        let kind = kind("organisation").unwrap();
        let changed = values(&[("other_names", "b\r\na\n\na")]).changed(kind, &Values::default());
        assert_eq!(Value::Object(changed), json!({"other_names": ["a", "b"]}), "one per line, each once");
    }

    #[test]
    fn entries_are_added_changed_and_removed_by_their_ids() {
        let kind = kind("programme").unwrap();
        let (a, b) = ("00000000000000aa", "00000000000000bb");
        let title = |id: &str| format!("modules.{id}.title@it");
        let before = values(&[("modules", a), ("modules", b), (&title(a), "Ascolto"), (&title(b), "Rete")]);
        let remove = format!("modules.{b}.remove");
        let sent = values(&[
            ("modules", a),
            ("modules", b),
            (&title(a), "Ascolto attivo"),
            (&title(b), "Rete"),
            (&remove, "on"),
            ("modules.new1.title@it", "Valutazione"),
            ("modules.new1.hours", "4"),
            ("modules.new2.title@it", " "),
        ]);
        assert_eq!(
            Value::Object(sent.changed(kind, &before)),
            json!({
                (title(a)): "Ascolto attivo",
                "modules": {"add": [{"title@it": "Valutazione", "hours": "4"}], "remove": [b]},
            }),
            "one text, one removal, one new module; an empty one is none"
        );
        assert_eq!(Value::Object(before.changed(kind, &before)), json!({}), "what nobody touched is not written");
    }

    #[test]
    fn the_first_step_of_a_log_has_its_day() {
        let kind = kind("interest").unwrap();
        let changed = values(&[("transitions.at", "2026-02-11")]).changed(kind, &Values::default());
        assert_eq!(
            Value::Object(changed),
            json!({"transitions": [{"to": "received", "at": "2026-02-11"}]}),
            "received"
        );
    }
}
