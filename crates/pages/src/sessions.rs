//! What a session holds, and the two things that happen to it: a person signs in, and signs out.

use tower_sessions::{
    Session,
    session::{Error, Id},
};
use wire::{AccountId, Digest};

/// The account that has signed in.
pub const ACCOUNT: &str = "account";
/// The browser, in words, for the list of one's sessions.
pub const BROWSER: &str = "browser";

/// Returns the bytes of a session's id, whose digest the database has.
#[must_use]
pub const fn id_bytes(id: Id) -> [u8; 16] {
    id.0.to_le_bytes()
}

/// Returns the digest of a session's id; `None` for a browser without one.
#[must_use]
pub fn digest(session: &Session) -> Option<Digest> {
    session.id().map(|id| Digest::for_bytes(&id_bytes(id)))
}

/// Begins the session of a person who has signed in. Nothing of an earlier session is kept, its id least of all: someone
/// else may have put it there.
///
/// # Errors
/// Of the database.
pub async fn begin(session: &Session, account: AccountId, browser: &str) -> Result<(), Error> {
    session.flush().await?;
    session.insert(ACCOUNT, account).await?;
    session.insert(BROWSER, browser).await?;
    session.save().await
}

/// Returns who has signed in.
///
/// # Errors
/// Of the database.
pub async fn account(session: &Session) -> Result<Option<AccountId>, Error> {
    // A browser without a session costs no query.
    if session.id().is_none() {
        return Ok(None);
    }
    session.get(ACCOUNT).await
}
