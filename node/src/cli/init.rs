//! `init`: keys, settings, recovery kit, and the partner's own organisation record.

use super::args::InitArgs;
use super::error::{CliError, CliResult, Exit};
use super::output::Output;
use comin_node::datadir::{self, DataDir, quoted};
use comin_node::setup;
use comin_protocol::kit::RecoveryKit;
use comin_protocol::statement::{is_country, is_name};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Runs the verb.
pub fn run(dir: &DataDir, args: &InitArgs, out: &Output) -> CliResult {
    if args.further {
        return super::further::run(dir, args, out);
    }
    dir.create()?;
    match &args.recover {
        Some(path) => recover(dir, args, path, out),
        None => fresh(dir, args, out),
    }
}

fn fresh(dir: &DataDir, args: &InitArgs, out: &Output) -> CliResult {
    let name = args.name.clone().unwrap_or_default().trim().to_owned();
    let country = args.country.clone().unwrap_or_default().to_uppercase();
    check_identity(&name, &country)?;
    let language = args.language.clone().unwrap_or_else(|| setup::language_of(&country).to_owned());
    let device = device_name(args)?;
    let kit = setup::new_kit(name, country, device.clone())?;
    let kit_path = args.kit.clone().unwrap_or_else(|| PathBuf::from(setup::kit_file_name(&kit.name)));
    let kit_path = setup::kit_place(dir, &kit_path)?;
    datadir::write_secret_once(&kit_path, &kit.to_text()).map_err(|error| kit_error(&kit_path, error))?;
    if let Err(error) = setup::set_up(dir, &kit, &device, &language, true) {
        // Nothing was certified by this key that anyone could have seen: without the kit a second try is clean.
        let _ = std::fs::remove_file(&kit_path);
        return Err(error.into());
    }
    report(dir, &kit, (&device, &language), Some(&kit_path), out);
    Ok(())
}

fn recover(dir: &DataDir, args: &InitArgs, path: &Path, out: &Output) -> CliResult {
    let text = datadir::read_text(path)?;
    let kit = RecoveryKit::parse(&text).map_err(|error| {
        CliError::new(format!("{}: {error}", path.display()))
            .hint("compare the file with the printed kit, line by line")
    })?;
    let language = args.language.clone().unwrap_or_else(|| setup::language_of(&kit.country).to_owned());
    let device = device_name(args)?;
    setup::set_up(dir, &kit, &device, &language, false)?;
    report(dir, &kit, (&device, &language), None, out);
    Ok(())
}

fn check_identity(name: &str, country: &str) -> CliResult {
    if !is_name(name) {
        let cause = "a partner's name has 1 to 200 bytes and no control characters";
        return Err(CliError::usage(cause).hint("comin init --name \"PARTNER\" --country CC"));
    }
    if !is_country(country) {
        return Err(
            CliError::usage(format!("{country:?} is no country code")).hint("write two letters, such as --country IT")
        );
    }
    Ok(())
}

/// The machine's name for people.
pub fn device_name(args: &InitArgs) -> CliResult<String> {
    let name = args.device.clone().unwrap_or_else(setup::machine_name).trim().to_owned();
    if is_name(&name) {
        Ok(name)
    } else {
        Err(CliError::usage("the machine's name has 1 to 200 bytes").hint("--device NAME"))
    }
}

/// What to do where a kit cannot be written.
pub fn kit_error(path: &Path, error: datadir::DataDirError) -> CliError {
    match &error {
        datadir::DataDirError::Io { cause, .. } if cause.kind() == std::io::ErrorKind::AlreadyExists => {
            CliError::new(format!("{} is there already and may be the only copy of a key", path.display()))
                .exit(Exit::Conflict)
                .hint("name another file with `--kit FILE`; to use that kit: comin init --recover FILE")
        }
        _ => error.into(),
    }
}

fn report(dir: &DataDir, kit: &RecoveryKit, (device, language): (&str, &str), kit_path: Option<&Path>, out: &Output) {
    if out.json {
        out.object(json!({
            "partner": kit.partner_id().to_string(), "name": kit.name, "country": kit.country,
            "language": language, "device": device, "data_dir": dir.path(), "kit": kit_path,
        }));
        return;
    }
    out.line(format!("{} ({}) is set up on {device}, in {}.", kit.name, kit.country, dir.path().display()));
    if let Some(path) = kit_path {
        out.line(format!("Recovery kit: {}", path.display()));
        out.line("  The only copy of the partner's key. Print it or put it on a stick, then delete it here.");
    } else {
        out.line("This machine has a new certificate of the partner. To meet the others again it needs a ticket:");
        out.line("  comin join TICKET");
    }
    let data_dir = match DataDir::locate(None) {
        Ok(default) if default == *dir => String::new(),
        _ => format!(" --data-dir {}", quoted(dir.path())),
    };
    out.line(format!("Next: comin{data_dir} run, and in another window comin{data_dir} open"));
}
