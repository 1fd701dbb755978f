//! Full postcodes: an area that exists, a district, and the three characters of the delivery point (BS 7666).

use super::between;
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{PEOPLE, SUFFIX, UNIT},
    tokens::{Gap, Shape, Tokens},
};

/// The areas, each with its highest district.
const AREAS: &[(&str, u32)] = &[
    ("ab", 56),
    ("al", 10),
    ("b", 98),
    ("ba", 22),
    ("bb", 18),
    ("bd", 24),
    ("bf", 1),
    ("bh", 31),
    ("bl", 9),
    ("bn", 99),
    ("br", 8),
    ("bs", 99),
    ("bt", 94),
    ("bx", 9),
    ("ca", 28),
    ("cb", 25),
    ("cf", 99),
    ("ch", 99),
    ("cm", 99),
    ("co", 16),
    ("cr", 9),
    ("ct", 21),
    ("cv", 47),
    ("cw", 12),
    ("da", 18),
    ("dd", 11),
    ("de", 75),
    ("dg", 16),
    ("dh", 99),
    ("dl", 17),
    ("dn", 55),
    ("dt", 11),
    ("dy", 14),
    ("e", 20),
    ("ec", 4),
    ("eh", 99),
    ("en", 11),
    ("ex", 39),
    ("fk", 21),
    ("fy", 8),
    ("g", 84),
    ("gl", 56),
    ("gu", 95),
    ("gy", 10),
    ("ha", 9),
    ("hd", 9),
    ("hg", 5),
    ("hp", 27),
    ("hr", 9),
    ("hs", 9),
    ("hu", 20),
    ("hx", 7),
    ("ig", 11),
    ("im", 99),
    ("ip", 98),
    ("iv", 63),
    ("je", 5),
    ("ka", 30),
    ("kt", 24),
    ("kw", 17),
    ("ky", 16),
    ("l", 80),
    ("la", 23),
    ("ld", 8),
    ("le", 95),
    ("ll", 78),
    ("ln", 13),
    ("ls", 99),
    ("lu", 7),
    ("m", 99),
    ("me", 20),
    ("mk", 77),
    ("ml", 12),
    ("n", 22),
    ("ne", 99),
    ("ng", 90),
    ("nn", 29),
    ("np", 44),
    ("nr", 99),
    ("nw", 11),
    ("ol", 16),
    ("ox", 49),
    ("pa", 80),
    ("pe", 38),
    ("ph", 50),
    ("pl", 35),
    ("po", 41),
    ("pr", 26),
    ("rg", 45),
    ("rh", 20),
    ("rm", 20),
    ("s", 99),
    ("sa", 99),
    ("se", 28),
    ("sg", 19),
    ("sk", 23),
    ("sl", 9),
    ("sm", 7),
    ("sn", 99),
    ("so", 53),
    ("sp", 11),
    ("sr", 9),
    ("ss", 99),
    ("st", 21),
    ("sw", 20),
    ("sy", 25),
    ("ta", 24),
    ("td", 15),
    ("tf", 13),
    ("tn", 40),
    ("tq", 14),
    ("tr", 27),
    ("ts", 29),
    ("tw", 20),
    ("ub", 11),
    ("w", 14),
    ("wa", 88),
    ("wc", 2),
    ("wd", 99),
    ("wf", 90),
    ("wn", 8),
    ("wr", 99),
    ("ws", 15),
    ("wv", 99),
    ("yo", 91),
    ("ze", 3),
];

/// A postcode is at most this many tokens: `EC1A 1BB`, `SW1A - 2AA`.
const MAX_TOKENS: usize = 8;

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    let mut next = 0;
    for &index in tokens.starts() {
        if index < next {
            continue;
        }
        if let Some(end) = at(tokens, index) {
            let (first, last) = (tokens.at(index), tokens.at(end - 1));
            found.push(between(Kind::Postcode, Severity::Warn, first, last));
            next = end;
        }
    }
}

