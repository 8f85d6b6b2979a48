//! Every bound of the protocol, by name, with unit and reason. Nothing else in the code is a bare number.

/// Longest kind name in bytes: longer than any word we would use for one.
pub const KIND_BYTES_MAX: usize = 32;
/// Longest flat field key in bytes: `description@it`, `networks/network:<32 hex>` and room to grow.
pub const FIELD_KEY_BYTES_MAX: usize = 160;
/// Longest scalar in bytes: a vision statement is 2 kB; more belongs into prose or behind a link.
pub const SCALAR_BYTES_MAX: usize = 16 * 1024;
/// Longest prose text in bytes after one edit.
pub const PROSE_BYTES_MAX: usize = 256 * 1024;

/// Largest single change in bytes: one import slice of 100 records is about 60 kB. Two of them, each with what lies
/// before the next run that stays, must fit into one message as the proof of a divergence.
pub const CHANGE_BYTES_MAX: usize = 384 * 1024;
/// Bytes of keys and values that one commit may write into a document, so that its change stays within its bound
/// whatever Automerge adds to them.
pub const EDIT_BYTES_MAX: usize = 256 * 1024;
/// Operations in one change: 100 imported records of 40 fields, with room.
pub const CHANGE_OPS_MAX: u64 = 20_000;
/// Direct dependencies of one change: the concurrent heads that one device may have seen.
pub const CHANGE_DEPS_MAX: usize = 1_024;
/// Heads of a document that one change may build on; before there are more, changes are written that join them.
pub const HEADS_MAX: usize = CHANGE_DEPS_MAX / 2;
/// Actors named in one change besides its author.
pub const CHANGE_ACTORS_MAX: usize = 1_024;
/// Values of one field that one change may overwrite; where more stand beside one another, changes are written before
/// that overwrite some of them.
pub const FIELD_VALUES_MAX: usize = CHANGE_ACTORS_MAX / 2;
/// So many of those changes one command writes in a document at most, a copy of the document's state each: 32,000 values.
pub const DECIDING_STEPS_MAX: usize = 64;

/// Operations that the operations of one change may overwrite together: every one of them conflicting, with room.
pub const CHANGE_PREDECESSORS_MAX: u64 = 40_000;
/// Message of one change in bytes: no node of ours writes one; other Automerge tools may.
pub const CHANGE_MESSAGE_BYTES_MAX: usize = 256;
/// Highest operation counter and sequence: Automerge keeps both as u32, with room for one change's operations.
pub const COUNTER_MAX: u64 = u32::MAX as u64 - CHANGE_OPS_MAX;

/// Records after which a writer opens the register's next part.
pub const PART_RECORDS_FULL: u64 = 4_000;
/// Records that part n must hold before part n+1 is accepted.
pub const PART_RECORDS_MIN: u64 = 2_000;
/// Highest part number: 1,000 parts of 4,000 records.
pub const PART_NUMBER_MAX: u32 = 1_000;
/// Records of a links part.
pub const LINKS_RECORDS_MAX: u64 = 20_000;

/// Records of any part that a transfer may lead to: ten writers who each fill a part while they are apart.
/// A part may be overfull; beyond this it is a flood.
pub const PART_RECORDS_FLOOD: u64 = 10 * PART_RECORDS_FULL;

