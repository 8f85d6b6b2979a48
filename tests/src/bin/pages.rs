//! What every page weighs, and how long the node takes to make it: a real process with many records in its store.
//!
//! `pages [RECORDS]`: 30,000 unless said otherwise. Prints a line for each page: bytes with all that it loads, requests (the
//! stream of its live updates included), and the milliseconds from the request to the last byte of the answer: the first
//! time, then the median of five, then the median of the first looks after three edits; and the MiB by which the process has
//! grown with the first look. Then the slowest of each, and the memory that the process took. `pages [RECORDS] cold` does not
//! wait until the node has prepared what pages are made from.
//!
//! The records are rows without the documents that they would come from: no page reads one. What is edited, and what has a
//! history, is made by the node itself. Fails where a page weighs more than 150 kB or needs more than 12 requests
//! (the survey document, which grows with the records, is none). Build the program in the same way:
//! `cargo build --release --bins`.

use comin_node::store::Store;
use comin_protocol::engine::Write as Put;
use comin_protocol::ids::{ActorId, DocId, RecordKey, RegisterId};
use comin_protocol::record::{Cell, Origin, Row, Scalar};
use comin_tests::adversary::{Office, request};
use comin_tests::federation::Federation;
use comin_tests::pages;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const RECORDS: u32 = 30_000;
/// Most bytes of a page with all that it loads.
const BYTES_MAX: usize = 150_000;
/// Most requests of a page, the stream of its live updates included.
const REQUESTS_MAX: usize = 12;
/// Looks at each page once it has been seen.
const LOOKS: usize = 5;
/// Between two looks whether the node has prepared what pages are made from.
const PREPARING_LOOK: Duration = Duration::from_millis(100);
/// Edits after which each page is looked at.
const EDITS: usize = 3;
/// Rows that are put into the store at once.
const SLICE: usize = 500;
/// Of so many records each kind has this part; the rest are organisations.
const PARTS: [(&str, u32); 6] =
    [("network", 1), ("membership", 150), ("practice", 100), ("event", 70), ("interest", 30), ("sameas", 5)];
const PER_MILLE: u32 = 1_000;
const WORDS: [&str; 12] =
    ["Most", "Zora", "Ponte", "Rive", "Sončnica", "Korenine", "Alba", "Lumière", "Pot", "Insieme", "Vrt", "Élan"];

fn main() {
    let records = std::env::args().nth(1).map_or(RECORDS, |text| text.parse().expect("a number of records"));
    let mut secret = 0_u8;
    let federation = Federation::found(2, || {
        secret += 1;
        [secret; 32]
    });
    let register = federation.register;
    let office = Office::start_with(&federation, 0, &[], |store| fill(store, register, records));
    let visitor = Visitor::signed_in(&office);
    let paths = pages::every(single(&office, &visitor, &federation));
    let begun = Instant::now();
    let started = memory(office.pid());
    while std::env::args().nth(2).as_deref() != Some("cold")
        && !visitor.get("/metrics").body.contains("comin_prepared 1\n")
    {
        std::thread::sleep(PREPARING_LOOK);
    }
    let (prepared, before) = (begun.elapsed(), memory(office.pid()));
    let mut assets = BTreeMap::new();
    let mut seen: Vec<Seen> = Vec::new();
    for path in &paths {
        let before = memory(office.pid());
        let mut page = visitor.first(path, &mut assets);
        page.grown = memory(office.pid()).saturating_sub(before);
        seen.push(page);
    }
    let after = memory(office.pid());
    for page in &mut seen {
        page.again = median((0..LOOKS).map(|_| visitor.get(&page.path).took).collect());
    }
    for edit in 0..EDITS {
        for page in &mut seen {
            office.add(&register.to_string(), &format!("Zavod {edit}"));
            page.edited.push(visitor.get(&page.path).took);
        }
    }
    println!("{records} records; milliseconds, bytes");
    println!(
        "{:<70} {:>8} {:>8} {:>8} {:>8} {:>8} {:>6}",
        "page", "bytes", "requests", "first", "again", "edited", "MiB"
    );
    for page in &mut seen {
        page.edited = vec![median(std::mem::take(&mut page.edited))];
        let [first, again, edited] = page.times().map(ms);
        let Seen { path, bytes, requests, grown, .. } = page;
        println!("{path:<70} {bytes:>8} {requests:>8} {first:>8} {again:>8} {edited:>8} {grown:>6}");
    }
    for (n, what) in ["first", "again", "after an edit"].into_iter().enumerate() {
        let slowest = seen.iter().max_by_key(|page| page.times()[n]).expect("there are pages");
        println!("slowest {what}: {} ms, {}", ms(slowest.times()[n]), slowest.path);
    }
    let heaviest = seen.iter().max_by_key(|page| page.bytes).expect("there are pages");
    println!("heaviest: {} bytes, {}", heaviest.bytes, heaviest.path);
    let broken: Vec<String> = seen.iter().filter_map(Seen::breach).collect();
    println!("prepared in {} ms", ms(prepared));
    println!(
        "memory: {started} MiB at first, {before} MiB before the first page, {after} MiB after each once, {} MiB at the end",
        memory(office.pid())
    );
    if !broken.is_empty() {
        eprintln!("{}", broken.join("\n"));
        std::process::exit(1);
    }
}

