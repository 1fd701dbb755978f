//! How other programs name a document: citations as text, BibTeX and schema.org, the JSON of DataCite, links in headers.

pub mod citation;
pub mod datacite;
pub mod signposting;
pub mod text;
