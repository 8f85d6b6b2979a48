//! Members that state without end: who keeps a place, in whatever order one hears of it all.

use super::*;

/// Fewer places than a federation really has.
const PLACES: [(usize, usize); 2] = [(1024, 60), (limits::STATEMENT_BYTES_MAX, 4)];

fn scope(who: &Who, nonce: u8) -> VerifiedStatement {
    let readers = Writers::All;
    who.sign(&Statement::PersonScope { controller: who.id(), nonce: [nonce; 16], number: 1, readers })
}

/// Slovenia, Italy and France are stewards, with a few statements each; Mallory is a member and floods: with certificates of
/// partners and machines that it invents, with writers of its own register, with scopes of others' persons, and signs what
/// honest partners have said.
struct Flood {
    w: World,
    honest: Vec<VerifiedStatement>,
    all: Vec<VerifiedStatement>,
}

fn flood() -> Flood {
    let w = world();
    let three = w.three();
    let mut honest = w.basics();
    honest.extend([
        three.clone(),
        w.italy.listen(1, "/ip4/192.0.2.1/tcp/8471"),
        w.france.writers(RegisterId::partner(&w.france.id()), 1, &[&w.italy]),
    ]);
    honest.push(signed_by(&[&w.slovenia, &w.italy], &admission(&w, &w.mallory, three.id)));
    honest.extend((0..6).map(|nonce| scope(&w.italy, nonce)));
    honest.extend((0..3).map(|nonce| scope(&w.france, nonce)));
    let mut all = honest.clone();
    all.push(w.mallory.certificate.clone());
    for number in 0..40 {
        let invented = Who::new(10 + number, "Invented", "IT");
        let device = DeviceSigner::from_secret(&[200 + number % 50; 32]);
        let own =
            SignedStatement::certificate(&w.mallory.partner, &device, Rights::ALL, "M", "IT", &number.to_string());
        let stolen = scope(&w.italy, number % 6).signed.sign_device(&w.mallory.device);
        all.extend([
            invented.certificate.clone(),
            verified(own),
            w.mallory.writers(RegisterId::partner(&w.mallory.id()), u64::from(number), &[&w.italy]),
            w.mallory.sign(&Statement::PersonScope {
                controller: w.italy.id(),
                nonce: [100 + number; 16],
                number: 1,
                readers: Writers::All,
            }),
            verified(stolen),
            invented.listen(1, "/ip4/192.0.2.9/tcp/8471"),
            w.mallory.sign(&admission(&w, &invented, three.id)),
        ]);
    }
    // Machines that its machines certify, deeper and deeper, each with something to say.
    let mut by = w.mallory.device.clone();
    for number in 0..30 {
        let device = invented(1_000 + number);
        all.push(further(&w.mallory, &by, &device));
        let says = Statement::Addresses { device: device.key(), number: 1, addresses: Vec::new() };
        all.push(verified(SignedStatement::unsigned(&says).sign_device(&device)));
        if number % 3 > 0 {
            by = device;
        }
    }
    all.extend(restated(&w));
    let mut seen = BTreeSet::new();
    all.retain(|statement| seen.insert((statement.id, statement.signers.clone())));
    Flood { w, honest, all }
}

