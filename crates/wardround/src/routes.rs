//! The one table of routes: method, path, who may, handler.
//!
//! Nothing is served that is not in the table, and no path is written anywhere else.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler,
    routing::{self, MethodRouter},
};
use http::{Method, StatusCode};

use crate::{identity::FEED_PATH, node::Node, server::health};

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone: reading needs no account.
    Anyone,
}

/// One line of the table.
pub struct Route {
    /// The method; `GET` serves `HEAD` too.
    pub method: Method,
    /// The path, with `{names}`.
    pub path: &'static str,
    /// Who may.
    pub access: Access,
    handler: MethodRouter<Arc<Node>>,
}

/// Returns the table.
#[must_use]
pub fn table() -> Vec<Route> {
    use Access::Anyone;
    vec![
        get("/healthz", Anyone, health::alive),
        get("/readyz", Anyone, health::ready),
    ]
}

/// Returns the table as a router.
pub fn router(node: Arc<Node>) -> Router {
    let mut feed = Router::new();
    let mut site = Router::new();
    for route in table() {
        if route.path.starts_with(FEED_PATH) {
            feed = feed.route(route.path, route.handler);
        } else {
            site = site.route(route.path, route.handler);
        }
    }
    site.merge(feed)
        .fallback(|| async { (StatusCode::NOT_FOUND, "there is nothing at this address") })
        .with_state(node)
}

fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Arc<Node>>,
    T: 'static,
{
    Route {
        method: Method::GET,
        path,
        access,
        handler: routing::get(handler),
    }
}
