//! What is taken out of a text and what stays, compared with what the parser hides and shows.

use std::collections::HashSet;

use comrak::{Arena, nodes::NodeValue, parse_document};
use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::options::options;

#[test]
fn comments_go_and_what_looks_like_one_stays() {
    for (md, expected) in [
        ("a {#b#} c {# d #} {#- e -#}", "a  c  "),
        (
            "## A {#b}\n\n## C {#d .e}\n\nf {# g #}",
            "## A {#b}\n\n## C {#d .e}\n\nf ",
        ),
        ("a {%comment%} b {%- endcomment -%} c", "a  c"),
        ("a {% comment 'why' %} b {%endcomment%} c", "a  c"),
        ("a {% commented %} b", "a {% commented %} b"),
        ("a {% # b %} {%- # c -%}", "a  "),
        ("a {{! b }} {{!-- c }} --}} d", "a   d"),
        ("a {>> b <<} c", "a  c"),
        ("a <%# b %> <%-- c --%> d", "a   d"),
        ("a <!– b –> <!— c —> d", "a   d"),
        ("a {\n/* b */\n} d", "a \n\n d"),
        ("a\n\n{// b\n}\n\nd", "a\n\n\n\n\nd"),
        ("a { /* b */ } {/** c **/} {{-/* d */-}} e", "a    e"),
        ("a {/* b */ c */} d", "a  d"),
        ("[private]: # (ring Jo)\n\na", "\n\na"),
        ("a %% b %% c", "a  c"),
        ("%%\nring Jo\n\n# about\n%%\ntext", "\n\n\n\n\ntext"),
        ("a%%b%%c", "ac"),
        ("In 2019%%note%% we", "In 2019 we"),
        ("100%% sure 5%%", "100%% sure 5%%"),
        ("100%% sure, %%hidden%%.", "100%% sure, ."),
        ("%d%% and %s%% of", "%d%% and %s%% of"),
        (
            "for %%i in (*) do echo %%i now",
            "for %%i in (*) do echo %%i now",
        ),
        (
            "`%% a %%` and ``<!-- a -->``",
            "`%% a %%` and ``<!-- a -->``",
        ),
        (
            "```mermaid\n%% a %%\n```\n%% b %%",
            "```mermaid\n%% a %%\n```\n",
        ),
        ("    %% code %%\n", "    %% code %%\n"),
        ("1. ```\n%% Jo %%", "1. ```\n"),
        ("> ```\n> code\n\n%% Jo 07700 %%", "> ```\n> code\n\n"),
        (
            "1. ```bash\n   a\n\n   b\n   ```\n\n%% Jo %%",
            "1. ```bash\n   a\n\n   b\n   ```\n\n",
        ),
        (
            "10) ```\n    a\n    ```\n\n%% Jo %%\n",
            "10) ```\n    a\n    ```\n\n\n",
        ),
        (
            "    ```\n\nWords.\n\nx <!-- Jo -->\n",
            "    ```\n\nWords.\n\nx \n",
        ),
        (
            "- > ```\n  > a\n\nx <!-- Jo -->\n",
            "- > ```\n  > a\n\nx \n",
        ),
        // A backslash escapes nothing in raw HTML, and backticks are no code there.
        ("<div>\n\\<!-- Jo -->\n</div>", "<div>\n\\\n</div>"),
        ("<div>\n`<!-- Jo -->`\n</div>", "<div>\n``\n</div>"),
        ("a \\\\<!-- Jo --> b", "a \\\\ b"),
        // What is in a note is no code because it is indented.
        ("!!! note\n\n    a <!-- Jo -->\n", "!!! note\n\n    a \n"),
        (
            "!!! note\n\n        <!-- shown -->\n",
            "!!! note\n\n        <!-- shown -->\n",
        ),
        // Percent signs of an address.
        ("[a](x%%20y%%20z) %%b%%", "[a](x%%20y%%20z) "),
        (
            "https://e.org/x%%y%%z and %%b%%",
            "https://e.org/x%%y%%z and ",
        ),
        ("[a](<!-- Jo -->)", "[a]()"),
        ("- a\n\n    %% secret %%\n", "- a\n\n    \n"),
        (
            "- a\n\n      <!-- code -->\n",
            "- a\n\n      <!-- code -->\n",
        ),
        ("%% ``` %%\n%% a %%", "\n"),
        ("a <!-- b\n\nc --> d", "a \n\n d"),
        ("- a\n<!-- b\nc -->\n- d", "- a\n<!--\n-->\n- d"),
        ("> <!-- b --> c", ">  c"),
        ("<!-->a<!--->b-->", "ab-->"),
        ("\\%% a %%", "\\%% a %%"),
        ("a %% b", "a %% b"),
        ("a %% b\n\nc %% d", "a %% b\n\nc %% d"),
        ("%%%%%% rule", "%%%%%% rule"),
        ("nothing", "nothing"),
        // Those of other programs.
        ("a {/* b */} c `{/* d */}`", "a  c `{/* d */}`"),
        ("{/*\nJo\n*/}\nc", "\n\n\nc"),
        (
            "a {{/* b */}} {{- /* c */ -}} {{</* d */>}}",
            "a   {{</* d */>}}",
        ),
        ("a {# b #} # c {#d}", "a  # c {#d}"),
        ("{% comment %}\nJo\n{% endcomment %}\na", "\n\n\na"),
        ("{::comment}\nJo\n{:/comment}\na", "\n\n\na"),
        ("a {{< comment >}}Jo{{< /comment >}} b", "a  b"),
        (
            "a {{<comment>}}Jo{{</comment>}} b {{%comment%}}Jo{{% /comment %}} c {{<  comment \"why\"  >}}Jo{{< / comment >}} d",
            "a  b  c  d",
        ),
        (
            "{{< comments >}} a {{< comment />}} b {{</* comment */>}} c {{< /comment >}}",
            "{{< comments >}} a {{< comment />}} b {{</* comment */>}} c {{< /comment >}}",
        ),
        (
            "a\n\n\\begin{comment}\nring Jo\n\\end{comment}\n\nb",
            "a\n\n\n\n\n\nb",
        ),
        (
            "a \\begin{comment} b \\end{comment}\n\n`\\begin{comment}`\n\n```\n\\begin{comment}\n\\end{comment}\n```",
            "a \\begin{comment} b \\end{comment}\n\n`\\begin{comment}`\n\n```\n\\begin{comment}\n\\end{comment}\n```",
        ),
        // MyST, and what is none.
        (
            "```{note}\na\n```\n\n% ring Jo about the money\n> %ring Jo\n\nb 5 % c",
            "```{note}\na\n```\n\n\n> \n\nb 5 % c",
        ),
        ("(aim)=\n# A\n\nb\n% Jo\nc", "(aim)=\n# A\n\nb\n\nc"),
        ("See {doc}`a`.\n\n% Jo", "See {doc}`a`.\n\n"),
        (
            ":::{note}\n```\n% code\n```\n:::\n\n<div>\n% b\n</div>\n\n\\% c",
            ":::{note}\n```\n% code\n```\n:::\n\n<div>\n% b\n</div>\n\n\\% c",
        ),
        (
            "```{r}\na\n```\n\nWe saw 80\n% of patients.\n\n::: {.note}\n% b\n:::",
            "```{r}\na\n```\n\nWe saw 80\n% of patients.\n\n::: {.note}\n% b\n:::",
        ),
        (
            "a {::comment}Jo{:/} b {::comment}Jo{:/comment} c",
            "a  b  c",
        ),
        ("[//]: # (a\nJo\nb)\nc", "\n\n\nc"),
        ("[//]: #\n  \"a\n  Jo\"\nc", "\n\n\nc"),
        ("[//]:# (Jo)\n[^_^]: # (Jo)\n[//]:\t<> 'Jo'\na", "\n\n\na"),
        ("[//]: # (a\n\nJo)", "[//]: # (a\n\nJo)"),
        ("[^1]: # (a)", "[^1]: # (a)"),
        // Definitions that nothing refers to.
        ("a\n\n[ring Jo]: https://x.example\n", "a\n\n\n"),
        (
            "a\n\n[b]: https://x.example \"Jo\"\n[c]: <d> 'Jo'\n",
            "a\n\n\n\n",
        ),
        ("> a\n>\n> [b]: c (Jo)", "> a\n>\n> "),
        (
            "[x][B  c], [d] and [e][]\n\n[b C]: f (g)\n[d]: f (g)\n[e]: f (g)\n[h]: i",
            "[x][B  c], [d] and [e][]\n\n[b C]: f (g)\n[d]: f (g)\n[e]: f (g)\n[h]: i",
        ),
        (
            "a\n[two words]: b\n\n[two words]: more than an address",
            "a\n[two words]: b\n\n[two words]: more than an address",
        ),
        ("[//]: # (Jo)\n[comment]: <> \"Jo\"\na", "\n\na"),
        (
            "[a]: # \n[b]: <> x\n[c]: /d\n[top]: # \"Top\" [top]",
            "[a]: # \n[b]: <> x\n[c]: /d\n[top]: # \"Top\" [top]",
        ),
        (
            "```html <!-- Jo -->\n<!-- shown -->\n```",
            "```html \n<!-- shown -->\n```",
        ),
        ("```html <!-- a\nb -->\n```", "```html <!-- a\nb -->\n```"),
    ] {
        assert_eq!(without_comments(md).md, expected, "{md:?}");
    }
}

