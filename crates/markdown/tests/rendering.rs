//! What untrusted markdown becomes.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use markdown::{Links, MAX_HTML_BYTES, plain_text, render, title};
use proptest::prelude::*;
use url::Url;

fn html(md: &str) -> String {
    render(md, &Links::default()).html
}

/// Renders as a page does: documents and attachments are known.
fn html_in_a_page(md: &str) -> String {
    let document = |id: &str| (id == "known").then(|| "/d/rx1/known/title".to_owned());
    let attachment = |name: &str| match name {
        "x.png" => Some("/files/x.png".to_owned()),
        "far.png" => Some("https://far.example/far.png".to_owned()),
        _ => None,
    };
    let description = |name: &str| (name == "x.png").then(|| "A tablet on its <arm>".to_owned());
    let links = Links {
        document: Some(&document),
        attachment: Some(&attachment),
        description: Some(&description),
        ..Links::default()
    };
    render(md, &links).html
}

#[test]
fn markdown_becomes_html_with_our_marks() {
    for (md, expected) in [
        (
            "# One\n\n### Two\n",
            "<h2 id=\"h-one\">One</h2>\n<h3 id=\"h-two\">Two</h3>\n",
        ),
        (
            "### Deep\n# Up",
            "<h2 id=\"h-deep\">Deep</h2>\n<h2 id=\"h-up\">Up</h2>\n",
        ),
        ("a  \nb", "<p>a<br>\nb</p>\n"),
        ("---", "<hr>\n"),
        (
            "```rust\n<b>\n```",
            "<pre tabindex=\"0\"><code>&lt;b&gt;\n</code></pre>\n",
        ),
        ("- [x] done\n- [ ] open", "☑ done"),
        ("~~gone~~", "<p><del>gone</del></p>\n"),
        (
            "|a|b|\n|-|-:|\n|1|2|",
            "<div class=\"app-table\" role=\"region\" aria-label=\"Table 1\" tabindex=\"0\">",
        ),
        ("|a|b|\n|-|-:|\n|1|2|", "<td class=\"app-right\">2</td>"),
        ("|a||\n|-|-|\n|1|2|", "<th scope=\"col\">a</th>\n<td></td>"),
        ("> [!NOTE]\n> Mind this", "markdown-alert-note"),
        ("## \n\ntext", "<p></p>\n<p>text</p>\n"),
        ("abc \u{202e}cba", "abc ⟨U+202E⟩cba"),
    ] {
        let found = html(md);
        assert!(found.contains(expected), "{md:?} became {found}");
    }
}

