//! The identity of this node: its node document and the signers made of its keys.
//!
//! `wardround init` makes three keys and signs version 1 of the node document, whose digest is the identity of the node
//! for good. The secret keys are files in `DATA/keys` (`key_files`); only the log key and the witness key are needed to
//! run. What peers see is in the database.

mod acceptance;
pub mod change;
mod error;
mod introduction;
pub mod key_files;

use std::path::{Path, PathBuf};

use async_recursion::async_recursion as boxed;
use ledger::{
    Origin, SecretKey,
    checkpoint::{Signer, Witness},
    node::{NodeDocument, SigningKeys},
};
use store::{OWN, Store, StoreError};
use url::Url;
use wire::{DocumentId, NodeId, Timestamp};

use crate::{node_documents, urls};
pub use error::IdentityError;
pub use introduction::Introduction;
pub use key_files::make_private_directory;
use key_files::{KEYS, LOG, ROOT, WITNESS};

/// Who this node is, and what it signs with.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The identity.
    pub node: NodeId,
    /// Name of the organisation.
    pub name: String,
    /// ODS code of the organisation.
    pub ods: Option<String>,
    /// The short local name in addresses.
    pub handle: String,
    /// Address of the site, without a path unless the site has one.
    pub site_url: Url,
    /// Base address of the feed.
    pub feed_base: String,
    /// How to reach the operator.
    pub contact: String,
    /// When the current node document expires.
    pub expires: Timestamp,
    /// Version of the current node document.
    pub version: u64,
    /// Epoch of the current log.
    pub epoch: u64,
    /// Signs the own checkpoints.
    pub signer: Signer,
    /// Cosigns the checkpoints of others.
    pub witness: Witness,
    /// Whether the node has left the exchange.
    pub left: bool,
    /// Key files whose keys the node document does not list: nothing may be signed with these keys. An older copy of the
    /// database next to keys of after it has them.
    pub unlisted: Vec<PathBuf>,
}

impl Identity {
    /// Returns the identity that `init` has made, if it has; with keys that its node document does not list, too.
    ///
    /// # Errors
    /// `Orphaned` for keys without an identity; `File` and `Key` when a key cannot be read.
    #[boxed]
    pub async fn open(data: &Path, store: &Store) -> Result<Option<Self>, IdentityError> {
        let Some(own) = store.own_node().await? else {
            return Self::refuse_orphans(data).map(|()| None);
        };
        let document = store
            .newest_node_document(OWN)
            .await?
            .ok_or_else(|| StoreError::Corrupt("no node document of this node".to_owned()))?;
        let document = NodeDocument::stored(&document.note).map_err(IdentityError::Document)?;
        key_files::activate_new(data)?;
        let keys = data.join(KEYS);
        let content = document.content();
        // A rotation that was cut short after its node document was accepted is completed here.
        let log = key_files::read_present(&keys, LOG, &content.log)?;
        let witness = key_files::read_present(&keys, WITNESS, &content.witness)?;
        let unlisted = [log.unlisted, witness.unlisted].into_iter().flatten();
        Ok(Some(Self {
            unlisted: unlisted.collect(),
            ..Self::new(&document, own.handle, log.key, witness.key)
        }))
    }

    /// Refuses a data directory that has keys, for when there is no identity that they belong to.
    ///
    /// # Errors
    /// `Orphaned`.
    pub fn refuse_orphans(data: &Path) -> Result<(), IdentityError> {
        let keys = data.join(KEYS);
        if key_files::holds_keys(&keys) {
            return Err(IdentityError::Orphaned(keys));
        }
        Ok(())
    }

    /// Makes the identity of a node that has none, and signs its empty log.
    ///
    /// # Errors
    /// `Exists`, `Orphaned`, `Refused`; of the disk and the database.
    #[boxed]
    pub async fn create(
        data: &Path,
        store: &Store,
        introduction: &Introduction,
        now: Timestamp,
    ) -> Result<Self, IdentityError> {
        if let Some(own) = store.own_node().await? {
            return Err(IdentityError::Exists(own.node));
        }
        Self::refuse_orphans(data)?;
        let [root, log, witness] = [
            key_files::new_key()?,
            key_files::new_key()?,
            key_files::new_key()?,
        ];
        let content = introduction::first_content(introduction, [&root, &log, &witness], now)?;
        let note = content.sign(SigningKeys {
            root: std::slice::from_ref(&root),
            log: std::slice::from_ref(&log),
            witness: std::slice::from_ref(&witness),
        });
        let document = NodeDocument::stored(&note).map_err(|fault| IdentityError::Refused {
            field: "the node document",
            text: fault.text,
        })?;
        key_files::write_new(data, [(ROOT, &root), (LOG, &log), (WITNESS, &witness)])?;
        let handle = introduction::handle(introduction);
        store
            .init_own_node(
                document.node(),
                &handle,
                &node_documents::record(&document),
                now,
            )
            .await?;
        key_files::activate_new(data)?;
        let identity = Self::new(&document, handle, log, witness);
        store.renew_checkpoint(&identity.signer, now).await?;
        Ok(identity)
    }

    /// Returns where the root key is after [`Identity::create`], to be taken offline.
    #[must_use]
    pub fn root_key_path(data: &Path) -> PathBuf {
        key_files::path_of(&data.join(KEYS), ROOT)
    }

    /// Says which keys the node document does not list, if there are any.
    #[must_use]
    pub fn unlisted_keys(&self) -> Option<String> {
        let files = self.unlisted.iter();
        let files: Vec<_> = files.map(|file| format!("`{}`", file.display())).collect();
        (!files.is_empty()).then(|| {
            format!(
                "the node document in the database, version {}, does not list the key in {}",
                self.version,
                files.join(" and ")
            )
        })
    }

    /// Returns the site's address without a final slash, to put paths behind.
    #[must_use]
    pub fn site(&self) -> &str {
        self.site_url.as_str().trim_end_matches('/')
    }

    /// Returns a path of the site as a whole address.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.site())
    }

    /// Returns the address of the page of an own document.
    #[must_use]
    pub fn document_url(&self, id: DocumentId, slug: &str) -> String {
        self.absolute(&urls::document(&self.handle, id, slug))
    }

    fn new(document: &NodeDocument, handle: String, log: SecretKey, witness: SecretKey) -> Self {
        let content = document.content();
        let origin = Origin {
            node: document.node().clone(),
            epoch: content.epoch,
        };
        Self {
            node: document.node().clone(),
            name: content.name.clone(),
            ods: content.ods.clone(),
            handle,
            site_url: urls::site_of_feed(&content.base),
            feed_base: content.base.clone(),
            contact: content.contact.clone(),
            expires: content.expires,
            version: content.version,
            epoch: content.epoch,
            witness: Witness::new(document.node(), witness.clone()),
            signer: Signer::new(origin, log, witness),
            left: content.left,
            unlisted: Vec::new(),
        }
    }
}
