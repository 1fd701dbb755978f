//! One section of a draft, or the whole of it as one file: shown, saved, and compared when someone else has saved it.

mod merging;
mod view;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use drafting::{Content, Pairs, Place, check};
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, drafts::title_of, errors, frame::Frame, requester::SignedIn, words};
use people::{
    drafts::{self, Found, Opened, Person, SaveOutcome, outline},
    review,
};
use serde::Deserialize;
use store::DraftState;
use wire::DocumentId;

use crate::{
    FaultLink, SectionLink, Visit,
    compare::FieldDifference,
    draft, fault_link,
    fields::FieldView,
    framed, from_file, go_to, lost, marked_links, newer,
    notice::Notice,
    origin, page, person,
    remarks::{self, Remarks},
    sent::Sent,
    shown,
};
pub(crate) use merging::{Texts, WAS, put_together};
use view::{Comment, Shown, View, comments, next_page, products};

#[derive(Template)]
#[template(path = "section.html")]
struct SectionPage {
    frame: Frame,
    id: DocumentId,
    back: (String, &'static str),
    title: String,
    state: &'static str,
    saved: String,
    notice: Option<Notice>,
    /// What there is to say about the section that was saved before.
    remarks: Option<Remarks>,
    faults: Vec<FaultLink>,
    warnings: Vec<FaultLink>,
    /// What is still in the words of the document that this is adapted from.
    unchanged: Vec<FaultLink>,
    comments: Vec<Comment>,
    differences: Vec<FieldDifference>,
    /// What the fields said when the page was made, so that two changes of one text can be put together.
    was: Pairs,
    version: u64,
    /// `3 of 13: What we did`.
    heading: String,
    intro: &'static str,
    fields: Vec<FieldView>,
    /// The fields below them that most can leave out or leave as they are, and whether someone has to see one of them.
    more: Vec<FieldView>,
    more_is_open: bool,
    /// The whole draft as one file, instead of fields.
    file: Option<String>,
    name: &'static str,
    /// Whether it is the only section of its form.
    is_single: bool,
    is_waiting: bool,
    /// Whether it has what was typed and is not saved.
    is_typed: bool,
    sections: Vec<SectionLink>,
    /// Products that other documents name.
    products: Vec<String>,
}

impl SectionPage {
    /// Returns the title of the section after this one.
    fn next(&self) -> Option<&'static str> {
        let mut after = self
            .sections
            .iter()
            .skip_while(|section| !section.is_current);
        after.nth(1).map(|section| section.title)
    }
}

/// The query of a section.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// Whether missing values are reported too.
    #[serde(default)]
    faults: String,
    /// The section that was saved before.
    #[serde(default)]
    saved: String,
}

/// What a section's page says besides the draft.
#[derive(Default)]
struct Extra {
    notice: Option<Notice>,
    remarks: Option<Remarks>,
    /// What was typed and is not saved.
    typed: Option<Pairs>,
    differences: Vec<FieldDifference>,
    shows_missing: bool,
}

/// `GET /drafts/{id}/{section}`.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, name)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let node = Visit::new(&node, &signed_in.0);
    let person = person(&signed_in);
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    let opened = match drafts::open(&node, person, id).await? {
        Found::Open(opened) => opened,
        Found::Published(draft) => return shown::published(&node, &draft).await,
        Found::Missing => return Ok(errors::missing(&node)),
    };
    match name.as_str() {
        draft::PREVIEW => shown::preview(&node, &opened, &wanted.saved).await,
        draft::SUBMIT => draft::submit_page(&node, &opened, None).await,
        draft::DELETE => draft::delete_page(&node, &opened).await,
        draft::NEWER => newer::show(&node, &opened).await,
        draft::ORIGIN => origin::show(&node, &opened).await,
        draft::CONVERTED => from_file::done(&node, &opened).await,
        name => {
            let Some(view) = view_of(&opened.content, name) else {
                return Ok(errors::missing(&node));
            };
            let extra = Extra {
                remarks: remarks::remarks(&node, &opened, &wanted.saved).await?,
                shows_missing: !wanted.faults.is_empty(),
                ..Extra::default()
            };
            section_page(&node, &opened, view, extra, StatusCode::OK).await
        }
    }
}

