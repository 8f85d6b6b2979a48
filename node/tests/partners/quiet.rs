//! Nothing that people enter, and no secret, gets into logs or metrics, at the most talkative level.

use super::office::{Partner, eventually};
use std::fs;
use std::process::Stdio;

/// What the partners and their people are called and write. To widen the test, enter more below with a marker here.
const ENTERED: [&str; 13] = [
    "Zavod Lunavrt",
    "Cooperativa Ombralago",
    "Skupnost Tihavoda",
    "Registrum Nebelwald",
    "Društvo Zvezdogled",
    "info@zvezdogled.example",
    "+386 5 9988776655",
    "Tiefseebahn 17",
    "geheime Absprache am Abend",
    "Zlatogora",
    "zlatogora@persona.example",
    "+386 5 1122334455",
    "wäscht-abends-leise",
];

#[test]
fn nothing_that_people_enter_gets_into_the_log() {
    let [slovenia_name, italy_name, federation, register, name, email, phone, address, description, ..] = ENTERED;
    let mut slovenia = Partner::start(slovenia_name, "SI");
    let mut italy = Partner::start(italy_name, "IT");
    for partner in [&mut slovenia, &mut italy] {
        partner.configure("[node]\nlog = \"trace\"");
    }
    slovenia.json(&["found", federation]);
    slovenia.json(&["registers", "add", register]);
    let ticket = slovenia.invite(italy_name, "IT", "1h");
    // A join that is refused, and one that is not.
    let short = slovenia.invite(&format!("{italy_name} 2"), "IT", "0s");
    let expired = italy.command(&["join", &short]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert_eq!(expired.expect("it starts").code(), Some(6), "an expired ticket is refused");
    slovenia.admit(&italy, &ticket);

    let set = |field: &str, value: &str| format!("{field}={value}");
    let fields = [set("name", name), set("email", email), set("phone", phone), set("address", address)];
    let mut args = vec!["organisation", "add", "--register", register];
    fields.iter().for_each(|field| args.extend(["--set", field]));
    let id = slovenia.json(&args)["id"].as_str().expect("an id").to_owned();
    eventually("Italy has it", || italy.run(&["organisation", "show", &id]).status.success().then_some(()));
    italy.json(&["organisation", "edit", &id, "--set", &set("description@it", description)]);
    italy.json(&["sync", "pause"]);
    slovenia.json(&["organisation", "edit", &id, "--set", &set("phone", &format!("{phone} 1"))]);
    italy.json(&["organisation", "edit", &id, "--set", &set("phone", &format!("{phone} 2"))]);
    italy.json(&["sync", "resume"]);
    eventually("a conflict", || {
        let conflicts = slovenia.json(&["conflicts"]);
        conflicts["items"].as_array().is_some_and(|items| !items.is_empty()).then_some(())
    });
    slovenia.json(&["search", name]);
    // Values that are refused are not repeated in the log either.
    assert!(!slovenia.run(&["organisation", "edit", &id, "--set", &set("email", description)]).status.success());

    whole_life_of_a_person(&slovenia, &italy);
    import_of_persons(&slovenia);
    let user = slovenia.json(&["users", "add", ENTERED[12], "--role", "editor"]);
    let password = user["password"].as_str().expect("a password").to_owned();

    let mut secrets: Vec<String> = ENTERED.map(str::to_owned).to_vec();
    for partner in [&slovenia, &italy] {
        let text = |name: &str| fs::read_to_string(partner.dir().join(name)).expect("a secret").trim().to_owned();
        secrets.extend([text("device.key"), text("api-token")]);
        let link = partner.json(&["open", "--print"]);
        let url = link["url"].as_str().expect("a link").to_owned();
        secrets.push(url.split("code=").nth(1).expect("a code").to_owned());
        let kits = fs::read_dir(partner.temp.path()).expect("its directory").flatten().map(|entry| entry.path());
        let kit = kits.into_iter().find(|path| path.to_string_lossy().contains("recovery-kit")).expect("its kit");
        secrets.extend(long_words(&fs::read_to_string(kit).expect("its kit")));
    }
    secrets.extend(long_words(&fs::read_to_string(&ticket).expect("the ticket")));
    secrets.push(password);
    assert!(secrets.len() > ENTERED.len() + 8, "the secrets are found: {}", secrets.len());

    for partner in [&mut slovenia, &mut italy] {
        let metrics = metrics(partner);
        assert!(metrics.contains("comin_"), "there are metrics: {metrics}");
        partner.kill();
        let log = partner.log();
        assert!(log.contains("session open"), "the log says what it is for: {log}");
        for (what, text) in [("log", &log), ("metrics", &metrics)] {
            let found: Vec<_> = secrets.iter().filter(|secret| text.contains(secret.as_str())).collect();
            assert_eq!(found, Vec::<&String>::new(), "nothing of it stands in the {what}");
        }
    }
}

/// A person is made, changed, shared, read, refused, and erased.
fn whole_life_of_a_person(slovenia: &Partner, italy: &Partner) {
    let [.., given, email, phone, _] = ENTERED;
    let set = |field: &str, value: &str| format!("{field}={value}");
    let fields = [
        set("given_name", given),
        set("family_name", given),
        set("email", email),
        set("purpose", "network"),
        set("legal_basis", "consent"),
        set("retain_until", "2099-01-31"),
    ];
    let args: Vec<&str> =
        ["person", "add", "--scope", "all"].into_iter().chain(fields.iter().flat_map(|f| ["--set", f])).collect();
    let id = slovenia.json(&args)["id"].as_str().expect("an id").to_owned();
    let reads = |partner: &Partner| partner.run(&["person", "show", &id]).status.success();
    eventually("Italy reads the person", || reads(italy).then_some(()));
    slovenia.json(&["person", "edit", &id, "--set", &set("phone", phone)]);
    eventually("and what was changed", || {
        italy.json(&["person", "show", &id]).to_string().contains(phone).then_some(())
    });
    assert!(!slovenia.run(&["person", "edit", &id, "--set", &set("retain_until", given)]).status.success(), "no date");
    assert!(!italy.run(&["person", "edit", &id, "--set", &set("phone", phone)]).status.success(), "not its person");
    for format in ["json", "vcf"] {
        let file = format!("person.{format}");
        let given = slovenia.run(&["person", "access", &id, "--format", format, "--out", &file]);
        assert!(given.status.success(), "the {format} is written");
    }
    assert!(slovenia.run(&["export", "--format", "vcf", "--out", "all.vcf"]).status.success(), "and all persons");
    slovenia.json(&["person", "list"]);
    slovenia.json(&["search", given]);
    slovenia.json(&["person", "erase", &id, "--reason", "request"]);
    eventually("it is erased on both", || (!reads(slovenia) && !reads(italy)).then_some(()));
}

/// A table with contact persons, once refused and once taken.
fn import_of_persons(partner: &Partner) {
    let [.., given, email, phone, _] = ENTERED;
    let table = |address: &str| {
        format!(
            "Ente;Referente;Email referente;Telefono referente;Email\nAlfa;{given} {given};{address};{phone};{email}\n"
        )
    };
    let file = partner.temp.path().join("persons.csv").to_string_lossy().into_owned();
    let import = ["import", &file, "--kind", "organisation", "--purpose", "network", "--legal-basis", "consent"];
    let import = [&import[..], &["--retain-until", "2099-01-31", "--leave-personal-email"]].concat();
    fs::write(&file, table(given)).expect("a file");
    assert!(!partner.run(&import).status.success(), "what is no address is refused");
    fs::write(&file, table(email)).expect("a file");
    assert_eq!(partner.json(&import)["persons"]["added"], 1, "and the person made");
    fs::write(&file, table(email).replace(phone, &format!("{phone} 9"))).expect("a file");
    assert_eq!(partner.json(&import)["persons"]["changed"], 1, "and changed when the file says so");
}

/// Words that carry a secret: long ones with a digit, as in kits and tickets.
fn long_words(text: &str) -> Vec<String> {
    let is_secret = |word: &&str| word.len() >= 20 && word.chars().any(|c| c.is_ascii_digit());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(is_secret).map(str::to_owned).collect()
}

fn metrics(partner: &Partner) -> String {
    use std::io::{Read, Write};
    let socket = partner.dir().join("control.sock");
    let mut stream = std::os::unix::net::UnixStream::connect(socket).expect("it runs");
    let token = fs::read_to_string(partner.dir().join("api-token")).expect("its token");
    let head = format!(
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
        token.trim()
    );
    stream.write_all(head.as_bytes()).expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}
