//! The frame of every page: head, navigation, language switch, footer.

use super::assets;
use crate::api::auth::{Caller, User};
use crate::api::context::{LANG_COOKIE, lang_of_query};
use crate::api::{AppState, Problem};
use crate::i18n::{Arg, Lang};
use crate::users::Role;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use comin_protocol::engine::Status;
use maud::{DOCTYPE, Markup, html};

/// What every page knows of its request.
pub struct Ctx {
    /// The node.
    pub app: AppState,
    /// The language of the page.
    pub lang: Lang,
    /// The state of node and federation.
    pub status: Status,
    /// Records that wait for a decision.
    pub conflicts: u64,
    /// The event up to which the page is made; its stream goes on from there.
    pub seen: String,
    /// Who is signed in over the office network.
    pub user: Option<User>,
    path: String,
    query: Vec<(String, String)>,
}

impl FromRequestParts<AppState> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let Ok(lang) = Lang::from_request_parts(parts, app).await;
        let seen = app.replay().last();
        let status = app.node().status().await?;
        let conflicts = app.node().read(|store| store.count_conflicts()).await?;
        let query = axum::extract::Query::try_from_uri(&parts.uri).map(|q| q.0).unwrap_or_default();
        let user = match parts.extensions.get() {
            Some(Caller::User(user)) => Some(user.clone()),
            _ => None,
        };
        Ok(Self { app: app.clone(), lang, status, conflicts, seen, user, path: parts.uri.path().to_owned(), query })
    }
}

/// The places of the navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The overview.
    Overview,
    /// The list of a kind.
    Kind(&'static str),
    /// Conflicts.
    Conflicts,
    /// Partners and exchange.
    Partners,
    /// Somewhere else.
    Other,
}

/// The kinds with a list of their own, and its path.
pub const LISTS: [(&str, &str); 4] =
    [("network", "/networks"), ("organisation", "/organisations"), ("practice", "/practices"), ("event", "/events")];

impl Ctx {
    /// A message.
    pub fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    /// A message with arguments.
    pub fn tw(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.lang.text_with(key, args)
    }

    /// A parameter of the address.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim()).filter(|v| !v.is_empty())
    }

    /// The address of this page with one parameter changed.
    pub fn here_with(&self, name: &str, value: &str) -> String {
        let kept = self.query.iter().filter(|(key, value)| key != name && !value.is_empty());
        let pairs = kept.map(|(k, v)| (k.as_str(), v.as_str())).chain([(name, value)]);
        let query: Vec<String> = pairs.map(|(k, v)| format!("{}={}", escape(k), escape(v))).collect();
        format!("{}?{}", self.path, query.join("&"))
    }

    /// Whether the visitor may do what only admins may: whoever came by a one-time link may do everything.
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_none_or(|user| user.role == Role::Admin)
    }

    /// This partner's name.
    pub fn own_name(&self) -> &str {
        self.status.roster.partners.get(&self.status.partner).map_or("", |p| p.name.as_str())
    }

    /// A whole page.
    pub fn page(&self, place: Place, title: &str, main: Markup) -> Response {
        let body = html! {
            (self.header(place))
            main #main tabindex="-1" { (main) }
            footer.site {
                p { (self.t("footer-local")) }
                p { a href="/openapi.json" { "API" } " · COM-IN " (env!("CARGO_PKG_VERSION")) }
            }
        };
        let page = frame(self.lang, &format!("{title} · {}", self.own_name()), Some(&self.seen), body);
        let mut response = Html(page.into_string()).into_response();
        let chosen = self.query("lang").and_then(|_| lang_of_query(&format!("lang={}", self.lang.code())));
        if let Some(lang) = chosen
            && let Ok(cookie) = HeaderValue::from_str(&format!(
                "{LANG_COOKIE}={}; Path=/; SameSite=Strict; Max-Age=31536000",
                lang.code()
            ))
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    fn header(&self, place: Place) -> Markup {
        let approvals = self.status.approvals.len() as u64;
        html! {
            a.skip href="#main" { (self.t("skip")) }
            header.site {
                div.bar {
                    a.brand href="/" {
                        (assets::logo())
                        span { strong { "COM-IN" } " " span.who { (self.own_name()) } }
                    }
                    nav.languages aria-label=(self.t("nav-language")) {
                        @for lang in Lang::ALL {
                            a href=(self.here_with("lang", lang.code())) lang=(lang.code()) hreflang=(lang.code())
                                aria-current=[(lang == self.lang).then_some("true")] { (lang.own_name()) }
                        }
                    }
                    @if let Some(user) = &self.user {
                        form.user method="post" action="/logout" {
                            span { (user.name) } " "
                            button.quiet type="submit" { (self.t("sign-out")) }
                        }
                    }
                }
                nav.main aria-label=(self.t("nav-main")) #nav data-live {
                    ul {
                        li { (self.link(place, Place::Overview, "/", &self.t("nav-overview"), 0)) }
                        @for (kind, path) in LISTS {
                            li { (self.link(place, Place::Kind(kind), path, &self.t(&format!("kinds-{kind}")), 0)) }
                        }
                        li { (self.link(place, Place::Conflicts, "/conflicts", &self.t("nav-conflicts"), self.conflicts)) }
                        li { (self.link(place, Place::Partners, "/partners", &self.t("nav-partners"), approvals)) }
                    }
                }
            }
        }
    }

    fn link(&self, here: Place, place: Place, path: &str, label: &str, count: u64) -> Markup {
        html! {
            a href=(path) aria-current=[(here == place).then_some("page")] {
                (label)
                @if count > 0 { " " span.count { (self.lang.number(count)) span.vh { " " (self.t("nav-waiting")) } } }
            }
        }
    }
}

/// One component of a query string.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b':' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Head and body of a page. `seen`: the event up to which it was made; a page without one is not live.
pub fn frame(lang: Lang, title: &str, seen: Option<&str>, body: Markup) -> Markup {
    let live = |key: &str| seen.map(|_| lang.text(key));
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href=(assets::css_path());
                @if seen.is_some() { script type="module" src=(assets::js_path()) {} }
            }
            body data-seen=[seen] data-changed=[live("live-changed")] data-reload=[live("live-reload")]
                data-offline=[live("live-offline")] data-out=[live("signed-out")] { (body) }
        }
    }
}
