//! Who this node is: its key files and the signer made of them.
//!
//! `wardround init` makes three keys and signs version 1 of the node document, whose digest is the node's identity for
//! good. The secret keys lie in `DATA/keys`, one file each that only its owner can read; only the log and the witness
//! key are needed to run. What peers see lies in the database.
//!
//! The new keys wait in `DATA/keys.new` until the database has the identity, so that an `init` that was cut short is
//! either as if it had never been, or finished by the next start.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use ledger::{
    Origin, PeerFault, SecretKey,
    checkpoint::{Signer, Witness},
    limits::MAX_DOCUMENT_VALIDITY,
    node::{Content, NodeDocument, Role, SigningKeys},
};
use peering::Base;
use store::{KeyRole, NodeDocumentRecord, NodeKey, OWN, Store, StoreError};
use url::Url;
use wire::{NodeId, Timestamp, base64};
use zeroize::Zeroizing;

use crate::{contact::Contact, urls};

const KEYS: &str = "keys";
const NEW_KEYS: &str = "keys.new";
const ROOT: &str = "root";
const LOG: &str = "log";
const WITNESS: &str = "witness";

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
    /// Version of the current node document.
    pub version: u64,
    /// Epoch of the current log.
    pub epoch: u64,
    /// Signs the own checkpoints.
    pub signer: Signer,
    /// Cosigns the checkpoints of others.
    pub witness: Witness,
}

/// What an operator says of a new node.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Introduction {
    /// Name of the organisation.
    pub name: String,
    /// ODS code of the organisation, such as `RX1`.
    pub ods: Option<String>,
    /// Address of the site.
    pub base_url: Url,
    /// How readers and peers' operators reach this one: what pages can link to, such as `mailto:…`.
    pub contact: Option<String>,
}

/// Why there is no identity to work with.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It is made once.
    #[error("this node is already `{0}`; an identity cannot be changed")]
    Exists(NodeId),
    /// Keys without the identity that they belong to.
    #[error(
        "`{}` holds keys, but the database has no identity; restore the database that they belong to, or move the keys to another directory to start again", .0.display()
    )]
    Orphaned(PathBuf),
    /// What the operator said cannot be published.
    #[error("`{field}`: {text}")]
    Refused {
        /// Which part.
        field: &'static str,
        /// What is wrong with it.
        text: String,
    },
    /// A key file is missing or cannot be read or written.
    #[error("the key file `{}` cannot be used: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A key file holds something else.
    #[error("`{}` holds no key of this node; restore it from a backup", .0.display())]
    Key(PathBuf),
    /// The stored node document does not verify.
    #[error("the stored node document does not verify; run `wardround verify`")]
    Document(#[source] PeerFault),
    /// The operating system gave no random bytes.
    #[error("the operating system does not provide random bytes")]
    Random(#[source] getrandom::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Identity {
    /// Returns the identity that `init` has made, if it has.
    ///
    /// # Errors
    /// `Orphaned`, `File` and `Key` when keys and database do not belong together.
    pub async fn open(data: &Path, store: &Store) -> Result<Option<Self>, IdentityError> {
        let Some(own) = store.own_node().await? else {
            let keys = data.join(KEYS);
            return if holds_keys(&keys) {
                Err(IdentityError::Orphaned(keys))
            } else {
                Ok(None)
            };
        };
        let document = store
            .newest_node_document(OWN)
            .await?
            .ok_or_else(|| StoreError::Corrupt("no node document of this node".to_owned()))?;
        let document = NodeDocument::stored(&document.note).map_err(IdentityError::Document)?;
        finish(data)?;
        let keys = data.join(KEYS);
        let content = document.content();
        let log = read_key(&keys, LOG)?;
        let witness = read_key(&keys, WITNESS)?;
        for (name, listed, key) in [
            (LOG, &content.log, &log),
            (WITNESS, &content.witness, &witness),
        ] {
            if !listed.contains(&key.public()) {
                return Err(IdentityError::Key(path_of(&keys, name)));
            }
        }
        Ok(Some(Self::of(&document, own.handle, log, witness)))
    }

    /// Makes the identity of a node that has none, and signs its empty log.
    ///
    /// # Errors
    /// `Exists`, `Orphaned`, `Refused`; of the disk and the database.
    pub async fn create(
        data: &Path,
        store: &Store,
        introduction: &Introduction,
        now: Timestamp,
    ) -> Result<Self, IdentityError> {
        if let Some(own) = store.own_node().await? {
            return Err(IdentityError::Exists(own.node));
        }
        let keys = data.join(KEYS);
        if holds_keys(&keys) {
            return Err(IdentityError::Orphaned(keys));
        }
        let [root, log, witness] = [new_key()?, new_key()?, new_key()?];
        let content = first_content(introduction, [&root, &log, &witness], now)?;
        let note = content.sign(SigningKeys {
            root: std::slice::from_ref(&root),
            log: std::slice::from_ref(&log),
            witness: std::slice::from_ref(&witness),
        });
        let document = NodeDocument::stored(&note).map_err(|fault| IdentityError::Refused {
            field: "the node document",
            text: fault.text,
        })?;
        write_keys(data, [(ROOT, &root), (LOG, &log), (WITNESS, &witness)])?;
        let handle = handle(introduction);
        store
            .init_own_node(document.node(), &handle, &record(&document), now)
            .await?;
        finish(data)?;
        let identity = Self::of(&document, handle, log, witness);
        store.renew_checkpoint(&identity.signer, now).await?;
        Ok(identity)
    }

    /// Returns where the root key lies after [`Identity::create`], to be taken offline.
    #[must_use]
    pub fn root_key_path(data: &Path) -> PathBuf {
        path_of(&data.join(KEYS), ROOT)
    }

    /// Returns the site's address without a final slash, to put paths behind.
    #[must_use]
    pub fn site(&self) -> &str {
        self.site_url.as_str().trim_end_matches('/')
    }

    fn of(document: &NodeDocument, handle: String, log: SecretKey, witness: SecretKey) -> Self {
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
            site_url: site_of(&content.base),
            feed_base: content.base.clone(),
            contact: content.contact.clone(),
            version: content.version,
            epoch: content.epoch,
            witness: Witness::new(document.node(), witness.clone()),
            signer: Signer::new(origin, log, witness),
        }
    }
}

