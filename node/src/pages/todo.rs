//! What waits for somebody: `/proposals`, `/translations`, `/stale`, `/sameas`.

use super::layout::{Ctx, Place};
use super::{Pairs, lists, show, text, value};
use crate::api::limits::PAGE_ROWS;
use crate::api::{
    Answer, Form, Problem, Same, address, decide_proposal, deletion, edit_record, parse_key, read_proposals,
    read_suggestions, say_same,
};
use crate::store::StoreError;
use crate::views::{self, Filter, Reader, Titles, field_label, field_label_in, kind_label, register_label, time};
use crate::work::stale;
use crate::work::translations::{self, ToDo};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::{DocId, RecordKey, RegisterId};
use comin_protocol::record::Row;
use comin_protocol::schema::{self, LANGUAGES};
use maud::{Markup, html};
use serde_json::{Map, Value};

fn is(item: &Value, name: &str) -> bool {
    item.get(name).and_then(Value::as_bool).unwrap_or_default()
}

fn page_of<T>(ctx: &Ctx, all: Vec<T>) -> (Vec<T>, usize, usize, usize) {
    let (total, pages) = (all.len(), all.len().div_ceil(PAGE_ROWS).max(1));
    let page = ctx.query("page").and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, pages);
    (all.into_iter().skip((page - 1) * PAGE_ROWS).take(PAGE_ROWS).collect(), page, pages, total)
}

/// The rows of one page of a list; one that has gone meanwhile is left out.
async fn rows(ctx: &Ctx, wanted: Vec<(RecordKey, DocId)>) -> Answer<Vec<Row>> {
    let read = ctx.app.node().read(move |store| {
        let rows = wanted.iter().map(|(key, doc)| store.row(key, doc));
        rows.filter_map(Result::transpose).collect::<Result<Vec<Row>, StoreError>>()
    });
    Ok(read.await?)
}

/// `GET /proposals?all=`: those to decide, those of this partner, and with `all` those that were decided.
///
/// # Errors
/// 503 where the store fails.
pub async fn proposals(ctx: Ctx) -> Answer<Response> {
    let all = ctx.query("all").is_some();
    let found = read_proposals(&ctx.app, all, ctx.lang).await?;
    let titles = titles(&ctx, &found).await?;
    let parts = [
        ("proposals-received", found.iter().filter(|item| is(item, "decidable")).collect::<Vec<_>>()),
        ("proposals-made", found.iter().filter(|item| !is(item, "decidable") && is(item, "yours")).collect()),
        ("proposals-others", found.iter().filter(|item| !is(item, "decidable") && !is(item, "yours")).collect()),
    ];
    let title = ctx.t("proposals-title");
    let main = html! {
        div.head {
            h1 { (title) }
            @if all { a.button.quiet href="/proposals" { (ctx.t("proposals-open-only")) } }
            @else { a.button.quiet href="/proposals?all=true" { (ctx.t("proposals-all")) } }
        }
        p.lead { (ctx.t("proposals-lead")) }
        div #list data-live {
            @if found.is_empty() { div.empty { p { (ctx.t("proposals-none")) } } }
            @for (heading, items) in parts.iter().filter(|(_, items)| !items.is_empty()) {
                section aria-labelledby=(heading) {
                    h2 id=(heading) { (ctx.t(heading)) }
                    @for item in items { (proposal(&ctx, item, &titles)) }
                }
            }
        }
    };
    Ok(ctx.page(Place::Proposals, &title, main))
}

/// What the records are called that proposals name.
async fn titles(ctx: &Ctx, found: &[Value]) -> Answer<Titles> {
    fn keys(value: &Value, out: &mut Vec<RecordKey>) {
        match value {
            Value::String(text) => out.extend(RecordKey::parse(text)),
            Value::Array(members) => members.iter().for_each(|member| keys(member, out)),
            Value::Object(members) => members.values().for_each(|member| keys(member, out)),
            _ => {}
        }
    }
    let mut named = Vec::new();
    found.iter().for_each(|item| {
        ["changes", "current"].iter().filter_map(|part| item.get(*part)).for_each(|v| keys(v, &mut named))
    });
    let (roster, own, lang) = (ctx.status.roster.clone(), (ctx.status.partner, ctx.status.device), ctx.lang);
    let read = ctx.app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        named.into_iter().map(|key| Ok((key.clone(), reader.title_of(&key)?))).collect::<Result<Titles, StoreError>>()
    });
    Ok(read.await?)
}

