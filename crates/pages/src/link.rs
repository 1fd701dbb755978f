//! Links and figures as templates take them.

/// The words of a link and its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What a reader sees; escaped by the template.
    pub words: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// Makes a link.
    #[must_use]
    pub fn new(words: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            href: href.into(),
        }
    }

    /// Returns the address of a link that writes a mail.
    #[must_use]
    pub fn mail_address(&self) -> Option<&str> {
        self.href.strip_prefix("mailto:")?.split('?').next()
    }
}

/// A sentence with one link in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedSentence {
    /// The words before the link.
    pub before: String,
    /// The words of the link.
    pub link: String,
    /// Where the link leads; without it the words are plain text.
    pub href: Option<String>,
    /// The words after the link.
    pub after: String,
}

/// A link with the number of documents that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedLink {
    /// The link.
    pub link: Link,
    /// The number, in words.
    pub count: String,
}

/// A number and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The number, in words.
    pub number: String,
    /// What it counts.
    pub words: String,
}

/// A property and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The property.
    pub label: String,
    /// The value.
    pub value: String,
}
