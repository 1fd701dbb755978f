//! Titles that mark a text as that of a draft, or as not for everyone: `DRAFT: a plan`, `A plan - not for publication`.

use crate::{
    letters::folded,
    levels::tlp,
    marks::{LOCKS, MARKS},
    orders::forbids,
    tags::without_tags,
    words::{LABELS, Word, is_restricted, lists},
};

lists! {
    /// Words that mark a title in small letters, too, where something separates them from it.
    SEPARATE = "draft|wip|confidential|embargoed|unpublished|unapproved|unfinished|brouillon|entwurf|borrador|bozza|rascunho|\
    drafft|utkast|szkic|confidentiel|confidentielle|vertraulich|confidencial|riservato|vertrouwelijk|cyfrinachol|下書き|草稿|草案|\
    非公開|非公开|機密|机密|社外秘";
    /// Words that mark a title in front of a colon; elsewhere they name what the text is about.
    IN_FRONT = "internal|private|restricted|secret";
    /// What is drafted.
    DRAFTED = "plan|policy|strategy|report|case|paper|minutes|guidance|proposal|specification|procedure|sop|agenda|letter|response|\
    statement|protocol|document|version|outline|notes|note";
    /// Verbs of a title that says something about a draft.
    VERBS = "was|were|are|has|have|had|takes|take|took|helps|helped|published|becomes|became|made|makes|goes|went|can|cannot|needs|saves|\
    saved|approved|agreed|signed|changed|reached|cut|cuts|waited|final|times|results";
    /// Words of a part of a title that is about a draft, and says nothing of the text.
    ABOUT = "the|our|my|your|of|and|or|from";
    /// What limits work in progress, which is not a status.
    OF_WIP = "limit|limits|limited|limiting|cap|caps|age|ageing|aging|item|items|board|boards|column|columns|level|levels|count|\
    counts|chart|charts|report|reports";
}

/// Returns whether a title is marked: `DRAFT: a plan`, `[Draft] A plan`, `A plan (draft)`, `⚠ DRAFT plan`, `Plan *draft*`.
pub(crate) fn is_marked_title(title: &str) -> bool {
    let title = title.trim_matches(|c: char| c.is_whitespace() || "#=%".contains(c));
    let title = title.split("{#").next().unwrap_or_default().trim_end();
    let plain = without_tags(title.trim_matches(['*', '_', ' ']));
    is_emphasised(title)
        || is_marked(&plain)
        || plain.contains('_') && is_marked(&plain.replace('_', " "))
}

fn is_marked(title: &str) -> bool {
    let words = words_of(title);
    if let [word] = words.as_slice()
        && matches!(
            word.as_str(),
            "draft"
                | "wip"
                | "confidential"
                | "private"
                | "restricted"
                | "embargoed"
                | "unpublished"
        )
    {
        return true;
    }
    let bracketed = |open: char, close: char| {
        let first = title
            .strip_prefix(open)
            .and_then(|rest| rest.split_once(close));
        let last = title
            .strip_suffix(close)
            .and_then(|rest| rest.rsplit_once(open));
        first.is_some_and(|(part, _)| is_bracketed_mark(part))
            || last.is_some_and(|(_, part)| is_bracketed_mark(part))
    };
    bracketed('[', ']')
        || bracketed('(', ')')
        || bracketed('{', '}')
        || has_marked_part(title)
        || has_marked_end(title)
        || is_draft_of(title)
        || is_locked(title)
}

fn is_mark(word: &str) -> bool {
    let folded = folded(word);
    let letters: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    LABELS.contains(letters.as_str()) || MARKS.contains(letters.as_str()) || tlp(&folded)
}

/// Returns whether a word is a mark and written in capitals.
fn in_capitals(word: &str) -> bool {
    is_mark(word) && !word.chars().any(char::is_lowercase)
}

fn is_bracketed_mark(part: &str) -> bool {
    /// What a title says of its text in brackets, and of nothing else.
    const WHOLE: [&str; 8] = [
        "for internal use",
        "pre publication",
        "prepublication",
        "awaiting approval",
        "pending approval",
        "official",
        "for approval",
        "not approved",
    ];
    let words = words_of(part).join(" ");
    is_mark(part) || is_separate(part) || WHOLE.contains(&words.as_str())
}

/// Returns whether the first part of a title, of several words, is what the rest asks about: `Confidential information: who
/// may see it`.
fn is_about(part: &str, title: &str) -> bool {
    let rest = title.get(part.len()..).unwrap_or_default();
    let next = words_of(rest).into_iter().next().unwrap_or_default();
    let asks = matches!(
        next.as_str(),
        "how" | "why" | "what" | "who" | "where" | "when" | "which" | "short" | "guide"
    );
    asks && part.split_whitespace().count() > 1
}

/// Returns whether the first or the last word is a mark that is emphasised, or in capitals and code.
fn is_emphasised(title: &str) -> bool {
    let mut words = title.split_whitespace();
    let ends = [words.next(), words.next_back()];
    let ends = ends.map(Option::unwrap_or_default);
    ends.into_iter().any(|word| {
        let is_code = word.starts_with('`') && word.ends_with('`');
        let emphasised = word.starts_with(['*', '_', '~']) && word.ends_with(['*', '_', '~']);
        (is_code && in_capitals(word)) || (emphasised && is_mark(word))
    }) && words_of(title).len() > 1
}