/// A page, and what was measured of it.
struct Seen {
    path: String,
    bytes: usize,
    requests: usize,
    first: Duration,
    again: Duration,
    edited: Vec<Duration>,
    /// MiB.
    grown: u64,
}

impl Seen {
    /// What the page has too much of. The survey document is none: it grows with the records.
    fn breach(&self) -> Option<String> {
        let Self { path, bytes, requests, .. } = self;
        let heavy = !path.starts_with("/api/") && (*bytes > BYTES_MAX || *requests > REQUESTS_MAX);
        heavy.then(|| {
            format!("{path}: {bytes} bytes of at most {BYTES_MAX}, {requests} requests of at most {REQUESTS_MAX}")
        })
    }

    fn times(&self) -> [Duration; 3] {
        [self.first, self.again, self.edited.first().copied().unwrap_or_default()]
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1e3)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Resident memory of a process in MiB.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("Linux tells of processes");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
}

/// An answer, read to its end.
struct Got {
    head: String,
    body: String,
    bytes: usize,
    took: Duration,
}

/// Who looks at the pages, as a browser with a session does.
struct Visitor {
    port: u16,
    cookie: String,
}

impl Visitor {
    fn signed_in(office: &Office) -> Self {
        let mut visitor = Self { port: office.page_port, cookie: String::new() };
        let code = request(&office.socket(), "POST", "login-codes", Some(&json!({})));
        let path = match &code {
            Some((201, answer)) => answer["path"].as_str().expect("a path").to_owned(),
            other => panic!("a link is made: {other:?}"),
        };
        let got = visitor.ask("GET", &path, "", "");
        let cookie = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or_default().to_owned())
        };
        visitor.cookie = got.head.lines().filter_map(cookie).collect::<Vec<_>>().join("; ");
        visitor
    }

    fn ask(&self, method: &str, path: &str, kind: &str, body: &str) -> Got {
        let begun = Instant::now();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the node listens");
        let origin = format!("http://localhost:{}", self.port);
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\nOrigin: {origin}\r\nConnection: close\r\nAccept: text/html\r\n\
             Accept-Language: sl\r\nCookie: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.port,
            self.cookie,
            body.len()
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("it is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it is answered");
        let took = begun.elapsed();
        let text = String::from_utf8_lossy(&answer);
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer of HTTP");
        Got { head: head.to_owned(), body: body.to_owned(), bytes: answer.len(), took }
    }

    fn get(&self, path: &str) -> Got {
        let got = self.ask("GET", path, "", "");
        assert!(got.head.starts_with("HTTP/1.1 200"), "{path}: {} {}", got.head, got.body);
        got
    }

    /// A page with all that a browser fetches for it. `assets`: the bytes of what was fetched before.
    fn first(&self, path: &str, assets: &mut BTreeMap<String, usize>) -> Seen {
        let got = self.get(path);
        let loaded: BTreeSet<String> =
            ["<link", "<script", "<img"].iter().flat_map(|tag| addresses(&got.body, tag)).collect();
        let mut bytes = got.bytes;
        for asset in &loaded {
            bytes += *assets.entry(asset.clone()).or_insert_with(|| self.get(asset).bytes);
        }
        let stream = usize::from(got.body.contains("data-seen="));
        let requests = 1 + loaded.len() + stream;
        Seen {
            path: path.to_owned(),
            bytes,
            requests,
            first: got.took,
            again: Duration::ZERO,
            edited: Vec::new(),
            grown: 0,
        }
    }
}

/// The addresses that a kind of tag loads.
fn addresses(page: &str, tag: &str) -> impl Iterator<Item = String> {
    page.split(tag).skip(1).filter_map(|rest| {
        let inside = rest.split('>').next()?;
        let (_, address) = inside.split_once("href=\"").or_else(|| inside.split_once("src=\""))?;
        Some(address.split('"').next()?.replace("&amp;", "&"))
    })
}

