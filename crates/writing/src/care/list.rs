//! The list of reviews that are due and of requests to withdraw, and handing over what a person looks after.

use std::{sync::Arc, time::Duration};

use askama::Template;
use axum::{extract::State, response::Response};
use http::StatusCode;
use node::{Node, audit::By, urls};
use pages::{
    PageError,
    accounts::{Asked, Fields},
    frame::Frame,
    link::Link,
    requester::SignedIn,
    words,
};
use people::care::{self, Handed};
use serde::Deserialize;
use store::Cared;
use wire::{Date, DocumentId, Timestamp};

use super::{Listed, handing};
use crate::{Visit, framed, go_to, name_of, notice::Notice, page, person};

/// Pages of the list; more are on the next one.
const MAX_LISTED: u32 = 100;
/// Days ahead for which reviews are listed.
const DAYS_AHEAD: u32 = 30;
const DAY: Duration = Duration::from_secs(86_400);

#[derive(Template)]
#[template(path = "care.html")]
struct CarePage {
    frame: Frame,
    notice: Option<Notice>,
    requests: Vec<RequestRow>,
    due: Vec<CareRow>,
    more: Option<String>,
    from: String,
    to: String,
}

/// A page whose review is due.
#[derive(Debug, Clone)]
struct CareRow {
    link: Link,
    when: String,
    is_overdue: bool,
    carer: String,
}

/// A request to withdraw a page.
#[derive(Debug, Clone)]
struct RequestRow {
    id: DocumentId,
    /// To withdraw it, with its title.
    link: Link,
    /// The page itself.
    page: String,
    by: String,
    why: &'static str,
    /// The page that replaces it.
    successor: Option<Link>,
    when: String,
    /// When it was made, as the form sends it back.
    seen: i64,
}

/// `GET /care`.
///
/// # Errors
/// Of the database.
pub async fn list(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Asked(listed): Asked<Listed>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let handed_over = |count: u64| {
        let count = words::counted(count, "page was", "pages were");
        Notice::done("Handed over", format!("{count} handed over."))
    };
    let notice = match listed.done.as_str() {
        "kept" => Some(Notice::done("Kept", "The page is published as before.")),
        count => count.parse().ok().map(handed_over),
    };
    let fields = HandOver::default();
    answer(&visit, notice, StatusCode::OK, &fields, &listed.after).await
}

/// A form that hands over all pages of a person.
#[derive(Debug, Default, Deserialize)]
pub struct HandOver {
    /// Whether the question was answered who takes over, and how much that is.
    #[serde(default)]
    confirmed: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    /// A page that someone has asked to withdraw, and that is kept.
    #[serde(default)]
    keep: String,
    /// When the request was made that its list showed.
    #[serde(default)]
    seen: String,
}

/// `POST /care`: hands over everything that one person looks after, or declines a request to withdraw a page.
///
/// # Errors
/// Of the database.
pub async fn hand_over(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Fields(fields): Fields<HandOver>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    if let Some(id) = DocumentId::parse(&fields.keep) {
        let seen = fields.seen.parse().unwrap_or_default();
        let seen = Timestamp::from_millis(seen);
        if care::decline(&node, person(&signed_in), id, seen).await? {
            return Ok(go_to(&urls::with_query(urls::CARE, "done=kept")));
        }
        let notice = Notice::problem("Nothing was decided", OTHER_REQUEST);
        let (fields, conflict) = (HandOver::default(), StatusCode::CONFLICT);
        return answer(&visit, Some(notice), conflict, &fields, "").await;
    }
    let by = By::Account(signed_in.0.id);
    // What is refused is said below, before anyone is asked.
    if fields.confirmed.is_empty()
        && let Some(question) = handing::ask(&visit, &fields.from, &fields.to).await?
    {
        return Ok(question);
    }
    match care::hand_over(&node, &by, &fields.from, &fields.to).await? {
        Handed::Done(count) => Ok(go_to(&urls::with_query(
            urls::CARE,
            &format!("done={count}"),
        ))),
        refused => {
            let (notice, status) = (not_handed_over(refused), StatusCode::UNPROCESSABLE_ENTITY);
            answer(&visit, Some(notice), status, &fields, "").await
        }
    }
}

