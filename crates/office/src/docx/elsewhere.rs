//! What a document holds outside of its text: notes, and parts that are counted and not carried over.

use super::{NoteKind, Reader, fields::Fields};
use crate::{
    blocks::flatten,
    omission::Lost,
    package::Target,
    refusal::Refusal,
    xml::{Element, Tree},
};

impl Reader<'_, '_> {
    /// Reads the notes that the text refers to, in their order.
    pub(super) fn read_notes(&mut self) -> Result<(), Refusal> {
        self.in_note = true;
        self.notes = vec![Vec::new(); self.note_numbers.len()];
        for (kind, relation, name) in [
            (NoteKind::Foot, "footnotes", "footnote"),
            (NoteKind::End, "endnotes", "endnote"),
        ] {
            let Some(part) = self.package.related(&self.package.main, relation)? else {
                continue;
            };
            let Some(text) = self.package.xml(&part)? else {
                continue;
            };
            let tree = Tree::parse(&text)?;
            self.relationships = self.package.relationships(&part)?;
            for note in tree.root().children().filter(|child| child.name() == name) {
                let Some(id) = note.attribute("id") else {
                    continue;
                };
                let Some(number) = self.note_numbers.get(&(kind, id)).copied() else {
                    continue;
                };
                self.fields = Fields::for_text(note);
                let mut blocks = Vec::new();
                self.blocks(note, &mut blocks)?;
                self.finish_joined(&mut blocks);
                if let Some(held) = number.checked_sub(1).and_then(|at| self.notes.get_mut(at)) {
                    *held = flatten(blocks);
                }
            }
        }
        Ok(())
    }

    /// Counts what is in other parts and not carried over.
    pub(super) fn count_elsewhere(&mut self) -> Result<(), Refusal> {
        let relationships = self.package.relationships(&self.package.main)?;
        let mut edges = 0;
        for relationship in relationships.values() {
            let Target::Part(part) = &relationship.target else {
                continue;
            };
            match relationship.kind.as_str() {
                "comments" => {
                    if let Some(text) = self.package.xml(part)? {
                        let tree = Tree::parse(&text)?;
                        let count = tree
                            .root()
                            .children()
                            .filter(|child| child.name() == "comment")
                            .count();
                        self.omissions.add_many(Lost::Comment, count, "");
                    }
                }
                "header" | "footer" => {
                    if let Some(text) = self.package.xml(part)? {
                        let tree = Tree::parse(&text)?;
                        let words = tree
                            .root()
                            .descendants()
                            .filter(|below| below.name() == "t");
                        edges += usize::from(
                            words.map(Element::text).any(|text| !text.trim().is_empty()),
                        );
                    }
                }
                _ => {}
            }
        }
        self.omissions.add_many(Lost::HeaderOrFooter, edges, "");
        Ok(())
    }
}
