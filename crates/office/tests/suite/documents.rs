//! Word documents: what becomes of each thing that they can hold.

use crate::support::{Part, docx, docx_entries, root, zip};
use office::{Lost, Options, convert};

/// Converts the body of a document; returns the markdown and what was left out.
fn converted(body: &str) -> (String, Vec<(Lost, usize)>) {
    let picture: &[u8] = b"\x89PNG\r\n\x1a\n picture";
    let notes = root(
        "w:footnotes",
        "<w:footnote w:id=\"-1\"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\
         <w:footnote w:id=\"2\"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space=\"preserve\"> Counted by hand.</w:t></w:r></w:p></w:footnote>",
    );
    let diagram = root(
        "dgm:dataModel",
        "<dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>Plan</a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt/><dgm:pt><dgm:t><a:p><a:r><a:t>Do</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst>",
    );
    let parts = [
        Part {
            name: "word/media/image1.png",
            relation: Some(("rP", "image")),
            bytes: picture,
        },
        Part {
            name: "word/media/image2.emf",
            relation: Some(("rE", "image")),
            bytes: b"emf",
        },
        Part {
            name: "word/footnotes.xml",
            relation: Some(("rF", "footnotes")),
            bytes: notes.as_bytes(),
        },
        Part {
            name: "word/diagrams/data1.xml",
            relation: Some(("rD", "diagramData")),
            bytes: diagram.as_bytes(),
        },
    ];
    let outside = [
        ("rL", "hyperlink", "https://example.org/a_b?c=(d)"),
        ("rJ", "hyperlink", "javascript:alert(1)"),
        ("rX", "image", "https://example.org/spy.png"),
    ];
    let found = convert(&docx(body, &parts, &outside), Options::default()).unwrap();
    let lost = found
        .omissions
        .iter()
        .map(|omission| (omission.lost, omission.count))
        .collect();
    (found.markdown, lost)
}

fn run(text: &str) -> String {
    format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

fn marked(mark: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{mark}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r>")
}

fn paragraph(inner: &str) -> String {
    format!("<w:p>{inner}</w:p>")
}

fn styled(style: &str, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>{}</w:p>",
        run(text)
    )
}

fn item(list: u8, level: u8, text: &str) -> String {
    format!(
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr></w:pPr>{}</w:p>",
        run(text)
    )
}

fn cell(properties: &str, text: &str) -> String {
    format!(
        "<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>",
        paragraph(&run(text))
    )
}

#[track_caller]
fn check(body: &str, markdown: &str, lost: &[(Lost, usize)]) {
    let (found, omitted) = converted(body);
    assert_eq!(found.trim_end(), markdown, "{body}");
    assert_eq!(omitted, lost, "{body}");
}

