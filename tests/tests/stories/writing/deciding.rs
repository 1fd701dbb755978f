//! What a reviewer decides about: what they have read, who may read it, and who wrote it.

use it::{engine::on_each_engine, trust::Trust};
use node::audit::By;
use people::drafts::Person;
use reqwest::StatusCode;
use store::NewAccount;

use super::{
    approving::handed_in,
    pages::{begun, get, post, with},
    people::{OBSERVATION, ada, ann, eve},
};

const PAGE: &str = "---\nkind: page\ntitle: Counting beds\n---\n\nCount them at eight.\n";

/// Returns the value of a hidden field, as a browser would send it.
fn hidden(page: &str, name: &str) -> String {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap();
    let (value, _) = rest.split_once('"').unwrap();
    value
        .replace("&#38;", "&")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
}

/// Gives a person an account.
async fn named(trust: &Trust, person: Person, name: &str) {
    let new = NewAccount {
        id: person.id,
        email: format!("{}@a.example", name.to_lowercase()),
        name: name.to_owned(),
        role: person.role,
    };
    let (store, now) = (&trust.node().store, trust.node().now());
    store.add_account(&new, &By::Node, now).await.unwrap();
}

async fn decided(trust: &Trust, by: Person, review: &str, pairs: &[(&str, &str)]) -> StatusCode {
    post(trust, Some(by), review, pairs).await.status
}

#[test]
fn a_text_that_was_changed_since_it_was_read_is_not_approved_with_the_same_tick() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let review = handed_in(&trust, PAGE.to_owned()).await;
        let draft = review.replace("/review/", "/drafts/");
        let read = get(&trust, eve(), &review).await.text;
        let seen = hidden(&read, "seen");
        // Its author takes it back, changes it and submits it again meanwhile.
        assert_eq!(
            post(&trust, Some(ann()), &draft, &[("version", "2")])
                .await
                .status,
            StatusCode::SEE_OTHER
        );
        let later = PAGE.replace("at eight", "at nine");
        let file = with("3", &[("file", later.as_str())]);
        post(&trust, Some(ann()), &format!("{draft}/file"), &file).await;
        let submit = [("version", "4"), ("declared", "yes")];
        let sent = post(&trust, Some(ann()), &format!("{draft}/submit"), &submit).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let approve = [
            ("version", "2"),
            ("decision", "approve"),
            ("declared", "yes"),
            ("seen", seen.as_str()),
        ];
        let answer = post(&trust, Some(eve()), &review, &approve).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        let (_, changed) = answer
            .text
            .split_once("What has changed since you read it")
            .unwrap();
        let (changed, form) = changed.split_once("</section>").unwrap();
        assert!(
            changed.contains("<del>") && changed.contains("eight") && changed.contains("nine"),
            "{changed}"
        );
        let (_, tick) = form.split_once("id=\"declared\"").unwrap();
        let (tick, _) = tick.split_once('>').unwrap();
        assert!(!tick.contains("checked"), "{tick}");
        // What is on the page now can be approved once it is read.
        let seen = hidden(&answer.text, "seen");
        let approve = [
            ("version", "5"),
            ("decision", "approve"),
            ("declared", "yes"),
            ("seen", seen.as_str()),
        ];
        let status = decided(&trust, eve(), &review, &approve).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn what_did_not_change_is_not_among_what_changed() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "observation").await;
        let section = format!("{draft}/observation");
        let submit = format!("{draft}/submit");
        let review = draft.replace("/drafts/", "/review/");
        post(&trust, Some(ann()), &section, &with("1", &OBSERVATION)).await;
        let sent = [("version", "2"), ("declared", "yes")];
        post(&trust, Some(ann()), &submit, &sent).await;
        let seen = hidden(&get(&trust, eve(), &review).await.text, "seen");
        post(&trust, Some(ann()), &draft, &[("version", "3")]).await;
        let changed = OBSERVATION.map(|(name, value)| match name {
            "contact.role" => (name, "Night matron"),
            _ => (name, value),
        });
        post(&trust, Some(ann()), &section, &with("4", &changed)).await;
        let sent = [("version", "5"), ("declared", "yes")];
        post(&trust, Some(ann()), &submit, &sent).await;
        let approve = [
            ("version", "3"),
            ("decision", "approve"),
            ("declared", "yes"),
            ("seen", seen.as_str()),
        ];
        let answer = post(&trust, Some(eve()), &review, &approve).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.text);
        let (_, changed) = answer
            .text
            .split_once("What has changed since you read it")
            .unwrap();
        let (changed, _) = changed.split_once("</section>").unwrap();
        assert!(changed.contains("Night matron"), "{changed}");
        // The title that is made of the text did not change, though no one has written one.
        assert_eq!(changed.matches("<h3>").count(), 1, "{changed}");
    });
}

