//! A node with records of every sort that exports find hard, made through the command line.

use super::foreign::run;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// Cells that a spreadsheet would take for formulas or divide; letters that only some of us have.
const ORGANISATIONS: &str = "\
name,other_names,type,city,country,position,languages,website,phone,description@it,description@sl,last_verified,visibility
Zavod Šentžiga,Žiga; A\\; B,association,Nova Gorica,SI,\"45.956,13.648;city\",sl; it,https://sentziga.example/a;b,+386 1 555 01 42,\"Prima riga
seconda, \"\"riga\"\"\",Društvo <šest & sedem>,2026-03-14,public
=HYPERLINK(\"http://evil.example\"),-2+3,,Padova,IT,,,,,@SUM(A1:A9),,,federation
Atelier d'Œuvre,,,Lyon,FR,\"45.764,4.8357;address\",fr,,+33 4 00 00 00 00,,,1899-12-31,partner
";

/// A partner's machine.
pub struct Machine {
    temp: TempDir,
}

impl Machine {
    /// Nothing but the partner on it.
    pub fn empty() -> Self {
        let machine = Self { temp: tempfile::tempdir().expect("a directory") };
        machine.comin(&["init", "--name", "Partner Esempio", "--country", "IT", "--device", "ufficio-di-ada"]);
        machine
    }

    /// With organisations, networks, memberships, events, practices and a person.
    pub fn filled() -> Self {
        let machine = Self::empty();
        machine.write("organisations.csv", ORGANISATIONS);
        machine.comin(&["import", "organisations.csv", "--kind", "organisation", "--no-positions"]);
        let organisation = |name: &str| machine.id_of("organisation", name);
        let (ziga, padova) = (organisation("Zavod Šentžiga"), organisation("=HYPERLINK"));
        let network = machine.add(
            "network",
            &[
                "name@it=Rete",
                "name@sl=Mreža",
                "levels=local|national",
                "since=2026-03",
                "visibility=public",
                "country=SI",
            ],
        );
        machine.add(
            "membership",
            &[
                &set("organisation", &ziga),
                &set("network", &network),
                "role=member",
                "since=2026-04-01",
                "visibility=public",
            ],
        );
        machine.add("membership", &[&set("organisation", &padova), &set("network", &network), "visibility=public"]);
        let practice = machine.add(
            "practice",
            &["title@fr=Mentor", "description@fr=Long,\nà plusieurs mains", &set("network", &network)],
        );
        machine.add(
            "event",
            &[
                "title@it=Seminario, parte 1; apertura",
                "title@sl=Delavnica čšž, ki ima tako dolg naslov, da ga mora vsak koledar prelomiti v več vrstic",
                "type=workshop",
                "when=2026-07-11T09:00/2026-07-11T12:30[Europe/Ljubljana]",
                "place=Nova Gorica, Trg 1",
                "position=45.956,13.648;exact",
                &set("organiser", &ziga),
                &format!("networks={network}"),
                &format!("practices={practice}"),
                "attendance=14",
                "state=cancelled",
                "visibility=public",
            ],
        );
        machine.add(
            "event",
            &["title@it=Incontro interno", "type=meeting", "when=2026-12-01T18:00/2026-12-01T18:00[Europe/Rome]"],
        );
        machine.add("event", &["title@it=Senza data", "type=meeting"]);
        machine.add("event", &["title@it=Fiera di tre giorni", "type=meeting", "when=2026-02-27/2026-03-01"]);
        let gone = machine.add("organisation", &["name=Cancellata", "visibility=public"]);
        machine.comin(&["organisation", "remove", &gone]);
        machine.comin(&[
            "person",
            "add",
            "--scope",
            "none",
            "--set",
            "given_name=Ada",
            "--set",
            "family_name=Zupan; ml.",
            "--set",
            "email=ada.zupan@most.example",
            "--set",
            "phone=+386 1 5550142",
            "--set",
            "language=sl",
            "--set",
            "role=Coordinatrice, rete",
            "--set",
            &format!("organisation={ziga}"),
            "--set",
            "purpose=contatto",
            "--set",
            "legal_basis=consent",
            "--set",
            "retain_until=2099-12-31",
        ]);
        machine
    }

    /// The same with records of every other kind, with every field of every kind somewhere, and with proposals that wait,
    /// were accepted and were declined.
    pub fn whole() -> Self {
        let machine = Self::filled();
        let edit = |kind: &str, id: &str, fields: &[&str]| {
            let set = fields.iter().flat_map(|field| ["--set", field]);
            machine.comin(&[kind, "edit", id].into_iter().chain(set).collect::<Vec<_>>());
        };
        let (ziga, atelier) =
            (machine.id_of("organisation", "Zavod Šentžiga"), machine.id_of("organisation", "Atelier"));
        let of_kind = |kind: &str, title: &str| {
            let records = machine.records();
            let found = records.values().find(|record| record.kind == kind && record.title.starts_with(title));
            found.unwrap_or_else(|| panic!("{title} is there")).id.clone()
        };
        let (network, practice) = (of_kind("network", "Rete"), of_kind("practice", "Mentor"));
        let event = of_kind("event", "Seminario");
        edit(
            "organisation",
            &ziga,
            &[
                "address=Trg 1; 2. nadstropje",
                "nuts=SI043",
                "identifiers=IT:VAT:01234567890|a/b@c.d",
                "target_groups=youth|women",
                "activities=guidance",
                "email=info@sentziga.example",
                "phone=",
                "description@fr=Une ligne\nune autre",
            ],
        );
        // What is taken away again stays in the documents as nothing.
        edit("organisation", &ziga, &["other_names-=Žiga", "phone=+386 1 555 01 43"]);
        edit(
            "network",
            &network,
            &[
                "description@it=Nata da un tavolo.",
                "vision@sl=Vključujoča družba.",
                "strategy@fr=Pas à pas.",
                "contribution@en=It brings the place together.",
                "target_groups=disability|migrants",
                &set("coordinators", &format!("{ziga}|{atelier}")),
                "links=https://mreza.example/?a=1&b=2|http://b.example/x/y",
            ],
        );
        edit(
            "practice",
            &practice,
            &[
                "summary@it=Si cammina in due.",
                "description@it=Un testo; prima riga.\nSeconda riga: così.",
                "description@sl=Prva različica besedila.",
                "resources@it=Un mentore",
                "evidence@sl=Osem od desetih",
                "challenges@fr=Le temps",
                "transfer@en=Elsewhere too",
                &set("implementing_organisation", &ziga),
                "country=FR",
                "target_groups=youth",
                "state=published",
            ],
        );
        // Within a prose text others may be writing: what stays of it stays the same text.
        edit("practice", &practice, &["description@sl=Druga različica besedila 🙂."]);
        let programme = machine.add(
            "programme",
            &[
                "title@it=Primi passi",
                "title@sl=Prvi koraki",
                &set("networks", &network),
                "languages=it|sl",
                r#"modules=[{"title":{"it":"Accoglienza","sl":"Sprejem"},"hours":4,"content":{"it":"Come si comincia"}},{"title":{"it":"Incontri"},"hours":6}]"#,
            ],
        );
        edit("event", &event, &["country=SI", &set("organisations", &atelier), &set("programme", &programme)]);
        let membership = machine.add(
            "membership",
            &[&set("organisation", &atelier), &set("network", &network), "since=2025-01-01", "until=2025-12-31"],
        );
        assert!(membership.starts_with("membership:"), "a link");
        let interest = machine.add(
            "interest",
            &[
                &set("organisation", &atelier),
                &set("network", &network),
                &set("origin_event", &event),
                "motivation@fr=Pour échanger.",
            ],
        );
        for (state, day) in [("contacted", "2026-08-01"), ("on_hold", "2026-08-02")] {
            machine.comin(&["interest", "advance", &interest, "--to", state, "--at", day]);
        }
        machine.add(
            "publication",
            &[
                "title@en=Survey of the networks",
                "type=survey_report",
                "url=https://mreza.example/survey.pdf",
                "sha256=2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                "language=en",
            ],
        );
        machine.add("note", &[&set("about", &atelier), "text=Call again in May;\nfirst by post"]);
        machine.add("note", &[&set("about", &interest), "text=Waits for an answer"]);
        let ends = [set("a", &ziga), set("b", &atelier)];
        machine.add("sameas", &[&ends[0], &ends[1], "state=refused", "evidence=another town|other/telephone"]);
        let propose = |kind: &str, id: &str, change: &str| {
            let made =
                machine.comin(&["--json", kind, "edit", id, "--set", change, "--propose", "--reason", "Seen there"]);
            serde_json::from_str::<Value>(&made).expect("JSON")["id"].as_str().expect("an id").to_owned()
        };
        machine.comin(&["proposals", "accept", &propose("organisation", &atelier, "city=Villeurbanne")]);
        machine.comin(&["proposals", "decline", &propose("organisation", &atelier, "website=https://atelier.example")]);
        propose("network", &network, &set("coordinators", &ziga));
        machine
    }

    /// What the interface shows of a record.
    pub fn show(&self, kind: &str, id: &str) -> Value {
        serde_json::from_str(&self.comin(&["--json", kind, "show", id])).expect("JSON")
    }

    /// Every record by id, as lists of each kind give them and the interface shows them; with the one that was deleted.
    pub fn told(&self) -> BTreeMap<String, Record> {
        let mut ids: Vec<String> = self.records().into_values().filter(|r| r.deleted).map(|r| r.id).collect();
        assert_eq!(ids.len(), 1, "one was deleted: {ids:?}");
        for kind in comin_protocol::schema::KINDS {
            let list: Value = serde_json::from_str(&self.comin(&["--json", kind.name, "list"])).expect("JSON");
            ids.extend(list["items"].as_array().expect("a list").iter().map(|item| word(&item["id"])));
        }
        let shown =
            ids.iter().map(|id| (id.clone(), Record::of(&self.show(id.split(':').next().unwrap_or_default(), id))));
        shown.collect()
    }

    /// Adds a record and gives its id.
    pub fn add(&self, kind: &str, fields: &[&str]) -> String {
        let set = fields.iter().flat_map(|field| ["--set", field]);
        let printed = self.comin(&["--json", kind, "add"].into_iter().chain(set).collect::<Vec<_>>());
        let answer: Value = serde_json::from_str(&printed).expect("JSON");
        answer["id"].as_str().expect("an id").to_owned()
    }

    fn id_of(&self, kind: &str, name: &str) -> String {
        let records = self.records();
        let found = records.values().find(|record| {
            record.kind == kind && record.fields["name"].as_str().is_some_and(|text| text.starts_with(name))
        });
        found.unwrap_or_else(|| panic!("{name} is there")).id.clone()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) {
        std::fs::write(self.path(name), content).expect("a file");
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comin"));
        command.arg("--data-dir").arg(self.path("node")).args(args).current_dir(self.temp.path()).stdin(Stdio::null());
        command
    }

    /// Runs a verb that works.
    pub fn comin(&self, args: &[&str]) -> String {
        run(&mut self.command(args))
    }

    /// Runs a verb.
    pub fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    /// Exports into a file and gives it.
    pub fn export(&self, format: &str, more: &[&str]) -> PathBuf {
        let name = format!("out-{}.{format}", more.join("").replace(|c: char| !c.is_alphanumeric(), ""));
        let args = [&["export", "--format", format, "--out", &name, "--force"], more].concat();
        self.comin(&args);
        self.path(&name)
    }

    /// Every record by id, as the node's own JSON tells it.
    pub fn records(&self) -> BTreeMap<String, Record> {
        let all: Value = serde_json::from_str(&self.comin(&["export", "--format", "json"])).expect("JSON");
        let records = all["records"].as_array().expect("a list").iter().map(Record::of).map(|r| (r.id.clone(), r));
        records.collect()
    }
}

fn set(field: &str, value: &str) -> String {
    format!("{field}={value}")
}

/// A record as the node tells it.
pub struct Record {
    pub id: String,
    pub kind: String,
    pub title: String,
    pub register: String,
    pub register_id: String,
    pub deleted: bool,
    pub fields: Map<String, Value>,
}

impl Record {
    fn of(told: &Value) -> Self {
        let value = &told["values"][0];
        Self {
            id: told["id"].as_str().expect("an id").to_owned(),
            kind: told["kind"].as_str().expect("a kind").to_owned(),
            title: told["title"].as_str().expect("a title").to_owned(),
            register: value["register_name"].as_str().expect("a name").to_owned(),
            register_id: value["register"].as_str().expect("an id").to_owned(),
            deleted: value["deleted"] == json!(true),
            fields: value["fields"].as_object().expect("fields").clone(),
        }
    }

    /// The fields as cells of a table: what a foreign program has to find there.
    pub fn cells(&self) -> BTreeMap<String, Value> {
        let mut out = BTreeMap::new();
        for (name, value) in &self.fields {
            match value {
                Value::Object(position) if name == "position" => {
                    let text = format!("{},{};{}", position["lat"], position["lon"], word(&position["precision"]));
                    out.insert(name.clone(), json!(text));
                }
                Value::Object(when) if name == "when" => {
                    let [start, end] = ["start", "end"].map(|part| word(&when[part]));
                    // Whole days are in no time zone.
                    let zone = when.get("tzid").map(|zone| format!("[{}]", word(zone))).unwrap_or_default();
                    out.insert(name.clone(), json!(format!("{start}/{end}{zone}")));
                }
                Value::Object(texts) => {
                    out.extend(texts.iter().map(|(lang, text)| (format!("{name}@{lang}"), text.clone())));
                }
                Value::Array(members) => {
                    let escaped = |member: &Value| word(member).replace('\\', "\\\\").replace(';', "\\;");
                    out.insert(name.clone(), json!(members.iter().map(escaped).collect::<Vec<_>>().join("; ")));
                }
                value => drop(out.insert(name.clone(), value.clone())),
            }
        }
        out
    }
}

/// A text as it is.
pub fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// All parts of a workbook, one after the other.
pub fn unzipped(path: &Path) -> String {
    let unzip = "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nfor n in z.namelist(): sys.stdout.buffer.write(z.read(n))";
    run(Command::new("python3").args(["-c", unzip]).arg(path))
}

/// What a file holds.
pub fn content(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file of text")
}
