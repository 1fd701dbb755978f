//! Whether this node may sign: one process at a time, and never from a copy of the database that is behind what peers
//! have seen (docs/FEED.md §6).
//!
//! Every signature of a checkpoint, a withdrawal or a cosignature begins with [`Node::signer`]. The first one after a
//! start asks peers; until they are asked, nothing is signed. Readers are served in any case.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_recursion::async_recursion as boxed;
use wire::Timestamp;

use crate::{
    error::NodeError,
    flows::guard,
    identity::{Identity, IdentityError},
    node::Node,
};

/// How long a process may sign without asking the database again.
const LEASE: Duration = Duration::from_secs(60);
/// Remaining time from which on a lease is prolonged.
const PROLONG_BELOW: Duration = Duration::from_secs(40);
/// Time between two questions to peers while none has answered, or while one holds more than this database.
const ASK_EVERY: Duration = Duration::from_secs(60);

/// Why the node signs nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hindrance {
    /// A peer has seen entries of this node's log that the database does not have.
    Behind {
        /// The peer.
        peer: String,
        /// Entries that it has seen.
        theirs: u64,
        /// Entries that the database has.
        own: u64,
    },
    /// A peer holds a later node document of this node.
    OlderDocument {
        /// The peer.
        peer: String,
        /// The version that it holds.
        theirs: u64,
        /// The version in the database.
        own: u64,
    },
    /// A peer has seen another history, signed by this node.
    Forked {
        /// The peer.
        peer: String,
        /// The size at which the roots differ.
        size: u64,
    },
    /// The database is a restored copy, and no peer has answered yet.
    Unconfirmed,
    /// Another process signs for this node.
    OtherProcess {
        /// Its name.
        holder: String,
    },
    /// The keys in the data directory are not those of the node document.
    Keys(String),
    /// The operator has set it to be only read.
    ReadOnly,
}

impl Hindrance {
    /// Returns the command that ends it, or what to do.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Self::Behind { .. } | Self::OlderDocument { .. } => {
                "put the newest copy back, or run `wardround recover --from-peers`; if no peer holds what is missing, `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::Forked { .. } => {
                "put the newest copy back, or run `wardround recover --new-epoch` (docs/RECOVERY.md)"
            }
            Self::Unconfirmed => {
                "wait for a peer that is away, or run `wardround recover --confirm` if you know that this copy is the newest (docs/RECOVERY.md)"
            }
            Self::OtherProcess { .. } => "stop one of the two processes",
            Self::Keys(_) => "restore the keys that belong to the node document",
            Self::ReadOnly => {
                "set `server.read_only` to false, and run `systemctl reload wardround`"
            }
        }
    }
}

impl fmt::Display for Hindrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Behind { peer, theirs, own } => write!(
                f,
                "`{peer}` has seen {theirs} entries of this node's log, and the database has {own}"
            ),
            Self::OlderDocument { peer, theirs, own } => write!(
                f,
                "`{peer}` holds version {theirs} of this node's document, and the database has {own}"
            ),
            Self::Forked { peer, size } => write!(
                f,
                "`{peer}` has seen another history of this node's log, which differs within its first {size} entries"
            ),
            Self::Unconfirmed => f.write_str(
                "the database is a restored copy, and no peer has answered yet whether it is the newest",
            ),
            Self::OtherProcess { holder } => write!(f, "another process signs for this node: {holder}"),
            Self::Keys(text) => f.write_str(text),
            Self::ReadOnly => f.write_str("`server.read_only` is set: this node is only read"),
        }
    }
}

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
struct State {
    lease_until: Option<Timestamp>,
    verdict: Option<(Verdict, Timestamp)>,
    /// Whether the database has what is found here.
    is_recorded: bool,
}

/// What is known of whether this node may sign.
#[derive(Debug, Default)]
pub struct Signing {
    state: tokio::sync::Mutex<State>,
    shown: RwLock<Option<Hindrance>>,
}

impl Node {
    /// Returns the identity to sign with, if this process may sign now.
    ///
    /// # Errors
    /// [`NodeError::MayNotSign`]; [`NodeError::NotInitialised`]; of the database.
    #[boxed]
    pub async fn signer(&self) -> Result<Arc<Identity>, NodeError> {
        let mut state = self.signing.state.lock().await;
        let signer = self.find_signer(&mut state).await;
        let hindrance = match &signer {
            Ok(_) => None,
            Err(NodeError::MayNotSign(hindrance)) => Some(hindrance),
            Err(_) => return signer,
        };
        let is_news = self.signing.show(hindrance);
        // What an earlier process has recorded is replaced at the first question. Another process that signs has its own.
        let is_own = !matches!(hindrance, Some(Hindrance::OtherProcess { .. }));
        if is_own && (is_news || !state.is_recorded) {
            let text = hindrance.map(ToString::to_string);
            let recorded = text.as_deref().zip(hindrance.map(Hindrance::fix));
            self.store.record_hindrance(recorded).await?;
            state.is_recorded = true;
        }
        signer
    }

