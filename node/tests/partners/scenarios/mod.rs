//! The whole of the sample data on nine partners' own processes, and each of its demo scenarios with the outcome that the
//! file states.

mod world;

use super::office::{Partner, eventually};
use serde_json::{Value, json};
use world::{World, text};

#[test]
fn the_whole_sample_loads_and_each_of_its_scenarios_ends_as_it_says() {
    let world = World::load();
    everything_is_everywhere(&world);
    let scenarios = world.list("demo_scenarios");
    assert_eq!(scenarios.len(), 10, "ten scenarios");
    for scenario in &scenarios {
        match text(scenario, "id") {
            "conf-1" | "conf-4" => one_field_by_two(&world, scenario),
            "conf-2" => prose_by_two(&world, scenario),
            "conf-3" => two_decide_an_interest(&world, scenario),
            "conf-5" => one_translation_begun_twice(&world, scenario),
            "conf-6" => deleted_and_edited(&world, scenario),
            "erase-1" => erased_while_a_machine_is_away(&world, scenario),
            "dup-1" => two_records_of_one_organisation(&world, scenario),
            "prop-1" => a_proposal_is_taken_over(&world, scenario),
            "mem-1" => one_membership_added_twice(&world, scenario),
            other => panic!("no test plays the scenario {other}"),
        }
    }
    let left: Vec<Value> = conflicts(world.partner("fuds"), None);
    assert_eq!(left, Vec::<Value>::new(), "every conflict of the scenarios was decided");
    world.settle();
    for partner in world.all() {
        assert_eq!(partner.json(&["status"])["faults"], json!([]), "and nobody is blamed for anything");
    }
}

fn everything_is_everywhere(world: &World) {
    let count = |kind: &str| world.partner("edias").json(&[kind, "list"])["items"].as_array().map_or(0, Vec::len);
    let lists = [
        ("network", "networks"),
        ("membership", "memberships"),
        ("practice", "practices"),
        ("event", "events"),
        ("interest", "interests"),
        ("programme", "programmes"),
        ("publication", "publications"),
        ("sameas", "sameas"),
    ];
    for (kind, list) in lists {
        assert_eq!(count(kind), world.list(list).len(), "every {kind} has come to a partner that entered few of them");
    }
    let partners = world.list("partners").len();
    assert_eq!(count("organisation"), world.list("organisations").len() + partners, "with the partners' own records");
    assert_eq!(count("person"), world.list("persons").len(), "every person whose scope is the federation");
    let interest =
        |slug: &str| world.partner("edias").json(&["interest", "show", world.id(slug)])["values"][0]["status"].clone();
    for interest_of_file in world.list("interests") {
        let last = interest_of_file["transitions"].as_array().and_then(|steps| steps.last()).expect("a step");
        let slug = text(&interest_of_file, "slug");
        assert_eq!(interest(slug), last["to"], "{slug}: the state follows from the steps");
    }
    let programme = world.partner("edias").json(&["programme", "show", world.id("prog-01")]);
    let hours: Vec<i64> = programme["values"][0]["fields"]["modules"]
        .as_array()
        .expect("modules")
        .iter()
        .filter_map(|module| module["hours"].as_i64())
        .collect();
    assert_eq!(hours, [6, 8, 6], "the modules in their order");
}

/// The edits of a scenario: who, and what.
fn edits(scenario: &Value) -> Vec<(&str, &Value)> {
    let edits = scenario["edits"].as_array().expect("edits");
    edits.iter().map(|edit| (text(edit, "node"), edit)).collect()
}

/// The conflicts that a partner's inbox shows, of one record or all.
fn conflicts(partner: &Partner, id: Option<&str>) -> Vec<Value> {
    let inbox = partner.json(&["conflicts"]);
    let items = inbox["items"].as_array().expect("a list").iter();
    items.filter(|item| id.is_none_or(|id| item["id"] == id)).cloned().collect()
}

fn fields(partner: &Partner, id: &str) -> Value {
    let kind = id.split(':').next().expect("a kind");
    partner.json(&[kind, "show", id])["values"][0]["fields"].clone()
}

fn set(partner: &Partner, id: &str, assignment: &str) {
    let kind = id.split(':').next().expect("a kind");
    partner.json(&[kind, "edit", id, "--set", assignment]);
}

