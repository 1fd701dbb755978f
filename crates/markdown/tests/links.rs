//! Links are found and rewritten in place.

use markdown::{Reading, extract, links, replace_marks, rewrite_links};
use proptest::prelude::*;

fn rewritten(md: &str) -> String {
    rewrite_links(md, |url| match url {
        "b.md" | "b b.md" | "b(1).md" => Some("/d/B".to_owned()),
        "b.md#part" => Some("/d/B#part".to_owned()),
        "i.png" => Some("/blob/I".to_owned()),
        "odd" => Some("new (odd) one".to_owned()),
        _ => None,
    })
}

#[test]
fn destinations_change_and_nothing_else() {
    for (md, expected) in [
        ("[x](b.md)", "[x](/d/B)"),
        ("[x](b.md#part)", "[x](/d/B#part)"),
        ("[x]( b.md \"Title\" )", "[x]( /d/B \"Title\" )"),
        ("[x](<b b.md>)", "[x](</d/B>)"),
        ("[x](b\\(1\\).md)", "[x](/d/B)"),
        ("[x](b(1).md)", "[x](/d/B)"),
        ("[x](odd)", "[x](<new (odd) one>)"),
        ("[![alt](i.png)](b.md)", "[![alt](/blob/I)](/d/B)"),
        (
            "![alt](i.png)\r\n[x](b.md)\r\n",
            "![alt](/blob/I)\r\n[x](/d/B)\r\n",
        ),
        (
            "[x][r]\n\n[r]: b.md 'Title'\n",
            "[x][r]\n\n[r]: /d/B 'Title'\n",
        ),
        (
            "> [x][r]\n>\n> [r]: <b b.md>\n",
            "> [x][r]\n>\n> [r]: </d/B>\n",
        ),
        (
            "<a class=x href=\"b.md\">x</a>",
            "<a class=x href=\"/d/B\">x</a>",
        ),
        ("<img width=5 src='i.png'/>", "<img width=5 src='/blob/I'/>"),
        (
            "| [x](b.md) | y |\n|-|-|\n| [x](b.md) | ![a](i.png) |",
            "| [x](/d/B) | y |\n|-|-|\n| [x](/d/B) | ![a](/blob/I) |",
        ),
        ("- one\n  - [x](b.md)\n", "- one\n  - [x](/d/B)\n"),
        ("`[x](b.md)` [x](b.md)", "`[x](b.md)` [x](/d/B)"),
        ("``a ` [x](b.md)`` [x](b.md)", "``a ` [x](b.md)`` [x](/d/B)"),
        (
            "```\n[x](b.md)\n```\n[x](b.md)",
            "```\n[x](b.md)\n```\n[x](/d/B)",
        ),
        (
            "- ~~~\n  [x](b.md)\n  ~~~\n[x](b.md)",
            "- ~~~\n  [x](b.md)\n  ~~~\n[x](/d/B)",
        ),
        ("    [x](b.md)\n", "    [x](b.md)\n"),
        ("\\[x](b.md)", "\\[x](b.md)"),
        ("\\[x](b.md) [x](b.md)", "\\[x](b.md) [x](/d/B)"),
        ("a\n[r]: b.md\n[x](b.md)", "a\n[r]: b.md\n[x](/d/B)"),
        ("é\\é [x](b.md)", "é\\é [x](/d/B)"),
        (
            "[x](c.md) [y](https://a.example/b.md)",
            "[x](c.md) [y](https://a.example/b.md)",
        ),
        ("no links at all", "no links at all"),
        ("[^1]: b.md\n\ntext[^1]", "[^1]: b.md\n\ntext[^1]"),
    ] {
        assert_eq!(rewritten(md), expected, "{md:?}");
    }
}

#[test]
fn links_are_listed_with_their_text() {
    let found = links("[one *two*](b.md) ![alt](i.png) <a href=\"c\">d</a> www.x.example");
    let found: Vec<_> = found
        .iter()
        .map(|l| (l.url.as_str(), l.text.as_str(), l.image))
        .collect();
    assert_eq!(
        found,
        [
            ("b.md", "one two", false),
            ("i.png", "alt", true),
            ("c", "d", false),
            ("http://www.x.example", "www.x.example", false)
        ]
    );
}

#[test]
fn all_links_of_a_text_change_whatever_else_looks_like_one() {
    let many: String = (0..300).map(|n| format!("- [link {n}](b.md)\n")).collect();
    let expected = many.replace("b.md", "/d/B");
    for before in [
        "    see [bee](b.md)\n\n",
        "~~~ x\n\n    [bee](b.md)\n~~~\n\n",
        "<pre>\n[bee](b.md)\n</pre>\n\n",
    ] {
        let text = format!("{before}{many}\nText.\n\n{before}{many}");
        let read =
            Reading::new(&text).rewrite(|link| (link.url == "b.md").then(|| "/d/B".to_owned()));
        let wanted = format!("{before}{expected}\nText.\n\n{before}{expected}");
        assert!(read.md == wanted, "{before:?}");
        assert_eq!(read.kept, [""; 0]);
    }
}

#[test]
fn marks_are_replaced_outside_code() {
    let replaced = |md: &str| {
        replace_marks(md, |mark| {
            let inner = mark.text.strip_prefix("[[")?;
            let end = inner.find("]]")?;
            Some((end + 4, inner.get(..end)?.to_uppercase()))
        })
    };
    for (md, expected) in [
        ("see [[a]] and `[[b]]` \\[[c]]", "see A and `[[b]]` \\[[c]]"),
        ("```\n[[a]]\n```\n[[b]]", "```\n[[a]]\n```\nB"),
        ("    [[a]]\n\n- b\n\n    [[c]]", "    [[a]]\n\n- b\n\n    C"),
        ("é[[é]]", "éÉ"),
        ("nothing", "nothing"),
    ] {
        assert_eq!(replaced(md), expected);
    }
}

