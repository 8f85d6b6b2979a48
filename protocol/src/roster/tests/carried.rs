//! Federations that carry over others, and machines certified by machines, in whatever order one hears of them.

use super::*;

/// Slovenia, Italy and France are stewards and share a register. Italy carries over, and France without knowing of it; Italy
/// admits Mallory to its own. Italy's first machine certifies a second one, which certifies a third.
fn carried() -> (World, [FederationId; 2], Vec<VerifiedStatement>) {
    let w = world();
    let mut all = w.basics();
    all.push(w.slovenia.share(&w.founding, "Posočje", Writers::All));
    let decided: Vec<StatementId> = all[4..].iter().map(|statement| statement.id).collect();
    all.push(w.slovenia.sign(&w.next(w.founding.id, 1, &[&w.slovenia, &w.italy, &w.france], &decided)));
    let kept: BTreeSet<StatementId> = decided.into_iter().chain([w.founding.id]).collect();
    let carry = |who: &Who, nonce: u8| {
        let (founder, founder_key) = (who.id(), who.partner.key());
        let predecessor = FederationId(w.founding.id.0);
        let name = format!("By {nonce}");
        who.sign(&Statement::CarryOver {
            name,
            founder,
            founder_key,
            nonce: [nonce; 16],
            predecessor,
            kept: kept.clone(),
        })
    };
    let (one, two) = (carry(&w.italy, 1), carry(&w.france, 2));
    all.push(w.italy.admit(&one, &w.mallory, "Mallory"));
    all.push(w.mallory.certificate.clone());
    let [second, third] = [60, 61].map(|number| DeviceSigner::from_secret(&[number; 32]));
    all.push(further(&w.italy, &w.italy.device, &second));
    all.push(further(&w.italy, &second, &third));
    let federations = [&one, &two].map(|founding| FederationId(founding.id.0));
    all.extend([one, two]);
    (w, federations, all)
}

static CARRIED: LazyLock<(World, [FederationId; 2], Vec<VerifiedStatement>)> = LazyLock::new(carried);
const ALL: usize = 14;

#[test]
fn nobody_is_in_it_who_has_not_chosen_it() {
    let (w, [one, two], all) = &*CARRIED;
    assert_eq!(all.len(), ALL, "the strategy covers every statement");
    let old = FederationId(w.founding.id.0);
    let of = |who: &Who, chosen| Roster::build_in(&who.id(), chosen, all).federation.map(|federation| federation.id);
    for who in [&w.slovenia, &w.italy, &w.france] {
        assert_eq!(of(who, None), Some(old), "without a choice all are where they were, the founders as well");
        assert_eq!(of(who, Some(*one)), Some(*one), "and where they choose with it");
        assert_eq!(of(who, Some(*two)), Some(*two), "of two");
    }
    assert_eq!(of(&w.mallory, None), Some(*one), "who was admitted to one alone is in that");
    assert_eq!(of(&w.mallory, Some(*two)), None, "and in no other by choosing");
    let roster = Roster::build_in(&w.france.id(), Some(*one), all);
    let members: BTreeSet<PartnerId> = roster.members().map(|partner| partner.id).collect();
    assert_eq!(members, BTreeSet::from([&w.slovenia, &w.italy, &w.france, &w.mallory].map(Who::id)), "all are in it");
    assert_eq!(roster.carried_over.keys().collect::<Vec<_>>(), [two], "of the other it is told");
    assert_eq!(roster.devices_of(&w.italy.id()).count(), 3, "machines certified by machines are in it");
    let removed = w.italy.sign(&Statement::Removal {
        federation: *one,
        position: StatementId(one.0),
        partner: w.france.id(),
        stays: BTreeMap::new(),
    });
    let after = Roster::build_in(&w.france.id(), Some(*one), all.iter().chain([&removed]));
    assert_eq!(after.federation, None, "who is removed from it is not back in the old one");
}

fn removal(of: FederationId, partner: &Who) -> Statement {
    let position = StatementId(of.0);
    Statement::Removal { federation: of, position, partner: partner.id(), stays: BTreeMap::new() }
}

fn share_id(statement: &VerifiedStatement) -> Option<StatementId> {
    matches!(statement.statement, Some(Statement::SharedRegister { .. })).then_some(statement.id)
}

