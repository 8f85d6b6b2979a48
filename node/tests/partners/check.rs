//! `check` must be able to fail: a wrong row, written with a proper checksum, is named and mended.

use super::office::Partner;
use comin_node::store::{Store, open_sled};
use comin_protocol::engine::Write;
use comin_protocol::record::{Row, Scalar};
use std::time::Duration;

/// How long the store may take to be let go by the process before.
const WAIT: Duration = Duration::from_secs(20);

/// Changes rows behind the engine's back, as a fault in the projection would.
fn plant(partner: &Partner, id: &str, harm: impl FnOnce(Row) -> Vec<Write>) {
    let store = open_sled(&partner.dir().join("store"), WAIT).expect("opens");
    let rows = store.scan_rows(Some("organisation"), None, usize::MAX).expect("scans");
    let row = rows.into_iter().find(|row| row.key.to_string() == id).expect("the record has a row");
    store.commit(&[harm(row)]).expect("commits");
    assert_eq!(store.verify().expect("walks").damaged, [], "to the store alone the row is as good as any");
}

#[test]
fn a_wrong_row_is_named_and_mended() {
    let mut partner = Partner::start("Italia", "IT");
    let added = partner.json(&["organisation", "add", "--set", "name=Giusta", "--set", "country=IT"]);
    let id = added["id"].as_str().expect("an id").to_owned();
    let running = partner.json(&["check"]);
    assert_eq!(running["faults"].as_array().map(Vec::len), Some(0), "the node that runs looks at what it holds");
    partner.kill();
    assert!(partner.run(&["check"]).status.success(), "nothing is wrong yet");

    let wrong = |mut row: Row| {
        row.fields.get_mut("name").expect("a name")[0].value = Scalar::Str("Sbagliata".to_owned());
        vec![Write::put_row(&row)]
    };
    let invented = |mut row: Row| {
        row.key.id = [9; 16];
        vec![Write::put_row(&row)]
    };
    let mended = "and is mended";
    for (harm, told) in [
        (Box::new(wrong) as Box<dyn FnOnce(Row) -> Vec<Write>>, format!("{id} reads differently in the view")),
        (Box::new(invented), "09090909090909090909090909090909 is in the view and not in the document".to_owned()),
    ] {
        plant(&partner, &id, harm);
        let found = partner.run(&["check"]);
        let said = String::from_utf8_lossy(&found.stdout).into_owned();
        assert_eq!(found.status.code(), Some(1), "a wrong row is an error: {said}");
        assert!(said.contains(&told), "and is named: {said}");
        assert!(partner.run(&["check", "--repair"]).status.success(), "it can be repaired");
        assert!(partner.run(&["check"]).status.success(), "{mended}");
    }
    let shown = partner.json(&["organisation", "show", &id]);
    assert_eq!(shown["title"], "Giusta", "pages read what the document says");
}
