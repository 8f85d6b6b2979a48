//! Field values as people read them.

use super::layout::Ctx;
use crate::i18n::Lang;
use crate::views::time;
use crate::views::{Group, Titles, field_label, field_label_in, scalar_text, to_json, words};
use comin_protocol::ids::RecordKey;
use comin_protocol::record::{Row, Scalar};
use comin_protocol::schema::{self, Field, FieldType, Vocabulary};
use maud::{Markup, html};
use serde_json::{Map, Value};

/// A moment: readable, and exact for machines.
pub fn moment(lang: Lang, ms: u64) -> Markup {
    html! { time datetime=(time::rfc3339(ms)) { (time::local(lang, ms)) } }
}

/// A link to a record.
pub fn record_link(key: &RecordKey, titles: &Titles) -> Markup {
    match titles.get(key) {
        Some(title) => html! { a href={ "/records/" (key) } { (title) } },
        None => html! { a href={ "/records/" (key) } { code { (key) } } },
    }
}

/// A country by its name; an unknown code as it is.
pub fn country(lang: Lang, code: &str) -> String {
    lang.lookup(&format!("country-{}", code.to_ascii_lowercase()), &[]).unwrap_or_else(|| code.to_owned())
}

/// Text with its line breaks.
fn paragraphs(text: &str) -> Markup {
    html! { @for line in text.split("\n\n") { p.prose { (line) } } }
}

/// What stands in a field; `None` where nothing does.
pub fn field(lang: Lang, row: &Row, field: &Field, titles: &Titles) -> Option<Markup> {
    if field.is_translated() {
        return translated(lang, row, field);
    }
    match field.field_type {
        FieldType::Log(list) => return log(lang, row, field, list),
        FieldType::Entries(_) => return entries(lang, row, field),
        _ => {}
    }
    if field.is_set() {
        let members = words(row, field.name);
        let list = html! { ul.set { @for member in &members { li { (text(lang, field, member, titles)) } } } };
        return (!members.is_empty()).then_some(list);
    }
    let value = row.value(field.name)?;
    Some(scalar(lang, Some(field), value, titles))
}

/// What stands in a field, as short as a list needs it; `None` where nothing does.
pub fn brief(lang: Lang, row: &Row, field_: &Field, titles: &Titles) -> Option<Markup> {
    match field_.field_type {
        FieldType::Log(list) => {
            let steps = schema::steps(row, field_, list);
            let labels =
                schema::states(&steps).into_iter().map(|code| list.term(code).map_or(code, |t| t.label(lang.code())));
            let labels: Vec<&str> = labels.collect();
            (!labels.is_empty()).then(|| html! { span.tag { (labels.join(" / ")) } })
        }
        FieldType::Entries(_) => {
            let count = schema::entries(row, field_).len();
            (count > 0).then(|| html! { (count) })
        }
        _ if field_.is_translated() => {
            let (shown, text) = schema::translated(row, field_.name, lang.code())?;
            Some(html! { span lang=[(shown != lang.code()).then_some(shown)] { (text) } })
        }
        _ => field(lang, row, field_, titles),
    }
}

/// The language of a record's title, where it is not the reader's.
pub fn foreign(lang: Lang, group: &Group) -> Option<&str> {
    let title = schema::kind(&group.key.kind)?;
    let field = title.field(title.title).filter(|field| field.is_translated())?;
    let (shown, _) = schema::translated(&group.versions.first()?.row, field.name, lang.code())?;
    (shown != lang.code()).then_some(shown)
}

/// The steps of a log, in order.
fn log(lang: Lang, row: &Row, field: &Field, list: &'static Vocabulary) -> Option<Markup> {
    let steps = schema::steps(row, field, list);
    let label = |code: &str| list.term(code).map_or(code.to_owned(), |term| term.label(lang.code()).to_owned());
    let shown = html! {
        ol.steps { @for step in &steps { li { (label(&step.to)) " – " time datetime=(step.at) { (time::day(lang, &step.at)) } } } }
    };
    (!steps.is_empty()).then_some(shown)
}