#[test]
fn whoever_is_removed_from_the_old_one_does_not_land_where_it_was_admitted_unasked() {
    let (w, [one, _], all) = &*CARRIED;
    let mut all = all.clone();
    let federation = FederationId(w.founding.id.0);
    let admitted = Statement::Admission {
        federation,
        position: w.founding.id,
        partner: w.mallory.id(),
        partner_key: w.mallory.partner.key(),
        name: "Mallory".into(),
        country: "IT".into(),
    };
    all.push(signed_by(&[&w.slovenia, &w.france], &admitted));
    let of =
        |all: &[VerifiedStatement], chosen| Roster::build_in(&w.mallory.id(), chosen, all).federation.map(|f| f.id);
    assert_eq!(of(&all, None), Some(federation), "it is in the old one");
    all.push(signed_by(&[&w.slovenia, &w.france], &removal(federation, &w.mallory)));
    assert_eq!(of(&all, None), None, "and in none after its removal");
    assert_eq!(of(&all, Some(*one)), Some(*one), "but where it has chosen to be");
}

#[test]
fn a_founder_keeps_only_what_was_in_force_and_its_old_signatures_decide_nothing() {
    let (w, _, all) = &*CARRIED;
    let mut all = all.clone();
    let federation = FederationId(w.founding.id.0);
    let mine = w.italy.sign(&removal(federation, &w.france));
    let pending = w.italy.sign(&removal(federation, &w.slovenia));
    let Some(Statement::CarryOver { name, predecessor, kept, .. }) =
        all.iter().rev().find_map(|s| s.statement.as_ref().filter(|s| matches!(s, Statement::CarryOver { .. })))
    else {
        unreachable!("the fixture has two")
    };
    let kept = kept.iter().copied().chain([mine.id]).collect();
    let liar = w.italy.sign(&Statement::CarryOver {
        name: name.clone(),
        founder: w.italy.id(),
        founder_key: w.italy.partner.key(),
        nonce: [9; 16],
        predecessor: *predecessor,
        kept,
    });
    let chosen = FederationId(liar.id.0);
    all.extend([mine.clone(), pending.clone(), liar]);
    let has = |all: &[VerifiedStatement], who: &Who| {
        let roster = Roster::build_in(&w.italy.id(), Some(chosen), all);
        assert!(!roster.drafts.contains_key(&pending.id), "nor is it asked about");
        roster.partners.get(&who.id()).is_some_and(|partner| partner.admitted)
    };
    assert!(has(&all, &w.france), "what no majority has signed is not kept by naming it");
    assert!(has(&all, &w.slovenia), "an old signature of one of several does not become that of the only one");
    // So with who writes in a shared register, which the new one has as well.
    let posocje = RegisterId::shared(&all.iter().find_map(share_id).expect("the fixture shares one"));
    let writers = |federation, number| Statement::RegisterWriters {
        register: posocje,
        number,
        writers: Writers::Partners(BTreeSet::from([w.italy.id()])),
        stays: BTreeMap::new(),
        federation: Some(federation),
    };
    let old = writers(federation, 2);
    all.extend([w.italy.sign(&old), w.italy.keep(1, &[&old], &[])]);
    let of = |all: &[VerifiedStatement]| {
        let roster = Roster::build_in(&w.italy.id(), Some(chosen), all);
        assert!(!roster.drafts.values().any(|draft| draft.statement == old), "nobody is asked about the old one");
        roster.registers[&posocje].writers_number
    };
    assert_eq!(of(&all), 0, "what the founder had proposed there decides nothing here");
    let decided = w.italy.sign(&writers(chosen, 1));
    assert_eq!(of(&[all.as_slice(), &[decided]].concat()), 1, "what it decides here does");
    let new = w.italy.sign(&removal(chosen, &w.slovenia));
    assert!(!has(&[all.as_slice(), &[new]].concat(), &w.slovenia), "what names the new one does count");
    // What was in force there counts once the new stewards sign it, as ever.
    let decided = signed_by(&[&w.slovenia, &w.france, &w.italy], &removal(federation, &w.mallory));
    all.push(decided.clone());
    let roster = Roster::build_in(&w.italy.id(), Some(chosen), &all);
    assert!(roster.in_force.contains(&decided.id));
}

