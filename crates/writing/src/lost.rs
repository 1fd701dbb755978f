//! The answer to a form whose sender is not signed in any more, or is someone else by now: what was typed is on the page, and
//! can be sent from it.
//!
//! The page keeps the text, and the server does not: so nothing is stored for a stranger, and signing in may lead over
//! another site. The sender signs in in another tab and then goes on here. A text is saved then; what else the form would do, its
//! own page asks for once more.

use askama::Template;
use axum::response::{IntoResponse as _, Response};
use domain::Kind;
use drafting::{Choice, Form, Input, Pairs};
use http::{HeaderValue, StatusCode, header};
use node::{Node, urls};
use pages::{
    PageError,
    frame::{Frame, WRITER},
    link::Link,
};
use people::drafts::Found;
use store::{DraftState, WrittenDraft};
use wire::AccountId;

use crate::{
    Visit,
    draft::{self, FILES},
    framed, name_of, page,
    review::{QUOTE, SEEN, in_review},
    section::WAS,
};

/// How to sign in, as a 401 has to say (RFC 9110 §15.5.2).
const SIGN_IN: HeaderValue = HeaderValue::from_static("Bearer realm=\"staff\"");

/// Sent from here with what was typed into another form than that of a section: its page shows it, and does nothing yet.
pub(crate) const AGAIN: &str = "again";
/// What a form would do, which its page asks for once more.
const DECISIONS: [&str; 4] = ["decision", "confirmed", "declared", AGAIN];
/// The fields of forms that no one writes into.
const CHOSEN: [&str; 16] = [
    WRITER, SEEN, "of", "version", FILES, "act", "action", "rev", "kind", "then", "keep", "why",
    "key", "document", "take", WAS,
];

/// What the page that keeps a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// The text is saved from it.
    Save,
    /// The form is shown again, with what was typed.
    Show,
    /// Nothing was typed: the page of the form is opened again.
    Read,
    /// The text can only be copied.
    Copy,
}

#[derive(Template)]
#[template(path = "lost.html")]
struct Lost {
    frame: Frame,
    heading: &'static str,
    why: String,
    then: Then,
    action: String,
    sign_in: String,
    /// Where to go on.
    back: Option<Link>,
    pairs: Pairs,
    /// What the sender can copy.
    texts: Vec<Written>,
}

/// A value that someone has written.
#[derive(Debug, PartialEq, Eq)]
struct Written {
    /// What its field is called.
    label: String,
    text: String,
}

impl Lost {
    fn new(node: &Node, heading: &'static str, why: &str, then: Then) -> Self {
        Self {
            frame: crate::entitled(pages::frame(node), heading),
            heading,
            why: why.to_owned(),
            then,
            action: String::new(),
            sign_in: urls::sign_in(urls::ME),
            back: None,
            pairs: Pairs::new(),
            texts: Vec::new(),
        }
    }

    fn with(self, pairs: Pairs) -> Self {
        Self {
            texts: texts(self.then, &pairs),
            pairs,
            ..self
        }
    }
}

/// Returns what becomes of what was sent to a path, and what is sent to it then.
fn then(path: &str, mut pairs: Pairs) -> (Then, Pairs) {
    if is_section(path) && !pairs.is_empty() {
        return (Then::Save, pairs);
    }
    pairs.retain(|(name, _)| !DECISIONS.contains(&name.as_str()));
    if pairs.iter().any(|(name, value)| is_written(name, value)) {
        pairs.push((AGAIN.to_owned(), "yes".to_owned()));
        return (Then::Show, pairs);
    }
    (Then::Read, Pairs::new())
}

/// Returns whether a path is that of a section, which is saved, or of the whole file.
fn is_section(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let others = [draft::SUBMIT, draft::DELETE, draft::NEWER];
    match parts.as_slice() {
        ["drafts", _, name] => !others.contains(name),
        _ => false,
    }
}

fn is_written(name: &str, value: &str) -> bool {
    let is_of_page = name.starts_with(WAS) || name.starts_with(QUOTE);
    !value.trim().is_empty() && !CHOSEN.contains(&name) && !is_of_page
}

/// Answers what was sent to `path` by someone who is not signed in.
#[must_use]
pub fn signed_out(node: &Node, path: &str, pairs: Pairs) -> Response {
    let (then, pairs) = then(path, pairs);
    let (heading, why) = match then {
        Then::Save | Then::Copy => (
            "You have been signed out. Your text is on this page",
            "It is not saved yet. Do not close this page.",
        ),
        Then::Show => (
            "You have been signed out. Your text is on this page",
            "Nothing was done yet. Do not close this page.",
        ),
        Then::Read => (
            "You have been signed out. Nothing was done",
            "Sign in again, and then do it once more.",
        ),
    };
    let lost = Lost {
        action: path.to_owned(),
        sign_in: urls::sign_in(next_of(then, path)),
        ..Lost::new(node, heading, why, then).with(pairs)
    };
    let mut response = answer(StatusCode::UNAUTHORIZED, lost);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, SIGN_IN);
    response
}

