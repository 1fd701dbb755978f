//! One form for letters that are written in several: composed and decomposed accents, wide and narrow forms, and the
//! vowel signs of Arabic and Hebrew, which most writers leave out.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The Arabic article, alone and with the words that are written together with it.
const ARTICLES: [&str; 5] = ["وال", "بال", "كال", "فال", "ال"];

/// Letters that have to be left of an Arabic word without its article.
const MIN_WITHOUT_ARTICLE: usize = 3;

/// Returns whether a character is of a script that writes no spaces between words.
pub(crate) fn is_sign(c: char) -> bool {
    // Below are the alphabets; nearly all text ends here.
    if c < '\u{E01}' {
        return false;
    }
    matches!(c,
        // Thai, Lao, Myanmar and Khmer, without their marks.
        '\u{E01}'..='\u{E30}' | '\u{E32}' | '\u{E33}' | '\u{E40}'..='\u{E46}'
        | '\u{E81}'..='\u{EB0}' | '\u{EB2}' | '\u{EB3}' | '\u{EBD}'..='\u{EC6}'
        | '\u{1000}'..='\u{102A}' | '\u{1780}'..='\u{17B3}'
        // Kana, Bopomofo, Han.
        | '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}' | '\u{3105}'..='\u{312F}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FF9D}' | '\u{20000}'..='\u{323AF}')
}

/// Returns whether a character belongs to a word without being one of its letters: combining marks, soft hyphens,
/// zero-width characters, signs of the direction of text, variation selectors, and the bar that stretches Arabic words.
pub(crate) fn is_mark(c: char) -> bool {
    c >= '\u{AD}'
        && (is_invisible(c)
            || matches!(c, '\u{640}' | '\u{FF9E}' | '\u{FF9F}')
            || is_combining_mark(c))
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{61C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Adds a word that is not ASCII in its one form.
pub(crate) fn push_normal(out: &mut String, word: &str) {
    let from = out.len();
    let visible = word.chars().filter(|c| !is_invisible(*c));
    out.extend(visible.nfkc().filter_map(bare));
    let pushed = out.get(from..).unwrap_or_default();
    if !pushed.starts_with(['ا', 'و', 'ب', 'ك', 'ف']) {
        return;
    }
    let article = ARTICLES.iter().find(|article| {
        let rest = pushed.strip_prefix(*article);
        rest.is_some_and(|rest| rest.chars().count() >= MIN_WITHOUT_ARTICLE)
    });
    if let Some(article) = article {
        out.drain(from..from + article.len());
    }
}

/// Returns the letter that is compared: Arabic letters of one sound as one, and no vowel signs of Arabic and Hebrew nor
/// accents that no composed letter has.
fn bare(c: char) -> Option<char> {
    match c {
        '\u{300}'..='\u{36F}'
        | '\u{591}'..='\u{5C7}'
        | '\u{640}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}' => None,
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        // Persian and Urdu write two letters of Arabic with signs of their own.
        'ی' => Some('ي'),
        'ک' => Some('ك'),
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_form_however_it_is_written() {
        for (written, normal) in [
            ("cafe\u{301}", "café"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("left\u{202a}to\u{2069}right", "lefttoright"),
            ("ward\u{fe0f}", "ward"),
            ("ＷｉＦｉ", "WiFi"),
            ("ｶﾞｰｾﾞ", "ガーゼ"),
            ("か\u{3099}", "が"),
            ("й", "й"),
            ("مُسْتَشْفَى", "مستشفي"),
            ("مستشفى", "مستشفي"),
            ("المستشفى", "مستشفي"),
            ("والمستشفى", "مستشفي"),
            ("مـسـتـشـفى", "مستشفي"),
            ("الم", "الم"),
            ("שָׁלוֹם", "שלום"),
            ("ŵ", "ŵ"),
        ] {
            let mut out = "x".to_owned();
            push_normal(&mut out, written);
            assert_eq!(out, format!("x{normal}"), "{written}");
        }
    }
}
