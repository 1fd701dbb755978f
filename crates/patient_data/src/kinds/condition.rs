//! An exact date and a condition or an event of one patient in one sentence. Dates of projects are none, and neither are
//! periods in which many people had a condition.

use super::{
    between,
    date::{self, Context, Date},
};
use crate::{
    check::Found,
    finding::{Kind, Severity},
    lexicon::{
        CONDITION, EVENT, GROUP, HAPPENED, PATIENT, PEOPLE, PERSON, PROJECT, STRONG_EVENT, SURNAME,
        TITLE, TREATMENT, WEAK_CONDITION,
    },
    sentences,
    tokens::{Sort, Token, Tokens},
};

/// Dates of one sentence.
const MAX_DATES: usize = 20;
/// Tokens between a word for a patient and what happened to them.
const MAX_TO_VERB: usize = 5;

/// What a sentence says.
#[derive(Default)]
struct Sentence {
    dates: Vec<(usize, Date)>,
    /// A word for someone who may be a patient.
    has_patient: bool,
    /// He or she.
    has_pronoun: bool,
    has_own_condition: bool,
    has_people: bool,
    has_condition: bool,
    has_weak_condition: bool,
    has_event: bool,
    has_strong_event: bool,
    /// The last word for a patient.
    patient_at: Option<usize>,
    /// What patients get: an operation, a drug.
    has_treatment: bool,
    has_project: bool,
    is_period: bool,
}

pub(super) fn find(tokens: &Tokens, found: &mut Vec<Found>) {
    // Most texts have no date, and then nothing of their sentences matters.
    if !tokens
        .positions()
        .any(|index| date_at(tokens, index).is_some())
    {
        return;
    }
    let mut sentence = Sentence::default();
    let mut index = 0;
    while index < tokens.len() {
        let token = tokens.at(index);
        let mut next = index + 1;
        if let Some(date) = date_at(tokens, index) {
            if sentence.dates.len() < MAX_DATES {
                sentence.dates.push((index, date));
            }
            let before = tokens.text(tokens.before(index));
            sentence.is_period |= matches!(before, "between" | "since" | "until" | "from" | "by");
            next = date.end;
        } else {
            read(tokens, index, token, &mut sentence);
        }
        // Cells of one row are one statement.
        let ends = sentences::ends(tokens, index) && token.sort != Sort::Cell;
        if ends && next == index + 1 {
            add(tokens, &sentence, found);
            sentence = Sentence::default();
        }
        index = next;
    }
    add(tokens, &sentence, found);
}

/// Returns the date that begins at a position and names a day. The date of a page is in its address, and is none.
fn date_at(tokens: &Tokens, index: usize) -> Option<Date> {
    let date = date::at(tokens, index, Context::Free);
    date.filter(|date| date.has_day && !tokens.at(index).in_url)
}

fn read(tokens: &Tokens, index: usize, token: Token, sentence: &mut Sentence) {
    // `a 74-year-old farmer`
    sentence.has_patient |= matches!(tokens.text(token), "old" | "olds")
        && tokens.before(index).is_mark('-')
        && tokens.word(index.saturating_sub(2)) == "year";
    // Most words say nothing here.
    if token.class == 0 || !token.is_word() {
        return;
    }
    let next = tokens.at(index + 1);
    sentence.has_people |= token.is(PEOPLE | GROUP);
    sentence.has_event |= token.is(EVENT);
    sentence.has_strong_event |= token.is(STRONG_EVENT);
    // `gave birth`, `transferred to ITU`
    let is_own_event = match tokens.text(token) {
        "birth" => tokens.text(tokens.before(index)) == "gave",
        // `Date of death: …`
        "death" => tokens.word(index.wrapping_sub(2)) == "date",
        // `a patient absconded`
        _ if token.is(HAPPENED) => sentence
            .patient_at
            .is_some_and(|at| index - at <= MAX_TO_VERB),
        "transferred" => matches!(
            tokens.word(index + 2),
            "itu" | "icu" | "hdu" | "ccu" | "theatre" | "resus" | "hospital"
        ),
        _ => false,
    };
    sentence.has_strong_event |= is_own_event;
    sentence.has_treatment |= token.is(TREATMENT);
    sentence.has_project |= token.is(PROJECT) && !token.is(PERSON);
    if token.is(PERSON) && !is_compound(tokens, index) {
        read_person(tokens, index, sentence);
    }
    sentence.has_patient |= token.is(TITLE) && next.is_capitalised() && next.is_word();
    if token.is(CONDITION | WEAK_CONDITION) && !names_project(tokens, index) {
        let is_surname = token.is(SURNAME) && tokens.before(index).is(TITLE);
        sentence.has_condition |= token.is(CONDITION) && !is_surname;
        sentence.has_weak_condition |= token.is(WEAK_CONDITION) && !is_surname;
        // `his cancer`, `her broken hip`
        let mut before = (index.saturating_sub(2)..index).map(|at| tokens.word(at));
        sentence.has_own_condition |= before.any(|word| matches!(word, "his" | "her"));
    }
}

