//! The file form: markdown with YAML front matter, read leniently and written back the same.
//!
//! What cannot be read is reported and kept. Without front matter it is a page; that of other systems is translated.

mod advice;
mod every_kind;
mod opening;
mod repair;
mod split;
mod writing;
use advice::{advice, line_of};
pub use every_kind::{one_line, shorten};
use metadata::{
    Fault,
    value::{Map, Node, Value},
    yaml,
};
pub use opening::{Opened, metadata, open};
pub use split::{Split, split};
use wire::{Date, DocumentId};
pub use writing::{keys, to_json, values, write_file, write_parts};

use crate::{
    attributes::{Common, MAX_TITLE, Private},
    body,
    document::Document,
    foreign,
    kinds::{self, Kind, Rules, adoption},
    outline::{FindHeadings, Heading, Text, title_of_path},
    reader::{Fields, Report},
};

/// The key that keeps an `id` of another system.
pub(crate) const FOREIGN_ID: &str = "original_id";

/// The longest title of a case study and of an observation, in characters.
const MAX_SHORT_TITLE: usize = 90;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The document, if it has no fault; otherwise all its faults.
    pub document: Result<Document, Vec<Fault>>,
    /// What could be read despite the faults.
    pub draft: Draft,
    /// The id that the file names.
    pub id: Option<DocumentId>,
    /// The line by which the file says that it must not be published.
    pub held_back: Option<Fault>,
    /// The day before which the file must not be published, with its key and its line.
    pub publish_on: Option<(Date, Fault)>,
    /// The day from which the file is not to be published any more, with the fault that says so.
    pub publish_until: Option<(Date, Fault)>,
    /// What would make the document better. It can be published without that.
    pub advice: Vec<Fault>,
}

impl Parsed {
    /// Returns why the file must not be published today, if it says so itself.
    #[must_use]
    pub fn held_on(&self, today: Date) -> Option<&Fault> {
        let later = self.publish_on.as_ref().filter(|(day, _)| *day > today);
        let over = self.publish_until.as_ref().filter(|(day, _)| *day <= today);
        let day = later.or(over).map(|(_, fault)| fault);
        self.held_back.as_ref().or(day)
    }

    /// Keeps the file back if a comment of its front matter, which begins on the line `first_line`, says that it is not for
    /// everyone.
    #[must_use]
    pub fn with_comments(mut self, map: &Map, front: &str, first_line: u32) -> Self {
        let said = || restriction::in_comments(map, front, first_line);
        self.held_back = self.held_back.or_else(said);
        self
    }

    /// Returns what can be published of the file: its document, or the page of a file with faults.
    #[must_use]
    pub fn publishable(&self) -> Option<&Document> {
        self.document.as_ref().ok().or(self.draft.page.as_ref())
    }

    /// Does what [`Parsed::publishable`] does, and keeps nothing else.
    #[must_use]
    pub fn into_publishable(self) -> Option<Document> {
        self.document.ok().or(self.draft.page)
    }

    /// Moves the lines before `end` further down, in everything that names a line: the file has `by` more lines there.
    pub fn move_lines(&mut self, end: u32, by: u32) {
        let faults = self.document.as_mut().err().into_iter().flatten();
        let later = self.publish_on.iter_mut().chain(&mut self.publish_until);
        let later = later.map(|(_, fault)| fault);
        let each = faults
            .chain(&mut self.advice)
            .chain(&mut self.held_back)
            .chain(later);
        for line in each.filter_map(|fault| fault.line.as_mut()) {
            if *line < end {
                *line = line.saturating_add(by);
            }
        }
    }
}

/// What could be read of a file with faults; nothing is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its kind.
    pub kind: Kind,
    /// Its title: from its front matter, its first heading or the name of the file.
    pub title: String,
    /// Its summary, or nothing.
    pub summary: String,
    /// Its text.
    pub body_md: String,
    /// A page that can be published with its faults: values that could not be read are kept. `None` for
    /// other kinds, and where it is not clear who may read the page.
    pub page: Option<Document>,
}

impl Draft {
    fn new(common: &Common, kind: Kind) -> Self {
        Self {
            kind,
            title: common.title.clone(),
            summary: common.summary.clone(),
            body_md: common.body_md.clone(),
            page: None,
        }
    }
}

