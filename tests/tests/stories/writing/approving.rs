//! What an approver is shown and has to confirm, and what a form refuses before it reaches one.

use axum::http::Method;
use domain::Document;
use it::{engine::on_each_engine, samples::STUDY, trust::Trust};
use reqwest::StatusCode;

use super::{
    pages::{account, begun, get, post, with},
    people::{OBSERVATION, ann, eve},
};

/// Hands in a file, and submits it; returns the path of its review.
pub(super) async fn handed_in(trust: &Trust, file: String) -> String {
    let headers = [("content-type", "text/markdown")];
    let api = "/api/v1/drafts";
    let created = trust
        .send_as(Some(account(ann())), Method::POST, api, &headers, file)
        .await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let draft = created.header("location").replace("/api/v1", "");
    let declared = [("version", "1"), ("declared", "yes")];
    let submitted = post(trust, Some(ann()), &format!("{draft}/submit"), &declared).await;
    assert_eq!(
        submitted.status,
        StatusCode::SEE_OTHER,
        "{}",
        submitted.text
    );
    draft.replace("/drafts/", "/review/")
}

#[test]
fn each_kind_of_warning_needs_a_reason_of_its_own_and_all_that_is_missing_is_said_at_once() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let words = "Write to LS1 3EX or YO31 8HE. She was 94 years old. Ring 07700 900123.";
        let file = STUDY
            .replace("Nurses’ log-ins took 52 seconds.", words)
            .replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "");
        let review = handed_in(&trust, file).await;
        let page = get(&trust, eve(), &review).await.text;
        // Each of them, with its value masked, under its kind.
        for (name, places) in [
            ("reason.postcode", 2),
            ("reason.age", 1),
            ("reason.telephone", 1),
        ] {
            let id = name.replace('.', "-");
            let list = format!("<ul class=\"app-list\" id=\"{id}-found\">");
            let (_, rest) = page
                .split_once(&list)
                .unwrap_or_else(|| panic!("{name}: {page}"));
            let (list, rest) = rest.split_once("</ul>").unwrap();
            assert_eq!(list.matches("<li>").count(), places, "{name}: {list}");
            assert!(rest.contains(&format!("name=\"{name}\"")), "{name}");
            for value in ["3EX", "8HE", "900123"] {
                assert!(!list.contains(value), "{value}: {list}");
            }
        }
        // The role that everyone can see is shown with what is approved.
        let (shown, _) = page.split_once("All answers, as one file").unwrap();
        assert!(shown.contains("Lead nurse for digital"), "{shown}");

        // Neither a reason nor the tick: every one of them is named, with a link to it.
        let approve = |more: &[(&'static str, &'static str)]| {
            let mut pairs = vec![("version", "2"), ("decision", "approve")];
            pairs.extend_from_slice(more);
            pairs
        };
        let reason = "a public address of the trust";
        let all = [
            "#reason-postcode",
            "#reason-age",
            "#reason-telephone",
            "#declared",
        ];
        let declared = ("declared", "yes");
        for (sent, missing) in [
            (&[][..], &all[..]),
            (&[declared], &all[..3]),
            (&[declared, ("reason.postcode", reason)], &all[1..3]),
            (
                &[("reason.postcode", reason), ("reason.age", "no")],
                &all[1..],
            ),
            // One reason for all of them is no reason for each.
            (&[declared, ("reason", reason)], &all[..3]),
        ] {
            let answer = post(&trust, Some(eve()), &review, &approve(sent)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{sent:?}");
            for link in all {
                let href = format!("<a href=\"{link}\">");
                let named = answer.text.contains(&href);
                assert_eq!(named, missing.contains(&link), "{sent:?} {link}");
            }
            // What was written is still there.
            for (_, value) in sent.iter().filter(|(name, _)| name.starts_with("reason.")) {
                assert!(answer.text.contains(value), "{value}");
            }
        }
        // A reason that repeats a part of what was masked would be kept for ever.
        let repeated = [
            declared,
            ("reason.postcode", "the half 8he is of a sample"),
            ("reason.age", "an age of a ward, not of a person"),
            ("reason.telephone", "900123 is the number of a drama series"),
        ];
        let answer = post(&trust, Some(eve()), &review, &approve(&repeated)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let says = "the reason repeats a part of what was found; write it without that";
        assert!(answer.text.contains(says), "{}", answer.text);
        for (link, named) in [(all[0], true), (all[1], false), (all[2], true)] {
            let href = format!("<a href=\"{link}\">");
            assert_eq!(answer.text.contains(&href), named, "{link}");
        }
        let whole = [
            declared,
            ("reason.postcode", reason),
            ("reason.age", "an age of a ward, not of a person"),
            ("reason.telephone", "the number of a drama series"),
        ];
        let answer = post(&trust, Some(eve()), &review, &approve(&whole)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        // The record and the audit have what was accepted, and why.
        let kept = trust.node().store.accepted_warnings(10).await.unwrap();
        assert_eq!(kept.len(), 3, "{kept:?}");
        let audit = trust
            .node()
            .store
            .audit_after(0, &Default::default(), 100)
            .await;
        let audit = audit.unwrap();
        for (name, reason) in &whole[1..] {
            let kind = name.trim_start_matches("reason.");
            let mut rows = audit.iter();
            let row = rows.any(|row| row.detail.starts_with(kind) && row.why == *reason);
            assert!(row, "{kind}: {audit:?}");
        }
    });
}

