//! Every bound of the HTTP interface, by name, with unit and reason.

use crate::limits::IMPORT_BYTES_MAX;
use std::time::Duration;

/// Largest request body in bytes: 100 records of an import, generously filled.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Records in one `POST records`: one atomic commit of the engine.
pub const RECORDS_PER_REQUEST_MAX: usize = comin_protocol::limits::EDIT_SLICE;
/// An ordinary request takes at most this long.
pub const REQUEST_TIME: Duration = Duration::from_secs(60);
/// `POST sync` waits at most this long for the other partners.
pub const SYNC_WAIT_MAX: Duration = Duration::from_secs(300);
/// How often a waiting `POST sync` looks at the state when nothing announces itself.
pub const SYNC_LOOK_EVERY: Duration = Duration::from_millis(250);

/// Items of one answer to `GET records` unless said otherwise.
pub const PAGE_ITEMS: usize = 100;
/// Most items of one answer.
pub const PAGE_ITEMS_MAX: usize = 1_000;
/// Items on one page of a list that people read.
pub const PAGE_ROWS: usize = 50;
/// Rows read from the store in one go while a list is filtered.
pub const SCAN_ROWS: usize = 512;
/// Longest search text in bytes.
pub const QUERY_BYTES_MAX: usize = 200;
/// Files of one user that wait in memory while it is looked at what an import of them would do; the oldest makes room.
pub const UPLOADS_OF_ONE: usize = 2;
/// Bytes of all such files together, two of the largest size; the oldest makes room.
pub const UPLOADS_BYTES_MAX: usize = 2 * IMPORT_BYTES_MAX;
/// MiB of such files that arrive at once, for which room is made before any is read: two of the largest size.
pub const UPLOADS_MIB_AT_ONCE: usize = 2 * (IMPORT_BYTES_MAX / 1024 / 1024 + 1);
/// Files that are there no more of which it is remembered why.
pub const UPLOADS_FORGOTTEN_KNOWN: usize = 256;
/// How long such a file waits: as long as it takes to look through a spreadsheet with a colleague.
pub const UPLOAD_KEPT_FOR: Duration = Duration::from_secs(60 * 60);
/// How long a page waits for an import before it shows how far it is.
pub const IMPORT_WAIT: Duration = Duration::from_secs(10);

/// A one-time login code is good for this long: the way from a terminal to a browser.
pub const LOGIN_CODE_VALID: Duration = Duration::from_secs(10 * 60);
/// Codes that wait to be used; the oldest makes room.
pub const LOGIN_CODES_MAX: usize = 16;
/// A login lasts this long.
pub const LOGIN_VALID: Duration = Duration::from_secs(30 * 24 * 3600);
/// Bytes of name and password as a form sends them: whoever sends them has shown nothing yet.
pub const SIGN_IN_BYTES_MAX: usize = 4 * 1024;
/// Passwords that an address may get wrong for one name within [`SIGN_IN_WINDOW`] before it is not listened to any more.
pub const SIGN_IN_FAILURES_MAX: u32 = 10;
/// The same for all names together: a whole office may come from one address.
pub const SIGN_IN_FAILURES_OF_ADDRESS_MAX: u32 = 100;
/// See [`SIGN_IN_FAILURES_MAX`].
pub const SIGN_IN_WINDOW: Duration = Duration::from_secs(10 * 60);
/// Addresses and names of which that is remembered; the oldest makes room.
pub const ATTEMPTS_KEPT: usize = 2_048;
/// Passwords checked at once: each takes 19 MiB and some 30 ms.
pub const PASSWORDS_AT_ONCE: usize = 2;
/// Documents read for their history at once: a full one takes some 100 MiB and a second.
pub const DOCUMENTS_AT_ONCE: usize = 1;
/// Connections from the office at once: thirty people with a few windows each.
pub const OFFICE_CONNECTIONS_MAX: usize = 256;
/// Of them from one address.
pub const OFFICE_CONNECTIONS_OF_ADDRESS_MAX: usize = 64;
/// How long a connection from the office may take to be secured, and then to say what it asks for.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// See [`HANDSHAKE_TIME`].
pub const HEAD_TIME: Duration = Duration::from_secs(30);
/// How soon to try again where the address for the office is not there (yet).
pub const DOOR_AGAIN: Duration = Duration::from_secs(10);
/// Logins of one user at once; the user's oldest makes room.
pub const USER_LOGINS_MAX: usize = 8;

/// Logins by one-time links at once; the oldest makes room.
pub const LOGINS_MAX: usize = 64;

/// Answers kept for repeated idempotency keys; the oldest makes room.
pub const IDEMPOTENCY_KEYS_MAX: usize = 1_024;
/// Longest idempotency key in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 200;

/// Events kept for clients of the stream that come back; older ones make them read everything again.
pub const STREAM_EVENTS_KEPT: usize = 1_024;
/// Open streams at once: nine partners' staff with a few windows each.
pub const STREAMS_MAX: usize = 256;
/// Largest page that is sent again while it is open, in bytes: many times what a page may weigh.
pub const LIVE_PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A comment line is sent this often so that dead connections are noticed.
pub const STREAM_KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How often a stream looks whether its browser is still signed in.
pub const STREAM_LOOK_EVERY: Duration = Duration::from_secs(5);
