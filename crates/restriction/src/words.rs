//! The words by which files say who may read them: what the values of keys mean.

use std::{collections::HashSet, sync::LazyLock};

use crate::{
    letters::folded,
    levels::{labelled, level, tlp},
    orders::forbids,
    sentences::{are_all, are_some_only, are_stages, is_denial},
    settled::{ENDED, are_open, is_settled},
};

/// Words that are looked up.
pub(crate) type List = LazyLock<HashSet<&'static str>>;

/// Declares lists whose words have `|` between them.
macro_rules! lists {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $words:expr;)*) => {
        $($(#[$meta])* $vis static $name: $crate::words::List =
            std::sync::LazyLock::new(|| $words.split('|').collect());)*
    };
}
pub(crate) use lists;

/// What a key is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
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
    /// Where the text is published: `channel`, `environment`.
    Place,
    /// The stage of the text or of what it is about, of which only clear values count: `stage`, `phase`.
    Stage,
    /// Whether a page is made of the file, of which only a clear `no` counts: `permalink`, `render`.
    Output,
    /// Whether the file is left out, of which only a clear `yes` counts: `exclude`, `hide`.
    Omitted,
    /// What programs that list pages may do: `robots`.
    Robots,
    /// Who it is written for: `audience`. Everyone may read what is written for nurses, but not what is for the trust.
    Intended,
    /// How sensitive the file is: `sensitivity`, `tlp`. Only what is plainly low is public.
    Level,
    /// Any other key, of which only a value counts that says nothing but that the file is not for everyone.
    Other,
}

impl Word {
    /// Returns whether it is said of a whole file wherever it is, in a row of a table and as a label as well.
    pub(crate) fn is_of_file(self) -> bool {
        matches!(
            self,
            Self::State | Self::Audience | Self::Marking | Self::Intended
        )
    }

    /// Returns whether such a word means much else too, where it is no key of front matter.
    pub(crate) fn is_ambiguous(self) -> bool {
        matches!(
            self,
            Self::Label
                | Self::Stage
                | Self::Place
                | Self::Readers
                | Self::Output
                | Self::Omitted
                | Self::Robots
                | Self::Other
        )
    }

    /// Returns whether a value that is not understood counts, too.
    pub(crate) fn is_certain(self) -> bool {
        matches!(self, Self::Audience | Self::Withheld | Self::Released)
    }
}

/// What a value says of who may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Everyone may.
    Public,
    /// Not everyone.
    Restricted,
    /// It is not known.
    Unclear,
}

