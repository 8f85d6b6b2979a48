use super::*;
use crate::ids::{ActorId, DeviceKey, DocId, LINKS_PART, PartnerId, RecordKey, RegisterId};
use crate::limits;
use crate::scan::ScannedChange;
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, Change, ROOT, ReadDoc};

/// Whose prefix all records here have.
const AUTHOR: DeviceKey = DeviceKey([9; 32]);
const IT: ActorId = ActorId([0x11; 16]);
const SI: ActorId = ActorId([0x22; 16]);
const FR: ActorId = ActorId([0x33; 16]);

fn register_part(part: u32) -> DocId {
    DocId { register: RegisterId::partner(&PartnerId([7; 32])), part }
}

fn organisation() -> RecordKey {
    RecordKey::random("organisation", &AUTHOR, [1; 8])
}

fn membership() -> RecordKey {
    RecordKey::derived(
        "membership",
        &[&organisation(), &RecordKey::parse(&format!("network:{}", "0".repeat(32))).unwrap()],
    )
}

/// A replica of one part.
struct Replica {
    doc: Automerge,
    id: DocId,
}

impl Replica {
    fn new(part: u32, actor: ActorId) -> Self {
        Self { doc: Automerge::new().with_actor(actor.to_automerge()), id: register_part(part) }
    }

    fn fork(&self, actor: ActorId) -> Self {
        let doc = Automerge::load(&self.doc.save()).unwrap().with_actor(actor.to_automerge());
        Self { doc, id: self.id }
    }

    fn try_edit(
        &mut self,
        key: &RecordKey,
        create: bool,
        time: i64,
        changes: &[FieldChange],
    ) -> Result<bool, WriteError> {
        let mut tx = self.doc.transaction();
        let written = write(&mut tx, &self.id, key, create, changes);
        match &written {
            Ok(_) => drop(tx.commit_with(CommitOptions::default().with_time(time))),
            Err(_) => drop(tx.rollback()),
        }
        written
    }

    fn edit(&mut self, key: &RecordKey, time: i64, changes: &[FieldChange]) -> bool {
        self.try_edit(key, false, time, changes).unwrap()
    }

    fn merge(&mut self, other: &mut Self) {
        self.doc.merge(&mut other.doc).unwrap();
    }

    fn row(&self, key: &RecordKey) -> Row {
        let row = project(&self.doc, &self.id, &OriginIndex::from_doc(&self.doc), key).expect("the record is there");
        let all = project_all(&self.doc, &self.id, &OriginIndex::from_doc(&self.doc));
        assert!(all.contains(&row), "one record alone and among all reads the same");
        row
    }
}

/// Two replicas that share one record, and the record.
fn pair(changes: &[FieldChange]) -> (Replica, Replica, RecordKey) {
    let (mut a, key) = (Replica::new(1, IT), organisation());
    a.try_edit(&key, true, 1_000, changes).unwrap();
    let b = a.fork(SI);
    (a, b, key)
}

fn sync(a: &mut Replica, b: &mut Replica) {
    a.merge(b);
    b.merge(a);
}

fn op(key: &str, op: FieldOp) -> FieldChange {
    FieldChange { key: key.to_owned(), op }
}

fn prose(key: &str, text: &str) -> FieldChange {
    op(key, FieldOp::Prose(text.to_owned()))
}

fn values(row: &Row, field: &str) -> Vec<Scalar> {
    row.fields.get(field).into_iter().flatten().map(|cell| cell.value.clone()).collect()
}

/// Every change that `write` makes must be one that admission lets in.
fn assert_admissible(replica: &Replica) {
    for change in replica.doc.get_changes(&[]) {
        let judged = crate::admission::admit_operations(&scanned(&change), &replica.id, &AUTHOR);
        assert_eq!(judged, Ok(()), "what is written is admissible: {:?}", change.decode().operations);
    }
}

fn scanned(change: &Change) -> ScannedChange {
    crate::scan::scan(change.raw_bytes()).expect("our scan reads what Automerge writes")
}

