//! Names of folders and files that say that what they hold is not for everyone: `my-drafts/`, `plan.draft.md`.

use crate::{
    orders::{forbids, is_forbidding_name, words_of_name},
    titles::is_marked_title,
    words::{is_filling, lists},
};

lists! {
    /// Words of which one makes a folder one of drafts, if all the others are of [`OTHERS`].
    FOLDERS = "drafts|draft|wip|private|unpublished|confidential|internal|restricted|embargoed|secret|brouillons|brouillon|entwurfe|\
    entwurf|borradores|borrador|bozze|bozza|rascunhos|drafftiau|drafft|concepten|confidentiel|vertraulich|vertrouwelijk|cyfrinachol|\
    intern|interne|mewnol|unapproved|trash|hidden|unreleased|deleted|embargo|withdrawn|utkast|utkasten|kladder|luonnokset|szkice|\
    unpublish|nopublish|nonpublic|intranet";
    /// Words of which one at the end of a name of few words makes it one of drafts, whatever is in front: `blog-drafts`.
    AT_END = "drafts|confidential|unpublished|embargoed|unreleased";
    /// What a folder of work in progress and the like is called.
    WHOLE = "workinprogress|inprogress|prepublication|nonpublic|notpublic|officialsensitive|toreview|forreview|boardonly|forstaff|\
    staffonly|onhold";
    /// Words that mark a file at the end of its name: `plan-wip`.
    FILE_ENDS = "draft|wip|embargoed|unpublished|confidential";
    /// Words before `draft` that make it the subject of a file: `our-first-draft`.
    OF_SUBJECT = "a|an|the|first|our|my|your|their|is|of|to|this|that|its|and|or|not|we|how|what|why";
    OTHERS = "my|our|the|old|new|other|notes|note|stuff|docs|doc|documents|files|pages|posts|papers|texts|folder|archive|content|misc|all";
    /// Words that mark a file between the dots of its name: `plan.draft.md`.
    SEGMENTS = "draft|wip|private|internal|confidential|unpublished|restricted|embargoed";
}

/// Words of the name of a folder that a mark at its end is said of.
const MAX_FOLDER_WORDS: usize = 3;
/// Words of the name of a file that a mark at its end is said of; a longer one is a sentence.
const MAX_FILE_WORDS: usize = 5;

/// Returns whether the name of a folder says that its files are not for everyone: `my-drafts`, `not for publication`.
#[must_use]
pub fn is_closed_folder(name: &str) -> bool {
    let words = words_of_name(name.trim_end_matches(|c: char| c.is_ascii_digit()));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_other = |word: &&str| {
        FOLDERS.contains(word)
            || OTHERS.contains(word)
            || is_filling(word)
            || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let last = words.iter().rev().find(|word| !is_version(word));
    let ends_closed =
        words.len() <= MAX_FOLDER_WORDS && last.is_some_and(|word| AT_END.contains(word));
    words.iter().any(|word| FOLDERS.contains(word)) && words.iter().all(is_other)
        || ends_closed
        || WHOLE.contains(words.concat().as_str())
        || is_forbidding_name(&words)
}

/// Returns whether a word of a name is the number of a version: `2`, `v2`.
fn is_version(word: &&&str) -> bool {
    let figures = word.trim_start_matches('v');
    figures.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the name of a file without its ending, if that says that the file is not for everyone.
pub(crate) fn closed_file(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let segments: Vec<&str> = stem.split('.').collect();
    let is_segment = |segment: Option<&&str>| {
        segment.is_some_and(|segment| SEGMENTS.contains(segment.to_lowercase().as_str()))
    };
    let has_segment =
        segments.len() > 1 && (is_segment(segments.first()) || is_segment(segments.last()));
    let spaced = stem.replace('_', " ");
    let split = match stem.contains(' ') {
        true => spaced.clone(),
        false => spaced.replace('-', " "),
    };
    let words = words_of_name(&split);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // `plan-do-not-share`: the order is behind the subject. `what-we-do-not-share` is about something else.
    let ends_with_order = (0..words.len()).any(|at| {
        let (before, end) = words.split_at_checked(at).unwrap_or_default();
        let is_clause = before.iter().any(|word| OF_SUBJECT.contains(word));
        let is_order = matches!(end, ["do", ..] | ["not", _, _, ..]);
        is_order && !is_clause && forbids(end)
    });
    // Generators take a name with a line in front for a part of other pages.
    let is_part = stem.starts_with('_') && stem != "_index";
    let is_marked = has_segment
        || is_part
        || is_marked_title(&spaced)
        || is_marked_title(&split)
        || ends_with_order
        || ends_with_mark(&words);
    is_marked.then_some(stem)
}

/// Returns whether a name ends with a mark, with or without the number of a version: `plan-wip`, `plan-draft-2`,
/// `plan-staff-only`.
fn ends_with_mark(words: &[&str]) -> bool {
    let count = words.iter().rev().take_while(is_version).count();
    let words = words.get(..words.len() - count).unwrap_or_default();
    match words {
        [_, .., whose, "only"] => matches!(
            *whose,
            "internal" | "staff" | "board" | "trust" | "team" | "members"
        ),
        [.., before, last] => {
            FILE_ENDS.contains(*last)
                && !OF_SUBJECT.contains(*before)
                && words.len() <= MAX_FILE_WORDS
        }
        _ => false,
    }
}
