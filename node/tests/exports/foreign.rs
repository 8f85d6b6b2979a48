//! The foreign programs: Python packages in a virtual environment of their own below the target directory.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// What reads our files, with what it needs itself.
const PACKAGES: [&str; 5] =
    ["openpyxl==3.1.5", "icalendar==6.3.1", "vobject==0.9.9", "networkx==3.4.2", "geojson-pydantic==2.2.0"];

/// Runs a program to its end and gives what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("the program starts");
    assert!(output.status.success(), "{command:?} works: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The interpreter of the environment, which is made once for each set of packages.
pub fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let name = PACKAGES.join("-").replace("==", "-");
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("python-{name}"));
        let whole = dir.join("whole");
        if !whole.exists() {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&dir));
            run(Command::new(dir.join("bin/pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(PACKAGES));
            std::fs::write(whole, "").expect("a file");
        }
        dir.join("bin/python")
    })
}

/// Runs a Python program over a file; it prints one JSON value.
pub fn read(program: &str, file: &Path) -> Value {
    let printed = run(Command::new(python()).arg("-c").arg(program).arg(file).env("PYTHONIOENCODING", "utf-8"));
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"))
}
