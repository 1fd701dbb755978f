//! The people to contact about a document: its authors, how to reach them, and who corrects a problem with it.
//!
//! A copy names the contact of the organisation that published the document, never that of the site that shows it.

use domain::{Author, Kind};
use markdown::contact::Contact;
use node::{flows::reading::Shown, urls};

use crate::{glance, link::LinkedSentence, words};

/// The authors and the contact.
pub(crate) struct Team {
    /// The authors in words; empty if none is named.
    pub(crate) authors: String,
    pub(crate) reach: Option<Reach>,
}

/// How to contact the team: a sentence with a link in it, and the address alone.
pub(crate) struct Reach {
    pub(crate) sentence: LinkedSentence,
    /// The address as a reader sees it: an e-mail address, a site, or the organisation's own words.
    pub(crate) address: String,
}

/// How to report a problem: a link or, without one, the organisation in words.
pub(crate) struct Report {
    pub(crate) href: Option<String>,
    pub(crate) words: String,
}

impl Team {
    /// Returns `None` without authors and without a contact.
    pub(crate) fn for_document(shown: &Shown) -> Option<Self> {
        Self::new(shown, &shown.body.common().authors)
    }

    /// Returns the same for authors that are known.
    pub(crate) fn new(shown: &Shown, authors: &[Author]) -> Option<Self> {
        let authors = glance::authors(authors);
        let reach = Reach::for_document(shown);
        (!authors.is_empty() || reach.is_some()).then_some(Self { authors, reach })
    }
}

impl Reach {
    fn for_document(shown: &Shown) -> Option<Self> {
        let title = markdown::visible(&shown.body.common().title);
        // Without a contact, the reader is sent to the site of the organisation.
        let said = shown.contact.as_deref().and_then(Contact::parse);
        let Some(contact) = said else {
            let contact = site_of_peer(shown)?;
            return Some(Self {
                sentence: LinkedSentence {
                    before: "They give no contact details here. Look on ".to_owned(),
                    link: "their own site".to_owned(),
                    href: contact.href(""),
                    after: format!(" ({}).", contact.words),
                },
                address: contact.words,
            });
        };
        // The request names the kind of page, so that the link makes sense out of its context.
        let for_role = shown.body.common().contact.as_ref();
        let href = contact.href(&match for_role {
            Some(asked) => format!("{title} (for the {})", words::lower_first_word(&asked.role)),
            None => title.into_owned(),
        });
        let verb = if contact.is_mail() {
            "Email"
        } else {
            "Contact"
        };
        let kind = &shown.body.kind;
        // The label of an adoption, "tried this too", names no thing.
        let thing = if kind.is_read() && *kind != Kind::Adoption {
            kind.label().to_lowercase()
        } else {
            "page".to_owned()
        };
        let organisation = &shown.document.owner.organisation;
        let request = format!("{verb} {organisation} about this {thing}");
        // Only an e-mail address or a site can be a link; other words follow the request as plain text.
        let sentence = if href.is_some() {
            LinkedSentence {
                before: String::new(),
                link: request,
                href,
                after: format!(" ({}).", contact.words),
            }
        } else {
            LinkedSentence {
                before: format!("{request}: "),
                link: contact.words.clone(),
                href,
                after: String::new(),
            }
        };
        Some(Self {
            sentence,
            address: contact.words,
        })
    }
}

impl Report {
    /// Names the organisation that published the document, also on the page of a copy: only the publisher can correct
    /// it.
    pub(crate) fn for_document(shown: &Shown) -> Self {
        let said = shown.contact.as_deref().and_then(Contact::parse);
        let contact = said.or_else(|| site_of_peer(shown));
        let organisation = &shown.document.owner.organisation;
        Self {
            href: contact
                .as_ref()
                .and_then(|contact| contact.href(&format!("Problem with {}", shown.origin_url))),
            words: contact.map_or_else(
                || organisation.clone(),
                |contact| format!("{organisation} ({})", contact.words),
            ),
        }
    }
}

/// Returns the organisation's own site; `None` for this node's organisation, whose site the reader is on.
fn site_of_peer(shown: &Shown) -> Option<Contact> {
    let document = &shown.document;
    (!document.owner.own).then(|| Contact::from_site(&urls::site_of_feed(&document.base)))
}
