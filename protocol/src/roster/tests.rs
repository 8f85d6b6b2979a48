use super::*;
use crate::identity::{DeviceSigner, PartnerSigner};
use crate::ids::{ChangeHash, Nonce};
use crate::run::Run;
use crate::statement::{Branch, SignedStatement};
use crate::statement_set::StatementSet;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A partner with one device, made from one number.
struct Who {
    partner: PartnerSigner,
    device: DeviceSigner,
    certificate: VerifiedStatement,
}

impl Who {
    fn new(number: u8, name: &str, country: &str) -> Self {
        let partner = PartnerSigner::from_secret(&[number; 32]);
        let device = DeviceSigner::from_secret(&[number + 100; 32]);
        let certificate = SignedStatement::certificate(&partner, &device, Rights::ALL, name, country, "office");
        Self { certificate: verified(certificate), partner, device }
    }

    fn id(&self) -> PartnerId {
        PartnerId::from_first_key(&self.partner.key())
    }

    fn found(&self, name: &str) -> VerifiedStatement {
        self.sign(&Statement::Founding {
            name: name.into(),
            founder: self.id(),
            founder_key: self.partner.key(),
            nonce: [3; 16],
        })
    }

    fn admit(&self, founding: &VerifiedStatement, other: &Who, name: &str) -> VerifiedStatement {
        self.sign(&Statement::Admission {
            federation: FederationId(founding.id.0),
            position: founding.id,
            partner: other.id(),
            partner_key: other.partner.key(),
            name: name.into(),
            country: "IT".into(),
        })
    }

    fn share(&self, founding: &VerifiedStatement, name: &str, writers: Writers) -> VerifiedStatement {
        self.sign(&Statement::SharedRegister {
            federation: FederationId(founding.id.0),
            position: founding.id,
            name: name.into(),
            writers,
            nonce: [4; 16],
        })
    }

    fn writers(&self, register: RegisterId, number: u64, partners: &[&Who]) -> VerifiedStatement {
        let writers = Writers::Partners(partners.iter().map(|who| who.id()).collect());
        self.sign(&Statement::RegisterWriters { register, number, writers })
    }

    fn listen(&self, number: u64, address: &str) -> VerifiedStatement {
        let addresses = vec![address.to_owned()];
        self.sign(&Statement::Addresses { device: self.device.key(), number, addresses })
    }

    fn sign(&self, statement: &Statement) -> VerifiedStatement {
        verified(SignedStatement::unsigned(statement).sign_device(&self.device))
    }
}

fn verified(signed: SignedStatement) -> VerifiedStatement {
    signed.verify().expect("the fixture's signatures are good")
}

/// Slovenia founds, Italy and France are admitted, Mallory is not.
struct World {
    slovenia: Who,
    italy: Who,
    france: Who,
    mallory: Who,
    founding: VerifiedStatement,
}

fn world() -> World {
    let slovenia = Who::new(1, "Zavod Most", "SI");
    let founding = slovenia.found("COM-IN");
    World {
        italy: Who::new(2, "Cooperativa Ponte", "IT"),
        france: Who::new(3, "Association Passerelle", "FR"),
        mallory: Who::new(4, "Mallory", "IT"),
        slovenia,
        founding,
    }
}

impl World {
    fn basics(&self) -> Vec<VerifiedStatement> {
        vec![
            self.slovenia.certificate.clone(),
            self.italy.certificate.clone(),
            self.france.certificate.clone(),
            self.founding.clone(),
            self.slovenia.admit(&self.founding, &self.italy, "Ponte"),
            self.slovenia.admit(&self.founding, &self.france, "Passerelle"),
        ]
    }

    fn roster(&self, more: &[VerifiedStatement]) -> Roster {
        Roster::build(&self.italy.id(), self.basics().iter().chain(more))
    }

