//! Reads a part into tokens: what a reader sees, and then what only the source shows.
//!
//! Marks of emphasis, tags, links and characters that cannot be seen are passed over, so that they part no number. What
//! they hold besides (the target of a link, attributes, comments) is read as texts of its own. Each character is looked at
//! a bounded number of times.

mod entity;
mod find;
mod fold;
mod lines;
mod links;
mod reader;
mod table;
mod tag;

use crate::{
    labels, lexicon,
    part::{Form, Part},
    tokens::Tokens,
};
use reader::{Mode, Reader};

/// Texts within texts: a comment in an attribute of a tag in a comment.
const MAX_DEPTH: usize = 4;

/// A text that is not part of what a reader sees, by its bytes.
#[derive(Debug, Clone, Copy)]
struct Aside {
    from: usize,
    to: usize,
    mode: Mode,
}

/// Returns the tokens of a part: those of the text first, then those of what is only in its source.
pub(crate) fn read(part: &Part<'_>) -> Vec<Tokens> {
    let mode = match part.form {
        Form::Markdown => Mode::Markdown,
        Form::Plain => Mode::Plain,
        Form::Rows => Mode::Rows,
        Form::Keys => Mode::Keys,
        Form::Value => Mode::Value,
        Form::FileName => Mode::FileName,
    };
    let mut read = Vec::new();
    let mut waiting = vec![Aside {
        from: 0,
        to: part.text.len(),
        mode,
    }];
    for depth in 0..MAX_DEPTH {
        let mut inner = Vec::new();
        for aside in waiting {
            let mut reader = Reader::new(part.text, aside);
            if depth == 0 && mode == Mode::Value {
                reader.label(&part.name);
            }
            let (mut tokens, found) = reader.run();
            inner.extend(found);
            tokens.classify(lexicon::class);
            labels::mark(&mut tokens);
            table::add_heads(&mut tokens);
            read.push(tokens);
        }
        waiting = inner;
        if waiting.is_empty() {
            break;
        }
    }
    read
}
