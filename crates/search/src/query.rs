//! Parses what a reader typed. Never fails: what cannot be understood is searched for as words or
//! left out, and a note says so.
//!
//! Quotation marks ask for a phrase, a leading `-` excludes, `name:value` filters by a known facet
//! group and `title:word` looks in titles only. Words are alternatives; documents with all of them
//! come first.

mod pieces;

use std::borrow::Cow;

use self::pieces::{Piece, Reader, is_name};

use crate::analyzer;
use crate::asking;
use crate::expansions::Expansions;
use crate::schema::cut;
use crate::sought::Corrected;
use crate::typed::{TypedWord, Typing};
use crate::words::CAPITALS_MARK;
use domain::FacetGroup;

/// Longer queries are cut: no one types this much, and every byte costs time.
pub const MAX_QUERY_BYTES: usize = 512;

/// More words, phrases and filters than this are left out.
pub const MAX_QUERY_TOKENS: usize = 32;

/// Pieces between spaces that are read. Many are stop words, which need no room; of the others, [`MAX_QUERY_TOKENS`]
/// different ones are looked for.
const MAX_QUERY_PIECES: usize = 2 * MAX_QUERY_TOKENS;

/// A parsed query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The words, as typed.
    pub words: Vec<String>,
    /// The phrases, without their quotation marks. A result holds each of them.
    pub phrases: Vec<String>,
    /// Words and phrases that must be in the title.
    pub in_title: Vec<String>,
    /// Words and phrases that no result holds.
    pub excluded: Vec<String>,
    /// Words and phrases that no title of a result holds.
    pub excluded_in_title: Vec<String>,
    /// `name:value` filters: alternatives within a group.
    pub fields: Vec<(FacetGroup, String)>,
    /// Values that no result has.
    pub excluded_fields: Vec<(FacetGroup, String)>,
    /// What was ignored or read differently, in plain English.
    pub notes: Vec<String>,
    /// What was typed, as far as it was read.
    text: String,
}

