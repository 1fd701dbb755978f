//! The differences between two versions of a document, for everyone who can read it.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::{Html, IntoResponse as _, Response},
};
use http::StatusCode;
use node::{
    Node,
    flows::reading::{self, Reading},
    urls,
};
use pages::{PageError, errors, frame::Frame, requester::Requester, words};
use people::versions;
use serde::Deserialize;
use store::Revision;
use wire::{DocumentId, Viewer};

use crate::compare::{self, FieldDifference};

#[derive(Template)]
#[template(path = "versions.html")]
struct VersionsPage {
    frame: Frame,
    title: String,
    back: String,
    address: String,
    earlier: Vec<VersionChoice>,
    later: Vec<VersionChoice>,
    /// What is compared, in words.
    compared: String,
    differences: Vec<FieldDifference>,
    /// Whether two versions could be compared.
    is_compared: bool,
}

/// A version to choose.
#[derive(Debug, Clone)]
struct VersionChoice {
    value: String,
    words: String,
    chosen: bool,
}

/// Which versions are compared, each as `epoch.version`.
#[derive(Debug, Default, Deserialize)]
pub struct Compared {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// `GET /versions/{id}`: two versions of a document of this site, by default the last two.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Path(id): Path<String>,
    compared: Result<Query<Compared>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, PageError> {
    let compared = compared.map(|Query(compared)| compared).unwrap_or_default();
    let Some(own) = node.identity() else {
        return Ok(errors::missing(&node));
    };
    let viewer = requester.viewer;
    let shown = match reading::find(&node, viewer, &own.handle, &id).await? {
        Reading::Found(shown) => shown,
        Reading::Gone(tombstone) => return Ok(errors::gone(&node, &tombstone)),
        Reading::Moved(_) | Reading::NotFound => return Ok(errors::missing(&node)),
    };
    let id = shown.document.id;
    let all = versions::list(&node, viewer, id).await?;
    let (from, to) = chosen(&all, &compared);
    let differences = match (from, to) {
        (Some(from), Some(to)) => differences(&node, viewer, id, from, to).await?,
        _ => None,
    };
    let frame = pages::frame_for(&node, &requester);
    let title = markdown::visible(&shown.body.common().title).into_owned();
    let page = VersionsPage {
        frame: Frame {
            title: format!("Versions of {title} – {}", frame.site),
            hidden: true,
            ..frame
        },
        title,
        back: shown.path(),
        address: urls::versions(id),
        earlier: choices(&all, from),
        later: choices(&all, to),
        compared: from.zip(to).map_or_else(String::new, |(from, to)| {
            format!("What changed from {} to {}", name(from), name(to))
        }),
        is_compared: differences.is_some(),
        differences: differences.unwrap_or_default(),
    };
    Ok((StatusCode::OK, Html(page.render()?)).into_response())
}

/// Returns the versions that are compared: those that are asked for, or else the last two.
fn chosen<'a>(
    all: &'a [Revision],
    compared: &Compared,
) -> (Option<&'a Revision>, Option<&'a Revision>) {
    let find = |asked: &str| all.iter().find(|revision| key(revision) == asked);
    let to = find(&compared.to).or(all.first());
    let before = to.and_then(|to| {
        let place = all.iter().position(|one| key(one) == key(to))?;
        all.get(place + 1)
    });
    (find(&compared.from).or(before), to)
}

/// Compares two versions; `None` where one of them cannot be read.
async fn differences(
    node: &Node,
    viewer: Viewer,
    id: DocumentId,
    from: &Revision,
    to: &Revision,
) -> Result<Option<Vec<FieldDifference>>, PageError> {
    let earlier = versions::content(node, viewer, id, from).await?;
    let later = versions::content(node, viewer, id, to).await?;
    let Some((earlier, later)) = earlier.zip(later) else {
        return Ok(None);
    };
    Ok(Some(
        compare::of_contents(node, viewer, earlier, later).await?,
    ))
}

/// Returns the name of a version in an address.
fn key(revision: &Revision) -> String {
    urls::version_key(revision.epoch, revision.rev)
}

fn name(revision: &Revision) -> String {
    match revision.epoch {
        0 => format!("version {}, for this organisation only", revision.rev),
        _ => format!("version {}", revision.rev),
    }
}

fn choices(all: &[Revision], chosen: Option<&Revision>) -> Vec<VersionChoice> {
    let chosen = chosen.map(key);
    let choice = |revision: &Revision| {
        let value = key(revision);
        let mut words = name(revision);
        if let Some(first) = words.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        VersionChoice {
            words: format!("{words} · {}", words::date(revision.at.date())),
            chosen: chosen.as_ref() == Some(&value),
            value,
        }
    };
    all.iter().map(choice).collect()
}
