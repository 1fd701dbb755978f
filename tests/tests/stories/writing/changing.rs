//! Changing a page that others change too, or that nothing is changed of.

use it::{engine::on_each_engine, trust::Trust};
use reqwest::StatusCode;

use super::{
    files::{files_of, upload},
    pages::{get, post, with},
    people::{ann, ben, eve, rob},
};
use people::drafts::Person;

const BODY: &str = "Count at eight.\n\nWrite it down.\n\nTell the site team.";

/// Begins to change a page; returns the path of the draft.
async fn change(trust: &Trust, person: Person, document: &str) -> String {
    let pairs = [("kind", "change"), ("document", document)];
    let begun = post(trust, Some(person), "/write", &pairs).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    begun.header("location").to_owned()
}

/// Saves the text of a page.
async fn write(trust: &Trust, person: Person, draft: &str, version: &str, text: &str) {
    let typed = [("title", "Counting beds"), ("text.body", text)];
    let section = format!("{draft}/page");
    let saved = post(trust, Some(person), &section, &with(version, &typed)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
}

async fn submit(trust: &Trust, person: Person, draft: &str, version: &str) -> (StatusCode, String) {
    let files = files_of(trust, person, draft).await;
    let pairs = [
        ("version", version),
        ("files", files.as_str()),
        ("declared", "yes"),
    ];
    let answer = post(trust, Some(person), &format!("{draft}/submit"), &pairs).await;
    (answer.status, answer.text)
}

async fn approve(trust: &Trust, draft: &str, version: &str) {
    let pairs = [
        ("version", version),
        ("decision", "approve"),
        ("declared", "yes"),
    ];
    let review = draft.replace("/drafts/", "/review/");
    let done = post(trust, Some(eve()), &review, &pairs).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
}

/// Publishes a page and writes two changes of it, of two people; returns their drafts.
async fn two_changes(trust: &Trust, by_ann: &str, by_ben: &str) -> [String; 2] {
    let document = trust.publish_page("Counting beds", BODY).await.to_string();
    let first = change(trust, ann(), &document).await;
    let second = change(trust, ben(), &document).await;
    write(trust, ann(), &first, "1", by_ann).await;
    write(trust, ben(), &second, "1", by_ben).await;
    [first, second]
}

#[test]
fn two_changes_of_a_page_are_put_together_before_the_second_is_submitted() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let by_ann = BODY.replace("at eight", "at nine");
        let by_ben = BODY.replace("site team", "bed manager");
        let [first, second] = two_changes(&trust, &by_ann, &by_ben).await;
        let (status, text) = submit(&trust, ann(), &first, "2").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        approve(&trust, &first, "3").await;
        // No one could publish the second one as it is, so it is not taken.
        let page = get(&trust, ben(), &format!("{second}/submit")).await.text;
        assert!(!page.contains("Submit for review"), "{page}");
        let (status, text) = submit(&trust, ben(), &second, "2").await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(text.contains("put them together"), "{text}");
        let pairs = [("version", "2"), ("together", "yes")];
        let merged = post(&trust, Some(ben()), &format!("{second}/newer"), &pairs).await;
        assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.text);
        let page = get(&trust, ben(), &format!("{second}/page")).await.text;
        assert!(
            page.contains("at nine") && page.contains("bed manager"),
            "{page}"
        );
        let (status, text) = submit(&trust, ben(), &second, "4").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        approve(&trust, &second, "5").await;
    });
}

