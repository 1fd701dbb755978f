//! What databases have in common, whatever they hold: the connections to a file of SQLite and to PostgreSQL, the text of statements with a
//! repeated part, and copies of whole tables between SQLite and PostgreSQL.

pub mod postgres;
pub mod repetition;
pub mod sqlite;
pub mod tables;