fn proposal(ctx: &Ctx, item: &Value, titles: &Titles) -> Markup {
    let (id, about) = (text(item, "id"), text(item, "about"));
    let kind = about.split(':').next().unwrap_or_default();
    let empty = Map::new();
    let changes = item.get("changes").and_then(Value::as_object).unwrap_or(&empty);
    let cell = |part: &str, field: &str| {
        let value = item.get(part).and_then(|values| values.get(field)).unwrap_or(&Value::Null);
        show::json(ctx.lang, show::field_of_key(kind, field), value, titles)
    };
    let heading = format!("p-{}", id.replace(':', "-"));
    html! {
        article.card aria-labelledby=(heading) {
            h3 id=(heading) { a href={ "/records/" (about) } { (text(item, "title")) } }
            p.muted {
                (kind_label(ctx.lang, kind)) " · " (text(item, "register_name")) " · "
                (ctx.tw("proposal-by", &[("partner", text(item, "partner_name").into()), ("time", time::parse(text(item, "time")).map(|ms| time::local(ctx.lang, ms)).unwrap_or_default().into())]))
                " · " span.tag { (ctx.t(&format!("proposal-{}", text(item, "state")))) }
            }
            @if !text(item, "reason").is_empty() { p.prose { (text(item, "reason")) } }
            table.cards role="table" {
                caption.vh { (ctx.t("proposal-values")) }
                thead role="rowgroup" { tr role="row" {
                    @for head in ["stale-field", "stale-now", "proposal-then"] { th role="columnheader" scope="col" { (ctx.t(head)) } }
                } }
                tbody role="rowgroup" {
                    @for field in changes.keys() {
                        tr role="row" {
                            th role="rowheader" scope="row" { (field_label_in(ctx.lang, kind, field)) }
                            td role="cell" data-label=(ctx.t("stale-now")) { (cell("current", field)) }
                            td role="cell" data-label=(ctx.t("proposal-then")) { (cell("changes", field)) }
                        }
                    }
                }
            }
            @if is(item, "decidable") {
                form.actions method="post" action={ "/proposals/" (id) } {
                    button type="submit" name="verb" value="accept" { (ctx.t("proposal-accept")) span.vh { ": " (text(item, "title")) } }
                    button.quiet.danger type="submit" name="verb" value="decline" { (ctx.t("proposal-decline")) span.vh { ": " (text(item, "title")) } }
                }
            } @else if is(item, "yours") && text(item, "state") == "open" {
                form.actions method="post" action={ "/proposals/" (id) } {
                    button.quiet type="submit" name="verb" value="withdraw" { (ctx.t("proposal-withdraw")) span.vh { ": " (text(item, "title")) } }
                }
            }
        }
    }
}

/// `POST /proposals/{id}`: `verb` is `accept`, `decline` or `withdraw`.
///
/// # Errors
/// 403 where this partner may not, 409 where it was decided.
pub async fn decide(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let key = parse_key(&id)?;
    match value(&pairs, "verb") {
        "accept" => drop(decide_proposal(&ctx.app, &key, true, ctx.lang).await?),
        "decline" => drop(decide_proposal(&ctx.app, &key, false, ctx.lang).await?),
        "withdraw" if key.kind == "proposal" => {
            let row = address(&ctx.app, &key, None).await?;
            edit_record(&ctx.app, &row, deletion(true), None).await?;
        }
        other => return Err(Problem::bad_request(format!("{other:?} is nothing that is done with a proposal"))),
    }
    Ok(Redirect::to("/proposals").into_response())
}