lists! {
    /// Words of which one makes a value restricted, if all the others are of [`FILLING`].
    pub(crate) STRONG = "draft|private|internal|internally|confidential|restricted|secret|hidden|unlisted|unpublished|\
    withdrawn|pending|scheduled|embargoed|embargo|wip|trash|deleted|review|future|invisible|sensitive|confidence|\
    nonpublic|organisation|organization|organisational|protected|nda|reviewing|unreleased|workinprogress|inreview|unfinished|\
    unapproved|brouillon|entwurf|borrador|bozza|rascunho|drafft|utkast|szkic|prive|privee|privat|privado|privato|preifat|\
    confidentiel|confidentielle|vertraulich|confidencial|riservato|vertrouwelijk|cyfrinachol|interne|internen|intern|interno|mewnol|\
    privileged|privilege|prejudice|eyes|discussion|offsen|limited|awaiting|restreinte|geheim|dienstgebrauch|下書き|草稿|草案|非公開|非公开|機密|机密|社外秘|مسودة|سري";
    /// Words that name readers. They restrict who may read, and mean nothing as a status.
    READERS = "staff|team|company|members|employees|network|org|closed|me|us|ours|owner|colleagues|trust|none|\
    intranet|recipients";
    FILLING = "only|use|version|v|copy|document|page|please|yet|in|under|for|needs|first|second|rough|\
    initial|early|work|progress|do|not|to|be|share|publish|published|distribute|publication|nhs|\
    official|our|own|and|or|level|ready|strictly|highly|commercial|commercially|personal|patient|copying|sharing|shared|\
    circulation|circulate|distribution|distributed|release|released|reproduce|forward|without|permission|outside|\
    data|information|board|addressee|recipients|onward|further|external|externally|of|this|the|by|at|with|\
    until|approval|approved|anyone|uk|eyes|but|protectively|marked|locsen|os|handling|instructions|legal|legally|\
    professional|subject|wider|general|comment|comments|consultation|working|todo|paper|report|file|note|contents|contains|\
    content|are|must|should|may|cannot|circulated|copied|on|from|still|being|written|contain|\
    monday|tuesday|wednesday|thursday|friday|saturday|sunday|am|pm|noon|midnight|\
    january|february|march|april|june|july|august|september|october|november|december|\
    jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|\
    ne|pas|diffuser|distribuer|publier|nur|fur|den|gebrauch|nicht|weitergeben|veroffentlichen|publicar|difundir|\
    peidiwch|rhannu|no|cite|quote|before|icb|ics|attention|foi|section|part|session|management|pre|closes|final|your|\
    proprietary|recipients|exempt|top|beyond|notes|rough|freedom|act|applies|disclosure|nda|keep|\
    when|complete|completed|everything|anything|folder|directory|here|usage|gebruik|uso|defnydd|yn|unig|alleen|voor|uniquement|strictement|streng|strikt|diffusion|used|has|been|have|was";
    /// Places that not everyone can open.
    PLACES = "intranet|staging|preview|preprod|uat|sandbox|dev|test|internal|private|drafts|draft|team";
    pub(crate) OPEN = "public|unlimited|national|nationwide|nationally|everyone|everybody|all|anyone|anybody|open|world|unrestricted|published|any|publicly|\
    unclassified|free";
    /// Words of which one says that a text is not for everyone, whatever the key.
    PLAIN = "confidence|privileged|prejudice|eyes|distribute|circulate|draft|wip|confidential|private|internal|secret|restricted|embargoed|unpublished|workinprogress|unfinished|\
    publish|share|publication|circulation|distribution|pending|sensitive";
    YES = "true|yes|y|1|on|x|t|✓|☑|oui|ja|si|ie|tak|sim|vrai|wahr|yep|yeah";
    NO = "false|no|na|n|0|off|never|f|not yet|null|~|none|non|nein|nee|nej|nage|nie|faux|falsch|nope|\
    lifted|over|expired|☐|❌|✗|✘|✕|⬜";
    /// Words that a file is sorted by if it is not for everyone.
    pub(crate) LABELS = "draft|drafts|wip|private|confidential|unpublished|nopublish|donotpublish|notforpublication|embargoed|\
    internal|staffonly|internalonly|workinprogress|brouillon|entwurf|borrador|bozza|drafft";
}
/// Most words of a value that is not a sentence.
const MAX_WORDS: usize = 12;
/// Most words of a value that is an order and what it is about.
const MAX_ORDER_WORDS: usize = 16;