/// Ordered entries: of each its title, and its other sub-fields below it.
fn entries(lang: Lang, row: &Row, field: &Field) -> Option<Markup> {
    let json = to_json(row);
    let list = json.get(field.name)?.as_array()?;
    let text = |value: &Value| match value {
        Value::Object(texts) => {
            let order = [lang.code()].into_iter().chain(schema::LANGUAGES);
            order.filter_map(|lang| texts.get(lang)?.as_str()).next().unwrap_or_default().to_owned()
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let others = |entry: &'_ Map<String, Value>| -> Vec<(String, String)> {
        let others = entry.iter().filter(|(name, _)| !matches!(name.as_str(), "id" | "title"));
        others.map(|(name, value)| (field_label(lang, name), text(value))).collect()
    };
    Some(html! {
        ol.entries {
            @for entry in list.iter().filter_map(Value::as_object) {
                li {
                    strong { (entry.get("title").map(text).unwrap_or_default()) }
                    @for (label, value) in others(entry) { p { (label) (lang.colon()) (value) } }
                }
            }
        }
    })
}

/// A place on the earth, and how exact it is.
fn position(lang: Lang, value: &str) -> Markup {
    let (place, precision) = value.split_once(';').unwrap_or((value, ""));
    let term = schema::vocabulary("position_precision").and_then(|list| list.term(precision));
    html! { (place) @if !precision.is_empty() { " · " (term.map_or(precision, |term| term.label(lang.code()))) } }
}

/// One value of a field.
pub fn scalar(lang: Lang, field: Option<&Field>, value: &Scalar, titles: &Titles) -> Markup {
    match (value, field) {
        (Scalar::Null, _) => html! { em.muted { (lang.text("value-removed")) } },
        (Scalar::Bool(flag), _) => html! { (lang.text(if *flag { "value-yes" } else { "value-no" })) },
        (Scalar::Str(value) | Scalar::Prose(value), Some(field)) => text(lang, field, value, titles),
        (Scalar::Int(number), _) => match u64::try_from(*number) {
            Ok(number) => html! { (lang.number(number)) },
            Err(_) => html! { (number) },
        },
        (value, _) => html! { (scalar_text(value)) },
    }
}

fn text(lang: Lang, field: &Field, value: &str, titles: &Titles) -> Markup {
    match field.field_type {
        FieldType::Code(v) | FieldType::Codes(v) | FieldType::Log(v) => match v.term(value) {
            Some(term) => html! { (term.label(lang.code())) },
            None => invalid(lang, value),
        },
        FieldType::Reference(_) | FieldType::References(_) => match RecordKey::parse(value) {
            Some(key) => record_link(&key, titles),
            None => invalid(lang, value),
        },
        FieldType::Country => html! { (country(lang, value)) },
        // Only what begins so is a link: other schemes in records of others must not run anything.
        FieldType::Link | FieldType::Links if value.starts_with("https://") || value.starts_with("http://") => {
            html! { a href=(value) rel="noreferrer noopener" { (value) } }
        }
        FieldType::Email => html! { a href={ "mailto:" (value) } { (value) } },
        FieldType::MomentRange => html! { (moment_range(lang, value)) },
        FieldType::Date => html! { time datetime=(value) { (time::day(lang, value)) } },
        FieldType::Month => html! { time datetime=(value) { (time::month(lang, value)) } },
        FieldType::Position => position(lang, value),
        _ if field.is_long() => paragraphs(value),
        _ => html! { (value) },
    }
}

/// A value in the shape of the API: a text, a list of texts, or a text in each language.
pub fn json(lang: Lang, field: Option<&Field>, value: &Value, titles: &Titles) -> Markup {
    let one = |value: &str| match field {
        Some(field) => text(lang, field, value, titles),
        None => html! { (value) },
    };
    match value {
        Value::Null => html! { em.muted { (lang.text("value-none")) } },
        Value::String(value) => one(value),
        Value::Array(members) => html! {
            ul.set { @for member in members { li { (json(lang, field, member, titles)) } } }
        },
        Value::Object(members) => html! {
            @for (name, value) in members {
                @let is_language = schema::LANGUAGES.contains(&name.as_str());
                p lang=[is_language.then_some(name)] {
                    span.muted lang=(lang.code()) { @if is_language { (language(lang, name)) } @else { (field_label(lang, name)) } (lang.colon()) }
                    (json(lang, field, value, titles))
                }
            }
        },
        other => html! { (other) },
    }
}

fn invalid(lang: Lang, value: &str) -> Markup {
    html! { (value) " " span.tag { (lang.text("value-invalid")) } }
}

/// `2026-02-11T09:00/2026-02-11T12:00[Europe/Ljubljana]` as people write it, or `2026-02-11/2026-02-13`.
pub fn moment_range(lang: Lang, value: &str) -> String {
    let (range, zone) = value.trim_end_matches(']').split_once('[').unwrap_or((value, ""));
    let (start, end) = range.split_once('/').unwrap_or((range, range));
    let (start_day, start_time) = start.split_once('T').unwrap_or((start, ""));
    let (end_day, end_time) = end.split_once('T').unwrap_or((end, ""));
    let (first, last) = (time::day(lang, start_day), time::day(lang, end_day));
    if start_time.is_empty() && end_time.is_empty() {
        return if start_day == end_day { first } else { format!("{first} – {last}") };
    }
    let place = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
    let zone = if place.is_empty() { place } else { lang.text_with("moment-zone", &[("place", place.into())]) };
    match (start_day == end_day, start == end) {
        (_, true) => format!("{first}, {start_time} ({zone})"),
        (true, _) => format!("{first}, {start_time} – {end_time} ({zone})"),
        _ => format!("{first}, {start_time} – {last}, {end_time} ({zone})"),
    }
}

/// The text in the reader's language, or another one's, marked; the other languages folded away below it.
fn translated(lang: Lang, row: &Row, field: &Field) -> Option<Markup> {
    let (shown, value) = schema::translated(row, field.name, lang.code())?;
    let others: Vec<(&str, &str)> = schema::LANGUAGES
        .iter()
        .filter(|other| **other != shown)
        .filter_map(|other| Some((*other, row.text(&format!("{}@{other}", field.name))?)))
        .collect();
    let line = |text: &str| {
        if field.is_long() {
            paragraphs(text)
        } else {
            html! { (text) }
        }
    };
    Some(html! {
        div lang=(shown) {
            (line(value))
        }
        @if shown != lang.code() { span.tag { (language(lang, shown)) } }
        @if !others.is_empty() {
            details id={ "tr-" (row.doc.register.short()) "-" (field.name) } {
                summary { (lang.text_with("other-languages", &[("n", others.len().into())])) }
                @for (other, value) in others {
                    div.other lang=(other) { span.tag { (language(lang, other)) } " " (line(value)) }
                }
            }
        }
    })
}

/// The name of a language.
pub fn language(lang: Lang, code: &str) -> String {
    let term = schema::vocabulary("language").and_then(|v| v.term(code));
    term.map_or_else(|| code.to_owned(), |term| term.label(lang.code()).to_owned())
}

/// The field of a flat key; of a part of an entry that part.
pub fn field_of_key(kind: &str, key: &str) -> Option<&'static Field> {
    super::form::leaf(schema::kind(kind)?, key)
}

