//! The plan against rows made by hand.

use super::mapping::{Wishes, Written};
use super::plan::{self, Stock};
use super::{Edits, ImportError, Options, PersonalEmail, Persons, Plan, RowError, Target, Terms, read};
use crate::store::{Store, open_memory};
use comin_protocol::engine::{Edit, Target as EditTarget, Write};
use comin_protocol::ids::{ActorId, DocId, PartnerId, RecordKey, RegisterId};
use comin_protocol::record::{Cell, FieldChange, FieldOp, Origin, Row, Scalar};
use comin_protocol::schema::{self, FieldType};
use comin_protocol::statement::Writers;
use serde_json::json;

const REGISTER: RegisterId = RegisterId([1; 32]);
const OTHER: RegisterId = RegisterId([9; 32]);

fn target(kind: &str) -> Target {
    Target { kind: schema::kind(kind).expect("a known kind"), register: REGISTER, partner: PartnerId([2; 32]) }
}

fn options() -> Options {
    Options {
        lang: crate::i18n::Lang::It,
        language: "it",
        wishes: Wishes::default(),
        encoding: None,
        sheet: None,
        positions: false,
        personal_email: PersonalEmail::Refuse,
        persons: Persons::Ask,
    }
}

/// The plan of a file, or everything that is refused.
fn plan_of(kind: &str, text: &str, rows: &[Row], options: &Options) -> Result<Plan, (Vec<RowError>, usize)> {
    let refused = |refused: super::Refusals| match refused.into_error(None) {
        ImportError::Rows { errors, total, .. } => (errors, total),
        other => panic!("{other}"),
    };
    let (mapping, table) = read(&target(kind), options, text.as_bytes()).map_err(refused)?;
    let store = open_memory();
    let writes = rows.iter().map(Write::put_row).collect();
    store.commit(&[writes]).expect("memory takes it");
    let stock = Stock { store: &store, persons: &[] };
    plan::make(&target(kind), options, &mapping, table, &stock).expect("memory reads").map_err(refused)
}

fn edits(plan: &Plan) -> Vec<Edit> {
    plan.edits.clone().into_slices().flatten().collect()
}

fn make(kind: &str, text: &str, rows: &[Row]) -> Result<Plan, Vec<RowError>> {
    plan_of(kind, text, rows, &options()).map_err(|(errors, _)| errors)
}

/// The row that stands after a change of an empty or earlier one.
fn applied(edit: &Edit, rows: &[Row], n: u8) -> Row {
    let doc = DocId { register: REGISTER, part: 1 };
    let mut row = match &edit.target {
        EditTarget::New { kind, .. } => Row {
            key: RecordKey { kind: kind.clone(), id: [n; 16] },
            doc,
            origins: vec![Origin { actor: ActorId([0; 16]), time_ms: 0 }],
            fields: Default::default(),
            unseen_edits: Default::default(),
        },
        EditTarget::Link { key, .. } => Row {
            key: key.clone(),
            doc,
            origins: Vec::new(),
            fields: Default::default(),
            unseen_edits: Default::default(),
        },
        EditTarget::Record { key, .. } => rows.iter().find(|row| row.key == *key).expect("an existing record").clone(),
    };
    for FieldChange { key, op } in &edit.changes {
        let value = match op {
            FieldOp::Put(value) => value.clone(),
            FieldOp::Prose(text) => Scalar::Prose(text.clone()),
            FieldOp::Add => Scalar::Bool(true),
            FieldOp::Remove => Scalar::Null,
        };
        row.fields.insert(key.clone(), vec![Cell { value, origin: 0 }]);
    }
    row
}

fn all_applied(plan: &Plan, rows: &[Row]) -> Vec<Row> {
    edits(plan).iter().zip(1..).map(|(edit, n)| applied(edit, rows, n)).collect()
}

const TWO: &str = "name;city;country;target_groups;description@it\n\
                   Alfa;Padova;IT;youth | women;Uno\n\
                   Beta;Verona;IT;;\n";

