//! Finds the files that nothing has any more, and erases files and words.

use wire::{Digest, Timestamp};

use super::{Forgotten, Unused, sql};
use crate::{
    StoreError,
    engine::{Db, values},
    texts::{self, Words},
};

pub(super) async fn unused(db: &mut Db, before: Timestamp) -> Result<Vec<Unused>, StoreError> {
    db.records(sql::UNUSED, values![before]).await
}

/// Forgets what drafts have attached that were published, withdrawn or deleted; returns which files that were.
pub(super) async fn forget_drafts(db: &mut Db) -> Result<Vec<Digest>, StoreError> {
    let forgotten: Vec<Forgotten> = db.records(sql::FORGOTTEN, values![]).await?;
    for attachment in &forgotten {
        let key = values![attachment.draft, &attachment.digest];
        db.run(sql::REMOVE_USE, key).await?;
    }
    let words: Vec<i64> = forgotten.iter().map(|held| held.words_seq).collect();
    texts::erase(db, Words::FileNames, &words).await?;
    Ok(forgotten.into_iter().map(|held| held.digest).collect())
}

pub(super) async fn erase_files(db: &mut Db, files: Vec<Unused>) -> Result<(), StoreError> {
    let seqs: Vec<i64> = files.iter().map(|file| file.bytes_seq).collect();
    texts::erase(db, Words::Files, &seqs).await?;
    for file in &files {
        db.run(sql::REMOVE_ORIGINALS, values![&file.digest]).await?;
        db.run(sql::REMOVE_FILE, values![&file.digest]).await?;
    }
    Ok(())
}
