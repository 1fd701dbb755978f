//! Builds files of Office from parts of XML.

use std::io::Write as _;

use flate2::{Compression, write::DeflateEncoder};

/// An entry of an archive that is being built.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) deflate: bool,
    /// What the headers say instead of the truth.
    pub(crate) stated_size: Option<u32>,
}

impl Entry {
    pub(crate) fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.to_owned(),
            bytes: bytes.into(),
            deflate: true,
            stated_size: None,
        }
    }
}

/// Writes an archive.
pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        let packed = if entry.deflate {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
            encoder.write_all(&entry.bytes).unwrap();
            encoder.finish().unwrap()
        } else {
            entry.bytes.clone()
        };
        let size = entry
            .stated_size
            .unwrap_or(u32::try_from(entry.bytes.len()).unwrap());
        let offset = u32::try_from(out.len()).unwrap();
        let mut common = Vec::new();
        common.extend(20_u16.to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        common.extend(if entry.deflate { 8_u16 } else { 0 }.to_le_bytes());
        common.extend(0_u32.to_le_bytes());
        common.extend(crc32fast::hash(&entry.bytes).to_le_bytes());
        common.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(u16::try_from(entry.name.len()).unwrap().to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(entry.name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(entry.name.as_bytes());
    }
    let start = u32::try_from(out.len()).unwrap();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(entries.len()).unwrap();
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    out
}

const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
    xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
    xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
    xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" \
    xmlns:m=\"http://schemas.openxmlformats.org/officeDocument/2006/math\" \
    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"";
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A part and the relationship that leads to it.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) name: &'a str,
    /// Id and kind; nothing for a part that no relationship of the main part names.
    pub(crate) relation: Option<(&'a str, &'a str)>,
    pub(crate) bytes: &'a [u8],
}

/// Returns the words of a part's root element with the usual prefixes.
pub(crate) fn root(name: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><{name} {NAMESPACES}>{inner}</{name}>"
    )
}

pub(crate) fn relationships(entries: &[(String, String, String, bool)]) -> String {
    let mut out = String::from(
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    );
    for (id, kind, target, outside) in entries {
        let mode = if *outside {
            " TargetMode=\"External\""
        } else {
            ""
        };
        out.push_str(&format!(
            "<Relationship Id=\"{id}\" Type=\"{RELATION}/{kind}\" Target=\"{target}\"{mode}/>"
        ));
    }
    out.push_str("</Relationships>");
    out
}

/// Styles with the names that Word gives them.
pub(crate) const STYLES: &str = "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Titel\"><w:name w:val=\"Title\"/><w:basedOn w:val=\"Normal\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/><w:pPr><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/></w:rPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"H2\"><w:name w:val=\"heading 2\"/><w:rPr><w:b/></w:rPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"TrustHeading\"><w:name w:val=\"Trust heading blue\"/><w:basedOn w:val=\"berschrift1\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Outlined\"><w:name w:val=\"Chapter\"/><w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"TOC1\"><w:name w:val=\"toc 1\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Listed\"><w:name w:val=\"List Bullet\"/><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Listed2\"><w:name w:val=\"List Bullet 2\"/><w:pPr><w:numPr><w:numId w:val=\"6\"/></w:numPr></w:pPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Numbered3\"><w:name w:val=\"List Number 3\"/><w:pPr><w:numPr><w:numId w:val=\"2\"/></w:numPr></w:pPr></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Goes\"><w:name w:val=\"List Continue\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Q\"><w:name w:val=\"Quote\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"SourceCode\"><w:name w:val=\"Source Code\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"HTMLPreformatted\"><w:name w:val=\"HTML Preformatted\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Code\"><w:name w:val=\"Code\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Plain\"><w:name w:val=\"Plain Text\"/></w:style>\
    <w:style w:type=\"paragraph\" w:styleId=\"Blocked\"><w:name w:val=\"Block Text\"/></w:style>\
    <w:style w:type=\"character\" w:styleId=\"Strong\"><w:name w:val=\"Strong\"/><w:rPr><w:b/></w:rPr></w:style>\
    <w:style w:type=\"character\" w:styleId=\"Secret\"><w:name w:val=\"Secret\"/><w:rPr><w:vanish/></w:rPr></w:style>";

/// 1: bullets. 2: numbers. 3: letters. 4: as 2, but beginning again. 6: other bullets. 7: nothing to be seen.
pub(crate) const NUMBERING: &str = "<w:abstractNum w:abstractNumId=\"1\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"bullet\"/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId=\"2\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/></w:lvl><w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId=\"3\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"lowerLetter\"/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId=\"6\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/><w:lvlText w:val=\"o\"/></w:lvl></w:abstractNum>\
    <w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"bullet\"/><w:lvlText w:val=\" \"/></w:lvl></w:abstractNum>\
    <w:num w:numId=\"6\"><w:abstractNumId w:val=\"6\"/></w:num><w:num w:numId=\"7\"><w:abstractNumId w:val=\"7\"/></w:num>\
    <w:num w:numId=\"1\"><w:abstractNumId w:val=\"1\"/></w:num><w:num w:numId=\"2\"><w:abstractNumId w:val=\"2\"/></w:num>\
    <w:num w:numId=\"3\"><w:abstractNumId w:val=\"3\"/></w:num>\
    <w:num w:numId=\"4\"><w:abstractNumId w:val=\"2\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"1\"/></w:lvlOverride></w:num>";

