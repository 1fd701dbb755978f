//! The wire form: a document's body, one line of JSON (docs/FEED.md §5).
//!
//! `contact` and unknown keys are never in it. Reading returns all faults. A bad `meta` is not a fault of
//! the body: such a document is shown as plain text.

use serde_json::{Map as JsonMap, Value as Json};
use wire::{Date, Digest, DocumentId, DocumentRef, Timestamp, base64, json};

use crate::{
    document::{
        Attachment, Author, Common, Contact, DEFAULT_LANG, Document, MAX_SUMMARY, MAX_TAGS,
        MAX_TITLE, Private,
    },
    fault::Fault,
    kinds::{Content, Kind, Unread},
    organisation::Organisation,
    reader::{Fields, Report},
    value::{Map, Value, clean, map_to_json},
    vocabulary::{Licence, OpenTo, Term as _, Visibility},
    writer::Writer,
    yaml,
};

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
    /// The document; its content is [`Content::Other`] when the kind is not known or `meta` is not in
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

/// Reads a body.
///
/// # Errors
/// All faults of the named fields; such a body is quarantined.
pub fn read(bytes: &[u8]) -> Result<Body, Vec<Fault>> {
    read_as(bytes, false)
}

/// Reads a body that this node keeps to itself: its visibility may be `organisation`.
///
/// # Errors
/// As [`read`].
pub fn read_local(bytes: &[u8]) -> Result<Body, Vec<Fault>> {
    read_as(bytes, true)
}

fn read_as(bytes: &[u8], local: bool) -> Result<Body, Vec<Fault>> {
    let one = |text: String| vec![Fault::new("", None, text)];
    if bytes.len() > MAX_BYTES {
        return Err(vec![length_fault(bytes.len())]);
    }
    if bytes.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Err(one("a body is one line".to_owned()));
    }
    let object = json::parse(bytes).map_err(|fault| {
        one(format!(
            "not strict JSON at byte {}: {}",
            fault.offset, fault.text
        ))
    })?;
    let mut reader = Named {
        object: &object,
        faults: Vec::new(),
    };
    let stamp = reader.stamp();
    let kind = reader.required_text("kind", 1, usize::MAX);
    let mut common = reader.common();
    let licence = reader.text("licence", 0, usize::MAX);
    let visibility = reader.visibility(local);
    if !reader.faults.is_empty() {
        return Err(reader.faults);
    }
    let (Some((id, rev, salt)), Some(kind), Some(visibility)) = (stamp, kind, visibility) else {
        return Err(one("incomplete".to_owned()));
    };
    common.visibility = visibility;
    common.licence = match licence.as_deref() {
        None => Licence::OglUk3,
        // An unknown licence may forbid anything.
        Some(text) => Licence::parse(text).unwrap_or(Licence::AllRightsReserved),
    };
    let kind = Kind::parse(&kind);
    let meta = object.get("meta").map(Value::from_wire);
    let read = read_meta(&kind, meta.as_ref());
    common.reviewed = read.reviewed;
    Ok(Body {
        stamp: Stamp {
            id,
            rev,
            salt,
            organisation: read.organisation,
        },
        kind,
        licence,
        document: Document {
            common,
            content: read.content,
            private: Private::default(),
        },
        meta_faults: read.faults,
    })
}

struct Meta {
    content: Content,
    organisation: Option<Organisation>,
    reviewed: Option<Date>,
    faults: Vec<Fault>,
}

fn read_meta(kind: &Kind, meta: Option<&Value>) -> Meta {
    let empty = Map::new();
    let map = meta.and_then(Value::as_map);
    let mut report = Report::default();
    let mut fields = Fields::new(map.unwrap_or(&empty), &mut report);
    let organisation = fields.group("organisation", |fields| {
        let ods = fields.text("ods", 1..=20);
        let name = fields.text("name", 1..=MAX_TITLE)?;
        Some(Organisation { ods, name })
    });
    let reviewed = fields.parsed("reviewed", "a date", Date::parse);
    let content = kind.rules().read.and_then(|read| read(&mut fields));
    drop(fields);
    if meta.is_some() && map.is_none() {
        report
            .faults
            .push(Fault::new("meta", None, "`meta` is not an object"));
    }
    let plain = || {
        Content::Other(Unread {
            kind: kind.as_str().to_owned(),
            meta: map.cloned().unwrap_or_default(),
        })
    };
    let content = content
        .filter(|_| report.faults.is_empty())
        .unwrap_or_else(plain);
    Meta {
        content,
        organisation,
        reviewed,
        faults: report.faults,
    }
}

