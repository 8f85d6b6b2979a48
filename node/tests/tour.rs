//! The tour as a visitor sees it: it succeeds, and says what README.md says that it says.

use std::process::Command;

/// What stands between the marks in README.md.
fn promised() -> String {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("<!-- tour -->\n```text\n").expect("README.md marks where the transcript begins");
    let (transcript, _) = rest.split_once("```\n<!-- /tour -->").expect("and where it ends");
    transcript.to_owned()
}

#[test]
fn the_tour_is_what_the_readme_promises() {
    let temp = tempfile::tempdir().expect("a directory");
    let tour = Command::new(env!("CARGO_BIN_EXE_comin"))
        .args(["demo", "--tour"])
        .env("TMPDIR", temp.path())
        .output()
        .expect("the program starts");
    let (told, errors) = (String::from_utf8_lossy(&tour.stdout), String::from_utf8_lossy(&tour.stderr));
    assert!(tour.status.success(), "every promise of the tour came true:\n{told}\n{errors}");
    assert_eq!(told.trim(), promised().trim(), "the transcript in README.md is the real one");
    let left: Vec<_> = std::fs::read_dir(temp.path()).expect("readable").collect();
    assert!(left.is_empty(), "nothing is left behind: {left:?}");
}
