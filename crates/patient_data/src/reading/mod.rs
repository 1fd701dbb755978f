//! Reads a part into tokens: what a reader sees, and then what only the source shows.
//!
//! Marks of emphasis, tags, links and characters that cannot be seen are passed over, so that they part no number. What
//! they hold besides (the target of a link, attributes, comments) is read as texts of its own. Each character is looked at
//! a bounded number of times.

mod dialects;
mod entity;
mod find;
mod fold;
mod lines;
mod links;
mod marks;
mod reader;
mod table;
mod tag;

use crate::{
    kinds, labels, lexicon,
    part::{Form, Part},
    tokens::Tokens,
};
use fold::Folded;
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

/// Returns the words of a text as they are compared: in small letters, without accents and without what cannot be seen.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars() {
        match fold::any(c) {
            Folded::Letter(c, _) | Folded::Digit(c) | Folded::SmallDigit(c) => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
            Folded::Nothing => {}
            Folded::Space | Folded::Line | Folded::Mark(_) => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Hands the tokens of a part to `each`: those of the text first, then those of what is only in its source. What `tokens`
/// held is lost.
pub(crate) fn read(part: &Part<'_>, tokens: &mut Tokens, mut each: impl FnMut(&Tokens)) {
    let mode = match part.form {
        Form::Markdown => Mode::Markdown,
        Form::Plain => Mode::Plain,
        Form::Rows => Mode::Rows,
        Form::Keys => Mode::Keys,
        Form::Value => Mode::Value,
        Form::FileName => Mode::FileName,
    };
    let mut waiting = vec![Aside {
        from: 0,
        to: part.text.len(),
        mode,
    }];
    for depth in 0..MAX_DEPTH {
        let mut inner = Vec::new();
        for aside in waiting {
            tokens.clear();
            let mut reader = Reader::new(part.text, aside, std::mem::take(tokens));
            if depth == 0 && mode == Mode::Value {
                reader.label(&part.name);
            }
            let (read, found) = reader.run();
            *tokens = read;
            inner.extend(found);
            tokens.classify(lexicon::class);
            labels::mark(tokens);
            if tokens.has_tables() {
                table::add_heads(tokens);
            }
            tokens.set_starts(kinds::begins);
            each(tokens);
        }
        waiting = inner;
        if waiting.is_empty() {
            break;
        }
    }
}
