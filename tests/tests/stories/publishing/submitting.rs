//! Publishing: stamped, signed and found; the same twice changes nothing.

use node::audit::By;
use std::time::Duration;

use domain::{Content, Document};
use finding::search::{self, SearchParams};
use it::{
    engine::on_each_engine,
    samples::{STUDY, parse},
    trust::Trust,
};
use node::flows::{
    publish::{Change, Outcome, Refusal, Submission, publish, publish_many},
    reading::{self, Reading},
};
use patient_data::{Acceptance, Cleared};
use store::DocumentState;
use wire::Viewer;

fn page(title: &str, words: &str) -> String {
    format!("---\ntitle: {title}\n---\n\n{words}\n")
}

#[test]
fn a_published_document_is_signed_and_found() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let accepted = trust
            .submit_text(&page("Trolley badges", "Zanzibar readers"), None)
            .await
            .unwrap();
        assert_eq!(
            (accepted.rev, accepted.index, accepted.change),
            (1, Some(0), Change::Created)
        );
        let expected = format!("{}/d/zz1/{}/trolley-badges", trust.site(), accepted.id);
        assert_eq!(accepted.url, expected);
        assert_eq!(trust.found("zanzibar").await, [accepted.id]);
        assert_eq!(trust.log_size().await, 1);
        let held = trust
            .node()
            .store
            .document(Viewer::Public, store::OWN, accepted.id)
            .await
            .unwrap()
            .unwrap();
        let text = held.text.unwrap();
        let body = domain::body::read(&text.body).unwrap();
        assert_eq!(body.stamp.rev, 1);
        assert_eq!(body.stamp.organisation.unwrap().ods.as_deref(), Some("ZZ1"));
        assert!(
            body.document.common.updated.is_some(),
            "the node dates what its author did not"
        );
    });
}

#[test]
fn the_same_document_makes_no_new_revision_and_a_change_makes_one() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let first = trust.submit_text(STUDY, None).await.unwrap();
        let again = trust.submit_text(STUDY, Some(first.id)).await.unwrap();
        assert_eq!(
            (again.rev, again.index, again.change),
            (1, Some(0), Change::Unchanged)
        );
        assert_eq!(again.url, first.url);
        assert_eq!(trust.log_size().await, 1);
        let changed = STUDY.replace("14 trolleys", "15 trolleys");
        let changed = trust.submit_text(&changed, Some(first.id)).await.unwrap();
        assert_eq!(
            (changed.rev, changed.index, changed.change),
            (2, Some(1), Change::Updated)
        );
        // Only the private part differs: no one else can see it, and it must still be kept.
        let other_mailbox = STUDY
            .replace("14 trolleys", "15 trolleys")
            .replace("digital.nursing@", "nursing@");
        let private = trust
            .submit_text(&other_mailbox, Some(first.id))
            .await
            .unwrap();
        assert_eq!(private.rev, 3);
    });
}

#[test]
fn what_an_author_leaves_out_is_filled_in_once() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let text = STUDY
            .lines()
            .filter(|line| !line.starts_with("review_by") && !line.starts_with("updated"));
        let text = text.collect::<Vec<_>>().join("\n");
        let first = trust.submit_text(&text, None).await.unwrap();
        trust.advance(Duration::from_secs(40 * 86_400));
        let again = trust.submit_text(&text, Some(first.id)).await.unwrap();
        assert_eq!(
            again.change,
            Change::Unchanged,
            "another day is no other document"
        );
        let card = trust
            .node()
            .store
            .cards(Viewer::Public, &[(store::OWN, first.id)])
            .await
            .unwrap()
            .remove(0);
        assert!(card.review_by.is_some());
    });
}

#[test]
fn what_is_kept_to_the_organisation_is_in_no_log() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let local =
            page("Inside only", "quokka").replace("---\n\n", "visibility: organisation\n---\n\n");
        let kept = trust.submit_text(&local, None).await.unwrap();
        assert_eq!((kept.rev, kept.index), (1, None));
        assert_eq!(trust.log_size().await, 0);
        assert!(trust.found("quokka").await.is_empty());
        assert!(trust.found_by("quokka", Viewer::Staff).await.is_empty());
        for viewer in Viewer::ALL {
            let readable = viewer == Viewer::Staff;
            let (own, id) = (trust.id().to_string(), kept.id.to_string());
            let read = reading::find(trust.node(), viewer, &own, &id)
                .await
                .unwrap();
            assert_eq!(matches!(read, Reading::Found(_)), readable, "{read:?}");
            assert!(readable || matches!(read, Reading::NotFound), "{read:?}");
            let (params, _) = SearchParams::parse("q=quokka");
            let hits = search::hits(trust.node(), viewer, &params).await.unwrap();
            assert_eq!(hits.total, 0, "{viewer:?}");
            let typed = search::suggest(trust.node(), viewer, "quok", 9).await;
            assert!(typed.unwrap().is_empty(), "{viewer:?}");
        }
        let same = trust.submit_text(&local, Some(kept.id)).await.unwrap();
        assert_eq!(same.change, Change::Unchanged);
        let public = trust
            .submit_text(&page("Inside only", "quokka"), Some(kept.id))
            .await
            .unwrap();
        assert_eq!(
            (public.rev, public.index, public.change),
            (1, Some(0), Change::Updated)
        );
        let refused = trust.submit_text(&local, Some(kept.id)).await.unwrap_err();
        let [fault] = &refused.into_faults()[..] else {
            panic!("not one fault");
        };
        assert!(
            fault.text.contains("cannot be kept to the organisation"),
            "{fault:?}"
        );
    });
}

