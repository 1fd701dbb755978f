//! Sentences that keep a place from publication: `Do not publish below this line`, `Everything in this folder is internal`.

use crate::{
    letters::folded,
    orders::forbids,
    sentences::{are_some_only, is_denial},
    words::{is_filling, lists},
};

lists! {
    /// What is said to be there.
    SUBJECTS = "everything|anything|all|nothing|none|no|any|files|file|documents|document|notes|note|pages|page|contents|content|\
    material|materials|texts|text|papers|posts|items|section|sections|what|rest|part|drafts|remainder";
    /// Words between those and the place.
    OF_SUBJECTS = "is|are|the|of|that|which|it|in|within|inside|under|on|from|else|these|this|found|contained|kept|stored|held|here";
    FOLDERS = "folder|directory|subfolder|subdirectory|repository|repo|vault|folders|subfolders";
    /// What a line is below.
    LINES = "this|the|that|line|point|rule|mark|here|heading|sentence|comment|text|break";
    VERBS = "is|are|must|may|should|can|shall|stays|remains|remain|stay|will|contains|contain|holds";
    /// What is not for everyone.
    WITHHELD = "draft|drafts|confidential|private|secret|restricted|internal|sensitive|embargoed|unpublished|unapproved";
    /// What can follow that, so that the sentence is about texts.
    BEHIND = "and|or|until|till|only|so|do|please|not|use|notes|drafts|draft|documents|information|material|for|by|within|texts|files|\
    papers|must|will|it|they";
    DEEDS = "publish|published|publishing|publication|share|shared|sharing|circulate|circulated|circulation|distribute|distributed|\
    distribution|release|released|disclose|disclosed|disclosure|public|import|imported|copy|copied|export|exported";
    /// Parts of a text that a heading can close.
    PARTS = "appendix|annex|annexe|section|addendum|supplement|part|schedule";
    /// What is done with such a part before publication.
    REDACT = "redact|remove|delete|strip|cut|anonymise|anonymize";
    /// Words of a line that only names what is below it: `INTERNAL NOTES BELOW THIS LINE`.
    OF_LABELS = "notes|note|text|content|material|only|use|for|staff|stuff|section|part|begin|begins|start|starts|us|team";
    /// Words that add force to it.
    LOUDER = "strictly|still|currently|purely|just|be|kept|considered|as|a|an|all|to|treated|it|please|stop|warning|note|nb|important|\
    caution";
}

/// Words of a sentence that speaks for a place; a longer one says something else as well.
const MAX_WORDS: usize = 22;
/// Characters of a line with such a sentence.
const MAX_LINE: usize = 240;
/// Words of a line that says what is taken out before publication.
const MAX_REDACT_WORDS: usize = 6;
/// Lines of a text that is about its folder.
const MAX_FOLDER_LINES: usize = 60;

/// Returns whether a line keeps what is below it from publication, or is itself a note that is: `**Not for publication:** …`.
pub(crate) fn closes_what_follows(line: &str) -> bool {
    /// What every such line has one of, so that nearly all lines end here.
    const SIGNS: [&str; 9] = [
        "below",
        "beyond",
        "this point",
        "this line",
        "from here",
        "end of public",
        "not for",
        "do not",
        "past here",
    ];
    if line.len() > MAX_LINE {
        return false;
    }
    let small = line.to_lowercase();
    let words = words_of(&small);
    if is_closed_part(line, &words) || is_to_be_redacted(line, &words) {
        return true;
    }
    if !SIGNS.iter().any(|sign| small.contains(sign)) {
        return false;
    }
    if let Some(label) = emphasised_label(line) {
        let label = folded(label);
        let words = words_of(&label);
        if matches!(words.first(), Some(&("not" | "do"))) && forbids(&words) {
            return true;
        }
    }
    let line = folded(line);
    sentences(&line).any(|words| {
        is_order_below(&words)
            || is_label_below(&words)
            || words.starts_with(&["end", "of", "public"])
            || speaks_for(&words, below)
    })
}

/// Returns the number and the words of the line by which a text says that the files of its folder are not for everyone.
#[must_use]
pub fn spoken_for_folder(text: &str) -> Option<(u32, String)> {
    let lines = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    let mut lines = lines.take(MAX_FOLDER_LINES);
    let found = lines.find(|(_, line)| {
        let is_short = line.len() <= MAX_LINE;
        let says = |words: &[&str]| speaks_for(words, in_folder) || is_order_for_folder(words);
        is_short && sentences(&folded(line)).any(|words| says(&words))
    });
    found.map(|(number, line)| (number, super::quoted(line)))
}

/// `## Private appendix`, `<!-- private below -->`.
fn is_closed_part(line: &str, words: &[&str]) -> bool {
    let [closed, part] = words else {
        return false;
    };
    let is_closed = matches!(
        *closed,
        "private" | "confidential" | "restricted" | "unpublished"
    );
    let is_heading = line.starts_with('#') && PARTS.contains(*part);
    let is_comment = line.starts_with("<!--") && (*part == "below" || PARTS.contains(*part));
    is_closed && (is_heading || is_comment)
}