/// The named fields of the outer object: a wrong type, null or a broken limit is a fault.
struct Named<'a> {
    object: &'a json::Object<'a>,
    faults: Vec<Fault>,
}

impl Named<'_> {
    fn fault(&mut self, field: &str, text: impl Into<String>) {
        self.faults.push(Fault::new(
            field,
            None,
            format!("`{field}` {}", text.into()),
        ));
    }

    fn stamp(&mut self) -> Option<(DocumentId, u64, [u8; 16])> {
        if self.object.integer("v") != Some(1) {
            self.fault("v", "must be 1");
        }
        let id = self.object.str("id").and_then(DocumentId::parse);
        if id.is_none() {
            self.fault("id", "must be a lower-case UUID of version 7");
        }
        let rev = self.object.integer("rev").filter(|rev| *rev >= 1);
        if rev.is_none() {
            self.fault("rev", "must be a whole number from 1");
        }
        let salt = self
            .object
            .str("salt")
            .and_then(base64::decode_url_array::<16>);
        if salt.is_none() {
            self.fault("salt", "must be 16 bytes as base64url");
        }
        Some((id?, rev?, salt?))
    }

    fn text(&mut self, key: &'static str, min: usize, max: usize) -> Option<String> {
        let text = self.object.get(key)?.as_str();
        let good = text
            .filter(|text| text.len() >= min && (text.len() <= max || text.chars().count() <= max));
        if good.is_none() {
            self.fault(
                key,
                if max == usize::MAX {
                    "must be text".to_owned()
                } else {
                    format!("must be text of {min} to {max} characters")
                },
            );
        }
        good.map(str::to_owned)
    }

    fn required_text(&mut self, key: &'static str, min: usize, max: usize) -> Option<String> {
        if self.object.get(key).is_none() {
            self.fault(key, "is missing");
            return None;
        }
        self.text(key, min, max)
    }

    fn parsed<T>(
        &mut self,
        key: &'static str,
        what: &str,
        parse: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.object.get(key)?.as_str().and_then(parse);
        if value.is_none() {
            self.fault(key, format!("must be {what}"));
        }
        value
    }

    fn list<T>(
        &mut self,
        key: &'static str,
        what: &str,
        max: usize,
        parse: impl Fn(&json::Value<'_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.object.get(key) else {
            return Vec::new();
        };
        let values: Option<Vec<T>> = value
            .as_array()
            .filter(|values| values.len() <= max)
            .and_then(|values| values.iter().map(parse).collect());
        if values.is_none() {
            self.fault(key, format!("must be a list of {what}"));
        }
        values.unwrap_or_default()
    }

    fn visibility(&mut self, local: bool) -> Option<Visibility> {
        let visibility = self.object.str("visibility").and_then(Visibility::parse);
        // A document for the organisation alone is never in a log.
        let visibility =
            visibility.filter(|visibility| local || *visibility != Visibility::Organisation);
        if visibility.is_none() {
            self.fault("visibility", "must be public or network");
        }
        visibility
    }

    fn common(&mut self) -> Common {
        let title = self
            .required_text("title", 1, MAX_TITLE)
            .unwrap_or_default();
        let summary = self.text("summary", 0, MAX_SUMMARY).unwrap_or_default();
        let body_md = self.text("body_md", 0, usize::MAX).unwrap_or_default();
        let mut common = Common::new(title, body_md);
        common.summary = summary;
        common.lang = self
            .text("lang", 0, usize::MAX)
            .unwrap_or_else(|| DEFAULT_LANG.to_owned());
        common.created = self.parsed("created", "a time", Timestamp::parse);
        common.updated = self.parsed("updated", "a time", Timestamp::parse);
        common.review_by = self.parsed("review_by", "a date", Date::parse);
        common.tags = self.list("tags", "at most 32 texts", MAX_TAGS, |v| {
            v.as_str().map(str::to_owned)
        });
        common.authors = self.list(
            "authors",
            "names or objects with name and role",
            usize::MAX,
            author,
        );
        common.replaces = self.list("replaces", "document ids", usize::MAX, |v| {
            DocumentId::parse(v.as_str()?)
        });
        common.based_on = self.list("based_on", "references <node id>/<id>", usize::MAX, |v| {
            DocumentRef::parse(v.as_str()?)
        });
        common.attachments = self.list(
            "attachments",
            "at most 16 of {digest,len,type,name,alt}",
            MAX_ATTACHMENTS,
            attachment,
        );
        common
    }
}