#[test]
fn a_second_run_changes_nothing() {
    let first = make("organisation", TWO, &[]).expect("both rows are good");
    assert_eq!((first.added, first.changed, first.unchanged), (2, 0, 0), "both are new");
    let rows = all_applied(&first, &[]);
    let again = make("organisation", TWO, &rows).expect("still good");
    assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2), "nothing is left to do");
    assert!(again.edits.is_empty(), "and nothing is written");
}

#[test]
fn only_what_differs_is_written() {
    let rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let text = "city,name,phone,target_groups\n PADOVA ,alfa,+39 041 000,women\n";
    let plan = make("organisation", text, &rows).expect("good");
    assert_eq!(plan.changes.len(), 1, "name and city find the record in any case");
    let edits = edits(&plan);
    let keys: Vec<&str> = edits[0].changes.iter().map(|change| change.key.as_str()).collect();
    assert_eq!(keys, ["city", "name", "phone", "target_groups/youth"], "spelling, a new value, a removed member");
}

#[test]
fn an_empty_cell_says_nothing() {
    let rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let plan = make("organisation", "name,city,country,target_groups\nAlfa,Padova,,\n", &rows).unwrap();
    assert_eq!(plan.unchanged, 1, "country and groups stay as they are");
}

#[test]
fn every_error_has_its_place() {
    let text = "name,city,country,email\n,Padova,IT,\nAlfa,Padova,Atlantide,nobody\nBeta,,IT,a@b.example\nbeta,,IT,\n";
    let errors = make("organisation", text, &[]).expect_err("refused");
    let places: Vec<(u64, &str)> = errors.iter().map(|error| (error.row, error.column.as_str())).collect();
    assert_eq!(places, [(2, "name"), (3, "country"), (3, "email"), (5, "")], "all of them, in order: {errors:?}");
}

#[test]
fn columns_are_guessed_and_what_is_unknown_is_told() {
    let text = "Ragione sociale;Città;Nazione;Descrizione;Prot.\nAlfa;Padova;Italia;Uno;77\n";
    let plan = make("organisation", text, &[]).expect("good");
    let mapping = plan.mapping.as_ref().expect("a mapping");
    assert_eq!(mapping.not_taken(), ["Prot."], "a column that nobody knows is named");
    let edits = edits(&plan);
    let keys: Vec<&str> = edits[0].changes.iter().map(|change| change.key.as_str()).collect();
    let expected = ["schema", "original_language", "visibility", "name", "city", "country", "description@it"];
    assert_eq!(keys, expected, "texts without a language are the partner's");
    let errors = make("organisation", "Nome ufficiale;Luogo di lavoro\nAlfa;Padova\n", &[]).expect_err("no name");
    assert_eq!(errors[0].column, "name", "what is missing is said by its field: {errors:?}");
}

fn written(text: &str) -> Options {
    let written: Written = serde_json::from_str(text).expect("a mapping");
    Options { wishes: Wishes { written: Some(written), ..Wishes::default() }, ..options() }
}

