//! What is known of whether this node may sign. `flows::signing` finds it out.

use std::sync::{PoisonError, RwLock};

use wire::Timestamp;

use crate::hindrance::Hindrance;

/// What peers have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// At least one has seen no more than the database has, or there is no peer.
    Confirmed,
    /// None has answered, and nothing says that the database is a copy.
    NoAnswer,
    /// The node must not sign.
    Hindered(Hindrance),
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) lease_until: Option<Timestamp>,
    pub(crate) verdict: Option<(Verdict, Timestamp)>,
    /// Whether the database has what is found here.
    pub(crate) is_recorded: bool,
}

/// What is known of whether this node may sign.
#[derive(Debug, Default)]
pub(crate) struct Signing {
    pub(crate) state: tokio::sync::Mutex<State>,
    pub(crate) shown: RwLock<Option<Hindrance>>,
}

impl Signing {
    /// Shows a reason, and logs it when it is another one than before; returns whether it is.
    pub(crate) fn show(&self, hindrance: Option<&Hindrance>) -> bool {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        if shown.as_ref() == hindrance {
            return false;
        }
        match hindrance {
            Some(hindrance) => {
                tracing::error!(reason = %hindrance, fix = hindrance.fix(), "this node signs nothing")
            }
            None => tracing::info!("this node signs again"),
        }
        *shown = hindrance.cloned();
        true
    }
}
