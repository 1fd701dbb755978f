//! The link of a reminder: the second of two clicks with which a person says that a page is still true.
//!
//! Opening the link changes nothing, since programs that check mail open links too.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, response::Response};
use http::StatusCode;
use node::{Node, urls};
use pages::{
    PageError,
    accounts::{Asked, Fields},
    frame::Frame,
    requester::Requester,
    words,
};
use people::care::{
    Confirmed,
    reminders::{self, LinkState},
};
use serde::Deserialize;
use store::Cared;
use wire::AccountId;

use crate::{
    care::{Named, day, not_confirmed},
    entitled,
    notice::Notice,
    page,
};

#[derive(Template)]
#[template(path = "still_true.html")]
struct StillTruePage {
    frame: Frame,
    heading: String,
    notice: Option<Notice>,
    /// The page that is confirmed, its link and its day of review.
    title: String,
    href: String,
    review: String,
    link: Option<Works>,
}

/// A link that works.
struct Works {
    /// Its secret part.
    key: String,
    /// When the person was asked.
    asked: String,
}

/// The secret part of a link.
#[derive(Debug, Default, Deserialize)]
pub struct Key {
    #[serde(default)]
    key: String,
}

/// `GET /still-true`.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Asked(Key { key }): Asked<Key>,
) -> Result<Response, PageError> {
    let state = reminders::open_link(&node, &key, account_of(&requester)).await?;
    let (status, notice, cared, key) = match state {
        LinkState::Open(link, cared) => {
            let works = Works {
                key,
                asked: day(link.created_at),
            };
            (StatusCode::OK, None, Some(*cared), Some(works))
        }
        LinkState::Changed(cared) => {
            let notice = Notice::done(
                "There is a newer version",
                "The page was changed or reviewed since we wrote to you. You do not need to do anything.",
            );
            (StatusCode::OK, Some(notice), Some(*cared), None)
        }
        LinkState::Used => (
            StatusCode::GONE,
            Some(does_not_work("This link has been used")),
            None,
            None,
        ),
        LinkState::Expired => (
            StatusCode::GONE,
            Some(does_not_work("This link has expired")),
            None,
            None,
        ),
        LinkState::OfAnother => (StatusCode::FORBIDDEN, Some(of_another()), None, None),
        LinkState::Unknown => {
            let notice = does_not_work("This link does not work any more");
            (StatusCode::NOT_FOUND, Some(notice), None, None)
        }
    };
    answer(&node, &requester, status, notice, cared, key)
}

/// Says that a link does not work, and what to do.
fn does_not_work(heading: &str) -> Notice {
    Notice::problem(
        heading,
        "Sign in to say that a page is still true, to change it or to withdraw it.",
    )
    .with_link("Sign in", urls::SIGN_IN)
}

/// Says that the link is for someone else.
fn of_another() -> Notice {
    Notice::problem(
        "This link is for someone else",
        "We sent it to someone other than the person who is signed in here.",
    )
    .with_link("Your own page", urls::ME)
}

fn account_of(requester: &Requester) -> Option<AccountId> {
    requester.account.as_ref().map(|account| account.id)
}

/// `POST /still-true`.
///
/// # Errors
/// Of the database.
pub async fn confirm(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Fields(Key { key }): Fields<Key>,
) -> Result<Response, PageError> {
    let signed_in = account_of(&requester);
    let cared = match reminders::open_link(&node, &key, signed_in).await? {
        LinkState::Open(_, cared) => *cared,
        LinkState::OfAnother => {
            let notice = Some(of_another());
            return answer(&node, &requester, StatusCode::FORBIDDEN, notice, None, None);
        }
        LinkState::Changed(_) | LinkState::Used | LinkState::Expired | LinkState::Unknown => {
            let notice = Some(does_not_work("This link does not work any more"));
            return answer(&node, &requester, StatusCode::GONE, notice, None, None);
        }
    };
    let confirmed = reminders::use_link(&node, &key, signed_in).await?;
    let (status, notice) = match &confirmed {
        Confirmed::Done => {
            let notice = Notice::done(
                "Thank you",
                "A new version says that the page is still true.",
            );
            (StatusCode::OK, notice)
        }
        refused => (StatusCode::UNPROCESSABLE_ENTITY, not_confirmed(refused)),
    };
    answer(&node, &requester, status, Some(notice), Some(cared), None)
}

fn answer(
    node: &Node,
    requester: &Requester,
    status: StatusCode,
    notice: Option<Notice>,
    cared: Option<Cared>,
    link: Option<Works>,
) -> Result<Response, PageError> {
    let heading = match (&notice, &link) {
        (Some(notice), _) => notice.heading.clone(),
        _ => "Is this page still true?".to_owned(),
    };
    let named = cared.as_ref().map(|cared| Named::new(node, cared));
    let (title, href) = named.map_or_else(Default::default, |named| (named.title, named.href));
    let shown = StillTruePage {
        frame: entitled(pages::frame_for(node, requester), &heading),
        heading,
        review: cared
            .and_then(|cared| cared.review_by)
            .map(words::date)
            .unwrap_or_default(),
        title,
        href,
        notice,
        link,
    };
    page(status, &shown)
}
