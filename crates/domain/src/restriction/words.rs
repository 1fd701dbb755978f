//! The words by which files say who may read them: keys, and what their values mean.

/// Returns whether a word is in a list whose words have `|` between them.
fn is_in(list: &str, word: &str) -> bool {
    list.split('|').any(|one| one == word)
}

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

const AUDIENCE: &str = "visibility|visibleto|visiblefor|viewableby|access|accesslevel|accessrights|restrictedto|whocanread";
const MARKING: &str = "audience|classification|sensitivity|confidentiality|protectivemarking|marking|distribution|\
    circulation|privacy|securitylevel|readers|permissions";
const WITHHELD: &str = "draft|isdraft|drafts|private|isprivate|unlisted|hidden|internal|isinternal|internalonly|\
    confidential|restricted|secret|embargo|embargoed|unpublished|wip|donotpublish|notforpublication";
const RELEASED: &str =
    "published|publish|public|ispublic|ispublished|released|dgpublish|publishable|visible";
const STATE: &str = "status|state|workflow|workflowstate|lifecycle|publication";
const DAY: &str = "publishdate|pubdate|publishon|publishat|publishafter|publicationdate";

/// Longest key, in letters.
const MAX_KEY: usize = 28;
/// The fewest letters of a key that may be misspelt.
const MIN_MISSPELT: usize = 8;

/// Returns what a key is about, in any case and spelling.
pub(super) fn word(key: &str) -> Option<Word> {
    let key: String = folded(key)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect();
    if key.is_empty() || key.chars().count() > MAX_KEY {
        return None;
    }
    let likely =
        |known: &str| key.len() >= MIN_MISSPELT && strsim::damerau_levenshtein(&key, known) <= 2;
    if is_in(AUDIENCE, &key) || key.ends_with("visibility") || likely("visibility") {
        Some(Word::Audience)
    } else if is_in(WITHHELD, &key) {
        Some(Word::Withheld)
    } else if is_in(RELEASED, &key) {
        Some(Word::Released)
    } else if is_in(STATE, &key) || key.ends_with("status") {
        Some(Word::State)
    } else if is_in(MARKING, &key) || key.ends_with("classification") {
        Some(Word::Marking)
    } else {
        is_in(DAY, &key).then_some(Word::Day)
    }
}

/// Words of which one makes a value restricted, if all the others are of [`FILLING`].
const STRONG: &str = "draft|private|internal|internally|confidential|restricted|secret|hidden|unlisted|unpublished|\
    withdrawn|pending|scheduled|embargoed|embargo|wip|trash|deleted|review|future|invisible|sensitive|confidence|\
    nonpublic|organisation|organization|organisational|protected|nda|reviewing|unreleased";
/// Words that name readers. They restrict who may read, and mean nothing as a status.
const READERS: &str = "staff|team|company|members|employees|network|org|closed|me|us|ours|owner|colleagues|trust|none|\
    intranet";
const FILLING: &str = "only|use|version|v|copy|document|page|please|yet|in|under|for|needs|awaiting|first|second|rough|\
    initial|early|work|progress|do|not|to|be|share|publish|published|distribute|publication|nhs|\
    official|our|own|and|or|level|ready|strictly|highly|commercial|commercially|personal|patient|copying|sharing|shared|\
    circulation|circulate|distribution|distributed|release|released|reproduce|forward|without|permission|outside|\
    data|information|board|addressee|recipients";
const OPEN: &str = "public|everyone|everybody|all|anyone|anybody|open|world|unrestricted|published|any|publicly|\
    unclassified|free";
/// States in which a text is not a draft.
const OPEN_STATES: &str = "live|final|approved|complete|completed|done|accepted|active|current|stable|new|updated|deprecated|\
    released|closed|proposed|superseded|rejected|archived|implemented|maintained|beta|alpha|\
    experimental|production|ready|publish|in use|in progress|ongoing|reviewed|finished";
const YES: &str = "true|yes|y|1|on|x|t|✓|☑";
const NO: &str = "false|no|n|0|off|never|f|not yet|null|~|none";
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
    let truth = if is_in(YES, value) {
        Some(true)
    } else if is_in(NO, value) {
        Some(false)
    } else {
        None
    };
    let restricted = is_restricted(word, &words);
    match word {
        Word::Withheld => match truth {
            Some(true) => Meaning::Restricted,
            Some(false) => Meaning::Public,
            None if value.is_empty() => Meaning::Public,
            None if restricted => Meaning::Restricted,
            None => Meaning::Unclear,
        },
        Word::Released => match truth {
            Some(false) => Meaning::Restricted,
            Some(true) => Meaning::Public,
            None if restricted => Meaning::Restricted,
            None if value.is_empty() || is_day || is_open(&words) => Meaning::Public,
            None => Meaning::Unclear,
        },
        Word::Audience if truth == Some(true) => Meaning::Public,
        Word::Audience if truth == Some(false) => Meaning::Restricted,
        _ if restricted => Meaning::Restricted,
        Word::Audience if is_open(&words) || value.starts_with("http") => Meaning::Public,
        Word::State if is_open(&words) || is_in(OPEN_STATES, value) => Meaning::Public,
        Word::Marking => Meaning::Public,
        Word::Audience | Word::State | Word::Day => Meaning::Unclear,
    }
}

