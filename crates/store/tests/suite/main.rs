//! The store's stories, each told on SQLite and, where `WARDROUND_TEST_POSTGRES` names a server, on PostgreSQL.

mod opening;
mod peers;
mod portable_sql;
mod support;
