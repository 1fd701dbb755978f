//! What documents say of each other: adapted from another organisation's, linked by title, a proposal declined; and what a
//! person's work came to.

use axum::http::Method;
use domain::{Document, Kind, vocabulary::Visibility};
use drafting::{Notes, State};
use it::{
    engine::on_each_engine,
    samples::{STUDY, parse},
    trust::Trust,
};
use people::{
    drafts::{self, Begin, BeginRefusal},
    review::{self, ApproveOutcome, ReturnOutcome, SubmitOutcome, Theirs},
    work,
};
use store::AuditFilter;
use wire::{DocumentId, DocumentRef, Viewer};

use super::{
    pages::{account, get, post},
    people::{ann, begin, eve, opened, rob, saved},
};

/// Submits and approves a draft; returns the document.
async fn published(trust: &Trust, id: DocumentId) -> DocumentId {
    let version = opened(trust, ann(), id).await.draft.version;
    let outcome =
        review::submit_with(trust.node(), ann(), id, version, Theirs::TrueHere, None).await;
    let outcome = outcome.unwrap();
    assert!(matches!(outcome, SubmitOutcome::Submitted), "{outcome:?}");
    let outcome = review::approve(trust.node(), eve(), id, version + 1, &[]).await;
    let ApproveOutcome::Published(accepted) = outcome.unwrap() else {
        panic!("it is not published");
    };
    trust.settle().await;
    accepted.id
}

#[test]
fn a_document_of_a_peer_is_adapted_and_both_pages_say_so() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let origin = north
            .publish_page("How we count beds", "We count quokkas.")
            .await;
        south.follow_and_pull(&north).await;
        let reference = DocumentRef {
            node: north.id(),
            id: origin,
        };
        let adapt = Begin::Adapt(reference.clone());
        let refused = drafts::begin(south.node(), rob(), adapt.clone()).await;
        assert_eq!(refused.unwrap(), Err(BeginRefusal::NotAllowed));
        let missing = DocumentRef {
            node: north.id(),
            id: DocumentId::parse("01996c5e-8a00-7000-8000-000000000001").unwrap(),
        };
        let missing = drafts::begin(south.node(), ann(), Begin::Adapt(missing)).await;
        assert_eq!(missing.unwrap(), Err(BeginRefusal::Missing));

        // The draft has their text, and says whose it was, also after a section of it was saved.
        let draft = begin(&south, ann(), adapt).await;
        let text = opened(&south, ann(), draft).await.content.file();
        assert!(text.contains("We count quokkas."), "{text}");
        let typed = [
            ("title", "How we count beds too"),
            ("text.body", "We count wombats."),
        ];
        saved(&south, ann(), draft, ("page", 1), &typed).await;
        let content = opened(&south, ann(), draft).await.content;
        assert_eq!(content.based_on(drafts::outline), Some(reference));
        let found = drafts::origin(south.node(), &content).await.unwrap();
        assert!(found.unwrap().content.file().contains("quokkas"));

        let copy = published(&south, draft).await;
        let page = south
            .get(&format!("/d/zz2/{copy}/how-we-count-beds-too"))
            .await;
        assert!(page.text.contains("Adapted from <a"), "{}", page.text);
        assert!(!page.text.contains("has changed since"));
        // At any node that has both, the original says it too.
        north.follow_and_pull(&south).await;
        for site in [&north, &south] {
            let page = site
                .get(&format!("/d/zz1/{origin}/how-we-count-beds"))
                .await;
            assert!(page.text.contains("Adapted by"), "{}", page.text);
            assert!(page.text.contains("How we count beds too"));
        }

        // The copy says that the original has changed since.
        north.advance(std::time::Duration::from_secs(90_000));
        south.advance(std::time::Duration::from_secs(90_000));
        let changed = Document::page("How we count beds", "We count numbats.");
        north.revise(origin, changed).await;
        south.pull_well(&north.id()).await;
        let page = south
            .get(&format!("/d/zz2/{copy}/how-we-count-beds-too"))
            .await;
        assert!(page.text.contains("has changed since"), "{}", page.text);
    });
}

