//! Values that words part from their label: `date of birth on the form was …`, `hospital number (verified): …`.

use crate::{
    labels,
    lexicon::{CHANGE, CONNECTION, NUMBER_WORD, PROJECT},
    tokens::{Sort, Tokens},
};

/// Tokens between a label and its value.
const MAX_TOKENS: usize = 16;
/// Words of a phrase that leads to a value without a verb or a mark: `on the old wristband`.
const MAX_PHRASE: usize = 4;

/// What stands right before a value and assigns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// A colon, a verb, or the end of a remark.
    Assigned,
    /// Only the words of a place: `on the wristband`.
    Phrase,
}

/// Returns the position of the first value behind a label that words part from it, and what leads to it. A value that is
/// not led to is said of something else: `date of birth checks began on 3 May`.
pub(crate) fn value(
    tokens: &Tokens,
    label_end: usize,
    is_value: impl Fn(usize) -> bool,
) -> Option<(usize, Lead)> {
    let remark = tokens.at(label_end);
    let mut words = 0;
    // What assigned last, and whether a colon did, behind which values are listed.
    let (mut is_assigned, mut has_colon) = (false, false);
    let is_phrase = matches!(
        tokens.word(label_end),
        "on" | "in" | "from" | "ending" | "per" | "via" | "at" | "beginning" | "starting"
    );
    for at in label_end..label_end + MAX_TOKENS {
        let token = tokens.at(at);
        if at > label_end && is_value(at) {
            if is_assigned || has_colon {
                return Some((at, Lead::Assigned));
            }
            return (is_phrase && words <= MAX_PHRASE).then_some((at, Lead::Phrase));
        }
        match token.sort {
            Sort::Word
                if token.is(CHANGE | PROJECT)
                    && !token.is(CONNECTION | NUMBER_WORD)
                    && !is_place(tokens, at) =>
            {
                return None;
            }
            Sort::Word
                if matches!(
                    tokens.text(token),
                    "is" | "was" | "were" | "are" | "as" | "to" | "reads"
                ) =>
            {
                is_assigned = tokens.text(token) != "to";
            }
            Sort::Word if token.is(CONNECTION) && tokens.text(token) != "on" => words += 1,
            Sort::Word => {
                is_assigned = false;
                words += 1;
            }
            Sort::Mark(':' | '=') => (is_assigned, has_colon) = (true, true),
            // The end of a remark: `(traced)`, `– checked with family –`.
            Sort::Mark(mark @ (')' | ']')) => {
                let opening = if mark == ')' { '(' } else { '[' };
                is_assigned = remark.is_mark(opening);
            }
            Sort::Mark('-') => {
                is_assigned = at > label_end && remark.is_mark('-') && !token.is_glued()
            }
            Sort::Mark(',' | '/' | '(' | '[' | '"' | '\'' | '&' | '#' | '|') => {}
            Sort::Mark('.') if tokens.before(at).is(NUMBER_WORD) => {}
            // Another number comes first.
            Sort::Number | Sort::Mark(_) => return None,
            Sort::Block | Sort::Table | Sort::Row | Sort::Cell | Sort::TableEnd | Sort::End => {
                return None;
            }
        }
        // Another label has a value of its own.
        if at > label_end && token.is_label && labels::at(tokens, at).is_some() && has_colon {
            return None;
        }
    }
    None
}

/// Whether a word is where a value stands: `on the form`, `in our register`.
fn is_place(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.text(tokens.before(index)),
        "the" | "a" | "an" | "our" | "this" | "that" | "old" | "new" | "his" | "her" | "their"
    )
}
