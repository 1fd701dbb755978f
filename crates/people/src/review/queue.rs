//! The drafts that wait for review, and those whose authors cannot sign in any more.

use async_recursion::async_recursion as boxed;
use node::{Node, NodeError};
use store::{DraftState, MAX_ACCOUNTS};

use crate::drafts::{self, Listed, MAX_LISTED, Person};

/// Pages of accounts that are looked through for people who cannot sign in any more.
const MAX_ACCOUNT_PAGES: u64 = 50;

/// Returns the drafts that wait for review, those that have waited longest first.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn queue(node: &Node) -> Result<Vec<Listed>, NodeError> {
    let waiting = node.store.waiting_drafts(MAX_LISTED).await?;
    drafts::listed(node, waiting).await
}

/// Returns the drafts of people who cannot sign in any more, which no one else would find: those that do not wait for review.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn left_behind(node: &Node) -> Result<Vec<Listed>, NodeError> {
    let mut left = Vec::new();
    for page in 0..MAX_ACCOUNT_PAGES {
        let skip = page * u64::from(MAX_ACCOUNTS);
        let (accounts, count) = node.store.accounts("", skip).await?;
        for account in accounts
            .iter()
            .filter(|account| account.disabled_at.is_some())
        {
            let person = Person {
                id: account.id,
                role: account.role,
            };
            let own = drafts::list(node, person).await?.into_iter();
            left.extend(own.filter(|one| {
                matches!(one.draft.state, DraftState::Writing | DraftState::Returned)
                    && !one.draft.declined
            }));
        }
        if skip + u64::from(MAX_ACCOUNTS) >= count {
            break;
        }
    }
    Ok(left)
}
