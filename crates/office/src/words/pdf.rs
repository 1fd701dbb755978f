//! The words of a PDF: its text layer, and all strings of its objects (notes, forms, titles, addresses).
//!
//! The library bounds each stream, not the sum of all, and is not written for hostile files: the caller reads a PDF in a
//! process of its own. What a picture shows is not read, and said to be unread.

use std::collections::BTreeMap;

use lopdf::{
    Dictionary, Document, Encoding, LoadOptions, Object, ObjectId, Stream, content::Content,
};

use super::{
    Collected,
    pdf_strings::{PICTURES, strings},
};
use crate::{limits::MAX_TEXT_BYTES, refusal::Refusal};

/// The longest stream that is unpacked.
const MAX_STREAM_BYTES: usize = 8 * 1024 * 1024;
/// Most bytes of streams that are unpacked for their text, all together.
const MAX_STREAMS_BYTES: usize = 48 * 1024 * 1024;
const MAX_PAGES: usize = 1_000;
/// Most operations of all pages.
const MAX_OPERATIONS: usize = 2_000_000;
/// The deepest nesting of drawings that are used within drawings.
const MAX_FORM_DEPTH: usize = 6;
/// Most uses of drawings within drawings: each reads its fonts.
const MAX_FORMS: usize = 1_000;
/// How wide a character is on average, in parts of its height.
const CHARACTER_WIDTH: f32 = 0.53;
/// A wider gap is a space, in parts of the height of a character.
const MIN_GAP: f32 = 0.3;
/// A gap this wide is between the columns of a table, in parts of the height of a character.
const COLUMN_GAP: f32 = 1.2;
/// A larger step down or up begins a line.
const MIN_LINE: f32 = 0.4;
/// A step within a text that is a space, in thousandths of the height of a character.
const SPACE_STEP: f32 = -180.0;

/// Adds the words of a PDF.
pub(super) fn read(bytes: &[u8], out: &mut Collected) -> Result<(), Refusal> {
    if !bytes.starts_with(b"%PDF-") {
        return Err(Refusal::Unknown);
    }
    let options = LoadOptions {
        max_decompressed_size: Some(MAX_STREAM_BYTES),
        ..LoadOptions::default()
    };
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| match error {
            lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword => Refusal::Protected,
            lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. }) => {
                Refusal::TooLarge
            }
            _ => Refusal::Damaged,
        })?;
    if document.is_encrypted() {
        return Err(Refusal::Protected);
    }
    let pages: Vec<ObjectId> = document.page_iter().take(MAX_PAGES + 1).collect();
    if pages.is_empty() {
        return Err(Refusal::Damaged);
    }
    if pages.len() > MAX_PAGES {
        return Err(Refusal::TooLarge);
    }
    let mut reader = Reader {
        document: &document,
        bytes: 0,
        operations: 0,
        forms: 0,
        out: String::new(),
        unreadable: false,
        pictures: false,
    };
    for (index, page) in pages.iter().enumerate() {
        reader.page(*page)?;
        let text = std::mem::take(&mut reader.out);
        if text.trim().is_empty() {
            out.unread(&format!("page {}: a picture, or nothing", index + 1));
        }
        out.add(&format!("page {}", index + 1), &text)?;
    }
    if reader.unreadable {
        out.unread("text in a font that says nothing about its letters");
    }
    if reader.pictures {
        out.unread(PICTURES);
    }
    strings(&document, out)
}

struct Reader<'d> {
    document: &'d Document,
    bytes: usize,
    operations: usize,
    forms: usize,
    out: String,
    unreadable: bool,
    /// Whether a picture is among the operations of a page.
    pictures: bool,
}

/// Where the next text is written.
#[derive(Clone, Copy)]
struct Place {
    /// The beginning of the line, and where it is moved from.
    line: (f32, f32),
    scale: (f32, f32),
    leading: f32,
    size: f32,
    /// Where the last text ended, as far as that can be estimated.
    end: Option<(f32, f32)>,
}

impl Default for Place {
    fn default() -> Self {
        Self {
            line: (0.0, 0.0),
            scale: (1.0, 1.0),
            leading: 0.0,
            size: 1.0,
            end: None,
        }
    }
}

