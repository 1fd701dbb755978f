//! Drafts and their review, without pages: what is kept, who may do what, and what is published.

use std::time::Duration;

use domain::Kind;
use drafting::{Note, Notes};
use it::{engine::on_each_engine, trust::Trust};
use people::{
    drafts::{self, Begin, BeginRefusal, Deleted, Found, SaveOutcome},
    review::{self, ApproveOutcome, ReturnOutcome, SubmitOutcome},
};
use settings::ApprovalBy;
use store::DraftState;
use wire::DocumentId;

use super::people::{OBSERVATION, ada, ann, begin, ben, eve, opened, rob, save, saved};

const HOUR: Duration = Duration::from_secs(3_600);

async fn submitted(trust: &Trust, id: DocumentId) -> u64 {
    let version = opened(trust, ann(), id).await.draft.version;
    let outcome = review::submit(trust.node(), ann(), id, version)
        .await
        .unwrap();
    assert!(matches!(outcome, SubmitOutcome::Submitted), "{outcome:?}");
    version + 1
}

async fn published(trust: &Trust, id: DocumentId) -> DocumentId {
    let version = submitted(trust, id).await;
    let outcome = review::approve(trust.node(), eve(), id, version, &[])
        .await
        .unwrap();
    let ApproveOutcome::Published(accepted) = outcome else {
        panic!("it is not published: {outcome:?}");
    };
    accepted.id
}

#[test]
fn an_observation_is_written_submitted_approved_and_found() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        // Half of it, as it saves itself: nothing is lost by what is missing.
        let version = saved(&trust, ann(), id, ("observation", 1), &OBSERVATION[..2]).await;
        let outcome = review::submit(node, ann(), id, version).await.unwrap();
        let SubmitOutcome::Faults(checked) = outcome else {
            panic!("it is not refused: {outcome:?}");
        };
        assert_eq!(checked.faults.len(), 3, "{:?}", checked.faults);
        saved(&trust, ann(), id, ("observation", version), &OBSERVATION).await;
        assert_eq!(review::queue(node).await.unwrap().len(), 0);
        let version = submitted(&trust, id).await;
        let queue = review::queue(node).await.unwrap();
        assert_eq!(queue.len(), 1);
        assert!(queue[0].title.starts_with("Badge readers"));
        assert_eq!(trust.log_size().await, 0, "nothing is published before");

        // Only an editor who has not written it, and only what they have read.
        for (person, version) in [(ann(), version), (ben(), version), (eve(), version - 1)] {
            let outcome = review::approve(node, person, id, version, &[])
                .await
                .unwrap();
            let is_refused = !matches!(outcome, ApproveOutcome::Published(_));
            assert!(is_refused, "{person:?} {version}");
        }
        assert_eq!(trust.log_size().await, 0);
        let outcome = review::approve(node, eve(), id, version, &[])
            .await
            .unwrap();
        let ApproveOutcome::Published(accepted) = outcome else {
            panic!("it is not published: {outcome:?}");
        };
        assert_eq!((accepted.rev, accepted.index), (1, Some(0)));
        assert_eq!(trust.found("zanzibar").await, [accepted.id]);
        let record = review::record_of(node, accepted.id, 1).await.unwrap();
        let record = record.unwrap();
        assert_eq!(
            (record.author, record.approved_by),
            (ann().id, Some(eve().id))
        );
        assert!(review::was_reviewed(&record));
        // Approved once more it is not published twice.
        let again = review::approve(node, eve(), id, version, &[])
            .await
            .unwrap();
        assert!(matches!(again, ApproveOutcome::Changed), "{again:?}");
        assert_eq!(trust.log_size().await, 1);
        let found = drafts::open(node, ann(), id).await.unwrap();
        assert!(matches!(found, Found::Published(_)));
    });
}

