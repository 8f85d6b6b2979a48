//! Frozen bytes of everything that nodes sign, hand over or compare when they decide whom to trust.
//!
//! `frozen/trust.txt` has one line a vector; WIRE.md explains them. A vector that changes means that nodes
//! of this version and of the ones before it no longer understand one another: new kinds get new numbers,
//! old bytes stay.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, ROOT};
use comin_protocol::beacon::{Audience, Beacon, BeaconDoc, SignedBeacon};
use comin_protocol::check::PartSignatures;
use comin_protocol::codec::{from_cbor, to_cbor};
use comin_protocol::divergence;
use comin_protocol::engine::StoredRun;
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::ids::{
    ActorId, ChangeHash, DeviceKey, DocId, FederationId, Nonce, PartnerId, RecordKey, RegisterId, StatementId, to_hex,
};
use comin_protocol::join::{JoinContext, JoinMessage, Newcomer, Refusal, TicketBook, TicketRequest};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::persons::Reason;
use comin_protocol::roster::Roster;
use comin_protocol::run::Run;
use comin_protocol::statement::{Branch, Draft, Rights, SignedStatement, Statement, Stays, Writers};
use comin_protocol::statement_set::StatementSet;
use comin_protocol::ticket::{Ticket, TicketSecret};
use std::collections::{BTreeMap, BTreeSet};

const FROZEN: &str = include_str!("frozen/trust.txt");

/// The frozen vectors by name.
fn frozen() -> BTreeMap<&'static str, &'static str> {
    let lines = FROZEN.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split_once(" = ").expect("a line is `name = value`")).collect()
}

/// Compares what this version makes with what is frozen, all at once.
fn check(prefix: &str, made: Vec<(&str, String)>) {
    let frozen = frozen();
    let wrong: Vec<String> = made
        .iter()
        .filter(|(name, value)| frozen.get(format!("{prefix}/{name}").as_str()) != Some(&value.as_str()))
        .map(|(name, value)| format!("{prefix}/{name} = {value}"))
        .collect();
    assert!(wrong.is_empty(), "these bytes are not the frozen ones; this version makes\n{}", wrong.join("\n"));
    let names: BTreeSet<String> = made.iter().map(|(name, _)| format!("{prefix}/{name}")).collect();
    let left: Vec<_> =
        frozen.keys().filter(|name| name.starts_with(&format!("{prefix}/")) && !names.contains(**name)).collect();
    assert!(left.is_empty(), "frozen vectors that no test makes: {left:?}");
}

fn partner() -> PartnerSigner {
    PartnerSigner::from_secret(&[1; 32])
}

fn device() -> DeviceSigner {
    DeviceSigner::from_secret(&[2; 32])
}

fn partner_id() -> PartnerId {
    PartnerId::from_first_key(&partner().key())
}

fn newcomer_partner() -> PartnerSigner {
    PartnerSigner::from_secret(&[3; 32])
}

fn newcomer_device() -> DeviceSigner {
    DeviceSigner::from_secret(&[4; 32])
}

fn newcomer_id() -> PartnerId {
    PartnerId::from_first_key(&newcomer_partner().key())
}

fn doc() -> DocId {
    DocId { register: RegisterId::partner(&partner_id()), part: 1 }
}

fn hex<const N: usize>(bytes: &[u8; N]) -> String {
    to_hex(bytes)
}

fn certificate() -> SignedStatement {
    SignedStatement::certificate(&partner(), &device(), Rights::ALL, "Zavod Most", "SI", "office")
}

fn newcomer_certificate() -> SignedStatement {
    SignedStatement::certificate(&newcomer_partner(), &newcomer_device(), Rights::ALL, "Ponte", "IT", "laptop")
}

fn sign(statement: &Statement) -> SignedStatement {
    SignedStatement::unsigned(statement).sign_device(&device())
}

fn founding() -> SignedStatement {
    let (founder, founder_key) = (partner_id(), partner().key());
    sign(&Statement::Founding { name: "COM-IN".into(), founder, founder_key, nonce: [5; 16] })
}

fn federation() -> FederationId {
    FederationId(founding().id().0)
}

fn admission() -> SignedStatement {
    sign(&Statement::Admission {
        federation: federation(),
        position: founding().id(),
        partner: newcomer_id(),
        partner_key: newcomer_partner().key(),
        name: "Ponte".into(),
        country: "IT".into(),
    })
}

