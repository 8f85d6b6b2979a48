//! `/people`: contact persons – personal data, which only those read whom its controller names.

use super::control::{self, control_id};
use super::form::{self, Values};
use super::history;
use super::layout::{Ctx, Place};
use super::lists::pager;
use super::offers;
use super::record::version_section;
use super::{Pairs, show, text, value};
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, Form, Problem, WritersBody, add_person, erase_person, read_erasure, share_person};
use crate::persons;
use crate::store::StoreError;
use crate::views::{self, Reader, Titles, Version, field_label, time, words};
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::{DocId, PERSON_KIND, RecordKey, RegisterId};
use comin_protocol::persons::{PersonFacts, Reason};
use comin_protocol::record::Row;
use comin_protocol::schema::PERSON;
use comin_protocol::statement::Writers;
use maud::{Markup, html};
use serde_json::Value;

/// A person in the list.
struct Listed {
    row: Row,
    controller: String,
    readers: Writers,
}

/// `GET /people?q=&page=`.
///
/// # Errors
/// 503 where the store fails.
pub async fn list(ctx: Ctx) -> Answer<Response> {
    let (roster, lang, asked) = (ctx.status.roster.clone(), ctx.lang, ctx.query("q").map(views::fold));
    let wanted = ctx.query("page").and_then(|text| text.parse().ok()).unwrap_or(1_usize);
    let found = ctx.app.node().read(move |store| {
        let mut found = Vec::new();
        // Persons are in no index: the few that there are, are looked through.
        for (register, facts) in &roster.persons {
            let Some(row) = store.row(&RecordKey::person(register), &DocId::person(*register))? else { continue };
            let controller = roster.name_of(&facts.controller);
            if asked.as_ref().is_none_or(|asked| says(&row, asked) || views::fold(&controller).contains(asked)) {
                found.push(Listed { row, controller, readers: facts.readers.clone() });
            }
        }
        found.sort_by_cached_key(|one| {
            let part = |field: &str| views::sort_key(lang, one.row.text(field).unwrap_or_default());
            (part("family_name"), part("given_name"), one.row.key.clone())
        });
        let (total, pages) = (found.len(), found.len().div_ceil(PAGE_ROWS).max(1));
        let page = wanted.clamp(1, pages);
        let shown: Vec<Listed> = found.into_iter().skip((page - 1) * PAGE_ROWS).take(PAGE_ROWS).collect();
        Ok((shown, total, page, pages))
    });
    let (found, total, page, pages) = found.await?;
    let title = ctx.t("people-title");
    let main = html! {
        div.head { h1 { (title) } a.button href="/people/new" { (ctx.t("people-new")) } }
        p.lead { (ctx.t("people-lead")) }
        form.filters method="get" action="/people" role="search" data-filter {
            div { label for="q" { (ctx.t("filter-text")) } input #q name="q" type="search" value=[ctx.query("q")] maxlength="100"; }
            div.actions { button type="submit" { (ctx.t("filter-apply")) } }
        }
        section #list data-live aria-label=(title) {
            p.summary role="status" { (ctx.tw("n-people", &[("n", total.into())])) }
            @if found.is_empty() { div.empty { p { (ctx.t("people-none")) } } }
            @else { (table(&ctx, &title, &found)) (pager(&ctx, page, pages)) }
        }
    };
    Ok(ctx.page(Place::People, &title, main))
}

