//! The keys of the configuration for the database, and the forms of its address.
//!
//! An address may have a password as it is, with any character; inside the program it has the percent-escapes that URLs ask
//! for. What is shown of it never has the password.

use std::fmt::Write as _;

use url::Url;
use zeroize::Zeroizing;

use super::{
    Secret,
    keys::Key,
    reading::unknown,
    values::{MASK, within},
};

const FORM: &str = "give `postgres://USER:PASSWORD@HOST:PORT/DATABASE` or `sqlite:PATH`";
const UNCLEAR: &str = "it is not clear whether this has a port or a password; write `/`, `?`, `#` and `@` of the password as `%2F`, `%3F`, `%23` and `%40`, or set `database.password` instead";

/// The database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    /// `postgres://…` or `sqlite:PATH`; SQLite in the data directory when it is not set.
    pub url: Option<Secret>,
    /// The password for the user in `url`, if that has none.
    pub password: Option<Secret>,
    /// Connections that are kept at most.
    pub connections: u32,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: None,
            password: None,
            connections: 8,
        }
    }
}

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "database.url",
        form: "`postgres://…` or `sqlite:PATH`",
        about: "The database. When it is not set, SQLite in `node.db` in the data directory.",
        secret: true,
        set: |settings, text| {
            settings.database.url = Some(Secret::new(address(text)?));
            Ok(())
        },
        get: |settings| Some(shown(settings.database.url.as_ref()?.expose())),
    },
    Key {
        name: "database.password",
        form: "text",
        about: "The password for the user in `database.url`, as it is. Then that has none.",
        secret: true,
        set: |settings, text| {
            settings.database.password = Some(Secret::new(text.to_owned()));
            Ok(())
        },
        get: |settings| settings.database.password.as_ref().map(|_| MASK.to_owned()),
    },
    Key {
        name: "database.connections",
        form: "1 to 200",
        about: "Maximum number of connections to the database.",
        secret: false,
        set: |settings, text| within(&mut settings.database.connections, text, 1, 200),
        get: |settings| Some(settings.database.connections.to_string()),
    },
];

impl Database {
    /// Returns the address with its password, for the driver; `None` for SQLite in the data directory.
    #[must_use]
    pub fn address(&self) -> Option<Zeroizing<String>> {
        let url = self.url.as_ref()?.expose();
        let whole = self.password.as_ref().and_then(|password| {
            let mut whole = Url::parse(url).ok()?;
            whole.set_password(Some(&escaped(password.expose()))).ok()?;
            Some(whole.to_string())
        });
        Some(Zeroizing::new(whole.unwrap_or_else(|| url.to_owned())))
    }

    /// Returns the address without its password, for people; `None` for SQLite in the data directory.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        Some(shown(self.url.as_ref()?.expose()))
    }

    /// Returns what is wrong with the address and the password together.
    pub(super) fn fault(&self) -> Option<&'static str> {
        self.password.as_ref()?;
        let url = self.url.as_ref().map(Secret::expose).unwrap_or_default();
        if !url.starts_with("postgres") {
            return Some(
                "`database.password` is for the user in `database.url`, which is no `postgres://…`",
            );
        }
        let has_password = Url::parse(url).is_ok_and(|url| url.password().is_some());
        has_password.then_some(
            "there is a password in `database.url` and in `database.password`; remove one of them",
        )
    }
}

/// Reads an address, and writes the password in it as URLs do.
fn address(text: &str) -> Result<String, String> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        let has_path = !path.trim_start_matches('/').is_empty();
        return has_path
            .then(|| text.to_owned())
            .ok_or_else(|| "give the path of a file: `sqlite:PATH`".to_owned());
    }
    let known = ["postgres://", "postgresql://"];
    let scheme = known.into_iter().find(|scheme| text.starts_with(scheme));
    let scheme = scheme.ok_or_else(|| format!("it does not begin with `postgres://`; {FORM}"))?;
    let rest = text.strip_prefix(scheme).unwrap_or_default();
    let whole = match login_end(rest)?.and_then(|at| rest.split_at_checked(at)) {
        Some((login, place)) => {
            let place = place.strip_prefix('@').unwrap_or(place);
            let login = match login.split_once(':') {
                Some((user, password)) => format!("{}:{}", escaped(user), escaped_again(password)),
                None => escaped_again(login),
            };
            // The directory of a socket is in the query, and the driver still needs a host.
            let is_socket = place.is_empty() || place.starts_with(['/', '?']);
            let host = if is_socket { "localhost" } else { "" };
            format!("{scheme}{login}@{host}{place}")
        }
        None => text.to_owned(),
    };
    let url = Url::parse(&whole).map_err(|error| format!("{error}; {FORM}"))?;
    check_place(&url)?;
    Ok(whole)
}

