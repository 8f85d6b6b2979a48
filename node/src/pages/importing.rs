//! `/import`: a spreadsheet is sent, looked at – which column goes where, what would be added and changed –, and taken.

use super::form::PREFIX;
use super::layout::{Ctx, Place};
use super::people::{Scope, scope_controls};
use super::{Pairs, error_line, list, refused_at, show, text, value};
use crate::api::{Answer, Form, ImportStage, Owner, Problem, Upload, import_outcome, parts, start_import};
use crate::import::{PERSON_PARTS, WITH_PERSONS, Written, mapping_file};
use crate::views::{field_label, field_label_in, kind_label, register_label};
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use comin_protocol::ids::RegisterId;
use comin_protocol::roster::RegisterKind;
use comin_protocol::schema::{self, Field, FieldType, Kind, LANGUAGES};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use tokio::sync::watch;

/// Rows, errors and records that a page names; all are counted.
const LISTED: usize = 100;
/// Among the wishes: the language of who has looked at the file.
const READER: &str = "reader";
/// Kinds that are imported first.
const USUAL: [&str; 4] = ["organisation", "network", "event", "practice"];

/// `GET /import?kind=`.
///
/// # Errors
/// None of its own.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    Ok(page(&ctx, ctx.query("kind").unwrap_or_default(), None))
}

/// A control of this page for a file, and why it was refused.
fn refused_control(problem: &Problem) -> Option<&'static str> {
    let field = problem.more.get("field").and_then(Value::as_str);
    ["file", "map"].into_iter().find(|control| field == Some(control))
}

/// Why what one of the two controls for files has sent is not taken.
fn file_words(ctx: &Ctx, control: &str) -> String {
    ctx.t(if control == "map" { "import-map-unreadable" } else { "import-file-missing" })
}

fn page(ctx: &Ctx, asked: &str, problem: Option<&Problem>) -> Response {
    let title = ctx.t("import-title");
    let asked = if asked.is_empty() { "organisation" } else { asked };
    let refused_here = problem.and_then(refused_control);
    let words =
        |control: &str| refused_here.filter(|refused| *refused == control).map(|control| file_words(ctx, control));
    let (file_words, map_words) = (words("file"), words("map"));
    let described = |control: &str, words: Option<&String>| match words {
        Some(_) => format!("{control}-hint {control}-error"),
        None => format!("{control}-hint"),
    };
    let kinds =
        schema::KINDS.iter().filter(|kind| !kind.fields.iter().any(|f| matches!(f.field_type, FieldType::Changes)));
    let (usual, others): (Vec<&Kind>, Vec<&Kind>) = kinds.partition(|kind| USUAL.contains(&kind.name));
    let main = html! {
        h1 { (title) }
        p.lead { (ctx.t("import-lead")) }
        @if let Some(problem) = problem { (refused(ctx, problem)) }
        form.record method="post" action="/import" enctype="multipart/form-data" {
            div.field {
                label for="kind" { (ctx.t("import-kind")) }
                select #kind name="kind" {
                    @for kind in usual.into_iter().chain(others) { option value=(kind.name) selected[kind.name == asked] { (kind_label(ctx.lang, kind.name)) } }
                }
            }
            div.field {
                label for="file" { (ctx.t("import-file")) }
                p.hint id="file-hint" { (ctx.t("import-file-hint")) }
                (error_line("file", file_words.as_deref()))
                input #file type="file" name="file" required accept=".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.ods,.json,.jsonl,.ndjson"
                    aria-describedby=(described("file", file_words.as_ref())) aria-invalid=[file_words.as_ref().map(|_| "true")];
            }
            div.field {
                label for="map" { (ctx.t("import-map")) }
                p.hint id="map-hint" { (ctx.t("import-map-hint")) }
                (error_line("map", map_words.as_deref()))
                input #map type="file" name="map" accept=".toml"
                    aria-describedby=(described("map", map_words.as_ref())) aria-invalid=[map_words.as_ref().map(|_| "true")];
            }
            div.actions { button type="submit" { (ctx.t("import-look")) } }
        }
        (waiting(ctx))
        p { a href="/import/progress" { (ctx.t("import-last")) } }
    };
    let mut response = ctx.page(Place::Import, &title, main);
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    response
}

/// Whose files a visitor sees: a user's own; all of this machine's who came by a one-time link.
fn owner(ctx: &Ctx) -> Owner {
    ctx.user.as_ref().map(|user| user.name.clone())
}

