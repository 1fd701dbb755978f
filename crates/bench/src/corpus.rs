//! Invented case studies for measuring: 300 to 700 words each, whose frequencies follow Zipf's law
//! as those of real text do. Seeded: the same number gives the same file everywhere.

use domain::Term;
use domain::vocabulary::{
    Audience, Barrier, CareSetting, CostBand, Evidence, Outcome, Priority, Stage, StudyType, Topic,
    Wgll, WouldRepeat,
};

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

const HEADINGS: [&str; 5] = [
    "Situation",
    "What we did",
    "What happened",
    "What we would do differently",
    "Advice to the next trust",
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
    writer.front_matter(number);
    let paragraphs = 6 + writer.random.below(9);
    for paragraph in 0..paragraphs {
        if let Some(heading) = HEADINGS.get(paragraph / 2).filter(|_| paragraph % 2 == 0) {
            writer.out.push_str(&format!("\n## {heading}\n"));
        }
        writer.out.push('\n');
        writer.sentences(4);
        writer.out.push('\n');
    }
    writer.out
}

struct Writer<'a> {
    random: &'a mut Random,
    out: String,
}

impl Writer<'_> {
    fn front_matter(&mut self, number: u64) {
        let title = self.words_up_to(70);
        let summary = self.words_up_to(200);
        let tags = [self.word(), self.word(), self.word()].join(", ");
        self.line(format_args!("---\nkind: case-study"));
        self.line(format_args!("title: Study {number} of {title}"));
        self.line(format_args!(
            "summary: We changed how the {summary} and it took less time"
        ));
        self.one::<StudyType>("type");
        self.one::<Outcome>("result");
        self.one::<Stage>("stage");
        self.one::<WouldRepeat>("would_repeat");
        self.one::<Priority>("priority");
        self.some::<Wgll>("wgll", 2);
        self.some::<CareSetting>("care_setting", 2);
        self.some::<Topic>("topics", 3);
        self.some::<Audience>("audience", 3);
        self.one::<Evidence>("evidence");
        self.some::<Barrier>("barriers", 2);
        let band = self
            .random
            .pick(CostBand::ALL)
            .map_or("not-known", Term::as_str);
        self.line(format_args!("cost: {{band: {band}}}"));
        let product = word(200 + self.random.below(120));
        self.line(format_args!(
            "systems:\n  - {{category: EPR, supplier: Example {product}, product: Example {product}}}"
        ));
        self.line(format_args!("tags: [{tags}]"));
        let minutes = 5 + self.random.below(55);
        self.line(format_args!(
            "measures:\n  - {{name: Minutes for each handover, unit: minutes, direction: down-good, \
             baseline: {}, result: {minutes}}}",
            minutes + 12
        ));
        self.line(format_args!(
            "contact: {{role: Digital lead, mailbox: digital@bench.example, open_to: [call]}}"
        ));
        self.line(format_args!("interests: none"));
        let (year, month) = (2019 + self.random.below(7), 1 + self.random.below(12));
        self.line(format_args!("updated: {year}-{month:02}-14\n---"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        self.out.push_str(&line.to_string());
        self.out.push('\n');
    }

    fn one<T: Term>(&mut self, key: &str) {
        let value = self.random.pick(T::ALL).map_or("", Term::as_str);
        self.line(format_args!("{key}: {value}"));
    }

    fn some<T: Term>(&mut self, key: &str, most: usize) {
        let count = 1 + self.random.below(most);
        let mut values: Vec<&str> = (0..count)
            .filter_map(|_| self.random.pick(T::ALL))
            .map(Term::as_str)
            .collect();
        values.sort_unstable();
        values.dedup();
        self.line(format_args!("{key}: [{}]", values.join(", ")));
    }

    /// A content word, by Zipf's law.
    fn word(&mut self) -> String {
        let rank = VOCABULARY.powf(self.random.unit()) - 1.0;
        // Rounded down, and far below 2⁵³.
        word(format!("{rank:.0}").parse().unwrap_or(0))
    }

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

    fn sentences(&mut self, count: usize) {
        for _ in 0..count {
            let words = 6 + self.random.below(12);
            for position in 0..words {
                let word = if self.random.below(3) == 0 {
                    self.random.pick(&SMALL).unwrap_or_default().to_owned()
                } else {
                    self.word()
                };
                if position > 0 {
                    self.out.push(' ');
                }
                self.out.push_str(&word);
            }
            self.out.push_str(". ");
        }
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_a_case_study_without_fault_and_always_the_same() {
        let mut words = 0;
        for number in 0..200 {
            let text = case_study(number);
            let parsed = domain::front_matter::parse_file(&text, "study.md");
            assert!(parsed.document.is_ok(), "{number}: {:?}", parsed.document);
            assert_eq!(text, case_study(number));
            words += text.split_whitespace().count();
        }
        assert!((300..=800).contains(&(words / 200)), "{}", words / 200);
    }
}