#[test]
fn how_long_drafts_waited_is_known_once_they_are_answered() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        for hours in [3, 1] {
            let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
            saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
            let version = submitted(&trust, id).await;
            trust.advance(HOUR * hours);
            let outcome = review::approve(trust.node(), eve(), id, version, &[]);
            let outcome = outcome.await.unwrap();
            assert!(
                matches!(outcome, ApproveOutcome::Published(_)),
                "{outcome:?}"
            );
        }
        // One that waits still says nothing.
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
        submitted(&trust, id).await;
        let answered = trust.node().store.answered_drafts(20).await.unwrap();
        let waits = answered
            .iter()
            .map(|(from, until)| until.since(*from).as_secs() / 3_600);
        assert_eq!(waits.collect::<Vec<_>>(), [1, 3], "the latest first");
    });
}

#[test]
fn two_people_never_overwrite_each_other() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let id = begin(&trust, ann(), Begin::Empty(Kind::CaseStudy)).await;
        let one = [("text.situation", "Ann's words")];
        saved(&trust, ann(), id, ("situation", 1), &one).await;
        // Another section of the same version is no conflict.
        let advice = [("text.advice", "Eve's words")];
        let version = saved(&trust, eve(), id, ("advice", 1), &advice).await;
        assert_eq!(version, 3);
        let other = [("text.situation", "Eve's other words")];
        let outcome = save(&trust, eve(), id, ("situation", 1), &other).await;
        let SaveOutcome::Conflict(held) = outcome else {
            panic!("it is overwritten: {outcome:?}");
        };
        assert!(held.content.file().contains("Ann's words"));
        assert!(held.content.file().contains("Eve's words"));
        // The same words again are saved already.
        assert_eq!(saved(&trust, ann(), id, ("situation", 1), &one).await, 3);
        saved(&trust, eve(), id, ("situation", held.draft.version), &other).await;
        let file = drafts::save_file(trust.node(), ann(), id, 1, "Other".to_owned());
        let outcome = file.await.unwrap();
        assert!(matches!(outcome, SaveOutcome::Conflict(_)), "{outcome:?}");
    });
}

#[test]
fn saves_at_the_same_time_of_different_sections_are_all_kept() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let id = begin(&trust, ann(), Begin::Empty(Kind::CaseStudy)).await;
        let one = [("text.situation", "first words")];
        let two = [("text.advice", "second words")];
        let three = [("partners", "third words")];
        tokio::join!(
            saved(&trust, ann(), id, ("situation", 1), &one),
            saved(&trust, eve(), id, ("advice", 1), &two),
            saved(&trust, ann(), id, ("systems", 1), &three),
        );
        let file = opened(&trust, ann(), id).await.content.file();
        for words in ["first words", "second words", "third words"] {
            assert!(file.contains(words), "{file}");
        }
    });
}

#[test]
fn a_returned_draft_is_changed_and_submitted_again() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
        let version = submitted(&trust, id).await;
        // What waits cannot be changed; it can be taken back.
        let change = [("text.advice", "Other advice")];
        let outcome = save(&trust, ann(), id, ("observation", version), &change).await;
        assert!(matches!(outcome, SaveOutcome::Waiting(_)), "{outcome:?}");
        let notes = |comment: &str| Notes {
            comment: comment.to_owned(),
            notes: Vec::new(),
        };
        for (person, notes, expected) in [
            (ben(), notes("x"), ReturnOutcome::Missing),
            (ann(), notes("x"), ReturnOutcome::Missing),
            (eve(), notes(" "), ReturnOutcome::Empty),
        ] {
            let outcome = review::return_draft(node, person, id, version, notes.into()).await;
            assert_eq!(outcome.unwrap(), expected);
        }
        let said = Notes {
            comment: String::new(),
            notes: vec![Note {
                field: "text.advice".to_owned(),
                quote: "Test at three".to_owned(),
                text: "Say how".to_owned(),
            }],
        };
        let outcome = review::return_draft(node, eve(), id, version, said.clone().into()).await;
        assert_eq!(outcome.unwrap(), ReturnOutcome::Returned);
        let returned = opened(&trust, ann(), id).await;
        assert_eq!(returned.draft.state, DraftState::Returned);
        assert_eq!(returned.notes, Some(said));
        let before = returned.content.clone();
        let mut typed = OBSERVATION.to_vec();
        typed[1] = ("text.advice", "Walk the ward at three, zanzibar.");
        saved(&trust, ann(), id, ("observation", version + 1), &typed).await;
        submitted(&trust, id).await;
        let waiting = opened(&trust, eve(), id).await;
        assert_eq!(
            waiting.reviewed,
            Some(before),
            "the difference can be shown"
        );
    });
}

