//! What the settings say that a start would refuse or could not use, before anything is opened: the files that they name, mail,
//! OpenID providers.

use settings::{Settings, read_text};

use crate::{authorities::peer_network, node::accounts};

/// What is wrong with settings that can be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StartCheck {
    /// A start is refused because of these.
    pub faults: Vec<String>,
    /// A start goes on without these.
    pub warnings: Vec<String>,
}

/// Checks what a node makes of its settings when it is opened. Reads the files that they name, and connects to nothing.
#[must_use]
pub fn check_start(settings: &Settings) -> StartCheck {
    let mut check = StartCheck::default();
    if let Err(fault) = peer_network(settings) {
        check.faults.push(fault);
    }
    if let Err(error) = accounts(settings) {
        check.faults.push(error.to_string());
    }
    if let Err(fault) = tls::check_files(settings) {
        check.faults.push(fault);
    }
    if let Some(file) = &settings.search.terms
        && let Err(error) = read_text(file)
    {
        check.warnings.push(format!(
            "`search.terms` `{}` cannot be read: {error}; the search does without it",
            file.display()
        ));
    }
    if let Err(fault) = tls::check_authority(settings) {
        check
            .warnings
            .push(format!("{fault}; the node serves, and gets no certificate"));
    }
    check
}
