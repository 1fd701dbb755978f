//! The reference of the JSON API, made from the OpenAPI description that machines read.

use askama::Template;
use axum::{http::HeaderMap, response::Response};
use serde_json::Value;

use crate::{
    PageError,
    frame::{Frame, Section},
    requester::Requester,
};
use node::Node;

#[derive(Template)]
#[template(path = "api_reference.html")]
struct ApiReference {
    frame: Frame,
    operations: Vec<Operation>,
}

/// One method of one address.
#[derive(Debug, PartialEq, Eq)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    text: String,
    parameters: Vec<Parameter>,
    answers: Vec<Answer>,
}

/// One status that is answered, and what it means.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: String,
    text: String,
}

/// One parameter.
#[derive(Debug, PartialEq, Eq)]
struct Parameter {
    name: String,
    place: String,
    text: String,
}

/// Answers with the reference of the operations that an OpenAPI description has.
///
/// # Errors
/// The template failed.
pub fn reference(
    node: &Node,
    requester: &Requester,
    description: &Value,
    headers: &HeaderMap,
) -> Result<Response, PageError> {
    let frame = crate::frame_for(node, requester);
    let page = ApiReference {
        operations: operations(description),
        frame: Frame {
            title: format!("API – {}", frame.site),
            section: Section::Help,
            description: "Search and read the documents on this site as JSON.".to_owned(),
            ..frame
        },
    };
    crate::html_with_etag(&page, headers)
}

fn operations(description: &Value) -> Vec<Operation> {
    let Some(paths) = description.get("paths").and_then(Value::as_object) else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().into_iter().flatten() {
            if operation.get("responses").is_some() {
                out.push(operation_of(method, path, operation, out.len()));
            }
        }
    }
    out
}

fn operation_of(method: &str, path: &str, operation: &Value, place: usize) -> Operation {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let answers = operation.get("responses").and_then(Value::as_object);
    let summary = text(operation, "summary");
    Operation {
        id: format!("operation-{}", place + 1),
        method: method.to_uppercase(),
        path: path.to_owned(),
        text: Some(text(operation, "description"))
            .filter(|text| *text != summary)
            .unwrap_or_default(),
        summary,
        parameters: parameters
            .into_iter()
            .flatten()
            .map(|parameter| Parameter {
                name: text(parameter, "name"),
                place: text(parameter, "in"),
                text: text(parameter, "description"),
            })
            .collect(),
        answers: answers
            .into_iter()
            .flatten()
            .map(|(status, answer)| Answer {
                status: status.clone(),
                text: text(answer, "description"),
            })
            .collect(),
    }
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .trim()
        // Descriptions are markdown, and the marks of code are all that they use of it.
        .replace('`', "")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples::{self, Sample};

    #[test]
    fn each_operation_is_described() {
        let description = json!({"paths": {"/api/v1/suggest": {"summary": "x", "get": {
            "summary": "Completes a search", "description": "Completes a search",
            "parameters": [{"name": "q", "in": "query", "description": "What was typed"}],
            "responses": {"200": {"description": "Suggestions"}}
        }}}});
        let found = operations(&description);
        assert_eq!(found.len(), 1);
        let operation = found.first().unwrap();
        assert_eq!(
            (operation.method.as_str(), operation.text.as_str()),
            ("GET", "")
        );
        assert_eq!(operation.parameters.first().unwrap().name, "q");
        assert_eq!(operations(&json!({})), []);
    }

    fn sample(of: Sample) -> ApiReference {
        ApiReference {
            frame: of.frame(),
            operations: of.list(vec![Operation {
                id: "operation-1".to_owned(),
                method: of.text("GET"),
                path: of.text("/api/v1/search"),
                summary: of.text("Searches"),
                text: of.text("Finds documents"),
                parameters: vec![Parameter {
                    name: of.text("q"),
                    place: of.text("query"),
                    text: of.text("What is searched for"),
                }],
                answers: vec![Answer {
                    status: of.text("200"),
                    text: of.text("Results"),
                }],
            }]),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
