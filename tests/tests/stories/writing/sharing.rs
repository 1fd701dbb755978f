//! Two people at one browser, one after the other: no one writes in another one's name.

use axum::http::Method;
use it::{browser::Browser, engine::on_each_engine, samples::STUDY, trust::Trust};
use people::drafts::Person;
use reqwest::StatusCode;
use web::routes::{Access, Audience, table};
use wire::Role;

use super::{
    approving::handed_in,
    pages::{account, begun, get, post, put},
    people::{ada, ann, eve},
};

#[test]
fn what_was_typed_on_one_persons_page_is_not_saved_in_the_name_of_another() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let path = format!("{}/situation", begun(&trust, ann(), "case-study").await);
        let writer = ann().id.to_string();
        let page = get(&trust, ann(), &path).await;
        assert!(
            page.text
                .contains(&format!("name=\"writer\" value=\"{writer}\""))
        );
        // An editor, who may change the draft, has signed in in another tab.
        let typed = [
            ("version", "1"),
            ("writer", writer.as_str()),
            ("text.situation", "What Ann typed"),
        ];
        let kept = post(&trust, Some(eve()), &path, &typed).await;
        assert_eq!(kept.status, StatusCode::CONFLICT, "{}", kept.text);
        assert!(
            kept.text.contains("Someone else has signed in here"),
            "{}",
            kept.text
        );
        assert!(kept.text.contains("What Ann typed"));
        let api = format!("/api/v1{path}");
        let refused = put(&trust, eve(), &api, "\"1\"", &typed).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        assert!(refused.text.contains("someone else has signed in"));
        assert!(
            !get(&trust, ann(), &path)
                .await
                .text
                .contains("What Ann typed")
        );
        // It is saved from the page that kept it, once she has signed in again.
        let saved = post(&trust, Some(ann()), &path, &typed).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        assert!(
            get(&trust, ann(), &path)
                .await
                .text
                .contains("What Ann typed")
        );
        // A program names no writer.
        let theirs = [("text.situation", "What an editor wrote")];
        let saved = put(&trust, eve(), &api, "\"2\"", &theirs).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    });
}

#[test]
fn no_form_of_one_person_does_anything_in_the_name_of_another() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let id = trust.publish_page("Counting beds", "Words.").await;
        let writer = ann().id.to_string();
        let mut checked = 0;
        for route in table() {
            let is_form = route.audience == Audience::Page && route.method() == Method::POST;
            if !is_form || route.access == Access::Anyone {
                continue;
            }
            let path = route.path.replace("{id}", &id.to_string());
            let path = path.replace("{section}", "page").replace("{digest}", "x");
            let typed = [
                ("comment", "Words of Ann."),
                ("password", "secret words"),
                ("writer", &writer),
            ];
            let refused = post(&trust, Some(ada()), &path, &typed).await;
            assert_eq!(
                refused.status,
                StatusCode::CONFLICT,
                "{path}: {}",
                refused.text
            );
            assert!(
                refused.text.contains("Someone else has signed in here"),
                "{path}"
            );
            // A form with a file says it in its address.
            let with_file = [("content-type", "multipart/form-data; boundary=x")];
            let address = format!("{path}?writer={writer}");
            let body = "--x--\r\n".to_owned();
            let refused = trust
                .send_as(
                    Some(account(ada())),
                    Method::POST,
                    &address,
                    &with_file,
                    body,
                )
                .await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{address}");
            // One that says no one could be of anyone.
            let form = [("content-type", "application/x-www-form-urlencoded")];
            let body = "comment=Words+of+Ann.".to_owned();
            let by = Some(account(ada()));
            let refused = trust.send_as(by, Method::POST, &path, &form, body).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{path}");
            checked += 1;
        }
        assert!(checked >= 14, "{checked}");
        // A page for accounts repeats nothing that was typed.
        let typed = [("password", "secret words"), ("writer", writer.as_str())];
        let refused = post(&trust, Some(ada()), "/me/password", &typed).await;
        assert!(!refused.text.contains("secret words"), "{}", refused.text);
    });
}

#[test]
fn every_form_says_whose_page_it_is() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let account = trust.person(Role::Administrator).await;
        let browser = Browser::default();
        browser.sign_in(&trust, &account.email).await;
        let admin = Person {
            id: account.id,
            role: Role::Administrator,
        };
        let study = STUDY.replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "");
        let review = handed_in(&trust, study).await;
        let waiting = review.replace("/review/", "/drafts/");
        let draft = begun(&trust, admin, "observation").await;
        let id = trust.publish_page("Counting beds", "Words.").await;
        let asked = [("why", "error")];
        let request = post(&trust, Some(admin), &format!("/withdraw/{id}"), &asked).await;
        assert_eq!(request.status, StatusCode::OK, "it asks for confirmation");
        let mut pages = vec![request.text];
        let of_draft = [
            "",
            "/observation",
            "/file",
            "/submit",
            "/delete",
            "/attachments",
        ];
        for path in of_draft
            .map(|part| format!("{draft}{part}"))
            .into_iter()
            .chain([
                review,
                waiting,
                "/me".to_owned(),
                "/write".to_owned(),
                "/write/from-file".to_owned(),
                format!("/write?change={id}"),
                "/care".to_owned(),
                format!("/care/{id}"),
                format!("/accounts/{}", admin.id),
                format!("/withdraw/{id}"),
                "/accounts".to_owned(),
                "/gaps".to_owned(),
            ])
        {
            let page = browser.get(&trust, &path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            pages.push(page.text);
        }
        let writer = admin.id.to_string();
        let mut forms = 0;
        for page in &pages {
            for form in page.split("<form").skip(1) {
                let (form, _) = form.split_once("</form>").unwrap();
                let is_sign_out = form.contains("action=\"/sign-out\"");
                if !form.contains("method=\"post\"") || is_sign_out {
                    continue;
                }
                forms += 1;
                let has_field = form.contains(&format!("name=\"writer\" value=\"{writer}\""));
                let has_address =
                    form.contains("multipart") && form.contains(&format!("?writer={writer}\""));
                assert!(has_field || has_address, "{form}");
            }
        }
        assert!(forms >= 18, "{forms}");
    });
}