#[test]
fn each_kind_of_end_is_searched_for_once() {
    // More kinds than one text has here.
    const MAX_SEARCHES: usize = 4;
    for (unit, end) in [
        ("{#a", ""),
        ("{#a", "}"),
        ("{# a {/* ", ""),
        ("```<!-- a {/* b {#c ", "\nx\n```\n\n--> */} #}"),
        ("{% comment %} {%", ""),
        ("{{<comment>}} {{<", ""),
        ("\\begin{comment}\n", ""),
        ("<%# <%-- ", "%>"),
        ("<!-- {{! ", "\n\n}}"),
        ("{/* */ ", ""),
        ("{{!-- {{! {>> ", "<<"),
    ] {
        for count in [1_000, 4_000] {
            let md = format!("{}{end}", unit.repeat(count));
            let mut marks = Marks::new(&md);
            for (at, _) in md.match_indices(['<', '%', '{', '[', '\\']) {
                if let Some(mark) = marks.at(at) {
                    marks.read(mark, at);
                }
            }
            let most = MAX_SEARCHES * md.len();
            assert!(
                marks.searched <= most,
                "{unit}{end}: {} of {}",
                marks.searched,
                md.len()
            );
        }
    }
}

#[test]
fn a_comment_that_never_ends_is_found() {
    for (md, line) in [
        ("a\n\n%% ring Jo\n\nb", Some(3)),
        ("a\n<!-- b\n", Some(2)),
        ("a\n\nb %%Jo", Some(3)),
        ("b %%Jo\n\nc %% d", Some(1)),
        ("- a %%ring Jo\n- b", Some(1)),
        ("cost 5 %%of a", None),
        ("for %%i in (*) do", None),
        ("a%%b", None),
        ("`a %%b`", None),
        ("> %%\n> a", Some(1)),
        ("a\n\n\\begin{comment}\nJo", Some(3)),
        ("a <!-- b", None),
        ("a %% b", None),
        ("```\n<!-- b\n```", None),
        ("    <!-- b", None),
        ("%% a %%\n<!-- b -->", None),
        ("a\n{/* b", Some(2)),
        ("a {% comment %} b", None),
    ] {
        assert_eq!(without_comments(md).unclosed, line, "{md:?}");
    }
}

