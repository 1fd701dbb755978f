//! Why a request had no answer, in words for the operator.

use std::{error::Error, io};

use rustls::{CertificateError, pki_types::UnixTime};
use wire::Timestamp;

/// Returns the innermost cause: the outer ones only say that a request failed.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(text) = of_certificate(inner) {
            return text;
        }
        text = inner.to_string();
        source = inner.source();
    }
    text
}

/// Returns what is wrong with the certificate of a server, if that is why a request had no answer.
pub(crate) fn certificate_error(error: &reqwest::Error) -> Option<&CertificateError> {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(found) = invalid_certificate(inner) {
            return Some(found);
        }
        source = inner.source();
    }
    None
}

/// Returns whether a certificate may be of an authority that is not known here: none of that name is, or one of the name
/// with another key, such as before it was renewed.
pub(crate) const fn is_of_unknown_authority(error: &CertificateError) -> bool {
    matches!(
        error,
        CertificateError::UnknownIssuer | CertificateError::BadSignature
    )
}

/// Says when a certificate is valid, for which the TLS library gives seconds since 1970.
fn of_certificate(error: &(dyn Error + 'static)) -> Option<String> {
    match invalid_certificate(error)? {
        CertificateError::ExpiredContext { not_after, .. } => {
            let at = time(*not_after);
            Some(format!("the certificate of its server expired at {at}"))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            let at = time(*not_before);
            Some(format!(
                "the certificate of its server is valid from {at}, which is still to come by the clock of this machine"
            ))
        }
        _ => None,
    }
}

fn invalid_certificate<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CertificateError> {
    let mut error = error;
    while let Some(inner) = error.downcast_ref().and_then(io::Error::get_ref) {
        error = inner;
    }
    match error.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(error)) => Some(error),
        _ => None,
    }
}

fn time(time: UnixTime) -> Timestamp {
    Timestamp::from_secs(i64::try_from(time.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_times_of_a_certificate_can_be_read() {
        let at = |secs| UnixTime::since_unix_epoch(Duration::from_secs(secs));
        let (now, then) = (at(1_795_962_233), at(1_793_750_400));
        let expired = CertificateError::ExpiredContext {
            time: now,
            not_after: then,
        };
        let early = CertificateError::NotValidYetContext {
            time: then,
            not_before: now,
        };
        for (error, expected) in [
            (expired, Some("expired at 2026-11-04T00:00:00Z")),
            (early, Some("valid from 2026-11-29T14:23:53Z")),
            (CertificateError::UnknownIssuer, None),
        ] {
            let error = rustls::Error::InvalidCertificate(error);
            // As the layers of the client wrap it.
            let said = of_certificate(&io::Error::other(io::Error::other(error.clone())));
            assert_eq!(said, of_certificate(&error));
            match expected {
                Some(expected) => assert!(said.unwrap().contains(expected)),
                None => assert_eq!(said, None),
            }
        }
        assert_eq!(of_certificate(&io::Error::other("no")), None);
    }
}
