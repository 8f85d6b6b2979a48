//! The partnership of the sample data: every partner with a process of its own, and all of its records.

use super::super::office::{Partner, eventually, settled};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const SAMPLE: &str = include_str!("../../../data/sample.json");

/// The lists of records in an order in which what is referred to comes first.
const LISTS: [&str; 9] = [
    "organisations",
    "networks",
    "programmes",
    "practices",
    "events",
    "interests",
    "memberships",
    "publications",
    "sameas",
];

/// Members of the file's records that are about the file and no fields.
const NO_FIELDS: [&str; 12] = [
    "slug",
    "kind",
    "register",
    "created_by",
    "sample",
    "seed",
    "not_in_seed",
    "note",
    "period",
    "generated_from_live_data",
    "controller",
    "scope",
];

/// The partnership.
pub struct World {
    /// The file.
    pub sample: Value,
    partners: BTreeMap<String, Partner>,
    /// Ids of records by their slug.
    ids: BTreeMap<String, String>,
}

impl World {
    /// Sets every partner up, founds the federation, makes the shared registers and loads every record by the partner
    /// that enters it.
    pub fn load() -> Self {
        let sample: Value = serde_json::from_str(SAMPLE).expect("the file is JSON");
        let mut world = Self { sample, partners: BTreeMap::new(), ids: BTreeMap::new() };
        world.found();
        world.share();
        for list in LISTS {
            for record in world.list(list) {
                world.add(&record);
            }
        }
        for person in world.list("persons") {
            world.add_person(&person);
        }
        world.settle();
        world
    }

    /// A list of the file.
    pub fn list(&self, name: &str) -> Vec<Value> {
        self.sample[name].as_array().unwrap_or_else(|| panic!("the file has {name}")).clone()
    }

    /// A partner by its slug.
    pub fn partner(&self, slug: &str) -> &Partner {
        self.partners.get(slug).unwrap_or_else(|| panic!("{slug} is a partner"))
    }

    /// All partners.
    pub fn all(&self) -> Vec<&Partner> {
        self.partners.values().collect()
    }

    /// The id of a record by its slug.
    pub fn id(&self, slug: &str) -> &str {
        self.ids.get(slug).unwrap_or_else(|| panic!("{slug} was loaded"))
    }

    /// Waits until all hold the same.
    pub fn settle(&self) -> Vec<String> {
        settled(&self.all())
    }

    /// Has these partners work without any connection, and then all of them meet again.
    pub fn apart(&self, slugs: &[&str], work: impl Fn(&Self)) {
        slugs.iter().for_each(|slug| drop(self.partner(slug).json(&["sync", "pause"])));
        work(self);
        slugs.iter().for_each(|slug| drop(self.partner(slug).json(&["sync", "resume"])));
        self.settle();
    }

    /// The partner's name for the others.
    pub fn name_of(&self, slug: &str) -> String {
        let partners = self.list("partners");
        let partner = partners.iter().find(|partner| partner["slug"] == slug).expect("a partner");
        let local = partner["not_in_seed"]["name_local"].as_str();
        local.or(partner["seed"]["name_it"].as_str()).expect("a name").to_owned()
    }

    fn found(&mut self) {
        for partner in self.list("partners") {
            let slug = text(&partner, "slug");
            let started = Partner::start(&self.name_of(slug), text(&partner, "country"));
            // `init` makes the partner's own organisation record.
            let own = started.json(&["organisation", "list", "--register", "own"])["items"][0]["id"].clone();
            self.ids.insert(format!("partner:{slug}"), own.as_str().expect("its own record").to_owned());
            self.partners.insert(slug.to_owned(), started);
        }
        let founder = self.partner("bit-planota");
        founder.json(&["found", "COM-IN"]);
        for partner in self.list("partners").iter().filter(|partner| partner["slug"] != "bit-planota") {
            let slug = text(partner, "slug");
            let ticket = founder.invite(&self.name_of(slug), text(partner, "country"), "1h");
            founder.admit(self.partner(slug), &ticket);
        }
    }

