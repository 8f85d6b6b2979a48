//! Forms made from the schema table: one control per field, filled from a record or from what was just sent.

use super::layout::Ctx;
use super::show::{country, language};
use crate::api::Problem;
use crate::i18n::Lang;
use crate::views::{Titles, field_label, scalar_text, type_name, words};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema::{Field, FieldType, Kind, LANGUAGES, Vocabulary, base_of};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Before the names of controls that hold fields.
const PREFIX: &str = "f.";
/// Fields of every record that people do not set by hand.
const HIDDEN: [&str; 4] = ["deleted", "schema", "accepted_proposals", "declined_proposals"];
/// The parts of a moment range's controls, behind the field's name.
const START: &str = ".start";
const END: &str = ".end";
const ZONE: &str = ".zone";
/// Time zones offered: those of the partnership, in the order of [`COUNTRIES`].
const ZONES: [&str; 3] = ["Europe/Ljubljana", "Europe/Rome", "Europe/Paris"];
/// Choices that are shown as boxes to tick; more become a list.
const BOXES_MAX: usize = 200;
/// Countries offered first: those of the partnership.
const COUNTRIES: [&str; 3] = ["SI", "IT", "FR"];

/// What stands in the controls, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Values(BTreeMap<String, Vec<String>>);

/// Records that a reference may name, by kind.
pub type Choices = BTreeMap<&'static str, Vec<(RecordKey, String)>>;

impl Values {
    /// As a record stands.
    pub fn of_row(kind: &Kind, row: &Row) -> Self {
        let mut values = BTreeMap::new();
        for field in fields(kind) {
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
            let end = if end.is_empty() { &start } else { &end };
            let text = if start.is_empty() { String::new() } else { format!("{start}/{end}[{zone}]") };
            values.insert(name, vec![text]);
        }
        Self(values)
    }

