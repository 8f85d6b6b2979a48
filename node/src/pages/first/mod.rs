//! The first page: on a machine without a node, `run` serves it on loopback until keys, recovery kit and settings are
//! there, and then goes on as the node. Nothing is on the disk before somebody has said that the kit is in a safe place:
//! there is no moment in which a partner exists whose only key nobody has kept.

mod view;

use super::{SignIn, assets, refused, sign_in, value};
use crate::api::auth::{Access, NoRandom, fresh_secret};
use crate::api::context::lang_of_query;
use crate::api::{Entrance, Problem, from_own_page, language, parts, secured, with_cookie};
use crate::datadir::{DataDir, write_secret_once};
use crate::i18n::Lang;
use crate::setup::{self, SetupError};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::limits::ARMOR_TEXT_BYTES_MAX;
use comin_protocol::machine::MachineRequest;
use comin_protocol::statement::is_name;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::future::{Future, IntoFuture};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::watch;
use view::{Asked, Fault};

/// How long the last answer may take to leave.
const DRAIN: Duration = Duration::from_secs(2);
/// Largest form in bytes: a name, a kit.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// What forms send.
type Pairs = axum::extract::Form<Vec<(String, String)>>;

/// A machine that waits to be set up. Cheap to clone.
#[derive(Clone)]
pub struct FirstRun(Arc<Inner>);

struct Inner {
    dir: DataDir,
    port: u16,
    access: Access,
    fallback: Lang,
    stage: Mutex<Stage>,
    done: watch::Sender<Option<String>>,
}

/// How far somebody has come.
enum Stage {
    /// Nothing has been said.
    Asking,
    /// A key has been drawn and is nowhere but here and with whoever keeps the kit.
    Kit(Box<Draft>),
    /// This machine has a key, on its disk, and waits for another one of its partner to certify it.
    Further(Box<Asking>),
    /// It is being written; two windows do not write twice.
    Writing,
    /// It is done: the node takes over.
    Done,
}

/// What has been said of the partner to be.
#[derive(Clone)]
pub struct Draft {
    kit: RecoveryKit,
    language: Lang,
    /// Where the kit was written on this machine.
    written: Option<PathBuf>,
}

/// What a further machine asks.
#[derive(Clone)]
pub struct Asking {
    request: MachineRequest,
    /// The machine's language where somebody has chosen one, else its partner's country's.
    language: Option<Lang>,
}

impl FirstRun {
    /// For a data directory without a node; `port`: the one of the page on loopback; `fallback`: the language where the
    /// browser names none.
    pub fn new(dir: DataDir, port: u16, fallback: Lang) -> Self {
        let access = Access::new(None, Some(port), Arc::default());
        let (done, _) = watch::channel(None);
        let asked = setup::asked_before(&dir);
        let stage = asked.map_or(Stage::Asking, |request| Stage::Further(Box::new(Asking { request, language: None })));
        Self(Arc::new(Inner { dir, port, access, fallback, stage: Mutex::new(stage), done }))
    }

    /// A link that opens the page in one browser, once.
    ///
    /// # Errors
    /// Where the system gives no random bytes.
    pub fn link(&self) -> Result<String, NoRandom> {
        Ok(format!("http://localhost:{}/login?code={}", self.0.port, self.0.access.make_code()?))
    }

