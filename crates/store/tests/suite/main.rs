//! The store's stories, each told on SQLite and, where `WARDROUND_TEST_POSTGRES` names a server, on PostgreSQL.

mod erasing;
mod importing;
mod opening;
mod peers;
mod portable_sql;
mod publishing;
mod pulling;
mod reading;
mod support;
mod verifying;
mod world;