/// A run is kept at every multiple of this sequence, so that every transfer can be cut at a run.
pub const RUN_KEEP_EVERY: u64 = 256;
/// A run is kept as well where the actor's changes since the last one that is kept reach this many bytes, so that
/// a branch that is shown, and the proof of a divergence, stay small.
pub const RUN_KEEP_BYTES: usize = 64 * 1024;
/// Runs kept below the latest ones of one document: a million changes, or 256 MiB of them. They travel with a
/// snapshot in one message.
pub const RUNS_KEPT_MAX: usize = 4_096;
/// Changes of a branch that is shown in bytes: from one run that is kept to the next.
pub const BRANCH_BYTES_MAX: usize = CHANGE_BYTES_MAX + RUN_KEEP_BYTES;
/// Changes applied to a document at once: more is quadratic in Automerge (RESEARCH).
pub const APPLY_SLICE: usize = 100;
/// Pieces into which the values of a document are cut when it is loaded: 32 kB each in a full part.
pub const VALUE_PIECES: usize = 64;
/// Edits that one slice of the engine commits and signs together.
pub const EDIT_SLICE: usize = 100;
/// Edits that one command may commit together: an import slice of 100 records, with room.
pub const COMMAND_EDITS_MAX: usize = 200;
/// Raw changes kept beside a snapshot before the document is compacted.
pub const COMPACT_AFTER_CHANGES: usize = 512;
/// Documents held in memory at once; more are unloaded, longest idle first.
pub const DOCS_LOADED_MAX: usize = 12;
/// Documents that may be in memory between two ticks; beyond it the longest idle go at once.
pub const DOCS_LOADED_PEAK: usize = 2 * DOCS_LOADED_MAX;
/// A document without an edit for this long is unloaded, in milliseconds.
pub const DOC_IDLE_MS: u64 = 60_000;

/// A change that came so long after it was written came late, in milliseconds: a push takes less, and clocks of offices
/// are closer to one another.
pub const LATE_MS: i64 = 60_000;
/// What came late from one author within this time came together, in milliseconds.
pub const ARRIVALS_TOGETHER_MS: u64 = 60 * 60 * 1_000;
/// Late arrivals that are remembered of a document; the oldest are news no more.
pub const ARRIVALS_MAX: usize = 64;
/// Authors of changes that came late together who are remembered one by one; of more it is remembered that some came.
pub const ARRIVALS_OF_BATCH_MAX: usize = 16;

/// Largest wire message in bytes, frame header excluded.
pub const MESSAGE_BYTES_MAX: usize = 1024 * 1024;
/// Bytes of one piece of a message that is too long for a frame: room for what is said around them.
pub const PIECE_BYTES: usize = MESSAGE_BYTES_MAX / 2;
/// Bytes of such a message: the state of a document with 60,000 actors, the runs of 20,000.
pub const PIECED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of such messages that are on their way from all peers together.
pub const PIECES_BYTES_MAX: usize = 4 * PIECED_BYTES_MAX;
/// Payload of one chunk of a transfer in bytes.
pub const CHUNK_BYTES: usize = 128 * 1024;
/// Largest transfer (one answer for one document) in bytes, compressed.
pub const TRANSFER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Largest transfer in bytes once expanded.
pub const EXPANDED_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Changes in one transfer.
pub const TRANSFER_CHANGES_MAX: usize = 200_000;
/// Changes from which a gap travels as a bundle and not as single changes.
pub const BUNDLE_FROM_CHANGES: usize = 8;
/// Changes pushed in one message; from there a bundle, asked for by the peer, is smaller.
pub const PUSH_CHANGES_MAX: usize = 256;
/// Raw changes that are answered from the store without loading the document.
pub const RAW_ANSWER_CHANGES_MAX: usize = 64;
/// Answers under way to one peer: one on the wire, one being checked.
pub const ANSWERS_IN_FLIGHT: usize = 2;
/// After so long a session that rests without being in sync says hello again, in milliseconds.
pub const HELLO_AGAIN_MS: u64 = 60_000;
/// Changes that wait for their run or dependencies, per session.
pub const PENDING_CHANGES_MAX: usize = 2_048;
/// What a peer may say that leads nowhere before it is not listened to for a while, in messages: the hellos and lists
/// of a thousand changes of members, with room. At 0.3 ms each that is 2.5 s of work.
pub const PATIENCE_MAX: u64 = 8_192;
/// Messages of which patience comes back in a second: a hundred times what peers say at rest.
pub const PATIENCE_PER_S: u64 = 64;
/// How much of it a fault that ends the session costs, in messages: connecting again is as dear.
pub const PATIENCE_FAULT: u64 = 64;
/// How much of it changes that do not fit cost, in messages: they are looked at and asked for once more.
pub const PATIENCE_MISFIT: u64 = 8;
/// How much of it a want costs, in messages: what it is answered with lies in memory until the peer reads it.
pub const PATIENCE_WANT: u64 = 4;
/// How much of it a state that cannot be made out costs, in messages: it may be answered with all tips of a document.
pub const PATIENCE_ASKED: u64 = 16;
/// So many tips of a state cost as much as a message, also where they are the answer to it: 0.3 ms.
pub const PATIENCE_TIPS: usize = 512;
/// A message that tells of states ends with the one that makes it so many tips: 1.8 MB of [`PIECED_BYTES_MAX`].
pub const TIPS_AT_ONCE: usize = 32_768;
/// How much of it a statement costs, in messages, that takes the place of another one of its partner or of nobody's, or for
/// which others lose theirs: everybody reads the roster again.
pub const PATIENCE_RESTATED: u64 = 32;
/// So long a peer is not listened to that has used it up, in milliseconds.
pub const PATIENCE_PAUSE_MS: u64 = 60_000;
/// Least time between two beacons of one device and audience that are taken, in milliseconds: well below
/// [`BEACON_INTERVAL_MS`], for they bunch on the way.
pub const BEACON_TAKEN_MS: u64 = 500;
/// Tips in all frontiers that one peer may tell of and that are not ours as well, 56 bytes each, with what holds them (`Frontier::weight_beside`): with
/// what else such a peer costs, less than 32 MiB. What both hold takes no room beside our own, so that this bounds by how
/// much two members may differ, not how much they hold: 200,000 actors that one of them has never heard of.
pub const TOLD_TIPS_MAX: usize = 200_000;
/// Actors up to which a frontier is told with all its tips, about 70 bytes each; beyond that the digests of its buckets
/// and the tips of those that differ are shorter.
pub const WHOLE_FRONTIER_TIPS: usize = 96;
/// Sessions at once: nine partners of a few devices, with room.
pub const SESSIONS_MAX: usize = 64;

