//! Dates as people write them.

use crate::{
    lexicon::{DATE_WORD, MONTH, ORDINAL, OTHER_MONTH, SUFFIX, WEEKDAY},
    tokens::{Token, Tokens},
};

/// A date in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    /// The position behind it.
    pub(super) end: usize,
    /// Whether it names a day; otherwise a month or a year.
    pub(super) has_day: bool,
    pub(super) has_year: bool,
}

/// What may be read as a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// Anywhere: only what can be nothing else.
    Free,
    /// Behind a label: short forms, months and digits without marks too.
    Labelled,
}

/// Returns the date that begins at a position.
pub(super) fn at(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    // Most words begin no date.
    let token = tokens.at(index);
    if !token.is_number() && !token.is(DATE_WORD) {
        return None;
    }
    let mut begin = index;
    while tokens.at(begin).is(WEEKDAY) && begin < index + 2 {
        begin += 1;
        if tokens.at(begin).is_any_mark(",.") {
            begin += 1;
        }
    }
    if tokens.word(begin) == "the" {
        begin += 1;
    }
    let first = tokens.at(begin);
    if first.is_number() {
        return day_and_month(tokens, begin, context)
            .or_else(|| in_figures(tokens, begin, context))
            .or_else(|| compact(tokens, begin, context));
    }
    if is_month(tokens, begin, context) {
        return month_first(tokens, begin, context);
    }
    if first.is(ORDINAL) || matches!(tokens.text(first), "twenty" | "thirty") {
        return in_words(tokens, begin, context);
    }
    None
}

fn is_between(tokens: &Tokens, index: usize, least: u32, most: u32) -> bool {
    tokens
        .value(index)
        .is_some_and(|value| (least..=most).contains(&value))
}

fn is_year(tokens: &Tokens, index: usize) -> bool {
    let length = tokens.at(index).len();
    (length == 4 && is_between(tokens, index, 1850, 2150))
        || (length == 2 && tokens.at(index).is_number())
}

/// Whether a word names a month: behind a label also one of another language, or a Roman number between marks.
fn is_month(tokens: &Tokens, index: usize, context: Context) -> bool {
    let token = tokens.at(index);
    if token.is(MONTH) {
        return true;
    }
    if context == Context::Free || !token.is_word() {
        return false;
    }
    let is_roman = matches!(
        tokens.text(token),
        "i" | "ii" | "iii" | "iv" | "v" | "vi" | "vii" | "viii" | "ix" | "x" | "xi" | "xii"
    );
    token.is(OTHER_MONTH) || (is_roman && tokens.before(index).is_any_mark("./-"))
}

/// Returns the position of what is behind a mark between the parts of a date. Behind nothing at all, `3May`, it is the
/// position itself.
fn behind_mark(tokens: &Tokens, index: usize) -> usize {
    let is_mark = tokens.at(index).is_any_mark("-/.,");
    index + usize::from(is_mark)
}

/// Reads `3 May 1951`, `3rd of May`, `03-MAY-51`, `3May1951`.
fn day_and_month(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    if tokens.at(index).len() > 2 || !is_between(tokens, index, 1, 31) {
        return None;
    }
    let mut at = index + 1;
    at += usize::from(tokens.at(at).is(SUFFIX));
    at += usize::from(matches!(tokens.word(at), "day"));
    at += usize::from(matches!(tokens.word(at), "of" | "de" | "o"));
    at = behind_mark(tokens, at);
    month_and_year(tokens, at, context)
}

/// Reads the month at a position and the year behind it, of a date whose day is known.
fn month_and_year(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    if !is_month(tokens, index, context) {
        return None;
    }
    let month = Date {
        end: index + 1,
        has_day: true,
        has_year: false,
    };
    let mut at = index + 1;
    while tokens.at(at).is_any_mark("-/.,'") && at < index + 3 {
        at += 1;
    }
    at += usize::from(matches!(tokens.word(at), "in" | "of" | "de"));
    // `3 May 20%`, `3 May 20:15`
    let next = tokens.at(at + 1);
    let is_time =
        next.is_mark(':') && tokens.at(at + 2).is_number() && tokens.at(at + 2).is_glued();
    let is_whole = !(next.is_glued() && (next.is_mark('%') || is_time));
    if is_year(tokens, at) && is_whole && !is_count(tokens, at) {
        return Some(Date {
            end: at + 1,
            has_year: true,
            ..month
        });
    }
    Some(month)
}

/// Whether two digits behind a month count something: `on 3 May 12 patients`.
fn is_count(tokens: &Tokens, index: usize) -> bool {
    let is_short = tokens.at(index).len() == 2;
    let is_marked = !tokens.before(index).is_word();
    let next = tokens.at(index + 1);
    is_short
        && !is_marked
        && next.is_word()
        && next.is(crate::lexicon::PEOPLE | crate::lexicon::UNIT)
}