/// What to do where another request waits than the one that was shown, or none.
const OTHER_REQUEST: &str = "Since you saw this page, the author has asked again, or someone has decided. Read what is asked now.";

/// Says why nothing was handed over, and at which of the two fields.
fn not_handed_over(why: Handed) -> Notice {
    let (text, field) = match why {
        Handed::NoSuchPerson => (
            "No account has the first address. Enter the address that the person signs in with",
            "from",
        ),
        Handed::Same => (
            "Both addresses are of one person. Enter the address of someone else",
            "to",
        ),
        Handed::CannotWrite | Handed::NoSuchDocument | Handed::Done(_) => (
            "No one with the second address can sign in and write here. Enter that of a contributor, an editor or an administrator",
            "to",
        ),
    };
    Notice::problem("Nothing was handed over", text).at(field)
}

/// Shows the list from a place on.
async fn answer(
    visit: &Visit<'_>,
    notice: Option<Notice>,
    status: StatusCode,
    fields: &HandOver,
    after: &str,
) -> Result<Response, PageError> {
    let horizon = visit.now().plus(DAY * DAYS_AHEAD).date();
    let place = place_of(after);
    let cared = visit
        .store
        .due_for_review(horizon, place, MAX_LISTED)
        .await?;
    let listed = CarePage {
        frame: framed(visit, "Looking after pages"),
        notice,
        requests: requests(visit).await?,
        more: more(&cared),
        due: due(visit, &cared).await?,
        from: fields.from.clone(),
        to: fields.to.clone(),
    };
    page(status, &listed)
}

/// Reads a place in the list from its address: a day, and the page after which the list continues.
fn place_of(after: &str) -> Option<(Date, DocumentId)> {
    let (date, id) = after.split_once(' ')?;
    Some((Date::parse(date)?, DocumentId::parse(id)?))
}

/// Returns the address of the rest of a full list.
fn more(cared: &[Cared]) -> Option<String> {
    let is_full = cared.len() >= usize::try_from(MAX_LISTED).unwrap_or(usize::MAX);
    let last = cared.last().filter(|_| is_full)?;
    let place = format!("{} {}", last.review_by?, last.id);
    let query = format!("after={}", urls::encoded(&place));
    Some(urls::with_query(urls::CARE, &query))
}

/// Returns the rows of pages whose review is due.
async fn due(visit: &Visit<'_>, cared: &[Cared]) -> Result<Vec<CareRow>, PageError> {
    let today = visit.now().date();
    let mut rows = Vec::new();
    for one in cared {
        let carer = care::carer_of(visit.node, one).await?;
        rows.push(CareRow {
            link: Link::new(markdown::visible(&one.title), urls::care(one.id)),
            when: one.review_by.map(words::date).unwrap_or_default(),
            is_overdue: one.review_by.is_some_and(|date| date < today),
            carer: carer.map_or_else(|| "No one".to_owned(), |carer| carer.name),
        });
    }
    Ok(rows)
}

/// Returns the address of a page of this site.
fn own_page(visit: &Visit<'_>, id: DocumentId) -> String {
    let own = visit.identity();
    own.map_or_else(
        || urls::care(id),
        |own| urls::document_by_id(&own.handle, id),
    )
}

/// Returns the rows of what authors ask to withdraw.
async fn requests(visit: &Visit<'_>) -> Result<Vec<RequestRow>, PageError> {
    let mut rows = Vec::new();
    for (request, cared) in care::requests(visit.node).await? {
        let successor = match request.successor {
            Some(successor) => visit.store.cared(successor).await?,
            None => None,
        };
        let link = |cared: Cared| {
            let title = markdown::visible(&cared.title);
            Link::new(title, own_page(visit, cared.id))
        };
        rows.push(RequestRow {
            successor: successor.map(link),
            id: cared.id,
            link: Link::new(markdown::visible(&cared.title), urls::withdraw(cared.id)),
            page: own_page(visit, cared.id),
            by: name_of(visit.node, request.account).await?,
            why: crate::withdraw::label_of(&request.why),
            when: words::date(request.at.date()),
            seen: request.at.millis(),
        });
    }
    Ok(rows)
}
