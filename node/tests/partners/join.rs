//! Joining with real processes: who comes with a wrong ticket reads at which stage it was refused, and who is
//! no member gets nothing.

use super::office::Partner;
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

    let (code, told) = france.refused(&ticket);
    assert_eq!(code, Some(6), "a used ticket is refused: {told}");
    assert!(told.contains("ticket-used") && told.contains("Hint: "), "with its stage and a way out: {told}");
    let (code, told) = france.refused(&short);
    assert_eq!(code, Some(6), "an expired ticket is refused: {told}");
    assert!(told.contains("ticket-expired"), "with its stage: {told}");
    assert_eq!(france.refused("not a ticket").0, Some(1), "what is no ticket is an error");

    let own: PathBuf = france.temp.path().join("node");
    assert!(own.exists() && france.json(&["status"])["federation"].is_null(), "France is in no federation");
    assert_eq!(france.json(&["partners"])["items"].as_array().map(Vec::len), Some(1), "and knows of nobody");
    assert_eq!(france.json(&["organisation", "list"])["items"].as_array().map(Vec::len), Some(1), "and of nothing");
    france.json(&["found", "Another"]);
    let foreign = slovenia.invite("France", "FR", "1h");
    assert_eq!(france.refused(&foreign).0, Some(6), "who is in another federation cannot join this one");
}
