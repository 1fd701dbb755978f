//! Reading typed fields out of a map, with all faults at once and nothing lost.
//!
//! A value that cannot be read is reported and kept under its path. A key that was not asked for is kept
//! too.

mod report;
mod values;
mod wording;

use std::ops::RangeInclusive;

pub(crate) use report::{Path, Report};
pub(crate) use wording::{characters, choice, quote, shown, span, unknown_term};

use metadata::{
    Fault,
    value::{Map, Node},
};

use crate::vocabulary::Term;

/// Longest list that is read. No list of a document may have as many values.
const MAX_ITEMS: usize = 200;

/// The fields of one map.
pub(crate) struct Fields<'a, 'r> {
    map: &'a Map,
    at: Path,
    line: Option<u32>,
    /// Which keys of the map were asked for, in the order of the map: it has few, and each key is asked for once.
    taken: Vec<bool>,
    pub(crate) report: &'r mut Report,
}

impl<'a, 'r> Fields<'a, 'r> {
    /// Begins with the keys of the outermost map.
    pub(crate) fn new(map: &'a Map, report: &'r mut Report) -> Self {
        Self::within(map, Path::new(), None, report)
    }

    fn within(map: &'a Map, at: Path, line: Option<u32>, report: &'r mut Report) -> Self {
        Self {
            map,
            at,
            line,
            taken: vec![false; map.len()],
            report,
        }
    }

    fn path(&self, key: &str) -> Path {
        let mut path = self.at.clone();
        path.push(key.to_owned());
        path
    }

    /// Returns the name of a key in messages.
    pub(crate) fn name(&self, key: &str) -> String {
        shown(&self.path(key))
    }

    /// Finishes reading: keys that were not asked for are kept.
    pub(crate) fn finish(self) {
        for ((key, node), taken) in self.map.iter().zip(&self.taken) {
            if !taken {
                let path = self.path(key);
                self.report.keep(path, &node.value);
            }
        }
    }

