//! Word documents: what Word shows as the final text, as blocks.
//!
//! Insertions of tracked changes are text and deletions are not, as if all were accepted. What is dropped is counted.

mod code;
mod drawing;
mod elsewhere;
mod equation;
mod fields;
mod numbering;
mod paragraph;
mod styles;
mod symbols;
mod table;

use std::collections::{HashMap, HashSet};

pub(crate) use self::drawing::{description, diagram_items};

use self::{
    code::LettersSeen,
    fields::Fields,
    numbering::{Label, Numbering},
    styles::{ListPlace, Role, Styles},
};
use crate::{
    blocks::{Block, Notes},
    inline::{Inline, Span, is_blank, plain},
    limits::{MAX_LIST_LEVELS, MAX_TEXT_BYTES},
    omission::{Lost, Omissions},
    outline::Source,
    package::{Package, Relationships},
    pictures::Pictures,
    refusal::Refusal,
    xml::{Element, Tree},
};

/// The longest paragraph that may be a heading because all of it is bold.
const MAX_BOLD_HEADING_CHARS: usize = 90;

/// Reads a document.
pub(crate) fn read(package: &Package<'_>) -> Result<Source, Refusal> {
    let part = |kind: &str| -> Result<Option<String>, Refusal> {
        match package.related(&package.main, kind)? {
            Some(name) => package.xml(&name),
            None => Ok(None),
        }
    };
    let styles = match part("styles")? {
        Some(text) => Styles::read(Tree::parse(&text)?.root()),
        None => Styles::default(),
    };
    let numbering = match part("numbering")? {
        Some(text) => Numbering::read(Tree::parse(&text)?.root()),
        None => Numbering::default(),
    };
    let mut reader = Reader {
        package,
        styles,
        numbering,
        relationships: package.relationships(&package.main)?,
        omissions: Omissions::default(),
        pictures: Pictures::default(),
        fields: Fields::default(),
        under: String::new(),
        title: None,
        joined: Vec::new(),
        joins: false,
        boxed: Vec::new(),
        notes: Vec::new(),
        note_numbers: HashMap::new(),
        in_note: false,
        letters_seen: LettersSeen::default(),
        letter_lists: HashSet::new(),
        bytes: 0,
        cells: 0,
    };
    let text = package.xml(&package.main)?.ok_or(Refusal::Damaged)?;
    let tree = Tree::parse(&text)?;
    let body = tree.root().child("body").ok_or(Refusal::Damaged)?;
    reader.fields = Fields::for_text(body);
    let mut blocks = Vec::new();
    reader.blocks(body, &mut blocks)?;
    reader.finish_joined(&mut blocks);
    drop(tree);
    drop(text);
    reader.read_notes()?;
    reader.count_elsewhere()?;
    let has_headings = blocks
        .iter()
        .any(|block| matches!(block, Block::Heading { .. }));
    Ok(Source {
        title: reader.title,
        blocks,
        guess_headings: !has_headings,
        notes: reader.notes,
        pictures: reader.pictures.finish(),
        omissions: reader.omissions,
    })
}

