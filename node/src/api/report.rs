//! The survey, the pictures with their tables, and the numbers.

use super::context::Params;
use super::problem::{Answer, Problem};
use super::state::AppState;
use super::status;
use crate::i18n::Lang;
use crate::report::{self, Colouring, Language, PartnerState, STYLE, Survey, Table, drawn_graph, drawn_map};
use crate::views::figures;
use crate::views::time::now_ms;
use crate::views::{Audience, Made, Scene};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64, Encoding};
use comin_protocol::engine::{Lag, Status};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Parameters of all routes here; each takes those that mean something to it.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ReportParams {
    language: Option<String>,
    format: Option<String>,
    audience: Option<String>,
    colour: Option<String>,
    month: Option<String>,
}

impl ReportParams {
    /// The language asked for, else that of the request.
    fn language(&self, lang: Lang) -> Answer<Language> {
        match self.language.as_deref().filter(|text| !text.is_empty()) {
            None => Ok(lang.into()),
            Some(text) => Language::parse(text).ok_or_else(|| {
                let known = Language::ALL.map(Language::code).join(", ");
                Problem::bad_request(format!("language: {text:?} is not one of {known}")).hint("add &language=it")
            }),
        }
    }

    fn audience(&self) -> Answer<Audience> {
        match self.audience.as_deref() {
            None | Some("" | "partnership") => Ok(Audience::Partnership),
            Some("public") => Ok(Audience::Public),
            Some(other) => Err(Problem::bad_request(format!("audience: {other:?} is neither partnership nor public"))),
        }
    }

    fn colour(&self) -> Answer<Colouring> {
        match self.colour.as_deref() {
            None | Some("" | "country") => Ok(Colouring::Country),
            Some("target_group") => Ok(Colouring::TargetGroup),
            Some(other) => Err(Problem::bad_request(format!("colour: {other:?} is neither country nor target_group"))),
        }
    }
}

/// What `make` makes of the scene, away from the threads that answer others.
///
/// # Errors
/// 503 where the store fails.
pub async fn made<T: Send + 'static>(
    app: &AppState,
    audience: Audience,
    make: impl FnOnce(&Scene) -> T + Send + 'static,
) -> Answer<T> {
    let (roster, whole) = (app.node().roster(), app.whole());
    let made = app.node().read(move |store| {
        let scene = match audience {
            Audience::Partnership => whole.scene(store, &roster, now_ms())?,
            Audience::Public => whole.public(store, &roster, now_ms())?,
        };
        Ok(make(&scene))
    });
    Ok(made.await?)
}

/// The partners, by name, and how fresh their data is here.
pub fn partners(app: &AppState, status: &Status, language: Language) -> Vec<PartnerState> {
    let own = status.roster.partners.get(&status.partner);
    let own = own.map(|partner| PartnerState {
        id: partner.id,
        name: partner.name.clone(),
        country: partner.country.clone(),
        is_own: true,
        heard_ms: None,
        missing: Lag::Exactly(0),
    });
    let others = status::lines(app, status).into_iter().map(|line| PartnerState {
        id: line.partner,
        name: line.name,
        country: line.country,
        is_own: false,
        heard_ms: line.last_heard_ms,
        missing: line.we_lack,
    });
    let mut all: Vec<PartnerState> = own.into_iter().chain(others).collect();
    all.sort_by(|a, b| language.order(&a.name).cmp(&language.order(&b.name)).then(a.id.cmp(&b.id)));
    all
}

/// `GET report`: the survey, as HTML (to print) or Markdown.
///
/// # Errors
/// 400 for a language, format or audience that there is not.
pub async fn report(State(app): State<AppState>, lang: Lang, Params(params): Params<ReportParams>) -> Answer {
    let (language, audience) = (params.language(lang)?, params.audience()?);
    let is_html = match params.format.as_deref() {
        None | Some("" | "html") => true,
        Some("md") => false,
        Some(other) => return Err(Problem::bad_request(format!("format: {other:?} is neither html nor md"))),
    };
    let status = app.node().status().await?;
    let partners = partners(&app, &status, language);
    let text = made(&app, audience, move |scene| {
        let federation = status.roster.federation.as_ref().map(|federation| federation.name.as_str());
        let survey = Survey { scene, federation, partners: &partners, audience, language };
        scene.written(format!("html {is_html} {}", survey.beside()), || {
            let document = survey.document();
            if is_html { report::html(&document) } else { report::markdown(&document) }
        })
    });
    let (kind, text) = (if is_html { "text/html; charset=utf-8" } else { "text/markdown; charset=utf-8" }, text.await?);
    let mut response = ([(header::CONTENT_TYPE, kind)], text.text().to_owned()).into_response();
    if is_html {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy());
    }
    Ok(response)
}

