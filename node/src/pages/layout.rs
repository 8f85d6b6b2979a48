//! The frame of every page: head, navigation, language switch, footer.

use super::live::Again;
use super::{assets, navigation};
use crate::api::auth::{Caller, User};
use crate::api::context::{LANG_COOKIE, lang_of_query};
use crate::api::{Answer, AppState, Problem, find_register};
use crate::i18n::{Arg, Lang};
use crate::users::Role;
use crate::views::time;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::response::{Html, IntoResponse, Response};
use comin_protocol::engine::Status;
use comin_protocol::ids::RegisterId;
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
    /// The event up to which the page is made, from which on it is kept up to date; empty where it stands open already.
    pub seen: String,
    /// When the page was opened, in milliseconds since the Unix epoch.
    pub opened_ms: u64,
    /// Who is signed in over the office network.
    pub user: Option<User>,
    path: String,
    answers_form: bool,
    query: Vec<(String, String)>,
}

impl FromRequestParts<AppState> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let Ok(lang) = Lang::from_request_parts(parts, app).await;
        let again = parts.extensions.get().copied();
        let seen = again.map_or_else(|| app.replay().last(), |_: Again| String::new());
        let opened_ms = again.map_or_else(time::now_ms, |again| again.opened_ms);
        let status = app.node().status().await?;
        let conflicts = app.node().read(|store| store.count_conflicts()).await?;
        let query = axum::extract::Query::try_from_uri(&parts.uri).map(|q| q.0).unwrap_or_default();
        let user = match parts.extensions.get() {
            Some(Caller::User(user)) => Some(user.clone()),
            _ => None,
        };
        // Of two open tabs in two languages each would undo the other's choice.
        if let Some(user) = user.as_ref().filter(|_| again.is_none()) {
            keep_choice(app, user, parts).await;
        }
        let (path, answers_form) = (parts.uri.path().to_owned(), parts.method == Method::POST);
        Ok(Self { app: app.clone(), lang, status, conflicts, seen, opened_ms, user, path, answers_form, query })
    }
}

/// Keeps the language that a user has chosen by the switch.
async fn keep_choice(app: &AppState, user: &User, parts: &Parts) {
    let Some(chosen) = parts.uri.query().and_then(lang_of_query).filter(|_| parts.method == Method::GET) else {
        return;
    };
    if app.users().language_of(&user.name) == Some(chosen) {
        return;
    }
    let (users, name) = (app.users().clone(), user.name.clone());
    // The page is in that language all the same; what cannot be written is told to whoever runs the node.
    match tokio::task::spawn_blocking(move || users.choose_language(&name, chosen)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "a user's language could not be kept"),
        Err(error) => tracing::warn!(%error, "a user's language could not be kept"),
    }
}

/// The places of the navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The overview.
    Overview,
    /// The list of a kind.
    Kind(&'static str),
    /// Contact persons.
    People,
    /// Conflicts.
    Conflicts,
    /// Proposals, made and received.
    Proposals,
    /// Translations to do.
    Translations,
    /// Records that nobody has verified for long.
    Stale,
    /// Records that may be one.
    SameAs,
    /// Import of a file.
    Import,
    /// The map.
    Map,
    /// The picture of organisations and networks.
    Graph,
    /// The events by month.
    Calendar,
    /// The survey.
    Survey,
    /// Export.
    Export,
    /// The partners: who they are, who wants in, tickets, stewards.
    Partners,
    /// The exchange with each partner.
    Exchange,
    /// The machines of this partner.
    Devices,
    /// The registers and who writes them.
    Registers,
    /// What is set on this node.
    Settings,
    /// Backups.
    Backup,
    /// What the node knows of its own state.
    Diagnose,
    /// Somewhere else: search, forms, statements.
    Other,
}

