//! The words of all parts of a file of Office, whatever they are for.

use super::{Collected, office, rows, tables};
use crate::{
    limits::{MAX_FILE_BYTES, MAX_NESTED_FILES},
    package::{Package, Target},
    refusal::Refusal,
    xml::{Element, Tree},
};

/// Parts that say how a file looks, and never hold words of its author.
const WITHOUT_WORDS: [&str; 14] = [
    "/styles.xml",
    "/theme/",
    "/fonttable.xml",
    "/websettings.xml",
    "/settings.xml",
    "/stylesWithEffects.xml",
    "/slidelayouts/",
    "/tablestyles.xml",
    "/presprops.xml",
    "/viewprops.xml",
    "/calcchain.xml",
    "[content_types].xml",
    "/printersettings/",
    "/numbering.xml",
];
/// Elements whose beginning ends a line.
const LINES: [&str; 12] = [
    "p",
    "tr",
    "row",
    "comment",
    "cm",
    "si",
    "pt",
    "sheet",
    "cacheField",
    "r_",
    "br",
    "property",
];
/// Attributes that hold words in every element.
const WORDS: [&str; 15] = [
    "descr",
    "title",
    "alt",
    "author",
    "initials",
    "displayText",
    "caption",
    "tooltip",
    "prompt",
    "error",
    "promptTitle",
    "displayName",
    "comment",
    "defaultValue",
    "string",
];
/// Elements whose name is one that a person may have given, such as that of a picture's file.
const NAMED: [&str; 3] = ["bookmarkStart", "docPr", "cNvPr"];
/// Elements whose `val` or `v` holds words.
const VALUES: [&str; 12] = [
    "docVar",
    "alias",
    "tag",
    "result",
    "default",
    "statusText",
    "helpText",
    "listEntry",
    "s",
    "n",
    "d",
    "e",
];

/// Adds the words of all parts.
pub(super) fn read(
    package: &Package<'_>,
    within: &str,
    depth: usize,
    out: &mut Collected,
) -> Result<(), Refusal> {
    let names: Vec<String> = package.parts().map(str::to_owned).collect();
    for name in &names {
        let lower = name.to_ascii_lowercase();
        if WITHOUT_WORDS
            .iter()
            .any(|part| lower.contains(&part.to_ascii_lowercase()))
        {
            continue;
        }
        let place = format!("{within}{name}");
        let extension = lower
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension);
        match extension {
            "rels" => out.add(&place, &addresses(package, name)?)?,
            // The cells of a workbook are read as they are shown.
            "xml" if lower.contains("xl/worksheets/") || lower.contains("sharedstrings") => {}
            "xml" | "vml" => {
                let Some(text) = package.xml(name)? else {
                    continue;
                };
                let read = tables::read(Tree::parse(&text)?.root());
                let place = format!("{within}{}", shown(name));
                out.add(&place, &read.lines)?;
                for (index, table) in read.tables.into_iter().enumerate() {
                    rows::add(&format!("{place}, table {}", index + 1), table, out)?;
                }
            }
            "docx" | "pptx" | "xlsx" if depth < MAX_NESTED_FILES => {
                let Some(bytes) = package.bytes(name, MAX_FILE_BYTES)? else {
                    continue;
                };
                match office(&bytes, &format!("{place}: "), depth + 1, out) {
                    Err(Refusal::TooLarge) => return Err(Refusal::TooLarge),
                    Err(refusal) => out.unread(&format!("{place} ({refusal})")),
                    Ok(()) => {}
                }
            }
            "txt" | "csv" | "htm" | "html" => {
                let Some(bytes) = package.bytes(name, MAX_FILE_BYTES)? else {
                    continue;
                };
                out.add(&place, &super::plain_text(&bytes).unwrap_or_default())?;
            }
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "tif" | "tiff" | "emf" | "wmf" | "svg"
            | "webp" | "jfif" => {
                out.unread("pictures within the file");
            }
            "" | "odttf" | "fntdata" => {}
            _ => out.unread(&place),
        }
    }
    Ok(())
}

/// Returns the addresses outside that a part refers to.
fn addresses(package: &Package<'_>, name: &str) -> Result<String, Refusal> {
    let part = name.replacen("_rels/", "", 1);
    let part = part.strip_suffix(".rels").unwrap_or(&part);
    let mut out = String::new();
    for relationship in package.relationships(part)?.values() {
        if let Target::Outside(address) = &relationship.target {
            out.push_str(address);
            out.push('\n');
        }
    }
    Ok(out)
}

/// Writes the words of an element itself.
pub(super) fn own_words(element: Element<'_, '_>, out: &mut String) {
    let name = element.name();
    if LINES.contains(&name) {
        line(out);
    }
    match name {
        "tab" => out.push('\t'),
        "tc" | "c" if !out.ends_with('\n') && !out.is_empty() => out.push('\t'),
        "noBreakHyphen" => out.push('-'),
        _ => {}
    }
    out.push_str(&element.own_text());
    for (key, value) in element.attributes() {
        let holds = WORDS.contains(&key)
            || (matches!(key, "val" | "v") && VALUES.contains(&name))
            // Word begins the names that it gives to places itself with this sign.
            || (key == "name" && NAMED.contains(&name) && !value.starts_with('_'));
        if holds && !value.trim().is_empty() {
            line(out);
            out.push_str(value.trim());
            line(out);
        }
    }
}

/// Returns what a person would call a part: `slide 3`, `the comments`.
fn shown(part: &str) -> String {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let stem = file.strip_suffix(".xml").unwrap_or(file);
    let kind = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = stem.get(kind.len()..).unwrap_or_default();
    let name = match (folder, kind) {
        (_, "document") => "the text",
        (_, "header") => "header",
        (_, "footer") => "footer",
        (_, "footnotes") => "the footnotes",
        (_, "endnotes") => "the endnotes",
        (_, "comments" | "comment") => "the comments",
        (_, "slide") => "slide",
        (_, "notesSlide") => "speaker notes",
        (_, "chart") => "chart",
        ("docProps", _) => "the properties of the file",
        _ => return part.to_owned(),
    };
    let is_one = name.starts_with("the ") || number.is_empty();
    if is_one {
        name.to_owned()
    } else {
        format!("{name} {number}")
    }
}

fn line(out: &mut String) {
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}
