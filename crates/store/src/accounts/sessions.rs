//! Sessions of browsers. Only the digest of a session's id is stored.
//!
//! A session is updated and never made again: a request that was under way when its session was ended cannot bring the
//! session back.

use std::time::Duration;

use ::audit::{Act, By, Entry, Object};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Digest, Timestamp};

use super::{on, stored, tokens};
use crate::{
    StoreError, audit,
    engine::{Db, Store, values},
    record::records,
};

records! {
    /// A session.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Session from SessionRow {
        /// Digest of its id.
        pub id: Digest,
        /// Who has signed in.
        pub account: Option<AccountId>,
        /// What else is kept of it, as JSON.
        pub data: String,
        /// When the person signed in.
        pub created_at: Timestamp,
        /// When they last requested something, to about a minute.
        pub seen_at: Timestamp,
        /// When it ends at the latest.
        pub expires_at: Timestamp,
    }
}

/// A session to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession<'a> {
    /// The secret id, as in the cookie.
    pub id: &'a [u8],
    /// Who has signed in.
    pub account: Option<AccountId>,
    /// What else is kept of it, as JSON.
    pub data: &'a str,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// What is new of a session; when it ends stays as it was.
#[derive(Debug, Clone, Copy)]
pub struct SavedSession<'a> {
    /// The secret id, as in the cookie.
    pub id: &'a [u8],
    /// Who has signed in.
    pub account: Option<AccountId>,
    /// What else is kept of it, as JSON.
    pub data: &'a str,
}

/// A session that begins later than this after now is from before the clock was set back: neither of its limits would hold.
const MAX_CLOCK_STEP: Duration = Duration::from_secs(300);

/// Sessions of one account that a list shows, the newest first.
pub const MAX_SESSIONS: u32 = 50;

mod sql {
    use crate::engine::statements;

    macro_rules! session {
        ($rest:literal) => {
            concat!(
                "SELECT s.id, s.account, s.data, s.created_at, s.seen_at, s.expires_at FROM sessions s
                    LEFT JOIN accounts a ON a.id = s.account ",
                $rest
            )
        };
    }

    statements! {
        SIGNED_IN = "UPDATE accounts SET signed_in_at = $2 WHERE id = $1 AND disabled_at IS NULL";
        /// An account that was disabled has no session, whatever the rows say.
        SESSION = session!("WHERE s.id = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND s.created_at <= $4
            AND a.disabled_at IS NULL");
        OF_ACCOUNT = session!("WHERE s.account = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND s.created_at <= $4
            ORDER BY s.created_at DESC LIMIT $5");
        CREATE = "INSERT INTO sessions (id, account, data, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $4, $5)
            ON CONFLICT (id) DO NOTHING";
        SAVE = "UPDATE sessions SET account = $2, data = $3 WHERE id = $1";
        TOUCH = "UPDATE sessions SET seen_at = $2 WHERE id = $1 AND (seen_at < $2 OR seen_at > $3)";
        DELETE = "DELETE FROM sessions WHERE id = $1";
        END = "DELETE FROM sessions WHERE id = $1 AND account = $2";
        END_ALL = "DELETE FROM sessions WHERE account = $1";
        END_EVERY = "DELETE FROM sessions";
        END_OTHERS = "DELETE FROM sessions WHERE account = $1 AND id <> $2";
        DELETE_EXPIRED = "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2 OR created_at > $3";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

impl Store {
    /// Stores a new session; returns whether its id was free.
    #[boxed]
    pub async fn create_session(
        &self,
        new: &NewSession<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let id = stored(new.id);
        let row = values![&id, new.account, new.data, now, new.expires_at];
        let is_free = db.run(sql::CREATE, row).await? > 0;
        db.commit().await?;
        Ok(is_free)
    }

    /// Stores what is new of a session; without effect if it has been ended.
    #[boxed]
    pub async fn save_session(&self, session: &SavedSession<'_>) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        let row = values![&stored(session.id), session.account, session.data];
        db.run(sql::SAVE, row).await?;
        Ok(db.commit().await?)
    }

    /// Returns the session of a secret id that is valid `now` and was used after `used_after`.
    #[boxed]
    pub async fn session(
        &self,
        id: &[u8],
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let values = values![&stored(id), now, used_after, latest(now)];
        self.read().await?.record(sql::SESSION, values).await
    }

    /// Records that a session is used, also where its last use is in the future because the clock was set back.
    #[boxed]
    pub async fn touch_session(&self, id: &Digest, now: Timestamp) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::TOUCH, values![id, now, latest(now)]).await?;
        Ok(db.commit().await?)
    }

    /// Ends the session of a secret id.
    #[boxed]
    pub async fn delete_session(&self, id: &[u8]) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::DELETE, values![&stored(id)]).await?;
        Ok(db.commit().await?)
    }

