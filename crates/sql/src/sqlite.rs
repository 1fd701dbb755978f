//! SQLite's connections: the one that writes, and those that only read.
//!
//! A pool that asks a connection whether it still lives before and after each use makes three round trips to its thread
//! of every small query, and most of what such a query costs is that trip. Here a connection goes back as it is when
//! nothing was under way. One that was left in the middle of a statement, or whose statement failed, is closed, which
//! undoes its transaction too; the next caller opens another.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    Connection as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// How long a writer waits for another process before it reports that the database is busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a caller waits for a free connection: a large pull holds the writer for seconds.
const LEND_TIMEOUT: Duration = Duration::from_secs(30);
/// Statements kept prepared per connection: there are about a hundred and fifty, some in five widths.
pub const PREPARED_STATEMENTS: usize = 400;
/// Rows that a connection's thread may be ahead of their reader: most answers are handed over without a wait.
const ROWS_AHEAD: usize = 512;

/// The connections to one file. Cheap to clone; all clones share them.
#[derive(Debug, Clone)]
pub struct SqlitePools {
    /// The connection that writes.
    pub writer: Arc<Connections>,
    /// Those that only read.
    pub readers: Arc<Connections>,
    /// The file that was opened; none for a database in memory.
    file: Option<Arc<OpenFile>>,
}

/// A file by its name and by what it is.
#[derive(Debug)]
struct OpenFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl OpenFile {
    fn from_path(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            path: path.to_owned(),
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }

    /// Says whether the name still leads to the file.
    fn is_in_place(&self) -> bool {
        Self::from_path(&self.path)
            .is_some_and(|now| (now.device, now.inode) == (self.device, self.inode))
    }
}

/// Connections of one sort, opened as they are needed.
#[derive(Debug)]
pub struct Connections {
    options: SqliteConnectOptions,
    free: Mutex<Vec<SqliteConnection>>,
    slots: Arc<Semaphore>,
    max: u32,
}

/// A connection that is lent; it goes back when it is dropped.
pub struct Lent {
    /// `None` only while it is dropped.
    connection: Option<SqliteConnection>,
    /// Inside a statement, or behind one that failed.
    under_way: bool,
    in_transaction: bool,
    home: Arc<Connections>,
    slot: Option<OwnedSemaphorePermit>,
}