#[test]
fn a_written_mapping_is_obeyed() {
    let file = "Elenco;;\nChi;Dove;Cosa\nAlfa;Padova;Uno\n";
    let map = r#"{"kind":"organisation","columns":{"chi":"name","Dove":"city","Cosa":"description@sl"},"set":{"country":"IT","city":"X"}}"#;
    let plan = plan_of("organisation", file, &[], &written(map)).expect("good");
    let value =
        |key: &str| edits(&plan)[0].changes.iter().find(|change| change.key == key).map(|change| change.op.clone());
    assert_eq!(value("description@sl"), Some(FieldOp::Put("Uno".into())), "the heading goes where the mapping says");
    assert_eq!(value("country"), Some(FieldOp::Put("IT".into())), "what every row says");
    assert_eq!(value("city"), Some(FieldOp::Put("Padova".into())), "gives way to what the row says");
    // What was guessed can be written down, and read gives the same.
    let guessed =
        plan_of("organisation", "Nome;Città\nAlfa;Padova\n", &[], &options()).expect("good").mapping.expect("one");
    let again = written(&guessed.to_json().to_string());
    let reread = plan_of("organisation", "Nome;Città\nAlfa;Padova\n", &[], &again).expect("good").mapping;
    assert_eq!(reread, Some(guessed), "a mapping comes back as it was");
    for (map, column, part) in [
        (r#"{"columns":{"Chi":"nme"}}"#, "Chi", "did you mean name?"),
        (r#"{"columns":{"Chi":"name","Quando":"since"}}"#, "Quando", "no field"),
        (r#"{"columns":{"Chi":"name","Quale":"city"}}"#, "Quale", "no column of the file"),
        (r#"{"columns":{"Chi":"name","Dove":"name"}}"#, "Dove", "two columns"),
        (r#"{"kind":"event","columns":{"Chi":"name"}}"#, "", "for event"),
        (r#"{"columns":{"Chi":"name"},"key":["nme"]}"#, "", "no field"),
    ] {
        let (errors, _) = plan_of("organisation", file, &[], &written(map)).expect_err("refused");
        assert!(errors.iter().any(|e| e.column == column && e.reason.contains(part)), "{map}: {errors:?}");
    }
}

#[test]
fn other_fields_can_be_the_key() {
    let rows = all_applied(&make("organisation", "name,city,identifiers\nAlfa,Padova,01;02\n", &[]).unwrap(), &[]);
    let wishes = Wishes { key: vec!["identifiers".into()], ..Wishes::default() };
    let plan = plan_of(
        "organisation",
        "name,city,identifiers\nAlfa Nova,Verona,02; 01\n",
        &rows,
        &Options { wishes, ..options() },
    );
    let plan = plan.expect("good");
    assert_eq!(
        (plan.changed, plan.added),
        (1, 0),
        "one of its identifiers finds the record, whatever its name has become"
    );
}

#[test]
fn absent_records_are_told_and_stay() {
    let rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let plan = make("organisation", "name,city\nAlfa,Padova\n", &rows).expect("good");
    assert_eq!((plan.absent, plan.edits.len()), (1, 0), "one is not in the file, and nothing happens to it");
    assert_eq!(plan.absent_records[0].1, "Beta", "which one is told");
}

#[test]
fn records_of_other_registers_are_left_to_them() {
    let mut rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    rows[0].doc.register = OTHER;
    let text = |city: &str| format!("id,name,city\n{},Alfa,{city}\n", rows[0].key);
    let plan = make("organisation", &text("Padova"), &rows).expect("good");
    assert_eq!((plan.elsewhere, plan.edits.len(), plan.absent), (1, 0, 1), "it says what is there already");
    let errors = make("organisation", &text("Verona"), &rows).expect_err("refused");
    assert!(errors[0].reason.contains("--register"), "a change names the register to be written: {errors:?}");
}

#[test]
fn a_record_from_another_node_is_known_by_its_name() {
    let rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let foreign = format!("organisation:{}", "ab".repeat(16));
    let plan = make("organisation", &format!("id,name,city\n{foreign},Alfa,Padova\n{foreign},Nova,Padova\n"), &rows);
    let plan = plan.expect("good");
    assert_eq!((plan.unchanged, plan.added, plan.ids_unknown), (1, 1, 2), "an unknown id counts for nothing");
}

#[test]
fn an_export_of_json_says_nothing_new() {
    let rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let records: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut fields = schema::to_json(row);
            fields.remove("_meta");
            json!({"id": row.key, "kind": "organisation", "values": [{"register": REGISTER, "fields": fields}]})
        })
        .collect();
    let export = json!({"schema": 1, "records": records}).to_string();
    let plan = make("organisation", &export, &rows).expect("good");
    assert_eq!((plan.unchanged, plan.edits.len(), plan.absent), (2, 0, 0), "here it is known by its id");
    let fresh = make("organisation", &export, &[]).expect("good");
    let there = all_applied(&fresh, &[]);
    let fields =
        |rows: &[Row]| rows.iter().map(|row| row.fields.keys().cloned().collect::<Vec<_>>()).collect::<Vec<_>>();
    assert_eq!((fresh.added, fields(&there)), (2, fields(&rows)), "elsewhere it makes the same records");
    assert_eq!(make("organisation", &export, &there).expect("good").unchanged, 2, "once");
}

#[test]
fn references_of_an_export_mean_what_its_records_are_called() {
    let file = |network: &str| {
        format!(
            r#"[{{"id":"organisation:{o}","kind":"organisation","fields":{{"name":"Alfa","city":"Padova"}}}},
            {{"id":"network:{n}","kind":"network","fields":{{"name":{{"it":"{network}"}}}}}},
            {{"id":"membership:{m}","kind":"membership","fields":{{"organisation":"organisation:{o}","network":"network:{n}"}}}}]"#,
            o = "0a".repeat(16),
            n = "0b".repeat(16),
            m = "0c".repeat(16)
        )
    };
    let organisations = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let networks = all_applied(&make("network", "name@it\nRete\n", &[]).unwrap(), &[]);
    let rows: Vec<Row> = organisations.into_iter().chain(networks).collect();
    let plan = make("membership", &file("Rete"), &rows).expect("both are here under other ids");
    let expected = RecordKey::derived("membership", &[&rows[0].key, &rows[2].key]);
    assert!(matches!(&edits(&plan)[0].target, EditTarget::Link { key, .. } if *key == expected), "their own ids count");
    let errors = make("membership", &file("Altra"), &rows).expect_err("not here yet");
    assert!(errors[0].reason.contains("--kind network"), "what to import first is named: {errors:?}");
}

#[test]
fn positions_are_filled_in_once() {
    let options = Options { positions: true, ..options() };
    let text = "name,city,country,position\nAlfa,Padova,IT,\nBeta,Atlantida,SI,\nGama,Lyon,FR,\"45,76; 4,83\"\n";
    let first = plan_of("organisation", text, &[], &options).expect("good");
    assert_eq!(
        (first.positions.filled, first.positions.unknown + first.positions.several),
        (1, 1),
        "Slovenia has no such city"
    );
    let position = |plan: &Plan, n: usize| {
        let edits = edits(plan);
        let change = edits[n].changes.iter().find(|change| change.key == "position");
        change.map(|change| match &change.op {
            FieldOp::Put(Scalar::Str(text)) => text.clone(),
            other => panic!("{other:?}"),
        })
    };
    assert_eq!(position(&first, 0).as_deref(), Some("45.41,11.89;city"), "a city's position is marked as one");
    assert_eq!(position(&first, 2).as_deref(), Some("45.76,4.83;exact"), "what the file says stays");
    let rows = all_applied(&first, &[]);
    let again = plan_of("organisation", text, &rows, &options).expect("good");
    assert_eq!((again.unchanged, again.edits.len()), (3, 0), "a second run changes nothing");
    let id = &rows[0].key;
    let moved = plan_of("organisation", &format!("id,name,city\n{id},Alfa,Verona\n"), &rows, &options).expect("good");
    assert_eq!(position(&moved, 0).as_deref(), Some("45.44,10.99;city"), "who moves takes the position along");
    let halves = "name,Latitudine,Longitudine\nAlfa,\"45,956\",\"13,648\"\n";
    assert_eq!(
        position(&make("organisation", halves, &[]).unwrap(), 0).as_deref(),
        Some("45.956,13.648;exact"),
        "two columns"
    );
}

#[test]
fn likely_duplicates_are_suggested_with_their_reason() {
    let known = "name,city,identifiers,website\nCooperativa Sociale Lunavena,Padova,IT 01234567890,\nAlfa,Padova,,https://www.alfa.example\nZavod Brezmir,Nova Gorica,,\n";
    let mut rows = all_applied(&make("organisation", known, &[]).unwrap(), &[]);
    rows.iter_mut().for_each(|row| row.doc.register = OTHER);
    let text = "name,city,identifiers,website\nLunavena,Verona,01234567890,\nAlfa ETS,Vicenza,,alfa.example/chi\nBrezmir zavod,NOVA GORICA,,\nDelta,Padova,,\n";
    let plan = make("organisation", text, &rows).expect("good");
    let found: Vec<(u64, &str)> = plan.duplicates.iter().map(|duplicate| (duplicate.row, duplicate.reason)).collect();
    assert_eq!(
        found,
        [(2, "identifier"), (3, "website"), (4, "name")],
        "each with what speaks for it, in any register"
    );
    assert_eq!(plan.added, 4, "and nothing is decided");
}

#[test]
fn two_rows_that_may_be_one_record_are_told() {
    let text = "name,city,website\nZavod Lunavrt,Koper,\nLunavert zavod,Koper,\nDelta,Izola,https://delta.example\nDelta 2,Piran,delta.example\n";
    let plan = make("organisation", text, &[]).expect("good");
    let found: Vec<_> =
        plan.duplicates.iter().map(|one| (one.row, one.other_row, one.id.is_some(), one.reason)).collect();
    assert_eq!(found, [(3, Some(2), false, "name"), (5, Some(4), false, "website")], "each with the row before it");
    assert_eq!(plan.added, 4, "and nothing is decided");
}

#[test]
fn addresses_of_persons_stay_out_of_registers() {
    let text = "name,email\nAlfa,maria.rossi@alfa.example\nBeta,info@beta.example\n";
    let errors = make("organisation", text, &[]).expect_err("refused");
    assert_eq!((errors.len(), errors[0].row, errors[0].column.as_str()), (1, 2, "email"), "the place is named");
    assert!(!errors[0].reason.contains("rossi"), "and the address is not: {}", errors[0].reason);
    let with =
        |personal_email| plan_of("organisation", text, &[], &Options { personal_email, ..options() }).expect("good");
    let has = |plan: &Plan| edits(plan)[0].changes.iter().any(|change| change.key == "email");
    let (left, taken) = (with(PersonalEmail::Leave), with(PersonalEmail::Allow));
    assert_eq!((has(&left), left.emails_left, has(&taken)), (false, 1, true), "left out, or taken, where that is told");
}

#[test]
fn nor_do_they_slip_in_with_a_longer_text() {
    let text = "name,phone,description\nAlfa,05 123 (maria.rossi@alfa.example),Scrivere a m.rossi@alfa.example o a info@alfa.example\n";
    let errors = make("organisation", text, &[]).expect_err("refused");
    let columns: Vec<_> = errors.iter().map(|error| error.column.as_str()).collect();
    assert_eq!(columns, ["phone", "description"], "each is named");
    let options = Options { personal_email: PersonalEmail::Leave, ..options() };
    let plan = plan_of("organisation", text, &[], &options).expect("good");
    let told = format!("{:?}", edits(&plan)[0].changes);
    assert!(plan.emails_left == 2 && !told.contains("rossi"), "both are left out: {told}");
    assert!(told.contains("05 123") && told.contains("info@alfa.example"), "and nothing else is: {told}");
}

const PERSONS: &str = "Ente;Città;Referente;Email referente;Email\n\
                       Alfa;Padova;dott.ssa Zlatogora LUNAVENA;zlatogora@persona.example;info@alfa.example\n\
                       Alfa;Padova;Ada Tihavoda;;info@alfa.example\n\
                       Beta;Verona;;;\n";

#[test]
fn contact_persons_are_planned_beside_their_organisations() {
    let plan = make("organisation", PERSONS, &[]).expect("good");
    assert_eq!(
        (plan.added, plan.people.added, plan.people.needs_terms),
        (2, 2, true),
        "two persons of one organisation"
    );
    let told = format!("{plan:?} {}", serde_json::to_string(&plan.people).expect("JSON"));
    for word in ["Zlatogora", "zlatogora", "LUNAVENA", "lunavena", "Tihavoda"] {
        assert!(!told.contains(word), "nothing of a person is in what may be printed: {word}");
    }
    let terms = json!({"purpose": "network", "legal_basis": "consenso", "retain_until": "2099-01-31"});
    let terms = Terms::new(Writers::All, terms.as_object().expect("an object")).expect("good");
    let told =
        plan_of("organisation", PERSONS, &[], &Options { persons: Persons::Take(terms), ..options() }).expect("good");
    assert!(!told.people.needs_terms, "with purpose, basis and retention they can be written");
    let without =
        plan_of("organisation", PERSONS, &[], &Options { persons: Persons::Leave, ..options() }).expect("good");
    assert_eq!((without.added, without.people.added), (2, 0), "or left out, with the row that tells nothing else");
    let contrary = PERSONS.replace("Ada Tihavoda;;info", "Ada Tihavoda;;office");
    let errors = make("organisation", &contrary, &[]).expect_err("refused");
    assert_eq!(errors[0].row, 3, "a second row that says something else of the organisation: {errors:?}");
    let errors = make("organisation", "Ente;Referente\nAlfa;Segreteria Zlatogora Lunavena\nBeta;Zlatogora\n", &[])
        .expect_err("refused");
    assert_eq!((errors[0].row, errors[0].column.as_str()), (3, "Referente"), "one word is no person");
    assert!(!errors[0].reason.contains("Zlatogora"), "and is not repeated");
    let empty = json!({"purpose": "network", "legal_basis": "because", "retain_until": "2099-01-31"});
    assert!(Terms::new(Writers::All, empty.as_object().expect("an object")).is_err(), "a basis that there is none");
}

#[test]
fn links_may_name_their_ends() {
    let organisations = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let networks = all_applied(&make("network", "name@it,name@sl\nRete,Mreža\n", &[]).unwrap(), &[]);
    let rows: Vec<Row> = organisations.into_iter().chain(networks).collect();
    let text = "organisation,network,role\nalfa,mreža,member\n";
    let plan = make("membership", text, &rows).expect("both ends are known by name");
    let expected = RecordKey::derived("membership", &[&rows[0].key, &rows[2].key]);
    assert!(matches!(&edits(&plan)[0].target, EditTarget::Link { key, .. } if *key == expected), "the id is the ends'");
    let errors = make("membership", "organisation,network\nGamma,Rete\n", &rows).expect_err("nobody is called Gamma");
    assert_eq!(errors[0].column, "organisation", "the cell is named");
}

#[test]
fn two_records_of_one_name_need_an_id() {
    let mut rows = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let mut twin = rows[0].clone();
    twin.key.id = [99; 16];
    rows.push(twin);
    let errors = make("organisation", "name,city\nAlfa,Padova\n", &rows).expect_err("which one?");
    assert!(errors[0].reason.contains("column id"), "the way out is named: {}", errors[0].reason);
    let text = format!("id,name\n{},Alfa Nova\n", rows[0].key);
    assert_eq!(make("organisation", &text, &rows).expect("the id decides").changed, 1, "with an id it is clear");
}

#[test]
fn an_import_decides_no_conflict() {
    let mut rows = all_applied(&make("organisation", "name,city,phone\nAlfa,Padova,1\n", &[]).unwrap(), &[]);
    let cells = vec![Cell { value: "1".into(), origin: 0 }, Cell { value: "2".into(), origin: 0 }];
    rows[0].fields.insert("phone".into(), cells);
    let plan = make("organisation", "name,city,phone\nAlfa,Padova,2\n", &rows).unwrap();
    assert_eq!(plan.unchanged, 1, "either value is there already; people decide which one stays");
}

fn edit(op: FieldOp) -> Edit {
    let changes = vec![FieldChange { key: "name".into(), op }];
    Edit { target: EditTarget::New { register: None, kind: "organisation".into() }, changes, if_version: None }
}

#[test]
fn slices_stay_within_their_bounds() {
    let sizes = |all: Vec<Edit>| {
        let mut edits = Edits::default();
        all.iter().cloned().for_each(|edit| edits.push(edit));
        let slices: Vec<Vec<Edit>> = edits.into_slices().collect();
        assert_eq!(slices.concat(), all, "what is unpacked is what was packed");
        slices.iter().map(Vec::len).collect::<Vec<_>>()
    };
    let line = |bytes: usize| edit(FieldOp::Put(Scalar::Str("x".repeat(bytes))));
    assert_eq!(sizes((0..250).map(|_| line(10)).collect()), [100, 100, 50], "by number");
    assert_eq!(sizes((0..3).map(|_| line(100_000)).collect()), [1, 1, 1], "by size");
    let prose = |characters: usize| edit(FieldOp::Prose("x".repeat(characters)));
    assert_eq!(sizes((0..5).map(|_| prose(4_000)).collect()), [2, 2, 1], "by operations, one for each character");
    assert_eq!(sizes(vec![prose(19_000), prose(10)]), [1, 1], "and what is long is written by itself");
    assert_eq!(sizes(Vec::new()), [0; 0], "nothing makes no slice");
}

#[test]
fn what_no_commit_takes_is_refused_beforehand() {
    let practice = |characters: usize| {
        let text = format!("title@it,description@it\nUna,\"{}\"\n", "a".repeat(characters));
        make("practice", &text, &[])
    };
    assert!(practice(19_000).is_ok(), "a long text that one commit takes");
    let errors = practice(21_000).expect_err("refused");
    assert_eq!((errors.len(), errors[0].row), (1, 2), "with its row: {errors:?}");
    let mut rows = all_applied(&practice(19_000).unwrap(), &[]);
    let before = "a".repeat(100_000);
    rows[0].fields.insert("description@it".into(), vec![Cell { value: Scalar::Prose(before.clone()), origin: 0 }]);
    let text = format!("title@it,description@it\nUna,{before}b\n");
    assert_eq!(make("practice", &text, &rows).expect("only the end is new").changed, 1, "what stays costs nothing");
}

#[test]
fn errors_and_changes_are_all_counted_and_not_all_listed() {
    let rows: String = (0..3_000).map(|n| format!("N{n},Atlantide\n")).collect();
    let (listed, total) =
        plan_of("organisation", &format!("name,country\n{rows}"), &[], &options()).expect_err("refused");
    assert_eq!((total, listed.len()), (3_000, 1_000), "every wrong country counts");
    let rows: String = (0..3_000).map(|n| format!("N{n},IT\n")).collect();
    let plan = make("organisation", &format!("name,country\n{rows}"), &[]).expect("good");
    assert_eq!((plan.added, plan.changes.len(), plan.edits.len()), (3_000, 1_000, 3_000), "every row is written");
}

#[test]
fn a_record_that_two_rows_mean_is_refused_however_they_name_it() {
    let first = make("organisation", "name,city,phone\nAlfa,Padova,1\n", &[]).expect("a plan");
    let stands = applied(&edits(&first)[0], &[], 7);
    let file = format!("id,name,city,phone\n{},Alfa,Padova,1\n,Alfa,Padova,2\n", stands.key);
    let refused = make("organisation", &file, &[stands]).expect_err("they would make it in turn");
    assert_eq!((refused.len(), refused[0].row), (1, 3), "{refused:?}");
    assert!(refused[0].reason.contains("same record as row 2"), "{refused:?}");
}

#[test]
fn every_refusal_of_a_field_has_words_for_the_reader() {
    for kind in schema::KINDS {
        for field in kind.all_fields() {
            // Texts take what they are given; lists of entries and steps have parts, of which the schema alone can tell.
            let takes = ["line", "lines", "translated_line", "prose", "translated_prose", "entries", "log", "changes"];
            let decided = ["accepted_proposals", "declined_proposals"].contains(&field.name);
            if takes.contains(&crate::views::type_name(field.field_type)) || decided {
                continue;
            }
            let mut record = json!({ field.name: "Atlantide alta" });
            for other in kind.fields.iter().filter(|other| other.required && other.name != field.name) {
                record[other.name] = match other.field_type {
                    FieldType::Reference(kinds) => {
                        json!(format!("{}:{}", kinds.first().unwrap_or(&"network"), "1".repeat(32)))
                    }
                    FieldType::TranslatedLine => json!({"it": "Nome"}),
                    FieldType::Code(list) => json!(list.terms[0].code),
                    FieldType::Changes => json!({"city": "Koper"}),
                    _ => json!("Nome"),
                };
            }
            let told = plan_of(kind.name, &record.to_string(), &[], &options());
            let (errors, _) = told.expect_err("Atlantide is nothing of all this");
            let error = errors.iter().find(|error| error.column == field.name).expect("its column is named");
            let text = error.text.as_deref().unwrap_or_default();
            let is_range = matches!(field.field_type, FieldType::MomentRange);
            assert!(
                text.contains("«Atlantide alta»") || is_range && !text.is_empty(),
                "{} of {}: {:?}, {}",
                field.name,
                kind.name,
                error.text,
                error.reason
            );
        }
    }
}
