//! The text of a shape: paragraphs, items of lists, links.

use super::{Reader, Use};
use crate::{
    blocks::Block,
    inline::{Inline, Raised, Span, Style, is_blank},
    limits::{MAX_LIST_LEVELS, MAX_TEXT_BYTES},
    links::readable_address,
    omission::Lost,
    package::Target,
    refusal::Refusal,
    xml::Element,
};

impl Reader<'_, '_> {
    /// Reads the paragraphs of a text.
    pub(super) fn text(
        &mut self,
        body: Element<'_, '_>,
        what: Use,
        out: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        self.counts = [0; MAX_LIST_LEVELS];
        for paragraph in body.children().filter(|child| child.name() == "p") {
            let inlines = self.inlines(paragraph)?;
            if is_blank(&inlines) {
                continue;
            }
            let properties = paragraph.child("pPr");
            let level = properties
                .and_then(|properties| properties.attribute("lvl"))
                .and_then(|level| level.parse().ok())
                .unwrap_or(0_usize);
            let level = level.min(MAX_LIST_LEVELS - 1);
            let has = |name: &str| properties.and_then(|properties| properties.child(name));
            let automatic = has("buAutoNum");
            let is_item = automatic.is_some()
                || has("buChar").is_some()
                || has("buBlip").is_some()
                || (has("buNone").is_none() && (what == Use::Body || level > 0));
            if !is_item {
                self.counts = [0; MAX_LIST_LEVELS];
                out.push(Block::Paragraph(inlines));
                continue;
            }
            let number = automatic.map(|automatic| self.count(automatic, level));
            if number.is_none() {
                self.counts
                    .iter_mut()
                    .skip(level)
                    .for_each(|count| *count = 0);
            }
            out.push(Block::Item {
                level,
                number,
                inlines,
            });
        }
        Ok(())
    }

    fn count(&mut self, automatic: Element<'_, '_>, level: usize) -> u32 {
        let start = automatic
            .attribute("startAt")
            .and_then(|start| start.parse().ok())
            .unwrap_or(1_u32);
        let form = automatic.attribute("type").unwrap_or_default();
        let mut number = start;
        for (at, count) in self.counts.iter_mut().enumerate() {
            if at == level {
                if *count == 0 && !form.starts_with("arabic") {
                    self.omissions.add(Lost::ListForm, &self.under);
                }
                *count = if *count == 0 {
                    start
                } else {
                    count.saturating_add(1)
                };
                number = *count;
            } else if at > level {
                *count = 0;
            }
        }
        number
    }

    pub(super) fn inlines(&mut self, paragraph: Element<'_, '_>) -> Result<Vec<Inline>, Refusal> {
        let mut out = Vec::new();
        for child in paragraph.children() {
            match child.name() {
                "r" | "fld" => {
                    let words: String = child
                        .children()
                        .filter(|part| part.name() == "t")
                        .map(Element::text)
                        .collect::<String>()
                        .chars()
                        .filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{feff}'))
                        .map(|c| if c.is_control() { ' ' } else { c })
                        .collect();
                    self.bytes += words.len();
                    if self.bytes > MAX_TEXT_BYTES {
                        return Err(Refusal::TooLarge);
                    }
                    let properties = child.child("rPr");
                    let link = properties
                        .and_then(|properties| properties.child("hlinkClick"))
                        .and_then(|link| self.link(link));
                    out.push(Inline::Text(Span {
                        text: words,
                        style: properties.map(style).unwrap_or_default(),
                        link,
                    }));
                }
                "br" => out.push(Inline::Break),
                // An equation, within an alternative for older programs.
                "AlternateContent" | "m" => {
                    let words: String = child
                        .chosen_descendants()
                        .filter(|part| part.name() == "t")
                        .map(Element::text)
                        .collect();
                    if !words.trim().is_empty() {
                        self.omissions.add(Lost::Equation, &self.under);
                        out.push(crate::inline::text(&words));
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }

    fn link(&mut self, link: Element<'_, '_>) -> Option<String> {
        let id = link.reference("id").filter(|id| !id.is_empty())?;
        match self.relationships.get(&id).map(|held| held.target.clone()) {
            Some(Target::Outside(address)) => {
                let found = readable_address(&address);
                if found.is_none() {
                    self.omissions.add(Lost::Link, &self.under);
                }
                found
            }
            Some(Target::Part(_)) | None => {
                self.omissions.add(Lost::InnerLink, &self.under);
                None
            }
        }
    }
}

fn style(properties: Element<'_, '_>) -> Style {
    let is_set = |name: &str| {
        properties
            .attribute(name)
            .is_some_and(|value| value == "1" || value == "true")
    };
    let baseline = properties
        .attribute("baseline")
        .and_then(|value| value.trim_end_matches('%').parse::<f64>().ok());
    Style {
        bold: is_set("b"),
        italic: is_set("i"),
        strike: properties
            .attribute("strike")
            .is_some_and(|strike| strike != "noStrike"),
        raised: match baseline {
            Some(height) if height > 0.0 => Raised::Above,
            Some(height) if height < 0.0 => Raised::Below,
            Some(_) | None => Raised::No,
        },
    }
}
