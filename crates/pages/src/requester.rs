//! Who makes a request. A layer of the server finds out once; a handler takes the [`Requester`] and passes its viewer to
//! every flow that reads, or takes [`SignedIn`] where it needs to know who acts.

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, Request},
    http::{StatusCode, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use node::urls;
use wire::{AccountId, Role, Viewer};

use crate::problem::Problem;

/// A person who has signed in, as far as every page needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// Name, as others see it.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// How many drafts wait for review; `None` for those who do not review.
    pub waiting: Option<u64>,
}

/// Who makes a request. A request that the layer has not seen is made by the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// What they can read.
    pub viewer: Viewer,
    /// Who has signed in.
    pub account: Option<Account>,
}

impl Requester {
    /// Returns a requester without an account.
    #[must_use]
    pub const fn for_viewer(viewer: Viewer) -> Self {
        Self {
            viewer,
            account: None,
        }
    }

    /// Returns a person who has signed in.
    #[must_use]
    pub const fn for_account(account: Account) -> Self {
        Self {
            viewer: Viewer::Staff,
            account: Some(account),
        }
    }

    /// Returns the requester that was found.
    #[must_use]
    pub fn from_request(request: &Request) -> Self {
        Self::from_extensions(request.extensions())
    }

    fn from_extensions(extensions: &http::Extensions) -> Self {
        let found = extensions.get::<Self>().cloned();
        found.unwrap_or(Self::for_viewer(Viewer::Public))
    }

    /// Returns the role; `None` for those who have not signed in.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.account.as_ref().map(|account| account.role)
    }
}

impl<S: Sync> FromRequestParts<S> for Requester {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::from_extensions(&parts.extensions))
    }
}

/// Where a client is, as limits of attempts name it: an address, or a network of one customer. It is in no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(pub String);

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let found = parts.extensions.get::<Self>().cloned();
        Ok(found.unwrap_or_else(|| Self("unknown".to_owned())))
    }
}

/// The person who has signed in, for handlers that need one. The table of routes refuses others before, so that what is
/// answered here is for a route that also serves the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn(pub Account);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let requester = Requester::from_extensions(&parts.extensions);
        requester.account.map(Self).ok_or_else(|| {
            let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
            if path.starts_with(urls::API_PREFIX) {
                let text = "sign in, or send an access token";
                return Problem::new(StatusCode::UNAUTHORIZED, text).into_response();
            }
            Redirect::to(&urls::sign_in(path)).into_response()
        })
    }
}
