//! What does not depend on the tables of a database: connections to a file of SQLite and to PostgreSQL, the text of
//! statements with a repeated part and the values of their parameters, copies of whole tables between SQLite and
//! PostgreSQL, copies of a file, and removing what was deleted from the files.

pub mod copies;
pub mod postgres;
pub mod repetition;
pub mod sqlite;
pub mod tables;
pub mod vacuum;
pub mod values;
