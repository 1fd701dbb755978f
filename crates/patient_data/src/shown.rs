//! Texts as messages and headings may show them: what may identify a patient is masked.

use std::{borrow::Cow, fmt, ops::Range};

use crate::{
    check::check,
    finding::{Finding, Kind},
    part::Part,
};

/// The values of findings, for hiding them in messages that quote a document. It shows them to no one: it has no other
/// use, and its debug form is empty.
#[derive(Clone, Default)]
pub struct Hidden(Vec<(String, String)>);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden")
    }
}

impl Hidden {
    /// Takes the values of findings from the parts that were checked.
    #[must_use]
    pub fn new(parts: &[Part<'_>], findings: &[Finding]) -> Self {
        let value = |finding: &Finding| {
            let part = parts.get(finding.place.index)?;
            let typed = part.text.get(finding.place.bytes.clone())?;
            // One digit is no value that a message could repeat.
            let is_value = typed.chars().count() > 1 && finding.kind != Kind::Image;
            is_value.then(|| (typed.to_owned(), finding.masked.clone()))
        };
        Self(findings.iter().filter_map(value).collect())
    }

    /// Returns a message without the values, in any form that is repeated.
    #[must_use]
    pub fn hide<'t>(&self, message: &'t str) -> Cow<'t, str> {
        let mut hidden = Cow::Borrowed(message);
        for (value, masked) in &self.0 {
            if hidden.contains(value.as_str()) {
                hidden = Cow::Owned(hidden.replace(value.as_str(), masked));
            }
        }
        match masked_text(&Part::value("", &hidden, None)) {
            Some(masked) => Cow::Owned(masked),
            None => hidden,
        }
    }
}

/// Returns the name of a file as messages may show it.
#[must_use]
pub fn shown_file_name(name: &str) -> Cow<'_, str> {
    masked_text(&Part::file_name(name)).map_or(Cow::Borrowed(name), Cow::Owned)
}

/// Returns a title as headings and lists may show it while a draft is written: what may identify a patient is masked.
#[must_use]
pub fn shown_title(title: &str) -> Cow<'_, str> {
    masked_text(&Part::value("title", title, None)).map_or(Cow::Borrowed(title), Cow::Owned)
}

/// Returns a text with its values masked; `None` if it has none.
fn masked_text(part: &Part<'_>) -> Option<String> {
    let mut found = check(std::slice::from_ref(part));
    found.retain(|finding| finding.kind != Kind::Image);
    found.sort_by_key(|finding| finding.place.bytes.start);
    if found.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(part.text.len());
    let mut at = 0;
    for finding in found {
        let Range { start, end } = finding.place.bytes;
        if let Some(before) = part.text.get(at..start) {
            out.push_str(before);
            out.push_str(&finding.masked);
            at = end;
        }
    }
    out.push_str(part.text.get(at..).unwrap_or_default());
    Some(out)
}
