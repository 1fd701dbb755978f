//! The file of a backup: a tar archive, compressed by gzip, with a manifest and the members that it names.
//!
//! Any `tar` can unpack it. This reader takes only what this writer makes: the manifest first, then exactly its members,
//! in its order, with its lengths and digests, each under one of a few fixed names. So no name of an archive leads
//! anywhere, there are no links, and nothing is written beyond the lengths that were checked against the free space.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wire::Digest;

/// The name of the manifest in the archive.
const MANIFEST: &str = "manifest.json";
/// The database, as an SQLite file, whichever engine the node has.
pub const DATABASE: &str = node::DATABASE_FILE;
/// The configuration file of the data directory.
pub const CONFIGURATION: &str = "wardround.toml";
/// The directory of the keys.
pub const KEYS: &str = "keys";
/// The form of the archive that this program reads and writes.
pub(crate) const FORMAT: u32 = 1;
/// Bytes of a manifest: a few members, and about 200 bytes for each log, of which a peer may have hundreds.
const MAX_MANIFEST_BYTES: u64 = 16 << 20;
/// Members of an archive: the database, the configuration, and at most eight keys.
const MAX_MEMBERS: usize = 10;
/// Bytes of a key file or a configuration.
const MAX_SMALL_BYTES: u64 = 1 << 20;
/// Bytes that are copied at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// What a backup has, as its first member says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its form, 1.
    pub format: u32,
    /// When it was made.
    pub made: String,
    /// The version of the program that made it.
    pub program: String,
    /// The engine that the node had.
    pub engine: String,
    /// The migration that the database is at.
    pub migration: i64,
    /// The node; none before `init`.
    pub node: Option<String>,
    /// Whether it has the keys and the configuration.
    pub keys: bool,
    /// Every log with its size and root, to compare with what is restored.
    pub logs: Vec<LoggedRoot>,
    /// The members that follow, in their order.
    pub members: Vec<Member>,
}

/// A log, with its size and root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedRoot {
    /// The node.
    pub node: String,
    /// The epoch.
    pub epoch: u64,
    /// Its entries.
    pub size: u64,
    /// Its root, as 64 hexadecimal digits.
    pub root: String,
}

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its name, one of a few.
    pub name: String,
    /// Its length in bytes.
    pub len: u64,
    /// Its digest.
    pub digest: String,
}

/// Why an archive cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The file is no whole backup, or was changed.
    #[error("this is no backup that can be used: {0}")]
    Refused(String),
    /// A newer program has made it.
    #[error(
        "the backup has form {0}, and this program reads only form {FORMAT}; install the program that made it"
    )]
    Newer(u32),
    /// There is no room for what it has.
    #[error("the backup needs {needed} bytes, and {free} are free")]
    NoRoom {
        /// Bytes that its members have.
        needed: u64,
        /// Bytes that may be written.
        free: u64,
    },
    /// The disk refuses it.
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn refused(text: impl Into<String>) -> ArchiveError {
    ArchiveError::Refused(text.into())
}

/// Describes a file that becomes a member: reads it to its end.
///
/// # Errors
/// Of the disk.
pub fn describe(name: &str, path: &Path) -> io::Result<Member> {
    let mut hash = Sha256::new();
    let len = copy(&mut File::open(path)?, u64::MAX, |bytes| {
        hash.update(bytes);
        Ok(())
    })?;
    Ok(Member {
        name: name.to_owned(),
        len,
        digest: Digest::from_bytes(hash.finalize().into()).to_string(),
    })
}

/// Writes an archive of the members of a manifest, each read from the file of its name in `directory`.
///
/// # Errors
/// Of the disk, when [`read`] would refuse it, and when a member changes while it is read.
pub fn write(out: impl Write, manifest: &Manifest, directory: &Path) -> Result<(), ArchiveError> {
    check(manifest, u64::MAX)?;
    let text = serde_json::to_vec_pretty(manifest).map_err(io::Error::from)?;
    let len = u64::try_from(text.len()).unwrap_or(u64::MAX);
    check_manifest_bytes(len)?;
    let gzip = GzEncoder::new(BufWriter::new(out), Compression::fast());
    let mut tar = tar::Builder::new(gzip);
    tar.append(&header(MANIFEST, len)?, &*text)?;
    for member in &manifest.members {
        let file = File::open(directory.join(&member.name))?;
        if file.metadata()?.len() != member.len {
            return Err(refused(format!(
                "`{}` changed while it was read",
                member.name
            )));
        }
        tar.append(&header(&member.name, member.len)?, file)?;
    }
    let mut inner = tar.into_inner()?.finish()?;
    inner.flush()?;
    Ok(())
}