/// The visitor's files that are here and not imported.
fn waiting(ctx: &Ctx) -> Markup {
    let files = ctx.app.uploads().of(&owner(ctx));
    html! {
        @if !files.is_empty() {
            section aria-labelledby="waiting" {
                h2 #waiting { (ctx.t("import-waiting")) }
                p { (ctx.t("import-waiting-how")) }
                ul.links { @for file in &files {
                    li { a href={ "/import/" (file.id) } { (ctx.tw("import-preview", &[("file", file.name.as_str().into())])) } " " span.muted { (kind_label(ctx.lang, &file.kind)) } }
                } }
            }
        }
    }
}

fn refused(ctx: &Ctx, problem: &Problem) -> Markup {
    let count = |name: &str| problem.more.get(name).and_then(Value::as_u64).unwrap_or_default();
    let heading = match (count("written"), problem.code) {
        (_, "upload-imported") => None,
        (0, _) => Some(ctx.t("import-refused")),
        (written, _) => Some(ctx.tw("import-partly", &[("written", written.into()), ("total", count("total").into())])),
    };
    if let Some(control) = refused_control(problem) {
        let label = ctx.t(if control == "map" { "import-map" } else { "import-file" });
        return refused_at(ctx, &ctx.t("import-refused"), (control, &label), &file_words(ctx, control));
    }
    html! {
        div.callout.error-summary role="alert" tabindex="-1" {
            (show::icon("act"))
            div { @if let Some(heading) = heading { p { strong { (heading) } } } (super::refusal_words(ctx.lang, problem)) }
        }
    }
}

/// `POST /import`: takes the file and shows what an import of it would do.
///
/// # Errors
/// None of its own: why the file is not taken is said on the page where it is sent.
pub async fn send(ctx: Ctx, headers: HeaderMap, body: Body) -> Answer<Response> {
    let (body, _room) = match ctx.app.uploads().receive(&headers, body).await {
        Ok(received) => received,
        Err(problem) => return Ok(page(&ctx, "", Some(&problem))),
    };
    let parts = parts(&headers, &body)?;
    let sent = |name: &str| parts.iter().find(|part| part.name == name).filter(|part| !part.body.is_empty());
    let mut kind = sent("kind").map(|part| String::from_utf8_lossy(&part.body).into_owned()).unwrap_or_default();
    let refuse = |kind: &str, control: &str, why: String| {
        Ok(page(&ctx, kind, Some(&Problem::invalid(why).with("field", json!(control)))))
    };
    let Some(file) = sent("file") else {
        return refuse(&kind, "file", "no file was chosen".to_owned());
    };
    let map = match sent("map").map(|part| Written::read(&part.body)).transpose() {
        Ok(map) => map,
        Err(error) => return refuse(&kind, "map", error),
    };
    // A mapping says itself for which records it is.
    if let Some(said) = map.as_ref().and_then(|map| map.kind.clone()) {
        if schema::kind(&said).is_none() {
            return refuse(&kind, "map", format!("{said:?} is no kind of records"));
        }
        kind = said;
    }
    let name = file.file.clone().unwrap_or_default();
    let kept = ctx.app.uploads().keep(owner(&ctx), (name, kind), file.body.clone(), body.len());
    let id = kept.ok_or_else(|| Problem::internal("this machine gives no random numbers"))?;
    if let Some(map) = map {
        ctx.app.uploads().look(&id, &Wishes::of(&map, ctx.lang.code()).pairs, None);
    }
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}

/// A file that waits; where it is there no more, a page that says why.
fn find(ctx: &Ctx, id: &str) -> Answer<Result<(Upload, &'static Kind), Box<Response>>> {
    match ctx.app.uploads().get(&owner(ctx), id) {
        Ok(upload) => {
            let kind = crate::views::known_kind(&upload.kind)?;
            Ok(Ok((upload, kind)))
        }
        Err(problem) if problem.status == StatusCode::GONE => Ok(Err(Box::new(page(ctx, "", Some(&problem))))),
        Err(problem) => Err(problem),
    }
}