    /// Returns a key's node and counts it as read; `null` is none.
    pub(crate) fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        let node = self.take(key)?;
        (!node.value.is_null()).then_some(node)
    }

    /// Counts a key as read; returns its node.
    fn take(&mut self, key: &str) -> Option<&'a Node> {
        let mut first = None;
        for ((held, node), taken) in self.map.iter().zip(&mut self.taken) {
            if held == key {
                *taken = true;
                first = first.or(Some(node));
            }
        }
        first
    }

    /// Leaves a key out: it is set by the node, never by hand.
    pub(crate) fn ignore(&mut self, key: &'static str) {
        self.take(key);
    }

    /// Reports a value that cannot be used, and keeps it.
    pub(crate) fn refuse(&mut self, key: &str, node: &Node, text: impl Into<String>) {
        let name = self.name(key);
        self.report.faults.push(Fault::new(name, node.line, text));
        self.keep(key, node);
    }

    /// Reports a fault that is not about one value.
    pub(crate) fn fault(&mut self, key: &str, text: impl Into<String>) {
        let line = self
            .map
            .iter()
            .find(|(held, _)| held == key)
            .and_then(|(_, node)| node.line);
        self.report
            .faults
            .push(Fault::new(self.name(key), line.or(self.line), text));
    }

    fn missing(&mut self, key: &str, what: &str) {
        let name = self.name(key);
        self.fault(key, format!("`{name}` is missing; {what}"));
    }

    /// Reads text of a number of characters, trimmed.
    pub(crate) fn text(
        &mut self,
        key: &'static str,
        chars: RangeInclusive<usize>,
    ) -> Option<String> {
        let node = self.node(key)?;
        let Some(text) = node.value.as_text() else {
            let name = self.name(key);
            let text = format!("`{name}` is {}; write text", node.value.what());
            self.refuse(key, node, text);
            return None;
        };
        let text = text.trim();
        let count = text.chars().count();
        if !chars.contains(&count) {
            let name = self.name(key);
            let says = format!(
                "`{name}` is {} long; write {}",
                characters(count),
                span(&chars)
            );
            self.refuse(key, node, says);
            return None;
        }
        Some(text.to_owned())
    }

    /// Reads text that must be there.
    pub(crate) fn required_text(
        &mut self,
        key: &'static str,
        chars: RangeInclusive<usize>,
        what: &str,
    ) -> Option<String> {
        if self.node(key).is_none() {
            let what = format!("write {} characters: {what}", span(&chars));
            self.missing(key, &what);
            return None;
        }
        self.text(key, chars)
    }

    /// Reads one value of a vocabulary.
    pub(crate) fn term<T: Term>(&mut self, key: &'static str) -> Option<T> {
        let node = self.node(key)?;
        let term = node.value.as_text().and_then(T::parse_loosely);
        if term.is_none() {
            let text = unknown_term::<T>(&self.name(key), &node.value);
            self.refuse(key, node, text);
        }
        term
    }

    /// Reads one value of a vocabulary that must be there.
    pub(crate) fn required_term<T: Term>(&mut self, key: &'static str) -> Option<T> {
        if self.node(key).is_none() {
            self.missing(key, &format!("write {}", choice::<T>()));
            return None;
        }
        self.term(key)
    }

    /// Reads values of a vocabulary, each once; a single one needs no list.
    pub(crate) fn terms<T: Term>(&mut self, key: &'static str, max: usize) -> Vec<T> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let mut terms = Vec::new();
        for item in self.items(key, node) {
            match item.value.as_text().and_then(T::parse_loosely) {
                Some(term) if terms.contains(&term) => {}
                Some(term) => terms.push(term),
                None => {
                    let text = unknown_term::<T>(&self.name(key), &item.value);
                    self.report
                        .faults
                        .push(Fault::new(self.name(key), item.line, text));
                    self.keep(key, node);
                }
            }
        }
        self.keep_at_most(max, key, &mut terms);
        terms
    }

    /// Reads values of a vocabulary, of which there must be one at least.
    pub(crate) fn required_terms<T: Term>(&mut self, key: &'static str, max: usize) -> Vec<T> {
        let before = self.report.faults.len();
        let terms = self.terms(key, max);
        if terms.is_empty() && self.report.faults.len() == before {
            let what = format!("write a list of 1 to {max}: {}", choice::<T>());
            self.missing(key, &what);
        }
        terms
    }

    /// Keeps a value that has another meaning than ours, without a fault.
    pub(crate) fn set_aside(&mut self, key: &str, node: &Node) {
        self.keep(key, node);
    }

    /// Keeps a value that could not be used as a whole.
    fn keep(&mut self, key: &str, node: &Node) {
        let path = self.path(key);
        self.report.keep(path, &node.value);
    }

    /// Reads a value by a function; `what` says what to write when it returns none.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(key)?;
        let value = node.value.as_text().and_then(|text| parse(text.trim()));
        if value.is_none() {
            let name = self.name(key);
            let found = node
                .value
                .as_text()
                .map_or_else(|| node.value.what().to_owned(), quote);
            self.refuse(key, node, format!("`{name}` is {found}; write {what}"));
        }
        value
    }

    /// Reads a value by a function, that must be there.
    pub(crate) fn required_parsed<T>(
        &mut self,
        key: &'static str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.node(key).is_none() {
            self.missing(key, &format!("write {what}"));
            return None;
        }
        self.parsed(key, what, parse)
    }

    /// Reads a list of values by a function; a single one needs no list.
    pub(crate) fn list<T>(
        &mut self,
        key: &'static str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let mut values = Vec::new();
        for item in self.items(key, node) {
            match item.value.as_text().and_then(|text| parse(text.trim())) {
                Some(value) => values.push(value),
                None => {
                    let name = self.name(key);
                    let found = item
                        .value
                        .as_text()
                        .map_or_else(|| item.value.what().to_owned(), quote);
                    let text = format!("`{name}` has {found}; write {what}");
                    self.report.faults.push(Fault::new(name, item.line, text));
                    self.keep(key, node);
                }
            }
        }
        values
    }

    /// As [`Fields::list`], with a limit on the number of values.
    pub(crate) fn at_most<T>(
        &mut self,
        max: usize,
        key: &'static str,
        what: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let mut values = self.list(key, what, parse);
        self.keep_at_most(max, key, &mut values);
        values
    }

    /// Reports a list that has too many values, and shortens it.
    pub(crate) fn keep_at_most<T>(&mut self, max: usize, key: &'static str, values: &mut Vec<T>) {
        if values.len() > max
            && let Some(node) = self.node(key)
        {
            let name = self.name(key);
            let text = format!("`{name}` has {} values; keep at most {max}", values.len());
            self.refuse(key, node, text);
            values.truncate(max);
        }
    }

    /// Returns the items of a list. One that is longer than any list of ours is reported once and read no further: it would
    /// take long, and as many faults help no one.
    fn items(&mut self, key: &'static str, node: &'a Node) -> &'a [Node] {
        let items = items(node);
        if items.len() <= MAX_ITEMS {
            return items;
        }
        let name = self.name(key);
        let text = format!(
            "`{name}` has {} values; keep at most {MAX_ITEMS}",
            items.len()
        );
        self.refuse(key, node, text);
        &[]
    }

    /// Reads a group of keys by a function.
    pub(crate) fn group<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(key)?;
        let path = self.path(key);
        let Some(map) = node.value.as_map() else {
            let name = shown(&path);
            let text = format!("`{name}` is {}; write a group of keys", node.value.what());
            self.refuse(key, node, text);
            return None;
        };
        let mut fields = Fields::within(map, path, node.line, self.report);
        let value = read(&mut fields);
        fields.finish();
        value
    }

    /// Reads a list of groups by a function; faulty ones are left out (and reported).
    pub(crate) fn groups<T>(
        &mut self,
        key: &'static str,
        max: usize,
        mut read: impl FnMut(&mut Fields<'_, '_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(node) = self.node(key) else {
            return Vec::new();
        };
        let mut values = Vec::new();
        let mut broken = false;
        for (index, item) in self.items(key, node).iter().enumerate() {
            let mut path = self.path(key);
            path.push(format!("[{index}]"));
            let Some(map) = item.value.as_map() else {
                let name = shown(&path);
                let text = format!("`{name}` is {}; write a group of keys", item.value.what());
                self.report.faults.push(Fault::new(name, item.line, text));
                broken = true;
                continue;
            };
            let before = self.report.faults.len();
            let mut fields = Fields::within(map, path, item.line, self.report);
            values.extend(read(&mut fields));
            fields.finish();
            broken |= self.report.faults.len() > before;
        }
        if values.len() > max {
            let name = self.name(key);
            let text = format!("`{name}` has {} entries; keep at most {max}", values.len());
            self.report.faults.push(Fault::new(name, node.line, text));
            broken = true;
        }
        if broken {
            // The whole list is kept, so its parts need not be.
            let path = self.path(key);
            self.report
                .unknown
                .retain(|(held, _)| !held.starts_with(&path));
            self.keep(key, node);
        }
        values
    }
}

/// Returns the items of a list, or the single value as a list of one.
pub(crate) fn items(node: &Node) -> &[Node] {
    node.value.as_list().unwrap_or(std::slice::from_ref(node))
}
