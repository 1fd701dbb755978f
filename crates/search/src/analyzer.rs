//! Text to terms: words, lower case, ASCII folding, stop words, one spelling, English stems.
//!
//! The same analysis runs over documents, over queries and over the text of a snippet. Documents get every reading of a
//! word with a sign inside; queries get its parts, and ask for the joined forms by themselves.

use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RemoveLongFilter, TextAnalyzer, Token, TokenizerManager,
};

pub(crate) use crate::splitting::{next_word, words};
use crate::stems::Stems;
use crate::words::{Readings, Words};

/// The analysis of everything that is ranked.
pub(crate) const ENGLISH: &str = "wardround_english";
/// Words as they are written: folded and in lower case, neither stopped nor stemmed.
pub(crate) const PLAIN: &str = "wardround_plain";

/// Words of this many bytes and more are encoded data; they would only make the dictionary larger. The longest name of
/// a place has 58 letters.
const MIN_LONG_WORD_BYTES: usize = 61;

/// Returns the manager that the index looks its analyzers up in.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(ENGLISH, english());
    manager.register(PLAIN, plain());
    manager
}

/// Returns the analysis of ranked fields.
pub(crate) fn english() -> TextAnalyzer {
    ranked(Readings::All)
}

/// Returns the analysis of what is typed, for ranked fields.
pub(crate) fn typed_english() -> TextAnalyzer {
    ranked(Readings::Parts)
}

/// Returns the analysis of the vocabulary fields.
pub(crate) fn plain() -> TextAnalyzer {
    written(Readings::All, false)
}

/// Returns the words of what is typed as they are written, with a mark at words of capitals.
pub(crate) fn typed_plain() -> TextAnalyzer {
    written(Readings::Parts, true)
}

/// Returns the parts of words as they are written, for completing what is typed.
pub(crate) fn parts() -> TextAnalyzer {
    written(Readings::Parts, false)
}