    /// What a form for a new record begins with.
    pub fn of_new(kind: &Kind, given: &[(String, String)], lang: Lang) -> Self {
        let mut values = Self::of_pairs(given);
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

    /// What stands in the controls of a flat key, in one text.
    pub fn text(&self, key: &str) -> String {
        self.all(key).join(", ")
    }

    fn all(&self, key: &str) -> &[String] {
        self.0.get(&format!("{PREFIX}{key}")).map_or(&[], Vec::as_slice)
    }

    fn one(&self, key: &str) -> &str {
        self.all(key).first().map_or("", String::as_str)
    }

    /// The fields that differ from `before`, as JSON for the schema. A form of old must not decide conflicts
    /// or write values that nobody touched, so only differences are sent.
    pub fn changed(&self, kind: &Kind, before: &Self) -> Map<String, Value> {
        let mut out = Map::new();
        for field in fields(kind) {
            for key in keys(field) {
                let (now, then) = (self.normal(field, &key), before.normal(field, &key));
                if now != then {
                    out.insert(key, if field.is_set() { json!(now) } else { json!(now.first()) });
                }
            }
        }
        out
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

/// The fields that forms show.
pub fn fields(kind: &Kind) -> impl Iterator<Item = &'static Field> {
    // Lists and logs are more than one control holds: they have verbs of their own.
    let plain =
        |field: &&Field| !matches!(field.field_type, FieldType::Log(_) | FieldType::Entries(_) | FieldType::Changes);
    kind.all_fields().filter(|field| !HIDDEN.contains(&field.name)).filter(plain)
}

/// The flat keys of a field's controls.
fn keys(field: &Field) -> Vec<String> {
    match field.is_translated() {
        true => LANGUAGES.iter().map(|lang| format!("{}@{lang}", field.name)).collect(),
        false => vec![field.name.to_owned()],
    }
}

/// All controls of a kind. `error`: the field that was refused, and why. `fixed`: fields that cannot change,
/// such as the ends of a link that exists.
pub fn controls(
    ctx: &Ctx,
    kind: &Kind,
    values: &Values,
    choices: &Choices,
    error: Option<(&str, &str)>,
    fixed: &[&str],
) -> Markup {
    let refused = |field: &Field| error.filter(|(name, _)| base_of(name) == field.name);
    html! {
        @for field in fields(kind).filter(|field| !fixed.contains(&field.name)) {
            (control(ctx, field, values, choices, refused(field).map(|(_, text)| text)))
        }
    }
}

/// The id of a field's first control, for links from error summaries.
pub fn control_id(field: &str) -> String {
    format!("c-{}", field.replace('@', "-"))
}

fn control(ctx: &Ctx, field: &Field, values: &Values, choices: &Choices, error: Option<&str>) -> Markup {
    if field.is_translated() {
        return translated(ctx, field, values, error);
    }
    match field.field_type {
        FieldType::Codes(vocabulary) => return checkboxes(ctx, field, vocabulary, values, error),
        FieldType::References(kinds) if offered(kinds, choices).count() <= BOXES_MAX => {
            return reference_boxes(ctx, field, kinds, values, choices, error);
        }
        FieldType::MomentRange => return moments(ctx, field, values, error),
        _ => {}
    }
    let id = control_id(field.name);
    html! {
        div.field {
            label for=(id) { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (hint(ctx, field, &id))
            (error_line(error, &id))
            (input(ctx, field, field.name, &id, values, choices, error.is_some()))
        }
    }
}

fn required(ctx: &Ctx, field: &Field) -> Markup {
    html! { @if field.required { " " span.required { (ctx.t("form-required")) } } }
}

fn error_line(error: Option<&str>, id: &str) -> Markup {
    html! { @if let Some(error) = error { p.error id={ (id) "-error" } { (error) } } }
}

/// Why a field's value was refused and what would be right, in the reader's language.
pub fn refusal(lang: Lang, kind: &Kind, problem: &Problem) -> String {
    let member = |name: &str| problem.more.get(name).and_then(Value::as_str).unwrap_or_default();
    let value = member("value");
    let Some(field) = kind.field(base_of(member("field"))) else {
        return lang.text("problem-invalid");
    };
    let typed = type_name(field.field_type);
    let key = match typed {
        _ if value.is_empty() => "refused-required",
        // The value is shortened where it is shown: the mark at its end stands for the rest.
        "line" | "lines" | "translated_line" | "links" | "link" if value.ends_with('…') => "refused-too-long",
        "prose" | "translated_prose" if value.ends_with('…') => "refused-too-long",
        "line" | "translated_line" if value.contains('\n') => "refused-several-lines",
        "code" | "codes" => "refused-code",
        "reference" | "references" => "refused-reference",
        "link" | "links" => "refused-link",
        "date" | "month" | "moment_range" | "position" | "integer" | "email" | "country" | "digest" => {
            return lang.text_with(&format!("refused-{typed}"), &[("value", quoted(lang, value).into())]);
        }
        _ => "refused-line",
    };
    lang.text_with(key, &[("value", quoted(lang, value).into()), ("max", field.bytes_max.into())])
}

/// A value as it was entered, in the quotation marks of the language.
fn quoted(lang: Lang, value: &str) -> String {
    match lang {
        Lang::En => format!("“{value}”"),
        Lang::It => format!("«{value}»"),
        Lang::Sl => format!("»{value}«"),
        Lang::Fr => format!("«\u{a0}{value}\u{a0}»"),
    }
}

fn hint_text(ctx: &Ctx, field: &Field) -> Option<String> {
    let key = match field.field_type {
        _ if field.name == "nuts" => "hint-nuts",
        _ if field.name == "identifiers" => "hint-identifiers",
        FieldType::Lines | FieldType::Links => "hint-lines",
        FieldType::Country => "hint-country",
        FieldType::Position => "hint-position",
        FieldType::Email => "hint-email",
        FieldType::References(_) => "hint-references",
        _ => return None,
    };
    Some(ctx.t(key))
}

fn hint(ctx: &Ctx, field: &Field, id: &str) -> Markup {
    html! { @if let Some(text) = hint_text(ctx, field) { p.hint id={ (id) "-hint" } { (text) } } }
}

/// The ids of hint and error line, for assistive technology.
fn described(ctx: &Ctx, field: &Field, id: &str, failed: bool) -> Option<String> {
    let hint = hint_text(ctx, field).map(|_| format!("{id}-hint"));
    let error = failed.then(|| format!("{id}-error"));
    let ids: Vec<String> = hint.into_iter().chain(error).collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn input(ctx: &Ctx, field: &Field, key: &str, id: &str, values: &Values, choices: &Choices, failed: bool) -> Markup {
    let name = format!("{PREFIX}{key}");
    let described = described(ctx, field, id, failed);
    let invalid = failed.then_some("true");
    let value = values.one(key);
    match field.field_type {
        FieldType::Code(vocabulary) => codes(ctx, vocabulary, &name, id, value, field.required),
        FieldType::Reference(kinds) => references(ctx, kinds, &name, id, &[value.to_owned()], choices, false),
        FieldType::References(kinds) => references(ctx, kinds, &name, id, values.all(key), choices, true),
        FieldType::Country => countries(ctx, &name, id, value, (described.as_deref(), invalid)),
        _ if field.is_long() || field.is_set() => {
            let text = values.all(key).join("\n");
            let rows = if field.is_set() { "3" } else { "5" };
            html! {
                textarea id=(id) name=(name) rows=(rows) aria-describedby=[described] aria-invalid=[invalid] {
                    // A first line break of a textarea is dropped by browsers.
                    "\n" (text)
                }
            }
        }
        _ => html! {
            input id=(id) name=(name) type=(input_type(field)) value=(value) required[field.required]
                autocomplete="off" aria-describedby=[described] aria-invalid=[invalid];
        },
    }
}

fn input_type(field: &Field) -> &'static str {
    match field.field_type {
        FieldType::Date => "date",
        FieldType::Month => "month",
        FieldType::Integer { .. } => "number",
        FieldType::Link => "url",
        FieldType::Email => "email",
        _ => "text",
    }
}

fn translated(ctx: &Ctx, field: &Field, values: &Values, error: Option<&str>) -> Markup {
    let own = ctx.lang.code();
    let first = LANGUAGES.iter().filter(|lang| **lang == own);
    let order: Vec<&str> = first.chain(LANGUAGES.iter().filter(|lang| **lang != own)).copied().collect();
    let control = |lang: &str| {
        let key = format!("{}@{lang}", field.name);
        let id = control_id(&key);
        let (name, value) = (format!("{PREFIX}{key}"), values.one(&key));
        html! {
            div.language {
                label for=(id) { (language(ctx.lang, lang)) span.vh { " – " (field_label(ctx.lang, field.name)) } }
                @if field.is_long() {
                    textarea id=(id) name=(name) rows="4" lang=(lang) { "\n" (value) }
                } @else {
                    input id=(id) name=(name) type="text" value=(value) lang=(lang) autocomplete="off";
                }
            }
        }
    };
    let open = |lang: &&str| *lang == own || !values.one(&format!("{}@{lang}", field.name)).is_empty();
    let (shown, folded): (Vec<&str>, Vec<&str>) = order.into_iter().partition(open);
    html! {
        fieldset.field id=(control_id(field.name)) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (error_line(error, &control_id(field.name)))
            @for lang in shown { (control(lang)) }
            @if !folded.is_empty() {
                details id={ "more-" (field.name) } {
                    summary { (ctx.t("form-more-languages")) }
                    @for lang in folded { (control(lang)) }
                }
            }
        }
    }
}

fn offered<'a>(kinds: &'static [&'static str], choices: &'a Choices) -> impl Iterator<Item = &'a (RecordKey, String)> {
    kinds.iter().filter_map(|kind| choices.get(kind)).flatten()
}

fn reference_boxes(
    ctx: &Ctx,
    field: &Field,
    kinds: &'static [&'static str],
    values: &Values,
    choices: &Choices,
    error: Option<&str>,
) -> Markup {
    let standing: Vec<&String> = values.all(field.name).iter().filter(|text| !text.is_empty()).collect();
    let known: Vec<(String, &String)> = offered(kinds, choices).map(|(key, title)| (key.to_string(), title)).collect();
    // What the record refers to stays ticked even where it is not (yet) here.
    let others = standing.iter().filter(|text| !known.iter().any(|(key, _)| key == **text));
    let all: Vec<(&str, &str)> =
        known.iter().map(|(k, t)| (k.as_str(), t.as_str())).chain(others.map(|t| (t.as_str(), t.as_str()))).collect();
    html! {
        fieldset.field id=(control_id(field.name)) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (error_line(error, &control_id(field.name)))
            @if all.is_empty() { p.hint { (ctx.t("form-nothing-to-choose")) } } @else {
                div.checks.long {
                    @for (n, (key, title)) in all.iter().enumerate() {
                        @let id = format!("{}-{n}", control_id(field.name));
                        div.check {
                            input type="checkbox" id=(id) name={ (PREFIX) (field.name) } value=(key)
                                checked[standing.iter().any(|text| text == key)];
                            label for=(id) { (title) }
                        }
                    }
                }
            }
        }
    }
}

