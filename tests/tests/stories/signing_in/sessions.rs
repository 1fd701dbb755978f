//! Sessions: how they begin, what ends them, and that no one gets another's.

use std::time::Duration;

use it::{
    browser::{Browser, PASSWORD},
    engine::on_each_engine,
    setup::Setup,
    trust::Trust,
};
use node::audit::By;
use people::accounts;
use wire::Role;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

async fn is_signed_in(browser: &Browser, trust: &Trust) -> bool {
    browser.get(trust, "/me").await.status == 200
}

#[test]
fn a_person_signs_in_and_out_and_the_cookie_is_worth_nothing_afterwards() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        trust.person(Role::Reader).await;
        let browser = Browser::default();
        let asked = browser.get(&trust, "/me").await;
        assert_eq!(
            (asked.status.as_u16(), asked.header("location")),
            (303, "/sign-in?next=%2Fme")
        );
        let fields = [
            ("email", " Reader@Northmoor.example "),
            ("password", PASSWORD),
            ("next", "/search?q=beds"),
        ];
        let answer = browser.post(&trust, "/sign-in", &fields).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, "/search?q=beds")
        );
        let cookie = answer.header("set-cookie");
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        // Without TLS on this machine; and the browser forgets it when it is closed.
        assert!(
            cookie.starts_with("session=") && !cookie.contains("Secure"),
            "{cookie}"
        );
        assert!(
            !cookie.contains("Domain") && !cookie.contains("Max-Age"),
            "{cookie}"
        );
        let me = browser.get(&trust, "/me").await;
        assert!(
            me.text.contains("Pat reader") && me.text.contains("This browser"),
            "{}",
            me.text
        );
        let stolen = Browser::default();
        stolen.set_cookie("session", &browser.cookie("session").unwrap());
        assert!(is_signed_in(&stolen, &trust).await);
        let out = browser.post(&trust, "/sign-out", &[]).await;
        assert_eq!(out.status, 303);
        assert_eq!(browser.cookie("session"), None);
        assert!(!is_signed_in(&browser, &trust).await && !is_signed_in(&stolen, &trust).await);
    });
}

#[test]
fn over_tls_the_cookie_is_for_this_host_and_encrypted_connections_only() {
    on_each_engine(async |engine| {
        let setup = Setup::new("ZZ1")
            .engine(engine)
            .base_url("https://lessons.northmoor.example");
        let trust = setup.start().await;
        trust.person(Role::Reader).await;
        let browser = Browser::default();
        let answer = browser
            .try_to_sign_in(&trust, "reader@northmoor.example", PASSWORD)
            .await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-session="), "{cookie}");
        assert!(
            cookie.contains("Secure") && cookie.contains("Path=/"),
            "{cookie}"
        );
        // A browser takes no other line about such a cookie, also not to delete it.
        let out = browser.post(&trust, "/sign-out", &[]).await;
        let cookie = out.header("set-cookie");
        for part in ["__Host-session=;", "Max-Age=0", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    });
}

#[test]
fn a_session_id_that_someone_else_knows_is_not_the_one_that_is_signed_in() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        trust.person(Role::Reader).await;
        trust.person(Role::Editor).await;
        // Fixation: an id that was made up, and one that belongs to a session of the attacker.
        let attacker = Browser::default();
        attacker.sign_in(&trust, "reader@northmoor.example").await;
        let of_attacker = attacker.cookie("session").unwrap();
        for planted in ["AAAAAAAAAAAAAAAAAAAAAA", "rubbish", &of_attacker] {
            let victim = Browser::default();
            victim.set_cookie("session", planted);
            victim.sign_in(&trust, "editor@northmoor.example").await;
            let own = victim.cookie("session").unwrap();
            assert_ne!(own, planted);
            let thief = Browser::default();
            thief.set_cookie("session", planted);
            assert!(!is_signed_in(&thief, &trust).await, "{planted}");
            assert!(victim.get(&trust, "/me").await.text.contains("Pat editor"));
        }
    });
}

#[test]
fn a_session_ends_without_use_and_at_the_latest_after_its_time() {
    on_each_engine(async |engine| {
        let setup = Setup::new("ZZ1").engine(engine).settings(|settings| {
            settings.accounts.session_idle = HOUR;
            settings.accounts.session_max = 3 * HOUR;
        });
        let trust = setup.start().await;
        trust.person(Role::Reader).await;
        let browser = Browser::default();
        browser.sign_in(&trust, "reader@northmoor.example").await;
        for _ in 0..3 {
            trust.advance(50 * MINUTE);
            assert!(is_signed_in(&browser, &trust).await);
        }
        trust.advance(30 * MINUTE);
        assert!(
            !is_signed_in(&browser, &trust).await,
            "three hours are over"
        );
        browser.sign_in(&trust, "reader@northmoor.example").await;
        trust.advance(61 * MINUTE);
        assert!(!is_signed_in(&browser, &trust).await, "an hour without use");
        accounts::delete_expired(trust.node()).await.unwrap();
        let idle = trust.node().now().minus(10 * HOUR);
        let id = accounts::account_by_email(trust.node(), "reader@northmoor.example")
            .await
            .unwrap()
            .id;
        let left = trust
            .node()
            .store
            .sessions_of(id, idle, idle)
            .await
            .unwrap();
        assert!(left.is_empty());
    });
}

