//! Moments as programs and people read them.

use crate::i18n::{Arg, Lang};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// This node's wall clock, milliseconds since the Unix epoch, UTC: shown, never a rule.
pub fn now_ms() -> u64 {
    u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0)
}

/// This machine's day.
pub fn today() -> jiff::civil::Date {
    jiff::Zoned::now().date()
}

/// A moment as people give it: a day (its beginning in the machine's time zone), or RFC 3339.
pub fn parse(text: &str) -> Option<u64> {
    let moment = match text.parse::<jiff::civil::Date>() {
        Ok(day) if !text.contains('T') => day.to_zoned(TimeZone::system()).ok()?.timestamp(),
        _ => text.parse::<Timestamp>().ok()?,
    };
    u64::try_from(moment.as_millisecond()).ok()
}

/// RFC 3339 in UTC, to the second; empty where the number is no moment.
pub fn rfc3339(ms: u64) -> String {
    timestamp(ms).map(|t| t.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// Date and time in the machine's time zone, as the language writes it.
pub fn local(lang: Lang, ms: u64) -> String {
    let format = match lang {
        Lang::En => "%-d %b %Y, %H:%M",
        Lang::It | Lang::Fr => "%d/%m/%Y, %H:%M",
        Lang::Sl => "%-d. %-m. %Y, %H:%M",
    };
    timestamp(ms).map(|t| t.to_zoned(TimeZone::system()).strftime(format).to_string()).unwrap_or_default()
}

/// A day such as `2026-10-15`, as the language writes it; another text as it is.
pub fn day(lang: Lang, text: &str) -> String {
    let format = match lang {
        Lang::En => "%-d %b %Y",
        Lang::It | Lang::Fr => "%d/%m/%Y",
        Lang::Sl => "%-d. %-m. %Y",
    };
    text.parse().map_or_else(|_| text.to_owned(), |date: jiff::civil::Date| date.strftime(format).to_string())
}

/// A month such as `2026-10`, as the language writes it; another text as it is.
pub fn month(lang: Lang, text: &str) -> String {
    let format = match lang {
        Lang::En => "%b %Y",
        Lang::It | Lang::Fr => "%m/%Y",
        Lang::Sl => "%-m/%Y",
    };
    let first = format!("{text}-01").parse();
    first.map_or_else(|_| text.to_owned(), |date: jiff::civil::Date| date.strftime(format).to_string())
}

/// How long ago: "just now", "5 minutes ago", "3 days ago".
pub fn ago(lang: Lang, now_ms: u64, then_ms: u64) -> String {
    let minutes = now_ms.saturating_sub(then_ms) / 60_000;
    let (key, n) = match minutes {
        0 => ("ago-now", 0),
        1..60 => ("ago-minutes", minutes),
        60..1440 => ("ago-hours", minutes / 60),
        _ => ("ago-days", minutes / 1440),
    };
    lang.text_with(key, &[("n", Arg::Number(n))])
}

fn timestamp(ms: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_moments() {
        assert_eq!(rfc3339(1_793_000_000_000), "2026-10-26T07:33:20Z", "UTC, to the second");
        assert_eq!(rfc3339(u64::MAX), "", "a number from elsewhere must not panic");
        assert_eq!(ago(Lang::En, 10 * 60_000, 5 * 60_000), "5 minutes ago", "minutes");
        assert_eq!(ago(Lang::En, 0, 99), "just now", "a clock that runs ahead is now");
    }

    #[test]
    fn writes_days_and_months() {
        assert_eq!(day(Lang::En, "2026-02-09"), "9 Feb 2026", "English");
        assert_eq!(day(Lang::It, "2026-02-09"), "09/02/2026", "Italian");
        assert_eq!(month(Lang::En, "2026-02"), "Feb 2026", "a month has no day");
        assert_eq!(month(Lang::It, "2026-02"), "02/2026", "nor in Italian");
        assert_eq!(day(Lang::Sl, "2026-02-09"), "9. 2. 2026", "Slovene has no zeros in front");
        assert_eq!(month(Lang::Sl, "2026-02"), "2/2026", "and no point where a month stands without its day");
        assert_eq!(day(Lang::Fr, "2026-02-09"), "09/02/2026", "French");
        assert_eq!(day(Lang::En, "soon"), "soon", "what is no day stays as somebody wrote it");
    }
}
