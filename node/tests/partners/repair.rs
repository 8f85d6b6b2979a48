//! `check --repair` with peers online: whatever becomes of a store's files, what a peer holds is there again
//! afterwards, what nobody else held is there or named, and the federation goes on without blaming anyone.

use super::office::{Partner, add, eventually, everything, settled};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Organisations that Italy imports: enough for a store of several segments.
const IMPORTED: usize = 300;
/// The register that is made last, so that who holds its statement holds them all.
const LAST_STATED: &str = "Territorial";
/// Bytes overwritten at each garbled position.
const GARBLED_BYTES: u64 = 64;
/// Positions garbled in one file.
const POSITIONS: u64 = 6;

/// A whole federation whose Italian store is going to be damaged.
struct Scene {
    slovenia: Partner,
    france: Partner,
    italy: Partner,
    /// What Slovenia holds, which is everything but Italy's internal register.
    everything: Vec<String>,
    /// The records of Italy's internal register, which nobody else may read.
    internal: Vec<String>,
    /// Where an untouched copy of Italy's store lies.
    sound: PathBuf,
}

impl Scene {
    fn new() -> Self {
        let slovenia = Partner::start("Slovenia", "SI");
        let mut italy = Partner::start("Italia", "IT");
        let france = Partner::start("France", "FR");
        slovenia.json(&["found", "COM-IN"]);
        for (newcomer, name, country) in [(&italy, "Italia", "IT"), (&france, "France", "FR")] {
            let ticket = slovenia.invite(name, country, "1h");
            slovenia.admit(newcomer, &ticket);
        }
        slovenia.json(&["registers", "add", LAST_STATED]);
        let csv: String =
            (0..IMPORTED).map(|n| format!("Organizzazione {n};Padova;IT;{}\n", "x".repeat(400))).collect();
        let file = italy.temp.path().join("list.csv");
        fs::write(&file, format!("name;city;country;address\n{csv}")).expect("a spreadsheet");
        italy.json(&["import", &file.to_string_lossy(), "--kind", "organisation"]);
        for partner in [&italy, &france] {
            eventually("the shared register", || {
                let registers = partner.json(&["registers"])["items"].to_string();
                registers.contains(LAST_STATED).then_some(())
            });
        }
        for (partner, name) in [(&slovenia, "Skupna"), (&italy, "Comune"), (&france, "Commune")] {
            add(partner, name, LAST_STATED);
        }
        let internal = vec![add(&italy, "Interna", "internal"), add(&italy, "Bozza", "internal")];
        let everything = settled(&[&slovenia, &italy, &france]);
        assert!(everything.len() > IMPORTED, "all of it has travelled");
        // The copy of the statements may be two seconds behind; this is about damage and not about that window.
        eventually("the copy of the statements, with the last one", || {
            let copy = fs::read(italy.dir().join("statements")).unwrap_or_default();
            copy.windows(LAST_STATED.len()).any(|piece| piece == LAST_STATED.as_bytes()).then_some(())
        });
        italy.kill();
        let sound = italy.temp.path().join("sound");
        copy_dir(&store_of(&italy), &sound);
        Self { slovenia, france, italy, everything, internal, sound }
    }

    /// Damages Italy's store, repairs it, and lets the federation meet again.
    fn survive(&mut self, named: &str, harm: impl FnOnce(&Path)) {
        self.italy.kill();
        let store = store_of(&self.italy);
        fs::remove_dir_all(&store).expect("the last round's store goes");
        copy_dir(&self.sound, &store);
        harm(&store);
        let kit = kit_of(&self.italy);
        let told = self.italy.json(&["check", "--repair", "--kit", &kit.to_string_lossy()]);
        assert!(self.italy.run(&["check"]).status.success(), "{named}: the repaired store is sound");
        self.italy.resume();
        let after = settled(&[&self.slovenia, &self.italy, &self.france]);
        assert_eq!(after, self.everything, "{named}: what a peer held is there, and equal");
        self.nothing_internal_is_lost_in_silence(named, &told);
        let fresh = add(&self.italy, named, "own");
        let others = settled(&[&self.slovenia, &self.italy, &self.france]);
        assert!(others.iter().any(|line| line.contains(&fresh)), "{named}: editing goes on and reaches the others");
        for partner in [&self.slovenia, &self.italy, &self.france] {
            assert_eq!(partner.json(&["status"])["faults"], json!([]), "{named}: nobody is blamed");
        }
        self.everything = others;
    }

