//! Every bound of the node's own, by name, with unit and reason. Those of the protocol are in
//! `comin_protocol::limits`.

use std::time::Duration;

/// Inputs that the engine takes before its outputs are carried out: edits that arrive together are committed
/// and signed together.
pub const ENGINE_SLICE: usize = 256;
/// Of them what one session has sent: whoever sends without end shares the engine with the others, who wait for no more
/// than this of it.
pub const SESSION_SLICE: usize = 32;
/// Commands that wait for the engine at once; further callers wait for their turn.
pub const COMMANDS_QUEUED_MAX: usize = 1_024;
/// Batches handed out and not yet on disk, beyond which the engine takes neither commands nor frames.
pub const PERSISTS_OUTSTANDING_MAX: usize = 64;
/// Jobs of the storage thread; a full queue stops the engine for a moment.
pub const STORAGE_QUEUE: usize = 4_096;
/// Batches that are written with one flush.
pub const GROUP_COMMIT_MAX: usize = 256;
/// How long nothing must have been written before the store may be tidied, in milliseconds: whoever types pauses
/// longer, and an import does not.
pub const TIDY_AFTER_QUIET_MS: u64 = 1_000;
/// Batches after which the store is tidied without such a pause: some 100 MB of log, so that a node that is never
/// quiet does not fill the disk.
pub const TIDY_AFTER_BATCHES: u64 = 20_000;
/// Events kept for a slow subscriber; beyond them it reads everything again.
pub const EVENTS_KEPT: usize = 1_024;

/// Largest file of an import in bytes: 200,000 rows of 335 bytes.
pub const IMPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most rows of an import: 50 full parts of a register, so that the plan stays within some hundred MB of memory.
pub const IMPORT_ROWS_MAX: usize = 200_000;
/// Most columns of an import: every field in every language, twice over.
pub const IMPORT_COLUMNS_MAX: usize = 200;
/// Bytes to which the workbook of an import may unpack: four times the largest file.
pub const IMPORT_UNPACKED_MAX: u64 = 256 * 1024 * 1024;
/// Records that new ones of an import may be, of which so many are named.
pub const IMPORT_DUPLICATES_LISTED: usize = 1_000;
/// Bytes of values that an import writes in one commit, half of what the engine takes.
pub const IMPORT_SLICE_BYTES: usize = comin_protocol::limits::EDIT_BYTES_MAX / 2;
/// Operations that an import writes in one commit: each character of a long text is one.
pub const IMPORT_SLICE_OPS: usize = comin_protocol::limits::CHANGE_OPS_MAX as usize / 2;
/// Changes that the answer to an import lists one by one; all are counted.
pub const IMPORT_CHANGES_LISTED: usize = 1_000;
/// Values that cannot be taken, of which an import lists so many; all are counted.
pub const IMPORT_ERRORS_LISTED: usize = 1_000;

/// Longest word of the search index in characters: beyond it nobody types.
pub const SEARCH_WORD_CHARS_MAX: usize = 64;

/// Helper processes: one checks while the next transfer arrives.
pub const HELPERS: usize = 2;
/// Jobs that wait for a helper; beyond them the answer is "not now".
pub const HELPER_QUEUE: usize = 64;
/// A helper without work for this long is ended, for its memory.
pub const HELPER_IDLE: Duration = Duration::from_secs(30);
/// CPU time of one helper process in seconds: a thousand ordinary transfers; it is replaced afterwards.
pub const HELPER_CPU_SECONDS: u64 = 600;
/// First pause before a helper that died is started again; doubles up to [`HELPER_BACKOFF_MAX`].
pub const HELPER_BACKOFF_MIN: Duration = Duration::from_millis(100);
/// Longest such pause.
pub const HELPER_BACKOFF_MAX: Duration = Duration::from_secs(30);
/// Largest answer of a helper in bytes: the rows and changes of one expanded transfer, with room.
pub const HELPER_ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// Frames that wait for a slow peer: a burst of live edits; beyond them the session ends and heals later.
pub const WRITER_QUEUE_FRAMES_MAX: usize = 32_768;
/// Bytes that wait for a slow peer: two transfers of the largest size, with room.
pub const WRITER_QUEUE_BYTES_MAX: usize = 40 * 1024 * 1024;
/// Frames that are read of one session in a second, after [`FRAMES_AT_ONCE`]: of the largest size more than a fast line
/// carries, of live edits more than anyone makes. Who sends faster waits, and leaves the processor to the others.
pub const FRAMES_PER_S: u32 = 1_000;
/// Frames of one session that are read as fast as they come: the edits of an hour apart.
pub const FRAMES_AT_ONCE: u32 = 1_024;
/// Bytes of one session that wait for the engine: four frames of the largest size.
pub const READER_QUEUE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Small frames are written together up to this many bytes.
pub const WRITE_BYTES: usize = 64 * 1024;
/// A frame that has begun must be complete, or a written one taken by the peer, within this time.
pub const FRAME_TIME: Duration = Duration::from_secs(60);
/// What is queued for a peer when its session is ended gets this long to leave.
pub const CLOSE_TIME: Duration = Duration::from_secs(2);
/// A join stream ends after this long; the newcomer opens another one.
pub const JOIN_STREAM_TIME: Duration = Duration::from_secs(15 * 60);
/// Join streams from outside at once.
pub const JOIN_STREAMS_MAX: usize = 8;

