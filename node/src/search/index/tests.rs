use super::*;
use crate::store::open_memory;
use crate::views::Filter;
use comin_protocol::engine::Write;
use comin_protocol::ids::{ActorId, DocId, RegisterId};
use comin_protocol::record::{Cell, Origin, Scalar};
use proptest::prelude::*;

fn key(kind: &str, n: u8) -> RecordKey {
    RecordKey { kind: kind.to_owned(), id: [n; 16] }
}

fn row(key: &RecordKey, fields: &[(&str, &str)]) -> Row {
    let cell = |text: &str| vec![Cell { value: Scalar::from(text), origin: 0 }];
    Row {
        key: key.clone(),
        doc: DocId { register: RegisterId([1; 32]), part: 1 },
        origins: vec![Origin { actor: ActorId([1; 16]), time_ms: 0 }],
        fields: fields.iter().map(|(name, text)| ((*name).to_owned(), cell(text))).collect(),
        unseen_edits: Vec::new(),
    }
}

/// Kind, first byte of the id, and its fields.
type Entry<'a> = (&'a str, u8, &'a [(&'a str, &'a str)]);

fn index(records: &[Entry<'_>]) -> Index {
    let mut index = Index::default();
    for (kind, n, fields) in records {
        let key = key(kind, *n);
        index.put(&key, &[row(&key, fields)]);
    }
    index
}

/// The records found, the best first, by the first byte of their ids.
fn found(index: &Index, query: &Query) -> Vec<u8> {
    let (hits, total) = index.search(query, &HashSet::new(), Lang::En, 50);
    assert_eq!(hits.len(), total, "all of them are shown");
    hits.iter().map(|hit| hit.key.id[0]).collect()
}

fn words(text: &str) -> Query {
    Query { text: text.to_owned(), ..Query::default() }
}

#[test]
fn accents_and_slips_and_beginnings_do_not_matter() {
    let index = index(&[
        ("organisation", 1, &[("name", "Šentprima, zavod"), ("city", "Ljubljana")]),
        ("organisation", 2, &[("name", "Cooperativa Lunavena")]),
        ("practice", 3, &[("title@fr", "Insertion à l’œuvre")]),
    ]);
    for text in ["sentprima", "Šentprima", "ŠENTPRIMA", "šentp", "prima", "sentprma", "setnprima", "šentprima ljubl"]
    {
        assert_eq!(found(&index, &words(text)), [1], "{text}");
    }
    assert_eq!(found(&index, &words("coperativa")), [2], "a letter too few");
    assert_eq!(found(&index, &words("oeuvre")), [3], "a ligature");
    assert_eq!(found(&index, &words("sentprima lunavena")), [0u8; 0], "each word has to be there");
    assert_eq!(found(&index, &words("")), [0u8; 0], "nothing is asked for");
}

#[test]
fn codes_are_found_by_their_words_in_every_language() {
    let index = index(&[("organisation", 1, &[("name", "Alfa"), ("target_groups/youth", "")])]);
    for text in ["giovani", "mladi", "jeunes", "young people"] {
        assert_eq!(found(&index, &words(text)), [1], "{text}");
    }
}

#[test]
fn what_is_called_so_comes_first() {
    let index = index(&[
        ("organisation", 1, &[("name", "Beta"), ("description@it", "Lavora con la rete Alfa")]),
        ("organisation", 2, &[("name", "Alfa")]),
        ("organisation", 3, &[("name", "Alfabeto")]),
        ("organisation", 4, &[("name", "Gamma"), ("city", "Alfa")]),
    ]);
    assert_eq!(found(&index, &words("alfa")), [2, 3, 4, 1], "whole name, beginning of a name, short text, long text");
}

#[test]
fn filters_narrow_it() {
    let network = key("network", 9);
    let network_text = network.to_string();
    let index = index(&[
        ("organisation", 1, &[("name", "Alfa"), ("country", "IT"), ("description@sl", "x")]),
        ("organisation", 2, &[("name", "Alfa"), ("country", "SI"), ("target_groups/youth", "x")]),
        ("practice", 3, &[("title@it", "Alfa"), ("network", &network_text), ("state", "draft")]),
        ("organisation", 4, &[("name", "Alfa"), ("country", "FR")]),
    ]);
    let with = |filter: Filter| found(&index, &Query { filter, ..words("alfa") });
    assert_eq!(with(Filter { kind: Some("practice".into()), ..Filter::default() }), [3], "kind");
    assert_eq!(with(Filter { country: Some("SI".into()), ..Filter::default() }), [2], "country");
    assert_eq!(with(Filter { target_group: Some("youth".into()), ..Filter::default() }), [2], "target group");
    let in_network = Query { filter: Filter { network: Some(network), ..Filter::default() }, ..words("alfa") };
    let members = HashSet::from([key("organisation", 4)]);
    let (mut hits, _) = index.search(&in_network, &members, Lang::En, 50);
    hits.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(hits.iter().map(|hit| hit.key.id[0]).collect::<Vec<_>>(), [4, 3], "network: what points at it, members");
    assert_eq!(with(Filter { language: Some("sl".into()), ..Filter::default() }), [1], "language");
    assert_eq!(with(Filter { state: Some("draft".into()), ..Filter::default() }), [3], "state");
}

#[test]
fn only_so_many_are_given_and_all_are_counted() {
    let mut index = Index::default();
    for n in 0..200 {
        let key = key("organisation", n);
        index.put(&key, &[row(&key, &[("name", if n == 77 { "alfa" } else { "alfa alfabeto" })])]);
    }
    let (hits, total) = index.search(&words("alfa"), &HashSet::new(), Lang::En, 3);
    assert_eq!((hits.len(), total), (3, 200), "three of them");
    assert_eq!(hits[0].key.id[0], 77, "the best among them");
}

/// What every record says in the index, by way of the words.
fn content(index: &Index) -> BTreeMap<RecordKey, Vec<(String, Place)>> {
    let mut out: BTreeMap<_, Vec<_>> = index.places.keys().map(|key| (key.clone(), Vec::new())).collect();
    for (number, list) in (0..).zip(&index.postings) {
        for mark in list {
            let key = index.slots[mark.slot() as usize].as_ref().expect("a mark of a record").summary.key.clone();
            out.entry(key).or_default().push((index.dictionary.word(number).to_owned(), mark.place()));
        }
    }
    out.values_mut().for_each(|words| words.sort());
    out
}

fn store_of(records: &BTreeMap<RecordKey, Vec<Row>>) -> impl Store {
    let store = open_memory();
    let rows = records.values().flatten().map(Write::put_row);
    store.commit(&[rows.collect()]).expect("memory takes it");
    store
}

#[test]
fn a_fault_in_the_index_is_found() {
    let records: BTreeMap<RecordKey, Vec<Row>> = [(1, "Lunavena"), (2, "Korenine")]
        .map(|(n, name)| (key("event", n), name))
        .into_iter()
        .map(|(key, name)| {
            let rows = vec![row(&key, &[("title@it", name)])];
            (key, rows)
        })
        .collect();
    let store = store_of(&records);
    let wrong = |harm: &dyn Fn(&mut Index)| {
        let mut index = Index::of(&store).expect("reads");
        assert_eq!(index.differences(&store).expect("reads"), [""; 0], "nothing is wrong yet");
        harm(&mut index);
        index.differences(&store).expect("reads").join("; ")
    };
    let first = key("event", 1);
    let lost = wrong(&|index| index.drop_record(&first));
    assert!(lost.contains("in the view and not in the search index"), "{lost}");
    let old = wrong(&|index| index.put(&first, &[row(&first, &[("title@it", "Ombralago")])]));
    assert!(old.contains("reads differently in the search index"), "{old}");
    let extra = key("event", 3);
    let left = wrong(&|index| index.put(&extra, &[row(&extra, &[("title@it", "Erased")])]));
    assert!(left.contains("in the search index and not in the view"), "{left}");
    let astray = wrong(&|index| index.postings[0].clear());
    assert!(astray.contains("differently") && astray.contains("words of no record"), "{astray}");
    let other = Summary::of(&[row(&first, &[("title@it", "Ombralago")])]).expect("a row");
    let summary = wrong(&|index| index.slots[0].as_mut().expect("a record").summary = other.clone());
    assert!(summary.contains("differently"), "{summary}");
}

proptest! {
    /// However records came, changed and went, the index is the one that would be made of them now.
    #[test]
    fn what_is_kept_current_is_what_is_made_anew(
        steps in proptest::collection::vec((0u8..8, proptest::option::of("[a-dšč ]{0,12}")), 0..60),
    ) {
        let mut current = Index::default();
        let mut now: BTreeMap<RecordKey, Vec<Row>> = BTreeMap::new();
        for (n, name) in &steps {
            let key = key("organisation", *n);
            let rows: Vec<Row> = name.iter().map(|name| row(&key, &[("name", name.as_str())])).collect();
            current.put(&key, &rows);
            match rows.is_empty() {
                true => drop(now.remove(&key)),
                false => drop(now.insert(key, rows)),
            }
        }
        let mut anew = Index::default();
        now.iter().for_each(|(key, rows)| anew.put(key, rows));
        prop_assert_eq!(content(&current), content(&anew));
        prop_assert_eq!(current.differences(&store_of(&now)).expect("reads"), Vec::<String>::new());
        prop_assert_eq!(current.len(), now.len());
        for text in ["a", "ab", "abc", "šč"] {
            prop_assert_eq!(found(&current, &words(text)).len(), found(&anew, &words(text)).len());
        }
    }
}