#[test]
fn an_adapted_case_study_claims_nothing_about_the_trust_that_adapts_it() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let study = parse(STUDY);
        let (id, _) = north.publish(study.clone()).await;
        south.follow_and_pull(&north).await;
        let reference = DocumentRef {
            node: north.id(),
            id,
        };
        let draft = begin(&south, ann(), Begin::Adapt(reference)).await;
        let adapted = opened(&south, ann(), draft).await;
        let file = adapted.content.file();
        for theirs in [
            study.common.title.as_str(),
            study.common.summary.as_str(),
            "result:",
            "measures:",
            "cost:",
            "contact:",
            "authors:",
            "systems:",
            "## Situation",
            "## What happened",
            "## What we would do differently",
        ] {
            assert!(!file.contains(theirs), "{theirs}: {file}");
        }
        for kept in ["topics:", "priority:", "based_on:", "## What we did"] {
            assert!(file.contains(kept), "{kept}: {file}");
        }
        // No section is done, and those with their words say so until they are changed.
        let state = async |name: &str| {
            let opened = opened(&south, ann(), draft).await;
            let checked = review::check(south.node(), &opened).await.unwrap();
            let mut said = checked.faults.iter().chain(&checked.advice);
            let theirs = said.any(|place| {
                place.section == name && place.text.contains("These are the words of")
            });
            let mut states = checked.states.into_iter();
            let found = states.find(|(section, _)| section.name == name);
            (found.unwrap().1, theirs)
        };
        for (section, expected) in [
            ("title", State::Started),
            ("situation", State::NotStarted),
            ("what-happened", State::NotStarted),
            ("figures", State::Optional),
            ("differently", State::NotStarted),
            ("cost", State::Optional),
            ("systems", State::Optional),
        ] {
            assert_eq!(state(section).await, (expected, false), "{section}");
        }
        assert_eq!(state("what-we-did").await, (State::Problem, true));
        assert_eq!(state("advice").await, (State::Started, true));
        let typed = [("text.what-we-did", "We asked two wards to try it first.")];
        saved(&south, ann(), draft, ("what-we-did", 1), &typed).await;
        assert_eq!(state("what-we-did").await, (State::Done, false));
        // It can be compared with all that the others say.
        let content = opened(&south, ann(), draft).await.content;
        let origin = drafts::origin(south.node(), &content).await.unwrap();
        let file = origin.unwrap().content.file();
        assert!(file.contains("## What happened"), "{file}");
    });
}