fn shared_register() -> SignedStatement {
    sign(&Statement::SharedRegister {
        federation: federation(),
        position: founding().id(),
        name: "Posočje".into(),
        writers: Writers::All,
        nonce: [6; 16],
    })
}

fn register_writers() -> SignedStatement {
    sign(&Statement::RegisterWriters {
        register: RegisterId::shared(&shared_register().id()),
        number: 1,
        writers: Writers::Partners(BTreeSet::from([partner_id(), newcomer_id()])),
        stays: stays(),
        federation: None,
    })
}

fn writers_of_federation() -> SignedStatement {
    sign(&Statement::RegisterWriters {
        register: RegisterId::shared(&shared_register().id()),
        number: 2,
        writers: Writers::All,
        stays: Stays::new(),
        federation: Some(federation()),
    })
}

fn addresses() -> SignedStatement {
    let addresses = vec!["/ip4/192.0.2.1/tcp/8471".to_owned()];
    sign(&Statement::Addresses { device: device().key(), number: 300, addresses })
}

fn branch(value: &str) -> Branch {
    let nonce = Nonce([7; 16]);
    let mut am = Automerge::new();
    am.set_actor(ActorId::derive(&doc(), &device().key(), &nonce).to_automerge());
    let mut tx = am.transaction();
    tx.put(ROOT, "key", value).expect("a put on the root works");
    tx.commit_with(CommitOptions::default().with_time(1_800_000_000_000));
    let change = am.get_changes(&[]).remove(0);
    let run = Run::sign(&device(), &doc(), nonce, 1, change.hash().into(), [0; 8]).run;
    Branch { run, changes: vec![change.raw_bytes().to_vec().into()] }
}

fn divergent() -> SignedStatement {
    SignedStatement::unsigned(&divergence::prove(doc(), None, 1, branch("left"), branch("right")))
}

fn stewards() -> SignedStatement {
    let all = [(partner_id(), partner()), (newcomer_id(), newcomer_partner()), third()];
    sign(&Statement::Stewards {
        federation: federation(),
        predecessor: founding().id(),
        round: 1,
        stewards: all.into_iter().map(|(id, key)| (id, key.key())).collect(),
        kept: BTreeSet::from([admission().id(), shared_register().id()]),
    })
}

fn third() -> (PartnerId, PartnerSigner) {
    let partner = PartnerSigner::from_secret(&[15; 32]);
    (PartnerId::from_first_key(&partner.key()), partner)
}

fn stays() -> Stays {
    BTreeMap::from([(doc(), BTreeMap::from([(ActorId([8; 16]), 300)]))])
}

fn removal() -> SignedStatement {
    sign(&Statement::Removal {
        federation: federation(),
        position: founding().id(),
        partner: newcomer_id(),
        stays: stays(),
    })
}

fn rekeying() -> SignedStatement {
    let (old, new) = (newcomer_partner().key(), third().1.key());
    let (federation, position, partner) = (federation(), founding().id(), newcomer_id());
    sign(&Statement::Rekeying { federation, position, partner, old, new, stays: stays() })
}

fn revocation() -> SignedStatement {
    let (device, signed) = (DeviceKey([3; 32]), BTreeSet::from([admission().id()]));
    let (partner, partner_key) = (newcomer_id(), newcomer_partner().key());
    sign(&Statement::Revocation { partner, partner_key, device, stays: stays(), signed })
}

fn carry_over() -> SignedStatement {
    sign(&Statement::CarryOver {
        name: "COM-IN, carried on".into(),
        founder: partner_id(),
        founder_key: partner().key(),
        nonce: [16; 16],
        predecessor: federation(),
        kept: BTreeSet::from([founding().id(), admission().id()]),
    })
}

fn device_certificate() -> SignedStatement {
    let statement = Statement::DeviceCertificate {
        partner: partner_id(),
        partner_key: partner().key(),
        by: device().key(),
        device: newcomer_device().key(),
        rights: Rights::EDIT,
        partner_name: "Most".into(),
        country: "SI".into(),
        device_name: "laptop".into(),
    };
    sign(&statement).sign_device(&newcomer_device())
}

