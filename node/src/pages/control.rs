//! The controls of forms: for each type of field one that works with keyboard and without a script.

use super::form::{AT, END, FIND, NEW_ENTRIES, PREFIX, REMOVE, START, TIME, Values, ZONE, fields, keys};
use super::layout::Ctx;
use super::offers::{Offer, Offers};
use super::show::{country, language};
use crate::i18n::COUNTRIES;
use crate::views::{field_label, field_label_in, time};
use comin_protocol::schema::{Field, FieldType, Kind, LANGUAGES, PERSON, Vocabulary, base_of};
use maud::{Markup, html};

/// Time zones offered: those of the partnership, in the order of [`COUNTRIES`].
const ZONES: [&str; 3] = ["Europe/Ljubljana", "Europe/Rome", "Europe/Paris"];

/// All controls of a kind. `error`: the field that was refused, and why. `fixed`: fields that cannot change,
/// such as the ends of a link that exists.
pub fn controls(
    ctx: &Ctx,
    kind: &Kind,
    values: &Values,
    offers: &Offers,
    error: Option<(&str, &str)>,
    fixed: &[&str],
) -> Markup {
    let refused = |field: &Field| error.filter(|(name, _)| base_of(name) == field.name);
    html! {
        @for field in fields(kind).filter(|field| !fixed.contains(&field.name)) {
            (control(ctx, kind, field, values, offers.get(field.name), refused(field).map(|(_, text)| text)))
        }
    }
}

/// The id of a field's first control, for links from error summaries.
pub fn control_id(field: &str) -> String {
    format!("c-{}", field.replace(['@', '.', '/'], "-"))
}

fn control(
    ctx: &Ctx,
    kind: &Kind,
    field: &Field,
    values: &Values,
    offer: Option<&Offer>,
    error: Option<&str>,
) -> Markup {
    if field.is_translated() {
        return translated(ctx, field, field.name, values, error);
    }
    match field.field_type {
        FieldType::Codes(vocabulary) => return checkboxes(ctx, field, vocabulary, values, error),
        FieldType::References(_) => return reference_boxes(ctx, field, values, offer, error),
        FieldType::MomentRange => return moments(ctx, field, &control_id(field.name), values, error),
        FieldType::Entries(subs) => return entries(ctx, field, subs, values, error),
        FieldType::Log(list) => return first_step(ctx, field, list, values, error),
        _ => {}
    }
    let id = control_id(field.name);
    html! {
        div.field {
            label for=(id) { (field_label_in(ctx.lang, kind.name, field.name)) (required(ctx, field)) }
            (hint(ctx, field, &id))
            (error_line(error, &id))
            @match (field.field_type, offer) {
                (FieldType::Reference(_), Some(offer)) => (reference(ctx, field, &id, values, offer, error.is_some())),
                _ => (input(ctx, field, field.name, &id, values, error.is_some())),
            }
        }
    }
}

fn required(ctx: &Ctx, field: &Field) -> Markup {
    html! { @if field.required { " " span.required { (ctx.t("form-required")) } } }
}

fn error_line(error: Option<&str>, id: &str) -> Markup {
    html! { @if let Some(error) = error { p.error id={ (id) "-error" } { (error) } } }
}

