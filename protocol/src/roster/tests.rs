mod carried;
mod places;

use super::*;
use crate::identity::{DeviceSigner, PartnerSigner};
use crate::ids::{ChangeHash, Nonce, tagged_hash};
use crate::run::Run;
use crate::statement::{Branch, Draft, SignedStatement, StatementError};
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
        self.sign(&Statement::RegisterWriters { register, number, writers, stays: BTreeMap::new(), federation: None })
    }

    fn listen(&self, number: u64, address: &str) -> VerifiedStatement {
        let addresses = vec![address.to_owned()];
        self.sign(&Statement::Addresses { device: self.device.key(), number, addresses })
    }

    fn sign(&self, statement: &Statement) -> VerifiedStatement {
        verified(SignedStatement::unsigned(statement).sign_device(&self.device))
    }

    fn draft(&self, statement: &Statement) -> Draft {
        let signed = SignedStatement::unsigned(statement).sign_device(&self.device);
        Draft { signature: signed.signatures[0].signature, body: signed.body }
    }

    fn keep(&self, number: u64, statements: &[&Statement], refused: &[StatementId]) -> VerifiedStatement {
        let drafts = statements.iter().map(|statement| self.draft(statement)).collect();
        let refused = refused.iter().copied().collect();
        self.sign(&Statement::Drafts { device: self.device.key(), number, drafts, refused })
    }
}

