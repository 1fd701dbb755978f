//! Formulas in MathML, written as text: what their author wrote for those who cannot see them, the TeX that they were made
//! from, or their own signs in one line.
//!
//! No tag of a text gets onto a page, and a formula without its tags is another one: `x<sup>2</sup>` would be `x2`.

use std::{borrow::Cow, fmt::Write as _};

use crate::{attributes::has, code::Code, html::decode};

mod line;

use line::{Form, Line, joined, operator, texts};

/// Formulas of a text; those beyond are shown as they are written.
const MAX_FORMULAS: usize = 2_000;
/// Bytes of a formula; a longer one is shown as it is written.
const MAX_BYTES: usize = 20_000;
/// Elements within each other; a deeper formula is shown as it is written.
const MAX_DEPTH: usize = 32;

/// Returns a text with its formulas as text. It has the same lines.
pub(crate) fn as_text(md: &str) -> Cow<'_, str> {
    if !has(md, b'<', "<math") {
        return Cow::Borrowed(md);
    }
    let code = Code::read(md);
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    for (at, _) in md.match_indices("<math").take(MAX_FORMULAS) {
        if at < copied || code.end_around(at).is_some() {
            continue;
        }
        let rest = md.get(at..).unwrap_or_default();
        let rest = rest
            .get(..rest.floor_char_boundary(MAX_BYTES))
            .unwrap_or(rest);
        let Some((length, text)) = read(rest) else {
            continue;
        };
        out.push_str(md.get(copied..at).unwrap_or_default());
        out.push_str(&text);
        // A formula of several lines stays as many: an empty one would end the paragraph.
        let lines = rest.get(..length).unwrap_or_default().matches('\n').count();
        out.push_str(&"\n<wbr>".repeat(lines));
        copied = at + length;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}

/// Reads the formula that a text begins with: returns its length, and what is written in its place.
fn read(text: &str) -> Option<(usize, String)> {
    let (root, length) = parse(text).filter(|(root, _)| root.name == "math")?;
    let alternative = root.attribute("alttext");
    let tex = alternative.or_else(|| root.tex(MAX_DEPTH));
    if let Some(tex) = tex.map(|tex| one_line(&tex)).filter(|tex| !tex.is_empty()) {
        return Some((length, format!("<code>{}</code>", literal(&tex))));
    }
    let line = one_line(&root.line().text);
    (!line.is_empty()).then(|| (length, literal(&line)))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writes a text so that it means nothing to markdown or HTML.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c.is_ascii_punctuation() {
            // Writing to a string cannot fail.
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// An element of a formula.
#[derive(Debug, Default)]
struct Element {
    /// In lower case, without a prefix.
    name: String,
    /// What is written between its name and the end of its tag.
    attributes: String,
    children: Vec<Part>,
}

#[derive(Debug)]
enum Part {
    Element(Element),
    Text(String),
}

/// Parses the element that a text begins with; returns its length, too. `None` if it is not closed or nested too deeply.
fn parse(text: &str) -> Option<(Element, usize)> {
    let mut open: Vec<Element> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..)?;
        let Some(tag) = Tag::read(rest) else {
            // What begins as a tag and has no end is none of a formula.
            if begins_tag(rest) {
                return None;
            }
            // Text up to the next tag; a sign `<` may be part of it.
            let first = rest.chars().next()?.len_utf8();
            let next = rest.get(first..)?.find('<');
            let end = next.map_or(rest.len(), |next| first + next);
            let inner = rest.get(..end)?;
            open.last_mut()?.children.push(Part::Text(decode(inner)));
            at += end;
            continue;
        };
        at += tag.length;
        if tag.is_opening {
            open.push(Element {
                name: tag.name.clone(),
                attributes: tag.attributes.to_owned(),
                children: Vec::new(),
            });
            if open.len() > MAX_DEPTH {
                return None;
            }
        }
        if tag.is_closing {
            let closed = open.pop().filter(|closed| closed.name == tag.name)?;
            match open.last_mut() {
                Some(parent) => parent.children.push(Part::Element(closed)),
                None => return Some((closed, at)),
            }
        }
    }
    None
}

