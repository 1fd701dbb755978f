//! The sources of the settings and their order: defaults, file, environment, flags.
//!
//! All faults are reported together, so that an operator can fix them in one go.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

pub use super::fault::{Origin, SettingsFault};
use super::{
    Log, Settings,
    keys::{Key, key, keys},
    named_file::read_text,
    providers,
    reading::{Reading, unknown},
};

/// The name of the file in the data directory.
pub const FILE_NAME: &str = "wardround.toml";
/// The variable that names a configuration file.
pub const FILE_VARIABLE: &str = "WARDROUND_CONFIG";
/// Settings of the test suites, not of the program.
const TEST_PREFIX: &str = "WARDROUND_TEST_";
/// Variables of a build and of a release, which may be set where the program runs as well.
const OF_BUILD: [&str; 2] = ["WARDROUND_COMMIT", "WARDROUND_RELEASE_KEY"];

/// What the settings are read from, besides the file.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file, if one is named; otherwise `wardround.toml` in the data directory, if it is there.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: Vec<(String, String)>,
    /// Keys given as flags, with the flag.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// The settings, with where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub settings: Settings,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    origins: BTreeMap<&'static str, Origin>,
    provider_origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Returns where the value of a provider's key came from, by its whole name.
    pub(super) fn provider_origin(&self, name: &str) -> &Origin {
        self.provider_origins.get(name).unwrap_or(&Origin::Default)
    }

    /// Returns where the value of a key came from.
    #[must_use]
    pub fn origin(&self, key: &Key) -> &Origin {
        self.origins.get(key.name).unwrap_or(&Origin::Default)
    }
}

