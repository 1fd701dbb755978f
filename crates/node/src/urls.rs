//! The addresses of this node: those of every site (`urls`), and what depends on a node or a row of its database.

pub use ::urls::*;

use crate::Node;

/// Returns the path of a card's document.
#[must_use]
pub fn card(card: &store::Card) -> String {
    document(&card.owner.handle, card.id, &card.slug)
}

/// Returns a path of this site as a whole address; the path alone before `init`.
#[must_use]
pub fn absolute(node: &Node, path: &str) -> String {
    let identity = node.identity();
    identity.map_or_else(|| path.to_owned(), |own| own.absolute(path))
}