/// What a person is called: given and family name.
pub fn name(row: &Row) -> String {
    [row.text("given_name"), row.text("family_name")].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Whether a text stands in the person's name or in one of the values; `asked` is folded.
fn says(row: &Row, asked: &str) -> bool {
    let texts = row.fields.values().flatten().filter_map(|cell| cell.value.as_str());
    let of_people = texts.filter(|text| RecordKey::parse(text).is_none());
    views::fold(&name(row)).contains(asked) || of_people.map(views::fold).any(|text| text.contains(asked))
}

fn table(ctx: &Ctx, title: &str, found: &[Listed]) -> Markup {
    let heads = ["list-name", "field-role", "people-controller", "people-readers", "field-retain_until"];
    html! {
        table.cards role="table" {
            caption.vh { (title) }
            thead role="rowgroup" { tr role="row" { @for head in heads { th role="columnheader" scope="col" { (ctx.t(head)) } } } }
            tbody role="rowgroup" {
                @for Listed { row, controller, readers } in found {
                    tr role="row" {
                        th role="rowheader" scope="row" {
                            a href={ "/people/" (row.key) } { (name(row)) }
                            @if row.has_conflict() { " " span.tag.warn { (show::icon("warn")) (ctx.t("mark-conflict")) } }
                        }
                        td role="cell" data-label=(ctx.t("field-role")) { (row.text("role").unwrap_or_default()) }
                        td role="cell" data-label=(ctx.t("people-controller")) { (controller) }
                        td role="cell" data-label=(ctx.t("people-readers")) { (readers_words(ctx, readers)) }
                        td role="cell" data-label=(ctx.t("field-retain_until")) {
                            (time::day(ctx.lang, row.text("retain_until").unwrap_or_default()))
                            @if let Some(due) = persons::due(row, time::today()) { " " span.tag.warn { (show::icon("warn")) (ctx.t(&format!("people-due-{}", due.code()))) } }
                        }
                    }
                }
            }
        }
    }
}

/// Who reads a person besides its controller.
fn readers_words(ctx: &Ctx, readers: &Writers) -> String {
    match readers {
        Writers::All => ctx.t("people-readers-all"),
        Writers::Partners(partners) if partners.is_empty() => ctx.t("people-readers-none"),
        Writers::Partners(partners) => {
            let names = partners.iter().map(|partner| ctx.status.roster.name_of(partner));
            names.collect::<Vec<_>>().join(", ")
        }
    }
}

/// `GET /people/new?organisation=`.
///
/// # Errors
/// 503 where the store fails.
pub async fn new(ctx: Ctx) -> Answer<Response> {
    let given = ctx.query("organisation").map(|key| (format!("{}organisation", form::PREFIX), key.to_owned()));
    let values = Values::of_pairs(&given.into_iter().collect::<Vec<_>>());
    new_page(&ctx, &values, &Scope::default(), None).await
}

/// `POST /people/new`.
///
/// # Errors
/// A refused value shows the form again with the reason.
pub async fn create(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let (mut values, scope) = (Values::of_pairs(&pairs), Scope::of(&pairs));
    if !value(&pairs, "find").is_empty() {
        return new_page(&ctx, &values, &scope, None).await;
    }
    let made = match offers::settle(&ctx, &PERSON, &mut values).await {
        Ok(()) => add_person(&ctx.app, &values.changed(&PERSON, &Values::default()), &scope.body(), ctx.lang).await,
        Err(problem) => Err(problem),
    };
    match made {
        Ok(row) => Ok(Redirect::to(&format!("/people/{}", row.key)).into_response()),
        Err(problem) => new_page(&ctx, &values, &scope, Some(&problem)).await,
    }
}

async fn new_page(ctx: &Ctx, values: &Values, scope: &Scope, problem: Option<&Problem>) -> Answer<Response> {
    let offers = offers::read(ctx, &PERSON, values).await?;
    let words = problem.map(|problem| form::refusal(ctx.lang, &PERSON, problem)).unwrap_or_default();
    let field = problem.and_then(|problem| problem.more.get("field")?.as_str());
    let title = ctx.t("people-new");
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href="/people" { (ctx.t("people-title")) } }
        h1 { (title) }
        p.lead { (ctx.t("people-new-lead")) }
        @if let Some(problem) = problem {
            div.callout.error-summary role="alert" tabindex="-1" {
                (show::icon("act"))
                div {
                    p { strong { (ctx.t("form-refused")) } }
                    @match field {
                        Some(field) => p { a href={ "#" (control_id(field)) } { (field_label(ctx.lang, field)) } (ctx.lang.colon()) (words) },
                        None => (super::refusal_words(ctx.lang, problem)),
                    }
                }
            }
        }
        form.record method="post" action="/people/new" {
            (control::controls(ctx, &PERSON, values, &offers, field.map(|field| (field, words.as_str())), &[]))
            (scope_controls(ctx, scope, &ctx.t("people-scope")))
            div.actions { button type="submit" { (ctx.t("form-save")) } a href="/people" { (ctx.t("form-cancel")) } }
        }
    };
    let mut response = ctx.page(Place::People, &title, main);
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    Ok(response)
}

/// Who reads a person besides its controller, as a form says it.
#[derive(Default)]
pub struct Scope {
    all: bool,
    partners: Vec<String>,
}

impl Scope {
    /// What a form says.
    pub fn of(pairs: &[(String, String)]) -> Self {
        let partners = pairs.iter().filter(|(name, _)| name == "partner").map(|(_, id)| id.clone());
        let which = value(pairs, "scope");
        Self { all: which == "all", partners: if which == "some" { partners.collect() } else { Vec::new() } }
    }

    fn of_facts(facts: &PersonFacts) -> Self {
        match &facts.readers {
            Writers::All => Self { all: true, partners: Vec::new() },
            Writers::Partners(partners) => {
                Self { all: false, partners: partners.iter().map(ToString::to_string).collect() }
            }
        }
    }

