//! Reading the keys that every kind has, and who can be asked.

use metadata::value::Map;
use wire::DocumentId;

use crate::{
    attributes::{
        Author, Common, Contact, DEFAULT_LANG, MAX_AUTHOR, MAX_AUTHORS, MAX_REFERENCES, MAX_ROLE,
        MAX_TAG, MAX_TAGS, MAX_TITLE, is_language_tag,
    },
    kinds::{ContactRule, Kind, Rules, TextRule},
    outline::{Text, title_of_path},
    reader::{Fields, characters, items, span},
    title,
    vocabulary::{Licence, OpenTo, Term as _, Visibility},
};

/// The length of an e-mail address, in characters.
const MAILBOX: std::ops::RangeInclusive<usize> = 3..=254;

/// Reads what every kind has. A missing title is in the text: the heading that it begins with, or its first words; and for a
/// kind that need not have one its first heading, or the file's name.
pub(super) fn read(
    fields: &mut Fields<'_, '_>,
    rules: &Rules,
    text: &Text<'_>,
    path: &str,
) -> Common {
    let found = || text.title().unwrap_or_else(|| title_of_path(path));
    let (title, body_md) = read_title(fields, rules, text);
    let summary = read_text(fields, "summary", &rules.summary);
    let title = title.or_else(|| {
        let said = fields.node("title").and_then(|node| node.value.as_text());
        said.map(|title| shorten(title.trim(), MAX_TITLE))
            .filter(|title| !title.is_empty())
    });
    let mut common = Common::new(
        title.unwrap_or_else(|| shorten(&found(), MAX_TITLE)),
        body_md,
    );
    common.title = one_line(&common.title);
    common.summary = one_line(&summary.unwrap_or_default());
    common.tags = tags(fields);
    common.lang = fields
        .parsed("lang", "a language tag such as en-GB", language)
        .unwrap_or_else(|| DEFAULT_LANG.to_owned());
    common.licence = licence(fields);
    common.visibility = fields.term("visibility").unwrap_or(Visibility::Public);
    common.authors = authors(fields);
    common.created = fields.moment("created");
    common.updated = fields.moment("updated");
    common.reviewed = fields.date("reviewed");
    common.review_by = fields.date("review_by");
    common.replaces = fields.at_most(MAX_REFERENCES, "replaces", "ids of documents", |text| {
        DocumentId::parse(text.rsplit('/').next().unwrap_or(text))
    });
    common.based_on = fields.at_most(
        MAX_REFERENCES,
        "based_on",
        "references such as wr1…/0199…",
        wire::DocumentRef::parse,
    );
    common
}

/// Reads the title where the kind must have one, from its key or from the text. Returns also the text that is left.
fn read_title<'t>(
    fields: &mut Fields<'_, '_>,
    rules: &Rules,
    text: &Text<'t>,
) -> (Option<String>, &'t str) {
    let (rule, body_md) = (&rules.title, text.body_md);
    if rule.required.is_none() || fields.node("title").is_some() {
        return (read_text(fields, "title", rule), body_md);
    }
    let kind = Kind::parse(rules.name);
    let (made, rest) = match title::heading(&kind, body_md) {
        Some(found) => found,
        None if rules.is_called_by_its_text => (title::first_words(body_md), body_md),
        None => (String::new(), body_md),
    };
    let count = made.chars().count();
    if count == 0 {
        return (read_text(fields, "title", rule), body_md);
    }
    if !rule.chars.contains(&count) {
        let (long, span) = (characters(count), span(&rule.chars));
        fields.fault("title", format!("`title` is {long} long; write {span}"));
    }
    (Some(made), rest)
}

fn read_text(fields: &mut Fields<'_, '_>, key: &'static str, rule: &TextRule) -> Option<String> {
    match rule.required {
        Some(what) => fields.required_text(key, rule.chars.clone(), what),
        None => fields.text(key, rule.chars.clone()),
    }
}

/// Reads the licence. An unknown licence may forbid anything, so it counts as all rights reserved.
fn licence(fields: &mut Fields<'_, '_>) -> Licence {
    if fields.node("licence").is_none() {
        return Licence::OglUk3;
    }
    fields.term("licence").unwrap_or(Licence::AllRightsReserved)
}

fn tags(fields: &mut Fields<'_, '_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in fields.list("tags", "words of at most 60 characters", |text| {
        let tag = one_line(text);
        ((1..=MAX_TAG).contains(&tag.chars().count())).then_some(tag)
    }) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    fields.keep_at_most(MAX_TAGS, "tags", &mut tags);
    tags
}

