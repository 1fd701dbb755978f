//! What is wrong with a request, with the code that the protocol gives it (§3.6).

/// The code of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// An argument is not known, is missing, is there twice, or has no valid value.
    BadArgument,
    /// The token is not one that this program writes.
    BadResumptionToken,
    /// There is no such verb, or more than one.
    BadVerb,
    /// Records have no such form.
    CannotDisseminateFormat,
    /// No record has this identifier.
    IdDoesNotExist,
    /// No record matches.
    NoRecordsMatch,
}

impl Code {
    /// Returns the code as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadArgument => "badArgument",
            Self::BadResumptionToken => "badResumptionToken",
            Self::BadVerb => "badVerb",
            Self::CannotDisseminateFormat => "cannotDisseminateFormat",
            Self::IdDoesNotExist => "idDoesNotExist",
            Self::NoRecordsMatch => "noRecordsMatch",
        }
    }
}

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Its code.
    pub code: Code,
    /// What is wrong, for a person.
    pub text: String,
}

impl Fault {
    /// Returns a fault.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }
}
