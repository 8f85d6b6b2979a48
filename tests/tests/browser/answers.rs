//! What answers a form, and what is seen on some days only, holds to the rules of all pages.

use super::before::look;
use super::driver::Browser;
use super::office::Scene;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::machine::MachineRequest;
use serde_json::{Value, json};

/// Sends a form from the page that is open.
const POST: &str = "
  const form = document.createElement('form');
  [form.method, form.action] = ['post', arguments[0]];
  for (const [name, value] of arguments[1]) form.append(Object.assign(document.createElement('input'), {type: 'hidden', name, value}));
  document.body.append(form);
  window.before = true;
  form.submit();
";

/// Sends a form and waits until its answer shows `sign`.
async fn post(browser: &Browser, action: &str, fields: Value, sign: &str) {
    browser.run_with(POST, json!([action, fields])).await;
    browser.until(action, &format!("!window.before && document.querySelector(\"{sign}\")")).await;
}

/// Sends the page's own form as it stands.
const SEND: &str = "
  const form = document.querySelector('main form.record');
  form.noValidate = true;
  window.before = true;
  form.querySelector('.actions button[type=submit]').click();
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_answers_a_form_holds_to_the_rules_of_all_pages() {
    let scene = Scene::set().await;
    let here = &scene.here;
    let browser = here.browser().await;
    let mut faults = Vec::new();

    browser.open(&here.url("/records/new?kind=event")).await;
    browser.run(SEND).await;
    browser.until("it is refused", "!window.before && document.querySelector('.error-summary')").await;
    faults.extend(look(&browser, "a form that is refused").await);

    browser.open(&here.url(&format!("/records/{}/edit?register={}", scene.event.key, here.register))).await;
    browser.fill("#c-country", "SI").await;
    here.edit(&scene.event, &[("country", "IT")]).await;
    browser.run(SEND).await;
    let both = "!window.before && document.body.innerText.includes('Somebody changed this record')";
    browser.until("both are shown", both).await;
    faults.extend(look(&browser, "what two have written").await);

    let us = here.partner.to_string();
    let writers = format!("/registers/{}/writers", here.register);
    let request = MachineRequest::new(&DeviceSigner::from_secret(&[99; 32]), "§ laptop").to_text();
    for (page, action, fields, sign) in [
        ("/partners", "/stewards", json!([["steward", us]]), "main form [name=confirmed]"),
        (writers.as_str(), writers.as_str(), json!([["writer", us]]), "main form [name=confirmed]"),
        ("/settings", "/settings/users", json!([["name", "ana"], ["role", "editor"]]), "code.ticket"),
        ("/devices", "/devices", json!([["request", request], ["right", "edit"]]), "code.ticket"),
        ("/", "/exchange/pause", json!([]), "form[action='/exchange/resume']"),
    ] {
        browser.open(&here.url(page)).await;
        post(&browser, action, fields, sign).await;
        faults.extend(look(&browser, &format!("the answer of {action}")).await);
    }
    for document in ["/api/v1/report?language=it", "/api/v1/report?language=en&audience=public"] {
        browser.open(&here.url(document)).await;
        faults.extend(look(&browser, document).await);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
