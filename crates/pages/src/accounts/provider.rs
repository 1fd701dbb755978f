//! Signing in through an OpenID provider: the way there and the way back.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse as _, Response},
};
use node::{Node, urls};
use people::accounts::providers::{self, ProviderRefusal};
use tower_sessions::Session;

use accounts::oidc::{Begun, Callback};

use super::{
    Asked, go_to, personal,
    sign_in::{Next, begin},
};
use crate::{PageError, errors, frame::Frame, requester::ClientAddress};

/// What the session keeps while a person is at a provider.
const BEGUN: &str = "provider";
const NEXT: &str = "next";

#[derive(Template)]
#[template(path = "provider_refused.html")]
struct Refused {
    frame: Frame,
    why: String,
}

/// `GET /sign-in/with/{provider}`: leads to the provider.
pub async fn go(
    State(node): State<Arc<Node>>,
    session: Session,
    ClientAddress(client): ClientAddress,
    Path(name): Path<String>,
    headers: HeaderMap,
    Asked(next): Asked<Next>,
) -> Result<Response, PageError> {
    if !is_followed(&headers) {
        return Ok(errors::sent_by_another_site());
    }
    match providers::begin(&node, &name, &client).await {
        Ok((address, begun)) => {
            session.insert(BEGUN, begun).await?;
            session.insert(NEXT, next.next).await?;
            session.save().await?;
            Ok(go_to(address.as_str()))
        }
        Err(refusal) => refused(&node, refusal),
    }
}

/// Says whether someone has followed a link: a picture or a frame of another page begins no sign-in. An old browser does not say.
fn is_followed(headers: &HeaderMap) -> bool {
    let is = |name: &str, wanted: &str| headers.get(name).is_none_or(|value| value == wanted);
    is("sec-fetch-mode", "navigate") && is("sec-fetch-dest", "document")
}

/// `GET /sign-in/with/{provider}/back`: the provider has sent the browser back.
pub async fn back(
    State(node): State<Arc<Node>>,
    session: Session,
    ClientAddress(client): ClientAddress,
    Path(name): Path<String>,
    headers: HeaderMap,
    Asked(callback): Asked<Callback>,
) -> Result<Response, PageError> {
    // What was begun is taken out first: an answer is good for one try.
    let begun: Option<Begun> = session.remove(BEGUN).await?;
    let next: String = session.remove(NEXT).await?.unwrap_or_default();
    if begun.is_some() {
        session.save().await?;
    }
    match providers::finish(&node, &name, begun.as_ref(), &callback, &client).await {
        Ok(account) => {
            begin(&session, account.id, &headers).await?;
            Ok(go_to(urls::next(&next).unwrap_or(urls::ME)))
        }
        Err(refusal) => refused(&node, refusal),
    }
}

fn refused(node: &Node, refusal: ProviderRefusal) -> Result<Response, PageError> {
    let status = match &refusal {
        ProviderRefusal::Unknown => return Ok(errors::missing(node)),
        ProviderRefusal::TooOften => StatusCode::TOO_MANY_REQUESTS,
        ProviderRefusal::Provider(accounts::oidc::ProviderError::Unreachable(_)) => {
            StatusCode::BAD_GATEWAY
        }
        ProviderRefusal::Provider(_) => StatusCode::BAD_REQUEST,
        ProviderRefusal::Email | ProviderRefusal::NoAccount | ProviderRefusal::Taken => {
            StatusCode::FORBIDDEN
        }
        ProviderRefusal::Node(_) => {
            return match refusal {
                ProviderRefusal::Node(error) => Err(error.into()),
                _ => Ok(errors::missing(node)),
            };
        }
    };
    let frame = crate::frame(node);
    let page = Refused {
        frame: Frame {
            title: format!("You are not signed in – {}", frame.site),
            hidden: true,
            ..frame
        },
        why: format!("{refusal}."),
    };
    let html = Html(page.render()?);
    Ok(personal((status, html).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> Refused {
        Refused {
            frame: of.frame(),
            why: of.text("You do not have an account on this site."),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
