//! What is answered over plain HTTP where this node itself speaks TLS: a redirect to the address of the site, whatever the
//! request names as its host.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, StatusCode, Uri, header};

use node::Node;
use pages::problem::{BUSY, Problem};

/// Returns the router of the listener that only redirects.
pub(super) fn router(node: Arc<Node>) -> Router {
    Router::new().fallback(redirect).with_state(node)
}

async fn redirect(State(node): State<Arc<Node>>, uri: Uri) -> Response {
    let path = uri
        .path_and_query()
        .map(|path| path.as_str())
        // `OPTIONS *`
        .filter(|path| path.starts_with('/'))
        .unwrap_or("/");
    let location = node
        .identity()
        // An address over plain HTTP would lead here again.
        .filter(|identity| identity.site_url.scheme() == "https")
        .and_then(|identity| HeaderValue::from_str(&identity.absolute(path)).ok());
    match location {
        Some(location) => (
            StatusCode::PERMANENT_REDIRECT,
            [(header::LOCATION, location)],
        )
            .into_response(),
        None => Problem::unavailable("this node has no address with https", BUSY).into_response(),
    }
}