/// Who wrote a value and when.
pub fn origin(ctx: &Ctx, value: &crate::views::Value) -> Markup {
    let partner = value.partner.as_ref().map_or_else(|| ctx.t("unknown-partner"), |(_, name)| name.clone());
    html! {
        span.origin {
            strong { (partner) }
            @if let Some((_, device)) = &value.device { " · " (device) }
            @if value.time_ms > 0 { " · " (moment(ctx.lang, value.time_ms)) }
        }
    }
}

/// The value of a conflict, with what it means where it is about deletion.
pub fn conflict_value(ctx: &Ctx, row: &Row, key: &str, value: &crate::views::Value, titles: &Titles) -> Markup {
    if key == "deleted" {
        return match (&value.edited, &value.value) {
            (Some((edited, written)), _) => html! {
                strong { (ctx.t("conflict-edited")) }
                p { (field_label_in(ctx.lang, &row.key.kind, edited)) (ctx.lang.colon())
                    (scalar(ctx.lang, field_of_key(&row.key.kind, edited), written, titles)) }
            },
            (None, Scalar::Bool(true)) => html! { strong { (ctx.t("conflict-deleted")) } },
            _ => html! { strong { (ctx.t("conflict-restored")) } },
        };
    }
    scalar(ctx.lang, field_of_key(&row.key.kind, key), &value.value, titles)
}

/// An icon with a meaning, for eyes; the words beside it are for everyone.
pub fn icon(name: &str) -> Markup {
    let glyph = match name {
        "good" => "✓",
        "busy" => "↻",
        "act" => "!",
        "away" => "–",
        "warn" => "≠",
        _ => "i",
    };
    html! { span class={ "icon icon-" (name) } aria-hidden="true" { (glyph) } }
}
