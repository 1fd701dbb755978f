//! What a reviewer decides about a draft: it is carried out, or the page says why not and has what was typed.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, errors, requester::SignedIn};
use people::{
    drafts::{self, Found},
    review::{self, ApproveOutcome, Comments, ReturnOutcome},
};
use wire::{Digest, DocumentId};

use super::{
    accepting::{self, Unconfirmed, unconfirmed},
    paragraphs::{self, COMMENT, FaultyComment, notes_of, placed},
    show,
};
use crate::{
    FaultLink, Visit, draft, go_to,
    lost::{self, AGAIN},
    notice::Notice,
    person,
    sent::Sent,
};

/// What says that a comment with a warning identifies no patient.
pub(super) const CONFIRMED: &str = "confirmed";
/// What to do about comments with warnings.
pub(super) const CONFIRM: &str =
    "Change each comment that is marked, or confirm that none of them identifies a patient";

/// Why a decision was not carried out.
pub(super) struct Refused {
    pub(super) status: StatusCode,
    pub(super) notice: Option<Notice>,
    pub(super) unconfirmed: Unconfirmed,
    /// The comments that cannot be kept as they are.
    pub(super) comments: Vec<FaultyComment>,
    /// Where they can be kept once the reviewer confirms them: what the form sends then.
    pub(super) confirmable: Option<Digest>,
}

impl Default for Refused {
    /// Nothing was decided yet.
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            notice: None,
            unconfirmed: Unconfirmed::default(),
            comments: Vec::new(),
            confirmable: None,
        }
    }
}

impl Refused {
    fn new(status: StatusCode, notice: Notice) -> Self {
        Self {
            status,
            notice: Some(notice),
            ..Self::default()
        }
    }

    fn unconfirmed(unconfirmed: Unconfirmed) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            unconfirmed,
            ..Self::default()
        }
    }

    fn comments(comments: Vec<FaultyComment>) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            comments,
            ..Self::default()
        }
    }

    /// The draft is not what the reviewer has seen.
    fn changed() -> Self {
        let text = "The draft was changed, taken back or published since you saw this page. What has changed is marked below: read it before you decide. The comment for the author has what you wrote about paragraphs that are gone.";
        Self::new(
            StatusCode::CONFLICT,
            Notice::problem("Nothing was done", text),
        )
    }

    /// Returns all of it as faults of the page.
    pub(super) fn faults(&self) -> Vec<FaultLink> {
        let mut faults = self.unconfirmed.faults();
        faults.extend(self.comments.iter().map(FaultyComment::link));
        faults.extend(self.confirmable.map(|_| FaultLink {
            href: format!("#{CONFIRMED}"),
            text: CONFIRM.to_owned(),
            section: "",
        }));
        faults
    }
}

