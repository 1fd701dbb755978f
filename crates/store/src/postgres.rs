//! Waiting for a connection to PostgreSQL, for as long as its server is there.

use sql::postgres::gone;
use sqlx::PgPool;

use crate::StoreError;

/// Waits for what needs a connection of the pool.
///
/// # Errors
/// [`StoreError::Unavailable`] a few seconds after the server is gone, and not after the whole wait for a busy pool.
pub(crate) async fn reach<T>(
    pool: &PgPool,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    tokio::select! {
        biased;
        got = asked => Ok(got?),
        error = gone(pool) => Err(StoreError::Unavailable(error)),
    }
}