/// The document's own style sheet and nothing else: no scripts, no pictures from elsewhere, no frames.
fn policy() -> HeaderValue {
    let hash = Base64::encode_string(&Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// `GET graph.svg`: organisations and networks.
///
/// # Errors
/// 400 for a language, colour or audience that there is not.
pub async fn graph(State(app): State<AppState>, lang: Lang, Params(params): Params<ReportParams>) -> Answer {
    let (language, colour, audience) = (params.language(lang)?, params.colour()?, params.audience()?);
    Ok(svg_file(made(&app, audience, move |scene| drawn_graph(scene, language, colour)).await?))
}

/// `GET map.svg`: where organisations are.
///
/// # Errors
/// 400 for a language or audience that there is not.
pub async fn map(State(app): State<AppState>, lang: Lang, Params(params): Params<ReportParams>) -> Answer {
    let (language, audience) = (params.language(lang)?, params.audience()?);
    Ok(svg_file(made(&app, audience, move |scene| drawn_map(scene, language)).await?))
}

fn svg_file(picture: Made) -> Response {
    ([(header::CONTENT_TYPE, "image/svg+xml")], picture.text().to_owned()).into_response()
}

/// `GET tables`: what the pictures say, for those who cannot see them.
///
/// # Errors
/// 400 for a language or audience that there is not.
pub async fn tables(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<ReportParams>,
) -> Answer<Json<Value>> {
    let (language, audience) = (params.language(lang)?, params.audience()?);
    let tables = made(&app, audience, move |scene| report::tables(&scene.all, &scene.members, language)).await?;
    Ok(Json(
        json!({"schema": 1, "language": language.code(), "tables": tables.iter().map(Table::to_json).collect::<Vec<_>>()}),
    ))
}

/// `GET figures`: the numbers.
///
/// # Errors
/// 400 for an audience that there is not.
pub async fn figures(State(app): State<AppState>, Params(params): Params<ReportParams>) -> Answer<Json<Value>> {
    let figures = made(&app, params.audience()?, |scene| scene.figures().clone()).await?;
    let mut body = serde_json::to_value(figures).map_err(|error| Problem::internal(error.to_string()))?;
    if let Some(members) = body.as_object_mut() {
        members.insert("schema".into(), json!(1));
    }
    Ok(Json(body))
}

/// `GET calendar`: events by month, or those of one.
///
/// # Errors
/// 400 for a language or audience that there is not.
pub async fn calendar(
    State(app): State<AppState>,
    lang: Lang,
    Params(params): Params<ReportParams>,
) -> Answer<Json<Value>> {
    let (language, audience) = (params.language(lang)?, params.audience()?);
    let wanted = params.month.filter(|month| !month.is_empty());
    let months = made(&app, audience, move |scene| {
        let months = figures::calendar(&scene.all).into_iter();
        let months = months.filter(|(month, _)| wanted.as_ref().is_none_or(|wanted| wanted == month));
        let months = months.map(|(month, events)| {
            let events: Vec<Value> = events.iter().map(|event| event_json(event, language)).collect();
            json!({"month": month, "events": events})
        });
        months.collect::<Vec<Value>>()
    });
    Ok(Json(json!({"schema": 1, "months": months.await?})))
}

fn event_json(event: &crate::views::Record, language: Language) -> Value {
    json!({
        "id": event.key, "title": event.title(language.code()).text, "when": event.json("when"),
        "type": event.text("type"), "state": event.text("state"), "place": event.text("place"),
        "country": event.text("country"), "networks": event.set("networks").collect::<Vec<_>>(),
    })
}
