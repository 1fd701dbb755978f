//! Lines that mark a file as a whole: banners, hashtags, `DRAFT: a plan`.

use super::{
    letters::folded,
    orders::forbids,
    words::{Meaning, Word, is_official, is_restricted, labelled, lists, tlp},
    wrappers,
};

lists! {
    /// Words that mark a text, and that a heading in capitals has for no other reason.
    pub(super) MARKS = "draft|confidential|confidence|private|internal|secret|restricted|sensitive|embargoed";
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
pub(super) const LOCKS: [&str; 3] = ["🔒", "🔐", "🔏"];
/// Words of a line that marks a file, with those that add nothing; a longer line is a sentence.
const MAX_BANNER_WORDS: usize = 16;

/// Returns whether a line of its own is a marking such as `DRAFT - DO NOT SHARE`: in capitals, or as an order.
///
/// At the top of a file, above all text, it needs neither.
pub(super) fn is_banner(line: &str, is_at_top: bool) -> bool {
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
    let in_capitals = line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase);
    let is_above = is_at_top && !is_heading;
    let ends_with_only = words.ends_with(&["only"]);
    let is_phrase = is_above && in_capitals && WHOLE.contains(words.concat().as_str());
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
    let is_embargo = words.contains(&"embargoed") || words.starts_with(&["under", "embargo"]);
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
    is_above && words.contains(&"only") && is_restricted(Word::Audience, &words)
}

/// Returns whether a line begins with a mark in capitals: `CONFIDENTIAL: a plan for beds`.
pub(super) fn begins_with_mark(line: &str) -> bool {
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
pub(super) fn is_hashtags(line: &str) -> bool {
    let line = folded(line);
    let mut tags = line.split_whitespace();
    let are_tags = tags.clone().all(|tag| {
        let name = tag.strip_prefix('#').unwrap_or_default();
        name.starts_with(char::is_alphanumeric)
    });
    are_tags && tags.any(|tag| labelled(tag) == Meaning::Restricted)
}
