//! What has changed in a draft since someone read it: a reviewer decides about what they have seen.

use drafting::Content;
use pages::PageError;
use people::drafts::{self, Opened};

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

/// Returns the differences from what the reviewer has seen last: the page before, the draft when it was returned or taken
/// back, or what is published.
pub(super) async fn changes(
    node: &Visit<'_>,
    opened: &Opened,
    sent: &Sent,
) -> Result<Changes, PageError> {
    let now = opened.content.clone();
    if is_outdated(opened, sent) && !sent.get(SEEN).is_empty() {
        let kind = opened.content.kind();
        let seen = Content::from_file(sent.get(SEEN), kind.clone());
        // The file has a title that is made of the text, and the fields do not: both are compared as files.
        let now = Content::from_file(&now.file(), kind.clone());
        return Ok(Changes {
            from: "What has changed since you read it".to_owned(),
            differences: compare::of_contents(seen, now).await?,
        });
    }
    if let Some(reviewed) = &opened.reviewed {
        return Ok(Changes {
            from: since(node, opened).await?,
            differences: compare::of_contents(reviewed.clone(), now).await?,
        });
    }
    let differences = match drafts::published(node, opened).await? {
        Some(published) => compare::of_contents(published, now).await?,
        None => Vec::new(),
    };
    Ok(Changes {
        from: "What it changes in the published page".to_owned(),
        differences,
    })
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