    /// Everything at once, the hostile included.
    fn everything(&self) -> Vec<VerifiedStatement> {
        let shared = self.slovenia.share(&self.founding, "Posočje", Writers::All);
        let register = RegisterId::shared(&shared.id);
        let foreign = self.mallory.found("Elsewhere");
        let mut all = self.basics();
        all.extend([
            shared,
            self.slovenia.writers(register, 1, &[&self.italy]),
            self.slovenia.writers(register, 2, &[&self.italy, &self.france]),
            self.slovenia.writers(register, 2, &[&self.france]),
            self.mallory.writers(register, 9, &[&self.mallory]),
            self.italy.writers(RegisterId::partner(&self.italy.id()), 1, &[&self.france]),
            self.italy.listen(1, "/ip4/192.0.2.1/tcp/8471"),
            self.italy.listen(2, "/ip4/192.0.2.2/tcp/8471"),
            self.italy.listen(2, "/ip4/192.0.2.3/tcp/8471"),
            self.mallory.certificate.clone(),
            self.mallory.admit(&foreign, &self.italy, "Ponte"),
            foreign,
            divergence(&self.italy, 7),
            divergence(&self.italy, 3),
            unknown(&self.italy),
        ]);
        all
    }
}

fn doc_of(who: &Who) -> DocId {
    DocId { register: RegisterId::partner(&who.id()), part: 1 }
}

/// A divergence as the store gives it back: the proof was checked when it came in.
fn divergence(who: &Who, seq: u64) -> VerifiedStatement {
    let doc = doc_of(who);
    let branch = |hash: u8| Branch {
        run: Run::sign(&who.device, &doc, Nonce([1; 16]), seq, ChangeHash([hash; 32]), [0; 8]).run,
        changes: Vec::new(),
    };
    let (left, right) = (branch(1), branch(2));
    SignedStatement::unsigned(&Statement::Divergence { doc, seq, base: None, left, right }).trusted()
}

/// A statement of a kind that this version does not know.
fn unknown(who: &Who) -> VerifiedStatement {
    let body = vec![0x82, 0x18, 0x63, 0x80];
    verified(SignedStatement { body, signatures: Vec::new() }.sign_device(&who.device))
}

#[test]
fn a_partner_works_alone() {
    let who = Who::new(9, "Alone", "FR");
    let roster = Roster::build(&who.id(), [&who.certificate]);
    assert_eq!(roster.federation, None, "nobody has founded anything");
    assert!(roster.is_member(&who.device.key()), "the own device counts without an admission");
    let writable: BTreeSet<_> = roster.writable_registers(&who.device.key()).iter().map(|r| r.id).collect();
    let own = BTreeSet::from([RegisterId::partner(&who.id()), RegisterId::internal(&who.id())]);
    assert_eq!(writable, own, "the partner and the internal register are there from the start");
    assert_eq!(roster.stewards().0, 0, "a partner alone is nobody's steward");
}

#[test]
fn a_certificate_counts_only_for_the_partner_of_its_key() {
    let (who, thief) = (Who::new(1, "A", "SI"), Who::new(2, "B", "IT"));
    let forged = Statement::Certificate {
        partner: who.id(),
        partner_key: thief.partner.key(),
        device: thief.device.key(),
        rights: Rights::ALL,
        partner_name: "A".into(),
        country: "SI".into(),
        device_name: "office".into(),
    };
    let forged = verified(SignedStatement::unsigned(&forged).sign_partner(&thief.partner));
    let roster = Roster::build(&who.id(), [&who.certificate, &forged]);
    assert!(!roster.is_member(&thief.device.key()), "another key cannot certify for the partner");
    assert!(roster.is_member(&who.device.key()), "the partner's own key can");
}

#[test]
fn a_certificate_without_the_partner_keys_signature_is_refused() {
    let who = Who::new(1, "A", "SI");
    let unsigned = SignedStatement { body: who.certificate.signed.body.clone(), signatures: Vec::new() };
    let refused = unsigned.sign_device(&who.device).verify();
    assert_eq!(
        refused,
        Err(crate::statement::StatementError::Unsigned("the partner key")),
        "the device's is not enough"
    );
}

#[test]
fn the_sole_steward_admits() {
    let w = world();
    let roster = w.roster(&[]);
    assert_eq!(roster.federation.as_ref().map(|f| f.id.0), Some(w.founding.id.0), "Italy is in the federation");
    assert_eq!(roster.members().count(), 3, "founder and two admitted partners");
    assert_eq!(roster.partners[&w.italy.id()].name, "Ponte", "the admission's name counts");
    assert_eq!(roster.partners[&w.slovenia.id()].name, "Zavod Most", "the founder's name is its certificate's");
    assert!(roster.decides_alone(&w.slovenia.device.key()), "the founder is the sole steward");
    assert!(!roster.is_steward_device(&w.italy.device.key()), "an admitted partner is none");
    assert_eq!(roster.registers.len(), 6, "each has a partner and an internal register");
    let internal = RegisterId::internal(&w.france.id());
    assert!(!roster.may_read(&internal, &w.italy.device.key()), "internal registers stay internal");
    assert_eq!(roster.readers(&RegisterId::partner(&w.france.id())).count(), 3, "partner registers are read by all");
}