/// Parameters of an address that the driver knows. It would ignore others, and log them with their values.
const PARAMETERS: [&str; 18] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];
/// How TLS to the server may be asked for.
const SSL_MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

/// Makes sure that an address names a place, and has no parameters that would have no effect.
fn check_place(url: &Url) -> Result<(), String> {
    let mut names_host = url.host_str().is_some_and(|host| !host.is_empty());
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "sslmode" | "ssl-mode" if !SSL_MODES.contains(&value.as_ref()) => {
                let known = SSL_MODES.join("`, `");
                return Err(format!("`{name}` is one of `{known}`"));
            }
            "port" if value.parse::<u16>().is_err() => {
                return Err("`port` is a number from 1 to 65535".to_owned());
            }
            "host" | "hostaddr" => names_host = true,
            // `options[search_path]=…`
            name if name.starts_with("options[") => {}
            name if PARAMETERS.contains(&name) => {}
            name => return Err(unknown("parameter", name, PARAMETERS.into_iter())),
        }
    }
    // The driver takes the user's name for the database, and this machine for the host.
    if names_host || url.path().len() > 1 {
        Ok(())
    } else {
        Err(format!("it names neither a host nor a database; {FORM}"))
    }
}

/// Returns where the user and the password end: at an `@`, up to which a password may have `/`, `?` and `#`, which end the
/// host otherwise.
fn login_end(rest: &str) -> Result<Option<usize>, String> {
    let Some(last) = rest.rfind('@') else {
        return Ok(None);
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let is_in_query = after
        .split_once('?')
        .and_then(|(_, query)| query.split_once('='))
        .is_some_and(|(name, value)| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
                && value.contains('@')
        });
    let in_host = host.rfind('@');
    if last < end || is_in_query {
        return Ok(in_host);
    }
    match host.split_once(':') {
        _ if in_host.is_some() => Ok(Some(last)),
        // An `@` in the name of the database.
        None => Ok(None),
        Some((_, port)) if port.parse::<u16>().is_ok() => Err(UNCLEAR.to_owned()),
        Some(_) => Ok(Some(last)),
    }
}

/// Returns a text with an escape for each byte that could end it in a URL.
fn escaped(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            whole.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(whole, "%{byte:02X}");
        }
    }
    whole
}

/// Does the same for a text that has escapes already, which stay.
fn escaped_again(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for (position, part) in text.split('%').enumerate() {
        let is_escape = |code: &str| code.bytes().all(|byte| byte.is_ascii_hexdigit());
        match part.split_at_checked(2) {
            _ if position == 0 => whole.push_str(&escaped(part)),
            Some((code, rest)) if is_escape(code) => {
                // Writing to a `String` cannot fail.
                let _ = write!(whole, "%{code}{}", escaped(rest));
            }
            _ => {
                // Writing to a `String` cannot fail.
                let _ = write!(whole, "%25{}", escaped(part));
            }
        }
    }
    whole
}

