//! Waiting for a connection to PostgreSQL, for as long as its server is there.

use sql::postgres::{Server, Unreached};

use crate::StoreError;

/// Waits for what needs a connection of the pool.
///
/// # Errors
/// [`StoreError::Unavailable`] a few seconds after the server is gone, and not after the whole wait for a busy pool.
pub(crate) async fn reach<T>(
    server: &Server,
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    server.reach(asked).await.map_err(|error| match error {
        Unreached::Gone(error) => StoreError::Unavailable(error),
        Unreached::Failed(error) => error.into(),
    })
}
