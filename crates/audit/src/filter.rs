//! Which rows of the audit someone asks for.

use wire::Timestamp;

/// Which rows of the audit are returned. An empty text and `None` let every row through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// The word of an act.
    pub act: String,
    /// Id of an account, number of a user, or words of a name.
    pub person: String,
    /// Id of what it was done to.
    pub object: String,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}
