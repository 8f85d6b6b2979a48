//! References to records that cannot be shown, and why.
//!
//! A reference names a record and not its register, so what the node can know is bounded: the id of a record tells the
//! device that made it. While something of that device's partner is known to be missing, the record may still come; where
//! nothing is, it lies where this partner does not read.

use crate::store::{Store, StoreError};
use comin_protocol::ids::{PERSON_KIND, PartnerId, RecordKey};
use comin_protocol::record::Row;
use comin_protocol::roster::Roster;
use std::collections::BTreeSet;

/// Why a record that is referred to cannot be shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absence {
    /// Nothing of it has come yet.
    NotReceived,
    /// Its maker's data is all here, and it is not among it.
    NotShared,
    /// It is deleted.
    Deleted,
    /// It was erased.
    Erased,
}

impl Absence {
    /// A stable word for programs; the message's key is `reference-` and this.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotReceived => "not-received",
            Self::NotShared => "not-shared",
            Self::Deleted => "deleted",
            Self::Erased => "erased",
        }
    }
}

/// Why the record is not here; `None`: it is. `complete`: the partners of which nothing is known to be missing here.
///
/// # Errors
/// [`StoreError`].
pub fn absence(
    store: &dyn Store,
    roster: &Roster,
    complete: &BTreeSet<PartnerId>,
    key: &RecordKey,
) -> Result<Option<Absence>, StoreError> {
    if key.kind == PERSON_KIND {
        let person = roster.persons.iter().find(|(register, _)| RecordKey::person(register) == *key);
        if person.is_some_and(|(_, person)| person.is_erased()) {
            return Ok(Some(Absence::Erased));
        }
    }
    let rows = store.rows_of(key)?;
    if rows.iter().any(Row::is_listed) {
        return Ok(None);
    }
    if !rows.is_empty() {
        return Ok(Some(Absence::Deleted));
    }
    // Ids of links derive from their ends and tell of nobody.
    let made_by = |device: &comin_protocol::ids::DeviceKey| RecordKey::prefix_of(device) == key.id[..8];
    let devices = roster.devices.iter().chain(&roster.former);
    let maker = devices.into_iter().find(|(device, _)| made_by(device)).map(|(_, device)| device.partner);
    Ok(Some(match maker {
        Some(partner) if complete.contains(&partner) => Absence::NotShared,
        _ => Absence::NotReceived,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::open_memory;
    use comin_protocol::engine::Write;
    use comin_protocol::ids::{ActorId, DeviceKey, DocId, RegisterId};
    use comin_protocol::persons::{Erasure, PersonFacts};
    use comin_protocol::record::{Cell, DELETED, Origin, Scalar};
    use comin_protocol::roster::Device;
    use comin_protocol::statement::Rights;
    use std::collections::BTreeMap;

    #[test]
    fn each_state_is_told_from_the_others() {
        let store = open_memory();
        let partner = PartnerId([1; 32]);
        let device = DeviceKey([9; 32]);
        let mut roster = Roster::default();
        let known = Device {
            key: device,
            partner,
            name: "server1".into(),
            rights: Rights::ALL,
            addresses: Vec::new(),
            addresses_number: 0,
        };
        roster.devices.insert(device, known);
        let put = |key: &RecordKey, deleted: bool| {
            let cell = |value: Scalar| vec![Cell { value, origin: 0 }];
            let row = Row {
                key: key.clone(),
                doc: DocId { register: RegisterId::partner(&partner), part: 1 },
                origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 3 }],
                fields: BTreeMap::from([
                    ("name".to_owned(), cell("A".into())),
                    (DELETED.to_owned(), cell(if deleted { Scalar::Bool(true) } else { Scalar::Bool(false) })),
                ]),
                unseen_edits: Vec::new(),
            };
            store.commit(&[vec![Write::put_row(&row)]]).expect("memory takes it");
        };
        let key = |number: u8| RecordKey::random("organisation", &device, [number; 8]);
        put(&key(1), false);
        put(&key(2), true);
        let (none, all) = (BTreeSet::new(), BTreeSet::from([partner]));
        let of =
            |complete: &BTreeSet<PartnerId>, key: &RecordKey| absence(&store, &roster, complete, key).expect("reads");
        assert_eq!(of(&none, &key(1)), None, "it is here");
        assert_eq!(of(&none, &key(2)), Some(Absence::Deleted), "it was here");
        assert_eq!(of(&none, &key(3)), Some(Absence::NotReceived), "it may still come");
        assert_eq!(of(&all, &key(3)), Some(Absence::NotShared), "all of its maker is here, and it is not");
        let stranger = RecordKey::random("organisation", &DeviceKey([8; 32]), [1; 8]);
        assert_eq!(of(&all, &stranger), Some(Absence::NotReceived), "of an unknown maker nothing is known");
        // A person that its controller has erased: whatever else is known of it, it is gone for good.
        let mut facts = PersonFacts::new(partner, [4; 16]);
        let person = RecordKey::person(&facts.register());
        let with = |roster: &mut Roster, facts: &PersonFacts| {
            roster.persons.insert(facts.register(), facts.clone());
            absence(&store, roster, &all, &person).expect("reads")
        };
        assert_ne!(with(&mut roster.clone(), &facts), Some(Absence::Erased), "not yet erased");
        facts.erasure = Some(Erasure { reason: 1, by_controller: false, asked_by: BTreeMap::new() });
        assert_ne!(with(&mut roster.clone(), &facts), Some(Absence::Erased), "nor while another one only asks for it");
        facts.erasure = Some(Erasure { reason: 1, by_controller: true, asked_by: BTreeMap::new() });
        assert_eq!(with(&mut roster.clone(), &facts), Some(Absence::Erased), "its controller has erased it");
    }
}