/// Returns the position behind the postcode that begins at a position.
fn at(tokens: &Tokens, index: usize) -> Option<usize> {
    let area = tokens.at(index);
    let before = tokens.before(index);
    // It begins no later than a word does: `XLS1 4AP`, `3LS1 4AP`, `v-B1 2NN` are codes.
    if !area.is_word()
        || area.len() > 2
        || (area.is_glued() && (before.is_number() || before.is_word()))
    {
        return None;
    }
    let district = tokens.at(index + 1);
    if !district.is_number() || !district.is_glued() || before.is_mark('#') {
        return None;
    }
    let most = AREAS.iter().find(|(name, _)| *name == tokens.text(area))?.1;
    let is_district = district.len() <= 2;
    if !is_district || tokens.value(index + 1).is_none_or(|value| value > most) {
        // Without a space, the sector is in the same token: `LS14AP`, `EC1A1BB` is read below.
        return joined(tokens, index, most);
    }
    let mut at = index + 2;
    // The letter of a district in London: `SW1A`.
    let letter = tokens.at(at);
    let has_letter = letter.is_word() && letter.is_glued() && letter.len() == 1;
    let takes_letter = matches!(
        tokens.text(area),
        "e" | "ec" | "n" | "nw" | "se" | "sw" | "w" | "wc"
    );
    if has_letter && !takes_letter {
        return joined(tokens, index, most);
    }
    at += usize::from(has_letter);
    let is_spaced = !tokens.at(at).is_glued() && tokens.at(at).gap != Gap::None;
    let mark = tokens.at(at);
    at += usize::from(mark.is_any_mark("-._") && tokens.at(at + 1).is_number());
    let end = inward(tokens, at);
    match end {
        Some(end)
            if (is_spaced
                || (has_letter && area.shape == Shape::Upper)
                || mark.is_any_mark("-._"))
                && at - index < MAX_TOKENS =>
        {
            (!is_measure(tokens, index, at, end)).then_some(end)
        }
        Some(_) | None => joined(tokens, index, most),
    }
}

/// Returns the position behind `4AP`.
fn inward(tokens: &Tokens, index: usize) -> Option<usize> {
    let (sector, unit) = (tokens.at(index), tokens.at(index + 1));
    let is_unit = unit.is_word()
        && unit.is_glued()
        && unit.len() == 2
        && tokens
            .text(unit)
            .chars()
            .all(|c| c.is_ascii_lowercase() && !"cikmov".contains(c));
    (sector.is_number() && sector.len() == 1 && is_unit && ends(tokens, index + 2))
        .then_some(index + 2)
}

/// Whether a word ends at a position.
fn ends(tokens: &Tokens, index: usize) -> bool {
    let next = tokens.at(index);
    !next.is_glued() || !(next.is_word() || next.is_number())
}

/// Returns the position behind a postcode without a space, in capitals: `LS14AP`, `M11AE`.
fn joined(tokens: &Tokens, index: usize, most: u32) -> Option<usize> {
    let (area, digits, unit) = (tokens.at(index), tokens.at(index + 1), tokens.at(index + 2));
    let is_one_word = digits.is_number() && digits.is_glued() && unit.is_word() && unit.is_glued();
    let value = tokens.value(index + 1)?;
    let is_unit = unit.len() == 2
        && tokens
            .text(unit)
            .chars()
            .all(|c| c.is_ascii_lowercase() && !"cikmov".contains(c));
    let is_capital = area.shape == Shape::Upper && unit.shape == Shape::Upper;
    let named = names_postcode(tokens, index);
    let is_postcode = is_one_word
        && (2..=3).contains(&digits.len())
        && value / 10 <= most
        && is_unit
        && ends(tokens, index + 3)
        && (named
            || (is_capital
                && !tokens.before(index).is_any_mark("-_/")
                && !(tokens.at(index + 3).is_any_mark("-_/") && tokens.at(index + 3).is_glued())));
    (is_postcode && (named || !is_measure(tokens, index, index + 1, index + 3)))
        .then_some(index + 3)
}

/// Whether `postcode` is before a position.
fn names_postcode(tokens: &Tokens, index: usize) -> bool {
    let mut before = (index.saturating_sub(4)..index).map(|at| tokens.text(tokens.at(at)));
    before.any(|word| matches!(word, "postcode" | "postcodes" | "zip" | "post"))
}

