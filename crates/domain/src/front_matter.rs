//! The file form: markdown with YAML front matter, read leniently and written back the same.
//!
//! Whatever cannot be read is reported and kept. A file without front matter is a page; a file with
//! somebody else's front matter is a page with what could be understood of it.

mod slips;
mod writing;

pub(crate) use writing::write_author;
pub use writing::{to_json, write_file};

use wire::{Date, DocumentId};

use crate::{
    body, case_study,
    document::{Author, Common, Contact, Content, DEFAULT_LANG, Document, Page, Private},
    fault::Fault,
    foreign, outline,
    reader::{Fields, Report, items},
    value::{Map, Node, Value},
    vocabulary::{Kind, Licence, Visibility},
    yaml,
};

/// Most tags.
pub(crate) const MAX_TAGS: usize = 32;
/// Most characters of a page's title, and of any title on the wire.
pub(crate) const MAX_TITLE: usize = 200;
/// Most characters of a page's summary, and of any summary on the wire.
pub(crate) const MAX_SUMMARY: usize = 1000;
/// A document without its own date is to be reviewed after this many months.
const REVIEW_MONTHS: i32 = 12;
/// No document may go unreviewed for longer than this many months.
const MAX_REVIEW_MONTHS: i32 = 24;

/// A file, cut into its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// The YAML between the lines of dashes, which begins on line 2.
    pub yaml: Option<&'a str>,
    /// The text.
    pub body: &'a str,
    /// The line that the text begins on, from 1.
    pub body_line: u32,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The document, if it has no fault; otherwise all its faults.
    pub document: Result<Document, Vec<Fault>>,
    /// What could be read in spite of the faults.
    pub draft: Draft,
    /// The id that the file names.
    pub id: Option<DocumentId>,
    /// Whether the file says of itself that it is not to be published.
    pub held_back: bool,
    /// What would make the document better, though it may be published as it is.
    pub advice: Vec<Fault>,
}

/// What could be read of a file in spite of its faults; nothing is lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its kind.
    pub kind: Kind,
    /// Its title: its own, or its first heading, or the name of the file.
    pub title: String,
    /// Its summary, or nothing.
    pub summary: String,
    /// Its text.
    pub body_md: String,
    /// A page that can be published in spite of its faults: what could not be read is kept aside.
    /// A case study with faults is never published, nor what hides who may read it.
    pub page: Option<Document>,
}

/// Cuts a file into front matter and text. A file that begins with a line of dashes and has no keys
/// after it has no front matter.
#[must_use]
pub fn split(text: &str) -> Split<'_> {
    let whole = Split {
        yaml: None,
        body: text,
        body_line: 1,
    };
    let Some(first) = text.split_inclusive('\n').next() else {
        return whole;
    };
    if first.trim_end() != "---" || first.len() == text.len() {
        return whole;
    }
    let mut at = first.len();
    let mut line = 1_u32;
    for next in text.get(at..).unwrap_or_default().split_inclusive('\n') {
        line = line.saturating_add(1);
        if matches!(next.trim_end(), "---" | "...") {
            let yaml = text.get(first.len()..at).unwrap_or_default();
            if !looks_like_keys(yaml) {
                return whole;
            }
            let body = text.get(at + next.len()..).unwrap_or_default();
            // One empty line between front matter and text belongs to neither.
            let (body, skipped) = match body
                .strip_prefix('\n')
                .or_else(|| body.strip_prefix("\r\n"))
            {
                Some(rest) => (rest, 1),
                None => (body, 0),
            };
            return Split {
                yaml: Some(yaml),
                body,
                body_line: line.saturating_add(1 + skipped),
            };
        }
        at += next.len();
    }
    whole
}

/// Two lines of dashes around prose are rules, not front matter.
fn looks_like_keys(yaml: &str) -> bool {
    let mut lines = yaml.lines().filter(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#')
    });
    let Some(first) = lines.next() else {
        return true;
    };
    first.starts_with(['{', '"', '\'']) && first.contains(':')
        || first.split_once(':').is_some_and(|(key, rest)| {
            (rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
                && key.len() <= 60
                && !key.starts_with([' ', '-', '*'])
                && !key.contains(". ")
        })
}

