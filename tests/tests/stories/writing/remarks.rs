//! Whatever the way in which a text is saved, its author learns at once what may identify a patient and what was typed that
//! cannot be published.

use axum::http::Method;
use it::{engine::on_each_engine, trust::Trust};
use reqwest::StatusCode;

use super::{
    pages::{FORM, account, begun, encoded, get, post, with},
    people::ann,
};

/// A text with the number of a patient, and what is shown of it.
const TEXT: &str = "The chart was of 943 476 5919.";
const HIDDEN: &str = "5919";
const FOUND: &str = "may identify a patient";

#[test]
fn each_way_to_save_a_text_says_what_may_identify_a_patient() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let file = format!("---\nkind: case-study\ntitle: Beds\n---\n\n## Situation\n\n{TEXT}\n");
        // A browser saves the file by itself, and a program replaces it.
        for (path, media, body) in [
            ("/file", FORM.1, encoded(&[("file", &file)])),
            ("", "text/markdown", file.clone()),
        ] {
            let draft = begun(&trust, ann(), "case-study").await;
            let path = format!("/api/v1{draft}{path}");
            let headers = [("content-type", media), ("if-match", "\"1\"")];
            let saved = trust
                .send_as(Some(account(ann())), Method::PUT, &path, &headers, body)
                .await;
            assert_eq!(saved.status, StatusCode::OK, "{path}: {}", saved.text);
            let finding = &saved.json()["warnings"][0];
            assert_eq!(finding["line"], 8, "{path}: it counts in the file");
            assert_eq!(finding["section"], "situation", "{path}: {}", saved.text);
            assert_eq!(finding["section_title"], "Situation");
            assert!(!saved.text.contains(HIDDEN), "{}", saved.text);
        }
        // Without a script a form leads on, and the next page says it: of the section that was saved, or of the whole file.
        let typed = [("text.situation", TEXT)];
        let whole = [("file", file.as_str())];
        for (section, typed, then, title) in [
            ("situation", &typed[..], "next", "Look at “Situation” again"),
            (
                "situation",
                &typed[..],
                "preview",
                "Look at “Situation” again",
            ),
            ("file", &whole[..], "next", "Look at this again"),
            ("file", &whole[..], "preview", "Look at this again"),
        ] {
            let draft = begun(&trust, ann(), "case-study").await;
            let mut pairs = with("1", typed);
            pairs.push(("then", then));
            let saved = post(&trust, Some(ann()), &format!("{draft}/{section}"), &pairs).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
            let next = saved.header("location");
            let page = get(&trust, ann(), next).await.text;
            assert!(
                page.contains(FOUND) && page.contains(title),
                "{next}: {page}"
            );
            assert!(page.contains(&format!("{draft}/situation?faults=1#text-situation")));
            assert!(
                !page.contains(HIDDEN) || then == "preview",
                "{next}: {page}"
            );
            // It is said once: the page alone does not.
            let (alone, _) = next.split_once('?').unwrap();
            let page = get(&trust, ann(), alone).await.text;
            assert!(!page.contains(title), "{alone}: {page}");
        }
        // The page of the file itself names the section of each.
        let draft = begun(&trust, ann(), "case-study").await;
        post(
            &trust,
            Some(ann()),
            &format!("{draft}/file"),
            &with("1", &whole),
        )
        .await;
        let page = get(&trust, ann(), &format!("{draft}/file")).await.text;
        assert!(page.contains("Situation:</span>"), "{page}");
        // Lines count in what is shown: in the file here, and in the section on its own page.
        assert!(page.contains(">Line 8: "), "{page}");
        let page = get(&trust, ann(), &format!("{draft}/situation")).await.text;
        assert!(page.contains(">Line 1: "), "{page}");
    });
}

#[test]
fn what_was_typed_and_cannot_be_published_is_said_on_save() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        for (section, name, typed, says) in [
            ("cost", "started", "Smarch 2025", "“When did it start” is"),
            (
                "cost",
                "cost.one_off_gbp",
                "£4.2k",
                "“Cost once, in pounds” must be",
            ),
            ("cost", "cost.one_off_gbp", "£4,200", ""),
            (
                "figures",
                "expected.by",
                "soon",
                "“By when will you report it”",
            ),
            (
                "figures",
                "expected.by",
                "1 January 2020",
                "write a day after today",
            ),
            ("figures", "expected.by", "30/11/2096", ""),
            ("title", "summary", "Short.", "write 60 to 280"),
            (
                "sharing",
                "review_by",
                "next year",
                "“When should it be reviewed”",
            ),
            ("title", "title", "Moving 34 wards to e-prescribing", ""),
        ] {
            let draft = begun(&trust, ann(), "case-study").await;
            let pairs = with("1", &[(name, typed)]).to_vec();
            let path = format!("{draft}/{section}");
            let saved = post(&trust, Some(ann()), &path, &pairs).await;
            let next = saved.header("location");
            let page = get(&trust, ann(), next).await.text;
            assert_eq!(
                page.contains("Saved. Look at"),
                !says.is_empty(),
                "{typed}: {page}"
            );
            assert!(page.contains(says), "{typed}: {page}");
            // A page that saves itself learns the same, and nothing of what is missing.
            let headers = [FORM, ("if-match", "\"2\"")];
            let sent = encoded(&pairs);
            let again = trust
                .send_as(
                    Some(account(ann())),
                    Method::PUT,
                    &format!("/api/v1{path}"),
                    &headers,
                    sent,
                )
                .await;
            let faults = again.json()["faults"].as_array().unwrap().len();
            assert_eq!(
                faults,
                usize::from(!says.is_empty()),
                "{typed}: {}",
                again.text
            );
        }
    });
}