#[test]
fn files_that_were_attached_and_removed_since_are_put_together_too() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let document = trust.publish_page("Counting beds", BODY).await.to_string();
        let confirmed = [("confirmed", "yes")];
        // Ben attaches a file, and Ann has begun to change the page before.
        let by_ann = change(&trust, ann(), &document).await;
        let by_ben = change(&trust, ben(), &document).await;
        let files = format!("{by_ben}/attachments");
        let bytes = b"Ward,Beds\nElm,24\n";
        let attached = upload(&trust, ben(), &files, &confirmed, "beds.csv", bytes).await;
        assert_eq!(attached.status, StatusCode::SEE_OTHER, "{}", attached.text);
        submit(&trust, ben(), &by_ben, "1").await;
        approve(&trust, &by_ben, "2").await;
        let text = BODY.replace("at eight", "at nine");
        write(&trust, ann(), &by_ann, "1", &text).await;
        let newer = format!("{by_ann}/newer");
        let page = get(&trust, ann(), &newer).await.text;
        assert!(
            page.contains("Attached files") && page.contains("beds.csv"),
            "{page}"
        );
        let pairs = [("version", "2"), ("published", "2"), ("together", "yes")];
        let merged = post(&trust, Some(ann()), &newer, &pairs).await;
        assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.text);
        let page = get(&trust, ann(), &format!("{by_ann}/attachments"))
            .await
            .text;
        assert!(page.contains("beds.csv"), "{page}");
        submit(&trust, ann(), &by_ann, "3").await;
        approve(&trust, &by_ann, "4").await;

        // Ben removes it again, and Ann has begun the next change before.
        let by_ann = change(&trust, ann(), &document).await;
        let by_ben = change(&trust, ben(), &document).await;
        let files = format!("{by_ben}/attachments");
        let page = get(&trust, ben(), &files).await.text;
        let (_, file) = page.split_once("<h2 id=\"file-1\"><a href=\"").unwrap();
        let (file, _) = file.split_once('"').unwrap();
        let (one, _) = file.rsplit_once('/').unwrap();
        let removed = post(&trust, Some(ben()), one, &[("action", "remove")]).await;
        assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.text);
        submit(&trust, ben(), &by_ben, "1").await;
        approve(&trust, &by_ben, "2").await;
        write(&trust, ann(), &by_ann, "1", BODY).await;
        let newer = format!("{by_ann}/newer");
        let pairs = [("version", "2"), ("published", "4"), ("together", "yes")];
        let merged = post(&trust, Some(ann()), &newer, &pairs).await;
        assert_eq!(merged.status, StatusCode::SEE_OTHER, "{}", merged.text);
        let page = get(&trust, ann(), &format!("{by_ann}/attachments"))
            .await
            .text;
        assert!(page.contains("Nothing is attached yet"), "{page}");
    });
}

#[test]
fn the_reviewer_of_a_draft_that_was_returned_sees_what_it_undoes_of_the_page() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let by_ann = BODY.replace("at eight", "at nine");
        let by_ben = format!("{BODY}\n\nCall the doctor first.");
        let [first, second] = two_changes(&trust, &by_ann, &by_ben).await;
        submit(&trust, ann(), &first, "2").await;
        let review = first.replace("/drafts/", "/review/");
        let pairs = [
            ("version", "3"),
            ("decision", "return"),
            ("comment", "Say why."),
        ];
        let returned = post(&trust, Some(eve()), &review, &pairs).await;
        assert_eq!(returned.status, StatusCode::SEE_OTHER, "{}", returned.text);
        submit(&trust, ben(), &second, "2").await;
        approve(&trust, &second, "3").await;
        // She goes on with her draft, which has nothing of what Ben has published.
        let pairs = [("version", "4"), ("published", "2")];
        let rebased = post(&trust, Some(ann()), &format!("{first}/newer"), &pairs).await;
        assert_eq!(rebased.status, StatusCode::SEE_OTHER, "{}", rebased.text);
        let (status, text) = submit(&trust, ann(), &first, "5").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let page = get(&trust, eve(), &review).await.text;
        let (_, changed) = page
            .split_once("What it changes in the published page")
            .unwrap();
        let (changed, _) = changed.split_once("</section>").unwrap();
        assert!(changed.contains("Call the doctor first"), "{changed}");
    });
}

#[test]
fn an_editor_does_not_approve_files_that_they_have_attached_themselves() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let document = trust.publish_page("Counting beds", BODY).await.to_string();
        let draft = change(&trust, ann(), &document).await;
        let text = BODY.replace("at eight", "at nine");
        write(&trust, ann(), &draft, "1", &text).await;
        let files = format!("{draft}/attachments");
        let (confirmed, bytes) = ([("confirmed", "yes")], b"Ward,Beds\nElm,24\n");
        let attached = upload(&trust, eve(), &files, &confirmed, "beds.csv", bytes).await;
        assert_eq!(attached.status, StatusCode::SEE_OTHER, "{}", attached.text);
        // The author has not seen it in the version that she has read.
        let (status, _) = submit(&trust, ann(), &draft, "2").await;
        assert_ne!(status, StatusCode::SEE_OTHER);
        let (status, text) = submit(&trust, ann(), &draft, "3").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let review = draft.replace("/drafts/", "/review/");
        let page = get(&trust, eve(), &review).await.text;
        assert!(!page.contains("Approve and publish"), "{page}");
    });
}

