//! Texts that programs have written in HTML or in tags of their own: each of their words is shown, and none of their tags.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use markdown::{Links, links, plain_text, render};

/// Says of each text what its page has, and what its words are.
fn check(cases: &[(&str, &str, &str)]) {
    let mut faults = Vec::new();
    for (md, page, words) in cases {
        let html = render(md, &Links::default()).html;
        let text = plain_text(md)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        if !html.replace('\n', "").contains(page) {
            faults.push(format!("{md:?}: no {page:?} in {html}"));
        }
        if text != *words {
            faults.push(format!("{md:?}: the words are {text:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_a_class_of_a_style_sheet_strikes_out_or_raises_is_marked() {
    const SHEET: &str = "<style type=\"text/css\">@import url(x.css);ol{margin:0}@media print{.c4{color:red}}.c2{vertical-align:baseline}\
        .c3{vertical-align:super}/* .c5{text-decoration:line-through} */ .c4, p.c6{text-decoration:line-through;color:red}\
        .c7{text-decoration:none}span.c8{vertical-align:sub}.c9 a{text-decoration:line-through}</style>";
    let with_sheet = |html: &str| format!("<html><head>{SHEET}</head><body>{html}</body></html>");
    for (html, page, words) in [
        (
            "<p>10<span class=\"c3\">9</span> <span class=\"c2 c4\">do not</span> give</p>",
            "10<sup>9</sup> <del>do not</del> give",
            "10^9 ~~do not~~ give",
        ),
        (
            "<p class=\"c6\">Do not</p><p>give</p>",
            "<p><del>Do not</del></p>",
            "~~Do not~~ give",
        ),
        (
            "<p>H<span class=\"c8\">2</span>O, <b class=\"c8\">b</b></p>",
            "H<sub>2</sub>O, <strong>b</strong>",
            "H2O, b",
        ),
        (
            "<p><span class=\"c4 c7\">do</span> <span class=\"c4\" style=\"text-decoration:none\">it</span></p>",
            "<p>do it</p>",
            "do it",
        ),
        (
            "<p><span class=\"c5\">a</span> <span class=\"c9\">b</span></p>",
            "<p>a b</p>",
            "a b",
        ),
    ] {
        check(&[(&with_sheet(html), page, words)]);
    }
    check(&[
        (
            "Give <span style=\"background:url(line-through.png)\">5</span> mg",
            "<p>Give 5 mg</p>",
            "Give 5 mg",
        ),
        (
            "<span style=\"text-decoration:line-through; text-decoration: none\">5</span> mg",
            "<p>5 mg</p>",
            "5 mg",
        ),
    ]);
}

#[test]
fn what_a_component_named_like_html_says_in_attributes_is_shown() {
    check(&[
        (
            "<Details summary=\"Not 5\">\n\nbody\n\n</Details>",
            "<details><summary>Not 5</summary><p>body</p></details>",
            "Not 5 body",
        ),
        (
            "<details summary=\"Not 5\">\n\nbody\n\n</details>",
            "<summary>Not 5</summary>",
            "Not 5 body",
        ),
        (
            "<Details title={\"Not-5\"}>\n\nbody\n\n</Details>",
            "<summary>Not-5</summary>",
            "Not-5 body",
        ),
        (
            "<Figure caption=\"Not 5\" src=\"x.png\" />\n\nafter",
            "<p>Not 5</p><p>after</p>",
            "Not 5 after",
        ),
        (
            "<Section title=\"Not 5\">\n\nbody\n\n</Section>",
            "<p>Not 5</p><p>body</p>",
            "Not 5 body",
        ),
        ("<Aside title=\"Not 5\">body</Aside>", "Not 5", "Not 5 body"),
        (
            "Press <Button label=\"Do not give\" /> now",
            "Press Do not give  now",
            "Press Do not give now",
        ),
        ("<Label text=\"Not 5\">x</Label>", "Not 5 x", "Not 5 x"),
        (
            "<Table rows={[[\"a\",-5]]} />\n\nafter",
            "-5",
            "rows={[[\"a\",-5]]} after",
        ),
        (
            "<DIV TITLE=\"tip\">5</DIV> <div title=\"tip\">6</div>",
            "5",
            "5 6",
        ),
        ("<Font color=\"red\">5</Font>", "<p>5</p>", "5"),
    ]);
}

#[test]
fn markdown_within_html_is_read_where_it_says_so() {
    check(&[
        (
            "<div markdown=\"1\">\n[x](/help) **not** 5\n</div>\n\nafter",
            "<a href=\"/help\">x</a> <strong>not</strong> 5",
            "x not 5 after",
        ),
        (
            "<div markdown class=\"a\">\n\n- a\n\n</div>",
            "<li>a</li>",
            "a",
        ),
        (
            "<div class=\"a\" markdown>\n- a\n- **b**\n</div>",
            "<li>a</li><li><strong>b</strong></li>",
            "a b",
        ),
        (
            "<details markdown=\"block\"><summary>S</summary>\n\n**b**\n</details>",
            "<summary>S</summary>",
            "S b",
        ),
        (
            "<table>\n<tr><td markdown=\"span\">**5** mg</td><td>*6*</td></tr>\n</table>",
            "<td><strong>5</strong> mg</td><td>*6*</td>",
            "5 mg *6*",
        ),
        (
            "<figure markdown=\"span\">\n  ![Chart -5](x.png){ width=\"300\" }\n  <figcaption>Figure *one*</figcaption>\n</figure>",
            "(picture not included: Chart -5)",
            "Chart -5 Figure one",
        ),
        (
            "<details markdown=\"1\"><summary>The *S*</summary>\n[x](/help) **not** 5\n</details>",
            "<a href=\"/help\">x</a> <strong>not</strong> 5",
            "The S x not 5",
        ),
        (
            "<details markdown=\"1\">\n<summary>S</summary>\n- [x](/help)\n</details>",
            "<li><a href=\"/help\">x</a></li>",
            "S x",
        ),
        (
            "<div markdown=\"1\">\n[x][r] and [R] **not** 5\n</div>\n\n[r]: /help\n",
            "<a href=\"/help\">x</a> and <a href=\"/help\">R</a> <strong>not</strong> 5",
            "x and R not 5",
        ),
        // A line of code, and one that is no definition, is in no element.
        (
            "<div markdown=\"1\">\nSee [info] and [note].\n</div>\n\n```\n[INFO]: started\n```\n\n[note]: two words here\n",
            "See [info] and [note].",
            "See [info] and [note]. [INFO]: started [note]: two words here",
        ),
        ("<div markdown=\"0\">*a*</div>", "*a*", "*a*"),
        ("<div>*a* markdown</div>", "*a* markdown", "*a* markdown"),
        (
            "<div markdown=\"1\">\n<div markdown=\"1\">\n*a*\n</div>\nb\n</div>",
            "<em>a</em>",
            "a b",
        ),
    ]);
    let found = links("a\n\n<div markdown=\"1\">\n[x](b.md)\n</div>");
    assert_eq!(found.first().map(|link| link.url.as_str()), Some("b.md"));
    let referring = "<div markdown=\"1\">\n[x][r]\n</div>\n\n[r]: b.md\n";
    assert_eq!(
        links(referring).first().map(|link| link.url.as_str()),
        Some("b.md")
    );
    let md = markdown::rewrite_links(referring, |_| Some("/d/1".to_owned()));
    assert_eq!(md, referring.replace("b.md", "/d/1"));
    let md = markdown::rewrite_links("<div markdown=\"1\">\n[x](b.md)\n</div>", |_| {
        Some("/d/1".to_owned())
    });
    assert_eq!(md, "<div markdown=\"1\">\n[x](/d/1)\n</div>");
}

#[test]
fn tags_of_other_programs_go_and_their_words_stay() {
    check(&[
        (
            "<p class=MsoNormal>Give 5 mg<o:p></o:p></p>",
            "<p>Give 5 mg</p>",
            "Give 5 mg",
        ),
        (
            "Give 5 mg<o:p></o:p> now",
            "<p>Give 5 mg now</p>",
            "Give 5 mg now",
        ),
        (
            "<p><![if !supportLists]>3. <![endif]>Third</p>",
            "<p>3. Third</p>",
            "3. Third",
        ),
        (
            "<st1:place w:st=\"on\">Leeds</st1:place> ward",
            "<p>Leeds ward</p>",
            "Leeds ward",
        ),
        (
            "<svg width=\"9\" viewBox=\"0 0 9 9\"><g><path d=\"M0\"/><text x=\"1\">Give 5</text><text>not 6</text></g></svg>",
            "<p>Give 5  not 6 </p>",
            "Give 5 not 6",
        ),
        (
            "a <svg xmlns=\"x\"><circle r=\"1\"/><title>Stop</title></svg> b",
            "<p>a   Stop   b</p>",
            "a Stop b",
        ),
        (
            "<ac:structured-macro ac:name=\"info\"><ac:parameter ac:name=\"title\">Note</ac:parameter><ac:rich-text-body><p>Body</p></ac:rich-text-body></ac:structured-macro>",
            "Note",
            "Note Body",
        ),
        (
            "<p>See <ac:link><ri:page ri:content-title=\"Bed board\" /><ac:plain-text-link-body><![CDATA[the board]]></ac:plain-text-link-body></ac:link>.</p>",
            "Bed board",
            "See Bed board the board .",
        ),
        (
            "`<o:p>` and <circle> and <w:1>",
            "<code>&lt;o:p&gt;</code> and &lt;circle&gt; and &lt;w:1&gt;",
            "<o:p> and <circle> and <w:1>",
        ),
    ]);
}
