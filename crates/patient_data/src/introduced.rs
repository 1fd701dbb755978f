//! Values that words part from their label: `date of birth on the form was …`, `hospital number (verified): …`.

use crate::{
    labels,
    lexicon::{CHANGE, COLUMN, CONNECTION, NUMBER_WORD, PROJECT},
    tokens::{Sort, Token, Tokens},
};

/// Tokens between a label and its value.
const MAX_TOKENS: usize = 16;
/// Words of a phrase that leads to a value without a verb or a mark: `on the old wristband`.
const MAX_PHRASE: usize = 4;

/// What is right before a value and assigns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lead {
    /// A colon, a verb, or the end of a remark.
    Assigned,
    /// Only the words of a place: `on the wristband`.
    Phrase,
}

/// What the words between a label and a value say so far.
struct Between {
    /// Whether what is right before assigns.
    is_assigned: bool,
    /// Whether a colon did, behind which values are listed.
    has_colon: bool,
    words: usize,
}

/// Returns the position of the first value behind a label that words part from it, and what leads to it. A value that is
/// not led to is said of something else: `date of birth checks began on 3 May`.
pub(crate) fn value(
    tokens: &Tokens,
    label_end: usize,
    is_value: impl Fn(usize) -> bool,
) -> Option<(usize, Lead)> {
    let is_phrase = matches!(
        tokens.word(label_end),
        "on" | "in" | "from" | "ending" | "per" | "via" | "at" | "beginning" | "starting"
    );
    let mut between = Between {
        is_assigned: false,
        has_colon: false,
        words: 0,
    };
    for at in label_end..label_end + MAX_TOKENS {
        if at > label_end && is_value(at) {
            if between.is_assigned || between.has_colon {
                return Some((at, Lead::Assigned));
            }
            return (is_phrase && between.words <= MAX_PHRASE).then_some((at, Lead::Phrase));
        }
        // Another label has a value of its own.
        let is_label = at > label_end && between.has_colon && labels::at(tokens, at).is_some();
        if is_label || !between.passes(tokens, at, tokens.at(label_end)) {
            return None;
        }
    }
    None
}

impl Between {
    /// Reads a token between the two; returns whether a value can still follow. `first` is the token behind the label.
    fn passes(&mut self, tokens: &Tokens, at: usize, first: Token) -> bool {
        let token = tokens.at(at);
        match token.sort {
            Sort::Word => return self.passes_word(tokens, at),
            Sort::Mark(':' | '=') => (self.is_assigned, self.has_colon) = (true, true),
            // The end of a remark: `(traced)`, `– checked with family –`.
            Sort::Mark(')') => self.is_assigned = first.is_mark('('),
            Sort::Mark(']') => self.is_assigned = first.is_mark('['),
            Sort::Mark('-') => self.is_assigned = first.is_mark('-') && !token.is_glued(),
            Sort::Mark(',' | '/' | '(' | '[' | '"' | '\'' | '&' | '#' | '|') => {}
            Sort::Mark('.') => return tokens.before(at).is(NUMBER_WORD),
            // `DOB of the patient in bed 4: …`
            Sort::Number if is_bed(tokens, at) => {}
            // Another number comes first.
            Sort::Number
            | Sort::Mark(_)
            | Sort::Block
            | Sort::Table
            | Sort::Row
            | Sort::Cell
            | Sort::TableEnd
            | Sort::End => return false,
        }
        true
    }

    fn passes_word(&mut self, tokens: &Tokens, at: usize) -> bool {
        let token = tokens.at(at);
        let is_known = token.is(CONNECTION | NUMBER_WORD);
        if token.is(CHANGE | PROJECT) && !is_known && !is_place(tokens, at) {
            return false;
        }
        match tokens.text(token) {
            "is" | "was" | "were" | "are" | "as" | "be" | "reads" => self.is_assigned = true,
            "to" | "on" => self.is_assigned = false,
            _ if is_known => self.words += 1,
            _ => {
                self.is_assigned = false;
                self.words += 1;
            }
        }
        true
    }
}

/// Whether a number is that of a bed or of a ward.
fn is_bed(tokens: &Tokens, index: usize) -> bool {
    matches!(
        tokens.word(index.wrapping_sub(1)),
        "bed" | "bay" | "ward" | "room" | "bedspace"
    )
}

/// Returns the position of the first value behind a row of labels and other names of columns, as the text of a PDF has
/// them: `MRN DOB Ward 123456 …`.
pub(crate) fn below_heads(
    tokens: &Tokens,
    label_end: usize,
    is_value: impl Fn(usize) -> bool,
) -> Option<usize> {
    let mut has_head = false;
    for at in label_end..label_end + MAX_TOKENS {
        let token = tokens.at(at);
        if at > label_end && has_head && !token.is_word() && is_value(at) {
            return Some(at);
        }
        let is_head = token.is_label
            || token.is(COLUMN)
            || matches!(
                tokens.text(token),
                "ward" | "bed" | "bay" | "site" | "sex" | "gender" | "consultant" | "of" | "no"
            );
        // Values of the columns before.
        let passes = (token.is_word() && is_head)
            || (has_head && !token.is_word() && (token.is_number() || token.is_any_mark("/-.")))
            || matches!(token.sort, Sort::Block | Sort::Mark('|'));
        has_head |= is_head && token.is_word();
        if !passes {
            return None;
        }
    }
    None
}

/// Whether a word is where a value is, or another thing that is listed with it: `on the form`, `DOB and ward:`.
fn is_place(tokens: &Tokens, index: usize) -> bool {
    if tokens.before(index).is_any_mark("/&") {
        return true;
    }
    matches!(
        tokens.text(tokens.before(index)),
        "the"
            | "a"
            | "an"
            | "our"
            | "this"
            | "that"
            | "old"
            | "new"
            | "his"
            | "her"
            | "their"
            | "and"
    )
}
