//! What a node makes of its rows, by the node's own code: its store in memory, and its search index, which hears of
//! changes as it does in a node and of nothing else.

use crate::sim::disk::Disk;
use crate::sim::process::Batch;
use crate::sim::world::Step;
use comin_node::check;
use comin_node::i18n::Lang;
use comin_node::limits::EVENTS_KEPT;
use comin_node::runtime::{Event, EventKind};
use comin_node::search::{Query, SearchIndex};
use comin_node::store::{MemoryStore, Store, StoreError, open_memory};
use comin_node::views::RecordIndex;
use comin_protocol::engine::Write;
use comin_protocol::ids::{DocId, RecordKey};
use comin_protocol::record::Row;
use std::collections::BTreeMap;
use tokio::sync::broadcast;

/// Somebody searches whenever rows have changed so many times; in between the index hears and reads nothing.
const CHANGES_A_SEARCH: u64 = 4;

/// The rows and the search index of one process.
pub struct Views {
    store: MemoryStore,
    index: RecordIndex,
    search: SearchIndex,
    events: broadcast::Sender<Event>,
    told: u64,
}

impl Views {
    /// As a process finds them that starts on this disk.
    pub fn open(disk: &Disk) -> Step<Self> {
        let (events, heard) = broadcast::channel(EVENTS_KEPT);
        let index = RecordIndex::new(events.subscribe());
        let views = Self { store: open_memory(), index, search: SearchIndex::new(heard), events, told: 0 };
        views.commit(&[of_rows(disk.rows().map(Write::put_row))])?;
        views.search()?;
        Ok(views)
    }

    /// Takes what has been flushed.
    pub fn flushed(&self, batches: &[Batch]) -> Step {
        self.commit(&batches.iter().map(|batch| of_rows(batch.writes.iter().cloned())).collect::<Vec<_>>())
    }

    /// These rows have changed, says the engine.
    pub fn tell(&mut self, records: Vec<(DocId, RecordKey)>) -> Step {
        self.told += 1;
        // Nobody hears it where there is no index.
        let _ = self.events.send(Event { number: self.told, kind: EventKind::Records(records) });
        if self.told.is_multiple_of(CHANGES_A_SEARCH) { self.search() } else { Ok(()) }
    }

    /// Every fault that `check` finds, where the engine projects its documents so.
    pub fn faults(&self, projected: &BTreeMap<DocId, Vec<Row>>) -> Step<Vec<String>> {
        check::at_rest(&self.store, &self.search, projected).map_err(failed)
    }

    fn commit(&self, batches: &[Vec<Write>]) -> Step {
        self.store.commit(batches).map_err(failed)
    }

    fn search(&self) -> Step {
        let query = Query { text: "a".to_owned(), ..Query::default() };
        self.search.search(&self.store, &self.index, &query, Lang::En, 1).map(drop).map_err(failed)
    }
}

/// What concerns rows that are searched; persons are not.
fn of_rows(writes: impl Iterator<Item = Write>) -> Vec<Write> {
    let is_one = |write: &Write| match write {
        Write::PutRow(doc, _) | Write::ClearDoc(doc) => !doc.is_person(),
        _ => false,
    };
    writes.filter(is_one).collect()
}

fn failed(error: StoreError) -> String {
    format!("the views of a node: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::engine::TaskId;
    use comin_protocol::ids::{ActorId, PartnerId, RegisterId};
    use comin_protocol::record::{Cell, Origin};

    fn row(name: &str) -> Row {
        Row {
            key: RecordKey { kind: "organisation".into(), id: [1; 16] },
            doc: DocId { register: RegisterId::partner(&PartnerId([1; 32])), part: 1 },
            origins: vec![Origin { actor: ActorId([2; 16]), time_ms: 1 }],
            fields: [("name".to_owned(), vec![Cell { value: name.into(), origin: 0 }])].into(),
            unseen_edits: Vec::new(),
        }
    }

    fn write(views: &Views, row: &Row) {
        views.flushed(&[Batch { task: TaskId(1), writes: vec![Write::put_row(row)] }]).expect("memory takes it");
    }

    #[test]
    fn views_that_do_not_say_what_the_documents_say_are_found() {
        let (before, after) = (row("Zavod Lunavena"), row("Zavod Brezmir"));
        let says = |row: &Row| BTreeMap::from([(row.doc, vec![row.clone()])]);
        let mut views = Views::open(&Disk::default()).expect("memory opens");
        write(&views, &before);
        views.tell(vec![(before.doc, before.key.clone())]).expect("it reads");
        assert_eq!(views.faults(&says(&before)), Ok(Vec::new()), "all say the same");

        write(&views, &after);
        let faults = views.faults(&says(&after)).expect("it reads");
        assert_eq!(faults, [format!("{} reads differently in the search index", after.key)], "nobody told the index");
        views.tell(vec![(after.doc, after.key.clone())]).expect("it reads");
        assert_eq!(views.faults(&says(&after)), Ok(Vec::new()), "now it has heard of it");

        let faults = views.faults(&says(&before)).expect("it reads");
        assert_eq!(faults, [format!("{} reads differently in the view", after.key)], "a row that no document says");
    }
}