#[test]
fn a_new_record_reads_as_written() {
    let (mut a, key) = (Replica::new(1, IT), organisation());
    let changes =
        [FieldChange::put("name", "Zavod"), FieldChange::put("verified", true), op("targets/youth", FieldOp::Add)];
    assert_eq!(a.try_edit(&key, true, 5_000, &changes), Ok(true), "creating writes");
    let row = a.row(&key);
    assert_eq!(row.text("name"), Some("Zavod"), "a line comes back");
    assert_eq!(row.value("verified"), Some(&Scalar::Bool(true)), "a bool comes back");
    assert_eq!(values(&row, "targets/youth"), [Scalar::Int(1)], "a set value is there");
    assert_eq!(row.origins, [Origin { actor: IT, time_ms: 5_000 }], "one origin: the creator");
    assert!(row.conflicts().is_empty(), "nothing is in conflict");
    assert_eq!(keys(&a.doc, &a.id), std::slice::from_ref(&key), "the record is listed");
    assert_eq!(count(&a.doc, &a.id), 1, "and counted");
    assert_eq!(a.try_edit(&key, true, 1, &[]), Err(WriteError::Exists(key.clone())), "it is not made twice");
    let other = RecordKey::random("organisation", &AUTHOR, [2; 8]);
    assert_eq!(a.try_edit(&other, false, 1, &[]), Err(WriteError::NoRecord(other.clone())), "an edit makes no record");
}

#[test]
fn equal_values_are_not_written_again() {
    let (mut a, _, key) = pair(&[FieldChange::put("name", "Zavod")]);
    assert!(!a.edit(&key, 2, &[FieldChange::put("name", "Zavod")]), "the same value is skipped");
    assert!(!a.edit(&key, 2, &[FieldChange::clear("phone")]), "what is not there is not cleared");
    assert!(!a.edit(&key, 2, &[op("targets/youth", FieldOp::Remove)]), "nor removed");
    assert!(a.edit(&key, 2, &[FieldChange::clear("name")]), "what is there is cleared");
    assert!(!a.row(&key).fields.contains_key("name"), "a cleared field is absent");
    assert!(!a.edit(&key, 2, &[FieldChange::clear("name")]), "and is cleared once");
}

#[test]
fn concurrent_values_stay_visible_until_one_is_chosen() {
    for choice in 0..3 {
        let (mut a, mut b, key) = pair(&[FieldChange::put("name", "Zavod")]);
        a.edit(&key, 2_000, &[FieldChange::put("name", "Lunavena"), FieldChange::put("phone", "1")]);
        b.edit(&key, 3_000, &[FieldChange::put("name", "Brezmir"), FieldChange::put("city", "Gorica")]);
        sync(&mut a, &mut b);
        let row = a.row(&key);
        assert_eq!(row, b.row(&key), "both read the same");
        assert_eq!(row.conflicts().len(), 1, "one field is in conflict");
        assert_eq!((row.text("phone"), row.text("city")), (Some("1"), Some("Gorica")), "different fields merge");
        let cells = &row.conflicts()[0].cells;
        let shown = a.doc.get(a.doc.get(ROOT, key.to_string()).unwrap().unwrap().1, "name").unwrap().unwrap().0;
        assert_eq!(cells[0].value.as_str(), shown.as_str(), "the first is the one that Automerge shows");
        let authors: Vec<ActorId> = cells.iter().map(|cell| row.origin(cell).unwrap().actor).collect();
        assert_eq!(authors, [SI, IT], "each with its author");
        let chosen = [cells[0].value.clone(), cells[1].value.clone(), Scalar::Null][choice].clone();
        assert!(a.edit(&key, 4_000, &[FieldChange::put("name", chosen.clone())]), "a decision is always written");
        b.merge(&mut a);
        assert!(b.row(&key).conflicts().is_empty(), "the decision syncs");
        assert_eq!(b.row(&key).value("name").unwrap_or(&Scalar::Null), &chosen, "and says what was chosen");
        assert_admissible(&b);
    }
}

#[test]
fn equal_concurrent_values_are_no_conflict() {
    let (mut a, mut b, key) = pair(&[FieldChange::put("name", "Zavod")]);
    a.edit(&key, 2, &[FieldChange::put("phone", "1")]);
    b.edit(&key, 3, &[FieldChange::put("phone", "1")]);
    sync(&mut a, &mut b);
    assert_eq!(values(&a.row(&key), "phone"), [Scalar::from("1")], "one value");
    assert!(!a.row(&key).has_conflict(), "nothing to decide");
}

