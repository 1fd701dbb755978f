//! Organisations: what is known by an ODS code.

use std::fmt;

/// The code of an organisation in the Organisation Data Service: 2..=10 letters and digits, upper case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OdsCode(String);

impl OdsCode {
    /// Reads a code, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good =
            (2..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        good.then(|| Self(text.to_ascii_uppercase()))
    }

    /// Returns the code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the short local name that a node with this code gets in addresses.
    #[must_use]
    pub fn handle(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for OdsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The organisation that published a document, as it was called at the time.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Organisation {
    /// Its ODS code.
    pub ods: Option<String>,
    /// Its name.
    pub name: String,
}
