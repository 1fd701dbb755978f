//! Statements with a repeated part: how often it is written, and the text that this gives.
//!
//! `{…}` in a text is repeated, and each `#` in it is a parameter of its own. Nothing here talks to a database.

use std::{borrow::Cow, fmt::Write as _};

/// Numbers of repetitions, so that a connection prepares few different texts. 256 rows of 24 values stay far below
/// SQLite's 32,766 and PostgreSQL's 65,535 parameters.
const STEPS: [usize; 5] = [256, 64, 16, 4, 1];

/// Returns the greatest step that is not more than what remains; `None` when nothing does.
pub fn step(remaining: usize) -> Option<usize> {
    STEPS.into_iter().find(|step| *step <= remaining)
}

/// Returns the least step that holds all that remains, or the greatest.
pub fn wide(remaining: usize) -> Option<usize> {
    let holds = STEPS.into_iter().rev().find(|step| *step >= remaining);
    (remaining > 0).then(|| holds.unwrap_or(STEPS[0]))
}

/// How the parameters of an expanded statement are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parameters {
    /// `$1`, `$2`, …: the shared values come first.
    Numbered,
    /// `?` for the repeated ones, whose values come first, and `$n` for the shared ones after them. SQLite looks names
    /// up in a list, so that thousands of them would cost more than the rows.
    Anonymous,
}

/// Writes the part between `{` and `}` `times` times, separated by commas, each `#` as the next parameter after the
/// `shared` ones.
pub fn expand(sql: &str, shared: usize, times: usize, parameters: Parameters) -> String {
    let Some((head, rest)) = sql.split_once('{') else {
        return sql.to_owned();
    };
    let (repeated, tail) = rest.split_once('}').unwrap_or((rest, ""));
    let anonymous = parameters == Parameters::Anonymous;
    let shift = if anonymous {
        times * repeated.matches('#').count()
    } else {
        0
    };
    let (head, tail) = (renumber(head, shift), renumber(tail, shift));
    let repeated = renumber(repeated, shift);
    let mut text = String::with_capacity(head.len() + tail.len() + times * (repeated.len() + 24));
    text.push_str(&head);
    let mut parameter = shared;
    for repetition in 0..times {
        if repetition > 0 {
            text.push_str(", ");
        }
        for (position, piece) in repeated.split('#').enumerate() {
            if position > 0 && anonymous {
                text.push('?');
            } else if position > 0 {
                parameter += 1;
                // Writing to a `String` cannot fail.
                let _ = write!(text, "${parameter}");
            }
            text.push_str(piece);
        }
    }
    text.push_str(&tail);
    text
}

/// Adds `shift` to every `$n` of a text.
fn renumber(sql: &str, shift: usize) -> Cow<'_, str> {
    if shift == 0 {
        return Cow::Borrowed(sql);
    }
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(piece.len());
        let (digits, rest) = piece.split_at(end);
        let number: usize = digits.parse().unwrap_or(0);
        let _ = write!(text, "${}{rest}", number + shift);
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repeated_part_is_numbered_after_the_shared_parameters() {
        use Parameters::{Anonymous, Numbered};
        let insert = "INSERT INTO t (a, b, c) VALUES {($1, #, #)} ON CONFLICT DO UPDATE SET a = $2";
        let list = "SELECT a FROM t WHERE b = $1 AND id IN ({#})";
        for (sql, shared, times, parameters, expected) in [
            (
                insert,
                2,
                2,
                Numbered,
                "INSERT INTO t (a, b, c) VALUES ($1, $3, $4), ($1, $5, $6) ON CONFLICT DO UPDATE SET a = $2",
            ),
            (
                insert,
                2,
                2,
                Anonymous,
                "INSERT INTO t (a, b, c) VALUES ($5, ?, ?), ($5, ?, ?) ON CONFLICT DO UPDATE SET a = $6",
            ),
            (
                list,
                1,
                3,
                Numbered,
                "SELECT a FROM t WHERE b = $1 AND id IN ($2, $3, $4)",
            ),
            (
                list,
                1,
                3,
                Anonymous,
                "SELECT a FROM t WHERE b = $4 AND id IN (?, ?, ?)",
            ),
            ("SELECT $1", 1, 9, Anonymous, "SELECT $1"),
        ] {
            assert_eq!(expand(sql, shared, times, parameters), expected);
        }
    }

    #[test]
    fn any_number_of_rows_is_taken_in_known_steps() {
        let mut remaining = 1000;
        let mut taken = Vec::new();
        while let Some(take) = step(remaining) {
            remaining -= take;
            taken.push(take);
        }
        assert_eq!(taken, [256, 256, 256, 64, 64, 64, 16, 16, 4, 4]);
        let widths = [0, 1, 2, 10, 17, 256, 300].map(wide);
        let expected = [0, 1, 4, 16, 64, 256, 256].map(|width| (width > 0).then_some(width));
        assert_eq!(widths, expected);
    }
}
