//! What the first page shows.

use super::{Asking, Draft};
use crate::i18n::{COUNTRIES, Lang};
use crate::pages::layout::frame;
use crate::pages::show::{country, icon};
use crate::pages::{assets, value};
use crate::setup::{self, SetupError};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use comin_protocol::machine::MachineError;
use comin_protocol::statement::{is_country, is_name};
use maud::{Markup, html};

/// What somebody has entered.
pub struct Asked {
    pub name: String,
    pub country: String,
    pub language: Lang,
    pub device: String,
}

/// What is wrong with it, at which control.
pub struct Fault {
    pub control: &'static str,
    /// The message, where there is one.
    pub text: Option<&'static str>,
    /// The node's own words, which are English.
    pub said: Option<String>,
}

impl Fault {
    /// What the system said.
    pub fn told(control: &'static str, error: &SetupError) -> Self {
        let text = match error {
            SetupError::KitInside => "start-kit-inside",
            SetupError::KitRelative(_) => "start-kit-relative",
            SetupError::KitPasses(_) => "start-kit-passes",
            SetupError::KitIsDirectory(_) | SetupError::KitDirectory { .. } => "start-kit-place",
            // A file that is there already, or a place where nothing can be written.
            SetupError::Data(_) if control == "path" => "start-kit-place",
            SetupError::Certificate(MachineError::OtherMachine) => "start-certificate-other",
            SetupError::Certificate(_) => "start-certificate-wrong",
            _ => "start-failed",
        };
        Self { control, text: Some(text), said: Some(error.to_string()) }
    }

    fn show(&self, lang: Lang) -> Markup {
        html! {
            @if let Some(key) = self.text { (lang.text(key)) " " }
            @if let Some(said) = &self.said { span lang="en" { (said) } }
        }
    }
}

impl Asked {
    /// Before anything was entered.
    pub fn new(lang: Lang) -> Self {
        let country = match lang {
            Lang::It => "IT",
            Lang::Sl => "SI",
            Lang::Fr => "FR",
            Lang::En => "",
        };
        Self { name: String::new(), country: country.into(), language: lang, device: setup::machine_name() }
    }

    /// What was entered before.
    pub fn of(draft: &Draft) -> Self {
        let kit = &draft.kit;
        let (name, country, device) = (kit.name.clone(), kit.country.clone(), kit.device.clone());
        Self { name, country, language: draft.language, device }
    }

    /// From a form.
    pub fn read(pairs: &[(String, String)], lang: Lang) -> Self {
        let other = value(pairs, "other");
        let country = if other.is_empty() { value(pairs, "country") } else { other };
        Self {
            name: value(pairs, "name").to_owned(),
            country: country.to_ascii_uppercase(),
            language: Lang::parse(value(pairs, "language")).unwrap_or(lang),
            device: value(pairs, "device").to_owned(),
        }
    }

    /// What cannot be taken.
    pub fn faults(&self) -> Vec<Fault> {
        let checks = [
            ("name", "start-name-wrong", is_name(&self.name)),
            ("country", "start-country-wrong", is_country(&self.country)),
            ("device", "start-device-wrong", is_name(&self.device)),
        ];
        let wrong = checks.into_iter().filter(|(.., good)| !good);
        wrong.map(|(control, text, _)| Fault { control, text: Some(text), said: None }).collect()
    }
}

fn page(lang: Lang, title: &str, step: usize, faults: &[Fault], body: Markup) -> Response {
    let steps = ["start-step-who", "start-step-kit", "start-step-node"];
    let main = html! {
        main.alone #main {
            div.brand { (assets::logo()) strong { "COM-IN" } }
            nav.languages aria-label=(lang.text("nav-language")) {
                @for other in Lang::ALL {
                    a href={ "?lang=" (other.code()) } lang=(other.code()) hreflang=(other.code())
                        aria-current=[(other == lang).then_some("true")] { (other.own_name()) }
                }
            }
            h1 { (title) }
            ol.stages { @for (n, key) in steps.iter().enumerate() { li aria-current=[(n == step).then_some("step")] { (lang.text(key)) } } }
            @if !faults.is_empty() {
                div.callout.error-summary role="alert" tabindex="-1" {
                    (icon("act"))
                    div {
                        p { strong { (lang.text("form-refused")) } }
                        ul { @for fault in faults { li { a href={ "#" (fault.control) } { (fault.show(lang)) } } } }
                    }
                }
            }
            (body)
        }
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    (status, with_language(Html(frame(lang, &format!("{title} · COM-IN"), None, main).into_string()), lang))
        .into_response()
}

