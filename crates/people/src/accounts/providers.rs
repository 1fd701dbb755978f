//! Signing in through an OpenID provider.
//!
//! A person is known by the provider's subject. The first time, a verified address of an allowed domain finds the account
//! that an administrator has added, or makes one.

use accounts::{
    oidc::{Begun, Callback, Person, Provider, ProviderError},
    throttle::{FOR_BEGINNING, Key},
};
use async_recursion::async_recursion as boxed;
use store::{Account, NewAccount, ProviderIdentity, StoreError};
use url::Url;
use wire::Role;

use super::{AccountError, new_id};
use node::{
    Node, NodeError,
    audit::{self, Act, By, Object},
    urls,
    work::without_permit,
};

/// Why someone could not sign in through a provider, in words for them.
#[derive(Debug, thiserror::Error)]
pub enum ProviderRefusal {
    /// There is no such provider.
    #[error("There is no such way to sign in")]
    Unknown,
    /// There were too many attempts.
    #[error("There were too many attempts. Try again in a minute")]
    TooOften,
    /// The provider, or what it says.
    #[error("We could not sign you in: {0}")]
    Provider(#[from] ProviderError),
    /// The provider does not say that the person has an address that may sign in.
    #[error(
        "Your organisation’s sign-in did not give us a verified email address that may sign in here. Ask an administrator of this site"
    )]
    Email,
    /// The account is disabled, or there is none and none is made.
    #[error("You do not have an account on this site. Ask an administrator of this site")]
    NoAccount,
    /// The account with the address of the person belongs to another person of the same provider.
    #[error(
        "Someone else has signed in here with your email address before. Ask an administrator of this site"
    )]
    Taken,
    /// The node cannot answer now.
    #[error(transparent)]
    Node(NodeError),
}