#[test]
fn clear_against_edit_is_a_conflict() {
    for (first, second) in [(IT, SI), (SI, IT)] {
        let (a, _, key) = pair(&[FieldChange::put("phone", "1")]);
        let (mut a, mut b) = (a.fork(first), a.fork(second));
        a.edit(&key, 2, &[FieldChange::clear("phone")]);
        b.edit(&key, 3, &[FieldChange::put("phone", "2")]);
        sync(&mut a, &mut b);
        let mut shown = values(&a.row(&key), "phone");
        shown.sort_by_key(|value| *value == Scalar::Null);
        assert_eq!(shown, [Scalar::from("2"), Scalar::Null], "both the value and the removal are shown");
        assert!(a.edit(&key, 4, &[FieldChange::clear("phone")]), "clearing decides, whoever wins");
        assert!(!a.row(&key).fields.contains_key("phone"), "the field is gone");
        assert_admissible(&a);
    }
}

#[test]
fn an_addition_beside_a_removal_wins() {
    for (first, second) in [(IT, SI), (SI, IT)] {
        let (a, _, key) = pair(&[op("targets/youth", FieldOp::Add)]);
        let (mut a, mut b) = (a.fork(first), a.fork(second));
        a.edit(&key, 2, &[op("targets/youth", FieldOp::Remove)]);
        assert!(!a.row(&key).fields.contains_key("targets/youth"), "removed here");
        assert!(b.edit(&key, 3, &[op("targets/youth", FieldOp::Add)]), "an addition is a fresh write");
        sync(&mut a, &mut b);
        assert_eq!(values(&a.row(&key), "targets/youth").len(), 1, "it is there, once");
        assert!(!a.row(&key).has_conflict(), "and no conflict");
        assert!(a.edit(&key, 4, &[op("targets/youth", FieldOp::Remove)]), "a removal that saw both removes");
        assert!(!a.row(&key).fields.contains_key("targets/youth"), "whoever had won");
        assert_admissible(&a);
    }
}

#[test]
fn adding_beside_the_greatest_integer_still_writes() {
    let (mut a, mut b, key) = pair(&[]);
    a.edit(&key, 2, &[FieldChange::put("targets/youth", i64::MAX)]);
    b.edit(&key, 3, &[FieldChange::put("targets/youth", 1_i64)]);
    sync(&mut a, &mut b);
    assert!(a.edit(&key, 4, &[op("targets/youth", FieldOp::Add)]), "the addition is an operation of its own");
    assert_admissible(&a);
}

#[test]
fn two_creators_of_a_link_merge() {
    let (mut a, mut b, key) = (Replica::new(LINKS_PART, IT), Replica::new(LINKS_PART, SI), membership());
    assert!(project(&a.doc, &a.id, &OriginIndex::default(), &key).is_none(), "nothing is there at first");
    a.edit(&key, 2_000, &[FieldChange::put("organisation", "o"), FieldChange::put("role", "member")]);
    b.edit(&key, 1_000, &[FieldChange::put("organisation", "o"), FieldChange::put("since", "2026")]);
    sync(&mut a, &mut b);
    let row = a.row(&key);
    assert_eq!(row, b.row(&key), "both read the same");
    assert_eq!(row.fields.len(), 3, "the fields of both are there");
    assert!(row.conflicts().is_empty(), "made twice is one");
    assert_eq!(row.origins[0], Origin { actor: SI, time_ms: 1_000 }, "the earliest writer is its creator");
    assert_eq!(keys(&a.doc, &a.id), [key], "one record");
}

#[test]
fn links_do_not_run_into_one_another() {
    let mut a = Replica::new(LINKS_PART, IT);
    let kinds = ["membership", "membershipx", "sameas"];
    let links: Vec<RecordKey> =
        kinds.iter().map(|kind| RecordKey { kind: (*kind).to_owned(), ..membership() }).collect();
    for key in &links {
        a.edit(key, 1, &[FieldChange::put("role", key.kind.as_str()), op("tags/x", FieldOp::Add)]);
    }
    for key in &links {
        let row = a.row(key);
        assert_eq!(row.text("role"), Some(key.kind.as_str()), "its own value");
        assert_eq!(row.fields.len(), 2, "and nothing of its neighbours");
    }
    assert_eq!(keys(&a.doc, &a.id), links, "each is listed, sorted");
}