#[test]
fn words_keep_their_marks_and_their_meaning() {
    for (inner, markdown) in [
        (run("Falls down by 3 &amp; more"), "Falls down by 3 & more"),
        (format!("{}{}", run("10"), marked("<w:vertAlign w:val=\"superscript\"/>", "9")), "10<sup>9</sup>"),
        // Lowered by LibreOffice.
        (format!("{}{}", run("CO"), marked("<w:position w:val=\"-2\"/><w:sz w:val=\"19\"/>", "2")), "CO<sub>2</sub>"),
        ("<w:r><w:pict><v:shape><v:textpath string=\"Drawn words\"/></v:shape></w:pict></w:r>".to_owned(), "Drawn words"),
        (format!("{}{}{}", run("H"), marked("<w:vertAlign w:val=\"subscript\"/>", "2"), run("O")), "H<sub>2</sub>O"),
        (format!("{}{}", run("Give "), marked("<w:strike/>", "10 mg")), "Give ~~10 mg~~"),
        (format!("{}{}", run("Give "), marked("<w:dstrike/>", "10 mg")), "Give ~~10 mg~~"),
        (format!("{}{}{}", run("a "), marked("<w:b/>", "bold "), run("word")), "a **bold** word"),
        (format!("{}{}", marked("<w:b/>", "one "), marked("<w:b/>", "two")), "**one two**"),
        (format!("{}{}", marked("<w:b/>", "Result:"), run("none")), "<b>Result:</b>none"),
        (format!("{}{}", marked("<w:b/>", "un"), run("done")), "**un**done"),
        (format!("{}{}", marked("<w:i/>", "un"), run("done")), "<i>un</i>done"),
        (format!("{}{}{}", marked("<w:b/>", "a "), marked("<w:b/><w:i/>", "b"), marked("<w:b/>", " c")), "**a _b_ c**"),
        (marked("<w:b w:val=\"0\"/>", "plain"), "plain"),
        (marked("<w:rStyle w:val=\"Strong\"/>", "strong"), "**strong**"),
        (run("5 * 3 * 2, [x], a_b, _c_, `d`, $5, {e}"), r"5 \* 3 \* 2, \[x\], a_b, \_c\_, \`d\`, \$5, \{e}"),
        (run("p &lt; 0.05 and &lt;b&gt;"), "p < 0.05 and &lt;b>"),
        (run("~~no~~ %%no%% a~b ~50 5%"), r"\~\~no\~\~ \%\%no\%\% a\~b ~50 5%"),
        (run("see https://example.org/a_b_c today"), "see https://example.org/a_b_c today"),
        (run("# no heading"), r"\# no heading"),
        (run("1. no list"), r"1\. no list"),
        (run("- no list"), r"\- no list"),
        (run("-5 degrees"), "-5 degrees"),
        (run("12.5 per cent"), "12.5 per cent"),
        (format!("{}<w:r><w:br/></w:r>{}", run("one"), run("- two")), "one\\\n\\- two"),
        (format!("{}<w:r><w:softHyphen/></w:r>{}", run("dis"), run("charge")), "discharge"),
        (run("dis\u{ad}charge"), "discharge"),
        (format!("{}<w:r><w:noBreakHyphen/></w:r>{}", run("e"), run("mail")), "e\u{2011}mail"),
        (format!("{}<w:r><w:tab/></w:r>{}", run("a"), run("b")), "a b"),
        ("<w:r><w:sym w:font=\"Symbol\" w:char=\"F0B3\"/></w:r><w:r><w:t>5</w:t></w:r>".to_owned(), "≥5"),
        ("<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r>".to_owned(), "✓"),
        (format!("{}{}{}", run("5 "), marked("<w:rFonts w:ascii=\"Symbol\"/>", "m"), run("g")), "5 μg"),
        (marked("<w:position w:val=\"6\"/>", "9"), "<sup>9</sup>"),
        ("<w:r><w:t> trimmed </w:t></w:r>".to_owned(), "trimmed"),
        (format!("<w:hyperlink r:id=\"rL\">{}</w:hyperlink>", run("the page")), "[the page](https://example.org/a_b?c=%28d%29)"),
        (format!("<w:smartTag>{}</w:smartTag>", run("tagged")), "tagged"),
        (format!("<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>", run("control")), "control"),
        (format!("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>{}", run("Click here"), run("text")), "text"),
        (
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPERLINK \"https://example.org/x\" </w:instrText></w:r>\
             <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>there</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>".to_owned(),
            "[there](https://example.org/x)",
        ),
        ("<w:fldSimple w:instr=\"DATE\"><w:r><w:t>28 November</w:t></w:r></w:fldSimple>".to_owned(), "28 November"),
        ("<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>".to_owned(), "☒"),
        // A field without an end hides nothing.
        (format!("<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>{}", run("text")), "text"),
        (format!("{}<w:r><w:footnoteReference w:id=\"2\"/></w:r>", run("312 falls")), "312 falls[^1]\n\n[^1]: Counted by hand."),
        ("<w:r><w:ruby><w:rt><w:r><w:t>x</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>base</w:t></w:r></w:rubyBase></w:ruby></w:r>".to_owned(), "base"),
    ] {
        check(&paragraph(&inner), markdown, &[]);
    }
}