fn hint_text(ctx: &Ctx, field: &Field) -> Option<String> {
    let key = match field.field_type {
        _ if field.name == "nuts" => "hint-nuts",
        _ if field.name == "identifiers" => "hint-identifiers",
        FieldType::Lines | FieldType::Links => "hint-lines",
        FieldType::Country => "hint-country",
        FieldType::Position => "hint-position",
        // Of a person the address is a person's.
        FieldType::Email if !PERSON.fields.iter().any(|own| std::ptr::eq(own, field)) => "hint-email",
        FieldType::Digest => "hint-digest",
        FieldType::Month => "hint-month",
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

fn input(ctx: &Ctx, field: &Field, key: &str, id: &str, values: &Values, failed: bool) -> Markup {
    let name = format!("{PREFIX}{key}");
    let described = described(ctx, field, id, failed);
    let invalid = failed.then_some("true");
    let value = values.one(key);
    match field.field_type {
        FieldType::Code(vocabulary) => codes(ctx, vocabulary, &name, id, value, field.required),
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

/// A text in each language; `base`: what stands before the language in its flat keys.
fn translated(ctx: &Ctx, field: &Field, base: &str, values: &Values, error: Option<&str>) -> Markup {
    let own = ctx.lang.code();
    let first = LANGUAGES.iter().filter(|lang| **lang == own);
    let order: Vec<&str> = first.chain(LANGUAGES.iter().filter(|lang| **lang != own)).copied().collect();
    let control = |lang: &str| {
        let key = format!("{base}@{lang}");
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
    let open = |lang: &&str| *lang == own || !values.one(&format!("{base}@{lang}")).is_empty();
    let (shown, folded): (Vec<&str>, Vec<&str>) = order.into_iter().partition(open);
    html! {
        fieldset.field id=(control_id(base)) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (error_line(error, &control_id(base)))
            @for lang in shown { (control(lang)) }
            @if !folded.is_empty() {
                details id={ "more-" (control_id(base)) } {
                    summary { (ctx.t("form-more-languages")) }
                    @for lang in folded { (control(lang)) }
                }
            }
        }
    }
}

/// One record: of few all are offered, of many those that somebody has looked for.
fn reference(ctx: &Ctx, field: &Field, id: &str, values: &Values, offer: &Offer, failed: bool) -> Markup {
    let standing = values.one(field.name);
    let found = offer.found.first().filter(|_| standing.is_empty()).map(|key| key.to_string());
    let chosen = found.as_deref().unwrap_or(standing);
    let is_known = offer.records.iter().any(|(key, _)| key.to_string() == chosen);
    html! {
        select id=(id) name={ (PREFIX) (field.name) } aria-invalid=[failed.then_some("true")]
            aria-describedby=[failed.then(|| format!("{id}-error"))] {
            option value="" { (ctx.t("form-none")) }
            @for (key, title) in &offer.records { option value=(key) selected[key.to_string() == chosen] { (title) } }
            // What the record refers to stays selected even where it is not (yet) here.
            @if !chosen.is_empty() && !is_known { option value=(chosen) selected { (chosen) } }
        }
        (finder(ctx, field, id, values, offer))
    }
}

/// Looking for a record among many: a name, and a button that brings the form back with what was found.
fn finder(ctx: &Ctx, field: &Field, id: &str, values: &Values, offer: &Offer) -> Markup {
    let name = format!("{}{FIND}", field.name);
    let asked = values.one(&name);
    html! {
        // What was looked for stands in the sentence: left in the field, saving would look for it again.
        @if offer.is_searched {
            div.find {
                label for={ (id) "-find" } { (ctx.t("form-find")) span.vh { " – " (field_label(ctx.lang, field.name)) } }
                div.actions {
                    input id={ (id) "-find" } type="search" name={ (PREFIX) (name) } autocomplete="off";
                    button.quiet type="submit" name="find" value=(field.name) formnovalidate { (ctx.t("form-find-button")) }
                }
                @if !asked.is_empty() {
                    p.hint role="status" { (ctx.tw("form-found", &[("n", offer.found.len().into()), ("text", asked.into())])) }
                }
            }
        }
    }
}

fn reference_boxes(ctx: &Ctx, field: &Field, values: &Values, offer: Option<&Offer>, error: Option<&str>) -> Markup {
    let standing: Vec<&String> = values.all(field.name).iter().filter(|text| !text.is_empty()).collect();
    let known: Vec<(String, &str)> = offer
        .map_or(&[][..], |offer| offer.records.as_slice())
        .iter()
        .map(|(key, title)| (key.to_string(), title.as_str()))
        .collect();
    // What the record refers to stays ticked even where it is not (yet) here.
    let others = standing.iter().filter(|text| !known.iter().any(|(key, _)| key == **text));
    let all: Vec<(&str, &str)> =
        known.iter().map(|(k, t)| (k.as_str(), *t)).chain(others.map(|t| (t.as_str(), t.as_str()))).collect();
    let id = control_id(field.name);
    html! {
        fieldset.field id=(id) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            (error_line(error, &id))
            @if all.is_empty() && offer.is_none_or(|offer| !offer.is_searched) { p.hint { (ctx.t("form-nothing-to-choose")) } }
            @if !all.is_empty() {
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
            @if let Some(offer) = offer { (finder(ctx, field, &id, values, offer)) }
        }
    }
}

/// The entries that stand, each with a box to take it away, and empty ones to fill in.
fn entries(ctx: &Ctx, field: &Field, subs: &'static [Field], values: &Values, error: Option<&str>) -> Markup {
    let id = control_id(field.name);
    let standing = values.all(field.name);
    let filled = |entry: &&str| {
        subs.iter().flat_map(keys).any(|key| !values.one(&format!("{}.{entry}.{key}", field.name)).is_empty())
    };
    let (open, folded): (Vec<&str>, Vec<&str>) =
        NEW_ENTRIES.into_iter().partition(|entry| *entry == NEW_ENTRIES[0] || filled(entry));
    html! {
        fieldset.field.entries id=(id) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            p.hint { (ctx.t("form-entries-hint")) }
            (error_line(error, &id))
            @for (n, entry) in standing.iter().enumerate() {
                input type="hidden" name={ (PREFIX) (field.name) } value=(entry);
                (one_entry(ctx, field, subs, entry, &ctx.tw("form-entry", &[("n", (n + 1).into())]), values))
            }
            @for entry in open { (one_entry(ctx, field, subs, entry, &ctx.t("form-entry-new"), values)) }
            @if !folded.is_empty() {
                details id={ "more-" (field.name) } {
                    summary { (ctx.t("form-entry-more")) }
                    @for entry in folded { (one_entry(ctx, field, subs, entry, &ctx.t("form-entry-new"), values)) }
                }
            }
        }
    }
}

fn one_entry(ctx: &Ctx, field: &Field, subs: &'static [Field], entry: &str, label: &str, values: &Values) -> Markup {
    let base = format!("{}.{entry}", field.name);
    let remove = format!("{base}{REMOVE}");
    html! {
        fieldset.card {
            legend { (label) }
            @for sub in subs {
                @let key = format!("{base}.{}", sub.name);
                @if sub.is_translated() { (translated(ctx, sub, &key, values, None)) } @else {
                    div.field {
                        label for=(control_id(&key)) { (field_label(ctx.lang, sub.name)) }
                        (input(ctx, sub, &key, &control_id(&key), values, false))
                    }
                }
            }
            @if !NEW_ENTRIES.contains(&entry) {
                div.check {
                    input type="checkbox" id=(control_id(&remove)) name={ (PREFIX) (remove) } checked[!values.one(&remove).is_empty()];
                    label for=(control_id(&remove)) { (ctx.t("form-entry-remove")) }
                }
            }
        }
    }
}

/// The day on which a log begins; it goes on by steps of its own.
fn first_step(ctx: &Ctx, field: &Field, list: &Vocabulary, values: &Values, error: Option<&str>) -> Markup {
    let id = control_id(field.name);
    let name = format!("{}{AT}", field.name);
    let first = list.terms.first().map_or("", |term| term.label(ctx.lang.code()));
    html! {
        @if values.begins_log(field) {
            div.field {
                label for=(id) { (field_label(ctx.lang, field.name)) (ctx.lang.colon()) (first) }
                (error_line(error, &id))
                input id=(id) name={ (PREFIX) (name) } type="date" value=(values.one(&name)) max=(time::today());
            }
        }
    }
}

/// Start, end and time zone, which are one value of the record.
fn moments(ctx: &Ctx, field: &Field, id: &str, values: &Values, error: Option<&str>) -> Markup {
    let text = values.one(field.name);
    let (range, zone) = text.trim_end_matches(']').split_once('[').unwrap_or((text, ""));
    let (start, end) = range.split_once('/').unwrap_or((range, ""));
    let ends = [("start", START, start), ("end", END, end)];
    let name = format!("{PREFIX}{}", field.name);
    let own = ctx.status.roster.partners.get(&ctx.status.partner).map_or("", |p| p.country.as_str());
    let near = COUNTRIES.iter().zip(ZONES).find(|(country, _)| **country == own).map_or("", |(_, zone)| zone);
    let zone = if zone.is_empty() { near } else { zone };
    let zones = ZONES.iter().copied().chain(Some(zone).filter(|z| !z.is_empty() && !ZONES.contains(z)));
    html! {
        fieldset.field id=(id) tabindex="-1" {
            legend { (field_label(ctx.lang, field.name)) (required(ctx, field)) }
            p.hint { (ctx.t("hint-moments")) }
            (error_line(error, id))
            div.moments {
                @for (part, behind, moment) in ends {
                    @let (day, time) = moment.split_once('T').unwrap_or((moment, ""));
                    div { label for={ (id) "-" (part) } { (ctx.t(&format!("form-{part}"))) }
                        input id={ (id) "-" (part) } name={ (name) (behind) } type="date" value=(day); }
                    div { label for={ (id) "-" (part) "-time" } { (ctx.t(&format!("form-{part}-time"))) }
                        input id={ (id) "-" (part) "-time" } name={ (name) (behind) (TIME) } type="time" value=(time); }
                }
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

/// The control of one field of several parts, outside a whole form; `before` makes its ids different from others'.
pub fn one(ctx: &Ctx, field: &Field, values: &Values, offers: &Offers, before: &str) -> Markup {
    let id = format!("{before}-{}", control_id(field.name));
    match (field.field_type, offers.get(field.name)) {
        (FieldType::MomentRange, _) => moments(ctx, field, &id, values, None),
        (_, Some(offer)) => html! {
            label for=(id) { (field_label(ctx.lang, field.name)) }
            (reference(ctx, field, &id, values, &Offer { records: offer.records.clone(), ..Offer::default() }, false))
        },
        _ => html! {},
    }
}

/// One control for one value of a field, of the name given: for the decision of a conflict.
pub fn single(ctx: &Ctx, field: &Field, name: &str, id: &str, value: &str) -> Markup {
    match field.field_type {
        FieldType::Code(vocabulary) => codes(ctx, vocabulary, name, id, value, false),
        FieldType::Country => countries(ctx, name, id, value, (None, None)),
        _ if field.is_long() => html! { textarea id=(id) name=(name) rows="5" { "\n" (value) } },
        _ => html! { input id=(id) name=(name) type=(input_type(field)) value=(value) autocomplete="off"; },
    }
}
