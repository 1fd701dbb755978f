//! The page that replaces a withdrawn one: which page a person means, and that it says so itself.
//!
//! A withdrawal in the log names no other document. The page that replaces one has the number of that one under `replaces`,
//! so naming it publishes a new version of it, in the transaction of the withdrawal; no one has to approve that, as with
//! [`super::confirm`].

use async_recursion::async_recursion as boxed;
use domain::{MAX_REFERENCES, PageAddress};
use node::{
    Node, NodeError,
    audit::By,
    flows::{publish::Change, withdraw},
};
use store::{Cared, Succession};
use wire::{DocumentId, DocumentRef};

use super::{acceptance_of, reasons, submission};
use crate::{
    about,
    drafts::{own_document, own_with_title},
};

/// Why what a person wrote names no page that could replace another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNamed {
    /// This site has no such page.
    Missing,
    /// It is a page of another organisation, which says for itself what it replaces.
    Foreign,
    /// It is the page that is withdrawn.
    Itself,
    /// Several pages have the title.
    Several,
}

/// Returns the page of this site that a person means by its address, its number or its title, which may be in the double
/// brackets of a link.
///
/// # Errors
/// Of the database or the index.
#[boxed]
pub async fn successor(
    node: &Node,
    replaced: DocumentId,
    written: &str,
) -> Result<Result<Cared, NotNamed>, NodeError> {
    let id = match named(node, replaced, bare(written)).await? {
        Ok(id) if id == replaced => return Ok(Err(NotNamed::Itself)),
        Ok(id) => id,
        Err(why) => return Ok(Err(why)),
    };
    Ok(node.store.cared(id).await?.ok_or(NotNamed::Missing))
}

/// Returns the id of the page that is meant; whether there is such a page is not known then.
async fn named(
    node: &Node,
    replaced: DocumentId,
    written: &str,
) -> Result<Result<DocumentId, NotNamed>, NodeError> {
    if let Some(id) = DocumentId::parse(written) {
        return Ok(Ok(id));
    }
    let reference = match (DocumentRef::parse(written), PageAddress::parse(written)) {
        (Some(reference), _) => Some(reference),
        (None, Some(address)) => {
            let publishers = node.store.publishers().await?.list;
            if !about::is_at_known_site(node, &address, &publishers) {
                return Ok(Err(NotNamed::Foreign));
            }
            let found = about::find(node, &address, &publishers).await?;
            if found.is_none() {
                return Ok(Err(NotNamed::Missing));
            }
            found
        }
        (None, None) => None,
    };
    if let Some(reference) = reference {
        let is_own = node
            .identity()
            .is_some_and(|own| own.node == reference.node);
        return Ok(is_own.then_some(reference.id).ok_or(NotNamed::Foreign));
    }
    // A new page often has the title of the one that it replaces.
    let mut titled = own_with_title(node, written).await?;
    let had_title = !titled.is_empty();
    titled.retain(|id| *id != replaced);
    Ok(match titled.as_slice() {
        [one] => Ok(*one),
        [] if had_title => Err(NotNamed::Itself),
        [] => Err(NotNamed::Missing),
        _ => Err(NotNamed::Several),
    })
}

/// Returns what is written without the brackets of a link by title, and without the words that the link would show.
fn bare(written: &str) -> &str {
    let written = written.trim();
    let inner = written
        .strip_prefix("[[")
        .and_then(|rest| rest.strip_suffix("]]"));
    inner.map_or(written, |inner| {
        inner.split('|').next().unwrap_or_default().trim()
    })
}

/// What became of a withdrawal with the version that says which page it replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Replaced {
    /// The page says so, and the other one is withdrawn.
    Done,
    /// The page says so already: nothing is withdrawn yet.
    Said,
    /// The rules of today refuse the page as it is, or it was changed at this moment, and why: nothing is withdrawn.
    Refused(String),
}

/// Publishes a version of a page that says which page it replaces, unless it says so already, and withdraws that one with it.
pub(super) async fn replace(
    node: &Node,
    by: &By,
    successor: DocumentId,
    succession: Succession,
) -> Result<Replaced, NodeError> {
    let Some((mut document, rev)) = own_document(node, successor).await? else {
        return Ok(Replaced::Refused("it was withdrawn".to_owned()));
    };
    let replaced = succession.replaced;
    if document.common.replaces.contains(&replaced) {
        return Ok(Replaced::Said);
    }
    if document.common.replaces.len() >= MAX_REFERENCES {
        let why = format!("it replaces {MAX_REFERENCES} pages already");
        return Ok(Replaced::Refused(why));
    }
    document.common.replaces.push(replaced);
    let acceptance = acceptance_of(node, successor, rev).await?;
    let submission = submission(successor, rev, document, acceptance, by);
    Ok(
        match withdraw::withdraw_replaced(node, submission, succession).await? {
            Ok(accepted) if accepted.change == Change::Unchanged => Replaced::Said,
            Ok(_) => Replaced::Done,
            Err(refused) => Replaced::Refused(reasons(&refused.refusal)),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brackets_of_a_link_by_title_may_be_there() {
        for (written, expected) in [
            (" New bleeps ", "New bleeps"),
            ("[[New bleeps]]", "New bleeps"),
            ("[[ New bleeps | the new ones ]]", "New bleeps"),
            ("[[New bleeps", "[[New bleeps"),
            ("[[]]", ""),
            ("", ""),
        ] {
            assert_eq!(bare(written), expected, "{written}");
        }
    }
}