#[test]
fn what_is_left_out_is_listed() {
    use Lost::*;
    for (body, markdown, lost) in [
        (
            paragraph(&format!(
                "{}<w:del><w:r><w:delText>80</w:delText></w:r></w:del><w:ins>{}</w:ins>",
                run("Falls: "),
                run("20")
            )),
            "Falls: 20",
            vec![(DeletedText, 1)],
        ),
        (
            paragraph(&format!(
                "<w:moveFrom>{}</w:moveFrom>{}",
                run("old place"),
                run("text")
            )),
            "text",
            vec![(DeletedText, 1)],
        ),
        (
            format!(
                "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{}</w:p>{}",
                run("One "),
                paragraph(&run("paragraph"))
            ),
            "One paragraph",
            vec![],
        ),
        (
            paragraph(&format!(
                "{}{}",
                run("seen"),
                marked("<w:vanish/>", "hidden")
            )),
            "seen",
            vec![(HiddenText, 1)],
        ),
        (
            paragraph(&format!(
                "{}{}",
                run("seen"),
                marked("<w:rStyle w:val=\"Secret\"/>", "hidden")
            )),
            "seen",
            vec![(HiddenText, 1)],
        ),
        (
            paragraph(&format!(
                "<w:hyperlink r:id=\"rJ\">{}</w:hyperlink>",
                run("click")
            )),
            "click",
            vec![(Link, 1)],
        ),
        (
            paragraph(&format!(
                "<w:hyperlink w:anchor=\"_Toc1\">{}</w:hyperlink>",
                run("above")
            )),
            "above",
            vec![(InnerLink, 1)],
        ),
        (
            format!(
                "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val=\"Table of Contents\"/></w:docPartObj></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>{}",
                paragraph(&run("Background 1")),
                paragraph(&run("text"))
            ),
            "text",
            vec![(Contents, 1)],
        ),
        (
            paragraph(
                "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>",
            ),
            "(a+b)/2",
            vec![(Equation, 1)],
        ),
        (
            paragraph(
                "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>",
            ),
            "x<sup>2</sup>",
            vec![(Equation, 1)],
        ),
        (
            paragraph(&format!(
                "{}<w:r><w:object><o:OLEObject r:id=\"rO\"/></w:object></w:r>",
                run("text")
            )),
            "text",
            vec![(EmbeddedObject, 1)],
        ),
        (
            paragraph("<w:r><w:sym w:font=\"Trust Icons\" w:char=\"F041\"/></w:r>"),
            "□",
            vec![(Symbol, 1)],
        ),
        (
            paragraph(
                "<w:r><w:drawing><wp:docPr descr=\"A ward board\"/><pic:pic><a:blip r:embed=\"rP\"/></pic:pic></w:drawing></w:r>",
            ),
            "![A ward board](attachment:picture-1.png)",
            vec![],
        ),
        (
            paragraph(
                "<w:r><w:drawing><wp:docPr/><pic:pic><a:blip r:embed=\"rE\"/></pic:pic></w:drawing></w:r>",
            ),
            "",
            vec![(PictureForm, 1)],
        ),
        (
            paragraph(
                "<w:r><w:drawing><pic:pic><a:blip r:link=\"rX\"/></pic:pic></w:drawing></w:r>",
            ),
            "",
            vec![(LinkedPicture, 1)],
        ),
        (
            paragraph(
                "<w:r><w:drawing><wp:docPr descr=\"Falls by month\"/><c:chart r:id=\"rC\"/></w:drawing></w:r>",
            ),
            "",
            vec![(Chart, 1)],
        ),
        (
            paragraph("<w:r><w:drawing><dgm:relIds r:dm=\"rD\"/></w:drawing></w:r>"),
            "- Plan\n- Do",
            vec![(Diagram, 1)],
        ),
        (
            paragraph(&format!(
                "<w:r><mc:AlternateContent><mc:Choice><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>\
                 <mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>{1}",
                paragraph(&run("In the box")),
                run("Outside")
            )),
            "Outside\n\nIn the box",
            vec![],
        ),
        (
            "<w:altChunk r:id=\"rA\"/>".to_owned(),
            "",
            vec![(EmbeddedObject, 1)],
        ),
        (
            format!("{}{}", item(3, 0, "first"), item(3, 0, "second")),
            "1. first\n2. second",
            vec![(ListForm, 1)],
        ),
    ] {
        check(&body, markdown, &lost);
    }
}

