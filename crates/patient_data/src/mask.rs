//! The masked form of a value: its shape, without its letters and digits.

use crate::finding::Kind;

/// Characters of a masked value.
const MAX_MASKED: usize = 24;
/// Shown for a letter or a digit.
const DOT: char = '•';

/// Returns the masked form of what was typed. Letters of the value are shown only where they are not the value: the
/// title in front of a name, the ending of an image.
pub(crate) fn masked(kind: Kind, typed: &str) -> String {
    match kind {
        Kind::PersonName => match typed.split_once(char::is_whitespace) {
            Some((title, rest))
                if title.len() <= 9 && !rest.trim().is_empty() && is_title(title) =>
            {
                format!("{title} {}", dots(rest))
            }
            Some(_) | None => dots(typed),
        },
        Kind::Image => {
            ending(typed).map_or_else(|| "image".to_owned(), |ending| format!("image.{ending}"))
        }
        Kind::NhsNumber
        | Kind::DateOfBirth
        | Kind::HospitalNumber
        | Kind::Postcode
        | Kind::Telephone
        | Kind::EMail
        | Kind::Age
        | Kind::DatedCondition
        | Kind::SmallCount => dots(typed),
    }
}

fn is_title(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    crate::lexicon::is(&word, crate::lexicon::TITLE | crate::lexicon::STAFF_TITLE)
}

/// Returns the ending of a file name that can only be that of a picture.
fn ending(typed: &str) -> Option<&'static str> {
    const ENDINGS: [&str; 8] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp"];
    let typed = typed.to_ascii_lowercase();
    ENDINGS
        .into_iter()
        .find(|ending| typed.contains(&format!(".{ending}")))
}

/// Replaces letters and digits; keeps marks that show the form.
fn dots(typed: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut rest = typed.chars().peekable();
    while let Some(c) = rest.next() {
        if count == MAX_MASKED {
            out.push('…');
            break;
        }
        // An entity is one character, however many digits write it.
        if c == '&'
            && rest
                .peek()
                .is_some_and(|next| *next == '#' || next.is_ascii_alphabetic())
        {
            while rest
                .next_if(|next| *next == '#' || next.is_ascii_alphanumeric())
                .is_some()
            {}
            rest.next_if_eq(&';');
            out.push(DOT);
            count += 1;
            continue;
        }
        let shown = match c {
            c if c.is_alphanumeric() => DOT,
            c if c.is_whitespace() => ' ',
            '-' | '.' | '/' | ':' | ',' | '(' | ')' | '+' | '@' | '\'' => c,
            _ => continue,
        };
        if shown == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        out.push(shown);
        count += 1;
    }
    out.trim_end().to_owned()
}