impl Sources {
    /// Returns the sources of this process: its environment, and what the flags said.
    #[must_use]
    pub fn of_process(
        file: Option<PathBuf>,
        flags: Vec<(&'static str, &'static str, String)>,
    ) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            file,
            environment,
            flags,
        }
    }

    /// Reads the settings.
    ///
    /// # Errors
    /// All faults, in the order of the sources.
    pub fn load(&self) -> Result<Loaded, Vec<SettingsFault>> {
        let (mut reading, file) = self.read();
        if reading.faults.is_empty() {
            let (settings, origins) = (reading.settings, reading.origins);
            let provider_origins = reading.provider_origins;
            Ok(Loaded {
                settings,
                origins,
                provider_origins,
                file: file.map(|(path, _)| path),
            })
        } else {
            reading.faults.sort_by_key(|fault| fault.origin.rank());
            Err(reading.faults)
        }
    }

    /// Returns what the log is to look like, also where other settings have faults, which belong into that log.
    #[must_use]
    pub fn log(&self) -> Log {
        self.read().0.settings.log
    }

    /// Returns the data directory, also where other settings have faults: a running node may say more of them.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.read().0.settings.data
    }

    /// Reads every source, and returns what was read with the file.
    fn read(&self) -> (Reading, Option<(PathBuf, bool)>) {
        let mut reading = Reading {
            settings: Settings::default(),
            origins: BTreeMap::new(),
            provider_origins: BTreeMap::new(),
            faults: Vec::new(),
        };
        let variables = self.variables(&mut reading.faults);
        let file = self.file_to_read(&variables);
        if let Some((path, named)) = &file {
            reading.read_file(path, *named);
        }
        for (key, variable, value) in &variables {
            reading.set(key, value, Origin::Environment(variable.clone()));
        }
        self.read_provider_variables(&mut reading);
        for (name, flag, value) in &self.flags {
            if let Some(key) = key(name) {
                reading.set(key, value, Origin::Flag(flag));
            }
        }
        reading.check_whole();
        (reading, file)
    }

    /// Returns the file, and whether it was named: then it has to exist.
    fn file_to_read(
        &self,
        variables: &[(&'static Key, String, Zeroizing<String>)],
    ) -> Option<(PathBuf, bool)> {
        let of_environment = || {
            self.environment
                .iter()
                .find(|(name, value)| name == FILE_VARIABLE && !value.is_empty())
        };
        let named = self
            .file
            .clone()
            .or_else(|| of_environment().map(|(_, path)| path.into()));
        if let Some(path) = named {
            return Some((path, true));
        }
        let flag = self
            .flags
            .iter()
            .find(|(name, ..)| *name == "data")
            .map(|(.., path)| path.as_str());
        let variable = variables
            .iter()
            .find(|(key, ..)| key.name == "data")
            .map(|(.., path)| path.as_str());
        let data = flag
            .or(variable)
            .map_or_else(|| Settings::default().data, PathBuf::from);
        let path = data.join(FILE_NAME);
        // A link counts wherever it leads: without what it has, the node would serve with other settings than it should.
        path.symlink_metadata().is_ok().then_some((path, false))
    }

    /// Sets the keys of providers from the environment.
    fn read_provider_variables(&self, reading: &mut Reading) {
        let mut set_by = BTreeMap::new();
        // As for all other keys, an empty variable sets nothing.
        let given = self.environment.iter();
        for (name, value) in given.filter(|(_, value)| !value.is_empty()) {
            let Some((provider, key, is_file)) = providers::variable(name) else {
                continue;
            };
            let origin = Origin::Environment(name.clone());
            if let Some(first) = set_by.insert((provider.clone(), key.name), name) {
                let text = format!(
                    "`{first}` sets `{}.{provider}.{}` too; remove one of them",
                    providers::TABLE,
                    key.name
                );
                reading.faults.push(SettingsFault { origin, text });
                continue;
            }
            if !is_file {
                reading.set_provider(&provider, key, value, origin);
                continue;
            }
            match read_text(Path::new(value)) {
                Ok(text) => {
                    let text = Zeroizing::new(text);
                    reading.set_provider(&provider, key, text.trim_end(), origin);
                }
                Err(error) => {
                    let text = format!("`{value}` cannot be read: {error}");
                    reading.faults.push(SettingsFault { origin, text });
                }
            }
        }
    }

    /// Returns the variables that set a key; those that begin with `WARDROUND_` and set none are faults.
    fn variables(
        &self,
        faults: &mut Vec<SettingsFault>,
    ) -> Vec<(&'static Key, String, Zeroizing<String>)> {
        let mut found = Vec::new();
        for (name, value) in self
            .environment
            .iter()
            .filter(|(_, value)| !value.is_empty())
        {
            let origin = || Origin::Environment(name.clone());
            if let Some(key) = keys().find(|key| key.variables().contains(name)) {
                found.push((key, name.clone(), Zeroizing::new(value.clone())));
            } else if let Some(key) = secret_file(name) {
                match read_text(Path::new(value)) {
                    Ok(text) => found.push((
                        key,
                        name.clone(),
                        Zeroizing::new(text.trim_end().to_owned()),
                    )),
                    Err(error) => faults.push(SettingsFault {
                        origin: origin(),
                        text: format!("`{value}` cannot be read: {error}"),
                    }),
                }
            } else if name.starts_with("WARDROUND_")
                && providers::variable(name).is_none()
                && name != FILE_VARIABLE
                && !name.starts_with(TEST_PREFIX)
                && !OF_BUILD.contains(&name.as_str())
            {
                let all: Vec<String> = keys().flat_map(Key::variables).collect();
                let text = unknown("variable", name, all.iter().map(String::as_str));
                faults.push(SettingsFault {
                    origin: origin(),
                    text,
                });
            }
        }
        // Of two variables of one key the first name in the table wins, and both at once is a mistake.
        found.sort_by_key(|(key, variable, _)| {
            key.variables().iter().position(|name| name == variable)
        });
        for key in keys() {
            let mut names = found
                .iter()
                .filter(|(other, ..)| other.name == key.name)
                .map(|(_, name, _)| name);
            if let (Some(first), Some(second)) = (names.next(), names.next()) {
                faults.push(SettingsFault {
                    origin: Origin::Environment(second.clone()),
                    text: format!("`{first}` sets `{}` too; remove one of them", key.name),
                });
            }
        }
        found
    }
}

/// Returns the secret whose file a variable names.
fn secret_file(variable: &str) -> Option<&'static Key> {
    let name = variable.strip_suffix("_FILE")?;
    keys().find(|key| key.secret && key.variables().iter().any(|known| known == name))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn load(
        file: &str,
        environment: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Loaded, String> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("given.toml");
        fs::write(&path, file).unwrap();
        let sources = Sources {
            file: Some(path),
            environment: environment
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            flags: flags
                .iter()
                .map(|(key, value)| (*key, "--flag", (*value).to_owned()))
                .collect(),
        };
        sources.load().map_err(|faults| {
            let place = format!("{}/", directory.path().display());
            faults
                .iter()
                .map(|fault| fault.to_string().replace(&place, ""))
                .collect::<Vec<_>>()
                .join("\n")
        })
    }

    #[test]
    fn a_later_source_wins_over_an_earlier_one() {
        let file = "listen = \"127.0.0.1:1\"\n[federation]\ninterval = 7\n[limits]\ndrain = 3\n";
        let loaded = load(
            file,
            &[
                ("WARDROUND_LISTEN", "127.0.0.1:2"),
                ("WARDROUND_FEDERATION_INTERVAL", "9"),
            ],
            &[("listen", "127.0.0.1:3")],
        )
        .unwrap();
        assert_eq!(loaded.settings.listen.port(), 3);
        assert_eq!(loaded.settings.federation.interval.as_secs(), 9);
        assert_eq!(loaded.settings.limits.drain.as_secs(), 3);
        let origin = |name| loaded.origin(key(name).unwrap()).to_string();
        assert_eq!(origin("listen"), "flag `--flag`");
        assert_eq!(
            origin("federation.interval"),
            "environment variable `WARDROUND_FEDERATION_INTERVAL`"
        );
        assert!(origin("limits.drain").ends_with("given.toml` line 5"));
        assert_eq!(origin("site.name"), "default");
    }

    #[test]
    fn every_fault_names_its_place_and_what_to_do() {
        for (file, environment, expected) in [
            (
                "[federation]\nintervall = 3\n",
                vec![],
                "`given.toml` line 2: unknown key `federation.intervall`; did you mean `federation.interval`?",
            ),
            (
                "\n[federaton]\ninterval = 3\n",
                vec![],
                "`given.toml` line 2: unknown key `federaton`; did you mean `federation`?",
            ),
            (
                "listen = 8080\nfederation.interval = 0",
                vec![],
                "`given.toml` line 1: `listen` `8080`: give an IP address and a port, such as `127.0.0.1:8080`\n\
                 `given.toml` line 2: `federation.interval` `0`: give a whole number of seconds from 1 to 86400",
            ),
            (
                "site = 1\nfederation.proxy = \"http://user:secret@proxy:3128\"",
                vec![],
                "`given.toml` line 1: `site` is a table; write `[site]` and its keys below it\n\
                 `given.toml` line 2: `federation.proxy`: give `http://HOST:PORT`, without a password",
            ),
            (
                "federation.hosts = { \"my host\" = \"10.0.0.1\" }",
                vec![],
                "`given.toml` line 1: `federation.hosts` `my host=10.0.0.1`: `my host` is not a host name",
            ),
            (
                "[accounts]\nsession_idle = 7200\nsession_max = 3600",
                vec![],
                "`given.toml` line 2: `accounts.session_idle` is longer than `accounts.session_max`, so it has no effect: make it shorter, or `accounts.session_max` longer",
            ),
            (
                "listen = [1]",
                vec![],
                "`given.toml` line 1: `listen` takes an IP address and a port",
            ),
            (
                "",
                vec![("WARDROUND_METRIC_LISTEN", "x")],
                "environment variable `WARDROUND_METRIC_LISTEN`: unknown variable `WARDROUND_METRIC_LISTEN`; did you mean `WARDROUND_METRICS_LISTEN`?",
            ),
            (
                "",
                vec![("DATABASE_URL", "mysql://user:password@host/")],
                "environment variable `DATABASE_URL`: `database.url`: it does not begin with `postgres://`; give `postgres://USER:PASSWORD@HOST:PORT/DATABASE` or `sqlite:PATH`",
            ),
            (
                "",
                vec![
                    ("DATABASE_URL", "sqlite:a"),
                    ("WARDROUND_DATABASE_URL", "sqlite:b"),
                ],
                "environment variable `WARDROUND_DATABASE_URL`: `DATABASE_URL` sets `database.url` too; remove one of them",
            ),
        ] {
            assert_eq!(load(file, &environment, &[]).unwrap_err(), expected);
        }
        let broken = load("listen = \n", &[], &[]).unwrap_err();
        assert!(broken.starts_with("`given.toml` line 1: "), "{broken}");
        let twice = load("listen = \"a\"\n\n  listen = \"b\"\n", &[], &[]).unwrap_err();
        let expected = "`given.toml` line 3: duplicate key `listen`; it is in the file before, so remove one of the two";
        assert_eq!(twice, expected);
    }

    #[test]
    fn a_secret_may_lie_in_a_file_and_is_never_shown() {
        let directory = tempfile::tempdir().unwrap();
        let secret = directory.path().join("url");
        fs::write(&secret, "postgres://user:hunter2@host/db\n").unwrap();
        let path = secret.display().to_string();
        let loaded = load("", &[("DATABASE_URL_FILE", &path)], &[]).unwrap();
        let url = loaded.settings.database.url.as_ref().unwrap();
        assert_eq!(url.expose(), "postgres://user:hunter2@host/db");
        let shown = (key("database.url").unwrap().get)(&loaded.settings).unwrap();
        assert!(!format!("{shown}{:?}", loaded.settings).contains("hunter2"));
        let missing = load("", &[("DATABASE_URL_FILE", "/nowhere/url")], &[]).unwrap_err();
        assert!(
            missing.contains("`/nowhere/url` cannot be read"),
            "{missing}"
        );
    }

    #[test]
    fn variables_of_a_provider_count_as_all_others_do() {
        const ISSUER: (&str, &str) = (
            "WARDROUND_OIDC_ENTRA_ISSUER",
            "https://login.microsoftonline.com/x/v2.0",
        );
        const SECRET: &str = "WARDROUND_OIDC_ENTRA_CLIENT_SECRET";
        const FILE: &str = "WARDROUND_OIDC_ENTRA_CLIENT_SECRET_FILE";
        let (client, domains) = (
            ("WARDROUND_OIDC_ENTRA_CLIENT_ID", "x"),
            ("WARDROUND_OIDC_ENTRA_DOMAINS", "northmoor.nhs.uk"),
        );
        // Empty ones set nothing.
        let none = load("", &[(SECRET, ""), (FILE, "")], &[]).unwrap();
        assert!(none.settings.providers.is_empty());
        for public in [
            load("", &[ISSUER, client, domains, (SECRET, "")], &[]),
            load(
                "[oidc.entra]\nclient_secret = \"\"",
                &[ISSUER, client, domains],
                &[],
            ),
        ] {
            let provider = public.unwrap().settings.providers.remove("entra").unwrap();
            assert!(provider.client_secret.is_none());
        }
        let twice = [ISSUER, client, domains, (SECRET, "a"), (FILE, "/nowhere")];
        let expected = format!(
            "environment variable `{FILE}`: `{SECRET}` sets `oidc.entra.client_secret` too; remove one of them"
        );
        assert_eq!(load("", &twice, &[]).unwrap_err(), expected);
    }

    #[test]
    fn variables_of_a_build_are_no_settings() {
        let of_build = OF_BUILD.map(|name| (name, "x"));
        assert!(load("", &of_build, &[]).is_ok());
    }

    #[test]
    fn names_of_peers_can_be_given_addresses_in_either_form() {
        let table =
            "[federation.hosts]\n\"a.example\" = \"10.0.0.1\"\nb = [\"10.0.0.2\", \"::1\"]\n";
        let of_file = load(table, &[], &[]).unwrap().settings.federation.hosts;
        let text = "a.example=10.0.0.1, b=10.0.0.2,b=::1";
        let of_environment = load("", &[("WARDROUND_FEDERATION_HOSTS", text)], &[])
            .unwrap()
            .settings
            .federation
            .hosts;
        assert_eq!(of_file, of_environment);
        assert_eq!(of_file.get("b").map(Vec::len), Some(2));
    }

    #[test]
    fn the_file_in_the_data_directory_is_found_and_cannot_move_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE_NAME);
        let sources = Sources {
            file: None,
            environment: vec![(
                "WARDROUND_DATA".to_owned(),
                directory.path().display().to_string(),
            )],
            flags: Vec::new(),
        };
        assert_eq!(sources.load().unwrap().file, None);
        fs::write(&path, "site.name = \"Here\"\n").unwrap();
        let loaded = sources.load().unwrap();
        assert_eq!(
            (loaded.file, loaded.settings.site.name.as_str()),
            (Some(path.clone()), "Here")
        );
        fs::write(&path, "data = \"elsewhere\"\n").unwrap();
        assert!(
            sources.load().unwrap_err()[0]
                .text
                .contains("`data` cannot be set")
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_a_fault() {
        let directory = tempfile::tempdir().unwrap();
        let gone = directory.path().join("gone");
        std::os::unix::fs::symlink(&gone, directory.path().join(FILE_NAME)).unwrap();
        let data = directory.path().display().to_string();
        let sources = Sources {
            flags: vec![("data", "--data", data)],
            ..Sources::default()
        };
        let faults = sources.load().unwrap_err();
        let text = format!("it leads to `{}`, where no file is", gone.display());
        let said = faults.iter().map(ToString::to_string).collect::<String>();
        assert!(said.contains(&text), "{said}");
    }

    #[test]
    fn every_value_that_is_shown_can_be_read_back() {
        let mut changed = Settings::default();
        for key in keys() {
            if let Some(text) = (key.get)(&Settings::default()) {
                (key.set)(&mut changed, &text).unwrap();
            }
        }
        assert_eq!(changed, Settings::default());
    }
}
