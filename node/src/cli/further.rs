//! `init --further`: a further machine of a partner, certified by another one that has the admin right.

use super::args::InitArgs;
use super::error::{CliError, CliResult};
use super::init::device_name;
use super::output::Output;
use comin_node::datadir::{DataDir, quoted};
use comin_node::setup;
use comin_protocol::limits::ARMOR_TEXT_BYTES_MAX;
use serde_json::json;
use std::path::Path;

/// Runs the verb: first it asks, and with the certificate it sets the machine up.
pub fn run(dir: &DataDir, args: &InitArgs, out: &Output) -> CliResult {
    match &args.certified {
        None => ask(dir, args, out),
        Some(certificate) => set_up(dir, args, &given(certificate)?, out),
    }
}

fn ask(dir: &DataDir, args: &InitArgs, out: &Output) -> CliResult {
    let asked = setup::ask_further(dir, &device_name(args)?)?;
    let request = asked.to_text();
    if out.json {
        out.object(json!({"device": asked.device, "name": asked.name, "request": request}));
    } else {
        out.line(&request);
        out.line("");
        out.say("cli-further-asks", &[]);
        out.say("cli-further-then", &[("dir", quoted(dir.path()).into())]);
    }
    Ok(())
}

fn set_up(dir: &DataDir, args: &InitArgs, certificate: &str, out: &Output) -> CliResult {
    let accepted = setup::set_up_further(dir, certificate, args.language.as_deref())?;
    let (name, country) = (accepted.partner_name.as_str(), accepted.country.as_str());
    if out.json {
        out.object(json!({
            "partner": accepted.partner, "name": name, "country": country, "language": dir.settings()?.language,
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
