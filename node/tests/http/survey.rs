//! What stands in the survey: every part of it, value by value, in HTML and in Markdown, in two languages.

use super::nodes::{TestNode, start};
use super::written::{Part, read};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// The sections in their order, as links name them.
const SECTIONS: [&str; 9] =
    ["vision", "figures", "pictures", "networks", "ways", "calendar", "contacts", "tables", "freshness"];

/// Every part that holds data, by its heading: facts, then tables, then texts. `DAY`: that of the newest change.
const ITALIAN: [(&str, &str); 11] = [
    (
        "Visione e strategia comuni",
        "Visione
Una società inclusiva.
Strategia
Korak za korakom.
Contributo
Unisce tre Paesi.
Dalla scheda della rete «Rete internazionale».",
    ),
    (
        "Il partenariato in cifre",
        "[Per Paese]
Paese | Reti | Organizzazioni | Adesioni | In più reti | Eventi | Buone pratiche
Francia | 0 | 1 | 0 | 0 | 0 | 0
Italia | 1 | 1 | 2 | 1 | 1 | 1
Slovenia | 0 | 1 | 0 | 0 | 1 | 0
nessun Paese indicato | 1 | 0 | 1 | 0 | 0 | 0
Totale | 2 | 3 | 3 | 1 | 2 | 1
[Per livello di rete]
Livello | Reti | Organizzazioni | Adesioni | In più reti | Eventi | Buone pratiche
locale | 1 | 2 | 2 | 1 | 1 | 1
settoriale | 1 | 2 | 2 | 1 | 1 | 1
internazionale | 1 | 1 | 1 | 1 | 0 | 0
[Per gruppo di destinatari]
Gruppo di destinatari | Reti | Organizzazioni | Adesioni | In più reti | Eventi | Buone pratiche
persone con disabilità | 1 | 0 | 2 | 0 | 1 | 0
immigrati | 0 | 2 | 0 | 1 | 0 | 0
giovani | 1 | 1 | 1 | 1 | 0 | 0
[Per tipo di evento]
Tipo | Eventi | Partecipanti
focus group | 1 | 14
conferenza | 1 | 0
[Nel tempo]
Mese | Eventi | Manifestazioni di interesse | Nuove adesioni | Adesioni a fine mese
dicembre 2024 | 0 | 0 | 2 | 1
gennaio 2025 | 0 | 0 | 0 | 1
febbraio 2025 | 1 | 1 | 0 | 1
marzo 2025 | 0 | 1 | 1 | 2
aprile 2025 | 1 | 0 | 0 | 2",
    ),
    (
        "1. Rete internazionale",
        "Livello: internazionale
Destinatari: giovani
Coordinatori: Zavod Brezmir
[Membri (1)]
Organizzazione | Luogo | Ruolo | Dal
Portamira | Padova, Italia | coordinatore | 
La sua visione e la sua strategia aprono questo documento: «Visione e strategia comuni».",
    ),
    (
        "2. Rete Lunavena",
        "Livello: locale, settoriale
Paese: Italia
Dal: marzo 2024
Destinatari: persone con disabilità
Coordinatori: Portamira
Collegamenti: https://lunavena.example
[Membri (2)]
Organizzazione | Luogo | Ruolo | Dal
Portamira | Padova, Italia | membro | 15/03/2025
Zavod Brezmir | Koper, Slovenia | osservatore | 15/12/2024
[Eventi]
Quando | Che cosa | Dove | Presenti | Stato
11/02/2025 | Incontro a Padova (focus group) | Sala Rossa | 14 | svolto
Nata da un tavolo.
Visione
Lavoro vicino a casa.
Strategia
Un passo alla volta.
Contributo
Mette insieme il territorio.
Buone pratiche
Mentore – Portamira
Si cammina in due.
Programmi formativi
Primi passi
2 moduli, 10 ore",
    ),
    (
        "Pratiche ed eventi di nessuna rete",
        "[Eventi]
Quando | Che cosa | Dove | Presenti | Stato
02/04/2025 | Fiera del lavoro (conferenza) | Hala A |  | in programma",
    ),
    (
        "Come sono arrivate le organizzazioni",
        "Manifestazioni di interesse: 2
di cui dopo un evento: 1
di cui ora membri: 1
Membri arrivati senza una manifestazione di interesse registrata: 2
[Come sono arrivate le organizzazioni]
Organizzazione | Rete | Evento | Interesse ricevuto | Stato | Membro dal
Portamira | Rete Lunavena | Incontro a Padova | 20/02/2025 | accolta | 15/03/2025
Valombrune | Rete internazionale | non registrato | 03/03/2025 | ricevuta | 
Da un evento, attraverso una manifestazione di interesse, all’adesione.",
    ),
    (
        "Calendario degli eventi",
        "[febbraio 2025]
Quando | Che cosa | Dove | Presenti | Stato
11/02/2025 | Incontro a Padova (focus group) | Sala Rossa | 14 | svolto
[aprile 2025]
Quando | Che cosa | Dove | Presenti | Stato
02/04/2025 | Fiera del lavoro (conferenza) | Hala A |  | in programma",
    ),
    (
        "Contatti",
        "[Coordinatori delle reti]
Organizzazione | Luogo | E-mail | Telefono | Sito web
Portamira | Padova, Italia | info@portamira.example | +39 049 1234 | https://portamira.example/chi-siamo/
Zavod Brezmir | Koper, Slovenia | pisarna@brezmir.example |  | 
Recapiti funzionali, come indicati nelle schede delle organizzazioni; nessun contatto personale.",
    ),
    (
        "Le immagini in forma di tabella",
        "[Tabella delle reti]
Rete | Livello | Paese | Organizzazioni | In più reti | Organizzazioni condivise (rete: quante)
1. Rete internazionale | internazionale |  | 1 | 1 | 2: 1
2. Rete Lunavena | locale, settoriale | Italia | 2 | 1 | 1: 1
[Tabella delle organizzazioni]
Organizzazione | Luogo | Destinatari | Reti (per numero) | Posizione sulla carta
Portamira | Padova, Italia | immigrati, giovani | 1, 2 | 45.410, 11.890
Valombrune | Lyon, Francia |  |  | 
Zavod Brezmir | Koper, Slovenia | immigrati | 2 | ",
    ),
    (
        "Stato dei dati, partner per partner",
        "[Stato dei dati, partner per partner]
Partner | Schede | Ultima modifica presente | Ultimo contatto | Mancante, per quanto noto
Ožara | 16 | DAY | ha redatto la rassegna | nulla
La rassegna mostra ciò che era presente nel nodo che l’ha redatta. Ciò che un partner ha inserito dopo l’ultimo contatto non vi compare.",
    ),
    ("Immagini", ""),
];

