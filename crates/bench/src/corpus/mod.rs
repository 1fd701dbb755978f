//! Invented case studies for measuring: files of about 4.5 kB with every key of the front matter, all
//! headings, lists, a table and links, in words whose frequencies follow Zipf's law as those of real
//! text do. Seeded: the same number gives the same file everywhere.

mod front_matter;
mod text;

use std::{
    fs,
    path::{Path, PathBuf},
};

use wire::{DocumentId, Timestamp};

/// Different words of the whole collection.
const VOCABULARY: f64 = 40_000.0;

/// The commonest content words, by rank; rarer ones are made of syllables.
const COMMON: [&str; 64] = [
    "ward",
    "patient",
    "nurse",
    "system",
    "team",
    "record",
    "trust",
    "staff",
    "clinical",
    "digital",
    "care",
    "time",
    "hospital",
    "doctor",
    "list",
    "training",
    "supplier",
    "project",
    "board",
    "medicine",
    "prescribing",
    "handover",
    "discharge",
    "theatre",
    "clinic",
    "referral",
    "letter",
    "pathway",
    "device",
    "tablet",
    "network",
    "login",
    "screen",
    "form",
    "order",
    "result",
    "pharmacy",
    "bed",
    "flow",
    "dashboard",
    "report",
    "alert",
    "safety",
    "risk",
    "incident",
    "upgrade",
    "rollout",
    "pilot",
    "floorwalker",
    "champion",
    "workflow",
    "paper",
    "scanner",
    "barcode",
    "sepsis",
    "observation",
    "outpatient",
    "booking",
    "message",
    "portal",
    "migration",
    "interface",
    "downtime",
    "audit",
];

/// Words that carry no meaning: about a third of all running text.
const SMALL: [&str; 16] = [
    "the", "of", "and", "to", "a", "in", "we", "that", "was", "for", "it", "with", "on", "had",
    "were", "by",
];

const SYLLABLES: [&str; 16] = [
    "ka", "mo", "ri", "ten", "lu", "sar", "do", "vin", "pe", "gol", "ba", "ner", "ti", "fos", "hu",
    "mel",
];

/// A seeded generator (xorshift64*).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        // The state must not be zero; the constant spreads small seeds over all bits.
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Returns a number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let wide = (u128::from(self.next()) * u128::try_from(count).unwrap_or(1)) >> 64;
        usize::try_from(wide).unwrap_or(0)
    }

    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }

    fn pick<T: Copy>(&mut self, values: &[T]) -> Option<T> {
        values.get(self.below(values.len())).copied()
    }
}

/// Returns the word of a rank, from 0.
pub(crate) fn word(rank: usize) -> String {
    if let Some(word) = COMMON.get(rank) {
        return (*word).to_owned();
    }
    let mut word = String::new();
    let mut rest = rank + 16;
    while rest > 0 {
        word.push_str(SYLLABLES.get(rest % 16).copied().unwrap_or_default());
        rest /= 16;
    }
    word
}

/// Returns a query of two to four words which between them a good part of the documents have.
pub(crate) fn query(random: &mut Random) -> String {
    let words = 2 + random.below(3);
    let ranks = [60, 150, 400, 900, 2_500];
    let words: Vec<String> = (0..words)
        .map(|_| word(random.pick(&ranks).unwrap_or(60) + random.below(60)))
        .collect();
    words.join(" ")
}

/// Returns the markdown file of a case study.
pub(crate) fn case_study(number: u64) -> String {
    let mut random = Random::new(number + 1);
    let mut writer = Writer {
        random: &mut random,
        out: String::with_capacity(6_000),
    };
    front_matter::write(&mut writer, number);
    text::write(&mut writer, number);
    writer.out
}

/// Returns where the file of a case study is, from the folder of all: a hundred folders.
pub(crate) fn path(number: u64) -> String {
    format!("{:03}/study-{number}.md", number % 100)
}

/// Returns an id for the number of a case study, the same in every run.
pub(crate) fn id(number: u64) -> DocumentId {
    let mut random = [0; 10];
    for (slot, byte) in random.iter_mut().rev().zip(number.to_le_bytes()) {
        *slot = byte;
    }
    DocumentId::generate(Timestamp::from_millis(0), random)
}

/// A file under construction.
struct Writer<'a> {
    random: &'a mut Random,
    out: String,
}

impl Writer<'_> {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.out.push_str(&line.to_string());
        self.out.push('\n');
    }

    /// Returns whether one of `count` equally likely cases has come.
    fn one_in(&mut self, count: usize) -> bool {
        self.random.below(count) == 0
    }

    /// Returns a content word, by Zipf's law.
    fn word(&mut self) -> String {
        let rank = VOCABULARY.powf(self.random.unit()) - 1.0;
        // Rounded down, and far below 2⁵³.
        word(format!("{rank:.0}").parse().unwrap_or(0))
    }

    /// Returns content words of at most so many characters in all.
    fn words_up_to(&mut self, characters: usize) -> String {
        let mut text = String::new();
        loop {
            let word = self.word();
            if text.len() + word.len() + 1 > characters {
                return text;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&word);
        }
    }

    /// Returns so many words of running text, a third of them without meaning.
    fn phrase(&mut self, words: usize) -> String {
        let mut text = String::new();
        for position in 0..words {
            if position > 0 {
                text.push(' ');
            }
            if self.one_in(3) {
                text.push_str(self.random.pick(&SMALL).unwrap_or_default());
            } else {
                text.push_str(&self.word());
            }
        }
        text
    }
}

/// Writes case studies into a directory as files, in a hundred folders.
pub(crate) fn write_files(
    directory: &Path,
    numbers: impl IntoIterator<Item = u64>,
) -> anyhow::Result<PathBuf> {
    for number in numbers {
        let file = directory.join(path(number));
        fs::create_dir_all(file.parent().unwrap_or(directory))?;
        fs::write(file, case_study(number))?;
    }
    Ok(directory.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_a_case_study_without_fault_or_advice_and_always_the_same() {
        let mut bytes = 0;
        for number in 0..200 {
            let text = case_study(number);
            let parsed = crate::document::parse(&text);
            assert!(parsed.document.is_ok(), "{number}: {:?}", parsed.document);
            assert_eq!(parsed.advice, [], "{number}");
            assert_eq!(text, case_study(number));
            bytes += text.len();
        }
        assert!((4_300..=4_700).contains(&(bytes / 200)), "{}", bytes / 200);
    }

    #[test]
    fn every_key_and_every_sort_of_block_occurs() {
        let all: String = (0..100).map(case_study).collect();
        let keys = "title summary type result stage would_repeat priority wgll care_setting topics tags systems audience \
            started live scale cost measures evidence barriers contact authors partners site region based_on replaces safety \
            interests licence visibility review_by lang";
        for key in keys.split_whitespace() {
            assert!(
                all.contains(&format!("\n{key}: ")) || all.contains(&format!("\n{key}:\n")),
                "{key}"
            );
        }
        for block in [
            "\n- ",
            "\n1. ",
            "\n| ",
            "](../",
            "](https://",
            "**",
            "\n## Documents\n",
        ] {
            assert!(all.contains(block), "{block}");
        }
    }
}