#[test]
fn prose_merges_and_is_spliced() {
    let (mut a, mut b, key) = pair(&[prose("story@it", "uno due tre – žaba")]);
    a.edit(&key, 2, &[prose("story@it", "UNO due tre – žaba")]);
    b.edit(&key, 3, &[prose("story@it", "uno due tre – žaba!")]);
    sync(&mut a, &mut b);
    assert_eq!(a.row(&key).text("story@it"), Some("UNO due tre – žaba!"), "distant edits of a text merge");
    assert!(!a.edit(&key, 4, &[prose("story@it", "UNO due tre – žaba!")]), "the same text is not written");
    let before = a.doc.stats().num_ops;
    a.edit(&key, 5, &[prose("story@it", "UNO due quattro – žaba!")]);
    assert!(a.doc.stats().num_ops - before < 16, "only the difference is written");
    assert!(a.edit(&key, 6, &[FieldChange::clear("story@it")]), "clearing empties the text");
    b.edit(&key, 6, &[prose("story@it", "UNO due tre – žaba! Nuovo.")]);
    sync(&mut a, &mut b);
    assert!(a.row(&key).text("story@it").unwrap().contains("Nuovo."), "words written meanwhile are not hidden");
    assert_admissible(&a);
}

#[test]
fn competing_texts_are_a_conflict_and_one_text_decides() {
    let (mut a, mut b, key) = pair(&[]);
    a.edit(&key, 2, &[prose("story@it", "uno")]);
    b.edit(&key, 3, &[prose("story@it", "due")]);
    sync(&mut a, &mut b);
    assert_eq!(a.row(&key).conflicts()[0].cells.len(), 2, "both texts are shown");
    a.edit(&key, 4, &[prose("story@it", "uno e due")]);
    assert_eq!(values(&a.row(&key), "story@it"), [Scalar::Prose("uno e due".into())], "the decision replaces both");
}

/// Who wrote the values of a field, and when.
fn origins_of(row: &Row, field: &str) -> Vec<(ActorId, i64)> {
    let cells = row.fields.get(field).into_iter().flatten();
    cells.filter_map(|cell| row.origin(cell)).map(|origin| (origin.actor, origin.time_ms)).collect()
}

#[test]
fn prose_tells_who_changed_it_last() {
    let (mut a, mut b, key) = pair(&[prose("story@it", "uno due"), prose("story@sl", "ena dve"), prose("other", "x")]);
    let mut kept = OriginIndex::from_doc(&a.doc);
    project(&a.doc, &a.id, &kept, &key).expect("the record is there");
    let before = a.doc.get_heads();
    a.edit(&key, 2_000, &[prose("story@it", "uno due tre"), prose("story@sl", "ena dve tri")]);
    b.edit(&key, 3_000, &[prose("story@it", "due"), FieldChange::clear("other")]);
    sync(&mut a, &mut b);
    let row = a.row(&key);
    assert_eq!(row, b.row(&key), "in whatever order the changes came");
    assert_eq!(
        origins_of(&row, "story@it"),
        [(SI, 3_000)],
        "the last of two counts, also where it only took words away"
    );
    assert_eq!(origins_of(&row, "story@sl"), [(IT, 2_000)], "a text in which somebody added words");
    assert_eq!(row.origins[0], Origin { actor: IT, time_ms: 1_000 }, "the creator stays the first");
    a.doc.get_changes(&before).iter().for_each(|change| kept.note(&scanned(change)));
    assert_eq!(project(&a.doc, &a.id, &kept, &key), Some(row), "an index that is kept tells the same as a new one");
}

#[test]
fn competing_texts_each_tell_who_changed_them_last() {
    let (mut a, mut b, key) = pair(&[]);
    a.edit(&key, 2_000, &[prose("story@it", "uno")]);
    b.edit(&key, 3_000, &[prose("story@it", "due")]);
    let mut c = a.fork(FR);
    c.edit(&key, 4_000, &[prose("story@it", "uno!")]);
    sync(&mut a, &mut b);
    sync(&mut a, &mut c);
    let mut origins = origins_of(&a.row(&key), "story@it");
    origins.sort();
    assert_eq!(origins, [(SI, 3_000), (FR, 4_000)], "France has changed Italy's text");
    a.edit(&key, 5_000, &[FieldChange::put(DELETED, true)]);
    c.edit(&key, 6_000, &[FieldChange::put("phone", "1")]);
    let mut d = c.fork(ActorId([0x44; 16]));
    d.edit(&key, 7_000, &[prose("story@it", "uno e due")]);
    d.edit(&key, 8_000, &[prose("story@it", "uno e due tre")]);
    sync(&mut a, &mut d);
    let row = a.row(&key);
    let edit = row.unseen_edits.iter().find(|(field, _)| field == "story@it").expect("an edit beside the deletion");
    assert_eq!(row.origin(&edit.1).map(|origin| origin.time_ms), Some(8_000), "so does an edit beside a deletion");
}