/// The paths of the pages of one thing, made by the node itself.
fn single(office: &Office, visitor: &Visitor, federation: &Federation) -> Vec<String> {
    let make = |path: &str, body: &Value| match request(&office.socket(), "POST", path, Some(body)) {
        Some((201, answer)) => answer["id"].as_str().expect("an id").to_owned(),
        other => panic!("{path} is taken: {other:?}"),
    };
    let register = federation.register;
    let fields = json!({
        "given_name": "Ana", "family_name": "Kos", "purpose": "Stik", "legal_basis": "consent", "retain_until": "2040-01-01",
    });
    let person = make("persons", &json!({"fields": fields, "scope": "all"}));
    let own = office.add(&register.to_string(), "Zavod Most");
    let sheet = "--B\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\norganisation\r\n--B\r\nContent-Disposition: form-data; \
                 name=\"file\"; filename=\"a.csv\"\r\n\r\nname,city,country\nNova,Koper,SI\n\r\n--B--\r\n";
    let sent = visitor.ask("POST", "/import", "multipart/form-data; boundary=B", sheet);
    let there = sent.head.lines().find_map(|line| line.strip_prefix("location: ")).expect("the import has a page");
    let status = office.status();
    let own_partner = status["partner"].as_str().unwrap_or_default();
    let partners = request(&office.socket(), "GET", "partners", None).map(|(_, answer)| answer).unwrap_or_default();
    let ids = partners["items"].as_array().into_iter().flatten().filter_map(|one| one["id"].as_str());
    let other = ids.into_iter().find(|id| *id != own_partner).expect("another partner");
    let mut paths = vec![
        format!("/people/{person}"),
        there.to_owned(),
        format!("/partners/{other}/remove"),
        format!("/devices/{}/revoke", office.device),
        format!("/registers/{register}/writers"),
        format!("/records/{own}/history"),
        format!("/records/{own}/propose"),
        format!("/records/{own}/edit?register={register}"),
        "/organisations?page=300&country=IT".to_owned(),
        format!("/organisations?network={}", key("network", 3)),
        "/search?q=most".to_owned(),
        "/map?page=300".to_owned(),
        "/graph?colour=target_group".to_owned(),
        "/records/new?kind=event".to_owned(),
        "/api/v1/report?language=sl".to_owned(),
    ];
    paths.extend(["network", "organisation", "event", "practice"].map(|kind| format!("/records/{}", key(kind, 3))));
    paths
}

fn key(kind: &str, number: u32) -> RecordKey {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    RecordKey { kind: kind.into(), id }
}

fn word(n: u32) -> &'static str {
    WORDS[n as usize % WORDS.len()]
}

/// Rows as a partnership of three countries would have them.
fn fill(store: &dyn Store, register: RegisterId, records: u32) {
    let many = |kind: &str| {
        let part = PARTS.iter().find(|(name, _)| *name == kind).map_or(0, |(_, part)| *part);
        (records / PER_MILLE * part).max(4)
    };
    let others: u32 = PARTS.iter().map(|(kind, _)| many(kind)).sum();
    let organisations = records.saturating_sub(others).max(4);
    let now = i64::try_from(std::time::SystemTime::UNIX_EPOCH.elapsed().expect("a clock").as_millis()).expect("a time");
    let mut rows = Vec::new();
    let mut put = |key: RecordKey, fields: Vec<(&str, String)>| {
        let n = u32::try_from(rows.len()).expect("as many as asked for");
        rows.push(row(register, key, n, now, fields));
    };
    for n in 0..many("network") {
        put(
            key("network", n),
            vec![
                ("name@sl", format!("Mreža {} {n}", word(n))),
                ("name@it", format!("Rete {} {n}", word(n))),
                ("levels/local", "1".to_owned()),
                ("country", country(n)),
            ],
        );
    }
    for n in 0..organisations {
        let place = n % 400;
        put(key("organisation", n), organisation(n, place));
    }
    for n in 0..many("membership") {
        let ends = [key("organisation", n % organisations), key("network", (n * 7) % many("network"))];
        put(
            RecordKey::derived("membership", &[&ends[0], &ends[1]]),
            vec![
                ("organisation", ends[0].to_string()),
                ("network", ends[1].to_string()),
                ("role", "member".to_owned()),
                ("since", format!("20{:02}-03-01", 10 + n % 15)),
            ],
        );
    }
    for n in 0..many("practice") {
        put(
            key("practice", n),
            vec![
                ("title@sl", format!("Praksa {} {n}", word(n))),
                ("summary@sl", "Mladi in podjetja se srečajo; mentor spremlja prve mesece dela.".repeat(4)),
                ("state", if n % 7 == 0 { "draft" } else { "published" }.to_owned()),
                ("network", key("network", n % many("network")).to_string()),
                ("country", country(n)),
            ],
        );
    }
    for n in 0..many("event") {
        let day = format!("20{}-{:02}-{:02}", 25 + n % 3, n % 12 + 1, n % 28 + 1);
        put(
            key("event", n),
            vec![
                ("title@sl", format!("Posvet {} {n}", word(n))),
                ("type", "workshop".to_owned()),
                ("when", format!("{day}T09:00/{day}T12:00[Europe/Ljubljana]")),
                ("place", format!("Kraj {}", n % 400)),
                (
                    if n % 2 == 0 { "state" } else { "country" },
                    if n % 2 == 0 { "planned".to_owned() } else { country(n) },
                ),
            ],
        );
    }
    for n in 0..many("interest") {
        put(
            key("interest", n),
            vec![
                ("organisation", key("organisation", n % organisations).to_string()),
                ("network", key("network", n % many("network")).to_string()),
            ],
        );
    }
    for n in 0..many("sameas") {
        let ends = [key("organisation", n % organisations), key("organisation", (n + 400) % organisations)];
        put(
            RecordKey::derived("sameas", &[&ends[0], &ends[1]]),
            vec![
                ("a", ends[0].to_string()),
                ("b", ends[1].to_string()),
                ("state", if n % 3 == 0 { "refused" } else { "confirmed" }.to_owned()),
            ],
        );
    }
    for slice in rows.chunks(SLICE) {
        store.commit(&[slice.iter().map(Put::put_row).collect()]).expect("the store takes it");
    }
}

