//! What came late, as the node tells its people of it.

use super::*;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

fn arrivals(world: &mut World, index: usize) -> Arrivals {
    match world.command(index, Command::Arrivals) {
        Ok(Reply::Arrivals(arrivals)) => arrivals,
        other => panic!("{other:?}"),
    }
}

/// When the value of a field came to a node.
fn came(world: &mut World, index: usize, row: &Row, field: &str) -> u64 {
    let held = world.nodes[index].disk.rows[&(row.doc, row.key.clone())].clone();
    let origin = *held.origin(&held.fields[field][0]).expect("an origin");
    arrivals(world, index).time_ms(&row.doc, &origin.actor, origin.time_ms) as u64
}

#[test]
fn what_was_written_offline_is_news_when_it_comes() {
    let (mut world, register) = World::new(2);
    world.connect(0, 1);
    let row = world.edit(0, new_in(register), &[("name", "Zavod")]);
    world.run();
    let begun = world.now.wall_ms;
    assert_eq!(came(&mut world, 1, &row, "name"), begun, "what is pushed at once came when it was written");

    world.disconnect(1);
    world.edit(1, at(&row), &[("phone", "1")]);
    world.tick(7 * DAY_MS);
    world.edit(0, at(&row), &[("city", "Koper")]);
    let met = world.now.wall_ms;
    world.connect(0, 1);
    world.run();
    world.assert_equal();
    assert_eq!(came(&mut world, 0, &row, "phone"), met, "an edit of last week is news of today where it arrives");
    assert_eq!(came(&mut world, 1, &row, "phone"), begun, "and of last week where it was written");
    assert_eq!(came(&mut world, 0, &row, "name"), begun, "what was known before is no news");
    world.restart(0);
    assert_eq!(came(&mut world, 0, &row, "phone"), met, "which a node knows after a restart too");
}

#[test]
fn of_many_authors_at_once_it_is_remembered_that_they_came() {
    let (mut world, shared) = World::new(1);
    let id = DocId { register: shared, part: 0 };
    let change = |n: u8| crate::scan::ScannedChange {
        hash: crate::ids::ChangeHash([n; 32]),
        actor: crate::ids::ActorId([n; 16]),
        seq: 1,
        start_op: 1,
        time_ms: i64::from(n),
        deps: Vec::new(),
        ops: Vec::new(),
        predecessors: Vec::new(),
    };
    let engine = &mut world.nodes[0].engine;
    let many: Vec<_> = (1..=limits::ARRIVALS_OF_BATCH_MAX as u8 + 1).map(change).collect();
    let before = engine.batch.len();
    engine.note_late(id, many.iter().skip(1));
    let each = engine.arrivals.time_ms(&id, &many[1].actor, many[1].time_ms);
    assert_eq!((each, engine.arrivals.time_ms(&id, &many[1].actor, 1)), (world.now.wall_ms as i64, 1), "one by one");
    let engine = &mut world.nodes[0].engine;
    assert_eq!(engine.batch.len() - before, 1, "and written once");
    engine.note_late(id, many.iter());
    let of_all = engine.arrivals.time_ms(&id, &crate::ids::ActorId([99; 16]), 1);
    assert_eq!((of_all, engine.batch.len() - before), (world.now.wall_ms as i64, 2), "or all as one");
}
