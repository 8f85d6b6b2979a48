//! The survey, the pictures and the numbers, as programs get them.

use super::nodes::{Got, TestNode, start};
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const NASTY: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
const LANGUAGES: [&str; 4] = ["it", "sl", "fr", "en"];

async fn get(node: &TestNode, path: &str) -> Got {
    let got = node.call("GET", &format!("/api/v1/{path}"), None).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    got
}

/// Makes a record in the internal register and one that others read, and gives the id of the latter.
async fn add(node: &TestNode, kind: &str, fields: Value) -> String {
    node.add(kind, fields).await
}

/// A partnership in small: a territorial and an international network, a bridge, an event from which somebody came.
struct Scene {
    node: TestNode,
    network: String,
    organisations: Vec<String>,
}

impl Scene {
    async fn set(secret: u8) -> Self {
        let node = start(secret, "Ožara", "SI", false);
        let international = json!({
            "name": {"it": "Rete internazionale", "sl": "Mednarodna mreža", "en": "International network"},
            "vision": {"it": "Una società inclusiva.", "sl": "Vključujoča družba.", "en": "An inclusive society."},
            "strategy": {"sl": "Skupaj."}, "original_language": "sl", "levels": ["international"], "visibility": "public",
            "target_groups": ["youth", "migrants"],
        });
        let international = add(&node, "network", international).await;
        let network = json!({
            "name": {"it": "Rete Lunavena", "sl": "Mreža Lunavena"}, "levels": ["local", "sectoral"], "country": "IT",
            "target_groups": ["disability"], "contribution": {"it": "Mette insieme il territorio."}, "since": "2025-03",
        });
        let network = add(&node, "network", network).await;
        let mut organisations = Vec::new();
        for (n, (name, city, country)) in
            [("Portamira", "Padova", "IT"), ("Zavod Brezmir", "Koper", "SI"), ("Valombrune", "Lyon", "FR")]
                .iter()
                .enumerate()
        {
            let fields = json!({
                "name": name, "city": city, "country": country, "email": format!("office{n}@zavod.example"),
                "phone": "+39 049 000", "website": "https://zavod.example", "target_groups": ["youth"],
                "visibility": if n == 0 { "public" } else { "federation" },
                "position": {"lat": 45.4 + n as f64 * 0.1, "lon": 11.9, "precision": "city"},
            });
            organisations.push(add(&node, "organisation", fields).await);
        }
        for (organisation, of, since) in [
            (&organisations[0], &network, Some("2026-01-15")),
            (&organisations[0], &international, Some("2026-03-01")),
            (&organisations[1], &international, None),
        ] {
            let mut fields =
                json!({"organisation": organisation, "network": of, "role": "member", "visibility": "public"});
            if let (Some(since), Some(members)) = (since, fields.as_object_mut()) {
                members.insert("since".into(), json!(since));
            }
            add(&node, "membership", fields).await;
        }
        let ended =
            json!({"organisation": organisations[2], "network": network, "since": "2025-06-01", "until": "2025-12-31"});
        add(&node, "membership", ended).await;
        let event = json!({
            "title": {"it": "Focus group a Padova"}, "type": "focus_group", "state": "held", "networks": [network],
            "when": {"start": "2026-02-11T09:00", "end": "2026-02-11T12:00", "tzid": "Europe/Rome"}, "attendance": 14,
            "country": "IT",
        });
        let event = add(&node, "event", event).await;
        let cancelled = json!({
            "title": {"it": "Convegno annullato"}, "type": "conference", "state": "cancelled", "networks": [network],
            "when": {"start": "2026-04-01T09:00", "end": "2026-04-01T12:00", "tzid": "Europe/Rome"},
        });
        add(&node, "event", cancelled).await;
        let practice = |title: &str, state: &str| json!({"title": {"it": title}, "state": state, "network": network, "summary": {"en": "Works."}, "country": "IT"});
        add(&node, "practice", practice("Mentore", "published")).await;
        add(&node, "practice", practice("Bozza segreta", "draft")).await;
        let interest = json!({
            "organisation": organisations[0], "network": network, "origin_event": event,
            "transitions": [{"to": "received", "at": "2025-12-20"}, {"to": "accepted", "at": "2026-01-10"}],
        });
        add(&node, "interest", interest).await;
        Self { node, network, organisations }
    }