impl Query {
    /// Parses what a reader typed.
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        let kept = cut(text, MAX_QUERY_BYTES);
        kept.clone_into(&mut query.text);
        if kept.len() < text.len() {
            query.notes.push(format!(
                "We used only the first {MAX_QUERY_BYTES} characters of your search."
            ));
        }
        let mut reader = Reader::new(kept);
        let mut count = 0;
        while let Some(piece) = reader.piece() {
            if !piece.text.chars().any(char::is_alphanumeric) {
                continue;
            }
            count += 1;
            if count > MAX_QUERY_PIECES {
                query.notes.push(format!(
                    "We used only the first {MAX_QUERY_PIECES} words of your search."
                ));
                break;
            }
            query.add(piece);
        }
        if count == 0 && !kept.trim().is_empty() {
            let note = "There is no word in your search, so everything is shown, newest first.";
            query.notes.push(note.to_owned());
        }
        if reader.open_quote {
            query
                .notes
                .push("You did not close a quotation mark. We searched for everything after it as one phrase.".into());
        }
        query
    }

    /// Returns whether there is nothing to look for: no word, phrase or exclusion.
    /// Filters may be there.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
            && self.phrases.is_empty()
            && self.in_title.is_empty()
            && self.excluded.is_empty()
            && self.excluded_in_title.is_empty()
    }

    /// Returns the words that the search is about, in lower case and in their order: without words of a question, words that
    /// are too common, and filters.
    #[must_use]
    pub fn subject(&self) -> String {
        subject_of(&self.marked(false))
    }

    /// Returns the words that may name a topic or a product: those of [`Query::subject`], without what people ask of any
    /// project.
    #[must_use]
    pub fn naming(&self) -> String {
        subject_of(&self.marked(true))
    }

    /// Returns the words that may name a topic or a product if the search has others besides; `None` where it has not, and
    /// where it excludes or filters something.
    #[must_use]
    pub fn named_among_others(&self) -> Option<String> {
        let narrowing = [&self.excluded, &self.excluded_in_title];
        let filters = [&self.fields, &self.excluded_fields];
        if narrowing.iter().any(|list| !list.is_empty())
            || filters.iter().any(|list| !list.is_empty())
        {
            return None;
        }
        let words = self.marked(true);
        let counts = |word: &&TypedWord| word.stem.is_some() && !word.is_reading;
        let has_others = words
            .iter()
            .filter(counts)
            .any(|word| !word.is_of_subject());
        let subject = subject_of(&words);
        (has_others && !subject.is_empty()).then_some(subject)
    }

    /// Returns what was typed, word by word; what is quoted means itself.
    fn marked(&self, names_topic: bool) -> Vec<TypedWord> {
        let pieces = [&self.words, &self.phrases, &self.in_title].into_iter();
        let pieces: Vec<String> = pieces.flatten().cloned().collect();
        let mut words = Typing::new().words(&pieces);
        let quoted = self.words.len();
        let typed = words.iter().filter(|word| word.piece < quoted).count();
        let typed = words.get_mut(..typed).unwrap_or_default();
        asking::mark(typed, &Expansions::built_in(), names_topic);
        words
    }

    /// Filters by the values of the index: `indexed` returns the one that is meant, and `None` for a value that no
    /// document can have. The words of such a filter are searched for instead, with a note; an exclusion of such a value
    /// excludes nothing and is left out, with a note too.
    #[must_use]
    pub fn with_values_of_index(
        mut self,
        indexed: impl Fn(FacetGroup, &str) -> Option<String>,
    ) -> Self {
        for (group, value) in std::mem::take(&mut self.fields) {
            if let Some(value) = indexed(group, &value) {
                self.fields.push((group, value));
                continue;
            }
            let values = group.row().api.replace('`', "");
            let values = values.split(". ").next().unwrap_or_default();
            let values = values.trim_end_matches('.');
            self.notes.push(format!(
                "“{group}:{value}” is not a filter. We searched for it as words. What {group}: takes: {values}."
            ));
            self.words.push(group.to_string());
            self.words.push(value);
        }
        for (group, value) in std::mem::take(&mut self.excluded_fields) {
            match indexed(group, &value) {
                Some(value) => self.excluded_fields.push((group, value)),
                None => self.notes.push(format!(
                    "We ignored “-{group}:{value}”, which is not a filter."
                )),
            }
        }
        self
    }

    /// Returns what was typed without what no document can have: phrases, and words in titles, that have a word of which there
    /// is none. `None` where that is nothing, or all.
    pub(crate) fn without_unknown(&self, unknown: &[String]) -> Option<String> {
        let mut typing = Typing::new();
        let mut is_known = |text: &&String| {
            let words = typing.words(std::slice::from_ref(text));
            !words.iter().any(|word| unknown.contains(&word.plain))
        };
        let quoted = |text: &String| format!("\"{text}\"");
        let phrases: Vec<_> = self
            .phrases
            .iter()
            .filter(&mut is_known)
            .map(quoted)
            .collect();
        let titles = self.in_title.iter().filter(&mut is_known);
        let titles: Vec<_> = titles.map(|text| format!("title:\"{text}\"")).collect();
        let left = (phrases.len(), titles.len());
        if left == (self.phrases.len(), self.in_title.len())
            || self.words.is_empty() && left == (0, 0)
        {
            return None;
        }
        let excluded = self.excluded.iter().map(|text| format!("-\"{text}\""));
        let of_title = self.excluded_in_title.iter();
        let excluded = excluded.chain(of_title.map(|text| format!("-title:\"{text}\"")));
        let fields = self
            .fields
            .iter()
            .map(|(group, value)| format!("{group}:\"{value}\""));
        let excluded_fields = self.excluded_fields.iter();
        let excluded_fields = excluded_fields.map(|(group, value)| format!("-{group}:\"{value}\""));
        let words = self.words.iter().cloned().chain(phrases).chain(titles);
        let all = words.chain(fields).chain(excluded).chain(excluded_fields);
        Some(all.collect::<Vec<_>>().join(" "))
    }

    /// Returns what was typed with corrected words in it; `None` where nothing was corrected.
    pub(crate) fn corrected(&self, corrected: &[Corrected]) -> Option<String> {
        if corrected.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(self.text.len() + 16);
        let mut plain = analyzer::typed_plain();
        let mut at = 0;
        for word in analyzer::words(&self.text) {
            let written = self.text.get(word.start..word.end).unwrap_or_default();
            let tokens = analyzer::tokens(&mut plain, written);
            let found = corrected
                .iter()
                .find(|correction| tokens.iter().any(|(_, token)| *token == correction.typed));
            if let Some(correction) = found
                && word.start >= at
            {
                out.push_str(self.text.get(at..word.start).unwrap_or_default());
                out.push_str(&correction.word);
                at = word.end;
            }
        }
        out.push_str(self.text.get(at..).unwrap_or_default());
        Some(out)
    }

    fn add(&mut self, piece: Piece) {
        let Piece {
            excluded,
            name,
            text,
            quoted,
        } = piece;
        if let Some(name) = name {
            if let Some(group) = FacetGroup::meant(&name, &text) {
                let value = facet_value(group, &text);
                let list = if excluded {
                    &mut self.excluded_fields
                } else {
                    &mut self.fields
                };
                list.push((group, value));
                return;
            }
            match (name.eq_ignore_ascii_case("title"), excluded) {
                (true, false) => self.in_title.push(text),
                (true, true) => self.excluded_in_title.push(text),
                (false, false) => {
                    self.notes.push(format!(
                        "“{name}:” is not a filter. We searched for it as words."
                    ));
                    self.words.extend([name, text]);
                }
                (false, true) => {
                    let words = format!("{name} {text}");
                    self.notes.push(format!(
                        "“{name}:” is not a filter. We left out pages with the words “{words}” next to each other."
                    ));
                    self.excluded.push(words);
                }
            }
            return;
        }
        let before_colon = text
            .strip_suffix(':')
            .filter(|name| !quoted && is_name(name));
        if let Some(name) = before_colon
            && FacetGroup::meant(name, "").is_some()
        {
            self.notes.push(format!(
                "“{name}:” filters only without a space after it. We searched for it as words."
            ));
        }
        match (excluded, quoted) {
            (true, _) => self.excluded.push(text),
            (false, true) => self.phrases.push(text),
            (false, false) => self.words.push(text),
        }
    }
}