/// `GET /import/{id}`: what an import of the file would do.
///
/// # Errors
/// 404 where the file never was there.
pub async fn preview(ctx: Ctx, Path(id): Path<String>) -> Answer<Response> {
    let (upload, kind) = match find(&ctx, &id)? {
        Ok(found) => found,
        Err(page) => return Ok(*page),
    };
    let wishes = match upload.wishes.is_empty() {
        true => Wishes { pairs: vec![("language".to_owned(), ctx.lang.code().to_owned())] },
        false => Wishes { pairs: upload.wishes.clone() },
    };
    // It has been looked at as it is asked for; the import sees to it that this is what is done.
    // Refusals are told in the language of who looks.
    let looked_at = upload.looked.clone().filter(|_| wishes.one(READER) == ctx.lang.code());
    let stage = match looked_at {
        Some(stage) => stage,
        None => match look(&ctx, &upload, kind, &wishes).await {
            Ok(stage) => stage,
            Err(problem) => return Ok(looked(&ctx, &upload, kind, &wishes, Err(&problem))),
        },
    };
    match import_outcome(&ctx.app, stage).await {
        Some(Ok(report)) => Ok(looked(&ctx, &upload, kind, &wishes, Ok((&report, None)))),
        Some(Err(problem)) => Ok(looked(&ctx, &upload, kind, &wishes, Err(&problem))),
        None => Ok(checking(&ctx, &upload, kind)),
    }
}

/// `POST /import/{id}`: `verb` is `look`, with another mapping, `save`, which gives the mapping as a file, or `import`, of
/// what the form has shown.
///
/// # Errors
/// 404 where the file never was there.
pub async fn act(ctx: Ctx, Path(id): Path<String>, Form(pairs): Pairs) -> Answer<Response> {
    let (upload, kind) = match find(&ctx, &id)? {
        Ok(found) => found,
        Err(page) => return Ok(*page),
    };
    let wishes = Wishes { pairs };
    if wishes.one("verb") == "save" {
        return saved(kind, &wishes);
    }
    if wishes.one("verb") != "import" || wishes.one("plan").is_empty() {
        return match look(&ctx, &upload, kind, &wishes).await {
            Ok(_) => Ok(Redirect::to(&format!("/import/{id}")).into_response()),
            Err(problem) => Ok(looked(&ctx, &upload, kind, &wishes, Err(&problem))),
        };
    }
    ctx.app.uploads().look(&id, &wishes.pairs, None);
    let outcome = match start_import(&ctx.app, wishes.params(kind, false), &upload, ctx.lang).await {
        Ok(stage) => import_outcome(&ctx.app, stage).await,
        Err(problem) => Some(Err(problem)),
    };
    match outcome {
        Some(Err(problem)) => match problem.more.get("report") {
            Some(report) => Ok(looked(&ctx, &upload, kind, &wishes, Ok((report, Some(&problem))))),
            None => Ok(looked(&ctx, &upload, kind, &wishes, Err(&problem))),
        },
        _ => Ok(Redirect::to("/import/progress").into_response()),
    }
}