#[test]
fn an_adapted_draft_is_named_after_its_origin_until_it_has_a_title_and_its_reviewer_sees_it() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let study = parse(STUDY);
        let (id, _) = north.publish(study.clone()).await;
        south.follow_and_pull(&north).await;
        let reference = DocumentRef {
            node: north.id(),
            id,
        };
        let draft = begin(&south, ann(), Begin::Adapt(reference)).await;
        let named = format!("Adapted from “{}”", study.common.title);
        // At the top of its pages, in lists and in the API; its first words are theirs.
        for path in [
            "",
            "/what-we-did",
            "/submit",
            "/delete",
            "/preview",
            "/attachments",
        ] {
            let page = get(&south, ann(), &format!("/drafts/{draft}{path}"))
                .await
                .text;
            assert!(page.contains(&named), "{path}: {page}");
        }
        let listed = drafts::list(south.node(), ann()).await.unwrap();
        assert_eq!(listed[0].title, named);
        let api = get(&south, ann(), &format!("/api/v1/drafts/{draft}")).await;
        assert_eq!(api.json()["title"], named);
        // Who reviews it reads what it is adapted from, and can compare the two.
        let another = "wr1ojiastj3xcsag57xggx5lqtbbapteqf47262ssm3gncllq3j2umq/01996c5e-8a00-7000-8000-00000000000b";
        let file = STUDY
            .replace("id: 01996c5e-8a00-7000-8000-000000000001\n", "")
            .replace(another, &format!("{}/{id}", north.id()));
        let version = opened(&south, ann(), draft).await.draft.version;
        let save = async |file: String, version| {
            let put = drafts::save_file(south.node(), ann(), draft, version, file).await;
            assert!(
                matches!(put, Ok(drafts::SaveOutcome::Saved { .. })),
                "{put:?}"
            );
        };
        save(file.clone(), version).await;
        let title = get(&south, ann(), &format!("/drafts/{draft}")).await.text;
        assert!(!title.contains(&named), "{title}");
        // What they did is not what was done here, whatever anyone says.
        let outcome = review::submit_with(
            south.node(),
            ann(),
            draft,
            version + 1,
            Theirs::TrueHere,
            None,
        )
        .await;
        let Ok(SubmitOutcome::Faults(checked)) = outcome else {
            panic!("it is submitted");
        };
        let faults: Vec<&str> = checked.faults.iter().map(|place| place.title).collect();
        assert_eq!(faults, ["What we did"]);
        let ours = file.replacen(
            "## What we did\n\n",
            "## What we did\n\nWe asked two wards first. ",
            1,
        );
        save(ours, version + 1).await;
        let version = (version + 2).to_string();
        // The rest of their words may be true here; their author has to say so, and a program cannot.
        let submit = format!("/drafts/{draft}/submit");
        let headers = [("if-match", version.as_str())];
        let api = format!("/api/v1{submit}");
        let refused = south
            .send_as(
                Some(account(ann())),
                Method::POST,
                &api,
                &headers,
                String::new(),
            )
            .await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(
            refused.text.contains("submit the draft in a browser"),
            "{}",
            refused.text
        );
        let page = get(&south, ann(), &submit).await.text;
        assert!(page.contains("In the words of others"), "{page}");
        let declared = [("version", version.as_str()), ("declared", "yes")];
        let refused = post(&south, Some(ann()), &submit, &declared).await;
        assert_eq!(refused.status, 422);
        assert!(
            refused.text.contains("id=\"theirs-fault\""),
            "{}",
            refused.text
        );
        let confirmed = [declared[0], declared[1], ("theirs", "yes")];
        let submitted = post(&south, Some(ann()), &submit, &confirmed).await;
        assert_eq!(submitted.status, 303, "{}", submitted.text);
        // What its author has confirmed is kept.
        let filter = AuditFilter::default();
        let audit = south.node().store.audit_after(0, &filter, 200).await;
        let mut audit = audit.unwrap().into_iter();
        let row = audit.rfind(|row| row.act == "draft-submitted").unwrap();
        assert!(
            row.detail
                .starts_with("true here, in the words of its origin: "),
            "{}",
            row.detail
        );
        let page = get(&south, eve(), &format!("/review/{draft}")).await.text;
        assert!(page.contains("Adapted from <a"), "{page}");
        assert!(page.contains("still in their words"), "{page}");
        let compare = format!("/drafts/{draft}/origin");
        assert!(page.contains(&compare), "{page}");
        assert_eq!(get(&south, eve(), &compare).await.status, 200);
    });
}

#[test]
fn the_links_of_an_adapted_text_lead_where_they_led_at_its_origin() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let held = north.publish_page("Badges on wards", "Theirs.").await;
        // Of two with one title, the text of the north means its own.
        let own = south.publish_page("Badges on wards", "Ours.").await;
        let gone = "01996c5e-8a00-7000-8000-000000000001";
        let text = format!(
            "[one](/d/{held}#part), [two](/d/{gone}), [three](/d/zz1/{held}/badges), [four](/help), \
             [five](https://example.org/x), [six](#part), [[Badges on wards]], [[No such page]], \
             [seven](/d/{}/{own}), `[eight](/d/{held})`.",
            south.id(),
        );
        let origin = north.publish_page("Where to begin", &text).await;
        south.follow_and_pull(&north).await;
        let reference = DocumentRef {
            node: north.id(),
            id: origin,
        };
        let draft = begin(&south, ann(), Begin::Adapt(reference)).await;
        let file = opened(&south, ann(), draft).await.content.file();
        let (theirs, site) = (north.id(), north.site());
        for link in [
            format!("[one](/d/{theirs}/{held}#part)"),
            format!("[two]({site}/d/{theirs}/{gone})"),
            format!("[three](/d/{theirs}/{held})"),
            format!("[four]({site}/help)"),
            "[five](https://example.org/x)".to_owned(),
            "[six](#part)".to_owned(),
            format!("[Badges on wards](/d/{theirs}/{held})"),
            "[[No such page]]".to_owned(),
            format!("[seven](/d/{own})"),
            format!("`[eight](/d/{held})`"),
        ] {
            assert!(file.contains(&link), "{link}: {file}");
        }
        // Nothing but the links differs from the original, so nothing is said to.
        let content = opened(&south, ann(), draft).await.content;
        let compared = drafts::origin(south.node(), &content).await.unwrap();
        assert_eq!(
            compared.unwrap().content.text(drafts::outline),
            content.text(drafts::outline)
        );
        // A reader of the page is led to the copy here.
        let typed = [("title", "Where we begin")];
        let mut typed: Vec<(&str, &str)> = typed.to_vec();
        let text = content.text(drafts::outline);
        typed.push(("text.body", &text));
        saved(&south, ann(), draft, ("page", 1), &typed).await;
        let copy = published(&south, draft).await;
        let page = south
            .get(&format!("/d/zz2/{copy}/where-we-begin"))
            .await
            .text;
        let here = format!("/d/{theirs}/{held}");
        assert!(page.contains(&here), "{page}");
        let followed = south.get(&here).await;
        assert!(followed.status.is_redirection(), "{}", followed.status);
    });
}

