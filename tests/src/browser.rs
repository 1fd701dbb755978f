//! A browser of a person who signs in: it keeps cookies, and sends what browsers send with a form.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::{collections::BTreeMap, sync::Mutex};

use node::audit::By;
use people::accounts::{self, Person};
use reqwest::Method;
use store::Account;
use url::{Url, form_urlencoded};
use wire::Role;

use crate::{answer::Answer, trust::Trust};

/// A password that everyone in a story has.
pub const PASSWORD: &str = "wicker lantern plum";

/// A browser.
#[derive(Debug, Default)]
pub struct Browser {
    cookies: Mutex<BTreeMap<String, String>>,
    /// Who has signed in, as the forms of their pages say.
    writer: Mutex<Option<String>>,
}

impl Browser {
    /// Returns the value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Sets a cookie, as someone else may have done.
    pub fn set_cookie(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Requests a page.
    pub async fn get(&self, trust: &Trust, path: &str) -> Answer {
        self.send(trust, Method::GET, path, &[], String::new())
            .await
    }

    /// Sends a form, as the page of this site does.
    pub async fn post(&self, trust: &Trust, path: &str, fields: &[(&str, &str)]) -> Answer {
        let headers = [("sec-fetch-site", "same-origin")];
        self.post_with(trust, path, fields, &headers).await
    }

    /// Sends a form with other headers.
    pub async fn post_with(
        &self,
        trust: &Trust,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Answer {
        let writer = self.writer.lock().unwrap().clone();
        let writer = writer.filter(|_| !fields.iter().any(|(name, _)| *name == "writer"));
        let writer = writer.iter().map(|writer| ("writer", writer.as_str()));
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .extend_pairs(writer)
            .finish();
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend_from_slice(headers);
        self.send(trust, Method::POST, path, &all, body).await
    }

    /// Sends a request with the cookies that are held.
    pub async fn send(
        &self,
        trust: &Trust,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let held = self.cookies.lock().unwrap().clone();
        let held: Vec<String> = held
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let held = held.join("; ");
        let mut all = headers.to_vec();
        if !held.is_empty() {
            all.push(("cookie", &held));
        }
        let answer = trust.send(method, path, &all, body).await;
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// Signs in, and expects that it works.
    pub async fn sign_in(&self, trust: &Trust, email: &str) {
        let answer = self.try_to_sign_in(trust, email, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
    }

    /// Tries to sign in.
    pub async fn try_to_sign_in(&self, trust: &Trust, email: &str, password: &str) -> Answer {
        let fields = [("email", email), ("password", password)];
        let answer = self.post(trust, "/sign-in", &fields).await;
        if answer.status == 303 {
            let email = email.trim().to_lowercase();
            let account = trust.node().store.account_by_email(&email).await.unwrap();
            *self.writer.lock().unwrap() = account.map(|account| account.id.to_string());
        }
        answer
    }
}

impl Trust {
    /// Adds a person who has chosen [`PASSWORD`]; their address is `ROLE@northmoor.example`.
    pub async fn person(&self, role: Role) -> Account {
        self.person_named(role.as_str(), role).await
    }

    /// Adds a person with an address of their own.
    pub async fn person_named(&self, local: &str, role: Role) -> Account {
        let email = format!("{local}@northmoor.example");
        let name = format!("Pat {local}");
        let person = Person {
            email: &email,
            name: &name,
        };
        let account = accounts::add(self.node(), &By::Node, &person, role)
            .await
            .unwrap();
        let key = self.link_key(&account).await;
        accounts::use_link(self.node(), &key, PASSWORD)
            .await
            .unwrap()
    }

    /// Makes a link for a person, and returns its secret part.
    pub async fn link_key(&self, account: &Account) -> String {
        let made = accounts::make_link(self.node(), &By::Node, account.id).await;
        let link = Url::parse(&made.unwrap().url).unwrap();
        let (_, key) = link.query_pairs().next().unwrap();
        key.into_owned()
    }

    /// Adds a person, and returns a browser in which they have signed in.
    pub async fn signed_in(&self, role: Role) -> Browser {
        let account = self.person(role).await;
        let browser = Browser::default();
        browser.sign_in(self, &account.email).await;
        browser
    }
}
