//! The question before an account is disabled: enabling it again brings back no access token and no link.

use askama::Template;
use axum::response::Response;
use node::{Node, urls};
use store::Account;

use super::{FormFaults, form_page};
use crate::{
    PageError,
    frame::Frame,
    requester::{Requester, SignedIn},
    words,
};

#[derive(Template)]
#[template(path = "account_disable.html")]
struct DisablePage {
    frame: Frame,
    address: String,
    name: String,
    email: String,
    /// `2 browsers`.
    browsers: String,
    /// The names of the access tokens.
    tokens: Vec<String>,
}

/// Asks whether an account is to be disabled, and says what ends with it.
pub(super) async fn ask(
    node: &Node,
    signed_in: SignedIn,
    account: Account,
) -> Result<Response, PageError> {
    let now = node.now();
    let used_after = now.minus(node.current().accounts.session_idle);
    let sessions = node.store.sessions_of(account.id, now, used_after).await?;
    let count = u64::try_from(sessions.len()).unwrap_or(u64::MAX);
    let tokens = node.store.access_tokens(account.id).await?;
    let frame = crate::frame_for(node, &Requester::for_account(signed_in.0));
    let asked = DisablePage {
        frame: Frame {
            title: format!("Disable an account – {}", frame.site),
            hidden: true,
            ..frame
        },
        address: urls::account(account.id),
        name: account.name,
        email: account.email,
        browsers: words::counted(count, "browser", "browsers"),
        tokens: tokens.into_iter().map(|token| token.name).collect(),
    };
    form_page(&asked, &FormFaults::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, Sample};

    fn sample(of: Sample) -> DisablePage {
        DisablePage {
            frame: of.frame(),
            address: "/accounts/01996c5e-8a00-7000-8000-000000000001".to_owned(),
            name: of.text("Ada Okafor"),
            email: of.text("ada.okafor@northmoor.example"),
            browsers: "2 browsers".to_owned(),
            tokens: of.list(vec![of.text("Report from our incident system")]),
        }
    }

    #[test]
    fn no_text_on_the_page_becomes_markup() {
        insta::assert_snapshot!(samples::render(sample));
    }
}
