//! The form of a name: a title and a surname, or words with capitals.

use super::Name;
use crate::{
    lexicon::{
        CLINICAL, CONDITION, EVENT, GIVEN_NAME, HAPPENED, MONTH, NO_NAME, PATIENT, STAFF,
        STAFF_TITLE, STATE, SURNAME, TITLE, WEEKDAY,
    },
    tokens::{Gap, Shape, Token, Tokens},
};

/// Returns the name that begins with a title.
pub(super) fn titled(tokens: &Tokens, index: usize) -> Option<Name> {
    let title = tokens.at(index);
    if !title.is(TITLE | STAFF_TITLE) || is_no_title(tokens, index) {
        return None;
    }
    let mut at = index + 1;
    at += usize::from(tokens.at(at).is_mark('.') && tokens.at(at).is_glued());
    // Given names and initials, and then the surname: four words at most.
    let mut end = None;
    for _ in 0..4 {
        let token = tokens.at(at);
        // Where all words are written alike, one surname is the end of the name.
        let is_alike = token.shape == title.shape && token.shape != Shape::Capitalised;
        let goes_on = end.is_none()
            || (token.is_capitalised() && !is_alike)
            || tokens.before(at).is(GIVEN_NAME);
        let is_owner = tokens.text(tokens.before(at)).ends_with("'s");
        if !is_part(tokens, at, title)
            || !goes_on
            || is_owner
            || (end.is_some()
                && token.gap == Gap::Line
                && token.is(SURNAME | GIVEN_NAME)
                && !token.is_capitalised())
        {
            break;
        }
        let mut is_surname = token.len() > 1 && !is_particle(tokens.text(token));
        at += 1;
        if token.len() == 1 {
            at += usize::from(tokens.at(at).is_mark('.'));
        }
        while tokens.at(at).is_any_mark("-")
            && tokens.at(at).is_glued()
            && tokens.at(at + 1).is_word()
            && tokens.at(at + 1).is_glued()
        {
            at += 2;
            // `Al-Hussain`
            is_surname = true;
        }
        if is_surname {
            end = Some(at);
        }
    }
    Some(Name {
        first: index,
        end: end?,
        is_staff_title: !title.is(TITLE),
    })
}

fn is_particle(word: &str) -> bool {
    matches!(
        word,
        "de" | "la"
            | "le"
            | "van"
            | "von"
            | "der"
            | "den"
            | "du"
            | "da"
            | "di"
            | "al"
            | "el"
            | "bin"
            | "ibn"
            | "st"
            | "ter"
            | "dos"
            | "del"
    )
}

/// Whether a word is part of a name: it has a capital, or the title is written small as well.
fn is_part(tokens: &Tokens, index: usize, title: Token) -> bool {
    let token = tokens.at(index);
    if !token.is_word()
        || (token.gap == Gap::None
            && !tokens.before(index).is_mark('.')
            && !tokens.before(index).is_mark('-'))
    {
        return false;
    }
    let word = tokens.text(token);
    let is_initial = token.len() == 1 && token.shape == Shape::Upper;
    // `Mrs May`, but not `MS May 2024`
    let is_month_name = token.is(MONTH)
        && token.len() > 2
        && token.is_capitalised()
        && !tokens.at(index + 1).is_number()
        && title.class & TITLE != 0;
    let is_other = token.is(NO_NAME | MONTH | WEEKDAY) && !is_month_name;
    // `Mr Ellis DNA'd clinic`, `Mrs Ellis COPD`
    let is_said = token.is(CLINICAL | CONDITION | STATE | HAPPENED | EVENT);
    if (is_other || is_said) && !token.is(SURNAME | GIVEN_NAME) && !is_initial {
        return false;
    }
    let is_small = matches!(
        tokens.text(title),
        "mr" | "mrs" | "ms" | "miss" | "dr" | "mx" | "master"
    ) && (title.shape == Shape::Lower || token.is(SURNAME) || word.len() > 3)
        && !token.is(EVENT | STAFF);
    token.is_capitalised()
        || is_particle(word)
        || (is_small
            && (token.is(SURNAME | GIVEN_NAME)
                || matches!(tokens.text(title), "mr" | "mrs" | "ms"))
            && (token.class & !(SURNAME | GIVEN_NAME) == 0 || is_married(tokens, index, title)))
}

/// Whether a word that is a surname and another word is the name behind `mr` or `mrs`: `mrs rose`.
fn is_married(tokens: &Tokens, index: usize, title: Token) -> bool {
    matches!(tokens.text(title), "mr" | "mrs") && tokens.at(index).is(SURNAME)
}

/// Whether a word that can be a title is none here: `MR scan`, `MS Teams`, `200 ms`, `miss a dose`.
fn is_no_title(tokens: &Tokens, index: usize) -> bool {
    let (title, next) = (tokens.at(index), tokens.at(index + 1));
    match tokens.text(title) {
        "mr" | "ms" if title.shape == Shape::Upper => {
            // `MR. PATEL`, `MR E PATEL`
            let is_dot = next.is_mark('.') && next.is_glued();
            let at = index + 1 + usize::from(is_dot);
            let initial = tokens.at(at);
            let is_initial = initial.len() == 1 && initial.shape == Shape::Upper;
            let mark = usize::from(is_initial && tokens.at(at + 1).is_mark('.'));
            let name = tokens.at(at + usize::from(is_initial) + mark);
            name.shape != Shape::Upper || name.len() < 2 || name.is(NO_NAME)
        }
        "miss" | "master" if title.shape == Shape::Lower => {
            !next.is(SURNAME | GIVEN_NAME) || next.class & !(SURNAME | GIVEN_NAME) != 0
        }
        "ms" => title.shape == Shape::Lower && tokens.before(index).is_number(),
        "miss" | "sister" | "nurse" | "father" | "brother" | "lady" | "lord" | "master"
        | "doctor" | "captain" | "major" | "canon" | "imam" | "reverend" | "professor"
        | "matron" | "mister" | "madam" | "sir" | "dame" => !title.is_capitalised(),
        _ => false,
    }
}

/// Returns a name without a title: words with capitals, `least` of them at least.
pub(super) fn untitled(tokens: &Tokens, index: usize, least: usize) -> Option<Name> {
    let mut at = index;
    let mut words = 0;
    let mut end = None;
    while words < 4 {
        let token = tokens.at(at);
        let is_near = at == index || !token.is_glued() || tokens.before(at).is_any_mark(".-,");
        if !token.is_word()
            || !is_near
            || !token.is_capitalised()
            || (token.is(NO_NAME | STAFF | PATIENT | MONTH) && !token.is(SURNAME | GIVEN_NAME))
        {
            break;
        }
        at += 1;
        words += usize::from(token.len() > 1);
        if token.len() > 1 {
            end = Some(at);
        }
        // `Smith, John`, `Anne-Marie`, `J. Smith`
        let mark = tokens.at(at);
        at += usize::from(mark.is_any_mark(".-,") && mark.is_glued() && words < 4);
    }
    let end = end.filter(|_| words >= least)?;
    Some(Name {
        first: index,
        end,
        is_staff_title: false,
    })
}