#[test]
fn headings_come_from_styles_outlines_and_bold() {
    for (body, markdown) in [
        // The one first heading is the title.
        (
            format!(
                "{}{}{}",
                styled("berschrift1", "Our story"),
                styled("H2", "Start"),
                styled("Normal", "text")
            ),
            "## Start\n\ntext",
        ),
        (
            format!(
                "{}{}{}",
                styled("Titel", "Our story"),
                styled("berschrift1", "Start"),
                styled("H2", "More")
            ),
            "## Start\n\n### More",
        ),
        (
            format!(
                "{}{}{}",
                styled("Normal", "text"),
                styled("TrustHeading", "Start"),
                styled("Outlined", "More")
            ),
            "text\n\n## Start\n\n### More",
        ),
        (
            format!(
                "{}<w:p><w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr>{}</w:p>",
                styled("Normal", "text"),
                run("Deep")
            ),
            "text\n\n## Deep",
        ),
        // No styles: short bold paragraphs, and names of sections.
        (
            format!(
                "{}{}{}",
                paragraph(&run("text")),
                paragraph(&marked("<w:b/>", "Ward 12:")),
                paragraph(&run("more"))
            ),
            "text\n\n## Ward 12\n\nmore",
        ),
        (
            format!(
                "{}{}{}{}",
                paragraph(&run("Background")),
                paragraph(&run("text")),
                paragraph(&run("Results:")),
                paragraph(&run("more"))
            ),
            "## Background\n\ntext\n\n## Results\n\nmore",
        ),
        (
            format!(
                "{}{}",
                paragraph(&marked("<w:b/>", "All of it")),
                paragraph(&marked("<w:b/>", "is bold"))
            ),
            "**All of it**\n\n**is bold**",
        ),
        (
            format!("{}{}", styled("TOC1", "Start 1"), styled("Normal", "text")),
            "text",
        ),
        (styled("Q", "It works."), "> It works."),
    ] {
        assert_eq!(converted(&body).0.trim_end(), markdown, "{body}");
    }
}

#[test]
fn lists_keep_their_levels_and_numbers() {
    for (body, markdown) in [
        (
            format!(
                "{}{}{}{}",
                item(1, 0, "a"),
                item(1, 1, "b"),
                item(1, 0, "c"),
                styled("Listed", "d")
            ),
            "- a\n  - b\n- c\n- d",
        ),
        // The styles of Word for deeper items are lists of their own.
        (
            format!(
                "{}{}{}{}",
                styled("Listed", "a"),
                styled("Listed2", "b"),
                styled("Numbered3", "c"),
                styled("Listed", "d")
            ),
            "- a\n  - b\n    1. c\n- d",
        ),
        // A second paragraph of an item, as Word and as pandoc write it; without an item it is a paragraph.
        (
            format!(
                "{}{}{}{}",
                styled("Goes", "z"),
                styled("Listed", "a"),
                styled("Goes", "b"),
                styled("Listed", "c")
            ),
            "z\n\n- a\\\n  b\n- c",
        ),
        (
            format!("{}{}{}", item(2, 0, "a"), item(7, 0, "b"), item(2, 0, "c")),
            "1. a\\\n   b\n2. c",
        ),
        (styled("Blocked", "said"), "> said"),
        (
            format!(
                "{}{}{}{}",
                item(2, 0, "a"),
                item(2, 1, "b"),
                item(2, 1, "c"),
                item(2, 0, "d")
            ),
            "1. a\n   1. b\n   2. c\n2. d",
        ),
        // A list goes on after a paragraph, and another one begins again.
        (
            format!(
                "{}{}{}{}",
                item(2, 0, "a"),
                paragraph(&run("between")),
                item(2, 0, "b"),
                item(4, 0, "c")
            ),
            "1. a\n\nbetween\n\n2. b\n1) c",
        ),
        (
            format!("{}{}", item(1, 1, "deep"), item(1, 0, "less")),
            "- deep\n- less",
        ),
        (item(0, 0, "none"), "none"),
    ] {
        assert_eq!(converted(&body).0.trim_end(), markdown, "{body}");
    }
}