impl SqlitePools {
    /// Opens the file, which is made if it is not there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open(options: SqliteConnectOptions, readers: u32) -> Result<Self, sqlx::Error> {
        let connect = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // What is acknowledged is on the disk: the write-ahead log is flushed with every commit.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            // Erased text is overwritten, not only unlinked; and no sorter spills text into a temporary file.
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("trusted_schema", "OFF")
            .row_buffer_size(ROWS_AHEAD)
            .statement_cache_capacity(PREPARED_STATEMENTS);
        let path = connect.get_filename().to_path_buf();
        // 16 MiB of pages, so that a bulk load does not spill its dirty pages early.
        let writing = connect.clone().pragma("cache_size", "-16384");
        let reading = connect.pragma("query_only", "ON");
        let mut pools = Self {
            writer: Arc::new(Connections::new(writing, 1)),
            readers: Arc::new(Connections::new(reading, readers.max(1))),
            file: None,
        };
        drop(pools.writer.lend().await?);
        pools.file = OpenFile::from_path(&path).map(Arc::new);
        Ok(pools)
    }

    /// Opens a file without ever changing it, also where nothing can be written. `is_fixed`: no other program changes it
    /// meanwhile, so that neither locks nor shared memory are needed.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn open_read_only(
        options: SqliteConnectOptions,
        is_fixed: bool,
    ) -> Result<Self, sqlx::Error> {
        let reading = options
            .read_only(true)
            .immutable(is_fixed)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("temp_store", "MEMORY")
            .pragma("trusted_schema", "OFF")
            .pragma("query_only", "ON")
            .row_buffer_size(ROWS_AHEAD)
            .statement_cache_capacity(PREPARED_STATEMENTS);
        let pools = Self {
            writer: Arc::new(Connections::new(reading.clone(), 1)),
            readers: Arc::new(Connections::new(reading, 2)),
            file: None,
        };
        drop(pools.readers.lend().await?);
        Ok(pools)
    }

    /// Opens a further connection, for one long piece of work that should keep no one from a lent one.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn connect_alone(&self) -> Result<SqliteConnection, sqlx::Error> {
        let options = self.writer.options.clone().read_only(true);
        SqliteConnection::connect_with(&options.create_if_missing(false)).await
    }

    /// Returns the file; none for a database in memory.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// Returns the path of the file if it is not where it was opened: what is written to it would be lost with the process.
    #[must_use]
    pub fn displaced(&self) -> Option<&Path> {
        let file = self.file.as_ref().filter(|file| !file.is_in_place())?;
        Some(&file.path)
    }

    /// Closes all connections, once what is under way has ended.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Connections {
    fn new(options: SqliteConnectOptions, max: u32) -> Self {
        Self {
            options,
            free: Mutex::default(),
            slots: Arc::new(Semaphore::new(usize::try_from(max).unwrap_or(1))),
            max,
        }
    }

    /// Lends a connection, waiting for a free one as long as it may take.
    ///
    /// # Errors
    /// `PoolTimedOut` when none becomes free; `PoolClosed` after [`SqlitePools::close`]; those of opening another.
    pub async fn lend(self: &Arc<Self>) -> Result<Lent, sqlx::Error> {
        let slot = match timeout(LEND_TIMEOUT, Arc::clone(&self.slots).acquire_owned()).await {
            Err(_) => return Err(sqlx::Error::PoolTimedOut),
            Ok(Err(_)) => return Err(sqlx::Error::PoolClosed),
            Ok(Ok(slot)) => slot,
        };
        let free = self.lock().pop();
        let connection = match free {
            Some(connection) => connection,
            None => SqliteConnection::connect_with(&self.options).await?,
        };
        Ok(Lent {
            connection: Some(connection),
            under_way: false,
            in_transaction: false,
            home: Arc::clone(self),
            slot: Some(slot),
        })
    }

    async fn close(&self) {
        // With all slots in hand, no one has a connection any more.
        let all = self.slots.acquire_many(self.max).await;
        self.slots.close();
        drop(all);
        let free = std::mem::take(&mut *self.lock());
        for connection in free {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a connection to the database did not close cleanly");
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<SqliteConnection>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lent {
    /// Begins a transaction; it is undone when the connection goes back before [`Lent::commit`].
    ///
    /// # Errors
    /// Those of SQLite.
    pub async fn begin(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        self.execute(sql).await?;
        self.in_transaction = true;
        Ok(())
    }

    /// Ends the transaction, if there is one.
    ///
    /// # Errors
    /// Those of SQLite: nothing is written then.
    pub async fn commit(mut self) -> Result<(), sqlx::Error> {
        if self.in_transaction {
            self.execute("COMMIT").await?;
            self.in_transaction = false;
        }
        Ok(())
    }

    /// Executes one statement without parameters.
    ///
    /// # Errors
    /// Those of SQLite.
    pub async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        let mut statement = self.statement()?;
        let done = sqlx::query(sql).execute(statement.connection()).await;
        statement.ended(done).map(|_| ())
    }

    /// Returns the connection for one statement.
    ///
    /// # Errors
    /// `PoolClosed`, which cannot be: a connection is lent until it is dropped.
    pub fn statement(&mut self) -> Result<Statement<'_>, sqlx::Error> {
        self.under_way = true;
        Ok(Statement {
            connection: self.connection.as_mut().ok_or(sqlx::Error::PoolClosed)?,
            under_way: &mut self.under_way,
        })
    }
}

