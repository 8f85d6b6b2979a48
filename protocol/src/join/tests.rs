use super::*;
use crate::identity::{DeviceSigner, PartnerSigner};
use crate::ids::{FederationId, PartnerId, StatementId};
use crate::limits;
use crate::roster::Roster;
use crate::statement::{Rights, SignedStatement, Statement, VerifiedStatement};
use crate::statement_set::StatementSet;
use crate::ticket::Ticket;
use std::collections::{BTreeMap, BTreeSet};

const NOW_MS: u64 = 1_800_000_000_000;

/// One node: keys, statements and the roster read from them.
struct Node {
    partner: PartnerSigner,
    device: DeviceSigner,
    certificate: SignedStatement,
    statements: StatementSet,
    roster: Roster,
}

impl Node {
    fn new(number: u8, name: &str, country: &str) -> Self {
        let partner = PartnerSigner::from_secret(&[number; 32]);
        let device = DeviceSigner::from_secret(&[number + 100; 32]);
        let certificate = SignedStatement::certificate(&partner, &device, Rights::ALL, name, country, "office");
        let statements = StatementSet::new();
        let mut node =
            Self { partner, device, certificate: certificate.clone(), statements, roster: Roster::default() };
        node.take([verified(certificate)]);
        node
    }

    fn founder(number: u8, name: &str, country: &str) -> Self {
        let mut node = Self::new(number, name, country);
        let (founder, founder_key) = (node.id(), node.partner.key());
        let founding = Statement::Founding { name: "COM-IN".into(), founder, founder_key, nonce: [number; 16] };
        let founding = node.sign(&founding);
        node.take([founding]);
        node
    }

    fn id(&self) -> PartnerId {
        PartnerId::from_first_key(&self.partner.key())
    }

    fn sign(&self, statement: &Statement) -> VerifiedStatement {
        verified(SignedStatement::unsigned(statement).sign_device(&self.device))
    }

    fn take(&mut self, statements: impl IntoIterator<Item = VerifiedStatement>) {
        for statement in statements {
            self.statements.insert(statement);
        }
        self.roster = Roster::build(&self.id(), self.statements.iter());
    }

    fn invite(&self, book: &mut TicketBook, secret: u8) -> Ticket {
        let request = TicketRequest {
            name: "Cooperativa Ponte".into(),
            country: "IT".into(),
            valid_ms: limits::TICKET_VALID_MS,
            secret: [secret; 16],
            addresses: vec!["/ip4/127.0.0.1/tcp/8471".into()],
        };
        let info = self.with_context(|ctx| book.invite(request, NOW_MS, ctx)).expect("the founder may invite");
        Ticket::parse(&info.text.expect("an open ticket has its text")).expect("the text reads back")
    }

