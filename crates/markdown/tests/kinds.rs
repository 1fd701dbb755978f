//! Texts as people write them elsewhere: what a reader sees of each, and what the index reads.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use markdown::{Links, outline, plain_text, render};

/// A text, with what its page and its index must have.
struct Case {
    md: &'static str,
    page: &'static [&'static str],
    words: &'static [&'static str],
    /// What neither may have.
    absent: &'static [&'static str],
}

const fn case(
    md: &'static str,
    page: &'static [&'static str],
    words: &'static [&'static str],
    absent: &'static [&'static str],
) -> Case {
    Case {
        md,
        page,
        words,
        absent,
    }
}

fn check(cases: &[Case]) {
    let mut faults = Vec::new();
    for Case {
        md,
        page,
        words,
        absent,
    } in cases
    {
        let html = render(md, &Links::default()).html;
        let text = plain_text(md);
        for wanted in *page {
            if !html.contains(wanted) {
                faults.push(format!("{md:?}: no {wanted:?} in {html}"));
            }
        }
        for wanted in *words {
            if !text.contains(wanted) {
                faults.push(format!("{md:?}: no {wanted:?} in the words {text:?}"));
            }
        }
        for unwanted in *absent {
            if html.contains(unwanted) || text.contains(unwanted) {
                faults.push(format!("{md:?}: {unwanted:?} in {html} or {text:?}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_figure_never_joins_another() {
    check(&[
        case(
            "10<span style=\"vertical-align: super\">9</span>/L and 5<span style='vertical-align:sub'>2</span>",
            &["10<sup>9</sup>/L", "5<sub>2</sub>"],
            &["10^9/L", "5_2"],
            &["109", "52"],
        ),
        case(
            "10<font style=\"vertical-align:super\">9</font>, 10<b style=\"vertical-align: 0.4em\">8</b>x",
            &["10<sup>9</sup>", "10<strong><sup>8</sup></strong>x"],
            &["10^9", "10^8"],
            &["109", "108"],
        ),
        case(
            "10<span style=\"position: relative; top: -0.4em\">9</span> 10<span class=\"superscript\">7</span>",
            &["10<sup>9</sup> 10<sup>7</sup>"],
            &["10^9 10^7"],
            &[],
        ),
        case(
            "<span style=\"text-decoration: line-through\">10<span style=\"vertical-align: super\">9</span></span> 5",
            &["<del>10<sup>9</sup></del> 5"],
            &["~~10^9~~ 5"],
            &[],
        ),
        case(
            "Give 5*10*2 ml, 2*3*4, 5**2**3 and 2*x*3",
            &["5*10*2 ml, 2*3*4, 5**2**3 and 2*x*3"],
            &["5*10*2 ml, 2*3*4, 5**2**3 and 2*x*3"],
            &[],
        ),
        case(
            "Score = (age - 40)*2 + falls*3, (x)**2 + y**2 and 70%*3 + x*2",
            &["Score = (age - 40)*2 + falls*3, (x)**2 + y**2 and 70%*3 + x*2"],
            &["Score = (age - 40)*2 + falls*3, (x)**2 + y**2 and 70%*3 + x*2"],
            &[],
        ),
        case(
            "a[i]*2 + b*c, (a)*(b) + c*2 and n*(k)*2",
            &["a[i]*2 + b*c, (a)*(b) + c*2 and n*(k)*2"],
            &["a[i]*2 + b*c, (a)*(b) + c*2 and n*(k)*2"],
            &[],
        ),
        case(
            "Give `dose`*2*`weight`, (mean)_95_(CI) and 20%__n=40__[a]",
            &[
                "<code>dose</code>*2*<code>weight</code>",
                "(mean)<em>95</em>(CI)",
                "20%<strong>n=40</strong>[a]",
            ],
            &["dose*2*weight, (mean)95(CI) and 20%n=40[a]"],
            &[],
        ),
        case(
            "the *5*th, (the) *5*th, (old)*5 mg*, and (see *2*)",
            &["the <em>5</em>th, (the) <em>5</em>th, (old)<em>5 mg</em>, and (see <em>2</em>)"],
            &["the 5th, (the) 5th, (old)5 mg, and (see 2)"],
            &[],
        ),
        case(
            "# x = 5*6*7\n\n*5*6 and 7*8*",
            &["x = 5*6*7", "*5*6", "7*8*"],
            &["x = 5*6*7", "*5*6 and 7*8*"],
            &[],
        ),
        case(
            "un*frigging*believable, 5 *mg*, **5** mg, 5*mg*, x*y*z",
            &["un<em>frigging</em>believable, 5 <em>mg</em>, <strong>5</strong> mg, 5<em>mg</em>"],
            &["unfriggingbelievable, 5 mg, 5 mg, 5mg"],
            &[],
        ),
        case(
            "<ruby>5<rt>10</rt></ruby> mg, <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <ruby>6<rt>7<rt>8</ruby>",
            &["5 (10) ", "漢(kan)", "6 (7) (8)"],
            &["5 (10) ", "漢(kan)", "6 (7) (8)"],
            &[],
        ),
    ]);
}

#[test]
fn a_tag_that_never_ends_is_text() {
    let names = "a abbr address article aside b blockquote body button center code data details dialog dir div dl dt em fieldset \
        figure font footer form h1 head header html i iframe kbd label legend li link main map mark menu meta nav object ol \
        option q rt ruby s script section select small source span strong style sub summary sup table tbody td template \
        textarea tfoot th thead time tr u ul var video img input area base embed";
    for name in names.split_whitespace() {
        let md =
            format!("Please ring <{name}> before Friday.\n\nThe *next* paragraph.\n\n<p>And</p>");
        let html = render(&md, &Links::default()).html;
        let shown = format!("<p>Please ring &lt;{name}&gt; before Friday.</p>");
        assert!(
            html.contains(&shown) && html.contains("<em>next</em>"),
            "{html}"
        );
        let text = plain_text(&md);
        assert!(
            text.contains(&format!("ring <{name}> before Friday.\nThe next")),
            "{text}"
        );
    }
    check(&[
        case(
            "<div>\nwords\n\nmore *words*\n</div>\n\n<center>One\n\ntwo</center>",
            &["<em>words</em>", "One", "two"],
            &["more words"],
            &["&lt;", "<center", "</div"],
        ),
        case(
            "<ul>\n<li>one\n<li>two\n\n<table><tr><td>1<td>2\n",
            &["<li>one", "<td>1</td>"],
            &[],
            &["&lt;"],
        ),
        case(
            "<select><option>A<option>B</select> <font color=red>c",
            &["A", "B", "c"],
            &[],
            &["&lt;"],
        ),
        case(
            "a <template>secret</template> b <script>secret</script> c\n\n<template>secret</template>\n",
            &["a", "b", "c"],
            &[],
            &["secret"],
        ),
        case(
            "<script>\nwords that stay\n",
            &["words that stay"],
            &["<script> words that stay"],
            &[],
        ),
    ]);
}

#[test]
fn figures_and_meaning_stay() {
    check(&[
        case(
            "10<sup>9</sup>/L",
            &["10<sup>9</sup>/L"],
            &["10^9/L"],
            &["109"],
        ),
        case(
            "10<SUP>6</SUP>5",
            &["10<sup>6</sup>5"],
            &["10^6 5"],
            &["1065"],
        ),
        case(
            "the 1<sup>st</sup> ward",
            &["1<sup>st</sup>"],
            &["1st ward"],
            &[],
        ),
        case(
            "H<sub>2</sub>O and 5<sub>10</sub>",
            &["H<sub>2</sub>O"],
            &["H2O", "5_10"],
            &[],
        ),
        case(
            "log<sub>2</sub>8",
            &["log<sub>2</sub>8"],
            &["log2 8"],
            &["log28"],
        ),
        case(
            "<del>do not</del> give",
            &["<del>do not</del> give"],
            &["~~do not~~ give"],
            &[],
        ),
        case(
            "£1<s>200</s>",
            &["£1<del>200</del>"],
            &["£1~~200~~"],
            &["£1200"],
        ),
        case(
            "<strike>a</strike> ~~b~~",
            &["<del>a</del> <del>b</del>"],
            &["~~a~~ ~~b~~"],
            &[],
        ),
        case(
            "<del>\n\nDo not give.\n\n</del>\n\nGive.",
            &["<del>\n<p>Do not give.</p>\n</del>", "<p>Give.</p>"],
            &["~~Do not give."],
            &[],
        ),
        case(
            "<del>do **not</del> give**",
            &["&lt;del&gt;"],
            &["<del>"],
            &[],
        ),
        case(
            "from ~40 to ~20 min. CO~2~ and H~2~O ~~no~~",
            &["from ~40 to ~20 min. CO~2~ and H~2~O <del>no</del>"],
            &["~40 to ~20", "CO~2~"],
            &[],
        ),
        case(
            "about\n~ 40 minutes",
            &["~ 40 minutes"],
            &["~ 40"],
            &["<dd>"],
        ),
        case(
            "<kbd>Ctrl</kbd>+<kbd>C</kbd> <mark>m</mark> <ins>i</ins> <u>u</u> <small>s</small> <q>q</q> <abbr title=x>a</abbr> <code>c</code> <i>i</i>",
            &[
                "<kbd>Ctrl</kbd>+<kbd>C</kbd> <mark>m</mark> <ins>i</ins> <u>u</u> <small>s</small> <q>q</q> <abbr>a</abbr> (x) <code>c</code> <em>i</em>",
            ],
            &["Ctrl+C m i u s “q” a (x) c i"],
            &["title="],
        ),
        case(
            "Dear <name of patient>, <Name>",
            &["Dear &lt;name of patient&gt;, &lt;Name&gt;"],
            &["<name of patient>"],
            &[],
        ),
        case(
            "if a<b then c>d, a<b>c",
            &["a&lt;b then c&gt;d, a&lt;b&gt;c"],
            &["a<b then c>d"],
            &[],
        ),
        case(
            "<name of ward>\n",
            &["&lt;name of ward&gt;"],
            &["<name of ward>"],
            &[],
        ),
        case(
            "<div>Caf&eacute; it&rsquo;s &pound;3 &#8211;</div>",
            &["<p>Café it’s £3 –</p>"],
            &["Café it’s £3 –"],
            &["&eacute;", "&amp;"],
        ),
        case("one\u{2028}two", &["<p>one two</p>"], &[], &["2028"]),
        case(
            "$$ a \\\\ b_1 $$ and $x \\{1,2\\}$",
            &["$$ a \\\\ b_1 $$", "$x \\{1,2\\}$"],
            &["$$ a \\\\ b_1 $$"],
            &[],
        ),
        case(
            "US$5 and *then* $6",
            &["US$5 and <em>then</em> $6"],
            &["US$5 and then $6"],
            &[],
        ),
    ]);
}

#[test]
fn blocks_of_html_keep_their_form() {
    check(&[
        case(
            "<table><tr><th>Ward</th><th>Before</th><th>After</th></tr><tr><td>A</td><td></td><td>7</td></tr></table>",
            &[
                "aria-label=\"Table 1\"",
                "<th>Ward</th>",
                "<td>A</td>\n<td></td>\n<td>7</td>",
            ],
            &["Ward Before After", "A  7"],
            &[],
        ),
        case(
            "<table>\n<tr><td colspan=\"2\" onclick=x>a\n<td>b\n<tr><td>\n\n**md**\n\n</td></tr>\n</table>",
            &[
                "<td colspan=\"2\">a</td>",
                "<td>b</td>",
                "<p><strong>md</strong></p>",
            ],
            &[],
            &["onclick"],
        ),
        case(
            "| what | how |\n|---|---|\n| ward | first thing<p>second thing |",
            &["first thing\n<p>second thing</p>"],
            &["first thing\nsecond thing"],
            &["thingsecond"],
        ),
        case(
            "| a |\n|---|\n| <ul><li>one</li><li>two</li></ul> |",
            &["<ul>\n<li>one</li>\n<li>two</li>\n</ul>"],
            &["one\ntwo"],
            &[],
        ),
        case(
            "<ol start=3><li>First</li><li>Second</ol>",
            &["<ol start=\"3\">\n<li>First</li>\n<li>Second</li>\n</ol>"],
            &["First\nSecond"],
            &[],
        ),
        case(
            "<pre>a   b\n 10<sup>9</sup></pre>",
            &["<pre tabindex=\"0\"><code>a   b\n 10^9"],
            &["a   b"],
            &[],
        ),
        case(
            "<h2>Costs &amp; time</h2>\n<p>one<p>two",
            &["<h2 id=\"h-costs--time\">Costs &amp; time</h2>\n<p>one</p>\n<p>two</p>"],
            &["one\ntwo"],
            &[],
        ),
        case(
            "<details><summary>More</summary>words\n\n- a\n</details>\n\nafter",
            &[
                "<details>\n<summary>More</summary>\n<p>words</p>\n<ul>\n<li>a</li>\n</ul>\n</details>\n<p>after</p>",
            ],
            &["More\nwords"],
            &[],
        ),
        case(
            "<dl><dt>SBAR<dd>Situation</dl>",
            &["<dl>\n<dt>SBAR</dt>\n<dd>Situation</dd>\n</dl>"],
            &["SBAR\nSituation"],
            &[],
        ),
        case(
            "SBAR\n: Situation\n",
            &["<dl>", "<dt>SBAR</dt>", "<dd>Situation</dd>"],
            &["SBAR\nSituation"],
            &[": "],
        ),
        case(
            "<blockquote><p>a</blockquote>b",
            &["<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>"],
            &[],
            &[],
        ),
        case(
            "<iframe src=\"https://www.video.example/embed/1\"></iframe>",
            &[
                "<a href=\"https://www.video.example/embed/1\"",
                ">Film: www.video.example</a>",
            ],
            &["Film: www.video.example"],
            &[],
        ),
        case(
            "<video controls><source src=\"https://v.example/a.mp4\">no film</video>",
            &["https://v.example/a.mp4", "no film"],
            &[],
            &[],
        ),
        case(
            "<video src=\"a.mp4\"></video><object data=\"javascript:x\"></object>",
            &[
                "Film (link removed: page or file not included)",
                "(film not included)",
            ],
            &["Film", "film not included"],
            &["javascript"],
        ),
        case(
            "see <audio src=//s.example/a.mp3></audio>",
            &["https://s.example/a.mp3", "Sound: s.example"],
            &[],
            &[],
        ),
        case(
            "![Falls chart](falls.png) and <img src=\"/i/x.png\" alt=\"Ward\">",
            &[
                "(picture not included: Falls chart)",
                "(picture not included: Ward)",
            ],
            &["Falls chart"],
            &["href"],
        ),
        case("<input type=checkbox checked> done", &["☑ done"], &[], &[]),
        case(
            "<p align=\"center\">\n\n## In a paragraph\n\n</p>",
            &["<h2 id=\"h-in-a-paragraph\">In a paragraph</h2>"],
            &[],
            &["<p>"],
        ),
        case(
            "<b><i>x</b></i> y",
            &["<strong><em>x</em></strong> y"],
            &[],
            &["&lt;"],
        ),
    ]);
}

#[test]
fn notes_of_every_dialect_are_markdown() {
    check(&[
        case(
            "> [!NOTE] Read the [policy](/help) **first**, quokkaword.",
            &[
                "markdown-alert-note",
                "<p class=\"markdown-alert-title\">Note</p>",
                "<a href=\"/help\">policy</a> <strong>first</strong>",
            ],
            &["Read the policy first, quokkaword."],
            &["[policy]"],
        ),
        case(
            "> [!info]- Title\n> body",
            &["markdown-alert-note", "Info</p>", "Title", "<p>body</p>"],
            &["Title\nbody"],
            &["[!"],
        ),
        case(
            "> [!danger]\n> - one",
            &["markdown-alert-caution", "Danger", "<li>one</li>"],
            &["one"],
            &[],
        ),
        case(
            "!!! warning \"Mind the step\"\n\n    - one [link](/help)\n\nafter",
            &[
                "markdown-alert-warning",
                "Mind the step",
                "<li>one <a href=\"/help\">link</a></li>",
                "</div>\n<p>after</p>",
            ],
            &["Mind the step\none link"],
            &["!!!"],
        ),
        case(
            "??? note\n    a\n",
            &["markdown-alert-note", "<p>a</p>"],
            &["a"],
            &["???"],
        ),
        case(
            ":::tip[Do *this*]\n\nbody **b**\n\n:::\n\nafter",
            &[
                "markdown-alert-tip",
                "<strong>b</strong>",
                "</div>\n<p>after</p>",
            ],
            &["body b"],
            &[":::"],
        ),
        case(
            "::: warning\nbody\n:::",
            &["markdown-alert-warning", "<p>body</p>"],
            &["body"],
            &[":::"],
        ),
    ]);
}

#[test]
fn comments_and_marks_for_programs_are_not_shown() {
    check(&[
        case(
            "Public. %% ring Jo about the money %% End.",
            &["Public.  End."],
            &["Public.  End."],
            &["Jo"],
        ),
        case(
            "a\n\n%%\nring Jo\n\n- x\n%%\n\nb",
            &["<p>a</p>\n<p>b</p>"],
            &[],
            &["Jo", "%%", "<li>"],
        ),
        case("a <!-- Jo\n\nJo --> b", &[], &["a", "b"], &["Jo"]),
        case(
            "100%% sure 5%%",
            &["100%% sure 5%%"],
            &["100%% sure 5%%"],
            &[],
        ),
        case(
            "[TOC]\n\n* TOC\n{:toc}\n\ntext",
            &["<p>text</p>"],
            &["text"],
            &["TOC", "toc"],
        ),
        case(
            "A word.\n{: .note }\n\nx",
            &["<p>A word.</p>\n<p>x</p>"],
            &["A word."],
            &[".note"],
        ),
        case(
            "[go](/help){ .md-button } and `x`{:.lang}",
            &["<a href=\"/help\">go</a> and <code>x</code>"],
            &[],
            &["md-button", "lang"],
        ),
        case(
            "keep {this} and {a: 1}",
            &["keep {this} and {a: 1}"],
            &[],
            &[],
        ),
        case(
            "{{< note >}} {% include x %}",
            &["{{&lt; note &gt;}} {% include x %}"],
            &[],
            &[],
        ),
    ]);
}

#[test]
fn every_fragment_leads_to_its_place() {
    let links = Links {
        title: Some("My guide"),
        ..Links::default()
    };
    for (md, link, id) in [
        (
            "# My guide\n\n[x](#my-guide)",
            "#h-my-guide",
            "<span id=\"h-my-guide\">",
        ),
        (
            "<h1>My guide</h1>\n\n[x](#my-guide)",
            "#h-my-guide",
            "<span id=\"h-my-guide\">",
        ),
        (
            "## What it cost {#our-costs}\n[x](#our-costs)",
            "#h-our-costs",
            "<span id=\"h-our-costs\">",
        ),
        (
            "## What it cost {#our-costs}\n[x](#what-it-cost)",
            "#h-what-it-cost",
            "<h2 id=\"h-what-it-cost\">",
        ),
        (
            "## Cost { #Our_Costs .x }\n[x](#Our_Costs)",
            "#h-Our_Costs",
            "<span id=\"h-Our_Costs\">",
        ),
        (
            "<a name=\"deep\"></a> Deep.\n\n[x](#deep)",
            "#h-deep",
            "<span id=\"h-deep\">",
        ),
        (
            "<a id=deep></a>\n\n## D\n\n[x](#deep)",
            "#h-deep",
            "<span id=\"h-deep\">",
        ),
        (
            "<div id='a b\"c'>x</div>\n\n[x](#abc)",
            "#h-abc",
            "<span id=\"h-abc\">",
        ),
        (
            "<table id=t><tr id=r><td>x</table>\n\n[x](#r)",
            "#h-r",
            "<span id=\"h-r\">",
        ),
        (
            "## GOV.UK teams\n[x](#gov-uk-teams)",
            "#h-govuk-teams",
            "<h2 id=\"h-govuk-teams\">",
        ),
        (
            "## Caf\u{e9}\n[x](#caf%C3%A9)",
            "#h-café",
            "<h2 id=\"h-café\">",
        ),
        ("## A\n## A\n[x](#a-1)", "#h-a-1", "<h2 id=\"h-a-1\">"),
        // Blocks of Obsidian.
        (
            "Bleeps stay. ^why-bleeps\n\n[x](#^why-bleeps)",
            "#h-why-bleeps",
            "<span id=\"h-why-bleeps\"></span>Bleeps stay.<",
        ),
        (
            "- one\n- two ^37066d\n\n[x](#^37066d)",
            "#h-37066d",
            "<span id=\"h-37066d\"></span>two",
        ),
        (
            "> Quoted.\n\n^quoted\n\n[x](#%5Equoted)",
            "#h-quoted",
            "<span id=\"h-quoted\">",
        ),
        (
            "|a|\n|-|\n|b|\n\n^the-table\n\n[x](#^the-table)",
            "#h-the-table",
            "<span id=\"h-the-table\">",
        ),
    ] {
        let html = render(md, &links).html;
        let decoded = percent_encoding::percent_decode_str(&html).decode_utf8_lossy();
        let href = format!("<a href=\"{link}\">x</a>");
        assert!(
            decoded.contains(&href) && html.contains(id),
            "{md:?} became {html}"
        );
        assert!(!html.contains("{#") && !html.contains("{ #"), "{html}");
        assert!(!html.contains('^'), "{html}");
    }
    // Powers and marks of notes stay.
    for md in [
        "It is 10 ^2",
        "x ^n",
        "2 ^10m",
        "10^abc",
        "`a ^abc`",
        "See ^abc there",
        "**x**^abc",
        "^ abc",
        "$x ^abc$",
    ] {
        let text = markdown::plain_text(md);
        assert!(text.contains('^'), "{md:?} became {text}");
    }
}

#[test]
fn a_title_is_what_a_reader_sees() {
    for (md, title) in [
        ("# R&amp;D &mdash; trial", "R&D — trial"),
        ("<!--\n# Copyright\n-->\n# True title", "True title"),
        ("%%\n# Secret\n%%\n# True title", "True title"),
        (
            "<h1 align=\"center\">Name</h1>\n\n## Table of contents",
            "Name",
        ),
        (
            "<div align=\"center\">\n  <h1>\n    Sepsis <b>board</b>\n  </h1>\n</div>",
            "Sepsis board",
        ),
        ("<h1>\n\nSepsis **board**\n\n</h1>", "Sepsis board"),
        ("# <a name=\"top\"></a>Falls", "Falls"),
        ("# Falls {#falls}", "Falls"),
        ("# Dose 10<sup>9</sup>", "Dose 10^9"),
        ("# ![logo](l.png) Bleep", "Bleep"),
        ("# ![Bleep](l.png)", "Bleep"),
        ("Falls\n=====\n", "Falls"),
    ] {
        assert_eq!(markdown::title(md).as_deref(), Some(title), "{md:?}");
        let links = Links {
            title: Some(title),
            ..Links::default()
        };
        let rendered = render(md, &links);
        assert!(
            !rendered.html.contains("<h2")
                || rendered
                    .headings
                    .iter()
                    .all(|heading| heading.text != title),
            "{md:?}: {}",
            rendered.html
        );
    }
    let lines = outline("<div>\n\n<p>x</p>\n<h2>Two</h2>\n</div>\n");
    assert_eq!(
        lines.first().map(|heading| heading.lines.clone()),
        Some(4..=4)
    );
}
