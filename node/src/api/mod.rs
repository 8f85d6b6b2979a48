//! The HTTP interface: everything that page, command line and other programs do with a node.
//!
//! [`router`] needs no listener: the command line sends requests through `tower::ServiceExt::oneshot` when no
//! node runs, and over the control socket ([`serve_control`]) when one does; both are trusted. Programs and
//! browsers come over loopback ([`serve_page`]) and pass the [`guard`].
//!
//! # Shape
//! JSON in and out; every object carries `"schema":1`; errors are `application/problem+json` with
//! `type, title, status, detail, hint`. A record's id is `kind:32 hex digits`. `?register=` (and `register` in
//! bodies) takes `own`, `internal`, a name, or an unambiguous beginning of an id. `?lang=en|it` chooses the
//! language of labels and `text` members.
//!
//! # Routes (under `/api/v1` unless the path says otherwise)
//!
//! | route | does |
//! |---|---|
//! | `GET status` | identity, federation, exchange in words, peers, counts, joining, faults |
//! | `GET schema` | kinds, fields, types, codes with labels |
//! | `GET registers`, `partners`, `devices`, `approvals`, `invites` | `{items}` |
//! | `GET records?kind=&register=&country=&target_group=&network=&state=&language=&q=&deleted=&limit=&after=` | `{items,next}`, by id |
//! | `POST records` | `{kind, register?, fields}` or `{records:[…]}` (≤ 100, all or none); `Idempotency-Key` |
//! | `GET records/{id}?register=` | the record with its values per register; `ETag` where one register is meant |
//! | `PATCH records/{id}?register=` | `{fields}`; needs `If-Match` (428 without, 412 when stale) |
//! | `DELETE records/{id}?register=` | marks it deleted; needs `If-Match` |
//! | `POST records/{id}/restore?register=` | takes the mark away; needs `If-Match` |
//! | `GET search?q=&kind=&register=&country=&target_group=&network=&state=&language=&limit=` | `{items,total}`, the best first |
//! | `GET conflicts?limit=&after=` | `{items,next}`: every field with several values |
//! | `POST conflicts/{id}/resolve?register=` | `{field, take: n}` or `{field, value}` |
//! | `POST interests` | `{event?, organisations, network, motivation?, register?, at?}`: several at once |
//! | `GET records/{id}/history?register=&limit=&after=` | who changed what when, newest first |
//! | `POST records/{id}/undo` | `{change, field?, take?, anyway?}`: a new change that restores the old values |
//! | `POST records/{id}/advance?register=` | `{to, at?}`: an expression of interest (accepted, its membership is made), or `{to}`: a good practice |
//! | `POST records/{id}/proposals?register=` | `{fields, reason?}`: for a record that another partner keeps |
//! | `GET proposals?all=`, `POST proposals/{id}/accept`, `…/decline` | by who keeps the record |
//! | `GET sameas`, `POST sameas` | pairs that look like one, with reasons; `{id, state}` or `{a, b, state}` |
//! | `GET stale?months=`, `GET news?since=\|days=` | not verified for long; what changed, by partner and kind |
//! | `POST found` | `{name}` |
//! | `POST invites` | `{name, country, valid_ms?}`; `DELETE invites/{id}` cancels |
//! | `POST join` | `{ticket}`; `GET status` tells how far (`joining`) |
//! | `POST approvals/{id}/approve`, `…/reject` | newcomers and drafts |
//! | `GET`, `PUT stewards` | `{stewards}`: partner names or ids |
//! | `DELETE partners/{id}`, `POST partners/{id}/rekey` | `{key, certificate?}` |
//! | `DELETE devices/{id}` | this machine revokes another one of its partner |
//! | `GET`, `PUT devices/{id}/revocation` | what the recovery kit has to sign; `{statement}` once it has |
//! | `POST restore/alone` | after a restore: nobody else is left to confirm it |
//! | `GET check` | whether pages and searches read what the documents say: `{documents, records, faults}` |
//! | `GET backup` | a backup, with this machine's secret (control socket only) |
//! | `POST registers` | `{name, writers}`; `writers` is `"all"` or a list of partner names or ids |
//! | `PUT registers/{id}/writers` | `{writers}` |
//! | `GET persons`, `POST persons` | `{fields, scope}`; `scope` like `writers`; read and edited under `records` |
//! | `PUT persons/{id}/scope`, `POST …/erase`, `GET …/erasure` | `{scope}`; `{reason}` |
//! | `GET persons/{id}/access?format=json\|vcf`, `POST …/files` | for the person; `{file}`: where it was put |
//! | `POST sync` | `{wait?: seconds}`; answers `{complete, missing:[…]}` |
//! | `POST sync/pause`, `sync/resume` | survive a restart |
//! | `POST import?kind=&register=&dry_run=` | CSV in the body; all rows are checked before any is written |
//! | `GET export?format=&kind=&register=&public=&names=` | the file: json, csv (`names`: for another machine), xlsx, geojson, graphml, ics, vcf, automerge |
//! | `GET`, `POST calendars`, `DELETE calendars/{id}` | addresses under which calendars read the events; `{name, public?}` |
//! | `GET /calendar/{secret}.ics` | the events, for whoever holds the address |
//! | `GET report?language=&format=html\|md&audience=` | the survey |
//! | `GET graph.svg?language=&colour=`, `map.svg`, `tables` | the pictures, and what they say as tables |
//! | `GET figures`, `calendar?month=` | the numbers; events by month |
//! | `GET stream` | server-sent events `records`, `state`, `reset`; `Last-Event-ID` |
//! | `POST login-codes` | a one-time login link for a browser (control socket or token) |
//! | `GET`, `POST users`; `POST users/{id}/reset`, `DELETE users/{id}` | who signs in over the office network |
//! | `GET /healthz`, `/readyz` | open to all on this machine |
//! | `GET /metrics`, `/openapi.json` | |
//! | `GET /login?code=`, `POST /login`, `POST /logout` | cookie for people |
//! | `GET /office/root.crt` | the authority that browsers of the office trust |