/// Returns a verified node document as the database keeps it.
#[must_use]
pub fn record(document: &NodeDocument) -> NodeDocumentRecord {
    let content = document.content();
    let listed = document.keys().map(|(role, key)| NodeKey {
        public_key: *key.as_bytes(),
        role: Some(match role {
            Role::Root => KeyRole::Root,
            Role::Log => KeyRole::Log,
            Role::Witness => KeyRole::Witness,
        }),
        revoked: false,
    });
    let revoked = content.revoked.iter().map(|revoked| NodeKey {
        public_key: revoked.key,
        role: None,
        revoked: true,
    });
    NodeDocumentRecord {
        version: content.version,
        digest: *document.digest(),
        note: document.note().to_owned(),
        ods: content.ods.clone(),
        name: content.name.clone(),
        base: content.base.clone(),
        contact: Some(content.contact.clone()).filter(|contact| !contact.is_empty()),
        left: content.left,
        successor: content.successor.clone(),
        epoch: content.epoch,
        expires: content.expires,
        keys: listed.chain(revoked).collect(),
    }
}

/// Returns the address of the site that serves a feed.
#[must_use]
pub fn site_of(base: &str) -> Url {
    let trimmed = base.trim_end_matches('/');
    let site = trimmed.strip_suffix(urls::FEED).unwrap_or(trimmed);
    let site = Url::parse(site).or_else(|_| Url::parse(base));
    site.unwrap_or_else(|_| unknown_site())
}

/// A base passed its checks before it was stored; this stands for one that did not.
fn unknown_site() -> Url {
    #[expect(clippy::expect_used, reason = "a constant that is an address")]
    Url::parse("http://localhost/").expect("an address")
}

/// The most characters of an organisation's name and of a contact (docs/FEED.md §3 names none; a page has to show it).
const MOST_CHARACTERS: usize = 200;

/// Returns version 1 of the node document. What peers would refuse, or no page could show, is refused before it is
/// signed: there is no second version yet.
fn first_content(
    introduction: &Introduction,
    keys: [&SecretKey; 3],
    now: Timestamp,
) -> Result<Content, IdentityError> {
    let [root, log, witness] = keys;
    // The clock's milliseconds are not part of the wire form.
    let issued = Timestamp::from_secs(now.secs());
    Ok(Content {
        version: 1,
        node: None,
        prev: None,
        issued,
        expires: issued.plus(MAX_DOCUMENT_VALIDITY),
        base: feed_base(&introduction.base_url)?,
        name: name(&introduction.name)?,
        ods: introduction.ods.as_deref().map(ods_code).transpose()?,
        contact: contact(introduction.contact.as_deref().unwrap_or_default())?,
        threshold: 1,
        root: vec![root.public()],
        epoch: 1,
        log: vec![log.public()],
        closed: Vec::new(),
        witness: vec![witness.public()],
        revoked: Vec::new(),
        left: false,
        successor: None,
    })
}

fn feed_base(site: &Url) -> Result<String, IdentityError> {
    let base = Base::parse(site.as_str(), true).map_err(|text| refused("--base-url", text))?;
    if !base.is_site() {
        return Err(refused(
            "--base-url",
            "must not have a path: give the root of the site, such as `https://lessons.example.nhs.uk`",
        ));
    }
    Ok(format!(
        "{}{}",
        site.as_str().trim_end_matches('/'),
        urls::FEED
    ))
}

