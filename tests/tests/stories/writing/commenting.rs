//! What reviewers write to authors: checked as a text is, and never lost.

use it::{answer::Answer, engine::on_each_engine, samples::STUDY, trust::Trust};
use node::audit::Row;
use reqwest::StatusCode;
use store::AuditFilter;

use super::{
    approving::handed_in,
    pages::{get, post, put},
    people::{ann, eve},
};

fn study() -> String {
    STUDY.replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "")
}

/// The name of the first box for a comment at a paragraph.
fn first_box(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"comment.").unwrap();
    format!("comment.{}", rest.split('"').next().unwrap())
}

async fn decided(trust: &Trust, review: &str, pairs: &[(&str, &str)]) -> Answer {
    let mut sent = vec![("version", "2")];
    sent.extend(pairs);
    post(trust, Some(eve()), review, &sent).await
}

#[test]
fn a_comment_that_may_identify_a_patient_is_refused_and_kept_in_the_form() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let review = handed_in(&trust, study()).await;
        let at_paragraph = first_box(&get(&trust, eve(), &review).await.text);
        let long = "long words ".repeat(200);
        for (name, comment, said) in [
            (
                "comment",
                "It was NHS number 943 476 5919.",
                "looks like an NHS number",
            ),
            (
                at_paragraph.as_str(),
                "She lives at LS1 3EX.",
                "looks like a full postcode",
            ),
            (
                "comment",
                "Ring her on 07700 900123.",
                "looks like a personal telephone number",
            ),
            (
                at_paragraph.as_str(),
                long.as_str(),
                "has up to 2000 characters",
            ),
        ] {
            for decision in ["return", "decline"] {
                let sent = [("decision", decision), (name, comment)];
                let refused = decided(&trust, &review, &sent).await;
                assert_eq!(
                    refused.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{name} {comment}"
                );
                let text = &refused.text;
                assert!(text.contains(said), "{said}: {text}");
                assert!(text.contains(&format!("<a href=\"#{name}\">")), "{text}");
                assert!(text.contains(&format!("id=\"{name}-fault\"")), "{text}");
                // What was typed is in the form, and nowhere else: what is said of it is masked.
                assert_eq!(text.matches(comment.trim()).count(), 1, "{text}");
            }
        }
        // Of two, each is named at its own.
        let both = [
            ("decision", "return"),
            ("comment", "NHS number 943 476 5919"),
            (at_paragraph.as_str(), "LS1 3EX"),
        ];
        let refused = decided(&trust, &review, &both).await.text;
        for name in ["comment", at_paragraph.as_str()] {
            assert!(
                refused.contains(&format!("id=\"{name}-fault\"")),
                "{refused}"
            );
        }
        // It still waits: nothing of it was done.
        let sent = [
            ("decision", "return"),
            (at_paragraph.as_str(), "Name the ward."),
        ];
        let returned = decided(&trust, &review, &sent).await;
        assert_eq!(returned.status, StatusCode::SEE_OTHER, "{}", returned.text);
    });
}

#[test]
fn the_words_of_a_paragraph_that_was_commented_on_do_not_keep_what_its_author_removes() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let file = study().replace(
            "Nurses’ log-ins took 52 seconds.",
            "Ring 07700 900123 first.",
        );
        let review = handed_in(&trust, file).await;
        let page = get(&trust, eve(), &review).await.text;
        let at = page
            .split("<label class=\"nhsuk-label\" for=\"comment.")
            .find(|part| {
                part.split("</label>")
                    .next()
                    .unwrap()
                    .contains("07700 900123")
            });
        let name = format!("comment.{}", at.unwrap().split('"').next().unwrap());
        let sent = [
            ("decision", "return"),
            (name.as_str(), "Take the number out."),
        ];
        let returned = decided(&trust, &review, &sent).await;
        assert_eq!(returned.status, StatusCode::SEE_OTHER, "{}", returned.text);
        let draft = review.replace("/review/", "/drafts/");
        let field = name.trim_start_matches("comment.text.");
        let section = field.split('.').next().unwrap();
        let page = get(&trust, ann(), &format!("{draft}/{section}")).await.text;
        let (_, said) = page.split_once("What the reviewer said here").unwrap();
        let (said, _) = said.split_once("</section>").unwrap();
        assert!(said.contains("Take the number out."), "{said}");
        assert!(!said.contains("900123"), "{said}");
    });
}

