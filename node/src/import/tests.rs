//! The plan against rows made by hand.

use super::table;
use super::{Plan, RowError, Target, plan, slices};
use comin_protocol::engine::{Edit, Target as EditTarget};
use comin_protocol::ids::{ActorId, DeviceKey, DocId, RecordKey, RegisterId};
use comin_protocol::record::{Cell, FieldChange, FieldOp, Origin, Row, Scalar};
use comin_protocol::schema;

const REGISTER: RegisterId = RegisterId([1; 32]);

fn target(kind: &str) -> Target {
    Target { kind: schema::kind(kind).expect("a known kind"), register: REGISTER, device: DeviceKey([2; 32]) }
}

fn make(kind: &str, text: &str, rows: &[Row]) -> Result<Plan, Vec<RowError>> {
    plan::make(&target(kind), "it", &table::read(text.as_bytes()).expect("a table"), rows)
        .map_err(|refused| refused.listed)
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
    plan.edits.iter().zip(1..).map(|(edit, n)| applied(edit, rows, n)).collect()
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
    let keys: Vec<&str> = plan.edits[0].changes.iter().map(|change| change.key.as_str()).collect();
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
    let text = "name,city,country,email\n,Padova,IT,\nAlfa,Padova,Italy,nobody\nBeta,,IT,a@b.example\nbeta,,IT,\n";
    let errors = make("organisation", text, &[]).expect_err("refused");
    let places: Vec<(u64, &str)> = errors.iter().map(|error| (error.row, error.column.as_str())).collect();
    assert_eq!(places, [(2, "name"), (3, "country"), (3, "email"), (5, "")], "all of them, in order: {errors:?}");
}

#[test]
fn columns_must_be_fields() {
    let column = |header: &str| make("organisation", &format!("{header}\nx\n"), &[]).expect_err("refused")[0].clone();
    assert!(column("nme").reason.contains("did you mean name?"), "a slip names the nearest");
    assert!(column("description").reason.contains("description@it"), "a translated field needs a language");
    assert!(column("city@it").reason.contains("not translated"), "and no other field takes one");
}

#[test]
fn links_may_name_their_ends() {
    let organisations = all_applied(&make("organisation", TWO, &[]).unwrap(), &[]);
    let networks = all_applied(&make("network", "name@it,name@sl\nRete,Mreža\n", &[]).unwrap(), &[]);
    let rows: Vec<Row> = organisations.into_iter().chain(networks).collect();
    let text = "organisation,network,role\nalfa,mreža,member\n";
    let plan = make("membership", text, &rows).expect("both ends are known by name");
    let expected = RecordKey::derived("membership", &[&rows[0].key, &rows[2].key]);
    assert!(matches!(&plan.edits[0].target, EditTarget::Link { key, .. } if *key == expected), "the id is the ends'");
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
    let sizes = |edits: Vec<Edit>| slices(edits).map(|slice| slice.len()).collect::<Vec<_>>();
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
    let rows: String = (0..3_000).map(|n| format!("N{n},Italia\n")).collect();
    let table = table::read(format!("name,country\n{rows}").as_bytes()).expect("a table");
    let refused = plan::make(&target("organisation"), "it", &table, &[]).expect_err("refused");
    assert_eq!((refused.total, refused.listed.len()), (3_000, 1_000), "every wrong country counts");
    let rows: String = (0..3_000).map(|n| format!("N{n},IT\n")).collect();
    let plan = make("organisation", &format!("name,country\n{rows}"), &[]).expect("good");
    assert_eq!((plan.added, plan.changes.len(), plan.edits.len()), (3_000, 1_000, 3_000), "every row is written");
}
