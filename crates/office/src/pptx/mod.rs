//! PowerPoint presentations: the titles of slides as headings, their texts as lists and paragraphs.

mod frames;
mod text;

use crate::{
    blocks::Block,
    inline::{Inline, plain},
    limits::{MAX_LIST_LEVELS, MAX_SLIDES},
    omission::{Lost, Omissions},
    outline::Source,
    package::{Package, Relationships, Target},
    pictures::Pictures,
    refusal::Refusal,
    xml::{Element, Tree},
};

/// The level of a slide's heading: the title of the presentation is above it.
const SLIDE_LEVEL: u8 = 2;

/// Reads a presentation, with or without the notes of its speaker.
pub(crate) fn read(package: &Package<'_>, with_notes: bool) -> Result<Source, Refusal> {
    let text = package.xml(&package.main)?.ok_or(Refusal::Damaged)?;
    let tree = Tree::parse(&text)?;
    let relationships = package.relationships(&package.main)?;
    let list = tree.root().child("sldIdLst");
    let mut slides = Vec::new();
    for entry in list
        .into_iter()
        .flat_map(Element::children)
        .filter(|child| child.name() == "sldId")
    {
        let target = entry.reference("id").and_then(|id| relationships.get(&id));
        if let Some(Target::Part(part)) = target.map(|held| &held.target) {
            slides.push(part.clone());
        }
    }
    if slides.len() > MAX_SLIDES {
        return Err(Refusal::TooLarge);
    }
    let mut reader = Reader {
        package,
        relationships,
        omissions: Omissions::default(),
        pictures: Pictures::default(),
        title: None,
        under: String::new(),
        last_heading: String::new(),
        with_notes,
        counts: [0; MAX_LIST_LEVELS],
        bytes: 0,
        cells: 0,
    };
    let mut blocks = Vec::new();
    for (index, part) in slides.iter().enumerate() {
        reader.slide(part, index, &mut blocks)?;
    }
    Ok(Source {
        title: reader.title,
        blocks,
        guess_headings: false,
        notes: Vec::new(),
        pictures: reader.pictures.finish(),
        omissions: reader.omissions,
    })
}

struct Reader<'p, 'a> {
    package: &'p Package<'a>,
    /// Those of the slide that is being read.
    relationships: Relationships,
    omissions: Omissions,
    pictures: Pictures,
    title: Option<String>,
    /// The slide that is being read, for the list of what is left out.
    under: String,
    last_heading: String,
    with_notes: bool,
    /// How far the numbered paragraphs of a text have been counted.
    counts: [u32; MAX_LIST_LEVELS],
    bytes: usize,
    cells: usize,
}

/// What a text on a slide is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Title,
    /// Paragraphs are bullets unless they say otherwise.
    Body,
    /// Paragraphs are bullets where they say so.
    Free,
    /// Dates, numbers of slides and the like.
    Edge,
}

impl Reader<'_, '_> {
    fn slide(&mut self, part: &str, index: usize, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let text = self.package.xml(part)?.ok_or(Refusal::Damaged)?;
        let tree = Tree::parse(&text)?;
        let root = tree.root();
        self.under = format!("slide {}", index + 1);
        if root
            .attribute("show")
            .is_some_and(|show| matches!(show.as_str(), "0" | "false"))
        {
            self.omissions.add(Lost::HiddenSlide, &self.under);
            return Ok(());
        }
        self.relationships = self.package.relationships(part)?;
        let mut shapes = Vec::new();
        if let Some(shape_tree) = root.descendant("spTree") {
            shapes_below(shape_tree, &mut shapes);
        }
        // The title comes first, wherever it is on the slide.
        for shape in shapes
            .iter()
            .filter(|shape| shape.name() == "sp" && use_of(**shape) == Use::Title)
        {
            self.slide_title(*shape, index, out)?;
        }
        for shape in shapes {
            self.shape(shape, out)?;
        }
        self.speaker_notes(out)?;
        for relationship in self.relationships.clone().values() {
            if let (Target::Part(part), "comments") =
                (&relationship.target, relationship.kind.as_str())
                && let Some(text) = self.package.xml(part)?
            {
                let tree = Tree::parse(&text)?;
                let count = tree
                    .root()
                    .descendants()
                    .filter(|below| below.name() == "cm")
                    .count();
                self.omissions.add_many(Lost::Comment, count, &self.under);
            }
        }
        Ok(())
    }