#[test]
fn a_comment_that_only_returning_would_send_is_not_lost_by_another_decision() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let review = handed_in(&trust, study()).await;
        let at_paragraph = first_box(&get(&trust, eve(), &review).await.text);
        for decision in ["approve", "edit"] {
            for name in ["comment", at_paragraph.as_str()] {
                let sent = [
                    ("decision", decision),
                    ("declared", "yes"),
                    (name, "Say what it cost."),
                ];
                let refused = decided(&trust, &review, &sent).await;
                assert_eq!(
                    refused.status,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "{decision}"
                );
                assert!(
                    refused.text.contains("only if you return the draft"),
                    "{decision}"
                );
                assert!(refused.text.contains("Say what it cost."), "{decision}");
            }
        }
    });
}

#[test]
fn a_comment_comes_back_into_its_form_after_the_session_has_ended() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let review = handed_in(&trust, study()).await;
        let sent = [
            ("version", "2"),
            ("decision", "approve"),
            ("declared", "yes"),
            ("comment", "Cost?"),
            ("reason.age", "the age of a building"),
        ];
        let kept = post(&trust, None, &review, &sent).await;
        assert_eq!(kept.status, StatusCode::UNAUTHORIZED, "{}", kept.text);
        assert!(!kept.header("www-authenticate").is_empty());
        for said in [
            "You have been signed out",
            "the age of a building",
            "value=\"Cost?\"",
        ] {
            assert!(kept.text.contains(said), "{said}: {}", kept.text);
        }
        // What the page sends decides nothing, whatever was chosen before.
        let hidden = kept.text.split("<input type=\"hidden\" name=\"").skip(1);
        let pairs: Vec<(&str, &str)> = hidden
            .map(|rest| {
                let (name, rest) = rest.split_once("\" value=\"").unwrap();
                (name, rest.split('"').next().unwrap())
            })
            .collect();
        let shown = post(&trust, Some(eve()), &review, &pairs).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
        assert!(
            shown.text.contains("Nothing is decided yet"),
            "{}",
            shown.text
        );
        assert!(shown.text.contains("Cost?"), "{}", shown.text);
        // Without a word there is none to keep, and nothing to decide on the page that says so.
        for (path, sent) in [
            (
                review.clone(),
                vec![
                    ("version", "2"),
                    ("decision", "approve"),
                    ("declared", "yes"),
                ],
            ),
            (
                review.replace("/review/", "/drafts/") + "/delete",
                vec![("version", "2")],
            ),
            (
                review.replace("/review/", "/drafts/") + "/submit",
                vec![("version", "2"), ("declared", "yes")],
            ),
        ] {
            let refused = post(&trust, None, &path, &sent).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
            let (_, main) = refused.text.split_once("<main").unwrap();
            assert!(
                main.contains("Nothing was done") && !main.contains("<form"),
                "{path}: {main}"
            );
        }
        // A program that has no page keeps its own words.
        let api = review.replace("/review/", "/api/v1/drafts/");
        let put = put(&trust, eve(), &format!("{api}/title"), "\"1\"", &[]).await;
        assert_ne!(put.status, StatusCode::UNAUTHORIZED);
    });
}

/// The box for a comment at a paragraph with these words: its name, and what is in it.
fn box_about(page: &str, words: &str) -> (String, String) {
    let parts = page.split("<label class=\"nhsuk-label");
    let part = parts
        .skip(1)
        .find(|part| part.split("</label>").next().unwrap().contains(words));
    let part = part.unwrap_or_else(|| panic!("{words}: {page}"));
    let (_, name) = part.split_once(" for=\"").unwrap();
    let name = name.split('"').next().unwrap();
    let (_, text) = part.split_once("<textarea").unwrap();
    let text = text.split_once('>').unwrap().1;
    let text = text.split("</textarea>").next().unwrap();
    (name.to_owned(), text.trim().to_owned())
}