/// Reads a file. `path` is where it lies, for a title if nothing better is there.
#[must_use]
pub fn parse_file(text: &str, path: &str) -> Parsed {
    let parts = split(text);
    if parts.yaml.is_none()
        && let Some(line) = slips::missed_front_matter(text)
    {
        let says = "this looks like front matter that says who may read the file, but it was not read; \
            begin it with `---` alone on the first line, and end it with `---` alone on a line";
        return unreadable(text, &parts, Fault::new("", Some(line), says), path);
    }
    match parts
        .yaml
        .map_or_else(|| Ok(Map::new()), |yaml| yaml::parse(yaml, 2))
    {
        Ok(map) => parse_parts(&map, parts.body, parts.body_line, path),
        Err(fault) => unreadable(text, &parts, fault, path),
    }
}

/// Front matter that is not YAML: the file as a whole becomes the draft.
fn unreadable(text: &str, parts: &Split<'_>, fault: Fault, path: &str) -> Parsed {
    let yaml = parts.yaml.unwrap_or_default();
    let says_result = yaml
        .lines()
        .any(|line| line.starts_with("result:") || line.starts_with("kind: case"));
    let said = yaml
        .lines()
        .find_map(|line| line.strip_prefix("title:"))
        .map(str::trim);
    let title = said
        .filter(|title| !title.is_empty())
        .map(|title| title.trim_matches(['"', '\'']).to_owned())
        .or_else(|| outline::title(parts.body))
        .unwrap_or_else(|| outline::title_of_path(path));
    Parsed {
        document: Err(vec![fault]),
        draft: Draft {
            kind: if says_result {
                Kind::CaseStudy
            } else {
                Kind::Page
            },
            title: shorten(&title, MAX_TITLE),
            summary: String::new(),
            body_md: text.to_owned(),
            page: None,
        },
        id: None,
        held_back: false,
        advice: Vec::new(),
    }
}

/// Reads keys that are already read as a map, and a text whose first line is `body_line` of its file.
#[must_use]
pub fn parse_parts(map: &Map, body_md: &str, body_line: u32, path: &str) -> Parsed {
    let map = &foreign::translate(map);
    let kind = kind_of(map);
    let mut report = Report::default();
    let mut fields = Fields::new(map, &mut report);
    fields.ignore("kind");
    for key in foreign::SET_BY_THE_NODE {
        fields.ignore(key);
    }
    let id = id_of(&mut fields);
    let held_back = foreign::held_back(map);
    let common = read_common(&mut fields, &kind, body_md, path);
    let (content, contact) = match &kind {
        Kind::CaseStudy => {
            let study = case_study::read(&mut fields);
            (
                study.map(|study| Content::CaseStudy(Box::new(study))),
                required_contact(&mut fields),
            )
        }
        _ => {
            let topics = fields.terms("topics", 4);
            (
                Some(Content::Page(Page { topics })),
                optional_contact(&mut fields),
            )
        }
    };
    fields.finish();
    let mut faults = std::mem::take(&mut report.faults);
    faults.extend(slips::unclear_visibility(map));
    if let Kind::Adoption | Kind::Ask | Kind::Answer = kind {
        let text =
            format!("a file cannot be a document of the kind `{kind}`; write case-study or page");
        faults.push(Fault::new("kind", line_of(map, "kind"), text));
    }
    if kind == Kind::CaseStudy && body_md.trim().is_empty() {
        let text = "the text is empty; write what happened under the five headings";
        faults.push(Fault::new("body", Some(body_line), text));
    }
    let private = Private {
        contact,
        unknown: report.unknown,
    };
    let advice = advice(&common, &kind, map, &private, body_line);
    let document = content.map(|content| Document {
        common: common.clone(),
        content,
        private,
    });
    faults.extend(
        document
            .as_ref()
            .and_then(|document| too_long(document, text_bytes(map), body_line)),
    );
    faults.sort_by_key(|fault| fault.line.unwrap_or(u32::MAX));
    let draft = Draft {
        title: common.title,
        summary: common.summary,
        body_md: common.body_md,
        page: document.clone().filter(|_| usable(&kind, &faults)),
        kind,
    };
    let document = match document {
        Some(document) if faults.is_empty() => Ok(document),
        _ => Err(faults),
    };
    Parsed {
        document,
        draft,
        id,
        held_back,
        advice,
    }
}

/// A page may go out although a value was not understood, but not if it says who may read it, and
/// not if its licence is one that we do not know: then it is kept until somebody has looked at it.
fn usable(kind: &Kind, faults: &[Fault]) -> bool {
    *kind == Kind::Page
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
    match named.map(|name| Kind::parse(&name.trim().to_lowercase().replace([' ', '_'], "-"))) {
        Some(Kind::Other(_)) | None if has("result") => Kind::CaseStudy,
        Some(Kind::Other(_)) | None => Kind::Page,
        Some(kind) => kind,
    }
}

