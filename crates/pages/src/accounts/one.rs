//! One account, for administrators: role, sessions, a link for a new password, disabling.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use node::{Node, urls};
use people::accounts::{self, AccountError};
use serde::Deserialize;
use store::Account;
use wire::{AccountId, Role};

use super::{
    Asked, Fields, FormFaults, RoleChoice, SessionRow, by, disabling, fault_of, form_page, go_to,
    list::{show_link, state},
    me::{TokenRow, token_row},
    role_choices, session_rows, when,
};
use crate::{
    PageError, errors,
    frame::Frame,
    requester::{Requester, SignedIn},
};

#[derive(Template)]
#[template(path = "account.html")]
struct OneAccount {
    frame: Frame,
    done: &'static str,
    faults: FormFaults,
    address: String,
    name: String,
    /// Nothing if it was erased.
    email: Option<String>,
    state: &'static str,
    tag: &'static str,
    added: String,
    signed_in: Option<String>,
    disabled: bool,
    has_password: bool,
    is_own: bool,
    roles: Vec<RoleChoice>,
    sessions: Vec<SessionRow>,
    tokens: Vec<TokenRow>,
    /// Whether the person signs in through a provider.
    has_identity: bool,
}

/// What was done before, to be confirmed on the page.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: String,
}

/// What to do with an account.
#[derive(Debug, Deserialize)]
pub struct ActionFields {
    #[serde(default)]
    action: String,
    #[serde(default)]
    role: String,
    /// Whether the person who asks knows what ends with it.
    #[serde(default)]
    confirmed: String,
}

/// `GET /accounts/{id}`.
pub async fn show(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Asked(done): Asked<Done>,
) -> Result<Response, PageError> {
    let Some(account) = find(&node, &id).await? else {
        return Ok(errors::missing(&node));
    };
    let Done { done } = done;
    let done = match done.as_str() {
        "role" => "The role has been changed, and the person has been signed out.",
        "disable" => "The account is disabled, and the person has been signed out.",
        "enable" => "The person can sign in again.",
        "erase" => "The name and the email address have been erased.",
        "end-sessions" => {
            "The person has been signed out everywhere, and their access tokens have ended."
        }
        "unlink" => "The link has been removed, and the person has been signed out.",
        _ => "",
    };
    answer(&node, signed_in, account, done, FormFaults::default()).await
}

/// `POST /accounts/{id}`.
pub async fn act(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Fields(fields): Fields<ActionFields>,
) -> Result<Response, PageError> {
    let Some(account) = find(&node, &id).await? else {
        return Ok(errors::missing(&node));
    };
    let (by, id) = (&by(&signed_in), account.id);
    let done = match (fields.action.as_str(), Role::parse(&fields.role)) {
        ("role", Some(role)) => accounts::set_role(&node, by, id, role).await,
        ("disable", _) if fields.confirmed.is_empty() && account.disabled_at.is_none() => {
            return disabling::ask(&node, signed_in, account).await;
        }
        ("disable", _) => accounts::disable(&node, by, id).await,
        ("enable", _) => accounts::enable(&node, by, id).await,
        ("erase", _) if fields.confirmed.is_empty() => {
            let faults = FormFaults::one("confirmed", "Confirm that it cannot be undone");
            return answer(&node, signed_in, account, "", faults).await;
        }
        ("erase", _) => accounts::erase(&node, by, id).await,
        ("end-sessions", _) => accounts::end_sessions(&node, by, id).await.map(|_| ()),
        ("unlink", _) => accounts::unlink(&node, by, id).await,
        ("link", _) if account.disabled_at.is_none() => {
            let back = urls::account(id);
            return show_link(&node, &signed_in, account, &back).await;
        }
        ("link", _) => Err(AccountError::Disabled),
        _ => {
            let faults = FormFaults::one("role", "Select what the person may do");
            return answer(&node, signed_in, account, "", faults).await;
        }
    };
    match done {
        Ok(()) => {
            let done = format!("done={}", fields.action);
            Ok(go_to(&urls::with_query(&urls::account(id), &done)))
        }
        Err(error @ AccountError::Node(_)) => Err(error.into()),
        Err(error) => answer(&node, signed_in, account, "", fault_of(error)?).await,
    }
}

async fn find(node: &Node, id: &str) -> Result<Option<Account>, PageError> {
    let Some(id) = AccountId::parse(id) else {
        return Ok(None);
    };
    Ok(node.store.account(id).await?)
}

async fn answer(
    node: &Node,
    signed_in: SignedIn,
    account: Account,
    done: &'static str,
    faults: FormFaults,
) -> Result<Response, PageError> {
    let now = node.now();
    let used_after = now.minus(node.current().accounts.session_idle);
    let sessions = node.store.sessions_of(account.id, now, used_after).await?;
    let tokens = node.store.access_tokens(account.id).await?.into_iter();
    let has_identity = node.store.has_identity(account.id).await?;
    let is_own = signed_in.0.id == account.id;
    let frame = crate::frame_for(node, &Requester::for_account(signed_in.0));
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    let (state, tag) = state(&account);
    let page = OneAccount {
        frame: Frame {
            title: format!("{error}{} – Accounts – {}", account.name, frame.site),
            hidden: true,
            ..frame
        },
        done,
        address: urls::account(account.id),
        state,
        tag,
        added: when(account.created_at),
        signed_in: account.signed_in_at.map(when),
        disabled: account.disabled_at.is_some(),
        has_password: account.has_password,
        is_own,
        roles: role_choices(Some(account.role)),
        sessions: session_rows(sessions, None, now),
        tokens: tokens.map(|token| token_row(token, now)).collect(),
        has_identity,
        email: (!account.is_erased()).then_some(account.email),
        name: account.name,
        faults,
    };
    form_page(&page, &page.faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::FieldFault,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> OneAccount {
        OneAccount {
            frame: of.frame(),
            done: if of == Sample::Empty {
                ""
            } else {
                "The person can sign in again."
            },
            faults: FormFaults(of.list(vec![FieldFault {
                field: "role",
                text: of.text("This is the only administrator"),
            }])),
            address: "/accounts/01996c5e-8a00-7000-8000-000000000001".to_owned(),
            name: of.text("Ada Okafor"),
            email: of.option(of.text("ada.okafor@northmoor.example")),
            state: "Active",
            tag: "green",
            added: "1 September 2026, 12:00".to_owned(),
            signed_in: of.option("12 September 2026, 12:00".to_owned()),
            disabled: false,
            has_password: of.flag(),
            is_own: false,
            roles: role_choices(Some(Role::Editor)),
            sessions: of.list(vec![SessionRow {
                id: "sha256:AAAA".to_owned(),
                browser: of.text("Firefox on Windows"),
                began: "12 September 2026, 12:00".to_owned(),
                used: "1 hour ago".to_owned(),
                own: false,
            }]),
            tokens: of.list(vec![TokenRow {
                id: "sha256:BBBB".to_owned(),
                name: of.text("Report from our incident system"),
                made: "1 September 2026".to_owned(),
                used: "2 hours ago".to_owned(),
                expires: "30 November 2026".to_owned(),
            }]),
            has_identity: of.flag(),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }

    #[test]
    fn the_account_of_someone_who_has_left_can_be_erased() {
        let disabled = |of| OneAccount {
            disabled: true,
            ..sample(of)
        };
        insta::assert_snapshot!(samples::render(disabled));
    }
}
