//! Partners and registers as people name them.

use crate::i18n::Lang;
use comin_protocol::ids::{PartnerId, RegisterId};
use comin_protocol::roster::{Partner, Register, RegisterKind, Roster};

/// A name or beginning of an id that does not say which one is meant.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Ambiguous {
    /// Nothing has this name.
    #[error("{0} not found")]
    None(String),
    /// Several have it.
    #[error("{0} could mean several; write more of the id")]
    Several(String),
}

/// Shortest beginning of an id that is taken as one: shorter ones are typing errors.
const PREFIX_MIN: usize = 4;

fn one<'a, T>(text: &str, mut found: impl Iterator<Item = &'a T>) -> Result<Option<&'a T>, Ambiguous> {
    let first = found.next();
    if found.next().is_some() { Err(Ambiguous::Several(text.to_owned())) } else { Ok(first) }
}

fn is_prefix(text: &str, id: &str) -> bool {
    text.len() >= PREFIX_MIN && id.starts_with(&text.to_ascii_lowercase())
}

/// The register that `text` names: `own`, `internal`, a shared register's name, the name of a partner (its
/// partner register), or an unambiguous beginning of an id.
///
/// # Errors
/// [`Ambiguous`].
pub fn find_register<'a>(roster: &'a Roster, own: &PartnerId, text: &str) -> Result<&'a Register, Ambiguous> {
    let missing = || Ambiguous::None(format!("register {text}"));
    let by_id = |id: RegisterId| roster.registers.get(&id).ok_or_else(missing);
    match text {
        "own" => return by_id(RegisterId::partner(own)),
        "internal" => return by_id(RegisterId::internal(own)),
        _ => {}
    }
    if let Some(id) = RegisterId::from_hex(text) {
        return by_id(id);
    }
    let folded = super::fold(text);
    let named = |r: &&Register| r.kind != RegisterKind::Internal && super::fold(&r.name) == folded;
    if let Some(register) = one(text, roster.registers.values().filter(named))? {
        return Ok(register);
    }
    let begins = |r: &&Register| is_prefix(text, &r.id.to_string());
    one(text, roster.registers.values().filter(begins))?.ok_or_else(missing)
}

/// The partner that `text` names, by name or an unambiguous beginning of its id.
///
/// # Errors
/// [`Ambiguous`].
pub fn find_partner<'a>(roster: &'a Roster, text: &str) -> Result<&'a Partner, Ambiguous> {
    let folded = super::fold(text);
    if let Some(partner) = one(text, roster.partners.values().filter(|p| super::fold(&p.name) == folded))? {
        return Ok(partner);
    }
    one(text, roster.partners.values().filter(|p| is_prefix(text, &p.id.to_string())))?
        .ok_or_else(|| Ambiguous::None(format!("partner {text}")))
}

/// What a register is called on pages.
pub fn register_label(lang: Lang, roster: &Roster, own: &PartnerId, id: &RegisterId) -> String {
    if roster.persons.contains_key(id) {
        return lang.text("register-person");
    }
    let Some(register) = roster.registers.get(id) else { return id.short() };
    let mine = register.owner.as_ref() == Some(own);
    match register.kind {
        RegisterKind::Partner if mine => lang.text("register-own"),
        RegisterKind::Partner => lang.text_with("register-partner", &[("name", register.name.as_str().into())]),
        RegisterKind::Internal => lang.text("register-internal"),
        RegisterKind::Shared => register.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comin_protocol::statement::Writers;

    fn roster() -> (Roster, PartnerId) {
        let own = PartnerId([1; 32]);
        let mut roster = Roster::default();
        let mut add = |id, kind, name: &str, owner| {
            let register = Register {
                id,
                kind,
                name: name.into(),
                owner,
                writers: Writers::All,
                writers_number: 0,
                ever_writers: Writers::All,
            };
            roster.registers.insert(id, register);
        };
        add(RegisterId::partner(&own), RegisterKind::Partner, "Veneto Lavoro", Some(own));
        add(RegisterId::internal(&own), RegisterKind::Internal, "Veneto Lavoro", Some(own));
        add(RegisterId([0xab; 32]), RegisterKind::Shared, "Mreža Slovenija", None);
        let mut near = [0xab; 32];
        near[31] = 0;
        add(RegisterId(near), RegisterKind::Shared, "Rete Italia", None);
        (roster, own)
    }

    #[test]
    fn finds_registers_by_word_name_and_beginning() {
        let (roster, own) = roster();
        let find = |text: &str| find_register(&roster, &own, text).map(|r| r.id);
        assert_eq!(find("own"), Ok(RegisterId::partner(&own)), "the partner register");
        assert_eq!(find("internal"), Ok(RegisterId::internal(&own)), "the internal one");
        assert_eq!(find("mreza slovenija"), Ok(RegisterId([0xab; 32])), "case and accents do not matter");
        assert_eq!(find("Veneto Lavoro"), Ok(RegisterId::partner(&own)), "a partner's name means its partner register");
        assert!(matches!(find("abab"), Err(Ambiguous::Several(_))), "two ids begin so");
        assert!(matches!(find("ab"), Err(Ambiguous::None(_))), "too short to be meant as an id");
        assert_eq!(find(&RegisterId([0xab; 32]).to_string()), Ok(RegisterId([0xab; 32])), "the whole id");
    }
}
