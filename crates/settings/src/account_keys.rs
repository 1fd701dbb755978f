//! The keys of the configuration that are about signing in and mail.

use std::path::PathBuf;

use accounts::mail::Encryption;

use super::{
    Secret,
    keys::Key,
    values::{MASK, proxy, seconds, within},
};

/// Longest note on the page on which people sign in, in characters: it comes before the form.
const MAX_NOTE: usize = 400;

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "accounts.session_idle",
        form: "seconds, 60 to 604800",
        about: "How long a person stays signed in without using the site. Computers on wards are shared, so keep it short.",
        secret: false,
        set: |settings, text| seconds(&mut settings.accounts.session_idle, text, 60, 604_800),
        get: |settings| Some(settings.accounts.session_idle.as_secs().to_string()),
    },
    Key {
        name: "accounts.session_max",
        form: "seconds, 60 to 2592000",
        about: "How long a person stays signed in at most. After that they sign in again, and find their drafts as they were.",
        secret: false,
        set: |settings, text| seconds(&mut settings.accounts.session_max, text, 60, 2_592_000),
        get: |settings| Some(settings.accounts.session_max.as_secs().to_string()),
    },
    Key {
        name: "accounts.proxy",
        form: "`http://HOST:PORT`",
        about: "The HTTP proxy for all requests to OpenID providers.",
        secret: false,
        set: |settings, text| {
            settings.accounts.proxy = Some(proxy(text)?);
            Ok(())
        },
        get: |settings| settings.accounts.proxy.as_ref().map(ToString::to_string),
    },
    Key {
        name: "accounts.ca_file",
        form: "a file",
        about: "Certificates in PEM form of authorities that are trusted for OpenID providers and for the mail server, besides those of the system: that of your own organisation.",
        secret: false,
        set: |settings, text| {
            settings.accounts.ca_file = Some(PathBuf::from(text));
            Ok(())
        },
        get: |settings| Some(settings.accounts.ca_file.as_ref()?.display().to_string()),
    },
    Key {
        name: "accounts.note",
        form: "plain text, at most 400 characters",
        about: "What the page says on which people sign in, such as which address to use. Each line is a paragraph.",
        secret: false,
        set: |settings, text| {
            if text.chars().count() > MAX_NOTE {
                return Err(format!("give at most {MAX_NOTE} characters"));
            }
            settings.accounts.note = Some(text.to_owned());
            Ok(())
        },
        get: |settings| settings.accounts.note.clone(),
    },
    Key {
        name: "smtp.host",
        form: "a host name or an IP address",
        about: "The server that takes mail. Without it links are shown to whoever makes them, and no one is sent mail.",
        secret: false,
        set: |settings, text| {
            let is_host = !text.is_empty() && !text.contains(['/', '@', ' ']);
            if !is_host {
                return Err("give a host name or an IP address".to_owned());
            }
            settings.smtp.host = Some(text.to_owned());
            Ok(())
        },
        get: |settings| settings.smtp.host.clone(),
    },
    Key {
        name: "smtp.port",
        form: "1 to 65535",
        about: "The port of that server.",
        secret: false,
        set: |settings, text| within(&mut settings.smtp.port, text, 1, 65_535),
        get: |settings| Some(settings.smtp.port.to_string()),
    },
    Key {
        name: "smtp.encryption",
        form: "`starttls`, `tls` or `none`",
        about: "How the connection to that server is encrypted. With `none` no password is sent.",
        secret: false,
        set: |settings, text| {
            settings.smtp.encryption =
                Encryption::parse(text).ok_or("give `starttls`, `tls` or `none`")?;
            Ok(())
        },
        get: |settings| Some(settings.smtp.encryption.as_str().to_owned()),
    },
    Key {
        name: "smtp.user",
        form: "text",
        about: "The name to sign in to that server with.",
        secret: false,
        set: |settings, text| {
            settings.smtp.user = Some(text.to_owned());
            Ok(())
        },
        get: |settings| settings.smtp.user.clone(),
    },
    Key {
        name: "smtp.password",
        form: "text",
        about: "The password to sign in to that server with.",
        secret: true,
        set: |settings, text| {
            settings.smtp.password = Some(Secret::new(text.to_owned()));
            Ok(())
        },
        get: |settings| settings.smtp.password.as_ref().map(|_| MASK.to_owned()),
    },
    Key {
        name: "smtp.from",
        form: "an e-mail address, or `Name <address>`",
        about: "Who mail is from.",
        secret: false,
        set: |settings, text| {
            settings.smtp.from = Some(text.to_owned());
            Ok(())
        },
        get: |settings| settings.smtp.from.clone(),
    },
];
