//! `/interests`: expressions of interest by state, each with the steps that it can take.

use super::layout::{Ctx, Place};
use super::{around, filters, lists, show};
use crate::api::Answer;
use crate::i18n::Lang;
use crate::search::SearchIndex;
use crate::store::{Store, StoreError};
use crate::views::{Filter, Group, Reader, RecordIndex, Titles, time};
use axum::response::Response;
use comin_protocol::ids::RecordKey;
use comin_protocol::schema;
use maud::{Markup, html};

/// Cards in one column; the others are in the list.
const CARDS: usize = 20;

/// One state with the first of its records.
struct Column {
    code: &'static str,
    label: &'static str,
    total: usize,
    groups: Vec<Group>,
}

struct Board {
    columns: Vec<Column>,
    titles: Titles,
    networks: Vec<(RecordKey, String)>,
}

/// `GET /interests`: the board, or with `?view=list` the list.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    if ctx.query("view") == Some("list") || ctx.query("state").is_some() {
        return lists::list(ctx, "interest").await;
    }
    let filter = filters::read(&ctx, Some("interest"))?;
    let (index, search) = (ctx.app.index(), ctx.app.search());
    let (roster, lang) = (ctx.status.roster.clone(), ctx.lang);
    let own = (ctx.status.partner, ctx.status.device);
    let read = ctx
        .app
        .node()
        .read(move |store| board(&Reader::new(store, &roster, own, lang), (store, &index, &search), &filter, lang));
    let board = read.await?;
    let total: usize = board.columns.iter().map(|column| column.total).sum();
    let plural = ctx.t("kinds-interest");
    let main = html! {
        (lists::head(&ctx, "interest", &plural))
        (filters::form(&ctx, "/interests", Some("interest"), &board.networks))
        div #board data-live {
            p.summary role="status" { (ctx.tw("n-records", &[("n", total.into())])) }
            @if total == 0 { (lists::empty(&ctx, "interest")) } @else {
                div.board { @for part in &board.columns { (column(&ctx, part, &board.titles)) } }
            }
        }
    };
    Ok(ctx.page(Place::Kind("interest"), &plural, main))
}

fn board(
    reader: &Reader<'_>,
    (store, index, search): (&dyn Store, &RecordIndex, &SearchIndex),
    filter: &Filter,
    lang: Lang,
) -> Result<Board, StoreError> {
    let (mut columns, mut titles) = (Vec::new(), Titles::new());
    for term in filters::states("interest").map_or(&[][..], |list| list.terms) {
        let filter = Filter { state: Some(term.code.to_owned()), ..filter.clone() };
        let page = filters::page(store, (index, search), &filter, lang, (1, CARDS))?;
        titles.extend(reader.titles(&page.groups.iter().flatten().collect::<Vec<_>>())?);
        let groups = page.groups.into_iter().filter_map(|rows| reader.group(rows).transpose());
        let groups = groups.collect::<Result<Vec<_>, StoreError>>()?;
        columns.push(Column { code: term.code, label: term.label(lang.code()), total: page.total, groups });
    }
    Ok(Board { columns, titles, networks: filters::networks(store, index, lang)? })
}

fn column(ctx: &Ctx, column: &Column, titles: &Titles) -> Markup {
    let heading = format!("state-{}", column.code);
    html! {
        section.column aria-labelledby=(heading) {
            h2 id=(heading) { (column.label) " " span.muted { (column.total) } }
            @if column.groups.is_empty() { p.muted { (ctx.t("board-none")) } }
            ul { @for group in &column.groups { li { (card(ctx, group, titles)) } } }
            @if column.total > column.groups.len() {
                p { a href=(ctx.here_with("state", column.code)) { (ctx.tw("board-all", &[("n", column.total.into())])) } }
            }
        }
    }
}

fn card(ctx: &Ctx, group: &Group, titles: &Titles) -> Markup {
    let Some(version) = group.versions.first() else { return html! {} };
    let row = &version.row;
    let named = |field: &str| row.text(field).and_then(RecordKey::parse).map(|key| show::record_link(&key, titles));
    let last = schema::kind("interest").and_then(|kind| kind.field("transitions")).zip(filters::states("interest"));
    let last = last.and_then(|(field, list)| schema::steps(row, field, list).pop());
    html! {
        article.card {
            h3 { a href={ "/records/" (group.key) } { (lists::title_in(group, titles)) } }
            @if let Some(network) = named("network") { p { (ctx.t("kind-network")) (ctx.lang.colon()) (network) } }
            @if let Some(event) = named("origin_event") { p.muted { (ctx.t("field-origin_event")) (ctx.lang.colon()) (event) } }
            @if let Some(step) = last { p.muted { time datetime=(step.at) { (time::day(ctx.lang, &step.at)) } " · " (version.register_name) } }
            (lists::marks(ctx, group))
            (around::steps(ctx, version, "board"))
        }
    }
}
