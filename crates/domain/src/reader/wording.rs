//! The words of the faults that the reader reports.

use std::ops::RangeInclusive;

use metadata::value::Value;

use crate::vocabulary::Term;

/// Vocabularies up to this size are listed in a message.
const LISTED_TERMS: usize = 16;

/// Writes a path for people: `measures[0].unit`.
pub(crate) fn shown(path: &[String]) -> String {
    let mut out = String::new();
    for part in path {
        if !out.is_empty() && !part.starts_with('[') {
            out.push('.');
        }
        out.push_str(part);
    }
    out
}

/// Quotes the beginning of a text.
pub(crate) fn quote(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    format!("`{short}`")
}

/// Writes a number of characters.
pub(crate) fn characters(count: usize) -> String {
    if count == 1 {
        "1 character".to_owned()
    } else {
        format!("{count} characters")
    }
}

/// Writes how long a text may be.
pub(crate) fn span(chars: &RangeInclusive<usize>) -> String {
    match (*chars.start(), *chars.end()) {
        (0 | 1, max) => format!("at most {max}"),
        (min, max) => format!("{min} to {max}"),
    }
}

/// Says which values a vocabulary has.
pub(crate) fn choice<T: Term>() -> String {
    if T::ALL.len() > LISTED_TERMS {
        return "values from the list in the documentation".to_owned();
    }
    let all: Vec<&str> = T::ALL.iter().map(|term| term.as_str()).collect();
    format!("one of {}", all.join(", "))
}

/// Says that a value is not in the vocabulary, and which one may have been meant.
pub(crate) fn unknown_term<T: Term>(name: &str, value: &Value) -> String {
    let Some(text) = value.as_text() else {
        return format!("`{name}` is {}; write {}", value.what(), choice::<T>());
    };
    let found = quote(text);
    let wanted = text.trim().to_lowercase();
    let nearest = T::ALL
        .iter()
        .map(|term| {
            (
                strsim::damerau_levenshtein(term.as_str(), &wanted),
                term.as_str(),
            )
        })
        .min()
        .filter(|(distance, term)| *distance <= term.len().max(3) / 3);
    match nearest {
        _ if wanted.len() > 100 => {
            format!("`{name}` has an unknown value; write {}", choice::<T>())
        }
        Some((_, term)) => format!("`{name}` cannot be {found}; did you mean `{term}`?"),
        None => format!("`{name}` cannot be {found}; write {}", choice::<T>()),
    }
}