/// Answers what was sent to `path` from a page of someone else: it is not done in the name of whoever has signed in since.
#[must_use]
pub fn of_another(node: &Node, path: &str, pairs: Pairs) -> Response {
    let (then, pairs) = then(path, pairs);
    let (heading, why) = match then {
        Then::Save | Then::Copy => (
            "Someone else has signed in here. Your text is on this page",
            "It is not saved: it would have been saved in their name. Do not close this page.",
        ),
        Then::Show => (
            "Someone else has signed in here. Your text is on this page",
            "Nothing was done: it would have been done in their name. Do not close this page.",
        ),
        Then::Read => (
            "Someone else has signed in here. Nothing was done",
            "It would have been done in their name. Sign in again as yourself, and then do it once more.",
        ),
    };
    // Someone is signed in: the page to sign in on has to show its form nevertheless.
    let lost = Lost {
        action: path.to_owned(),
        sign_in: urls::sign_in_again(next_of(then, path)),
        ..Lost::new(node, heading, why, then).with(pairs)
    };
    answer(StatusCode::CONFLICT, lost)
}

/// Returns where signing in leads: back, unless the text waits in this tab.
fn next_of(then: Then, path: &str) -> &str {
    match then {
        Then::Read => path,
        Then::Save | Then::Show | Then::Copy => urls::ME,
    }
}

fn answer(status: StatusCode, lost: Lost) -> Response {
    match page(status, &lost) {
        Ok(response) => response,
        Err(error) => error.into_response(),
    }
}

/// Says what became of a draft that does not wait any more, and shows what a reviewer has written about it.
///
/// # Errors
/// Of the database.
pub(crate) async fn decided(
    visit: &Visit<'_>,
    found: &Found,
    pairs: Pairs,
) -> Result<Response, PageError> {
    let why = became(visit, found).await?;
    let lost = Lost::new(visit, "Nothing was done", &why, Then::Copy).with(pairs);
    let (heading, why) = match lost.texts.is_empty() {
        true => (lost.heading, why),
        false => (
            "Nothing was done. What you wrote is on this page",
            format!("{why} Copy what you want to keep."),
        ),
    };
    let lost = Lost {
        frame: in_review(framed(visit, heading)),
        heading,
        why,
        back: Some(Link::new("Back to what waits for review", urls::REVIEW)),
        ..lost
    };
    page(StatusCode::CONFLICT, &lost)
}

/// Says who has decided about a draft, or taken it back, as far as that is known.
async fn became(visit: &Visit<'_>, found: &Found) -> Result<String, PageError> {
    let (by, what) = match found {
        Found::Published(draft) => (draft.approved_by, "approved it"),
        Found::Open(opened) => {
            let draft = &opened.draft;
            match draft.state {
                DraftState::Returned if opened.is_taken_back() => {
                    (draft.returned_by, "took it back to edit it")
                }
                DraftState::Returned if draft.declined => (draft.returned_by, "declined it"),
                DraftState::Returned => (draft.returned_by, "returned it"),
                DraftState::Writing => (who_took_back(draft), "took it back"),
                DraftState::Submitted | DraftState::Published => (None, ""),
            }
        }
        Found::Missing => (None, ""),
    };
    let Some(by) = by else {
        return Ok("The draft was approved, returned or taken back since you saw it.".to_owned());
    };
    let account = visit.requester.account.as_ref();
    let name = match account.is_some_and(|account| account.id == by) {
        true => "You".to_owned(),
        false => name_of(visit, by).await?,
    };
    Ok(format!("{name} {what} since you saw it."))
}

/// Returns who took a draft back: its author, if no one else had submitted it.
fn who_took_back(draft: &WrittenDraft) -> Option<AccountId> {
    let is_one = draft.submitted_by.is_none_or(|by| by == draft.author);
    is_one.then_some(draft.author)
}

/// Shows what someone has typed into a draft that is not there any more, or is not theirs.
///
/// # Errors
/// The template failed.
pub(crate) fn unsaved(node: &Node, pairs: Pairs) -> Result<Response, PageError> {
    let heading = "This draft cannot be saved. Your text is on this page";
    let why =
        "The draft was deleted or published, or you may not change it. Copy what you want to keep.";
    let lost = Lost::new(node, heading, why, Then::Copy).with(pairs);
    page(StatusCode::NOT_FOUND, &lost)
}

