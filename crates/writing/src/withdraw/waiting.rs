//! A request to withdraw a page, as those see it who look after the page.

use node::Node;
use pages::{PageError, link::Link};
use people::care;
use wire::{AccountId, DocumentId};

use super::label_of;
use crate::{at, care::Named, name_of};

/// A request to withdraw a page that editors have not answered yet.
#[derive(Debug, Clone)]
pub(crate) struct WaitingView {
    /// Who asks for it, and when.
    pub(crate) asked: String,
    pub(crate) why: &'static str,
    /// The page that replaces it.
    pub(crate) successor: Option<Link>,
    /// When, as a form sends it back, so that no other request is replaced.
    pub(crate) seen: String,
}

/// Returns the request to withdraw a page that waits, for a reader of this account.
pub(crate) async fn waiting_view(
    node: &Node,
    id: DocumentId,
    reader: AccountId,
) -> Result<Option<WaitingView>, PageError> {
    let Some(request) = care::waiting(node, id).await? else {
        return Ok(None);
    };
    let by = match request.account == reader {
        true => "You".to_owned(),
        false => name_of(node, request.account).await?,
    };
    let successor = match request.successor {
        Some(successor) => node.store.cared(successor).await?,
        None => None,
    };
    Ok(Some(WaitingView {
        asked: format!("{by} asked at {}", at(request.at)),
        why: label_of(&request.why),
        successor: successor.map(|cared| {
            let Named { title, href } = Named::new(node, &cared);
            Link::new(title, href)
        }),
        seen: request.at.millis().to_string(),
    }))
}