#[test]
fn links_in_notes_and_html_change() {
    for (md, expected) in [
        (
            "> [!NOTE] Read the [x](b.md)",
            "> [!NOTE] Read the [x](/d/B)",
        ),
        (
            "!!! note\n\n    - [x](b.md)\n",
            "!!! note\n\n    - [x](/d/B)\n",
        ),
        (
            "<table><tr><td><a href=\"b.md\">x</a></table>",
            "<table><tr><td><a href=\"/d/B\">x</a></table>",
        ),
        (
            "<img src=\"a > b.png\"><a href=\"b.md\">x</a>",
            "<img src=\"a > b.png\"><a href=\"/d/B\">x</a>",
        ),
        (
            "a <!-- [x](b.md) --> [x](b.md)",
            "a <!-- [x](/d/B) --> [x](/d/B)",
        ),
        (
            "<Link to=\"b.md\">x</Link> <router-link to='b.md'>x</router-link>",
            "<Link to=\"/d/B\">x</Link> <router-link to='/d/B'>x</router-link>",
        ),
        ("SBAR\n: [x](b.md)\n", "SBAR\n: [x](/d/B)\n"),
        (":::tip\n[x](b.md)\n:::\n", ":::tip\n[x](/d/B)\n:::\n"),
    ] {
        assert_eq!(rewritten(md), expected, "{md:?}");
    }
}

proptest! {
    #[test]
    fn without_new_destinations_every_byte_stays(
        text in "\\PC{0,200}",
        marks in "(\\[|\\]|\\(|\\)|<|>|`|~~~|\\\\|é|b\\.md| |\n|\r\n|a href=|\"|:|!|\\||>){0,60}",
    ) {
        for md in [text, marks] {
            prop_assert_eq!(rewrite_links(&md, |_| None), md);
        }
    }

    #[test]
    fn a_rewriting_can_be_undone(marks in "(\\[x\\]|\\(b\\.md\\)|\\(|\\)|<|>|`|\\\\|é| |\n|!|\\[r\\]: b\\.md|\\[r\\]){0,40}") {
        let there = rewrite_links(&marks, |url| (url == "b.md").then(|| "/d/B".to_owned()));
        let read = Reading::new(&marks).rewrite(|link| (link.url == "b.md").then(|| "/d/B".to_owned()));
        prop_assert_eq!(&read.md, &there);
        if let Some(known) = read.extract {
            prop_assert_eq!(known, extract(&there));
        }
        let back = rewrite_links(&there, |url| (url == "/d/B").then(|| "b.md".to_owned()));
        prop_assert_eq!(back, marks);
    }
}

#[test]
fn links_of_html_and_of_other_programs_are_found_and_change() {
    for (md, expected) in [
        ("<a href=\" b.md \">x</a>", "<a href=\" /d/B \">x</a>"),
        ("[x](\nb.md)", "[x](\n/d/B)"),
        ("[x][r]\n\n[r]:\n  b.md\n", "[x][r]\n\n[r]:\n  /d/B\n"),
        (
            "<map><area href=\"b.md\" alt=\"x\"></map>",
            "<map><area href=\"/d/B\" alt=\"x\"></map>",
        ),
        (
            "<iframe src=\"b.md\"></iframe>",
            "<iframe src=\"/d/B\"></iframe>",
        ),
        (
            "<object data='b.md'></object>",
            "<object data='/d/B'></object>",
        ),
        ("<embed src=b.md>", "<embed src=/d/B>"),
        (
            "<video><source src=\"b.md\"></video>",
            "<video><source src=\"/d/B\"></video>",
        ),
        (
            "<Button size=2 href=\"b.md\">x</Button>",
            "<Button size=2 href=\"/d/B\">x</Button>",
        ),
        (
            "<LinkCard title=\"T\" href=\"b.md\" />",
            "<LinkCard title=\"T\" href=\"/d/B\" />",
        ),
        (
            "<sl-button href=\"b.md\">x</sl-button>",
            "<sl-button href=\"/d/B\">x</sl-button>",
        ),
        (
            "<router-link to=\"b.md\">x</router-link>",
            "<router-link to=\"/d/B\">x</router-link>",
        ),
        (
            "<button href=\"b.md\">x</button>",
            "<button href=\"b.md\">x</button>",
        ),
        ("<Card to={b.md}>x</Card>", "<Card to={b.md}>x</Card>"),
        (":::tip [x](b.md)\ny\n:::", ":::tip [x](/d/B)\ny\n:::"),
        (":::tip[[x](b.md)]\ny\n:::", ":::tip[[x](/d/B)]\ny\n:::"),
        (
            "```{note} [x](b.md)\n[y](b.md)\n```\n`[z](b.md)`",
            "```{note} [x](/d/B)\n[y](/d/B)\n```\n`[z](b.md)`",
        ),
        (
            "```{note}\n```py\n[y](b.md)\n```\n[x](b.md)",
            "```{note}\n```py\n[y](b.md)\n```\n[x](/d/B)",
        ),
        ("```{code} x\n[y](b.md)\n```", "```{code} x\n[y](b.md)\n```"),
    ] {
        assert_eq!(rewritten(md), expected, "{md:?}");
        if expected != md {
            let shown = markdown::render(expected, &markdown::Links::default()).html;
            assert!(shown.contains("href=\"/d/B\""), "{shown}");
        }
    }
}
