//! Lines of their own above and below the title, by their form: what is short, no sentence and no part of the text is said
//! of the file, and what was not understood of that keeps it back.
//!
//! Of 25,756 files of public trees 13 have such a line above the first heading, and 14 one of at most three words below it.

use crate::{
    items::is_item,
    letters::{folded, is_invisible},
    lines::key_and_value,
    notes, pieces,
    places::words_of,
    tags::without_tags,
    words::{Meaning, Word, is_restricted, lists, meaning},
    wrappers,
};

lists! {
    /// Words of a line that is a part of the text, or says what the file is.
    HARMLESS = "contents|content|toc|table|of|on|in|this|page|section|overview|introduction|intro|summary|abstract|background|purpose|\
    aim|aims|scope|about|welcome|hello|hi|dear|all|quickstart|quick|start|guide|guides|guidance|chapter|part|appendix|annex|module|\
    lesson|week|day|step|unit|case|study|studies|poster|report|paper|policy|procedure|protocol|article|news|blog|post|faq|faqs|\
    questions|answers|glossary|reference|references|readme|tutorial|tutorials|how|to|tip|tips|example|examples|home|index|back|next|\
    previous|top|menu|skip|main|edit|print|share|save|download|subscribe|and|or|the|a|an|by|with|for|from|at|version|edition|\
    volume|issue|number|no|date|updated|last|published|created|modified|revised|reviewed|author|authors|written|license|licence|\
    copyright|nhs|trust|hospital|hospitals|university|foundation|department|team|ward|england|scotland|wales|ireland|uk|january|\
    february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|\
    monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter|title|subtitle|mit|lorem|ipsum|update|\
    final|public|official|approved|open|key|points|results|findings|evidence|method|methods|recommendations|statement|minutes|agenda|\
    meeting|letter|video|audio|image|figure|photo|list|lists";
    /// Keys whose value says nothing of who may read, whatever it is.
    FACTS = "title|subtitle|author|authors|by|date|dates|created|updated|modified|published|version|tags|tag|keywords|category|\
    categories|topic|topics|source|sources|email|contact|phone|telephone|department|organisation|organization|trust|hospital|ward|\
    site|owner|editor|editors|reviewer|reviewers|subject|ref|reference|url|link|website|licence|license|language|lang|slug|layout|\
    summary|description|abstract|type|kind|id|doi|isbn|price|cost|length|duration|time|location|place|venue|from|to|cc|note|name|\
    project|product|supplier|system|aliases|alias|series|part|chapter|funding|funder|region|team|lead|length|reading|requires|level|\
    last|first|next|review|see|also|home|issue|edition|copyright|translator|translators|original|theme|icon|image|cover|weight|order|\
    available|for|result";
}

/// Words of a line above the first heading.
const MAX_ABOVE: usize = 7;
/// Words of a line below it.
const MAX_BELOW: usize = 3;
/// Characters of such a line.
const MAX_LINE: usize = 60;
/// Words of a paragraph that is a text, and no label.
const MIN_TEXT: usize = 5;
/// Blocks of a text that are looked at.
const MAX_BLOCKS: usize = 8;
/// Lines of a text that are looked at.
const MAX_LINES: usize = 40;

/// A block of a text: its lines without empty ones between them.
struct Block<'a> {
    first_line: u32,
    lines: Vec<&'a str>,
}

/// Returns the number and the words of the first line of its own that is no part of the text. `body` begins on the line
/// `first_line`.
pub(crate) fn restricting(body: &str, first_line: u32) -> Option<(u32, String)> {
    let blocks = blocks(body, first_line);
    let is_title = |block: &Block<'_>| {
        block
            .lines
            .first()
            .is_some_and(|line| line.starts_with("# "))
            || block.lines.get(1).is_some_and(|line| is_underline(line))
    };
    let title = blocks.iter().position(is_title);
    // Without a title or without more of a text, a short line can be the text itself.
    let is_text = |block: &Block<'_>| {
        let words = block
            .lines
            .iter()
            .map(|line| line.split_whitespace().count());
        words.sum::<usize>() >= MIN_TEXT && block.lines.iter().all(|line| !line.starts_with('#'))
    };
    title?;
    for (index, block) in blocks.iter().enumerate() {
        let is_above = title.is_some_and(|title| index < title);
        let is_code = |line: &&str| line.starts_with("```") || line.starts_with("~~~");
        if block.lines.first().is_some_and(is_code) {
            return None;
        }
        if title == Some(index) {
            continue;
        }
        let max = if is_above { MAX_ABOVE } else { MAX_BELOW };
        let is_of_keys = block.lines.iter().all(|line| is_label(line));
        let is_note = block.lines.first().is_some_and(|line| notes::begins(line));
        for (line, number) in block.lines.iter().zip(block.first_line..) {
            let is_said = says(line, is_above || is_of_keys && block.lines.len() > 1)
                || pieces::has_mark(line)
                || is_note && notes::is_mark(line)
                || block.lines.len() == 1
                    && is_not_understood(line, max)
                    && blocks.iter().skip(index + 1).any(is_text);
            if is_said {
                return Some((number, line.trim().to_owned()));
            }
        }
        // What is below is the text.
        if !is_above {
            return None;
        }
    }
    None
}

