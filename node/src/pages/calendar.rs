//! `/calendar`: the events of a month, as a grid of weeks and as an agenda; and those whose day is not known yet.

use super::layout::{Ctx, Place};
use super::show;
use crate::api::limits::PAGE_ROWS;
use crate::api::{Answer, made};
use crate::i18n::Lang;
use crate::views::figures;
use crate::views::{Audience, Record, time};
use axum::response::Response;
use comin_protocol::ids::RecordKey;
use comin_protocol::schema::vocabulary;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};

/// An event in the calendar.
struct Entry {
    key: RecordKey,
    title: String,
    /// The language of the title; empty where it has none.
    lang: String,
    /// Its first and last day; `None`: not known yet.
    days: Option<(Date, Date)>,
    /// The time of day at which it begins; empty where whole days are meant.
    time: String,
    /// Day, time and zone in words.
    when: String,
    detail: Vec<String>,
}

/// What a month shows.
struct Found {
    /// The events of at least one of its days, by their beginning.
    entries: Vec<Entry>,
    /// The first of the events without a day, and how many there are.
    undated: (Vec<Entry>, usize),
    /// The months in which events begin, with their number.
    months: Vec<(String, usize)>,
}

impl Entry {
    fn of(event: &Record, lang: Lang) -> Self {
        let label = |list: &str, code: Option<&str>| {
            let code = code?;
            Some(vocabulary(list).and_then(|list| list.term(code)).map_or(code, |t| t.label(lang.code())).to_owned())
        };
        let title = event.title(lang.code());
        let detail = [
            label("event_type", event.text("type")),
            event.text("place").map(str::to_owned),
            label("event_state", event.text("state")),
        ];
        Self {
            key: event.key.clone(),
            title: title.text,
            lang: title.lang,
            days: event.days(),
            time: event.start().and_then(|start| Some(start.split_once('T')?.1.to_owned())).unwrap_or_default(),
            when: event.when().map(|when| show::moment_range(lang, &when)).unwrap_or_default(),
            detail: detail.into_iter().flatten().filter(|text| !text.is_empty()).collect(),
        }
    }

    /// Whether it takes place on a day.
    fn is_on(&self, day: Date) -> bool {
        self.days.is_some_and(|(first, last)| (first..=last).contains(&day))
    }

    /// Of one that takes several days: which of them this is, and how many there are.
    fn day_of(&self, day: Date) -> Option<(usize, usize)> {
        let (first, last) = self.days.filter(|(first, last)| first != last)?;
        let number = |to: Date| usize::try_from((to - first).get_days()).unwrap_or_default() + 1;
        Some((number(day), number(last)))
    }

    fn lang_of(&self, ctx: &Ctx) -> Option<&str> {
        Some(self.lang.as_str()).filter(|lang| !lang.is_empty() && *lang != ctx.lang.code())
    }
}

async fn read(ctx: &Ctx, month: Date) -> Answer<Found> {
    let (lang, first, last) = (ctx.lang, month, month.last_of_month());
    let read = made(&ctx.app, Audience::Partnership, move |scene| {
        let (mut entries, mut undated, mut unknown) = (Vec::new(), Vec::new(), 0);
        for event in scene.all.by_title("event", lang.code()) {
            match event.days() {
                Some((begins, ends)) if begins <= last && ends >= first => entries.push(Entry::of(event, lang)),
                Some(_) => {}
                None => {
                    unknown += 1;
                    if undated.len() < PAGE_ROWS {
                        undated.push(Entry::of(event, lang));
                    }
                }
            }
        }
        // Those of whole days before those of a time.
        entries.sort_by(|a, b| (a.days, &a.time).cmp(&(b.days, &b.time)));
        let months = figures::calendar(&scene.all).into_iter().map(|(month, events)| (month, events.len())).collect();
        Found { entries, undated: (undated, unknown), months }
    });
    read.await
}

