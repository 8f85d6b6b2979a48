//! Proposals between two partners: both histories, that of the record and that of the proposal, tell who proposed and who
//! decided.

use super::office::{Partner, settled};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

/// Slovenia keeps a record, and Italy proposes changes of it.
struct Scene {
    slovenia: Partner,
    italy: Partner,
    record: String,
}

impl Scene {
    fn new() -> Self {
        let slovenia = Partner::start("Zavod Most", "SI");
        let italy = Partner::start("Cooperativa Lunavena", "IT");
        slovenia.json(&["found", "COM-IN"]);
        slovenia.admit(&italy, &slovenia.invite("Cooperativa Lunavena", "IT", "1h"));
        let made = slovenia.json(&["organisation", "add", "--set", "name=Zavod", "--set", "city=Koper"]);
        let record = made["id"].as_str().expect("an id").to_owned();
        let scene = Self { slovenia, italy, record };
        settled(&scene.both());
        scene
    }

    fn both(&self) -> [&Partner; 2] {
        [&self.slovenia, &self.italy]
    }

    /// What Italy proposes, once Slovenia has it.
    fn proposed(&self, change: &str) -> String {
        let made = self.italy.json(&["organisation", "edit", &self.record, "--set", change, "--propose"]);
        settled(&self.both());
        made["id"].as_str().expect("an id").to_owned()
    }
}

fn history(partner: &Partner, id: &str) -> Vec<Value> {
    partner.json(&["history", id])["items"].as_array().expect("a list").clone()
}

/// What a verb prints for people.
fn printed(partner: &Partner, args: &[&str]) -> String {
    let output = partner.run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A page as the node gives it to its own machine.
fn page(partner: &Partner, path: &str) -> String {
    let mut socket = UnixStream::connect(partner.dir().join("control.sock")).expect("the node listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    answer
}

#[test]
fn what_was_decided_about_a_proposal_is_in_its_history_and_in_that_of_the_record() {
    let scene = Scene::new();
    let (taken, left) = (scene.proposed("city=Izola"), scene.proposed("phone=+386 5 555"));
    for partner in scene.both() {
        let items = history(partner, &left);
        assert_eq!((items.len(), &items[0]["what"]), (1, &json!("created")), "nobody has decided: {items:?}");
    }
    scene.slovenia.json(&["proposals", "accept", &taken]);
    scene.slovenia.json(&["proposals", "decline", &left]);
    settled(&scene.both());

    for partner in scene.both() {
        for (proposal, state) in [(&taken, "accepted"), (&left, "declined")] {
            let items = history(partner, proposal);
            assert_eq!(items.len(), 2, "proposed and decided: {items:?}");
            let (decided, made) = (&items[0], &items[1]);
            assert_eq!((&decided["what"], &decided["partner_name"]), (&json!(state), &json!("Zavod Most")), "by whom");
            assert!(decided["time"].as_str().is_some_and(|time| time.contains('T')), "and when: {decided}");
            assert_eq!(decided["id"], scene.record.as_str(), "it leads to the record");
            assert_eq!(
                (&made["what"], &made["partner_name"]),
                (&json!("created"), &json!("Cooperativa Lunavena")),
                "the proposer"
            );

            let items = history(partner, &scene.record);
            let names = |item: &&Value| item["proposals"][0]["id"] == proposal.as_str();
            let change = items.iter().find(names).expect("the record's history names the proposal");
            assert_eq!((&change["what"], &change["partner_name"]), (&json!("changed"), &json!("Zavod Most")), "both:");
            let named = &change["proposals"][0];
            assert_eq!(
                (&named["state"], &named["partner_name"]),
                (&json!(state), &json!("Cooperativa Lunavena")),
                "who decided and who had proposed: {change}"
            );
            let city = change["fields"].as_array().expect("a list").iter().any(|step| step["field"] == "city");
            assert_eq!(city, state == "accepted", "with what was taken over: {change}");
        }
        let told = printed(partner, &["--lang", "it", "history", &left]);
        assert!(told.contains("respinta da Zavod Most") && told.contains("creata da Cooperativa"), "in words: {told}");
        assert!(told.contains(&format!("comin history {}", scene.record)), "with the way to the record: {told}");
        let told = printed(partner, &["--lang", "it", "history", &scene.record]);
        let line = format!("Proposta di Cooperativa Lunavena: accolta ({taken})");
        assert!(told.contains(&line), "the record's names the proposer: {told}");

        let shown = page(partner, &format!("/records/{left}/history?lang=en"));
        assert!(shown.contains("<strong>declined</strong>") && shown.contains("Zavod Most"), "on the page: {shown}");
        assert!(shown.contains(&format!("href=\"/records/{}\"", scene.record)), "with the way to the record: {shown}");
        let shown = page(partner, &format!("/records/{}/history?lang=en", scene.record));
        let link = format!("<a href=\"/records/{taken}/history\">Proposal of Cooperativa Lunavena: accepted</a>");
        assert!(shown.contains(&link), "and from it to the proposer: {shown}");
    }

    // Whoever keeps the record may think again, and that is told as well.
    let change = history(&scene.italy, &left)[0]["change"].as_str().expect("its name").to_owned();
    assert!(!scene.italy.run(&["undo", &change]).status.success(), "the proposer does not decide");
    scene.slovenia.json(&["undo", &change]);
    settled(&scene.both());
    for partner in scene.both() {
        let items = history(partner, &left);
        let whats: Vec<&str> = items.iter().filter_map(|item| item["what"].as_str()).collect();
        assert_eq!(whats, ["reopened", "declined", "created"], "all three");
        let open = partner.json(&["proposals"]);
        assert_eq!(open["items"][0]["id"], left.as_str(), "it waits for a decision again: {open}");
    }
}

#[test]
fn the_history_of_a_proposal_is_read_in_pages() {
    let scene = Scene::new();
    let proposal = scene.proposed("city=Izola");
    scene.slovenia.json(&["proposals", "decline", &proposal]);
    scene.slovenia.json(&["organisation", "edit", &scene.record, "--set", "phone=1"]);
    let change = history(&scene.slovenia, &proposal)[0]["change"].as_str().expect("its name").to_owned();
    scene.slovenia.json(&["undo", &change]);
    scene.slovenia.json(&["proposals", "accept", &proposal]);
    settled(&scene.both());
    let (mut whats, mut after) = (Vec::new(), String::new());
    loop {
        let page = scene.italy.json(&["history", &proposal, "--limit", "1", "--after", &after]);
        whats.push(page["items"][0]["what"].as_str().expect("what it was").to_owned());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(whats, ["accepted", "reopened", "declined", "created"], "each once, and no other change of the record");
}
