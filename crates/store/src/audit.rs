//! The audit: rows that are only appended, each in the transaction of the act that it records.
//!
//! Invariant: the row of `audit_head` is the last lock that a transaction takes. It makes the order of the rows the order of
//! commits, and two transactions never wait for each other.

use std::{cmp::Reverse, collections::HashMap};

use ::audit::{AuditFilter, By, Entry, Head, Row};
use async_recursion::async_recursion as boxed;
use wire::{AccountId, Digest, Timestamp};

use crate::{
    StoreError,
    engine::{Db, Store, Values, unsigned, values},
    record::{Column as _, records},
};

/// Rows that are logged one by one; of more, an import, only the number is.
const MAX_LOGGED: usize = 20;

mod sql {
    use crate::engine::statements;

    macro_rules! filtered {
        ($rest:literal) => {
            concat!(
                "SELECT seq, at, by_kind, by_id, by_name, act, object_kind, object_id, detail, why, hash FROM audit
                WHERE ($1 = '' OR act = $1) AND ($2 = '' OR object_id = $2) AND at >= $3 AND at < $4
                    AND ($5 = '' OR by_id = $5 OR by_name IN ({#})) AND seq ",
                $rest
            )
        };
    }

    statements! {
        TAKE = "UPDATE audit_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash";
        SET_HEAD = "UPDATE audit_head SET hash = $1 WHERE id = 1";
        HEAD = "SELECT seq, hash FROM audit_head WHERE id = 1";
        NAME = "SELECT name FROM accounts WHERE id = $1";
        APPEND = "INSERT INTO audit (seq, at, by_kind, by_id, by_name, act, object_kind, object_id, detail, why, hash)
            VALUES {(#, #, #, #, #, #, #, #, #, #, #)}";
        NAMES = "SELECT DISTINCT by_name FROM audit";
        AFTER = filtered!("> $6 ORDER BY seq LIMIT $7");
        BEFORE = filtered!("< $6 ORDER BY seq DESC LIMIT $7");
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// A row, as the database has it.
    struct StoredRow from AuditRow {
        pub seq: u64,
        pub at: Timestamp,
        pub by_kind: String,
        pub by_id: String,
        pub by_name: String,
        pub act: String,
        pub object_kind: String,
        pub object_id: String,
        pub detail: String,
        pub why: String,
        pub hash: Digest,
    }
}

impl From<StoredRow> for Row {
    fn from(stored: StoredRow) -> Self {
        Self {
            seq: stored.seq,
            at: stored.at,
            by_kind: stored.by_kind,
            by_id: stored.by_id,
            by_name: stored.by_name,
            act: stored.act,
            object_kind: stored.object_kind,
            object_id: stored.object_id,
            detail: stored.detail,
            why: stored.why,
            hash: stored.hash,
        }
    }
}

impl Store {
    /// Appends what was done to the audit, for an act that is no transaction of this crate. Returns the new head.
    #[boxed]
    pub async fn record_act(&self, entry: &Entry) -> Result<Head, StoreError> {
        let mut db = self.write().await?;
        append(&mut db, std::slice::from_ref(entry)).await?;
        let head = head(&mut db).await?;
        db.commit().await?;
        Ok(head)
    }

    /// Returns the number of rows, and the hash of the last one.
    #[boxed]
    pub async fn audit_head(&self) -> Result<Head, StoreError> {
        head(&mut self.read().await?).await
    }

    /// Returns the rows after a place, in their order.
    #[boxed]
    pub async fn audit_after(
        &self,
        seq: u64,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        self.audit_rows(sql::AFTER, seq, filter, limit).await
    }

    /// Returns the rows before a place, the latest first.
    #[boxed]
    pub async fn audit_before(
        &self,
        seq: u64,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        self.audit_rows(sql::BEFORE, seq, filter, limit).await
    }

    async fn audit_rows(
        &self,
        sql: &'static str,
        seq: u64,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        let person = filter.person.replace('\0', "");
        let (since, until) = (filter.since, filter.until);
        let shared = values![
            filter.act.replace('\0', ""),
            filter.object.replace('\0', ""),
            since.map_or(i64::MIN, Timestamp::millis),
            until.map_or(i64::MAX, Timestamp::millis),
            person.as_str(),
            seq,
            i64::from(limit)
        ];
        let mut db = self.read().await?;
        let names = names_with(&mut db, &person).await?;
        let mut rows: Vec<StoredRow> = db.records_of_many(sql, &shared, names).await?;
        // Many names are asked for in parts, each with rows of its own in this order.
        if sql == sql::BEFORE {
            rows.sort_unstable_by_key(|row| Reverse(row.seq));
        } else {
            rows.sort_unstable_by_key(|row| row.seq);
        }
        rows.dedup_by_key(|row| row.seq);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(Row::from).collect())
    }
}

/// Returns the names that have these words, as keys of a query, and always one key. Engines differ in which letters are the
/// same in capitals, so the names are compared here.
async fn names_with(db: &mut Db, words: &str) -> Result<Vec<Values<'static>>, StoreError> {
    let nothing = values![None::<String>];
    if words.is_empty() {
        return Ok(vec![nothing]);
    }
    let words = words.to_lowercase();
    let names: Vec<(String,)> = db.rows(sql::NAMES, values![]).await?;
    let names = names
        .into_iter()
        .filter(|(name,)| name.to_lowercase().contains(&words));
    let mut keys: Vec<Values<'static>> = names.map(|(name,)| values![name]).collect();
    keys.push(nothing);
    Ok(keys)
}

/// Appends what was done to the audit, in the order given; once that is committed, the program's log has a line for each. It is
/// the last step of a transaction before its commit.
pub(crate) async fn append(db: &mut Db, entries: &[Entry]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let names = names(db, entries).await?;
    // Lock the end of the chain; the places of the new rows are known from here on.
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let (last, before) = db
        .one::<(i64, Option<Vec<u8>>)>(sql::TAKE, values![count])
        .await?;
    let mut before = digest_of(before)?;
    let mut values = Vec::with_capacity(entries.len());
    let mut logged = Vec::new();
    for (seq, entry) in (unsigned(last) - count + 1..).zip(entries) {
        let name = |id: &AccountId| names.get(id).cloned().unwrap_or_default();
        let row = Row::of_act(seq, entry, name, &before);
        before = row.hash;
        if entries.len() <= MAX_LOGGED {
            logged.push(row.clone());
        }
        values.push(values![
            row.seq,
            row.at,
            row.by_kind,
            row.by_id,
            row.by_name,
            row.act,
            row.object_kind,
            row.object_id,
            row.detail,
            row.why,
            &row.hash
        ]);
    }
    db.run_many(sql::APPEND, &[], values).await?;
    db.run(sql::SET_HEAD, values![&before]).await?;
    db.after_commit(move || {
        logged.iter().for_each(log);
        if logged.is_empty() {
            tracing::info!(rows = count, last_seq = last, hash = %before, "audit");
        }
    });
    Ok(())
}

/// Returns the names that the accounts among those who act have now.
async fn names(db: &mut Db, entries: &[Entry]) -> Result<HashMap<AccountId, String>, StoreError> {
    let mut names = HashMap::new();
    for entry in entries {
        let By::Account(id) = entry.by else {
            continue;
        };
        if names.contains_key(&id) {
            continue;
        }
        let found = db.row::<(String,)>(sql::NAME, values![id]).await?;
        names.insert(id, found.map_or_else(String::new, |(name,)| name));
    }
    Ok(names)
}

/// Writes the row to the program's log, with ids and without names and reasons. A log that is kept elsewhere shows a tail of the
/// audit that was cut off.
fn log(row: &Row) {
    tracing::info!(
        seq = row.seq,
        act = row.act,
        by = row.by_kind,
        by_id = row.by_id,
        object = row.object_kind,
        object_id = row.object_id,
        detail = row.detail,
        hash = %row.hash,
        "audit"
    );
}

async fn head(db: &mut Db) -> Result<Head, StoreError> {
    let (seq, hash) = db
        .one::<(i64, Option<Vec<u8>>)>(sql::HEAD, values![])
        .await?;
    Ok(Head {
        seq: unsigned(seq),
        hash: digest_of(hash)?,
    })
}

fn digest_of(stored: Option<Vec<u8>>) -> Result<Digest, StoreError> {
    Option::<Digest>::read(stored).map(|hash| hash.unwrap_or(Head::EMPTY.hash))
}