proptest::proptest! {
    #[test]
    fn any_change_of_a_text_reads_as_written(old in "[ab \u{301}č👩\u{200d}🚀\n]{0,24}", new in "[ab \u{301}č👩\u{200d}🚀\n]{1,24}") {
        let (mut a, _, key) = pair(&[prose("story@it", &old)]);
        a.edit(&key, 2, &[prose("story@it", &new)]);
        let row = a.row(&key);
        proptest::prop_assert_eq!(row.text("story@it"), Some(new.as_str()), "from {:?}", old);
        assert_admissible(&a);
    }
}

#[test]
fn a_long_change_of_a_text_reads_as_written() {
    let long: String = (0..6_000).map(|n| char::from_u32(0x100 + n % 500).unwrap()).collect();
    let other: String = long.chars().rev().collect();
    let (mut a, _, key) = pair(&[prose("story@it", &long)]);
    a.edit(&key, 2, &[prose("story@it", &format!("a{other}z"))]);
    assert_eq!(a.row(&key).text("story@it"), Some(format!("a{other}z").as_str()), "beyond the fine comparison too");
}

#[test]
fn links_hold_no_prose() {
    let mut a = Replica::new(LINKS_PART, IT);
    let refused = a.try_edit(&membership(), false, 1, &[prose("story@it", "uno")]);
    assert!(matches!(refused, Err(WriteError::Limit(_))), "admission would refuse the text: {refused:?}");
}

#[test]
fn bounds_are_kept() {
    let (mut a, _, key) = pair(&[]);
    let long_key = "k".repeat(limits::FIELD_KEY_BYTES_MAX + 1);
    let long_value = "v".repeat(limits::SCALAR_BYTES_MAX + 1);
    let long_prose = "p".repeat(limits::PROSE_BYTES_MAX + 1);
    for change in [
        FieldChange::put(long_key, "v"),
        FieldChange::put("", "v"),
        FieldChange::put("f", long_value),
        prose("f", &long_prose),
    ] {
        let refused = a.try_edit(&key, false, 2, &[FieldChange::put("phone", "1"), change]);
        assert!(matches!(refused, Err(WriteError::Limit(_))), "beyond a bound: {refused:?}");
    }
    let many = prose("f", &"p".repeat(limits::CHANGE_OPS_MAX as usize));
    assert!(matches!(a.try_edit(&key, false, 2, &[many]), Err(WriteError::Limit(_))), "too many characters at once");
    assert!(a.row(&key).fields.is_empty(), "and nothing was written");
    let half = [prose("f", &"p".repeat(limits::CHANGE_OPS_MAX as usize / 2 + 1))];
    let mut tx = a.doc.transaction();
    assert_eq!(write(&mut tx, &a.id, &key, false, &half), Ok(true), "half of what a change takes");
    let other = [prose("g", &"p".repeat(limits::CHANGE_OPS_MAX as usize / 2 + 1))];
    assert!(
        matches!(write(&mut tx, &a.id, &key, false, &other), Err(WriteError::Limit(_))),
        "edits of one change add up"
    );
    tx.rollback();
    let just = "v".repeat(limits::SCALAR_BYTES_MAX);
    assert!(a.edit(&key, 3, &[FieldChange::put("f", just)]), "the bound itself is allowed");
}

