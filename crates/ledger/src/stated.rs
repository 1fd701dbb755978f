//! What a node states about its organisation: claims, and never an identity.
//!
//! A node document is signed by the node itself, so its signature says nothing about the name in it. Two claims that a
//! reader could take for each other are found here; what follows from that is decided by the caller.

mod form;
mod nearly;
mod words;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use unicode_security::confusable_detection::skeleton;

use form::FORMS;
use nearly::{is_nearly, without_number};

/// Maximum characters of a name and of a contact that are shown (docs/FEED.md §3 names no limit).
const MAX_CHARACTERS: usize = 200;
/// What is shown of a name without a visible character.
const UNNAMED: &str = "(no name)";
/// Maximum characters of an ODS code.
const MAX_CODE: usize = 10;
/// What most names of trusts end with.
const ENDINGS: [&str; 2] = [" NHS Foundation Trust", " NHS Trust"];
/// What is added to a name to look like the organisation itself, or as its short form.
const ADDED: [&str; 24] = [
    " Ltd",
    " Limited",
    " plc",
    " CIC",
    " UK",
    " NHS",
    " Trust",
    " staff",
    " Library",
    " intranet",
    ".nhs.uk",
    ".org.uk",
    ".co.uk",
    ".org",
    ".com",
    " (verified)",
    " (official)",
    " official site",
    ", this site",
    ", this node",
    " website",
    " NHS FT",
    " NHSFT",
    " Foundation Trust",
];
/// Words of names, and those that mean the same.
const SAME_WORDS: [(&str, &str); 2] = [
    ("National Health Service", "NHS"),
    ("Hospitals", "Hospital"),
];
/// What pages say next to the name of an organisation, or in its place.
const WORDS_OF_PAGES: [&str; 31] = [
    "Staff only",
    "For our own staff",
    "Everyone",
    "Signed",
    "Administrator",
    "Moderator",
    "Withdrawn",
    "Published here",
    "This site",
    "This node",
    "This organisation",
    "Your organisation",
    "Our organisation",
    "Verified",
    "Official",
    "Wardround",
    "All organisations",
    "No organisation",
    "Home",
    "Home page",
    "Homepage",
    "Search",
    "Help",
    "Own node",
    "Our node",
    "Our own node",
    "Our site",
    "Your node",
    "This trust",
    "Our trust",
    "Own trust",
];
/// Words by which pages say that something was checked; no name has them for another reason.
const CHECKED: [&str; 7] = [
    "verified",
    "signature",
    "authenticated",
    "genuine",
    "official site",
    "staff only",
    "this site",
];
/// What is in front of a name to look like the organisation itself.
const IN_FRONT: [&str; 4] = ["the", "new", "www.", "nhs"];
/// Letters that are left of a name, at least, when what it can be without is taken away.
const MIN_CORE: usize = 4;
/// Characters of a code that is looked for among the words of a name.
const MIN_NAMED_CODE: usize = 3;
/// Maximum marks above and below one letter: more would cover the lines next to it, and no language of names here has more.
const MAX_MARKS: usize = 2;

/// The name, code, base and contact that a node document states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Name of the organisation.
    pub name: String,
    /// ODS code of the organisation: 1 to 10 capital letters and digits.
    pub ods: Option<String>,
    /// Base address of the feed, without a final slash.
    pub base: String,
    /// How to reach the operator.
    pub contact: Option<String>,
}

impl Stated {
    /// Reads the claims of a node document in the form in which they may be shown anywhere, a terminal included.
    ///
    /// A code of another form than `[A-Z0-9]{1,10}` counts as none.
    #[must_use]
    pub fn new(name: &str, ods: Option<&str>, base: &str, contact: &str) -> Self {
        let (name, contact) = (displayable(name), displayable(contact));
        Self {
            name: if name.is_empty() {
                UNNAMED.to_owned()
            } else {
                name
            },
            ods: ods.filter(|ods| is_code(ods)).map(str::to_owned),
            base: base.trim_end_matches('/').to_owned(),
            contact: Some(contact).filter(|contact| !contact.is_empty()),
        }
    }

    /// Returns whether a reader could take the name for `name`, or for a part of it or of what belongs to it.
    #[must_use]
    pub fn is_named_like(&self, name: &str) -> bool {
        looks_like(&self.name, name) || words::is_around(&self.name, name)
    }

    /// Returns whether the name looks the same to a reader as what is shown of a node, such as its name with its handle.
    #[must_use]
    pub fn looks_like(&self, shown: &str) -> bool {
        looks_like(&self.name, shown)
    }

