//! The links of a text, rewritten in place without touching anything else.

use std::{collections::HashMap, ops::Range};

use comrak::nodes::LineColumn;

use crate::{
    html,
    reading::{Extract, Link, Reading, may_have_links},
    scanner::Scanner,
};

/// How often a text is parsed to find which destinations may be replaced, where replacing all of them changes more
/// than links: a few look-alikes among hundreds of links are found by halving.
const MAX_TRIES: usize = 64;

/// A text with other destinations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The text.
    pub md: String,
    /// What [`crate::extract`] returns of it, if that is known already.
    pub extract: Option<Extract>,
    /// Destinations that should have been replaced and could not be.
    pub kept: Vec<String>,
}

/// Gives links and images of a text new destinations, where `destination` says one. Every other byte
/// stays as it is; code, and what only looks like a link, is never touched.
#[must_use]
pub fn rewrite_links(md: &str, mut destination: impl FnMut(&str) -> Option<String>) -> String {
    if may_have_links(md) {
        Reading::new(md).rewrite(|link| destination(&link.url)).md
    } else {
        md.to_owned()
    }
}

impl Reading {
    /// Does what [`rewrite_links`] does, and returns the extract of the new text too: it has the same words. Of several
    /// links to one destination the first is asked for.
    #[must_use]
    pub fn rewrite(&self, destination: impl FnMut(&Link) -> Option<String>) -> Rewritten {
        let Changed {
            md,
            destinations,
            kept,
        } = rewritten(self, destination);
        let extract = self.words.as_ref().map(|words| Extract {
            plain_text: words.trim().to_owned(),
            destinations,
        });
        Rewritten { md, extract, kept }
    }
}

/// A text, where its links lead now, and the destinations that could not be replaced.
struct Changed {
    md: String,
    destinations: Vec<String>,
    kept: Vec<String>,
}

fn rewritten(before: &Reading, mut destination: impl FnMut(&Link) -> Option<String>) -> Changed {
    let md = before.md.as_str();
    let mut wanted: HashMap<&str, String> = HashMap::new();
    for link in &before.links {
        let url = link.url.as_str();
        if !wanted.contains_key(url)
            && let Some(new) = destination(link).filter(|new| new != url)
        {
            wanted.insert(url, new);
        }
    }
    let changed = |md: String, destinations: Vec<String>| Changed {
        md,
        destinations,
        kept: Vec::new(),
    };
    if wanted.is_empty() {
        return changed(md.to_owned(), destinations(&before.links));
    }
    let changes = changes(md, &wanted);
    if are_plain(before, &wanted, &changes) {
        let lead = |link: &Link| wanted.get(link.url.as_str()).unwrap_or(&link.url).clone();
        return changed(
            applied(md, &changes),
            before.links.iter().map(lead).collect(),
        );
    }
    let is_sound = |rewritten: &Reading| {
        let same = |(old, new): (&Link, &Link)| {
            old.url == new.url || wanted.get(old.url.as_str()) == Some(&new.url)
        };
        rewritten.words == before.words
            && rewritten.links.len() == before.links.len()
            && before.links.iter().zip(&rewritten.links).all(same)
    };
    let all = applied(md, &changes);
    let after = Reading::new(&all);
    if is_sound(&after) {
        return changed(all, destinations(&after.links));
    }
    let rewritten = halved(md, &changes, is_sound);
    let after = Reading::new(&rewritten);
    let kept = before.links.iter().zip(&after.links);
    let kept =
        kept.filter(|(old, new)| old.url == new.url && wanted.contains_key(old.url.as_str()));
    Changed {
        kept: kept.map(|(old, _)| old.url.clone()).collect(),
        destinations: destinations(&after.links),
        md: rewritten,
    }
}

fn destinations(links: &[Link]) -> Vec<String> {
    links.iter().map(|link| link.url.clone()).collect()
}

