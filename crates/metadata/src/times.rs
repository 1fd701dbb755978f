//! Days and moments as people and programs write them in files.

use std::borrow::Cow;

use wire::{Date, Timestamp};

/// Bytes of the longest form.
const MAX_LEN: usize = 40;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A calendar month, written `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Reads `YYYY-MM`, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date = (text.len() == 7).then(|| Date::parse(&format!("{text}-01")))??;
        Some(Self {
            year: date.year(),
            month: date.month(),
        })
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.year
    }

    /// Returns the month, `1..=12`.
    #[must_use]
    pub fn month(self) -> i8 {
        self.month
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Returns the name of a month, from 1 to 12.
#[must_use]
pub fn month_name(month: i8) -> &'static str {
    let index = usize::try_from(month.saturating_sub(1)).ok();
    let name = index.and_then(|index| MONTHS.get(index));
    name.copied().unwrap_or_default()
}

/// Reads a day as it is written in Britain: `05/01/2017` is in January, `5 January 2016`, `Mon, 5 Jan 2016`; and
/// `January 5, 2016`, which can mean only one day.
fn written_day(text: &str) -> Option<Date> {
    let (day, month, year) = parts_of_day(text)?;
    Date::parse(&format!("{year}-{month:02}-{day:02}"))
}

/// Returns whether a text has the form of a day, and its month has fewer days: `31/02/2027`.
#[must_use]
pub fn is_after_its_month(text: &str) -> bool {
    let Some((day, month, year)) = (text.len() <= MAX_LEN)
        .then(|| parts_of_day(text))
        .flatten()
    else {
        return false;
    };
    let first = Date::parse(&format!("{year}-{month:02}-01"));
    let written = Date::parse(&format!("{year}-{month:02}-{day:02}"));
    day > 0 && first.is_some() && written.is_none()
}

/// Returns the day, the month and the year that a text names, whether or not there is such a day.
fn parts_of_day(text: &str) -> Option<(u8, usize, String)> {
    let text = text.to_lowercase();
    let parts: Vec<&str> = text
        .split([' ', ',', '/', '.', '-'])
        .filter(|part| !part.is_empty())
        .collect();
    let is_weekday = |part: &&str| {
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
            .iter()
            .any(|day| part.starts_with(day))
    };
    let parts = match parts.split_first() {
        Some((first, rest)) if is_weekday(first) => rest,
        _ => parts.as_slice(),
    };
    let [first, second, year] = parts else {
        return None;
    };
    // `2016/01/05`, `2016.1.5`
    let (first, second, year) = match first.len() {
        4 => (year, second, first),
        _ => (first, second, year),
    };
    let month = month_named;
    let day = |part: &str| {
        let digits = part.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ending = part.get(digits.len()..)?;
        let fits = digits.len() <= 2 && matches!(ending, "" | "st" | "nd" | "rd" | "th");
        fits.then(|| digits.parse::<u8>().ok())?
    };
    let (day, month) = match (month(first), month(second)) {
        (Some(month), None) => (day(second)?, month),
        (None, Some(month)) => (day(first)?, month),
        _ => (
            day(first)?,
            second.parse().ok().filter(|_| second.len() <= 2)?,
        ),
    };
    let year = Some(year).filter(|year| year.len() == 4)?;
    Some((day, month, (*year).to_owned()))
}

/// Returns the number of a month from its name or the beginning of that.
fn month_named(part: &str) -> Option<usize> {
    let begin = part.trim_end_matches('.');
    let named = |name: &&str| {
        let of_name = name.get(..begin.len());
        part.len() >= 3 && of_name.is_some_and(|of_name| of_name.eq_ignore_ascii_case(begin))
    };
    let place = MONTHS.iter().position(named)?;
    Some(place + 1)
}

/// Reads a month: `YYYY-MM`, or as it is written in Britain: `June 2026`, `Jun 2026`, `06/2026`.
pub fn month(text: &str) -> Option<Month> {
    if let Some(month) = Month::parse(text) {
        return Some(month);
    }
    if text.len() > MAX_LEN {
        return None;
    }
    let text = text.to_lowercase();
    let mut parts = text
        .split([' ', ',', '/', '.', '-'])
        .filter(|part| !part.is_empty());
    let (first, year) = (parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let number = || first.parse().ok().filter(|_| first.len() <= 2);
    let month = month_named(first).or_else(number)?;
    Month::parse(&format!("{year}-{month:02}"))
}

/// Reads a day: `YYYY-MM-DD`, or the day of a moment.
pub fn date(text: &str) -> Option<Date> {
    Date::parse(text).or_else(|| moment(text).map(Timestamp::date))
}

/// Reads a day that is written with the month first: `06/24/2017`.
pub fn american_day(text: &str) -> Option<Date> {
    let mut parts = text.trim().split('/');
    let (month, day, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_short = |part: &str| (1..=2).contains(&part.len());
    if parts.next().is_some() || !is_short(month) || !is_short(day) || year.len() != 4 {
        return None;
    }
    Date::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
}

/// Reads the first day that is meant: a day, a month, a year, or a moment in seconds or milliseconds since 1970.
pub fn first_day(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(day) = date(text) {
        return Some(day);
    }
    if let Some(month) = month(text) {
        return Date::parse(&format!("{month}-01"));
    }
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match (text.len(), is_number) {
        (4, true) => Date::parse(&format!("{text}-01-01")),
        (9 | 10, true) => Some(Timestamp::from_secs(text.parse().ok()?).date()),
        (12 | 13, true) => Some(Timestamp::from_millis(text.parse().ok()?).date()),
        _ => None,
    }
}

/// Reads a moment as people and programs write it; without an offset it is UTC.
pub fn moment(text: &str) -> Option<Timestamp> {
    if let Some(moment) = Timestamp::parse(text) {
        return Some(moment);
    }
    if let Some(date) = Date::parse(text) {
        return Some(date.start());
    }
    if text.len() > MAX_LEN {
        return None;
    }
    if let Some(day) = written_day(text) {
        return Some(day.start());
    }
    let text = &*with_two_digits(text);
    let exact: Option<jiff::Timestamp> = text
        .parse()
        .ok()
        // `Mon, 5 Jan 2016 10:00:00 GMT`
        .or_else(|| {
            jiff::fmt::rfc2822::parse(text)
                .ok()
                .map(|at| at.timestamp())
        })
        // `2024-01-05 10:00:00 +0000`, as Jekyll writes it.
        .or_else(|| {
            text.rsplit_once(" +")
                .and_then(|(at, by)| format!("{at}+{by}").parse().ok())
        })
        .or_else(|| {
            text.rsplit_once(" -")
                .and_then(|(at, by)| format!("{at}-{by}").parse().ok())
        });
    let moment = exact.or_else(|| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        jiff::tz::Offset::UTC.to_timestamp(local).ok()
    })?;
    let secs = moment.as_second();
    // A year out of range is no moment; it must not become the nearest one.
    Some(Timestamp::from_secs(secs)).filter(|moment| moment.secs() == secs)
}

/// Writes an hour of one digit with two: `2013-12-02 7:37:00` as Jekyll takes it.
fn with_two_digits(text: &str) -> Cow<'_, str> {
    match text.split_once([' ', 'T']) {
        Some((day, time)) if time.as_bytes().get(1) == Some(&b':') => {
            Cow::Owned(format!("{day} 0{time}"))
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_has_one_form() {
        assert_eq!(
            Month::parse("2026-11")
                .map(|month| month.to_string())
                .as_deref(),
            Some("2026-11")
        );
        for wrong in ["2026", "2026-13", "2026-1", "2026-11-01", "11-2026", ""] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_day_after_the_end_of_its_month_is_none() {
        for (text, is_after) in [
            ("31/02/2027", true),
            ("31 November 2027", true),
            ("2027-02-30", true),
            ("29/02/2027", true),
            ("29/02/2028", false),
            ("30/11/2027", false),
            ("0/11/2027", false),
            ("11/30/2027", false),
            ("soon", false),
            ("", false),
        ] {
            assert_eq!(is_after_its_month(text), is_after, "{text}");
        }
    }

    #[test]
    fn the_first_day_that_is_meant_is_read() {
        for (written, expected) in [
            ("2099-03-05", Some("2099-03-05")),
            ("2099/03/05", Some("2099-03-05")),
            ("2099.3.5", Some("2099-03-05")),
            ("5/3/2099", Some("2099-03-05")),
            ("5 March 2099", Some("2099-03-05")),
            ("2013-12-02 7:37:00 -0400", Some("2013-12-02")),
            ("Tue, 5 Jan 2016 10:00:00 GMT", Some("2016-01-05")),
            ("2099-03", Some("2099-03-01")),
            ("Mar 2099", Some("2099-03-01")),
            ("2099", Some("2099-01-01")),
            ("4070908800", Some("2099-01-01")),
            ("4070908800000", Some("2099-01-01")),
            ("never", None),
            ("after the board", None),
            ("20", None),
            ("", None),
        ] {
            let day = first_day(written).map(|day| day.to_string());
            assert_eq!(day.as_deref(), expected, "{written}");
        }
        assert_eq!(american_day("06/24/2017"), Date::parse("2017-06-24"));
        assert_eq!(american_day("24/06/2017"), None);
    }

    #[test]
    fn a_month_is_read_as_people_write_it() {
        for written in [
            "2026-06",
            "June 2026",
            "june 2026",
            "Jun 2026",
            "Jun. 2026",
            "06/2026",
            "6/2026",
            "06-2026",
        ] {
            let read = month(written).map(|month| month.to_string());
            assert_eq!(read.as_deref(), Some("2026-06"), "{written}");
        }
        for wrong in [
            "",
            "2026",
            "June",
            "June 26",
            "13/2026",
            "0/2026",
            "Ju 2026",
            "1 June 2026",
            "2026-06-01",
            "2026 June",
        ] {
            assert_eq!(month(wrong), None, "{wrong}");
        }
    }
}
