//! Who makes a request. A layer of the server finds out once; a handler takes the [`Requester`] and passes its viewer to
//! every flow that reads.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request},
    http::request::Parts,
};
use wire::Viewer;

/// Who makes a request. A request that the layer has not seen is made by the public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requester {
    /// What they can read.
    pub viewer: Viewer,
}

impl Requester {
    /// Returns the requester that was found.
    #[must_use]
    pub fn from_request(request: &Request) -> Self {
        Self::from_extensions(request.extensions())
    }

    fn from_extensions(extensions: &http::Extensions) -> Self {
        let found = extensions.get::<Self>().copied();
        found.unwrap_or(Self {
            viewer: Viewer::public(),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Requester {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::from_extensions(&parts.extensions))
    }
}