/// Applies as many changes as leave everything else as it is: those of each half that does, and of the other its halves.
fn halved(md: &str, changes: &[NewDestination], is_sound: impl Fn(&Reading) -> bool) -> String {
    let mut kept: Vec<&NewDestination> = Vec::new();
    let (first, second) = changes.split_at(changes.len() / 2);
    let mut groups = vec![second, first];
    let mut tries = MAX_TRIES;
    // From the first change to the last: the last group is the next one.
    while let Some(group) = groups.pop() {
        if group.is_empty() || tries == 0 {
            continue;
        }
        tries -= 1;
        let count = kept.len();
        kept.extend(group);
        if is_sound(&Reading::new(&applied(md, kept.iter().copied()))) {
            continue;
        }
        kept.truncate(count);
        if group.len() > 1 {
            let (first, second) = group.split_at(group.len() / 2);
            groups.push(second);
            groups.push(first);
        }
    }
    applied(md, kept)
}

/// Returns whether the changes are those of all wanted links, one by one where the parser saw them, from and to
/// destinations without any mark that means something to it. Then nothing else of the text can read differently, and
/// it need not be parsed again.
fn are_plain(before: &Reading, wanted: &HashMap<&str, String>, changes: &[NewDestination]) -> bool {
    let md = before.md.as_str();
    let is_plain = |url: &str| {
        url.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_' | b'#')
        }) && url.contains(|c: char| c.is_ascii_alphabetic())
    };
    // The parser ends lines at other marks too; such a text is rare.
    if md.contains('\r') || !before.as_written {
        return false;
    }
    let starts: Vec<usize> = std::iter::once(0)
        .chain(md.match_indices('\n').map(|(at, _)| at + 1))
        .collect();
    let byte = |place: LineColumn| Some(starts.get(place.line.checked_sub(1)?)? + place.column);
    let links = before.links.iter().zip(&before.places);
    let mut links = links.filter(|(link, _)| wanted.contains_key(link.url.as_str()));
    let all = changes.iter().all(|change| {
        let Some((link, place)) = links.next() else {
            return false;
        };
        // The link ends behind its destination, with `)`: columns count from 1, and the last one is inside.
        byte(place.start).is_some_and(|start| start <= change.range.start)
            && byte(place.end) == Some(change.range.end + 1)
            && md.get(change.range.clone()) == Some(link.url.as_str())
            && is_plain(&link.url)
            && is_plain(&change.text)
    });
    all && links.next().is_none()
}

/// The place of a destination in the text, and what replaces it.
struct NewDestination {
    range: Range<usize>,
    text: String,
}

/// Returns what looks like a link to one of the wanted destinations.
fn changes(md: &str, wanted: &HashMap<&str, String>) -> Vec<NewDestination> {
    let mut scanner = Scanner::new(md);
    let mut changes = Vec::new();
    while let Some(found) = scanner.next_destination() {
        let raw = md.get(found.start..found.end).unwrap_or_default();
        let url = if found.html {
            html::decode(raw)
        } else {
            unescape(raw.trim())
        };
        if let Some(new) = wanted.get(url.as_str()) {
            changes.push(NewDestination {
                range: found.start..found.end,
                text: written(new, &found),
            });
        }
    }
    changes
}

fn applied<'a>(md: &str, changes: impl IntoIterator<Item = &'a NewDestination>) -> String {
    let mut out = String::with_capacity(md.len());
    let mut copied = 0;
    for NewDestination { range, text } in changes {
        out.push_str(md.get(copied..range.start).unwrap_or_default());
        out.push_str(text);
        copied = range.end;
    }
    out.push_str(md.get(copied..).unwrap_or_default());
    out
}

/// Writes a destination so that it reads back.
fn written(url: &str, place: &Destination) -> String {
    if place.html {
        return url
            .replace('&', "&amp;")
            .replace('"', "%22")
            .replace('\'', "%27")
            .replace('<', "%3C");
    }
    let url = url
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace(['\n', '\r'], "%0A");
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '(' | ')' | '\\' | '&');
    if place.bracketed || !url.contains(odd) && !url.is_empty() {
        return url.replace('\\', "%5C");
    }
    format!("<{}>", url.replace('\\', "%5C"))
}