    async fn report(&self, parameters: &str) -> Got {
        get(&self.node, &format!("report?{parameters}")).await
    }
}

#[tokio::test]
async fn the_same_data_gives_the_same_bytes() {
    let scene = Scene::set(120).await;
    for path in
        ["report?language=it&format=html", "report?language=sl&format=md", "graph.svg", "map.svg", "tables", "figures"]
    {
        let (first, second) = (get(&scene.node, path).await.text, get(&scene.node, path).await.text);
        assert_eq!(first, second, "{path}, to the byte");
    }
    let before = scene.report("language=it").await.text;
    add(&scene.node, "organisation", json!({"name": "Nuova Associazione"})).await;
    let after = scene.report("language=it").await.text;
    assert!(before != after && after.contains("Nuova Associazione"), "other data gives another one");
}

#[tokio::test]
async fn four_languages_say_it_in_their_own_words() {
    let scene = Scene::set(121).await;
    let titles = [
        "Reti del partenariato COM-IN",
        "Mreže partnerstva COM-IN",
        "Réseaux du partenariat COM-IN",
        "Networks of the COM-IN partnership",
    ];
    for (language, title) in LANGUAGES.into_iter().zip(titles) {
        let html = scene.report(&format!("language={language}")).await;
        assert_eq!(html.headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "a page");
        assert!(html.text.contains(&format!("<html lang=\"{language}\"")), "that says its language");
        assert!(html.text.contains(&format!("<h1>{title}</h1>")), "{language} has its title");
        let md = scene.report(&format!("language={language}&format=md")).await;
        assert!(md.text.starts_with(&format!("# {title}\n")), "{language} in Markdown as well");
        for (form, text) in [("html", &html.text), ("md", &md.text)] {
            let vision = match language {
                "it" => "Una società inclusiva.",
                "sl" => "Vključujoča družba.",
                // There is none in French: the original stands in, which is Slovene.
                "fr" => "Vključujoča družba.",
                _ => "An inclusive society.",
            };
            // The contents name every network before the document begins.
            let document = text.split_once("<main").map_or(text.as_str(), |(_, document)| document);
            let opening = document.find(vision).unwrap_or_else(|| panic!("{language} {form} has the vision"));
            let networks = document.find("Lunavena").unwrap_or_else(|| panic!("{language} {form} has the network"));
            assert!(opening < networks, "{language} {form} opens with it");
            assert!(text.contains("Portamira"), "{language} {form} names organisations");
        }
        let keys = ["survey-", "figures-", "network-", "ways-", "fresh-", "contact-", "table-", "member-", "event-"];
        let shown = html.text.split("</style>").nth(1).expect("a body");
        let bare = keys.iter().find(|key| shown.contains(&format!(">{key}")));
        assert_eq!(bare, None, "{language} shows no key of a catalogue");
    }
    let french = scene.report("language=fr").await.text;
    assert!(
        french.contains("lang=\"sl\"") && french.contains("texte en slovène"),
        "another language is marked as such"
    );
}

