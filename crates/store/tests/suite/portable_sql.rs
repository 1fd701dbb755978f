//! Every SQL text of the store is prepared on both engines, against the migrated schema.

use crate::support::{Engine, on_each_engine};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection,
};

#[test]
fn every_statement_is_understood_by_both_engines() {
    on_each_engine(|database| async move {
        database.open().await.close().await;
        let statements = store::statements(database.engine == Engine::Sqlite);
        assert!(
            statements.len() > 100,
            "the list of statements has shrunk to {}",
            statements.len()
        );
        let mut refused = Vec::new();
        match database.engine {
            Engine::Sqlite => {
                let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
                for (name, text) in statements {
                    let text = AssertSqlSafe(text).into_sql_str();
                    if let Err(error) = connection.prepare(text).await {
                        refused.push(format!("{name}: {error}"));
                    }
                }
            }
            Engine::Postgres => {
                let mut connection = PgConnection::connect(&database.url).await.unwrap();
                for (name, text) in statements {
                    let text = AssertSqlSafe(text).into_sql_str();
                    if !name.starts_with("sqlite only")
                        && let Err(error) = connection.prepare(text).await
                    {
                        refused.push(format!("{name}: {error}"));
                    }
                }
            }
        }
        assert!(
            refused.is_empty(),
            "{:?}:\n{}",
            database.engine,
            refused.join("\n")
        );
    });
}

#[test]
fn no_statement_uses_what_only_one_engine_has() {
    let words = [
        "ILIKE",
        "FOR UPDATE",
        "SERIAL",
        "NOW()",
        "JSON",
        "GLOB",
        "ROWID",
        "REPLACE INTO",
        "AS BYTEA",
        "::",
    ];
    for (name, text) in store::statements(false) {
        let text = text.to_uppercase();
        for word in words {
            assert!(!text.contains(word), "{name} uses {word}");
        }
    }
}
