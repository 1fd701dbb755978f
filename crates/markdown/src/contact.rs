//! How to reach an organisation: the contact in its node document. It is a link only if it is an e-mail address or an
//! `https:` address; any other text stays text.
//!
//! The mailbox that a file's `contact` names is not this one, and is shown to no one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// Bytes of an address (RFC 5321 §4.5.3.1).
const MAX_ADDRESS: usize = 254;
/// Characters of a subject: some programs refuse links of more than 2,000 bytes.
const MAX_SUBJECT: usize = 300;
/// All but the unreserved characters of RFC 3986 §2.3, so that a subject cannot add a header to the message.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How to reach an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What a page shows: an e-mail address, a site, or the organisation's own text.
    pub words: String,
    target: Option<Target>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Mail(String),
    Site(String),
}

impl Contact {
    /// Reads the contact of a node document; `None` if it is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some(mail(text).or_else(|| site(text)).unwrap_or_else(|| Self {
            words: crate::visible(text).into_owned(),
            target: None,
        }))
    }

    /// Returns the site as the contact of an organisation that gives no other.
    #[must_use]
    pub fn from_site(address: &Url) -> Self {
        let address = address.as_str();
        let words = address.split_once("://").map_or(address, |(_, rest)| rest);
        Self {
            words: words.trim_end_matches('/').to_owned(),
            target: Some(Target::Site(address.to_owned())),
        }
    }

    /// Says whether it is an e-mail address.
    #[must_use]
    pub fn is_mail(&self) -> bool {
        matches!(self.target, Some(Target::Mail(_)))
    }

    /// Says whether pages link to it.
    #[must_use]
    pub fn is_link(&self) -> bool {
        self.target.is_some()
    }

    /// Returns where a link leads; none for text. A message has this subject, if the subject has words.
    #[must_use]
    pub fn href(&self, subject: &str) -> Option<String> {
        match self.target.as_ref()? {
            Target::Site(address) => Some(address.clone()),
            Target::Mail(address) if subject.is_empty() => Some(format!("mailto:{address}")),
            Target::Mail(address) => {
                let subject: String = subject.chars().take(MAX_SUBJECT).collect();
                let subject = utf8_percent_encode(&subject, ENCODED);
                Some(format!("mailto:{address}?subject={subject}"))
            }
        }
    }
}

/// Reads one plain address, with or without `mailto:`. Other recipients or a text that may follow are left out: the
/// reader has not asked for them.
fn mail(text: &str) -> Option<Contact> {
    let rest = match text.split_once(':') {
        None => text,
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => rest,
        Some(_) => return None,
    };
    let address = rest.split_once('?').map_or(rest, |(address, _)| address);
    let (name, host) = address.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_valid = !name.is_empty()
        && name
            .chars()
            .all(|c| plain(c) || matches!(c, '_' | '+' | '\''))
        && host.contains('.')
        && host.chars().all(plain)
        && address.len() <= MAX_ADDRESS;
    is_valid.then(|| Contact {
        words: address.to_owned(),
        target: Some(Target::Mail(address.to_owned())),
    })
}

/// Reads an `https:` address without a user name or password, which a reader could take for the host.
fn site(text: &str) -> Option<Contact> {
    let url = Url::parse(text).ok()?;
    let is_valid = url.scheme() == "https"
        && url.host_str().is_some()
        && url.username().is_empty()
        && url.password().is_none();
    is_valid.then(|| Contact::from_site(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_to_write_to_or_a_site_is_a_link() {
        for (text, words, href) in [
            (
                "mailto:lessons@northmoor.example",
                "lessons@northmoor.example",
                Some("mailto:lessons@northmoor.example?subject=A%20%26%20B%3F"),
            ),
            (
                " MailTo:o'neil+x@northmoor.example ",
                "o'neil+x@northmoor.example",
                Some("mailto:o'neil+x@northmoor.example?subject=A%20%26%20B%3F"),
            ),
            (
                "mailto:a@b.example?bcc=all@c.example&body=x",
                "a@b.example",
                Some("mailto:a@b.example?subject=A%20%26%20B%3F"),
            ),
            (
                "https://northmoor.example/contact",
                "northmoor.example/contact",
                Some("https://northmoor.example/contact"),
            ),
            ("javascript:alert(1)", "javascript:alert(1)", None),
            ("java\tscript:alert(1)", "java\tscript:alert(1)", None),
            ("data:text/html,x", "data:text/html,x", None),
            ("http://northmoor.example", "http://northmoor.example", None),
            (
                "https://nhs.example@evil.example",
                "https://nhs.example@evil.example",
                None,
            ),
            (
                "lessons@northmoor.example",
                "lessons@northmoor.example",
                Some("mailto:lessons@northmoor.example?subject=A%20%26%20B%3F"),
            ),
            (
                "ring lessons@northmoor.example",
                "ring lessons@northmoor.example",
                None,
            ),
            ("mailto:", "mailto:", None),
            (
                "mailto:a@b.example,c@d.example",
                "mailto:a@b.example,c@d.example",
                None,
            ),
            (
                "mailto:a%0d%0abcc:c@d.example",
                "mailto:a%0d%0abcc:c@d.example",
                None,
            ),
            ("mailto:a@b\"><script>", "mailto:a@b\"><script>", None),
            ("ring \u{202e}321", "ring ⟨U+202E⟩321", None),
        ] {
            let contact = Contact::parse(text).unwrap();
            let found = contact.href("A & B?");
            assert_eq!((contact.words.as_str(), found.as_deref()), (words, href));
            assert_eq!(contact.is_link(), href.is_some(), "{text}");
        }
        assert_eq!(Contact::parse("  "), None);
    }

    #[test]
    fn a_message_without_a_subject_has_none() {
        let contact = Contact::parse("mailto:a@b.example").unwrap();
        assert_eq!(contact.href(""), Some("mailto:a@b.example".to_owned()));
    }
}