    fn with_context<T>(&self, f: impl FnOnce(&JoinContext<'_>) -> T) -> T {
        f(&JoinContext { device: &self.device.key(), roster: &self.roster, statements: &self.statements })
    }

    fn hear(&self, book: &mut TicketBook, from: &Node, frame: &[u8], nonce: u8) -> Vec<JoinOut> {
        self.hear_at(book, from, frame, nonce, NOW_MS)
    }

    fn hear_at(&self, book: &mut TicketBook, from: &Node, frame: &[u8], nonce: u8, now_ms: u64) -> Vec<JoinOut> {
        self.with_context(|ctx| book.handle_message(&from.device.key(), frame, now_ms, [nonce; 16], ctx))
    }
}

fn verified(signed: SignedStatement) -> VerifiedStatement {
    signed.verify().expect("the fixture's signatures are good")
}

fn newcomer(node: &Node, ticket: &Ticket, nonce: u8) -> Newcomer {
    Newcomer::start(ticket.clone(), node.certificate.clone(), [nonce; 16]).expect("the certificate is the node's own")
}

/// The one frame in `out`.
fn frame(out: &[JoinOut]) -> &[u8] {
    assert_eq!(out.len(), 1, "one answer");
    &out[0].frame
}

fn refusal(out: &[JoinOut]) -> String {
    match JoinMessage::from_frame(frame(out)) {
        Ok(JoinMessage::Refused { stage }) => {
            assert!(out[0].close, "a refusal ends the stream");
            stage
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Slovenia founds and invites, Italy has the ticket.
struct Scene {
    slovenia: Node,
    italy: Node,
    book: TicketBook,
    ticket: Ticket,
}

fn scene() -> Scene {
    let slovenia = Node::founder(1, "Zavod Most", "SI");
    let mut book = TicketBook::default();
    let ticket = slovenia.invite(&mut book, 42);
    Scene { italy: Node::new(2, "Cooperativa Ponte", "IT"), slovenia, book, ticket }
}

impl Scene {
    /// From the hello to both check numbers.
    fn wait(&mut self, newcomer: &mut Newcomer) {
        let inviter = self.slovenia.device.key();
        let hello = newcomer.handle_connected().expect("the join is under way");
        let reveal = self.slovenia.hear(&mut self.book, &self.italy, &hello, 7);
        let answer = newcomer.handle_message(&inviter, frame(&reveal));
        assert_eq!(answer.frames.len(), 1, "the newcomer reveals itself: {:?}", newcomer.status());
        let waiting = self.slovenia.hear(&mut self.book, &self.italy, &answer.frames[0], 8);
        let out = newcomer.handle_message(&inviter, frame(&waiting));
        assert_eq!(out, NewcomerOut::default(), "then it waits");
    }

    /// A person confirms; the engine signs and stores.
    fn approve(&mut self) -> Vec<JoinOut> {
        let id = self.book.pending()[0].id.clone();
        let draft = self.slovenia.with_context(|ctx| self.book.approve(&id, ctx)).expect("it is pending");
        let admission = self.slovenia.sign(&draft.admission);
        self.slovenia.take([verified(draft.certificate), admission]);
        self.slovenia.with_context(|ctx| self.book.settle(ctx))
    }
}

#[test]
fn a_join_from_ticket_to_admission() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    assert_eq!(italy.status().stage, "dialling", "nobody has been reached");
    s.wait(&mut italy);

    let status = italy.status();
    assert_eq!((status.stage, status.text.as_str()), ("waiting", "Zavod Most"), "it says for whom it waits");
    let pending = s.book.pending();
    assert_eq!(pending.len(), 1, "one newcomer waits");
    assert_eq!(pending[0].name, "Cooperativa Ponte", "under its own name");
    assert_eq!(Some(&pending[0].check_number), status.check_number.as_ref(), "both screens show the same number");
    assert!(pending[0].check_number.len() == 9 && &pending[0].check_number[4..5] == " ", "as 1234 5678");
    assert!(!s.slovenia.roster.is_member(&s.italy.device.key()), "nothing is admitted yet");

    let out = s.approve();
    assert_eq!(out[0].device, s.italy.device.key(), "the newcomer is told");
    let done = italy.handle_message(&s.slovenia.device.key(), frame(&out));
    s.italy.take(done.admitted.expect("it is admitted"));
    assert_eq!(italy.status().stage, "admitted", "the join is over");
    assert!(done.close && !italy.is_under_way(), "and the stream with it");
    assert!(s.italy.roster.is_member(&s.slovenia.device.key()), "Italy knows Slovenia's device");
    assert!(s.slovenia.roster.is_member(&s.italy.device.key()), "Slovenia knows Italy's");
    assert!(s.book.pending().is_empty(), "nobody waits any more");
    assert_eq!(s.book.list(NOW_MS)[0].state, "used", "the ticket has been used");
    assert!(s.slovenia.with_context(|ctx| s.book.settle(ctx)).is_empty(), "settling again does nothing");
}

#[test]
fn both_sides_may_stop_and_go_on_at_any_moment() {
    let mut s = scene();
    let inviter = s.slovenia.device.key();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let reopen = |book: &mut TicketBook, italy: &mut Newcomer| {
        *book = TicketBook::from_bytes(&book.to_bytes()).expect("the book reads back");
        *italy = Newcomer::from_bytes(&italy.to_bytes()).expect("the join reads back");
    };
    s.wait(&mut italy);
    let number = italy.check_number();
    for _ in 0..5 {
        reopen(&mut s.book, &mut italy);
        s.wait(&mut italy);
        assert_eq!(italy.check_number(), number, "saying hello again is no new attempt");
        assert_eq!(s.book.pending().len(), 1, "and no second newcomer");
    }
    let _lost = s.approve();
    reopen(&mut s.book, &mut italy);
    let hello = italy.handle_connected().expect("it has not heard of its admission");
    let out = s.slovenia.hear(&mut s.book, &s.italy, &hello, 9);
    let done = italy.handle_message(&inviter, frame(&out));
    assert!(done.admitted.is_some(), "it hears so when it comes back");
    assert_eq!(italy.handle_connected(), None, "then there is nothing left to say");
}

#[test]
fn a_newcomer_that_lost_its_state_after_admission_gets_in_again() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    s.approve();
    let mut again = newcomer(&s.italy, &s.ticket, 6);
    let hello = again.handle_connected().expect("a new attempt");
    let reveal = s.slovenia.hear(&mut s.book, &s.italy, &hello, 9);
    let answer = again.handle_message(&s.slovenia.device.key(), frame(&reveal));
    let out = s.slovenia.hear(&mut s.book, &s.italy, &answer.frames[0], 10);
    let done = again.handle_message(&s.slovenia.device.key(), frame(&out));
    assert!(done.admitted.is_some(), "it is a member already and nobody has to confirm");
}

#[test]
fn a_ticket_that_nobody_made_is_unknown() {
    let mut s = scene();
    let other = Ticket { secret: crate::ticket::TicketSecret([1; 16]), ..s.ticket.clone() };
    let hello = newcomer(&s.italy, &other, 5).handle_connected().expect("under way");
    let out = s.slovenia.hear(&mut s.book, &s.italy, &hello, 7);
    assert_eq!(refusal(&out), "ticket-unknown", "no such ticket");

    let hello = newcomer(&s.italy, &s.ticket, 5).handle_connected().expect("under way");
    let Ok(JoinMessage::Hello { federation, ticket, commitment, mut proof }) = JoinMessage::from_frame(&hello) else {
        panic!("a hello");
    };
    proof[0] ^= 1;
    let forged = JoinMessage::Hello { federation, ticket, commitment, proof }.to_frame();
    let out = s.slovenia.hear(&mut s.book, &s.italy, &forged, 7);
    assert_eq!(refusal(&out), "ticket-unknown", "the id alone, without the secret, is not the ticket");
    assert_eq!(s.book.list(NOW_MS)[0].state, "open", "and does not use it up");
}

#[test]
fn a_ticket_is_bound_to_the_first_device() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let hello = italy.handle_connected().expect("under way");
    s.slovenia.hear(&mut s.book, &s.italy, &hello, 7);
    let mallory = Node::new(4, "Mallory", "IT");
    let hers = newcomer(&mallory, &s.ticket, 6).handle_connected().expect("under way");
    let out = s.slovenia.hear(&mut s.book, &mallory, &hers, 8);
    assert_eq!(refusal(&out), "ticket-used", "another device comes too late");
    let replayed = s.slovenia.hear(&mut s.book, &mallory, &hello, 8);
    assert_eq!(refusal(&replayed), "ticket-unknown", "a hello that was overheard proves nothing for another device");
    s.wait(&mut italy);
}

#[test]
fn a_ticket_expires_by_the_inviters_clock() {
    let mut s = scene();
    let late = NOW_MS + limits::TICKET_VALID_MS + 1;
    assert_eq!(s.book.list(late)[0].state, "expired", "the list says so");
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let hello = italy.handle_connected().expect("under way");
    let out = s.slovenia.hear_at(&mut s.book, &s.italy, &hello, 7, late);
    assert_eq!(refusal(&out), "ticket-expired", "too late to begin");
    let out = italy.handle_message(&s.slovenia.device.key(), frame(&out));
    assert!(out.close, "the newcomer gives up");
    assert_eq!(italy.refused_stage(), Some("ticket-expired"), "and knows the stage");
    assert!(italy.status().text.contains("expired"), "and says it in words");
}

#[test]
fn a_join_that_has_begun_outlives_the_tickets_time() {
    let mut s = scene();
    let late = NOW_MS + limits::TICKET_VALID_MS + 1;
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    let hello = italy.handle_connected().expect("under way");
    let out = s.slovenia.hear_at(&mut s.book, &s.italy, &hello, 9, late);
    assert!(matches!(JoinMessage::from_frame(frame(&out)), Ok(JoinMessage::Inviter(_))), "it goes on");
}

#[test]
fn a_cancelled_ticket_is_refused() {
    let mut s = scene();
    let id = s.book.list(NOW_MS)[0].id.clone();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    let out = s.book.cancel(&id[..6]).expect("a beginning is enough").expect("the newcomer that waits is told");
    assert_eq!(refusal(&[out]), "ticket-cancelled", "why its join ends");
    assert!(s.book.pending().is_empty(), "it does not wait any more");
    let hello = newcomer(&s.italy, &s.ticket, 6).handle_connected().expect("under way");
    let out = s.slovenia.hear(&mut s.book, &s.italy, &hello, 7);
    assert_eq!(refusal(&out), "ticket-cancelled", "nor can it begin again");
    assert_eq!(s.book.cancel(&id), Err(JoinError::Over), "a ticket is cancelled once");
    assert_eq!(s.book.cancel("zz"), Err(JoinError::NotFound), "and only if it exists");
}

#[test]
fn a_ticket_of_another_federation_is_refused() {
    let s = scene();
    let france = Node::founder(3, "Association Passerelle", "FR");
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let hello = italy.handle_connected().expect("under way");
    let out = france.hear(&mut TicketBook::default(), &s.italy, &hello, 7);
    assert_eq!(refusal(&out), "foreign-federation", "France knows of no such federation");
    let nobody = Node::new(6, "Nobody", "FR");
    let out = nobody.hear(&mut TicketBook::default(), &s.italy, &hello, 7);
    assert_eq!(refusal(&out), "foreign-federation", "nor does who is in none");
}

#[test]
fn what_is_revealed_must_fit_the_commitment() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let hello = italy.handle_connected().expect("under way");
    s.slovenia.hear(&mut s.book, &s.italy, &hello, 7);
    let certificate =
        SignedStatement::certificate(&s.italy.partner, &s.italy.device, Rights::ALL, "Ministry", "IT", "office");
    let other = JoinMessage::Newcomer { ticket: s.ticket.id(), nonce: [5; 16], certificate };
    let out = s.slovenia.hear(&mut s.book, &s.italy, &other.to_frame(), 8);
    assert_eq!(refusal(&out), "commitment-mismatch", "a name chosen after the inviter's nonce is refused");
    assert!(s.book.pending().is_empty(), "nobody is asked to confirm it");