/// `GET /translations?to=&all=`: texts to translate into a language, of this partner's records or of all it reads.
///
/// # Errors
/// 503 where the store fails.
pub async fn to_translate(ctx: Ctx) -> Answer<Response> {
    let to = ctx.query("to").and_then(|code| LANGUAGES.into_iter().find(|known| *known == code));
    let to = to.unwrap_or(ctx.lang.code());
    let all = ctx.query("all").is_some();
    let (roster, device, lang) = (ctx.status.roster.clone(), ctx.status.device, ctx.lang);
    let work = ctx.app.work();
    let concerns = move |register: &RegisterId| all || roster.may_write(register, &device);
    let found =
        ctx.app.node().read(move |store| work.look(store, |lines| translations::to_do(lines, to, concerns))).await?;
    let (shown, page, pages, total) = page_of(&ctx, found);
    let shown: Vec<ToDo> = rows(&ctx, shown).await?.into_iter().map(|row| translations::of(row, to)).collect();
    let title = ctx.t("translations-title");
    let labels = |keys: &[String]| -> String {
        let bases: Vec<String> = keys.iter().map(|key| field_label(lang, schema::base_of(key))).collect();
        bases.join(", ")
    };
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("translations-lead")) }
        form.filters method="get" action="/translations" data-filter {
            div { label for="to" { (ctx.t("translations-to")) }
                select #to name="to" {
                    @for code in LANGUAGES { option value=(code) selected[code == to] { (show::language(lang, code)) } }
                } }
            div.check { input #all type="checkbox" name="all" value="true" checked[all]; label for="all" { (ctx.t("translations-all")) } }
            div.actions { button type="submit" { (ctx.t("filter-apply")) } }
        }
        section #list data-live aria-label=(title) {
            p.summary role="status" { (ctx.tw("n-records", &[("n", total.into())])) }
            @if shown.is_empty() { div.empty { p { (show::icon("good")) " " (ctx.t("translations-none")) } } } @else {
                table.cards role="table" {
                    caption.vh { (title) }
                    thead role="rowgroup" { tr role="row" {
                        @for head in ["list-name", "translations-missing", "translations-stale", "list-register"] { th role="columnheader" scope="col" { (ctx.t(head)) } }
                    } }
                    tbody role="rowgroup" {
                        @for one in &shown {
                            @let row = &one.row;
                            @let original = row.text("original_language");
                            tr role="row" {
                                th role="rowheader" scope="row" {
                                    a href={ "/records/" (row.key) } lang=[original.filter(|code| *code != lang.code())] { (views::title(row, lang)) }
                                    " " span.muted { (kind_label(lang, &row.key.kind)) }
                                    @if ctx.status.roster.may_write(&row.doc.register, &ctx.status.device) {
                                        " " a href={ "/records/" (row.key) "/edit?register=" (row.doc.register) } { (ctx.t("translations-do")) span.vh { ": " (views::title(row, lang)) } }
                                    }
                                }
                                td role="cell" data-label=(ctx.t("translations-missing")) { (labels(&one.missing)) }
                                td role="cell" data-label=(ctx.t("translations-stale")) { (labels(&one.stale)) }
                                td role="cell" data-label=(ctx.t("list-register")) { (register_label(lang, &ctx.status.roster, &ctx.status.partner, &row.doc.register)) }
                            }
                        }
                    }
                }
                (lists::pager(&ctx, page, pages))
            }
        }
    };
    Ok(ctx.page(Place::Translations, &title, main))
}

/// Months that the page of stale records offers.
const MONTHS: [u32; 4] = [3, 6, 12, 24];

/// `GET /stale?months=`: records that nobody has verified for long.
///
/// # Errors
/// 503 where the store fails.
pub async fn unverified(ctx: Ctx) -> Answer<Response> {
    let months = ctx.query("months").and_then(|text| text.parse().ok()).filter(|n| MONTHS.contains(n));
    let months = months.unwrap_or(stale::MONTHS);
    let limit = stale::limit(time::today(), months);
    let work = ctx.app.work();
    let found = ctx.app.node().read(move |store| work.look(store, |lines| stale::list(lines, &limit))).await?;
    let (shown, page, pages, total) = page_of(&ctx, found);
    let shown = rows(&ctx, shown).await?;
    let title = ctx.t("stale-records-title");
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("stale-records-lead")) }
        form.filters method="get" action="/stale" data-filter {
            div { label for="months" { (ctx.t("stale-months")) }
                select #months name="months" {
                    @for n in MONTHS { option value=(n) selected[n == months] { (ctx.tw("n-months", &[("n", u64::from(n).into())])) } }
                } }
            div.actions { button type="submit" { (ctx.t("filter-apply")) } }
        }
        section #list data-live aria-label=(title) {
            p.summary role="status" { (ctx.tw("n-records", &[("n", total.into())])) }
            @if shown.is_empty() { div.empty { p { (show::icon("good")) " " (ctx.t("stale-records-none")) } } } @else {
                table.cards role="table" {
                    caption.vh { (title) }
                    thead role="rowgroup" { tr role="row" {
                        @for head in ["list-name", "field-last_verified", "list-register"] { th role="columnheader" scope="col" { (ctx.t(head)) } }
                    } }
                    tbody role="rowgroup" { @for row in &shown { (unverified_row(&ctx, row)) } }
                }
                (lists::pager(&ctx, page, pages))
            }
        }
    };
    Ok(ctx.page(Place::Stale, &title, main))
}

fn unverified_row(ctx: &Ctx, row: &Row) -> Markup {
    let (lang, register) = (ctx.lang, row.doc.register);
    let title = views::title(row, lang);
    html! {
        tr role="row" {
            th role="rowheader" scope="row" { a href={ "/records/" (row.key) } { (title) } }
            td role="cell" data-label=(ctx.t("field-last_verified")) {
                @match row.text("last_verified") {
                    Some(day) => time datetime=(day) { (time::day(lang, day)) },
                    None => (ctx.t("cli-never-verified")),
                }
            }
            td role="cell" data-label=(ctx.t("list-register")) {
                (register_label(lang, &ctx.status.roster, &ctx.status.partner, &register))
                @if ctx.status.roster.may_write(&register, &ctx.status.device) {
                    form.actions method="post" action={ "/records/" (row.key) "/set?register=" (register) } {
                        input type="hidden" name="from" value="stale";
                        button.quiet type="submit" name="field" value="last_verified" { (ctx.t("stale-verified")) span.vh { ": " (title) } }
                    }
                }
            }
        }
    }
}

