//! A person's own page: what they write, what waits for them, what happened to it, and the account with its sessions.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use node::{Node, urls};
use people::{
    accounts::{self, AccountError},
    drafts::Person,
};
use serde::Deserialize;
use store::{AccessToken, Account};
use tower_sessions::Session;
use wire::{Digest, Role, Timestamp};

use super::{
    Asked, Fields, FormFaults, SessionRow, by,
    caring::{self, CaringView},
    fault_of, form_page, go_to, role_words, session_rows,
    sign_in::begin,
    work::{self, WorkView},
};
use crate::{
    PageError,
    drafts::{self, DraftRow},
    frame::Frame,
    requester::{Requester, SignedIn},
    sessions, words,
};

/// Sessions that are shown without a click: who has more has mostly forgotten them.
const MAX_SESSIONS_SHOWN: usize = 4;

#[derive(Template)]
#[template(path = "me.html")]
struct Me {
    frame: Frame,
    done: &'static str,
    faults: FormFaults,
    name: String,
    email: String,
    role: &'static str,
    has_password: bool,
    drafts: Vec<DraftRow>,
    /// How many drafts of others wait for this person, in words; empty for those who do not review.
    waiting: String,
    /// How many pages someone asks to withdraw, in words; empty for those who do not decide about it.
    asked: String,
    /// Drafts that a reviewer has returned or declined.
    returned: Vec<DraftRow>,
    caring: CaringView,
    work: WorkView,
    /// The session that asks and the latest others, and the rest.
    sessions: Vec<SessionRow>,
    older_sessions: Vec<SessionRow>,
    /// Whether the person may write something new, make access tokens, and see what people did not find.
    writes: bool,
    tokens: Vec<TokenRow>,
}

/// An access token, as the list shows it.
pub(super) struct TokenRow {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) made: String,
    pub(super) used: String,
    pub(super) expires: String,
}

/// What was done before, to be confirmed on the page.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// The form that changes a password.
#[derive(Deserialize)]
pub struct PasswordFields {
    #[serde(default)]
    present: String,
    #[serde(default)]
    password: String,
}

/// The form that ends sessions.
#[derive(Debug, Deserialize)]
pub struct SessionFields {
    /// The session; all others without one.
    #[serde(default)]
    id: String,
}

/// `GET /me`.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    session: Session,
    Asked(done): Asked<Done>,
) -> Result<Response, PageError> {
    let Done { done } = done;
    let done = match done.as_str() {
        "password" => {
            "Your password has been changed. Your other sessions and your access tokens have ended."
        }
        "sessions" => "You are signed out everywhere else.",
        "session" => "The session has ended.",
        "revoked" => "The access token has been revoked.",
        _ => "",
    };
    answer(&node, signed_in, &session, done, FormFaults::default()).await
}

/// `POST /me/password`. All sessions end, and this browser gets a new one.
pub async fn change_password(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    session: Session,
    headers: HeaderMap,
    Fields(fields): Fields<PasswordFields>,
) -> Result<Response, PageError> {
    let id = signed_in.0.id;
    match accounts::change_password(&node, id, &fields.present, &fields.password).await {
        Ok(()) => {
            begin(&session, id, &headers).await?;
            Ok(go_to(&urls::with_query(urls::ME, "done=password")))
        }
        Err(error @ AccountError::Node(_)) => Err(error.into()),
        Err(error) => answer(&node, signed_in, &session, "", fault_of(error)?).await,
    }
}

/// `POST /me/sessions`: ends one session of the person, or all but this one.
pub async fn end_sessions(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    session: Session,
    Fields(fields): Fields<SessionFields>,
) -> Result<Response, PageError> {
    let id = signed_in.0.id;
    let (by, now) = (by(&signed_in), node.now());
    let done = match Digest::parse(&fields.id) {
        Some(digest) => {
            node.store.end_session(id, &digest, &by, now).await?;
            "done=session"
        }
        None => {
            let own = sessions::digest(&session);
            let own = own.as_ref();
            node.store.end_sessions(id, own, &by, now).await?;
            "done=sessions"
        }
    };
    Ok(go_to(&urls::with_query(urls::ME, done)))
}