/// Somebody else's `id` is not ours; it is kept like any other key.
fn id_of(fields: &mut Fields<'_, '_>) -> Option<DocumentId> {
    let node = fields.node("id")?;
    let id = node.value.as_text().and_then(DocumentId::parse);
    if id.is_none() {
        fields.set_aside("id", node);
    }
    id
}

fn read_common(fields: &mut Fields<'_, '_>, kind: &Kind, body_md: &str, path: &str) -> Common {
    let is_study = *kind == Kind::CaseStudy;
    let found = || outline::title(body_md).unwrap_or_else(|| outline::title_of_path(path));
    let (title, summary) = if is_study {
        (
            fields.required_text("title", 10..=90, "what it is about, the subject first"),
            fields.required_text("summary", 60..=280, "what changed, and the result"),
        )
    } else {
        (
            fields.text("title", 1..=MAX_TITLE),
            fields.text("summary", 0..=MAX_SUMMARY),
        )
    };
    let title = title.or_else(|| {
        let said = fields.node("title").and_then(|node| node.value.as_text());
        said.map(|title| shorten(title.trim(), MAX_TITLE))
            .filter(|title| !title.is_empty())
    });
    let mut common = Common::new(
        title.unwrap_or_else(|| shorten(&found(), MAX_TITLE)),
        body_md,
    );
    common.title = one_line(&common.title);
    common.summary = one_line(&summary.unwrap_or_default());
    common.tags = tags(fields);
    common.lang = fields
        .parsed("lang", "a language tag such as en-GB", language)
        .unwrap_or_else(|| DEFAULT_LANG.to_owned());
    common.licence = licence(fields);
    common.visibility = fields.term("visibility").unwrap_or(Visibility::Public);
    common.authors = authors(fields);
    common.created = fields.moment("created");
    common.updated = fields.moment("updated");
    common.reviewed = fields.date("reviewed");
    common.review_by = fields.date("review_by");
    common.replaces = fields.list("replaces", "ids of documents", |text| {
        DocumentId::parse(text.rsplit('/').next().unwrap_or(text))
    });
    common.based_on = fields.list(
        "based_on",
        "references such as wr1…/0199…",
        wire::DocumentRef::parse,
    );
    common
}

/// A licence that is not known may be stricter than any that is, so the text is not given away.
fn licence(fields: &mut Fields<'_, '_>) -> Licence {
    if fields.node("licence").is_none() {
        return Licence::OglUk3;
    }
    fields.term("licence").unwrap_or(Licence::AllRightsReserved)
}

fn tags(fields: &mut Fields<'_, '_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in fields.list("tags", "words of at most 60 characters", |text| {
        let tag = one_line(text);
        ((1..=60).contains(&tag.chars().count())).then_some(tag)
    }) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if tags.len() > MAX_TAGS {
        let text = format!("`tags` has {} words; keep at most {MAX_TAGS}", tags.len());
        if let Some(node) = fields.node("tags") {
            fields.refuse("tags", node, text);
        }
        tags.truncate(MAX_TAGS);
    }
    tags
}

fn authors(fields: &mut Fields<'_, '_>) -> Vec<Author> {
    let Some(node) = fields.node("authors") else {
        return Vec::new();
    };
    let named: Option<Vec<Author>> = items(node)
        .iter()
        .map(|item| {
            let name = item.value.as_text()?.trim();
            (1..=200).contains(&name.chars().count()).then(|| Author {
                name: Some(name.to_owned()),
                role: None,
            })
        })
        .collect();
    if let Some(authors) = named {
        return authors;
    }
    fields.groups("authors", 20, |fields| {
        let name = fields.text("name", 1..=200);
        let role = fields.text("role", 1..=200);
        if name.is_none() && role.is_none() {
            fields.fault(
                "role",
                "an author needs a `role`, and a `name` if the person agreed to be named",
            );
            return None;
        }
        Some(Author { name, role })
    })
}

fn required_contact(fields: &mut Fields<'_, '_>) -> Option<Contact> {
    if fields.node("contact").is_none() {
        fields.fault(
            "contact",
            "`contact` is missing; write a `role` and a shared `mailbox`",
        );
        return None;
    }
    fields.group("contact", contact)
}

