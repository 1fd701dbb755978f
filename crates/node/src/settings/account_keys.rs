//! The keys of the configuration that are about signing in and mail.

use super::{keys::Key, values::seconds};

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
];