#[test]
fn deletion_against_edit_is_a_conflict() {
    let edits = [
        FieldChange::put("phone", "2"),
        FieldChange::clear("phone"),
        op("targets/youth", FieldOp::Remove),
        op("targets/women", FieldOp::Add),
        prose("story@it", "uno due"),
        prose("story@it", ""),
    ];
    for edit in edits {
        for (first, second) in [(IT, SI), (SI, FR), (FR, SI)] {
            let start = [FieldChange::put("phone", "1"), op("targets/youth", FieldOp::Add), prose("story@it", "uno")];
            let (a, _, key) = pair(&start);
            let (mut a, mut b) = (a.fork(first), a.fork(second));
            a.edit(
                &key,
                2,
                &[FieldChange::put("phone", "0"), FieldChange::put(DELETED, true), FieldChange::put("note", "x")],
            );
            assert!(a.row(&key).unseen_edits.is_empty(), "the deleter knew all, also what it wrote itself");
            assert!(!a.row(&key).is_listed(), "deleted and out of the lists");
            b.edit(&key, 3, std::slice::from_ref(&edit));
            sync(&mut a, &mut b);
            let row = a.row(&key);
            assert_eq!(row, b.row(&key), "both find the same");
            let found: Vec<&str> = row.unseen_edits.iter().map(|(field, _)| field.as_str()).collect();
            assert_eq!(found, [edit.key.as_str()], "the edit that the deletion had not seen");
            assert_eq!(
                row.origin(&row.unseen_edits[0].1).map(|o| o.actor),
                Some(second),
                "its author, and not who made the text"
            );
            assert!(row.is_listed() && row.is_deleted() && row.has_conflict(), "listed, marked");
            let mut restored = b.fork(FR);
            assert!(a.edit(&key, 4, &[FieldChange::put(DELETED, true)]), "deleting again is a decision");
            assert!(!a.row(&key).is_listed(), "it stays deleted");
            assert!(a.row(&key).unseen_edits.is_empty(), "and nothing stands against it");
            restored.edit(&key, 4, &[FieldChange::clear(DELETED)]);
            assert!(restored.row(&key).is_listed() && !restored.row(&key).is_deleted(), "it is restored");
            assert!(restored.row(&key).unseen_edits.is_empty(), "and nothing is left to decide");
            assert_admissible(&a);
        }
    }
}

#[test]
fn two_deletions_are_no_conflict() {
    let (mut a, mut b, key) = pair(&[FieldChange::put("phone", "1")]);
    a.edit(&key, 2, &[FieldChange::put(DELETED, true)]);
    b.edit(&key, 3, &[FieldChange::put("phone", "2")]);
    b.edit(&key, 4, &[FieldChange::put(DELETED, true)]);
    sync(&mut a, &mut b);
    assert!(a.row(&key).unseen_edits.is_empty(), "one of the deleters knew the edit");
    assert!(!a.row(&key).is_listed(), "the record is deleted");
}

#[test]
fn deletion_against_edit_of_a_link() {
    let mut a = Replica::new(LINKS_PART, IT);
    let key = membership();
    a.edit(&key, 1, &[FieldChange::put("role", "member")]);
    let mut b = a.fork(SI);
    a.edit(&key, 2, &[FieldChange::put(DELETED, true)]);
    b.edit(&key, 3, &[FieldChange::put("role", "coordinator")]);
    sync(&mut a, &mut b);
    assert_eq!(a.row(&key).unseen_edits.len(), 1, "the edit stands against the deletion");
    assert!(a.edit(&key, 4, &[FieldChange::put(DELETED, true)]), "deleting again is written in links too");
    assert!(a.row(&key).unseen_edits.is_empty(), "and decides");
}

#[test]
fn touched_records_are_found_from_operations() {
    let mut a = Replica::new(1, IT);
    let keys: Vec<RecordKey> = (0..3).map(|n| RecordKey::random("practice", &AUTHOR, [n; 8])).collect();
    for key in &keys {
        a.try_edit(key, true, 1, &[prose("story@it", "uno"), FieldChange::put("phone", "1")]).unwrap();
    }
    a.edit(&keys[1], 2, &[FieldChange::put("phone", "2")]);
    a.edit(&keys[2], 3, &[prose("story@it", "uno due")]);
    let found: Vec<Vec<RecordKey>> =
        a.doc.get_changes(&[]).iter().map(|change| touched(&a.doc, &a.id, &scanned(change))).collect();
    let expected: Vec<Vec<RecordKey>> = [0, 1, 2, 1, 2].map(|n: usize| vec![keys[n].clone()]).into();
    assert_eq!(found, expected, "creations, scalars and text splices name their record");

    let mut links = Replica::new(LINKS_PART, IT);
    links.edit(&membership(), 1, &[FieldChange::put("role", "member")]);
    let change = links.doc.get_changes(&[]).remove(0);
    assert_eq!(touched(&links.doc, &links.id, &scanned(&change)), [membership()], "links by the name in the root key");
}