#[test]
fn links_lead_only_where_a_reader_may_be_sent() {
    for (md, expected) in [
        (
            "[x](https://a.example/?q=1&r=2)",
            "<p><a href=\"https://a.example/?q=1&amp;r=2\" rel=\"noopener ugc nofollow\">x</a></p>\n",
        ),
        (
            "[x](mailto:a@b.example)",
            "<p><a href=\"mailto:a@b.example\" rel=\"noopener ugc nofollow\">x</a></p>\n",
        ),
        (
            "[x](javascript:alert(1))",
            "<p>x (link removed: address cannot be opened)</p>\n",
        ),
        (
            "[x](JaVaScRiPt:alert(1))",
            "<p>x (link removed: address cannot be opened)</p>\n",
        ),
        (
            "[x](data:text/html,hi)",
            "<p>x (link removed: address cannot be opened)</p>\n",
        ),
        (
            "[x](vbscript:x)",
            "<p>x (link removed: address cannot be opened)</p>\n",
        ),
        (
            "[x](file:///etc/passwd)",
            "<p>x (link removed: address cannot be opened)</p>\n",
        ),
        ("[x](java\nscript:alert)", "script:alert"),
        (
            "[x](&#106;avascript:alert(1))",
            "<p>x (link removed: address cannot be opened)</p>\n",
        ),
        (
            "[x](//evil.example/y)",
            "<a href=\"https://evil.example/y\" rel=\"noopener ugc nofollow\">x</a>",
        ),
        (
            "[x](/\\evil.example)",
            "(link removed: folder on a computer)",
        ),
        ("[x](/help)", "<p><a href=\"/help\">x</a></p>\n"),
        (
            "[x](other.md)",
            "<p>x (link removed: page or file not included)</p>\n",
        ),
        ("[x](#One)\n\n# One", "<a href=\"#h-one\">x</a>"),
        (
            "[x](/d/known#Part)",
            "<a href=\"/d/rx1/known/title#h-part\">x</a>",
        ),
        (
            "[x](/d/unknown)",
            "<p>x (link removed: page not available here)</p>\n",
        ),
        ("[](https://a.example/)", ">https://a.example/</a>"),
        (
            "![alt](attachment:x.png)",
            "<img src=\"/files/x.png\" alt=\"alt\" loading=\"lazy\">",
        ),
        (
            "![ ](attachment:x.png)",
            "<img src=\"/files/x.png\" alt=\"A tablet on its &lt;arm&gt;\" loading=\"lazy\">",
        ),
        (
            "![alt](attachment:y.png)",
            "<p>(picture not included: alt)</p>\n",
        ),
        (
            "[the report](attachment:x.png)",
            "<p><a href=\"/files/x.png\">the report</a></p>\n",
        ),
        // One that is at the document's origin.
        (
            "![alt](attachment:far.png)",
            "<a href=\"https://far.example/far.png\" rel=\"noopener ugc nofollow\">alt</a>",
        ),
        (
            "![alt](https://a.example/i.png)",
            "<a href=\"https://a.example/i.png\" rel=\"noopener ugc nofollow\">alt</a>",
        ),
        (
            "[![alt](https://a.example/i.png)](/help)",
            "<p><a href=\"/help\">alt</a></p>\n",
        ),
        ("![](x.png)", "<p>(picture not included)</p>\n"),
        (
            "![\"onerror=\"x](attachment:x.png)",
            "alt=\"&quot;onerror=&quot;x\"",
        ),
        ("<https://a.example>", "rel=\"noopener ugc nofollow\""),
        ("www.a.example", "rel=\"noopener ugc nofollow\""),
    ] {
        let found = html_in_a_page(md);
        assert!(found.contains(expected), "{md:?} became {found}");
    }
}

#[test]
fn a_foreign_documents_relative_links_lead_to_its_own_site() {
    let origin = Url::parse("https://exchange.northmoor.example/").unwrap();
    let links = Links {
        origin: Some(&origin),
        ..Links::default()
    };
    for (md, expected) in [
        ("[x](/help)", "https://exchange.northmoor.example/help"),
        ("[x](//other.example/b)", "https://other.example/b"),
    ] {
        let found = render(md, &links).html;
        assert!(
            found.contains(&format!("href=\"{expected}\" rel=")),
            "{md:?} became {found}"
        );
    }
}