    fn share(&self) {
        let founder = self.partner("bit-planota");
        let partners = founder.json(&["partners"]);
        let id = |slug: &Value| {
            let name = self.name_of(slug.as_str().expect("a slug"));
            let items = partners["items"].as_array().expect("a list").iter();
            let found = items.clone().find(|partner| partner["name"] == name.as_str()).expect("it is admitted");
            text(found, "id").to_owned()
        };
        for register in self.list("registers") {
            let writers = match &register["writers"] {
                Value::Array(slugs) => slugs.iter().map(id).collect::<Vec<_>>().join(","),
                word => word.as_str().expect("a word").to_owned(),
            };
            founder.json(&["registers", "add", text(&register, "slug"), "--writers", &writers]);
        }
        for partner in self.all() {
            eventually("the shared registers are known", || {
                let known = partner.json(&["registers"]);
                let items = known["items"].as_array().expect("a list").iter();
                (items.filter(|register| register["kind"] == "shared").count() == 4).then_some(())
            });
        }
    }

    /// Enters a record by the partner that the file names.
    fn add(&mut self, record: &Value) {
        let (slug, kind, by) = (text(record, "slug"), text(record, "kind"), text(record, "created_by"));
        let register = match text(record, "register") {
            own if own == by => "own",
            shared => shared,
        };
        let set = self.assignments(record);
        let args: Vec<&str> = [kind, "add", "--register", register]
            .into_iter()
            .chain(set.iter().flat_map(|assignment| ["--set", assignment.as_str()]))
            .collect();
        let added = self.partner(by).json(&args);
        let written = &added["values"][0];
        assert_eq!(written["fields"].get("_invalid"), None, "{slug}: every value is of its field's type");
        if register != "own" {
            assert_eq!(written["register_name"], register, "{slug} lies in the register that the file names");
        }
        assert!(self.ids.insert(slug.to_owned(), text(&added, "id").to_owned()).is_none(), "{slug} is there once");
    }

    fn add_person(&mut self, person: &Value) {
        let set = self.assignments(person);
        let scope = if person["scope"] == "federation" { "all" } else { "none" };
        let args: Vec<&str> = ["person", "add", "--scope", scope]
            .into_iter()
            .chain(set.iter().flat_map(|assignment| ["--set", assignment.as_str()]))
            .collect();
        let added = self.partner(text(person, "controller")).json(&args);
        self.ids.insert(text(person, "slug").to_owned(), text(&added, "id").to_owned());
    }

    /// The fields of a record of the file as the command line takes them.
    fn assignments(&self, record: &Value) -> Vec<String> {
        let mut record = record.as_object().expect("a record").clone();
        if let (Some(start), Some(end), Some(zone)) =
            (record.remove("start"), record.remove("end"), record.remove("tzid"))
        {
            let [start, end, zone] = [start, end, zone].map(|part| part.as_str().expect("a text").to_owned());
            record.insert("when".to_owned(), Value::from(format!("{start}/{end}[{zone}]")));
        }
        record.retain(|name, value| !NO_FIELDS.contains(&name.as_str()) && !value.is_null());
        record.iter().flat_map(|(name, value)| self.assignment(name, value)).collect()
    }

    fn assignment(&self, name: &str, value: &Value) -> Vec<String> {
        let reference = |slug: &str| self.ids.get(slug).map_or(slug, String::as_str).to_owned();
        match value {
            Value::Object(place) if place.contains_key("lat") => {
                vec![format!("{name}={},{};{}", place["lat"], place["lon"], text(value, "precision"))]
            }
            Value::Object(texts) => {
                texts.iter().map(|(lang, said)| format!("{name}@{lang}={}", said.as_str().expect("a text"))).collect()
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                vec![format!("{name}={}", Value::Array(items.iter().map(plain_entry).collect()))]
            }
            Value::Array(members) => {
                let members: Vec<String> =
                    members.iter().map(|member| reference(member.as_str().expect("a text"))).collect();
                (!members.is_empty()).then(|| format!("{name}={}", members.join("|"))).into_iter().collect()
            }
            Value::String(said) => vec![format!("{name}={}", reference(said))],
            other => vec![format!("{name}={other}")],
        }
    }
}

/// An entry of a list without what the file says beside its fields.
fn plain_entry(entry: &Value) -> Value {
    let kept = |name: &str| !matches!(name, "id" | "order" | "from" | "by_partner");
    let members = entry.as_object().expect("an entry").iter().filter(|(name, _)| kept(name));
    Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>())
}

/// A text of an object of the file.
pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is a text: {value}"))
}