fn ranked(readings: Readings) -> TextAnalyzer {
    TextAnalyzer::builder(Words::new(readings, true))
        .filter(RemoveLongFilter::limit(MIN_LONG_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stems)
        .build()
}

fn written(readings: Readings, marks_capitals: bool) -> TextAnalyzer {
    TextAnalyzer::builder(Words::new(readings, marks_capitals))
        .filter(RemoveLongFilter::limit(MIN_LONG_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// Returns the analysed tokens of `text`, with their positions.
pub(crate) fn tokens(analyzer: &mut TextAnalyzer, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    analyzer
        .token_stream(text)
        .process(&mut |token: &Token| found.push((token.position, token.text.clone())));
    found
}

/// Returns whether analysis leaves out a word of a text because it is too long.
pub(crate) fn holds_a_long_word(text: &str) -> bool {
    let mut words = TextAnalyzer::from(Words::new(Readings::Parts, false));
    tokens(&mut words, text)
        .iter()
        .any(|(_, word)| word.len() >= MIN_LONG_WORD_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(usize, &str)]) {
        let found = tokens(&mut english(), text);
        let found: Vec<(usize, &str)> = found
            .iter()
            .map(|(position, text)| (*position, text.as_str()))
            .collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn words_are_lower_case_folded_stopped_and_stemmed() {
        check("The Nurses' handovers", &[(1, "nurs"), (2, "handov")]);
        check("Café naïve", &[(0, "cafe"), (1, "naiv")]);
        check(
            "Cafe\u{301} soft\u{ad}hyphen",
            &[(0, "cafe"), (1, "softhyphen")],
        );
        check("the and of", &[]);
        check(
            "a trust's plan, the trust’s plan",
            &[(1, "trust"), (2, "plan"), (4, "trust"), (5, "plan")],
        );
        check(&"x".repeat(61), &[]);
        check("", &[]);
        check("—…’'", &[]);
    }

    #[test]
    fn terms_of_the_trade_stay_whole() {
        check("A&E", &[(0, "a&e")]);
        check("a&e-led", &[(0, "a&e"), (0, "a&el"), (1, "led")]);
        check("M&Ms", &[(0, "m"), (1, "ms")]);
        check("dm+d codes", &[(0, "dm+d"), (1, "code")]);
        check("HL7", &[(0, "hl7")]);
        check(
            "OPCS-4 coding",
            &[(0, "opcs4"), (0, "opc"), (1, "4"), (2, "code")],
        );
        check("ICD-10", &[(0, "icd10"), (0, "icd"), (1, "10")]);
        check("e-prescribing", &[(0, "eprescrib"), (0, "prescrib")]);
        check("e-mailé", &[(0, "e"), (0, "email"), (1, "mail")]);
        check("well-led", &[(0, "well"), (0, "welll"), (1, "led")]);
        check("open 24/7.", &[(0, "open"), (1, "24/7")]);
        check("1/2 c#", &[(0, "1"), (1, "2"), (2, "c#")]);
        check("x&", &[(0, "x")]);
        check("e-", &[(0, "e")]);
    }

    #[test]
    fn parts_are_found_joined_and_joined_words_stay_words() {
        check("Wi-Fi", &[(0, "wi"), (0, "wifi"), (1, "fi")]);
        check("log-in", &[(0, "log"), (0, "login")]);
        check("log in, log into", &[(0, "log"), (0, "login"), (2, "log")]);
        check("follow‑up", &[(0, "follow"), (0, "followup"), (1, "up")]);
        check("12-lead", &[(0, "12"), (0, "12lead"), (1, "lead")]);
        check("10-20", &[(0, "10"), (1, "20")]);
        let typed = tokens(&mut typed_english(), "Wi-Fi OPCS-4 e-prescribing");
        let typed: Vec<&str> = typed.iter().map(|(_, token)| token.as_str()).collect();
        assert_eq!(typed, ["wi", "fi", "opc", "4", "eprescrib", "prescrib"]);
    }

    #[test]
    fn stop_words_in_capitals_are_words_where_capitals_mean_something() {
        check("the IT desk", &[(1, "=it"), (2, "desk")]);
        check("is it", &[]);
        check("IT SERVICE DESK", &[(0, "=it"), (1, "servic"), (2, "desk")]);
        check("AT and AS help", &[(0, "=at"), (2, "=as"), (3, "help")]);
        check("WHAT IS NEXT", &[(0, "what"), (2, "next")]);
        check("THIS AND THAT OR NOT", &[]);
        check("IT", &[(0, "=it")]);
    }

    #[test]
    fn scripts_without_spaces_are_pairs_of_signs() {
        check("疫苗接种", &[(0, "疫苗"), (1, "苗接"), (2, "接种")]);
        check("看護師 ward", &[(0, "看護"), (1, "護師"), (2, "ward")]);
        check("苗", &[(0, "苗")]);
        check("covid疫苗", &[(0, "covid"), (1, "疫苗")]);
        check("か\u{3099}ん", &[(0, "がん")]);
        check("ยา", &[(0, "ยา")]);
        check("مُسْتَشْفَى المستشفى", &[(0, "مستشفي"), (1, "مستشفي")]);
    }

    #[test]
    fn british_and_american_spellings_are_one() {
        let stems = |text: &str| -> Vec<String> {
            let found = tokens(&mut english(), text);
            found.into_iter().map(|(_, token)| token).collect()
        };
        for (british, american) in [
            (
                "organisation organised organising",
                "organization organized organizing",
            ),
            (
                "anaesthesia haemorrhage paediatric",
                "anesthesia hemorrhage pediatric",
            ),
            ("colour behaviours tumour", "color behaviors tumor"),
            (
                "centre centres litre theatre",
                "center centers liter theater",
            ),
            (
                "modelling labelled travelling",
                "modeling labeled traveling",
            ),
            (
                "programme programmes licence practise",
                "program programs license practice",
            ),
            (
                "analyse catalogue judgement ageing",
                "analyze catalog judgment aging",
            ),
            (
                "diarrhoea oedema foetal gynaecology",
                "diarrhea edema fetal gynecology",
            ),
            ("enrolment fulfil skilful", "enrollment fulfill skillful"),
        ] {
            assert_eq!(stems(british), stems(american));
        }
        for (one, other) in [
            ("four", "for"),
            ("hours", "hors"),
            ("spelling", "speling"),
            ("wise", "wiz"),
        ] {
            assert_ne!(stems(one), stems(other), "{one}");
        }
        for family in [
            "spelling spell",
            "supervise supervision supervising",
            "rise rising",
            "analyse analyses",
        ] {
            let stems = stems(family);
            assert!(stems.iter().all(|stem| *stem == stems[0]), "{stems:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_split_within_its_bounds(text in "\\PC{0,200}") {
            let mut last = 0;
            for word in words(&text) {
                assert!(word.start >= last && word.end > word.start && word.end <= text.len());
                assert!(text.get(word.start..word.end).is_some());
                // Pairs of signs overlap.
                last = word.start + 1;
            }
            let _ = tokens(&mut english(), &text);
        }
    }
}
