//! Containers of other dialects, `:::tip[Title]`: what their first line says of kind, title and id. And the words in the
//! line of a fence, which would get lost.

use comrak::{
    Arena,
    nodes::{AstNode, NodeCallout, NodeLink, NodeValue, Sourcepos},
    parse_document,
};

use crate::{
    attributes::{self, AttributeList},
    options::options,
};

/// The kinds of notes that dialects have in common; a class of another name says nothing of what a container is.
const NOTES: [&str; 27] = [
    "abstract",
    "admonition",
    "attention",
    "bug",
    "caution",
    "danger",
    "deprecated",
    "details",
    "dropdown",
    "error",
    "example",
    "failure",
    "hint",
    "important",
    "info",
    "margin",
    "note",
    "question",
    "quote",
    "seealso",
    "sidebar",
    "success",
    "tip",
    "todo",
    "topic",
    "versionadded",
    "warning",
];

/// What the first line of a container says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Info {
    /// The kind of the note; empty for a container that is only its content.
    name: String,
    /// Markdown of one line.
    title: String,
    id: Option<String>,
    /// Where a picture is.
    picture: Option<String>,
}

/// Returns the kind of note that a name means, in any dialect.
pub(crate) fn note(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("callout-").unwrap_or(&name);
    let found = NOTES.into_iter().find(|note| *note == name)?;
    Some(if found == "admonition" { "note" } else { found })
}

/// Returns the kind of note and the title of a line such as `{warning} Title`, which follows the mark of a fence in MyST.
pub(crate) fn note_of_fence(info: &str) -> Option<(&'static str, &str)> {
    let (name, title) = info.trim().strip_prefix('{')?.split_once('}')?;
    Some((note(name.trim())?, title.trim()))
}

/// Turns containers into callouts. One of no known kind is only its title and its content.
pub(crate) fn read<'a>(arena: &'a Arena<'a>, root: &'a AstNode<'a>) {
    let directives: Vec<&AstNode<'_>> = root
        .descendants()
        .filter(|node| matches!(node.data().value, NodeValue::BlockDirective(_)))
        .collect();
    for node in directives {
        let info = match &node.data().value {
            NodeValue::BlockDirective(directive) => Info::read(&directive.info),
            _ => continue,
        };
        become_note(arena, node, info);
    }
}

fn become_note<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>, info: Info) {
    let place = node.data().sourcepos;
    let title = line(arena, &info.title, place);
    if let Some(url) = info.picture {
        let paragraph = title_of(arena, place);
        let title = String::new();
        let image = NodeValue::Image(Box::new(NodeLink { url, title }));
        paragraph.append(arena.alloc(image.into()));
        node.prepend(paragraph);
    }
    if let Some(title) = title {
        node.prepend(title);
    }
    if let Some(id) = info.id {
        node.prepend(arena.alloc(NodeValue::Raw(id).into()));
    }
    if info.name.is_empty() {
        let children: Vec<_> = node.children().collect();
        children
            .into_iter()
            .for_each(|child| node.insert_before(child));
        node.detach();
        return;
    }
    node.data_mut().value = NodeValue::Callout(Box::new(NodeCallout {
        callout_type: info.name,
        metadata: None,
        fold: comrak::nodes::CalloutFold::None,
    }));
}

fn title_of<'a>(arena: &'a Arena<'a>, place: Sourcepos) -> &'a AstNode<'a> {
    let paragraph: &AstNode<'_> = arena.alloc(NodeValue::Paragraph.into());
    paragraph.data_mut().sourcepos = place;
    paragraph
}

/// Returns a line of markdown as a paragraph; `None` for an empty one.
fn line<'a>(arena: &'a Arena<'a>, md: &str, place: Sourcepos) -> Option<&'a AstNode<'a>> {
    if md.is_empty() {
        return None;
    }
    let root = parse_document(arena, md, &options(md));
    let only = root
        .first_child()
        .filter(|first| first.next_sibling().is_none());
    let paragraph = title_of(arena, place);
    match only.filter(|only| matches!(only.data().value, NodeValue::Paragraph)) {
        Some(only) => {
            let words: Vec<_> = only.children().collect();
            for word in words {
                word.descendants()
                    .for_each(|node| node.data_mut().sourcepos = place);
                paragraph.append(word);
            }
        }
        // What would be a list or a heading by itself is a title here.
        None => paragraph.append(arena.alloc(NodeValue::Text(md.to_owned().into()).into())),
    }
    Some(paragraph)
}

impl Info {
    fn read(info: &str) -> Self {
        let info = info.trim();
        // Pandoc lets marks follow.
        let info = info
            .trim_end_matches(":::")
            .trim_end_matches(':')
            .trim_end();
        if let Some((inner, rest)) = info
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'))
        {
            return Self::of_braces(inner.trim(), rest.trim());
        }
        let end = info
            .find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
            .unwrap_or(info.len());
        let (name, rest) = info.split_at(end);
        let name = name.to_lowercase();
        let title = bracketed(rest);
        let rest = rest.trim();
        let of_list = |title: &str, list: Option<AttributeList>| {
            let list = list.unwrap_or_default();
            let title = Some(title).filter(|title| !title.is_empty());
            Self {
                name: name.clone(),
                title: title.map(str::to_owned).or(list.title).unwrap_or_default(),
                id: list.id,
                picture: None,
            }
        };
        if let Some((title, after)) = title {
            let list = attributes::attribute_list(after.trim());
            let more = if list.is_some() { "" } else { after.trim() };
            return of_list(format!("{title} {more}").trim(), list);
        }
        if let Some(list) = attributes::attribute_list(&format!("{{{rest}}}")) {
            return of_list("", Some(list));
        }
        let attributes = rest.rfind('{').and_then(|at| {
            Some((
                rest.get(..at)?,
                attributes::attribute_list(rest.get(at..)?)?,
            ))
        });
        match attributes {
            Some((title, list)) => of_list(unquoted(title.trim()), Some(list)),
            None => of_list(unquoted(rest), None),
        }
    }

