//! Every role on every route, and what another site sends.

use domain::vocabulary::Visibility;
use it::{answer::Answer, browser::Browser, engine::on_each_engine, samples::page, trust::Trust};
use node::urls;
use reqwest::Method;
use web::routes::{self, Audience};
use wire::Role;

/// A path of a route, with something in each of its variable parts.
fn filled(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let (_, after) = after.split_once('}').unwrap();
        out.push_str(before);
        out.push('x');
        rest = after;
    }
    out + rest
}

async fn ask(browser: &Browser, trust: &Trust, method: &Method, path: &str) -> Answer {
    if *method == Method::POST {
        return browser.post(trust, path, &[]).await;
    }
    let headers = [
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    browser
        .send(trust, method.clone(), path, &headers, String::new())
        .await
}

#[test]
fn every_route_admits_the_roles_that_the_table_names_and_no_other() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        // Another administrator, since one of them signs out here.
        trust.person_named("other", Role::Administrator).await;
        let mut people = vec![(None, Browser::default())];
        for role in Role::ALL {
            people.push((Some(role), trust.signed_in(role).await));
        }
        for route in routes::table() {
            let (method, path) = (route.method(), filled(route.path));
            let needed = route.access.role();
            for (role, browser) in &people {
                let answer = ask(browser, &trust, &method, &path).await;
                let status = answer.status.as_u16();
                let case = format!("{method} {path} by {role:?}: {status}");
                // Without it, each cache on the way decides by itself.
                assert!(!answer.header("cache-control").is_empty(), "{case}");
                match (needed, *role) {
                    (None, _) => assert!(![401, 403].contains(&status), "{case}"),
                    (Some(_), None) => {
                        let is_led_to_sign_in =
                            route.audience == Audience::Page && method == Method::GET;
                        assert_eq!(status, if is_led_to_sign_in { 303 } else { 401 }, "{case}");
                    }
                    (Some(needed), Some(role)) if role < needed => {
                        assert_eq!(status, 403, "{case}")
                    }
                    (Some(_), Some(_)) => assert!(![401, 403].contains(&status), "{case}"),
                }
                if let Some(role) = role
                    && route.path == urls::SIGN_OUT
                {
                    browser
                        .sign_in(&trust, &format!("{role}@northmoor.example"))
                        .await;
                }
            }
        }
    });
}

#[test]
fn no_ones_own_page_leads_to_where_they_may_not_go() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        for role in Role::ALL {
            let browser = trust.signed_in(role).await;
            let me = browser.get(&trust, urls::ME).await;
            assert_eq!(me.status, 200, "{role:?}");
            for link in me.text.split("href=\"/").skip(1) {
                let path = format!("/{}", link.split('"').next().unwrap());
                let status = browser.get(&trust, &path).await.status;
                assert!(!status.is_client_error(), "{role:?} {path}: {status}");
            }
        }
    });
}

#[test]
fn every_unsafe_route_but_the_nudge_of_peers_refuses_what_another_site_sends() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let browser = trust.signed_in(Role::Administrator).await;
        let mut refused = 0;
        for route in routes::table() {
            if route.method() == Method::GET {
                continue;
            }
            let path = filled(route.path);
            for header in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "https://evil.example"),
                ("origin", "null"),
            ] {
                let answer = browser.post_with(&trust, &path, &[], &[header]).await;
                if route.audience == Audience::Feed {
                    assert_eq!(answer.status, 202, "{path} {header:?}");
                } else {
                    assert_eq!(answer.status, 403, "{path} {header:?}");
                    refused += 1;
                }
            }
        }
        assert!(refused >= 20, "only {refused}");
        // And nothing has happened.
        assert_eq!(browser.get(&trust, "/me").await.status, 200);
    });
}

#[test]
fn what_is_for_staff_is_read_by_everyone_who_has_signed_in_and_by_no_one_else() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let mut kept = page("Kept in the house", "xylophonic words");
        kept.common.visibility = Visibility::Organisation;
        let (_, path) = trust.publish(kept).await;
        let (_, public) = trust.publish(page("For everyone", "plain words")).await;
        let stranger = Browser::default();
        let reader = trust.signed_in(Role::Reader).await;
        for _ in 0..2 {
            // In turns, so that a cache would be seen.
            let answer = reader.get(&trust, &path).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert!(answer.text.contains("xylophonic"));
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert!(answer.header("etag").is_empty());
            assert_eq!(stranger.get(&trust, &path).await.status, 404);
            // A public page knows who reads it only in their own answer.
            let own = reader.get(&trust, &public).await;
            assert!(
                own.text.contains("Pat reader") && own.text.contains("Sign out"),
                "{}",
                own.text
            );
            assert_eq!(own.header("cache-control"), "private, no-store");
            let others = stranger.get(&trust, &public).await;
            assert!(!others.text.contains("Pat reader") && others.text.contains("Sign in"));
            assert!(
                others.header("vary").contains("cookie"),
                "{:?}",
                others.headers
            );
            assert!(!others.header("cache-control").contains("private"));
        }
    });
}