/// What Mallory's machines say again, take back and pad: words with rising and falling numbers, short and long; revocations
/// by the key and by a machine; erasures; certificates with fields that this version ignores, also longer than others are.
fn restated(w: &World) -> Vec<VerifiedStatement> {
    let mut all = Vec::new();
    let own = |device: &DeviceSigner, number, address: String, count| {
        let says = Statement::Addresses { device: device.key(), number, addresses: vec![address; count] };
        verified(SignedStatement::unsigned(&says).sign_device(device))
    };
    for number in 0..8u64 {
        let device = invented(1_000 + number as u32 * 3);
        for (turn, counted) in [number, 7 - number, 3].into_iter().enumerate() {
            all.push(own(&device, counted, format!("/ip4/192.0.2.{turn}/tcp/1"), 1));
        }
        all.push(own(&device, number % 3, format!("/dns4/{}.example/tcp/1", "m".repeat(200)), 6));
        all.push(w.mallory.listen(number % 5, &format!("/ip4/192.0.2.{number}/tcp/2")));
        all.push(own(&w.mallory.device, number % 4, format!("/dns4/{}.example/tcp/2", "n".repeat(200)), 5));
    }
    for number in 0..6 {
        let revocation = Statement::Revocation {
            partner: w.mallory.id(),
            partner_key: w.mallory.partner.key(),
            device: if number < 3 {
                invented(1_000 + number)
            } else {
                DeviceSigner::from_secret(&[200 + number as u8; 32])
            }
            .key(),
            stays: BTreeMap::new(),
            signed: BTreeSet::new(),
        };
        let unsigned = SignedStatement::unsigned(&revocation);
        let by_key = number % 2 == 0;
        all.push(verified(if by_key {
            unsigned.sign_partner(&w.mallory.partner)
        } else {
            unsigned.sign_device(&w.mallory.device)
        }));
    }
    for number in 0..10 {
        let erasure = Statement::Erasure { controller: w.italy.id(), nonce: [number % 6; 16], reason: 1 + number % 3 };
        all.push(w.mallory.sign(&erasure));
        let own = Statement::Erasure { controller: w.mallory.id(), nonce: [number % 2; 16], reason: 1 + number % 3 };
        all.push(w.mallory.sign(&own));
        let counted = Statement::PersonScope {
            controller: w.mallory.id(),
            nonce: [number % 2; 16],
            number: u64::from(number),
            readers: Writers::All,
        };
        all.push(w.mallory.sign(&counted));
    }
    all.extend((0..8).map(|number| padded(w, &invented(2_000 + number), if number % 2 == 0 { 40 } else { 1_100 })));
    for number in 0..8 {
        all.push(own(&invented(2_000 + number), 1, "/ip4/192.0.2.7/tcp/1".into(), 1));
    }
    all
}

/// A certificate by Mallory's key with a field more, of so many bytes.
fn padded(w: &World, device: &DeviceSigner, bytes: u16) -> VerifiedStatement {
    let mut body = SignedStatement::certificate(&w.mallory.partner, device, Rights::ALL, "M", "IT", "padded").body;
    // [0, [partner, …, device name, field]]
    assert_eq!(body[2], 0x87, "an array of seven: {:x?}", &body[..4]);
    body[2] = 0x88;
    body.push(0x59);
    body.extend(bytes.to_be_bytes());
    body.extend(std::iter::repeat_n(7, usize::from(bytes)));
    verified(SignedStatement { body, signatures: Vec::new() }.sign_partner(&w.mallory.partner).sign_device(device))
}

fn admission(w: &World, who: &Who, position: StatementId) -> Statement {
    Statement::Admission {
        federation: FederationId(w.founding.id.0),
        position,
        partner: who.id(),
        partner_key: who.partner.key(),
        name: "Newcomer".into(),
        country: "IT".into(),
    }
}

static FLOOD: LazyLock<Flood> = LazyLock::new(flood);

/// Takes statements in, letting go of what has no place after each few.
fn take(own: &PartnerId, set: &mut StatementSet, statements: &[VerifiedStatement], few: usize) {
    for batch in statements.chunks(few) {
        for statement in batch {
            set.insert(statement.clone());
        }
        for id in Roster::crowded_out(own, None, set.iter(), &PLACES) {
            set.remove(&id);
        }
    }
}

