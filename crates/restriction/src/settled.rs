//! Values that say that a text is no draft, or that everyone may read it.

use crate::words::{OPEN, STRONG, is_open, lists};

lists! {
    /// What can be behind words such as `public`, and limits nothing.
    OF_OPEN = "access|accessible|domain|web|website|internet|online|to|for|the|general|and|or|readers|reader|user|users|visitors|\
    license|licence|data|source|information|document|documents|here|worldwide|is|are|on|in|of|by|can|may|read|view|see|who|with|\
    link|uk|nhs|0|1|2|3|4|cc|ogl|government";
    /// States in which a text is not a draft.
    OPEN_STATES = "live|moved|stagnant|living|inactive|dormant|last call|merged|final|approved|complete|completed|done|accepted|active|current|stable|new|updated|deprecated|\
    released|closed|proposed|superseded|rejected|archived|implemented|maintained|beta|alpha|\
    experimental|production|ready|publish|in use|in progress|ongoing|reviewed|finished|green|amber|red|ok|good|won|trial|\
    pilot|working|running|stopped|paused|on track|off track|at risk|resolved|fixed|verified|evergreen|seedling|budding|\
    adopted|agreed|decided|discontinued|retired|legacy|supported|unsupported|available|started|planned|preview|ga|\
    signed off|ended|evaluated|trial ended|up to date|under evaluation|yes|true|n/a|none|not applicable|\
    enabled|disabled|healthy|up|stub|translated|migrated|mature|obsolete|provisional|informational|standard|recommended|optional";
}

lists! {
    /// States of a text that is no draft any more, whatever the key: a project that is `active` can have a private page.
    pub(crate) ENDED = "final|approved|published|released|live|done|complete|completed|finished|merged|accepted";
}

/// Returns whether words say that everyone may read, and nothing that limits that: `open access`, but not `public-ish`.
pub(crate) fn are_open(words: &[&str]) -> bool {
    words.first().is_some_and(|first| OPEN.contains(first))
        && words
            .iter()
            .all(|word| OPEN.contains(word) || OF_OPEN.contains(word))
}

/// Returns whether a status says who settled the text, or when: `Approved by the board`.
fn is_settled_by(words: &[&str]) -> bool {
    let [first, by, who @ ..] = words else {
        return false;
    };
    let doubts = |word: &&str| {
        STRONG.contains(word)
            || matches!(
                *word,
                "not" | "no" | "subject" | "only" | "but" | "except" | "for" | "if" | "draft"
            )
    };
    matches!(
        *first,
        "approved" | "agreed" | "accepted" | "adopted" | "ratified" | "endorsed" | "published"
    ) && matches!(*by, "by" | "on" | "at" | "in")
        && !who.is_empty()
        && !who.iter().any(doubts)
}

/// Returns whether a status is that of a text that is no draft, or a number.
pub(crate) fn is_settled(value: &str, words: &[&str]) -> bool {
    let is_number = value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_number
        || is_open(words)
        || is_settled_by(words)
        || is_settled_version(words)
        || OPEN_STATES.contains(value)
}

/// Returns whether a status is a settled one of a version: `Approved v2`, `Final v1.0`.
fn is_settled_version(words: &[&str]) -> bool {
    let is_number = |word: &&str| {
        let figures = word.trim_start_matches('v');
        figures.bytes().all(|byte| byte.is_ascii_digit())
    };
    words.split_first().is_some_and(|(first, rest)| {
        OPEN_STATES.contains(first)
            && !rest.is_empty()
            && rest
                .iter()
                .all(|word| is_number(word) || *word == "version")
    })
}
