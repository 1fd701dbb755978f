//! The keys by which files say who may read them, in all spellings.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    letters::folded,
    marks::LOCKS,
    orders::{is_forbidding_name, words_of_name},
    stems,
    words::{Word, lists},
};

const AUDIENCE: &str = "vis|visibilidad|visibilita|sichtbarkeit|gwelededd|zichtbaarheid|visibility|access|acl|restriction|restrictions|\
    restrictedto|whocanread|whocansee|whocanseethis|whocanreadthis|whomayread|whomayreadthis|whomaysee|allowedusers|\
    allowusers|visibleto|visiblefor|viewableby|accesslevel|accessrights|accesscontrol|allowedreaders|dissemination|distribution|circulation|circulationlist|distributionlist|allowedroles|allowedgroups|\
    allowedviewers|authorisedusers|authorizedusers|permittedusers";
const INTENDED: &str = "audience|intendedaudience|readership|targetaudience";
const MARKING: &str = "handling|privacy|classification|protectivemarking|marking|securitylevel|version|revision|revremark|caveat|security";
const READERS_OF: &str = "readers|viewers|users|allow|permissions|permission|sharing|sharewith|sharedwith|roles|groups|group|for|onlyfor";
const LABEL: &str = "filetags|tags|tag|keywords|categories|category|labels|label|flags|layout|type|class|doctype|documenttype|kind";
const PLACE: &str = "channel|channels|destination|destinations|target|targets|site|environment|env|publishto|deployto|section|folder|\
    collection|scope|instance|space";
const STAGE: &str = "stage|phase";
const OUTPUT: &str = "render|permalink|listed|output|sitemap|pub|live|deploy|web|show|display|searchable|shared|share|online|indexable|\
    discoverable|enabled|active|listing|list|islisted|crawl|crawlable|final|isfinal|finished|signoff|reviewed|embargolifted";
const OMITTED: &str = "withdrawn|iswithdrawn|retracted|isretracted|deleted|isdeleted|trashed|trash|recalled|hide|exclude|excluded|ignore|\
    ignored|skip|omit|owneronly|internaluse|headless|sitemapexclude|concept|disabled|excludefromsearch|robotsnoindex|\
    eleventyexcludefromcollections|foiexempt|auth|login|requiresauth|requireauth|authrequired|requiresauthentication|\
    authenticationrequired|nhsonly|trustonly|boardonly|intranetonly|keepinternal|nda|undernda|privileged|commercialinconfidence|hold|onhold|\
    personaldata|containspii|containspersonaldata|pii";
const ROBOTS: &str = "robots|googlebot";
const LEVEL: &str = "sensitivity|sensitivitylevel|confidentiality|confidentialitylevel|tlp|trafficlightprotocol|impactlevel";
const WITHHELD: &str = "draft|isdraft|drafts|private|isprivate|unlisted|hidden|internal|isinternal|internalonly|confidential|restricted|secret|embargo|embargoed|unpublished|wip|\
    donotpublish|notforpublication|nopublish|dontpublish|noshare|donotshare|notpublic|nonpublic|noindex|protected|passwordprotected|\
    password|passcode|loginrequired|requireslogin|membersonly|staffonly|teamonly|publicationblocked|unreleased|unapproved|\
    workinprogress|unfinished|notready|brouillon|entwurf|borrador|bozza|rascunho|drafft|utkast|kladde|szkic|prive|privat|\
    privado|privato|preifat|confidentiel|vertraulich|confidencial|riservato|vertrouwelijk|cyfrinachol|interne|intern|\
    interno|mewnol|下書き|草稿|草案|非公開|非公开|機密|机密|مسودة|سري";
const RELEASED: &str = "publishedat|datepublished|publisheddate|publicaccess|published|publish|public|ispublic|ispublished|\
    released|isreleased|dgpublish|publishable|visible|isvisible|approved|isapproved|forpublication|clearedforpublication|\
    approvedforpublication|approvedtopublish|oktoshare|oktopublish|readytopublish|canpublish|isready|consenttopublish|\
    permissiontopublish|ready|signedoff|cleared|shareable|publie|publicado|pubblicato|gepubliceerd|veroffentlicht|\
    offentlich|openbaar|cyhoeddwyd|cyhoeddus";
const STATE: &str = "foi|foistatus|foiexemption|freedomofinformation|freedomofinformationstatus|status|state|workflow|workflowstate|lifecycle|publication|\
    statut|etat|estado|stato|zustand|statws|stav|状态|状態|ステータス";
const DAY: &str = "launchdate|holduntil|waituntil|embargolift|embargolifts|embargoends|releasedate|golive|golivedate|availablefrom|publishdate|pubdate|publishon|publishat|publishafter|publicationdate";
/// Keys that are often misspelt, and words that are one letter from one of them.
const OFTEN_MISSPELT: [&str; 6] = [
    "draft",
    "private",
    "publish",
    "published",
    "unlisted",
    "confidential",
];
lists! {
    /// Words before a key that say whose it is.
    PREFIXES = "hugo|jekyll|gatsby|eleventy|nikola|page|post|doc|document|article|content|data|meta|wp|assign|set|let|const|var|export";
    NOT_MISSPELT = "publisher|publishes|privates|privateer|craft|graft|drift|drafty|draught|punish|punished";
}

