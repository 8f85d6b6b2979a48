//! A person on five nodes: erased, it is nowhere; not erased, it survives the loss of a machine.

use super::office::{Partner, eventually};
use serde_json::json;
use std::fs;
use std::path::Path;

const GIVEN: &str = "Zdravislava";
const EMAIL: &str = "zdravislava@most.example";
const PHONE: &str = "+386 5 5550142";

/// The forms in which something of the person could lie in a file.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let percent: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
    let hex: String = text.bytes().map(|b| format!("{b:02x}")).collect();
    let mut out = vec![text.as_bytes().to_vec(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)];
    out.extend([percent.into_bytes(), hex.into_bytes(), text.replace('@', "%40").replace('+', "%2B").into_bytes()]);
    out.extend((0..3).map(|skip| base64(&text.as_bytes()[skip..])));
    out
}

/// Base64 of the whole groups of a text: what every base64 of a file that holds the text at that offset holds.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let number = three.iter().fold(0u32, |number, byte| number << 8 | u32::from(*byte));
        [18, 12, 6, 0].map(|shift| DIGITS[(number >> shift) as usize & 63])
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}

/// The files under `dir` in which any form of any of the texts lies.
fn found_in(dir: &Path, texts: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).expect("reads").map(|entry| entry.expect("reads").path()) {
        if entry.is_dir() {
            out.extend(found_in(&entry, texts));
        } else if let Ok(bytes) = fs::read(&entry) {
            let holds = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form.as_slice());
            if texts.iter().flat_map(|text| forms(text)).any(|form| holds(&form)) {
                out.push(entry.display().to_string());
            }
        }
    }
    out
}

fn add(partner: &Partner, given: &str) -> String {
    let given = format!("given_name={given}");
    let (email, phone) = (format!("email={EMAIL}"), format!("phone={PHONE}"));
    let set = [
        given.as_str(),
        "family_name=Zupan",
        &email,
        &phone,
        "purpose=network",
        "legal_basis=consent",
        "retain_until=2099-01-31",
    ];
    let args: Vec<&str> =
        ["person", "add", "--scope", "all"].into_iter().chain(set.iter().flat_map(|s| ["--set", s])).collect();
    partner.json(&args)["id"].as_str().expect("an id").to_owned()
}

fn reads(partner: &Partner, id: &str) -> bool {
    partner.run(&["person", "show", id]).status.success()
}

#[test]
fn an_erased_person_is_nowhere_on_five_nodes() {
    let names = [("Slovenia", "SI"), ("Italia", "IT"), ("Francia", "FR"), ("Trieste", "IT"), ("Lubiana", "SI")];
    let mut partners: Vec<Partner> = names.iter().map(|(name, country)| Partner::start(name, country)).collect();
    partners[0].json(&["found", "COM-IN"]);
    for n in 1..5 {
        let ticket = partners[0].invite(names[n].0, names[n].1, "1h");
        partners[0].admit(&partners[n], &ticket);
    }
    let erased = add(&partners[0], GIVEN);
    let kept = add(&partners[0], "Ada");
    for partner in &partners {
        eventually("both persons", || (reads(partner, &erased) && reads(partner, &kept)).then_some(()));
    }
    let backup = partners[1].temp.path().join("before.backup");
    partners[1].json(&["backup", &backup.to_string_lossy()]);
    for partner in &partners {
        assert_eq!(found_in(partner.temp.path(), &[GIVEN, EMAIL, PHONE]), Vec::<String>::new(), "all of it is sealed");
    }
    // A file that somebody made is found by the search, which could otherwise find nothing at all.
    let card = partners[0].temp.path().join("person.vcf");
    let written = partners[0].run(&["person", "access", &erased, "--format", "vcf", "--out", &card.to_string_lossy()]);
    assert!(written.status.success(), "the card is written");
    assert_eq!(found_in(partners[0].temp.path(), &[GIVEN]).len(), 1, "and found");

    partners[4].kill();
    let told = partners[0].json(&["person", "erase", &erased, "--reason", "request"]);
    assert_eq!(told["files"], json!([card.display().to_string()]), "the file is named: {told}");
    fs::remove_file(&card).expect("is removed by hand");
    let state = eventually("four receipts", || {
        let state = partners[0].json(&["person", "erasure", &erased]);
        (state["erased_devices"] == 4).then_some(state)
    });
    assert_eq!((&state["devices"], &state["partners"]), (&json!(5), &json!(5)), "one is missing: {state}");
    assert_eq!(state["missing"][0]["partner_name"], "Lubiana", "and named");
    partners[4].resume();
    eventually("the fifth receipt", || {
        (partners[0].json(&["person", "erasure", &erased])["erased_devices"] == 5).then_some(())
    });

    // A machine is lost and comes back from a backup of before the erasure.
    partners[1].kill();
    fs::remove_dir_all(partners[1].dir()).expect("the machine is lost");
    partners[1].json(&["restore", &backup.to_string_lossy()]);
    assert!(!reads(&partners[1], &erased), "without its key the person stays closed");
    partners[1].resume();
    eventually("the person that was not erased", || reads(&partners[1], &kept).then_some(()));
    for partner in &partners {
        assert!(!reads(partner, &erased), "it is brought back nowhere");
        assert!(reads(partner, &kept), "the other one is there");
        let found = found_in(partner.temp.path(), &[GIVEN, EMAIL, PHONE]);
        assert_eq!(found, Vec::<String>::new(), "and no file holds anything of it");
    }
    // Whoever joins later gets the one and never the other.
    let late = Partner::start("Marsiglia", "FR");
    partners[0].admit(&late, &partners[0].invite("Marsiglia", "FR", "1h"));
    eventually("the person that was not erased", || reads(&late, &kept).then_some(()));
    assert!(!reads(&late, &erased), "the erased one is sent to nobody");
    assert_eq!(found_in(late.temp.path(), &[GIVEN, EMAIL, PHONE]), Vec::<String>::new(), "nor anything of it");
}

#[test]
fn a_machine_that_is_lost_keeps_its_persons_by_backup_and_key_file() {
    let mut slovenia = Partner::start("Slovenia", "SI");
    slovenia.json(&["found", "COM-IN"]);
    slovenia.json(&["users", "add", "ana", "--role", "admin"]);
    let (erased, kept) = (add(&slovenia, GIVEN), add(&slovenia, "Ada"));
    slovenia.json(&["person", "erase", &erased, "--reason", "request"]);
    let place = slovenia.temp.path().join("backups");
    fs::create_dir(&place).expect("a directory");
    slovenia.configure(&format!("[backup]\ndir = {:?}\n", place.to_string_lossy()));
    let named = |end: &str| {
        let files = fs::read_dir(&place).expect("reads").map(|entry| entry.expect("reads").path());
        files.into_iter().find(|path| path.to_string_lossy().ends_with(end))
    };
    let file = eventually("a backup", || named(".backup").filter(|_| named("persons.keys").is_some()));
    slovenia.kill();
    fs::remove_dir_all(slovenia.dir()).expect("the machine is lost");
    // No other node is there that could bring anything back.
    slovenia.json(&["restore", &file.to_string_lossy()]);
    assert!(reads(&slovenia, &kept), "the person is there, with its key");
    assert!(!reads(&slovenia, &erased), "and the erased one is not");
    assert_eq!(slovenia.json(&["users"])["items"][0]["name"], "ana", "whoever may sign in may do so still");
    assert_eq!(found_in(slovenia.temp.path(), &[GIVEN, EMAIL, PHONE]), Vec::<String>::new(), "no file holds anything");
}
