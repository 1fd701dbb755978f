//! Peers as the operator configures and sees them. All that is known of polling one is columns of its row.

use std::time::Duration;

use ::audit::{Act, By};
use async_recursion::async_recursion as boxed;
use ledger::Stated;
use wire::{NodeId, Timestamp};

use crate::{
    StoreError, audit, changes,
    engine::{Store, values},
    log, node_documents, nodes, organisations,
    peer::{self, Peer},
    peer_state::PeerState,
    record::records,
    texts,
};

/// A peer as the operator configures it. The node id is the pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPeer {
    /// Its identity.
    pub node: NodeId,
    /// Its short local name.
    pub handle: String,
    /// Address to poll.
    pub base: String,
    /// Its name until its node document is held; not shown if another node is called that.
    pub name: String,
    /// Its ODS code until its node document is held; not shown if another node has it.
    pub ods: Option<String>,
    /// Address ranges that it may lie in, though they are not public; separated by commas.
    pub allow_cidr: String,
    /// Its own interval between polls.
    pub interval: Option<Duration>,
}

/// Where and how often a peer is polled, as its operator here decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerConfiguration {
    /// Address to poll.
    pub base: String,
    /// Address ranges that it may lie in, though they are not public; separated by commas.
    pub allow_cidr: String,
    /// Its own interval between polls.
    pub interval: Option<Duration>,
}

mod sql {
    use crate::engine::statements;

    statements! {
        INSERT = "INSERT INTO peers (node_seq, base, state, allow_cidr, interval_secs, failures, next_due, claimed_at, stale)
            VALUES ($1, $2, 'new', $3, $4, 0, $5, $5, FALSE)";
        REVIVE = "UPDATE nodes SET handle = $2, base = $3 WHERE seq = $1";
        FIND = "SELECT p.node_seq FROM peers p JOIN nodes n ON n.seq = p.node_seq WHERE n.node = $1 OR n.handle = $1";
        SET_STATE = "UPDATE peers SET state = $2, next_due = $3, fault_code = CASE WHEN $4 THEN NULL ELSE fault_code END,
                fault_text = CASE WHEN $4 THEN NULL ELSE fault_text END,
                fault_since = CASE WHEN $4 THEN NULL ELSE fault_since END WHERE node_seq = $1";
        CONFIGURE = "UPDATE peers SET base = $2, allow_cidr = $3, interval_secs = $4, next_due = $5 WHERE node_seq = $1";
        AGREE = "UPDATE peers SET agreed_size = $2 WHERE node_seq = $1";
        DELETE = "DELETE FROM peers WHERE node_seq = $1";
        BASES = "SELECT n.node, p.base, p.allow_cidr FROM peers p JOIN nodes n ON n.seq = p.node_seq
            WHERE p.state IN ('new', 'active') ORDER BY p.node_seq";
        ERASE_DOCUMENTS = "UPDATE documents SET state = 'removed', log_seq = NULL, leaf_index = NULL, digest = NULL, len = NULL,
                text_seq = NULL, kind = NULL, visibility = NULL, lang = NULL, licence = NULL, published = NULL, updated = NULL,
                reviewed = NULL, review_by = NULL, sort_at = NULL, why = NULL, fault = NULL, next_try = NULL, changed_at = $2
            WHERE node_seq = $1";
        ERASE_MENTIONS = "DELETE FROM document_mentions WHERE node_seq = $1";
        ERASE_ATTACHMENTS = "DELETE FROM attachments WHERE node_seq = $1";
        IS_PEER = "SELECT node_seq FROM peers WHERE node_seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

records! {
    /// An address to nudge.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PeerBase from PeerBaseRow {
        /// The peer's identity.
        pub node: NodeId,
        /// Address to poll.
        pub base: String,
        /// Address ranges that it may lie in.
        pub allow_cidr: String,
    }
}

impl Store {
    /// Adds a peer; it is due at once. A peer that was removed before keeps its number.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the node is a peer already (or is this node), or the handle is taken.
    #[boxed]
    pub async fn add_peer(
        &self,
        new: &NewPeer,
        by: &By,
        now: Timestamp,
    ) -> Result<Peer, StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let known = nodes::find(&mut db, &new.node).await?;
        let taken = nodes::find_handle(&mut db, &new.handle).await?;
        if taken.is_some_and(|other| Some(other) != known) {
            return Err(StoreError::Duplicate(new.handle.clone()));
        }
        let node_seq = match known {
            Some(node_seq) => {
                let peer = db.row::<(i64,)>(sql::IS_PEER, values![node_seq]).await?;
                if node_seq == nodes::OWN || peer.is_some() {
                    return Err(StoreError::Duplicate(new.node.to_string()));
                }
                db.run(
                    sql::REVIVE,
                    values![node_seq, new.handle.as_str(), new.base.as_str()],
                )
                .await?;
                node_seq
            }
            None => {
                let seq = nodes::next_seq(&mut db).await?;
                let claimed = Stated::new(&new.name, new.ods.as_deref(), &new.base, "");
                let unique = organisations::unique(&mut db, seq, &claimed).await?;
                let node = nodes::NewNode {
                    seq,
                    node: &new.node,
                    handle: &new.handle,
                    ods: unique.ods.as_deref(),
                    name: unique.name.as_deref().unwrap_or(&new.handle),
                    base: &new.base,
                    now,
                };
                nodes::insert(&mut db, &node).await?;
                seq
            }
        };
        let interval = new.interval.map(|interval| interval.as_secs());
        let values = values![
            node_seq,
            new.base.as_str(),
            new.allow_cidr.as_str(),
            interval,
            now
        ];
        db.run(sql::INSERT, values).await?;
        let added = peer::peer(&mut db, node_seq).await?;
        let entry = peer::act_on(&new.node, by, Act::PeerAdded, now);
        let detail = format!("{} at {}", new.handle, new.base);
        audit::append(&mut db, &[entry.with_detail(&detail)]).await?;
        db.commit().await?;
        Ok(added)
    }

