//! Connections to PostgreSQL: trying one, and noticing that the server is gone.
//!
//! A pool only says that it has no connection yet. Whether the server is busy or away makes a difference to readers and
//! operators: a busy one is worth the wait.

use std::{
    io,
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{Connection as _, PgConnection, PgPool, postgres::PgConnectOptions};
use tokio::{
    net::TcpStream,
    time::{Instant, sleep, timeout},
};

/// How long a caller waits for a connection before it looks whether the server can be reached.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// How long a server that is there takes to accept a connection at most.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// The same while callers wait for a connection.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a caller waits while it is known that the server is gone: long enough for a connection if it is back.
const WAIT_WHILE_GONE: Duration = Duration::from_millis(500);
/// After this time one caller looks again whether the server is still gone.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// How long a server takes to accept what it will not answer.
const ACCEPT_TIMEOUT: Duration = Duration::from_millis(500);

/// The connections to a server, and whether it was gone a moment ago. Cheap to clone; all clones share both.
#[derive(Debug, Clone)]
pub struct Server {
    pool: PgPool,
    gone: Arc<Mutex<Option<Gone>>>,
}

/// What was found when someone looked last.
#[derive(Debug)]
struct Gone {
    looked: Instant,
    kind: io::ErrorKind,
    text: String,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum Unreached {
    /// The server cannot be reached.
    Gone(sqlx::Error),
    /// It can, or it is not known.
    Failed(sqlx::Error),
}

impl Deref for Server {
    type Target = PgPool;

    fn deref(&self) -> &PgPool {
        &self.pool
    }
}

impl Server {
    /// Watches the server of a pool.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            gone: Arc::default(),
        }
    }

    /// Waits for what needs a connection of the pool, for as long as the server is there. While it is known to be gone, only
    /// one caller at a time waits until that is certain again; the others get the answer at once, so that readers do not wait
    /// for nothing.
    ///
    /// # Errors
    /// [`Unreached::Gone`] a few seconds after the server is gone, and not after the whole wait for a busy pool.
    pub async fn reach<T>(
        &self,
        asked: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, Unreached> {
        let look = async {
            if let Some(known) = self.known() {
                sleep(WAIT_WHILE_GONE).await;
                return known;
            }
            let error = gone(&self.pool).await;
            self.note(&error);
            error
        };
        tokio::select! {
            biased;
            got = asked => {
                if got.is_ok() {
                    *self.noted() = None;
                }
                got.map_err(Unreached::Failed)
            }
            error = look => Err(Unreached::Gone(error)),
        }
    }

    /// Returns why the server was gone a moment ago. If that was too long ago, nothing: then it is this caller who looks.
    fn known(&self) -> Option<sqlx::Error> {
        let mut noted = self.noted();
        let gone = noted.as_mut()?;
        if gone.looked.elapsed() >= LOOK_AGAIN {
            gone.looked = Instant::now();
            return None;
        }
        Some(io::Error::new(gone.kind, gone.text.clone()).into())
    }

    fn note(&self, error: &sqlx::Error) {
        let kind = match error {
            sqlx::Error::Io(error) => error.kind(),
            _ => io::ErrorKind::Other,
        };
        let text = match error {
            sqlx::Error::Io(error) => error.to_string(),
            error => error.to_string(),
        };
        *self.noted() = Some(Gone {
            looked: Instant::now(),
            kind,
            text,
        });
    }

    fn noted(&self) -> MutexGuard<'_, Option<Gone>> {
        self.gone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tries a connection once: a pool would try again until its timeout, and an operator wants to know at once what is wrong.
///
/// # Errors
/// What is wrong, with the server and the database.
pub async fn try_connection(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    match timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => connection.close().await,
        Ok(Err(error)) => Err(with_place(options, &error)),
        Err(_) => Err(unanswered(options, CONNECT_TIMEOUT).await),
    }
}

/// Returns the error of a server that did not answer: one that accepts a connection is another matter than one that is not
/// there.
async fn unanswered(options: &PgConnectOptions, waited: Duration) -> sqlx::Error {
    let secs = waited.as_secs();
    let accepts = match options.get_socket() {
        Some(_) => true,
        None => {
            let connect = TcpStream::connect((options.get_host(), options.get_port()));
            matches!(timeout(ACCEPT_TIMEOUT, connect).await, Ok(Ok(_)))
        }
    };
    let (text, fix) = if accepts {
        (
            format!("it accepts connections and gives no answer within {secs} seconds"),
            "see whether the server hangs: its log, its disk and its load; restart it if it does",
        )
    } else {
        (format!("no answer within {secs} seconds"), NOT_THERE)
    };
    let text = format!("{}: {text}; {fix}", place(options));
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, text))
}

/// What to do about a server that is not there.
const NOT_THERE: &str = "see that the address is right, and that no firewall is between";

/// Returns an error that says which server and which database it is about.
fn with_place(options: &PgConnectOptions, error: &sqlx::Error) -> sqlx::Error {
    let fix = fix(error);
    let (kind, text) = match error {
        sqlx::Error::Io(error) => (error.kind(), error.to_string()),
        sqlx::Error::Database(error) => (io::ErrorKind::Other, error.message().to_owned()),
        error => (io::ErrorKind::Other, error.to_string()),
    };
    let text = format!("{}: {text}; {fix}", place(options));
    sqlx::Error::Io(io::Error::new(kind, text))
}

/// Names a database and its server.
fn place(options: &PgConnectOptions) -> String {
    let server = match options.get_socket() {
        Some(directory) => directory.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    // Without a name of its own, it has that of the user.
    let database = options.get_database();
    let database = database.unwrap_or_else(|| options.get_username());
    format!("database `{database}` of the server {server}")
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
            K::TimedOut | K::HostUnreachable | K::NetworkUnreachable => NOT_THERE,
            _ => "see that the name of the host is right, and that the server runs",
        },
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
async fn gone(pool: &PgPool) -> sqlx::Error {
    loop {
        sleep(LOOK_AFTER).await;
        let options = pool.connect_options();
        match timeout(LOOK_TIMEOUT, PgConnection::connect_with(&options)).await {
            Err(_) => return unanswered(&options, LOOK_TIMEOUT).await,
            Ok(Err(
                error @ (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)),
            )) => return with_place(&options, &error),
            // An answer of the server, as that it has too many connections: it is there.
            Ok(Err(_)) => {}
            Ok(Ok(connection)) => drop(connection.close().await),
        }
    }
}
