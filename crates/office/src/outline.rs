//! Headings: the title of a text, levels, and the sections of a case study.

use std::collections::BTreeMap;

use crate::{
    blocks::{Block, Notes},
    docx::looks_like_heading,
    inline::{Inline, plain},
    omission::Omissions,
    pictures::Picture,
    sections::{is_answer, section_of},
};

/// The level of a section's heading on a page.
const SECTION_LEVEL: u8 = 2;
/// Bold paragraphs that are sections, in a text whose headings are none: from two on they are its headings.
const MIN_BOLD_SECTIONS: usize = 2;

/// What a reader of a format returns.
pub(crate) struct Source {
    pub(crate) title: Option<String>,
    pub(crate) blocks: Vec<Block>,
    /// Whether bold paragraphs are headings, because the text has no others.
    pub(crate) guess_headings: bool,
    pub(crate) notes: Notes,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) omissions: Omissions,
}

/// The blocks of a section of a case study.
pub(crate) struct Part {
    /// Its place among the sections, and then among the answers.
    pub(crate) place: usize,
    /// The headings of the file that led to it.
    pub(crate) headings: Vec<String>,
    pub(crate) blocks: Vec<Block>,
}

/// Makes headings of what looks like headings, takes the title out, and sets the levels so that the first is 2.
pub(crate) fn arrange(source: &mut Source) {
    let headings = |blocks: &[Block]| {
        blocks
            .iter()
            .filter_map(heading)
            .any(|(_, words)| section_of(&words).is_some())
    };
    let bold = |block: &&Block| matches!(block, Block::Paragraph(inlines) if looks_like_heading(inlines) && section_of(&plain(inlines)).is_some());
    let found = source.blocks.iter().filter(bold).count();
    if source.guess_headings || (!headings(&source.blocks) && found >= MIN_BOLD_SECTIONS) {
        guess(&mut source.blocks);
    }
    if source.title.is_none() {
        source.title = take_title(&mut source.blocks);
    }
    let lowest = source
        .blocks
        .iter()
        .filter_map(heading)
        .map(|(level, _)| level)
        .min();
    let Some(lowest) = lowest else { return };
    for block in &mut source.blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level - lowest).saturating_add(SECTION_LEVEL).min(6);
        }
    }
}

fn heading(block: &Block) -> Option<(u8, String)> {
    match block {
        Block::Heading { level, inlines } => Some((*level, plain(inlines))),
        Block::Paragraph(_)
        | Block::Quote(_)
        | Block::Code(_)
        | Block::Item { .. }
        | Block::Table(_) => None,
    }
}

/// Makes headings of bold paragraphs, and of paragraphs that say nothing but the name of a section.
fn guess(blocks: &mut [Block]) {
    // In a text that is bold throughout, bold says nothing.
    let paragraphs = blocks
        .iter()
        .filter(|block| matches!(block, Block::Paragraph(_) | Block::Item { .. }))
        .count();
    let bold =
        |block: &Block| matches!(block, Block::Paragraph(inlines) if looks_like_heading(inlines));
    let counts = blocks.iter().filter(|block| bold(block)).count() * 3 <= paragraphs * 2;
    for block in blocks {
        let Block::Paragraph(inlines) = &*block else {
            continue;
        };
        let words = plain(inlines);
        let names_section =
            words.chars().count() <= 40 && section_of(&words).is_some_and(|found| found.exact);
        if names_section || counts && bold(block) {
            let Block::Paragraph(inlines) = block else {
                continue;
            };
            *block = Block::Heading {
                level: 2,
                inlines: without_colon(std::mem::take(inlines)),
            };
        }
    }
}

/// Takes the colon off the end of a paragraph that became a heading.
fn without_colon(mut inlines: Vec<Inline>) -> Vec<Inline> {
    if let Some(Inline::Text(span)) = inlines.last_mut()
        && let Some(rest) = span.text.trim_end().strip_suffix(':')
    {
        span.text = rest.to_owned();
    }
    inlines
}

/// Takes the first heading as the title if it is above all others and no section.
fn take_title(blocks: &mut Vec<Block>) -> Option<String> {
    let (level, words) = blocks.first().and_then(heading)?;
    if section_of(&words).is_some_and(|found| found.exact) {
        return None;
    }
    let others = blocks.iter().skip(1).filter_map(heading);
    let is_above = others.clone().all(|(other, _)| other > level);
    // Guessed headings have one level: the first is the title if another one is a section.
    let is_first = others.clone().all(|(other, _)| other >= level)
        && others
            .clone()
            .next()
            .is_some_and(|(_, next)| section_of(&next).is_some());
    if !is_above && !is_first {
        return None;
    }
    blocks.remove(0);
    Some(words)
}

/// Divides blocks into the sections of a case study. Nothing if no heading is one of a section.
pub(crate) fn divide(blocks: &[Block]) -> Vec<Part> {
    // The level whose headings name most sections.
    let matches = |wanted: u8| {
        blocks
            .iter()
            .filter_map(heading)
            .filter(|(level, words)| *level == wanted && is_section(words))
            .count()
    };
    let best = (1..=6_u8)
        .rev()
        .map(|level| (matches(level), level))
        .max()
        .filter(|(count, _)| *count > 0);
    let Some((_, level)) = best else {
        return Vec::new();
    };
    let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
    let (mut place, mut last_section) = (0, 0);
    for block in blocks {
        let found = heading(block).filter(|(held, _)| *held <= level);
        if let Some((_, words)) = &found
            && let Some(section) = section_of(words)
        {
            place = section.place;
            if !is_answer(place) {
                last_section = place;
            }
            let part = part(&mut parts, place);
            // A second heading of the same section stays as one within it, unless it says no more than the first.
            if !part.blocks.is_empty() && !section.exact {
                part.blocks.push(sub_heading(block));
            }
            part.headings.push(words.clone());
            continue;
        }
        // A heading that means nothing is within the section before it, and not within an answer.
        if found.is_some() {
            place = last_section;
        }
        let block = match found {
            Some(_) => sub_heading(block),
            None => deeper(block, level),
        };
        part(&mut parts, place).blocks.push(block);
    }
    parts.into_values().collect()
}

fn is_section(words: &str) -> bool {
    section_of(words).is_some_and(|found| !is_answer(found.place))
}

fn part(parts: &mut BTreeMap<usize, Part>, place: usize) -> &mut Part {
    parts.entry(place).or_insert_with(|| Part {
        place,
        headings: Vec::new(),
        blocks: Vec::new(),
    })
}

/// Returns a heading as one within a section.
fn sub_heading(block: &Block) -> Block {
    match block {
        Block::Heading { inlines, .. } => Block::Heading {
            level: SECTION_LEVEL + 1,
            inlines: inlines.clone(),
        },
        other => other.clone(),
    }
}

/// Moves a heading below those of a level to its place within a section.
fn deeper(block: &Block, level: u8) -> Block {
    match block {
        Block::Heading {
            level: own,
            inlines,
        } => {
            let level = own
                .saturating_sub(level)
                .saturating_add(SECTION_LEVEL)
                .clamp(SECTION_LEVEL + 1, 6);
            Block::Heading {
                level,
                inlines: inlines.clone(),
            }
        }
        other => other.clone(),
    }
}