#[test]
fn tables_and_notes_of_several_parts_have_one_number_each_for_their_reviewer() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begun(&trust, ann(), "observation").await;
        let table = "| Ward | Beds |\n|---|---|\n| 4 | 28 |\n\nSee this.[^a]\n\n[^a]: A note.\n";
        let other =
            "| Night | Falls |\n|---|---|\n| 1 | 2 |\n\nAnd that.[^b]\n\n[^b]: Another note.\n";
        let typed = OBSERVATION.map(|(name, value)| match name {
            "text.what-happened" => (name, table),
            "text.advice" => (name, other),
            _ => (name, value),
        });
        let section = format!("{draft}/observation");
        post(&trust, Some(ann()), &section, &with("1", &typed)).await;
        let sent = [("version", "2"), ("declared", "yes")];
        let sent = post(&trust, Some(ann()), &format!("{draft}/submit"), &sent).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let review = draft.replace("/drafts/", "/review/");
        let page = get(&trust, eve(), &review).await.text;
        for once in [
            "aria-label=\"Table 1\"",
            "aria-label=\"Table 2\"",
            "id=\"fn-a\"",
            "id=\"fn-b\"",
            "A note.",
            "Another note.",
        ] {
            // The file of all answers has the words once more.
            let (html, _) = page.split_once("All answers, as one file").unwrap();
            let found = html.replace("value=\"---", "").matches(once).count();
            assert!(found >= 1, "{once}: {html}");
            assert!(!once.contains("=\"") || found == 1, "{once}: {found}");
        }
        assert!(!page.contains("part of the text "), "{page}");
        assert!(page.contains("data-footnote-ref>2<"), "{page}");
    });
}

#[test]
fn a_page_for_staff_says_so_to_its_reviewer_and_to_its_readers() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let staff = PAGE
            .replace("at eight", "at eight, xylophonic")
            .replace("---\n\n", "visibility: organisation\n---\n\n");
        let only = "For signed-in staff of";
        for (file, says) in [(PAGE.to_owned(), false), (staff, true)] {
            let review = handed_in(&trust, file).await;
            let page = get(&trust, eve(), &review).await.text;
            assert_eq!(page.contains(only), says, "{page}");
            let approve = [
                ("version", "2"),
                ("decision", "approve"),
                ("declared", "yes"),
            ];
            let status = decided(&trust, eve(), &review, &approve).await;
            assert_eq!(status, StatusCode::SEE_OTHER);
            let published = get(&trust, ann(), &review.replace("/review/", "/drafts/")).await;
            let (_, address) = published.text.split_once("<p><a href=\"/d/").unwrap();
            let (address, _) = address.split_once('"').unwrap();
            let moved = get(&trust, ann(), &format!("/d/{address}")).await;
            let path = match moved.status {
                StatusCode::OK => format!("/d/{address}"),
                _ => moved.header("location").to_owned(),
            };
            let page = get(&trust, ann(), &path).await;
            assert_eq!(page.status, StatusCode::OK);
            assert_eq!(page.text.contains(only), says, "{}", page.text);
            // Whatever the page offers is there for who reads it.
            let (_, downloads) = page.text.split_once("Download as ").unwrap();
            let (downloads, _) = downloads.split_once("</p>").unwrap();
            for part in downloads.split("href=\"").skip(1) {
                let (href, _) = part.split_once('"').unwrap();
                assert_eq!(
                    get(&trust, ann(), href).await.status,
                    StatusCode::OK,
                    "{href}"
                );
            }
            assert_eq!(page.text.contains("Signed proof"), !says);
            assert_eq!(page.text.contains("Download the proof"), !says);
        }
        // A search of staff does not say that no page has the words.
        trust.settle().await;
        let found = get(&trust, ann(), "/search?q=xylophonic").await.text;
        assert!(found.contains("For our staff only"), "{found}");
        assert!(
            found.contains("No public results") && !found.contains("No page has"),
            "{found}"
        );
    });
}

