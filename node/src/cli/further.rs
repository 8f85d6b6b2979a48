//! `init --further`: a further machine of a partner, certified by another one that has the admin right.

use super::args::InitArgs;
use super::error::{CliError, CliResult};
use super::init::device_name;
use super::output::Output;
use comin_node::datadir::{self, DataDir, DataDirError, Settings, quoted};
use comin_node::setup::language_of;
use comin_node::store::{self, Store};
use comin_protocol::engine::Write;
use comin_protocol::identity::DeviceSigner;
use comin_protocol::limits::ARMOR_TEXT_BYTES_MAX;
use comin_protocol::machine::{MachineCertificate, MachineRequest};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// Runs the verb: first it asks, and with the certificate it sets the machine up.
pub fn run(dir: &DataDir, args: &InitArgs, out: &Output) -> CliResult {
    if dir.is_initialised() {
        return Err(DataDirError::Initialised(dir.path().to_owned()).into());
    }
    match &args.certified {
        None => ask(dir, args, out),
        Some(certificate) => set_up(dir, args, &given(certificate)?, out),
    }
}

fn ask(dir: &DataDir, args: &InitArgs, out: &Output) -> CliResult {
    let name = device_name(args)?;
    // Who asks again asks with the same key: a certificate that is under way still fits.
    let signer = match dir.signer() {
        Err(DataDirError::Uninitialised(_)) => {
            dir.create()?;
            let signer = DeviceSigner::from_secret(&datadir::random()?);
            dir.write_signer(&signer)?;
            signer
        }
        other => other?,
    };
    let request = MachineRequest::new(&signer, &name).to_text();
    if out.json {
        out.object(json!({"device": signer.key(), "name": name, "request": request}));
    } else {
        out.line(&request);
        out.line("");
        out.say("cli-further-asks", &[]);
        out.say("cli-further-then", &[("dir", quoted(dir.path()).into())]);
    }
    Ok(())
}

fn set_up(dir: &DataDir, args: &InitArgs, certificate: &str, out: &Output) -> CliResult {
    let first =
        "ask first: comin init --further, and let another machine certify what it prints: comin devices add REQUEST";
    let signer = match dir.signer() {
        Err(DataDirError::Uninitialised(_)) => return Err(CliError::new("this machine has not asked yet").hint(first)),
        other => other?,
    };
    let read = MachineCertificate::parse(certificate).and_then(|certificate| certificate.accept(&signer));
    let accepted =
        read.map_err(|error| CliError::new(format!("the certificate cannot be used: {error}")).hint(first))?;
    let language = args.language.clone().unwrap_or_else(|| language_of(&accepted.country).to_owned());
    dir.api_token()?;
    let store = store::open_sled(&dir.store(), Duration::ZERO)?;
    let writes = accepted.statements.into_iter().map(|signed| Write::PutStatement(signed.id(), signed));
    store.commit(&[writes.collect()])?;
    drop(store);
    let (name, country) = (accepted.partner_name.as_str(), accepted.country.as_str());
    dir.write_settings(&Settings::new(&accepted.partner, name, country, &language, &accepted.device_name))?;
    if out.json {
        out.object(json!({
            "partner": accepted.partner, "name": name, "country": country, "language": language,
            "device": accepted.device_name, "data_dir": dir.path(),
        }));
    } else {
        out.say("cli-further-done", &[("name", name.into()), ("device", accepted.device_name.as_str().into())]);
        out.say("cli-further-join", &[("dir", quoted(dir.path()).into())]);
    }
    Ok(())
}

/// A text as people hand it over: itself, or in a file.
///
/// # Errors
/// The file cannot be read, or is too long for any such text.
pub fn given(text: &str) -> CliResult<String> {
    let path = Path::new(text);
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() && file.len() <= ARMOR_TEXT_BYTES_MAX as u64 => {
            std::fs::read_to_string(path).map_err(|error| CliError::new(format!("{}: {error}", path.display())))
        }
        Ok(_) => Err(CliError::new(format!("{} holds no such text", path.display()))
            .hint("name the file that was handed over, or paste its text")),
        Err(_) => Ok(text.to_owned()),
    }
}
