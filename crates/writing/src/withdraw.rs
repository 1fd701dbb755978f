//! Withdrawing a page of this site: the reason, and what will happen.

mod receipt;
mod waiting;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use ledger::leaf::Why;
use node::{Node, urls};
use pages::{PageError, accounts::Fields, errors, frame::Frame, link::Link, requester::SignedIn};
use people::care::{self, Kept, NotNamed, WithdrawOutcome, Withdrawal, may_keep};
use serde::Deserialize;
use store::Cared;
use wire::{DocumentId, Timestamp};

use crate::{
    Visit,
    care::{Named, Opened, open},
    framed, go_to,
    notice::Notice,
    page, person,
};
pub use receipt::receipt;
pub(crate) use waiting::{WaitingView, waiting_view};

/// The `id` of the first reason of the form.
const FIRST_REASON: &str = "why-privacy";

#[derive(Template)]
#[template(path = "withdraw.html")]
struct WithdrawPage {
    frame: Frame,
    notice: Option<Notice>,
    id: DocumentId,
    title: String,
    href: String,
    reasons: Vec<ReasonChoice>,
    /// Whether the person decides, or asks the editors.
    may_withdraw: bool,
    /// The request that waits.
    waiting: Option<WaitingView>,
    /// What was written to name the page that replaces it, and what is wrong with it.
    successor: String,
    fault: Option<&'static str>,
    /// The reason that was chosen, on the page that asks for confirmation.
    confirming: Option<Confirming>,
}

/// A reason to choose.
#[derive(Debug, Clone)]
struct ReasonChoice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
    /// Whether it asks for the page that replaces it.
    names_successor: bool,
}

/// What is asked before a page is withdrawn.
#[derive(Debug, Clone)]
struct Confirming {
    why: &'static str,
    label: &'static str,
    may_keep: bool,
    successor: Option<Successor>,
}

/// The page that replaces the withdrawn one.
#[derive(Debug, Clone)]
struct Successor {
    id: DocumentId,
    link: Link,
}

const fn label(why: Why) -> &'static str {
    match why {
        Why::Privacy => "It could identify a person",
        Why::Error => "It has a mistake, or was published by mistake",
        Why::Superseded => "Another page replaces it",
        Why::Legal => "There is a legal reason",
        Why::Other => "Another reason",
    }
}

/// Returns the label of a reason, as it is stored.
pub(crate) fn label_of(why: &str) -> &'static str {
    label(Why::parse(why).unwrap_or(Why::Other))
}

/// What was typed.
#[derive(Debug, Default, Deserialize)]
pub struct WithdrawFields {
    #[serde(default)]
    why: String,
    /// The page that replaces it, by its address, its number or its title.
    #[serde(default)]
    successor: String,
    #[serde(default)]
    keep: String,
    #[serde(default)]
    confirmed: String,
    /// When the request was made that the form has shown.
    #[serde(default)]
    seen: String,
}

/// `GET /withdraw/{id}`.
///
/// # Errors
/// Of the database.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let cared = match open(&visit, &signed_in, &id).await? {
        Opened::May(cared, _) => *cared,
        Opened::MayNot(answer) => return Ok(answer),
    };
    let said = asked_before(&node, cared.id).await?;
    answer(&visit, &signed_in, &cared, said).await
}

/// Returns what an author has asked for, so that who decides about it need not type it again.
async fn asked_before(node: &Node, id: DocumentId) -> Result<Said, PageError> {
    let Some(request) = care::waiting(node, id).await? else {
        return Ok(Said::default());
    };
    // A page that was withdrawn meanwhile replaces nothing.
    let successor = match request.successor {
        Some(successor) => node.store.cared(successor).await?,
        None => None,
    };
    Ok(Said {
        chosen: Why::parse(&request.why),
        successor: successor.map_or_else(String::new, |cared| Named::new(node, &cared).href),
        ..Said::default()
    })
}