    /// Serves the page and the control socket until the machine is set up; gives the code by which the browser that did
    /// it signs in to the node. `None`: `stop` came first.
    ///
    /// # Errors
    /// Where a listener fails.
    pub async fn serve(
        self,
        page: TcpListener,
        control: UnixListener,
        stop: impl Future<Output = ()>,
    ) -> std::io::Result<Option<String>> {
        let until = |mut done: watch::Receiver<Option<String>>| async move {
            // The sender lives as long as this value.
            let _ = done.wait_for(Option::is_some).await;
        };
        let mut done = self.0.done.subscribe();
        let control_router = Router::new().route("/api/v1/login-codes", post(make_code)).with_state(self.clone());
        let control = tokio::spawn(
            axum::serve(control, control_router).with_graceful_shutdown(until(self.0.done.subscribe())).into_future(),
        );
        let page = axum::serve(page, router(self.clone())).with_graceful_shutdown(until(self.0.done.subscribe()));
        let page = tokio::spawn(page.into_future());
        tokio::select! {
            () = stop => {
                control.abort();
                page.abort();
                Ok(None)
            }
            _ = done.wait_for(Option::is_some) => {
                control.abort();
                // The answer that leads the browser on has to leave first; a browser's idle connections must not hold it.
                let _ = tokio::time::timeout(DRAIN, page).await;
                Ok(self.0.done.borrow().clone())
            }
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        // Every assignment is whole: a panic elsewhere leaves a stage that holds.
        self.0.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draft(&self) -> Option<Draft> {
        match &*self.stage() {
            Stage::Kit(draft) => Some((**draft).clone()),
            _ => None,
        }
    }

    fn asking(&self) -> Option<Asking> {
        match &*self.stage() {
            Stage::Further(asking) => Some((**asking).clone()),
            _ => None,
        }
    }
}

fn router(first: FirstRun) -> Router {
    Router::new()
        .route("/", get(ask).post(answer))
        .route("/kit", get(kit).post(keep))
        .route("/kit.txt", get(download))
        .route("/recover", post(recover))
        .route("/further", get(further).post(certified))
        .route("/further/ask", post(ask_further))
        .route("/further/forget", post(forget))
        .route("/further/request.txt", get(request_file))
        .route("/login", get(log_in))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { (StatusCode::SERVICE_UNAVAILABLE, "not set up yet") }))
        .route("/static/app.css", get(assets::css))
        .route("/static/app.js", get(assets::js))
        .route("/favicon.svg", get(assets::icon))
        .route("/favicon.ico", get(assets::icon))
        .fallback(start)
        // What answers a form has no page of its own: whoever changes the language there begins again.
        .method_not_allowed_fallback(start)
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn_with_state(first.clone(), guard))
        .with_state(first)
}

async fn start(uri: Uri) -> Redirect {
    match uri.query().and_then(lang_of_query) {
        Some(lang) => Redirect::to(&format!("/?lang={}", lang.code())),
        None => Redirect::to("/"),
    }
}

/// The language of a request.
struct Spoken(Lang);

impl FromRequestParts<FirstRun> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, first: &FirstRun) -> Result<Self, Infallible> {
        Ok(Self(language(&parts.uri, &parts.headers, None, first.0.fallback)))
    }
}

/// The same protection as the node's: our own host and origin, and whoever came by a one-time link.
async fn guard(State(first): State<FirstRun>, request: Request, next: Next) -> Response {
    let lang = language(request.uri(), request.headers(), None, first.0.fallback);
    if matches!(*first.stage(), Stage::Done) {
        return secured(view::goes_on(lang, request.uri()));
    }
    if let Err(problem) = from_own_page(request.headers(), request.method(), first.0.port) {
        return secured(refused(lang, Entrance::Loopback, &problem, "/"));
    }
    let open = ["/login", "/healthz", "/readyz", "/favicon.svg", "/favicon.ico"];
    let path = request.uri().path();
    let is_known = first.0.access.caller(request.headers(), Entrance::Loopback).is_some();
    // Whoever may read the terminal of `run`, or ask the control socket, has the link.
    if !is_known && !open.contains(&path) && !path.starts_with("/static/") {
        return secured(sign_in(lang, Entrance::Loopback, SignIn::Asked, "/"));
    }
    secured(next.run(request).await)
}

/// `POST login-codes` of the control socket: `comin open`.
async fn make_code(State(first): State<FirstRun>) -> Result<(StatusCode, Json<Value>), Problem> {
    let url = first.link().map_err(|error| Problem::internal(error.to_string()))?;
    Ok((StatusCode::CREATED, Json(json!({"schema": 1, "url": url}))))
}

