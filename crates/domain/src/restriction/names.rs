//! Names of folders and files that say that what they hold is not for everyone: `my-drafts/`, `plan.draft.md`.

use super::{
    orders::{forbids, is_forbidding_name, words_of_name},
    titles::is_marked_title,
    words::{is_filling, lists},
};

lists! {
    /// Words of which one makes a folder one of drafts, if all the others are of [`OTHERS`].
    FOLDERS = "drafts|draft|wip|private|unpublished|confidential|internal|restricted|embargoed|secret|brouillons|brouillon|entwurfe|\
    entwurf|borradores|borrador|bozze|bozza|rascunhos|drafftiau|drafft|concepten|confidentiel|vertraulich|vertrouwelijk|cyfrinachol|\
    intern|interne|mewnol|unapproved|trash";
    OTHERS = "my|our|the|old|new|other|notes|note|stuff|docs|doc|documents|files|pages|posts|papers|texts|folder|archive|content|misc|all";
    /// Words that mark a file between the dots of its name: `plan.draft.md`.
    SEGMENTS = "draft|wip|private|internal|confidential|unpublished|restricted|embargoed";
}

/// Returns whether the name of a folder says that its files are not for everyone: `my-drafts`, `not for publication`.
#[must_use]
pub fn is_closed_folder(name: &str) -> bool {
    let words = words_of_name(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_other = |word: &&str| {
        FOLDERS.contains(word)
            || OTHERS.contains(word)
            || is_filling(word)
            || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    words.iter().any(|word| FOLDERS.contains(word)) && words.iter().all(is_other)
        || is_forbidding_name(&words)
}

/// Returns the name of a file without its ending, if that says that the file is not for everyone.
pub(super) fn closed_file(path: &str) -> Option<&str> {
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
    // `plan-do-not-share`: the order is behind the subject.
    let ends_with_order = (0..words.len()).any(|at| {
        let end = words.get(at..).unwrap_or_default();
        matches!(end.first(), Some(&("do" | "not"))) && forbids(end)
    });
    let is_marked =
        has_segment || is_marked_title(&spaced) || is_marked_title(&split) || ends_with_order;
    is_marked.then_some(stem)
}