#[test]
fn what_only_staff_may_read_stays_so_when_it_is_adapted() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let mut kept = Document::page("How we count beds", "We count quokkas.");
        kept.common.visibility = Visibility::Organisation;
        let (id, path) = trust.publish(kept).await;
        let reference = DocumentRef {
            node: trust.id(),
            id,
        };
        let link = format!("/write?adapt={reference}");
        for address in [&link, &path] {
            let answer = trust.get(address).await;
            assert!(
                !answer.text.contains("quokkas") && !answer.text.contains("How we count beds"),
                "{address}: {}",
                answer.text
            );
        }
        let draft = begin(&trust, ann(), Begin::Adapt(reference)).await;
        let checked = review::check(trust.node(), &opened(&trust, ann(), draft).await).await;
        let document = checked.unwrap().document.unwrap();
        assert_eq!(document.common.visibility, Visibility::Organisation);
        // It cannot be linked to by its title, which is a secret as well.
        let linked = drafts::linked(trust.node(), "[[How we count beds]]").await;
        assert_eq!(linked.unwrap().unknown, ["How we count beds"]);
    });
}

#[test]
fn links_by_title_lead_to_documents_here_and_at_peers_and_back() {
    on_each_engine(async |engine| {
        let (north, south) = (
            Trust::on(engine, "ZZ1").await,
            Trust::on(engine, "ZZ2").await,
        );
        let theirs = north.publish_page("Badges on wards", "Theirs.").await;
        south.follow_and_pull(&north).await;
        let own = south.publish_page("Beds at night", "Own.").await;
        south.settle().await;
        let draft = begin(&south, ann(), Begin::Empty(Kind::Page)).await;
        let typed = [
            ("title", "Where to begin"),
            (
                "text.body",
                "See [[beds at  NIGHT]], [[Badges on wards|badges]], [[No such page]] and `[[Beds at night]]`.",
            ),
        ];
        saved(&south, ann(), draft, ("page", 1), &typed).await;
        let checked = review::check(south.node(), &opened(&south, ann(), draft).await).await;
        let advice = checked.unwrap().advice;
        let of_title = advice
            .iter()
            .filter(|one| one.text.contains("No such page"));
        assert_eq!(of_title.count(), 1, "{advice:?}");
        let id = published(&south, draft).await;
        assert_eq!(
            south.body_md(id).await.trim_end(),
            format!(
                "See [beds at  NIGHT](/d/{own}), [badges](/d/{}/{theirs}), [[No such page]] and `[[Beds at night]]`.",
                north.id()
            )
        );

        // The links work here and at the peer, and both targets list the page.
        north.follow_and_pull(&south).await;
        for site in [&north, &south] {
            let page = site.get(&format!("/d/zz2/{id}/where-to-begin")).await;
            for link in [
                format!("href=\"/d/zz2/{own}\""),
                format!("href=\"/d/{}/{theirs}\"", north.id()),
            ] {
                assert!(page.text.contains(&link), "{link}: {}", page.text);
            }
            let path = format!("/d/{}/{theirs}", north.id());
            assert!(
                site.get(&path)
                    .await
                    .header("location")
                    .contains("badges-on-wards")
            );
            for (handle, id, slug) in [
                ("zz2", own, "beds-at-night"),
                ("zz1", theirs, "badges-on-wards"),
            ] {
                let page = site.get(&format!("/d/{handle}/{id}/{slug}")).await;
                assert!(
                    page.text.contains("Pages that link to this"),
                    "{}",
                    page.text
                );
                assert!(page.text.contains("Where to begin"));
            }
        }
        // A page that is withdrawn links to nothing.
        south.withdraw(id).await;
        let target = DocumentRef {
            node: south.id(),
            id: own,
        };
        let mentions = south
            .node()
            .store
            .mentions(Viewer::Staff, &target, 10)
            .await;
        assert_eq!(mentions.unwrap().len(), 0);
    });
}

