//! `partners rekey` with real processes: a partner that has lost its key goes on under a new one, by leave of the
//! stewards, and what is refused leaves nothing behind.

use super::office::{Partner, eventually};
use serde_json::Value;
use std::fs;

/// The first record that is called so, as a partner sees it.
fn holds(partner: &Partner, name: &str) -> Option<()> {
    partner.json(&["organisation", "list"]).to_string().contains(name).then_some(())
}

fn draft_of(partner: &Partner) -> String {
    let (id, text) = eventually("the steward is asked", || partner.asked().pop());
    assert!(text.contains("Italia"), "it reads whose key is to be replaced: {text}");
    id
}

#[test]
fn a_lost_key_is_replaced_by_leave_of_the_stewards() {
    let slovenia = Partner::start("Slovenia", "SI");
    let mut italy = Partner::start("Italia", "IT");
    slovenia.json(&["found", "COM-IN"]);
    let ticket = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &ticket);
    let kit = italy.temp.path().join("new.kit");
    let path = kit.to_string_lossy().into_owned();

    let bare = italy.run(&["partners", "rekey", "Italia"]);
    assert_eq!(bare.status.code(), Some(2), "without a place for the kit nothing is asked");
    let inside = italy.dir().join("new.kit").to_string_lossy().into_owned();
    assert!(!italy.run(&["partners", "rekey", "Italia", "--kit", &inside]).status.success(), "nor inside the data");
    fs::write(&kit, "precious").expect("a file that is there");
    assert!(!italy.run(&["partners", "rekey", "Italia", "--kit", &path]).status.success(), "nor over a file");
    assert_eq!(fs::read_to_string(&kit).expect("it is there"), "precious", "which stays as it was");
    fs::remove_file(&kit).expect("it goes");
    assert_eq!(italy.asked(), [], "of all that nothing was proposed");

    let sole = slovenia.temp.path().join("own.kit").to_string_lossy().into_owned();
    let refused = slovenia.run(&["partners", "rekey", "Slovenia", "--kit", &sole]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(6), "nobody could name the sole steward's new key: {told}");
    assert!(told.contains("stewards set") && fs::metadata(&sole).is_err(), "it says what helps, and no kit is left");

    let asked = italy.json(&["partners", "rekey", "Italia", "--kit", &path]);
    assert_eq!(asked["decided"], false, "nobody replaces his key alone");
    assert_eq!(asked["waits_for"][0]["name"], "Slovenia", "it says for whom it waits");
    let written = fs::read_to_string(&kit).expect("the kit was written before anyone learned of the key");
    assert!(written.contains("Italia"), "and names the partner");
    slovenia.json(&["approvals", "approve", &draft_of(&slovenia)]);

    let key = asked["key"].as_str().expect("the new key").to_owned();
    let own_key = |partner: &Partner| {
        let all = partner.json(&["partners"])["items"].clone();
        all.as_array().expect("a list").iter().find(|it| it["name"] == "Italia").map(|it| it["key"].clone())
    };
    for partner in [&slovenia, &italy] {
        eventually("the new key is in force", || (own_key(partner) == Some(Value::from(key.as_str()))).then_some(()));
    }
    italy.json(&["organisation", "add", "--set", "name=Under the new key"]);
    eventually("the machine goes on", || holds(&slovenia, "Under the new key"));
    italy.kill();
    slovenia.json(&["organisation", "add", "--set", "name=Meanwhile"]);
    italy.resume();
    eventually("also after another start", || holds(&italy, "Meanwhile"));

    // The steward replaces another partner's key by what it hears on the telephone; the machine is none of it then.
    let wrong = slovenia.run(&["partners", "rekey", "Italia", "--key", "zz"]);
    assert!(!wrong.status.success(), "what is no key is refused");
    let again = slovenia.run(&["partners", "rekey", "Italia", "--key", &key]);
    assert!(!again.status.success(), "the key in force is nothing new");
    let stolen = slovenia.json(&["partners", "rekey", "Italia", "--key", &"ab".repeat(32)]);
    assert_eq!(stolen["decided"], true, "the sole steward decides");
    eventually("what the old key certified meets nobody", || {
        let devices = italy.json(&["status"])["devices"].as_array().expect("a list").clone();
        devices.iter().all(|device| device["connected"] == false).then_some(())
    });
}
