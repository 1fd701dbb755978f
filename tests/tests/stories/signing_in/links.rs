//! One-time links, and passwords that are tried.

use std::time::{Duration, Instant};

use it::{
    browser::{Browser, PASSWORD},
    engine::on_each_engine,
    setup::Setup,
    trust::Trust,
};
use node::audit::By;
use people::accounts::{self, Person};
use reqwest::Method;
use url::Url;
use wire::Role;

const DAY: Duration = Duration::from_secs(86_400);

fn key_of(link: &str) -> String {
    let link = Url::parse(link).unwrap();
    let (_, key) = link.query_pairs().next().unwrap();
    key.into_owned()
}

#[test]
fn the_first_administrator_is_made_by_a_link_that_works_once() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let link = accounts::first_link(trust.node()).await.unwrap().unwrap();
        let path = link.strip_prefix(&trust.site()).unwrap();
        let browser = Browser::default();
        let page = browser.get(&trust, path).await;
        assert!(
            page.text.contains("Make the first account"),
            "{}",
            page.text
        );
        let key = key_of(&link);
        let fields = |name, email, password| {
            [
                ("key", key.as_str()),
                ("name", name),
                ("email", email),
                ("password", password),
            ]
            .map(|(a, b): (&str, &str)| (a.to_owned(), b.to_owned()))
        };
        for (name, email, password, text) in [
            ("", "a@b.example", PASSWORD, "Enter a name"),
            ("Ada", "nonsense", PASSWORD, "correct format"),
            ("Ada", "a@b.example", "short", "at least 12 characters"),
        ] {
            let all = fields(name, email, password);
            let all: Vec<(&str, &str)> =
                all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
            let answer = browser.post(&trust, "/sign-in/link", &all).await;
            assert_eq!(answer.status, 422, "{name} {email} {password}");
            assert!(answer.text.contains(text), "{}", answer.text);
            assert!(
                password.len() < 6 || !answer.text.contains(password),
                "a password is not sent back"
            );
        }
        let all = fields("Ada Okafor", "Ada@Northmoor.example", PASSWORD);
        let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(
            browser.post(&trust, "/sign-in/link", &all).await.status,
            303
        );
        assert_eq!(browser.get(&trust, "/accounts").await.status, 200);
        let again = Browser::default().post(&trust, "/sign-in/link", &all).await;
        assert_eq!(again.status, 410);
        assert!(accounts::first_link(trust.node()).await.unwrap().is_none());
    });
}

#[test]
fn a_link_that_is_used_expired_replaced_or_made_up_says_so() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (node, by) = (trust.node(), &By::Node);
        let person = Person {
            email: "ada@northmoor.example",
            name: "Ada",
        };
        let account = accounts::add(node, by, &person, Role::Reader)
            .await
            .unwrap();
        let replaced = trust.link_key(&account).await;
        let used = trust.link_key(&account).await;
        accounts::use_link(node, &used, PASSWORD).await.unwrap();
        let expired = trust.link_key(&account).await;
        trust.advance(DAY);
        let browser = Browser::default();
        for (key, text) in [
            (used.as_str(), "This link has been used"),
            (&expired, "This link has expired"),
            (&replaced, "This link does not work"),
            ("made-up", "This link does not work"),
            ("", "This link does not work"),
        ] {
            let page = browser
                .get(&trust, &format!("/sign-in/link?key={key}"))
                .await;
            assert_eq!(page.status, 410, "{text}");
            assert!(
                page.text.contains(text) && page.text.contains("new link"),
                "{}",
                page.text
            );
            assert_eq!(page.header("referrer-policy"), "no-referrer");
            let fields = [("key", key), ("password", "another good password")];
            let answer = browser.post(&trust, "/sign-in/link", &fields).await;
            assert_eq!(answer.status, 410, "{text}");
        }
        // The password is the one that was set.
        browser.sign_in(&trust, "ada@northmoor.example").await;
    });
}

/// If one really took less, it would in each round.
const MAX_ROUNDS: usize = 8;

/// Says whether none takes three times as long as another one.
fn are_alike(times: &[Duration]) -> bool {
    let (least, most) = (times.iter().min().unwrap(), times.iter().max().unwrap());
    *most < *least * 3
}