    let ground =
        JoinMessage::Newcomer { ticket: s.ticket.id(), nonce: [6; 16], certificate: s.italy.certificate.clone() };
    let hello = newcomer(&s.italy, &s.ticket, 5).handle_connected().expect("under way");
    s.slovenia.hear(&mut s.book, &s.italy, &hello, 9);
    let out = s.slovenia.hear(&mut s.book, &s.italy, &ground.to_frame(), 8);
    assert_eq!(refusal(&out), "commitment-mismatch", "so is another nonce");
}

#[test]
fn an_inviter_that_changes_its_reveal_is_refused() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let hello = italy.handle_connected().expect("under way");
    let untouched = s.book.clone();
    let first = s.slovenia.hear(&mut s.book, &s.italy, &hello, 7);
    italy.handle_message(&s.slovenia.device.key(), frame(&first));
    let second = s.slovenia.hear(&mut untouched.clone(), &s.italy, &hello, 8);
    assert_ne!(first, second, "the second reveal has another nonce");
    italy.handle_message(&s.slovenia.device.key(), frame(&second));
    assert_eq!(italy.refused_stage(), Some("commitment-mismatch"), "the newcomer's nonce is known by now");
}

#[test]
fn a_ticket_allows_three_attempts() {
    let mut s = scene();
    for attempt in 0..limits::JOIN_ATTEMPTS_MAX {
        let hello = newcomer(&s.italy, &s.ticket, 50 + attempt).handle_connected().expect("under way");
        let out = s.slovenia.hear(&mut s.book, &s.italy, &hello, attempt);
        assert!(matches!(JoinMessage::from_frame(frame(&out)), Ok(JoinMessage::Inviter(_))), "attempt {attempt}");
    }
    let hello = newcomer(&s.italy, &s.ticket, 99).handle_connected().expect("under way");
    let out = s.slovenia.hear(&mut s.book, &s.italy, &hello, 9);
    assert_eq!(refusal(&out), "too-many-attempts", "then it is over");
}

