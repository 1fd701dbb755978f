//! The key files of a node: one file for each secret key, readable by its owner only.
//!
//! New keys wait in `DATA/keys.new` until the database has the identity, so that an `init` that was cut short either has
//! no effect, or is completed by the next start.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use ledger::{PublicKey, SecretKey};
use wire::base64;
use zeroize::Zeroizing;

use super::error::IdentityError;

/// The directory of the keys, in the data directory.
pub const KEYS: &str = "keys";
/// The directory of new keys, in the data directory.
const NEW_KEYS: &str = "keys.new";
/// Name of the root key, which is not needed to run.
pub const ROOT: &str = "root";
/// Name of the key that signs the log.
pub const LOG: &str = "log";
/// Name of the key that cosigns the logs of peers.
pub const WITNESS: &str = "witness";

/// Makes a new key.
///
/// # Errors
/// When the system has no random bytes.
pub fn new_key() -> Result<SecretKey, IdentityError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())?;
    Ok(SecretKey::from_seed(*seed))
}

/// Returns the path of a key file.
#[must_use]
pub fn path_of(keys: &Path, name: &str) -> PathBuf {
    keys.join(format!("{name}.key"))
}

/// Returns whether a directory has key files.
pub(super) fn holds_keys(keys: &Path) -> bool {
    path_of(keys, LOG).exists() || path_of(keys, WITNESS).exists()
}

/// Writes new keys to a directory of their own, where they wait until the database has the identity.
pub(super) fn write_new(data: &Path, keys: [(&str, &SecretKey); 3]) -> Result<(), IdentityError> {
    let new = data.join(NEW_KEYS);
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| IdentityError::File { path, source }
    };
    if new.exists() {
        // The database has no identity, so no one has ever seen these.
        fs::remove_dir_all(&new).map_err(failed(&new))?;
    }
    make_private_directory(&new).map_err(failed(&new))?;
    for (name, key) in keys {
        let path = path_of(&new, name);
        write_key(&path, name, key)?;
    }
    fs::File::open(&new)
        .and_then(|directory| directory.sync_all())
        .map_err(failed(&new))
}

fn encoded(key: &SecretKey) -> Zeroizing<String> {
    Zeroizing::new(base64::encode_url(key.seed().as_slice()))
}

/// Moves new keys to their final directory, once the database has the identity that they belong to.
pub(super) fn activate_new(data: &Path) -> Result<(), IdentityError> {
    let (new, keys) = (data.join(NEW_KEYS), data.join(KEYS));
    if !new.exists() || holds_keys(&keys) {
        return Ok(());
    }
    let moved = fs::rename(&new, &keys)
        .and_then(|()| fs::File::open(data))
        .and_then(|directory| directory.sync_all());
    moved.map_err(|source| IdentityError::File { path: keys, source })
}

fn first_line(name: &str) -> String {
    format!("wardround {name} key, version 1: keep it secret")
}

/// The key of a name, as it is in the directory of keys.
pub(super) struct Present {
    /// The key.
    pub(super) key: SecretKey,
    /// Its file, if the node document does not list the key.
    pub(super) unlisted: Option<PathBuf>,
}

/// Reads the key of a name. After a rotation that was cut short it is the one that waits, which then gets its place.
pub(super) fn read_present(
    keys: &Path,
    name: &str,
    listed: &[PublicKey],
) -> Result<Present, IdentityError> {
    let found = read(keys, name);
    if let Ok(key) = &found
        && listed.contains(&key.public())
    {
        let unlisted = None;
        return found.map(|key| Present { key, unlisted });
    }
    match read(keys, &waiting(name)) {
        Ok(key) if listed.contains(&key.public()) => {
            activate_waiting(keys, name)?;
            let unlisted = None;
            Ok(Present { key, unlisted })
        }
        _ => {
            let unlisted = Some(path_of(keys, name));
            found.map(|key| Present { key, unlisted })
        }
    }
}

/// Returns the key of a name that a node document lists, in its place or waiting; nothing is moved.
pub(super) fn find_listed(
    keys: &Path,
    name: &str,
    listed: &[PublicKey],
) -> Result<SecretKey, IdentityError> {
    let all = [read(keys, name), read(keys, &waiting(name))];
    let mut found = all.into_iter().flatten();
    found
        .find(|key| listed.contains(&key.public()))
        .ok_or_else(|| IdentityError::Key(path_of(keys, name)))
}

/// Returns the name of a key that waits for its node document.
#[must_use]
pub fn waiting(name: &str) -> String {
    format!("{name}-new")
}

/// Makes a key that waits for its node document, in place of one that waited before.
///
/// # Errors
/// Of the disk.
pub fn make_waiting(data: &Path, name: &str) -> Result<SecretKey, IdentityError> {
    let key = new_key()?;
    let path = path_of(&data.join(KEYS), &waiting(name));
    if let Err(source) = fs::remove_file(&path)
        && source.kind() != io::ErrorKind::NotFound
    {
        return Err(IdentityError::File { path, source });
    }
    write_key(&path, name, &key)?;
    Ok(key)
}

/// Gives a key that waits its place, in which it replaces the one before.
fn activate_waiting(keys: &Path, name: &str) -> Result<(), IdentityError> {
    let path = path_of(keys, name);
    let moved = fs::rename(path_of(keys, &waiting(name)), &path)
        .and_then(|()| fs::File::open(keys))
        .and_then(|directory| directory.sync_all());
    moved.map_err(|source| IdentityError::File { path, source })
}

/// Writes a key to a file that is not there yet, readable for its owner only.
///
/// # Errors
/// Of the disk, and when the file is there.
pub fn write_key(path: &Path, name: &str, key: &SecretKey) -> Result<(), IdentityError> {
    let text = Zeroizing::new(format!("{}\n{}\n", first_line(name), *encoded(key)));
    write_private(path, text.as_bytes()).map_err(|source| IdentityError::File {
        path: path.to_owned(),
        source,
    })
}

/// Reads the key of a name in the directory of keys.
pub(super) fn read(keys: &Path, name: &str) -> Result<SecretKey, IdentityError> {
    // The first line of a key that waits says what it will be.
    let kind = name.trim_end_matches("-new");
    read_key(&path_of(keys, name), kind)
}

/// Reads a key file of a kind.
///
/// # Errors
/// When it cannot be read, or holds something else.
pub fn read_key(path: &Path, name: &str) -> Result<SecretKey, IdentityError> {
    let path = path.to_owned();
    let text = fs::read_to_string(&path)
        .map(Zeroizing::new)
        .map_err(|source| IdentityError::File {
            path: path.clone(),
            source,
        })?;
    let seed = text
        .split_once('\n')
        .filter(|(first, _)| *first == first_line(name))
        .and_then(|(_, rest)| base64::decode_url_array::<32>(rest.trim_end()))
        .map(Zeroizing::new)
        .ok_or(IdentityError::Key(path))?;
    Ok(SecretKey::from_seed(*seed))
}

/// Creates a directory that only its owner can enter.
///
/// # Errors
/// When the disk refuses it.
pub fn make_private_directory(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