    fn nothing_internal_is_lost_in_silence(&self, named: &str, told: &Value) {
        let said = told.to_string();
        for id in &self.internal {
            let there = self.italy.run(&["organisation", "show", id]).status.success();
            let register_named = told["damaged"].as_array().is_some_and(|damaged| !damaged.is_empty());
            assert!(
                there || said.contains(id.as_str()) || register_named,
                "{named}: {id} is gone and nothing says so: {said}"
            );
        }
    }
}

#[test]
fn a_repaired_steward_signs_nothing_until_that_is_confirmed() {
    let mut slovenia = Partner::start("Slovenia", "SI");
    let mut italy = Partner::start("Italia", "IT");
    slovenia.json(&["found", "COM-IN"]);
    let ticket = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &ticket);
    slovenia.json(&["registers", "add", LAST_STATED]);
    let knows = |partner: &Partner| partner.json(&["registers"])["items"].to_string().contains(LAST_STATED);
    eventually("the register at the other partner", || knows(&italy).then_some(()));
    let lose = |slovenia: &mut Partner| {
        eventually("the copy of the statements", || {
            let copy = fs::read(slovenia.dir().join("statements")).unwrap_or_default();
            copy.windows(LAST_STATED.len()).any(|piece| piece == LAST_STATED.as_bytes()).then_some(())
        });
        slovenia.kill();
        fs::remove_dir_all(store_of(slovenia)).expect("the store is lost");
        slovenia.json(&["check", "--repair", "--kit", &kit_of(slovenia).to_string_lossy()]);
        slovenia.resume();
    };
    let unconfirmed = |partner: &Partner| partner.json(&["status"])["unconfirmed"] == true;

    italy.kill();
    lose(&mut slovenia);
    assert!(unconfirmed(&slovenia), "the repaired node says that it is not confirmed");
    let refused = slovenia.run(&["registers", "add", "Too early"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success(), "it signs nothing");
    assert!(told.contains("restore --alone") && told.contains("sync --wait"), "and says the ways out: {told}");
    italy.resume();
    eventually("the other node confirms it", || (!unconfirmed(&slovenia)).then_some(()));
    slovenia.json(&["registers", "add", "In time"]);

    italy.kill();
    lose(&mut slovenia);
    assert!(unconfirmed(&slovenia), "after another loss as well");
    slovenia.json(&["restore", "--alone"]);
    assert!(!unconfirmed(&slovenia), "a person says that no other node is left");
    slovenia.json(&["registers", "add", "Alone"]);
}

fn store_of(partner: &Partner) -> PathBuf {
    partner.dir().join("store")
}

/// The recovery kit that `init` left beside the data directory.
fn kit_of(partner: &Partner) -> PathBuf {
    let files = fs::read_dir(partner.temp.path()).expect("reads").map(|entry| entry.expect("an entry").path());
    let is_kit = |path: &PathBuf| path.is_file() && path.to_string_lossy().contains("kit");
    files.into_iter().find(is_kit).expect("init wrote a recovery kit")
}

fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("reads").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("copies");
        }
    }
}

/// Overwrites pieces of a file at places that follow from the seed.
fn garble(file: &Path, seed: u64) {
    let handle = OpenOptions::new().write(true).open(file).expect("opens");
    let len = handle.metadata().expect("metadata").len();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    for _ in 0..POSITIONS {
        // xorshift: the same seed damages the same places.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let noise: Vec<u8> = (0..GARBLED_BYTES).map(|i| (state >> (i % 56)) as u8).collect();
        handle.write_all_at(&noise, state % (len - GARBLED_BYTES)).expect("writes");
    }
}

#[test]
fn what_peers_hold_comes_back_whatever_became_of_the_store() {
    let mut scene = Scene::new();
    for seed in 1..=4 {
        scene.survive(&format!("garbled {seed}"), |store| garble(&store.join("db"), seed));
    }
    scene.survive("cut in half", |store| {
        let file = OpenOptions::new().write(true).open(store.join("db")).expect("opens");
        let len = file.metadata().expect("metadata").len();
        file.set_len(len / 2).expect("cuts");
    });
    scene.survive("without page table", |store| {
        for entry in fs::read_dir(store).expect("reads").map(|entry| entry.expect("an entry")) {
            if entry.file_name().to_string_lossy().starts_with("snap.") {
                fs::remove_file(entry.path()).expect("deletes");
            }
        }
    });
    scene.survive("without database", |store| fs::remove_file(store.join("db")).expect("deletes"));
    scene.survive("without store", |store| fs::remove_dir_all(store).expect("deletes"));
}

