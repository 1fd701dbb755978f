//! A draft that cannot be published yet, as far as it can be shown: what is valid in it, and what is missing.

use domain::{
    Document, Fault, Kind, Outline, front_matter,
    value::{Map, Value},
};

use crate::{
    content::Content,
    file,
    form::{Field, Section},
    raw,
};

/// Rounds in which faulty values are replaced: a fault can hide another one of the same group.
const MAX_ROUNDS: usize = 4;
/// Values in the place of what is missing. No reader sees one of them: each is a gap.
const PLACEHOLDERS: &str = "---
title: A title that is not written yet
summary: A summary that is not written yet, in the place of the one that a reader will see.
type: case-study
result: too-early
stage: pilot
would_repeat: with-changes
priority: basics
wgll: [support-people]
care_setting: [acute]
topics: [training-adoption]
barriers: [infrastructure]
interests: none
contact:
  role: Someone
  mailbox: someone@example.org
safety:
  dcb0160: not-needed
---
";

/// What is valid in a draft.
#[derive(Debug, Clone)]
pub struct Partial {
    /// The document, with values that mean nothing in the place of the gaps.
    pub document: Document,
    /// The summary as it is written, also where it is too short or too long.
    pub summary: String,
    /// The keys that are missing or wrong, such as `cost`.
    pub gaps: Vec<String>,
}

impl Partial {
    /// Returns whether a key is missing or wrong.
    #[must_use]
    pub fn lacks(&self, key: &str) -> bool {
        self.gaps.iter().any(|gap| gap == key)
    }
}

/// Returns the section of a form that asks for a key, if one does.
#[must_use]
pub fn section_of(kind: &Kind, key: &str) -> Option<&'static Section> {
    let sections = crate::form::Form::for_kind(kind)?.sections;
    let asks = |field: &Field| field.name == key || field.name.split('.').next() == Some(key);
    sections
        .iter()
        .find(|section| section.fields.iter().any(asks))
}

/// Returns what is valid in a draft; `None` where nothing can be read, or what is missing has no placeholder.
#[must_use]
pub fn partial(content: &Content, outline: Outline) -> Option<Partial> {
    let fields = content.fields(outline).ok()?;
    let mut front = fields.front_of(content.kind());
    let summary = raw::get(&front, "summary").map(raw::text_of);
    let summary = summary.unwrap_or_default();
    let mut text = file::join(&fields.parts).0;
    let (placeholders, _) = front_matter::read_parts(PLACEHOLDERS).ok()?;
    let mut gaps: Vec<String> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let parsed = front_matter::parse_parts(&front, &text, 1, "", outline);
        let faults = match parsed.document {
            Ok(document) => {
                // What no fault names and nothing says either is a gap, too.
                gaps.extend(unsaid(&front).map(str::to_owned));
                gaps.sort();
                gaps.dedup();
                gaps.retain(|key| key != "summary" || summary.trim().is_empty());
                return Some(Partial {
                    document,
                    summary,
                    gaps,
                });
            }
            Err(faults) => faults,
        };
        for fault in &faults {
            let key = key_of(fault);
            if key == "body" {
                text = with_parts(content, &text);
            } else {
                let placeholder = raw::get(&placeholders, key).cloned();
                raw::set(&mut front, key, placeholder);
            }
            gaps.push(key.to_owned());
        }
    }
    None
}

/// Returns the keys that a page shows and that may be missing without a fault.
fn unsaid(front: &Map) -> impl Iterator<Item = &'static str> {
    let keys = ["cost", "contact", "would_repeat"].into_iter();
    keys.filter(|key| raw::get(front, key).is_none_or(Value::is_null))
}

/// Returns the key of the front matter that a fault is about: of `measures[0].unit` it is `measures`.
fn key_of(fault: &Fault) -> &str {
    let end = fault.field.find(['.', '[', ' ']);
    end.and_then(|end| fault.field.get(..end))
        .unwrap_or(&fault.field)
}

/// Returns a text with something under every heading that the form has.
fn with_parts(content: &Content, text: &str) -> String {
    let headings = content.form().into_iter().flat_map(|form| form.headings());
    let parts = headings.map(|heading| format!("## {heading}\n\nNothing yet.\n\n"));
    let parts: String = parts.collect();
    match parts.is_empty() {
        true => format!("{text}\n\nNothing yet.\n"),
        false => parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(front: &str) -> Option<Partial> {
        let content = Content::from_file(&format!("---\n{front}---\n"), Kind::CaseStudy);
        partial(&content, |_| Vec::new())
    }

    #[test]
    fn what_is_valid_is_read_and_the_rest_is_a_gap() {
        let written = "kind: case-study\ntitle: Discharge letters by noon\nsummary: Letters leave with the patient.\nresult: partly\n";
        let found = read(written).unwrap();
        assert_eq!(found.document.common.title, "Discharge letters by noon");
        // It is too short to be published, and shown as it is.
        assert_eq!(found.summary, "Letters leave with the patient.");
        let domain::Content::CaseStudy(study) = &found.document.content else {
            panic!("it is a case study")
        };
        assert_eq!(domain::Term::as_str(study.result), "partly");
        for key in ["title", "summary", "result"] {
            assert!(!found.lacks(key), "{key}: {:?}", found.gaps);
        }
        for key in ["cost", "would_repeat", "contact", "barriers", "stage"] {
            assert!(found.lacks(key), "{key}: {:?}", found.gaps);
            let section = section_of(&Kind::CaseStudy, key);
            assert!(section.is_some(), "{key}");
        }
        // A value that cannot be read is missing, too, and hides no other.
        let found = read(&format!("{written}cost:\n  band: plenty\nstage: ended\n")).unwrap();
        assert!(
            found.lacks("cost") && !found.lacks("stage"),
            "{:?}",
            found.gaps
        );
        assert!(read("kind: adoption\n").is_none(), "it is about nothing");
    }
}
