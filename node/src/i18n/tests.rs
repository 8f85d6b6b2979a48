use super::*;
use comin_protocol::schema::FieldType;
use fluent_syntax_keys::keys;
use std::collections::BTreeSet;

/// The keys of a catalogue, read without the Fluent parser, so that what it drops would be missed.
mod fluent_syntax_keys {
    use std::collections::BTreeSet;

    pub fn keys(source: &str) -> BTreeSet<String> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
            .collect()
    }

    /// The `$names` that a message uses, by key.
    pub fn placeholders(source: &str) -> std::collections::BTreeMap<String, BTreeSet<String>> {
        let mut out: std::collections::BTreeMap<String, BTreeSet<String>> = Default::default();
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with(|c: char| c.is_ascii_lowercase())
                && let Some((key, _)) = line.split_once('=')
            {
                current = key.trim().to_owned();
            }
            for piece in line.split('$').skip(1) {
                let name: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                out.entry(current.clone()).or_default().insert(name);
            }
        }
        out
    }
}

#[test]
fn every_catalogue_parses_without_a_fault() {
    for lang in Lang::ALL {
        let parsed = FluentResource::try_new(lang.source().to_owned());
        let faults = parsed.err().map(|(_, faults)| faults);
        assert!(faults.is_none(), "{} has faults: {faults:?}", lang.code());
    }
}

#[test]
fn every_language_has_every_key_once() {
    let english = keys(Lang::En.source());
    for lang in Lang::ALL {
        let own = keys(lang.source());
        let missing: Vec<_> = english.symmetric_difference(&own).collect();
        assert!(missing.is_empty(), "{} and English differ in {missing:?}", lang.code());
        let lines =
            lang.source().lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()) && l.contains('='));
        assert_eq!(lines.count(), own.len(), "{} has a key twice", lang.code());
    }
}

#[test]
fn every_language_uses_the_same_arguments() {
    let english = fluent_syntax_keys::placeholders(Lang::En.source());
    for lang in Lang::ALL {
        let own = fluent_syntax_keys::placeholders(lang.source());
        assert_eq!(own, english, "{} fills other arguments into its messages", lang.code());
    }
}

