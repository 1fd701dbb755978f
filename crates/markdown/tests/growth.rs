//! No text costs more than in proportion to its length: each kind of text that once did is read at two lengths.
//!
//! The time on a processor of four times the length is compared with that of one length, the best of several runs each.
//! What grows with the square takes 16 times as long.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use markdown::{Links, render, replace_marks, rewrite_links, without_comments};

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
        ("formulas", of("<math><mi>a</mi></math> ")),
        ("open formulas", of("<math><mi>a</mi> ")),
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