/// Start, end and time zone, which are one value of the record.
fn moments(ctx: &Ctx, field: &Field, values: &Values, error: Option<&str>) -> Markup {
    let text = values.one(field.name);
    let (range, zone) = text.trim_end_matches(']').split_once('[').unwrap_or((text, ""));
    let (start, end) = range.split_once('/').unwrap_or((range, ""));
    let id = control_id(field.name);
    let name = format!("{PREFIX}{}", field.name);
    let own = ctx.status.roster.partners.get(&ctx.status.partner).map_or("", |p| p.country.as_str());
    let near = COUNTRIES.iter().zip(ZONES).find(|(country, _)| **country == own).map_or("", |(_, zone)| zone);
    let zone = if zone.is_empty() { near } else { zone };
    let zones = ZONES.iter().copied().chain(Some(zone).filter(|z| !z.is_empty() && !ZONES.contains(z)));
    html! {
        fieldset.field id=(id) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (error_line(error, &id))
            div.moments {
                div { label for={ (id) "-start" } { (ctx.t("form-start")) }
                    input id={ (id) "-start" } name={ (name) (START) } type="datetime-local" value=(start); }
                div { label for={ (id) "-end" } { (ctx.t("form-end")) }
                    input id={ (id) "-end" } name={ (name) (END) } type="datetime-local" value=(end); }
                div { label for={ (id) "-zone" } { (ctx.t("form-zone")) }
                    select id={ (id) "-zone" } name={ (name) (ZONE) } {
                        @for known in zones { option value=(known) selected[known == zone] { (known) } }
                    } }
            }
        }
    }
}

