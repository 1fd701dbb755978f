//! Whether what the settings name can be used, before anything is served.

use settings::Settings;

use crate::{authority::Authority, watched::Files};

/// Checks the certificate and the key of the settings, if they name any.
///
/// # Errors
/// What is wrong with them, and how to fix it.
pub fn check_files(settings: &Settings) -> Result<(), String> {
    match Files::from_settings(settings) {
        Some(files) => files.read().map(drop),
        None => Ok(()),
    }
}

/// Checks what is needed to ask the authority of the settings, if one is to be asked.
///
/// # Errors
/// What is wrong with `tls.acme.ca_file` or `tls.acme.proxy`.
pub fn check_authority(settings: &Settings) -> Result<(), String> {
    if settings.tls.acme.enabled {
        Authority::new(settings)?;
    }
    Ok(())
}
