//! Looking after what is published: reviews that are due, who looks after a page, handing over, and that a page is still true.

mod handing;
pub mod list;
pub mod one;

use axum::response::Response;
use http::StatusCode;
use node::{Node, urls};
use pages::{PageError, errors, requester::SignedIn, words};
use people::care::{self, Confirmed, receipts};
use serde::Deserialize;
use store::{Account, Cared};
use wire::{DocumentId, Timestamp};

use crate::{Visit, go_to, notice::Notice, person};

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
    let Some(id) = DocumentId::parse(id) else {
        return Ok(Opened::MayNot(errors::missing(visit.node)));
    };
    let Some((cared, carer)) = care::find(visit.node, id).await? else {
        // A second click, or the way back in the browser, after the page was withdrawn.
        let is_withdrawn = receipts::of_document(visit.node, id).await?.is_some();
        return Ok(Opened::MayNot(match is_withdrawn {
            true => go_to(&urls::withdrawn(id)),
            false => errors::missing(visit.node),
        }));
    };
    // Whoever has signed in can read every page of this site: that there is one is no secret.
    if !care::may_care(visit.node, person(signed_in), &cared).await? {
        return Ok(Opened::MayNot(errors::page_of(StatusCode::FORBIDDEN)));
    }
    Ok(Opened::May(Box::new(cared), carer))
}

/// The title of a page of this site, and its address.
pub(crate) struct Named {
    pub(crate) title: String,
    pub(crate) href: String,
}

impl Named {
    /// Names a page as its readers know it.
    pub(crate) fn new(node: &Node, cared: &Cared) -> Self {
        let own = node.identity();
        let handle = own.map(|own| own.handle.clone()).unwrap_or_default();
        Self {
            title: markdown::visible(&cared.title).into_owned(),
            href: urls::document(&handle, cared.id, &cared.slug),
        }
    }
}

/// Which part of the list is asked for, and what was done.
#[derive(Debug, Default, Deserialize)]
pub struct Listed {
    #[serde(default)]
    after: String,
    #[serde(default)]
    pub(crate) done: String,
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
