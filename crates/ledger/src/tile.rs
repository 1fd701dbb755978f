//! Tiles and entry bundles as C2SP tlog-tiles has them: their paths and their bytes.

use std::fmt;

use crate::limits::BUNDLE_ENTRIES;
use crate::origin::plain_decimal;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TileKind {
    /// A bundle of entries.
    Entries,
    /// Hashes of complete subtrees of 256^level leaves.
    Hashes {
        /// `0..=63`.
        level: u8,
    },
}

/// The path of a tile or bundle: `tile/<level>/<N>[.p/<width>]` or `tile/entries/<N>[.p/<width>]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TilePath {
    /// What it is.
    pub kind: TileKind,
    /// Its number in its level, from 0.
    pub n: u64,
    /// `1..=255` hashes or entries of a partial one; `None` for a full one, of 256.
    pub width: Option<u8>,
}

/// The greatest level (C2SP tlog-tiles).
const MAX_LEVEL: u64 = 63;

impl TilePath {
    /// Returns the path of the entry bundle `n`, of 256 entries or the first `width`.
    #[must_use]
    pub const fn entries(n: u64, width: Option<u8>) -> Self {
        Self {
            kind: TileKind::Entries,
            n,
            width,
        }
    }

    /// Returns the path of the tile `n` of a level, of 256 hashes or the first `width`.
    #[must_use]
    pub const fn hashes(level: u8, n: u64, width: Option<u8>) -> Self {
        Self {
            kind: TileKind::Hashes { level },
            n,
            width,
        }
    }

    /// Reads the path from behind `tile/`; only the one canonical spelling is read.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, rest) = path.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes {
                level: plain_decimal(level)
                    .filter(|level| *level <= MAX_LEVEL)
                    .and_then(|level| u8::try_from(level).ok())?,
            },
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => {
                let width = plain_decimal(width).and_then(|width| u8::try_from(width).ok())?;
                (number, Some(width).filter(|width| *width > 0)?.into())
            }
            None => (rest, None),
        };
        Some(Self {
            kind,
            n: parse_number(number)?,
            width,
        })
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => write!(f, "tile/entries/")?,
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
        }
        f.write_str(&number_path(self.n))?;
        match self.width {
            Some(width) => write!(f, ".p/{width}"),
            None => Ok(()),
        }
    }
}

/// Writes a number as path elements of three digits, all but the last with an `x`: `x001/x234/067`.
#[must_use]
pub fn number_path(n: u64) -> String {
    let mut path = format!("{:03}", n % 1000);
    let mut rest = n / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

/// Reads a number from its path elements; only the one canonical spelling is read.
#[must_use]
pub fn parse_number(path: &str) -> Option<u64> {
    let mut n = 0_u64;
    let mut elements = path.split('/').peekable();
    while let Some(element) = elements.next() {
        let digits = match elements.peek() {
            Some(_) => element.strip_prefix('x')?,
            None => element,
        };
        if digits.len() != 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        n = n.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    (number_path(n) == path).then_some(n)
}

/// Why bytes are no entry bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleFault {
    /// An entry ends beyond the bytes there are.
    #[error("a bundle that ends inside an entry")]
    Truncated,
    /// More than 256 entries.
    #[error("a bundle of more than 256 entries")]
    TooMany,
}

/// Splits a bundle into its entries: each is a 16-bit big-endian length and that number of bytes.
///
/// # Errors
/// [`BundleFault`] when the frames do not end with the bytes, or are more than 256.
pub fn decode_bundle(bytes: &[u8]) -> Result<Vec<&[u8]>, BundleFault> {
    let mut entries = Vec::with_capacity(usize::try_from(BUNDLE_ENTRIES).unwrap_or(256));
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after
            .split_at_checked(length)
            .ok_or(BundleFault::Truncated)?;
        if entries.len() == entries.capacity() {
            return Err(BundleFault::TooMany);
        }
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() {
        Ok(entries)
    } else {
        Err(BundleFault::Truncated)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_canonical_paths_are_read() {
        for (path, kind, n, width) in [
            ("entries/000", TileKind::Entries, 0, None),
            ("0/255", TileKind::Hashes { level: 0 }, 255, None),
            (
                "63/x001/x234/067.p/9",
                TileKind::Hashes { level: 63 },
                1_234_067,
                Some(9),
            ),
            (
                "entries/x018/x446/x744/x073/x709/x551/615.p/255",
                TileKind::Entries,
                u64::MAX,
                Some(255),
            ),
        ] {
            let parsed = TilePath { kind, n, width };
            assert_eq!(TilePath::parse(path), Some(parsed), "{path}");
            assert_eq!(parsed.to_string(), format!("tile/{path}"));
        }
        for path in [
            "",
            "entries",
            "entries/",
            "entries/0",
            "entries/0000",
            "entries/x000/000",
            "entries/x001",
            "entries/001/002",
            "entries/xx01/002",
            "entries/+01",
            "entries/000.p/0",
            "entries/000.p/256",
            "entries/000.p/01",
            "entries/000.p/",
            "entries/000.p",
            "64/000",
            "00/000",
            "-1/000",
            "data/000",
            "entries/x018/x446/x744/x073/x709/x551/616",
            "0/000/",
            "0//000",
        ] {
            assert_eq!(TilePath::parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back(n in any::<u64>()) {
            prop_assert_eq!(parse_number(&number_path(n)), Some(n));
        }

        #[test]
        fn any_path_reads_back_as_it_is_or_not_at_all(path in "(entries|[0-9]{1,2})/(x[0-9]{3}/){0,2}[0-9]{2,4}(\\.p/[0-9]{1,3})?") {
            if let Some(parsed) = TilePath::parse(&path) {
                prop_assert_eq!(parsed.to_string(), format!("tile/{path}"));
            }
        }

        #[test]
        fn any_bytes_split_into_frames_that_are_all_of_them(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            if let Ok(entries) = decode_bundle(&bytes) {
                let whole: Vec<u8> = entries
                    .iter()
                    .flat_map(|entry| {
                        let mut frame = u16::try_from(entry.len()).unwrap().to_be_bytes().to_vec();
                        frame.extend_from_slice(entry);
                        frame
                    })
                    .collect();
                prop_assert_eq!(whole, bytes);
            }
        }
    }
}
