//! Moments and calendar days in their one written form, always UTC.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, ToSpan, civil};

use crate::text_form::text_form;

/// The first and the last millisecond of the years 0 to 9999: the written form has four digits for the year.
const MIN_MILLIS: i64 = -62_167_219_200_000;
const MAX_MILLIS: i64 = 253_402_300_799_999;
/// The Unix epoch.
const EPOCH: civil::DateTime = civil::datetime(1970, 1, 1, 0, 0, 0, 0);

/// A moment in milliseconds since the Unix epoch, negative before it, from the year 0 to the end of the year 9999.
///
/// Written `YYYY-MM-DDTHH:MM:SSZ`: whole seconds, no fraction, no offset, no second 60.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

text_form!(Timestamp, "a time (`YYYY-MM-DDTHH:MM:SSZ`)");

impl Timestamp {
    /// Takes milliseconds since the Unix epoch, brought into the range of the type.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        if millis < MIN_MILLIS {
            Self(MIN_MILLIS)
        } else if millis > MAX_MILLIS {
            Self(MAX_MILLIS)
        } else {
            Self(millis)
        }
    }

    /// Takes whole seconds since the Unix epoch, brought into the range of the type.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self::from_millis(secs.saturating_mul(1000))
    }

    /// Returns milliseconds since the Unix epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Returns whole seconds since the Unix epoch, rounded down.
    #[must_use]
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads the written form; anything else, also an impossible date, is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        let date = Date::parse(date)?;
        let &[h1, h2, b':', m1, m2, b':', s1, s2, b'Z'] = time.as_bytes() else {
            return None;
        };
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[m1, m2])?, number(&[s1, s2])?);
        let time = civil::Time::new(
            hour.try_into().ok()?,
            minute.try_into().ok()?,
            second.try_into().ok()?,
            0,
        )
        .ok()?;
        Some(Self::from_civil(date.0.to_datetime(time)))
    }

    /// Returns the moment `duration` later, at most the end of the year 9999.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_add(millis_of(duration)))
    }

    /// Returns the moment `duration` earlier, at least the beginning of the year 0.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self::from_millis(self.0.saturating_sub(millis_of(duration)))
    }

    /// Returns how long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// Returns the calendar day in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        Date(self.civil().date())
    }

    /// Takes a date and time of day in UTC. (The library's own moments end a day before the year 9999 does.)
    fn from_civil(at: civil::DateTime) -> Self {
        Self::from_secs(at.duration_since(EPOCH).as_secs())
    }

    fn civil(self) -> civil::DateTime {
        EPOCH.saturating_add(SignedDuration::from_millis(self.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.civil();
        write!(
            f,
            "{}T{:02}:{:02}:{:02}Z",
            Date(at.date()),
            at.hour(),
            at.minute(),
            at.second()
        )
    }
}

/// A calendar day, written `YYYY-MM-DD`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

text_form!(Date, "a date (`YYYY-MM-DD`)");

impl Date {
    /// Reads the written form; anything else, also an impossible day, is `None`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return None;
        };
        let (year, month, day) = (
            number(&[y1, y2, y3, y4])?,
            number(&[m1, m2])?,
            number(&[d1, d2])?,
        );
        civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?)
            .ok()
            .map(Self)
    }

    /// Makes the day of a year, month and day, if it exists.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        (0..=9999)
            .contains(&year)
            .then(|| civil::Date::new(year, month, day).ok().map(Self))
            .flatten()
    }

    /// Returns the day `months` later (or earlier), in a shorter month its last day.
    #[must_use]
    pub fn add_months(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.months()))
    }

    /// Returns the year, `0..=9999`.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Returns the month, `1..=12`.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// Returns the day of the month, `1..=31`.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// Returns the first moment of the day, UTC.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::from_civil(self.0.to_datetime(civil::Time::midnight()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.0.year(),
            self.0.month(),
            self.0.day()
        )
    }
}

/// Reads ASCII digits and nothing else.
fn number(digits: &[u8]) -> Option<i16> {
    let mut value = 0_i16;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i16::from(digit - b'0');
    }
    Some(value)
}

fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_written_form_is_a_time() {
        let good = Timestamp::parse("2026-11-22T05:17:11Z").unwrap();
        assert_eq!(good.to_string(), "2026-11-22T05:17:11Z");
        assert_eq!(good.date().to_string(), "2026-11-22");
        assert_eq!(
            Timestamp::from_secs(1_790_000_000).to_string(),
            "2026-09-21T14:13:20Z"
        );
        for far in [
            "1969-12-31T23:59:59Z",
            "1948-07-05T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "9999-12-30T22:00:01Z",
            "9999-12-31T23:59:59Z",
        ] {
            let time = Timestamp::parse(far).unwrap();
            assert_eq!(time.to_string(), far);
            assert_eq!(time.date().start().date(), time.date());
        }
        assert_eq!(
            Timestamp::from_millis(-1).to_string(),
            "1969-12-31T23:59:59Z"
        );
        assert_eq!(Timestamp::from_millis(-1).secs(), -1);
        for wrong in [
            "",
            "2026-11-22",
            "2026-11-22T05:17:11",
            "2026-11-22t05:17:11Z",
            "2026-11-22T05:17:11z",
            "2026-11-22T05:17:11.0Z",
            "2026-11-22T05:17:11+00:00",
            "2026-11-22T05:17:60Z",
            "2026-11-22T24:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "+026-11-22T05:17:11Z",
            "-001-12-31T23:59:59Z",
            " 2026-11-22T05:17:11Z",
            "2026-11-22T05:17:1 Z",
        ] {
            assert_eq!(Timestamp::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn months_are_added_as_people_count_them() {
        for (day, months, expected) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2026-11-24", 12, "2027-11-24"),
            ("2026-03-31", -1, "2026-02-28"),
        ] {
            assert_eq!(
                Date::parse(day).unwrap().add_months(months).to_string(),
                expected
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn every_second_reads_back(secs in MIN_MILLIS / 1000..MAX_MILLIS / 1000) {
            let time = Timestamp::from_secs(secs);
            proptest::prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }

        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = Timestamp::parse(&text);
            let _ = Date::parse(&text);
        }
    }
}