/// Returns what a value says under such a key.
pub(crate) fn meaning(word: Word, value: &str) -> Meaning {
    let folded = folded(value);
    let folded = without_comment(&folded);
    let value = folded.trim_matches(|c: char| !c.is_alphanumeric() && !"✓☑~☐❌✗✘✕⬜".contains(c));
    let words = words_in(value);
    let truth = || truth_of(value);
    let restricted = || is_restricted(word, &words);
    if let Some(meaning) = of_readers(word, &words) {
        return meaning;
    }
    match word {
        Word::Withheld | Word::Released => of_switch(word, value, &words),
        Word::Label => labelled(value),
        Word::Place => restricted_if(is_closed_place(&words)),
        Word::Stage => match restricted() {
            true => Meaning::Restricted,
            false => labelled(value),
        },
        Word::Output => {
            restricted_if(truth() == Some(false) || !folded.contains('/') && restricted())
        }
        Word::Omitted => {
            restricted_if(truth() == Some(true) || value == "required" || is_day(&words))
        }
        Word::Robots => restricted_if(words.contains(&"noindex") || value == "none"),
        Word::Level => level(value, folded, &words),
        Word::Marking | Word::State | Word::Audience | Word::Other if tlp(folded) => {
            Meaning::Restricted
        }
        // `redirect_from: /sensitive-information/` says nothing of the file.
        Word::Other if folded.contains('/') => Meaning::Public,
        Word::Other if words.len() <= MAX_ORDER_WORDS && forbids(&words) => Meaning::Restricted,
        Word::Other if first_line_restricts(folded) => Meaning::Restricted,
        Word::Other => restricted_if(words.iter().any(|one| PLAIN.contains(one)) && restricted()),
        Word::Audience if truth().is_some() => restricted_if(truth() == Some(false)),
        Word::Day if matches!(value, "tbc" | "tbd" | "tba") => Meaning::Restricted,
        Word::Intended => restricted_if(restricted() || is_official(&words) || are_closed(&words)),
        Word::Marking if is_official(&words) => Meaning::Restricted,
        Word::Readers if are_people(folded) => Meaning::Restricted,
        _ if restricted() => Meaning::Restricted,
        // A status in pictures: only those for "done" say that the file is one.
        Word::State if words.is_empty() && !folded.trim().is_empty() => {
            restricted_if(!folded.contains(['✅', '✔', '✓', '🟢', '☑', '~', '-']))
        }
        Word::Audience if are_open(&words) || value.starts_with("http") => Meaning::Public,
        Word::State if is_day(&words) || is_settled(value, &words) => Meaning::Public,
        Word::Marking | Word::Readers => Meaning::Public,
        Word::Audience | Word::State | Word::Day => Meaning::Unclear,
    }
}

/// Returns what a word for yes or no, or anything else, says under a key that is one.
fn of_switch(word: Word, value: &str, words: &[&str]) -> Meaning {
    if word == Word::Withheld {
        return match truth_of(value) {
            Some(true) => Meaning::Restricted,
            Some(false) => Meaning::Public,
            None if value.is_empty() => Meaning::Public,
            None if is_restricted(word, words) => Meaning::Restricted,
            None if ENDED.contains(value) => Meaning::Public,
            None => Meaning::Unclear,
        };
    }
    match truth_of(value) {
        Some(false) => Meaning::Restricted,
        Some(true) => Meaning::Public,
        None if is_restricted(word, words) => Meaning::Restricted,
        None if is_day(words) || is_open(words) => Meaning::Public,
        None => Meaning::Unclear,
    }
}

/// Returns whether words name a place that not everyone can open.
fn is_closed_place(words: &[&str]) -> bool {
    words.iter().any(|word| PLACES.contains(word))
        && words
            .iter()
            .all(|word| PLACES.contains(word) || is_filling(word))
}

fn without_comment(value: &str) -> &str {
    match value.contains('#') {
        true => value.split(" #").next().unwrap_or_default(),
        false => value,
    }
}

fn words_in(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).collect()
}

