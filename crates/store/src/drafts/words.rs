//! The words of drafts, in rows that are overwritten in place.
//!
//! A row has room for more than its words. While they fit, they are overwritten with as many bytes: SQLite then writes them
//! where they are, so that neither they nor an earlier version stay behind in another page
//! (docs/decisions/0003-append-only-text-tables.md). When they no longer fit, a row with more room is appended, and the
//! earlier one is erased.

use crate::{
    StoreError, changes,
    engine::{Db, values},
    texts,
};

/// The room of a row that has few words, in bytes.
const MIN_ROOM: usize = 4 * 1024;
/// What a row is filled up with: white space behind JSON means nothing.
const FILL: u8 = b' ';

mod sql {
    use crate::engine::statements;

    statements! {
        ADD = "INSERT INTO written_texts (seq, content) VALUES ($1, $2)";
        READ = "SELECT content FROM written_texts WHERE seq = $1";
        ROOM = "SELECT CAST(octet_length(content) AS BIGINT) FROM written_texts WHERE seq = $1";
        PUT = "UPDATE written_texts SET content = $2 WHERE seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// Appends a row; returns its number.
pub(super) async fn add(db: &mut Db, content: &[u8]) -> Result<i64, StoreError> {
    let seq = changes::take(db, 0, 1).await?.text_seq;
    // Half as much again, so that not every sentence needs a new row.
    let room = (content.len() + content.len() / 2).max(MIN_ROOM);
    let row = values![seq, filled(content, room.next_power_of_two())];
    db.run(sql::ADD, row).await?;
    Ok(seq)
}

/// Overwrites a row, or appends one where it has too little room; returns the number of the row that has the words.
pub(super) async fn put(db: &mut Db, seq: Option<i64>, content: &[u8]) -> Result<i64, StoreError> {
    let Some(seq) = seq else {
        return add(db, content).await;
    };
    let (room,) = db.one::<(i64,)>(sql::ROOM, values![seq]).await?;
    let room = usize::try_from(room).unwrap_or(0);
    if content.len() > room {
        erase(db, &[seq]).await?;
        return add(db, content).await;
    }
    db.run(sql::PUT, values![seq, filled(content, room)])
        .await?;
    Ok(seq)
}

/// Returns the words of a row.
pub(super) async fn read(db: &mut Db, seq: Option<i64>) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(seq) = seq else { return Ok(None) };
    let row = db.row::<(Vec<u8>,)>(sql::READ, values![seq]).await?;
    Ok(row.map(|(content,)| content))
}

/// Erases rows.
pub(super) async fn erase(db: &mut Db, seqs: &[i64]) -> Result<(), StoreError> {
    texts::erase(db, texts::Words::Written, seqs).await
}

fn filled(content: &[u8], room: usize) -> Vec<u8> {
    let mut bytes = content.to_vec();
    bytes.resize(room.max(content.len()), FILL);
    bytes
}
