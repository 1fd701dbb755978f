//! Formulas in TeX stay as they are written, whatever their lines begin with, and what looks like one is read as before.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use markdown::{Links, Reading, plain_text, render, replace_marks, wiki_links};

/// Returns the words of a page, with its lines as spaces: only paragraphs and breaks have tags.
fn words_of_page(md: &str) -> String {
    let html = render(md, &Links::default()).html;
    let shown = html
        .replace("<p>", "")
        .replace("</p>", "")
        .replace("<code>", "")
        .replace("</code>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    one_line(&shown)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines that mean something to markdown.
const LINES: &[&str] = &[
    "> 5",
    "+ 2",
    "- 3",
    "* a",
    "# 5",
    "1. 5",
    "2) 5",
    "---",
    "===",
    "a | b\n--|--\n1 | 2",
    "a \\\\",
    "[[a]]",
    "[a](b)",
    "a_1 * b_2 * c",
    "**5**",
    "`a`",
    "~~5~~",
    "<b>5</b>",
    "    5",
    ": 5",
    "\\frac{a=b}{c} & {.x}",
    "www.x.example",
    "~5~",
    "{#a}",
    "![a](b)",
    "- [ ] a",
    "&",
    "a < b > c",
];

#[test]
fn nothing_in_a_formula_of_several_lines_is_markdown() {
    let mut faults = Vec::new();
    for line in LINES {
        for (open, close) in [
            ("$$\nx", "y\n$$"),
            ("$$", "$$"),
            ("Dose is $$ 5", "- 2 $$ mg"),
            ("Dose is $$5", "x $$, or more"),
            ("where $$\nx", "y\n$$"),
            ("\\begin{align}\nx", "y\n\\end{align}"),
            ("\\begin{cases*}", "\\end{cases*}"),
            ("\\[\nx", "\\]"),
            ("see $x", "y_1$ here"),
        ] {
            // Words behind a sign of dollars within a line may be about prices.
            if open.starts_with("Dose") && line.contains("www") {
                continue;
            }
            let md = format!("Before.\n\n{open}\n{line}\n{close}\n\nAfter *this*.");
            let expected = one_line(&md.replace("*this*", ""));
            let page = words_of_page(&md).replace("<em>this</em>", "");
            if one_line(&page) != expected {
                faults.push(format!("{md:?} became the page {page:?}"));
            }
            let words = one_line(&plain_text(&md).replace("After this", "After "));
            if words != expected {
                faults.push(format!("{md:?} became the words {words:?}"));
            }
            if !Reading::new(&md).links().is_empty() {
                faults.push(format!("{md:?} has links"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_formula_stays_within_what_it_is_in() {
    for (md, page) in [
        (
            "> $$\n> x\n> > 5\n> $$\n\nb",
            "<blockquote>\n<p>$$\nx\n&gt; 5\n$$</p>\n</blockquote>\n<p>b</p>",
        ),
        (
            "- $$\n  x\n  - 5\n  $$\n- b",
            "<li>$$\nx\n- 5\n$$</li>\n<li>b</li>",
        ),
        (
            "1. a\n\n   $$\n   + 5\n   $$\n",
            "<p>$$\n+ 5\n$$</p>\n</li>",
        ),
        ("$$\nx\n\n- 5\n$$", "<p>$$\nx\n\n- 5\n$$</p>"),
        (
            "!!! note\n\n    $$\n    x\n    > 5\n    $$\n",
            "<p>$$\nx\n&gt; 5\n$$</p>",
        ),
        ("<div>\n$$\na_1 & < 5\n$$\n</div>", "$$ a_1 &amp; &lt; 5 $$"),
        (
            "| a | b |\n|---|---|\n| $x^{*}$ | $y^{*}$ |",
            "<td>$x^{*}$</td>\n<td>$y^{*}$</td>",
        ),
        ("Let \\(x_1 * y_2 * z\\) be", "Let \\(x_1 * y_2 * z\\) be"),
        ("10$^{*}$/L and 5$^{*}$", "10$^{*}$/L and 5$^{*}$"),
    ] {
        let html = render(md, &Links::default()).html;
        let shown = html.replace("<code>", "").replace("</code>", "");
        assert!(shown.contains(page), "{md:?} became {html}");
    }
    for md in [
        "| a | b |\n|---|---|\n| $x^a|b$ | c |",
        "<img alt=\"$x_1$\" src=\"a.png\"> b",
        "<div title=\"$x_1$\">$y_1$</div>",
        "![$x_1$](a.png) [$y_1$](/help)",
    ] {
        let html = render(md, &Links::default()).html;
        assert!(!html.contains("&lt;"), "{md:?} became {html}");
    }
}

#[test]
fn stars_and_low_lines_of_two_formulas_are_no_emphasis() {
    for md in [
        "$p^{*}<0.05$ and $q^{*}>1$",
        "$f(*)$ and $g(*)$",
        "$a_i$ is not $b_i$",
        "Since $x_{*}$, $y_{*}$.",
        "$$p^*$$ and $$q^*$$",
    ] {
        assert_eq!(words_of_page(md), md);
        assert_eq!(plain_text(md), md);
    }
}

#[test]
fn prices_brackets_and_code_are_no_formulas() {
    for (md, page) in [
        ("US$5 and *then* $6", "US$5 and <em>then</em> $6"),
        ("It cost $5\n- and that $6", "<li>and that $6</li>"),
        (
            "- A: $$\n- B: $$$\n- C: $$",
            "<li>A: $$</li>\n<li>B: $$$</li>\n<li>C: $$</li>",
        ),
        ("From $5 *each* to $10", "<em>each</em>"),
        ("$HOME is *not* $PATH", "<em>not</em>"),
        ("\\[Note: *this*\n- that\\]", "[Note: <em>this</em>"),
        (
            "\\[1\\] and \\(see \\*note\\_a\\*\\)",
            "[1] and (see *note_a*)",
        ),
        ("`$$` and *b* `$$`", "<em>b</em>"),
        ("```\n$$\n```\n\n- a\n\n```\n$$\n```", "<li>a</li>"),
        (
            "[a](/help?a=$b_c$) and *d*",
            "<a href=\"/help?a=$b_c$\">a</a> and <em>d</em>",
        ),
        ("\\begin{align}\n\n- a", "<li>a</li>"),
        ("$$\n\n- a\n", "<li>a</li>"),
        ("The café is $$ and *cheap*, the bar $$", "<em>cheap</em>"),
        ("$$ **good** food, or $$ the other", "<strong>good</strong>"),
        ("$$ *cheap* rooms\n$$ *dear* rooms", "<em>cheap</em>"),
        ("- Bar $$ for *two*\n- Inn $$ for one", "<em>two</em>"),
        ("A $$ bar\n\n- b\n\nan $$ inn", "<li>b</li>"),
        ("\\$5 and *b* \\$6", "$5 and <em>b</em> $6"),
    ] {
        let html = render(md, &Links::default()).html;
        assert!(html.contains(page), "{md:?} became {html}");
    }
}

#[test]
fn marks_of_other_programs_in_a_formula_are_none() {
    for md in [
        "$$\n[[a]]\n$$",
        "\\begin{align}\n{{< ref a >}}\n\\end{align}",
        "$x_{[[a]]}$",
    ] {
        assert_eq!(replace_marks(md, |_| Some((5, "no".to_owned()))), md);
        assert_eq!(wiki_links(md), []);
    }
}

#[test]
fn a_formula_that_a_program_has_set_is_shown_once() {
    let katex = "<span class=\"katex\"><span class=\"katex-mathml\"><math><semantics><mrow><msup><mn>10</mn><mn>9</mn></msup></mrow>\
        <annotation encoding=\"application/x-tex\">10^9</annotation></semantics></math></span><span class=\"katex-html\" \
        aria-hidden=\"true\"><span class=\"base\"><span class=\"mord\">1</span>0<span>9</span></span></span></span>";
    for (md, page, words) in [
        (format!("{katex} cells and {katex} more"), "<code>10^9</code> cells and <code>10^9</code> more", "10^9 cells and 10^9 more"),
        (format!("<p>{katex} cells</p>"), "<p><code>10^9</code> cells</p>", "10^9 cells"),
        (
            "<span class=\"katex\"><span class=\"katex-html\">5<span>x</span></span></span> mg".to_owned(),
            "<p>5x mg</p>",
            "5x mg",
        ),
        (
            "<span class=\"MathJax_Preview\">5</span><span class=\"MathJax\"><span>5</span></span> mg".to_owned(),
            "<p>5 mg</p>",
            "5 mg",
        ),
        (
            "<span class=\"MathJax_Preview\">5</span> mg".to_owned(),
            "<p>5 mg</p>",
            "5 mg",
        ),
        (
            "<span class=\"MathJax\"><nobr aria-hidden=\"true\">5<span>2</span></nobr><span class=\"MJX_Assistive_MathML\"><math>\
                <msup><mn>5</mn><mn>2</mn></msup></math></span></span> mg"
                .to_owned(),
            "<p>5^2 mg</p>",
            "5^2 mg",
        ),
    ] {
        let html = render(&md, &Links::default()).html;
        assert!(html.contains(page), "{md} became {html}");
        assert_eq!(plain_text(&md), words, "{md}");
    }
}
