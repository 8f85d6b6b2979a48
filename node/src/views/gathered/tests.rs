use super::*;
use crate::store::open_memory;
use comin_protocol::engine::Write;
use comin_protocol::ids::{DocId, RegisterId};
use comin_protocol::record::{Cell, DELETED, Origin, Scalar};
use comin_protocol::roster::Register;
use comin_protocol::schema;
use comin_protocol::statement::Writers;
use proptest::prelude::*;

const NAMES: [&str; 4] = ["Šola", "Sava", "Ponte", ""];
const GROUPS: [&str; 2] = ["youth", "women"];
const STATES: [&str; 3] = ["suggested", "confirmed", "refused"];
/// Two that all partners write, one that one partner keeps to itself.
const REGISTERS: [(u8, RegisterKind); 3] =
    [(1, RegisterKind::Shared), (2, RegisterKind::Partner), (3, RegisterKind::Internal)];

fn roster() -> Roster {
    let register = |(number, kind): (u8, RegisterKind)| Register {
        id: RegisterId([number; 32]),
        kind,
        name: String::new(),
        owner: None,
        writers: Writers::All,
        writers_number: 0,
        ever_writers: Writers::All,
    };
    let registers = REGISTERS.map(register).map(|register| (register.id, register));
    Roster { registers: registers.into(), ..Roster::default() }
}

fn key(kind: &str, number: u8) -> RecordKey {
    RecordKey { kind: kind.into(), id: [number; 16] }
}

fn row(key: RecordKey, register: u8, time_ms: i64, fields: &[(&str, &str)], is_deleted: bool) -> Row {
    let cell = |value: Scalar| vec![Cell { value, origin: 0 }];
    let texts = fields.iter().map(|(name, text)| ((*name).to_owned(), cell(Scalar::from(*text))));
    Row {
        key,
        doc: DocId { register: RegisterId([register; 32]), part: 1 },
        origins: vec![Origin { actor: ActorId([2; 16]), time_ms }],
        fields: texts.chain(is_deleted.then(|| (DELETED.to_owned(), cell(Scalar::Bool(true))))).collect(),
        unseen_edits: Vec::new(),
    }
}

fn edit() -> impl Strategy<Value = Row> {
    let organisation = (0..6_u8, 0..REGISTERS.len(), 0..NAMES.len(), 0..GROUPS.len(), 0..9_i64, 0..5_u8);
    let organisation = organisation.prop_map(|(number, register, name, group, time, fate)| {
        let (group, text) =
            (format!("target_groups/{}", GROUPS[group]), format!("description@{}", ["it", "sl"][group]));
        let fields = [("name", NAMES[name]), (group.as_str(), "1"), (text.as_str(), "Podpira."), ("phone", "1")];
        let fields = &fields[..fields.len() - usize::from(time % 2 == 0)];
        row(key("organisation", number), REGISTERS[register].0, time, fields, fate == 0)
    });
    let same = (0..6_u8, 0..6_u8, 0..STATES.len()).prop_map(|(a, b, state)| {
        let ends = [key("organisation", a), key("organisation", b)];
        let link = schema::kind(Clusters::KIND).expect("a kind").derived_key(&ends);
        let [a, b] = ends.map(|end| end.to_string());
        row(link, 1, 0, &[("a", &a), ("b", &b), ("state", STATES[state])], false)
    });
    prop_oneof![4 => organisation, 1 => same]
}

fn titles(all: &Gathered) -> Vec<Vec<RecordKey>> {
    Lang::ALL.map(|lang| all.by_title("organisation", lang.code()).map(|record| record.key.clone()).collect()).into()
}

proptest! {
    // Each edit is followed by a reading of all.
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// However records were edited, tied and parted: what is kept is what a reading of all gives.
    #[test]
    fn what_edits_leave_is_what_a_reading_of_all_gives(edits in prop::collection::vec(edit(), 1..40)) {
        let (store, roster) = (open_memory(), roster());
        let mut gathering = Gathering::read(&store, &roster).expect("memory reads");
        let mut kept = gathering.gathered();
        for row in &edits {
            // So that the orders are there and have to be kept as well.
            titles(&kept);
            store.commit(&[vec![Write::put_row(row)]]).expect("memory takes it");
            kept = match gathering.read_again(&store, &roster, [row.key.clone()]).expect("memory reads") {
                Different::Records(keys) => gathering.gathered_again(kept, &keys),
                Different::All => gathering.gathered(),
            };
            let anew = Gathering::read(&store, &roster).expect("memory reads").gathered();
            prop_assert_eq!(&kept, &anew);
            prop_assert_eq!(titles(&kept), titles(&anew));
        }
    }
}
