//! A result that a case study promises, until a later version reports it.

use domain::Content;
use wire::Date;

use crate::words;

/// A promised result, as the page of a document says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// That it is not reported yet, and by when it will be.
    pub words: String,
    /// What it is.
    pub what: String,
}

impl Promised {
    /// Returns what a document promises; `None` if it promises nothing, or no more.
    pub(crate) fn for_content(content: &Content) -> Option<Self> {
        let Content::CaseStudy(study) = content else {
            return None;
        };
        let expected = study.expected.as_ref()?;
        Some(Self {
            words: promised(expected.by),
            what: markdown::visible(&expected.what).into_owned(),
        })
    }
}

/// Says that a result is promised.
pub(crate) fn promised(by: Date) -> String {
    format!("Promised by {}, not yet reported", words::date(by))
}
