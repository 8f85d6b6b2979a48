//! Joining and governing with real processes: who comes with a wrong ticket reads at which stage it was refused,
//! who is no member gets nothing, and stewards decide together without ever being online together.

use super::office::{Partner, eventually};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;

#[test]
fn tickets_are_good_once_in_time_and_for_one_federation() {
    let slovenia = Partner::start("Slovenia", "SI");
    let italy = Partner::start("Italia", "IT");
    let france = Partner::start("France", "FR");
    slovenia.json(&["found", "COM-IN"]);
    let short = slovenia.invite("Breve", "FR", "0s");
    let ticket = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &ticket);

    let (code, told) = france.refused(&ticket);
    assert_eq!(code, Some(6), "a used ticket is refused: {told}");
    assert!(told.contains("ticket-used") && told.contains("Hint: "), "with its stage and a way out: {told}");
    let (code, told) = france.refused(&short);
    assert_eq!(code, Some(6), "an expired ticket is refused: {told}");
    assert!(told.contains("ticket-expired"), "with its stage: {told}");
    let whole = std::fs::read_to_string(&ticket).expect("the ticket's file");
    let cut = whole.chars().take(100).collect::<String>();
    for wrong in ["not a ticket", "no-such-file.ticket", "comin1-", &cut, &whole.replacen('a', "b", 1)] {
        let (code, told) = france.refused(wrong);
        assert_eq!(code, Some(1), "what is no ticket is an error: {told}");
        assert!(told.contains("Hint: "), "with a way out: {told}");
    }

    let own: PathBuf = france.temp.path().join("node");
    assert!(own.exists() && france.json(&["status"])["federation"].is_null(), "France is in no federation");
    assert_eq!(france.json(&["partners"])["items"].as_array().map(Vec::len), Some(1), "and knows of nobody");
    assert_eq!(france.json(&["organisation", "list"])["items"].as_array().map(Vec::len), Some(1), "and of nothing");
    france.json(&["found", "Another"]);
    let again = slovenia.run(&["invite", "Italia", "--country", "IT", "--file", &ticket]);
    assert_eq!(again.status.code(), Some(6), "a ticket's file is never overwritten");
    let nowhere = slovenia.run(&["invite", "Italia", "--country", "IT", "--file", "no/such/directory"]);
    assert_eq!(nowhere.status.code(), Some(1), "a file that cannot be written is an error");
    let open = |list: &Value| list["items"].as_array().into_iter().flatten().filter(|it| it["state"] == "open").count();
    assert_eq!(open(&slovenia.json(&["invites"])), 0, "no ticket is left open that nobody has in hand");
    let foreign = slovenia.invite("France", "FR", "1h");
    assert_eq!(france.refused(&foreign).0, Some(6), "who is in another federation cannot join this one");
}

#[test]
fn who_is_no_steward_invites_and_the_steward_lets_in() {
    let slovenia = Partner::start("Slovenia", "SI");
    let italy = Partner::start("Italia", "IT");
    let france = Partner::start("France", "FR");
    slovenia.json(&["found", "COM-IN"]);
    let ticket = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &ticket);
    let ticket = italy.invite("France", "FR", "1h");
    let mut joining = france.command(&["--json", "join", &ticket]).stdout(Stdio::null()).spawn().expect("it starts");
    let pending = eventually("the newcomer's arrival", || italy.json(&["approvals"])["items"].get(0).cloned());
    let number = france.json(&["status"])["joining"]["check_number"].clone();
    assert_eq!(pending["check_number"], number, "the inviter and the newcomer see the same number");
    let confirmed = italy.json(&["approvals", "approve", pending["id"].as_str().expect("an id")]);
    assert_eq!(confirmed["decided"], false, "the inviter has compared the number, and admits nobody");
    assert_eq!(confirmed["waits_for"][0]["name"], "Slovenia", "it says who does");
    eventually("the newcomer reads for whom it waits", || {
        let told = france.json(&["status"])["joining"]["waits_for"].as_str().unwrap_or_default().to_owned();
        told.contains("Slovenia").then_some(())
    });
    let (id, text) = eventually("the steward is asked", || slovenia.asked().pop());
    assert!(text.contains("France"), "it reads whom it lets in: {text}");
    assert_eq!(slovenia.json(&["approvals", "approve", &id])["decided"], true, "the sole steward decides");
    let joined = eventually("the newcomer is let in", || joining.try_wait().expect("it can be asked"));
    assert!(joined.success(), "through the partner that invited it");
    eventually("it meets the steward too", || france.knows("Slovenia").then_some(()));
}