fn begins_tag(text: &str) -> bool {
    let inner = text.strip_prefix('<');
    inner.is_some_and(|inner| {
        let name = inner.strip_prefix('/').unwrap_or(inner);
        name.starts_with(|c: char| c.is_ascii_alphabetic())
    })
}

/// A tag, as far as it matters here.
struct Tag<'a> {
    name: String,
    attributes: &'a str,
    is_opening: bool,
    is_closing: bool,
    length: usize,
}

impl<'a> Tag<'a> {
    /// Reads the tag that a text begins with.
    fn read(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let (is_end, inner) = match inner.strip_prefix('/') {
            Some(inner) => (true, inner),
            None => (false, inner),
        };
        if !begins_tag(text) {
            return None;
        }
        let close = tag_end(inner)?;
        let inside = inner.get(..close)?;
        let is_empty = inside.ends_with('/');
        let inside = inside.trim_end_matches('/');
        let end = inside
            .find(|c: char| c.is_whitespace())
            .unwrap_or(inside.len());
        let name = inside.get(..end)?.to_ascii_lowercase();
        Some(Self {
            name: name
                .rsplit_once(':')
                .map_or(name.clone(), |(_, name)| name.to_owned()),
            attributes: inside.get(end..)?,
            is_opening: !is_end,
            is_closing: is_end || is_empty,
            length: text.len() - inner.len() + close + 1,
        })
    }
}