/// Longest key, in letters.
const MAX_KEY: usize = 32;
/// The fewest letters of a key that may be misspelt.
const MIN_MISSPELT: usize = 8;

/// Keys that front matter often has, as our own kinds write them: what each is about is found once.
const USUAL: &str = "kind|title|summary|description|type|result|stage|ended|would_repeat|priority|wgll|care_setting|topics|tags|\
    systems|category|supplier|product|version|audience|scale|sites|staff_users|beds|patients_per_year|cost|band|one_off_gbp|\
    yearly_gbp|staff_wte|funding|measures|name|unit|direction|baseline|baseline_period|result_period|n|method|evidence|barriers|\
    contact|role|mailbox|open_to|author|authors|organisation|partners|site|region|safety|dcb0129|dcb0160|hazards|interests|\
    started|live|date|created|updated|reviewed|review_by|replaces|based_on|attachments|licence|visibility|lang|status|draft|id|\
    slug|layout|weight|aliases|file|url|label";

static OF_USUAL: LazyLock<HashMap<&'static str, Option<Word>>> =
    LazyLock::new(|| USUAL.split('|').map(|key| (key, read(key))).collect());

/// Returns what a key is about, in any case and spelling: also `draft` of `page.draft`.
pub(crate) fn word(key: &str) -> Option<Word> {
    match OF_USUAL.get(key) {
        Some(word) => *word,
        None => read(key),
    }
}

/// Returns whether a key is itself in one of the lists, and not only its words.
pub(crate) fn is_listed(key: &str) -> bool {
    let letters: String = folded(key)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    KNOWN.contains_key(letters.as_str())
}

fn read(key: &str) -> Option<Word> {
    // `🔒: true`.
    if LOCKS.iter().any(|lock| key.trim() == *lock) {
        return Some(Word::Withheld);
    }
    let whole = folded(key);
    word_of_letters(&whole)
        .or_else(|| {
            let (_, last) = whole.rsplit_once(['.', '/'])?;
            word_of_letters(last)
        })
        .or_else(|| {
            // `hugo_draft`, `data-visibility`.
            let (first, last) = whole.trim().split_once(['_', '-', ' '])?;
            PREFIXES.contains(first).then(|| self::word(last))?
        })
        .or_else(|| {
            // `internal-use-only`, `notForRelease`.
            let words = words_of_name(key.get(..MAX_KEY).unwrap_or(key));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            is_forbidding_name(&words).then_some(Word::Withheld)
        })
        .or_else(|| stems::word(key))
}

fn word_of_letters(key: &str) -> Option<Word> {
    let letters: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    let key = letters.as_str();
    if key.is_empty() || key.chars().count() > MAX_KEY {
        return None;
    }
    if let Some(word) = KNOWN.get(key) {
        return Some(*word);
    }
    let is_visibility = key.ends_with("visibility")
        || key.len() >= MIN_MISSPELT && is_misspelt("visibility", key, 2);
    if is_visibility {
        Some(Word::Audience)
    } else if key.ends_with("status") {
        // `draft_status: true`
        let is_withheld = stems::word(key) == Some(Word::Withheld);
        Some(if is_withheld {
            Word::Withheld
        } else {
            Word::State
        })
    } else if ["classification", "marking", "caveat"]
        .iter()
        .any(|end| key.ends_with(end))
        || is_revision(key)
    {
        Some(Word::Marking)
    } else {
        misspelt(key)
    }
}

/// Returns whether a key is the number of a revision, as in the second line of AsciiDoc: `v0.1, 2024-01-01: Draft`.
fn is_revision(key: &str) -> bool {
    let digits = key.strip_prefix('v').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns what a key is about that is one letter from a key that is often misspelt.
fn misspelt(key: &str) -> Option<Word> {
    if NOT_MISSPELT.contains(key) {
        return None;
    }
    let near = |known: &&str| is_misspelt(known, key, 1);
    KNOWN.get(OFTEN_MISSPELT.into_iter().find(near)?).copied()
}

/// The keys of all lists; of two lists the first counts.
static KNOWN: LazyLock<HashMap<&'static str, Word>> = LazyLock::new(|| {
    let lists = [
        (AUDIENCE, Word::Audience),
        (WITHHELD, Word::Withheld),
        (RELEASED, Word::Released),
        (STATE, Word::State),
        (MARKING, Word::Marking),
        (INTENDED, Word::Intended),
        (READERS_OF, Word::Readers),
        (LABEL, Word::Label),
        (STAGE, Word::Stage),
        (PLACE, Word::Place),
        (OUTPUT, Word::Output),
        (OMITTED, Word::Omitted),
        (LEVEL, Word::Level),
        (ROBOTS, Word::Robots),
        (DAY, Word::Day),
    ];
    let each = lists.into_iter().rev();
    each.flat_map(|(list, word)| list.split('|').map(move |key| (key, word)))
        .collect()
});

/// Returns whether a key is a known word with some mistakes, at most `most`.
fn is_misspelt(known: &str, key: &str, most: usize) -> bool {
    // Each letter that the word does not have is a mistake; with that, most keys are not compared.
    let is_mistake = |letter: &char| !known.contains(*letter);
    key.len() + most >= known.len()
        && key.chars().filter(is_mistake).nth(most).is_none()
        && strsim::damerau_levenshtein(key, known) <= most
}
