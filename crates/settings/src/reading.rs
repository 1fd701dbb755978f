//! Settings while they are read: values of one source after another, and the faults that were found.

use std::{collections::BTreeMap, fs, io, path::Path};

use toml::de::{DeTable, DeValue};

use accounts::{Roots, mail::Mailer};

use super::{
    Settings,
    fault::{Origin, SettingsFault},
    keys::{Key, key, keys},
    named_file::read_text,
    providers::{self, PROVIDER_KEYS, ProviderKey},
};

/// The key for which a file may give a list of values; the environment separates them by commas.
const TAKES_LIST: &str = "server.trusted_proxies";

/// Settings that are being read.
pub(super) struct Reading {
    pub(super) settings: Settings,
    pub(super) origins: BTreeMap<&'static str, Origin>,
    /// Where the values of providers came from, by their whole names.
    pub(super) provider_origins: BTreeMap<String, Origin>,
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

    /// Sets a key of a provider, or adds a fault.
    pub(super) fn set_provider(
        &mut self,
        name: &str,
        key: &ProviderKey,
        value: &str,
        origin: Origin,
    ) {
        let whole = format!("{}.{name}.{}", providers::TABLE, key.name);
        match providers::set(&mut self.settings.providers, name, key, value) {
            Ok(()) => {
                self.provider_origins.insert(whole, origin);
            }
            Err(text) => {
                let text = format!("`{whole}`: {text}");
                self.faults.push(SettingsFault { origin, text });
            }
        }
    }

    /// Sets the keys of the tables `[oidc.NAME]`.
    fn read_providers(&mut self, table: &DeTable<'_>, origin: &mut impl FnMut(usize) -> Origin) {
        for (name, value) in table {
            let here = origin(name.span().start);
            let name = name.get_ref();
            let DeValue::Table(keys) = value.get_ref() else {
                let text = format!(
                    "`{0}.{name}` is a table; write `[{0}.{name}]` and its keys below it",
                    providers::TABLE
                );
                self.faults.push(SettingsFault { origin: here, text });
                continue;
            };
            for (key, value) in keys {
                let here = origin(key.span().start);
                let whole = format!("{}.{name}.{}", providers::TABLE, key.get_ref());
                let Some(found) = ProviderKey::find(key.get_ref()) else {
                    let names = PROVIDER_KEYS.iter().map(|key| key.name);
                    let text = unknown("key", &whole, names);
                    self.faults.push(SettingsFault { origin: here, text });
                    continue;
                };
                match list_or_text(value.get_ref()) {
                    Some(text) => self.set_provider(name, found, &text, here),
                    None => {
                        let text = format!("`{whole}` takes {}", found.form);
                        self.faults.push(SettingsFault { origin: here, text });
                    }
                }
            }
        }
    }

    /// Adds what is missing for the providers and the mail server to be used.
    pub(super) fn check_whole(&mut self) {
        for (name, provider) in &self.settings.providers {
            if let Some(key) = provider.missing() {
                let text = format!("`{}.{name}.{key}` is missing", providers::TABLE);
                let origin = Origin::Default;
                self.faults.push(SettingsFault { origin, text });
            }
        }
        let federation = &self.settings.federation;
        if federation.proxy_user.is_some() != federation.proxy_password.is_some() {
            let text = "`federation.proxy_user` and `federation.proxy_password` belong together; where the service alone has the password, set the user there too"
                .to_owned();
            let origin = Origin::Default;
            self.faults.push(SettingsFault { origin, text });
        }
        let accounts = &self.settings.accounts;
        // A shorter `session_max` alone is no mistake.
        let idle = self.origins.get("accounts.session_idle");
        if let Some(origin) = idle.filter(|_| accounts.session_idle > accounts.session_max) {
            let text = "`accounts.session_idle` is longer than `accounts.session_max`, so it has no effect: make it shorter, or `accounts.session_max` longer"
                .to_owned();
            let origin = origin.clone();
            self.faults.push(SettingsFault { origin, text });
        }
        if let Some((key, text)) = self.settings.tls.fault() {
            let origin = self.origins.get(key).cloned();
            let origin = origin.unwrap_or(Origin::Default);
            let text = text.to_owned();
            self.faults.push(SettingsFault { origin, text });
        }
        if let Some(text) = self.settings.database.fault() {
            let origin = self.origins.get("database.password").cloned();
            let origin = origin.unwrap_or(Origin::Default);
            let text = text.to_owned();
            self.faults.push(SettingsFault { origin, text });
        }
        let mailer = self.settings.smtp.server();
        let mailer = mailer.and_then(|server| {
            let mailer = |server| Mailer::new(server, &Roots::default());
            server.as_ref().map(mailer).transpose()
        });
        if let Err(text) = mailer {
            let origin = self.origins.get("smtp.host").cloned();
            let origin = origin.unwrap_or(Origin::Default);
            self.faults.push(SettingsFault { origin, text });
        }
    }

    /// Sets the keys of a file. One that was not `named` is in the data directory, so it cannot set that.
    pub(super) fn read_file(&mut self, path: &Path, named: bool) {
        let whole = |text: String| SettingsFault {
            origin: Origin::File(path.to_owned(), 0),
            text,
        };
        let text = match read_text(path) {
            Ok(text) => text,
            Err(error) => {
                let text = match fs::read_link(path) {
                    Ok(target) if error.kind() == io::ErrorKind::NotFound => format!(
                        "it leads to `{}`, where no file is; make that file, or remove the link",
                        target.display()
                    ),
                    _ => format!("it cannot be read: {error}"),
                };
                self.faults.push(whole(text));
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
                    text: described(&error, &text),
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
                (None, DeValue::Table(inner)) if full == providers::TABLE => {
                    self.read_providers(inner, origin);
                }
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
        DeValue::Array(_) if key.name == TAKES_LIST => list_or_text(value),
        value => text_of(value),
    }
}

/// Returns a list as the environment has it, and any other value as it is.
fn list_or_text(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::Array(values) => {
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

/// Describes why a file cannot be parsed. Of a key that is there twice, the parser says only the line.
fn described(error: &toml::de::Error, file: &str) -> String {
    let said = error.message();
    let place = error.span().and_then(|span| file.get(span));
    match place.map(str::trim) {
        Some(key) if said == "duplicate key" => {
            format!("duplicate key `{key}`; it is in the file before, so remove one of the two")
        }
        _ => said.to_owned(),
    }
}
