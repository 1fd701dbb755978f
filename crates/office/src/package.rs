//! A file of Office as parts that refer to each other (Open Packaging Conventions, ECMA-376 part 2).
//!
//! A relationship that leads out of the file is never followed: its address is returned as a text.

use std::{cell::RefCell, collections::HashMap};

use crate::{archive::Archive, limits::MAX_XML_BYTES, refusal::Refusal, xml::Tree};

/// Which sort of file of Office it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeKind {
    /// A Word document, `.docx`.
    Document,
    /// A PowerPoint presentation, `.pptx`.
    Presentation,
    /// An Excel workbook, `.xlsx`.
    Workbook,
}

/// An open file of Office.
pub(crate) struct Package<'a> {
    archive: Archive<'a>,
    /// The part that everything else hangs on.
    pub(crate) main: String,
    pub(crate) kind: OfficeKind,
    relationships: RefCell<HashMap<String, Relationships>>,
}

/// What a part refers to, by the id that it uses.
pub(crate) type Relationships = std::rc::Rc<HashMap<String, Relationship>>;

/// A reference to another part or to somewhere else.
#[derive(Debug, Clone)]
pub(crate) struct Relationship {
    /// The last word of its type: `image`, `hyperlink`.
    pub(crate) kind: String,
    pub(crate) target: Target,
}

/// Where a relationship leads.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// The name of a part.
    Part(String),
    /// An address outside of the file.
    Outside(String),
}

impl<'a> Package<'a> {
    /// Opens a file of Office and says of which kind it is.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let archive = Archive::open(bytes)?;
        let types = read_xml(&archive, "[Content_Types].xml")?.ok_or(Refusal::Unknown)?;
        let types = content_types(&types)?;
        let mut package = Self {
            archive,
            main: String::new(),
            kind: OfficeKind::Document,
            relationships: RefCell::default(),
        };
        let root = package.relationships("")?;
        let main = root
            .values()
            .find_map(|relationship| match &relationship.target {
                Target::Part(part) if relationship.kind == "officeDocument" => Some(part.clone()),
                Target::Part(_) | Target::Outside(_) => None,
            });
        package.main = main.ok_or(Refusal::Unknown)?;
        let has_macros = types.values().any(|kind| {
            let kind = kind.to_ascii_lowercase();
            kind.contains("macroenabled") || kind.contains("vbaproject")
        });
        let has_program = package.archive.entries().iter().any(|entry| {
            let name = entry.name.to_ascii_lowercase();
            name.ends_with("vbaproject.bin")
                || name.contains("/activex/")
                || name.contains("/macrosheets/")
        });
        if has_macros || has_program {
            return Err(Refusal::Macros);
        }
        let main_type = types.get(&package.main.to_ascii_lowercase()).or_else(|| {
            let extension = package
                .main
                .rsplit_once('.')
                .map_or("", |(_, extension)| extension);
            types.get(&format!(".{}", extension.to_ascii_lowercase()))
        });
        package.kind = kind(main_type.map_or("", String::as_str)).ok_or(Refusal::Unknown)?;
        Ok(package)
    }

    /// Returns the text of a part of XML.
    pub(crate) fn xml(&self, part: &str) -> Result<Option<String>, Refusal> {
        read_xml(&self.archive, part)
    }

    /// Returns the bytes of a part, such as a picture.
    pub(crate) fn bytes(&self, part: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, Refusal> {
        self.archive.read(part, max_bytes)
    }

    /// Returns the names of all parts.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.archive
            .entries()
            .iter()
            .map(|entry| entry.name.as_str())
    }

    /// Returns what a part refers to; an empty name is the file itself.
    pub(crate) fn relationships(&self, part: &str) -> Result<Relationships, Refusal> {
        if let Some(known) = self.relationships.borrow().get(part) {
            return Ok(known.clone());
        }
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let name = if folder.is_empty() {
            format!("_rels/{file}.rels")
        } else {
            format!("{folder}/_rels/{file}.rels")
        };
        let mut found = HashMap::new();
        if let Some(text) = self.xml(&name)? {
            let tree = Tree::parse(&text)?;
            for element in tree
                .root()
                .children()
                .filter(|child| child.name() == "Relationship")
            {
                let (Some(id), Some(target)) =
                    (element.attribute("Id"), element.attribute("Target"))
                else {
                    continue;
                };
                let kind = element.attribute("Type").unwrap_or_default();
                let outside = element
                    .attribute("TargetMode")
                    .is_some_and(|mode| mode.eq_ignore_ascii_case("external"));
                let target = if outside {
                    Target::Outside(target)
                } else {
                    Target::Part(resolve(folder, &target))
                };
                let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                found.insert(id, Relationship { kind, target });
            }
        }
        let found = Relationships::new(found);
        self.relationships
            .borrow_mut()
            .insert(part.to_owned(), found.clone());
        Ok(found)
    }

    /// Returns the part of the first relationship of a kind.
    pub(crate) fn related(&self, part: &str, kind: &str) -> Result<Option<String>, Refusal> {
        let relationships = self.relationships(part)?;
        let mut found: Vec<&str> = relationships
            .values()
            .filter(|relationship| relationship.kind == kind)
            .filter_map(|relationship| match &relationship.target {
                Target::Part(part) => Some(part.as_str()),
                Target::Outside(_) => None,
            })
            .collect();
        found.sort_unstable();
        Ok(found.first().map(|part| (*part).to_owned()))
    }

    /// Returns a property of the whole file: `title`, `creator`.
    pub(crate) fn property(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(part) = self.related("", "core-properties")? else {
            return Ok(None);
        };
        let Some(text) = self.xml(&part)? else {
            return Ok(None);
        };
        let tree = Tree::parse(&text)?;
        let value = tree
            .root()
            .child(name)
            .map(|element| element.text().trim().to_owned());
        Ok(value.filter(|value| !value.is_empty()))
    }
}

