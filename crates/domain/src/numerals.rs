//! Numbers that are written in words.

/// Numbers with a word of their own, each at its place.
const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
/// Tens, from twenty on.
const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// Words that multiply what is before them, so that `a` before one of them is a number.
const MULTIPLES: [&str; 3] = ["hundred", "thousand", "million"];

/// Returns a text in lower case with digits for the numbers below a thousand that it has in words: `two hundred and fifty
/// thousand` becomes `250 thousand`. After `between`, `and` parts two numbers.
pub(crate) fn in_digits(text: &str) -> String {
    let text = text.replace("half a million", "0.5 million");
    let words: Vec<&str> = text.split(' ').flat_map(parts).collect();
    let is_pair = words.contains(&"between");
    let mut written: Vec<String> = Vec::with_capacity(words.len());
    let mut number: Option<u64> = None;
    for (position, word) in words.iter().enumerate() {
        let after = |distance: usize| words.get(position + distance).copied().unwrap_or_default();
        let own = match *word {
            "a" if MULTIPLES.contains(&after(1)) => Some(1),
            word => small(word).or_else(|| tens(word)),
        };
        number = match (own, number, *word) {
            (Some(own), Some(before), _) if continues(before, own) => Some(before + own),
            (None, Some(before @ 1..100), "hundred") => Some(before * 100),
            (None, Some(before @ 1..), "and")
                if !is_pair
                    && before.is_multiple_of(100)
                    && small(after(1)).or_else(|| tens(after(1))).is_some()
                    && after(2) != "hundred" =>
            {
                Some(before)
            }
            (own, before, word) => {
                written.extend(before.map(|before| before.to_string()));
                if own.is_none() {
                    written.push(word.to_owned());
                }
                own
            }
        };
    }
    written.extend(number.map(|number| number.to_string()));
    written.join(" ")
}

/// Returns the parts of a word such as `twenty-five`; a word that is no such number is not parted.
fn parts(word: &str) -> Vec<&str> {
    match word.split_once('-') {
        Some((one, other)) if tens(one).is_some() && small(other).is_some() => vec![one, other],
        Some(_) | None => vec![word],
    }
}

fn small(word: &str) -> Option<u64> {
    let place = SMALL.iter().position(|known| *known == word)?;
    u64::try_from(place).ok()
}

fn tens(word: &str) -> Option<u64> {
    let place = TENS.iter().position(|known| *known == word)?;
    u64::try_from(10 * (place + 2)).ok()
}

/// Returns whether a number goes on with another one: `twenty` with `five`, and `two hundred` with `fifty`.
const fn continues(before: u64, own: u64) -> bool {
    match before % 100 {
        0 => before > 0 && own < 100 && own > 0,
        rest => rest >= 20 && rest.is_multiple_of(10) && own < 10 && own > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words_become_digits_and_other_words_stay() {
        for (text, expected) in [
            ("ten thousand", "10 thousand"),
            ("a hundred thousand", "100 thousand"),
            ("two hundred and fifty thousand", "250 thousand"),
            ("twenty-five thousand", "25 thousand"),
            ("five to ten thousand", "5 to 10 thousand"),
            ("half a million", "0.5 million"),
            ("three hundred and twenty two", "322"),
            (
                "between one hundred and five thousand",
                "between 100 and 5 thousand",
            ),
            ("one hundred and two hundred", "100 and 200"),
            ("nineteen fifty", "19 50"),
            ("a ward", "a ward"),
            ("hundred", "hundred"),
            ("ten-thousand", "ten-thousand"),
            ("10-50k", "10-50k"),
            ("£5,000 and more", "£5,000 and more"),
            ("", ""),
        ] {
            assert_eq!(in_digits(text), expected, "{text}");
        }
    }
}
