//! What reading has found so far: faults, and the values that were not used.

use metadata::{Fault, value::Value, yaml::canonical};

/// Faults and unused values that were found so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) faults: Vec<Fault>,
    pub(crate) unknown: Vec<(Path, Value)>,
}

/// The place of a value: keys from the outside in, and `[0]` for an entry of a list.
pub(crate) type Path = Vec<String>;

impl Report {
    /// Keeps a value that was not used, once.
    pub(super) fn keep(&mut self, path: Path, value: &Value) {
        if !self.unknown.iter().any(|(held, _)| *held == path) {
            self.unknown.push((path, canonical(value)));
        }
    }
}
