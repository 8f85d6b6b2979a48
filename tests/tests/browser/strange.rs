//! What partners write is text, whatever it looks like: scripts and tags in every field, seen by a browser.

use super::driver::Browser;
use super::office::{Office, Scene};
use comin_protocol::schema::{Field, FieldType, KINDS};
use comin_tests::pages::every;
use serde_json::{Value, json};

/// Begins with the mark of this test's data, so that it is found again.
const NASTY: &str = "§<script>window.broken=1</script>\"'><img src=x onerror=\"window.broken=1\">";

/// What is in the page and came from no template.
const FOREIGN: &str = "
  const own = e => e.matches('script[src^=\"/static/\"][type=module]');
  const scripts = [...document.querySelectorAll('script')].filter(e => !own(e));
  const picture = e => e.matches('img') && e.getAttribute('src').startsWith('/api/v1/');
  const images = [...document.querySelectorAll('img, iframe, object, embed')].filter(e => !picture(e));
  const acting = [...document.querySelectorAll('*')].filter(e => e.getAttributeNames().some(name => name.startsWith('on')));
  const leading = [...document.querySelectorAll('[href], [action], [src]')]
    .filter(e => /^\\s*(javascript|data|vbscript):/i.test(e.getAttribute('href') ?? e.getAttribute('action') ?? e.getAttribute('src')));
  const found = [...scripts, ...images, ...acting, ...leading].map(e => e.outerHTML.slice(0, 120));
  return [window.broken ?? 0, found];
";

/// A field as its register holds it, with what no form and no interface would let in.
fn raw(field: &Field) -> Option<(String, String)> {
    let (name, text) = (field.name, NASTY.to_owned());
    Some(match field.field_type {
        FieldType::TranslatedLine => (format!("{name}@en"), text),
        FieldType::Codes(_) | FieldType::References(_) | FieldType::Lines => (format!("{name}/{NASTY}"), String::new()),
        FieldType::Links => (format!("{name}/javascript:window.broken=1"), String::new()),
        FieldType::Link => (name.to_owned(), "javascript:window.broken=1".to_owned()),
        // These are written in ways of their own: they come by the interface below.
        FieldType::Log(_)
        | FieldType::Entries(_)
        | FieldType::Prose
        | FieldType::TranslatedProse
        | FieldType::Changes => return None,
        _ => (name.to_owned(), text),
    })
}

/// Records of every kind in which every field holds it, made by the other partner.
async fn raw_records(there: &Office) -> Vec<String> {
    let mut keys = Vec::new();
    for kind in KINDS.iter().filter(|kind| !["membership", "sameas", "proposal", "note"].contains(&kind.name)) {
        let fields: Vec<(String, String)> = kind.fields.iter().filter_map(raw).collect();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        keys.push(there.add(kind.name, &fields).await.key.to_string());
    }
    keys
}

/// What the interface takes: texts in every place of records that hang together, and of the house.
const MAKE: &str = "
  const nasty = arguments[0], headers = {'content-type': 'application/json'};
  const post = (path, body) => fetch('/api/v1/' + path, {method: 'POST', headers, body: JSON.stringify(body)})
    .then(async answer => { if (!answer.ok) throw new Error(path + ': ' + await answer.text()); return answer.json(); });
  const text = {en: nasty, it: nasty}, add = (kind, fields) => post('records', {kind, fields}).then(made => made.id);
  return (async () => {
    const organisation = await add('organisation', {name: nasty, other_names: [nasty], address: nasty, city: nasty, identifiers: [nasty],
      phone: nasty, website: 'https://zavod.example/?q=<script>', description: text, country: 'SI', position: {lat: 45.9, lon: 13.6, precision: 'city'}});
    const other = await add('organisation', {name: nasty + '.', city: nasty, country: 'SI'});
    const network = await add('network', {name: text, description: text, vision: text, strategy: text, contribution: text, country: 'SI'});
    await add('membership', {organisation, network, role: 'member'});
    const practice = await add('practice', {title: text, summary: text, description: text, resources: text, evidence: text, network});
    const event = await add('event', {title: text, type: 'meeting', place: nasty, organiser: organisation, networks: [network],
      practices: [practice], when: '2026-02-11/2026-02-12'});
    const interest = await add('interest', {organisation: other, network, origin_event: event, motivation: text});
    const programme = await add('programme', {title: text, modules: [{title: text, content: text, hours: 2}]});
    const publication = await add('publication', {title: text, url: 'https://zavod.example/?q=<script>'});
    await add('note', {about: organisation, text: nasty});
    await post('records/' + arguments[1] + '/proposals', {fields: {city: nasty}, reason: nasty});
    const person = await post('persons', {fields: {given_name: nasty, family_name: nasty, role: nasty, phone: nasty, purpose: nasty,
      organisation, legal_basis: 'consent', retain_until: '2031-01-01'}, scope: 'all'}).then(person => person.id);
    await post('registers', {name: nasty, writers: 'all'});
    await post('invites', {name: nasty, country: 'SI'});
    await post('calendars', {name: nasty.slice(0, 40)});
    const sheet = new FormData();
    sheet.append('kind', 'organisation');
    sheet.append('file', new File(['name;' + nasty + ';country\\n' + nasty + ';' + nasty + ';' + nasty + '\\n'], nasty + '.csv'));
    const waiting = await fetch('/import', {method: 'POST', body: sheet}).then(answer => new URL(answer.url).pathname);
    return {records: [organisation, other, network, practice, event, interest, programme, publication], person, waiting};
  })();
