//! The words by which files say who may read them: keys, and what their values mean.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::letters::folded;

/// Words that are looked up.
pub(super) type List = LazyLock<HashSet<&'static str>>;

/// Declares lists whose words have `|` between them.
macro_rules! lists {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $words:expr;)*) => {
        $($(#[$meta])* $vis static $name: $crate::restriction::words::List =
            std::sync::LazyLock::new(|| $words.split('|').collect());)*
    };
}
pub(super) use lists;

/// What a key is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// Who may read: `visibility`, `access`.
    Audience,
    /// Something like who may read, of which only clear values count: `classification`, `audience`.
    Marking,
    /// Kept back if it is true: `draft`, `private`.
    Withheld,
    /// Kept back if it is false: `published`, `public`.
    Released,
    /// The stage of the text: `status`.
    State,
    /// The day of publication: `publishDate`. A day that was read is compared elsewhere.
    Day,
    /// Who it is shared with, of which only clear values count: `readers`, `permissions`.
    Readers,
    /// Something that a file is sorted by, and that a word such as `draft` can be among: `tags`, `layout`.
    Label,
    /// Whether a page is made of the file, of which only a clear `no` counts: `permalink`, `render`.
    Output,
    /// Whether the file is left out, of which only a clear `yes` counts: `exclude`, `hide`.
    Omitted,
    /// How sensitive the file is: `sensitivity`, `tlp`. Only what is plainly low is public.
    Level,
    /// Any other key, of which only a value counts that says nothing but that the file is not for everyone.
    Other,
}

impl Word {
    /// Returns whether a value that is not understood counts, too.
    pub(super) fn is_certain(self) -> bool {
        matches!(self, Self::Audience | Self::Withheld | Self::Released)
    }
}

/// What a value says of who may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Everyone may.
    Public,
    /// Not everyone.
    Restricted,
    /// It is not known.
    Unclear,
}

const AUDIENCE: &str = "visibilidad|visibilita|sichtbarkeit|gwelededd|zichtbaarheid|visibility|visibleto|visiblefor|viewableby|access|accesslevel|accessrights|accesscontrol|acl|restriction|restrictions|restrictedto|whocanread";
const MARKING: &str = "audience|classification|protectivemarking|marking|distribution|\
    circulation|privacy|securitylevel";
const READERS_OF: &str = "readers|permissions|permission|sharing|share|sharewith|sharedwith|roles|allowedroles|allowedgroups|\
    groups|group|for|onlyfor|visibleby|security";
const LABEL: &str = "tags|tag|keywords|categories|category|labels|label|flags|layout|type|stage|class|doctype|documenttype|kind|phase";
const OUTPUT: &str = "render|permalink|listed|islisted|output|sitemap|pub|live|deploy|web|show|display|searchable|shared|online";
const OMITTED: &str = "hide|exclude|excluded|ignore|ignored|skip|omit|owneronly|internaluse";
const LEVEL: &str =
    "sensitivity|sensitivitylevel|confidentiality|confidentialitylevel|tlp|impactlevel";
lists! {
    /// Levels at which everyone may read.
    LOW = "low|none|green|white|clear|0|1|public|no|unclassified";
}
const WITHHELD: &str = "draft|isdraft|drafts|private|isprivate|unlisted|hidden|internal|isinternal|internalonly|\
    confidential|restricted|secret|embargo|embargoed|unpublished|wip|donotpublish|notforpublication|nopublish|dontpublish|\
    noshare|donotshare|notpublic|nonpublic|noindex|protected|passwordprotected|password|loginrequired|requireslogin|\
    membersonly|staffonly|teamonly|publicationblocked|workinprogress|unfinished|unreleased|unapproved|notready|\
    brouillon|entwurf|borrador|bozza|rascunho|drafft|utkast|kladde|szkic|prive|privat|privado|privato|preifat|\
    confidentiel|vertraulich|confidencial|riservato|vertrouwelijk|cyfrinachol|interne|intern|interno|mewnol";
const RELEASED: &str = "published|publish|public|ispublic|ispublished|released|isreleased|dgpublish|publishable|visible|isvisible|approved|\
    isapproved|ready|isready|readytopublish|canpublish|signedoff|cleared|shareable|publie|publicado|pubblicato|\
    gepubliceerd|veroffentlicht|offentlich|openbaar|cyhoeddwyd|cyhoeddus";
const STATE: &str = "status|state|workflow|workflowstate|lifecycle|publication|statut|etat|estado|stato|zustand|statws|stav";
const DAY: &str = "publishdate|pubdate|publishon|publishat|publishafter|publicationdate";
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
    NOT_MISSPELT = "publisher|publishes|privates|privateer|craft|graft|drift|drafty|draught|punish|punished";
}

