//! Imports of files as people have them, into a real node.

use super::nodes::{Got, TestNode, escape, send, start};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use comin_node::api::Trusted;
use serde_json::{Value, json};

/// Sends a file with these parameters.
async fn import(node: &TestNode, file: impl Into<Vec<u8>>, parameters: &[(&str, &str)]) -> Got {
    let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let request = Request::post(format!("/api/v1/import?kind=organisation&{}", query.join("&")))
        .extension(Trusted)
        .header("content-type", "application/octet-stream")
        .body(Body::from(file.into()));
    send(&node.router, request.expect("a request")).await
}

async fn report(node: &TestNode, file: impl Into<Vec<u8>>, parameters: &[(&str, &str)]) -> Value {
    let got = import(node, file, parameters).await;
    assert_eq!(got.status, StatusCode::OK, "the file is taken: {}", got.text);
    got.json()
}

async fn items(node: &TestNode, path: &str) -> Vec<Value> {
    node.call("GET", path, None).await.json()["items"].as_array().expect("a list").clone()
}

/// What a regional office keeps: a title above, an empty row, semicolons, Windows-1252, days with points, a comma
/// in numbers, a country by name.
const MESSY: &[u8] = b"Elenco degli enti della rete;;;;;;\r\n;;;;;;\r\nDenominazione;Citt\xe0;Nazione;Tipo di ente;Ultimo aggiornamento;Lat;Lon\r\n\
    Cooperativa Perch\xe9;Forl\xec;Italia;Cooperativa sociale;05.10.2026;44,22;12,04\r\n;;;;;;\r\n\
    Associazione Alfa;Padova;italia;associazione;1/9/2026;;\r\n";

#[tokio::test]
async fn a_spreadsheet_as_offices_keep_it_is_understood() {
    let node = start(61, "Korenine", "SI", false);
    let dry = report(&node, MESSY, &[("dry_run", "true"), ("language", "it")]).await;
    let told = (&dry["added"], &dry["file"]["encoding"], &dry["file"]["delimiter"], &dry["file"]["header_row"]);
    assert_eq!(told, (&json!(2), &json!("windows-1252"), &json!(";"), &json!(3)), "how it was read is told: {dry}");
    assert_eq!(dry["mapping"]["columns"]["Denominazione"], "name", "and what each column was taken for");
    assert_eq!(items(&node, "/api/v1/records?kind=organisation").await.len(), 0, "a dry run writes nothing");

    report(&node, MESSY, &[("language", "it")]).await;
    let records = items(&node, "/api/v1/records?kind=organisation").await;
    let of = |name: &str| {
        records.iter().find(|record| record["title"] == name).expect("it is there")["values"][0]["fields"].clone()
    };
    let first = of("Cooperativa Perché");
    let expected = (&json!("Forlì"), &json!("IT"), &json!("social_cooperative"), &json!("2026-10-05"));
    assert_eq!((&first["city"], &first["country"], &first["type"], &first["last_verified"]), expected, "{first}");
    assert_eq!(first["position"], json!({"lat": 44.22, "lon": 12.04, "precision": "exact"}), "what the file says");
    let second = of("Associazione Alfa");
    assert_eq!(second["position"], json!({"lat": 45.41, "lon": 11.89, "precision": "city"}), "what its city says");
    assert_eq!(second["last_verified"], "2026-09-01", "the day stands before the month");

    let again = report(&node, MESSY, &[("language", "it")]).await;
    assert_eq!((&again["unchanged"], &again["added"], &again["changed"]), (&json!(2), &json!(0), &json!(0)), "{again}");
    let fewer = "Denominazione;Città;Telefono\nAssociazione Alfa;Padova;049 1\n";
    let fewer = report(&node, fewer, &[]).await;
    assert_eq!((&fewer["changed"], &fewer["absent"]), (&json!(1), &json!(1)), "a changed row updates: {fewer}");
    assert_eq!(fewer["absent_records"][0]["title"], "Cooperativa Perché", "an absent one is told");
    assert_eq!(items(&node, "/api/v1/records?kind=organisation").await.len(), 2, "and stays");
}