/// `GET /calendar?month=`.
///
/// # Errors
/// 503 where the store fails.
pub async fn show(ctx: Ctx) -> Answer<Response> {
    let today = time::today();
    let asked = ctx.query("month").and_then(|text| format!("{text}-01").parse::<Date>().ok());
    let month = asked.unwrap_or_else(|| today.first_of_month());
    let found = read(&ctx, month).await?;
    let title = ctx.tw("calendar-title", &[("month", called(&ctx, &name(month)).into())]);
    let main = html! {
        div.head {
            h1 { (title) }
            div.actions {
                a.button.quiet href="/events" { (ctx.t("calendar-as-list")) }
                a.button href="/records/new?kind=event" { (ctx.t("new-event")) }
            }
        }
        nav.pager aria-label=(ctx.t("calendar-months")) {
            @if let Some(before) = step(month, -1) { a rel="prev" href={ "/calendar?month=" (before) } { "← " (called(&ctx, &before)) } }
            @if month != today.first_of_month() { a href="/calendar" { (ctx.t("calendar-today")) } }
            @if let Some(next) = step(month, 1) { a rel="next" href={ "/calendar?month=" (next) } { (called(&ctx, &next)) " →" } }
        }
        div #list data-live {
            @if found.entries.is_empty() { div.empty { p { (ctx.t("calendar-none")) } } }
            (grid(&ctx, &title, month, today, &found.entries))
            (agenda(&ctx, month, &found.entries))
            (undated(&ctx, &found.undated))
        }
        @if !found.months.is_empty() {
            section aria-labelledby="months" {
                h2 #months { (ctx.t("calendar-months")) }
                ul.inline {
                    @for (other, count) in &found.months {
                        li { a href={ "/calendar?month=" (other) } aria-current=[(*other == name(month)).then_some("true")] { (called(&ctx, other)) " (" (count) ")" } }
                    }
                }
            }
        }
    };
    Ok(ctx.page(Place::Calendar, &title, main))
}

