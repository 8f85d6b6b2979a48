//! `/records/{id}`: a record with its values per register, its conflicts and its links.

use super::layout::{Ctx, LISTS, Place};
use super::{around, history, people, show};
use crate::api::{Answer, Problem, parse_key, surroundings};
use crate::views::{Conflict, Group, Membership, Reader, Titles, Version, field_label_in, kind_label};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::PERSON_KIND;
use comin_protocol::schema::{self, Kind};
use maud::{Markup, html};
use serde_json::{Map, Value};

struct Found {
    group: Group,
    titles: Titles,
    /// Memberships of this network or organisation.
    links: Vec<Membership>,
}

/// `GET /records/{id}`.
///
/// # Errors
/// 404.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let key = parse_key(&id)?;
    if key.kind == PERSON_KIND {
        return Ok(Redirect::to(&format!("/people/{key}")).into_response());
    }
    let (roster, own, lang, wanted) =
        (ctx.status.roster.clone(), (ctx.status.partner, ctx.status.device), ctx.lang, key.clone());
    let index = ctx.app.index();
    let found = ctx.app.node().read(move |store| {
        let reader = Reader::new(store, &roster, own, lang);
        let Some(group) = reader.group(store.rows_of(&wanted)?)? else { return Ok(None) };
        let mut titles = reader.titles(&group.versions.iter().map(|v| &v.row).collect::<Vec<_>>())?;
        let links = index.memberships_of(store, &wanted)?;
        for (_, other, _) in &links {
            titles.insert(other.clone(), reader.title_of(other)?);
        }
        Ok(Some(Found { group, titles, links }))
    });
    let found = found.await?.ok_or_else(|| Problem::not_found(format!("record {key}")))?;
    let around = surroundings(&ctx.app, &found.group, lang).await?;
    let people = people::of(&ctx, &key).await?;
    Ok(page(&ctx, &found, &around, &people))
}

fn place(kind: &str) -> Place {
    LISTS.iter().find(|(k, _)| *k == kind).map_or(Place::Other, |(kind, _)| Place::Kind(kind))
}

fn page(ctx: &Ctx, found: &Found, around: &Map<String, Value>, people: &Markup) -> Response {
    let group = &found.group;
    let kind = &group.key.kind;
    let up = LISTS.iter().find(|(k, _)| k == kind);
    let main = html! {
        @if let Some((kind, path)) = up {
            nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href=(path) { (ctx.t(&format!("kinds-{kind}"))) } }
        }
        article #record data-live {
            p.kind { (kind_label(ctx.lang, kind)) }
            h1 lang=[show::foreign(ctx.lang, group)] { (group.title) }
            @if !group.differs.is_empty() { (differs(ctx, group)) }
            @for version in &group.versions { (version_section(ctx, version, &found.titles)) }
            (link_section(ctx, found))
            (people)
            (around::sections(ctx, &group.key, around))
            (history::link(ctx, &group.key, &group.title))
            p.muted { (ctx.t("record-id")) " " code { (group.key) } }
        }
    };
    ctx.page(place(kind), &group.title, main)
}

fn differs(ctx: &Ctx, group: &Group) -> Markup {
    let fields: Vec<String> =
        group.differs.iter().map(|field| field_label_in(ctx.lang, &group.key.kind, field)).collect();
    html! {
        p.callout { (show::icon("warn")) span { (ctx.tw("record-differs", &[("fields", fields.join(", ").into())])) } }
    }
}

/// What one register says of a record, and what can be done about it.
pub fn version_section(ctx: &Ctx, version: &Version, titles: &Titles) -> Markup {
    let deleted = version.row.is_deleted();
    let heading = format!("v-{}-{}", version.row.doc.register.short(), version.row.doc.part);
    html! {
        section.version aria-labelledby=(heading) {
            div.head {
                h2 id=(heading) { span.muted { (ctx.t("record-kept-in")) } " " (version.register_name) }
                @if version.writable { (actions(ctx, version)) } @else { (read_only(ctx, version)) }
            }
            @if deleted { p.callout { (show::icon("act")) span { (ctx.t(if version.row.is_listed() { "record-deletion-disputed" } else { "record-deleted" })) } } }
            @for conflict in &version.conflicts { (conflict_callout(ctx, version, conflict, titles)) }
            (values(ctx, version, titles))
            (around::stale_translations(ctx, version))
            (around::order(ctx, version))
            (around::steps(ctx, version, "record"))
            (around::state_form(ctx, version))
            p.muted { (ctx.t("record-created")) " " (show::origin(ctx, &version.creator)) }
        }
    }
}

