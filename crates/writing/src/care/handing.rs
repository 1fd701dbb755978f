//! The question before everything that a person looks after is handed over: nothing gives it back as a whole.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use pages::{PageError, frame::Frame, words};
use people::care::{self, HandingOver};

use crate::{Visit, framed, page};

#[derive(Template)]
#[template(path = "hand_over.html")]
struct HandOverPage {
    frame: Frame,
    /// `the 23 pages`.
    what: String,
    handing: HandingOver,
    /// Whether this site can send mail.
    is_mailed: bool,
}

/// Asks whether everything of one person goes to the other one; `None` where that would be refused.
pub(super) async fn ask(
    visit: &Visit<'_>,
    from: &str,
    to: &str,
) -> Result<Option<Response>, PageError> {
    let Some(handing) = care::handing_over(visit.node, from, to).await? else {
        return Ok(None);
    };
    let what = match handing.count {
        0 => "everything".to_owned(),
        1 => "the page".to_owned(),
        count => format!("the {}", words::counted(count, "page", "pages")),
    };
    let asked = HandOverPage {
        frame: framed(visit, "Hand over"),
        what,
        handing,
        is_mailed: visit.accounts.can_mail(),
    };
    page(StatusCode::OK, &asked).map(Some)
}
