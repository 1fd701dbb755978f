//! What a form has sent: names and values, in their order.

use axum::{
    extract::{Form, FromRequest, Request},
    response::Response,
};
use drafting::Pairs;
use http::StatusCode;
use pages::frame::WRITER;
use people::drafts::Person;

/// The fields of a form.
#[derive(Debug, Clone, Default)]
pub struct Sent(pub Pairs);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let form = Form::<Pairs>::from_request(request, state).await;
        form.map(|Form(pairs)| Self(pairs)).map_err(|rejection| {
            let status = match axum::response::IntoResponse::into_response(rejection).status() {
                StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::BAD_REQUEST,
            };
            pages::errors::page_of(status)
        })
    }
}

impl Sent {
    /// Returns the first value of a name; nothing if it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(held, _)| held == name);
        found.map_or("", |(_, value)| value)
    }

    /// Says whether the form is of a page that was made for someone else: who has signed in in another tab of the same browser
    /// writes in no one's place.
    pub(crate) fn is_of_another(&self, person: Person) -> bool {
        let writer = self.get(WRITER);
        !writer.is_empty() && writer != person.id.to_string()
    }

    /// Returns the version of the draft that the form was made from; 0 if it names none, so that nothing is overwritten.
    pub(crate) fn version(&self) -> u64 {
        self.get("version").parse().unwrap_or(0)
    }
}
