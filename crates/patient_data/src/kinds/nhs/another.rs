//! Ten digits that are another number, or a part of one: a decimal, a digest, the number of an order or of a page.

use super::MAX_BACK;
use crate::{
    kinds::glued,
    lexicon::{ALIKE_NUMBER, HOSPITAL, NUMBER_WORD, OTHER_NUMBER, PATIENT, PERSON},
    tokens::{Gap, Sort, Token, Tokens},
};

/// Letters and digits in a row that are a digest or a key.
const MIN_DIGEST: usize = 16;

/// Whether a number is a part of the path of an address, or behind its `#`, that speaks of no patient.
pub(super) fn is_number_of_page(tokens: &Tokens, index: usize) -> bool {
    /// Tokens of an address before the number.
    const MAX_ADDRESS: usize = 40;
    // What an advertiser or a shop counts by.
    let counts_visits = tokens.before(index).is_mark('=')
        && matches!(
            tokens.word(index.wrapping_sub(2)),
            "clickid"
                | "campaignid"
                | "campaign"
                | "adid"
                | "orderid"
                | "productid"
                | "itemid"
                | "postid"
                | "videoid"
                | "jobid"
        );
    if !counts_visits && !tokens.before(index).is_any_mark("/#-:") {
        return false;
    }
    let begin = index.saturating_sub(MAX_ADDRESS);
    let address = (begin..index).rev();
    let address: Vec<usize> = address
        .take_while(|at| {
            let token = tokens.at(*at);
            token.in_url && (token.is_glued() || token.is_word())
        })
        .collect();
    let words: Vec<Token> = address.iter().map(|at| tokens.at(*at)).collect();
    // Of a host such as `digital.nhs.uk`, the name says nothing of patients.
    let names_number = |at: usize| tokens.word(at) == "nhs" && tokens.word(at + 2) != "uk";
    // Of a file next to the text, the number is the name.
    let is_absolute = words
        .windows(2)
        .any(|two| two.iter().all(|token| token.is_mark('/')));
    is_absolute
        && !address.iter().any(|at| names_number(*at))
        && !words.iter().any(|token| {
            token.is(PATIENT | HOSPITAL)
                || matches!(
                    tokens.text(*token),
                    "patients"
                        | "record"
                        | "records"
                        | "person"
                        | "persons"
                        | "people"
                        | "demographics"
                        | "ehr"
                )
        })
}

/// Whether the number is part of a digest, a decimal, a DOI, an ISBN of 13 digits, or a telephone number with its country.
pub(super) fn is_within_another(tokens: &Tokens, first: usize, last: usize) -> bool {
    let (before, behind) = (tokens.before(first), tokens.at(last + 1));
    let token = tokens.at(first);
    // Letters on either side, as in a digest.
    let letters_before = before.is_word() && token.is_glued();
    let letters_behind = behind.is_word() && behind.is_glued();
    if (letters_before || letters_behind) && is_digest(tokens, first) {
        return true;
    }
    // Ten digits in a row are a number of their own behind a hyphen: `2024-4505577104`.
    let marks = if first == last { "." } else { ".-" };
    // Digits on the other side of a mark: a decimal, a version, a longer number.
    let joins = |mark: Token, number: Token, marks: &str| {
        mark.is_any_mark(marks) && mark.is_glued() && number.is_number() && number.is_glued()
    };
    // A sheet writes the number `4505577104.0`.
    let fraction = tokens.at(last + 2);
    let is_whole = first == last && tokens.text(fraction).bytes().all(|digit| digit == b'0');
    if behind.is_glued() && joins(behind, fraction, marks) && !is_whole {
        return true;
    }
    let before_mark = first
        .checked_sub(2)
        .map_or(tokens.at(usize::MAX), |index| tokens.at(index));
    if token.is_glued() && before.is_any_mark(marks) && before.is_glued() && before_mark.is_number()
    {
        return true;
    }
    if token.is_glued() && before.is_mark('+') {
        return true;
    }
    // `+1 450 557 7104`
    let is_country = before.is_number() && before.len() <= 3 && before_mark.is_mark('+');
    is_country || is_doi(tokens, first)
}