/// The kinds with a list of their own, and its path.
pub const LISTS: [(&str, &str); 8] = [
    ("network", "/networks"),
    ("organisation", "/organisations"),
    ("membership", "/memberships"),
    ("practice", "/practices"),
    ("event", "/events"),
    ("interest", "/interests"),
    ("programme", "/programmes"),
    ("publication", "/publications"),
];

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

    /// The register that the address names, by id, name or word.
    ///
    /// # Errors
    /// 404 for one that there is not; 409 where several are called so.
    pub async fn register(&self) -> Answer<Option<RegisterId>> {
        match self.query("register") {
            Some(text) => Ok(Some(find_register(&self.app, text).await?)),
            None => Ok(None),
        }
    }

    /// The address of this page with one parameter changed.
    pub fn here_with(&self, name: &str, value: &str) -> String {
        let kept = self.query.iter().filter(|(key, value)| key != name && !value.is_empty());
        let pairs = kept.map(|(k, v)| (k.as_str(), v.as_str())).chain([(name, value)]);
        let query: Vec<String> = pairs.map(|(k, v)| format!("{}={}", escape(k), escape(v))).collect();
        format!("{}?{}", self.path, query.join("&"))
    }

    /// What answers a form stands for the page at `path`, to which its links lead: the address of the form takes forms
    /// alone.
    #[must_use]
    pub fn standing_for(mut self, path: String, query: &[(&str, &str)]) -> Self {
        self.query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.path = path;
        self.answers_form = false;
        self
    }

    /// Whether the visitor may do what only admins may: whoever came by a one-time link may do everything.
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_none_or(|user| user.role == Role::Admin)
    }

    /// This partner's name.
    pub fn own_name(&self) -> &str {
        self.status.roster.partners.get(&self.status.partner).map_or("", |p| p.name.as_str())
    }

    /// A whole page. It is made again under its own address, or, where that answers forms alone, under the address of its
    /// place.
    pub fn page(&self, place: Place, title: &str, main: Markup) -> Response {
        let from = navigation::path_of(place).filter(|_| self.answers_form);
        self.page_from(place, title, main, from)
    }

    /// A whole page, made again under another address where `from` names one: its own answers forms alone, is gone once the
    /// form is sent, or takes long.
    pub fn page_from(&self, place: Place, title: &str, main: Markup, from: Option<&str>) -> Response {
        let body = html! {
            (self.header(place))
            main #main tabindex="-1" { (main) }
            footer.site {
                p { (self.t("footer-local")) }
                ul {
                    li { a href="/accessibility" { (self.t("menu-accessibility")) } }
                    li { a href="/privacy" { (self.t("menu-privacy")) } }
                    li { a href="/openapi.json" { "API" } }
                    li { "COM-IN " (env!("CARGO_PKG_VERSION")) }
                }
            }
        };
        let live = Live { seen: &self.seen, opened_ms: self.opened_ms, from };
        let page = frame(self.lang, &format!("{title} · {}", self.own_name()), Some(live), body);
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
        html! {
            a.skip href="#main" { (self.t("skip")) }
            header.site {
                div.bar {
                    a.brand href="/" {
                        (assets::logo())
                        span { strong { "COM-IN" } " " span.who { (self.own_name()) } }
                    }
                    form.search method="get" action="/search" role="search" aria-label=(self.t("search-label")) {
                        label.vh for="site-q" { (self.t("search-label")) }
                        input #site-q name="q" type="search" maxlength="100" placeholder=(self.t("search-label"))
                            value=[self.query("q").filter(|_| self.path == "/search")];
                        button.quiet type="submit" {
                            span.long { (self.t("search-go")) } span.short aria-hidden="true" { (assets::lens()) }
                        }
                    }
                    div.corner {
                        (self.languages(place))
                        @if let Some(user) = &self.user {
                            form.user method="post" action="/logout" {
                                span { (user.name) } " "
                                button.quiet type="submit" { (self.t("sign-out")) }
                            }
                        }
                    }
                    (navigation::bar(self, place))
                }
            }
        }
    }

    /// The switch: this page in the other languages. What answers a form has no address of its own to come back to.
    fn languages(&self, place: Place) -> Markup {
        let address = |lang: Lang| match self.answers_form {
            true => format!("{}?lang={}", navigation::path_of(place).unwrap_or("/"), lang.code()),
            false => self.here_with("lang", lang.code()),
        };
        html! {
            nav.languages aria-label=(self.t("nav-language")) {
                @for lang in Lang::ALL {
                    a href=(address(lang)) lang=(lang.code()) hreflang=(lang.code())
                        aria-current=[(lang == self.lang).then_some("true")] {
                        span.long { (lang.own_name()) } span.short aria-hidden="true" { (lang.code()) }
                    }
                }
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

/// How a page stays up to date.
#[derive(Clone, Copy)]
pub struct Live<'a> {
    /// The event up to which it was made.
    seen: &'a str,
    /// See [`Ctx::opened_ms`].
    opened_ms: u64,
    /// The address under which it is made again; `None`: its own.
    from: Option<&'a str>,
}

/// Head and body of a page; one without `live` stays as it is.
pub fn frame(lang: Lang, title: &str, live: Option<Live<'_>>, body: Markup) -> Markup {
    let says = |key: &str| live.map(|_| lang.text(key));
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
                @if live.is_some() { script type="module" src=(assets::js_path()) {} }
            }
            body data-seen=[live.map(|live| live.seen)] data-opened=[live.map(|live| live.opened_ms)] data-from=[live.and_then(|live| live.from)]
                data-changed=[says("live-changed")] data-reload=[says("live-reload")]
                data-offline=[says("live-offline")] data-out=[says("signed-out")] { (body) }
        }
    }
}
