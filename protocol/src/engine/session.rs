//! A session with one peer: hello, statements, then the documents that differ.

use super::document::Document;
use super::transfer::Incoming;
use super::{Engine, SessionId, TaskId};
use crate::ids::{ActorId, DeviceKey, DocId, RegisterId};
use crate::limits;
use crate::message::{DocDigest, DocFrontier, Hello, Message, VERSION};
use crate::planted::{Planted, is_planted};
use crate::run::{Frontier, Tip};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What a peer sent did not fit what we hold.
#[derive(Clone, Copy)]
pub(super) struct Miss {
    /// The digest of our own state at that time: while it is the same, the same question gets the same answer.
    pub digest: [u8; 16],
    /// The peer is not asked again before this monotonic time.
    pub not_before_ms: u64,
}

/// What is known of a connected peer.
#[derive(Clone)]
pub(super) struct Session {
    pub device: DeviceKey,
    /// The peer's last hello.
    pub hello: Option<Hello>,
    /// The digest over our documents in our last hello to it.
    pub said: Option<[u8; 16]>,
    /// When that was, or when nothing was left to exchange since.
    pub said_ms: u64,
    /// The statement sets are equal, or each has told the other all that it would take: documents may be exchanged.
    pub matched: bool,
    /// The digests of the statements, ours and the peer's, that were last compared one by one.
    pub listed_statements: Option<([u8; 16], [u8; 16])>,
    /// The digests of the statements, ours and the peer's, when the peer was last sent what it lacked.
    pub answered: Option<([u8; 16], [u8; 16])>,
    /// Our list of documents, as sent since the peer's last hello.
    pub listed: Option<BTreeMap<DocId, [u8; 16]>>,
    /// The documents have been compared: what is not in `sent` the peer does not have.
    pub compared: bool,
    /// What the peer holds once it has taken everything sent to it.
    pub sent: BTreeMap<DocId, Frontier>,
    /// What the peer says that it holds.
    pub acked: BTreeMap<DocId, Frontier>,
    /// The digest of our own state that the peer was last told.
    pub told: BTreeMap<DocId, [u8; 16]>,
    /// Documents of which it was told in part, and has not said in this session what it holds.
    pub unanswered: BTreeSet<DocId>,
    /// Documents of which the peer has more than we do.
    pub ahead: BTreeSet<DocId>,
    /// Wants that the peer has not answered yet, oldest first.
    pub wants: Vec<DocId>,
    /// When the peer last sent something of an answer, or came to owe one.
    pub progress_ms: u64,
    /// Documents of which something that the peer sent did not fit.
    pub missed: BTreeMap<DocId, Miss>,
    pub incoming: Option<Incoming>,
    /// What has come of a message in pieces.
    pub pieces: Vec<u8>,
    /// Branches of divergent actors that the peer has been shown.
    pub shown: BTreeSet<(DocId, ActorId, u64)>,
    /// Outputs up to this batch are held back; nothing may overtake them.
    pub held_until: TaskId,
}

impl Session {
    /// Whether the statements behind these digests, ours and the peer's, have been compared and what was lacking sent, so
    /// that what is still different now stays so.
    fn has_compared(&self, own: [u8; 16], theirs: [u8; 16]) -> bool {
        let digests = Some((own, theirs));
        self.answered == digests && self.listed_statements == digests
    }

    fn new(device: DeviceKey) -> Self {
        Self {
            device,
            hello: None,
            said: None,
            said_ms: 0,
            matched: false,
            listed_statements: None,
            answered: None,
            listed: None,
            compared: false,
            sent: BTreeMap::new(),
            acked: BTreeMap::new(),
            told: BTreeMap::new(),
            unanswered: BTreeSet::new(),
            ahead: BTreeSet::new(),
            wants: Vec::new(),
            progress_ms: 0,
            missed: BTreeMap::new(),
            incoming: None,
            pieces: Vec::new(),
            shown: BTreeSet::new(),
            held_until: TaskId(0),
        }
    }

    /// What the peer says that it holds of a document; `None`: that is not known any more.
    pub(super) fn says(&mut self, doc: DocId, state: Option<Frontier>) {
        self.unanswered.remove(&doc);
        match state {
            Some(state) => drop(self.acked.insert(doc, state)),
            None => drop(self.acked.remove(&doc)),
        }
    }

