//! `/memberships`: which organisation is in which network, since when and as what; filtered and paged on the server.

use super::layout::{Ctx, Place};
use super::{filters, lists, show};
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, parse_key};
use crate::store::StoreError;
use crate::views::figures::InForce;
use crate::views::{Group, ListPage, Memberships, Reader, Titles, fold, time, words};
use axum::response::Response;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use maud::{Markup, html};

/// The kind of these records.
const KIND: &str = "membership";

struct Found {
    groups: Vec<Group>,
    titles: Titles,
    networks: Vec<(RecordKey, String)>,
    page: ListPage,
}

/// `GET /memberships?network=&state=&q=&page=`.
///
/// # Errors
/// 400 for a network that cannot be read.
pub async fn list(ctx: Ctx) -> Answer<Response> {
    let today = time::today().to_string();
    let asked = Memberships {
        network: ctx.query("network").map(parse_key).transpose()?,
        state: ctx.query("state").and_then(InForce::from_code),
        q: ctx.query("q").map(fold),
        today: today.clone(),
    };
    let found = read(&ctx, asked, ctx.query("page").and_then(|text| text.parse().ok()).unwrap_or(1)).await?;
    let plural = ctx.t("kinds-membership");
    let states = InForce::ALL.map(|state| (state.code(), ctx.t(&format!("membership-{}", state.code()))));
    let named: Vec<(String, String)> =
        found.networks.iter().map(|(key, title)| (key.to_string(), title.clone())).collect();
    let main = html! {
        (lists::head(&ctx, KIND, &plural))
        form.filters method="get" action="/memberships" role="search" data-filter {
            div { label for="q" { (ctx.t("filter-text")) } input #q name="q" type="search" value=[ctx.query("q")] maxlength="100"; }
            (filters::more(&ctx, html! {
                (filters::choice(&ctx, "network", &ctx.t("kind-network"), &named))
                (filters::choice(&ctx, "state", &ctx.t("field-state"), &states))
            }))
            div.actions {
                button type="submit" { (ctx.t("filter-apply")) }
                @if filters::is_active(&ctx) { a href="/memberships" { (ctx.t("filter-clear")) } }
            }
        }
        section #list data-live aria-label=(plural) {
            p.summary role="status" { (ctx.tw("n-records", &[("n", found.page.total.into())])) }
            @if found.groups.is_empty() { (lists::empty(&ctx, KIND)) }
            @else { (table(&ctx, &plural, &found, &today)) (lists::pager(&ctx, found.page.page, found.page.pages)) }
        }
    };
    Ok(ctx.page(Place::Kind(KIND), &plural, main))
}

async fn read(ctx: &Ctx, asked: Memberships, page: usize) -> Answer<Found> {
    let (index, roster, lang) = (ctx.app.index(), ctx.status.roster.clone(), ctx.lang);
    let own = (ctx.status.partner, ctx.status.device);
    let found = ctx.app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let page = index.memberships(store, &asked, lang, page, PAGE_ROWS)?;
        let titles = reader.titles(&page.groups.iter().flatten().collect::<Vec<_>>())?;
        let groups = page.groups.iter().cloned().filter_map(|rows| reader.group(rows).transpose());
        let groups = groups.collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Found { groups, titles, networks: filters::networks(store, &index, lang)?, page })
    });
    Ok(found.await?)
}

fn end(row: &Row, field: &str) -> Option<RecordKey> {
    words(row, field).iter().find_map(|text| RecordKey::parse(text))
}

fn state_of(row: &Row, today: &str) -> InForce {
    InForce::of(row.text("since"), row.text("until"), today)
}

fn table(ctx: &Ctx, title: &str, found: &Found, today: &str) -> Markup {
    let heads =
        ["list-name", "kind-network", "field-role", "field-since", "field-until", "field-state", "list-register"];
    let field = |name: &str| schema::kind(KIND).and_then(|kind| kind.field(name));
    let columns =
        [("network", "kind-network"), ("role", "field-role"), ("since", "field-since"), ("until", "field-until")];
    let columns = columns.map(|(name, label)| (field(name), ctx.t(label)));
    html! {
        table.cards role="table" {
            caption.vh { (title) }
            thead role="rowgroup" { tr role="row" { @for head in heads { th role="columnheader" scope="col" { (ctx.t(head)) } } } }
            tbody role="rowgroup" {
                @for group in &found.groups {
                    @if let Some(row) = group.versions.first().map(|version| &version.row) {
                        tr role="row" {
                            th role="rowheader" scope="row" {
                                a href={ "/records/" (group.key) } { (end(row, "organisation").and_then(|key| found.titles.get(&key)).unwrap_or(&group.title)) }
                                (lists::marks(ctx, group))
                            }
                            @for (field, label) in &columns {
                                td role="cell" data-label=(label) {
                                    @if let Some(value) = field.and_then(|field| show::brief(ctx.lang, row, field, &found.titles)) { (value) }
                                }
                            }
                            td role="cell" data-label=(ctx.t("field-state")) { (ctx.t(&format!("membership-{}", state_of(row, today).code()))) }
                            td role="cell" data-label=(ctx.t("list-register")) {
                                ul.set { @for version in &group.versions { li { (version.register_name) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
