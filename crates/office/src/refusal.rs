//! Why a file is not read. Each message is for the person who uploaded it, and says what to do.

/// The reason why a whole file is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Encrypted.
    #[error(
        "the file is protected with a password; remove the password in the program that made it and upload it again"
    )]
    Protected,
    /// A Word, PowerPoint or Excel file from before 2007.
    #[error(
        "the file has the form of Office before 2007; open it, save it as .docx, .pptx or .xlsx, and upload that file"
    )]
    OldFormat,
    /// It holds a program.
    #[error(
        "the file has macros, which are programs; save it without them (as .docx, .pptx or .xlsx) and upload that file"
    )]
    Macros,
    /// Not what it says, cut off, or built to mislead.
    #[error("the file is damaged or incomplete; open it, save it again, and upload the new file")]
    Damaged,
    /// Nothing that this crate reads.
    #[error(
        "the file is of a kind that we cannot read; save it as .docx or .pptx and upload that file"
    )]
    Unknown,
    /// Larger than a bound.
    #[error("the file is too large to be read here; upload a part of it, or copy its text")]
    TooLarge,
    /// Definitions of entities: no program of Office writes any.
    #[error(
        "the file defines entities of its own, which we do not read; save it again in Word or PowerPoint and upload that file"
    )]
    Entities,
}
