//! Personal telephone numbers (Ofcom, National Telephone Numbering Plan): mobile numbers always, others unless the words
//! around them say that they are those of a service.

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{
        ALIKE_NUMBER, HEAD_HOSPITAL, HEAD_NHS, OTHER_NUMBER, PHONE, RELATIVE, SERVICE, TITLE,
    },
    sentences,
    tokens::{Shape, Token, Tokens},
};

/// Digits of a number with its 0, without its country.
const MIN_DIGITS: usize = 10;
const MAX_DIGITS: usize = 11;
/// Digits of a number of another country, with its country.
const MAX_FOREIGN: usize = 15;
/// Groups of digits that people write.
const MAX_GROUPS: usize = 7;
/// Tokens around a number that say whose it is.
const MAX_CONTEXT: usize = 24;

/// A number: its digits with their 0, and the position behind it.
struct Number {
    digits: String,
    first: usize,
    end: usize,
    is_foreign: bool,
    /// Digits of the groups.
    groups: Vec<usize>,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        next = index + 1;
        if let Some(number) = at(tokens, index) {
            if is_personal(tokens, &number) {
                let (first, last) = (tokens.at(number.first), tokens.at(number.end - 1));
                found.push(between(Kind::Telephone, Severity::Warn, first, last));
            }
            next = number.end;
        }
    }
}

/// Returns the number that begins at a position.
fn at(tokens: &Tokens, index: usize) -> Option<Number> {
    let token = tokens.at(index);
    if token.is_mark('+') {
        return with_country(tokens, index, index + 1);
    }
    if token.is_mark('(') && tokens.at(index + 1).is_mark('+') {
        return with_country(tokens, index, index + 2);
    }
    let before = tokens.before(index);
    let is_begin = token.is_number() && !is_joined(tokens, index) && !before.is_mark('+');
    if !is_begin {
        return None;
    }
    let text = tokens.text(token);
    // `0044 7700 900123`, `00 44 7700 900123`
    let is_apart = text == "00" && tokens.text(tokens.at(index + 1)).starts_with("44");
    if text.starts_with("0044") || is_apart {
        return with_country(tokens, index, index);
    }
    // `44 7700 900123` behind a plus that was read as the mark of an item.
    if text == "44" && before.is_structure() {
        let number = with_country(tokens, index, index);
        return number.filter(|number| number.digits.starts_with("07"));
    }
    // `447700900123` without its plus.
    if text.starts_with("447") && text.len() == 12 {
        return with_country(tokens, index, index);
    }
    text.starts_with('0').then(|| national(tokens, index))?
}

/// Whether digits or letters are right before a position, or digits behind a mark: a longer number, a decimal.
fn is_joined(tokens: &Tokens, index: usize) -> bool {
    let (token, before) = (tokens.at(index), tokens.before(index));
    if !token.is_glued() {
        return false;
    }
    let behind_number = index.checked_sub(2).is_some_and(|at| {
        before.is_glued() && (tokens.at(at).is_number() || tokens.at(at).is_word())
    });
    before.is_number()
        || (before.is_word() && !before.is(PHONE))
        || (before.is_any_mark(".-_") && behind_number)
}

/// Returns groups of digits with separators between them, until `most` digits are read or they end.
fn groups(tokens: &Tokens, index: usize, most: usize) -> (String, Vec<usize>, usize) {
    let (mut digits, mut lengths, mut at, mut end) = (String::new(), Vec::new(), index, index);
    while lengths.len() < MAX_GROUPS && digits.len() < most {
        let token = tokens.at(at);
        if !token.is_number() || digits.len() + token.len() > most {
            break;
        }
        digits.push_str(tokens.text(token));
        lengths.push(token.len());
        at += 1;
        end = at;
        // `07700 900-123`, `(0113) 496 0123`, `0113 / 4960123`
        let marks = (at..at + 2)
            .take_while(|at| tokens.at(*at).is_any_mark("-./()_"))
            .count();
        at += marks;
    }
    (digits, lengths, end)
}

fn is_end(tokens: &Tokens, end: usize) -> bool {
    let next = tokens.at(end);
    if !next.is_glued() || next.is_structure() {
        // A further group belongs to a longer number.
        return !(next.is_number()
            && next.len() >= 3
            && !next.is_structure()
            && next.gap == crate::tokens::Gap::Space
            && tokens.at(end).len() >= 3);
    }
    let goes_on =
        next.is_any_mark("-._") && tokens.at(end + 1).is_number() && tokens.at(end + 1).is_glued();
    !(next.is_number() || goes_on || (next.is_word() && next.len() > 1) || next.is_mark('%'))
}

/// Reads `0113 496 0123`, `(01632) 960123`, `07700 900123`.
fn national(tokens: &Tokens, index: usize) -> Option<Number> {
    let (digits, groups, end) = groups(tokens, index, MAX_DIGITS);
    let is_number = (MIN_DIGITS..=MAX_DIGITS).contains(&digits.len())
        && digits
            .get(1..2)
            .is_some_and(|second| "12378".contains(second))
        && is_end(tokens, end);
    if !is_number {
        return None;
    }
    // A mobile number has 11 digits, and so do those of large towns and of services.
    // `0.7.1 (2024-12-15)` is a version.
    let is_version = groups.first() == Some(&1) && tokens.at(index + 1).is_mark('.');
    let has_eleven =
        digits.len() == MAX_DIGITS || digits.starts_with("01") || digits.starts_with("0800");
    // The first group is an area, the whole number, or the 0 of a mobile number.
    let is_area = groups.first().is_some_and(|first| *first >= 3) || groups.len() >= 4;
    let opening = tokens.before(index).is_mark('(');
    (has_eleven && is_area && !is_version).then_some(Number {
        digits,
        first: if opening { index - 1 } else { index },
        end,
        is_foreign: false,
        groups,
    })
}

