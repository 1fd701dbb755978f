//! Marks between the signs of a line: `{status:Draft}`, `<Badge text="draft" />`, `Jo Smith, draft, 3 May`.

use crate::{
    items::is_item,
    letters::folded,
    places::words_of,
    words::{Word, is_restricted, lists},
};

lists! {
    /// Words that mark a text by themselves.
    pub(crate) SELF_MARKS = "draft|wip|confidential|private|internal|restricted|embargoed|unpublished|unapproved|secret|only";
}

/// Words of a piece that is a mark.
const MAX_WORDS: usize = 3;
/// Characters of a line of words with such a piece; markup is longer.
const MAX_LINE: usize = 60;
const MAX_MARKUP: usize = 180;

/// Returns whether a part of a line between signs is a mark: `{status:Draft}`, `<Badge text="draft" />`, `Jo Smith, draft, 3 May`.
pub(crate) fn has_mark(line: &str) -> bool {
    let line = line.trim();
    let is_hashtag = line.starts_with('#') && !line.trim_start_matches('#').starts_with(' ');
    let is_row = line.starts_with('|') && line.trim_matches('|').contains('|');
    if is_item(line) || is_row || line.starts_with("<!--") || line.starts_with('#') && !is_hashtag {
        return false;
    }
    let is_markup = is_hashtag || line.starts_with(['<', '{', '!', '|', '$', '\\', '~', ':', '@']);
    if line.len() > MAX_MARKUP
        || !is_markup && (line.chars().count() > MAX_LINE || line.ends_with(['!', '?', ':']))
    {
        return false;
    }
    let is_badge = line.contains("/badge/");
    let line = folded(shown(line)).replace("%20", " ");
    // `private-ai` is a name, but in the address of a badge `-` is between its parts.
    let is_joint = |c: char| matches!(c, '-' | '_') && !is_badge;
    let pieces =
        line.split(|c: char| !(c.is_alphanumeric() || c == ' ' || c == '\'' || is_joint(c)));
    let pieces = pieces.map(str::trim).filter(|piece| !piece.is_empty());
    let mut count = 0;
    for piece in pieces {
        count += 1;
        // `DRAFTv2`, but not `draft on 3`
        let piece = match piece.contains(' ') {
            true => piece,
            false => piece
                .trim_end_matches(|c: char| c.is_ascii_digit())
                .trim_end_matches('v'),
        };
        let words = words_of(piece);
        let has_number = words.len() > 1
            && words
                .iter()
                .any(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        let is_marked = words.iter().any(|word| SELF_MARKS.contains(word))
            && !has_number
            && !is_name_of_thing(piece);
        if is_marked
            && words.len() <= MAX_WORDS
            && is_restricted(Word::State, &words)
            && (is_markup || count > 1)
        {
            return true;
        }
    }
    false
}

/// Returns what of a line is shown: of a picture, its words and the end of its address, not whose it is.
fn shown(line: &str) -> &str {
    let address = line
        .strip_prefix("![")
        .and_then(|rest| rest.split_once("]("));
    let Some((words, address)) = address else {
        return line;
    };
    if !words.trim().is_empty()
        && words_of(&folded(words))
            .iter()
            .any(|word| SELF_MARKS.contains(word))
    {
        return words;
    }
    let of_badge = address.split_once("/badge/").map(|(_, badge)| badge);
    of_badge
        .or_else(|| address.rsplit('/').next())
        .unwrap_or_default()
}

/// Returns whether words are joined to one name, without a space between them.
fn is_name_of_thing(piece: &str) -> bool {
    piece.trim_matches(['-', '_']).contains(['-', '_']) && !piece.contains(' ')
}
