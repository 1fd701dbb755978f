//! Connections to PostgreSQL: trying one, and noticing that the server is gone.
//!
//! A pool only says that it has no connection yet. Whether the server is busy or away makes a difference to readers and
//! operators: a busy one is worth the wait.

use std::{io, time::Duration};

use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::time::{sleep, timeout};

/// How long a caller waits for a connection before it looks whether the server can be reached.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// How long a server that is there takes to accept a connection at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Tries a connection once: a pool would try again until its timeout, and an operator wants to know at once what is wrong.
///
/// # Errors
/// What is wrong, with the server and the database.
pub async fn try_connection(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let tried = timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await;
    match tried.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
        Ok(connection) => connection.close().await,
        Err(error) => Err(with_place(options, &error)),
    }
}

/// Returns an error that says which server and which database it is about.
fn with_place(options: &PgConnectOptions, error: &sqlx::Error) -> sqlx::Error {
    let (kind, text) = match error {
        sqlx::Error::Io(error) => (error.kind(), error.to_string()),
        sqlx::Error::Database(error) => (io::ErrorKind::Other, error.message().to_owned()),
        sqlx::Error::PoolTimedOut => {
            let secs = CONNECT_TIMEOUT.as_secs();
            let text = format!("no answer within {secs} seconds");
            (io::ErrorKind::TimedOut, text)
        }
        error => (io::ErrorKind::Other, error.to_string()),
    };
    let server = match options.get_socket() {
        Some(directory) => directory.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    // Without a name of its own, it has that of the user.
    let database = options.get_database();
    let database = database.unwrap_or_else(|| options.get_username());
    let text = format!("database `{database}` of the server {server}: {text}");
    sqlx::Error::Io(io::Error::new(kind, text))
}

/// Returns the reason once the server cannot be reached; waits as long as it can.
pub async fn gone(pool: &PgPool) -> sqlx::Error {
    loop {
        sleep(LOOK_AFTER).await;
        let options = pool.connect_options();
        match timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options)).await {
            Err(_) => return with_place(&options, &sqlx::Error::PoolTimedOut),
            Ok(Err(error @ (sqlx::Error::Io(_) | sqlx::Error::Tls(_)))) => {
                return with_place(&options, &error);
            }
            // An answer of the server, as that it has too many connections: it is there.
            Ok(Err(_)) => {}
            Ok(Ok(connection)) => drop(connection.close().await),
        }
    }
}
