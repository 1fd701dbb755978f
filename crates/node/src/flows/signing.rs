//! Finds out whether this node may sign: one process at a time, and never from a copy of the database that is behind what
//! peers have seen (docs/FEED.md §6).
//!
//! Every signature of a checkpoint, a withdrawal or a cosignature begins with [`Node::signer`]. The first one after a
//! start asks peers; until they are asked, nothing is signed. Readers are served in any case.

use std::{
    path::Path,
    sync::{Arc, PoisonError},
    time::Duration,
};

use async_recursion::async_recursion as boxed;
use wire::Timestamp;

use super::guard::{self, Extent};
use crate::{
    error::NodeError,
    hindrance::{Code, Hindrance},
    identity::{Identity, IdentityError},
    node::Node,
    signing::{State, Verdict},
};

/// How long a process may sign without asking the database again, and when it asks.
///
/// Two processes that sign at the same time do not fork a log: the lock of `heads` orders their signatures. So a lease may
/// be short. One that is shorter than a stall of its process passes to the other one without need.
#[derive(Debug, Clone, Copy)]
struct Lease {
    length: Duration,
    /// Remaining time from which on it is prolonged.
    prolong_below: Duration,
}

/// In a file of SQLite, which has one process as a rule: each prolongation is a write to the disk.
const IN_A_FILE: Lease = Lease {
    length: Duration::from_secs(60),
    prolong_below: Duration::from_secs(40),
};
/// On a server, where another process may wait to take over.
const ON_A_SERVER: Lease = Lease {
    length: Duration::from_secs(20),
    prolong_below: Duration::from_secs(16),
};
/// Time between two questions to peers while none has answered, or while one holds more than this database.
const ASK_EVERY: Duration = Duration::from_secs(60);

impl Node {
    /// Returns the identity to sign with, if this process may sign now.
    ///
    /// # Errors
    /// [`NodeError::MayNotSign`]; [`NodeError::NotInitialised`]; of the database.
    #[boxed]
    pub async fn signer(&self) -> Result<Arc<Identity>, NodeError> {
        self.signer_after(Extent::Some).await
    }

    /// Returns the identity to sign with, after these peers were asked: some if that was not done yet, all in any case.
    async fn signer_after(&self, extent: Extent) -> Result<Arc<Identity>, NodeError> {
        let mut state = self.signing.state.lock().await;
        let signer = self.find_signer(&mut state, extent).await;
        let hindrance = match &signer {
            Ok(_) => None,
            Err(NodeError::MayNotSign(hindrance)) => Some(hindrance),
            Err(_) => return signer,
        };
        let is_news = self.signing.show(hindrance);
        // What an earlier process has recorded is replaced at the first question. Another process that signs has its own, and
        // while the node is only read, no question is asked.
        let is_own = hindrance.is_none_or(Hindrance::is_of_copy);
        if is_own && (is_news || !state.is_recorded) {
            let recorded = hindrance.map(Hindrance::to_record);
            self.store.record_hindrance(recorded.as_ref()).await?;
            state.is_recorded = true;
        }
        signer
    }

    /// Returns whether this process is only read, or waits while another one signs. What one process does for all of a node,
    /// such as sending its mails, is left to that one then.
    ///
    /// # Errors
    /// Of the database.
    pub async fn leaves_work_to_another(&self) -> Result<bool, NodeError> {
        match self.signer().await {
            Ok(_) | Err(NodeError::NotInitialised) => Ok(false),
            Err(NodeError::MayNotSign(hindrance)) => Ok(!hindrance.is_of_copy()),
            Err(error) => Err(error),
        }
    }

    /// Asks all peers what they hold of this node; returns what one has shown, now or before, that the database does not have.
    ///
    /// # Errors
    /// [`NodeError::MayNotSign`] when this process leaves that to another, so that it asks no peers; of the database.
    pub async fn shown_by_peers(&self) -> Result<Option<Hindrance>, NodeError> {
        match self.signer_after(Extent::All).await {
            Ok(_) => Ok(None),
            Err(NodeError::MayNotSign(hindrance)) if hindrance.is_of_copy() => {
                Ok(Some(hindrance).filter(|hindrance| hindrance.evidence().is_some()))
            }
            Err(error) => Err(error),
        }
    }