#[test]
fn no_one_approves_their_own_text_unless_the_settings_allow_it() {
    on_each_engine(async |engine| {
        let mut trust = Trust::on(engine, "ZZ1").await;
        let id = begin(&trust, eve(), Begin::Empty(Kind::Observation)).await;
        let version = saved(&trust, eve(), id, ("observation", 1), &OBSERVATION).await;
        let outcome = review::submit(trust.node(), eve(), id, version)
            .await
            .unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted));
        let outcome = review::approve(trust.node(), eve(), id, version + 1, &[])
            .await
            .unwrap();
        assert!(matches!(outcome, ApproveOutcome::OwnText), "{outcome:?}");
        trust.change(|settings| settings.publishing.approval = ApprovalBy::Anyone);
        trust.restart().await;
        let node = trust.node();
        let outcome = review::approve(node, eve(), id, version + 1, &[])
            .await
            .unwrap();
        let ApproveOutcome::Published(accepted) = outcome else {
            panic!("it is not published: {outcome:?}");
        };
        let record = review::record_of(node, accepted.id, 1).await.unwrap();
        assert!(!review::was_reviewed(&record.unwrap()));

        // Nor is the one who wrote a version in between a second person, whoever wrote the last one.
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        let version = saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
        let mut typed = OBSERVATION.to_vec();
        typed[1] = ("text.advice", "Walk the ward at three, too.");
        let version = saved(&trust, eve(), id, ("observation", version), &typed).await;
        typed[1] = ("text.advice", "Walk the ward at four.");
        saved(&trust, ann(), id, ("observation", version), &typed).await;
        let version = submitted(&trust, id).await;
        let outcome = review::approve(node, eve(), id, version, &[])
            .await
            .unwrap();
        let ApproveOutcome::Published(accepted) = outcome else {
            panic!("it is not published: {outcome:?}");
        };
        let record = review::record_of(node, accepted.id, 1).await.unwrap();
        assert!(!review::was_reviewed(&record.unwrap()));
    });
}

#[test]
fn an_editor_who_has_edited_a_text_does_not_approve_it_whoever_changes_and_submits_it_then() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
        let version = submitted(&trust, id).await;
        assert!(review::take_back(node, eve(), id, version).await.unwrap());
        let mut typed = OBSERVATION.to_vec();
        typed[0] = (
            "text.what-happened",
            "The readers lost their connection at night.",
        );
        let version = saved(&trust, eve(), id, ("observation", version + 1), &typed).await;
        let outcome = review::submit(node, eve(), id, version).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted));
        let outcome = review::approve(node, eve(), id, version + 1, &[])
            .await
            .unwrap();
        assert!(matches!(outcome, ApproveOutcome::OwnText), "{outcome:?}");
        // The author changes a word of it, and it is the editor's text no less.
        assert!(
            review::take_back(node, ann(), id, version + 1)
                .await
                .unwrap()
        );
        typed[1] = ("text.advice", "Walk the ward at three, too.");
        saved(&trust, ann(), id, ("observation", version + 2), &typed).await;
        let version = submitted(&trust, id).await;
        let outcome = review::approve(node, eve(), id, version, &[])
            .await
            .unwrap();
        assert!(matches!(outcome, ApproveOutcome::OwnText), "{outcome:?}");
        let outcome = review::approve(node, ada(), id, version, &[])
            .await
            .unwrap();
        assert!(
            matches!(outcome, ApproveOutcome::Published(_)),
            "{outcome:?}"
        );
    });
}