#[test]
fn a_newcomer_that_begins_again_is_another_pending_join() {
    let mut s = scene();
    s.wait(&mut newcomer(&s.italy, &s.ticket, 5));
    let before = s.book.pending()[0].clone();
    s.wait(&mut newcomer(&s.italy, &s.ticket, 6));
    let after = s.book.pending()[0].clone();
    assert_ne!(before.check_number, after.check_number, "another nonce, another number");
    let stale = s.slovenia.with_context(|ctx| s.book.approve(&before.id, ctx));
    assert_eq!(stale.err(), Some(JoinError::NotFound), "who read out the old number does not confirm the new one");
}

#[test]
fn a_person_may_reject() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    let id = s.book.pending()[0].id.clone();
    let out = s.book.reject(&id).expect("it is pending").expect("the newcomer is told");
    italy.handle_message(&s.slovenia.device.key(), &out.frame);
    assert_eq!(italy.refused_stage(), Some("rejected"), "it reads why");
    let hello = newcomer(&s.italy, &s.ticket, 6).handle_connected().expect("under way");
    assert_eq!(refusal(&s.slovenia.hear(&mut s.book, &s.italy, &hello, 7)), "rejected", "for good");
    assert_eq!(s.book.reject(&id), Err(JoinError::NotFound), "there is nothing left to reject");
}