/// Longest key, in letters.
const MAX_KEY: usize = 28;
/// The fewest letters of a key that may be misspelt.
const MIN_MISSPELT: usize = 8;

/// Returns what a key is about, in any case and spelling: also `draft` of `page.draft`.
pub(super) fn word(key: &str) -> Option<Word> {
    let whole = folded(key);
    word_of_letters(&whole).or_else(|| {
        let (_, last) = whole.rsplit_once(['.', '/'])?;
        word_of_letters(last)
    })
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
        Some(Word::State)
    } else if key.ends_with("classification") {
        Some(Word::Marking)
    } else {
        misspelt(key)
    }
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
        (READERS_OF, Word::Readers),
        (LABEL, Word::Label),
        (OUTPUT, Word::Output),
        (OMITTED, Word::Omitted),
        (LEVEL, Word::Level),
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

lists! {
    /// Words of which one makes a value restricted, if all the others are of [`FILLING`].
    STRONG = "draft|private|internal|internally|confidential|restricted|secret|hidden|unlisted|unpublished|\
    withdrawn|pending|scheduled|embargoed|embargo|wip|trash|deleted|review|future|invisible|sensitive|confidence|\
    nonpublic|organisation|organization|organisational|protected|nda|reviewing|unreleased|workinprogress|inreview|unfinished|\
    unapproved|brouillon|entwurf|borrador|bozza|rascunho|drafft|utkast|szkic|prive|privee|privat|privado|privato|preifat|\
    confidentiel|confidentielle|vertraulich|confidencial|riservato|vertrouwelijk|cyfrinachol|interne|intern|interno|mewnol";
    /// Words that name readers. They restrict who may read, and mean nothing as a status.
    READERS = "staff|team|company|members|employees|network|org|closed|me|us|ours|owner|colleagues|trust|none|\
    intranet";
    FILLING = "only|use|version|v|copy|document|page|please|yet|in|under|for|needs|awaiting|first|second|rough|\
    initial|early|work|progress|do|not|to|be|share|publish|published|distribute|publication|nhs|\
    official|our|own|and|or|level|ready|strictly|highly|commercial|commercially|personal|patient|copying|sharing|shared|\
    circulation|circulate|distribution|distributed|release|released|reproduce|forward|without|permission|outside|\
    data|information|board|addressee|recipients|onward|further|external|externally|of|this|the|by|at|with|\
    until|approval|approved|anyone";
    OPEN = "public|everyone|everybody|all|anyone|anybody|open|world|unrestricted|published|any|publicly|\
    unclassified|free";
    /// States in which a text is not a draft.
    OPEN_STATES = "live|final|approved|complete|completed|done|accepted|active|current|stable|new|updated|deprecated|\
    released|closed|proposed|superseded|rejected|archived|implemented|maintained|beta|alpha|\
    experimental|production|ready|publish|in use|in progress|ongoing|reviewed|finished|green|amber|red|ok|good|won|trial|\
    pilot|working|running|stopped|paused|on track|off track|at risk|resolved|fixed|verified|evergreen|seedling|budding|\
    adopted|agreed|decided|discontinued|retired|legacy|supported|unsupported|available|started|planned|preview|ga|\
    enabled|disabled|healthy|up|stub|translated|migrated|mature|obsolete|provisional|informational|standard|recommended|optional";
    /// Words of which one says that a text is not for everyone, whatever the key.
    PLAIN = "draft|wip|confidential|private|internal|secret|restricted|embargoed|unpublished|workinprogress|unfinished|\
    publish|share|publication|circulation|distribution|pending|sensitive";
    YES = "true|yes|y|1|on|x|t|✓|☑|oui|ja|si|ie|tak|sim|vrai|wahr|yep|yeah";
    NO = "false|no|n|0|off|never|f|not yet|null|~|none|non|nein|nee|nej|nage|nie|faux|falsch|nope";
    /// Words that a file is sorted by if it is not for everyone.
    pub(super) LABELS = "draft|drafts|wip|private|confidential|unpublished|nopublish|donotpublish|notforpublication|embargoed|\
    staffonly|internalonly|workinprogress|brouillon|entwurf|borrador|bozza|drafft";
}
/// Most words of a value that is not a sentence.
const MAX_WORDS: usize = 8;

