//! Whether the operations of a saved document lie where Automerge looks for them.

use super::bytes::Bytes;
use super::column::{Delta, Rle};
use super::document::DocumentParts;
use super::{ScanError, read_actor};

/// The columns that give an operation its place, by specification.
mod spec {
    pub(super) const OBJ_ACTOR: u64 = 0x01;
    pub(super) const OBJ_COUNTER: u64 = 0x02;
    pub(super) const KEY_TEXT: u64 = 0x15;
    pub(super) const ID_ACTOR: u64 = 0x21;
    pub(super) const ID_COUNTER: u64 = 0x23;
    pub(super) const SUCC_COUNT: u64 = 0x80;
    pub(super) const SUCC_ACTOR: u64 = 0x81;
    pub(super) const SUCC_COUNTER: u64 = 0x83;
}

/// Rows and successors of one document: Automerge has loaded it already, so that this is no claim any more.
const ROWS_MAX: u64 = u32::MAX as u64;
/// Longest map key that is read here; a document with longer ones is compared in the other way.
const KEY_BYTES_MAX: usize = 1024;

/// Counter and index of the actor: Automerge's order, since the actors are sorted.
type Id = (u64, u64);

impl DocumentParts<'_> {
    /// Whether every operation lies at a map key, sorted by object, key and id, with sorted actors and
    /// successors. False says nothing: text lies in an order of its own.
    pub(crate) fn lies_in_order(&self) -> bool {
        self.actors_sorted().unwrap_or(false) && self.rows_sorted().unwrap_or(false)
    }

    fn actors_sorted(&self) -> Result<bool, ScanError> {
        let mut bytes = Bytes::new(self.actors);
        let mut last = None;
        for _ in 0..bytes.uleb()? {
            let actor = Some(read_actor(&mut bytes)?);
            if actor <= last {
                return Ok(false);
            }
            last = actor;
        }
        Ok(true)
    }

    fn rows_sorted(&self) -> Result<bool, ScanError> {
        let mut rows = Rows::new(self)?;
        let mut last = None;
        while !rows.id_actor.is_done() {
            let Some(place) = rows.place()? else { return Ok(false) };
            if last.is_some_and(|last| place <= last) || !rows.successors_sorted()? {
                return Ok(false);
            }
            last = Some(place);
        }
        Ok(true)
    }

    fn column(&self, wanted: u64) -> Result<&[u8], ScanError> {
        let (mut table, mut data) = (Bytes::new(self.op_columns), Bytes::new(self.ops));
        for _ in 0..table.uleb()? {
            let spec = table.uleb()?;
            let column = data.take(table.bounded(data.len(), "column bytes")?)?;
            if spec == wanted {
                return Ok(column);
            }
        }
        Ok(&[])
    }
}

struct Rows<'a> {
    obj_actor: Rle<'a, u64>,
    obj_counter: Rle<'a, u64>,
    key_text: Rle<'a, &'a str>,
    id_actor: Rle<'a, u64>,
    id_counter: Delta<'a>,
    succ_count: Rle<'a, u64>,
    succ_actor: Rle<'a, u64>,
    succ_counter: Delta<'a>,
}

/// Object (`None`: the root), map key and id of an operation.
type Place<'a> = (Option<Id>, &'a str, Id);

impl<'a> Rows<'a> {
    fn new(parts: &'a DocumentParts<'_>) -> Result<Self, ScanError> {
        let numbers = |spec| Ok(Rle::new(parts.column(spec)?, ROWS_MAX, 0));
        let counters = |spec| Ok(Delta::new(parts.column(spec)?, ROWS_MAX));
        Ok(Self {
            obj_actor: numbers(spec::OBJ_ACTOR)?,
            obj_counter: numbers(spec::OBJ_COUNTER)?,
            key_text: Rle::new(parts.column(spec::KEY_TEXT)?, ROWS_MAX, KEY_BYTES_MAX),
            id_actor: numbers(spec::ID_ACTOR)?,
            id_counter: counters(spec::ID_COUNTER)?,
            succ_count: numbers(spec::SUCC_COUNT)?,
            succ_actor: numbers(spec::SUCC_ACTOR)?,
            succ_counter: counters(spec::SUCC_COUNTER)?,
        })
    }

    /// Where the next operation lies; `None` unless that is a map key.
    fn place(&mut self) -> Result<Option<Place<'a>>, ScanError> {
        let obj = match (self.obj_counter.next()?, self.obj_actor.next()?) {
            (None, None) => None,
            (Some(counter), Some(actor)) => Some((counter, actor)),
            _ => return Ok(None),
        };
        let key = self.key_text.next()?;
        let id = self.id_counter.next()?.zip(self.id_actor.next()?);
        Ok(key.zip(id).map(|(key, id)| (obj, key, id)))
    }

    fn successors_sorted(&mut self) -> Result<bool, ScanError> {
        let mut last = None;
        for _ in 0..self.succ_count.value()? {
            let id = self.succ_counter.next()?.zip(self.succ_actor.next()?);
            if id <= last {
                return Ok(false);
            }
            last = id;
        }
        Ok(true)
    }
}