/// The source files of this crate.
fn sources() -> Vec<String> {
    let mut out = Vec::new();
    let mut stack = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(path) = stack.pop() {
        for entry in std::fs::read_dir(path).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("i18n/tests.rs") {
                out.push(std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    out
}

#[test]
fn every_key_used_in_code_exists() {
    let english = keys(Lang::En.source());
    let mut used = BTreeSet::new();
    for source in sources() {
        for call in [".text(\"", ".text_with(\"", ".t(\"", ".tw(\"", ".say(\"", "\"cli-", "\"doctor-"] {
            let prefix = call.strip_prefix('"').unwrap_or_default();
            let named = source.split(call).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0));
            used.extend(named.map(|rest| format!("{prefix}{rest}")).filter(|key| !key.contains('{')));
        }
    }
    assert!(used.len() > 20, "the search finds the calls in the code, not {}", used.len());
    // `Row::text("field")` reads a record and not the catalogue; its fields have no hyphen.
    let unknown: Vec<_> = used.iter().filter(|key| key.contains('-') && !english.contains(*key)).collect();
    assert!(unknown.is_empty(), "the code uses keys that no catalogue has: {unknown:?}");
}

#[test]
fn every_problem_has_words_for_people() {
    let english = keys(Lang::En.source());
    let mut codes = BTreeSet::new();
    for source in sources() {
        let made =
            source.split("Problem::new(").skip(1).filter_map(|rest| rest.split_once("StatusCode::")?.1.split_once('"'));
        codes.extend(made.filter_map(|(_, rest)| Some(rest.split_once('"')?.0.to_owned())));
    }
    assert!(codes.contains("timeout") && codes.len() > 8, "the search finds the codes: {codes:?}");
    let silent: Vec<_> = codes.iter().filter(|code| !english.contains(&format!("problem-{code}"))).collect();
    assert!(silent.is_empty(), "no page could say what these mean: {silent:?}");
}

#[test]
fn chooses_the_language_by_weight() {
    assert_eq!(Lang::from_accept("de-AT,it;q=0.4,en;q=0.9"), Some(Lang::En), "the greater weight wins");
    assert_eq!(Lang::from_accept("it-IT,it;q=0.9,en;q=0.8"), Some(Lang::It), "a region still names the language");
    assert_eq!(Lang::from_accept("de, es"), None, "no language of ours");
    assert_eq!(Lang::from_accept("it;q=0"), None, "weight 0 means: not this one");
}

#[test]
fn an_unknown_key_shows_itself() {
    assert_eq!(Lang::It.text("no-such-key"), "no-such-key", "a gap must be visible and must not panic");
}

#[test]
fn counts_choose_the_plural() {
    let one = Lang::En.text_with("n-records", &[("n", 1_u64.into())]);
    let two = Lang::En.text_with("n-records", &[("n", 2_u64.into())]);
    assert_eq!((one.as_str(), two.as_str()), ("1 record", "2 records"), "English has two forms");
}

/// `n-records` of a language for each number.
fn records(lang: Lang, numbers: &[u64]) -> Vec<String> {
    numbers.iter().map(|n| lang.text_with("n-records", &[("n", (*n).into())])).collect()
}

#[test]
fn slovene_has_a_dual_and_french_counts_nothing_in_the_singular() {
    let said = records(Lang::Sl, &[0, 1, 2, 3, 4, 5, 101, 102, 103, 105]);
    let right = "0 zapisov, 1 zapis, 2 zapisa, 3 zapisi, 4 zapisi, 5 zapisov, 101 zapis, 102 zapisa, 103 zapisi, \
                 105 zapisov";
    assert_eq!(said.join(", "), right, "one, two, three and four, and the others; hundreds begin anew");
    assert_eq!(records(Lang::Fr, &[0, 1, 2]), ["0 fiche", "1 fiche", "2 fiches"], "the plural begins with two");
    assert_eq!(records(Lang::It, &[0, 1, 2]), ["0 schede", "1 scheda", "2 schede"], "nothing is many");
}

#[test]
fn every_plural_of_slovene_has_all_its_forms() {
    let mut selects = 0;
    for select in Lang::Sl.source().split(" ->\n").skip(1) {
        let forms: Vec<&str> = select.lines().map(str::trim).take_while(|line| !line.starts_with('}')).collect();
        // Where the only forms are numbers themselves, the others are told in a way that fits any.
        let has = |form: &str| forms.iter().any(|line| line.starts_with(form));
        if has("[one]") || has("[two]") || has("[few]") {
            selects += 1;
            assert!(["[1]", "[one]"].into_iter().any(has) && has("[two]") && has("[few]"), "{forms:?}");
        }
    }
    assert!(selects > 20, "the search finds the plurals, not {selects}");
}

#[test]
fn thousands_are_set_apart_as_each_language_does_it() {
    assert_eq!(Lang::ALL.map(|lang| lang.number(999)), ["999"; 4], "no mark below a thousand");
    let written = [(Lang::En, "12,345"), (Lang::It, "12.345"), (Lang::Sl, "12.345"), (Lang::Fr, "12\u{202f}345")];
    for (lang, number) in written {
        assert_eq!(lang.number(12_345), number, "{}", lang.code());
        let said = records(lang, &[12_345]).concat();
        assert!(said.starts_with(number), "messages write numbers the same way: {said}");
    }
    assert_eq!(Lang::En.number(u64::MAX), "18,446,744,073,709,551,615", "each group has three digits");
    let text = Lang::En.text_with("refused-code", &[("value", "12345".into())]);
    assert!(text.starts_with("12345 "), "what somebody wrote stays as it is: {text}");
}

#[test]
fn french_keeps_its_signs_on_the_line() {
    let breaks = |line: &&str| [" :", " ;", " !", " ?", " »", "« "].iter().any(|sign| line.contains(sign));
    let lines: Vec<&str> = Lang::Fr.source().lines().filter(|line| !line.starts_with('#')).filter(breaks).collect();
    assert!(lines.is_empty(), "no-break spaces belong there: {lines:?}");
}

#[test]
fn every_kind_and_field_has_a_label() {
    for kind in comin_protocol::schema::KINDS {
        for lang in Lang::ALL {
            let has = |key: String| assert!(lang.find(&key, &[]).is_some(), "{key} in {}", lang.code());
            has(format!("kind-{}", kind.name));
            // Proposals are made on the records that they are about.
            let by_form = kind.fields.iter().all(|field| !matches!(field.field_type, FieldType::Changes));
            assert_eq!(lang.find(&format!("new-{}", kind.name), &[]).is_some(), by_form, "new-{}", kind.name);
            for field in kind.all_fields() {
                has(format!("field-{}", field.name));
            }
        }
    }
}
