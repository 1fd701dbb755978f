//! Signing in with a password, and changing it.
//!
//! Invariant: the answer and its time do not depend on whether there is an account. The password is checked in any case,
//! and an attempt counts for the address that was typed, whether or not it has an account.

use async_recursion::async_recursion as boxed;
use std::time::Duration;

use accounts::{
    EmailAddress, Password,
    throttle::{FOR_ACCOUNT, FOR_ADDRESS, Key},
};
use store::{Account, Credentials};
use wire::AccountId;

use super::AccountError;
use node::{
    Node,
    audit::{self, Act, By, Object},
    work::without_permit,
};

/// What someone has typed to sign in, and where they are.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// E-mail address.
    pub email: &'a str,
    /// Password.
    pub password: &'a str,
    /// The client, as limits know it.
    pub client: &'a str,
}

/// How an attempt to sign in ends.
#[derive(Debug)]
pub enum SignIn {
    /// The person may sign in.
    Right(Account),
    /// E-mail address or password are wrong, or the account is disabled.
    Wrong,
    /// There were too many attempts; wait this long.
    TooOften(Duration),
}

/// Checks who signs in.
///
/// # Errors
/// `Busy`; of the database.
#[boxed]
pub async fn sign_in<'a>(node: &'a Node, attempt: Attempt<'a>) -> Result<SignIn, AccountError> {
    let email = attempt.email.trim().to_ascii_lowercase();
    let keys = [
        (Key::for_account(&email), FOR_ACCOUNT),
        (Key::for_address(attempt.client), FOR_ADDRESS),
    ];
    // Step 1: the attempt counts before it is known to be right, so that many at once count too.
    if let Err(wait) = node.accounts.throttle.attempt(&keys, node.now()) {
        audit::record_refusal(node, &By::Unknown, Act::SignInTooOften, Object::Nothing).await;
        return Ok(SignIn::TooOften(wait));
    }
    // Step 2: a password is checked in any case.
    let found = match EmailAddress::parse(&email) {
        Some(email) => node.store.credentials(email.as_str()).await?,
        None => None,
    };
    let (account, hash) = found.map_or((None, None), |found| {
        let Credentials { account, password } = found;
        (Some(account), password)
    });
    let Some(password) = Password::typed(attempt.password) else {
        return Ok(SignIn::Wrong);
    };
    let is_right = without_permit(node.accounts.hasher.is_right(password, hash)).await?;
    let id = account.as_ref().map(|account| account.id);
    let Some(account) = account.filter(|account| is_right && account.disabled_at.is_none()) else {
        let object = id.map_or(Object::Nothing, Object::Account);
        audit::record_refusal(node, &By::Unknown, Act::SignInFailed, object).await;
        return Ok(SignIn::Wrong);
    };
    // Step 3: those who sign in well are not slowed down by themselves or by others at their address.
    node.accounts.throttle.forget(Key::for_account(&email));
    let address = Key::for_address(attempt.client);
    node.accounts.throttle.take_back(address, FOR_ADDRESS);
    if !node.store.record_sign_in(account.id, node.now()).await? {
        return Ok(SignIn::Wrong);
    }
    Ok(SignIn::Right(account))
}

/// Sets a password for the operator, who needs no present one, and ends the sessions of the account.
///
/// # Errors
/// `Unknown`, `Password`, `Busy`.
#[boxed]
pub async fn set_password(
    node: &Node,
    by: &By,
    id: AccountId,
    new: &str,
) -> Result<(), AccountError> {
    let account = super::account(node, id).await?;
    let chosen = Password::choose(new, &[&account.email, &account.name])?;
    let hash = without_permit(node.accounts.hasher.hash(chosen)).await?;
    node.store.set_password(id, &hash, by, node.now()).await?;
    Ok(())
}

/// Changes the password of a person who knows the present one, and ends all their sessions.
///
/// # Errors
/// `WrongPassword`, `TooOften`, `Password`, `Busy`.
#[boxed]
pub async fn change_password(
    node: &Node,
    id: AccountId,
    present: &str,
    new: &str,
) -> Result<(), AccountError> {
    let account = super::account(node, id).await?;
    let key = [(Key::for_account(&account.email), FOR_ACCOUNT)];
    if node.accounts.throttle.attempt(&key, node.now()).is_err() {
        return Err(AccountError::TooOften);
    }
    let chosen = Password::choose(new, &[&account.email, &account.name])?;
    let typed = Password::typed(present).ok_or(AccountError::WrongPassword)?;
    let hash = node.store.password_hash(id).await?;
    if !without_permit(node.accounts.hasher.is_right(typed, hash)).await? {
        return Err(AccountError::WrongPassword);
    }
    let hash = without_permit(node.accounts.hasher.hash(chosen)).await?;
    let by = By::Account(id);
    node.store.set_password(id, &hash, &by, node.now()).await?;
    node.accounts
        .throttle
        .forget(Key::for_account(&account.email));
    Ok(())
}
