//! A day of the calendar and a time of day: each read in one place, and written in one place for each form.
//!
//! Knows no clock, and nothing of what happens on a day.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{self, TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use toml::value::Datetime;

/// The clocks of all councils.
static GERMANY: TimeZone = tz::get!("Europe/Berlin");

const WEEKDAYS: [&str; 7] = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"];
/// The months, as they are written in German.
pub const MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];

/// A day of the years 0 to 9999; displayed as RFC 3339 writes it, `2025-02-12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A time of day, to the second; displayed as RFC 3339 writes it, `17:15:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(Time);

/// The error of a text that is no calendar day, or is written in another way.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("kein Tag des Kalenders, wie 2025-05-02")]
pub struct NotADay;

/// The error of a text that is no time of day, or is written in another way.
#[derive(Debug, PartialEq, Eq)]
pub struct NotATime;

impl Day {
    /// Returns the day with these numbers, if there is one.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let date = Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?);
        date.ok().map(Self)
    }

    /// Reads a day from TOML; `None` if the value has a time.
    pub fn of_toml(value: Datetime) -> Option<Self> {
        let date = value.date.filter(|_| value.time.is_none())?;
        Self::new(date.year, date.month, date.day)
    }

    /// Reads a day as people write it: `12.02.2025`, `12.2.25`, `12. Februar 2025`, `2025/2/12`, with dashes of any kind;
    /// an error if there is no such day, `None` if the text is something else, or is RFC 3339 already. Days in the distant
    /// past or future count as something else.
    pub fn of_german(text: &str) -> Option<Result<Self, NotADay>> {
        let text = text.trim();
        let (day, month, year) = in_numbers(text).or_else(|| with_month(text))?;
        let year = if year < 100 { 2000 + year } else { year };
        let likely = (1..=31).contains(&day) && (1..=12).contains(&month) && (1900..3000).contains(&year);
        let number = |number: u16| u8::try_from(number).ok();
        likely.then(|| Self::new(year, number(month)?, number(day)?)).map(|day| day.ok_or(NotADay))
    }

    /// Returns the day in UTC this many seconds after the start of 1970; `None` outside the years 0 to 9999.
    pub fn of_seconds(since_1970: i64) -> Option<Self> {
        Self::of_seconds_in(&TimeZone::UTC, since_1970)
    }

    /// Returns the day in Germany this many seconds after the start of 1970; `None` outside the years 0 to 9999.
    pub fn of_seconds_in_germany(since_1970: i64) -> Option<Self> {
        Self::of_seconds_in(&GERMANY, since_1970)
    }

    fn of_seconds_in(zone: &TimeZone, since_1970: i64) -> Option<Self> {
        let date = zone.to_datetime(Timestamp::from_second(since_1970).ok()?).date();
        (date.year() >= 0).then_some(Self(date))
    }

    /// Returns the year.
    pub fn year(self) -> u16 {
        self.0.year().unsigned_abs()
    }

    /// Returns the month, 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// Returns the day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// Counts the days until a later day.
    pub fn days_until(self, later: Self) -> i64 {
        self.0.duration_until(later.0).as_hours() / 24
    }

    /// Writes the day in German numbers, `12.02.2025`.
    pub fn in_numbers(self) -> String {
        format!("{:02}.{:02}.{:04}", self.day(), self.month(), self.year())
    }

    /// Writes the day as on an invitation, `Mittwoch, 12. Februar 2025`; no line can end between day and month.
    pub fn in_words(self) -> String {
        let weekday = WEEKDAYS[usize::from(self.0.weekday().to_monday_zero_offset().unsigned_abs())];
        let month = MONTHS[usize::from(self.month()) - 1];
        format!("{weekday}, {}.\u{a0}{month} {}", self.day(), self.year())
    }

    /// Writes the day as in a PDF (ISO 32000-1, 7.9.4), `D:20250212`.
    pub fn in_pdf(self) -> String {
        format!("D:{:04}{:02}{:02}", self.year(), self.month(), self.day())
    }

    /// Writes a German local time on this day as in RFC 3339, `2025-02-12T17:15:00+01:00`.
    pub fn at(self, time: TimeOfDay) -> String {
        let civil = self.0.to_datetime(time.0);
        // A time that clocks leave out or show twice has the distance from before the change.
        let offset = match GERMANY.to_ambiguous_timestamp(civil).offset() {
            tz::AmbiguousOffset::Unambiguous { offset } => offset,
            tz::AmbiguousOffset::Gap { before, .. } | tz::AmbiguousOffset::Fold { before, .. } => before,
        };
        let minutes = offset.seconds() / 60;
        format!("{self}T{time}{:+03}:{:02}", minutes / 60, minutes.abs() % 60)
    }
}