    fn slide_title(
        &mut self,
        shape: Element<'_, '_>,
        index: usize,
        out: &mut Vec<Block>,
    ) -> Result<(), Refusal> {
        let mut inlines: Vec<Inline> = Vec::new();
        for paragraph in shape
            .child("txBody")
            .into_iter()
            .flat_map(Element::children)
            .filter(|child| child.name() == "p")
        {
            if !inlines.is_empty() {
                inlines.push(Inline::Break);
            }
            inlines.extend(self.inlines(paragraph)?);
        }
        let words = plain(&inlines);
        if words.is_empty() {
            return Ok(());
        }
        if index == 0 && self.title.is_none() {
            self.title = Some(words);
            return Ok(());
        }
        // A title that continues over several slides is one heading.
        if words != self.last_heading {
            self.last_heading.clone_from(&words);
            out.push(Block::Heading {
                level: SLIDE_LEVEL,
                inlines,
            });
        }
        Ok(())
    }

    fn shape(&mut self, shape: Element<'_, '_>, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let own = shape.descendant("cNvPr");
        if own
            .and_then(|own| own.attribute("hidden"))
            .is_some_and(|hidden| hidden == "1" || hidden == "true")
        {
            self.omissions.add(Lost::HiddenText, &self.under);
            return Ok(());
        }
        match shape.name() {
            "sp" => {
                let what = use_of(shape);
                if matches!(what, Use::Body | Use::Free)
                    && let Some(body) = shape.child("txBody")
                {
                    self.text(body, what, out)?;
                }
            }
            "pic" => self.picture(shape, own, out)?,
            "graphicFrame" => self.frame(shape, own, out)?,
            _ => {}
        }
        Ok(())
    }

    /// Counts the notes of a slide, or adds them.
    fn speaker_notes(&mut self, out: &mut Vec<Block>) -> Result<(), Refusal> {
        let relationships = self.relationships.clone();
        for relationship in relationships
            .values()
            .filter(|held| held.kind == "notesSlide")
        {
            let Target::Part(part) = &relationship.target else {
                continue;
            };
            let Some(text) = self.package.xml(part)? else {
                continue;
            };
            let tree = Tree::parse(&text)?;
            let mut shapes = Vec::new();
            if let Some(shape_tree) = tree.root().descendant("spTree") {
                shapes_below(shape_tree, &mut shapes);
            }
            let bodies = shapes
                .into_iter()
                .filter(|shape| shape.name() == "sp" && use_of(*shape) == Use::Body);
            let mut notes = Vec::new();
            for body in bodies.filter_map(|shape| shape.child("txBody")) {
                self.text(body, Use::Free, &mut notes)?;
            }
            if notes.is_empty() {
                continue;
            }
            if self.with_notes {
                out.append(&mut notes);
            } else {
                self.omissions.add(Lost::SpeakerNotes, &self.under);
            }
        }
        Ok(())
    }
}

/// Finds shapes, also those within groups.
fn shapes_below<'t, 'a>(parent: Element<'t, 'a>, out: &mut Vec<Element<'t, 'a>>) {
    for child in parent.children() {
        match child.name() {
            "sp" | "pic" | "graphicFrame" => out.push(child),
            "grpSp" => shapes_below(child, out),
            "AlternateContent" => {
                let chosen = child.child("Choice").or_else(|| child.child("Fallback"));
                if let Some(chosen) = chosen {
                    shapes_below(chosen, out);
                }
            }
            _ => {}
        }
    }
}

fn use_of(shape: Element<'_, '_>) -> Use {
    let placeholder = shape
        .child("nvSpPr")
        .and_then(|properties| properties.descendant("ph"));
    match placeholder.map(|placeholder| placeholder.attribute("type")) {
        None => Use::Free,
        Some(None) => Use::Body,
        Some(Some(kind)) => match kind.as_str() {
            "title" | "ctrTitle" => Use::Title,
            "body" | "obj" => Use::Body,
            "dt" | "ftr" | "sldNum" | "hdr" | "sldImg" => Use::Edge,
            _ => Use::Free,
        },
    }
}
