//! The recovery kit: the one place where a partner's key lives.
//!
//! A short text file that IT staff print or put on a stick. It outranks every device of the partner.

use comin_protocol::identity::PartnerSigner;
use comin_protocol::ids::{PartnerId, from_hex, tagged_hash, to_hex};

/// What the kit holds.
#[derive(Clone, Debug)]
pub struct Kit {
    /// The partner's key.
    pub signer: PartnerSigner,
    /// The partner's name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47 code of the partner's language.
    pub language: String,
}

/// Why a kit cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KitError {
    /// A line is missing.
    #[error("the recovery kit has no line `{0}:`")]
    Missing(&'static str),
    /// The key was copied wrongly.
    #[error("the key in the recovery kit does not fit its check digits")]
    Altered,
}

fn check_digits(secret: &[u8; 32]) -> String {
    let hash = tagged_hash("comin/kit/1", &[secret]);
    to_hex(&hash).chars().take(8).collect()
}

impl Kit {
    /// The partner's id.
    pub fn partner(&self) -> PartnerId {
        PartnerId::from_first_key(&self.signer.key())
    }

    /// The text to keep.
    pub fn to_text(&self) -> String {
        let secret = self.signer.to_secret();
        format!(
            "COM-IN recovery kit, format 1\n\
             \n\
             This is the only copy of the partner key of {name}.\n\
             Print it or put it on a stick, lock it away, and delete it from this machine.\n\
             Whoever holds it speaks for {name}; without it a lost server cannot be replaced.\n\
             To use it: comin init --recover FILE\n\
             \n\
             partner: {partner}\n\
             name: {name}\n\
             country: {country}\n\
             language: {language}\n\
             key: {key}\n\
             check: {check}\n",
            name = self.name,
            partner = self.partner(),
            country = self.country,
            language = self.language,
            key = to_hex(&secret),
            check = check_digits(&secret),
        )
    }

    /// Reads the text of a kit.
    ///
    /// # Errors
    /// [`KitError`]; the text never repeats the key.
    pub fn parse(text: &str) -> Result<Self, KitError> {
        let line = |name: &'static str| {
            let value = |line: &str| Some(line.trim().strip_prefix(name)?.strip_prefix(':')?.trim().to_owned());
            text.lines().find_map(value).filter(|value| !value.is_empty()).ok_or(KitError::Missing(name))
        };
        let typed = line("key")?.replace(' ', "").to_lowercase();
        let secret = from_hex::<32>(&typed).ok_or(KitError::Altered)?;
        if line("check")?.to_lowercase() != check_digits(&secret) {
            return Err(KitError::Altered);
        }
        Ok(Self {
            signer: PartnerSigner::from_secret(&secret),
            name: line("name")?,
            country: line("country")?,
            language: line("language")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kit() -> Kit {
        Kit {
            signer: PartnerSigner::from_secret(&[3; 32]),
            name: "IRECOOP Veneto".into(),
            country: "IT".into(),
            language: "it".into(),
        }
    }

    #[test]
    fn what_is_printed_can_be_typed_back() {
        let text = kit().to_text();
        let read = Kit::parse(&text.to_uppercase().replace("KEY:", "key:").replace("CHECK:", "check:"));
        assert_eq!(read.err(), Some(KitError::Missing("name")), "keys are read in any case, names of lines are not");
        let read = Kit::parse(&text.replace('\n', "\r\n")).expect("a file from another system reads");
        assert_eq!((read.partner(), read.name), (kit().partner(), kit().name), "the same partner comes back");
    }

    #[test]
    fn a_slip_in_the_key_is_noticed() {
        let text = kit().to_text();
        let altered = text.replace("key: 03", "key: 04");
        assert_ne!(text, altered, "the test alters the key");
        assert_eq!(Kit::parse(&altered).err(), Some(KitError::Altered), "and the kit says so");
    }
}
