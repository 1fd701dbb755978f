//! Two people at one browser, one after the other: no one writes in another one's name.

use it::{engine::on_each_engine, trust::Trust};
use reqwest::StatusCode;

use super::{
    pages::{begun, get, post, put},
    people::{ann, eve},
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