#[test]
fn what_is_a_comment_by_one_reading_only_is_taken_out_and_reported() {
    for md in [
        // The parser reads a fence that the text without its first comment does not have, and the other way round.
        "%%\n```\n%%\n\ntext\n\n<!-- Jo -->\n",
        "<!-- a -->```\n<!-- Jo -->\n```\n",
        "%% a %%\n    <!-- Jo -->\n",
        "%% don`t %% then `<!-- Jo -->`",
    ] {
        let read = without_comments(md);
        assert!(!read.md.contains("Jo"), "{md:?}: {:?}", read.md);
        assert!(read.doubtful.is_some(), "{md:?}");
    }
    for md in [
        "```html\n<!-- shown -->\n```\n<!-- gone -->\n",
        "`<!-- shown -->` and `%% shown %%` %% gone %%\n",
        "We are 100%% sure, 5%% are not.\n",
        "1. ```\n   <!-- shown -->\n   ```\n",
        "- a\n\n  %%\n  note\n  %%\n\n      <!-- shown -->\n",
        "Words.\n\n<!-- gone -->\n\n    <!-- shown -->\n",
    ] {
        let read = without_comments(md);
        assert_eq!((read.doubtful, read.unclosed), (None, None), "{md:?}");
        assert_eq!(
            read.md.matches("shown").count(),
            md.matches("shown").count()
        );
        assert!(!read.md.contains("gone"), "{md:?}");
        assert_eq!(without_comments(&read.md).md, read.md, "{md:?}");
    }
}

