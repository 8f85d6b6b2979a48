//! Which changes may enter a document: a pure, versioned function of the change's bytes, its author and
//! what the author's chain says.
//!
//! Records are flat (DESIGN §4), so the rules are few. On the root, a part of records accepts the making of
//! a record by its creator and nothing else, and the links part accepts scalars at `kind:id/field`. Inside a
//! record there are scalars and prose at flat keys; inside prose there is text. Wrong values never make a
//! change invalid; wrong places do.

use crate::ids::{ChangeHash, DeviceKey, DocId, PERSON_KIND, RecordKey};
use crate::limits::{FIELD_KEY_BYTES_MAX, SCALAR_BYTES_MAX};
use crate::planted::{Planted, is_planted};
use crate::record::Scalar;
use crate::scan::{Action, KeyRef, ObjRef, OpId, ScannedChange, ScannedOp};

/// Why a change is not admissible, whoever signed it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Inadmissible {
    /// The sequence is not the one after the actor's last, or its last change is not among the dependencies.
    #[error("the change does not follow its author's last one")]
    BrokenChain,
    /// An operation that records do not use, or not there.
    #[error("operation not allowed: {0}")]
    Operation(&'static str),
    /// A record made under another device's prefix.
    #[error("record made under another device's prefix")]
    ForeignPrefix,
    /// A key or value beyond its bound.
    #[error("{0} exceeds its limit")]
    Limit(&'static str),
}

/// Judges a change of `author`'s actor in `doc`. `previous`: hash of the actor's change before it. That the
/// sequence is the next one of a known actor is the caller's to know.
///
/// # Errors
/// [`Inadmissible`]: the author's fault where a run covers the bytes.
pub fn admit(
    change: &ScannedChange,
    doc: &DocId,
    author: &DeviceKey,
    previous: Option<ChangeHash>,
) -> Result<(), Inadmissible> {
    admit_chain(change.seq, &change.deps, previous)?;
    admit_operations(change, doc, author)
}

/// The part of [`admit`] that asks for the operations only.
pub(crate) fn admit_operations(change: &ScannedChange, doc: &DocId, author: &DeviceKey) -> Result<(), Inadmissible> {
    let prefix = RecordKey::prefix_of(author);
    for (op, predecessors) in change.ops_with_predecessors() {
        admit_value(op)?;
        match (op.obj, doc.is_links()) {
            (ObjRef::Root, _) if is_planted(Planted::OverwriteRoot) => {}
            (ObjRef::Root, true) => admit_link_field(op, doc)?,
            (ObjRef::Root, false) => admit_new_record(op, &prefix)?,
            (ObjRef::Object(_), true) => return Err(Inadmissible::Operation("object in a links part")),
            (ObjRef::Object(_), false) => admit_inside(op)?,
        }
        admit_references(change, op, predecessors)?;
    }
    Ok(())
}

/// Judges where a change's operation counters begin: right after the highest one among its dependencies.
/// `deps_end`: one more than that, 1 where there is none. A lower start would use counters twice, which
/// destroys the document; a higher one would use them up for everyone.
///
/// # Errors
/// [`Inadmissible::Operation`]: the author's fault.
pub fn admit_counters(start_op: u64, deps_end: u64) -> Result<(), Inadmissible> {
    if start_op == deps_end { Ok(()) } else { Err(Inadmissible::Operation("counters that do not follow")) }
}

/// Every change but the first follows its actor's change before it, so that one signature covers them all.
pub(crate) fn admit_chain(seq: u64, deps: &[ChangeHash], previous: Option<ChangeHash>) -> Result<(), Inadmissible> {
    let follows = match previous {
        None => seq == 1,
        Some(hash) => seq > 1 && deps.contains(&hash),
    };
    if follows { Ok(()) } else { Err(Inadmissible::BrokenChain) }
}

fn admit_value(op: &ScannedOp) -> Result<(), Inadmissible> {
    match &op.action {
        Action::Set(Scalar::Str(text) | Scalar::Prose(text)) if text.len() > SCALAR_BYTES_MAX => {
            Err(Inadmissible::Limit("value"))
        }
        _ => Ok(()),
    }
}

fn admit_field(field: &str) -> Result<(), Inadmissible> {
    match field.len() {
        0 => Err(Inadmissible::Operation("empty field key")),
        1..=FIELD_KEY_BYTES_MAX => Ok(()),
        _ => Err(Inadmissible::Limit("field key")),
    }
}

/// On the root of a part of records: a new record, by its creator.
fn admit_new_record(op: &ScannedOp, prefix: &[u8; 8]) -> Result<(), Inadmissible> {
    let KeyRef::Map(text) = &op.key else { return Err(Inadmissible::Operation("list operation on the root")) };
    let key = RecordKey::parse(text).ok_or(Inadmissible::Operation("root key that names no record"))?;
    if key.kind == PERSON_KIND {
        return Err(Inadmissible::Operation("a person outside a document of its own"));
    }
    if op.action != Action::MakeMap || op.insert {
        return Err(Inadmissible::Operation("anything but making a record on the root"));
    }
    if op.predecessors > 0 {
        return Err(Inadmissible::Operation("overwriting a record"));
    }
    if key.id.starts_with(prefix) { Ok(()) } else { Err(Inadmissible::ForeignPrefix) }
}

/// On the root of a links part: a field of a record with a derived id. In a person's document it is that person's, and
/// no other document has any: what holds personal data is known by its id.
fn admit_link_field(op: &ScannedOp, doc: &DocId) -> Result<(), Inadmissible> {
    let KeyRef::Map(text) = &op.key else { return Err(Inadmissible::Operation("list operation on the root")) };
    let (record, field) =
        text.split_once('/').ok_or(Inadmissible::Operation("root key of a links part without a field"))?;
    let record = RecordKey::parse(record).ok_or(Inadmissible::Operation("root key that names no record"))?;
    if doc.is_person() != (record.kind == PERSON_KIND) || doc.is_person() && record != RecordKey::person(&doc.register)
    {
        return Err(Inadmissible::Operation("a person outside a document of its own, or something else in one"));
    }
    admit_field(field)?;
    match &op.action {
        Action::Set(_) if !op.insert => Ok(()),
        _ => Err(Inadmissible::Operation("anything but a scalar in a links part")),
    }
}

/// Inside a record or a prose text.
fn admit_inside(op: &ScannedOp) -> Result<(), Inadmissible> {
    match (&op.key, &op.action) {
        (KeyRef::Map(field), Action::Set(_) | Action::MakeText) if !op.insert => admit_field(field),
        (KeyRef::Map(_), _) => Err(Inadmissible::Operation("anything but a scalar or a text in a record")),
        (KeyRef::Element(_), Action::Set(Scalar::Str(_))) if op.insert && op.predecessors == 0 => Ok(()),
        (KeyRef::Element(Some(_)), Action::Set(Scalar::Str(_)) | Action::Delete)
            if !op.insert && op.predecessors > 0 =>
        {
            Ok(())
        }
        (KeyRef::Element(_), _) => Err(Inadmissible::Operation("anything but text in a prose field")),
    }
}

/// What an operation refers to within its own change must fit: Automerge panics on an object that is none,
/// and loses on saving what overwrites something elsewhere. The same for what earlier changes hold is asked
/// by [`crate::check::not_given_back`], once it has been applied.
fn admit_references(change: &ScannedChange, op: &ScannedOp, predecessors: &[OpId]) -> Result<(), Inadmissible> {
    let misfit = Err(Inadmissible::Operation("reference to something that does not fit"));
    if let ObjRef::Object(id) = op.obj
        && let Some(made) = own_op(change, id)
    {
        let fits = match op.key {
            KeyRef::Map(_) => made?.action == Action::MakeMap,
            KeyRef::Element(_) => made?.action == Action::MakeText,
        };
        if !fits {
            return misfit;
        }
    }
    if let KeyRef::Element(Some(id)) = op.key
        && let Some(element) = own_op(change, id)
    {
        let element = element?;
        if !element.insert || element.obj != op.obj {
            return misfit;
        }
    }
    for id in predecessors {
        if let Some(overwritten) = own_op(change, *id) {
            let overwritten = overwritten?;
            if overwritten.obj != op.obj || place(overwritten) != place(op) || overwritten.action == Action::Delete {
                return misfit;
            }
        }
    }
    Ok(())
}

/// The operation of this very change that `id` names; `None` where `id` is another change's. Counters of the
/// author from the first one on are this change's own.
fn own_op(change: &ScannedChange, id: OpId) -> Option<Result<&ScannedOp, Inadmissible>> {
    let index = id.counter.checked_sub(change.start_op).filter(|_| id.actor == change.actor)?;
    let op = usize::try_from(index).ok().and_then(|index| change.ops.get(index));
    Some(op.ok_or(Inadmissible::Operation("reference to a later operation")))
}

/// Where an operation's value lies: an inserted element is its own place.
fn place(op: &ScannedOp) -> Place<'_> {
    match &op.key {
        KeyRef::Map(key) => Place::Key(key),
        KeyRef::Element(_) if op.insert => Place::Element(Some(op.id)),
        KeyRef::Element(id) => Place::Element(*id),
    }
}

