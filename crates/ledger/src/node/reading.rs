//! Reading the JSON of a node document: types, counts and limits (docs/FEED.md §3). Signatures and the chain are judged
//! by the module above.

use wire::{
    Digest, NodeId, Timestamp, base64,
    json::{Object, Value},
};

use super::content::{Closed, Content, Revoked};
use crate::{
    FaultCode, KeyFault, PeerFault, PublicKey,
    limits::{MAX_DOCUMENT_VALIDITY, MAX_LOG_KEYS, MAX_ROOT_KEYS, MAX_VERSION, MAX_WITNESS_KEYS},
};

pub(super) fn malformed(text: String) -> PeerFault {
    FaultCode::Malformed.fault(text)
}

fn bad(field: &str) -> PeerFault {
    malformed(format!("a node document with a bad `{field}`"))
}

pub(super) fn read(object: &Object<'_>) -> Result<Content, PeerFault> {
    let version = object
        .integer("version")
        .filter(|version| (1..=MAX_VERSION).contains(version))
        .ok_or_else(|| bad("version"))?;
    let first = version == 1;
    if first && (object.get("node").is_some() || object.get("prev").is_some()) {
        return Err(malformed(
            "a first node document that names a node or one before it".to_owned(),
        ));
    }
    let root = object.object("root").ok_or_else(|| bad("root"))?;
    let log = object.object("log").ok_or_else(|| bad("log"))?;
    let content = Content {
        version,
        node: if first {
            None
        } else {
            Some(node_id(object, "node")?)
        },
        prev: if first {
            None
        } else {
            Some(
                object
                    .str("prev")
                    .and_then(Digest::parse)
                    .ok_or_else(|| bad("prev"))?,
            )
        },
        issued: time(object, "issued")?,
        expires: time(object, "expires")?,
        ods: optional(object, "ods", |value| value.as_str().map(str::to_owned))?,
        name: text(object, "name")?,
        base: text(object, "base")?,
        contact: object
            .str("contact")
            .map(str::to_owned)
            .ok_or_else(|| bad("contact"))?,
        threshold: root
            .integer("threshold")
            .and_then(|threshold| usize::try_from(threshold).ok())
            .ok_or_else(|| bad("root.threshold"))?,
        root: keys(root.array("keys"), "root.keys", MAX_ROOT_KEYS)?,
        epoch: log
            .integer("epoch")
            .filter(|epoch| *epoch >= 1)
            .ok_or_else(|| bad("log.epoch"))?,
        log: keys(log.array("keys"), "log.keys", MAX_LOG_KEYS)?,
        closed: list(log.array("closed"), "log.closed", closed)?,
        witness: keys(object.array("witness"), "witness", MAX_WITNESS_KEYS)?,
        revoked: list(object.array("revoked"), "revoked", revoked)?,
        left: match object.str("status") {
            Some("active") => false,
            Some("left") => true,
            _ => return Err(bad("status")),
        },
        successor: optional(object, "successor", |value| {
            value.as_str().and_then(NodeId::parse)
        })?,
    };
    check_limits(&content)?;
    Ok(content)
}

pub(super) fn check_limits(content: &Content) -> Result<(), PeerFault> {
    if !(1..=content.root.len()).contains(&content.threshold) {
        return Err(bad("root.threshold"));
    }
    if content.expires > content.issued.plus(MAX_DOCUMENT_VALIDITY)
        || content.expires < content.issued
    {
        return Err(bad("expires"));
    }
    let closed: Vec<u64> = content.closed.iter().map(|closed| closed.epoch).collect();
    if closed.len() as u64 != content.epoch - 1 || !closed.iter().copied().eq(1..content.epoch) {
        return Err(bad("log.closed"));
    }
    Ok(())
}

fn text(object: &Object<'_>, key: &str) -> Result<String, PeerFault> {
    object
        .str(key)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or_else(|| bad(key))
}

fn time(object: &Object<'_>, key: &str) -> Result<Timestamp, PeerFault> {
    object
        .str(key)
        .and_then(Timestamp::parse)
        .ok_or_else(|| bad(key))
}

fn node_id(object: &Object<'_>, key: &str) -> Result<NodeId, PeerFault> {
    object
        .str(key)
        .and_then(NodeId::parse)
        .ok_or_else(|| bad(key))
}

fn optional<T>(
    object: &Object<'_>,
    key: &str,
    read: impl FnOnce(&Value<'_>) -> Option<T>,
) -> Result<Option<T>, PeerFault> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(value).map(Some).ok_or_else(|| bad(key)),
    }
}

fn list<T>(
    values: Option<&[Value<'_>]>,
    key: &str,
    read: impl Fn(&Object<'_>) -> Option<T>,
) -> Result<Vec<T>, PeerFault> {
    values
        .and_then(|values| {
            values
                .iter()
                .map(|value| read(value.as_object()?))
                .collect()
        })
        .ok_or_else(|| bad(key))
}

fn closed(object: &Object<'_>) -> Option<Closed> {
    Some(Closed {
        epoch: object.integer("epoch")?,
        size: object.integer("size")?,
        root: base64::decode_url_array(object.str("root")?)?,
    })
}

fn revoked(object: &Object<'_>) -> Option<Revoked> {
    Some(Revoked {
        key: base64::decode_url_array(object.str("key")?)?,
        at: Timestamp::parse(object.str("at")?)?,
        why: object.str("why")?.to_owned(),
    })
}

/// Reads 1 to `max` keys. A wrong length is a bad form; a bad point is a bad key (§13a).
fn keys(values: Option<&[Value<'_>]>, key: &str, max: usize) -> Result<Vec<PublicKey>, PeerFault> {
    let values = values
        .filter(|values| (1..=max).contains(&values.len()))
        .ok_or_else(|| bad(key))?;
    values
        .iter()
        .map(|value| {
            PublicKey::parse_text(value.as_str().ok_or_else(|| bad(key))?).map_err(|fault| {
                match fault {
                    KeyFault::Encoding | KeyFault::Length(_) => {
                        malformed(format!("`{key}` with {fault}"))
                    }
                    KeyFault::NotAPoint | KeyFault::Weak => {
                        FaultCode::Key.fault(format!("`{key}` with {fault}"))
                    }
                }
            })
        })
        .collect()
}