/// Federations that one carries over, as far as they and a peer's hello are read: one is lost in years.
pub const CARRIED_MAX: usize = 64;
/// How many federations that one partner has founded to carry over others are looked at: those of the least ids.
pub const CARRY_OVERS_PER_FOUNDER_MAX: usize = 4;

/// Largest statement in bytes.
pub const STATEMENT_BYTES_MAX: usize = 256 * 1024;
/// Largest proof of a divergence in bytes: two branches up to their next run, with room for what names them.
pub const DIVERGENCE_BYTES_MAX: usize = 2 * BRANCH_BYTES_MAX + 16 * 1024;
const _: () = assert!(DIVERGENCE_BYTES_MAX + 4 * 1024 <= MESSAGE_BYTES_MAX, "a proof travels in one message");
/// How many statements of one federation there are places for beside what it rests on, by the length of their bodies: (at
/// most so many bytes, so many of them); and as many again for proofs that not all members read. Together at most 80 MB with
/// all signatures, and those proofs as much; a device's flood is of one size.
pub const STATEMENT_PLACES: [(usize, usize); 4] =
    [(1024, 16_000), (16 * 1024, 512), (STATEMENT_BYTES_MAX, 64), (DIVERGENCE_BYTES_MAX, 16)];
/// Signatures on one statement: nine stewards with room.
pub const SIGNATURES_MAX: usize = 16;
/// Stewards of a federation: as many as can be telephoned within a day.
pub const STEWARDS_MAX: usize = 9;
/// Drafts that one device keeps: more undecided proposals than people can follow.
pub const DRAFTS_MAX: usize = 16;
/// Bytes of the drafts of one device: a removal that names what stays, or a change of stewards that names 1,000
/// statements, with room.
pub const DRAFTS_BYTES_MAX: usize = 192 * 1024;
/// Bytes in which a decision names what stays of those whose writing it ends: some 6,000 actors. Documents that find no
/// room stay unnamed, and are adopted as they are.
pub const STAYS_BYTES_MAX: usize = 128 * 1024;
/// Actors that a decision may name: as many as find room there.
pub const STAYS_ACTORS_MAX: usize = STAYS_BYTES_MAX / 16;
/// Drafts that one device remembers to have refused: as many as four devices can propose.
pub const DRAFTS_REFUSED_MAX: usize = 64;
/// Persons in one device's receipts of erasures: 35 bytes each within one statement.
pub const RECEIPTS_MAX: usize = 7_000;
/// Erasures that one partner may ask of others' persons within [`ERASURES_WITHIN_MS`] and that are carried out at
/// once: a day's work, and no more harm than that from a device in the wrong hands.
pub const ERASURES_AT_ONCE: usize = 20;
/// The time in which those are counted, in milliseconds of the receiver's own clock.
pub const ERASURES_WITHIN_MS: u64 = 24 * 3600 * 1000;
/// Longest name (partner, device, register, federation) in bytes.
pub const NAME_BYTES_MAX: usize = 200;
/// Addresses in one device's address record.
pub const ADDRESSES_MAX: usize = 16;
/// Longest address in bytes.
pub const ADDRESS_BYTES_MAX: usize = 256;

