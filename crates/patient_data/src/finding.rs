//! What a check finds: the kind, how severe it is, the place, and the masked value. The value itself is in none of them.

use std::{fmt, ops::Range};

use serde::{Serialize, Serializer};

/// Declares the kinds, each with its written form and what people read.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $label:literal;)+) => {
        /// The kind of data.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
        }

        impl Kind {
            /// All kinds, in the order in which documents list them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Returns the kind as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// Returns what people read, as part of a sentence.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self {
                    $(Self::$kind => $label,)+
                }
            }
        }
    };
}

kinds! {
    /// An NHS number, or a number that looks like one.
    NhsNumber = "nhs-number", "an NHS number";
    /// A date of birth with its label.
    DateOfBirth = "date-of-birth", "a date of birth";
    /// A number of a hospital or a record system with its label.
    HospitalNumber = "hospital-number", "a hospital number";
    /// The name of a patient.
    PersonName = "person-name", "the name of a patient";
    /// A full postcode.
    Postcode = "postcode", "a full postcode";
    /// A personal telephone number.
    Telephone = "telephone", "a personal telephone number";
    /// A personal e-mail address.
    EMail = "e-mail", "a personal e-mail address";
    /// An age of 90 or more.
    Age = "age", "an age of 90 or more";
    /// An exact date with a condition or an event of a patient.
    DatedCondition = "dated-condition", "an exact date with the condition of a patient";
    /// A count of patients from 1 to 7 in a table.
    SmallCount = "small-count", "a count of fewer than 8 patients";
    /// An image, which can show anything.
    Image = "image", "an image that may show patient data";
}

impl Kind {
    /// Reads a kind as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a finding means for publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It can be published if a person gives a reason.
    Warn,
    /// It is never published.
    Block,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the part.
    pub part: String,
    /// The line of the file, from 1.
    pub line: Option<u32>,
    /// The character within the line, from 1.
    pub column: Option<u32>,
    /// The line of the last character.
    pub end_line: Option<u32>,
    /// The last character within its line, from 1.
    pub end_column: Option<u32>,
    /// The bytes of the text of the part.
    pub bytes: Range<usize>,
    /// The position of the part among those that were checked.
    pub index: usize,
}

/// Text that looks like patient data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The kind.
    pub kind: Kind,
    /// Whether it prevents publication.
    pub severity: Severity,
    /// Where it is.
    pub place: Place,
    /// The value with its letters and digits replaced, so that its author recognises it.
    pub masked: String,
}

impl Finding {
    /// Returns a sentence part that says what was found and what to do: lower case, no full stop.
    #[must_use]
    pub fn text(&self) -> String {
        let (what, masked) = (self.kind.label(), &self.masked);
        match self.severity {
            Severity::Block => {
                format!("`{masked}` looks like {what}; remove it, it can never be published")
            }
            Severity::Warn if self.kind == Kind::Image => {
                "this may be an image that shows patient data; look at it, then remove it or give a reason to accept it".to_owned()
            }
            Severity::Warn => format!(
                "`{masked}` looks like {what}; remove it, or give a reason to accept it"
            ),
        }
    }

    /// Returns the same to who writes a draft, which someone else approves: a reason is the approver's to give.
    #[must_use]
    pub fn text_in_draft(&self) -> String {
        let (what, masked) = (self.kind.label(), &self.masked);
        match self.severity {
            Severity::Block => self.text(),
            Severity::Warn if self.kind == Kind::Image => {
                "this may be an image that shows patient data; look at it, and remove it if it does; if not, the approver accepts it with a reason".to_owned()
            }
            Severity::Warn => format!(
                "`{masked}` looks like {what}; remove it if it is; if not, the approver accepts it with a reason"
            ),
        }
    }
}