/// Day, month and year of `12.2.2025`, `2025/2/12`, `2025–02–12`.
fn in_numbers(text: &str) -> Option<(u16, u16, u16)> {
    const SEPARATORS: [char; 5] = ['.', '/', '-', '–', '\u{2011}'];
    let rfc3339 = |(at, c): (usize, char)| if at == 4 || at == 7 { c == '-' } else { c.is_ascii_digit() };
    if text.len() == 10 && text.char_indices().all(rfc3339) {
        return None;
    }
    let separator = text.chars().find(|c| SEPARATORS.contains(c))?;
    let numbers: Option<Vec<u16>> = text.split(separator).map(|part| part.trim().parse().ok()).collect();
    match numbers?[..] {
        [year, month, day] if year >= 1000 => Some((day, month, year)),
        // 3/4/2025 may be the third of April or the fourth of March.
        [day, month, year] if separator == '.' => Some((day, month, year)),
        _ => None,
    }
}

/// Day, month and year of `1. März 2026`, `1 Mrz. 2026`.
fn with_month(text: &str) -> Option<(u16, u16, u16)> {
    let mut words = text.split(['.', ' ', '\u{a0}']).filter(|word| !word.is_empty());
    let [day, name, year] = [words.next()?, words.next()?, words.next()?];
    let name = name.to_lowercase().replace("mrz", "mär");
    let is_meant = |month: &&str| name.chars().count() >= 3 && month.to_lowercase().starts_with(&name);
    let month = u16::try_from(MONTHS.iter().position(is_meant)?).ok()? + 1;
    words.next().is_none().then_some((day.parse().ok()?, month, year.parse().ok()?))
}

impl TimeOfDay {
    /// Reads a time of day from TOML; `None` if the value has a day.
    pub fn of_toml(value: Datetime) -> Option<Self> {
        let time = value.time.filter(|_| value.date.is_none() && value.offset.is_none())?;
        let number = |number: u8| i8::try_from(number).ok();
        let time = Time::new(number(time.hour)?, number(time.minute)?, number(time.second.unwrap_or(0))?, 0);
        time.ok().map(Self)
    }