/// Whether a number is within a long run of letters and digits, or ends a UUID.
fn is_digest(tokens: &Tokens, index: usize) -> bool {
    let is_part = |token: Token| token.is_word() || token.is_number();
    let mut begin = index;
    while begin > 0
        && index - begin < MIN_DIGEST
        && tokens.at(begin).is_glued()
        && is_part(tokens.before(begin))
    {
        begin -= 1;
    }
    let (text, _) = glued(tokens, begin, 2 * MIN_DIGEST, is_part);
    let is_group = |index: Option<usize>| {
        index.is_some_and(|index| {
            let (mark, token) = (tokens.at(index), tokens.before(index));
            mark.is_mark('-') && mark.is_glued() && is_part(token)
        })
    };
    text.starts_with("0x")
        || text.len() >= MIN_DIGEST
        || (text.len() == 12 && is_group(begin.checked_sub(1)))
}

/// Whether a number belongs to `10.1234/…`.
fn is_doi(tokens: &Tokens, index: usize) -> bool {
    /// Tokens of a DOI before the number.
    const MAX_DOI: usize = 40;
    let mut at = index;
    while at > 0 && index - at < MAX_DOI && tokens.at(at).is_glued() {
        at -= 1;
        if tokens.text(tokens.at(at)) == "10"
            && tokens.at(at + 1).is_mark('.')
            && tokens.at(at + 3).is_mark('/')
        {
            return true;
        }
    }
    false
}

/// Whether a SNOMED term follows: `4505577104 |Asthma (disorder)|`, also as the cell of a table.
pub(super) fn is_term(tokens: &Tokens, last: usize) -> bool {
    /// Tokens of a term.
    const MAX_TERM: usize = 16;
    if tokens.at(last + 1).is_mark('|') {
        // `[[4505577104|her page]]` is a link: a term ends with the mark that it begins with.
        return (last + 2..last + MAX_TERM).any(|at| tokens.at(at).is_mark('|'));
    }
    let has_tag = |at: usize| {
        let tag = matches!(
            tokens.word(at + 1),
            "disorder"
                | "finding"
                | "procedure"
                | "situation"
                | "substance"
                | "organism"
                | "event"
                | "product"
                | "qualifier"
                | "observable"
        );
        tag && tokens.at(at).is_mark('(')
    };
    let mut term = (last + 2..last + MAX_TERM).take_while(|at| !tokens.at(*at).is_structure());
    tokens.at(last + 1).sort == Sort::Cell && term.any(has_tag)
}

/// What the name in front of a number says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// The classes of the name.
    pub(super) class: u64,
    /// Whether a line end parts the two, so that it may be the name of something else, or it is called that of a person.
    pub(super) is_parted: bool,
}

/// Returns what the name directly in front of a number says: `order no. 4505577104`. A name in another sentence, in front of
/// a bracket, or with other words between says nothing of the number.
pub(super) fn name_before(tokens: &Tokens, index: usize) -> Named {
    let mut at = index;
    let mut is_parted = false;
    while at > 0 && index - at < MAX_BACK {
        is_parted |= tokens.at(at).gap == Gap::Line && !tokens.before(at).is_structure();
        at -= 1;
        let token = tokens.at(at);
        match token.sort {
            Sort::Mark(':' | '#' | '=' | '"' | '\'' | '|') => {}
            Sort::Mark('-' | '/') if token.is_glued() && tokens.at(at + 1).is_glued() => {}
            // `no. 4505577104`
            Sort::Mark('.') if token.is_glued() && tokens.before(at).is(NUMBER_WORD) => {}
            // `<id extension="4505577104"/>` of HL7.
            Sort::Word if tokens.text(token) == "extension" && tokens.at(at + 1).is_mark('=') => {}
            Sort::Word if token.is(ALIKE_NUMBER | OTHER_NUMBER | PATIENT | HOSPITAL) => {
                // `patient order number`, `hospital invoice`
                let class = token.class | tokens.before(at).class & (PATIENT | HOSPITAL);
                // `her SNOMED 4505577104`
                is_parted |= tokens.before(at).is(PATIENT | PERSON);
                return Named { class, is_parted };
            }
            Sort::Word if names_code(tokens, at) => {
                return Named {
                    class: ALIKE_NUMBER,
                    is_parted,
                };
            }
            Sort::Word if names_meeting(tokens.text(token)) => {
                return Named {
                    class: OTHER_NUMBER,
                    is_parted,
                };
            }
            Sort::Word if token.is(NUMBER_WORD) || is_of_number(tokens, at) => {}
            // ISBN-10, ISBN-13
            Sort::Number if matches!(tokens.text(token), "10" | "13") => {}
            Sort::Number if matches!(tokens.text(token), "978" | "979") => {
                return Named {
                    class: ALIKE_NUMBER,
                    is_parted,
                };
            }
            // The name can be the cell before.
            Sort::Cell if index - at <= 2 => {}
            Sort::Mark(_)
            | Sort::Word
            | Sort::Number
            | Sort::Block
            | Sort::Table
            | Sort::Row
            | Sort::TableEnd
            | Sort::Cell
            | Sort::End => break,
        }
    }
    Named {
        class: 0,
        is_parted,
    }
}

