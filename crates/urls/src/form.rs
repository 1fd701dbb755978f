//! The forms of a document, by the ending of the address.

/// A form of a document other than its page, by the ending of the address. No id and no slug contains a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Front matter and text.
    Markdown,
    /// The signed parts.
    Json,
    /// The proof of its place in the log (C2SP tlog-proof).
    Proof,
    /// Its description for programs that manage references (DataCite).
    DataCite,
    /// A brief of one page for Word.
    Brief,
}

impl Form {
    /// Every form; `.datacite.json` comes before `.json`.
    pub const ALL: [Self; 5] = [
        Self::Markdown,
        Self::DataCite,
        Self::Json,
        Self::Proof,
        Self::Brief,
    ];

    /// Returns the ending, with its dot.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Markdown => ".md",
            Self::Json => ".json",
            Self::Proof => ".tlog-proof",
            Self::DataCite => ".datacite.json",
            Self::Brief => ".docx",
        }
    }

    /// Returns the address of this form of the document at `page`.
    #[must_use]
    pub fn address(self, page: &str) -> String {
        format!("{page}{}", self.ending())
    }

    /// Splits the last part of an address into its stem and its form; `None` for the address of a page.
    #[must_use]
    pub fn split(last: &str) -> Option<(&str, Self)> {
        Self::ALL
            .into_iter()
            .find_map(|form| Some((last.strip_suffix(form.ending())?, form)))
    }
}