#[test]
fn a_page_that_is_public_is_not_offered_to_staff_only() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let document = trust.publish_page("Counting beds", "Words.").await;
        let id = document.to_string();
        let pairs = [("kind", "change"), ("document", id.as_str())];
        let begun_ = post(&trust, Some(eve()), "/write", &pairs).await;
        let draft = begun_.header("location").to_owned();
        let staff = "value=\"organisation\"";
        let page = get(&trust, eve(), &format!("{draft}/page")).await.text;
        assert!(
            !page.contains(staff) && page.contains("value=\"network\""),
            "{page}"
        );
        let says = "cannot be kept to signed-in staff any more";
        assert!(page.contains(says), "{page}");
        // Written all the same, it is named on save, and cannot be submitted.
        let file =
            "---\nkind: page\ntitle: Counting beds\nvisibility: organisation\n---\n\nWords.\n";
        let saved = post(
            &trust,
            Some(eve()),
            &format!("{draft}/file"),
            &with("1", &[("file", file)]),
        )
        .await;
        let page = get(&trust, eve(), saved.header("location")).await.text;
        assert!(
            page.contains(says) && page.contains("withdraw the page"),
            "{page}"
        );
        let declared = [("version", "2"), ("declared", "yes")];
        let answer = post(&trust, Some(eve()), &format!("{draft}/submit"), &declared).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(says), "{}", answer.text);
        let (main, _) = answer.text.split_once("</main>").unwrap();
        assert!(!main.contains(&format!("“{id}”")), "{main}");
        // A new page can be for staff, and one of theirs can stay so.
        let new = begun(&trust, ann(), "page").await;
        let page = get(&trust, ann(), &format!("{new}/page")).await.text;
        assert!(page.contains(staff), "{page}");
    });
}

#[test]
fn an_observation_without_a_warning_asks_for_no_reason() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "observation").await;
        let section = format!("{draft}/observation");
        post(&trust, Some(ann()), &section, &with("1", &OBSERVATION)).await;
        let declared = [("version", "2"), ("declared", "yes")];
        post(&trust, Some(ann()), &format!("{draft}/submit"), &declared).await;
        let review = draft.replace("/drafts/", "/review/");
        let page = get(&trust, eve(), &review).await.text;
        assert!(!page.contains("name=\"reason."), "{page}");
        let (shown, _) = page.split_once("All answers, as one file").unwrap();
        assert!(shown.contains("Ward manager"), "{shown}");
    });
}

