//! E-mail addresses of people, in the one form that accounts are found by.

use std::fmt;

/// RFC 5321 §4.5.3.1: a path of 256 bytes with its brackets.
const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;

/// An e-mail address in lower case. Only ASCII, so that no two that look the same are different.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address as a person types it; `None` if it is none that mail can be sent to.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (local, domain) = text.rsplit_once('@')?;
        let is_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let good_local = !local.is_empty()
            && local.len() <= MAX_LOCAL_BYTES
            && local.chars().all(is_local)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..");
        let is_label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        let good_domain = domain.contains('.') && domain.split('.').all(is_label);
        (good_local && good_domain && text.len() <= MAX_BYTES).then_some(Self(text))
    }

    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns what is after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form_and_no_more_than_one() {
        for (text, expected) in [
            (
                " Ada.Okafor@Northmoor.Example ",
                Some("ada.okafor@northmoor.example"),
            ),
            ("o'neill@a.example", Some("o'neill@a.example")),
            ("a@b", None),
            ("a b@c.example", None),
            ("a@b@c.example", None),
            ("a@b.example\r\nBcc: x@y.example", None),
            ("<a@b.example>", None),
            ("a,c@b.example", None),
            ("аda@b.example", None),
            ("a@-b.example", None),
            (".a@b.example", None),
            ("a..b@c.example", None),
            ("@b.example", None),
            ("", None),
        ] {
            let parsed = EmailAddress::parse(text);
            assert_eq!(
                parsed.as_ref().map(EmailAddress::as_str),
                expected,
                "{text}"
            );
        }
        assert_eq!(
            EmailAddress::parse(&format!("{}@b.example", "a".repeat(65))),
            None
        );
        assert_eq!(
            EmailAddress::parse("a@b.example").unwrap().domain(),
            "b.example"
        );
    }
}