/// The connection while one statement runs: the only way to reach it. Where [`Statement::ended`] is not called with what
/// came of it, because the future was dropped or for any other reason, the connection is closed and not used again.
#[must_use]
pub struct Statement<'a> {
    connection: &'a mut SqliteConnection,
    under_way: &'a mut bool,
}

impl Statement<'_> {
    /// Returns the connection.
    pub fn connection(&mut self) -> &mut SqliteConnection {
        self.connection
    }

    /// Ends the statement with its outcome, which is returned; after an error the connection is not used again.
    ///
    /// # Errors
    /// That of the outcome.
    pub fn ended<T, E>(self, outcome: Result<T, E>) -> Result<T, E> {
        *self.under_way = outcome.is_err();
        outcome
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if self.under_way {
            // Its thread ends by itself, and undoes what was not committed.
            return;
        }
        let home = Arc::clone(&self.home);
        if !self.in_transaction {
            return home.lock().push(connection);
        }
        // The slot is held until the transaction is undone: no one finds the file locked by it.
        let slot = self.slot.take();
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if sqlx::query("ROLLBACK")
                    .execute(&mut connection)
                    .await
                    .is_ok()
                {
                    home.lock().push(connection);
                }
                drop(slot);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Future as _, poll_fn},
        task::Poll,
        time::Instant,
    };

    use super::*;

    async fn pools(readers: u32) -> (SqlitePools, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new().filename(directory.path().join("a.db"));
        let pools = SqlitePools::open(options, readers).await.unwrap();
        let mut lent = pools.writer.lend().await.unwrap();
        lent.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
            .await
            .unwrap();
        (pools, directory)
    }

    async fn count(pools: &SqlitePools) -> i64 {
        let mut lent = pools.readers.lend().await.unwrap();
        let mut statement = lent.statement().unwrap();
        let counted = sqlx::query_as("SELECT COUNT(*) FROM t")
            .fetch_one(statement.connection())
            .await;
        let (count,) = statement.ended(counted).unwrap();
        count
    }

    async fn insert(lent: &mut Lent, number: i64) -> Result<(), sqlx::Error> {
        let mut statement = lent.statement()?;
        let done = sqlx::query("INSERT INTO t VALUES ($1)")
            .bind(number)
            .execute(statement.connection())
            .await;
        statement.ended(done).map(|_| ())
    }

    #[tokio::test]
    async fn what_is_not_committed_is_undone_before_the_next_writer_comes() {
        let (pools, _directory) = pools(2).await;
        for number in 0..20 {
            let mut lent = pools.writer.lend().await.unwrap();
            lent.begin("BEGIN IMMEDIATE").await.unwrap();
            insert(&mut lent, number).await.unwrap();
            match number % 4 {
                0 => lent.commit().await.unwrap(),
                // Between two statements, behind one that failed, and in the middle of one.
                1 => drop(lent),
                2 => assert!(insert(&mut lent, number).await.is_err()),
                _ => {
                    let mut inserting = Box::pin(insert(&mut lent, number + 100));
                    poll_fn(|context| {
                        let _ = inserting.as_mut().poll(context);
                        Poll::Ready(())
                    })
                    .await;
                }
            }
        }
        assert_eq!(count(&pools).await, 5);
        pools.close().await;
        assert!(matches!(
            pools.readers.lend().await,
            Err(sqlx::Error::PoolClosed)
        ));
    }

    #[tokio::test]
    async fn connections_are_lent_up_to_a_number_and_used_again() {
        let (pools, _directory) = pools(2).await;
        let (one, two) = (
            pools.readers.lend().await.unwrap(),
            pools.readers.lend().await.unwrap(),
        );
        let waiting = tokio::spawn({
            let readers = Arc::clone(&pools.readers);
            async move { readers.lend().await.is_ok() }
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(!waiting.is_finished());
        drop(one);
        assert!(waiting.await.unwrap());
        drop(two);
        assert_eq!(pools.readers.lock().len(), 2);
        let begun = Instant::now();
        pools.close().await;
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}