#[test]
fn a_link_that_leads_nowhere_says_why_at_home_and_at_peers() {
    // A site without encryption: what is at another site must not inherit its scheme.
    let origin = Url::parse("http://exchange.northmoor.example/wards/").unwrap();
    let nothing = |_: &str| None;
    let at_home = Links {
        document: Some(&nothing),
        ..Links::default()
    };
    let at_peers = Links {
        origin: Some(&origin),
        ..at_home
    };
    for (md, note) in [
        ("[x](a.pdf)", "page or file not included"),
        ("[x](../gone.md)", "page or file not included"),
        ("[x](missing:gone.md)", "page or file not included"),
        ("[x](?q=1)", "page or file not included"),
        ("[x]()", "page or file not included"),
        (
            "[x](/d/0199a300-0000-7000-8000-0000000000a1)",
            "page not available here",
        ),
        (
            "[x](\\\\\\\\server\\share\\file.docx)",
            "folder on a computer",
        ),
        (
            "[x](<\\\\server\\share\\my file.docx>)",
            "folder on a computer",
        ),
        ("[x](/\\evil.example)", "folder on a computer"),
        ("[x](</\\evil.example/?a=b>)", "folder on a computer"),
        (
            "<a href=\"\\\\server\\share\">x</a>",
            "folder on a computer",
        ),
        ("[x](msteams:/l/chat)", "address cannot be opened"),
        ("[x](javascript:alert(1))", "address cannot be opened"),
        ("[x](https://)", "address cannot be opened"),
        ("[x](//)", "address cannot be opened"),
    ] {
        let wanted = format!("<p>x (link removed: {note})</p>\n");
        for links in [at_home, at_peers] {
            assert_eq!(render(md, &links).html, wanted, "{md:?}");
        }
        assert_eq!(plain_text(md), "x", "{md:?}");
    }
    for (md, home, peers) in [
        (
            "[x](/help)",
            "/help",
            "http://exchange.northmoor.example/help",
        ),
        (
            "<Link to=\"/b\">x</Link>",
            "/b",
            "http://exchange.northmoor.example/b",
        ),
        (
            "<NuxtLink to=\"/b\">x</NuxtLink>",
            "/b",
            "http://exchange.northmoor.example/b",
        ),
        (
            "[x](//other.example/b)",
            "https://other.example/b",
            "https://other.example/b",
        ),
        (
            "<a href=\"/&#9;/other.example/b\">x</a>",
            "https://other.example/b",
            "https://other.example/b",
        ),
        (
            "[x](http:other.example)",
            "http://other.example/",
            "http://other.example/",
        ),
    ] {
        for (links, address) in [(at_home, home), (at_peers, peers)] {
            let found = render(md, &links).html;
            assert!(
                found.contains(&format!("<a href=\"{address}\"")),
                "{md:?}: {found}"
            );
        }
    }
}

#[test]
fn raw_html_shows_its_words_and_none_of_its_tags() {
    for (md, expected) in [
        (
            "a <b>bold</b> word",
            "<p>a <strong>bold</strong> word</p>\n",
        ),
        ("one<br>two", "<p>one<br>\ntwo</p>\n"),
        (
            "<details>\n<summary>More</summary>\n\ntext\n\n</details>",
            "<details>\n<summary>More</summary>\n<p>text</p>\n</details>\n",
        ),
        ("<script>alert(1)</script>", ""),
        ("x <script>alert(1)</script>", "<p>x</p>\n"),
        ("<!-- note -->\n\ntext", "<p>text</p>\n"),
        (
            "<a href=\"/help\" onclick=\"x\">go</a> on",
            "<p><a href=\"/help\">go</a> on</p>\n",
        ),
        (
            "<a href=\"javascript:x\">go</a>",
            "<p>go (link removed: address cannot be opened)</p>\n",
        ),
        (
            "<div><img src=\"https://a.example/x.png\" alt=\"A\"></div>",
            ">A</a></p>\n",
        ),
        (
            "<p align=\"center\">\n  Fish &amp; chips\n</p>",
            "<p>Fish &amp; chips</p>\n",
        ),
        (
            "<iframe src=x>inside</iframe>",
            "<p>Embedded file (link removed: page or file not included) inside</p>\n",
        ),
    ] {
        let found = html(md);
        assert!(
            if expected.is_empty() {
                found.is_empty()
            } else {
                found.ends_with(expected)
            },
            "{md:?} became {found}"
        );
    }
}

#[test]
fn the_pages_own_title_is_not_said_twice() {
    let links = Links {
        title: Some("Wi-Fi survey"),
        ..Links::default()
    };
    let rendered = render("# Wi-Fi *survey*\n\n## First\n\ntext", &links);
    assert_eq!(
        rendered.html,
        "<span id=\"h-wi-fi-survey\"></span>\n<h2 id=\"h-first\">First</h2>\n<p>text</p>\n"
    );
    assert_eq!(rendered.headings.len(), 1);
    assert!(render("# Other\n", &links).html.contains("Other"));
}

