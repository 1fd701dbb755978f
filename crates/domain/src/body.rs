//! The wire form: a document's body, one line of JSON (docs/FEED.md §5).
//!
//! Of the contact, a body has the role and what the team offers; never the mailbox, the person or unknown keys. Reading
//! returns all faults. A bad `meta` is not a fault of the body: such a document is shown as plain text.

mod private;
mod reading;

use metadata::{
    Fault,
    value::{Map, Value, clean, map_to_json},
};
use serde_json::{Map as JsonMap, Value as Json};
use wire::{DocumentId, NodeId, Reference, Timestamp, base64, json};

use crate::{
    attributes::{Attachment, Common, MAX_TITLE},
    document::Document,
    kinds::Kind,
    organisation::Organisation,
    vocabulary::Term as _,
    writer::Writer,
};

pub use reading::{read, read_local};

/// Largest body, in bytes.
pub const MAX_BYTES: usize = 262_144;
/// Largest number of files of a document.
pub const MAX_ATTACHMENTS: usize = 16;
/// Largest file of a document, in bytes.
pub const MAX_ATTACHMENT_BYTES: u64 = 8_388_608;

/// What the node gives a revision of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The document's id.
    pub id: DocumentId,
    /// The revision, from 1.
    pub rev: u64,
    /// 16 random bytes, new for each revision, so that the digest left behind by a withdrawal cannot
    /// be guessed back.
    pub salt: [u8; 16],
    /// Who publishes it, as they are called now.
    pub organisation: Option<Organisation>,
}

/// A body that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// What the node gave it.
    pub stamp: Stamp,
    /// The kind.
    pub kind: Kind,
    /// The licence as it is written; `document.common.licence` is what it means here.
    pub licence: Option<String>,
    /// The document; its content is [`crate::Content::Other`] when the kind is not known or `meta` is not in
    /// the kind's shape. It has no private part.
    pub document: Document,
    /// Why `meta` could not be read.
    pub meta_faults: Vec<Fault>,
}

impl Body {
    /// Returns the part that all kinds have.
    #[must_use]
    pub fn common(&self) -> &Common {
        &self.document.common
    }

    /// Returns the body as another node shows it that has held it since `seen`: no date counts that lies beyond.
    #[must_use]
    pub fn seen_at(mut self, seen: Timestamp) -> Self {
        let common = &mut self.document.common;
        common.created = common.created.map(|at| at.min(seen));
        common.updated = common.updated.map(|at| at.min(seen));
        common.reviewed = common.reviewed.map(|day| day.min(seen.date()));
        self
    }

    /// Returns the documents that it refers to, as a document of `node`.
    #[must_use]
    pub fn references(&self, node: &NodeId) -> Vec<Reference> {
        let mut references = self.common().references(node);
        references.extend(self.document.content.part().references(node));
        references
    }
}

/// Writes a body.
///
/// # Errors
/// A fault of the field `body` if it is longer than [`MAX_BYTES`].
pub fn encode(document: &Document, stamp: &Stamp) -> Result<Vec<u8>, Fault> {
    let bytes = Json::Object(object(document, stamp))
        .to_string()
        .into_bytes();
    if bytes.len() > MAX_BYTES {
        Err(length_fault(bytes.len()))
    } else {
        Ok(bytes)
    }
}

/// Returns the fault of a document whose body would be too long.
pub(crate) fn too_long(document: &Document) -> Option<Fault> {
    let id = DocumentId::generate(Timestamp::from_millis(0), [0; 10]);
    let name = "x".repeat(MAX_TITLE);
    let organisation = Some(Organisation {
        ods: Some("x".repeat(10)),
        name,
    });
    let stamp = Stamp {
        id,
        rev: json::MAX_INTEGER,
        salt: [0; 16],
        organisation,
    };
    let len = Json::Object(object(document, &stamp)).to_string().len();
    (len > MAX_BYTES).then(|| length_fault(len))
}

fn length_fault(len: usize) -> Fault {
    let text = format!(
        "the document would have {len} bytes when published, and the limit is {MAX_BYTES}; \
         split it into several documents"
    );
    Fault::new("body", None, text)
}

/// Writes the outer object; a key without a value is left out.
fn object(document: &Document, stamp: &Stamp) -> JsonMap<String, Json> {
    let common = &document.common;
    let mut out = JsonMap::new();
    let mut put = |key: &str, value: Json| {
        out.insert(key.to_owned(), value);
    };
    let text = |text: &str| Json::String(clean(text));
    // The revision, as the node has stamped it.
    put("v", Json::from(1));
    put("id", text(&stamp.id.to_string()));
    put("rev", Json::from(stamp.rev));
    put("salt", text(&base64::encode_url(&stamp.salt)));
    // What every kind has.
    put("kind", text(document.kind().as_str()));
    put("title", text(&common.title));
    if !common.summary.is_empty() {
        put("summary", text(&common.summary));
    }
    if !common.body_md.is_empty() {
        put("body_md", text(&common.body_md));
    }
    put("lang", text(&common.lang));
    put("licence", text(common.licence.as_str()));
    put("visibility", text(common.visibility.as_str()));
    if let Some(created) = common.created {
        put("created", text(&created.to_string()));
    }
    if let Some(updated) = common.updated {
        put("updated", text(&updated.to_string()));
    }
    if let Some(review_by) = common.review_by {
        put("review_by", text(&review_by.to_string()));
    }
    for (key, list) in lists(common) {
        if list.as_list().is_some_and(|nodes| !nodes.is_empty()) {
            put(key, list.to_json());
        }
    }
    if let Some(contact) = &common.contact {
        put("contact", Json::Object(map_to_json(&contact.write())));
    }
    // What the kind adds.
    let meta = meta(document, stamp);
    if !meta.is_empty() {
        put("meta", Json::Object(meta));
    }
    out
}

/// Returns the lists that every kind has, each with its key; some may be empty.
fn lists(common: &Common) -> [(&'static str, Value); 5] {
    let authors = common.authors.iter().map(|a| Value::Map(a.write()).into());
    let attachments = common.attachments.iter();
    let attachments = attachments.map(|a| Value::Map(write_attachment(a)).into());
    [
        ("tags", Value::texts(&common.tags)),
        ("authors", Value::List(authors.collect())),
        ("replaces", Value::texts(&common.replaces)),
        ("based_on", Value::texts(&common.based_on)),
        ("attachments", Value::List(attachments.collect())),
    ]
}

/// Writes the kind's own part.
fn meta(document: &Document, stamp: &Stamp) -> JsonMap<String, Json> {
    let mut out = Writer::default();
    out.number("schema", document.content.part().schema());
    if let Some(organisation) = &stamp.organisation {
        let mut inner = Writer::default();
        inner.optional("ods", organisation.ods.as_deref());
        inner.text("name", &organisation.name);
        out.map("organisation", inner.0);
    }
    let mut part = Writer::default();
    document.content.part().write(&mut part);
    // What was kept unread may name an organisation; the stamp says which it is now.
    part.0.retain(|(key, _)| key != "organisation");
    out.0.extend(part.0);
    out.optional(
        "reviewed",
        document.common.reviewed.map(|day| day.to_string()),
    );
    map_to_json(&out.0)
}

fn write_attachment(attachment: &Attachment) -> Map {
    let mut out = Writer::default();
    out.text("digest", &attachment.digest.to_string());
    out.number("len", Some(attachment.len));
    out.text("type", &attachment.media_type);
    out.text("name", &attachment.name);
    out.text("alt", &attachment.alt);
    out.0
}