impl From<StoreError> for ProviderRefusal {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

impl From<NodeError> for ProviderRefusal {
    fn from(error: NodeError) -> Self {
        Self::Node(error)
    }
}

/// Begins a sign-in; returns the address that the browser goes to, and what the session keeps meanwhile.
///
/// # Errors
/// `Unknown`, `TooOften`, `Provider`.
#[boxed]
pub async fn begin(node: &Node, name: &str, client: &str) -> Result<(Url, Begun), ProviderRefusal> {
    let provider = find(node, name)?;
    let attempt = [(Key::for_beginning(client), FOR_BEGINNING)];
    if node
        .accounts
        .throttle
        .attempt(&attempt, node.now())
        .is_err()
    {
        return Err(ProviderRefusal::TooOften);
    }
    let begun = without_permit(provider.begin(&redirect_uri(node, name)?, node.now())).await;
    match begun {
        Ok(begun) => Ok(begun),
        Err(error) => Err(refused(node, name, error).await),
    }
}

/// Ends a sign-in, and returns the account of the person.
///
/// # Errors
/// Any [`ProviderRefusal`].
#[boxed]
pub async fn finish(
    node: &Node,
    name: &str,
    begun: Option<&Begun>,
    callback: &Callback,
    client: &str,
) -> Result<Account, ProviderRefusal> {
    let provider = find(node, name)?;
    let Some(begun) = begun else {
        return Err(refused(node, name, ProviderError::State).await);
    };
    let redirect_uri = redirect_uri(node, name)?;
    let finished = provider.finish(begun, callback, &redirect_uri, node.now());
    let person = match without_permit(finished).await {
        Ok(person) => person,
        Err(error) => return Err(refused(node, name, error).await),
    };
    let account = account_of(node, name, &person).await?;
    // The role of the provider is that of each sign-in.
    let account = match person.role {
        Some(role) if person.role_is_claimed => with_role(node, account, role).await?,
        None if person.role_is_claimed => return Err(no_account(node, &account).await),
        _ => account,
    };
    if !node.store.record_sign_in(account.id, node.now()).await? {
        return Err(no_account(node, &account).await);
    }
    let address = Key::for_beginning(client);
    node.accounts.throttle.take_back(address, FOR_BEGINNING);
    Ok(account)
}

/// Finds the account of a person, links it or makes it.
async fn account_of(
    node: &Node,
    provider: &str,
    person: &Person,
) -> Result<Account, ProviderRefusal> {
    let identity = ProviderIdentity {
        issuer: person.issuer.clone(),
        subject: person.subject.clone(),
    };
    // Step 1: a person who has signed in before keeps the account, whatever address they have now.
    if let Some(account) = node.store.account_by_identity(&identity).await? {
        return Ok(account);
    }
    let email = match &person.email {
        Ok(email) => email,
        Err(why) => {
            record_refused(node, provider, why).await;
            return Err(ProviderRefusal::Email);
        }
    };
    // Step 2: one that an administrator has added.
    if let Some(account) = node.store.account_by_email(email.as_str()).await? {
        if account.disabled_at.is_some() {
            return Err(no_account(node, &account).await);
        }
        let linked = node.store.link_identity(&identity, account.id, node.now());
        if !linked.await? {
            // The same person, who signs in twice at the same time, has it by now.
            return match node.store.account_by_identity(&identity).await? {
                Some(held) => Ok(held),
                None => Err(taken(node, provider, &account).await),
            };
        }
        return Ok(account);
    }
    // Step 3: a new one.
    let role = person.role.ok_or(ProviderRefusal::NoAccount)?;
    let name = match person.name.as_str() {
        "" => email.as_str().split('@').next().unwrap_or_default(),
        name => name,
    };
    let new = NewAccount {
        id: new_id(node.now())?,
        email: email.as_str().to_owned(),
        name: name.to_owned(),
        role,
    };
    let store = &node.store;
    store
        .add_account_of_identity(&new, &identity, node.now())
        .await?;
    store
        .account(new.id)
        .await?
        .ok_or(ProviderRefusal::NoAccount)
}

/// Gives an account the role that the provider has for it. The last administrator stays one.
async fn with_role(node: &Node, account: Account, role: Role) -> Result<Account, ProviderRefusal> {
    if account.role == role {
        return Ok(account);
    }
    match super::set_role(node, &By::Account(account.id), account.id, role).await {
        Ok(()) => Ok(Account { role, ..account }),
        Err(AccountError::LastAdministrator) => Ok(account),
        Err(AccountError::Node(error)) => Err(ProviderRefusal::Node(error)),
        Err(_) => Err(no_account(node, &account).await),
    }
}

async fn no_account(node: &Node, account: &Account) -> ProviderRefusal {
    let object = Object::Account(account.id);
    audit::record_refusal(node, &By::Unknown, Act::SignInFailed, object).await;
    ProviderRefusal::NoAccount
}

/// Records that an account was not given to another person of its provider who has its address now.
async fn taken(node: &Node, provider: &str, account: &Account) -> ProviderRefusal {
    tracing::warn!(
        provider,
        account = %account.id,
        "another person of this provider has the address of an account; remove its link if it is theirs"
    );
    let object = Object::Account(account.id);
    audit::record_refusal(node, &By::Unknown, Act::SignInFailed, object).await;
    ProviderRefusal::Taken
}

/// Records why a provider's answer was refused. The cause is in the log; the person gets a sentence.
async fn refused(node: &Node, name: &str, error: ProviderError) -> ProviderRefusal {
    record_refused(node, name, &error).await;
    if matches!(error, ProviderError::Unreachable(_)) {
        node.read_authorities_after_failure().await;
    }
    match error {
        ProviderError::Unreachable(_) => ProviderRefusal::Provider(ProviderError::Unreachable(
            "try again in a minute".to_owned(),
        )),
        error => ProviderRefusal::Provider(error),
    }
}

async fn record_refused(node: &Node, provider: &str, error: &(impl std::fmt::Display + Sync)) {
    tracing::warn!(provider, %error, "a sign-in through a provider was refused");
    let object = Object::Named(provider.to_owned());
    audit::record_refusal(node, &By::Unknown, Act::ProviderRefused, object).await;
}

fn find<'a>(node: &'a Node, name: &str) -> Result<&'a Provider, ProviderRefusal> {
    let mut providers = node.accounts.providers.iter();
    let found = providers.find(|provider| provider.settings.name == name);
    found.ok_or(ProviderRefusal::Unknown)
}

fn redirect_uri(node: &Node, name: &str) -> Result<String, NodeError> {
    let identity = node.identity().ok_or(NodeError::NotInitialised)?;
    Ok(identity.absolute(&urls::provider_callback(name)))
}
