//! The kinds of data, each with its grammar.

mod age;
mod birth;
mod condition;
mod count;
mod date;
mod email;
mod hospital;
mod message;
mod name;
mod nhs;
mod postcode;
mod telephone;

pub(crate) use nhs::names_code;

use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{
        BEGIN, HEAD_BIRTH, HEAD_BORN, HEAD_HOSPITAL, HEAD_NAME, HEAD_NHS, MONTH, NINETY,
        OTHER_MONTH, PATIENT, STAFF_TITLE, TITLE,
    },
    part::Form,
    tokens::{Sort, Token, Tokens},
};

/// Words that something can begin with.
const STARTS: u64 = TITLE | STAFF_TITLE | PATIENT | MONTH | OTHER_MONTH | NINETY | BEGIN;
/// What the head of a column says of values below it.
const HEADS: u64 = HEAD_NHS | HEAD_BIRTH | HEAD_BORN | HEAD_HOSPITAL | HEAD_NAME;

/// Whether a token can be the first one of anything, or the one by which it is recognised, with the token behind it.
pub(crate) fn begins(token: &Token, next: &Token) -> bool {
    match token.sort {
        Sort::Number => true,
        Sort::Mark(mark) => matches!(mark, '@' | '+' | '('),
        // A name, a label or an age; a cell below a label; the area of a postcode.
        Sort::Word => {
            token.is_label
                || token.is(STARTS)
                || token.head & (HEADS | PATIENT) != 0
                || (token.len() <= 2 && next.is_number() && next.is_glued())
        }
        Sort::Block | Sort::Table | Sort::Row | Sort::Cell | Sort::TableEnd | Sort::End => false,
    }
}

/// Adds what each kind finds.
pub(crate) fn find(tokens: &Tokens, form: Form, found: &mut Vec<Found>) {
    birth::find(tokens, found);
    email::find(tokens, found);
    // Most values of front matter have no number.
    if tokens.has_numbers() {
        nhs::find(tokens, found);
        hospital::find(tokens, found);
        message::find(tokens, found);
        postcode::find(tokens, found);
        telephone::find(tokens, found);
    }
    // Lines of front matter are no sentences; its values are read as well.
    if form != Form::Keys {
        name::find(tokens, found);
        age::find(tokens, found);
        condition::find(tokens, found);
        if tokens.has_tables() {
            count::find(tokens, found);
        }
    }
    let images = tokens.images.iter().filter(|_| form != Form::Plain);
    found.extend(images.map(|(from, to)| Found {
        kind: Kind::Image,
        severity: Severity::Warn,
        from: *from,
        to: *to,
    }));
}

/// Returns a finding from one token to another.
fn between(kind: Kind, severity: Severity, first: Token, last: Token) -> Found {
    Found {
        kind,
        severity,
        from: first.from,
        to: last.to,
    }
}

/// Returns the text of tokens that are glued together from a position on, and the position behind them.
fn glued(
    tokens: &Tokens,
    index: usize,
    most: usize,
    passes: impl Fn(Token) -> bool,
) -> (String, usize) {
    let mut text = String::new();
    let mut at = index;
    while at < index + most {
        let token = tokens.at(at);
        if !passes(token) || (at > index && !token.is_glued()) {
            break;
        }
        text.push_str(tokens.text(token));
        at += 1;
    }
    (text, at)
}