#[test]
fn two_headings_of_one_name_have_two_ids() {
    let rendered = render("# A\n## A\n## A b\n", &Links::default());
    let ids: Vec<&str> = rendered
        .headings
        .iter()
        .map(|heading| heading.id.as_str())
        .collect();
    assert_eq!(ids, ["h-a", "h-a-1", "h-a-b"]);
    let levels: Vec<u8> = rendered
        .headings
        .iter()
        .map(|heading| heading.level)
        .collect();
    assert_eq!(levels, [2, 3, 3]);
}

#[test]
fn bombs_are_bounded_in_time_and_size() {
    let columns = format!(
        "{}|\n{}|\n{}",
        "|a".repeat(5000),
        "|-".repeat(5000),
        "|\n".repeat(200)
    );
    for (name, md) in [
        ("wide table", columns),
        (
            "many wide tables",
            format!(
                "{}|\n{}|\n{}\n",
                "|a".repeat(300),
                "|-".repeat(300),
                "|x\n".repeat(350)
            )
            .repeat(80),
        ),
        (
            "footnotes",
            format!("[^1]: x\n\n{}", "[^1] ".repeat(20_000)),
        ),
        ("nested quotes", "> ".repeat(20_000) + "x"),
        (
            "nested lists",
            (0..500).map(|n| "  ".repeat(n) + "- x\n").collect(),
        ),
        ("nested images", "![".repeat(20_000)),
        (
            "closed nested images",
            "![".repeat(5_000) + &"](x)".repeat(5_000),
        ),
        (
            "a long definition for many elements",
            format!(
                "[a]: {}\n\n<div>\n{}</div>",
                "x ".repeat(60_000),
                "<p markdown>[a]</p>\n".repeat(6_500)
            ),
        ),
        (
            "many definitions for many elements",
            format!(
                "{}\n<div>\n{}</div>",
                "[a]: /x\n".repeat(200),
                "<p markdown>[a]</p>\n".repeat(6_500)
            ),
        ),
        ("open brackets", "[".repeat(50_000)),
        ("open tags", "<".repeat(100_000)),
        ("open links", "<a href=\"x\"".repeat(10_000)),
        ("unclosed links", "<a href=\"x\">y ".repeat(10_000)),
        ("html block", format!("<div>\n{}", "<a <".repeat(50_000))),
        ("backticks", (0..400).map(|n| "`".repeat(n) + " ").collect()),
        ("emphasis", "*a_ ".repeat(50_000)),
        ("angle", "&".repeat(250_000)),
        ("containers", ":::a\n".repeat(45_000)),
        ("ids", "x {#a}\n".repeat(25_000)),
        ("percent", "1%%b ".repeat(36_000)),
        ("cells", "<table><tr><td>".repeat(12_000)),
        ("tildes", "~a".repeat(90_000)),
    ] {
        let started = std::time::Instant::now();
        let rendered = render(&md, &Links::default());
        let _ = (plain_text(&md), title(&md), markdown::links(&md));
        let _ = markdown::rewrite_links(&md, |_| Some("y".to_owned()));
        assert!(rendered.html.len() <= MAX_HTML_BYTES, "{name}");
        assert!(
            started.elapsed().as_secs() < 20,
            "{name} took {:?}",
            started.elapsed()
        );
    }
}

#[test]
fn plain_text_is_the_words_of_all_blocks() {
    let text = plain_text(
        "# Title\n\nSome *words* and `code`.\n\n- one\n- two\n\n|a|b|\n|-|-|\n|1|2|\n\n```\nlet x;\n```\n![alt](x.png) <b>raw</b>\n\n<div>block</div>\n",
    );
    for word in [
        "Title\n",
        "Some words and code.\n",
        "one\n",
        "two\n",
        "a b",
        "1 2",
        "let x;",
        "alt raw",
        "block",
    ] {
        assert!(text.contains(word), "{word:?} is not in {text:?}");
    }
    assert!(!text.contains(['*', '<', '#', '|']), "{text:?}");
}