#[test]
fn a_proposal_is_declined_with_a_reason_and_can_be_made_again() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let node = trust.node();
        let page = trust
            .publish_page("How we count beds", "We count quokkas.")
            .await;
        let draft = begin(&trust, rob(), Begin::Edit(page)).await;
        let typed = [
            ("title", "How we count beds"),
            ("text.body", "We count wombats."),
        ];
        let version = saved(&trust, rob(), draft, ("page", 1), &typed).await;
        let outcome = review::submit(node, rob(), draft, version).await.unwrap();
        assert!(matches!(outcome, SubmitOutcome::Submitted), "{outcome:?}");
        let notes = |comment: &str| Notes {
            comment: comment.to_owned(),
            notes: Vec::new(),
        };
        // Neither its author nor another contributor declines it.
        for person in [rob(), ann()] {
            let done =
                review::decline_draft(node, person, draft, version + 1, notes("No.").into()).await;
            assert_eq!(done.unwrap(), ReturnOutcome::Missing);
        }
        let empty = review::decline_draft(node, eve(), draft, version + 1, notes(" ").into()).await;
        assert_eq!(empty.unwrap(), ReturnOutcome::Empty);
        let said = notes("We keep counting quokkas.");
        let done = review::decline_draft(node, eve(), draft, version + 1, said.into()).await;
        assert_eq!(done.unwrap(), ReturnOutcome::Returned);
        let audit = node
            .store
            .audit_after(0, &AuditFilter::default(), 100)
            .await;
        let last = audit.unwrap().pop().unwrap();
        assert_eq!(last.act, "draft-declined");
        let declined = opened(&trust, rob(), draft).await;
        assert!(declined.draft.declined);
        assert_eq!(trust.body_md(page).await.trim_end(), "We count quokkas.");
        let again = review::submit(node, rob(), draft, version + 2)
            .await
            .unwrap();
        assert!(matches!(again, SubmitOutcome::Submitted), "{again:?}");
        assert!(!opened(&trust, rob(), draft).await.draft.declined);
    });
}

#[test]
fn readers_are_counted_by_day_and_shown_to_the_author_only_as_numbers() {
    on_each_engine(async |engine| {
        let trust = Trust::on(engine, "ZZ1").await;
        let draft = begin(&trust, ann(), Begin::Empty(Kind::Page)).await;
        let typed = [
            ("title", "How we count beds"),
            ("text.body", "We count quokkas."),
        ];
        saved(&trust, ann(), draft, ("page", 1), &typed).await;
        let id = published(&trust, draft).await;
        let path = format!("/d/zz1/{id}/how-we-count-beds");
        let browser = (
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
        );
        let search = format!("http://{}/search?q=beds", trust.address());
        for headers in [
            vec![browser],
            vec![browser, ("referer", search.as_str())],
            vec![("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)")],
            vec![("user-agent", "curl/8")],
        ] {
            trust.get_with(&path, &headers).await;
        }
        trust.get_with(&format!("{path}.md"), &[browser]).await;
        trust.send(Method::HEAD, &path, &[browser], "").await;
        let prefetch = ("sec-purpose", "prefetch");
        trust.get_with(&path, &[browser, prefetch]).await;
        for missing in [
            format!("/d/zz1/{id}/other-words"),
            path.replace(&id.to_string(), "01996c5e-8a00-7000-8000-000000000001"),
        ] {
            trust.get_with(&missing, &[browser]).await;
        }
        work::write_reads(trust.node()).await.unwrap();
        work::write_reads(trust.node()).await.unwrap();
        trust.advance(std::time::Duration::from_secs(86_400));
        trust.get_with(&path, &[browser]).await;
        work::write_reads(trust.node()).await.unwrap();
        let came = work::work(trust.node(), ann()).await.unwrap();
        let document = &came.documents[0];
        assert_eq!((document.reads, document.from_search), (3, 1));
        let days: Vec<u64> = came.days.iter().map(|(_, count)| *count).collect();
        assert_eq!(days, [2, 1]);
        assert_eq!(
            work::work(trust.node(), eve())
                .await
                .unwrap()
                .documents
                .len(),
            0
        );
    });
}