pub mod auth;
mod backup;
mod calendars;
mod check;
mod conflicts;
pub(crate) mod context;
mod devices;
pub(crate) mod entrance;
mod export;
mod guard;
mod health;
pub(crate) mod history;
mod idempotency;
mod import;
pub mod limits;
mod login;
mod members;
mod multipart;
mod openapi;
mod persons;
mod prepare;
pub mod problem;
mod records;
mod registers;
mod report;
pub mod rights;
mod routes;
mod schema;
mod search;
mod serve;
mod state;
mod status;
mod stream;
mod sync;
mod uploads;
mod users;
mod work;

pub use auth::Trusted;
pub(crate) use context::{Form, LANG_COOKIE, Params, language};
pub use entrance::Entrance;
pub(crate) use entrance::Remote;
pub(crate) use import::{Stage as ImportStage, outcome as import_outcome, start as start_import};
pub use prepare::prepare;
pub use problem::{Answer, Problem};
pub use routes::router;
pub use serve::{serve_control, serve_office, serve_page};
pub use state::{ApiConfig, AppState};

// What the pages share with the routes.
pub(crate) use calendars::addresses as calendar_addresses;
pub(crate) use conflicts::{
    Conflicted, Resolve, read as read_conflicts, read_of as read_conflicts_of, resolve as resolve_conflict,
};
pub(crate) use devices::{Certified, certify_machine};
pub(crate) use guard::{from_own_page, secured};
pub(crate) use login::{own_page, with_cookie};
pub(crate) use members::{make_invite, name as partner_name, rights as rights_words};
pub(crate) use multipart::parts;
pub(crate) use persons::{add_person, erase_person, erasure as read_erasure, share_person};
pub(crate) use records::{
    NewRecord, Written as RecordWritten, address, create_records, deletion, edit as edit_record, parse_key,
    read_version,
};
pub(crate) use registers::{WritersBody, find as find_register};
pub(crate) use report::{made, partners as partner_states};
pub(crate) use status::{dials, lines as lines_of};
pub(crate) use stream::{Stream, Told};
pub(crate) use uploads::{Owner, Upload};
pub(crate) use users::hashing;
pub(crate) use work::{
    Propose, Same, decide_proposal, lead_practice, only_row, propose_change, read_news, read_proposals,
    read_suggestions, say_same, surroundings, take_step,
};
