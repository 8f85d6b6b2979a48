//! The other way: a workbook that openpyxl makes is imported.

use super::foreign::{python, run};
use super::scene::Machine;
use serde_json::Value;
use std::process::Command;

/// Two sheets; titles over merged cells, a day of its own type, a number for a telephone, an empty row, a formula, and
/// something beside the columns.
const WORKBOOK: &str = r#"
import datetime, openpyxl, sys
book = openpyxl.Workbook()
book.active.title = "Istruzioni"
book.active["A1"] = "nome"
sheet = book.create_sheet("Enti")
sheet.merge_cells("A1:H1")
sheet["A1"] = "Elenco degli enti della rete"
sheet["A2"], sheet["B2"] = "Aggiornato al", datetime.date(2026, 10, 1)
for row in [
    [],
    ["Ragione sociale", "Città", "Paese", "Telefono", "Verificato", "Lat", "Lon", "Destinatari", "Note"],
    ["Cooperativa Lunavena", "Padova", "Italia", 390498001122, datetime.date(2026, 10, 5), 45.41, 11.88, "giovani, immigrati", "x"],
    [None],
    ["Društvo Šentvid", "Ljubljana", "Slovenija", "+386 1 5550142", datetime.datetime(2026, 9, 1), None, None, "invalidi in osebe z ovirami", None, "y"],
    ["Alfa Beta", "Lyon", "France", "04 55", "12.03.2025", None, None, "=A1"],
]:
    sheet.append(row)
book.save(sys.argv[1])
"#;

#[test]
fn a_workbook_of_another_program_is_imported() {
    let machine = Machine::empty();
    run(Command::new(python()).args(["-c", WORKBOOK]).arg(machine.path("enti.xlsx")));
    let json = |args: &[&str]| -> Value { serde_json::from_str(&machine.comin(args)).expect("JSON") };
    let import = || json(&["--json", "import", "enti.xlsx", "--kind", "organisation"]);
    let report = import();
    assert_eq!(
        (&report["added"], &report["file"]["sheet"]),
        (&3.into(), &"Enti".into()),
        "of the sheet that has a header"
    );
    assert_eq!(report["file"]["header_row"], 4, "below its titles: {report}");
    assert_eq!(report["not_taken"], serde_json::json!(["Note", "column 10"]), "what is not taken is told");
    let list = json(&["--json", "organisation", "list"]);
    let of = |name: &str| {
        let record = list["items"].as_array().expect("a list").iter().find(|item| item["title"] == name);
        record.unwrap_or_else(|| panic!("{name} is there"))["values"][0]["fields"].clone()
    };
    let first = of("Cooperativa Lunavena");
    assert_eq!((&first["phone"], &first["last_verified"]), (&"390498001122".into(), &"2026-10-05".into()), "{first}");
    assert_eq!(first["position"]["lon"], 11.88, "numbers as they are");
    let second = of("Društvo Šentvid");
    assert_eq!(
        (&second["last_verified"], &second["target_groups"][0]),
        (&"2026-09-01".into(), &"disability".into()),
        "{second}"
    );
    assert_eq!(of("Alfa Beta")["last_verified"], "2025-03-12", "a day that is a text");
    assert_eq!(import()["unchanged"], 3, "a second run changes nothing");
}
