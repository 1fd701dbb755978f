//! What has changed in a draft since someone read it: a reviewer decides about what they have seen.

use drafting::Content;
use pages::PageError;
use people::{
    attachments,
    drafts::{self, Opened},
};

use crate::{
    Visit,
    compare::{self, FieldDifference},
    name_of,
    sent::Sent,
};

/// The name of the value with which the page of a review sends back what it showed.
pub(crate) const SEEN: &str = "seen";
/// Most bytes of a draft that its page sends back. Of a longer one the page says only that it has changed.
pub(super) const MAX_SEEN_BYTES: usize = 200_000;

/// Differences, and what they are from.
pub(super) struct Changes {
    pub(super) from: String,
    pub(super) differences: Vec<FieldDifference>,
}

/// Returns whether a form was made from another version than the draft has now.
pub(super) fn is_outdated(opened: &Opened, sent: &Sent) -> bool {
    !sent.0.is_empty() && sent.version() != opened.draft.version
}

/// Returns the differences from what the reviewer has seen last, the page before or the draft when it was returned or taken
/// back; and those from what is published, which is what a decision changes for readers.
pub(super) async fn changes(
    node: &Visit<'_>,
    opened: &Opened,
    sent: &Sent,
) -> Result<Vec<Changes>, PageError> {
    let now = opened.content.clone();
    let viewer = node.requester.viewer;
    let mut all = Vec::new();
    if is_outdated(opened, sent) && !sent.get(SEEN).is_empty() {
        let kind = opened.content.kind();
        let seen = Content::from_file(sent.get(SEEN), kind.clone());
        // The file has a title that is made of the text, and the fields do not: both are compared as files.
        let now = Content::from_file(&now.file(), kind.clone());
        all.push(Changes {
            from: "What has changed since you read it".to_owned(),
            differences: compare::of_contents(node, viewer, seen, now).await?,
        });
    } else if let Some(reviewed) = &opened.reviewed {
        all.push(Changes {
            from: since(node, opened).await?,
            differences: compare::of_contents(node, viewer, reviewed.clone(), now.clone()).await?,
        });
    }
    if let Some(published) = drafts::published(node, opened).await? {
        let files = attachments::of_draft(node, opened.draft.id).await?;
        let files = compare::of_files(&published.files, &files);
        let mut differences = compare::of_contents(node, viewer, published.content, now).await?;
        differences.extend(files);
        all.push(Changes {
            from: "What it changes in the published page".to_owned(),
            differences,
        });
    }
    all.retain(|changes| !changes.differences.is_empty());
    Ok(all)
}

/// Says since when a draft has changed that was submitted before.
async fn since(node: &Visit<'_>, opened: &Opened) -> Result<String, PageError> {
    Ok(match opened.draft.returned_by {
        Some(by) if opened.is_taken_back() => format!(
            "What has changed since {} took it back to edit it",
            name_of(node, by).await?
        ),
        Some(_) | None => "What has changed since it was returned".to_owned(),
    })
}
