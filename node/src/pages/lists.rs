//! Lists of records of all partners: filtered and paged on the server.

use super::layout::{Ctx, LISTS, Place};
use super::{filters, show};
use crate::api::Answer;
use crate::api::limits::PAGE_ROWS;
use crate::store::StoreError;
use crate::views::{Filter, Group, ListPage, Reader, Titles};
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
        "interest" => &["network", "transitions", "origin_event"],
        "programme" => &["networks", "languages", "modules"],
        "publication" => &["type", "language", "url"],
        _ => &[],
    }
}

struct Found {
    page: ListPage,
    groups: Vec<Group>,
    titles: Titles,
    networks: Vec<(RecordKey, String)>,
}

/// The list of a kind.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn list(ctx: Ctx, kind: &'static str) -> Answer<Response> {
    let filter = filters::read(&ctx, Some(kind))?;
    let found = read(&ctx, filter).await?;
    let plural = ctx.t(&format!("kinds-{kind}"));
    let main = html! {
        (head(&ctx, kind, &plural))
        (filters::form(&ctx, path(kind), Some(kind), &found.networks))
        section #list data-live aria-label=(plural) {
            p.summary role="status" { (ctx.tw("n-records", &[("n", found.page.total.into())])) }
            @if found.groups.is_empty() { (empty(&ctx, kind)) } @else { (table(&ctx, kind, &found)) (pager(&ctx, found.page.page, found.page.pages)) }
        }
    };
    Ok(ctx.page(Place::Kind(kind), &plural, main))
}

/// Where the list of a kind is.
pub fn path(kind: &str) -> &'static str {
    LISTS.iter().find(|(k, _)| *k == kind).map_or("/", |(_, path)| path)
}

/// The title of a list, and what one does there.
pub fn head(ctx: &Ctx, kind: &str, plural: &str) -> Markup {
    html! {
        div.head {
            h1 { (plural) }
            div.actions {
                @match kind {
                    "event" => { a.button.quiet href="/calendar" { (ctx.t("list-by-month")) } },
                    "interest" if ctx.query("view") == Some("list") => { a.button.quiet href="/interests" { (ctx.t("list-as-board")) } },
                    "interest" => { a.button.quiet href="/interests?view=list" { (ctx.t("list-as-table")) } },
                    _ => {},
                }
                a.button.quiet href={ "/import?kind=" (kind) } { (ctx.t("list-import")) }
                a.button href={ "/records/new?kind=" (kind) } { (ctx.t(&format!("new-{kind}"))) }
            }
        }
    }
}

async fn read(ctx: &Ctx, filter: Filter) -> Answer<Found> {
    let number = ctx.query("page").and_then(|text| text.parse().ok()).unwrap_or(1);
    let (index, search) = (ctx.app.index(), ctx.app.search());
    let (roster, lang) = (ctx.status.roster.clone(), ctx.lang);
    let own = (ctx.status.partner, ctx.status.device);
    let found = ctx.app.node().read(move |store| {
        let page = filters::page(store, (&index, &search), &filter, lang, (number, PAGE_ROWS))?;
        let reader = Reader::new(store, &roster, own, lang);
        let rows: Vec<&Row> = page.groups.iter().flatten().collect();
        let titles = reader.titles(&rows)?;
        let groups = page.groups.iter().cloned().filter_map(|rows| reader.group(rows).transpose());
        let groups = groups.collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Found { groups, titles, networks: filters::networks(store, &index, lang)?, page })
    });
    Ok(found.await?)
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
                            a href={ "/records/" (group.key) } lang=[show::foreign(ctx.lang, group)] { (title_in(group, &found.titles)) }
                            (marks(ctx, group))
                        }
                        @for field in &fields {
                            td role="cell" data-label=(label(field.name)) {
                                @if let Some(version) = group.versions.first()
                                    && let Some(value) = show::brief(ctx.lang, &version.row, field, &found.titles) { (value) }
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

/// What a record is called in a list. Who is interested in what stands in two columns.
pub fn title_in<'a>(group: &'a Group, titles: &'a Titles) -> &'a str {
    let organisation = || {
        let row = &group.versions.first().filter(|_| group.key.kind == "interest")?.row;
        titles.get(&RecordKey::parse(row.text("organisation")?)?)
    };
    organisation().unwrap_or(&group.title)
}

/// What needs a look: conflicts, registers that differ, a disputed deletion.
pub fn marks(ctx: &Ctx, group: &Group) -> Markup {
    let conflicts = group.versions.iter().any(|v| !v.conflicts.is_empty());
    html! {
        @if conflicts { " " span.tag.warn { (show::icon("warn")) (ctx.t("mark-conflict")) } }
        @if !group.differs.is_empty() { " " span.tag { (show::icon("warn")) (ctx.t("mark-differs")) } }
    }
}

/// Ways to the page before and the next one; `page` counts from 1.
pub fn pager(ctx: &Ctx, page: usize, pages: usize) -> Markup {
    html! {
        @if pages > 1 {
            nav.pager aria-label=(ctx.t("pager")) {
                @if page > 1 { a rel="prev" href=(ctx.here_with("page", &(page - 1).to_string())) { "← " (ctx.t("pager-before")) } }
                span { (ctx.tw("pager-here", &[("page", page.into()), ("pages", pages.into())])) }
                @if page < pages { a rel="next" href=(ctx.here_with("page", &(page + 1).to_string())) { (ctx.t("pager-next")) " →" } }
            }
        }
    }
}

/// What stands where there is nothing: why, and the way to the first one.
pub fn empty(ctx: &Ctx, kind: &str) -> Markup {
    html! {
        div.empty {
            @if filters::is_active(ctx) { p { (ctx.t("list-none-found")) } }
            @else {
                p { (ctx.t(&format!("list-empty-{kind}"))) }
                p { a.button href={ "/records/new?kind=" (kind) } { (ctx.t(&format!("new-{kind}"))) } }
            }
        }
    }
}