/// `POST /drafts/{id}/{section}`.
///
/// # Errors
/// Of the database.
pub async fn save(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path((id, name)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, PageError> {
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    let node = Visit::new(&node, &signed_in.0);
    let person = person(&signed_in);
    match name.as_str() {
        draft::SUBMIT => return draft::submit(&node, person, id, &sent).await,
        draft::DELETE => return draft::delete(&node, person, id, &sent).await,
        draft::NEWER => return newer::rebase(&node, person, id, &sent).await,
        _ => {}
    }
    let opened = match drafts::open(&node, person, id).await? {
        Found::Open(opened) => opened,
        Found::Published(_) | Found::Missing => {
            return lost::unsaved(&node, sent.0);
        }
    };
    let Some(view) = view_of(&opened.content, &name) else {
        return lost::unsaved(&node, sent.0);
    };
    if !sent.get("take").is_empty() {
        return merging::take_saved(&node, &opened, view, &sent).await;
    }
    let mut base = sent.version();
    if sent.get("then") == "take-back" && review::take_back(&node, person, id, base).await? {
        base += 1;
    }
    let outcome = put(&node, person, id, view, base, sent.0.clone()).await?;
    answer(&node, person, id, outcome, view, &sent).await
}

async fn put(
    node: &Node,
    person: Person,
    id: DocumentId,
    view: View,
    base: u64,
    pairs: Pairs,
) -> Result<SaveOutcome, PageError> {
    let outcome = match view {
        View::Section(section) => {
            drafts::save_section(node, person, id, section, base, pairs).await?
        }
        View::File => {
            let file = pairs.into_iter().find(|(name, _)| name == "file");
            let text = file.map(|(_, text)| text).unwrap_or_default();
            drafts::save_file(node, person, id, base, text).await?
        }
    };
    Ok(outcome)
}

/// Answers what a form has sent: redirects to the next page, or shows what was typed with the reason why it is not saved.
async fn answer(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    outcome: SaveOutcome,
    view: View,
    sent: &Sent,
) -> Result<Response, PageError> {
    let (opened, notice, status) = match outcome {
        SaveOutcome::Saved { .. } => {
            let next = next_page(id, view, sent);
            return Ok(go_to(
                &remarks::next(node, person, id, view.name(), next).await?,
            ));
        }
        SaveOutcome::Conflict(opened) => return merging::conflict(node, &opened, view, sent).await,
        SaveOutcome::Waiting(opened) => {
            let text = "This draft is waiting for review. Take it back to change it. Your text is below and is not saved yet.";
            let notice = Notice::problem("Not saved yet", text);
            (opened, notice, StatusCode::CONFLICT)
        }
        SaveOutcome::Unreadable(opened, fault) => {
            let text = format!(
                "The file has front matter that cannot be read: {fault}. Your text is below and is not saved yet."
            );
            let href = urls::draft_section(opened.draft.id, check::FILE);
            let notice = Notice::problem("Not saved yet", text).with_link("Correct the file", href);
            (opened, notice, StatusCode::CONFLICT)
        }
        SaveOutcome::TooLong(opened) => {
            let text = "Your text is too long. It is below and is not saved yet. Shorten it and save again.";
            let notice = Notice::problem("Not saved yet", text);
            (opened, notice, StatusCode::PAYLOAD_TOO_LARGE)
        }
        SaveOutcome::Published(_) | SaveOutcome::Missing => {
            return lost::unsaved(node, sent.0.clone());
        }
    };
    let extra = Extra {
        notice: Some(notice),
        typed: Some(sent.0.clone()),
        ..Extra::default()
    };
    section_page(node, &opened, view, extra, status).await
}

fn view_of(content: &Content, name: &str) -> Option<View> {
    if name == check::FILE {
        return Some(View::File);
    }
    content.form()?.section(name).map(View::Section)
}

async fn section_page(
    node: &Visit<'_>,
    opened: &Opened,
    view: View,
    extra: Extra,
    status: StatusCode,
) -> Result<Response, PageError> {
    let (draft, content) = (&opened.draft, &opened.content);
    let (checked, name) = (drafts::checked(node, opened).await?, view.name());
    let (heading, intro) = heading(content, view);
    let Some(pairs) = pairs(content, view, extra.typed.as_ref()) else {
        return Ok(go_to(&urls::draft_section(draft.id, check::FILE)));
    };
    let shown = Shown {
        view,
        pairs: &pairs,
        is_published: drafts::is_published(node, draft).await?,
        is_saved: extra.typed.is_none(),
        shows_missing: extra.shows_missing,
    };
    let faults = shown.faults(&checked.faults);
    let fields = shown.fields(content, &faults);
    let (warnings, comments) = (shown.warnings(content, &checked), comments(opened, &fields));
    let (more, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(FieldView::is_folded);
    let file = matches!(view, View::File).then(|| file_of(content, extra.typed.as_ref()));
    let links = |places: &[Place]| places.iter().map(|one| here(one, draft.id, view)).collect();
    let is_single = checked.states.len() == 1 && file.is_none();
    let unfolds = |field: &FieldView| unfolds(field, &warnings, &comments);
    let title = title_of(node, opened).await?;
    let section = SectionPage {
        frame: framed(node, &format!("{heading} – {title}")),
        id: draft.id,
        back: (urls::draft(draft.id), back_words(is_single)),
        state: pages::drafts::state_words(draft),
        saved: words::time(draft.changed_at),
        notice: extra.notice,
        remarks: extra.remarks,
        faults: links(&faults),
        more_is_open: more.iter().any(unfolds),
        warnings: links(&warnings),
        unchanged: links(&shown.own(&drafts::unchanged(node, content).await?)),
        comments,
        differences: extra.differences,
        was: merging::was(content, view),
        version: draft.version,
        heading,
        intro,
        fields,
        more,
        file,
        name,
        is_single,
        is_waiting: draft.state == DraftState::Submitted,
        is_typed: extra.typed.is_some(),
        sections: marked_links(opened, &checked.states, name),
        products: products(node, name).await?,
        title,
    };
    page(status, &section)
}

/// Returns what was typed into a section, or else what is saved of it; `None` of a file that cannot be read, which
/// is put right as a file.
fn pairs(content: &Content, view: View, typed: Option<&Pairs>) -> Option<Pairs> {
    match (typed, view) {
        (Some(typed), _) => Some(typed.clone()),
        (None, View::File) => Some(Pairs::new()),
        (None, View::Section(section)) => content.section(section, outline).ok(),
    }
}

/// Returns whether someone has to see a field that is folded.
fn unfolds(field: &FieldView, warnings: &[Place], comments: &[Comment]) -> bool {
    let mut warned = warnings.iter().map(|warning| &warning.field);
    let mut commented = comments.iter().map(|comment| &comment.field);
    field.unfolds()
        || warned.any(|name| *name == field.name)
        || commented.any(|name| *name == field.name)
}

/// Returns the file that was typed, or else the one that is saved.
fn file_of(content: &Content, typed: Option<&Pairs>) -> String {
    let Some(typed) = typed else {
        return content.file();
    };
    let file = typed.iter().find(|(name, _)| name == "file");
    file.map(|(_, text)| text.clone()).unwrap_or_default()
}

fn back_words(is_single: bool) -> &'static str {
    if is_single {
        "About this draft"
    } else {
        "All sections"
    }
}

/// Links a fault of the page that is shown to its field.
fn here(fault: &Place, id: DocumentId, view: View) -> FaultLink {
    let link = fault_link(id, fault);
    let href = match view {
        View::File => "#file".to_owned(),
        View::Section(_) => match link.href.split_once('#') {
            Some((_, anchor)) => format!("#{anchor}"),
            None => link.href,
        },
    };
    FaultLink { href, ..link }
}

/// Returns the heading of a page, and what is said below it.
fn heading(content: &Content, view: View) -> (String, &'static str) {
    let View::Section(section) = view else {
        return ("The whole draft as one file".to_owned(), "");
    };
    let sections = content.form().map(|form| form.sections).unwrap_or_default();
    let index = sections.iter().position(|held| held.name == section.name);
    let heading = match index {
        Some(index) if sections.len() > 1 => {
            format!("{} of {}: {}", index + 1, sections.len(), section.title)
        }
        Some(_) | None => section.title.to_owned(),
    };
    (heading, section.intro)
}