    /// As the address of an import takes it; `None`: nobody else reads them.
    pub fn parameter(&self) -> Option<String> {
        if self.all { Some("all".to_owned()) } else { Some(self.partners.join(",")).filter(|names| !names.is_empty()) }
    }

    fn body(&self) -> WritersBody {
        if self.all { WritersBody::One("all".to_owned()) } else { WritersBody::Many(self.partners.clone()) }
    }
}

/// Who else reads a person, or several: `legend` says which.
pub fn scope_controls(ctx: &Ctx, scope: &Scope, legend: &str) -> Markup {
    let others = ctx.status.roster.partners.values().filter(|p| p.admitted && p.id != ctx.status.partner);
    let others: Vec<(String, &str)> = others.map(|p| (p.id.to_string(), p.name.as_str())).collect();
    let which = if scope.all {
        "all"
    } else if scope.partners.is_empty() {
        "own"
    } else {
        "some"
    };
    html! {
        fieldset.field {
            legend { (legend) }
            p.hint { (ctx.t("people-scope-hint")) }
            @for word in ["own", "all", "some"] {
                @if word != "some" || !others.is_empty() {
                    div.check {
                        input type="radio" id={ "scope-" (word) } name="scope" value=(word) checked[word == which];
                        label for={ "scope-" (word) } { (ctx.t(&format!("people-scope-{word}"))) }
                    }
                }
            }
            div.checks {
                @for (id, name) in &others {
                    div.check {
                        input type="checkbox" id={ "partner-" (id) } name="partner" value=(id) checked[scope.partners.contains(id)];
                        label for={ "partner-" (id) } { (name) }
                    }
                }
            }
        }
    }
}

struct Person<'a> {
    key: RecordKey,
    facts: &'a PersonFacts,
    version: Option<(String, Version, Titles)>,
}

async fn read<'a>(ctx: &'a Ctx, id: &str) -> Answer<Person<'a>> {
    let id = if id.contains(':') { id.to_owned() } else { format!("{PERSON_KIND}:{id}") };
    let key = crate::api::parse_key(&id)?;
    let known = ctx.status.roster.persons.iter().find(|(register, _)| RecordKey::person(register) == key);
    let (register, facts) = known.ok_or_else(|| Problem::not_found("this person"))?;
    let (register, roster, lang): (RegisterId, _, _) = (*register, ctx.status.roster.clone(), ctx.lang);
    let (own, wanted) = ((ctx.status.partner, ctx.status.device), key.clone());
    let found = ctx.app.node().read(move |store| {
        let Some(row) = store.row(&wanted, &DocId::person(register))? else { return Ok(None) };
        let reader = Reader::new(store, &roster, own, lang);
        let titles = reader.titles(&[&row])?;
        Ok::<_, StoreError>(Some((name(&row), reader.version(row)?, titles)))
    });
    Ok(Person { key, facts, version: found.await? })
}

/// `GET /people/{id}`: the person, who reads it, and where an erasure stands.
///
/// # Errors
/// 404.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let person = read(&ctx, &id).await?;
    let Json(erasure) = read_erasure(State(ctx.app.clone()), ctx.lang, Path(person.key.to_string())).await?;
    let is_own = person.facts.controller == ctx.status.partner;
    let title = person.version.as_ref().map_or_else(|| ctx.t("people-erased-title"), |(name, ..)| name.clone());
    let base = format!("/people/{}", person.key);
    let api = format!("/api/v1/persons/{}/access", person.key);
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href="/people" { (ctx.t("people-title")) } }
        article #record data-live {
            p.kind { (ctx.t("kind-person")) }
            h1 { (title) }
            p.muted { (ctx.tw("people-controlled-by", &[("name", ctx.status.roster.name_of(&person.facts.controller).into())])) }
            @if erasure.get("asked") == Some(&Value::Bool(true)) { (erased(&ctx, &erasure)) }
            @if let Some((_, version, titles)) = &person.version {
                (version_section(&ctx, version, titles))
                section aria-labelledby="access" {
                    h2 #access { (ctx.t("people-access")) }
                    p { (ctx.t("people-access-how")) }
                    p.actions { a.button.quiet href={ (api) "?format=json" } download="person.json" { "JSON" } a.button.quiet href={ (api) "?format=vcf" } download="person.vcf" { "vCard" } }
                }
                (history::link(&ctx, &person.key, &title))
            }
        }
        @if person.version.is_some() && is_own {
            section aria-labelledby="scope" {
                h2 #scope { (ctx.t("people-scope")) }
                form.record method="post" action={ (base) "/scope" } {
                    (scope_controls(&ctx, &Scope::of_facts(person.facts), &ctx.t("people-scope")))
                    div.actions { button type="submit" { (ctx.t("form-save")) } }
                }
            }
        }
        @if person.version.is_some() { (erase_form(&ctx, &base)) }
    };
    Ok(ctx.page(Place::People, &title, main))
}

