//! How a reader hears of what is new: a feed reader, a program, or the address to keep.

/// The ways to follow a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// What is followed, as it ends the words "Get updates on …".
    pub what: String,
    /// The Atom feed.
    pub atom: String,
    /// The JSON Feed.
    pub json: String,
    /// The whole address of the page, to be kept or sent on.
    pub address: String,
}
