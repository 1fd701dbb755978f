//! A certificate with its key, read from PEM and checked: whether they belong together, for which names, and how long.

use std::sync::Arc;

use peering::Validity;
use rustls::{
    InconsistentKeys,
    crypto::aws_lc_rs::default_provider,
    pki_types::{
        CertificateDer, PrivateKeyDer, ServerName,
        pem::{self, PemObject as _},
    },
    sign::CertifiedKey,
};
use webpki::EndEntityCert;

/// Certificates of one file: a chain has two or three.
const MAX_CERTIFICATES: usize = 20;
/// Names of a certificate that a message shows.
const MAX_SHOWN_NAMES: usize = 5;
/// How a key begins that has a password.
const ENCRYPTED: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
/// How keys of OpenSSL before version 1.0 say the same.
const PROC_TYPE: &[u8] = b"Proc-Type: 4,ENCRYPTED";

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct Pair {
    /// What the TLS library shows to clients.
    pub(crate) certified: Arc<CertifiedKey>,
    /// When the certificate is valid.
    pub validity: Validity,
}

impl Pair {
    /// Reads a certificate, the ones after it, and the key, each in PEM form.
    ///
    /// # Errors
    /// What is wrong with them, in words for the operator.
    pub fn parse(chain: &[u8], key: &[u8]) -> Result<Self, String> {
        let certificates = certificates(chain)?;
        let first = certificates.first().ok_or_else(|| {
            "the certificate's file has no certificate in PEM form; it begins with `-----BEGIN CERTIFICATE-----`".to_owned()
        })?;
        let validity = Validity::parse(first)
            .filter(|_| EndEntityCert::try_from(first).is_ok())
            .ok_or("the first certificate of the file cannot be read as one of X.509 version 3")?;
        let key = private_key(key)?;
        let key = default_provider()
            .key_provider
            .load_private_key(key)
            .map_err(|error| format!("the key cannot be used: {error}"))?;
        let certified = CertifiedKey::new(certificates, key);
        // Step 2: whether they belong together, and in which order they are.
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(_) if any_other_fits(&certified) => {
                return Err("the certificate of the site comes first in its file, and those of authorities after it".to_owned());
            }
            Err(_) => {
                return Err(
                    "the key belongs to another certificate; name the two that were made together"
                        .to_owned(),
                );
            }
        }
        Ok(Self {
            certified: Arc::new(certified),
            validity,
        })
    }

    /// Says whether it is for a host: a name, or an address.
    #[must_use]
    pub fn is_for(&self, host: &str) -> bool {
        // An IPv6 address has brackets in a URL.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host);
        let (Ok(name), Some(certificate)) = (name, self.certified.cert.first()) else {
            return false;
        };
        EndEntityCert::try_from(certificate)
            .is_ok_and(|read| read.verify_is_valid_for_subject_name(&name).is_ok())
    }

    /// Returns the first names that it is for, for a message.
    #[must_use]
    pub fn names(&self) -> String {
        let certificate = self.certified.cert.first();
        let read = certificate.and_then(|first| EndEntityCert::try_from(first).ok());
        let names = read.as_ref().map(|read| {
            let names = read.valid_dns_names().take(MAX_SHOWN_NAMES);
            names.map(|name| format!("`{name}`")).collect::<Vec<_>>()
        });
        match names {
            Some(names) if !names.is_empty() => names.join(", "),
            _ => "no host name".to_owned(),
        }
    }

    /// Returns how many certificates there are with it.
    #[must_use]
    pub fn chain_length(&self) -> usize {
        self.certified.cert.len()
    }
}

fn certificates(chain: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let mut all = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(chain) {
        all.push(certificate.map_err(|error| {
            format!("the certificate's file is not good PEM: {}", shown(&error))
        })?);
        if all.len() > MAX_CERTIFICATES {
            return Err(format!(
                "the certificate's file has more than {MAX_CERTIFICATES} certificates"
            ));
        }
    }
    Ok(all)
}

fn private_key(key: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    let has = |words: &[u8]| key.windows(words.len()).any(|part| part == words);
    if has(ENCRYPTED) || has(PROC_TYPE) {
        return Err(
            "the key has a password; write it without one: `openssl pkey -in KEY -out NEW`"
                .to_owned(),
        );
    }
    PrivateKeyDer::from_pem_slice(key).map_err(|error| match error {
        pem::Error::NoItemsFound => {
            "the key's file has no private key in PEM form; it begins with `-----BEGIN PRIVATE KEY-----`".to_owned()
        }
        error => format!("the key's file is not good PEM: {}", shown(&error)),
    })
}

