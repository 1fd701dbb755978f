//! From when until when the certificate of a server is valid, read from its bytes; the TLS library has checked everything else.
//!
//! Sources: RFC 5280 §4.1 for the order of the fields, and ITU-T X.690 §§8 and 11 for the bytes of each.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use wire::Timestamp;

/// Hosts whose certificates are remembered.
const MAX_HOSTS: usize = 1_000;

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version, which the first version of certificates does not have.
const VERSION: u8 = 0xa0;

/// What the certificates showed that peers' servers have. In memory only: the next poll knows it again.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    /// When they expire, by host and port.
    expiry: Mutex<HashMap<String, Timestamp>>,
    /// Whether one was of an authority that is not known.
    is_issuer_unknown: AtomicBool,
}

impl Certificates {
    /// Records that a certificate is of an authority that is not known.
    pub(crate) fn record_unknown_issuer(&self) {
        self.is_issuer_unknown.store(true, Ordering::Relaxed);
    }

    /// Returns whether a certificate was of an authority that is not known, since the authorities were read.
    pub(crate) fn is_issuer_unknown(&self) -> bool {
        self.is_issuer_unknown.load(Ordering::Relaxed)
    }

    /// Forgets that: the authorities are read again.
    pub(crate) fn forget_unknown_issuer(&self) {
        self.is_issuer_unknown.store(false, Ordering::Relaxed);
    }

    /// Records the certificate that a host has shown.
    pub(crate) fn record(&self, host: &str, certificate: &[u8]) {
        let Some(Validity { until: expires, .. }) = Validity::parse(certificate) else {
            return;
        };
        let mut all = self.expiry.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MAX_HOSTS || all.contains_key(host) {
            all.insert(host.to_owned(), expires);
        }
    }

    /// Returns when the certificate that a host has shown last expires.
    #[must_use]
    pub(crate) fn expires(&self, host: &str) -> Option<Timestamp> {
        let all = self.expiry.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(host).copied()
    }
}

/// When a certificate is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub from: Timestamp,
    /// The last moment.
    pub until: Timestamp,
}

impl Validity {
    /// Reads it from a certificate in DER.
    #[must_use]
    pub fn parse(certificate: &[u8]) -> Option<Self> {
        let (_, certificate, _) = value(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (_, mut fields, _) = value(certificate).filter(|(tag, ..)| *tag == SEQUENCE)?;
        if let Some((VERSION, _, rest)) = value(fields) {
            fields = rest;
        }
        // Serial number, algorithm, issuer.
        for expected in [INTEGER, SEQUENCE, SEQUENCE] {
            let (_, _, rest) = value(fields).filter(|(tag, ..)| *tag == expected)?;
            fields = rest;
        }
        let (_, validity, _) = value(fields).filter(|(tag, ..)| *tag == SEQUENCE)?;
        let (first, from, rest) = value(validity)?;
        let (last, until, _) = value(rest)?;
        Some(Self {
            from: time_of(first, from)?,
            until: time_of(last, until)?,
        })
    }
}

/// Returns the tag and the bytes of the first value, and what follows it.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, first, rest @ ..] = bytes else {
        return None;
    };
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        // A length of one to three bytes: no certificate is longer.
        0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = length
                .iter()
                .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// Reads a time in one of the two forms of certificates.
fn time_of(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = text.split_at_checked(2)?;
            // RFC 5280 §4.1.2.5.1: years up to 49 are of this century.
            let century = if year < "50" { "20" } else { "19" };
            (format!("{century}{year}"), rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.to_owned(), rest)
        }
        _ => return None,
    };
    let part = |range| rest.get(range);
    let time = format!(
        "{year}-{}-{}T{}:{}:{}Z",
        part(0..2)?,
        part(2..4)?,
        part(4..6)?,
        part(6..8)?,
        part(8..10)?
    );
    Timestamp::parse(&time).filter(|_| rest.get(10..) == Some("Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a value.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = content.len();
        let mut bytes = vec![tag];
        match u8::try_from(length) {
            Ok(short) if short < 0x80 => bytes.push(short),
            Ok(byte) => bytes.extend([0x81, byte]),
            Err(_) => {
                let length = u16::try_from(length).unwrap();
                bytes.push(0x82);
                bytes.extend(length.to_be_bytes());
            }
        }
        bytes.extend(content);
        bytes
    }

    /// Writes as much of a certificate as is read.
    fn certificate(versioned: bool, expires: Vec<u8>) -> Vec<u8> {
        let mut fields = Vec::new();
        if versioned {
            fields.extend(der(VERSION, &der(INTEGER, &[2])));
        }
        fields.extend(der(INTEGER, &[1; 20]));
        fields.extend(der(SEQUENCE, &[]));
        fields.extend(der(SEQUENCE, &[7; 300]));
        let begins = der(UTC_TIME, b"260101000000Z");
        fields.extend(der(SEQUENCE, &[begins, expires].concat()));
        fields.extend(der(SEQUENCE, &[9; 90]));
        der(
            SEQUENCE,
            &[der(SEQUENCE, &fields), der(SEQUENCE, &[])].concat(),
        )
    }

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_forms() {
        for (tag, text, expected) in [
            (UTC_TIME, "270228235959Z", Some("2027-02-28T23:59:59Z")),
            (UTC_TIME, "991231000000Z", Some("1999-12-31T00:00:00Z")),
            (
                GENERALIZED_TIME,
                "20510102030405Z",
                Some("2051-01-02T03:04:05Z"),
            ),
            (UTC_TIME, "270228235959", None),
            (UTC_TIME, "271328235959Z", None),
            (UTC_TIME, "2702282359Z", None),
            (INTEGER, "270228235959Z", None),
            (UTC_TIME, "é", None),
        ] {
            for versioned in [true, false] {
                let bytes = certificate(versioned, der(tag, text.as_bytes()));
                let read = Validity::parse(&bytes);
                let until = read.map(|validity| validity.until.to_string());
                assert_eq!(until.as_deref(), expected, "{text}");
                let from = read.map(|validity| validity.from.to_string());
                assert_eq!(
                    from.as_deref(),
                    expected.map(|_| "2026-01-01T00:00:00Z"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn whatever_a_server_sends_is_read_or_left() {
        let whole = certificate(true, der(UTC_TIME, b"270228235959Z"));
        for length in 0..whole.len() {
            assert_eq!(Validity::parse(&whole[..length]), None, "{length}");
        }
        for index in 0..whole.len() {
            for byte in [0, 0x30, 0x7f, 0x80, 0x83, 0x84, 0xff] {
                let mut damaged = whole.clone();
                damaged[index] = byte;
                let _ = Validity::parse(&damaged);
            }
        }
    }

    #[test]
    fn the_certificate_that_was_shown_last_counts() {
        let certificates = Certificates::default();
        assert_eq!(certificates.expires("a:443"), None);
        for time in ["270101000000Z", "280101000000Z"] {
            certificates.record("a:443", &certificate(true, der(UTC_TIME, time.as_bytes())));
        }
        certificates.record("a:443", b"nonsense");
        let expires = certificates.expires("a:443").unwrap();
        assert_eq!(expires.to_string(), "2028-01-01T00:00:00Z");
        assert_eq!(certificates.expires("b:443"), None);
    }
}