/// Least time between two beacons of one device and audience, in milliseconds.
pub const BEACON_INTERVAL_MS: u64 = 5_000;
/// Documents named in one beacon.
pub const BEACON_DOCS_MAX: usize = 2_000;

/// Wall and monotonic clock may drift apart this far before the actor is changed, in milliseconds.
pub const CLOCK_JUMP_MS: u64 = 10_000;

/// How long a ticket is valid unless said otherwise, in milliseconds.
pub const TICKET_VALID_MS: u64 = 7 * 24 * 3600 * 1000;
/// Open tickets of one device.
pub const TICKETS_MAX: usize = 64;
/// Attempts at one ticket.
pub const JOIN_ATTEMPTS_MAX: u8 = 3;
/// Tickets that are used, expired or cancelled and still remembered, so that a late newcomer reads why.
pub const TICKETS_DONE_MAX: usize = 256;
/// Longest text of a ticket or recovery kit in bytes that is looked at: sixteen long addresses in base32.
pub const ARMOR_TEXT_BYTES_MAX: usize = 16 * 1024;
/// Names of those for whom a newcomer waits: nine stewards.
pub const JOIN_WAITING_FOR_MAX: usize = 9;
/// Statements that prove an admission to a newcomer: the stewards' certificates and addresses, with room.
pub const JOIN_STATEMENTS_MAX: usize = 1_000;
/// Join streams open at once.
pub const JOIN_SESSIONS_MAX: usize = 8;
/// Streams of revoked machines open at once, one of each partner, and how long each may take, in milliseconds.
pub const APPEALS_MAX: usize = 32;
/// See [`APPEALS_MAX`].
pub const APPEAL_MS: u64 = 10_000;
/// Bytes of one join message.
pub const JOIN_MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Address space of the helper process that decodes what can inflate, in bytes.
pub const HELPER_MEMORY_BYTES: u64 = 1024 * 1024 * 1024;
/// Time that one job of the helper may take, in milliseconds.
pub const HELPER_JOB_MS: u64 = 30_000;

/// How long to wait before a transfer that the helper could not check is asked for again, in milliseconds.
pub const CHECK_RETRY_MS: u64 = 10_000;

/// How long a peer may owe an answer without sending anything of it, in milliseconds: a slow line and a
/// document of 4,000 records being loaded, with room.
pub const ANSWER_STALL_MS: u64 = 60_000;
/// How often an actor is drawn that nobody has used: one draw does, but for a copy of the machine with the same generator.
pub const ACTOR_DRAWS_MAX: usize = 4;

/// Own edits that wait for their records to be made again after a divergence: one full part.
pub const EDITS_WAITING_MAX: usize = 4_096;
