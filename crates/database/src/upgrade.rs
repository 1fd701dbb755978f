//! Upgrades: brings an older database to the schema of this program, or leaves it as it was.
//!
//! All migrations and a check of the result are one transaction. Before its commit an SQLite file is copied, as all others still
//! see it, for an operator who wants to go back later: an upgrade that fails copies nothing. On PostgreSQL the operator makes a
//! backup. What was wrong before does not stop an upgrade.
//!
//! Here the two engines differ, so each has its own statements, outside the list of portable ones.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use async_recursion::async_recursion as boxed;
use ledger::{
    tile::decode_bundle,
    tree::{Frontier, leaf_hash},
};
use sql::{
    connection::Db,
    copies::{self, NewCopy},
    values,
};
use sqlx::{
    SqlSafeStr as _,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

use crate::{
    StoreError,
    engine::Database,
    open::{MIGRATIONS, SchemaVersion},
};

/// Entries in a full bundle of a log, and hashes in a full tile.
pub const BUNDLE_ENTRIES: u64 = 256;

/// Faults of a database that are compared.
const MAX_FAULTS: usize = 100;

/// Two processes that start at once upgrade one after the other; the number is that of this program.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7239871126300124)";
const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
    AND name <> '_sqlx_migrations' ORDER BY name";
const POSTGRES_TABLES: &str =
    "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()
    AND tablename <> '_sqlx_migrations' ORDER BY tablename";
const SQLITE_INTEGRITY: &str = "PRAGMA quick_check(20)";
const SQLITE_REFERENCES: &str = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_check";
/// Epoch 0 is no log.
const LOGS: &str = "SELECT seq, origin, size, root FROM logs WHERE epoch > 0 ORDER BY seq";
const BUNDLE: &str = "SELECT entries FROM log_bundles WHERE log_seq = $1 AND n = $2";

/// What an upgrade may not change for the worse.
struct Examined {
    /// Rows of each table.
    rows: BTreeMap<String, i64>,
    /// What is wrong.
    faults: Vec<String>,
}

impl Database {
    /// Brings the database from its schema to that of this program, or leaves it as it is.
    ///
    /// # Errors
    /// [`StoreError::NotUpgraded`] with the reason.
    pub(crate) async fn upgrade(&self, schema: SchemaVersion) -> Result<(), StoreError> {
        let SchemaVersion { found, known } = schema;
        let is_older = found > 0 && found < known;
        if is_older {
            tracing::info!(from = found, to = known, "upgrading the database");
        }
        let upgraded = self.upgrade_and_copy(found, is_older).await;
        if is_older && upgraded.is_ok() {
            tracing::info!(
                from = found,
                to = known,
                "the database is upgraded and checked"
            );
        }
        upgraded.map_err(|why| match why {
            NotDone::Because(why, source) => StoreError::NotUpgraded {
                found,
                known,
                why,
                source,
            },
            NotDone::Store(error) => error,
        })
    }

    async fn upgrade_and_copy(&self, found: i64, is_older: bool) -> Result<(), NotDone> {
        // First whether there is room for the copy, since the rest takes long.
        let file = self.file().filter(|_| is_older);
        let new = file.map(|file| NewCopy::begin(file, found)).transpose();
        let new = new.map_err(|why| NotDone::Because(why, None))?;
        let db = self.migrate_and_check(found).await?;
        let copy = match new {
            Some(new) => Some(self.keep_copy(new).await?),
            None => None,
        };
        let committed = db.commit().await;
        match (&committed, copy) {
            (Ok(()), Some(copy)) => self.forget_copies_but(&copy),
            // The database is as it was, so the copy of it is of no use.
            (Err(_), Some(copy)) => drop(fs::remove_file(copy)),
            (_, None) => {}
        }
        Ok(committed?)
    }

    /// Returns the copies that upgrades have kept of an SQLite file, each as of before an upgrade.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn upgrade_copies(&self) -> io::Result<Vec<PathBuf>> {
        self.file().map_or(Ok(Vec::new()), copies::kept)
    }

    /// Copies an SQLite file as it is for all but the transaction that upgrades it; returns the copy, which is durable.
    async fn keep_copy(&self, new: NewCopy) -> Result<PathBuf, NotDone> {
        self.copy_to(new.part()).await?;
        let copy = new.finish().map_err(|why| NotDone::Because(why, None))?;
        tracing::info!(copy = %copy.display(), "the database was copied before its upgrade");
        Ok(copy)
    }

    fn forget_copies_but(&self, kept: &Path) {
        for copy in self.upgrade_copies().unwrap_or_default() {
            if copy != kept
                && let Err(error) = fs::remove_file(&copy)
            {
                tracing::warn!(copy = %copy.display(), %error, "the copy of an earlier upgrade could not be removed");
            }
        }
    }

    /// Migrates and checks in one transaction, which is returned to be committed.
    async fn migrate_and_check(&self, found: i64) -> Result<Db, NotDone> {
        let mut db = self.write().await?;
        if !db.is_sqlite() {
            db.run(LOCK, values![]).await?;
        }
        let before = match found {
            0 => None,
            _ => Some(examine(&mut db).await?),
        };
        if let Err(error) = db.migrate(&migrator()).await {
            let why = match &error {
                MigrateError::ExecuteMigration(cause, version) => {
                    format!("migration {version} failed: {cause}")
                }
                other => other.to_string(),
            };
            return Err(NotDone::Because(why, Some(Box::new(error))));
        }
        if let Some(before) = before {
            let after = examine(&mut db).await?;
            if let Some(worse) = after.worse_than(&before) {
                let why = format!("the check after the migration found a fault: {worse}");
                return Err(NotDone::Because(why, None));
            }
            for fault in &after.faults {
                tracing::warn!(
                    fault,
                    "the database had this fault before its upgrade; run `wardround verify`"
                );
            }
        }
        Ok(db)
    }
}

