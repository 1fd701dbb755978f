//! Lines that mark a file as a whole: banners, hashtags, `DRAFT: a plan`.

use crate::{
    embargo,
    letters::folded,
    levels::{labelled, tlp},
    orders::forbids,
    sentences::{are_some_only, are_stages, is_denial},
    words::{Meaning, Word, is_official, is_restricted, lists},
    wrappers,
};

lists! {
    /// Words that mark a text, and that a heading in capitals has for no other reason.
    pub(crate) MARKS = "draft|confidential|confidence|private|internal|secret|restricted|sensitive|embargoed";
    /// Words that mark a text without capitals, too, if they are above it.
    ALONE = "draft|wip|confidential|private|internal|embargoed|unpublished|sensitive|circulation|sharing|share|confidence|\
    privileged|privilege|prejudice|restricted|limited|pending|awaiting|withdrawn|unfinished|brouillon|entwurf|borrador|bozza|drafft|utkast|szkic|confidentiel|\
    confidentielle|vertraulich|confidencial|riservato|cyfrinachol|internen|vertrouwelijk|rascunho|interne|interno|mewnol|intern|\
    secret|unapproved|nda|disclosure|restreinte|geheim|dienstgebrauch|下書き|草稿|草案|非公開|非公开|機密|机密|社外秘|مسودة|سري";
    /// Markings whose words mean something else in a text.
    WHOLE = "noindex|offsen|protect|fyeo|concept";
}

/// Words by which a line forbids.
const ORDERS: [[&str; 2]; 6] = [
    ["do", "not"],
    ["not", "for"],
    ["not", "ready"],
    ["not", "to"],
    ["not", "be"],
    ["not", "yet"],
];
/// Pictures that say that a text is locked.
pub(crate) const LOCKS: [&str; 3] = ["🔒", "🔐", "🔏"];
/// Words of a line that says what a text is held for.
const MAX_HELD_WORDS: usize = 8;
/// Words in a line with `embargo` that say that it is in force.
const IN_FORCE: [&str; 8] = [
    "until", "till", "lifts", "lift", "strict", "strictly", "under", "ends",
];
/// Words of a line that says what is still missing of a draft.
const MAX_NOTE_WORDS: usize = 9;
/// Words of a line that marks a file, with those that add nothing; a longer line is a sentence.
const MAX_BANNER_WORDS: usize = 16;

/// Returns whether a line of its own is a marking such as `DRAFT - DO NOT SHARE`: in capitals, or as an order.
///
/// At the top of a file, above all text, it needs neither.
pub(crate) fn is_banner(line: &str, is_at_top: bool) -> bool {
    let is_heading = line.starts_with('#');
    let line = wrappers::inner(line).trim_matches(|c: char| !c.is_alphanumeric());
    if line.split_whitespace().nth(MAX_BANNER_WORDS).is_some() {
        return false;
    }
    let mut folded = folded(line);
    if folded.contains(['\'', '’']) {
        folded = folded.replace("don't", "do not").replace("don’t", "do not");
    }
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "is" | "a" | "an" | "it"))
        .collect();
    if is_denial(&words)
        || are_stages(&words)
        || is_answered_no(&folded)
        || embargo::day(line).is_some()
    {
        return false;
    }
    let in_capitals = line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase);
    let is_above = is_at_top && !is_heading;
    let ends_with_only = words.ends_with(&["only"]);
    let is_switch = is_above
        && matches!(
            words.concat().as_str(),
            "nopublish" | "donotpublish" | "noindex"
        );
    let is_phrase = is_switch || is_above && in_capitals && WHOLE.contains(words.concat().as_str());
    let is_official = is_official(&words) && (ends_with_only || is_above && in_capitals);
    let is_order_above = is_above && forbids(&words);
    if is_phrase || is_official || is_spaced_out(&folded) || tlp(&folded) || is_order_above {
        return true;
    }
    let has_pair = |pair: [&str; 2]| words.windows(2).any(|two| two == pair);
    let is_order = ends_with_only || ORDERS.into_iter().any(has_pair);
    // A heading such as `FUTURE` begins a part of the text.
    let is_marked = !is_heading || words.iter().any(|word| MARKS.contains(word));
    // `Confidential: contains patient information`, but not `Private: 5`.
    let has_figure = || {
        words
            .iter()
            .any(|word| word.bytes().any(|b| b.is_ascii_digit()))
    };
    let is_held = words.contains(&"embargo") && words.iter().any(|word| IN_FORCE.contains(word))
        || words.starts_with(&["hold", "for", "release"]);
    if is_above && is_held && words.len() <= MAX_HELD_WORDS {
        return true;
    }
    let is_embargo = words.contains(&"embargoed");
    let is_sign = is_embargo
        || !line.contains(['=', '|'])
            && (!line.contains(':')
                || words.first().is_some_and(|one| ALONE.contains(one)) && !has_figure());
    let is_progress = || {
        let pairs = [
            ["in", "progress"],
            ["under", "review"],
            ["pre", "publication"],
            ["exempt", "from"],
        ];
        pairs.into_iter().any(has_pair)
    };
    let is_alone = is_above
        && is_sign
        && (is_embargo || words.iter().any(|one| ALONE.contains(one)) || is_progress());
    if ((in_capitals && is_marked) || is_order || is_alone) && is_restricted(Word::State, &words) {
        return true;
    }
    // `Staff only`, above the text.
    is_above
        && (words.contains(&"only") && is_restricted(Word::Audience, &words)
            || are_some_only(&words)
            || is_note_of_draft(line, &words)
            || has_marked_part(line))
}

