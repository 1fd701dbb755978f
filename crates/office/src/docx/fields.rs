//! Fields of a Word document: instructions with a result that is shown, such as a link or a table of contents.

use crate::xml::Element;

/// The longest instruction that is kept, in bytes.
const MAX_INSTRUCTION_BYTES: usize = 4_096;
/// Most fields within each other.
const MAX_FIELDS: usize = 50;

/// The fields that are open where the text is being read.
#[derive(Default)]
pub(crate) struct Fields {
    open: Vec<Field>,
    /// The document has fields that do not end: nothing may be dropped for them.
    broken: bool,
}

struct Field {
    instruction: String,
    in_result: bool,
}

/// What the result of a field is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Text.
    Text,
    /// A link to an address outside, or to a place in the document.
    Link { address: String, inner: bool },
    /// A table of contents, or an index.
    Contents,
}

impl Fields {
    /// Counts the marks of fields, so that one without an end hides nothing.
    pub(crate) fn for_text(root: Element<'_, '_>) -> Self {
        let (mut begun, mut ended) = (0_usize, 0_usize);
        for mark in root.descendants().filter(|below| below.name() == "fldChar") {
            match mark.attribute("fldCharType").as_deref() {
                Some("begin") => begun += 1,
                Some("end") => ended += 1,
                Some(_) | None => {}
            }
        }
        Self {
            open: Vec::new(),
            broken: begun != ended,
        }
    }

    /// Reads a mark of a field.
    pub(crate) fn mark(&mut self, kind: &str) {
        match kind {
            "begin" if self.open.len() < MAX_FIELDS => {
                self.open.push(Field {
                    instruction: String::new(),
                    in_result: false,
                });
            }
            "separate" => {
                if let Some(field) = self.open.last_mut() {
                    field.in_result = true;
                }
            }
            "end" => {
                self.open.pop();
            }
            _ => {}
        }
    }

    /// Reads a part of an instruction.
    pub(crate) fn instruction(&mut self, text: &str) {
        if let Some(field) = self.open.last_mut()
            && !field.in_result
            && field.instruction.len() + text.len() <= MAX_INSTRUCTION_BYTES
        {
            field.instruction.push_str(text);
        }
    }

    /// Says whether text at this place is shown.
    pub(crate) fn is_shown(&self) -> bool {
        let dropped =
            |field: &Field| !field.in_result || meaning(&field.instruction) == Meaning::Contents;
        self.broken || !self.open.iter().any(dropped)
    }

    /// Says whether this place is within a table of contents.
    pub(crate) fn in_contents(&self) -> bool {
        !self.broken
            && self
                .open
                .iter()
                .any(|field| meaning(&field.instruction) == Meaning::Contents)
    }

    /// Returns where text at this place leads.
    pub(crate) fn link(&self) -> Option<Meaning> {
        self.open
            .iter()
            .rev()
            .filter(|field| field.in_result)
            .map(|field| meaning(&field.instruction))
            .find(|meaning| matches!(meaning, Meaning::Link { .. }))
    }
}

/// Reads an instruction: a word, then arguments with or without quotation marks, then switches.
pub(crate) fn meaning(instruction: &str) -> Meaning {
    let instruction = instruction.trim();
    let (word, rest) = instruction
        .split_once(char::is_whitespace)
        .unwrap_or((instruction, ""));
    match word.to_ascii_uppercase().as_str() {
        "TOC" | "INDEX" | "TOA" => Meaning::Contents,
        "HYPERLINK" => {
            let rest = rest.trim();
            let (inner, rest) = match rest.strip_prefix("\\l") {
                Some(rest) => (true, rest.trim()),
                None => (false, rest),
            };
            let address = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or_default(),
                None => rest.split_whitespace().next().unwrap_or_default(),
            };
            Meaning::Link {
                address: address.to_owned(),
                inner,
            }
        }
        _ => Meaning::Text,
    }
}
