//! Settings while they are read: values of one source after another, and the faults that were found.

use std::{collections::BTreeMap, fs, io, path::Path};

use toml::de::{DeTable, DeValue};

use super::{
    Settings,
    fault::{Origin, SettingsFault},
    keys::{Key, key, keys},
};

/// The key for which a file may give a list of values; the environment separates them by commas.
const TAKES_LIST: &str = "server.trusted_proxies";

/// A larger file is not a configuration.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Settings that are being read.
pub(super) struct Reading {
    pub(super) settings: Settings,
    pub(super) origins: BTreeMap<&'static str, Origin>,
    pub(super) faults: Vec<SettingsFault>,
}

impl Reading {
    /// Sets a key, or adds a fault.
    pub(super) fn set(&mut self, key: &'static Key, value: &str, origin: Origin) {
        match (key.set)(&mut self.settings, value) {
            Ok(()) => {
                self.origins.insert(key.name, origin);
            }
            Err(text) => {
                // An address may contain a password, also where it must not.
                let shown = if key.secret || value.contains('@') {
                    String::new()
                } else {
                    format!(" `{value}`")
                };
                let text = format!("`{}`{shown}: {text}", key.name);
                self.faults.push(SettingsFault { origin, text });
            }
        }
    }

    /// Sets the keys of a file. One that was not `named` is in the data directory, so it cannot set that.
    pub(super) fn read_file(&mut self, path: &Path, named: bool) {
        let whole = |text: String| SettingsFault {
            origin: Origin::File(path.to_owned(), 0),
            text,
        };
        let text = match read_bounded(path) {
            Ok(text) => text,
            Err(error) => {
                self.faults
                    .push(whole(format!("it cannot be read: {error}")));
                return;
            }
        };
        let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        match DeTable::parse(&text) {
            Err(error) => {
                let at = error.span().map_or(0, |span| line(span.start));
                let origin = Origin::File(path.to_owned(), at);
                self.faults.push(SettingsFault {
                    origin,
                    text: error.message().to_owned(),
                });
            }
            Ok(table) => self.read_table(
                "",
                table.get_ref(),
                &mut |at| Origin::File(path.to_owned(), line(at)),
                named,
            ),
        }
    }

    fn read_table(
        &mut self,
        prefix: &str,
        table: &DeTable<'_>,
        origin: &mut impl FnMut(usize) -> Origin,
        named: bool,
    ) {
        for (name, value) in table {
            let full = format!("{prefix}{}", name.get_ref());
            let origin_here = origin(name.span().start);
            match (key(&full), value.get_ref()) {
                (Some(key), _) if key.name == "data" && !named => self.faults.push(SettingsFault {
                    origin: origin_here,
                    text: "`data` cannot be set in the data directory itself; give `--data`, or the file with `--config`".to_owned(),
                }),
                (Some(key), value) => match text_for(key, value) {
                    Some(text) => self.set(key, &text, origin_here),
                    None => self.faults.push(SettingsFault {
                        origin: origin_here,
                        text: format!("`{full}` takes {}", key.form),
                    }),
                },
                (None, DeValue::Table(inner)) if is_table(&full) => {
                    self.read_table(&format!("{full}."), inner, origin, named);
                }
                (None, _) => {
                    let text = if is_table(&full) {
                        format!("`{full}` is a table; write `[{full}]` and its keys below it")
                    } else {
                        unknown("key", &full, names())
                    };
                    self.faults.push(SettingsFault { origin: origin_here, text });
                }
            }
        }
    }
}

fn read_bounded(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > MAX_FILE_BYTES {
        return Err(io::Error::other("it has more than 1 MiB"));
    }
    fs::read_to_string(path)
}

fn is_table(name: &str) -> bool {
    keys().any(|key| {
        key.name
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('.'))
    })
}

/// Returns the names of keys and of the tables they are in.
fn names() -> impl Iterator<Item = &'static str> {
    let tables = keys().filter_map(|key| Some(key.name.split_once('.')?.0));
    keys().map(|key| key.name).chain(tables)
}

/// Returns a key's value as it would be written in the environment.
fn text_for(key: &Key, value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Array(values) if key.name == TAKES_LIST => {
            let texts = values.iter().map(|value| text_of(value.get_ref()));
            Some(texts.collect::<Option<Vec<_>>>()?.join(","))
        }
        value => text_of(value),
    }
}

fn text_of(value: &DeValue<'_>) -> Option<String> {
    Some(match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Table(table) => {
            let mut pairs = Vec::new();
            for (name, value) in table {
                let addresses = match value.get_ref() {
                    DeValue::Array(values) => values
                        .iter()
                        .map(|value| text_of(value.get_ref()))
                        .collect::<Option<_>>()?,
                    value => vec![text_of(value)?],
                };
                pairs.extend(
                    addresses
                        .iter()
                        .map(|address| format!("{}={address}", name.get_ref())),
                );
            }
            pairs.join(",")
        }
        _ => return None,
    })
}

/// Returns the text for an unknown name, with the known name that is nearest.
pub(super) fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.max_by(|a, b| {
        strsim::normalized_damerau_levenshtein(name, a)
            .total_cmp(&strsim::normalized_damerau_levenshtein(name, b))
    });
    let hint = nearest.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    format!("unknown {what} `{name}`{hint}")
}
