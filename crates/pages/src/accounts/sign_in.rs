//! Signing in and out.

use std::{sync::Arc, time::Duration};

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use node::{
    Node,
    audit::{self, Act, By, Entry, Object},
    urls,
};
use people::accounts::{self, AccountError, Attempt, SignIn};
use serde::Deserialize;
use tower_sessions::Session;
use wire::AccountId;

use super::{
    Asked, FieldFault, Fields, FormFaults, browser_name, fault_of, form_page, go_to, personal,
};
use crate::{
    PageError,
    frame::Frame,
    link::Link,
    requester::{ClientAddress, Requester},
    sessions,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    faults: FormFaults,
    email: String,
    next: String,
    /// The paragraphs of the operator's note.
    note: Vec<String>,
    providers: Vec<Link>,
}

#[derive(Template)]
#[template(path = "sign_out.html")]
struct SignOutPage {
    frame: Frame,
    name: String,
}

/// Where to continue after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct Next {
    /// A path of this site.
    #[serde(default)]
    pub(super) next: String,
    /// Not empty for someone in whose browser another person has signed in.
    #[serde(default)]
    again: String,
}

/// What someone has typed to sign in.
#[derive(Deserialize)]
pub struct SignInFields {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`.
pub async fn show(
    State(node): State<Arc<Node>>,
    requester: Requester,
    Asked(next): Asked<Next>,
) -> Result<Response, PageError> {
    let Next { next, again } = next;
    if requester.account.is_some() && again.is_empty() {
        return Ok(go_to(after(&next)));
    }
    let page = page(&node, FormFaults::default(), String::new(), &next);
    form_page(&page, &page.faults)
}

/// `POST /sign-in`.
pub async fn submit(
    State(node): State<Arc<Node>>,
    session: Session,
    ClientAddress(client): ClientAddress,
    headers: HeaderMap,
    Fields(fields): Fields<SignInFields>,
) -> Result<Response, PageError> {
    let missing = missing(&fields);
    if !missing.0.is_empty() {
        let page = page(&node, missing, fields.email, &fields.next);
        return form_page(&page, &page.faults);
    }
    let attempt = Attempt {
        email: &fields.email,
        password: &fields.password,
        client: &client,
    };
    let faults = match accounts::sign_in(&node, attempt).await {
        Ok(SignIn::Right(account)) => {
            begin(&session, account.id, &headers).await?;
            return Ok(go_to(after(&fields.next)));
        }
        Ok(SignIn::Wrong) => {
            FormFaults::one("email", "The email address or the password is not right")
        }
        Ok(SignIn::TooOften(wait)) => return too_often(&node, fields, wait),
        Err(error @ AccountError::Busy(_)) => fault_of(error)?,
        Err(error) => return Err(error.into()),
    };
    let page = page(&node, faults, fields.email, &fields.next);
    form_page(&page, &page.faults)
}

/// Begins the session of someone who has signed in.
///
/// # Errors
/// Of the database.
pub(super) async fn begin(
    session: &Session,
    account: AccountId,
    headers: &HeaderMap,
) -> Result<(), PageError> {
    let user_agent = headers.get(header::USER_AGENT);
    let user_agent = user_agent.and_then(|value| value.to_str().ok());
    let browser = browser_name(user_agent.unwrap_or_default());
    let begun = sessions::begin(session, account, &browser).await;
    begun.map_err(PageError::from)
}

/// `GET /sign-out`: asks, since a link of another site must not sign anyone out.
pub async fn ask_to_sign_out(
    State(node): State<Arc<Node>>,
    requester: Requester,
) -> Result<Response, PageError> {
    let Some(account) = &requester.account else {
        return Ok(go_to(urls::HOME));
    };
    let frame = crate::frame_for(&node, &requester);
    let page = SignOutPage {
        name: account.name.clone(),
        frame: Frame {
            title: format!("Sign out – {}", frame.site),
            hidden: true,
            ..frame
        },
    };
    form_page(&page, &FormFaults::default())
}

/// `POST /sign-out`. It ends the session on the server too.
pub async fn sign_out(
    State(node): State<Arc<Node>>,
    requester: Requester,
    session: Session,
) -> Result<Response, PageError> {
    session.flush().await?;
    if let Some(account) = requester.account {
        let (by, object) = (By::Account(account.id), Object::Account(account.id));
        let entry = Entry::new(&by, Act::SignedOut, object, node.now());
        audit::record(&node, entry).await;
    }
    Ok(go_to(urls::HOME))
}

fn after(next: &str) -> &str {
    urls::next(next).unwrap_or(urls::ME)
}

fn missing(fields: &SignInFields) -> FormFaults {
    let field = |field, text: &str| FieldFault {
        field,
        text: text.to_owned(),
    };
    let mut faults = Vec::new();
    if fields.email.trim().is_empty() {
        faults.push(field("email", "Enter your email address"));
    }
    if fields.password.is_empty() {
        faults.push(field("password", "Enter your password"));
    }
    FormFaults(faults)
}

/// Answers one who has tried too often: 429, with the time to wait.
fn too_often(node: &Node, fields: SignInFields, wait: Duration) -> Result<Response, PageError> {
    let secs = wait.as_secs() + 1;
    let minutes = secs.div_ceil(60);
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    let text = format!("There were too many attempts. Try again in {minutes} {unit}");
    let page = page(
        node,
        FormFaults::one("email", text),
        fields.email,
        &fields.next,
    );
    let html = Html(page.render()?);
    let mut response = personal((StatusCode::TOO_MANY_REQUESTS, html).into_response());
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
    Ok(response)
}

fn page(node: &Node, faults: FormFaults, email: String, next: &str) -> SignInPage {
    let next = urls::next(next).unwrap_or_default().to_owned();
    let providers = node.accounts.providers.iter().map(|provider| {
        let settings = &provider.settings;
        let words = format!("Sign in with {}", settings.title);
        Link::new(words, urls::provider(&settings.name, &next))
    });
    let providers = providers.collect();
    let frame = crate::frame(node);
    let error = if faults.0.is_empty() { "" } else { "Error: " };
    SignInPage {
        frame: Frame {
            title: format!("{error}Sign in – {}", frame.site),
            hidden: true,
            ..frame
        },
        faults,
        email,
        next,
        note: node
            .settings
            .accounts
            .note
            .iter()
            .flat_map(|note| note.lines().map(str::to_owned))
            .collect(),
        providers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> SignInPage {
        SignInPage {
            frame: of.frame(),
            faults: FormFaults(of.list(vec![FieldFault {
                field: "email",
                text: of.text("The email address or the password is not right"),
            }])),
            email: of.text("ada.okafor@northmoor.example"),
            next: of.text("/d/zz1/1/x"),
            note: of.list(vec![of.text("Use your work address.")]),
            providers: of.list(vec![
                of.link("Sign in with Northmoor", "/sign-in/with/northmoor"),
            ]),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
