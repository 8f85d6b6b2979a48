//! A backup, the loss of the machine, and its way back into the federation without an operator.

use super::office::{Partner, add, eventually, settled};
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The machine is lost: its data directory goes, and all that is left is the backup.
fn lose(partner: &mut Partner) {
    partner.kill();
    fs::remove_dir_all(partner.dir()).expect("the machine is lost");
}

fn founded() -> (Partner, Partner) {
    let (slovenia, italy) = (Partner::start("Slovenia", "SI"), Partner::start("Italia", "IT"));
    slovenia.json(&["found", "COM-IN"]);
    let ticket = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &ticket);
    (slovenia, italy)
}

fn path(file: &Path) -> String {
    file.to_string_lossy().into_owned()
}

#[test]
fn a_lost_machine_comes_back_from_its_backup_and_from_its_peers() {
    let (slovenia, mut italy) = founded();
    let changed = add(&italy, "Prima", "own");
    let internal = add(&italy, "Interna", "internal");
    let file = italy.temp.path().join("italy.backup");
    let written = italy.json(&["backup", &path(&file)]);
    assert!(written["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{written}");
    assert_eq!(fs::metadata(&file).expect("is there").permissions().mode() & 0o777, 0o600, "for its owner only");

    // What happens after the backup: the others have some of it, the internal part nobody.
    italy.json(&["organisation", "edit", &changed, "--set", "name=Prima e dopo"]);
    let later = add(&italy, "Dopo", "own");
    let lost = add(&italy, "Solo qui", "internal");
    let before = settled(&[&slovenia, &italy]);
    let refused = italy.run(&["restore", &path(&file)]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("mv "), "a node that is there stays as it is: {told}");
    lose(&mut italy);

    let holds = italy.json(&["restore", &path(&file), "--check"]);
    assert_eq!((&holds["name"], &holds["restored"]), (&json!("Italia"), &json!(false)), "{holds}");
    assert!(!italy.dir().exists(), "a check makes nothing");
    assert_eq!(italy.json(&["restore", &path(&file)])["records"], holds["records"], "what was told is there");
    // Staff go on before the node has met anyone.
    let meanwhile = add(&italy, "Subito", "own");
    assert_eq!(italy.json(&["status"])["unconfirmed"], true, "it signs nothing for the federation yet");
    italy.resume();
    let after = eventually("everything that the others had, with what was added meanwhile", || {
        let after = settled(&[&slovenia, &italy]);
        after.iter().any(|line| line.contains(&meanwhile)).then_some(after)
    });
    let missing: Vec<_> = before.iter().filter(|line| !after.contains(line)).collect();
    assert_eq!(missing, Vec::<&String>::new(), "nothing that a peer held is lost, the last edits among it");
    assert!(after.iter().any(|line| line.contains(&later)), "what was made after the backup came from the peer");
    assert!(italy.run(&["organisation", "show", &internal]).status.success(), "the internal part is from the backup");
    assert!(!italy.run(&["organisation", "show", &lost]).status.success(), "what only the lost disk had is gone");
    eventually("the other node's confirmation", || (italy.json(&["status"])["unconfirmed"] == false).then_some(()));
    for partner in [&slovenia, &italy] {
        assert_eq!(partner.json(&["status"])["faults"], json!([]), "and nobody is blamed");
    }
    assert!(italy.run(&["sync", "--wait", "30s"]).status.success(), "the exchange goes on");
}

fn backups_in(place: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(place).into_iter().flatten().map(|entry| entry.expect("reads").path());
    files.filter(|path| path.extension().is_some_and(|end| end == "backup")).collect()
}

#[test]
fn backups_are_written_by_themselves_and_a_failure_is_told() {
    let mut partner = Partner::start("Slovenia", "SI");
    let place = partner.temp.path().join("backups");
    let config = partner.dir().join("node.toml");
    let text = fs::read_to_string(&config).expect("reads");
    fs::write(&config, format!("{text}\n[backup]\ndir = {:?}\n", path(&place))).expect("is written");
    partner.kill();
    partner.resume();
    let status = |partner: &Partner| partner.json(&["status"]);
    let failed = eventually("the failure", || {
        let output = partner.run(&["--json", "status", "--check"]);
        let status: Value = serde_json::from_slice(&output.stdout).expect("an object");
        status["backup"]["error"].is_string().then_some((output.status.code(), status))
    });
    assert_eq!(failed.0, Some(3), "somebody has to look: the directory is missing: {}", failed.1["backup"]);

    fs::create_dir(&place).expect("a directory");
    partner.kill();
    partner.resume();
    let file = eventually("a backup", || backups_in(&place).pop());
    eventually("what became of it", || (status(&partner)["backup"]["error"] == Value::Null).then_some(()));
    assert_eq!(status(&partner)["backup"]["file"], json!(file), "the status names it");
    partner.json(&["restore", &path(&file), "--check"]);
    partner.kill();
    partner.resume();
    assert_eq!(
        eventually("the earlier one", || status(&partner)["backup"]["file"].as_str().map(str::to_owned)),
        path(&file),
        "after a restart it is known, and not due again"
    );
    assert_eq!(backups_in(&place).len(), 1, "one a day");

    // Users have changed: while the node runs, and by the command line while it does not.
    let password = partner.json(&["users", "add", "ana", "--role", "admin"])["password"].clone();
    eventually("a backup with the user", || (backups_in(&place).len() == 2).then_some(()));
    partner.kill();
    partner.json(&["users", "add", "bor", "--role", "editor"]);
    let added = SystemTime::now();
    partner.resume();
    let newest = eventually("one with both", || {
        let written = |file: &PathBuf| fs::metadata(file).and_then(|file| file.modified()).is_ok_and(|at| at > added);
        backups_in(&place).into_iter().find(written)
    });
    partner.kill();
    fs::remove_dir_all(partner.dir()).expect("the machine is lost");
    partner.json(&["restore", &path(&newest)]);
    let users = partner.json(&["users"])["items"].to_string();
    assert!(users.contains("ana") && users.contains("bor"), "both can sign in again: {users}");
    assert!(password.is_string(), "with the password that was told");
}