/// `REDACT BEFORE PUBLISHING`: in capitals or in a comment, where it is no advice to readers.
fn is_to_be_redacted(line: &str, words: &[&str]) -> bool {
    let is_note = line.starts_with("<!--") || !line.chars().any(char::is_lowercase);
    let mut ends = words.iter().rev();
    let (last, before) = (ends.next(), ends.next());
    is_note
        && words.len() <= MAX_REDACT_WORDS
        && words.first().is_some_and(|first| REDACT.contains(*first))
        && before.is_some_and(|word| matches!(*word, "before" | "on"))
        && last
            .is_some_and(|word| DEEDS.contains(*word) || matches!(*word, "publishing" | "sharing"))
}

/// `Do not publish anything from this folder`.
fn is_order_for_folder(words: &[&str]) -> bool {
    let opening = words
        .iter()
        .take_while(|word| LOUDER.contains(**word) || **word == "please")
        .count();
    let ["do", "not" | "never", deed, rest @ ..] = words.get(opening..).unwrap_or_default() else {
        return false;
    };
    let between = rest
        .iter()
        .take_while(|word| {
            SUBJECTS.contains(**word) || matches!(**word, "in" | "from" | "of" | "the")
        })
        .count();
    matches!(
        *deed,
        "publish" | "share" | "circulate" | "distribute" | "release"
    ) && rest.get(between..).and_then(in_folder) == Some(&[])
}

/// Returns the words of each sentence of a line.
fn sentences(line: &str) -> impl Iterator<Item = Vec<&str>> {
    line.split(['.', '!', '?', ';']).map(words_of)
}

/// Returns the words of a text, without the signs between them.
pub(crate) fn words_of(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Returns the words that are strong at the beginning of a line, in front of a colon.
fn emphasised_label(line: &str) -> Option<&str> {
    let line = line.trim_start_matches([' ', '>', '-']);
    let mark = ["**", "__"]
        .into_iter()
        .find(|mark| line.starts_with(mark))?;
    let (label, rest) = line.get(mark.len()..)?.split_once(mark)?;
    (label.ends_with(':') || rest.starts_with(':')).then_some(label)
}

/// Returns the words behind a place below a line, if words begin with one: `below this line`, `from here on`.
fn below<'a, 'b>(words: &'b [&'a str]) -> Option<&'b [&'a str]> {
    let behind = match words {
        ["from", "here", "on" | "onwards", rest @ ..]
        | ["from", "this", "point", "on" | "onwards", rest @ ..]
        | ["past" | "after" | "beyond", "here", rest @ ..]
        | ["below", rest @ ..] => rest,
        [
            "past" | "after" | "beyond" | "under" | "underneath",
            "this" | "the",
            "line" | "point" | "rule" | "mark",
            rest @ ..,
        ] => rest,
        _ => return None,
    };
    let count = behind
        .iter()
        .take_while(|word| LINES.contains(**word))
        .count();
    behind.get(count..)
}

/// Returns the words behind a folder, if words begin with one: `in this folder`.
fn in_folder<'a, 'b>(words: &'b [&'a str]) -> Option<&'b [&'a str]> {
    let [first, rest @ ..] = words else {
        return None;
    };
    match (*first, rest) {
        ("this" | "the", [place, rest @ ..]) if FOLDERS.contains(*place) => Some(rest),
        // `The files here are confidential`, `These notes are private`
        ("here", [verb, ..]) if VERBS.contains(*verb) => Some(rest),
        ("these", [things, rest @ ..]) if SUBJECTS.contains(*things) => Some(rest),
        _ => None,
    }
}

/// `Do not publish anything below this line`, `Not for publication below this line`.
fn is_order_below(words: &[&str]) -> bool {
    let Some(at) = words
        .iter()
        .position(|word| matches!(*word, "not" | "never"))
    else {
        return false;
    };
    let (before, rest) = words.split_at(at);
    let is_opening = |word: &&str| is_filling(word) || LOUDER.contains(*word);
    let is_between = |word: &&&str| {
        DEEDS.contains(*word)
            || SUBJECTS.contains(*word)
            || OF_SUBJECTS.contains(*word)
            || matches!(**word, "for" | "or" | "and" | "to" | "be" | "not" | "never")
    };
    let between = rest.iter().take_while(is_between).count();
    let (between, place) = rest.split_at(between);
    before.iter().all(is_opening)
        && between.iter().any(|word| DEEDS.contains(*word))
        && below(place).is_some_and(|behind| {
            behind.is_empty()
                || matches!(
                    behind.first(),
                    Some(&("until" | "before" | "yet" | "without" | "unless"))
                )
        })
}

/// `INTERNAL NOTES BELOW THIS LINE`.
fn is_label_below(words: &[&str]) -> bool {
    let Some(at) = (1..words.len()).find(|at| words.get(*at..).and_then(below) == Some(&[])) else {
        return false;
    };
    let (label, place) = words.split_at(at);
    let is_named = place.len() > 1;
    is_named
        && label
            .iter()
            .any(|word| WITHHELD.contains(*word) || *word == "staff")
        && label.iter().all(|word| {
            WITHHELD.contains(*word) || OF_LABELS.contains(*word) || LOUDER.contains(*word)
        })
}

