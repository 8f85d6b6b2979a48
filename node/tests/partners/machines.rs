//! Machines of one partner: certified by one another, lost, and copied.

use super::office::{PATIENCE, Partner, add, eventually, everything, settled};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// A partner with one machine, in a federation with Slovenia.
fn federation() -> (Partner, Partner) {
    let (slovenia, italy) = (Partner::start("Slovenia", "SI"), Partner::start("Italia", "IT"));
    slovenia.json(&["found", "COM-IN"]);
    slovenia.admit(&italy, &slovenia.invite("Italia", "IT", "1h"));
    (slovenia, italy)
}

/// A further machine, certified by `by` and let in by `inviter`.
fn certified(by: &Partner, inviter: &Partner, device: &str, rights: &str) -> Partner {
    let mut machine = Partner::bare();
    let asked = machine.json(&["init", "--further", "--device", device]);
    let request = asked["request"].as_str().expect("a request");
    let again = machine.json(&["init", "--further", "--device", device]);
    assert_eq!(again["request"], request, "who asks again asks the same");
    let file = machine.temp.path().join("certificate.txt").to_string_lossy().into_owned();
    let made = by.json(&["devices", "add", request, "--rights", rights, "--file", &file]);
    assert_eq!((&made["id"], &made["name"]), (&asked["device"], &json!(device)), "it is for this machine: {made}");
    let done = machine.json(&["init", "--further", "--certified", &file]);
    assert_eq!(done["name"], "Italia", "the machine knows whose it is: {done}");
    machine.listen();
    let ticket = inviter.temp.path().join("Further.ticket");
    let _ = std::fs::remove_file(&ticket);
    inviter.admit(&machine, &inviter.invite("Further", "IT", "1h"));
    machine
}

fn shows(partner: &Partner, name: &str) -> bool {
    partner.json(&["organisation", "list"]).to_string().contains(name)
}

#[test]
fn a_machine_with_the_admin_right_adds_further_ones_and_replaces_a_lost_one() {
    let (slovenia, mut italy) = federation();
    let laptop = certified(&italy, &italy, "laptop", "edit,invite,steward,admin");
    add(&italy, "Interna", "internal");
    add(&laptop, "Dal portatile", "own");
    eventually("the new machine reads the internal register", || shows(&laptop, "Interna").then_some(()));
    eventually("all take what it writes", || shows(&slovenia, "Dal portatile").then_some(()));

    // The first machine is lost, and the kit with it. The other one revokes it and sets up a third.
    italy.kill();
    laptop.json(&["devices", "revoke", "server1"]);
    let tablet = certified(&laptop, &slovenia, "tablet", "edit");
    add(&tablet, "Dalla tavoletta", "own");
    eventually("it works like the others", || shows(&slovenia, "Dalla tavoletta").then_some(()));
    let machines = slovenia.json(&["devices"])["items"].as_array().expect("a list").clone();
    let mut names: Vec<&str> =
        machines.iter().filter(|d| d["partner_name"] == "Italia").filter_map(|d| d["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["laptop", "tablet"], "the lost one is out");

    // Without the admin right a machine certifies none, and is told so.
    let asked = Partner::bare().json(&["init", "--further", "--device", "phone"]);
    let request = asked["request"].as_str().expect("a request").to_owned();
    let refused = tablet.run(&["devices", "add", &request]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("no right to certify a machine"), "{told}");
    assert!(told.contains("Hint: "), "with a way out: {told}");
    let more = laptop.run(&["devices", "add", &request, "--rights", "everything"]);
    assert!(String::from_utf8_lossy(&more.stderr).contains("edit, invite, steward, admin"), "it names the rights");
    assert!(!laptop.run(&["devices", "add", "comin1-what"]).status.success(), "what is no request is refused");
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("reads").map(|entry| entry.expect("reads")) {
        match entry.file_type().expect("a type") {
            kind if kind.is_dir() => copy_dir(&entry.path(), &to.join(entry.file_name())),
            kind if kind.is_file() => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).expect("is copied")),
            _ => {}
        }
    }
}