/// A destination in the text, by bytes.
struct Destination {
    start: usize,
    end: usize,
    bracketed: bool,
    html: bool,
}

impl Scanner<'_> {
    fn next_destination(&mut self) -> Option<Destination> {
        loop {
            if self.line_start {
                self.line_start = false;
                if self.skip_fence() {
                    continue;
                }
                if let Some(found) = self.definition() {
                    self.at = found.end;
                    return Some(found);
                }
            }
            match self.byte(self.at)? {
                b'\n' => {
                    self.at += 1;
                    self.line_start = true;
                }
                b'\\' => self.at = self.past_escape(self.at),
                b'`' => self.skip_code(),
                b']' if self.byte(self.at + 1) == Some(b'(') => {
                    let found = self.destination(self.at + 2);
                    self.at += 2;
                    if let Some(found) = found {
                        self.at = found.end;
                        return Some(found);
                    }
                }
                b'<' => {
                    if let Some(found) = self.attribute() {
                        self.at = found.end;
                        return Some(found);
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Reads the destination of a reference definition, `[label]: destination`.
    fn definition(&self) -> Option<Destination> {
        let start = self.text_start(self.at);
        if self.byte(start) != Some(b'[') || self.byte(start + 1) == Some(b'^') {
            return None;
        }
        let line = self.md.get(start..self.line_end(start))?;
        let close = line.find("]:")?;
        if line.get(1..close)?.contains(['[', ']']) {
            return None;
        }
        self.destination(start + close + 2)
    }

    /// Reads a destination in angle brackets or bare.
    fn destination(&self, mut at: usize) -> Option<Destination> {
        let mut lines = 0;
        while let Some(byte @ (b' ' | b'\t' | b'\n' | b'\r')) = self.byte(at) {
            // A destination may begin on the next line.
            lines += u8::from(byte == b'\n');
            if lines > 1 {
                return None;
            }
            at += 1;
        }
        if self.byte(at) == Some(b'<') {
            let start = at + 1;
            let mut end = start;
            loop {
                match self.byte(end)? {
                    b'>' => {
                        return Some(Destination {
                            start,
                            end,
                            bracketed: true,
                            html: false,
                        });
                    }
                    b'\n' | b'<' => return None,
                    b'\\' => end = self.past_escape(end),
                    _ => end += 1,
                }
            }
        }
        let start = at;
        let mut depth = 0_u32;
        loop {
            match self.byte(at) {
                Some(b'\\') => at = self.past_escape(at),
                Some(b'(') => {
                    depth += 1;
                    at += 1;
                }
                Some(b')') if depth == 0 => break,
                Some(b')') => {
                    depth -= 1;
                    at += 1;
                }
                None => break,
                Some(byte) if byte.is_ascii_whitespace() || byte.is_ascii_control() => break,
                Some(_) => at += 1,
            }
        }
        let end = at.min(self.md.len());
        (end > start).then_some(Destination {
            start,
            end,
            bracketed: false,
            html: false,
        })
    }

    /// Reads `href` or `src` of a tag that begins here.
    fn attribute(&mut self) -> Option<Destination> {
        let end = self.closers.tag_end(self.at)?;
        let tag = self.md.get(self.at..end)?;
        let read = html::Tag::read(tag)?;
        let wanted: &[&str] = match (read.name.as_str(), read.closes) {
            ("img" | "iframe" | "embed" | "video" | "audio" | "source", false) => &["src"],
            ("object", false) => &["data"],
            // Components of other programs are read as `a`.
            (_, false) => &["href", "to"],
            (_, true) => return None,
        };
        let (_, value) = html::attributes(tag.get(1..)?)
            .into_iter()
            .find(|(name, _)| wanted.contains(&name.as_str()))?;
        let value = value.trim();
        let start = self.at + (value.as_ptr() as usize).checked_sub(tag.as_ptr() as usize)?;
        Some(Destination {
            start,
            end: start + value.len(),
            bracketed: false,
            html: true,
        })
    }
}

/// Takes out backslashes and the few entities that people write by hand.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {
                out.push(*next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    html::decode(&out)
}
