//! Connections to PostgreSQL: waiting for one, and noticing that the server is gone.
//!
//! A pool only says that it has no connection yet. Whether the server is busy or away makes a difference to readers and
//! operators: a busy one is worth the wait.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::time::{sleep, timeout};

use crate::StoreError;

/// How long a caller waits for a connection before it looks whether the server can be reached.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// How long a server that is there takes to accept a connection at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

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

/// Returns the reason once the server cannot be reached; waits as long as it can.
async fn gone(pool: &PgPool) -> sqlx::Error {
    loop {
        sleep(LOOK_AFTER).await;
        let options = pool.connect_options();
        match timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options)).await {
            Err(_) => return sqlx::Error::PoolTimedOut,
            Ok(Err(error @ (sqlx::Error::Io(_) | sqlx::Error::Tls(_)))) => return error,
            // An answer of the server, as that it has too many connections: it is there.
            Ok(Err(_)) => {}
            Ok(Ok(connection)) => drop(connection.close().await),
        }
    }
}
