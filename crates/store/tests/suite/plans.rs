//! How SQLite goes about each statement: what is done at a publish, a poll or a page must not read a whole table.

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::support::{Engine, TestDatabase};

/// What `PRAGMA optimize` notes of 100,000 documents, by table and index: where they are of this node alone, and where
/// they are of twenty nodes.
const STATISTICS: [(&str, &str, [&str; 2]); 17] = [
    ("imported", "imported_by_document", ["100000 1", "100000 1"]),
    (
        "imported",
        "imported_by_source",
        ["100000 2001", "100000 2001"],
    ),
    (
        "imported",
        "sqlite_autoindex_imported_1",
        ["100000 1", "100000 1"],
    ),
    (
        "documents",
        "documents_newest_of_node",
        ["100000 2001 2001 1", "100000 2001 2001 1"],
    ),
    (
        "documents",
        "documents_newest",
        ["100000 2001 2001 1", "100000 2001 2001 1"],
    ),
    ("documents", "documents_by_change", ["100000 1", "100000 1"]),
    (
        "documents",
        "sqlite_autoindex_documents_1",
        ["100000 2001 1", "100000 2001 1"],
    ),
    ("logs", "sqlite_autoindex_logs_2", ["2 2 1", "40 2 1"]),
    ("logs", "sqlite_autoindex_logs_1", ["2 1", "40 1"]),
    (
        "revisions",
        "revisions_by_index",
        ["100000 2001 1", "100000 2001 1"],
    ),
    ("revisions", "revisions_by_digest", ["100000 1", "100000 1"]),
    (
        "revisions",
        "sqlite_autoindex_revisions_1",
        ["100000 2001 1 1", "100000 2001 1 1"],
    ),
    (
        "log_bundles",
        "sqlite_autoindex_log_bundles_1",
        ["391 391 1", "391 391 1"],
    ),
    ("nodes", "nodes_one_own", ["1 1", "20 20"]),
    ("nodes", "sqlite_autoindex_nodes_3", ["1 1", "20 1"]),
    ("nodes", "sqlite_autoindex_nodes_2", ["1 1", "20 1"]),
    ("nodes", "sqlite_autoindex_nodes_1", ["1 1", "20 1"]),
];

/// Steps that read all of one of these, or all that one node has of it.
const MUCH: [&str; 10] = [
    "SCAN documents",
    "SCAN d",
    "SCAN revisions",
    "SCAN r",
    "SCAN imported",
    "SCAN i",
    "SCAN t",
    "SCAN log_bundles",
    "sqlite_autoindex_documents_1 (node_seq=?)",
    "sqlite_autoindex_revisions_1 (log_seq=?)",
];

/// Statements whose rows come in the order of an index.
const SORTED: [&str; 5] = [
    "changes::AFTER",
    "harvest::LIST",
    "lists::NEWEST",
    "lists::NEWEST_OF_NODE",
    "lists::WITHDRAWN",
];
/// Statements that anyone may cause, with the index that they read a few rows of.
const INDEXED: [(&str, &str); 3] = [
    ("care::mail::DUE", "INDEX written_drafts_to_mail"),
    (
        "mirror::DOC",
        "INDEX documents_by_digest (node_seq=? AND digest=?)",
    ),
    (
        "mirror::DOCS",
        "INDEX documents_by_leaf (log_seq=? AND leaf_index>? AND leaf_index<?)",
    ),
];
/// An index of a few rows only, which may be read as a whole.
const SMALL_INDEX: &str = "INDEX documents_withdrawn";
/// Statements that may, and why.
const MAY: [(&str, &str); 17] = [
    ("changes::COUNT_SHOWN", "a node has another name"),
    ("changes::TOUCH_NODE", "a node has another name"),
    ("harvest::EARLIEST", "a library asks who serves"),
    ("imports::ALL_IMPORTED", "a whole tree is imported"),
    ("lists::COUNTS", "its answer is kept for a while"),
    ("lists::OWN_ADDRESSES", "the site map is kept for a while"),
    ("log::DELETE_BUNDLES", "a peer is removed"),
    ("log::DELETE_LOGS", "a peer is removed"),
    ("own::UNFILED", "a file is new"),
    ("peers::ERASE_DOCUMENTS", "a peer is removed"),
    ("pull::HAS_DOCUMENTS", "up to the first"),
    ("quota::HELD_IDS", "a peer is beyond its quota"),
    ("quota::USAGE", "a peer could be beyond its quota"),
    ("recovery::WORDS", "a restored copy is filled up from peers"),
    ("sqlite only: texts::COUNT_OF_NODE", "a peer is removed"),
    ("sqlite only: texts::OVERWRITE_OF_NODE", "a peer is removed"),
    ("texts::DELETE_OF_NODE", "a peer is removed"),
];

#[tokio::test]
async fn no_statement_of_every_day_reads_a_whole_table() {
    let mut found = Vec::new();
    for (known, of) in [
        ("unknown", None),
        ("one node", Some(0)),
        ("twenty nodes", Some(1)),
    ] {
        let database = TestDatabase::new(Engine::Sqlite).await;
        database.open().await.close().await;
        let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
        if let Some(of) = of {
            let noted = STATISTICS
                .map(|(table, index, noted)| format!("('{table}', '{index}', '{}')", noted[of]));
            let given = format!(
                "ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES {}; ANALYZE sqlite_schema",
                noted.join(", ")
            );
            let given = sqlx::raw_sql(AssertSqlSafe(given));
            given.execute(&mut connection).await.unwrap();
        }
        for (name, text) in store::statements(true) {
            // A statement for readers comes once per viewer, who is named after it.
            let statement = name.split(' ').next().unwrap();
            if MAY.iter().any(|(may, _)| *may == statement || *may == name) {
                continue;
            }
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let steps = sqlx::query_as::<_, (i64, i64, i64, String)>(plan);
            let steps = steps.fetch_all(&mut connection).await.unwrap();
            let index = INDEXED.iter().find(|(name, _)| *name == statement);
            if let Some((_, index)) = index
                && !steps.iter().any(|(.., step)| step.contains(index))
            {
                found.push(format!("{known}: {name} does not use {index}"));
            }
            for (.., step) in steps {
                let much = MUCH
                    .iter()
                    .any(|much| format!("{step} ").contains(&format!("{much} ")));
                // A list in the order of an index ends with its limit; one that is sorted was read to its end.
                if much && !step.contains(SMALL_INDEX)
                    || SORTED.contains(&statement) && step.contains("FOR ORDER BY")
                {
                    found.push(format!("{known}: {name}: {step}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