fn signed_by(signers: &[&Who], statement: &Statement) -> VerifiedStatement {
    let unsigned = SignedStatement::unsigned(statement);
    verified(signers.iter().fold(unsigned, |signed, who| signed.sign_device(&who.device)))
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

/// What a machine certifies another one with.
fn further(of: &Who, by: &DeviceSigner, device: &DeviceSigner) -> VerifiedStatement {
    let statement = Statement::DeviceCertificate {
        partner: of.id(),
        partner_key: of.partner.key(),
        by: by.key(),
        device: device.key(),
        rights: Rights::ALL,
        partner_name: "Cooperativa Ponte".into(),
        country: "IT".into(),
        device_name: "laptop".into(),
    };
    verified(SignedStatement::unsigned(&statement).sign_device(by).sign_device(device))
}

fn doc_of(who: &Who) -> DocId {
    DocId { register: RegisterId::partner(&who.id()), part: 1 }
}

/// A divergence as the store gives it back: the proof was checked when it came in.
fn divergence(who: &Who, seq: u64) -> VerifiedStatement {
    divergence_in(who, doc_of(who), [1; 16], seq)
}

fn divergence_in(who: &Who, doc: DocId, nonce: [u8; 16], seq: u64) -> VerifiedStatement {
    let branch = |hash: u8| Branch {
        run: Run::sign(&who.device, &doc, Nonce(nonce), seq, ChangeHash([hash; 32]), [0; 8]).run,
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
    assert_eq!(refused, Err(StatementError::Unsigned("the partner key")), "the device's is not enough");
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

// ── several stewards ────────────────────────────────────────────────────────────────────────────────────

impl World {
    fn federation(&self) -> FederationId {
        FederationId(self.founding.id.0)
    }

    fn next(&self, predecessor: StatementId, round: u64, stewards: &[&Who], kept: &[StatementId]) -> Statement {
        let stewards = stewards.iter().map(|who| (who.id(), who.partner.key())).collect();
        let kept = kept.iter().copied().collect();
        Statement::Stewards { federation: self.federation(), predecessor, round, stewards, kept }
    }

    /// Slovenia makes Italy and France stewards beside itself, and keeps their admissions.
    fn three(&self) -> VerifiedStatement {
        let kept: Vec<_> = self.basics()[4..].iter().map(|admission| admission.id).collect();
        signed_by(
            &[&self.slovenia],
            &self.next(self.founding.id, 1, &[&self.slovenia, &self.italy, &self.france], &kept),
        )
    }

    fn admission(&self, position: StatementId, who: &Who) -> Statement {
        Statement::Admission {
            federation: self.federation(),
            position,
            partner: who.id(),
            partner_key: who.partner.key(),
            name: "Fourth".into(),
            country: "IT".into(),
        }
    }

    fn removal(&self, position: StatementId, who: &Who) -> Statement {
        Statement::Removal { federation: self.federation(), position, partner: who.id(), stays: BTreeMap::new() }
    }

    fn rekeying(&self, position: StatementId, who: &Who, new: &Who) -> Statement {
        Statement::Rekeying {
            federation: self.federation(),
            position,
            partner: who.id(),
            old: who.partner.key(),
            new: new.partner.key(),
            stays: BTreeMap::new(),
        }
    }

    /// A certificate of a device of `who` under another partner key.
    fn certified_anew(&self, who: &Who, new: &Who) -> VerifiedStatement {
        let statement = Statement::Certificate {
            partner: who.id(),
            partner_key: new.partner.key(),
            device: who.device.key(),
            rights: Rights::ALL,
            partner_name: "Ponte".into(),
            country: "IT".into(),
            device_name: "office".into(),
        };
        verified(SignedStatement::unsigned(&statement).sign_partner(&new.partner).sign_device(&who.device))
    }

    /// A federation with a history: 1 to 3 stewards, a fork, a removal, a new key, drafts.
    fn governed(&self) -> Vec<VerifiedStatement> {
        let three = self.three();
        let fourth = self.admission(three.id, &self.mallory);
        let shared = |who: &[&Who], name: &str| {
            let (federation, name) = (self.federation(), name.to_owned());
            let (position, writers) = (three.id, Writers::All);
            signed_by(who, &Statement::SharedRegister { federation, position, name, writers, nonce: [9; 16] })
        };
        let (si, it, fr) = (&self.slovenia, &self.italy, &self.france);
        let admitted = signed_by(&[si, it], &fourth);
        let renewed = Who::new(9, "Ponte", "IT");
        let mut all = self.basics();
        all.extend([
            three.clone(),
            self.mallory.certificate.clone(),
            admitted.clone(),
            shared(&[it, fr], "by two"),
            shared(&[si], "by one"),
            signed_by(&[si, it], &self.next(three.id, 1, &[si, it, fr], &[admitted.id])),
            signed_by(&[it, fr], &self.next(three.id, 1, &[it], &[])),
            signed_by(&[fr], &self.next(three.id, 2, &[fr], &[])),
            signed_by(&[si, it], &self.removal(three.id, &self.mallory)),
            signed_by(&[si, fr], &self.rekeying(three.id, it, &renewed)),
            self.certified_anew(it, &renewed),
            fr.keep(1, &[&self.admission(three.id, &renewed)], &[]),
            fr.keep(2, &[], &[admitted.id]),
            si.keep(1, &[&self.next(three.id, 1, &[fr], &[]), &fourth], &[]),
            self.slovenia.share(&self.founding, "of former days", Writers::All),
        ]);
        all
    }
}

#[test]
fn one_entry_takes_one_steward_to_three() {
    let w = world();
    let three = w.three();
    let alone = w.slovenia.share(&w.founding, "alone", Writers::All);
    let fourth = w.admission(three.id, &w.mallory);
    let by_one = signed_by(&[&w.italy], &fourth);
    let roster = w.roster(&[three.clone(), alone.clone(), by_one, w.mallory.certificate.clone()]);
    assert_eq!(roster.stewards(), (3, 2), "three stewards, of whom two decide");
    assert_eq!(roster.members().count(), 3, "the admissions that the change keeps stay");
    assert!(!roster.decides_alone(&w.slovenia.device.key()), "the founder decides nothing alone any more");
    assert_eq!(roster.shared_name(&RegisterId::shared(&alone.id)), None, "not even as of the days before");
    assert!(!roster.is_member(&w.mallory.device.key()), "one of three admits nobody");
    let by_two = signed_by(&[&w.italy, &w.france], &fourth);
    let roster = w.roster(&[three, by_two, w.mallory.certificate.clone()]);
    assert!(roster.is_member(&w.mallory.device.key()), "two of three do");
}

#[test]
fn copies_signed_apart_count_together() {
    let w = world();
    let three = w.three();
    let fourth = w.admission(three.id, &w.mallory);
    let apart =
        [three, w.mallory.certificate.clone(), signed_by(&[&w.italy], &fourth), signed_by(&[&w.france], &fourth)];
    assert!(w.roster(&apart).is_member(&w.mallory.device.key()), "two that never met have admitted it");
}

#[test]
fn of_two_signed_successors_one_goes_on_and_the_double_signer_is_named() {
    let w = world();
    let three = w.three();
    let all = [&w.slovenia, &w.italy, &w.france];
    let left = signed_by(&[&w.slovenia, &w.italy], &w.next(three.id, 1, &[&w.slovenia], &[]));
    let right = signed_by(&[&w.italy, &w.france], &w.next(three.id, 1, &[&w.france], &[]));
    let roster = w.roster(&[three.clone(), left.clone(), right.clone()]);
    let federation = roster.federation.as_ref().expect("there is one");
    assert_eq!(federation.position, left.id.min(right.id), "of one round the least id goes on");
    let named: Vec<_> = roster.double_signers.iter().map(|double| (double.partner, double.round)).collect();
    assert_eq!(named, [(w.italy.id(), 1)], "Italy alone has signed both");
    let higher = signed_by(&[&w.slovenia, &w.france], &w.next(three.id, 2, &all, &[]));
    let roster = w.roster(&[three, left, right, higher.clone()]);
    assert_eq!(roster.federation.map(|f| f.position), Some(higher.id), "a majority in a higher round goes on");
}

#[test]
fn what_was_decided_under_a_losing_position_stays_where_its_signers_are_stewards_still() {
    let w = world();
    let three = w.three();
    let (si, it, fr) = (&w.slovenia, &w.italy, &w.france);
    let lost = signed_by(&[si, it], &w.next(three.id, 1, &[si, it, &w.mallory], &[]));
    let won = signed_by(&[it, fr], &w.next(three.id, 2, &[si, it, fr], &[]));
    let share = |name: &str| Statement::SharedRegister {
        federation: w.federation(),
        position: lost.id,
        name: name.into(),
        writers: Writers::All,
        nonce: [5; 16],
    };
    let (stays, lapses) = (signed_by(&[si, it], &share("stays")), signed_by(&[it, &w.mallory], &share("lapses")));
    let roster = w.roster(&[three, lost.clone(), won, stays.clone(), lapses.clone(), w.mallory.certificate.clone()]);
    assert_eq!(roster.shared_name(&RegisterId::shared(&stays.id)), Some("stays"), "two stewards of the winner");
    assert_eq!(roster.shared_name(&RegisterId::shared(&lapses.id)), None, "one of them");
    let open = roster.drafts.get(&lapses.id).expect("the stewards are asked about it");
    assert_eq!(open.signed_by, BTreeSet::from([it.id()]), "Italy's signature is there still");
}

#[test]
fn removal_wins_for_ever() {
    let w = world();
    let removal = w.slovenia.sign(&w.removal(w.founding.id, &w.france));
    let again = w.slovenia.admit(&w.founding, &w.france, "Back");
    let roster = w.roster(&[again, removal.clone()]);
    let device = w.france.device.key();
    assert!(!roster.is_member(&device), "its device is no member, whatever admits it");
    assert!(roster.partners[&w.france.id()].removed, "and the partner is shown as removed");
    let register = RegisterId::partner(&w.france.id());
    assert!(roster.may_read(&register, &w.italy.device.key()), "what it shared stays");
    assert!(!roster.may_write(&register, &device) && roster.has_written(&register, &device), "as it was written");
    assert!(!roster.may_read(&RegisterId::partner(&w.italy.id()), &device), "it reads nothing any more");
    assert!(!roster.registers.contains_key(&RegisterId::internal(&w.france.id())), "its internal one is its own");
    let statements: Vec<_> = w.basics().into_iter().chain([removal]).collect();
    let alone = Roster::build(&w.france.id(), &statements);
    assert_eq!(alone.federation, None, "the removed partner is in no federation");
    assert!(alone.may_write(&register, &device), "and works on alone");
}

#[test]
fn a_new_key_takes_the_place_of_the_old_one() {
    let w = world();
    let (first, second) = (Who::new(9, "Ponte", "IT"), Who::new(10, "Ponte", "IT"));
    let rekeying = w.slovenia.sign(&w.rekeying(w.founding.id, &w.italy, &first));
    let device = w.italy.device.key();
    let roster = w.roster(std::slice::from_ref(&rekeying));
    assert!(!roster.is_member(&device), "what the old key certified counts no more");
    let register = RegisterId::partner(&w.italy.id());
    assert!(roster.has_written(&register, &device), "what it wrote does");
    let anew = w.certified_anew(&w.italy, &first);
    let roster = w.roster(&[rekeying.clone(), anew.clone()]);
    assert!(roster.may_write(&register, &device), "the new key certifies for the same partner");
    assert_eq!(roster.partners[&w.italy.id()].key, first.partner.key(), "which is in force");

    let back = Statement::Rekeying {
        federation: w.federation(),
        position: w.founding.id,
        partner: w.italy.id(),
        old: first.partner.key(),
        new: w.italy.partner.key(),
        stays: BTreeMap::new(),
    };
    let roster = w.roster(&[rekeying.clone(), anew, w.slovenia.sign(&back)]);
    assert_eq!(roster.partners[&w.italy.id()].key, first.partner.key(), "a replaced key never comes back");
    let rival = w.slovenia.sign(&w.rekeying(w.founding.id, &w.italy, &second));
    let winner = if rekeying.id < rival.id { &first } else { &second };
    let roster = w.roster(&[rival, rekeying]);
    assert_eq!(roster.partners[&w.italy.id()].key, winner.partner.key(), "of two the least id counts");
    let own = Who::new(9, "Ponte", "IT");
    assert!(!w.roster(&[w.certified_anew(&w.italy, &own)]).has_right(&own.device.key(), Rights::EDIT), "unasked, no");
}

#[test]
fn a_steward_with_a_new_key_signs_once_the_chain_names_it() {
    let w = world();
    let (three, renewed) = (w.three(), Who::new(9, "Ponte", "IT"));
    let rekeying = signed_by(&[&w.slovenia, &w.france], &w.rekeying(three.id, &w.italy, &renewed));
    let known = [three.clone(), rekeying.clone(), w.certified_anew(&w.italy, &renewed)];
    let roster = w.roster(&known);
    assert!(!roster.is_steward_device(&w.italy.device.key()), "the chain names the old key");
    let stewards = [(&w.slovenia, &w.slovenia), (&w.italy, &renewed), (&w.france, &w.france)];
    let next = Statement::Stewards {
        federation: w.federation(),
        predecessor: three.id,
        round: 1,
        stewards: stewards.iter().map(|(who, key)| (who.id(), key.partner.key())).collect(),
        kept: BTreeSet::from([rekeying.id]),
    };
    let next = signed_by(&[&w.slovenia, &w.france], &next);
    let roster = w.roster(&[known.to_vec(), vec![next]].concat());
    assert!(roster.is_steward_device(&w.italy.device.key()), "now it names the new one");
}

#[test]
fn drafts_collect_signatures_whoever_met_whom() {
    let w = world();
    let three = w.three();
    let fourth = w.admission(three.id, &w.mallory);
    let id = SignedStatement::unsigned(&fourth).id();
    let proposed = w.slovenia.keep(1, &[&fourth], &[]);
    let roster = w.roster(&[three.clone(), proposed.clone()]);
    let draft = roster.drafts.get(&id).expect("it waits");
    assert_eq!(draft.signed_by, BTreeSet::from([w.slovenia.id()]), "the proposer has signed");
    assert_eq!(draft.missing, BTreeSet::from([w.italy.id(), w.france.id()]), "the others are waited for");
    assert!(!draft.is_decided(), "one of three");

    let second = w.france.keep(1, &[&fourth], &[]);
    let roster = w.roster(&[three.clone(), proposed.clone(), second.clone()]);
    let draft = roster.drafts.get(&id).expect("nobody has made the statement of it yet");
    assert!(draft.is_decided(), "two of three have signed, each in its own time");
    let made = verified(draft.signed.clone());
    let roster = w.roster(&[three.clone(), proposed.clone(), second, made]);
    assert!(roster.drafts.is_empty(), "decided, it is a statement and no draft");
    let withdrawn = w.slovenia.keep(2, &[], &[]);
    assert!(w.roster(&[three.clone(), proposed.clone(), withdrawn]).drafts.is_empty(), "withdrawn, it is gone");

    let refused = [w.italy.keep(1, &[], &[id]), w.france.keep(1, &[], &[id])];
    let roster = w.roster(&[&[three.clone(), proposed.clone()], &refused[..]].concat());
    assert!(roster.drafts[&id].is_refused(), "two of three will not sign");
    let roster = w.roster(&[three.clone(), proposed.clone(), w.italy.keep(1, &[], &[id])]);
    assert!(!roster.drafts[&id].is_refused(), "the third still may");
    assert!(
        w.roster(&[three, w.mallory.keep(1, &[&fourth], &[])]).drafts.is_empty(),
        "who is no member proposes nothing"
    );
}

#[test]
fn a_round_ends_where_nobody_can_win_it() {
    let w = world();
    let three = w.three();
    let want = |who: &Who| w.next(three.id, 1, &[who], &[]);
    let votes = [
        w.slovenia.keep(1, &[&want(&w.slovenia)], &[]),
        w.italy.keep(1, &[&want(&w.italy)], &[]),
        w.france.keep(1, &[&want(&w.france)], &[]),
    ];
    let round = |votes: &[VerifiedStatement]| {
        let roster = w.roster(&[std::slice::from_ref(&three), votes].concat());
        roster.federation.map(|federation| federation.round)
    };
    assert_eq!(round(&[]), Some(1), "nobody has signed");
    assert_eq!(round(&votes[..2]), Some(1), "the third can still decide for one of two");
    assert_eq!(round(&votes), Some(2), "three ways, no majority");
    let agreed = [votes[0].clone(), w.italy.keep(1, &[&want(&w.slovenia)], &[]), votes[2].clone()];
    let roster = w.roster(&[std::slice::from_ref(&three), &agreed[..]].concat());
    let id = SignedStatement::unsigned(&want(&w.slovenia)).id();
    assert!(roster.drafts[&id].is_decided() && !roster.drafts[&id].dormant, "two agree, and the round is theirs");
    let twice = w.italy.keep(2, &[&want(&w.slovenia), &want(&w.italy)], &[]);
    let roster = w.roster(&[three.clone(), twice]);
    assert_eq!(
        roster.double_signers.iter().map(|d| d.partner).collect::<Vec<_>>(),
        [w.italy.id()],
        "drafts show it too"
    );
}

#[test]
fn stewards_and_drafts_have_bounds() {
    let w = world();
    let check =
        |statement: &Statement| SignedStatement::unsigned(statement).sign_device(&w.slovenia.device).verify().err();
    let (si, it) = (&w.slovenia, &w.italy);
    let limit = Some(StatementError::Limit("stewards"));
    assert_eq!(check(&w.next(w.founding.id, 1, &[si], &[])), None, "one is a number of stewards");
    assert_eq!(check(&w.next(w.founding.id, 1, &[si, it], &[])), limit, "two are not");
    assert_eq!(check(&w.next(w.founding.id, 1, &[], &[])), limit, "none neither");
    assert_eq!(check(&w.next(w.founding.id, 0, &[si], &[])), limit, "rounds begin at one");
    let keep = |drafts: Vec<Draft>| {
        let refused = BTreeSet::new();
        check(&Statement::Drafts { device: si.device.key(), number: 1, drafts, refused })
    };
    let good = si.draft(&w.removal(w.founding.id, it));
    assert_eq!(keep(vec![good.clone(); crate::limits::DRAFTS_MAX]), None, "as many as allowed");
    let many = vec![good.clone(); crate::limits::DRAFTS_MAX + 1];
    assert_eq!(keep(many), Some(StatementError::Limit("drafts")), "one too many");
    assert_eq!(
        keep(vec![it.draft(&w.removal(w.founding.id, it))]),
        Some(StatementError::BadDraft),
        "another's signature"
    );
    let other = si.draft(&Statement::Addresses { device: si.device.key(), number: 1, addresses: vec![] });
    assert_eq!(keep(vec![other]), Some(StatementError::BadDraft), "nothing that stewards decide");
    let large = Draft { body: vec![0; crate::limits::DRAFTS_BYTES_MAX + 1], signature: good.signature };
    assert_eq!(keep(vec![large]), Some(StatementError::Limit("drafts")), "too long");
}

const EVERYTHING: usize = 21;

/// The two histories, of equal length, made once.
static HISTORIES: LazyLock<(World, [Vec<VerifiedStatement>; 2])> = LazyLock::new(|| {
    let w = world();
    let all = [w.everything(), w.governed()];
    (w, all)
});

proptest! {
    #[test]
    fn order_duplicates_and_detours_make_no_difference(
        history in 0..2usize,
        order in Just((0..EVERYTHING).collect::<Vec<_>>()).prop_shuffle(),
        twice in proptest::collection::vec(0..EVERYTHING, 0..8),
        cut in 0..EVERYTHING,
    ) {
        let (w, all) = &*HISTORIES;
        let all = &all[history];
        prop_assert_eq!(all.len(), EVERYTHING, "the strategy covers every statement");
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
        for own in [w.slovenia.id(), w.italy.id(), w.mallory.id()] {
            prop_assert_eq!(
                Roster::build(&own, some.iter()),
                Roster::build(&own, straight.iter()),
                "and so are their rosters"
            );
        }
    }
}

// ── many signatures, many statements ────────────────────────────────────────────────────────────────────

/// Devices of a hostile member, all with the steward's right; half of their keys are less than any of a steward.
fn crowd(who: &Who, count: u8) -> Vec<(DeviceSigner, VerifiedStatement)> {
    let mut all: Vec<_> =
        (0..=255u8).map(|n| DeviceSigner::from_secret(&[n, 7, n, 7].repeat(8).try_into().unwrap())).collect();
    all.sort_by_key(|device| device.key());
    all.truncate(usize::from(count));
    let certify = |device: DeviceSigner| {
        let certificate = SignedStatement::certificate(&who.partner, &device, Rights::ALL, "P", "FR", "one of many");
        (device, verified(certificate))
    };
    all.into_iter().map(certify).collect()
}

/// Takes statements in an order until nothing changes, as sessions do, where each hello with another digest asks again.
fn settle(own: &PartnerId, order: &[&VerifiedStatement]) -> StatementSet {
    let (mut set, mut roster) = (StatementSet::new(), Roster::default());
    loop {
        let before = set.digest();
        for statement in order {
            set.insert_under((*statement).clone(), &roster);
            roster = Roster::build(own, set.iter());
        }
        if set.digest() == before {
            return set;
        }
    }
}

/// Two stewards of three admit a fourth partner, share a register and change the stewards, each signing apart; a
/// member adds the signatures of 24 devices to each of the three, in copies of 15.
static CROWDED: LazyLock<(World, Vec<VerifiedStatement>, [StatementId; 3])> = LazyLock::new(|| {
    let w = world();
    let three = w.three();
    let hostile = Who::new(20, "Hostile", "FR");
    let (si, it, fr) = (&w.slovenia, &w.italy, &w.france);
    let fourth = w.admission(three.id, &w.mallory);
    let next = w.next(three.id, 1, &[si, it, &w.mallory], &[SignedStatement::unsigned(&fourth).id()]);
    let share = Statement::SharedRegister {
        federation: w.federation(),
        position: three.id,
        name: "wanted".into(),
        writers: Writers::All,
        nonce: [8; 16],
    };
    let crowd = crowd(&hostile, 24);
    let mut all = w.basics();
    all.extend([three.clone(), hostile.certificate.clone(), w.mallory.certificate.clone()]);
    all.push(signed_by(&[si, it], &w.admission(three.id, &hostile)));
    all.extend(crowd.iter().map(|(_, certificate)| certificate.clone()));
    for wanted in [&fourth, &share, &next] {
        all.extend([signed_by(&[si], wanted), signed_by(&[it], wanted), signed_by(&[fr], wanted)]);
        for devices in crowd.chunks(12) {
            let unsigned = SignedStatement::unsigned(wanted);
            all.push(verified(devices.iter().fold(unsigned, |signed, (device, _)| signed.sign_device(device))));
        }
    }
    let ids = [&fourth, &share, &next].map(|wanted| SignedStatement::unsigned(wanted).id());
    (w, all, ids)
});

/// Of the signatures that stay the one that counts is among them, and not one that its key has taken back.
#[test]
fn a_revoked_device_takes_nobodys_place_among_the_signatures() {
    let w = world();
    // Of Slovenia's devices the stolen one has the least key: it would be found first.
    let mut secrets: Vec<DeviceSigner> = (150..154).map(|n| DeviceSigner::from_secret(&[n; 32])).collect();
    secrets.push(w.slovenia.device.clone());
    secrets.sort_by_key(DeviceSigner::key);
    let (stolen, good) = (&secrets[0], &secrets[4]);
    let certify = |device: &DeviceSigner| {
        verified(SignedStatement::certificate(&w.slovenia.partner, device, Rights::ALL, "Most", "SI", "office"))
    };
    let revocation = |device: DeviceKey, signed: BTreeSet<StatementId>| Statement::Revocation {
        partner: w.slovenia.id(),
        partner_key: w.slovenia.partner.key(),
        device,
        stays: BTreeMap::new(),
        signed,
    };
    let by_key =
        |statement: &Statement| verified(SignedStatement::unsigned(statement).sign_partner(&w.slovenia.partner));
    let shared = w.slovenia.share(&w.founding, "Posočje", Writers::All);
    let writers = Statement::RegisterWriters {
        register: RegisterId::shared(&shared.id),
        number: 1,
        writers: Writers::All,
        stays: BTreeMap::new(),
        federation: Some(FederationId(w.founding.id.0)),
    };
    let another = revocation(secrets[1].key(), BTreeSet::new());
    let crowd: Vec<DeviceSigner> = (0..40).map(|n| DeviceSigner::from_secret(&[200 + n; 32])).collect();
    let kept = |listed: bool, statement: &Statement| {
        let unsigned = SignedStatement::unsigned(statement);
        let signed = if listed { BTreeSet::from([unsigned.id()]) } else { BTreeSet::new() };
        let mut known: Vec<VerifiedStatement> = secrets.iter().map(certify).collect();
        known.extend([shared.clone(), by_key(&revocation(stolen.key(), signed))]);
        let all = crowd.iter().chain([stolen, good]).fold(unsigned, |signed, device| signed.sign_device(device));
        let id = all.id();
        let by = all.signatures.iter().map(|signature| (signature.key, signature.clone())).collect();
        let stay = w.roster(&known).signatures_that_stay((&id, Some(statement)), by);
        assert!(stay.len() >= limits::SIGNATURES_MAX - 1, "as many as there is room for beside the key's");
        let has = |device: &DeviceSigner| stay.iter().any(|signature| signature.key == device.key().0);
        (has(stolen), has(good))
    };
    assert!(kept(false, &writers).1, "the signature that counts stays");
    assert!(kept(true, &writers).0, "that of a revoked device as well where its key says so");
    assert!(kept(false, &another).1, "a revoked device revokes nobody, so that its signature is not the one");
    let own = revocation(good.key(), BTreeSet::new());
    let last = crowd.iter().map(DeviceSigner::key).filter(|key| *key < good.key()).count();
    assert!(last >= limits::SIGNATURES_MAX, "the crowd alone would fill the room");
    assert!(!kept(false, &own).1, "nor does a device revoke itself");
}

#[test]
fn a_readers_erasure_stays_the_readers_whoever_signs_it_as_well() {
    let w = world();
    let nonce = [9; 16];
    let scope = w.italy.sign(&Statement::PersonScope {
        controller: w.italy.id(),
        nonce,
        number: 1,
        readers: Writers::Partners(BTreeSet::from([w.france.id()])),
    });
    let erasure = Statement::Erasure { controller: w.italy.id(), nonce, reason: 1 };
    let asked = w.france.sign(&erasure);
    let crowd = (0..).map(|n: u32| DeviceSigner::from_secret(&tagged_hash("crowd", &[&n.to_le_bytes()])));
    let least = crowd.filter(|device| device.key() < w.france.device.key());
    let crowd: Vec<_> = least.take(limits::SIGNATURES_MAX + 6).collect();
    let mut set = StatementSet::new();
    for statement in w.basics().into_iter().chain([scope, asked.clone()]) {
        set.insert(statement);
    }
    for some in crowd.chunks(11) {
        let signed = some.iter().fold(SignedStatement::unsigned(&erasure), |signed, device| signed.sign_device(device));
        set.insert_under(verified(signed), &Roster::build(&w.slovenia.id(), set.iter()));
    }
    assert!(set.get(&asked.id).is_some_and(|held| held.signers.contains(&w.france.device.key().0)), "it stays signed");
    let roster = Roster::build(&w.slovenia.id(), set.iter());
    let person = &roster.persons[&RegisterId::person(&w.italy.id(), &nonce)];
    assert!(person.erasure.is_some(), "and counts");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_member_cannot_crowd_out_the_signatures_that_count(
        order in Just((0..CROWDED.1.len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (w, all, ids) = &*CROWDED;
        let order: Vec<&VerifiedStatement> = order.iter().map(|index| &all[*index]).collect();
        let set = settle(&w.slovenia.id(), &order);
        let straight = settle(&w.slovenia.id(), &all.iter().collect::<Vec<_>>());
        prop_assert_eq!(set.digest(), straight.digest(), "the same signatures stay, in whatever order they came");
        for id in ids {
            let held = set.get(id).expect("it was taken");
            prop_assert!(held.signers.len() <= limits::SIGNATURES_MAX, "the bound holds");
            for who in [&w.slovenia, &w.italy] {
                prop_assert!(held.signers.contains(&who.device.key().0), "a steward's signature stays");
            }
        }
        let roster = Roster::build(&w.slovenia.id(), set.iter());
        prop_assert!(roster.is_member(&w.mallory.device.key()), "the fourth partner is admitted");
        prop_assert_eq!(roster.stewards().0, 3, "there are three stewards");
        prop_assert_eq!(roster.federation.map(|federation| federation.position), Some(ids[2]), "the new ones");
        let wanted = RegisterId::shared(&ids[1]);
        prop_assert!(roster.registers.contains_key(&wanted), "and the register is shared");
    }
}

/// What a member can send that is read again with every statement: devices, each with drafts and refusals, and
/// proposals of stewards, in one round or in many.
fn attack(w: &World, devices: usize) -> Vec<VerifiedStatement> {
    let three = w.three();
    let mut all = w.basics();
    all.push(three.clone());
    let body = |number: usize| {
        let mut next = w.next(three.id, 1 + (number % 3) as u64 * number as u64, &[&w.mallory], &[]);
        if let Statement::Stewards { kept, .. } = &mut next {
            kept.insert(StatementId(tagged_hash("test", &[&number.to_le_bytes()])));
        }
        next
    };
    let ids: BTreeSet<StatementId> = (0..16).map(|number| SignedStatement::unsigned(&body(number)).id()).collect();
    for number in 0..devices {
        let device = DeviceSigner::from_secret(&tagged_hash("device", &[&number.to_le_bytes()]));
        let who = Who { partner: PartnerSigner::from_secret(&[3; 32]), certificate: all[2].clone(), device };
        let certificate = SignedStatement::certificate(&who.partner, &who.device, Rights::ALL, "P", "FR", "one");
        all.push(certificate.trusted());
        all.push(who.keep(1, &[&body(number), &body(0)], &ids.iter().copied().collect::<Vec<_>>()));
        all.push(who.sign(&body(number)));
    }
    all
}

#[test]
fn the_work_of_building_grows_with_the_statements_and_no_faster() {
    let w = world();
    let work = |devices| {
        let all = attack(&w, devices);
        build::work::taken();
        let roster = Roster::build(&w.italy.id(), &all);
        assert!(roster.devices.len() > devices, "the attack is read as what it is");
        (build::work::taken(), all.len() as u64)
    };
    let (few, many) = (work(50), work(400));
    let (each_few, each_many) = (few.0 / few.1, many.0 / many.1);
    assert!(each_few > 0 && each_many <= 2 * each_few, "steps a statement: {each_few} of 50, {each_many} of 400");
}