#[test]
fn lines_of_code_keep_their_spaces_and_nothing_in_them_is_markup() {
    let typed = |words: &str| paragraph(&marked("<w:rFonts w:ascii=\"Courier New\"/>", words));
    let long = "The bed manager rings each ward in the morning. ".repeat(4);
    let long = long.trim();
    for (body, markdown) in [
        (
            format!(
                "{}{}{}{}",
                styled("SourceCode", "for ward in wards:"),
                styled("SourceCode", "    ring(ward) # *twice*"),
                paragraph(""),
                styled("HTMLPreformatted", "&lt;b&gt; [[x]]")
            ),
            "```\nfor ward in wards:\n    ring(ward) # *twice*\n\n<b> [[x]]\n```\n",
        ),
        // A fence is longer than any within, so that no line ends the block.
        (styled("Code", "````"), "`````\n````\n`````\n"),
        (
            format!("{}{}", styled("Code", "```"), styled("Code", "# Safety")),
            "````\n```\n# Safety\n````\n",
        ),
        (
            format!(
                "{}<w:p><w:pPr><w:pStyle w:val=\"Code\"/></w:pPr><w:r><w:tab/><w:t>a</w:t><w:br/><w:t>b</w:t></w:r></w:p>{}{}",
                paragraph(&run("We typed this:")),
                paragraph(""),
                paragraph(&run("It rang."))
            ),
            "We typed this:\n\n```\n    a\nb\n```\n\nIt rang.\n",
        ),
        // By the letters of all words; and what is no line of code all the same.
        (
            typed("SELECT * FROM beds"),
            "```\nSELECT * FROM beds\n```\n",
        ),
        (
            paragraph(&format!(
                "{}{}",
                marked("<w:rFonts w:ascii=\"Consolas\"/>", "ls"),
                run(" lists files")
            )),
            "ls lists files\n",
        ),
        (typed(long), &format!("{long}\n")),
        (styled("Plain", "a  *  b"), "```\na  *  b\n```\n"),
        (styled("Plain", long), &format!("{long}\n")),
        (
            format!(
                "<w:p><w:pPr><w:pStyle w:val=\"Code\"/></w:pPr>{}<w:r><w:footnoteReference w:id=\"2\"/></w:r></w:p>",
                run("x = 1")
            ),
            "x = 1[^1]\n\n[^1]: Counted by hand.\n",
        ),
        (
            format!(
                "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr></w:tbl>",
                styled("Code", "a  `b`"),
                paragraph(&run("c"))
            ),
            "| a \\`b\\` | c |\n| --- | --- |\n",
        ),
    ] {
        check(&body, markdown.trim_end(), &[]);
    }
}

#[test]
fn a_text_that_is_typed_as_on_a_typewriter_is_no_code() {
    let styles = "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/><w:rPr><w:rFonts w:ascii=\"Courier New\"/></w:rPr></w:style>";
    let mut entries = docx_entries(&paragraph(&run("We rang each ward.")), &[], &[]);
    for entry in &mut entries {
        if entry.name.ends_with("styles.xml") {
            entry.bytes = root("w:styles", styles).into_bytes();
        }
    }
    let found = convert(&zip(&entries), Options::default()).unwrap();
    assert_eq!(found.markdown, "We rang each ward.\n");
}