fn country(n: u32) -> String {
    ["SI", "IT", "FR"][n as usize % 3].to_owned()
}

fn organisation(n: u32, place: u32) -> Vec<(&'static str, String)> {
    let (north, east) = (44.0 + f64::from(place % 20) * 0.15, 5.0 + f64::from(place / 20) * 0.5);
    let mut fields = vec![
        ("name", format!("Zavod {} {} {n}", word(n / 7), word(n / 3))),
        ("city", format!("Kraj {place}")),
        ("position", format!("{north:.3},{east:.3};city")),
        ("country", country(place)),
        ("target_groups/youth", "1".to_owned()),
        ("email", format!("info@zavod{n}.example")),
        ("website", format!("https://zavod{n}.example")),
        ("description@sl", "Podpira brezposelne pri vstopu na trg dela in v skupnost. ".repeat(3)),
    ];
    if n.is_multiple_of(4) {
        fields.push(("description@it", "Sostiene le persone nella ricerca di un lavoro. ".repeat(3)));
    }
    if !n.is_multiple_of(5) {
        fields.push(("last_verified", format!("2026-{:02}-01", n % 11 + 1)));
    }
    fields
}

fn row(register: RegisterId, key: RecordKey, n: u32, now: i64, fields: Vec<(&str, String)>) -> Row {
    let cell = |text: String| vec![Cell { value: Scalar::Str(text), origin: 0 }];
    let own = [("original_language", "sl".to_owned()), ("visibility", "federation".to_owned())];
    let fields = own.into_iter().chain(fields).map(|(name, text)| (name.to_owned(), cell(text))).collect();
    // About 2,000 records in a part, as registers hold them; a tenth of them came this week.
    let doc = DocId { register, part: n / 2_000 + 2 };
    let age = i64::from(if n.is_multiple_of(10) { n % 7 } else { 30 + n % 700 }) * 24 * 60 * 60 * 1_000;
    Row {
        key,
        doc,
        origins: vec![Origin { actor: ActorId([2; 16]), time_ms: now - age }],
        fields,
        unseen_edits: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_with_too_much_to_fetch_is_named() {
        let look = |path: &str, bytes, requests| {
            let (path, zero) = (path.to_owned(), Duration::ZERO);
            Seen { path, bytes, requests, first: zero, again: zero, edited: Vec::new(), grown: 0 }.breach()
        };
        let page = |bytes, requests| look("/map", bytes, requests);
        assert_eq!(look("/api/v1/report?language=sl", 4_000_000, 1), None, "a document is no page");
        assert_eq!(page(BYTES_MAX, REQUESTS_MAX), None, "as much as it may have");
        assert!(page(BYTES_MAX + 1, 4).is_some_and(|what| what.contains("/map: 150001 bytes")), "too heavy");
        assert!(page(30_000, REQUESTS_MAX + 1).is_some_and(|what| what.contains("13 requests")), "too many requests");
    }
}
