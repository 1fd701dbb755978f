//! A strict reader of ZIP archives, for the files of Office.
//!
//! It reads less than the format allows, so that no two programs can see different content in one file: one disk, no
//! bytes before the first entry or after the last record, no two entries of one name, no entries that overlap, sizes
//! and checksums as stated. All bounds are checked before memory is taken. Nothing is ever written to a disk.

use std::{cell::Cell, collections::HashMap, io::Read};

use flate2::read::DeflateDecoder;

use crate::{
    limits::{MAX_ENTRIES, MAX_ENTRY_NAME_BYTES, MAX_FILE_BYTES, MAX_UNPACKED_BYTES},
    refusal::Refusal,
};

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";
/// Length of the last record without its comment.
const END_BYTES: usize = 22;
const CENTRAL_BYTES: usize = 46;
const LOCAL_BYTES: usize = 30;
/// The longest comment behind the last record.
const MAX_COMMENT_BYTES: usize = 0xffff;
/// How an OLE compound file begins: Office before 2007, and everything with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Bit 0 of an entry's flags.
const ENCRYPTED: u16 = 1;

/// An open archive.
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    /// By name in lower case: the names of parts do not distinguish case.
    by_name: HashMap<String, usize>,
    /// How many bytes may still be unpacked.
    left: Cell<usize>,
}

/// An entry, as both of its headers state it.
pub(crate) struct Entry {
    /// As written, with `/` between its parts.
    pub(crate) name: String,
    method: u16,
    checksum: u32,
    packed: usize,
    size: usize,
    /// Where its local header begins.
    header: usize,
    /// Where its bytes begin.
    start: usize,
}

impl<'a> Archive<'a> {
    /// Reads the directory of an archive.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(Refusal::TooLarge);
        }
        if bytes.starts_with(COMPOUND) {
            return Err(compound(bytes));
        }
        if !bytes.starts_with(LOCAL) {
            return Err(Refusal::Unknown);
        }
        let (count, directory, end) = last_record(bytes)?;
        let mut entries = Vec::with_capacity(count);
        let mut at = directory;
        for _ in 0..count {
            let (entry, next) = central_entry(bytes, at, directory)?;
            entries.push(entry);
            at = next;
        }
        if at != end {
            return Err(Refusal::Damaged);
        }
        // Overlapping entries are how a small archive becomes a large one.
        let mut ranges: Vec<(usize, usize)> = entries
            .iter()
            .map(|entry| (entry.header, entry.start + entry.packed))
            .collect();
        ranges.sort_unstable();
        if ranges
            .windows(2)
            .any(|pair| matches!(pair, [(_, end), (next, _)] if end > next))
        {
            return Err(Refusal::Damaged);
        }
        let mut by_name = HashMap::with_capacity(count);
        for (index, entry) in entries.iter().enumerate() {
            if by_name
                .insert(entry.name.to_ascii_lowercase(), index)
                .is_some()
            {
                return Err(Refusal::Damaged);
            }
        }
        Ok(Self {
            bytes,
            entries,
            by_name,
            left: Cell::new(MAX_UNPACKED_BYTES),
        })
    }

    /// Returns the entries in their order.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Unpacks an entry of at most `max_bytes`. `None` if there is none of that name.
    pub(crate) fn read(&self, name: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, Refusal> {
        let index = self.by_name.get(&name.to_ascii_lowercase());
        let Some(entry) = index.and_then(|index| self.entries.get(*index)) else {
            return Ok(None);
        };
        if entry.size > max_bytes {
            return Err(Refusal::TooLarge);
        }
        let left = self
            .left
            .get()
            .checked_sub(entry.size)
            .ok_or(Refusal::TooLarge)?;
        self.left.set(left);
        let packed = self
            .bytes
            .get(entry.start..entry.start + entry.packed)
            .ok_or(Refusal::Damaged)?;
        let unpacked = match entry.method {
            0 => packed.to_vec(),
            8 => inflate(packed, entry.size)?,
            _ => return Err(Refusal::Damaged),
        };
        if unpacked.len() != entry.size || crc32fast::hash(&unpacked) != entry.checksum {
            return Err(Refusal::Damaged);
        }
        Ok(Some(unpacked))
    }
}

/// Inflates to exactly the stated size: not a byte more is unpacked than one, to see that there is more.
fn inflate(packed: &[u8], size: usize) -> Result<Vec<u8>, Refusal> {
    let mut out = Vec::with_capacity(size);
    let limit = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1);
    DeflateDecoder::new(packed)
        .take(limit)
        .read_to_end(&mut out)
        .map_err(|_| Refusal::Damaged)?;
    Ok(out)
}

/// Says which of the compound files it is. Their directory has names in UTF-16.
fn compound(bytes: &[u8]) -> Refusal {
    let wide: Vec<u8> = "EncryptedPackage"
        .bytes()
        .flat_map(|byte| [byte, 0])
        .collect();
    if bytes.windows(wide.len()).any(|window| window == wide) {
        Refusal::Protected
    } else {
        Refusal::OldFormat
    }
}

