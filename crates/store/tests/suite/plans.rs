//! How SQLite goes about each statement: what is done at a publish, a poll or a page must not read a whole table.

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::support::{Engine, TestDatabase};

/// What the planner knows of 100,000 documents: nothing, that they are of this node alone, or of twenty nodes.
const STATISTICS: [(&str, &str); 3] =
    [("unknown", ""), ("one node", ONE), ("twenty nodes", TWENTY)];
const ONE: &str = "('nodes', 'nodes_one_own', '1 1'),
    ('documents', 'sqlite_autoindex_documents_1', '100000 100000 1'),
    ('documents', 'documents_by_change', '100000 1'),
    ('documents', 'documents_newest', '100000 50 50 1'),
    ('documents', 'documents_newest_of_node', '100000 100000 50 1'),
    ('documents', 'documents_newest_of_kind', '100000 50000 50 50 1'),
    ('revisions', 'sqlite_autoindex_revisions_1', '100000 100000 1 1'),
    ('imported', 'sqlite_autoindex_imported_1', '100000 1'),
    ('imported', 'imported_by_source', '100000 100000'),
    ('log_bundles', 'sqlite_autoindex_log_bundles_1', '391 391 1')";
const TWENTY: &str = "('nodes', 'nodes_one_own', '20 20'),
    ('documents', 'sqlite_autoindex_documents_1', '100000 5000 1'),
    ('documents', 'documents_by_change', '100000 1'),
    ('documents', 'documents_newest', '100000 50 5 1'),
    ('documents', 'documents_newest_of_node', '100000 5000 5 1'),
    ('documents', 'documents_newest_of_kind', '100000 50000 50 5 1'),
    ('revisions', 'sqlite_autoindex_revisions_1', '5000 5000 1 1'),
    ('imported', 'sqlite_autoindex_imported_1', '5000 1'),
    ('imported', 'imported_by_source', '5000 5000'),
    ('log_bundles', 'sqlite_autoindex_log_bundles_1', '400 20 1')";

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

/// An index of a few rows only, which may be read as a whole.
const FEW: &str = "INDEX documents_withdrawn";
/// Statements that may, and why.
const MAY: [(&str, &str); 11] = [
    ("changes::COUNT_SHOWN", "a node has another name"),
    ("changes::TOUCH_NODE", "a node has another name"),
    ("imports::ALL_IMPORTED", "a whole tree is imported"),
    ("lists::COUNTS", "its answer is kept for a while"),
    ("lists::OWN_ADDRESSES", "the site map is kept for a while"),
    ("log::DELETE_BUNDLES", "a peer is removed"),
    ("log::DELETE_LOGS", "a peer is removed"),
    ("peers::ERASE_DOCUMENTS", "a peer is removed"),
    ("pull::HAS_DOCUMENTS", "up to the first"),
    ("sqlite only: texts::OVERWRITE_OF_NODE", "a peer is removed"),
    ("texts::DELETE_OF_NODE", "a peer is removed"),
];

#[tokio::test]
async fn no_statement_of_every_day_reads_a_whole_table() {
    let mut found = Vec::new();
    for (known, statistics) in STATISTICS {
        let database = TestDatabase::new(Engine::Sqlite).await;
        database.open().await.close().await;
        let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
        if !statistics.is_empty() {
            let given = format!(
                "ANALYZE; DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES {statistics}; ANALYZE sqlite_schema"
            );
            let given = sqlx::raw_sql(AssertSqlSafe(given));
            given.execute(&mut connection).await.unwrap();
        }
        for (name, text) in store::statements(true) {
            if MAY.iter().any(|(may, _)| *may == name) {
                continue;
            }
            let plan = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {text}"));
            let steps = sqlx::query_as::<_, (i64, i64, i64, String)>(plan);
            for (.., step) in steps.fetch_all(&mut connection).await.unwrap() {
                let much = MUCH
                    .iter()
                    .any(|much| format!("{step} ").contains(&format!("{much} ")));
                // A list in the order of an index ends with its limit.
                if much && !step.contains(FEW)
                    || name.contains("::NEWEST") && step.contains("FOR ORDER BY")
                {
                    found.push(format!("{known}: {name}: {step}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