#[test]
fn what_a_machine_certifies_that_another_one_has_revoked_is_suspended_until_the_key_speaks() {
    let (w, _, all) = &*CARRIED;
    let of_italy = |all: &[VerifiedStatement]| {
        let roster = Roster::build(&w.slovenia.id(), all);
        [60, 61].map(|number| roster.is_member(&DeviceSigner::from_secret(&[number; 32]).key()))
    };
    assert_eq!(of_italy(all), [true, true]);
    let [second, fresh] = [60, 62].map(|number| DeviceSigner::from_secret(&[number; 32]));
    let other = SignedStatement::certificate(&w.italy.partner, &fresh, Rights::ALL, "Ponte", "IT", "other");
    let revoked = |signed: BTreeSet<StatementId>| Statement::Revocation {
        partner: w.italy.id(),
        partner_key: w.italy.partner.key(),
        device: second.key(),
        stays: BTreeMap::new(),
        signed,
    };
    let sign = |statement: &Statement| verified(SignedStatement::unsigned(statement).sign_device(&fresh));
    let third = all.iter().filter(|s| s.signers.contains(&second.key().0)).map(|s| s.id).collect();
    let mut all = all.clone();
    all.push(verified(other));
    all.push(sign(&revoked(BTreeSet::new())));
    assert_eq!(of_italy(&all), [false, false], "nobody but a revoked machine stands for the third one");
    all.push(sign(&revoked(third)));
    assert_eq!(of_italy(&all), [false, true], "a revocation that lists its certificate does");
}

#[test]
fn of_the_many_that_one_founds_a_few_are_looked_at() {
    let (w, [one, _], all) = &*CARRIED;
    let carry = |nonce: u8, predecessor: FederationId| {
        w.france.sign(&Statement::CarryOver {
            name: "Many".into(),
            founder: w.france.id(),
            founder_key: w.france.partner.key(),
            nonce: [nonce; 16],
            predecessor,
            kept: BTreeSet::from([StatementId(predecessor.0)]),
        })
    };
    let mut all = all.clone();
    all.extend((20..40).map(|nonce| carry(nonce, FederationId(w.founding.id.0))));
    let mut of_france: Vec<FederationId> = all
        .iter()
        .filter(|s| matches!(&s.statement, Some(Statement::CarryOver { founder, .. }) if *founder == w.france.id()))
        .map(|s| FederationId(s.id.0))
        .collect();
    of_france.sort();
    of_france.truncate(crate::limits::CARRY_OVERS_PER_FOUNDER_MAX);
    let offered = |all: &[VerifiedStatement]| {
        let roster = Roster::build(&w.slovenia.id(), all);
        roster.carried_over.into_keys().collect::<BTreeSet<_>>()
    };
    let expected: BTreeSet<_> = of_france.into_iter().chain([*one]).collect();
    assert_eq!(expected.len(), 5, "of more than twenty");
    assert_eq!(offered(&all), expected, "the least ids of the one, and the other's");
    all.reverse();
    assert_eq!(offered(&all), expected, "in whatever order");
    // A line that is longer than anybody's history can be is nobody's federation.
    let mut line = vec![carry(40, *one)];
    for _ in 0..crate::limits::CARRIED_MAX {
        let last = FederationId(line[line.len() - 1].id.0);
        line.push(carry(41, last));
    }
    all.extend(line.iter().cloned());
    let at = |place: usize| {
        let chosen = FederationId(line[place].id.0);
        Roster::build_in(&w.france.id(), Some(chosen), &all).federation.map(|federation| federation.id)
    };
    assert_eq!(at(3), Some(FederationId(line[3].id.0)));
    assert_ne!(at(line.len() - 1), Some(FederationId(line[line.len() - 1].id.0)));
}

proptest! {
    #[test]
    fn order_and_duplicates_make_no_difference_to_what_is_carried_over(
        order in Just((0..ALL).collect::<Vec<_>>()).prop_shuffle(),
        twice in proptest::collection::vec(0..ALL, 0..8),
        cut in 0..ALL,
    ) {
        let (w, [one, two], all) = &*CARRIED;
        let mut set = StatementSet::new();
        order[..cut].iter().chain(&twice).chain(&order[cut..]).for_each(|i| { set.insert(all[*i].clone()); });
        for own in [w.slovenia.id(), w.italy.id(), w.france.id(), w.mallory.id()] {
            for chosen in [None, Some(*one), Some(*two)] {
                prop_assert_eq!(
                    Roster::build_in(&own, chosen, set.iter()),
                    Roster::build_in(&own, chosen, all),
                    "a roster is a function of the set and of the choice"
                );
            }
        }
        // Part of it never moves anybody either.
        let some = order[..cut].iter().map(|i| &all[*i]);
        let federation = Roster::build(&w.slovenia.id(), some).federation;
        prop_assert!(federation.is_none_or(|federation| federation.carries.is_empty()), "whatever has come so far");
    }
}