/// Every partner of a scenario sees this conflict; gives its values as the first one sees them, sorted.
fn shown_to_all(world: &World, scenario: &Value, id: &str, field: &str) -> Vec<Value> {
    let mut seen: Vec<Vec<String>> = Vec::new();
    let mut first: Vec<Value> = Vec::new();
    for (node, _) in edits(scenario) {
        let found = conflicts(world.partner(node), Some(id));
        assert_eq!(found.len(), 1, "{}: one conflict at {node}: {found:?}", scenario["id"]);
        assert_eq!(found[0]["field"], field, "{}: about {field}", scenario["id"]);
        let values = found[0]["values"].as_array().expect("values").clone();
        let mut texts: Vec<String> = values.iter().map(|value| value["value"].to_string()).collect();
        texts.sort();
        seen.push(texts);
        if first.is_empty() {
            first = values;
        }
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{}: the same for both", scenario["id"]);
    first
}

/// Decides a conflict so that it is gone everywhere.
fn decide(world: &World, node: &str, id: &str, args: &[&str]) {
    world.partner(node).json(&[&["conflicts", "resolve", id], args].concat());
    world.settle();
    for partner in world.all() {
        assert_eq!(conflicts(partner, Some(id)), Vec::<Value>::new(), "{id}: decided for all");
    }
}

fn one_field_by_two(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "conflict_inbox", "what the file states");
    let (id, field) = (world.id(text(scenario, "record")), text(scenario, "field"));
    let edits = edits(scenario);
    let nodes: Vec<&str> = edits.iter().map(|(node, _)| *node).collect();
    world.apart(&nodes, |world| {
        for (node, edit) in &edits {
            let value = edit["value"].as_str().map_or_else(|| edit["value"].to_string(), str::to_owned);
            set(world.partner(node), id, &format!("{field}={value}"));
        }
    });
    let values = shown_to_all(world, scenario, id, field);
    for (node, edit) in &edits {
        let written = values.iter().find(|value| value["value"] == edit["value"]).expect("no value vanishes");
        assert_eq!(written["partner_name"], world.name_of(node).as_str(), "and says who wrote it");
    }
    decide(world, nodes[0], id, &["--take", "1"]);
    for partner in world.all() {
        assert_eq!(fields(partner, id)[field], values[0]["value"], "the first value stands, everywhere");
    }
}

fn prose_by_two(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "merged_text", "what the file states");
    let id = world.id(text(scenario, "record"));
    let before = text(&fields(world.partner("fuds"), id)["description"], "it").to_owned();
    let edits = edits(scenario);
    let nodes: Vec<&str> = edits.iter().map(|(node, _)| *node).collect();
    world.apart(&nodes, |world| {
        for (node, edit) in &edits {
            let (start, end) = (edit["prepend"].as_str().unwrap_or(""), edit["append"].as_str().unwrap_or(""));
            set(world.partner(node), id, &format!("description@it={start}{before}{end}"));
        }
    });
    let merged = format!("{}{before}{}", text(edits[1].1, "prepend"), text(edits[0].1, "append"));
    for partner in world.all() {
        assert_eq!(text(&fields(partner, id)["description"], "it"), merged, "both edits are in the text");
        assert_eq!(conflicts(partner, Some(id)), Vec::<Value>::new(), "and there is nothing to decide");
    }
}

