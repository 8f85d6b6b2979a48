//! Lists of records of all partners: filtered and paged on the server.

use super::layout::{Ctx, LISTS, Place};
use super::show;
use crate::api::limits::{PAGE_ROWS, QUERY_BYTES_MAX};
use crate::api::{Answer, Problem};
use crate::store::StoreError;
use crate::views::{Filter, Group, ListPage, Reader, Titles, title};
use axum::response::Response;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use maud::{Markup, html};

/// The fields that a kind's list shows beside the title.
fn columns(kind: &str) -> &'static [&'static str] {
    match kind {
        "network" => &["levels", "country", "target_groups", "coordinators"],
        "organisation" => &["type", "city", "country", "target_groups"],
        "practice" => &["implementing_organisation", "country", "target_groups", "state"],
        "event" => &["type", "when", "place", "networks", "state"],
        _ => &[],
    }
}

/// `GET /networks`.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn networks(ctx: Ctx) -> Answer<Response> {
    list(ctx, "network").await
}

/// `GET /organisations`.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn organisations(ctx: Ctx) -> Answer<Response> {
    list(ctx, "organisation").await
}

/// `GET /practices`.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn practices(ctx: Ctx) -> Answer<Response> {
    list(ctx, "practice").await
}

/// `GET /events`.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn events(ctx: Ctx) -> Answer<Response> {
    list(ctx, "event").await
}

struct Found {
    page: ListPage,
    groups: Vec<Group>,
    titles: Titles,
    networks: Vec<(RecordKey, String)>,
}

async fn list(ctx: Ctx, kind: &'static str) -> Answer<Response> {
    let filter = filter(&ctx, kind)?;
    let number = ctx.query("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let found = read(&ctx, filter, number).await?;
    let plural = ctx.t(&format!("kinds-{kind}"));
    let main = html! {
        div.head {
            h1 { (plural) }
            a.button href={ "/records/new?kind=" (kind) } { (ctx.t(&format!("new-{kind}"))) }
        }
        (filters(&ctx, kind, &found.networks))
        section #list data-live aria-label=(plural) {
            p.summary role="status" { (ctx.tw("n-records", &[("n", found.page.total.into())])) }
            @if found.groups.is_empty() { (empty(&ctx, kind)) } @else { (table(&ctx, kind, &found)) (pager(&ctx, &found.page)) }
        }
    };
    Ok(ctx.page(Place::Kind(kind), &plural, main))
}

fn filter(ctx: &Ctx, kind: &str) -> Answer<Filter> {
    let text = |name: &str| ctx.query(name).map(str::to_owned);
    if ctx.query("q").is_some_and(|q| q.len() > QUERY_BYTES_MAX) {
        return Err(Problem::bad_request(format!("the search text is longer than {QUERY_BYTES_MAX} bytes")));
    }
    let network = ctx.query("network").map(crate::api::parse_key).transpose()?;
    Ok(Filter {
        kind: Some(kind.to_owned()),
        register: None,
        country: text("country").map(|c| c.to_ascii_uppercase()),
        target_group: text("target_group"),
        network,
        q: text("q"),
        deleted: false,
    })
}

async fn read(ctx: &Ctx, filter: Filter, number: usize) -> Answer<Found> {
    let (index, roster, lang) = (ctx.app.index(), ctx.status.roster.clone(), ctx.lang);
    let own = (ctx.status.partner, ctx.status.device);
    let found = ctx.app.node().read(move |store| {
        let page = index.list(store, &filter, lang, number, PAGE_ROWS)?;
        let reader = Reader::new(store, &roster, own, lang);
        let rows: Vec<&Row> = page.groups.iter().flatten().collect();
        let titles = reader.titles(&rows)?;
        let groups = page.groups.iter().cloned().filter_map(|rows| reader.group(rows).transpose());
        let groups = groups.collect::<Result<Vec<_>, StoreError>>()?;
        let networks = Filter { kind: Some("network".into()), ..Filter::default() };
        let networks = index.list(store, &networks, lang, 1, crate::api::limits::CHOICES_MAX)?;
        let named =
            networks.groups.iter().filter_map(|rows| rows.first()).map(|row| (row.key.clone(), title(row, lang)));
        let networks = named.collect();
        Ok(Found { page, groups, titles, networks })
    });
    Ok(found.await?)
}