    /// Reads what is in braces: the name of a directive of MyST, or the attributes of a container of Pandoc or Quarto.
    fn of_braces(inner: &str, rest: &str) -> Self {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '.');
        if !inner.starts_with('.') && inner.chars().all(is_name) {
            let is_picture = matches!(inner, "figure" | "image") && !rest.contains(' ');
            let (title, picture) = if is_picture && !rest.is_empty() {
                ("", Some(rest.to_owned()))
            } else {
                (rest, None)
            };
            return Self {
                name: note(inner).unwrap_or_default().to_owned(),
                title: title.to_owned(),
                id: None,
                picture,
            };
        }
        let list = attributes::attribute_list(&format!("{{{inner}}}")).unwrap_or_default();
        let name = list.class.split_whitespace().find_map(note);
        let title = list.title.unwrap_or_default();
        Self {
            name: name.unwrap_or_default().to_owned(),
            title: format!("{title} {rest}").trim().to_owned(),
            id: list.id,
            picture: None,
        }
    }
}

/// Returns what is in the brackets that a text begins with, and what follows them.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let inner = text.get(1..at)?;
            return text
                .starts_with('[')
                .then_some((inner, text.get(at + 1..)?));
        }
    }
    None
}

fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inner.unwrap_or(text)
}

/// Writes the words in the line of a fence above its code: the title of a listing, and the argument of a directive that is
/// no note.
pub(crate) fn caption<'a>(arena: &'a Arena<'a>, node: &'a AstNode<'a>) {
    let words = match &node.data().value {
        NodeValue::CodeBlock(block) if block.fenced => words_of_fence(&block.info),
        _ => None,
    };
    let Some(words) = words else { return };
    let paragraph = title_of(arena, node.data().sourcepos);
    paragraph.append(arena.alloc(NodeValue::Text(words.into()).into()));
    node.insert_before(paragraph);
}

fn words_of_fence(info: &str) -> Option<String> {
    /// Directives whose argument is a language or a file of code.
    const OF_CODE: [&str; 8] = [
        "code",
        "code-block",
        "code-cell",
        "highlight",
        "literalinclude",
        "parsed-literal",
        "prompt",
        "sourcecode",
    ];
    let of_directive = info
        .trim()
        .strip_prefix('{')
        .and_then(|inner| inner.split_once('}'));
    if let Some((name, words)) = of_directive
        && name.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !OF_CODE.contains(&name)
        && !words.trim().is_empty()
    {
        return Some(words.trim().to_owned());
    }
    ["title=", "caption=", "filename="].iter().find_map(|key| {
        let (before, value) = info.split_once(key)?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let begins = before.is_empty() || before.ends_with([' ', '{', ',']);
        let (words, _) = value.get(1..)?.split_once(quote)?;
        (begins && !words.trim().is_empty()).then(|| words.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_container_is_read() {
        for (line, name, title) in [
            ("note", "note", ""),
            (" Tip  Read *this*", "tip", "Read *this*"),
            ("danger[T *7*]{#x .c}", "danger", "T *7*"),
            ("tip[[x](b.md)]", "tip", "[x](b.md)"),
            ("tip [x](b.md)", "tip", "[x](b.md)"),
            ("tip[one] two", "tip", "one two"),
            ("warning Give {5} mg", "warning", "Give {5} mg"),
            ("warning Title {.c}", "warning", "Title"),
            ("warning {title=\"Do not\"}", "warning", "Do not"),
            ("warning title=\"Do not\"", "warning", "Do not"),
            ("details \"Sum\"", "details", "Sum"),
            ("{warning} Do not give", "warning", "Do not give"),
            ("{admonition} Title", "note", "Title"),
            ("{grid} 2", "", "2"),
            ("{.warning title=\"Do not give\"}", "warning", "Do not give"),
            ("{.callout-tip}", "tip", ""),
            ("{.callout-tip collapse=true title='A b'}", "tip", "A b"),
            ("{#id .columns}", "", ""),
            ("warning :::", "warning", ""),
            ("unknown", "unknown", ""),
        ] {
            let info = Info::read(line);
            assert_eq!(
                (info.name.as_str(), info.title.as_str()),
                (name, title),
                "{line}"
            );
        }
    }

    #[test]
    fn the_words_of_a_fence_are_no_language() {
        for (info, words) in [
            ("js title=\"Do not run\" {1,3}", Some("Do not run")),
            ("{.py caption='500'}", Some("500")),
            ("{figure} x.png", Some("x.png")),
            ("{csv-table} Falls in 2024", Some("Falls in 2024")),
            ("{code-block} python", None),
            ("{r setup, echo=FALSE}", None),
            ("python", None),
            ("text subtitle=\"x\"", None),
            ("", None),
        ] {
            assert_eq!(words_of_fence(info).as_deref(), words, "{info}");
        }
    }
}
