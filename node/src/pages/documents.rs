//! `/survey` and `/export`: what leaves the node as a file.

use super::layout::{Ctx, Place};
use super::show;
use crate::api::{Answer, partner_states};
use crate::report::Language;
use crate::views::{kind_label, register_label};
use axum::response::Response;
use comin_protocol::ids::RegisterId;
use comin_protocol::schema;
use maud::{Markup, html};

/// `GET /survey`: the survey in each language, for the partnership or for everybody, to print or as Markdown.
///
/// # Errors
/// None of its own.
pub async fn survey(ctx: Ctx) -> Answer<Response> {
    let title = ctx.t("survey-title");
    let partners = partner_states(&ctx.app, &ctx.status, ctx.lang.into());
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("survey-lead")) }
        form.record method="get" action="/api/v1/report" {
            div.field {
                label for="language" { (ctx.t("survey-language")) }
                select #language name="language" {
                    @for language in Language::ALL {
                        option value=(language.code()) lang=(language.code()) selected[language == Language::from(ctx.lang)] { (language.own_name()) }
                    }
                }
            }
            div.field {
                label for="audience" { (ctx.t("survey-audience")) }
                select #audience name="audience" {
                    option value="partnership" { (ctx.t("survey-partnership")) }
                    option value="public" { (ctx.t("survey-public")) }
                }
            }
            div.actions {
                button type="submit" name="format" value="html" { (ctx.t("survey-open")) }
                button.quiet type="submit" name="format" value="md" { (ctx.t("survey-markdown")) }
            }
            p.hint { (ctx.t("survey-print")) }
        }
        section #list data-live aria-labelledby="fresh" {
            h2 #fresh { (ctx.t("survey-fresh")) }
            p { (ctx.t("survey-fresh-how")) }
            ul.links {
                @for partner in &partners {
                    li {
                        strong { (partner.name) } " "
                        @if partner.is_own { span.tag { (ctx.t("partners-self")) } }
                        @else {
                            span.muted {
                                @match partner.heard_ms {
                                    Some(ms) => { (ctx.t("exchange-col-heard")) (ctx.lang.colon()) (show::moment(ctx.lang, ms)) },
                                    None => (ctx.t("partner-state-never-heard")),
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(ctx.page(Place::Survey, &title, main))
}

/// Forms that hold records of all kinds, with the message that says what for.
const WHOLE: [(&str, &str); 4] =
    [("xlsx", "export-xlsx"), ("json", "export-json"), ("geojson", "export-geojson"), ("graphml", "export-graphml")];

/// `GET /export`: each form with what it is good for.
///
/// # Errors
/// None of its own.
pub async fn export(ctx: Ctx) -> Answer<Response> {
    let title = ctx.t("export-title");
    let mut parts: Vec<_> = ctx
        .status
        .docs
        .iter()
        .filter(|doc| ctx.status.roster.registers.contains_key(&doc.doc.register))
        .map(|doc| doc.doc)
        .collect();
    parts.sort();
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("export-lead")) }
        section.card aria-labelledby="whole" {
            h2 #whole { (ctx.t("export-whole")) }
            form.record method="get" action="/api/v1/export" {
                fieldset.field {
                    legend { (ctx.t("export-format")) }
                    @for (n, (format, key)) in WHOLE.iter().enumerate() {
                        div.check {
                            input type="radio" id={ "format-" (format) } name="format" value=(format) checked[n == 0];
                            label for={ "format-" (format) } { (ctx.t(key)) }
                        }
                    }
                }
                (register_choice(&ctx, "whole-register"))
                (public_choice(&ctx, "whole-public"))
                div.actions { button type="submit" { (ctx.t("export-do")) } }
            }
        }
        section.card aria-labelledby="table" {
            h2 #table { (ctx.t("export-table")) }
            form.record method="get" action="/api/v1/export" {
                input type="hidden" name="format" value="csv";
                div.field {
                    label for="export-kind" { (ctx.t("import-kind")) }
                    select #export-kind name="kind" {
                        @for kind in schema::KINDS { option value=(kind.name) { (kind_label(ctx.lang, kind.name)) } }
                    }
                }
                (register_choice(&ctx, "table-register"))
                (public_choice(&ctx, "table-public"))
                div.field {
                    label for="table-names" { (ctx.t("export-refer")) }
                    select #table-names name="names" {
                        option value="false" { (ctx.t("export-refer-id")) }
                        option value="true" { (ctx.t("export-refer-name")) }
                    }
                }
                div.actions { button type="submit" { (ctx.t("export-csv")) } }
            }
        }
        section.card aria-labelledby="other" {
            h2 #other { (ctx.t("export-other")) }
            ul.links {
                li { a href="/api/v1/export?format=ics" { (ctx.t("export-ics")) } }
                li { a href="/api/v1/export?format=vcf" { (ctx.t("export-vcf")) } " " span.tag.warn { (show::icon("warn")) (ctx.t("export-personal")) } }
            }
        }
        section.card aria-labelledby="automerge" {
            h2 #automerge { (ctx.t("export-automerge")) }
            p { (ctx.t("export-automerge-how")) }
            ul.links {
                @for doc in &parts {
                    li { a href={ "/api/v1/export?format=automerge&register=" (doc.register) "&part=" (doc.part) } {
                        (register_label(ctx.lang, &ctx.status.roster, &ctx.status.partner, &doc.register)) " · " (ctx.tw("export-part", &[("n", u64::from(doc.part).into())]))
                    } }
                }
            }
        }
    };
    Ok(ctx.page(Place::Export, &title, main))
}

fn register_choice(ctx: &Ctx, id: &str) -> Markup {
    let (roster, device) = (&ctx.status.roster, &ctx.status.device);
    let readable = roster.registers.values().filter(|register| roster.may_read(&register.id, device));
    let mut named: Vec<(RegisterId, String)> = readable
        .map(|register| (register.id, register_label(ctx.lang, roster, &ctx.status.partner, &register.id)))
        .collect();
    named.sort_by_cached_key(|(_, label)| crate::views::sort_key(ctx.lang, label));
    html! {
        div.field {
            label for=(id) { (ctx.t("form-register")) }
            select id=(id) name="register" {
                option value="" { (ctx.t("filter-all")) }
                @for (register, label) in &named { option value=(register) { (label) } }
            }
        }
    }
}

fn public_choice(ctx: &Ctx, id: &str) -> Markup {
    html! {
        div.field { div.check {
            input type="checkbox" id=(id) name="public" value="true";
            label for=(id) { (ctx.t("export-public")) }
        } }
    }
}
