//! Where the words of a text are: runs of letters and digits, terms with a sign inside, and pairs of signs of scripts
//! that write no spaces.

use crate::letters;

/// Words with a sign inside that are kept whole wherever they occur, in lower case.
/// Single letters joined by `&` (`A&E`, `R&D`), `e-` words and codes such as `OPCS-4` follow rules.
const KEPT_WHOLE: [&str; 4] = ["dm+d", "c++", "c#", "24/7"];

/// The place of one word in a text; `next` is where the search for the following word begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) next: usize,
    pub(crate) shape: Shape,
}

impl Word {
    /// Returns whether the word has this one reading only.
    pub(crate) fn is_plain(&self) -> bool {
        self.shape == Shape::Plain
    }
}

/// What a word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Plain,
    /// `e-prescribing`, found as `eprescribing` and as `prescribing`.
    Electronic {
        letters_from: usize,
    },
    /// `OPCS-4`, found as `opcs4` and as `opcs` before `4`.
    Code {
        letters_to: usize,
        digits_from: usize,
    },
}

/// Finds the first word at or after byte `from`.
pub(crate) fn next_word(text: &str, from: usize) -> Option<Word> {
    let start = word_start(text, from)?;
    if let Some(pair) = pair_of_signs(text, start) {
        return Some(pair);
    }
    let end = run_end(text, start);
    let plain = Word {
        start,
        end,
        next: end,
        shape: Shape::Plain,
    };
    let Some(sign) = text.as_bytes().get(end).copied() else {
        return Some(plain);
    };
    // Most words end at one of these, which are in no word.
    if matches!(sign, b' ' | b'\n' | b'.' | b',') {
        return Some(plain);
    }
    let first = text.get(start..end)?;
    let second_from = end + 1;
    let until = |end: usize, shape: Shape| Word {
        start,
        end,
        next: end,
        shape,
    };
    // The sign after the first run of letters and digits decides what the word may be.
    let word = match sign {
        b'-' if first.eq_ignore_ascii_case("e") => electronic_end(text, second_from).map(|end| {
            let letters_from = second_from;
            until(end, Shape::Electronic { letters_from })
        }),
        b'-' if (2..=8).contains(&first.len()) && is_letters(first) => code_end(text, second_from)
            .map(|code_end| {
                let (letters_to, digits_from) = (end, second_from);
                until(
                    code_end,
                    Shape::Code {
                        letters_to,
                        digits_from,
                    },
                )
            }),
        b'&' if first.len() == 1 && is_letters(first) => {
            letter_end(text, second_from).map(|end| until(end, Shape::Plain))
        }
        b'+' | b'#' | b'/' => kept_whole(text, start).map(|end| until(end, Shape::Plain)),
        // A possessive is found without its `s`.
        b'\'' => possessive_end(text, second_from).map(|next| Word { next, ..plain }),
        // The first byte of ’ (E2 80 99), the apostrophe that word processors write.
        0xE2 if text.get(end..)?.starts_with('’') => {
            possessive_end(text, end + '’'.len_utf8()).map(|next| Word { next, ..plain })
        }
        _ => None,
    };
    Some(word.unwrap_or(plain))
}

/// Returns the sign at `start` and the one after it, if they are of a script without spaces; one sign alone where no other
/// is next to it. The next pair begins with the second sign.
fn pair_of_signs(text: &str, start: usize) -> Option<Word> {
    if text.as_bytes().get(start).is_some_and(u8::is_ascii) {
        return None;
    }
    let second = sign_end(text, start)?;
    let (end, next) = match sign_end(text, second) {
        None => (second, second),
        Some(end) if sign_end(text, end).is_some() => (end, second),
        Some(end) => (end, end),
    };
    let shape = Shape::Plain;
    Some(Word {
        start,
        end,
        next,
        shape,
    })
}

/// Returns the end of the sign at `from` with its marks; `None` if there is no sign of a script without spaces.
fn sign_end(text: &str, from: usize) -> Option<usize> {
    let mut chars = text.get(from..)?.chars();
    let first = chars.next().filter(|c| letters::is_sign(*c))?;
    let marks = chars.take_while(|c| letters::is_mark(*c));
    Some(from + first.len_utf8() + marks.map(char::len_utf8).sum::<usize>())
}

/// The letters of a word after `e-`, at least.
pub(crate) const MIN_ELECTRONIC_LETTERS: usize = 3;

/// Returns the end of the letters after `e-`: at least three, and nothing else up to the end of the word.
fn electronic_end(text: &str, from: usize) -> Option<usize> {
    let end = letters_end(text, from);
    (end >= from + MIN_ELECTRONIC_LETTERS && end == run_end(text, from)).then_some(end)
}

/// Returns the end of the digits of a code, as in `OPCS-4`: one to four, and nothing else up to the end of the word.
fn code_end(text: &str, from: usize) -> Option<usize> {
    let end = digits_end(text, from);
    ((1..=4).contains(&(end - from)) && end == run_end(text, from)).then_some(end)
}

/// Returns the end of the one letter after `&`, as in `A&E`.
fn letter_end(text: &str, from: usize) -> Option<usize> {
    let end = letters_end(text, from);
    (end == from + 1 && end == run_end(text, from)).then_some(end)
}

/// Returns the end of the `s` of a possessive that starts at `from`.
fn possessive_end(text: &str, from: usize) -> Option<usize> {
    let end = run_end(text, from);
    text.get(from..end)?
        .eq_ignore_ascii_case("s")
        .then_some(end)
}

/// Returns the end of the listed word that starts at `start` and is followed by no word character.
fn kept_whole(text: &str, start: usize) -> Option<usize> {
    KEPT_WHOLE.iter().find_map(|kept| {
        let end = start + kept.len();
        let same = text.get(start..end)?.eq_ignore_ascii_case(kept);
        (same && run_end(text, end) == end).then_some(end)
    })
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn letters_end(text: &str, from: usize) -> usize {
    span_end(text, from, |c| c.is_ascii_alphabetic())
}

fn digits_end(text: &str, from: usize) -> usize {
    span_end(text, from, |c| c.is_ascii_digit())
}

/// Returns the place of the first letter or digit at or after `from`.
fn word_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..)?;
    let at = bytes
        .iter()
        .position(|byte| !byte.is_ascii() || byte.is_ascii_alphanumeric())?;
    let from = from + at;
    if bytes.get(at).is_some_and(u8::is_ascii) {
        return Some(from);
    }
    Some(from + text.get(from..)?.find(char::is_alphanumeric)?)
}

/// Returns the end of the run of word characters from `from` on; `from` itself where there is none.
pub(crate) fn run_end(text: &str, from: usize) -> usize {
    // Most words are ASCII, and indexing and snippets spend most of their time here.
    let bytes = text.as_bytes().get(from..).unwrap_or_default();
    let ascii = bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric())
        .unwrap_or(bytes.len());
    if bytes.get(ascii).is_none_or(u8::is_ascii) {
        return from + ascii;
    }
    span_end(text, from + ascii, |c| {
        (c.is_alphanumeric() && !letters::is_sign(c)) || letters::is_mark(c)
    })
}

fn span_end(text: &str, from: usize, is_part: impl Fn(char) -> bool) -> usize {
    text.get(from..).map_or(from, |rest| {
        rest.char_indices()
            .find(|(_, c)| !is_part(*c))
            .map_or(text.len(), |(at, _)| from + at)
    })
}

/// Returns the words of `text` in order. Those of a script without spaces overlap.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let word = next_word(text, at)?;
        at = word.next;
        Some(word)
    })
}
