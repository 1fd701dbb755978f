//! Which documents of one node are nearly the same: they have the same *likeness*, one number.
//!
//! It is made of two min-hashes: of all runs of a few words in title and text, the run with the smallest hash, by two hash
//! functions. Two texts share one of them about as often as they share runs of words, so texts that share nine runs in ten
//! nearly always have one likeness, and texts that share a footer do not. Figures do not count: `Report 1` to
//! `Report 900` are alike if their texts are.

use std::fmt;

use crate::entry::Key;

/// Words of a run: long enough that two texts on one subject share few, short enough that a changed word leaves most.
const RUN_WORDS: usize = 4;
/// Bytes of a text that are read: documents that begin with this many equal words look alike to readers of a list.
const MAX_BYTES: usize = 8 << 10;
/// Bits that hold the hash; those above them hold the number of the node.
const HASH_BITS: u32 = 40;
/// Digits of a written likeness.
const DIGITS: usize = 16;

/// The start and the multiplier of FNV-1a, 64 bits.
const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0100_0000_01B3;
/// Odd multipliers without a pattern (from SplitMix64), one for each min-hash.
const MULTIPLIERS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9];

/// What documents of one node share if they are nearly the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Likeness(u64);

impl Likeness {
    /// Returns the likeness of a document.
    pub(crate) fn new(key: &Key, title: &str, text: &str) -> Self {
        // Numbers of nodes count from 1 in each database, so they fit.
        let node = u64::try_from(key.node_seq).unwrap_or_default() << HASH_BITS;
        Self(node | smallest_runs(title, text) >> (u64::BITS - HASH_BITS))
    }

    /// Returns the likeness that the index holds as a number.
    pub(crate) const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Returns the number that the index holds.
    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    /// Returns the number of the node whose documents share it.
    pub(crate) const fn node(self) -> u64 {
        self.0 >> HASH_BITS
    }

    /// Reads what `Display` writes: 16 hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_digits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok()?;
        is_digits.then_some(Self(number))
    }
}

impl fmt::Display for Likeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$x}", self.0, width = DIGITS)
    }
}

/// Returns one number of the two runs of words with the smallest hashes.
fn smallest_runs(title: &str, text: &str) -> u64 {
    let mut runs = Runs::default();
    for part in [title, text] {
        let bytes = part.as_bytes();
        let bytes = bytes.get(..MAX_BYTES).unwrap_or(bytes);
        let mut word = OFFSET;
        for byte in bytes.iter().copied().chain([b' ']) {
            match byte.to_ascii_lowercase() {
                // Letters beyond ASCII are bytes from 0x80 on.
                letter @ (b'a'..=b'z' | 0x80..) => {
                    word = (word ^ u64::from(letter)).wrapping_mul(PRIME);
                }
                b'0'..=b'9' => {}
                _ if word == OFFSET => {}
                _ => {
                    runs.add(word);
                    word = OFFSET;
                }
            }
        }
    }
    runs.number()
}

/// The runs of words that were read so far.
#[derive(Default)]
struct Runs {
    last: [u64; RUN_WORDS],
    words: usize,
    smallest: Option<[u64; 2]>,
}

impl Runs {
    fn add(&mut self, word: u64) {
        self.last.rotate_left(1);
        if let Some(last) = self.last.last_mut() {
            *last = word;
        }
        self.words += 1;
        if self.words >= RUN_WORDS {
            let hashes = MULTIPLIERS.map(|multiplier| mixed(&self.last, multiplier));
            let known = self.smallest.unwrap_or(hashes);
            let [(a, b), (c, d)] = [(known[0], hashes[0]), (known[1], hashes[1])];
            self.smallest = Some([a.min(b), c.min(d)]);
        }
    }

    fn number(&self) -> u64 {
        // A text of fewer words is one run.
        let whole = || MULTIPLIERS.map(|multiplier| mixed(&self.last, multiplier));
        mixed(&self.smallest.unwrap_or_else(whole), MULTIPLIERS[0])
    }
}

/// Returns a hash whose highest bits depend on every number.
fn mixed(numbers: &[u64], multiplier: u64) -> u64 {
    let hash = numbers.iter().fold(OFFSET, |hash, number| {
        let hash = (hash ^ number).wrapping_mul(multiplier);
        hash ^ hash >> 32
    });
    hash.wrapping_mul(multiplier)
}

#[cfg(test)]
mod tests {
    use wire::{DocumentId, Timestamp};

    use super::*;

    fn likeness(node_seq: i64, title: &str, text: &str) -> Likeness {
        let id = DocumentId::generate(Timestamp::from_secs(1), [7; 10]);
        Likeness::new(&Key { node_seq, id }, title, text)
    }

    /// Returns a text of words that no other number has.
    fn prose(number: usize, words: usize) -> String {
        let letter = |at: usize| char::from(b'a' + u8::try_from(at % 26).unwrap());
        let word = |at: usize| -> String {
            let mut seed = number.wrapping_mul(7_919) + at * 104_729 + 13;
            (0..7)
                .map(|_| {
                    seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345) % (1 << 31);
                    letter(seed / 65_536)
                })
                .chain([' '])
                .collect()
        };
        (0..words).map(word).collect()
    }

    #[test]
    fn nearly_the_same_documents_of_one_node_are_alike_and_others_are_not() {
        let long = "Staff lost ten minutes at each handover because the list was on paper. ";
        for (one, other, alike) in [
            (("Ward 1", long), ("Ward 2", long), true),
            (
                ("WARD", "One two, three four!"),
                ("ward", "one  two three 7 four"),
                true,
            ),
            (
                ("Overview", "How to begin with rosters here"),
                ("Overview", "What bed boards cost us"),
                false,
            ),
            (("A", ""), ("B", ""), false),
            (("A 1", ""), ("A 2", ""), true),
            (("é", ""), ("è", ""), false),
            (("", ""), ("", ""), true),
        ] {
            let of = |(title, text): (&str, &str)| likeness(1, title, text);
            assert_eq!(of(one) == of(other), alike, "{one:?} {other:?}");
        }
        assert_ne!(likeness(1, "A", ""), likeness(2, "A", ""));
        assert_eq!(likeness(7, "A", "b c").node(), 7);
    }

    #[test]
    fn most_copies_with_a_changed_word_are_alike_and_a_shared_footer_makes_none_alike() {
        let text = prose(1, 300);
        let first = likeness(1, "Title", &text);
        let copies = (0..100).filter(|at| {
            let words = text.split(' ').enumerate();
            let words = words.map(|(place, word)| if place == at * 3 { "changed" } else { word });
            likeness(1, "Title", &words.collect::<Vec<_>>().join(" ")) == first
        });
        assert!(copies.count() >= 90);
        // Three hundred texts that end with the same fifty words.
        let footer = prose(0, 50);
        let mut seen: Vec<Likeness> = (1..=300)
            .map(|number| likeness(1, "Title", &(prose(number, 250) + &footer)))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert!(seen.len() >= 285, "{}", seen.len());
    }

    #[test]
    fn a_likeness_reads_back_and_nothing_else_is_one() {
        let known = likeness(3, "A", "b");
        assert_eq!(Likeness::parse(&known.to_string()), Some(known));
        for wrong in [
            "",
            "1",
            "+000000000000001",
            "000000000000000g",
            "0000000000000001 ",
            "00000000000000001",
        ] {
            assert_eq!(Likeness::parse(wrong), None, "{wrong}");
        }
    }
}
