//! British and American spelling as one: each word gets one form, in documents and in queries alike.
//!
//! The forms need not be words, since no one reads them; only words of different meaning must not become one.

use std::sync::LazyLock;

/// Letters within a word, and those that take their place. Each list holds what only this spelling can be.
const WITHIN: [(&str, &str); 41] = [
    // Greek diphthongs of medicine.
    ("haem", "hem"),
    ("aemia", "emia"),
    ("aemic", "emic"),
    ("paed", "ped"),
    ("gynaec", "gynec"),
    ("anaesth", "anesth"),
    ("caesar", "cesar"),
    ("faec", "fec"),
    ("aetiol", "etiol"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("foet", "fet"),
    ("rrhoea", "rrhea"),
    ("coeliac", "celiac"),
    ("palaeo", "paleo"),
    ("manoeuv", "maneuv"),
    ("sulph", "sulf"),
    // The endings -our and their derivations.
    ("colour", "color"),
    ("behaviour", "behavior"),
    ("tumour", "tumor"),
    ("labour", "labor"),
    ("favour", "favor"),
    ("honour", "honor"),
    ("neighbour", "neighbor"),
    ("rumour", "rumor"),
    ("vapour", "vapor"),
    ("odour", "odor"),
    ("harbour", "harbor"),
    ("humour", "humor"),
    ("endeavour", "endeavor"),
    ("rigour", "rigor"),
    // Single words.
    ("licens", "licenc"),
    ("practis", "practic"),
    ("defens", "defenc"),
    ("offens", "offenc"),
    ("ageing", "aging"),
    ("judgement", "judgment"),
    ("acknowledgement", "acknowledgment"),
    ("speciality", "specialty"),
    ("skilful", "skillful"),
];

/// The letters of the first of each.
static NEEDED: LazyLock<[u32; WITHIN.len()]> =
    LazyLock::new(|| WITHIN.map(|(british, _)| letters(british)));

/// Words that end so have another ending instead, with or without a plural.
const ENDINGS: [(&str, &str); 15] = [
    ("centre", "center"),
    ("metre", "meter"),
    ("litre", "liter"),
    ("theatre", "theater"),
    ("fibre", "fiber"),
    ("titre", "titer"),
    ("calibre", "caliber"),
    ("catalogue", "catalog"),
    ("dialogue", "dialog"),
    ("analogue", "analog"),
    ("programme", "program"),
    ("fulfil", "fulfill"),
    ("enrol", "enroll"),
    ("enrolment", "enrollment"),
    ("instalment", "installment"),
];

/// Endings of verbs in -ise; American spelling has a z for the s.
const ISE: [&str; 9] = [
    "ise",
    "ises",
    "ised",
    "iser",
    "isers",
    "ising",
    "isation",
    "isations",
    "isational",
];

/// What is before -ise in words that have an s in both spellings: supervise, exercise, enterprise, promise, wise.
const WITH_S: [&str; 13] = [
    "v", "c", "pr", "prom", "prem", "dem", "gu", "nd", "nch", "pert", "w", "a", "o",
];

/// Endings of verbs in -yse, and the same with a z.
const YSE: [(&str, &str); 6] = [
    ("yse", "yze"),
    ("yses", "yzes"),
    ("ysed", "yzed"),
    ("ysing", "yzing"),
    ("yser", "yzer"),
    ("ysers", "yzers"),
];

/// Endings after a double l that has one l elsewhere: modelling, labelled.
const AFTER_L: [&str; 5] = ["ed", "ing", "er", "ers", "or"];

/// Words with -ell- in which the l is double everywhere.
const DOUBLE_L: [&str; 6] = ["spell", "tell", "sell", "dwell", "swell", "smell"];

/// Shorter words are no such words.
const MIN_BYTES: usize = 5;

/// Replaces a word in lower case by the form that both of its spellings have.
pub(crate) fn unify(word: &mut String) {
    if word.len() < MIN_BYTES || !word.is_ascii() {
        return;
    }
    let letters = letters(word);
    for ((british, american), needed) in WITHIN.iter().zip(NEEDED.iter()) {
        if letters & needed == *needed
            && let Some(at) = position(word, british)
        {
            word.replace_range(at..at + british.len(), american);
        }
    }
    let bare_len = word.strip_suffix('s').map_or(word.len(), str::len);
    for (british, american) in ENDINGS {
        for end in [bare_len, word.len()] {
            let found = word.get(..end).is_some_and(|bare| bare.ends_with(british));
            if found {
                word.replace_range(end - british.len()..end, american);
                break;
            }
        }
    }
    if let Some((british, american)) = YSE.iter().find(|(british, _)| word.ends_with(british)) {
        word.truncate(word.len() - british.len());
        word.push_str(american);
    } else if let Some(bare) = ISE.iter().find_map(|end| word.strip_suffix(end))
        && has_vowel(bare)
        && bare != "ar"
        && !WITH_S.iter().any(|end| bare.ends_with(end))
    {
        let at = bare.len() + 1;
        word.replace_range(at..=at, "z");
    }
    if let Some(bare) = AFTER_L
        .iter()
        .find_map(|end| word.strip_suffix(end)?.strip_suffix('l'))
        && bare.ends_with("el")
        && bare.strip_suffix("el").is_some_and(has_vowel)
        && !DOUBLE_L
            .iter()
            .any(|word| format!("{bare}l").ends_with(word))
    {
        let at = bare.len();
        word.replace_range(at..=at, "");
    }
}

/// Returns a bit for each of the letters `a` to `z` that is in a text, so that a word is looked through for few parts.
fn letters(text: &str) -> u32 {
    // Other signs share the bits of letters: a bit says that the letter may be there.
    text.bytes().fold(0, |found, byte| found | 1 << (byte & 31))
}

/// Returns where a part of a word begins. Words are so short that preparing a search takes longer than looking.
fn position(word: &str, part: &str) -> Option<usize> {
    let mut places = word.as_bytes().windows(part.len());
    places.position(|place| place == part.as_bytes())
}

fn has_vowel(text: &str) -> bool {
    text.contains(['a', 'e', 'i', 'o', 'u', 'y'])
}
