//! The message catalogue: every word that people read, in every language of the node.
//!
//! Messages live in `node/locales/<code>/*.ftl` and are part of the binary. A key that a language lacks falls back to
//! English; a test holds the languages to the same keys.

mod number;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

/// The files of a language, by what they are for.
macro_rules! catalogue {
    ($code:literal) => {
        concat!(
            include_str!(concat!("../../locales/", $code, "/node.ftl")),
            "\n",
            include_str!(concat!("../../locales/", $code, "/start.ftl")),
            "\n",
            include_str!(concat!("../../locales/", $code, "/work.ftl")),
        )
    };
}

/// The countries of the partnership, in the order in which they are offered.
pub const COUNTRIES: [&str; 3] = ["SI", "IT", "FR"];

/// A language in which the node speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Lang {
    /// English: the fallback.
    #[default]
    En,
    /// Italian.
    It,
    /// Slovene.
    Sl,
    /// French.
    Fr,
}

impl Lang {
    /// All languages, in the order of the switch.
    pub const ALL: [Self; 4] = [Self::It, Self::Sl, Self::Fr, Self::En];

    /// Its BCP 47 code, as in `lang` attributes and `?lang=`.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::It => "it",
            Self::Sl => "sl",
            Self::Fr => "fr",
        }
    }

    /// Its own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::It => "Italiano",
            Self::Sl => "Slovenščina",
            Self::Fr => "Français",
        }
    }

    /// Reads a code such as `it` or `it-CH`; `None` for a language that the node does not speak.
    pub fn parse(text: &str) -> Option<Self> {
        let primary = text.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.code()))
    }

    /// The best language of an `Accept-Language` header: by weight, of equal weights the first.
    pub fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',').take(ACCEPTED_LANGUAGES_MAX) {
            let mut words = part.split(';');
            let Some(lang) = words.next().and_then(Self::parse) else { continue };
            let weight = words.find_map(|w| w.trim().strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            if weight > 0.0 && best.is_none_or(|(other, _)| weight > other) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => catalogue!("en"),
            Self::It => catalogue!("it"),
            Self::Sl => catalogue!("sl"),
            Self::Fr => catalogue!("fr"),
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 4] = [const { OnceLock::new() }; 4];
        let [en, it, sl, fr] = &BUNDLES;
        let cell = match self {
            Self::En => en,
            Self::It => it,
            Self::Sl => sl,
            Self::Fr => fr,
        };
        cell.get_or_init(|| bundle_of(self.code(), self.source()))
    }

    fn find(self, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        format_in(self.bundle(), key, args)
    }

    /// What stands between a name and what is said of it: French sets the colon apart, on the same line.
    pub fn colon(self) -> &'static str {
        match self {
            Self::Fr => "\u{a0}: ",
            Self::En | Self::It | Self::Sl => ": ",
        }
    }

    /// The message of `key`; of an unknown key, the key itself, so that a gap is seen and nothing breaks.
    pub fn text(self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The message of `key` with its arguments filled in.
    pub fn text_with(self, key: &str, args: &[(&str, Arg)]) -> String {
        self.lookup(key, args).unwrap_or_else(|| key.to_owned())
    }

    /// The message of `key`, or `None` where neither this language nor English has it (codes of a newer version).
    pub fn lookup(self, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        self.find(key, args).or_else(|| Self::En.find(key, args))
    }
}

/// A catalogue that can be asked.
pub(crate) fn bundle_of(code: &str, source: &str) -> FluentBundle<FluentResource> {
    // A faulty line must not silence the others at run time; a test refuses any fault.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    // Never the default: our codes are well formed.
    let identifier: LanguageIdentifier = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
    // Isolation marks would end up in copied text; all our languages run left to right.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(number::formatter(Lang::parse(code).unwrap_or_default())));
    bundle.add_resource_overriding(resource);
    bundle
}

/// The message of `key` with its arguments filled in, if the catalogue has it.
pub(crate) fn format_in(bundle: &FluentBundle<FluentResource>, key: &str, args: &[(&str, Arg)]) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut fluent = FluentArgs::new();
    for (name, arg) in args {
        fluent.set((*name).to_owned(), arg.value());
    }
    Some(bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new()).into_owned())
}

/// Parts of an `Accept-Language` header that are looked at: no browser sends more.
const ACCEPTED_LANGUAGES_MAX: usize = 32;

/// What is filled into a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arg {
    /// A number, which also chooses the plural form.
    Number(u64),
    /// A text.
    Text(String),
}

impl Arg {
    fn value(&self) -> FluentValue<'static> {
        match self {
            Self::Number(number) => FluentValue::from(*number),
            Self::Text(text) => FluentValue::from(text.clone()),
        }
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Arg {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests;
