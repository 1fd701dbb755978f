//! The reference page of the configuration, and `config show`: both made from the table of keys.

use std::fmt::Write as _;

use serde_json::json;

use super::{
    Settings,
    keys::{Key, keys},
    load::Loaded,
    providers::PROVIDER_KEYS,
    reload::RELOADED,
};

/// Returns docs/CONFIGURATION.md.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(INTRODUCTION);
    let defaults = Settings::default();
    for key in keys() {
        let default =
            (key.get)(&defaults).map_or_else(|| "not set".to_owned(), |text| format!("`{text}`"));
        let mut variables: Vec<String> = key.variables();
        if key.secret {
            let files: Vec<String> = variables
                .iter()
                .map(|name| format!("{name}_FILE"))
                .collect();
            variables.extend(files);
        }
        let variables = variables.join("`, `");
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "\n## `{}`\n\n{}\n\n- Value: {}\n- Default: {default}\n- Environment: `{variables}`\n",
            key.name,
            key.about.replace(". ", ".\n"),
            key.form
        );
        if RELOADED.contains(&key.name) {
            page.push_str("- SIGHUP: a running node takes a new value\n");
        }
    }
    page.push_str(PROVIDERS);
    for key in &PROVIDER_KEYS {
        let secret = if key.secret {
            ", or in a file that the variable with `_FILE` names"
        } else {
            ""
        };
        let about = key.about.replace(". ", ".\n");
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "\n### `oidc.NAME.{}`\n\n{about}\n\n- Value: {}{secret}\n",
            key.name, key.form
        );
    }
    page
}

const PROVIDERS: &str = "
## `oidc.NAME`

People can sign in through OpenID providers, each a table with a name of small letters, digits and hyphens.
[SIGN-IN.md](SIGN-IN.md) has an example for Entra, NHSmail and Keycloak.
In the environment the name and the key are in capitals, with `_` for each other sign: `WARDROUND_OIDC_ENTRA_CLIENT_SECRET`.
";

const INTRODUCTION: &str = "# Configuration

A node runs without any configuration.
Settings are read from four places, and a later one wins:

1. the defaults below;
2. `wardround.toml` in the data directory, or the file that `--config` or `WARDROUND_CONFIG` names;
3. environment variables; a secret may be in a file that the variable with `_FILE` names;
4. flags of the command line, such as `--data`, `--listen` and `--allow-loopback`.

An unknown key is an error that names the file, the line and the nearest known key.
So is an unknown variable that begins with `WARDROUND_`; one that is empty sets nothing, and `WARDROUND_COMMIT` and `WARDROUND_RELEASE_KEY` are for builds.
In Kubernetes, a Service called `wardround` puts variables such as `WARDROUND_PORT` into each pod of its namespace, and a node refuses them: give it another name, or set `enableServiceLinks: false`.
`wardround config show` prints the result and the source of each value; `wardround config check` only checks.

```toml
# wardround.toml
listen = \"127.0.0.1:8080\"

[site]
name = \"Northmoor lessons\"

[federation]
interval = 300

[federation.hosts]
\"exchange.example.nhs.uk\" = [\"203.0.113.7\"]
```

On `wardround reload`, or on SIGHUP, a running node reads its configuration again; each key says below whether it then takes a new value.
A node whose standard input is a terminal stops on SIGHUP, which it gets when the terminal is closed: in tmux or `docker run -it` use `wardround reload`.
Of the others, the log says that they wait for the next start.

`wardround config reference` generates this page.
";

/// Returns the settings as `config show` prints them: lines of a `wardround.toml`, each with where it came from.
#[must_use]
pub fn show(loaded: &Loaded) -> String {
    let mut text = String::new();
    let width = keys()
        .map(|key| line(key, loaded).chars().count())
        .max()
        .unwrap_or(0);
    for key in keys() {
        let line = line(key, loaded);
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line:width$}  # {}", loaded.origin(key));
    }
    for (name, value) in provider_values(loaded) {
        let line = format!("{name} = {}", literal(&value));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line:width$}  # {}", loaded.provider_origin(&name));
    }
    text
}

/// Returns the values of all providers that are set, by their whole names.
fn provider_values(loaded: &Loaded) -> Vec<(String, String)> {
    let providers = loaded.settings.providers.iter();
    let values = providers.flat_map(|(name, provider)| {
        PROVIDER_KEYS.iter().filter_map(move |key| {
            let value = key.get(provider)?;
            Some((format!("oidc.{name}.{}", key.name), value))
        })
    });
    values.collect()
}

fn line(key: &Key, loaded: &Loaded) -> String {
    match (key.get)(&loaded.settings) {
        Some(value) => format!("{} = {}", key.name, literal(&value)),
        None => format!("# {} =", key.name),
    }
}