#[test]
fn whoever_states_without_end_takes_places_from_nobody_else() {
    let Flood { w, honest, all } = &*FLOOD;
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, all, all.len());
    assert!(all.len() > 200 && set.len() < honest.len() + 60, "the flood is bounded: {} stay", set.len());
    for statement in honest {
        assert!(set.contains(&statement.id), "what others say stays: {:?}", statement.statement);
    }
    let flooded = Roster::build(&w.france.id(), set.iter());
    assert_eq!(flooded.members().count(), 4, "nobody who was invented is in it");

    // The way out: what is decided now is taken, and the next partner's certificate has a place.
    let next = Who::new(99, "Next", "IT");
    let three = flooded.federation.expect("they are in one").position;
    let wanted = w.slovenia.keep(1, &[&admission(w, &next, three)], &[]);
    take(&w.france.id(), &mut set, &[wanted, next.certificate.clone()], 1);
    assert!(set.contains(&next.certificate.id), "whoever is proposed has a place");
    let removal = Statement::Removal {
        federation: FederationId(w.founding.id.0),
        position: three,
        partner: w.mallory.id(),
        stays: BTreeMap::new(),
    };
    take(&w.france.id(), &mut set, &[signed_by(&[&w.slovenia, &w.france], &removal)], 1);
    let after = Roster::build(&w.france.id(), set.iter());
    assert_eq!(after.members().count(), 3, "who floods is removed");
}

#[test]
fn a_key_that_is_not_the_partners_takes_none_of_its_places() {
    let Flood { w, all, .. } = &*FLOOD;
    let mut all = all.clone();
    // Names Italy as its partner, and is signed by a key of nobody.
    for number in 0..40 {
        let device = DeviceSigner::from_secret(&tagged_hash("test", &[&[number]]));
        all.push(verified(
            SignedStatement::unsigned(&Statement::Revocation {
                partner: w.italy.id(),
                partner_key: w.italy.partner.key(),
                device: w.italy.device.key(),
                stays: BTreeMap::new(),
                signed: BTreeSet::from([StatementId([number; 32])]),
            })
            .sign_device(&device),
        ));
    }
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, &all, 50);
    assert!((0..6).all(|nonce| set.contains(&scope(&w.italy, nonce).id)), "Italy's own stay");
}

fn invented(number: u32) -> DeviceSigner {
    DeviceSigner::from_secret(&tagged_hash("invented", &[&number.to_le_bytes()]))
}

#[test]
fn what_a_federation_rests_on_stays_also_where_its_founder_floods() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut all = honest.clone();
    for number in 0..600 {
        let device = invented(number);
        let certificate =
            SignedStatement::certificate(&w.slovenia.partner, &device, Rights::EDIT, "S", "SI", "made up");
        all.push(verified(certificate));
    }
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, &all, all.len());
    assert!(set.len() < honest.len() + 60, "the flood is bounded: {} stay", set.len());
    let roster = Roster::build(&w.france.id(), set.iter());
    assert_eq!(roster.stewards(), (3, 2), "the federation stands");
    assert!(set.contains(&w.slovenia.certificate.id), "with the machine that has founded it");
}

#[test]
fn whoever_has_stolen_a_machine_takes_no_places_from_the_key_and_the_other_machines() {
    let Flood { w, honest, .. } = &*FLOOD;
    let stolen = DeviceSigner::from_secret(&[61; 32]);
    let of_key = SignedStatement::certificate(&w.italy.partner, &stolen, Rights::ALL, "Ponte", "IT", "laptop");
    let mut all = honest.clone();
    all.push(verified(of_key));
    for number in 0..100 {
        let device = invented(number);
        all.push(further(&w.italy, &stolen, &device));
        let addresses = vec!["/ip4/192.0.2.9/tcp/8471".to_owned()];
        let says = Statement::Addresses { device: device.key(), number: 1, addresses };
        all.push(verified(SignedStatement::unsigned(&says).sign_device(&device)));
    }
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, &all, all.len());
    assert!(set.len() < honest.len() + 60, "the flood is bounded: {} stay", set.len());
    for statement in honest {
        assert!(set.contains(&statement.id), "what the others say stays: {:?}", statement.statement);
    }
    let revocation = Statement::Revocation {
        partner: w.italy.id(),
        partner_key: w.italy.partner.key(),
        device: stolen.key(),
        stays: BTreeMap::new(),
        signed: BTreeSet::new(),
    };
    let revocation = verified(SignedStatement::unsigned(&revocation).sign_partner(&w.italy.partner));
    take(&w.france.id(), &mut set, std::slice::from_ref(&revocation), 1);
    assert!(set.contains(&revocation.id), "the kit's word has a place");
    assert!(!Roster::build(&w.france.id(), set.iter()).is_member(&stolen.key()), "and ends it");
}

