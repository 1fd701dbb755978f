//! Words that forbid to pass a text on, whatever follows them: `Not to be shared beyond the ICB`.

use crate::{
    letters::{folded, is_invisible},
    words::{Word, is_filling, is_restricted, lists},
};

lists! {
    /// What is not done with a text that is not for everyone.
    PASSIVE = "shared|published|circulated|distributed|disclosed|disseminated|forwarded|copied|released|reproduced|printed|uploaded|\
    posted";
    DEEDS = "publication|sharing|circulation|distribution|disclosure|dissemination|release|forwarding|copying|reproduction|\
    publishing|circulating|distributing";
    VERBS = "publish|share|circulate|distribute|forward|disclose|disseminate|post|upload";
    /// Words that can be between `not` and the deed.
    BETWEEN = "onward|public|further|external|general|wider|wide|open|immediate|yet|ready|to|be|for|been|fully|formally|currently|\
    online|media|press|web|internal|or";
    /// Words behind an order that has no object but the text itself.
    BEHIND = "this|these|outside|beyond|before|until|till|with|without|externally|internally|further|widely|or|and|by|except|unless|\
    under|publicly|online|to|yet|any|anywhere|elsewhere|anyone|more|as|wider";
    /// What a text waits for.
    APPROVED = "approved|agreed|cleared|signed|final|finalised|finalized|ratified|authorised|authorized|validated|complete|finished";
    FOREIGN_NOT = "pas|nicht|no|non|niet|nid|peidiwch|ddim|nie|nao";
    FOREIGN_DEEDS = "diffuser|distribuer|publier|communiquer|circuler|divulguer|weitergeben|weitergabe|veroffentlichen|veroffentlichung|\
    verbreiten|publicar|difundir|distribuir|compartir|divulgar|divulgare|diffondere|pubblicare|pubblicazione|distribuire|condividere|\
    verspreiden|publiceren|publicatie|verspreiding|gyhoeddi|chyhoeddi|cyhoeddi|rannu|rhannu|dosbarthu|ddosbarthu|publikowac|rozpowszechniac";
    /// What the British government wrote behind its old markings.
    DESCRIPTORS = "staff|management|commercial|personal|policy|medical|investigations|contracts|appointments|budget|honours|visits|\
    locsen|private|patient|hr|finance|legal";
}
/// Words at the beginning of a line that is about the text below it.
const OPENINGS: [&str; 16] = [
    "subject to nda",
    "under nda",
    "covered by nda",
    "subject to non disclosure",
    "subject to legal privilege",
    "legal privilege",
    "exempt from foi",
    "exempt from disclosure",
    "exempt from freedom of information",
    "exempt from publication",
    "chatham house rule",
    "off the record",
    "closed session paper",
    "rough notes",
    "part ii private",
    "withheld under",
];
/// Words of a line that is no sentence about something else.
const MAX_OPENING_WORDS: usize = 12;
const MAX_FOREIGN_WORDS: usize = 7;
/// Words between a foreign "not" and its verb.
const MAX_FOREIGN_GAP: usize = 3;

/// Returns whether the words of a line above the text forbid to pass that on, or say that it waits for approval.
pub(crate) fn forbids(words: &[&str]) -> bool {
    let nots = words
        .iter()
        .enumerate()
        .filter(|(_, word)| matches!(**word, "not" | "never" | "cannot"));
    let english = nots.into_iter().any(|(at, _)| {
        let (before, rest) = words.split_at(at);
        let is_never = rest.first() == Some(&"never") && before.is_empty();
        before.iter().all(|word| is_filling(word))
            && !is_about_data(before)
            && is_forbidden(before, rest.get(1..).unwrap_or_default(), is_never)
    });
    english || opens(words) || forbids_in_other_languages(words) || is_old_marking(words)
}

/// Returns whether words begin like a line that is about the text below it.
fn opens(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    let begins = |opening: &&&str| {
        let rest = opening.strip_prefix(first);
        rest.is_some_and(|rest| rest.starts_with(' '))
    };
    let mut openings = OPENINGS.iter().filter(begins).peekable();
    if openings.peek().is_none() || words.len() > MAX_OPENING_WORDS {
        return false;
    }
    let line = words.join(" ");
    openings.any(|opening| {
        line.strip_prefix(opening)
            .is_some_and(|rest| rest == "s" || goes_on(rest))
    })
}