fn authors(fields: &mut Fields<'_, '_>) -> Vec<Author> {
    let Some(node) = fields.node("authors") else {
        return Vec::new();
    };
    let named: Option<Vec<Author>> = items(node)
        .iter()
        .map(|item| {
            let name = item.value.as_text()?.trim();
            (1..=MAX_AUTHOR)
                .contains(&name.chars().count())
                .then(|| Author {
                    name: Some(name.to_owned()),
                    role: None,
                })
        })
        .collect();
    if let Some(authors) = named.filter(|authors| authors.len() <= MAX_AUTHORS) {
        return authors;
    }
    fields.groups("authors", MAX_AUTHORS, |fields| {
        let name = fields.text("name", 1..=MAX_AUTHOR);
        let role = fields.text("role", 1..=MAX_AUTHOR);
        if name.is_none() && role.is_none() {
            fields.fault(
                "role",
                "an author needs a `role`, and a `name` if the person agreed to be named",
            );
            return None;
        }
        Some(Author { name, role })
    })
}

/// Reads who can be asked, as the kind requires it, and adds what everyone may know of it to `common`.
pub(super) fn read_contact(
    fields: &mut Fields<'_, '_>,
    rules: &Rules,
    common: &mut Common,
) -> Option<Contact> {
    let contact = contact_of(fields, rules);
    common.contact = contact.as_ref().map(Contact::public);
    contact
}

fn contact_of(fields: &mut Fields<'_, '_>, rules: &Rules) -> Option<Contact> {
    let node = fields.node("contact");
    match (&rules.contact, node) {
        (ContactRule::Optional, None) => None,
        (ContactRule::Optional, Some(node)) => {
            // Other systems use this key for other things; their value is kept.
            let has_mailbox = |map: &Map| map.iter().any(|(key, _)| key == "mailbox");
            if node.value.as_map().is_some_and(has_mailbox) {
                return fields.group("contact", contact);
            }
            fields.set_aside("contact", node);
            None
        }
        (ContactRule::Required, None) => {
            let text = "`contact` is missing; write a `role` and a shared `mailbox`";
            fields.fault("contact", text);
            None
        }
        (ContactRule::Required, Some(_)) => fields.group("contact", contact),
        (ContactRule::Role, None) => {
            let text = "`contact` is missing; write the role of who can be asked, such as `contact: Ward manager`";
            fields.fault("contact", text);
            None
        }
        // `contact: Ward manager` is enough.
        (ContactRule::Role, Some(node)) if node.value.as_text().is_some() => {
            let role = fields.text("contact", 1..=MAX_ROLE)?;
            Some(Contact {
                role,
                mailbox: None,
                name: None,
                open_to: Vec::new(),
            })
        }
        (ContactRule::Role, Some(_)) => fields.group("contact", role),
    }
}

fn contact(fields: &mut Fields<'_, '_>) -> Option<Contact> {
    if fields.node("mailbox").is_none() {
        fields.required_text("mailbox", MAILBOX, "a shared mailbox");
    }
    role(fields).filter(|contact| contact.mailbox.is_some())
}

fn role(fields: &mut Fields<'_, '_>) -> Option<Contact> {
    let role = fields.required_text("role", 1..=MAX_ROLE, "the role of who can be asked");
    let mailbox = fields.text("mailbox", MAILBOX);
    if let (Some(mailbox), Some(node)) = (&mailbox, fields.node("mailbox"))
        && !is_mailbox(mailbox)
    {
        fields.refuse(
            "mailbox",
            node,
            "`contact.mailbox` is not an e-mail address; write name@example.nhs.uk",
        );
    }
    let name = fields.text("name", 1..=200);
    let open_to = fields.terms("open_to", OpenTo::ALL.len());
    Some(Contact {
        role: role?,
        mailbox,
        name,
        open_to,
    })
}

fn is_mailbox(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.contains(|c: char| {
                c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';')
            })
            && !host.contains('@')
    })
}

fn language(text: &str) -> Option<String> {
    is_language_tag(text).then(|| text.to_owned())
}

/// Shortens a text to a number of characters, at a word and with an ellipsis.
#[must_use]
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let cut: String = text.chars().take(max - 1).collect();
    let end = cut
        .rfind(' ')
        .filter(|end| *end > cut.len() / 2)
        .unwrap_or(cut.len());
    format!("{}…", cut.get(..end).unwrap_or(&cut).trim_end())
}

/// Joins the lines of a text into one.
#[must_use]
pub fn one_line(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return text.trim().to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
