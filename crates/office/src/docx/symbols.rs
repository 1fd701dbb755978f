//! Characters of symbol fonts. In these fonts a letter is another sign: "m" in the font Symbol is the Greek letter μ, so
//! that a dose would change if it was read as a letter.

/// Returns the character that a symbol font shows for a code, or nothing if it is not known.
pub(crate) fn symbol(font: &str, code: u32) -> Option<char> {
    // Word keeps them in the private area.
    let code = if (0xf000..=0xf0ff).contains(&code) {
        code - 0xf000
    } else {
        code
    };
    let code = u8::try_from(code).ok()?;
    match font.to_lowercase().as_str() {
        "symbol" => find(SYMBOL, code),
        "wingdings" => find(WINGDINGS, code),
        "wingdings 2" => find(WINGDINGS_2, code),
        "webdings" => find(WEBDINGS, code),
        _ => None,
    }
}

/// Says whether the letters of a font are signs.
pub(crate) fn is_symbol_font(font: &str) -> bool {
    matches!(
        font,
        "symbol" | "wingdings" | "wingdings 2" | "wingdings 3" | "webdings"
    )
}

fn find(table: &[(u8, char)], code: u8) -> Option<char> {
    table
        .iter()
        .find(|(held, _)| *held == code)
        .map(|(_, shown)| *shown)
}

/// <https://www.unicode.org/Public/MAPPINGS/VENDORS/ADOBE/symbol.txt>
#[rustfmt::skip]
const SYMBOL: &[(u8, char)] = &[
    (0x20, ' '), (0x21, '!'), (0x22, '∀'), (0x23, '#'), (0x24, '∃'), (0x25, '%'), (0x26, '&'), (0x27, '∋'),
    (0x28, '('), (0x29, ')'), (0x2a, '∗'), (0x2b, '+'), (0x2c, ','), (0x2d, '−'), (0x2e, '.'), (0x2f, '/'),
    (0x30, '0'), (0x31, '1'), (0x32, '2'), (0x33, '3'), (0x34, '4'), (0x35, '5'), (0x36, '6'), (0x37, '7'),
    (0x38, '8'), (0x39, '9'), (0x3a, ':'), (0x3b, ';'), (0x3c, '<'), (0x3d, '='), (0x3e, '>'), (0x3f, '?'),
    (0x40, '≅'), (0x41, 'Α'), (0x42, 'Β'), (0x43, 'Χ'), (0x44, 'Δ'), (0x45, 'Ε'), (0x46, 'Φ'), (0x47, 'Γ'),
    (0x48, 'Η'), (0x49, 'Ι'), (0x4a, 'ϑ'), (0x4b, 'Κ'), (0x4c, 'Λ'), (0x4d, 'Μ'), (0x4e, 'Ν'), (0x4f, 'Ο'),
    (0x50, 'Π'), (0x51, 'Θ'), (0x52, 'Ρ'), (0x53, 'Σ'), (0x54, 'Τ'), (0x55, 'Υ'), (0x56, 'ς'), (0x57, 'Ω'),
    (0x58, 'Ξ'), (0x59, 'Ψ'), (0x5a, 'Ζ'), (0x5b, '['), (0x5c, '∴'), (0x5d, ']'), (0x5e, '⊥'), (0x5f, '_'),
    (0x61, 'α'), (0x62, 'β'), (0x63, 'χ'), (0x64, 'δ'), (0x65, 'ε'), (0x66, 'φ'), (0x67, 'γ'), (0x68, 'η'),
    (0x69, 'ι'), (0x6a, 'ϕ'), (0x6b, 'κ'), (0x6c, 'λ'), (0x6d, 'μ'), (0x6e, 'ν'), (0x6f, 'ο'), (0x70, 'π'),
    (0x71, 'θ'), (0x72, 'ρ'), (0x73, 'σ'), (0x74, 'τ'), (0x75, 'υ'), (0x76, 'ϖ'), (0x77, 'ω'), (0x78, 'ξ'),
    (0x79, 'ψ'), (0x7a, 'ζ'), (0x7b, '{'), (0x7c, '|'), (0x7d, '}'), (0x7e, '∼'), (0xa0, '€'), (0xa1, 'ϒ'),
    (0xa2, '′'), (0xa3, '≤'), (0xa4, '⁄'), (0xa5, '∞'), (0xa6, 'ƒ'), (0xa7, '♣'), (0xa8, '♦'), (0xa9, '♥'),
    (0xaa, '♠'), (0xab, '↔'), (0xac, '←'), (0xad, '↑'), (0xae, '→'), (0xaf, '↓'), (0xb0, '°'), (0xb1, '±'),
    (0xb2, '″'), (0xb3, '≥'), (0xb4, '×'), (0xb5, '∝'), (0xb6, '∂'), (0xb7, '•'), (0xb8, '÷'), (0xb9, '≠'),
    (0xba, '≡'), (0xbb, '≈'), (0xbc, '…'), (0xc0, 'ℵ'), (0xc5, '⊕'), (0xc6, '∅'), (0xc7, '∩'), (0xc8, '∪'),
    (0xcc, '⊂'), (0xce, '∈'), (0xcf, '∉'), (0xd0, '∠'), (0xd1, '∇'), (0xd2, '®'), (0xd3, '©'), (0xd4, '™'),
    (0xd5, '∏'), (0xd6, '√'), (0xd7, '⋅'), (0xd8, '¬'), (0xd9, '∧'), (0xda, '∨'), (0xdb, '⇔'), (0xdc, '⇐'),
    (0xdd, '⇑'), (0xde, '⇒'), (0xdf, '⇓'), (0xe2, '®'), (0xe3, '©'), (0xe4, '™'), (0xe5, '∑'), (0xf2, '∫'),
];

#[rustfmt::skip]
const WINGDINGS: &[(u8, char)] = &[
    (0x20, ' '), (0x28, '☎'), (0x2a, '✉'), (0x36, '⌛'), (0x4a, '☺'), (0x4b, '😐'), (0x4c, '☹'), (0x6c, '●'),
    (0x6d, '❍'), (0x6e, '■'), (0x6f, '□'), (0x71, '❑'), (0x72, '❒'), (0x75, '◆'), (0x76, '❖'), (0x77, '⬥'),
    (0x9f, '•'), (0xa1, '○'), (0xa7, '▪'), (0xa8, '◻'), (0xd8, '➢'), (0xdf, '←'), (0xe0, '→'), (0xe1, '↑'),
    (0xe2, '↓'), (0xe8, '➔'), (0xef, '⇦'), (0xf0, '⇨'), (0xf1, '⇧'), (0xf2, '⇩'), (0xf3, '⬄'), (0xfb, '✗'),
    (0xfc, '✓'), (0xfd, '☒'), (0xfe, '☑'),
];

#[rustfmt::skip]
const WINGDINGS_2: &[(u8, char)] = &[
    (0x20, ' '), (0x4f, '✗'), (0x50, '✓'), (0x51, '☒'), (0x52, '☑'), (0x53, '☒'), (0x54, '☒'), (0xa3, '□'),
];

#[rustfmt::skip]
const WEBDINGS: &[(u8, char)] = &[
    (0x20, ' '), (0x61, '✓'), (0x72, '✗'), (0x63, '□'), (0x67, '■'), (0x6e, '●'),
];
