//! What a key says that is in no list, by the words that it is joined of: `require_login`, `publicFrom`, `draft_status`.
//!
//! A key is about who may read a file if one of its words is, and all the others add nothing of another subject:
//! `login_required`, but not `login_page_title`. So compounds need no list of their own, in whatever way they are written.

use crate::{
    letters::folded,
    words::{Word, lists},
};

lists! {
    /// A text that is not for everyone is this, whatever is added.
    WITHHELD = "draft|drafted|draught|wip|private|secret|confidential|restricted|internal|internally|unpublished|unlisted|unapproved|\
    unreviewed|unreleased|embargoed|redacted";
    /// A text can be this, which counts where it is plainly so.
    SHUT = "locked|secured|secure|protected|gated|unpublish|personal|noindex";
    /// Who alone may read, or what they need, behind or in front of one of [`ALONE`].
    GUARDS = "staff|team|board|trust|members|member|login|signin|auth|authentication|authorisation|authorization|password|account|\
    reviewers|reviewer|editors|editor|admins|admin|nhs|intranet|internal|owner|author|employees|clinicians|committee";
    ALONE = "only|required|require|requires|needed|needs|restricted";
    /// A text that everyone may read is this.
    RELEASED = "public|publicly|publish|published|publication|publishing|publishable|release|released|launch|launched|live|available|\
    external|externally|share|shared|shareable|approved|cleared|ready|online|scheduled|schedule|visible|shown|displayed|posted|\
    facing|signedoff|searchable|indexed|listed";
    /// Of these, what says that it is on a list or a page, and not who may read it.
    SHOWN = "live|online|scheduled|schedule|shown|displayed|posted|searchable|indexed|listed|available|launch|launched|external|\
    externally|facing";
    /// What makes one of these a question, to be answered with yes or no.
    VERBS = "is|are|can|be|been|ok|may|must|should|will|allowed";
    /// What can be in such a question.
    ASKED = "has|to|for|of|the|a|document|doc|page|file|content|post|article|text|item|this|my|not|no|never|dont|do|cannot";
    /// What a text is in, on its way to that.
    STATES = "status|state|workflow|approval|approvals|clearance|signoff|lifecycle|moderation|readiness|sign|signed";
    /// Who may read it.
    READERS = "audience|access|visibility|viewability|circulation|dissemination|distribution|readable|viewable|visible|\
    permission|permissions|readership|view|read|share|shared|sharing";
    OF_READERS = "by|for|to|level|levels|permission|permissions|group|groups|scope|list|with|control|rights|restrictions|setting|settings";
    /// What adds no subject.
    NEUTRAL = "is|are|has|can|be|been|to|for|by|of|the|a|on|at|in|off|from|after|before|date|day|time|datetime|until|till|end|ends|start|\
    starts|begin|begins|flag|type|value|document|doc|page|file|content|post|article|text|item|keep|kept|treat|as|my|this|go|goes|\
    going|yet|allowed|allow|ok|ig|comms|lift|lifts|level|web|internet|lastly|first|we|may|must|should|will";
    /// What turns it round.
    NEGATIONS = "not|no|non|never|dont|do|skip|cannot|without|block|prevent|disable|exclude";
    /// Words that say until when it is published.
    ENDS = "until|till|end|ends|unpublish|expire|expires|expiry|expiration|sunset|archive|hide";
}

/// Longest word of the lists, in bytes.
const MAX_WORD: usize = 16;
/// Longest key, in bytes.
const MAX_KEY: usize = 40;

/// What the words of a key are.
struct Words(Vec<String>);

impl Words {
    /// Splits a key into words of the lists; `None` if a part of it is none.
    fn for_key(key: &str) -> Option<Self> {
        if key.len() > MAX_KEY {
            return None;
        }
        let folded = folded(key);
        let letters: String = folded.chars().filter(char::is_ascii_alphabetic).collect();
        let has_others = folded
            .chars()
            .any(|c| c.is_alphanumeric() && !c.is_ascii_alphabetic());
        let mut words = Vec::new();
        let is_split = !has_others && split(&letters, &mut words);
        (is_split && !words.is_empty()).then_some(Self(words))
    }

    fn any(&self, list: &crate::words::List) -> bool {
        self.0.iter().any(|word| list.contains(word.as_str()))
    }

    fn is_negated(&self) -> bool {
        // `do` of `do not` turns nothing round by itself.
        let negations = self.0.iter();
        let count = negations
            .filter(|word| NEGATIONS.contains(word.as_str()) && *word != "do")
            .count();
        count % 2 == 1
    }
}

/// Splits letters into words of the lists, the longest first; returns whether all of them are such words.
fn split(letters: &str, words: &mut Vec<String>) -> bool {
    if letters.is_empty() {
        return true;
    }
    for end in (1..=letters.len().min(MAX_WORD)).rev() {
        let Some((word, rest)) = letters.split_at_checked(end) else {
            continue;
        };
        if is_word(word) {
            words.push(word.to_owned());
            if split(rest, words) {
                return true;
            }
            words.pop();
        }
    }
    false
}