/// The words that the parser shows of a text, and those that it hides in comments.
#[derive(Default)]
struct Parsed {
    shown: String,
    code: String,
    hidden: String,
}

fn parsed(md: &str) -> Parsed {
    let arena = Arena::new();
    let md = crate::dialect::with_callouts(md);
    let root = parse_document(&arena, &md, &options(&md));
    let mut parsed = Parsed::default();
    for node in root.descendants() {
        let data = node.data();
        let html = match &data.value {
            NodeValue::Code(code) => {
                parsed.code += &format!("{} ", code.literal);
                continue;
            }
            NodeValue::CodeBlock(block) => {
                parsed.code += &format!("{} ", block.literal);
                continue;
            }
            NodeValue::Text(text) => {
                parsed.shown += &format!("{text} ");
                continue;
            }
            NodeValue::HtmlInline(html) => html.as_str(),
            NodeValue::HtmlBlock(block) => block.literal.as_str(),
            _ => continue,
        };
        for comment in html.split("<!--").skip(1) {
            let inner = comment.split("-->").next().unwrap_or_default();
            parsed.hidden += &format!("{inner} ");
        }
    }
    parsed
}

/// Returns the numbered words that a text has, by their first letters.
fn words<'a>(text: &'a str, kind: &str) -> HashSet<&'a str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| {
            let digits = word.strip_prefix(kind);
            digits.is_some_and(|digits| {
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        })
        .collect()
}

/// Compares the text without comments with what the parser says of the text with them. Comments have words `HIDn`, the
/// rest has words `SHOn`.
fn compare(md: &str) {
    let before = parsed(md);
    let read = without_comments(md);
    // The scanner's own reading, for a failure.
    let says = || {
        format!(
            "{md:?}\nbecame {:?} ({:?}, {:?})",
            read.md, read.unclosed, read.doubtful
        )
    };
    let remains = words(&read.md, "HID");
    for hidden in words(&before.hidden, "HID") {
        assert!(
            !remains.contains(hidden),
            "{hidden} is published: {}",
            says()
        );
    }
    let is_published = read.unclosed.is_none() && read.doubtful.is_none();
    if !is_published {
        return;
    }
    // What remains is code, to both readers.
    let after = parsed(&read.md);
    let code = words(&after.code, "HID");
    let code_before = words(&before.code, "HID");
    for word in words(&after.shown, "HID") {
        // A mark that never ends, or that is escaped, is text to everyone.
        assert!(
            words(&before.shown, "HID").contains(word),
            "{word} is shown: {}",
            says()
        );
    }
    for word in &code {
        let was_shown = code_before.contains(word) || words(&before.shown, "HID").contains(word);
        assert!(was_shown, "{word} is shown as code: {}", says());
    }
    // Nothing is lost: neither words nor code.
    for word in code_before {
        assert!(
            remains.contains(word),
            "{word} is lost from code: {}",
            says()
        );
    }
    let (all, left) = (words(md, "SHO"), words(&read.md, "SHO"));
    assert_eq!(
        all.difference(&left).count(),
        0,
        "words are lost: {}",
        says()
    );
}

/// Builds a text of parts; each comment and each word has a number of its own.
fn numbered(parts: &[&str]) -> String {
    let mut md = String::new();
    for (at, part) in parts.iter().enumerate() {
        md += &part
            .replace("HID", &format!("HID{at}"))
            .replace("SHO", &format!("SHO{at}"));
    }
    md
}