/// Whether HTML has a tag, attribute or address that no markdown of ours may become.
fn is_active(html: &str) -> bool {
    const TAGS: [&str; 34] = [
        "p",
        "/p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "/h2",
        "/h3",
        "/h4",
        "/h5",
        "/h6",
        "ul",
        "/ul",
        "ol",
        "/ol",
        "li",
        "/li",
        "pre",
        "/pre",
        "code",
        "/code",
        "a",
        "/a",
        "img",
        "em",
        "/em",
        "strong",
        "/strong",
        "del",
        "/del",
        "br",
        "hr",
        "blockquote",
    ];
    const MORE: [&str; 49] = [
        "/blockquote",
        "table",
        "/table",
        "thead",
        "/thead",
        "tbody",
        "/tbody",
        "tr",
        "/tr",
        "th",
        "/th",
        "td",
        "/td",
        "div",
        "/div",
        "sup",
        "/sup",
        "section",
        "/section",
        "span",
        "/span",
        "sub",
        "/sub",
        "ins",
        "/ins",
        "kbd",
        "/kbd",
        "mark",
        "/mark",
        "u",
        "/u",
        "small",
        "/small",
        "q",
        "/q",
        "abbr",
        "/abbr",
        "details",
        "/details",
        "summary",
        "/summary",
        "caption",
        "/caption",
        "dl",
        "/dl",
        "dt",
        "/dt",
        "dd",
        "/dd",
    ];
    html.split('<').skip(1).any(|piece| {
        let Some((tag, _)) = piece.split_once('>') else {
            return true;
        };
        let name = tag.split_whitespace().next().unwrap_or_default();
        let known = TAGS.contains(&name) || MORE.contains(&name);
        let lower = tag.to_ascii_lowercase();
        !known
            || lower.contains(" on") && !lower.contains('"')
            || lower.contains("href=\"javascript")
            || lower.contains("href=\"data")
    })
}

/// Whether each tag is closed by its own.
fn is_well_nested(html: &str) -> bool {
    let mut open = Vec::new();
    for piece in html.split('<').skip(1) {
        let Some((tag, _)) = piece.split_once('>') else {
            return false;
        };
        let name = tag.split_whitespace().next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return false,
            Some(_) | None if matches!(name, "br" | "hr" | "img") => {}
            Some(_) => {}
            None => open.push(name),
        }
    }
    open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn elements_are_nested_whatever_is_open(
        marks in "(<(|/)(p|b|del|s|sup|sub|a|a href=x|h1|ul|ol|li|table|tr|td|th colspan=2|details|summary|dl|dt|dd|pre|div|blockquote|q|video|name)>|\\|a\\|\n\\|-\\|\n\\||- |> |:::tip|!!! note|    |x|\\*\\*|~~|~|\n|\n\n|<!--|-->|%%|\\$\\$|\n: |\\{#a\\}){0,60}",
    ) {
        let rendered = html_in_a_page(&marks);
        prop_assert!(!is_active(&rendered), "{:?} became {}", marks, rendered);
        prop_assert!(is_well_nested(&rendered), "{:?} became {}", marks, rendered);
        let _ = (plain_text(&marks), title(&marks));
    }

    #[test]
    fn no_text_becomes_active_or_panics(
        text in "\\PC{0,200}",
        marks in "(<|>|!|\\[|\\]|\\(|\\)|javascript:|data:|\"|'|onload=|script|img|a href=|svg|\\*|`|\\||\n|#|-| |x|&#x6a;|https://a|src=){0,60}",
    ) {
        for md in [text, marks] {
            let rendered = html_in_a_page(&md);
            prop_assert!(!is_active(&rendered), "{:?} became {}", md, rendered);
            prop_assert!(is_well_nested(&rendered), "{:?} became {}", md, rendered);
            let _ = (plain_text(&md), title(&md));
        }
    }
}

#[test]
fn text_as_it_was_written_is_only_text() {
    let hostile = "<b>\"a\" & b</b>\n# no heading";
    assert_eq!(
        markdown::escape(hostile),
        "&lt;b&gt;&quot;a&quot; &amp; b&lt;/b&gt;\n# no heading"
    );
    let written = markdown::as_written(hostile);
    assert!(written.plain && written.headings.is_empty());
    assert!(written.html.contains(&markdown::escape(hostile)));
}