#[tokio::test]
async fn json_lines_are_records_and_an_export_comes_back() {
    let node = start(62, "Korenine", "SI", false);
    let lines = "{\"name\":\"Alfa\",\"city\":\"Padova\",\"languages\":[\"it\",\"sl\"],\"description\":{\"it\":\"Uno\"}}\n\n{\"name\":\"Beta\"}\n";
    assert_eq!(report(&node, lines, &[]).await["added"], 2, "one record on each line");
    assert_eq!(report(&node, lines, &[]).await["unchanged"], 2, "once");
    let export = node.call("GET", "/api/v1/export?format=json", None).await.text;
    let back = report(&node, export.clone(), &[]).await;
    assert_eq!((&back["unchanged"], &back["changed"]), (&json!(2), &json!(0)), "an export says nothing new: {back}");

    let other = start(63, "Most", "IT", false);
    let there = report(&other, export.clone(), &[("positions", "false")]).await;
    assert_eq!(
        (&there["added"], &there["ids_unknown"]),
        (&json!(2), &json!(2)),
        "elsewhere it makes records of its own"
    );
    let fields = |records: Vec<Value>| {
        let mut all: Vec<Value> = records.into_iter().map(|record| record["values"][0]["fields"].clone()).collect();
        all.sort_by_key(|fields| fields["name"].to_string());
        all
    };
    let (mut here, mut there) = (Vec::new(), Vec::new());
    for (node, out) in [(&node, &mut here), (&other, &mut there)] {
        *out = fields(items(node, "/api/v1/records?kind=organisation").await);
    }
    here.iter_mut().for_each(|fields| drop(fields.as_object_mut().expect("fields").remove("position")));
    assert_eq!(there, here, "that say the same");
    let cut = &export[..export.len() - 20];
    assert_eq!(import(&other, cut, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "half a file is refused");
}

const TERMS: [(&str, &str); 3] =
    [("purpose", "contacts of the network"), ("legal_basis", "legitimate_interest"), ("retain_until", "2099-12-31")];

const WITH_PERSONS: &str = "Ente;Città;Referente;Ruolo;Email referente;Email\n\
    Alfa;Padova;dott.ssa Ada ZLATOGORA;presidente;ada@zlatogora.example;info@alfa.example\n\
    Beta;Verona;;;;info@beta.example\n";

#[tokio::test]
async fn contact_persons_become_persons_once_it_is_told_why() {
    let node = start(64, "Korenine", "SI", false);
    let dry = report(&node, WITH_PERSONS, &[("dry_run", "true")]).await;
    assert_eq!((&dry["persons"]["added"], &dry["persons"]["needs_terms"]), (&json!(1), &json!(true)), "{dry}");
    assert!(!dry.to_string().to_lowercase().contains("zlatogora"), "a report tells nothing of a person: {dry}");
    let refused = import(&node, WITH_PERSONS, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "without purpose, basis and retention: refused");
    assert!(
        refused.json()["hint"].as_str().expect("a hint").contains("--legal-basis"),
        "with the way out: {}",
        refused.text
    );
    assert_eq!(import(&node, WITH_PERSONS, &TERMS[..2]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "all three");
    assert_eq!(items(&node, "/api/v1/records?kind=organisation").await.len(), 0, "and nothing is half done");

    report(&node, WITH_PERSONS, &TERMS).await;
    let persons = items(&node, "/api/v1/persons").await;
    assert_eq!(persons.len(), 1, "one person is made");
    let fields = &persons[0]["values"][0]["fields"];
    let said = (
        &fields["given_name"],
        &fields["family_name"],
        &fields["role"],
        &fields["legal_basis"],
        &fields["retain_until"],
    );
    assert_eq!(
        said,
        (&json!("Ada"), &json!("ZLATOGORA"), &json!("presidente"), &json!("legitimate_interest"), &json!("2099-12-31"))
    );
    assert_eq!(
        (&persons[0]["controller"], &persons[0]["readers"]),
        (&json!("Korenine"), &json!([])),
        "for this partner alone"
    );
    let organisations = items(&node, "/api/v1/records?kind=organisation").await;
    let alfa = organisations.iter().find(|record| record["title"] == "Alfa").expect("it is there");
    assert_eq!(fields["organisation"], alfa["id"], "and belongs to its organisation");
    assert!(!alfa.to_string().to_lowercase().contains("zlatogora"), "in whose record nothing of it stands");

    let again = report(&node, WITH_PERSONS, &[]).await;
    assert_eq!((&again["persons"]["unchanged"], &again["persons"]["added"]), (&json!(1), &json!(0)), "once: {again}");
    let changed = WITH_PERSONS.replace("presidente", "direttrice");
    assert_eq!(report(&node, changed, &[]).await["persons"]["changed"], 1, "a changed cell is taken over");
    let persons = items(&node, "/api/v1/persons").await;
    assert_eq!(
        (persons.len(), &persons[0]["values"][0]["fields"]["role"]),
        (1, &json!("direttrice")),
        "in the same person"
    );
    let more = format!("{WITH_PERSONS}Gama;Koper;Bor Tihavoda;;;\n");
    let without = report(&node, more, &[("without_persons", "true")]).await;
    assert_eq!((&without["added"], items(&node, "/api/v1/persons").await.len()), (&json!(1), 1), "or left out");
}

#[tokio::test]
async fn what_is_refused_names_its_place_and_no_person() {
    let node = start(65, "Korenine", "SI", false);
    let file = "Ente;Città;Email;Referente;Email referente\n\
        Alfa;Padova;ada.zlatogora@alfa.example;;\n\
        Beta;Verona;info@beta.example;Zlatogora;\n\
        Gama;Koper;;Ada Zlatogora;zlatogora at gama\n";
    let refused = import(&node, file, &TERMS).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "three values cannot be taken");
    let problem = refused.json();
    let errors = problem["errors"].as_array().expect("a list");
    let places: Vec<(u64, &str)> =
        errors.iter().map(|e| (e["row"].as_u64().unwrap_or(0), e["column"].as_str().unwrap_or(""))).collect();
    assert_eq!(places, [(2, "Email"), (3, "Referente"), (4, "Email referente")], "{}", refused.text);
    assert!(!refused.text.to_lowercase().contains("zlatogora"), "no value of a person is repeated: {}", refused.text);
    assert_eq!(problem["mapping"]["columns"]["Ente"], "name", "how the columns were understood is told as well");
    let left = report(&node, &file[..file.find("Beta").expect("a row")], &[("personal_email", "leave")]).await;
    assert_eq!((&left["added"], &left["emails_left"]), (&json!(1), &json!(1)), "such addresses can be left out");

    assert_eq!(
        node.call("POST", "/api/v1/import?kind=person", None).await.status,
        StatusCode::BAD_REQUEST,
        "persons alone"
    );
    let faulty = import(&node, "name\nAlfa\n", &[("map", "{\"colums\":{}}")]).await;
    assert_eq!(faulty.status, StatusCode::BAD_REQUEST, "a mapping that does not read");
    let sheet = import(&node, b"PK\x03\x04 no workbook".to_vec(), &[]).await;
    assert_eq!(sheet.status, StatusCode::UNPROCESSABLE_ENTITY, "an archive that is none: {}", sheet.text);
}

#[tokio::test]
async fn what_is_refused_is_told_in_the_language_of_the_reader() {
    let node = start(66, "Korenine", "SI", false);
    let file = "name;type;country;last_verified;website;email\n\
        Alfa;ditta;Atlantide;ieri;due parole;\n\
        ;association;IT;;;\n\
        Beta;association;IT;;;ada.zlatogora@beta.example\n\
        Beta;association;IT;;;\n";
    let request = Request::post("/api/v1/import?kind=organisation&lang=it").extension(Trusted);
    let refused = send(&node.router, request.body(Body::from(file)).unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    let problem = refused.json();
    let errors = problem["errors"].as_array().expect("a list");
    let of = |row: u64, column: &str| {
        let found = errors.iter().find(|error| error["row"] == row && error["column"] == column);
        found.unwrap_or_else(|| panic!("row {row}, {column}: {problem}"))
    };
    for (row, column, told) in [
        (2, "type", "«ditta» non è tra queste scelte: "),
        (2, "type", "cooperativa sociale"),
        (2, "country", "«Atlantide» non è un paese"),
        (2, "last_verified", "«ieri» non è un giorno"),
        (2, "website", "non è un indirizzo web"),
        (3, "name", "Non è stato inserito nulla."),
        (4, "email", "Sembra l’indirizzo di una persona"),
    ] {
        let text = of(row, column)["text"].as_str().unwrap_or_default();
        assert!(text.contains(told), "row {row}, {column} says {told:?}: {problem}");
    }
    assert!(of(2, "type")["reason"].as_str().is_some_and(|reason| reason.contains("is not one of")), "for programs");
    assert!(!refused.text.to_lowercase().contains("zlatogora"), "no value of a person is repeated: {}", refused.text);

    let unknown = Request::post("/api/v1/import?kind=membership&lang=sl").extension(Trusted);
    let unknown = send(&node.router, unknown.body(Body::from("organisation,network\nAlfa,Mreža\n")).unwrap()).await;
    let text = unknown.json()["errors"][0]["text"].clone();
    assert!(text.as_str().is_some_and(|text| text.contains("»Alfa« ni ne ime ne id")), "{}", unknown.text);
}
