//! A provider that lies: whatever it says wrong, no one is signed in, and the page says why in one sentence.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ed25519_dalek::{Signer as _, SigningKey};
use it::{browser::Browser, engine::on_each_engine, setup::Setup, trust::Trust};
use node::clock::Clock;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;
use wire::{Role, base64};

/// What the provider answers, as a test has set it.
#[derive(Clone)]
struct Answers {
    metadata: Value,
    keys: Value,
    /// Status and body of the answer to the code.
    token: (u16, String),
}

type Shared = Arc<Mutex<Answers>>;

struct Liar {
    address: SocketAddr,
    answers: Shared,
}

impl Liar {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Arc::new(Mutex::new(honest(address)));
        let read = |pick: fn(&Answers) -> Value| {
            get(async move |State(answers): State<Shared>| {
                pick(&answers.lock().unwrap()).to_string()
            })
        };
        let router = Router::new()
            .route(
                "/.well-known/openid-configuration",
                read(|answers| answers.metadata.clone()),
            )
            .route("/keys", read(|answers| answers.keys.clone()))
            .route("/token", post(token))
            .with_state(Arc::clone(&answers));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, answers }
    }

    fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn token(State(answers): State<Shared>) -> Response {
    let (status, body) = answers.lock().unwrap().token.clone();
    let status = StatusCode::from_u16(status).unwrap();
    let elsewhere = [(header::LOCATION, "http://127.0.0.1:1/token")];
    (status, elsewhere, body).into_response()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn honest(address: SocketAddr) -> Answers {
    let issuer = format!("http://{address}");
    let x = base64::encode_url(key(1).verifying_key().as_bytes());
    Answers {
        metadata: json!({
            "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        }),
        keys: json!({ "keys": [
            { "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k", "use": "sig", "alg": "EdDSA" },
            { "kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "e", "use": "enc", "alg": "RSA-OAEP" },
            { "kty": "??" },
        ] }),
        token: (500, String::new()),
    }
}

fn signed(header: &Value, claims: &Value, seed: u8) -> String {
    let part = |value: &Value| base64::encode_url(value.to_string().as_bytes());
    let text = format!("{}.{}", part(header), part(claims));
    let signature = key(seed).sign(text.as_bytes()).to_bytes();
    format!("{text}.{}", base64::encode_url(&signature))
}

/// One lie: what is changed in the metadata, the header and the claims, who signs, and what the page says.
struct Case {
    name: &'static str,
    metadata: Value,
    header: Value,
    claims: Value,
    seed: u8,
    says: &'static str,
}

fn case(name: &'static str, says: &'static str) -> Case {
    Case {
        name,
        metadata: json!({}),
        header: json!({}),
        claims: json!({}),
        seed: 1,
        says,
    }
}

fn cases() -> Vec<Case> {
    let metadata = |name, metadata, says| Case {
        metadata,
        ..case(name, says)
    };
    let header = |name, header, says| Case {
        header,
        ..case(name, says)
    };
    let claims = |name, claims, says| Case {
        claims,
        ..case(name, says)
    };
    let (address, another) = ("addresses that we cannot use", "from another provider");
    vec![
        case("honest", ""),
        metadata(
            "another issuer",
            json!({ "issuer": "https://id.example" }),
            another,
        ),
        metadata(
            "metadata service",
            json!({ "jwks_uri": "http://169.254.169.254/keys" }),
            address,
        ),
        metadata(
            "a file",
            json!({ "token_endpoint": "file:///etc/passwd" }),
            address,
        ),
        metadata(
            "a script",
            json!({ "authorization_endpoint": "javascript:alert(1)" }),
            address,
        ),
        metadata(
            "a password in an address",
            json!({ "token_endpoint": "https://a:b@id.example" }),
            address,
        ),
        metadata("no keys", json!({ "jwks_uri": 7 }), "not of the right form"),
        metadata(
            "says who and does not",
            json!({ "authorization_response_iss_parameter_supported": true }),
            another,
        ),
        header(
            "alg none",
            json!({ "alg": "none" }),
            "in a way that we do not accept",
        ),
        header(
            "shared secret",
            json!({ "alg": "HS256" }),
            "in a way that we do not accept",
        ),
        header("crit", json!({ "crit": ["x"] }), "not of the right form"),
        header(
            "unknown key",
            json!({ "kid": "other" }),
            "a key that it does not publish",
        ),
        header(
            "key for encryption",
            json!({ "kid": "e", "alg": "RS256" }),
            "a key that it does not publish",
        ),
        Case {
            seed: 2,
            ..case("another key", "signature of its answer is wrong")
        },
        claims("issuer", json!({ "iss": "https://id.example" }), another),
        claims("audience", json!({ "aud": "other" }), "for another site"),
        claims(
            "audiences",
            json!({ "aud": ["wardround", "other"] }),
            "for another site",
        ),
        claims("party", json!({ "azp": "other" }), "for another site"),
        claims("nonce", json!({ "nonce": "other" }), "another attempt"),
        claims("expired", json!({ "exp": 1_000_000 }), "too old or too new"),
        claims(
            "from the future",
            json!({ "iat": 4_000_000_000_u64 }),
            "too old or too new",
        ),
        claims(
            "not yet",
            json!({ "nbf": 4_000_000_000_u64 }),
            "too old or too new",
        ),
        claims("no subject", json!({ "sub": "" }), "not of the right form"),
        claims(
            "unverified",
            json!({ "email_verified": false }),
            "verified email address",
        ),
    ]
}

fn changed(mut value: Value, change: &Value) -> Value {
    for (name, new) in change.as_object().unwrap() {
        value[name] = new.clone();
    }
    value
}

async fn node_that_trusts(setup: Setup, liar: &Liar) -> Trust {
    let provider = ::accounts::oidc::ProviderSettings {
        name: "test".to_owned(),
        issuer: liar.issuer(),
        client_id: "wardround".to_owned(),
        domains: vec!["northmoor.example".to_owned()],
        default_role: Some(Role::Reader),
        ..Default::default()
    };
    let setup =
        setup.settings(|settings| drop(settings.providers.insert("test".to_owned(), provider)));
    setup.start().await
}

/// Begins a sign-in; returns where the browser is led.
async fn begin(browser: &Browser, trust: &Trust) -> Result<Url, String> {
    let answer = browser.get(trust, "/sign-in/with/test").await;
    match answer.status.as_u16() {
        303 => Ok(Url::parse(answer.header("location")).unwrap()),
        _ => Err(answer.text),
    }
}

fn query(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[test]
fn whatever_a_provider_says_wrong_no_one_is_signed_in() {
    on_each_engine(async |engine| {
        for case in cases() {
            let liar = Liar::start().await;
            let clock = Clock::system();
            let setup = Setup::new("ZZ1").engine(engine).clock(&clock);
            let trust = node_that_trusts(setup, &liar).await;
            {
                let mut answers = liar.answers.lock().unwrap();
                answers.metadata = changed(answers.metadata.clone(), &case.metadata);
            }
            let browser = Browser::default();
            let page = match begin(&browser, &trust).await {
                Err(page) => page,
                Ok(url) => {
                    let now = clock.now().secs();
                    let header = json!({ "alg": "EdDSA", "kid": "k", "typ": "JWT" });
                    let claims = json!({
                        "iss": liar.issuer(), "aud": "wardround", "sub": "s-1", "nonce": query(&url, "nonce"),
                        "iat": now, "exp": now + 300, "email": "ada@northmoor.example", "email_verified": true,
                    });
                    let (header, claims) =
                        (changed(header, &case.header), changed(claims, &case.claims));
                    let token = json!({ "id_token": signed(&header, &claims, case.seed), "access_token": "x" });
                    liar.answers.lock().unwrap().token = (200, token.to_string());
                    let back = format!(
                        "/sign-in/with/test/back?code=c&state={}",
                        query(&url, "state")
                    );
                    browser.get(&trust, &back).await.text
                }
            };
            let is_signed_in = browser.get(&trust, "/me").await.status == 200;
            assert_eq!(is_signed_in, case.says.is_empty(), "{}: {page}", case.name);
            assert!(page.contains(case.says), "{}: {page}", case.name);
        }
    });
}

#[test]
fn an_answer_that_is_too_large_leads_elsewhere_or_belongs_to_another_browser_is_refused() {
    on_each_engine(async |engine| {
        let liar = Liar::start().await;
        let trust = node_that_trusts(Setup::new("ZZ1").engine(engine), &liar).await;
        for (status, body, says) in [
            (200, "x".repeat(300_000), "too large"),
            (302, String::new(), "does not answer"),
            (307, String::new(), "does not answer"),
            (
                400,
                "{\"error\":\"invalid_grant\"}".to_owned(),
                "does not answer",
            ),
            (200, "<html>".to_owned(), "not of the right form"),
            (200, "{\"id_token\":7}".to_owned(), "not of the right form"),
            (
                200,
                format!("{{\"id_token\":\"{}\"}}", "A".repeat(40_000)),
                "too large",
            ),
            (200, "[".repeat(100_000), "not of the right form"),
        ] {
            liar.answers.lock().unwrap().token = (status, body);
            let browser = Browser::default();
            let url = begin(&browser, &trust).await.unwrap();
            let back = format!(
                "/sign-in/with/test/back?code=c&state={}",
                query(&url, "state")
            );
            // Someone else who has the address has no use of it.
            let other = Browser::default().get(&trust, &back).await;
            assert!(
                other.text.contains("not begun in this browser"),
                "{}",
                other.text
            );
            let page = browser.get(&trust, &back).await;
            assert!(page.text.contains(says), "{status} {says}: {}", page.text);
            // And it is good for one try.
            let again = browser.get(&trust, &back).await;
            assert!(
                again.text.contains("not begun in this browser"),
                "{}",
                again.text
            );
        }
        for (query_of_error, says) in [
            ("error=access_denied", "did not sign you in"),
            (
                "code=c&iss=https%3A%2F%2Fid.example",
                "from another provider",
            ),
            ("", "did not sign you in"),
        ] {
            let browser = Browser::default();
            let url = begin(&browser, &trust).await.unwrap();
            let state = query(&url, "state");
            let back = format!("/sign-in/with/test/back?{query_of_error}&state={state}");
            let page = browser.get(&trust, &back).await;
            assert!(page.text.contains(says), "{query_of_error}: {}", page.text);
        }
        let browser = Browser::default();
        begin(&browser, &trust).await.unwrap();
        let page = browser
            .get(&trust, "/sign-in/with/test/back?code=c&state=guessed")
            .await;
        assert!(
            page.text.contains("not begun in this browser"),
            "{}",
            page.text
        );
    });
}