async fn log_in(
    State(first): State<FirstRun>,
    Spoken(lang): Spoken,
    Query(params): Query<Vec<(String, String)>>,
) -> Response {
    match first.0.access.log_in(value(&params, "code")) {
        Ok(Some(cookie)) => with_cookie(Redirect::to("/").into_response(), &cookie),
        Ok(None) => sign_in(lang, Entrance::Loopback, SignIn::Asked, "/"),
        Err(error) => refused(lang, Entrance::Loopback, &Problem::internal(error.to_string()), "/"),
    }
}

async fn ask(State(first): State<FirstRun>, Spoken(lang): Spoken) -> Response {
    if first.asking().is_some() {
        return Redirect::to("/further").into_response();
    }
    let asked = first.draft().map(|draft| Asked::of(&draft));
    view::ask(lang, &asked.unwrap_or_else(|| Asked::new(lang)), &[])
}

/// Draws a key for what was said, and shows the kit.
async fn answer(State(first): State<FirstRun>, Spoken(lang): Spoken, pairs: Pairs) -> Response {
    let asked = Asked::read(&pairs.0, lang);
    let faults = asked.faults();
    if !faults.is_empty() {
        return view::ask(lang, &asked, &faults);
    }
    match setup::new_kit(asked.name.clone(), asked.country.clone(), asked.device.clone()) {
        Ok(kit) => {
            let draft = Draft { kit, language: asked.language, written: None };
            let mut stage = first.stage();
            if matches!(*stage, Stage::Asking | Stage::Kit(_)) {
                *stage = Stage::Kit(Box::new(draft));
            }
            Redirect::to("/kit").into_response()
        }
        Err(error) => view::ask(lang, &asked, &[Fault::told("name", &error)]),
    }
}

async fn kit(State(first): State<FirstRun>, Spoken(lang): Spoken) -> Response {
    match first.draft() {
        Some(draft) => view::kit(lang, &draft, "", &[]),
        None => Redirect::to("/").into_response(),
    }
}

/// The kit as a file.
async fn download(State(first): State<FirstRun>) -> Response {
    let Some(draft) = first.draft() else { return Redirect::to("/").into_response() };
    // Header values are ASCII: the name of the partner is in the text itself.
    text_file("attachment; filename=\"comin-recovery-kit.txt\"", draft.kit.to_text())
}

fn text_file(disposition: &'static str, text: String) -> Response {
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    let name = HeaderValue::from_static(disposition);
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], text).into_response()
}

/// Writes the kit onto this machine where that is asked for, and sets the node up once the kit is safe.
async fn keep(State(first): State<FirstRun>, Spoken(lang): Spoken, pairs: Pairs) -> Response {
    let Some(mut draft) = first.draft() else { return Redirect::to("/").into_response() };
    let path = value(&pairs.0, "path");
    // Another window, or another name, has drawn another key since: what was kept is not what would be set up.
    if value(&pairs.0, "partner") != draft.kit.partner_id().to_string() {
        return view::kit(lang, &draft, path, &[Fault { control: "kept", text: Some("start-kit-other"), said: None }]);
    }
    if value(&pairs.0, "do") == "write" {
        return match write_kit(&first.0.dir, Path::new(path), &draft.kit) {
            Ok(written) => {
                draft.written = Some(written);
                let mut stage = first.stage();
                if matches!(&*stage, Stage::Kit(now) if now.kit.partner_id() == draft.kit.partner_id()) {
                    *stage = Stage::Kit(Box::new(draft));
                }
                Redirect::to("/kit").into_response()
            }
            Err(error) => view::kit(lang, &draft, path, &[Fault::told("path", &error)]),
        };
    }
    if value(&pairs.0, "kept").is_empty() {
        return view::kit(
            lang,
            &draft,
            path,
            &[Fault { control: "kept", text: Some("start-kit-not-kept"), said: None }],
        );
    }
    let (device, language) = (draft.kit.device.clone(), draft.language);
    match finish(&first, set_up(draft.kit.clone(), device, language, true)).await {
        Ok(response) => response,
        Err(error) => {
            *first.stage() = Stage::Kit(Box::new(draft.clone()));
            view::kit(lang, &draft, path, &[Fault::told("kept", &error)])
        }
    }
}

