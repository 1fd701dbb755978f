//! Puts two changes of one text together, line by line: what only one person has changed is taken from that person.

use std::time::Duration;

use similar::{DiffOp, TextDiff};

/// Time for each of the two comparisons. After that more lines count as changed than were, and none is lost.
const DEADLINE: Duration = Duration::from_millis(100);

/// What two changes of one text become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The text. Where both have changed the same lines it has both, the saved ones first, each under its label.
    pub text: String,
    /// In how many places both have changed the same lines.
    pub conflicts: usize,
}

/// The lines above each version of what both have changed.
#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    /// Above what is saved.
    pub saved: &'a str,
    /// Above what was typed.
    pub typed: &'a str,
}

/// The line above what was typed, in a text that a person reads.
pub const TYPED_LABEL: &str = "**Yours:**";
const SAVED_START: &str = "**Saved by ";
const LABEL_END: &str = ":**";

/// Returns the line above what this person has saved.
#[must_use]
pub fn saved_label(by: &str) -> String {
    format!("{SAVED_START}{by}{LABEL_END}")
}

/// Returns whether a text still has both versions of something, each under its label.
#[must_use]
pub(crate) fn has_both(text: &str) -> bool {
    let is_saved = |line: &str| line.starts_with(SAVED_START) && line.ends_with(LABEL_END);
    let has = |is_label: &dyn Fn(&str) -> bool| text.lines().any(|line| is_label(line.trim_end()));
    has(&is_saved) && has(&|line| line == TYPED_LABEL)
}

/// Merges what is saved now and what was typed, both made from `base`.
#[must_use]
pub fn merge(base: &str, saved: &str, typed: &str, labels: Labels<'_>) -> Merged {
    let (base, saved, typed) = (lines(base), lines(saved), lines(typed));
    let (in_saved, in_typed) = (places(&base, &saved), places(&base, &typed));
    let mut out: Vec<&str> = Vec::new();
    let mut conflicts = 0;
    let (mut b, mut s, mut t) = (0, 0, 0);
    loop {
        // Step 1: the next line that all three have.
        let next = (b..base.len()).find_map(|index| {
            let saved = in_saved.get(index).copied().flatten()?;
            let typed = in_typed.get(index).copied().flatten()?;
            Some((index, saved, typed))
        });
        let (b_end, s_end, t_end) = next.unwrap_or((base.len(), saved.len(), typed.len()));
        // Step 2: what is before it, from the one who has changed it.
        let part = |lines: &'_ [&'_ str], from: usize, to: usize| {
            lines.get(from..to).unwrap_or_default().join("\n")
        };
        let (was, theirs, mine) = (
            part(&base, b, b_end),
            part(&saved, s, s_end),
            part(&typed, t, t_end),
        );
        let (their_lines, my_lines) = (
            saved.get(s..s_end).unwrap_or_default(),
            typed.get(t..t_end).unwrap_or_default(),
        );
        if mine == was || mine == theirs {
            out.extend(their_lines);
        } else if theirs == was {
            out.extend(my_lines);
        } else {
            conflicts += 1;
            out.push(labels.saved);
            out.extend(their_lines);
            out.push(labels.typed);
            out.extend(my_lines);
        }
        // Step 3: the line itself, and on behind it.
        let Some((index, saved_index, typed_index)) = next else {
            break;
        };
        out.extend(base.get(index));
        (b, s, t) = (index + 1, saved_index + 1, typed_index + 1);
    }
    Merged {
        text: out.join("\n"),
        conflicts,
    }
}

fn lines(text: &str) -> Vec<&str> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split('\n').collect()
}

/// Returns where each line of `base` is in another text, if it is still there.
fn places(base: &[&str], other: &[&str]) -> Vec<Option<usize>> {
    let mut places = vec![None; base.len()];
    let diff = TextDiff::configure()
        .timeout(DEADLINE)
        .diff_slices(base, other);
    for op in diff.ops() {
        let &DiffOp::Equal {
            old_index,
            new_index,
            len,
        } = op
        else {
            continue;
        };
        for step in 0..len {
            if let Some(place) = places.get_mut(old_index + step) {
                *place = Some(new_index + step);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: Labels<'_> = Labels {
        saved: "SAVED",
        typed: "TYPED",
    };

    #[test]
    fn changes_of_different_lines_are_both_kept() {
        for (base, saved, typed, expected, conflicts) in [
            ("a\nb\nc", "a\nb\nC", "A\nb\nc", "A\nb\nC", 0),
            ("a\nb\nc", "a\nb\nc", "a\nX\nb\nc", "a\nX\nb\nc", 0),
            ("a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd", 0),
            ("a", "b", "b", "b", 0),
            ("", "", "x", "x", 0),
            ("a", "b", "c", "SAVED\nb\nTYPED\nc", 1),
            ("", "x", "y", "SAVED\nx\nTYPED\ny", 1),
            (
                "a\nb\nc",
                "a\nX\nc",
                "a\nY\nc",
                "a\nSAVED\nX\nTYPED\nY\nc",
                1,
            ),
            ("a\nb", "", "a\nb\nc", "SAVED\nTYPED\na\nb\nc", 1),
        ] {
            let merged = merge(base, saved, typed, LABELS);
            assert_eq!(
                (merged.text.as_str(), merged.conflicts),
                (expected, conflicts),
                "{base:?}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_that_only_one_has_written_is_lost(
            base in "([a-d]\n){0,6}[a-d]", saved in "([a-d]\n){0,6}[e-h]", typed in "([a-d]\n){0,6}[i-l]"
        ) {
            let merged = merge(&base, &saved, &typed, LABELS).text;
            let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
            proptest::prop_assert!(merged.lines().any(|line| line == last(&saved)));
            proptest::prop_assert!(merged.lines().any(|line| line == last(&typed)));
        }
    }
}