#[test]
fn an_account_that_does_not_exist_answers_like_a_wrong_password() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        trust.person(Role::Reader).await;
        let disabled = trust.person_named("disabled", Role::Reader).await;
        accounts::disable(trust.node(), &By::Node, disabled.id)
            .await
            .unwrap();
        let person = Person {
            email: "invited@northmoor.example",
            name: "Invited",
        };
        accounts::add(trust.node(), &By::Node, &person, Role::Reader)
            .await
            .unwrap();
        let tries = [
            ("reader", "wrong wrong wrong"),
            ("no-one", "wrong wrong wrong"),
            ("disabled", PASSWORD),
            ("disabled", "wrong wrong wrong"),
            ("invited", "wrong wrong wrong"),
        ];
        // The quickest of some rounds, until they are alike: other tests run at the same time, which slows some of them down
        // and makes none quicker.
        let mut answers = Vec::new();
        let mut quickest = [Duration::MAX; 5];
        for _ in 0..MAX_ROUNDS {
            for ((local, password), quickest) in tries.iter().zip(&mut quickest) {
                let email = format!("{local}@northmoor.example");
                let began = Instant::now();
                let answer = Browser::default()
                    .try_to_sign_in(&trust, &email, password)
                    .await;
                *quickest = began.elapsed().min(*quickest);
                assert_eq!(answer.status, 422);
                answers.push(answer.text.replace(local, "LOCAL"));
            }
            if are_alike(&quickest) {
                break;
            }
            // Attempts for an account are limited.
            trust.advance(Duration::from_secs(600));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert!(are_alike(&quickest), "{quickest:?}");
    });
}

#[test]
fn attempts_are_limited_for_an_account_and_for_an_address_and_forged_addresses_do_not_help() {
    on_each_engine(async |engine| {
        // Requests come from 127.0.0.1, which is no proxy here.
        let setup = Setup::new("ZZ1").engine(engine);
        let trust = setup
            .settings(|settings| settings.server.trusted_proxies.clear())
            .start()
            .await;
        trust.person(Role::Reader).await;
        let attempt = |email: String, password: &'static str, forwarded: String| {
            let trust = &trust;
            async move {
                let fields = [("email", email.as_str()), ("password", password)];
                let headers = [("x-forwarded-for", forwarded.as_str())];
                Browser::default()
                    .post_with(trust, "/sign-in", &fields, &headers)
                    .await
            }
        };
        let reader = || "reader@northmoor.example".to_owned();
        for number in 0..10 {
            let answer = attempt(reader(), "wrong wrong wrong", format!("192.0.2.{number}")).await;
            assert_eq!(answer.status, 422, "{number}");
        }
        let refused = attempt(reader(), PASSWORD, "192.0.2.99".to_owned()).await;
        assert_eq!(refused.status, 429);
        assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 61);
        assert!(
            refused.text.contains("too many attempts"),
            "{}",
            refused.text
        );
        trust.advance(Duration::from_secs(61));
        assert_eq!(attempt(reader(), PASSWORD, String::new()).await.status, 303);
        // Another account each time, from one address, whatever it says.
        let mut last = 0;
        for number in 0..70 {
            let email = format!("guess{number}@northmoor.example");
            last = attempt(email, "x", format!("198.51.100.{number}"))
                .await
                .status
                .as_u16();
        }
        assert_eq!(last, 429);
    });
}

#[test]
fn behind_a_proxy_each_client_has_its_own_attempts() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let attempt = |number: usize, forwarded: &'static str| {
            let trust = &trust;
            async move {
                let email = format!("guess{number}@northmoor.example");
                let fields = [("email", email.as_str()), ("password", "x")];
                let headers = [("x-forwarded-for", forwarded)];
                let answer = Browser::default()
                    .post_with(trust, "/sign-in", &fields, &headers)
                    .await;
                answer.status.as_u16()
            }
        };
        let mut last = 0;
        for number in 0..70 {
            // What comes before the last address was written by the client.
            last = attempt(number, "10.9.8.7, 203.0.113.5").await;
        }
        assert_eq!(last, 429);
        assert_eq!(attempt(99, "203.0.113.6").await, 422);
    });
}

#[test]
fn what_is_sent_to_sign_in_is_bounded_and_read_before_it_takes_a_place() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        trust.person(Role::Reader).await;
        let browser = Browser::default();
        let long = "x".repeat(30_000);
        let answer = browser.try_to_sign_in(&trust, &long, &long).await;
        assert_eq!(answer.status, 422);
        let answer = browser
            .try_to_sign_in(&trust, &"x".repeat(200_000), "x")
            .await;
        assert_eq!(answer.status, 413);
        for (content_type, body) in [
            ("application/json", "{}"),
            ("text/plain", "email=a"),
            ("application/x-www-form-urlencoded", "email=a&email=b"),
            ("application/x-www-form-urlencoded", "%ff=%00"),
        ] {
            let headers = [("content-type", content_type)];
            let answer = trust.send(Method::POST, "/sign-in", &headers, body).await;
            assert!(answer.status.is_client_error(), "{body}: {}", answer.status);
            assert!(
                answer.header("content-type").starts_with("text/html"),
                "{body}"
            );
        }
        for next in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/sign-out",
        ] {
            let fields = [
                ("email", "reader@northmoor.example"),
                ("password", PASSWORD),
                ("next", next),
            ];
            let answer = Browser::default().post(&trust, "/sign-in", &fields).await;
            assert_eq!(answer.header("location"), "/me", "{next}");
        }
    });
}
