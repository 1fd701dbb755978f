//! All words of a file, for the check for patient data: also those that no one sees, such as comments, hidden sheets,
//! deleted text and descriptions of pictures.

mod csv;
mod parts;
mod pdf;
mod pdf_strings;
mod rows;
mod tables;
mod workbook;

use crate::{
    limits::{MAX_FILE_BYTES, MAX_TEXT_BYTES},
    package::{OfficeKind, Package},
    refusal::Refusal,
};

/// The form of a file whose words are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Word, PowerPoint or Excel.
    Office,
    /// PDF.
    Pdf,
    /// Values separated by commas, or any other plain text.
    Csv,
}

/// The words of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// By where they are, in the order of the file.
    pub places: Vec<Place>,
    /// What could not be read, such as pictures: a person must look at it.
    pub unread: Vec<String>,
}

/// The words of a part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What a person would look for: `sheet Wards (hidden)`, `page 3`, `comments`.
    pub name: String,
    /// One line for each paragraph or row; tabs between the cells of a row.
    pub text: String,
    /// The number of the first line or row, from 1.
    pub first_line: u32,
    /// Whether the lines are the rows of a table, the first of which names its columns.
    pub is_table: bool,
}

/// Returns all words of a file.
///
/// # Errors
/// The [`Refusal`]: its words cannot be known.
pub fn words(bytes: &[u8], form: Form) -> Result<Words, Refusal> {
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Refusal::TooLarge);
    }
    let mut out = Collected::default();
    match form {
        Form::Office => office(bytes, "", 0, &mut out)?,
        Form::Pdf => pdf::read(bytes, &mut out)?,
        Form::Csv => csv::read(&plain_text(bytes)?, &mut out)?,
    }
    Ok(out.words)
}

/// Words while they are collected, within the bound.
#[derive(Default)]
struct Collected {
    words: Words,
    bytes: usize,
}

impl Collected {
    /// Adds lines.
    fn add(&mut self, name: &str, text: &str) -> Result<(), Refusal> {
        self.push(Place {
            name: name.to_owned(),
            text: text.trim().to_owned(),
            first_line: 1,
            is_table: false,
        })
    }

    fn push(&mut self, place: Place) -> Result<(), Refusal> {
        if place.text.trim().is_empty() {
            return Ok(());
        }
        self.bytes += place.text.len();
        if self.bytes > MAX_TEXT_BYTES {
            return Err(Refusal::TooLarge);
        }
        self.words.places.push(place);
        Ok(())
    }

    fn unread(&mut self, what: &str) {
        if !self.words.unread.iter().any(|held| held == what) {
            self.words.unread.push(what.to_owned());
        }
    }
}

/// Reads a file of Office, and those within it.
fn office(bytes: &[u8], within: &str, depth: usize, out: &mut Collected) -> Result<(), Refusal> {
    let package = Package::open(bytes)?;
    if package.kind == OfficeKind::Workbook {
        workbook::read(&package, within, out)?;
    }
    parts::read(&package, within, depth, out)
}

/// Reads plain text in one of the encodings that Excel writes.
fn plain_text(bytes: &[u8]) -> Result<String, Refusal> {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => {
            let rest = bytes.get(mark..).unwrap_or_default();
            encoding.decode_without_bom_handling(rest).0.into_owned()
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(bytes)
                .0
                .into_owned(),
        },
    };
    if text.contains('\0') {
        return Err(Refusal::Damaged);
    }
    Ok(text)
}
