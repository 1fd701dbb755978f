//! The kinds of data, each with its grammar.

mod age;
mod birth;
mod condition;
mod count;
mod date;
mod email;
mod hospital;
mod name;
mod nhs;
mod postcode;
mod telephone;

use crate::{
    check::Found,
    finding::{Kind, Severity},
    part::Form,
    tokens::{Token, Tokens},
};

/// Adds what each kind finds.
pub(crate) fn find(tokens: &Tokens, form: Form, found: &mut Vec<Found>) {
    birth::find(tokens, found);
    email::find(tokens, found);
    // Most values of front matter have no number.
    if tokens.has_numbers() {
        nhs::find(tokens, found);
        hospital::find(tokens, found);
        postcode::find(tokens, found);
        telephone::find(tokens, found);
    }
    // Lines of front matter are no sentences; its values are read as well.
    if form != Form::Keys {
        name::find(tokens, found);
        age::find(tokens, found);
        condition::find(tokens, found);
        count::find(tokens, found);
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