/// First pause before a peer is tried again; doubles up to [`DIAL_BACKOFF_MAX`].
pub const DIAL_BACKOFF_MIN: Duration = Duration::from_secs(1);
/// Longest pause before a peer is tried again.
pub const DIAL_BACKOFF_MAX: Duration = Duration::from_secs(60);
/// A session that lasted this long was a good one: the next attempt starts at the shortest pause.
pub const SESSION_GOOD_AFTER: Duration = Duration::from_secs(10);
/// Opening a stream on a connection takes at most this long.
pub const OPEN_TIME: Duration = Duration::from_secs(10);
/// Addresses that mDNS found, kept per device.
pub const DISCOVERED_PER_DEVICE_MAX: usize = 8;
/// Devices that mDNS found and that are kept.
pub const DISCOVERED_DEVICES_MAX: usize = 256;
/// Addresses given by hand.
pub const CONTACTS_MAX: usize = 64;
/// Connections of one peer: both sides dialled at once, and a dead one is not noticed yet.
pub const CONNECTIONS_PER_PEER_MAX: u32 = 4;
/// Connections in all.
pub const CONNECTIONS_MAX: u32 = 128;
/// Connections that are not through their handshake, each way: four file descriptors in ten of the usual limit, with what
/// else a node has open.
pub const CONNECTIONS_PENDING_MAX: u32 = 256;
/// Of those that came in, the ones from one address (IPv6: one network of /64): an office behind one address has as many
/// machines that start together.
pub const CONNECTIONS_PENDING_PER_ADDRESS_MAX: usize = 16;
/// Of those that came in, the ones from addresses that no member has stated: the rest of the room is for members.
pub const CONNECTIONS_PENDING_UNKNOWN_MAX: usize = 192;
/// A connection must be through its handshake after this long: a slow line, and no more patience than that with one who
/// opens connections and says nothing.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// Connections with devices that are no members and may ask for admission, so that they leave room for members.
pub const CONNECTIONS_STRANGERS_MAX: usize = 32;
/// Time between two pings of a connection. One that fails is tried once more on a new stream, so that a dead
/// link is noticed within 35 s: twice this, [`PING_TIME`], and libp2p's 10 s for opening a stream.
pub const PING_EVERY: Duration = Duration::from_secs(10);
/// Time for the answer to a ping.
pub const PING_TIME: Duration = Duration::from_secs(5);
/// How long one of two processes with one key is served before it is the other's turn: longer than
/// [`SESSION_GOOD_AFTER`], so that the one that waits comes back soon.
pub const KEY_TURN: Duration = Duration::from_secs(12);
/// A connection without a stream of ours is closed after this long.
pub const CONNECTION_IDLE: Duration = Duration::from_secs(60);
/// Whether tickets are open is looked up again after this long (they expire).
pub const TICKETS_LOOKED_UP_EVERY: Duration = Duration::from_secs(60);
/// Listening addresses are told to the federation once they have not changed for this long.
pub const LISTENING_SETTLES: Duration = Duration::from_millis(200);
/// Refused connections are logged at most this often.
pub const REFUSALS_LOGGED_EVERY: Duration = Duration::from_secs(10);