#[test]
fn stewards_that_are_never_online_together_admit_and_remove() {
    let mut slovenia = Partner::start("Slovenia", "SI");
    let mut italy = Partner::start("Italia", "IT");
    let france = Partner::start("France", "FR");
    slovenia.json(&["found", "COM-IN"]);
    for (newcomer, name, country) in [(&italy, "Italia", "IT"), (&france, "France", "FR")] {
        let ticket = slovenia.invite(name, country, "1h");
        slovenia.admit(newcomer, &ticket);
    }
    let two = slovenia.run(&["stewards", "set", "Slovenia", "Italia"]);
    assert_eq!(two.status.code(), Some(1), "two are no number of stewards");
    let set = slovenia.json(&["stewards", "set", "Slovenia", "Italia", "France"]);
    assert_eq!(set["decided"], true, "the sole steward decides at once");
    eventually("France learns of it", || (france.json(&["stewards"])["majority"] == 2).then_some(()));
    eventually("Italy learns of it", || (italy.json(&["stewards"])["majority"] == 2).then_some(()));
    italy.kill();

    // Slovenia confirms the newcomer while Italy is away; the newcomer waits for one more.
    let fourth = Partner::start("Quarto", "IT");
    let ticket = slovenia.invite("Quarto", "IT", "1h");
    let mut joining = fourth.command(&["--json", "join", &ticket]).stdout(Stdio::null()).spawn().expect("it starts");
    let pending = eventually("the newcomer's arrival", || {
        slovenia.json(&["approvals"])["items"].get(0).filter(|item| item["kind"] == "join").cloned()
    });
    let proposed = slovenia.json(&["approvals", "approve", pending["id"].as_str().expect("an id")]);
    assert_eq!(proposed["decided"], false, "one of three admits nobody");
    eventually("the newcomer reads for whom it waits", || {
        let told = fourth.json(&["status"])["joining"]["waits_for"].as_str().unwrap_or_default().to_owned();
        (told.contains("Italia") && told.contains("France")).then_some(())
    });
    eventually("France carries the draft", || (!france.asked().is_empty()).then_some(()));
    let refused = fourth.run(&["organisation", "list", "--json"]);
    assert!(!String::from_utf8_lossy(&refused.stdout).contains("Slovenia"), "nothing is sent before the admission");
    slovenia.kill();

    italy.resume();
    let (id, text) = eventually("Italy gets the draft", || italy.asked().pop());
    assert!(text.contains("Quarto"), "it says whom it admits: {text}");
    assert_eq!(italy.json(&["approvals", "approve", &id])["decided"], true, "two of three have signed");
    eventually("France has it", || france.knows("Quarto").then_some(()));
    italy.kill();

    slovenia.resume();
    let joined = eventually("the newcomer is let in", || joining.try_wait().expect("it can be asked"));
    assert!(joined.success(), "it is admitted, by two that never met");
    eventually("it holds what the others hold", || fourth.knows("France").then_some(()));

    let removed = slovenia.json(&["partners", "remove", "Quarto"]);
    assert_eq!(removed["decided"], false, "one of three removes nobody");
    let (id, _) = eventually("France is asked", || france.asked().pop());
    france.json(&["approvals", "approve", &id]);
    eventually("Slovenia has it", || (!slovenia.knows("Quarto")).then_some(()));
    slovenia.json(&["organisation", "add", "--set", "name=After the removal"]);
    eventually("France gets what is new", || {
        let list = france.json(&["organisation", "list"]).to_string();
        list.contains("After the removal").then_some(())
    });
    eventually("the removed partner meets nobody", || {
        let status = fourth.json(&["status"]);
        let devices = status["devices"].as_array().expect("a list").clone();
        devices.iter().all(|device| device["connected"] == false).then_some(())
    });
    let list = fourth.json(&["organisation", "list"]).to_string();
    assert!(!list.contains("After the removal"), "it gets nothing more: {list}");
    let again = slovenia.run(&["partners", "remove", "Italia"]);
    assert_eq!(again.status.code(), Some(6), "a steward is replaced first");
}
