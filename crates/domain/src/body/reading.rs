//! Reading a body: the named fields of the outer object strictly, with all faults; `meta` as far as its kind is known.

use metadata::{
    Fault,
    value::{Map, Value},
};
use wire::{Date, Digest, DocumentId, DocumentRef, Timestamp, base64, json};

use super::{Body, MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, MAX_BYTES, Stamp, length_fault};
use crate::{
    attributes::{
        Attachment, Author, Common, DEFAULT_LANG, MAX_ATTACHMENT_NAME, MAX_AUTHOR, MAX_AUTHORS,
        MAX_KIND, MAX_LICENCE, MAX_REFERENCES, MAX_ROLE, MAX_SUMMARY, MAX_TAG, MAX_TAGS, MAX_TITLE,
        Private, PublicContact, is_language_tag,
    },
    document::Document,
    kinds::{Content, Kind, Unread},
    organisation::Organisation,
    reader::{Fields, Report},
    vocabulary::{Licence, OpenTo, Term as _, Visibility},
};

/// Values of `open_to` that are looked at: there are fewer to choose from.
const MAX_OPEN_TO: usize = 32;

/// The title that is shown where a body has one without a visible character.
const UNTITLED: &str = "Untitled";

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
    if bytes.contains(&b'\n') || bytes.contains(&b'\r') {
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
    let kind = reader.kind();
    let mut common = reader.common();
    let licence = reader.text("licence", 0, MAX_LICENCE);
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
            self.fault(key, format!("must be a list of at most {max} {what}"));
        }
        values.unwrap_or_default()
    }

    fn kind(&mut self) -> Option<String> {
        let kind = self.required_text("kind", 1, MAX_KIND)?;
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !kind.bytes().all(is_plain) {
            self.fault("kind", "must be small letters, digits and hyphens");
            return None;
        }
        Some(kind)
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
            .map(|title| {
                if is_seen(&title) {
                    title
                } else {
                    UNTITLED.to_owned()
                }
            })
            .unwrap_or_default();
        let summary = self.text("summary", 0, MAX_SUMMARY).unwrap_or_default();
        let body_md = self.text("body_md", 0, usize::MAX).unwrap_or_default();
        let mut common = Common::new(title, body_md);
        common.summary = summary;
        common.lang = self
            .parsed("lang", "a language tag", |text| {
                is_language_tag(text).then(|| text.to_owned())
            })
            .unwrap_or_else(|| DEFAULT_LANG.to_owned());
        common.created = self.parsed("created", "a time", Timestamp::parse);
        common.updated = self.parsed("updated", "a time", Timestamp::parse);
        common.review_by = self.parsed("review_by", "a date", Date::parse);
        common.tags = self.list("tags", "texts of 60 characters", MAX_TAGS, |v| {
            short_text(v, MAX_TAG)
        });
        common.authors = self.list(
            "authors",
            "names or objects with name and role, of 200 characters each",
            MAX_AUTHORS,
            author,
        );
        common.replaces = self.list("replaces", "document ids", MAX_REFERENCES, |v| {
            DocumentId::parse(v.as_str()?)
        });
        common.based_on = self.list(
            "based_on",
            "references <node id>/<id>",
            MAX_REFERENCES,
            |v| DocumentRef::parse(v.as_str()?),
        );
        common.attachments = self.list(
            "attachments",
            "{digest,len,type,name,alt}",
            MAX_ATTACHMENTS,
            attachment,
        );
        common.contact = self.contact();
        common
    }

    /// Reads who can be asked. Bodies of earlier versions may have anything under this key: what is not in this shape is
    /// left out, and is no fault.
    fn contact(&self) -> Option<PublicContact> {
        let contact = self.object.get("contact")?.as_object()?;
        let role = short_text(contact.get("role")?, MAX_ROLE)?;
        let open_to = contact.get("open_to").and_then(json::Value::as_array);
        let mut offered: Vec<OpenTo> = Vec::new();
        for value in open_to.unwrap_or_default().iter().take(MAX_OPEN_TO) {
            let term = value.as_str().and_then(OpenTo::parse);
            offered.extend(term.filter(|term| !offered.contains(term)));
        }
        (!role.trim().is_empty()).then_some(PublicContact {
            role,
            open_to: offered,
        })
    }
}

/// Returns a text that is not longer than `max` characters.
fn short_text(value: &json::Value<'_>, max: usize) -> Option<String> {
    let text = value.as_str()?;
    (text.len() <= max || text.chars().count() <= max).then(|| text.to_owned())
}

fn author(value: &json::Value<'_>) -> Option<Author> {
    if value.as_str().is_some() {
        return Some(Author {
            name: Some(short_text(value, MAX_AUTHOR)?),
            role: None,
        });
    }
    let object = value.as_object()?;
    let text = |key: &str| match object.get(key) {
        None => Some(None),
        Some(value) => short_text(value, MAX_AUTHOR).map(Some),
    };
    Some(Author {
        name: text("name")?,
        role: text("role")?,
    })
}

fn attachment(value: &json::Value<'_>) -> Option<Attachment> {
    let object = value.as_object()?;
    let alt = match object.get("alt") {
        None => String::new(),
        Some(value) => short_text(value, MAX_SUMMARY)?,
    };
    Some(Attachment {
        digest: Digest::parse(object.str("digest")?)?,
        len: object
            .integer("len")
            .filter(|len| *len <= MAX_ATTACHMENT_BYTES)?,
        media_type: short_text(object.get("type")?, MAX_ATTACHMENT_NAME)?,
        name: short_text(object.get("name")?, MAX_ATTACHMENT_NAME)?,
        alt,
    })
}

/// Returns whether a text has a character that readers see.
fn is_seen(text: &str) -> bool {
    let is_unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(
                c,
                '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                    | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
                    | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
            )
    };
    !text.chars().all(is_unseen)
}
