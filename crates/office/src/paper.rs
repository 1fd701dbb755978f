//! Writes a short document as a file of Word: title, paragraphs, headings, tables. Nothing in it is active, and nothing
//! refers to a place outside the file.

use crate::zip::ZipWriter;

/// A document of a page or two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paper {
    /// Its title, in its properties; [`PaperBlock::Title`] shows it.
    pub title: String,
    /// Who made it, in its properties.
    pub creator: String,
    /// Its language, such as `en-GB`.
    pub lang: String,
    /// What it shows.
    pub blocks: Vec<PaperBlock>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperBlock {
    /// The title.
    Title(String),
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph in small print.
    Small(String),
    /// A table, whose first row names the columns. Cells of the first column are bold.
    Table(Vec<Vec<String>>),
}

/// The width of the text on A4 with the margins below, in twentieths of a point.
const TEXT_WIDTH: usize = 9_866;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>"#;

const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;

const DOCUMENT_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// The styles, up to the language, and after it. Sizes are half points, distances twentieths of a point.
const STYLES: [&str; 2] = [
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/><w:sz w:val="20"/><w:szCs w:val="20"/><w:lang w:val=""#,
    r#""/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="100" w:line="259" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr><w:spacing w:after="80" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:b/><w:sz w:val="34"/><w:szCs w:val="34"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/><w:qFormat/><w:pPr><w:keepNext/><w:spacing w:before="180" w:after="60"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="Small"><w:name w:val="Small print"/><w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="40"/></w:pPr><w:rPr><w:color w:val="4C6272"/><w:sz w:val="16"/><w:szCs w:val="16"/></w:rPr></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>"#,
];

/// Writes a `.docx`.
#[must_use]
pub fn write_docx(paper: &Paper) -> Vec<u8> {
    let mut zip = ZipWriter::default();
    zip.add("[Content_Types].xml", TYPES);
    zip.add("_rels/.rels", RELATIONS);
    zip.add("word/document.xml", &document(paper));
    zip.add("word/_rels/document.xml.rels", DOCUMENT_RELATIONS);
    let [before, after] = STYLES;
    zip.add(
        "word/styles.xml",
        &format!("{before}{}{after}", escaped(&paper.lang)),
    );
    zip.add("docProps/core.xml", &properties(paper));
    zip.finish()
}

fn properties(paper: &Paper) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dc:language>{}</dc:language></cp:coreProperties>",
        escaped(&paper.title),
        escaped(&paper.creator),
        escaped(&paper.lang)
    )
}

fn document(paper: &Paper) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>",
    );
    for block in &paper.blocks {
        match block {
            PaperBlock::Title(text) => paragraph(&mut out, Some("Title"), text, false),
            PaperBlock::Heading(text) => paragraph(&mut out, Some("Heading1"), text, false),
            PaperBlock::Text(text) => paragraph(&mut out, None, text, false),
            PaperBlock::Small(text) => paragraph(&mut out, Some("Small"), text, false),
            PaperBlock::Table(rows) => table(&mut out, rows),
        }
    }
    // A4, with margins of 1.8 cm.
    out.push_str(
        "<w:sectPr><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1020\" w:right=\"1020\" w:bottom=\"1020\" \
         w:left=\"1020\" w:header=\"510\" w:footer=\"510\" w:gutter=\"0\"/></w:sectPr></w:body></w:document>",
    );
    out
}

fn paragraph(out: &mut String, style: Option<&str>, text: &str, bold: bool) {
    out.push_str("<w:p>");
    if let Some(style) = style {
        out.push_str(&format!("<w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>"));
    }
    out.push_str("<w:r>");
    if bold {
        out.push_str("<w:rPr><w:b/></w:rPr>");
    }
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            out.push_str("<w:br/>");
        }
        out.push_str(&format!(
            "<w:t xml:space=\"preserve\">{}</w:t>",
            escaped(line)
        ));
    }
    out.push_str("</w:r></w:p>");
}

fn table(out: &mut String, rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    if columns == 0 {
        return;
    }
    let width = TEXT_WIDTH / columns;
    let line = |side: &str| {
        format!("<w:{side} w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"AEB7BD\"/>")
    };
    let lines: String = ["top", "bottom", "insideH"].map(line).concat();
    out.push_str(&format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{TEXT_WIDTH}\" w:type=\"dxa\"/><w:tblBorders>{lines}</w:tblBorders>\
         <w:tblLook w:val=\"0420\" w:firstRow=\"1\"/></w:tblPr><w:tblGrid>{}</w:tblGrid>",
        format!("<w:gridCol w:w=\"{width}\"/>").repeat(columns)
    ));
    for (number, row) in rows.iter().enumerate() {
        let is_head = number == 0;
        out.push_str("<w:tr><w:trPr><w:cantSplit/>");
        // Programs read the names of the columns aloud with each cell.
        if is_head {
            out.push_str("<w:tblHeader/>");
        }
        out.push_str("</w:trPr>");
        for column in 0..columns {
            out.push_str(&format!(
                "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>"
            ));
            let text = row.get(column).map(String::as_str).unwrap_or_default();
            paragraph(out, None, text, is_head || column == 0);
            out.push_str("</w:tc>");
        }
        out.push_str("</w:tr>");
    }
    // Word wants a paragraph between a table and the end, or another table.
    out.push_str("</w:tbl><w:p><w:pPr><w:pStyle w:val=\"Small\"/></w:pPr></w:p>");
}

/// Returns a text for XML, without the characters that XML does not have.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