fn checkboxes(ctx: &Ctx, field: &Field, vocabulary: &Vocabulary, values: &Values, error: Option<&str>) -> Markup {
    let standing = values.all(field.name);
    let unknown = standing.iter().filter(|code| !code.is_empty() && vocabulary.term(code).is_none());
    let box_of = |code: &str, label: &str| {
        let id = format!("{}-{code}", control_id(field.name));
        html! {
            div.check {
                input type="checkbox" id=(id) name={ (PREFIX) (field.name) } value=(code)
                    checked[standing.iter().any(|c| c == code)];
                label for=(id) { (label) }
            }
        }
    };
    html! {
        fieldset.field id=(control_id(field.name)) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (error_line(error, &control_id(field.name)))
            div.checks {
                @for term in vocabulary.terms { (box_of(term.code, term.label(ctx.lang.code()))) }
                // Codes of a newer version are kept unless somebody unchecks them.
                @for code in unknown { (box_of(code, code)) }
            }
        }
    }
}

fn codes(ctx: &Ctx, vocabulary: &Vocabulary, name: &str, id: &str, value: &str, required: bool) -> Markup {
    html! {
        select id=(id) name=(name) required[required] {
            option value="" { (ctx.t("form-none")) }
            @for term in vocabulary.terms {
                option value=(term.code) selected[term.code == value] { (term.label(ctx.lang.code())) }
            }
            @if !value.is_empty() && vocabulary.term(value).is_none() { option value=(value) selected { (value) } }
        }
    }
}

fn countries(
    ctx: &Ctx,
    name: &str,
    id: &str,
    value: &str,
    (described, invalid): (Option<&str>, Option<&str>),
) -> Markup {
    let list = format!("{id}-list");
    html! {
        input id=(id) name=(name) type="text" value=(value) list=(list) maxlength="2" size="4" autocomplete="off"
            aria-describedby=[described] aria-invalid=[invalid];
        datalist id=(list) { @for code in COUNTRIES { option value=(code) { (country(ctx.lang, code)) } } }
    }
}

fn references(
    ctx: &Ctx,
    kinds: &[&'static str],
    name: &str,
    id: &str,
    standing: &[String],
    choices: &Choices,
    many: bool,
) -> Markup {
    let offered: Vec<&(RecordKey, String)> = kinds.iter().filter_map(|k| choices.get(k)).flatten().collect();
    let is_standing = |key: &RecordKey| standing.iter().any(|s| *s == key.to_string());
    // What the record refers to stays selected even where it is not (yet) here or not offered.
    let others: Vec<&String> =
        standing.iter().filter(|s| !s.is_empty() && !offered.iter().any(|(k, _)| k.to_string() == **s)).collect();
    html! {
        select id=(id) name=(name) multiple[many] size=[many.then(|| offered.len().clamp(3, 8).to_string())]
            aria-describedby=[many.then(|| format!("{id}-hint"))] {
            @if !many { option value="" { (ctx.t("form-none")) } }
            @for (key, title) in offered { option value=(key) selected[is_standing(key)] { (title) } }
            @for other in others { option value=(other) selected { (other) } }
        }
    }
}

/// One control for one value, of the name given.
pub fn single(field: &Field, name: &str, id: &str, value: &str, ctx: &Ctx) -> Markup {
    match field.field_type {
        FieldType::Code(vocabulary) => codes(ctx, vocabulary, name, id, value, false),
        _ if field.is_long() => html! { textarea id=(id) name=(name) rows="5" { "\n" (value) } },
        _ => html! { input id=(id) name=(name) type=(input_type(field)) value=(value) autocomplete="off"; },
    }
}

/// What the records are called that a form offers, for lists of differences.
pub fn titles(choices: &Choices) -> Titles {
    choices.values().flatten().cloned().collect()
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
                let [english, italian, ..] = Lang::ALL.map(|lang| refusal(lang, kind, &problem));
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
    }

    #[test]
    fn members_of_a_text_area_are_lines() {
        let kind = kind("organisation").unwrap();
        let changed = values(&[("other_names", "b\r\na\n\na")]).changed(kind, &Values::default());
        assert_eq!(Value::Object(changed), json!({"other_names": ["a", "b"]}), "one per line, each once");
    }
}
