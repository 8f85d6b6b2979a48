//! The recovery kit: a partner's secret key as a text to print and to lock away.
//!
//! It is the only place where the partner key lives. Whoever has the kit can act as the partner, and without
//! it a partner that loses its last device cannot come back under its old name.
//!
//! # Shape
//! Lines that begin with `#` are for people and are skipped; the others together are
//! [`crate::armor`] with the word `comin-kit`.

use crate::armor::{self, ArmorError};
use crate::identity::PartnerSigner;
use crate::ids::PartnerId;
use crate::statement::{is_country, is_name};
use minicbor::{Decode, Encode};
use std::fmt::Write;

/// What every kit's code begins with; then the format's number.
pub const KIT_WORD: &str = "comin-kit";
/// The format's number.
pub const KIT_VERSION: u32 = 1;
/// Letters in a line of the code: short enough to be typed from paper.
const LINE_LETTERS: usize = 48;

/// A partner's secret with what a person needs to recognise it. Debug shows the public key only.
#[derive(Clone, Debug)]
pub struct RecoveryKit {
    /// The partner key.
    pub partner: PartnerSigner,
    /// The partner's name when the kit was written.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The device that wrote the kit, as people call it.
    pub device: String,
    /// Whose key it is, where it took the place of the first one.
    pub of: Option<PartnerId>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Content {
    #[cbor(n(0), with = "minicbor::bytes")]
    secret: [u8; 32],
    #[n(1)]
    name: String,
    #[n(2)]
    country: String,
    #[n(3)]
    device: String,
    #[n(4)]
    of: Option<PartnerId>,
}

/// Why a text is no recovery kit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KitError {
    /// Something else was given.
    #[error("this is not a recovery kit: its code begins with \u{201c}comin-kit1-\u{201d}")]
    NotAKit,
    /// A later version wrote it.
    #[error("the recovery kit was written by a newer version of comin (format {0}); update this node")]
    Newer(u32),
    /// Lines at the end are missing.
    #[error("the recovery kit is incomplete: the end of its code is missing")]
    Truncated,
    /// Letters were changed, added or lost.
    #[error("the recovery kit was altered: the checksum of its code does not fit")]
    Altered,
    /// The checksum fits, the content does not: a faulty program wrote it.
    #[error("the recovery kit's content is not well formed")]
    Malformed,
}

impl From<ArmorError> for KitError {
    fn from(error: ArmorError) -> Self {
        match error {
            ArmorError::Foreign(_) => Self::NotAKit,
            ArmorError::Newer(version) => Self::Newer(version),
            ArmorError::Truncated => Self::Truncated,
            ArmorError::Altered => Self::Altered,
        }
    }
}

impl RecoveryKit {
    /// The partner whose kit it is.
    pub fn partner_id(&self) -> PartnerId {
        self.of.unwrap_or_else(|| PartnerId::from_first_key(&self.partner.key()))
    }

    /// The text to print, with instructions in English and Italian. To be written with mode 0600.
    pub fn to_text(&self) -> String {
        let content = Content {
            secret: self.partner.to_secret(),
            name: self.name.clone(),
            country: self.country.clone(),
            device: self.device.clone(),
            of: self.of,
        };
        let code = armor::encode(KIT_WORD, KIT_VERSION, &crate::codec::to_cbor(&content));
        let mut text = self.instructions();
        for line in code.as_bytes().chunks(LINE_LETTERS) {
            text.extend(line.iter().map(|letter| *letter as char));
            text.push('\n');
        }
        text
    }

    /// Reads a kit's text.
    ///
    /// # Errors
    /// [`KitError`], which names what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, KitError> {
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let bytes = armor::decode(KIT_WORD, KIT_VERSION, &code)?;
        let content: Content = crate::codec::from_cbor(&bytes).map_err(|_| KitError::Malformed)?;
        if !is_name(&content.name) || !is_country(&content.country) || !is_name(&content.device) {
            return Err(KitError::Malformed);
        }
        let partner = PartnerSigner::from_secret(&content.secret);
        let (name, country, device, of) = (content.name, content.country, content.device, content.of);
        Ok(Self { partner, name, country, device, of })
    }

    fn instructions(&self) -> String {
        let mut text = String::new();
        // INVARIANT: writing to a String cannot fail.
        let _ = write!(
            text,
            "\
# COM-IN recovery kit / Kit di recupero COM-IN
#
# {name} ({country}), partner {partner}
# first device / primo dispositivo: {device}
#
# EN  This is your partner's secret key. Print this page, lock it away, and delete the file.
#     Whoever has it can act as your partner. You need it when the last device is lost:
#         comin init --recover FILE
#     Nobody else has a copy and nobody can make you a new one.
#
# IT  Questa è la chiave segreta del vostro partner. Stampate questa pagina, conservatela sotto
#     chiave e cancellate il file. Chi la possiede può agire a nome del vostro partner. Serve
#     quando l'ultimo dispositivo è perso:
#         comin init --recover FILE
#     Nessun altro ne ha una copia e nessuno può farvene una nuova.
#
",
            name = self.name,
            country = self.country,
            partner = self.partner_id().short(),
            device = self.device,
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kit() -> RecoveryKit {
        RecoveryKit {
            partner: PartnerSigner::from_secret(&[7; 32]),
            name: "Zavod Most".into(),
            country: "SI".into(),
            device: "office server".into(),
            of: None,
        }
    }

    #[test]
    fn a_kit_survives_paper() {
        let text = kit().to_text();
        let read = RecoveryKit::parse(&text).expect("it reads back");
        assert_eq!(read.partner.to_secret(), [7; 32], "the secret is the same");
        assert_eq!((read.name.as_str(), read.country.as_str()), ("Zavod Most", "SI"), "so is the partner");
        assert_eq!(read.partner_id(), kit().partner_id(), "and its id");
        let code: String = text.lines().filter(|line| !line.starts_with('#')).map(|l| format!(" {l} \r\n")).collect();
        assert!(RecoveryKit::parse(&code.to_uppercase()).is_ok(), "the code alone, typed in capitals, is enough");
        assert!(text.lines().all(|line| line.chars().count() <= 100), "every line fits on a page");
    }

    #[test]
    fn errors_name_what_is_wrong() {
        let text = kit().to_text();
        let error = |text: &str| RecoveryKit::parse(text).map(|_| ()).unwrap_err();
        assert_eq!(error("comin1-abcdef"), KitError::NotAKit, "a ticket is no kit");
        assert_eq!(error(&text.replace("comin-kit1-", "comin-kit2-")), KitError::Newer(2), "a newer format");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(error(&lines[..lines.len() - 1].join("\n")), KitError::Truncated, "the last line is missing");
        let place = text.find("kit1-").expect("the code") + 20;
        let letter = if &text[place..=place] == "a" { "b" } else { "a" };
        assert_eq!(error(&format!("{}{letter}{}", &text[..place], &text[place + 1..])), KitError::Altered, "a letter");
    }

    #[test]
    fn a_kit_of_a_later_key_names_its_partner() {
        let of = Some(PartnerId([9; 32]));
        let later = RecoveryKit { of, ..kit() };
        let read = RecoveryKit::parse(&later.to_text()).expect("it reads back");
        assert_eq!(read.partner_id(), PartnerId([9; 32]), "the partner is the one of the first key");
        assert_ne!(later.to_text().len(), kit().to_text().len(), "a first kit is as short as ever");
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", kit()).contains("7, 7"), "logs must not leak the key");
    }
}