/// Overwrites a text of a file where it stands last.
fn overwrite(file: &Path, text: &[u8]) {
    let bytes = fs::read(file).expect("reads");
    let at = bytes.windows(text.len()).rposition(|piece| piece == text).expect("it stands there");
    let handle = OpenOptions::new().write(true).open(file).expect("opens");
    handle.write_all_at(&vec![0x5a; text.len()], at as u64).expect("writes");
}

/// Adds a person of Italy's and gives its id.
fn add_person(italy: &Partner, given: &str, scope: &str) -> String {
    let given = format!("given_name={given}");
    let set = [&given, "family_name=Zupan", "purpose=network", "legal_basis=consent", "retain_until=2099-01-31"];
    let set = set.into_iter().flat_map(|field| ["--set", field]);
    let args: Vec<&str> = ["person", "add", "--scope", scope].into_iter().chain(set).collect();
    italy.json(&args)["id"].as_str().expect("an id").to_owned()
}

#[test]
fn persons_come_back_or_are_named_and_an_erased_one_stays_away() {
    let slovenia = Partner::start("Slovenia", "SI");
    let mut italy = Partner::start("Italia", "IT");
    slovenia.json(&["found", "COM-IN"]);
    slovenia.admit(&italy, &slovenia.invite("Italia", "IT", "1h"));
    let (shared, erased) = (add_person(&italy, "Ada", "all"), add_person(&italy, "Berta", "all"));
    let alone = add_person(&italy, "Carla", "none");
    let reads = |partner: &Partner, id: &str| partner.run(&["person", "show", id]).status.success();
    eventually("the shared persons", || (reads(&slovenia, &shared) && reads(&slovenia, &erased)).then_some(()));
    assert!(!reads(&slovenia, &alone), "the third is nobody else's");
    italy.kill();
    // What the disk held before the erasure, as a damaged file system may show it again.
    let (store, before) = (store_of(&italy), italy.temp.path().join("before"));
    copy_dir(&store, &before);
    italy.resume();
    // The copy of the statements is whole once it has grown and rests: it may be two seconds behind.
    let length = |italy: &Partner| fs::metadata(italy.dir().join("statements")).map_or(0, |file| file.len());
    let rests = |italy: &Partner| {
        let written = fs::metadata(italy.dir().join("statements")).and_then(|file| file.modified());
        written.is_ok_and(|at| at.elapsed().is_ok_and(|since| since > Duration::from_secs(4)))
    };
    eventually("the copy of the statements", || rests(&italy).then_some(()));
    let before_erasure = length(&italy);
    italy.json(&["person", "erase", &erased, "--reason", "request"]);
    eventually("both receipts", || (italy.json(&["person", "erasure", &erased])["erased_devices"] == 2).then_some(()));
    eventually("the copy of the statements, with the erasure", || {
        (length(&italy) > before_erasure && rests(&italy)).then_some(())
    });
    let kit = kit_of(&italy).to_string_lossy().into_owned();
    let persons = |told: &Value| -> Vec<(String, bool)> {
        let all = told["persons"].as_array().expect("a list").iter();
        all.map(|one| (one["id"].as_str().expect("an id").to_owned(), one["elsewhere"] == true)).collect()
    };

    // Sealed persons are in what survives, and nothing of them is said to be lost.
    italy.kill();
    fs::remove_dir_all(&store).expect("the store goes");
    copy_dir(&before, &store);
    overwrite(&store.join("db"), b"COM-IN");
    let told = italy.json(&["check", "--repair", "--kit", &kit]);
    assert!(told["aside"].is_string(), "it was damaged: {told}");
    let (named, lost) = (persons(&told), told["lost"].to_string());
    for (id, elsewhere) in [(&shared, true), (&alone, false)] {
        let there = reads(&italy, id);
        assert!(there != named.contains(&(id.clone(), elsewhere)), "{id} is there or named: {there}, {told}");
    }
    assert!(!reads(&italy, &erased), "what the old files hold of the erased one has no key any more");
    assert!(!told["persons"].to_string().contains(&erased) && !lost.contains("person:"), "nor is it missed: {told}");

    // With the whole store gone only others can bring persons back; the rest is named.
    fs::remove_dir_all(&store).expect("the store goes");
    let told = italy.json(&["check", "--repair", "--kit", &kit]);
    let mut expected = vec![(shared.clone(), true), (alone.clone(), false)];
    expected.sort();
    let mut named = persons(&told);
    named.sort();
    assert_eq!(named, expected, "what is not here is named, and the erased one is not: {told}");
    let text = String::from_utf8_lossy(&italy.run(&["check", "--repair", "--kit", &kit]).stdout).into_owned();
    assert!(text.contains(&alone) && text.contains("a backup has it"), "with what to do: {text}");
    assert!(italy.run(&["check"]).status.success(), "the store is sound");
    italy.resume();
    eventually("the shared one", || reads(&italy, &shared).then_some(()));
    italy.json(&["person", "edit", &shared, "--set", "role=direttrice"]);
    eventually("what its controller goes on writing", || {
        slovenia.json(&["person", "show", &shared]).to_string().contains("direttrice").then_some(())
    });
    for partner in [&slovenia, &italy] {
        assert!(!reads(partner, &erased) && !reads(partner, &alone), "nothing else is brought back");
        assert_eq!(partner.json(&["status"])["faults"], json!([]), "nobody is blamed");
    }
}