#[test]
fn both_changes_of_one_line_are_kept_for_the_author_to_choose() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let by_ann = BODY.replace("at eight", "at nine");
        let by_ben = BODY.replace("at eight", "at ten");
        let [first, second] = two_changes(&trust, &by_ann, &by_ben).await;
        submit(&trust, ann(), &first, "2").await;
        approve(&trust, &first, "3").await;
        let pairs = [("version", "2"), ("together", "yes")];
        let merged = post(&trust, Some(ben()), &format!("{second}/newer"), &pairs).await;
        let page = get(&trust, ben(), merged.header("location")).await.text;
        assert!(page.contains("Keep one of the two versions"), "{page}");
        let page = get(&trust, ben(), &format!("{second}/page")).await.text;
        assert!(
            page.contains("at nine") && page.contains("at ten"),
            "{page}"
        );
        let (status, _) = submit(&trust, ben(), &second, "4").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        // From a page that shows an earlier version nothing is done.
        let late = post(&trust, Some(ben()), &format!("{second}/newer"), &pairs).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
    });
}

#[test]
fn a_change_that_changes_nothing_is_not_submitted() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let document = trust.publish_page("Counting beds", BODY).await.to_string();
        let draft = change(&trust, rob(), &document).await;
        let page = get(&trust, rob(), &format!("{draft}/submit")).await.text;
        assert!(page.contains("You have changed nothing yet"), "{page}");
        let (status, text) = submit(&trust, rob(), &draft, "1").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("You have changed nothing yet"), "{text}");
        write(
            &trust,
            rob(),
            &draft,
            "1",
            &BODY.replace("at eight", "at nine"),
        )
        .await;
        let (status, text) = submit(&trust, rob(), &draft, "2").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    });
}

#[test]
fn after_a_change_was_declined_the_next_one_begins_with_the_page() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let document = trust.publish_page("Counting beds", BODY).await.to_string();
        let declined = change(&trust, rob(), &document).await;
        write(&trust, rob(), &declined, "1", "Do not count.").await;
        // Until then there is one.
        assert_eq!(change(&trust, rob(), &document).await, declined);
        submit(&trust, rob(), &declined, "2").await;
        let review = declined.replace("/drafts/", "/review/");
        let pairs = [
            ("version", "3"),
            ("decision", "decline"),
            ("comment", "We have to."),
        ];
        let done = post(&trust, Some(eve()), &review, &pairs).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let next = change(&trust, rob(), &document).await;
        assert_ne!(next, declined);
        let page = get(&trust, rob(), &format!("{next}/page")).await.text;
        assert!(
            page.contains("Count at eight") && !page.contains("Do not count"),
            "{page}"
        );
        // What was declined is still there, and a second click begins no third one.
        let page = get(&trust, rob(), &format!("{declined}/page")).await.text;
        assert!(page.contains("Do not count"), "{page}");
        assert_eq!(change(&trust, rob(), &document).await, next);
    });
}

#[test]
fn a_pasted_text_becomes_what_was_chosen_with_its_title() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let text = "# Fewer falls\n\n## Situation\n\nPatients fell each week.\n";
        for (of, sent, kind) in [
            ("case-study", text, "case-study"),
            ("page", text, "page"),
            (
                "page",
                "---\nkind: case-study\ntitle: Fewer falls\n---\n\nWords.\n",
                "case-study",
            ),
            (
                "case-study",
                "---\ntitle: Fewer falls\n---\n\nWords.\n",
                "case-study",
            ),
        ] {
            let pairs = [("kind", "file"), ("of", of), ("file", sent)];
            let begun = post(&trust, Some(ann()), "/write", &pairs).await;
            let path = begun.header("location").replace("/file", "");
            let draft = get(&trust, ann(), &format!("/api/v1{path}")).await.json();
            assert_eq!(draft["kind"], kind, "{sent}");
            assert_eq!(draft["title"], "Fewer falls", "{sent}");
        }
    });
}