/// Returns where the `>` is that ends a tag; `None` if another tag begins before it.
fn tag_end(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

impl Element {
    /// Returns the value of an attribute.
    fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes.as_str();
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, next) = after.get(1..)?.split_once(quote)?;
            if name.trim().eq_ignore_ascii_case(wanted) {
                return Some(decode(value)).filter(|value| !value.trim().is_empty());
            }
            rest = next;
        }
        None
    }

    /// Returns the TeX that the formula was made from.
    fn tex(&self, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        let is_tex = |encoding: String| encoding.to_ascii_lowercase().contains("tex");
        if self.name == "annotation" && self.attribute("encoding").is_some_and(is_tex) {
            return Some(self.text());
        }
        self.elements().find_map(|child| child.tex(depth))
    }

    fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|part| match part {
            Part::Element(element) => Some(element),
            Part::Text(_) => None,
        })
    }

    /// Returns its own text.
    fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Element(_) => None,
        });
        one_line(&texts.collect::<String>())
    }

    /// Returns it in one line, without loss of what belongs to what.
    fn line(&self) -> Line {
        let parts: Vec<Line> = self.elements().map(Self::line).collect();
        let part = |at: usize| {
            parts
                .get(at)
                .map(|part| part.text.as_str())
                .unwrap_or_default()
        };
        let group = |at: usize| parts.get(at).map_or_else(|| "()".to_owned(), Line::grouped);
        let whole = |text: String| Line {
            text,
            form: Form::Whole,
        };
        match self.name.as_str() {
            "mi" | "mn" | "mtext" | "ms" => Line {
                text: self.text(),
                form: Form::Single,
            },
            "mo" => operator(&self.text()),
            "mspace" => whole(" ".to_owned()),
            // What is not seen, and the same formula in other words.
            "mphantom" | "annotation" | "annotation-xml" => whole(String::new()),
            "semantics" | "maction" => parts.into_iter().next().unwrap_or_default(),
            "mfrac" if self.is_stack() => whole(format!("({} over {})", part(0), part(1))),
            "mfrac" => Line {
                text: format!("{}/{}", group(0), group(1)),
                form: Form::Fraction(0),
            },
            "msqrt" => Line::with_script("√".to_owned(), &joined(&parts).grouped()),
            "mroot" => Line::with_script(format!("{}^", group(0)), &format!("(1/{})", group(1))),
            "msup" | "mover" => Line::with_script(format!("{}^", group(0)), &group(1)),
            "msub" | "munder" => Line::with_script(format!("{}_", group(0)), &group(1)),
            "msubsup" | "munderover" => {
                Line::with_script(format!("{}_{}^", group(0), group(1)), &group(2))
            }
            "mtable" => whole(format!("[{}]", texts(&parts).join("; "))),
            "mtr" | "mlabeledtr" => whole(texts(&parts).join(", ")),
            "mfenced" => {
                let sign =
                    |name, usual: &str| self.attribute(name).unwrap_or_else(|| usual.to_owned());
                whole(format!(
                    "{}{}{}",
                    sign("open", "("),
                    texts(&parts).join(", "),
                    sign("close", ")")
                ))
            }
            "menclose"
                if self
                    .attribute("notation")
                    .is_some_and(|how| how.contains("strike")) =>
            {
                whole(format!("(struck out: {})", joined(&parts).text))
            }
            "mmultiscripts" => self.with_scripts(&parts),
            _ if parts.is_empty() => whole(self.text()),
            _ => joined(&parts),
        }
    }

    /// Returns what several scripts are written at, with pairs of an index and a power behind it; those in front of it are in
    /// brackets.
    fn with_scripts(&self, parts: &[Line]) -> Line {
        let (mut before, mut behind) = (String::new(), Vec::new());
        let (mut is_before, mut signs) = (false, ['_', '^'].into_iter().cycle());
        for (element, part) in self.elements().zip(parts).skip(1) {
            if element.name == "mprescripts" {
                (is_before, signs) = (true, ['_', '^'].into_iter().cycle());
                continue;
            }
            let sign = signs.next().unwrap_or('^');
            if part.text.trim().is_empty() {
                continue;
            }
            if is_before {
                before += &format!("{sign}{}", part.grouped());
            } else {
                behind.push((sign, part.grouped()));
            }
        }
        if !before.is_empty() {
            before = format!("({before})");
        }
        let mut text = before + &parts.first().map(Line::grouped).unwrap_or_default();
        let last = behind.pop();
        for (sign, script) in behind {
            text += &format!("{sign}{script}");
        }
        match last {
            Some((sign, script)) => Line::with_script(format!("{text}{sign}"), &script),
            None => Line {
                text,
                form: Form::Whole,
            },
        }
    }

    /// Returns whether a fraction has no line, as in a binomial coefficient.
    fn is_stack(&self) -> bool {
        let thickness = self.attribute("linethickness");
        thickness.is_some_and(|thickness| thickness.trim().starts_with('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Links, plain_text, render};

    const KATEX: &str = "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><semantics><mrow><mi>E</mi><mo>=</mo><msub><mi>a</mi><mn>1</mn></msub></mrow><annotation encoding=\"application/x-tex\">E = a_1 \\\\ \\{b\\} *c*</annotation></semantics></math>";

    #[test]
    fn a_formula_keeps_its_meaning() {
        for (inner, expected) in [
            (
                "<mi>E</mi><mo>=</mo><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup>",
                "E = mc^2",
            ),
            (
                "<mn>5</mn><mo>×</mo><msup><mn>10</mn><mn>9</mn></msup>",
                "5 × 10^9",
            ),
            (
                "<msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>",
                "10^(−3)",
            ),
            (
                "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>",
                "(a + b)/2",
            ),
            ("<msqrt><mi>x</mi><mo>-</mo><mn>1</mn></msqrt>", "√(x − 1)"),
            ("<mroot><mi>x</mi><mn>3</mn></mroot>", "x^(1/3)"),
            (
                "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><msub><mi>x</mi><mi>i</mi></msub>",
                "∑_(i = 1)^(n)x_i",
            ),
            (
                "<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>",
                "(n over k)",
            ),
            (
                "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd><mtd><mn>1</mn></mtd></mtr></mtable>",
                "[1, 0; 0, 1]",
            ),
            ("<mn>2</mn><mo>&#x2062;</mo><mn>3</mn>", "2·3"),
            ("<mfrac><mn>1</mn><mn>2</mn></mfrac><mi>x</mi>", "(1/2)x"),
            (
                "<mfrac><mn>1</mn><mrow><mn>2</mn><mi>x</mi></mrow></mfrac>",
                "1/(2x)",
            ),
            ("<mi>a</mi><mfrac><mn>1</mn><mi>b</mi></mfrac>", "a(1/b)"),
            ("<mn>3</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "3 1/2"),
            ("<msup><mi>x</mi><mn>2</mn></msup><mi>y</mi>", "x^(2)y"),
            (
                "<msup><mi>x</mi><mrow><mn>2</mn><mi>y</mi></mrow></msup>",
                "x^(2y)",
            ),
            (
                "<mrow><mi>a</mi><msup><mi>x</mi><mn>2</mn></msup></mrow><mi>y</mi>",
                "ax^(2)y",
            ),
            (
                "<msup><mi>x</mi><mn>2</mn></msup><mo>+</mo><mi>y</mi>",
                "x^2 + y",
            ),
            ("<msqrt><mi>a</mi></msqrt><mi>b</mi>", "√(a)b"),
            ("<msqrt><mi>a</mi><mi>b</mi></msqrt>", "√(ab)"),
            (
                "<msup><mi>sin</mi><mn>2</mn></msup><mo>&#x2061;</mo><mi>x</mi>",
                "sin^(2)x",
            ),
            (
                "<mn>3</mn><mo>&#x2064;</mo><mfrac><mn>1</mn><mn>2</mn></mfrac>",
                "3 + 1/2",
            ),
            ("<mn>2</mn><mn>3</mn>", "2 3"),
            (
                "<mmultiscripts><mi>x</mi><mn>2</mn><mn>3</mn></mmultiscripts><mi>y</mi>",
                "x_2^(3)y",
            ),
            (
                "<mmultiscripts><mi>Tc</mi><mprescripts/><mn>43</mn><mn>99</mn></mmultiscripts>",
                "(_43^99)Tc",
            ),
            (
                "<mmultiscripts><mi>Ca</mi><none/><mn>2</mn><mprescripts/><none/><mn>40</mn></mmultiscripts>",
                "(^40)Ca^2",
            ),
            ("<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "a < b"),
            ("<mi>a</mi><mo><</mo><mi>b</mi>", "a < b"),
            ("<mi>a</mi><mphantom><mn>9</mn></mphantom>", "a"),
            (
                "<menclose notation='updiagonalstrike'><mi>x</mi></menclose>",
                "(struck out: x)",
            ),
            ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a, b)"),
        ] {
            for md in [
                format!("Before <math>{inner}</math> after"),
                format!("<p>Before <math display='block'>{inner}</math> after</p>"),
                format!("Before <math>\n{inner}\n</math> after"),
            ] {
                let text = one_line(&plain_text(&md));
                assert_eq!(text, format!("Before {expected} after"), "{md}");
            }
        }
    }

    #[test]
    fn what_its_author_wrote_for_it_is_shown() {
        for (md, expected) in [
            (KATEX.to_owned(), "<code>E = a_1 \\\\ \\{b\\} *c*</code>"),
            (
                format!("- {KATEX} x"),
                "<code>E = a_1 \\\\ \\{b\\} *c*</code> x",
            ),
            (
                "<math alttext=\"x > 2\"><mi>x</mi></math>".to_owned(),
                "<code>x &gt; 2</code>",
            ),
        ] {
            let html = render(&md, &Links::default()).html;
            assert!(html.contains(expected), "{md}: {html}");
            assert!(!html.contains("math"), "{html}");
        }
    }

    #[test]
    fn code_and_what_is_no_formula_stay_as_they_are_written() {
        let deep = format!("<math>{}x", "<mrow>".repeat(100));
        for md in [
            "`<math><mi>x</mi></math>`",
            "```\n<math><mi>x</mi></math>\n```",
            "<math> is a tag",
            "<math></math>",
            "a <math",
            "<math><mi>x</mo></math>",
            "<mathx>a</mathx>",
            deep.as_str(),
        ] {
            assert_eq!(as_text(md), md);
        }
    }
}
