//! The addresses of what happens to a document after it was published.

use wire::DocumentId;

/// Two versions of a document, compared; see [`versions`].
pub const VERSIONS: &str = "/versions/{id}";
/// Reviews that are due, and handing over.
pub const CARE: &str = "/care";
/// Looking after one document; see [`care`].
pub const CARE_OF: &str = "/care/{id}";
/// The link of a reminder; see [`still_true`].
pub const STILL_TRUE: &str = "/still-true";
/// Withdrawing a document; see [`withdraw`].
pub const WITHDRAW: &str = "/withdraw/{id}";
/// The receipts of a withdrawal; see [`withdrawn`].
pub const WITHDRAWN: &str = "/withdrawn/{id}";

/// Returns the path on which the versions of a document are compared.
#[must_use]
pub fn versions(id: DocumentId) -> String {
    format!("/versions/{id}")
}

/// Returns the name of a version in the address of a comparison.
#[must_use]
pub fn version_key(epoch: u64, rev: u64) -> String {
    format!("{epoch}.{rev}")
}

/// Returns the path on which someone looks after a document.
#[must_use]
pub fn care(id: DocumentId) -> String {
    format!("{CARE}/{id}")
}

/// Returns the path of the link of a reminder.
#[must_use]
pub fn still_true(key: &str) -> String {
    format!("{STILL_TRUE}?key={key}")
}

/// Returns the path on which a change of a document begins.
#[must_use]
pub fn change(id: DocumentId) -> String {
    format!("{}?change={id}", super::WRITE)
}

/// Returns the path on which a document is withdrawn.
#[must_use]
pub fn withdraw(id: DocumentId) -> String {
    format!("/withdraw/{id}")
}

/// Returns the path of the receipts of a withdrawal.
#[must_use]
pub fn withdrawn(id: DocumentId) -> String {
    format!("/withdrawn/{id}")
}