fn drafts() -> SignedStatement {
    let signed = removal();
    let draft = Draft { signature: signed.signatures[0].signature, body: signed.body };
    let refused = BTreeSet::from([rekeying().id()]);
    sign(&Statement::Drafts { device: device().key(), number: 3, drafts: vec![draft], refused })
}

const PERSON: [u8; 16] = [16; 16];

fn person_scope() -> SignedStatement {
    let readers = Writers::Partners(BTreeSet::from([newcomer_id()]));
    sign(&Statement::PersonScope { controller: partner_id(), nonce: PERSON, number: 2, readers })
}

fn erasure() -> SignedStatement {
    let reason = Reason::Left.number();
    sign(&Statement::Erasure { controller: partner_id(), nonce: PERSON, reason })
}

fn erasure_receipts() -> SignedStatement {
    let persons = BTreeSet::from([RegisterId::person(&partner_id(), &PERSON)]);
    sign(&Statement::ErasureReceipts { device: device().key(), number: 3, persons })
}

fn run() -> Run {
    Run::sign(&device(), &doc(), Nonce([7; 16]), 300, ChangeHash([8; 32]), [9; 8]).run
}

fn beacon(audience: Audience) -> SignedBeacon {
    let docs = vec![BeaconDoc { register: doc().register, part: 1, changes: 300, digest: [10; 16] }];
    Beacon { device: device().key(), audience, number: 12, time_ms: 1_800_000_000_000, docs, process: None }
        .sign(&device())
}

fn ticket() -> Ticket {
    Ticket {
        federation: federation(),
        position: founding().id(),
        inviter_device: device().key(),
        inviter: partner_id(),
        federation_name: "COM-IN".into(),
        invitee_name: "Ponte".into(),
        country: "IT".into(),
        secret: TicketSecret([11; 16]),
        expires_ms: 1_800_000_000_000,
        addresses: vec!["/ip4/192.0.2.1/tcp/8471".into()],
    }
}

#[test]
fn ids_are_frozen() {
    let device_key = DeviceKey([2; 32]);
    let organisation = RecordKey::random("organisation", &device_key, [3; 8]);
    let network = RecordKey::random("network", &device_key, [4; 8]);
    let made = vec![
        ("partner", hex(&partner_id().0)),
        ("register-partner", hex(&RegisterId::partner(&partner_id()).0)),
        ("register-internal", hex(&RegisterId::internal(&partner_id()).0)),
        ("register-shared", hex(&RegisterId::shared(&StatementId([5; 32])).0)),
        ("register-person", hex(&RegisterId::person(&partner_id(), &PERSON).0)),
        ("document-person", hex(&DocId::person(RegisterId::person(&partner_id(), &PERSON)).to_hash())),
        ("record-person", RecordKey::person(&RegisterId::person(&partner_id(), &PERSON)).to_string()),
        ("document", hex(&doc().to_hash())),
        ("actor", hex(&ActorId::derive(&doc(), &device_key, &Nonce([7; 16])).0)),
        ("record-random", organisation.to_string()),
        ("record-derived", RecordKey::derived("membership", &[&organisation, &network]).to_string()),
        ("ticket", ticket().id().to_string()),
    ];
    check("id", made);
}

#[test]
fn statements_are_frozen() {
    let all = [
        ("certificate", certificate()),
        ("founding", founding()),
        ("admission", admission()),
        ("shared-register", shared_register()),
        ("register-writers", register_writers()),
        ("addresses", addresses()),
        ("divergence", divergent()),
    ];
    let governing = [
        ("stewards", stewards()),
        ("removal", removal()),
        ("rekeying", rekeying()),
        ("drafts", drafts()),
        ("revocation", revocation()),
        ("carry-over", carry_over()),
        ("device-certificate", device_certificate()),
        ("person-scope", person_scope()),
        ("erasure", erasure()),
        ("erasure-receipts", erasure_receipts()),
    ];
    let mut made: Vec<_> = all.iter().map(|(name, signed)| (*name, to_hex(&to_cbor(signed)))).collect();
    let mut set = StatementSet::new();
    for (name, signed) in all {
        let read: SignedStatement = from_cbor(&to_cbor(&signed)).expect("the frozen form reads back");
        let verified = read.verify().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(verified.statement.as_ref().map(Statement::kind), Some(name), "it is what its name says");
        set.insert(verified);
    }
    let roster = Roster::build(&newcomer_id(), set.iter());
    assert_eq!(roster.federation.as_ref().map(|f| f.id), Some(federation()), "together they admit the newcomer");
    for (name, signed) in governing {
        let read: SignedStatement = from_cbor(&to_cbor(&signed)).expect("the frozen form reads back");
        let verified = read.verify().unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(verified.statement.as_ref().map(Statement::kind), Some(name), "it is what its name says");
        made.push((name, to_hex(&to_cbor(&signed))));
    }
    let named = writers_of_federation();
    let read: SignedStatement = from_cbor(&to_cbor(&named)).expect("the frozen form reads back");
    let said = read.verify().expect("its signature is good").statement;
    assert_eq!(said.and_then(|said| said.federation()), Some(federation()), "it names its federation");
    made.push(("register-writers-of-federation", to_hex(&to_cbor(&named))));
    made.push(("id-of-certificate", certificate().id().to_string()));
    made.push(("set-digest", hex(&set.digest())));
    made.push(("roster-head", hex(&roster.head)));
    check("statement", made);
}

