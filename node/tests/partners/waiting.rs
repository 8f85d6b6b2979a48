//! Between ticket and admission: what goes over the wire, and how each failure is told.

use super::office::{Partner, add, eventually};
use comin_protocol::ticket::Ticket;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Most bytes that an inviter sends before the admission: handshakes, what both programs say of themselves, and one
/// reveal of 300 bytes.
const BEFORE_ADMISSION_BYTES_MAX: u64 = 8 * 1024;
/// So much may two joins differ by: pings, and how the same bytes fall into frames.
const JITTER_BYTES: u64 = 256;

/// Passes connections on to a port and counts what comes back from there.
struct Proxy {
    port: u16,
    sent: Arc<AtomicU64>,
}

impl Proxy {
    fn start(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let sent = Arc::new(AtomicU64::new(0));
        let count = sent.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", to)) else { continue };
                let (near_too, far_too) = (near.try_clone().expect("a socket"), far.try_clone().expect("a socket"));
                let count = count.clone();
                std::thread::spawn(move || carry(near, far, &AtomicU64::new(0)));
                std::thread::spawn(move || carry(far_too, near_too, &count));
            }
        });
        Self { port, sent }
    }

    fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, count: &AtomicU64) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        count.fetch_add(read as u64, Ordering::Relaxed);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

fn ticket_of(file: &str) -> Ticket {
    Ticket::parse(&fs::read_to_string(file).expect("the ticket's file")).expect("a ticket")
}

/// The same ticket with no other way to the inviter than through the proxy.
fn through(proxy: &Proxy, file: &str) -> String {
    let ticket = Ticket { addresses: vec![format!("/ip4/127.0.0.1/tcp/{}", proxy.port)], ..ticket_of(file) };
    let other = format!("{file}.proxy");
    fs::write(&other, ticket.to_text()).expect("a file");
    other
}

fn port_of(file: &str) -> u16 {
    let ticket = ticket_of(file);
    let port = ticket.addresses.iter().find_map(|address| address.rsplit('/').next()?.parse().ok());
    port.expect("a ticket names a port")
}

/// Whether any file below a directory holds these bytes.
fn holds(dir: &Path, marker: &str) -> bool {
    fs::read_dir(dir).expect("a directory").flatten().any(|entry| {
        let path = entry.path();
        let is_there = |bytes: Vec<u8>| bytes.windows(marker.len()).any(|piece| piece == marker.as_bytes());
        if path.is_dir() { holds(&path, marker) } else { fs::read(&path).is_ok_and(is_there) }
    })
}

/// The inviter's bytes until both screens show the number, with what the federation holds.
fn bytes_before_admission(records: usize, registers: usize) -> u64 {
    let slovenia = Partner::start("Zavod Most", "SI");
    slovenia.json(&["found", "COM-IN"]);
    for number in 0..registers {
        slovenia.json(&["registers", "add", &format!("Geheimregal {number}")]);
    }
    let rows: String = (0..records).map(|n| format!("Schweigzavod {n},SI\n")).collect();
    let table = slovenia.temp.path().join("table.csv");
    fs::write(&table, format!("name,country\n{rows}")).expect("a table");
    if records > 0 {
        slovenia.json(&["import", &table.to_string_lossy(), "--kind", "organisation"]);
    }
    let file = slovenia.invite("Cooperativa Lunavena", "IT", "1h");
    let proxy = Proxy::start(port_of(&file));
    let italy = Partner::start("Cooperativa Lunavena", "IT");
    let mut joining =
        italy.command(&["--json", "join", &through(&proxy, &file)]).stdout(Stdio::null()).spawn().expect("it starts");
    let number = eventually("the newcomer shows the number", || {
        let number = italy.json(&["status"])["joining"]["check_number"].clone();
        number.is_string().then_some(number)
    });
    let pending = eventually("the inviter shows it", || slovenia.json(&["approvals"])["items"].get(0).cloned());
    assert_ne!(pending["check_number"], number, "the way is part of the ticket: people see that it was changed");
    let sent = proxy.sent();
    let markers = ["Schweigzavod", "Geheimregal"];
    for marker in markers {
        assert!(!holds(&italy.dir(), marker), "nothing of the federation is stored before the admission: {marker}");
    }
    slovenia.json(&["approvals", "approve", pending["id"].as_str().expect("an id")]);
    assert!(joining.wait().expect("it ends").success(), "the newcomer is admitted");
    if records > 0 {
        for marker in markers {
            eventually("after it, it is", || holds(&italy.dir(), marker).then_some(()));
        }
        // As members the two find a way without it as well, so that not all needs to come here.
        assert!(proxy.sent() > sent, "the admission goes through the same proxy: {} then {}", sent, proxy.sent());
    }
    sent
}

#[test]
fn before_admission_nothing_of_the_federation_is_sent() {
    let (empty, full) = (bytes_before_admission(0, 0), bytes_before_admission(2_000, 60));
    println!("bytes of the inviter before the admission: {empty} with nothing, {full} with 2,000 records");
    for sent in [empty, full] {
        assert!((1..=BEFORE_ADMISSION_BYTES_MAX).contains(&sent), "{sent} bytes are a handshake and a number");
    }
    assert!(empty.abs_diff(full) <= JITTER_BYTES, "they do not depend on what there is: {empty} and {full}");
}