/// Returns the values that people have written: all of them where they can only be copied, and else the texts among them.
fn texts(then: Then, pairs: &Pairs) -> Vec<Written> {
    let is_shown = |name: &str, value: &str| match then {
        Then::Copy => !DECISIONS.contains(&name),
        Then::Save | Then::Show | Then::Read => value.trim().contains(char::is_whitespace),
    };
    pairs
        .iter()
        .filter(|(name, value)| is_written(name, value) && is_shown(name, value))
        .map(|(name, value)| written(name, value, pairs))
        .collect()
}

/// Names a value as its form does.
fn written(name: &str, value: &str, pairs: &Pairs) -> Written {
    let quoted = |(held, _): &&(String, String)| held.strip_prefix(QUOTE) == Some(name);
    let quote = pairs.iter().find(quoted).map(|(_, quote)| quote);
    let (label, choices) = match (quote, name) {
        (Some(quote), _) => (format!("At “{quote}”"), Vec::new()),
        (None, "comment") => ("Comment for the author".to_owned(), Vec::new()),
        (None, "file") => ("The file".to_owned(), Vec::new()),
        (None, _) => asked(name).unwrap_or_else(|| ("What you wrote".to_owned(), Vec::new())),
    };
    let choice = choices.iter().find(|choice| choice.value == value);
    Written {
        label,
        text: choice.map_or(value, |choice| choice.label).to_owned(),
    }
}

/// Returns what a field of a section asks, and what can be chosen there.
fn asked(name: &str) -> Option<(String, Vec<Choice>)> {
    let mut forms = Kind::ALL.iter().filter_map(Form::for_kind);
    let (_, field) = forms.find_map(|form| form.field(name))?;
    let Input::Groups(groups) = &field.input else {
        return Some((field.label.to_owned(), field.choices()));
    };
    let rest = name.strip_prefix(field.name)?.strip_prefix('.')?;
    let (index, inner) = rest.split_once('.')?;
    let number = index.parse::<usize>().ok()?.saturating_add(1);
    let inner = groups.fields.iter().find(|one| one.name == inner)?;
    let label = format!("{} {number}: {}", groups.one, inner.label);
    Some((label, inner.choices()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_saved_or_shown_again_and_what_decides_something_is_asked_for_once_more() {
        let section = "/drafts/01996c5e-8a00-7000-8000-000000000001";
        for (path, sent, then, kept) in [
            (
                format!("{section}/title"),
                "title=Beds",
                Then::Save,
                "title=Beds",
            ),
            (
                format!("{section}/file"),
                "file=Beds",
                Then::Save,
                "file=Beds",
            ),
            (format!("{section}/delete"), "version=1", Then::Read, ""),
            (
                format!("{section}/submit"),
                "version=1&files=sha256:AAAA&declared=yes",
                Then::Read,
                "",
            ),
            (
                section.replace("drafts", "review"),
                "version=2&decision=approve&declared=yes",
                Then::Read,
                "",
            ),
            (
                section.replace("drafts", "review"),
                "version=2&decision=return&comment=Typo",
                Then::Show,
                "version=2&comment=Typo&again=yes",
            ),
            (
                "/withdraw/1".to_owned(),
                "why=error&confirmed=yes",
                Then::Read,
                "",
            ),
            (
                "/write".to_owned(),
                "kind=file&file=%23+Beds",
                Then::Show,
                "kind=file&file=# Beds&again=yes",
            ),
        ] {
            let pairs = sent.split('&').filter_map(|pair| pair.split_once('='));
            let decoded = |value: &str| value.replace('+', " ").replace("%23", "#");
            let pairs = pairs.map(|(name, value)| (name.to_owned(), decoded(value)));
            let (found, pairs) = super::then(&path, pairs.collect());
            let each = pairs.iter().map(|(name, value)| format!("{name}={value}"));
            let each: Vec<String> = each.collect();
            assert_eq!(
                (found, each.join("&").as_str()),
                (then, kept),
                "{path} {sent}"
            );
        }
    }
    #[test]
    fn what_can_only_be_copied_is_shown_whole_with_the_names_of_its_fields() {
        let sent = [
            ("writer", "1"),
            ("title", "Handover"),
            ("measures.0.name", "Log-ins"),
            ("decision", "return"),
            ("quote.comment.text.situation.2", "Nurses waited."),
            ("comment.text.situation.2", "Where?"),
            ("was.title", "Before"),
        ];
        let pairs = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let pairs = Pairs::from(pairs);
        let texts = texts(Then::Copy, &pairs);
        let shown: Vec<_> = texts.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(shown, ["Handover", "Log-ins", "Where?"]);
        assert!(texts[1].label.contains(" 1: "), "{texts:?}");
        assert_eq!(texts[2].label, "At “Nurses waited.”");
        assert!(!texts[0].label.contains("What you wrote"), "{texts:?}");
    }
}
