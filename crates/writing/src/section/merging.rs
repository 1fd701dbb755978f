//! Two people on one section: how their texts differ, both of them put together, and the choice of what is saved for a field.

use axum::response::Response;
use drafting::{Content, Field, Labels, Pairs, TYPED_LABEL, merge, saved_label};
use http::StatusCode;
use node::urls;
use pages::PageError;
use people::drafts::{Opened, outline};

use super::{
    Extra, section_page,
    view::{View, typed_into},
};
use crate::{
    Visit, at,
    compare::{self, FieldDifference, Leads},
    name_of,
    notice::Notice,
    sent::Sent,
};

/// What the name of a value begins with that says what a field said when its page was made.
pub(crate) const WAS: &str = "was.";
/// Most bytes of what a page repeats for that; a longer section is compared only.
const MAX_WAS_BYTES: usize = 100_000;

/// Returns what the fields of a section say, for the page to send it back.
pub(super) fn was(content: &Content, view: View) -> Pairs {
    let View::Section(section) = view else {
        return Pairs::new();
    };
    let pairs = content.section(section, outline).unwrap_or_default();
    let bytes: usize = pairs.iter().map(|(_, value)| value.len()).sum();
    if bytes > MAX_WAS_BYTES {
        return Pairs::new();
    }
    let mut pairs: Pairs = pairs
        .into_iter()
        .map(|(name, value)| (format!("{WAS}{name}"), value))
        .collect();
    // A section that was empty is known to be so.
    pairs.push((WAS.to_owned(), "yes".to_owned()));
    pairs
}

/// Shows the difference to what someone else has saved meanwhile, and both changes put together. Saving this page saves what is
/// in it.
pub(super) async fn conflict(
    node: &Visit<'_>,
    opened: &Opened,
    view: View,
    sent: &Sent,
) -> Result<Response, PageError> {
    let by = name_of(node, opened.draft.changed_by).await?;
    let (typed, conflicts) = together(opened, view, sent, &by);
    let what_to_do = match conflicts {
        None => {
            "Below is how your text differs from what is saved now, and then your text. Put together what you want to keep, and save it."
        }
        Some(0) => {
            "Below is how your text differs from what is saved now. We have put both changes together in the form: read it, and save it."
        }
        Some(_) => {
            "Below is how your text differs from what is saved now. We have put both changes together in the form. Where you have both changed the same lines, both are there. Where you have both chosen something else, the form has your choice, and the other one is below: keep what is right, and save it."
        }
    };
    let is_own = node
        .requester
        .account
        .as_ref()
        .is_some_and(|own| own.id == opened.draft.changed_by);
    let (heading, who) = match is_own {
        true => (
            "You have changed this in another window",
            "You saved this in another window".to_owned(),
        ),
        false => ("Someone else has changed this", format!("{by} saved this")),
    };
    let text = format!(
        "{who} at {} while you were writing. Nothing is overwritten. {what_to_do}",
        at(opened.draft.changed_at)
    );
    let href = urls::draft_section(opened.draft.id, view.name());
    let notice =
        Notice::problem(heading, text).with_link("Leave your text and see what is saved now", href);
    let extra = Extra {
        notice: Some(notice),
        typed: Some(typed),
        differences: differences(node, opened, view, &sent.0).await?,
        ..Extra::default()
    };
    section_page(node, opened, view, extra, StatusCode::PRECONDITION_FAILED).await
}

/// Puts what is saved for one field into the form, next to what was typed into the others. Nothing is saved yet.
pub(super) async fn take_saved(
    node: &Visit<'_>,
    opened: &Opened,
    view: View,
    sent: &Sent,
) -> Result<Response, PageError> {
    let View::Section(section) = view else {
        return conflict(node, opened, view, sent).await;
    };
    let held = opened.content.section(section, outline).unwrap_or_default();
    let fields = opened
        .content
        .fields_of(section, outline)
        .unwrap_or_default();
    let mut typed = typed_into(&fields, &sent.0);
    if let Some(field) = fields.iter().find(|field| field.name == sent.get("take")) {
        typed.retain(|(name, _)| !is_of(field, name));
        typed.extend(held.into_iter().filter(|(name, _)| is_of(field, name)));
    }
    let notice = Notice::done(
        "What is saved is in the form",
        "The other fields are as you typed them. Nothing is saved yet: read it, and save it.",
    );
    let extra = Extra {
        notice: Some(notice),
        differences: differences(node, opened, view, &typed).await?,
        typed: Some(typed),
        ..Extra::default()
    };
    section_page(node, opened, view, extra, StatusCode::OK).await
}

