//! `init`: keys, settings, recovery kit, and the partner's own organisation record.

use super::args::InitArgs;
use super::error::{CliError, CliResult, Exit};
use super::output::Output;
use comin_node::datadir::{self, DataDir, Settings, quoted};
use comin_node::helper::HelperCommand;
use comin_node::runtime::{Node, NodeConfig};
use comin_node::store::{self, Store};
use comin_protocol::engine::{Command, Edit, Target, Write};
use comin_protocol::identity::{DeviceSigner, PartnerSigner};
use comin_protocol::kit::RecoveryKit;
use comin_protocol::record::FieldChange;
use comin_protocol::schema;
use comin_protocol::statement::{Rights, SignedStatement, is_country, is_name};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

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
    let language = args.language.clone().unwrap_or_else(|| language_of(&country).to_owned());
    let partner = PartnerSigner::from_secret(&datadir::random()?);
    let device = device_name(args)?;
    let kit = RecoveryKit { partner, name, country, device: device.clone(), of: None };
    let kit_path = kit_path(dir, args, &kit.name)?;
    datadir::write_secret_once(&kit_path, &kit.to_text()).map_err(|error| kit_error(&kit_path, error))?;
    if let Err(error) = set_up(dir, &kit, &device, &language, true) {
        // Nothing was certified by this key that anyone could have seen: without the kit a second try is clean.
        let _ = std::fs::remove_file(&kit_path);
        clear(dir);
        return Err(error);
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
    let language = args.language.clone().unwrap_or_else(|| language_of(&kit.country).to_owned());
    let device = device_name(args)?;
    if let Err(error) = set_up(dir, &kit, &device, &language, false) {
        clear(dir);
        return Err(error);
    }
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

/// The language that most people of a country would expect.
pub fn language_of(country: &str) -> &'static str {
    match country {
        "IT" => "it",
        "SI" => "sl",
        "FR" => "fr",
        _ => "en",
    }
}

/// The machine's name for people.
pub fn device_name(args: &InitArgs) -> CliResult<String> {
    // Linux's own name for the machine; where it cannot be read any name will do.
    let host = || std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_else(|_| "server".to_owned());
    let name = args.device.clone().unwrap_or_else(host).trim().to_owned();
    if is_name(&name) {
        Ok(name)
    } else {
        Err(CliError::usage("the machine's name has 1 to 200 bytes").hint("--device NAME"))
    }
}

fn kit_path(dir: &DataDir, args: &InitArgs, name: &str) -> CliResult<PathBuf> {
    let slug: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let path = args.kit.clone().unwrap_or_else(|| PathBuf::from(format!("{}-recovery-kit.txt", slug.to_lowercase())));
    outside(dir, &path)
}

/// The path of a recovery kit, which must not lie in the data directory.
pub fn outside(dir: &DataDir, path: &Path) -> CliResult<PathBuf> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| {
        let hint = "name a directory that exists: --kit FILE";
        path.canonicalize().map_err(|cause| CliError::new(format!("{}: {cause}", path.display())).hint(hint))
    };
    if real(parent)?.starts_with(real(dir.path())?) {
        return Err(CliError::usage("the recovery kit would lie in the data directory, where a lost disk takes both")
            .hint("name another place, such as a stick: --kit /media/stick/kit.txt"));
    }
    // INVARIANT: a path with a parent directory has a last component; `..` would have no file name.
    let file = path.file_name().ok_or_else(|| CliError::usage("--kit names a directory"))?;
    Ok(real(parent)?.join(file))
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

/// Makes the device key and its certificate, stores both, and closes with the settings.
fn set_up(dir: &DataDir, kit: &RecoveryKit, device: &str, language: &str, with_record: bool) -> CliResult {
    let signer = DeviceSigner::from_secret(&datadir::random()?);
    let names = (kit.name.as_str(), kit.country.as_str(), device);
    let certificate = SignedStatement::certificate_of(kit.partner_id(), &kit.partner, &signer, Rights::ALL, names);
    dir.write_signer(&signer)?;
    dir.api_token()?;
    let store = store::open_sled(&dir.store(), Duration::ZERO)?;
    store.commit(&[vec![Write::PutStatement(certificate.id(), certificate)]])?;
    if with_record {
        add_own_organisation(Arc::new(store), &signer, kit, language)?;
    }
    dir.write_settings(&Settings::new(&kit.partner_id(), &kit.name, &kit.country, language, device))?;
    Ok(())
}

/// The record to which memberships of this partner refer.
fn add_own_organisation(store: Arc<dyn Store>, signer: &DeviceSigner, kit: &RecoveryKit, language: &str) -> CliResult {
    let helper = HelperCommand::own().map_err(|error| CliError::new(error.to_string()))?;
    let config = NodeConfig { signer: signer.clone(), net: None, helper };
    let (handle, node) = Node::start(config, store)?;
    let mut changes = schema::kind("organisation").map_or_else(Vec::new, |kind| schema::new_record(kind, language));
    changes.extend([FieldChange::put("name", kit.name.as_str()), FieldChange::put("country", kit.country.as_str())]);
    let target = Target::New { register: None, kind: "organisation".to_owned() };
    let command = Command::Edit(vec![Edit { target, changes, if_version: None }]);
    let answer = super::block_on(handle.command(command))?;
    drop(handle);
    node.stop();
    answer.map(|_| ()).map_err(|error| CliError::new(format!("the partner's own record was not made: {error}")))
}

/// Removes what a failed `init` left, so that the next try finds an empty directory.
fn clear(dir: &DataDir) {
    for file in ["device.key", "api-token"] {
        let _ = std::fs::remove_file(dir.path().join(file));
    }
    let _ = std::fs::remove_dir_all(dir.store());
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