const SLOVENE: [(&str, &str); 11] = [
    (
        "Skupna vizija in strategija",
        "Vizija
Vključujoča družba.
Strategija
Korak za korakom.
Prispevek
Povezuje tri države.
Iz zapisa mreže »Mednarodna mreža«.",
    ),
    (
        "Partnerstvo v številkah",
        "[Po državah]
Država | Mreže | Organizacije | Članstva | V več mrežah | Dogodki | Dobre prakse
Francija | 0 | 1 | 0 | 0 | 0 | 0
Italija | 1 | 1 | 2 | 1 | 1 | 1
Slovenija | 0 | 1 | 0 | 0 | 1 | 0
država ni navedena | 1 | 0 | 1 | 0 | 0 | 0
Skupaj | 2 | 3 | 3 | 1 | 2 | 1
[Po ravneh mreže]
Raven | Mreže | Organizacije | Članstva | V več mrežah | Dogodki | Dobre prakse
lokalna | 1 | 2 | 2 | 1 | 1 | 1
sektorska | 1 | 2 | 2 | 1 | 1 | 1
mednarodna | 1 | 1 | 1 | 1 | 0 | 0
[Po ciljnih skupinah]
Ciljna skupina | Mreže | Organizacije | Članstva | V več mrežah | Dogodki | Dobre prakse
invalidi in osebe z ovirami | 1 | 0 | 2 | 0 | 1 | 0
priseljenci | 0 | 2 | 0 | 1 | 0 | 0
mladi | 1 | 1 | 1 | 1 | 0 | 0
[Po vrstah dogodkov]
Vrsta | Dogodki | Udeleženci
fokusna skupina | 1 | 14
konferenca | 1 | 0
[Skozi čas]
Mesec | Dogodki | Izrazi interesa | Nova članstva | Članstva ob koncu
december 2024 | 0 | 0 | 2 | 1
januar 2025 | 0 | 0 | 0 | 1
februar 2025 | 1 | 1 | 0 | 1
marec 2025 | 0 | 1 | 1 | 2
april 2025 | 1 | 0 | 0 | 2",
    ),
    (
        "1. Mednarodna mreža",
        "Raven: mednarodna
Ciljne skupine: mladi
Koordinatorji: Zavod Brezmir
[Člani (1)]
Organizacija | Kraj | Vloga | Od
Portamira | Padova, Italija | koordinator | 
Njena vizija in strategija sta na začetku dokumenta: »Skupna vizija in strategija«.",
    ),
    (
        "2. Mreža Lunavena",
        "Raven: lokalna, sektorska
Država: Italija
Od: marec 2024
Ciljne skupine: invalidi in osebe z ovirami
Koordinatorji: Portamira
Povezave: https://lunavena.example
[Člani (2)]
Organizacija | Kraj | Vloga | Od
Portamira | Padova, Italija | član | 15. 3. 2025
Zavod Brezmir | Koper, Slovenija | opazovalec | 15. 12. 2024
[Dogodki]
Kdaj | Kaj | Kje | Udeleženci | Stanje
11. 2. 2025 | Srečanje v Padovi (fokusna skupina) | Sala Rossa | 14 | izveden
Nastala za mizo.
Vizija
Delo blizu doma.
Strategija
Po en korak.
Prispevek
Povezuje kraj.
Dobre prakse
Mentor – Portamira
Hodita v dvoje.
Programi usposabljanja
Prvi koraki
2 modula, 10 ur",
    ),
    (
        "Prakse in dogodki brez mreže",
        "[Dogodki]
Kdaj | Kaj | Kje | Udeleženci | Stanje
2. 4. 2025 | Sejem dela (konferenca) | Hala A |  | načrtovan",
    ),
    (
        "Kako so se organizacije pridružile",
        "Izrazi interesa: 2
od tega po dogodku: 1
od tega zdaj člani: 1
Člani brez zabeleženega izraza interesa: 2
[Kako so se organizacije pridružile]
Organizacija | Mreža | Dogodek | Interes prejet | Stanje | Član od
Portamira | Mreža Lunavena | Srečanje v Padovi | 20. 2. 2025 | sprejeto | 15. 3. 2025
Valombrune | Mednarodna mreža | ni zabeležen | 3. 3. 2025 | prejeto | 
Od dogodka prek izraza interesa do članstva.",
    ),
    (
        "Koledar dogodkov",
        "[februar 2025]
Kdaj | Kaj | Kje | Udeleženci | Stanje
11. 2. 2025 | Srečanje v Padovi (fokusna skupina) | Sala Rossa | 14 | izveden
[april 2025]
Kdaj | Kaj | Kje | Udeleženci | Stanje
2. 4. 2025 | Sejem dela (konferenca) | Hala A |  | načrtovan",
    ),
    (
        "Stiki",
        "[Koordinatorji mrež]
Organizacija | Kraj | E-pošta | Telefon | Spletna stran
Portamira | Padova, Italija | info@portamira.example | +39 049 1234 | https://portamira.example/chi-siamo/
Zavod Brezmir | Koper, Slovenija | pisarna@brezmir.example |  | 
Naslovi služb, kot jih navajajo zapisi organizacij; brez osebnih stikov.",
    ),
    (
        "Slike v obliki tabel",
        "[Tabela mrež]
Mreža | Raven | Država | Organizacije | V več mrežah | Skupne organizacije (mreža: koliko)
1. Mednarodna mreža | mednarodna |  | 1 | 1 | 2: 1
2. Mreža Lunavena | lokalna, sektorska | Italija | 2 | 1 | 1: 1
[Tabela organizacij]
Organizacija | Kraj | Ciljne skupine | Mreže (po številki) | Lega na karti
Portamira | Padova, Italija | priseljenci, mladi | 1, 2 | 45.410, 11.890
Valombrune | Lyon, Francija |  |  | 
Zavod Brezmir | Koper, Slovenija | priseljenci | 2 | ",
    ),
    (
        "Stanje podatkov po partnerjih",
        "[Stanje podatkov po partnerjih]
Partner | Zapisi | Zadnja prejeta sprememba | Zadnji stik | Znano manjkajoče
Ožara | 16 | DAY | je sestavil pregled | nič
Pregled kaže, kar je hranilo vozlišče, ki ga je sestavilo. Kar je partner vnesel po zadnjem stiku, ni zajeto.",
    ),
    ("Slike", ""),
];

