//! Formulas that KaTeX and MathJax have written in several forms, one for each way of reading: one form is shown.

use crate::html::tokens::{Tag, Token};

/// What is known of the formulas among the children of a node.
#[derive(Debug, Default)]
pub(super) struct Formula {
    /// Whether the form for those who cannot see, which says all, has been written of the current formula.
    is_said: bool,
    /// Whether MathJax has set formulas, so that what it shows until then is not needed.
    is_set: bool,
    /// Whether MathJax has written forms for those who cannot see, too.
    is_assisted: bool,
}

impl Formula {
    pub(super) fn new(pieces: &[Vec<Token>]) -> Self {
        let mut formula = Self::default();
        for token in pieces.iter().flatten() {
            let Token::Tag(tag) = token else { continue };
            let has = |names: &[&str]| has_class(tag, names);
            formula.is_set |= has(&["MathJax", "MathJax_Display", "MathJax_SVG", "MathJax_CHTML"]);
            formula.is_assisted |= has(&["MJX_Assistive_MathML", "mjx-assistive-mml"]);
        }
        formula
    }

    /// Returns whether a tag begins a form of a formula that another one says as well.
    pub(super) fn is_said_twice(&mut self, tag: &Tag) -> bool {
        if has_class(tag, &["katex-mathml"]) {
            self.is_said = true;
            return false;
        }
        if has_class(tag, &["katex-html"]) {
            return std::mem::take(&mut self.is_said);
        }
        let is_drawn = || tag.attribute("aria-hidden") == Some("true");
        self.is_set && has_class(tag, &["MathJax_Preview"])
            || self.is_assisted && is_drawn() && tag.element.name == "nobr"
    }
}

fn has_class(tag: &Tag, names: &[&str]) -> bool {
    let classes = tag.attribute("class");
    classes.is_some_and(|classes| {
        classes
            .split_whitespace()
            .any(|class| names.contains(&class))
    })
}
