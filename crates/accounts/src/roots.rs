//! Certificate authorities that are trusted for OpenID providers and for the mail server, besides those of the system.

use lettre::transport::smtp::client::Certificate;

/// Authorities of an organisation; none to begin with.
#[derive(Clone, Default)]
pub struct Roots {
    pub(crate) providers: Vec<reqwest::Certificate>,
    pub(crate) mail: Option<Certificate>,
}

impl Roots {
    /// Reads certificates in PEM form.
    ///
    /// # Errors
    /// What is wrong, in words for the operator.
    pub fn parse(pem: &[u8]) -> Result<Self, String> {
        let wrong = |error: String| format!("it is no certificate in PEM form: {error}");
        let providers = reqwest::Certificate::from_pem_bundle(pem);
        let providers = providers.map_err(|error| wrong(error.to_string()))?;
        if providers.is_empty() {
            return Err("it has no certificate in PEM form".to_owned());
        }
        let mail = Certificate::from_pem(pem).map_err(|error| wrong(error.to_string()))?;
        Ok(Self {
            providers,
            mail: Some(mail),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Roots;

    #[test]
    fn a_file_without_a_certificate_is_refused() {
        let pem = include_bytes!("../../../tests/oidc/certificates/ca.pem");
        let mut two = pem.to_vec();
        two.extend(pem);
        for (pem, count) in [(&pem[..], Some(1)), (&two, Some(2)), (b"", None)] {
            let read = Roots::parse(pem).map(|roots| roots.providers.len());
            assert_eq!(read.ok(), count);
        }
        let broken = b"-----BEGIN CERTIFICATE-----\n???\n-----END CERTIFICATE-----\n";
        assert!(Roots::parse(broken).is_err());
    }
}
