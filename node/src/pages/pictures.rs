//! `/map`, `/graph` and `/figures`: the partnership as pictures, each with a table that says the same.

use super::layout::{Ctx, Place};
use super::lists::{empty, pager};
use super::show;
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, made};
use crate::report::{self, Cell, Colouring, Language, Table, drawn_graph, drawn_map};
use crate::views::figures::{self, Figures};
use crate::views::{Audience, Made, Scene, time};
use axum::response::Response;
use comin_protocol::schema::vocabulary;
use maud::{Markup, PreEscaped, html};

/// A picture up to this many bytes stands in the page; a larger one is fetched beside it.
const INLINE_BYTES_MAX: usize = 60_000;
/// Of more organisations it is large, and drawing it takes long: the page and its table do not wait for that.
const INLINE_ORGANISATIONS_MAX: usize = 600;

/// A table cut to one page, and how many pages there are.
struct Cut {
    table: Table,
    page: usize,
    pages: usize,
}

fn cut(mut table: Table, wanted: usize) -> Cut {
    let pages = table.rows.len().div_ceil(PAGE_ROWS).max(1);
    let page = wanted.clamp(1, pages);
    table.rows = table.rows.into_iter().skip((page - 1) * PAGE_ROWS).take(PAGE_ROWS).collect();
    Cut { table, page, pages }
}

/// One page of the table of organisations: the others are not written.
fn organisations(scene: &Scene, language: Language, wanted: usize) -> Cut {
    let pages = scene.all.of_kind("organisation").len().div_ceil(PAGE_ROWS).max(1);
    let page = wanted.clamp(1, pages);
    let shown = (page - 1) * PAGE_ROWS..page * PAGE_ROWS;
    Cut { table: report::organisations(&scene.all, &scene.members, language, shown), page, pages }
}

/// The picture, where it may stand in the page.
fn inline(scene: &Scene, draw: impl FnOnce() -> Made) -> Option<Made> {
    let is_small = scene.all.of_kind("organisation").len() <= INLINE_ORGANISATIONS_MAX;
    is_small.then(draw).filter(|picture| picture.text().len() <= INLINE_BYTES_MAX)
}

fn wanted_page(ctx: &Ctx) -> usize {
    ctx.query("page").and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// `GET /map`.
///
/// # Errors
/// 503 where the store fails.
pub async fn map(ctx: Ctx) -> Answer<Response> {
    let (language, page) = (Language::from(ctx.lang), wanted_page(&ctx));
    let (svg, table) = made(&ctx.app, Audience::Partnership, move |scene| {
        (inline(scene, || drawn_map(scene, language)), organisations(scene, language, page))
    })
    .await?;
    let title = ctx.t("map-title");
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("map-lead")) }
        (picture(svg.as_ref(), &format!("/api/v1/map.svg?language={}", language.code()), &title))
        (same(&ctx, &[table]))
    };
    Ok(ctx.page(Place::Map, &title, main))
}

/// `GET /graph?colour=`.
///
/// # Errors
/// 503 where the store fails.
pub async fn graph(ctx: Ctx) -> Answer<Response> {
    let (language, page) = (Language::from(ctx.lang), wanted_page(&ctx));
    let by_group = ctx.query("colour") == Some("target_group");
    let colour = if by_group { Colouring::TargetGroup } else { Colouring::Country };
    let (svg, tables) = made(&ctx.app, Audience::Partnership, move |scene| {
        let networks = cut(report::networks(&scene.all, &scene.members, language), 1);
        (inline(scene, || drawn_graph(scene, language, colour)), [networks, organisations(scene, language, page)])
    })
    .await?;
    let [networks, _] = &tables;
    let title = ctx.t("graph-title");
    let name = if by_group { "target_group" } else { "country" };
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("graph-lead")) }
        nav.tabs aria-label=(ctx.t("graph-colours")) {
            a href="/graph" aria-current=[(!by_group).then_some("page")] { (ctx.t("field-country")) }
            a href="/graph?colour=target_group" aria-current=[by_group.then_some("page")] { (ctx.t("field-target_groups")) }
        }
        @if networks.table.rows.is_empty() { (empty(&ctx, "network")) }
        @else { (picture(svg.as_ref(), &format!("/api/v1/graph.svg?language={}&colour={name}", language.code()), &title)) }
        (same(&ctx, &tables))
    };
    Ok(ctx.page(Place::Graph, &title, main))
}

fn picture(svg: Option<&Made>, address: &str, title: &str) -> Markup {
    html! {
        figure.picture tabindex="0" aria-label=(title) {
            @match svg {
                // Our own markup, in which every text of people is escaped (`render::svg`).
                Some(svg) => (PreEscaped(svg.text())),
                None => { img src=(address) alt=(title) loading="lazy"; }
            }
            figcaption { a href=(address) download { "SVG" } }
        }
    }
}