/// The language stays chosen on the pages that follow.
fn with_language(html: Html<String>, lang: Lang) -> Response {
    let mut response = html.into_response();
    let cookie = format!("{}={}; Path=/; SameSite=Strict; Max-Age=31536000", crate::api::LANG_COOKIE, lang.code());
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn field(lang: Lang, id: &str, label: &str, hint: &str, faults: &[Fault], control: Markup) -> Markup {
    let fault = faults.iter().find(|fault| fault.control == id);
    html! {
        div.field {
            label for=(id) { (lang.text(label)) }
            @if !hint.is_empty() { p.hint id={ (id) "-hint" } { (lang.text(hint)) } }
            @if let Some(fault) = fault { p.error id={ (id) "-error" } { (fault.show(lang)) } }
            (control)
        }
    }
}

/// Who the partner is, or the kit of one that has a node already.
pub fn ask(lang: Lang, asked: &Asked, faults: &[Fault]) -> Response {
    let wrong = |id: &str| faults.iter().any(|fault| fault.control == id).then_some("true");
    let about = |id: &str, hint: bool| {
        let error = wrong(id).map(|_| format!("{id}-error"));
        [hint.then(|| format!("{id}-hint")), error].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let other = !asked.country.is_empty() && !COUNTRIES.contains(&asked.country.as_str());
    let language = |prefix: &str| {
        html! {
            select id={ (prefix) "language" } name="language" {
                @for choice in Lang::ALL { option value=(choice.code()) lang=(choice.code()) selected[choice == asked.language] { (choice.own_name()) } }
            }
        }
    };
    let body = html! {
        p.lead { (lang.text("start-lead")) }
        form.record method="post" action="/" novalidate {
            (field(lang, "name", "start-name", "start-name-hint", faults, html! {
                input #name name="name" type="text" required maxlength="200" autocomplete="organization" value=(asked.name)
                    aria-invalid=[wrong("name")] aria-describedby=(about("name", true));
            }))
            (field(lang, "country", "field-country", "", faults, html! {
                select #country name="country" aria-invalid=[wrong("country")] aria-describedby=[wrong("country").map(|_| "country-error")] {
                    option value="" selected[asked.country.is_empty()] { (lang.text("start-country-choose")) }
                    @for code in COUNTRIES { option value=(code) selected[asked.country == code] { (country(lang, code)) } }
                }
            }))
            details open[other] {
                summary { (lang.text("start-country-other")) }
                (field(lang, "other", "start-country-code", "hint-country", faults, html! {
                    input #other name="other" type="text" maxlength="2" autocapitalize="characters" aria-describedby="other-hint"
                        value=[other.then_some(asked.country.as_str())];
                }))
            }
            (field(lang, "language", "start-language", "start-language-hint", faults, language("")))
            (field(lang, "device", "start-device", "start-device-hint", faults, html! {
                input #device name="device" type="text" required maxlength="200" value=(asked.device)
                    aria-invalid=[wrong("device")] aria-describedby=(about("device", true));
            }))
            div.actions { button type="submit" { (lang.text("start-go-kit")) } }
        }
        details #further open[wrong("further-device").is_some()] {
            summary { (lang.text("start-further")) }
            p { (lang.text("start-further-how")) }
            form.record method="post" action="/further/ask" novalidate {
                (field(lang, "further-device", "start-device", "", faults, html! {
                    input #further-device name="device" type="text" required maxlength="200" value=(asked.device)
                        aria-invalid=[wrong("further-device")] aria-describedby=[wrong("further-device").map(|_| "further-device-error")];
                }))
                div.field { label for="further-language" { (lang.text("start-language")) } (language("further-")) }
                div.actions { button.quiet type="submit" { (lang.text("start-further-ask")) } }
            }
        }
        details #recover open[wrong("kit").is_some() || wrong("recover-device").is_some()] {
            summary { (lang.text("start-recover")) }
            p { (lang.text("start-recover-how")) }
            form.record method="post" action="/recover" novalidate {
                (field(lang, "kit", "start-recover-kit", "start-recover-hint", faults, html! {
                    textarea #kit name="kit" rows="6" required autocomplete="off" spellcheck="false"
                        aria-invalid=[wrong("kit")] aria-describedby=(about("kit", true)) {}
                }))
                div.field { label for="recover-language" { (lang.text("start-language")) } (language("recover-")) }
                (field(lang, "recover-device", "start-device", "", faults, html! {
                    input #recover-device name="device" type="text" required maxlength="200" value=(asked.device)
                        aria-invalid=[wrong("recover-device")];
                }))
                div.actions { button.quiet type="submit" { (lang.text("start-recover-go")) } }
            }
        }
    };
    page(lang, &lang.text("start-title"), 0, faults, body)
}