#[tokio::test]
async fn what_people_wrote_is_text_everywhere() {
    let node = start(122, NASTY, "SI", false);
    let texts = json!({"it": NASTY, "sl": NASTY, "fr": NASTY, "en": NASTY});
    let network = json!({
        "name": texts, "description": texts, "vision": texts, "strategy": texts, "contribution": texts,
        "levels": ["international"],
    });
    let network = add(&node, "network", network).await;
    let organisation = json!({
        "name": NASTY, "city": NASTY, "address": NASTY, "phone": NASTY, "country": "IT", "description": texts,
        "position": {"lat": 45.4, "lon": 11.9}, "nuts": "IT", "other_names": [NASTY],
    });
    let organisation = add(&node, "organisation", organisation).await;
    add(&node, "membership", json!({"organisation": organisation, "network": network, "role": "member"})).await;
    let practice =
        json!({"title": texts, "summary": texts, "network": network, "implementing_organisation": organisation});
    add(&node, "practice", practice).await;
    let event = json!({"title": texts, "type": "meeting", "place": NASTY, "networks": [network],
        "when": {"start": "2026-02-11T09:00", "end": "2026-02-11T12:00", "tzid": "Europe/Rome"}});
    let event = add(&node, "event", event).await;
    add(&node, "programme", json!({"title": texts, "networks": [network]})).await;
    let interest = json!({"organisation": organisation, "network": network, "origin_event": event, "motivation": texts,
        "transitions": [{"to": "received", "at": "2026-02-11"}]});
    add(&node, "interest", interest).await;
    for language in LANGUAGES {
        for path in
            ["report?format=html", "report?format=md", "graph.svg?", "graph.svg?colour=target_group", "map.svg?"]
        {
            let got = get(&node, &format!("{path}&language={language}")).await.text;
            assert!(!got.contains("<script>") && !got.contains("<img"), "{path} in {language} escapes it");
            assert!(got.contains("&lt;script&gt;"), "{path} in {language}: the text itself is there");
        }
    }
}

#[tokio::test]
async fn numbers_are_those_that_anybody_counts() {
    let scene = Scene::set(123).await;
    let mut records: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for kind in ["network", "organisation", "membership", "event", "practice", "interest"] {
        let items = get(&scene.node, &format!("records?kind={kind}&limit=500")).await.json();
        let fields = items["items"].as_array().expect("items").iter();
        let fields = fields.map(|item| {
            let mut fields = item["values"][0]["fields"].clone();
            fields["id"] = item["id"].clone();
            fields
        });
        records.insert(kind.to_owned(), fields.collect());
    }
    let figures = get(&scene.node, "figures").await.json();
    let as_of = figures["as_of"].as_str().expect("a day").to_owned();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let in_force = |m: &&Value| {
        (m["since"].is_null() || text(&m["since"]) <= as_of) && (m["until"].is_null() || text(&m["until"]) >= as_of)
    };
    let memberships: Vec<&Value> = records["membership"].iter().filter(in_force).collect();
    assert_eq!(memberships.len(), 3, "the one that ended is out");
    let networks_of =
        |organisation: &Value| memberships.iter().filter(|m| m["organisation"] == organisation["id"]).count();
    let on = |event: &&Value| event["state"] != "cancelled";
    let published = |practice: &&Value| practice["state"] == "published";
    let total = json!({
        "networks": records["network"].len(), "organisations": records["organisation"].len(),
        "memberships": memberships.len(),
        "bridges": records["organisation"].iter().filter(|o| networks_of(o) > 1).count(),
        "events": records["event"].iter().filter(on).count(),
        "practices": records["practice"].iter().filter(published).count(),
    });
    assert_eq!(figures["total"], total, "together");
    for row in figures["countries"].as_array().expect("rows") {
        let here = |value: &&Value| text(&value["country"]) == text(&row["code"]);
        let count = |kind: &str| records[kind].iter().filter(here).count();
        assert_eq!(row["networks"], count("network"), "networks of {row}");
        assert_eq!(row["organisations"], count("organisation"), "organisations of {row}");
        assert_eq!(row["events"], records["event"].iter().filter(on).filter(here).count(), "events of {row}");
        assert_eq!(
            row["practices"],
            records["practice"].iter().filter(published).filter(here).count(),
            "practices of {row}"
        );
    }
    let has =
        |value: &Value, field: &str, code: &Value| value[field].as_array().is_some_and(|codes| codes.contains(code));
    for row in figures["levels"].as_array().expect("rows") {
        let networks: BTreeSet<String> =
            records["network"].iter().filter(|n| has(n, "levels", &row["code"])).map(|n| text(&n["id"])).collect();
        let here: Vec<&&Value> = memberships.iter().filter(|m| networks.contains(&text(&m["network"]))).collect();
        let organisations: BTreeSet<String> = here.iter().map(|m| text(&m["organisation"])).collect();
        assert_eq!(row["networks"], networks.len(), "networks of {row}");
        assert_eq!(row["memberships"], here.len(), "memberships of {row}");
        assert_eq!(row["organisations"], organisations.len(), "organisations of {row}");
    }
    for row in figures["target_groups"].as_array().expect("rows") {
        let count = |kind: &str| records[kind].iter().filter(|r| has(r, "target_groups", &row["code"])).count();
        assert_eq!(row["networks"], count("network"), "networks of {row}");
        assert_eq!(row["organisations"], count("organisation"), "organisations of {row}");
    }
    let months = figures["months"].as_array().expect("months");
    let of = |month: &str| {
        months.iter().find(|row| row["month"] == month).unwrap_or_else(|| panic!("{month} in {months:?}"))
    };
    assert_eq!(
        (months[0]["month"].as_str(), months.len()),
        (Some("2025-06"), 10),
        "from June to March, no gaps: {months:?}"
    );
    let expected =
        [("2025-06", 0, 1, 1), ("2025-12", 0, 0, 0), ("2026-01", 0, 1, 1), ("2026-02", 1, 0, 1), ("2026-03", 0, 1, 2)];
    for (month, events, joined, members) in expected {
        let row = of(month);
        assert_eq!(
            (&row["events"], &row["joined"], &row["members"]),
            (&json!(events), &json!(joined), &json!(members)),
            "{row}"
        );
    }
    assert_eq!(of("2025-12")["interests"], 1, "interest counts in the month in which it was received");
    assert_eq!(figures["undated"], 1, "one membership without a beginning");
}