/// Reads a word for one person: someone who may be a patient, or a pronoun, which can be anyone.
fn read_person(tokens: &Tokens, index: usize, sentence: &mut Sentence) {
    match tokens.word(index) {
        "he" | "she" => sentence.has_pronoun = true,
        "him" | "her" | "his" | "hers" | "himself" | "herself" | "who" => {}
        // The first patient of a service is a date of the service.
        _ if matches!(
            tokens.word(index.saturating_sub(1)),
            "first" | "every" | "each" | "any" | "no" | "per"
        ) =>
        {
            sentence.has_people = true;
        }
        _ => {
            sentence.has_patient = true;
            sentence.patient_at = Some(index);
        }
    }
}

/// Whether a word for a patient says what something is for: `patient safety`.
fn is_compound(tokens: &Tokens, index: usize) -> bool {
    tokens.at(index).is(PATIENT)
        && matches!(
            tokens.word(index + 1),
            "safety"
                | "experience"
                | "portal"
                | "flow"
                | "record"
                | "records"
                | "data"
                | "administration"
                | "initiated"
                | "group"
                | "groups"
                | "survey"
                | "leaflet"
                | "leaflets"
                | "information"
                | "app"
                | "panel"
                | "index"
                | "identifier"
                | "monitoring"
                | "care"
                | "transport"
                | "feedback"
                | "engagement"
                | "participation"
                | "reported"
                | "facing"
                | "level"
                | "tracking"
                | "contact"
                | "letters"
                | "list"
                | "lists"
                | "knows"
                | "entertainment"
                | "outcomes"
                | "pathway"
                | "held"
        )
}

/// Whether a condition is the subject of a project: `sepsis alert`, `heart failure service`, `World Diabetes Day`.
fn names_project(tokens: &Tokens, index: usize) -> bool {
    let next = tokens.at(index + 1);
    next.is(PROJECT)
        || (next.is(CONDITION | WEAK_CONDITION) && tokens.at(index + 2).is(PROJECT))
        || matches!(
            tokens.text(next),
            "day" | "week" | "month" | "awareness" | "uk" | "e" | "elearning" | "learning"
        )
}

fn add(tokens: &Tokens, sentence: &Sentence, found: &mut Vec<Found>) {
    if !sentence.is_of_patient() {
        return;
    }
    for (first, date) in &sentence.dates {
        let last = tokens.at(date.end.saturating_sub(1));
        found.push(between(
            Kind::DatedCondition,
            Severity::Warn,
            tokens.at(*first),
            last,
        ));
    }
}

impl Sentence {
    fn is_of_patient(&self) -> bool {
        if self.dates.is_empty() {
            return false;
        }
        let has_year = self.dates.iter().any(|(_, date)| date.has_year);
        let has_condition = self.has_condition || self.has_weak_condition;
        if self.has_patient {
            let is_seen = (self.has_event || self.has_treatment) && has_year && !self.has_project;
            return has_condition || self.has_strong_event || is_seen;
        }
        if self.has_pronoun && (self.has_strong_event || (has_condition && !self.has_project)) {
            return true;
        }
        if self.has_own_condition {
            return true;
        }
        if self.has_people || self.is_period || self.has_project {
            return false;
        }
        // `Admitted 3 May with sepsis.` `Biopsy 8 March: cancer`
        let is_case = self.has_event || self.has_strong_event || self.has_treatment;
        // `Admitted on 14 March 2024 with sepsis.` `Fractured hip, 3 May 2024`
        (has_year && (self.has_condition || self.has_strong_event))
            || (self.has_condition && is_case)
    }
}