/// A part as [`ITALIAN`] has it; of the parts with pictures and numbers the tables alone, without rows of nothing but 0.
fn outline(part: &Part) -> String {
    let mut out: Vec<String> = part.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    for (caption, rows) in &part.tables {
        out.push(format!("[{caption}]"));
        let says = |row: &&Vec<String>| row[1..].iter().any(|cell| cell != "0");
        out.extend(rows.iter().filter(says).map(|row| row.join(" | ")));
    }
    if !["Immagini", "Slike", "Il partenariato in cifre", "Partnerstvo v številkah"].contains(&part.title.as_str()) {
        out.extend(part.lines.clone());
    }
    out.join("\n")
}

/// Two networks of two reaches, three organisations, and all that happens between them.
async fn partnership(secret: u8) -> TestNode {
    let node = start(secret, "Ožara", "SI", false);
    let organisation = async |fields: Value| node.add("organisation", fields).await;
    let portamira = organisation(json!({
        "name": "Portamira", "city": "Padova", "country": "IT", "email": "info@portamira.example",
        "phone": "+39 049 1234", "website": "https://portamira.example/chi-siamo/", "target_groups": ["youth", "migrants"],
        "position": {"lat": 45.41, "lon": 11.89, "precision": "city"},
    }))
    .await;
    let brezmir = organisation(json!({
        "name": "Zavod Brezmir", "city": "Koper", "country": "SI", "email": "pisarna@brezmir.example",
        "target_groups": ["migrants"],
    }))
    .await;
    let valombrune = organisation(json!({"name": "Valombrune", "city": "Lyon", "country": "FR"})).await;
    let international = node
        .add(
            "network",
            json!({
                "name": {"it": "Rete internazionale", "sl": "Mednarodna mreža"}, "levels": ["international"],
                "vision": {"it": "Una società inclusiva.", "sl": "Vključujoča družba."},
                "strategy": {"sl": "Korak za korakom."}, "original_language": "sl", "target_groups": ["youth"],
                "contribution": {"it": "Unisce tre Paesi.", "sl": "Povezuje tri države."}, "coordinators": [brezmir],
            }),
        )
        .await;
    let local = node
        .add(
            "network",
            json!({
                "name": {"it": "Rete Lunavena", "sl": "Mreža Lunavena"}, "levels": ["local", "sectoral"], "country": "IT",
                "description": {"it": "Nata da un tavolo.", "sl": "Nastala za mizo."}, "since": "2024-03",
                "vision": {"it": "Lavoro vicino a casa.", "sl": "Delo blizu doma."},
                "strategy": {"it": "Un passo alla volta.", "sl": "Po en korak."},
                "contribution": {"it": "Mette insieme il territorio.", "sl": "Povezuje kraj."},
                "target_groups": ["disability"], "links": ["https://lunavena.example"], "coordinators": [portamira],
            }),
        )
        .await;
    let join = async |organisation: &str, network: &str, role: &str, more: Value| {
        let mut fields = json!({"organisation": organisation, "network": network, "role": role});
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        node.add("membership", fields).await
    };
    join(&brezmir, &local, "observer", json!({"since": "2024-12-15"})).await;
    join(&portamira, &local, "member", json!({"since": "2025-03-15"})).await;
    join(&portamira, &international, "coordinator", json!({})).await;
    join(&valombrune, &local, "member", json!({"since": "2024-12-01", "until": "2024-12-31"})).await;
    let focus = node
        .add(
            "event",
            json!({
                "title": {"it": "Incontro a Padova", "sl": "Srečanje v Padovi"}, "type": "focus_group", "state": "held",
                "networks": [local], "place": "Sala Rossa", "attendance": 14, "country": "IT",
                "when": {"start": "2025-02-11T09:00", "end": "2025-02-11T12:00", "tzid": "Europe/Rome"},
            }),
        )
        .await;
    node.add(
        "event",
        json!({
            "title": {"it": "Fiera del lavoro", "sl": "Sejem dela"}, "type": "conference", "state": "planned",
            "place": "Hala A", "country": "SI", "when": {"start": "2025-04-02", "end": "2025-04-03"},
        }),
    )
    .await;
    let practice = json!({
        "title": {"it": "Mentore", "sl": "Mentor"}, "state": "published", "network": local, "country": "IT",
        "implementing_organisation": portamira, "summary": {"it": "Si cammina in due.", "sl": "Hodita v dvoje."},
    });
    node.add("practice", practice).await;
    node.add("practice", json!({"title": {"it": "Bozza segreta"}, "state": "draft", "network": local})).await;
    let programme = json!({
        "title": {"it": "Primi passi", "sl": "Prvi koraki"}, "networks": [local],
        "modules": [{"title": {"it": "Uno"}, "hours": 4}, {"title": {"it": "Due"}, "hours": 6}],
    });
    node.add("programme", programme).await;
    for (organisation, network, event, steps) in [
        (
            &portamira,
            &local,
            Some(&focus),
            json!([{"to": "received", "at": "2025-02-20"}, {"to": "accepted", "at": "2025-03-01"}]),
        ),
        (&valombrune, &international, None, json!([{"to": "received", "at": "2025-03-03"}])),
    ] {
        let mut fields = json!({"organisation": organisation, "network": network, "transitions": steps});
        if let (Some(event), Some(fields)) = (event, fields.as_object_mut()) {
            fields.insert("origin_event".into(), json!(event));
        }
        node.add("interest", fields).await;
    }
    node
}