#[test]
fn a_proof_that_only_some_may_read_takes_no_place_from_what_all_read() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut all = honest.clone();
    all.extend((0..200).map(|nonce| scope(&w.italy, nonce)));
    let places = PLACES[0].1;
    let mut set = StatementSet::new();
    take(&w.italy.id(), &mut set, &all, all.len());
    let of_all: BTreeSet<StatementId> = set.iter().map(|held| held.id).collect();
    let hidden = DocId { register: RegisterId::internal(&w.italy.id()), part: 1 };
    for nonce in 0..=places {
        let proof = divergence_in(&w.italy, hidden, [nonce as u8; 16], 3);
        take(&w.italy.id(), &mut set, &[proof], 1);
    }
    assert!(of_all.iter().all(|id| set.contains(id)), "what a member without them holds");
    assert_eq!(set.len(), of_all.len() + places, "there are places for them as well");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_has_lost_its_place_is_missed_by_nobody_who_hears_more(
        chosen in prop::collection::vec(0u8..4, FLOOD.all.len()),
        order in Just((0..FLOOD.all.len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let Flood { w, honest, all } = &*FLOOD;
        // Whom one knows by then, and what they have taken back, is heard first; of the rest a piece, another one, or both.
        let is_ground = |held: &VerifiedStatement| {
            let said = held.statement.as_ref();
            let is_of_it = |said: &Statement| matches!(said, Statement::Revocation { .. } | Statement::Admission { .. });
            said.is_some_and(|said| said.certifies().is_some() || is_of_it(said))
        };
        let (chosen, order) = (&chosen, &order);
        let of = |bit: u8| {
            let chosen = order.iter().filter(move |at| chosen[**at] & bit != 0 || bit == 1 && is_ground(&all[**at]));
            chosen.map(|at| all[*at].clone()).collect::<Vec<_>>()
        };
        let a: Vec<_> = honest.iter().cloned().chain(of(1)).collect();
        let b = of(2);
        let (mut one, mut two) = (StatementSet::new(), StatementSet::new());
        take(&w.france.id(), &mut one, &a, a.len());
        take(&w.france.id(), &mut one, &b, b.len().max(1));
        let both: Vec<_> = a.iter().chain(&b).cloned().collect();
        take(&w.france.id(), &mut two, &both, both.len());
        let of = |set: &StatementSet| set.iter().map(|held| held.id).collect::<BTreeSet<_>>();
        let (one, two) = (of(&one), of(&two));
        let apart: Vec<_> = one.symmetric_difference(&two).filter_map(|id| all.iter().find(|held| held.id == *id)).collect();
        prop_assert!(apart.is_empty(), "{} statements, the first {:?}", apart.len(), apart.first().map(|held| &held.statement));
    }

    #[test]
    fn nodes_end_with_the_same_statements_in_whatever_order_they_hear_of_a_flood(
        order in Just((0..FLOOD.all.len()).collect::<Vec<_>>()).prop_shuffle(),
        few in 9usize..90,
        cuts in prop::array::uniform2(0usize..360),
    ) {
        let Flood { w, honest, all } = &*FLOOD;
        let shuffled: Vec<VerifiedStatement> = order.iter().map(|index| all[*index].clone()).collect();
        let owners = [&w.france, &w.italy, &w.slovenia].map(Who::id);
        let mut sets = [StatementSet::new(), StatementSet::new(), StatementSet::new()];
        // Who is in the federation is known before the flood; of that each hears a piece, the second one all.
        let pieces = [&shuffled[..cuts[0].min(all.len())], &shuffled, &shuffled[cuts[1].min(all.len())..]];
        for ((own, set), piece) in owners.iter().zip(&mut sets).zip(pieces) {
            take(own, set, honest, honest.len());
            take(own, set, piece, few);
        }
        // Each tells the next what it lacks, until nobody lacks anything.
        let mut told = 0;
        while sets[0].tags() != sets[1].tags() || sets[1].tags() != sets[2].tags() {
            let (from, to) = (told % 3, (told + 1 + told / 3 % 2) % 3);
            let lacking: Vec<_> = sets[from].missing_from_tags(&sets[to].tags()).into_iter().cloned().collect();
            take(&owners[to], &mut sets[to], &lacking, few);
            told += 1;
            prop_assert!(told < 30, "they do not come to an end");
        }
        for statement in honest {
            prop_assert!(sets[0].contains(&statement.id), "what others say stays");
        }
    }
}

#[test]
fn erasures_that_nobody_concerned_has_signed_take_no_room() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut all = honest.clone();
    let erasure = |reason| Statement::Erasure { controller: w.italy.id(), nonce: [0; 16], reason };
    all.push(w.italy.sign(&erasure(1)));
    // By a key of nobody; a body can be told apart by a field that this version ignores as well.
    let stranger = DeviceSigner::from_secret(&[88; 32]);
    for reason in 0..=255 {
        if let Ok(good) = SignedStatement::unsigned(&erasure(reason)).sign_device(&stranger).verify() {
            all.push(good);
        }
    }
    for number in 0..200u8 {
        let mut body = SignedStatement::unsigned(&erasure(1)).body;
        // [16, [controller, nonce, reason, number]]
        assert_eq!(body[2], 0x83, "an array of three: {:x?}", &body[..4]);
        body[2] = 0x84;
        body.extend(if number < 24 { vec![number] } else { vec![0x18, number] });
        all.push(SignedStatement { body, signatures: Vec::new() }.sign_device(&stranger).verify().expect("taken"));
    }
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, &all, all.len());
    assert!(set.len() < honest.len() + 60, "the flood is bounded: {} of {} stay", set.len(), all.len());
}