fn name(given: &str) -> Result<String, IdentityError> {
    let name = given.trim();
    if name.is_empty() || !fits_a_page(name) {
        return Err(refused(
            "--name",
            "give the organisation's name, at most 200 characters on one line",
        ));
    }
    Ok(name.to_owned())
}

fn ods_code(given: &str) -> Result<String, IdentityError> {
    let ods = given.trim().to_uppercase();
    let is_code =
        (2..=10).contains(&ods.len()) && ods.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_code {
        return Err(refused(
            "--ods",
            "not an ODS code; it has 2 to 10 letters and digits, such as `RX1`",
        ));
    }
    Ok(ods)
}

/// Nothing is a contact too: readers are then sent to the site.
fn contact(given: &str) -> Result<String, IdentityError> {
    let contact = given.trim();
    let is_text = Contact::parse(contact).is_some_and(|contact| !contact.is_link());
    if is_text || !fits_a_page(contact) {
        return Err(refused(
            "--contact",
            "no page could link to it; give one e-mail address, such as `mailto:lessons@example.nhs.uk`, or a site, such as `https://example.nhs.uk/contact`",
        ));
    }
    Ok(contact.to_owned())
}

fn fits_a_page(text: &str) -> bool {
    text.chars().count() <= MOST_CHARACTERS && !text.chars().any(char::is_control)
}

fn refused(field: &'static str, text: impl Into<String>) -> IdentityError {
    let text = text.into();
    IdentityError::Refused { field, text }
}

/// Returns the short name of a node in addresses: its ODS code, or its name, in lower case.
fn handle(introduction: &Introduction) -> String {
    match &introduction.ods {
        Some(ods) => ods.trim().to_lowercase(),
        None => domain::slug::Slug::from_title(&introduction.name)
            .as_str()
            .to_owned(),
    }
}

fn new_key() -> Result<SecretKey, IdentityError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).map_err(IdentityError::Random)?;
    Ok(SecretKey::from_seed(*seed))
}

fn path_of(keys: &Path, name: &str) -> PathBuf {
    keys.join(format!("{name}.key"))
}

fn holds_keys(keys: &Path) -> bool {
    path_of(keys, LOG).exists() || path_of(keys, WITNESS).exists()
}

/// Writes new keys where they wait for the database.
fn write_keys(data: &Path, keys: [(&str, &SecretKey); 3]) -> Result<(), IdentityError> {
    let new = data.join(NEW_KEYS);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| IdentityError::File { path, source }
    };
    if new.exists() {
        // The database has no identity, so nobody has ever seen these.
        fs::remove_dir_all(&new).map_err(failed(&new))?;
    }
    make_private_directory(&new).map_err(failed(&new))?;
    for (name, key) in keys {
        let path = path_of(&new, name);
        let text = Zeroizing::new(format!("{}\n{}\n", heading(name), *encoded(key)));
        write_private(&path, text.as_bytes()).map_err(failed(&path))?;
    }
    fs::File::open(&new)
        .and_then(|directory| directory.sync_all())
        .map_err(failed(&new))
}

fn encoded(key: &SecretKey) -> Zeroizing<String> {
    Zeroizing::new(base64::encode_url(key.seed().as_slice()))
}

/// Puts new keys in their place, once the database has the identity that they belong to.
fn finish(data: &Path) -> Result<(), IdentityError> {
    let (new, keys) = (data.join(NEW_KEYS), data.join(KEYS));
    if !new.exists() || holds_keys(&keys) {
        return Ok(());
    }
    let moved = fs::rename(&new, &keys)
        .and_then(|()| fs::File::open(data))
        .and_then(|directory| directory.sync_all());
    moved.map_err(|source| IdentityError::File { path: keys, source })
}

fn heading(name: &str) -> String {
    format!("wardround {name} key, version 1: keep it secret")
}

fn read_key(keys: &Path, name: &str) -> Result<SecretKey, IdentityError> {
    let path = path_of(keys, name);
    let text = fs::read_to_string(&path)
        .map(Zeroizing::new)
        .map_err(|source| IdentityError::File {
            path: path.clone(),
            source,
        })?;
    let seed = text
        .split_once('\n')
        .filter(|(first, _)| *first == heading(name))
        .and_then(|(_, rest)| base64::decode_url_array::<32>(rest.trim_end()))
        .map(Zeroizing::new)
        .ok_or(IdentityError::Key(path))?;
    Ok(SecretKey::from_seed(*seed))
}

/// Makes a directory that only its owner can enter.
///
/// # Errors
/// Of the disk.
pub fn make_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
