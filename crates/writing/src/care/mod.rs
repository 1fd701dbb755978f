//! Looking after what is published: reviews that are due, who looks after a page, handing over, and that a page is still true.

pub mod list;
pub mod one;

use axum::response::Response;
use http::StatusCode;
use pages::{PageError, errors, requester::SignedIn, words};
use people::care::{self, Confirmed};
use serde::Deserialize;
use store::{Account, Cared};
use wire::{DocumentId, Timestamp};

use crate::{Visit, notice::Notice, person};

/// A page of this site, for someone who wants to look after it.
pub(crate) enum Opened {
    /// They may: the page, and who looks after it.
    May(Box<Cared>, Option<Account>),
    /// They may not, or there is no such page: what they see.
    MayNot(Response),
}

/// Opens a page for someone who may look after it.
pub(crate) async fn open(
    visit: &Visit<'_>,
    signed_in: &SignedIn,
    id: &str,
) -> Result<Opened, PageError> {
    let found = match DocumentId::parse(id) {
        Some(id) => care::find(visit.node, id).await?,
        None => None,
    };
    let Some((cared, carer)) = found else {
        return Ok(Opened::MayNot(errors::missing(visit.node)));
    };
    // Whoever has signed in can read every page of this site: that there is one is no secret.
    if !care::may_care(visit.node, person(signed_in), &cared).await? {
        return Ok(Opened::MayNot(errors::page_of(StatusCode::FORBIDDEN)));
    }
    Ok(Opened::May(Box::new(cared), carer))
}

/// Which part of the list is asked for, and what was done.
#[derive(Debug, Default, Deserialize)]
pub struct Listed {
    #[serde(default)]
    after: String,
    #[serde(default)]
    done: String,
}

/// Says why a page was not confirmed.
pub(crate) fn not_confirmed(confirmed: &Confirmed) -> Notice {
    let text = match confirmed {
        Confirmed::Done => String::new(),
        Confirmed::Changed => "The page was changed or reviewed since. Read it again.".to_owned(),
        Confirmed::Missing => "The page was withdrawn.".to_owned(),
        Confirmed::Refused(why) => {
            format!("The page cannot be published as it is: {why}. Change it instead.")
        }
    };
    Notice::problem("It is not recorded that the page is still true", text)
}

/// Writes when something was done.
pub(crate) fn day(at: Timestamp) -> String {
    words::date(at.date())
}
