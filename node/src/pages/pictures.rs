//! `/map`, `/graph`, `/calendar` and `/figures`: the partnership as pictures, each with a table that says the same.

use super::layout::{Ctx, Place};
use super::lists::pager;
use super::show;
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, drawn_graph, drawn_map, made};
use crate::report::{self, Cell, Colouring, Language, Table};
use crate::views::figures::{self, Figures};
use crate::views::{Audience, Scene, time};
use axum::response::Response;
use comin_protocol::ids::RecordKey;
use comin_protocol::schema::vocabulary;
use jiff::ToSpan;
use maud::{Markup, PreEscaped, html};

/// A picture up to this many bytes stands in the page; a larger one is fetched beside it.
const INLINE_BYTES_MAX: usize = 60_000;

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
    let pages = scene.all.of_kind("organisation").count().div_ceil(PAGE_ROWS).max(1);
    let page = wanted.clamp(1, pages);
    let shown = (page - 1) * PAGE_ROWS..page * PAGE_ROWS;
    Cut { table: report::organisations(&scene.all, &scene.members, language, shown), page, pages }
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
        (drawn_map(scene, language), organisations(scene, language, page))
    })
    .await?;
    let title = ctx.t("map-title");
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("map-lead")) }
        (picture(svg.svg(), &format!("/api/v1/map.svg?language={}", language.code()), &title))
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
        (drawn_graph(scene, language, colour), [networks, organisations(scene, language, page)])
    })
    .await?;
    let title = ctx.t("graph-title");
    let name = if by_group { "target_group" } else { "country" };
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("graph-lead")) }
        nav.tabs aria-label=(ctx.t("graph-colours")) {
            a href="/graph" aria-current=[(!by_group).then_some("page")] { (ctx.t("field-country")) }
            a href="/graph?colour=target_group" aria-current=[by_group.then_some("page")] { (ctx.t("field-target_groups")) }
        }
        (picture(svg.svg(), &format!("/api/v1/graph.svg?language={}&colour={name}", language.code()), &title))
        (same(&ctx, &tables))
    };
    Ok(ctx.page(Place::Graph, &title, main))
}

fn picture(svg: &str, address: &str, title: &str) -> Markup {
    html! {
        figure.picture tabindex="0" aria-label=(title) {
            @if svg.len() <= INLINE_BYTES_MAX {
                // Our own markup, in which every text of people is escaped (`render::svg`).
                (PreEscaped(svg))
            } @else { img src=(address) alt=(title) loading="lazy"; }
            figcaption { a href=(address) download { "SVG" } }
        }
    }
}

/// The tables that say what a picture shows.
fn same(ctx: &Ctx, tables: &[Cut]) -> Markup {
    html! {
        section #list data-live aria-labelledby="same" {
            h2 #same { (ctx.t("picture-same")) }
            @for part in tables {
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

/// An event in the calendar.
struct Entry {
    key: RecordKey,
    title: String,
    lang: String,
    day: String,
    when: String,
    detail: Vec<String>,
}

/// `GET /calendar?month=`: the events of a month by day, and the months that have any.
///
/// # Errors
/// 503 where the store fails.
pub async fn calendar(ctx: Ctx) -> Answer<Response> {
    let this_month = time::today().strftime("%Y-%m").to_string();
    let is_month = |text: &&str| format!("{text}-01").parse::<jiff::civil::Date>().is_ok();
    let month = ctx.query("month").filter(is_month).unwrap_or(&this_month).to_owned();
    let (lang, wanted) = (ctx.lang, month.clone());
    let (entries, months) = made(&ctx.app, Audience::Partnership, move |scene| {
        let all = figures::calendar(&scene.all);
        let label = |list: &str, code: Option<&str>| {
            let code = code?;
            Some(vocabulary(list).and_then(|list| list.term(code)).map_or(code, |t| t.label(lang.code())).to_owned())
        };
        let entry = |event: &&crate::views::Record| {
            let title = event.title(lang.code());
            let detail = [
                label("event_type", event.text("type")),
                event.text("place").map(str::to_owned),
                label("event_state", event.text("state")),
            ];
            Entry {
                key: event.key.clone(),
                title: title.text,
                lang: title.lang,
                day: event.begins().unwrap_or_default().to_owned(),
                when: event.start().and_then(|start| Some(start.split_once('T')?.1.to_owned())).unwrap_or_default(),
                detail: detail.into_iter().flatten().filter(|text| !text.is_empty()).collect(),
            }
        };
        let entries: Vec<Entry> = all.get(&wanted).into_iter().flatten().map(entry).collect();
        let months: Vec<(String, usize)> = all.into_iter().map(|(month, events)| (month, events.len())).collect();
        (entries, months)
    })
    .await?;
    let title = ctx.tw("calendar-title", &[("month", time::month(lang, &month).into())]);
    let main = html! {
        div.head {
            h1 { (title) }
            div.actions {
                a.button.quiet href="/events" { (ctx.t("calendar-as-list")) }
                a.button href="/records/new?kind=event" { (ctx.t("new-event")) }
            }
        }
        nav.pager aria-label=(ctx.t("calendar-months")) {
            a rel="prev" href={ "/calendar?month=" (step(&month, -1)) } { "← " (time::month(lang, &step(&month, -1))) }
            @if month != this_month { a href="/calendar" { (ctx.t("calendar-today")) } }
            a rel="next" href={ "/calendar?month=" (step(&month, 1)) } { (time::month(lang, &step(&month, 1))) " →" }
        }
        section #list data-live aria-label=(title) {
            @if entries.is_empty() { div.empty { p { (ctx.t("calendar-none")) } } }
            @for (n, day) in days(&entries).into_iter().enumerate() {
                section.day aria-labelledby={ "day-" (n) } {
                    h2 id={ "day-" (n) } { time datetime=(day) { (weekday(&ctx, day)) ", " (time::day(lang, day)) } }
                    ul.links {
                        @for entry in entries.iter().filter(|entry| entry.day == day) {
                            li {
                                @if !entry.when.is_empty() { strong { (entry.when) } " " }
                                a href={ "/records/" (entry.key) } lang=[(entry.lang != lang.code() && !entry.lang.is_empty()).then_some(&entry.lang)] { (entry.title) }
                                @if !entry.detail.is_empty() { " " span.muted { (entry.detail.join(" · ")) } }
                            }
                        }
                    }
                }
            }
        }
        @if !months.is_empty() {
            section aria-labelledby="months" {
                h2 #months { (ctx.t("calendar-months")) }
                ul.inline {
                    @for (other, count) in &months {
                        li { a href={ "/calendar?month=" (other) } aria-current=[(*other == month).then_some("true")] { (time::month(lang, other)) " (" (count) ")" } }
                    }
                }
            }
        }
    };
    Ok(ctx.page(Place::Calendar, &title, main))
}

fn days(entries: &[Entry]) -> Vec<&str> {
    let mut days: Vec<&str> = entries.iter().map(|entry| entry.day.as_str()).collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The month before or after, as `YYYY-MM`.
fn step(month: &str, by: i64) -> String {
    let first: Result<jiff::civil::Date, _> = format!("{month}-01").parse();
    let moved = first.ok().and_then(|day| day.checked_add(by.months()).ok());
    moved.map_or_else(|| month.to_owned(), |day| day.strftime("%Y-%m").to_string())
}

/// What a day of the week is called.
fn weekday(ctx: &Ctx, day: &str) -> String {
    let parsed = day.parse::<jiff::civil::Date>();
    parsed.map_or_else(|_| String::new(), |day| ctx.t(&format!("weekday-{}", day.weekday().to_monday_one_offset())))
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