#[test]
fn the_frozen_statements_of_a_person_say_what_they_are_for() {
    let person = RegisterId::person(&partner_id(), &PERSON);
    let read = |names: &[&str]| {
        let more = names.iter().map(|name| {
            let bytes = from_hex(frozen()[format!("statement/{name}").as_str()]).expect("hexadecimal digits");
            from_cbor::<SignedStatement>(&bytes).expect("a frozen statement reads")
        });
        let all = [certificate(), newcomer_certificate(), founding(), admission()].into_iter().chain(more);
        let all: Vec<_> = all.map(|signed| signed.verify().expect("its signatures are good")).collect();
        Roster::build(&partner_id(), &all)
    };
    let scoped = read(&["person-scope"]);
    assert!(scoped.may_read(&person, &newcomer_device().key()), "the scope names the newcomer");
    assert!(scoped.may_write(&person, &device().key()), "the controller writes");
    let erased = read(&["person-scope", "erasure", "erasure-receipts"]);
    let facts = &erased.persons[&person];
    assert!(facts.is_erased() && facts.receipts.contains(&device().key()), "erased, with one receipt");
    assert_eq!(erased.readers(&person).count(), 0, "nobody reads it any more");
}

#[test]
fn a_statement_of_a_later_kind_is_kept_as_it_is() {
    let later = SignedStatement { body: vec![0x82, 0x18, 0x63, 0x81, 0x01], signatures: vec![] }.sign_device(&device());
    let verified = later.clone().verify().expect("its signature is good");
    assert_eq!(verified.statement, None, "nobody pretends to know what it says");
    assert_eq!(verified.signed, later, "and it travels on unchanged");

    let mut longer = founding().body;
    assert_eq!(longer[..3], [0x82, 0x01, 0x84], "a founding has four fields");
    longer[2] = 0x85;
    longer.push(0x07);
    let longer = SignedStatement { body: longer, signatures: vec![] }.sign_device(&device()).verify();
    let read = longer.expect("its signature is good").statement;
    assert_eq!(read.as_ref().map(Statement::kind), Some("founding"), "a later version's fifth field is skipped");
}

#[test]
fn runs_and_beacons_are_frozen() {
    let stored = StoredRun { run: run(), tail: vec![vec![1, 2, 3].into()] };
    let signatures = PartSignatures::new(doc(), vec![stored]).to_bytes();
    check("run", vec![("run", to_hex(&to_cbor(&run()))), ("signatures", to_hex(&signatures))]);
    assert!(run().verify(&doc()).is_some(), "the frozen run is good");
    let register = beacon(Audience::Register(doc().register));
    let made = vec![
        ("federation", to_hex(&to_cbor(&beacon(Audience::Federation)))),
        ("register", to_hex(&to_cbor(&register))),
    ];
    check("beacon", made);
    assert!(register.is_genuine(), "the frozen beacon is good");
}

