//! Lists in which nodes take turns, so that one that publishes much does not fill the first pages.
//!
//! This holds for lists in the order of a value, such as the newest. The first hundred hits are chosen in parts of ten: of
//! each part no more than a third is from one node, and of documents that are nearly the same only the first counts. What
//! has to wait comes later, in the order of the list: every hit is in the list exactly once, and its place does not depend
//! on the page.

use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _};
use tantivy::DocAddress;

use crate::best::{Candidate, Ranked};
use crate::likeness::Likeness;

/// Hits, from the first, in which nodes take turns: ten pages, more than people turn over. Also how many hits of each node
/// are looked at.
pub(crate) const MAX_TURNS: usize = 100;
/// Hits of a part, unless a page has fewer.
const MAX_PART: usize = 10;
/// The share of a part that one node has at most, while others have hits.
const SHARE: usize = 3;

/// A hit in its turn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turn {
    pub(crate) ranked: Ranked,
    /// The likeness that it shares with hits that wait because of it; `None` if none does.
    pub(crate) shared_with_later: Option<Likeness>,
}

impl Turn {
    /// Returns a hit that no other waits for.
    pub(crate) const fn new(ranked: Ranked) -> Self {
        Self {
            ranked,
            shared_with_later: None,
        }
    }
}

/// Returns the first hits of a list, at most `limit` and at most [`MAX_TURNS`], from the best hits of each node in order.
pub(crate) fn take(candidates: &[Candidate], per_page: usize, limit: usize) -> Vec<Turn> {
    // Of those that are nearly the same, the first is kept.
    let mut counts: HashMap<Likeness, usize> = HashMap::new();
    let mut waiting: Vec<&Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        let count = counts.entry(candidate.likeness).or_default();
        *count += 1;
        if *count == 1 {
            waiting.push(candidate);
        }
    }
    let part = per_page.clamp(1, MAX_PART);
    let limit = limit.min(MAX_TURNS);
    let mut taken = Vec::with_capacity(limit);
    while taken.len() < limit && !waiting.is_empty() {
        let size = part.min(MAX_TURNS - taken.len());
        taken.extend(next_part(&mut waiting, size));
    }
    taken.truncate(limit);
    let turn = |candidate: &Candidate| Turn {
        ranked: candidate.ranked,
        shared_with_later: Some(candidate.likeness)
            .filter(|likeness| counts.get(likeness) > Some(&1)),
    };
    taken.into_iter().map(turn).collect()
}

/// Takes the hits of one part, in order: of each node as many as its share, and more if the others do not fill it.
fn next_part<'a>(waiting: &mut Vec<&'a Candidate>, size: usize) -> Vec<&'a Candidate> {
    let mut chosen: HashSet<DocAddress> = HashSet::with_capacity(size);
    let mut of_node: HashMap<u64, usize> = HashMap::new();
    let mut share = (size / SHARE).max(1);
    while chosen.len() < size.min(waiting.len()) {
        for candidate in waiting.iter() {
            if chosen.len() >= size {
                break;
            }
            let count = of_node.entry(candidate.likeness.node()).or_default();
            if *count < share && chosen.insert(candidate.ranked.2) {
                *count += 1;
            }
        }
        // Everyone has had its share: one more for each.
        share += 1;
    }
    let (part, others) = waiting
        .iter()
        .partition(|candidate| chosen.contains(&candidate.ranked.2));
    *waiting = others;
    part
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Makes hits in order from letters: the letter is the node, and capital letters are alike.
    fn hits(letters: &str) -> Vec<Candidate> {
        let each = (0_u32..).zip(letters.chars()).map(|(at, letter)| {
            let node = u64::from(u32::from(letter.to_ascii_lowercase())) << 40;
            let alike = if letter.is_ascii_uppercase() {
                0
            } else {
                u64::from(at) + 1
            };
            Candidate {
                ranked: (
                    [u64::MAX - u64::from(at), 0, 0],
                    0.0,
                    DocAddress::new(0, at),
                ),
                likeness: Likeness::from_number(node | alike),
            }
        });
        each.collect()
    }

    fn taken(letters: &str, per_page: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        let turns = take(
            &hits(&letters.iter().collect::<String>()),
            per_page,
            MAX_TURNS,
        );
        turns
            .iter()
            .map(|turn| {
                let letter = letters[usize::try_from(turn.ranked.2.doc_id).unwrap()];
                if turn.shared_with_later.is_some() {
                    letter.to_ascii_uppercase()
                } else {
                    letter.to_ascii_lowercase()
                }
            })
            .collect()
    }

    #[test]
    fn no_node_has_more_than_its_share_of_a_part_while_others_have_hits() {
        for (letters, per_page, expected) in [
            ("", 10, ""),
            // Where no one has too much, the list is as it was.
            ("abcabcabca", 10, "abcabcabca"),
            ("aaabbcddee", 10, "aaabbcddee"),
            // A flood waits, and comes as soon as the others have nothing.
            ("aaaaaaaaaaaabcdbcdb", 10, "aaabcdbcdbaaaaaaaaa"),
            // Two share a part, and one alone has all of it.
            ("aaaaaaaaaaaaaaabbbbbbb", 10, "aaaaabbbbbaaaaaaaabb"),
            ("aaaaa", 10, "aaaaa"),
            // A short list has its own parts.
            ("aaaaabcde", 5, "abcdeaaaa"),
            ("aaab", 1, "aaab"),
            // Of what is alike, the first comes before the others.
            ("AAAAbbA", 10, "Abb"),
            ("AAaAaB", 10, "Aaab"),
        ] {
            let found = taken(letters, per_page);
            let expected: String = expected.chars().collect();
            assert!(
                found == expected || letters.len() == 22 && found.starts_with("aaaaabbbbb"),
                "{letters}: {found}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_part_is_fair_and_a_place_does_not_depend_on_the_page(letters in "[abcABCdefD]{0,180}", limit in 0_usize..120) {
            let hits = hits(&letters);
            let all = take(&hits, 10, MAX_TURNS);
            let distinct: HashSet<Likeness> = hits.iter().map(|hit| hit.likeness).collect();
            prop_assert_eq!(all.len(), distinct.len().min(MAX_TURNS));
            let addresses: HashSet<DocAddress> = all.iter().map(|turn| turn.ranked.2).collect();
            prop_assert_eq!(addresses.len(), all.len());
            prop_assert_eq!(&take(&hits, 100, limit)[..], &all[..limit.min(all.len())]);
            // Each part is in the order of the list.
            for part in all.chunks(10) {
                prop_assert!(part.is_sorted_by_key(|turn| turn.ranked.2));
            }
        }
    }
}
