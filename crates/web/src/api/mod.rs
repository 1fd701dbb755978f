//! The JSON API. `/api/openapi.json` and the reference for people are made from this code.
//!
//! Versioned by its path; fields are added and never change their meaning. Errors are problem details.
//! No header lets pages of other sites read it.

mod documents;
mod known;
mod objects;
mod openapi;
mod search;
mod status;

use axum::extract::OriginalUri;

pub use documents::document;
pub use known::known;
pub(crate) use known::{known_about, no_such_topic};
pub use openapi::{description, openapi, reference};
pub use search::{search, suggest};
pub use status::{peers, status};

use pages::problem::Problem;

/// Answers a request for an API route that does not exist.
pub async fn unknown(OriginalUri(uri): OriginalUri) -> Problem {
    tracing::debug!(path = uri.path(), "this address is not part of the API");
    Problem::not_found(
        "this address is not part of the API; `/api/openapi.json` lists the addresses",
    )
}