#[test]
fn whatever_takes_rights_from_an_account_ends_its_sessions_at_once() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        trust.person(Role::Administrator).await;
        let account = trust.person(Role::Editor).await;
        let (node, by) = (trust.node(), &By::Node);
        for step in ["role", "password", "disable", "end", "all"] {
            let browsers = [Browser::default(), Browser::default()];
            for browser in &browsers {
                browser.sign_in(&trust, &account.email).await;
                assert!(is_signed_in(browser, &trust).await);
            }
            match step {
                "role" => accounts::set_role(node, by, account.id, Role::Reader)
                    .await
                    .unwrap(),
                "password" => {
                    let key = trust.link_key(&account).await;
                    accounts::use_link(node, &key, PASSWORD)
                        .await
                        .map(drop)
                        .unwrap();
                }
                "disable" => accounts::disable(node, by, account.id).await.unwrap(),
                "end" => accounts::end_sessions(node, by, account.id)
                    .await
                    .map(drop)
                    .unwrap(),
                _ => accounts::end_all_sessions(node, by)
                    .await
                    .map(drop)
                    .unwrap(),
            }
            for browser in &browsers {
                assert!(!is_signed_in(browser, &trust).await, "{step}");
            }
            if step == "disable" {
                let browser = Browser::default();
                let refused = browser
                    .try_to_sign_in(&trust, &account.email, PASSWORD)
                    .await;
                assert_eq!(refused.status, 422);
                accounts::enable(node, by, account.id).await.unwrap();
            }
        }
    });
}

#[test]
fn the_latest_sessions_are_listed_first_and_the_others_are_folded() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let account = trust.person(Role::Editor).await;
        let browsers = [(); 7].map(|()| Browser::default());
        let [first, rest @ ..] = &browsers;
        first.sign_in(&trust, &account.email).await;
        let page = first.get(&trust, "/me").await.text;
        assert!(page.contains("You are signed in nowhere else."), "{page}");
        assert!(!page.contains("Sign out everywhere else"), "{page}");
        for browser in rest {
            trust.advance(MINUTE);
            browser.sign_in(&trust, &account.email).await;
        }
        // The oldest one asks: it is the first of all that are shown.
        let page = first.get(&trust, "/me").await.text;
        let part = page.split("id=\"sessions\"").nth(1).unwrap();
        let part = part.split("</section>").next().unwrap();
        let (shown, folded) = part.split_once("<details").unwrap();
        assert_eq!(shown.matches("<th scope=\"row\">").count(), 4, "{shown}");
        let own = shown.split("<tr>").nth(2).unwrap();
        assert!(own.contains("This browser"), "{own}");
        assert!(folded.contains("Older sessions (3)"), "{folded}");
        assert_eq!(folded.matches("name=\"id\"").count(), 3, "{folded}");
        let ended = first.post(&trust, "/me/sessions", &[]).await;
        let page = first.get(&trust, ended.header("location")).await.text;
        assert!(
            page.contains("You are signed out everywhere else."),
            "{page}"
        );
        assert!(page.contains("You are signed in nowhere else."), "{page}");
        for browser in rest {
            assert!(!is_signed_in(browser, &trust).await);
        }
    });
}

#[test]
fn a_person_ends_sessions_and_changes_the_password_from_their_own_page() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let account = trust.person(Role::Editor).await;
        let other_person = trust.signed_in(Role::Reader).await;
        let [here, there, elsewhere] = [(); 3].map(|()| Browser::default());
        for browser in [&here, &there, &elsewhere] {
            browser.sign_in(&trust, &account.email).await;
        }
        let page = here.get(&trust, "/me").await.text;
        let ids: Vec<&str> = page
            .split("name=\"id\" value=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(ids.len(), 2, "{page}");
        // Someone else cannot end them.
        other_person
            .post(&trust, "/me/sessions", &[("id", ids[0])])
            .await;
        for id in &ids[..1] {
            assert_eq!(
                here.post(&trust, "/me/sessions", &[("id", id)])
                    .await
                    .status,
                303
            );
        }
        let left = [
            is_signed_in(&there, &trust).await,
            is_signed_in(&elsewhere, &trust).await,
        ];
        assert_eq!(left.iter().filter(|left| **left).count(), 1);
        here.post(&trust, "/me/sessions", &[]).await;
        assert!(is_signed_in(&here, &trust).await);
        assert!(!is_signed_in(&there, &trust).await && !is_signed_in(&elsewhere, &trust).await);

        there.sign_in(&trust, &account.email).await;
        let change = |present: &'static str, new: &'static str| {
            let (here, trust) = (&here, &trust);
            async move {
                let fields = [("present", present), ("password", new)];
                here.post(trust, "/me/password", &fields).await
            }
        };
        assert_eq!(
            change("wrong wrong wrong", "another good password")
                .await
                .status,
            422
        );
        assert_eq!(change(PASSWORD, "short").await.status, 422);
        let before = here.cookie("session");
        assert_eq!(change(PASSWORD, "another good password").await.status, 303);
        assert_ne!(here.cookie("session"), before);
        assert!(is_signed_in(&here, &trust).await && !is_signed_in(&there, &trust).await);
        let old = Browser::default()
            .try_to_sign_in(&trust, &account.email, PASSWORD)
            .await;
        assert_eq!(old.status, 422);
        assert!(is_signed_in(&other_person, &trust).await);
    });
}

#[test]
fn too_many_attempts_to_change_a_password_are_not_called_a_wrong_password() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let account = trust.person(Role::Reader).await;
        let browser = Browser::default();
        browser.sign_in(&trust, &account.email).await;
        let change = async |present: &str| {
            let fields = [("present", present), ("password", "another good password")];
            browser.post(&trust, "/me/password", &fields).await
        };
        for _ in 0..10 {
            let wrong = change("wrong wrong wrong").await;
            assert!(wrong.text.contains("is not right"), "{}", wrong.text);
        }
        let refused = change(PASSWORD).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("too many attempts") && !refused.text.contains("is not right"),
            "{}",
            refused.text
        );
        trust.advance(MINUTE);
        assert_eq!(change(PASSWORD).await.status, 303);
    });
}
