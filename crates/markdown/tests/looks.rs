//! What a text says by the way it looks: struck out, raised, apart, numbered. None of it may get lost on a page.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use markdown::{Links, plain_text, render};

/// Says of each text what its page has between the tags that are written, and what its words are.
fn check(cases: &[(&str, &str, &str)]) {
    let mut faults = Vec::new();
    for (md, page, words) in cases {
        let html = render(md, &Links::default()).html.replace('\n', "");
        let text = plain_text(md).replace('\n', " / ").replace("  ", " ");
        if !html.contains(page) {
            faults.push(format!("{md:?}: no {page:?} in {html}"));
        }
        if !text.contains(words) {
            faults.push(format!("{md:?}: no {words:?} in the words {text:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

const STRUCK: &str = "style=\"text-decoration: line-through\"";

/// Returns the text with `STYLE` replaced by a style that strikes out.
fn struck(md: &str) -> String {
    md.replace("STYLE", STRUCK)
}

fn check_struck(cases: &[(&str, &str, &str)]) {
    let texts: Vec<String> = cases.iter().map(|(md, _, _)| struck(md)).collect();
    let cases: Vec<_> = cases
        .iter()
        .zip(&texts)
        .map(|((_, page, words), md)| (md.as_str(), *page, *words))
        .collect();
    check(&cases);
}

#[test]
fn what_is_struck_out_around_parts_is_struck_out_in_each() {
    check_struck(&[
        (
            "<table><tr><th>Ward</th></tr><tr STYLE><td>Ash</td><td>500</td></tr><tr><td>Oak</td></tr></table>",
            "<tr><td><del>Ash</del></td><td><del>500</del></td></tr><tr><td>Oak</td></tr>",
            "~~Ash~~ ~~500~~",
        ),
        (
            "<table><tbody STYLE><tr><td>Ash<td>500</tbody><tbody><tr><td>Oak</table>",
            "<table><tr><td><del>Ash</del></td><td><del>500</del></td></tr><tr><td>Oak</td></tr></table>",
            "~~Ash~~ ~~500~~ / Oak",
        ),
        (
            "<table><thead STYLE><tr><th>A<tbody><tr><td>B</table>",
            "<tr><th><del>A</del></th></tr><tr><td>B</td></tr>",
            "~~A~~ / B",
        ),
        (
            "<table STYLE><caption>C</caption><tr><td>Ash</td></tr></table>\n\n<table><tr><td>Oak</table>",
            "<caption><del>C</del></caption><tr><td><del>Ash</del></td></tr></table></div><div class=\"app-table\" role=\"region\" aria-label=\"Table 2\" tabindex=\"0\"><table><tr><td>Oak</td>",
            "~~Ash~~",
        ),
        (
            "<table><tr><td STYLE>A<td>B</table>",
            "<td><del>A</del></td><td>B</td>",
            "~~A~~ B",
        ),
        (
            "<ul STYLE><li>do not a</li><li>b</li></ul>\n\nc",
            "<ul><li><del>do not a</del></li><li><del>b</del></li></ul><p>c</p>",
            "~~do not a~~ / ~~b~~ / c",
        ),
        (
            "<ol STYLE><li>a<li>b</ol>",
            "<ol><li><del>a</del></li><li><del>b</del></li></ol>",
            "~~a~~",
        ),
        (
            "<ul><li STYLE>a<li>b</ul>",
            "<li><del>a</del></li><li>b</li>",
            "~~a~~ / b",
        ),
        (
            "<dl STYLE><dt>a</dt><dd>b</dd></dl><p>c",
            "<dl><dt><del>a</del></dt><dd><del>b</del></dd></dl><p>c</p>",
            "~~a~~",
        ),
        (
            "<blockquote STYLE><p>a</p><ul><li>b</ul></blockquote>c",
            "<blockquote><del><p>a</p><ul><li>b</li></ul></del></blockquote><p>c</p>",
            "~~a",
        ),
        ("<p STYLE>a<p>b", "<p><del>a</del></p><p>b</p>", "~~a~~ / b"),
        (
            "<table><tr><td>A</td></tr><del><tr><td>B</td><td>200</td></tr></del><tr><td>C</td></tr></table>",
            "<tr><td>A</td></tr><tr><td><del>B</del></td><td><del>200</del></td></tr><tr><td>C</td></tr>",
            "~~B~~ ~~200~~ / C",
        ),
        (
            "<table><tr><s><td>not</td></s><td>500</td></tr></table>",
            "<tr><td><del>not</del></td><td>500</td></tr>",
            "~~not~~ 500",
        ),
        (
            "<del><table><tr><td>B</td><td>200</td></tr></table></del> after",
            "<table><tr><td>B</td><td>200</td></tr></table></div></del><p>after</p>",
            "~~B 200 / ~~",
        ),
        (
            "No <s><ul><li>a</li></ul></s> yes",
            "<p>No</p><del><ul><li>a</li></ul></del><p>yes</p>",
            "~~a / ~~",
        ),
        (
            "<ul><del><li>not a</li></del><li>b</li></ul>",
            "<ul><li><del>not a</del></li><li>b</li></ul>",
            "~~not a~~ / b",
        ),
        (
            "<table><tr><span STYLE><td>A</td></span><td>B</td></tr></table>",
            "<tr><td><del>A</del></td><td>B</td></tr>",
            "~~A~~ B",
        ),
        (
            "<table><tr><td><table STYLE><tr><td>A</table></td><td>B</td></tr></table>",
            "<td><del>A</del></td></tr></table></div></td><td>B</td>",
            "~~A~~",
        ),
        (
            "<table STYLE>stray<tr><td>A</td></tr></table>",
            "<p><del>stray</del></p><div",
            "~~stray~~",
        ),
        (
            "<span class=\"line-through\">no</span> <b class=\"x strike\">no</b> <p class=strikethrough>no",
            "<del>no</del> <strong><del>no</del></strong>",
            "~~no~~ ~~no~~",
        ),
        (
            "<span style=\"text-decoration: none /* line-through */\">yes</span>",
            "<p>yes</p>",
            "yes",
        ),
    ]);
}

#[test]
fn preformatted_text_is_struck_out_as_far_as_its_style_goes() {
    const DOSES: &str = "<pre tabindex=\"0\"><code>old dose</code></pre>";
    let page = format!("<del>{DOSES}</del><p>Give 5 mg daily.</p>");
    for open in [
        "<pre STYLE>",
        "<pre class=\"deleted\">",
        "<style>.old { text-decoration: line-through }</style>\n\n<pre class=\"old\">",
    ] {
        let md = format!("{open}old dose</pre>\n\nGive 5 mg daily.");
        check_struck(&[(&md, &page, "old dose / ~~Give 5 mg daily.")]);
    }
    check_struck(&[
        (
            "<table><tr><td><pre STYLE>old dose</pre></td><td>5</td></tr></table>",
            &format!("<td><del>{DOSES}</del></td><td>5</td>"),
            "old dose",
        ),
        (
            "<pre>Dose: <span STYLE>50 mg</span> 5 mg</pre>",
            "<code>Dose: ~~50 mg~~ 5 mg</code>",
            "Dose: ~~50 mg~~ 5 mg",
        ),
        (
            "<pre>10<span style=\"vertical-align: super\">9</span> <span>a <span class=del>b</span> c</span></pre>",
            "<code>10^9 a ~~b~~ c</code>",
            "10^9 a ~~b~~ c",
        ),
        (
            "<pre>a <span STYLE>b</pre>\n\n<p>c</span></p>",
            "<code>a ~~b~~</code></pre><p>c</p>",
            "a ~~b~~ / c",
        ),
        (
            "<pre><span class=\"token deleted\">- 5 mg</span></pre>",
            "<code>- 5 mg</code>",
            "- 5 mg",
        ),
        (
            "<pre>a <s STYLE>b</s> <sup>2</sup></pre>",
            "<code>a ~~b~~ ^2</code>",
            "a ~~b~~ ^2",
        ),
    ]);
}

#[test]
fn a_part_of_a_table_that_is_left_out_moves_no_column() {
    check(&[
        (
            "<table><tr><br><td>B</td><td>200</td></tr><br></table>",
            "<table><tr><td>B</td><td>200</td></tr></table>",
            "B 200",
        ),
        (
            "<table>{% for x %}<tr>{% if a %}<td>B</td>{% endif %}<td>200</td></tr></table>",
            "<tr><td>B</td><td>200</td></tr>",
            "{% for x %} {% if a %} {% endif %}",
        ),
        (
            "<table><tr><td>C</td>,<td>300</td></tr></table>",
            "<tr><td>C</td><td>300</td></tr>",
            "C 300",
        ),
        (
            "<table><tr><a href=\"/x\"><td>C</td></a><td>D</td></tr></table>",
            "<tr><td><a href=\"/x\">C</a></td><td>D</td></tr>",
            "C D",
        ),
        (
            "<table><tbody><tr><td rowspan=\"0\">A<td>1<tr><td>2</tbody><tbody><tr><td>B<td>3</table>",
            "<tr><td rowspan=\"2\">A</td><td>1</td></tr><tr><td>2</td></tr><tr><td>B</td><td>3</td></tr>",
            "A 1 / 2 / B 3",
        ),
        (
            "<table><tr><td rowspan=0>A<td><table><tr><td rowspan=0>B<tr><td>C</table><tr><td>1<tr><td>2</table>",
            "<td rowspan=\"3\">A</td>",
            "B",
        ),
        (
            "<div>12<td>13</td>14 <b>15</b></div>",
            "<td>13</td></tr></table></div><p>14 <strong>15</strong></p>",
            "12 / 13 / 14 15",
        ),
        (
            "<ol>Intro<li>one<li>two</ol>",
            "<p>Intro</p><ol><li>one</li>",
            "Intro / one",
        ),
        (
            "<ol><li>a</li><ol><li>b</li></ol><li>c</li></ol>",
            "<ol><li>a<ol><li>b</li></ol></li><li>c</li></ol>",
            "a / b / c",
        ),
        (
            "<ol><li>5</li>6<li>7</li></ol>",
            "<li>5<br>6</li><li>7</li>",
            "5 / 6 / 7",
        ),
    ]);
}

#[test]
fn what_is_shown_apart_is_not_joined() {
    check(&[
        (
            "Give <span style=\"display:block\">50</span><span style=\"display:block\">60</span> mg",
            "Give <br>50<br>60<br> mg",
            "50 / 60 /",
        ),
        (
            "<span style=\"display:table-cell\">90</span><span style=\"display:table-cell\">100</span>",
            "90 100",
            "90 100",
        ),
        (
            "<b style=\"display: block\">70</b><i style=\"display:flex !important\">80</i>90",
            "<strong>70</strong><br><em>80</em><br>90",
            "70 / 80 / 90",
        ),
        (
            "<a style=\"display:inline-block\" href=\"/a\">1</a><a style=\"float:right\" href=\"/b\">2</a>",
            "<a href=\"/a\">1</a> <a href=\"/b\">2</a>",
            "1 2",
        ),
        (
            "<button>50</button><button>60</button> <label>70</label><label>80</label>",
            "50 60 70 80",
            "50 60 70 80",
        ),
        (
            "<input value=\"50\"><input value=\"60\">7",
            "50 60 7",
            "50 60 7",
        ),
        ("Press <button>OK</button>.", "Press OK.", "Press OK."),
        (
            "<span style=\"margin-right:1em\">5</span><span>6</span> 7<span style=\"margin: 0\">8</span>9",
            "5 6 789",
            "5 6 789",
        ),
        (
            "| a |\n|---|\n| <div>70</div><div>80</div>90 |\n",
            "<td>70<br>80<br>90</td>",
            "70 / 80 / 90",
        ),
        ("# 50<div>60</div>70", "50<br>60<br>70", "50 / 60 / 70"),
        (
            "**50<p>60</p>70**",
            "<strong>50<br>60<br>70</strong>",
            "50 / 60 / 70",
        ),
        (
            "<select><optgroup label=\"Group 50\"><option>60</option><option>70</option></optgroup></select>",
            "Group 50<br>60<br>70",
            "Group 50 / 60 / 70",
        ),
        (
            "<meter value=\"0.6\">60%</meter> <progress value=70>70%</progress> <output>80</output> <canvas>90</canvas>",
            "60% 70% 80 90",
            "60% 70% 80 90",
        ),
        (
            "Compliance: <progress value=\"82\" max=\"100\"></progress> in May, <meter value=7 max=10></meter>, <meter value=0.6 />.",
            "Compliance: 82/100 in May, 7/10, 0.6.",
            "Compliance: 82/100 in May, 7/10, 0.6.",
        ),
        (
            "<div><progress value=\"82\"> </progress></div>",
            "<p>82</p>",
            "82",
        ),
        (
            "<div>5</div>6<section>7</section>8",
            "<p>5</p><p>6</p><p>7</p><p>8</p>",
            "5 / 6 / 7 / 8",
        ),
    ]);
}

#[test]
fn what_a_style_raises_or_lowers_does() {
    for (style, mark) in [
        ("vertical-align: top", "sup"),
        ("vertical-align:text-top;font-size:60%", "sup"),
        ("vertical-align: baseline; vertical-align: super", "sup"),
        ("vertical-align: super !important", "sup"),
        ("vertical-align: -25%", "sub"),
        ("vertical-align: bottom", "sub"),
        ("font-variant-position: super", "sup"),
        ("font-variant-position: sub", "sub"),
        ("font-variant: super", "sup"),
        ("baseline-shift: super", "sup"),
        ("baseline-shift: -3px", "sub"),
        ("font-feature-settings: 'sups' 1", "sup"),
        ("transform: translateY(-0.4em)", "sup"),
        ("transform: translateY(3px)", "sub"),
        ("position: relative; bottom: 3px", "sup"),
    ] {
        let md = format!("10<span style=\"{style}\">9</span>");
        let html = render(&md, &Links::default()).html;
        assert_eq!(html, format!("<p>10<{mark}>9</{mark}></p>\n"), "{style}");
    }
    check(&[
        (
            "10<span style=\"vertical-align: super; vertical-align: baseline\">9</span>",
            "<p>109</p>",
            "109",
        ),
        (
            "<table><tr style=\"vertical-align: super\"><td style=\"vertical-align: sub\">A</td></tr><tbody style=\"vertical-align: top\"><tr><td>B</table>",
            "<table><tr><td>A</td></tr><tr><td>B</td></tr></table>",
            "A / B",
        ),
    ]);
}

#[test]
fn plain_text_says_what_a_page_shows_by_its_form() {
    check(&[
        (
            "2<sup>1</sup>/<sub>2</sub> tablets, 3<sup>1</sup>&frasl;<sub>4</sub>",
            "2<sup>1</sup>/<sub>2</sub>",
            "2 1/2 tablets, 3 1⁄4",
        ),
        ("<sup>1</sup>/<sub>2</sub> a", "<sup>1</sup>", "1/2 a"),
        ("- [x] done\n- [ ] open\n", "☑ done", "☑ done / ☐ open"),
    ]);
}

#[test]
fn lists_keep_their_numbers() {
    check(&[
        (
            "<ol start=0><li>zero</li><li>one</li></ol>",
            "<ol start=\"0\"><li>zero",
            "zero",
        ),
        (
            "<ol start=-2><li>a<li>b<li>c</ol>",
            "<ul><li>-2. a</li><li>-1. b</li><li>0. c</li></ul>",
            "-2. a",
        ),
        (
            "<ol><li value=\"0\">a<li>b</ol>",
            "<ol start=\"0\"><li>a",
            "a",
        ),
        (
            "<ol><li value=-1>a<li>b</ol>",
            "<li>-1. a</li><li>0. b</li>",
            "-1. a",
        ),
        (
            "<ol start=\"0\" reversed><li>a<li>b</ol>",
            "<li>0. a</li><li>-1. b</li>",
            "0. a",
        ),
        ("<ol start=\" +5x\"><li>a</ol>", "<ol start=\"5\">", "a"),
        ("<ol start=\"99999999999\"><li>a</ol>", "<ol><li>a", "a"),
        (
            "<ol style=\"list-style-type: lower-alpha\"><li>x<li>y</ol>",
            "<li>a. x</li><li>b. y</li>",
            "a. x",
        ),
        (
            "<ol style=\"list-style: upper-roman inside\"><li>x<li>y</ol>",
            "<li>I. x</li><li>II. y</li>",
            "II. y",
        ),
        (
            "<ol class=\"loweralpha simple\" start=3><li>x</ol>",
            "<li>c. x</li>",
            "c. x",
        ),
        (
            "<ol style=\"list-style-type: lower-greek\"><li>x<li>y</ol>",
            "<li>α. x</li><li>β. y</li>",
            "β. y",
        ),
        (
            "<ol style=\"list-style-type:decimal-leading-zero\"><li>x</ol>",
            "<li>01. x</li>",
            "01. x",
        ),
        (
            "<ol style=\"list-style: none\"><li>(a) x</ol>",
            "<ul><li>(a) x</li></ul>",
            "(a) x",
        ),
        (
            "<ul style=\"list-style-type: decimal\"><li>x<li>y</ul>",
            "<li>1. x</li><li>2. y</li>",
            "2. y",
        ),
        (
            "<ol><li type=\"a\">x<li>y</ol>",
            "<li>a. x</li><li>2. y</li>",
            "2. y",
        ),
        (
            "<ol type=a start=0><li>x<li>y</ol>",
            "<li>0. x</li><li>a. y</li>",
            "a. y",
        ),
        ("<ul type=square><li>x</ul>", "<ul><li>x</li></ul>", "x"),
        (
            "Items: <ol type=A><li>x<li>y</ol>",
            "<p>Items:</p><ul><li>A. x</li><li>B. y</li></ul>",
            "B. y",
        ),
    ]);
}

#[test]
fn characters_by_number_are_those_that_browsers_show() {
    check(&[
        (
            "5&#150;10 and &#128;5 &#x96; &#145;x&#146;",
            "<p>5–10 and €5 – ‘x’</p>",
            "5–10 and €5",
        ),
        ("<p>5&#150;10 &#128;5</p>", "<p>5–10 €5</p>", "5–10 €5"),
        ("a&#x202e;b &#1;", "a⟨U+202E⟩b ⟨U+0001⟩", "a⟨U+202E⟩b"),
        ("<pre>a&#x202e;b</pre>", "a⟨U+202E⟩b", "a⟨U+202E⟩b"),
        (
            "`&#150;` \\&#150;",
            "<code>&amp;#150;</code> &amp;#150;",
            "&#150;",
        ),
        ("a&#129;b", "a⟨U+0081⟩b", "a⟨U+0081⟩b"),
        (
            "one\u{c}two\n\n\u{c}# Head\n\nx\u{85}y\u{b}z",
            "<p>one two</p><h2 id=\"h-head\">Head</h2><p>x y z</p>",
            "one two / Head",
        ),
    ]);
}

#[test]
fn attributes_of_markdown_mark_what_they_belong_to() {
    check_struck(&[
        (
            "*not*{: STYLE} give",
            "<del><em>not</em></del> give",
            "~~not~~ give",
        ),
        (
            "**not**{: .strike} and `x`{: .no}",
            "<del><strong>not</strong></del> and <code>x</code>",
            "~~not~~ and x",
        ),
        (
            "Do not give\n{: STYLE }\n\nGive.",
            "<p><del>Do not give</del></p><p>Give.</p>",
            "~~Do not give~~ / Give.",
        ),
        (
            "Do not give.{: STYLE}\n\nGive.",
            "<p><del>Do not give.</del></p>",
            "~~Do not give.~~",
        ),
        (
            "{: STYLE}\nDo not give\n\nGive",
            "<p><del>Do not give</del></p><p>Give</p>",
            "~~Do not give~~ / Give",
        ),
        (
            "## Do not { STYLE }\n\n## Never { .strike #n }\n",
            "<del>Do not</del></h2>",
            "~~Never~~",
        ),
        (
            "- not\n- never\n{: STYLE}\n\nb",
            "<del><ul><li>not</li><li>never</li></ul></del>",
            "~~not",
        ),
        (
            "- not\n- never\n  {: STYLE}\n\nb",
            "<ul><li>not</li><li><del>never</del></li></ul>",
            "not / ~~never~~",
        ),
        (
            "# Not\n{: STYLE}\n\nb",
            "<del>Not</del></h2><p>b</p>",
            "~~Not~~",
        ),
        (
            "```\ncode\n```\n{: STYLE}\n\nb",
            "<del><pre tabindex=\"0\"><code>code</code></pre></del>",
            "code",
        ),
        (
            "10[9]{.sup} beds and H[2]{.sub}O",
            "10<sup>9</sup> beds and H<sub>2</sub>O",
            "10^9 beds and H2O",
        ),
        (
            "The dose is 10[9]{.superscript}\nand [not]{.strike}",
            "10<sup>9</sup>and <del>not</del>",
            "10^9 and ~~not~~",
        ),
        (
            "[do not]{STYLE} give",
            "<del>do not</del> give",
            "~~do not~~ give",
        ),
        (
            "[do **not** ever]{.strike} give [a]{.x}[b]",
            "<del>do <strong>not</strong> ever</del> give a[b]",
            "~~do not ever~~ give a[b]",
        ),
        (
            "a [b] {.strike} c [d]{e} f",
            "a [b] {.strike} c [d]{e} f",
            "[d]{e}",
        ),
        (
            "[x]{#part} y and [z](#part)",
            "<span id=\"h-part\"></span>x y and <a href=\"#h-part\">z</a>",
            "x y",
        ),
        (
            "[]{#part}text [z](#part)",
            "<span id=\"h-part\"></span>text <a href=\"#h-part\">z</a>",
            "text z",
        ),
        (
            "(part)=\n## Head\n\n[z](#part)",
            "<span id=\"h-part\"></span></p><h2 id=\"h-head\">Head</h2><p><a href=\"#h-part\">z</a>",
            "Head",
        ),
        (
            "(part)=\ntext, f(x)= y [z](#part)",
            "text, f(x)= y <a href=\"#h-part\">z</a>",
            "text, f(x)= y",
        ),
        (
            "## Head {/* #part */}\n\n[z](#part) {/* gone */}",
            "Head</h2><p><a href=\"#h-part\">z</a></p>",
            "Head / z",
        ),
        (
            "## Head { id=\"part\" }\n\n[z](#part)",
            "Head</h2><p><a href=\"#h-part\">z</a>",
            "Head / z",
        ),
    ]);
}

#[test]
fn the_first_line_of_a_note_keeps_its_words_and_links() {
    check(&[
        (
            "```{warning} Do not give *heparin*\n```\n\nb",
            "Warning</p>Do not give <em>heparin</em></div><p>b</p>",
            "Do not give heparin",
        ),
        (
            "```{note} Give 500 mg.\n:class: x\n:name: y\n\n- More [x](/help)\n```",
            "Give 500 mg.<ul><li>More <a href=\"/help\">x</a></li></ul></div>",
            "Give 500 mg. / More x",
        ),
        (
            "````{tip}\n```{note}\na\n```\nb\n````\nc",
            "Note</p><p>a</p></div><p>b</p></div><p>c</p>",
            "a / b / c",
        ),
        (
            "~~~{admonition} Title words\nbody\n~~~",
            "Title words<p>body</p>",
            "Title words / body",
        ),
        (
            "- item\n\n  ```{tip} in\n  a\n  ```\n",
            "in<p>a</p></div></li>",
            "item / in",
        ),
        (
            "```{figure} x.png\nWords\n```",
            "<p>x.png</p><pre",
            "x.png / Words",
        ),
        (
            "```js title=\"Do not run\" {1,3}\nx\n```",
            "<p>Do not run</p><pre",
            "Do not run / x",
        ),
        (
            "```{code-block} python\nx\n```",
            "<pre tabindex=\"0\"><code>x",
            "x",
        ),
        (
            ":::{warning} Do not give\nbody\n:::",
            "markdown-alert-warning\"><p class=\"markdown-alert-title\">Warning</p><p>Do not give</p><p>body</p>",
            "Do not give / body",
        ),
        (
            "::: {.warning title=\"Do not give\"}\nbody\n:::",
            "markdown-alert-warning\"><p class=\"markdown-alert-title\">Warning</p><p>Do not give</p>",
            "Do not give / body",
        ),
        (
            "::: {.callout-tip}\n## Head\nbody\n:::",
            "markdown-alert-tip",
            "Head / body",
        ),
        (
            ":::tip [x](/help)\nbody\n:::",
            "<p><a href=\"/help\">x</a></p><p>body</p>",
            "x / body",
        ),
        (
            ":::tip[[x](/help) and *y*]\nbody\n:::",
            "<p><a href=\"/help\">x</a> and <em>y</em></p>",
            "x and y / body",
        ),
        (
            ":::tip 10<sup>9</sup> ~~not~~ 5*6*7\nbody\n:::",
            "<p>10<sup>9</sup> <del>not</del> 5*6*7</p>",
            "10^9 ~~not~~ 5*6*7",
        ),
        (
            "::: {#part .x}\nbody\n:::\n\n[z](#part)",
            "<p>body</p><p><a href=\"#h-part\">z</a>",
            "body",
        ),
        (
            ":::{figure} /x.png\nCaption\n:::",
            "(picture not included)",
            "Caption",
        ),
    ]);
}
