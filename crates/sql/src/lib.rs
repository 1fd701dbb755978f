//! What does not depend on the tables of a database: connections to a file of SQLite and to PostgreSQL behind one set of
//! primitives, their errors, the text of
//! statements with a repeated part and the values of their parameters, copies of whole tables between SQLite and
//! PostgreSQL, copies of a file, and removing what was deleted from the files.

pub mod connection;
pub mod copies;
pub mod errors;
pub mod postgres;
pub mod repetition;
pub mod sqlite;
pub mod tables;
pub mod vacuum;
pub mod values;

/// Declares the SQL texts of a module, and a list of them for the test that prepares each on both engines.
#[macro_export]
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* pub(super) const $name: &str = $text;)*
        /// Every statement of this module.
        pub(crate) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