#[test]
fn a_draft_does_not_exist_for_those_who_may_not_see_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        for person in [ben(), rob()] {
            let found = drafts::open(node, person, id).await.unwrap();
            assert!(matches!(found, Found::Missing), "{person:?}");
            let deleted = drafts::delete(node, person, id, 1).await.unwrap();
            assert_eq!(deleted, Deleted::Missing);
            let outcome = review::submit(node, person, id, 1).await.unwrap();
            assert!(matches!(outcome, SubmitOutcome::Missing));
            assert!(drafts::list(node, person).await.unwrap().is_empty());
        }
        // A reader begins none, and an editor does not delete what someone else writes.
        let refused = drafts::begin(node, rob(), Begin::Empty(Kind::Page)).await;
        assert_eq!(refused.unwrap(), Err(BeginRefusal::NotAllowed));
        let deleted = drafts::delete(node, eve(), id, 1).await.unwrap();
        assert_eq!(deleted, Deleted::Missing);
        let deleted = drafts::delete(node, ann(), id, 9).await.unwrap();
        assert_eq!(deleted, Deleted::Changed);
        let deleted = drafts::delete(node, ann(), id, 1).await.unwrap();
        assert_eq!(deleted, Deleted::Done);
        let found = drafts::open(node, ann(), id).await.unwrap();
        assert!(matches!(found, Found::Missing));
    });
}

#[test]
fn an_observation_grows_into_a_case_study_under_the_same_id() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let first = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        saved(&trust, ann(), first, ("observation", 1), &OBSERVATION).await;
        let document = published(&trust, first).await;
        let id = begin(&trust, ann(), Begin::Grow(document)).await;
        assert_eq!(
            begin(&trust, ann(), Begin::Grow(document)).await,
            id,
            "one draft"
        );
        let grown = opened(&trust, ann(), id).await;
        assert_eq!(grown.content.kind(), &Kind::CaseStudy);
        assert_eq!(
            (grown.draft.document, grown.draft.base),
            (document, Some(1))
        );
        let file = format!(
            "{}\n## Situation\n\nAll wards.\n",
            grown.content.file().replacen(
                "kind: case-study\n",
                "kind: case-study\ntype: lesson\nstage: ended\nwould_repeat: \"no\"\npriority: basics\nwgll: [smart-foundations]\ncare_setting: [acute]\nbarriers: [infrastructure]\ninterests: none\nsummary: Badge readers on drug trolleys lost their connection each night, so staff typed passwords again.\n",
                1,
            ).replacen("role: Ward manager", "role: Ward manager\n  mailbox: lessons@zz1.example", 1)
        );
        let outcome = drafts::save_file(node, ann(), id, 1, file).await.unwrap();
        assert!(
            matches!(outcome, SaveOutcome::Saved { version: 2, .. }),
            "{outcome:?}"
        );
        let checked = drafts::checked(node, &opened(&trust, ann(), id).await).await;
        assert_eq!(checked.unwrap().faults, []);
        assert_eq!(published(&trust, id).await, document);
        let held = node.store.own_documents(&[document]).await.unwrap();
        assert_eq!(held[&document].rev, 2);
        // Whoever has not written it may not change it; what is no observation does not grow.
        for (person, what) in [
            (ben(), Begin::Edit(document)),
            (rob(), Begin::Edit(document)),
        ] {
            let refused = drafts::begin(node, person, what).await.unwrap();
            assert_eq!(refused, Err(BeginRefusal::NotAuthor));
        }
        let refused = drafts::begin(node, eve(), Begin::Grow(document))
            .await
            .unwrap();
        assert_eq!(refused, Err(BeginRefusal::Missing));
    });
}

#[test]
fn a_page_stays_with_the_person_who_wrote_it_first_whoever_corrects_it() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        saved(&trust, ann(), id, ("observation", 1), &OBSERVATION).await;
        let document = published(&trust, id).await;
        trust.advance(std::time::Duration::from_secs(60));
        let id = begin(&trust, eve(), Begin::Edit(document)).await;
        let mut typed = OBSERVATION.to_vec();
        typed[1] = ("text.advice", "Test at four in the morning.");
        let version = saved(&trust, eve(), id, ("observation", 1), &typed).await;
        let outcome = review::submit(node, eve(), id, version).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted), "{outcome:?}");
        let outcome = review::approve(node, ada(), id, version + 1, &[])
            .await
            .unwrap();
        assert!(
            matches!(outcome, ApproveOutcome::Published(_)),
            "{outcome:?}"
        );
        let cared = node.store.cared(document).await.unwrap().unwrap();
        assert_eq!((cared.rev, cared.author), (2, Some(ann().id)));
    });
}

