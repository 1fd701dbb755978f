//! The description of the API for machines (OpenAPI 3.1), made from the handlers themselves.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::HeaderMap;
use utoipa::{
    OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

use crate::api::{documents, known, search, status};
use ::writing::api as drafts;
use node::Node;
use pages::{PageError, answer::json, api_reference, problem::Problem, requester::Requester};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Wardround",
        description = "Search and read what NHS organisations have tried. Reading needs no account. \
            Documents of this node and of the nodes that it follows are answered alike, each with its provenance.",
    ),
    paths(
        search::search,
        search::suggest,
        known::known,
        documents::document,
        status::peers,
        status::status,
        drafts::list,
        drafts::create,
        drafts::markdown_of_rich_text,
        drafts::read,
        drafts::replace,
        drafts::save,
        drafts::submit,
        drafts::delete,
        description
    )
)]
struct Description;

/// Returns the description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut description = Description::openapi();
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An access token, which a person makes on `/me`"));
    let components = description.components.get_or_insert_default();
    components.add_security_scheme("token", SecurityScheme::Http(token.build()));
    description
}

/// This description.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    responses((status = 200, description = "The description of the API, OpenAPI 3.1", body = Object))
)]
pub async fn description(request: HeaderMap) -> Result<Response, Problem> {
    json(&request, &openapi())
}

/// `GET /api`: the description as a page for people.
///
/// # Errors
/// The template of the page failed.
pub async fn reference(
    State(node): State<Arc<Node>>,
    requester: Requester,
    request: HeaderMap,
) -> Result<Response, PageError> {
    let description = serde_json::to_value(openapi()).unwrap_or_default();
    api_reference::reference(&node, &requester, &description, &request)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::{self, Audience};

    #[test]
    fn every_route_of_the_api_is_described_and_no_other() {
        let description = serde_json::to_value(openapi()).unwrap();
        assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
        let described: BTreeSet<(String, String)> = description["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object()
                    .unwrap()
                    .keys()
                    .map(|method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let routed: BTreeSet<(String, String)> = routes::table()
            .iter()
            .filter(|route| route.audience == Audience::Api && !route.path.contains("{*"))
            // Assistants speak a protocol of their own there.
            .filter(|route| route.path != node::urls::MCP)
            .map(|route| (route.method().to_string(), route.path.to_owned()))
            .collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn what_needs_an_account_says_how_to_sign_in() {
        let description = serde_json::to_value(openapi()).unwrap();
        let scheme = &description["components"]["securitySchemes"]["token"];
        assert_eq!(scheme["scheme"], "bearer");
        for (path, item) in description["paths"].as_object().unwrap() {
            let is_personal = path.starts_with("/api/v1/drafts") || path == "/api/v1/markdown";
            for operation in item.as_object().unwrap().values() {
                assert_eq!(
                    operation["security"][0]["token"].is_array(),
                    is_personal,
                    "{path}"
                );
            }
        }
    }

    #[test]
    fn everything_described_has_words() {
        let description = serde_json::to_value(openapi()).unwrap();
        for (path, item) in description["paths"].as_object().unwrap() {
            for operation in item.as_object().unwrap().values() {
                assert!(
                    operation["summary"]
                        .as_str()
                        .is_some_and(|text| !text.is_empty()),
                    "{path}"
                );
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    assert!(parameter["description"].is_string(), "{path}: {parameter}");
                }
            }
        }
    }
}