/// Returns whether all words belong to a restriction, and one of them makes it.
fn is_restricted(word: Word, words: &[&str]) -> bool {
    if words.len() > MAX_WORDS {
        return false;
    }
    let is_strong =
        |one: &str| is_in(STRONG, one) || (word == Word::Audience && is_in(READERS, one));
    let is_number = |one: &str| {
        one.trim_start_matches('v')
            .bytes()
            .all(|b| b.is_ascii_digit())
    };
    let known = |one: &&&str| {
        is_strong(one)
            || is_in(FILLING, one)
            || is_in(READERS, one)
            || is_in(OPEN, one)
            || is_number(one)
    };
    let has = |one: &str| words.contains(&one);
    let denied = (has("not") || has("non"))
        && words.iter().any(|one| {
            is_in(OPEN, one)
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
    words.iter().filter(known).count() == words.len()
        && (denied || unfinished || (words.iter().any(|one| is_strong(one)) && !is_open(words)))
}

fn is_open(words: &[&str]) -> bool {
    words.first().is_some_and(|first| is_in(OPEN, first))
}

/// Words that mark a text, and that a heading in capitals has for no other reason.
const MARKS: &str =
    "draft|confidential|confidence|private|internal|secret|restricted|sensitive|embargoed";

/// Returns whether a line of its own is a marking such as `DRAFT - DO NOT SHARE`: in capitals, or as an order.
pub(super) fn is_banner(line: &str) -> bool {
    let is_heading = line.starts_with('#');
    let line = line.trim_matches(|c: char| !c.is_alphanumeric());
    let folded = folded(line);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let in_capitals = line.chars().any(char::is_uppercase) && !line.chars().any(char::is_lowercase);
    let is_order = words.starts_with(&["do", "not"])
        || words.starts_with(&["not", "for"])
        || words.ends_with(&["only"]);
    // A heading such as `FUTURE` begins a part of the text.
    let is_marked = !is_heading || words.iter().any(|word| is_in(MARKS, word));
    ((in_capitals && is_marked) || is_order) && is_restricted(Word::State, &words)
}

/// Returns a text in lower case, with letters that look like others and characters that cannot be seen as what they look
/// like.
pub(super) fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| !is_invisible(*c)).map(plain_letter);
    letters.collect::<String>().to_lowercase()
}

/// Returns whether a character takes no place: byte order marks, joiners, marks of direction, soft hyphens.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
}

/// Returns the letter or sign of ASCII that a character looks like.
fn plain_letter(c: char) -> char {
    const LOOK_ALIKE: [(&str, char); 25] = [
        ("аАαΑáàâäãåÁ", 'a'),
        ("вВΒ", 'b'),
        ("сСϲç", 'c'),
        ("ԁ", 'd'),
        ("еЕΕéèêëε", 'e'),
        ("ɡ", 'g'),
        ("һНΗ", 'h'),
        ("іІιΙíìîïıӏІ", 'i'),
        ("јЈ", 'j'),
        ("кКκΚ", 'k'),
        ("ⅼ", 'l'),
        ("мМΜ", 'm'),
        ("ոΝ", 'n'),
        ("оОοΟóòôöõ", 'o'),
        ("рРρΡ", 'p'),
        ("ѕЅ", 's'),
        ("тТτΤ", 't'),
        ("υսúùûü", 'u'),
        ("νѵⅴ", 'v'),
        ("ԝ", 'w'),
        ("хХχΧ", 'x'),
        ("уУΥγ", 'y'),
        ("：﹕∶꞉ː", ':'),
        ("–—−‐‑‒", '-'),
        ("\u{a0}\u{2007}\u{202f}\u{3000}\u{2028}\u{2029}\t", ' '),
    ];
    if c.is_ascii() && c != '\t' {
        return c;
    }
    // Full width, and the mathematical alphabets, which repeat A to Z and a to z.
    let code = u32::from(c);
    let shifted = match code {
        0xff01..=0xff5e => Some(code - 0xfee0),
        0x1d400..=0x1d6a3 => {
            let place = (code - 0x1d400) % 52;
            Some(if place < 26 {
                0x41 + place
            } else {
                0x61 + place - 26
            })
        }
        _ => None,
    };
    if let Some(plain) = shifted.and_then(char::from_u32) {
        return plain;
    }
    let found = LOOK_ALIKE.iter().find(|(like, _)| like.contains(c));
    found.map_or(c, |(_, plain)| *plain)
}
