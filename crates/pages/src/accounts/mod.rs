//! Pages for signing in, for one's own account, and for administrators.
//!
//! Every form works without a script. What is wrong with it is listed at the top and next to its field, and what was
//! typed is kept, but no password.

pub mod audit;
mod browser;
mod caring;
mod disabling;
pub mod forgot;
pub mod gaps;
pub mod link;
pub mod list;
pub mod me;
pub mod one;
pub mod provider;
pub mod sign_in;
pub mod token;
pub(crate) mod work;

use std::convert::Infallible;

use askama::Template;
use axum::{
    extract::{Form, FromRequest, FromRequestParts, Query, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{Html, IntoResponse as _, Redirect, Response},
};
use node::audit::By;
use people::accounts::AccountError;
use serde::de::DeserializeOwned;
use store::{Session, StoreError};
use wire::{Digest, Role, Timestamp};

use crate::{PageError, requester::SignedIn, words};

pub(crate) use browser::browser_name;

/// The fields of a form. A form that cannot be read is answered with a page.
#[derive(Debug)]
pub struct Fields<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Fields<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let form = Form::<T>::from_request(request, state).await;
        form.map(|Form(fields)| Self(fields))
            .map_err(|_| crate::errors::page_of(StatusCode::BAD_REQUEST))
    }
}

/// What a query says. One that cannot be read says nothing.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<S: Sync, T: DeserializeOwned + Default> FromRequestParts<S> for Asked<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let asked = Query::<T>::try_from_uri(&parts.uri);
        Ok(Self(asked.map(|Query(asked)| asked).unwrap_or_default()))
    }
}

/// What is wrong with a field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldFault {
    /// The `id` of the field.
    pub(crate) field: &'static str,
    /// What is wrong and what to do.
    pub(crate) text: String,
}

/// What is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormFaults(pub(crate) Vec<FieldFault>);

impl FormFaults {
    /// Reports one fault of one field.
    pub(crate) fn one(field: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self(vec![FieldFault { field, text }])
    }

    /// Returns the fault of a field.
    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        let fault = self.0.iter().find(|fault| fault.field == field);
        fault.map(|fault| fault.text.as_str())
    }
}

/// Answers with a page about a form: 422 if something is wrong with it.
pub(crate) fn form_page(page: &impl Template, faults: &FormFaults) -> Result<Response, PageError> {
    let status = match faults.0.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok(personal((status, Html(page.render()?)).into_response()))
}

/// Keeps an answer out of every cache, and its address out of what the next site learns.
fn personal(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// Leads on after a form was accepted.
fn go_to(path: &str) -> Response {
    personal(Redirect::to(path).into_response())
}

/// Returns what is wrong with a form as the fault of one of its fields.
///
/// # Errors
/// What is not about the form.
fn fault_of(error: AccountError) -> Result<FormFaults, PageError> {
    let field = match &error {
        AccountError::Email | AccountError::Duplicate => "email",
        AccountError::Name | AccountError::NoTokens | AccountError::TooManyTokens => "name",
        AccountError::LastAdministrator => "role",
        AccountError::WrongPassword | AccountError::TooOften => "present",
        AccountError::Password(_) | AccountError::Busy(_) => "password",
        AccountError::Unknown
        | AccountError::Disabled
        | AccountError::Enabled
        | AccountError::Erased
        | AccountError::Link => "",
        AccountError::Node(_) => {
            return match error {
                AccountError::Node(error) => Err(error.into()),
                _ => Ok(FormFaults::default()),
            };
        }
    };
    Ok(FormFaults::one(field, error.to_string()))
}

fn by(signed_in: &SignedIn) -> By {
    By::Account(signed_in.0.id)
}

/// A session, as a list shows it.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    /// How the form that ends it names it.
    id: String,
    /// The browser.
    browser: String,
    /// When the person signed in.
    began: String,
    /// When they last requested something.
    used: String,
    /// Whether it is the one that asks.
    own: bool,
}

fn session_rows(sessions: Vec<Session>, own: Option<&Digest>, now: Timestamp) -> Vec<SessionRow> {
    let row = |session: Session| SessionRow {
        browser: browser_of(&session.data),
        began: when(session.created_at),
        used: words::ago(now, session.seen_at),
        own: own == Some(&session.id),
        id: session.id.to_string(),
    };
    sessions.into_iter().map(row).collect()
}

fn browser_of(data: &str) -> String {
    let data: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
    let browser = data.get(crate::sessions::BROWSER);
    let browser = browser.and_then(serde_json::Value::as_str);
    browser.unwrap_or("Unknown browser").to_owned()
}

fn when(at: Timestamp) -> String {
    format!("{}, {}", words::day_of(at), words::time(at))
}

/// A role to choose.
#[derive(Debug, Clone)]
pub(crate) struct RoleChoice {
    value: &'static str,
    words: &'static str,
    hint: &'static str,
    chosen: bool,
}

fn role_choices(chosen: Option<Role>) -> Vec<RoleChoice> {
    let choice = |role: Role| RoleChoice {
        value: role.as_str(),
        words: role_words(role),
        hint: match role {
            Role::Reader => "Can read pages that are for your organisation only",
            Role::Contributor => "Can also write drafts and submit them",
            Role::Editor => "Can also approve what others have written",
            Role::Administrator => "Can also manage accounts",
        },
        chosen: chosen == Some(role),
    };
    Role::ALL.into_iter().map(choice).collect()
}

const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Reader => "Reader",
        Role::Contributor => "Contributor",
        Role::Editor => "Editor",
        Role::Administrator => "Administrator",
    }
}

impl From<AccountError> for PageError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Node(error) => Self::Node(error),
            // The others are about a form, and its handler has answered them.
            error => Self::Node(StoreError::Corrupt(error.to_string()).into()),
        }
    }
}
