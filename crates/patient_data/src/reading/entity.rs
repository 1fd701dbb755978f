//! The entities of HTML that a number, a label or an address can be written with.

/// Bytes of an entity that are looked at.
const MAX_ENTITY: usize = 32;

/// Entities of characters that separate or belong to what is looked for. Others are letters with accents or symbols,
/// which make no difference.
const NAMED: &[(&str, char)] = &[
    ("nbsp", '\u{a0}'),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("hairsp", ' '),
    ("numsp", ' '),
    ("puncsp", ' '),
    ("emsp13", ' '),
    ("emsp14", ' '),
    ("MediumSpace", ' '),
    ("ThinSpace", ' '),
    ("NonBreakingSpace", ' '),
    ("VeryThinSpace", ' '),
    ("Tab", ' '),
    ("NewLine", '\n'),
    ("shy", '\u{ad}'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("NegativeThinSpace", '\u{200b}'),
    ("NoBreak", '\u{2060}'),
    ("hyphen", '-'),
    ("dash", '-'),
    ("ndash", '-'),
    ("mdash", '-'),
    ("minus", '-'),
    ("horbar", '-'),
    ("period", '.'),
    ("middot", '.'),
    ("centerdot", '.'),
    ("CenterDot", '.'),
    ("bull", '.'),
    ("bullet", '.'),
    ("comma", ','),
    ("colon", ':'),
    ("semi", ';'),
    ("sol", '/'),
    ("bsol", '\\'),
    ("lowbar", '_'),
    ("commat", '@'),
    ("plus", '+'),
    ("num", '#'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("equals", '='),
    ("ast", '*'),
    ("verbar", '|'),
    ("vert", '|'),
    ("apos", '\''),
    ("lsquo", '\''),
    ("rsquo", '\''),
    ("quot", '"'),
    ("ldquo", '"'),
    ("rdquo", '"'),
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("frasl", '/'),
];

/// Reads the entity at the beginning of a text; returns the character and the bytes that it takes.
pub(super) fn entity(text: &str) -> Option<(char, usize)> {
    let inner = text.strip_prefix('&')?;
    if let Some(number) = inner.strip_prefix('#') {
        let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16, 3),
            None => (number, 10, 2),
        };
        let end = digits
            .bytes()
            .take(MAX_ENTITY)
            .take_while(|byte| char::from(*byte).is_digit(radix))
            .count();
        let value = u32::from_str_radix(digits.get(..end)?, radix).ok()?;
        let semicolon = usize::from(digits.get(end..)?.starts_with(';'));
        return Some((char::from_u32(value)?, before + end + semicolon));
    }
    let end = inner
        .bytes()
        .take(MAX_ENTITY)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let name = inner.get(..end)?;
    if !inner.get(end..)?.starts_with(';') {
        return None;
    }
    let known = NAMED.iter().find(|(known, _)| *known == name);
    // An accent makes no difference: `&eacute;` is an `e`.
    let letter = || name.chars().next().filter(|_| name.len() > 3);
    Some((known.map(|(_, c)| *c).or_else(letter)?, end + 2))
}