/// Why nothing was done.
enum NotDone {
    /// For this reason.
    Because(String, Option<Box<MigrateError>>),
    /// The database could not be used.
    Store(StoreError),
}

impl<E: Into<StoreError>> From<E> for NotDone {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

/// Returns the migrations, none with a transaction of its own: they are parts of one.
fn migrator() -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, text)| {
        let text = text.into_sql_str();
        Migration::new(*version, (*name).into(), MigrationType::Simple, text, true)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.set_locking(false);
    migrator
}

/// Counts the rows of every table, and looks for what is wrong: the structure of the file, references, and the roots of
/// the logs, made from their entries.
#[boxed]
async fn examine(db: &mut Db) -> Result<Examined, StoreError> {
    let mut faults = Vec::new();
    if db.is_sqlite() {
        let found: Vec<(String,)> = db.rows(SQLITE_INTEGRITY, values![]).await?;
        faults.extend(
            found
                .into_iter()
                .map(|(text,)| text)
                .filter(|text| text != "ok"),
        );
        let found: Vec<(String,)> = db.rows(SQLITE_REFERENCES, values![]).await?;
        let missing = found
            .into_iter()
            .map(|(table,)| format!("a row of `{table}` refers to one that is not there"));
        faults.extend(missing);
    }
    let tables = if db.is_sqlite() {
        SQLITE_TABLES
    } else {
        POSTGRES_TABLES
    };
    let tables: Vec<(String,)> = db.rows(tables, values![]).await?;
    let mut rows = BTreeMap::new();
    for (table,) in tables {
        let count = db.count(&table).await?;
        rows.insert(table, count);
    }
    if rows.contains_key("log_bundles") {
        check_roots(db, &mut faults).await?;
    }
    faults.truncate(MAX_FAULTS);
    Ok(Examined { rows, faults })
}

/// Checks that the entries of each log make the root that is stored.
async fn check_roots(db: &mut Db, faults: &mut Vec<String>) -> Result<(), StoreError> {
    let logs: Vec<(i64, String, i64, Vec<u8>)> = db.rows(LOGS, values![]).await?;
    for (log, origin, size, root) in logs {
        let size = u64::try_from(size).unwrap_or(0);
        let mut frontier = Frontier::new();
        for n in 0..size.div_ceil(BUNDLE_ENTRIES) {
            let n = i64::try_from(n).unwrap_or(i64::MAX);
            let bundle: Option<(Vec<u8>,)> = db.row(BUNDLE, values![log, n]).await?;
            let entries = bundle
                .as_ref()
                .and_then(|(bytes,)| decode_bundle(bytes).ok());
            let Some(entries) = entries else {
                break;
            };
            for entry in entries {
                if frontier.size() < size {
                    frontier.push(leaf_hash(entry));
                }
            }
        }
        if frontier.size() != size || frontier.root().as_slice() != root {
            faults.push(format!(
                "the entries of the log `{origin}` do not make its root"
            ));
        }
    }
    Ok(())
}

impl Examined {
    /// Returns what is worse than it was, if anything is.
    fn worse_than(&self, before: &Self) -> Option<String> {
        let fewer = before.rows.iter().find_map(|(table, before)| {
            let now = self.rows.get(table).copied().unwrap_or(0);
            (now < *before).then(|| format!("`{table}` has {now} rows and had {before}"))
        });
        let new = self
            .faults
            .iter()
            .find(|fault| !before.faults.contains(fault));
        fewer.or_else(|| new.cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examined(rows: &[(&str, i64)], faults: &[&str]) -> Examined {
        let rows = rows
            .iter()
            .map(|(table, rows)| ((*table).to_owned(), *rows));
        Examined {
            rows: rows.collect(),
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        }
    }

    #[test]
    fn only_what_an_upgrade_made_worse_stops_it() {
        let before = examined(&[("a", 2), ("b", 0)], &["old"]);
        for (after, worse) in [
            (examined(&[("a", 2), ("b", 0)], &["old"]), None),
            (examined(&[("a", 3), ("b", 1), ("c", 0)], &[]), None),
            (
                examined(&[("a", 1), ("b", 0)], &[]),
                Some("`a` has 1 rows and had 2"),
            ),
            (examined(&[("b", 0)], &[]), Some("`a` has 0 rows and had 2")),
            (
                examined(&[("a", 2), ("b", 0)], &["old", "new"]),
                Some("new"),
            ),
        ] {
            assert_eq!(after.worse_than(&before).as_deref(), worse);
        }
    }
}