/// The weeks of the month as a table, from Monday to Sunday. On a narrow screen the style makes a list of the days that
/// have an event.
fn grid(ctx: &Ctx, title: &str, month: Date, today: Date, entries: &[Entry]) -> Markup {
    html! {
        table.month role="table" {
            caption.vh { (title) }
            thead role="rowgroup" { tr role="row" {
                @for number in 1..=7 { th role="columnheader" scope="col" { (short_weekday(&ctx.t(&format!("weekday-{number}")))) } }
            } }
            tbody role="rowgroup" {
                @for week in weeks(month) {
                    tr role="row" {
                        @for day in week {
                            @match day {
                                Some(day) => (cell(ctx, day, today, entries)),
                                None => td role="cell" {},
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(ctx: &Ctx, day: Date, today: Date, entries: &[Entry]) -> Markup {
    let on: Vec<&Entry> = entries.iter().filter(|entry| entry.is_on(day)).collect();
    html! {
        td role="cell" class=[(day == today).then_some("today")] aria-current=[(day == today).then_some("date")] {
            time.date datetime=(day) { span.weekday { (weekday(ctx, day)) " " } (day.day()) }
            @if !on.is_empty() {
                ul { @for entry in on { li { (in_cell(ctx, entry, day)) } } }
            }
        }
    }
}

fn in_cell(ctx: &Ctx, entry: &Entry, day: Date) -> Markup {
    let part = entry.day_of(day);
    // The time is that of the first day.
    let time = Some(&entry.time).filter(|time| !time.is_empty() && part.is_none_or(|(n, _)| n == 1));
    html! {
        @if let Some(time) = time { strong { (time) } " " }
        a href={ "/records/" (entry.key) } lang=[entry.lang_of(ctx)] { (entry.title) }
        @if let Some((n, all)) = part { " " span.muted { (ctx.tw("calendar-day-of", &[("n", n.into()), ("all", all.into())])) } }
    }
}

/// The events one after another, each once: on its first day in this month.
fn agenda(ctx: &Ctx, month: Date, entries: &[Entry]) -> Markup {
    let shown_on = |entry: &Entry| entry.days.map(|(first, _)| first.max(month));
    let mut days: Vec<Date> = entries.iter().filter_map(shown_on).collect();
    days.sort_unstable();
    days.dedup();
    html! {
        @if !entries.is_empty() {
            section aria-labelledby="agenda" {
                h2 #agenda { (ctx.t("calendar-agenda")) }
                @for day in days {
                    section.day aria-labelledby={ "day-" (day) } {
                        h3 id={ "day-" (day) } { time datetime=(day) { (weekday(ctx, day)) ", " (time::day(ctx.lang, &day.to_string())) } }
                        ul.links { @for entry in entries.iter().filter(|entry| shown_on(entry) == Some(day)) { li { (line(ctx, entry)) } } }
                    }
                }
            }
        }
    }
}

/// Events of which nobody has said yet when they are.
fn undated(ctx: &Ctx, (entries, total): &(Vec<Entry>, usize)) -> Markup {
    html! {
        @if *total > 0 {
            section aria-labelledby="undated" {
                h2 #undated { (ctx.t("calendar-undated")) " (" (ctx.lang.number(*total as u64)) ")" }
                ul.links { @for entry in entries { li { (line(ctx, entry)) } } }
                @if *total > entries.len() { p { a href="/events" { (ctx.t("calendar-as-list")) } } }
            }
        }
    }
}

fn line(ctx: &Ctx, entry: &Entry) -> Markup {
    html! {
        a href={ "/records/" (entry.key) } lang=[entry.lang_of(ctx)] { (entry.title) }
        @if !entry.when.is_empty() { " " span { (entry.when) } }
        @if !entry.detail.is_empty() { " " span.muted { (entry.detail.join(" · ")) } }
    }
}

/// The weeks of a month from Monday to Sunday; days of other months are left empty.
fn weeks(month: Date) -> Vec<[Option<Date>; 7]> {
    let mut weeks = vec![[None; 7]];
    for day in month.series(1.day()).take_while(|day| day.month() == month.month()) {
        let at = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        if at == 0 && day != month {
            weeks.push([None; 7]);
        }
        if let Some(place) = weeks.last_mut().and_then(|week| week.get_mut(at)) {
            *place = Some(day);
        }
    }
    weeks
}

/// A month as `YYYY-MM`.
fn name(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// What a month of `YYYY-MM` is called.
fn called(ctx: &Ctx, month: &str) -> String {
    match format!("{month}-01").parse::<Date>() {
        Ok(day) => format!("{} {}", ctx.t(&format!("month-{}", day.month())), day.year()),
        Err(_) => month.to_owned(),
    }
}

/// The month before or after, as `YYYY-MM`; `None` at the ends of the calendar.
fn step(month: Date, by: i64) -> Option<String> {
    month.checked_add(by.months()).ok().map(name)
}

/// What a day of the week is called.
fn weekday(ctx: &Ctx, day: Date) -> String {
    ctx.t(&format!("weekday-{}", day.weekday().to_monday_one_offset()))
}

/// A day of the week, of which a narrow column shows the beginning.
fn short_weekday(name: &str) -> Markup {
    let short: String = name.chars().take(3).collect();
    html! { span.long { (name) } span.short aria-hidden="true" { (short) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(month: &str) -> Vec<(usize, i8, i8)> {
        let weeks = weeks(format!("{month}-01").parse().expect("a month"));
        let days = |week: &[Option<Date>; 7]| week.iter().flatten().map(|day| day.day()).collect::<Vec<_>>();
        let shape = weeks.iter().map(|week| {
            let at = week.iter().position(Option::is_some).expect("a day");
            let days = days(week);
            (at, days[0], days[days.len() - 1])
        });
        shape.collect()
    }

    #[test]
    fn weeks_begin_on_monday() {
        let february = [(0, 1, 7), (0, 8, 14), (0, 15, 21), (0, 22, 28)];
        assert_eq!(shape("2027-02"), february, "four whole weeks");
        let august = [(5, 1, 2), (0, 3, 9), (0, 10, 16), (0, 17, 23), (0, 24, 30), (0, 31, 31)];
        assert_eq!(shape("2026-08"), august, "begun on a Saturday, ended on a Monday");
        let leap = [(3, 1, 4), (0, 5, 11), (0, 12, 18), (0, 19, 25), (0, 26, 29)];
        assert_eq!(shape("2024-02"), leap, "a leap year");
    }

    #[test]
    fn months_follow_one_another_over_the_year() {
        let month = |text: &str| format!("{text}-01").parse::<Date>().expect("a month");
        assert_eq!(step(month("2026-12"), 1).as_deref(), Some("2027-01"), "after December");
        assert_eq!(step(month("2026-01"), -1).as_deref(), Some("2025-12"), "before January");
        assert_eq!(step(month("9999-12"), 1), None, "there is an end");
    }
}