/// Returns what words say that name readers: everyone of a kind, or some people only.
fn of_readers(word: Word, words: &[&str]) -> Option<Meaning> {
    // `Access: 24/7`
    let are_hours = words.len() > 1
        && words
            .iter()
            .all(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    match word {
        Word::Audience | Word::Intended if are_all(words) => Some(Meaning::Public),
        Word::Audience if are_hours => Some(Meaning::Public),
        Word::Audience | Word::Readers | Word::Marking | Word::Intended => {
            are_some_only(words).then_some(Meaning::Restricted)
        }
        Word::Withheld
        | Word::Released
        | Word::State
        | Word::Day
        | Word::Label
        | Word::Stage
        | Word::Place
        | Word::Output
        | Word::Omitted
        | Word::Robots
        | Word::Level
        | Word::Other => None,
    }
}

/// Returns what a value says if it is a word for yes or no.
fn truth_of(value: &str) -> Option<bool> {
    match (YES.contains(value), NO.contains(value)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Returns whether a value is nothing but addresses of mail: only those people are meant.
fn are_people(value: &str) -> bool {
    let mut parts = value
        .split(|c: char| c.is_whitespace() || ",;[]'\"".contains(c))
        .filter(|part| !part.is_empty())
        .peekable();
    parts.peek().is_some() && parts.all(|part| part.trim_matches('@').contains('@'))
}

/// Returns whether words are those of a day: one of them is a year.
fn is_day(words: &[&str]) -> bool {
    let is_year = |first: &&str| first.len() == 4 && first.bytes().all(|b| b.is_ascii_digit());
    words.first().is_some_and(is_year)
        || words
            .iter()
            .any(|word| word.len() == 4 && word.starts_with("20"))
}

/// Returns whether all words name readers, some of them those of one organisation: `Trust staff`, `our team`.
fn are_closed(words: &[&str]) -> bool {
    let is_closed = |word: &&str| READERS.contains(word) && !matches!(*word, "none" | "recipients");
    words.len() <= MAX_WORDS
        && words.iter().any(is_closed)
        && words.iter().all(|word| is_filling(word))
}

/// Returns whether the first of several lines says that the file is not for everyone, and nothing else.
fn first_line_restricts(value: &str) -> bool {
    let Some((first, _)) = value.trim().split_once('\n') else {
        return false;
    };
    let words = words_in(first);
    words.iter().any(|one| PLAIN.contains(one)) && is_restricted(Word::Other, &words)
}

/// Returns whether words are the marking OFFICIAL of the British government, with or without what it is for. Most files
/// with it are not published; those that are say so in other words.
pub(crate) fn is_official(words: &[&str]) -> bool {
    words == ["o", "s"]
        || words.contains(&"official")
            && words
                .iter()
                .all(|one| matches!(*one, "uk" | "nhs" | "official" | "for" | "use" | "only"))
}

pub(crate) fn restricted_if(is_restricted: bool) -> Meaning {
    if is_restricted {
        Meaning::Restricted
    } else {
        Meaning::Public
    }
}

/// Returns whether a word adds nothing to a restriction, and says nothing of anything else.
pub(crate) fn is_filling(word: &str) -> bool {
    // `v2`, `s43` of an act.
    let figures = word.trim_start_matches(['v', 's']);
    STRONG.contains(word)
        || FILLING.contains(word)
        || READERS.contains(word)
        || OPEN.contains(word)
        || word.len() == 1
        || figures.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether all words belong to a restriction, and one of them makes it.
pub(crate) fn is_restricted(word: Word, words: &[&str]) -> bool {
    if words.len() > MAX_WORDS || is_denial(words) || are_stages(words) {
        return false;
    }
    let is_of_readers = matches!(word, Word::Audience | Word::Readers)
        || word == Word::Marking && words.contains(&"only");
    let is_strong = |one: &str| STRONG.contains(one) || (is_of_readers && READERS.contains(one));
    let is_known = |one: &&str| is_strong(one) || is_filling(one);
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
                        | "cite"
                        | "quote"
                )
        });
    let unfinished = has("work") && has("progress")
        || word == Word::State && has("not") && (has("approved") || has("agreed"))
        || (has("pre") || has("exempt")) && has("publication")
        || has("exempt") && (has("foi") || has("disclosure") || has("freedom"));
    words.iter().all(is_known)
        && (denied || unfinished || (words.iter().any(|one| is_strong(one)) && !is_open(words)))
}

pub(crate) fn is_open(words: &[&str]) -> bool {
    words.first().is_some_and(|first| OPEN.contains(first))
}