#[test]
fn many_share_a_transaction_and_each_is_answered() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let id = trust
            .submit_text(&page("First", "one"), None)
            .await
            .unwrap()
            .id;
        let long = Document::page("Too long", "x".repeat(300_000));
        let mut late = parse(STUDY);
        late.common.review_by = wire::Date::parse("2999-01-01");
        let mut broken = Document::page("x".repeat(201), "text");
        broken.content = Content::Page(Default::default());
        let new = |id, document| Submission {
            id,
            document,
            base: None,
            extract: None,
            import: None,
            acceptance: Acceptance::default(),
            cleared: Cleared::default(),
            by: By::Node,
        };
        let documents = vec![
            new(None, Document::page("Second", "two")),
            new(None, long),
            new(Some(id), Document::page("First", "other")),
            new(Some(id), Document::page("First", "twice")),
            new(None, late),
            new(None, broken),
            new(None, Document::page("Nul \0 title", "three")),
        ];
        let outcomes = publish_many(trust.node(), documents).await.unwrap();
        let said: Vec<String> = outcomes
            .iter()
            .map(|outcome| match outcome {
                Ok(accepted) => format!("{:?} {:?}", accepted.change, accepted.index),
                Err(refused) => refused.clone().into_faults()[0].field.clone(),
            })
            .collect();
        let expected = [
            "Created Some(1)",
            "body",
            "Updated Some(2)",
            "id",
            "review_by",
            "title",
            "Created Some(3)",
        ];
        assert_eq!(said, expected);
        assert_eq!(trust.node().store.drafts(None, 9).await.unwrap(), []);
        assert_eq!(trust.log_size().await, 4);
    });
}

#[test]
fn an_author_who_began_with_an_older_revision_gets_both_texts_and_overwrites_nothing() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let submit = async |id, base, words: &str| {
            let submission = Submission {
                id,
                base,
                document: Document::page("Shared", words),
                extract: None,
                import: None,
                acceptance: Acceptance::default(),
                cleared: Cleared::default(),
                by: By::Node,
            };
            publish(trust.node(), submission).await.unwrap()
        };
        let first = submit(None, None, "one").await.unwrap().id;
        let id = Some(first);
        assert_eq!(submit(id, Some(1), "two").await.unwrap().rev, 2);
        // The same text again loses nothing, whatever it began with.
        let again = submit(id, Some(1), "two").await.unwrap();
        assert_eq!(again.change, Change::Unchanged);

        let refused = submit(id, Some(1), "other").await.unwrap_err();
        let Refusal::Stale(stale) = &refused.refusal else {
            panic!("{refused:?}");
        };
        let text = |document: &Document| document.common.body_md.trim().to_owned();
        assert_eq!((stale.base, stale.rev), (1, 2));
        assert_eq!(stale.held.as_deref().map(text).as_deref(), Some("two"));
        assert_eq!(text(&stale.submitted), "other");
        let faults = refused.into_faults();
        assert!(faults[0].text.contains("revision 2"), "{faults:?}");
        assert_eq!(trust.body_md(first).await.trim(), "two");

        // A document that was never published has no revision to begin with.
        let unknown = Some(wire::DocumentId::generate(trust.node().now(), [7; 10]));
        let refused = submit(unknown, Some(1), "other").await.unwrap_err();
        assert!(
            matches!(&refused.refusal, Refusal::Stale(stale) if stale.rev == 0 && stale.held.is_none()),
            "{refused:?}"
        );

        // Of two who began with the same revision at once, one is refused.
        let (one, two) = tokio::join!(submit(id, Some(2), "first"), submit(id, Some(2), "second"));
        let stale = |outcome: &Outcome| matches!(outcome, Err(refused) if matches!(refused.refusal, Refusal::Stale(_)));
        assert!(stale(&one) != stale(&two), "{one:?} {two:?}");
    });
}

#[test]
fn two_who_publish_at_once_both_get_their_revision() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let id = trust
            .submit_text(&page("Shared", "zero"), None)
            .await
            .unwrap()
            .id;
        let texts: Vec<String> = (1..=8)
            .map(|n| page("Shared", &format!("text {n}")))
            .collect();
        let all = texts.iter().map(|text| trust.submit_text(text, Some(id)));
        let mut revisions: Vec<u64> = futures_util::future::join_all(all)
            .await
            .into_iter()
            .filter_map(|one| Some(one.ok()?.rev))
            .collect();
        revisions.sort_unstable();
        let expected: Vec<u64> = (2..).take(revisions.len()).collect();
        assert_eq!(revisions, expected, "no revision is given twice");
        let held = trust
            .node()
            .store
            .own_documents(&[id])
            .await
            .unwrap()
            .remove(&id)
            .unwrap();
        assert_eq!(
            (held.state, Some(&held.rev)),
            (DocumentState::Live, revisions.last())
        );
    });
}