fn blocks(body: &str, first_line: u32) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut is_open = false;
    for (line, number) in body.lines().zip(first_line..).take(MAX_LINES) {
        let is_empty = line.chars().all(|c| c.is_whitespace() || is_invisible(c));
        let is_heading = line.starts_with('#');
        let begins = !is_open || is_heading;
        if !is_empty && begins {
            if blocks.len() == MAX_BLOCKS {
                break;
            }
            let lines = Vec::new();
            blocks.push(Block {
                first_line: number,
                lines,
            });
        }
        if !is_empty && let Some(block) = blocks.last_mut() {
            block.lines.push(line);
        }
        is_open = !is_empty && !is_heading;
    }
    blocks
}

fn is_underline(line: &str) -> bool {
    let line = line.trim_end();
    !line.is_empty() && line.bytes().all(|byte| byte == b'=')
}

/// Returns whether a line has a key with a value that restricts, whatever the key is; in a block of keys also one that is not
/// understood, if the key is about who may read.
fn says(line: &str, is_block: bool) -> bool {
    if line.starts_with('|') || is_item(line) || line.trim_end().ends_with(';') {
        return false;
    }
    let plain = without_tags(line);
    let line = folded(&plain);
    let Some((key, value)) = key_and_value(&line) else {
        return false;
    };
    let is_figure = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    if value.contains("://") || value.split_whitespace().all(is_figure) {
        return false;
    }
    let value = value.trim_matches(|c: char| !c.is_alphanumeric());
    let words: Vec<&str> = words_of(value);
    let keys = words_of(key);
    let is_short = !words.is_empty() && words.len() <= MAX_BELOW && keys.len() <= MAX_BELOW + 1;
    // `Label: internal`
    is_short
        && (is_restricted(Word::State, &words)
            && meaning(Word::Other, value) == Meaning::Restricted
            || is_block && word_of(key).is_some_and(|word| meaning(word, value) != Meaning::Public)
            || is_of_circle(key)
                && !words
                    .iter()
                    .any(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
                && meaning(Word::Audience, value) != Meaning::Public)
        && !keys
            .iter()
            .all(|key| FACTS.contains(key) && !matches!(*key, "issue" | "edition"))
}

/// Returns what a key of a line is about, if that is who may read the file.
fn word_of(key: &str) -> Option<Word> {
    let word = crate::keys::word(key)?;
    matches!(
        word,
        Word::State
            | Word::Audience
            | Word::Withheld
            | Word::Released
            | Word::Output
            | Word::Omitted
            | Word::Intended
            | Word::Place
    )
    .then_some(word)
}

/// Returns whether a key is about the circle of people that a text goes to.
fn is_of_circle(key: &str) -> bool {
    const ENDS: [&str; 5] = [
        "circulation",
        "dissemination",
        "distribution",
        "sharing",
        "readers",
    ];
    ENDS.iter().any(|end| key.trim_end().ends_with(end))
}

/// Returns whether a line is a key and a short value.
fn is_label(line: &str) -> bool {
    let plain = line.trim_start_matches(['*', '_', ' ', '>']);
    key_and_value(plain).is_some_and(|(key, value)| {
        let are_few = |text: &str, max| text.split_whitespace().nth(max).is_none();
        !value.trim().is_empty() && are_few(key, MAX_BELOW + 1) && are_few(value, MAX_ABOVE)
    })
}

/// Returns whether a line of its own is short, and neither a sentence nor anything that a text begins with.
fn is_not_understood(line: &str, max_words: usize) -> bool {
    let line = line.trim();
    if line.chars().count() > MAX_LINE || is_structure(line) {
        return false;
    }
    let plain = without_tags(wrappers::inner(line));
    let plain =
        plain.trim_matches(|c: char| c.is_whitespace() || "*_~`>|\"'“”‘’()[]{}".contains(c));
    let words: Vec<&str> = plain.split_whitespace().collect();
    let is_sentence = plain.ends_with(['.', '!', '?', ',', ';', ':', '…', '。', '：', '！', '？'])
        || plain.contains(": ")
        || plain.contains('。')
        || plain.contains("](");
    let has_code = plain.contains([
        '{', '}', '@', '[', ']', '<', '=', '+', '#', '/', '*', '`', '^',
    ]);
    if is_sentence || has_code || words.is_empty() || words.len() > max_words {
        return false;
    }
    // Scripts without spaces: a sign is about a third of a word.
    let is_spaced = plain.is_ascii() || plain.contains(' ');
    if !is_spaced && plain.chars().count() > max_words * MAX_BELOW {
        return false;
    }
    // Whether these forbid is decided by what they forbid.
    let ends_with_only = words
        .last()
        .is_some_and(|last| last.eq_ignore_ascii_case("only"));
    let is_of_use = words.len() > 2
        && plain
            .get(.."not for".len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case("not for"));
    if max_words == MAX_BELOW && (ends_with_only || is_of_use) || is_adults_only(&words) {
        return false;
    }
    if !plain.chars().any(char::is_alphanumeric) {
        return is_picture(plain);
    }
    let folded = folded(plain);
    let said = words_of(&folded);
    let is_fact =
        |word: &&str| HARMLESS.contains(*word) || word.chars().any(|c| c.is_ascii_digit());
    !said.iter().all(is_fact) && !is_name(&words)
}

/// `Adults only` is said of what the text is about.
fn is_adults_only(words: &[&str]) -> bool {
    words.len() == 2
        && words
            .last()
            .is_some_and(|last| last.eq_ignore_ascii_case("only"))
}

/// Returns whether a line has signs that are pictures: `🚧🚧🚧`.
fn is_picture(line: &str) -> bool {
    line.chars()
        .any(|c| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}'))
}

/// Returns whether words are those of a name: each begins with a capital and goes on in small letters.
fn is_name(words: &[&str]) -> bool {
    let is_capital = |word: &&str| {
        let mut letters = word.chars().filter(|c| c.is_alphabetic());
        letters.next().is_none_or(char::is_uppercase) && letters.all(char::is_lowercase)
    };
    let is_small = |word: &&str| {
        matches!(
            *word,
            "of" | "and" | "the" | "for" | "in" | "NHS" | "de" | "van" | "&"
        )
    };
    words.len() > 1 && words.iter().all(|word| is_capital(word) || is_small(word))
}

/// Returns whether a line is markup that files begin with: links, pictures, imports, targets, rules, comments.
fn is_structure(line: &str) -> bool {
    const BEGINNINGS: [&str; 27] = [
        "import ", "export ", "!!!", "???", "--8<--", "<!--", "```", "~~~", "---", "***", "___",
        "===", "%", "![", "[", "- ", "* ", "+ ", "|", ":", "(", "{", "$", "\\", "@", "<", "#",
    ];
    let is_numbered = line.starts_with(|c: char| c.is_ascii_digit());
    BEGINNINGS.iter().any(|begin| line.starts_with(begin))
        || is_numbered
        || line.contains("[[")
        || line.contains("://")
        || line.contains("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Porters walk eleven miles in a shift.\n";

    #[test]
    fn what_is_said_around_a_title_and_not_understood_is_named() {
        for line in [
            "For peer review",
            "Luonnos",
            "Конфиденциально",
            "🚧🚧🚧",
            "Awaiting comms clearance",
            "Sharing: off",
            "Circulation: senior leadership team",
            "Label: Internal",
            "Jo Smith, draft, 3 May",
            "{badge:draft}",
            "![](https://img.example/badge/DRAFT-red)",
            "> **Note:** This document is a working draft.",
            "> [!NOTE]\n> This page is visible to staff only.",
        ] {
            let above = format!("{line}\n\n# Porters\n\n{TEXT}");
            assert!(restricting(&above, 1).is_some(), "{above}");
        }
        for line in [
            "Unfinished",
            "Personal notes",
            "Circulation: senior leadership team",
            "> **Note:** This document is a working draft.",
        ] {
            let below = format!("# Porters\n\n{line}\n\n{TEXT}");
            let found = restricting(&below, 5);
            assert_eq!(found.map(|(number, _)| number), Some(7), "{below}");
        }
    }

    #[test]
    fn what_texts_begin_with_is_no_label() {
        for line in [
            "Northmoor Teaching Hospitals",
            "Jane Smith",
            "Contents",
            "3 May 2026",
            "Version 1.2",
            "By Jo",
            "[back](index.md)",
            "![Porters](porters.png)",
            "(target)=",
            "import Tabs from '@theme/Tabs';",
            "Author: Jo Smith",
            "Adults only",
            "A porter walks a long way.",
            "> This guide is for internal teams of hospitals.",
        ] {
            for text in [
                format!("{line}\n\n# Porters\n\n{TEXT}"),
                format!("# Porters\n\n{line}\n\n{TEXT}"),
            ] {
                assert_eq!(restricting(&text, 1), None, "{text}");
            }
        }
        // Without more of a text, the line is the text.
        assert_eq!(restricting("# Porters\n\nIn short\n", 1), None);
        assert_eq!(restricting("In short\n\nMore.\n", 1), None);
    }
}
