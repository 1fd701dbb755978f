//! What a page says first: that something was done, or why it was not.

use pages::link::Link;

/// A notice at the top of a page.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    /// Whether it says that something was not done.
    pub(crate) is_problem: bool,
    pub(crate) heading: String,
    pub(crate) text: String,
    /// The `id` of the field that a problem is about; empty if it is about none.
    pub(crate) field: &'static str,
    pub(crate) link: Option<Link>,
}

impl Notice {
    /// Says that something was done.
    pub(crate) fn done(heading: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            is_problem: false,
            heading: heading.into(),
            text: text.into(),
            field: "",
            link: None,
        }
    }

    /// Says why something was not done.
    pub(crate) fn problem(heading: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            is_problem: true,
            ..Self::done(heading, text)
        }
    }

    /// Names the field that a problem is about: its text leads there.
    pub(crate) fn at(self, field: &'static str) -> Self {
        Self { field, ..self }
    }

    pub(crate) fn with_link(self, words: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            link: Some(Link::new(words, href)),
            ..self
        }
    }
}