#[test]
fn tables_keep_every_value_at_its_place() {
    let row = |cells: &[String]| format!("<w:tr>{}</w:tr>", cells.concat());
    let table = |rows: &[String]| format!("<w:tbl>{}</w:tbl>", rows.concat());
    for (body, markdown, lost) in [
        (
            table(&[
                row(&[cell("", "Ward"), cell("", "Falls")]),
                row(&[cell("", "A|B"), cell("", "3")]),
            ]),
            "| Ward | Falls |\n| --- | --- |\n| A\\|B | 3 |",
            vec![],
        ),
        (
            table(&[
                row(&[cell("", "Ward"), cell("<w:gridSpan w:val=\"2\"/>", "2025")]),
                row(&[
                    cell("<w:vMerge w:val=\"restart\"/>", "A"),
                    cell("", "1"),
                    cell("", "2"),
                ]),
                row(&[cell("<w:vMerge/>", ""), cell("", "3"), cell("", "4")]),
            ]),
            "| Ward | 2025 | 2025 |\n| --- | --- | --- |\n| A | 1 | 2 |\n| A | 3 | 4 |",
            vec![(Lost::MergedCells, 1)],
        ),
        (
            table(&[
                row(&[cell("", "a"), cell("", "b")]),
                row(&[cell("<w:gridSpan w:val=\"2\"/>", "Across")]),
                row(&[cell("", "c"), cell("", "d")]),
            ]),
            "| a | b |\n| --- | --- |\n| Across | |\n| c | d |",
            vec![(Lost::MergedCells, 1)],
        ),
        // Merged as older programs write it.
        (
            table(&[
                row(&[
                    cell("<w:hMerge w:val=\"restart\"/>", "Both"),
                    cell("<w:hMerge/>", ""),
                ]),
                row(&[cell("", "c"), cell("", "d")]),
            ]),
            "| Both | Both |\n| --- | --- |\n| c | d |",
            vec![(Lost::MergedCells, 1)],
        ),
        (
            table(&[
                row(&[cell("", "a"), cell("", "b")]),
                format!("<w:tr><w:trPr><w:del/></w:trPr>{}</w:tr>", cell("", "gone")),
            ]),
            "| a | b |\n| --- | --- |",
            vec![(Lost::DeletedText, 1)],
        ),
        (
            table(&[row(&[
                cell("", "a"),
                format!("<w:tc>{}{}</w:tc>", item(1, 0, "x"), item(1, 0, "y")),
            ])]),
            "| a | • x<br>• y |\n| --- | --- |",
            vec![],
        ),
        (
            table(&[row(&[
                cell("", "a"),
                format!(
                    "<w:tc>{}</w:tc>",
                    table(&[row(&[cell("", "n"), cell("", "1")])])
                ),
            ])]),
            "| a | n – 1 |\n| --- | --- |",
            vec![(Lost::NestedTable, 1)],
        ),
        // A box around text.
        (
            table(&[row(&[format!(
                "<w:tc>{}{}</w:tc>",
                paragraph(&run("Key")),
                paragraph(&run("point"))
            )])]),
            "Key\n\npoint",
            vec![],
        ),
    ] {
        check(&body, markdown, &lost);
    }
}

#[test]
fn a_first_line_in_large_letters_is_the_title() {
    let large = |text: &str| paragraph(&marked("<w:sz w:val=\"40\"/>", text));
    let normal = |text: &str| paragraph(&run(text));
    for (first, title) in [
        (
            large("Fewer falls on ward 12"),
            Some("Fewer falls on ward 12"),
        ),
        (normal("Fewer falls on ward 12"), None),
        (large("We moved 34 wards in a year."), None),
        (large("Background"), None),
        (
            normal("A cover line.") + &large("Fewer falls on ward 12"),
            None,
        ),
        (
            paragraph(&(marked("<w:sz w:val=\"40\"/>", "Fewer falls") + &run(" on ward 12"))),
            None,
        ),
    ] {
        let body = first + &styled("berschrift1", "Background") + &normal("Many falls.");
        let found = convert(&docx(&body, &[], &[]), Options::default()).unwrap();
        assert_eq!(found.title.as_deref(), title, "{body}");
        let words = found.markdown + &found.title.unwrap_or_default();
        assert!(words.contains("Many falls."), "{words}");
    }
}