/// Returns whether what is behind an opening belongs to it, and makes no sentence of it: `exempt from FOI under section 36`.
fn goes_on(rest: &str) -> bool {
    const BEHIND_OPENING: [&str; 17] = [
        "under",
        "section",
        "s",
        "act",
        "with",
        "by",
        "until",
        "and",
        "do",
        "not",
        "per",
        "the",
        "of",
        "agreement",
        "agreements",
        "applies",
        "apply",
    ];
    let mut words = rest.split(' ').filter(|word| !word.is_empty());
    rest.is_empty()
        || rest.starts_with(' ')
            && words.next().is_some_and(|word| {
                BEHIND_OPENING.contains(&word) || word.bytes().any(|byte| byte.is_ascii_digit())
            })
}

/// Returns whether an order is about data, and not about the text: `Patient information must not be shared by e-mail`.
fn is_about_data(before: &[&str]) -> bool {
    let is_whose = |word: &&str| {
        matches!(
            *word,
            "patient" | "personal" | "staff" | "data" | "information"
        )
    };
    before.first().is_some_and(is_whose)
        && before
            .iter()
            .any(|word| matches!(*word, "data" | "information" | "records" | "details"))
}

/// Returns whether what is behind `not` is something that is done with a text; `before` is in front of it. `is_never`
/// says that a line begins with "never".
fn is_forbidden(before: &[&str], rest: &[&str], is_never: bool) -> bool {
    let count = rest
        .iter()
        .take_while(|word| BETWEEN.contains(*word))
        .count();
    let (between, rest) = rest.split_at(count);
    let next = rest.first().copied().unwrap_or_default();
    let after = rest.get(1).copied();
    let has = |one: &str| between.contains(&one);
    if PASSIVE.contains(next) {
        // `This page is not published by us` is a sentence.
        let is_state = after
            .is_none_or(|after| matches!(after, "yet" | "until" | "before" | "outside" | "beyond"));
        return has("be") || is_state;
    }
    if DEEDS.contains(next) {
        return has("for");
    }
    // `Not for press use`.
    if next == "use" && after.is_none() {
        let is_outside = |word: &&str| matches!(*word, "press" | "media" | "public" | "external");
        return has("for") && between.iter().any(is_outside);
    }
    if has("for")
        && between
            .iter()
            .any(|word| matches!(*word, "public" | "internal"))
        && next.is_empty()
    {
        return true;
    }
    if VERBS.contains(next) {
        let is_order = before
            .last()
            .is_some_and(|word| matches!(*word, "do" | "please" | "must" | "may" | "should"))
            || has("to")
            || is_never;
        return is_order && after.is_none_or(|after| BEHIND.contains(after));
    }
    let is_short = before.len() + rest.len() <= MAX_FOREIGN_WORDS;
    APPROVED.contains(next)
        && is_short
        && after.is_none_or(|after| matches!(after, "yet" | "by" | "for" | "off" | "until"))
}

/// `Ne pas diffuser`, `Nid i'w gyhoeddi`, `Nicht zur Veröffentlichung`.
fn forbids_in_other_languages(words: &[&str]) -> bool {
    words.len() <= MAX_FOREIGN_WORDS
        && words.iter().enumerate().any(|(at, word)| {
            let behind = words.iter().skip(at + 1).take(MAX_FOREIGN_GAP + 1);
            FOREIGN_NOT.contains(word) && behind.into_iter().any(|one| FOREIGN_DEEDS.contains(one))
        })
}

/// `PROTECT - STAFF`, `Restricted: commercial`.
fn is_old_marking(words: &[&str]) -> bool {
    let [first, behind @ ..] = words else {
        return false;
    };
    matches!(*first, "protect" | "restricted" | "confidential")
        && (1..=2).contains(&behind.len())
        && behind.iter().all(|word| DESCRIPTORS.contains(word))
}

/// Returns whether a name or a key of several words forbids: `internal-use-only`, `notForRelease`, `not for publication`.
pub(crate) fn is_forbidding_name(words: &[&str]) -> bool {
    words.len() > 1
        && (forbids(words) || words.last() == Some(&"only") && is_restricted(Word::Audience, words))
}

/// Splits a name at its signs and before its capitals, in small letters: `internalUse-only`.
pub(crate) fn words_of_name(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for c in name.chars().filter(|c| !is_invisible(*c)) {
        let begins = !c.is_alphanumeric() || (c.is_ascii_uppercase() && was_small);
        if begins {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.push(c);
        }
        was_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words.iter().map(|word| folded(word)).collect()
}
