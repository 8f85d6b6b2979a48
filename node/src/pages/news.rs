//! What is new, by partner and kind: a part of the overview, and `/news`.

use super::layout::{Ctx, Place};
use super::{show, text};
use crate::api::auth::cookie;
use crate::api::{Answer, read_news};
use crate::views::{kind_label, time};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

/// The cookie that remembers when this browser last saw what is new.
const COOKIE: &str = "comin_visit";
/// Days of which a first visit tells, and those that the page offers.
const DAYS: [u64; 4] = [7, 1, 30, 90];
/// Milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// Milliseconds after which a look at the page is another visit: an hour.
const AWAY_MS: u64 = 60 * 60 * 1_000;
/// Records named of each partner and kind.
const NAMED: usize = 3;
/// Most seconds for which a visit is remembered: a year.
const KEPT_S: u64 = 365 * 24 * 60 * 60;

/// Since when things are new to this browser, in milliseconds since the Unix epoch: since it was last here before now, or
/// for a week where it never was; `now`: when the page was opened. While somebody comes back within [`AWAY_MS`], it stays
/// the same moment, so that what is new does not vanish with the next look at the page, nor while it stands open.
pub fn last_visit(headers: &HeaderMap, now: u64) -> u64 {
    match kept(headers) {
        Some((_, seen)) if now.saturating_sub(seen) > AWAY_MS => seen,
        Some((since, _)) => since,
        None => now.saturating_sub(DAYS[0] * DAY_MS),
    }
}

/// The cookie that remembers this visit.
pub fn visited(headers: &HeaderMap) -> Option<HeaderValue> {
    let now = time::now_ms();
    let since = last_visit(headers, now);
    HeaderValue::from_str(&format!("{COOKIE}={since}-{now}; Path=/; SameSite=Strict; HttpOnly; Max-Age={KEPT_S}")).ok()
}

/// What the cookie says: since when things were new, and when the page was last looked at.
fn kept(headers: &HeaderMap) -> Option<(u64, u64)> {
    let (since, seen) = cookie(headers, COOKIE)?.split_once('-')?;
    Some((since.parse().ok()?, seen.parse().ok()?))
}

/// What is new since a moment, for a page that shows it among other things.
///
/// # Errors
/// 503 where the store fails.
pub async fn fragment(ctx: &Ctx, since_ms: u64) -> Answer<Markup> {
    let found = read_news(&ctx.app, ctx.lang, since_ms, NAMED).await?;
    Ok(html! {
        section #news data-live aria-labelledby="news-title" {
            div.head {
                h2 #news-title { (ctx.t("news-title")) " " span.muted { (ctx.tw("news-since", &[("time", time::local(ctx.lang, since_ms).into())])) } }
                a href="/news" { (ctx.t("news-more")) }
            }
            @if found.is_empty() { p.empty { (ctx.t("news-none")) } } @else { (list(ctx, &found, true)) }
        }
    })
}

/// By partner and kind; `folded`: the records come out when somebody wants to see them.
fn list(ctx: &Ctx, found: &[Value], folded: bool) -> Markup {
    let mut partners: Vec<&str> = found.iter().map(|item| text(item, "partner_name")).collect();
    partners.dedup();
    html! {
        ul.cards-grid.news {
            @for (n, partner) in partners.into_iter().enumerate() {
                li.card {
                    h3 { @if partner.is_empty() { (ctx.t("unknown-partner")) } @else { (partner) } }
                    @for item in found.iter().filter(|item| text(item, "partner_name") == partner) {
                        @let kind = text(item, "kind");
                        @let line = html! { strong { (kind_label(ctx.lang, kind)) } " " span.muted { (counts(ctx, item)) } };
                        @match folded {
                            true => details id={ "news-" (n) "-" (kind) } { summary { (line) } (records(ctx, item)) },
                            false => { p { (line) } (records(ctx, item)) },
                        }
                    }
                }
            }
        }
    }
}

/// What becomes of records, as items count it.
const COUNTED: [&str; 3] = ["added", "changed", "deleted"];

fn count(item: &Value, name: &str) -> u64 {
    item.get(name).and_then(Value::as_u64).unwrap_or(0)
}

/// How many records were added, changed and deleted, without what is nothing.
fn counts(ctx: &Ctx, item: &Value) -> String {
    let found = COUNTED.into_iter().map(|name| (name, count(item, name))).filter(|(_, n)| *n > 0);
    let said = found.map(|(name, n)| ctx.tw(&format!("news-n-{name}"), &[("n", n.into())]));
    said.collect::<Vec<_>>().join(", ")
}

fn records(ctx: &Ctx, item: &Value) -> Markup {
    let all = item.get("records").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let more = COUNTED.into_iter().map(|name| count(item, name)).sum::<u64>().saturating_sub(all.len() as u64);
    let moment = |record: &Value| time::parse(text(record, "time"));
    html! {
        ul.set {
            @for record in all {
                li {
                    a href={ "/records/" (text(record, "id")) } { (text(record, "title")) } " "
                    span.muted { (ctx.t(&format!("news-{}", text(record, "what")))) @if let Some(ms) = moment(record) { " " (show::moment(ctx.lang, ms)) } }
                }
            }
        }
        @if more > 0 { p.muted { (ctx.tw("and-more", &[("n", more.into())])) } }
    }
}

/// `GET /news?days=`.
///
/// # Errors
/// 503 where the store fails.
pub async fn page(ctx: Ctx) -> Answer<Response> {
    let days = ctx.query("days").and_then(|text| text.parse().ok()).filter(|n| DAYS.contains(n)).unwrap_or(DAYS[0]);
    let found = read_news(&ctx.app, ctx.lang, time::now_ms().saturating_sub(days * DAY_MS), NAMED).await?;
    let title = ctx.t("news-title");
    let main = html! {
        h1 { (title) }
        form.filters method="get" action="/news" data-filter {
            div { label for="days" { (ctx.t("news-days")) }
                select #days name="days" {
                    @for n in DAYS { option value=(n) selected[n == days] { (ctx.tw("n-days", &[("n", n.into())])) } }
                } }
            div.actions { button type="submit" { (ctx.t("filter-apply")) } }
        }
        section #list data-live aria-labelledby="list-title" {
            h2.vh #list-title { (ctx.tw("n-days", &[("n", days.into())])) }
            @if found.is_empty() { div.empty { p { (ctx.t("news-none")) } } } @else { (list(&ctx, &found, false)) }
        }
    };
    Ok(ctx.page(Place::Other, &title, main))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    #[test]
    fn what_is_new_stays_new_for_one_visit() {
        let now = time::now_ms();
        let with = |since: u64, seen: u64| {
            let cookie = format!("{COOKIE}={since}-{seen}");
            HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(&cookie).unwrap())])
        };
        let (week_ago, yesterday) = (now - 7 * DAY_MS, now - DAY_MS);
        assert_eq!(last_visit(&with(week_ago, now - 60_000), now), week_ago, "a minute later it is the same visit");
        assert_eq!(last_visit(&with(week_ago, yesterday), now), yesterday, "a day later it is another one");
        assert!(last_visit(&HeaderMap::new(), now) <= now - 6 * DAY_MS, "at first, a week is told of");
        let cookie = visited(&with(week_ago, yesterday)).unwrap();
        assert!(
            cookie.to_str().unwrap().starts_with(&format!("{COOKIE}={yesterday}-")),
            "and is remembered: {cookie:?}"
        );
    }
}
