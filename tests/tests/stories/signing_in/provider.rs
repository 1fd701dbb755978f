//! Signing in through a real OpenID provider, and links by a real mail server.

use std::time::Duration;

use it::{
    answer::Answer,
    browser::{Browser, PASSWORD},
    engine::on_each_engine,
    helper::{Helper, is_installed},
    ports::free_ports,
    setup::Setup,
    trust::Trust,
};
use node::{audit::By, urls};
use people::accounts::{self, Person};
use serde_json::json;
use url::form_urlencoded::byte_serialize;
use wire::Role;

struct Exchange {
    trust: Trust,
    _provider: Helper,
    issuer: String,
}

impl Exchange {
    /// Starts a node and a provider that know each other.
    async fn start(setup: Setup, change: &[(&'static str, &'static str)]) -> Self {
        let port = free_ports(1);
        let issuer = format!("http://127.0.0.1:{port}");
        let setup = setup.settings(|settings| {
            let provider = accounts_provider(&issuer, change);
            settings.providers.insert("test".to_owned(), provider);
        });
        let trust = setup.start().await;
        let back = format!("{}/sign-in/with/test/back", trust.site());
        let provider = Helper::start("provider.mjs", &[&port.to_string(), &back]).await;
        Self {
            trust,
            _provider: provider,
            issuer,
        }
    }

    /// Says who signs in next.
    async fn who(&self, claims: serde_json::Value) {
        let claims: String = byte_serialize(claims.to_string().as_bytes()).collect();
        let address = format!("{}/test/who?claims={claims}", self.issuer);
        assert_eq!(self.trust.get(&address).await.text, "ok");
    }

    /// Goes where a browser is led, until there is a page; returns the page and the addresses on the way.
    async fn follow(&self, browser: &Browser, path: &str) -> (Answer, Vec<String>) {
        let mut addresses = vec![path.to_owned()];
        loop {
            assert!(addresses.len() < 12, "{addresses:?}");
            let answer = browser.get(&self.trust, addresses.last().unwrap()).await;
            if !answer.status.is_redirection() {
                return (answer, addresses);
            }
            let next = answer.header("location").to_owned();
            addresses.push(
                if next.starts_with('/') && addresses.last().unwrap().starts_with(&self.issuer) {
                    self.issuer.clone() + &next
                } else {
                    next
                },
            );
        }
    }
}

fn accounts_provider(
    issuer: &str,
    change: &[(&'static str, &'static str)],
) -> ::accounts::oidc::ProviderSettings {
    let mut provider = ::accounts::oidc::ProviderSettings {
        name: "test".to_owned(),
        title: "Northmoor".to_owned(),
        issuer: issuer.to_owned(),
        client_id: "wardround".to_owned(),
        client_secret: Some("a secret & more: 100%".to_owned().into()),
        domains: vec!["northmoor.example".to_owned()],
        default_role: Some(Role::Reader),
        ..Default::default()
    };
    for (key, value) in change {
        match *key {
            "role_claim" => provider.role_claim = Some((*value).to_owned()),
            "no_default" => provider.default_role = None,
            "trust_email" => provider.trust_email = true,
            "scopes" => provider.scopes = vec![(*value).to_owned()],
            "editors" => {
                let role = ((*value).to_owned(), Role::Editor);
                provider.roles = [role].into_iter().collect();
            }
            "secret" => provider.client_secret = Some((*value).to_owned().into()),
            "client_id" => (*value).clone_into(&mut provider.client_id),
            other => panic!("{other}"),
        }
    }
    provider
}

fn ada() -> serde_json::Value {
    json!({
        "sub": "ada-1", "email": "Ada.Okafor@northmoor.example", "email_verified": true, "name": "Ada Okafor",
    })
}

#[test]
fn a_person_signs_in_through_a_provider_and_is_known_again_by_the_subject() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let exchange = Exchange::start(Setup::new("ZZ1").engine(engine), &[]).await;
        let trust = &exchange.trust;
        let page = trust.get("/sign-in").await.text;
        assert!(page.contains("Sign in with Northmoor"), "{page}");
        exchange.who(ada()).await;
        let browser = Browser::default();
        let (page, addresses) = exchange
            .follow(&browser, "/sign-in/with/test?next=%2Fhelp")
            .await;
        assert_eq!(
            (page.status.as_u16(), addresses.last().unwrap().as_str()),
            (200, "/help"),
            "{}",
            page.text
        );
        assert!(page.text.contains("Ada Okafor"));
        let asked = &addresses[1];
        for part in [
            "code_challenge_method=S256",
            "code_challenge=",
            "nonce=",
            "state=",
            "response_type=code",
        ] {
            assert!(asked.contains(part), "{asked}");
        }
        // The same person with another address and another name.
        exchange.who(json!({ "sub": "ada-1", "email": "ada@elsewhere.example", "email_verified": false })).await;
        let again = Browser::default();
        let (page, _) = exchange.follow(&again, "/sign-in/with/test").await;
        assert!(
            page.text.contains("ada.okafor@northmoor.example"),
            "{}",
            page.text
        );
        // The answer is good once, and in the browser that asked.
        let back = addresses
            .iter()
            .find(|address| address.contains("/back?"))
            .unwrap();
        for browser in [&browser, &Browser::default()] {
            let refused = browser.get(trust, back).await;
            assert_eq!(refused.status, 400);
            assert!(
                refused.text.contains("not begun in this browser"),
                "{}",
                refused.text
            );
        }
    });
}

