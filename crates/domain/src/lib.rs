//! What documents are: kinds, vocabularies, rules, and their two outside forms.
//!
//! Files (markdown with YAML front matter) and wire bodies (JSON) parse into the same [`Document`] by
//! functions that return all faults at once. No I/O, no clock, no randomness.

// The compiler points at every place that a new kind, facet or unit changes.
#![warn(clippy::wildcard_enum_match_arm)]

pub mod amount;
pub mod attributes;
pub mod body;
pub mod card;
mod document;
pub mod facet;
mod figures;
mod foreign;
pub mod front_matter;
mod kinds;
mod numerals;
pub mod organisation;
mod outline;
mod reader;
pub mod searchable;
pub mod slug;
mod terms;
pub mod title;
pub mod together;
pub mod vocabulary;
mod writer;

pub use attributes::{Attachment, Author, Common, Contact, MAX_REFERENCES, Private, PublicContact};
pub use body::{Body, Stamp};
pub use card::{Card, section};
pub use document::Document;
pub use facet::FacetGroup;
pub use figures::grouped;
pub use kinds::{
    About, Adoption, CaseStudy, Content, Cost, Expected, Kind, Measure, Observation, Page,
    PageAddress, Safety, Scale, System, Unread,
};
pub use metadata::{
    Fault,
    times::{Month, month_name},
    value,
};
pub use organisation::{OdsCode, Organisation};
pub use outline::{HEADINGS, Heading, Outline};
pub use restriction::{is_closed_folder, spoken_for_folder};
pub use searchable::Searchable;
pub use slug::Slug;
pub use terms::{Figure, Headline};
pub use vocabulary::Term;
