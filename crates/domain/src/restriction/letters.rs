//! Letters as they look: a word keeps its meaning in letters that only look like those of ASCII.

/// Returns a text in lower case, with letters that look like others and characters that cannot be seen as what they look
/// like.
pub(super) fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase().replace('\t', " ");
    }
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
        ("аАαΑáàâäãåÁÀÂÄÃÅ", 'a'),
        ("вВΒ", 'b'),
        ("сСϲçÇ", 'c'),
        ("ԁ", 'd'),
        ("еЕΕéèêëεÉÈÊË", 'e'),
        ("ɡ", 'g'),
        ("һНΗ", 'h'),
        ("іІιΙíìîïıӏІÍÌÎÏ", 'i'),
        ("јЈ", 'j'),
        ("кКκΚ", 'k'),
        ("ⅼ", 'l'),
        ("мМΜ", 'm'),
        ("ոΝ", 'n'),
        ("оОοΟóòôöõÓÒÔÖÕ", 'o'),
        ("рРρΡ", 'p'),
        ("ѕЅ", 's'),
        ("тТτΤ", 't'),
        ("υսúùûüÚÙÛÜ", 'u'),
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
