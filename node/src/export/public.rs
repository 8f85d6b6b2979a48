//! What is for the public: the values of records that everybody may know, and nothing about who wrote them.

use crate::import::mailbox::{is_personal, personal_in, without_personal};
use crate::store::{Store, StoreError};
use crate::views::Group;
use comin_protocol::ids::RecordKey;
use comin_protocol::record::{Row, Scalar};
use comin_protocol::roster::{RegisterKind, Roster};
use comin_protocol::schema::{self, Field, FieldType, Kind};

/// Whether all that is known of the row says that it is for the public: nobody has concurrently made it less
/// visible or deleted it, it is no draft of an internal register, and this version knows its kind.
fn is_public(roster: &Roster, row: &Row) -> bool {
    let visibility = row.fields.get("visibility").map_or(&[][..], Vec::as_slice);
    let open = !visibility.is_empty() && visibility.iter().all(|cell| cell.value == Scalar::from("public"));
    let register = roster.registers.get(&row.doc.register);
    let internal = register.is_none_or(|register| register.kind == RegisterKind::Internal);
    let known = schema::KINDS.iter().any(|kind| kind.name == row.key.kind);
    open && known && !internal && !row.is_deleted()
}

/// What the public may read of the rows of a record; empty where that is nothing.
///
/// # Shape
/// Fields that this version does not know are left out, for nobody here can tell what they hold; so are the values
/// that lost a conflict, and e-mail addresses that look like a person's, also within a longer text. References are kept
/// where what they point at is public too. A link whose ends are not both public is left out.
///
/// # Errors
/// [`StoreError`].
pub fn cut(store: &dyn Store, roster: &Roster, rows: Vec<Row>) -> Result<Vec<Row>, StoreError> {
    let mut out = Vec::new();
    for mut row in rows.into_iter().filter(|row| is_public(roster, row)) {
        let Some(kind) = schema::kind(&row.key.kind) else { continue };
        let title = schema::title(&row, row.text("original_language").unwrap_or_default());
        let names = [title.as_str()];
        let mut kept = std::collections::BTreeMap::new();
        for (key, cells) in std::mem::take(&mut row.fields) {
            let Some(field) = field_of(kind, &key) else { continue };
            let Some(mut cell) = cells.into_iter().next() else { continue };
            let hidden = match field.field_type {
                FieldType::Email => cell.value.as_str().is_some_and(|address| is_personal(address, &names, &[])),
                // What somebody would like another record to say is between the two.
                FieldType::Changes => true,
                _ => match reference(field, &key, &cell.value) {
                    Some(target) => !any_public(store, roster, &target)?,
                    None => false,
                },
            };
            if let Some(left) = cell.value.as_str().and_then(|text| without_personal(text, &names, &[])) {
                cell.value = match cell.value {
                    Scalar::Prose(_) => Scalar::Prose(left),
                    _ => Scalar::from(left),
                };
            }
            // The members of a set stand in their keys.
            let hidden = hidden || !personal_in(&key, &names, &[]).is_empty();
            if !hidden {
                kept.insert(key, vec![cell]);
            }
        }
        let complete = kind.ends.iter().all(|end| kept.contains_key(*end));
        row.fields = kept;
        row.unseen_edits.clear();
        if complete {
            out.push(row);
        }
    }
    Ok(out)
}

/// The name of each register as everybody knows it.
pub fn name_registers(roster: &Roster, group: &mut Group) {
    for version in &mut group.versions {
        let register = roster.registers.get(&version.row.doc.register);
        version.register_name = register.map(|register| register.name.clone()).unwrap_or_default();
    }
}

fn field_of(kind: &Kind, key: &str) -> Option<&'static Field> {
    kind.field(schema::base_of(key))
}

/// The record that a value points at.
fn reference(field: &Field, key: &str, value: &Scalar) -> Option<RecordKey> {
    match field.field_type {
        FieldType::Reference(_) => RecordKey::parse(value.as_str()?),
        FieldType::References(_) => RecordKey::parse(key.split_once('/')?.1),
        _ => None,
    }
}

fn any_public(store: &dyn Store, roster: &Roster, key: &RecordKey) -> Result<bool, StoreError> {
    Ok(store.rows_of(key)?.iter().any(|row| is_public(roster, row)))
}