/// The mapping that a form shows, as a file: what the command line takes and writes.
fn saved(kind: &Kind, wishes: &Wishes) -> Answer<Response> {
    let file = mapping_file(&wishes.mapping(kind)).map_err(Problem::internal)?;
    let form = HeaderValue::from_static("application/toml; charset=utf-8");
    let name = HeaderValue::from_static("attachment; filename=\"columns.toml\"");
    Ok(([(header::CONTENT_TYPE, form), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

/// Begins to look at a file. What comes of it is kept with the file, so that a page can come back to it.
async fn look(
    ctx: &Ctx,
    upload: &Upload,
    kind: &'static Kind,
    wishes: &Wishes,
) -> Answer<watch::Receiver<ImportStage>> {
    let begun = start_import(&ctx.app, wishes.params(kind, true), upload, ctx.lang).await;
    let mut pairs = wishes.pairs.clone();
    pairs.retain(|(name, _)| name != READER);
    pairs.push((READER.to_owned(), ctx.lang.code().to_owned()));
    ctx.app.uploads().look(&upload.id, &pairs, begun.as_ref().ok().cloned());
    begun
}

/// The rows of a large file are being checked: the page comes again when that is done.
fn checking(ctx: &Ctx, upload: &Upload, kind: &Kind) -> Response {
    let title = ctx.tw("import-preview", &[("file", upload.name.as_str().into())]);
    let here = format!("/import/{}", upload.id);
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href="/import" { (ctx.t("import-title")) } }
        h1 { (title) }
        p.muted { (kind_label(ctx.lang, kind.name)) }
        div data-waits=(here) {
            p role="status" { (show::icon("busy")) (ctx.t("import-checking")) }
            (again(ctx, &here))
        }
    };
    ctx.page_from(Place::Import, &title, main, Some("/import"))
}

/// What somebody wants of an import: the pairs of a form.
struct Wishes {
    pairs: Vec<(String, String)>,
}

/// Before the names of controls that hold what every row says.
const SET: &str = "set.";

impl Wishes {
    /// What a mapping asks for.
    fn of(map: &Written, language: &str) -> Self {
        let mut pairs = vec![("language".to_owned(), language.to_owned())];
        for (n, (heading, target)) in map.columns.iter().enumerate() {
            pairs.push((format!("heading.{n}"), heading.clone()));
            pairs.push((format!("column.{n}"), target.clone()));
        }
        pairs.extend(map.key.iter().map(|field| ("key".to_owned(), field.clone())));
        pairs.extend(map.set.iter().map(|(field, value)| (format!("{SET}{field}"), value.clone())));
        Self { pairs }
    }

    /// The other way: as a mapping, its columns in the order of the file.
    fn mapping(&self, kind: &Kind) -> Value {
        let set: Map<String, Value> = self.set().map(|(field, said)| (field, json!(said))).collect();
        json!({
            "kind": kind.name, "key": self.keys().collect::<Vec<_>>(), "columns": self.columns().unwrap_or_default(),
            "set": set,
        })
    }

    /// The fields by which rows are to be found again.
    fn keys(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(|(name, field)| name == "key" && !field.is_empty()).map(|(_, field)| field.as_str())
    }

    /// What every row is to say where its cells say nothing.
    fn set(&self) -> impl Iterator<Item = (String, String)> {
        let given = self.pairs.iter().filter_map(|(name, said)| Some((name.strip_prefix(SET)?, said.trim())));
        given.filter(|(_, said)| !said.is_empty()).map(|(field, said)| (field.to_owned(), said.to_owned()))
    }

    fn one(&self, name: &str) -> &str {
        value(&self.pairs, name)
    }

    /// By heading, what each column goes to; `None` where nobody has said so yet.
    fn columns(&self) -> Option<Map<String, Value>> {
        let headings = self.pairs.iter().filter_map(|(name, heading)| Some((name.strip_prefix("heading.")?, heading)));
        let columns: Map<String, Value> =
            headings.map(|(n, heading)| (heading.clone(), json!(self.one(&format!("column.{n}"))))).collect();
        (!columns.is_empty()).then_some(columns)
    }

    /// As `POST /api/v1/import` takes it.
    fn params(&self, kind: &Kind, dry_run: bool) -> Value {
        let mut out = Map::from_iter([("kind".to_owned(), json!(kind.name)), ("dry_run".to_owned(), json!(dry_run))]);
        if let Some(columns) = self.columns() {
            let map = json!({"kind": kind.name, "columns": columns});
            out.insert("map".to_owned(), json!(map.to_string()));
        }
        if !dry_run {
            out.insert("plan".to_owned(), json!(self.one("plan")));
        }
        let key: Vec<&str> = self.keys().collect();
        if !key.is_empty() {
            out.insert("key".to_owned(), json!(key.join(",")));
        }
        let set: Map<String, Value> = self.set().map(|(field, said)| (field, json!(said))).collect();
        if !set.is_empty() {
            out.insert("set".to_owned(), json!(Value::Object(set).to_string()));
        }
        for name in ["register", "language", "personal_email"] {
            let given = self.one(name);
            if !given.is_empty() {
                out.insert(name.to_owned(), json!(given));
            }
        }
        if self.one("persons") == "take" {
            if let Some(scope) = Scope::of(&self.pairs).parameter() {
                out.insert("scope".to_owned(), json!(scope));
            }
            for name in ["purpose", "legal_basis", "retain_until", "informed_on"] {
                let given = self.one(&format!("{PREFIX}{name}"));
                if !given.is_empty() {
                    out.insert(name.to_owned(), json!(given));
                }
            }
        } else if self.one("persons") == "leave" {
            out.insert("without_persons".to_owned(), json!(true));
        }
        Value::Object(out)
    }
}

fn number(report: &Value, name: &str) -> u64 {
    report.get(name).and_then(Value::as_u64).unwrap_or_default()
}

/// What is told of a look: the report, with why it is shown instead of being carried out; or why there is none.
type Seen<'a> = Result<(&'a Value, Option<&'a Problem>), &'a Problem>;

fn looked(ctx: &Ctx, upload: &Upload, kind: &'static Kind, wishes: &Wishes, seen: Seen<'_>) -> Response {
    let title = ctx.tw("import-preview", &[("file", upload.name.as_str().into())]);
    let report = seen.ok().map(|(report, _)| report);
    let problem = seen.map_or_else(Some, |(_, problem)| problem);
    // Where nobody looked, the form stands as it was sent.
    let sent = wishes.columns().map(|_| wishes.mapping(kind));
    let mapping = report.map_or_else(|| problem?.more.get("mapping"), |report| report.get("mapping")).or(sent.as_ref());
    let needs_terms = match seen {
        Ok((report, _)) => {
            report.get("persons").and_then(|persons| persons.get("needs_terms")) == Some(&Value::Bool(true))
        }
        Err(problem) => problem.more.contains_key("persons"),
    };
    let plan = match seen {
        Ok((report, _)) if number(report, "added") + number(report, "changed") + persons_to_write(report) > 0 => {
            text(report, "plan")
        }
        // What was looked at can be imported when the other one is done.
        Err(problem) if problem.code == "import-running" => wishes.one("plan"),
        _ => "",
    };
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href="/import" { (ctx.t("import-title")) } }
        h1 { (title) }
        p.muted { (kind_label(ctx.lang, kind.name)) }
        @if let Some(problem) = problem { (errors(ctx, problem)) }
        @if let Some(report) = report { (counts(ctx, report)) }
        form method="post" action={ "/import/" (upload.id) } {
            (settings(ctx, kind, wishes, needs_terms))
            @if let Some(mapping) = mapping { (columns(ctx, kind, mapping)) (rows(ctx, kind, mapping)) }
            div.actions {
                @if !plan.is_empty() {
                    input type="hidden" name="plan" value=(plan);
                    button type="submit" name="verb" value="import" { (ctx.t("import-do")) }
                }
                button.quiet type="submit" name="verb" value="look" { (ctx.t("import-look-again")) }
                @if mapping.is_some() { button.quiet type="submit" name="verb" value="save" { (ctx.t("import-map-save")) } }
                a href="/import" { (ctx.t("form-cancel")) }
            }
        }
        @if let Some(report) = report { (changes(ctx, report)) }
    };
    // The file is forgotten once it is imported.
    let mut response = ctx.page_from(Place::Import, &title, main, Some("/import"));
    if let Some(problem) = problem {
        *response.status_mut() = problem.status;
    }
    response
}