/// `POST /review/{id}`.
///
/// # Errors
/// Of the database.
pub async fn decide(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, PageError> {
    let Some(id) = DocumentId::parse(&id) else {
        return Ok(errors::missing(&node));
    };
    let node = Visit::new(&node, &signed_in.0);
    let decision = sent.get("decision");
    // The page that kept it for someone who was signed out: nothing is decided by going on.
    if !sent.get(AGAIN).is_empty() {
        let text = "What you wrote is in the form again. Nothing is decided yet.";
        let notice = Notice::done("Your text is here", text);
        let refused = Refused::new(StatusCode::OK, notice);
        return show(&node, &signed_in, id, refused, &sent).await;
    }
    if matches!(decision, "approve" | "edit")
        && let Some(refused) = unsent(&node, &signed_in, id, &sent).await?
    {
        return show(&node, &signed_in, id, refused, &sent).await;
    }
    let decided = match decision {
        "approve" => approve(&node, &signed_in, id, &sent).await?,
        "return" | "decline" => send_back(&node, &signed_in, id, &sent).await?,
        "edit" => match review::take_back(&node, person(&signed_in), id, sent.version()).await? {
            true => Ok(go_to(&urls::draft(id))),
            false => Err(Refused::changed()),
        },
        _ => {
            let notice = Notice::problem("There is a problem", "Choose what to do with the draft");
            Err(Refused::new(StatusCode::UNPROCESSABLE_ENTITY, notice))
        }
    };
    match decided {
        Ok(response) => Ok(response),
        Err(refused) => show(&node, &signed_in, id, refused, &sent).await,
    }
}

/// Refuses to approve or to take back a draft about which a comment is in the form: it would be lost.
async fn unsent(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    sent: &Sent,
) -> Result<Option<Refused>, PageError> {
    let Found::Open(opened) = drafts::open(node, person(signed_in), id).await? else {
        return Ok(None);
    };
    let (_, names) = notes_of(&opened, &placed(&opened, sent));
    let text = "The author sees this comment only if you return the draft. Return it, or remove the comment";
    let comments = names.into_iter().map(|name| FaultyComment {
        name,
        text: text.to_owned(),
    });
    let comments: Vec<FaultyComment> = comments.collect();
    Ok((!comments.is_empty()).then(|| Refused::comments(comments)))
}

async fn approve(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    sent: &Sent,
) -> Result<Result<Response, Refused>, PageError> {
    // All that is not confirmed is said at once.
    if sent.get("declared").is_empty() {
        let unconfirmed = unconfirmed(node, signed_in, id, sent).await?;
        return Ok(Err(Refused::unconfirmed(unconfirmed)));
    }
    let reasons = accepting::reasons(sent);
    let outcome = review::approve(node, person(signed_in), id, sent.version(), &reasons).await?;
    let problem = |status, text: &str| Refused::new(status, Notice::problem("Not published", text));
    let refused = match outcome {
        ApproveOutcome::Published(_) => return Ok(Ok(go_to(&urls::draft(id)))),
        ApproveOutcome::Unchanged => problem(
            StatusCode::CONFLICT,
            "It says the same as what is published already. Return it, so that its author can delete it.",
        ),
        ApproveOutcome::OwnText => problem(
            StatusCode::FORBIDDEN,
            "You have written or submitted this yourself. Someone else has to approve it.",
        ),
        ApproveOutcome::Warnings(reasons) => Refused::unconfirmed(Unconfirmed {
            undeclared: false,
            reasons,
        }),
        ApproveOutcome::Changed => Refused::changed(),
        ApproveOutcome::Stale => {
            let text = "The page was changed since this draft was begun. Compare them, and put the newer changes into the draft first.";
            let href = urls::draft_section(id, draft::NEWER);
            let notice = Notice::problem("Not published", text);
            Refused::new(
                StatusCode::CONFLICT,
                notice.with_link("Compare with what is published", href),
            )
        }
        ApproveOutcome::Faults(faults) => {
            let texts: Vec<String> = faults.into_iter().map(|fault| fault.text).collect();
            let text = format!("It cannot be published as it is: {}.", texts.join("; "));
            problem(StatusCode::UNPROCESSABLE_ENTITY, &text)
        }
        ApproveOutcome::Missing => return Ok(Ok(errors::missing(node))),
    };
    Ok(Err(refused))
}

async fn send_back(
    node: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
    sent: &Sent,
) -> Result<Result<Response, Refused>, PageError> {
    let person = person(signed_in);
    let opened = match drafts::open(node, person, id).await? {
        Found::Open(opened) => opened,
        found => {
            let answer = lost::decided(node, &found, sent.0.clone()).await?;
            return Ok(Ok(answer));
        }
    };
    let (notes, names) = notes_of(&opened, &placed(&opened, sent));
    let version = sent.version();
    let comments = Comments {
        notes,
        confirmed: Digest::parse(sent.get(CONFIRMED)),
    };
    let outcome = match sent.get("decision") {
        "decline" => review::decline_draft(node, person, id, version, comments).await?,
        _ => review::return_draft(node, person, id, version, comments).await?,
    };
    Ok(match outcome {
        ReturnOutcome::Returned => {
            let done = match sent.get("decision") {
                "decline" => "done=declined",
                _ => "done=returned",
            };
            Ok(go_to(&urls::with_query(urls::REVIEW, done)))
        }
        ReturnOutcome::Empty => {
            let text = match sent.get("decision") {
                "decline" => "Write a comment, so that the author knows why",
                _ => "Write a comment, so that the author knows what to change",
            };
            Err(Refused::comments(vec![FaultyComment {
                name: COMMENT.to_owned(),
                text: text.to_owned(),
            }]))
        }
        ReturnOutcome::Faults {
            faults,
            confirmable,
        } => Err(Refused {
            confirmable,
            ..Refused::comments(paragraphs::faulty(names, faults))
        }),
        ReturnOutcome::Changed => Err(Refused::changed()),
        ReturnOutcome::Missing => Ok(errors::missing(node)),
    })
}