const PAGE: &str = "---\nkind: page\ntitle: Beds\ncontact: {role: Lead, mailbox: secret@zz1.example}\nmine: kept\n---\n\nOld words.\n";

#[test]
fn anyone_proposes_a_change_of_a_page_and_sees_nothing_private() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let document = trust.submit_text(PAGE, None).await.unwrap().id;
        let id = begin(&trust, rob(), Begin::Edit(document)).await;
        let proposed = opened(&trust, rob(), id).await;
        for secret in ["secret@zz1.example", "mine"] {
            assert!(!proposed.content.file().contains(secret), "{secret}");
        }
        let typed = [("title", "Beds"), ("text.body", "New words.")];
        let version = saved(&trust, rob(), id, ("page", 1), &typed).await;
        let outcome = review::submit(node, rob(), id, version).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted), "{outcome:?}");
        let outcome = review::approve(node, eve(), id, version + 1, &[])
            .await
            .unwrap();
        assert!(
            matches!(outcome, ApproveOutcome::Published(_)),
            "{outcome:?}"
        );
        assert!(trust.body_md(document).await.contains("New words."));
        let text = node.store.own_texts_of(&[document]).await.unwrap();
        let private = text[&document].private.clone().unwrap();
        assert!(private.contains("secret@zz1.example"), "{private}");
    });
}

#[test]
fn who_begins_to_change_a_page_twice_goes_on_with_one_draft() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let document = trust.submit_text(PAGE, None).await.unwrap().id;
        // Both clicks of a double click, at the same time.
        let click = || drafts::begin(node, rob(), Begin::Edit(document));
        let (first, second) = tokio::join!(click(), click());
        let first = first.unwrap().unwrap();
        assert_eq!(second.unwrap(), Ok(first));
        // Also one who has as many drafts as anyone may have.
        let document = trust.submit_text(PAGE, None).await.unwrap().id;
        let own = begin(&trust, ann(), Begin::Edit(document)).await;
        while drafts::begin(node, ann(), Begin::File(PAGE.to_owned()))
            .await
            .unwrap()
            .is_ok()
        {}
        let again = drafts::begin(node, ann(), Begin::Edit(document)).await;
        assert_eq!(again.unwrap(), Ok(own));
        let refused = drafts::refusal_to_begin(node, ann()).await.unwrap();
        assert_eq!(refused, Some(BeginRefusal::TooMany));
    });
}

#[test]
fn a_change_of_what_was_changed_meanwhile_is_not_published() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let document = trust.submit_text(PAGE, None).await.unwrap().id;
        let id = begin(&trust, rob(), Begin::Edit(document)).await;
        let typed = [("title", "Beds"), ("text.body", "Proposed words.")];
        let version = saved(&trust, rob(), id, ("page", 1), &typed).await;
        let newer = PAGE.replace("Old", "Newer");
        trust.submit_text(&newer, Some(document)).await.unwrap();
        // Made from what was published before, it is not even submitted.
        let outcome = review::submit(node, rob(), id, version).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Outdated), "{outcome:?}");
        let published = node.store.held(&[document]).await.unwrap()[&document].rev;
        let files = store::FileChanges::default();
        let rebased = drafts::rebase(node, rob(), id, version, published, &files);
        assert!(rebased.await.unwrap());
        let outcome = review::submit(node, rob(), id, version + 1).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted));
        // Published while the draft waits, it is not overwritten either.
        let newer = PAGE.replace("Old", "Newest");
        trust.submit_text(&newer, Some(document)).await.unwrap();
        let outcome = review::approve(node, eve(), id, version + 2, &[])
            .await
            .unwrap();
        assert!(matches!(outcome, ApproveOutcome::Stale), "{outcome:?}");
        assert!(trust.body_md(document).await.contains("Newest words."));
        // The draft is kept, and can be made from the newer text after its author has seen the difference.
        assert!(
            review::take_back(node, rob(), id, version + 2)
                .await
                .unwrap()
        );
        let published = node.store.held(&[document]).await.unwrap()[&document].rev;
        let files = store::FileChanges::default();
        let rebased = drafts::rebase(node, rob(), id, version + 3, published, &files);
        assert!(rebased.await.unwrap());
        let outcome = review::submit(node, rob(), id, version + 4).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted));
        let outcome = review::approve(node, eve(), id, version + 5, &[])
            .await
            .unwrap();
        assert!(
            matches!(outcome, ApproveOutcome::Published(_)),
            "{outcome:?}"
        );
    });
}