#[test]
fn malformed_messages_are_refused() {
    let mut s = scene();
    let frames = [
        b"not cbor".to_vec(),
        vec![0; limits::JOIN_MESSAGE_BYTES_MAX + 1],
        JoinMessage::Waiting { for_whom: vec![] }.to_frame(),
    ];
    for bytes in frames {
        assert_eq!(refusal(&s.slovenia.hear(&mut s.book, &s.italy, &bytes, 7)), "malformed", "the inviter says so");
    }
    let early =
        JoinMessage::Newcomer { ticket: s.ticket.id(), nonce: [5; 16], certificate: s.italy.certificate.clone() };
    let out = s.slovenia.hear(&mut s.book, &s.italy, &early.to_frame(), 7);
    assert_eq!(refusal(&out), "ticket-unknown", "revealing comes after a hello");

    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    italy.handle_connected();
    let early = JoinMessage::Admitted { statements: vec![], last: true };
    italy.handle_message(&s.slovenia.device.key(), &early.to_frame());
    assert_eq!(italy.refused_stage(), Some("malformed"), "nobody is admitted before the numbers are shown");
}

#[test]
fn only_the_tickets_device_is_heard() {
    let s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    italy.handle_connected();
    let before = italy.clone();
    let out = italy.handle_message(&s.italy.device.key(), &Refusal::Rejected.to_frame());
    assert!(out.close && out.frames.is_empty(), "another device's stream is closed");
    assert_eq!(italy, before, "and changes nothing");
}