#[test]
fn nobody_else_admits() {
    let w = world();
    let by_member = w.italy.admit(&w.founding, &w.mallory, "Mallory");
    let by_herself = w.mallory.admit(&w.founding, &w.mallory, "Mallory");
    let roster = w.roster(&[w.mallory.certificate.clone(), by_member, by_herself]);
    assert!(!roster.is_member(&w.mallory.device.key()), "only stewards admit");
    assert_eq!(roster.partners.get(&w.mallory.id()).map(|p| p.admitted), Some(false), "she is known, not admitted");
}

#[test]
fn a_steward_device_without_the_steward_right_does_not_sign_for_its_partner() {
    let w = world();
    let laptop = DeviceSigner::from_secret(&[77; 32]);
    let certificate =
        SignedStatement::certificate(&w.slovenia.partner, &laptop, Rights::EDIT, "Zavod Most", "SI", "laptop");
    let admission = w.slovenia.admit(&w.founding, &w.mallory, "Mallory").signed;
    let admission = SignedStatement { body: admission.body, signatures: Vec::new() }.sign_device(&laptop);
    let roster = w.roster(&[verified(certificate), verified(admission), w.mallory.certificate.clone()]);
    assert!(roster.is_member(&laptop.key()), "the laptop is a device of the founder");
    assert!(!roster.is_member(&w.mallory.device.key()), "but its signature admits nobody");
}

#[test]
fn a_partner_cannot_certify_anothers_machine() {
    let w = world();
    let theft = Statement::Certificate {
        partner: w.italy.id(),
        partner_key: w.italy.partner.key(),
        device: w.france.device.key(),
        rights: Rights::ALL,
        partner_name: "Ponte".into(),
        country: "IT".into(),
        device_name: "mine now".into(),
    };
    let theft = verified(SignedStatement::unsigned(&theft).sign_partner(&w.italy.partner));
    let roster = w.roster(&[theft]);
    assert_eq!(roster.devices[&w.france.device.key()].partner, w.france.id(), "the countersigned one counts");
}

#[test]
fn the_rights_of_several_certificates_add_up() {
    let w = world();
    let certify = |rights| {
        verified(SignedStatement::certificate(&w.france.partner, &w.mallory.device, rights, "P", "FR", "second"))
    };
    let roster = w.roster(&[certify(Rights::EDIT), certify(Rights::INVITE)]);
    let device = w.mallory.device.key();
    assert!(roster.has_right(&device, Rights(3)), "both rights are there");
    assert!(!roster.has_right(&device, Rights::ADMIN), "no other is");
}

#[test]
fn the_own_federation_goes_before_one_that_admits() {
    let w = world();
    let foreign = w.mallory.found("Elsewhere");
    let lure = w.mallory.admit(&foreign, &w.slovenia, "Most");
    let statements: Vec<_> =
        w.basics().into_iter().chain([w.mallory.certificate.clone(), foreign.clone(), lure.clone()]).collect();
    let roster = Roster::build(&w.slovenia.id(), &statements);
    assert_eq!(roster.federation.as_ref().map(|f| f.id.0), Some(w.founding.id.0), "nobody can lure the founder away");
    assert!(roster.is_foreign(&foreign) && roster.is_foreign(&lure), "such statements are not to be stored");
    assert!(!statements[..6].iter().any(|s| roster.is_foreign(s)), "the federation's own are");
}

#[test]
fn the_highest_writers_statement_of_those_who_may_counts() {
    let w = world();
    let roster = w.roster(&w.everything());
    let shared = roster.register_by_name_or_id(&w.italy.id(), "posočje").expect("found by its name").clone();
    assert_eq!(shared.writers_number, 2, "Mallory's number 9 does not count");
    assert!(roster.may_write(&shared.id, &w.france.device.key()), "both statements of number 2 name France");
    assert!(!roster.may_write(&shared.id, &w.slovenia.device.key()), "Slovenia was dropped, steward or not");
    let own = RegisterId::partner(&w.italy.id());
    assert!(roster.may_write(&own, &w.france.device.key()), "the owner let France write its partner register");
    assert!(roster.may_write(&own, &w.italy.device.key()), "and writes it still");
    assert!(!roster.may_write(&own, &w.slovenia.device.key()), "nobody else does");
}