    /// Returns the words of the pages that a reader could take the name for, which say who published a document, or that it was
    /// checked.
    #[must_use]
    pub fn words_of_pages(&self) -> Option<&'static str> {
        let has = |words: &&str| folded_first(&self.name).contains(&folded_first(words));
        let mut of_pages = WORDS_OF_PAGES.into_iter();
        let likened = of_pages.find(|words| looks_like(&self.name, words));
        let has_none = || (!self.name.chars().any(char::is_alphanumeric)).then_some(UNNAMED);
        likened
            .or_else(|| CHECKED.into_iter().find(has))
            .or_else(has_none)
    }

    /// Returns the national body that the name claims to be, or to be a part of.
    #[must_use]
    pub fn national_body(&self) -> Option<&'static str> {
        words::body(&self.name)
    }

    /// Returns whether one of the words of the name is `code`, the code or the handle of a node.
    #[must_use]
    pub fn names_code(&self, code: &str) -> bool {
        code.len() >= MIN_NAMED_CODE && words::has_code(&self.name, code)
    }

    /// Returns whether a reader could take the code for `other`, the code or the handle of a node: letter case does not
    /// count, and `O` and `0`, and `I` and `1`, look the same.
    #[must_use]
    pub fn has_code(&self, other: Option<&str>) -> bool {
        let both = self.ods.as_deref().zip(other);
        both.is_some_and(|(own, other)| likened_code(own).eq(likened_code(other)))
    }
}

/// Returns the name of an organisation without what most of them end with; for lists, where each line counts.
#[must_use]
pub fn short_name(name: &str) -> &str {
    let short = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    short
        .filter(|short| !short.trim().is_empty())
        .unwrap_or(name)
}

/// Returns the characters of a code, those that look the same as one.
fn likened_code(code: &str) -> impl Iterator<Item = char> + '_ {
    code.chars().map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' => '1',
        c => c,
    })
}

/// Returns whether two names look the same to a reader, in full or in lists: after compatibility forms, letter case, spaces,
/// punctuation, accents, invisible characters, `&` for "and", look-alike letters (UTS 39 §4), and words that do not make it
/// the name of another organisation. One letter can be missing, added, wrong or of another script, and two can be swapped.
fn looks_like(one: &str, other: &str) -> bool {
    // Figures tell names apart: `Hospital 1` and `Hospital 2`, but not `Hospital 2` and `Hospital`.
    let figures = |name: &str| -> String { name.chars().filter(char::is_ascii_digit).collect() };
    let (of_one, of_other) = (figures(one), figures(other));
    let has_both = !of_one.is_empty() && !of_other.is_empty();
    let (one, other) = if has_both {
        (one, other)
    } else {
        (without_number(one), without_number(other))
    };
    let is_forgiving = !has_both || of_one == of_other;
    // Folding case first finds `exam` and `EXAM`; finding look-alikes first finds `l` and `I`.
    FORMS.iter().any(|form| {
        let (one, other) = ((form.of)(one), (form.of)(other));
        let (one_core, other_core) = (form.core(&one), form.core(&other));
        // A word with a letter wrong is not made that of the other name.
        one_core == other_core
            || is_forgiving && (is_nearly(&one_core, &other_core) || is_nearly(&one, &other))
    })
}

fn folded_first(name: &str) -> String {
    let folded: String = plain(name).flat_map(char::to_lowercase).collect();
    letters(skeleton(&folded))
}

fn likened_first(name: &str) -> String {
    let compatible: String = plain(name).collect();
    let likened: String = skeleton(&compatible).flat_map(char::to_lowercase).collect();
    letters(skeleton(&likened))
}

/// Returns a name in its compatibility form, without accents, letters that cannot be seen and signs of ownership.
fn plain(name: &str) -> impl Iterator<Item = char> + '_ {
    let and = |c| {
        if matches!(c, '&' | '＆' | '﹠') {
            "and"
        } else {
            ""
        }
    };
    let spelled = name.chars().flat_map(move |c| {
        let kept = (and(c).is_empty() && !matches!(c, '™' | '℠')).then(|| small(letter_in_box(c)));
        and(c).chars().chain(kept)
    });
    spelled
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_blank_letter(*c))
}

/// Returns the letter that is drawn in a dark circle or box, or as half of a flag: these have no compatibility form.
fn letter_in_box(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    for first in ['\u{1f150}', '\u{1f170}', '\u{1f1e6}'] {
        let offset = u32::from(c).wrapping_sub(u32::from(first));
        if let Some(letter) = u8::try_from(offset).ok().filter(|offset| *offset < 26) {
            return char::from(b'a' + letter);
        }
    }
    c
}

/// Returns the letter that a small capital is read as.
fn small(c: char) -> char {
    const SMALL_CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ";
    if c.is_ascii() {
        return c;
    }
    (b'a'..=b'z')
        .zip(SMALL_CAPITALS.chars())
        .find_map(|(letter, small)| (small == c).then_some(char::from(letter)))
        .unwrap_or(c)
}

