//! Letters as they look: a word keeps its meaning in letters that only look like those of ASCII.

use std::borrow::Cow;

/// Returns a text in lower case, with letters that look like others and characters that cannot be seen as what they look
/// like.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() {
        let lower = text.to_ascii_lowercase();
        return match lower.contains('\t') {
            true => lower.replace('\t', " "),
            false => lower,
        };
    }
    let letters = text.chars().filter(|c| !is_invisible(*c)).map(plain_letter);
    letters.collect::<String>().to_lowercase()
}

/// Returns whether a character takes no place: byte order marks, joiners, marks of direction, soft hyphens.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
}

/// Small capitals, and the letters that they are.
const SMALL_CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ";
const SMALL_CAPITALS_OF: &str = "abcdefghijklmnopqrstuvwyz";

/// Returns a text with what its numeric character references mean: `&#68;RAFT` is `DRAFT`.
pub(crate) fn without_references(text: &str) -> Cow<'_, str> {
    if !text.contains("&#") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        out.push_str(before);
        let digits = after.split_once(';');
        let referred = digits.and_then(|(digits, next)| Some((referred(digits)?, next)));
        match referred {
            Some((c, next)) => {
                out.push(c);
                rest = next;
            }
            None => {
                out.push_str("&#");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Returns the character of a reference: of `68` or `x44`, `D`.
fn referred(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
        None => digits.parse(),
    };
    char::from_u32(code.ok()?)
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
    // Small capitals, which have their place among the signs of phonetics.
    if let Some(at) = SMALL_CAPITALS.chars().position(|small| small == c) {
        return SMALL_CAPITALS_OF.chars().nth(at).unwrap_or(c);
    }
    // Full width, and the mathematical alphabets, which repeat A to Z and a to z.
    if let Some(plain) = shifted(c).and_then(char::from_u32) {
        return plain;
    }
    let found = LOOK_ALIKE.iter().find(|(like, _)| like.contains(c));
    found.map_or(c, |(_, plain)| *plain)
}

/// Returns the code of the letter of ASCII that a character of another alphabet is in the same place as.
fn shifted(c: char) -> Option<u32> {
    let code = u32::from(c);
    match code {
        0xff01..=0xff5e => Some(code - 0xfee0),
        // In circles, in brackets, in squares, and as signs of flags.
        0x24b6..=0x24cf => Some(code - 0x24b6 + 0x41),
        0x24d0..=0x24e9 => Some(code - 0x24d0 + 0x61),
        0x249c..=0x24b5 => Some(code - 0x249c + 0x61),
        0x1f110..=0x1f129 => Some(code - 0x1f110 + 0x41),
        0x1f130..=0x1f149 => Some(code - 0x1f130 + 0x41),
        0x1f150..=0x1f169 => Some(code - 0x1f150 + 0x41),
        0x1f170..=0x1f189 => Some(code - 0x1f170 + 0x41),
        0x1f1e6..=0x1f1ff => Some(code - 0x1f1e6 + 0x41),
        0x1d400..=0x1d6a3 => {
            let place = (code - 0x1d400) % 52;
            Some(if place < 26 {
                0x41 + place
            } else {
                0x61 + place - 26
            })
        }
        _ => None,
    }
}