#[test]
fn a_thief_that_revokes_the_honest_machine_takes_none_of_its_places() {
    let Flood { w, honest, .. } = &*FLOOD;
    let stolen = DeviceSigner::from_secret(&[61; 32]);
    let of_key = SignedStatement::certificate(&w.italy.partner, &stolen, Rights::ALL, "Ponte", "IT", "laptop");
    let mut all = honest.clone();
    all.push(verified(of_key));
    let revocation = Statement::Revocation {
        partner: w.italy.id(),
        partner_key: w.italy.partner.key(),
        device: w.italy.device.key(),
        stays: BTreeMap::new(),
        signed: BTreeSet::new(),
    };
    all.push(verified(SignedStatement::unsigned(&revocation).sign_device(&stolen)));
    for nonce in 0..200 {
        let says =
            Statement::PersonScope { controller: w.italy.id(), nonce: [50; 16], number: nonce, readers: Writers::All };
        all.push(verified(SignedStatement::unsigned(&says).sign_device(&stolen)));
    }
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, &all, all.len());
    for statement in honest {
        assert!(set.contains(&statement.id), "what the others say stays: {:?}", statement.statement);
    }
}

#[test]
fn whoever_a_member_proposes_takes_no_place_from_whom_the_stewards_propose() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut all = honest.clone();
    let three = w.three().id;
    all.push(w.mallory.certificate.clone());
    let next = Who::new(99, "Next", "IT");
    all.push(w.slovenia.keep(1, &[&admission(w, &next, three)], &[]));
    all.push(next.certificate.clone());
    let made_up = Who::new(98, "Made up", "IT");
    all.push(w.mallory.keep(1, &[&admission(w, &made_up, three)], &[]));
    for number in 0..400 {
        let device = invented(number);
        let of = SignedStatement::certificate(&made_up.partner, &device, Rights::ALL, "M", "IT", "x");
        all.push(verified(of));
        let says = Statement::Addresses { device: device.key(), number: 1, addresses: Vec::new() };
        all.push(verified(SignedStatement::unsigned(&says).sign_device(&device)));
    }
    let mut set = StatementSet::new();
    take(&w.france.id(), &mut set, &all, all.len());
    assert!(set.contains(&next.certificate.id), "the newcomer's certificate stays");
}

