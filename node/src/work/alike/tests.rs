use super::*;
use crate::store::open_memory;
use comin_protocol::engine::Write;
use comin_protocol::ids::{ActorId, DocId, PartnerId, RegisterId};
use comin_protocol::record::{Cell, DELETED, Origin, Scalar};
use proptest::prelude::*;

fn key(number: u8) -> RecordKey {
    RecordKey { kind: KIND.into(), id: [number; 16] }
}

fn row(key: &RecordKey, fields: &[(&str, &str)]) -> Row {
    let cell = |text: &str| vec![Cell { value: Scalar::Str(text.to_owned()), origin: 0 }];
    Row {
        key: key.clone(),
        doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
        origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
        fields: fields.iter().map(|(name, text)| ((*name).to_owned(), cell(text))).collect(),
        unseen_edits: Vec::new(),
    }
}

fn link(a: &RecordKey, b: &RecordKey, state: &str) -> Row {
    let key = schema::kind(LINK).expect("a kind").derived_key(&[a.clone(), b.clone()]);
    row(&key, &[("a", &a.to_string()), ("b", &b.to_string()), ("state", state)])
}

fn put(store: &dyn Store, row: &Row) {
    store.commit(&[vec![Write::put_row(row)]]).expect("memory takes it");
}

fn suggested(store: &dyn Store) -> Vec<Suggestion> {
    Alike::of(store).expect("memory reads").suggestions()
}

#[test]
fn suggestions_say_why() {
    let store = open_memory();
    let base = [("country", "IT"), ("city", "Treviso")];
    let with = |number, name, more: &[(&'static str, &'static str)]| {
        put(&store, &row(&key(number), &[&[("name", name)], &base[..], more].concat()));
    };
    with(1, "Cooperativa Sociale Lunavena", &[("website", "https://www.lunavena.example/chi")]);
    with(2, "Lunavena ONLUS", &[("website", "http://lunavena.example")]);
    with(3, "Associazione Ponte", &[("identifiers/IT 01234567890", "1")]);
    with(4, "Altra", &[("identifiers/IT01234567890", "1")]);
    put(&store, &row(&key(5), &[("name", "Lunavena"), ("country", "IT"), ("city", "Belluno")]));
    let found = suggested(&store);
    let reasons = |n: usize| -> Vec<&str> { found[n].reasons.iter().map(Reason::code).collect() };
    assert_eq!((found.len(), &found[0].ends), (2, &[key(1), key(2)]), "most reasons first: {found:?}");
    assert_eq!((reasons(0), reasons(1)), (vec!["website", "name"], vec!["identifier"]), "each says why");
    put(&store, &link(&key(1), &key(2), "refused"));
    assert_eq!(suggested(&store).len(), 1, "what was decided is not asked again");
}

/// So few that cities become too large and small again.
const FEW: usize = 3;
const NAMES: [&str; 5] = ["Zavod Lunavrt", "Lunavert, zavod", "Sočanima", "Sočanima – lab", "Ponte"];
const CITIES: [&str; 4] = ["", "Treviso", "TREVISO", "Koper"];
const SITES: [&str; 3] = ["", "https://www.lunavena.example/chi", "http://ponte.example"];
const NUMBERS: [&str; 3] = ["identifiers/none", "identifiers/IT 01234567890", "identifiers/01234567890"];
const STATES: [&str; 3] = ["suggested", "confirmed", "refused"];

fn edit() -> impl Strategy<Value = Row> {
    let organisation = (0..12_u8, 0..NAMES.len(), 0..CITIES.len(), 0..SITES.len(), 0..NUMBERS.len(), 0..6_u8);
    let organisation = organisation.prop_map(|(number, name, city, site, id, fate)| {
        let fields = [
            ("name", NAMES[name]),
            ("city", CITIES[city]),
            ("country", "IT"),
            ("website", SITES[site]),
            (NUMBERS[id], "1"),
        ];
        let mut row = row(&key(number), &fields);
        if fate == 0 {
            row.fields.insert(DELETED.to_owned(), vec![Cell { value: Scalar::Bool(true), origin: 0 }]);
        }
        row
    });
    let same = (0..12_u8, 0..12_u8, 0..STATES.len()).prop_map(|(a, b, state)| link(&key(a), &key(b), STATES[state]));
    prop_oneof![4 => organisation, 1 => same]
}

proptest! {
    // Each edit is followed by a search through all.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_edits_leave_is_what_a_search_through_all_finds(edits in prop::collection::vec(edit(), 1..60)) {
        let store = open_memory();
        let mut kept = Alike::with(&store, FEW).expect("memory reads");
        for row in &edits {
            put(&store, row);
            kept.put(&row.key, &store.rows_of(&row.key).expect("memory reads"));
            let anew = Alike::with(&store, FEW).expect("memory reads").suggestions();
            prop_assert_eq!(kept.suggestions(), anew);
        }
    }
}