const PARTS: [&str; 44] = [
    "<!-- HID -->",
    "<!-- HID -->\n",
    "\n<!-- HID -->\n",
    "<!-- HID\nHID -->",
    "<!-- HID\n\nHID -->\n",
    "\n\n    <!-- HID -->\n",
    "`<!-- HID -->`",
    "``a ` <!-- HID -->``",
    "SHO ",
    "SHO\n",
    "SHO\n\n",
    "\n",
    "\n\n",
    "```\n",
    "\n```\n",
    "```html\n",
    "~~~\n",
    "\n~~~\n",
    "> ",
    "> ```\n",
    "- ",
    "- ```\n",
    "1. ",
    "1. ```\n",
    "  ",
    "   ",
    "    ",
    "\t",
    "`",
    "``",
    "\\",
    "<div>\n",
    "</div>\n",
    "<pre>",
    "</pre>",
    "!!! note\n",
    "    SHO\n",
    "| SHO | a |\n|-|-|\n| ",
    " | ",
    "[SHO](b)",
    "# ",
    "*",
    "\r\n",
    "<b>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_parser_and_the_text_without_comments_agree(parts in vec(select(&PARTS[..]), 0..16)) {
        compare(&numbered(&parts));
    }

    #[test]
    fn percent_comments_go_and_code_stays(
        before in vec(select(&["SHO ", "SHO\n\n", "- SHO\n", "> SHO\n\n", "\n```\nSHO\n```\n", "`SHO` ", "    SHO\n\n"][..]), 0..6),
        comment in select(&["%% HID %%", "%%\nHID\n%%\n", "%%HID%%", "%% <!-- HID %%"][..]),
        after in vec(select(&[" SHO ", "\n\nSHO\n\n", "\n```\n%% HIDE %%\n```\n", " `%% HIDE %%` "][..]), 0..6),
    ) {
        let md = numbered(&[before.as_slice(), &[comment], after.as_slice()].concat());
        let read = without_comments(&md);
        let hidden = words(&read.md, "HID");
        prop_assert!(hidden.is_empty(), "{md:?} became {:?}", read.md);
        prop_assert!(read.doubtful.is_some() || words(&md, "SHO") == words(&read.md, "SHO"));
        let examples = |md: &str| md.matches("E %%").count();
        prop_assert!(read.doubtful.is_some() || examples(&md) == examples(&read.md));
    }
}

const REAL_TEXTS: [&str; 10] = [
    include_str!("../../../../../docs/ARCHITECTURE.md"),
    include_str!("../../../../../docs/COMMANDS.md"),
    include_str!("../../../../../docs/CONFIGURATION.md"),
    include_str!("../../../../../docs/DOCUMENTS.md"),
    include_str!("../../../../../docs/FEED.md"),
    include_str!("../../../../../docs/OPERATING.md"),
    include_str!("../../../../../docs/SEARCH.md"),
    include_str!("../../../../../content/help/files.md"),
    include_str!("../../../../../content/help/publishing.md"),
    include_str!(
        "../../../../../content/case-studies/avonbridge/ambient-scribe-mental-health-pilot.md"
    ),
];

/// Texts of this project, with comments at many places.
#[test]
fn comments_in_real_texts_go_and_their_words_stay() {
    let mut count = 0;
    for text in REAL_TEXTS {
        for step in [1, 7, 31] {
            let lines = text.lines().enumerate().map(|(at, line)| {
                let place = line
                    .char_indices()
                    .nth(at * 13 % 60)
                    .map_or(line.len(), |(at, _)| at);
                let (before, after) = line.split_at(place);
                match (at % step, at % 5) {
                    (0, 0) => format!("{before}<!-- HID{at} -->{after}\n"),
                    (0, 1) => format!("<!-- HID{at}\n``` -->\n{line}\n"),
                    (0, 2) => format!("{line}\n<!-- HID{at} -->\n"),
                    (0, 3) => format!("{before}<!-- HID{at}\nHID{at} -->{after}\n"),
                    _ => format!("{line}\n"),
                }
            });
            compare(&lines.collect::<String>());
            count += 1;
        }
    }
    assert!(count >= 30, "{count}");
}