    /// Returns all peers, by name.
    #[boxed]
    pub async fn peers(&self) -> Result<Vec<Peer>, StoreError> {
        peer::all(&mut self.read().await?).await
    }

    /// Returns a peer by its handle or its node id.
    #[boxed]
    pub async fn peer(&self, handle_or_node: &str) -> Result<Option<Peer>, StoreError> {
        let mut db = self.read().await?;
        let Some((node_seq,)) = db.row::<(i64,)>(sql::FIND, values![handle_or_node]).await? else {
            return Ok(None);
        };
        peer::find(&mut db, node_seq).await
    }

    /// Returns every address to nudge, with the ranges that it may lie in.
    #[boxed]
    pub async fn peer_bases(&self) -> Result<Vec<PeerBase>, StoreError> {
        self.read().await?.records(sql::BASES, values![]).await
    }

    /// Notes up to which size the operator has agreed to take a peer's log at first contact.
    #[boxed]
    pub async fn agree_to_size(
        &self,
        node_seq: i64,
        size: u64,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(sql::AGREE, values![node_seq, size]).await?;
        peer::record(
            &mut db,
            node_seq,
            by,
            Act::PeerAgreed,
            "size of its log",
            now,
        )
        .await?;
        Ok(db.commit().await?)
    }

    /// Changes where and how often a peer is polled; it is due at once.
    #[boxed]
    pub async fn configure_peer(
        &self,
        peer: &Peer,
        configuration: &PeerConfiguration,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let PeerConfiguration {
            base,
            allow_cidr,
            interval,
        } = configuration;
        let interval = interval.map(|interval| interval.as_secs());
        let mut db = self.write().await?;
        let values = values![
            peer.node_seq,
            base.as_str(),
            allow_cidr.as_str(),
            interval,
            now
        ];
        db.run(sql::CONFIGURE, values).await?;
        let detail = format!("polled at {base}");
        peer::record(&mut db, peer.node_seq, by, Act::PeerChanged, &detail, now).await?;
        Ok(db.commit().await?)
    }

    /// Stops polling a peer until [`Store::resume_peer`].
    #[boxed]
    pub async fn pause_peer(
        &self,
        node_seq: i64,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.set_state(node_seq, PeerState::Paused, false, by, now)
            .await
    }

    /// Polls a paused or halted peer again, at once; its fault is cleared.
    #[boxed]
    pub async fn resume_peer(
        &self,
        node_seq: i64,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.set_state(node_seq, PeerState::Active, true, by, now)
            .await
    }

    async fn set_state(
        &self,
        node_seq: i64,
        state: PeerState,
        clear: bool,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        db.run(
            sql::SET_STATE,
            values![node_seq, state.as_str(), now, clear],
        )
        .await?;
        peer::record(&mut db, node_seq, by, Act::PeerChanged, state.as_str(), now).await?;
        Ok(db.commit().await?)
    }

    /// Removes a peer with all that it said. Its documents' rows keep the id and nothing else, so that every index
    /// drops them; `erase` then clears the files.
    #[boxed]
    pub async fn remove_peer(
        &self,
        node_seq: i64,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        if db.run(sql::DELETE, values![node_seq]).await? == 0 {
            return Ok(());
        }
        changes::touch_node(&mut db, node_seq).await?;
        texts::erase_node(&mut db, node_seq).await?;
        texts::forget_references_of_node(&mut db, node_seq).await?;
        db.run(sql::ERASE_MENTIONS, values![node_seq]).await?;
        db.run(sql::ERASE_ATTACHMENTS, values![node_seq]).await?;
        db.run(sql::ERASE_DOCUMENTS, values![node_seq, now]).await?;
        log::forget(&mut db, node_seq).await?;
        node_documents::forget(&mut db, node_seq).await?;
        // Its node id stays in the row of `nodes`.
        peer::record(&mut db, node_seq, by, Act::PeerRemoved, "", now).await?;
        nodes::forget(&mut db, node_seq).await?;
        Ok(db.commit().await?)
    }
}