/// Builds a Word document.
pub(crate) fn docx(body: &str, parts: &[Part<'_>], outside: &[(&str, &str, &str)]) -> Vec<u8> {
    zip(&docx_entries(body, parts, outside))
}

pub(crate) fn docx_entries(
    body: &str,
    parts: &[Part<'_>],
    outside: &[(&str, &str, &str)],
) -> Vec<Entry> {
    let main = root("w:document", &format!("<w:body>{body}</w:body>"));
    let mut related = vec![
        (
            "rS".to_owned(),
            "styles".to_owned(),
            "styles.xml".to_owned(),
            false,
        ),
        (
            "rN".to_owned(),
            "numbering".to_owned(),
            "numbering.xml".to_owned(),
            false,
        ),
    ];
    for part in parts {
        if let Some((id, kind)) = part.relation {
            related.push((
                id.to_owned(),
                kind.to_owned(),
                format!("/{}", part.name),
                false,
            ));
        }
    }
    for (id, kind, target) in outside {
        related.push((
            (*id).to_owned(),
            (*kind).to_owned(),
            (*target).to_owned(),
            true,
        ));
    }
    let mut entries = vec![
        Entry::new(
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/>\
            <Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>",
        ),
        Entry::new(
            "_rels/.rels",
            relationships(&[
                (
                    "r1".to_owned(),
                    "officeDocument".to_owned(),
                    "word/document.xml".to_owned(),
                    false,
                ),
                (
                    "r2".to_owned(),
                    "core-properties".to_owned(),
                    "docProps/core.xml".to_owned(),
                    false,
                ),
            ]),
        ),
        Entry::new("word/document.xml", main),
        Entry::new("word/_rels/document.xml.rels", relationships(&related)),
        Entry::new("word/styles.xml", root("w:styles", STYLES)),
        Entry::new("word/numbering.xml", root("w:numbering", NUMBERING)),
    ];
    entries.extend(parts.iter().map(|part| Entry::new(part.name, part.bytes)));
    entries
}

/// Builds a presentation of slides, each the content of its tree of shapes.
pub(crate) fn pptx(slides: &[&str], parts: &[(usize, Part<'_>)]) -> Vec<u8> {
    let mut entries = vec![
        Entry::new(
            "[Content_Types].xml",
            "<Types><Override PartName=\"/ppt/presentation.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml\"/></Types>",
        ),
        Entry::new(
            "_rels/.rels",
            relationships(&[(
                "r1".to_owned(),
                "officeDocument".to_owned(),
                "ppt/presentation.xml".to_owned(),
                false,
            )]),
        ),
    ];
    let (mut list, mut related) = (String::new(), Vec::new());
    for (index, slide) in slides.iter().enumerate() {
        let id = 256 + index;
        list.push_str(&format!("<p:sldId id=\"{id}\" r:id=\"s{index}\"/>"));
        related.push((
            format!("s{index}"),
            "slide".to_owned(),
            format!("slides/slide{index}.xml"),
            false,
        ));
        let (attributes, shapes) = slide
            .strip_prefix("hidden:")
            .map_or(("", *slide), |rest| (" show=\"0\"", rest));
        let text = root(
            "p:sld",
            &format!("<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"),
        )
        .replacen("<p:sld ", &format!("<p:sld{attributes} "), 1);
        entries.push(Entry::new(&format!("ppt/slides/slide{index}.xml"), text));
        let own: Vec<_> = parts
            .iter()
            .filter(|(slide, _)| *slide == index)
            .filter_map(|(_, part)| {
                let (id, kind) = part.relation?;
                Some((
                    id.to_owned(),
                    kind.to_owned(),
                    format!("/{}", part.name),
                    false,
                ))
            })
            .collect();
        entries.push(Entry::new(
            &format!("ppt/slides/_rels/slide{index}.xml.rels"),
            relationships(&own),
        ));
    }
    entries.push(Entry::new(
        "ppt/presentation.xml",
        root(
            "p:presentation",
            &format!("<p:sldIdLst>{list}</p:sldIdLst>"),
        ),
    ));
    entries.push(Entry::new(
        "ppt/_rels/presentation.xml.rels",
        relationships(&related),
    ));
    entries.extend(
        parts
            .iter()
            .map(|(_, part)| Entry::new(part.name, part.bytes)),
    );
    zip(&entries)
}

/// Builds a workbook of sheets: name, state and the content of its data.
pub(crate) fn xlsx(sheets: &[(&str, &str, &str)], parts: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut entries = vec![
        Entry::new(
            "[Content_Types].xml",
            "<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>",
        ),
        Entry::new(
            "_rels/.rels",
            relationships(&[(
                "r1".to_owned(),
                "officeDocument".to_owned(),
                "xl/workbook.xml".to_owned(),
                false,
            )]),
        ),
    ];
    let (mut list, mut related) = (String::new(), Vec::new());
    for (index, (name, state, data)) in sheets.iter().enumerate() {
        list.push_str(&format!(
            "<sheet name=\"{name}\" sheetId=\"{}\" state=\"{state}\" r:id=\"s{index}\"/>",
            index + 1
        ));
        related.push((
            format!("s{index}"),
            "worksheet".to_owned(),
            format!("worksheets/sheet{index}.xml"),
            false,
        ));
        entries.push(Entry::new(
            &format!("xl/worksheets/sheet{index}.xml"),
            root("worksheet", &format!("<sheetData>{data}</sheetData>")),
        ));
    }
    for (name, kind, text) in parts {
        related.push((
            kind.to_string(),
            kind.to_string(),
            name.trim_start_matches("xl/").to_owned(),
            false,
        ));
        entries.push(Entry::new(name, *text));
    }
    entries.push(Entry::new(
        "xl/workbook.xml",
        root("workbook", &format!("<sheets>{list}</sheets>")),
    ));
    entries.push(Entry::new(
        "xl/_rels/workbook.xml.rels",
        relationships(&related),
    ));
    zip(&entries)
}