fn header(name: &str, len: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(len);
    header.set_mode(0o600);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

/// Reads an archive into an empty directory, and returns its manifest. `free` is how many bytes may be written.
///
/// # Errors
/// [`ArchiveError`]; what was written until then stays in the directory, for the caller to remove.
pub fn read(input: impl Read, into: &Path, free: u64) -> Result<Manifest, ArchiveError> {
    let mut tar = tar::Archive::new(GzDecoder::new(BufReader::new(input)));
    // Raw: neither long names nor extended headers, which could ask for memory of any size, are taken.
    let mut entries = tar.entries().map_err(damaged)?.raw(true);
    let mut first = next(&mut entries, MANIFEST, None)?;
    // What is not read of it would be unpacked to be skipped, however long it says that it is.
    check_manifest_bytes(first.header().entry_size().map_err(damaged)?)?;
    let mut text = Vec::new();
    (&mut first)
        .take(MAX_MANIFEST_BYTES)
        .read_to_end(&mut text)
        .map_err(damaged)?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| refused(format!("its manifest: {error}")))?;
    check(&manifest, free)?;
    for member in &manifest.members {
        let mut entry = next(&mut entries, &member.name, Some(member.len))?;
        extract(&mut entry, member, into)?;
    }
    match entries.next() {
        None => {}
        Some(Ok(_)) => return Err(refused("there is more in it than its manifest names")),
        Some(Err(error)) => return Err(damaged(error)),
    }
    // To the end of the stream, whose checksum is behind everything.
    let rest = copy(&mut tar.into_inner(), MAX_SMALL_BYTES, |_| Ok(())).map_err(damaged)?;
    if rest > MAX_SMALL_BYTES {
        return Err(refused("something follows its end"));
    }
    Ok(manifest)
}

/// An error while reading is a fault of the file, unless the disk itself fails; both end the reading.
fn damaged(error: io::Error) -> ArchiveError {
    refused(format!("it is damaged or not whole ({error})"))
}

/// Returns the next entry, if it is a plain file of this name and length.
fn next<'a, R: Read>(
    entries: &mut tar::Entries<'a, R>,
    name: &str,
    len: Option<u64>,
) -> Result<tar::Entry<'a, R>, ArchiveError> {
    let entry = entries
        .next()
        .ok_or_else(|| refused(format!("`{name}` is missing")))?
        .map_err(damaged)?;
    let size = entry.header().entry_size().map_err(damaged)?;
    let is_plain = entry.header().entry_type() == tar::EntryType::Regular;
    if !is_plain || entry.path_bytes() != name.as_bytes() || len.is_some_and(|len| len != size) {
        return Err(refused(format!("`{name}` is not where its manifest says")));
    }
    Ok(entry)
}

fn check_manifest_bytes(bytes: u64) -> Result<(), ArchiveError> {
    if bytes > MAX_MANIFEST_BYTES {
        return Err(refused("its manifest is too large"));
    }
    Ok(())
}

/// Checks what a manifest asks for, before anything is written.
fn check(manifest: &Manifest, free: u64) -> Result<(), ArchiveError> {
    if manifest.format != FORMAT {
        return Err(ArchiveError::Newer(manifest.format));
    }
    if manifest.members.len() > MAX_MEMBERS {
        return Err(refused("it has too many members"));
    }
    let mut needed = 0_u64;
    let mut names = std::collections::HashSet::new();
    for Member { name, len, .. } in &manifest.members {
        if !is_member(name) || !names.insert(name) {
            return Err(refused(format!("it has no place for `{name}`")));
        }
        if name != DATABASE && *len > MAX_SMALL_BYTES {
            return Err(refused(format!("`{name}` is too large")));
        }
        needed = needed.saturating_add(*len);
    }
    if !names.contains(&DATABASE.to_owned()) {
        return Err(refused("it has no database"));
    }
    if needed > free {
        return Err(ArchiveError::NoRoom { needed, free });
    }
    Ok(())
}

/// Says whether a member may have this name: a backup has nothing else.
pub(crate) fn is_member(name: &str) -> bool {
    let is_key = |stem: &str| {
        !stem.is_empty()
            && stem.len() <= 40
            && stem
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let key = name
        .strip_prefix("keys/")
        .and_then(|rest| rest.strip_suffix(".key"));
    name == DATABASE || name == CONFIGURATION || key.is_some_and(is_key)
}

/// Writes a member to a new file, and checks its digest.
fn extract(entry: &mut impl Read, member: &Member, into: &Path) -> Result<(), ArchiveError> {
    let path = into.join(&member.name);
    if let Some(directory) = path.parent().filter(|directory| *directory != into) {
        node::identity::make_private_directory(directory)?;
    }
    let mut file = new_file(&path)?;
    let mut hash = Sha256::new();
    let len = copy(entry, member.len, |bytes| {
        hash.update(bytes);
        file.write_all(bytes)
    })
    .map_err(|error| match error.kind() {
        io::ErrorKind::StorageFull => ArchiveError::Io(error),
        _ => damaged(error),
    })?;
    let digest = Digest::from_bytes(hash.finalize().into()).to_string();
    if len != member.len || digest != member.digest {
        return Err(refused(format!("`{}` is not what was put in", member.name)));
    }
    file.sync_all()?;
    Ok(())
}

/// Makes a file that is not there yet, for its owner only.
///
/// # Errors
/// Of the disk, and when anything has that name.
pub fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
}