    /// Returns the valid sessions of an account, the newest first, at most [`MAX_SESSIONS`].
    #[boxed]
    pub async fn sessions_of(
        &self,
        account: AccountId,
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let limit = i64::from(MAX_SESSIONS);
        let values = values![account, now, used_after, latest(now), limit];
        self.read().await?.records(sql::OF_ACCOUNT, values).await
    }

    /// Ends one session of an account, by the digest of its id; returns whether it had this session.
    #[boxed]
    pub async fn end_session(
        &self,
        account: AccountId,
        id: &Digest,
        by: &By,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let ended = db.run(sql::END, values![id, account]).await? > 0;
        if ended {
            audit::append(&mut db, &[ended_sessions(Some(account), 1, by, now)]).await?;
        }
        db.commit().await?;
        Ok(ended)
    }

    /// Records that a person has signed in; returns whether they still may.
    #[boxed]
    pub async fn record_sign_in(&self, id: AccountId, now: Timestamp) -> Result<bool, StoreError> {
        let mut db = self.write().await?;
        let may = db.run(sql::SIGNED_IN, values![id, now]).await? > 0;
        if may {
            let by = By::Account(id);
            audit::append(&mut db, &[on(id, &by, Act::SignedIn, now)]).await?;
        }
        db.commit().await?;
        Ok(may)
    }

    /// Ends the sessions of an account but one, if one is named; without one also its access tokens. Returns how many sessions
    /// have ended.
    #[boxed]
    pub async fn end_sessions(
        &self,
        account: AccountId,
        except: Option<&Digest>,
        by: &By,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let ended = match except {
            Some(kept) => db.run(sql::END_OTHERS, values![account, kept]).await?,
            None => {
                // In the order of all others: two that end them at once do not wait for each other.
                let ended = end_all(&mut db, account).await?;
                tokens::delete_all(&mut db, account).await?;
                ended
            }
        };
        audit::append(&mut db, &[ended_sessions(Some(account), ended, by, now)]).await?;
        db.commit().await?;
        Ok(ended)
    }

    /// Ends the sessions and the access tokens of everyone; returns how many sessions.
    #[boxed]
    pub async fn end_all_sessions(&self, by: &By, now: Timestamp) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let ended = db.run(sql::END_EVERY, values![]).await?;
        tokens::delete_every(&mut db).await?;
        audit::append(&mut db, &[ended_sessions(None, ended, by, now)]).await?;
        db.commit().await?;
        Ok(ended)
    }

    /// Deletes sessions that have expired, were last used before `used_after`, or begin in the future.
    #[boxed]
    pub async fn delete_expired_sessions(
        &self,
        now: Timestamp,
        used_after: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut db = self.write().await?;
        let values = values![now, used_after, latest(now)];
        let deleted = db.run(sql::DELETE_EXPIRED, values).await?;
        db.commit().await?;
        Ok(deleted)
    }
}

/// Returns the latest time at which a session that is valid now can have begun or been used.
fn latest(now: Timestamp) -> Timestamp {
    now.plus(MAX_CLOCK_STEP)
}

/// Returns what the audit says of sessions that were ended: those of an account, or of everyone.
fn ended_sessions(account: Option<AccountId>, count: u64, by: &By, now: Timestamp) -> Entry {
    let object = account.map_or(Object::Nothing, Object::Account);
    Entry::new(by, Act::SessionsEnded, object, now).with_detail(&count.to_string())
}

pub(super) async fn end_all(db: &mut Db, account: AccountId) -> Result<u64, StoreError> {
    Ok(db.run(sql::END_ALL, values![account]).await?)
}
