//! Checks the parts of a document, one after the other.

use std::ops::Range;

use crate::{
    finding::{Finding, Kind, Place, Severity},
    kinds,
    mask::masked,
    part::{Form, Part},
    reading,
    tokens::Tokens,
};

/// Findings of one kind in one part; a text with more is no text to publish.
const MAX_OF_KIND: usize = 100;

/// What a kind found, before it has a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) severity: Severity,
    /// Bytes of what was typed.
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// Returns what looks like patient data in the parts of one document, in the order of the parts and their text.
#[must_use]
pub fn check(parts: &[Part<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tokens = Tokens::default();
    for (index, part) in parts.iter().enumerate() {
        let mut found = Vec::new();
        reading::read(part, &mut tokens, |tokens| {
            kinds::find(tokens, part.form, &mut found);
        });
        place(part, index, distinct(found), &mut findings);
    }
    without_repeated_keys(parts, &mut findings);
    findings
}

/// Texts that were checked and have no finding, so that the same text is not checked again where it is published.
#[derive(Clone, Default)]
pub struct Cleared(Vec<(String, String)>);

impl std::fmt::Debug for Cleared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cleared")
    }
}

impl Cleared {
    /// Keeps the parts in which [`check`] found nothing.
    #[must_use]
    pub fn new(parts: &[Part<'_>], findings: &[Finding]) -> Self {
        let is_clean = |index: usize| findings.iter().all(|finding| finding.place.index != index);
        let clean = parts
            .iter()
            .enumerate()
            .filter(|(index, _)| is_clean(*index));
        Self(
            clean
                .map(|(_, part)| (part.name.clone(), part.text.to_owned()))
                .collect(),
        )
    }

    /// Adds a part, if it was checked with the text `typed`. What the part says otherwise must be addresses that the
    /// program itself has written.
    pub fn add_relinked(&mut self, part: &Part<'_>, typed: &str) {
        if self.has(&Part {
            text: typed,
            ..part.clone()
        }) {
            self.0.push((part.name.clone(), part.text.to_owned()));
        }
    }

    /// Returns whether a part of this name was checked with this text.
    #[must_use]
    pub fn has(&self, part: &Part<'_>) -> bool {
        self.0
            .iter()
            .any(|(name, text)| *name == part.name && text == part.text)
    }
}

/// Keeps the most severe of findings of one kind in one place.
fn distinct(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.kind, found.from, std::cmp::Reverse(found.to)));
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    let mut of_kind = 0;
    for one in found {
        match kept.last_mut() {
            Some(last) if last.kind == one.kind && one.from < last.to => {
                last.severity = last.severity.max(one.severity);
                last.to = last.to.max(one.to);
            }
            Some(last) if last.kind == one.kind && of_kind >= MAX_OF_KIND => {
                last.severity = last.severity.max(one.severity);
            }
            Some(last) if last.kind == one.kind => {
                of_kind += 1;
                kept.push(one);
            }
            Some(_) | None => {
                of_kind = 1;
                kept.push(one);
            }
        }
    }
    kept.sort_by_key(|found| (found.from, found.kind));
    kept
}

/// Adds findings with their lines and their masked values.
fn place(part: &Part<'_>, index: usize, found: Vec<Found>, findings: &mut Vec<Finding>) {
    // Findings are in the order of the text, so each line is counted once.
    let mut seen = Seen::default();
    for one in found {
        let bytes = Range {
            start: one.from,
            end: one.to,
        };
        let typed = part.text.get(bytes.clone()).unwrap_or_default();
        let has_columns = matches!(
            part.form,
            Form::Markdown | Form::Plain | Form::Rows | Form::Keys
        );
        let (mut line, mut column, mut end_line, mut end_column) =
            (part.first_line, None, part.first_line, None);
        if let Some(first) = part.first_line.filter(|_| has_columns) {
            seen.advance(part.text, one.from);
            line = Some(first.saturating_add(seen.line));
            column = Some(seen.column(part.text, one.from, 1));
            let (lines, end_start) = line_of_end(part.text, one.from, one.to, seen.start);
            end_line = Some(first.saturating_add(seen.line).saturating_add(lines));
            end_column = Some(columns(part.text, end_start, one.to).max(1));
        }
        findings.push(Finding {
            kind: one.kind,
            severity: one.severity,
            masked: masked(one.kind, typed),
            place: Place {
                part: part.name.clone(),
                line,
                column,
                end_line,
                end_column,
                bytes,
                index,
            },
        });
    }
}

/// The lines that were counted.
#[derive(Default)]
struct Seen {
    at: usize,
    line: u32,
    /// Where the line begins.
    start: usize,
}

impl Seen {
    fn advance(&mut self, text: &str, to: usize) {
        for (offset, byte) in text
            .as_bytes()
            .get(self.at..to)
            .unwrap_or_default()
            .iter()
            .enumerate()
        {
            if *byte == b'\n' {
                self.line = self.line.saturating_add(1);
                self.start = self.at + offset + 1;
            }
        }
        self.at = self.at.max(to);
    }

    fn column(&self, text: &str, at: usize, first: u32) -> u32 {
        columns(text, self.start, at).saturating_add(first)
    }
}

/// Counts the characters between two bytes.
fn columns(text: &str, from: usize, to: usize) -> u32 {
    let count = text.get(from..to).map_or(0, |text| text.chars().count());
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Returns how many lines further down a finding ends, and where that line begins.
fn line_of_end(text: &str, from: usize, to: usize, start: usize) -> (u32, usize) {
    let within = text.get(from..to).unwrap_or_default();
    let lines = within.matches('\n').count();
    let start = within.rfind('\n').map_or(start, |last| from + last + 1);
    (u32::try_from(lines).unwrap_or(u32::MAX), start)
}

/// Front matter is read twice: as values, and as it was typed. What both found is reported once, by its key and with the
/// place of what was typed.
fn without_repeated_keys(parts: &[Part<'_>], findings: &mut Vec<Finding>) {
    let has_form = |finding: &Finding, form| {
        parts
            .get(finding.place.index)
            .is_some_and(|part| part.form == form)
    };
    let (typed, mut kept): (Vec<_>, Vec<_>) = std::mem::take(findings)
        .into_iter()
        .partition(|finding| has_form(finding, Form::Keys));
    let mut values: Vec<&mut Finding> = kept
        .iter_mut()
        .filter(|finding| has_form(finding, Form::Value))
        .collect();
    let mut others = Vec::new();
    for one in typed {
        let same = values
            .iter()
            .position(|value| value.kind == one.kind && value.masked == one.masked);
        match same.map(|index| values.swap_remove(index)) {
            Some(value) => {
                value.place.line = one.place.line;
                value.place.column = one.place.column;
                value.place.end_line = one.place.end_line;
                value.place.end_column = one.place.end_column;
            }
            None => others.push(one),
        }
    }
    kept.extend(others);
    *findings = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_accepted_with_other_addresses_only_if_it_was_checked_as_it_was_typed() {
        let typed = "See [the ward](../ward.md).";
        let relinked = "See [the ward](/d/0123456789).";
        let unclean = "NHS number 943 476 5919, see [the ward](../ward.md).";
        for (checked, said, expected) in [
            (typed, typed, true),
            (typed, "Something else.", false),
            (unclean, unclean, false),
        ] {
            let parts = [Part::body(checked, 1)];
            let mut cleared = Cleared::new(&parts, &check(&parts));
            let part = Part::body(relinked, 1);
            cleared.add_relinked(&part, said);
            assert_eq!(cleared.has(&part), expected, "{checked} / {said}");
        }
    }
}