#[tokio::test]
async fn the_calendar_has_each_event_in_its_month() {
    let scene = Scene::set(124).await;
    let calendar = get(&scene.node, "calendar?language=it").await.json();
    let months: Vec<&str> =
        calendar["months"].as_array().expect("months").iter().filter_map(|month| month["month"].as_str()).collect();
    assert_eq!(months, ["2026-02", "2026-04"], "in order, the cancelled one among them with its state");
    let april = get(&scene.node, "calendar?month=2026-04").await.json();
    assert_eq!(april["months"][0]["events"][0]["state"], "cancelled", "one month alone");
    assert_eq!(april["months"].as_array().map(Vec::len), Some(1), "and no other");
}

#[tokio::test]
async fn the_survey_follows_how_organisations_came_in() {
    let scene = Scene::set(125).await;
    let md = scene.report("language=it&format=md").await.text;
    let row = md
        .lines()
        .find(|line| line.contains("Portamira") && line.contains("Focus group"))
        .expect("a row of the way in");
    let steps = ["Rete Lunavena", "Focus group a Padova", "20/12/2025", "accolta", "15/01/2026"];
    for step in steps {
        assert!(row.contains(step), "{step} is one of the steps: {row}");
    }
    assert!(
        md.contains("Membri arrivati senza una manifestazione di interesse registrata**: 2"),
        "the others are counted"
    );
    assert!(!md.contains("Bozza segreta"), "drafts are nobody's good practice yet");
    assert!(!md.contains("Valombrune | Lyon, Francia | membro"), "who has left is no member");
}

