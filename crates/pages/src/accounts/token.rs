//! Making and revoking one's access tokens.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use node::{Node, urls};
use people::accounts::{self, AccountError, MAX_DAYS};
use serde::Deserialize;
use tower_sessions::Session;
use wire::Digest;

use super::{Fields, fault_of, go_to, me, personal};
use crate::{
    PageError,
    frame::Frame,
    requester::{Requester, SignedIn},
};

#[derive(Template)]
#[template(path = "token.html")]
struct NewToken {
    frame: Frame,
    name: String,
    token: String,
}

/// The form: a name makes a token, an id revokes one.
#[derive(Debug, Deserialize)]
pub struct TokenFields {
    #[serde(default)]
    name: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    revoke: String,
}

/// `POST /me/tokens`.
pub async fn submit(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    session: Session,
    Fields(fields): Fields<TokenFields>,
) -> Result<Response, PageError> {
    let id = signed_in.0.id;
    if let Some(token) = Digest::parse(&fields.revoke) {
        accounts::revoke_token(&node, id, &token).await?;
        return Ok(go_to(&urls::with_query(urls::ME, "done=revoked")));
    }
    let days = fields.days.parse().unwrap_or(MAX_DAYS);
    match accounts::make_token(&node, id, &fields.name, days).await {
        Ok(secret) => {
            let frame = crate::frame_for(&node, &Requester::for_account(signed_in.0));
            let page = NewToken {
                frame: Frame {
                    title: format!("Access token – {}", frame.site),
                    hidden: true,
                    ..frame
                },
                name: fields.name,
                token: secret.expose().to_owned(),
            };
            let html = Html(page.render()?);
            Ok(personal((StatusCode::OK, html).into_response()))
        }
        Err(error @ AccountError::Node(_)) => Err(error.into()),
        Err(error) => me::answer(&node, signed_in, &session, "", fault_of(error)?).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> NewToken {
        NewToken {
            frame: of.frame(),
            name: of.text("Report from our incident system"),
            token: of.text("wrt_AAAA"),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
