//! No text costs more than in proportion to its length: each kind of text that once did is read at two lengths.
//!
//! The time on a processor of four times the length is compared with that of one length, the best of several runs each.
//! What grows with the square takes 16 times as long.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use markdown::{
    Links, Reading, extract, hidden_line, render, replace_marks, rewrite_links, wiki_links,
    without_comments,
};

/// Bytes of the shorter text: enough that a run takes some milliseconds.
const BYTES: usize = 6_000;
/// How much longer four times the text may take.
const MAX_RATIO: f64 = 9.0;
/// Runs of each length; the quickest counts, since other programs only ever make one slower.
const RUNS: usize = 3;

fn repeated(unit: &str, bytes: usize) -> String {
    unit.repeat(bytes.div_ceil(unit.len()))
}

/// Runs of backticks of all lengths, each once.
fn lengths(bytes: usize) -> String {
    let mut text = String::new();
    let mut count = 1;
    while text.len() < bytes {
        text += &"`".repeat(count);
        text.push(' ');
        count += 1;
    }
    text
}

fn nested(open: &str, close: &str, bytes: usize) -> String {
    let count = bytes / (open.len() + close.len());
    format!("{}x{}", open.repeat(count), close.repeat(count))
}

/// Returns how long this thread has run on a processor, which does not grow while other programs run; where the system
/// does not say so, the time that has passed.
fn on_processor(begun: Instant) -> Duration {
    // The system counts up to the last time that it considered another thread.
    thread::yield_now();
    let read = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = read.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

fn best(work: impl Fn()) -> Duration {
    let begun = Instant::now();
    let runs = (0..RUNS).map(|_| {
        let before = on_processor(begun);
        work();
        on_processor(begun) - before
    });
    runs.min().unwrap_or_default()
}

fn check(name: &str, text: impl Fn(usize) -> String, work: impl Fn(&str)) {
    let (short, long) = (text(BYTES), text(4 * BYTES));
    // Other programs share the caches: ask again before it counts.
    let mut ratio = f64::INFINITY;
    for _ in 0..3 {
        let one = best(|| work(&short)).max(Duration::from_micros(200));
        let four = best(|| work(&long));
        ratio = ratio.min(four.as_secs_f64() / one.as_secs_f64());
        if ratio <= MAX_RATIO {
            break;
        }
    }
    assert!(
        ratio <= MAX_RATIO,
        "{name}: four times the text takes {ratio:.1} times as long"
    );
}

#[test]
fn reading_takes_time_in_proportion_to_the_text() {
    type Text = Box<dyn Fn(usize) -> String>;
    let of = |unit: &'static str| -> Text { Box::new(move |bytes| repeated(unit, bytes)) };
    let texts: Vec<(&str, Text)> = vec![
        ("backticks of all lengths", Box::new(lengths)),
        ("open backticks", of("`a ``b ")),
        ("comments", of("<!-- a --> b ")),
        ("comments in code", of("`<!-- a -->` ")),
        ("unclosed comments", of("<!-- a ")),
        ("percent comments", of("%% a %% b\n")),
        ("percent comments with backticks", of("%% ` %% ` ")),
        ("percent signs behind figures", of("1%%a ")),
        ("fences in quotations", of("> ```\n> a\n\n")),
        ("open tags", of("<b>x")),
        ("tags of blocks", of("<div>\n\nx\n\n")),
        ("raw HTML of two parents", of("<i>a\n\n- <b>x\n\n")),
        ("links in links", of("<a href=x>[b](c)")),
        ("brackets", Box::new(|bytes| nested("[", "]", bytes))),
        ("parentheses", of("[a](")),
        ("angle brackets", of("<")),
        ("braces", of("{#a} ")),
        ("open hashes", of("{#a")),
        (
            "marks in the line of a fence",
            Box::new(|bytes| format!("```{}\na\n```\n\n--> */}}", repeated("<!-- {/*", bytes))),
        ),
        ("dollars", of("$\\a$ ")),
        ("formulas in TeX", of("$$\n> a_1\n$$\n\n")),
        ("open formulas in TeX", of("$$a ")),
        ("environments", of("\\begin{a}b\\end{a} ")),
        ("open environments", of("\\begin{a}b ")),
        (
            "environments that end in another paragraph",
            Box::new(|bytes| format!("{}\n\n\\end{{a}}", repeated("a\\begin{a} ", bytes))),
        ),
        ("braces in formulas", of("$$\n{{{{{{{{{{{{{{{{{{{{\n$$\n\n")),
        ("escaped brackets", of("\\[ a\n\\( b\n")),
        (
            "escaped brackets before one that ends no line",
            Box::new(|bytes| format!("{}\\] and more words", repeated("\\[\n", bytes))),
        ),
        (
            "escaped brackets without words",
            Box::new(|bytes| format!("{}\\]\n", repeated("\\[\n", bytes))),
        ),
        (
            "escaped brackets with empty lines",
            Box::new(|bytes| format!("{}\\]\n", repeated("\\[\n\n", bytes))),
        ),
        ("markdown within HTML", of("<div markdown=1>*a*</div>")),
        ("open markdown within HTML", of("<div markdown=1>*a*")),
        ("tags of Office", of("<o:p>a</o:p>")),
        ("open tags of Office", of("<o:p a=")),
        ("drawings", of("<svg a=b><text>c</text></svg>")),
        (
            "style sheets",
            of("<style>.a{text-decoration:line-through}</style><b class=a>b</b>\n\n"),
        ),
        ("components", of("<Details summary=\"a\">b</Details>\n\n")),
        ("formulas", of("<math><mi>a</mi></math> ")),
        ("open formulas", of("<math><mi>a</mi> ")),
        ("open tags of formulas", of("<math ")),
        (
            "open tags in a formula",
            Box::new(|bytes| format!("<math>{}", repeated("<a", bytes))),
        ),
        ("notes", of("!!! note\n    a\n")),
        ("nested notes", of("!!! a\n    !!! b\n        !!! c\n")),
        ("containers", of(":::tip\na\n:::\n")),
        ("definitions", of("a\n: b\n\n")),
        ("definitions with a tilde", of("a\n\n~ b\n\n")),
        ("tildes", of("~a ")),
        ("footnotes", of("[^a] [^a]: b\n\n")),
        ("tables", of("|a|b|\n|-|-|\n|c|d|\n\n")),
        ("headings of one name", of("# a\n\n")),
        ("emphasis", of("*a _b ")),
    ];
    for (name, text) in &texts {
        check(&format!("{name}, comments"), text, |md| {
            drop(without_comments(md))
        });
        check(&format!("{name}, marks"), text, |md| {
            drop(replace_marks(md, |_| None))
        });
        check(&format!("{name}, links"), text, |md| {
            drop(rewrite_links(md, |url| Some(format!("/d/{url}"))));
        });
        check(&format!("{name}, page"), text, |md| {
            drop(render(md, &Links::default()))
        });
    }
}

/// An element of each kind that [`markdown`] knows, and one that it does not.
const TAGS: &str = "a abbr b blockquote br caption code dd del details div dl dt font h1 hr iframe img input li ol p \
    pre q rt script select source span sub summary sup table tbody td template th tr ul video unknown";
const WITH_ATTRIBUTES: [(&str, &str); 28] = [
    ("ol reversed", "ol"),
    ("ol type=a", "ol"),
    ("ol type=i start=9", "ol"),
    ("li value=7", "li"),
    ("a href=x", "a"),
    ("a href=https://x.example", "a"),
    ("a id=x", "a"),
    ("p id=x", "p"),
    ("abbr title=x", "abbr"),
    ("td colspan=100 rowspan=100", "td"),
    ("th colspan=9", "th"),
    ("span style=text-decoration:line-through", "span"),
    ("span style=vertical-align:super", "span"),
    ("p style=text-decoration:line-through", "p"),
    ("img src=x alt=y", "img"),
    ("area alt=x href=y", "area"),
    ("input value=x", "input"),
    ("video src=https://x.example/y", "video"),
    ("source src=https://x.example/y", "source"),
    ("details open", "details"),
    ("span hidden", "span"),
    ("b x y z=1 w", "b"),
    ("tr style=text-decoration:line-through", "tr"),
    ("ul style=text-decoration:line-through", "ul"),
    ("ol style=list-style-type:lower-alpha", "ol"),
    ("span style=display:block", "span"),
    ("button", "button"),
    ("optgroup label=x", "optgroup"),
];
/// What is before a shape, so that it is within something.
const AROUND: [&str; 7] = [
    "<ol reversed>",
    "<ol type=a><li>",
    "<table>",
    "<table><tr><td>",
    "<dl>",
    "<abbr title=x>",
    "<table style=text-decoration:line-through>",
];
const MARKDOWN: &str = "*a* |**a** |*a|_a|***a|~~a~~ |~~a|`a` |``|[a](b) |[a](b \"c\") |[a][b] |[a]: b\n\n|[a]: # (b)\n|[//]: # (\n|[//]: # \"a\n|[a b]: c\n\n|a %%b\n\n|{: .a|[|]|![|![a](b) |\
    ](|<https://x.example> |https://x.example |www.x.example |a@b.example |[^1] |[^1]: a\n\n|[[a]] |[[a|![[a#b]] |# a\n|# |a\n=\n|\
    > |> a\n|>a\n\n|- |- a\n|- a\n\n|1. a\n|1. |- [ ] a\n|* * *\n|---\n|+++\n|```\n|~~~\n|    a\n|\ta\n\n|a\n: b\n|: |!!! a\n|??? a\n|:::a\n|\
    :::\n|> [!NOTE]\n|> [!NOTE] a\n> b\n\n|{: .a }\n|{#a}|{::comment}|{:/}|{% a %}|{% comment %}|{{< a >}}|{{ a }}|{{|{%|{/*|*/}|{#|%%|%% |<!-- -->|\
    <!--|-->|<|>|<<|&|&amp;|&#1;|\\|\\*|$a$|$$|$\\a$ |\"|'|()|(|)|\n|\n\n|  \n|\r|\r\n|\t| |a|a |9*9|5*6*7 |10^9 |é|\u{301}|\u{200b}|\u{202e}|\u{0}|[TOC]\n\n|~a~ |=|==a== ";

/// Every construct of markdown, repeated; those of tables have bars, which divide the others.
fn of_markdown() -> Vec<String> {
    let mut units: Vec<String> = MARKDOWN.split('|').map(str::to_owned).collect();
    let tables = [
        "|",
        "||",
        "|a",
        "|-",
        "|-|\n",
        "|a|\n|-|\n",
        "|a|b|\n",
        "| a\n",
    ];
    units.extend(tables.map(str::to_owned));
    units.retain(|unit| !unit.is_empty());
    units
}

/// Every element, repeated: open, closed, and on lines of its own.
fn of_tags() -> Vec<String> {
    let plain = TAGS.split_whitespace().map(|name| (name, name));
    let mut units = Vec::new();
    for (open, close) in plain.chain(WITH_ATTRIBUTES) {
        units.extend([
            format!("<{open}>a"),
            format!("<{open}>a</{close}>"),
            format!("<{open}>\n\na\n\n"),
        ]);
    }
    units
}

/// Reads a text in all the ways that a program asks for.
fn read_it_all(md: &str) {
    let plain = without_comments(md).md.into_owned();
    let _ = hidden_line(&plain);
    drop(replace_marks(&plain, |_| None));
    drop(wiki_links(&plain));
    drop(extract(&plain));
    drop(Reading::new(&plain).rewrite(|link| Some(format!("/d/{}", link.url))));
    drop(render(&plain, &Links::default()));
}

/// Checks texts with one run of each length, and asks again where that looks too long. What is in proportion takes four
/// times as long on the processor, give or take a tenth.
fn check_once(bytes: usize, texts: impl IntoIterator<Item = Named>) {
    const MAX_RATIO: f64 = 5.5;
    let begun = Instant::now();
    let took = |md: &str| {
        let before = on_processor(begun);
        read_it_all(md);
        (on_processor(begun) - before).as_secs_f64()
    };
    for (name, text) in texts {
        let (short, long) = (text(bytes), text(4 * bytes));
        // Other programs share the caches: ask again before it counts.
        let mut ratios = (0..4).map(|_| took(&long) / took(&short).max(0.001));
        assert!(
            ratios.any(|ratio| ratio <= MAX_RATIO),
            "{name}: four times the text takes more than {MAX_RATIO} times as long"
        );
    }
}

type Named = (String, Box<dyn Fn(usize) -> String>);

/// Returns a unit as it is repeated: alone, and within something.
fn repetitions(before: &'static str, unit: String) -> Named {
    let name = format!("{before:?}, then {unit:?} again and again");
    let text = move |bytes| format!("{before}{}", repeated(&unit, bytes));
    (name, Box::new(text))
}

#[test]
fn every_construct_of_markdown_can_be_repeated() {
    check_once(
        BYTES,
        of_markdown().into_iter().map(|unit| repetitions("", unit)),
    );
}

#[test]
fn every_element_can_be_repeated() {
    check_once(
        BYTES,
        of_tags().into_iter().map(|unit| repetitions("", unit)),
    );
}

#[test]
fn parts_of_lists_and_tables_can_be_repeated_within_others() {
    let parts = [
        "<li>",
        "<li value=7>",
        "<tr>",
        "<td>a",
        "<dd>a",
        "<ol reversed><li>a</ol>",
        "<abbr title=x>a</abbr>",
    ];
    let within = AROUND
        .into_iter()
        .flat_map(|before| parts.map(|part| repetitions(before, part.to_owned())));
    check_once(24_000, within);
}

#[test]
fn every_element_can_be_nested() {
    let plain = TAGS.split_whitespace().map(|name| (name, name));
    let each = plain.chain(WITH_ATTRIBUTES).map(|(open, close)| -> Named {
        let text = move |bytes| nested(&format!("<{open}>"), &format!("</{close}>"), bytes);
        (format!("nested {open}"), Box::new(text))
    });
    check_once(2 * BYTES, each);
}