/// Returns whether a sentence says of everything at a place that it is not for everyone. `place` returns the words behind one.
fn speaks_for(
    words: &[&str],
    place: impl for<'a, 'b> Fn(&'b [&'a str]) -> Option<&'b [&'a str]>,
) -> bool {
    if words.len() > MAX_WORDS {
        return false;
    }
    (0..words.len()).any(|at| {
        let (before, rest) = words.split_at(at);
        let Some(predicate) = place(rest) else {
            return false;
        };
        let opening = before
            .iter()
            .take_while(|word| LOUDER.contains(**word) && **word != "all")
            .count();
        let subject = before.get(opening..).unwrap_or_default();
        let is_subject = subject
            .iter()
            .all(|word| SUBJECTS.contains(*word) || OF_SUBJECTS.contains(*word));
        is_subject && says_withheld(subject, predicate)
    })
}

/// Returns whether a subject with what is said of it is not for everyone: `everything` and `is internal`.
fn says_withheld(subject: &[&str], predicate: &[&str]) -> bool {
    let Some((verb, rest)) = predicate.split_first() else {
        return false;
    };
    if !VERBS.contains(*verb) {
        return false;
    }
    let is_none = matches!(subject.first(), Some(&("nothing" | "none" | "no")));
    let louder = rest
        .iter()
        .take_while(|word| LOUDER.contains(**word))
        .count();
    let said = rest.get(louder..).unwrap_or_default();
    if is_none {
        return said.iter().any(|word| DEEDS.contains(*word)) && !said.contains(&"not");
    }
    let is_sure = !(matches!(*verb, "contains" | "contain" | "holds")
        && matches!(
            said.first(),
            Some(&("internal" | "private" | "restricted" | "sensitive"))
        ))
        || matches!(
            said.get(1),
            Some(&("notes" | "documents" | "papers" | "drafts" | "files"))
        );
    let is_marked = said.first().is_some_and(|word| WITHHELD.contains(*word))
        && said.get(1).is_none_or(|word| BEHIND.contains(*word))
        && is_sure
        && !is_denial(said);
    is_marked || forbids(said) || are_some_only(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_can_keep_from_publication_what_is_below_it() {
        for line in [
            "DO NOT PUBLISH BELOW THIS LINE",
            "---- do not publish anything below this line ----",
            "Please do not share below this point.",
            "**Not for publication below this line**",
            "<!-- Everything below this line is private -->",
            "Stop! Everything below is confidential and not for sharing.",
            "Nothing below this line may be published.",
            "Text below this line is internal only.",
            "INTERNAL NOTES BELOW THIS LINE",
            "Private from here on",
            "==== END OF PUBLIC TEXT ====",
            "**Not for publication:** the board has not met.",
            "All notes beyond this point are drafts.",
            "<!-- private below -->",
            "REDACT BEFORE PUBLISHING",
            "<!-- remove names before publication -->",
            "## Private appendix",
            "### Confidential annex",
        ] {
            assert!(closes_what_follows(line), "{line}");
        }
        for line in [
            "Do not publish counts below five.",
            "Do not share needles; see below.",
            "We did not publish the results below until May.",
            "The table below is internal to the ward.",
            "Do not go below this line on the chart.",
            "The draft below was approved.",
            "**Not for children:** use the other dose.",
            "**Do not share** a hoist sling between patients.",
            "Everything below is what we would do again.",
            "Below this line the floor is wet.",
            "Patients below this point on the score stay at home.",
            "Remove names before publishing.",
            "## Private patients",
            "## Appendix",
        ] {
            assert!(!closes_what_follows(line), "{line}");
        }
    }

    #[test]
    fn a_text_can_speak_for_its_folder() {
        for line in [
            "Everything in this folder is internal: do not publish.",
            "All files in this directory are confidential.",
            "Nothing in this folder is for publication.",
            "**The contents of this folder must not be shared.**",
            "This folder is private.",
            "This directory contains drafts.",
            "Please note: the documents in this folder are for staff only.",
            "This repository is not for publication.",
            "None of the notes in this vault may be published",
            "The files here are confidential.",
            "These notes are private.",
            "Do not publish anything from this folder.",
        ] {
            let text = format!("# Read me\n\n{line}\n");
            assert_eq!(
                spoken_for_folder(&text).map(|(line, _)| line),
                Some(3),
                "{line}"
            );
        }
        for line in [
            "Everything in this folder is public.",
            "This directory contains internal packages.",
            "This folder contains the code of the website.",
            "All files in this directory are generated; do not edit.",
            "This repository is not maintained.",
            "Put drafts into the folder `drafts`.",
            "This document is confidential.",
            "Nothing in this folder is secret.",
            "All files in this folder are internal to the build.",
            "This folder is not confidential.",
            "No files in this folder are needed.",
            "These files are generated.",
            "Here are the drafts of the letters.",
            "Do not share passwords in this folder of settings.",
        ] {
            assert_eq!(spoken_for_folder(line), None, "{line}");
        }
    }
}