#[test]
fn drafts_survive_a_restart_to_the_letter() {
    on_each_engine(async |engine| {
        let mut trust = Trust::on(engine, "ZZ1").await;
        let file = "---\ntitle: [\n---\n\u{feff}Words \u{202e} and é\n";
        let id = begin(&trust, ann(), Begin::File(file.to_owned())).await;
        trust.restart().await;
        let opened = opened(&trust, ann(), id).await;
        assert_eq!(opened.content.file(), file);
        let checked = drafts::checked(trust.node(), &opened).await.unwrap();
        assert!(!checked.faults.is_empty());
    });
}

#[test]
fn what_looks_like_patient_data_is_shown_and_stopped() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let id = begin(&trust, ann(), Begin::Empty(Kind::Observation)).await;
        let with = |text| {
            let mut typed = OBSERVATION.to_vec();
            typed[1] = ("text.advice", text);
            typed
        };
        // A number that blocks is kept and named, and cannot be submitted.
        let typed = with("Ask about 450 557 7104.");
        let version = saved(&trust, ann(), id, ("observation", 1), &typed).await;
        let checked = drafts::checked(node, &opened(&trust, ann(), id).await).await;
        let checked = checked.unwrap();
        let fields: Vec<&str> = checked
            .faults
            .iter()
            .map(|one| one.field.as_str())
            .collect();
        assert_eq!(fields, ["text.advice"]);
        assert!(
            !checked.faults[0].text.contains("7104"),
            "{:?}",
            checked.faults
        );
        let outcome = review::submit(node, ann(), id, version).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Faults(_)), "{outcome:?}");
        // A warning needs the reason of the one who approves.
        let typed = with("Write to the trust at LS1 3EX, zanzibar.");
        saved(&trust, ann(), id, ("observation", version), &typed).await;
        let version = submitted(&trust, id).await;
        for reason in ["", "ok", "of 450 557 7104"] {
            let outcome = review::approve(node, eve(), id, version, &[("postcode", reason)])
                .await
                .unwrap();
            assert!(
                matches!(outcome, ApproveOutcome::Warnings(_)),
                "{outcome:?}"
            );
        }
        assert_eq!(trust.log_size().await, 0);
        let reason = "the postcode is that of a hospital";
        // A reason is for its kind, and for no other.
        let other = [("telephone", reason)];
        let outcome = review::approve(node, eve(), id, version, &other).await;
        assert!(
            matches!(outcome, Ok(ApproveOutcome::Warnings(_))),
            "{outcome:?}"
        );
        let outcome = review::approve(node, eve(), id, version, &[("postcode", reason)])
            .await
            .unwrap();
        let ApproveOutcome::Published(accepted) = outcome else {
            panic!("it is not published: {outcome:?}");
        };
        let record = review::record_of(node, accepted.id, 1).await.unwrap();
        let written = format!("postcode: {reason}");
        assert_eq!(record.unwrap().reason, Some(written));
        let kept = node.store.accepted_warnings(10).await.unwrap();
        let kept: Vec<_> = kept
            .iter()
            .map(|one| (one.kind.as_str(), one.reason.as_str()))
            .collect();
        assert_eq!(kept, [("postcode", reason)]);
    });
}