/// What this machine asks another one of its organisation, and where the answer goes.
pub fn further(lang: Lang, asking: &Asking, certificate: &str, faults: &[Fault]) -> Response {
    let wrong = faults.iter().any(|fault| fault.control == "certificate").then_some("true");
    let request = asking.request.to_text();
    let body = html! {
        p.lead { (lang.text_with("start-further-lead", &[("device", asking.request.name.as_str().into())])) }
        ol.text { @for key in ["start-further-carry", "start-further-there", "start-further-back"] { li { (lang.text(key)) } } }
        code.ticket { (request) }
        div.actions { a.button href="/further/request.txt" download="comin-machine-request.txt" { (lang.text("start-further-save")) } }
        form.record method="post" action="/further" enctype="multipart/form-data" novalidate {
            (field(lang, "certificate", "start-certificate", "start-certificate-hint", faults, html! {
                textarea #certificate name="certificate" rows="6" autocomplete="off" spellcheck="false"
                    aria-invalid=[wrong] aria-describedby=(if wrong.is_some() { "certificate-hint certificate-error" } else { "certificate-hint" }) {
                    "\n" (certificate)
                }
            }))
            div.field { label for="certificate-file" { (lang.text("start-certificate-file")) }
                input #certificate-file name="file" type="file" accept=".txt,text/plain"; }
            div.actions { button type="submit" { (lang.text("start-further-go")) } }
        }
        form.record method="post" action="/further/forget" {
            p.hint { (lang.text("start-further-forget-how")) }
            div.actions { button.quiet type="submit" { (lang.text("start-further-forget")) } }
        }
    };
    page(lang, &lang.text("start-further-title"), 0, faults, body)
}

/// The kit, and the word that it is safe.
pub fn kit(lang: Lang, draft: &Draft, path: &str, faults: &[Fault]) -> Response {
    let wrong = |id: &str| faults.iter().find(|fault| fault.control == id);
    let body = html! {
        p.lead { (lang.text("start-kit-lead")) }
        div.callout { (icon("act")) div {
            p { (lang.text("start-kit-why")) }
            ul { @for key in ["start-kit-print", "start-kit-two", "start-kit-not"] { li { (lang.text(key)) } } }
        } }
        div.actions {
            a.button href="/kit.txt" download="comin-recovery-kit.txt" { (lang.text("start-kit-download")) }
            a.button.quiet href="/" { (lang.text("start-kit-back")) }
        }
        details #kit-text { summary { (lang.text("start-kit-show")) } pre tabindex="0" role="region" aria-label=(lang.text("start-step-kit")) { (draft.kit.to_text()) } }
        details #kit-file open[wrong("path").is_some() || draft.written.is_some()] {
            summary { (lang.text("start-kit-write")) }
            form.record method="post" action="/kit" {
            input type="hidden" name="partner" value=(draft.kit.partner_id());
                @if let Some(written) = &draft.written {
                    p.callout.good { (icon("good")) span { (lang.text_with("start-kit-written", &[("file", written.display().to_string().into())])) } }
                }
                (field(lang, "path", "start-kit-path", "start-kit-path-hint", faults, html! {
                    input #path name="path" type="text" value=(path) placeholder={ "/media/stick/" (setup::kit_file_name(&draft.kit.name)) } required
                        autocomplete="off" spellcheck="false" aria-invalid=[wrong("path").map(|_| "true")] aria-describedby="path-hint";
                }))
                div.actions { button.quiet type="submit" name="do" value="write" { (lang.text("start-kit-write-go")) } }
            }
        }
        form.record method="post" action="/kit" {
            input type="hidden" name="partner" value=(draft.kit.partner_id());
            div.field {
                @if let Some(fault) = wrong("kept") { p.error #kept-error { (fault.show(lang)) } }
                div.check {
                    input #kept type="checkbox" name="kept" value="yes" aria-invalid=[wrong("kept").map(|_| "true")];
                    label for="kept" { (lang.text("start-kit-kept")) }
                }
            }
            div.actions { button type="submit" name="do" value="go" { (lang.text("start-go")) } }
        }
    };
    page(lang, &lang.text_with("start-kit-title", &[("name", draft.kit.name.as_str().into())]), 1, faults, body)
}

/// While the node takes over the port.
pub fn goes_on(lang: Lang, uri: &Uri) -> Response {
    let body = html! { main.alone #main { div.brand { (assets::logo()) strong { "COM-IN" } } p role="status" { (lang.text("start-goes-on")) } } };
    let mut response = Html(frame(lang, "COM-IN", None, body).into_string()).into_response();
    let again = uri.path_and_query().filter(|_| uri.path() == "/login").map_or("/", |path| path.as_str());
    if let Ok(again) = HeaderValue::from_str(&format!("1; url={again}")) {
        response.headers_mut().insert(header::REFRESH, again);
    }
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
