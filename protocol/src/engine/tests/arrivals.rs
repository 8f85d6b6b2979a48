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
