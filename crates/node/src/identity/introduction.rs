//! What an operator says of a new node, checked and made into its first node document.
//!
//! Refuses what peers would refuse or no page could show before it is signed: version 1 of a node document is the
//! identity of the node and never changes.

use ledger::{SecretKey, limits::MAX_DOCUMENT_VALIDITY, node::Content};
use peering::Base;
use serde::{Deserialize, Serialize};
use url::Url;
use wire::Timestamp;

use super::error::IdentityError;
use markdown::contact::Contact;

use crate::urls;

/// Characters of an organisation's name and of a contact. FEED.md §3 has no limit, but a page has to show them.
const MAX_CHARACTERS: usize = 200;

/// What an operator says of a new node; it becomes public with the first node document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// Name of the organisation.
    pub name: String,
    /// ODS code of the organisation, such as `RX1`.
    pub ods: Option<String>,
    /// Address of the site.
    pub base_url: Url,
    /// How readers and operators of peers can contact the operator: something that pages can link to, such as `mailto:…`.
    pub contact: Option<String>,
}

/// Returns version 1 of the node document. What peers would refuse, or no page could show, is refused before it is
/// signed: there is no second version yet.
pub(super) fn first_content(
    introduction: &Introduction,
    keys: [&SecretKey; 3],
    now: Timestamp,
) -> Result<Content, IdentityError> {
    let [root, log, witness] = keys;
    // The clock's milliseconds are not part of the wire form.
    let issued = Timestamp::from_secs(now.secs());
    Ok(Content {
        version: 1,
        node: None,
        prev: None,
        issued,
        expires: issued.plus(MAX_DOCUMENT_VALIDITY),
        base: feed_base(&introduction.base_url)?,
        name: name(&introduction.name)?,
        ods: introduction.ods.as_deref().map(ods_code).transpose()?,
        contact: contact(introduction.contact.as_deref().unwrap_or_default())?,
        threshold: 1,
        root: vec![root.public()],
        epoch: 1,
        log: vec![log.public()],
        closed: Vec::new(),
        witness: vec![witness.public()],
        revoked: Vec::new(),
        left: false,
        successor: None,
    })
}

pub(super) fn feed_base(site: &Url) -> Result<String, IdentityError> {
    let base = Base::parse(site.as_str(), true).map_err(|text| refused("--base-url", text))?;
    if !base.is_site() {
        return Err(refused(
            "--base-url",
            "must not have a path: give the root of the site, such as `https://lessons.example.nhs.uk`",
        ));
    }
    Ok(format!(
        "{}{}",
        site.as_str().trim_end_matches('/'),
        urls::FEED
    ))
}

pub(super) fn name(given: &str) -> Result<String, IdentityError> {
    let name = given.trim();
    if name.is_empty() || !fits_a_page(name) {
        return Err(refused(
            "--name",
            "give the organisation's name, at most 200 characters on one line",
        ));
    }
    Ok(name.to_owned())
}

pub(super) fn ods_code(given: &str) -> Result<String, IdentityError> {
    let ods = given.trim().to_uppercase();
    let is_code =
        (2..=10).contains(&ods.len()) && ods.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_code {
        return Err(refused(
            "--ods",
            "not an ODS code; it has 2 to 10 letters and digits, such as `RX1`",
        ));
    }
    Ok(ods)
}

/// Checks the contact. It may be empty: pages then link to the site.
pub(super) fn contact(given: &str) -> Result<String, IdentityError> {
    let contact = given.trim();
    let is_text = Contact::parse(contact).is_some_and(|contact| !contact.is_link());
    if is_text || !fits_a_page(contact) {
        return Err(refused(
            "--contact",
            "no page could link to it; give one e-mail address, such as `mailto:lessons@example.nhs.uk`, or a site, such as `https://example.nhs.uk/contact`",
        ));
    }
    Ok(contact.to_owned())
}

fn fits_a_page(text: &str) -> bool {
    text.chars().count() <= MAX_CHARACTERS && !text.chars().any(char::is_control)
}

pub(super) fn refused(field: &'static str, text: impl Into<String>) -> IdentityError {
    let text = text.into();
    IdentityError::Refused { field, text }
}

/// Returns the short name of a node in addresses: its ODS code, or its name, in lower case.
pub(super) fn handle(introduction: &Introduction) -> String {
    match &introduction.ods {
        Some(ods) => ods.trim().to_lowercase(),
        None => domain::slug::Slug::from_title(&introduction.name)
            .as_str()
            .to_owned(),
    }
}
