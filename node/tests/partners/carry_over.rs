//! The majority of the stewards is lost for ever: the others carry on, each by its own word, with everything that stood.

use super::office::{Partner, add, eventually, settled};
use serde_json::Value;

fn shows(partner: &Partner, name: &str) -> bool {
    partner.json(&["organisation", "list"]).to_string().contains(name)
}

/// What a partner is asked about federations that carry over its own.
fn offered(partner: &Partner) -> Option<Value> {
    let asked = partner.json(&["approvals"])["items"].as_array().expect("a list").clone();
    asked.into_iter().find(|item| item["kind"] == "carry-over")
}

fn federation(partner: &Partner) -> String {
    partner.json(&["status"])["federation"]["name"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn partners_without_their_stewards_carry_on() {
    let mut slovenia = Partner::start("Slovenia", "SI");
    let mut italy = Partner::start("Italia", "IT");
    let (france, mut fourth) = (Partner::start("France", "FR"), Partner::start("Quarto", "IT"));
    slovenia.json(&["found", "COM-IN"]);
    for (partner, name, country) in [(&italy, "Italia", "IT"), (&france, "France", "FR"), (&fourth, "Quarto", "IT")] {
        slovenia.admit(partner, &slovenia.invite(name, country, "1h"));
    }
    slovenia.json(&["registers", "add", "Posočje", "--writers", "all"]);
    slovenia.json(&["stewards", "set", "Slovenia", "Italia", "France"]);
    for partner in [&italy, &france, &fourth] {
        eventually("everyone knows it", || {
            let known = partner.json(&["registers"]).to_string().contains("Posočje");
            (known && partner.json(&["stewards"])["majority"] == 2).then_some(())
        });
    }
    add(&slovenia, "Skupna", "Posočje");
    add(&italy, "Comune", "Posočje");
    add(&fourth, "Propria", "own");
    settled(&[&slovenia, &italy, &france, &fourth]);
    // Two of three stewards are lost with their machines and kits. The fourth partner is away.
    slovenia.kill();
    italy.kill();
    fourth.kill();
    drop((slovenia, italy));
    let stuck = france.json(&["registers", "add", "Nothing decides this"]);
    assert_eq!(stuck["decided"], false, "one of three decides nothing");
    add(&fourth, "Written while away", "own");

    let founded = france.json(&["found", "COM-IN 2", "--carry-over"]);
    assert!(founded["federation"].is_string(), "it is founded: {founded}");
    assert_eq!(federation(&france), "COM-IN 2", "and its founder is in it");
    assert!(shows(&france, "Skupna") && shows(&france, "Propria"), "with everything that was there");
    add(&france, "After it", "Posočje");

    fourth.resume();
    let offer = eventually("the fourth partner hears of it", || offered(&fourth));
    assert_eq!((&offer["founder"]["name"], &offer["has_us"]), (&Value::from("France"), &Value::from(true)), "{offer}");
    assert_eq!(offer["left"], serde_json::json!([]), "everything that stood is carried over");
    let told = String::from_utf8_lossy(&fourth.run(&["approvals"]).stdout).into_owned();
    assert!(told.contains("COM-IN 2") && told.contains("comin approvals approve"), "it reads what to do: {told}");
    assert_eq!(fourth.run(&["status", "--check"]).status.code(), Some(3), "and somebody has to look");
    let elsewhere = eventually("each sees where the other is", || {
        let peers = france.json(&["status"])["peers"].as_array().expect("a list").clone();
        peers.into_iter().find(|peer| peer["name"] == "Quarto" && peer["state"] == "elsewhere")
    });
    assert!(elsewhere["text"].as_str().is_some_and(|text| !text.is_empty()), "in words: {elsewhere}");
    assert_eq!(federation(&fourth), "COM-IN", "nobody is moved");
    assert!(
        !shows(&fourth, "After it") && !shows(&france, "Written while away"),
        "and nothing flows before it decides"
    );

    fourth.json(&["approvals", "approve", offer["id"].as_str().expect("an id")]);
    assert_eq!(federation(&fourth), "COM-IN 2", "its people have decided");
    let held = settled(&[&france, &fourth]);
    for name in ["Skupna", "Comune", "Propria", "After it", "Written while away"] {
        assert!(held.iter().any(|line| line.contains(name)), "{name} is there");
    }
    fourth.kill();
    fourth.resume();
    assert_eq!(federation(&fourth), "COM-IN 2", "a restart changes nothing");
    // It decides again: a newcomer, stewards, a register.
    let newcomer = Partner::start("Nuovo", "IT");
    france.admit(&newcomer, &france.invite("Nuovo", "IT", "1h"));
    assert_eq!(france.json(&["stewards", "set", "France", "Quarto", "Nuovo"])["decided"], true, "three stewards again");
    add(&fourth, "Scritto da tutti", "Posočje");
    settled(&[&france, &fourth, &newcomer]);
    assert!(
        shows(&newcomer, "Comune") && shows(&newcomer, "Scritto da tutti"),
        "the newcomer has the old with the new"
    );
    for partner in [&france, &fourth, &newcomer] {
        assert_eq!(partner.json(&["status"])["faults"], serde_json::json!([]), "and nobody is blamed");
    }
}

#[test]
fn a_majority_that_is_there_is_not_carried_over() {
    let slovenia = Partner::start("Slovenia", "SI");
    assert_eq!(slovenia.run(&["found", "X", "--carry-over"]).status.code(), Some(6), "there is nothing to carry over");
    slovenia.json(&["found", "COM-IN"]);
    let refused = slovenia.run(&["found", "X", "--carry-over"]);
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(6), "who decides alone has lost nothing: {told}");
    assert!(told.contains("Hint: "), "it says what helps: {told}");
}
