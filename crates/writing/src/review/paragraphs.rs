//! The text of a draft by paragraphs, each of which a reviewer can comment on.

use drafting::{Field, Note, Notes, Pairs, paragraphs};
use people::{
    drafts::{LinkNames, Opened, outline, shown_title},
    review::CommentFault,
};

use crate::{FaultLink, sent::Sent};

/// What the heading of a part begins with while all are rendered as one.
const PART: &str = "part of the text ";
/// The name of the comment on the whole, and its `id`.
pub(super) const COMMENT: &str = "comment";
/// What the name of a comment on a paragraph begins with.
const AT_PARAGRAPH: &str = "comment.";

/// What the name of a value begins with that has the words of the paragraph at which a comment is.
pub(crate) const QUOTE: &str = "quote.";

/// What is quoted of a paragraph, in characters.
const QUOTED: usize = 120;

/// A part of the text with its paragraphs, each of which can be commented on.
#[derive(Debug, Clone)]
pub(crate) struct TextView {
    pub(crate) label: &'static str,
    pub(crate) html: String,
    pub(crate) paragraphs: Vec<ParagraphView>,
    /// Whether there is a comment, which a reviewer has to see.
    pub(crate) is_commented: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct ParagraphView {
    pub(crate) name: String,
    pub(crate) quote: String,
    pub(crate) comment: String,
    pub(crate) fault: Option<String>,
}

/// A comment that cannot be kept as it is: its name in the form, and what to do.
pub(super) struct FaultyComment {
    pub(super) name: String,
    pub(super) text: String,
}

impl FaultyComment {
    /// Returns it as a fault of the page.
    pub(super) fn link(&self) -> FaultLink {
        FaultLink {
            href: format!("#{}", self.name),
            text: self.text.clone(),
            section: "",
        }
    }
}

/// Returns what is wrong with a comment.
pub(super) fn fault_of(faulty: &[FaultyComment], name: &str) -> Option<String> {
    let own = faulty.iter().filter(|comment| comment.name == name);
    let texts: Vec<&str> = own.map(|comment| comment.text.as_str()).collect();
    (!texts.is_empty()).then(|| texts.join(". "))
}

/// Gives each fault the name of its comment. What is about no comment is said at the one on the whole.
pub(super) fn faulty(names: Vec<String>, faults: Vec<CommentFault>) -> Vec<FaultyComment> {
    let has_whole = names.iter().any(|name| name == COMMENT);
    let name = |index: usize| match has_whole {
        true => names.get(index),
        false => names.get(index.wrapping_sub(1)),
    };
    let each = faults.into_iter().map(|fault| FaultyComment {
        name: name(fault.index).map_or_else(|| COMMENT.to_owned(), Clone::clone),
        text: fault.text,
    });
    each.collect()
}

/// Returns what was sent, with each comment at the paragraph whose words it was about: that may have another number in the draft as
/// it is now. The comment on the whole has those whose paragraph is gone.
pub(super) fn placed(opened: &Opened, sent: &Sent) -> Sent {
    let mut boxes = boxes(opened);
    let (mut pairs, mut whole) = (Pairs::new(), Vec::new());
    for (name, value) in &sent.0 {
        if name == COMMENT {
            whole.insert(0, value.clone());
            continue;
        }
        if !name.starts_with(AT_PARAGRAPH) && !name.starts_with(QUOTE) {
            pairs.push((name.clone(), value.clone()));
            continue;
        }
        if name.starts_with(QUOTE) || value.trim().is_empty() {
            continue;
        }
        let quote = sent.get(&format!("{QUOTE}{name}")).trim();
        match take_box(&mut boxes, name, quote) {
            Some(name) => pairs.push((name, value.clone())),
            None if quote.is_empty() => whole.push(value.clone()),
            // Its words are gone from the draft, and nothing that could identify a patient comes back by the comment.
            None => whole.push(format!("At “{}”: {}", shown_title(quote), value.trim())),
        }
    }
    whole.retain(|comment| !comment.trim().is_empty());
    if !whole.is_empty() {
        pairs.push((COMMENT.to_owned(), whole.join("\n\n")));
    }
    Sent(pairs)
}

/// Returns the name of the comment on each paragraph, and the words that it is about.
fn boxes(opened: &Opened) -> Vec<(String, String)> {
    let mut boxes = Vec::new();
    for (field, text) in texts(opened) {
        let quotes = paragraphs(&text).into_iter().enumerate();
        boxes.extend(quotes.map(|(index, quote)| (comment_name(field, index), quoted(&quote))));
    }
    boxes
}

/// Takes the box of a comment: the one of its name where that is about the same words, or else another one of the same text that is.
fn take_box(boxes: &mut Vec<(String, String)>, name: &str, quote: &str) -> Option<String> {
    // A form sends its line ends in another form.
    let is_same = |words: &str| {
        let same = words.split_whitespace().eq(quote.split_whitespace());
        quote.is_empty() || same
    };
    let text_of = |name: &str| name.rsplit_once('.').map(|(text, _)| text.to_owned());
    let own = boxes
        .iter()
        .position(|(held, words)| held == name && is_same(words));
    let found = own.or_else(|| {
        boxes.iter().position(|(held, words)| {
            !quote.is_empty() && is_same(words) && text_of(held) == text_of(name)
        })
    })?;
    Some(boxes.remove(found).0)
}

/// Returns the first words of a paragraph as its reviewer sees them, without the marks of Markdown.
fn quoted(line: &str) -> String {
    let plain = markdown::plain_text(line);
    let words = match plain.trim().is_empty() {
        true => line,
        false => plain.trim(),
    };
    let first: String = words.chars().take(QUOTED).collect();
    markdown::visible(first.trim_end()).into_owned()
}

/// Returns the comments that were typed, each with the first words of its paragraph, and their names in the form.
pub(super) fn notes_of(opened: &Opened, sent: &Sent) -> (Notes, Vec<String>) {
    let mut notes = Notes {
        comment: sent.get(COMMENT).trim().to_owned(),
        notes: Vec::new(),
    };
    let whole = (!notes.comment.is_empty()).then(|| COMMENT.to_owned());
    let mut names: Vec<String> = whole.into_iter().collect();
    for (field, text) in texts(opened) {
        for (index, quote) in paragraphs(&text).into_iter().enumerate() {
            let name = comment_name(field, index);
            let comment = sent.get(&name).trim();
            if !comment.is_empty() {
                names.push(name.clone());
                notes.notes.push(Note {
                    field: field.name.to_owned(),
                    quote: quoted(&quote),
                    text: comment.to_owned(),
                });
            }
        }
    }
    (notes, names)
}

fn comment_name(field: &Field, index: usize) -> String {
    format!("{AT_PARAGRAPH}{}.{index}", field.name)
}

/// Returns the parts of the text.
fn texts(opened: &Opened) -> Vec<(&'static Field, String)> {
    let content = &opened.content;
    let sections = content.form().map(|form| form.sections).unwrap_or_default();
    let mut texts = Vec::new();
    for section in sections {
        let fields = content.fields_of(section, outline).unwrap_or_default();
        let pairs = content.section(section, outline).unwrap_or_default();
        for field in fields.into_iter().filter(|field| field.is_text()) {
            let text = pairs.iter().find(|(name, _)| name == field.name);
            texts.extend(text.map(|(_, text)| (field, text.clone())));
        }
    }
    texts
}

/// Returns the parts of the text with what was typed about their paragraphs.
pub(super) fn text_views(
    opened: &Opened,
    sent: &Sent,
    names: &LinkNames,
    faulty: &[FaultyComment],
) -> Vec<TextView> {
    let texts = texts(opened);
    let html = rendered(names, &texts);
    let view = |((field, text), html): ((&'static Field, String), String)| {
        let quotes = paragraphs(&text).into_iter().enumerate();
        let each = quotes.map(|(index, quote)| {
            let name = comment_name(field, index);
            ParagraphView {
                quote: quoted(&quote),
                comment: sent.get(&name).to_owned(),
                fault: fault_of(faulty, &name),
                name,
            }
        });
        let paragraphs: Vec<ParagraphView> = each.collect();
        TextView {
            label: field.label,
            html,
            is_commented: paragraphs.iter().any(|one| !one.comment.trim().is_empty()),
            paragraphs,
        }
    };
    texts.into_iter().zip(html).map(view).collect()
}

/// Renders the parts of a text as one, as their page does, so that its tables and notes have one number each; and each alone
/// where they cannot be parted then.
fn rendered(names: &LinkNames, texts: &[(&'static Field, String)]) -> Vec<String> {
    let part =
        |(place, (_, text)): (usize, &(_, String))| format!("## {PART}{place}\n\n{text}\n\n");
    let whole: String = texts.iter().enumerate().map(part).collect();
    let html = names.render(&whole, None).html;
    parted(&html, texts.len()).unwrap_or_else(|| {
        let alone = texts.iter().map(|(_, text)| names.render(text, None).html);
        alone.collect()
    })
}

/// Splits what was rendered at the headings of its parts.
fn parted(html: &str, count: usize) -> Option<Vec<String>> {
    let mut parts = Vec::with_capacity(count);
    let mut rest = html;
    for place in 0..count {
        let heading = format!(">{PART}{place}</h2>");
        let (before, after) = rest.split_once(&heading)?;
        let (before, _) = before.rsplit_once("<h2 ")?;
        match parts.last_mut() {
            Some(part) => *part = before.to_owned(),
            None if before.trim().is_empty() => {}
            None => return None,
        }
        parts.push(String::new());
        rest = after;
    }
    *parts.last_mut()? = rest.to_owned();
    (html.matches(&format!(">{PART}")).count() == count).then_some(parts)
}