/// Returns the letter that a figure is written for, or that a small letter with the form of a capital is read as.
fn read_as(c: char) -> char {
    match c {
        '2' => 'z',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        '8' | 'в' => 'b',
        'к' | 'ĸ' => 'k',
        'м' | 'ʍ' => 'm',
        'н' => 'h',
        'т' => 't',
        c => small(c),
    }
}

/// Returns whether a character is a letter, and has no form.
fn is_blank_letter(c: char) -> bool {
    matches!(
        c,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}'
    )
}

/// Keeps letters and digits. A name without any keeps all, so that two of them are not the same.
fn letters(skeleton: impl Iterator<Item = char>) -> String {
    let all: String = skeleton.collect();
    let written = |c| match c {
        '@' => 'a',
        '$' => 's',
        c => c,
    };
    let letters = all.chars().map(written);
    let letters = letters.filter(|c| c.is_alphanumeric()).map(read_as);
    // Pairs of letters that are read as one; the skeleton of `m` is `rn`, but not that of its small capital.
    let letters: String = letters.collect();
    let letters = letters
        .replace('m', "rn")
        .replace("vv", "w")
        .replace("cl", "d");
    if letters.is_empty() { all } else { letters }
}

fn is_code(ods: &str) -> bool {
    let is_in_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (1..=MAX_CODE).contains(&ods.len()) && ods.bytes().all(is_in_code)
}