    /// The peer holds these tips of a document of which we hold `mine`.
    pub(super) fn holds(&mut self, doc: DocId, tips: &BTreeMap<ActorId, Tip>, mine: &Frontier) {
        self.will_hold(doc, tips, mine);
        let acked = self.acked.entry(doc).or_default();
        acked.raise_beside(tips, mine);
        if let Some(sent) = self.sent.get_mut(&doc) {
            sent.share(acked);
        }
    }

    /// The peer will hold these tips of a document of which we hold `mine`.
    pub(super) fn will_hold(&mut self, doc: DocId, tips: &BTreeMap<ActorId, Tip>, mine: &Frontier) {
        self.sent.entry(doc).or_default().raise_beside(tips, mine);
    }

    /// What the peer's states take in memory that ours do not take, in tips.
    pub(super) fn weight(&self, docs: &BTreeMap<DocId, Document>) -> usize {
        let nothing = Frontier::default();
        let mine = |doc| docs.get(doc).map_or(&nothing, |doc| &doc.frontier);
        let acked: usize = self.acked.iter().map(|(doc, acked)| acked.weight_beside(&[mine(doc)])).sum();
        let sent = self
            .sent
            .iter()
            .map(|(doc, sent)| sent.weight_beside(&[mine(doc), self.acked.get(doc).unwrap_or(&nothing)]));
        acked + sent.sum::<usize>()
    }

    /// Forgets what the peer held of documents of which it now holds nothing: a cut takes changes back.
    pub(super) fn forget_docs(&mut self, stays: impl Fn(&DocId) -> bool) {
        for known in [&mut self.sent, &mut self.acked] {
            known.retain(|doc, _| stays(doc));
        }
        self.told.retain(|doc, _| stays(doc));
        self.unanswered.retain(|doc| stays(doc));
        self.missed.retain(|doc, _| stays(doc));
        self.ahead.retain(|doc| stays(doc));
    }
}

impl Engine {
    pub(super) fn handle_connected(&mut self, id: SessionId, device: DeviceKey) {
        let is_member = self.roster.is_member(&device);
        if self.paused || device == self.me || !is_member && !self.roster.is_disputed(&device) {
            return self.disconnect_later(id, "not a member, or the exchange is paused".into());
        }
        if self.is_out_of_patience(&device) {
            return self
                .disconnect_later(id, "not listened to for a while: it sent far more than it had to say".into());
        }
        if !is_member {
            return self.begin_appeal(id, device);
        }
        if self.sessions.len() >= limits::SESSIONS_MAX {
            return self.disconnect_later(id, "too many sessions".into());
        }
        self.sessions.insert(id, Session::new(device));
        self.heard(device);
        self.send_hello(id);
    }

    pub(super) fn handle_disconnected(&mut self, id: SessionId) {
        self.join_sessions.remove(&id);
        self.appeals.remove(&id);
        let Some(session) = self.sessions.remove(&id) else { return };
        self.heard(session.device);
        self.part_from(&session);
        self.state_changed = true;
        // What was being fetched from this peer is asked of another, and what waited for it goes on. An answer
        // that has come is not asked for again while it is being checked.
        let fetching: Vec<DocId> = self
            .docs
            .values()
            .filter(|doc| doc.fetching == Some(id) && !self.is_checking(&doc.id))
            .map(|doc| doc.id)
            .collect();
        for doc in fetching {
            self.fetched(doc);
        }
    }

    pub(super) fn handle_received(&mut self, id: SessionId, frame: &[u8]) {
        if self.join_sessions.contains_key(&id) {
            return self.handle_join_frame(id, frame);
        }
        if let Some(device) = self.appeal_of(&id) {
            return self.handle_appeal_frame(id, device, frame);
        }
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        self.heard(device);
        match Message::from_frame(frame) {
            Ok(message) => self.hear(id, device, message),
            Err(text) => self.end_session(id, text),
        }
    }

