//! The languages of the survey: the partnership's four, whatever the pages speak.

use crate::i18n::{Arg, Lang, bundle_of, format_in};
use crate::views::{sort_key, time};
use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use std::sync::OnceLock;

/// A language that the survey is written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// Italian.
    It,
    /// Slovene.
    Sl,
    /// French.
    Fr,
    /// English.
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        Self::parse(lang.code()).unwrap_or(Self::En)
    }
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::It, Self::Sl, Self::Fr, Self::En];

    /// Its BCP 47 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::It => "it",
            Self::Sl => "sl",
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// Its own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::It => "Italiano",
            Self::Sl => "Slovenščina",
            Self::Fr => "Français",
            Self::En => "English",
        }
    }

    /// Reads a code such as `it` or `it-CH`.
    pub fn parse(text: &str) -> Option<Self> {
        let primary = text.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.code()))
    }

    /// The catalogue.
    pub(super) fn source(self) -> &'static str {
        match self {
            Self::It => include_str!("../../locales/report/it.ftl"),
            Self::Sl => include_str!("../../locales/report/sl.ftl"),
            Self::Fr => include_str!("../../locales/report/fr.ftl"),
            Self::En => include_str!("../../locales/report/en.ftl"),
        }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static BUNDLES: [OnceLock<FluentBundle<FluentResource>>; 4] = [const { OnceLock::new() }; 4];
        let [it, sl, fr, en] = &BUNDLES;
        let cell = match self {
            Self::It => it,
            Self::Sl => sl,
            Self::Fr => fr,
            Self::En => en,
        };
        cell.get_or_init(|| bundle_of(self.code(), self.source()))
    }

    /// The message of `key`; the key itself where there is none (a test holds the catalogues to the same keys).
    pub fn phrase(self, key: &str) -> String {
        self.phrase_with(key, &[])
    }

    /// The message of `key` for a number.
    pub fn phrase_n(self, key: &str, n: usize) -> String {
        self.phrase_with(key, &[("n", n.into())])
    }

    /// The message of `key` with its arguments.
    pub fn phrase_with(self, key: &str, args: &[(&str, Arg)]) -> String {
        format_in(self.bundle(), key, args).unwrap_or_else(|| key.to_owned())
    }

    /// A country's name; its code where the catalogue does not know it.
    pub fn country(self, code: &str) -> String {
        match code {
            "" => self.phrase("country-none"),
            code => format_in(self.bundle(), &format!("country-{code}"), &[]).unwrap_or_else(|| code.to_owned()),
        }
    }

    /// Where a text stands in a list ([`sort_key`]).
    pub fn order(self, text: &str) -> String {
        sort_key(self.lang(), text)
    }

    fn lang(self) -> Lang {
        Lang::parse(self.code()).unwrap_or_default()
    }

    /// A day such as `2026-10-15`, as the language writes it; another text as it is.
    pub fn day(self, text: &str) -> String {
        let format = match self {
            Self::It | Self::Fr => "%d/%m/%Y",
            Self::Sl => "%-d. %-m. %Y",
            Self::En => "%-d %b %Y",
        };
        text.parse().map_or_else(|_| text.to_owned(), |date: jiff::civil::Date| date.strftime(format).to_string())
    }

    /// The day of a moment in UTC, as the language writes it.
    pub fn day_of(self, ms: u64) -> String {
        self.day(time::rfc3339(ms).get(..10).unwrap_or_default())
    }

    /// A month such as `2026-10` in words; another text as it is.
    pub fn month(self, text: &str) -> String {
        let number = text.get(5..7).and_then(|month| month.parse::<u8>().ok()).filter(|month| (1..=12).contains(month));
        match (number, text.get(..4)) {
            (Some(month), Some(year)) => format!("{} {year}", self.phrase(&format!("month-{month}"))),
            _ => text.to_owned(),
        }
    }

    /// Words as the pictures ask for them.
    pub fn words(self) -> impl Fn(&str, u64) -> String {
        move |key, n| self.phrase_with(key, &[("n", n.into())])
    }
}
