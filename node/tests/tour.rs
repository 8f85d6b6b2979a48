//! The tour as a visitor sees it: it succeeds, and says what README.md says that it says.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

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

/// The processes on this machine whose command line names a directory.
fn processes_of(dir: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").expect("Linux").flatten();
    let lines = all.filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.contains(dir)).collect()
}

/// Starts the demonstration and ends it with a signal once it has said something.
fn ended_after(said: &str, signal: Signal) {
    let temp = tempfile::tempdir().expect("a directory");
    let mut demo = Command::new(env!("CARGO_BIN_EXE_comin"))
        .arg("demo")
        .env("TMPDIR", temp.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Both are read to their ends, so that it never waits for this test.
    let out = BufReader::new(demo.stdout.take().expect("a pipe"));
    let err = BufReader::new(demo.stderr.take().expect("a pipe"));
    let (send, lines) = std::sync::mpsc::channel();
    for pipe in [Box::new(out) as Box<dyn BufRead + Send>, Box::new(err)] {
        let send = send.clone();
        std::thread::spawn(move || {
            pipe.lines().map_while(Result::ok).for_each(|line| {
                let _ = send.send(line);
            });
        });
    }
    drop(send);
    assert!(lines.iter().any(|line| line.contains(said)), "it says {said}");
    let pid = i32::try_from(demo.id()).ok().and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, signal).expect("it runs");
    let ended = demo.wait().expect("it ends");
    assert!(ended.success(), "{signal:?} after {said} is a good end: {ended}");
    let left: Vec<_> = std::fs::read_dir(temp.path()).expect("readable").flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "{signal:?} after {said} leaves nothing behind: {left:?}");
    let alive = processes_of(&temp.path().to_string_lossy());
    assert!(alive.is_empty(), "{signal:?} after {said} leaves nobody behind: {alive:?}");
}

#[test]
fn the_demonstration_goes_without_a_trace_whenever_it_is_ended() {
    ended_after("Starting Fondazione", Signal::INT);
    ended_after("Starting IRECOOP", Signal::TERM);
    ended_after("joins with a ticket", Signal::INT);
    ended_after("Loading sample data", Signal::HUP);
    ended_after("Each link signs one browser in", Signal::INT);
    ended_after("quit (or Ctrl-C)", Signal::HUP);
}