#[test]
fn headings_become_the_sections_of_a_case_study() {
    let body = [
        styled("Titel", "Fewer falls on ward 12"),
        styled("Normal", "In front."),
        styled("berschrift1", "1. Background"),
        styled("Normal", "Many falls."),
        styled("H2", "The ward"),
        styled("Normal", "28 beds."),
        styled("berschrift1", "Results"),
        styled("Normal", "Fewer."),
        styled("berschrift1", "Our approach"),
        styled("Normal", "Sensors."),
        styled("berschrift1", "Timeline"),
        styled("Normal", "May to June."),
        styled("berschrift1", "Lessons learnt"),
        styled("Normal", "Start early."),
    ]
    .concat();
    let found = convert(&docx(&body, &[], &[]), Options::default()).unwrap();
    assert_eq!(found.title.as_deref(), Some("Fewer falls on ward 12"));
    let sections: Vec<(&str, &str)> = found
        .sections
        .iter()
        .map(|section| (section.heading, section.markdown.trim_end()))
        .collect();
    assert_eq!(
        sections,
        [
            (
                "Situation",
                "In front.\n\nMany falls.\n\n### The ward\n\n28 beds."
            ),
            ("What we did", "Sensors.\n\n### Timeline\n\nMay to June."),
            ("What happened", "Fewer."),
            ("What we would do differently", "Start early."),
        ]
    );
    assert_eq!(found.sections[0].from, ["1. Background"]);
}

#[test]
fn headings_that_mean_other_answers_are_in_no_section() {
    let body = [
        styled("Titel", "Fewer falls on ward 12"),
        styled("berschrift1", "Summary"),
        styled("Normal", "Falls fell."),
        styled("berschrift1", "Background"),
        styled("Normal", "Many falls."),
        styled("berschrift1", "Costs"),
        styled("Normal", "Sensors cost 4,200 pounds."),
        styled("berschrift1", "Timeline"),
        styled("Normal", "May to June."),
        styled("berschrift1", "Contact"),
        styled("Normal", "The ward manager."),
    ]
    .concat();
    let found = convert(&docx(&body, &[], &[]), Options::default()).unwrap();
    let sections: Vec<(&str, &str)> = found
        .sections
        .iter()
        .map(|section| (section.heading, section.markdown.trim_end()))
        .collect();
    assert_eq!(
        sections,
        [
            ("Situation", "Many falls.\n\n### Timeline\n\nMay to June."),
            ("Summary", "Falls fell."),
            ("Cost", "Sensors cost 4,200 pounds."),
            ("Contact", "The ward manager."),
        ]
    );
}

#[test]
fn a_line_of_the_list_says_what_to_do() {
    let body = paragraph(
        "<w:r><w:drawing><wp:docPr descr=\"Falls by month\"/><c:chart r:id=\"rC\"/></w:drawing></w:r>",
    );
    let found = convert(&docx(&body, &[], &[]), Options::default()).unwrap();
    let lines: Vec<String> = found.omissions.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        ["1 chart: (Falls by month) left out; add it as a picture, or its figures as a table"]
    );
}

#[test]
fn a_table_of_questions_and_answers_is_a_form() {
    let row = |question: &str, answer: &str| {
        format!("<w:tr>{}{}</w:tr>", cell("", question), cell("", answer))
    };
    let table = |rows: &[String]| format!("<w:tbl>{}</w:tbl>", rows.concat());
    let form = table(&[
        row("Question", "Your answer"),
        row("Project title:", "Scales at home"),
        row("What was the problem?", "The hospital is an hour away."),
        row("Ward", "Elm"),
        row("Results", "Readmissions fell."),
    ]);
    let bytes = docx(&form, &[], &[]);
    let converted = convert(&bytes, Options::default()).unwrap();
    assert_eq!(converted.title.as_deref(), Some("Scales at home"));
    let sections: Vec<_> = converted
        .sections
        .iter()
        .map(|section| (section.heading, section.markdown.trim()))
        .collect();
    assert_eq!(
        sections,
        [
            (
                "Situation",
                "The hospital is an hour away.\n\n### Ward\n\nElm"
            ),
            ("What happened", "Readmissions fell."),
        ]
    );
    // A table of figures stays one, also where a row is called as a section.
    let figures = table(&[
        row("Results", "2025"),
        row("Falls", "12"),
        row("Cost", "£4"),
    ]);
    let bytes = docx(&figures, &[], &[]);
    let converted = convert(&bytes, Options::default()).unwrap();
    assert!(
        converted.markdown.starts_with("| Results | 2025 |"),
        "{}",
        converted.markdown
    );
}