#[test]
fn a_false_admission_is_not_believed() {
    let mut s = scene();
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    let mallory = Node::founder(4, "Mallory", "IT");
    let federation = mallory.roster.federation.clone().expect("she founded one");
    let admission = mallory.sign(&Statement::Admission {
        federation: federation.id,
        position: federation.position,
        partner: s.italy.id(),
        partner_key: s.italy.partner.key(),
        name: "Ponte".into(),
        country: "IT".into(),
    });
    let mut statements: Vec<_> = mallory.statements.iter().map(|s| s.signed.clone()).collect();
    statements.push(admission.signed);
    let mut fooled = italy.clone();
    fooled.handle_message(&s.slovenia.device.key(), &JoinMessage::Admitted { statements, last: true }.to_frame());
    assert_eq!(fooled.refused_stage(), Some("foreign-federation"), "another federation than the ticket's");

    let statements = s.slovenia.statements.iter().map(|s| s.signed.clone()).collect();
    italy.handle_message(&s.slovenia.device.key(), &JoinMessage::Admitted { statements, last: true }.to_frame());
    assert_eq!(italy.refused_stage(), Some("foreign-federation"), "the right one, without the admission");
}

#[test]
fn an_altered_ticket_shows_in_the_numbers() {
    let mut s = scene();
    let altered = Ticket { invitee_name: "Other".into(), ..s.ticket.clone() };
    let mut italy = newcomer(&s.italy, &altered, 5);
    s.wait(&mut italy);
    assert_ne!(
        italy.check_number(),
        Some(s.book.pending()[0].check_number.clone()),
        "whatever was altered in the ticket, the numbers differ"
    );
}

#[test]
fn before_admission_the_inviter_tells_nothing_beyond_the_ticket() {
    let mut s = scene();
    let secret_member = Node::new(9, "Secret member", "FR");
    let federation = s.slovenia.roster.federation.clone().expect("founded");
    let admission = s.slovenia.sign(&Statement::Admission {
        federation: FederationId(federation.id.0),
        position: StatementId(federation.id.0),
        partner: secret_member.id(),
        partner_key: secret_member.partner.key(),
        name: "Secret member".into(),
        country: "FR".into(),
    });
    s.slovenia.take([verified(secret_member.certificate.clone()), admission]);
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    let hello = italy.handle_connected().expect("under way");
    let reveal = s.slovenia.hear(&mut s.book, &s.italy, &hello, 7);
    let answer = italy.handle_message(&s.slovenia.device.key(), frame(&reveal));
    let waiting = s.slovenia.hear(&mut s.book, &s.italy, &answer.frames[0], 8);
    let said = [frame(&reveal), frame(&waiting)].concat();
    let contains = |bytes: &[u8]| said.windows(bytes.len()).any(|window| window == bytes);
    assert!(contains(b"Zavod Most"), "the inviter names itself");
    assert!(!contains(b"Secret member"), "but no other member");
    assert!(!contains(&secret_member.device.key().0), "and no other device");
}

