//! No word and no figure of a text is lost: what a page and the index hold is compared with what comrak alone makes of the
//! text, from which this file takes the tags by a scanner of its own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on fails"
)]

use std::collections::HashMap;
use std::path::Path;

use markdown::{Links, plain_text, render};
use proptest::prelude::*;

/// Elements within a word: their tags separate nothing.
const WITHIN_WORDS: [&str; 27] = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "u", "wbr",
];
/// The other elements whose tags are none of the words.
const OTHERS: [&str; 43] = [
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "img",
    "input",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Takes tags out of HTML, and decodes what comrak escapes. `within` is what is written for a tag within a word.
fn without_tags(html: &str, within: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let name: String = rest[1..]
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let name = name.to_lowercase();
        let is_within = WITHIN_WORDS.contains(&name.as_str());
        let is_tag = is_within || OTHERS.contains(&name.as_str());
        match rest.find('>').filter(|_| is_tag) {
            Some(end) => {
                out.push_str(if is_within { within } else { " " });
                rest = &rest[end + 1..];
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// Counts words: runs of letters and digits.
fn words(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    let parts = text.split(|c: char| !c.is_alphanumeric());
    for word in parts.filter(|word| !word.is_empty()) {
        *words.entry(word.to_owned()).or_default() += 1;
    }
    words
}

/// Returns the words that a text does not have as often as they are counted.
fn lost(of: &HashMap<String, usize>, held: impl Fn(&str) -> usize) -> Vec<String> {
    let missing = of.iter().filter(|(word, count)| held(word) < **count);
    let mut missing: Vec<String> = missing.map(|(word, _)| word.clone()).collect();
    missing.sort();
    missing
}

fn by_comrak(md: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.footnotes = true;
    options.extension.tasklist = true;
    options.extension.autolink = true;
    options.render.r#unsafe = true;
    without_numbers(comrak::markdown_to_html(md, &options))
}

/// Takes out the numbers of footnotes, which are no words of the text.
fn without_numbers(mut html: String) -> String {
    while let Some(start) = html.find("<sup class=\"footnote-ref\"") {
        let end = start + html[start..].find("</sup>").unwrap() + "</sup>".len();
        html.replace_range(start..end, " ");
    }
    html
}

fn page(md: &str) -> String {
    without_numbers(render(md, &Links::default()).html)
}

/// Returns what a page, and what the index, has lost of a text, or has joined to another word.
fn lost_words(md: &str) -> (Vec<String>, Vec<String>) {
    let html = by_comrak(md);
    let of_page = words(&without_tags(&page(md), ""));
    // In plain text these say what is raised and what is struck through.
    let of_plain = words(&plain_text(md).replace(['^', '~'], ""));
    let expected = words(&without_tags(&html, ""));
    let count = |held: &HashMap<String, usize>, word: &str| held.get(word).copied().unwrap_or(0);
    (
        lost(&expected, |word| count(&of_page, word)),
        lost(&expected, |word| count(&of_plain, word)),
    )
}

/// Does what [`lost_words`] does for a text in which tags may not be closed, or are where no tag may be. Tags that are
/// shown as text separate words then, so that a tag is a separator on both sides.
fn lost_parts(md: &str) -> (Vec<String>, Vec<String>) {
    let mut expected = words(&without_tags(&by_comrak(md), " "));
    // Whether a tag is one or text depends on what is around it, which is more than markdown here.
    expected.retain(|word, _| {
        let name = word.to_lowercase();
        !WITHIN_WORDS.contains(&name.as_str()) && !OTHERS.contains(&name.as_str())
    });
    let page = without_tags(&page(md), "");
    let plain = plain_text(md);
    (
        lost(&expected, |word| page.matches(word).count()),
        lost(&expected, |word| plain.matches(word).count()),
    )
}

#[test]
fn the_sample_content_loses_no_word() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let mut folders = vec![content];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                let text = std::fs::read_to_string(&path).unwrap();
                let body = text.splitn(3, "---\n").last().unwrap();
                assert_eq!(lost_words(body), (vec![], vec![]), "{}", path.display());
                count += 1;
            }
        }
    }
    assert!(count > 40, "{count}");
}

#[test]
fn what_changes_meaning_keeps_its_words() {
    for md in [
        "10<sup>9</sup>/L, CO<sub>2</sub>, <del>do not</del> give, £1<s>200</s>",
        "<table><tr><th>W<th>B<tr><td rowspan=2>A<td>7<tr><td>9</table>",
        "<table><tr><td>out<table><tr><td>in</table></table>",
        "| a | b |\n|---|---|\n| first<p>second | `x\\|y` |",
        "<ol reversed><li>two</li><li>one</li></ol>",
        "<ol type=\"a\"><li>aa</li></ol><dl><dt>T</dt><dd>D</dd></dl>",
        "<span style=\"text-decoration:line-through\">Do <span>not</span></span> give",
        "<div style=\"text-decoration: line-through\">\n\nDo not\n\n</div>\n\ngive",
        "Text[^1] and again[^1].\n\n[^1]: First 10 mg.\n\n    Second 5.",
        "- [ ] open\n- [x] done\n  1. sub\n\n> quoted 5",
        "<details><summary>More <b>x</b></summary>Hidden 42</details>",
        "if x<5 then y>7; <name of ward> <5 mg>",
        "    code 5 < 6\n\n```rust\nlet x = 5;\n```",
        "<div><p>one<p>two<ul><li>5<li>10</ul>x<h3>Head</h3>y</div>",
    ] {
        assert_eq!(lost_words(md), (vec![], vec![]), "{md}");
    }
}

/// Pieces of hostile texts. Each has words of its own, so that a lost one is seen.
fn piece() -> impl Strategy<Value = String> {
    let tags = prop::sample::select(vec![
        "sup",
        "sub",
        "del",
        "s",
        "b",
        "i",
        "span",
        "div",
        "p",
        "ul",
        "ol",
        "li",
        "table",
        "tr",
        "td",
        "th",
        "details",
        "summary",
        "blockquote",
        "h2",
        "pre",
        "code",
        "dl",
        "dt",
        "dd",
        "small",
        "q",
        "section",
    ]);
    let marks = prop::sample::select(vec![
        "\n",
        "\n\n",
        " ",
        "- ",
        "> ",
        "# ",
        "**",
        "*",
        "_",
        "~~",
        "`",
        "| ",
        " |\n|---|---|\n| ",
        "\\",
        "[",
        "](x)",
        "![",
        "<",
        ">",
        "&",
        "\n    ",
        "\n```\n",
        "^",
        ": ",
        "\n: ",
        "$",
        "~",
        "- [ ] ",
        "==",
        "'",
        "\"",
    ]);
    prop_oneof![
        4 => "[a-z]{2,6}|[0-9]{1,4}",
        3 => marks.prop_map(str::to_owned),
        2 => tags.clone().prop_map(|tag| format!("<{tag}>")),
        2 => tags.prop_map(|tag| format!("</{tag}>")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn no_word_of_a_hostile_text_is_lost(pieces in prop::collection::vec(piece(), 0..40)) {
        // Ids of blocks (`… ^id`) are not shown.
        let md = pieces.concat().replace(" ^", " ").replace("\n^", "\n");
        let md = md.trim_start_matches('^');
        prop_assert_eq!(lost_parts(md), (vec![], vec![]), "{}", md);
    }
}
