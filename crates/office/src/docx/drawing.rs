//! Pictures, charts, diagrams and text boxes.

use super::Reader;
use crate::{
    blocks::Block,
    inline::{Inline, text},
    omission::Lost,
    package::Target,
    refusal::Refusal,
    xml::{Element, Tree},
};

impl Reader<'_, '_> {
    /// Reads a drawing: its pictures are placed in the text, its text boxes behind the paragraph.
    pub(super) fn drawing(
        &mut self,
        drawing: Element<'_, '_>,
        out: &mut Vec<Inline>,
    ) -> Result<(), Refusal> {
        let outer = drawing.descendant("docPr");
        for element in drawing.chosen_descendants() {
            match element.name() {
                "pic" => {
                    let own = element.descendant("cNvPr");
                    let alt = own
                        .and_then(description)
                        .or_else(|| outer.and_then(description));
                    let blip = element.descendant("blip");
                    let embedded = blip.and_then(|blip| blip.reference("embed"));
                    let linked = blip.and_then(|blip| blip.reference("link"));
                    self.picture(embedded.or(linked), alt.as_deref().unwrap_or_default(), out)?;
                }
                "imagedata" => {
                    let shape_alt = drawing
                        .descendants()
                        .find_map(|below| below.attribute("alt"));
                    let alt = element
                        .attribute("title")
                        .filter(|title| !title.is_empty())
                        .or(shape_alt);
                    self.picture(
                        element.reference("id"),
                        alt.as_deref().unwrap_or_default(),
                        out,
                    )?;
                }
                "chart" if element.reference("id").is_some() => {
                    let alt = outer.and_then(description);
                    self.omissions
                        .add(Lost::Chart, alt.as_deref().unwrap_or(&self.under));
                }
                "relIds" => self.diagram(element)?,
                // Words that are drawn, in the old form.
                "textpath" => {
                    let words = element.attribute("string").unwrap_or_default();
                    if !words.trim().is_empty() {
                        self.boxed.push(Block::Paragraph(vec![text(words.trim())]));
                    }
                }
                _ => {}
            }
        }
        self.text_boxes(drawing)
    }

    /// Reads the outer text boxes below an element.
    pub(super) fn text_boxes(&mut self, element: Element<'_, '_>) -> Result<(), Refusal> {
        for child in element.children() {
            match child.name() {
                "txbxContent" => {
                    let mut blocks = Vec::new();
                    // A paragraph that hangs over does not continue within a box.
                    let joined = std::mem::take(&mut self.joined);
                    let boxed = std::mem::take(&mut self.boxed);
                    self.blocks(child, &mut blocks)?;
                    self.finish_joined(&mut blocks);
                    self.joined = joined;
                    self.boxed = boxed;
                    self.boxed.append(&mut blocks);
                }
                "AlternateContent" => {
                    if let Some(chosen) = super::alternative(child) {
                        self.text_boxes(chosen)?;
                    }
                }
                _ => self.text_boxes(child)?,
            }
        }
        Ok(())
    }

    /// Takes a picture out of the file.
    fn picture(
        &mut self,
        id: Option<String>,
        alt: &str,
        out: &mut Vec<Inline>,
    ) -> Result<(), Refusal> {
        let target = id.and_then(|id| self.relationships.get(&id).map(|held| held.target.clone()));
        let place = if alt.is_empty() {
            self.under.clone()
        } else {
            format!("“{alt}”")
        };
        match target {
            Some(Target::Part(part)) => match self.pictures.take(self.package, &part, alt)? {
                Ok((name, alt)) => out.push(Inline::Picture { name, alt }),
                Err(lost) => self.omissions.add(lost, &place),
            },
            Some(Target::Outside(_)) => self.omissions.add(Lost::LinkedPicture, &place),
            None => {}
        }
        Ok(())
    }

    /// Keeps the words of a diagram as a list.
    fn diagram(&mut self, element: Element<'_, '_>) -> Result<(), Refusal> {
        let Some(id) = element.reference("dm") else {
            return Ok(());
        };
        let Some(Target::Part(part)) = self.relationships.get(&id).map(|held| held.target.clone())
        else {
            return Ok(());
        };
        if let Some(data) = self.package.xml(&part)? {
            let tree = Tree::parse(&data)?;
            self.boxed.extend(diagram_items(tree.root()));
        }
        self.omissions.add(Lost::Diagram, &self.under);
        Ok(())
    }
}

/// Returns the words of a diagram's points.
pub(crate) fn diagram_items(root: Element<'_, '_>) -> Vec<Block> {
    let points = root.descendants().filter(|below| below.name() == "pt");
    points
        .filter_map(|point| {
            let words: Vec<String> = point
                .descendants()
                .filter(|below| below.name() == "t" && below.children().next().is_none())
                .map(Element::text)
                .collect();
            let words = words.join(" ");
            let inlines = vec![text(words.trim())];
            (!words.trim().is_empty()).then_some(Block::Item {
                level: 0,
                number: None,
                inlines,
            })
        })
        .collect()
}

/// Returns what a picture is said to show. A title is taken where there is no description.
pub(crate) fn description(properties: Element<'_, '_>) -> Option<String> {
    let described = properties
        .attribute("descr")
        .or_else(|| properties.attribute("title"))?;
    let described = described.split_whitespace().collect::<Vec<_>>().join(" ");
    // What PowerPoint and Word write by themselves is not checked by anyone, and says so.
    let described = described
        .trim_end_matches("Description automatically generated")
        .trim()
        .to_owned();
    // Some programs put the name of the file here.
    let is_name = !described.contains(' ') && described.contains('.')
        || described.eq_ignore_ascii_case("picture");
    Some(described).filter(|text| !text.is_empty() && !is_name)
}
