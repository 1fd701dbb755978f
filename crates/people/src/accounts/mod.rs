//! Accounts: adding people, changing what they may do, and ending their sessions.
//!
//! Each flow is called by pages and by the command line alike, and leaves a line for the audit.

mod links;
mod mailing;
pub mod providers;
mod sign_in;
mod tokens;

use accounts::{Busy, EmailAddress, PasswordFault};
use async_recursion::async_recursion as boxed;
use store::{Account, NewAccount, StoreError};
use wire::{AccountId, Role, Timestamp};

pub use self::{
    links::{
        LinkState, MadeLink, delete_expired, first_link, make_link, open_link, use_first_link,
        use_link,
    },
    mailing::{answer_request, mail_link, request_link},
    sign_in::{Attempt, SignIn, change_password, set_password, sign_in},
    tokens::{MAX_DAYS, account_of_token, make_token, revoke_token},
};
use node::{Node, NodeError, audit::By};

/// Characters of a name.
const MAX_NAME: usize = 80;

/// Why something could not be done to an account, in words for the person who wanted it.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// It is not an e-mail address.
    #[error("Enter an email address in the correct format, like name@example.nhs.uk")]
    Email,
    /// It is not a name.
    #[error("Enter a name of up to {MAX_NAME} characters")]
    Name,
    /// There is an account with this address.
    #[error("There is already an account with this email address")]
    Duplicate,
    /// There is no such account.
    #[error("There is no such account")]
    Unknown,
    /// There would be no administrator left.
    #[error("This is the only administrator. Make someone else an administrator first")]
    LastAdministrator,
    /// The account cannot sign in.
    #[error("This account is disabled. Enable it first")]
    Disabled,
    /// The account can still sign in.
    #[error("Disable this account first")]
    Enabled,
    /// Its name and address were erased.
    #[error("This account was erased. Add the person again")]
    Erased,
    /// The password is not accepted.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// The present password is wrong.
    #[error("Your current password is not right")]
    WrongPassword,
    /// There were too many attempts to change the password, so that the present one was not checked.
    #[error("There were too many attempts. Try again in a minute")]
    TooOften,
    /// The link was used, has expired, or never was one.
    #[error("This link cannot be used any more")]
    Link,
    /// The role of the person has no access tokens.
    #[error("People with your role have no access tokens. Ask an administrator of this site")]
    NoTokens,
    /// The person has as many access tokens as one may have.
    #[error("You have as many access tokens as you can have. Revoke one first")]
    TooManyTokens,
    /// There are too many sign-ins.
    #[error("Too many people are signing in at the moment. Try again in a few seconds")]
    Busy(#[from] Busy),
    /// The node cannot answer now.
    #[error(transparent)]
    Node(NodeError),
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        NodeError::from(error).into()
    }
}

impl From<getrandom::Error> for AccountError {
    fn from(error: getrandom::Error) -> Self {
        NodeError::from(error).into()
    }
}

impl From<NodeError> for AccountError {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Store(StoreError::LastAdministrator) => Self::LastAdministrator,
            NodeError::Store(StoreError::Duplicate(_)) => Self::Duplicate,
            error => Self::Node(error),
        }
    }
}

/// A person to be added, as typed.
#[derive(Debug, Clone)]
pub struct Person<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Name.
    pub name: &'a str,
}

impl Person<'_> {
    fn parse(&self) -> Result<(EmailAddress, String), AccountError> {
        let email = EmailAddress::parse(self.email).ok_or(AccountError::Email)?;
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_name = (1..=MAX_NAME).contains(&name.chars().count())
            && !name.chars().any(|c| c.is_control() || is_invisible(c));
        if is_name {
            Ok((email, name))
        } else {
            Err(AccountError::Name)
        }
    }
}

/// Says whether a character changes how the text around it is shown, so that a name could look like another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
}

/// Adds an account without a password.
///
/// # Errors
/// `Email`, `Name` and `Duplicate`.
#[boxed]
pub async fn add(
    node: &Node,
    by: &By,
    person: &Person<'_>,
    role: Role,
) -> Result<Account, AccountError> {
    let (email, name) = person.parse()?;
    let new = NewAccount {
        id: new_id(node.now())?,
        email: email.as_str().to_owned(),
        name,
        role,
    };
    node.store.add_account(&new, by, node.now()).await?;
    account(node, new.id).await
}

/// Returns an account.
///
/// # Errors
/// `Unknown`.
#[boxed]
pub async fn account(node: &Node, id: AccountId) -> Result<Account, AccountError> {
    let found = node.store.account(id).await?;
    found.ok_or(AccountError::Unknown)
}

/// Returns the account of an e-mail address.
///
/// # Errors
/// `Unknown`.
#[boxed]
pub async fn account_by_email(node: &Node, email: &str) -> Result<Account, AccountError> {
    let email = EmailAddress::parse(email).ok_or(AccountError::Email)?;
    let found = node.store.account_by_email(email.as_str()).await?;
    found.ok_or(AccountError::Unknown)
}

/// Gives an account another role, and ends its sessions, and its access tokens unless the role may have them.
///
/// # Errors
/// `LastAdministrator`.
#[boxed]
pub async fn set_role(node: &Node, by: &By, id: AccountId, role: Role) -> Result<(), AccountError> {
    node.store.set_role(id, role, by, node.now()).await?;
    Ok(())
}

/// Keeps a person from signing in, and ends their sessions, links and access tokens.
///
/// # Errors
/// `LastAdministrator`.
#[boxed]
pub async fn disable(node: &Node, by: &By, id: AccountId) -> Result<(), AccountError> {
    node.store.disable_account(id, by, node.now()).await?;
    Ok(())
}

/// Lets a person sign in again.
///
/// # Errors
/// `Erased`.
#[boxed]
pub async fn enable(node: &Node, by: &By, id: AccountId) -> Result<(), AccountError> {
    if node.store.enable_account(id, by, node.now()).await? {
        Ok(())
    } else {
        Err(AccountError::Erased)
    }
}

/// Erases the name, the address and the sign-ins of someone who has left. What they wrote and approved stays.
///
/// # Errors
/// `Enabled`; `Erased`.
#[boxed]
pub async fn erase(node: &Node, by: &By, id: AccountId) -> Result<(), AccountError> {
    let erasing = || node.store.erase_account(id, by, node.now());
    if node.eraser.reserve.with_room(erasing).await? {
        return Ok(());
    }
    match account(node, id).await? {
        account if account.is_erased() => Err(AccountError::Erased),
        _ => Err(AccountError::Enabled),
    }
}

/// Removes the link of an account to a person of a provider: who signs in next with its address gets it.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn unlink(node: &Node, by: &By, id: AccountId) -> Result<(), AccountError> {
    node.store.unlink_identities(id, by, node.now()).await?;
    Ok(())
}

/// Ends all sessions and access tokens of an account; returns how many sessions.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn end_sessions(node: &Node, by: &By, id: AccountId) -> Result<u64, AccountError> {
    let now = node.now();
    Ok(node.store.end_sessions(id, None, by, now).await?)
}

/// Ends the sessions and access tokens of everyone; returns how many sessions.
///
/// # Errors
/// Of the database.
#[boxed]
pub async fn end_all_sessions(node: &Node, by: &By) -> Result<u64, AccountError> {
    Ok(node.store.end_all_sessions(by, node.now()).await?)
}

fn new_id(now: Timestamp) -> Result<AccountId, NodeError> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    Ok(AccountId::generate(now, random))
}