/// Returns how many entries there are, where their directory begins, and where it ends. Nothing may be behind the last
/// record but its comment.
fn last_record(bytes: &[u8]) -> Result<(usize, usize, usize), Refusal> {
    let lowest = bytes.len().saturating_sub(END_BYTES + MAX_COMMENT_BYTES);
    let highest = bytes.len().checked_sub(END_BYTES).ok_or(Refusal::Damaged)?;
    let end = (lowest..=highest)
        .rev()
        .find(|at| {
            bytes.get(*at..at + 4) == Some(END)
                && u16_at(bytes, at + 20)
                    .is_ok_and(|comment| at + END_BYTES + usize::from(comment) == bytes.len())
        })
        .ok_or(Refusal::Damaged)?;
    let (disk, first_disk) = (u16_at(bytes, end + 4)?, u16_at(bytes, end + 6)?);
    let (here, count) = (u16_at(bytes, end + 8)?, u16_at(bytes, end + 10)?);
    let (length, start) = (size_at(bytes, end + 12)?, size_at(bytes, end + 16)?);
    if disk != 0 || first_disk != 0 || here != count || start.checked_add(length) != Some(end) {
        return Err(Refusal::Damaged);
    }
    let count = usize::from(count);
    if count > MAX_ENTRIES {
        return Err(Refusal::TooLarge);
    }
    Ok((count, start, end))
}

/// Reads an entry of the directory, which begins at `directory`, and compares it with the header in front of its bytes.
/// Returns where the next one begins, too.
fn central_entry(bytes: &[u8], at: usize, directory: usize) -> Result<(Entry, usize), Refusal> {
    if bytes.get(at..at + 4) != Some(CENTRAL) {
        return Err(Refusal::Damaged);
    }
    let flags = u16_at(bytes, at + 8)?;
    if flags & ENCRYPTED != 0 {
        return Err(Refusal::Protected);
    }
    let lengths = [
        u16_at(bytes, at + 28)?,
        u16_at(bytes, at + 30)?,
        u16_at(bytes, at + 32)?,
    ];
    let [name_bytes, extra, comment] = lengths.map(usize::from);
    if name_bytes == 0 || name_bytes > MAX_ENTRY_NAME_BYTES {
        return Err(Refusal::Damaged);
    }
    let name = bytes
        .get(at + CENTRAL_BYTES..at + CENTRAL_BYTES + name_bytes)
        .ok_or(Refusal::Damaged)?;
    let header = size_at(bytes, at + 42)?;
    let method = u16_at(bytes, at + 10)?;
    // The local header: its name and method must agree. Its sizes are 0 where they follow the bytes.
    if bytes.get(header..header.saturating_add(4)) != Some(LOCAL)
        || u16_at(bytes, header + 8)? != method
    {
        return Err(Refusal::Damaged);
    }
    let local_name = usize::from(u16_at(bytes, header + 26)?);
    let local_extra = usize::from(u16_at(bytes, header + 28)?);
    if bytes.get(header + LOCAL_BYTES..header + LOCAL_BYTES + local_name) != Some(name) {
        return Err(Refusal::Damaged);
    }
    let start = header + LOCAL_BYTES + local_name + local_extra;
    let packed = size_at(bytes, at + 20)?;
    if start.checked_add(packed).is_none_or(|end| end > directory) {
        return Err(Refusal::Damaged);
    }
    let entry = Entry {
        name: part_name(name)?,
        method,
        checksum: u32_at(bytes, at + 16)?,
        packed,
        size: size_at(bytes, at + 24)?,
        header,
        start,
    };
    Ok((entry, at + CENTRAL_BYTES + name_bytes + extra + comment))
}

/// Reads the name of an entry. One that leads out of a folder is refused, although nothing is ever unpacked to a disk:
/// another program that opens the same file may do so.
fn part_name(bytes: &[u8]) -> Result<String, Refusal> {
    let name = String::from_utf8_lossy(bytes).replace('\\', "/");
    let climbs = name
        .split('/')
        .any(|part| part == ".." || part.contains('\0'));
    if climbs || name.starts_with('/') || name.contains(':') {
        return Err(Refusal::Damaged);
    }
    Ok(name)
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, Refusal> {
    match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(chunk) => Ok(u16::from_le_bytes(*chunk)),
        None => Err(Refusal::Damaged),
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, Refusal> {
    match bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(chunk) => Ok(u32::from_le_bytes(*chunk)),
        None => Err(Refusal::Damaged),
    }
}

/// Reads a size or an offset. Those of the 64-bit form (`0xffffffff` here) are beyond any file that is read.
fn size_at(bytes: &[u8], at: usize) -> Result<usize, Refusal> {
    usize::try_from(u32_at(bytes, at)?).map_err(|_| Refusal::Damaged)
}
