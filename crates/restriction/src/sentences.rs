//! What makes a line with such words a sentence about something, and no marking: a denial, the stages of a text, readers who
//! are all of a kind.

use crate::words::lists;

lists! {
    /// Words that say that a text is not for everyone, where nothing denies them.
    DENIED = "draft|drafts|confidential|private|secret|restricted|internal|sensitive|embargoed|classified";
    /// People who can be the only readers of a text.
    PEOPLE = "staff|team|teams|members|member|board|trustees|governors|governor|directors|director|executives|executive|committee|\
    clinicians|nurses|doctors|midwives|pharmacists|consultants|managers|manager|leads|colleagues|partners|recipients|recipient|\
    addressees|addressee|readers|users|subscribers|attendees|employees|contractors|icb|ics|trust|department|directorate|\
    reviewers|editors|administrators|admins|council|cabinet|chair|chairs";
    /// What is in front of them.
    OF_PEOPLE = "for|the|our|named|intended|senior|project|programme|clinical|nursing|medical|committee|all|use|by|of|to|and|or|\
    attention|eyes|ward|unit|it|digital|steering|working|group|trust|icb|ics|nhs";
}

/// Words of a line that names its readers.
const MAX_READERS: usize = 6;

/// Returns whether words deny what would restrict: `not a draft`, `no longer confidential`, `was a draft until May`.
pub(crate) fn is_denial(words: &[&str]) -> bool {
    let said = words.iter().filter(|word| DENIED.contains(**word)).count();
    let denied = words.iter().enumerate().any(|(at, word)| {
        let before: Vec<&str> = words
            .iter()
            .take(at)
            .rev()
            .filter(|word| !matches!(**word, "a" | "an" | "the"))
            .take(2)
            .copied()
            .collect();
        DENIED.contains(*word)
            && matches!(
                before.as_slice(),
                ["not" | "was" | "were", ..] | ["longer", "no"]
            )
    });
    denied && said == 1
}

/// Returns whether words are the stages through which texts go: `Draft → review → final`.
pub(crate) fn are_stages(words: &[&str]) -> bool {
    let place = |stages: &[&str]| words.iter().position(|word| stages.contains(word));
    let ends = place(&["final", "approved", "published"]);
    let (Some(draft), Some(end)) = (place(&["draft", "drafts"]), ends) else {
        return false;
    };
    let has_middle = words
        .get(draft..end)
        .unwrap_or_default()
        .iter()
        .any(|word| {
            matches!(
                *word,
                "review" | "reviewed" | "checked" | "comment" | "comments"
            )
        });
    has_middle && words.len() <= MAX_READERS
}

/// Returns whether words name people who alone may read: `Clinicians only`, `Named recipients only`,
/// `Northmoor staff only`.
pub(crate) fn are_some_only(words: &[&str]) -> bool {
    let [who @ .., "only"] = words else {
        return false;
    };
    let Some((last, before)) = who.split_last() else {
        return false;
    };
    // One word that is not known can be whose they are.
    let unknown = before
        .iter()
        .filter(|word| !(OF_PEOPLE.contains(**word) || PEOPLE.contains(**word)))
        .count();
    words.len() <= MAX_READERS && PEOPLE.contains(*last) && unknown <= 1
}

/// Returns whether readers are everyone of a kind, of whatever organisation: `all NHS staff`, `staff of any trust`.
pub(crate) fn are_all(words: &[&str]) -> bool {
    let begins_with_all = matches!(words.first(), Some(&("all" | "any" | "every" | "everyone")));
    begins_with_all && words.contains(&"nhs")
        || words.iter().any(|word| matches!(*word, "any" | "every"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(test: fn(&[&str]) -> bool, line: &str) -> bool {
        test(&line.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn a_denial_is_no_marking() {
        for line in [
            "this is not a draft",
            "not confidential",
            "no longer restricted",
            "this report was a draft until may",
        ] {
            assert!(holds(is_denial, line), "{line}");
        }
        for line in [
            "draft not for release",
            "not confidential but internal",
            "not for publication",
            "draft",
        ] {
            assert!(!holds(is_denial, line), "{line}");
        }
        assert!(holds(are_stages, "draft review final"));
        assert!(!holds(are_stages, "final draft for review"));
    }

    #[test]
    fn readers_who_are_some_only_are_known() {
        for line in [
            "clinicians only",
            "for the board only",
            "northmoor staff only",
            "committee members only",
            "project team only",
            "named recipients only",
        ] {
            assert!(holds(are_some_only, line), "{line}");
        }
        for line in [
            "only",
            "adults only",
            "weekdays only",
            "staff",
            "read only",
            "england only",
        ] {
            assert!(!holds(are_some_only, line), "{line}");
        }
    }
}
