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
    let further = |by: &DeviceSigner, device: &DeviceSigner| {
        let statement = Statement::DeviceCertificate {
            partner: w.italy.id(),
            partner_key: w.italy.partner.key(),
            by: by.key(),
            device: device.key(),
            rights: Rights::ALL,
            partner_name: "Cooperativa Ponte".into(),
            country: "IT".into(),
            device_name: "laptop".into(),
        };
        verified(SignedStatement::unsigned(&statement).sign_device(by).sign_device(device))
    };
    let [second, third] = [60, 61].map(|number| DeviceSigner::from_secret(&[number; 32]));
    all.push(further(&w.italy.device, &second));
    all.push(further(&second, &third));
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