/// How far an erasure has come.
fn erased(ctx: &Ctx, erasure: &Value) -> Markup {
    let number = |name: &str| erasure.get(name).and_then(Value::as_u64).unwrap_or_default();
    let missing = erasure.get("missing").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let files = erasure.get("files").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    html! {
        section.callout aria-label=(ctx.t("people-erasure")) {
            (show::icon(if missing.is_empty() { "good" } else { "busy" }))
            div {
                p { strong { (ctx.tw("cli-person-erased", &[("k", number("erased_devices").into()), ("n", number("devices").into()), ("m", number("partners").into())])) } }
                @if erasure.get("waits_here") == Some(&Value::Bool(true)) { p { (ctx.t("people-erasure-waits")) } }
                ul {
                    @for one in missing {
                        @let name = format!("{} · {}", text(one, "partner_name"), text(one, "device_name"));
                        li {
                            @match time::parse(text(one, "last_heard")) {
                                Some(ms) => (ctx.tw("cli-person-missing", &[("name", name.into()), ("time", time::local(ctx.lang, ms).into())])),
                                None => (ctx.tw("cli-person-missing-unheard", &[("name", name.into())])),
                            }
                        }
                    }
                }
                @if !files.is_empty() {
                    p { (ctx.t("cli-person-files")) }
                    ul { @for file in files { li { (file.as_str().unwrap_or_default()) } } }
                }
            }
        }
    }
}

fn erase_form(ctx: &Ctx, base: &str) -> Markup {
    html! {
        section aria-labelledby="erase" {
            h2 #erase { (ctx.t("people-erase")) }
            p { (ctx.t("people-erase-what")) }
            form.record method="post" action={ (base) "/erase" } {
                div.field {
                    label for="reason" { (ctx.t("people-erase-why")) }
                    select #reason name="reason" required {
                        option value="" { (ctx.t("form-none")) }
                        @for reason in Reason::ALL { option value=(reason.code()) { (ctx.t(&format!("erase-reason-{}", reason.code()))) } }
                    }
                }
                div.field { div.check {
                    input #sure type="checkbox" name="sure" value="yes" required;
                    label for="sure" { (ctx.t("people-erase-sure")) }
                } }
                div.actions { button.quiet.danger type="submit" { (ctx.t("people-erase-do")) } }
            }
        }
    }
}

/// `POST /people/{id}/scope`.
///
/// # Errors
/// 403 where another partner is the controller.
pub async fn share(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    share_person(&ctx.app, &id, &Scope::of(&pairs).body()).await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

/// `POST /people/{id}/erase`: everywhere and for ever.
///
/// # Errors
/// 422 without a reason, or where nobody has said that they are sure.
pub async fn erase(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    if value(&pairs, "sure") != "yes" {
        return Err(Problem::invalid("nobody has said that they are sure"));
    }
    erase_person(&ctx.app, &id, value(&pairs, "reason")).await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

/// The contact persons of an organisation; nothing of other records.
///
/// # Errors
/// 503 where the store fails.
pub async fn of(ctx: &Ctx, key: &RecordKey) -> Answer<Markup> {
    if key.kind != "organisation" {
        return Ok(html! {});
    }
    let (persons, wanted) = (ctx.status.roster.persons.keys().copied().collect::<Vec<_>>(), key.to_string());
    let found = ctx.app.node().read(move |store| {
        let mut found = Vec::new();
        for register in persons {
            let Some(row) = store.row(&RecordKey::person(&register), &DocId::person(register))? else { continue };
            if words(&row, "organisation").contains(&wanted) {
                let text = |field: &str| row.text(field).unwrap_or_default().to_owned();
                found.push((row.key.clone(), format!("{} {}", text("given_name"), text("family_name")), text("role")));
            }
        }
        Ok(found)
    });
    let found = found.await?;
    Ok(html! {
        section aria-labelledby="people" {
            div.head {
                h2 #people { (ctx.t("people-title")) }
                a.button.quiet href={ "/people/new?organisation=" (key) } { (ctx.t("people-new")) }
            }
            @if found.is_empty() { p.muted { (ctx.t("record-no-people")) } } @else {
                ul.links { @for (key, name, role) in &found { li { a href={ "/people/" (key) } { (name) } " " span.muted { (role) } } } }
            }
        }
    })
}