#[test]
fn internal_registers_and_foreign_partner_registers_take_no_writers_statement() {
    let w = world();
    let internal = RegisterId::internal(&w.italy.id());
    let own = RegisterId::partner(&w.italy.id());
    let roster = w.roster(&[w.italy.writers(internal, 1, &[&w.france]), w.slovenia.writers(own, 5, &[&w.slovenia])]);
    assert!(!roster.may_write(&internal, &w.france.device.key()), "an internal register stays internal");
    assert_eq!(roster.registers[&own].writers_number, 0, "a steward does not open a partner's register");
}

#[test]
fn the_newest_addresses_count() {
    let w = world();
    let roster = w.roster(&w.everything());
    let device = &roster.devices[&w.italy.device.key()];
    assert_eq!(device.addresses_number, 2, "the highest number");
    assert_ne!(device.addresses, ["/ip4/192.0.2.1/tcp/8471"], "replaces the lower");
}

#[test]
fn the_lowest_divergence_counts() {
    let w = world();
    let roster = w.roster(&w.everything());
    let cuts: Vec<_> = roster.cuts.values().map(|cut| cut.seq).collect();
    assert_eq!(cuts, [3], "one actor, cut at the lowest proof");
}

#[test]
fn registers_are_found_as_people_write_them() {
    let w = world();
    let twin = w.slovenia.share(&w.founding, "Ponte", Writers::All);
    let roster = w.roster(std::slice::from_ref(&twin));
    let own = w.italy.id();
    let find = |text: &str| roster.register_by_name_or_id(&own, text).map(|r| r.id);
    assert_eq!(find("own"), Ok(RegisterId::partner(&own)), "own is the own partner register");
    assert_eq!(find("internal"), Ok(RegisterId::internal(&own)), "internal is the own internal one");
    assert_eq!(find("passerelle"), Ok(RegisterId::partner(&w.france.id())), "a partner's name is its register");
    let id = RegisterId::shared(&twin.id);
    assert_eq!(find(&id.to_string()), Ok(id), "an id is itself");
    assert_eq!(find(&id.to_string()[..10]), Ok(id), "a beginning is enough");
    assert_eq!(find(&id.to_string()[..4]), Err(RegisterLookup::NotFound), "a very short one is not");
    assert!(matches!(find("Ponte"), Err(RegisterLookup::Ambiguous(ids)) if ids.len() == 2), "two of one name");
    assert_eq!(roster.shared_name(&id), Some("Ponte"), "a shared register has its own name");
}

proptest! {
    #[test]
    fn order_duplicates_and_detours_make_no_difference(
        order in Just((0..21usize).collect::<Vec<_>>()).prop_shuffle(),
        twice in proptest::collection::vec(0..21usize, 0..8),
        cut in 0..21usize,
    ) {
        static WORLD: LazyLock<(World, Vec<VerifiedStatement>)> = LazyLock::new(|| {
            let w = world();
            let all = w.everything();
            (w, all)
        });
        let (w, all) = &*WORLD;
        prop_assert_eq!(all.len(), 21, "the strategy covers every statement");
        for own in [w.slovenia.id(), w.italy.id(), w.mallory.id()] {
            let straight = Roster::build(&own, all);
            let shuffled = Roster::build(&own, order.iter().chain(&twice).map(|i| &all[*i]));
            prop_assert_eq!(&straight, &shuffled, "a roster is a function of the set");
        }

        let mut straight = StatementSet::new();
        all.iter().for_each(|s| { straight.insert(s.clone()); });
        let (mut some, mut others) = (StatementSet::new(), StatementSet::new());
        order[..cut].iter().chain(&twice).for_each(|i| { some.insert(all[*i].clone()); });
        order[cut..].iter().for_each(|i| { others.insert(all[*i].clone()); });
        let tags = some.tags();
        let ahead: Vec<_> = others.missing_from_tags(&tags).into_iter().cloned().collect();
        ahead.into_iter().for_each(|s| { some.insert(s); });
        prop_assert_eq!(some.digest(), straight.digest(), "what two nodes lack of one another makes them equal");
        prop_assert_eq!(
            Roster::build(&w.italy.id(), some.iter()),
            Roster::build(&w.italy.id(), straight.iter()),
            "and so are their rosters"
        );
    }
}