    /// Takes a message, and counts what it costs where nothing comes of it.
    fn hear(&mut self, id: SessionId, device: DeviceKey, message: Message) {
        let (cost, written) = (self.cost_of(id, &message), self.batch.len());
        self.handle_message(id, device, message);
        if self.batch.len() == written {
            self.lose_patience(id, device, cost);
        }
    }

    /// Ends a session for something that its peer did.
    pub(super) fn end_session(&mut self, id: SessionId, what: impl Into<String>) {
        let what = what.into();
        if let Some(session) = self.sessions.get(&id) {
            let device = session.device;
            self.fault(device, what.clone());
            // Whoever comes back and does it again is not let in any more in the end.
            self.patience.spend(device, limits::PATIENCE_FAULT, self.now.mono_ms);
        }
        self.handle_disconnected(id);
        self.disconnect_later(id, what);
    }

    fn handle_message(&mut self, id: SessionId, device: DeviceKey, message: Message) {
        let of_all = matches!(
            message,
            Message::Hello(_) | Message::Piece { .. } | Message::HaveStatements(_) | Message::Statements(_)
        );
        let hello = self.sessions.get(&id).and_then(|session| session.hello.as_ref());
        if !of_all && hello.is_some_and(|hello| !self.is_same_federation(hello)) {
            return;
        }
        match message {
            Message::Piece { last, bytes } => return self.handle_piece(id, device, last, &bytes),
            Message::Hello(hello) => return self.handle_hello(id, hello),
            Message::HaveStatements(prints) => return self.send_missing_statements(id, &prints),
            Message::Statements(statements) => return self.take_statements(id, device, statements),
            // A want was sent while the sets were equal; what it asks for is judged by our own statements.
            Message::Want(want) => return self.handle_want(id, want),
            Message::Answer(answer) => return self.handle_answer(id, answer),
            Message::Unclear(doc) => return self.handle_unclear(id, doc),
            Message::Chunk(bytes) => return self.handle_chunk(id, &bytes),
            _ => {}
        }
        if !self.sessions.get(&id).is_some_and(|session| session.matched) {
            // The sets differed when this was sent or do so now; the comparison starts again after the next
            // hello, so nothing is lost by not storing it.
            return;
        }
        match message {
            Message::Docs(docs) => self.handle_docs(id, &docs),
            Message::Frontiers(frontiers) => self.handle_frontiers(id, frontiers),
            Message::Push { doc, changes, runs } => self.handle_push(id, doc, changes, runs),
            Message::Ack { doc, tips } => self.handle_ack(id, doc, &tips),
            Message::HaveBeacons(numbers) => self.send_newer_beacons(id, &numbers),
            Message::Beacons(beacons) => self.take_beacons(id, device, beacons),
            Message::Branch(branch) => self.handle_branch(id, branch),
            _ => {}
        }
    }

    /// Joins a message that is too long for one frame.
    fn handle_piece(&mut self, id: SessionId, device: DeviceKey, last: bool, bytes: &[u8]) {
        let waiting: usize = self.sessions.values().map(|session| session.pieces.len()).sum();
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.pieces.extend_from_slice(bytes);
        if session.pieces.len() > limits::PIECED_BYTES_MAX {
            return self.end_session(id, "sent a message that exceeds the size limit");
        }
        if waiting + bytes.len() > limits::PIECES_BYTES_MAX {
            // Many peers have much to say at once: this one says it again.
            self.handle_disconnected(id);
            return self.disconnect_later(id, "too many long messages at once".into());
        }
        if !last {
            return;
        }
        match crate::codec::from_cbor(&std::mem::take(&mut session.pieces)) {
            Ok(Message::Piece { .. }) => self.end_session(id, "sent a piece of a piece"),
            Ok(message) => self.hear(id, device, message),
            Err(error) => self.end_session(id, format!("sent pieces that cannot be read: {error}")),
        }
    }

    // ── hello ───────────────────────────────────────────────────────────────────────────────────────────