pub(super) async fn answer(
    node: &Node,
    signed_in: SignedIn,
    session: &Session,
    done: &'static str,
    faults: FormFaults,
) -> Result<Response, PageError> {
    let account: Account = accounts::account(node, signed_in.0.id).await?;
    let now = node.now();
    let used_after = now.minus(node.current().accounts.session_idle);
    let all = node.store.sessions_of(account.id, now, used_after).await?;
    let tokens = node.store.access_tokens(account.id).await?;
    let own = sessions::digest(session);
    let frame = crate::frame_for(node, &Requester::for_account(signed_in.0));
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    let person = Person {
        id: account.id,
        role: account.role,
    };
    let (returned, drafts) = drafts::rows(node, person).await?;
    let caring = caring::view(node, person).await?;
    let work = work::view(node, person).await?;
    let waiting = drafts::waiting(node, person).await?;
    let mut sessions = session_rows(all, own.as_ref(), now);
    // The own one first; a sort that keeps the order of the others, the latest first.
    sessions.sort_by_key(|session| !session.own);
    let older_sessions = sessions.split_off(sessions.len().min(MAX_SESSIONS_SHOWN));
    let page = Me {
        frame: Frame {
            title: format!("{error}Your work – {}", frame.site),
            hidden: true,
            ..frame
        },
        done,
        name: account.name,
        email: account.email,
        role: role_words(account.role),
        has_password: account.has_password,
        drafts,
        waiting,
        asked: drafts::asked(node, person).await?,
        returned,
        caring,
        work,
        sessions,
        older_sessions,
        writes: account.role >= Role::Contributor,
        tokens: tokens
            .into_iter()
            .map(|token| token_row(token, now))
            .collect(),
        faults,
    };
    form_page(&page, &page.faults)
}

pub(super) fn token_row(token: AccessToken, now: Timestamp) -> TokenRow {
    TokenRow {
        id: token.digest.to_string(),
        name: token.name,
        made: words::date(token.created_at.date()),
        used: token
            .used_at
            .map_or_else(|| "Never".to_owned(), |at| words::ago(now, at)),
        expires: if token.expires_at <= now {
            "Expired".to_owned()
        } else {
            words::date(token.expires_at.date())
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::FieldFault,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> Me {
        let row = |own| SessionRow {
            id: "sha256:AAAA".to_owned(),
            browser: of.text("Firefox on Windows"),
            began: "12 September 2026, 12:00".to_owned(),
            used: "1 hour ago".to_owned(),
            own,
        };
        Me {
            frame: of.frame(),
            done: if of == Sample::Empty {
                ""
            } else {
                "The session has ended."
            },
            faults: FormFaults(of.list(vec![FieldFault {
                field: "present",
                text: of.text("Your current password is not right"),
            }])),
            name: of.text("Ada Okafor"),
            email: of.text("ada.okafor@northmoor.example"),
            role: "Editor",
            has_password: of.flag(),
            drafts: of.list(vec![DraftRow {
                link: of.link("Badges on wards", "/drafts/1"),
                about: of.text("Observation, changed 2 hours ago"),
                state: "Draft",
            }]),
            waiting: of.text("2 drafts"),
            asked: of.text("1 request to withdraw a page"),
            returned: of.list(vec![DraftRow {
                link: of.link("Beds on wards", "/drafts/2"),
                about: of.text("Observation, changed 2 hours ago"),
                state: "Returned with comments",
            }]),
            caring: CaringView {
                due: of.list(vec![caring::CaringRow {
                    link: of.link("Badges on wards", "/care/1"),
                    late: of.text("Review overdue since 31 January 2020"),
                    about: of.text("Result promised by 12 September 2026"),
                }]),
                handed_over: of.list(vec![caring::CaringRow {
                    link: of.link("Beds on wards", "/care/2"),
                    late: String::new(),
                    about: of.text("Since 12 September 2026"),
                }]),
                withdrawn: of.list(vec![caring::CaringRow {
                    link: of.link("Your case study", "/drafts/9"),
                    late: String::new(),
                    about: of.text("Withdrawn on 12 September 2026"),
                }]),
                kept: of.list(vec![caring::CaringRow {
                    link: of.link("Lift codes", "/care/3"),
                    late: String::new(),
                    about: of.text("Kept on 13 September 2026"),
                }]),
            },
            work: WorkView {
                summary: of.text("You have 1 published page."),
                bars: of.list(vec![work::Bar {
                    x: 0,
                    y: 58,
                    height: 2,
                }]),
                caption: "Readers here on each of the last 30 days".to_owned(),
                days: of.list(vec![("1 September 2026".to_owned(), "2".to_owned())]),
                documents: of.list(vec![work::WorkRow {
                    link: of.link("Badges on wards", "/d/zz1/1/badges"),
                    reads: "12".to_owned(),
                    from_search: "3".to_owned(),
                    later: vec![of.text("1 page links to it")],
                    overdue: Some(of.text("Review overdue since 31 January 2020")),
                }]),
                prepared: "1 September 2026".to_owned(),
            },
            sessions: of.list(vec![row(true), row(false)]),
            older_sessions: of.list(vec![row(false)]),
            writes: of.flag(),
            tokens: of.list(vec![TokenRow {
                id: "sha256:BBBB".to_owned(),
                name: of.text("Report from our incident system"),
                made: "1 September 2026".to_owned(),
                used: "2 hours ago".to_owned(),
                expires: "1 September 2027".to_owned(),
            }]),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
