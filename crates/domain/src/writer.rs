//! Writing the keys of a map, for files and for `meta` alike.

use metadata::value::{Map, Value};

/// A map being written; empty values are left out.
#[derive(Default)]
pub(crate) struct Writer(pub(crate) Map);

impl Writer {
    pub(crate) fn value(&mut self, key: &str, value: Value) {
        self.0.push((key.to_owned(), value.into()));
    }

    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.value(key, Value::text(text));
    }

    pub(crate) fn optional(&mut self, key: &str, text: Option<impl Into<String>>) {
        if let Some(text) = text {
            self.value(key, Value::text(text));
        }
    }

    pub(crate) fn number(&mut self, key: &str, number: Option<impl ToString>) {
        if let Some(number) = number {
            self.value(key, Value::plain(number));
        }
    }

    pub(crate) fn texts<T: std::fmt::Display>(&mut self, key: &str, texts: &[T]) {
        if !texts.is_empty() {
            self.value(key, Value::texts(texts));
        }
    }

    pub(crate) fn map(&mut self, key: &str, map: Map) {
        if !map.is_empty() {
            self.value(key, Value::Map(map));
        }
    }

    pub(crate) fn maps(&mut self, key: &str, maps: impl Iterator<Item = Map>) {
        let nodes: Vec<_> = maps.map(|map| Value::Map(map).into()).collect();
        if !nodes.is_empty() {
            self.value(key, Value::List(nodes));
        }
    }
}
