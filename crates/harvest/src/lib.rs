//! The protocol by which libraries harvest (OAI-PMH 2.0, <https://www.openarchives.org/OAI/openarchivesprotocol.html>):
//! requests and resumption tokens as values, answers as XML.
//!
//! It knows no documents: the caller says which records a request selects. The order of a list is a number that only
//! grows, so that a list can be resumed by the number of its last record, and nothing is kept between requests.

mod answer;
mod fault;
mod request;
mod selection;
mod token;
mod xml;

pub use answer::{Answer, DublinCore, Element, Header, Page, Record, Repository, Resumption, Set};
pub use fault::{Code, Fault};
pub use request::{Asked, List, MAX_ARGUMENT_BYTES, MAX_ARGUMENTS, Request, parse};
pub use selection::Selection;
pub use token::Position;
pub use xml::{Envelope, MEDIA_TYPE, write};

/// The only form of records: unqualified Dublin Core.
pub const METADATA_PREFIX: &str = "oai_dc";