fn is_of(field: &Field, name: &str) -> bool {
    let rest = name.strip_prefix(field.name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

async fn differences(
    node: &Visit<'_>,
    opened: &Opened,
    view: View,
    typed: &Pairs,
) -> Result<Vec<FieldDifference>, PageError> {
    let differences = match view {
        View::Section(section) => {
            let held = opened.content.section(section, outline).unwrap_or_default();
            let fields = opened
                .content
                .fields_of(section, outline)
                .unwrap_or_default();
            compare::of_pairs(&fields, &held, &typed_into(&fields, typed))
        }
        View::File => {
            let file = typed.iter().find(|(name, _)| name == "file");
            let file = file.map_or("", |(_, text)| text.as_str());
            vec![FieldDifference {
                label: "The file".into(),
                name: String::new(),
                html: compare::html(&opened.content.file(), file),
                leads: Leads::default(),
            }]
        }
    };
    compare::with_leads(node, node.requester.viewer, differences).await
}

/// Returns what is saved and what was typed, put together, and in how many places both have changed the same; what was typed
/// and `None` where it is not known what they were made from.
fn together(opened: &Opened, view: View, sent: &Sent, by: &str) -> (Pairs, Option<usize>) {
    let View::Section(section) = view else {
        return (sent.0.clone(), None);
    };
    if sent.get(WAS).is_empty() {
        return (sent.0.clone(), None);
    }
    let was: Pairs = sent
        .0
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(WAS)?.to_owned(), value.clone())))
        .collect();
    let fields = opened
        .content
        .fields_of(section, outline)
        .unwrap_or_default();
    let held = opened.content.section(section, outline).unwrap_or_default();
    let (was, typed) = (typed_into(&fields, &was), typed_into(&fields, &sent.0));
    let texts = Texts {
        was: &was,
        held: &held,
        typed: &typed,
    };
    let (pairs, conflicts) = put_together(&fields, texts, by);
    (pairs, Some(conflicts))
}

/// A section before two changes of it, and after each of them.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'a> {
    pub(crate) was: &'a Pairs,
    pub(crate) held: &'a Pairs,
    pub(crate) typed: &'a Pairs,
}

/// Returns both changes of a section put together, and in how many places both have changed the same; `by` names whose change
/// is held.
pub(crate) fn put_together(
    fields: &[&'static Field],
    texts: Texts<'_>,
    by: &str,
) -> (Pairs, usize) {
    let labels = Labels {
        saved: &saved_label(by),
        typed: TYPED_LABEL,
    };
    let (mut pairs, mut conflicts) = (Pairs::new(), 0);
    for field in fields {
        let of_field = |pairs: &Pairs| -> Pairs {
            let own = pairs.iter().filter(|(name, _)| is_of(field, name));
            own.cloned().collect()
        };
        let (before, theirs, mine) = (
            of_field(texts.was),
            of_field(texts.held),
            of_field(texts.typed),
        );
        if mine == before {
            pairs.extend(theirs);
        } else if theirs == before || theirs == mine {
            pairs.extend(mine);
        } else if !field.is_text() {
            // One of two choices or days: what was typed is in the form, and what is saved is next to it.
            conflicts += 1;
            pairs.extend(mine);
        } else {
            let text = |pairs: &Pairs| pairs.first().map(|(_, text)| text.clone());
            let merged = merge(
                &text(&before).unwrap_or_default(),
                &text(&theirs).unwrap_or_default(),
                &text(&mine).unwrap_or_default(),
                labels,
            );
            conflicts += merged.conflicts;
            pairs.push((field.name.to_owned(), merged.text));
        }
    }
    (pairs, conflicts)
}
