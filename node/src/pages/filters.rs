//! The filters of lists, board and search: one form, read from the address.

use super::layout::Ctx;
use super::show;
use crate::api::limits::QUERY_BYTES_MAX;
use crate::api::{Answer, Problem, parse_key};
use crate::i18n::{COUNTRIES, Lang};
use crate::search::{Query, SearchIndex, words_of};
use crate::store::{Store, StoreError};
use crate::views::{Filter, ListPage, RecordIndex, kind_label, title};
use comin_protocol::ids::RecordKey;
use comin_protocol::schema::{self, FieldType, LANGUAGES, Vocabulary};
use maud::{Markup, html};

/// The parameters that narrow a list down.
const NAMES: [&str; 6] = ["q", "country", "target_group", "network", "state", "language"];
/// Networks offered; a partnership has a few dozens.
const NETWORKS_OFFERED: usize = 200;

/// What the address asks for; empty parameters count as absent, as forms send them. `kind`: the one of the list, or the
/// one that is asked for.
///
/// # Errors
/// 400 for a parameter that cannot be read.
pub fn read(ctx: &Ctx, kind: Option<&str>) -> Answer<Filter> {
    let text = |name: &str| ctx.query(name).map(str::to_owned);
    if ctx.query("q").is_some_and(|q| q.len() > QUERY_BYTES_MAX) {
        return Err(Problem::bad_request(format!("the search text is longer than {QUERY_BYTES_MAX} bytes")));
    }
    Ok(Filter {
        kind: kind.map(str::to_owned),
        country: text("country").map(|code| code.to_ascii_uppercase()),
        target_group: text("target_group"),
        network: ctx.query("network").map(parse_key).transpose()?,
        state: text("state"),
        language: text("language"),
        q: text("q"),
        ..Filter::default()
    })
}

/// Whether the address narrows the list down.
pub fn is_active(ctx: &Ctx) -> bool {
    NAMES.iter().any(|name| ctx.query(name).is_some())
}

/// The networks that a filter offers, by title. Blocks.
///
/// # Errors
/// [`StoreError`].
pub fn networks(store: &dyn Store, index: &RecordIndex, lang: Lang) -> Result<Vec<(RecordKey, String)>, StoreError> {
    let filter = Filter { kind: Some("network".into()), ..Filter::default() };
    let list = index.list(store, &filter, lang, 1, NETWORKS_OFFERED)?;
    let rows = list.groups.iter().filter_map(|rows| rows.first());
    Ok(rows.map(|row| (row.key.clone(), title(row, lang))).collect())
}

/// One page of what a filter lets through: by title, or where it has words, the best first. Blocks.
///
/// # Errors
/// [`StoreError`].
pub fn page(
    store: &dyn Store,
    (index, search): (&RecordIndex, &SearchIndex),
    filter: &Filter,
    lang: Lang,
    (page, page_rows): (usize, usize),
) -> Result<ListPage, StoreError> {
    let text = filter.q.clone().unwrap_or_default();
    if words_of(&text).is_empty() {
        return index.list(store, filter, lang, page, page_rows);
    }
    let query = Query { text, filter: Filter { q: None, ..filter.clone() } };
    // How many there are is known only when they are found: a page behind the last one is the last one.
    let (_, total) = search.search(store, index, &query, lang, 0)?;
    let pages = total.div_ceil(page_rows.max(1)).max(1);
    let page = page.clamp(1, pages);
    let (hits, _) = search.search(store, index, &query, lang, page * page_rows)?;
    let shown = hits.into_iter().skip((page - 1) * page_rows);
    let groups = shown.map(|hit| store.rows_of(&hit.key)).collect::<Result<Vec<_>, _>>()?;
    Ok(ListPage { groups: groups.into_iter().filter(|rows| !rows.is_empty()).collect(), total, page, pages })
}

/// The states of a kind, in their order.
pub fn states(kind: &str) -> Option<&'static Vocabulary> {
    schema::kind(kind)?.fields.iter().find_map(|field| match field.field_type {
        FieldType::Log(list) => Some(list),
        FieldType::Code(list) if field.name == "state" => Some(list),
        _ => None,
    })
}

/// The form. `kind`: the one of the list; without one, the kind is a filter like the others.
pub fn form(ctx: &Ctx, path: &str, kind: Option<&str>, networks: &[(RecordKey, String)]) -> Markup {
    let has = |field: &str| kind.and_then(schema::kind).is_none_or(|kind| kind.field(field).is_some());
    let texts: Vec<(&str, String)> = LANGUAGES.iter().map(|code| (*code, show::language(ctx.lang, code))).collect();
    let countries: Vec<(&str, String)> = COUNTRIES.iter().map(|code| (*code, show::country(ctx.lang, code))).collect();
    let kinds: Vec<(&str, String)> =
        schema::KINDS.iter().map(|kind| (kind.name, kind_label(ctx.lang, kind.name))).collect();
    let named: Vec<(String, String)> = networks.iter().map(|(key, title)| (key.to_string(), title.clone())).collect();
    let terms = |list: &'static Vocabulary| -> Vec<(&str, String)> {
        list.terms.iter().map(|term| (term.code, term.label(ctx.lang.code()).to_owned())).collect()
    };
    html! {
        form.filters method="get" action=(path) role="search" data-filter {
            div { label for="q" { (ctx.t("filter-text")) }
                input #q name="q" type="search" value=[ctx.query("q")] maxlength="100"; }
            (more(ctx, html! {
                @if kind.is_none() { (choice(ctx, "kind", &ctx.t("filter-kind"), &kinds)) }
                @if has("country") { (choice(ctx, "country", &ctx.t("field-country"), &countries)) }
                @if has("target_groups")
                    && let Some(list) = schema::vocabulary("target_group") {
                    (choice(ctx, "target_group", &ctx.t("field-target_groups"), &terms(list)))
                }
                @if kind != Some("network") && !named.is_empty() {
                    (choice(ctx, "network", &ctx.t("kind-network"), &named))
                }
                @if let Some(list) = kind.and_then(states) { (choice(ctx, "state", &ctx.t("field-state"), &terms(list))) }
                (choice(ctx, "language", &ctx.t("filter-language"), &texts))
            }))
            div.actions {
                button type="submit" { (ctx.t("filter-apply")) }
                @if is_active(ctx) { a href=(path) { (ctx.t("filter-clear")) } }
            }
        }
    }
}

/// Choices that fold away where there is little room for them, unless the address makes one; elsewhere they stand in a line.
pub fn more(ctx: &Ctx, choices: Markup) -> Markup {
    let chosen = NAMES.iter().chain(&["kind"]).any(|name| *name != "q" && ctx.query(name).is_some());
    html! {
        details.fold #filters open[chosen] { summary { (ctx.t("filter-more")) } (choices) }
    }
}

/// A choice of one value, or of all.
pub fn choice<T: AsRef<str>>(ctx: &Ctx, name: &str, label: &str, options: &[(T, String)]) -> Markup {
    html! {
        div {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                option value="" { (ctx.t("filter-all")) }
                @for (value, text) in options {
                    option value=(value.as_ref()) selected[ctx.query(name) == Some(value.as_ref())] { (text) }
                }
            }
        }
    }
}
