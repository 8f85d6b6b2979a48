//! `/search`: records of all kinds by words in any language, the words marked where they stand.

use super::layout::{Ctx, Place};
use super::{filters, lists, show};
use crate::api::Answer;
use crate::api::limits::{PAGE_ITEMS_MAX, PAGE_ROWS};
use crate::search::{Query, words_of};
use crate::store::StoreError;
use crate::views::{Group, Reader, field_label_in, fold, kind_label};
use axum::response::Response;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::Row;
use comin_protocol::schema;
use maud::{Markup, html};

/// Places shown of one record in which the words stand, besides its title.
const PLACES: usize = 2;
/// Characters shown of a text before the first word that was looked for, and in all.
const BEFORE: usize = 60;
/// See [`BEFORE`].
const SHOWN: usize = 220;

struct Found {
    groups: Vec<Group>,
    total: usize,
    page: usize,
    pages: usize,
    networks: Vec<(RecordKey, String)>,
}

/// `GET /search?q=`.
///
/// # Errors
/// 400 for a filter that cannot be read.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    let kind = ctx.query("kind").map(str::to_owned);
    let mut filter = filters::read(&ctx, kind.as_deref())?;
    let text = filter.q.take().unwrap_or_default();
    let number = ctx.query("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1);
    let number = number.clamp(1, PAGE_ITEMS_MAX / PAGE_ROWS);
    let words = words_of(&text);
    let found = read(&ctx, Query { text: text.clone(), filter }, number).await?;
    let (number, pages) = (found.page, found.pages);
    let title = ctx.t("search-title");
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("search-lead")) }
        (filters::form(&ctx, "/search", None, &found.networks))
        @if !words.is_empty() {
            section #list data-live aria-label=(ctx.t("search-results")) {
                p.summary role="status" { (ctx.tw("search-found", &[("n", found.total.into()), ("text", text.as_str().into())])) }
                @if found.groups.is_empty() { div.empty { p { (ctx.t("search-none")) } } }
                ol.results start=((number - 1) * PAGE_ROWS + 1) { @for group in &found.groups { li { (hit(&ctx, group, &words)) } } }
                (lists::pager(&ctx, number, pages))
            }
        }
    };
    Ok(ctx.page(Place::Other, &title, main))
}

async fn read(ctx: &Ctx, query: Query, number: usize) -> Answer<Found> {
    let (index, search, roster, lang) = (ctx.app.index(), ctx.app.search(), ctx.status.roster.clone(), ctx.lang);
    let own = (ctx.status.partner, ctx.status.device);
    let found = ctx.app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let (hits, total) = match words_of(&query.text).is_empty() {
            true => (Vec::new(), 0),
            false => search.search(store, &index, &query, lang, number * PAGE_ROWS)?,
        };
        // How many there are is known only when they are found: a page behind the last one is the last one.
        let pages = total.min(PAGE_ITEMS_MAX).div_ceil(PAGE_ROWS).max(1);
        let page = number.min(pages);
        let shown = hits.into_iter().skip((page - 1) * PAGE_ROWS).take(PAGE_ROWS);
        let groups = shown.filter_map(|hit| store.rows_of(&hit.key).and_then(|rows| reader.group(rows)).transpose());
        let groups = groups.collect::<Result<Vec<_>, StoreError>>()?;
        Ok(Found { groups, total, page, pages, networks: filters::networks(store, &index, lang)? })
    });
    Ok(found.await?)
}

fn hit(ctx: &Ctx, group: &Group, words: &[String]) -> Markup {
    let row = group.versions.first().map(|version| &version.row);
    let places = row.map(|row| places(row, &group.title, words)).unwrap_or_default();
    let registers: Vec<&str> = group.versions.iter().map(|version| version.register_name.as_str()).collect();
    html! {
        h2 { a href={ "/records/" (group.key) } lang=[show::foreign(ctx.lang, group)] { (marked(&group.title, words)) } }
        p.muted { (kind_label(ctx.lang, &group.key.kind)) " · " (registers.join(", ")) (lists::marks(ctx, group)) }
        @for (key, text) in places {
            @let lang = key.split_once('@').map(|(_, lang)| lang).filter(|lang| *lang != ctx.lang.code());
            p.place { span.muted { (field_label_in(ctx.lang, &group.key.kind, key)) (ctx.lang.colon()) } span lang=[lang] { (marked(&excerpt(text, words), words)) } }
        }
    }
}

/// The fields in which one of the words stands, besides the title as it is shown: it may stand in another language's.
fn places<'a>(row: &'a Row, title: &str, words: &[String]) -> Vec<(&'a str, &'a str)> {
    let texts = row.fields.iter().filter_map(|(key, cells)| Some((key.as_str(), cells.first()?.value.as_str()?)));
    let people = texts.filter(|(key, text)| {
        let base = schema::base_of(key);
        *text != title
            && schema::RECORD_FIELDS.iter().all(|field| field.name != base)
            && RecordKey::parse(text).is_none()
            && holds(text, words)
    });
    people.take(PLACES).collect()
}

fn holds(text: &str, words: &[String]) -> bool {
    tokens(text).any(|(token, is_word)| is_word && is_meant(token, words))
}

fn is_meant(token: &str, words: &[String]) -> bool {
    let folded = fold(token);
    words.iter().any(|word| folded.contains(word.as_str()))
}

/// The text in pieces: words, and what stands between them.
fn tokens(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_word = rest.chars().next()?.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != is_word).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        rest = after;
        Some((token, is_word))
    })
}

/// The part of a text around the first of the words.
fn excerpt(text: &str, words: &[String]) -> String {
    let mut at = 0;
    for (token, is_word) in tokens(text) {
        if is_word && is_meant(token, words) {
            break;
        }
        at += token.chars().count();
    }
    let from = at.saturating_sub(BEFORE);
    let shown: String = text.chars().skip(from).take(SHOWN).collect();
    let (begins, ends) = (from == 0, from + SHOWN >= text.chars().count());
    format!("{}{shown}{}", if begins { "" } else { "… " }, if ends { "" } else { " …" })
}

/// A text with the words marked in which one of those that were looked for stands.
fn marked(text: &str, words: &[String]) -> Markup {
    html! {
        @for (token, is_word) in tokens(text) {
            @if is_word && is_meant(token, words) { mark { (token) } } @else { (token) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_whatever_their_accents() {
        let words = words_of("sentprima cafe");
        let html = marked("Zavod Šentprima – <b> & café-bar", &words).into_string();
        assert_eq!(
            html, "Zavod <mark>Šentprima</mark> – &lt;b&gt; &amp; <mark>café</mark>-bar",
            "and the rest is text"
        );
    }

    #[test]
    fn an_excerpt_begins_before_the_word() {
        let text = format!("{} naložba {}", "a ".repeat(200), "b ".repeat(200));
        let shown = excerpt(&text, &words_of("nalozba"));
        assert!(shown.starts_with("… ") && shown.ends_with(" …") && shown.contains("naložba"), "{shown}");
        assert_eq!(excerpt("kratko", &words_of("kratko")), "kratko", "a short text is whole");
    }
}
