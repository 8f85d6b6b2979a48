//! `devices revoke` and `partners remove` with real processes: what was written before stays, and the machine that is out
//! keeps what it has and is let in nowhere.

use super::office::{Partner, add, eventually};
use serde_json::Value;

/// Whether a partner shows a record that is called so.
fn shows(partner: &Partner, name: &str) -> bool {
    partner.json(&["organisation", "list"]).to_string().contains(name)
}

/// The machines of a partner that another node takes for members.
fn machines(at: &Partner, partner: &str) -> Vec<String> {
    let devices = at.json(&["devices"])["items"].as_array().expect("a list").clone();
    let valid = devices.iter().filter(|device| device["partner_name"] == partner && device["revoked"] == false);
    let mut names: Vec<String> = valid.map(|device| device["name"].as_str().unwrap_or_default().to_owned()).collect();
    names.sort();
    names
}

fn code(partner: &Partner, args: &[&str]) -> Option<i32> {
    partner.run(args).status.code()
}

#[test]
fn a_lost_machine_is_revoked_and_the_kit_outranks_machines() {
    let slovenia = Partner::start("Slovenia", "SI");
    let italy = Partner::start("Italia", "IT");
    slovenia.json(&["found", "COM-IN"]);
    let first = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &first);
    std::fs::remove_file(first).expect("the ticket is used");
    let mut laptop = Partner::further(&italy, "laptop");
    slovenia.admit(&laptop, &slovenia.invite("Italia", "IT", "1h"));
    add(&laptop, "Written in time", "own");
    for other in [&slovenia, &italy] {
        eventually("what the laptop writes arrives", || shows(other, "Written in time").then_some(()));
    }
    assert_eq!(code(&slovenia, &["devices", "revoke", "laptop"]), Some(5), "another partner has no such machine");
    assert_eq!(code(&italy, &["devices", "revoke", "server1"]), Some(6), "a machine does not revoke itself");
    assert_eq!(code(&italy, &["devices", "revoke", "laptop", "--kit", &slovenia.kit()]), Some(6), "nor a foreign kit");
    laptop.json(&["sync", "pause"]);
    let revoked: Value = italy.json(&["devices", "revoke", "laptop"]);
    assert_eq!(revoked["revoked"], true, "it is revoked at once");
    add(&laptop, "Written too late", "own");
    laptop.json(&["sync", "resume"]);
    eventually("the others have heard", || (machines(&slovenia, "Italia") == ["server1"]).then_some(()));
    eventually("nobody speaks with it", || {
        let devices = laptop.json(&["status"])["devices"].as_array().expect("a list").clone();
        devices.iter().all(|device| device["connected"] == false).then_some(())
    });
    for other in [&slovenia, &italy] {
        assert!(shows(other, "Written in time") && !shows(other, "Written too late"), "what came before stays");
    }
    laptop.kill();
    laptop.resume();
    assert!(shows(&laptop, "Written too late"), "the machine keeps what it has");
    // The kit says it as well; whoever reads the list sees what became of the machine.
    italy.json(&["devices", "revoke", "laptop", "--kit", &italy.kit()]);
    let listed = String::from_utf8_lossy(&italy.run(&["devices"]).stdout).into_owned();
    assert!(listed.lines().any(|line| line.contains("laptop") && line.contains("revocata")), "{listed}");
}

#[test]
fn what_a_thief_says_with_a_machine_the_kit_takes_back_over_the_network() {
    let slovenia = Partner::start("Slovenia", "SI");
    let italy = Partner::start("Italia", "IT");
    slovenia.json(&["found", "COM-IN"]);
    let first = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &first);
    std::fs::remove_file(first).expect("the ticket is used");
    let stolen = Partner::further(&italy, "laptop");
    slovenia.admit(&stolen, &slovenia.invite("Italia", "IT", "1h"));
    stolen.json(&["devices", "revoke", "server1"]);
    eventually("the thief has the word", || (machines(&slovenia, "Italia") == ["laptop"]).then_some(()));
    let said = italy.run(&["devices", "revoke", "laptop"]);
    assert!(said.status.success(), "it says the same of the thief");
    let tip = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(tip.contains("--kit"), "and reads what goes further: {tip}");
    add(&italy, "Written at home", "own");
    italy.json(&["devices", "revoke", "laptop", "--kit", &italy.kit()]);
    eventually("the kit is heard by who refuses the machine", || {
        (machines(&slovenia, "Italia") == ["server1"]).then_some(())
    });
    eventually("and it is a member as before", || shows(&slovenia, "Written at home").then_some(()));
}

#[test]
fn what_a_removed_partner_writes_later_is_taken_nowhere() {
    let slovenia = Partner::start("Slovenia", "SI");
    let (italy, france) = (Partner::start("Italia", "IT"), Partner::start("France", "FR"));
    slovenia.json(&["found", "COM-IN"]);
    for (partner, name, country) in [(&italy, "Italia", "IT"), (&france, "France", "FR")] {
        slovenia.admit(partner, &slovenia.invite(name, country, "1h"));
    }
    let register = slovenia.json(&["registers", "add", "Posočje", "--writers", "all"]);
    assert!(register["id"].is_string(), "a register that all write");
    eventually("Italy knows it", || italy.json(&["registers"]).to_string().contains("Posočje").then_some(()));
    add(&italy, "Written in time", "Posočje");
    for other in [&slovenia, &france] {
        eventually("it arrives", || shows(other, "Written in time").then_some(()));
    }
    // France is away while Italy is removed, and still takes what Italy writes then.
    france.json(&["sync", "pause"]);
    slovenia.json(&["partners", "remove", "Italia"]);
    eventually("Slovenia has let go of it", || machines(&slovenia, "Italia").is_empty().then_some(()));
    add(&italy, "Written too late", "Posočje");
    france.json(&["sync", "resume"]);
    eventually("France has heard", || machines(&france, "Italia").is_empty().then_some(()));
    for other in [&slovenia, &france] {
        eventually("both show the same", || {
            (shows(other, "Written in time") && !shows(other, "Written too late")).then_some(())
        });
    }
    assert!(shows(&italy, "Written in time") && shows(&italy, "Written too late"), "Italy keeps all that it has");
    add(&italy, "And works on", "own");
}
