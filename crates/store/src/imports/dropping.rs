//! Drops drafts and paths of imported files, whose words are overwritten.

use wire::DocumentId;

use super::sql;
use crate::{
    StoreError,
    engine::{Db, values},
    texts::{self, Words},
};

pub(super) async fn drop_drafts(db: &mut Db, ids: &[String]) -> Result<(), StoreError> {
    drop_words(db, ids).await?;
    let keys = ids.iter().map(|id| values![id]).collect();
    db.run_many(sql::DELETE_DRAFTS, &[], keys).await.map(|_| ())
}

pub(super) async fn drop_words(db: &mut Db, ids: &[String]) -> Result<(), StoreError> {
    let keys = ids.iter().map(|id| values![id]).collect();
    let found = db
        .rows_of_many::<(i64,)>(sql::DRAFT_TEXTS, &[], keys)
        .await?;
    let words: Vec<i64> = found.into_iter().map(|(seq,)| seq).collect();
    texts::erase(db, Words::Drafts, &words).await
}

pub(super) async fn erase_paths(
    db: &mut Db,
    sql: &'static str,
    id: DocumentId,
) -> Result<(), StoreError> {
    let paths = db.rows::<(i64,)>(sql, values![id]).await?;
    let paths: Vec<i64> = paths.into_iter().map(|(seq,)| seq).collect();
    texts::erase(db, Words::Paths, &paths).await
}
