//! Submitting a draft: what is wrong with it, what its author confirms.

use askama::Template;
use axum::response::Response;
use drafting::{Checked, Place};
use http::StatusCode;
use node::urls;
use pages::{PageError, drafts::title_of, errors, frame::Frame};
use people::{
    drafts::{self, Found, Opened, Person},
    review::{self, SubmitOutcome, Theirs},
};
use store::DraftState;
use wire::DocumentId;

use crate::{
    ERROR, FaultLink, Visit, fault_link, framed, go_to, links, notice::Notice, page, sent::Sent,
    waits,
};

/// The field with the attached files that were checked: those of its author do not raise the version of a draft.
pub(crate) const FILES: &str = "files";

#[derive(Template)]
#[template(path = "submit.html")]
struct SubmitPage {
    frame: Frame,
    id: DocumentId,
    title: String,
    notice: Option<Notice>,
    faults: Vec<FaultLink>,
    warnings: Vec<FaultLink>,
    advice: Vec<FaultLink>,
    /// What an adapted draft still says in the words of its origin, and has to be said to be true here.
    theirs: Vec<FaultLink>,
    /// What the person has confirmed, and what was asked for in vain.
    said: Confirmed,
    version: u64,
    /// The attached files that were checked.
    files: String,
    is_waiting: bool,
    /// How long others waited for a review.
    wait: Option<String>,
    newer: bool,
    /// Whether there are several sections, so that each fault names its own.
    has_sections: bool,
}

/// What the person who submits a draft has confirmed.
#[derive(Debug, Clone, Copy, Default)]
struct Confirmed {
    /// Whether the form was sent, so that what is missing is a fault.
    is_sent: bool,
    /// That nothing could identify a patient.
    declared: bool,
    /// That what is in the words of others is true here.
    theirs: bool,
}

impl Confirmed {
    fn new(sent: &Sent) -> Self {
        Self {
            is_sent: true,
            declared: !sent.get("declared").is_empty(),
            theirs: !sent.get("theirs").is_empty(),
        }
    }

    /// Says what has to be confirmed; `None` if nothing has to.
    fn missing(self, has_theirs: bool) -> Option<Notice> {
        let declare = "Say that you have checked that nothing here could identify a patient";
        let confirm = "Change the parts in the words of others, or say that they are true here";
        let (text, field) = match (self.declared, self.theirs || !has_theirs) {
            (true, true) => return None,
            (false, true) => (declare.to_owned(), "declared"),
            (true, false) => (confirm.to_owned(), "theirs"),
            (false, false) => (format!("{confirm}. {declare}"), "theirs"),
        };
        Some(Notice::problem("There is a problem", text).at(field))
    }
}

/// What a check has found, and the files that it was made of.
struct Seen {
    checked: Checked,
    files: String,
}

/// Checks a draft. Which files it has is read first: one that is attached meanwhile is not among those that were seen.
async fn look_at(node: &Visit<'_>, opened: &Opened) -> Result<Seen, PageError> {
    let files = review::files_of(node, opened.draft.id).await?;
    let checked = review::check(node, opened).await?;
    Ok(Seen { checked, files })
}

/// Shows what is wrong with a draft, or the form that submits it.
pub(crate) async fn submit_page(
    node: &Visit<'_>,
    opened: &Opened,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let seen = look_at(node, opened).await?;
    let status = match notice {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let said = Confirmed::default();
    submit_view(node, opened, seen, (notice, said), status).await
}

async fn submit_view(
    node: &Visit<'_>,
    opened: &Opened,
    Seen { checked, files }: Seen,
    (notice, said): (Option<Notice>, Confirmed),
    status: StatusCode,
) -> Result<Response, PageError> {
    let id = opened.draft.id;
    let theirs = review::theirs_of(node, opened).await?;
    // While something else is wrong, the question about these is not there yet.
    let is_asked = |place: &&Place| checked.faults.is_empty() && theirs.contains(place);
    let advice = checked.advice.iter().filter(|place| !is_asked(place));
    let title = title_of(node, opened).await?;
    let links = |places: &[Place]| links(id, places);
    let error = match checked.faults.is_empty() && notice.is_none() {
        true => "",
        false => ERROR,
    };
    let submit = SubmitPage {
        frame: framed(node, &format!("{error}Check and submit: {title}")),
        id,
        notice,
        faults: links(&checked.faults),
        warnings: checked
            .warned()
            .map(|place| fault_link(id, place))
            .collect(),
        advice: advice.map(|place| fault_link(id, place)).collect(),
        theirs: links(&theirs),
        said,
        version: opened.draft.version,
        files,
        is_waiting: opened.draft.state == DraftState::Submitted,
        wait: waits::said(node).await?,
        newer: drafts::is_outdated(node, &opened.draft).await?,
        has_sections: checked.states.len() > 1,
        title,
    };
    page(status, &submit)
}

/// Submits a draft whose author says that it can identify no patient.
pub(crate) async fn submit(
    node: &Visit<'_>,
    person: Person,
    id: DocumentId,
    sent: &Sent,
) -> Result<Response, PageError> {
    let Found::Open(opened) = drafts::open(node, person, id).await? else {
        return Ok(errors::missing(node));
    };
    let said = Confirmed::new(sent);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let has_theirs = !review::theirs_of(node, &opened).await?.is_empty();
    if let Some(missing) = said.missing(has_theirs) {
        let seen = look_at(node, &opened).await?;
        // The questions are asked once nothing else is wrong.
        let notice = seen.checked.faults.is_empty().then_some(missing);
        return submit_view(node, &opened, seen, (notice, said), status).await;
    }
    let theirs = match said.theirs {
        true => Theirs::TrueHere,
        false => Theirs::Unsaid,
    };
    let (version, files) = (sent.version(), Some(sent.get(FILES)));
    match review::submit_with(node, person, id, version, theirs, files).await? {
        SubmitOutcome::Submitted => Ok(go_to(&urls::draft(id))),
        SubmitOutcome::Faults(_) | SubmitOutcome::Theirs(_) => {
            let seen = look_at(node, &opened).await?;
            submit_view(node, &opened, seen, (None, said), status).await
        }
        SubmitOutcome::Changed => {
            let text = "The draft or its files were changed since you saw this page. Read it again, and then submit it.";
            let notice = Notice::problem("Not submitted", text);
            submit_page(node, &opened, Some(notice)).await
        }
        SubmitOutcome::Outdated => submit_page(node, &opened, None).await,
        SubmitOutcome::Missing => Ok(errors::missing(node)),
    }
}