/// A document while it is read.
struct Reader<'p, 'a> {
    package: &'p Package<'a>,
    styles: Styles,
    numbering: Numbering,
    /// Those of the part that is being read.
    relationships: Relationships,
    omissions: Omissions,
    pictures: Pictures,
    fields: Fields,
    /// The heading that is being read, for the list of what is left out.
    under: String,
    title: Option<String>,
    /// The words of a paragraph whose end was deleted: they belong to the next one.
    joined: Vec<Inline>,
    /// Whether the paragraph that was read last has its end deleted.
    joins: bool,
    /// The blocks of text boxes, to be placed behind their paragraph.
    boxed: Vec<Block>,
    notes: Notes,
    /// The numbers of notes: by their part and id.
    note_numbers: HashMap<(NoteKind, String), usize>,
    in_note: bool,
    /// Of the paragraph that is being read.
    letters_seen: LettersSeen,
    letter_lists: HashSet<String>,
    bytes: usize,
    cells: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum NoteKind {
    Foot,
    End,
}

impl Reader<'_, '_> {
    /// Reads the blocks below an element.
    fn blocks(&mut self, parent: Element<'_, '_>, out: &mut Vec<Block>) -> Result<(), Refusal> {
        for child in parent.children() {
            match child.name() {
                "p" => self.paragraph(child, out)?,
                "tbl" => self.table(child, out)?,
                "sdt" => {
                    if is_contents(child) {
                        self.omissions.add(Lost::Contents, "");
                    } else if !is_placeholder(child)
                        && let Some(content) = child.child("sdtContent")
                    {
                        self.blocks(content, out)?;
                    }
                }
                "ins" | "moveTo" | "customXml" | "smartTag" => self.blocks(child, out)?,
                "del" | "moveFrom" => self.deleted(child),
                "AlternateContent" => {
                    if let Some(chosen) = alternative(child) {
                        self.blocks(chosen, out)?;
                    }
                }
                "oMathPara" | "oMath" => {
                    let inlines = self.equation(child);
                    out.push(Block::Paragraph(inlines));
                }
                "altChunk" => self.omissions.add(Lost::EmbeddedObject, &self.under),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads a paragraph, and the text boxes that hang on it.
    fn paragraph(&mut self, element: Element<'_, '_>, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let properties = element.child("pPr");
        let style = properties.and_then(|properties| styles::value(properties, "pStyle"));
        let style = style.as_deref();
        let own_outline = properties.and_then(styles::outline);
        let role = self.styles.role(style, own_outline);
        if role == Role::Contents {
            // The words are dropped; the fields within must still be followed to their ends.
            self.inlines(element, style, None)?;
            return Ok(());
        }
        // Text boxes within have paragraphs of their own.
        let outer = std::mem::take(&mut self.letters_seen);
        let mut inlines = std::mem::take(&mut self.joined);
        inlines.extend(self.inlines(element, style, None)?);
        let letters = std::mem::replace(&mut self.letters_seen, outer);
        let role = match role {
            Role::Body if self.is_title_by_looks(letters, &inlines) => Role::Title,
            Role::Body if letters.are_monospaced() && !self.styles.is_monospaced() => {
                Role::PlainText
            }
            role => role,
        };
        self.bytes += inlines.iter().map(size).sum::<usize>();
        if self.bytes > MAX_TEXT_BYTES {
            return Err(Refusal::TooLarge);
        }
        // Where the end of a paragraph was deleted, the next one continues in it.
        let mark = properties.and_then(|properties| properties.child("rPr"));
        self.joins = mark
            .is_some_and(|mark| mark.child("del").is_some() || mark.child("moveFrom").is_some());
        if self.joins {
            self.joined = inlines;
            return Ok(());
        }
        if !is_blank(&inlines) {
            self.place(role, style, properties, inlines, out);
        } else if let Some(Block::Code(lines)) = out.last_mut() {
            lines.push('\n');
        }
        out.append(&mut self.boxed);
        Ok(())
    }

    /// Adds a paragraph as what it is.
    fn place(
        &mut self,
        role: Role,
        style: Option<&str>,
        properties: Option<Element<'_, '_>>,
        inlines: Vec<Inline>,
        out: &mut Vec<Block>,
    ) {
        let words = plain(&inlines);
        match role {
            Role::Title if self.title.is_none() && !words.is_empty() => {
                self.title = Some(words);
                return;
            }
            Role::Title if !words.is_empty() => {
                out.push(Block::Heading { level: 1, inlines });
                return;
            }
            Role::Heading(level) if !words.is_empty() => {
                if matches!(
                    self.label(style, properties).0,
                    Label::Number(_) | Label::Letter(_)
                ) {
                    self.omissions.add(Lost::HeadingNumbers, "");
                }
                self.under = format!("under “{words}”");
                out.push(Block::Heading { level, inlines });
                return;
            }
            Role::Title
            | Role::Heading(_)
            | Role::Contents
            | Role::Quote
            | Role::Code
            | Role::PlainText
            | Role::Body => {}
        }
        let (label, level) = self.label(style, properties);
        let number = match label {
            Label::None if role == Role::Quote => {
                out.push(Block::Quote(inlines));
                return;
            }
            Label::None if code::add(role, &inlines, out) => return,
            Label::Continued if continues(out.last_mut(), &inlines) => return,
            Label::None | Label::Continued => {
                out.push(Block::Paragraph(inlines));
                return;
            }
            Label::Bullet => None,
            Label::Number(number) | Label::Letter(number) => Some(number),
        };
        out.push(Block::Item {
            level,
            number,
            inlines,
        });
    }

    /// Counts a paragraph if it is an item of a list; returns what is in front of it, and its level.
    fn label(
        &mut self,
        style: Option<&str>,
        properties: Option<Element<'_, '_>>,
    ) -> (Label, usize) {
        let own = properties.and_then(styles::list_place).unwrap_or_default();
        let of_style = self.styles.list(style);
        let place = ListPlace {
            id: own.id.or(of_style.id),
            level: own.level.or(of_style.level),
        };
        let depth = self.styles.list_depth(style);
        let Some(id) = place.id else {
            let label = depth.map_or(Label::Continued, |_| Label::None);
            return (label, 0);
        };
        let level = place.level.unwrap_or(0).min(MAX_LIST_LEVELS - 1);
        let label = self.numbering.next(&self.styles, &id, level);
        if matches!(label, Label::Letter(_)) && self.letter_lists.insert(format!("{id}/{level}")) {
            self.omissions.add(Lost::ListForm, &self.under);
        }
        let depth = depth.unwrap_or(0).min(MAX_LIST_LEVELS - 1);
        (label, level.max(depth))
    }

    /// Adds what is left of a last paragraph whose end was deleted.
    fn finish_joined(&mut self, out: &mut Vec<Block>) {
        let rest = std::mem::take(&mut self.joined);
        if !is_blank(&rest) {
            out.push(Block::Paragraph(rest));
        }
        out.append(&mut self.boxed);
    }

    /// Counts what tracked changes deleted.
    fn deleted(&mut self, element: Element<'_, '_>) {
        let has_text = element.descendants().any(|below| {
            matches!(below.name(), "t" | "delText") && !below.text().trim().is_empty()
        });
        if has_text {
            self.omissions.add(Lost::DeletedText, &self.under);
        }
    }
}

/// Adds a paragraph to the item of a list before it; `false` if there is none.
fn continues(last: Option<&mut Block>, inlines: &[Inline]) -> bool {
    let Some(Block::Item { inlines: item, .. }) = last else {
        return false;
    };
    item.push(Inline::Break);
    item.extend_from_slice(inlines);
    true
}

fn size(inline: &Inline) -> usize {
    match inline {
        Inline::Text(Span { text, link, .. }) => text.len() + link.as_ref().map_or(0, String::len),
        Inline::Break | Inline::Note(_) => 8,
        Inline::Picture { name, alt } => name.len() + alt.len(),
    }
}

/// Says whether a content control holds a table of contents.
fn is_contents(control: Element<'_, '_>) -> bool {
    let Some(properties) = control.child("sdtPr") else {
        return false;
    };
    let gallery = properties
        .descendant("docPartGallery")
        .and_then(|gallery| gallery.attribute("val"));
    gallery.is_some_and(|gallery| gallery.to_lowercase().contains("table of contents"))
}

/// Says whether a content control shows nothing but what to write into it.
fn is_placeholder(control: Element<'_, '_>) -> bool {
    let properties = control.child("sdtPr");
    let shows = properties.and_then(|properties| properties.child("showingPlcHdr"));
    shows.is_some_and(|shows| shows.attribute("val").as_deref().is_none_or(styles::is_on))
}

/// Returns the one of several forms of the same content that has something to read: the first, or else the one for
/// older programs.
fn alternative<'t, 'a>(element: Element<'t, 'a>) -> Option<Element<'t, 'a>> {
    let is_readable = |choice: &Element<'_, '_>| {
        choice.descendants().any(|below| {
            matches!(
                below.name(),
                "t" | "blip" | "imagedata" | "chart" | "relIds" | "textpath"
            )
        })
    };
    let mut choices = element.children().filter(|child| child.name() == "Choice");
    choices
        .find(is_readable)
        .or_else(|| element.child("Fallback"))
}

/// Says whether a paragraph of a document without headings is one by its looks: short, and all of it bold.
pub(crate) fn looks_like_heading(inlines: &[Inline]) -> bool {
    let words = plain(inlines);
    let is_bold = inlines.iter().all(|inline| match inline {
        Inline::Text(span) => span.style.bold || span.text.trim().is_empty(),
        Inline::Break => true,
        Inline::Picture { .. } | Inline::Note(_) => false,
    });
    let ends = words.ends_with(['.', ',', ';', '!']);
    is_bold && !words.is_empty() && !ends && words.chars().count() <= MAX_BOLD_HEADING_CHARS
}
