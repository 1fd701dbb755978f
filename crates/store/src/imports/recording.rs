//! Records which files became which drafts and documents, and drops drafts and paths, whose words are overwritten.

use std::collections::HashMap;

use wire::{Digest, DocumentId, Timestamp};

use super::{Draft, Marked, find, key, sql};
use crate::{
    StoreError,
    changes::{self, Taken},
    engine::{Db, values},
    texts::{self, Words},
};

pub(super) async fn save_draft(
    db: &mut Db,
    draft: &Draft,
    digest: &Digest,
) -> Result<(), StoreError> {
    let key = key(&draft.source, &draft.path);
    let known = find(db, vec![key]).await?.pop();
    let Taken { text_seq, .. } = changes::take(db, 0, 2).await?;
    drop_words(db, &[draft.id.to_string()]).await?;
    let words = values![
        text_seq,
        draft.path.as_str(),
        draft.title.as_str(),
        draft.faults.as_str(),
        draft.text.as_str()
    ];
    texts::add_draft(db, words).await?;
    let row = values![
        draft.id,
        draft.source.as_str(),
        draft.kind.as_str(),
        text_seq,
        draft.created,
        draft.updated
    ];
    db.run(sql::SAVE_DRAFT, row).await?;
    let path_seq = match known.as_ref().and_then(|file| file.path_seq) {
        Some(path_seq) => path_seq,
        None => {
            let path = values![text_seq + 1, draft.path.as_str()];
            texts::add_paths(db, vec![path]).await?;
            text_seq + 1
        }
    };
    let (document, rev) = known.map_or((None, None), |file| {
        (file.imported.document, file.imported.rev)
    });
    let mark = values![
        &key,
        draft.source.as_str(),
        path_seq,
        digest,
        document,
        rev,
        draft.id
    ];
    db.run_many(sql::RECORD, &[draft.updated.into()], vec![mark])
        .await?;
    Ok(())
}

/// Records which files became which documents; their drafts are done with.
pub(crate) async fn record_published(
    db: &mut Db,
    marks: Vec<Marked>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if marks.is_empty() {
        return Ok(());
    }
    let keys: Vec<Digest> = marks
        .iter()
        .map(|Marked { mark, .. }| key(&mark.source, &mark.path))
        .collect();
    let mut known = HashMap::new();
    let mut drafts = Vec::new();
    for file in find(db, keys).await? {
        drafts.extend(file.imported.draft.map(|draft| draft.to_string()));
        known.insert(file.key, file.path_seq);
    }
    drop_drafts(db, &drafts).await?;
    let Taken { mut text_seq, .. } = changes::take(db, 0, marks.len()).await?;
    let mut paths = Vec::new();
    let mut rows = Vec::with_capacity(marks.len());
    for Marked {
        mark,
        document,
        rev,
    } in marks
    {
        let key = key(&mark.source, &mark.path);
        let path_seq = known.get(&key).copied().flatten().unwrap_or(text_seq);
        if path_seq == text_seq {
            paths.push(values![text_seq, mark.path]);
            text_seq += 1;
        }
        rows.push(values![
            &key,
            mark.source,
            path_seq,
            &mark.digest,
            document,
            rev,
            None::<DocumentId>
        ]);
    }
    texts::add_paths(db, paths).await?;
    db.run_many(sql::RECORD, &[now.into()], rows).await?;
    Ok(())
}

pub(super) async fn drop_drafts(db: &mut Db, ids: &[String]) -> Result<(), StoreError> {
    drop_words(db, ids).await?;
    let keys = ids.iter().map(|id| values![id]).collect();
    db.run_many(sql::DELETE_DRAFTS, &[], keys).await?;
    Ok(())
}

async fn drop_words(db: &mut Db, ids: &[String]) -> Result<(), StoreError> {
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