#[test]
fn ticket_and_kit_are_frozen() {
    let kit = RecoveryKit {
        partner: partner(),
        name: "Zavod Most".into(),
        country: "SI".into(),
        device: "office".into(),
        of: None,
    };
    let code: String = kit.to_text().lines().filter(|line| !line.starts_with('#')).collect();
    let made = vec![("text", ticket().to_text()), ("fingerprint", hex(&ticket().fingerprint())), ("kit", code)];
    check("ticket", made);
    assert_eq!(Ticket::parse(frozen()["ticket/text"]), Ok(ticket()), "the frozen text reads back");
    let kit = RecoveryKit::parse(frozen()["ticket/kit"]).expect("the frozen kit reads back");
    assert_eq!(kit.partner.to_secret(), [1; 32], "with the partner's secret");
}

#[test]
fn a_join_is_frozen() {
    let mut set = StatementSet::new();
    for signed in [certificate(), founding()] {
        set.insert(signed.verify().expect("good"));
    }
    let roster = Roster::build(&partner_id(), set.iter());
    let (inviter, device) = (device().key(), newcomer_device().key());
    let ctx = JoinContext { device: &inviter, roster: &roster, statements: &set };
    let mut book = TicketBook::default();
    let request = TicketRequest {
        name: "Ponte".into(),
        country: "IT".into(),
        valid_ms: 1_000,
        secret: [11; 16],
        addresses: ticket().addresses,
    };
    let info = book.invite(request, 1_799_999_999_000, &ctx).expect("the founder may invite");
    assert_eq!(info.text, Some(ticket().to_text()), "the book makes the frozen ticket");

    let mut newcomer = Newcomer::start(ticket(), newcomer_certificate(), [12; 16]).expect("a good certificate");
    let mut made = Vec::new();
    let hello = newcomer.handle_connected().expect("the join is under way");
    let reveal = book.handle_message(&device, &hello, 1_799_999_999_000, [13; 16], &ctx).remove(0).frame;
    let answer = newcomer.handle_message(&inviter, &reveal).frames.remove(0);
    let waiting = book.handle_message(&device, &answer, 1_799_999_999_000, [14; 16], &ctx).remove(0).frame;
    newcomer.handle_message(&inviter, &waiting);
    made.push(("hello", to_hex(&hello)));
    made.push(("inviter", to_hex(&reveal)));
    made.push(("newcomer", to_hex(&answer)));
    made.push(("waiting", to_hex(&waiting)));
    made.push(("check-number", newcomer.check_number().expect("both have revealed")));
    made.push(("pending-id", book.pending()[0].id.clone()));

    set.insert(newcomer_certificate().verify().expect("good"));
    set.insert(admission().verify().expect("good"));
    let roster = Roster::build(&partner_id(), set.iter());
    let ctx = JoinContext { device: &inviter, roster: &roster, statements: &set };
    let admitted = book.settle(&ctx).remove(0).frame;
    made.push(("admitted", to_hex(&admitted)));
    assert!(newcomer.handle_message(&inviter, &admitted).admitted.is_some(), "the frozen join ends well");
    let refused = JoinMessage::Refused { stage: Refusal::TicketUsed.stage().into() };
    made.push(("refused", to_hex(&refused.to_frame())));
    check("join", made);
}

proptest::proptest! {
    /// Whatever a peer makes of these bytes, reading them ends in a value or an error.
    #[test]
    fn altered_bytes_never_panic(pick in 0usize..64, place in 0usize..4096, bit in 0u8..8, cut in 0usize..4096) {
        let frozen = frozen();
        let binary: Vec<Vec<u8>> = frozen.values().filter_map(|value| from_hex(value)).collect();
        let mut bytes = binary[pick % binary.len()].clone();
        let (place, keep) = (place % bytes.len(), bytes.len() - cut % bytes.len());
        bytes[place] ^= 1 << bit;
        bytes.truncate(keep);
        let _ = from_cbor::<SignedStatement>(&bytes).map(SignedStatement::verify);
        let _ = from_cbor::<Run>(&bytes).map(|run| run.verify(&doc()));
        let _ = from_cbor::<SignedBeacon>(&bytes).map(|beacon| beacon.is_genuine());
        let mut newcomer = Newcomer::start(ticket(), newcomer_certificate(), [12; 16]).expect("a good certificate");
        newcomer.handle_connected();
        newcomer.handle_message(&device().key(), &bytes);
        let (set, roster) = (StatementSet::new(), Roster::default());
        let ctx = JoinContext { device: &device().key(), roster: &roster, statements: &set };
        TicketBook::default().handle_message(&newcomer_device().key(), &bytes, 0, [0; 16], &ctx);
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    Some(digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}