impl<'d> Reader<'d> {
    fn page(&mut self, page: ObjectId) -> Result<(), Refusal> {
        let left = MAX_STREAMS_BYTES
            .saturating_sub(self.bytes)
            .min(MAX_STREAM_BYTES);
        let content = self
            .document
            .get_page_content_with_limit(page, left)
            .map_err(|_| Refusal::TooLarge)?;
        self.bytes += content.len();
        let fonts = self.document.get_page_fonts(page).unwrap_or_default();
        let forms = self.forms_of_page(page);
        self.content(&content, &fonts, &forms, 0)
    }

    /// Returns the drawings that a page may use, by their names.
    fn forms_of_page(&self, page: ObjectId) -> BTreeMap<Vec<u8>, &'d Stream> {
        let mut forms = BTreeMap::new();
        let Ok((own, inherited)) = self.document.get_page_resources(page) else {
            return forms;
        };
        for id in inherited.iter().rev() {
            if let Ok(resources) = self.document.get_dictionary(*id) {
                forms.extend(self.forms(resources));
            }
        }
        if let Some(resources) = own {
            forms.extend(self.forms(resources));
        }
        forms
    }

    fn forms(&self, resources: &'d Dictionary) -> BTreeMap<Vec<u8>, &'d Stream> {
        let mut found = BTreeMap::new();
        if let Ok(held) = resources
            .get_deref(b"XObject", self.document)
            .and_then(Object::as_dict)
        {
            for (name, object) in held {
                let stream = self
                    .document
                    .dereference(object)
                    .ok()
                    .and_then(|(_, object)| object.as_stream().ok());
                if let Some(stream) = stream.filter(|stream| {
                    stream
                        .dict
                        .get(b"Subtype")
                        .and_then(Object::as_name)
                        .is_ok_and(|kind| kind == b"Form")
                }) {
                    found.insert(name.clone(), stream);
                }
            }
        }
        found
    }

    fn fonts(&self, resources: &'d Dictionary) -> BTreeMap<Vec<u8>, &'d Dictionary> {
        let mut found = BTreeMap::new();
        if let Ok(held) = resources
            .get_deref(b"Font", self.document)
            .and_then(Object::as_dict)
        {
            for (name, object) in held {
                if let Ok(font) = self
                    .document
                    .dereference(object)
                    .and_then(|(_, object)| object.as_dict())
                {
                    found.insert(name.clone(), font);
                }
            }
        }
        found
    }

    /// Writes the text of a drawing.
    fn content(
        &mut self,
        content: &[u8],
        fonts: &BTreeMap<Vec<u8>, &'d Dictionary>,
        forms: &BTreeMap<Vec<u8>, &'d Stream>,
        depth: usize,
    ) -> Result<(), Refusal> {
        let encodings: BTreeMap<&[u8], Encoding<'_>> = fonts
            .iter()
            .filter_map(|(name, font)| {
                let encoding = font
                    .get_font_encoding_with_limit(self.document, MAX_STREAM_BYTES)
                    .ok()?;
                Some((name.as_slice(), encoding))
            })
            .collect();
        let mut encoding: Option<&Encoding<'_>> = None;
        let mut place = Place::default();
        for operation in Content::decode_iter(content) {
            let Ok(operation) = operation else {
                // Only within a picture that does not end.
                self.pictures = true;
                break;
            };
            self.operations += 1;
            if self.operations > MAX_OPERATIONS || self.out.len() > MAX_TEXT_BYTES {
                return Err(Refusal::TooLarge);
            }
            let operands = operation.operands.as_slice();
            match operation.operator.as_str() {
                "BT" => (place.line, place.scale) = ((0.0, 0.0), (1.0, 1.0)),
                "Tf" => {
                    let name = operands.first().and_then(|name| name.as_name().ok());
                    encoding = name.and_then(|name| encodings.get(name));
                    place.size = number(operands.get(1)).abs().max(0.01);
                }
                "Tj" | "TJ" => self.show(encoding, operands.first(), &mut place),
                "'" => {
                    place.step(0.0, -place.leading);
                    self.show(encoding, operands.first(), &mut place);
                }
                "\"" => {
                    place.step(0.0, -place.leading);
                    self.show(encoding, operands.get(2), &mut place);
                }
                "Do" => {
                    let form = named(forms, operands).filter(|_| depth < MAX_FORM_DEPTH);
                    if let Some(form) = form {
                        self.form(form, depth)?;
                        place.end = None;
                    }
                }
                "BI" => self.pictures = true,
                operator => place.move_to(operator, operands),
            }
        }
        self.line();
        Ok(())
    }

    fn form(&mut self, form: &'d Stream, depth: usize) -> Result<(), Refusal> {
        self.forms += 1;
        if self.forms > MAX_FORMS {
            return Err(Refusal::TooLarge);
        }
        let left = MAX_STREAMS_BYTES
            .saturating_sub(self.bytes)
            .min(MAX_STREAM_BYTES);
        let content = form
            .get_plain_content_with_limit(left)
            .map_err(|_| Refusal::TooLarge)?;
        self.bytes += content.len();
        self.line();
        let resources = form
            .dict
            .get_deref(b"Resources", self.document)
            .and_then(Object::as_dict);
        let (fonts, forms) = match resources {
            Ok(resources) => (self.fonts(resources), self.forms(resources)),
            Err(_) => Default::default(),
        };
        self.content(&content, &fonts, &forms, depth + 1)
    }

    /// Writes a string, or a list of strings and steps.
    fn show(
        &mut self,
        encoding: Option<&Encoding<'_>>,
        operand: Option<&Object>,
        place: &mut Place,
    ) {
        self.separate(place);
        let before = self.out.chars().count();
        match operand {
            Some(Object::String(bytes, _)) => self.string(encoding, bytes),
            Some(Object::Array(items)) => {
                for item in items {
                    match item {
                        Object::String(bytes, _) => self.string(encoding, bytes),
                        step => {
                            if number(Some(step)) < SPACE_STEP
                                && !self.out.ends_with(char::is_whitespace)
                            {
                                self.out.push(' ');
                            }
                        }
                    }
                }
            }
            Some(_) | None => {}
        }
        let written = self.out.chars().count().saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let width = written as f32 * CHARACTER_WIDTH * place.size * place.scale.0.abs();
        place.end = Some((place.line.0 + width, place.line.1));
    }

    fn string(&mut self, encoding: Option<&Encoding<'_>>, bytes: &[u8]) {
        match encoding.map(|encoding| Document::decode_text(encoding, bytes)) {
            Some(Ok(text)) => self
                .out
                .extend(text.chars().filter(|c| !c.is_control() && *c != '\u{ad}')),
            Some(Err(_)) | None => {
                self.unreadable |= !bytes.is_empty();
                self.out.extend(
                    bytes
                        .iter()
                        .filter(|byte| byte.is_ascii_graphic() || **byte == b' ')
                        .map(|byte| char::from(*byte)),
                );
            }
        }
    }

    /// Writes what is between the last text and the next one: nothing, a space or a line end.
    fn separate(&mut self, place: &Place) {
        let Some((x, y)) = place.end else { return };
        let height = (place.size * place.scale.1.abs()).max(0.01);
        if (place.line.1 - y).abs() > MIN_LINE * height {
            self.line();
        } else if !self.out.ends_with(char::is_whitespace)
            && ((place.line.0 - x) > MIN_GAP * height || place.line.0 < x - 10.0 * height)
        {
            let is_column = (place.line.0 - x) > COLUMN_GAP * height;
            self.out.push(if is_column { '\t' } else { ' ' });
        }
    }

    fn line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }
}

impl Place {
    /// Follows an operator that moves the place.
    fn move_to(&mut self, operator: &str, operands: &[Object]) {
        let operand = |at: usize| number(operands.get(at));
        match operator {
            "TL" => self.leading = operand(0),
            "Td" => self.step(operand(0), operand(1)),
            "TD" => {
                self.leading = -operand(1);
                self.step(operand(0), operand(1));
            }
            "Tm" => {
                self.scale = (operand(0), operand(3));
                self.line = (operand(4), operand(5));
            }
            "T*" => self.step(0.0, -self.leading),
            _ => {}
        }
    }

    /// Moves the beginning of the line.
    fn step(&mut self, x: f32, y: f32) {
        self.line.0 += x * self.scale.0;
        self.line.1 += y * self.scale.1;
    }
}

/// Returns the drawing that an operation names.
fn named<'d>(forms: &BTreeMap<Vec<u8>, &'d Stream>, operands: &[Object]) -> Option<&'d Stream> {
    let name = operands.first()?.as_name().ok()?;
    forms.get(name).copied()
}

fn number(object: Option<&Object>) -> f32 {
    object
        .and_then(|object| object.as_float().ok())
        .unwrap_or(0.0)
}