/// Returns what a value says under such a key.
pub(super) fn meaning(word: Word, value: &str) -> Meaning {
    let folded = folded(value);
    let folded = folded.split(" #").next().unwrap_or_default();
    let value = folded.trim_matches(|c: char| !c.is_alphanumeric() && !"✓☑~".contains(c));
    let words: Vec<&str> = value
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let is_day = words
        .first()
        .is_some_and(|first| first.len() == 4 && first.bytes().all(|b| b.is_ascii_digit()))
        || words
            .iter()
            .any(|word| word.len() == 4 && word.starts_with("20"));
    let truth = if YES.contains(value) {
        Some(true)
    } else if NO.contains(value) {
        Some(false)
    } else {
        None
    };
    let restricted = || is_restricted(word, &words);
    match word {
        Word::Withheld => match truth {
            Some(true) => Meaning::Restricted,
            Some(false) => Meaning::Public,
            None if value.is_empty() => Meaning::Public,
            None if restricted() => Meaning::Restricted,
            None => Meaning::Unclear,
        },
        Word::Released => match truth {
            Some(false) => Meaning::Restricted,
            Some(true) => Meaning::Public,
            None if restricted() => Meaning::Restricted,
            None if is_day || is_open(&words) => Meaning::Public,
            None => Meaning::Unclear,
        },
        Word::Label => labelled(value),
        Word::Output => restricted_if(truth == Some(false)),
        Word::Omitted => restricted_if(truth == Some(true)),
        Word::Level => level(value, &words),
        // `redirect_from: /sensitive-information/` says nothing of the file.
        Word::Other if folded.contains('/') => Meaning::Public,
        Word::Other => restricted_if(words.iter().any(|one| PLAIN.contains(one)) && restricted()),
        Word::Audience if truth.is_some() => restricted_if(truth == Some(false)),
        _ if restricted() => Meaning::Restricted,
        Word::Audience if is_open(&words) || value.starts_with("http") => Meaning::Public,
        Word::State if is_day || is_settled(value, &words) => Meaning::Public,
        Word::Marking | Word::Readers => Meaning::Public,
        Word::Audience | Word::State | Word::Day => Meaning::Unclear,
    }
}

fn restricted_if(is_restricted: bool) -> Meaning {
    if is_restricted {
        Meaning::Restricted
    } else {
        Meaning::Public
    }
}

/// Returns what a level of sensitivity says: only a low one is public.
fn level(value: &str, words: &[&str]) -> Meaning {
    if value.is_empty() || words.len() > MAX_WORDS {
        return Meaning::Unclear;
    }
    restricted_if(!LOW.contains(value))
}

/// Returns whether a status is that of a text that is no draft, or a number.
fn is_settled(value: &str, words: &[&str]) -> bool {
    let is_number = value
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_number || is_open(words) || OPEN_STATES.contains(value)
}

/// Returns what tags and the like say: `a, draft`, or `status/draft` as Obsidian has it.
pub(super) fn labelled(value: &str) -> Meaning {
    let is_label = |item: &str| {
        let name = item.rsplit('/').next().unwrap_or(item);
        let letters: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
        LABELS.contains(letters.as_str())
    };
    if value.split(',').any(is_label) {
        Meaning::Restricted
    } else {
        Meaning::Public
    }
}

/// Returns whether all words belong to a restriction, and one of them makes it.
pub(super) fn is_restricted(word: Word, words: &[&str]) -> bool {
    if words.len() > MAX_WORDS {
        return false;
    }
    let is_of_readers = matches!(word, Word::Audience | Word::Readers);
    let is_strong = |one: &str| STRONG.contains(one) || (is_of_readers && READERS.contains(one));
    let is_number = |one: &str| {
        one.trim_start_matches('v')
            .bytes()
            .all(|b| b.is_ascii_digit())
    };
    let is_known = |one: &&str| {
        is_strong(one)
            || FILLING.contains(one)
            || READERS.contains(one)
            || OPEN.contains(one)
            || is_number(one)
    };
    let has = |one: &str| words.contains(&one);
    let denied = (has("not") || has("non"))
        && words.iter().any(|one| {
            OPEN.contains(one)
                || matches!(
                    *one,
                    "publish"
                        | "publication"
                        | "ready"
                        | "share"
                        | "shared"
                        | "sharing"
                        | "distribute"
                        | "distribution"
                        | "circulate"
                        | "circulation"
                        | "copy"
                        | "copying"
                        | "forward"
                        | "release"
                        | "reproduce"
                )
        });
    let unfinished = has("work") && has("progress");
    words.iter().all(is_known)
        && (denied || unfinished || (words.iter().any(|one| is_strong(one)) && !is_open(words)))
}

fn is_open(words: &[&str]) -> bool {
    words.first().is_some_and(|first| OPEN.contains(first))
}
