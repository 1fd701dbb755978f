//! The passage of a text that has most of some words, cut at paragraphs, word for word.

use std::ops::Range;

/// Words that are looked for: more than a search has.
const MAX_WORDS: usize = 32;

/// Returns the bytes of a run of whole paragraphs of at most `max_bytes` that has most of the words, and of those the
/// earliest. A paragraph that is longer is cut at the end of a word.
#[must_use]
pub fn passage(text: &str, words: &str, max_bytes: usize) -> Range<usize> {
    let words: Vec<String> = words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2)
        .map(str::to_lowercase)
        .take(MAX_WORDS)
        .collect();
    let paragraphs = paragraphs(text);
    // The paragraph with most words.
    let mut best = (0, 0);
    for (place, range) in paragraphs.iter().enumerate() {
        let paragraph = text.get(range.clone()).unwrap_or_default().to_lowercase();
        let has = words
            .iter()
            .filter(|word| paragraph.contains(word.as_str()));
        let count = has.count();
        if count > best.1 {
            best = (place, count);
        }
    }
    let Some(first) = paragraphs.get(best.0) else {
        return 0..0;
    };
    // As many of those after it as there is room for.
    let mut end = cut(text, first, max_bytes);
    for range in paragraphs.iter().skip(best.0 + 1) {
        if range.end - first.start > max_bytes {
            break;
        }
        end = range.end;
    }
    first.start..end
}

/// Returns the paragraphs: what is between empty lines.
fn paragraphs(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let (mut at, mut is_open) = (0, false);
    for line in text.split_inclusive('\n') {
        let end = at + line.trim_end().len();
        let is_empty = line.trim().is_empty();
        match (is_empty, is_open, found.last_mut()) {
            (true, _, _) => is_open = false,
            (false, true, Some(last)) => last.end = end,
            (false, _, _) => {
                found.push(at..end);
                is_open = true;
            }
        }
        at += line.len();
    }
    found
}

fn cut(text: &str, range: &Range<usize>, max_bytes: usize) -> usize {
    if range.len() <= max_bytes {
        return range.end;
    }
    let mut end = range.start + max_bytes;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let kept = text.get(range.start..end).unwrap_or_default();
    let at = kept.rfind(char::is_whitespace).unwrap_or(kept.len());
    range.start + at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_has_whole_paragraphs_with_most_of_the_words() {
        let text = "# One\n\nBadges on trolleys.\nTwo lines.\n\nNothing here.\n\nBadges and drug trolleys again.\n";
        for (words, max, expected) in [
            ("drug trolleys", 40, "Badges and drug trolleys again."),
            ("badges", 40, "Badges on trolleys.\nTwo lines."),
            (
                "badges",
                60,
                "Badges on trolleys.\nTwo lines.\n\nNothing here.",
            ),
            ("nowhere", 5, "# One"),
            ("badges", 12, "Badges on"),
            ("", 1_000, text.trim_end()),
        ] {
            assert_eq!(
                text.get(passage(text, words, max)).unwrap(),
                expected,
                "{words}"
            );
        }
        assert_eq!(passage("", "x", 10), 0..0);
        assert_eq!(passage("\n\n", "x", 10), 0..0);
        assert_eq!("éééé".get(passage("éééé", "x", 5)).unwrap(), "éé");
    }
}