/// The tables that say what a picture shows.
fn same(ctx: &Ctx, tables: &[Cut]) -> Markup {
    html! {
        section #list data-live aria-label=(ctx.t("picture-same")) {
            @if tables.iter().any(|part| !part.table.rows.is_empty()) { h2 { (ctx.t("picture-same")) } }
            @for part in tables.iter().filter(|part| !part.table.rows.is_empty()) {
                (show_table(ctx, &part.table))
                (pager(ctx, part.page, part.pages))
            }
        }
    }
}

/// A table of the report as one of the pages.
pub fn show_table(ctx: &Ctx, table: &Table) -> Markup {
    let foreign = |lang: &str| (!lang.is_empty() && lang != ctx.lang.code()).then(|| lang.to_owned());
    let is_number =
        |n: usize| table.rows.iter().any(|row| matches!(row.get(n), Some(Cell::Number(_)))).then_some("num");
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => html! { span lang=[foreign(&text.lang)] { (text.text) } },
        Cell::Number(number) => html! { (number) },
        Cell::Link(url) if url.starts_with("https://") || url.starts_with("http://") => {
            html! { a href=(url) rel="noreferrer noopener" { (url) } }
        }
        Cell::Email(address) if !address.is_empty() => html! { a href={ "mailto:" (address) } { (address) } },
        Cell::Link(text) | Cell::Email(text) => html! { (text) },
    };
    html! {
        div.scroll tabindex="0" role="region" aria-label=(table.caption) {
            table.cards role="table" {
                caption { (table.caption) }
                thead role="rowgroup" { tr role="row" { @for (n, head) in table.head.iter().enumerate() {
                    // Above the names of rows there is nothing to say.
                    @if head.is_empty() { td role="cell" {} } @else { th role="columnheader" scope="col" class=[is_number(n)] { (head) } }
                } } }
                tbody role="rowgroup" {
                    @for row in &table.rows {
                        tr role="row" {
                            @for (n, value) in row.iter().enumerate() {
                                @if n == 0 { th role="rowheader" scope="row" { (cell(value)) } }
                                @else { td role="cell" class=[is_number(n)] data-label=(table.head.get(n).map_or("", String::as_str)) { (cell(value)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /figures`.
///
/// # Errors
/// 503 where the store fails.
pub async fn numbers(ctx: Ctx) -> Answer<Response> {
    let all = made(&ctx.app, Audience::Partnership, |scene| scene.figures().clone());
    let all = all.await?;
    let lang = ctx.lang;
    let of_list = |list: &str, code: &str| {
        vocabulary(list)
            .and_then(|list| list.term(code))
            .map_or(code.to_owned(), |term| term.label(lang.code()).to_owned())
    };
    let country = |code: &str| if code.is_empty() { ctx.t("figures-no-country") } else { show::country(lang, code) };
    let head = ["networks", "organisations", "memberships", "bridges", "events", "practices"];
    let head: Vec<String> = head.iter().map(|name| ctx.t(&format!("cli-figures-{name}"))).collect();
    let counts = |row: &figures::Counts| {
        [row.networks, row.organisations, row.memberships, row.bridges, row.events, row.practices].map(Cell::Number)
    };
    let table = |caption: &str, rows: &[figures::Row], label: &dyn Fn(&str) -> String| {
        let mut table = Table::new(ctx.t(caption), &[vec![ctx.t(caption)], head.clone()].concat());
        table.rows = rows
            .iter()
            .map(|row| std::iter::once(Cell::plain(label(&row.code))).chain(counts(&row.counts)).collect())
            .collect();
        table
    };
    let mut total = Table::new(ctx.t("cli-figures-total"), &[vec![ctx.t("figures-all")], head.clone()].concat());
    total.rows = vec![std::iter::once(Cell::plain(ctx.t("cli-figures-total"))).chain(counts(&all.total)).collect()];
    let tables = [
        total,
        table("cli-figures-countries", &all.countries, &country),
        table("cli-figures-levels", &all.levels, &|code| of_list("network_level", code)),
        table("cli-figures-target_groups", &all.target_groups, &|code| of_list("target_group", code)),
        months(&ctx, &all),
    ];
    let title = ctx.t("figures-title");
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.tw("cli-figures-as-of", &[("day", time::day(lang, &all.as_of).into())])) }
        div #list data-live { @for table in tables.iter().filter(|table| !table.rows.is_empty()) { (show_table(&ctx, table)) } }
    };
    Ok(ctx.page(Place::Other, &title, main))
}

fn months(ctx: &Ctx, all: &Figures) -> Table {
    let head = ["months", "events", "interests", "joined", "members"].map(|name| ctx.t(&format!("cli-figures-{name}")));
    let mut table = Table::new(ctx.t("cli-figures-months"), &head);
    table.rows = all
        .months
        .iter()
        .map(|month| {
            vec![
                Cell::plain(time::month(ctx.lang, &month.month)),
                Cell::Number(month.events),
                Cell::Number(month.interests),
                Cell::Number(month.joined),
                month.members.map_or_else(|| Cell::plain("–"), Cell::Number),
            ]
        })
        .collect();
    table
}