/// Reads `+44 7700 900123`, `+44 (0)113 496 0123`, `0044…`, and numbers of other countries.
fn with_country(tokens: &Tokens, first: usize, index: usize) -> Option<Number> {
    if !tokens.at(index).is_number() || (first < index && is_joined(tokens, first)) {
        return None;
    }
    let (digits, groups, end) = groups(tokens, index, MAX_FOREIGN + 2);
    if !is_end(tokens, end) {
        return None;
    }
    let country = digits.strip_prefix("00").unwrap_or(&digits);
    if let Some(rest) = country.strip_prefix("44") {
        let rest = rest.strip_prefix('0').unwrap_or(rest);
        let is_number = (MIN_DIGITS - 1..MAX_DIGITS).contains(&rest.len())
            && rest.starts_with(['1', '2', '3', '7', '8']);
        return is_number.then(|| Number {
            digits: format!("0{rest}"),
            first,
            end,
            is_foreign: false,
            groups,
        });
    }
    let is_number = tokens.at(first).is_mark('+')
        && (MIN_DIGITS..=MAX_FOREIGN).contains(&digits.len())
        && !digits.starts_with('0')
        && (groups.len() > 1
            || tokens.at(first).head & PHONE != 0
            || tokens.before(first).is(PHONE)
            || tokens.before(first).is_mark(':'));
    is_number.then_some(Number {
        digits,
        first,
        end,
        is_foreign: true,
        groups,
    })
}

fn is_personal(tokens: &Tokens, number: &Number) -> bool {
    let (first, digits) = (number.first, number.digits.as_str());
    let token = tokens.at(first);
    if token.head & (HEAD_NHS | HEAD_HOSPITAL) != 0 || is_other_number(tokens, first) {
        return false;
    }
    if digits.starts_with("07") && !number.is_foreign {
        return digits.len() == MAX_DIGITS;
    }
    // 03, 0500, 080, 084, 087: services pay for them.
    if !number.is_foreign && !digits.starts_with("01") && !digits.starts_with("02") {
        return false;
    }
    if number.groups.len() == 1
        && digits.len() == MIN_DIGITS
        && token.head & PHONE == 0
        && !has_label(tokens, first)
    {
        return false;
    }
    let whose = whose(tokens, number);
    whose == Some(true)
}

/// Whether an order number or the like is named right before a position.
fn is_other_number(tokens: &Tokens, index: usize) -> bool {
    let begin = index.saturating_sub(4);
    let named = (begin..index)
        .rev()
        .map(|at| tokens.at(at))
        .find(|token| token.is_word() && !token.is(crate::lexicon::NUMBER_WORD));
    let head = tokens.at(index).head;
    let is_other = |class: u64| class & OTHER_NUMBER != 0 && class & (PHONE | ALIKE_NUMBER) == 0;
    named.is_some_and(|token| is_other(token.class)) || (head != 0 && is_other(head))
}

/// Whether a word for a telephone is near before a position.
fn has_label(tokens: &Tokens, index: usize) -> bool {
    (index.saturating_sub(6)..index).any(|at| {
        let token = tokens.at(at);
        token.is(PHONE) && token.len() > 2
    })
}

/// Whether a letter means a telephone: `H: 01632 960123`.
fn has_letter(tokens: &Tokens, index: usize) -> bool {
    let letter = tokens.at(index.wrapping_sub(2));
    let is_letter =
        matches!(tokens.text(letter), "h" | "t" | "m" | "w") && letter.shape == Shape::Upper;
    tokens.before(index).is_mark(':') && is_letter
}

/// Returns whose a number is, by the nearest word that says so: `true` for a person or an unnamed telephone, `false` for a
/// service, `None` if nothing says that it is a telephone number.
fn whose(tokens: &Tokens, number: &Number) -> Option<bool> {
    let begin = sentences::begin(tokens, number.first, MAX_CONTEXT);
    // The label can be the cell or the line before.
    let begin = if tokens.before(begin).is_structure() && number.first - begin <= 1 {
        sentences::begin(tokens, begin.saturating_sub(1), MAX_CONTEXT / 2)
    } else {
        begin
    };
    let end = sentences::end(tokens, number.end, MAX_CONTEXT / 2);
    let mut nearest: Option<(usize, bool)> = None;
    let mut is_phone = number.is_foreign || has_letter(tokens, number.first);
    let mut look = |distance: usize, token: Token, is_behind: bool| {
        is_phone |= token.is(PHONE);
        let is_person = token.is(RELATIVE | TITLE);
        let is_service = token.is(SERVICE);
        // What follows a number says whose it is only if it is right behind it.
        let distance = if is_behind { distance * 2 } else { distance };
        if (is_person || is_service) && nearest.is_none_or(|(least, _)| distance < least) {
            nearest = Some((distance, is_person));
        }
    };
    for at in (begin..number.first).rev() {
        look(number.first - at, tokens.at(at), false);
    }
    for at in number.end..end {
        look(at + 1 - number.end, tokens.at(at), true);
    }
    let head = tokens.at(number.first).head;
    if head & (RELATIVE | PHONE) != 0 {
        is_phone = true;
    }
    match nearest {
        Some((_, is_person)) => Some(is_person),
        None if head & RELATIVE != 0 => Some(true),
        None if head & SERVICE != 0 => Some(false),
        None => is_phone.then_some(true),
    }
}