fn subject_of(words: &[TypedWord]) -> String {
    let words = words.iter().filter(|word| word.is_of_subject());
    let plain = words.map(|word| word.plain.trim_start_matches(CAPITALS_MARK).to_owned());
    plain.collect::<Vec<_>>().join(" ")
}

/// Returns a value in the form the index holds. What no document can have finds nothing.
fn facet_value(group: FacetGroup, text: &str) -> String {
    let held = group.parse_value(text);
    let slug = || text.trim().to_lowercase().replace([' ', '_'], "-");
    held.map_or_else(slug, Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_taken_apart() {
        let check = |text: &str, expected: &str| {
            let query = Query::parse(text);
            let mut parts: Vec<String> = Vec::new();
            parts.extend(query.words.iter().map(|word| format!("word {word}")));
            parts.extend(
                query
                    .phrases
                    .iter()
                    .map(|phrase| format!("phrase {phrase}")),
            );
            parts.extend(query.in_title.iter().map(|word| format!("title {word}")));
            parts.extend(query.excluded.iter().map(|word| format!("not {word}")));
            let of_title = query.excluded_in_title.iter();
            parts.extend(of_title.map(|word| format!("not title {word}")));
            parts.extend(
                query
                    .fields
                    .iter()
                    .map(|(group, value)| format!("{group}={value}")),
            );
            parts.extend(
                query
                    .excluded_fields
                    .iter()
                    .map(|(group, value)| format!("not {group}={value}")),
            );
            parts.extend(query.notes.iter().map(|note| format!("note {note}")));
            assert_eq!(parts.join("; "), expected, "{text:?}");
        };
        check("", "");
        check("   \t ", "");
        check("bed management", "word bed; word management");
        check(
            "\"bed management\" ward",
            "word ward; phrase bed management",
        );
        check("“bed management”", "phrase bed management");
        check(
            "beds -private -\"bed pan\"",
            "word beds; not private; not bed pan",
        );
        check("well-led", "word well-led");
        check("topic:EPR", "topic=epr");
        check(
            "Care-Setting:\"mental health\"",
            "care_setting=mental-health",
        );
        check("-result:worked org", "word org; not result=worked");
        check("-80 freezer", "word 80; word freezer");
        check("\u{2212}20°C -beds", "word 20°C; not beds");
        check("organisation:zz1", "organisation=ZZ1");
        check("title:handover", "title handover");
        check("title:\"safer handover\"", "title safer handover");
        check("falls -title:pilot", "word falls; not title pilot");
        check(
            "falls -covid:19",
            "word falls; not covid 19; note “covid:” is not a filter. We left out pages with the words “covid 19” next to each other.",
        );
        check(
            "visibility:network",
            "word visibility; word network; note “visibility:” is not a filter. We searched for it as words.",
        );
        check("https://example.org/a", "word https://example.org/a");
        check("12:30", "word 12:30");
        check("product:\"Hearsay Notes\"", "system=Hearsay Notes");
        check("cost:20k", "spend=up-to-20000");
        check(
            "topic: epr",
            "word topic:; word epr; note “topic:” filters only without a space after it. We searched for it as words.",
        );
        check(
            "\"open phrase",
            "phrase open phrase; note You did not close a quotation mark. We searched for everything after it as one phrase.",
        );
        check(
            "- -- + ! () [] {} ~ ^ * ? \\ /",
            "note There is no word in your search, so everything is shown, newest first.",
        );
        check(
            "a AND b OR NOT c",
            "word a; word AND; word b; word OR; word NOT; word c",
        );
    }

    #[test]
    fn a_value_that_no_document_can_have_is_searched_for_as_words() {
        let query = Query::parse("result:foo result:worked -stage:nothing bed")
            .with_values_of_index(|_, value| (value == "worked").then(|| value.to_owned()));
        assert_eq!(query.words, ["bed", "result", "foo"]);
        assert_eq!(query.fields, [(FacetGroup::Result, "worked".to_owned())]);
        assert_eq!(query.excluded_fields, []);
        assert_eq!(
            query.notes,
            [
                "“result:foo” is not a filter. We searched for it as words. What result: takes: worked, partly, did-not-work, too-early.",
                "We ignored “-stage:nothing”, which is not a filter.",
            ]
        );
    }

    #[test]
    fn what_no_document_can_have_is_left_out_and_the_rest_stays() {
        for (text, unknown, expected) in [
            ("\"zebra crossing\" wifi", "zebra", Some("wifi")),
            (
                "title:zebra \"bed board\" -paper topic:epma",
                "zebra",
                Some("\"bed board\" topic:\"epma\" -\"paper\""),
            ),
            ("\"zebra\"", "zebra", None),
            ("zebra \"bed board\"", "zebra", None),
        ] {
            let left = Query::parse(text).without_unknown(&[unknown.to_owned()]);
            assert_eq!(left.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_subject_is_what_is_asked_about() {
        for (text, expected) in [
            ("What did the IT desk cost?", "it desk"),
            ("anyone tried RFID", "rfid"),
            ("did virtual wards work", "virtual wards"),
            ("bed problems", "bed problems"),
            ("\"work\" wards", "wards work"),
            ("cost", "cost"),
            ("  Dental   WATERLINES ", "dental waterlines"),
            (
                "\"virtual ward\" wearables -beds topic:epr",
                "wearables virtual ward",
            ),
            ("e-prescribing", "eprescribing"),
            ("how can we do it", ""),
            ("", ""),
        ] {
            assert_eq!(Query::parse(text).subject(), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_named_is_known_among_other_words() {
        for (text, naming, among_others) in [
            ("bed problems", "bed", Some("bed")),
            (
                "is voice recognition worth it",
                "voice recognition",
                Some("voice recognition"),
            ),
            ("virtual wards", "virtual wards", None),
            ("did virtual wards work -beds", "virtual wards", None),
            ("did virtual wards work topic:epr", "virtual wards", None),
            ("did it work", "work", Some("work")),
            ("how can we do it", "", None),
        ] {
            let query = Query::parse(text);
            assert_eq!(query.naming(), naming, "{text}");
            assert_eq!(
                query.named_among_others().as_deref(),
                among_others,
                "{text}"
            );
        }
    }

    #[test]
    fn long_queries_are_cut_with_a_note() {
        let query = Query::parse(&"word ".repeat(80));
        assert_eq!(query.words.len(), MAX_QUERY_PIECES);
        assert_eq!(
            query.notes,
            ["We used only the first 64 words of your search."]
        );
        let query = Query::parse(&"é".repeat(400));
        assert_eq!(query.words.len(), 1);
        assert_eq!(query.words[0].len(), MAX_QUERY_BYTES);
        assert_eq!(
            query.notes,
            ["We used only the first 512 characters of your search."]
        );
    }

    #[test]
    fn ten_kilobytes_of_punctuation_are_nothing_to_look_for() {
        let query = Query::parse(&"\"-:(){}[]^~*?\\/!+&|<>=".repeat(500));
        assert!(query.is_empty());
        assert!(!query.notes.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_parses_within_its_limits(text in "(?s).{0,700}") {
            let query = Query::parse(&text);
            let parts = query.words.len() + query.phrases.len() + query.in_title.len()
                + query.excluded.len() + query.fields.len() + query.excluded_fields.len();
            assert!(parts <= 2 * MAX_QUERY_PIECES);
            assert!(query.notes.len() <= MAX_QUERY_PIECES + 3);
        }
    }
}
