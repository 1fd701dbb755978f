//! The words of a paragraph: runs, links, fields, notes.

use super::{
    NoteKind, Reader, alternative,
    code::LettersSeen,
    fields::{Meaning, meaning},
    is_placeholder,
    styles::{Marks, is_monospaced, is_on, marks, value},
    symbols::{is_symbol_font, symbol},
};
use crate::{
    inline::{Inline, Raised, Span, Style, plain},
    links::readable_address,
    omission::Lost,
    package::Target,
    refusal::Refusal,
    sections::section_of,
    xml::Element,
};

/// The smallest letters of a title that has no style of one, in half points: those of 14 points.
const MIN_TITLE_SIZE: u32 = 28;
/// The longest such title, in characters.
const MAX_TITLE_CHARS: usize = 150;

impl Reader<'_, '_> {
    /// Says whether a paragraph is the title by its looks: the first words of the document, in large letters, and no sentence.
    pub(super) fn is_title_by_looks(&self, letters: LettersSeen, inlines: &[Inline]) -> bool {
        let is_first = self.title.is_none() && self.bytes == 0 && self.cells == 0;
        let large = (self.styles.default_size.saturating_mul(4) / 3).max(MIN_TITLE_SIZE);
        if !is_first || !letters.are_at_least(large) {
            return false;
        }
        let words = plain(inlines);
        let is_sentence = words.ends_with(['.', ',', ';', ':']);
        let is_section = section_of(&words).is_some_and(|found| found.exact);
        !is_sentence && !is_section && words.chars().count() <= MAX_TITLE_CHARS
    }