fn author(value: &json::Value<'_>) -> Option<Author> {
    if let Some(name) = value.as_str() {
        return Some(Author {
            name: Some(name.to_owned()),
            role: None,
        });
    }
    let object = value.as_object()?;
    let text = |key: &str| match object.get(key) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    };
    Some(Author {
        name: text("name")?,
        role: text("role")?,
    })
}

fn attachment(value: &json::Value<'_>) -> Option<Attachment> {
    let object = value.as_object()?;
    let alt = match object.get("alt") {
        None => "",
        Some(value) => value.as_str()?,
    };
    Some(Attachment {
        digest: Digest::parse(object.str("digest")?)?,
        len: object
            .integer("len")
            .filter(|len| *len <= MAX_ATTACHMENT_BYTES)?,
        media_type: object.str("type")?.to_owned(),
        name: object.str("name")?.to_owned(),
        alt: alt.to_owned(),
    })
}

impl Private {
    /// Returns the private part as JSON, or nothing if there is none.
    #[must_use]
    pub fn to_json(&self) -> Option<String> {
        if *self == Self::default() {
            return None;
        }
        let mut out = JsonMap::new();
        if let Some(contact) = &self.contact {
            let contact = Json::Object(map_to_json(&contact.write()));
            out.insert("contact".to_owned(), contact);
        }
        let kept = |(path, value): &(Vec<String>, Value)| {
            serde_json::json!([path, yaml::write_value_alone(value)])
        };
        if !self.unknown.is_empty() {
            out.insert(
                "unknown".to_owned(),
                Json::Array(self.unknown.iter().map(kept).collect()),
            );
        }
        Some(Json::Object(out).to_string())
    }

    /// Reads what [`Self::to_json`] wrote; anything else is an empty part.
    #[must_use]
    pub fn from_json(text: &str) -> Self {
        let Ok(Json::Object(object)) = serde_json::from_str::<Json>(text) else {
            return Self::default();
        };
        let contact = object.get("contact").and_then(|contact| {
            let text = |key: &str| contact.get(key)?.as_str().map(str::to_owned);
            let open_to = contact.get("open_to").and_then(Json::as_array);
            Some(Contact {
                role: text("role")?,
                mailbox: text("mailbox"),
                name: text("name"),
                open_to: open_to
                    .map(|all| {
                        all.iter()
                            .filter_map(|v| OpenTo::parse(v.as_str()?))
                            .collect()
                    })
                    .unwrap_or_default(),
            })
        });
        let unknown = object.get("unknown").and_then(Json::as_array).map(|all| {
            all.iter()
                .filter_map(|entry| {
                    let path = entry.get(0)?.as_array()?.iter();
                    let path = path
                        .map(|part| part.as_str().map(str::to_owned))
                        .collect::<Option<_>>()?;
                    Some((path, yaml::read_value(entry.get(1)?.as_str()?)?))
                })
                .collect()
        });
        Self {
            contact,
            unknown: unknown.unwrap_or_default(),
        }
    }
}
