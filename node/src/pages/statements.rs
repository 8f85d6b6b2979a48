//! The accessibility statement and the privacy notice.

use super::layout::{Ctx, Place};
use axum::response::Response;
use maud::html;

/// `GET /accessibility`.
pub async fn accessibility(ctx: Ctx) -> Response {
    page(
        &ctx,
        "menu-accessibility",
        &[
            ("access-what-title", &["access-what", "access-standard"]),
            (
                "access-how-title",
                &["access-how-checked", "access-keyboard", "access-zoom", "access-script", "access-print"],
            ),
            ("access-known-title", &["access-known-pictures", "access-known-data"]),
            ("access-tell-title", &["access-tell"]),
        ],
    )
}

/// `GET /privacy`.
pub async fn privacy(ctx: Ctx) -> Response {
    page(
        &ctx,
        "menu-privacy",
        &[
            ("privacy-what-title", &["privacy-what", "privacy-not"]),
            ("privacy-where-title", &["privacy-where", "privacy-who", "privacy-sealed"]),
            ("privacy-long-title", &["privacy-long", "privacy-erase"]),
            ("privacy-browser-title", &["privacy-cookies", "privacy-nobody"]),
            ("privacy-rights-title", &["privacy-rights"]),
        ],
    )
}

fn page(ctx: &Ctx, title: &str, sections: &[(&str, &[&str])]) -> Response {
    let main = html! {
        article.text {
            h1 { (ctx.t(title)) }
            @for (heading, paragraphs) in sections {
                h2 { (ctx.t(heading)) }
                @for key in *paragraphs { p { (ctx.t(key)) } }
            }
        }
    };
    ctx.page(Place::Other, &ctx.t(title), main)
}