fn actions(ctx: &Ctx, version: &Version) -> Markup {
    let base = format!("/records/{}", version.row.key);
    let register = version.row.doc.register;
    let tag = version.row.version().to_text();
    let verb = if version.row.is_deleted() { "restore" } else { "delete" };
    html! {
        div.actions {
            a.button.quiet href={ (base) "/edit?register=" (register) } {
                (ctx.t("record-edit")) span.vh { ": " (version.register_name) }
            }
            // A person is not marked as deleted but erased.
            @if version.row.key.kind != PERSON_KIND {
                form method="post" action={ (base) "/" (verb) "?register=" (register) } {
                    input type="hidden" name="version" value=(tag);
                    button.quiet.(if verb == "delete" { "danger" } else { "" }) type="submit" { (ctx.t(&format!("record-{verb}"))) }
                }
            }
        }
    }
}

/// What somebody can do about a record that another partner keeps.
fn read_only(ctx: &Ctx, version: &Version) -> Markup {
    let row = &version.row;
    html! {
        div.actions {
            span.tag { (ctx.t("record-read-only")) }
            // What is proposed is read by all partners, and a person is not.
            @if !row.is_deleted() && schema::kind(&row.key.kind).is_some() && !matches!(row.key.kind.as_str(), "proposal" | PERSON_KIND) {
                a.button.quiet href={ "/records/" (row.key) "/propose?register=" (row.doc.register) } { (ctx.t("record-propose")) }
            }
        }
    }
}

fn conflict_callout(ctx: &Ctx, version: &Version, conflict: &Conflict, titles: &Titles) -> Markup {
    html! {
        div.callout.conflict {
            (show::icon("warn"))
            div {
                p { strong { (field_label_in(ctx.lang, &version.row.key.kind, &conflict.field)) } (ctx.lang.colon())
                    (ctx.tw("conflict-count", &[("n", conflict.values.len().into())])) }
                ul {
                    @for value in &conflict.values {
                        li { (show::conflict_value(ctx, &version.row, &conflict.field, value, titles)) " — " (show::origin(ctx, value)) }
                    }
                }
                a href=(super::conflicts::path_of(version, conflict)) { (ctx.t("conflict-decide")) span.vh { ": " (field_label_in(ctx.lang, &version.row.key.kind, &conflict.field)) } }
            }
        }
    }
}

fn values(ctx: &Ctx, version: &Version, titles: &Titles) -> Markup {
    let row = &version.row;
    let known = schema::kind(&row.key.kind);
    let fields = known.into_iter().flat_map(Kind::all_fields).filter(|f| !matches!(f.name, "deleted" | "schema"));
    let shown: Vec<_> = fields.filter_map(|f| Some((f, show::field(ctx.lang, row, f, titles)?))).collect();
    let unknown = row
        .fields
        .keys()
        .filter(|key| known.is_none_or(|kind| kind.field(schema::base_of(key)).is_none()) && row.value(key).is_some());
    html! {
        dl.values {
            @for (field, value) in shown { div { dt { (field_label_in(ctx.lang, &row.key.kind, field.name)) } dd { (value) } } }
            @for key in unknown {
                div {
                    dt { code { (key) } }
                    dd { @if let Some(value) = row.value(key) { (crate::views::scalar_text(value)) } }
                }
            }
        }
    }
}

fn link_section(ctx: &Ctx, found: &Found) -> Markup {
    let (title, empty) = match found.group.key.kind.as_str() {
        "network" => ("record-members", "record-no-members"),
        "organisation" => ("record-networks", "record-no-networks"),
        _ => return html! {},
    };
    let vocabulary = schema::vocabulary("membership_role");
    let role =
        |code: &str| vocabulary.and_then(|v| v.term(code)).map_or(code.to_owned(), |t| t.label(ctx.lang.code()).into());
    html! {
        section aria-labelledby="links" {
            div.head {
                h2 #links { (ctx.t(title)) @if !found.links.is_empty() { " (" (found.links.len()) ")" } }
                a.button.quiet href={ "/records/new?kind=membership&" (found.group.key.kind) "=" (found.group.key) } { (ctx.t("new-membership")) }
            }
            @if found.links.is_empty() { p.empty { (ctx.t(empty)) } }
            ul.links {
                @for (membership, other, code) in &found.links {
                    li {
                        (show::record_link(other, &found.titles))
                        @if let Some(code) = code { " " span.tag { (role(code)) } }
                        " " a.muted href={ "/records/" (membership) } {
                            (ctx.t("kind-membership")) span.vh { ": " (found.titles.get(other).map_or("", String::as_str)) }
                        }
                    }
                }
            }
        }
    }
}
