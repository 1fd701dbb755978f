//! Days and moments as people and programs write them in files.

use wire::{Date, Timestamp};

use crate::attributes::Month;

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
    Date::parse(&format!("{year}-{month:02}-{day:02}"))
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
pub(crate) fn month(text: &str) -> Option<Month> {
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
pub(crate) fn date(text: &str) -> Option<Date> {
    Date::parse(text).or_else(|| moment(text).map(Timestamp::date))
}

/// Reads a moment as people and programs write it; without an offset it is UTC.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
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
    let exact: Option<jiff::Timestamp> = text
        .parse()
        .ok()
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

#[cfg(test)]
mod tests {
    use super::*;

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
