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
    let fix = fix(error);
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
    let text = format!("database `{database}` of the server {server}: {text}; {fix}");
    sqlx::Error::Io(io::Error::new(kind, text))
}

/// Returns what an operator can do about an error of a connection.
fn fix(error: &sqlx::Error) -> &'static str {
    use io::ErrorKind as K;
    match error {
        sqlx::Error::Database(error) => match error.code().as_deref() {
            // https://www.postgresql.org/docs/current/errcodes-appendix.html
            Some("28P01") => "see that the user and the password are right",
            Some("28000") => {
                "see that the user is right, and that `pg_hba.conf` of the server lets it in from this machine"
            }
            Some("3D000") => {
                "see that the name of the database is right, or make it with `createdb` on the server"
            }
            Some("53300") => {
                "the server has too many connections: lower `database.connections`, or raise `max_connections` of the server"
            }
            Some("57P03") => "the server starts or stops: try again",
            _ => "the log of the server has the cause",
        },
        sqlx::Error::Io(error) => match error.kind() {
            K::ConnectionRefused => "see that PostgreSQL runs there and listens at that port",
            K::NotFound => "see that the directory is that of the server's socket",
            K::PermissionDenied => "the user of the node may not open the server's socket",
            K::TimedOut | K::HostUnreachable | K::NetworkUnreachable => {
                "see that the address is right, and that no firewall is between"
            }
            _ => "see that the name of the host is right, and that the server runs",
        },
        sqlx::Error::PoolTimedOut => {
            "see that the address is right, and that no firewall is between"
        }
        sqlx::Error::Tls(_) => {
            "see that `sslmode` and `sslrootcert` in `database.url` fit the server; `sslmode=disable` connects without TLS"
        }
        sqlx::Error::Protocol(_) => {
            "what answers there is not PostgreSQL, or is a proxy that does not reach it: see that the port is right"
        }
        _ => "see that `database.url` is right",
    }
}

/// Returns the reason once the server cannot be reached; waits as long as it can.
pub async fn gone(pool: &PgPool) -> sqlx::Error {
    loop {
        sleep(LOOK_AFTER).await;
        let options = pool.connect_options();
        match timeout(CONNECT_TIMEOUT, PgConnection::connect_with(&options)).await {
            Err(_) => return with_place(&options, &sqlx::Error::PoolTimedOut),
            Ok(Err(
                error @ (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)),
            )) => return with_place(&options, &error),
            // An answer of the server, as that it has too many connections: it is there.
            Ok(Err(_)) => {}
            Ok(Ok(connection)) => drop(connection.close().await),
        }
    }
}