fn two_decide_an_interest(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "conflict_inbox", "what the file states");
    let id = world.id(text(scenario, "record"));
    let edits = edits(scenario);
    let nodes: Vec<&str> = edits.iter().map(|(node, _)| *node).collect();
    world.apart(&nodes, |world| {
        for (node, edit) in &edits {
            let to = text(edit, "to");
            let answer = world.partner(node).json(&["interest", "advance", id, "--to", to]);
            assert_eq!(answer["values"][0]["status"], to, "it is {to} at {node}");
            assert_eq!(answer["membership"].is_string(), to == "accepted", "accepting makes the membership");
        }
        let refused = world.partner(nodes[0]).run(&["interest", "advance", id, "--to", "received"]);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(6) && told.contains("accepted does not lead to received"), "{told}");
    });
    let values = shown_to_all(world, scenario, id, text(scenario, "field"));
    for (node, edit) in &edits {
        let written = values.iter().find(|value| value["value"] == edit["to"]).expect("both steps are shown");
        assert_eq!(written["partner_name"], world.name_of(node).as_str(), "and who took them");
    }
    // From the event to the interest, and from there to the membership that accepting has made.
    let event = text(&fields(world.partner("edias"), id), "origin_event").to_owned();
    let linked = |id: &str| -> Vec<(String, Value)> {
        let kind = id.split(':').next().expect("a kind");
        let record = world.partner("edias").json(&[kind, "show", id]);
        let links = record["linked"].as_array().expect("a list").clone();
        links.iter().map(|link| (text(link, "id").to_owned(), link["state"].clone())).collect()
    };
    assert!(linked(&event).iter().any(|(linked, _)| linked == id), "the event leads to the interest");
    let membership = linked(id).into_iter().map(|(id, _)| id).find(|id| id.starts_with("membership:"));
    let membership = membership.expect("the interest leads to the membership");
    assert!(linked(&membership).iter().any(|(linked, _)| linked == id), "and back");
    decide(world, nodes[1], id, &["--value", "accepted"]);
    let shown = world.partner("edias").json(&["interest", "show", id]);
    assert_eq!(shown["values"][0]["status"], "accepted", "the decision is a step that follows both");
    let memberships = world.partner("edias").json(&["membership", "show", &membership]);
    assert_eq!(memberships["values"].as_array().map(Vec::len), Some(1), "accepted twice is one membership");
}

fn one_translation_begun_twice(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "conflict_inbox: both texts are shown, none vanishes", "what the file states");
    let id = world.id(text(scenario, "record"));
    let edits = edits(scenario);
    let nodes: Vec<&str> = edits.iter().map(|(node, _)| *node).collect();
    world.apart(&nodes, |world| {
        for (node, edit) in &edits {
            set(world.partner(node), id, &format!("description@fr={}", text(edit, "append")));
        }
    });
    let values = shown_to_all(world, scenario, id, "description@fr");
    for (_, edit) in &edits {
        assert!(values.iter().any(|value| value["value"] == edit["append"]), "no text vanishes: {values:?}");
    }
    decide(world, nodes[0], id, &["--take", "2"]);
    for partner in world.all() {
        assert_eq!(fields(partner, id)["description"]["fr"], values[1]["value"], "the second text stands, everywhere");
    }
}

fn deleted_and_edited(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "deleted_but_edited in conflict inbox, edit kept", "what the file states");
    let id = world.id(text(scenario, "record"));
    let edits = edits(scenario);
    let nodes: Vec<&str> = edits.iter().map(|(node, _)| *node).collect();
    let website = text(edits[1].1, "value");
    world.apart(&nodes, |world| {
        world.partner(nodes[0]).json(&["organisation", "remove", id]);
        set(world.partner(nodes[1]), id, &format!("website={website}"));
    });
    let values = shown_to_all(world, scenario, id, "deleted");
    let edited = |value: &&Value| value["edited"]["field"] == "website" && value["edited"]["value"] == website;
    let kept = values.iter().find(edited).expect("the edit stands beside the deletion");
    assert_eq!(fields(world.partner("fuds"), id)["website"], website, "the edit is kept");
    let listed = world.partner("fuds").json(&["organisation", "list", "--country", "FR"]);
    assert!(listed.to_string().contains(id), "and the record stays listed until somebody decides");
    decide(world, nodes[0], id, &["--take", &kept["take"].to_string()]);
    for partner in world.all() {
        assert_eq!(fields(partner, id)["website"], website, "the record stands with the edit, everywhere");
        let listed = partner.json(&["organisation", "list", "--country", "FR"]);
        assert!(listed.to_string().contains(id), "and is listed");
    }
}