#[tokio::test]
async fn persons_and_what_stays_at_home_are_not_in_it() {
    let scene = Scene::set(126).await;
    let person = json!({"fields": {
        "given_name": "Vzorčna", "family_name": "Osebica", "purpose": "contact", "legal_basis": "consent",
        "retain_until": "2030-01-01", "email": "vzorcna@zavod.example", "organisation": scene.organisations[0],
    }, "scope": "all"});
    let made = scene.node.call("POST", "/api/v1/persons", Some(person)).await;
    assert_eq!(made.status, StatusCode::CREATED, "the person is made: {}", made.text);
    add(&scene.node, "organisation", json!({"name": "Solo per noi", "visibility": "partner"})).await;
    let internal = json!({"kind": "organisation", "register": "internal", "fields": {"name": "Samo doma"}});
    let internal = scene.node.call("POST", "/api/v1/records", Some(internal)).await;
    assert_eq!(internal.status, StatusCode::CREATED, "in the internal register: {}", internal.text);
    for path in ["report?format=html", "report?format=md", "graph.svg", "map.svg", "tables"] {
        let text = get(&scene.node, path).await.text;
        for hidden in ["Osebica", "vzorcna@", "Solo per noi", "Samo doma"] {
            assert!(!text.contains(hidden), "{path} does not tell {hidden}");
        }
    }
    let coordinator = json!({"name": "Agenzia Aperta", "visibility": "public", "email": "maria.rossi@aperta.example"});
    let coordinator = add(&scene.node, "organisation", coordinator).await;
    let network = json!({"name": {"it": "Rete aperta"}, "visibility": "public", "coordinators": [coordinator]});
    add(&scene.node, "network", network).await;
    let for_all = scene.report("language=it").await.text;
    assert!(for_all.contains("maria.rossi@"), "partners read the address that somebody entered");
    let public = scene.report("language=it&audience=public").await.text;
    assert!(public.contains("Agenzia Aperta") && !public.contains("maria.rossi@"), "the public reads no person's");
    assert!(public.contains("Portamira") && public.contains("Rete internazionale"), "what is public");
    assert!(!public.contains("Brezmir") && !public.contains("Lunavena"), "and nothing else");
}

#[tokio::test]
async fn records_that_are_one_are_drawn_once() {
    let scene = Scene::set(127).await;
    let twin =
        add(&scene.node, "organisation", json!({"name": "Portamira Onlus", "city": "Padova", "phone": "+39 1"})).await;
    let since = json!("2026-01-15");
    let twice = json!({"organisation": twin, "network": scene.network, "role": "member", "since": since});
    add(&scene.node, "membership", twice).await;
    let before = get(&scene.node, "figures").await.json();
    let same = json!({"a": scene.organisations[0], "b": twin, "state": "confirmed"});
    add(&scene.node, "sameas", same).await;
    let after = get(&scene.node, "figures").await.json();
    assert_eq!(before["total"]["organisations"], 4, "two records");
    assert_eq!(after["total"]["organisations"], 3, "of one organisation");
    assert_eq!(after["total"]["memberships"], 3, "which is in the network once");
    let joined = |figures: &Value| -> u64 {
        let months = figures["months"].as_array().expect("months");
        months.iter().map(|month| month["joined"].as_u64().expect("a number")).sum()
    };
    assert_eq!(joined(&before), joined(&after) + 1, "and joined it once: {after}");
    let graph = get(&scene.node, "graph.svg").await.text;
    let names = ["Portamira Onlus", "Portamira"].map(|name| graph.matches(&format!(">{name}</text>")).count());
    assert_eq!(names.iter().sum::<usize>(), 1, "one of both names is in the picture: {names:?}");
}

#[tokio::test]
async fn the_document_allows_its_own_style_and_nothing_else() {
    let scene = Scene::set(128).await;
    let got = scene.report("language=en").await;
    let policy = got.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "by its hash: {policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("script"), "no scripts: {policy}");
    assert!(!got.text.contains("<script") && !got.text.contains(" style="), "and it has none");
    for outside in ["src=\"http", "url(http", "@import", "<link"] {
        assert!(!got.text.contains(outside), "nothing is fetched from elsewhere: {outside}");
    }
    let svg = get(&scene.node, "graph.svg").await;
    assert_eq!(svg.headers[header::CONTENT_TYPE], "image/svg+xml", "a picture");
}

#[tokio::test]
async fn what_there_is_not_is_refused() {
    let node = start(129, "Ožara", "SI", false);
    for path in
        ["report?language=de", "report?format=pdf", "report?audience=all", "graph.svg?colour=red", "tables?language=xx"]
    {
        let got = node.call("GET", &format!("/api/v1/{path}"), None).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{path}: {}", got.text);
    }
    for path in ["report?format=html", "report?format=md", "graph.svg", "map.svg", "tables", "figures", "calendar"] {
        assert!(!get(&node, path).await.text.is_empty(), "{path} of a partner that has just begun");
    }
}