/// Contact persons that would be added or changed.
fn persons_to_write(report: &Value) -> u64 {
    report.get("persons").map_or(0, |persons| number(persons, "added") + number(persons, "changed"))
}

/// How much would be, or was, added, changed and left.
fn counts(ctx: &Ctx, report: &Value) -> Markup {
    let is_dry = report.get("dry_run") == Some(&Value::Bool(true));
    html! {
        section aria-labelledby="counts" {
            h2 #counts { (ctx.t(if is_dry { "import-would" } else { "import-done" })) }
            ul.tiles {
                @for name in ["added", "changed", "unchanged"] {
                    li { div.tile { span.number { (number(report, name)) } span { (ctx.t(&format!("import-{name}"))) } } }
                }
            }
            ul {
                @for (name, key) in [("elsewhere", "cli-import-elsewhere"), ("ids_unknown", "cli-import-ids-unknown"), ("emails_left", "cli-import-emails-left"), ("absent", "cli-import-absent")] {
                    @if number(report, name) > 0 { li { (ctx.tw(key, &[("n", number(report, name).into())])) } }
                }
                @if let Some(persons) = report.get("persons") && number(persons, "added") + number(persons, "changed") + number(persons, "unchanged") > 0 {
                    li { (ctx.tw("cli-import-persons", &["added", "changed", "unchanged"].map(|name| (name, number(persons, name).into())))) }
                }
                @if let Some(positions) = report.get("positions") && number(positions, "filled") > 0 {
                    li { (ctx.tw("import-positions", &["filled", "unknown", "several"].map(|name| (name, number(positions, name).into())))) }
                }
            }
        }
    }
}