/// Describes a fault without the bytes of the file, which may be of a key.
fn shown(error: &pem::Error) -> &'static str {
    match error {
        pem::Error::MissingSectionEnd { .. } => "a section does not end",
        pem::Error::Base64Decode(_) => "a section is not base64",
        pem::Error::IllegalSectionStart { .. } => "a section does not begin well",
        _ => "it cannot be read",
    }
}

/// Says whether the key belongs to a certificate that is not the first.
fn any_other_fits(certified: &CertifiedKey) -> bool {
    certified.cert.iter().skip(1).any(|certificate| {
        let alone = CertifiedKey::new(vec![certificate.clone()], Arc::clone(&certified.key));
        alone.keys_match().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};

    use super::*;

    struct Made {
        chain: String,
        key: String,
        authority: String,
    }

    fn make(names: &[&str]) -> Made {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names)
            .unwrap()
            .signed_by(&key, &issuer)
            .unwrap();
        Made {
            chain: certificate.pem(),
            key: key.serialize_pem(),
            authority: issuer.pem(),
        }
    }

    #[test]
    fn a_certificate_is_for_the_names_that_it_has() {
        let made = make(&["lessons.example", "*.wards.example", "127.0.0.1", "::1"]);
        let pair = Pair::parse(made.chain.as_bytes(), made.key.as_bytes()).unwrap();
        for (host, expected) in [
            ("lessons.example", true),
            ("LESSONS.example", true),
            ("a.wards.example", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("www.lessons.example", false),
            ("a.b.wards.example", false),
            ("wards.example", false),
            ("127.0.0.2", false),
            ("", false),
            ("a b", false),
        ] {
            assert_eq!(pair.is_for(host), expected, "{host}");
        }
        assert_eq!(pair.names(), "`lessons.example`, `*.wards.example`");
        assert_eq!(pair.chain_length(), 1);
        assert!(pair.validity.from < pair.validity.until);
        let nameless = make(&[]);
        let pair = Pair::parse(nameless.chain.as_bytes(), nameless.key.as_bytes()).unwrap();
        assert_eq!(
            (pair.names().as_str(), pair.is_for("a.example")),
            ("no host name", false)
        );
    }

    #[test]
    fn files_that_do_not_fit_say_what_to_do_and_nothing_of_the_key() {
        let (made, other) = (make(&["a.example"]), make(&["b.example"]));
        let (chain, key) = (made.chain.as_str(), made.key.as_str());
        let secret = key.lines().nth(1).unwrap();
        let many = chain.repeat(MAX_CERTIFICATES + 1);
        let encrypted = format!("{}\nAA==\n", String::from_utf8_lossy(ENCRYPTED));
        let cut: String = key
            .lines()
            .take(2)
            .map(|line| format!("{line}\n"))
            .collect();
        let bent = key.replace(secret, &format!("{secret}*"));
        for (chain, key, words) in [
            ("", key, "has no certificate"),
            (key, chain, "has no certificate"),
            (chain, "", "has no private key"),
            (chain, chain, "has no private key"),
            (chain, other.key.as_str(), "belongs to another certificate"),
            (
                &format!("{}{chain}", made.authority),
                key,
                "comes first in its file",
            ),
            (&many, key, "more than 20"),
            (chain, &encrypted, "has a password"),
            (chain, &cut, "does not end"),
            (chain, &bent, "not base64"),
            (
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                key,
                "cannot be read",
            ),
        ] {
            let why = Pair::parse(chain.as_bytes(), key.as_bytes()).unwrap_err();
            assert!(why.contains(words), "{words}: {why}");
            assert!(!why.contains(secret), "{why}");
        }
        // Whatever else is in the files does not matter: OpenSSL writes words around its sections.
        let wordy = format!("Bag Attributes\n{chain}{}", made.authority);
        let pair = Pair::parse(wordy.as_bytes(), format!("{chain}{key}").as_bytes()).unwrap();
        assert_eq!(pair.chain_length(), 2);
    }
}