fn write_kit(dir: &DataDir, path: &Path, kit: &RecoveryKit) -> Result<PathBuf, SetupError> {
    let place = setup::lasting_kit_place(dir, path)?;
    write_secret_once(&place, &kit.to_text())?;
    Ok(place)
}

/// A further machine of a partner, or a new one after a loss, by the partner's kit.
async fn recover(State(first): State<FirstRun>, Spoken(lang): Spoken, pairs: Pairs) -> Response {
    if first.asking().is_some() {
        return Redirect::to("/further").into_response();
    }
    let asked = Asked::read(&pairs.0, lang);
    let refuse = |said: String| view::ask(lang, &asked, &[Fault { control: "kit", text: None, said: Some(said) }]);
    let kit = match RecoveryKit::parse(value(&pairs.0, "kit")) {
        Ok(kit) => kit,
        Err(error) => return refuse(error.to_string()),
    };
    if !is_name(&asked.device) {
        let fault = Fault { control: "recover-device", text: Some("start-device-wrong"), said: None };
        return view::ask(lang, &asked, &[fault]);
    }
    match finish(&first, set_up(kit, asked.device.clone(), asked.language, false)).await {
        Ok(response) => response,
        Err(error) => {
            *first.stage() = Stage::Asking;
            refuse(error.to_string())
        }
    }
}

/// A further machine of a partner, to be certified by another one of its: makes the key and shows what it asks.
async fn ask_further(State(first): State<FirstRun>, Spoken(lang): Spoken, pairs: Pairs) -> Response {
    let asked = Asked::read(&pairs.0, lang);
    if !is_name(&asked.device) {
        let fault = Fault { control: "further-device", text: Some("start-device-wrong"), said: None };
        return view::ask(lang, &asked, &[fault]);
    }
    let mut stage = first.stage();
    if !matches!(*stage, Stage::Writing | Stage::Done) {
        match setup::ask_further(&first.0.dir, &asked.device) {
            Ok(request) => *stage = Stage::Further(Box::new(Asking { request, language: Some(asked.language) })),
            Err(error) => return view::ask(lang, &asked, &[Fault::told("further-device", &error)]),
        }
    }
    Redirect::to("/further").into_response()
}

async fn further(State(first): State<FirstRun>, Spoken(lang): Spoken) -> Response {
    match first.asking() {
        Some(asking) => view::further(lang, &asking, "", &[]),
        None => Redirect::to("/").into_response(),
    }
}

/// What this machine asks, as a file.
async fn request_file(State(first): State<FirstRun>) -> Response {
    let Some(asking) = first.asking() else { return Redirect::to("/").into_response() };
    text_file("attachment; filename=\"comin-machine-request.txt\"", format!("{}\n", asking.request.to_text()))
}

/// Sets this machine up with the certificate that another one has made: pasted, or as a file.
async fn certified(State(first): State<FirstRun>, Spoken(lang): Spoken, headers: HeaderMap, body: Bytes) -> Response {
    let Some(asking) = first.asking() else { return Redirect::to("/").into_response() };
    let parts = match parts(&headers, &body) {
        Ok(parts) => parts,
        Err(problem) => return refused(lang, Entrance::Loopback, &problem, "/further"),
    };
    let text = |name: &str| {
        let part = parts.iter().find(|part| part.name == name)?;
        Some(String::from_utf8_lossy(&part.body).split_whitespace().collect::<String>()).filter(|text| !text.is_empty())
    };
    // A file is chosen on purpose; what stands in the field may be left from a try before.
    let certificate = text("file").or_else(|| text("certificate")).unwrap_or_default();
    let language = asking.language;
    let work = {
        let certificate = certificate.clone();
        move |dir: &DataDir| setup::set_up_further(dir, &certificate, language.map(Lang::code)).map(drop)
    };
    match finish(&first, work).await {
        Ok(response) => response,
        Err(error) => {
            *first.stage() = Stage::Further(Box::new(asking.clone()));
            // What is far too long is no certificate, and is not shown again.
            let kept = if certificate.len() <= ARMOR_TEXT_BYTES_MAX { certificate.as_str() } else { "" };
            view::further(lang, &asking, kept, &[Fault::told("certificate", &error)])
        }
    }
}