fn literal(value: &str) -> String {
    let bare = value == "true" || value == "false" || value.parse::<i64>().is_ok();
    if bare {
        value.to_owned()
    } else {
        toml::Value::from(value).to_string()
    }
}

/// Returns the same as one JSON object.
#[must_use]
pub fn show_json(loaded: &Loaded) -> serde_json::Value {
    let values = keys().map(|key| {
        let value = (key.get)(&loaded.settings).map(|text| typed(key, text));
        let origin = loaded.origin(key).to_string().replace('`', "");
        (
            key.name.to_owned(),
            json!({ "value": value, "from": origin }),
        )
    });
    let of_providers = provider_values(loaded).into_iter().map(|(name, value)| {
        let origin = loaded.provider_origin(&name).to_string().replace('`', "");
        (name, json!({ "value": value, "from": origin }))
    });
    serde_json::Value::Object(values.chain(of_providers).collect())
}

/// Returns a value as JSON has it: what is true or false, and what is a number, are not texts.
fn typed(key: &Key, text: String) -> serde_json::Value {
    if key.form == "`true` or `false`" {
        return json!(text == "true");
    }
    // Numbers have a range as their form: `1 to 200`, or `seconds, 1 to 86400`.
    let range = key.form.rsplit(", ").next().unwrap_or_default();
    let is_number = range
        .split_once(" to ")
        .is_some_and(|(least, most)| least.parse::<u64>().is_ok() && most.parse::<u64>().is_ok());
    match text.parse::<u64>() {
        Ok(number) if is_number => json!(number),
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Sources;

    #[test]
    fn numbers_and_what_is_true_or_false_are_no_texts_in_json() {
        let shown = show_json(&Sources::default().load().unwrap());
        for (name, expected) in [
            ("site.demo", json!(false)),
            ("limits.connections", json!(1_000)),
            ("federation.interval", json!(300)),
            ("federation.quota_bytes", json!(2_000_000_000_u64)),
            ("listen", json!("127.0.0.1:8080")),
            ("site.name", json!("Wardround")),
            ("metrics.listen", json!(null)),
        ] {
            assert_eq!(shown[name]["value"], expected, "{name}");
        }
    }

    #[test]
    fn the_reference_page_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIGURATION.md");
        let page = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            page == reference(),
            "run `wardround config reference > docs/CONFIGURATION.md`"
        );
    }

    #[test]
    fn each_sample_of_the_guide_for_signing_in_is_read() {
        let guide = include_str!("../../../docs/SIGN-IN.md");
        let samples: Vec<&str> = guide
            .split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        let all = samples.concat();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("wardround.toml");
        std::fs::write(&file, &all).unwrap();
        // The secrets are where the guide puts them.
        let secrets = [
            "WARDROUND_SMTP_PASSWORD",
            "WARDROUND_OIDC_ENTRA_CLIENT_SECRET",
            "WARDROUND_OIDC_NHSMAIL_CLIENT_SECRET",
            "WARDROUND_OIDC_KEYCLOAK_CLIENT_SECRET",
        ];
        let secret = |name: &str| (name.to_owned(), "a secret".to_owned());
        let sources = Sources {
            file: Some(file),
            environment: secrets.map(secret).to_vec(),
            flags: Vec::new(),
        };
        let settings = sources
            .load()
            .map_err(|faults| format!("{faults:?}"))
            .unwrap()
            .settings;
        let names: Vec<&String> = settings.providers.keys().collect();
        assert_eq!(names, ["entra", "keycloak", "nhsmail"]);
        let keycloak = &settings.providers["keycloak"];
        assert_eq!(keycloak.roles.len(), 3);
        assert!(settings.accounts.ca_file.is_some());
        assert!(settings.smtp.server().unwrap().is_some());
    }

    #[test]
    fn what_is_shown_says_where_it_came_from_and_hides_secrets() {
        let sources = Sources {
            file: None,
            environment: vec![
                (
                    "DATABASE_URL".to_owned(),
                    "postgres://u:hunter2@h/d".to_owned(),
                ),
                ("WARDROUND_DATA".to_owned(), "/nowhere".to_owned()),
            ],
            flags: vec![("listen", "--listen", "127.0.0.1:99".to_owned())],
        };
        let loaded = sources.load().unwrap();
        let text = show(&loaded);
        let line = |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap();
        assert!(line("listen = \"127.0.0.1:99\"").ends_with("# flag `--listen`"));
        assert!(line("database.url = \"postgres://u:********@h/d\"").contains("DATABASE_URL"));
        assert!(line("federation.interval = 300").ends_with("# default"));
        assert!(line("# metrics.listen =").ends_with("# default"));
        assert!(!text.contains("hunter2") && !show_json(&loaded).to_string().contains("hunter2"));
    }
}