/// Whether what looks like the second half is a size or an ordinal: `E5 4GB`, `B1 2nd floor`.
fn is_measure(tokens: &Tokens, index: usize, sector: usize, end: usize) -> bool {
    if names_postcode(tokens, index) {
        return false;
    }
    let unit = tokens.at(end - 1);
    let digit = tokens.value(sector).unwrap_or_default() % 10;
    let word = tokens.text(unit);
    if unit.is(SUFFIX) && tokens.word(end) != "attempt" {
        return is_ordinal(tokens, digit, end);
    }
    if is_named_otherwise(tokens, index, end) {
        return true;
    }
    if matches!(word, "gb" | "tb") {
        let is_size = matches!(digit, 1 | 2 | 4 | 8) && sector == index + 2;
        return is_memory(tokens, index, end, is_size);
    }
    let is_small = unit.shape == Shape::Lower;
    is_small && (unit.is(UNIT | PEOPLE) || is_short_unit(word))
}

/// Whether two letters are a unit, or what an ordinal ends with.
fn is_short_unit(word: &str) -> bool {
    matches!(
        word,
        "ng" | "ug"
            | "hr"
            | "yr"
            | "wk"
            | "ft"
            | "yd"
            | "lb"
            | "hz"
            | "pt"
            | "px"
            | "ph"
            | "pa"
            | "wd"
            | "dl"
            | "gy"
            | "bq"
            | "sq"
            | "pg"
            | "nd"
            | "st"
            | "rd"
            | "th"
    )
}

/// Whether the word next to it says that it is another code: `Bay B7 4LT`, `CO2 1AA battery`.
fn is_named_otherwise(tokens: &Tokens, index: usize, end: usize) -> bool {
    let is_of_place = matches!(
        tokens.text(tokens.before(index)),
        "bay"
            | "bed"
            | "room"
            | "zone"
            | "gate"
            | "desk"
            | "stairs"
            | "level"
            | "locker"
            | "vlan"
            | "subnet"
            | "error"
    );
    let is_of_thing = matches!(
        tokens.word(end),
        "battery"
            | "batteries"
            | "sensor"
            | "sensors"
            | "error"
            | "size"
            | "drive"
            | "attempt"
            | "format"
    );
    is_of_place || is_of_thing
}

/// Whether a digit and `st`, `nd`, `rd` or `th` are an ordinal: `E5 4th floor`.
fn is_ordinal(tokens: &Tokens, digit: u32, end: usize) -> bool {
    let unit = tokens.at(end - 1);
    let (word, next) = (tokens.text(unit), tokens.text(tokens.at(end)));
    let is_ordinal = matches!((digit, word), (1, "st") | (2, "nd") | (3, "rd"))
        || (matches!(digit, 0 | 4..=9) && word == "th");
    let is_counted = matches!(
        next,
        "floor"
            | "of"
            | "edition"
            | "level"
            | "line"
            | "phase"
            | "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
    );
    (is_ordinal && unit.shape == Shape::Lower)
        || (is_counted && (is_ordinal || unit.shape == Shape::Lower))
}

/// Whether `GB` or `TB` is a size of memory and not the end of a postcode.
fn is_memory(tokens: &Tokens, index: usize, end: usize, is_size: bool) -> bool {
    let (unit, next) = (tokens.at(end - 1), tokens.text(tokens.at(end)));
    let is_computer = matches!(
        next,
        "ram" | "ssd" | "memory" | "storage" | "disk" | "of" | "hdd" | "nvme" | "drive" | "usb"
    );
    let before = tokens.text(tokens.before(index));
    // A model comes right before its memory: `Galaxy S8 8GB`, `with W10 8GB`.
    let is_model =
        tokens.before(index).is_capitalised() || matches!(before, "with" | "ipad" | "iphone");
    is_computer
        || (is_model && is_size && tokens.at(index).len() == 1)
        || unit.shape != Shape::Upper
        || matches!(before, "xeon" | "windows" | "intel" | "server")
}
