//! Folds characters that look alike, and drops those that cannot be seen.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// What a character is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folded {
    /// Nothing: it cannot be seen, or changes the character before it.
    Nothing,
    Space,
    Line,
    /// A digit on the line.
    Digit(char),
    /// A raised, lowered or circled digit: it joins no digit on the line.
    SmallDigit(char),
    /// A letter: lower case, and whether it was a capital.
    Letter(char, bool),
    Mark(char),
}

/// The first digit of each script that writes numbers in tens (Unicode 17, general category Nd).
const ZEROS: [u32; 76] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
    0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The first of ten, or of nine from 1, digits that are raised, lowered or circled, and the digit that it is.
const SMALL: [(u32, u32, u8); 11] = [
    (0x2074, 0x2079, b'4'),
    (0x2080, 0x2089, b'0'),
    (0x2460, 0x2468, b'1'),
    (0x2474, 0x247C, b'1'),
    (0x2488, 0x2490, b'1'),
    (0x24F5, 0x24FD, b'1'),
    (0x2776, 0x277E, b'1'),
    (0x2780, 0x2788, b'1'),
    (0x278A, 0x2792, b'1'),
    (0x1F101, 0x1F10A, b'0'),
    (0x00B2, 0x00B3, b'2'),
];

/// Letters of other scripts that look like Latin ones.
const ALIKE: &[(char, char)] = &[
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('н', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('м', 'm'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('т', 't'),
    ('у', 'y'),
    ('х', 'x'),
    ('ԝ', 'w'),
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('η', 'n'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('μ', 'm'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'y'),
    ('χ', 'x'),
    ('ζ', 'z'),
    ('ı', 'i'),
    ('ł', 'l'),
    ('ø', 'o'),
    ('đ', 'd'),
    ('ð', 'd'),
    ('ß', 's'),
    ('æ', 'a'),
    ('œ', 'o'),
];

/// Folds any character.
pub(super) fn any(c: char) -> Folded {
    if c.is_ascii() { ascii(c) } else { fold(c) }
}

/// Folds a character that is not ASCII.
fn fold(c: char) -> Folded {
    let number = u32::from(c);
    if let Some(folded) = mark(c) {
        return folded;
    }
    if let Some(digit) = digit(number) {
        return digit;
    }
    if is_combining_mark(c) {
        return Folded::Nothing;
    }
    // Full-width letters, letters of mathematics, ligatures and accents: the letter itself.
    let base = std::iter::once(c).nfkd().next().unwrap_or(c);
    if base.is_ascii() {
        // `½` begins with a 1 that is no digit on the line.
        return match ascii(base) {
            Folded::Digit(digit) => Folded::SmallDigit(digit),
            folded => folded,
        };
    }
    let upper = base.is_uppercase();
    let lower = base.to_lowercase().next().unwrap_or(base);
    let alike = ALIKE.iter().find(|(other, _)| *other == lower);
    let letter = alike.map_or(lower, |(_, latin)| *latin);
    if letter.is_alphabetic() {
        Folded::Letter(letter, upper)
    } else {
        Folded::Mark(base)
    }
}

/// Folds what separates, and what cannot be seen.
fn mark(c: char) -> Option<Folded> {
    let folded = match c {
        '\u{2028}' | '\u{2029}' | '\u{85}' => Folded::Line,
        '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{ffa0}'
        // What is shown for a space that was decoded wrongly.
        | '\u{fffd}' => Folded::Space,
        c if is_invisible(c) => Folded::Nothing,
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{2043}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{58a}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{301c}'
        | '\u{30fc}' => Folded::Mark('-'),
        '\u{2024}' | '\u{b7}' | '\u{2027}' | '\u{22c5}' | '\u{ff0e}' | '\u{3002}' | '\u{2219}'
        | '\u{fe52}' | '\u{2022}' | '\u{30fb}' => Folded::Mark('.'),
        '\u{2018}' | '\u{2019}' | '\u{2bc}' | '\u{2032}' | '\u{ff07}' | '\u{2b9}' => {
            Folded::Mark('\'')
        }
        '\u{201c}'..='\u{201f}' | '\u{2033}' | '«' | '»' | '\u{ff02}' => Folded::Mark('"'),
        '\u{2044}' | '\u{2215}' | '\u{ff0f}' | '\u{29f8}' => Folded::Mark('/'),
        '№' => Folded::Mark('#'),
        '\u{ff20}' | '\u{fe6b}' => Folded::Mark('@'),
        '\u{b9}' => Folded::SmallDigit('1'),
        '\u{2070}' | '\u{24ea}' | '\u{24ff}' | '\u{1f10b}' | '\u{1f10c}' => Folded::SmallDigit('0'),
        _ => return None,
    };
    Some(folded)
}

/// Whether a character has no form of its own: it says how others are shown (Unicode 17, general category Cf, and those that
/// are ignored by default).
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{600}'..='\u{605}'
        | '\u{6dd}'
        | '\u{70f}'
        | '\u{890}'..='\u{891}'
        | '\u{8e2}'
        | '\u{80}'..='\u{9f}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffc}'
        | '\u{110bd}'
        | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Folds a character of ASCII.
pub(super) fn ascii(c: char) -> Folded {
    match c {
        '0'..='9' => Folded::Digit(c),
        'a'..='z' => Folded::Letter(c, false),
        'A'..='Z' => Folded::Letter(c.to_ascii_lowercase(), true),
        '\n' => Folded::Line,
        ' ' | '\t' | '\r' | '\u{b}' | '\u{c}' => Folded::Space,
        '\0'..='\u{1f}' | '\u{7f}' => Folded::Nothing,
        _ => Folded::Mark(c),
    }
}

fn digit(number: u32) -> Option<Folded> {
    let ascii = |first: u8, offset: u32| {
        let offset = u8::try_from(offset).ok()?;
        Some(char::from(first.checked_add(offset)?))
    };
    if number < 0x660 && number > 0xb3 {
        return None;
    }
    let next = ZEROS.partition_point(|zero| *zero <= number);
    if let Some(zero) = next.checked_sub(1).and_then(|index| ZEROS.get(index))
        && number - zero < 10
    {
        return ascii(b'0', number - zero).map(Folded::Digit);
    }
    let small = SMALL
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&number))?;
    ascii(small.2, number - small.0).map(Folded::SmallDigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_are_digits() {
        for zero in ZEROS {
            for value in 0..10 {
                let c = char::from_u32(zero + value).unwrap();
                let expected = char::from_digit(value, 10).unwrap();
                assert_eq!(fold(c), Folded::Digit(expected), "{zero:x}");
            }
        }
        assert!(ZEROS.is_sorted());
        for (c, folded) in [
            ('４', Folded::Digit('4')),
            ('𝟒', Folded::Digit('4')),
            ('⁴', Folded::SmallDigit('4')),
            ('³', Folded::SmallDigit('3')),
            ('④', Folded::SmallDigit('4')),
            ('Ｎ', Folded::Letter('n', true)),
            ('𝐍', Folded::Letter('n', true)),
            ('Н', Folded::Letter('h', true)),
            ('é', Folded::Letter('e', false)),
            ('\u{a0}', Folded::Space),
            ('\u{2009}', Folded::Space),
            ('\u{200b}', Folded::Nothing),
            ('\u{20e3}', Folded::Nothing),
            ('–', Folded::Mark('-')),
            ('’', Folded::Mark('\'')),
        ] {
            assert_eq!(fold(c), folded, "{c}");
        }
    }
}