/// Begins anew: a certificate for what was asked is worth nothing from here on.
async fn forget(State(first): State<FirstRun>, Spoken(lang): Spoken) -> Response {
    let mut stage = first.stage();
    if let Stage::Further(asking) = &*stage {
        if let Err(error) = setup::forget_request(&first.0.dir) {
            return view::further(lang, asking, "", &[Fault::told("certificate", &error)]);
        }
        *stage = Stage::Asking;
    }
    Redirect::to("/").into_response()
}

/// What sets a machine up by a kit.
fn set_up(
    kit: RecoveryKit,
    device: String,
    language: Lang,
    is_new: bool,
) -> impl FnOnce(&DataDir) -> Result<(), SetupError> + Send + 'static {
    move |dir| setup::set_up(dir, &kit, &device, language.code(), is_new)
}

/// Writes everything, and leads the browser to the node, which takes over this very port.
async fn finish(
    first: &FirstRun,
    work: impl FnOnce(&DataDir) -> Result<(), SetupError> + Send + 'static,
) -> Result<Response, SetupError> {
    {
        let mut stage = first.stage();
        if matches!(*stage, Stage::Writing | Stage::Done) {
            return Ok(Redirect::to("/").into_response());
        }
        *stage = Stage::Writing;
    }
    let code = fresh_secret().map_err(|error| SetupError::Record(error.to_string()))?;
    let dir = first.0.dir.clone();
    let written = tokio::task::spawn_blocking(move || work(&dir)).await;
    written.unwrap_or_else(|error| Err(SetupError::Record(error.to_string())))?;
    *first.stage() = Stage::Done;
    let mut response = Redirect::to(&format!("/login?code={code}")).into_response();
    // The next request must come by a new connection, which the node answers.
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    first.0.done.send_replace(Some(code));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt;

    const PORT: u16 = 8470;

    struct Browser {
        router: Router,
        cookie: String,
        host: &'static str,
        origin: Option<&'static str>,
    }

    impl Browser {
        async fn ask(&self, path: &str, form: Option<&str>) -> Response {
            let mut request = Request::builder().uri(path).header("host", self.host).header("accept", "text/html");
            request = request.header("cookie", &self.cookie);
            if let Some(origin) = self.origin {
                request = request.header("origin", origin);
            }
            let request = match form {
                Some(form) => request
                    .method("POST")
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(Body::from(form.to_owned())),
                None => request.body(Body::empty()),
            };
            self.router.clone().oneshot(request.expect("a request")).await.expect("a router answers")
        }
    }

    /// A browser that came by the link, and the directory that is to be set up.
    async fn signed_in() -> (tempfile::TempDir, FirstRun, Browser) {
        let (temp, dir) = DataDir::temporary();
        let first = FirstRun::new(dir, PORT, Lang::En);
        let origin = Some("http://localhost:8470");
        let mut browser =
            Browser { router: router(first.clone()), cookie: String::new(), host: "localhost:8470", origin };
        let link = first.link().expect("random bytes");
        let path = link.strip_prefix("http://localhost:8470").expect("of this node");
        let came = browser.ask(path, None).await;
        assert_eq!(came.status(), StatusCode::SEE_OTHER, "the link opens the page");
        let cookie = came.headers()[header::SET_COOKIE].to_str().expect("ASCII");
        browser.cookie = cookie.split(';').next().expect("a pair").to_owned();
        let again = Browser { cookie: String::new(), router: browser.router.clone(), ..browser };
        assert_eq!(again.ask(path, None).await.status(), StatusCode::UNAUTHORIZED, "once");
        (temp, first, Browser { cookie: browser.cookie, ..again })
    }

    #[tokio::test]
    async fn only_whoever_has_the_link_sets_a_machine_up() {
        let (_temp, first, browser) = signed_in().await;
        assert_eq!(browser.ask("/", None).await.status(), StatusCode::OK, "the page is open to it");
        let form = "name=Zavod&country=SI&language=sl&device=office";
        for (path, form) in [("/", None), ("/", Some(form)), ("/kit", Some("kept=yes")), ("/recover", Some("kit=x"))] {
            let stranger = Browser { cookie: "comin_login_8470=00".into(), router: browser.router.clone(), ..browser };
            assert_eq!(stranger.ask(path, form).await.status(), StatusCode::UNAUTHORIZED, "not to others: {path}");
            let rebound = Browser {
                host: "evil.example:8470",
                router: browser.router.clone(),
                cookie: browser.cookie.clone(),
                ..browser
            };
            assert_eq!(rebound.ask(path, form).await.status(), StatusCode::FORBIDDEN, "nor by another name: {path}");
        }
        for origin in [None, Some("http://evil.example"), Some("null")] {
            let foreign = Browser { origin, router: browser.router.clone(), cookie: browser.cookie.clone(), ..browser };
            assert_eq!(foreign.ask("/", Some(form)).await.status(), StatusCode::FORBIDDEN, "nor from another page");
        }
        assert!(matches!(*first.stage(), Stage::Asking), "nothing has come of all that");
    }

    #[tokio::test]
    async fn nothing_is_written_before_the_kit_is_safe() {
        let (_temp, first, browser) = signed_in().await;
        assert_eq!(browser.ask("/kit", None).await.status(), StatusCode::SEE_OTHER, "there is no kit yet");
        let wrong = browser.ask("/", Some("name=&country=Atlantis&language=xx&device=")).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY, "what cannot be taken is said");
        let asked = browser.ask("/", Some("name=Zavod&country=&other=hr&language=sl&device=office")).await;
        assert_eq!(asked.headers()[header::LOCATION], "/kit", "a country that is not in the list is two letters");
        let draft = first.draft().expect("a kit");
        assert_eq!((draft.kit.name.as_str(), draft.kit.country.as_str()), ("Zavod", "HR"), "of what was said");
        let partner = draft.kit.partner_id();
        let other = browser.ask("/kit", Some("do=go&kept=yes&partner=00")).await;
        assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY, "not with the word that another kit is safe");
        let unsure = browser.ask("/kit", Some(&format!("do=go&partner={partner}"))).await;
        assert_eq!(unsure.status(), StatusCode::UNPROCESSABLE_ENTITY, "not without the word that it is safe");
        let inside = first.0.dir.path().join("kit.txt");
        let refused = browser.ask("/kit", Some(&format!("do=write&partner={partner}&path={}", inside.display()))).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "nor beside what it replaces");
        let passing = inside.parent().and_then(Path::parent).expect("a temporary directory").join("kit.txt");
        for path in ["", "kit.txt", &passing.display().to_string()] {
            let refused = browser.ask("/kit", Some(&format!("do=write&partner={partner}&path={path}"))).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY, "nor where it does not stay: {path:?}");
        }
        assert!(first.0.dir.is_empty() && !inside.exists() && !passing.exists(), "nothing is on the disk");
        let file = browser.ask("/kit.txt", None).await;
        let bytes = axum::body::to_bytes(file.into_body(), FORM_BYTES_MAX).await.expect("a short file");
        let kit = RecoveryKit::parse(std::str::from_utf8(&bytes).expect("text")).expect("a kit");
        assert_eq!(kit.partner_id(), draft.kit.partner_id(), "what is saved is the key that will be used");
    }
}