/// What the form sends with a comment: the words of its paragraph.
fn quote_of(page: &str, name: &str) -> String {
    let start = format!("name=\"quote.{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn a_comment_stays_with_the_words_that_it_is_about_when_the_draft_is_changed() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let (gone, stays) = ("Paper charts were lost", "Bleeps rang at night");
        let paragraphs = format!("{gone}.\n\nA paragraph between.\n\n{stays}.");
        let file = study().replace("Nurses’ log-ins took 52 seconds.", &paragraphs);
        let review = handed_in(&trust, file.clone()).await;
        let page = get(&trust, eve(), &review).await.text;
        let ((about_gone, _), (about_other, _)) = (box_about(&page, gone), box_about(&page, stays));
        let quotes = [&about_gone, &about_other].map(|name| quote_of(&page, name));
        let quote_names = [&about_gone, &about_other].map(|name| format!("quote.{name}"));

        // Its author takes it back, removes one paragraph and submits it again.
        let draft = review.replace("/review/", "/drafts/");
        let changed = file.replace(&format!("{gone}.\n\n"), "");
        let back = [
            ("version", "2"),
            ("then", "take-back"),
            ("file", changed.as_str()),
        ];
        let taken = post(&trust, Some(ann()), &format!("{draft}/file"), &back).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
        let form = get(&trust, ann(), &format!("{draft}/submit")).await.text;
        let (_, version) = form.split_once("name=\"version\" value=\"").unwrap();
        let version = version.split('"').next().unwrap();
        let submit = [("version", version), ("declared", "yes")];
        let submitted = post(&trust, Some(ann()), &format!("{draft}/submit"), &submit).await;
        assert_eq!(
            submitted.status,
            StatusCode::SEE_OTHER,
            "{}",
            submitted.text
        );

        let sent = [
            ("comment", "Two things."),
            (about_gone.as_str(), "How many?"),
            (quote_names[0].as_str(), quotes[0].as_str()),
            (about_other.as_str(), "In which ward?"),
            (quote_names[1].as_str(), quotes[1].as_str()),
        ];
        for decision in ["return", "approve"] {
            let mut sent = sent.to_vec();
            sent.push(("decision", decision));
            let refused = decided(&trust, &review, &sent).await;
            assert!(refused.status.is_client_error(), "{}", refused.text);
            let (name, comment) = box_about(&refused.text, stays);
            assert_eq!(comment, "In which ward?", "{decision}");
            assert_ne!(name, about_other, "it has another number now");
            let (_, between) = box_about(&refused.text, "A paragraph between");
            assert_eq!(between, "", "{decision}");
            let (_, whole) = box_about(&refused.text, "Comment for the author");
            assert!(whole.starts_with("Two things."), "{whole}");
            assert!(
                whole.contains(gone) && whole.ends_with("How many?"),
                "{whole}"
            );
        }
    });
}

#[test]
fn a_warning_about_a_comment_is_confirmed_for_these_words_and_what_is_certain_is_not() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let review = handed_in(&trust, study()).await;
        let page = get(&trust, eve(), &review).await.text;
        let at_paragraph = first_box(&page);
        assert!(!page.contains("id=\"confirmed\""), "{page}");
        let warned = "Was the badge that of the patient Mrs Jane Kettle?";
        let certain = "Was it NHS number 401 023 2137, of the patient Mrs Jane Kettle?";
        let send = async |name: &str, comment: &str, confirmed: &str| {
            let sent = [
                ("decision", "return"),
                (name, comment),
                ("confirmed", confirmed),
            ];
            decided(&trust, &review, &sent).await
        };
        let asked = |answer: &Answer| -> Option<String> {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            let (_, rest) = answer.text.split_once("id=\"confirmed\"")?;
            let (tag, _) = rest.split_once('>')?;
            assert!(!tag.contains("checked"), "{tag}");
            let (_, value) = tag.split_once("value=\"")?;
            Some(value.split('"').next()?.to_owned())
        };
        // It is asked first, for each comment by itself, and never about what is certain.
        assert_eq!(asked(&send("comment", certain, "").await), None);
        let of_paragraph = asked(&send(&at_paragraph, warned, "").await).unwrap();
        let of_whole = asked(&send("comment", warned, "yes").await).unwrap();
        assert_ne!(of_paragraph, of_whole);
        // What was confirmed holds for these words only.
        let other = "Was the badge that of the patient Mrs Ann Teasel?";
        assert!(asked(&send("comment", other, &of_whole).await).is_some());
        assert_eq!(asked(&send("comment", certain, &of_whole).await), None);
        let returned = send("comment", warned, &of_whole).await;
        assert_eq!(returned.status, StatusCode::SEE_OTHER, "{}", returned.text);
        let draft = get(&trust, ann(), &review.replace("/review/", "/drafts/")).await;
        assert!(draft.text.contains("Mrs Jane Kettle"), "{}", draft.text);
        let all = AuditFilter::default();
        let audit = trust.node().store.audit_after(0, &all, 100);
        let rows = audit.await.unwrap();
        let is_said = |row: &Row| row.detail.contains("were confirmed");
        assert_eq!(
            rows.iter().filter(|row| is_said(row)).count(),
            1,
            "{rows:?}"
        );
    });
}