/// Whether the status of a node names the machine as copied.
fn named(at: &Partner, key: &Value) -> Option<()> {
    let status = at.json(&["status"]);
    let faults = status["faults"].as_array().expect("a list").clone();
    let told = |fault: &Value| fault["device"] == *key && fault["what"].as_str().unwrap_or_default().contains("copied");
    faults.iter().any(told).then_some(())
}

/// A virtual machine that is put back to an earlier image, without anybody doing anything: once it writes before it meets
/// the others, once after.
#[test]
fn a_machine_that_is_rolled_back_goes_on_and_says_so() {
    let (mut slovenia, mut italy) = federation();
    add(&italy, "Prima", "own");
    settled(&[&slovenia, &italy]);
    for apart in [true, false] {
        italy.kill();
        let image = tempfile::tempdir().expect("a directory");
        copy_dir(&italy.dir(), image.path());
        italy.resume();
        for name in ["Dopo", "Più tardi"] {
            add(&italy, &format!("{name} {apart}"), "own");
            settled(&[&slovenia, &italy]);
        }
        italy.kill();
        std::fs::remove_dir_all(italy.dir()).expect("its directory goes");
        copy_dir(image.path(), &italy.dir());
        if apart {
            slovenia.kill();
        }
        italy.resume();
        if apart {
            add(&italy, "Da solo", "own");
            slovenia.resume();
        }
        eventually("the machine says what has happened to it", || {
            italy.json(&["status"])["put_back"].is_string().then_some(())
        });
        assert_eq!(slovenia.json(&["status"])["put_back"], Value::Null, "and the other one does not");
        add(&italy, &format!("Di nuovo {apart}"), "own");
        settled(&[&slovenia, &italy]);
    }
    let held = everything(&italy);
    assert_eq!(held, everything(&slovenia), "both hold the same");
    let wanted = ["Prima", "Dopo true", "Più tardi true", "Da solo", "Di nuovo true", "Dopo false", "Di nuovo false"];
    for name in wanted {
        assert!(held.iter().any(|line| line.contains(name)), "{name} is lost: {held:?}");
    }
}

#[test]
fn a_copied_machine_is_named_on_both_sides_and_nothing_is_lost() {
    let (slovenia, mut italy) = federation();
    add(&italy, "Prima", "own");
    settled(&[&slovenia, &italy]);
    let key = italy.json(&["status"])["device"]["id"].clone();
    // The data directory is copied, as with a disk image, and both are started.
    italy.kill();
    let mut twin = Partner::bare();
    copy_dir(&italy.dir(), &twin.dir());
    twin.listen();
    italy.resume();
    // Each is served in turn, so this takes its time: both have to be heard, and heard again.
    let (mut round, deadline) = (0, Instant::now() + 4 * PATIENCE);
    loop {
        round += 1;
        add(&italy, &format!("Originale {round}"), "own");
        add(&twin, &format!("Copia {round}"), "own");
        std::thread::sleep(Duration::from_secs(2));
        let told = [&slovenia, &italy, &twin].map(|node| named(node, &key).is_some());
        if told == [true; 3] {
            break;
        }
        assert!(Instant::now() < deadline, "Slovenia, the machine and its copy name it: {told:?}");
    }
    let wanted: Vec<String> = (1..=round).flat_map(|n| [format!("Originale {n}"), format!("Copia {n}")]).collect();
    let held = loop {
        let held: Vec<Vec<String>> = [&slovenia, &italy, &twin].map(everything).into_iter().collect();
        if held.windows(2).all(|pair| pair[0] == pair[1])
            && wanted.iter().all(|name| held[0].iter().any(|line| line.contains(name)))
        {
            break held.into_iter().next().unwrap_or_default();
        }
        assert!(Instant::now() < deadline, "all three hold the same, with everything that was written");
        std::thread::sleep(Duration::from_secs(1));
    };
    assert!(held.len() >= 2 * round, "nothing is lost");
}