fn is_word(word: &str) -> bool {
    [
        &WITHHELD,
        &SHUT,
        &GUARDS,
        &ALONE,
        &RELEASED,
        &STATES,
        &READERS,
        &OF_READERS,
        &NEUTRAL,
        &NEGATIONS,
        &ENDS,
    ]
    .iter()
    .any(|list| list.contains(word))
}

/// Returns what a key is about, by its words.
pub(crate) fn word(key: &str) -> Option<Word> {
    let words = Words::for_key(key)?;
    let is_negated = words.is_negated();
    let is_guarded = words.any(&GUARDS) && words.any(&ALONE);
    let of = |is: Word, is_not: Word| Some(if is_negated { is_not } else { is });
    // `embargoed until`: its day is compared with today.
    let is_of_day = words.0.len() > 1 && words.0.iter().any(|word| word == "embargoed");
    if is_of_day {
        return None;
    }
    if words.any(&WITHHELD) {
        return of(Word::Withheld, Word::Output);
    }
    if is_guarded || words.any(&SHUT) {
        return of(Word::Omitted, Word::Output);
    }
    // Who did it, and when it was read, says nothing.
    let is_by = words.0.last().is_some_and(|word| word == "by");
    if words.any(&STATES) {
        return (!is_by).then_some(Word::State);
    }
    let is_of_readers = words.any(&READERS) && words.any(&OF_READERS);
    // What is written for beginners, everyone may read.
    if words.0.iter().any(|word| word == "audience") {
        return Some(Word::Intended);
    }
    if is_of_readers && (!is_by || words.any_able()) {
        return Some(Word::Audience);
    }
    if words.any(&RELEASED) && !is_by {
        return match words.ask() {
            true => of(Word::Released, Word::Withheld),
            false => of(Word::Output, Word::Omitted),
        };
    }
    None
}

impl Words {
    /// Returns whether they ask whether a text may be published: `is public`, `approved for publication`. A value that is neither
    /// yes nor no then says that it may not yet.
    fn ask(&self) -> bool {
        let is_of = |list: &crate::words::List, word: &&String| list.contains(word.as_str());
        let releases = |word: &&String| is_of(&RELEASED, word) && !is_of(&SHOWN, word);
        let asks = |word: &&String| is_of(&VERBS, word);
        let (mut others, has_verb) = (self.0.iter(), self.0.iter().any(|word| asks(&word)));
        let count = self.0.iter().filter(releases).count();
        count > usize::from(!has_verb)
            && others.all(|word| releases(&word) || asks(&word) || is_of(&ASKED, &word))
    }

    /// Returns whether a word says what can be done: `readable by`.
    fn any_able(&self) -> bool {
        self.0.iter().any(|word| word.ends_with("ble"))
    }
}

/// What a day under a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The first day of publication.
    From,
    /// The last one.
    Until,
}

/// Returns what a day says that is the value of this key.
pub(crate) fn bound(key: &str) -> Option<Bound> {
    let words = Words::for_key(key)?;
    let is_about = words.any(&RELEASED) || words.0.iter().any(|word| word == "unpublish");
    let is_by = words.0.last().is_some_and(|word| word == "by");
    match (is_about && !is_by, words.any(&ENDS)) {
        (true, true) => Some(Bound::Until),
        (true, false) => Some(Bound::From),
        (false, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_understood_by_its_words() {
        for (key, expected) in [
            ("require_login", Some(Word::Omitted)),
            ("loginRequired", Some(Word::Omitted)),
            ("for_board_only", Some(Word::Omitted)),
            ("draft_status", Some(Word::Withheld)),
            ("keep-private", Some(Word::Withheld)),
            ("notPrivate", Some(Word::Output)),
            ("do_not_share", Some(Word::Omitted)),
            ("ok_to_share", Some(Word::Audience)),
            ("approval_status", Some(Word::State)),
            ("readable_by", Some(Word::Audience)),
            ("share_level", Some(Word::Audience)),
            ("is_public", Some(Word::Released)),
            ("approved_for_release", Some(Word::Released)),
            ("may_be_published", Some(Word::Released)),
            ("not_to_be_published", Some(Word::Withheld)),
            ("is_live", Some(Word::Output)),
            ("release", Some(Word::Output)),
            ("cleared_for", Some(Word::Output)),
            ("date_released", Some(Word::Output)),
            ("audience_level", Some(Word::Intended)),
            ("approved_by", None),
            ("private_sector", None),
            ("release_notes", None),
            ("show_toc", None),
            ("i18nReady", None),
            ("login_page_title", None),
            ("embargoed_until", None),
        ] {
            assert_eq!(word(key), expected, "{key}");
        }
    }

    #[test]
    fn a_day_bounds_publication_under_keys_about_that() {
        for (key, expected) in [
            ("public_from", Some(Bound::From)),
            ("scheduled", Some(Bound::From)),
            ("availableFrom", Some(Bound::From)),
            ("unpublish", Some(Bound::Until)),
            ("end_publish", Some(Bound::Until)),
            ("live-until", Some(Bound::Until)),
            ("start_date", None),
            ("review_date", None),
            ("published_by", None),
        ] {
            assert_eq!(bound(key), expected, "{key}");
        }
    }
}