async fn written(node: &TestNode, language: &str, format: &str) -> String {
    let got = node.call("GET", &format!("/api/v1/report?language={language}&format={format}"), None).await;
    assert_eq!(got.status, StatusCode::OK, "{}", got.text);
    got.text
}

#[tokio::test]
async fn every_part_says_what_the_records_say() {
    let node = partnership(210).await;
    let newest = node.call("GET", "/api/v1/figures", None).await.json()["as_of"].as_str().unwrap().to_owned();
    let [year, month, day] = [&newest[..4], &newest[5..7], &newest[8..]];
    let number = |text: &str| text.trim_start_matches('0').to_owned();
    let days = [format!("{day}/{month}/{year}"), format!("{}. {}. {year}", number(day), number(month))];
    for ((language, expected), today) in [("it", &ITALIAN), ("sl", &SLOVENE)].into_iter().zip(&days) {
        for format in ["html", "md"] {
            let survey = read(format, &written(&node, language, format).await);
            for (title, said) in expected {
                let mut said = said.replace("DAY", today);
                if format == "html" {
                    // What reads better on a page: addresses without what each begins with, and whose language it is.
                    said = said.replace("https://portamira.example/chi-siamo/", "portamira.example/chi-siamo");
                    said = said.replace("https://lunavena.example", "lunavena.example");
                }
                if (format, language) == ("html", "it") {
                    said = said.replace("Korak za korakom.", "Korak za korakom. [testo in sloveno]");
                }
                assert_eq!(outline(survey.part(title)), said, "{title} in {language}, {format}");
            }
            let known: Vec<&str> = expected.iter().map(|(title, _)| *title).collect();
            let more: Vec<&str> =
                survey.titles(2).into_iter().chain(survey.titles(3)).filter(|t| !known.contains(t)).collect();
            // What the networks have in common is a heading over them.
            assert_eq!(more, [if language == "it" { "Le reti" } else { "Mreže" }], "and there is no other part");
        }
    }
}

#[tokio::test]
async fn the_sections_stand_in_their_order_and_the_contents_lead_to_each() {
    let node = partnership(213).await;
    for language in ["it", "sl", "fr", "en"] {
        let html = written(&node, language, "html").await;
        let survey = read("html", &html);
        let sections: Vec<&str> = survey.0.iter().filter(|part| part.level == 2).map(|part| part.id.as_str()).collect();
        assert_eq!(sections, SECTIONS, "{language}");
        let nav = html.split("<nav").nth(1).and_then(|rest| rest.split("</nav>").next()).expect("contents");
        let led: Vec<&str> = nav.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all: Vec<&str> = survey.0.iter().map(|part| part.id.as_str()).collect();
        assert_eq!(led, all, "{language}: the contents have every part in its place");
        let markdown = read("md", &written(&node, language, "md").await);
        for level in [2, 3] {
            assert_eq!(survey.titles(level), markdown.titles(level), "{language}: in Markdown the same ones");
        }
    }
}