#[test]
fn what_an_export_holds_comes_back_without_any_peer() {
    let mut scene = Scene::new();
    scene.italy.resume();
    let exported = scene.italy.temp.path().join("exported");
    let export = exported.to_string_lossy().into_owned();
    scene.italy.json(&["export", "--format", "automerge", "--out", &export]);
    let before = everything(&scene.italy);
    assert!(before.len() > scene.everything.len(), "the internal register is among it");
    let late = add(&scene.italy, "Dopo l'esportazione", "own");
    let others = settled(&[&scene.slovenia, &scene.italy, &scene.france]);
    scene.italy.kill();
    fs::remove_dir_all(store_of(&scene.italy)).expect("the store is lost");

    let altered = scene.italy.temp.path().join("altered");
    copy_dir(&exported, &altered);
    let files = fs::read_dir(&altered).expect("reads").map(|entry| entry.expect("an entry").path());
    let saves: Vec<PathBuf> = files.filter(|file| file.extension().is_some_and(|end| end == "automerge")).collect();
    let largest = saves.iter().max_by_key(|file| fs::metadata(file).expect("metadata").len()).expect("parts");
    garble(largest, 1);
    let kit = kit_of(&scene.italy);
    let repair = |from: &Path| {
        let (kit, from) = (kit.to_string_lossy(), from.to_string_lossy());
        scene.italy.run(&["check", "--repair", "--json", "--kit", &kit, "--from", &from])
    };
    let told = repair(&altered);
    assert!(!told.status.success(), "an altered file is refused");
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("1 files of the export were not taken"), "and only that one: {told}");
    assert!(everything(&scene.italy).len() < before.len(), "nothing of it was taken");

    assert!(repair(&exported).status.success(), "the sound files are taken");
    assert_eq!(everything(&scene.italy), before, "what the export holds is there, and equal, with no peer");
    assert!(scene.italy.run(&["check"]).status.success(), "the repaired store is sound");
    let again = String::from_utf8_lossy(&repair(&exported).stdout).into_owned();
    assert!(
        again.contains("\"taken\":false") && !again.contains("\"taken\":true"),
        "a second time adds nothing: {again}"
    );

    scene.italy.resume();
    let after = settled(&[&scene.slovenia, &scene.italy, &scene.france]);
    assert_eq!(after, others, "what came after the export comes from the peers: {late}");
    let fresh = add(&scene.italy, "Poi", "own");
    let others = settled(&[&scene.slovenia, &scene.italy, &scene.france]);
    assert!(others.iter().any(|line| line.contains(&fresh)), "editing goes on and reaches the others");
    for partner in [&scene.slovenia, &scene.italy, &scene.france] {
        assert_eq!(partner.json(&["status"])["faults"], json!([]), "nobody is blamed");
    }
}