/// Returns the types of parts, by their name or by `.extension`, in lower case.
fn content_types(text: &str) -> Result<HashMap<String, String>, Refusal> {
    let tree = Tree::parse(text)?;
    let mut types = HashMap::new();
    for element in tree.root().children() {
        let key = match element.name() {
            "Override" => element
                .attribute("PartName")
                .map(|name| name.trim_start_matches('/').to_owned()),
            "Default" => element
                .attribute("Extension")
                .map(|extension| format!(".{extension}")),
            _ => None,
        };
        if let (Some(key), Some(kind)) = (key, element.attribute("ContentType")) {
            types.insert(key.to_ascii_lowercase(), kind);
        }
    }
    Ok(types)
}

fn kind(content_type: &str) -> Option<OfficeKind> {
    let content_type = content_type.to_ascii_lowercase();
    if content_type.contains("wordprocessingml") {
        Some(OfficeKind::Document)
    } else if content_type.contains("presentationml") {
        Some(OfficeKind::Presentation)
    } else if content_type.contains("spreadsheetml") {
        Some(OfficeKind::Workbook)
    } else {
        None
    }
}

/// Returns the name of the part that a target means, seen from a folder. It cannot leave the file.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let target = target.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|part| !part.is_empty()).collect()
    };
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn read_xml(archive: &Archive<'_>, part: &str) -> Result<Option<String>, Refusal> {
    let Some(bytes) = archive.read(part, MAX_XML_BYTES)? else {
        return Ok(None);
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest)
            .map_err(|_| Refusal::Damaged)?
            .to_owned(),
        _ => String::from_utf8(bytes).map_err(|_| Refusal::Damaged)?,
    };
    Ok(Some(text))
}

/// Reads UTF-16, which the standard allows for parts.
fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Refusal> {
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| Refusal::Damaged)
}
