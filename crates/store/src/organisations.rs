//! What is shown of the organisation behind each node, and what a node document states and the operator has not agreed to.
//!
//! A node document is signed by its own node, so a name, a code, an address or a contact in it is a claim. What is shown
//! changes only by the operator's decision; a name or code that another node here has is not shown even at first contact.

use std::collections::HashMap;

use ::audit::{Act, By};
use async_recursion::async_recursion as boxed;
use ledger::Stated;
use wire::{NodeId, Timestamp};

use crate::{
    StoreError, changes,
    engine::{Db, Store, Value, values},
    nodes::{self, Node},
    peer::{self, Peer},
};

mod sql {
    use crate::engine::statements;

    statements! {
        /// The inner query keeps SQLite at the index of what is new.
        NEW = "SELECT n.node_seq, COUNT(*) FROM (SELECT node_seq FROM documents
                WHERE state = 'live' AND visibility = 'public' AND sort_at >= $1 ORDER BY sort_at DESC LIMIT $2) n
            GROUP BY n.node_seq ORDER BY n.node_seq";
        SHOW = "UPDATE nodes SET name = $2, ods = $3, base = $4, contact = $5, former_name = COALESCE($6, former_name) WHERE seq = $1";
        POLL_AT = "UPDATE peers SET base = $2, node_etag = NULL, checkpoint_etag = NULL WHERE node_seq = $1";
        WAIT = "UPDATE nodes SET stated_name = $2, stated_ods = $3, stated_base = $4, stated_contact = $5 WHERE seq = $1";
        END_WAIT = "UPDATE nodes SET stated_name = NULL, stated_ods = NULL, stated_base = NULL, stated_contact = NULL WHERE seq = $1";
    }
}
pub(crate) use sql::ALL as STATEMENTS;

/// Documents that are counted as new: a page says no larger number.
const MAX_NEW: i64 = 10_000;

impl Store {
    /// Returns how many public documents of each node are new since a time, of those that have any; of 10,000
    /// documents at most.
    #[boxed]
    pub async fn new_documents(&self, since: Timestamp) -> Result<HashMap<i64, u64>, StoreError> {
        let mut db = self.read().await?;
        let rows: Vec<(i64, i64)> = db.rows(sql::NEW, values![since, MAX_NEW]).await?;
        let counted = |(node_seq, count)| (node_seq, u64::try_from(count).unwrap_or(0));
        Ok(rows.into_iter().map(counted).collect())
    }

    /// Finds what the names and codes that wait resemble, for the operator: names are compared with those of all nodes.
    #[boxed]
    pub async fn compare_stated(&self, peers: &mut [Peer]) -> Result<(), StoreError> {
        if peers.iter().all(|peer| peer.stated.is_none()) {
            return Ok(());
        }
        let all = nodes::followed(&mut self.read().await?).await?;
        for peer in peers {
            let stated = peer.stated.as_ref();
            let others = || all.iter().filter(|other| other.seq != peer.node_seq);
            peer.resembles = stated.and_then(|stated| resemblance(stated, others()));
        }
        Ok(())
    }

    /// Finds what the name and the code resemble that a node states which may be followed.
    #[boxed]
    pub async fn resembling(
        &self,
        node: &NodeId,
        stated: &Stated,
    ) -> Result<Option<String>, StoreError> {
        let all = nodes::followed(&mut self.read().await?).await?;
        let others = all.iter().filter(|other| other.node != *node);
        Ok(resemblance(stated, others))
    }

    /// Shows what a peer states, since the operator agrees to it, and polls it at the address in `agreed`. If that is not
    /// the stated address, the stated one keeps waiting.
    ///
    /// A name that another node has, too, is shown with the peer's handle, so that readers can tell them apart.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the peer states something else by now.
    #[boxed]
    pub async fn agree_to_stated(
        &self,
        node_seq: i64,
        agreed: &Stated,
        by: &By,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut db = self.write().await?;
        changes::lock(&mut db).await?;
        let peer = peer::peer(&mut db, node_seq).await?;
        let is_stated = |stated: &Stated| {
            (&stated.name, &stated.ods, &stated.contact)
                == (&agreed.name, &agreed.ods, &agreed.contact)
        };
        let Some(stated) = peer.stated.filter(is_stated) else {
            return Err(StoreError::Stale {
                what: peer.handle,
                held: peer.version,
            });
        };
        let before = nodes::node(&mut db, node_seq).await?;
        let others = others(&mut db, node_seq).await?;
        let mut shown = agreed.clone();
        if others.iter().any(|other| is_named_like(agreed, other)) {
            shown.name = with_handle(&agreed.name, &before.handle);
        }
        show(&mut db, &before, &shown).await?;
        db.run(sql::POLL_AT, values![node_seq, shown.base.as_str()])
            .await?;
        if stated.base == agreed.base {
            db.run(sql::END_WAIT, values![node_seq]).await?;
        }
        let detail = format!("{} at {}", shown.name, shown.base);
        peer::record(&mut db, node_seq, by, Act::PeerAgreed, &detail, now).await?;
        Ok(db.commit().await?)
    }
}

/// Records what the next version of a node document states. `before` is the node as it was shown until now.
pub(crate) async fn state(db: &mut Db, before: &Node, stated: &Stated) -> Result<(), StoreError> {
    if before.own {
        show(db, before, stated).await?;
        return yield_to_own(db, before, stated).await;
    }
    // At first contact the operator has just confirmed who it is, so what no other node has is shown.
    let mut shown = shown_of(before);
    if before.version == 0 {
        let unique = unique(db, before.seq, stated).await?;
        shown.name = unique.name.unwrap_or(shown.name);
        shown.ods = unique.ods;
        shown.contact.clone_from(&stated.contact);
        show(db, before, &shown).await?;
    }
    // A name that was agreed to may be shown with the handle.
    let mut compared = stated.clone();
    if with_handle(&stated.name, &before.handle) == shown.name {
        compared.name.clone_from(&shown.name);
    }
    if compared == shown {
        db.run(sql::END_WAIT, values![before.seq]).await?;
        return Ok(());
    }
    wait(db, before.seq, stated).await
}