/// A link of sameness about which somebody has decided.
struct Decided {
    key: RecordKey,
    title: String,
    state: String,
    writable: bool,
}

/// `GET /sameas`: pairs that look like one, and what was decided.
///
/// # Errors
/// 503 where the store fails.
pub async fn same(ctx: Ctx) -> Answer<Response> {
    let (suggested, page, pages, _) = page_of(&ctx, read_suggestions(&ctx.app, ctx.lang).await?);
    let decided = decided(&ctx).await?;
    let title = ctx.t("sameas-title");
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("sameas-lead")) }
        div #list data-live {
            section aria-labelledby="suggested" {
                h2 #suggested { (ctx.t("sameas-suggested")) }
                @if suggested.is_empty() { div.empty { p { (show::icon("good")) " " (ctx.t("sameas-none")) } } }
                @for item in &suggested { (suggestion(&ctx, item)) }
                (lists::pager(&ctx, page, pages))
            }
            @if !decided.is_empty() {
                section aria-labelledby="decided" {
                    h2 #decided { (ctx.t("sameas-decided")) }
                    ul.links {
                        @for one in &decided {
                            li {
                                a href={ "/records/" (one.key) } { (one.title) } " " span.tag { (state_label(&ctx, &one.state)) }
                                @if one.writable {
                                    form.actions method="post" action="/sameas" {
                                        input type="hidden" name="id" value=(one.key);
                                        button.quiet type="submit" name="state" value="suggested" { (ctx.t("sameas-undo")) span.vh { ": " (one.title) } }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(ctx.page(Place::SameAs, &title, main))
}

async fn decided(ctx: &Ctx) -> Answer<Vec<Decided>> {
    let (index, roster, lang) = (ctx.app.index(), ctx.status.roster.clone(), ctx.lang);
    let own = (ctx.status.partner, ctx.status.device);
    let read = ctx.app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let mut out = Vec::new();
        for state in ["confirmed", "refused"] {
            let filter = Filter { kind: Some("sameas".into()), state: Some(state.into()), ..Filter::default() };
            for rows in index.list(store, &filter, lang, 1, PAGE_ROWS)?.groups {
                let Some(row) = rows.first() else { continue };
                let writable = rows.iter().any(|row| roster.may_write(&row.doc.register, &own.1));
                out.push(Decided {
                    key: row.key.clone(),
                    title: reader.title(row)?,
                    state: state.to_owned(),
                    writable,
                });
            }
        }
        Ok(out)
    });
    Ok(read.await?)
}

fn state_label(ctx: &Ctx, code: &str) -> String {
    let term = schema::vocabulary("sameas_state").and_then(|list| list.term(code));
    term.map_or_else(|| code.to_owned(), |term| term.label(ctx.lang.code()).to_owned())
}

fn suggestion(ctx: &Ctx, item: &Value) -> Markup {
    let pair = format!("{} – {}", text(item, "a_title"), text(item, "b_title"));
    let reasons = item.get("reasons").and_then(Value::as_array).into_iter().flatten();
    html! {
        article.card {
            ul.sides {
                @for (end, title) in [("a", "a_title"), ("b", "b_title")] {
                    li { h3 { a href={ "/records/" (text(item, end)) } { (text(item, title)) } } }
                }
            }
            ul { @for reason in reasons { li { (text(reason, "text")) } } }
            form.actions method="post" action="/sameas" {
                input type="hidden" name="id" value=(text(item, "id"));
                button type="submit" name="state" value="confirmed" { (ctx.t("sameas-confirm")) span.vh { ": " (pair) } }
                button.quiet type="submit" name="state" value="refused" { (ctx.t("sameas-refuse")) span.vh { ": " (pair) } }
            }
        }
    }
}

/// `POST /sameas`: says whether two records are one, or takes it back.
///
/// # Errors
/// 404 for a link that nobody has suggested or recorded.
pub async fn say(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let id = Some(value(&pairs, "id").to_owned()).filter(|id| !id.is_empty());
    let body = Same { id, state: value(&pairs, "state").to_owned(), ..Same::default() };
    say_same(&ctx.app, &body, ctx.lang).await?;
    Ok(Redirect::to("/sameas").into_response())
}
