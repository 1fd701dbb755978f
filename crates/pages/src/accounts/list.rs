//! The people who can sign in, for administrators.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};
use node::{Node, urls};
use people::accounts::{self, AccountError, Person};
use serde::Deserialize;
use store::{Account, MAX_ACCOUNTS};
use wire::Role;

use super::{
    Asked, Fields, FormFaults, RoleChoice, by, fault_of, form_page, personal, role_choices,
    role_words,
};
use crate::{
    PageError,
    frame::Frame,
    requester::{Requester, SignedIn},
    words,
};

/// Pages of the list: more accounts than there are people in the NHS.
const MAX_PAGE: u64 = 100_000;

#[derive(Template)]
#[template(path = "accounts.html")]
struct Accounts {
    frame: Frame,
    faults: FormFaults,
    words: String,
    people: Vec<PersonRow>,
    counted: String,
    previous: Option<String>,
    next: Option<String>,
    email: String,
    name: String,
    roles: Vec<RoleChoice>,
}

#[derive(Template)]
#[template(path = "account_link.html")]
struct NewLink {
    frame: Frame,
    name: String,
    email: String,
    /// Nothing if it was mailed.
    link: Option<String>,
    is_new: bool,
    back: String,
}

/// A person, as the list shows them.
#[derive(Debug, Clone)]
struct PersonRow {
    href: String,
    name: String,
    email: String,
    role: &'static str,
    state: &'static str,
    tag: &'static str,
    signed_in: String,
}

/// Who is listed.
#[derive(Debug, Default, Deserialize)]
pub struct Listed {
    /// Words of names or addresses.
    #[serde(default)]
    q: String,
    /// The page of the list, from 1.
    #[serde(default)]
    page: u64,
}

/// The form that adds a person.
#[derive(Debug, Default, Deserialize)]
pub struct PersonFields {
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
}

/// `GET /accounts`.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Asked(listed): Asked<Listed>,
) -> Result<Response, PageError> {
    let fields = PersonFields::default();
    answer(&node, &requester, listed, fields, FormFaults::default()).await
}

/// `POST /accounts`: adds a person, and shows the link for them.
pub async fn add(
    State(node): State<Arc<Node>>,
    signed_in: SignedIn,
    Fields(fields): Fields<PersonFields>,
) -> Result<Response, PageError> {
    let requester = Requester::for_account(signed_in.0.clone());
    let Some(role) = Role::parse(&fields.role) else {
        let faults = FormFaults::one("role", "Select what the person may do");
        return answer(&node, &requester, Listed::default(), fields, faults).await;
    };
    let person = Person {
        email: &fields.email,
        name: &fields.name,
    };
    match accounts::add(&node, &by(&signed_in), &person, role).await {
        Ok(account) => show_link(&node, &signed_in, account, urls::ACCOUNTS).await,
        Err(error @ AccountError::Node(_)) => Err(error.into()),
        Err(error) => {
            let faults = fault_of(error)?;
            answer(&node, &requester, Listed::default(), fields, faults).await
        }
    }
}

/// Makes a link for an account, and shows it once.
///
/// # Errors
/// Of the database.
pub(super) async fn show_link(
    node: &Node,
    signed_in: &SignedIn,
    account: Account,
    back: &str,
) -> Result<Response, PageError> {
    let made = accounts::make_link(node, &by(signed_in), account.id).await?;
    // One that could not be mailed is shown instead.
    let is_mailed = accounts::mail_link(node, &made).await;
    let frame = crate::frame_for(node, &Requester::for_account(signed_in.0.clone()));
    let page = NewLink {
        frame: Frame {
            title: format!("Link for {} – {}", account.name, frame.site),
            hidden: true,
            ..frame
        },
        name: made.name,
        email: made.email,
        link: (!is_mailed).then_some(made.url),
        is_new: made.is_invitation,
        back: back.to_owned(),
    };
    let html = Html(page.render()?);
    Ok(personal((StatusCode::OK, html).into_response()))
}

async fn answer(
    node: &Node,
    requester: &Requester,
    listed: Listed,
    fields: PersonFields,
    faults: FormFaults,
) -> Result<Response, PageError> {
    let page = listed.page.clamp(1, MAX_PAGE);
    let skip = (page - 1) * u64::from(MAX_ACCOUNTS);
    let (people, count) = node.store.accounts(&listed.q, skip).await?;
    let frame = crate::frame_for(node, requester);
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    let address = |page: u64| {
        let mut query = url_query(&listed.q);
        query.push_str(&format!("page={page}"));
        urls::with_query(urls::ACCOUNTS, &query)
    };
    let page = Accounts {
        frame: Frame {
            title: format!("{error}Accounts – {}", frame.site),
            hidden: true,
            ..frame
        },
        counted: words::counted(count, "account", "accounts"),
        previous: (page > 1).then(|| address(page - 1)),
        next: (skip + u64::from(MAX_ACCOUNTS) < count).then(|| address(page + 1)),
        people: people.into_iter().map(row).collect(),
        words: listed.q,
        email: fields.email,
        name: fields.name,
        roles: role_choices(Role::parse(&fields.role)),
        faults,
    };
    form_page(&page, &page.faults)
}

fn url_query(words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    format!("q={}&", urls::encoded(words))
}

fn row(account: Account) -> PersonRow {
    let (state, tag) = state(&account);
    PersonRow {
        href: urls::account(account.id),
        name: account.name,
        email: account.email,
        role: role_words(account.role),
        state,
        tag,
        signed_in: account
            .signed_in_at
            .map_or_else(|| "Never".to_owned(), |at| words::date(at.date())),
    }
}

/// Returns the state of an account in words, and the colour of its tag.
pub(super) fn state(account: &Account) -> (&'static str, &'static str) {
    match (account.disabled_at, account.signed_in_at) {
        (Some(_), _) if account.is_erased() => ("Erased", "grey"),
        (Some(_), _) => ("Disabled", "grey"),
        (None, None) => ("Invited", "orange"),
        (None, Some(_)) => ("Active", "green"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::FieldFault,
        samples::{self, Sample},
    };

    fn sample(of: Sample) -> Accounts {
        Accounts {
            frame: of.frame(),
            faults: FormFaults(of.list(vec![FieldFault {
                field: "email",
                text: of.text("There is already an account with this email address"),
            }])),
            words: of.text("okafor"),
            people: of.list(vec![PersonRow {
                href: "/accounts/01996c5e-8a00-7000-8000-000000000001".to_owned(),
                name: of.text("Ada Okafor"),
                email: of.text("ada.okafor@northmoor.example"),
                role: "Editor",
                state: "Active",
                tag: "green",
                signed_in: "12 September 2026".to_owned(),
            }]),
            counted: "1 account".to_owned(),
            previous: of.option("/accounts?page=1".to_owned()),
            next: of.option("/accounts?page=3".to_owned()),
            email: of.text("ada.okafor@northmoor.example"),
            name: of.text("Ada Okafor"),
            roles: role_choices(Some(Role::Editor)),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