/// Others use the key for other things; theirs is kept.
fn optional_contact(fields: &mut Fields<'_, '_>) -> Option<Contact> {
    let node = fields.node("contact")?;
    let ours = node
        .value
        .as_map()
        .is_some_and(|map| map.iter().any(|(key, _)| key == "mailbox"));
    if ours {
        return fields.group("contact", contact);
    }
    fields.set_aside("contact", node);
    None
}

fn contact(fields: &mut Fields<'_, '_>) -> Option<Contact> {
    let role = fields.required_text("role", 1..=200, "whom the mailbox reaches");
    let mailbox = fields.required_text("mailbox", 3..=254, "a shared mailbox");
    if let (Some(mailbox), Some(node)) = (&mailbox, fields.node("mailbox"))
        && !is_mailbox(mailbox)
    {
        fields.refuse(
            "mailbox",
            node,
            "`contact.mailbox` is no e-mail address; write name@example.nhs.uk",
        );
    }
    let name = fields.text("name", 1..=200);
    let open_to = fields.terms("open_to", 4);
    Some(Contact {
        role: role?,
        mailbox: mailbox?,
        name,
        open_to,
    })
}

fn is_mailbox(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.contains(|c: char| {
                c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';')
            })
            && !host.contains('@')
    })
}

fn language(text: &str) -> Option<String> {
    let good = (2..=35).contains(&text.len())
        && text.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    good.then(|| text.to_owned())
}

/// What would make it better: headings in their order, keys that look misspelt, titles.
fn advice(
    common: &Common,
    kind: &Kind,
    map: &Map,
    private: &Private,
    body_line: u32,
) -> Vec<Fault> {
    let mut advice = Vec::new();
    if *kind == Kind::CaseStudy {
        advice.extend(
            outline::title_advice(&common.title)
                .map(|text| Fault::new("title", line_of(map, "title"), text)),
        );
        advice.extend(outline::heading_advice(&common.body_md, body_line));
    }
    for (path, _) in &private.unknown {
        if let [key] = path.as_slice()
            && let Some(known) = foreign::likely_meant(key)
            // A known key is kept here, too, if its value was refused: that has its own fault.
            && known != key
        {
            let text = format!("`{key}` is not a known key; did you mean `{known}`?");
            advice.push(Fault::new(key.clone(), line_of(map, key), text));
        }
    }
    advice
}

fn line_of(map: &Map, key: &str) -> Option<u32> {
    map.iter()
        .find(|(held, _)| held == key)
        .and_then(|(_, node)| node.line)
}

/// Small files cannot be too long, so only large ones are measured.
fn too_long(document: &Document, front_bytes: usize, body_line: u32) -> Option<Fault> {
    // JSON writes a character in at most six bytes where markdown has one.
    let most = (document.common.body_md.len() + front_bytes) * 6 + 4096;
    if most <= body::MAX_BYTES {
        return None;
    }
    let mut fault = body::too_long(document)?;
    fault.line = Some(body_line);
    Some(fault)
}

fn text_bytes(map: &Map) -> usize {
    fn of(node: &Node) -> usize {
        16 + match &node.value {
            Value::Plain(text) | Value::Text(text) => text.len(),
            Value::List(nodes) => nodes.iter().map(of).sum(),
            Value::Map(map) => text_bytes(map),
        }
    }
    map.iter().map(|(key, node)| key.len() + of(node)).sum()
}

/// Cuts at a word, with an ellipsis.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    let end = cut
        .rfind(' ')
        .filter(|end| *end > cut.len() / 2)
        .unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end())
}

/// Joins what was written over several lines.
pub(crate) fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return text.trim().to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Document {
    /// Sets what an author may leave out: the date of the next review of a case study.
    pub fn complete(&mut self, today: Date) {
        if matches!(self.content, Content::CaseStudy(_)) && self.common.review_by.is_none() {
            self.common.review_by = Some(today.add_months(REVIEW_MONTHS));
        }
    }

    /// Returns the faults that depend on the day.
    #[must_use]
    pub fn faults_on(&self, today: Date) -> Vec<Fault> {
        let latest = today.add_months(MAX_REVIEW_MONTHS);
        let late = self.common.review_by.filter(|date| *date > latest);
        late.map(|date| {
            let text = format!("`review_by` is {date}; choose a day up to {latest}");
            Fault::new("review_by", None, text)
        })
        .into_iter()
        .collect()
    }
}
