//! Reading days, times and numbers.

use metadata::times::{date, is_after_its_month, moment, month};
use wire::{Date, Timestamp};

use super::Fields;
use crate::Month;

impl Fields<'_, '_> {
    /// Reads a calendar day.
    pub(crate) fn date(&mut self, key: &'static str) -> Option<Date> {
        let node = self.node(key)?;
        let written = node.value.as_text().unwrap_or_default();
        let what = match is_after_its_month(written.trim()) {
            true => "a day that exists: that month has fewer days",
            false => "a date such as 2027-11-30 or 30 November 2027",
        };
        self.parsed(key, what, date)
    }

    /// Reads a calendar day that must be there.
    pub(crate) fn required_date(&mut self, key: &'static str, what: &str) -> Option<Date> {
        if self.node(key).is_none() {
            self.missing(key, what);
            return None;
        }
        self.date(key)
    }

    /// Reads a moment; a day means its beginning.
    pub(crate) fn moment(&mut self, key: &'static str) -> Option<Timestamp> {
        self.parsed(
            key,
            "a date as YYYY-MM-DD or a time as YYYY-MM-DDTHH:MM:SSZ",
            moment,
        )
    }

    /// Reads a calendar month.
    pub(crate) fn month(&mut self, key: &'static str) -> Option<Month> {
        self.parsed(key, "a month as YYYY-MM or June 2026", month)
    }

    /// Reads a whole number from 0.
    pub(crate) fn integer(&mut self, key: &'static str) -> Option<u64> {
        let node = self.node(key)?;
        let value = node.value.as_integer();
        if value.is_none() {
            let name = self.name(key);
            let says = format!("`{name}` must be a whole number without commas or units");
            self.refuse(key, node, says);
        }
        value
    }

    /// Reads a number.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<f64> {
        let node = self.node(key)?;
        // A larger number is not a real figure, and its written form grows without bound.
        let value = node.value.as_number().filter(|number| number.abs() <= 1e12);
        if value.is_none() {
            let name = self.name(key);
            self.refuse(
                key,
                node,
                format!("`{name}` must be a number without commas or units"),
            );
        }
        // `-0` is 0.
        value.map(|number| if number == 0.0 { 0.0 } else { number })
    }

    /// Reads a number that must be there.
    pub(crate) fn required_number(&mut self, key: &'static str) -> Option<f64> {
        if self.node(key).is_none() {
            self.missing(key, "write a number");
            return None;
        }
        self.number(key)
    }
}
