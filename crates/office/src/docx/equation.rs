//! Equations in one line of text: `(a + b)/(c)`, `√(x)`, raised and lowered parts as such.

use super::Reader;
use crate::{
    inline::{Inline, Raised, Span, Style},
    omission::Lost,
    xml::Element,
};

impl Reader<'_, '_> {
    /// Writes an equation, and counts it.
    pub(super) fn equation(&mut self, element: Element<'_, '_>) -> Vec<Inline> {
        if !self.fields.is_shown() {
            return Vec::new();
        }
        let mut out = Vec::new();
        write(element, Raised::No, &mut out);
        if !out.is_empty() {
            self.omissions.add(Lost::Equation, &self.under);
        }
        out
    }
}

fn write(element: Element<'_, '_>, raised: Raised, out: &mut Vec<Inline>) {
    for child in element.children() {
        match child.name() {
            "t" => push(&child.text(), raised, out),
            "f" => {
                part(child, "num", raised, out);
                push("/", raised, out);
                part(child, "den", raised, out);
            }
            "rad" => {
                let degree = child.child("deg").map(Element::text).unwrap_or_default();
                push(degree.trim(), Raised::Above, out);
                push("√", raised, out);
                part(child, "e", raised, out);
            }
            "d" => {
                let sign = |name: &str, usual: &str| {
                    let sign = child
                        .descendant(name)
                        .and_then(|sign| sign.attribute("val"));
                    sign.unwrap_or_else(|| usual.to_owned())
                };
                push(&sign("begChr", "("), raised, out);
                for (index, inner) in child
                    .children()
                    .filter(|part| part.name() == "e")
                    .enumerate()
                {
                    if index > 0 {
                        push(", ", raised, out);
                    }
                    write(inner, raised, out);
                }
                push(&sign("endChr", ")"), raised, out);
            }
            "nary" => {
                let sign = child
                    .descendant("chr")
                    .and_then(|sign| sign.attribute("val"));
                push(sign.as_deref().unwrap_or("∫"), raised, out);
                write(child, raised, out);
            }
            "sub" => write(child, Raised::Below, out),
            "sup" => write(child, Raised::Above, out),
            // What is deleted, and properties, say nothing.
            "del" | "rPr" | "ctrlPr" | "naryPr" | "dPr" => {}
            "mr" => {
                write(child, raised, out);
                push("; ", raised, out);
            }
            _ => write(child, raised, out),
        }
    }
}

/// Writes a part of a fraction or a root, in brackets unless it is one word.
fn part(element: Element<'_, '_>, name: &str, raised: Raised, out: &mut Vec<Inline>) {
    let Some(part) = element.child(name) else {
        return;
    };
    let is_word = part
        .text()
        .trim()
        .chars()
        .all(|c| c.is_alphanumeric() || c == '.');
    if !is_word {
        push("(", raised, out);
    }
    write(part, raised, out);
    if !is_word {
        push(")", raised, out);
    }
}

fn push(text: &str, raised: Raised, out: &mut Vec<Inline>) {
    if !text.is_empty() {
        let style = Style {
            raised,
            ..Style::default()
        };
        out.push(Inline::Text(Span {
            text: text.to_owned(),
            style,
            link: None,
        }));
    }
}