/// `POST /withdraw/{id}`: asks for confirmation, and withdraws the page once that is given. An author who is no editor asks the
/// editors.
///
/// # Errors
/// Of the database.
pub async fn submit(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Fields(fields): Fields<WithdrawFields>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let cared = match open(&visit, &signed_in, &id).await? {
        Opened::May(cared, _) => *cared,
        Opened::MayNot(answer) => return Ok(answer),
    };
    let who = person(&signed_in);
    let Some(why) = Why::parse(&fields.why) else {
        let text = "Select why the page should be withdrawn";
        let said = Said::problem(text, FIRST_REASON).with_fields(None, &fields);
        return answer(&visit, &signed_in, &cared, said).await;
    };
    let successor = match successor(&node, cared.id, why, &fields.successor).await? {
        Ok(successor) => successor,
        Err(fault) => {
            let said = Said {
                fault: Some(fault),
                ..Said::problem(fault, "successor").with_fields(Some(why), &fields)
            };
            return answer(&visit, &signed_in, &cared, said).await;
        }
    };
    if !who.reviews() {
        let asked = care::Asked {
            id: cared.id,
            why,
            successor: successor.map(|successor| successor.id),
        };
        let seen = fields.seen.parse().ok().map(Timestamp::from_millis);
        if !care::request(&node, who, asked, seen).await? {
            let text = "Another request to withdraw this page was made or answered since you saw this. Read it, and decide whether to ask as well.";
            let notice = Notice::problem("Nothing was sent", text);
            let said = Said {
                notice: Some(notice),
                status: StatusCode::CONFLICT,
                ..Said::default().with_fields(Some(why), &fields)
            };
            return answer(&visit, &signed_in, &cared, said).await;
        }
        return Ok(go_to(&urls::with_query(
            &urls::care(cared.id),
            "done=asked",
        )));
    }
    if fields.confirmed != "yes" {
        let confirming = Confirming {
            why: why.as_str(),
            label: label(why),
            may_keep: may_keep(why),
            successor,
        };
        let said = Said {
            confirming: Some(confirming),
            ..Said::default()
        };
        return answer(&visit, &signed_in, &cared, said).await;
    }
    let kept = match fields.keep.as_str() {
        "yes" => Kept::AsDraft,
        _ => Kept::Nothing,
    };
    let withdrawal = Withdrawal {
        id: cared.id,
        why,
        kept,
        successor: successor.map(|successor| successor.id),
    };
    let text = match care::withdraw(&node, who, withdrawal).await? {
        WithdrawOutcome::Withdrawn(draft) => {
            let address = urls::withdrawn(cared.id);
            return Ok(go_to(&match draft {
                Some(draft) => urls::with_query(&address, &format!("draft={draft}")),
                None => address,
            }));
        }
        WithdrawOutcome::Missing => return Ok(errors::missing(&node)),
        WithdrawOutcome::Changed if withdrawal.successor.is_some() => {
            "Someone changed the page, or the one that replaces it, meanwhile. Read both again, then withdraw it.".to_owned()
        }
        WithdrawOutcome::Changed => {
            "Someone changed the page meanwhile. Read it again, then withdraw it.".to_owned()
        }
        WithdrawOutcome::Refused(why) => {
            format!(
                "The page that replaces it cannot be published as it is: {why}. Change it first."
            )
        }
    };
    let said = Said::problem(text, "").with_fields(Some(why), &fields);
    answer(&visit, &signed_in, &cared, said).await
}

/// Returns the page that replaces the withdrawn one, where the reason is that there is one and it is named; what is wrong with
/// the name otherwise.
async fn successor(
    node: &Node,
    replaced: DocumentId,
    why: Why,
    written: &str,
) -> Result<Result<Option<Successor>, &'static str>, PageError> {
    if why != Why::Superseded || written.trim().is_empty() {
        return Ok(Ok(None));
    }
    Ok(match care::successor(node, replaced, written).await? {
        Ok(cared) => {
            let Named { title, href } = Named::new(node, &cared);
            Ok(Some(Successor {
                id: cared.id,
                link: Link::new(title, href),
            }))
        }
        Err(NotNamed::Missing) => Err(
            "This site has no page with this title or address. Copy the address of the page that replaces it.",
        ),
        Err(NotNamed::Several) => {
            Err("Several pages have this title. Copy the address of the page that replaces it.")
        }
        Err(NotNamed::Foreign) => {
            Err("A page of another organisation cannot replace it. Name a page of this site.")
        }
        Err(NotNamed::Itself) => Err("This is the page itself. Name the page that replaces it."),
    })
}

/// What the form says besides its questions.
struct Said {
    status: StatusCode,
    notice: Option<Notice>,
    chosen: Option<Why>,
    successor: String,
    fault: Option<&'static str>,
    confirming: Option<Confirming>,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            status: StatusCode::OK,
            notice: None,
            chosen: None,
            successor: String::new(),
            fault: None,
            confirming: None,
        }
    }
}

impl Said {
    fn problem(text: impl Into<String>, field: &'static str) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            notice: Some(Notice::problem("Nothing was withdrawn", text).at(field)),
            ..Self::default()
        }
    }

    fn with_fields(self, chosen: Option<Why>, fields: &WithdrawFields) -> Self {
        Self {
            chosen,
            successor: fields.successor.clone(),
            ..self
        }
    }
}

async fn answer(
    visit: &Visit<'_>,
    signed_in: &SignedIn,
    cared: &Cared,
    said: Said,
) -> Result<Response, PageError> {
    let Named { title, href } = Named::new(visit.node, cared);
    let choice = |why: Why| ReasonChoice {
        value: why.as_str(),
        label: label(why),
        chosen: said.chosen == Some(why),
        names_successor: why == Why::Superseded,
    };
    let shown = WithdrawPage {
        frame: framed(visit, &format!("Withdraw {title}")),
        id: cared.id,
        href,
        reasons: Why::ALL.into_iter().map(choice).collect(),
        may_withdraw: person(signed_in).reviews(),
        notice: said.notice,
        successor: said.successor,
        fault: said.fault,
        confirming: said.confirming,
        waiting: waiting_view(visit, cared.id, signed_in.0.id).await?,
        title,
    };
    page(said.status, &shown)
}
