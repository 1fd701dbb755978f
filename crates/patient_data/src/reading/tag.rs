//! Reads the tags of HTML: those of a line part no word, others begin a block, a row or a cell.

use super::reader::{Mode, Reader};
use crate::tokens::{Gap, Sort};

/// Bytes of a tag.
const MAX_TAG: usize = 4_000;

/// What a tag does to the words around it.
enum Effect {
    Nothing,
    Line,
    Structure(Sort),
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
        let is_closing = rest.starts_with("</");
        let begin = from + 1 + usize::from(is_closing);
        let name_bytes = self.text.as_bytes().get(begin..).unwrap_or_default();
        let length = name_bytes
            .iter()
            .take(16)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let end = self.next_angle.at(self.text, begin);
        let Some(end) = end.filter(|end| length > 0 && end - from <= MAX_TAG) else {
            return self.mark('<', from);
        };
        let name = self.text.get(begin..begin + length).unwrap_or_default();
        let inside = self.text.get(begin + length..end).unwrap_or_default();
        // `<name@host>` and `<https://…>` are addresses.
        let is_tag =
            inside.is_empty() || inside.starts_with(|c: char| c.is_whitespace() || c == '/');
        let name = name.to_ascii_lowercase();
        let effect = if is_tag {
            effect(&name, is_closing)
        } else {
            Effect::Text
        };
        if matches!(effect, Effect::Text) {
            return self.mark('<', from);
        }
        self.aside(begin + length, end, Mode::Inline);
        self.at = end + 1;
        if matches!(&*name, "img" | "svg" | "image") && !is_closing && !self.is_example() {
            self.out.images.push((from, end + 1));
        }
        match effect {
            Effect::Nothing | Effect::Text => {
                // A raised figure joins no number.
                if matches!(&*name, "sup" | "sub") {
                    self.end_token();
                }
            }
            Effect::Line => self.space(Gap::Line),
            Effect::Structure(sort) => self.structure(sort),
        }
    }
}

fn effect(name: &str, is_closing: bool) -> Effect {
    match name {
        "a" | "abbr" | "acronym" | "b" | "bdi" | "bdo" | "big" | "cite" | "code" | "data"
        | "del" | "dfn" | "em" | "font" | "i" | "img" | "ins" | "kbd" | "label" | "mark"
        | "nobr" | "o" | "q" | "s" | "samp" | "small" | "span" | "strike" | "strong" | "sub"
        | "sup" | "svg" | "image" | "time" | "tt" | "u" | "var" | "wbr" | "center" | "button"
        | "input" | "output" | "picture" | "source" | "ruby" | "rt" | "rp" | "path" | "g"
        | "use" | "meta" | "link" | "text" => Effect::Nothing,
        "br" => Effect::Line,
        "table" if is_closing => Effect::Structure(Sort::TableEnd),
        "table" => Effect::Structure(Sort::Table),
        "tr" if !is_closing => Effect::Structure(Sort::Row),
        "td" | "th" if !is_closing => Effect::Structure(Sort::Cell),
        "tr" | "td" | "th" | "thead" | "tbody" | "tfoot" | "colgroup" | "col" => Effect::Nothing,
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "dd" | "details"
        | "div" | "dl" | "dt" | "fieldset" | "figcaption" | "figure" | "footer" | "form" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "head" | "header" | "hr" | "html" | "iframe"
        | "li" | "main" | "nav" | "ol" | "option" | "p" | "pre" | "script" | "section"
        | "select" | "style" | "summary" | "template" | "textarea" | "title" | "ul" | "video"
        | "audio" | "object" | "embed" => Effect::Structure(Sort::Block),
        _ => Effect::Text,
    }
}