/// Whether a word goes on with the name of a number: `SNOMED CT code`, `the order number is`.
fn is_of_number(tokens: &Tokens, index: usize) -> bool {
    let before = tokens.before(index);
    match tokens.word(index) {
        "code" | "codes" | "ct" | "key" | "concept" => true,
        "is" | "was" => {
            before.is(NUMBER_WORD | ALIKE_NUMBER) || matches!(tokens.text(before), "code" | "key")
        }
        _ => false,
    }
}

/// Whether a word ends `dm+d`, or is another name of its codes, which are those of SNOMED.
pub(crate) fn names_code(tokens: &Tokens, index: usize) -> bool {
    let is_dm_d =
        || tokens.before(index).is_mark('+') && tokens.word(index.wrapping_sub(2)) == "dm";
    match tokens.word(index) {
        "d" => is_dm_d(),
        word => matches!(word, "vmpp" | "ampp" | "vmp" | "vtm"),
    }
}

/// Whether a word names what has a number of many digits and is no patient: a meeting, a photograph.
fn names_meeting(word: &str) -> bool {
    matches!(
        word,
        "meeting"
            | "webinar"
            | "zoom"
            | "photo"
            | "photograph"
            | "image"
            | "smartcard"
            | "card"
            | "staff"
            | "employee"
            | "assignment"
            | "licence"
            | "ubrn"
            | "datix"
            | "serial"
    )
}

/// Whether a number is an amount of money: `£4505577104`, but not `$4505577104$`.
pub(super) fn is_money(tokens: &Tokens, index: usize) -> bool {
    let is_formula = tokens.at(index + 1).is_mark('$');
    tokens.at(index).is_glued() && tokens.before(index).is_any_mark("£$€") && !is_formula
}

/// Whether what is counted follows a number: `4505577104 rows`, `4505577104 pence`.
pub(super) fn is_counted(tokens: &Tokens, last: usize) -> bool {
    matches!(
        tokens.word(last + 1),
        "pence"
            | "pounds"
            | "rows"
            | "bytes"
            | "lines"
            | "hits"
            | "characters"
            | "requests"
            | "transactions"
            | "ms"
    )
}

/// Whether a number is between the groups of a digest: `d5be4c0e-4505577104-d5be4c0e`.
pub(super) fn is_between_digests(tokens: &Tokens, index: usize) -> bool {
    /// Letters and digits of the shortest group.
    const MIN_GROUP: usize = 6;
    let is_part = |token: Token| token.is_word() || token.is_number();
    let is_group = |text: &str| {
        text.len() >= MIN_GROUP
            && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            && text.bytes().any(|byte| byte.is_ascii_digit())
    };
    if !tokens.before(index).is_mark('-') || !tokens.at(index + 1).is_mark('-') {
        return false;
    }
    let Some(end) = index.checked_sub(2) else {
        return false;
    };
    let mut begin = end;
    while begin > 0
        && end - begin < MIN_DIGEST
        && tokens.at(begin).is_glued()
        && is_part(tokens.before(begin))
    {
        begin -= 1;
    }
    let (before, _) = glued(tokens, begin, end + 1 - begin, is_part);
    let (behind, _) = glued(tokens, index + 2, MIN_DIGEST, is_part);
    is_group(&before) && is_group(&behind)
}