    /// Reads what is below a paragraph, or below a part of one that leads to `link`.
    pub(super) fn inlines(
        &mut self,
        parent: Element<'_, '_>,
        style: Option<&str>,
        link: Option<&str>,
    ) -> Result<Vec<Inline>, Refusal> {
        let mut out = Vec::new();
        for child in parent.children() {
            match child.name() {
                "r" => self.run(child, style, link, &mut out)?,
                "hyperlink" => {
                    let target = self.hyperlink(child);
                    out.extend(self.inlines(child, style, target.as_deref().or(link))?);
                }
                "fldSimple" => match meaning(&child.attribute("instr").unwrap_or_default()) {
                    Meaning::Contents => self.omissions.add(Lost::Contents, ""),
                    Meaning::Link { address, inner } => {
                        let target = self.target(&address, inner);
                        out.extend(self.inlines(child, style, target.as_deref().or(link))?);
                    }
                    Meaning::Text => out.extend(self.inlines(child, style, link)?),
                },
                "sdt" => {
                    if !is_placeholder(child)
                        && let Some(content) = child.child("sdtContent")
                    {
                        out.extend(self.inlines(content, style, link)?);
                    }
                }
                "ins" | "moveTo" | "smartTag" | "customXml" | "dir" | "bdo" => {
                    out.extend(self.inlines(child, style, link)?);
                }
                "del" | "moveFrom" => self.deleted(child),
                "oMath" | "oMathPara" => out.extend(self.equation(child)),
                "AlternateContent" => {
                    if let Some(chosen) = alternative(child) {
                        out.extend(self.inlines(chosen, style, link)?);
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }

    /// Reads a run: words with one set of properties.
    fn run(
        &mut self,
        run: Element<'_, '_>,
        style: Option<&str>,
        link: Option<&str>,
        out: &mut Vec<Inline>,
    ) -> Result<(), Refusal> {
        let properties = run.child("rPr");
        let run_style = properties.and_then(|properties| value(properties, "rStyle"));
        let own = properties.map(marks).unwrap_or_default();
        let marks = self.styles.marks(style, run_style.as_deref(), &own);
        if marks.hidden == Some(true) {
            // Fields begin and end in hidden runs as well.
            self.follow_fields(run);
            if run
                .descendants()
                .any(|below| below.name() == "t" && !below.text().trim().is_empty())
                && !self.fields.in_contents()
            {
                self.omissions.add(Lost::HiddenText, &self.under);
            }
            return Ok(());
        }
        self.run_content(run, &marks, link, out)
    }

    fn run_content(
        &mut self,
        run: Element<'_, '_>,
        marks: &Marks,
        link: Option<&str>,
        out: &mut Vec<Inline>,
    ) -> Result<(), Refusal> {
        for child in run.children() {
            match child.name() {
                "fldChar" => {
                    self.field_mark(child, marks, out);
                }
                "instrText" => self.fields.instruction(&child.text()),
                "delText" => self.deleted(run),
                _ if !self.fields.is_shown() => {}
                "t" => {
                    let text = self.words(child, marks);
                    self.push(&text, marks, link, out);
                }
                "tab" | "ptab" => self.push("\t", marks, link, out),
                "br" => match child.attribute("type").as_deref() {
                    Some("page" | "column") => self.push(" ", marks, link, out),
                    Some(_) | None => out.push(Inline::Break),
                },
                "cr" => out.push(Inline::Break),
                "noBreakHyphen" => self.push("\u{2011}", marks, link, out),
                "sym" => {
                    let shown = self.symbol_of(child).to_string();
                    self.push(&shown, marks, link, out);
                }
                "drawing" | "pict" => self.drawing(child, out)?,
                "object" => {
                    self.omissions.add(Lost::EmbeddedObject, &self.under);
                    self.text_boxes(child)?;
                }
                "footnoteReference" => self.note(NoteKind::Foot, child, out),
                "endnoteReference" => self.note(NoteKind::End, child, out),
                "AlternateContent" => {
                    if let Some(chosen) = alternative(child) {
                        self.run_content(chosen, marks, link, out)?;
                    }
                }
                // What is written over a word, such as how it is spoken, is no part of it.
                "ruby" => {
                    if let Some(base) = child.child("rubyBase") {
                        out.extend(self.inlines(base, None, link)?);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads the words of a run.
    fn words(&mut self, element: Element<'_, '_>, marks: &Marks) -> String {
        let text = element.text();
        let keeps = element.attribute("space").as_deref() == Some("preserve");
        let text = if keeps {
            text.as_str()
        } else {
            text.trim_matches([' ', '\t', '\r', '\n'])
        };
        if !text.trim().is_empty() {
            let font = marks.font.as_deref();
            let size = marks.size.unwrap_or(self.styles.default_size);
            self.letters_seen.add(font.is_some_and(is_monospaced), size);
        }
        self.letters(text, marks)
    }

    /// Returns the character of an element that names one of a font.
    fn symbol_of(&mut self, element: Element<'_, '_>) -> char {
        let font = element.attribute("font").unwrap_or_default();
        let code = element
            .attribute("char")
            .and_then(|code| u32::from_str_radix(&code, 16).ok());
        self.symbol(&font, code.unwrap_or_default())
    }

    /// Follows the marks of fields in a run whose words are not shown.
    fn follow_fields(&mut self, run: Element<'_, '_>) {
        for child in run.children() {
            match child.name() {
                "fldChar" => self
                    .fields
                    .mark(&child.attribute("fldCharType").unwrap_or_default()),
                "instrText" => self.fields.instruction(&child.text()),
                _ => {}
            }
        }
    }

    /// Reads a mark of a field, and what a form shows for it.
    fn field_mark(&mut self, mark: Element<'_, '_>, marks: &Marks, out: &mut Vec<Inline>) {
        let kind = mark.attribute("fldCharType").unwrap_or_default();
        let was_contents = self.fields.in_contents();
        self.fields.mark(&kind);
        if was_contents && !self.fields.in_contents() {
            self.omissions.add(Lost::Contents, "");
        }
        let Some(form) = mark.child("ffData") else {
            return;
        };
        if let Some(tick) = form.child("checkBox") {
            let state = tick.child("checked").or_else(|| tick.child("default"));
            let on = state.is_some_and(|state| state.attribute("val").as_deref().is_none_or(is_on));
            self.push(if on { "☒" } else { "☐" }, marks, None, out);
        }
        if let Some(list) = form.child("ddList") {
            let chosen = value(list, "result")
                .and_then(|chosen| chosen.parse().ok())
                .unwrap_or(0_usize);
            let entry = list
                .children()
                .filter(|child| child.name() == "listEntry")
                .nth(chosen);
            let text = entry
                .and_then(|entry| entry.attribute("val"))
                .unwrap_or_default();
            self.push(&text, marks, None, out);
        }
    }

    /// Adds words with their marks.
    fn push(&mut self, text: &str, marks: &Marks, link: Option<&str>, out: &mut Vec<Inline>) {
        if text.is_empty() {
            return;
        }
        let of_field = match self.fields.link() {
            Some(Meaning::Link { address, inner }) => self.target(&address, inner),
            Some(Meaning::Text | Meaning::Contents) | None => None,
        };
        out.push(Inline::Text(Span {
            text: text.to_owned(),
            style: Style {
                bold: marks.bold == Some(true),
                italic: marks.italic == Some(true),
                strike: marks.strike == Some(true),
                raised: marks.raised.unwrap_or(Raised::No),
            },
            link: link.map(str::to_owned).or(of_field),
        }));
    }

    /// Returns the characters that a text shows: in a symbol font letters are signs, and some characters are never seen.
    fn letters(&mut self, text: &str, marks: &Marks) -> String {
        let font = marks.font.clone().filter(|font| is_symbol_font(font));
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                // A soft hyphen, and marks that only programs need.
                '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' => {}
                '\u{f000}'..='\u{f0ff}' => {
                    let font = font.as_deref().unwrap_or("symbol").to_owned();
                    out.push(self.symbol(&font, u32::from(c)));
                }
                c if font.is_some() && !c.is_whitespace() && u32::from(c) < 0x100 => {
                    let font = font.clone().unwrap_or_default();
                    out.push(self.symbol(&font, u32::from(c)));
                }
                '\t' | '\n' | '\r' => out.push(' '),
                c if c.is_control() => {}
                c => out.push(c),
            }
        }
        out
    }

    fn symbol(&mut self, font: &str, code: u32) -> char {
        if let Some(known) = symbol(font, code) {
            return known;
        }
        // In an ordinary font the code is that of the character.
        match char::from_u32(code) {
            Some(c)
                if !is_symbol_font(&font.to_lowercase())
                    && !c.is_control()
                    && !('\u{e000}'..='\u{f8ff}').contains(&c) =>
            {
                c
            }
            Some(_) | None => {
                self.omissions.add(Lost::Symbol, &self.under);
                '□'
            }
        }
    }

    fn hyperlink(&mut self, element: Element<'_, '_>) -> Option<String> {
        let Some(id) = element.reference("id") else {
            if element.attribute("anchor").is_some() && !self.fields.in_contents() {
                self.omissions.add(Lost::InnerLink, "");
            }
            return None;
        };
        let target = self
            .relationships
            .get(&id)
            .map(|relationship| relationship.target.clone());
        match target {
            Some(Target::Outside(address)) => self.target(&address, false),
            Some(Target::Part(_)) | None => self.target("", false),
        }
    }

    /// Returns an address if a reader may be sent there, and counts it otherwise.
    fn target(&mut self, address: &str, inner: bool) -> Option<String> {
        if inner {
            self.omissions.add(Lost::InnerLink, "");
            return None;
        }
        let found = readable_address(address);
        if found.is_none() {
            self.omissions.add(Lost::Link, &self.under);
        }
        found
    }

    /// Adds a reference to a note, numbered in the order of the text.
    fn note(&mut self, kind: NoteKind, reference: Element<'_, '_>, out: &mut Vec<Inline>) {
        let Some(id) = reference.attribute("id").filter(|_| !self.in_note) else {
            return;
        };
        let next = self.note_numbers.len() + 1;
        let number = *self.note_numbers.entry((kind, id)).or_insert(next);
        out.push(Inline::Note(number));
    }
}
