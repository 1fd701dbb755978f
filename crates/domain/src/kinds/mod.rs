//! The kinds of document. Each kind has a file of its own, with its keys, how they are read and
//! written, its facets and what its card shows.
//!
//! Only this file lists the kinds. The rest of the program asks [`Rules`] for what holds for every
//! document of a kind, and [`Part`] for what one document says. A new kind is one line in `kinds!`,
//! one variant of [`Content`] and one file.

pub(crate) mod adoption;
mod case_study;
mod observation;
mod page;
mod unread;

use std::{fmt, ops::RangeInclusive};

pub use adoption::{About, Adoption, PageAddress};
pub use case_study::{CaseStudy, Cost, Expected, Measure, Safety, Scale, System};
pub use observation::Observation;
pub use page::Page;
pub(crate) use page::read as read_page;
pub use unread::Unread;

use metadata::Fault;
use wire::{Date, DocumentRef, NodeId, Reference};

use crate::{
    attributes::Common,
    facet::FacetGroup,
    outline::{self, Text},
    reader::Fields,
    terms::{Figure, Headline, Terms},
    vocabulary::{AdoptionStatus, Topic},
    writer::Writer,
};

/// The value of all kinds that have no name here.
const OTHER: &str = "other";

/// Declares the kinds that have a name here, each with its rules.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $rules:expr;)+) => {
        /// The kind of a document (`kind`).
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $kind,)+
            /// A kind that this version does not know; shown as plain text.
            Other(String),
        }

        impl Kind {
            /// The kinds that have a name here.
            pub const ALL: &'static [Self] = &[$(Self::$kind),+];

            /// Returns what holds for every document of this kind.
            pub(crate) fn rules(&self) -> &'static Rules {
                match self {
                    $(Self::$kind => &$rules,)+
                    Self::Other(_) => &unread::UNKNOWN,
                }
            }
        }
    };
}

kinds! {
    /// A case study.
    CaseStudy => case_study::RULES;
    /// A wiki page.
    Page => page::RULES;
    /// What one team saw.
    Observation => observation::RULES;
    /// "We tried this too."
    Adoption => adoption::RULES;
    /// A question to peers.
    Ask => unread::ASK;
    /// An answer to one.
    Answer => unread::ANSWER;
}

/// What a kind adds to a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A case study.
    CaseStudy(Box<CaseStudy>),
    /// A wiki page.
    Page(Page),
    /// What one team saw.
    Observation(Observation),
    /// "We tried this too."
    Adoption(Box<Adoption>),
    /// Another kind, or one whose `meta` does not fit its kind: shown as plain text.
    Other(Unread),
}

impl Content {
    /// Returns the kind.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::CaseStudy(_) => Kind::CaseStudy,
            Self::Page(_) => Kind::Page,
            Self::Observation(_) => Kind::Observation,
            Self::Adoption(_) => Kind::Adoption,
            Self::Other(unread) => Kind::parse(&unread.kind),
        }
    }

    /// Returns what the rest of the program may ask of it.
    pub(crate) fn part(&self) -> &dyn Part {
        match self {
            Self::CaseStudy(study) => &**study,
            Self::Page(page) => page,
            Self::Observation(observation) => observation,
            Self::Adoption(adoption) => &**adoption,
            Self::Other(unread) => unread,
        }
    }

    /// Returns the document that an adoption is about.
    #[must_use]
    pub fn about(&self) -> Option<&DocumentRef> {
        match self {
            Self::Adoption(adoption) => adoption.about.document(),
            Self::CaseStudy(_) | Self::Page(_) | Self::Observation(_) | Self::Other(_) => None,
        }
    }

    /// Adds what a document is found and counted by.
    pub(crate) fn index(&self, out: &mut Terms) {
        out.terms(FacetGroup::Topic, self.part().topics());
        self.part().index(out);
    }
}