/// Reads a file. `path` gives its title if nothing better does; `outline` finds the headings of its text.
#[must_use]
pub fn parse_file(text: &str, path: &str, outline: impl Fn(&str) -> Vec<Heading>) -> Parsed {
    let parts = split(text);
    let read = parts
        .yaml
        .map_or_else(|| Ok(Map::new()), |yaml| yaml::parse(yaml, 2));
    match read {
        Ok(map) => parse_parts(&map, parts.body, parts.body_line, path, &outline).with_comments(
            &map,
            parts.yaml.unwrap_or_default(),
            2,
        ),
        Err(fault) => {
            let Some((map, advice)) = parts.yaml.and_then(repair::with_quotes) else {
                return unreadable(text, &parts, fault, path, &outline);
            };
            let mut parsed = parse_parts(&map, parts.body, parts.body_line, path, &outline);
            parsed.advice.extend(advice);
            parsed.with_comments(&map, parts.yaml.unwrap_or_default(), 2)
        }
    }
}

/// Shortens a text to what a title of any kind may have, at a word and with an ellipsis.
#[must_use]
pub fn shorten_title(text: &str) -> String {
    shorten(&one_line(text), MAX_SHORT_TITLE)
}

/// Returns the keys of a file and its text, as they are written: no value is read.
///
/// # Errors
/// Why the front matter is not YAML.
pub fn read_parts(text: &str) -> Result<(Map, &str), Fault> {
    let parts = split(text);
    let read = parts
        .yaml
        .map_or_else(|| Ok(Map::new()), |yaml| yaml::parse(yaml, 2));
    let map = match read {
        Ok(map) => map,
        Err(fault) => {
            let repaired = parts.yaml.and_then(repair::with_quotes);
            repaired.map(|(map, _)| map).ok_or(fault)?
        }
    };
    Ok((map, parts.body))
}

/// Returns the keys of a file that has nothing else, such as a configuration, of at most `max` bytes.
///
/// # Errors
/// Why it is not YAML.
pub fn read_keys(yaml: &str, max: usize) -> Result<Map, Fault> {
    yaml::parse_within(yaml, 1, max)
}

/// Makes a draft of the whole file, for front matter that is not YAML.
fn unreadable(
    text: &str,
    parts: &Split<'_>,
    fault: Fault,
    path: &str,
    outline: FindHeadings<'_>,
) -> Parsed {
    let yaml = parts.yaml.unwrap_or_default();
    let value_of = |key: &str| {
        let mut values = yaml.lines().filter_map(|line| line.strip_prefix(key));
        values.next().map(str::trim)
    };
    let kind = value_of("kind:").map(kind_named);
    let kind = match kind.filter(|kind| Kind::ALL.contains(kind)) {
        Some(kind) => kind,
        None if value_of("result:").is_some() => Kind::CaseStudy,
        None => Kind::Page,
    };
    let said = value_of("title:");
    let title = said
        .filter(|title| !title.is_empty())
        .map(|title| title.trim_matches(['"', '\'']).to_owned())
        .or_else(|| Text::new(parts.body, parts.body_line, outline).title())
        .unwrap_or_else(|| title_of_path(path));
    Parsed {
        document: Err(vec![fault]),
        draft: Draft {
            kind,
            title: shorten(&title, MAX_TITLE),
            summary: String::new(),
            body_md: text.to_owned(),
            page: None,
        },
        id: None,
        held_back: None,
        publish_on: None,
        publish_until: None,
        advice: Vec::new(),
    }
}

