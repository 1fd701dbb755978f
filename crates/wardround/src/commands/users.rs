//! Commands on the people who can sign in.

use std::sync::Arc;

use node::{Node, audit::By};
use people::accounts::{self, AccountError, Person};
use serde::Serialize;
use store::{Account, MAX_ACCOUNTS};
use wire::{AccountId, Role, Timestamp};

use super::{
    command::UserAction,
    failure::{DONE, Failure},
    output::Output,
};

/// A person, as `--json` prints them.
#[derive(Serialize)]
struct UserObject {
    id: AccountId,
    email: String,
    name: String,
    role: Role,
    disabled: bool,
    /// Whether they have chosen a password.
    has_password: bool,
    signed_in: Option<Timestamp>,
    /// The link with which they choose one; it is shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl UserObject {
    fn new(account: Account, link: Option<String>) -> Self {
        Self {
            id: account.id,
            email: account.email,
            name: account.name,
            role: account.role,
            disabled: account.disabled_at.is_some(),
            has_password: account.has_password,
            signed_in: account.signed_in_at,
            link,
        }
    }
}

pub(super) async fn run(
    node: &Arc<Node>,
    action: UserAction,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    match action {
        UserAction::Add { email, name, role } => {
            let (email, name) = (email.as_str(), name.as_str());
            let person = Person { email, name };
            let account = accounts::add(node, by, &person, role).await;
            print_link(node, account.map_err(failure)?, by, json, output).await
        }
        UserAction::List => list(node, json, output).await,
        UserAction::Reset { email } => {
            let account = find(node, &email).await?;
            print_link(node, account, by, json, output).await
        }
        UserAction::Role { email, role } => {
            let id = find(node, &email).await?.id;
            accounts::set_role(node, by, id, role)
                .await
                .map_err(failure)?;
            print_changed(node, id, &format!("has the role `{role}`"), json, output).await
        }
        UserAction::Disable { email } => {
            let id = find(node, &email).await?.id;
            accounts::disable(node, by, id).await.map_err(failure)?;
            print_changed(node, id, "cannot sign in any more", json, output).await
        }
        UserAction::Enable { email } => {
            let id = find(node, &email).await?.id;
            accounts::enable(node, by, id).await.map_err(failure)?;
            print_changed(node, id, "can sign in", json, output).await
        }
        UserAction::Erase { email } => erase(node, &email, by, json, output).await,
        UserAction::EndSessions { email } => {
            let ended = match email {
                Some(email) => {
                    let id = find(node, &email).await?.id;
                    accounts::end_sessions(node, by, id).await
                }
                None => accounts::end_all_sessions(node, by).await,
            };
            let ended = ended.map_err(failure)?;
            output.line(if json {
                serde_json::json!({ "ended": ended }).to_string()
            } else {
                format!("{ended} sessions have ended")
            });
            Ok(DONE)
        }
    }
}

async fn erase(
    node: &Arc<Node>,
    email: &str,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let id = find(node, email).await?.id;
    accounts::erase(node, by, id).await.map_err(failure)?;
    output.line(if json {
        serde_json::json!({ "erased": id }).to_string()
    } else {
        format!("the name and the address `{email}` are erased; the account was {id}")
    });
    Ok(DONE)
}

async fn list(node: &Arc<Node>, json: bool, output: &Output) -> Result<u8, Failure> {
    let mut skip = 0;
    let mut all = Vec::new();
    // One page after another, until there are no more.
    loop {
        let (page, count) = node.store.accounts("", skip).await?;
        all.extend(
            page.into_iter()
                .map(|account| UserObject::new(account, None)),
        );
        skip += u64::from(MAX_ACCOUNTS);
        if skip >= count {
            break;
        }
    }
    if json {
        output.line(serde_json::to_string(&all)?);
    } else if all.is_empty() {
        output.line("no one can sign in; `wardround user add` adds a person");
    }
    if !json {
        for user in all {
            let state = match (user.disabled, user.has_password) {
                (true, _) => "disabled",
                (false, true) => "",
                (false, false) => "no password",
            };
            let UserObject {
                email, name, role, ..
            } = user;
            output.line(format!("{:<14} {email:<40} {name}  {state}", role.as_str()));
        }
    }
    Ok(DONE)
}

/// Prints the link with which a person chooses a password.
async fn print_link(
    node: &Arc<Node>,
    account: Account,
    by: &By,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let made = accounts::make_link(node, by, account.id).await;
    let link = made.map_err(failure)?.url;
    if json {
        let object = UserObject::new(account, Some(link));
        output.line(serde_json::to_string(&object)?);
    } else {
        output.note(format!(
            "Give this link to {} in private. It can be used once, and is not shown again:",
            account.name
        ));
        output.line(link);
    }
    Ok(DONE)
}

async fn print_changed(
    node: &Arc<Node>,
    id: AccountId,
    what: &str,
    json: bool,
    output: &Output,
) -> Result<u8, Failure> {
    let account = accounts::account(node, id).await.map_err(failure)?;
    output.line(if json {
        serde_json::to_string(&UserObject::new(account, None))?
    } else {
        format!("{} ({}) {what}", account.name, account.email)
    });
    Ok(DONE)
}

async fn find(node: &Arc<Node>, email: &str) -> Result<Account, Failure> {
    accounts::account_by_email(node, email)
        .await
        .map_err(failure)
}

/// Tells mistakes in the arguments from other failures.
fn failure(error: AccountError) -> Failure {
    match error {
        AccountError::Email
        | AccountError::Name
        | AccountError::Duplicate
        | AccountError::Unknown
        | AccountError::LastAdministrator
        | AccountError::Disabled
        | AccountError::Enabled
        | AccountError::Erased => {
            // A page says it as a sentence.
            let text = error.to_string();
            let mut letters = text.chars();
            let first = letters.next().map(|first| first.to_ascii_lowercase());
            Failure::invalid(first.into_iter().chain(letters).collect::<String>())
        }
        error => error.into(),
    }
}