#[test]
fn only_a_verified_address_of_an_allowed_domain_finds_or_makes_an_account() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let exchange = Exchange::start(Setup::new("ZZ1").engine(engine), &[]).await;
        let trust = &exchange.trust;
        let administrator = trust.person_named("boss", Role::Administrator).await;
        for claims in [
            json!({ "sub": "m-1", "email": "boss@northmoor.example", "email_verified": false }),
            json!({ "sub": "m-2", "email": "boss@northmoor.example" }),
            json!({ "sub": "m-3", "email": "boss@evil.example", "email_verified": true }),
            json!({ "sub": "m-4", "email": "boss@northmoor.example.evil.example", "email_verified": true }),
            json!({ "sub": "m-5" }),
        ] {
            exchange.who(claims.clone()).await;
            let (page, _) = exchange
                .follow(&Browser::default(), "/sign-in/with/test")
                .await;
            assert_eq!(page.status, 403, "{claims}");
            assert!(
                page.text.contains("verified email address"),
                "{}",
                page.text
            );
        }
        // A verified one is linked, and keeps its role.
        exchange
            .who(json!({ "sub": "b-1", "email": "boss@northmoor.example", "email_verified": true }))
            .await;
        let (page, _) = exchange
            .follow(&Browser::default(), "/sign-in/with/test")
            .await;
        assert!(
            page.text.contains("Administrator") && page.text.contains("Pat boss"),
            "{}",
            page.text
        );
        // A disabled account is refused.
        trust.person_named("second", Role::Administrator).await;
        accounts::disable(trust.node(), &By::Node, administrator.id)
            .await
            .unwrap();
        let (page, _) = exchange
            .follow(&Browser::default(), "/sign-in/with/test")
            .await;
        assert_eq!(page.status, 403, "{}", page.text);
    });
}

#[test]
fn who_has_the_address_of_someone_else_now_does_not_get_their_account() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let exchange = Exchange::start(Setup::new("ZZ1").engine(engine), &[]).await;
        let trust = &exchange.trust;
        let first = async |claims: serde_json::Value| {
            exchange.who(claims).await;
            let browser = Browser::default();
            exchange.follow(&browser, "/sign-in/with/test").await.0
        };
        assert_eq!(first(ada()).await.status, 200);
        // Another person, a year later.
        let mut other = ada();
        other["sub"] = json!("ada-2");
        let refused = first(other.clone()).await;
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert!(
            refused.text.contains("Someone else has signed in here"),
            "{}",
            refused.text
        );
        assert_eq!(first(ada()).await.status, 200);
        // An administrator says that it is the same person, who has a new account there.
        let email = "ada.okafor@northmoor.example";
        let account = accounts::account_by_email(trust.node(), email).await;
        let administrator = trust.signed_in(Role::Administrator).await;
        let path = urls::account(account.unwrap().id);
        let page = administrator.get(trust, &path).await.text;
        assert!(page.contains("Remove the link"), "{page}");
        let done = administrator
            .post(trust, &path, &[("action", "unlink")])
            .await;
        assert_eq!(done.status, 303, "{}", done.text);
        assert_eq!(first(other).await.status, 200);
        assert_eq!(first(ada()).await.status, 403);
    });
}

#[test]
fn what_begins_at_a_provider_leaves_the_attempts_of_passwords_and_a_picture_begins_nothing() {
    on_each_engine(async |engine| {
        let setup = Setup::new("ZZ1").engine(engine).settings(|settings| {
            let nowhere = format!("http://127.0.0.1:{}", free_ports(1));
            let provider = accounts_provider(&nowhere, &[]);
            settings.providers.insert("test".to_owned(), provider);
        });
        let trust = setup.start().await;
        let path = "/sign-in/with/test";
        for (mode, dest) in [("no-cors", "image"), ("navigate", "iframe")] {
            let headers = [("sec-fetch-mode", mode), ("sec-fetch-dest", dest)];
            let get = reqwest::Method::GET;
            let answer = Browser::default()
                .send(&trust, get, path, &headers, String::new())
                .await;
            assert_eq!(answer.status, 403, "{mode} {dest}");
            assert!(answer.header("set-cookie").is_empty());
        }
        for _ in 0..65 {
            let answer = Browser::default().get(&trust, path).await;
            assert_eq!(answer.status, 502);
        }
        let browser = Browser::default();
        let answer = browser
            .try_to_sign_in(&trust, "ada@northmoor.example", "wrong wrong")
            .await;
        assert_eq!(answer.status, 422);
    });
}

