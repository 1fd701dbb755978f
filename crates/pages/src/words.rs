//! How pages write dates, spans of time, numbers and plurals. Pure functions.

use std::time::Duration;

use domain::{Month, month_name};
use wire::{Date, Timestamp};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Writes a part of a whole for an attribute of a drawing: `33.33%`.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    let hundredths = (part * 10_000 + whole / 2).checked_div(whole).unwrap_or(0);
    let (points, rest) = (hundredths / 100, hundredths % 100);
    match rest {
        0 => format!("{points}%"),
        _ => format!("{points}.{rest:02}%"),
    }
}

/// Writes a day: `12 September 2026`.
#[must_use]
pub fn date(date: Date) -> String {
    format!(
        "{} {} {}",
        date.day(),
        month_name(date.month()),
        date.year()
    )
}

/// Writes a month: `September 2026`.
#[must_use]
pub fn month(month: Month) -> String {
    format!("{} {}", month_name(month.month()), month.year())
}

/// Writes a time of day, as clocks in the United Kingdom show it: `19:21`.
#[must_use]
pub fn time(at: Timestamp) -> String {
    let of_day = in_uk(at).secs().rem_euclid(86_400) / 60;
    format!("{:02}:{:02}", of_day / 60, of_day % 60)
}

/// Writes the day of a moment, as calendars in the United Kingdom show it: `12 September 2026`.
#[must_use]
pub fn day_of(at: Timestamp) -> String {
    date(in_uk(at).date())
}

/// Moves a moment by the hour of summer time, so that its parts are those of UK time.
fn in_uk(at: Timestamp) -> Timestamp {
    let year = at.date().year();
    // Summer Time Act 1972: from 01:00 UTC on the last Sunday of March until 01:00 UTC on the last Sunday of October.
    let change = |month| last_sunday(year, month).map(|day| day.plus(Duration::from_secs(HOUR)));
    match (change(3), change(10)) {
        (Some(begins), Some(ends)) if begins <= at && at < ends => {
            at.plus(Duration::from_secs(HOUR))
        }
        _ => at,
    }
}

/// Returns the beginning of the last Sunday of a month that has 31 days.
fn last_sunday(year: i16, month: i8) -> Option<Timestamp> {
    let last = Date::parse(&format!("{year:04}-{month:02}-31"))?.start();
    let days = u64::try_from(last.secs()).ok()? / DAY;
    // The first day of 1970 was a Thursday, which is four days after a Sunday.
    Some(last.minus(Duration::from_secs((days + 4) % 7 * DAY)))
}

/// Writes how long ago something was: `12 minutes ago`.
#[must_use]
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    let secs = now.since(then).as_secs();
    if secs < MINUTE {
        "less than a minute ago".to_owned()
    } else {
        format!("{} ago", span(Duration::from_secs(secs)))
    }
}

/// Writes a span of time in its largest unit that fits: `12 minutes`, `26 hours`, `3 days`.
#[must_use]
pub fn span(span: Duration) -> String {
    let secs = span.as_secs();
    match secs {
        _ if secs < MINUTE => counted(secs, "second", "seconds"),
        _ if secs < HOUR => counted(secs / MINUTE, "minute", "minutes"),
        _ if secs < 2 * DAY => counted(secs / HOUR, "hour", "hours"),
        _ => counted(secs / DAY, "day", "days"),
    }
}

/// Writes a number with commas between thousands.
#[must_use]
pub fn number(number: u64) -> String {
    domain::grouped(number)
}

/// Writes a number of things: `1 case study`, `1,284 case studies`.
#[must_use]
pub fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// Joins words as a sentence does: `a`, `a and b`, `a, b and c`.
#[must_use]
pub fn joined<S: AsRef<str>>(words: &[S]) -> String {
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            out.push_str(if index + 1 == words.len() {
                " and "
            } else {
                ", "
            });
        }
        out.push_str(word.as_ref());
    }
    out
}

/// Writes the first letter as a capital.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Cuts a text at the end of a word, with an ellipsis, if it has more than `max` characters.
#[must_use]
pub fn cut(text: &str, max: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max) else {
        return text.to_owned();
    };
    let kept = text.get(..end).unwrap_or_default();
    let kept = kept
        .rsplit_once(char::is_whitespace)
        .map_or(kept, |(before, _)| before);
    format!("{}…", kept.trim_end_matches([',', '.', ';', ':', ' ']))
}

/// Writes the first letter small.
#[must_use]
pub fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Leaves names and abbreviations as they are; a plain first word loses its capital.
#[must_use]
pub fn lower_first_word(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or_default();
    let plain = first.chars().skip(1).all(char::is_lowercase);
    if plain && text.split_whitespace().count() > 1 {
        lower_first(text)
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_dates_and_numbers_read_as_people_write_them() {
        let now = Timestamp::parse("2026-11-24T19:21:30Z").unwrap();
        for (secs, words) in [
            (0, "less than a minute ago"),
            (59, "less than a minute ago"),
            (60, "1 minute ago"),
            (3_599, "59 minutes ago"),
            (3_600, "1 hour ago"),
            (26 * 3_600, "26 hours ago"),
            (48 * 3_600, "2 days ago"),
        ] {
            assert_eq!(ago(now, now.minus(Duration::from_secs(secs))), words);
        }
        assert_eq!(
            ago(now, now.plus(Duration::from_secs(90))),
            "less than a minute ago"
        );
        assert_eq!(date(now.date()), "24 November 2026");
        assert_eq!(time(now), "19:21");
        assert_eq!(month(Month::parse("2026-02").unwrap()), "February 2026");
        assert_eq!(
            counted(1_284, "case study", "case studies"),
            "1,284 case studies"
        );
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000_000), "1,000,000");
        assert_eq!(joined(&["a", "b", "c"]), "a, b and c");
        assert_eq!(joined::<&str>(&[]), "");
        assert_eq!(cut("one two three", 9), "one two…");
        assert_eq!(cut("one", 9), "one");
    }

    #[test]
    fn times_are_those_of_the_united_kingdom_in_winter_and_summer() {
        for (at, words) in [
            ("2026-01-31T12:00:00Z", "12:00 on 31 January 2026"),
            ("2026-03-29T00:59:59Z", "00:59 on 29 March 2026"),
            ("2026-03-29T01:00:00Z", "02:00 on 29 March 2026"),
            ("2026-07-31T23:30:00Z", "00:30 on 1 August 2026"),
            ("2026-10-25T00:59:59Z", "01:59 on 25 October 2026"),
            ("2026-10-25T01:00:00Z", "01:00 on 25 October 2026"),
            ("2027-03-28T01:00:00Z", "02:00 on 28 March 2027"),
            ("2027-10-31T01:00:00Z", "01:00 on 31 October 2027"),
        ] {
            let at = Timestamp::parse(at).unwrap();
            assert_eq!(format!("{} on {}", time(at), day_of(at)), words);
        }
    }
}