/// Reads `May 3rd, 1951`, and behind a label `May 1951`.
fn month_first(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    let at = behind_mark(tokens, index + 1);
    if tokens.at(at).len() <= 2 && is_between(tokens, at, 1, 31) {
        let mut behind = at + 1;
        behind += usize::from(tokens.at(behind).is(SUFFIX));
        let mut year = behind;
        while tokens.at(year).is_any_mark("-/.,'") && year < behind + 2 {
            year += 1;
        }
        let has_year = is_year(tokens, year) && tokens.at(year).len() == 4;
        return Some(Date {
            end: if has_year { year + 1 } else { behind },
            has_day: true,
            has_year,
        });
    }
    (context == Context::Labelled && is_year(tokens, at)).then_some(Date {
        end: at + 1,
        has_day: false,
        has_year: true,
    })
}

/// Reads `3/5/51`, `1951-05-03`, `3.5.1951`, and behind a label `05/1951`.
fn in_figures(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    let (second, mark) = behind_part(tokens, index, context)?;
    let Some((third, other)) = behind_part(tokens, second, context) else {
        let is_month = is_between(tokens, index, 1, 12)
            && tokens.at(second).len() == 4
            && is_year(tokens, second);
        let is_month = is_month
            || (tokens.at(index).len() == 4
                && is_year(tokens, index)
                && is_between(tokens, second, 1, 12));
        return (context == Context::Labelled && is_month).then_some(Date {
            end: second + 1,
            has_day: false,
            has_year: true,
        });
    };
    if mark != other || tokens.at(second).len() > 2 {
        return None;
    }
    let lengths = (tokens.at(index).len(), tokens.at(third).len());
    let is_day_and_month = |day: usize, month: usize| {
        is_between(tokens, day, 1, 31) && is_between(tokens, month, 1, 12)
    };
    let is_date = match lengths {
        (4, 1 | 2) => is_year(tokens, index) && is_day_and_month(third, second),
        (1 | 2, 4) => {
            is_year(tokens, third)
                && (is_day_and_month(index, second) || is_day_and_month(second, index))
        }
        // `1.2.24` is a version as well.
        (1 | 2, 2) => {
            (context == Context::Labelled || mark == Some('/'))
                && (is_day_and_month(index, second) || is_day_and_month(second, index))
        }
        _ => false,
    };
    let behind = tokens.at(third + 1);
    let goes_on = behind.is_any_mark("-/.") && behind.is_glued() && {
        let next = tokens.at(third + 2);
        next.is_number() && next.is_glued()
    };
    (is_date && !goes_on).then_some(Date {
        end: third + 1,
        has_day: true,
        has_year: true,
    })
}

/// Returns the position of the number behind the one at a position, and the mark between them.
fn behind_part(tokens: &Tokens, index: usize, context: Context) -> Option<(usize, Option<char>)> {
    let next = tokens.at(index + 1);
    let is_number = |index: usize| {
        let token: Token = tokens.at(index);
        token.is_number() && token.len() <= 4
    };
    for mark in ['/', '-', '.', '\\', '_'] {
        if next.is_mark(mark) && is_number(index + 2) {
            return Some((index + 2, Some(mark)));
        }
    }
    (context == Context::Labelled && is_number(index + 1)).then_some((index + 1, None))
}

/// Reads `03051951`, `19510503`, `030551` behind a label.
fn compact(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    let digits = tokens.text(tokens.at(index));
    if context == Context::Free || !matches!(digits.len(), 6 | 8) {
        return None;
    }
    let value = |from: usize, to: usize| {
        digits
            .get(from..to)
            .and_then(|part| part.parse::<u32>().ok())
            .unwrap_or(0)
    };
    let is_day = |day: u32, month: u32| (1..=31).contains(&day) && (1..=12).contains(&month);
    let is_date = if digits.len() == 8 {
        ((1850..=2150).contains(&value(4, 8)) && is_day(value(0, 2), value(2, 4)))
            || ((1850..=2150).contains(&value(0, 4)) && is_day(value(6, 8), value(4, 6)))
    } else {
        is_day(value(0, 2), value(2, 4)) || is_day(value(4, 6), value(2, 4))
    };
    is_date.then_some(Date {
        end: index + 1,
        has_day: true,
        has_year: true,
    })
}

/// Reads `third of May 1951`, `twenty-first May`.
fn in_words(tokens: &Tokens, index: usize, context: Context) -> Option<Date> {
    let mut at = index;
    if matches!(tokens.word(at), "twenty" | "thirty") {
        at += 1 + usize::from(tokens.at(at + 1).is_mark('-'));
    }
    if !tokens.at(at).is(ORDINAL) {
        return None;
    }
    at += 1;
    at += usize::from(tokens.word(at) == "day");
    at += usize::from(tokens.word(at) == "of");
    month_and_year(tokens, at, context)
}
