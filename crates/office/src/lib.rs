//! Files of Word and PowerPoint and rich text that is pasted to markdown, and the words of any file that people attach;
//! a short document as a file of Word.
//!
//! Bytes in, text out: no I/O, no clock, and nothing that a file refers to is ever fetched. Files are hostile until read:
//! every stage has a bound of [`limits`]. What a file has and the text has not is listed, in words for the author.
//! The words of a PDF come from a library that cannot promise bounds; whoever calls [`words()`] for one does so in a
//! process of its own, with limits that the system keeps.

mod archive;
mod blocks;
mod docx;
mod escape;
mod filled_in;
mod html;
mod inline;
pub mod limits;
mod links;
mod marks;
mod omission;
mod outline;
mod package;
mod paper;
mod pictures;
mod pptx;
mod refusal;
mod sections;
mod word_list;
mod words;
mod xml;
mod zip;

pub use html::{MAX_HTML_BYTES, markdown_of_html};
pub use omission::{Lost, MAX_PLACES, Omission};
pub use package::OfficeKind;
pub use paper::{Paper, PaperBlock, write_docx};
pub use pictures::Picture;
pub use refusal::Refusal;
pub use sections::{ANSWERS, CONTACT, COST, SECTIONS, SUMMARY};
pub use words::{Form, Place, Words, words};

use blocks::{Block, Notes, noted, write_blocks};
use package::Package;

/// What a file becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// Its title, if it has one; not a part of the text.
    pub title: Option<String>,
    /// All of its text in its own order, as markdown. Pictures are `![what they show](attachment:NAME)`.
    pub markdown: String,
    /// The same text divided into the sections of a case study, in their order; nothing if no heading means one.
    pub sections: Vec<Section>,
    /// The pictures that the text shows.
    pub pictures: Vec<Picture>,
    /// What the text has not, or has in another form.
    pub omissions: Vec<Omission>,
}

/// The text of a section of a case study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// One of [`SECTIONS`], or of [`ANSWERS`].
    pub heading: &'static str,
    /// The headings of the file that led here; none for text in front of the first heading.
    pub from: Vec<String>,
    /// Without the heading itself.
    pub markdown: String,
}

/// What the caller may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Takes the notes of a speaker into the text.
    pub speaker_notes: bool,
}

/// Says which file of Office it is.
///
/// # Errors
/// The [`Refusal`], if it is none or must not be opened.
pub fn office_kind(bytes: &[u8]) -> Result<OfficeKind, Refusal> {
    Ok(Package::open(bytes)?.kind)
}

/// Converts a `.docx` or `.pptx`.
///
/// # Errors
/// The [`Refusal`]: the file as a whole is not read.
pub fn convert(bytes: &[u8], options: Options) -> Result<Converted, Refusal> {
    let package = Package::open(bytes)?;
    let mut source = match package.kind {
        OfficeKind::Document => docx::read(&package)?,
        OfficeKind::Presentation => pptx::read(&package, options.speaker_notes)?,
        OfficeKind::Workbook => return Err(Refusal::Unknown),
    };
    filled_in::open(&mut source);
    outline::arrange(&mut source);
    if source.title.is_none() {
        source.title = package.property("title")?;
    }
    let sections = outline::divide(&source.blocks)
        .into_iter()
        .map(|part| Section {
            heading: sections::name_of(part.place),
            from: part.headings,
            markdown: write_with_notes(&part.blocks, &source.notes),
        })
        .collect();
    Ok(Converted {
        title: source.title,
        markdown: write_with_notes(&source.blocks, &source.notes),
        sections,
        pictures: source.pictures,
        omissions: source.omissions.finish(),
    })
}

/// Writes blocks with the notes that they refer to.
fn write_with_notes(blocks: &[Block], notes: &Notes) -> String {
    let used: Vec<_> = noted(blocks)
        .into_iter()
        .filter_map(|number| Some((number, notes.get(number.checked_sub(1)?)?)))
        .collect();
    write_blocks(blocks, &used)
}