/// The values that cannot be taken.
fn errors(ctx: &Ctx, problem: &Problem) -> Markup {
    let errors = problem.more.get("errors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let total = problem.more.get("errors_total").and_then(Value::as_u64).unwrap_or_default();
    html! {
        (refused(ctx, problem))
        @if !errors.is_empty() {
            section aria-labelledby="errors" {
                h2 #errors { (ctx.tw("import-errors", &[("n", total.into())])) }
                p { (ctx.t("import-errors-how")) }
                table.cards role="table" {
                    caption.vh { (ctx.t("import-errors-caption")) }
                    thead role="rowgroup" { tr role="row" {
                        @for head in ["import-row", "import-column", "import-reason"] { th role="columnheader" scope="col" { (ctx.t(head)) } }
                    } }
                    tbody role="rowgroup" {
                        @for error in errors.iter().take(LISTED) {
                            tr role="row" {
                                th role="rowheader" scope="row" { (number(error, "row")) }
                                td role="cell" data-label=(ctx.t("import-column")) { (text(error, "column")) }
                                td role="cell" data-label=(ctx.t("import-reason")) {
                                    @match text(error, "text") {
                                        "" => span lang="en" { (text(error, "reason")) },
                                        told => (told),
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What is said once for the whole file.
fn settings(ctx: &Ctx, kind: &Kind, wishes: &Wishes, needs_terms: bool) -> Markup {
    let (roster, device) = (&ctx.status.roster, &ctx.status.device);
    let registers = roster.registers.values().filter(|register| roster.may_write(&register.id, device));
    let mut registers: Vec<(RegisterId, String, bool)> = registers
        .map(|register| {
            let own = register.kind == RegisterKind::Partner;
            (register.id, register_label(ctx.lang, roster, &ctx.status.partner, &register.id), own)
        })
        .collect();
    registers.sort_by_key(|(_, _, own)| !own);
    let wished = match wishes.one("register") {
        "" if kind.is_internal => RegisterId::internal(&ctx.status.partner).to_string(),
        wished => wished.to_owned(),
    };
    let language = Some(wishes.one("language")).filter(|code| !code.is_empty()).unwrap_or(ctx.lang.code());
    html! {
        fieldset.field {
            legend { (ctx.t("import-settings")) }
            div.field {
                label for="register" { (ctx.t("form-register")) }
                select #register name="register" {
                    @for (id, label, _) in &registers { option value=(id) selected[wished == id.to_string()] { (label) } }
                }
            }
            div.field {
                label for="language" { (ctx.t("import-language")) }
                select #language name="language" {
                    @for code in LANGUAGES { option value=(code) selected[code == language] { (show::language(ctx.lang, code)) } }
                }
            }
            @if kind.name == WITH_PERSONS {
                div.field {
                    label for="personal_email" { (ctx.t("import-email")) }
                    select #personal_email name="personal_email" {
                        @for word in ["refuse", "leave", "allow"] { option value=(word) selected[wishes.one("personal_email") == word] { (ctx.t(&format!("import-email-{word}"))) } }
                    }
                }
                (persons(ctx, wishes, needs_terms))
            }
        }
    }
}

/// What becomes of contact persons in the file.
fn persons(ctx: &Ctx, wishes: &Wishes, needs_terms: bool) -> Markup {
    let at = |name: &str| format!("{PREFIX}{name}");
    let list = schema::vocabulary("legal_basis").map_or(&[][..], |list| list.terms);
    let (basis, take) = (at("legal_basis"), wishes.one("persons") == "take");
    html! {
        div.field {
            @if needs_terms { p.error { (ctx.t("import-persons-terms")) } }
            label for="persons" { (ctx.t("import-persons")) }
            select #persons name="persons" {
                @for word in ["ask", "take", "leave"] { option value=(word) selected[wishes.one("persons") == word] { (ctx.t(&format!("import-persons-{word}"))) } }
            }
        }
        details id="terms" open[needs_terms || take] {
            summary { (ctx.t("import-persons-details")) }
            div.field { label for="purpose" { (field_label(ctx.lang, "purpose")) } input #purpose name=(at("purpose")) value=(wishes.one(&at("purpose"))); }
            div.field {
                label for="legal_basis" { (field_label(ctx.lang, "legal_basis")) }
                select #legal_basis name=(basis) {
                    option value="" { (ctx.t("form-none")) }
                    @for term in list { option value=(term.code) selected[wishes.one(&basis) == term.code] { (term.label(ctx.lang.code())) } }
                }
            }
            div.field { label for="retain_until" { (field_label(ctx.lang, "retain_until")) } input #retain_until type="date" name=(at("retain_until")) value=(wishes.one(&at("retain_until"))); }
            div.field { label for="informed_on" { (field_label(ctx.lang, "informed_on")) } input #informed_on type="date" name=(at("informed_on")) value=(wishes.one(&at("informed_on"))); }
            (scope_controls(ctx, &Scope::of(&wishes.pairs), &ctx.t("import-scope")))
        }
    }
}

/// Which column goes where, to look at and to change.
fn columns(ctx: &Ctx, kind: &'static Kind, mapping: &Value) -> Markup {
    let empty = Map::new();
    let columns = mapping.get("columns").and_then(Value::as_object).unwrap_or(&empty);
    let targets = targets(ctx, kind);
    html! {
        section aria-labelledby="mapping" {
            h2 #mapping { (ctx.t("import-mapping")) }
            p { (ctx.t("import-mapping-how")) }
            table.cards role="table" {
                caption.vh { (ctx.t("import-mapping")) }
                thead role="rowgroup" { tr role="row" {
                    th role="columnheader" scope="col" { (ctx.t("import-column")) }
                    th role="columnheader" scope="col" { (ctx.t("import-target")) }
                } }
                tbody role="rowgroup" {
                    @for (n, (heading, target)) in columns.iter().enumerate() {
                        @let target = target.as_str().unwrap_or_default();
                        tr role="row" {
                            th role="rowheader" scope="row" { label for={ "column-" (n) } { (heading) } input type="hidden" name={ "heading." (n) } value=(heading); }
                            td role="cell" data-label=(ctx.t("import-target")) {
                                select id={ "column-" (n) } name={ "column." (n) } {
                                    @for (code, label) in &targets { option value=(code) selected[code == target] { (label) } }
                                    @if targets.iter().all(|(code, _)| code != target) { option value=(target) selected { (target) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How rows are found again, and what all of them say.
fn rows(ctx: &Ctx, kind: &'static Kind, mapping: &Value) -> Markup {
    let label = |key: &str| field_label_in(ctx.lang, kind.name, key);
    let keys: Vec<&str> = list(mapping, "key").iter().filter_map(Value::as_str).collect();
    let tells = |field: &&Field| !matches!(field.field_type, FieldType::Entries(_) | FieldType::Log(_));
    let said = keys.iter().map(|key| label(key)).collect::<Vec<_>>().join(", ");
    let set = mapping.get("set").and_then(Value::as_object).into_iter().flatten();
    let set: Vec<(&String, &str)> = set.filter_map(|(field, said)| Some((field, said.as_str()?))).collect();
    html! {
        details id="keys" {
            summary { (ctx.t("import-key")) (ctx.lang.colon()) (said) }
            p.hint { (ctx.t("import-key-how")) }
            div.checks role="group" aria-label=(ctx.t("import-key")) {
                @for field in kind.fields.iter().filter(tells) {
                    div.check {
                        input type="checkbox" id={ "key-" (field.name) } name="key" value=(field.name) checked[keys.contains(&field.name)];
                        label for={ "key-" (field.name) } { (label(field.name)) }
                    }
                }
            }
        }
        @if !set.is_empty() {
            fieldset.field {
                legend { (ctx.t("import-set")) }
                @for (n, (field, said)) in set.iter().enumerate() {
                    div.field { label for={ "set-" (n) } { (label(field)) } input id={ "set-" (n) } name={ (SET) (field) } value=(said); }
                }
            }
        }
    }
}

/// What a column can hold.
fn targets(ctx: &Ctx, kind: &'static Kind) -> Vec<(String, String)> {
    let mut out = vec![(String::new(), ctx.t("import-nothing")), ("id".to_owned(), ctx.t("export-column-id"))];
    for field in kind.all_fields() {
        let label = field_label_in(ctx.lang, kind.name, field.name);
        if field.is_translated() {
            let of = |code: &&str| {
                (format!("{}@{code}", field.name), format!("{label} – {}", show::language(ctx.lang, code)))
            };
            out.extend(LANGUAGES.iter().map(of));
        } else {
            out.push((field.name.to_owned(), label));
        }
        if field.name == "position" {
            let part = |code: &str, key: &str| (format!("position.{code}"), ctx.t(key));
            out.extend([part("lat", "import-latitude"), part("lon", "import-longitude")]);
        }
    }
    if kind.name == WITH_PERSONS {
        out.extend(PERSON_PARTS.into_iter().map(|part| {
            let what = if part == "name" { ctx.t("import-person-name") } else { field_label(ctx.lang, part) };
            (format!("person.{part}"), ctx.tw("import-person", &[("what", what.into())]))
        }));
    }
    out
}

/// What would be done, row by row, and what may be there already.
fn changes(ctx: &Ctx, report: &Value) -> Markup {
    let kind = report.get("mapping").map_or("", |mapping| text(mapping, "kind"));
    let (rows, duplicates) = (list(report, "changes"), list(report, "duplicates"));
    let what = |change: &Value| match text(change, "what").strip_prefix("change") {
        Some(fields) => {
            let names = fields.trim_start_matches([':', ' ']).split([',', ' ']).filter(|name| !name.is_empty());
            format!(
                "{}: {}",
                ctx.t("import-changed"),
                names.map(|name| field_label_in(ctx.lang, kind, name)).collect::<Vec<_>>().join(", ")
            )
        }
        None => ctx.t("import-added"),
    };
    html! {
        @if !duplicates.is_empty() {
            section aria-labelledby="duplicates" {
                h2 #duplicates { (ctx.t("import-duplicates")) }
                p { (ctx.t("cli-import-duplicates")) }
                ul { @for one in duplicates.iter().take(LISTED) {
                    li { (ctx.t("import-row")) " " (number(one, "row")) (ctx.lang.colon()) a href={ "/records/" (text(one, "id")) } { (text(one, "title")) } " " span.tag { (ctx.t(&format!("cli-duplicate-{}", text(one, "reason")))) } }
                } }
            }
        }
        @if !rows.is_empty() {
            section aria-labelledby="rows" {
                h2 #rows { (ctx.t("import-rows")) }
                ul.rows { @for change in rows.iter().take(LISTED) { li { (ctx.t("import-row")) " " (number(change, "row")) (ctx.lang.colon()) (what(change)) } } }
                @if rows.len() > LISTED { p.muted { (ctx.tw("and-more", &[("n", (rows.len() - LISTED).into())])) } }
            }
        }
    }
}

/// `GET /import/progress?wait=`: how far the last import is, and what came of it; `wait`: answered when it is over, or
/// after some seconds.
///
/// # Errors
/// None of its own.
pub async fn progress(ctx: Ctx) -> Answer<Response> {
    let title = ctx.t("import-progress");
    let stage = ctx.app.imports().last_import();
    if let Some(stage) = stage.clone().filter(|_| ctx.query("wait").is_some()) {
        import_outcome(&ctx.app, stage).await;
    }
    let stage = stage.map(|stage| stage.borrow().clone());
    let under_way = stage.as_ref().is_some_and(|stage| !matches!(stage, ImportStage::Done(_)));
    let main = html! {
        nav.crumbs aria-label=(ctx.t("nav-crumbs")) { a href="/import" { (ctx.t("import-title")) } }
        h1 { (title) }
        div #import data-live data-waits=[under_way.then_some("/import/progress?wait=yes")] {
            @match stage {
                None => div.empty { p { (ctx.t("import-never")) } },
                Some(ImportStage::Checking) => { p role="status" { (show::icon("busy")) (ctx.t("import-checking")) } (again(&ctx, "/import/progress")) },
                Some(ImportStage::Writing { written, total }) => {
                    p role="status" { (show::icon("busy")) (ctx.tw("cli-import-progress", &[("written", written.into()), ("total", total.into())])) }
                    progress max=(total) value=(written) aria-label=(title) {}
                    (again(&ctx, "/import/progress"))
                },
                Some(ImportStage::Done(done)) => {
                    @match done.as_ref() {
                        Ok(report) => { (counts(&ctx, report)) (changes(&ctx, report)) },
                        Err(problem) => (errors(&ctx, problem)),
                    }
                    p.actions { a.button href="/import" { (ctx.t("import-another")) } }
                },
            }
            @if !under_way { (waiting(&ctx)) }
        }
    };
    Ok(ctx.page(Place::Import, &title, main))
}

fn again(ctx: &Ctx, here: &str) -> Markup {
    html! { p.actions { a.button.quiet href=(here) { (ctx.t("import-again")) } } }
}
