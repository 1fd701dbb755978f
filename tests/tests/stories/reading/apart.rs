//! A reader without an account cannot tell a document that they may not know of from one that does not exist.

use domain::vocabulary::Visibility;
use it::{answer::Answer, samples::page, trust::Trust};
use node::urls::Form;
use people::{
    drafts::Begin,
    review::{self, SubmitOutcome},
};
use reqwest::Method;
use store::OWN;
use web::routes;
use wire::{Digest, DocumentId, Viewer};

use super::known::study;
use crate::writing::people::{ann, begin};

/// An id of the same form as any other.
const UNKNOWN: &str = "0198f3a2-7c1e-7d40-9b1a-3f5a8c2d6e71";

/// Returns every address of the table, for everyone, that names a document by its id, and the forms of its page; then the
/// addresses that name one in their query.
fn addresses(node: &str, id: &str, slug: &str) -> Vec<String> {
    let routes = routes::table();
    let open = routes
        .iter()
        .filter(|route| route.method() == Method::GET && route.access.role().is_none())
        .filter(|route| route.path.contains("{id}"));
    let mut found: Vec<String> = open.map(|route| route.path.to_owned()).collect();
    assert!(found.len() >= 4, "{found:?}");
    for ending in Form::ALL.map(Form::ending) {
        found.push(format!("/d/{{handle}}/{{id}}/{{slug}}{ending}"));
        found.push(format!("/d/{{handle}}/{{id}}{ending}"));
    }
    found.extend(
        [
            "/compare?d={handle}/{id}",
            "/verify-quote?d=/d/{handle}/{id}/{slug}&quote=words",
            "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=urn:wardround:{log}:{id}",
            "/still-true?key={id}",
        ]
        .map(str::to_owned),
    );
    let with_values = |path: String| {
        path.replace("{handle}", "zz1")
            .replace("{node}", "zz1")
            .replace("{log}", node)
            .replace("{slug}", slug)
            .replace("{id}", id)
    };
    found.into_iter().map(with_values).collect()
}

/// Returns all that a reader gets, without what names the request or the address.
fn seen(answer: &Answer, id: &str) -> String {
    const OF_THE_REQUEST: [&str; 2] = ["x-request-id", "date"];
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !OF_THE_REQUEST.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let request = answer.header("x-request-id");
    let mut text = format!("{}\n{}\n{}", answer.status, headers.join("\n"), answer.text);
    if !request.is_empty() {
        text = text.replace(request, "[request]");
    }
    // How long a search took is all else that differs from one answer to the next.
    if let Some((start, took)) = text.split_once("\"took_ms\":") {
        let rest = took.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        text = format!("{start}{rest}");
    }
    let text = text.replace(id, "[id]");
    let times = text.split("responseDate>").enumerate();
    times
        .filter(|(place, _)| place % 2 == 0)
        .map(|(_, part)| part)
        .collect()
}

/// Returns the documents of a trust that no one but its staff may know of, each with what it is.
async fn private(trust: &Trust) -> Vec<(&'static str, DocumentId)> {
    let kept_back = |title: &str, visibility| {
        let mut document = page(title, "words that are for few");
        document.common.visibility = visibility;
        document
    };
    let organisation = kept_back("Kept back", Visibility::Organisation);
    let (for_staff, _) = trust.publish(organisation.clone()).await;
    let (for_network, _) = trust
        .publish(kept_back("Kept back too", Visibility::Network))
        .await;
    let (withdrawn, _) = trust.publish(organisation.clone()).await;
    trust.withdraw(withdrawn).await;
    let text = study("Kept back for staff", "worked", "9", "organisation");
    let draft = begin(trust, ann(), Begin::File(text.clone())).await;
    let waiting = begin(trust, ann(), Begin::File(text)).await;
    let submitted = review::submit(trust.node(), ann(), waiting, 1)
        .await
        .unwrap();
    assert!(
        matches!(submitted, SubmitOutcome::Submitted),
        "{submitted:?}"
    );
    trust.settle().await;
    vec![
        ("for staff", for_staff),
        ("for the network", for_network),
        ("withdrawn, was for staff", withdrawn),
        ("a draft", draft),
        ("a draft that waits", waiting),
    ]
}

#[tokio::test]
async fn what_a_reader_may_not_know_of_is_answered_as_what_does_not_exist() {
    let trust = Trust::new("ZZ1").await;
    trust.publish(page("Open page", "unrelated words")).await;
    let private = private(&trust).await;
    let node = trust.id().to_string();
    let slugs = ["kept-back", "kept-back-too", "another"];
    for (what, id) in private {
        let id = id.to_string();
        for slug in slugs {
            let asked = addresses(&node, &id, slug).into_iter();
            for (path, absent) in asked.zip(addresses(&node, UNKNOWN, slug)) {
                for method in [Method::GET, Method::HEAD] {
                    let found = trust.send(method.clone(), &path, &[], "").await;
                    let expected = trust.send(method.clone(), &absent, &[], "").await;
                    assert_eq!(
                        seen(&found, &id),
                        seen(&expected, UNKNOWN),
                        "{what}: {method} {path}"
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_text_and_a_file_that_are_for_staff_are_answered_as_unknown_digests_are() {
    let trust = Trust::new("ZZ1").await;
    let mut document = page("Kept back", "words that are for few");
    document.common.visibility = Visibility::Organisation;
    let (id, _) = trust.publish(document).await;
    let store = &trust.node().store;
    let held = store.document(Viewer::Staff, OWN, id).await.unwrap();
    let digest = Digest::for_bytes(&held.unwrap().text.unwrap().body).to_string();
    let unknown = Digest::for_bytes(b"never").to_string();
    for path in [
        "/feed/v1/doc/sha256:{digest}",
        "/attachments/{digest}/plan.pdf",
    ] {
        let ask = async |digest: &str| {
            let digest = digest.trim_start_matches("sha256:");
            seen(&trust.get(&path.replace("{digest}", digest)).await, digest)
        };
        assert_eq!(ask(&digest).await, ask(&unknown).await, "{path}");
    }
}