    async fn find_signer(
        &self,
        state: &mut State,
        extent: Extent,
    ) -> Result<Arc<Identity>, NodeError> {
        let mut identity = self.identity().ok_or(NodeError::NotInitialised)?;
        if self.current().server.read_only {
            return Err(NodeError::MayNotSign(Hindrance::ReadOnly));
        }
        let now = self.now();
        // One process at a time, by the lease.
        let lease = if self.store.is_shared() {
            ON_A_SERVER
        } else {
            IN_A_FILE
        };
        if lease.is_due(state.lease_until, now) {
            let holder = holder(&self.settings.data);
            let taken = self.store.take_signing_lease(&holder, now, lease.length);
            if let Some(other) = taken.await? {
                state.lease_until = None;
                let holder = other.holder.unwrap_or_default();
                return Err(NodeError::MayNotSign(Hindrance::OtherProcess { holder }));
            }
            let is_new = state.lease_until.replace(now.plus(lease.length)).is_none();
            // The process that signed before may have signed with newer keys, or in a later epoch.
            let own = self.store.own_node().await?;
            if is_new && own.is_some_and(|own| own.version != identity.version) {
                identity = self.reload_identity().await?;
            }
        }
        // Nothing is signed before peers were asked; they are asked again until one has answered.
        let is_due = match &state.verdict {
            _ if extent == Extent::All => true,
            None => true,
            Some((Verdict::Confirmed, _)) => false,
            Some((_, asked)) => now >= asked.plus(ASK_EVERY) || now < *asked,
        };
        if is_due {
            let verdict = guard::ask(self, &identity, extent).await?;
            state.verdict = Some((verdict, now));
        }
        match &state.verdict {
            Some((Verdict::Hindered(hindrance), _)) => {
                Err(NodeError::MayNotSign(hindrance.clone()))
            }
            // What peers know of a later node document says more, so they are asked first.
            _ => match identity.unlisted_keys() {
                Some(text) => Err(NodeError::MayNotSign(Hindrance::Keys(text))),
                None => Ok(identity),
            },
        }
    }

    /// Makes sure that this process may sign a node document. All peers are asked now: one that did not answer before may hold
    /// another document of the version, and two of one version would make peers refuse this node for good. One that begins a new epoch is what ends a log that is behind,
    /// so that what peers have seen of it does not count; that they hold a later node document does.
    /// Keys that the held document does not list are most likely of a later one, so a peer has to say that it holds none.
    pub(crate) async fn may_sign_document(&self, is_new_epoch: bool) -> Result<(), NodeError> {
        let hindrance = match self.signer_after(Extent::All).await {
            Err(NodeError::MayNotSign(hindrance)) => hindrance,
            other => return other.map(|_| ()),
        };
        let unlisted = self
            .identity()
            .and_then(|identity| identity.unlisted_keys());
        let is_confirmed = async || {
            let state = self.signing.state.lock().await;
            matches!(state.verdict, Some((Verdict::Confirmed, _)))
        };
        if let Some(text) = unlisted
            && matches!(
                hindrance,
                Hindrance::Keys(_) | Hindrance::Unconfirmed | Hindrance::Recorded { .. }
            )
            && !is_confirmed().await
        {
            let text = format!(
                "{text}, and no peer has answered yet whether it holds a later one; two of one version would make peers refuse this node for good"
            );
            return Err(NodeError::MayNotSign(Hindrance::Keys(text)));
        }
        let is_allowed = match hindrance.evidence() {
            Some(Code::Behind | Code::Forked) => is_new_epoch,
            Some(_) => false,
            // As long as no peer has answered, one may hold a later node document, or one of this version.
            None => matches!(hindrance, Hindrance::Keys(_)),
        };
        if is_allowed {
            return Ok(());
        }
        Err(NodeError::MayNotSign(hindrance))
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
            && let Err(error) = self
                .store
                .release_signing_lease(&holder(&self.settings.data))
                .await
        {
            tracing::debug!(%error, "the lease on signing was not released; it expires by itself");
        }
    }
}

impl Lease {
    /// Says whether it has to be taken or prolonged. One that ends later than a new one would was taken before the clock
    /// was set back.
    fn is_due(self, until: Option<Timestamp>, now: Timestamp) -> bool {
        until.is_none_or(|until| {
            now.plus(self.prolong_below) > until || until > now.plus(self.length)
        })
    }
}

/// Returns the name under which the process of a data directory signs: the same after a restart, and another one for a
/// copy of the data directory at another place or on another machine.
#[must_use]
pub fn holder(data: &Path) -> String {
    // The unit of systemd hides `/proc/sys`, so the kernel is asked.
    let system = rustix::system::uname();
    let host = system.nodename().to_string_lossy();
    let data = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    format!("{host} {}", data.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_begins_with_the_name_of_its_machine() {
        let name = holder(Path::new("/var/lib/wardround"));
        let (host, data) = name.split_once(' ').unwrap();
        assert!(!host.is_empty());
        assert_eq!(data, "/var/lib/wardround");
    }

    #[test]
    fn a_lease_is_prolonged_in_time_and_taken_again_after_the_clock_was_set_back() {
        let now = Timestamp::from_secs(1_790_000_000);
        let secs = Duration::from_secs;
        for (until, expected) in [
            (None, true),
            (Some(now.plus(IN_A_FILE.length)), false),
            (Some(now.plus(secs(41))), false),
            (Some(now.plus(secs(39))), true),
            (Some(now.minus(secs(1))), true),
            (Some(now.plus(secs(3_600))), true),
        ] {
            assert_eq!(IN_A_FILE.is_due(until, now), expected, "{until:?}");
        }
    }
}
