//! Looking after one page: it is still true, or someone else looks after it from now on.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use node::{Node, audit::By, urls};
use pages::{
    PageError,
    accounts::{Asked, Fields},
    errors,
    frame::Frame,
    requester::SignedIn,
    words,
};
use people::{
    care::{self, Confirmed, Handed},
    drafts::{self, Begin},
};
use serde::Deserialize;
use store::{Account, Cared};
use wire::DocumentId;

use super::{Listed, Named, Opened, day, not_confirmed, open};
use crate::{
    Visit, framed, go_to,
    notice::Notice,
    page, person,
    withdraw::{WaitingView, waiting_view},
    write::words_of,
};

#[derive(Template)]
#[template(path = "care_one.html")]
struct CareOnePage {
    frame: Frame,
    notice: Option<Notice>,
    id: DocumentId,
    title: String,
    href: String,
    rev: u64,
    review: String,
    is_overdue: bool,
    /// By when it promises a result, and whether that day has come.
    promised: Option<(String, bool)>,
    carer: String,
    /// Since when, if the page was given to them.
    since: Option<String>,
    may_give: bool,
    /// The request to withdraw it that waits.
    waiting: Option<WaitingView>,
    /// Whether the reader is who asked, in vain, and when.
    kept: Option<String>,
    email: String,
    withdraw: String,
    change: String,
}

/// `GET /care/{id}`.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Asked(listed): Asked<Listed>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let (cared, carer) = match open(&visit, &signed_in, &id).await? {
        Opened::May(cared, carer) => (*cared, carer),
        Opened::MayNot(answer) => return Ok(answer),
    };
    let notice = match listed.done.as_str() {
        "true" => Some(Notice::done(
            "Thank you",
            "A new version says that the page is still true.",
        )),
        "given" => Some(Notice::done(
            "Handed over",
            "Someone else looks after this page now.",
        )),
        "asked" => Some(Notice::done(
            "Requested",
            "The editors of this site decide whether to withdraw the page.",
        )),
        _ => None,
    };
    one(&visit, &signed_in, notice, cared, carer, "").await
}

async fn one(
    visit: &Visit<'_>,
    signed_in: &SignedIn,
    notice: Option<Notice>,
    cared: Cared,
    carer: Option<Account>,
    email: &str,
) -> Result<Response, PageError> {
    let Named { title, href } = Named::new(visit.node, &cared);
    let is_owner = carer
        .as_ref()
        .is_some_and(|carer| cared.owner == Some(carer.id));
    let today = visit.now().date();
    let is_problem = notice.as_ref().is_some_and(|notice| notice.is_problem);
    let request = visit.store.withdrawal_request(cared.id).await?;
    let own = request.filter(|request| request.account == signed_in.0.id);
    let shown = CareOnePage {
        kept: own.and_then(|request| request.kept_at).map(day),
        waiting: waiting_view(visit, cared.id, signed_in.0.id).await?,
        frame: framed(visit, &format!("Looking after {title}")),
        notice,
        id: cared.id,
        href,
        rev: cared.rev,
        promised: cared
            .expected_by
            .map(|day| (words::date(day), day <= today)),
        is_overdue: cared.review_by.is_some_and(|date| date < today),
        review: cared
            .review_by
            .map_or_else(|| "No review is planned".to_owned(), words::date),
        since: cared.owner_since.filter(|_| is_owner).map(day),
        carer: carer.map_or_else(|| "No one".to_owned(), |carer| carer.name),
        may_give: person(signed_in).reviews(),
        email: email.to_owned(),
        withdraw: urls::withdraw(cared.id),
        change: urls::change(cared.id),
        title,
    };
    let status = if is_problem {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    page(status, &shown)
}

/// What to do with a page.
#[derive(Debug, Default, Deserialize)]
pub struct CareFields {
    #[serde(default)]
    act: String,
    #[serde(default)]
    rev: u64,
    #[serde(default)]
    email: String,
}

/// The section of a case study with the figures and what its page still promises.
const FIGURES: &str = "figures";

/// Begins the change in which a promised result is reported, or goes on with the one that this person has begun.
async fn report(
    visit: &Visit<'_>,
    signed_in: &SignedIn,
    id: DocumentId,
) -> Result<Result<Response, Notice>, PageError> {
    let begun = drafts::begin(visit, person(signed_in), Begin::Edit(id)).await?;
    Ok(match begun {
        Ok(draft) => Ok(go_to(&urls::draft_section(draft, FIGURES))),
        Err(refusal) => {
            let (_, text) = words_of(refusal);
            Err(Notice::problem("No change was begun", text))
        }
    })
}

/// `POST /care/{id}`: says that a page is still true, begins the report of its result, or gives it to someone else to look
/// after.
///
/// # Errors
/// Of the database.
pub async fn act(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Fields(fields): Fields<CareFields>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let (cared, carer) = match open(&visit, &signed_in, &id).await? {
        Opened::May(cared, carer) => (*cared, carer),
        Opened::MayNot(answer) => return Ok(answer),
    };
    let by = By::Account(signed_in.0.id);
    let done = |what: &str| {
        Ok(go_to(&urls::with_query(
            &urls::care(cared.id),
            &format!("done={what}"),
        )))
    };
    let problem = match fields.act.as_str() {
        "still-true" => match care::confirm(&node, &by, cared.id, fields.rev).await? {
            Confirmed::Done => return done("true"),
            refused => not_confirmed(&refused),
        },
        "report" => match report(&visit, &signed_in, cared.id).await? {
            Ok(begun) => return Ok(begun),
            Err(refused) => refused,
        },
        "give" if person(&signed_in).reviews() => {
            let text = match care::set_owner(&node, &by, cared.id, &fields.email).await? {
                Handed::Done(_) => return done("given"),
                Handed::NoSuchDocument => return Ok(errors::missing(&visit)),
                Handed::Same => "They look after it already. Enter the address of someone else",
                Handed::CannotWrite | Handed::NoSuchPerson => {
                    "Enter the email address of a person who has an account and can write"
                }
            };
            Notice::problem("Nothing was handed over", text).at("email")
        }
        _ => return Ok(errors::page_of(StatusCode::BAD_REQUEST)),
    };
    one(
        &visit,
        &signed_in,
        Some(problem),
        cared,
        carer,
        &fields.email,
    )
    .await
}