/// Returns an address with the mask in place of its password.
fn shown(address: &str) -> String {
    if address.starts_with("sqlite:") {
        return address.to_owned();
    }
    let Ok(mut url) = Url::parse(address) else {
        return MASK.to_owned();
    };
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return MASK.to_owned();
    }
    if url.query_pairs().any(|(name, _)| name == "password") {
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let mut query = url.query_pairs_mut();
        query.clear();
        for (name, value) in &pairs {
            let value = if name == "password" {
                MASK
            } else {
                value.as_str()
            };
            query.append_pair(name, value);
        }
    }
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_have_any_character() {
        for (given, password, place) in [
            ("postgres://u:plain@h:5433/d", "plain", "h:5433/d"),
            ("postgresql://u:p/w@h/d", "p/w", "h/d"),
            ("postgres://u:p@w@h/d", "p@w", "h/d"),
            (
                "postgres://u:p#w?x/y:z@h/d?sslmode=require",
                "p#w?x/y:z",
                "h/d?sslmode=require",
            ),
            ("postgres://u:a@b/c@h/d", "a@b/c", "h/d"),
            ("postgres://u:100%@h/d", "100%", "h/d"),
            ("postgres://u:a%zz%40 é[]@h/d", "a%zz@ é[]", "h/d"),
            ("postgres://u:p%2Fw@h/d", "p/w", "h/d"),
            // A socket in the file system.
            (
                "postgres://u:p/w@/d?host=/run/pg",
                "p/w",
                "localhost/d?host=/run/pg",
            ),
        ] {
            let read = address(given);
            let url = Url::parse(&read.unwrap()).unwrap();
            let held = url.password().unwrap();
            let decoded = percent_decoded(held);
            assert_eq!(decoded, password, "{given}");
            assert!(
                url.as_str().ends_with(&format!("@{place}")),
                "{given}: {url}"
            );
            let shown = shown(url.as_str());
            assert_eq!(shown, format!("{}://u:{MASK}@{place}", url.scheme()));
        }
    }

    fn percent_decoded(text: &str) -> String {
        let form = text.replace('+', "%2B");
        let pairs = url::form_urlencoded::parse(form.as_bytes());
        pairs.map(|(name, _)| name.into_owned()).collect()
    }

    #[test]
    fn an_address_without_a_password_stays_as_it_is() {
        for given in [
            "postgres://h/d",
            "postgres://u@h:5432/d",
            "postgres:///d?host=/run/pg",
            "postgres://h:5432/d?user=a@b",
            "postgres://u@h/d?user=a@b",
            "sqlite:a@b.db",
        ] {
            assert_eq!(address(given).as_deref(), Ok(given));
            assert_eq!(shown(given), given);
        }
        assert_eq!(
            shown("postgres://h/d?password=hunter2&sslmode=require"),
            format!("postgres://h/d?password={MASK}&sslmode=require")
        );
    }

    #[test]
    fn an_address_that_cannot_be_read_says_how_it_is_written_and_not_what_it_is() {
        for (given, says) in [
            ("mysql://u:hunter2@h/d", "does not begin with `postgres://`"),
            ("h:5432/d", "does not begin with `postgres://`"),
            (
                "postgres:u:hunter2@h/d",
                "does not begin with `postgres://`",
            ),
            (
                "postgres//u:hunter2@h/d",
                "does not begin with `postgres://`",
            ),
            ("postgres://", "neither a host nor a database"),
            (
                "postgres://u:hunter2@h/d?sslmod=require",
                "did you mean `sslmode`",
            ),
            (
                "postgres://u@h/d?pasword=hunter2",
                "did you mean `password`",
            ),
            ("postgres://u:hunter2@h/d?sslmode=hunter2", "`verify-full`"),
            ("postgres://u:hunter2@h/d?port=hunter2", "1 to 65535"),
            ("postgres://u:hunter2@h:70000/d", "invalid port number"),
            ("sqlite:", "the path of a file"),
            ("sqlite://", "the path of a file"),
            ("postgres://u:hunter2@h:port/d", "invalid port number"),
            ("postgres://h:port/d", "invalid port number"),
            ("postgres://u:12/hunter2@h/d", "not clear"),
        ] {
            let fault = address(given).unwrap_err();
            assert!(
                fault.contains(says) && !fault.contains("hunter2"),
                "{given}: {fault}"
            );
        }
    }

    #[test]
    fn the_password_can_be_a_key_of_its_own() {
        let database = |url: Option<&str>, password: &str| Database {
            url: url.map(|url| Secret::new(address(url).unwrap())),
            password: Some(Secret::new(password.to_owned())),
            connections: 8,
        };
        let whole = database(Some("postgres://u@h/d"), "a/b@c%41:é");
        assert_eq!(whole.fault(), None);
        let given = whole.address().unwrap();
        assert_eq!(given.as_str(), "postgres://u:a%2Fb%40c%2541%3A%C3%A9@h/d");
        assert_eq!(whole.shown().unwrap(), "postgres://u@h/d");
        for (url, says) in [
            (Some("postgres://u:p@h/d"), "remove one"),
            (Some("sqlite:a"), "no `postgres"),
            (None, "no `postgres"),
        ] {
            assert!(
                database(url, "x").fault().unwrap().contains(says),
                "{url:?}"
            );
        }
    }
}