#[test]
fn a_provider_decides_roles_where_the_operator_says_so() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let setup = Setup::new("ZZ1").engine(engine);
        let exchange = Exchange::start(setup, &[("role_claim", "roles"), ("no_default", "")]).await;
        let trust = &exchange.trust;
        let with = |roles: serde_json::Value| {
            let mut claims = ada();
            claims["roles"] = roles;
            claims
        };
        exchange.who(with(json!([]))).await;
        let (page, _) = exchange
            .follow(&Browser::default(), "/sign-in/with/test")
            .await;
        assert_eq!(page.status, 403);
        exchange.who(with(json!(["x", "editor"]))).await;
        let editor = Browser::default();
        let (page, _) = exchange.follow(&editor, "/sign-in/with/test").await;
        assert!(page.text.contains("<dd>Editor</dd>"), "{}", page.text);
        // Less at the next sign-in, which ends the sessions that had more.
        exchange.who(with(json!(["reader"]))).await;
        let (page, _) = exchange
            .follow(&Browser::default(), "/sign-in/with/test")
            .await;
        assert!(page.text.contains("<dd>Reader</dd>"), "{}", page.text);
        assert_eq!(editor.get(trust, "/me").await.status, 303);
    });
}

/// The tokens of the providers that docs/SIGN-IN.md describes step by step, with the settings of its samples.
#[test]
fn tokens_as_entra_and_keycloak_make_them_sign_people_in() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        // Entra: no `email_verified`, and the roles of the application in `roles`.
        let entra = json!({
            "sub": "entra-1", "email": "ada.okafor@northmoor.example", "name": "Ada Okafor", "roles": ["editor"],
        });
        let of_entra = [("role_claim", "roles"), ("trust_email", "")];
        // Keycloak: a verified address, and the roles of the realm below `realm_access`, among others.
        let keycloak = json!({
            "sub": "keycloak-1", "email": "ada.okafor@northmoor.example", "email_verified": true, "name": "Ada Okafor",
            "realm_access": { "roles": ["offline_access", "wardround-editor", "uma_authorization"] },
        });
        let of_keycloak = [
            ("role_claim", "realm_access.roles"),
            ("no_default", ""),
            ("editors", "wardround-editor"),
        ];
        for (claims, change) in [(entra, &of_entra[..]), (keycloak, &of_keycloak[..])] {
            let exchange = Exchange::start(Setup::new("ZZ1").engine(engine), change).await;
            exchange.who(claims).await;
            let browser = Browser::default();
            let (page, _) = exchange.follow(&browser, "/sign-in/with/test").await;
            assert!(page.text.contains("<dd>Editor</dd>"), "{}", page.text);
        }
    });
}

#[test]
fn a_provider_that_refuses_us_or_does_not_answer_is_reported_in_one_sentence() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        for change in [("secret", "wrong"), ("client_id", "someone-else")] {
            let exchange = Exchange::start(Setup::new("ZZ1").engine(engine), &[change]).await;
            exchange.who(ada()).await;
            let (page, addresses) = exchange
                .follow(&Browser::default(), "/sign-in/with/test")
                .await;
            assert!(
                page.status.is_client_error() || page.status == 502,
                "{}",
                page.status
            );
            let is_ours = !addresses.last().unwrap().starts_with(&exchange.issuer);
            assert!(
                !is_ours || page.text.contains("You are not signed in"),
                "{}",
                page.text
            );
        }
        let setup = Setup::new("ZZ1").engine(engine).settings(|settings| {
            let nowhere = format!("http://127.0.0.1:{}", free_ports(1));
            let provider = accounts_provider(&nowhere, &[]);
            settings.providers.insert("test".to_owned(), provider);
        });
        let trust = setup.start().await;
        let answer = Browser::default().get(&trust, "/sign-in/with/test").await;
        assert_eq!(answer.status, 502);
        assert!(
            answer.text.contains("does not answer: try again"),
            "{}",
            answer.text
        );
        assert_eq!(
            Browser::default()
                .get(&trust, "/sign-in/with/other")
                .await
                .status,
            404
        );
        // Not begun here.
        let forged = Browser::default()
            .get(&trust, "/sign-in/with/test/back?code=x&state=y")
            .await;
        assert_eq!(forged.status, 400);
    });
}