/// What holds for every document of one kind.
pub(crate) struct Rules {
    /// The kind as it is written in files, bodies and addresses.
    pub(crate) name: &'static str,
    /// What people read.
    pub(crate) label: &'static str,
    /// The folder of an export.
    pub(crate) folder: &'static str,
    /// The keys that only this kind has, in the order in which they are written.
    pub(crate) keys: &'static [&'static str],
    /// The title in a file.
    pub(crate) title: TextRule,
    /// The summary in a file.
    pub(crate) summary: TextRule,
    /// Whether its first words are the title of a file without one.
    pub(crate) is_called_by_its_text: bool,
    /// Whether a file must say who can be asked.
    pub(crate) contact: ContactRule,
    /// Whether a document may be published although one of its values could not be read.
    pub(crate) is_lenient: bool,
    /// Whether its documents can have measures; if so, a card says when there are none.
    pub(crate) has_measures: bool,
    /// What a card shows instead of a missing summary.
    pub(crate) begins_with: Beginning,
    /// Whether a document without a date of its next review gets one.
    pub(crate) is_reviewed: bool,
    /// Reads the kind's own keys, from a file and from `meta`. `None` for a kind that this version
    /// cannot read.
    pub(crate) read: Option<fn(&mut Fields<'_, '_>) -> Option<Content>>,
    /// Returns the faults of the text.
    pub(crate) faults: fn(&Common, &Text<'_>) -> Vec<Fault>,
    /// Returns what would make title and text better.
    pub(crate) advice: fn(&Common, &Text<'_>) -> Vec<Fault>,
    /// The keys for which readers see a value where the file has none, each with what its author is advised.
    pub(crate) assumed: &'static [(&'static str, &'static str)],
}

/// What a card shows instead of a missing summary.
#[derive(Clone, Copy)]
pub(crate) enum Beginning {
    /// Nothing.
    Nothing,
    /// The beginning of the text under a heading.
    Under(&'static str),
    /// The beginning of the text.
    Text,
}

/// How long a text of a file may be, and whether it must be there.
pub(crate) struct TextRule {
    /// Characters.
    pub(crate) chars: RangeInclusive<usize>,
    /// What to write; `None` where the text may be left out.
    pub(crate) required: Option<&'static str>,
}

/// Whether a file must say who can be asked.
pub(crate) enum ContactRule {
    /// It may, by a role and a mailbox.
    Optional,
    /// It must, by a role and a mailbox.
    Required,
    /// It must, by a role; the mailbox may be left out.
    Role,
}

/// What the kind's own part of one document says.
pub(crate) trait Part {
    /// Writes the keys of [`Rules::keys`], for a file and for `meta` alike.
    fn write(&self, out: &mut Writer);

    /// Returns the version of the shape of `meta`, where it has one.
    fn schema(&self) -> Option<u64> {
        None
    }

    /// Returns the subjects.
    fn topics(&self) -> &[Topic] {
        &[]
    }

    /// Adds facets, and words to search by. The topics are added for every kind.
    fn index(&self, _: &mut Terms) {}

    /// Returns the documents that only this kind refers to, for a document of `node`.
    fn references(&self, _node: &NodeId) -> Vec<Reference> {
        Vec::new()
    }

    /// Returns how far another organisation has come with what it tried too.
    fn adoption(&self) -> Option<AdoptionStatus> {
        None
    }

    /// Returns its figures.
    fn figures(&self) -> Vec<Figure> {
        Vec::new()
    }

    /// Returns the day by which a result is promised that is not reported yet.
    fn expected_by(&self) -> Option<Date> {
        None
    }

    /// Returns the measure that a result card shows.
    fn headline(&self) -> Option<Headline> {
        None
    }
}

/// Returns advice on the title alone.
fn title_advice(common: &Common, _: &Text<'_>) -> Vec<Fault> {
    let title = outline::title_advice(&common.title);
    title
        .map(|says| Fault::new("title", None, says))
        .into_iter()
        .collect()
}

/// Returns no faults and no advice.
fn nothing(_: &Common, _: &Text<'_>) -> Vec<Fault> {
    Vec::new()
}

impl Kind {
    /// Reads a kind; every text is one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let known = Self::ALL.iter().find(|kind| kind.as_str() == text);
        known
            .cloned()
            .unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    /// Returns the kind as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if let Self::Other(text) = self {
            text
        } else {
            self.rules().name
        }
    }

    /// Returns what people read.
    #[must_use]
    pub fn label(&self) -> &str {
        if let Self::Other(text) = self {
            text
        } else {
            self.rules().label
        }
    }

    /// Returns the value that documents of this kind are counted and filtered by. All kinds without a name here have one
    /// value, so that no peer can fill the list of kinds.
    pub(crate) fn facet_value(&self) -> &str {
        if let Self::Other(_) = self {
            return OTHER;
        }
        self.as_str()
    }

    /// Returns the value and what people read for a kind that has a name here, and for all others.
    pub(crate) fn facet_value_and_label(text: &str) -> Option<(&'static str, &'static str)> {
        if text == OTHER {
            return Some((OTHER, "Other"));
        }
        let known = Self::ALL.iter().find(|kind| kind.as_str() == text)?;
        Some((known.rules().name, known.rules().label))
    }

    /// Returns the folder of an export that holds the documents of this kind.
    #[must_use]
    pub fn folder(&self) -> &'static str {
        self.rules().folder
    }

    /// Returns the kinds that a file can be of.
    pub(crate) fn in_files() -> impl Iterator<Item = &'static Self> {
        Self::ALL.iter().filter(|kind| kind.is_read())
    }

    /// Returns whether its documents can have measures; if so, a card says when there are none.
    #[must_use]
    pub fn has_measures(&self) -> bool {
        self.rules().has_measures
    }

    /// Returns whether this version reads and shows what the kind adds.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.rules().read.is_some()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_and_has_a_folder_of_its_own() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), *kind);
            assert!(!kind.label().is_empty());
            let same = |other: &&Kind| other.folder() == kind.folder();
            assert_eq!(Kind::ALL.iter().filter(same).count(), 1, "{kind}");
        }
        let unknown = Kind::parse("poem");
        assert_eq!((unknown.as_str(), unknown.label()), ("poem", "poem"));
        assert!(!unknown.is_read());
    }
}