/// Returns whether the first or the last of the parts of a title says that it is not for everyone.
fn has_marked_part(title: &str) -> bool {
    let first = |separator| title.split_once(separator).map(|(first, _)| first);
    let last = |separator| title.rsplit_once(separator).map(|(_, last)| last);
    let first_of = [":", " - ", " – ", " — ", " | ", " · ", " • "];
    let last_of = [" - ", " – ", " — ", " | ", ", ", " · ", " • ", ": "];
    let in_front = |part: &str| IN_FRONT.contains(folded(part).trim());
    first(":").is_some_and(in_front)
        || last(":").is_some_and(in_capitals)
        || first_of
            .into_iter()
            .filter_map(first)
            .any(|part| (is_separate(part) && !is_about(part, title)) || in_capitals(part))
        || title
            .split_once('-')
            .is_some_and(|(first, _)| in_capitals(first))
        || last_of.into_iter().filter_map(last).any(|part| {
            is_separate(part)
                || (in_capitals(part) && !title.ends_with(&format!(", {}", part.trim())))
        })
}

/// Returns whether a part of a title that is separated from it is a mark: `draft 3`, `not for publication`.
fn is_separate(part: &str) -> bool {
    let words = words_of(part);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_marked = words.iter().any(|word| SEPARATE.contains(word))
        && !words.iter().any(|word| ABOUT.contains(word))
        && is_restricted(Word::State, &words);
    let is_only =
        words.len() > 1 && words.last() == Some(&"only") && is_restricted(Word::Audience, &words);
    let is_strict = matches!(words.first(), Some(&("strictly" | "highly")))
        && is_restricted(Word::State, &words);
    is_marked || is_only || is_strict || forbids(&words)
}

/// Returns whether a title that is not all in capitals begins or ends with a mark in capitals: `DRAFT plan for beds`,
/// `STRICTLY PRIVATE plan`, `⚠ DRAFT plan`, `Plan v0.1 DRAFT`.
fn has_marked_end(title: &str) -> bool {
    if !title.chars().any(char::is_lowercase) {
        return false;
    }
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    let words: Vec<&str> = title.split_whitespace().filter(is_word).collect();
    let is_large = |word: &&&str| !word.chars().any(char::is_lowercase);
    let (first, last) = (words.first(), words.last());
    // Limits of work in progress are no status.
    let is_of_wip = first.is_some_and(|word| folded(word) == "wip")
        && words
            .get(1)
            .is_some_and(|word| OF_WIP.contains(folded(word).as_str()));
    let version = words.len().checked_sub(2).and_then(|at| words.get(at));
    let is_version = version.is_some_and(|word| {
        let figures = word.trim_start_matches(['v', 'V']);
        figures.starts_with(|c: char| c.is_ascii_digit()) && figures.contains('.')
    });
    let run: Vec<&str> = words.iter().take_while(is_large).copied().collect();
    let tail: Vec<&str> = words.iter().rev().take_while(is_large).copied().collect();
    let tail = tail.into_iter().rev().collect::<Vec<_>>();
    let is_marked_run = |run: Vec<&str>| {
        let words = words_of(&run.join(" "));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let is_marked = words
            .iter()
            .any(|word| MARKS.contains(word) || LABELS.contains(word));
        (is_marked && is_restricted(Word::State, &words)) || forbids(&words)
    };
    !is_of_wip && first.is_some_and(|word| in_capitals(word))
        || last.is_some_and(|word| in_capitals(word) || (is_version && folded(word) == "draft"))
        || !is_of_wip && is_marked_run(run)
        || is_marked_run(tail)
}

/// Returns whether a title calls its text a draft: `Draft plan for beds`, but not `Draft policies take long`.
fn is_draft_of(title: &str) -> bool {
    let words = words_of(title);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_sentence = words.iter().any(|word| VERBS.contains(word));
    let asks = title
        .split_once(':')
        .is_some_and(|(part, _)| is_about(part, title));
    let kinds = words
        .iter()
        .take_while(|word| {
            matches!(
                **word,
                "internal" | "working" | "early" | "rough" | "preliminary"
            )
        })
        .count();
    let is_draft = match words.get(kinds..).unwrap_or_default() {
        ["draft"] => true,
        ["draft", number]
            if number
                .trim_start_matches('v')
                .bytes()
                .all(|byte| byte.is_ascii_digit()) =>
        {
            true
        }
        ["draft", next, ..] => {
            DRAFTED.contains(*next) || kinds > 0 && matches!(*next, "of" | "for")
        }
        _ => false,
    };
    is_draft && !is_sentence && !asks
}

/// Returns whether a title has a lock at one end and a word of a restriction: `🔒 Internal plan for beds`.
fn is_locked(title: &str) -> bool {
    LOCKS.iter().any(|lock| title.contains(lock))
        && words_of(title)
            .iter()
            .any(|word| MARKS.contains(word.as_str()) || LABELS.contains(word.as_str()))
}

fn words_of(text: &str) -> Vec<String> {
    let folded = folded(text)
        .replace("don't", "do not")
        .replace("don’t", "do not");
    let words = folded.split(|c: char| !c.is_alphanumeric());
    let counts = |word: &&str| !word.is_empty() && !matches!(*word, "is" | "a" | "an" | "it");
    words.filter(counts).map(str::to_owned).collect()
}
