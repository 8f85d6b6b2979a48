//! A federation whose places for statements a member has filled.

use super::*;

/// The certificates of partners that somebody has made up, more than there are places for.
fn made_up() -> impl Iterator<Item = SignedStatement> {
    let most = limits::STATEMENT_PLACES[0].1 as u64 + 60;
    (0..most).map(|number| {
        let partner = PartnerSigner::from_secret(&crate::ids::tagged_hash("made up", &[&number.to_le_bytes()]));
        certificate(&partner, &DeviceSigner::from_secret(&[99; 32]), "Made up")
    })
}

#[test]
fn who_has_filled_all_places_is_removed_and_the_others_go_on() {
    let (mut world, shared) = World::new(4);
    let flood: Vec<SignedStatement> = made_up().collect();
    for index in 0..4 {
        // Each has heard most of it.
        let mut heard = flood.clone();
        heard.drain(index * 10..index * 10 + 10);
        world.nodes[index].disk.boot.statements.extend(heard);
        world.start_on(index, world.nodes[index].disk.clone());
    }
    world.connect(0, 1);
    world.edit(1, new_in(shared), &[("name", "Before")]);

    // Whoever goes on makes everybody read the roster, and is not listened to in the end.
    world.connect(0, 3);
    world.tick(10_000);
    let (hostile, now) = (world.nodes[3].signer.key(), world.now.mono_ms);
    world.nodes[0].engine.patience.spend(hostile, limits::PATIENCE_MAX - limits::PATIENCE_RESTATED + 1, now);
    let session = *world.nodes[0].links.iter().find(|(_, (peer, _))| *peer == 3).expect("they are connected").0;
    let partner = PartnerSigner::from_secret(&[98; 32]);
    let one_more = certificate(&partner, &DeviceSigner::from_secret(&[99; 32]), "Made up");
    world.handle(0, Input::Received(session, Message::Statements(vec![one_more]).to_frame()));
    world.run();
    assert!(world.nodes[0].links.values().all(|(peer, _)| *peer != 3), "its session ends");
    let partner = world.nodes[3].engine.partner;
    assert_eq!(world.command(0, Command::RemovePartner { partner }), Ok(Reply::Done), "the steward decides");
    world.run();
    world.connect(0, 2);
    for index in 0..3 {
        let engine = &world.nodes[index].engine;
        assert_eq!(engine.roster.members().count(), 3, "node {index} has heard the decision");
        assert_eq!(engine.statements.digest(), world.nodes[0].engine.statements.digest(), "all hold the same");
        let places = limits::STATEMENT_PLACES[0].1;
        assert!((places..places + 10).contains(&engine.statements.len()), "as many as there are places for");
        assert_eq!(engine.statements.len(), world.nodes[index].disk.boot.statements.len(), "on the disk as well");
    }
    world.edit(2, new_in(shared), &[("name", "After")]);
    world.run();
    assert_eq!(world.nodes[0].disk.rows.len(), 2, "what others write arrives");
}