/// Writes dropped edits into another replica.
fn issue_again(old: &Replica, own: &[ScannedChange], into: &mut Replica) {
    let own: Vec<&ScannedChange> = own.iter().collect();
    for edit in dropped_changes(&old.doc, &old.id, &own, |_| true).standing {
        into.try_edit(&edit.key, edit.create, 9, &edit.changes).expect("a dropped edit can be made again");
    }
}

fn values_of(row: &Row) -> Vec<(String, Vec<Scalar>)> {
    row.fields.keys().map(|field| (field.clone(), values(row, field))).collect()
}

#[test]
fn dropped_edits_are_made_again() {
    let (mut a, mut rebuilt, key) = (Replica::new(1, IT), Replica::new(1, FR), organisation());
    let start = [FieldChange::put("name", "Zavod"), op("targets/youth", FieldOp::Add), prose("story@it", "uno")];
    a.try_edit(&key, true, 1, &start).unwrap();
    a.edit(
        &key,
        2,
        &[FieldChange::put("name", "Brezmir"), op("targets/youth", FieldOp::Remove), FieldChange::put(DELETED, true)],
    );
    a.edit(
        &key,
        3,
        &[prose("story@it", "uno due"), op("targets/women", FieldOp::Add), FieldChange::put(DELETED, true)],
    );
    let own: Vec<ScannedChange> = a.doc.get_changes(&[]).iter().map(scanned).collect();
    issue_again(&a, &own, &mut rebuilt);
    assert_eq!(values_of(&rebuilt.row(&key)), values_of(&a.row(&key)), "the record reads as before");
    assert_admissible(&rebuilt);

    let (mut part, mut other) = (a.fork(SI), a.fork(FR));
    part.edit(&key, 4, &[FieldChange::put("name", "Lunavena")]);
    other.doc.merge(&mut part.doc).unwrap();
    other.edit(&key, 5, &[FieldChange::put("name", "Montedoro")]);
    let gone: Vec<ScannedChange> = other.doc.get_changes(&[]).iter().map(scanned).collect();
    let gone: Vec<&ScannedChange> = gone.iter().collect();
    let Dropped { standing, replaced } = dropped_changes(&other.doc, &other.id, &gone, |actor| *actor == IT);
    let mut written = standing.iter().flat_map(|edit| &edit.changes);
    assert!(written.all(|change| change.key != "name"), "what another wrote over is not made again");
    let [name] = &replaced[..] else { panic!("it is told apart: {replaced:?}") };
    assert_eq!((&name.key, &name.change.op), (&key, &FieldOp::Put("Brezmir".into())));
    assert_eq!(name.by, [SI, FR].into(), "with those who wrote over it, and over that");
}

#[test]
fn dropped_links_are_made_again() {
    let (mut a, mut rebuilt, key) = (Replica::new(LINKS_PART, IT), Replica::new(LINKS_PART, FR), membership());
    a.edit(&key, 1, &[FieldChange::put("role", "member"), op("tags/x", FieldOp::Add)]);
    a.edit(&key, 2, &[FieldChange::put("role", "observer")]);
    let own: Vec<ScannedChange> = a.doc.get_changes(&[]).iter().map(scanned).collect();
    issue_again(&a, &own, &mut rebuilt);
    assert_eq!(values_of(&rebuilt.row(&key)), values_of(&a.row(&key)), "the link reads as before");
}

#[test]
fn foreign_values_are_kept_and_shown() {
    let (mut a, _, key) = pair(&[]);
    let record = a.doc.get(ROOT, key.to_string()).unwrap().unwrap().1;
    let mut tx = a.doc.transaction();
    tx.put(&record, "weight", 1.5).unwrap();
    tx.put_object(&record, "nested", automerge::ObjType::List).unwrap();
    tx.put(&record, "count", 7_u64).unwrap();
    tx.put(ROOT, "not a record", 1).unwrap();
    tx.commit();
    let row = a.row(&key);
    assert!(matches!(row.value("weight"), Some(Scalar::Foreign(_))), "a float is of no type of ours");
    assert_eq!(row.value("nested"), Some(&Scalar::Foreign("list".into())), "nor is a list");
    assert_eq!(row.value("count"), Some(&Scalar::Int(7)), "an unsigned integer is an integer");
}

