//! What a word can mean in any sentence: a title, a month, a condition, a role.
//!
//! Words have one form: lower case, without accents. Each class is a bit, since one word can be several things.

mod names;
mod words;

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::OnceLock,
};

/// Declares the classes, one bit each.
macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        classes!(@next 0; $($(#[$doc])* $name;)+);
    };
    (@next $bit:expr; $(#[$doc:meta])* $name:ident; $($rest:tt)*) => {
        $(#[$doc])*
        pub(crate) const $name: u64 = 1 << ($bit);
        classes!(@next ($bit) + 1; $($rest)*);
    };
    (@next $bit:expr;) => {};
}

classes! {
    /// A title that says nothing of work: Mr, Mrs.
    TITLE;
    /// A title that staff have more often than patients: Dr, Sister.
    STAFF_TITLE;
    /// A word for a patient.
    PATIENT;
    /// A word for one person, who may be a patient.
    PERSON;
    /// A word for several people, none of them identified.
    PEOPLE;
    MONTH;
    /// A month in Welsh, Irish or another language of Europe, where a label says that a date follows.
    OTHER_MONTH;
    WEEKDAY;
    /// A disease, an injury, an operation.
    CONDITION;
    /// A word of a disease that has other meanings: failure, heart, fall.
    WEAK_CONDITION;
    /// What happens to one patient: admitted, diagnosed.
    EVENT;
    /// What happens to patients only.
    STRONG_EVENT;
    /// A word for all of several people.
    GROUP;
    /// What projects and services do, and what they are.
    PROJECT;
    /// What is done to a field or a rule, and no value of it: added, checked.
    CHANGE;
    /// What patients get: a drug, a procedure, a bed.
    TREATMENT;
    /// How patients are, and what is done to them only.
    STATE;
    /// What is said of patients only, also by staff who speak to them: pain, a dose, a wristband.
    CLINICAL;
    /// What happened to a patient, in one word: fell, recovered.
    HAPPENED;
    /// Whose telephone or mailbox is not that of a person.
    SERVICE;
    /// Whose telephone is that of a person: a daughter, a carer.
    RELATIVE;
    /// What comes with a telephone number.
    PHONE;
    /// What mailboxes of a role are called.
    ROLE;
    /// A word behind `patient` that is said of a person.
    BEHIND_PERSON;
    /// What staff do with patients, behind their name.
    STAFF_ACT;
    /// What staff are called.
    STAFF;
    GIVEN_NAME;
    SURNAME;
    /// What is born or has an age and is no person.
    THING;
    /// What a table counts: patients, deaths.
    COUNTED;
    /// What makes a figure no count of patients: a rate, minutes.
    RATE;
    /// A word between a label and its value.
    CONNECTION;
    /// `number`, `no`, `id` behind the name of what is numbered.
    NUMBER_WORD;
    /// What numbers that are not of patients are called.
    OTHER_NUMBER;
    /// A number whose form is that of an NHS number, and which is none: an ISBN, a SNOMED identifier.
    ALIKE_NUMBER;
    /// Whose number it is, before `number`: a hospital, a record system.
    HOSPITAL;
    /// A word that may begin a label.
    LABEL;
    /// The name of a column that says whose row it is.
    COLUMN;
    /// A word that a date may begin with.
    DATE_WORD;
    /// First, second, third as words.
    ORDINAL;
    /// A unit behind a number that is no count and no age.
    UNIT;
    /// A word that is never a surname.
    NO_NAME;
    /// A provider of mailboxes for anyone.
    PROVIDER;
    /// A label of an age.
    AGE;
    /// A word that makes an age a band.
    BAND;
    /// The head of a column.
    HEAD_NHS;
    HEAD_BIRTH;
    HEAD_BORN;
    HEAD_HOSPITAL;
    HEAD_NAME;
    /// A label that counts as well: `patient numbers`.
    HEAD_COUNT;
    /// `st`, `nd`, `rd`, `th`.
    SUFFIX;
    /// A name of a number from 90.
    NINETY;
    /// Another word with which an age or the `@` of an address may begin.
    BEGIN;
    /// A number word from one to nine.
    DIGIT_WORD;
}

/// The hash of Fowler, Noll and Vo, which is quick for short words. The words are fixed, so no one can choose them to
/// collide.
struct ShortHash(u64);

impl Default for ShortHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for ShortHash {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

type Words = HashMap<&'static str, u64, BuildHasherDefault<ShortHash>>;

/// Returns what a word says. The form of a possessive says what the word itself does.
pub(crate) fn class(word: &str) -> u64 {
    static WORDS: OnceLock<Words> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut all = Words::default();
        for (class, list) in words::WORDS
            .iter()
            .chain(names::NAMES)
            .chain([&words::NO_NAMES])
        {
            for word in list.split_ascii_whitespace() {
                *all.entry(word).or_insert(0) |= class;
            }
        }
        all
    });
    let word = word.strip_suffix("'s").unwrap_or(word);
    words.get(word).copied().unwrap_or_default()
}

/// Returns whether a word says any of these.
pub(crate) fn is(word: &str, classes: u64) -> bool {
    class(word) & classes != 0
}
