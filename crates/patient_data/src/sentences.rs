//! Where sentences end.

use crate::{
    lexicon::{MONTH, STAFF_TITLE, TITLE, WEEKDAY},
    tokens::Tokens,
};

/// Returns whether a sentence ends with the token at a position.
pub(crate) fn ends(tokens: &Tokens, index: usize) -> bool {
    let token = tokens.at(index);
    if token.is_word() || token.is_number() {
        return false;
    }
    if token.is_structure() {
        return true;
    }
    let next = tokens.at(index + 1);
    let is_apart = !next.is_glued() || next.is_structure();
    if token.is_any_mark("!?;") {
        return is_apart;
    }
    if !token.is_mark('.') || !is_apart {
        return false;
    }
    // `Mrs. Smith`, `J. Smith`, `no. 7`, `3 Jan. 2024` continue.
    let before = tokens.before(index);
    let word = tokens.text(before);
    let is_short = before.is_word()
        && (before.len() == 1
            || before.is(TITLE | STAFF_TITLE | MONTH | WEEKDAY)
            || matches!(
                word,
                "no" | "nos"
                    | "tel"
                    | "hosp"
                    | "approx"
                    | "yrs"
                    | "yr"
                    | "st"
                    | "mob"
                    | "num"
                    | "ref"
                    | "vs"
                    | "etc"
                    | "pt"
                    | "ext"
            ));
    let goes_on = next.is_word() && !next.is_capitalised();
    !(goes_on || (is_short && !next.is_structure()))
}

/// Returns the position of the first token of the sentence that holds a position, at most `most` tokens before it.
pub(crate) fn begin(tokens: &Tokens, index: usize, most: usize) -> usize {
    let mut at = index;
    while at > 0 && index - at < most && !ends(tokens, at - 1) {
        at -= 1;
    }
    at
}

/// Returns the position behind the last token of the sentence, at most `most` tokens ahead.
pub(crate) fn end(tokens: &Tokens, index: usize, most: usize) -> usize {
    let mut at = index;
    while at - index < most && !ends(tokens, at) {
        at += 1;
    }
    at
}
