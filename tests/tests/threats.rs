//! THREATS.md claims nothing without a test that is there.

use std::fs;
use std::path::Path;

#[test]
fn each_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(root.join("THREATS.md")).expect("it is there");
    let named: Vec<(&str, &str)> =
        text.split('`').skip(1).step_by(2).filter_map(|code| code.split_once("::")).collect();
    let named: Vec<_> = named.into_iter().filter(|(file, _)| file.ends_with(".rs")).collect();
    assert!(named.len() > 20, "the tests are found in the text: {}", named.len());
    for (file, function) in named {
        let source = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        let at = source.find(&format!("fn {function}(")).unwrap_or_else(|| panic!("{file} has no {function}"));
        // Its attributes stand on the lines before it.
        let before = source[..at].trim_end_matches("async ").trim_end();
        let mut attributes =
            before.lines().rev().map(str::trim).take_while(|line| line.starts_with("#[") && line.ends_with(']'));
        let is_test = |line: &str| {
            line.split(['[', '(']).nth(1).is_some_and(|name| name.ends_with("test]") || name.ends_with("test"))
        };
        assert!(attributes.any(is_test), "{file}::{function} is a test");
    }
}

#[test]
fn threats_are_numbered_without_a_gap() {
    let text = include_str!("../../THREATS.md");
    let numbers: Vec<usize> =
        text.lines().filter_map(|line| line.strip_prefix("**T")?.split('.').next()?.parse().ok()).collect();
    assert_eq!(numbers, (1..=numbers.len()).collect::<Vec<_>>(), "others refer to them by number");
}
