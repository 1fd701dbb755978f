//! Pictures, tables, charts and diagrams on slides.

use super::{Reader, Use};
use crate::{
    blocks::{Block, Table, flatten},
    docx::{description, diagram_items},
    inline::{Inline, is_blank},
    limits::{MAX_CELLS, MAX_COLUMNS},
    omission::Lost,
    package::Target,
    refusal::Refusal,
    xml::{Element, Tree},
};

impl Reader<'_, '_> {
    pub(super) fn picture(
        &mut self,
        shape: Element<'_, '_>,
        own: Option<Element<'_, '_>>,
        out: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        if shape
            .descendants()
            .any(|below| matches!(below.name(), "videoFile" | "audioFile" | "wavAudioFile"))
        {
            self.omissions.add(Lost::Media, &self.under);
            return Ok(());
        }
        let alt = own.and_then(description).unwrap_or_default();
        let place = if alt.is_empty() {
            self.under.clone()
        } else {
            format!("“{alt}”")
        };
        let blip = shape.descendant("blip");
        let id = blip.and_then(|blip| blip.reference("embed").or_else(|| blip.reference("link")));
        let target = id.and_then(|id| self.relationships.get(&id).map(|held| held.target.clone()));
        match target {
            Some(Target::Part(part)) => match self.pictures.take(self.package, &part, &alt)? {
                Ok((name, alt)) => out.push(Block::Paragraph(vec![Inline::Picture { name, alt }])),
                Err(lost) => self.omissions.add(lost, &place),
            },
            Some(Target::Outside(_)) => self.omissions.add(Lost::LinkedPicture, &place),
            None => {}
        }
        Ok(())
    }

    /// Reads a frame: a table, a chart, a diagram or an object.
    pub(super) fn frame(
        &mut self,
        shape: Element<'_, '_>,
        own: Option<Element<'_, '_>>,
        out: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        for element in shape.chosen_descendants() {
            match element.name() {
                "tbl" => self.table(element, out)?,
                "chart" if element.reference("id").is_some() => {
                    let alt = own.and_then(description);
                    self.omissions
                        .add(Lost::Chart, alt.as_deref().unwrap_or(&self.under));
                }
                "relIds" => {
                    let target = element
                        .reference("dm")
                        .and_then(|id| self.relationships.get(&id).cloned());
                    if let Some(Target::Part(part)) = target.map(|held| held.target)
                        && let Some(data) = self.package.xml(&part)?
                    {
                        out.extend(diagram_items(Tree::parse(&data)?.root()));
                    }
                    self.omissions.add(Lost::Diagram, &self.under);
                }
                "oleObj" => self.omissions.add(Lost::EmbeddedObject, &self.under),
                _ => {}
            }
        }
        Ok(())
    }

    fn table(&mut self, element: Element<'_, '_>, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let (mut rows, mut merged, mut cut): (Vec<Vec<Vec<Inline>>>, _, _) =
            (Vec::new(), false, false);
        for row in element.children().filter(|child| child.name() == "tr") {
            let mut cells: Vec<Vec<Inline>> = Vec::new();
            for cell in row.children().filter(|child| child.name() == "tc") {
                if cells.len() >= MAX_COLUMNS || self.cells >= MAX_CELLS {
                    cut = true;
                    break;
                }
                self.cells += 1;
                let is_set = |name: &str| {
                    cell.attribute(name)
                        .is_some_and(|value| value == "1" || value == "true")
                };
                let words = if is_set("hMerge") {
                    merged = true;
                    cells.last().cloned().unwrap_or_default()
                } else if is_set("vMerge") {
                    merged = true;
                    rows.last()
                        .and_then(|row| row.get(cells.len()))
                        .cloned()
                        .unwrap_or_default()
                } else {
                    let mut blocks = Vec::new();
                    if let Some(body) = cell.child("txBody") {
                        self.text(body, Use::Free, &mut blocks)?;
                    }
                    flatten(blocks)
                };
                cells.push(words);
            }
            if cells.iter().any(|cell| !is_blank(cell)) {
                rows.push(cells);
            }
        }
        self.omissions
            .add_many(Lost::MergedCells, usize::from(merged), &self.under);
        self.omissions
            .add_many(Lost::LargeTable, usize::from(cut), &self.under);
        if !rows.is_empty() {
            out.push(Block::Table(Table { rows }));
        }
        Ok(())
    }
}
