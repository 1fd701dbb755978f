//! Tags of other programs that are no HTML: those of Word (`<o:p>`, `<![if …]>`) and of Confluence (`<ac:link>`). They go,
//! and the words within stay. An address in angle brackets, `<ac:x>`, would otherwise be made of some of them.

use std::{borrow::Cow, fmt::Write as _};

use crate::{attributes::has, code::Code, html::attributes};

/// The longest tag, in bytes.
const MAX_BYTES: usize = 1_000;
/// What names begin with: of Office and its smart tags, and of Confluence.
const OF_OFFICE: [&str; 8] = ["o:", "w:", "v:", "m:", "st1:", "st2:", "u1:", "wps:"];
const OF_CONFLUENCE: [&str; 2] = ["ac:", "ri:"];
/// Attributes of Confluence that are words: the page, user or file that a link leads to.
const WORDS: [&str; 4] = [
    "ri:content-title",
    "ri:filename",
    "ri:value",
    "ac:link-text",
];

/// Returns a text without such tags. It has the same lines.
pub(crate) fn without_tags(md: &str) -> Cow<'_, str> {
    let may_have = has(md, b':', ":") && has(md, b'<', "<") || md.contains("<![");
    if !may_have || !starts(md).any(|at| tag_at(md, at).is_some()) {
        return Cow::Borrowed(md);
    }
    let code = Code::read(md);
    let is_confluence = md.contains("<ac:");
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    for at in starts(md) {
        if at < copied || code.end_around(at).is_some() {
            continue;
        }
        let data = is_confluence
            && md
                .get(at..)
                .is_some_and(|rest| rest.starts_with("<![CDATA["));
        let read = if data {
            Some(("<![CDATA[", " ".to_owned()))
        } else {
            tag_at(md, at)
        };
        let Some((tag, words)) = read else { continue };
        out.push_str(md.get(copied..at).unwrap_or_default());
        // An empty line would end the paragraph, or the block of HTML.
        let _ = write!(
            out,
            "<wbr>{words}{}",
            "\n<wbr>".repeat(tag.matches('\n').count())
        );
        copied = at + tag.len();
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    if is_confluence && out.contains("]]>") {
        out = out.replace("]]>", " ");
    }
    Cow::Owned(out)
}

fn starts(md: &str) -> impl Iterator<Item = usize> {
    memchr::memchr_iter(b'<', md.as_bytes())
}

/// Returns the tag that begins here, and the words that are written in its place.
fn tag_at(md: &str, at: usize) -> Option<(&str, String)> {
    let rest = md.get(at..)?;
    let inner = rest.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    let is_condition = ["![if ", "![endif]"]
        .iter()
        .any(|begin| inner.starts_with(begin));
    let begins = |prefixes: &[&str]| {
        let mut all = prefixes.iter();
        all.any(|prefix| {
            let rest = name.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        })
    };
    let is_confluence = begins(&OF_CONFLUENCE);
    if !is_condition && !is_confluence && !begins(&OF_OFFICE) {
        return None;
    }
    let end = rest.bytes().take(MAX_BYTES).position(|byte| byte == b'>')?;
    let tag = rest.get(..=end)?;
    // A name ends with its letters: `<o:p>`, and not `<w:1>` or `<x:a, y:b>`.
    let after = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || ":-_".contains(c));
    let ends = is_condition || after.starts_with(['>', '/', ' ', '\n', '\t']);
    let has_values = after.starts_with(['>', '/']) || tag.contains('=') || is_condition;
    if !ends || !has_values || tag.get(1..)?.contains('<') {
        return None;
    }
    let mut words = String::new();
    if is_confluence {
        words.push(' ');
        for (name, value) in attributes(tag.get(1..)?) {
            if WORDS.contains(&name.as_str()) {
                words.push_str(value);
                words.push(' ');
            }
        }
    }
    Some((tag, words))
}