#[derive(PartialEq, Eq)]
enum Place<'a> {
    Key(&'a str),
    Element(Option<OpId>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ActorId, RegisterId};

    const DEVICE: DeviceKey = DeviceKey([7; 32]);
    const ACTOR: ActorId = ActorId([1; 16]);
    const OTHER: ActorId = ActorId([2; 16]);
    const START: u64 = 10;

    fn doc(part: u32) -> DocId {
        DocId { register: RegisterId([3; 32]), part }
    }

    fn id(counter: u64) -> OpId {
        OpId { counter, actor: ACTOR }
    }

    fn op(obj: ObjRef, key: KeyRef, insert: bool, action: Action, predecessors: u64) -> ScannedOp {
        ScannedOp { id: id(START), obj, key, insert, action, predecessors }
    }

    /// A first change with these operations; what they overwrite is another actor's operation 3, 4 …
    fn change(ops: Vec<ScannedOp>) -> ScannedChange {
        let numbered = |(index, op): (usize, ScannedOp)| ScannedOp { id: id(START + index as u64), ..op };
        let overwritten = ops.iter().map(|op| op.predecessors).sum();
        let ops: Vec<_> = ops.into_iter().enumerate().map(numbered).collect();
        let predecessors = (0..overwritten).map(|index| OpId { counter: 3 + index, actor: OTHER }).collect();
        let hash = ChangeHash([9; 32]);
        ScannedChange { hash, actor: ACTOR, seq: 1, start_op: START, time_ms: 0, deps: vec![], ops, predecessors }
    }

    fn judge(part: u32, ops: Vec<ScannedOp>) -> Result<(), Inadmissible> {
        admit(&change(ops), &doc(part), &DEVICE, None)
    }

    fn map(text: &str) -> KeyRef {
        KeyRef::Map(text.to_owned())
    }

    fn record() -> String {
        RecordKey::random("organisation", &DEVICE, [5; 8]).to_string()
    }

    fn inside() -> ObjRef {
        ObjRef::Object(OpId { counter: 2, actor: OTHER })
    }

    fn element() -> KeyRef {
        KeyRef::Element(Some(OpId { counter: 3, actor: OTHER }))
    }

    fn text(value: &str) -> Action {
        Action::Set(Scalar::from(value))
    }

    #[track_caller]
    fn assert_refused(part: u32, ops: Vec<ScannedOp>, why: &str) {
        assert!(matches!(judge(part, ops), Err(Inadmissible::Operation(_))), "refused: {why}");
    }

    #[test]
    fn chain_is_demanded() {
        let (last, other) = (ChangeHash([4; 32]), ChangeHash([5; 32]));
        let broken = Err(Inadmissible::BrokenChain);
        let mut change = change(vec![]);
        assert_eq!(admit(&change, &doc(1), &DEVICE, None), Ok(()), "a first change follows nothing");
        assert_eq!(admit(&change, &doc(1), &DEVICE, Some(last)), broken, "a second first change is none");
        change.seq = 2;
        change.deps = vec![last, other];
        assert_eq!(admit(&change, &doc(1), &DEVICE, Some(last)), Ok(()), "the last change is among the deps");
        assert_eq!(admit(&change, &doc(1), &DEVICE, None), broken, "sequence 2 without a last change is refused");
        change.deps = vec![other];
        assert_eq!(admit(&change, &doc(1), &DEVICE, Some(last)), broken, "the last change must be a dependency");
    }

    #[test]
    fn counters_follow_the_dependencies() {
        assert_eq!(admit_counters(1, 1), Ok(()), "the first operation of a document");
        assert_eq!(admit_counters(8, 8), Ok(()), "the one after the dependencies");
        assert!(admit_counters(7, 8).is_err(), "a counter used before");
        assert!(admit_counters(9, 8).is_err(), "a counter left out");
    }

    #[test]
    fn empty_changes_are_admissible() {
        assert_eq!(judge(1, vec![]), Ok(()), "adoption writes an empty change");
        assert_eq!(judge(0, vec![]), Ok(()), "in a links part too");
    }

    #[test]
    fn root_of_a_record_part_takes_new_records_only() {
        let make = |key: &str| op(ObjRef::Root, map(key), false, Action::MakeMap, 0);
        assert_eq!(judge(1, vec![make(&record())]), Ok(()), "the creator makes a record under its prefix");

        let foreign = RecordKey::random("organisation", &DeviceKey([8; 32]), [5; 8]).to_string();
        assert_eq!(judge(1, vec![make(&foreign)]), Err(Inadmissible::ForeignPrefix), "another's prefix is refused");
        assert_refused(1, vec![make("organisation")], "a key that is no record");
        assert_refused(1, vec![op(ObjRef::Root, map(&record()), false, Action::MakeMap, 1)], "overwriting a record");
        assert_refused(1, vec![op(ObjRef::Root, map(&record()), false, Action::Delete, 1)], "deleting a record");
        assert_refused(1, vec![op(ObjRef::Root, map(&record()), false, text("x"), 0)], "a scalar on the root");
        assert_refused(1, vec![op(ObjRef::Root, map(&record()), false, Action::MakeText, 0)], "a text on the root");
        assert_refused(1, vec![op(ObjRef::Root, map(&record()), false, Action::Other(2), 0)], "a list on the root");
        assert_refused(1, vec![op(ObjRef::Root, map(&record()), true, Action::MakeMap, 0)], "an insert at a key");
        assert_refused(1, vec![op(ObjRef::Root, element(), false, Action::MakeMap, 0)], "an element of the root");
    }

    #[test]
    fn links_part_takes_scalars_of_links_only() {
        let at = |key: &str, action| op(ObjRef::Root, map(key), false, action, 0);
        let key = format!("{}/role", record());
        assert_eq!(judge(0, vec![at(&key, text("member"))]), Ok(()), "a field of a link");
        assert_eq!(judge(0, vec![at(&key, Action::Set(Scalar::Null))]), Ok(()), "a cleared field");
        let over = op(ObjRef::Root, map(&key), false, text("lead"), 2);
        assert_eq!(judge(0, vec![over]), Ok(()), "a field written again");

        assert_refused(0, vec![at(&record(), text("x"))], "a key without a field");
        assert_refused(0, vec![at("role/x", text("x"))], "a key that names no record");
        assert_refused(0, vec![at(&format!("{}/", record()), text("x"))], "an empty field");
        assert_refused(0, vec![at(&record(), Action::MakeMap)], "a record map");
        assert_refused(0, vec![at(&key, Action::MakeText)], "a text");
        assert_refused(0, vec![at(&key, Action::Other(1))], "a counter");
        assert_refused(0, vec![op(ObjRef::Root, map(&key), false, Action::Delete, 1)], "a deletion");
        assert_refused(0, vec![op(ObjRef::Root, map(&key), true, text("x"), 0)], "an insert at a key");
        assert_refused(0, vec![op(inside(), map("role"), false, text("x"), 0)], "an object");
        let long = format!("{}/{}", record(), "f".repeat(FIELD_KEY_BYTES_MAX + 1));
        assert_eq!(judge(0, vec![at(&long, text("x"))]), Err(Inadmissible::Limit("field key")), "a long field key");
    }

    #[test]
    fn records_take_scalars_and_texts() {
        let at = |action, predecessors| op(inside(), map("phone"), false, action, predecessors);
        let foreign = Action::Set(Scalar::Foreign("1.5".to_owned()));
        for action in [text("+39"), Action::Set(Scalar::Int(3)), Action::Set(Scalar::Bool(true)), foreign] {
            assert_eq!(judge(1, vec![at(action, 0)]), Ok(()), "any plain scalar is a value, right or wrong");
        }
        assert_eq!(judge(1, vec![at(Action::Set(Scalar::Null), 1)]), Ok(()), "a field is cleared by null");
        assert_eq!(judge(1, vec![at(Action::MakeText, 0)]), Ok(()), "a prose field is made");

        assert_refused(1, vec![at(Action::Delete, 1)], "deleting a field");
        assert_refused(1, vec![at(Action::MakeMap, 0)], "a nested map");
        for (code, what) in [(1, "counter"), (2, "list"), (5, "increment"), (6, "table"), (7, "mark"), (99, "unknown")]
        {
            assert_refused(1, vec![at(Action::Other(code), 0)], what);
        }
        assert_refused(1, vec![op(inside(), map("phone"), true, text("x"), 0)], "an insert at a key");
        assert_refused(1, vec![op(inside(), map(""), false, text("x"), 0)], "an empty field key");
    }

    #[test]
    fn prose_takes_text() {
        let at = |key, insert, action, predecessors| op(inside(), key, insert, action, predecessors);
        assert_eq!(judge(1, vec![at(KeyRef::Element(None), true, text("a"), 0)]), Ok(()), "insert at the head");
        assert_eq!(judge(1, vec![at(element(), true, text("a"), 0)]), Ok(()), "insert after an element");
        assert_eq!(judge(1, vec![at(element(), false, text("a"), 1)]), Ok(()), "replace an element");
        assert_eq!(judge(1, vec![at(element(), false, Action::Delete, 1)]), Ok(()), "delete an element");

        assert_refused(1, vec![at(element(), false, Action::Delete, 0)], "a deletion of nothing is lost on saving");
        assert_refused(1, vec![at(KeyRef::Element(None), false, Action::Delete, 1)], "the head is no element");
        assert_refused(1, vec![at(element(), true, Action::Delete, 1)], "a deletion that inserts");
        assert_refused(1, vec![at(element(), true, Action::Set(Scalar::Int(1)), 0)], "a number in a text");
        assert_refused(1, vec![at(element(), true, text("a"), 1)], "an insert that overwrites");
        assert_refused(1, vec![at(element(), false, text("a"), 0)], "a replacement of nothing");
        assert_refused(1, vec![at(element(), true, Action::MakeMap, 0)], "a map in a text");
        assert_refused(1, vec![at(element(), true, Action::Other(7), 0)], "a mark");
    }

    #[test]
    fn keys_and_values_are_bounded() {
        let at = |key: &str, value: &str| op(inside(), map(key), false, text(value), 0);
        let (key, value) = ("k".repeat(FIELD_KEY_BYTES_MAX), "v".repeat(SCALAR_BYTES_MAX));
        assert_eq!(judge(1, vec![at(&key, &value)]), Ok(()), "the longest key and value");
        let longer = judge(1, vec![at(&(key + "k"), "v")]);
        assert_eq!(longer, Err(Inadmissible::Limit("field key")), "one byte more of key");
        let longer = judge(1, vec![at("k", &(value + "v"))]);
        assert_eq!(longer, Err(Inadmissible::Limit("value")), "one byte more of value");
    }

    #[test]
    fn references_within_the_change_must_fit() {
        let make = op(ObjRef::Root, map(&record()), false, Action::MakeMap, 0);
        let made = ObjRef::Object(id(START));
        let prose = op(made, map("description"), false, Action::MakeText, 0);
        let insert = op(ObjRef::Object(id(START + 1)), KeyRef::Element(None), true, text("a"), 0);
        let after = |element| op(ObjRef::Object(id(START + 1)), KeyRef::Element(Some(element)), true, text("b"), 0);
        let good = vec![make.clone(), prose.clone(), insert.clone(), after(id(START + 2))];
        assert_eq!(judge(1, good), Ok(()), "a record with prose in one change");

        let into_map = op(made, KeyRef::Element(None), true, text("a"), 0);
        assert_refused(1, vec![make.clone(), into_map], "an element of a map");
        let into_text = op(ObjRef::Object(id(START + 1)), map("x"), false, text("a"), 0);
        assert_refused(1, vec![make.clone(), prose.clone(), into_text], "a key of a text");
        assert_refused(1, vec![make.clone(), prose.clone(), after(id(START))], "an element that is none");
        let beyond = op(ObjRef::Object(id(START + 9)), map("x"), false, text("a"), 0);
        assert_refused(1, vec![make.clone(), beyond], "an object that is still to come");

        let first = op(made, map("phone"), false, text("1"), 0);
        let mut overwrite = change(vec![make, first, op(made, map("phone"), false, text("2"), 1)]);
        overwrite.predecessors = vec![id(START + 1)];
        assert_eq!(admit(&overwrite, &doc(1), &DEVICE, None), Ok(()), "a field written twice in one change");
        overwrite.ops[2].key = map("fax");
        let refused = admit(&overwrite, &doc(1), &DEVICE, None);
        assert!(matches!(refused, Err(Inadmissible::Operation(_))), "overwriting what lies at another key");
    }
}
