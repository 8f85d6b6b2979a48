//! What waits for people: in words, and for programs.

use crate::i18n::Lang;
use comin_protocol::engine::Status;
use comin_protocol::ids::{PartnerId, PartnerKey};
use comin_protocol::roster::{CarriedOver, OpenDraft, Roster};
use comin_protocol::statement::{Statement, Writers};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The names of partners, with commas between.
pub fn names<'a>(roster: &Roster, partners: impl IntoIterator<Item = &'a PartnerId>) -> String {
    partners.into_iter().map(|id| roster.name_of(id)).collect::<Vec<_>>().join(", ")
}

/// Partners with id and name, for programs.
pub fn named<'a>(roster: &Roster, partners: impl IntoIterator<Item = &'a PartnerId>) -> Value {
    partners.into_iter().map(|id| json!({"id": id, "name": roster.name_of(id)})).collect()
}

/// A whole key as people read it out: 64 hex digits in groups of four.
pub fn key_digits(key: &PartnerKey) -> String {
    let digits: Vec<char> = key.to_string().chars().collect();
    digits.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// A key as people compare it: the first 32 hex digits.
pub fn key_words(key: &PartnerKey) -> String {
    key_digits(key).chars().take(8 * 5 - 1).collect()
}

/// What a draft says, in one sentence.
pub fn describe(lang: Lang, roster: &Roster, statement: &Statement) -> String {
    let text = |key: &str, name: &str, more: &str| {
        lang.text_with(&format!("draft-{key}"), &[("name", name.into()), ("more", more.into())])
    };
    let writing = |writers: &Writers| match writers {
        Writers::All => lang.text("draft-all"),
        Writers::Partners(partners) => names(roster, partners),
    };
    match statement {
        Statement::Admission { name, country, .. } => text("admission", name, country),
        Statement::SharedRegister { name, writers, .. } => text("shared-register", name, &writing(writers)),
        Statement::RegisterWriters { register, writers, .. } => {
            let name = roster.registers.get(register).map_or_else(|| register.short(), |r| r.name.clone());
            text("register-writers", &name, &writing(writers))
        }
        Statement::Stewards { stewards, .. } => text("stewards", &names(roster, stewards.keys()), ""),
        Statement::Removal { partner, .. } => text("removal", &roster.name_of(partner), ""),
        Statement::Rekeying { partner, new, .. } => text("rekeying", &roster.name_of(partner), &key_words(new)),
        other => other.kind().to_owned(),
    }
}

/// How far a draft is, in one word.
pub fn state(draft: &OpenDraft) -> &'static str {
    match () {
        () if draft.is_refused() => "refused",
        () if draft.dormant => "dormant",
        () => "open",
    }
}

/// A draft for programs.
pub fn draft_json(status: &Status, draft: &OpenDraft, lang: Lang) -> Value {
    let roster = &status.roster;
    json!({
        "id": draft.id, "kind": draft.statement.kind(), "text": describe(lang, roster, &draft.statement),
        "state": state(draft), "awaits_you": status.awaits_me(draft), "majority": draft.majority,
        "signed_by": named(roster, &draft.signed_by), "missing": named(roster, &draft.missing),
        "refused_by": named(roster, &draft.refused_by), "kept_by": named(roster, &draft.kept_by),
    })
}

/// A federation that carries over this one, in one sentence.
pub fn describe_carried_over(lang: Lang, roster: &Roster, founded: &CarriedOver) -> String {
    let args = [("name", founded.name.as_str().into()), ("founder", roster.name_of(&founded.founder).into())];
    lang.text_with("carried-over", &args)
}

/// What of this federation's decisions that one does not carry over, each in one sentence.
pub fn left_behind(lang: Lang, roster: &Roster, founded: &CarriedOver) -> Vec<String> {
    founded.left.iter().map(|(_, statement)| describe(lang, roster, statement)).collect()
}

/// A federation that carries over this one, for programs.
pub fn carried_over_json(status: &Status, founded: &CarriedOver, lang: Lang) -> Value {
    let roster = &status.roster;
    json!({
        "id": founded.id, "kind": "carry-over", "text": describe_carried_over(lang, roster, founded),
        "name": founded.name, "founder": {"id": founded.founder, "name": roster.name_of(&founded.founder)},
        "has_us": founded.has_us, "left": left_behind(lang, roster, founded),
    })
}

/// How many things wait for this node's user: check numbers to compare, drafts to sign, and federations to go along to.
pub fn waiting(status: &Status) -> usize {
    let drafts = status.drafts.iter().filter(|draft| status.awaits_me(draft)).count();
    status.approvals.len() + drafts + status.carried_over.len()
}

/// Who of the stewards has not signed, in words; empty where nobody is waited for.
pub fn waits_for(roster: &Roster, draft: &OpenDraft) -> String {
    let open: BTreeSet<PartnerId> = draft.missing.difference(&draft.refused_by).copied().collect();
    names(roster, &open)
}