#[test]
fn what_a_reviewer_writes_into_a_draft_is_shown_to_the_next_one_and_recorded() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        for (person, name) in [(ann(), "Ann"), (eve(), "Eve"), (ada(), "Ada")] {
            named(&trust, person, name).await;
        }
        let review = handed_in(&trust, PAGE.to_owned()).await;
        let draft = review.replace("/review/", "/drafts/");
        let edit = [("version", "2"), ("decision", "edit")];
        let taken = post(&trust, Some(eve()), &review, &edit).await;
        assert_eq!(taken.header("location"), draft);
        let filter = store::AuditFilter::default();
        let audit = trust.node().store.audit_after(0, &filter, 100).await;
        assert_eq!(audit.unwrap().pop().unwrap().act, "draft-taken-back");
        let own = get(&trust, eve(), &draft).await.text;
        assert!(own.contains("You have taken this back to edit it"), "{own}");
        // Its author learns who has it, and that it is not lost.
        let page = get(&trust, ann(), &draft).await.text;
        assert!(
            page.contains("Taken back to be edited") && page.contains("Eve has read this"),
            "{page}"
        );
        let later = PAGE.replace("at eight", "at nine");
        let file = with("3", &[("file", later.as_str())]);
        post(&trust, Some(eve()), &format!("{draft}/file"), &file).await;
        let submit = [("version", "4"), ("declared", "yes")];
        let sent = post(&trust, Some(eve()), &format!("{draft}/submit"), &submit).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        let page = get(&trust, ada(), &review).await.text;
        assert!(page.contains("Written by Ann and Eve"), "{page}");
        let (_, changed) = page
            .split_once("What has changed since Eve took it back to edit it")
            .unwrap();
        let (changed, _) = changed.split_once("</section>").unwrap();
        assert!(
            changed.contains("eight") && changed.contains("nine"),
            "{changed}"
        );
        let approve = [
            ("version", "5"),
            ("decision", "approve"),
            ("declared", "yes"),
        ];
        assert_eq!(
            decided(&trust, ada(), &review, &approve).await,
            StatusCode::SEE_OTHER
        );
        let page = get(&trust, ann(), &draft).await.text;
        assert!(page.contains("Written by Ann and Eve"), "{page}");
    });
}

#[test]
fn drafts_of_people_who_cannot_sign_in_any_more_are_found() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        for (person, name) in [(ann(), "Ann"), (eve(), "Eve")] {
            named(&trust, person, name).await;
        }
        let review = handed_in(&trust, PAGE.to_owned()).await;
        let left = "Drafts of people who cannot sign in any more";
        let queue = get(&trust, eve(), "/review").await.text;
        assert!(!queue.contains("cannot sign in any more"), "{queue}");
        let (store, now) = (&trust.node().store, trust.node().now());
        store
            .disable_account(ann().id, &By::Node, now)
            .await
            .unwrap();
        let queue = get(&trust, eve(), "/review").await.text;
        assert!(
            queue.contains("by Ann, who cannot sign in any more") && !queue.contains(left),
            "{queue}"
        );
        let page = get(&trust, eve(), &review).await.text;
        assert!(
            page.contains("Its author cannot sign in any more"),
            "{page}"
        );
        // Returned all the same, it is still on a list.
        let back = [
            ("version", "2"),
            ("decision", "return"),
            ("comment", "Name the ward."),
        ];
        assert_eq!(
            decided(&trust, eve(), &review, &back).await,
            StatusCode::SEE_OTHER
        );
        let queue = get(&trust, eve(), "/review").await.text;
        let (_, list) = queue.split_once(left).unwrap();
        assert!(
            list.contains(&review.replace("/review/", "/drafts/")),
            "{list}"
        );
    });
}

#[test]
fn a_returned_draft_marks_the_sections_that_have_comments() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let file = it::samples::STUDY.replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "");
        let review = handed_in(&trust, file).await;
        let draft = review.replace("/review/", "/drafts/");
        let mark = "Comment of the reviewer";
        assert!(!get(&trust, ann(), &draft).await.text.contains(mark));
        let back = [
            ("version", "2"),
            ("decision", "return"),
            ("comment.text.situation.0", "Which ward?"),
        ];
        assert_eq!(
            decided(&trust, eve(), &review, &back).await,
            StatusCode::SEE_OTHER
        );
        let page = get(&trust, ann(), &draft).await.text;
        assert_eq!(page.matches(mark).count(), 1, "{page}");
        let (before, _) = page.split_once(mark).unwrap();
        let (_, link) = before.rsplit_once("<li>").unwrap();
        assert!(link.contains("Situation"), "{link}");
        // Text above the first heading of the form is not overlooked either.
        let new = begun(&trust, ann(), "case-study").await;
        let text =
            "---\nkind: case-study\n---\n\n### Contact\n\nAsk us.\n\n## Situation\n\nWords.\n";
        post(
            &trust,
            Some(ann()),
            &format!("{new}/file"),
            &with("1", &[("file", text)]),
        )
        .await;
        let page = get(&trust, ann(), &format!("{new}/submit")).await.text;
        assert!(page.contains("Text before the first heading"), "{page}");
    });
}