/// keep(keep(A) + B) = keep(A + B), for what a device says anew.
#[test]
fn an_older_word_does_not_come_back_when_the_newer_one_has_lost_its_place() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut a = honest.clone();
    a.push(w.mallory.certificate.clone());
    a.extend((0..120).map(|number| {
        w.mallory.sign(&Statement::PersonScope {
            controller: w.mallory.id(),
            nonce: [number; 16],
            number: 1,
            readers: Writers::All,
        })
    }));
    let mut words: Vec<_> = (0..60).map(|n| w.mallory.listen(2, &format!("/ip4/192.0.2.{n}/tcp/1"))).collect();
    words.sort_by_key(|word| word.id);
    let newest = words.pop().expect("some"); // the greatest id
    let mut old: Vec<_> = (0..60).map(|n| w.mallory.listen(1, &format!("/ip4/192.0.2.{n}/tcp/1"))).collect();
    old.sort_by_key(|word| word.id);
    let old = old.swap_remove(0);
    a.push(newest);
    let (mut one, mut two) = (StatementSet::new(), StatementSet::new());
    take(&w.france.id(), &mut one, &a, a.len());
    take(&w.france.id(), &mut one, std::slice::from_ref(&old), 1);
    let both: Vec<_> = a.iter().cloned().chain([old.clone()]).collect();
    take(&w.france.id(), &mut two, &both, both.len());
    assert_eq!(one.contains(&old.id), two.contains(&old.id), "the same in either order");
    assert_eq!(one.digest(), two.digest(), "the same in either order");
}

#[test]
fn an_older_short_word_is_there_whether_or_not_a_long_one_has_been_heard_before_it() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut a = honest.clone();
    a.push(w.mallory.certificate.clone());
    a.extend((0..6).map(|number| padded(w, &invented(3_000 + number), 1_100)));
    let long = vec![format!("/dns4/{}.example/tcp/1", "m".repeat(200)); 6];
    let long = w.mallory.sign(&Statement::Addresses { device: w.mallory.device.key(), number: 2, addresses: long });
    let short = w.mallory.listen(1, "/ip4/192.0.2.1/tcp/1");
    let of = |batches: &[&[VerifiedStatement]]| {
        let mut set = StatementSet::new();
        batches.iter().for_each(|batch| take(&w.france.id(), &mut set, batch, batch.len()));
        set
    };
    let (long, short) = (std::slice::from_ref(&long), std::slice::from_ref(&short));
    let both: Vec<_> = [&a, long, short].concat();
    let (one, two, three) = (of(&[&a, long, short]), of(&[&a, short, long]), of(&[&both]));
    assert!(one.contains(&short[0].id) && !one.contains(&long[0].id), "there is no place for the long one");
    assert_eq!(one.digest(), two.digest(), "heard before");
    assert_eq!(one.digest(), three.digest(), "or with it");
}

#[test]
fn a_line_of_thousands_of_machines_that_certify_machines_is_no_deeper_than_it_may_be() {
    let Flood { w, honest, .. } = &*FLOOD;
    let mut all = honest.clone();
    all.push(w.mallory.certificate.clone());
    let machines: Vec<DeviceKey> =
        (0..20_000u32).map(|number| DeviceKey(tagged_hash("line", &[&number.to_le_bytes()]))).collect();
    let mut by = w.mallory.device.key();
    for device in machines {
        let body = SignedStatement::unsigned(&Statement::DeviceCertificate {
            partner: w.mallory.id(),
            partner_key: w.mallory.partner.key(),
            by,
            device,
            rights: Rights::ALL,
            partner_name: "M".into(),
            country: "IT".into(),
            device_name: "line".into(),
        });
        let mut held = body.trusted();
        held.signers.extend([by.0, device.0]);
        all.push(held);
        by = device;
    }
    let left: BTreeMap<_, _> = all.iter().map(|held| (held.id, held)).collect();
    let out = Roster::crowded_out(&w.france.id(), None, all.iter(), &PLACES);
    assert!(honest.iter().all(|held| !out.contains(&held.id)), "what others say stays");
    assert!(left.len() - out.len() <= honest.len() + PLACES[0].1, "{} stay", left.len() - out.len());
}