/// Records what a peer states and is not shown.
async fn wait(db: &mut Db, node_seq: i64, stated: &Stated) -> Result<(), StoreError> {
    db.run(sql::WAIT, columns(node_seq, stated)).await?;
    Ok(())
}

/// Shows each peer that has the new name or code of this node with its handle and without the code, which waits.
async fn yield_to_own(db: &mut Db, own: &Node, stated: &Stated) -> Result<(), StoreError> {
    for other in others(db, own.seq).await? {
        let mut shown = shown_of(&other);
        if is_named_like(stated, &other) {
            shown.name = with_handle(&other.name, &other.handle);
        }
        if stated.has_code(shown.ods.as_deref()) {
            shown.ods = None;
            if peer::peer(db, other.seq).await?.stated.is_none() {
                wait(db, other.seq, &shown_of(&other)).await?;
            }
        }
        if shown != shown_of(&other) {
            show(db, &other, &shown).await?;
        }
    }
    Ok(())
}

/// What a node claims and no other node here has.
pub(crate) struct Unique {
    pub(crate) name: Option<String>,
    pub(crate) ods: Option<String>,
}

/// Returns the claimed name if no other node is called like that, and the claimed code if no other node has it.
pub(crate) async fn unique(
    db: &mut Db,
    node_seq: i64,
    claimed: &Stated,
) -> Result<Unique, StoreError> {
    let others = others(db, node_seq).await?;
    let is_name_taken = claimed.words_of_pages().is_some()
        || claimed.national_body().is_some()
        || others.iter().any(|other| is_named_like(claimed, other));
    // Readers ask for an organisation by its code or by its handle.
    let has_code = |other: &Node| {
        claimed.has_code(other.ods.as_deref()) || claimed.has_code(Some(&other.handle))
    };
    let is_code_taken = others.iter().any(has_code);
    Ok(Unique {
        name: (!is_name_taken).then(|| claimed.name.clone()),
        ods: claimed.ods.clone().filter(|_| !is_code_taken),
    })
}

/// Returns what is shown of a node.
fn shown_of(node: &Node) -> Stated {
    Stated {
        name: node.name.clone(),
        ods: node.ods.clone(),
        base: node.base.trim_end_matches('/').to_owned(),
        contact: node.contact.clone(),
    }
}

async fn show(db: &mut Db, before: &Node, shown: &Stated) -> Result<(), StoreError> {
    let is_renamed = before.version > 0 && before.name != shown.name;
    let mut values = columns(before.seq, shown);
    values.push(Value::from(is_renamed.then_some(before.name.as_str())));
    db.run(sql::SHOW, values).await?;
    if is_renamed {
        // Every index holds the organisation's name with each document.
        changes::touch_node(db, before.seq).await?;
    }
    Ok(())
}

/// Returns the number of a node and what is shown of it, as columns.
fn columns(node_seq: i64, stated: &Stated) -> Vec<Value<'_>> {
    let (ods, contact) = (stated.ods.as_deref(), stated.contact.as_deref());
    values![
        node_seq,
        stated.name.as_str(),
        ods,
        stated.base.as_str(),
        contact
    ]
}

/// Returns this node and every peer but one.
async fn others(db: &mut Db, node_seq: i64) -> Result<Vec<Node>, StoreError> {
    let mut all = nodes::followed(db).await?;
    all.retain(|node| node.seq != node_seq);
    Ok(all)
}

/// Says what a stated name or code resembles, of what this node knows; `None` if nothing.
fn resemblance<'a>(stated: &Stated, mut others: impl Iterator<Item = &'a Node>) -> Option<String> {
    let of_other = |other: &Node| {
        let owner = if other.own { "this node" } else { "a peer" };
        if stated.is_named_like(&other.name) {
            return Some(format!("the name of {owner}, `{}`", other.name));
        }
        let codes = [other.ods.as_deref(), Some(other.handle.as_str())];
        let mut codes = codes.into_iter();
        let has_code = |code: &Option<&str>| stated.has_code(*code);
        let code = named_code(stated, other).or_else(|| codes.find(has_code).flatten())?;
        Some(format!("the code `{code}` of {owner}, `{}`", other.name))
    };
    let of_body = || Some(format!("a national body, `{}`", stated.national_body()?));
    let of_pages = || {
        Some(format!(
            "words of the pages, `{}`",
            stated.words_of_pages()?
        ))
    };
    let of_others = others.find_map(of_other);
    of_others.or_else(of_body).or_else(of_pages)
}

/// Returns the code or the handle of another node that a stated name has in it.
fn named_code<'a>(stated: &Stated, other: &'a Node) -> Option<&'a str> {
    let codes = [Some(other.handle.as_str()), other.ods.as_deref()];
    let mut codes = codes.into_iter().flatten();
    codes.find(|code| stated.names_code(code) || stated.looks_like(&with_handle(&other.name, code)))
}

/// Returns whether readers could take a stated name for that of another node, in any form in which that one is shown.
fn is_named_like(stated: &Stated, other: &Node) -> bool {
    stated.is_named_like(&other.name) || named_code(stated, other).is_some()
}

fn with_handle(name: &str, handle: &str) -> String {
    format!("{name} ({handle})")
}
