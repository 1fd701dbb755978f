//! Reads the tags of HTML: those of a line part no word, others begin a block, a row or a cell.

use super::reader::{Mode, Reader};
use crate::tokens::{Gap, Sort};

/// Bytes of a tag.
const MAX_TAG: usize = 64_000;

/// What a tag does to the words around it.
enum Effect {
    Nothing,
    Line,
    Structure(Sort),
    /// What is between the tags is not shown.
    Hidden,
    /// It is no tag of HTML, so it is text.
    Text,
}

impl Reader<'_> {
    /// Reads `<`.
    pub(super) fn angle(&mut self, from: usize) {
        let rest = self.rest(from);
        if rest.starts_with("<!--") {
            if let Some(end) = self.next_comment_end.at(self.text, from + 4) {
                self.aside(from + 4, end, Mode::Inline);
                self.at = end + 3;
                return;
            }
            return self.mark('<', from);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return self.declaration(from);
        }
        let is_closing = rest.starts_with("</");
        let begin = from + 1 + usize::from(is_closing);
        let name_bytes = self.text.as_bytes().get(begin..).unwrap_or_default();
        let length = name_bytes
            .iter()
            .take(16)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let name = self.text.get(begin..begin + length).unwrap_or_default();
        let first = self.text.as_bytes().get(begin + length).copied();
        // `<name@host>` and `<https://…>` are addresses.
        let is_tag = first.is_some_and(|byte| byte.is_ascii_whitespace() || b"/>".contains(&byte));
        let name = name.to_ascii_lowercase();
        let effect = if is_tag && length > 0 {
            effect(&name, is_closing)
        } else {
            Effect::Text
        };
        if matches!(effect, Effect::Text) {
            return self.text_in_angles(from, begin + length);
        }
        let Some(end) = self.tag_end(begin + length) else {
            return self.mark('<', from);
        };
        self.aside(begin + length, end, Mode::Inline);
        self.at = end + 1;
        if matches!(&*name, "img" | "svg" | "image") && !is_closing && !self.is_example() {
            self.out.images.push((from, end + 1));
        }
        self.apply(effect, &name, is_closing);
    }

    /// Does to the text what a tag does.
    fn apply(&mut self, effect: Effect, name: &str, is_closing: bool) {
        match effect {
            Effect::Nothing | Effect::Text => {
                // A raised figure joins no number.
                if matches!(name, "sup" | "sub") {
                    self.end_token();
                }
            }
            Effect::Hidden if !is_closing => self.hidden(name),
            Effect::Hidden => {}
            Effect::Line => self.space(Gap::Line),
            // Within a line of text, a block is no more than a break.
            Effect::Structure(Sort::Block)
                if self.mode == Mode::Markdown && !self.lines.is_html =>
            {
                self.space(Gap::Line);
            }
            Effect::Structure(sort) => self.structure(sort),
        }
    }

    /// Returns the place of the `>` that ends a tag: one between quotation marks does not.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        let is_near = |end: &usize| end - from <= MAX_TAG;
        let first = self.next_angle.at(self.text, from).filter(is_near)?;
        if from < self.unquoted_until {
            return Some(first);
        }
        let (mut at, mut end) = (from, first);
        while let Some(opening) = opening_quote(self.text, at, end) {
            let is_double = self.text.as_bytes().get(opening) == Some(&b'"');
            let quote = if is_double {
                &mut self.next_quote
            } else {
                &mut self.next_apostrophe
            };
            let closing = quote.at(self.text, opening + 1);
            let next = closing.and_then(|closing| self.next_angle.at(self.text, closing + 1));
            let (Some(closing), Some(next)) = (closing, next.filter(is_near)) else {
                // The next tags would search the same text without success.
                self.unquoted_until = closing.unwrap_or(self.text.len());
                return Some(first);
            };
            (at, end) = (closing + 1, next);
        }
        Some(end)
    }

    /// Reads `<!DOCTYPE …>`, `<?php …>` and the like, which are not shown.
    fn declaration(&mut self, from: usize) {
        let end = self.next_angle.at(self.text, from + 2);
        let second = self.char_at(from + 2);
        let is_declaration = second.is_some_and(|c| c.is_ascii_alphabetic() || c == '[');
        match end.filter(|end| is_declaration && end - from <= MAX_TAG) {
            Some(end) => {
                self.aside(from + 2, end, Mode::Inline);
                self.at = end + 1;
            }
            None => self.mark('<', from),
        }
    }

    /// Passes over what is not shown, to the tag that closes it, if there is one.
    fn hidden(&mut self, name: &str) {
        let mut at = self.at;
        if self.never_closed.iter().any(|known| known == name) {
            return;
        }
        while let Some(end) = self.next_content_end.at(self.text, at) {
            let rest = self.text.as_bytes().get(end + 2..end + 2 + name.len());
            if rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name.as_bytes())) {
                self.aside(self.at, end, Mode::Inline);
                self.at = end;
                return;
            }
            at = end + 2;
        }
        self.never_closed.push(name.to_owned());
    }

    /// Reads `<` before what is no tag. The angles of an address are not shown.
    fn text_in_angles(&mut self, from: usize, behind_name: usize) {
        // A scheme has two letters or more: `<w:t>` is a tag of XML.
        let is_address = self.mode == Mode::Markdown
            && !self.is_example()
            && behind_name > from + 2
            && self.char_at(behind_name) == Some(':')
            && self
                .char_at(behind_name + 1)
                .is_some_and(|c| !c.is_whitespace());
        let end = self.next_angle.at(self.text, behind_name);
        match end.filter(|end| is_address && end - from <= MAX_TAG) {
            Some(end) => self.autolink_end = Some(end),
            None => self.mark('<', from),
        }
    }
}