    pub(super) fn send_hello(&mut self, id: SessionId) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let hello = self.hello_for(&device);
        let now = self.now.mono_ms;
        if let Some(session) = self.sessions.get_mut(&id) {
            (session.said, session.said_ms) = (Some(hello.docs), now);
        }
        self.send(id, Message::Hello(hello));
    }

    /// When the next session is looked at that may rest with something left to exchange.
    pub(super) fn resting_due(&self) -> Option<u64> {
        self.sessions.values().map(|session| session.said_ms + limits::HELLO_AGAIN_MS).min()
    }

    /// Says hello again to peers that seem to lack something, or to have something that we lack, while nothing is
    /// under way: what one side knows of the other may be out of date, and a hello compares everything.
    pub(super) fn wake_resting(&mut self) {
        let now = self.now.mono_ms;
        let due = |session: &Session| session.said_ms + limits::HELLO_AGAIN_MS <= now;
        for id in self.sessions.iter().filter(|(_, session)| due(session)).map(|(id, _)| *id).collect::<Vec<_>>() {
            let Some(session) = self.sessions.get(&id) else { continue };
            let rests = session.wants.is_empty() && session.incoming.is_none();
            if rests && !self.session_in_sync(session) {
                self.send_hello(id);
            } else if let Some(session) = self.sessions.get_mut(&id) {
                session.said_ms = now;
            }
        }
    }

    /// Says hello again to everyone: statements, or documents as a whole, have changed.
    pub(super) fn send_hello_to_all(&mut self) {
        for id in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.send_hello(id);
        }
    }

    /// Judges again whose statements are equal to ours, now that ours have changed.
    pub(super) fn match_sessions(&mut self) {
        let devices: BTreeSet<DeviceKey> = self.sessions.values().map(|session| session.device).collect();
        let own: BTreeMap<DeviceKey, [u8; 16]> = devices
            .into_iter()
            .map(|device| (device, self.statements.digest_without(&self.hidden_from(&device))))
            .collect();
        let federation = self.roster.federation.as_ref().map(|federation| federation.id);
        for session in self.sessions.values_mut() {
            let hello = session.hello.as_ref();
            session.matched = hello.is_some_and(|hello| {
                let same = federation.zip(hello.federation).is_none_or(|(own, theirs)| own == theirs);
                let own = own.get(&session.device).copied();
                same && own.is_some_and(|own| own == hello.statements || session.has_compared(own, hello.statements))
            });
        }
        let equal = |session: &&Session| {
            session.matched && session.hello.as_ref().map(|hello| &hello.statements) == own.get(&session.device)
        };
        let equal = self.sessions.values().filter(equal).map(|session| session.device);
        for device in equal.collect::<Vec<_>>() {
            self.confirm(&device);
        }
    }

    fn hello_for(&mut self, device: &DeviceKey) -> Hello {
        let carries = self.roster.federation.as_ref().map(|federation| federation.carries.clone());
        Hello {
            version: VERSION,
            federation: self.roster.federation.as_ref().map(|federation| federation.id),
            carries: carries.filter(|carried| !carried.is_empty()),
            statements: self.statements.digest_without(&self.hidden_from(device)),
            docs: self.docs_digest(device),
            beacons: self.beacons.digest(&self.roster, &self.me, device),
        }
    }

    fn handle_hello(&mut self, id: SessionId, hello: Hello) {
        if hello.version != VERSION {
            return self
                .end_session(id, format!("speaks version {} of the protocol, this node {VERSION}", hello.version));
        }
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let own = self.hello_for(&device);
        if !self.is_same_federation(&hello) {
            return self.meet_kin(id, &device, hello, own.statements);
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let same = hello.statements == own.statements;
        // Two that have told each other everything and still hold different statements go on: neither takes what the other
        // has more, and would wait for it for ever.
        let matched = same || session.has_compared(own.statements, hello.statements);
        let newly = !session.matched && session.hello.is_some() && matched;
        session.matched = matched;
        session.hello = Some(hello.clone());
        if hello.docs != own.docs {
            // What was told or shown while the peer's statements differed, the peer has not taken in.
            session.told.clear();
            session.unanswered.clear();
            session.shown.clear();
        }
        if same {
            self.confirm(&device);
        }
        let equal = matched && hello.docs == own.docs;
        if newly || equal && self.sessions.get(&id).is_some_and(|session| session.said != Some(own.docs)) {
            // The peer may have judged our last hello by statements that it has outgrown, or by documents that we have.
            self.send_hello(id);
        }
        if !matched {
            return self.list_statements(id, &device, (own.statements, hello.statements));
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.listed = None;
        }
        if equal {
            self.note_equal(id, device);
        } else {
            self.list_docs(id, &device);
        }
        if hello.beacons != own.beacons {
            let numbers = self.beacons.numbers(&self.roster, &self.me, &device);
            self.send(id, Message::HaveBeacons(numbers));
        }
    }

    /// A peer of another federation: where the two are kin, statements are exchanged and nothing else.
    fn meet_kin(&mut self, id: SessionId, device: &DeviceKey, hello: Hello, own: [u8; 16]) {
        if !self.is_kin(&hello) {
            return self.end_session(id, "belongs to another federation");
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let (theirs, compared) = (hello.statements, session.has_compared(own, hello.statements));
        (session.matched, session.compared) = (false, false);
        session.hello = Some(hello);
        self.state_changed = true;
        if theirs != own && !compared {
            self.list_statements(id, device, (own, theirs));
        }
    }

    /// Tells a peer which statements are here, once for the same `digests` of ours and of the peer's.
    pub(super) fn list_statements(&mut self, id: SessionId, device: &DeviceKey, digests: ([u8; 16], [u8; 16])) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.listed_statements.replace(digests) == Some(digests) {
            return;
        }
        let tags = self.statements.tags_without(&self.hidden_from(device)).concat();
        self.send(id, Message::HaveStatements(tags));
    }

    /// The peer holds exactly what we hold.
    fn note_equal(&mut self, id: SessionId, device: DeviceKey) {
        let shared = self.shared_docs(&device);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.compared = true;
        session.forget_docs(|_| false);
        for doc in &shared {
            if let Some(doc) = self.docs.get_mut(doc) {
                session.told.insert(doc.id, doc.digest());
                session.sent.insert(doc.id, doc.frontier.clone());
                session.says(doc.id, Some(doc.frontier.clone()));
            }
        }
        shared.into_iter().for_each(|doc| self.note_delivered(device, doc));
        self.equal_with(device);
    }

    // ── which documents ─────────────────────────────────────────────────────────────────────────────────

    /// Whether a document may be sent to a device: the one check at the sending boundary.
    pub(super) fn may_send(&self, register: &RegisterId, device: &DeviceKey) -> bool {
        let planted = is_planted(Planted::SendPersons) && self.roster.persons.contains_key(register);
        planted || is_planted(Planted::SendToNonReader) || self.roster.may_read(register, device)
    }

    /// The frames of a staged message, of what may still go: a decision of the same slice may have ended somebody's
    /// reading. With an answer its bytes stay here, which are staged behind it.
    pub(super) fn frames_due(
        &self,
        id: SessionId,
        message: &Message,
        withheld: &mut BTreeSet<SessionId>,
    ) -> Option<Vec<Vec<u8>>> {
        if matches!(message, Message::Chunk(_)) && withheld.contains(&id) {
            return None;
        }
        let device = self.sessions.get(&id).map(|session| session.device);
        let due = message.without(|register| device.is_none_or(|device| !self.may_send(register, &device)));
        if matches!(message, Message::Answer(_)) {
            match due {
                Some(_) => withheld.remove(&id),
                None => withheld.insert(id),
            };
        }
        due.map(|message| message.to_frames())
    }

    /// The documents that both may read and that hold something, sorted.
    fn shared_docs(&self, device: &DeviceKey) -> Vec<DocId> {
        let readable = |id: &DocId| self.roster.may_read(&id.register, &self.me) && self.may_send(&id.register, device);
        self.docs.values().filter(|doc| !doc.frontier.is_empty() && readable(&doc.id)).map(|doc| doc.id).collect()
    }

    fn docs_digest(&mut self, device: &DeviceKey) -> [u8; 16] {
        let mut bytes = Vec::new();
        for id in self.shared_docs(device) {
            if let Some(doc) = self.docs.get_mut(&id) {
                bytes.extend_from_slice(&id.register.0);
                bytes.extend_from_slice(&id.part.to_le_bytes());
                bytes.extend_from_slice(&doc.digest());
            }
        }
        let mut out = [0; 16];
        out.copy_from_slice(&crate::ids::tagged_hash("comin/documents/1", &[&bytes])[..16]);
        out
    }

    fn doc_digests(&mut self, device: &DeviceKey) -> BTreeMap<RegisterId, Vec<DocDigest>> {
        let mut out: BTreeMap<RegisterId, Vec<DocDigest>> = BTreeMap::new();
        for id in self.shared_docs(device) {
            if let Some(doc) = self.docs.get_mut(&id) {
                out.entry(id.register).or_default().push(DocDigest { part: id.part, digest: doc.digest() });
            }
        }
        out
    }

    fn list_docs(&mut self, id: SessionId, device: &DeviceKey) {
        let docs = self.doc_digests(device);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.listed = Some(by_doc(&docs));
        }
        self.send(id, Message::Docs(docs));
    }

    /// Tells our state of every document that differs from the peer's list.
    fn handle_docs(&mut self, id: SessionId, theirs: &BTreeMap<RegisterId, Vec<DocDigest>>) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let mut listed = by_doc(theirs);
        listed.retain(|id, _| self.is_place(id));
        let all: BTreeSet<DocId> = self.shared_docs(&device).into_iter().chain(listed.keys().copied()).collect();
        if let Some(session) = self.sessions.get_mut(&id) {
            session.forget_docs(|doc| all.contains(doc));
        }
        let (mut differ, mut equal) = (Vec::new(), Vec::new());
        for doc_id in all {
            if !self.roster.may_read(&doc_id.register, &self.me) || !self.may_send(&doc_id.register, &device) {
                continue;
            }
            let doc = self.doc_mut(doc_id);
            let (digest, frontier) = (doc.digest(), doc.frontier.clone());
            let Some(session) = self.sessions.get_mut(&id) else { return };
            match listed.get(&doc_id) {
                Some(theirs) if *theirs == digest => {
                    // A list of ours that is older than that did not tell the peer.
                    match session.listed.as_ref().is_none_or(|listed| listed.get(&doc_id) == Some(&digest)) {
                        true => drop(session.told.insert(doc_id, digest)),
                        false => equal.push(doc_id),
                    }
                    session.sent.insert(doc_id, frontier.clone());
                    session.says(doc_id, Some(frontier));
                    self.note_delivered(device, doc_id);
                }
                Some(_) => differ.push(doc_id),
                None => {
                    session.sent.insert(doc_id, Frontier::default());
                    session.says(doc_id, Some(Frontier::default()));
                    differ.push(doc_id);
                }
            }
        }
        if let Some(session) = self.sessions.get_mut(&id) {
            session.compared = true;
            for doc in &differ {
                session.told.remove(doc);
                session.unanswered.remove(doc);
            }
            if session.listed.is_none() {
                // Our hello was equal to an older state of the peer: it still has to compare with us.
                self.list_docs(id, &device);
            }
        }
        let tips = self.tell(id, &[differ, equal].concat());
        self.count_told(id, tips);
    }

    /// A peer tells its state of documents, each at most once. What it makes us keep is weighed once for all of them.
    fn handle_frontiers(&mut self, id: SessionId, told: Vec<DocFrontier>) {
        let mut docs = BTreeSet::new();
        if !told.iter().all(|told| docs.insert(told.doc)) {
            return self.end_session(id, "tells of one document twice in a message");
        }
        told.into_iter().for_each(|told| self.handle_frontier(id, told));
        self.weigh(id);
    }

    /// A peer tells its state of a document: ask for what we lack, and tell ours if it lacks something or takes us for
    /// lacking something.
    fn handle_frontier(&mut self, id: SessionId, told: DocFrontier) {
        let Some(device) = self.sessions.get(&id).map(|session| session.device) else { return };
        let readable = self.roster.may_read(&told.doc.register, &self.me) && self.may_send(&told.doc.register, &device);
        if !readable || !self.is_place(&told.doc) {
            return;
        }
        let told = match self.complete(id, told) {
            Ok(told) => told,
            Err(mine) => return self.ask_state(id, *mine),
        };
        self.note_peer_state(id, &told);
        let mine = &self.doc_mut(told.doc).frontier;
        // Nothing is said where we only lack something: that is asked for. Where both are equal the peer may not know.
        let (lacks, we_lack) = (mine.beyond(&told.frontier) > 0, told.frontier.beyond(mine) > 0);
        if lacks || !we_lack {
            let tips = self.tell(id, &[told.doc]);
            self.count_told(id, tips);
        }
        self.compare(id, told.doc);
    }

    /// Keeps what a peer told of its state of a document; [`Engine::weigh`] says whether there is room for it.
    pub(super) fn note_peer_state(&mut self, id: SessionId, told: &DocFrontier) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.sent.insert(told.doc, told.frontier.clone());
        session.says(told.doc, Some(told.frontier.clone()));
        let device = session.device;
        self.note_delivered(device, told.doc);
    }

    /// Whether there is room for what a peer has told of its state; where there is none the session ends. It looks at all
    /// documents that the peer has told of: once for a message, and not for each of its documents.
    pub(super) fn weigh(&mut self, id: SessionId) -> bool {
        let Some(session) = self.sessions.get(&id) else { return false };
        if session.weight(&self.docs) > limits::TOLD_TIPS_MAX {
            self.end_session(id, "tells of more actors than any federation has");
            return false;
        }
        true
    }

    /// Notes whether a peer has more of a document than we do (the slice's end asks for it), or another
    /// branch of it, whichever side came to know so.
    pub(super) fn compare(&mut self, id: SessionId, doc_id: DocId) {
        let device = self.sessions.get(&id).map(|session| session.device);
        if device.is_none_or(|device| !self.may_send(&doc_id.register, &device)) {
            return;
        }
        self.look_for_divergence(id, doc_id);
        let Some(doc) = self.docs.get(&doc_id) else { return };
        // What we refuse we do not ask for again.
        let mut wanted = Cow::Borrowed(&doc.frontier);
        if !doc.held_back.is_empty() {
            wanted.to_mut().raise(doc.held_back.iter());
        }
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let ahead = session.acked.get(&doc_id).is_some_and(|theirs| theirs.beyond(&wanted) > 0);
        if ahead {
            session.ahead.insert(doc_id);
        } else if session.ahead.remove(&doc_id) {
            // It came from someone else: this peer, which told us of it, still takes us for lacking it.
            self.tell(id, &[doc_id]);
        }
        self.check_equal(id);
    }

    /// Notes the moment at which nothing is left to exchange with a peer.
    fn check_equal(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else { return };
        let device = session.device;
        if self.session_in_sync(session) {
            self.equal_with(device);
        }
    }

    /// Everything is compared and equal, and nothing is under way.
    pub(super) fn session_in_sync(&self, session: &Session) -> bool {
        let idle = session.compared && session.ahead.is_empty() && session.wants.is_empty();
        idle && self.lags(session) == (0, 0)
    }

    fn handle_ack(&mut self, id: SessionId, doc: DocId, tips: &BTreeMap<ActorId, Tip>) {
        let (Some(session), Some(held)) = (self.sessions.get_mut(&id), self.docs.get(&doc)) else { return };
        // It has from us what it acknowledges: of anything else we do not take note.
        let ours = tips.iter().filter(|(actor, tip)| held.frontier.seq(actor) >= tip.seq);
        session.holds(doc, &ours.map(|(a, tip)| (*a, *tip)).collect(), &held.frontier);
        let device = session.device;
        let lacks = session.sent.get(&doc).is_some_and(|sent| held.frontier.beyond(sent) > 0);
        self.state_changed = true;
        self.note_delivered(device, doc);
        if lacks {
            self.tell(id, &[doc]);
        }
        self.compare(id, doc);
    }
}

/// A list of documents by document.
fn by_doc(list: &BTreeMap<RegisterId, Vec<DocDigest>>) -> BTreeMap<DocId, [u8; 16]> {
    let of = |(register, docs): (&RegisterId, &Vec<DocDigest>)| {
        docs.iter().map(|d| (DocId { register: *register, part: d.part }, d.digest)).collect::<Vec<_>>()
    };
    list.iter().flat_map(of).collect()
}
