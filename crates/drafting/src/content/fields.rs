//! The values and the parts of a draft, by section.

use domain::{
    Kind, Outline,
    front_matter::shorten_title,
    value::{Map, Value},
};

use crate::{
    file::{self, Part},
    form::{Field, Form, Input},
    raw,
};

/// Values and text by section.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fields {
    pub(crate) front: Map,
    pub(crate) parts: Vec<Part>,
}

impl Fields {
    /// Returns the keys of the file, the kind first. An observation without a title is called by its first words.
    pub(crate) fn front_of(&self, kind: &Kind) -> Map {
        let mut front = self.front.clone();
        if *kind == Kind::Observation && raw::get(&front, "title").is_none() {
            let title = self.title();
            if !title.is_empty() {
                front.insert(0, ("title".to_owned(), Value::text(title).into()));
            }
        }
        front.insert(0, ("kind".to_owned(), Value::text(kind.as_str()).into()));
        front
    }

    /// Returns the title, or the first words of the text.
    pub(crate) fn title(&self) -> String {
        if let Some(title) = raw::get(&self.front, "title") {
            return raw::text_of(title);
        }
        let mut lines = self.parts.iter().flat_map(|part| part.text.lines());
        let first = lines.find(|line| !line.trim().is_empty());
        let words = without_marks(first.unwrap_or_default());
        let sentence = words.split_once(". ").map_or(&*words, |(first, _)| first);
        shorten_title(sentence.trim_end_matches('.'))
    }

    pub(crate) fn has_title(&self) -> bool {
        raw::get(&self.front, "title").is_some_and(|title| !raw::text_of(title).trim().is_empty())
    }

    /// Returns the part of the text that a field is.
    pub(crate) fn part(&self, field: &Field) -> Option<&Part> {
        let Input::Text(heading) = field.input else {
            return None;
        };
        self.parts.iter().find(|part| part.is_under(heading))
    }

    /// Puts a text into its part. A part that is empty is removed, with its heading.
    pub(super) fn put_part(&mut self, kind: &Kind, field: &Field, text: &str) {
        let Input::Text(heading) = field.input else {
            return;
        };
        let held = self.parts.iter().position(|part| part.is_under(heading));
        let is_empty = text.trim().is_empty();
        match held.and_then(|index| self.parts.get_mut(index)) {
            Some(part) if !is_empty => part.text = text.to_owned(),
            Some(_) => self.parts.retain(|part| !part.is_under(heading)),
            None if is_empty => {}
            None => {
                let part = Part {
                    heading: heading.map(|heading| format!("## {heading}")),
                    text: text.to_owned(),
                };
                let at = self.place_of(kind, heading);
                self.parts.insert(at, part);
            }
        }
    }

    /// Returns the index at which a new part belongs: behind all parts that come before it in the form.
    fn place_of(&self, kind: &Kind, heading: Option<&str>) -> usize {
        let Some(form) = Form::for_kind(kind) else {
            return self.parts.len();
        };
        let earlier: Vec<&str> = form
            .headings()
            .take_while(|name| Some(*name) != heading)
            .collect();
        let is_earlier = |part: &Part| {
            part.heading.is_none() || earlier.iter().any(|name| part.is_under(Some(name)))
        };
        let last = self.parts.iter().rposition(is_earlier);
        match (heading, last) {
            (None, _) | (Some(_), None) => 0,
            (Some(_), Some(last)) => last + 1,
        }
    }
}

/// Returns a line of Markdown without its marks, as a title has none: `**34** [wards](x)` is `34 wards`.
fn without_marks(line: &str) -> String {
    let line = line
        .trim()
        .trim_start_matches(['#', '-', '*', '+', '>', ' ']);
    // The number of a list.
    let line = match line.split_once(". ") {
        Some((number, rest)) if number.parse::<u16>().is_ok() => rest,
        _ => line,
    };
    let mut words = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_mark = match c {
            '`' | '[' | ']' => true,
            '!' => next == '[',
            '~' => before == '~' || next == '~',
            '\\' => next.is_ascii_punctuation(),
            // `snake_case` and `2 * 3` are no marks.
            '*' | '_' => {
                let is_inside = before.is_alphanumeric() && next.is_alphanumeric();
                let is_apart = before.is_whitespace() && next.is_whitespace();
                !is_inside && !is_apart
            }
            _ => false,
        };
        if c == ']' && next == '(' {
            // The address of a link.
            rest.by_ref().take_while(|c| *c != ')').for_each(drop);
        } else if !is_mark {
            words.push(c);
        } else if c == '\\' {
            words.extend(rest.next());
        }
        before = c;
    }
    words.trim().to_owned()
}

pub(super) fn split(kind: &Kind, body: &str, outline: Outline) -> Vec<Part> {
    let known: Vec<&str> = Form::for_kind(kind)
        .map(|form| form.headings().collect())
        .unwrap_or_default();
    let headings = if known.is_empty() {
        Vec::new()
    } else {
        outline(body)
    };
    file::split(body, &known, &headings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_made_of_the_text_has_no_marks() {
        for (line, expected) in [
            (
                "**34 wards** lost their readers",
                "34 wards lost their readers",
            ),
            (
                "__Short__ and _italic_ and *both*",
                "Short and italic and both",
            ),
            ("## A heading", "A heading"),
            ("- a point", "a point"),
            ("1. first thing", "first thing"),
            ("> said", "said"),
            (
                "[A link](https://example.org/x) and more",
                "A link and more",
            ),
            ("![a picture](attachment:x.png) shown", "a picture shown"),
            (
                "`code` of snake_case and 2 * 3",
                "code of snake_case and 2 * 3",
            ),
            ("1\\. First, 5\\_6", "1. First, 5_6"),
            ("~~old~~ new ~ about", "old new ~ about"),
            ("a [open", "a open"),
            ("", ""),
        ] {
            assert_eq!(without_marks(line), expected, "{line}");
        }
    }
}