/// Returns the place of the first quotation mark that begins the value of an attribute.
fn opening_quote(text: &str, from: usize, to: usize) -> Option<usize> {
    let bytes = text.as_bytes().get(from..to)?;
    let mut is_assigned = false;
    for (offset, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' | b'\'' if is_assigned => return Some(from + offset),
            b'=' => is_assigned = true,
            byte if byte.is_ascii_whitespace() => {}
            _ => is_assigned = false,
        }
    }
    None
}

fn effect(name: &str, is_closing: bool) -> Effect {
    match name {
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data"
        | "del" | "dfn" | "em" | "font" | "i" | "img" | "ins" | "kbd" | "label" | "mark"
        | "nobr" | "o" | "q" | "s" | "samp" | "small" | "span" | "strike" | "strong" | "sub"
        | "sup" | "svg" | "image" | "time" | "tt" | "u" | "var" | "wbr" | "center" | "button"
        | "input" | "output" | "picture" | "source" | "ruby" | "rt" | "rp" | "path" | "g"
        | "use" | "meta" | "link" | "text" | "select" | "map" | "area" | "noscript"
        | "textarea" | "param" | "track" | "base" | "math" => Effect::Nothing,
        "script" | "style" | "template" => Effect::Hidden,
        "br" => Effect::Line,
        "table" if is_closing => Effect::Structure(Sort::TableEnd),
        "table" => Effect::Structure(Sort::Table),
        "tr" if !is_closing => Effect::Structure(Sort::Row),
        "td" | "th" if !is_closing => Effect::Structure(Sort::Cell),
        "tr" | "td" | "th" | "thead" | "tbody" | "tfoot" | "colgroup" | "col" => Effect::Nothing,
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "dd" | "details"
        | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "head" | "header" | "hr" | "html" | "iframe"
        | "li" | "main" | "nav" | "ol" | "option" | "p" | "pre" | "section" | "summary"
        | "title" | "ul" | "dialog" | "dir" | "hgroup" | "legend" | "menu" | "video" | "audio"
        | "object" | "embed" => Effect::Structure(Sort::Block),
        _ => Effect::Text,
    }
}