/// Returns whether a part of a line is a marking: `Northmoor Trust – OFFICIAL-SENSITIVE`, `© Northmoor. Internal use only.`
fn has_marked_part(line: &str) -> bool {
    const SEPARATORS: [&str; 9] = [" – ", " — ", " - ", " | ", " · ", " • ", ". ", "; ", ": "];
    let Some(separator) = SEPARATORS
        .into_iter()
        .find(|separator| line.contains(separator))
    else {
        return false;
    };
    // `Warning: not for circulation`; other words in front of a colon are keys.
    if separator == ": " {
        let (first, rest) = line.split_once(separator).unwrap_or_default();
        let is_call = matches!(
            folded(first).as_str(),
            "nb" | "note" | "warning" | "caution" | "important" | "please note"
        );
        return is_call && is_banner(rest, true);
    }
    line.split(separator).any(|part| {
        let is_short = part.split_whitespace().count() > 1 || !part.chars().any(char::is_lowercase);
        is_short && is_banner(part, true)
    })
}

/// Returns whether a line answers what it names with a no: `Draft: no`, `Embargo: lifted`.
fn is_answered_no(line: &str) -> bool {
    let value = line.split_once(':').map(|(_, value)| value.trim());
    let first = value.and_then(|value| value.split_whitespace().next());
    first.is_some_and(|first| {
        matches!(
            first,
            "no" | "none" | "false" | "lifted" | "over" | "ended" | "expired"
        )
    })
}

/// Returns whether a line says of the text below it that it is a draft, and something of that: `Draft – awaiting figures`,
/// `Early draft by Jo Smith`.
fn is_note_of_draft(line: &str, words: &[&str]) -> bool {
    /// What kind of draft it is.
    const KINDS: [&str; 14] = [
        "first",
        "second",
        "third",
        "rough",
        "early",
        "working",
        "initial",
        "preliminary",
        "incomplete",
        "latest",
        "current",
        "internal",
        "board",
        "author",
    ];
    let kinds = words
        .iter()
        .take_while(|word| KINDS.contains(word) || **word == "s")
        .count();
    let [draft, next, ..] = words.get(kinds..).unwrap_or_default() else {
        return kinds > 0 && words.get(kinds..) == Some(&["draft"]);
    };
    let marked = folded(line).split_once(draft).is_some_and(|(_, rest)| {
        rest.trim_start()
            .starts_with([':', ',', ';', '-', '–', '—', '(', '.'])
    });
    *draft == "draft"
        && words.len() <= MAX_NOTE_WORDS
        && !next.starts_with(|c: char| c.is_ascii_digit())
        && (marked
            || matches!(
                *next,
                "by" | "with" | "awaiting" | "pending" | "subject" | "until"
            ))
}

/// Returns whether a line begins with a mark in capitals: `CONFIDENTIAL: a plan for beds`.
pub(crate) fn begins_with_mark(line: &str) -> bool {
    let first = [":", " - ", " – ", " — "].into_iter();
    let mut first = first.filter_map(|separator| Some(line.split_once(separator)?.0));
    first.any(|word| !word.chars().any(char::is_lowercase) && MARKS.contains(folded(word).trim()))
}

/// Returns whether words are one of [`MARKS`] with spaces between its letters: `D R A F T`.
fn is_spaced_out(line: &str) -> bool {
    let letters: Vec<&str> = line.split_whitespace().collect();
    letters.len() > 3
        && letters.iter().all(|word| word.chars().count() == 1)
        && MARKS.contains(letters.concat().as_str())
}

/// Returns whether a line has nothing but hashtags, and one of them says that the file is not for everyone.
pub(crate) fn is_hashtags(line: &str) -> bool {
    let line = folded(line);
    let mut tags = line.split_whitespace();
    let are_tags = tags.clone().all(|tag| {
        let name = tag.strip_prefix('#').unwrap_or_default();
        name.starts_with(char::is_alphanumeric)
    });
    are_tags && tags.any(|tag| labelled(tag) == Meaning::Restricted)
}