/// Makes the names in a directory durable.
///
/// # Errors
/// Of the disk.
pub fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Removes a directory with all that is in it, if it is there. A link is removed, not followed.
///
/// # Errors
/// Of the disk.
pub fn remove_directory(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Hands over all bytes up to one more than `max`; returns their number.
fn copy(
    from: &mut impl Read,
    max: u64,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<u64> {
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut total = 0_u64;
    loop {
        let read = match from.read(&mut chunk) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        total += u64::try_from(read).unwrap_or(u64::MAX);
        if read == 0 || total > max {
            return Ok(total);
        }
        take(chunk.get(..read).unwrap_or_default())?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(members: Vec<Member>) -> Manifest {
        Manifest {
            format: FORMAT,
            made: "2026-11-28T00:00:00Z".to_owned(),
            program: "0.1.0".to_owned(),
            engine: "sqlite".to_owned(),
            migration: 18,
            node: None,
            keys: true,
            logs: Vec::new(),
            members,
        }
    }

    fn member(name: &str, bytes: &[u8]) -> Member {
        Member {
            name: name.to_owned(),
            len: bytes.len() as u64,
            digest: Digest::for_bytes(bytes).to_string(),
        }
    }

    /// A raw archive: any names, types and contents.
    fn raw(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
        let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, kind, bytes) in entries {
            let mut header = tar::Header::new_ustar();
            // Written byte by byte: the library refuses `..`.
            header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(bytes.len() as u64);
            header.set_mode(0o600);
            if *kind == tar::EntryType::Symlink {
                header.set_link_name("/etc/passwd").unwrap();
            }
            header.set_cksum();
            tar.append(&header, *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap()
    }

    fn read_all(bytes: &[u8], free: u64) -> Result<Manifest, String> {
        let directory = tempfile::tempdir().unwrap();
        let read = read(bytes, directory.path(), free).map_err(|error| error.to_string());
        assert!(!Path::new("/tmp/escaped.key").exists());
        read
    }

    #[test]
    fn what_is_written_is_read_and_cut_short_or_changed_anywhere_it_is_refused() {
        let from = tempfile::tempdir().unwrap();
        fs::create_dir(from.path().join(KEYS)).unwrap();
        let members: Vec<_> = [
            (DATABASE, vec![7; 100_000]),
            (CONFIGURATION, b"listen = 1".to_vec()),
            ("keys/log.key", b"secret".to_vec()),
        ]
        .into_iter()
        .map(|(name, bytes)| {
            fs::write(from.path().join(name), &bytes).unwrap();
            describe(name, &from.path().join(name)).unwrap()
        })
        .collect();
        let manifest = manifest(members);
        let mut bytes = Vec::new();
        write(&mut bytes, &manifest, from.path()).unwrap();
        let into = tempfile::tempdir().unwrap();
        assert_eq!(read(&*bytes, into.path(), 1 << 20).unwrap(), manifest);
        for name in [DATABASE, CONFIGURATION, "keys/log.key"] {
            let restored = fs::read(into.path().join(name)).unwrap();
            assert_eq!(restored, fs::read(from.path().join(name)).unwrap());
        }
        for end in (0..bytes.len()).step_by(37) {
            assert!(read_all(&bytes[..end], 1 << 20).is_err(), "cut at {end}");
        }
        // Behind the head of gzip, whose time and system do not matter.
        for at in (10..bytes.len()).step_by(13) {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            // A bit that fills up the last byte of the stream means nothing. Whatever is read is what was written: the
            // digests of all members are in the manifest.
            if let Ok(read) = read_all(&changed, 1 << 20) {
                assert_eq!(read, manifest, "changed at {at}");
            }
        }
        assert!(
            read_all(&bytes, 1_000)
                .unwrap_err()
                .contains("1000 are free")
        );
    }

    #[test]
    fn an_archive_with_other_names_kinds_or_lengths_is_refused() {
        use tar::EntryType as Kind;
        let database = (DATABASE, Kind::Regular, &b"db"[..]);
        let with = |members: Vec<Member>, entries: &[(&str, Kind, &[u8])]| {
            let text = serde_json::to_vec(&manifest(members)).unwrap();
            let mut all = vec![(MANIFEST, Kind::Regular, &*text)];
            all.extend_from_slice(entries);
            read_all(&raw(&all), 1 << 20)
        };
        let db = || member(DATABASE, b"db");
        assert!(with(vec![db()], &[database]).is_ok());
        for name in [
            "../escaped.key",
            "/tmp/escaped.key",
            "keys/../../escaped.key",
            "keys/a/b.key",
            "keys/.key",
            "keys/LOG.key",
            "node.db-wal",
            "lock",
            "",
        ] {
            let listed = with(
                vec![db(), member(name, b"x")],
                &[database, (name, Kind::Regular, b"x")],
            );
            assert!(listed.unwrap_err().contains("no place for"), "{name}");
            // The manifest names something harmless, and the archive has something else there.
            let swapped = with(
                vec![db(), member("keys/log.key", b"x")],
                &[database, (name, Kind::Regular, b"x")],
            );
            assert!(swapped.is_err(), "{name}");
        }
        for kind in [
            Kind::Symlink,
            Kind::Link,
            Kind::Directory,
            Kind::Char,
            Kind::Fifo,
            Kind::GNULongName,
            Kind::XHeader,
        ] {
            let linked = with(
                vec![db(), member("keys/log.key", b"")],
                &[database, ("keys/log.key", kind, b"")],
            );
            assert!(linked.is_err(), "{kind:?}");
        }
        // More, less, twice, other bytes, no database, too large, not first.
        for (members, entries) in [
            (vec![db()], vec![database, database]),
            (vec![db()], vec![]),
            (vec![db(), db()], vec![database, database]),
            (vec![member(DATABASE, b"dB")], vec![database]),
            (vec![member(DATABASE, b"d")], vec![database]),
            (vec![], vec![]),
            (
                vec![
                    db(),
                    Member {
                        len: MAX_SMALL_BYTES + 1,
                        ..member("keys/log.key", b"x")
                    },
                ],
                vec![database],
            ),
        ] {
            assert!(with(members, &entries).is_err());
        }
        assert!(read_all(&raw(&[database]), 1 << 20).is_err());
        // A manifest that is followed by more spaces than anyone reads.
        let mut long = serde_json::to_vec(&manifest(vec![db()])).unwrap();
        let too_long = usize::try_from(MAX_MANIFEST_BYTES).unwrap() + 1;
        long.resize(too_long, b' ');
        let long = raw(&[(MANIFEST, Kind::Regular, &long), database]);
        assert!(read_all(&long, 1 << 20).unwrap_err().contains("too large"));
        assert!(read_all(b"", 1 << 20).is_err());
        assert!(read_all(&[0; 600], 1 << 20).is_err());
    }

    #[test]
    fn what_would_not_be_read_is_not_written() {
        let from = tempfile::tempdir().unwrap();
        fs::create_dir(from.path().join(KEYS)).unwrap();
        fs::write(from.path().join(DATABASE), b"db").unwrap();
        fs::write(from.path().join("keys/log.old.key"), b"x").unwrap();
        let written = |manifest: &Manifest| {
            let mut bytes = Vec::new();
            let written = write(&mut bytes, manifest, from.path());
            written.map_err(|error| (bytes.len(), error.to_string()))
        };
        let db = || member(DATABASE, b"db");
        let (len, said) =
            written(&manifest(vec![db(), member("keys/log.old.key", b"x")])).unwrap_err();
        assert!(len == 0 && said.contains("no place for"), "{said}");
        // As many logs as a database may have, and more than a manifest may name.
        let log = LoggedRoot {
            node: "wr1".to_owned() + &"a".repeat(52),
            epoch: 1,
            size: 1_000_000,
            root: "0".repeat(64),
        };
        let with_logs = |count| Manifest {
            logs: vec![log.clone(); count],
            ..manifest(vec![db()])
        };
        written(&with_logs(50_000)).unwrap();
        let (len, said) = written(&with_logs(100_000)).unwrap_err();
        assert!(len == 0 && said.contains("too large"), "{said}");
    }

    #[test]
    fn an_archive_of_a_later_form_says_so() {
        let later = Manifest {
            format: 2,
            ..manifest(vec![member(DATABASE, b"db")])
        };
        let text = serde_json::to_vec(&later).unwrap();
        let said = read_all(&raw(&[(MANIFEST, tar::EntryType::Regular, &text)]), 1 << 20);
        assert!(said.unwrap_err().contains("form 2"));
    }
}