#[test]
fn a_decision_that_comes_too_late_is_refused_and_says_who_has_decided_and_keeps_its_words() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let file = STUDY.replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "");
        let review = handed_in(&trust, file).await;
        let back = [
            ("version", "2"),
            ("decision", "return"),
            ("comment", "Name the ward, please."),
        ];
        let first = post(&trust, Some(eve()), &review, &back).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
        for decision in ["return", "decline", "approve", "edit"] {
            let late = [
                ("version", "2"),
                ("decision", decision),
                ("declared", "yes"),
                ("comment", "Say what it cost."),
            ];
            let refused = post(&trust, Some(eve()), &review, &late).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{decision}");
            assert!(refused.text.contains("Say what it cost."), "{decision}");
        }
        // Who did it, with the header of the editor, and the way back; nothing is said to be written where nothing was.
        for decision in ["approve", "edit"] {
            let late = [
                ("version", "2"),
                ("decision", decision),
                ("declared", "yes"),
            ];
            let refused = post(&trust, Some(eve()), &review, &late).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{decision}");
            let text = refused.text;
            assert!(text.contains("You returned it since you saw it."), "{text}");
            assert!(!text.contains("you wrote"), "{text}");
            assert!(text.contains("Back to what waits for review"), "{text}");
            assert!(text.contains("Sign out"), "{text}");
        }
        let draft = get(&trust, ann(), &review.replace("/review/", "/drafts/")).await;
        assert!(draft.text.contains("Name the ward, please."));
    });
}

#[test]
fn all_that_becomes_public_is_read_by_who_approves_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let promise =
            "expected:\n  what: The time on all wards\n  by: 2027-05-01\ntype: case-study\n";
        let file = STUDY
            .replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "")
            .replace("type: case-study\n", promise)
            .replace("licence: OGL-UK-3.0", "licence: all-rights-reserved");
        let review = handed_in(&trust, file).await;
        let page = get(&trust, eve(), &review).await.text;
        let (reviewed, _) = page.split_once("All answers, as one file").unwrap();
        let preview = review.replace("/review/", "/drafts/");
        let preview = get(&trust, eve(), &format!("{preview}/preview")).await.text;
        let approve = [
            ("version", "2"),
            ("decision", "approve"),
            ("declared", "yes"),
        ];
        let answer = post(&trust, Some(eve()), &review, &approve).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        let done = get(&trust, eve(), answer.header("location")).await.text;
        let (_, rest) = done.split_once("href=\"/d/").expect("the address");
        let (path, _) = rest.split_once('"').unwrap();
        let public = get(&trust, eve(), &format!("/d/{path}")).await;
        let public = match public.header("location") {
            "" => public.text,
            location => get(&trust, eve(), location).await.text,
        };
        for words in [
            "Promised by 1 May 2027, not yet reported",
            "The time on all wards",
            "A. Example, lead nurse for digital",
            "All rights reserved",
            "Next review by 21 September 2027",
            "Last reviewed as a whole 21 September 2026",
            "Exampleware and the infection prevention team",
            "A badge left in the reader keeps the session open for two minutes.",
            "Northmoor Royal",
            "Began September 2025, live March 2026 (6 months)",
            "Trust capital",
        ] {
            assert!(public.contains(words), "{words} is public: {public}");
            assert!(reviewed.contains(words), "{words} at review: {reviewed}");
            assert!(preview.contains(words), "{words} in the preview: {preview}");
        }
        assert!(reviewed.contains("agreed to be named"), "{reviewed}");
    });
}

#[test]
fn pages_that_a_draft_names_are_shown_by_their_titles_and_staff_are_given_no_licence() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let old = Document::page("Old bleeps", "Ring twice.");
        let (old, _) = trust.publish(old).await;
        for (visibility, licence) in [("public", true), ("organisation", false)] {
            let file = format!(
                "---\nkind: page\ntitle: New bleeps for {visibility}\nsummary: How they ring now.\n\
                 replaces: [{old}]\nvisibility: {visibility}\n---\n\nRing once.\n"
            );
            let review = handed_in(&trust, file).await;
            let page = get(&trust, eve(), &review).await.text;
            let (reviewed, _) = page.split_once("All answers, as one file").unwrap();
            let row = "<dt>Replaces the pages</dt><dd>“Old bleeps”</dd>";
            assert!(reviewed.contains(row), "{reviewed}");
            assert_eq!(reviewed.contains("<dt>Licence</dt>"), licence, "{reviewed}");
        }
    });
}