/// Reads a file whose keys are a map already, and whose text begins on the line `body_line`.
#[must_use]
pub fn parse_parts(
    map: &Map,
    body_md: &str,
    body_line: u32,
    path: &str,
    outline: impl Fn(&str) -> Vec<Heading>,
) -> Parsed {
    let text = Text::new(body_md, body_line, &outline);
    let written = map;
    let map = &foreign::translate(written);
    let kind = kind_of(map);
    let rules = kind.rules();

    // Read every key, and keep those that no one asked for.
    let mut report = Report::default();
    let mut fields = Fields::new(map, &mut report);
    let id = id_of(&mut fields);
    let mut common = every_kind::read(&mut fields, rules, &text, path);
    // A kind that no file can hold is read as a page, for its draft.
    let content = rules.read.unwrap_or(kinds::read_page)(&mut fields);
    let contact = every_kind::read_contact(&mut fields, rules, &mut common);
    fields.finish();
    let (mut faults, unknown) = (report.faults, report.unknown);

    // Add what only the whole file can show.
    let private = Private { contact, unknown };
    let advice = advice(&common, rules, map, &private, &text);
    let said = restriction::of_file(map, body_md, body_line, path, adoption::is_status(map));
    faults.extend(foreign::unread_dates(map).into_iter().chain(said.unclear));
    faults.extend(not_for_files(&kind, map));
    faults.extend((rules.faults)(&common, &text));
    let mut draft = Draft::new(&common, kind);
    let document = content.map(|content| Document {
        common,
        content,
        private,
    });
    let long = |document| too_long(document, text_bytes(map), body_line);
    faults.extend(document.as_ref().and_then(long));
    faults.sort_by_key(|fault| fault.line.unwrap_or(u32::MAX));

    // A file with faults is a draft, and can be shown as a page if its text is usable.
    let document = match document {
        Some(document) if faults.is_empty() => Ok(document),
        unusable => {
            draft.page = unusable.filter(|_| usable(rules, &faults));
            Err(faults)
        }
    };
    Parsed {
        document,
        draft,
        id,
        held_back: said.held_back,
        publish_on: restriction::publish_on(written, body_md, body_line),
        publish_until: restriction::publish_until(written),
        advice,
    }
}

/// Returns a fault for a kind that only peers publish.
fn not_for_files(kind: &Kind, map: &Map) -> Option<Fault> {
    if kind.is_read() {
        return None;
    }
    let all: Vec<&str> = Kind::in_files().map(Kind::as_str).collect();
    let (last, others) = all.split_last()?;
    let text = format!(
        "a file cannot be a document of the kind `{kind}`; write {} or {last}",
        others.join(", ")
    );
    Some(Fault::new("kind", line_of(map, "kind"), text))
}

/// Returns whether a document may be published with these faults: a page may, unless a fault concerns who may
/// read it.
fn usable(rules: &Rules, faults: &[Fault]) -> bool {
    rules.is_lenient
        && !faults
            .iter()
            .any(|fault| matches!(fault.field.as_str(), "visibility" | "body"))
}

fn kind_of(map: &Map) -> Kind {
    let has = |key: &str| {
        map.iter()
            .any(|(held, node)| held == key && !node.value.is_null())
    };
    let named = map
        .iter()
        .find(|(key, _)| key == "kind")
        .and_then(|(_, node)| node.value.as_text());
    let kind = named.map(kind_named);
    match kind.filter(|kind| Kind::ALL.contains(kind)) {
        Some(kind) => kind,
        None if has("result") => Kind::CaseStudy,
        None => Kind::Page,
    }
}

/// Reads a kind as people write it.
fn kind_named(name: &str) -> Kind {
    Kind::parse(&name.trim().to_lowercase().replace([' ', '_'], "-"))
}

/// An `id` of another system is kept under a key of its own, so that a file can have ours, too.
fn id_of(fields: &mut Fields<'_, '_>) -> Option<DocumentId> {
    // The other keys that a node sets are read from no file.
    fields.ignore("kind");
    for key in foreign::SET_BY_THE_NODE {
        fields.ignore(key);
    }
    let node = fields.node("id")?;
    let id = node.value.as_text().and_then(DocumentId::parse);
    if id.is_none() {
        fields.set_aside(FOREIGN_ID, node);
    }
    id
}

/// Small files cannot be too long, so only large ones are measured.
fn too_long(document: &Document, front_bytes: usize, body_line: u32) -> Option<Fault> {
    // JSON writes a character in at most six bytes where markdown has one.
    let max = (document.common.body_md.len() + front_bytes) * 6 + 4096;
    if max <= body::MAX_BYTES {
        return None;
    }
    let mut fault = body::too_long(document)?;
    fault.line = Some(body_line);
    Some(fault)
}

fn text_bytes(map: &Map) -> usize {
    fn node_bytes(node: &Node) -> usize {
        16 + match &node.value {
            Value::Plain(text) | Value::Text(text) => text.len(),
            Value::List(nodes) => nodes.iter().map(node_bytes).sum(),
            Value::Map(map) => text_bytes(map),
        }
    }
    map.iter()
        .map(|(key, node)| key.len() + node_bytes(node))
        .sum()
}
