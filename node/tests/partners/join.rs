//! Joining with real processes: who comes with a wrong ticket reads at which stage it was refused, and who is
//! no member gets nothing.

use super::office::Partner;
use serde_json::Value;
use std::path::PathBuf;

#[test]
fn tickets_are_good_once_in_time_and_for_one_federation() {
    let slovenia = Partner::start("Slovenia", "SI");
    let italy = Partner::start("Italia", "IT");
    let france = Partner::start("France", "FR");
    slovenia.json(&["found", "COM-IN"]);
    let short = slovenia.invite("Breve", "FR", "0s");
    let ticket = slovenia.invite("Italia", "IT", "1h");
    slovenia.admit(&italy, &ticket);

    let second = italy.run(&["invite", "France", "--country", "FR"]);
    let told = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(6), "a ticket of who cannot admit would lead nowhere: {told}");
    assert!(told.contains("partners show \"Slovenia\""), "the steward is named: {told}");

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