    async fn find_signer(&self, state: &mut State) -> Result<Arc<Identity>, NodeError> {
        let mut identity = self.identity().ok_or(NodeError::NotInitialised)?;
        if self.current().server.read_only {
            return Err(NodeError::MayNotSign(Hindrance::ReadOnly));
        }
        let now = self.now();
        // One process at a time, by the lease.
        if needs_lease(state.lease_until, now) {
            let holder = holder(self);
            if let Some(other) = self.store.take_signing_lease(&holder, now, LEASE).await? {
                state.lease_until = None;
                let holder = other.holder.unwrap_or_default();
                return Err(NodeError::MayNotSign(Hindrance::OtherProcess { holder }));
            }
            let is_new = state.lease_until.replace(now.plus(LEASE)).is_none();
            // The process that signed before may have signed with newer keys, or in a later epoch.
            let own = self.store.own_node().await?;
            if is_new && own.is_some_and(|own| own.version != identity.version) {
                identity = self.reload_identity().await?;
            }
        }
        // Nothing is signed before peers were asked; they are asked again until one has answered.
        let is_due = match &state.verdict {
            None => true,
            Some((Verdict::Confirmed, _)) => false,
            Some((_, asked)) => now >= asked.plus(ASK_EVERY) || now < *asked,
        };
        if is_due {
            let verdict = guard::ask(self, &identity).await?;
            state.verdict = Some((verdict, now));
        }
        match &state.verdict {
            Some((Verdict::Hindered(hindrance), _)) => {
                Err(NodeError::MayNotSign(hindrance.clone()))
            }
            _ => Ok(identity),
        }
    }

    /// Makes sure that this process may sign a node document. One that begins a new epoch is what ends a log that is behind,
    /// so that what peers have seen of it does not count; that they hold a later node document does.
    pub(crate) async fn may_sign_document(&self, is_new_epoch: bool) -> Result<(), NodeError> {
        match self.signer().await {
            Err(NodeError::MayNotSign(
                Hindrance::Behind { .. } | Hindrance::Forked { .. } | Hindrance::Unconfirmed,
            )) if is_new_epoch => Ok(()),
            Err(NodeError::MayNotSign(Hindrance::Keys(_))) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Reads the identity again, after its node document has changed.
    ///
    /// # Errors
    /// [`NodeError::MayNotSign`] when the keys are not here; of the database.
    pub async fn reload_identity(&self) -> Result<Arc<Identity>, NodeError> {
        match Identity::open(&self.settings.data, &self.store).await {
            Ok(Some(identity)) => Ok(self.set_identity(identity)),
            Ok(None) => Err(NodeError::NotInitialised),
            Err(IdentityError::Node(error)) => Err(error),
            Err(error) => Err(NodeError::MayNotSign(Hindrance::Keys(error.to_string()))),
        }
    }

    /// Returns why the node signs nothing, as far as it was found out.
    #[must_use]
    pub fn hindrance(&self) -> Option<Hindrance> {
        let shown = self.signing.shown.read();
        shown.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets what peers have said, so that they are asked again before the next signature.
    pub async fn ask_peers_again(&self) {
        self.signing.state.lock().await.verdict = None;
    }

    /// Gives the lease back, so that another process can sign at once.
    pub(crate) async fn release_signing(&self) {
        let mut state = self.signing.state.lock().await;
        if state.lease_until.take().is_some()
            && let Err(error) = self.store.release_signing_lease(&holder(self)).await
        {
            tracing::debug!(%error, "the lease on signing was not released; it expires by itself");
        }
    }
}

impl Signing {
    /// Shows a reason, and logs it when it is another one than before; returns whether it is.
    fn show(&self, hindrance: Option<&Hindrance>) -> bool {
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

/// Says whether a lease has to be taken or prolonged. One that ends later than a new one would was taken before the clock
/// was set back.
fn needs_lease(until: Option<Timestamp>, now: Timestamp) -> bool {
    until.is_none_or(|until| now.plus(PROLONG_BELOW) > until || until > now.plus(LEASE))
}

/// Returns the name under which this process signs: the same after a restart, and another one for a copy of the data
/// directory at another place or on another machine.
fn holder(node: &Node) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let data = &node.settings.data;
    let data = data.canonicalize().unwrap_or_else(|_| data.clone());
    format!("{} {}", host.trim(), data.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_prolonged_in_time_and_taken_again_after_the_clock_was_set_back() {
        let now = Timestamp::from_secs(1_790_000_000);
        let secs = Duration::from_secs;
        for (until, expected) in [
            (None, true),
            (Some(now.plus(LEASE)), false),
            (Some(now.plus(secs(41))), false),
            (Some(now.plus(secs(39))), true),
            (Some(now.minus(secs(1))), true),
            (Some(now.plus(secs(3_600))), true),
        ] {
            assert_eq!(needs_lease(until, now), expected, "{until:?}");
        }
    }
}
