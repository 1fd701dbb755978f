//! The difference between two texts, word by word.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// Time for finding a small difference. After that a correct one is returned which may be larger than it need be.
const DEADLINE: Duration = Duration::from_millis(100);
/// Longest run of words that are the same which is shown whole, in characters.
const MAX_SAME: usize = 400;
/// What is shown of a longer run, at its beginning and at its end.
const CONTEXT: usize = 160;

/// Most pieces that are shown; texts that differ more often are shown one after the other.
const MAX_PIECES: usize = 4_000;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// In both texts.
    Same(String),
    /// In the earlier text only.
    Removed(String),
    /// In the later text only.
    Added(String),
    /// A long text in both, left out here.
    LeftOut,
}

/// The pieces of both texts, in order.
pub type Difference = Vec<Piece>;

/// Compares two texts by their words.
#[must_use]
pub fn difference(earlier: &str, later: &str) -> Difference {
    difference_within(DEADLINE, earlier, later)
}

/// Compares two texts by their words, in no more than this time.
#[must_use]
pub fn difference_within(time: Duration, earlier: &str, later: &str) -> Difference {
    let diff = TextDiff::configure()
        .timeout(time.min(DEADLINE))
        .diff_words(earlier, later);
    let mut pieces: Difference = Vec::new();
    for change in diff.iter_all_changes() {
        let text = change.value();
        match (change.tag(), pieces.last_mut()) {
            (ChangeTag::Equal, Some(Piece::Same(held)))
            | (ChangeTag::Delete, Some(Piece::Removed(held)))
            | (ChangeTag::Insert, Some(Piece::Added(held))) => held.push_str(text),
            (ChangeTag::Equal, _) => pieces.push(Piece::Same(text.to_owned())),
            (ChangeTag::Delete, _) => pieces.push(Piece::Removed(text.to_owned())),
            (ChangeTag::Insert, _) => pieces.push(Piece::Added(text.to_owned())),
        }
        if pieces.len() > MAX_PIECES {
            return vec![
                Piece::Removed(earlier.to_owned()),
                Piece::Added(later.to_owned()),
            ];
        }
    }
    let pieces = joined(pieces);
    pieces.into_iter().flat_map(shortened).collect()
}

/// Joins changes with nothing but spaces of one line between them, so that a sentence which was written again reads as one
/// change.
fn joined(pieces: Difference) -> Difference {
    let mut out: Difference = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    let mut between = String::new();
    let flush = |out: &mut Difference, removed: &mut String, added: &mut String| {
        for (text, piece) in [
            (
                std::mem::take(removed),
                Piece::Removed as fn(String) -> Piece,
            ),
            (std::mem::take(added), Piece::Added),
        ] {
            if !text.is_empty() {
                out.push(piece(text));
            }
        }
    };
    for piece in pieces {
        match piece {
            Piece::Removed(text) | Piece::Added(text) if text.is_empty() => {}
            Piece::Removed(text) => {
                let gap = std::mem::take(&mut between);
                removed.push_str(&gap);
                added.push_str(&gap);
                removed.push_str(&text);
            }
            Piece::Added(text) => {
                let gap = std::mem::take(&mut between);
                removed.push_str(&gap);
                added.push_str(&gap);
                added.push_str(&text);
            }
            Piece::Same(text) if is_gap(&text) && !(removed.is_empty() && added.is_empty()) => {
                between = text;
            }
            Piece::Same(_) | Piece::LeftOut => {
                flush(&mut out, &mut removed, &mut added);
                let gap = std::mem::take(&mut between);
                match piece {
                    Piece::Same(text) => out.push(Piece::Same(gap + &text)),
                    other => out.push(other),
                }
            }
        }
    }
    flush(&mut out, &mut removed, &mut added);
    if !between.is_empty() {
        out.push(Piece::Same(between));
    }
    out
}

fn is_gap(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == ' ')
}

/// Leaves the middle of a long run out.
fn shortened(piece: Piece) -> Vec<Piece> {
    let Piece::Same(text) = &piece else {
        return vec![piece];
    };
    let count = text.chars().count();
    if count <= MAX_SAME {
        return vec![piece];
    }
    vec![
        Piece::Same(text.chars().take(CONTEXT).collect()),
        Piece::LeftOut,
        Piece::Same(text.chars().skip(count - CONTEXT).collect()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_and_long_runs_left_out() {
        let pieces = difference("We moved 3 wards.", "We moved 34 wards.");
        let expected = [
            Piece::Same("We moved ".to_owned()),
            Piece::Removed("3".to_owned()),
            Piece::Added("34".to_owned()),
            Piece::Same(" wards.".to_owned()),
        ];
        assert_eq!(pieces, expected);
        let pieces = difference("No one noticed it.", "A night nurse noticed it.");
        let expected = [
            Piece::Removed("No one".to_owned()),
            Piece::Added("A night nurse".to_owned()),
            Piece::Same(" noticed it.".to_owned()),
        ];
        assert_eq!(pieces, expected);
        let long = "word ".repeat(500);
        let pieces = difference(&format!("a {long}"), &format!("b {long}"));
        assert!(pieces.contains(&Piece::LeftOut));
        assert_eq!(difference("", ""), []);
        let many = |word: &str| format!("{word} same ").repeat(MAX_PIECES);
        assert!(difference(&many("a"), &many("b")).len() <= MAX_PIECES);
    }
}
