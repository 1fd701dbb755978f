//! What databases have in common, whatever they hold: the text of statements with a repeated part, and copies of whole
//! tables between SQLite and PostgreSQL.

pub mod repetition;
pub mod tables;
