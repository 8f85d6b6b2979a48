use super::language::Language;
use comin_protocol::schema;
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};

/// Key → the arguments that its message uses, read without the Fluent parser, so that what that drops would be missed.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|c: char| c.is_ascii_lowercase())
            && let Some((name, _)) = line.split_once('=')
        {
            key = name.trim().to_owned();
            assert!(!out.contains_key(&key), "{key} is there once");
            out.insert(key.clone(), BTreeSet::new());
        }
        for piece in line.split('$').skip(1) {
            let name: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
            out.entry(key.clone()).or_default().insert(name);
        }
    }
    out
}

#[test]
fn four_catalogues_say_the_same_things() {
    let english = messages(Language::En.source());
    assert!(english.len() > 150, "the catalogue is read: {}", english.len());
    for language in Language::ALL {
        let faults = FluentResource::try_new(language.source().to_owned()).err().map(|(_, faults)| faults);
        assert!(faults.is_none(), "{} has faults: {faults:?}", language.code());
        assert_eq!(messages(language.source()), english, "{} has the same keys and arguments", language.code());
        let spoken =
            language.source().lines().filter_map(|line| line.split_once(" = ")).filter(|(_, text)| text.len() > 40);
        let copied: Vec<&str> = spoken
            .filter(|(_, text)| language != Language::En && Language::En.source().contains(text))
            .map(|(key, _)| key)
            .collect();
        assert!(copied.is_empty(), "{} leaves {copied:?} in English", language.code());
    }
}

#[test]
fn every_key_that_the_code_uses_exists_and_every_key_is_used() {
    let english = messages(Language::En.source());
    let mut code = String::new();
    let mut stack: Vec<std::path::PathBuf> = ["report", "render"]
        .iter()
        .map(|room| concat!(env!("CARGO_MANIFEST_DIR"), "/src/").to_owned() + room)
        .map(Into::into)
        .collect();
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(path).expect("a room").flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            code.push_str(&std::fs::read_to_string(path).expect("a file"));
        }
    }
    let quoted: BTreeSet<&str> = code.split('"').skip(1).collect();
    // Keys that are put together of a word and a code.
    let made = ["country-", "month-", "language-", "vision-"];
    let unused: Vec<&String> = english
        .keys()
        .filter(|key| !quoted.contains(key.as_str()) && !made.iter().any(|prefix| key.starts_with(prefix)))
        .collect();
    assert!(unused.is_empty(), "no one says {unused:?}");
    let rooms: BTreeSet<&str> = english.keys().filter_map(|key| Some(key.split_once('-')?.0)).collect();
    let is_key = |text: &&&str| {
        let shaped = text.chars().all(|c| c.is_ascii_lowercase() || c == '-') && text.contains('-');
        shaped && !text.ends_with('-') && text.split_once('-').is_some_and(|(room, _)| rooms.contains(room))
    };
    let unknown: Vec<&&str> = quoted.iter().filter(is_key).filter(|text| !english.contains_key(**text)).collect();
    assert!(unknown.is_empty(), "the code uses what no catalogue has: {unknown:?}");
}

#[test]
fn numbers_choose_the_form() {
    let slovene = [1, 2, 3, 5].map(|n| Language::Sl.phrase_n("modules", n));
    assert_eq!(slovene, ["1 modul", "2 modula", "3 moduli", "5 modulov"], "Slovene has four forms");
    assert_eq!(Language::Fr.phrase_n("hours", 0), "0 heure", "French has the singular for nothing");
}

#[test]
fn days_and_months_are_those_of_the_language() {
    let days = Language::ALL.map(|language| language.day("2026-02-09"));
    assert_eq!(days, ["09/02/2026", "9. 2. 2026", "09/02/2026", "9 Feb 2026"], "Italian, Slovene, French, English");
    let months = Language::ALL.map(|language| language.month("2026-02"));
    assert_eq!(months, ["febbraio 2026", "februar 2026", "février 2026", "February 2026"], "in words");
    assert_eq!(Language::It.month("soon"), "soon", "what is no month stays");
}

#[test]
fn countries_have_names_and_unknown_ones_their_code() {
    let names = Language::ALL.map(|language| language.country("SI"));
    assert_eq!(names, ["Slovenia", "Slovenija", "Slovénie", "Slovenia"], "Slovenia in four languages");
    assert_eq!(Language::Sl.country("NZ"), "NZ", "the code says more than nothing");
    assert_eq!(schema::LANGUAGES.map(Language::parse), Language::ALL.map(Some), "the languages of the data");
}