fn erased_while_a_machine_is_away(world: &World, scenario: &Value) {
    let states = "erased on every node on first contact; offline edit rejected; receipt per node";
    assert_eq!(scenario["expect"], states, "what the file states");
    let id = world.id(text(scenario, "record"));
    let controller = world.partner("irecoop-veneto");
    let laptop = Partner::further(controller, "laptop");
    let founder = world.partner("bit-planota");
    let name = world.name_of("irecoop-veneto");
    std::fs::remove_file(founder.temp.path().join(format!("{name}.ticket"))).expect("the first ticket is used");
    founder.admit(&laptop, &founder.invite(&name, "IT", "1h"));
    let reads = |partner: &Partner| partner.run(&["person", "show", id]).status.success();
    eventually("the second machine reads the person", || reads(&laptop).then_some(()));
    laptop.json(&["sync", "pause"]);
    let role = text(&scenario["edits"][1], "value");
    laptop.json(&["person", "edit", id, "--set", &format!("role={role}")]);
    controller.json(&["person", "erase", id, "--reason", "request"]);
    let devices = world.all().len() + 1;
    eventually("a receipt of every node that is there", || {
        (controller.json(&["person", "erasure", id])["erased_devices"] == devices - 1).then_some(())
    });
    for partner in world.all() {
        assert!(!reads(partner), "it is erased there");
    }
    assert_eq!(controller.json(&["person", "erasure", id])["missing"].as_array().map(Vec::len), Some(1), "one is away");
    laptop.json(&["sync", "resume"]);
    eventually("the receipt of the last one", || {
        (controller.json(&["person", "erasure", id])["erased_devices"] == devices).then_some(())
    });
    assert!(!reads(&laptop), "the edit made while it was away is gone with the person");
    for partner in world.all() {
        assert!(!reads(partner), "and came to nobody");
    }
}

fn two_records_of_one_organisation(world: &World, scenario: &Value) {
    let states = "one node in the graph after confirming sameas; both records stay; undo separates them again";
    assert_eq!(scenario["expect"], states, "what the file states");
    let id = world.id(text(scenario, "record"));
    let partner = world.partner("bit-planota");
    let (a, b) = (world.id("org-it-10"), world.id("org-dup-01"));
    let suggested = partner.json(&["sameas", "suggest"]);
    let items = suggested["items"].as_array().expect("a list");
    let pair = items.iter().find(|item| item["id"] == id).expect("the pair is suggested");
    assert_eq!(pair["reasons"][0]["reason"], "website", "with the reason: {pair}");
    let merged = |partner: &Partner, id: &str| partner.json(&["organisation", "show", id])["merged"].clone();
    assert_eq!(merged(partner, a), Value::Null, "a suggestion ties nothing");
    // Each of both is called so, in the title of its node.
    let nodes = |partner: &Partner| {
        let drawn = partner.run(&["render", "graph"]);
        let svg = String::from_utf8(drawn.stdout).expect("a picture is text");
        svg.split("<title>").filter(|rest| rest.split('<').next().is_some_and(|t| t.contains("Isonzanima"))).count()
    };
    assert_eq!(nodes(partner), 2, "two nodes in the graph");

    partner.json(&["sameas", "confirm", id]);
    world.settle();
    for other in [partner, world.partner("soform")] {
        let whole = merged(other, a);
        let records: Vec<&str> = whole["records"].as_array().expect("records").iter().map(|r| text(r, "id")).collect();
        assert_eq!(records, [a, b], "one for whoever reads either");
        let names = whole["fields"]["name"].as_array().expect("names");
        let sources: Vec<&str> = names.iter().map(|name| text(&name["sources"][0], "id")).collect();
        assert_eq!(sources, [a, b], "each value names its source: {names:?}");
        let site = whole["fields"]["website"].as_array().expect("a site");
        assert_eq!(
            (site.len(), site[0]["sources"].as_array().map(Vec::len)),
            (1, Some(2)),
            "what both say is said once"
        );
        assert_eq!(nodes(other), 1, "one node in the graph");
    }
    let still = partner.json(&["sameas", "suggest"]);
    assert!(!still.to_string().contains(id), "what was decided is not suggested again");
    let listed = partner.json(&["organisation", "list", "--country", "IT"]).to_string();
    assert!(listed.contains(a) && listed.contains(b), "both records stay");

    partner.json(&["sameas", "undo", id]);
    world.settle();
    for (other, record) in [(partner, a), (world.partner("soform"), b)] {
        assert_eq!(merged(other, record), Value::Null, "taken back, they are two again");
        assert_eq!(nodes(other), 2, "in the graph too");
    }
    partner.json(&["sameas", "refuse", a, b]);
    let still = partner.json(&["sameas", "suggest"]);
    assert!(!still.to_string().contains(id), "a refused pair is not suggested again");
}