#[test]
fn inviting_needs_a_federation_a_right_and_room() {
    let mut s = scene();
    let request = |name: &str, country: &str, secret: u8| TicketRequest {
        name: name.into(),
        country: country.into(),
        valid_ms: 1,
        secret: [secret; 16],
        addresses: vec![],
    };
    let alone = s.italy.with_context(|ctx| s.book.invite(request("A", "IT", 1), NOW_MS, ctx));
    assert_eq!(alone.err(), Some(InviteError::NoFederation), "there is nothing to invite to");
    let invite = |book: &mut TicketBook, request| s.slovenia.with_context(|ctx| book.invite(request, NOW_MS, ctx));
    assert_eq!(invite(&mut s.book, request("", "IT", 1)).err(), Some(InviteError::Name), "a name is needed");
    assert_eq!(invite(&mut s.book, request("A", "it", 1)).err(), Some(InviteError::Country), "and a country");
    for n in 1..limits::TICKETS_MAX as u8 {
        assert!(invite(&mut s.book, request("A", "IT", 100 + n)).is_ok(), "there is room for ticket {n}");
    }
    assert_eq!(invite(&mut s.book, request("A", "IT", 1)).err(), Some(InviteError::TooMany), "then there is none");
    let later = s.slovenia.with_context(|ctx| s.book.invite(request("A", "IT", 1), NOW_MS + 2, ctx));
    assert!(later.is_ok(), "expired tickets make room");
}

#[test]
fn a_partner_cannot_join_its_own_ticket() {
    let s = scene();
    let own = Newcomer::start(s.ticket.clone(), s.slovenia.certificate.clone(), [0; 16]);
    assert_eq!(own.err(), Some(StartError::OwnTicket), "a slip that is named at once");
    let none = Newcomer::start(s.ticket.clone(), SignedStatement { body: vec![], signatures: vec![] }, [0; 16]);
    assert_eq!(none.err(), Some(StartError::NoCertificate), "a device needs its certificate");
}

#[test]
fn a_long_proof_comes_in_several_messages() {
    let mut s = scene();
    // The stewards have been set anew again and again.
    let federation = s.ticket.federation;
    let mut predecessor = StatementId(federation.0);
    for _ in 0..300 {
        let stewards = BTreeMap::from([(s.slovenia.id(), s.slovenia.partner.key())]);
        let next = Statement::Stewards { federation, predecessor, round: 1, stewards, kept: BTreeSet::new() };
        let next = s.slovenia.sign(&next);
        predecessor = next.id;
        s.slovenia.statements.insert(next);
    }
    s.slovenia.take([]);
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    let out = s.approve();
    assert!(out.len() > 1, "the chain exceeds one message");
    assert!(out.iter().all(|o| o.frame.len() <= limits::JOIN_MESSAGE_BYTES_MAX), "each keeps the bound");
    let (last, first) = out.split_last().expect("at least one");
    for message in first {
        let out = italy.handle_message(&s.slovenia.device.key(), &message.frame);
        assert_eq!((out.admitted, message.close), (None, false), "it waits for the rest");
    }
    let done = italy.handle_message(&s.slovenia.device.key(), &last.frame);
    assert_eq!(done.admitted.map(|s| s.len()), Some(303), "300 positions, certificate, founding and admission");
    assert!(last.close, "then the stream ends");
}

#[test]
fn what_a_member_states_without_end_keeps_nobody_out() {
    let mut s = scene();
    let federation = s.ticket.federation;
    let flood = |n: u64| {
        let stewards = BTreeMap::from([(s.italy.id(), s.italy.partner.key())]);
        let predecessor = StatementId(federation.0);
        s.italy.sign(&Statement::Stewards { federation, predecessor, round: n, stewards, kept: BTreeSet::new() })
    };
    let mut many: Vec<_> = (1..=limits::JOIN_STATEMENTS_MAX as u64 + 1).map(flood).collect();
    for n in 0..100 {
        let device = DeviceSigner::from_secret(&[n; 32]);
        let rights = Rights::EDIT;
        many.push(verified(SignedStatement::certificate(&s.slovenia.partner, &device, rights, "Most", "SI", "laptop")));
    }
    s.slovenia.take(many);
    let mut italy = newcomer(&s.italy, &s.ticket, 5);
    s.wait(&mut italy);
    let out = s.approve();
    let done = italy.handle_message(&s.slovenia.device.key(), frame(&out));
    assert_eq!(done.admitted.map(|s| s.len()), Some(3), "certificate, founding and admission");
}