";

fn words(value: &Value) -> Vec<String> {
    value.as_array().expect("a list").iter().filter_map(|word| word.as_str().map(str::to_owned)).collect()
}

async fn is_harmless(browser: &Browser, office: &Office, path: &str) {
    browser.open(&office.url(path)).await;
    browser.run("document.querySelectorAll('details').forEach(d => d.open = true)").await;
    let seen = browser.run(FOREIGN).await;
    assert_eq!(seen, json!([0, []]), "{path} has nothing in it that acts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scripts_in_every_field_are_text_on_every_page() {
    let scene = Scene::set().await;
    let (here, there) = (&scene.here, &scene.there);
    let raw = raw_records(there).await;
    here.until("what the other has written comes", |store| {
        raw.iter().all(|key| {
            let key = comin_protocol::ids::RecordKey::parse(key).expect("an id");
            !store.rows_of(&key).expect("memory reads").is_empty()
        })
    })
    .await;
    let browser = here.browser().await;
    let made = browser.run_with(MAKE, json!([NASTY, scene.foreign.key.to_string()])).await;
    let records = [raw, words(&made["records"])].concat();
    let mut paths = vec![
        format!("/partners/{}/remove", there.partner),
        format!("/devices/{}/revoke", here.device),
        format!("/registers/{}/writers", here.register),
        format!("/records/{}/propose", scene.foreign.key),
        format!("/people/{}", made["person"].as_str().expect("a person")),
        made["waiting"].as_str().expect("a file that waits").to_owned(),
        format!("/records/{}", scene.foreign.key),
        "/search?q=script".to_owned(),
        "/search?q=%3Cscript%3Ewindow.broken%3D1%3C%2Fscript%3E".to_owned(),
        "/organisations?q=%22%27%3E%3Cimg+src%3Dx+onerror%3D%22window.broken%3D1%22%3E".to_owned(),
        "/calendar?month=2026-02".to_owned(),
    ];
    for key in &records {
        paths.extend(["", "/history"].map(|more| format!("/records/{key}{more}")));
    }
    for key in words(&made["records"]) {
        paths.push(format!("/records/{key}/edit?register=own"));
    }
    for path in every(paths) {
        is_harmless(&browser, here, &path).await;
    }
    // The documents that a browser shows by themselves.
    for path in
        ["report?language=it", "report?language=en&audience=public", "graph.svg?language=en", "map.svg?language=it"]
    {
        is_harmless(&browser, here, &format!("/api/v1/{path}")).await;
    }
    // It is not that nothing is shown.
    for key in &records {
        browser.open(&here.url(&format!("/records/{key}"))).await;
        browser.until_says("<script>window.broken=1</script>").await;
    }
    let faults = browser.faults(&here.origin, &["status of 422"]).await;
    assert_eq!(faults, Vec::<String>::new(), "no policy had to stop anything, and nobody else is asked");
}
