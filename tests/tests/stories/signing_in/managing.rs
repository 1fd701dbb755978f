//! Administrators manage accounts, and the command line does the same.

use it::{
    browser::{Browser, PASSWORD},
    engine::on_each_engine,
    trust::Trust,
};
use people::accounts;
use wire::Role;

fn link_on(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"link\">").unwrap();
    let (link, _) = rest.split_once('<').unwrap();
    link.replace("&#38;", "&").replace("&amp;", "&")
}

#[test]
fn an_administrator_adds_a_person_who_then_chooses_a_password() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let browser = trust.signed_in(Role::Administrator).await;
        let fields = |email, role| [("name", "Ben <b>Osei"), ("email", email), ("role", role)];
        for (email, role, text) in [
            ("nonsense", "editor", "correct format"),
            (
                "administrator@northmoor.example",
                "editor",
                "already an account",
            ),
            ("ben@northmoor.example", "owner", "Select what"),
        ] {
            let answer = browser
                .post(&trust, "/accounts", &fields(email, role))
                .await;
            assert_eq!(answer.status, 422, "{email} {role}");
            assert!(answer.text.contains(text), "{}", answer.text);
        }
        let answer = browser
            .post(
                &trust,
                "/accounts",
                &fields("ben@northmoor.example", "editor"),
            )
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!answer.text.contains("<b>Osei"));
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let link = link_on(&answer.text);
        let path = link.strip_prefix(&trust.site()).unwrap();
        let key = path.split_once("key=").unwrap().1;
        let person = Browser::default();
        assert!(
            person
                .get(&trust, path)
                .await
                .text
                .contains("ben@northmoor.example")
        );
        let answer = person
            .post(
                &trust,
                "/sign-in/link",
                &[("key", key), ("password", PASSWORD)],
            )
            .await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert!(person.get(&trust, "/me").await.text.contains("Editor"));
        for query in [
            "page=18446744073709551615",
            "page=0",
            "page=-1",
            "q=%00",
            "q=%25",
            "q=_",
            "q=%ff",
            "page=x&q",
        ] {
            let answer = browser.get(&trust, &format!("/accounts?{query}")).await;
            assert_eq!(answer.status, 200, "{query}");
        }
        let found = browser.get(&trust, "/accounts?q=osei").await.text;
        assert!(
            found.contains("1 account") && found.contains("Active"),
            "{found}"
        );
    });
}

#[test]
fn an_administrator_changes_disables_and_cannot_be_the_last_to_go() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let browser = trust.signed_in(Role::Administrator).await;
        let person = trust.signed_in(Role::Editor).await;
        let page = browser.get(&trust, "/accounts?q=editor").await.text;
        let (_, rest) = page.split_once("href=\"/accounts/").unwrap();
        let path = format!("/accounts/{}", rest.split_once('"').unwrap().0);
        let act = |fields: Vec<(&'static str, &'static str)>| {
            let (browser, trust, path) = (&browser, &trust, &path);
            async move { browser.post(trust, path, &fields).await }
        };
        let answer = act(vec![("action", "role"), ("role", "reader")]).await;
        assert_eq!(answer.status, 303);
        assert_eq!(person.get(&trust, "/me").await.status, 303, "signed out");
        person.sign_in(&trust, "editor@northmoor.example").await;
        assert_eq!(act(vec![("action", "end-sessions")]).await.status, 303);
        assert_eq!(person.get(&trust, "/me").await.status, 303);
        assert_eq!(act(vec![("action", "link")]).await.status, 200);
        let disabled = [("action", "disable"), ("confirmed", "yes")];
        assert_eq!(act(disabled.to_vec()).await.status, 303);
        assert_eq!(
            person
                .try_to_sign_in(&trust, "editor@northmoor.example", PASSWORD)
                .await
                .status,
            422
        );
        assert_eq!(act(vec![("action", "link")]).await.status, 422);
        assert_eq!(act(vec![("action", "enable")]).await.status, 303);
        person.sign_in(&trust, "editor@northmoor.example").await;
        assert_eq!(act(vec![("action", "explode")]).await.status, 422);
        // Someone who has left: first disabled, then erased, which is confirmed and final.
        let confirmed = [("action", "erase"), ("confirmed", "yes")];
        assert_eq!(act(confirmed.to_vec()).await.status, 422);
        assert_eq!(act(disabled.to_vec()).await.status, 303);
        let asked = act(vec![("action", "erase")]).await;
        assert_eq!(asked.status, 422);
        assert!(asked.text.contains("cannot be undone"), "{}", asked.text);
        assert_eq!(act(confirmed.to_vec()).await.status, 303);
        let erased = browser.get(&trust, &path).await.text;
        assert!(erased.contains("Someone who has left"), "{erased}");
        assert!(!erased.contains("editor@northmoor.example"), "{erased}");
        let everyone = browser.get(&trust, "/accounts").await.text;
        assert!(!everyone.contains("Someone who has left"), "{everyone}");
        for action in ["enable", "erase", "link"] {
            let fields = vec![("action", action), ("confirmed", "yes")];
            assert_eq!(act(fields).await.status, 422, "{action}");
        }
        // The only administrator stays one.
        let page = browser.get(&trust, "/accounts?q=administrator").await.text;
        let (_, rest) = page.split_once("href=\"/accounts/").unwrap();
        let own = format!("/accounts/{}", rest.split_once('"').unwrap().0);
        for fields in [
            disabled.to_vec(),
            vec![("action", "role"), ("role", "editor")],
        ] {
            let answer = browser.post(&trust, &own, &fields).await;
            assert_eq!(answer.status, 422);
            assert!(
                answer.text.contains("only administrator"),
                "{}",
                answer.text
            );
        }
        for missing in [
            "/accounts/x",
            "/accounts/01996c5e-8a00-7000-8000-000000000001",
        ] {
            assert_eq!(browser.get(&trust, missing).await.status, 404);
        }
    });
}

#[test]
fn what_ends_with_a_disabled_account_is_said_first() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let administrator = trust.signed_in(Role::Administrator).await;
        let account = trust.person(Role::Contributor).await;
        let person = Browser::default();
        person.sign_in(&trust, &account.email).await;
        let (node, path) = (trust.node(), format!("/accounts/{}", account.id));
        let made = accounts::make_token(node, account.id, "the rota", 30).await;
        made.unwrap();
        let tokens = async || node.store.access_tokens(account.id).await.unwrap().len();

        let asked = administrator
            .post(&trust, &path, &[("action", "disable")])
            .await;
        assert_eq!(asked.status, 200, "{}", asked.text);
        for text in ["in 1 browser.", "“the rota” is deleted", "Do not disable"] {
            assert!(asked.text.contains(text), "{text}: {}", asked.text);
        }
        assert_eq!(person.get(&trust, "/me").await.status, 200);
        assert_eq!(tokens().await, 1);

        let fields = [("action", "disable"), ("confirmed", "yes")];
        let answer = administrator.post(&trust, &path, &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        assert_eq!(person.get(&trust, "/me").await.status, 303);
        assert_eq!(tokens().await, 0);
    });
}