/// Returns a text of a node that is safe to show: control characters, and those that are invisible or change the
/// direction of text, are replaced.
fn displayable(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || is_blank_letter(c)
            || matches!(
                c,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                    | '\u{34f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
            )
    };
    let mut marks = 0;
    let has_room = |c: &char| {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        marks <= MAX_MARKS
    };
    let shown = text.chars().take(MAX_CHARACTERS).filter(has_room);
    let shown: String = shown
        .map(|c| if steers(c) { '\u{fffd}' } else { c })
        .collect();
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Stated {
        Stated::new(name, None, "https://lessons.northmoor.example/feed/v1", "")
    }

    #[test]
    fn a_name_that_looks_like_another_is_found() {
        for (claimed, is_like) in [
            ("Northmoor Hospitals", true),
            ("northmoor  HOSPITALS", true),
            ("NorthmoorHospitals", true),
            ("Northmoor-Hospitals.", true),
            ("North\u{200b}moor Hospitals", true),
            ("Northmoor\u{a0}Hospitals", true),
            ("Nоrthmооr Hоspitаls", true),
            ("Ｎｏｒｔｈｍｏｏｒ Hospitals", true),
            ("N0rthm00r Hospitals", true),
            ("Northmoor HospitaIs", true),
            ("Northmoor Hospita1s", true),
            ("Northrnoor Hospitals", true),
            ("Nórthmoor Hospítals", true),
            ("Nort\u{301}hmoor\u{3164} Hospitals", true),
            ("North\u{fe0f}moor \u{2800}Hospitals", true),
            ("Northmoor Ηospitals", true),
            ("ɴᴏʀᴛʜᴍᴏᴏʀ ʜᴏsᴘɪᴛᴀʟs", true),
            ("🅝🅞🅡🅣🅗🅜🅞🅞🅡 🅷🅾🆂🅿🅸🆃🅰🅻🆂", true),
            ("🇳🇴🇷🇹🇭🇲🇴🇴🇷 Hospitals", true),
            ("Ⓝⓞⓡⓣⓗⓜⓞⓞⓡ 𝐇𝐨𝐬𝐩𝐢𝐭𝐚𝐥𝐬", true),
            ("Northmoor Ho5pita1s™", true),
            ("Norтнмoor нospitals", true),
            ("N\u{e0061}orth\u{200d}moor\u{34f} Hospitals", true),
            ("Northmoor Hospitals NHS Trust", true),
            ("Northmoor Hospitals nhs foundatiοn trust", true),
            ("Northmoor NHS Trust Hospitals", true),
            ("Northmoor Hospital", true),
            ("Northmoor Hospitals (verified)", true),
            ("Northmoor Hospitals ✓ Verified", true),
            ("Northmoor Hospitals, this site", true),
            ("Northmoor Hospitals NHS FT", true),
            ("Northmoor Hospitals NHS Trust (verified)", true),
            ("Northmoor Hospitals Foundation Trust", true),
            ("The Northmoor Hospitals", true),
            ("THE Northmoor Hospitals NHS Trust", true),
            ("Northmoor Hosp.", true),
            ("Northmoor Hospitals National Health Service Trust", true),
            (
                "Northmoor Hospitals National Health Service Foundation Trust",
                true,
            ),
            ("NorthmᏆoor Hospitals", true),
            ("\u{1030d}orthmoor Hospitals", true),
            ("Иorthmoor Hospitals", true),
            ("Northmor Hospitals", true),
            ("Northmooor Hospitals", true),
            ("Nortmhoor Hospitals", true),
            ("Northmoor Hospltals", true),
            ("Northmoor Hospit@ls", true),
            ("Northmoor Hospitals Ltd", true),
            ("Northmoor Hospitals plc", true),
            ("Northmoor Hospitals 2", true),
            ("Northmoor Hospitals - staff", true),
            ("Northmoor Hospitals Library", true),
            ("www.northmoor-hospitals.nhs.uk", true),
            ("New Northmoor Hospitals", true),
            ("NHS Northmoor Hospitals", true),
            ("Northmoor Hospitals Charity", true),
            ("Northmoor", true),
            ("Northmoor Community Trust", false),
            ("Northmoor Community Hospitals", false),
            ("Southmoor Hospitals", false),
        ] {
            let found = named(claimed).is_named_like("Northmoor Hospitals");
            assert_eq!(found, is_like, "{claimed}");
        }
        assert!(named("Southvvest Clinic").is_named_like("Southwest dinic NHS Trust"));
        assert!(!named("NHS Trust").is_named_like("NHS Foundation Trust"));
        for words in [
            "Published here",
            "published  HERE",
            "Pub1ished here",
            "This site (verified)",
            "Signature verified",
            "Staff only",
            "NHS England verified",
            "NHS England",
            "Verified: Northmoor Hospitals",
            "\u{fffd}",
        ] {
            assert!(
                named(words).words_of_pages().is_some() || named(words).national_body().is_some(),
                "{words}"
            );
        }
        assert!(named("Northmoor Hospitals").words_of_pages().is_none());
        assert!(named("Published").words_of_pages().is_none());
        // Figures, and more than one letter, tell names apart.
        for (one, other) in [
            ("Trust ZZ1", "Trust ZZ2"),
            ("Forger 1", "Forger 2"),
            ("East London", "West London"),
            ("Northmoor Hospitals", "Southmoor Hospitals"),
            ("Barnet", "Barney"),
            ("مستشفى الشمال", "مستشفى الجنوب"),
            ("NHS 111", "NHS 24"),
        ] {
            assert!(!named(one).is_named_like(other), "{one} {other}");
        }
        assert!(named("ZZ1 Northmoor").names_code("zz1"));
        assert!(named("(ZZI)").names_code("ZZ1"));
        assert!(!named("ZZ12 Northmoor").names_code("ZZ1"));
        assert!(!named("…").is_named_like("!"));
        assert!(named("Guy & Thomas").is_named_like("Guy and Thomas"));
        assert!(named("Guy＆Thomas").is_named_like("Guy and Thomas"));
    }

    #[test]
    fn a_code_is_capital_letters_and_digits() {
        for (claimed, code) in [
            ("ZZ1", Some("ZZ1")),
            ("zz1", None),
            ("ZX\"><i id=", None),
            ("ZZ1\u{200b}", None),
            ("ＺＺ1", None),
            ("ABCDEFGHIJK", None),
            ("", None),
        ] {
            let stated = Stated::new("N", Some(claimed), "", "");
            assert_eq!(stated.ods.as_deref(), code, "{claimed}");
        }
    }

    #[test]
    fn a_code_is_that_of_another_if_it_looks_so() {
        for (own, other, is_same) in [
            ("ZZ1", "zz1", true),
            ("R01", "RO1", true),
            ("ZZI", "zz1", true),
            ("RX1", "RXL", false),
            ("RJ2", "RJZ", false),
        ] {
            let stated = Stated::new("N", Some(own), "", "");
            assert_eq!(stated.has_code(Some(other)), is_same, "{own} {other}");
        }
        assert!(!Stated::new("N", None, "", "").has_code(None));
    }

    #[test]
    fn lists_leave_out_what_most_names_end_with() {
        for (name, short) in [
            (
                "Northmoor Teaching Hospitals NHS Trust",
                "Northmoor Teaching Hospitals",
            ),
            ("Harrowdale NHS Foundation Trust", "Harrowdale"),
            (
                "NHS Northmoor Integrated Care Board",
                "NHS Northmoor Integrated Care Board",
            ),
            (" NHS Trust", " NHS Trust"),
        ] {
            assert_eq!(short_name(name), short);
        }
    }

    #[test]
    fn what_is_shown_cannot_steer_a_terminal_or_a_line() {
        let stated = named("\u{1b}[31mNorth\u{202e}moor\u{200b}\n");
        assert_eq!(stated.name, "\u{fffd}[31mNorth\u{fffd}moor\u{fffd}\u{fffd}");
        assert_eq!(named(&"x".repeat(500)).name.len(), 200);
        assert_eq!(named(" \u{3000} ").name, "(no name)");
        let stacked = format!("N{}o", "\u{301}".repeat(90));
        assert_eq!(named(&stacked).name, "N\u{301}\u{301}o");
    }
}