fn filters(ctx: &Ctx, kind: &str, networks: &[(RecordKey, String)]) -> Markup {
    let has = |field: &str| schema::kind(kind).is_some_and(|kind| kind.field(field).is_some());
    let is = |name: &str, value: &str| ctx.query(name) == Some(value);
    let path = LISTS.iter().find(|(k, _)| *k == kind).map_or("/", |(_, path)| path);
    let active = ["q", "country", "target_group", "network"].iter().any(|name| ctx.query(name).is_some());
    html! {
        form.filters method="get" action=(path) role="search" data-filter {
            div { label for="q" { (ctx.t("filter-text")) }
                input #q name="q" type="search" value=[ctx.query("q")] maxlength="100"; }
            @if has("country") {
                div { label for="country" { (ctx.t("field-country")) }
                    select #country name="country" {
                        option value="" { (ctx.t("filter-all")) }
                        @for code in ["SI", "IT", "FR"] {
                            option value=(code) selected[is("country", code)] { (show::country(ctx.lang, code)) }
                        }
                    } }
            }
            @if has("target_groups")
                && let Some(vocabulary) = schema::vocabulary("target_group") {
                div { label for="target_group" { (ctx.t("field-target_groups")) }
                    select #target_group name="target_group" {
                        option value="" { (ctx.t("filter-all")) }
                        @for term in vocabulary.terms {
                            option value=(term.code) selected[is("target_group", term.code)] { (term.label(ctx.lang.code())) }
                        }
                    } }
            }
            @if kind != "network" && !networks.is_empty() {
                div { label for="network" { (ctx.t("kind-network")) }
                    select #network name="network" {
                        option value="" { (ctx.t("filter-all")) }
                        @for (key, title) in networks {
                            option value=(key) selected[is("network", &key.to_string())] { (title) }
                        }
                    } }
            }
            div.actions {
                button type="submit" { (ctx.t("filter-apply")) }
                @if active { a href=(path) { (ctx.t("filter-clear")) } }
            }
        }
    }
}

fn table(ctx: &Ctx, kind: &str, found: &Found) -> Markup {
    let fields: Vec<_> = columns(kind).iter().filter_map(|name| schema::kind(kind)?.field(name)).collect();
    let label = |name: &str| ctx.t(&format!("field-{name}"));
    html! {
        table.cards role="table" {
            caption.vh { (ctx.t(&format!("kinds-{kind}"))) }
            thead role="rowgroup" { tr role="row" {
                th role="columnheader" scope="col" { (ctx.t("list-name")) }
                @for field in &fields { th role="columnheader" scope="col" { (label(field.name)) } }
                th role="columnheader" scope="col" { (ctx.t("list-register")) }
            } }
            tbody role="rowgroup" {
                @for group in &found.groups {
                    tr role="row" {
                        th role="rowheader" scope="row" {
                            a href={ "/records/" (group.key) } { (group.title) }
                            (marks(ctx, group))
                        }
                        @for field in &fields {
                            td role="cell" data-label=(label(field.name)) {
                                @if let Some(version) = group.versions.first()
                                    && let Some(value) = show::field(ctx.lang, &version.row, field, &found.titles) { (value) }
                            }
                        }
                        td role="cell" data-label=(ctx.t("list-register")) {
                            ul.set { @for version in &group.versions { li { (version.register_name) } } }
                        }
                    }
                }
            }
        }
    }
}

/// What needs a look: conflicts, registers that differ, a disputed deletion.
pub fn marks(ctx: &Ctx, group: &Group) -> Markup {
    let conflicts = group.versions.iter().any(|v| !v.conflicts.is_empty());
    html! {
        @if conflicts { " " span.tag.warn { (show::icon("warn")) (ctx.t("mark-conflict")) } }
        @if !group.differs.is_empty() { " " span.tag { (show::icon("warn")) (ctx.t("mark-differs")) } }
    }
}

fn pager(ctx: &Ctx, page: &ListPage) -> Markup {
    html! {
        @if page.pages > 1 {
            nav.pager aria-label=(ctx.t("pager")) {
                @if page.page > 1 { a rel="prev" href=(ctx.here_with("page", &(page.page - 1).to_string())) { "← " (ctx.t("pager-before")) } }
                span { (ctx.tw("pager-here", &[("page", page.page.into()), ("pages", page.pages.into())])) }
                @if page.page < page.pages { a rel="next" href=(ctx.here_with("page", &(page.page + 1).to_string())) { (ctx.t("pager-next")) " →" } }
            }
        }
    }
}

fn empty(ctx: &Ctx, kind: &str) -> Markup {
    let filtered = ["q", "country", "target_group", "network"].iter().any(|name| ctx.query(name).is_some());
    html! {
        div.empty {
            @if filtered { p { (ctx.t("list-none-found")) } }
            @else {
                p { (ctx.t(&format!("list-empty-{kind}"))) }
                p { a.button href={ "/records/new?kind=" (kind) } { (ctx.t(&format!("new-{kind}"))) } }
            }
        }
    }
}