/// What a newcomer reads whose join was refused: exit code, text, and the stage for programs.
fn refusal(newcomer: &Partner, ticket: &str) -> (Option<i32>, String, Value) {
    let (code, told) = newcomer.refused(ticket);
    (code, told, newcomer.json(&["status"])["joining"].clone())
}

#[test]
fn each_failure_of_joining_names_its_stage() {
    let mut slovenia = Partner::start("Zavod Most", "SI");
    slovenia.json(&["found", "COM-IN"]);

    let cancelled = slovenia.invite("Annullata", "IT", "1h");
    slovenia.json(&["invites", "cancel", &ticket_of(&cancelled).id().to_string()]);
    let france = Partner::start("Association Valombrune", "FR");
    let (code, told, joining) = refusal(&france, &cancelled);
    assert_eq!(code, Some(6), "a cancelled ticket: {told}");
    assert!(told.contains("ticket-cancelled") && told.contains("Hint: "), "its stage and a way out: {told}");
    assert_eq!(joining["refused_at"], "ticket-cancelled", "for programs as well: {joining}");

    // The numbers differ, and the inviter's user says so.
    let ticket = slovenia.invite("Valombrune", "FR", "1h");
    let asking = france.command(&["join", &ticket]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn();
    let pending = eventually("the newcomer's arrival", || slovenia.json(&["approvals"])["items"].get(0).cloned());
    slovenia.json(&["approvals", "reject", pending["id"].as_str().expect("an id")]);
    let ended = asking.expect("it starts").wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(6), "another number ends it: {told}");
    assert!(told.contains("rejected") && told.contains("Hint: "), "its stage and a way out: {told}");

    // An inviter that was restored from before the ticket does not know it.
    let file = slovenia.temp.path().join("before.backup").to_string_lossy().into_owned();
    slovenia.json(&["backup", &file]);
    let later = slovenia.invite("Dopo", "IT", "1h");
    let open = slovenia.temp.path().join("node.toml");
    fs::copy(slovenia.dir().join("node.toml"), &open).expect("its configuration");
    slovenia.kill();
    fs::remove_dir_all(slovenia.dir()).expect("the machine is lost");
    slovenia.json(&["restore", &file]);
    fs::copy(&open, slovenia.dir().join("node.toml")).expect("its configuration");
    slovenia.resume();
    let italy = Partner::start("Cooperativa Lunavena", "IT");
    let mut asking =
        italy.command(&["join", &later]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().expect("it starts");
    let joining = eventually("the newcomer reads how far it has come", || {
        let joining = italy.json(&["status"])["joining"].clone();
        (joining["stage"] == "refused").then_some(joining)
    });
    assert_eq!(joining["refused_at"], "ticket-unknown", "it was never made, as far as the inviter knows: {joining}");
    let _ = asking.kill();
    let _ = asking.wait();

    // An inviter that is off: the newcomer waits, and says for what.
    slovenia.kill();
    let third = Partner::start("Zavod Brod", "SI");
    let mut asking = third.command(&["join", &later]).stdout(Stdio::null()).spawn().expect("it starts");
    let joining = eventually("it says whom it does not reach", || {
        let joining = third.json(&["status"])["joining"].clone();
        let tried = joining["last_try"].as_str().is_some_and(|text| !text.is_empty());
        (joining["stage"] == "dialling" && tried).then_some(joining)
    });
    assert!(joining["stage_text"].as_str().is_some_and(|text| !text.is_empty()), "in words: {joining}");
    assert!(asking.try_wait().expect("it can be asked").is_none(), "and goes on trying");
    let _ = asking.kill();
    let _ = asking.wait();
}

#[test]
fn an_altered_ticket_shows_another_number() {
    let slovenia = Partner::start("Zavod Most", "SI");
    slovenia.json(&["found", "COM-IN"]);
    let file = slovenia.invite("Cooperativa Lunavena", "IT", "1h");
    let ticket = Ticket { federation_name: "COM-OUT".to_owned(), ..ticket_of(&file) };
    let other = format!("{file}.altered");
    fs::write(&other, ticket.to_text()).expect("a file");
    let italy = Partner::start("Cooperativa Lunavena", "IT");
    add(&italy, "Prima", "own");
    let mut asking =
        italy.command(&["join", &other]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let number = eventually("the newcomer shows a number, or reads why not", || {
        let joining = italy.json(&["status"])["joining"].clone();
        (joining["check_number"].is_string() || joining["stage"] == "refused").then_some(joining)
    });
    let pending = slovenia.json(&["approvals"])["items"].get(0).map(|item| item["check_number"].clone());
    assert_ne!(pending, Some(number["check_number"].clone()), "people see that the ticket is another one: {number}");
    let _ = asking.kill();
    let _ = asking.wait();
}
