//! How a further machine of this partner comes in: certified here, or by the recovery kit; then by a ticket.

use super::layout::Ctx;
use super::show::icon;
use super::{Pairs, decide, value};
use crate::api::{Answer, Certified, Form, certify_machine, rights_words};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use comin_protocol::statement::Rights;
use maud::{Markup, html};

/// The ways in, as far as the visitor may open them.
pub fn adding(ctx: &Ctx) -> Markup {
    let roster = &ctx.status.roster;
    let held = roster.devices.get(&ctx.status.device).map(|device| device.rights).unwrap_or_default();
    let certifies = ctx.is_admin() && held.includes(Rights::ADMIN);
    html! {
        section #add aria-labelledby="add-title" {
            h2 #add-title { (ctx.t("devices-add")) }
            ol.text {
                li { (ctx.t("devices-add-run")) }
                li { (ctx.t("devices-add-ask")) @if certifies { " " a href="#certify" { (ctx.t("devices-certify")) } } }
                li { (ctx.t("devices-add-ticket")) }
                li { (ctx.t("devices-add-number")) }
            }
            @if certifies { (certifying(ctx, held)) } @else { p.hint { (ctx.t("devices-no-admin")) } }
            @if roster.federation.is_some() && ctx.is_admin() { (ticket(ctx)) }
            details #by-kit {
                summary { (ctx.t("devices-by-kit")) }
                p { (ctx.t("devices-add-kit")) }
            }
        }
    }
}

fn certifying(ctx: &Ctx, held: Rights) -> Markup {
    html! {
        h3 #certify { (ctx.t("devices-certify")) }
        form.record method="post" action="/devices" {
            div.field {
                label for="machine-request" { (ctx.t("devices-request")) }
                p.hint #machine-request-hint { (ctx.t("devices-request-hint")) }
                textarea #machine-request name="request" rows="4" required autocomplete="off" spellcheck="false"
                    aria-describedby="machine-request-hint" {}
            }
            fieldset.field {
                legend { (ctx.t("devices-rights")) }
                p.hint { (ctx.t("devices-rights-hint")) }
                div.checks {
                    @for right in rights_words(held) {
                        @let id = format!("give-{right}");
                        div.check {
                            input id=(id) type="checkbox" name="right" value=(right) checked[right != "admin" && right != "steward"];
                            label for=(id) { (ctx.t(&format!("right-{right}"))) }
                        }
                    }
                }
            }
            div.actions { button type="submit" { (ctx.t("devices-certify-go")) } }
        }
    }
}

/// A ticket that this partner makes for itself: by it the new machine meets the others.
fn ticket(ctx: &Ctx) -> Markup {
    let own = ctx.status.roster.partners.get(&ctx.status.partner);
    html! {
        form method="post" action="/partners/invite" {
            input type="hidden" name="name" value=(ctx.own_name());
            input type="hidden" name="country" value=(own.map_or("", |own| own.country.as_str()));
            button type="submit" { (ctx.t("devices-ticket")) }
        }
    }
}

/// The certificate that was made just now, to be carried to the new machine.
pub fn certified(ctx: &Ctx, made: &Certified, request: &str) -> Markup {
    html! {
        div.callout.good #certificate role="status" { (icon("good")) div {
            p { (ctx.tw("devices-certified", &[("name", made.name.as_str().into())])) }
            ul.set { @for right in rights_words(made.rights) { li { (ctx.t(&format!("right-{right}"))) } } }
            code.ticket { (made.certificate) }
            form method="post" action="/devices/certificate" {
                input type="hidden" name="request" value=(request);
                @for right in rights_words(made.rights) { input type="hidden" name="right" value=(right); }
                button.quiet type="submit" { (ctx.t("devices-certificate-file")) }
            }
        } }
    }
}

async fn asked(ctx: &Ctx, pairs: &[(String, String)]) -> Answer<Certified> {
    let rights: Vec<String> =
        pairs.iter().filter(|(name, _)| name == "right").map(|(_, right)| right.clone()).collect();
    certify_machine(&ctx.app, value(pairs, "request"), Some(&rights)).await
}

/// `POST /devices`: certifies the machine that asks, and shows the certificate.
///
/// # Errors
/// None; why it was refused is shown.
pub async fn certify(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    Ok(match asked(&ctx, &pairs).await {
        Ok(made) => decide::devices_page(&ctx, Some(certified(&ctx, &made, value(&pairs, "request"))), None),
        Err(problem) => decide::devices_page(&ctx, None, Some(&problem)),
    })
}

/// `POST /devices/certificate`: the same certificate as a file.
///
/// # Errors
/// None; why it was refused is shown.
pub async fn certificate_file(ctx: Ctx, Form(pairs): Pairs) -> Answer<Response> {
    let made = match asked(&ctx, &pairs).await {
        Ok(made) => made,
        Err(problem) => return Ok(decide::devices_page(&ctx, None, Some(&problem))),
    };
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let name = HeaderValue::from_static("attachment; filename=\"comin-machine-certificate.txt\"");
    let text = format!("{}\n", made.certificate);
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response())
}
