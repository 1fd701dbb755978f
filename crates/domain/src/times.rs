//! Days and moments as people and programs write them in files.

use wire::{Date, Timestamp};

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
    if text.len() > 40 {
        return None;
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
