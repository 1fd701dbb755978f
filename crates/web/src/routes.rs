//! The one table of routes: method, path, who may, handler.
//!
//! Nothing is served that is not in the table, and no path is written anywhere else.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler,
    middleware,
    routing::{self, MethodRouter},
};
use http::{Method, StatusCode};
use tower_http::{CompressionLevel, compression::CompressionLayer};

use crate::{
    api, feed,
    pages::{
        api_reference, assets, browse, display, document, errors, federation, first_run, help,
        home, kept, organisations, policy, search,
    },
    problem::Problem,
    server::{guard, health},
    syndication,
};
use node::{Node, identity::FEED_PATH};

/// Of brotli and gzip: quick rather than small, since a page of results is sent once. The feed compresses for itself.
const COMPRESSION: CompressionLevel = CompressionLevel::Precise(2);

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
        get("/", Anyone, home::home),
        get("/search", Anyone, search::search),
        get("/d/{handle}/{id}", Anyone, document::short),
        get("/d/{handle}/{id}/{slug}", Anyone, document::document),
        get("/browse", Anyone, browse::browse),
        get("/organisations", Anyone, organisations::organisations),
        get(
            "/organisations/{handle}",
            Anyone,
            organisations::organisation,
        ),
        get("/federation", Anyone, federation::federation),
        get("/help", Anyone, help::index),
        get("/help/{name}", Anyone, help::page),
        get("/display", Anyone, display::display),
        get("/assets/{name}", Anyone, assets::asset),
        get("/feed.atom", Anyone, syndication::feed_atom),
        get("/feed.json", Anyone, syndication::feed_json),
        get(
            "/organisations/{handle}/feed.atom",
            Anyone,
            syndication::organisation_atom,
        ),
        get(
            "/organisations/{handle}/feed.json",
            Anyone,
            syndication::organisation_json,
        ),
        get("/search.atom", Anyone, syndication::search_atom),
        get("/search.json", Anyone, syndication::search_json),
        get("/search.csv", Anyone, syndication::search_csv),
        get("/sitemap.xml", Anyone, syndication::sitemap),
        get("/sitemap/{part}", Anyone, syndication::sitemap_part),
        get("/robots.txt", Anyone, syndication::robots),
        get("/api", Anyone, api_reference::reference),
        get("/api/openapi.json", Anyone, api::description),
        get("/api/v1/search", Anyone, api::search),
        get("/api/v1/suggest", Anyone, api::suggest),
        get("/api/v1/documents/{node}/{id}", Anyone, api::document),
        get("/api/v1/peers", Anyone, api::peers),
        get("/api/v1/status", Anyone, api::status),
        get("/api/{*path}", Anyone, api::unknown),
        get(feed::WELL_KNOWN, Anyone, feed::well_known),
        get("/feed/v1/node", Anyone, feed::node_latest),
        get("/feed/v1/node/{version}", Anyone, feed::node_version),
        get("/feed/v1/log/{epoch}/{*path}", Anyone, feed::log),
        get("/feed/v1/doc/{digest}", Anyone, feed::body),
        get("/feed/v1/seen", Anyone, feed::seen),
        post(feed::NUDGE, Anyone, feed::nudge),
        get("/feed/v1", Anyone, feed::unknown),
        get("/feed/v1/", Anyone, feed::unknown),
        get("/feed/v1/{*path}", Anyone, feed::unknown),
    ]
}

/// Returns the table as a router.
pub fn router(node: Arc<Node>) -> Router {
    let mut feed = Router::new();
    let mut site = Router::new();
    for route in table() {
        if route.path.starts_with(FEED_PATH) || route.path == feed::WELL_KNOWN {
            feed = feed.route(route.path, route.handler);
        } else {
            site = site.route(route.path, route.handler);
        }
    }
    let feed = feed.method_not_allowed_fallback(feed::wrong_method);
    let gate = middleware::from_fn_with_state(Arc::clone(&node), first_run::gate);
    let keep = middleware::from_fn_with_state(Arc::clone(&node), kept::keep);
    let guard = middleware::from_fn_with_state(Arc::clone(&node), guard::guard);
    let headers = middleware::map_response_with_state(Arc::clone(&node), policy::headers);
    site.fallback(errors::not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(gate)
        .layer(CompressionLayer::new().quality(COMPRESSION))
        .layer(keep)
        .merge(feed)
        .layer(guard)
        .layer(headers)
        .with_state(node)
}

/// Answers a method that a page does not have.
async fn wrong_method() -> Problem {
    let text = "this address is read with GET and HEAD only";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, text)
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

fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
where
    H: Handler<T, Arc<Node>>,
    T: 'static,
{
    Route {
        method: Method::POST,
        path,
        access,
        handler: routing::post(handler),
    }
}
