//! The survey as people print it, and the pictures as browsers draw them.

use super::driver::Browser;
use super::office::{Office, federation};
use serde_json::json;
use std::process::{Command, Stdio};

/// Pairs of texts of a picture that lie on one another, by the boxes that the browser measures.
const OVERLAPS: &str = "
  const texts = [...document.querySelectorAll('text')].map(e => [e.textContent, e.getBoundingClientRect()]);
  const out = [];
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
    const [a, p] = texts[i], [b, q] = texts[j];
    // The boxes hold room above and beneath the letters of which no letter makes use.
    const part = (p.height + q.height) * 0.12;
    if (p.left < q.right && q.left < p.right && p.top + part < q.bottom && q.top + part < p.bottom) out.push(a + ' | ' + b);
  }
  return {texts: texts.length, out};
";

/// An organisation in each of these networks.
async fn organisation(office: &Office, n: usize, networks: &[&str]) {
    let (city, country, position) = [
        ("Koper", "SI", "45.548,13.73;city"),
        ("Padova", "IT", "45.407,11.876;city"),
        ("Lyon", "FR", "45.764,4.836;city"),
    ][n % 3];
    let name = format!("Čebelica sociale {n}");
    let fields = [
        ("name", name.as_str()),
        ("city", city),
        ("country", country),
        ("position", position),
        ("visibility", "public"),
    ];
    let key = office.add("organisation", &fields).await.key.to_string();
    for network in networks {
        office.member(&key, network).await;
    }
}

/// Networks with organisations, every sixth of which is in two.
async fn partnership(office: &Office, organisations: usize) {
    let mut networks = Vec::new();
    for n in 0..6 {
        let name =
            format!("Rete territoriale numero {n} per la promozione dell’occupazione e lo scambio di buone pratiche");
        let level = if n == 0 { "levels/international" } else { "levels/local" };
        let fields = [
            ("name@it", name.as_str()),
            (level, ""),
            ("vision@it", "Una società inclusiva."),
            ("original_language", "it"),
        ];
        networks.push(office.add("network", &fields).await.key.to_string());
    }
    for n in 0..organisations {
        let first = networks[n % networks.len()].as_str();
        let second = networks[(n / 6) % networks.len()].as_str();
        let of: &[&str] = if n % 6 == 0 && first != second { &[first, second] } else { &[first] };
        organisation(office, n, of).await;
    }
}

async fn no_overlaps(browser: &Browser, office: &Office, path: &str, texts_min: u64) {
    browser.open(&office.url(path)).await;
    let seen = browser.run(OVERLAPS).await;
    assert!(seen["texts"].as_u64().is_some_and(|texts| texts >= texts_min), "{path} has its texts: {seen}");
    assert_eq!(seen["out"], json!([]), "{path}: no two of them lie on one another");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_two_labels_of_the_pictures_overlap_in_a_browser() {
    let office = federation(1).await.remove(0);
    let browser = office.browser().await;
    partnership(&office, 30).await;
    no_overlaps(&browser, &office, "/api/v1/graph.svg?language=it", 60).await;
    no_overlaps(&browser, &office, "/api/v1/graph.svg?language=sl&colour=target_group", 60).await;
    no_overlaps(&browser, &office, "/api/v1/map.svg?language=fr", 10).await;
    partnership(&office, 270).await;
    no_overlaps(&browser, &office, "/api/v1/graph.svg?language=en", 300).await;
    no_overlaps(&browser, &office, "/api/v1/map.svg?language=en", 10).await;
    assert_eq!(browser.faults(&office.origin, &[]).await, Vec::<String>::new(), "nothing complains");
}

/// The text of a PDF, where a program that reads it is installed.
fn pdf_text(pdf: &[u8]) -> Option<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("survey.pdf");
    std::fs::write(&file, pdf).expect("a file");
    let output = Command::new("pdftotext").arg("-layout").arg(&file).arg("-").stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn decoded(base64: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u32> = base64.bytes().filter(|c| *c != b'=').map(|c| u32::from(value(c))).collect();
    let bytes = digits.chunks(4).flat_map(|chunk| {
        let bits = (0..4).fold(0, |bits, n| bits << 6 | chunk.get(n).copied().unwrap_or(0));
        bits.to_be_bytes()[1..].iter().copied().take(chunk.len() - 1).collect::<Vec<u8>>()
    });
    bytes.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_survey_prints_to_paper_in_four_languages() {
    let office = federation(1).await.remove(0);
    partnership(&office, 12).await;
    let browser = office.browser().await;
    for (language, title, heading) in [
        ("it", "Reti del partenariato COM-IN", "Visione e strategia comuni"),
        ("sl", "Mreže partnerstva COM-IN", "Skupna vizija in strategija"),
        ("fr", "Réseaux du partenariat COM-IN", "Vision et stratégie communes"),
        ("en", "Networks of the COM-IN partnership", "Common vision and strategy"),
    ] {
        browser.open(&office.url("/survey")).await;
        browser.run(&format!("document.querySelector('#language').value = '{language}'")).await;
        let report = browser.run("return document.querySelector('main form').action").await;
        let report = report.as_str().expect("an address").to_owned();
        browser.open(&format!("{report}?language={language}&format=html")).await;
        browser.until_says(title).await;
        // A style sheet that the policy refused would leave the browser's own border-less tables.
        browser
            .until(
                "its style is in force",
                "getComputedStyle(document.querySelector('main h2')).borderBottomWidth === '3px'",
            )
            .await;
        let drawn = browser.run("return document.querySelectorAll('figure svg[role=img]').length").await;
        assert_eq!(drawn.as_u64(), Some(2), "graph and map are in it");
        let settings = json!({"preferCSSPageSize": true, "printBackground": true});
        let printed = browser.devtools("Page.printToPDF", settings).await;
        let pdf = decoded(printed["data"].as_str().expect("a PDF"));
        assert!(pdf.starts_with(b"%PDF-"), "it is a PDF");
        let raw = String::from_utf8_lossy(&pdf);
        let pages = raw.matches("/Type /Page\n").count();
        assert!((6..40).contains(&pages), "{language}: {pages} pages");
        let seen = match pdf_text(&pdf) {
            Some(text) => text,
            None => {
                let media = json!({"media": "print"});
                browser.devtools("Emulation.setEmulatedMedia", media).await;
                let text = browser.text().await;
                browser.devtools("Emulation.setEmulatedMedia", json!({"media": ""})).await;
                text
            }
        };
        for part in [title, heading, "Una società inclusiva.", "Čebelica sociale 3"] {
            assert!(seen.contains(part), "{language} prints {part}");
        }
    }
    let faults: Vec<String> = browser.faults(&office.origin, &[]).await;
    assert_eq!(faults, Vec::<String>::new(), "no style, script or picture is refused or fetched from elsewhere");
}