fn a_proposal_is_taken_over(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "value taken over with both partners in the history", "what the file states");
    let id = world.id(text(scenario, "record"));
    let (proposer, keeper) = (world.partner("bit-planota"), world.partner("edias"));
    let change = &scenario["edits"][0]["propose"];
    let (field, value) = (text(change, "field"), text(change, "value"));
    let assignment = format!("{field}={value}");
    let refused = proposer.run(&["organisation", "edit", id, "--set", &assignment]);
    assert_eq!(refused.status.code(), Some(1), "it may not write the record");
    let made =
        proposer.json(&["organisation", "edit", id, "--set", &assignment, "--propose", "--reason", "Slovene page"]);
    let proposal = text(&made, "id").to_owned();
    world.settle();
    let waiting = |partner: &Partner| -> Vec<Value> {
        let items = partner.json(&["proposals"])["items"].as_array().expect("a list").clone();
        items.into_iter().filter(|item| item["id"] == proposal.as_str()).collect()
    };
    let seen = waiting(keeper);
    assert_eq!(seen.len(), 1, "who keeps the record sees it");
    assert_eq!((&seen[0]["changes"][field], &seen[0]["decidable"]), (&json!(value), &json!(true)), "{}", seen[0]);
    assert_eq!(seen[0]["partner_name"], world.name_of("bit-planota").as_str(), "and who proposes it");
    assert_eq!(waiting(proposer)[0]["decidable"], false, "the proposer does not decide");
    let refused = proposer.run(&["proposals", "accept", &proposal]);
    assert_eq!(refused.status.code(), Some(1), "nor can it");

    keeper.json(&["proposals", "accept", &proposal]);
    world.settle();
    for partner in world.all() {
        let shown = fields(partner, id);
        assert_eq!(shown[field], value, "the value is taken over");
        assert_eq!(shown["accepted_proposals"], json!([proposal]), "and the record names the proposal");
        assert_eq!(waiting(partner), Vec::<Value>::new(), "nothing waits any more");
    }
    let record = proposer.json(&["organisation", "show", id]);
    let linked = record["linked"].as_array().expect("a list").iter();
    let told = linked.clone().find(|link| link["id"] == proposal.as_str()).expect("the record leads to its proposal");
    assert_eq!(told["state"], "accepted", "{told}");
    let again = keeper.run(&["proposals", "decline", &proposal]);
    assert_eq!(again.status.code(), Some(6), "what was decided stays decided");

    let other = proposer.json(&["organisation", "edit", id, "--set", "city=Lyon", "--propose"]);
    world.settle();
    keeper.json(&["proposals", "decline", text(&other, "id")]);
    assert_ne!(fields(keeper, id)["city"], "Lyon", "declined, nothing changes");
    world.settle();
}

fn one_membership_added_twice(world: &World, scenario: &Value) {
    assert_eq!(scenario["expect"], "one membership, no conflict", "what the file states");
    let (organisation, network) = text(scenario, "record").split_once(" in ").expect("both ends");
    let ends = [format!("organisation={}", world.id(organisation)), format!("network={}", world.id(network))];
    let edits = edits(scenario);
    let nodes: Vec<&str> = edits.iter().map(|(node, _)| *node).collect();
    let ids = std::cell::RefCell::new(Vec::new());
    world.apart(&nodes, |world| {
        for (node, edit) in &edits {
            let role = format!("role={}", text(edit, "role"));
            let set = ["--set", &ends[0], "--set", &ends[1], "--set", &role];
            let added = world.partner(node).json(&[&["membership", "add", "--register", network], &set[..]].concat());
            ids.borrow_mut().push(text(&added, "id").to_owned());
        }
    });
    let ids = ids.into_inner();
    assert_eq!(ids[0], ids[1], "both make the same one");
    for partner in world.all() {
        let shown = partner.json(&["membership", "show", &ids[0]]);
        assert_eq!(shown["values"].as_array().map(Vec::len), Some(1), "one membership");
        assert_eq!(conflicts(partner, Some(&ids[0])), Vec::<Value>::new(), "no conflict");
    }
}
