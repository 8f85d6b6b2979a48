//! `users` and `tls`: who signs in over the office network, and what browsers there trust.

use super::args::{RoleArg, TlsVerb, UsersVerb};
use super::client::{Client, encoded};
use super::error::{CliError, CliResult, Exit};
use super::members::{list, text};
use super::output::Output;
use comin_node::config::{Config, OFFICE_PORT};
use comin_node::datadir::DataDir;
use comin_node::office::{Office, OfficeError};
use comin_node::users::{Role, Users};
use hyper::Method;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};

/// `users`.
pub fn users(client: &Client, verb: Option<&UsersVerb>, out: &Output) -> CliResult {
    match verb {
        None | Some(UsersVerb::List) => {
            let row = |user: &Value| vec![text(user, "name"), text(user, "role")];
            list(out, client.get("users")?, row, "cli-no-users")
        }
        Some(UsersVerb::Add { name, role, language }) => {
            let role = match role {
                RoleArg::Admin => Role::Admin,
                RoleArg::Editor => Role::Editor,
            };
            let language = language.map(comin_node::i18n::Lang::code);
            password(&client.post("users", json!({"name": name, "role": role, "language": language}))?, out)
        }
        Some(UsersVerb::Reset { name }) => {
            password(&client.post(&format!("users/{}/reset", encoded(name)), json!({}))?, out)
        }
        Some(UsersVerb::Remove { name }) => {
            let answer = client.send(Method::DELETE, &format!("users/{}", encoded(name)), None, &[])?.json()?;
            if out.json {
                out.object(answer);
            } else {
                out.say("cli-user-removed", &[("name", name.as_str().into())]);
            }
            Ok(())
        }
    }
}

fn password(answer: &Value, out: &Output) -> CliResult {
    if out.json {
        out.object(answer.clone());
        return Ok(());
    }
    out.say("cli-user-password", &[("name", text(answer, "name").into())]);
    out.line(text(answer, "password"));
    Ok(())
}

/// `tls`.
pub fn tls(dir: &DataDir, config: &Config, verb: Option<&TlsVerb>, out: &Output) -> CliResult {
    dir.settings()?;
    match verb {
        Some(TlsVerb::Make { names }) => {
            let office = Office::make(dir, names).map_err(refused)?;
            tell(&office, config, out);
            if !out.json {
                let next = if config.listen.office.is_empty() { "cli-tls-next-listen" } else { "cli-tls-next-start" };
                let address = office.names().iter().find_map(|name| name.parse::<IpAddr>().ok());
                let address = address.map_or_else(
                    || "192.168.1.10".to_owned(),
                    |ip| match ip {
                        IpAddr::V4(ip) => ip.to_string(),
                        IpAddr::V6(ip) => format!("[{ip}]"),
                    },
                );
                out.say(next, &[("address", format!("{address}:{OFFICE_PORT}").into())]);
            }
        }
        None => tell(&made(dir)?, config, out),
        Some(TlsVerb::Show { out: file }) => {
            let office = made(dir)?;
            if let Some(file) = file {
                std::fs::write(file, office.root_pem())
                    .map_err(|error| CliError::new(format!("{}: {error}", file.display())))?;
            }
            tell(&office, config, out);
        }
    }
    Ok(())
}

fn made(dir: &DataDir) -> CliResult<Office> {
    Office::read(dir)?.ok_or_else(no_names)
}

fn no_names() -> CliError {
    CliError::new("this node has no names in the office yet")
        .exit(Exit::Config)
        .hint("comin tls make comin.example.lan 192.168.1.10")
}

fn tell(office: &Office, config: &Config, out: &Output) {
    let port = config.listen.office.first().map_or(OFFICE_PORT, SocketAddr::port);
    let addresses = office.addresses(port);
    if out.json {
        out.object(json!({
            "names": office.names(), "addresses": addresses, "fingerprint": office.fingerprint(),
            "root": office.root_pem(), "listening": config.listen.office,
        }));
        return;
    }
    addresses.iter().for_each(|address| out.line(address));
    out.line(out.t("cli-tls-fingerprint"));
    out.line(office.fingerprint());
}

fn refused(error: OfficeError) -> CliError {
    match error {
        OfficeError::File(error) => error.into(),
        OfficeError::Count | OfficeError::Name(_) => {
            CliError::usage(error.to_string()).hint("comin tls make comin.example.lan 192.168.1.10")
        }
        OfficeError::Certificate(_) => CliError::new(error.to_string()),
    }
}

/// [`entrance`] for those who only look: `run` would start with this configuration.
///
/// # Errors
/// As [`entrance`].
pub fn can_open(dir: &DataDir, config: &Config) -> CliResult<Option<Office>> {
    match config.listen.office.is_empty() {
        true => Ok(None),
        false => entrance(dir, config, &Users::read(dir)?),
    }
}

/// What `run` needs for the office: names, and somebody to sign in. `None`: the configuration names no office.
///
/// # Errors
/// Exit code 78 without users or TLS.
pub fn entrance(dir: &DataDir, config: &Config, users: &Users) -> CliResult<Option<Office>> {
    if config.listen.office.is_empty() {
        return Ok(None);
    }
    let office = Office::read(dir)?.ok_or_else(|| {
        CliError::new("`listen.office` needs TLS, and this node has no names in the office yet")
            .exit(Exit::Config)
            .hint("comin tls make comin.example.lan 192.168.1.10, or leave `listen.office` empty")
    })?;
    office.server().map_err(|error| {
        CliError::new(format!("`listen.office` cannot be served: {error}"))
            .exit(Exit::Config)
            .hint("comin tls make NAME")
    })?;
    if users.is_empty() {
        return Err(CliError::new("`listen.office` needs users, and there are none")
            .exit(Exit::Config)
            .hint("comin users add NAME --role admin, or leave `listen.office` empty"));
    }
    Ok(Some(office))
}
