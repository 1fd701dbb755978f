//! Objects that several answers of the API share.

use node::flows::reading;
use pages::text::one_line;
use serde::Serialize;
use store::Owner;
use utoipa::ToSchema;

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemObject {
    /// `about:blank`: the title is the status's own.
    r#type: String,
    /// What sort of problem it is.
    title: String,
    /// The status.
    status: u16,
    /// What happened this time and what to do.
    detail: String,
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct OrganisationObject {
    /// Its ODS code.
    ods: Option<String>,
    /// Its name.
    name: String,
}

impl From<&Owner> for OrganisationObject {
    fn from(owner: &Owner) -> Self {
        Self {
            ods: owner.ods.clone(),
            name: one_line(&owner.organisation),
        }
    }
}

/// Where a document comes from.
#[derive(Serialize, ToSchema)]
pub(super) struct ProvenanceObject {
    /// `own`: published here. `verified`: signature verified. `stale`: verified, and it may be out of date.
    pub(super) state: String,
    /// When its origin's log was last known to be current; `null` for this node's own.
    pub(super) pulled: Option<String>,
}

impl From<reading::Provenance> for ProvenanceObject {
    fn from(provenance: reading::Provenance) -> Self {
        Self {
            state: provenance.state.as_str().to_owned(),
            pulled: provenance.pulled.map(|at| at.to_string()),
        }
    }
}