    /// Writes the time as on an invitation, `17:15`.
    pub fn in_numbers(self) -> String {
        format!("{}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        text.parse().ok().and_then(Self::of_toml).ok_or(NotADay)
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        text.parse().ok().and_then(Self::of_toml).ok_or(NotATime)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|NotADay| serde::de::Error::custom("not a day"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn time(text: &str) -> TimeOfDay {
        text.parse().unwrap()
    }

    #[test]
    fn days_are_read_and_written_again() {
        for text in ["2025-02-12", "2024-02-29", "2000-02-29", "0000-01-01", "0999-12-31", "9999-12-31"] {
            assert_eq!(day(text).to_string(), text);
            assert_eq!(serde_json::from_str::<Day>(&format!("\"{text}\"")).unwrap(), day(text));
            assert_eq!(serde_json::to_string(&day(text)).unwrap(), format!("\"{text}\""));
        }
        for text in [
            "",
            "2025",
            "2025-02",
            "2025-2-12",
            "25-02-12",
            "2025-02-29",
            "1900-02-29",
            "2025-02-30",
            "2025-00-10",
            "2025-13-01",
            "2025-01-00",
            "10000-01-01",
            "-0001-01-01",
            "+2025-01-01",
            "20250212",
            "2025-02-12 ",
            "2025-02-12T10:00:00",
            "2025-02-12T10:00:00Z",
            "17:15:00",
            "12.02.2025",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
    }

    #[test]
    fn german_days_are_recognised() {
        for text in [
            "12.02.2025",
            "12.2.2025",
            "12.02.25",
            " 12. 2. 2025 ",
            "12. Februar 2025",
            "12.\u{a0}Feb. 2025",
            "2025-2-12",
            "2025–02–12",
            "2025/02/12",
            "2025.02.12",
        ] {
            assert_eq!(Day::of_german(text), Some(Ok(day("2025-02-12"))), "{text}");
        }
        for text in ["30.02.2025", "31.06.2025", "29.2.2023"] {
            assert_eq!(Day::of_german(text), Some(Err(NotADay)), "{text}");
        }
        for text in [
            "",
            "12.02.",
            "12.13.2025",
            "0.1.2025",
            "12.02.1899",
            "1.2.3000",
            "x.y.z",
            "1.2.3.4",
            "12. Fe 2025",
            "12. Februar",
            "3/4/2025",
            "2025-02-12",
            "2025-02-31",
        ] {
            assert_eq!(Day::of_german(text), None, "{text}");
        }
        assert_eq!(Day::of_german("1. März 2026"), Some(Ok(day("2026-03-01"))));
    }

    #[test]
    fn each_form_has_its_own_look() {
        let february = day("2025-02-02");
        assert_eq!(february.in_numbers(), "02.02.2025");
        assert_eq!(february.in_words(), "Sonntag, 2.\u{a0}Februar 2025");
        assert_eq!(february.in_pdf(), "D:20250202");
        assert_eq!(day("2024-12-30").in_words(), "Montag, 30.\u{a0}Dezember 2024");
        assert_eq!(day("0007-01-01").in_pdf(), "D:00070101");
    }

    #[test]
    fn days_are_counted_over_leap_days_and_backwards() {
        assert_eq!(day("2024-02-28").days_until(day("2024-03-01")), 2);
        assert_eq!(day("2025-02-28").days_until(day("2025-03-01")), 1);
        assert_eq!(day("2025-03-01").days_until(day("2025-02-28")), -1);
        assert_eq!(day("0000-01-01").days_until(day("9999-12-31")), 3_652_424);
        assert!(day("2024-12-31") < day("2025-01-01"));
    }

    #[test]
    fn seconds_become_days_in_greenwich() {
        assert_eq!(Day::of_seconds(0), Some(day("1970-01-01")));
        assert_eq!(Day::of_seconds(-1), Some(day("1969-12-31")));
        assert_eq!(Day::of_seconds(1_739_404_799), Some(day("2025-02-12")));
        assert_eq!(Day::of_seconds(i64::MAX), None);
        assert_eq!(Day::of_seconds(-70_000_000_000), None);
    }

    #[test]
    fn a_day_in_germany_begins_before_that_in_greenwich() {
        // An hour earlier in winter, two in summer.
        assert_eq!(Day::of_seconds_in_germany(1_739_401_199), Some(day("2025-02-12")));
        assert_eq!(Day::of_seconds_in_germany(1_739_401_200), Some(day("2025-02-13")));
        assert_eq!(Day::of_seconds_in_germany(1_751_320_799), Some(day("2025-06-30")));
        assert_eq!(Day::of_seconds_in_germany(1_751_320_800), Some(day("2025-07-01")));
        assert_eq!(Day::of_seconds_in_germany(i64::MAX), None);
    }

    #[test]
    fn times_are_read_and_written() {
        assert_eq!(time("17:15:00").to_string(), "17:15:00");
        assert_eq!(time("17:15:00").in_numbers(), "17:15");
        assert_eq!(time("09:05:59").in_numbers(), "9:05");
        assert_eq!(time("00:00:00").in_numbers(), "0:00");
        for text in
            ["", "24:00:00", "17:60:00", "7:15:00", "17", "17:15:00Z", "2025-02-12T17:15:00", "2025-02-12"]
        {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NotATime), "{text}");
        }
    }

    #[test]
    fn clocks_change_on_the_last_sundays() {
        let begin = |text: &str| day(text).at(time("17:15:00"));
        assert_eq!(begin("2025-02-12"), "2025-02-12T17:15:00+01:00");
        for (text, offset) in [
            ("2025-03-29", "+01:00"),
            ("2025-03-30", "+02:00"),
            ("2025-07-01", "+02:00"),
            ("2025-10-25", "+02:00"),
            ("2025-10-26", "+01:00"),
            ("2026-03-29", "+02:00"),
            ("2199-07-01", "+02:00"),
        ] {
            assert!(begin(text).ends_with(offset), "{text}: {}", begin(text));
        }
        assert_eq!(day("2025-03-30").at(time("02:30:00")), "2025-03-30T02:30:00+01:00");
        assert_eq!(day("2025-10-26").at(time("02:30:00")), "2025-10-26T02:30:00+02:00");
    }
}