#[test]
fn the_index_knows_times_also_when_pushed_out_of_order() {
    let mut index = OriginIndex::default();
    for (start, time) in [(10, 100), (20, 200), (5, 50), (10, 100)] {
        index.push(IT, start, time);
    }
    let times: Vec<i64> = [4, 5, 9, 10, 19, 20, 99].map(|counter| index.time_ms(&IT, counter)).into();
    assert_eq!(times, [0, 50, 50, 100, 100, 200, 200], "the last change that starts at or below the counter");
    assert_eq!(index.time_ms(&SI, 1), 0, "nothing is known of another actor");
}

#[test]
fn the_row_keeps_its_bytes() {
    let (a, _, key) = pair(&[FieldChange::put("name", "Zavod"), op("targets/youth", FieldOp::Add)]);
    let row = a.row(&key);
    let back: Row = crate::codec::from_cbor(&crate::codec::to_cbor(&row)).expect("decodes");
    assert_eq!(back, row, "a stored row reads back equal");
}

#[test]
fn a_record_that_was_made_twice_shows_what_stands_in_either() {
    let key = organisation();
    let put = |field: &str, value: &str| FieldChange::put(field, value);
    let (mut one, mut other) = (Replica::new(1, IT), Replica::new(1, SI));
    assert_eq!(one.try_edit(&key, true, 1, &[put("name", "Uno"), put("phone", "1")]), Ok(true), "it is made");
    assert_eq!(other.try_edit(&key, true, 2, &[put("name", "Uno"), put("phone", "2")]), Ok(true), "and made again");
    one.edit(&key, 3, &[put("city", "Padova")]);
    other.edit(&key, 4, &[put("website", "https://uno.example")]);
    one.merge(&mut other);
    other.merge(&mut one);
    assert_eq!(one.row(&key), other.row(&key), "both replicas read the same");
    let row = one.row(&key);
    assert_eq!(
        (row.text("city"), row.text("website")),
        (Some("Padova"), Some("https://uno.example")),
        "nothing is hidden"
    );
    assert_eq!(row.fields["name"].len(), 1, "equal values are no conflict");
    assert_eq!(row.fields["phone"].len(), 2, "different ones are");
    let all = project_all(&one.doc, &one.id, &OriginIndex::from_doc(&one.doc));
    assert_eq!(all, vec![row], "the walk over all records reads the same");
    one.edit(&key, 5, &[put("phone", "2")]);
    assert_eq!(one.row(&key).fields["phone"].len(), 1, "a decision ends it");
    one.edit(&key, 6, &[FieldChange::put(DELETED, true)]);
    let row = one.row(&key);
    assert!(row.is_deleted() && row.unseen_edits.is_empty(), "a deletion has seen what stands in either");
    other.edit(&key, 7, &[put("website", "https://due.example")]);
    one.merge(&mut other);
    assert_eq!(one.row(&key).unseen_edits.len(), 1, "and not what was written beside it");
}

mod history;

#[test]
fn debug_shows_nothing_of_a_person() {
    let secret = "Ljudmila";
    let key = RecordKey { kind: crate::ids::PERSON_KIND.into(), id: [7; 16] };
    let doc = DocId { register: crate::ids::RegisterId([7; 32]), part: 1 };
    let value = Scalar::from(secret);
    let fields = [("name".to_owned(), vec![Cell { value: value.clone(), origin: 0 }])].into();
    let row = Row { key: key.clone(), doc, origins: Vec::new(), fields, unseen_edits: Vec::new() };
    let stored = StoredRow::new(&row);
    let change = FieldChange { key: "name".into(), op: FieldOp::Put(value.clone()) };
    let hash = crate::ids::ChangeHash([1; 32]);
    let dropped = DroppedEdit { key, create: false, changes: vec![change], seen: vec![hash] };
    let step = FieldStep { field: "name".into(), before: vec![value.clone()], after: value };
    let of_set = FieldStep { field: format!("skills/{secret}"), ..step.clone() };
    let actor = crate::ids::ActorId([1; 16]);
    let steps = vec![step, of_set];
    let entry = Entry { change: hash, actor, time_ms: 0, rank: (0, 0), creates: false, steps };
    let shown = format!("{row:?} {stored:?} {dropped:?} {entry:?}");
    let bytes = format!("{:?}", secret.as_bytes());
    let inner = bytes.trim_matches(['[', ']']);
    assert!(!shown.contains(secret) && !shown.contains(inner), "{shown}");
    assert!(shown.contains("StoredRow") && shown.contains("DroppedEdit"), "but which record it is: {shown}");
}
