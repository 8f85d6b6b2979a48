//! A long text that was changed in its original language, and its translations, with two partners.

use super::office::{Partner, settled};
use serde_json::{Value, json};

/// The translations of a practice that a partner's command line calls older than the original.
fn stale(partner: &Partner, id: &str) -> Value {
    partner.json(&["practice", "show", id])["values"][0]["stale_translations"].clone()
}

fn set(partner: &Partner, id: &str, assignment: &str) {
    partner.json(&["practice", "edit", id, "--set", assignment]);
}

#[test]
fn a_translation_of_prose_is_stale_once_the_original_has_changed() {
    let slovenia = Partner::start("Zavod Most", "SI");
    let italy = Partner::start("Cooperativa Lunavena", "IT");
    slovenia.json(&["found", "COM-IN"]);
    slovenia.admit(&italy, &slovenia.invite("Cooperativa Lunavena", "IT", "1h"));
    slovenia.json(&["registers", "add", "Skupni", "--writers", "all"]);
    let both = [&slovenia, &italy];
    settled(&both);

    let original = "description@sl=Mentor spremlja osebo. Srečujeta se vsak teden.";
    let translation = "description@it=Un mentore segue la persona. Si vedono ogni settimana.";
    let said = ["title@sl=Mentor", "original_language=sl", original, translation];
    let mut add = vec!["practice", "add", "--register", "Skupni"];
    said.iter().for_each(|assignment| add.extend(["--set", assignment]));
    let id = slovenia.json(&add)["id"].as_str().expect("an id").to_owned();
    settled(&both);
    for partner in both {
        assert_eq!(stale(partner, &id), json!([]), "both were written at once");
    }

    // Apart, Slovenia takes a sentence out of the original and Italy adds one to it: both stand afterwards.
    both.iter().for_each(|partner| drop(partner.json(&["sync", "pause"])));
    set(&slovenia, &id, "description@sl=Mentor spremlja osebo.");
    assert_eq!(stale(&slovenia, &id), json!(["description@it"]), "also where the original has only lost something");
    set(&italy, &id, "description@sl=Mentor spremlja osebo. Srečujeta se vsak teden. Pol leta.");
    both.iter().for_each(|partner| drop(partner.json(&["sync", "resume"])));
    settled(&both);
    for partner in both {
        let shown = partner.json(&["practice", "show", &id]);
        assert_eq!(shown["values"][0]["fields"]["description"]["sl"], "Mentor spremlja osebo. Pol leta.", "merged");
        assert_eq!(stale(partner, &id), json!(["description@it"]), "the translation says what stood there before");
        let news = partner.json(&["news", "--days", "1"]).to_string();
        assert!(news.contains("Zavod Most") && news.contains("Cooperativa Lunavena"), "both have changed it: {news}");
    }

    set(&italy, &id, "description@it=Un mentore segue la persona. Mezzo anno.");
    settled(&both);
    for partner in both {
        assert_eq!(stale(partner, &id), json!([]), "the translation was brought up to date");
    }
}
