//! Withdrawing a page of this site: the reason, what will happen, and the receipts of the peers.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use ledger::leaf::Why;
use node::{Node, urls};
use pages::{
    PageError,
    accounts::{Asked, Fields},
    errors,
    frame::Frame,
    link::Link,
    requester::SignedIn,
};
use people::care::{self, Kept, NotNamed, WithdrawOutcome, Withdrawal, may_keep, receipts};
use serde::Deserialize;
use store::Cared;
use wire::DocumentId;

use crate::{
    Visit,
    care::{Named, Opened, day, open},
    framed, go_to,
    notice::Notice,
    page, person,
};

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
    answer(&visit, &signed_in, &cared, said)
}

/// Returns what an author has asked for, so that who decides about it need not type it again.
async fn asked_before(node: &Node, id: DocumentId) -> Result<Said, PageError> {
    let Some(request) = node.store.withdrawal_request(id).await? else {
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
        let text = "Select why the page should be withdrawn.";
        let said = Said::problem(text).with_fields(None, &fields);
        return answer(&visit, &signed_in, &cared, said);
    };
    let successor = match successor(&node, cared.id, why, &fields.successor).await? {
        Ok(successor) => successor,
        Err(fault) => {
            let said = Said {
                fault: Some(fault),
                ..Said::problem(fault).with_fields(Some(why), &fields)
            };
            return answer(&visit, &signed_in, &cared, said);
        }
    };
    if !who.reviews() {
        let asked = care::Asked {
            id: cared.id,
            why,
            successor: successor.map(|successor| successor.id),
        };
        care::request(&node, who, asked).await?;
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
        return answer(&visit, &signed_in, &cared, said);
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
        WithdrawOutcome::Withdrawn(_, draft) => {
            let address = urls::withdrawn(cared.id);
            return Ok(go_to(&match draft {
                Some(draft) => urls::with_query(&address, &format!("draft={draft}")),
                None => address,
            }));
        }
        WithdrawOutcome::Missing => return Ok(errors::missing(&node)),
        WithdrawOutcome::Changed => {
            "Someone changed the page meanwhile. Read it again, then withdraw it.".to_owned()
        }
        WithdrawOutcome::Refused(why) => {
            format!(
                "The page that replaces it cannot be published as it is: {why}. Change it first."
            )
        }
    };
    let said = Said::problem(text).with_fields(Some(why), &fields);
    answer(&visit, &signed_in, &cared, said)
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
#[derive(Default)]
struct Said {
    notice: Option<Notice>,
    chosen: Option<Why>,
    successor: String,
    fault: Option<&'static str>,
    confirming: Option<Confirming>,
}

impl Said {
    fn problem(text: impl Into<String>) -> Self {
        Self {
            notice: Some(Notice::problem("Nothing was withdrawn", text)),
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

fn answer(
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
    let status = match &said.notice {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
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
        title,
    };
    page(status, &shown)
}

#[derive(Template)]
#[template(path = "withdrawn.html")]
struct WithdrawnPage {
    frame: Frame,
    id: DocumentId,
    when: String,
    why: &'static str,
    was_published: bool,
    draft: Option<String>,
    erased: usize,
    peers: Vec<PeerRow>,
}

/// A peer, and whether it has erased the page.
#[derive(Debug, Clone)]
struct PeerRow {
    organisation: String,
    state: String,
    is_erased: bool,
}

/// The draft that has the text.
#[derive(Debug, Default, Deserialize)]
pub struct WithdrawnQuery {
    #[serde(default)]
    draft: String,
}

/// `GET /withdrawn/{id}`: which peers have erased a page, and which have not yet.
///
/// # Errors
/// Of the database.
pub async fn receipt(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Asked(asked): Asked<WithdrawnQuery>,
) -> Result<Response, PageError> {
    let visit = Visit::new(&node, &signed_in.0);
    let withdrawal = match DocumentId::parse(&id) {
        Some(id) => receipts::of_document(&node, id).await?,
        None => None,
    };
    let Some(withdrawal) = withdrawal else {
        return Ok(errors::missing(&node));
    };
    let row = |peer: receipts::PeerReceipt| PeerRow {
        is_erased: peer.erased_at.is_some(),
        state: match (peer.erased_at, peer.is_asked) {
            (Some(at), _) => format!("Erased, as it signed on {}", day(at)),
            (None, true) => "Not yet: we ask again each minute".to_owned(),
            (None, false) => "Not known: this site does not ask it at the moment".to_owned(),
        },
        organisation: peer.organisation,
    };
    let peers: Vec<PeerRow> = withdrawal.peers.into_iter().map(row).collect();
    let shown = WithdrawnPage {
        frame: framed(&visit, "Withdrawn"),
        id: withdrawal.id,
        when: day(withdrawal.at),
        why: label_of(&withdrawal.why),
        was_published: withdrawal.was_published,
        draft: DocumentId::parse(&asked.draft).map(urls::draft),
        erased: peers.iter().filter(|peer| peer.is_erased).count(),
        peers,
    };
    page(StatusCode::OK, &shown)
}