/// Returns the link in a mail.
fn link_in(mail: &str) -> String {
    let mail: serde_json::Value = serde_json::from_str(mail).unwrap();
    // Quoted-printable: a line that goes on ends with `=`, and `=` itself is `=3D`.
    let text = mail["text"]
        .as_str()
        .unwrap()
        .replace("=\r\n", "")
        .replace("=3D", "=");
    let (_, rest) = text
        .split_once("http://")
        .unwrap_or_else(|| panic!("{text}"));
    format!("http://{}", rest.split_whitespace().next().unwrap())
}

#[test]
fn links_reach_people_by_mail_and_only_those_who_have_an_account() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        let port = free_ports(1);
        let mut server = Helper::start("smtp.mjs", &[&port.to_string()]).await;
        let setup = Setup::new("ZZ1").engine(engine).settings(|settings| {
            settings.smtp.host = Some("127.0.0.1".to_owned());
            settings.smtp.port = port;
            settings.smtp.encryption = ::accounts::mail::Encryption::None;
            settings.smtp.from = Some("Northmoor lessons <lessons@northmoor.example>".to_owned());
        });
        let trust = setup.start().await;
        // An invitation: the administrator does not see the link.
        let administrator = trust.signed_in(Role::Administrator).await;
        let fields = [
            ("name", "Ben Osei"),
            ("email", "ben@northmoor.example"),
            ("role", "editor"),
        ];
        let page = administrator.post(&trust, "/accounts", &fields).await;
        assert!(
            page.text
                .contains("We have sent a link to ben@northmoor.example"),
            "{}",
            page.text
        );
        assert!(!page.text.contains("key="));
        let mail = server.line().await;
        assert!(
            mail.contains("\"to\":[\"ben@northmoor.example\"]") && mail.contains("Ben Osei"),
            "{mail}"
        );
        let invitation = link_in(&mail);
        // It expires, and its page sends a new one.
        trust.advance(Duration::from_secs(7 * 86_400));
        let browser = Browser::default();
        let path = invitation.strip_prefix(&trust.site()).unwrap();
        let expired = browser.get(&trust, path).await;
        assert!(
            expired.text.contains("Send me a new link"),
            "{}",
            expired.text
        );
        let key = path.split_once("key=").unwrap().1.to_owned();
        let sent = browser
            .post(&trust, "/sign-in/forgot", &[("key", &key)])
            .await;
        assert!(sent.text.contains("Look in your mail"), "{}", sent.text);
        let again = link_in(&server.line().await);
        let key = again.split_once("key=").unwrap().1.to_owned();
        let done = browser
            .post(
                &trust,
                "/sign-in/link",
                &[("key", &key), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(done.status, 303, "{}", done.text);
        // A new password: the page is the same for those who have no account, and they get nothing.
        let person = Person {
            email: "gone@northmoor.example",
            name: "Gone",
        };
        let gone = accounts::add(trust.node(), &By::Node, &person, Role::Reader)
            .await
            .unwrap();
        accounts::disable(trust.node(), &By::Node, gone.id)
            .await
            .unwrap();
        let mut pages = Vec::new();
        for email in [
            "no-one@northmoor.example",
            "gone@northmoor.example",
            "nonsense",
            "Ben@northmoor.example",
        ] {
            let page = Browser::default()
                .post(&trust, "/sign-in/forgot", &[("email", email)])
                .await;
            pages.push(page.text);
        }
        pages.dedup();
        assert_eq!(pages.len(), 1);
        let mail = server.line().await;
        assert!(
            mail.contains("\"to\":[\"ben@northmoor.example\"]"),
            "{mail}"
        );
        // A server that is gone: the administrator gets the link.
        drop(server);
        let fields = [
            ("name", "Eve"),
            ("email", "eve@northmoor.example"),
            ("role", "reader"),
        ];
        let administrator = Browser::default();
        administrator
            .sign_in(&trust, "administrator@northmoor.example")
            .await;
        let page = administrator.post(&trust, "/accounts", &fields).await;
        assert!(page.text.contains("key="), "{}", page.text);
    });
}

#[test]
fn a_scope_is_asked_for_besides_the_usual_ones() {
    if !is_installed() {
        return;
    }
    on_each_engine(async |engine| {
        for (change, expected) in [
            (&[][..], "openid email profile"),
            (&[("scopes", "groups")][..], "openid email profile groups"),
        ] {
            let exchange = Exchange::start(Setup::new("ZZ1").engine(engine), change).await;
            let asked = Browser::default()
                .get(&exchange.trust, "/sign-in/with/test")
                .await;
            let address = url::Url::parse(asked.header("location")).unwrap();
            let mut pairs = address.query_pairs();
            let (_, scope) = pairs.find(|(name, _)| name == "scope").unwrap();
            assert_eq!(scope, expected);
        }
    });
}
